"""Calls like f(x, *p), where the length of p is known at run time only.

f says how many arguments it takes; or it takes any number: then they are a tuple of run-time length.
"""

from __future__ import annotations

import builtins
import inspect
import itertools
import math
import types
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from irad.errors import UnsupportedError
from irad.infer import codes, heap, iterate, lists, runtuples, tables
from irad.infer.calls import call_value
from irad.infer.consumers import taken
from irad.infer.context import Context, type_name
from irad.infer.lookups import lookup
from irad.infer.meanings import LIBRARY, is_primitive
from irad.infer.objects import construct, makes_fields, written_in_python
from irad.infer.pythoncalls import call_function, call_library_function, python_function, too_many
from irad.infer.shapes import AV, Shape
from irad.infer.values import NONE, Bound, Boxed, Choice, Fn, Known, Num, Ref, Seq, SeqIter, Table, int_const
from irad.ir.core import Value
from irad.lib import iterators, listing

MOST = 64  # arguments
MOST_PERHAPS = 4  # keyword arguments that may not be there
NO_ITEMS = (int, float, types.NoneType)
OpenCall = Callable[[Context, Ref, dict[str, AV]], AV]
OPEN: dict[int, OpenCall] = {}  # by identity of builtin functions that take any number of arguments


def call(cx: Context, f: AV, stars: str, parts: list[AV], kwargs: dict[str, AV]) -> AV:
    """The call; `stars` says of which parts the items are passed."""
    for k, (star, part) in enumerate(zip(stars, parts, strict=True)):
        if star == "*" and isinstance(part, Choice):  # a tuple or None, tuples of several lengths
            return cx.dispatch(part, lambda m: call(cx, f, stars, [*parts[:k], m, *parts[k + 1 :]], kwargs))
    items: list[AV] = []
    open_at = -1
    source: AV = NONE
    for star, part in zip(stars, parts, strict=True):
        if star == "*":
            with_items(cx, part, f"{_named(f)} argument" if stars == "*" else "Value")
        found = taken(cx, part, iterate.MAX_UNROLL) if star == "*" else [part]
        if found is not None:
            items += found
        elif open_at >= 0:
            _refuse(cx)
        else:
            open_at, source = len(items), part
    if open_at < 0:
        return call_value(cx, f, items, kwargs)
    return _open_call(cx, f, items[:open_at], source, items[open_at:], kwargs)


def with_items(cx: Context, av: AV, what: str = "Value") -> AV:
    """A TypeError in CPython's words where *av is of a number or of None."""
    if isinstance(av, Num) or (isinstance(av, Known) and isinstance(av.obj, NO_ITEMS)):
        cx.type_error(f"{what} after * must be an iterable, not {type_name(av)}")
    return NONE


def with_keywords(cx: Context, av: AV, call: Callable[[dict[str, AV]], AV]) -> AV:
    """A call with **av, of which some items may not be there: behind branches."""
    from irad.infer.execute import known_dict

    content = heap.content_of(cx, av)
    if isinstance(content, Table):
        return call(_all_there(cx, av, content))
    perhaps = list(filter(heap.perhaps_missing, content.children))
    if not isinstance(av, Ref) or not 0 < len(perhaps) <= MOST_PERHAPS:
        return call({str(k): v for k, v in known_dict(cx, av).items()})

    def of_rest(found: dict[str, AV], rest: list[tuple[Any, AV]]) -> AV:
        if not rest:
            return call(dict(found))
        (name, held), *rest = rest
        if not heap.perhaps_missing(held):
            return of_rest(found if heap.is_missing(held) else {**found, str(name): held}, rest)
        return cx.dispatch(held, lambda m: of_rest(found if heap.is_missing(m) else {**found, str(name): m}, rest))

    return of_rest({}, list(zip(content.static[1], content.children, strict=True)))


def _all_there(cx: Context, d: AV, table: Table) -> dict[str, AV]:
    """The items of a dict whose keys are some of known texts, as dict(zip(names, xs)) has them: of one that has them all."""
    form = table.keys.item
    names = [obj.obj for obj in form.static[1]] if codes.is_code(form) else []
    if not 0 < len(names) <= MOST or not all(type(name) is str for name in names):
        tables.refuse(cx, "a call with ** of")
    error = UnsupportedError(
        f"a call with ** of a dict that has not exactly the keys {', '.join(names)}, in this order", kind="dict", loc=cx.loc,
        why="which of them it has is known at run time only", hint="pass the arguments one by one",
    )
    count = int_const(len(names))
    for held in (table.keys.length, iterate.length(cx, d)):
        cx.unless(cx.op("eq", held, count), lambda: cx.fail(error))
    for i, obj in enumerate(form.static[1]):
        key = heap.item_of(cx, table.keys, int_const(i))
        code = int_const(codes.number_of(cx, obj))
        cx.unless(cx.op("eq", cx.num(key.children[0]).value, code), lambda: cx.fail(error))
    return {name: codes.decoded(cx, heap.item_of(cx, table.values, int_const(i))) for i, name in enumerate(names)}


