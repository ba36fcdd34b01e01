"""Python functions that compiled code calls: print, logging, warnings, and what `irad.callback` is given.

    print("x =", x)          tell %x {outlet='print'}        symbol @print: an Outlet, which makes ("x =", 2.0) of (2.0,)

An outlet knows the function and how its arguments are made of numbers and arrays. So all texts are made by CPython itself, when
the program comes to the place.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from irad.errors import IradError, for_user
from irad.infer.context import Context, type_name
from irad.infer.exceptions import CHAIN, Recipe, follow, is_exception
from irad.infer.heap import content_of, items_tree
from irad.infer.kinds import CLASSES
from irad.infer.values import (
    AV,
    Arr,
    Bound,
    Choice,
    Fn,
    FrozenCell,
    Growing,
    Known,
    Num,
    Obj,
    Partial,
    Record,
    Seq,
    Shape,
    rebuild,
)
from irad.ir.core import Value
from irad.ir.types import Array, Scalar

DEEPEST = 16  # objects in objects
WHO = "irad.callback: the function"


class Outlet:
    """A Python function, and how to make its arguments of what compiled code passes.

    `space`: the globals of the function that the call is written in. `looks`: the function asks who calls it (logging and
    warnings do). `result`: what it is to return, as `irad.callback` was told. `unless`: an error to raise instead, if there is
    one.
    """

    def __init__(
        self, function: Any, args: Sequence[Recipe], kwargs: dict[str, Recipe], space: dict[str, Any], looks: bool = False,
        result: Result | None = None, unless: Sequence[IradError] = (),
    ) -> None:
        self.function = function
        self.args, self.kwargs = tuple(args), kwargs
        self.space, self.looks, self.result, self.unless = space, looks, result, unless
        self.__module__ = getattr(function, "__module__", "") or ""
        self.__qualname__ = getattr(function, "__qualname__", type(function).__name__)

    def arguments(self, parts: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of the function, of these numbers and arrays."""
        for error in self.unless:
            raise error
        args = [follow(r, parts) for r in self.args]
        return args, {k: follow(r, parts) for k, r in self.kwargs.items()} if self.kwargs else {}

    def taken(self, value: Any, places: Sequence[Any]) -> list[Any]:
        """The scalars of what the function returned; its arrays go to their places."""
        if self.result is None:
            return []
        found: list[Any] = []
        self.result.take(value, iter(places), found)
        return found

    def call(self, parts: Sequence[Any], places: Sequence[Any]) -> list[Any]:
        """The whole way."""
        args, kwargs = self.arguments(parts)
        return self.taken(self.function(*args, **kwargs), places)


# -- what a function is to return --------------------------------------------------------------------------------


class Result:
    """A number of a class, an array of a dtype, a tuple of such; None: nothing is asked. `optional`: None stands for zeros."""

    def __init__(self, what: Any, items: Sequence[Result] = (), optional: bool = False) -> None:
        self.what, self.items, self.optional = what, tuple(items), optional

    def take(self, value: Any, places: Iterator[Any], scalars: list[Any]) -> None:
        """Put the arrays of a value at their places, and its numbers to the others.

        Raises
        ------
        TypeError, ValueError
            If the value is something else.
        """
        if self.what is tuple:
            if value is None and all(item.optional or item.what is None for item in self.items):
                value = (None,) * len(self.items)
            if not isinstance(value, (tuple, list)) or len(value) != len(self.items):
                raise for_user(TypeError(f"{WHO} returned {_shown(value)}, not a tuple of {len(self.items)}"))
            for item, part in zip(self.items, value, strict=True):
                item.take(part, places, scalars)
        elif isinstance(self.what, np.dtype):
            place = next(places)
            fill(place, np.zeros_like(place) if value is None and self.optional else value)
        elif self.what is not None:
            scalars.append(number(0.0 if value is None and self.optional else value, self.what))


def number(value: Any, cls: type) -> Any:
    """A value as a number of this class, if it is one without loss."""
    exact = np.asarray(value)
    want = np.dtype(cls)
    if exact.ndim or not np.can_cast(exact.dtype, want, "same_kind") or (want.kind == "i" and exact.dtype.kind == "b"):
        raise for_user(TypeError(f"{WHO} returned {_shown(value)}, not {article(cls.__name__)}"))
    return cls(value)


def fill(place: Any, value: Any) -> None:
    """Write an array that a function returned to where compiled code expects it."""
    given = np.asarray(value)
    if given.shape != place.shape:
        raise for_user(ValueError(f"{WHO} returned an array of shape {given.shape}, not {place.shape}"))
    if not np.can_cast(given.dtype, place.dtype, "same_kind"):
        raise for_user(TypeError(f"{WHO} returned an array of {given.dtype}, not {place.dtype}"))
    place[...] = given


