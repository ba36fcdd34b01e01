"""Arrays put together, taken apart and rearranged."""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.lib import evaluated
from irad.lib.places import as_indices
from irad.lib.reductions import check_axis, refuse


def atleast_1d(*arys: Any) -> Any:
    if len(arys) == 1:
        return _atleast(arys[0], 1)
    return tuple([_atleast(a, 1) for a in arys])


def atleast_2d(*arys: Any) -> Any:
    if len(arys) == 1:
        return _atleast(arys[0], 2)
    return tuple([_atleast(a, 2) for a in arys])


def atleast_3d(*arys: Any) -> Any:
    if len(arys) == 1:
        return _atleast(arys[0], 3)
    return tuple([_atleast(a, 3) for a in arys])


def _atleast(a: Any, rank: int) -> Any:
    a = np.asarray(a)
    if a.ndim >= rank:
        return a
    if a.ndim == 0:
        return a.reshape((1,) * rank)
    if rank == 2:
        return a[np.newaxis, :]
    return a[np.newaxis, :, np.newaxis] if a.ndim == 1 else a[:, :, np.newaxis]


def _list(arrays: Any) -> Any:
    """Several arrays, of a sequence."""
    return [np.asarray(a) for a in arrays]


def concatenate(arrays: Any, axis: Any = 0, out: Any = None, dtype: Any = None, casting: Any = "same_kind") -> Any:
    if out is not None and dtype is not None:
        raise TypeError("concatenate() only takes `out` or `dtype` as an argument, but both were provided.")
    if isinstance(arrays, np.ndarray):
        if out is not None:
            return concatenate(list(arrays), axis, out, dtype, casting)
        return _cast(_joined(arrays, axis), dtype, casting)
    parts = _list(arrays)
    if len(parts) == 0:
        raise ValueError("need at least one array to concatenate")
    if axis is None:
        return concatenate([a.reshape(-1) for a in parts], 0, out, dtype, casting)
    if parts[0].ndim == 0:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    axis = check_axis(parts[0], axis)
    total = 0
    for number, a in enumerate(parts):
        _check_alike(parts[0], a, axis, number)
        total += a.shape[axis]
    shape = parts[0].shape
    whole = shape[:axis] + (total,) + shape[axis + 1 :]
    if out is not None:
        if out.ndim != len(whole):
            raise ValueError("Output array has wrong dimensionality")
        if out.shape != whole:
            raise ValueError("Output array is the wrong shape")
    made = np.empty(whole, _common_dtype(parts) if dtype is None else dtype) if out is None else out
    at = 0
    for a in parts:
        place = (slice(None),) * axis + (slice(at, at + a.shape[axis]),)
        if out is None and dtype is None and casting == "same_kind":
            made[place] = a
        else:
            np.copyto(made[place], a, casting)
        at += a.shape[axis]
    return made


def _cast(a: Any, dtype: Any, casting: Any) -> Any:
    """A new array, as one of the dtype that was asked for."""
    if dtype is None:
        return a
    made = np.empty(a.shape, dtype)
    np.copyto(made, a, casting)
    return made


def _common_dtype(parts: Any) -> Any:
    """The dtype that holds the elements of all."""
    found = parts[0].dtype
    for a in parts:
        found = np.result_type(found, a.dtype)
    return found


def _joined(a: Any, axis: int) -> Any:
    """Concatenation of the items of one array."""
    if a.ndim < 2:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    if a.shape[0] == 0:
        raise ValueError("need at least one array to concatenate")
    axis = check_axis(a[0], axis)
    moved = np.moveaxis(a, 0, axis)
    count = moved.shape[axis] * moved.shape[axis + 1]
    return moved.reshape(moved.shape[:axis] + (count,) + moved.shape[axis + 2 :]).copy()


def _check_alike(first: Any, a: Any, axis: int, number: int) -> None:
    if a.ndim != first.ndim:
        raise ValueError(
            "all the input arrays must have same number of dimensions, but the array at index 0 has "
            f"{first.ndim} dimension(s) and the array at index {number} has {a.ndim} dimension(s)"
        )
    for k in range(first.ndim):
        _check_extent(first, a, axis, number, k) if k != axis else None


