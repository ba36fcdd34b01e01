"""Polynomials by their coefficients, the highest power first."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib.linear import full_rank_fit
from irad.lib.reductions import refuse


def polyval(p: Any, x: Any) -> Any:
    p = np.asarray(p)
    y = np.zeros_like(x)
    for pv in p:
        y = y * x + pv
    return y


def polyder(p: Any, m: int = 1) -> Any:
    p = _coefficients(p)
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    for _ in range(m):
        p = p[:-1] * np.arange(p.shape[0] - 1, 0, -1)
    return p


def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    p = _coefficients(p) * 1.0
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    for i in range(m):
        last = 0.0 if k is None else k if np.ndim(k) == 0 else np.asarray(k)[i]
        p = np.concatenate((p / np.arange(p.shape[0], 0, -1), np.asarray(last).reshape(-1)))
    return p


def _coefficients(p: Any) -> Any:
    if np.ndim(p) == 0:
        raise TypeError("len() of unsized object")
    return np.asarray(p)


def polyadd(a1: Any, a2: Any) -> Any:
    a, b = np.atleast_1d(a1), np.atleast_1d(a2)
    n = max(a.shape[0], b.shape[0])
    out = np.zeros(n, np.result_type(a, b))
    out[n - a.shape[0] :] = a
    out[n - b.shape[0] :] += b
    return out


def polysub(a1: Any, a2: Any) -> Any:
    a, b = np.atleast_1d(a1), np.atleast_1d(a2)
    n = max(a.shape[0], b.shape[0])
    out = np.zeros(n, np.result_type(a, b))
    out[n - a.shape[0] :] = a
    out[n - b.shape[0] :] -= b
    return out


def polymul(a1: Any, a2: Any) -> Any:
    return np.convolve(_trimmed(np.atleast_1d(a1)), _trimmed(np.atleast_1d(a2)))


def _trimmed(p: Any) -> Any:
    """Without zeros in front."""
    if p.ndim > 1:
        raise ValueError("Polynomial must be 1d only.")
    if p.shape[0] == 0:
        return np.zeros(1, p.dtype)
    first = 0
    while first < p.shape[0] - 1 and p[first] == 0:
        first += 1
    return p[first:]


def polyfit(x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False) -> Any:
    x, y = np.asarray(x) + 0.0, np.asarray(y) + 0.0
    if full or cov is not False:
        refuse("np.polyfit with more than the coefficients", "leave out `full` and `cov`")
    if deg < 0:
        raise ValueError("expected deg >= 0")
    if x.ndim != 1:
        raise TypeError("expected 1D vector for x")
    if x.size == 0:
        raise TypeError("expected non-empty vector for x")
    if y.ndim < 1 or y.ndim > 2:
        raise TypeError("expected 1D or 2D array for y")
    if x.shape[0] != y.shape[0]:
        raise TypeError("expected x and y to have same length")
    if x.shape[0] <= deg:
        refuse("np.polyfit of fewer points than coefficients", "lower the degree")
    lhs = np.vander(x, deg + 1)
    rhs = (y.reshape((-1, 1)) if y.ndim == 1 else y).astype(lhs.dtype)
    if w is not None:
        weights = np.asarray(w) + 0.0
        if weights.ndim != 1:
            raise TypeError("expected a 1-d array for weights")
        if weights.shape[0] != y.shape[0]:
            raise TypeError("expected w and y to have the same length")
        lhs, rhs = lhs * weights[:, np.newaxis], rhs * weights[:, np.newaxis]
    scale = np.sqrt(np.sum(lhs * lhs, 0))
    found = full_rank_fit(lhs / scale, rhs) / scale[:, np.newaxis]
    return found.reshape(-1) if y.ndim == 1 else found
