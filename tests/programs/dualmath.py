"""The module math on dual numbers."""

from __future__ import annotations

import builtins
import functools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from programs.duals import Dual, binary, depth, lift, power, unary, value


def make(name: str, derivative: Callable[..., Any]) -> Callable[[Any], Any]:
    plain = getattr(math, name)

    def dual(x: Any) -> Any:
        return unary(x, dual, derivative) if isinstance(x, Dual) else plain(x)

    dual.__name__ = name
    return dual


TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)
sqrt = make("sqrt", lambda x, r: 0.5 / r if value(r) else math.inf)
exp = make("exp", lambda x, r: r)
log = make("log", lambda x, r: 1.0 / x)
sin = make("sin", lambda x, r: cos(x))
cos = make("cos", lambda x, r: -sin(x))
tan = make("tan", lambda x, r: 1.0 + r * r)
sinh = make("sinh", lambda x, r: cosh(x))
cosh = make("cosh", lambda x, r: sinh(x))
tanh = make("tanh", lambda x, r: (1.0 - r) * (1.0 + r))


def root(x: Any) -> Any:
    """The square root in a partial: of an IEEE number, which may be 0 or less."""
    return sqrt(x) if isinstance(x, Dual) else np.sqrt(np.float64(x))


UNARY: dict[str, Callable[[Any], Any]] = {f.__name__: f for f in (sqrt, exp, log, sin, cos, tan, sinh, cosh, tanh)}
for _name, _derivative in {
    "asin": lambda x, r: 1.0 / root((1.0 - x) * (1.0 + x)),
    "acos": lambda x, r: -1.0 / root((1.0 - x) * (1.0 + x)),
    "atan": lambda x, r: 1.0 / (1.0 + x * x),
    "asinh": lambda x, r: 1.0 / (abs(x) if abs(value(x)) > 1e9 else root(1.0 + x * x)),  # the square overflows
    "acosh": lambda x, r: 1.0 / (root(x - 1.0) * root(x + 1.0)),
    "atanh": lambda x, r: 1.0 / ((1.0 - x) * (1.0 + x)),
    "expm1": lambda x, r: exp(x),
    "log1p": lambda x, r: 1.0 / (1.0 + x),
    "log2": lambda x, r: 1.0 / (x * math.log(2.0)),
    "log10": lambda x, r: 1.0 / (x * math.log(10.0)),
    "exp2": lambda x, r: r * math.log(2.0),
    "cbrt": lambda x, r: r / (3.0 * x),
    "erf": lambda x, r: TWO_OVER_SQRT_PI * exp(-(x * x)),
    "erfc": lambda x, r: -TWO_OVER_SQRT_PI * exp(-(x * x)),
    "fabs": lambda x, r: float(np.sign(value(x))),
    "degrees": lambda x, r: 180.0 / math.pi,
    "radians": lambda x, r: math.pi / 180.0,
}.items():
    UNARY[_name] = make(_name, _derivative)

def digamma(x: Any) -> Any:
    """The derivative of lgamma: its reflection where x is far below 0, else its recurrence, then the asymptotic series."""
    if value(x) == -math.inf:
        return x - x
    if value(x) < -20.0:
        return digamma(1.0 - x) - math.pi / tan(math.pi * (x - math.floor(value(x))))
    shift = 0.0
    while value(x) < 12.0:
        shift, x = shift - 1.0 / x, x + 1.0
    q = 1.0 / (x * x)
    terms = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
    series = functools.reduce(lambda r, c: (r + c) * q, reversed(terms), 0.0)
    return shift + log(x) - 0.5 / x - series


UNARY |= {"lgamma": make("lgamma", lambda x, r: digamma(x)), "gamma": make("gamma", lambda x, r: r * digamma(x))}
BINARY: dict[str, Callable[..., Any]] = {}


def make_binary(name: str, dx: Callable[..., Any], dy: Callable[..., Any]) -> None:
    plain = getattr(math, name)

    def dual(x: Any, y: Any) -> Any:
        return binary(x, y, dual, dx, dy) if isinstance(x, Dual) or isinstance(y, Dual) else plain(x, y)

    BINARY[name] = dual


def over_square(x: Any, y: Any) -> Any:
    """x / (x*x + y*y), where the squares would overflow or vanish."""
    length = BINARY["hypot"](x, y) if depth(x) or depth(y) else np.hypot(x, y)
    return x / length / length


make_binary("atan2", lambda y, x, r: over_square(x, y), lambda y, x, r: -over_square(y, x))
make_binary("hypot", lambda x, y, r: x / r if value(r) else 0.0, lambda x, y, r: y / r if value(r) else 0.0)
make_binary("copysign", lambda x, y, r: math.copysign(1.0, value(x)) * math.copysign(1.0, value(y)), lambda x, y, r: 0.0)
make_binary("fmod", lambda x, y, r: 1.0, lambda x, y, r: -np.round((value(x) - value(r)) / value(y)))


make_binary("remainder", lambda x, y, r: 1.0, lambda x, y, r: -np.round((value(x) - value(r)) / value(y)))
make_binary("nextafter", lambda x, y, r: 1.0, lambda x, y, r: 0.0)


def several(f: Callable[..., Any], partials: Callable[..., list[Any]]) -> Callable[..., Any]:
    """A function of any number of floats; `partials(xs, r)` are its derivatives."""
    def dual(*xs: Any) -> Any:
        n = builtins.max(map(depth, xs), default=0)
        if n == 0:
            return f(*xs)
        plain = [x.v if depth(x) == n else x for x in xs]
        r = dual(*plain)
        return lift(r, [(p, x) for p, x in zip(partials(plain, r), xs) if depth(x) == n])

    return dual


hypot = several(math.hypot, lambda xs, r: [x / r if value(r) else 0.0 for x in xs])
fsum = several(lambda *xs: math.fsum(xs), lambda xs, r: [1.0] * len(xs))


def modf(x: Any) -> Any:
    whole = float(math.trunc(value(x))) if math.isfinite(value(x)) else math.modf(value(x))[1]
    return unary(x, lambda v: math.modf(value(v))[0], lambda x, r: 1.0), math.copysign(whole, value(x))


def frexp(x: Any) -> Any:
    e = math.frexp(value(x))[1]
    return ldexp(x, -e), e


def ldexp(x: Any, n: int) -> Any:
    return unary(x, lambda v: ldexp(v, n) if isinstance(v, Dual) else math.ldexp(v, n), lambda x, r: math.ldexp(1.0, n))


def value_only(f: Callable[..., Any]) -> Callable[..., Any]:
    return functools.wraps(f)(lambda *args: f(*map(value, args)))


def dual_log(x: Any, base: Any = None) -> Any:
    return log(x) if base is None else log(x) / log(base)


MATH: dict[str, Any] = {n: getattr(math, n) for n in dir(math) if not n.startswith("__")}
MATH |= UNARY | BINARY | {"log": dual_log, "pow": power}
MATH |= {n: value_only(getattr(math, n)) for n in ("isnan", "isinf", "isfinite", "isclose", "floor", "ceil", "trunc")}
MATH |= {"hypot": hypot, "fsum": lambda xs: fsum(*xs), "dist": lambda p, q: hypot(*(x - y for x, y in zip(p, q)))}
MATH |= {"prod": lambda xs: functools.reduce(operator.mul, xs, 1), "modf": modf, "frexp": frexp, "ldexp": ldexp}


class Patched:
    """A module with some names replaced."""

    def __init__(self, module: Any, names: dict[str, Any]) -> None:
        self.__dict__["_module"] = module
        self.__dict__.update(names)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)
