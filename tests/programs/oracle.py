"""The independent oracle: CPython runs the same function on dual numbers.

`dual_copy(f)` is `f` with its globals and closure translated: `math`, `numpy`, `abs`-like builtins and every Python function
they reach are replaced by versions that know `Dual`. Arrays become object arrays, so element access, views and elementwise
operators are numpy's own. A tangent may itself be a `Dual`: second derivatives are the same code run on duals of duals.

What a derivative's own rounding does to it is measured, not guessed: the run leaves a tape of its elementary operations,
and `rounding` goes back over it (see there). Comparisons are scaled by what it says, so no program needs a tolerance.
"""

from __future__ import annotations

import builtins
import dataclasses
import functools
import math
import operator
import types
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

    __hash__ = None  # type: ignore[assignment]

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
        return 0.0 if value(x) == 0 else r * log(x)

    return binary(x, y, operator.pow, dx, dy)


# -- math --------------------------------------------------------------------------------------------------------------


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
    "asinh": lambda x, r: 1.0 / root(1.0 + x * x),
    "acosh": lambda x, r: 1.0 / root((x - 1.0) * (x + 1.0)),
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
    """The derivative of lgamma for x > 0: its recurrence, then the asymptotic series."""
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
make_binary("fmod", lambda x, y, r: 1.0, lambda x, y, r: -float(np.trunc(value(x) / value(y))))


make_binary("remainder", lambda x, y, r: 1.0, lambda x, y, r: -np.round((value(x) - value(r)) / value(y)))
make_binary("nextafter", lambda x, y, r: 1.0, lambda x, y, r: 0.0)


def several(f: Callable[..., Any], partials: Callable[..., list[Any]]) -> Callable[..., Any]:
    """A function of any number of floats; `partials(xs, r)` are its derivatives."""
    def dual(*xs: Any) -> Any:
        n = builtins.max(map(depth, xs))
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


# -- numpy -------------------------------------------------------------------------------------------------------------


class DualArray(np.ndarray):
    """An object array whose elements are Duals or np.float64: what is stored becomes np.float64, as in a float array."""

    def __setitem__(self, index: Any, item: Any) -> None:
        super().__setitem__(index, stored(item) if not isinstance(item, (np.ndarray, list, tuple)) else item)


    def sum(self, *args: Any, **kwargs: Any) -> Any:
        return total(self, *args, **kwargs)

    def mean(self, *args: Any, **kwargs: Any) -> Any:
        return mean(self, *args, **kwargs)

    def any(self) -> Any:
        return np.any(np.asarray(self, bool))

    def all(self) -> Any:
        return np.all(np.asarray(self, bool))

    def var(self) -> Any:
        return variance(self)

    def std(self) -> Any:
        return norm_of(variance(self))

    def max(self, *args: Any) -> Any:
        return NUMPY["max"](self, *args)

    def min(self, *args: Any) -> Any:
        return NUMPY["min"](self, *args)

    def __matmul__(self, other: Any) -> Any:
        return wrapped(np.asarray(self) @ np.asarray(other))

    def __rmatmul__(self, other: Any) -> Any:
        return wrapped(np.asarray(other) @ np.asarray(self))


def wrapped(r: Any) -> Any:
    """A result of numpy: an array again, or the number itself."""
    return r.view(DualArray) if isinstance(r, np.ndarray) and r.ndim else r[()] if isinstance(r, np.ndarray) else r


def stored(x: Any) -> Any:
    """A number as the element of a float64 array."""
    return Dual(stored(x.v), x.t, x.at) if isinstance(x, Dual) else np.float64(x)


def dual_array(values: Any) -> Any:
    """An object array of the same shape."""
    out = np.empty(np.shape(values), object).view(DualArray)
    for index in np.ndindex(*out.shape):
        out[index] = values[index] if isinstance(values, np.ndarray) else functools.reduce(lambda v, k: v[k], index, values)
    return out


