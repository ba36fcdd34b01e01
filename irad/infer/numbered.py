"""Lists of lists in results: which of the inner lists are one object, or one that is elsewhere in the result or an argument.

    a list of run-time length     Record(("items", ...)): numbers for new lists
    with lists in it that may     Record(("numbered",), (that, where each of them is in memory, where others are, what these are))
    be one, or something else

Inner lists are held by their memory (see `rows`): what is in one memory is one list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from irad.infer.context import Context
from irad.infer.heap import Path
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.values import Arr, Fixed, Growing, Held, Known, Name, Num, Place, Record, Row, int_const
from irad.ir.core import Value
from irad.ir.types import INT


def numbered(
    cx: Context, tree: AV, content: Growing, path: Path | None, places: Mapping[Name, Path], homes: Mapping[Name, Path],
) -> AV:
    """The tree of what a list holds, which is at this path, with what its lists are if they may not all be new ones."""
    first = {Row: 1, Held: 0}.get(content.item.cls, len(content.buffers))
    if first >= len(content.buffers):
        return tree
    others = _others(cx, content.item, {Place(path): name for name, path in places.items()})
    others += _others(cx, content.item, {Place(path, inside=True): name for name, path in homes.items()})
    before = [(place, where) for place, item, where in cx.unit.numbered if item == content.item]
    alike = [name for name in {**places, **homes} if getattr(cx.heap.get(name), "static", None) == content.item]
    if not others and not cx.unit.rows_again and len(alike) < 2:
        return tree
    where = cx.op("alloc", content.length, elem=str(INT), zero=False)
    buffer = content.buffers[first]
    cx.count_loop(content.length, lambda i: cx.op_store(_place(cx, cx.op("load", buffer, i)), where, [i]), "items")
    if path is not None:
        cx.unit.numbered.append((Place(path, inside=True), content.item, Arr("int64", where)))
    return _record(cx, tree, Arr("int64", where), others, before)


def perhaps_given(cx: Context, tree: AV, content: AV, places: Mapping[Name, Path]) -> AV:
    """The tree of a list that may be one which is an argument, or in one: then it is that."""
    item = shape_of(content)
    item = Shape(Row, content.item, (), item.types) if isinstance(content, Fixed) else item
    at = _memory(content, item)
    others = _others(cx, item, {Place(path): name for name, path in places.items()}) if at is not None else []
    return _record(cx, tree, Num("int", _place(cx, at)), others) if others and at is not None else tree


def _others(cx: Context, item: Shape, names: Mapping[Place, Name]) -> list[tuple[Place, Value]]:
    """Objects that may be items of this form: what stands for each in the result, and its memory."""
    found = [(place, _memory(cx.heap.get(name), item)) for place, name in names.items()]
    return [(place, at) for place, at in found if at is not None]


def _memory(held: AV | None, item: Shape) -> Value | None:
    """The memory of an object that may be an item of this form."""
    if item.cls is Row and isinstance(held, Fixed) and held.item == item.static and held.buffers:
        return held.buffers[0]
    return held.leaves[0] if isinstance(held, Held) and shape_of(held) == item else None


def _record(
    cx: Context, tree: AV, where: AV, others: list[tuple[Place, Value]], before: Sequence[tuple[Place, AV]] = (),
) -> Record:
    """`before`: other lists of such items, and where these are."""
    numbers = [*(Num("int", _place(cx, at)) for _, at in others), *(column for _, column in before)]
    return Record(("numbered",), (tree, where, *numbers, *(Known(place) for place, _ in (*others, *before))))


def _place(cx: Context, array: Value) -> Value:
    """Where an array is; 0 of one without room, which has no place of its own."""
    zero = int_const(0)
    return cx.op("select", cx.op("eq", cx.op("dim", array, axis=0), zero), zero, cx.op("locate", array))