def _check_extent(first: Any, a: Any, axis: int, number: int, k: int) -> None:
    if a.shape[k] != first.shape[k]:
        raise ValueError(
            "all the input array dimensions except for the concatenation axis must match exactly, but along dimension "
            f"{k}, the array at index 0 has size {first.shape[k]} and the array at index {number} has size {a.shape[k]}"
        )


def stack(arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    if isinstance(arrays, np.ndarray) and out is None:
        return _cast(np.moveaxis(arrays, 0, axis).copy(), dtype, casting)
    parts = _list(arrays)
    if len(parts) == 0:
        raise ValueError("need at least one array to stack")
    for a in parts:
        if np.shape(a) != np.shape(parts[0]):
            raise ValueError("all input arrays must have the same shape")
    return concatenate([np.expand_dims(a, axis) for a in parts], axis, out, dtype, casting)


def vstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    if isinstance(tup, np.ndarray):
        whole = _joined(tup, 0) if tup.ndim > 2 else atleast_2d(tup).copy() if tup.ndim == 2 else tup[:, np.newaxis].copy()
        return _cast(whole, dtype, casting)
    return concatenate([_atleast(a, 2) for a in tup], 0, None, dtype, casting)


def hstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    if isinstance(tup, np.ndarray):
        return _cast(_joined(tup, 0 if tup.ndim < 3 else 1) if tup.ndim > 1 else tup.copy(), dtype, casting)
    parts = [_atleast(a, 1) for a in tup]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1, None, dtype, casting)


def dstack(tup: Any) -> Any:
    return concatenate([_atleast(a, 3) for a in tup], 2)


def column_stack(tup: Any) -> Any:
    return concatenate([_column(np.asarray(a)) for a in tup], 1)


def _column(a: Any) -> Any:
    return a if a.ndim > 1 else a.reshape((-1, 1))


def append(arr: Any, values: Any, axis: Any = None) -> Any:
    a, b = np.asarray(arr), np.asarray(values)
    if axis is None:
        return concatenate((a.reshape(-1), b.reshape(-1)), 0)
    return concatenate((a, b), axis)


def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    a = arr
    if axis is None:
        a, axis = a.reshape(-1), 0
    axis = check_axis(a, axis)
    if isinstance(obj, slice):
        refuse("np.insert at the places of a slice", "give it np.arange(start, stop, step)")
    if np.ndim(obj) > 0:
        return _insert_several(a, as_indices(obj), values)
    n = a.shape[axis]
    if obj < -n or obj > n:
        raise IndexError(f"index {obj} is out of bounds for axis {axis} with size {n}")
    at = obj + n if obj < 0 else obj
    lead = (slice(None),) * axis
    given = np.asarray(values, a.dtype)
    if given.ndim < a.ndim:
        given = np.broadcast_to(given, a.shape[:axis] + a.shape[axis + 1 :]) if a.ndim > 1 else given.reshape(-1)
        given = np.expand_dims(given, axis) if a.ndim > 1 else given
    return concatenate((a[lead + (slice(None, at),)], given, a[lead + (slice(at, None),)]), axis)


def _insert_several(a: Any, places: Any, values: Any) -> Any:
    if a.ndim > 1:
        refuse("np.insert at several places along an axis", "insert one by one, or concatenate")
    if places.dtype == np.bool_:
        refuse("np.insert at the places of a mask", "give it np.flatnonzero(mask)")
    if places.shape[0] == 1:
        return insert(a, places[0], values)
    size = a.shape[0] + places.shape[0]
    at = np.where(places < 0, places + a.shape[0], places)
    order = np.argsort(at, -1, "stable")
    at[order] += np.arange(places.shape[0])
    rest = np.ones(size, np.bool_)
    rest[at] = False
    out = np.empty(size, a.dtype)
    out[at] = np.asarray(values, a.dtype)
    out[rest] = a
    return out


