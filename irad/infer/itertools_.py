"""`map`, `filter`, `itertools` and `functools.reduce`: generators of `irad.lib.iterators`, made from iterators.

Items that are known one by one are put together here, as Python's own itertools would.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import operator
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from irad.infer import iterate, nested
from irad.infer.attributes import counted, get_attr
from irad.infer.calls import call_value
from irad.infer.consumers import by_position, first_of, taken
from irad.infer.context import Context, type_name
from irad.infer.making import as_array
from irad.infer.meanings import Handler, handles
from irad.infer.pythoncalls import call_function, python_function
from irad.infer.shapes import AV
from irad.infer.values import (
    NONE,
    Arr,
    Counted,
    Gen,
    Iter,
    Known,
    ListIter,
    Num,
    Range,
    Seq,
    SeqIter,
    Stepped,
    Zip,
    int_const,
    numeric,
)
from irad.ir.core import Const, const
from irad.lib import iterators

CLASSES: dict[Callable[..., Any], type] = {
    iterators.map_: map, iterators.filter_: filter, iterators.filter_true: filter, iterators.chain: itertools.chain,
    iterators.filterfalse: itertools.filterfalse, iterators.filter_untrue: itertools.filterfalse,
    iterators.accumulate: itertools.accumulate, iterators.accumulate_from: itertools.accumulate,
    iterators.take: itertools.islice, iterators.take_from: itertools.islice, iterators.take_each: itertools.islice,
    iterators.repeat: itertools.repeat, iterators.repeat_times: itertools.repeat, iterators.count: itertools.count,
    iterators.cycle: itertools.cycle, iterators.takewhile: itertools.takewhile, iterators.dropwhile: itertools.dropwhile,
    iterators.compress: itertools.compress, iterators.pairwise: itertools.pairwise, iterators.product: itertools.product,
    iterators.zip_longest: itertools.zip_longest, iterators.combinations_from: itertools.combinations,
    iterators.combinations_of: itertools.combinations, iterators.permutations_of: itertools.permutations,
    iterators.replacements_of: itertools.combinations_with_replacement, iterators.groupby: itertools.groupby,
    iterators.ndenumerate: np.ndenumerate,
}
_OF_CODE = {function.__code__: cls for function, cls in CLASSES.items()}


def iterator_class(cx: Context, av: AV) -> type | None:
    """type(it), where that is certain."""
    if isinstance(av, Iter):
        return iterator_class(cx, cx.heap[av.name])
    if isinstance(av, Zip):
        return enumerate if av.static == "enumerate" else zip
    if isinstance(av, Stepped):
        return iterator_class(cx, av.children[0])
    if isinstance(av, Gen) and av.children and av.fn.name != "starmap":  # map() of several iterables is one, too
        return _OF_CODE.get(av.fn.code, types.GeneratorType)
    return None


def lazily(cx: Context, function: Callable[..., Any], *args: AV) -> AV:
    """A generator of the library."""
    return call_function(cx, python_function(function), list(args), {})


def _is_none(av: AV) -> bool:
    return isinstance(av, Known) and av.obj is None


def _counts(cx: Context, args: Sequence[AV], least: int, most: int, name: str) -> None:
    """CPython's refusal of a wrong number of arguments, near enough for code that never gets there."""
    if not least <= len(args) <= most:
        cx.type_error(f"{name} expected at {'least' if len(args) < least else 'most'} "
                      f"{least if len(args) < least else most} arguments, got {len(args)}")


