"""scipy.linalg for small dense matrices: what LAPACK does there, as elimination and Cholesky factors in plain loops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from irad.lib import linear, out_of_line
from irad.lib.making import check_finite as checked
from irad.lib.reductions import quotient_like, refuse


def _check_square(a: Any) -> None:
    if a.ndim != 2 or a.shape[0] != a.shape[1]:
        raise ValueError("expected square matrix")


def _of_each(function: Any, a: Any, *options: Any) -> Any:
    """A function of matrices whose result has the same shape, of several matrices at once."""
    stack = np.empty(a.shape, quotient_like(a))
    for k in range(a.shape[0]):
        stack[k] = function(a[k], *options)
    return stack


def _symmetric(a: Any, lower: bool) -> Any:
    """The symmetric matrix of which one triangle is given."""
    n = a.shape[0]
    full = a * 1.0
    for i in range(n):
        for j in range(i):
            if lower:
                full[j, i] = full[i, j]
            else:
                full[i, j] = full[j, i]
    return full


def solve(
    a: Any, b: Any, lower: bool = False, overwrite_a: bool = False, overwrite_b: bool = False, check_finite: bool = True,
    assume_a: Any = None, transposed: bool = False,
) -> Any:
    a, b = np.asarray(a), np.asarray(b)
    if check_finite:
        checked(a)
        checked(b)
    if a.ndim < 2:
        refuse("scipy.linalg.solve of no matrix, of which versions of scipy make different things", "divide by it")
    if a.ndim > 2:
        if assume_a not in (None, "gen", "general"):
            refuse("scipy.linalg.solve of several matrices at once with assume_a", "solve for one at a time")
        return linear.solve(np.swapaxes(a, -1, -2) if transposed else a, b)
    _check_square(a)
    if a.shape[0] == 1 and b.size > 0 and (b.ndim == 0 or b.shape[0] != 1):
        return solve(a, b.reshape((1, -1)), lower, False, False, False, assume_a, transposed).reshape(b.shape)
    if a.shape[0] != b.shape[0]:
        raise ValueError("Input b has to have same number of rows as input a")
    if assume_a in ("lower triangular", "upper triangular"):
        return solve_triangular(a, b, 1 if transposed else 0, assume_a == "lower triangular", False, False, False)
    if assume_a in ("sym", "symmetric", "her", "hermitian", "pos", "positive definite"):
        if assume_a in ("pos", "positive definite"):
            return cho_solve(cho_factor(a, lower, False, False), b, False, False)
        a = _symmetric(a, lower)
    return linear.solve(a.T if transposed else a, b)


def solved(x1: Any, x2: Any, /) -> Any:
    """What scipy has around np.linalg.solve."""
    return linear.solve(x1, x2)


def pinv(a: Any, *, atol: Any = None, rtol: Any = None, return_rank: bool = False, check_finite: bool = True) -> Any:
    if atol is not None or rtol is not None:
        refuse("scipy.linalg.pinv with a bound", "leave it out")
    if check_finite:
        checked(a)
    found = linear.pinv(a)
    return (found, np.int64(min(a.shape))) if return_rank else found


def inv(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    a = np.asarray(a)
    if check_finite:
        checked(a)
    if a.ndim <= 2:
        _check_square(a)
    return linear.inv(a)


def det(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    if check_finite:
        checked(a)
    return linear.det(a)


def norm(a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False, check_finite: bool = True) -> Any:
    if check_finite:
        checked(a)
    found = linear.norm(a, ord, axis, keepdims)
    a = np.asarray(a)
    if axis is not None or keepdims or a.dtype.kind != "f":
        return found
    if (a.ndim == 1 and ord in (None, 2)) or (a.ndim == 2 and ord in (1, np.inf) and (np.isfortran(a) or np.isfortran(a.T))):
        return float(found) if a.size else found  # of BLAS and LAPACK, whose numbers are Python's
    return found


def cholesky(a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    a = np.atleast_2d(a)
    if check_finite:
        checked(a)
    if a.ndim > 2:
        return _of_each(cholesky, a, lower, False, False)
    c = _factor(a, lower)
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            if lower:
                c[j, i] = 0.0
            else:
                c[i, j] = 0.0
    return c


def cho_factor(a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    if check_finite:
        checked(a)
    return _factor(np.atleast_2d(a), lower), lower


def _factor(a: Any, lower: bool) -> Any:
    """The Cholesky factor in one triangle; the other one is left as it was."""
    if a.ndim > 2:
        return _of_each(_factor, a, lower)
    if a.shape[0] != a.shape[1]:
        raise ValueError(f"Input array is expected to be square but has the shape: {a.shape}.")
    n = a.shape[0]
    c = a.astype(quotient_like(a))
    for j in range(n):
        s = c[j, j]
        for k in range(j):
            other = c[j, k] if lower else c[k, j]
            s -= other * other
        if not s > 0.0:
            raise np.linalg.LinAlgError(f"{j + 1}-th leading minor of the array is not positive definite")
        c[j, j] = np.sqrt(s)
        for i in range(j + 1, n):
            s = c[i, j] if lower else c[j, i]
            for k in range(j):
                s -= c[i, k] * c[j, k] if lower else c[k, i] * c[k, j]
            if lower:
                c[i, j] = s / c[j, j]
            else:
                c[j, i] = s / c[j, j]
    return c


def cho_solve(c_and_lower: Any, b: Any, overwrite_b: bool = False, check_finite: bool = True) -> Any:
    c, lower = c_and_lower
    if check_finite:
        checked(b)
        checked(c)
    if lower:
        return solve_triangular(c, solve_triangular(c, b, 0, True, False, False, False), 1, True, False, False, False)
    return solve_triangular(c, solve_triangular(c, b, 1, False, False, False, False), 0, False, False, False, False)


def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, overwrite_b: bool = False,
    check_finite: bool = True,
) -> Any:
    a, b = np.asarray(a), np.asarray(b)
    if check_finite:
        checked(a)
        checked(b)
    if a.ndim > 2 or b.ndim > 2:
        refuse("scipy.linalg.solve_triangular and cho_solve of several matrices at once", "solve for one at a time")
    _check_square(a)
    if a.shape[0] != b.shape[0]:
        raise ValueError(f"shapes of a {a.shape} and b {b.shape} are incompatible")
    turned = trans not in (0, "N")
    x = b.astype(np.result_type(quotient_like(a), quotient_like(b))).reshape((b.shape[0], 1 if b.ndim == 1 else b.shape[1]))
    n = a.shape[0]
    for i in range(n):
        if not unit_diagonal and a[i, i] == 0.0:
            raise np.linalg.LinAlgError(f"singular matrix: resolution failed at diagonal {i}")
    for step in range(n):
        i = step if lower != turned else n - 1 - step
        for j in range(x.shape[1]):
            s = x[i, j]
            for done in range(step):
                k = done if lower != turned else n - 1 - done
                s -= (a[k, i] if turned else a[i, k]) * x[k, j]
            x[i, j] = s if unit_diagonal else s / a[i, i]
    return x.reshape(b.shape)


PADE = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0, 10559470521600.0,
    670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0,
)


@out_of_line
def expm(A: Any) -> Any:
    """The exponential by scaling, a Padé approximant of order 13 and squaring.

    N. J. Higham, "The scaling and squaring method for the matrix exponential revisited", 2005.
    """
    a = np.asarray(A)
    if a.ndim > 2:
        return _of_each(expm, a)
    if a.ndim < 2 and a.size == 1:
        return np.exp(a).reshape((1, 1))
    if a.ndim < 2:
        raise np.linalg.LinAlgError("The input array must be at least two-dimensional")
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    n = a.shape[0]
    size = 0.0
    for j in range(n):
        column = 0.0
        for i in range(n):
            column += abs(float(a[i, j]))
        size = max(size, column)
    squarings = 0
    if size > 5.371920351148152 and size < math.inf:
        squarings = math.ceil(math.log2(size / 5.371920351148152))
    a = a * 0.5**squarings
    b = PADE
    one = np.eye(n)
    a2 = a @ a
    a4 = a2 @ a2
    a6 = a4 @ a2
    odd = a @ (a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * one)
    even = a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * one
    found = linear.solve(even - odd, even + odd)
    for _ in range(squarings):
        found = found @ found
    return found
