"""Calls like f(x, *p), where the length of p is known at run time only: f says how many arguments it takes."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from irad.infer import iterate
from irad.infer.attributes import lookup
from irad.infer.calls import call_value, too_many
from irad.infer.consumers import taken
from irad.infer.context import Context
from irad.infer.values import AV, NONE, Bound, Fn, Known, int_const
from irad.ir.core import Value

MOST = 64  # arguments


def call(cx: Context, f: AV, stars: str, parts: list[AV], kwargs: dict[str, AV]) -> AV:
    """The call; `stars` says of which parts the items are passed."""
    items: list[AV] = []
    open_at = -1
    source: AV = NONE
    for star, part in zip(stars, parts, strict=True):
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


def _open_call(cx: Context, f: AV, before: list[AV], source: AV, after: list[AV], kwargs: dict[str, AV]) -> AV:
    function = _function(cx, f)
    counted = iterate.counted(cx, iterate.make_iter(cx, source))
    if function is None or counted is None:
        _refuse(cx)
    code, least = function.code, len(before) + len(after)
    most = code.co_argcount - _bound(f)
    twice = next((name for name in code.co_varnames[: code.co_argcount] if name in kwargs), None)
    if code.co_flags & inspect.CO_VARARGS or most - least > MOST:
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


def _raise_too_many(cx: Context, f: AV, function: Fn, count: int, given: Value, kwargs: dict[str, AV]) -> NoReturn:
    """CPython's TypeError for `count` arguments, with the number that is given at run time."""
    count += _bound(f)
    cx.throw("TypeError", too_many(function, [NONE] * count, kwargs).replace(f"but {count} ", "but {} "), given)


def _function(cx: Context, f: AV) -> Fn | None:
    """The Python function whose parameters a call fills."""
    if isinstance(f, Fn):
        return f
    found: Any = f.function if isinstance(f, Bound) else f.obj if isinstance(f, Known) else None
    if isinstance(found, type):
        found = lookup(found, "__init__")[1] if not isinstance(lookup(found, "__new__")[1], staticmethod) else None
    return cx.unit.function(cx.builder, found, ("known", found)) if isinstance(found, types.FunctionType) else None


def _bound(f: AV) -> int:
    """How many arguments a callable adds in front."""
    return int(isinstance(f, Bound) or (isinstance(f, Known) and isinstance(f.obj, type)))


def _refuse(cx: Context) -> NoReturn:
    cx.unsupported("a call with * of something whose length is not known", kind="star-call", hint="pass the items one by one")
