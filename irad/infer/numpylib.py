"""numpy: ufuncs on scalars and arrays, making arrays, and the functions that `irad.lib` has in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from irad.analysis.ranges import MAX_EXTENT
from irad.infer import arrays, iterate, numbers
from irad.infer.attributes import get_attr
from irad.infer.builtins import absolute
from irad.infer.calls import LIBRARY, call_library, handles, method
from irad.infer.context import Context
from irad.infer.execute import binary, compare, unary
from irad.infer.kinds import CLASSES, MACHINE, OF_CLASS, binary_kind, dtype_kind, ufunc_kind
from irad.infer.values import AV, NONE, Arr, Known, Num, Seq, int_const, numeric
from irad.ir.core import Const, Value, const
from irad.ir.types import BOOL, FLOAT
from irad.ir.types import Scalar as Scalar_
from irad.lib import arrays as lib

Scalar = Callable[[Context, str, list[Value]], Value]


def _refuse_options(cx: Context, name: str, kwargs: dict[str, AV]) -> None:
    for option in kwargs:
        cx.unsupported(f"the option `{option}` of np.{name}", kind="option", hint="leave it out, or write the loop")


def ufunc(function: np.ufunc, scalar: Scalar) -> None:
    """The meaning of a ufunc: `scalar(cx, kind, operands)` on machine numbers of the result's kind."""

    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        _refuse_options(cx, function.__name__, kwargs)
        if len(args) != function.nin:
            cx.type_error(f"{function.__name__}() takes {function.nin} operands ({len(args)} given)")
        return apply_ufunc(cx, function, scalar, args)

    handles(function)(handler)
    UFUNCS[function] = scalar


UFUNCS: dict[np.ufunc, Scalar] = {}


def apply_ufunc(cx: Context, function: np.ufunc, scalar: Scalar, args: Sequence[AV]) -> AV:
    """A ufunc on scalars (a numpy scalar comes out) or arrays."""
    operands = [arrays.as_operand(cx, a) for a in args]
    if all(isinstance(a, Known) for a in operands):
        with np.errstate(all="ignore"):
            return numbers.fold(cx, function, *operands)

    def settled(given: list[AV]) -> AV:
        kind = ufunc_kind(function, *(arrays.element_kind(a) for a in given))
        if kind is None:
            cx.type_error(f"ufunc '{function.__name__}' not supported for the input types")
        return _by_place(cx, scalar, kind, given)

    return arrays.by_kinds(cx, operands, lambda *kinds: ufunc_kind(function, *kinds), settled)


def _by_place(cx: Context, scalar: Scalar, kind: str, operands: list[AV]) -> AV:
    """A ufunc whose result has this kind."""
    def one(*items: AV) -> AV:
        machine = MACHINE[kind]
        inner = FLOAT if machine == BOOL and any(cx.num(i).value.type == FLOAT for i in items) else machine
        values = [cx.num(i).value if machine == BOOL else cx.cast(cx.num(i).value, inner) for i in items]
        return Num(kind, cx.cast(scalar(cx, kind, values), machine))

    return arrays.elementwise(cx, one, operands, kind)


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


for _function, _name in ((np.floor, "floor"), (np.ceil, "ceil"), (np.trunc, "trunc")):
    ufunc(_function, _whole(_name))
ufunc(np.sign, lambda cx, kind, v: cx.op("sign", v[0]))
ufunc(np.square, lambda cx, kind, v: cx.op("mul", v[0], v[0]))
ufunc(np.reciprocal, lambda cx, kind, v: cx.op("div" if MACHINE[kind].is_float else "floordiv", _like(kind, 1), v[0]))
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
    x, y = v
    larger = cx.op("maximum", x, y)
    gap = cx.op("neg", cx.op("abs", cx.op("sub", x, y)))
    equal = cx.op("eq", x, y)
    twice = cx.op("add", x, _like(kind, np.log(2.0)))
    return cx.op("select", equal, twice, cx.op("add", larger, cx.op("log1p", cx.op("exp", gap))))


