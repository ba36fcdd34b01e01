"""`copy.copy` and `copy.deepcopy` of arrays, lists, dicts and objects."""

from __future__ import annotations

import copy
import enum
import types
from typing import Any

from irad.errors import UnsupportedError
from irad.infer import arrays, heap, lists, objects, rows
from irad.infer.calls import call_library_function
from irad.infer.context import Context, type_name
from irad.infer.meanings import handles
from irad.infer.shapes import AV, shape_of
from irad.infer.values import Arr, Bound, Choice, Fn, Growing, Held, Known, Name, Num, Record, Ref, Row, Seq
from irad.ir.core import Value
from irad.lib import listing
from irad.ops.py import UNBOUND

NUMBERS_AND_TEXTS = (int, float, bool, complex, str, bytes, type(None))
ATOMIC = (*NUMBERS_AND_TEXTS, type, types.FunctionType, types.ModuleType, enum.Enum, type(UNBOUND))


@handles(copy.copy, as_they_are=True)
def _copy(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.dispatch(args[0], lambda av: copied(cx, av, None))


@handles(copy.deepcopy, as_they_are=True)
def _deepcopy(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.dispatch(args[0], lambda av: copied(cx, av, {}))


def copied(cx: Context, av: AV, memo: dict[Name | Value, AV] | None) -> AV:
    """copy.copy(av), or copy.deepcopy(av) with a memo of what has been copied."""
    if isinstance(av, Arr) and memo is not None:
        if av.value not in memo:
            memo[av.value] = arrays.copy(cx, av)
        return memo[av.value]
    if isinstance(av, Arr):
        return arrays.copy(cx, av)
    if memo is not None and isinstance(av, Bound) and not isinstance(av.function, str) and isinstance(av.owner, Ref):
        return Bound(av.function, copied(cx, av.owner, memo))
    if isinstance(av, (Num, Fn, Bound)) or (isinstance(av, Known) and _never_changes(av.obj, memo is not None)):
        return av
    if _cls_outside(av) is not None:
        return _from_outside(cx, av, memo)
    if isinstance(av, (Seq, Choice)) and memo is not None:
        return av.with_children(tuple(copied(cx, c, memo) for c in av.children))
    if isinstance(av, Seq):
        return av
    if not isinstance(av, Ref):
        cx.unsupported(f"a copy of a value of type {type_name(av)}", kind="function", hint="copy its parts")
    if memo is not None and av.name in memo:
        return memo[av.name]
    given = [] if memo is None else [lists.new_dict(cx, {})]
    made_by_class = objects.call_special(cx, av, "__copy__" if memo is None else "__deepcopy__", *given)
    if made_by_class is not None:
        if memo is not None:
            memo[av.name] = made_by_class
        return made_by_class
    own = [n for n in ("__reduce_ex__", "__reduce__", "__getstate__", "__setstate__") if objects.special(cx, av, n) is not None]
    if own:
        cx.unsupported(f"a copy of an object of class {type_name(av)}, which has a {own[0]}", kind="function", hint="call it")
    if memo is not None and isinstance(cx.heap[av.name], Held):
        _only_one(cx, av, memo)
    content = heap.content_of(cx, av)
    if isinstance(content, Growing):
        if memo is not None and (rows.holds_rows(content.item) or rows.holds_held(content.item)):
            memo[av.name] = found = _deep_rows(cx, av, content)
            return found
        return lists.copied(cx, av)
    made = heap.allocate(cx, content, av.cls)
    if memo is not None:
        memo[av.name] = made
        heap.store(cx, made, content.with_children(tuple(copied(cx, c, memo) for c in content.children)))
    return made


def _never_changes(obj: Any, deep: bool) -> bool:
    """Whether an object from outside is its own copy."""
    if type(obj) in (tuple, frozenset):
        return not deep or all(_never_changes(item, deep) for item in obj)
    return isinstance(obj, ATOMIC)


def _cls_outside(av: AV) -> type | None:
    """The class of a list, dict or set from outside: one known object, or taken apart because of the arrays in it."""
    cls: type | None = None
    if isinstance(av, Known):
        cls = type(av.obj)
    elif isinstance(av, Record) and av.static[0] == "dict":
        cls = dict
    elif isinstance(av, Seq):
        cls = av.static
    return cls if cls in listing.NEW else None


def _from_outside(cx: Context, av: AV, memo: dict[Name | Value, AV] | None) -> AV:
    """A copy of a list, dict or set from outside."""
    cls = _cls_outside(av)
    assert cls is not None
    name = (cls, ("copied", id(av.obj) if isinstance(av, Known) else shape_of(av)))
    if memo is not None and name in memo:
        if not isinstance(av, Known):
            cx.unsupported(
                "copy.deepcopy() of what holds several lists or dicts with arrays, from outside of the function", kind="list",
                why="whether some of them are one object is not known", hint="copy them one by one",
            )
        return memo[name]
    made = call_library_function(cx, listing.NEW[cls], [av])
    if memo is None or not isinstance(made, Ref):
        return made
    memo[name] = made
    content = heap.content_of(cx, made)
    if not isinstance(content, Growing):
        heap.store(cx, made, content.with_children(tuple(copied(cx, c, memo) for c in content.children)))
    elif rows.holds_rows(content.item) or rows.holds_held(content.item):
        memo[name] = made = _deep_rows(cx, made, content)
    return made


def _only_one(cx: Context, av: Ref, memo: dict[Name | Value, AV]) -> None:
    """Of objects that are memory one of each class can be copied: whether two of them are one is not known here."""
    if (Held, av.cls) in memo:
        cx.unsupported(
            f"copy.deepcopy() of several objects of class {av.cls.__name__} that a list of run-time length holds", kind="list",
            why="whether some of them are one object is not known", hint="copy them one by one",
        )
    memo[Held, av.cls] = av


def _deep_rows(cx: Context, av: Ref, content: Growing) -> AV:
    """copy.deepcopy() of a list of lists or objects, each of which must be there once."""
    item = content.item
    if item.cls not in (Row, Held) or (item.cls is Held and rows.holds_held(item.static[0])):
        cx.unsupported(
            "copy.deepcopy() of a list of run-time length whose items hold lists or objects", kind="list",
            why="whether some of these are one object is not known", hint="copy them one by one",
        )
    what = "list" if item.cls is Row else "object"
    error = UnsupportedError(
        f"copy.deepcopy() of a list that holds another {what} more than once", kind="list", loc=cx.loc,
        why="the copy would have to hold one copy of that, more than once", hint="write [row[:] for row in m]",
    )
    once = call_library_function(cx, listing.each_once if item.cls is Row else listing.each_object_once, [av])
    cx.unless(cx.num(once).value, lambda: cx.fail(error))
    return call_library_function(cx, listing.copied_deeply, [av])
