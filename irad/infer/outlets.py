"""Python functions that compiled code calls: print, logging, warnings, and what `irad.callback` is given.

    print("x =", x)          tell %x {outlet='print'}        symbol @print: an Outlet, which makes ("x =", 2.0) of (2.0,)

An outlet knows the function and how its arguments are made of numbers and arrays. So all texts are made by CPython itself, when
the program comes to the place.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from irad.errors import IradError, for_user
from irad.infer import runtuples
from irad.infer.context import Context, type_name
from irad.infer.exceptions import Recipe, catch, caught, follow, is_exception, released
from irad.infer.foreign import wrapped
from irad.infer.heap import content_of
from irad.infer.kinds import CLASSES, MACHINE
from irad.infer.shapes import AV, Shape
from irad.infer.trees import items_tree
from irad.infer.values import (
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
    Ref,
    Row,
    Seq,
    Table,
)
from irad.ir.core import Value
from irad.ir.types import Scalar

DEEPEST = 16  # objects in objects
WHO = "irad.callback: the function"
TO_PYTHON = "as an argument of a Python function"


class Outlet:
    """A Python function, and how to make its arguments of what compiled code passes.

    `space`: the globals of the function that the call is written in. `looks`: the function asks who calls it (logging and
    warnings do). `result`: what it is to return, as `irad.callback` was told. `unless`: an error to raise instead, if there is
    one. `catches`: what comes back begins with 0, or with the number of an exception.
    """

    def __init__(
        self, function: Any, args: Sequence[Recipe], kwargs: dict[str, Recipe], space: dict[str, Any], looks: bool = False,
        result: Result | None = None, unless: Sequence[IradError] = (), catches: bool = False,
    ) -> None:
        self.function = function
        self.args, self.kwargs = tuple(args), kwargs
        self.space, self.looks, self.result, self.unless, self.catches = space, looks, result, unless, catches
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
        try:
            args, kwargs = self.arguments(parts)
            found = self.taken(self.function(*args, **kwargs), places)
        except Exception as error:
            return self.failed(error)
        return [0, *found] if self.catches else found

    def failed(self, error: BaseException) -> list[Any]:
        """What comes back in the place of a result: where a handler waits, the number of the exception."""
        if not self.catches or not isinstance(error, Exception):
            raise error
        return [catch(error), *(scalar() for scalar in self.scalars())]

    def scalars(self) -> list[Any]:
        """The classes of the numbers that come back."""
        return [] if self.result is None else list(self.result.scalars())


# -- what a function is to return --------------------------------------------------------------------------------


class Result:
    """A number of a class, an array of a dtype, a tuple of such; None: nothing is asked. `optional`: None stands for zeros."""

    def __init__(self, what: Any, items: Sequence[Result] = (), optional: bool = False) -> None:
        self.what, self.items, self.optional = what, tuple(items), optional

    def scalars(self) -> Iterator[Any]:
        """The classes of the numbers in it."""
        if self.what is tuple:
            for item in self.items:
                yield from item.scalars()
        elif self.what is not None and not isinstance(self.what, np.dtype):
            yield self.what

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


def ask_number(cx: Context, function: Any, args: Sequence[AV], cls: type) -> AV:
    """Let CPython call a function that returns an int, a float or a bool."""
    values: list[Value] = []
    outlet = Outlet(function, [outgoing(cx, a, values) for a in args], {}, {}, result=Result(cls))
    kind = cls.__name__
    (found,) = cx.builder.emit("ask", values, [MACHINE[kind]], {
        "outlet": cx.unit.symbol(outlet, getattr(function, "__name__", "call")), "outs": 0, "types": (kind,),
    })
    return Num(kind, found)


def asked_class(cx: Context, number: AV, classes: tuple[type, ...]) -> Value:
    """Whether the exception with this number is of one of the classes."""
    return ask_number(cx, _is_of, [number, Known(classes)], bool).leaves[0]


def kept(cx: Context, recipe: Recipe, values: Sequence[Value]) -> tuple[Recipe, list[Value]]:
    """The recipe of an exception that CPython makes and keeps when the program comes here: from its number."""
    (number,) = cx.builder.emit("keep", values, [MACHINE["int"]], {"outlet": cx.unit.symbol(Outlet(
        catch, [recipe], {}, {}, result=Result(int)), "exception")})
    return ("made", released, (0,)), [number]


def _is_of(number: int, classes: tuple[type, ...]) -> bool:
    return isinstance(caught(number), classes)


# -- arguments ---------------------------------------------------------------------------------------------------


def outgoing(cx: Context, av: AV, values: list[Value], depth: int = 0) -> Recipe:
    """How to make a value of what is passed, which is added to `values`."""
    if depth > DEEPEST:
        cx.unsupported(f"an object that holds itself {TO_PYTHON}", kind="object", hint="pass its parts")
    if runtuples.is_tuple(av):
        assert isinstance(av, Ref)
        av = content_of(cx, runtuples.list_of(cx, av))
        av = runtuples.tree(items_tree(cx, av) if isinstance(av, Growing) else av)
    av = content_of(cx, av)
    if isinstance(av, Growing):
        av = items_tree(cx, av)

    def inner(items: Sequence[AV]) -> list[Recipe]:
        return [outgoing(cx, item, values, depth + 1) for item in items]

    if isinstance(av, Known):
        return "known", av.obj
    if isinstance(av, Fn) and isinstance(av.holder, Known):
        return "known", av.holder.obj
    if isinstance(av, Fn) and av.holder is not None:
        cx.unsupported(f"a function with attributes {TO_PYTHON}", kind="object", hint="pass what it computes")
    if isinstance(av, Fn):
        code, space, count, names, name = av.static[:5]
        return "function", code, space.obj, name, count, names, inner([c.children[0] if isinstance(c, FrozenCell) else c
                                                                       for c in av.children])
    if isinstance(av, Partial):
        return "partial", av.static, inner(av.children)
    if isinstance(av, Bound) and isinstance(av.owner, Known):
        own = av.function
        return "known", getattr(av.owner.obj, own) if isinstance(own, str) else types.MethodType(own, av.owner.obj)
    if wrapped(av) is not None:
        return "known", wrapped(av)
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
        return "exception", av.static[1], av.static[2], inner(av.children)
    if isinstance(av, Seq):
        return "items", av.cls, inner(av.items)
    if isinstance(av, Obj):
        return "object", *av.static, inner(av.children)
    if isinstance(av, Record) and av.static[0] == "dict":
        return "dict", av.static[1], inner(av.children), (av.static[2] if len(av.static) > 2 else dict)
    if isinstance(av, Table) and av.static is dict and _has_form(av.keys.item) and _has_form(av.values.item):
        one, other = (items_tree(cx, part) for part in (av.keys, av.values))
        places = [_place(c.leaves[0], values) for c in (*one.children, *other.children)]
        return "made", functools.partial(paired, one.static[1], other.static[1], len(one.children)), places
    if isinstance(av, Record) and av.static[0] == "text":
        return "text", av.static[1], tuple(_place(leaf, values) for leaf in av.leaves)
    if isinstance(av, Record) and av.static[0] == "items":
        if not _has_form(av.static[1]):
            cx.unsupported(f"a list of run-time length with such items {TO_PYTHON}", kind="list",
                           hint="pass np.array(xs), or the items")
        make = functools.partial(listed, av.static[1], cls=tuple if av.static[2:] else list)
        return "made", make, [_place(c.leaves[0], values) for c in av.children]
    cx.unsupported(
        f"a value of type {type_name(av)} {TO_PYTHON}", kind="object",
        hint="pass its numbers, or its text",
    )


def listed(item: Shape, columns: Sequence[Any], cls: Callable[[Any], Any] = list) -> Any:
    """A list, or a tuple, of run-time length, from an array for each number in an item."""
    ways = [iter(column.tolist()) for column in columns]

    def made(shape: Shape, at: int) -> tuple[Any, int]:
        """An item, and the next column after its own."""
        if shape.cls is Num:
            value = next(ways[at])
            several = len(shape.types) > 1
            return CLASSES[shape.static[next(ways[at + 1]) if several else 0]](value), at + 1 + several
        if shape.cls is Arr:
            return next(ways[at]), at + 1
        if shape.cls is Known:
            return shape.static.obj, at
        if shape.cls is Row:  # its length, then its items, one after the other in columns of their own
            items = [made(shape.static, at + 1)[0] for _ in range(next(ways[at]))]
            return items, at + 1 + _width(shape.static)
        parts = []
        for child in shape.children:
            part, at = made(child, at)
            parts.append(part)
        return (shape.static(*parts) if hasattr(shape.static, "_fields") else shape.static(parts)), at

    return cls(made(item, 0)[0] for _ in range(len(columns[0])))


def paired(key: Shape, value: Shape, count: int, columns: Sequence[Any]) -> dict[Any, Any]:
    """A dict whose keys are known at run time only; the first `count` columns are those of the keys."""
    return dict(zip(listed(key, columns[:count]), listed(value, columns[count:]), strict=True))


def _width(shape: Shape) -> int:
    if shape.cls is Row:
        return 1 + _width(shape.static)
    return len(shape.types) + sum(map(_width, shape.children))


def _has_form(shape: Shape) -> bool:
    """Whether `listed` makes such items."""
    if shape.cls is Row:
        return _has_form(shape.static)
    return shape.cls in (Num, Arr, Known) or (shape.cls is Seq and all(map(_has_form, shape.children)))


def _place(value: Value, values: list[Value]) -> int:
    for i, known in enumerate(values):
        if known is value:
            return i
    values.append(value)
    return len(values) - 1


def tell(
    cx: Context, function: Any, args: Sequence[AV], kwargs: dict[str, AV], looks: bool = False, name: str = "",
    unless: Sequence[IradError] = (), **attrs: Any,
) -> AV:
    """Let CPython call a function whose result is not looked at. attrs: of the instruction."""
    values: list[Value] = []
    recipes = [outgoing(cx, a, values) for a in args]
    named = {k: outgoing(cx, v, values) for k, v in kwargs.items()}
    outlet = Outlet(function, recipes, named, cx.fn.globals if cx.fn is not None else {}, looks, unless=unless)
    cx.builder.do("tell", *values, outlet=cx.unit.symbol(outlet, name or getattr(function, "__name__", "call")), **attrs)
    return Known(None)

