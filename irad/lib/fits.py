"""Least squares and singular values of small dense matrices. A solution that full rank does not determine is refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib.linear import full_rank_fit, reflected_fit
from irad.lib.making import check_finite as checked
from irad.lib.reductions import quotient_like, refuse

EPS = float(np.finfo(np.float64).eps)
SWEEPS = 60


def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim != 2:
        raise np.linalg.LinAlgError(f"{a.ndim}-dimensional array given. Array must be two-dimensional")
    if b.ndim != 1 and b.ndim != 2:
        raise np.linalg.LinAlgError(f"{b.ndim}-dimensional array given. Array must be two-dimensional")
    m, n = a.shape
    if b.shape[0] != m:
        raise np.linalg.LinAlgError("Incompatible dimensions")
    if m == 0 or n == 0:
        refuse("np.linalg.lstsq of no rows or columns", "ask for the number of rows first")
    dtype = np.result_type(quotient_like(a), quotient_like(b))
    a, rhs = a.astype(dtype), (b.reshape((-1, 1)) if b.ndim == 1 else b).astype(dtype)
    if not np.isfinite(a).all():
        raise np.linalg.LinAlgError("SVD did not converge in Linear Least Squares")
    s = singular_values(a)
    bound = (EPS * max(m, n) if rcond is None else EPS if rcond < 0.0 else rcond) * s[0]
    if s[-1] <= bound:
        refuse("np.linalg.lstsq of a matrix that has not full rank", "remove the rows or columns that depend on others")
    if m < n:
        x, left = full_rank_fit(a.T.copy(), np.eye(n, None, 0, dtype)).T @ rhs, rhs[:0, 0]
    else:
        x, rest = reflected_fit(a, rhs)
        left = np.sum(rest * rest, 0)[: rhs.shape[1] if m > n else 0]
    return (x.reshape(-1) if b.ndim == 1 else x), left, np.int32(min(m, n)), s


def lstsq_of_scipy(
    a: Any, b: Any, cond: Any = None, overwrite_a: bool = False, overwrite_b: bool = False, check_finite: bool = True,
    lapack_driver: Any = None,
) -> Any:
    a, b = np.asarray(a), np.asarray(b)
    if check_finite:
        checked(a)
        checked(b)
    if a.ndim != 2:
        raise ValueError("Input array a should be 2D")
    m, n = a.shape
    if m != b.shape[0]:
        raise ValueError(f"Shape mismatch: a and b should have the same number of rows ({m} != {b.shape[0]}).")
    if lapack_driver not in (None, "gelsd", "gelsy", "gelss"):
        raise ValueError(f'LAPACK driver "{lapack_driver}" is not found')
    x, left, rank, s = lstsq(a, b, EPS if cond is None else cond)
    if lapack_driver == "gelsy":
        return x, left[:0], int(rank), None
    return x, (left[0] if b.ndim == 1 and m > n else left), int(rank), s


def singular_values(a: Any) -> Any:
    """The largest first: what rotations that make the columns orthogonal leave as their lengths."""
    if np.isnan(a).any():
        raise np.linalg.LinAlgError("SVD did not converge")
    w = a.T.copy() if a.shape[0] < a.shape[1] else a.copy()
    if np.isinf(a).any():
        return w[0] * np.nan
    for _ in range(SWEEPS):
        if not _swept(w):
            break
    return -np.sort(-np.sqrt(np.sum(w * w, 0)))


def _swept(w: Any) -> bool:
    """One rotation for each pair of columns; whether there was any to make."""
    rotated = False
    for p in range(w.shape[1] - 1):
        for q in range(p + 1, w.shape[1]):
            both = np.dot(w[:, p], w[:, q])
            first, second = np.dot(w[:, p], w[:, p]), np.dot(w[:, q], w[:, q])
            if abs(both) > EPS * np.sqrt(first) * np.sqrt(second):
                rotated = True
                slope = (second - first) / (2.0 * both)
                t = (1.0 if slope >= 0.0 else -1.0) / (abs(slope) + np.hypot(1.0, slope))
                c = 1.0 / np.sqrt(1.0 + t * t)
                for i in range(w.shape[0]):
                    x, y = w[i, p], w[i, q]
                    w[i, p], w[i, q] = c * x - c * t * y, c * t * x + c * y
    return rotated


def svdvals(x: Any, /) -> Any:
    x = np.asarray(x)
    if x.ndim != 2:
        refuse("np.linalg.svdvals of a stack of matrices", "loop over the stack")
    return singular_values(x.astype(quotient_like(x)))


def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    A = np.asarray(A)
    if A.ndim < 2:
        return int(not np.all(A == 0))
    if A.ndim > 2 or rtol is not None:
        refuse("np.linalg.matrix_rank of a stack of matrices, or with `rtol`", "loop over the stack")
    s = singular_values(A.astype(quotient_like(A)))
    return np.sum(s > (np.max(s) * max(A.shape) * EPS if tol is None else tol))
