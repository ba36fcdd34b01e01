"""Iteration: ranges and arrays are counted, known sequences are walked item by item (and so unrolled)."""

from __future__ import annotations

import collections
import enum
import itertools
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from irad.infer import generators, heap
from irad.infer.context import Context, Terminated, type_name
from irad.infer.exceptions import make_exception
from irad.infer.extents import extent
from irad.infer.families import is_text
from irad.infer.heap import item_of, opened
from irad.infer.lookups import has
from irad.infer.outside import DICT_VIEWS, MOST_ITEMS, is_object_array
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.values import (
    NONE,
    Arr,
    Choice,
    Counted,
    Gen,
    Growing,
    Iter,
    Known,
    ListIter,
    Num,
    Range,
    Record,
    Ref,
    Seq,
    SeqIter,
    Stepped,
    Table,
    Zip,
    int_const,
    tag_const,
)
from irad.ir.core import Const, Value, const

MAX_UNROLL = 64
MOST_UNROLLED = 512  # items of which no array can be made
MOST_TRIPS = sys.maxsize
MOST_TAKEN = 4096  # items of an iterator or a range that are taken one by one


KNOWN_ITEMS: Any = (tuple, list, str, range, dict, set, frozenset, collections.deque, types.MappingProxyType, *DICT_VIEWS)


def known_items(av: AV) -> list[AV] | None:
    """The items of something of known length, or None."""
    if isinstance(av, Seq):
        return list(av.items)
    if isinstance(av, Known) and isinstance(av.obj, KNOWN_ITEMS):
        size, most = (trip_of(av.obj), MOST_TAKEN) if isinstance(av.obj, range) else (len(av.obj), MOST_ITEMS)
        return [Known(item) for item in av.obj] if size <= most else None
    if isinstance(av, Known) and isinstance(av.obj, enum.EnumMeta):
        return [Known(member) for member in av.obj]  # type: ignore[var-annotated]
    if isinstance(av, Record) and av.static[0] == "dict":
        return [Known(k) for k in av.static[1]]
    if isinstance(av, Known) and is_object_array(av.obj) and len(av.obj) <= MOST_ITEMS:
        return [Known(item) for item in av.obj]
    return None


def is_list(av: AV) -> bool:
    return isinstance(av, Ref) and av.cls is list


