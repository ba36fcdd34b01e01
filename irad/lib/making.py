"""Arrays made from numbers: ranges, grids, matrices of a pattern."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from irad.lib.reductions import first_diagonal, read_only, refuse


def arange(start: Any, stop: Any, step: Any, dtype: Any) -> Any:
    """Of numbers of which one is a float: the length is found in their own kinds, the step in that of the result."""
    length = (stop - start) / step
    if length != length:
        raise ValueError("arange: cannot compute length")
    if abs(length) >= 2.0**63:
        raise ValueError("Maximum allowed size exceeded")
    n = max(int(math.ceil(length)), 0)
    if length == 0.0 and stop != start and math.copysign(1.0, length) > 0.0:  # the step is that much larger
        n = 1
    kind = np.dtype(dtype).kind
    if kind == "b" and n > 2:
        raise TypeError("arange() is only supported for booleans when the result has at most length 2.")
    out = np.empty(n, dtype)
    if n > 0:
        out[0] = start
    if n > 1:
        out[1] = start + step
    if n > 2 and kind != "b":
        first, second = (out[0], out[1]) if kind == "f" else (np.int64(out[0]), np.int64(out[1]))  # ints wrap at the end
        delta = second - first
        for i in range(2, n):
            out[i] = out.dtype.type(first + i * delta)
    return out


def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0,
) -> Any:
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    if np.ndim(start) > 0 or np.ndim(stop) > 0:
        if axis != 0:
            refuse("np.linspace of arrays with an axis", "use np.moveaxis on the result")
        a, b = np.asarray(start) * 1.0, np.asarray(stop) * 1.0
        found, step = _between_arrays(a, b, num, endpoint)
    else:
        found, step = _between(start, stop, num, endpoint)
    if dtype is not None and np.dtype(dtype).kind != "f":
        found = np.floor(found).astype(dtype)
    elif dtype is not None:
        found = found.astype(dtype, copy=False)
    return (found, step) if retstep else found


def _between(start: Any, stop: Any, num: int, endpoint: bool) -> Any:
    out = np.empty(num, np.result_type(start, stop, 1.0))
    div = num - 1 if endpoint else num
    step = out.dtype.type(np.nan)
    if div > 0:
        delta = np.subtract(stop, start, dtype=out.dtype)
        step = delta / div
        if step == 0.0:
            for i in range(num):
                out[i] = i / div * delta + start
        else:
            for i in range(num):
                out[i] = i * step + start
        if endpoint and num > 1:
            out[num - 1] = stop
    elif num > 0:
        out[0] = start
    return out, step


def _between_arrays(start: Any, stop: Any, num: int, endpoint: bool) -> Any:
    delta = stop - start
    div = num - 1 if endpoint else num
    out = np.empty((num,) + delta.shape, delta.dtype)
    step = delta / div if div > 0 else delta * np.nan
    for i in range(num):
        out[i] = i * step + start if div > 0 else i * delta + start
    if endpoint and num > 1:
        out[num - 1] = stop
    return out, step


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0,
) -> Any:
    found = np.power(base, linspace(start, stop, num, endpoint, False, None, axis))
    return found if dtype is None else found.astype(dtype, copy=False)


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    if np.ndim(start) > 0 or np.ndim(stop) > 0:
        refuse("np.geomspace of arrays", "call it for each pair of ends")
    if start == 0 or stop == 0:
        raise ValueError("Geometric sequence cannot include zero")
    kind = np.result_type(start, stop, float(num), np.dtype(float if dtype is None else dtype))
    start, stop = kind.type(start), kind.type(stop)
    sign = np.float64(1.0)
    if start < 0 and stop < 0:
        start, stop, sign = -start, -stop, -sign
    found = np.power(10.0, linspace(np.log10(start), np.log10(stop), num, endpoint))
    if num > 0:
        found[0] = start
        if num > 1 and endpoint:
            found[num - 1] = stop
    found = found * sign
    return found if dtype is None else found.astype(dtype, copy=False)


def eye(N: int, M: Any = None, k: int = 0, dtype: Any = float) -> Any:
    columns = N if M is None else M
    out = np.zeros((N, columns), dtype)
    for i in range(N):
        if 0 <= i + k < columns:
            out[i, i + k] = 1
    return out


def identity(n: int, dtype: Any = None) -> Any:
    return eye(n, None, 0, float if dtype is None else dtype)


def tri(N: int, M: Any = None, k: int = 0, dtype: Any = float) -> Any:
    columns = N if M is None else M
    out = np.zeros((N, columns), dtype)
    for i in range(N):
        for j in range(min(max(i + k + 1, 0), columns)):
            out[i, j] = 1
    return out


def tril(m: Any, k: int = 0) -> Any:
    return _part(m, k, True)


def triu(m: Any, k: int = 0) -> Any:
    return _part(m, k, False)


def _part(m: Any, k: int, lower: bool) -> Any:
    """The triangle of a matrix, or of each of a stack."""
    if m.ndim == 1:
        return _part(np.broadcast_to(m, (m.shape[0], m.shape[0])), k, lower)
    out = np.zeros(m.shape, m.dtype)
    if m.ndim > 2:
        for i in range(m.shape[0]):
            out[i] = _part(m[i], k, lower)
        return out
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            if (j <= i + k) if lower else (j >= i + k):
                out[i, j] = m[i, j]
    return out


def _triangle(n: int, k: int, m: Any, lower: bool) -> Any:
    columns = n if m is None else m
    count = 0
    for i in range(n):
        ends = min(max(i + k + 1 if lower else i + k, 0), columns)
        count += ends if lower else columns - ends
    rows, at = np.empty(count, np.int64), np.empty(count, np.int64)
    count = 0
    for i in range(n):
        ends = min(max(i + k + 1 if lower else i + k, 0), columns)
        for j in range(0 if lower else ends, ends if lower else columns):
            rows[count] = i
            at[count] = j
            count += 1
    return rows, at


def tril_indices(n: int, k: int = 0, m: Any = None) -> Any:
    return _triangle(n, k, m, True)


def triu_indices(n: int, k: int = 0, m: Any = None) -> Any:
    return _triangle(n, k, m, False)


def tril_indices_from(arr: Any, k: int = 0) -> Any:
    return _triangle(arr.shape[0], k, arr.shape[1], True)


def triu_indices_from(arr: Any, k: int = 0) -> Any:
    return _triangle(arr.shape[0], k, arr.shape[1], False)


def diag(v: Any, k: int = 0) -> Any:
    if v.ndim == 1:
        n = v.shape[0] + abs(k)
        out = np.zeros((n, n), v.dtype)
        for i in range(v.shape[0]):
            out[i - min(k, 0), i + max(k, 0)] = v[i]
        return out
    if v.ndim != 2:
        raise ValueError("Input must be 1- or 2-d.")
    return diagonal(v, k)


def diagflat(v: Any, k: int = 0) -> Any:
    return diag(np.asarray(v).reshape(-1), k)


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    if a.ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    moved = np.moveaxis(a, (axis1, axis2), (-2, -1))
    return _diagonals(moved, offset)


def _diagonals(a: Any, k: int) -> Any:
    n = max(min(a.shape[-2] + min(k, 0), a.shape[-1] - max(k, 0)), 0)
    return read_only(first_diagonal(a[..., max(-k, 0) :, max(k, 0) :], n))


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Any:
    return np.sum(diagonal(a, offset, axis1, axis2), -1, dtype)


def linalg_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    return diagonal(x, offset, -2, -1)


def linalg_trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    return trace(x, offset, -2, -1, dtype)


def diag_indices(n: int, ndim: int = 2) -> Any:
    return (np.arange(n),) * ndim


def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    if a.ndim != 2 or wrap:
        refuse("np.fill_diagonal of an array that is not a matrix", "write the loop")
    values = np.asarray(val, a.dtype).reshape(-1)
    for i in range(min(a.shape[0], a.shape[1])):
        a[i, i] = values[i % values.shape[0]]


def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    x = np.asarray(x)
    if x.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    n = x.shape[0] if N is None else N
    out = np.empty((x.shape[0], n), np.result_type(x, np.int64))
    for i in range(x.shape[0]):
        power = out.dtype.type(1)
        for j in range(n):
            out[i, j if increasing else n - 1 - j] = power
            power = power * x[i]
    return out


def check_finite(a: Any) -> None:
    """The error of functions that take no nan and no infinity."""
    if not np.isfinite(a).all():
        raise ValueError("array must not contain infs or NaNs")
