"""When two Python objects, or two keys of a dict, are the same to what is compiled."""

from __future__ import annotations

import datetime
import struct
import types
from typing import Any

import numpy as np

from irad.infer.kinds import kind_of


class ObjKey:
    """A Python object as a key: numbers, strings, slices, dates, dtypes by type and value, others by identity (kept alive)."""

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
    if cls in (types.BuiltinMethodType, types.MethodWrapperType):  # so are methods written in C (not the functions of modules)
        return (cls, obj.__name__, _key(obj.__self__))
    if kind_of(obj) is not None or isinstance(obj, np.complexfloating):
        return (cls, obj.tobytes())
    if cls in (complex, datetime.date, datetime.time, datetime.datetime, datetime.timedelta):
        return (cls, repr(obj))
    if isinstance(obj, np.dtype) and obj.metadata is None:
        return (cls, obj)
    return (cls, id(obj))


class Keys(tuple[Any, ...]):
    """The keys of a dict with known keys: 1, True and 1.0 are equal, and dicts with them are not the same: see `same_key`."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return tuple.__eq__(self, other) is True and all(map(same_key, self, other))  # type: ignore[call-overload]

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__


def same_key(a: Any, b: Any) -> bool:
    """Whether two equal keys cannot be told apart (a member of an enum may be equal to a text, 1 to True, 0.0 to -0.0)."""
    if a is b or type(a) is not type(b):
        return a is b
    if isinstance(a, tuple):
        return all(map(same_key, a, b))
    return not isinstance(a, (float, np.floating)) or repr(a) == repr(b)
