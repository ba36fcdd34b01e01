"""Sets: their members are known at compile time, so that Python's own sets say what is in them and in which order.

A set that compiled code makes is an object of the heap that holds a known set, which is replaced when it changes; where ways meet
it may hold one of several.
"""

from __future__ import annotations

from typing import Any

from irad.infer import heap, numbers
from irad.infer.context import Context, type_name
from irad.infer.shapes import AV
from irad.infer.values import NONE, Choice, Known, ObjKey, Ref

CHANGING = frozenset((
    "add", "clear", "difference_update", "discard", "intersection_update", "pop", "remove", "symmetric_difference_update",
    "update",
))


METHODS = {"|": "update", "&": "intersection_update", "-": "difference_update", "^": "symmetric_difference_update"}


def is_any_set(av: AV) -> bool:
    """Whether this is a set, made by compiled code or known."""
    return av.cls is set if isinstance(av, Ref) else isinstance(av, Known) and isinstance(av.obj, (set, frozenset))


def interned(cx: Context, found: set[Any] | frozenset[Any]) -> Known:
    """One object for each content and order of members: what is looked at twice is the same both times."""
    key = (type(found), tuple(map(ObjKey, found)))
    return Known(cx.unit.sets.setdefault(key, found))


def new_set(cx: Context, items: list[AV], cls: type = set) -> AV:
    """{*items}"""
    made = numbers.fold(cx, lambda: cls(_plain(cx, items)))
    assert isinstance(made, Known)
    return result(cx, made)


def result(cx: Context, av: AV) -> AV:
    """What an operation on known values gives: a set is a new object."""
    if not isinstance(av, Known) or type(av.obj) not in (set, frozenset):
        return av
    known = interned(cx, av.obj)
    return heap.allocate(cx, known, set) if type(av.obj) is set else known


def _plain(cx: Context, items: list[AV]) -> list[Any]:
    for item in items:
        if not isinstance(item, Known):
            cx.unsupported(
                f"a set with a member of type {type_name(item)} that is not known at compile time", kind="set",
                why="which members are equal decides how many there are", hint="use a sorted array, or np.unique",
            )
    return [item.obj for item in items if isinstance(item, Known)]


def method(cx: Context, ref: Ref, name: str, args: list[AV]) -> AV:
    """ref.name(*args)"""
    content = heap.content_of(cx, ref)
    if isinstance(content, Choice):
        return cx.dispatch(content, lambda m: _method(cx, ref, m, name, args))
    return _method(cx, ref, content, name, args)


def _method(cx: Context, ref: Ref, content: AV, name: str, args: list[AV]) -> AV:
    from irad.infer.consumers import taken

    assert isinstance(content, Known)
    members = name in ("add", "discard", "remove")
    plain = _plain(cx, args) if members else []
    for arg in () if members else args:
        items = taken(cx, arg)
        if items is None:
            cx.unsupported(f"the method `{name}` of a set with items of run-time number", kind="set", hint="use arrays")
        plain.append(_plain(cx, items))
    changed = content.obj.copy()
    given = numbers.fold(cx, lambda: getattr(changed, name)(*plain))
    if name in CHANGING:
        heap.store(cx, ref, interned(cx, changed))
        return given if name == "pop" else NONE
    return result(cx, given)
