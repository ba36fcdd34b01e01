"""Abstract values: what infer knows of a Python value at compile time, and the SSA values that hold the rest.

Every abstract value is a tree: a `static` part (hashable), `children`, and `leaves` (SSA values). Its *shape* is the tree
with the leaves replaced by their types. Shapes meet at joins, key the specialisations of functions, and say how the flat
leaves on an edge or in a call are put together again.
"""

from __future__ import annotations

import struct
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from irad.infer.kinds import MACHINE, is_numpy, kind_of, widest
from irad.ir.core import Const, Value, const
from irad.ir.types import BOOL, INT, INT8, Array, Type
from irad.ops.py import UNBOUND

MAX_CHOICE = 8
MAX_TEXTS = 100  # exceptions and messages among the members of a choice: a `try` may have many


class AV:
    """An abstract value; subclasses name the parts."""

    __slots__ = ("children", "leaves", "static")
    iterator: ClassVar[bool] = False

    def __init__(self, static: Any = (), children: tuple[AV, ...] = (), leaves: tuple[Value, ...] = ()) -> None:
        self.static = static
        self.children = children
        self.leaves = leaves

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.static}, {self.children}, {self.leaves})"


@dataclass(frozen=True, slots=True)
class Shape:
    """An abstract value without its SSA values."""

    cls: type[AV]
    static: Any
    children: tuple[Shape, ...] = ()
    types: tuple[Type, ...] = ()

    def count(self) -> int:
        return len(self.types) + sum(c.count() for c in self.children)

    def flat_types(self) -> Iterator[Type]:
        yield from self.types
        for child in self.children:
            yield from child.flat_types()


def shape_of(av: AV) -> Shape:
    return Shape(type(av), av.static, tuple(shape_of(c) for c in av.children), tuple(v.type for v in av.leaves))


def flatten(av: AV) -> list[Value]:
    """The SSA values of a tree, in the order of `Shape.flat_types`."""
    out = list(av.leaves)
    for child in av.children:
        out += flatten(child)
    return out


def rebuild(shape: Shape, leaves: Iterator[Value]) -> AV:
    """The abstract value of this shape with these SSA values."""
    own = tuple(next(leaves) for _ in shape.types)
    children = tuple(rebuild(c, leaves) for c in shape.children)
    av = AV.__new__(shape.cls)
    AV.__init__(av, shape.static, children, own)
    return av


class ObjKey:
    """A Python object as a key: numbers, strings, slices by type and value, others by identity (kept alive)."""

    __slots__ = ("key", "obj")

    def __init__(self, obj: Any) -> None:
        self.obj = obj
        self.key = _key(obj)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ObjKey) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return repr(self.obj)


def _key(obj: Any) -> Any:
    cls = type(obj)
    if cls is float:
        return (cls, struct.pack("d", obj))
    if cls in (int, bool, str, bytes, type(None), type(Ellipsis)):
        return (cls, obj)
    if cls is tuple:
        return (cls, tuple(_key(item) for item in obj))
    if cls in (slice, range):  # made anew each time that code is looked at
        return (cls, _key(obj.start), _key(obj.stop), _key(obj.step))
    if cls is types.MethodType:
        return (cls, _key(obj.__func__), _key(obj.__self__))
    if kind_of(obj) is not None:
        return (cls, obj.tobytes())
    return (cls, id(obj))


class Known(AV):
    """A Python object that is known at compile time."""

    __slots__ = ()

    def __init__(self, obj: Any) -> None:
        super().__init__(ObjKey(obj))

    @property
    def obj(self) -> Any:
        return self.static.obj


class Num(AV):
    """A scalar at run time. With several `kinds` a second leaf says which one it is (an index into them)."""

    __slots__ = ()

    def __init__(self, kinds: str | tuple[str, ...], value: Value, tag: Value | None = None) -> None:
        names = (kinds,) if isinstance(kinds, str) else kinds
        super().__init__(names, (), (value,) if tag is None else (value, tag))

    @property
    def kinds(self) -> tuple[str, ...]:
        kinds: tuple[str, ...] = self.static
        return kinds

    @property
    def kind(self) -> str:
        """The only kind."""
        (kind,) = self.kinds
        return kind

    @property
    def value(self) -> Value:
        return self.leaves[0]

    @property
    def tag(self) -> Value | None:
        return self.leaves[1] if len(self.leaves) > 1 else None


