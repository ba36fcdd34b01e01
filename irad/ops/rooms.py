"""New memory for an array whose elements do not lie in C order: in the same order, with gaps where it has gaps.

What is a view of the array (a reshape, a ravel) is then a view of the new memory as well. Gaps are narrow there, so that a
column of a large matrix needs no memory for the matrix.

    strides 80_000, 16 of 5 x 3 elements of 8 bytes     steps 7, 2 in the room: the inner axis has gaps, so has the outer one
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from irad.ir.core import Const, Value, const
from irad.ir.types import INT, Array, Scalar

Op = Callable[..., Any]  # (name, *operands, **attributes) -> Value


def room_like(op: Op, array: Value, zero: bool = False) -> Value:
    """The room, as an array of layout A. An axis that moves by `step` is every step-th element of one that moves by one.

    zero: it is that of a shadow or tangent, in which each element has a place of its own, also if the array overlaps itself.
    """
    assert isinstance(array.type, Array) and isinstance(array.type.elem, Scalar)
    rank, item = array.type.ndim, Const(INT, array.type.elem.bits // 8)
    sizes = [op("dim", array, axis=k) for k in range(rank)]
    steps = [op("floordiv", op("stride", array, axis=k), item) for k in range(rank)]
    distances = [op("abs", step) for step in steps]
    overlap, narrow = _narrow(op, sizes, distances)
    width: Value = const(1)
    dense: list[Value] = []
    for size in reversed(sizes):
        dense.insert(0, width)
        width = op("mul", width, size)
    widths = [op("select", overlap, *pair) for pair in zip(dense if zero else distances, narrow, strict=True)]
    nought, one = const(0), const(1)
    total: Value = one
    spans: list[Value] = []
    parts: list[Value] = []
    for size, step, width in zip(sizes, steps, widths, strict=True):
        last = op("select", op("gt", size, one), op("sub", size, one), nought)
        reach = op("mul", last, width)
        total = op("add", total, reach)
        spans.append(op("add", reach, one))
        back = op("lt", step, nought)
        parts += [op("select", back, reach, nought), size, op("select", back, op("sub", nought, width), width)]
    room = op("alloc", total, elem=str(array.type.elem), zero=zero)
    made: Value = op("view", op("spread", room, *spans, axes=(0,) * rank), *parts, drop=(), layout="A")
    return made


def overlaps_itself(op: Op, array: Value) -> Value:
    """Whether elements of the array may be in one place (it was broadcast, or is of windows)."""
    assert isinstance(array.type, Array) and isinstance(array.type.elem, Scalar)
    axes = range(array.type.ndim)
    steps = [op("abs", op("floordiv", op("stride", array, axis=k), Const(INT, array.type.elem.bits // 8))) for k in axes]
    return _narrow(op, [op("dim", array, axis=k) for k in axes], steps)[0]


def _narrow(op: Op, sizes: list[Value], steps: list[Value]) -> tuple[Value, list[Value]]:
    """The steps in the room. From the inner axis to the outer one: without a gap where there was none, else with one element.

    Axes that overlap keep all their steps (they are in no larger memory than their elements), or are laid out anew. First:
    whether there are any.
    """
    axes = range(len(sizes))
    one = const(1)
    few = [op("lt", size, const(2)) for size in sizes]
    keys = [op("select", f, const(0), step) for f, step in zip(few, steps, strict=True)]  # such axes come first
    ranks = [_sum(op, [op("cast", _before(op, keys, other, axis), to="int") for other in axes if other != axis]) for axis in axes]
    reach: Value = one  # of the axes before, and what it is in the room
    made: Value = one
    overlap: Value = const(False)
    found: list[Value] = []
    for number in axes:
        here = [op("eq", rank, const(number)) for rank in ranks]
        size, step = _pick(op, here, sizes), _pick(op, here, steps)
        single = op("lt", size, const(2))
        new = op("select", op("eq", step, reach), made, op("add", made, one))
        overlap = op("or", overlap, op("and", op("not", single), op("lt", step, reach)))
        found.append(new)
        reach = op("select", single, reach, op("mul", step, size))
        made = op("select", single, made, op("mul", new, size))
    return overlap, [_pick(op, [op("eq", rank, const(n)) for n in axes], found) for rank in ranks]


def _before(op: Op, keys: list[Value], other: int, axis: int) -> Value:
    found: Value = op("le" if other < axis else "lt", keys[other], keys[axis])
    return found


def _sum(op: Op, values: list[Value]) -> Value:
    return reduce(lambda x, y: op("add", x, y), values, const(0))


def _pick(op: Op, tests: list[Value], values: list[Value]) -> Value:
    found = values[-1]
    for test, value in zip(tests[:-1], values[:-1], strict=True):
        found = op("select", test, value, found)
    return found
