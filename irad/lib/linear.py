"""Small dense linear algebra: elimination with row exchanges, Cholesky and Householder factors, and what they solve.

The derivative of each is the derivative of its loops; the choice of a pivot has none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib.primitives import refined
from irad.lib.products import matmul
from irad.lib.reductions import quotient_like, refuse, root


def _check_square(a: Any) -> None:
    if a.ndim < 2:
        raise np.linalg.LinAlgError(f"{a.ndim}-dimensional array given. Array must be at least two-dimensional")
    if a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")


def _eliminated(a: Any, b: Any) -> Any:
    """`a` to an upper triangle, in place, with the right sides `b`: the number of row exchanges; -1: a pivot is 0."""
    n = a.shape[0]
    swaps = 0
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[best, k]):
                best = i
        if a[best, k] == 0.0:
            return -1
        if best != k:
            swaps += 1
            for j in range(n):
                a[k, j], a[best, j] = a[best, j], a[k, j]
            for j in range(b.shape[1]):
                b[k, j], b[best, j] = b[best, j], b[k, j]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= factor * a[k, j]
            for j in range(b.shape[1]):
                b[i, j] -= factor * b[k, j]
    return swaps


def _solved(a: Any, b: Any) -> Any:
    """The solution of a x = b for a matrix b; the operands are copies of this function's own."""
    if _eliminated(a, b) < 0:
        raise np.linalg.LinAlgError("Singular matrix")
    n = a.shape[0]
    for i in range(n - 1, -1, -1):
        for j in range(b.shape[1]):
            s = b[i, j]
            for k in range(i + 1, n):
                s -= a[i, k] * b[k, j]
            b[i, j] = s / a[i, i]
    return b


def solve(a: Any, b: Any) -> Any:
    a, b = np.asarray(a), np.asarray(b)
    _check_square(a)
    dtype = np.result_type(quotient_like(a), quotient_like(b))
    if a.ndim > 2 or (b.ndim > 2 and a.ndim == 2):
        return _solve_stack(a, b, dtype)
    if b.shape[0] != a.shape[0]:
        _mismatch(a, b)
    if b.ndim == 1:
        return _solved(a.astype(dtype), b.astype(dtype).reshape((-1, 1))).reshape(-1)
    return _solved(a.astype(dtype), b.astype(dtype))


def _mismatch(a: Any, b: Any) -> None:
    signature = "(m,m),(m)->(m)" if b.ndim == 1 else "(m,m),(m,n)->(m,n)"
    raise ValueError(
        f"solve{'1' if b.ndim == 1 else ''}: Input operand 1 has a mismatch in its core dimension 0, with "
        f"gufunc signature {signature} (size {b.shape[0]} is different from {a.shape[0]})"
    )


def _solve_stack(a: Any, b: Any, dtype: Any) -> Any:
    if b.ndim < 2:
        return _solve_rows(a, b, dtype)
    stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    x, y = np.broadcast_to(a, stack + a.shape[-2:]), np.broadcast_to(b, stack + b.shape[-2:])
    out = np.empty(y.shape, dtype)
    for i in range(y.shape[0]):
        out[i] = solve(x[i], y[i])
    return out


def _solve_rows(a: Any, b: Any, dtype: Any) -> Any:
    out = np.empty(a.shape[:-1], dtype)
    for i in range(a.shape[0]):
        out[i] = solve(a[i], b)
    return out


def inv(a: Any) -> Any:
    a = np.asarray(a)
    _check_square(a)
    if a.ndim > 2:
        out = np.empty(a.shape, quotient_like(a))
        for i in range(a.shape[0]):
            out[i] = inv(a[i])
        return out
    return _solved(a.astype(quotient_like(a)), np.eye(a.shape[0], None, 0, quotient_like(a)))


def det(a: Any) -> Any:
    a = np.asarray(a)
    _check_square(a)
    if a.ndim > 2:
        out = np.empty(a.shape[:-2], quotient_like(a))
        for i in range(a.shape[0]):
            out[i] = det(a[i])
        return out
    return _determinant(a.astype(quotient_like(a)))