ufunc(np.logaddexp, _logaddexp)


def _of_float(name: str) -> Scalar:
    """A question about floats: ints are converted first."""
    return lambda cx, kind, v: cx.op(
        name, v[0] if isinstance(v[0].type, Scalar_) and v[0].type.is_float else cx.cast(v[0], FLOAT),
    )


for _function in (np.isnan, np.isinf, np.isfinite, np.signbit):
    ufunc(_function, _of_float(_function.__name__))


def _truth(cx: Context, value: Value) -> Value:
    return numbers.truth(cx, Num("bool_" if value.type == BOOL else "float64" if value.type == FLOAT else "int64", value))


ufunc(np.logical_and, lambda cx, kind, v: cx.op("and", _truth(cx, v[0]), _truth(cx, v[1])))
ufunc(np.logical_or, lambda cx, kind, v: cx.op("or", _truth(cx, v[0]), _truth(cx, v[1])))
ufunc(np.logical_xor, lambda cx, kind, v: cx.op("xor", _truth(cx, v[0]), _truth(cx, v[1])))
ufunc(np.logical_not, lambda cx, kind, v: cx.op("not", _truth(cx, v[0])))


def _operator(function: np.ufunc, apply: Callable[..., AV]) -> None:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        _refuse_options(cx, function.__name__, kwargs)
        given = [arrays.as_operand(cx, a) for a in args]
        if not any(isinstance(a, Arr) for a in given):
            given[0] = arrays.as_numpy(cx, given[0])
        return apply(cx, *given)

    handles(function)(handler)


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


# -- making arrays -----------------------------------------------------------------------------------------------


def dtype_of(cx: Context, av: AV | None, default: str) -> str:
    """The kind that a dtype argument names."""
    if av is None or av is NONE or (isinstance(av, Known) and av.obj is None):
        return default
    if not isinstance(av, Known):
        cx.unsupported("a dtype that is made at run time", kind="dtype", hint="write np.float64, np.int64, ... in its place")
    kind = OF_CLASS.get(av.obj) if isinstance(av.obj, type) else None
    if kind in ("int", "float", "bool"):
        kind = {"int": "int64", "float": "float64", "bool": "bool_"}[str(kind)]
    if kind is None:
        try:
            kind = dtype_kind(np.dtype(av.obj))
        except TypeError:
            kind = None
    if kind is None:
        name = av.obj.__name__ if isinstance(av.obj, type) else av.obj
        cx.unsupported(f"the dtype {name}", kind="dtype", hint="irad has bool, int32, int64, float32 and float64 arrays")
    return kind


def _argument(args: list[AV], kwargs: dict[str, AV], position: int, name: str) -> AV | None:
    return args[position] if len(args) > position else kwargs.get(name)


def check_maker(cx: Context, name: str, args: list[AV], kwargs: dict[str, AV], allowed: tuple[str, ...]) -> None:
    """Refuse options of a function that makes arrays, but for those of `allowed` and an order that is the default."""
    rest = {k: v for k, v in kwargs.items() if k not in allowed}
    rest |= {f"number {i}": v for i, v in enumerate(args) if i >= len(allowed)}
    for option, value in rest.items():
        if not (isinstance(value, Known) and isinstance(value.obj, (str, type(None))) and value.obj in ("C", "K", "A", None)):
            _refuse_options(cx, name, {option: value})


def fill(cx: Context, a: Arr, value: Value) -> Arr:
    """All elements set to one value."""
    arrays.loop_nest(cx, arrays.dims(cx, a), lambda at: cx.op_store(value, a.value, at))
    return a


