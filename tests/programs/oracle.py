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
import types
from collections.abc import Iterable
from typing import Any

import numpy as np

from programs.dualarrays import BUILTINS, KNOWN, dual_array
from programs.duals import ROUNDINGS, Dual, leaf, rounding, tape

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
        written = type(obj) is type and (obj.__module__.startswith("programs.") or obj.__module__ == "fuzzed")
        if written and not issubclass(obj, BaseException):
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

    def agrees(self, other: Any, dtype: Any = np.float64, of: Iterable[float] = ()) -> Any:
        """Whether a derivative that was computed otherwise, with numbers of `dtype`, is the same. `of`: the terms it is the
        sum of. In a direction in which tangents cancel at once, adjoints of 1e15 may be added up, each with its rounding."""
        condition = max(self.condition, sum(map(builtins.abs, of)))
        return bool(builtins.abs(float(other) - self.tangent) <= ROUNDINGS * float(np.finfo(dtype).eps) * condition)


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
