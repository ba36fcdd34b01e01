"""Lists of a result that are inside of items of lists of run-time length: each of them is made anew when the result is.

    rows = [[row] for _ in range(n)]     one list in n others: refused, when the result holds it at several places
    rows = [row for _ in range(n)]       one list n times: `numbered` sees to it, and to what else in the result it is
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from irad.errors import UnsupportedError
from irad.infer import heap, rows, runtuples
from irad.infer.context import Context
from irad.infer.copies import Memo, can_be_shared, meet_items, meet_parts, place_of
from irad.infer.pythoncalls import call_library_function
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.values import Choice, Fixed, Growing, Held, Num, Ref, Reference, Row, Seq, Table, tag_const
from irad.ir.core import Value
from irad.lib import listing


@dataclass
class Met:
    """What is in a result, by its form: objects, and lists of them, of which it is known which are one; lists of which it is
    not if there is anything else; lists of what is inside of items."""

    alone: dict[Any, list[AV]] = field(default_factory=dict)
    known: dict[Any, list[AV]] = field(default_factory=dict)
    single: dict[Any, list[AV]] = field(default_factory=dict)
    deep: Memo = field(default_factory=Memo)

    def places(self, cx: Context, form: Any) -> AV:
        """Where the objects of a form are."""
        return Seq(tuple, tuple(Num("int", place_of(cx, av)) for av in self.alone.get(form, ())))


def check_inside(cx: Context, roots: Sequence[AV], places: Collection[Ref]) -> None:
    """Refuse, at run time, a result with one list inside of several items, or inside of an item and elsewhere."""
    value, *others = roots
    if not isinstance(value, Choice):
        _check(cx, (value, *others), places)
        return
    for number, member in enumerate(value.members):  # the result, or what was raised

        def check(member: AV = member) -> list[Value]:
            _check(cx, (member, *others), places)
            return []

        cx.either_way(cx.op("eq", value.tag, tag_const(number)), check, lambda: [])


def _check(cx: Context, roots: Iterable[AV], places: Iterable[Ref]) -> None:
    met, seen = Met(), set[Any]()
    met.deep.refuse = rows.refuse_result
    for av in (*roots, *places):
        _walk(cx, av, met, seen)
    for form, lists in (*met.known.items(), *met.single.items()):
        _meet_inside(cx, form, met.places(cx, form), lists, met.deep)
    deep = {form: listed for form, (_, listed) in met.deep.met.items() if form[0] in (Row, Held)}
    for form, lists in met.single.items():
        if form in met.alone or form in met.known or form in deep or len(lists) > 1 or met.known:
            deep.setdefault(form, []).extend(lists)
    for form, lists in deep.items():
        error = UnsupportedError(
            "a list that a result holds at several places, inside of items of lists of run-time length", kind="list", loc=cx.loc,
            why="the result would have a copy at each of them", hint="put copies there: row[:]",
        )
        given: list[AV] = [met.places(cx, form), Seq(tuple, tuple(met.known.get(form, ()))), Seq(tuple, tuple(lists))]
        cx.unless(cx.num(call_library_function(cx, listing.each_apart, given)).value, lambda: cx.fail(error))


def _walk(cx: Context, av: AV, met: Met, seen: set[Any]) -> None:
    if isinstance(av, Choice):  # what is not taken is not there to be compared
        return
    if not isinstance(av, Reference):
        for child in av.children:
            _walk(cx, child, met, seen)
        return
    if av.name in seen or not isinstance(av, Ref):
        return
    seen.add(av.name)
    if runtuples.is_tuple(av):
        ref = runtuples.list_of(cx, av)
        content = heap.content_of(cx, ref)
        if isinstance(content, Growing):
            _enter(cx, ref, content, met, met.single)
        else:
            _walk(cx, ref, met, seen)
        return
    held = cx.heap[av.name]
    content = heap.content_of(cx, av)
    if isinstance(held, Held):
        met.alone.setdefault((Held, shape_of(held).static[0]), []).append(av)
    elif isinstance(held, Fixed):
        met.alone.setdefault((Row, held.item), []).append(av)
    if isinstance(held, Table):
        _enter(cx, heap.allocate(cx, held.values), held.values, met, met.single)
    elif isinstance(content, Growing):
        _enter(cx, av, content, met, met.known)
    else:
        _walk(cx, content, met, seen)


def _enter(cx: Context, ref: Ref, content: Growing, met: Met, lists: dict[Any, list[AV]]) -> None:
    """A list of run-time length, and what is in its items."""
    item = content.item
    if item.cls in (Row, Held):
        lists.setdefault((item.cls, item.static if item.cls is Row else item.static[0]), []).append(ref)
    else:
        meet_items(cx, ref, item, met.deep)


def _meet_inside(cx: Context, form: Any, places: AV, lists: list[AV], memo: Memo) -> None:
    """Enter what the items of lists hold; of items that are one, once."""
    content = Shape(Growing, form[1]) if form[0] is Row else form[1]
    if can_be_shared(content):
        each = call_library_function(cx, listing.different, [places, Seq(tuple, tuple(lists))])
        meet_parts(cx, each, content, memo)
