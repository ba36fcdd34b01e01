"""Elements chosen by place, by mask or by condition; comparisons of whole arrays; functions of pieces."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib.places import as_indices
from irad.lib.primitives import refined
from irad.lib.reductions import check_axis, refuse
from irad.lib.shapes import known_range


def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    a, at = np.asarray(a), as_indices(indices)
    if axis is None:
        a, axis = a.reshape(-1), 0
    axis = check_axis(a, axis)
    n = a.shape[axis]
    if mode == "wrap":
        at = at % n
    elif mode == "clip":
        at = np.clip(at, 0, n - 1)
    return a[(slice(None),) * axis + (at,)]


def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    if axis is None:
        return arr.reshape(-1)[indices.reshape(-1)]
    if arr.ndim != indices.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    axis = check_axis(arr, axis)
    a, at = np.moveaxis(arr, axis, -1), np.moveaxis(indices, axis, -1)
    a = np.broadcast_to(a, np.broadcast_shapes(a.shape[:-1], at.shape[:-1]) + a.shape[-1:])
    at = np.broadcast_to(at, a.shape[:-1] + at.shape[-1:])
    out = np.empty(at.shape, arr.dtype)
    _take_lines(a, at, out)
    return np.moveaxis(out, -1, axis)


def _take_lines(a: Any, at: Any, out: Any) -> None:
    if a.ndim == 1:
        for i in range(at.shape[0]):
            out[i] = a[at[i]]
    else:
        for i in range(a.shape[0]):
            _take_lines(a[i], at[i], out[i])


def put_along_axis(arr: Any, indices: Any, values: Any, axis: int) -> None:
    axis = check_axis(arr, axis)
    a, at = np.moveaxis(arr, axis, -1), np.moveaxis(indices, axis, -1)
    given = np.broadcast_to(np.array(values, arr.dtype), indices.shape)
    _put_lines(a, at.copy(), np.moveaxis(given, axis, -1))


def _put_lines(a: Any, at: Any, values: Any) -> None:
    if a.ndim == 1:
        for i in range(at.shape[0]):
            a[at[i]] = values[i]
    else:
        for i in range(a.shape[0]):
            _put_lines(a[i], at[i], values[i])


def compress(condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    a, mask = np.asarray(a), np.asarray(condition)
    if axis is None:
        a, axis = a.reshape(-1), 0
    axis = check_axis(a, axis)
    return a[(slice(None),) * axis + (np.flatnonzero(mask),)]


def compress_method(a: Any, condition: Any, axis: Any = None, out: Any = None) -> Any:
    return compress(condition, a, axis)


def extract(condition: Any, arr: Any) -> Any:
    return np.asarray(arr).reshape(-1)[np.flatnonzero(condition)]


def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    a = np.asarray(a)
    found = np.asarray(choices[0])
    n = 0
    for c in choices:
        found = np.where(a == n, c, found)
        n += 1
    if mode == "raise" and (np.any(a < 0) or np.any(a >= n)):
        raise ValueError("invalid entry in choice array")
    return found


def choose_method(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    return choose(a, choices, None, mode)


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if len(condlist) == 0:
        raise ValueError("select with an empty condition list is not possible")
    found = default
    for i in known_range(len(condlist))[::-1]:
        found = np.where(condlist[i], choicelist[i], found)
    return found


def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    given = np.asarray(src)
    if type(src) is bool or type(src) is int or type(src) is float:
        fine = type(src) is bool or dst.dtype.kind == "f" or (type(src) is int and dst.dtype.kind != "b")
    else:
        fine = np.can_cast(given.dtype, dst.dtype, casting)
    if not fine and casting != "unsafe":
        kinds = f"from dtype('{given.dtype}') to dtype('{dst.dtype}')"
        raise TypeError(f"Cannot cast {'scalar' if given.ndim == 0 else 'array data'} {kinds} according to the rule '{casting}'")
    if where is True:
        dst[...] = src if np.ndim(src) == 0 else np.asarray(src)
    else:
        dst[...] = np.where(where, given, dst)


def set_flat(a: Any, at: Any, value: Any) -> None:
    """a.flat[at] = value, in memory of any strides."""
    if a.ndim == 0:
        a[()] = value
    elif a.ndim == 1:
        a[at] = value
    else:
        n = a[0].size
        set_flat(a[at // n], at % n, value)


def _check_safe(values: Any, a: Any) -> None:
    """Arrays are only put into an array that holds all their values; numbers and lists are converted."""
    if isinstance(values, np.ndarray) and not np.can_cast(values.dtype, a.dtype, "safe"):
        kinds = f"from dtype('{values.dtype}') to dtype('{a.dtype}')"
        raise TypeError(f"Cannot cast {'scalar' if values.ndim == 0 else 'array data'} {kinds} according to the rule 'safe'")


def putmask(a: Any, mask: Any, values: Any) -> None:
    _check_safe(values, a)
    flags, source = np.array(mask).reshape(-1), np.array(values, a.dtype).reshape(-1)  # copies: they may be views of `a`
    if source.shape[0] == 0:
        return
    for i in range(flags.shape[0]):
        if flags[i]:
            set_flat(a, i, source[i % source.shape[0]])


def place(arr: Any, mask: Any, vals: Any) -> None:
    _check_safe(vals, arr)
    flags, source = np.array(mask).reshape(-1), np.array(vals, arr.dtype).reshape(-1)
    if source.shape[0] == 0 and np.any(flags):
        raise ValueError("Cannot insert from an empty array!")
    k = 0
    for i in range(flags.shape[0]):
        if flags[i]:
            set_flat(arr, i, source[k % source.shape[0]])
            k += 1


def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    at, source = np.array(ind).reshape(-1), np.array(v, a.dtype).reshape(-1)
    n = a.size
    if source.shape[0] == 0:
        return
    if mode != "raise":
        at = np.clip(at, 0, n - 1) if mode == "clip" else at % n
    for i in range(at.shape[0]):
        if at[i] < -n or at[i] >= n:
            raise IndexError(f"index {at[i]} is out of bounds for axis 0 with size {n}")
    for i in range(at.shape[0]):
        set_flat(a, at[i] % n, source[i % source.shape[0]])


def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    x, y = np.asarray(a), np.asarray(b)
    if y.dtype.kind == "b":
        y = y * 1.0
    near = np.logical_and(abs(x - y) <= atol + rtol * abs(y), np.isfinite(y))
    found = np.logical_or(near, x == y)
    if equal_nan:
        found = np.logical_or(found, np.logical_and(x != x, y != y))
    return found


def allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    return bool(np.all(isclose(a, b, rtol, atol, equal_nan)))


def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    a, b = np.asarray(a1), np.asarray(a2)
    if a.ndim != b.ndim:
        return False
    if a.shape != b.shape:
        return False
    if equal_nan:
        return bool(np.all(np.logical_or(a == b, np.logical_and(a != a, b != b))))
    return bool(np.all(a == b))


def array_equiv(a1: Any, a2: Any) -> Any:
    refuse("np.array_equiv", "use np.array_equal on arrays of one shape")


def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    a = np.asarray(x)
    if a.dtype.kind != "f":
        return a.copy() if a.ndim > 0 else a[()]
    top = np.finfo(a.dtype).max if posinf is None else posinf
    low = np.finfo(a.dtype).min if neginf is None else neginf
    kind = a.dtype.type
    found = np.where(np.isnan(a), kind(nan), np.where(a == np.inf, kind(top), np.where(a == -np.inf, kind(low), a)))
    if not copy and a.ndim > 0:
        a[...] = found
        return a
    return found if a.ndim > 0 else found[()]


def sinc(x: Any) -> Any:
    y = np.pi * np.asarray(x)
    if np.ndim(y) == 0:
        return _sine_over(y)
    flat = y.reshape(-1)
    out = np.empty(flat.shape[0], y.dtype)
    for i in range(flat.shape[0]):
        out[i] = _sine_over(flat[i])
    return out.reshape(y.shape)


def _sine_over(y: Any) -> Any:
    """sin(y) / y; near 0 with the derivatives of its power series: those of the quotient are differences of large numbers."""
    found = np.sin(y) / y if y != 0.0 else y * 0.0 + 1.0
    if not abs(y) < 0.5:
        return found
    series = y * 0.0 + 1.0
    for k in range(8, 0, -1):
        series = 1.0 - y * y * series / (2 * k * (2 * k + 1))
    return refined(series, found)


def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 6.283185307179586) -> Any:
    p = np.asarray(p)
    d = np.diff(p, axis=axis)
    kind = np.result_type(d, period)
    whole = kind.kind in "iu"
    half = period // 2 if whole else period / 2
    turned = np.mod(d + half, period) - half
    if not whole or period % 2 == 0:  # half a period is as far in either direction
        turned = np.where(np.logical_and(turned == -half, d > 0), half, turned)
    more = np.where(abs(d) < (period / 2 if discont is None else discont), 0, turned - d)
    lead = (slice(None),) * check_axis(p, axis)
    out = p.astype(kind)
    out[lead + (slice(1, None),)] = p[lead + (slice(1, None),)] + np.cumsum(more, axis)
    return out


def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    a = np.asarray(arr)
    x = np.moveaxis(a, check_axis(a, axis), -1)
    first = np.asarray(func1d(_first_line(x), *args, **kwargs))
    out = np.empty(x.shape[:-1] + first.shape, first.dtype)
    _apply_lines(func1d, x, out, args, kwargs)
    if first.ndim == 0:
        return out
    if first.ndim > 1:
        refuse("np.apply_along_axis of a function that gives matrices", "write the loop")
    return np.moveaxis(out, -1, axis)


def _first_line(a: Any) -> Any:
    return a if a.ndim == 1 else _first_line(a[0])


def _apply_lines(function: Any, a: Any, out: Any, args: Any, kwargs: Any) -> None:
    if a.ndim == 1:
        out[...] = function(a, *args, **kwargs)
    elif a.ndim == 2:
        for i in range(a.shape[0]):
            out[i] = function(a[i], *args, **kwargs)
    else:
        for i in range(a.shape[0]):
            _apply_lines(function, a[i], out[i], args, kwargs)


def piecewise(x: Any, condlist: Any, funclist: Any) -> Any:
    x = np.asarray(x)
    if x.ndim == 0:
        return piecewise(x.reshape(1), [np.asarray(c).reshape(1) for c in condlist], funclist).reshape(())
    conditions = [np.asarray(c) for c in condlist]
    if len(funclist) == len(conditions) + 1:
        rest = np.ones(x.shape, np.bool_)
        for c in conditions:
            rest = np.logical_and(rest, np.logical_not(c))
        conditions = [*conditions, np.asarray(rest)]
    if len(funclist) != len(conditions):
        n = len(condlist)
        raise ValueError(f"with {n} condition(s), either {n} or {n + 1} functions are expected")
    out = np.zeros(x.shape, x.dtype)
    for c, f in zip(conditions, funclist):
        if callable(f):
            out[c] = f(x[c])
        else:
            out[c] = f
    return out
