"""Subscripts of sequences of known length: by known indices, or by a choice among the few items that there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from irad.infer.context import EXACT_INT, Context, type_name
from irad.infer.indices import as_index, end_of_slice
from irad.infer.joins import MAX_CHOICE, number_shape
from irad.infer.kinds import MACHINE, kind_of
from irad.infer.shapes import AV
from irad.infer.values import Known, Num, Record, Seq, int_const, numeric
from irad.ir.core import Value
from irad.ir.types import BOOL, INT, INT8, Scalar

MOST_COPIED = 64  # items of a list from outside that are copied for a slice of it


def is_slice(index: AV) -> bool:
    """Whether an index is a slice."""
    return isinstance(index.obj, slice) if isinstance(index, Known) else isinstance(index, Record) and index.static[0] == "slice"


def index_of_sequence(cx: Context, index: AV, cls: type) -> None:
    """CPython's TypeError for what is no index of a list or tuple."""
    from irad.infer.objects import special

    def words(kind: str) -> str:
        if issubclass(cls, str):
            return f"string indices must be integers, not '{kind}'"
        return f"{_word(cls).partition(' ')[0]} indices must be integers or slices, not {kind}"

    if numeric(index):
        cx.whole(cx.num(index), words)
    elif as_index(cx, index) is None and special(cx, index, "__index__") is None:
        cx.type_error(words(type_name(index)))


def _word(cls: type) -> str:
    """What messages call a sequence."""
    named = ((str, "string"), (range, "range object"), (list, "list"))
    return next((word for base, word in named if issubclass(cls, base)), "tuple")


def sequence_item(cx: Context, a: AV, items: list[AV], index: AV) -> AV:
    """An item of a sequence of known length, or several of them."""
    from irad.infer import lists

    cls = a.cls if isinstance(a, Seq) else type(a.obj) if isinstance(a, Known) else tuple
    if isinstance(index, Known) and isinstance(index.obj, slice):
        try:
            return Seq(cls if cls in (tuple, list) else tuple, tuple(items[index.obj]))
        except (TypeError, ValueError) as error:  # a bound that is no int, a step of 0
            cx.throw(type(error).__name__, str(error))
    if isinstance(index, Known) and isinstance(index.obj, (int, np.integer)):
        if not -len(items) <= index.obj < len(items):
            cx.throw("IndexError", f"{_word(cls)} index out of range")
        return items[index.obj]
    if is_slice(index):
        if cls is list and len(items) <= MOST_COPIED and all(map(numeric, items)):
            return lists.get_item(cx, lists.new_list(cx, items), index)
        found = _some_slice(cx, cls, items, index.children)
        if found is not None:
            return found
        cx.unsupported(
            f"a slice of a {cls.__name__} whose bounds are not known at compile time", kind="index",
            why="the number of its items would not be known", hint="make it an array: np.array(items)[start:stop]",
        )
    index_of_sequence(cx, index, cls)
    at = cx.integer(index)
    n = int_const(len(items))
    wrapped = cx.op("select", cx.op("lt", at, int_const(0)), cx.op("add", at, n), at)
    inside = cx.both(cx.op("ge", wrapped, int_const(0)), cx.op("lt", wrapped, n))
    cx.guard(inside, "IndexError", f"{_word(cls)} index out of range")
    if not items:
        cx.throw("IndexError", f"{_word(cls)} index out of range")
    return select_item(cx, items, wrapped)


def _may_unroll(cx: Context) -> bool:
    """Whether bounds may be known once the loops around are unrolled."""
    return bool(cx.solver is not None and cx.solver.ranges and not cx.solver.spec.unroll)


def _some_slice(cx: Context, cls: type, items: list[AV], bounds: tuple[AV, ...]) -> AV | None:
    """A slice with one bound that is known at run time only: one of the few that there can be.

    None if there are too many, or if the bound may be known once the loops around are unrolled.
    """
    start, stop, step = bounds
    unknown = [b for b in (start, stop) if not isinstance(b, Known)]
    if len(unknown) != 1 or not isinstance(step, Known) or step.obj not in (None, 1) or len(items) >= MAX_CHOICE:
        return None
    if _may_unroll(cx):
        return None
    from irad.infer import lists

    n = int_const(len(items))

    def counted(at: Value) -> Value:
        return cx.op("select", cx.op("lt", at, int_const(0)), cx.op("add", at, n), at)

    wrapped = end_of_slice(cx, unknown[0], n if isinstance(start, Known) else int_const(0), counted)

    def taken(place: int) -> AV:
        cut = slice(place, stop.obj) if isinstance(stop, Known) else slice(start.obj if isinstance(start, Known) else None, place)
        return lists.new_list(cx, items[cut]) if cls is list else Seq(tuple, tuple(items[cut]))

    cases: list[tuple[Value | None, Callable[[], AV]]] = [
        (cx.op("le", wrapped, int_const(k)), partial(taken, k)) for k in range(len(items))
    ]
    return cx.alternatives([*cases, (None, partial(taken, len(items)))])


