"""What classes have: the one place where they are asked, so that a change of a class is seen by code that has asked it.

    lookup(cx, Further, "of")      Further: absent; Derived: this function     guards of two tables, and of the order
"""

from __future__ import annotations

import gc
import types
from typing import TYPE_CHECKING, Any

from irad.infer.keys import ObjKey
from irad.infer.outside import CLASS, SAME, guard_order, is_changeable

if TYPE_CHECKING:
    from irad.infer.context import Context
    from irad.infer.shapes import AV

METHODS = (types.FunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)  # what is called with the object first


def lookup(cx: Context, cls: type, name: str, after: type | None = None) -> tuple[type | None, Any]:
    """The class in the order of `cls` that has a name, and what it has there; (None, None) if none has.

    Whatever is asked of a class is asked here: the code is then for this answer. `after`: only the classes behind this one.
    """
    order = cls.__mro__ if after is None else cls.__mro__[cls.__mro__.index(after) + 1 :]
    holder = next((c for c in order if name in vars(c)), None)
    key = (id(cls), id(after), name)
    if is_changeable(cls) and key not in cx.unit.outside.asked:  # a class that cannot be changed has no other bases
        cx.unit.outside.asked.add(key)
        guard_order(cx.unit.outside, cls)
        for c in order if holder is None else order[: order.index(holder)]:
            if is_changeable(c):
                cx.unit.outside.guard(("absent", namespace(c), name), None)
        if holder is not None and is_changeable(holder):
            _guard_member(cx, holder, name)
    return holder, None if holder is None else vars(holder)[name]


def _guard_member(cx: Context, holder: type, name: str) -> None:
    """Note that the code is for this function or descriptor; what is only held, may be read at each call (see `captured`)."""
    table = namespace(holder)
    found = table[name]
    if hasattr(type(found), "__get__"):
        cx.unit.outside.guard(("global", table, name, SAME, ""), ObjKey(found))
    else:
        cx.unit.outside.guard(("global", table, name, CLASS, ""), type(found))


def has(cx: Context, cls: type, name: str) -> bool:
    """Whether objects of a class have a special method."""
    return lookup(cx, cls, name)[0] is not None


def class_value(cx: Context, cls: type, name: str) -> AV:
    """What a class has under a name, captured; a static method as the function in it."""
    holder, found = lookup(cx, cls, name)
    assert holder is not None
    source = ("global", namespace(holder), name)
    if isinstance(found, staticmethod):
        return cx.captured(found.__func__, (*source, "attr", "__func__"))
    return cx.captured(found, source)


def getter_of(cx: Context, cls: type) -> Any:
    """The `__getattr__` of a class, written in Python or a method of C such as `dict.get`; None if it has none."""
    found = lookup(cx, cls, "__getattr__")[1]
    if found is not None and not isinstance(found, METHODS):
        cx.unsupported(
            f"the `__getattr__` of the class {cls.__qualname__}, which is no function", kind="attribute", hint="use def",
        )
    return found


def namespace(cls: type) -> dict[str, Any]:
    """The dict behind a class's `__dict__`, which only shows it: what is watched for changes."""
    found: dict[str, Any] = gc.get_referents(vars(cls))[0]
    return found
