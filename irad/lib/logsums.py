"""scipy.special's sums of exponentials: shifted by the largest term, so that none overflows."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib.reductions import refuse


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    if return_sign:
        refuse("logsumexp with return_sign", "take np.sign of the sum itself")
    a = np.atleast_1d(np.asarray(a)) * 1.0
    if b is not None:
        a = np.where(np.asarray(b) != 0, a, -np.inf)
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    terms = np.exp(a - top)
    if b is not None:
        terms = np.asarray(b) * terms
    total = np.sum(terms, axis=axis, keepdims=keepdims)
    if axis is None and not keepdims:
        return np.log(total) + np.max(top)
    return np.log(total) + (top if keepdims else np.reshape(top, total.shape))


def softmax(x: Any, axis: Any = None) -> Any:
    x = np.asarray(x) * 1.0
    terms = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return terms / np.sum(terms, axis=axis, keepdims=True)


def log_softmax(x: Any, axis: Any = None) -> Any:
    x = np.asarray(x) * 1.0
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
