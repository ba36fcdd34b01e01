"""numpy's reductions and products as loops. Ranks and dtypes are known to the compiler: branches on them cost nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def dtype_like(a: Any) -> Any:
    """The scalar class in which elements of `a` are summed (known to the compiler)."""
    return np.add.reduce(a).dtype.type


def refuse(what: str, hint: str) -> Any:
    """A form that is not supported: the compiler raises its error where it comes to this call."""
    raise NotImplementedError(f"{what}: {hint}")


def _check_axis(a: Any, axis: int) -> int:
    if axis < -a.ndim or axis >= a.ndim:
        raise np.exceptions.AxisError(axis, a.ndim)
    return axis + a.ndim if axis < 0 else axis


def along(reduce: Any, a: Any, axis: int, dtype: Any) -> Any:
    """`reduce` of every line of `a` along an axis."""
    if a.ndim == 1:
        return reduce(a)
    out = np.empty(a.shape[:axis] + a.shape[axis + 1 :], dtype)
    if axis == 0:
        for j in range(a.shape[1]):
            out[j] = along(reduce, a[:, j], 0, dtype)
    else:
        for i in range(a.shape[0]):
            out[i] = along(reduce, a[i], axis - 1, dtype)
    return out


def sum_(a: Any, axis: Any = None) -> Any:
    if axis is None:
        s = dtype_like(a)(0)
        if a.ndim == 0:
            s += a[()]
        elif a.ndim == 1:
            for x in a:
                s += x
        else:
            for row in a:
                s += sum_(row)
        return s
    axis = _check_axis(a, axis)
    if a.ndim > 1 and axis == 0:
        out = np.zeros(a.shape[1:], dtype_like(a))
        for row in a:
            out += row
        return out
    return along(sum_, a, axis, dtype_like(a))


def prod(a: Any, axis: Any = None) -> Any:
    if axis is None:
        s = dtype_like(a)(1)
        if a.ndim == 0:
            s *= a[()]
        elif a.ndim == 1:
            for x in a:
                s *= x
        else:
            for row in a:
                s *= prod(row)
        return s
    axis = _check_axis(a, axis)
    if a.ndim > 1 and axis == 0:
        out = np.ones(a.shape[1:], dtype_like(a))
        for row in a:
            out *= row
        return out
    return along(prod, a, axis, dtype_like(a))


def mean(a: Any, axis: Any = None) -> Any:
    if axis is None:
        return sum_(a) / a.size
    axis = _check_axis(a, axis)
    return sum_(a, axis) / a.shape[axis]


def var(a: Any, axis: Any = None, ddof: int = 0) -> Any:
    if axis is None:
        m = mean(a)
        d = a - m
        return sum_(d * d) / (a.size - ddof)
    axis = _check_axis(a, axis)
    return along(lambda line: var(line, None, ddof), a, axis, quotient_like(a))


def std(a: Any, axis: Any = None, ddof: int = 0) -> Any:
    if axis is None:
        v = var(a, None, ddof)
        return np.sqrt(v) if v > 0.0 else v * 0.0
    axis = _check_axis(a, axis)
    return along(lambda line: std(line, None, ddof), a, axis, quotient_like(a))


def product_like(a: Any, b: Any) -> Any:
    """The scalar class of the products of elements (known to the compiler)."""
    return np.result_type(a, b).type


def quotient_like(a: Any) -> Any:
    """The scalar class of the mean of `a` (known to the compiler)."""
    return np.true_divide(a, 1).dtype.type


def _check_not_empty(a: Any, axis: Any, message: str) -> None:
    if (a.size if axis is None else a.shape[axis]) == 0:
        raise ValueError(message)


def share_tie(m: Any, x: Any, n: int) -> Any:
    """`m` itself, but with the mean derivative of the n equal items seen so far, of which `x` is the last."""
    if x - m == 0.0:  # not so for infinities
        return np.copysign(m + (x - m) / n, m)
    return m


def extreme(a: Any, largest: bool) -> Any:
    """The largest or smallest item; nan if there is one."""
    if a.ndim != 1:
        a = a.reshape(-1)
    m = a[0]
    n = 1
    for i in range(1, a.shape[0]):
        x = a[i]
        if (x > m) if largest else (x < m):
            m = x
            n = 1
        elif a.dtype.kind == "f" and x == m:
            n += 1
            m = share_tie(m, x, n)
        elif x != x:
            m = x
    return m


def max_(a: Any, axis: Any = None) -> Any:
    if axis is not None:
        axis = _check_axis(a, axis)
    _check_not_empty(a, axis, "zero-size array to reduction operation maximum which has no identity")
    return extreme(a, True) if axis is None else along(max_, a, axis, a.dtype)


def min_(a: Any, axis: Any = None) -> Any:
    if axis is not None:
        axis = _check_axis(a, axis)
    _check_not_empty(a, axis, "zero-size array to reduction operation minimum which has no identity")
    return extreme(a, False) if axis is None else along(min_, a, axis, a.dtype)


def argmax(a: Any, axis: Any = None) -> Any:
    if axis is not None:
        axis = _check_axis(a, axis)
        _check_not_empty(a, axis, "attempt to get argmax of an empty sequence")
        return along(argmax, a, axis, np.int64)
    if a.ndim != 1:
        a = a.reshape(-1)
    _check_not_empty(a, None, "attempt to get argmax of an empty sequence")
    at = 0
    best = a[0]
    for i in range(1, a.shape[0]):
        if a[i] > best or (a[i] != a[i] and best == best):
            best = a[i]
            at = i
    return np.int64(at)


def argmin(a: Any, axis: Any = None) -> Any:
    if axis is not None:
        axis = _check_axis(a, axis)
        _check_not_empty(a, axis, "attempt to get argmin of an empty sequence")
        return along(argmin, a, axis, np.int64)
    if a.ndim != 1:
        a = a.reshape(-1)
    _check_not_empty(a, None, "attempt to get argmin of an empty sequence")
    at = 0
    best = a[0]
    for i in range(1, a.shape[0]):
        if a[i] < best or (a[i] != a[i] and best == best):
            best = a[i]
            at = i
    return np.int64(at)


def any_(a: Any, axis: Any = None) -> Any:
    if axis is not None:
        return along(any_, a, _check_axis(a, axis), np.bool_)
    if a.ndim == 0:
        return np.bool_(a[()])
    if a.ndim == 1:
        for x in a:
            if x:
                return np.bool_(True)
        return np.bool_(False)
    for row in a:
        if any_(row):
            return np.bool_(True)
    return np.bool_(False)


def all_(a: Any, axis: Any = None) -> Any:
    if axis is not None:
        return along(all_, a, _check_axis(a, axis), np.bool_)
    if a.ndim == 0:
        return np.bool_(a[()])
    if a.ndim == 1:
        for x in a:
            if not x:
                return np.bool_(False)
        return np.bool_(True)
    for row in a:
        if not all_(row):
            return np.bool_(False)
    return np.bool_(True)


def dot(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    n, m = a.shape[a.ndim - 1], b.shape[max(b.ndim - 2, 0)]
    if n != m:
        where = f"{n} (dim {a.ndim - 1}) != {m} (dim {max(b.ndim - 2, 0)})"
        if a.ndim == 1 and b.ndim == 1:
            raise ValueError(f"shapes ({n},) and ({m},) not aligned: {where}")
        if a.ndim == 1:
            raise ValueError(f"shapes ({n},) and ({m},{b.shape[1]}) not aligned: {where}")
        if b.ndim == 1:
            raise ValueError(f"shapes ({a.shape[0]},{n}) and ({m},) not aligned: {where}")
        raise ValueError(f"shapes ({a.shape[0]},{n}) and ({m},{b.shape[1]}) not aligned: {where}")
    return matmul(a, b)


SIGNATURE = "(n?,k),(k,m?)->(n?,m?)"


def matmul(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        which = 0 if np.ndim(a) == 0 else 1
        raise ValueError(
            f"matmul: Input operand {which} does not have enough dimensions "
            f"(has 0, gufunc core with signature {SIGNATURE} requires 1)"
        )
    if a.ndim > 2 or b.ndim > 2:
        refuse("a product of stacks of matrices", "loop over the first axis")
    if a.dtype == np.bool_ and b.dtype == np.bool_:
        refuse("a product of arrays of bools", "convert them with astype(int)")
    n, m = a.shape[a.ndim - 1], b.shape[0]
    if n != m:
        raise ValueError(
            "matmul: Input operand 1 has a mismatch in its core dimension 0, "
            f"with gufunc signature {SIGNATURE} (size {m} is different from {n})"
        )
    if a.ndim == 1 and b.ndim == 1:
        s = product_like(a, b)(0)
        for i in range(a.shape[0]):
            s += a[i] * b[i]
        return s
    if a.ndim == 2 and b.ndim == 1:
        out = np.zeros(a.shape[0], product_like(a, b))
        for i in range(a.shape[0]):
            s = out[i]
            for j in range(a.shape[1]):
                s += a[i, j] * b[j]
            out[i] = s
        return out
    if a.ndim == 1:
        out = np.zeros(b.shape[1], product_like(a, b))
        for i in range(b.shape[0]):
            for j in range(b.shape[1]):
                out[j] += a[i] * b[i, j]
        return out
    out = np.zeros((a.shape[0], b.shape[1]), product_like(a, b))
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                out[i, j] += a[i, k] * b[k, j]
    return out


def vdot(a: Any, b: Any) -> Any:
    return matmul(a.reshape(-1), b.reshape(-1))


def inner(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return dot(a, b.T) if b.ndim > 1 else dot(a, b)


def outer(a: Any, b: Any) -> Any:
    a, b = a.reshape(-1), b.reshape(-1)
    out = np.empty((a.shape[0], b.shape[0]), product_like(a, b))
    for i in range(a.shape[0]):
        for j in range(b.shape[0]):
            out[i, j] = a[i] * b[j]
    return out


def cumsum(a: Any, axis: Any = None) -> Any:
    if a.ndim > 1:
        if axis is not None:
            refuse("a cumulative sum along an axis", "loop over the other axis")
        a = a.reshape(-1)
    out = np.zeros(a.shape[0], dtype_like(a))
    s = dtype_like(a)(0)
    for i in range(a.shape[0]):
        s += a[i]
        out[i] = s
    return out


def arange(start: Any, stop: Any, step: Any) -> Any:
    n = max(int(math.ceil((stop - start) / step)), 0)
    out = np.empty(n)
    delta = (start + step) - start
    for i in range(n):
        out[i] = start + i * delta
    return out


def linspace(start: Any, stop: Any, num: int = 50) -> Any:
    out = np.empty(num)
    div = num - 1
    if div > 0:
        step = (stop - start) / div
        for i in range(num):
            out[i] = i * step + start
        out[num - 1] = stop
    elif num > 0:
        out[0] = start
    return out


def eye(n: int, m: Any = None, k: int = 0, dtype: Any = float) -> Any:
    columns = n if m is None else m
    out = np.zeros((n, columns), dtype)
    for i in range(n):
        if 0 <= i + k < columns:
            out[i, i + k] = 1
    return out


def identity(n: int, dtype: Any = float) -> Any:
    return eye(n, None, 0, dtype)


def trace(a: Any) -> Any:
    s = dtype_like(a)(0)
    for i in range(min(a.shape[0], a.shape[1])):
        s += a[i, i]
    return s


def norm(x: Any) -> Any:
    s = sum_(x * x)
    return np.sqrt(s) if s > 0.0 else s