class Arr(AV):
    """A numpy array. static: (element kind, writeable)."""

    __slots__ = ()

    def __init__(self, kind: str, value: Value, writeable: bool = True) -> None:
        super().__init__((kind, writeable), (), (value,))

    @property
    def kind(self) -> str:
        return str(self.static[0])

    @property
    def writeable(self) -> bool:
        return bool(self.static[1])

    @property
    def value(self) -> Value:
        return self.leaves[0]

    @property
    def type(self) -> Array:
        t = self.leaves[0].type
        assert isinstance(t, Array)
        return t

    @property
    def ndim(self) -> int:
        return self.type.ndim


class Seq(AV):
    """A tuple, namedtuple or (never changed) list of known length. static: its class."""

    __slots__ = ()

    def __init__(self, cls: type, items: tuple[AV, ...]) -> None:
        super().__init__(cls, items)

    @property
    def cls(self) -> type:
        cls: type = self.static
        return cls

    @property
    def items(self) -> tuple[AV, ...]:
        return self.children


class Choice(AV):
    """One of several values that have no common form: the leaf is the number of the child that counts."""

    __slots__ = ()

    def __init__(self, tag: Value, members: tuple[AV, ...]) -> None:
        super().__init__((), members, (tag,))

    @property
    def tag(self) -> Value:
        return self.leaves[0]

    @property
    def members(self) -> tuple[AV, ...]:
        return self.children


class Fn(AV):
    """A Python function by its parts, so that two closures over different floats have one shape.

    static: (code, globals key, parameter facts); children: defaults, keyword defaults, cells.
    """

    __slots__ = ()

    def __init__(
        self, code: Any, globals_: dict[str, Any], defaults: tuple[AV, ...], kwdefaults: tuple[tuple[str, AV], ...],
        cells: tuple[AV, ...], name: str,
    ) -> None:
        names = tuple(n for n, _ in kwdefaults)
        super().__init__(
            (code, ObjKey(globals_), len(defaults), names, name), (*defaults, *(v for _, v in kwdefaults), *cells)
        )

    @property
    def code(self) -> Any:
        return self.static[0]

    @property
    def globals(self) -> dict[str, Any]:
        found: dict[str, Any] = self.static[1].obj
        return found

    @property
    def name(self) -> str:
        return str(self.static[4])

    @property
    def defaults(self) -> tuple[AV, ...]:
        return self.children[: self.static[2]]

    @property
    def kwdefaults(self) -> dict[str, AV]:
        start = self.static[2]
        return dict(zip(self.static[3], self.children[start:], strict=False))

    @property
    def cells(self) -> tuple[AV, ...]:
        return self.children[self.static[2] + len(self.static[3]) :]


class Cell(AV):
    """A closure cell made in compiled code; its content is in the abstract heap under this number."""

    __slots__ = ()

    def __init__(self, number: int) -> None:
        super().__init__(number)


class FrozenCell(AV):
    """A closure cell that is only read: its content is the child."""

    __slots__ = ()

    def __init__(self, content: AV) -> None:
        super().__init__((), (content,))


class Bound(AV):
    """A method bound to an object. children: self; static: the function's name or the Python function itself."""

    __slots__ = ()

    def __init__(self, function: Any, owner: AV) -> None:
        super().__init__(ObjKey(function), (owner,))

    @property
    def function(self) -> Any:
        return self.static.obj

    @property
    def owner(self) -> AV:
        return self.children[0]


class Partial(AV):
    """functools.partial: children are the function, the positional arguments, the keyword arguments (static: names)."""

    __slots__ = ()

    def __init__(self, function: AV, args: tuple[AV, ...], kwargs: dict[str, AV]) -> None:
        super().__init__(tuple(kwargs), (function, *args, *kwargs.values()))

    def parts(self) -> tuple[AV, list[AV], dict[str, AV]]:
        end = len(self.children) - len(self.static)
        return self.children[0], list(self.children[1:end]), dict(zip(self.static, self.children[end:], strict=True))


