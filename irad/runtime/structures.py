"""Arguments that can change: lists, dicts and objects. Native code gets what they hold; what it changed is put back.

A list of floats, ints or bools comes as an array, so that its length may vary. Everything else is taken apart: a list item by
item, a dict (of whatever class) by its keys, an object of a class written in Python, or a SimpleNamespace, attribute by
attribute. An object that is met again, in the same call, is the one object (`Same`). Objects that hold others in a circle, or
very many, are known as a whole instead.
"""

from __future__ import annotations

import enum
import sys
import types
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from irad.errors import UnsupportedError, for_user
from irad.infer.derived import ITEMS, extended, put_attribute, remade, remade_dict
from irad.infer.entries import Report
from irad.infer.exceptions import CAUGHT
from irad.infer.foreign import own_of_numba, transform_of, wrapper_of
from irad.infer.keys import Keys, same_key
from irad.infer.kinds import MACHINE, OF_CLASS
from irad.infer.objects import written_in_python
from irad.infer.shapes import Shape
from irad.infer.standins import class_in_code
from irad.infer.values import REAL, Bound, Num, Obj, Place, Record, Same, Seq, array_shape
from irad.ir.types import Array
from irad.ops.py import UNBOUND
from irad.runtime import packing
from irad.runtime.failure import again
from irad.runtime.frames import beneath, in_frames, levels
from irad.runtime.packing import NUMBERS

T = TypeVar("T")
Path = tuple[Any, ...]


class Seen(dict[int, Path]):
    """The objects of this call, by identity: where they were met first. `ahead`: all of them, once that is known.

    packs: lists of many rows are passed by their numbers (see `packing`), with `floats` if there are floats in each; `rows`:
    those of such lists. each: arguments whose lists of a few numbers are known one by one.
    """

    def __init__(
        self, packs: bool = False, ahead: dict[int, Path] | None = None, floats: bool = False, each: Collection[int] = (),
    ) -> None:
        super().__init__()
        self.packs, self.floats, self.each = packs, floats, each
        self.ahead = ahead or {}
        self.missed: set[int] = set()
        self.rows: set[int] = set()

    def owner_of(self, method: types.MethodType) -> Path | None:
        """The way to the object that a method is bound to; None if it is not in this call, as far as is known."""
        key = id(method.__self__)
        found = self.get(key, self.ahead.get(key))
        if found is None:
            self.missed.add(key)
        return found


def of_call(visit: Callable[[Seen], T], packs: bool = False, floats: bool = False, each: Collection[int] = ()) -> T:
    """What a visit of all arguments finds. Where a method comes before its object, they are visited twice.

    packs, floats, each: see `Seen`; packs not if a row of one list is elsewhere in the arguments, too.
    """
    seen = Seen(packs, None, floats, each)
    found = visit(seen)
    if not seen.missed.isdisjoint(seen):
        seen = Seen(packs, seen, floats, each)
        found = visit(seen)
    return found if seen.rows.isdisjoint(seen) else of_call(visit, each=each)


FEW_NUMBERS = 64  # in a list that is known item by item
LARGEST = 200  # values in an object
DEEPEST = 6
OPAQUE = (type, types.ModuleType, enum.Enum, BaseException, np.ndarray, np.generic)


def is_opaque(value: Any) -> bool:
    """Whether an object is used as a whole. (Who has a generator has imported numpy.random, which takes 15 ms.)"""
    random: Any = sys.modules.get("numpy.random")
    return isinstance(value, OPAQUE) or (random is not None and isinstance(value, random.Generator))


def is_object(value: Any) -> bool:
    """Whether an argument is an object that is taken apart."""
    cls = type(value)
    if not _by_attributes(cls) or isinstance(value, (tuple, list, dict, set, str, int, float, complex)):
        return False
    if any("__getattribute__" in vars(c) for c in cls.__mro__ if written_in_python(c)):  # what it holds would not be what it says
        return False
    if is_opaque(value) or cls.__module__ == "numpy" or transform_of(value) or wrapper_of(value) or own_of_numba(value):
        return False
    return _is_small(value, 0, set(), [0])


def _by_attributes(cls: type) -> bool:
    """Whether what objects of a class hold is in their attributes."""
    return cls is types.SimpleNamespace or written_in_python(cls)


