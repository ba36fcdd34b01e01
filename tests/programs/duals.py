"""Numbers with tangents, and the tape of what was computed with them, from which their rounding is known."""

from __future__ import annotations

import builtins
import functools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np


def value(x: Any) -> Any:
    """The plain number inside."""
    while isinstance(x, Dual):
        x = x.v
    return x


class Dual:
    """A number, its tangent, and where the operation that made it is on the tape (-1: made of duals of duals)."""

    __slots__ = ("v", "t", "at")

    def __init__(self, v: Any, t: Any, at: int) -> None:
        self.v, self.t, self.at = v, t, at

    def __repr__(self) -> str:
        return f"Dual({self.v}, {self.t})"

    # -- arithmetic: value exactly as CPython computes it, tangent by the textbook rule -------------------------------

    def __add__(self, o: Any) -> Any:
        return binary(self, o, operator.add, lambda x, y, r: 1.0, lambda x, y, r: 1.0)

    def __radd__(self, o: Any) -> Any:
        return binary(o, self, operator.add, lambda x, y, r: 1.0, lambda x, y, r: 1.0)

    def __sub__(self, o: Any) -> Any:
        return binary(self, o, operator.sub, lambda x, y, r: 1.0, lambda x, y, r: -1.0)

    def __rsub__(self, o: Any) -> Any:
        return binary(o, self, operator.sub, lambda x, y, r: 1.0, lambda x, y, r: -1.0)

    def __mul__(self, o: Any) -> Any:
        return binary(self, o, operator.mul, lambda x, y, r: y, lambda x, y, r: x)

    def __rmul__(self, o: Any) -> Any:
        return binary(o, self, operator.mul, lambda x, y, r: y, lambda x, y, r: x)

    def __truediv__(self, o: Any) -> Any:
        return binary(self, o, operator.truediv, lambda x, y, r: 1.0 / y, lambda x, y, r: -(r / y))

    def __rtruediv__(self, o: Any) -> Any:
        return binary(o, self, operator.truediv, lambda x, y, r: 1.0 / y, lambda x, y, r: -(r / y))

    def __floordiv__(self, o: Any) -> Any:
        return value(self) // value(o)

    def __rfloordiv__(self, o: Any) -> Any:
        return value(o) // value(self)

    def __mod__(self, o: Any) -> Any:
        return binary(self, o, operator.mod, lambda x, y, r: 1.0, lambda x, y, r: -(value(x) // value(y)))

    def __rmod__(self, o: Any) -> Any:
        return binary(o, self, operator.mod, lambda x, y, r: 1.0, lambda x, y, r: -(value(x) // value(y)))

    def __divmod__(self, o: Any) -> Any:
        return self // o, self % o

    def __rdivmod__(self, o: Any) -> Any:
        return o // self, o % self

    def __pow__(self, o: Any) -> Any:
        return power(self, o)

    def __rpow__(self, o: Any) -> Any:
        return power(o, self)

    def __neg__(self) -> Any:
        return unary(self, operator.neg, lambda x, r: -1.0)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return unary(self, builtins.abs, lambda x, r: float(np.sign(value(x))))

    # -- decisions look at the value ----------------------------------------------------------------------------------

    def __lt__(self, o: Any) -> Any:
        return value(self) < value(o)

    def __le__(self, o: Any) -> Any:
        return value(self) <= value(o)

    def __gt__(self, o: Any) -> Any:
        return value(self) > value(o)

    def __ge__(self, o: Any) -> Any:
        return value(self) >= value(o)

    def __eq__(self, o: Any) -> Any:
        return value(self) == value(o)

    def __ne__(self, o: Any) -> Any:
        return value(self) != value(o)

    def __hash__(self) -> int:
        """As a key of a dict it is its value."""
        return hash(value(self))

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __bool__(self) -> Any:
        return bool(value(self))

    def __int__(self) -> int:
        return int(value(self))

    def __round__(self, n: Any = None) -> Any:
        return round(value(self)) if n is None else round(value(self), n)

    def __floor__(self) -> int:
        return math.floor(value(self))

    def __ceil__(self) -> int:
        return math.ceil(value(self))

    def __trunc__(self) -> int:
        return math.trunc(value(self))

    def __float__(self) -> float:
        raise TypeError("a Dual was turned into a float: the oracle lacks a dual version of something")

    @property
    def imag(self) -> Any:
        return value(self).imag

    def is_integer(self) -> Any:
        return bool(value(self).is_integer())

    def item(self) -> Any:
        return self

    def copy(self) -> Any:
        return self


def scaled(p: Any, t: Any) -> Any:
    """partial times tangent; a zero tangent masks an infinite partial (as a zero adjoint does)."""
    if not isinstance(p, Dual) and not isinstance(t, Dual) and (p == 0.0 or t == 0.0):
        return 0.0
    return p * t


trouble: list[Any] = []  # values and partials that were not finite: there 0 * inf decides, and orders of summation differ
ROUNDINGS = 64  # 1.4e-14 for float64; what is measured is below 1, or 8 where values may differ by an ulp (arrays)
tape: list[tuple[float, list[tuple[float, int]]]] = []  # of each operation: the tangent; per operand the partial, its place


def lift(v: Any, terms: list[tuple[Any, Dual]]) -> Dual:
    trouble.extend(a for a in (v, *(p for p, d in terms)) if not math.isfinite(value(a)))
    t = functools.reduce(operator.add, [scaled(p, d.t) for p, d in terms])
    return Dual(v, t, -1 if isinstance(v, Dual) else taped(t, [(float(p), d.at) for p, d in terms]))


def taped(t: float, terms: list[tuple[float, int]]) -> int:
    tape.append((float(t), terms))
    return len(tape) - 1


def leaf(v: Any, t: float) -> Dual:
    """An input."""
    return Dual(v, t, taped(t, []))


def rounding(at: int) -> float:
    """How far the rounding of its elementary operations moves the tangent of the operation `at`, in units of a rounding.

    Forward, products `partial * tangent` and sums of them are rounded, and the rest of the program carries an error on by
    the adjoint of the result. In reverse, products `adjoint * partial` and sums of them are rounded, and meet the tangent
    of the operand. The products are the same in both, so is one figure: the root of the sum of the squares of
    `adjoint * partial * tangent` and `sum of adjoints * tangent` (roundings are as good as independent). For a plain chain
    of n operations this is sqrt(n) times the derivative; large terms that cancel, at any place, make it grow.
    """
    adjoints: list[float | None] = [None] * at + [1.0]
    total = 0.0
    for k in range(at, -1, -1):
        adjoint, (tangent, terms) = adjoints[k], tape[k]
        if not adjoint:
            continue
        if len(terms) > 1:
            total = math.hypot(total, adjoint * tangent)
        for p, i in terms:
            part, before = scaled(adjoint, p), adjoints[i]
            if builtins.abs(p) != 1.0:
                total = math.hypot(total, scaled(part, tape[i][0]))
            if before is not None:
                total = math.hypot(total, scaled(part + before, tape[i][0]))
            adjoints[i] = total_part = part if before is None else part + before
            if not math.isfinite(total_part):
                return math.inf  # products in this order leave the range of floats
    return total


def unary(x: Any, f: Callable[..., Any], d: Callable[..., Any]) -> Any:
    if not isinstance(x, Dual):
        return f(x)
    r = f(x.v)
    if isinstance(x.v, Dual):
        return lift(r, [(d(x.v, r), x)])
    with np.errstate(all="ignore"):  # partials as IEEE numbers: they never raise
        return lift(r, [(d(np.float64(x.v), np.float64(r)), x)])


def depth(x: Any) -> int:
    n = 0
    while isinstance(x, Dual):
        x, n = x.v, n + 1
    return n


def binary(x: Any, y: Any, f: Callable[..., Any], dx: Callable[..., Any], dy: Callable[..., Any]) -> Any:
    x, y = (a[()] if isinstance(a, np.ndarray) and a.ndim == 0 else a for a in (x, y))
    if isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
        return f(*np.broadcast_arrays(np.asarray(x, object), np.asarray(y, object)))
    nx, ny = depth(x), depth(y)
    n = max(nx, ny)
    if n == 0:
        return f(x, y)
    xv, yv = x.v if nx == n else x, y.v if ny == n else y
    r = f(xv, yv)
    if n == 1:
        with np.errstate(all="ignore"):  # partials as IEEE numbers: they never raise
            xv, yv, r64 = np.float64(xv), np.float64(yv), np.float64(r)
            terms = [(dx(xv, yv, r64), x)] if nx == n else []
            terms += [(dy(xv, yv, r64), y)] if ny == n else []
            return lift(r, terms)
    return lift(r, ([(dx(xv, yv, r), x)] if nx == n else []) + ([(dy(xv, yv, r), y)] if ny == n else []))


def power(x: Any, y: Any) -> Any:
    """x ** y with the conventions of api.md: d/dx x**0 = 0, d/dy 0**y = 0."""

    def dx(x: Any, y: Any, r: Any) -> Any:
        return 0.0 if value(y) == 0 else y * x ** (y - 1)

    def dy(x: Any, y: Any, r: Any) -> Any:
        from programs.dualmath import log

        return 0.0 if value(x) == 0 else r * log(x)

    return binary(x, y, operator.pow, dx, dy)
