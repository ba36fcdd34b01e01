"""Calls in and of jitted code: what is called has the caller's error model, and Python gets Python's numbers out of it.

    @numba.extending.overload(f)
    def other(x): return lambda x: 3 * x        f(x) in jitted code: 3 * x, whatever f is. So this is refused.
"""

from __future__ import annotations

import sys
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from irad.infer import numbers
from irad.infer.context import Context
from irad.infer.kinds import CLASSES
from irad.infer.shapes import AV
from irad.infer.unit import LIBRARY
from irad.infer.values import Arr, Choice, Fn, Num, Seq

IN_PYTHON = {"float64": "float", "int64": "int", "bool_": "bool", "float32": "float", "int32": "int"}


def as_compiled_for(cx: Context, f: Fn) -> Fn:
    """A function that is called, as numba compiles it for the running one if that is jitted."""
    caller = None if cx.fn is None else cx.fn.jit
    if caller is None or f.code.co_filename.startswith(LIBRARY):
        return f
    if f.jit is None:
        _check(cx, f)
        return f.under(caller)
    return f.under(caller) if f.jit == "" and caller == "numpy" else f


def as_handed_out(cx: Context, f: Fn, result: AV) -> AV:
    """What a function has given, as the caller gets it: Python gets numbers of its own from jitted code."""
    return result if f.jit is None or cx.jitted else _of_python(cx, result)


def _of_python(cx: Context, av: AV) -> AV:
    if isinstance(av, Choice):
        return cx.dispatch(av, lambda one: _of_python(cx, one))
    if isinstance(av, Seq) and issubclass(av.cls, tuple):
        return av.with_children(tuple(_of_python(cx, item) for item in av.children))
    kinds = numbers.kinds_of(av)
    if len(kinds) > 1:  # numba returns one type
        kinds = (np.result_type(*(CLASSES[kind] for kind in kinds)).name.replace("bool", "bool_"),)
        av = numbers.to_kind(cx, av, kinds[0]) if kinds[0] in IN_PYTHON else av
    return numbers.to_kind(cx, av, IN_PYTHON[kinds[0]]) if kinds and kinds[0] in IN_PYTHON else av


def as_of_jitted(cx: Context, obj: Any, args: list[AV], result: AV) -> AV:
    """What a function written in C has given: in jitted code those of `math` give a float32 for float32 numbers."""
    if not cx.jitted or getattr(obj, "__module__", "") != "math" or numbers.kinds_of(result) != ("float",):
        return result
    narrow = args and all(numbers.kinds_of(a) == ("float32",) for a in args)
    return numbers.to_kind(cx, result, "float32") if narrow else result


SORTS = {"int32": ("int", "int64"), "float32": ("float", "float64")}  # what Python has of that sort, and how wide that is


def beside_narrow(cx: Context, operands: list[AV]) -> list[AV]:
    """Operands as numba takes them: Python's numbers count as numpy's where an array has narrower ones of their sort."""
    if not cx.jitted:
        return operands
    wide = dict(SORTS[a.kind] for a in operands if isinstance(a, Arr) and a.kind in SORTS)

    def widened(a: AV) -> AV:
        kinds = numbers.kinds_of(a)
        if isinstance(a, Num) and a.tag is not None and not wide.keys().isdisjoint(kinds):
            return numbers.each_kind(cx, a, widened)
        return numbers.to_kind(cx, a, wide[kinds[0]]) if kinds and kinds[0] in wide else a

    return [widened(a) for a in operands]


def _check(cx: Context, f: Fn) -> None:
    """Refuse a function that numba has an overload for."""
    found = OVERLOADS.current().get(f.code)
    if found is not None:
        cx.unsupported(
            f"a call of {f.name} in a jitted function, where numba calls what its @overload `{found.__name__}` gives",
            kind="function", why="it chooses a function by numba's types",
            hint=f"write the function that it gives as one with @njit, and call that instead of {f.name}",
        )


class Overloads:
    """The Python functions that numba has overloads for, other than its own, by their code; asked again when there are more."""

    def __init__(self) -> None:
        self.count = 0
        self.found: dict[CodeType, Any] = {}

    def current(self) -> dict[CodeType, Any]:
        templates = sys.modules.get("numba.core.typing.templates")
        registered = templates.builtin_registry.globals if templates is not None else ()
        for obj, kind in registered[self.count :]:
            for template in getattr(kind, "templates", ()) if isinstance(obj, FunctionType) else ():
                function = getattr(template, "_overload_func", None)
                if isinstance(function, FunctionType) and not function.__module__.startswith("numba."):
                    self.found[obj.__code__] = function
        self.count = len(registered)
        return self.found


OVERLOADS = Overloads()
