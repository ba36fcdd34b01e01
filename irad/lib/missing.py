"""numpy's reductions that leave out nan."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib.reductions import all_, argmax, argmin, max_, mean, min_, prod, roots, std, sum_, var


def nansum(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: Any = 0, where: Any = True,
) -> Any:
    if a.dtype.kind == "f":
        a = np.where(np.isnan(a), a.dtype.type(0), a)
    return sum_(a, axis, dtype, None, keepdims, initial, where)


def nanprod(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: Any = 1, where: Any = True,
) -> Any:
    if a.dtype.kind == "f":
        a = np.where(np.isnan(a), a.dtype.type(1), a)
    return prod(a, axis, dtype, None, keepdims, initial, where)


def nanmean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    if a.dtype.kind != "f":
        return mean(a, axis, dtype, None, keepdims)
    missing = np.isnan(a)
    total = sum_(np.where(missing, a.dtype.type(0), a), axis, dtype, None, keepdims)
    return total / np.asarray(sum_(np.logical_not(missing), axis, None, None, keepdims)).astype(total.dtype)


def nanvar(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False) -> Any:
    if a.dtype.kind != "f":
        return var(a, axis, dtype, None, ddof, keepdims)
    missing = np.isnan(a)
    d = np.where(missing, a.dtype.type(0), a - nanmean(a, axis, None, None, True))
    count = sum_(np.logical_not(missing), axis, None, None, keepdims) - ddof
    return sum_(d * d, axis, dtype, None, keepdims) / np.where(count > 0, count, np.nan).astype(d.dtype)


def nanstd(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False) -> Any:
    if a.dtype.kind != "f":
        return std(a, axis, dtype, None, ddof, keepdims)
    return roots(nanvar(a, axis, dtype, None, ddof, keepdims))


def nanmax(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    if axis is None and a.size == 0:
        raise ValueError("zero-size array to reduction operation fmax which has no identity")
    if a.dtype.kind != "f":
        return max_(a, axis, None, keepdims)
    return _some(a, max_(np.where(np.isnan(a), a.dtype.type(-np.inf), a), axis, None, keepdims), axis, keepdims)


def nanmin(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    if axis is None and a.size == 0:
        raise ValueError("zero-size array to reduction operation fmin which has no identity")
    if a.dtype.kind != "f":
        return min_(a, axis, None, keepdims)
    return _some(a, min_(np.where(np.isnan(a), a.dtype.type(np.inf), a), axis, None, keepdims), axis, keepdims)


def _some(a: Any, found: Any, axis: Any, keepdims: bool) -> Any:
    """What was found, or nan where all elements are."""
    none = all_(np.isnan(a), axis, None, keepdims)
    if np.ndim(found) == 0:
        return a.dtype.type(np.nan) if none else found
    return np.where(none, a.dtype.type(np.nan), found)


def nanargmax(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    if a.dtype.kind == "f":
        if np.any(np.all(np.isnan(a), axis)):
            raise ValueError("All-NaN slice encountered")
        a = np.where(np.isnan(a), a.dtype.type(-np.inf), a)
    return argmax(a, axis, None, keepdims)


def nanargmin(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    if a.dtype.kind == "f":
        if np.any(np.all(np.isnan(a), axis)):
            raise ValueError("All-NaN slice encountered")
        a = np.where(np.isnan(a), a.dtype.type(np.inf), a)
    return argmin(a, axis, None, keepdims)