def trip_of(r: range) -> int:
    """How many items a known range has; of more than 63 bits as many as no loop comes to (`len` would raise an error)."""
    return min((r[-1] - r.start) // r.step + 1, MOST_TRIPS) if r else 0


def make_range(cx: Context, args: Sequence[AV]) -> AV:
    """range(...): the number of items is computed here, once."""
    if all(isinstance(a, Known) for a in args) and args:
        try:
            return Known(range(*(a.obj for a in args if isinstance(a, Known))))
        except (TypeError, ValueError) as error:  # a step of 0, a number that is no int
            cx.throw(type(error).__name__, str(error))
    values = [cx.integer(a) for a in args]
    start: Value = values[0] if len(values) > 1 else int_const(0)
    stop = values[1] if len(values) > 1 else values[0]
    step: Value = values[2] if len(values) > 2 else int_const(1)
    trip = range_length(cx, start, stop, step)
    return Range(_int(start), _int(step), trip)


def _int(value: Value) -> AV:
    return Known(value.value) if isinstance(value, Const) else Num("int", value)


def range_length(cx: Context, start: Value, stop: Value, step: Value) -> Value:
    """len(range(start, stop, step)), which has to be an int of 64 bits."""
    zero = int_const(0)
    if not isinstance(step, Const):
        cx.guard(cx.op("ne", step, zero), "ValueError", "range() arg 3 must not be zero")
        up = _count(cx, start, stop, step)
        least = int_const(1 - 2**63)  # which can be negated: a longer step leads nowhere else
        down = _count(cx, stop, start, cx.op("neg", cx.op("select", cx.op("lt", step, least), least, step)))
        return cx.op("select", cx.op("gt", step, zero), up, down)
    if step.value == 0:
        cx.throw("ValueError", "range() arg 3 must not be zero")
    if step.value == 1:
        if isinstance(start, Const) and start.value == 0:
            return cx.op("select", cx.op("gt", stop, zero), stop, zero)
        _check_count(cx, start, stop)
        return cx.op("select", cx.op("gt", stop, start), cx.op("sub", stop, start), zero)
    if step.value < 0:
        start, stop, step = stop, start, int_const(min(-step.value, 2**63 - 1))
    return _count(cx, start, stop, step)


def _check_count(cx: Context, low: Value, high: Value) -> None:
    """The number of ints from `low` to `high` fits 64 bits."""
    if isinstance(low, Const) and low.value >= 0:
        return
    fits = cx.either(cx.op("le", high, low), cx.op("sub_fits", high, low))
    cx.fits(fits, "the number of items from {} to {} in a range leaves the range of 64-bit integers", low, high)


def _count(cx: Context, low: Value, high: Value, step: Value) -> Value:
    """Items from `low` up to `high` in steps of `step` > 0."""
    _check_count(cx, low, high)
    one = int_const(1)
    span = cx.op("sub", cx.op("sub", high, low), one)
    items = span if isinstance(step, Const) and step.value == 1 else cx.op("floordiv", span, step)
    return cx.op("select", cx.op("gt", high, low), cx.op("add", items, one), int_const(0))


def length(cx: Context, av: AV) -> Value:
    """len(x) as an int value."""
    shown = av.children[0] if heap.is_view(av) else av
    if isinstance(shown, Ref) and isinstance(heap.content_of(cx, shown), Table):
        return length_of_table(cx, shown)
    if isinstance(av, Ref) and isinstance(heap.content_of(cx, av), Growing):
        return heap.content_of(cx, av).leaves[0]
    if isinstance(shown, Ref) and isinstance(heap.content_of(cx, shown), Record):
        return _length_of_dict(cx, heap.content_of(cx, shown))
    held = opened(cx, av)
    if isinstance(held, Choice):  # a set that depends on the way taken
        return cx.num(cx.dispatch(held, lambda m: Num("int", length(cx, m)))).value
    items = known_items(held) if not isinstance(held, Known) else None
    if items is not None:
        return int_const(len(items))
    if isinstance(held, Known) and has(cx, type(held.obj), "__len__"):
        try:
            return int_const(len(held.obj))
        except OverflowError as error:  # a range
            cx.throw("OverflowError", str(error))
    if isinstance(av, Arr):
        if av.ndim == 0:
            cx.type_error("len() of unsized object")
        return extent(cx, av, 0)
    if isinstance(av, Range):
        return av.leaves[0]
    if isinstance(av, Record) and av.static[0] == "text":
        cx.unsupported("the length of a text that is made at run time", kind="text", hint="count without making the text")
    from irad.infer.settings import not_recorded

    not_recorded(cx, av)
    cx.type_error(f"object of type '{name_of_class(cx, av)}' has no len()")


def name_of_class(cx: Context, av: AV) -> str:
    """The name of its class in messages of Python, of iterators too."""
    from irad.infer.itertools_ import iterator_class

    cls = iterator_class(cx, av)
    return cls.__name__ if cls is not None else type_name(av)


def _length_of_dict(cx: Context, record: AV) -> Value:
    """The number of items that are there."""
    size: Value = int_const(sum(not isinstance(c, Choice) and not heap.is_missing(c) for c in record.children))
    for child in record.children:
        if isinstance(child, Choice):
            there = cx.test_choice(child, lambda m: const(not heap.is_missing(m)))
            size = cx.op("add", size, cx.op("select", there, int_const(1), int_const(0)))
    return size


def length_of_table(cx: Context, ref: Ref) -> Value:
    """The number of items of a dict whose keys are known at run time only."""
    table = heap.content_of(cx, ref)
    assert isinstance(table, Table)
    return table.keys.length


def make_iter(cx: Context, av: AV) -> AV:
    """iter(x)."""
    if type(av).iterator:
        return av
    if isinstance(av, Choice):
        found = _part_of_table(cx, av) or _one_list(cx, av)
        return make_iter(cx, found) if found is not None else cx.dispatch(av, lambda m: make_iter(cx, m))
    from irad.infer import objects

    return objects.iterator(cx, av) if objects.has_class(av) else builtin_iter(cx, av)


def builtin_iter(cx: Context, av: AV) -> AV:
    """iter(x) of what is not written in Python."""
    from irad.infer import tables

    along = tables.walked(cx, av)
    if along is not None:
        return along
    if isinstance(av, Known) and isinstance(av.obj, range):
        r = av.obj
        if 0 < trip_of(r) <= MAX_UNROLL and cx.solver is not None:
            cx.solver.ranges = True
            if cx.solver.spec.unroll:
                return SeqIter(tuple(map(Known, r)))
        trip = int_const(trip_of(r))
        return Counted(Range(Known(r.start), Known(r.step), trip), int_const(0), trip)
    if isinstance(av, Ref) and is_list(av):
        content = heap.content_of(cx, av)
        if isinstance(content, Seq) and len(content.items) <= MAX_UNROLL:
            return ListIter(av)
        return Counted(av, int_const(0), length(cx, av))
    shown = opened(cx, av)
    along = tables.along_one_of_several(cx, av) if isinstance(shown, Choice) else None
    if along is not None:
        return along
    if isinstance(shown, Choice):  # one of several dicts that hold other keys
        cx.unsupported(
            "a loop over one of several dicts that hold other keys", kind="dict", hint="use the same keys, or two loops",
        )
    items = known_items(shown)
    if items is not None:
        from irad.infer.dictviews import walked

        live = walked(cx, av)
        if len(items) > MAX_UNROLL:
            return _table_iter(cx, items, live)
        return SeqIter(tuple(items)) if live is None else ListIter(live)
    if isinstance(av, (Range, Arr)):
        if isinstance(av, Arr) and av.ndim == 0:
            cx.type_error("iteration over a 0-d array")
        return Counted(av, int_const(0), length(cx, av))
    if isinstance(av, Known) and has(cx, type(av.obj), "__next__"):
        cx.unsupported(
            f"a {type_name(av)} from outside of the function", kind="iteration", why="each call would use it up",
            hint="make the iterator in the function",
        )
    from irad.infer.settings import not_recorded

    not_recorded(cx, av)
    if is_text(av):
        cx.unsupported("a loop over a text that is made at run time", kind="text", hint="compute with the number that is in it")
    if isinstance(av, Known) and isinstance(av.obj, KNOWN_ITEMS):
        cx.unsupported(
            f"a loop over a known {type_name(av)} of {len(av.obj)} items", kind="unroll",
            why="its items would become a part of the code", hint="make it an array: np.array(...)",
        )
    cx.type_error(f"'{type_name(av)}' object is not iterable")


def _part_of_table(cx: Context, av: Choice) -> AV | None:
    """Along one of several known sequences: along the part that it is of a table of all their items, if these are numbers."""
    from irad.infer.sequences import is_table

    objs = [m.obj for m in av.members if isinstance(m, Known) and type(m.obj) in (tuple, list)]
    items: list[AV] = [Known(item) for obj in objs for item in obj]
    if len(objs) < len(av.members) or len({len(obj) for obj in objs}) == 1 or len(items) > MOST_ITEMS or not is_table(items):
        return None
    starts = dict(zip(map(id, objs), itertools.accumulate(map(len, objs), initial=0), strict=False))
    start = cx.num(cx.dispatch(av, lambda m: Known(starts[id(m.obj)]) if isinstance(m, Known) else m)).value
    return Counted(Seq(tuple, tuple(items)), start, cx.op("add", start, length_of_one(cx, av)))


def _one_list(cx: Context, av: Choice) -> AV | None:
    """One of several sequences of different lengths as a list of run-time length; None if their items have no common form."""
    from irad.infer import lists
    from irad.infer.joins import JoinError, growing_shape

    rows = [known_items(opened(cx, m)) if not isinstance(m, Known) or not isinstance(m.obj, range) else None for m in av.members]
    shapes = [shape_of(item) for row in rows for item in row or ()]
    if None in rows or not shapes or len({len(row) for row in rows if row is not None}) == 1:
        return None
    top = Shape(Seq, list, tuple(shapes))
    try:
        growing_shape(top, top, shapes)
    except JoinError:
        return None
    made = lists.new_list(cx, ())

    def fill(member: AV) -> AV:
        heap.store(cx, made, Seq(list, tuple(known_items(opened(cx, member)) or ())))
        return NONE

    cx.dispatch(av, fill)
    return made


def _table_iter(cx: Context, items: list[AV], live: AV | None) -> AV:
    """Along many items: numbers, or rows of numbers that are alike, from tables or a list. live: the dict that shows them.

    Some hundreds are unrolled if they are something else, or where no form is found for what is made of them.
    """
    from irad.infer.lists import as_growing, new_list
    from irad.infer.sequences import is_table, of_numbers

    few = len(items) <= MOST_UNROLLED
    if few and cx.solver is not None:
        cx.solver.ranges = True
        if cx.solver.spec.unroll:
            return SeqIter(tuple(items)) if live is None else ListIter(live)
    if is_table(items) or (live is not None and of_numbers(items)):
        return Counted(live or Seq(tuple, tuple(items)), int_const(0), int_const(len(items)))
    if of_numbers(items):
        made = new_list(cx, items)
        as_growing(cx, made)
        return Counted(made, int_const(0), int_const(len(items)))
    if few:
        return SeqIter(tuple(items)) if live is None else ListIter(live)
    cx.unsupported(
        f"a loop over a known sequence of {len(items)} items", kind="unroll",
        why=f"loops over up to {MOST_UNROLLED} known items are unrolled", hint="make it an array: np.array(items)",
    )


def advance(cx: Context, it: AV) -> Sequence[AV]:
    """(whether there is a next item, the item, the iterator behind it)."""
    if isinstance(it, SeqIter):
        position = it.static
        if position >= len(it.children):
            return Known(False), Known(None), it
        return Known(True), it.children[position], SeqIter(it.children, position + 1)
    if isinstance(it, ListIter):
        return _advance_list(cx, it)
    if isinstance(it, Counted):
        return _advance_counted(cx, it)
    if isinstance(it, Zip) and not it.children:  # zip() of nothing
        return Known(False), NONE, it
    if isinstance(it, Zip) and not _acts(it):
        return _advance_zip(cx, it)
    if isinstance(it, Gen) and it.static is None:
        return Known(False), NONE, it
    if isinstance(it, Choice) or type(it).iterator:
        return taken(cx, it)[:3]
    cx.type_error(f"'{type_name(it)}' object is not an iterator")


def taken(cx: Context, it: AV) -> Sequence[AV]:
    """What `advance` says, and what a generator that has ended there has returned."""
    if isinstance(it, Iter):
        return _advance_object(cx, it)
    if _acts(it) and not (isinstance(it, Gen) and it.static is None):
        return parts_of(cx, step(cx, it))
    return (*advance(cx, it), NONE)


def _advance_list(cx: Context, it: ListIter) -> Sequence[AV]:
    """The list as it is now, which the loop may have changed."""
    (what,), (position, reverse) = it.children, it.static
    contents = [opened(cx, m) for m in (what.members if isinstance(what, Choice) else (what,))]
    if any(map(heap.is_view, contents)):  # the dict has got a key that is known at run time only
        from irad.infer.dictviews import keys_change

        keys_change(cx)
    there = {0 <= position < len(c.items) if isinstance(c, Seq) else None for c in contents}
    if there == {False}:
        return Known(False), Known(None), ListIter(what, -1, True) if reverse else it
    if there == {True}:
        item = cx.dispatch(what, lambda m: opened(cx, m).children[position])
        return Known(True), item, ListIter(what, position + (-1 if reverse else 1), reverse)
    if reverse:
        return _advance_counted(cx, Counted(what, int_const(0), int_const(position + 1), True))
    return _advance_counted(cx, Counted(what, int_const(position), int_const(0)))  # it asks for the length itself


# -- steps that do something --------------------------------------------------------------------------------------


def yielded(item: AV, moved: AV) -> AV:
    """What a step of an iterator comes to: an item, and the iterator behind it."""
    return Record(("yielded",), (item, moved))


def finished(value: AV = NONE) -> AV:
    """What a step comes to at the end: what a generator returns."""
    return Record(("finished",), (value,))


ENDED = Gen(None, ())


def parts_of(cx: Context, result: AV) -> tuple[AV, AV, AV, AV]:
    """(whether there is an item, the item, the iterator behind it, what is returned) of what a step came to."""
    members = result.members if isinstance(result, Choice) else (result,)
    found = {m.static[0]: (i, m) for i, m in enumerate(members)}
    value = found["finished"][1].children[0] if "finished" in found else NONE
    if "yielded" not in found:
        return Known(False), NONE, ENDED, value
    at, record = found["yielded"]
    ok = cx.bool(cx.op("eq", result.tag, tag_const(at))) if isinstance(result, Choice) else Known(True)
    return ok, record.children[0], record.children[1], value


def _acts(av: AV) -> bool:
    """Whether a step of this iterator does more than count: it must not be taken before it is known to be wanted."""
    if isinstance(av, Zip):
        return av.static == "strict zip" or any(map(_acts, av.children))
    return isinstance(av, (Gen, Iter, Choice, Stepped))


def _walks_list(av: AV) -> bool:
    """Whether there may be more items later, in a list that has become longer: the iterator has ended nevertheless."""
    if isinstance(av, Zip):
        return any(map(_walks_list, av.children))
    return isinstance(av, Counted) and isinstance(av.children[0], (Ref, Choice))


def step(cx: Context, it: AV) -> AV:
    """One step, as a value: see `parts_of`."""
    if isinstance(it, Choice):
        return cx.dispatch(it, lambda m: step(cx, m))
    if isinstance(it, Gen) and it.static is not None:
        return generators.resume(cx, it)
    if isinstance(it, Stepped):
        return cx.conditional(it.leaves[0], lambda: step(cx, it.children[0]), finished)
    if isinstance(it, Zip) and _acts(it):
        return _step_zip(cx, it)
    ok, item, moved = advance(cx, it)
    if isinstance(ok, Known):
        return yielded(item, moved) if ok.obj else finished()
    return cx.conditional(cx.num(ok).value, lambda: yielded(force(cx, item), moved), finished)


def _step_zip(cx: Context, it: Zip) -> AV:
    """zip takes a step of each part in turn, up to the first that has no more items."""
    parts = list(it.children)
    offset = [parts.pop(0)] if it.static == "enumerate" else []

    def steps(at: int, items: tuple[AV, ...], moved: tuple[AV, ...]) -> AV:
        if at == len(parts):
            following = [_step_counter(cx, o) for o in offset]
            return yielded(Seq(tuple, (*offset, *items)), Zip(it.static, (*following, *moved)))
        ok, item, behind = advance(cx, parts[at])

        def on() -> AV:
            return steps(at + 1, (*items, force(cx, item)), (*moved, behind))

        def end() -> AV:
            if it.static == "strict zip":
                _check_ends(cx, parts, at)
            return finished()

        if isinstance(ok, Known):
            return on() if ok.obj else end()
        return cx.conditional(cx.num(ok).value, on, end)

    return steps(0, (), ())


def _check_ends(cx: Context, parts: list[AV], at: int) -> None:
    """zip(strict=True), where part `at` has no more items: the ones before it must have had none, those behind it neither."""
    if at:
        before = "argument 1" if at == 1 else f"arguments 1-{at}"
        cx.throw("ValueError", f"zip() argument {at + 1} is shorter than {before}")
    for i, part in enumerate(parts[1:], 1):
        ok, _, _ = advance(cx, part)
        before = "argument 1" if i == 1 else f"arguments 1-{i}"
        cx.guard(cx.negate(cx.num(ok).value), "ValueError", f"zip() argument {i + 1} is longer than {before}")


def _advance_object(cx: Context, it: Iter) -> Sequence[AV]:
    """A step of an iterator that has a name: the object is changed."""
    state = cx.heap[it.name]
    heap.store(cx, it, ENDED)  # a generator that raises has ended
    ok, item, moved, value = taken(cx, state)
    if isinstance(ok, Known):
        heap.store(cx, it, moved if ok.obj else ENDED)
    else:
        ends = _acts(state) or _walks_list(state)
        heap.store(cx, it, Stepped(cx.num(ok).value, moved) if ends else moved)
    return ok, item, it, value


def next_item(cx: Context, it: AV, default: AV | None) -> AV:
    """next(it) or next(it, default)"""
    if isinstance(it, Choice):
        return cx.dispatch(it, lambda m: next_item(cx, m, default))
    if not type(it).iterator:
        builtin_iter(cx, it) if isinstance(it, Known) and has(cx, type(it.obj), "__next__") else None
        cx.type_error(f"'{type_name(it)}' object is not an iterator")
    more, item, _, value = taken(cx, it)
    ok = cx.num(more).value
    if default is not None:
        if isinstance(ok, Const):
            return force(cx, item) if ok.value else default
        return cx.conditional(ok, lambda: force(cx, item), lambda: default)
    if isinstance(value, Known) and value.obj is None:
        cx.guard(ok, "StopIteration", "")
    else:
        cx.unless(ok, lambda: _stop(cx, value))
    if isinstance(it, Iter):
        heap.store(cx, it, settled(cx.heap[it.name], ok, True))
    return force(cx, item)


def _stop(cx: Context, value: AV) -> NoReturn:
    """The StopIteration of a generator that has returned a value."""
    from irad.infer.callforms import is_none
    from irad.infer.raising import raise_value

    cx.dispatch(value, lambda m: raise_value(cx, make_exception(StopIteration, [] if is_none(m) else [m])))
    raise Terminated


def settled(state: AV, ok: Value, holds: bool) -> AV:
    """The state of an iterator where it is known whether its last step gave an item."""
    if isinstance(state, Stepped) and state.leaves[0] is ok:
        return state.children[0] if holds else ENDED
    return state


def _advance_counted(cx: Context, it: Counted) -> Sequence[AV]:
    index, size = it.leaves
    reverse = bool(it.static)
    what = it.children[0]
    if isinstance(what, (Ref, Choice)) and not reverse:
        size = length_of_one(cx, what)
    ok = cx.op("lt", index, size)
    if isinstance(what, (Ref, Choice)) and reverse:  # from where the end was; the list may have become shorter
        place = cx.op("sub", cx.op("sub", size, int_const(1)), index)
        ok = cx.both(ok, cx.op("lt", place, length_of_one(cx, what)))
    if isinstance(what, (Arr, Ref, Choice)):  # the element may only be loaded once it is known to exist
        item: AV = Record(("item", reverse), it.children, (index, size))
    else:
        item = item_at(cx, what, index, size, reverse)
    return cx.bool(ok), item, _moved(cx, it)


def length_of_one(cx: Context, what: AV) -> Value:
    """The length of a list, or of one of several."""
    return cx.num(cx.dispatch(what, lambda m: Num("int", length(cx, m)))).value


def force(cx: Context, av: AV) -> AV:
    """An item that `advance` promised, now that there is one."""
    if isinstance(av, Record) and type(av.static) is tuple and av.static[0] == "item":
        return item_at(cx, av.children[0], av.leaves[0], av.leaves[1], av.static[1])
    if isinstance(av, Seq) and any(isinstance(c, (Record, Seq)) for c in av.items):
        return Seq(av.cls, tuple(force(cx, c) for c in av.items))
    return av


def _moved(cx: Context, it: Counted) -> AV:
    index, size = it.leaves
    return Counted(it.children[0], cx.op("add", index, int_const(1)), size, bool(it.static))


def _advance_zip(cx: Context, it: Zip) -> Sequence[AV]:
    parts = list(it.children)
    offset: AV | None = parts.pop(0) if it.static == "enumerate" else None
    oks: Value = const(True)
    items: list[AV] = []
    moved: list[AV] = []
    for part in parts:
        ok, item, following = advance(cx, part)
        oks = cx.both(oks, cx.num(ok).value)
        items.append(item)
        moved.append(following)
    if offset is not None:
        following_offset = _step_counter(cx, offset)
        return cx.bool(oks), Seq(tuple, (offset, *items)), Zip("enumerate", (following_offset, *moved))
    return cx.bool(oks), Seq(tuple, tuple(items)), Zip("zip", tuple(moved))


def _step_counter(cx: Context, offset: AV) -> AV:
    if isinstance(offset, Known):
        return Known(offset.obj + 1)
    return Num("int", cx.op("add", cx.num(offset).value, int_const(1)))


def item_at(cx: Context, what: AV, index: Value, size: Value, reverse: bool) -> AV:
    """Item number `index` of a range or array."""
    if heap.is_view(what):
        what = opened(cx, what)
        if heap.is_view(what):  # the dict has got a key that is known at run time only
            from irad.infer.dictviews import keys_change

            keys_change(cx)
    if isinstance(what, Choice):
        return cx.dispatch(what, lambda m: item_at(cx, m, index, size, reverse))
    if reverse:
        index = cx.op("sub", cx.op("sub", size, int_const(1)), index)
    if isinstance(what, Range):
        start, step = cx.num(what.children[0]).value, cx.num(what.children[1]).value
        if isinstance(step, Const) and step.value == 1:
            moved = index
        else:
            moved = cx.op("mul", index, step)
        if isinstance(start, Const) and start.value == 0:
            return Num("int", moved)
        return Num("int", cx.op("add", start, moved))
    if isinstance(what, Ref):
        return _list_item(cx, what, index)
    if isinstance(what, Seq):
        from irad.infer.sequences import select_item

        return select_item(cx, list(what.items), index)
    from irad.infer.arrays import element

    assert isinstance(what, Arr)
    return element(cx, what, [index])


def _list_item(cx: Context, what: Ref, index: Value) -> AV:
    """Item number `index` of a list, which is there."""
    from irad.infer.lists import as_growing, copied

    content = heap.content_of(cx, what)
    if isinstance(content, Seq) and not content.items:  # one of several lists, of which another has the item
        cx.throw("IndexError", "list index out of range")
    return item_of(cx, content if isinstance(content, Growing) else as_growing(cx, copied(cx, what)), index)


def counted(cx: Context, it: AV) -> tuple[Value, Callable[[Value], AV]] | None:
    """The number of items of an iterator, and how to get one by its number; None where that is not known beforehand."""
    if isinstance(it, Counted):
        start, size = it.leaves
        (what,), reverse = it.children, bool(it.static)
        return cx.op("sub", size, start), lambda i: item_at(cx, what, cx.op("add", start, i), size, reverse)
    if isinstance(it, SeqIter) and not it.children:
        return int_const(0), lambda i: NONE
    if not isinstance(it, Zip):
        return None
    parts = list(it.children)
    offset = cx.num(parts.pop(0)).value if it.static == "enumerate" else None
    inner = [counted(cx, part) for part in parts]
    sizes = [pair[0] for pair in inner if pair]
    if len(sizes) < len(parts) or not sizes:
        return None
    size = sizes[0]
    for other in sizes[1:]:
        size = cx.op("select", cx.op("lt", other, size), other, size)

    def at(i: Value) -> AV:
        items = [pair[1](i) for pair in inner if pair]
        return Seq(tuple, tuple(items if offset is None else [Num("int", cx.op("add", offset, i)), *items]))

    return size, at


def sample(cx: Context, item: Callable[[Value], AV]) -> AV:
    """A value of the form of the items; nothing of it is computed."""
    function, block = cx.function, cx.builder.block
    assert block is not None
    before, instructions, emitting = list(function.blocks), list(block.instrs), cx.emitting
    catcher, cx.catcher, cx.emitting = cx.catcher, None, False
    heap = dict(cx.heap)
    try:
        found = item(int_const(0))
    finally:
        cx.catcher, cx.emitting, cx.heap = catcher, emitting, heap
        function.blocks[:] = before
        block.instrs[:] = instructions
        block.term = None  # type: ignore[assignment]  # open again
        cx.builder.at(block)
    return found
