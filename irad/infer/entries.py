"""Entries whose arguments are objects, lists or dicts that they change: what is changed is part of the result.

A call that raises leaves changed arguments behind in CPython. So such an entry handles all exceptions of the function: it
returns how to make the one that was raised, beside what the arguments hold by then; the caller puts that back and raises it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from irad.errors import UnsupportedError
from irad.infer import heap, packed, trees
from irad.infer.context import EVERYTHING, Context, Terminated
from irad.infer.exceptions import Made, placed
from irad.infer.inside import check_inside
from irad.infer.kinds import CLASSES, MACHINE
from irad.infer.meanings import RECORDS
from irad.infer.raising import reported
from irad.infer.shapes import AV, flatten, shape_of
from irad.infer.texts import each_choice
from irad.infer.values import THAWED, Fn, Held, Known, Num, Obj, Partial, Place, Record, Ref, Seq, in_form, known_const
from irad.ir.core import Block, Const, Loc, Value, const
from irad.ir.types import Array, Type, is_float

KIND_OF: dict[Type, str] = {MACHINE[kind]: kind for kind in reversed(MACHINE)}
WHAT = "a compiled function"


class Raised:
    """In the place of a result: how to make the exception that was raised."""

    def __init__(self, made: Made, slots: tuple[int, ...]) -> None:
        self.made, self.slots = made, slots

    def parts(self, numbers: tuple[Any, ...]) -> list[Any]:
        """The numbers that belong to this exception, of those that are reported for any."""
        return [numbers[slot] for slot in self.slots]


class Report(tuple[Any, ...]):
    """What comes back in the place of a result: all that can have been raised, which of them it was, and numbers."""

    __slots__ = ()
    _fields = ()  # made like a namedtuple, item by item

    def __new__(cls, *items: Any) -> Report:
        return tuple.__new__(cls, items)

    def exception(self) -> tuple[BaseException, Loc | None]:
        """The exception, and where it was raised."""
        table, which, *numbers = self
        raised = table.items[which]
        parts = raised.parts(tuple(numbers))
        return raised.made.make(parts), raised.made.place(parts, None)


class Reports:
    """All that can have been raised, of one entry."""

    def __init__(self) -> None:
        self.items: list[Raised] = []


End = tuple[Block, AV, heap.Heap]


class Catching:
    """The handler around a call of a function that changes its arguments."""

    def __init__(self, cx: Context) -> None:
        self.cx = cx
        self.raised: list[tuple[Block, Made, list[Value], heap.Heap]] = []

    def call(self, call: Callable[[], AV]) -> AV:
        """The call's result, or a report; in the heap what the objects hold then."""
        cx = self.cx
        ends: list[End] = []
        cx.catcher, cx.reach = self._caught, EVERYTHING
        try:
            value = call()
            assert cx.builder.block is not None
            ends.append((cx.builder.block, value, cx.heap))
        except Terminated:
            pass
        finally:
            cx.catcher = None
        return cx.merge([*ends, *self._reports()])

    def _caught(self, av: AV) -> None:
        cx = self.cx
        cx.catcher = None
        av = placed(av, cx.unit.place(cx.builder.loc))
        with suppress(Terminated):
            each_choice(cx, av, self._note, kinds=True)
        cx.catcher = self._caught

    def _note(self, av: AV) -> AV:
        recipe, values = reported(self.cx, av)
        values[:0] = av.leaves[:1]
        made = Made(recipe, self.cx.unit.places if av.leaves else None)
        assert self.cx.builder.block is not None
        self.raised.append((self.cx.builder.block, made, values, dict(self.cx.heap)))
        raise Terminated

    def _reports(self) -> list[End]:
        """The ways on which something was raised, all with a value of one form: numbers of each kind have places of their own."""
        kinds: dict[str, int] = {}
        for _, _, values, _ in self.raised:
            for kind in {KIND_OF[v.type] for v in values}:
                kinds[kind] = max(kinds.get(kind, 0), sum(KIND_OF[v.type] == kind for v in values))
        slots = [kind for kind, count in kinds.items() for _ in range(count)]
        table = Reports()
        ends: list[End] = []
        for block, made, values, held in self.raised:
            numbers = [Num(kind, known_const(CLASSES[kind](0))) for kind in slots]
            free = {kind: slots.index(kind) for kind in kinds}
            places = []
            for value in values:
                kind = KIND_OF[value.type]
                places.append(free[kind])
                numbers[free[kind]] = Num(kind, value)
                free[kind] += 1
            which = Num("int", known_const(len(table.items)))
            table.items.append(Raised(made, tuple(places)))
            ends.append((block, Seq(Report, (Known(table), which, *numbers)), held))
        return ends