def takes_any(*callables: Any) -> Callable[[OpenCall], OpenCall]:
    """Register what a builtin function that takes any number of arguments makes of a list of them."""

    def register(handler: OpenCall) -> OpenCall:
        for obj in callables:
            OPEN[id(obj)] = handler
        return handler

    return register


def _together(cx: Context, before: list[AV], source: AV, after: list[AV]) -> Ref:
    """The arguments as a list."""
    made = lists.new_list(cx, before)
    lists.extend(cx, made, source)
    for item in after:
        lists.append(cx, made, item)
    return made


def _open_call(cx: Context, f: AV, before: list[AV], source: AV, after: list[AV], kwargs: dict[str, AV]) -> AV:
    if isinstance(f, Known) and id(f.obj) in OPEN:
        return OPEN[id(f.obj)](cx, _together(cx, before, source, after), kwargs)
    function = _replacement(f) or _function(cx, f)
    if function is not None and function.code.co_flags & inspect.CO_VARARGS:
        return _with_rest(cx, f, function, before, source, after, kwargs)
    if function is None:
        _refuse(cx)
    counted = iterate.counted(cx, iterate.make_iter(cx, source))
    if counted is None:  # a generator and the like: its items are all made before the call
        counted = iterate.counted(cx, iterate.make_iter(cx, _together(cx, [], source, [])))
        if counted is None:
            _refuse(cx)
    code, least = function.code, len(before) + len(after)
    most = code.co_argcount - _bound(f)
    twice = next((name for name in code.co_varnames[: code.co_argcount] if name in kwargs), None)
    if most - least > MOST:
        _refuse(cx)
    size, item_at = counted

    def of_length(n: int) -> AV:
        return call_value(cx, f, [*before, *(iterate.force(cx, item_at(int_const(i))) for i in range(n)), *after], kwargs)

    def more() -> AV:
        if twice is not None:
            cx.type_error(f"{function.name}() got multiple values for argument '{twice}'")
        _raise_too_many(cx, f, function, max(most + 1, least), cx.op("add", size, int_const(least + _bound(f))), kwargs)

    cases: list[tuple[Value | None, Callable[[], AV]]] = []
    for n in range(max(most - least, 0) + 1):
        cases.append((cx.op("eq", size, int_const(n)), partial(of_length, n)))
    return cx.alternatives([*cases, (None, more)])


def _with_rest(
    cx: Context, f: AV, function: Fn, before: list[AV], source: AV, after: list[AV], kwargs: dict[str, AV],
) -> AV:
    """A call of a function with `*args`: these are a tuple of run-time length."""
    if isinstance(f, Bound):
        before = [f.owner, *before]
    count = function.code.co_argcount
    if isinstance(f, Known) and isinstance(f.obj, type):
        if next(c for c in f.obj.__mro__ if not written_in_python(c)) is not object:
            _refuse(cx)
        init = lookup(cx, f.obj, "__init__")[1]
        return construct(
            cx, f.obj, [], {}, lambda made: _with_rest(cx, Bound(init, made), function, before, source, after, kwargs),
        )
    if len(before) < count:  # the first of the items fill parameters
        counted = iterate.counted(cx, iterate.make_iter(cx, source))
        if counted is None or count - len(before) > MOST or function.defaults:
            _refuse(cx)
        size, item_at = counted
        short = count - len(before)
        names = " and ".join(map(repr, function.code.co_varnames[len(before) : count]))
        error = UnsupportedError(
            f"a call of {function.name}() with * of so few items that there is nothing for {names}", kind="star-call",
            loc=cx.loc, why="their number is known at run time only", hint="pass the first arguments one by one",
        )
        cx.unless(cx.op("ge", size, int_const(short)), lambda: cx.fail(error))
        first = [iterate.force(cx, item_at(int_const(i))) for i in range(short)]
        held = _together(cx, [], source, after)
        rest = lists.get_item(cx, held, Known(slice(short, None)))
        assert isinstance(rest, Ref)
        return call_function(cx, function, [*before, *first], kwargs, runtuples.made(cx, rest))
    return call_function(
        cx, function, before[:count], kwargs, runtuples.made(cx, _together(cx, before[count:], source, after)),
    )


