"""The extents of arrays, as far as they are known: a letter for each axis in `Arr.extents`.

    "1"  one element: it was made so
    "+"  not one: taken for granted of an argument's axis, and asked first thing in the entry (`Unit.entry`): where it does not
         hold the call is made again, with code for all extents ("total" in the request)
    "?"  anything

An operation that broadcasts needs no code for the other case where an extent is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from irad.infer.values import Arr, int_const
from irad.ir.core import Const, Value, const

if TYPE_CHECKING:
    from irad.infer.context import Context


MOST_AXES = 64  # of an array of numpy


def dims(cx: Context, a: Arr) -> list[Value]:
    """The extents of an array."""
    return [extent(cx, a, k) for k in range(a.ndim)]


def extent(cx: Context, a: Arr, axis: int) -> Value:
    """One extent of an array."""
    if a.extents[axis] == "1":
        return int_const(1)
    size = cx.op("dim", a.value, axis=axis)
    if a.extents[axis] == "+":
        cx.not_one.add(size)
    count = cx.lengths.get(a.value, {}).get(axis)
    if count is not None:
        cx.counts[size] = count
    return size


def length(cx: Context, a: Arr) -> int | None:
    """The number of elements along the first axis of an array, if it is known at compile time."""
    return 1 if a.extents[0] == "1" else cx.lengths.get(a.value, {}).get(0)


def sized(cx: Context, kind: str, value: Value, sizes: Sequence[Value], writeable: bool = True, order: str | None = None) -> Arr:
    """A machine array of these extents."""
    if len(sizes) > MOST_AXES:
        cx.throw("ValueError", f"maximum supported dimension for an ndarray is currently {MOST_AXES}, found {len(sizes)}")
    known = "".join("1" if is_one(size) else "+" if isinstance(size, Const) or size in cx.not_one else "?" for size in sizes)
    counts = {axis: size.value if isinstance(size, Const) else cx.counts.get(size) for axis, size in enumerate(sizes)}
    cx.lengths[value] = {axis: count for axis, count in counts.items() if count is not None}
    return Arr(kind, value, writeable, known, order)


def is_not_one(cx: Context, size: Value) -> bool:
    """Whether an extent is known to be another number than 1. For arguments that is assumed: see `Unit.entry`."""
    if isinstance(size, Const):
        return bool(size.value != 1)
    found = size in cx.not_one
    cx.unit.assumes |= found
    return found


def is_one(size: Value) -> bool:
    """Whether an extent is known to be 1."""
    return isinstance(size, Const) and bool(size.value == 1)


def equal(cx: Context, a: Value, b: Value) -> Value:
    """Whether two extents are the same, known if both are."""
    if a is b:
        return const(True)
    return const(bool(a.value == b.value)) if isinstance(a, Const) and isinstance(b, Const) else cx.op("eq", a, b)


def total_size(cx: Context, a: Arr) -> Value:
    """a.size"""
    size: Value = int_const(1)
    for mine in dims(cx, a):
        size = mine if is_one(size) else size if is_one(mine) else cx.op("mul", size, mine)
    return size
