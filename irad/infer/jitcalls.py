"""Jitted code: what it calls has its error model, its divisions by zero are numba's, and Python gets Python's numbers out of it.

That functions of `math` and powers have no errors in it is where these are made (`mathlib`, `numbers.power`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from irad.infer import numbers, overloads
from irad.infer.captures import LIBRARY
from irad.infer.context import Context
from irad.infer.kinds import CLASSES, is_int
from irad.infer.shapes import AV
from irad.infer.values import Arr, Choice, Fn, Num, Seq

NARROW = ("int32", "int16", "int8", "uint32", "uint16", "uint8")
IN_PYTHON = {"float64": "float", "int64": "int", "bool_": "bool", "float32": "float", **dict.fromkeys(NARROW, "int")}


def as_compiled_for(cx: Context, f: Fn, args: list[AV], kwargs: dict[str, AV]) -> Fn:
    """A function that is called with such arguments, as numba compiles it for the running one if that is jitted."""
    caller = None if cx.fn is None else cx.fn.jit
    if caller is None or f.code.co_filename.startswith(LIBRARY):
        return f
    if f.jit is None:
        return overloads.given_for(cx, f, args, kwargs).under(caller)
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


BY_ZERO = {  # numba's words, of ints and of floats
    "/": ("division by zero", "division by zero"), "//": ("integer division by zero", "division by zero"),
    "%": ("integer modulo by zero", "modulo by zero"), "divmod": ("integer divmod by zero", "modulo by zero"),
}


def check_divisor(cx: Context, op: str, a: AV, b: AV) -> None:
    """In jitted code every number has Python's rules for a division by zero, those of arrays too, unless it has numpy's."""
    if not cx.jitted or cx.ieee or op not in BY_ZERO:
        return
    divisor = cx.num(b)
    floats = any(not is_int(kind) for n in (cx.num(a), divisor) for kind in n.kinds)
    cx.guard(numbers.nonzero(cx, divisor.value), "ZeroDivisionError", BY_ZERO[op][floats])


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