def select_item(cx: Context, items: list[AV], at: Value) -> AV:
    """items[at]: of known numbers from a table, of other ones by a tree of branches, log2(n) deep."""
    found = _lookup(cx, items, at) if len(items) > 2 else None
    if found is not None:
        return found

    def pick(low: int, high: int) -> AV:
        if high - low == 1:
            return items[low]
        middle = (low + high) // 2
        return cx.conditional(cx.op("lt", at, int_const(middle)), lambda: pick(low, middle), lambda: pick(middle, high))

    return pick(0, len(items))


def _lookup(cx: Context, items: list[AV], at: Value) -> AV | None:
    """items[at] of known numbers, or of rows of such numbers that are all of one length; None if they are anything else."""
    columns = _columns(items)
    if columns is not None:
        found = [_lookup(cx, column, at) for column in columns]
        parts = [part for part in found if part is not None]
        return Seq(type_of_row(items[0]) or tuple, tuple(parts)) if len(parts) == len(found) else None
    objs = [item.obj for item in items if isinstance(item, Known)]
    kinds = [kind for kind in map(kind_of, objs) if kind is not None]
    if len(kinds) < len(items):
        return None
    shape = number_shape(tuple(kinds))
    machine = shape.types[0]
    assert isinstance(machine, Scalar)
    largest = max((abs(int(obj)) for obj, kind in zip(objs, kinds, strict=True) if not MACHINE[kind].is_float), default=0)
    if largest > (EXACT_INT if machine.is_float else 2**63 - 1 if machine == INT else largest):
        return None
    leaves = [lookup(cx, machine, objs, at)]
    if len(shape.types) > 1:
        leaves.append(lookup(cx, INT8, [shape.static.index(kind) for kind in kinds], at))
    return Num(shape.static, *leaves)


def type_of_row(av: AV) -> type | None:
    """The class of a known tuple, or of a list from outside, which nothing changes."""
    if isinstance(av, Seq) and av.cls is tuple:
        return tuple
    return type(av.obj) if isinstance(av, Known) and type(av.obj) in (tuple, list) else None


def _columns(items: list[AV]) -> list[list[AV]] | None:
    """The columns of rows that are alike and not empty; None if they are not."""
    cls = type_of_row(items[0])
    if cls is None or any(type_of_row(item) is not cls for item in items):
        return None
    rows = [list(item.children) if isinstance(item, Seq) else [Known(obj) for obj in item.obj] for item in items]  # type: ignore[attr-defined]
    return [list(column) for column in zip(*rows, strict=True)] if len({len(row) for row in rows}) == 1 and rows[0] else None


def is_table(items: list[AV]) -> bool:
    """Whether items are known numbers, or rows of such numbers that are all of one length."""
    columns = _columns(items)
    if columns is not None:
        return all(map(is_table, columns))
    return all(isinstance(item, Known) and kind_of(item.obj) is not None for item in items)


def of_numbers(items: list[AV]) -> bool:
    """Whether items are numbers, or rows of numbers that are all of one length; all of the same kinds."""
    columns = _columns(items)
    if columns is not None:
        return all(map(of_numbers, columns))
    kinds = {item.kinds if isinstance(item, Num) else (isinstance(item, Known) and kind_of(item.obj),) for item in items}
    return len(kinds) == 1 and all(map(all, kinds))


def lookup(cx: Context, machine: Scalar, numbers: Sequence[Any], at: Value) -> Value:
    """The number at a place of a table of constants."""
    to_machine = float if machine.is_float else bool if machine == BOOL else int
    return cx.op("lookup", at, to=str(machine), values=tuple(map(to_machine, numbers)))