def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    a = arr
    if axis is None:
        a, axis = a.reshape(-1), 0
    axis = check_axis(a, axis)
    n = a.shape[axis]
    keep = np.ones(n, np.bool_)
    if isinstance(obj, slice):
        keep[obj] = False
    elif np.ndim(obj) == 0:
        if obj < -n or obj >= n:
            raise IndexError(f"index {obj} is out of bounds for axis {axis} with size {n}")
        keep[obj] = False
    else:
        keep[as_indices(obj)] = False
    return a[(slice(None),) * axis + (keep,)]


def tile(A: Any, reps: Any) -> Any:
    a = np.asarray(A)
    times = tuple([reps]) if np.ndim(reps) == 0 else tuple(reps)
    rank = max(a.ndim, len(known_range(len(times))))  # which refuses a length that is not known
    times = (1,) * (rank - len(times)) + times
    a = a.reshape((1,) * (rank - a.ndim) + a.shape)
    for axis in known_range(rank):
        a = _repeated(a, times[axis], axis)
    return a


@evaluated
def known_range(n: int) -> tuple[int, ...]:
    """The ints below n, to be walked one by one."""
    return tuple(range(n))


def _repeated(a: Any, times: int, axis: int) -> Any:
    """`a` behind itself, some times, along an axis."""
    n = a.shape[axis]
    times = max(times, 0)
    out = np.empty(a.shape[:axis] + (n * times,) + a.shape[axis + 1 :], a.dtype)
    for i in range(times):
        out[(slice(None),) * axis + (slice(i * n, (i + 1) * n),)] = a
    return out


def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    a = np.asarray(a)
    if axis is None:
        a, axis = a.reshape(-1), 0
    axis = check_axis(a, axis)
    x = np.moveaxis(a, axis, 0)
    if isinstance(repeats, np.ndarray) and np.issubdtype(repeats.dtype, np.floating):
        raise TypeError(f"Cannot cast array data from dtype('{repeats.dtype}') to dtype('int64') according to the rule 'safe'")
    if np.ndim(repeats) == 0:
        repeats = int(repeats)
        if repeats < 0:
            raise ValueError("repeats may not contain negative values.")
        out = np.empty((x.shape[0] * repeats,) + x.shape[1:], a.dtype)
        for i in range(x.shape[0]):
            for j in range(repeats):
                out[i * repeats + j] = x[i]
        return np.moveaxis(out, 0, axis)
    counts = np.broadcast_to(np.asarray(repeats), (x.shape[0],))
    total = 0
    for i in range(x.shape[0]):
        if counts[i] < 0:
            raise ValueError("repeats may not contain negative values.")
        total += int(counts[i])
    out = np.empty((total,) + x.shape[1:], a.dtype)
    at = 0
    for i in range(x.shape[0]):
        for _ in range(int(counts[i])):
            out[at] = x[i]
            at += 1
    return np.moveaxis(out, 0, axis)


def block(arrays: Any) -> Any:
    depth = _depth(arrays)
    return _blocks(arrays, depth, max(depth, _rank(arrays)))


def _depth(arrays: Any) -> int:
    """How many levels of lists there are above the arrays."""
    if not isinstance(arrays, list):
        return 0
    if len(arrays) == 0:
        refuse("np.block of an empty list", "leave it out")
    depth = _depth(arrays[0])
    for a in arrays:
        if _depth(a) != depth:
            refuse("np.block of lists of several depths", "put the blocks into lists of one depth")
    return 1 + depth


def _rank(arrays: Any) -> int:
    return max([_rank(a) for a in arrays]) if isinstance(arrays, list) else np.ndim(arrays)


def _blocks(arrays: Any, depth: int, rank: int) -> Any:
    if isinstance(arrays, tuple):
        refuse("np.block of a tuple", "use a list")
    if not isinstance(arrays, list):
        return np.array(arrays, ndmin=rank)
    return np.concatenate([_blocks(a, depth - 1, rank) for a in arrays], axis=-depth)


