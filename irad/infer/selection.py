"""np.where and np.clip: elements chosen place by place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irad.infer import arrays, numbers
from irad.infer.context import Context
from irad.infer.dtypes import ELEMENTS, no_options
from irad.infer.kinds import CLASSES, MACHINE, binary_kind
from irad.infer.making import argument, as_array
from irad.infer.meanings import handles, method
from irad.infer.pythoncalls import call_library
from irad.infer.shapes import AV
from irad.infer.ufuncs import call_ufunc, held
from irad.infer.values import Arr, Choice, Known, Num, int_const, numeric


@handles(np.where)
def _where(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    for at, a in enumerate(args):
        if isinstance(a, Choice):
            return cx.dispatch(a, lambda m: _where(cx, [*args[:at], m, *args[at + 1 :]], kwargs))
    no_options(cx, "where", kwargs)
    if len(args) == 1:
        return call_library(cx, np.nonzero, [as_array(cx, args[0])])
    if len(args) != 3:
        cx.throw("ValueError", "either both or neither of x and y should be given")
    given = [arrays.as_operand(cx, a) for a in args]
    return arrays.by_kinds(cx, given, lambda _, *kinds: _where_kind(*kinds), lambda operands: _chosen(cx, operands))


def _where_kind(x: str, y: str) -> str:
    """The kind of the elements of np.where."""
    kind = "bool_" if {x, y} <= {"bool", "bool_"} else binary_kind("+", x, y) or "float64"
    return ELEMENTS.get(kind, kind)


def _where_checks() -> bool:
    """Whether np.where has an OverflowError for an int of Python beside narrower ones (from numpy 2.5): else it wraps."""
    try:
        np.where([True], np.ones(1, np.int32), 2**40)
    except OverflowError:
        return True
    return False


WHERE_CHECKS = _where_checks()


def _chosen(cx: Context, given: list[AV]) -> AV:
    kind = _where_kind(*map(arrays.element_kind, given[1:]))
    if WHERE_CHECKS:
        given = [given[0], *held(cx, kind, given[1:])]
    machine = MACHINE[kind]

    def one(c: AV, x: AV, y: AV) -> AV:
        flag = numbers.truth(cx, c)
        return Num(kind, cx.op("select", flag, cx.cast(cx.num(x).value, machine), cx.cast(cx.num(y).value, machine)))

    return as_array(cx, arrays.elementwise(cx, one, given, kind), Known(np.dtype(kind.rstrip("_"))))


@handles(np.clip)
@method("clip")
def _clip(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    for at, a in enumerate(args):
        if isinstance(a, Choice):
            return cx.dispatch(a, lambda m: _clip(cx, [*args[:at], m, *args[at + 1 :]], kwargs))
    no_options(cx, "clip", {k: v for k, v in kwargs.items() if k not in ("a_min", "a_max", "min", "max", "out")})
    low = argument(args, kwargs, 1, "a_min") or argument([], kwargs, 0, "min")
    high = argument(args, kwargs, 2, "a_max") or argument([], kwargs, 0, "max")
    out = argument(args, kwargs, 3, "out")
    result = arrays.as_operand(cx, args[0])
    if numeric(result):
        result = arrays.as_numpy(cx, result)
    bounds = [(f, b) for f, b in ((np.maximum, low), (np.minimum, high)) if b is not None]
    together = [result, *(arrays.as_operand(cx, b) for _, b in bounds if not (isinstance(b, Known) and b.obj is None))]
    if sum(isinstance(a, Arr) for a in together) > 1:  # an error names all of them
        arrays.broadcast_shape(cx, together)
    return _bounded(cx, result, bounds, out)


def _bounded(cx: Context, av: AV, bounds: Sequence[tuple[np.ufunc, AV]], out: AV | None) -> AV:
    """The numbers within bounds: the least or greatest of each and it."""
    if not bounds:
        return av
    if isinstance(av, Choice):
        return cx.dispatch(av, lambda m: _bounded(cx, m, bounds, out))
    if isinstance(av, Num) and av.tag is not None:
        return numbers.each_kind(cx, av, lambda one: _bounded(cx, one, bounds, out))
    (function, bound), *rest = bounds
    given = _within_range(cx, bound, arrays.element_kind(av), function)
    result = call_ufunc(cx, function, [given, av], {} if out is None or rest else {"out": out})  # of zeros the element
    return _bounded(cx, result, rest, out)


def _within_range(cx: Context, bound: AV, kind: str, chosen: np.ufunc) -> AV:
    """A bound that is an int of Python and lets all narrow ints through, as the last of these that does."""
    machine = MACHINE[kind]
    if not machine.is_int or machine.bits == 64 or not (numeric(bound) and cx.num(bound).kinds == ("int",)):
        return bound
    limits, value = np.iinfo(CLASSES[kind]), cx.num(bound).value
    order, last = ("gt", limits.min) if chosen is np.maximum else ("lt", limits.max)
    return Num("int", cx.op("select", cx.op(order, value, int_const(int(last))), value, int_const(int(last))))