def _determinant(a: Any) -> Any:
    """By elimination; of a small matrix by cofactors, which have the right derivative also where the matrix is singular."""
    n = a.shape[0]
    one = quotient_like(a)(1)
    if n == 0:
        return one
    if n == 1:
        return a[0, 0]
    if n == 2:
        return a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]
    if n == 3:
        return (
            a[0, 0] * (a[1, 1] * a[2, 2] - a[1, 2] * a[2, 1]) - a[0, 1] * (a[1, 0] * a[2, 2] - a[1, 2] * a[2, 0])
            + a[0, 2] * (a[1, 0] * a[2, 1] - a[1, 1] * a[2, 0])
        )
    whole = a.copy()
    swaps = _eliminated(a, np.empty((n, 0), a.dtype))
    if swaps < 0:
        return refined(_fully_eliminated(whole, one), one * 0)
    d = -one if swaps % 2 == 1 else one
    for i in range(n):
        d *= a[i, i]
    return d


def _fully_eliminated(a: Any, one: Any) -> Any:
    """The determinant by elimination that exchanges columns as well: of a singular matrix it has the derivative, too."""
    n = a.shape[0]
    d = one
    for k in range(n - 1):
        row, column = k, k
        for i in range(k, n):
            for j in range(k, n):
                if abs(a[i, j]) > abs(a[row, column]):
                    row, column = i, j
        if a[row, column] == 0.0:
            return one * 0
        d = d if (row == k) == (column == k) else -d
        for j in range(n):
            a[k, j], a[row, j] = a[row, j], a[k, j]
        for i in range(n):
            a[i, k], a[i, column] = a[i, column], a[i, k]
        d *= a[k, k]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= factor * a[k, j]
    return d * a[n - 1, n - 1]


def slogdet(a: Any) -> Any:
    a = np.asarray(a)
    _check_square(a)
    if a.ndim > 2:
        refuse("np.linalg.slogdet of a stack of matrices", "loop over the stack")
    dtype = quotient_like(a)
    u = a.astype(dtype)
    n = u.shape[0]
    swaps = _eliminated(u, np.empty((n, 0), u.dtype))
    if swaps < 0:
        total = np.sum(a.astype(dtype)) * dtype(2**60)
        nothing = total - np.rint(total)  # but its slope is not, and that of its logarithm is infinite, as the formula says
        return slogdet_result(dtype(0), np.log(nothing) if nothing == 0.0 else dtype(-np.inf))
    sign = dtype(-1) if swaps % 2 == 1 else dtype(1)
    log = dtype(0)
    for i in range(n):
        if u[i, i] < 0:
            sign = -sign
        log += np.log(abs(u[i, i]))
    return slogdet_result(sign, log)


slogdet_result = type(np.linalg.slogdet(np.ones((1, 1))))


def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    a = np.asarray(a)
    _check_square(a)
    dtype = quotient_like(a)
    if a.ndim > 2:
        out = np.empty(a.shape, dtype)
        for i in range(a.shape[0]):
            out[i] = cholesky(a[i], upper=upper)
        return out
    n = a.shape[0]
    c = np.zeros((n, n), dtype)
    for j in range(n):
        s = a[j, j] * dtype(1)
        for k in range(j):
            s -= c[j, k] * c[j, k]
        if not s > 0.0:
            raise np.linalg.LinAlgError("Matrix is not positive definite")
        c[j, j] = np.sqrt(s)
        for i in range(j + 1, n):
            s = (a[j, i] if upper else a[i, j]) * dtype(1)
            for k in range(j):
                s -= c[i, k] * c[j, k]
            c[i, j] = s / c[j, j]
    return c.T if upper else c


