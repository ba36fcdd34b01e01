"""Arithmetic, comparison, bits, selection and conversion of machine numbers.

Integer arithmetic wraps; `infer` guards it with the `*_fits` rows where Python's int is meant. Nothing here raises.
"""

from __future__ import annotations

import math
from typing import Any

from irad.ir.types import SCALARS, Type
from irad.ops.expr import call
from irad.ops.table import op, zero

select, sign, floordiv, log, trunc, masked = map(call, ("select", "sign", "floordiv", "log", "trunc", "masked"))


def ieee_div(x: float, y: float) -> float:
    """x / y by IEEE 754: never raises."""
    if y != 0.0:
        return x / y
    if x == 0.0 or x != x or y != y:
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


def floor_divide(x: Any, y: Any) -> Any:
    """Python's x // y; zero divisors as numpy has them (ints: 0)."""
    if isinstance(x, int):
        return x // y if y else 0
    return x // y if y != 0.0 else ieee_div(x, y)


def modulo(x: Any, y: Any) -> Any:
    """Python's x % y; zero divisors as numpy has them (ints: 0)."""
    if isinstance(x, int):
        return x % y if y else 0
    return x % y if y != 0.0 and not math.isinf(x) else math.nan


def int_power(x: int, y: int) -> int:
    """x ** y for y >= 0, wrapped to 64 bits."""
    return pow(x, y, 1 << 64) if y >= 0 else 0


def _fits(value: int) -> bool:
    return -(1 << 63) <= value < 1 << 63


def _shift(x: int, y: int, left: bool) -> int:
    return (x << y if left else x >> y) if 0 <= y < 64 else (0 if left or x >= 0 else -1)


def _cast(args: Any, attrs: dict[str, Any]) -> list[Type]:
    return [SCALARS[attrs["to"]]]


def _ordered(x: float, y: float, small: bool) -> float:
    """The smaller or the larger one: of zeros the second, as numpy."""
    if x != x or y != y:
        return math.nan
    if x == y:
        return y
    return min(x, y) if small else max(x, y)


def power_less(x: float, y: float, r: float) -> float:
    """x ** (y - 1), where r is x ** y: a division, unless r has lost digits or left the range."""
    return ieee_div(r, x) if 2.0**-100 < abs(r) < 2.0**100 else LIBM("pow", x, y - 1.0)


def _plain(r: Any) -> Any:
    """Whether `pow_less` divides."""
    size = call("abs")(r)
    return select(size.gt(2.0**-100), size, 2.0**101).lt(2.0**100)


def _power_before(x: Any, y: Any, r: Any) -> Any:
    """x ** (y - 1) for the derivative of r = x ** y: without r where that is a product anyway."""
    if y.number == 3.0:
        return x * x
    return x ** (y - 1.0) if y.number in (0.0, 1.0, 2.0) else call("pow_less")(x, y, r)


def _tie(g: Any, x: Any, y: Any, wins: Any) -> Any:
    """The share of `x` in maximum/minimum: all if it wins, half of a tie."""
    return select(wins, g, select(x.eq(y), g * 0.5, 0.0))


op("add", "N N -> N", eval=lambda x, y: x + y, llvm={"f": "fadd {T} {0}, {1}", "i": "add {T} {0}, {1}"},
   d=[lambda g, x, y, r: g, lambda g, x, y, r: g], commutes=True, doc="x plus y")
op("sub", "N N -> N", eval=lambda x, y: x - y, llvm={"f": "fsub {T} {0}, {1}", "i": "sub {T} {0}, {1}"},
   d=[lambda g, x, y, r: g, lambda g, x, y, r: -g], doc="x minus y")
def scaled(g: Any, factor: Any) -> Any:
    """g * factor; by an infinity that is known nothing comes of nothing: programs compute with bounds that they do not use."""
    number = factor.number
    return g * factor if number is None or math.isfinite(number) else masked(g, g * factor)


op("mul", "N N -> N", eval=lambda x, y: x * y, llvm={"f": "fmul {T} {0}, {1}", "i": "mul {T} {0}, {1}"},
   d=[lambda g, x, y, r: scaled(g, y), lambda g, x, y, r: scaled(g, x)], commutes=True, doc="x times y")
