"""The abstract values: what infer knows of a Python value at compile time, and the SSA values that hold the rest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from irad.infer.keys import ObjKey
from irad.infer.kinds import MACHINE, kind_of
from irad.infer.shapes import AV, Shape
from irad.ir.core import Const, Value, const
from irad.ir.types import BOOL, INT, INT8, Array
from irad.ops.py import UNBOUND

Name = tuple[Any, Any]  # of an object in the abstract heap (see `heap`)


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


ORDERS = ("", "turned", "kept", "either", "other")  # of elements in memory, see `inmemory`: the later ones can be less relied on


class Arr(AV):
    """A numpy array. static: (element kind, writeable, extents, order).

    extents: a letter for each axis, "1" if it is known to have one element, "+" if it has any other number of them, "?" if
    nothing is known. It decides what broadcasts. order: see `inmemory`.
    """

    __slots__ = ()

    def __init__(
        self, kind: str, value: Value, writeable: bool = True, extents: str = "", order: str | None = None,
    ) -> None:
        assert isinstance(value.type, Array)
        order = _order_of(value.type) if order is None else order
        super().__init__((kind, writeable, extents or "?" * value.type.ndim, order), (), (value,))

    @property
    def kind(self) -> str:
        return str(self.static[0])

    @property
    def writeable(self) -> bool:
        return bool(self.static[1])

    @property
    def extents(self) -> str:
        """What is known of its extents, a letter for each."""
        return str(self.static[2])

    @property
    def order(self) -> str:
        """What is known of the order in memory."""
        return str(self.static[3])

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


def array_shape(kind: str, array: Array, writeable: bool, extents: str = "", order: str | None = None) -> Shape:
    """The shape of an array."""
    order = _order_of(array) if order is None else order
    return Shape(Arr, (kind, writeable, extents or "?" * array.ndim, order), (), (array,))


def _order_of(array: Array) -> str:
    return "turned" if array.layout == "A" and array.ndim > 1 else ""


def of_any_extents(shape: Shape) -> Shape:
    """The shape without what it says of the extents of arrays."""
    if shape.cls is Arr:
        return array_shape(shape.static[0], shape.types[0], shape.static[1], "", shape.static[3])  # type: ignore[arg-type]
    return Shape(shape.cls, shape.static, tuple(map(of_any_extents, shape.children)), shape.types) if shape.children else shape


def arrays_in(av: AV) -> Iterator[Arr]:
    """The arrays of a tree."""
    if isinstance(av, Arr):
        yield av
    for child in av.children:
        yield from arrays_in(child)


class Seq(AV):
    """A tuple or namedtuple of known length. static: its class. With class list: what a list holds, seen at one moment."""

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
    choice = True

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

    static: (code, globals key, parameter facts), in numba's hands also its error model; children: defaults, keyword
    defaults, cells, and where it is asked for its attributes (`Manner.attributes`) what has them: an object of the heap, or
    the function itself if it is from outside.
    """

    __slots__ = ()

    def __init__(
        self, code: Any, globals_: dict[str, Any], defaults: tuple[AV, ...], kwdefaults: tuple[tuple[str, AV], ...],
        cells: tuple[AV, ...], name: str, jit: str | None = None, holder: AV | None = None,
    ) -> None:
        names = tuple(n for n, _ in kwdefaults)
        static = (code, ObjKey(globals_), len(defaults), names, name, *(() if jit is None else (jit,)))
        super().__init__(static, (*defaults, *(v for _, v in kwdefaults), *cells, *(() if holder is None else (holder,))))

    @property
    def jit(self) -> str | None:
        """The error model of a function that numba compiles, "" if that is its caller's; None: it is left to Python."""
        return None if len(self.static) == 5 else str(self.static[5])

    def under(self, jit: str | None) -> Fn:
        """The same function, as numba compiles it with an error model (None: left to Python)."""
        return self.named(self.name, jit)

    def named(self, name: str, jit: str | None = None) -> Fn:
        """The same function with another name."""
        named = tuple(self.kwdefaults.items())
        return Fn(self.code, self.globals, self.defaults, named, self.cells, name, jit, self.holder)

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
        start = self.static[2] + len(self.static[3])
        return self.children[start : start + len(self.code.co_freevars)]

    @property
    def holder(self) -> AV | None:
        """What has its attributes; None: it was not asked for them, or is an argument."""
        rest = self.children[self.static[2] + len(self.static[3]) + len(self.code.co_freevars) :]
        return rest[0] if rest else None


