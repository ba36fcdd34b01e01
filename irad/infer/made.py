"""What a unit knows of the classes that `class` statements in compiled functions make (see `classes`).

Such a class is made once, when the code is analysed. What its methods close over is in the abstract heap, as all variables are:
under names that no join and no call changes, which the closure cells of the class stand for. They are there for as long as
something leads to the class: an object, a method, the class itself.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any

from irad.infer.keys import ObjKey
from irad.infer.shapes import AV, Shape
from irad.infer.values import Cell, FrozenCell, Name

MADE = "made"
PARTS = ("fget", "fset", "fdel", "func", "__func__", "__wrapped__", "dispatcher")  # attributes that are functions of a class


class Unknown(Exception):
    """A class body computes with a value that is known at run time only."""


class RunTime:
    """What a class body sees of a variable whose value is known at run time only. link: the cell with the value."""

    def __init__(self, link: Cell) -> None:
        self.link = link

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        raise Unknown


def _unknown(*args: Any, **kwargs: Any) -> Any:
    raise Unknown


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift"):
    for _prefix in ("", "r", "i"):
        setattr(RunTime, f"__{_prefix}{_name}__", _unknown)
for _name in (
    "neg", "pos", "abs", "invert", "bool", "len", "iter", "next", "getitem", "setitem", "contains", "call", "int", "float",
    "index", "lt", "le", "gt", "ge", "eq", "ne", "hash", "str", "repr", "format", "enter", "exit", "round",
):
    setattr(RunTime, f"__{_name}__", _unknown)


class Made:
    """A class that a `class` statement has made, and the names in the heap that belong to it."""

    def __init__(
        self, cls: type, cells: dict[str, tuple[Any, Name]], values: dict[str, Name], body: types.CodeType,
    ) -> None:
        self.cls = cls
        self.codes = {*_codes(body)}  # of the functions in it
        self.cells = cells  # by variable: the cell that methods of the class close over, and its name in the heap
        self.values = values  # of variables whose values the class body has taken
        self.results: dict[Any, Any] = {}  # what decorators have made of it
        self.others: list[Made] = []  # those that it is derived from, or holds

    @property
    def names(self) -> list[Name]:
        return [*(name for _, name in self.cells.values()), *self.values.values()]


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield const
            yield from _codes(const)


class Classes:
    """The classes of a unit."""

    def __init__(self) -> None:
        self.by_statement: dict[Any, Made] = {}
        self.by_id: dict[int, Made] = {}  # by identity of the class, or of a function in it
        self.linked: dict[int, Name] = {}  # by identity of a cell: its name in the heap
        self._kept: list[Any] = []

    def __bool__(self) -> bool:
        return bool(self.by_statement)

    def add(self, key: Any, made: Made) -> None:
        self.by_statement[key] = made
        held = [self.owns(part) for part in (*made.cls.__mro__, *vars(made.cls).values())]
        made.others = [other for found in held if found is not None for other in (found, *found.others)]
        self.know(made.cls, made)
        for cell, name in made.cells.values():
            self.linked[id(cell)] = name

    def know(self, cls: type, made: Made) -> None:
        """Note a class and the functions that its body has made."""
        self._kept.append(cls)
        self.by_id[id(cls)] = made
        work = list(vars(cls).values())
        seen: set[int] = set()
        while work:
            obj = work.pop()
            if id(obj) in seen:
                continue
            seen.add(id(obj))
            if isinstance(obj, types.FunctionType) and obj.__code__ in made.codes:
                self._kept.append(obj)
                self.by_id[id(obj)] = made
            if hasattr(type(obj), "__get__"):
                work += [part for part in (getattr(obj, name, None) for name in PARTS) if part is not None]

    def owns(self, obj: Any) -> Made | None:
        """The class that an object is, or is a part of."""
        return self.by_id.get(id(obj)) if self.by_id else None

    def mentioned(self, av: AV) -> Iterator[Made]:
        """The classes that a value is, or is an object of."""
        work: list[Any] = [av]
        while work:
            part = work.pop()
            if isinstance(part, (AV, Shape)):
                work += (part.static, *part.children)
            elif isinstance(part, tuple):
                work += part
            else:
                found = self.by_id.get(id(part.obj if isinstance(part, ObjKey) else part))
                if found is not None:
                    yield found
                    yield from found.others


def linked(heap: Mapping[Name, AV], av: AV) -> AV:
    """A value; for the cell that stands for it, what is in that."""
    while isinstance(av, (Cell, FrozenCell)):
        av = heap[av.name] if isinstance(av, Cell) else av.children[0]
    return av


def is_made(name: Name) -> bool:
    """Whether this is the name of what such a class closes over."""
    return isinstance(name[1], tuple) and name[1][:1] == (MADE,)
