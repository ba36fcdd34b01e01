"""Iteration: ranges and arrays are counted, known sequences are walked item by item (and so unrolled)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from irad.infer.context import Context, type_name
from irad.infer.heap import allocate, item_of, opened
from irad.infer.values import (
    AV,
    NONE,
    Arr,
    Choice,
    Counted,
    Growing,
    Known,
    ListIter,
    Num,
    Range,
    Record,
    Ref,
    Seq,
    SeqIter,
    Zip,
    int_const,
)
from irad.ir.core import Const, Value, const

MAX_UNROLL = 64


def known_items(av: AV) -> list[AV] | None:
    """The items of something of known length, or None."""
    if isinstance(av, Seq):
        return list(av.items)
    if isinstance(av, Known) and isinstance(av.obj, (tuple, list, str, range, dict, set, frozenset)):
        return [Known(item) for item in av.obj] if len(av.obj) <= 4096 else None
    if isinstance(av, Record) and av.static[0] == "dict":
        return [Known(k) for k in av.static[1]]
    return None


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
    """len(range(start, stop, step)), computed without overflow for ranges of fewer than 2**63 items."""
    zero = int_const(0)
    if not isinstance(step, Const):
        cx.guard(cx.op("ne", step, zero), "ValueError", "range() arg 3 must not be zero")
        up = _count(cx, start, stop, step)
        down = _count(cx, stop, start, cx.op("neg", step))
        return cx.op("select", cx.op("gt", step, zero), up, down)
    if step.value == 0:
        cx.throw("ValueError", "range() arg 3 must not be zero")
    if step.value == 1:
        if isinstance(start, Const) and start.value == 0:
            return cx.op("select", cx.op("gt", stop, zero), stop, zero)
        return cx.op("select", cx.op("gt", stop, start), cx.op("sub", stop, start), zero)
    if step.value < 0:
        start, stop, step = stop, start, int_const(-step.value)
    return _count(cx, start, stop, step)


def _count(cx: Context, low: Value, high: Value, step: Value) -> Value:
    """Items from `low` up to `high` in steps of `step` > 0."""
    one = int_const(1)
    span = cx.op("sub", cx.op("sub", high, low), one)
    items = span if isinstance(step, Const) and step.value == 1 else cx.op("floordiv", span, step)
    return cx.op("select", cx.op("gt", high, low), cx.op("add", items, one), int_const(0))


def length(cx: Context, av: AV) -> Value:
    """len(x) as an int value."""
    if isinstance(av, Ref) and isinstance(cx.heap[av.name], Growing):
        return cx.heap[av.name].leaves[0]
    items = known_items(opened(cx, av))
    if items is not None:
        return int_const(len(items))
    if isinstance(av, Known) and hasattr(av.obj, "__len__"):
        return int_const(len(av.obj))
    if isinstance(av, Arr):
        if av.ndim == 0:
            cx.type_error("len() of unsized object")
        return cx.op("dim", av.value, axis=0)
    if isinstance(av, Range):
        return av.leaves[0]
    if isinstance(av, Record) and av.static[0] == "text":
        cx.unsupported("the length of a text that is made at run time", kind="text", hint="count without making the text")
    cx.type_error(f"object of type '{type_name(av)}' has no len()")


def make_iter(cx: Context, av: AV) -> AV:
    """iter(x)."""
    if type(av).iterator:
        return av
    if isinstance(av, Known) and isinstance(av.obj, range):
        r = av.obj
        if 0 < len(r) <= MAX_UNROLL and cx.solver is not None:
            cx.solver.ranges = True
            if cx.solver.spec.unroll:
                return SeqIter(tuple(map(Known, r)))
        return Counted(Range(Known(r.start), Known(r.step), int_const(len(r))), int_const(0), int_const(len(r)))
    if isinstance(av, Ref) and av.cls is list:
        content = cx.heap[av.name]
        if isinstance(content, Seq) and len(content.items) <= MAX_UNROLL:
            return ListIter(av)
        return Counted(av, int_const(0), length(cx, av))
    items = known_items(opened(cx, av))
    if items is not None:
        if len(items) > MAX_UNROLL:
            return _table_iter(cx, items)
        return SeqIter(tuple(items))
    if isinstance(av, (Range, Arr)):
        if isinstance(av, Arr) and av.ndim == 0:
            cx.type_error("iteration over a 0-d array")
        return Counted(av, int_const(0), length(cx, av))
    cx.type_error(f"'{type_name(av)}' object is not iterable")


def _table_iter(cx: Context, items: list[AV]) -> AV:
    cx.unsupported(
        f"a loop over a known sequence of {len(items)} items", kind="unroll",
        why=f"loops over up to {MAX_UNROLL} known items are unrolled", hint="make it an array: np.array(items)",
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
    if isinstance(it, Zip):
        return _advance_zip(cx, it)
    cx.type_error(f"'{type_name(it)}' object is not an iterator")


def _advance_list(cx: Context, it: ListIter) -> Sequence[AV]:
    """The list as it is now, which the loop may have changed."""
    (what,), position = it.children, it.static
    assert isinstance(what, Ref)
    content = cx.heap[what.name]
    if not isinstance(content, Seq):
        return _advance_counted(cx, Counted(what, int_const(position), length(cx, what)))
    if position >= len(content.items):
        return Known(False), Known(None), it
    return Known(True), content.items[position], ListIter(what, position + 1)


def _advance_counted(cx: Context, it: Counted) -> Sequence[AV]:
    index, size = it.leaves
    if isinstance(it.children[0], Ref):
        size = length(cx, it.children[0])
    ok = cx.op("lt", index, size)
    reverse = bool(it.static)
    what = it.children[0]
    if isinstance(what, (Arr, Ref)):  # the element may only be loaded once it is known to exist
        item: AV = Record(("item", reverse), it.children, (index, size))
    else:
        item = item_at(cx, what, index, size, reverse)
    return cx.bool(ok), item, _moved(cx, it)


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
    from irad.infer.arrays import element

    assert isinstance(what, Arr)
    return element(cx, what, [index])


def _list_item(cx: Context, what: Ref, index: Value) -> AV:
    """Item number `index` of a list, which is there."""
    from irad.infer.lists import as_growing, copied

    content = cx.heap[what.name]
    return item_of(cx, content if isinstance(content, Growing) else as_growing(cx, copied(cx, what)), index)


def drained(cx: Context, it: AV) -> list[AV] | None:
    """All items of an iterator, if their number is known."""
    items: list[AV] = []
    while True:
        ok, item, it = advance(cx, it)
        if not isinstance(ok, Known):
            return None
        if not ok.obj:
            return items
        items.append(force(cx, item))


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


def unpack(cx: Context, av: AV, attrs: dict[str, Any]) -> Sequence[AV]:
    """The items of `a, b = av` or `a, *b, c = av`."""
    if isinstance(av, Choice):
        return cx.dispatch(av, lambda m: Seq(tuple, tuple(unpack(cx, m, attrs)))).children
    items = known_items(opened(cx, av))
    growing = isinstance(av, Ref) and isinstance(cx.heap[av.name], Growing)
    if items is None and type(av).iterator:
        items = drained(cx, av)
    if items is None and (isinstance(av, Arr) or growing) and "count" in attrs:
        n = attrs["count"]
        size = length(cx, av)
        cx.guard(cx.op("le", size, int_const(n)), "ValueError", f"too many values to unpack (expected {n})")
        cx.guard(cx.op("ge", size, int_const(n)), "ValueError", f"not enough values to unpack (expected {n}, got {{}})", size)
        return [item_at(cx, av, int_const(i), size, False) for i in range(n)]
    if items is None:
        cx.type_error(f"cannot unpack non-iterable {type_name(av)} object")
    if "count" in attrs:
        n = attrs["count"]
        if len(items) > n:
            cx.throw("ValueError", f"too many values to unpack (expected {n})")
        if len(items) < n:
            cx.throw("ValueError", f"not enough values to unpack (expected {n}, got {len(items)})")
        return items
    before, after = attrs["before"], attrs["after"]
    if len(items) < before + after:
        cx.throw("ValueError", f"not enough values to unpack (expected at least {before + after}, got {len(items)})")
    end = len(items) - after
    return [*items[:before], allocate(cx, Seq(list, tuple(items[before:end]))), *items[end:]]

