"""The `math` module: libm functions with CPython's domain and range errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

from irad.infer import numbers
from irad.infer.context import Context, type_name
from irad.infer.execute import binary
from irad.infer.iterate import known_items
from irad.infer.kinds import CLASSES, MACHINE, SAMPLES
from irad.infer.meanings import handles
from irad.infer.pythoncalls import call_function, python_function
from irad.infer.shapes import AV
from irad.infer.values import NONE, Arr, Known, Num, Seq, numeric
from irad.ir.core import Const, Value, const
from irad.ir.types import FLOAT
from irad.lib import exactsums, mathematics, primitives

Check = Callable[[Context, Value, Value], None]


def operand(cx: Context, av: AV) -> Value:
    """An argument of a math function as a float."""
    if isinstance(av, Arr):
        from irad.infer.arrays import only_element

        return cx.float(only_element(cx, av))
    if not numeric(av):
        cx.type_error(f"must be real number, not {type_name(av)}")
    return cx.float(av)


def say(function: Callable[..., Any], *args: float) -> str:
    """The running CPython's words for a domain or range error."""
    try:
        function(*args)
    except (ValueError, OverflowError) as e:
        return str(e).replace("{", "{{").replace("}", "}}")
    raise AssertionError(function)


def say_of(function: Callable[..., Any], example: float, x: Value) -> tuple[Any, ...]:
    """CPython's words for an error at `example`, and the value `x` where they quote it (from 3.14)."""
    words, shown = say(function, example), repr(example)
    return (words.replace(shown, "{}"), x) if shown in words else (words,)


def check_count(cx: Context, function: Callable[..., Any], args: list[AV]) -> None:
    """CPython's TypeError for a wrong number of arguments, in its own words."""
    try:
        function(*[1] * len(args))
    except TypeError as e:
        if any(word in str(e) for word in ("argument", "expected")) and "iterable" not in str(e):
            cx.type_error(str(e))
    except (ValueError, ArithmeticError):
        pass


def _guard(cx: Context, ok: Value, exc: str, message: str, *parts: Value) -> None:
    """An error of `math`; what numba makes of its functions has none: they give nan and infinities."""
    if not cx.jitted:
        cx.guard(ok, exc, message, *parts)


def nan_is_new(cx: Context, x: Value, r: Value, message: str) -> None:
    """ValueError if the result is nan and the operand was not."""
    _guard(cx, cx.either(cx.negate(cx.op("isnan", r)), cx.op("isnan", x)), "ValueError", message)


def inf_is_new(cx: Context, x: Value, r: Value, exc: str, message: str) -> None:
    """An error if the result is infinite and the operand was finite."""
    _guard(cx, cx.either(cx.negate(cx.op("isinf", r)), cx.negate(cx.op("isfinite", x))), exc, message)


# function: (domain error example or None, pole example or None, overflow example or None)
UNARY: dict[str, tuple[float | None, float | None, float | None]] = {
    "sqrt": (-1.0, None, None), "exp": (None, None, 1000.0), "expm1": (None, None, 1000.0), "exp2": (None, None, 2000.0),
    "log1p": (-2.0, -1.0, None), "sin": (math.inf, None, None), "cos": (math.inf, None, None), "tan": (math.inf, None, None),
    "asin": (2.0, None, None), "acos": (2.0, None, None), "atan": (None, None, None), "sinh": (None, None, 1000.0),
    "cosh": (None, None, 1000.0), "tanh": (None, None, None), "asinh": (None, None, None), "acosh": (0.5, None, None),
    "atanh": (2.0, 1.0, None), "cbrt": (None, None, None), "erf": (None, None, None), "erfc": (None, None, None),
}


def _unary(name: str, function: Callable[..., float]) -> None:
    domain, pole, overflow = UNARY[name]

    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        check_count(cx, function, args)
        if isinstance(args[0], Known):
            return numbers.fold(cx, function, args[0])
        x = operand(cx, args[0])
        if name == "sqrt":  # the check before the call needs no second comparison
            _guard(cx, cx.negate(cx.op("lt", x, const(0.0))), "ValueError", *say_of(function, -1.0, x))
            return Num("float", cx.op(name, x))
        r = cx.probe(name, x)
        if domain is not None:
            nan_is_new(cx, x, r, say(function, domain))
        if pole is not None:
            inf_is_new(cx, x, r, "ValueError", say(function, pole))
        if overflow is not None:
            inf_is_new(cx, x, r, "OverflowError", say(function, overflow))
        return Num("float", cx.checked(r, name, x))

    handles(function)(handler)


