"""numpy's ufuncs on scalars and arrays, with `out=`, `where=` and `dtype=`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from irad.infer import arrays, inmemory, nested, numbers, strict
from irad.infer.asking import compare, unary
from irad.infer.builtins import absolute
from irad.infer.context import Context
from irad.infer.dtypes import dtype_of, no_options
from irad.infer.execute import binary
from irad.infer.extents import dims
from irad.infer.jitcalls import beside_narrow
from irad.infer.kinds import CLASSES, MACHINE, array_refusal, ufunc_class, ufunc_kind
from irad.infer.meanings import handles
from irad.infer.shapes import AV
from irad.infer.values import NONE, Arr, Choice, Known, Num, Seq, numeric
from irad.ir.core import Const, Value, const
from irad.ir.types import BOOL, FLOAT, FLOAT32, INT
from irad.ir.types import Scalar as Scalar_

Scalar = Callable[[Context, str, list[Value]], Value]
ON_SCALARS: dict[np.ufunc, Callable[..., AV]] = {}  # (cx, kind of the result, *scalars) -> scalar, with numpy's rules
ON_ANYTHING: dict[np.ufunc, Callable[..., AV]] = {}  # (cx, *operands) -> scalar or array


def ufunc(function: np.ufunc, scalar: Scalar) -> None:
    """The meaning of a ufunc: `scalar(cx, kind, operands)` on machine numbers of the result's kind."""

    def one(cx: Context, kind: str, *items: AV) -> AV:
        machine = MACHINE[kind]
        cx.unit.floats_of_numpy = True
        inner = FLOAT if machine == BOOL and any(cx.num(i).value.type == FLOAT for i in items) else machine
        values = [cx.num(i).value if machine == BOOL else cx.machine(i, inner) for i in items]
        return Num(kind, cx.cast(scalar(cx, kind, values), machine))

    def whole(cx: Context, *operands: AV) -> AV:
        given = beside_narrow(cx, [arrays.as_operand(cx, a) for a in operands])
        if all(isinstance(a, Known) for a in given):
            return numbers.fold(cx, function, *given)

        def settled(now: list[AV]) -> AV:
            kind = result_kind(cx, function, now)
            now = held(cx, kind, now)
            return arrays.elementwise(cx, lambda *items: one(cx, kind, *items), now, kind)

        return arrays.by_kinds(cx, given, lambda *kinds: ufunc_kind(function, *kinds), settled)

    _enter(function, one, whole)


def _operator(function: np.ufunc, apply: Callable[..., AV]) -> None:
    """A ufunc that is an operator of Python: with the rules of numpy's scalars."""

    def one(cx: Context, kind: str, *items: AV) -> AV:
        return arrays.numpy_scalar(cx, lambda *scalars: apply(cx, *scalars), *items)

    def whole(cx: Context, *operands: AV) -> AV:
        given = [arrays.as_operand(cx, a) for a in operands]
        if any(isinstance(a, Arr) for a in given):
            return apply(cx, *given)
        return arrays.numpy_scalar(cx, lambda *scalars: apply(cx, *scalars), *given)

    _enter(function, one, whole)


def _enter(function: np.ufunc, one: Callable[..., AV], whole: Callable[..., AV]) -> None:
    ON_SCALARS[function] = one
    ON_ANYTHING[function] = whole
    handles(function)(lambda cx, args, kwargs: call_ufunc(cx, function, args, kwargs))


def apply_ufunc(cx: Context, function: np.ufunc, *operands: AV) -> AV:
    """A ufunc on scalars (a numpy scalar comes out) or arrays."""
    return ON_ANYTHING[function](cx, *operands)


def result_kind(cx: Context, function: np.ufunc, operands: Sequence[AV]) -> str:
    """The kind of the ufunc's results; numpy's TypeError if there is none."""
    kinds = [arrays.element_kind(a) for a in operands]
    kind = ufunc_kind(function, *kinds)
    if kind is None:
        other = ufunc_class(function, *kinds)  # (float16 of bools)
        if other is not None:
            what = f"np.{other.__name__} as the result of np.{function.__name__} of {' and '.join(kinds)}"
            cx.unsupported(what, kind="dtype", hint="convert the operands to float or np.float64 first")
        cx.type_error(array_refusal(function, *kinds))
    return kind