def resize(a: Any, new_shape: Any) -> Any:
    sizes = tuple([new_shape]) if np.ndim(new_shape) == 0 else tuple(new_shape)
    for n in sizes:
        if n < 0:
            raise ValueError("all elements of `new_shape` must be non-negative")
    given = np.ravel(a)
    out = np.zeros(sizes, given.dtype)
    flat = out.reshape(-1)
    if given.size > 0:
        for i in range(flat.size):
            flat[i] = given[i % given.size]
    return out


def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    a = np.asarray(a)
    if axis is None:
        return _rolled(a.reshape(-1), _added(shift), 0).reshape(a.shape)
    if not isinstance(axis, (tuple, list)):
        return _rolled(a, _added(shift), check_axis(a, axis))
    if np.ndim(shift) == 0:
        for k in known_range(len(axis)):
            a = _rolled(a, shift, check_axis(a, axis[k]))
        return a
    if len(axis) == 1:
        return _rolled(a, _added(shift), check_axis(a, axis[0]))
    one = len(shift) == 1
    if not one and len(shift) != len(axis):
        raise ValueError("shape mismatch: objects cannot be broadcast to a single shape.")
    for k in known_range(len(axis)):
        a = _rolled(a, shift[0 if one else k], check_axis(a, axis[k]))
    return a


def _added(shift: Any) -> Any:
    """Several shifts of one axis."""
    if np.ndim(shift) == 0:
        return shift
    total = 0
    for one in shift:
        total += int(one)
    return total


def _rolled(a: Any, shift: Any, axis: int) -> Any:
    n = a.shape[axis]
    out = np.empty(a.shape, a.dtype)
    at = int(shift) % n if n > 0 else 0
    lead = (slice(None),) * axis
    out[lead + (slice(at, None),)] = a[lead + (slice(None, n - at),)]
    out[lead + (slice(None, at),)] = a[lead + (slice(n - at, None),)]
    return out


@evaluated
def backwards(rank: int, axis: Any) -> tuple[slice, ...]:
    """The index that turns some axes round."""
    axes = range(rank) if axis is None else [k % rank for k in (axis if isinstance(axis, tuple) else (axis,))]
    return tuple(slice(None, None, -1) if k in axes else slice(None) for k in range(rank))


def flip(m: Any, axis: Any = None) -> Any:
    if axis is not None:
        for k in axis if isinstance(axis, tuple) else (axis,):
            check_axis(m, k)
    return m[backwards(m.ndim, axis)]


def fliplr(m: Any) -> Any:
    if m.ndim < 2:
        raise ValueError("Input must be >= 2-d.")
    return m[:, ::-1]


def flipud(m: Any) -> Any:
    if m.ndim < 1:
        raise ValueError("Input must be >= 1-d.")
    return m[::-1]


def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    turns = k % 4
    if turns == 0:
        return m[...]
    if turns == 2:
        return flip(flip(m, axes[0]), axes[1])
    if turns == 1:
        return np.swapaxes(flip(m, axes[1]), axes[0], axes[1])
    return flip(np.swapaxes(m, axes[0], axes[1]), axes[1])


@evaluated
def is_places(sections: Any) -> bool:
    """Whether `split` is given the places to split at, not a number of parts."""
    return isinstance(sections, (tuple, list))


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    axis = check_axis(ary, axis)
    if np.ndim(indices_or_sections) > 0:
        return _split_at(ary, indices_or_sections, axis)
    if indices_or_sections <= 0:
        raise ValueError("number sections must be larger than 0.")
    n = ary.shape[axis]
    each, more = n // indices_or_sections, n % indices_or_sections
    lead = (slice(None),) * axis
    return [
        ary[lead + (slice(i * each + min(i, more), (i + 1) * each + min(i + 1, more)),)] for i in known_range(indices_or_sections)
    ]


