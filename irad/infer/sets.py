"""Sets: their members are known at compile time, so that Python's own sets say what is in them and in which order.

A set that compiled code makes is an object of the heap that holds a known set, which is replaced when it changes; where ways meet
it may hold one of several. The order of a set depends on all that was done to it. So the set that replaces it is made by doing
the same again, and there is one for each way of making it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from irad.infer import heap, numbers
from irad.infer.context import Context, type_name
from irad.infer.keys import ObjKey
from irad.infer.shapes import AV
from irad.infer.unordered import Unordered, members, unordered
from irad.infer.values import NONE, Arr, Choice, Known, Record, Ref, numeric

CHANGING = frozenset((
    "add", "clear", "difference_update", "discard", "intersection_update", "pop", "remove", "symmetric_difference_update",
    "update",
))


METHODS = {"|": "update", "&": "intersection_update", "-": "difference_update", "^": "symmetric_difference_update"}


def is_any_set(av: AV) -> bool:
    """Whether this is a set, made by compiled code or known."""
    return av.cls is set if isinstance(av, Ref) else isinstance(av, Known) and isinstance(av.obj, (set, frozenset))


@dataclass(frozen=True)
class Origin:
    """How a set was made, and what was done to it: (method, arguments)."""

    make: Callable[[], Any]
    steps: tuple[tuple[str, tuple[Any, ...]], ...] = ()

    def another(self) -> Any:
        """Another set, in the same order and with the same table."""
        made = self.make()
        for name, args in self.steps:
            getattr(made, name)(*args)
        return made


def _key(obj: Any) -> Any:
    """What tells an operand from others."""
    if isinstance(obj, (set, frozenset)) or not hasattr(type(obj), "__iter__"):
        return ObjKey(obj)
    return type(obj), tuple(map(ObjKey, obj))


def _interned(cx: Context, key: Any, origin: Origin) -> Known:
    """One object for each way of making a set: what is looked at twice is the same both times."""
    found = cx.unit.interned.get(key)
    if found is None:
        found = cx.unit.interned[key] = origin.another()
        cx.unit.origins[id(found)] = origin
    return Known(found)


def new_set(cx: Context, items: list[AV]) -> AV:
    """{*items}"""
    from irad.infer import runsets, tables

    if any(map(tables.is_run_key, items)):
        return runsets.of_items(cx, items)
    return computed(cx, set, Known(_plain(cx, items)))


def made(cx: Context, cls: type, args: list[AV]) -> AV:
    """set(*args), frozenset(*args)"""
    from irad.infer import runsets

    if cls is set and len(args) == 1:
        found = runsets.of_iterable(cx, args[0])
        if found is not None:
            return found
    return computed(cx, cls, *map(Known, _operands(cx, args)))


def computed(cx: Context, function: Callable[..., Any], *args: AV) -> AV:
    """What a function gives of known values: a set is a new object."""
    found = numbers.fold(cx, function, *args)
    if not isinstance(found, Known) or not isinstance(found.obj, (set, frozenset)):
        return found
    plain = [arg.obj for arg in args if isinstance(arg, Known)]
    if any(isinstance(obj, Unordered) for obj in plain):
        return heap.allocate(cx, Known(unordered(found.obj)), set)
    if type(found.obj) is frozenset:
        return result(cx, found)
    known = _interned(cx, (function, *map(_key, plain)), Origin(lambda: function(*plain)))
    return heap.allocate(cx, known, set)


def result(cx: Context, av: AV) -> AV:
    """What Python has computed from known values: a set is a new object."""
    if not isinstance(av, Known) or type(av.obj) not in (set, frozenset):
        return av
    known = Known(cx.unit.interned.setdefault((type(av.obj), tuple(map(ObjKey, av.obj))), av.obj))
    return heap.allocate(cx, known, set) if type(av.obj) is set else known


def _plain(cx: Context, items: list[AV]) -> list[Any]:
    for item in items:
        if not isinstance(item, Known):
            cx.unsupported(
                f"a set with a member of type {type_name(item)} that is not known at compile time", kind="set",
                why="which members are equal decides how many there are",
                hint="use a sorted array, or np.unique" if numeric(item) or isinstance(item, Arr) else
                "keep them in a list or tuple",
            )
    return [item.obj for item in items if isinstance(item, Known)]


def method(cx: Context, ref: Ref, name: str, args: list[AV]) -> AV:
    """ref.name(*args)"""
    from irad.infer import runsets

    content = heap.content_of(cx, ref)
    if runsets.wanted(cx, content, name, args):
        return runsets.method(cx, ref, name, args)
    if isinstance(content, Choice):
        return cx.dispatch(content, lambda m: _method(cx, ref, m, name, args))
    return _method(cx, ref, content, name, args)


def _operands(cx: Context, args: list[AV]) -> list[Any]:
    """The arguments of a method that takes collections: sets and dicts as such, which make a table of their size first."""
    from irad.infer.consumers import taken

    found: list[Any] = []
    for arg in args:
        content = heap.opened(cx, arg)
        if isinstance(content, Known) and isinstance(content.obj, (set, frozenset)):
            found.append(content.obj)
            continue
        items = taken(cx, arg)
        if items is None:
            cx.unsupported(
                f"a set of the items of a value of type {type_name(arg)}", kind="set",
                why="how many there are is not known at compile time", hint="use a sorted array, or np.unique",
            )
        plain = _plain(cx, items)
        found.append(dict.fromkeys(plain) if isinstance(content, Record) and content.static[0] == "dict" else plain)
    return found


def of_outside(cx: Context, owner: Any, name: str, args: list[AV]) -> AV:
    """A method that reads a set from outside of the function."""
    return computed(cx, getattr(type(owner), name), Known(owner), *map(Known, _operands(cx, args)))


def _method(cx: Context, ref: Ref, content: AV, name: str, args: list[AV]) -> AV:
    assert isinstance(content, Known)
    plain = _plain(cx, args) if name in ("add", "discard", "remove") else _operands(cx, args)
    if name not in CHANGING:
        return computed(cx, getattr(set, name), content, *map(Known, plain))
    given = numbers.fold(cx, lambda: getattr(_another(cx, content.obj, name), name)(*plain))  # it may raise
    heap.store(cx, ref, _changed(cx, content.obj, name, plain))
    return given if name == "pop" else NONE


def _another(cx: Context, obj: Any, name: str) -> Any:
    """A set with these members, for this method."""
    origin = cx.unit.origins.get(id(obj))
    return origin.another() if origin else set(iter(obj) if name == "pop" else members(obj))


def _changed(cx: Context, obj: Any, name: str, plain: list[Any]) -> Known:
    """The set after a method that changes it."""
    if name in ("add", "discard") and (plain[0] in obj) == (name == "add"):
        return Known(obj)
    origin = cx.unit.origins.get(id(obj))
    if origin is None or any(isinstance(arg, Unordered) for arg in plain):
        changed = set(members(obj))
        getattr(changed, name)(*plain)
        return Known(unordered(changed))
    following = Origin(origin.make, (*origin.steps, (name, tuple(plain))))
    return _interned(cx, (ObjKey(obj), name, *map(_key, plain)), following)
