"""Trees of derivatives beside those of what they are of: tangents, cotangents and gradients have the structure of a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from irad.infer import arrays
from irad.infer.context import Context
from irad.infer.keys import Keys
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.values import NONE, Arr, Choice, Known, Num, Obj, Record, Row, Seq, int_const, numeric
from irad.ir.core import Value
from irad.ir.types import INT, Array, is_float


def derivative_parts(av: AV, of: Callable[[AV], AV]) -> AV:
    """A tree of derivatives: `of` each part. None stands for a list of run-time length, or a part of its items, without one."""
    if not (isinstance(av, Record) and av.static[0] == "items"):
        return av.with_children(tuple(map(of, av.children)))
    columns: Iterator[AV] = iter(av.children)
    found: list[AV] = []
    item = _item_parts(av.static[1], columns, found, of)
    return Record((av.static[0], item, *av.static[2:]), tuple(found)) if found else NONE


def _item_parts(shape: Shape, columns: Iterator[AV], found: list[AV], of: Callable[[AV], AV]) -> Shape:
    """The form of the derivative of an item, whose columns are added to `found`."""
    if shape.cls in (Row, Choice):  # the lengths, or the tags, stay
        start = len(found)
        found.append(next(columns))
        inner = (shape.static,) if shape.cls is Row else shape.children
        parts = [_item_parts(part, columns, found, of) for part in inner]
        if len(found) == start + 1:
            found.pop()
            return shape_of(NONE)
        if shape.cls is Choice:
            return Shape(Choice, (), tuple(parts), shape.types)
        return Shape(Row, parts[0], (), (INT, *(Array(t, 1) for t in parts[0].flat_types())))
    if not shape.types:
        return Shape(shape.cls, shape.static, tuple(_item_parts(part, columns, found, of) for part in shape.children))
    mine = [next(columns) for _ in shape.types]
    if shape.cls not in (Num, Arr):  # a text: its numbers are passed over
        for column in mine:
            of(column)
        return shape_of(NONE)
    if not is_float(shape.types[0].elem if isinstance(shape.types[0], Array) else shape.types[0]):
        return shape_of(NONE)
    found.extend([of(mine[0]), *mine[1:]])  # a tag stays
    return shape


def parts_like(cx: Context, av: AV, other: AV) -> list[AV] | None:
    """The parts of a tangent or cotangent that belong to those of `av`; None if the structures differ.

    A list of floats may have a length known at run time only on one side, and be taken apart item by item on the other.
    """
    from irad.infer.iterate import known_items

    if isinstance(av, Seq):
        items = known_items(other)
        if items is None and _is_column(other):
            column = other.children[0].leaves[0]
            length = cx.op("dim", column, axis=0)
            right = cx.op("eq", length, int_const(len(av.children)))
            cx.guard(right, "ValueError", f"a list of {len(av.children)} items has a tangent or cotangent of {{}}", length)
            kinds = other.static[1].static
            items = [Num(kinds, cx.op("load", column, int_const(i))) for i in range(len(av.children))]
    elif isinstance(av, Record) and av.static[0] == "items" and _is_of_rows(av) and _is_of_rows(other):
        items = [NONE, _numbers_of_rows(cx, av, other)]
    elif isinstance(av, Record) and av.static[0] == "items":
        items = _columns_like(cx, av.static[1], other)
    elif isinstance(other, Known):
        items = _parts_from_outside(cx, av, other)
    else:
        items = list(other.children) if type(other) is type(av) and other.static == av.static else None
    return items if items is not None and len(items) == len(av.children) else None


def _parts_from_outside(cx: Context, av: AV, other: Known) -> list[AV] | None:
    """The same of an object, or a dict of numbers, that the function captured."""
    from irad.infer.attributes import get_attr, has_attr

    if isinstance(av, Obj):
        fits = type(other.obj) is av.cls and all(has_attr(cx, other, name) for name in av.fields)
        return [get_attr(cx, other, name) for name in av.fields] if fits else None
    fits = type(other.obj) is dict and av.static == ("dict", Keys(other.obj))
    return [Known(value) for value in other.obj.values()] if fits else None


def _is_of_rows(av: AV) -> bool:
    """Whether this is the tree of a list of lists of numbers, see `packed`."""
    return isinstance(av, Record) and av.static[0] == "items" and av.static[1].cls is Row and av.static[1].static.cls is Num


def _numbers_of_rows(cx: Context, av: AV, other: AV) -> AV:
    """What belongs to the numbers of all rows of a list, which are as long as those on the other side."""
    mine, given = (tree.children[0].leaves[0] for tree in (av, other))
    length = cx.op("dim", mine, axis=0)
    words = "a list of {} items has a tangent or cotangent of {}"
    cx.guard(cx.op("eq", length, cx.op("dim", given, axis=0)), "ValueError", words, length, cx.op("dim", given, axis=0))

    def check(i: Value) -> None:
        size, there = cx.op("load", mine, i), cx.op("load", given, i)
        cx.guard(cx.op("eq", size, there), "ValueError", words, size, there)

    cx.count_loop(length, check, "rows")
    return other.children[1] if is_float(av.static[1].static.flat_types()[0]) else NONE


def _columns_like(cx: Context, item: Shape, other: AV) -> list[AV] | None:
    """What belongs to the columns of a list of run-time length: arrays of numbers, None for ints and tags."""
    from irad.infer.iterate import known_items

    if not _of_numbers(item):
        cx.unsupported(
            "a tangent or cotangent of a list of run-time length, of lists or of items of several types", kind="grad-output",
            hint="use arrays, or lists of numbers or tuples",
        )
    if isinstance(other, Record) and other.static[0] == "items":
        columns = list(_in_columns(item, other.static[1], iter(other.children)))
        return None if None in columns else columns  # type: ignore[return-value]
    rows = known_items(other)
    parts = [list(_in_row(item, row)) for row in rows or ()]
    if rows is None or any(None in row for row in parts):
        return None
    packed = zip(*parts, strict=True) if parts else [()] * len(item.flat_types())
    return [
        arrays.as_operand(cx, Seq(tuple, column)) if is_float(t) else NONE
        for column, t in zip(packed, item.flat_types(), strict=True)
    ]


def _of_numbers(item: Shape) -> bool:
    """Whether the items of a list are numbers, and tuples of such."""
    return item.cls is Num or (not item.types and all(map(_of_numbers, item.children)))


def _in_columns(item: Shape, given: Shape, columns: Iterator[AV]) -> Iterator[AV | None]:
    """Those of `columns`, of a list of `given`, that belong to the numbers of `item`; a None where nothing does."""
    mine = [next(columns) for _ in given.types]
    if item.types:
        yield NONE if not is_float(item.types[0]) else mine[0] if given.cls is Num else None
        yield from [NONE] * (len(item.types) - 1)
    elif (given.cls, given.static, len(given.children)) == (item.cls, item.static, len(item.children)):
        for inner, part in zip(item.children, given.children, strict=True):
            yield from _in_columns(inner, part, columns)
    else:
        yield None


def _in_row(item: Shape, row: AV) -> Iterator[AV | None]:
    """The same of one item."""
    from irad.infer.iterate import known_items

    if item.types:
        yield NONE if not is_float(item.types[0]) else row if numeric(row) else None
        yield from [NONE] * (len(item.types) - 1)
        return
    parts = known_items(row) if item.cls is Seq else list(row.children)
    if parts is None or len(parts) != len(item.children):
        yield None
        return
    for inner, part in zip(item.children, parts, strict=True):
        yield from _in_row(inner, part)


def _is_column(av: AV) -> bool:
    """Whether this is the tree of a list of numbers of run-time length."""
    return isinstance(av, Record) and av.static[0] == "items" and av.static[1].cls is Num and len(av.children) == 1