def _split_at(ary: Any, places: Any, axis: int) -> Any:
    lead = (slice(None),) * axis
    ends = [*places, ary.shape[axis]]
    starts = [0, *places]
    return [ary[lead + (slice(starts[i], ends[i]),)] for i in known_range(len(ends))]


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    if np.ndim(indices_or_sections) == 0 and ary.shape[check_axis(ary, axis)] % indices_or_sections != 0:
        raise ValueError("array split does not result in an equal division")
    return array_split(ary, indices_or_sections, axis)


def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    if ary.ndim < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return split(ary, indices_or_sections, 0)


def unstack(x: Any, /, *, axis: int = 0) -> Any:
    refuse("np.unstack", "loop over the array, or unpack it: a, b, c = x")


def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    a = np.asarray(filt)
    if a.ndim != 1:
        refuse("np.trim_zeros of an array of more than one axis", "slice it")
    first, last = 0, a.shape[0]
    if "f" in trim.lower():
        while first < last and a[first] == 0:
            first += 1
    if "b" in trim.lower():
        while last > first and a[last - 1] == 0:
            last -= 1
    return a[first:last]


def meshgrid(*xi: Any, indexing: str = "xy", sparse: bool = False, copy: bool = True) -> Any:
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    n = len(xi)
    lines = [np.asarray(x).reshape(-1) for x in xi]
    turned = indexing == "xy" and n > 1
    grids = [lines[k].reshape(grid_axis(n, k, turned)) for k in known_range(n)]
    if not sparse:
        full = np.broadcast_arrays(*grids)
        return tuple([g.copy() for g in full]) if copy else tuple(full)
    return tuple([g.copy() for g in grids]) if copy else tuple(grids)


@evaluated
def grid_axis(n: int, k: int, turned: bool) -> tuple[int, ...]:
    """The shape of line k of a grid of n axes; `turned`: the first two are exchanged."""
    at = {0: 1, 1: 0}.get(k, k) if turned else k
    return tuple(-1 if j == at else 1 for j in range(n))


def pad(array: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0) -> Any:
    a = np.asarray(array)
    for axis in known_range(a.ndim):
        before, after = _pad_of(pad_width, axis, a.ndim)
        if before < 0 or after < 0:
            raise ValueError("index can't contain negative values")
        a = _padded(a, before, after, axis, mode, constant_values)
    return a


def _pad_of(width: Any, axis: int, rank: int) -> Any:
    if np.ndim(width) == 0:
        return width, width
    if np.ndim(width) == 1:
        return (width[0], width[1]) if len(width) == 2 else (width[0], width[0])
    return (width[axis][0], width[axis][1]) if len(width) == rank else (width[0][0], width[0][1])


def _padded(a: Any, before: int, after: int, axis: int, mode: str, constant: Any) -> Any:
    n = a.shape[axis]
    lead = (slice(None),) * axis
    out = np.empty(a.shape[:axis] + (before + n + after,) + a.shape[axis + 1 :], a.dtype)
    out[lead + (slice(before, before + n),)] = a
    if mode not in ("constant", "edge", "wrap", "reflect", "symmetric"):
        refuse(f"np.pad with mode {mode!r}", "fill the edges in a loop")
    if mode != "constant" and n == 0:
        raise ValueError(f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'")
    for i in range(before):
        at = lead + (before - 1 - i,)
        out[at] = constant if mode == "constant" else a[lead + (_reflected(-1 - i, n, mode),)]
    for i in range(after):
        at = lead + (before + n + i,)
        out[at] = constant if mode == "constant" else a[lead + (_reflected(n + i, n, mode),)]
    return out


def _reflected(i: int, n: int, mode: str) -> int:
    """The place inside that stands for place i outside."""
    if mode == "edge" or n == 1:
        return min(max(i, 0), n - 1)
    if mode == "wrap":
        return i % n
    if mode == "symmetric":
        k = i % (2 * n)
        return k if k < n else 2 * n - 1 - k
    k = i % (2 * n - 2)
    return k if k < n else 2 * n - 2 - k


def tolist(a: Any) -> Any:
    return a.item() if np.ndim(a) == 0 else [tolist(x) for x in a]
