"""Arguments that are taken apart, once their shapes are known: Python code for just these.

`boundary.key_of`, `normalised` and `functions.canonical` ask each value what it is. A call that comes with the same classes,
keys, lengths and attributes again needs only to see that they are the same: the text of a function that does so is written from
the shapes, for each list, dict and object a few lines. It gives what the native entry takes, which tests numbers, arrays and
functions itself, or None: then the call goes the general way, which knows what to do or to say.
"""

from __future__ import annotations

import enum
import itertools
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from irad.infer.derived import base_of
from irad.infer.keys import ObjKey
from irad.infer.kinds import CLASSES
from irad.infer.shapes import Shape
from irad.infer.standins import class_in_code
from irad.infer.values import REAL, Arr, Bound, Fn, Known, Num, Obj, Record, Row, Same, Seq
from irad.runtime.functions import uncompiled
from irad.runtime.packing import FEW, NUMBERS
from irad.runtime.structures import Path, attributes, contents, has_slots, is_dict

Taker = Callable[[tuple[Any, ...]], "tuple[Any, ...] | None"]


class Unwritten(Exception):
    """A shape that is left to the general way."""


def taker(shapes: Sequence[Shape], always: bool = False) -> Taker | None:
    """The function for arguments of these shapes; None if there is something else among them, or no list, dict or object
    (`always`: also then)."""
    writer = _Writer()
    names = [f"a{i}" for i in range(len(shapes))]
    try:
        found = [writer.take(shape, name, (i,)) for i, (shape, name) in enumerate(zip(shapes, names, strict=True))]
    except Unwritten:
        return None
    if not (writer.objects or always):
        return None
    if len(writer.objects) > 1:
        writer.need(f"len({{{', '.join(f'id({name})' for name in writer.objects)}}}) == {len(writer.objects)}")
    if len(writer.rows) > 1 or (writer.rows and len(writer.objects) > 1):  # no row is met elsewhere
        total = " + ".join(f"len({ids})" for ids in writer.rows)
        objects = _joined([f"id({name})" for name in writer.objects])
        writer.need(f"len(set().union({', '.join(writer.rows)}, ({objects}))) == {total} + {len(writer.objects)}")
    lines = [f"({_joined(names)}) = args", *writer.lines, f"return ({_joined(found)})"]
    text = "def take(args):\n try:\n" + "".join(f"  {line}\n" for line in lines) + " except Exception: return None\n"
    exec(compile(text, "<irad arguments>", "exec", dont_inherit=True), writer.space)
    take: Taker = writer.space["take"]
    return take


def _joined(names: Sequence[str]) -> str:
    return "".join(f"{name}, " for name in names)


def _same(value: Any, obj: Any) -> bool:
    return value is obj or ObjKey(value) == ObjKey(obj)