@takes_any(builtins.zip)
def _zip(cx: Context, rows: Ref, kwargs: dict[str, AV]) -> AV:
    """zip(*rows): the columns, each of which is a tuple of run-time length."""
    strict = kwargs.get("strict", Known(False))
    content = lists.as_growing(cx, rows)
    width = _width(content.item)
    if width is None or not isinstance(strict, Known) or strict.obj:
        if not isinstance(strict, Known) or strict.obj:
            _refuse(cx)
        return call_function(cx, python_function(iterators.zip_rows), [rows], {})
    error = UnsupportedError(
        "zip() with * of an empty list", kind="star-call", loc=cx.loc,
        why="the number of its results is a part of the code", hint="ask for the length of the list before",
    )
    cx.unless(cx.op("gt", content.length, int_const(0)), lambda: cx.fail(error))
    columns = [call_library_function(cx, listing.column, [rows, Known(i)]) for i in range(width)]
    return SeqIter(tuple(runtuples.made(cx, column) for column in columns if isinstance(column, Ref)))


def _width(item: Shape) -> int | None:
    """The length of all items, if they are tuples or lists of known length."""
    if item.cls is Boxed and item.static is list:
        item = item.children[0]
    return len(item.children) if item.cls is Seq else None


@takes_any(itertools.chain)
def _chain(cx: Context, rows: Ref, kwargs: dict[str, AV]) -> AV:
    return call_value(cx, Known(itertools.chain.from_iterable), [rows], {})


@takes_any(math.hypot)
def _hypot(cx: Context, numbers: Ref, kwargs: dict[str, AV]) -> AV:
    zeros = lists.repeated(cx, lists.new_list(cx, [Known(0.0)]), Num("int", iterate.length(cx, numbers)))
    return call_value(cx, Known(math.dist), [numbers, zeros], {})


def _extreme(cx: Context, items: Ref, kwargs: dict[str, AV], function: Any) -> AV:
    """max(*xs), which is max(xs) if there are two items or more."""
    size = iterate.length(cx, items)
    name = function.__name__
    cx.guard(cx.op("gt", size, int_const(0)), "TypeError", f"{name} expected at least 1 argument, got 0")
    only = lists.get_item(cx, items, Known(0))
    cx.guard(cx.op("gt", size, int_const(1)), "TypeError", f"'{type_name(only)}' object is not iterable")
    return call_value(cx, Known(function), [items], kwargs)


takes_any(builtins.max)(partial(_extreme, function=builtins.max))
takes_any(builtins.min)(partial(_extreme, function=builtins.min))


def _raise_too_many(cx: Context, f: AV, function: Fn, count: int, given: Value, kwargs: dict[str, AV]) -> NoReturn:
    """CPython's TypeError for `count` arguments, with the number that is given at run time."""
    count += _bound(f)
    cx.throw("TypeError", too_many(function, [NONE] * count, kwargs).replace(f"but {count} ", "but {} "), given)


def _replacement(f: AV) -> Fn | None:
    """What irad.lib has in the place of a function of another package that takes nothing but `*args`, as they are."""
    if not (isinstance(f, Known) and is_primitive(f.obj) and id(f.obj) in LIBRARY):
        return None
    code = LIBRARY[id(f.obj)][1].__code__
    takes_rest = code.co_flags & inspect.CO_VARARGS and not code.co_argcount
    return python_function(LIBRARY[id(f.obj)][1]) if takes_rest else None


def _function(cx: Context, f: AV) -> Fn | None:
    """The Python function whose parameters a call fills."""
    if isinstance(f, Fn):
        return f
    found: Any = f.function if isinstance(f, Bound) else f.obj if isinstance(f, Known) else None
    if isinstance(found, type) and issubclass(found, tuple) and makes_fields(cx, found):
        found = found.__new__
    elif isinstance(found, type):
        found = lookup(cx, found, "__init__")[1] if not isinstance(lookup(cx, found, "__new__")[1], staticmethod) else None
    return cx.unit.outside.known_function(cx.builder, found) if isinstance(found, types.FunctionType) else None


def _named(f: AV) -> str:
    """What CPython calls a callable in errors: with its module."""
    found: Any = f.function if isinstance(f, Bound) else f.obj if isinstance(f, Known) else None
    name, module = (
        (f.name, f.globals.get("__name__")) if isinstance(f, Fn)
        else (getattr(found, "__qualname__", ""), getattr(found, "__module__", None))
    )
    return f"{name}()" if module in (None, "builtins") else f"{module}.{name}()"


def _bound(f: AV) -> int:
    """How many arguments a callable adds in front."""
    return int(isinstance(f, Bound) or (isinstance(f, Known) and isinstance(f.obj, type)))


def _refuse(cx: Context) -> NoReturn:
    cx.unsupported("a call with * of something whose length is not known", kind="star-call", hint="pass the items one by one")
