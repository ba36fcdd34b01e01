"""Lists of many rows of numbers as arguments: the numbers of all rows are passed, and code is not specialised for their number.

    [[1.0, 2.0], [3.0], ...]     rows that are lists: their lengths, and all numbers, one after the other
    [(1.0, 2), (3.0, 4), ...]    rows that are tuples: an array for each place in them

Compiled code does not know the rows as objects then, so it must not change them, nor the list, nor give one out
(`infer.packed`): a call whose code does is compiled for the rows one by one. So are calls with few rows, which are unrolled, and
those with a row that is in the arguments twice.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from irad.errors import for_user
from irad.infer.kinds import CLASSES, MACHINE, OF_CLASS
from irad.infer.shapes import Shape
from irad.infer.values import Num, Record, Row, Seq, array_shape
from irad.ir.types import INT, Array

if TYPE_CHECKING:
    from irad.runtime.structures import Seen

FEW = 16  # rows that are known one by one
# the classes of numbers that are passed as an array, and its elements
NUMBERS: dict[type, str] = {
    float: "float64", int: "int64", bool: "bool_",
    **{getattr(np, kind): kind for kind in ("float64", "float32", "int64", "int32", "bool_")},
}
LENGTHS = array_shape("int64", Array(INT, 1), True)


def item_of(rows: list[Any], seen: Seen) -> Shape | None:
    """The form of the rows of a list, if they are passed by their numbers; they are noted as seen then."""
    if len(rows) <= FEW or not seen.packs:
        return None
    cls = type(rows[0])
    if cls not in (list, tuple) or set(map(type, rows)) != {cls}:
        return None
    item = _of_lists(rows) if cls is list else _of_tuples(rows)
    if item is not None and seen.floats and not any(_is_float(n) for n in item.children or (item.static,)):
        return None  # the gradient says of each row that there is none
    if item is None or cls is tuple:
        return item
    ids = {*map(id, rows)}
    if len(ids) < len(rows) or not ids.isdisjoint(seen):
        return None
    seen.rows |= ids
    return item


def _is_float(number: Shape) -> bool:
    return MACHINE[number.static[0]].is_float


def _of_lists(rows: list[list[Any]]) -> Shape | None:
    classes = set(map(type, itertools.chain.from_iterable(rows)))
    number = _number(classes)
    return number and Shape(Row, number, (), (INT, Array(number.types[0], 1)))


def _of_tuples(rows: list[tuple[Any, ...]]) -> Shape | None:
    if not rows[0] or len(set(map(len, rows))) > 1:
        return None
    numbers = [_number(set(map(type, column))) for column in zip(*rows, strict=True)]
    return None if None in numbers else Shape(Seq, tuple, tuple(n for n in numbers if n))


def _number(classes: set[type]) -> Shape | None:
    """The form of numbers of one class."""
    cls = classes.pop() if len(classes) == 1 else None
    kind = OF_CLASS[cls] if cls in NUMBERS else None
    return None if kind is None else Shape(Num, (kind,), (), (MACHINE[kind],))


def shape(item: Shape) -> Shape:
    """The tree of a list with such items."""
    columns = (LENGTHS, _column(item.static)) if item.cls is Row else tuple(map(_column, item.children))
    return Shape(Record, ("items", item), columns)


def _column(number: Shape) -> Shape:
    return array_shape(NUMBERS[CLASSES[number.static[0]]], Array(number.types[0], 1), True)


def is_packed(tree: Shape) -> bool:
    """Whether this is such a list, or one is in it."""
    items = tree.cls is Record and tree.static[0] == "items" and tree.static[1].cls is not Num
    return items or any(map(is_packed, tree.children))


def one_by_one(tree: Shape) -> Shape:
    """The tree of an argument with few rows, known one by one, in the place of many."""
    if tree.cls is Record and tree.static[0] == "items" and tree.static[1].cls is not Num:
        item = tree.static[1]
        row = Shape(Record, ("items", item.static), (_column(item.static),)) if item.cls is Row else item
        return Shape(Seq, list, (row,) * FEW)
    return Shape(tree.cls, tree.static, tuple(map(one_by_one, tree.children)), tree.types)


def columns(rows: list[Any], item: Shape) -> tuple[Any, ...]:
    """The arrays of such a list, or of a list of numbers."""
    try:
        if item.cls is Num:
            return (np.array(rows, NUMBERS[type(rows[0])]),)
        if item.cls is Row:
            lengths = np.fromiter(map(len, rows), np.int64, len(rows))
            return (lengths, np.array([*itertools.chain.from_iterable(rows)], NUMBERS[CLASSES[item.static.static[0]]]))
        parts = zip(item.children, zip(*rows, strict=True), strict=True)
        return tuple(np.array(column, NUMBERS[CLASSES[n.static[0]]]) for n, column in parts)
    except OverflowError:
        raise for_user(OverflowError("an int in a list does not fit 64 bits")) from None