class _Writer:
    """Lines that test arguments and take them apart."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.space: dict[str, Any] = {"array": np.array, "attributes": attributes, "same": _same, "uncompiled": uncompiled,
                                      "is_dict": is_dict, "in_code": class_in_code, "contents": contents,
                                      "chain": itertools.chain, "fromiter": np.fromiter, "int64": np.int64}
        self.rows: list[str] = []  # variables with the identities of rows
        self.objects: list[str] = []  # variables that hold lists, dicts and objects: each is another one
        self.places: dict[Path, str] = {}
        self._count = 0

    def need(self, condition: str) -> None:
        self.lines.append(f"if not ({condition}): return None")

    def constant(self, obj: Any) -> str:
        name = f"c{len(self.space)}"
        self.space[name] = obj
        return name

    def _named(self, whole: str) -> str:
        """A variable that holds this."""
        name = f"d{self._count}"
        self._count += 1
        self.lines.append(f"{name} = {whole}")
        return name

    def unpack(self, count: int, whole: str) -> list[str]:
        names = [f"v{self._count + i}" for i in range(count)]
        self._count += count
        if names:
            self.lines.append(f"({_joined(names)}) = {whole}")
        return names

    def take(self, shape: Shape, value: str, path: Path) -> str:
        """What the native entry takes for a value of this shape, as an expression."""
        if shape.cls in (Num, Arr):
            return value
        if shape.cls is Known:
            obj = shape.static.obj
            if isinstance(obj, types.MethodType):
                raise Unwritten
            name = self.constant(obj)
            self.need(f"{value} is {name} or same({value}, {name})")
            return name
        if shape.cls is Fn:
            return f"uncompiled({value})"
        if shape.cls is Same:
            self.need(f"{value} is {self.places[shape.static]}")
            return "()"
        if shape.cls is Bound:
            return self._method(shape, value)
        if shape.cls is Seq and shape.static is not list:
            return self._tuple(shape, value, path)
        self.objects.append(value)
        self.places[path] = value
        if shape.cls is Seq:
            self.need(f"type({value}) is list and len({value}) == {len(shape.children)}")
            return self._items(shape, value, path, range(len(shape.children)))
        if shape.cls is Record and shape.static[0] == "items":
            return self._numbers(shape, value)
        if shape.cls is Record and shape.static[0] == "dict":
            keys = shape.static[1]
            space = value
            if len(shape.static) == 2:
                self.need(f"type({value}) is dict")
            else:
                self.need(f"is_dict({value}) and in_code({value}) is {self.constant(shape.static[2])}")
                space = self._named(f"contents({value})")
            self.need(f"tuple({space}) == {self.constant(tuple(keys))}")
            kinds = tuple(map(type, keys))
            if any(cls is not str and not issubclass(cls, (int, enum.Enum)) for cls in kinds):
                self.need(f"tuple({space}) == {self.constant(keys)}")
            else:
                self.need(f"tuple(map(type, {space})) == {self.constant(kinds)}")
            return self._items(shape, f"{space}.values()", path, keys)
        if shape.cls is Obj:
            return self._attributes(shape, value, path)
        raise Unwritten

    def _method(self, shape: Shape, value: str) -> str:
        """A method of an object that is there already."""
        owner = self.places.get(shape.children[0].static)
        if owner is None:
            raise Unwritten
        self.need(f"type({value}) is {self.constant(types.MethodType)}")
        self.need(f"{value}.__func__ is {self.constant(shape.static.obj)} and {value}.__self__ is {owner}")
        return "((),)"

    def _items(self, shape: Shape, whole: str, path: Path, steps: Sequence[Any]) -> str:
        names = self.unpack(len(shape.children), whole)
        found = [self.take(c, n, (*path, k)) for c, n, k in zip(shape.children, names, steps, strict=True)]
        return f"({_joined(found)})"

    def _tuple(self, shape: Shape, value: str, path: Path) -> str:
        cls = self.constant(shape.static)
        self.need(f"type({value}) is {cls} and len({value}) == {len(shape.children)}")
        if all(c.cls in (Num, Arr) for c in shape.children):
            return value
        return f"tuple.__new__({cls}, {self._items(shape, value, path, range(len(shape.children)))})"

    def _rows(self, item: Shape, value: str) -> str:
        """Rows of which the numbers only are passed, see `packing`."""
        self.need(f"type({value}) is list and len({value}) > {FEW}")
        if item.cls is not Row:
            self.need(f"{{*map(type, {value})}} == {{tuple}} and {{*map(len, {value})}} == {{{len(item.children)}}}")
            names = self.unpack(len(item.children), f"zip(*{value})")
            return f"({_joined([self._column(name, number) for name, number in zip(names, item.children, strict=True)])})"
        self.need(f"{{*map(type, {value})}} == {{list}}")
        (ids, numbers) = self.unpack(2, f"{{*map(id, {value})}}, [*chain.from_iterable({value})]")
        self.need(f"len({ids}) == len({value})")
        self.rows.append(ids)
        return f"(fromiter(map(len, {value}), int64, len({value})), {self._column(numbers, item.static)})"

    def _column(self, value: str, number: Shape) -> str:
        """An array of numbers that are all of one class."""
        cls = CLASSES[number.static[0]]
        self.need(f"{{*map(type, {value})}} == {self.constant({cls})}")
        return f"array({value}, {NUMBERS[cls]!r})"

    def _numbers(self, shape: Shape, value: str) -> str:
        item = shape.static[1]
        if item.cls is not Num:
            return self._rows(item, value)
        cls = CLASSES.get(item.static[0]) if item.cls is Num and len(item.static) == 1 else None
        if cls not in NUMBERS:
            raise Unwritten
        self.need(f"type({value}) is list")
        return f"({self._column(value, item)},)"

    def _attributes(self, shape: Shape, value: str, path: Path) -> str:
        cls, names = shape.static[0], shape.static[1]
        cls = REAL.get(cls, cls)
        held = f"attributes({value})" if has_slots(cls) or base_of(cls) is not None else f"{value}.__dict__"
        self.need(f"type({value}) is {self.constant(cls)}")
        space = self._named(held)
        self.need(f"tuple({space}) == {self.constant(names)}")
        return self._items(shape, f"{space}.values()", path, names)