def is_dict(value: Any) -> bool:
    """Whether this is a dict that is taken apart: of a class of Python's, or one that extends dict and holds nothing else."""
    cls = type(value)
    if cls is dict or not isinstance(value, dict):
        return cls is dict
    if isinstance(value, defaultdict) and cls is defaultdict:
        return _is_factory(value.default_factory)
    alone = not getattr(value, "__dict__", None) and not has_slots(cls) and extended(cls) in (dict, OrderedDict)
    return alone and (cls is OrderedDict or extended(cls) is dict)


def _is_factory(factory: Any) -> bool:
    """Whether the default of a defaultdict is known by its code."""
    if isinstance(factory, types.FunctionType):
        return not (factory.__closure__ or factory.__defaults__ or factory.__kwdefaults__)
    return factory is None or isinstance(factory, type)


def is_structure(value: Any) -> bool:
    """Whether an argument is taken apart at each call, and may be changed by it."""
    return type(value) is list or is_dict(value) or is_object(value)


def attributes(value: Any) -> dict[str, Any]:
    """What an object holds, by name."""
    found: dict[str, Any] = dict(getattr(value, "__dict__", None) or {})
    for cls in type(value).__mro__:
        for name, member in vars(cls).items():
            if isinstance(member, types.MemberDescriptorType) and name != "__dict__" and hasattr(value, name):
                found[name] = getattr(value, name)
    return found


def has_slots(cls: type) -> bool:
    """Whether objects of a class hold something beside their `__dict__`."""
    members = (pair for base in cls.__mro__ for pair in vars(base).items())
    return any(isinstance(member, types.MemberDescriptorType) and name != "__dict__" for name, member in members)


def _is_small(value: Any, depth: int, inside: set[int], count: list[int]) -> bool:
    """Whether an object can be taken apart: no circles, not too much."""
    if type(value) in (list, tuple) or is_dict(value) or _by_attributes(type(value)):
        if depth > DEEPEST or id(value) in inside or count[0] > LARGEST:
            return False
        if type(value) is list and numbers_in(value):
            return True
        if is_opaque(value):
            return True
        items = value if type(value) is tuple else held(value)
        within = {*inside, id(value)}
        return all(_is_small(item, depth + 1, within, count) for item in items)
    count[0] += 1
    return count[0] <= LARGEST


def contents(value: Any) -> Mapping[Any, Any]:
    """What a dict holds, by its keys, or an object, by the names of its attributes."""
    cls = type(value)
    if cls is dict:
        return value  # type: ignore[no-any-return]
    return dict(extended(cls).items(value)) if is_dict(value) else attributes(value)


def held(value: Any) -> Any:
    """What is in a structure."""
    return value if isinstance(value, (list, tuple)) else contents(value).values()


def numbers_in(value: list[Any]) -> type | None:
    """The one class of numbers that a list holds; None if it is empty or holds something else."""
    cls = type(value[0]) if value else None
    return cls if cls in NUMBERS and all(type(item) is cls for item in value) else None


def _one_class(value: list[Any], path: Path, seen: Seen) -> type | None:
    """`numbers_in` a list that is passed as an array."""
    return None if path[0] in seen.each and len(value) <= FEW_NUMBERS else numbers_in(value)


# -- shapes ------------------------------------------------------------------------------------------------------


def structure_key(value: Any, key_of: Callable[[Any, Path], Hashable], path: Path, seen: Seen) -> Hashable:
    """What code is specialised for: classes, keys and lengths."""
    if id(value) in seen:
        return (Same, seen[id(value)])
    seen[id(value)] = path
    cls: Any = type(value)
    if cls is list:
        numbers: Any = _one_class(value, path, seen) or packing.item_of(value, seen)
        return (cls, numbers) if numbers else (cls, None, *(key_of(v, (*path, i)) for i, v in enumerate(value)))
    items = contents(value)
    return (class_in_code(value), Keys(items), *(key_of(v, (*path, k)) for k, v in items.items()))


def structure_shape(value: Any, shape_of: Callable[[Any, Path], Shape], path: Path, seen: Seen) -> Shape:
    """The tree of an argument."""
    if id(value) in seen:
        return Shape(Same, seen[id(value)])
    seen[id(value)] = path
    cls = type(value)
    if cls is list:
        numbers = _one_class(value, path, seen)
        if numbers is not None:
            kind = OF_CLASS[numbers]
            array = array_shape(NUMBERS[numbers], Array(MACHINE[kind], 1), True)
            return Shape(Record, ("items", Shape(Num, (kind,), (), (MACHINE[kind],))), (array,))
        item = packing.item_of(value, seen)
        if item is not None:
            return packing.shape(item)
        return Shape(Seq, list, tuple(shape_of(v, (*path, i)) for i, v in enumerate(value)))
    items = contents(value)
    children = tuple(shape_of(v, (*path, k)) for k, v in items.items())
    if is_dict(value):
        return Shape(Record, ("dict", Keys(items), *(() if cls is dict else (class_in_code(value),))), children)
    return Shape(Obj, (class_in_code(value), tuple(items)), children)


