"""Running sums and products, and what ufuncs do along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib import evaluated
from irad.lib.reductions import check_axis, converted, kept, lines, reduced_axis, summed_like, with_an_axis


def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return _running(a, axis, dtype, _running_sum)


def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return _running(a, axis, dtype, _running_product)


def _running(a: Any, axis: Any, dtype: Any, along_line: Any) -> Any:
    a = converted(a, dtype, True, 0)
    if axis is None:
        a, axis = a.reshape(-1), 0
    a = with_an_axis(a)
    axis = check_axis(a, axis)
    kind = summed_like(a, dtype)
    return lines(lambda line, new: along_line(line, new, kind), a, axis, a.shape[axis], kind)


def _running_sum(a: Any, out: Any, kind: Any) -> None:
    s = kind(-0.0)  # what numpy begins with is the first element: a sum of -0.0 is -0.0
    for i in range(a.shape[0]):
        s += a[i]
        out[i] = s


def _running_product(a: Any, out: Any, kind: Any) -> None:
    s = kind(1)
    for i in range(a.shape[0]):
        s *= a[i]
        out[i] = s


def accumulate(function: Any, a: Any, axis: int = 0) -> Any:
    """np.maximum.accumulate(a) and the like."""
    if reduced_axis(a, axis) is None:
        raise TypeError("cannot accumulate on a scalar")
    axis = check_axis(a, axis)
    out = np.empty(a.shape, np.result_type(function(a[:0], a[:0])))
    x, y = np.moveaxis(a, axis, 0), np.moveaxis(out, axis, 0)
    if x.shape[0] > 0:
        y[0] = x[0]
    for i in range(1, x.shape[0]):
        y[i] = function(y[i - 1], x[i])
    return out


@evaluated
def identity_of(function: Any) -> Any:
    """What nothing is reduced to."""
    return function.identity


def reduce(function: Any, a: Any, axis: Any = 0, keepdims: bool = False) -> Any:
    """np.hypot.reduce(a) and the like, along one axis, of functions for which numpy has no loop of its own here."""
    if reduced_axis(a, axis) is None:
        return a[()]
    axis = check_axis(a, axis)
    x = np.moveaxis(a, axis, 0)
    if x.shape[0] == 0:
        if identity_of(function) is None:
            raise ValueError(f"zero-size array to reduction operation {function.__name__} which has no identity")
        return kept(np.full(x.shape[1:], identity_of(function), function(a[:0], a[:0]).dtype)[()], a, axis, keepdims)
    s = x[0]
    for i in range(1, x.shape[0]):
        s = function(s, x[i])
    return kept(s, a, axis, keepdims)


def cumulative(a: Any, axis: Any, dtype: Any, include_initial: bool, first: int, run: Any) -> Any:
    """np.cumulative_sum and np.cumulative_prod: `run` is cumsum or cumprod."""
    if axis is None:
        if a.ndim != 1:
            raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
        axis = 0
    found = run(a, axis, dtype)
    if not include_initial:
        return found
    axis = check_axis(a, axis)
    return np.concatenate((np.full(a.shape[:axis] + (1,) + a.shape[axis + 1 :], first, found.dtype), found), axis)


def cumulative_sum(x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: bool = False) -> Any:
    return cumulative(x, axis, dtype, include_initial, 0, cumsum)


def cumulative_prod(x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: bool = False) -> Any:
    return cumulative(x, axis, dtype, include_initial, 1, cumprod)


def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = np._NoValue, append: Any = np._NoValue) -> Any:
    if n < 0:
        raise ValueError("order must be non-negative but got " + repr(n))
    if a.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = check_axis(a, axis)
    if prepend is not np._NoValue:
        a = np.concatenate((_end_piece(prepend, a, axis), a), axis)
    if append is not np._NoValue:
        a = np.concatenate((a, _end_piece(append, a, axis)), axis)
    lead = (slice(None),) * axis
    for _ in range(n):
        later, earlier = a[lead + (slice(1, None),)], a[lead + (slice(None, -1),)]
        a = later != earlier if a.dtype == np.bool_ else later - earlier
    return a


def _end_piece(piece: Any, a: Any, axis: int) -> Any:
    piece = np.asarray(piece)
    return np.broadcast_to(piece, a.shape[:axis] + (1,) + a.shape[axis + 1 :]) if piece.ndim == 0 else piece


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    flat = ary.reshape(-1)
    found = flat[1:] - flat[:-1]
    if to_begin is not None:
        found = np.concatenate((np.asarray(to_begin).reshape(-1).astype(found.dtype), found))
    if to_end is not None:
        found = np.concatenate((found, np.asarray(to_end).reshape(-1).astype(found.dtype)))
    return found