op("neg", "N -> N", eval=lambda x: -x, llvm={"f": "fneg {T} {0}", "i": "sub {T} 0, {0}"},
   d=[lambda g, x, r: -g], doc="minus x")
op("abs", "N -> N", eval=abs, d=[lambda g, x, r: masked(x, g * sign(x))], kink="0 at 0",
   doc="absolute value (wraps at the smallest int)")
op("sign", "N -> N", eval=lambda x: x if x != x else type(x)((x > 0) - (x < 0)), d=[zero], kink="0", doc="-1, 0 or 1; nan of nan")
op("div", "F F -> F", eval=ieee_div, llvm="fdiv {T} {0}, {1}", cost=4, singular=True,
   d=[lambda g, x, y, r: g / y, lambda g, x, y, r: -(g / y * r)], doc="x / y by IEEE 754")
op("floordiv", "N N -> N", eval=floor_divide, d=[zero, zero], cost=8,
   doc="x // y rounded towards minus infinity, as CPython; a zero divisor gives x / y (float) or 0 (int)")
op("mod", "N N -> N", eval=modulo, d=[lambda g, x, y, r: g, lambda g, x, y, r: -(g * floordiv(x, y))], cost=8,
   doc="x % y with the sign of y, as CPython; a zero divisor gives nan (float) or 0 (int)")
op("pow", "F F -> F", eval=lambda x, y: 1.0 if x == 1.0 or y == 0.0 else LIBM("pow", x, y), cost=30, singular=True, libm=("pow",),
   d=[lambda g, x, y, r: masked(y, g * (y * _power_before(x, y, r))), lambda g, x, y, r: masked(x, g * (r * log(x)))],
   kink="d/dx x**0 = 0; d/dy 0**y = 0", doc="x to the power y (libm's pow; 1**y and x**0 are 1 for every nan)")
op("pow_less", "F F F -> F", eval=power_less, cost=8, singular=True, bits="ulp(2)",
   d=[lambda g, x, y, r, p: select(
          _plain(r), -(g * p / x), select(y.eq(1.0), 0.0, g * ((y - 1.0) * x ** (y - 2.0)))),
      lambda g, x, y, r, p: select(_plain(r), 0.0, select(x.eq(0.0), 0.0, g * (p * log(x)))),
      lambda g, x, y, r, p: select(_plain(r), g / x, 0.0)],
   doc="x ** (y - 1) from r = x ** y: r / x where 2**-100 < abs(r) < 2**100, else libm's pow")
op("int_pow", "I I -> I", eval=int_power, cost=20, doc="x ** y for y >= 0, wrapping")

op("add_fits", "I I -> bool", eval=lambda x, y: _fits(x + y), doc="x + y does not overflow")
op("sub_fits", "I I -> bool", eval=lambda x, y: _fits(x - y), doc="x - y does not overflow")
op("mul_fits", "I I -> bool", eval=lambda x, y: _fits(x * y), doc="x * y does not overflow")
op("pow_fits", "I I -> bool", eval=lambda x, y: y >= 0 and (abs(x) <= 1 or (y < 64 and _fits(x**y))), cost=20,
   doc="x ** y, y >= 0, does not overflow")

op("eq", "T T -> bool", eval=lambda x, y: x == y, llvm={"f": "fcmp oeq {T} {0}, {1}", "i": "icmp eq {T} {0}, {1}"}, commutes=True,
   d=[zero, zero], doc="x == y")
op("ne", "T T -> bool", eval=lambda x, y: x != y, llvm={"f": "fcmp une {T} {0}, {1}", "i": "icmp ne {T} {0}, {1}"}, commutes=True,
   d=[zero, zero], doc="x != y")
op("lt", "N N -> bool", eval=lambda x, y: x < y, d=[zero, zero], doc="x < y",
   llvm={"f": "fcmp olt {T} {0}, {1}", "i": "icmp slt {T} {0}, {1}", "u": "icmp ult {T} {0}, {1}"})
op("le", "N N -> bool", eval=lambda x, y: x <= y, d=[zero, zero], doc="x <= y",
   llvm={"f": "fcmp ole {T} {0}, {1}", "i": "icmp sle {T} {0}, {1}", "u": "icmp ule {T} {0}, {1}"})