class Reference(AV):
    """What stands for an object of the abstract heap. static: its name there, (what it is, which one)."""

    __slots__ = ()
    reference = True

    def __init__(self, name: Name) -> None:
        super().__init__(name)

    @property
    def name(self) -> Name:
        name: Name = self.static
        return name


class Cell(Reference):
    """A closure cell made in compiled code. In the heap: what it holds."""

    __slots__ = ()


# classes written in C whose objects compiled code makes and changes
BUILT_IN = (list, dict, set, OrderedDict)


class Ref(Reference):
    """An object that can be changed: a list, a dict, an instance of a class. In the heap: a `Seq`, `Growing`, `Record`, `Obj`."""

    __slots__ = ()

    @property
    def cls(self) -> type:
        cls: type = self.static[0]
        return cls


REAL: dict[type, type] = {}  # by class that stands for another one (see `standins`): which one


class Obj(AV):
    """What an instance of a class holds. static: (class, names of its attributes); children: their values."""

    __slots__ = ()

    def __init__(self, cls: type, fields: dict[str, AV]) -> None:
        super().__init__((cls, tuple(fields)), tuple(fields.values()))

    @property
    def cls(self) -> type:
        cls: type = self.static[0]
        return cls

    @property
    def fields(self) -> dict[str, AV]:
        return dict(zip(self.static[1], self.children, strict=True))


class Growing(AV):
    """What a list of run-time length holds. static: the shape of its items; leaves: the length, and a buffer for each leaf of
    an item, which may be longer."""

    __slots__ = ()

    def __init__(self, item: Shape, length: Value, buffers: tuple[Value, ...]) -> None:
        super().__init__(item, (), (length, *buffers))

    @property
    def item(self) -> Shape:
        item: Shape = self.static
        return item

    @property
    def length(self) -> Value:
        return self.leaves[0]

    @property
    def buffers(self) -> tuple[Value, ...]:
        return self.leaves[1:]


class Fixed(Growing):
    """A list of run-time length that is memory which others may hold as well (see `rows`): of fixed length and form."""

    __slots__ = ()


class Row(AV):
    """Such a list as an item of another list. static: the shape of its items; leaves: as those of `Fixed`."""

    __slots__ = ()

    def __init__(self, item: Shape, leaves: tuple[Value, ...]) -> None:
        super().__init__(item, (), leaves)


class Held(AV):
    """What an object holds, in memory that others may hold as well (see `held`). static: the shape of that, and where an empty
    list became memory (of others None); leaves: an array for each type of numbers and arrays in it."""

    __slots__ = ()

    def __init__(self, shape: Shape, origin: Any, arrays: tuple[Value, ...]) -> None:
        super().__init__((shape, origin), (), arrays)

    @property
    def shape(self) -> Shape:
        shape: Shape = self.static[0]
        return shape


@dataclass
class Manner:
    """How objects in lists of run-time length are held, see `rows`: chosen anew when code turns out to need another one.

    level: one of those in `rows`; forms: of objects, by the forms that they have at first (see `held`); refused: why the level
    that the code needs does not do; attributes: functions have attributes.
    """

    level: int = 0
    forms: dict[Any, Shape] = field(default_factory=dict)
    refused: Exception | None = None
    attributes: bool = False