for _name in UNARY:
    if hasattr(math, _name):
        _unary(_name, getattr(math, _name))


def _log(name: str, function: Callable[..., float]) -> None:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        if all(isinstance(a, Known) for a in args):
            return numbers.fold(cx, function, *args)
        if len(args) == 2:
            return binary(cx, "/", handler(cx, args[:1], {}), handler(cx, args[1:], {}))
        x = operand(cx, args[0])
        _guard(cx, cx.negate(cx.op("le", x, const(0.0))), "ValueError", *say_of(function, 0.0, x))
        return Num("float", cx.op(name, x))

    handles(function)(handler)


for _name in ("log", "log2", "log10"):
    _log(_name, getattr(math, _name))


def _binary(name: str, function: Callable[..., float], check: Check | None = None) -> None:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        check_count(cx, function, args)
        if all(isinstance(a, Known) for a in args):
            return numbers.fold(cx, function, *args)
        x, y = (operand(cx, a) for a in args)
        if check is not None:
            check(cx, x, y)
        return Num("float", cx.op(name, x, y))

    handles(function)(handler)


def _remainder_domain(message: str) -> Check:
    def check(cx: Context, x: Value, y: Value) -> None:
        bad = cx.either(cx.op("eq", y, const(0.0)), cx.op("isinf", x))
        fine = cx.either(cx.negate(bad), cx.either(cx.op("isnan", x), cx.op("isnan", y)))
        cx.guard(fine, "ValueError", message)

    return check


_binary("atan2", math.atan2)
_binary("copysign", math.copysign)
_binary("fmod", math.fmod, _remainder_domain(say(math.fmod, 1.0, 0.0)))
_binary("remainder", math.remainder, _remainder_domain(say(math.remainder, 1.0, 0.0)))