op("gt", "N N -> bool", eval=lambda x, y: x > y, d=[zero, zero], doc="x > y",
   llvm={"f": "fcmp ogt {T} {0}, {1}", "i": "icmp sgt {T} {0}, {1}", "u": "icmp ugt {T} {0}, {1}"})
op("ge", "N N -> bool", eval=lambda x, y: x >= y, d=[zero, zero], doc="x >= y",
   llvm={"f": "fcmp oge {T} {0}, {1}", "i": "icmp sge {T} {0}, {1}", "u": "icmp uge {T} {0}, {1}"})

op("and", "T T -> T", eval=lambda x, y: x & y, llvm="and {T} {0}, {1}", commutes=True, doc="bits of both (ints, bools)")
op("or", "T T -> T", eval=lambda x, y: x | y, llvm="or {T} {0}, {1}", commutes=True, doc="bits of either (ints, bools)")
op("xor", "T T -> T", eval=lambda x, y: x ^ y, llvm="xor {T} {0}, {1}", commutes=True, doc="bits of one of them (ints, bools)")
op("not", "bool -> bool", eval=lambda x: not x, llvm="xor i1 {0}, true", doc="logical not")
op("unlikely", "bool -> bool", eval=lambda x: x, llvm="and i1 {0}, true",
   doc="the same; a branch on it is expected to find it false, and a loop that goes on by it is not worth optimising")
op("invert", "I -> I", eval=lambda x: ~x, llvm="xor {T} {0}, -1", doc="all bits turned")
op("shl", "I I -> I", eval=lambda x, y: _shift(x, y, True), doc="x << y; 0 from the width on")
op("shr", "I I -> I", eval=lambda x, y: _shift(x, y, False), doc="x >> y with the sign kept; 0 or -1 from the width on")

op("select", "bool T T -> T", eval=lambda c, x, y: x if c else y, llvm="select i1 {0}, {T1} {1}, {T1} {2}",
   d=[zero, lambda g, c, x, y, r: select(c, g, 0.0), lambda g, c, x, y, r: select(c, 0.0, g)],
   doc="x if c else y, both computed")
op("masked", "F F -> F", eval=lambda g, x: 0.0 if g == 0.0 else x, d=[zero, lambda h, g, x, r: select(x.eq(x), h, 0.0)],
   doc="0 if g is 0, else x: a product with g whose other factor may be infinite. Its derivative is that of the product")
op("maximum", "F F -> F", eval=lambda x, y: _ordered(x, y, False), kink="a tie is split evenly",
   doc="larger one, nan if either is",
   d=[lambda g, x, y, r: _tie(g, x, y, x.gt(y)), lambda g, x, y, r: _tie(g, y, x, y.gt(x))])
op("minimum", "F F -> F", eval=lambda x, y: _ordered(x, y, True), kink="a tie is split evenly",
   doc="smaller one, nan if either is",
   d=[lambda g, x, y, r: _tie(g, x, y, x.lt(y)), lambda g, x, y, r: _tie(g, y, x, y.lt(x))])
op("cast", "T -> T", types=_cast, eval=lambda x: x, d=[lambda g, x, r: g.cast_like(x)],
   doc="to another machine type: float to int truncates (guard the range first; with `fits` it has been), int to float rounds, "
       "bool is 0 or 1")


def LIBM(name: str, *args: float) -> float:
    """One libm call, IEEE results and no exceptions (the C function that CPython's math module calls)."""
    result: float = libm_function(name, len(args))(*args)
    return result


_FUNCTIONS: dict[str, Any] = {}


def libm_function(name: str, arity: int) -> Any:
    """The C function of this name as a ctypes callable over doubles."""
    function = _FUNCTIONS.get(name)
    if function is None:
        import ctypes
        import ctypes.util
        import sys

        library = ctypes.CDLL(None) if sys.platform != "win32" else ctypes.CDLL(ctypes.util.find_library("msvcrt"))
        function = library[name]
        function.restype = ctypes.c_double
        function.argtypes = [ctypes.c_double] * arity
        _FUNCTIONS[name] = function
    return function


