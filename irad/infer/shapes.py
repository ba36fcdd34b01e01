"""Abstract values, and their shapes: the trees that infer computes with.

Every abstract value is a tree: a `static` part (hashable), `children`, and `leaves` (SSA values). Its *shape* is the tree
with the leaves replaced by their types. Shapes meet at joins, key the specialisations of functions, and say how the flat
leaves on an edge or in a call are put together again.

Both never change once they are made. So a value keeps its shape, and a shape what is asked of it often; a value
without SSA values is made once for all that have its shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from irad.ir.core import Value
from irad.ir.types import Type


class AV:
    """An abstract value; subclasses name the parts."""

    __slots__ = ("_shape", "children", "leaves", "static")
    iterator: ClassVar[bool] = False
    reference: ClassVar[bool] = False  # to an object of the abstract heap
    choice: ClassVar[bool] = False  # one of its children is what it is
    _shape: Shape | None

    def __init__(self, static: Any = (), children: tuple[AV, ...] = (), leaves: tuple[Value, ...] = ()) -> None:
        self.static = static
        self.children = children
        self.leaves = leaves
        self._shape = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.static}, {self.children}, {self.leaves})"

    def with_children(self, children: tuple[AV, ...]) -> AV:
        """The value with other children (itself if they are the same)."""
        if all(x is y for x, y in zip(children, self.children, strict=True)):
            return self
        made = AV.__new__(type(self))
        AV.__init__(made, self.static, children, self.leaves)
        return made


class Shape:
    """An abstract value without its SSA values."""

    __slots__ = ("_flat", "_grouped", "_hash", "_hollow", "_refers", "children", "cls", "static", "types")
    _hollow: AV | None

    def __init__(
        self, cls: type[AV], static: Any, children: tuple[Shape, ...] = (), types: tuple[Type, ...] = (),
    ) -> None:
        self.cls = cls
        self.static = static
        self.children = children
        self.types = types
        self._flat: tuple[Type, ...] | None = None if children else types
        self._hash: int | None = None
        self._hollow = None
        self._refers: bool | None = None if children else cls.reference
        self._grouped: bool | None = None if children else False

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Shape):
            return NotImplemented
        return (
            self.cls is other.cls and self.types == other.types and self.static == other.static
            and self.children == other.children
        )

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.cls, self.static, self.children, self.types))
        return self._hash

    def __repr__(self) -> str:
        return f"Shape({self.cls.__name__}, {self.static}, {self.children}, {self.types})"

    def flat_types(self) -> tuple[Type, ...]:
        """The types of all leaves, those of a tree before those of its children."""
        if self._flat is None:
            self._flat = self.types + tuple([t for child in self.children for t in child.flat_types()])
        return self._flat

    def refers(self) -> bool:
        """Whether there are references in a value of this shape."""
        if self._refers is None:
            self._refers = self.cls.reference or any([child.refers() for child in self.children])
        return self._refers

    def grouped(self) -> bool:
        """Whether there are alternatives in a value of this shape that are objects of one kind."""
        if self._grouped is None:
            kinds = [(child.cls, child.static[0]) for child in self.children if child.cls.reference] if self.cls.choice else []
            self._grouped = len({*kinds}) < len(kinds) or any([child.grouped() for child in self.children])
        return self._grouped

    def count(self) -> int:
        return len(self.flat_types())


def shape_of(av: AV) -> Shape:
    found = av._shape
    if found is None:
        children = tuple([shape_of(c) for c in av.children]) if av.children else ()
        found = av._shape = Shape(type(av), av.static, children, tuple([v.type for v in av.leaves]))
    return found


def flatten(av: AV) -> list[Value]:
    """The SSA values of a tree, in the order of `Shape.flat_types`."""
    out = list(av.leaves)
    for child in av.children:
        out += flatten(child)
    return out


def rebuild(shape: Shape, leaves: Iterator[Value]) -> AV:
    """The abstract value of this shape with these SSA values."""
    if shape._hollow is not None:
        return shape._hollow
    own = tuple([next(leaves) for _ in shape.types])
    children = tuple([rebuild(c, leaves) for c in shape.children])
    av = AV.__new__(shape.cls)
    AV.__init__(av, shape.static, children, own)
    alike = all([v.type is t for v, t in zip(own, shape.types, strict=True)])
    if alike and all([c._shape is s for c, s in zip(children, shape.children, strict=True)]):
        av._shape = shape
        if not shape.flat_types():
            shape._hollow = av
    return av
