"""numpy on arrays of dual numbers, and builtins."""

from __future__ import annotations

import builtins
import functools
import math
import operator
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from programs.dualmath import BINARY, MATH, UNARY, Patched, sqrt, value_only
from programs.duals import Dual, binary, power, trouble, value


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

    def argmax(self) -> Any:
        return np.argmax([value(x) for x in self.ravel()])

    def argmin(self) -> Any:
        return np.argmin([value(x) for x in self.ravel()])

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


def arrayed(a: Any) -> Any:
    """What numpy makes of a list."""
    return a if isinstance(a, np.ndarray) else dual_np_array(a)


def total(a: Any, axis: Any = None) -> Any:
    a = arrayed(a)
    return wrapped(np.asarray(a).sum(axis=axis)) if a.size or axis is not None else np.float64(0.0)


def mean(a: Any, axis: Any = None) -> Any:
    a = arrayed(a)
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
        best, other = (x, y) if better(value(x), value(y)) else (y, x)
        if isinstance(best, Dual) or not isinstance(other, Dual):
            return best
        return binary(other, best, lambda a, b: b, lambda a, b, r: 0.0, lambda a, b, r: 1.0)  # a number with a tangent of zero

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


def plain_item(x: Any) -> Any:
    """An element as the number of Python that a function under np.vectorize sees."""
    return Dual(plain_item(x.v), x.t, x.at) if isinstance(x, Dual) else x.item() if isinstance(x, np.generic) else x


def vectorize(f: Any, otypes: Any = None) -> Any:
    """np.vectorize with elements that may be duals."""
    def over(*args: Any, **named: Any) -> Any:
        if not builtins.any(map(is_object, (*args, *named.values()))):
            plain = [float if t is dual_float else t for t in otypes or ()] or None
            with suppress(TypeError):  # what it returns can be duals all the same
                return np.vectorize(f, plain)(*args, **named)

        def at(*items: Any) -> Any:
            return f(*items[: len(args)], **dict(zip(named, items[len(args):])))

        given = [arrayed(a) if isinstance(a, list) else a for a in (*args, *named.values())]
        plain = np.frompyfunc(plain_item, 1, 1)
        found = np.asarray(np.frompyfunc(at, len(given), 1)(*(plain(np.asarray(a, object)) for a in given)))
        return dual_array(found) if found.ndim else stored(found[()])

    return over


def resized(a: Any, shape: Any) -> Any:
    a = arrayed(a) if isinstance(a, (list, np.ndarray)) else dual_array([a])
    return wrapped(np.resize(np.asarray(a), shape))


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
    "vectorize": vectorize, "resize": resized,
    "inner": lambda a, b: wrapped(np.asarray(a) @ np.asarray(b)),
    "outer": lambda a, b: wrapped(np.outer(np.asarray(a), np.asarray(b))),
    "prod": lambda a: functools.reduce(operator.mul, a.ravel(), np.float64(1.0)), "cumsum": cumsum,
    "var": variance, "std": lambda a: norm_of(variance(a)), "linspace": spaced, "trace": lambda a: np.trace(np.asarray(a)),
    "clip": lambda a, low, high: NUMPY["minimum"](NUMPY["maximum"](a, low), high),
    "any": lambda a: bool(np.any(np.asarray(a, bool))), "all": lambda a: bool(np.all(np.asarray(a, bool))),
    **{n: numpy_ufunc(getattr(np, n), value_only(getattr(np, n))) for n in ("isfinite", "isnan", "isinf")},
    "linalg": Patched(np.linalg, {"norm": lambda a: norm_of(total(a * a))}),
    "float64": stored, "argmax": lambda a: int(a.argmax()),
    "argmin": lambda a: int(a.argmin()),
}


DUAL_MATH = Patched(math, MATH)
DUAL_NUMPY = Patched(np, NUMPY)
KNOWN: list[tuple[Any, Any]] = [(math, DUAL_MATH), (np, DUAL_NUMPY)]
KNOWN += [(getattr(math, n), d) for n, d in MATH.items() if callable(d)]
KNOWN += [(getattr(np, n), d) for n, d in NUMPY.items()]


def dual_float(x: Any = 0.0) -> Any:
    if isinstance(x, np.ndarray) and x.dtype == object and x.size == 1:
        x = x.item()
    return Dual(dual_float(x.v), x.t, x.at) if isinstance(x, Dual) else float(x)


def dual_pow(x: Any, y: Any) -> Any:
    return power(x, y) if is_object((x, y)) else pow(x, y)


def dual_isinstance(x: Any, classes: Any) -> Any:
    plain = {dual_float: float, stored: np.float64}
    return isinstance(value(x), tuple(plain.get(c, c) for c in (classes if isinstance(classes, tuple) else (classes,))))


BUILTINS = dict(vars(builtins)) | {"float": dual_float, "pow": dual_pow, "isinstance": dual_isinstance}
