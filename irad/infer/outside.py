"""Containers from outside: module tables, configuration dicts, lists that a closure holds.

What they hold is taken as known, and compared at each call with what the code was compiled for: a list word by word, a dict
by a watch. A container with arrays or functions in it is taken apart instead, and these are captured as if each had a name.
"""

from __future__ import annotations

import array
import collections
import functools
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from irad.errors import UnsupportedError
from irad.infer.keys import Keys, ObjKey
from irad.infer.shapes import AV
from irad.infer.values import Known, Record, Seq
from irad.ir.build import Builder

if TYPE_CHECKING:
    from irad.infer.captures import Captures, Source

CHANGEABLE = (list, dict, set)
DICT_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
# With the classes derived from these, what else can change. It stays one known object; what is in it is captured when it is read.
OTHERS = (*CHANGEABLE, collections.deque, types.MappingProxyType, array.array, *DICT_VIEWS)
MOST_ITEMS = 1 << 16
HEAPTYPE, IMMUTABLETYPE = 1 << 9, 1 << 8  # flags of classes: those that can be changed have the first alone
CONTENT = "content"  # a step from a container to what it holds
SLOT, IS_SET = "slot", "is set"  # steps from an object to what is in a slot of it, which nothing watches
CLASS, SPACE = "class", "space"  # and to its class and its dict: others may be put in their place
ORDER = "order"  # a step from a class to those where its attributes are looked for, in order
SUBCLASS = "subclass"  # a step from a class to whether an abstract one counts it among its subclasses
SAME = "same"  # a step to the identity of an object, of which equal ones do not do
FILLED = "filled"  # a step from a function to whether a cell of its closure holds anything


class Content:
    """What a container held: equal numbers and strings, identical other things, in the same order."""

    __slots__ = ("cls", "keys")

    def __init__(self, obj: Any) -> None:
        self.cls = type(obj)
        held = [part for item in obj.items() for part in item] if isinstance(obj, (dict, types.MappingProxyType)) else list(obj)
        keys = [ObjKey(part) for part in held]
        self.keys: Any = frozenset(keys) if isinstance(obj, set) else keys

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Content) and self.cls is other.cls and bool(self.keys == other.keys)

    __hash__ = None  # type: ignore[assignment]


def guard_form(outside: Captures, obj: Any) -> None:
    """Note that the code is for an object of this class, with its attributes in this dict."""
    outside.guard(("known", obj, CLASS, ""), type(obj))
    for cls in (type(obj), obj):
        if isinstance(cls, type):
            guard_order(outside, cls)
    space = getattr(obj, "__dict__", None)
    if type(space) is dict:
        outside.guard(("known", obj, SPACE, ""), space)


def is_changeable(cls: type) -> bool:
    """Whether what a class has, and the classes that it is derived from, can be replaced."""
    return cls.__flags__ & (HEAPTYPE | IMMUTABLETYPE) == HEAPTYPE


def guard_order(outside: Captures, cls: type) -> None:
    """Note that the code is for a class with these bases."""
    if is_changeable(cls):
        outside.guard(("known", cls, ORDER, ""), cls.__mro__)


def is_container(obj: Any) -> bool:
    """Whether an object from outside is one of these. (Named tuples and subclasses of dict are not.)"""
    return type(obj) in CHANGEABLE or (type(obj) is tuple and not all(map(_is_plain, obj)))


def is_object_array(obj: Any) -> bool:
    """Whether this is a row of known objects, which an array only holds together."""
    return type(obj) is np.ndarray and obj.dtype == object and obj.ndim == 1 and all(map(_is_plain, obj.tolist()))


def captured_container(outside: Captures, builder: Builder, obj: Any, source: Source) -> AV:
    """The abstract value of a container from outside."""
    from irad.infer.captures import source_key

    place = source_key(source)
    if place in outside.plain and outside.plain[place] is obj:
        return Known(obj)
    outside.guard(source, obj)
    if len(obj) > MOST_ITEMS:
        raise UnsupportedError(
            f"a {type(obj).__name__} of {len(obj)} items from outside of the function", kind="object", loc=builder.loc,
            why="its items would become a part of the code", hint="make it an array: np.array(...)",
        )
    if all(map(_is_plain, _leaves(obj))):
        for path, inner in _containers(obj, source):
            outside.guard((*path, CONTENT, 0), Content(inner))
        outside.plain[place] = obj
        return Known(obj)
    if type(obj) is not tuple:
        outside.guard((*source, CONTENT, 0), Content(obj))
    pairs = obj.items() if isinstance(obj, dict) else enumerate(obj)
    items = {key: outside.captured(builder, value, (*source, "item", key)) for key, value in pairs}
    if isinstance(obj, dict):
        return Record(("dict", Keys(items)), tuple(items.values()))
    return Seq(type(obj), tuple(items.values()))


def guard_contents(outside: Captures, obj: Any, source: Source) -> None:
    """Note that the code is for what one of the others holds now, and for what is held by containers in it."""
    outside.guard((*source, CONTENT, 0), Content(obj))
    pairs = obj.items() if isinstance(obj, (dict, types.MappingProxyType)) else () if isinstance(obj, set) else enumerate(obj)
    for key, item in pairs:
        if isinstance(item, OTHERS):
            guard_contents(outside, item, (*source, "item", key))


def _is_plain(obj: Any) -> bool:
    """Whether an item can be taken as it is: numbers, strings, classes; nothing that changes or captured something."""
    from irad.infer.foreign import transform_of, wrapper_of

    apart = (np.ndarray, types.FunctionType, types.MethodType, functools.partial)
    if isinstance(obj, apart) or transform_of(obj) or wrapper_of(obj):
        return False
    return all(map(_is_plain, obj)) if type(obj) is tuple else not isinstance(obj, OTHERS)


def _leaves(obj: Any) -> Iterator[Any]:
    for item in obj.values() if isinstance(obj, dict) else obj:
        if type(item) in (*CHANGEABLE, tuple):
            yield from _leaves(item)
        else:
            yield item


def _containers(obj: Any, source: Source) -> Iterator[tuple[Source, Any]]:
    """The container and those in it that can change, with their sources."""
    if type(obj) in CHANGEABLE:
        yield source, obj
    if not isinstance(obj, set):
        for key, item in obj.items() if isinstance(obj, dict) else enumerate(obj):
            if type(item) in (*CHANGEABLE, tuple):
                yield from _containers(item, (*source, "item", key))