def is_object(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return builtins.any(map(is_object, x))
    return isinstance(x, Dual) or isinstance(x, np.ndarray) and x.dtype == object


def numpy_ufunc(ufunc: Any, scalar: Callable[..., Any]) -> Callable[..., Any]:
    """A ufunc that goes element by element as soon as an object array or a Dual is among its operands."""
    def quiet(*args: Any) -> Any:
        try:
            return stored(scalar(*args))
        except (ValueError, OverflowError):  # nan or inf of numpy's
            trouble.append(math.nan)
            return ufunc(*map(value, args))

    def dual(*args: Any) -> Any:
        if not builtins.any(map(is_object, args)):
            return ufunc(*args)
        if not builtins.any(isinstance(a, np.ndarray) for a in args):
            return quiet(*args)
        return np.frompyfunc(quiet, len(args), 1)(*args)

    return dual


def counted(*args: Any, **kwargs: Any) -> Any:
    """np.arange: objects, as what it is multiplied by may be floats into which duals are stored."""
    made = np.arange(*args, **kwargs)
    if made.dtype.kind == "f":
        return dual_array(made)
    out = np.empty(made.shape, object).view(DualArray)
    np.ndarray.__setitem__(out, slice(None), list(made))
    return out


def maker(name: str) -> Callable[..., Any]:
    plain = getattr(np, name)

    def dual(*args: Any, **kwargs: Any) -> Any:
        if name.endswith("_like") and args[0].dtype == object and "dtype" not in kwargs:
            kwargs["dtype"] = float
        made = plain(*args, **kwargs)
        return dual_array(made) if made.dtype.kind == "f" else made

    return dual


def dual_np_array(x: Any, dtype: Any = None) -> Any:
    if is_object(x):
        return dual_array(x)
    made = np.array(x, dtype=dtype)
    return dual_array(made) if made.dtype.kind == "f" else made


def total(a: Any, axis: Any = None) -> Any:
    return wrapped(np.asarray(a).sum(axis=axis)) if a.size or axis is not None else np.float64(0.0)


def mean(a: Any, axis: Any = None) -> Any:
    return total(a, axis) / (a.size if axis is None else a.shape[axis])


def undecided(x: Any) -> Any:
    """A nan is the extreme, as in numpy: which derivative it has is no convention."""
    if isinstance(x, Dual):
        trouble.append(x.v)
    return x


def chosen(better: Callable[[Any, Any], bool]) -> Callable[[Any], Any]:
    """np.max, np.min: ties share the tangent evenly."""
    def pick(a: Any, axis: Any = None) -> Any:
        if axis is not None:
            return dual_array([pick(line) for line in np.moveaxis(np.asarray(a), axis, -1)])
        flat = list(a.ravel())
        for x in flat:
            if value(x) != value(x):
                return undecided(x)
        best = functools.reduce(lambda p, q: q if better(value(q), value(p)) else p, flat)
        ties = [x for x in flat if value(x) == value(best)]
        return best if len(ties) == 1 else builtins.sum(ties[1:], ties[0]) / len(ties)

    return pick


def split(better: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
    def pick(x: Any, y: Any) -> Any:
        if value(x) == value(y):
            return (x + y) * 0.5
        for z in (x, y):
            if value(z) != value(z):
                return undecided(z)
        return x if better(value(x), value(y)) else y

    return pick


def where(c: Any, x: Any, y: Any) -> Any:
    return np.frompyfunc(lambda c, x, y: x if c else y, 3, 1)(c, x, y)


def cumsum(a: Any) -> Any:
    return wrapped(np.cumsum(np.asarray(a)))


def variance(a: Any) -> Any:
    d = a - mean(a)
    return total(d * d) / a.size


def norm_of(x: Any) -> Any:
    return sqrt(x) if value(x) > 0.0 else x * 0.0


def spaced(start: Any, stop: Any, num: int) -> Any:
    if not is_object((start, stop)):
        return dual_array(np.linspace(start, stop, num))
    step = (stop - start) / (num - 1)
    return dual_array([*(k * step + start for k in range(num - 1)), stop])


NUMPY_NAMES = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh"}
SAME_NAMES = ("sin", "cos", "tan", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p",
    "sqrt", "cbrt", "sinh", "cosh", "tanh")
MAKERS = ("zeros", "ones", "empty", "full", "zeros_like", "ones_like", "empty_like", "full_like", "linspace", "arange", "eye")
NUMPY: dict[str, Any] = {}
for _name in (*SAME_NAMES, *NUMPY_NAMES):
    if NUMPY_NAMES.get(_name, _name) in UNARY:
        NUMPY[_name] = numpy_ufunc(getattr(np, _name), UNARY[NUMPY_NAMES.get(_name, _name)])
NUMPY |= {n: maker(n) for n in MAKERS}
NUMPY |= {
    "arange": counted, "array": dual_np_array, "asarray": lambda x: x if isinstance(x, np.ndarray) else dual_np_array(x),
    "abs": numpy_ufunc(np.abs, builtins.abs), "fabs": numpy_ufunc(np.abs, builtins.abs),
    "square": numpy_ufunc(np.square, lambda x: x * x),
    "arctan2": numpy_ufunc(np.arctan2, BINARY["atan2"]), "hypot": numpy_ufunc(np.hypot, BINARY["hypot"]),
    "maximum": numpy_ufunc(np.maximum, split(operator.gt)), "minimum": numpy_ufunc(np.minimum, split(operator.lt)),
    "sign": numpy_ufunc(np.sign, lambda x: float(np.sign(value(x)))),
    "floor": numpy_ufunc(np.floor, lambda x: float(np.floor(value(x)))),
    "dot": lambda a, b: wrapped(np.asarray(a) @ np.asarray(b)), "sum": total,
    "mean": mean, "max": chosen(operator.gt), "min": chosen(operator.lt), "where": where,
    "inner": lambda a, b: wrapped(np.asarray(a) @ np.asarray(b)),
    "outer": lambda a, b: wrapped(np.outer(np.asarray(a), np.asarray(b))),
    "prod": lambda a: functools.reduce(operator.mul, a.ravel(), np.float64(1.0)), "cumsum": cumsum,
    "var": variance, "std": lambda a: norm_of(variance(a)), "linspace": spaced, "trace": lambda a: np.trace(np.asarray(a)),
    "clip": lambda a, low, high: NUMPY["minimum"](NUMPY["maximum"](a, low), high),
    "any": lambda a: bool(np.any(np.asarray(a, bool))), "all": lambda a: bool(np.all(np.asarray(a, bool))),
    **{n: numpy_ufunc(getattr(np, n), value_only(getattr(np, n))) for n in ("isfinite", "isnan", "isinf")},
    "linalg": Patched(np.linalg, {"norm": lambda a: norm_of(total(a * a))}),
    "float64": stored, "argmax": lambda a: int(np.argmax([value(x) for x in a.ravel()])),
    "argmin": lambda a: int(np.argmin([value(x) for x in a.ravel()])),
}


DUAL_MATH = Patched(math, MATH)
DUAL_NUMPY = Patched(np, NUMPY)
KNOWN: list[tuple[Any, Any]] = [(math, DUAL_MATH), (np, DUAL_NUMPY)]
KNOWN += [(getattr(math, n), d) for n, d in MATH.items() if callable(d)]
KNOWN += [(getattr(np, n), d) for n, d in NUMPY.items()]


def dual_float(x: Any = 0.0) -> Any:
    return Dual(dual_float(x.v), x.t, x.at) if isinstance(x, Dual) else float(x)


def dual_pow(x: Any, y: Any) -> Any:
    return power(x, y) if is_object((x, y)) else pow(x, y)


def dual_isinstance(x: Any, classes: Any) -> Any:
    plain = {dual_float: float, stored: np.float64}
    return isinstance(value(x), tuple(plain.get(c, c) for c in (classes if isinstance(classes, tuple) else (classes,))))


BUILTINS = dict(vars(builtins)) | {"float": dual_float, "pow": dual_pow, "isinstance": dual_isinstance}


# -- functions ---------------------------------------------------------------------------------------------------------


class Translation:
    """Functions with their surroundings made dual; each object is translated once, so recursion closes."""

    def __init__(self) -> None:
        self.done: dict[int, Any] = {}
        self.keep: list[Any] = []
        self.globals: dict[int, dict[str, Any]] = {}

    def __call__(self, obj: Any) -> Any:
        for plain, dual in KNOWN:
            if obj is plain:
                return dual
        if id(obj) in self.done:
            return self.done[id(obj)]
        self.keep.append(obj)
        if isinstance(obj, types.FunctionType):
            return self.function(obj)
        if type(obj) is type and obj.__module__.startswith("programs.") and not issubclass(obj, BaseException):
            return self.of_class(obj)
        if isinstance(obj, functools.partial):
            return functools.partial(self(obj.func), *map(self, obj.args), **{k: self(v) for k, v in obj.keywords.items()})
        if type(obj) in (tuple, list):
            return type(obj)(map(self, obj))
        if type(obj) is dict:
            return {k: self(v) for k, v in obj.items()}
        if isinstance(obj, np.ndarray) and obj.dtype.kind == "f":
            return dual_array(obj)
        return obj

    def of_class(self, cls: type) -> type:
        """A class with its methods translated; instances that exist already are of the old one."""
        names = ("__slots__", "__doc__", "__module__", "__qualname__", "__match_args__")
        kept = {n: v for n, v in vars(cls).items() if n in names}
        made = type(cls.__name__, tuple(map(self, cls.__bases__)), kept)
        self.done[id(cls)] = made
        for name, value in vars(cls).items():
            if name in kept or isinstance(value, (types.MemberDescriptorType, types.GetSetDescriptorType)):
                continue
            if isinstance(value, property):
                value = property(*(None if part is None else self(part) for part in (value.fget, value.fset, value.fdel)))
            elif isinstance(value, (staticmethod, classmethod)):
                value = type(value)(self(value.__func__))
            setattr(made, name, self(value))
        return made

    def function(self, f: types.FunctionType) -> types.FunctionType:
        cells = tuple(types.CellType() for _ in f.__closure__ or ())
        made = types.FunctionType(f.__code__, self.names(f.__globals__), f.__name__, None, cells)
        self.done[id(f)] = made
        made.__defaults__ = None if f.__defaults__ is None else tuple(map(self, f.__defaults__))
        made.__kwdefaults__ = None if f.__kwdefaults__ is None else {k: self(v) for k, v in f.__kwdefaults__.items()}
        for new, old in zip(cells, f.__closure__ or ()):
            new.cell_contents = self(old.cell_contents)
        return made

    def names(self, namespace: dict[str, Any]) -> dict[str, Any]:
        found = self.globals.get(id(namespace))
        if found is None:
            found = self.globals[id(namespace)] = _Names(self, namespace)
        return found


class _Names(dict):  # type: ignore[type-arg]
    """Globals, translated. A dict subclass is not consulted by LOAD_GLOBAL for missing keys, so all names are there."""

    def __init__(self, translate: Translation, namespace: dict[str, Any]) -> None:
        super().__init__()
        translate.globals[id(namespace)] = self
        self["__builtins__"] = BUILTINS
        self["__name__"] = namespace.get("__name__", "dual")
        for name, obj in list(namespace.items()):
            if not name.startswith("__"):
                self[name] = translate(obj)


def dual_copy(f: Any) -> Any:
    """The same function on dual numbers."""
    return Translation()(f)


# -- derivatives -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Derivative:
    """A directional derivative and its condition: the derivative itself or what rounding does to it, if that is more."""

    value: Any
    tangent: float
    condition: float

    def agrees(self, other: Any, dtype: Any = np.float64) -> Any:
        """Whether a derivative that was computed otherwise, with numbers of `dtype`, is the same."""
        return bool(builtins.abs(float(other) - self.tangent) <= ROUNDINGS * float(np.finfo(dtype).eps) * self.condition)


def seeded(x: Any, t: Any) -> Any:
    """An argument with its tangent (None: constant); arrays are copied."""
    if isinstance(x, tuple):
        parts = [seeded(a, None if t is None else b) for a, b in zip(x, t if t is not None else x)]
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    if isinstance(x, np.ndarray):
        if x.dtype.kind != "f":
            return x.copy()
        out = dual_array(x)
        if t is not None:
            for index in np.ndindex(*x.shape):
                out[index] = leaf(x[index], float(t[index]))
        return out
    return leaf(x, float(t)) if t is not None and isinstance(x, float) else x


def directional(dual: Any, args: tuple[Any, ...], tangents: tuple[Any, ...]) -> Derivative:
    """The derivative of a scalar function in a direction; `dual` comes from `dual_copy`."""
    tape.clear()
    r = dual(*(seeded(a, t) for a, t in zip(args, tangents)))
    return derivative(r[()] if isinstance(r, np.ndarray) and r.ndim == 0 else r)


def derivative(r: Any) -> Derivative:
    if not isinstance(r, Dual):
        return Derivative(r, 0.0, 0.0)
    return Derivative(r.v, float(r.t), max(builtins.abs(float(r.t)), rounding(r.at)))


def second(dual: Any, x: float, rest: tuple[Any, ...]) -> Derivative:
    """d2/dx2 of a function of a float first argument: the derivative of what computes the first derivative."""
    tape.clear()
    r = dual(Dual(leaf(x, 1.0), 1.0, -1), *(seeded(a, None) for a in rest))
    return derivative(r.t if isinstance(r, Dual) else r)