def _reflected(r: Any, b: Any) -> None:
    """`r` to an upper triangle by Householder reflections, in place, which are applied to `b` too."""
    m, n = r.shape
    for k in range(min(m - 1, n)):
        s = r[k, k] * r[k, k]
        rest = s * 0.0
        for i in range(k + 1, m):
            rest += r[i, k] * r[i, k]
        if s + rest == 0.0:
            continue
        length = np.sqrt(s + rest)
        alpha = -length if r[k, k] >= 0.0 else length
        v = r[k:, k].copy()
        v[0] -= alpha
        square = v[0] * v[0] + rest
        _mirror(v, square, r[k:, k:], rest == 0.0)
        _mirror(v, square, b[k:], rest == 0.0)


def _mirror(v: Any, square: Any, a: Any, done: bool) -> None:
    """The reflection by `v` of the columns of `a`. `done`: they are as it and another sign of the first row would leave them, and
    get only their derivatives from it."""
    for j in range(a.shape[1]):
        t = matmul(v, a[:, j]) * 2.0 / square
        if done:
            a[0, j] = refined(t * v[0] - a[0, j], a[0, j])
            for i in range(1, a.shape[0]):
                a[i, j] = refined(a[i, j] - t * v[i], a[i, j])
        else:
            for i in range(a.shape[0]):
                a[i, j] -= t * v[i]


def qr(a: Any, mode: str = "reduced") -> Any:
    a = np.asarray(a)
    if a.ndim != 2:
        refuse("np.linalg.qr of a stack of matrices", "loop over the stack")
    if mode not in ("reduced", "complete", "r"):
        refuse(f"np.linalg.qr with mode {mode!r}", 'use "reduced", "complete" or "r"')
    dtype = quotient_like(a)
    m, n = a.shape
    r = a.astype(dtype)
    q = np.eye(m, None, 0, dtype)
    _reflected(r, q)
    k = m if mode == "complete" else min(m, n)
    upper = np.triu(r[:k])
    if mode == "r":
        return upper
    return qr_result(q[:k].T.copy(), upper)


qr_result = type(np.linalg.qr(np.ones((1, 1))))


def full_rank_fit(a: Any, b: Any) -> Any:
    """The x that minimises |a x - b|, for a matrix of full column rank."""
    return reflected_fit(a, b)[0]


def reflected_fit(a: Any, b: Any) -> Any:
    """The same, and what is left of b: the rows of the reflected one that x has no part in."""
    n = a.shape[1]
    r, y = a.copy(), b.copy()
    _reflected(r, y)
    x = y[:n].copy()
    for i in range(n - 1, -1, -1):
        if r[i, i] == 0.0:
            raise np.linalg.LinAlgError("Singular matrix")
        for j in range(x.shape[1]):
            s = x[i, j]
            for k in range(i + 1, n):
                s -= r[i, k] * x[k, j]
            x[i, j] = s / r[i, i]
    return x, y[n:]


def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    a = np.asarray(a)
    if a.ndim != 2 or rcond is not None or rtol is not None:
        refuse("np.linalg.pinv of a stack of matrices, or with a bound", "loop over the stack")
    dtype = quotient_like(a)
    wide = a.shape[0] < a.shape[1]
    tall = a.T.astype(dtype) if wide else a.astype(dtype)
    _check_rank(tall)
    found = full_rank_fit(tall, np.eye(tall.shape[0], None, 0, dtype))
    return found.T.copy() if wide else found


def _check_rank(a: Any) -> None:
    """Without full rank the pseudo-inverse is not what the reflections give, nor is it differentiable."""
    r = a.copy()
    _reflected(r, np.empty((a.shape[0], 0), a.dtype))
    largest, smallest = 0.0, np.inf
    for i in range(a.shape[1]):
        largest, smallest = max(largest, float(abs(r[i, i]))), min(smallest, float(abs(r[i, i])))
    if smallest <= 1e-13 * largest:
        refuse("np.linalg.pinv of a matrix that has not full rank", "remove the rows or columns that depend on others")


