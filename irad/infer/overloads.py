"""Functions that numba has an overload for: in jitted code, what the overload gives is called instead.

    @numba.extending.overload(f)
    def other(x):                               # x: the type of the argument, as numba has it
        return lambda x: 3 * x                  # f(x) in jitted code: 3 * x, whatever f is

The overload is asked at compile time, as numba does, with numba's types; what it gives is a function of Python.
"""

from __future__ import annotations

import sys
from types import CodeType, FunctionType
from typing import Any, NoReturn

import numpy as np

from irad.infer import functions, numbers
from irad.infer.context import Context
from irad.infer.joins import describe
from irad.infer.kinds import CLASSES, SAMPLES
from irad.infer.shapes import AV, shape_of
from irad.infer.values import Arr, Fn, Known, Num, Seq


def given_for(cx: Context, f: Fn, args: list[AV], kwargs: dict[str, AV]) -> Fn:
    """The function that numba calls with such arguments for one that is left to Python: itself, but for those with overloads."""
    overloads = _overloads(cx, f)
    if not overloads:
        return f
    name = overloads[0].__name__
    positional, named = [_type_of(cx, f, name, a) for a in args], {k: _type_of(cx, f, name, v) for k, v in kwargs.items()}
    given = [found for o in overloads if (found := _asked(cx, f, o, positional, named)) is not None]
    if len(given) != 1:
        _refuse(cx, f, name, "several of them fit" if given else "it has none for these types")
    if not isinstance(given[0], FunctionType):
        _refuse(cx, f, name, "it gives something other than a function")
    return cx.unit.outside.function(cx.builder, given[0], ("known", given[0]))


def _overloads(cx: Context, f: Fn) -> list[FunctionType]:
    """The overloads of a function; where one `def` has made several that have some, it must be known which one this is."""
    found = REGISTERED.current().get(f.code, [])
    if len({id(obj) for obj, _ in found}) > 1:
        holder = f.holder if cx.unit.manner.attributes else functions.holder_of(cx, f)
        if not isinstance(holder, Known):
            _refuse(cx, f, found[0][1].__name__, "there are several functions of this name, and this one is an argument")
        found = [(obj, overload) for obj, overload in found if obj is holder.obj]
    return list({id(overload): overload for _, overload in found}.values())


def _asked(cx: Context, f: Fn, overload: FunctionType, types: list[Any], named: dict[str, Any]) -> Any:
    """What an overload gives for these types (always the same object); None: nothing."""
    key = (overload, tuple(types), tuple(named.items()))
    if key not in REGISTERED.given:
        try:
            found = overload(*types, **named)
        except Exception as e:  # the overload is code of others'
            _refuse(cx, f, overload.__name__, f"it raised {type(e).__name__}: {e}")
        REGISTERED.given[key] = found[1] if isinstance(found, tuple) and len(found) == 2 else found
    return REGISTERED.given[key]


def _type_of(cx: Context, f: Fn, name: str, av: AV) -> Any:
    """numba's type of a value."""
    numba: Any = sys.modules["numba"]  # there are overloads
    typeof, types = numba.typeof, numba.types
    kinds = numbers.kinds_of(av)
    if isinstance(av, Num):
        return typeof(SAMPLES[kinds[0]] if len(kinds) == 1 else np.result_type(*(CLASSES[k] for k in kinds)).type(0))
    if isinstance(av, Arr):
        layout = av.type.layout
        return types.Array(typeof(SAMPLES[av.kind]), av.ndim, layout, readonly=not av.writeable)
    if isinstance(av, Seq) and av.cls is tuple:
        return types.Tuple.from_types([_type_of(cx, f, name, item) for item in av.items])
    if isinstance(av, Known):
        try:
            return typeof(av.obj)
        except (ValueError, TypeError, NotImplementedError):
            pass
    _refuse(cx, f, name, f"it chooses by numba's types, and irad has none for an argument: {describe(shape_of(av))}")


def _refuse(cx: Context, f: Fn, overload: str, why: str) -> NoReturn:
    cx.unsupported(
        f"a call of {f.name} in a jitted function, where numba calls what its @overload `{overload}` gives",
        kind="function", why=why, hint=f"write the function that it gives as one with @njit, and call that instead of {f.name}",
    )


class Registered:
    """The Python functions that numba has overloads for, other than its own, by their code; asked again when there are more."""

    def __init__(self) -> None:
        self.count = 0
        self.found: dict[CodeType, list[tuple[FunctionType, FunctionType]]] = {}
        self.given: dict[Any, Any] = {}  # as numba does, which asks once

    def current(self) -> dict[CodeType, list[tuple[FunctionType, FunctionType]]]:
        templates = sys.modules.get("numba.core.typing.templates")
        registered = templates.builtin_registry.globals if templates is not None else ()
        for obj, kind in registered[self.count :]:
            for template in getattr(kind, "templates", ()) if isinstance(obj, FunctionType) else ():
                overload = getattr(template, "_overload_func", None)
                if isinstance(overload, FunctionType) and not overload.__module__.startswith("numba."):
                    self.found.setdefault(obj.__code__, []).append((obj, overload))
        self.count = len(registered)
        return self.found


REGISTERED = Registered()
