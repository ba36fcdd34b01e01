"""numpy's reductions and products as loops. Ranks and dtypes are known when these are compiled, so branches on them cost nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def dtype_like(a: Any) -> Any:
    """The scalar class in which elements of `a` are summed (known to the compiler)."""
    return np.add.reduce(a).dtype.type


def _check_axis(a: Any, axis: int) -> int:
    if axis < 0:
        axis += a.ndim
    if axis < 0 or axis >= a.ndim:
        raise ValueError("axis is out of bounds for the array")
    return axis


def sum_(a: Any, axis: Any = None) -> Any:
    if axis is None:
        s = dtype_like(a)(0)
        if a.ndim == 1:
            for x in a:
                s += x
        else:
            for row in a:
                s += sum_(row)
        return s
    axis = _check_axis(a, axis)
    if a.ndim == 1:
        return sum_(a)
    if axis == 0:
        out = np.zeros(a.shape[1:], dtype_like(a))
        for row in a:
            out += row
        return out
    out = np.zeros(a.shape[:axis] + a.shape[axis + 1 :], dtype_like(a))
    for i in range(a.shape[0]):
        out[i] = sum_(a[i], axis - 1)
    return out


def prod(a: Any, axis: Any = None) -> Any:
    if axis is not None and a.ndim > 1:
        axis = _check_axis(a, axis)
        if axis == 0:
            out = np.ones(a.shape[1:], dtype_like(a))
            for row in a:
                out *= row
            return out
        out = np.ones(a.shape[:axis] + a.shape[axis + 1 :], dtype_like(a))
        for i in range(a.shape[0]):
            out[i] = prod(a[i], axis - 1)
        return out
    s = dtype_like(a)(1)
    if a.ndim == 1:
        for x in a:
            s *= x
    else:
        for row in a:
            s *= prod(row)
    return s


def mean(a: Any, axis: Any = None) -> Any:
    if axis is None:
        return sum_(a) / a.size
    return sum_(a, axis) / a.shape[axis]


def var(a: Any, axis: Any = None, ddof: int = 0) -> Any:
    if axis is not None and a.ndim > 1:
        raise NotImplementedError("var along an axis")
    m = mean(a)
    d = a - m
    return sum_(d * d) / (a.size - ddof)


def std(a: Any, axis: Any = None, ddof: int = 0) -> Any:
    v = var(a, axis, ddof)
    return np.sqrt(v) if v > 0.0 else v * 0.0


def _first(a: Any) -> Any:
    if a.ndim == 1:
        return a[0]
    return _first(a[0])


def max_(a: Any, axis: Any = None) -> Any:
    if axis is not None and a.ndim > 1:
        axis = _check_axis(a, axis)
        if axis == 0:
            out = a[0].copy()
            for i in range(1, a.shape[0]):
                out[:] = np.maximum(out, a[i])
            return out
        out = np.empty(a.shape[:axis] + a.shape[axis + 1 :], a.dtype)
        for i in range(a.shape[0]):
            out[i] = max_(a[i], axis - 1)
        return out
    if a.size == 0:
        raise ValueError("zero-size array to reduction operation maximum which has no identity")
    m = _first(a)
    if a.ndim == 1:
        for i in range(1, a.shape[0]):
            m = np.maximum(m, a[i])
    else:
        for row in a:
            m = np.maximum(m, max_(row))
    return m


def min_(a: Any, axis: Any = None) -> Any:
    if axis is not None and a.ndim > 1:
        axis = _check_axis(a, axis)
        if axis == 0:
            out = a[0].copy()
            for i in range(1, a.shape[0]):
                out[:] = np.minimum(out, a[i])
            return out
        out = np.empty(a.shape[:axis] + a.shape[axis + 1 :], a.dtype)
        for i in range(a.shape[0]):
            out[i] = min_(a[i], axis - 1)
        return out
    if a.size == 0:
        raise ValueError("zero-size array to reduction operation minimum which has no identity")
    m = _first(a)
    if a.ndim == 1:
        for i in range(1, a.shape[0]):
            m = np.minimum(m, a[i])
    else:
        for row in a:
            m = np.minimum(m, min_(row))
    return m


def argmax(a: Any, axis: Any = None) -> Any:
    if axis is not None and a.ndim > 1:
        raise NotImplementedError("argmax along an axis")
    if a.ndim > 1:
        a = a.reshape(-1)
    if a.size == 0:
        raise ValueError("attempt to get argmax of an empty sequence")
    at = 0
    best = a[0]
    for i in range(1, a.shape[0]):
        if a[i] > best or (a[i] != a[i] and best == best):
            best = a[i]
            at = i
    return np.int64(at)


def argmin(a: Any, axis: Any = None) -> Any:
    if axis is not None and a.ndim > 1:
        raise NotImplementedError("argmin along an axis")
    if a.ndim > 1:
        a = a.reshape(-1)
    if a.size == 0:
        raise ValueError("attempt to get argmin of an empty sequence")
    at = 0
    best = a[0]
    for i in range(1, a.shape[0]):
        if a[i] < best or (a[i] != a[i] and best == best):
            best = a[i]
            at = i
    return np.int64(at)


def any_(a: Any) -> Any:
    if a.ndim == 1:
        for x in a:
            if x:
                return np.bool_(True)
        return np.bool_(False)
    for row in a:
        if any_(row):
            return np.bool_(True)
    return np.bool_(False)


def all_(a: Any) -> Any:
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
        return a * b
    return matmul(a, b)


def matmul(a: Any, b: Any) -> Any:
    if a.shape[a.ndim - 1] != b.shape[max(b.ndim - 2, 0)]:
        raise ValueError("matmul: the inner dimensions do not agree")
    if a.ndim == 1 and b.ndim == 1:
        s = dtype_like(a[:0] * b[:0])(0)
        for i in range(a.shape[0]):
            s += a[i] * b[i]
        return s
    if a.ndim == 2 and b.ndim == 1:
        out = np.zeros(a.shape[0], dtype_like(a[:0, 0] * b[:0]))
        for i in range(a.shape[0]):
            s = out[i]
            for j in range(a.shape[1]):
                s += a[i, j] * b[j]
            out[i] = s
        return out
    if a.ndim == 1 and b.ndim == 2:
        out = np.zeros(b.shape[1], dtype_like(a[:0] * b[:0, 0]))
        for i in range(b.shape[0]):
            for j in range(b.shape[1]):
                out[j] += a[i] * b[i, j]
        return out
    if a.ndim == 2 and b.ndim == 2:
        out = np.zeros((a.shape[0], b.shape[1]), dtype_like(a[:0, 0] * b[:0, 0]))
        for i in range(a.shape[0]):
            for k in range(a.shape[1]):
                for j in range(b.shape[1]):
                    out[i, j] += a[i, k] * b[k, j]
        return out
    raise NotImplementedError("matmul of stacks of matrices")


def vdot(a: Any, b: Any) -> Any:
    return matmul(a.reshape(-1), b.reshape(-1))


def outer(a: Any, b: Any) -> Any:
    out = np.zeros((a.shape[0], b.shape[0]), dtype_like(a[:0] * b[0]))
    for i in range(a.shape[0]):
        for j in range(b.shape[0]):
            out[i, j] = a[i] * b[j]
    return out


def cumsum(a: Any) -> Any:
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