def outcome(
    cx: Context, value: AV, places: dict[heap.Path, Ref], before: heap.Heap,
) -> tuple[AV, tuple[heap.Path, ...]]:
    """What an entry returns: its value, and what the arguments hold that it changed; and which ones these are."""
    paths = {ref.name: path for path, ref in places.items()}
    seen: dict[Any, heap.Path] = {}
    changed = [(path, ref) for path, ref in places.items() if cx.heap[ref.name] is not before[ref.name]]
    contents = [_with_given(cx, in_form(heap.content_of(cx, ref), THAWED), before[ref.name], path) for path, ref in changed]
    for (_, ref), content in sorted(zip(changed, contents, strict=True), key=lambda item: len(item[0][0])):
        if isinstance(cx.heap[ref.name], Held):
            seen[Held, ref.cls] = ()  # no other name of it may go out
            if heap.refers(content):
                cx.unsupported(
                    f"an argument of type {ref.cls.__name__}, which holds objects, in a list of run-time length whose items are "
                    "changed", kind="list", hint="put a copy of it there (copy.copy), or keep the numbers in arrays",
                )
    found = [value, *contents]
    if any(map(packed.is_packed, (before[ref.name] for ref in places.values()))):
        packed.check_kept(cx, (before[ref.name] for _, ref in changed), found)
    homes = trees.homes_of(cx, found, paths)
    cx.unit.numbered = []
    if cx.unit.rows_again:
        check_inside(cx, found, places.values())
    for i in reversed(range(len(found))):  # the value may hold what the arguments hold by then
        found[i] = trees.exported(cx, found[i], WHAT, seen, paths, homes, (i,))
    return Seq(tuple, tuple(found)) if changed else found[0], tuple(path for path, _ in changed)


def _with_given(cx: Context, now: AV, then: AV, path: heap.Path) -> AV:
    """What an argument holds by now, with the place of each function that it has held from the beginning: those are objects of
    CPython, and are not made anew."""
    held = dict(zip(heap.steps(then), then.children, strict=True)) if then.children else {}

    def kept(step: Any, child: AV) -> AV:
        is_function = isinstance(child, (Fn, Partial)) or (isinstance(child, Record) and child.static[0] in RECORDS)
        if not is_function or step not in held or shape_of(held[step]) != shape_of(child):
            return child
        _check_same(cx, flatten(child), flatten(held[step]))
        return Known(Place((*path, step)))

    if not isinstance(now, (Obj, Seq, Record)):
        return now
    return now.with_children(tuple(kept(step, child) for step, child in zip(heap.steps(now), now.children, strict=True)))


def _check_same(cx: Context, now: Sequence[Value], then: Sequence[Value]) -> None:
    """Refuse, at run time, a function of the same code that holds other values."""
    same: Value = const(True)
    for x, y in zip(now, then, strict=True):
        if x is y:
            continue
        if isinstance(x.type, Array):
            same = cx.both(same, cx.op("same", x, y))
            continue
        alike = cx.op("eq", x, y)
        if is_float(x.type):
            alike = cx.either(alike, cx.both(cx.op("ne", x, x), cx.op("ne", y, y)))
        same = cx.both(same, alike)
    error = UnsupportedError(
        "an argument that holds another function than before, made in compiled code", kind="object", loc=cx.builder.loc,
        hint="keep the numbers that the function captures as attributes",
    )
    if not isinstance(same, Const):
        cx.unless(same, lambda: cx.fail(error))
