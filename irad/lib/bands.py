"""scipy.linalg for matrices with a structure: banded systems, Toeplitz matrices, blocks on a diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib.making import check_finite as checked
from irad.lib.reductions import quotient_like, refuse


def solve_banded(
    l_and_u: Any, ab: Any, b: Any, overwrite_ab: bool = False, overwrite_b: bool = False, check_finite: bool = True
) -> Any:
    """Elimination with the pivot of the greatest magnitude, as LAPACK's gtsv and gbsv have it."""
    ab, b = np.asarray(ab), np.asarray(b)
    low, up = l_and_u
    if ab.ndim > 2 or b.ndim > 2:
        refuse("scipy.linalg.solve_banded of several matrices at once", "solve for one at a time")
    if check_finite:
        checked(ab)
        checked(b)
    n = ab.shape[1]
    if n != b.shape[0]:
        raise ValueError("shapes of ab and b are not compatible.")
    if low + up + 1 != ab.shape[0]:
        raise ValueError(
            f"invalid values for the number of lower and upper diagonals: l+u+1 ({low + up + 1}) "
            f"does not equal ab.shape[0] ({ab.shape[0]})"
        )
    kind = np.result_type(quotient_like(ab), quotient_like(b)).type
    x = b.astype(kind).reshape((n, 1 if b.ndim == 1 else b.shape[1]))
    if n == 1:
        return (x / ab[up, 0]).reshape(b.shape)
    rows = np.zeros((n, 2 * low + up + 1), kind)  # each from the first place left of the diagonal that may hold something
    for k in range(low + up + 1):
        for j in range(max(0, up - k), min(n, n + up - k)):
            rows[j + k - up, low + up - k] = ab[k, j]
    _eliminate(rows, x, low, low + up + 1)
    return x.reshape(b.shape)


def _eliminate(rows: Any, x: Any, low: int, width: int) -> None:
    n = x.shape[0]
    for j in range(n):
        last = min(j + low + 1, n)
        p = j
        for i in range(j + 1, last):
            if abs(rows[i, j - i + low]) > abs(rows[p, j - p + low]):
                p = i
        if rows[p, j - p + low] == 0.0:
            raise np.linalg.LinAlgError("singular matrix")
        if p != j:
            for c in range(j, min(j + width, n)):
                rows[j, c - j + low], rows[p, c - p + low] = rows[p, c - p + low], rows[j, c - j + low]
            for c in range(x.shape[1]):
                x[j, c], x[p, c] = x[p, c], x[j, c]
        for i in range(j + 1, last):
            times = rows[i, j - i + low] / rows[j, low]
            for c in range(j + 1, min(j + width, n)):
                rows[i, c - i + low] -= times * rows[j, c - j + low]
            for c in range(x.shape[1]):
                x[i, c] -= times * x[j, c]
    for step in range(n):
        j = n - 1 - step
        for c in range(x.shape[1]):
            s = x[j, c]
            for k in range(j + 1, min(j + width, n)):
                s -= rows[j, k - j + low] * x[k, c]
            x[j, c] = s / rows[j, low]


def toeplitz(c: Any, r: Any = None) -> Any:
    c = np.atleast_1d(c)
    r = c if r is None else np.atleast_1d(r)
    if c.ndim > 1 or r.ndim > 1:
        refuse("scipy.linalg.toeplitz of several matrices at once", "make one at a time")
    values = np.concatenate((c[::-1], r[1:]))
    out = np.empty((len(c), len(r)), values.dtype)
    for i in range(len(c)):
        for j in range(len(r)):
            out[i, j] = values[len(c) - 1 - i + j]
    return out


def block_diag(*arrs: Any) -> Any:
    blocks = [np.atleast_2d(a) for a in arrs] if len(arrs) > 0 else [np.zeros((1, 0))]
    height, width, dtype = 0, 0, blocks[0].dtype
    for a in blocks:
        if a.ndim > 2:
            refuse("scipy.linalg.block_diag of several matrices at once", "make one at a time")
        height, width, dtype = height + a.shape[0], width + a.shape[1], np.result_type(dtype, a)
    out = np.zeros((height, width), dtype)
    i, j = 0, 0
    for a in blocks:
        out[i : i + a.shape[0], j : j + a.shape[1]] = a
        i, j = i + a.shape[0], j + a.shape[1]
    return out