class Record(AV):
    """An object made of a few parts that infer itself uses: slices, exceptions, f-strings, ranges. static: its tag."""

    __slots__ = ()

    def __init__(self, tag: Any, children: tuple[AV, ...], leaves: tuple[Value, ...] = ()) -> None:
        super().__init__(tag, children, leaves)


class Range(AV):
    """range(...): children start, step (ints); leaf: the number of items."""

    __slots__ = ()

    def __init__(self, start: AV, step: AV, trip: Value) -> None:
        super().__init__((), (start, step), (trip,))


class Counted(AV):
    """An iterator over something of run-time length. child: what is iterated; leaves: next index, length."""

    __slots__ = ()
    iterator = True

    def __init__(self, what: AV, index: Value, length: Value, reverse: bool = False) -> None:
        super().__init__(reverse, (what,), (index, length))


class SeqIter(AV):
    """An iterator over items known one by one, at a known position: loops over it are unrolled. static: position."""

    __slots__ = ()
    iterator = True

    def __init__(self, items: tuple[AV, ...], position: int = 0) -> None:
        super().__init__(position, items)


class Zip(AV):
    """zip(...) and enumerate(...) (static: "zip" or "enumerate"; enumerate's counter is its first child)."""

    __slots__ = ()
    iterator = True

    def __init__(self, tag: str, parts: tuple[AV, ...]) -> None:
        super().__init__(tag, parts)


class Gen(AV):
    """A suspended generator. static: the block of its lifted code where it goes on, or None: it has ended.

    children: the function, and what is live at that block (`solve.Facts.live`).
    """

    __slots__ = ()
    iterator = True

    def __init__(self, point: Any, children: tuple[AV, ...]) -> None:
        super().__init__(point, children)

    @property
    def fn(self) -> Fn:
        fn = self.children[0]
        assert isinstance(fn, Fn)
        return fn


class Iter(AV):
    """An iterator that has a name, or several: its state is in the abstract heap under this number (below zero)."""

    __slots__ = ()
    iterator = True

    def __init__(self, number: int) -> None:
        super().__init__(number)


class Stepped(AV):
    """The state of an iterator after a step that may have been its last. leaf: whether it was not; child: the state then."""

    __slots__ = ()
    iterator = True

    def __init__(self, ok: Value, moved: AV) -> None:
        super().__init__((), (moved,), (ok,))


UNBOUND_AV = Known(UNBOUND)
NONE = Known(None)


def numeric(av: AV) -> bool:
    """Whether this is a scalar, known or not."""
    return isinstance(av, Num) or (isinstance(av, Known) and kind_of(av.obj) is not None)


def known_number(shape: Shape) -> str | None:
    """The kind of a known scalar's shape."""
    return kind_of(shape.static.obj) if shape.cls is Known else None


def _num_shape(kinds: tuple[str, ...]) -> Shape:
    names = tuple(sorted(set(kinds), key=list(MACHINE).index))
    types: tuple[Type, ...] = (widest(names),)
    return Shape(Num, names, (), types if len(names) == 1 else (*types, INT8))


class JoinError(Exception):
    """Two shapes that cannot meet."""

    def __init__(self, a: Shape, b: Shape) -> None:
        super().__init__(a, b)
        self.a, self.b = a, b


def join(a: Shape, b: Shape) -> Shape:
    """The least shape that holds values of both.

    Raises
    ------
    JoinError
        If there is none (arrays of different ranks or dtypes, more than `MAX_CHOICE` alternatives).
    """
    if a == b:
        return a
    a, b = _spread(a), _spread(b)
    ka, kb = _kinds(a), _kinds(b)
    if ka and kb:
        return _num_shape((*ka, *kb))
    if a.cls is Choice or b.cls is Choice or not _mergeable(a, b):
        return _join_choice(a, b)
    if a.cls is Arr:
        return _join_arrays(a, b)
    children = tuple(join(x, y) for x, y in zip(a.children, b.children, strict=True))
    return Shape(a.cls, a.static, children, a.types)