@handles(math.pow)
def _pow(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if all(isinstance(a, Known) for a in args):
        return numbers.fold(cx, math.pow, *args)
    x, y = (operand(cx, a) for a in args)
    r = cx.probe("pow", x, y)
    finite = cx.both(cx.op("isfinite", x), cx.op("isfinite", y))
    _guard(cx, cx.negate(cx.both(finite, cx.op("isnan", r))), "ValueError", say(math.pow, -1.0, 0.5))
    pole = cx.both(cx.op("eq", x, const(0.0)), cx.op("lt", y, const(0.0)))
    _guard(cx, cx.negate(cx.both(finite, pole)), "ValueError", say(math.pow, 0.0, -1.0))
    _guard(cx, cx.negate(cx.both(finite, cx.op("isinf", r))), "OverflowError", say(math.pow, 10.0, 400.0))
    return Num("float", cx.checked(r, "pow", x, y))


def _rounding(name: str, function: Callable[[float], int]) -> None:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        if isinstance(args[0], Known):
            return numbers.fold(cx, function, args[0])
        if not numeric(args[0]):
            cx.type_error(f"must be real number, not {type_name(args[0])}")
        n = cx.num(args[0])
        if n.tag is not None:
            return numbers.each_kind(cx, n, lambda m: handler(cx, [m], {}))
        try:
            function(SAMPLES[n.kind])
        except TypeError as e:
            cx.type_error(str(e))
        if not any(CLASSES[k] is float or issubclass(CLASSES[k], float) or k == "float32" for k in n.kinds):
            return numbers.to_int(cx, n)
        return numbers.to_int(cx, Num("float", cx.op(name, cx.float(n))))

    handles(function)(handler)


for _name in ("floor", "ceil", "trunc"):
    _rounding(_name, getattr(math, _name))


def _predicate(name: str, function: Callable[[float], bool]) -> None:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        check_count(cx, function, args)
        if isinstance(args[0], Known):
            return numbers.fold(cx, function, args[0])
        return Num("bool", cx.op(name, operand(cx, args[0])))

    handles(function)(handler)


for _name in ("isnan", "isinf", "isfinite"):
    _predicate(_name, getattr(math, _name))


def _scaled(function: Callable[[float], float], factor: float) -> None:
    handles(function)(lambda cx, args, kwargs: Num("float", cx.op("mul", operand(cx, args[0]), const(factor))))


_scaled(math.degrees, 180.0 / math.pi)
_scaled(math.radians, math.pi / 180.0)


@handles(math.fabs)
def _fabs(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Num("float", cx.op("abs", operand(cx, args[0])))


@handles(math.ldexp)
def _ldexp(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_count(cx, math.ldexp, args)
    power = args[1]
    if not numeric(power) or any(k not in ("int", "bool") for k in cx.num(power).kinds):
        if numeric(power) and cx.num(power).tag is not None:
            return numbers.each_kind(cx, cx.num(power), lambda one: _ldexp(cx, [args[0], one], kwargs))
        cx.type_error("Expected an int as second argument to ldexp.")
    x, n = operand(cx, args[0]), cx.integer(power)
    r = cx.op("ldexp", x, n)
    inf_is_new(cx, x, r, "OverflowError", say(math.ldexp, 1.0, 5000))
    return Num("float", r)


@handles(primitives.fma)
def _fused(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Num("float", cx.op("fma", *map(cx.float, args)))


@handles(primitives.refined)
def _exactly(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    kind = cx.num(args[1]).kinds[0]  # of a number of numpy's it stays one
    to = MACHINE[kind] if MACHINE[kind].is_float else FLOAT
    return Num(kind if to is MACHINE[kind] else "float", cx.op("refined", *(cx.machine(a, to) for a in args)))


@handles(math.hypot)
def _hypot(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if all(isinstance(a, Known) for a in args):
        return numbers.fold(cx, math.hypot, *args)
    return _norm(cx, [operand(cx, a) for a in args])


def _norm(cx: Context, xs: list[Value]) -> AV:
    """The length of a vector: CPython's bits, with the derivative of libm's hypot."""
    if len(xs) < 2:
        return Num("float", cx.op("abs", xs[0]) if xs else const(0.0))
    plain = reduce(lambda x, y: cx.op("hypot", x, y), xs)
    return _refined(cx, plain, exactsums.norm, [Seq(tuple, tuple(opaque(cx, x) for x in xs))])


def opaque(cx: Context, x: Value) -> AV:
    """A float whose derivative is not followed."""
    return Num("float", x if isinstance(x, Const) else cx.op("opaque", x))


def _refined(cx: Context, plain: Value, function: Any, args: list[AV]) -> AV:
    """What `function` of `irad.lib` makes of opaque values, differentiated as `plain`."""
    exact = call_function(cx, python_function(function), args, {})
    return Num("float", cx.op("refined", plain, cx.float(exact)))


@handles(math.dist)
def _dist(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_count(cx, math.dist, args)
    points = [known_items(a) for a in args]
    if None in points:
        return call_function(cx, python_function(exactsums.dist), args, {})
    p, q = (list(point or ()) for point in points)
    if all(isinstance(x, Known) for x in (*p, *q)):
        return numbers.fold(cx, lambda *xs: math.dist(xs[: len(p)], xs[len(p) :]), *p, *q)
    if len(p) != len(q):
        cx.throw("ValueError", "both points must have the same number of dimensions")
    return _norm(cx, [cx.op("sub", operand(cx, x), operand(cx, y)) for x, y in zip(p, q, strict=True)])


if hasattr(math, "fma"):

    @handles(math.fma)
    def _fma(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        values = [operand(cx, a) for a in args]
        r = cx.op("fma", *values)
        quiet = cx.op("isnan", r)
        for v in values:
            quiet = cx.both(quiet, cx.negate(cx.op("isnan", v)))
        cx.guard(cx.negate(quiet), "ValueError", "invalid operation in fma")
        finite = cx.op("isinf", r)
        for v in values:
            finite = cx.both(finite, cx.op("isfinite", v))
        cx.guard(cx.negate(finite), "OverflowError", "overflow in fma")
        return Num("float", r)


def _library(cx: Context, function: Any, args: list[AV]) -> AV:
    return call_function(cx, python_function(function), args, {})


def as_float(cx: Context, av: AV) -> AV:
    return av if isinstance(av, Known) and type(av.obj) is float else Num("float", operand(cx, av))


def as_int(cx: Context, av: AV) -> AV:
    return av if isinstance(av, Known) and av.obj is None else Num("int", cx.integer(av))


def in_python(function: Any, replacement: Any, convert: Callable[[Context, AV], AV] | None = None) -> None:
    """A math function that `irad.lib` has in Python; `convert` is what the C function does to each argument."""

    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        if all(isinstance(a, Known) for a in args) and not kwargs:
            return numbers.fold(cx, function, *args)
        check_count(cx, function, args)
        given = args if convert is None else [convert(cx, a) for a in args]
        return call_function(cx, python_function(replacement), given, kwargs)

    handles(function)(handler)


for _name in ("gcd", "lcm", "isqrt", "factorial", "comb", "perm"):
    in_python(getattr(math, _name), getattr(mathematics, _name), as_int)
for _name in ("gamma", "lgamma", "ulp", "modf", "isclose"):
    in_python(getattr(math, _name), getattr(mathematics, _name), as_float)
in_python(math.prod, mathematics.prod)


def _nextafter(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_count(cx, math.nextafter, args)
    steps = kwargs.get("steps", NONE)
    if isinstance(steps, Known) and all(isinstance(a, Known) for a in args):
        return numbers.fold(cx, lambda x, y: math.nextafter(x, y, **{k: steps.obj for k in kwargs}), *args)
    if isinstance(steps, Known) and steps.obj is None:
        return Num("float", cx.op("nextafter", *(operand(cx, a) for a in args)))
    given = [as_float(cx, a) for a in args]
    return call_function(cx, python_function(mathematics.nextafter), given, {"steps": as_int(cx, steps)})


handles(math.nextafter)(_nextafter)


SUMPROD: Callable[..., Any] | None = getattr(math, "sumprod", None)  # from 3.12 on


def _sumprod(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """Ints exactly, floats in extended precision, what comes after them as it is: by the kinds of the items."""
    assert SUMPROD is not None
    check_count(cx, SUMPROD, args)
    sides = [known_items(a) for a in args]
    if None in sides:
        return call_function(cx, python_function(exactsums.sumprod), args, {})
    p, q = (list(side or ()) for side in sides)
    if all(isinstance(x, Known) for x in (*p, *q)):
        return numbers.fold(cx, lambda *xs: SUMPROD(xs[: len(p)], xs[len(p) :]), *p, *q)
    if len(p) != len(q):
        cx.throw("ValueError", "Inputs are not the same length")
    total: AV = Known(0)
    pairs = list(zip(p, q, strict=True))
    while pairs and _kinds(cx, pairs[0]) == {"int"}:
        total = _plus_product(cx, total, pairs.pop(0))
    count = next((i for i, pair in enumerate(pairs) if not _float_pair(cx, pair)), len(pairs))
    if count:
        total = _sumprod_floats(cx, total, pairs[:count])
    for pair in pairs[count:]:
        total = _plus_product(cx, total, pair)
    return total


def _sumprod_floats(cx: Context, total: AV, pairs: list[tuple[AV, AV]]) -> AV:
    factors = [(cx.float(p), cx.float(q)) for p, q in pairs]
    plain = reduce(lambda s, xy: cx.op("add", s, cx.op("mul", *xy)), factors, cx.float(total))
    ps, qs = (Seq(tuple, tuple(opaque(cx, x) for x in side)) for side in zip(*factors, strict=True))
    return _refined(cx, plain, exactsums.sumprod_floats, [opaque(cx, cx.float(total)), ps, qs])


def _plus_product(cx: Context, total: AV, pair: tuple[AV, AV]) -> AV:
    return binary(cx, "+", total, binary(cx, "*", *pair))


def _kinds(cx: Context, pair: tuple[AV, AV]) -> set[str]:
    return {k for x in pair for k in (cx.num(x).kinds if numeric(x) else ("",))}


def _float_pair(cx: Context, pair: tuple[AV, AV]) -> bool:
    """Whether a product is one of floats: of two of them, or of one and an int or bool."""
    return any(_kinds(cx, (x, x)) == {"float"} for x in pair) and _kinds(cx, pair) <= {"float", "int", "bool"}


if SUMPROD is not None:
    handles(SUMPROD)(_sumprod)


@handles(math.fsum)
def _fsum(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    items = known_items(args[0])
    if items is not None and all(isinstance(i, Known) for i in items):
        return Known(math.fsum(i.obj for i in items if isinstance(i, Known)))
    if items is None:
        return _library(cx, exactsums.fsum, [args[0]])
    return _library(cx, exactsums.fsum, [Seq(tuple, tuple(as_float(cx, i) for i in items))])


@handles(math.frexp)
def _frexp(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_count(cx, math.frexp, args)
    if isinstance(args[0], Known):
        m, e = math.frexp(args[0].obj)
        return Seq(tuple, (Known(m), Known(e)))
    x = operand(cx, args[0])
    exponent = cx.op("exponent", x)
    return Seq(tuple, (Num("float", cx.op("ldexp", x, cx.op("neg", exponent))), Num("int", exponent)))