def held(cx: Context, kind: str, operands: Sequence[AV]) -> list[AV]:
    """Operands of which Python's ints are narrow ints as the result is: it is an OverflowError if one does not fit (NEP 50)."""
    machine = MACHINE[kind]
    if not machine.is_int or machine.bits == 64:
        return list(operands)
    weak = [numeric(a) and cx.num(a).kinds == ("int",) for a in operands]
    return [Num(kind, numbers.to_numpy_int(cx, a, kind)) if w else a for a, w in zip(operands, weak, strict=True)]


def call_ufunc(cx: Context, function: np.ufunc, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """np.f(x, y, out=..., where=..., dtype=...)"""
    for at, a in enumerate(args):
        if isinstance(a, Choice):
            return cx.dispatch(a, lambda m: call_ufunc(cx, function, [*args[:at], m, *args[at + 1:]], kwargs))
    if isinstance(kwargs.get("out"), Known) and kwargs["out"].static.obj is Ellipsis:  # an array, also of no axes
        from irad.infer.making import as_array

        return as_array(cx, call_ufunc(cx, function, args, {k: v for k, v in kwargs.items() if k != "out"}))
    name = function.__name__
    rest = dict(kwargs)
    where, out = targets(rest)
    dtype = dtype_of(cx, rest.pop("dtype", None), "")
    casting = rest.get("casting")
    if isinstance(casting, Known) and casting.obj in ("same_kind", "unsafe"):
        del rest["casting"]
    no_options(cx, name, rest)
    if len(args) == function.nin + 1:
        (_, out), args = targets({"out": args[-1]}), args[:-1]
    if len(args) != function.nin:
        cx.type_error(f"{name}() takes from {function.nin} to {function.nin + 1} positional arguments but {len(args)} were given")
    operands = [arrays.as_operand(cx, a) for a in args]
    if dtype:
        operands = [_of_kind(cx, a, dtype) for a in operands]
    if cx.strict:
        if where is not None or out is not None:
            strict.refuse(cx, "a ufunc with out= or where=")
        return strict.watched(cx, strict.loosely(cx, lambda: apply_ufunc(cx, function, *operands)), *operands)
    if where is None and out is None:
        return apply_ufunc(cx, function, *operands)
    kind = result_kind(cx, function, operands)
    return put_into(cx, name, kind, ON_SCALARS[function], held(cx, kind, operands), where, out)


def targets(options: dict[str, AV]) -> tuple[AV | None, AV | None]:
    """The options `where` and `out` of a ufunc, taken from its others; None where they ask for nothing."""
    where, out = options.pop("where", None), options.pop("out", None)
    if isinstance(out, Seq) and len(out.items) == 1:
        out = out.items[0]
    nowhere = isinstance(out, Known) and out.obj in (None, (None,))
    everywhere = isinstance(where, Known) and where.obj is True
    return None if everywhere else where, None if nowhere else out


def _of_kind(cx: Context, a: AV, kind: str) -> AV:
    return arrays.cast_array(cx, a, kind) if isinstance(a, Arr) else Num(kind, arrays.converted(cx, a, kind))


def put_into(
    cx: Context, name: str, kind: str, one: Callable[..., AV], operands: list[AV], where: AV | None, out: AV | None,
) -> AV:
    """A ufunc with results put into an array, at the places that a mask names. one: (cx, kind of the result, *scalars)"""
    if out is not None and not isinstance(out, Arr):
        cx.type_error("return arrays must be of ArrayType")
    mask = [] if where is None else [arrays.as_operand(cx, where)]
    sources = [*operands, *mask]
    if out is None:
        if not any(isinstance(a, Arr) for a in sources):
            sources = [nested.make_array(cx, a) for a in sources]
        out = arrays.alloc(cx, arrays.broadcast_shape(cx, sources), kind, zero=True)
    elif not np.can_cast(CLASSES[kind], CLASSES[out.kind], "same_kind"):
        words = f"from dtype('{np.dtype(CLASSES[kind])}') to dtype('{np.dtype(CLASSES[out.kind])}')"
        cx.type_error(f"Cannot cast ufunc '{name}' output {words} with casting rule 'same_kind'")
    target = out
    inmemory.check_writes(cx, target, "output array is read-only")
    arrays.check_target(cx, target, sources)
    sources = [arrays.apart(cx, a, target) for a in sources]

    def put(at: list[Value]) -> AV:
        items = [arrays.fetch(cx, a, at) for a in sources[: len(operands)]]
        cx.op_store(arrays.converted(cx, one(cx, kind, *items), target.kind), target.value, at)
        return NONE

    def place(at: list[Value]) -> None:
        if not mask:
            put(at)
            return
        flag = numbers.truth(cx, arrays.fetch(cx, sources[-1], at))
        cx.conditional(flag, lambda: put(at), lambda: NONE)

    arrays.loop_nest(cx, dims(cx, target), place)
    return target


def _op(name: str) -> Scalar:
    return lambda cx, kind, v: cx.op(name, *v)


_function: Any
for _function, _name in (
    (np.sin, "sin"), (np.cos, "cos"), (np.tan, "tan"), (np.exp, "exp"), (np.exp2, "exp2"), (np.expm1, "expm1"), (np.log, "log"),
    (np.log2, "log2"), (np.log10, "log10"), (np.log1p, "log1p"), (np.sqrt, "sqrt"), (np.cbrt, "cbrt"), (np.arcsin, "asin"),
    (np.arccos, "acos"), (np.arctan, "atan"), (np.sinh, "sinh"), (np.cosh, "cosh"), (np.tanh, "tanh"), (np.arcsinh, "asinh"),
    (np.arccosh, "acosh"), (np.arctanh, "atanh"), (np.arctan2, "atan2"), (np.hypot, "hypot"), (np.fabs, "abs"),
    (np.copysign, "copysign"), (np.nextafter, "nextafter"), (np.rint, "rint"),
):
    ufunc(_function, _op(_name))


def _whole(name: str) -> Scalar:
    return lambda cx, kind, v: cx.op(name, *v) if MACHINE[kind].is_float else v[0]


def _reciprocal(cx: Context, kind: str, x: Value) -> Value:
    """Of ints: 1.0 / x as an int, as numpy has it."""
    if MACHINE[kind].is_float:
        return cx.op("div", _like(kind, 1), x)
    return numbers.cast_float(cx, cx.op("div", const(1.0), cx.cast(x, FLOAT)), kind)


for _function, _name in ((np.floor, "floor"), (np.ceil, "ceil"), (np.trunc, "trunc")):
    ufunc(_function, _whole(_name))
ufunc(np.conjugate, lambda cx, kind, v: v[0])
ufunc(np.heaviside, lambda cx, kind, v: _heaviside(cx, kind, v))
ufunc(np.sign, lambda cx, kind, v: cx.op("sign", v[0]))
ufunc(np.square, lambda cx, kind, v: cx.op("mul", v[0], v[0]))
ufunc(np.reciprocal, lambda cx, kind, v: _reciprocal(cx, kind, v[0]))
ufunc(np.deg2rad, lambda cx, kind, v: cx.op("mul", v[0], _like(kind, np.pi / 180.0)))
ufunc(np.rad2deg, lambda cx, kind, v: cx.op("mul", v[0], _like(kind, 180.0 / np.pi)))
ufunc(np.radians, lambda cx, kind, v: cx.op("mul", v[0], _like(kind, np.pi / 180.0)))
ufunc(np.degrees, lambda cx, kind, v: cx.op("mul", v[0], _like(kind, 180.0 / np.pi)))


def _like(kind: str, number: float) -> Const:
    machine = MACHINE[kind]
    return Const(machine, float(number) if machine.is_float else int(number))


def _select_nan(name: str, order: str) -> Scalar:
    def scalar(cx: Context, kind: str, v: list[Value]) -> Value:
        if MACHINE[kind].is_float:
            return cx.op(name, *v)
        if MACHINE[kind] == BOOL:
            return cx.op("or" if order == "gt" else "and", *(_truth(cx, x) for x in v))
        return cx.op("select", cx.op(order, v[0], v[1]), v[0], v[1])

    return scalar


ufunc(np.maximum, _select_nan("maximum", "gt"))
ufunc(np.minimum, _select_nan("minimum", "lt"))


def _ignoring_nan(name: str, order: str) -> Scalar:
    def scalar(cx: Context, kind: str, v: list[Value]) -> Value:
        if not MACHINE[kind].is_float:
            return cx.op("select", cx.op(order, v[0], v[1]), v[0], v[1])
        chosen = cx.op("select", cx.op("isnan", v[1]), v[0], cx.op(name, v[1], v[0]))  # of zeros the first
        return cx.op("select", cx.op("isnan", v[0]), v[1], chosen)

    return scalar


ufunc(np.fmax, _ignoring_nan("maximum", "gt"))
ufunc(np.fmin, _ignoring_nan("minimum", "lt"))


def _logaddexp(cx: Context, kind: str, v: list[Value]) -> Value:
    larger, gap = _apart(cx, kind, v)
    return cx.op("add", larger, cx.op("log1p", cx.op("exp", gap)))


def _apart(cx: Context, kind: str, v: list[Value]) -> tuple[Value, Value]:
    """The larger of two numbers, and how far below it the other is: smooth also where they are equal."""
    x, y = v
    first = cx.op("ge", x, y)
    larger, smaller = cx.op("select", first, x, y), cx.op("select", first, y, x)
    endless = cx.both(cx.op("isinf", x), cx.op("eq", x, y))
    return larger, cx.op("select", endless, _like(kind, 0.0), cx.op("sub", smaller, larger))


ufunc(np.logaddexp, _logaddexp)


def _logaddexp2(cx: Context, kind: str, v: list[Value]) -> Value:
    larger, gap = _apart(cx, kind, v)
    return cx.op("add", larger, cx.op("mul", cx.op("log1p", cx.op("exp2", gap)), _like(kind, 1.0 / np.log(2.0))))


ufunc(np.logaddexp2, _logaddexp2)


def _heaviside(cx: Context, kind: str, v: list[Value]) -> Value:
    x, middle = v
    zero = _like(kind, 0.0)
    beside = cx.op("select", cx.op("lt", x, zero), zero, _like(kind, 1.0))
    return cx.op("select", cx.op("isnan", x), x, cx.op("select", cx.op("eq", x, zero), middle, beside))


def _of_float(name: str) -> Scalar:
    """A question about floats: ints are converted first."""
    return lambda cx, kind, v: cx.op(
        name, v[0] if isinstance(v[0].type, Scalar_) and v[0].type.is_float else cx.cast(v[0], FLOAT),
    )


for _function in (np.isnan, np.isinf, np.isfinite, np.signbit):
    ufunc(_function, _of_float(_function.__name__))


_TRUTHS = ((BOOL, "bool_"), (FLOAT, "float64"), (FLOAT32, "float32"))


def _truth(cx: Context, value: Value) -> Value:
    kind = next((kind for machine, kind in _TRUTHS if machine == value.type), "int64")
    return numbers.truth(cx, Num(kind, value))


ufunc(np.logical_and, lambda cx, kind, v: cx.op("and", _truth(cx, v[0]), _truth(cx, v[1])))
ufunc(np.logical_or, lambda cx, kind, v: cx.op("or", _truth(cx, v[0]), _truth(cx, v[1])))
ufunc(np.logical_xor, lambda cx, kind, v: cx.op("xor", _truth(cx, v[0]), _truth(cx, v[1])))
ufunc(np.logical_not, lambda cx, kind, v: cx.op("not", _truth(cx, v[0])))


_symbol: str
for _function, _symbol in (
    (np.add, "+"), (np.subtract, "-"), (np.multiply, "*"), (np.divide, "/"), (np.floor_divide, "//"), (np.remainder, "%"),
    (np.power, "**"), (np.bitwise_and, "&"), (np.bitwise_or, "|"), (np.bitwise_xor, "^"),
    (np.left_shift, "<<"), (np.right_shift, ">>"),
):
    _operator(_function, lambda cx, a, b, op=_symbol: binary(cx, op, a, b))
for _function, _symbol in (
    (np.equal, "=="), (np.not_equal, "!="), (np.less, "<"), (np.less_equal, "<="), (np.greater, ">"), (np.greater_equal, ">="),
):
    _operator(_function, lambda cx, a, b, op=_symbol: compare(cx, op, a, b))
_operator(np.negative, lambda cx, a: unary(cx, "-", a))
_operator(np.positive, lambda cx, a: unary(cx, "+", a))
_operator(np.invert, lambda cx, a: unary(cx, "~", a))
_operator(np.absolute, absolute)
ufunc(np.float_power, lambda cx, kind, v: cx.op("pow", *v))


def _fmod(cx: Context, kind: str, v: list[Value]) -> Value:
    """The remainder with the sign of the dividend."""
    if MACHINE[kind].is_float:
        return cx.op("fmod", *v)
    zero = _like(kind, 0)
    r = cx.op("mod", *v)
    turned = cx.op("ne", cx.op("lt", v[0], zero), cx.op("lt", v[1], zero))
    return cx.op("select", cx.op("and", turned, cx.op("ne", r, zero)), cx.op("sub", r, v[1]), r)


ufunc(np.fmod, _fmod)
ufunc(np.ldexp, lambda cx, kind, v: cx.op("ldexp", v[0], cx.cast(v[1], INT)))


def _spacing(cx: Context, kind: str, v: list[Value]) -> Value:
    """How far it is to the next float away from 0; nan of inf."""
    away = cx.op("copysign", _like(kind, np.inf), cx.op("add", v[0], _like(kind, 0.0)))  # of -0.0 upwards
    return cx.op("sub", cx.op("nextafter", v[0], away), v[0])


ufunc(np.spacing, _spacing)


def _both(function: np.ufunc, first: np.ufunc, second: np.ufunc) -> None:
    """A ufunc with two results that other ufuncs make."""

    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        no_options(cx, function.__name__, kwargs)
        return Seq(tuple, (call_ufunc(cx, first, list(args), {}), call_ufunc(cx, second, list(args), {})))

    handles(function)(handler)


_both(np.divmod, np.floor_divide, np.remainder)


def _fraction(cx: Context, kind: str, v: list[Value]) -> Value:
    """x less its whole part, with the sign of x. (copysign would have a kink where nothing is left.)"""
    x, whole = v[0], cx.op("trunc", v[0])
    rest = cx.op("select", cx.op("signbit", x), cx.op("neg", cx.op("sub", whole, x)), cx.op("sub", x, whole))
    zero = cx.op("copysign", _like(kind, 0.0), x)
    return cx.op("select", cx.op("isinf", x), zero, cx.op("select", cx.op("isnan", x), x, rest))


@handles(np.modf)
def _modf(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    kind, part = _parts(cx, "modf", args, kwargs)
    return Seq(tuple, (part(_fraction, kind), part(_op("trunc"), kind)))


def _parts(cx: Context, name: str, args: list[AV], kwargs: dict[str, AV]) -> tuple[str, Callable[[Scalar, str], AV]]:
    """The kind of float that a number or the elements of an array are, and what applies a function to that, with its kind."""
    no_options(cx, name, kwargs)
    if len(args) != 1:
        cx.type_error(f"{name}() takes from 1 to 3 positional arguments but {len(args)} were given")
    x = arrays.as_operand(cx, args[0])
    if arrays.element_kind(x) in ("bool_", "bool"):
        cx.unsupported(f"np.float16 as the result of np.{name} of bool_", kind="dtype", hint="use .astype(float)")
    kind = "float32" if arrays.element_kind(x) == "float32" else "float64"

    def part(scalar: Scalar, result: str) -> AV:
        one = lambda item: Num(result, scalar(cx, kind, [cx.cast(cx.num(item).value, MACHINE[kind])]))
        return arrays.elementwise(cx, one, [x], result)

    return kind, part


@handles(np.frexp)
def _frexp(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    kind, part = _parts(cx, "frexp", args, kwargs)
    mantissa: Scalar = lambda cx, kind, v: cx.op("ldexp", v[0], cx.op("neg", cx.op("exponent", v[0])))
    exponent: Scalar = lambda cx, kind, v: cx.cast(cx.op("exponent", v[0]), MACHINE["int32"])
    return Seq(tuple, (part(mantissa, kind), part(exponent, "int32")))
