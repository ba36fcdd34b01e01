"""Elementary functions of floats: libm's, with their derivatives. Domain errors are guards that `infer` puts before them."""

from __future__ import annotations

import math
from typing import Any

from irad.ops.arith import LIBM
from irad.ops.expr import call
from irad.ops.table import Rule, op, zero

abs_, cos, sin, cosh, sinh, sqrt, exp, exp2, pow_, hypot, copysign, select = (
    call(n) for n in ("abs", "cos", "sin", "cosh", "sinh", "sqrt", "exp", "exp2", "pow", "hypot", "copysign", "select"))

TWO_OVER_SQRT_PI = 1.1283791670955126
LN2, LN10 = math.log(2.0), math.log(10.0)


def _beside_one(x: Any) -> Any:
    """sqrt(x * x + 1), where the square would overflow as well."""
    size = abs_(x)
    return select(size.gt(1e9), size, sqrt(x * x + 1.0))


def function(
    name: str, rule: Rule, doc: str, *, libm: str | None = None, cost: float = 20, singular: bool = False, **fields: Any,
) -> None:
    """A row for a function of one float that libm has."""
    symbol = libm or name
    op(name, "F -> F", eval=lambda x: LIBM(symbol, x), d=[rule], cost=cost, singular=singular, libm=(symbol,), doc=doc, **fields)


op("sqrt", "F -> F", eval=lambda x: math.sqrt(x) if x >= 0 else math.nan, d=[lambda g, x, r: g * (0.5 / r)], cost=6,
   singular=True, doc="square root; nan below 0")
function("exp", lambda g, x, r: g * r, "e to the power x", singular=True)
function("exp2", lambda g, x, r: g * r * LN2, "2 to the power x", singular=True)
function("expm1", lambda g, x, r: g * (r + 1.0), "exp(x) - 1, accurate near 0", singular=True)
function("log", lambda g, x, r: g / x, "natural logarithm", singular=True)
function("log2", lambda g, x, r: g / (x * LN2), "logarithm to base 2", singular=True)
function("log10", lambda g, x, r: g / (x * LN10), "logarithm to base 10", singular=True)
function("log1p", lambda g, x, r: g / (x + 1.0), "log(1 + x), accurate near 0", singular=True)
function("sin", lambda g, x, r: g * cos(x), "sine")
function("cos", lambda g, x, r: -(g * sin(x)), "cosine")
function("tan", lambda g, x, r: g * (r * r + 1.0), "tangent")
function("asin", lambda g, x, r: g / sqrt((1.0 - x) * (x + 1.0)), "inverse sine", singular=True)
function("acos", lambda g, x, r: -(g / sqrt((1.0 - x) * (x + 1.0))), "inverse cosine", singular=True)
function("atan", lambda g, x, r: g / (x * x + 1.0), "inverse tangent")
function("sinh", lambda g, x, r: g * cosh(x), "hyperbolic sine", singular=True)
function("cosh", lambda g, x, r: g * sinh(x), "hyperbolic cosine", singular=True)
function("tanh", lambda g, x, r: g * ((1.0 - r) * (r + 1.0)), "hyperbolic tangent")
function("asinh", lambda g, x, r: g / _beside_one(x), "inverse hyperbolic sine")
function("acosh", lambda g, x, r: g / (sqrt(x - 1.0) * sqrt(x + 1.0)), "inverse hyperbolic cosine", singular=True)
function("atanh", lambda g, x, r: g / ((1.0 - x) * (x + 1.0)), "inverse hyperbolic tangent", singular=True)
function("cbrt", lambda g, x, r: g / (3.0 * r * r), "cube root", singular=True)
function("erf", lambda g, x, r: g * TWO_OVER_SQRT_PI * exp(-(x * x)), "error function")
function("erfc", lambda g, x, r: -(g * TWO_OVER_SQRT_PI * exp(-(x * x))), "1 - erf(x)")


def _over_square(g: Any, x: Any, length: Any) -> Any:
    """g * x / length**2, where the square would overflow or vanish."""
    return g * (x / length) / length


op("atan2", "F F -> F", eval=lambda y, x: LIBM("atan2", y, x), cost=25, singular=True, libm=("atan2",),
   doc="angle of the point (x, y)",
   d=[lambda g, y, x, r: _over_square(g, x, hypot(x, y)), lambda g, y, x, r: -_over_square(g, y, hypot(x, y))])
