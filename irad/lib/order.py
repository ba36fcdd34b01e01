"""Sorting, searching, counting: what depends on the order of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib.reductions import check_axis, lines, need, refuse, with_an_axis
from irad.lib.sorting import sort_places


def before(x: Any, y: Any) -> Any:
    """Whether x comes before y: nan comes last."""
    return x < y or (y != y and x == x)


def places_in_order(a: Any, out: Any) -> None:
    """The places of the elements in order, equal ones as they stand."""
    sort_places(out, lambda i, j: before(a[i], a[j]))


def _sorted_line(a: Any, out: Any) -> None:
    at = np.empty(a.shape[0], np.int64)
    places_in_order(a, at)
    for i in range(a.shape[0]):
        out[i] = a[at[i]]


def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    a = np.asarray(a)
    if axis is None:
        a, axis = a.reshape(-1), 0
    axis = check_axis(a, axis)
    return lines(_sorted_line, a, axis, a.shape[axis], a.dtype)


def sort_in_place(a: Any, axis: int = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> None:
    a[...] = sort(a, axis)


def argsort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    a = np.asarray(a)
    if axis is None:
        a, axis = a.reshape(-1), 0
    a = with_an_axis(a)
    axis = check_axis(a, axis)
    return lines(places_in_order, a, axis, a.shape[axis], np.int64)


def lexsort(keys: Any, axis: int = -1) -> Any:
    if len(keys) == 0:
        raise TypeError("need sequence of keys with len > 0 in lexsort")
    first = np.asarray(keys[0])
    if first.ndim != 1:
        refuse("np.lexsort of keys with several axes", "sort one line after the other")
    order = np.argsort(first, -1, "stable")
    for key in keys[1:]:
        given = np.asarray(key)
        if given.shape[0] != first.shape[0]:
            raise ValueError("all keys need to be the same shape")
        order = order[np.argsort(given[order], -1, "stable")]
    return order


def partition(a: Any, kth: Any, axis: Any = -1, kind: str = "introselect", order: Any = None) -> Any:
    return refuse("np.partition", "use np.sort: numpy leaves open in which order the other elements are")


def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    if side not in ("left", "right"):
        raise ValueError(f"search side must be 'left' or 'right' (got '{side}')")
    a, x = np.asarray(a), np.asarray(v)
    if sorter is not None:
        a = a[sorter]
    if a.ndim != 1:
        raise ValueError("object too deep for desired array")
    if x.ndim == 0:
        return np.int64(place_of(a, x[()], side == "left"))
    flat = x.reshape(-1)
    out = np.empty(flat.shape[0], np.int64)
    for i in range(flat.shape[0]):
        out[i] = place_of(a, flat[i], side == "left")
    return out.reshape(x.shape)


def place_of(a: Any, x: Any, left: bool) -> Any:
    """How many elements of a sorted array come before x (`left`), or not behind it."""
    low, high = 0, a.shape[0]
    while low < high:
        middle = (low + high) // 2
        if before(a[middle], x) if left else not before(x, a[middle]):
            low = middle + 1
        else:
            high = middle
    return low


def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    x, bins = np.asarray(x), np.asarray(bins)
    n = bins.shape[0]
    rises = falls = True
    for i in range(1, n):
        if bins[i] < bins[i - 1]:
            rises = False
        if bins[i] > bins[i - 1]:
            falls = False
    if not rises and not falls:
        raise ValueError("bins must be monotonically increasing or decreasing")
    if rises:
        return searchsorted(bins, x, "left" if right else "right")
    return n - searchsorted(bins[::-1], x, "left" if right else "right")


def nonzero(a: Any) -> Any:
    a = np.asarray(a)
    if a.ndim == 0:
        raise ValueError(
            "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() instead. "
            "If the context of this error is of the form `arr[nonzero(cond)]`, just use `arr[cond]`."
        )
    count = 0
    for x in a.reshape(-1):
        if x:
            count += 1
    if a.ndim > 3:
        refuse("the places of an array with more than three axes", "reshape it first")
    if a.ndim == 1:
        return _places_1(a, count)
    return _places_2(a, count) if a.ndim == 2 else _places_3(a, count)


# The places are written without a branch, which a mask makes hard to predict: the next one overwrites what is none.


def _places_1(a: Any, count: int) -> Any:
    at = np.empty(count, np.int64)
    i = k = 0
    while k < count:
        at[k] = i
        k += 1 if a[i] else 0
        i += 1
    return (at,)


def _places_2(a: Any, count: int) -> Any:
    rows, columns = np.empty(count, np.int64), np.empty(count, np.int64)
    k = 0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if k < count:
                rows[k], columns[k] = i, j
            k += 1 if a[i, j] else 0
    return rows, columns


def _places_3(a: Any, count: int) -> Any:
    first, second, third = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    k = 0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            for m in range(a.shape[2]):
                if k < count:
                    first[k], second[k], third[k] = i, j, m
                k += 1 if a[i, j, m] else 0
    return first, second, third


def argwhere(a: Any) -> Any:
    if np.ndim(a) == 0:
        return np.zeros((int(bool(a)), 0), np.int64)
    return np.stack(nonzero(a), 1)


def flatnonzero(a: Any) -> Any:
    return nonzero(np.asarray(a).reshape(-1))[0]


def unique(
    ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False, axis: Any = None,
    *, equal_nan: bool = True, sorted: bool = True,
) -> Any:
    if axis is not None:
        refuse("np.unique along an axis", "write the loop")
    if not (sorted or return_index or return_inverse or return_counts):
        refuse("np.unique in the order of numpy's own table", "np.unique(x), which sorts")
    a = np.asarray(ar)
    shape = a.shape
    a = a.reshape(-1)
    n = a.shape[0]
    at = np.empty(n, np.int64)
    places_in_order(a, at)
    new = np.empty(n, np.bool_)
    count = 0
    for i in range(n):
        new[i] = i == 0 or not _same(a[at[i]], a[at[i - 1]], equal_nan)
        count += int(new[i])
    values, first, counts = np.empty(count, a.dtype), np.empty(count, np.int64), np.zeros(count, np.int64)
    inverse = np.empty(n, np.int64)
    k = -1
    for i in range(n):
        if new[i]:
            k += 1
            values[k] = a[at[i]]
            first[k] = at[i]
        counts[k] += 1
        inverse[at[i]] = k
    if not return_index and not return_inverse and not return_counts:
        return values
    found: tuple[Any, ...] = (values,)
    if return_index:
        found = found + (first,)
    if return_inverse:
        found = found + (inverse.reshape(shape),)
    if return_counts:
        found = found + (counts,)
    return found


def _same(x: Any, y: Any, equal_nan: bool) -> Any:
    return x == y or (equal_nan and x != x and y != y)


def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    made = isinstance(x, (list, tuple))
    x = np.asarray(x)
    if x.ndim == 0:
        raise ValueError("object of too small depth for desired array")
    if x.ndim != 1:
        raise ValueError("object too deep for desired array")
    if x.dtype.kind == "f" and made:
        x = x.astype(np.int64)
    if x.dtype.kind == "f":
        raise TypeError(f"Cannot cast array data from dtype('{x.dtype}') to dtype('int64') according to the rule 'safe'")
    if minlength < 0:
        raise ValueError("'minlength' must not be negative")
    n = minlength
    for i in range(x.shape[0]):
        if x[i] < 0:
            raise ValueError("'list' argument must have no negative elements")
        n = max(n, int(x[i]) + 1)
    if weights is None:
        counts = np.zeros(n, np.int64)
        for i in range(x.shape[0]):
            counts[int(x[i])] += 1
        return counts
    need(x.shape[0] > 0, "np.bincount of no numbers, with weights", "leave the weights out where there are no numbers")  # ints
    w = np.asarray(weights)
    if w.shape[0] != x.shape[0]:
        raise ValueError("The weights and list don't have the same length.")
    sums = np.zeros(n)
    for i in range(x.shape[0]):
        sums[int(x[i])] += w[i]
    return sums


def isin(element: Any, test_elements: Any, assume_unique: bool = False, invert: bool = False, *, kind: Any = None) -> Any:
    a, b = np.asarray(element), np.asarray(test_elements).reshape(-1)
    flat = a.reshape(-1)
    out = np.empty(flat.shape[0], np.bool_)
    for i in range(flat.shape[0]):
        found = False
        for y in b:
            if flat[i] == y:
                found = True
        out[i] = found != invert
    return out.reshape(a.shape)


def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    a = np.asarray(ar1).reshape(-1) if assume_unique else np.unique(ar1)
    return a[isin(a, ar2, invert=True)]


def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    a = np.asarray(a).reshape(-1)
    edges = histogram_bin_edges(a, bins, range)
    n = edges.shape[0] - 1
    if weights is None:
        counts = np.zeros(n, np.int64)
        _count_in_bins(a, edges, counts)
    else:
        w = np.asarray(weights).reshape(-1)
        counts = np.zeros(n, w.dtype)
        _weigh_in_bins(a, edges, counts, w)
    if density:
        widths = (edges[1:] - edges[:-1]).astype(float)
        return counts / widths / np.sum(counts), edges
    return counts, edges


def _bin_of(edges: Any, x: Any) -> Any:
    """The bin that x is in (the last one has both its edges); -1: none."""
    n = edges.shape[0] - 1
    if not (x >= edges[0] and x <= edges[n]):
        return -1
    return min(place_of(edges, x, False) - 1, n - 1)


def _count_in_bins(a: Any, edges: Any, counts: Any) -> None:
    for x in a:
        k = _bin_of(edges, x)
        if k >= 0:
            counts[k] += 1


def _weigh_in_bins(a: Any, edges: Any, counts: Any, w: Any) -> None:
    for i in range(a.shape[0]):
        k = _bin_of(edges, a[i])
        if k >= 0:
            counts[k] += w[i]


def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    a = np.asarray(a).reshape(-1)
    if isinstance(bins, str):
        refuse("bins that numpy chooses by a rule", "say how many, or give their edges")
    if np.ndim(bins) > 0:
        return np.asarray(bins)
    if bins < 1:
        raise ValueError("`bins` must be positive, when an integer")
    if range is not None:
        low, high = range[0] * 1.0, range[1] * 1.0
    elif a.shape[0] == 0:
        low, high = 0.0, 1.0
    else:
        low, high = np.min(a) * 1.0, np.max(a) * 1.0
    if low > high:
        raise ValueError("max must be larger than min in range parameter.")
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, bins + 1, dtype=np.result_type(low, high, a, 1.0))
