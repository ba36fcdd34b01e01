"""What takes all items of an iterator: as values if their number is known at compile time, else by a loop.

`sum`, `any`, `all`, `max`, `min`, `list`, `tuple` and their relatives ask here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from irad.infer import heap, iterate, objects
from irad.infer.context import Context, Terminated, type_name
from irad.infer.meanings import Handler
from irad.infer.pythoncalls import call_function, python_function
from irad.infer.shapes import AV
from irad.infer.values import (
    Arr,
    Choice,
    Counted,
    Gen,
    Growing,
    Iter,
    Known,
    ListIter,
    Range,
    Ref,
    Seq,
    SeqIter,
    Zip,
    int_const,
)
from irad.ir.core import Const
from irad.lib import builtin


def taken(cx: Context, av: AV, most: int = iterate.MOST_TAKEN) -> list[AV] | None:
    """All items of something iterable, if their number is known; an iterator is then at its end. None: it is not known."""
    items = None if objects.iterates(cx, av) else iterate.known_items(heap.opened(cx, av))
    if items is not None:
        return items
    if objects.has_class(av):
        def drained() -> list[AV] | None:
            it = iterate.make_iter(cx, av)
            return _drained(cx, cx.heap[it.name] if isinstance(it, Iter) else it, most)

        return drained() if tried(cx, lambda: drained() is not None) else None
    if not type(av).iterator:
        return None
    if isinstance(av, Iter):
        found = taken(cx, heap.content_of(cx, av), most)
        if found is not None:
            heap.store(cx, av, iterate.ENDED)
        return found
    state = by_position(av)
    if state is None:
        return None
    if not isinstance(state, (SeqIter, ListIter)) and not tried(cx, lambda: _drained(cx, state, most) is not None):
        return None
    return _drained(cx, state, most)


def _drained(cx: Context, it: AV, most: int) -> list[AV] | None:
    items: list[AV] = []
    while True:
        ok, item, it = iterate.advance(cx, it)
        if not isinstance(ok, Known):
            return None
        if not ok.obj:
            return items
        items.append(iterate.force(cx, item))
        if len(items) > most:
            return None


def tried(cx: Context, question: Callable[[], bool]) -> bool:
    """The answer to a question that is found by writing code, which is then taken back."""
    b, function = cx.builder, cx.function
    home, blocks, held, catcher = b.block, len(function.blocks), cx.heap, cx.catcher
    assert home is not None
    mark, term = len(home.instrs), home.term
    cx.heap, cx.catcher, emitting = dict(held), None, cx.emitting
    cx.emitting = False
    try:
        return question()
    except Terminated:
        return True  # the same happens again
    finally:
        del home.instrs[mark:], function.blocks[blocks:]
        home.term = term
        b.block, cx.heap, cx.catcher, cx.emitting = home, held, catcher, emitting


def by_position(av: AV) -> AV | None:
    """The state of an iterator in which ranges of known length are walked item by item; None if its end is not known."""
    if isinstance(av, Counted):
        index, size = av.leaves
        what = av.children[0]
        if not isinstance(index, Const) or not isinstance(size, Const) or not isinstance(what, Range):
            return None
        if not all(isinstance(part, Known) for part in what.children) or size.value - index.value > iterate.MAX_UNROLL:
            return None
        start, step = (part.obj for part in what.children if isinstance(part, Known))
        items = [Known(start + i * step) for i in range(size.value)]
        return SeqIter(tuple(items[::-1] if av.static else items), index.value)
    if isinstance(av, Zip):
        parts = [by_position(part) or part for part in av.children]
        return Zip(av.static, tuple(parts))
    if isinstance(av, Gen):
        return Gen(av.static, tuple((by_position(c) or c) if type(c).iterator else c for c in av.children))
    return av


def on_each(handler: Handler) -> Handler:
    """The meaning of a function of one collection, where that is one of several: of each behind a branch."""

    def each(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        found = heap.opened(cx, args[0]) if args else None
        if isinstance(found, Choice):
            return cx.dispatch(found, lambda m: each(cx, [m, *args[1:]], kwargs))
        return handler(cx, args, kwargs)

    return each


def first_of(cx: Context, av: AV, empty: Callable[[], AV], rest: Callable[[AV, AV], AV]) -> AV:
    """`rest(first item, iterator behind it)`, or what `empty` says if there is no first item."""
    state = iterate.make_iter(cx, av)
    ok, item, moved = iterate.advance(cx, state)
    if isinstance(ok, Known):
        return rest(iterate.force(cx, item), moved) if ok.obj else empty()
    return cx.conditional(cx.num(ok).value, lambda: rest(iterate.force(cx, item), moved), empty)


def extreme(cx: Context, av: AV, op: str, key: AV, empty: Callable[[], AV]) -> AV:
    """max() or min() of an iterator of run-time length."""
    plain = isinstance(key, Known) and key.obj is None
    names = {(">", True): builtin.largest, ("<", True): builtin.smallest}
    keyed = {(">", False): builtin.largest_by, ("<", False): builtin.smallest_by}

    def rest(best: AV, others: AV) -> AV:
        function = python_function({**names, **keyed}[op, plain])
        return call_function(cx, function, [best, others] if plain else [best, others, key], {})

    return first_of(cx, av, empty, rest)


def anything(cx: Context, av: AV, stop: bool) -> AV:
    """any() (stop: at the first true item) or all() of an iterator."""
    function = builtin.any_ if stop else builtin.all_
    return call_function(cx, python_function(function), [iterate.make_iter(cx, av)], {})


def unpack(cx: Context, av: AV, attrs: dict[str, Any]) -> Sequence[AV]:
    """The items of `a, b = av` or `a, *b, c = av`."""
    if isinstance(av, Choice):
        return cx.dispatch(av, lambda m: Seq(tuple, tuple(unpack(cx, m, attrs)))).children
    if type(av).iterator:
        return _unpack_iterator(cx, av, attrs)
    from irad.infer import objects, protocols

    if objects.iterates(cx, av) or (objects.has_class(av) and not isinstance(av, Seq) and protocols.iterable(cx, av)):
        return _unpack_iterator(cx, objects.iterator(cx, av), attrs)
    from irad.infer import tables

    along = tables.walked(cx, av)
    if along is not None:
        return _unpack_iterator(cx, along, attrs)
    items = iterate.known_items(heap.opened(cx, av))
    growing = isinstance(av, Ref) and isinstance(heap.content_of(cx, av), Growing)
    if items is None and (isinstance(av, (Arr, Range)) or growing) and "count" in attrs:
        n = attrs["count"]
        size = iterate.length(cx, av)
        cx.guard(cx.op("le", size, int_const(n)), "ValueError", f"too many values to unpack (expected {n})")
        cx.guard(cx.op("ge", size, int_const(n)), "ValueError", f"not enough values to unpack (expected {n}, got {{}})", size)
        return [iterate.item_at(cx, av, int_const(i), size, False) for i in range(n)]
    if items is None and (isinstance(av, (Arr, Range)) or growing):
        return _unpack_growing(cx, av if growing else _listed(cx, av), attrs["before"], attrs["after"])
    if items is None and isinstance(av, Known) and isinstance(av.obj, iterate.KNOWN_ITEMS):  # a long one
        return _unpack_iterator(cx, iterate.make_iter(cx, av), attrs)
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
    return [*items[:before], heap.allocate(cx, Seq(list, tuple(items[before:end]))), *items[end:]]


def _listed(cx: Context, av: AV) -> AV:
    """[*av] of something of run-time length"""
    from irad.infer import lists

    made = lists.new_list(cx, ())
    lists.extend(cx, made, av)
    return made


def _unpack_growing(cx: Context, av: AV, before: int, after: int) -> Sequence[AV]:
    """a, *b, c = a list of run-time length"""
    from irad.infer import lists

    assert isinstance(av, Ref)
    size, least = iterate.length(cx, av), before + after
    words = f"not enough values to unpack (expected at least {least}, got {{}})"
    cx.guard(cx.op("ge", size, int_const(least)), "ValueError", words, size)
    first = [lists.get_item(cx, av, Known(i)) for i in range(before)]
    last = [lists.get_item(cx, av, Known(i - after)) for i in range(after)]
    return [*first, lists.get_item(cx, av, Known(slice(before, -after or None))), *last]


def _unpack_iterator(cx: Context, av: AV, attrs: dict[str, Any]) -> Sequence[AV]:
    """The first items; one step more says whether there are too many."""
    if "count" not in attrs:
        items = taken(cx, av, iterate.MAX_UNROLL)
        return unpack(cx, _listed(cx, av) if items is None else Seq(tuple, tuple(items)), attrs)
    n = attrs["count"]
    found: list[AV] = []
    for i in range(n):
        ok, item, av = iterate.advance(cx, av)
        cx.guard(cx.num(ok).value, "ValueError", f"not enough values to unpack (expected {n}, got {i})")
        found.append(iterate.force(cx, item))
    ok, _, _ = iterate.advance(cx, av)
    cx.guard(cx.negate(cx.num(ok).value), "ValueError", f"too many values to unpack (expected {n})")
    return found