op("hypot", "F F -> F", eval=lambda x, y: LIBM("hypot", x, y), cost=15, singular=True, libm=("hypot",),
   doc="sqrt(x*x + y*y) without overflow",
   d=[lambda g, x, y, r: select(r.eq(0.0), 0.0, g * (x / r)), lambda g, x, y, r: select(r.eq(0.0), 0.0, g * (y / r))],
   kink="0 at the origin", bits="ulp(1)")
op("fmod", "F F -> F", eval=lambda x, y: LIBM("fmod", x, y), cost=15, libm=("fmod",), doc="remainder with the sign of x",
   d=[lambda g, x, y, r: g, lambda g, x, y, r: -(g * ((x - r) / y))])
op("remainder", "F F -> F", eval=lambda x, y: LIBM("remainder", x, y) or math.copysign(0.0, x), cost=15, libm=("remainder",),
   doc="IEEE remainder; a zero has the sign of x",
   d=[lambda g, x, y, r: g, lambda g, x, y, r: -(g * ((x - r) / y))])
op("copysign", "F F -> F", eval=math.copysign, doc="x with the sign of y",
   d=[lambda g, x, y, r: g * (copysign(1.0, x) * copysign(1.0, r)), zero],
   kink="the sign of y has derivative 0; at x = 0 the sign bits count")
op("fma", "F F F -> F", eval=lambda x, y, z: LIBM("fma", x, y, z), cost=2, doc="x*y + z rounded once",
   d=[lambda g, x, y, z, r: g * y, lambda g, x, y, z, r: g * x, lambda g, x, y, z, r: g])
op("muladd", "F F F -> F", eval=lambda x, y, z: LIBM("fma", x, y, z), cost=2, bits="ulp(1)",
   doc="x*y + z, rounded once where the machine does so at no cost; only derivatives are computed with it",
   d=[lambda g, x, y, z, r: g * y, lambda g, x, y, z, r: g * x, lambda g, x, y, z, r: g])
op("ldexp", "F int -> F", eval=lambda x, n: LDEXP(x, n),
   d=[lambda g, x, n, r: call("ldexp")(g, n), zero], cost=8, doc="x * 2**n")
op("refined", "F F -> F", eval=lambda x, y: y, d=[lambda g, x, y, r: g, zero], llvm="select i1 false, {T} {0}, {T} {1}", cost=0,
   doc="y, which is x computed more exactly, with the derivative of x")
op("exponent", "F -> int", eval=lambda x: math.frexp(x)[1], d=[zero], cost=2,
   doc="the n with 2**(n-1) <= abs(x) < 2**n, as frexp has it; 0 of 0, inf and nan")
for _name, _eval, _doc in (
    ("floor", math.floor, "largest integer not above x"), ("ceil", math.ceil, "smallest integer not below x"),
    ("trunc", math.trunc, "x without its fraction"), ("rint", round, "nearest integer, ties to even"),
):
    op(_name, "F -> F", eval=lambda x, f=_eval: math.copysign(float(f(x)), x) if x - x == 0 else x, d=[zero], kink="0 everywhere",
       llvm=f"call {{T}} @llvm.{'roundeven' if _name == 'rint' else _name}.{{S}}({{T}} {{0}})", doc=_doc)
op("isnan", "F -> bool", eval=lambda x: x != x, llvm="fcmp uno {T} {0}, {0}", d=[zero], doc="x is not a number")
op("isinf", "F -> bool", eval=lambda x: x in (math.inf, -math.inf), d=[zero], doc="x is infinite")
op("isfinite", "F -> bool", eval=lambda x: x - x == 0, d=[zero], doc="x is neither infinite nor nan")
op("signbit", "F -> bool", eval=lambda x: math.copysign(1.0, x) < 0, d=[zero], doc="x has its sign bit set")
op("nextafter", "F F -> F", eval=lambda x, y: LIBM("nextafter", x, y), d=[lambda g, x, y, r: g, zero], libm=("nextafter",),
   doc="next float after x towards y")


def LDEXP(x: float, n: int) -> float:
    """x * 2**n with IEEE overflow."""
    try:
        return math.ldexp(x, n)
    except OverflowError:
        return math.copysign(math.inf, x)
