"""Many rows of numbers as an argument: a list of run-time length whose rows nobody changes.

    x = [[1.0, 2.0], [3.0], ...]     items: Row(float)               columns: lengths, and the numbers of all rows
    x = [(1.0, 2), (3.0, 4), ...]    items: Seq(tuple, float, int)   columns: a float and an int of each row

So code is not specialised for the number of rows (see `runtime.packing`). In compiled code a row that is a list is held by what
it holds (`Boxed`): whoever changes it, or the list of rows, or gives a row out as it is, is refused; the call is then compiled
for the rows one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn

from irad.infer import heap, rows
from irad.infer.shapes import AV, Shape
from irad.infer.values import THAWED, Boxed, Growing, Num, Row, Seq, int_const
from irad.ir.core import Value
from irad.ir.types import Array

if TYPE_CHECKING:
    from irad.infer.context import Context


def imported(cx: Context, item: Shape, columns: Sequence[Value], new: bool) -> Growing:
    """What a list holds whose tree has these columns, see `trees.items_tree`.

    new: what a derivative has made, in which each row is a list of its own.
    """
    length = cx.op("dim", columns[0], axis=0)
    given = iter(columns)
    buffers = [buffer for part in _parts(item) for buffer in _buffers(cx, part, length, given)]
    if not new:
        item = _boxed(item)
    elif cx.loc is not None and item.cls is not Num and any(part.cls is Row for part in _parts(item)):  # not given out at once
        rows.demand(cx, rows.HELD)
    return Growing(item, length, tuple(buffers))


def _parts(item: Shape) -> list[Shape]:
    """The parts of an item that have buffers of their own."""
    return [part for child in item.children for part in _parts(child)] if item.cls is Seq else [item]


def _buffers(cx: Context, part: Shape, count: Value, columns: Iterator[Value]) -> list[Value]:
    if part.cls is not Row:
        return [cx.cast_elements(next(columns), t) for t in part.flat_types()]
    if part.static.cls is not Num:
        cx.unsupported(
            "the derivative by lists of run-time length, in a list of such a length, that hold something else than numbers",
            kind="list", hint="pass an array",
        )
    lengths = next(columns)
    whole = [cx.cast_elements(next(columns), t) for t in part.static.flat_types()]
    made = [cx.op("alloc", count, elem=str(Array(t, 1)), zero=True) for t in part.static.flat_types()]

    def each(i: Value, start: list[Value]) -> list[Value]:
        size = cx.op("load", lengths, i)
        for column, buffer in zip(whole, made, strict=True):
            cx.op_store(cx.op("view", column, start[0], size, int_const(1), drop=(), layout="C"), buffer, [i])
        return [cx.op("add", start[0], size)]

    cx.fold_loop(count, [int_const(0)], each)
    return [lengths, *made]


def _boxed(item: Shape) -> Shape:
    """The form of an item of a tree in compiled code: lists in it are there as what they hold."""
    if item.cls is Row:
        return Shape(Boxed, list, (Shape(Growing, item.static, (), item.types),))
    return Shape(item.cls, item.static, tuple(map(_boxed, item.children)), item.types) if item.cls is Seq else item


def opened(content: Growing) -> Growing:
    """The same with lists of numbers in it in the form of a tree, which has the same buffers."""
    return Growing(_opened(content.item), content.length, content.buffers)


def _opened(item: Shape) -> Shape:
    if item.cls is Boxed and item.children[0].cls is Growing and item.children[0].static.cls is Num:
        return Shape(Row, item.children[0].static, (), item.children[0].types)
    return Shape(item.cls, item.static, tuple(map(_opened, item.children)), item.types) if item.cls is Seq else item


def is_packed(content: AV) -> bool:
    """Whether this list, of an argument, is one of many rows."""
    return isinstance(content, Growing) and content.item.cls is not Num


def check_kept(cx: Context, changed: Iterable[AV], roots: Iterable[AV]) -> None:
    """Refuse what cannot be given back as the objects that they were: lists of rows that are changed, and rows in a result."""
    if any(map(is_packed, changed)):
        _refuse(cx, "a change of a list of many rows")
    if any(type(cx.heap[name]) in THAWED for root in roots for name in heap.reached(cx, root)):
        _refuse(cx, "a row of an argument as a result")


def _refuse(cx: Context, what: str) -> NoReturn:
    cx.unsupported(what, kind="list", why="the rows are passed as numbers", hint="pass an array")