def spread(av: AV) -> AV:
    """A known tuple item by item; everything else as it is."""
    if isinstance(av, Known) and isinstance(av.obj, tuple):
        return Seq(type(av.obj), tuple(Known(item) for item in av.obj))
    return av


def _spread(shape: Shape) -> Shape:
    if shape.cls is Known and isinstance(shape.static.obj, tuple):
        return shape_of(spread(Known(shape.static.obj)))
    return shape


def _kinds(shape: Shape) -> tuple[str, ...]:
    if shape.cls is Num:
        kinds: tuple[str, ...] = shape.static
        return kinds
    kind = known_number(shape)
    return (kind,) if kind else ()


def _mergeable(a: Shape, b: Shape) -> bool:
    if a.cls is not b.cls:
        return False
    if a.cls is Arr:
        return True
    return a.static == b.static and len(a.children) == len(b.children) and a.types == b.types


def _join_arrays(a: Shape, b: Shape) -> Shape:
    (ta,), (tb,) = a.types, b.types
    assert isinstance(ta, Array) and isinstance(tb, Array)
    if a.static[0] != b.static[0] or ta.ndim != tb.ndim:
        raise JoinError(a, b)
    layout = "C" if ta.layout == tb.layout == "C" else "A"
    return Shape(Arr, (a.static[0], a.static[1] and b.static[1]), (), (Array(ta.elem, ta.ndim, layout),))


def _join_choice(a: Shape, b: Shape) -> Shape:
    members: list[Shape] = list(a.children) if a.cls is Choice else [a]
    for new in b.children if b.cls is Choice else (b,):
        for i, old in enumerate(members):
            if old == new or (_kinds(old) and _kinds(new)) or (old.cls is not Known and _mergeable(old, new)):
                members[i] = join(old, new)
                break
        else:
            members.append(new)
    texts = sum(map(_is_text, members))
    if len(members) - texts > MAX_CHOICE or texts > MAX_TEXTS:
        raise JoinError(a, b)
    return Shape(Choice, (), tuple(members), (INT8,)) if len(members) > 1 else members[0]


def _is_text(shape: Shape) -> bool:
    if shape.cls is Known:
        return isinstance(shape.static.obj, (str, BaseException))
    return shape.cls is Record and shape.static[0] in ("text", "exception")


def unifies(member: Shape, shape: Shape) -> bool:
    """Whether a value of `shape` belongs to this member of a choice."""
    try:
        return join(member, shape) == member
    except JoinError:
        return False


def tag_const(number: int) -> Const:
    return Const(INT8, number)


def int_const(number: int) -> Const:
    return Const(INT, number)


def known_const(obj: Any) -> Const:
    """The constant of a known scalar, in its machine type."""
    kind = kind_of(obj)
    assert kind is not None
    machine = MACHINE[kind]
    if machine == BOOL:
        return const(bool(obj))
    return Const(machine, float(obj) if machine.is_float else int(obj))


def describe(shape: Shape) -> str:
    """A shape in Python words, for messages."""
    if shape.cls is Known:
        obj = shape.static.obj
        if obj is None or obj is UNBOUND:
            return repr(obj)
        return f"{type(obj).__name__} {obj!r}"[:60]
    if shape.cls is Num:
        return " or ".join(k if not is_numpy(k) else f"np.{k}" for k in shape.static)
    if shape.cls is Arr:
        (t,) = shape.types
        assert isinstance(t, Array)
        return f"{shape.static[0]}[{', '.join(':' * t.ndim)}]"
    if shape.cls is Seq:
        return f"{shape.static.__name__}[{', '.join(map(describe, shape.children))}]"
    if shape.cls is Choice:
        return " or ".join(map(describe, shape.children))
    if shape.cls is Fn:
        return f"function {shape.static[4]}"
    return shape.cls.__name__.lower()