@handles(builtins.map, as_they_are=True)
def _map(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if len(args) < 2:
        cx.type_error("map() must have at least two arguments.")
    parts = tuple(iterate.make_iter(cx, a) for a in args[1:])
    if len(parts) == 1:
        return lazily(cx, iterators.map_, args[0], parts[0])
    return lazily(cx, iterators.starmap, args[0], Zip("zip", parts))


@handles(builtins.filter, as_they_are=True)
def _filter(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 2, 2, "filter")
    items = iterate.make_iter(cx, args[1])
    if _is_none(args[0]):
        return lazily(cx, iterators.filter_true, items)
    return lazily(cx, iterators.filter_, args[0], items)


@handles(itertools.filterfalse, as_they_are=True)
def _filterfalse(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 2, 2, "filterfalse")
    items = iterate.make_iter(cx, args[1])
    if _is_none(args[0]):
        return lazily(cx, iterators.filter_untrue, items)
    return lazily(cx, iterators.filterfalse, args[0], items)


@handles(itertools.starmap, as_they_are=True)
def _starmap(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 2, 2, "starmap")
    return lazily(cx, iterators.starmap, args[0], iterate.make_iter(cx, args[1]))


for _function, _lazy in ((itertools.takewhile, iterators.takewhile), (itertools.dropwhile, iterators.dropwhile)):

    def _while(cx: Context, args: list[AV], kwargs: dict[str, AV], lazy: Any = _lazy) -> AV:
        _counts(cx, args, 2, 2, lazy.__name__)
        return lazily(cx, lazy, args[0], iterate.make_iter(cx, args[1]))

    handles(_function, as_they_are=True)(_while)


@handles(itertools.chain, as_they_are=True)
def _chain(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return lazily(cx, iterators.chain, SeqIter(tuple(args)))


@handles(itertools.chain.from_iterable, as_they_are=True)
def _chain_from(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 1, 1, "from_iterable")
    return lazily(cx, iterators.chain, iterate.make_iter(cx, args[0]))


@handles(itertools.accumulate, as_they_are=True)
def _accumulate(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 1, 2, "accumulate")
    function = args[1] if len(args) > 1 else kwargs.get("func", NONE)
    function = Known(operator.add) if _is_none(function) else function
    items = iterate.make_iter(cx, args[0])
    start = kwargs.get("initial", NONE)
    if _is_none(start):
        return lazily(cx, iterators.accumulate, items, function)
    return lazily(cx, iterators.accumulate_from, start, items, function)


@handles(itertools.islice, as_they_are=True)
def _islice(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 2, 4, "islice")
    items = iterate.make_iter(cx, args[0])
    bounds = [NONE, args[1], NONE] if len(args) == 2 else [*args[1:], NONE][:3]
    start, stop, step = (Known(d) if _is_none(b) else b for b, d in zip(bounds, (0, None, 1), strict=True))
    for bound, name in ((start, "Indices"), (stop, "Stop argument"), (step, "Step")):
        _check_bound(cx, bound, name)
    if _is_none(stop):
        counter: AV = lazily(cx, iterators.count, Known(0), Known(1))
    else:  # as many as are looked at; not one more is taken
        longest = call_value(cx, Known(builtins.max), [start, stop], {})
        counter = iterate.make_iter(cx, iterate.make_range(cx, [longest]))
        counter = (by_position(counter) or counter) if isinstance(items, SeqIter) else counter
    if isinstance(step, Known) and step.obj == 1:
        if isinstance(start, Known) and start.obj == 0:
            return items if _is_none(stop) else lazily(cx, iterators.take, counter, items)
        return lazily(cx, iterators.take_from, counter, items, start)
    return lazily(cx, iterators.take_each, counter, items, start, step)


def _check_bound(cx: Context, bound: AV, name: str) -> None:
    if _is_none(bound):
        return
    value = cx.integer(bound)
    least = int_const(1 if name == "Step" else 0)
    message = f"{name} for islice() must be None or an integer: 0 <= x <= sys.maxsize."
    if name == "Step":
        message = "Step for islice() must be a positive integer or None."
    elif name == "Stop argument":
        message = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."
    cx.guard(_at_least(cx, value, least), "ValueError", message)


def _at_least(cx: Context, value: Any, least: Any) -> Any:
    from irad.ir.core import Const

    return const(value.value >= least.value) if isinstance(value, Const) else cx.op("ge", value, least)


@handles(itertools.repeat, as_they_are=True)
def _repeat(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 1, 2, "repeat")
    times = args[1] if len(args) > 1 else kwargs.get("times")
    if times is None:
        return lazily(cx, iterators.repeat, args[0])
    if isinstance(times, Known) and type(times.obj) is int and times.obj <= iterate.MAX_UNROLL:
        return SeqIter((args[0],) * max(times.obj, 0))
    return lazily(cx, iterators.repeat_times, args[0], times)


@handles(itertools.count, as_they_are=True)
def _count(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 0, 2, "count")
    start = args[0] if args else kwargs.get("start", Known(0))
    step = args[1] if len(args) > 1 else kwargs.get("step", Known(1))
    return lazily(cx, iterators.count, start, step)


@handles(itertools.cycle, as_they_are=True)
def _cycle(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 1, 1, "cycle")
    items = taken(cx, args[0], iterate.MAX_UNROLL)
    if items is not None:
        return lazily(cx, iterators.cycle, Seq(tuple, tuple(items)))
    return lazily(cx, iterators.cycle, _snapshot(cx, args[0], "cycle"))


def _snapshot(cx: Context, av: AV, name: str) -> AV:
    """What can be iterated over several times, and is not changed meanwhile."""
    if _is_range(av):
        return av
    if isinstance(av, Arr):
        from irad.infer import arrays

        return arrays.copy(cx, av)
    if iterate.is_list(av):
        return _listed(cx, av)
    cx.unsupported(
        f"itertools.{name} of a value of type {type_name(av)} whose length is not known", kind="iterator",
        why="it would have to keep all items", hint="put them into an array first",
    )


def _listed(cx: Context, av: AV) -> AV:
    """[*av]"""
    from irad.infer import lists

    made = lists.new_list(cx, ())
    lists.extend(cx, made, av)
    return made


@handles(itertools.groupby, as_they_are=True)
def _groupby(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 1, 2, "groupby")
    return lazily(cx, iterators.groupby, iterate.make_iter(cx, args[0]), args[1] if len(args) > 1 else kwargs.get("key", NONE))


@handles(itertools.tee, as_they_are=True)
def _tee(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """Several iterators over what is there anyway; else the items would have to be kept."""
    _counts(cx, args, 1, 2, "tee")
    count = args[1] if len(args) > 1 else Known(2)
    state = iterate.make_iter(cx, args[0]) if not type(args[0]).iterator else NONE
    if not isinstance(state, (SeqIter, ListIter, Counted)) or not isinstance(count, Known):
        cx.unsupported(
            f"itertools.tee of a value of type {type_name(args[0])}", kind="iterator", why="it would have to keep items",
            hint="make a list of it, and loops over that",
        )
    return Seq(tuple, (state,) * count.obj)


@handles(itertools.compress, as_they_are=True)
def _compress(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 2, 2, "compress")
    return lazily(cx, iterators.compress, *(iterate.make_iter(cx, a) for a in args))


@handles(itertools.pairwise, as_they_are=True)
def _pairwise(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 1, 1, "pairwise")
    items = taken(cx, args[0], iterate.MAX_UNROLL)
    if items is not None:
        return SeqIter(tuple(Seq(tuple, pair) for pair in itertools.pairwise(items)))
    return lazily(cx, iterators.pairwise, iterate.make_iter(cx, args[0]))


@handles(itertools.zip_longest, as_they_are=True)
def _zip_longest(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    fill = kwargs.get("fillvalue", NONE)
    parts = [iterate.make_iter(cx, a) for a in args]
    if all(isinstance(p, SeqIter) for p in parts):
        lists = [p.children[p.static :] for p in parts]
        return SeqIter(tuple(Seq(tuple, row) for row in itertools.zip_longest(*lists, fillvalue=fill)))
    return lazily(cx, iterators.zip_longest, Seq(tuple, tuple(parts)), fill)


# -- products and selections --------------------------------------------------------------------------------------


@handles(itertools.product, as_they_are=True)
def _product(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    times = kwargs.get("repeat", Known(1))
    if not isinstance(times, Known):
        cx.unsupported("itertools.product(repeat=...) that is not known", kind="iterator", hint="write the number")
    lists = [taken(cx, a, iterate.MAX_UNROLL) for a in args]
    rows = 1
    for items in lists:
        rows *= len(items) if items is not None else iterate.MAX_UNROLL + 1
    if rows ** times.obj <= iterate.MAX_UNROLL:
        found = itertools.product(*(items for items in lists if items is not None), repeat=times.obj)
        return SeqIter(tuple(Seq(tuple, row) for row in found))
    pools = [
        _snapshot(cx, a, "product") if items is None or _is_range(a) else Seq(tuple, tuple(items))
        for a, items in zip(args, lists, strict=True)
    ]
    return lazily(cx, iterators.product, Seq(tuple, tuple(pools * times.obj)))


def _is_range(av: AV) -> bool:
    return isinstance(av, Range) or (isinstance(av, Known) and isinstance(av.obj, range))


def _indices(cx: Context, shape: AV) -> AV:
    """The indices of an array of this shape, in order."""
    sizes = nested.size_tuple(cx, shape)
    if any(isinstance(size, Const) and size.value < 0 for size in sizes):
        cx.throw("ValueError", "negative dimensions are not allowed")
    return _product(cx, [call_value(cx, Known(range), [counted(size)], {}) for size in sizes], {})


@handles(np.ndindex)
def _ndindex(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    one = len(args) == 1 and not numeric(args[0])
    return _indices(cx, args[0] if one else Seq(tuple, tuple(args)))


@handles(np.ndenumerate)
def _ndenumerate(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = as_array(cx, args[0])
    return lazily(cx, iterators.ndenumerate, a, _indices(cx, get_attr(cx, a, "shape")))


MOST_SELECTED = 6  # loops in loops
_SELECTED: dict[Any, Callable[..., Any]] = {
    itertools.combinations: iterators.combinations_of, itertools.permutations: iterators.permutations_of,
    itertools.combinations_with_replacement: iterators.replacements_of,
}


def _selection(select: Callable[..., Any]) -> Handler:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        _counts(cx, args, 1, 2, select.__name__)
        size = args[1] if len(args) > 1 else kwargs.get("r", NONE)
        if not isinstance(size, Known):
            cx.unsupported(f"itertools.{select.__name__} of a size that is not known", kind="iterator", hint="write the number")
        items = taken(cx, args[0], iterate.MAX_UNROLL)
        if items is not None:
            found = select(items, size.obj) if select is itertools.permutations or size.obj is not None else None
            rows = [] if found is None else list(itertools.islice(found, iterate.MAX_UNROLL + 1))
            if len(rows) <= iterate.MAX_UNROLL:
                return SeqIter(tuple(Seq(tuple, row) for row in rows))
        if type(size.obj) is not int or not 0 <= size.obj <= MOST_SELECTED:
            cx.unsupported(
                f"itertools.{select.__name__} of {type_name(args[0])} with more than {iterate.MAX_UNROLL} results",
                kind="iterator", why=f"that is more than {MOST_SELECTED} loops, one in the other",
                hint="write nested loops over ranges",
            )
        if select is itertools.combinations and _is_range(args[0]):
            start, step = (get_attr(cx, args[0], name) for name in ("start", "step"))
            if isinstance(start, Known) and start.obj == 0 and isinstance(step, Known) and step.obj == 1:
                return lazily(cx, iterators.combinations, _int(iterate.length(cx, args[0])), size)
        pool = _snapshot(cx, args[0], select.__name__) if _is_range(args[0]) or isinstance(args[0], Arr) else _listed(cx, args[0])
        return lazily(cx, _SELECTED[select], pool, size)

    return handler


def _int(value: Any) -> AV:
    from irad.ir.core import Const

    return Known(value.value) if isinstance(value, Const) else Num("int", value)


for _select in (itertools.combinations, itertools.permutations, itertools.combinations_with_replacement):
    handles(_select, as_they_are=True)(_selection(_select))


@handles(functools.reduce, as_they_are=True)
def _reduce(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _counts(cx, args, 2, 3, "reduce")
    function, items = args[0], iterate.make_iter(cx, args[1])
    if len(args) == 3:
        return call_function(cx, python_function(iterators.reduce), [function, args[2], items], {})

    def rest(first: AV, others: AV) -> AV:
        return call_function(cx, python_function(iterators.reduce), [function, first, others], {})

    def empty() -> AV:
        cx.type_error("reduce() of empty iterable with no initial value")

    return first_of(cx, items, empty, rest)