def is_structure_shape(shape: Shape) -> bool:
    """Whether an argument of this shape is taken apart here."""
    if shape.cls is Record:
        return shape.static[0] in ("dict", "items")
    return shape.cls in (Obj, Same, Bound) or (shape.cls is Seq and shape.static is list)


def parts(value: Any, shape: Shape) -> tuple[Any, ...]:
    """The parts of an argument, as the native entry takes a tuple."""
    if shape.cls is Same:
        return ()
    if shape.cls is Bound:
        return (value.__self__,)
    if shape.cls is Record and shape.static[0] == "items":
        return packing.columns(value, shape.static[1])
    return tuple(held(value))


# -- results -----------------------------------------------------------------------------------------------------


def object_maker(cls: type, names: tuple[str, ...]) -> Callable[..., Any]:
    """Makes objects of a class out of their attributes, without its `__init__`."""
    plain = extended(cls) is object and cls not in REAL and cls.__dictoffset__ != 0 and not has_slots(cls)

    def make(*values: Any) -> Any:
        if plain and type(UNBOUND) not in map(type, values):
            made: Any = object.__new__(cls)
            made.__dict__.update(zip(names, values, strict=True))
            return made
        return remade(cls, dict(zip(names, values, strict=True)))

    return make


def method_maker(function: Any) -> Callable[[Any], types.MethodType]:
    """Binds a function to an object."""
    return lambda owner: types.MethodType(function, owner)


def list_maker(item: Callable[[Iterator[Any]], Any] | None, cls: type = list) -> Callable[..., Any]:
    """Makes a list, or a tuple, out of an array for each number in an item (None: an item is a number of Python's), and if
    there is none out of one that is as long."""

    def make(*columns: Any) -> Any:
        if item is None:
            return cls(columns[0].tolist())
        leaves = Columns([iter(c.tolist()) for c in columns])
        found = []
        for _ in range(len(columns[0])):
            leaves.at = 0
            found.append(item(leaves))
        return found if cls is list else cls(found)

    return make


def numbered(rows: list[Any], where: Any, *others: Any) -> Any:
    """A list whose items are one where they are at one place in memory. `others`: such places, and what is there; or those of
    the items of another list, and that list.

    Or what is at the place that the list itself is at, if that is a number.
    """
    half = len(others) // 2
    known: dict[int, Any] = {}
    for at, what in zip(others[:half], others[half:], strict=True):
        if isinstance(at, int):
            known[at] = what
            continue
        for i, place in enumerate(at.tolist()):  # of another list
            known.setdefault(place, Place((*what.path, i), inside=True))
    if isinstance(where, int):
        return known.get(where, rows) if where else rows
    for i, place in enumerate(where.tolist()):
        if place:
            rows[i] = known.setdefault(place, rows[i])
    return rows


def numbered_tuple(rows: list[Any], where: Any) -> tuple[Any, ...]:
    """A tuple of such items."""
    return tuple(numbered(rows, where))


def blank(value: Any) -> Any:
    """A list, dict or object of the class of this one, which holds nothing."""
    if type(value) is list:
        return []
    return remade_dict(class_in_code(value), ()) if is_dict(value) else remade(class_in_code(value), {})


def dict_maker(cls: Any) -> Callable[..., Any]:
    """Makes a dict of a class out of a list of keys and one of values, as they are."""

    def make(keys: list[Any], values: list[Any]) -> Any:
        pairs = zip(keys, values, strict=True)
        if cls in (dict, OrderedDict):
            return cls(pairs)
        return remade_dict(cls, pairs)

    return make


