"""Arrays of a result that share memory: with arguments, with captured arrays, or with each other, as in CPython.

Results are copies of what the kernel made, unless memory in them is not the kernel's own, or is in two of them: then the
entry hands views of that memory to `shared`, which gives the arrays to return.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from irad.runtime.nativelayout import WRITEABLE, numpy_api

Views = Sequence["np.ndarray[Any, Any]"]


def shared(views: Sequence[Any], owners: Sequence[int], given: tuple[Any, ...] | None) -> tuple[Any, ...]:
    """The arrays to return. `owners`: of their memory, 0 for what is not the kernel's; `given`: what it was given, None if all
    arrays are to be new. Among the views are those of lists (`Column`), in whose place is an array of the arrays."""
    flat = [v for view in views for v in (view.views if isinstance(view, Column) else [view])]
    owned = [o for view, own in zip(views, owners, strict=True) for o in (view.owners if isinstance(view, Column) else [own])]
    found = iter([v.copy(order="K") for v in flat] if given is None else _shared(flat, owned, given))
    return tuple(view.filled(found) if isinstance(view, Column) else next(found) for view in views)


def _shared(views: Views, owners: Sequence[int], given: tuple[Any, ...]) -> Views:
    bases = [a for obj in given for a in _arrays_in(obj)]
    counts = {owner: owners.count(owner) for owner in owners if owner}
    groups = {o: _Group([v for v, other in zip(views, owners, strict=True) if other == o]) for o, n in counts.items() if n > 1}
    found = []
    for view, owner in zip(views, owners, strict=True):
        if view.size and not owner:
            found.append(_rebased(view, bases))
        else:
            found.append(groups[owner].array(view) if owner in groups else _copy(view))
    return found


class Column:
    """Arrays that a list holds: views of their memory, and the owners of that."""

    def __init__(self, views: Views, owners: Sequence[int]) -> None:
        self.views, self.owners = views, owners

    def filled(self, arrays: Iterator[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
        """An array of as many of these arrays."""
        made = np.empty(len(self.views), object)
        for i in range(len(made)):
            made[i] = next(arrays)
        return made


class Reader:
    """Reads the arrays that are the elements of one, of which native code has the address of the descriptor."""

    def __init__(self, dtype: str | np.dtype[Any], ndim: int, writeable: bool = True) -> None:
        self.dtype, self.ndim, self.writeable = np.dtype(dtype), ndim, writeable

    def __call__(self, address: int) -> Column:
        _, data, length, step = _words(address, 4)
        places = [data + i * step for i in range(length)] if data else []
        return Column([self._view(place) for place in places], [_words(place, 1)[0] for place in places])

    def _view(self, address: int) -> np.ndarray[Any, Any]:
        """The array with this descriptor, in place; it owns nothing."""
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self.dtype))  # the reference is taken over
        extents, steps, data = address + 16, address + 16 + 8 * self.ndim, _words(address, 2)[1] or None
        flags = WRITEABLE if self.writeable else 0
        made: np.ndarray[Any, Any] = _new_array()(np.ndarray, self.dtype, self.ndim, extents, steps, data, flags, None)
        return made


def _words(address: int, count: int) -> list[int]:
    return list((ctypes.c_int64 * count).from_address(address))


@cache
def _new_array() -> Any:
    """PyArray_NewFromDescr."""
    kinds: list[Any] = [ctypes.py_object, ctypes.py_object, ctypes.c_int, *[ctypes.c_void_p] * 3, ctypes.c_int, ctypes.c_void_p]
    return ctypes.PYFUNCTYPE(ctypes.py_object, *kinds)(numpy_api()["irad_np_new"])


def _arrays_in(obj: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(obj, np.ndarray):
        yield obj
    elif isinstance(obj, tuple):
        for item in obj:
            yield from _arrays_in(item)


def _copy(view: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    made = view.copy(order="K")
    made.flags.writeable = view.flags.writeable
    return made


def _same_place(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    """Whether two arrays are one and the same part of memory. (The step of an axis of one element says nothing.)"""
    if a.flags.writeable != b.flags.writeable:
        return False
    if a.ctypes.data != b.ctypes.data or a.shape != b.shape or a.dtype != b.dtype:
        return False
    return all(one == other for size, one, other in zip(a.shape, a.strides, b.strides, strict=True) if size > 1)


def _rebased(view: np.ndarray[Any, Any], bases: Sequence[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """The array among `bases` that this memory is, or a view of it that keeps it alive; a copy of other memory."""
    for base in bases:
        if _same_place(view, base):
            return base
    low, high = byte_bounds(view)
    for base in bases:
        first, last = byte_bounds(base)
        if first <= low and high <= last:
            writeable = view.flags.writeable and base.flags.writeable
            _keep_alive(view, base)
            view.flags.writeable = writeable
            return view
    return _copy(view)


class _Group:
    """Views of one block of memory that the kernel made, as views of a copy of it."""

    def __init__(self, views: Sequence[np.ndarray[Any, Any]]) -> None:
        bounds = [byte_bounds(view) for view in views if view.size]
        self.low, high = min((b[0] for b in bounds), default=0), max((b[1] for b in bounds), default=0)
        self.made: list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = []
        whole = next((v for v in views if v.flags.c_contiguous and v.flags.writeable and v.nbytes == high - self.low), None)
        if whole is not None:
            self.base = whole.copy()
            self.made.append((whole, self.base))
        else:
            self.base = np.empty(high - self.low, np.uint8)
            ctypes.memmove(self.base.ctypes.data, self.low, high - self.low)

    def array(self, view: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """What stands for a view: one array for equal ones."""
        for other, made in self.made:
            if _same_place(view, other):
                return made
        if not view.size:
            return _copy(view)
        offset = view.ctypes.data - self.low
        made = np.ndarray(view.shape, view.dtype, self.base, offset, view.strides)
        made.flags.writeable = view.flags.writeable
        self.made.append((view, made))
        return made


def _keep_alive(view: np.ndarray[Any, Any], base: np.ndarray[Any, Any]) -> None:
    """Make an array without an owner a view of another one, as numpy's own views are."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(base))  # the reference is taken over
    _set_base()(view, base)


@cache
def _set_base() -> Any:
    """PyArray_SetBaseObject."""
    return ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.py_object)(numpy_api()["irad_np_set_base"])