class Table(AV):
    """What a dict holds whose keys are known at run time only (see `tables`). static: its class; children: lists of its keys and
    values, in order, and of the places where to find them."""

    __slots__ = ()

    def __init__(self, cls: type, keys: Growing, values: Growing, slots: Growing) -> None:
        super().__init__(cls, (keys, values, slots))

    @property
    def keys(self) -> Growing:
        found = self.children[0]
        assert isinstance(found, Growing)
        return found

    @property
    def values(self) -> Growing:
        found = self.children[1]
        assert isinstance(found, Growing)
        return found

    @property
    def slots(self) -> Growing:
        found = self.children[2]
        assert isinstance(found, Growing)
        return found


class Same(AV):
    """In the tree of the arguments: an object that is there already. static: the way to it, or how many steps above it is."""

    __slots__ = ()


class Place:
    """In the tree of a result: an object that is an argument, or in one. `path`: the way to it, from the arguments; `inside`:
    from the result and what the arguments hold, whose tree it is in already."""

    __slots__ = ("inside", "path")

    def __init__(self, path: tuple[Any, ...], inside: bool = False) -> None:
        self.path, self.inside = path, inside


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


class Boxed(AV):
    """An object in a list of run-time length: what it holds, in its place. static: its class; child: the content.

    What is put there is frozen from then on, under all its names, and so is what is read from there: copies of one content
    cannot be told from one object that nobody changes.
    """

    __slots__ = ()


class FrozenSeq(Seq):
    """What a list holds that must not be changed."""

    __slots__ = ()


class FrozenGrowing(Growing):
    """What a list of run-time length holds that must not be changed."""

    __slots__ = ()


class FrozenObj(Obj):
    """What an object holds that must not be changed."""

    __slots__ = ()


class FrozenDict(Record):
    """What a dict holds that must not be changed."""

    __slots__ = ()


FROZEN: dict[type[AV], type[AV]] = {Seq: FrozenSeq, Growing: FrozenGrowing, Obj: FrozenObj, Record: FrozenDict}
THAWED = {frozen: plain for plain, frozen in FROZEN.items()}


def in_form(av: AV, forms: dict[type[AV], type[AV]]) -> AV:
    """A content as one of the class that stands for its own in `forms`: FROZEN or THAWED."""
    cls = forms.get(type(av))
    if cls is None:
        return av
    made = AV.__new__(cls)
    AV.__init__(made, av.static, av.children, av.leaves)
    return made


def shape_in_form(shape: Shape, forms: dict[type[AV], type[AV]]) -> Shape:
    cls = forms.get(shape.cls)
    return shape if cls is None else Shape(cls, shape.static, shape.children, shape.types)


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


class ListIter(AV):
    """An iterator over a list that has a known length now. child: the list; static: position, whether it goes backwards."""

    __slots__ = ()
    iterator = True

    def __init__(self, what: AV, position: int = 0, reverse: bool = False) -> None:
        super().__init__((position, reverse), (what,))


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


class Iter(Reference):
    """An iterator that has a name, or several. In the heap: its state, which is one of the others."""

    __slots__ = ()
    iterator = True


class Stepped(AV):
    """The state of an iterator after a step that may have been its last. leaf: whether it was not; child: the state then."""

    __slots__ = ()
    iterator = True

    def __init__(self, ok: Value, moved: AV) -> None:
        super().__init__((), (moved,), (ok,))


UNBOUND_AV = Known(UNBOUND)
NONE = Known(None)


def spread(av: AV) -> AV:
    """A known tuple item by item; everything else as it is."""
    if isinstance(av, Known) and isinstance(av.obj, tuple):
        return Seq(type(av.obj), tuple(Known(item) for item in av.obj))
    return av


def numeric(av: AV) -> bool:
    """Whether this is a scalar, known or not."""
    return isinstance(av, Num) or (isinstance(av, Known) and kind_of(av.obj) is not None)


def known_number(shape: Shape) -> str | None:
    """The kind of a known scalar's shape."""
    return kind_of(shape.static.obj) if shape.cls is Known else None


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