class Columns(Iterator[Any]):
    """The numbers of an item after the other, each from its own column. Lists in it go through theirs several times."""

    def __init__(self, columns: list[Iterator[Any]]) -> None:
        self.columns = columns
        self.at = 0

    def __next__(self) -> Any:
        self.at += 1
        return next(self.columns[self.at - 1])

    def several(self, count: int, width: int, item: Callable[[Iterator[Any]], Any]) -> list[Any]:
        """`count` items of the `width` columns from here on."""
        start = self.at
        found = []
        for _ in range(count):
            self.at = start
            found.append(item(self))
        self.at = start + width
        return found


def finished(result: Any, args: tuple[Any, ...], effects: tuple[Path, ...], outside: Collection[int]) -> Any:
    """The result of a call. What it changed in its arguments is put there: `effects` says where each object is.

    An object that the code reads from `outside` as well was read as it was before the call.
    """
    value, *changed = made = result if effects else (result,)
    targets = [follow(args, path) for path in effects]
    for target in targets:
        if id(target) in outside:
            raise _read_outside(target)
    contents = [_resolved(new, args, made) for new in changed]
    answer = value if type(value) is Report else _resolved(value, args, made)
    for target, content in zip(targets, contents, strict=True):
        _put_back(target, content)
    if type(value) is Report:
        exc, place = value.exception()
        if any(exc is other for other in CAUGHT.values()):  # it was raised in Python, and has its own frames
            raise beneath(exc, list(levels(place)))
        raise in_frames(again(exc), list(levels(place)))
    return answer


def _read_outside(target: Any) -> Exception:
    return for_user(UnsupportedError(
        f"an argument of type {type(target).__name__} that is changed, and is read from outside of the function, too",
        kind="object", why="what a compiled function reads from outside is fixed while it runs",
        hint="use the argument only, or pass a copy of it (copy.copy)",
    ))


def check_apart(value: Any, outside: Collection[int]) -> None:
    """Refuse lists, dicts and objects in arguments that are read from `outside`, too."""
    if is_structure(value):
        if id(value) in outside:
            raise _read_outside(value)
        items: Any = held(value)
    else:
        items = value if isinstance(value, tuple) else ()
    if type(value) is not list or not numbers_in(value):
        for item in items:
            check_apart(item, outside)


def follow(args: tuple[Any, ...], path: Path) -> Any:
    """The object at a path from the arguments."""
    found = args[path[0]]
    for step in path[1:]:
        if isinstance(found, dict):
            found = dict.__getitem__(found, step)
        elif isinstance(found, (list, tuple, deque)):
            found = found if step == ITEMS else found[step]
        elif type(found) is types.MethodType:
            found = found.__self__
        else:
            found = attributes(found)[step]
    return found


def _resolved(value: Any, args: tuple[Any, ...], made: tuple[Any, ...], done: set[int] | None = None) -> Any:
    """A value with objects in the places that stand for them: arguments, and what is elsewhere in what a call has made."""
    done = set() if done is None else done
    if type(value) is Place:
        while type(value) is Place:
            value = follow(made if value.inside else args, value.path)
        return value
    if type(value) is types.MethodType:
        owner = _resolved(value.__self__, args, made, done)
        return value if owner is value.__self__ else types.MethodType(value.__func__, owner)
    if isinstance(value, tuple):
        items = [_resolved(item, args, made, done) for item in value]
        if all(a is b for a, b in zip(items, value, strict=True)):
            return value
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if id(value) in done:
        return value
    if type(value) in (list, deque):
        done.add(id(value))
        for i, item in enumerate(value):
            value[i] = _resolved(item, args, made, done)
    elif is_dict(value):
        done.add(id(value))
        for key, item in contents(value).items():
            dict.__setitem__(value, key, _resolved(item, args, made, done))
    elif _by_attributes(type(value)) and not is_opaque(value):
        done.add(id(value))
        for name, item in attributes(value).items():
            found = _resolved(item, args, made, done)
            if found is not item:
                put_attribute(value, name, found)
    return value


def _put_back(target: Any, content: Any) -> None:
    if type(target) is list:
        target[:] = content
    elif is_dict(target):
        own = {key: key for key in contents(target)}  # equal ones may be other objects
        pairs = [(own[k] if k in own and same_key(own[k], k) else k, v) for k, v in contents(content).items()]
        cls = extended(type(target))
        cls.clear(target)
        for key, value in pairs:
            cls.__setitem__(target, key, value)
    else:
        names = attributes(target)
        new = attributes(content)
        for name in names:
            if name not in new:
                object.__delattr__(target, name)
        for name, value in new.items():
            if name not in names or names[name] is not value:
                put_attribute(target, name, value)