@handles(np.zeros)
def _zeros(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_maker(cx, "zeros", args, kwargs, ("shape", "dtype"))
    kind = dtype_of(cx, _argument(args, kwargs, 1, "dtype"), "float64")
    return arrays.alloc(cx, arrays.size_tuple(cx, args[0] if args else kwargs["shape"]), kind, zero=True)


@handles(np.empty)
def _empty(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_maker(cx, "empty", args, kwargs, ("shape", "dtype"))
    kind = dtype_of(cx, _argument(args, kwargs, 1, "dtype"), "float64")
    return arrays.alloc(cx, arrays.size_tuple(cx, args[0] if args else kwargs["shape"]), kind)


@handles(np.ones)
def _ones(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_maker(cx, "ones", args, kwargs, ("shape", "dtype"))
    kind = dtype_of(cx, _argument(args, kwargs, 1, "dtype"), "float64")
    made = arrays.alloc(cx, arrays.size_tuple(cx, args[0] if args else kwargs["shape"]), kind)
    return fill(cx, made, cx.cast(int_const(1), MACHINE[kind]))


@handles(np.full)
def _full(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_maker(cx, "full", args, kwargs, ("shape", "fill_value", "dtype"))
    value = args[1] if len(args) > 1 else kwargs["fill_value"]
    default = _as_element_kind(cx, value)
    kind = dtype_of(cx, _argument(args, kwargs, 2, "dtype"), default)
    made = arrays.alloc(cx, arrays.size_tuple(cx, args[0] if args else kwargs["shape"]), kind)
    return fill(cx, made, arrays.converted(cx, value, kind))


def _as_element_kind(cx: Context, value: AV) -> str:
    if not numeric(value):
        cx.unsupported("np.full with a value that is not a scalar", kind="function")
    return cx.num(arrays.as_numpy(cx, value)).kind


def _like_of(function: Any, build: Callable[[Context, Arr, str, AV | None], AV]) -> None:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        model = arrays.as_operand(cx, args[0])
        if not isinstance(model, Arr):
            model = arrays.make_array(cx, model)
        assert isinstance(model, Arr)
        full = function is np.full_like
        kind = dtype_of(cx, _argument(args, kwargs, 2 if full else 1, "dtype"), model.kind)
        return build(cx, model, kind, _argument(args, kwargs, 1, "fill_value") if full else None)

    handles(function)(handler)


_like_of(np.zeros_like, lambda cx, a, kind, _: arrays.alloc(cx, arrays.dims(cx, a), kind, zero=True))
_like_of(np.empty_like, lambda cx, a, kind, _: arrays.alloc(cx, arrays.dims(cx, a), kind))
_like_of(
    np.ones_like,
    lambda cx, a, kind, _: fill(cx, arrays.alloc(cx, arrays.dims(cx, a), kind), cx.cast(int_const(1), MACHINE[kind])),
)
_like_of(
    np.full_like,
    lambda cx, a, kind, v: fill(cx, arrays.alloc(cx, arrays.dims(cx, a), kind), arrays.converted(cx, v or NONE, kind)),
)


@handles(np.array)
def _array(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    dtype = _argument(args, kwargs, 1, "dtype")
    _refuse_options(cx, "array", {k: v for k, v in kwargs.items() if k not in ("dtype", "copy")})
    return arrays.make_array(cx, args[0], dtype_of(cx, dtype, "") or None)


@handles(np.asarray, np.ascontiguousarray, np.asanyarray)
def _asarray(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    dtype = dtype_of(cx, _argument(args, kwargs, 1, "dtype"), "") or None
    if isinstance(args[0], Arr) and dtype in (None, args[0].kind):
        return args[0]
    return arrays.make_array(cx, args[0], dtype)


@handles(np.copy)
@method("copy")
def _copy(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return arrays.copy(cx, args[0]) if isinstance(args[0], Arr) else args[0]


@method("astype")
def _astype(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    kind = dtype_of(cx, _argument(args, kwargs, 1, "dtype"), "float64")
    if isinstance(args[0], Arr):
        return arrays.cast_array(cx, args[0], kind)
    return numbers.to_kind(cx, args[0], kind)


@method("fill")
def _fill(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = args[0]
    assert isinstance(a, Arr)
    if not a.writeable:
        cx.throw("ValueError", "assignment destination is read-only")
    fill(cx, a, arrays.converted(cx, args[1], a.kind))
    return NONE


@method("item")
def _item(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = args[0]
    if not isinstance(a, Arr):
        return _python_scalar(cx, a)
    if len(args) > 1:
        return _python_scalar(cx, arrays.get_item(cx, a, args[1] if len(args) == 2 else Seq(tuple, tuple(args[1:]))))
    single = cx.op("eq", arrays.total_size(cx, a), int_const(1))
    cx.guard(single, "ValueError", "can only convert an array of size 1 to a Python scalar")
    return _python_scalar(cx, arrays.element(cx, a, [int_const(0)] * a.ndim))


def _python_scalar(cx: Context, av: AV) -> AV:
    n = cx.num(av)
    if len({MACHINE[k].family for k in n.kinds}) > 1:
        return numbers.each_kind(cx, n, lambda one: _python_scalar(cx, one))
    machine = MACHINE[n.kinds[0]]
    return numbers.to_kind(cx, n, "float" if machine.is_float else "bool" if machine == BOOL else "int")


@method("is_integer")
def _is_integer(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    x = cx.float(args[0])
    return Num("bool", cx.both(cx.op("isfinite", x), cx.op("eq", x, cx.op("trunc", x))))


@handles(np.arange)
def _arange(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    dtype = kwargs.get("dtype")
    if all(cx.num(a).value.type != FLOAT for a in args):
        r = iterate.make_range(cx, [a if isinstance(a, Known) else Num("int", cx.integer(a)) for a in args])
        size = iterate.length(cx, r)
        out = arrays.alloc(cx, [size], dtype_of(cx, dtype, "int64"))
        it = iterate.make_iter(cx, r).children[0]

        def put(i: Value) -> None:
            cx.op_store(arrays.converted(cx, iterate.item_at(cx, it, i, size, False), out.kind), out.value, [i])

        cx.count_loop(size, put)
        return out
    values = [numbers.to_kind(cx, a, "float64") for a in args]
    start, stop = (values[0], values[1]) if len(values) > 1 else (Known(np.float64(0.0)), values[0])
    step = values[2] if len(values) > 2 else Known(np.float64(1.0))
    return call_library(cx, np.arange, [start, stop, step])


@handles(np.reshape)
@method("reshape")
def _reshape(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = args[0]
    if not isinstance(a, Arr):
        cx.unsupported("reshape of a scalar", kind="function")
    shape = args[1] if len(args) == 2 else Seq(tuple, tuple(args[1:]))
    items = iterate.known_items(shape) if not numeric(shape) else None
    wanted = [cx.integer(s) for s in items] if items is not None else [cx.integer(shape)]
    total = arrays.total_size(cx, a)
    known: Value = int_const(1)
    holes = [k for k, w in enumerate(wanted) if isinstance(w, Const) and w.value == -1]
    if len(holes) > 1:
        cx.throw("ValueError", "can only specify one unknown dimension")
    fine: Value = const(True)
    for k, w in enumerate(wanted):
        if k not in holes:
            if not isinstance(w, Const) or not 0 <= w.value < MAX_EXTENT:
                fine = cx.both(fine, cx.both(cx.op("ge", w, int_const(0)), cx.op("lt", w, int_const(MAX_EXTENT))))
            if not isinstance(known, Const) or known.value != 1:
                fine = cx.both(fine, cx.op("mul_fits", known, w))
                w = cx.op("mul", known, w)
            known = w
    parts = [w for k, w in enumerate(wanted) if k not in holes]
    for k in holes:
        wanted[k] = cx.op("floordiv", total, known)
        known = cx.op("mul", known, wanted[k])
    marks = ["newaxis" if k in holes else "{}" for k in range(len(wanted))]
    text = ",".join(marks) + ("," if len(marks) == 1 else "")
    fine = cx.both(fine, cx.op("eq", known, total))
    cx.guard(fine, "ValueError", f"cannot reshape array of size {{}} into shape ({text})", total, *parts)
    if a.ndim == len(wanted) == 1:
        return a
    base = arrays.contiguous(cx, a)
    # of strided memory numpy can make a view now and then; here it is a copy, which therefore must not be written to
    writeable = a.writeable and a.type.layout == "C"
    return Arr(a.kind, cx.op("reshape", base.value, *wanted), writeable)


@handles(np.ravel)
@method("ravel")
def _ravel(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = _array_argument(cx, args[0], "ravel")
    base = arrays.contiguous(cx, a)
    if a.ndim == 1:
        return base
    return Arr(a.kind, cx.op("reshape", base.value, arrays.total_size(cx, a)), base.writeable)


@method("flatten")
def _flatten(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = _array_argument(cx, args[0], "flatten")
    made = arrays.copy(cx, a)
    return made if a.ndim == 1 else Arr(a.kind, cx.op("reshape", made.value, arrays.total_size(cx, a)))


def _array_argument(cx: Context, av: AV, name: str) -> Arr:
    if not isinstance(av, Arr):
        cx.unsupported(f"{name} of a value that is not an array", kind="function", hint="make it an array: np.array(x)")
    return av


@handles(np.transpose)
@method("transpose")
def _transpose(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if len(args) > 1 or not isinstance(args[0], Arr):
        cx.unsupported("transpose with axes", kind="function", hint="use a.T")
    return arrays.transpose(cx, args[0])


@handles(np.where)
def _where(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if len(args) != 3:
        cx.unsupported("np.where with one argument", kind="function", hint="loop over the elements")
    given = [arrays.as_operand(cx, a) for a in args]
    return arrays.by_kinds(cx, given, lambda _, *kinds: _where_kind(*kinds), lambda operands: _chosen(cx, operands))


def _where_kind(x: str, y: str) -> str:
    """The kind of the elements of np.where."""
    kind = "bool_" if {x, y} <= {"bool", "bool_"} else binary_kind("+", x, y) or "float64"
    return {"int": "int64", "float": "float64", "bool": "bool_"}.get(kind, kind)


def _chosen(cx: Context, given: list[AV]) -> AV:
    kind = _where_kind(*map(arrays.element_kind, given[1:]))
    machine = MACHINE[kind]

    def one(c: AV, x: AV, y: AV) -> AV:
        flag = numbers.truth(cx, c)
        return Num(kind, cx.op("select", flag, cx.cast(cx.num(x).value, machine), cx.cast(cx.num(y).value, machine)))

    found = arrays.elementwise(cx, one, given, kind)
    return found if isinstance(found, Arr) else arrays.make_array(cx, found, kind)


@handles(np.clip)
@method("clip")
def _clip(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    low = _argument(args, kwargs, 1, "a_min") or kwargs.get("min", NONE)
    high = _argument(args, kwargs, 2, "a_max") or kwargs.get("max", NONE)
    result = args[0]
    if low is not NONE and not (isinstance(low, Known) and low.obj is None):
        result = apply_ufunc(cx, np.maximum, UFUNCS[np.maximum], [low, result])  # of zeros the element
    if high is not NONE and not (isinstance(high, Known) and high.obj is None):
        result = apply_ufunc(cx, np.minimum, UFUNCS[np.minimum], [high, result])
    return result


@handles(np.shape)
def _shape(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return get_attr(cx, args[0], "shape") if isinstance(args[0], Arr) else Known(())


@handles(np.ndim)
def _ndim(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Known(args[0].ndim if isinstance(args[0], Arr) else 0)


@handles(np.size)
def _size(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return get_attr(cx, args[0], "size") if isinstance(args[0], Arr) else Known(1)


@handles(np.isscalar)
def _isscalar(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Known(numeric(args[0]) or (isinstance(args[0], Known) and np.isscalar(args[0].obj)))


# -- functions in plain Python -----------------------------------------------------------------------------------


def in_library(function: Any, replacement: Any, *names: str) -> None:
    """A numpy function (and array methods) that `irad.lib.arrays` has in Python."""
    LIBRARY[id(function)] = (function, replacement)

    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        given = [arrays.as_operand(cx, args[0]) if _is_sequence(args[0]) else args[0], *args[1:]]
        if isinstance(given[0], Num) and given[0].tag is not None:
            return numbers.each_kind(cx, given[0], lambda one: handler(cx, [one, *given[1:]], kwargs))
        if numeric(given[0]) and function not in SCALARS_TOO:
            given[0] = _array_of_scalar(cx, given[0])
        if function in PRODUCTS:
            given = [arrays.as_operand(cx, a) for a in given]
        return call_library(cx, function, given, _known_options(cx, function, replacement, kwargs))

    handles(function)(handler)
    method(*names)(handler)


PRODUCTS = {np.dot, np.matmul, np.vdot, np.inner, np.outer}


def _known_options(cx: Context, function: Any, replacement: Any, kwargs: dict[str, AV]) -> dict[str, AV]:
    """The options that the replacement has; others may only be given with their defaults."""
    names = replacement.__code__.co_varnames[: replacement.__code__.co_argcount]
    kept = {}
    for name, value in kwargs.items():
        if name in names:
            kept[name] = value
        elif not (isinstance(value, Known) and (value.obj is None or value.obj is False or value.obj is np._NoValue)):
            _refuse_options(cx, function.__name__, {name: value})
    return kept


def _is_sequence(av: AV) -> bool:
    return isinstance(av, Seq) or (isinstance(av, Known) and isinstance(av.obj, (tuple, list, np.ndarray)))


def _array_of_scalar(cx: Context, av: AV) -> AV:
    return arrays.make_array(cx, av)


SCALARS_TOO = {np.linspace, np.eye, np.identity, np.dot, np.matmul, np.inner}

in_library(np.sum, lib.sum_, "sum")
in_library(np.prod, lib.prod, "prod")
in_library(np.mean, lib.mean, "mean")
in_library(np.var, lib.var, "var")
in_library(np.std, lib.std, "std")
in_library(np.max, lib.max_, "max")
in_library(np.min, lib.min_, "min")
in_library(np.argmax, lib.argmax, "argmax")
in_library(np.argmin, lib.argmin, "argmin")
in_library(np.any, lib.any_, "any")
in_library(np.all, lib.all_, "all")
in_library(np.dot, lib.dot, "dot")
in_library(np.matmul, lib.matmul)
in_library(np.vdot, lib.vdot)
in_library(np.inner, lib.inner)
in_library(np.outer, lib.outer)
in_library(np.cumsum, lib.cumsum, "cumsum")
LIBRARY[id(np.arange)] = (np.arange, lib.arange)  # for the handler above: it fills in what the call leaves out
in_library(np.linspace, lib.linspace)
in_library(np.eye, lib.eye)
in_library(np.identity, lib.identity)
in_library(np.trace, lib.trace, "trace")
in_library(np.linalg.norm, lib.norm)


@handles(lib.dtype_like)
def _dtype_like(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """`irad.lib`'s question: the class of the sum of such elements."""
    a = args[0]
    kind = a.kind if isinstance(a, Arr) else cx.num(a).kind
    if MACHINE[kind].is_int or kind == "bool_":
        kind = "int64"
    return Known(CLASSES[kind])


@handles(lib.quotient_like)
def _quotient_like(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Known(np.float32 if arrays.element_kind(args[0]) == "float32" else np.float64)


@handles(lib.product_like)
def _product_like(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Known(CLASSES[binary_kind("*", *(arrays.element_kind(a) for a in args)) or "float64"])


@handles(lib.refuse)
def _refuse(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    what, hint = (str(a.obj) for a in args if isinstance(a, Known))
    cx.unsupported(what, kind="function", hint=hint)


