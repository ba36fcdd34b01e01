"""`round` and np.round: of Python's numbers by their exact decimal value, of numpy's by scaling. Their derivative is 0."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from irad.infer import arrays, numbers
from irad.infer.context import Context, type_name
from irad.infer.kinds import MACHINE, is_int, is_numpy
from irad.infer.mathlib import opaque
from irad.infer.meanings import handles, method
from irad.infer.pythoncalls import call_function, python_function
from irad.infer.shapes import AV
from irad.infer.values import NONE, Arr, Known, Num, numeric
from irad.ir.core import Const, Value, const
from irad.ir.types import FLOAT, INT
from irad.lib import rounding as lib

FARTHEST = 400  # digits beyond this change nothing any more, in either direction


@handles(builtins.round)
def _round(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    number, digits = args[0], args[1] if len(args) > 1 else kwargs.get("ndigits", NONE)
    if isinstance(number, Known) and isinstance(digits, Known):
        return numbers.fold(cx, round, number, *([digits] if digits is not NONE else []))
    return cx.dispatch(number, lambda av: _rounded(cx, av, digits))


def _rounded(cx: Context, av: AV, digits: AV) -> AV:
    if isinstance(av, Arr):
        cx.type_error("type numpy.ndarray doesn't define __round__ method")
    if not numeric(av):
        cx.type_error(f"type {type_name(av)} doesn't define __round__ method")
    n = cx.num(av)
    if n.tag is not None:
        return numbers.each_kind(cx, n, lambda m: _rounded(cx, m, digits))
    if n.kind == "bool_":
        cx.type_error("type numpy.bool doesn't define __round__ method")
    if isinstance(digits, Known) and digits.obj is None:
        return numbers.to_int(cx, n if is_int(n.kind) else Num("float", cx.op("rint", cx.float(n))))
    places = _digits(cx, digits)
    if is_numpy(n.kind):
        return _round_numpy(cx, n, places)
    if is_int(n.kind):
        return _round_int(cx, Num("int", cx.cast(n.value, INT)), places)
    return call_function(cx, python_function(lib.round_float), [opaque(cx, cx.float(n)), places], {})


def _digits(cx: Context, digits: AV) -> AV:
    """The number of digits, known or not, as an int that is not out of all bounds."""
    if isinstance(digits, Known) and isinstance(digits.obj, (int, np.integer)):
        return Known(max(-FARTHEST, min(FARTHEST, int(digits.obj))))
    return Num("int", cx.integer(digits))


def _round_int(cx: Context, n: Num, digits: AV) -> AV:
    """An int to tens, hundreds, ...; digits behind the point change nothing."""
    places = cx.num(digits).value

    def to_tens() -> AV:
        return call_function(cx, python_function(lib.round_int), [n, digits], {})

    if isinstance(places, Const):
        return n if places.value >= 0 else to_tens()
    return cx.conditional(cx.op("lt", places, const(0)), to_tens, lambda: n)


# -- numpy's -----------------------------------------------------------------------------------------------------


def _round_numpy(cx: Context, n: Num, digits: AV) -> AV:
    """np.round of a numpy scalar, in its own kind."""
    def scale(number: Num) -> AV:
        return call_function(cx, python_function(lib.round_scaled), [number, digits], {})

    if not is_int(n.kind):
        return scale(Num(n.kind, cx.op("opaque", n.value)))
    places = cx.num(digits).value

    def to_tens() -> AV:
        return Num(n.kind, _back_to_int(cx, cx.num(scale(Num("float64", cx.cast(n.value, FLOAT)))).value, n.kind))

    if isinstance(places, Const):
        return n if places.value >= 0 else to_tens()
    return cx.conditional(cx.op("lt", places, const(0)), to_tens, lambda: n)


def _back_to_int(cx: Context, value: Value, kind: str) -> Value:
    """A float as an int of `kind`; numpy's result is not defined out of its range."""
    machine = MACHINE[kind]
    limit = 2.0 ** (machine.bits - 1)
    inside = cx.both(cx.op("lt", value, const(limit)), cx.op("ge", value, const(-limit)))
    cx.guard(inside, "OverflowError", f"a rounded number leaves the range of np.{kind}: {{}}", value)
    return cx.cast(value, machine)


def round_array(cx: Context, a: AV, digits: AV) -> AV:
    """np.round(a, digits) of a scalar or array."""
    operand = arrays.as_operand(cx, a)
    if not isinstance(operand, Arr):
        operand = arrays.as_numpy(cx, operand)
        if isinstance(operand, Num) and operand.tag is not None:
            return numbers.each_kind(cx, operand, lambda n: round_array(cx, n, digits))
    kind = arrays.element_kind(operand)
    if MACHINE[kind].family == "b":
        cx.unsupported("np.round of bools", kind="dtype", why="numpy makes float16 of them", hint="convert them to float first")
    places = _digits(cx, digits)
    return arrays.elementwise(cx, lambda x: _round_numpy(cx, cx.num(x), places), [operand], kind)


def _np_round(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    rest: dict[str, Any] = {k: v for k, v in kwargs.items() if k != "decimals"}
    if rest or len(args) > 2:
        cx.unsupported(f"the option `{next(iter(rest), 'out')}` of np.round", kind="option", hint="leave it out")
    return round_array(cx, args[0], args[1] if len(args) > 1 else kwargs.get("decimals", Known(0)))


handles(np.round, np.around)(_np_round)
method("round")(_np_round)