def matrix_power(a: Any, n: int) -> Any:
    a = np.asarray(a)
    _check_square(a)
    if n < 0:
        return matrix_power(inv(a), -n)
    found = np.eye(a.shape[-1], None, 0, a.dtype)
    if a.ndim > 2:
        refuse("np.linalg.matrix_power of a stack of matrices", "loop over the stack")
    square = a
    while n > 0:
        if n % 2 == 1:
            found = matmul(found, square)
        n //= 2
        if n > 0:
            square = matmul(square, square)
    return found


def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    found = None
    for a in arrays:
        found = np.asarray(a) if found is None else np.dot(found, a)
    return found


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = np.asarray(x)
    if x.dtype.kind != "f":
        x = x.astype(np.float64)
    if axis is None:
        flat = x.reshape(-1)
        if ord is None or (ord == 2 and x.ndim == 1) or (ord == "fro" and x.ndim == 2):
            found = root(np.sum(flat * flat))
        elif x.ndim == 1:
            found = _line_norm(x, ord)
        elif x.ndim == 2:
            found = _matrix_norm(x, ord)
        else:
            raise ValueError("Improper number of dimensions to norm.")
        return np.asarray(found).reshape((1,) * x.ndim) if keepdims else found
    if isinstance(axis, tuple) and len(axis) == 2:
        moved = np.moveaxis(x, axis, (-2, -1))
        return _kept(_matrix_norms(moved, ord), axis, keepdims)
    along = axis[0] if isinstance(axis, tuple) else axis
    return _kept(_line_norms(np.moveaxis(x, along, -1), ord), along, keepdims)


def _kept(found: Any, axis: Any, keepdims: bool) -> Any:
    return np.expand_dims(found, axis) if keepdims else found


def _line_norms(x: Any, ord: Any) -> Any:
    if x.ndim == 1:
        return _line_norm(x, ord)
    out = np.empty(x.shape[:-1], x.dtype)
    for i in range(x.shape[0]):
        out[i] = _line_norms(x[i], ord)
    return out


def _line_norm(x: Any, ord: Any) -> Any:
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    if ord is None or ord == 2:
        return root(np.sum(x * x))
    if ord == np.inf:
        return np.max(abs(x)) if x.size > 0 else np.sum(abs(x))
    if ord == -np.inf:
        return np.min(abs(x))
    if ord == 0:
        return np.sum((x != 0).astype(x.dtype))
    if ord == 1:
        return np.sum(abs(x))
    total = np.sum(abs(x) ** ord)
    return total ** (1 / ord) if total > 0.0 else total


def _matrix_norms(x: Any, ord: Any) -> Any:
    if x.ndim == 2:
        return _matrix_norm(x, ord)
    out = np.empty(x.shape[:-2], x.dtype)
    for i in range(x.shape[0]):
        out[i] = _matrix_norms(x[i], ord)
    return out


def _matrix_norm(x: Any, ord: Any) -> Any:
    if ord is None or ord == "fro":
        flat = x.reshape(-1)
        return root(np.sum(flat * flat))
    if ord == 1:
        return np.max(np.sum(abs(x), 0)) if x.shape[1] > 0 else np.sum(abs(x))
    if ord == -1:
        return np.min(np.sum(abs(x), 0))
    if ord == np.inf:
        return np.max(np.sum(abs(x), 1)) if x.shape[0] > 0 else np.sum(abs(x))
    if ord == -np.inf:
        return np.min(np.sum(abs(x), 1))
    refuse("a matrix norm made of singular values", 'use "fro", 1 or np.inf')
    return np.nan


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    x = np.asarray(x)
    if axis is None:
        found = norm(x.reshape(-1), ord)
        return np.asarray(found).reshape((1,) * x.ndim) if keepdims else found
    return norm(x, ord, axis, keepdims)


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return norm(x, ord, (-2, -1), keepdims)


def matrix_transpose(x: Any, /) -> Any:
    if x.ndim < 2:
        raise ValueError("Input array must be at least 2-dimensional")
    return np.swapaxes(x, -1, -2)