def _shown(value: Any) -> str:
    if value is None:
        return "None"
    shape = f" of shape {value.shape}" if isinstance(value, np.ndarray) else ""
    return article(type(value).__name__) + shape


def article(name: str) -> str:
    """The name of a class with its article."""
    return f"an {name}" if name[:1] in "aeiou" else f"a {name}"


def called(function: Any, *args: Any) -> Any:
    """function(*args): for outlets whose function is made at each call."""
    return function(*args)


# -- arguments ---------------------------------------------------------------------------------------------------


def outgoing(cx: Context, av: AV, values: list[Value], depth: int = 0) -> Recipe:
    """How to make a value of what is passed, which is added to `values`."""
    if depth > DEEPEST:
        cx.unsupported("an object that holds itself as an argument of a Python function", kind="object", hint="pass its parts")
    av = content_of(cx, av)
    if isinstance(av, Growing):
        av = items_tree(cx, av)

    def inner(items: Sequence[AV]) -> list[Recipe]:
        return [outgoing(cx, item, values, depth + 1) for item in items]

    if isinstance(av, Known):
        return "known", av.obj
    if isinstance(av, Fn):
        code, space, count, names, name = av.static
        return "function", code, space.obj, name, count, names, inner([c.children[0] if isinstance(c, FrozenCell) else c
                                                                       for c in av.children])
    if isinstance(av, Partial):
        return "partial", av.static, inner(av.children)
    if isinstance(av, Bound) and isinstance(av.owner, Known):
        own = av.function
        return "known", getattr(av.owner.obj, own) if isinstance(own, str) else types.MethodType(own, av.owner.obj)
    if isinstance(av, Record) and av.static[0] == "by place":
        return "known", av.static[1].obj
    if isinstance(av, Num):
        classes = [CLASSES[kind] for kind in av.kinds]
        if av.tag is None:
            return "number", classes[0], _place(av.value, values)
        recipes = [("number", cls, _place(av.value, values)) for cls in classes]
        return "choice", _place(av.tag, values), recipes
    if isinstance(av, Choice):
        return "choice", _place(av.tag, values), inner(av.members)
    if isinstance(av, Arr) and isinstance(av.type.elem, Scalar):
        return "part", _place(av.value, values)
    if is_exception(av):
        fields = {name: child for name, child in zip(av.static[2], av.children, strict=True) if name not in CHAIN}
        return "exception", av.static[1], tuple(fields), inner(list(fields.values()))
    if isinstance(av, Seq):
        return "items", av.cls, inner(av.items)
    if isinstance(av, Obj):
        return "object", *av.static, inner(av.children)
    if isinstance(av, Record) and av.static[0] == "dict":
        return "dict", av.static[1], inner(av.children), (av.static[2] if len(av.static) > 2 else dict)
    if isinstance(av, Record) and av.static[0] == "text":
        return "text", av.static[1], tuple(_place(leaf, values) for leaf in av.leaves)
    if isinstance(av, Record) and av.static[0] == "items":
        return "column", _item(cx, av.static[1]), [_place(c.leaves[0], values) for c in av.children]
    cx.unsupported(
        f"a value of type {type_name(av)} as an argument of a Python function", kind="object",
        hint="pass its numbers, or its text",
    )


def _item(cx: Context, shape: Shape) -> Recipe:
    """How to make an item of a list of run-time length from one element of each of its columns."""
    values = [Value(t) for t in shape.flat_types()]
    if any(isinstance(v.type, Array) for v in values):
        cx.unsupported("a list of arrays of run-time length as an argument of a Python function", kind="list",
                       hint="pass np.array(xs)")
    return outgoing(cx, rebuild(shape, iter(values)), list(values))


def _place(value: Value, values: list[Value]) -> int:
    for i, known in enumerate(values):
        if known is value:
            return i
    values.append(value)
    return len(values) - 1


def tell(
    cx: Context, function: Any, args: Sequence[AV], kwargs: dict[str, AV], looks: bool = False, name: str = "",
    unless: Sequence[IradError] = (),
) -> AV:
    """Let CPython call a function whose result is not looked at."""
    values: list[Value] = []
    recipes = [outgoing(cx, a, values) for a in args]
    named = {k: outgoing(cx, v, values) for k, v in kwargs.items()}
    outlet = Outlet(function, recipes, named, cx.fn.globals if cx.fn is not None else {}, looks, unless=unless)
    cx.builder.do("tell", *values, outlet=cx.unit.symbol(outlet, name or getattr(function, "__name__", "call")))
    return Known(None)

