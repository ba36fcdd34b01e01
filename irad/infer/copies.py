"""`copy.copy` and `copy.deepcopy` of arrays, lists, dicts and objects."""

from __future__ import annotations

import copy
import dataclasses
import enum
import itertools
import types
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np

from irad.errors import UnsupportedError
from irad.infer import arrays, heap, lists, objects, overlay
from irad.infer.attributes import get_attr, read_slot
from irad.infer.context import Context, type_name
from irad.infer.lookups import lookup
from irad.infer.meanings import handles
from irad.infer.pythoncalls import call_library_function
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.standins import class_in_code
from irad.infer.values import (
    Arr,
    Bound,
    Boxed,
    Choice,
    Fixed,
    Fn,
    Growing,
    Held,
    Known,
    Num,
    Obj,
    Record,
    Ref,
    Row,
    Seq,
    int_const,
)
from irad.ir.core import Value
from irad.lib import listing, primitives
from irad.ops.py import UNBOUND

NUMBERS_AND_TEXTS = (int, float, bool, complex, str, bytes, type(None))
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, np.ufunc)
ATOMIC = (*NUMBERS_AND_TEXTS, *FUNCTIONS, type, range, types.EllipsisType, types.ModuleType, enum.Enum, type(UNBOUND))

STATE = ("__getstate__", "__setstate__")


class Memo(dict[Any, AV]):
    """What a deep copy has copied. `met`: arrays, lists and objects that are memory, and lists of run-time length of such, by
    their form: which of them are one is known at run time only."""

    def __init__(self) -> None:
        super().__init__()
        self.met: dict[Any, tuple[list[AV], list[AV]]] = {}
        self.refuse: Callable[[Context], NoReturn] = _refuse

    def meet(self, form: Any, alone: list[AV], listed: list[AV]) -> None:
        first, second = self.met.setdefault(form, ([], []))
        first += alone
        second += listed


@handles(copy.copy, as_they_are=True)
def _copy(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.dispatch(args[0], lambda av: copied(cx, av, None))


@handles(copy.deepcopy, as_they_are=True)
def _deepcopy(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.dispatch(args[0], lambda av: copied_deeply(cx, av))


def copied_deeply(cx: Context, av: AV, lists_only: bool = False) -> AV:
    """copy.deepcopy(av). `lists_only`: whether arrays that are in no list of run-time length are one is no matter."""
    memo = Memo()
    made = copied(cx, av, memo)
    for form, (alone, listed) in memo.met.items():
        if listed or not lists_only:
            _check_once(cx, form, alone, listed)
    return made


def copied(cx: Context, av: AV, memo: Memo | None) -> AV:
    """copy.copy(av), or copy.deepcopy(av) with a memo of what has been copied."""
    if isinstance(av, Arr) and memo is not None:
        if av.value not in memo:
            memo[av.value] = arrays.copy(cx, av)
            memo.meet((av.kind, av.ndim), [av], [])
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
        met = memo.met
        if isinstance(av, Choice):  # what is not taken is not there to be compared
            memo.met = {}
        found = av.with_children(tuple(copied(cx, c, memo) for c in av.children))
        memo.met = met
        return found
    if isinstance(av, Seq):
        return av
    if isinstance(av, Known) and isinstance(av.obj, tuple) and _made_of_items(cx, av.obj):
        return Seq(type(av.obj), tuple(Known(item) if memo is None else copied(cx, Known(item), memo) for item in av.obj))
    if not isinstance(av, Ref) and not _is_object_outside(av):
        cx.unsupported(f"a copy of a value of type {type_name(av)}", kind="function", hint="copy its parts")
    place = av.name if isinstance(av, Ref) else id(av.static.obj)
    if memo is not None and place in memo:
        return memo[place]
    given = [] if memo is None else [lists.new_dict(cx, {})]
    made_by_class = objects.call_special(cx, av, "__copy__" if memo is None else "__deepcopy__", *given)
    if made_by_class is not None:
        if memo is not None:
            memo[place] = made_by_class
        return made_by_class
    own = [n for n in ("__reduce_ex__", "__reduce__", *STATE) if objects.special(cx, av, n) is not None]
    if own == [*STATE] and _keeps_fields(av.cls if isinstance(av, Ref) else type(av.static.obj)):
        own = []
    if own:
        cx.unsupported(f"a copy of an object of class {type_name(av)}, which has a {own[0]}", kind="function", hint="call it")
    if not isinstance(av, Ref):
        return _object_from_outside(cx, av, memo)
    if memo is not None and isinstance(cx.heap[av.name], Held):
        _only_one(cx, av, memo)
    content = heap.content_of(cx, av)
    if isinstance(content, Growing):
        if memo is None:
            return lists.copied(cx, av)
        if isinstance(cx.heap[av.name], Fixed):
            memo.meet((Row, content.item), [av], [])
        memo[av.name] = _items_copied(cx, av, content, memo)
        return memo[av.name]
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


def _made_of_items(cx: Context, obj: tuple[Any, ...]) -> bool:
    """Whether a copy of a tuple is made of its items: of a plain one, or a named one whose class has no `__copy__` and so on."""
    cls = type(obj)
    if cls is tuple or not hasattr(cls, "_fields") or getattr(obj, "__dict__", None):
        return cls is tuple
    special = ("__copy__", "__deepcopy__", "__reduce_ex__", "__reduce__", *STATE)
    return objects.makes_fields(cx, cls) and not any(lookup(cx, cls, n)[0] not in (None, object) for n in special)


def _keeps_fields(cls: type) -> bool:
    """Whether this is a frozen dataclass with slots, the copies of which are made by its fields, and which holds nothing else."""
    if not dataclasses.is_dataclass(cls) or cls.__dictoffset__ or any(n not in vars(cls) for n in STATE):
        return False
    slots = {n for c in cls.__mro__ for n, found in vars(c).items() if isinstance(found, types.MemberDescriptorType)}
    by_dataclass = all(getattr(cls, n).__module__ == dataclasses.__name__ for n in STATE)
    return by_dataclass and slots == {field.name for field in dataclasses.fields(cls)}


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


def _from_outside(cx: Context, av: AV, memo: Memo | None) -> AV:
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
    else:
        memo[name] = made = _items_copied(cx, made, content, memo)
    return made


def _is_object_outside(av: AV) -> bool:
    """Whether this is an object from outside whose `__dict__` and `__slots__` hold all that it holds."""
    cls = type(av.obj) if isinstance(av, Known) else None
    if cls is None or issubclass(cls, type):
        return False
    return cls is types.SimpleNamespace or all(map(objects.written_in_python, cls.__mro__[:-1]))


def _object_from_outside(cx: Context, av: AV, memo: Memo | None) -> AV:
    """A copy of an object from outside: a new one of its class, with what that one holds."""
    from irad.infer.execute import known_dict

    obj = av.static.obj
    place = overlay.name_of(cx, obj)
    fields = dict(_in_slots(cx, av))
    if place is not None:
        content = cx.heap[place]
        assert isinstance(content, Obj)
        fields |= content.fields
    elif hasattr(obj, "__dict__"):
        fields |= known_dict(cx, get_attr(cx, av, "__dict__"))
    cls = class_in_code(obj)
    made = heap.allocate(cx, Obj(cls, fields), cls)
    if memo is not None:
        memo[id(obj)] = made
        heap.store(cx, made, Obj(cls, {name: copied(cx, value, memo) for name, value in fields.items()}))
    return made


def _in_slots(cx: Context, av: AV) -> Iterator[tuple[str, AV]]:
    """What the `__slots__` of an object from outside hold."""
    obj = av.static.obj
    for cls in type(obj).__mro__:
        for name, found in vars(cls).items():
            if isinstance(found, types.MemberDescriptorType):
                value = read_slot(cx, obj, name)
                if value is not None:
                    yield name, value


def _only_one(cx: Context, av: Ref, memo: Memo) -> None:
    """Of objects that are memory one of each class can be copied: whether two of them are one is not known here."""
    if (Held, av.cls) in memo:
        cx.unsupported(
            f"copy.deepcopy() of several objects of class {av.cls.__name__} that a list of run-time length holds", kind="list",
            why="whether some of them are one object is not known", hint="copy them one by one",
        )
    memo[Held, av.cls] = av
    memo.meet((Held, shape_of(cx.heap[av.name]).static[0]), [av], [])


def _items_copied(cx: Context, av: Ref, content: Growing, memo: Memo) -> AV:
    """copy.deepcopy() of a list of run-time length."""
    if not can_be_shared(content.item):
        return lists.copied(cx, av)
    meet_items(cx, av, content.item, memo)
    return call_library_function(cx, listing.copied_deeply, [av])


# -- what a deep copy meets once only -------------------------------------------------------------------------------


def can_be_shared(item: Shape) -> bool:
    """Whether items of this form hold what can be in two of them."""
    inside = (item.static,) if item.cls is Growing else item.children
    return item.cls in (Arr, Row, Held) or any(map(can_be_shared, inside))


def meet_items(cx: Context, ref: AV, item: Shape, memo: Memo) -> None:
    """Enter lists of what the items of a list are and hold, however deep."""
    if item.cls is Arr:
        memo.meet((item.static[0], item.types[0].ndim), [], [ref])  # type: ignore[attr-defined]
    elif item.cls is Row:
        memo.meet((Row, item.static), [], [ref])
        meet_parts(cx, ref, item, memo)
    elif item.cls is Held:
        memo.meet((Held, item.static[0]), [], [ref])
        meet_parts(cx, ref, item, memo)
    elif can_be_shared(item):
        meet_parts(cx, ref, item, memo)


def meet_parts(cx: Context, ref: AV, item: Shape, memo: Memo) -> None:
    """Enter what the items of a list hold, all first parts, all second ones and so on."""
    take: Any = listing.column
    if item.cls is Held:
        item = item.static[0]
    if item.cls in (Growing, Row):
        if can_be_shared(item.static):
            meet_items(cx, call_library_function(cx, listing.all_items, [ref]), item.static, memo)
        return
    if item.cls is Boxed:
        item = item.children[0]
    if item.cls is Obj:
        steps, take = item.static[1], listing.attribute
    elif item.cls is Seq:
        steps = range(len(item.children))
    elif item.cls is Record and item.static[0] == "dict":
        steps = item.static[1]
    elif any(map(can_be_shared, item.children)):
        memo.refuse(cx)
    else:
        return
    for step, part in zip(steps, item.children, strict=True):
        if can_be_shared(part):
            meet_items(cx, call_library_function(cx, take, [ref, Known(step)]), part, memo)


def _refuse(cx: Context) -> NoReturn:
    cx.unsupported(
        "copy.deepcopy() of a list of run-time length whose items hold lists or objects", kind="list",
        why="whether some of these are one object is not known", hint="copy them one by one",
    )


FEW = 6


def _check_once(cx: Context, form: Any, alone: list[AV], listed: list[AV]) -> None:
    """Refuse, at run time, what has been met twice: the copy would have to hold one copy of it. (Of arrays one could also be a
    view of the other one, with a copy of its own.)"""
    what = {Row: "list", Held: "object"}.get(form[0], "array")
    hint = "copy them one by one" if what == "object" else "write [row[:] for row in m]" if what == "list" else "copy it yourself"
    error = UnsupportedError(
        f"copy.deepcopy() of a list that holds another {what} more than once" if listed else
        f"copy.deepcopy() of what holds one {what} more than once", kind="list", loc=cx.loc,
        why="the copy would have to hold one copy of that, more than once", hint=hint,
    )
    places = [place_of(cx, av) for av in alone]
    if not listed and len(places) <= FEW:
        for a, b in itertools.combinations(places, 2):
            one = cx.both(cx.op("ne", a, int_const(0)), cx.op("eq", a, b))
            cx.unless(cx.negate(one), lambda: cx.fail(error))
        return
    given: list[AV] = [Seq(tuple, tuple(Num("int", place) for place in places)), Seq(tuple, tuple(listed))]
    cx.unless(cx.num(call_library_function(cx, listing.each_once, given)).value, lambda: cx.fail(error))


@handles(primitives.place, as_they_are=True)
def _place(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Num("int", place_of(cx, args[0]))


def place_of(cx: Context, av: AV) -> Value:
    """Where an array, or a list or an object that is memory, is; 0 of what has no room, and so no place of its own."""
    content = cx.heap[av.name] if isinstance(av, Ref) else av
    if not isinstance(content, (Arr, Fixed, Held)):
        _refuse(cx)
    if not content.leaves:
        return int_const(0)
    buffer = content.buffers[0] if isinstance(content, Fixed) else content.leaves[0]
    place = cx.op("locate", buffer)
    for axis in range(buffer.type.ndim):  # type: ignore[attr-defined]
        place = cx.op("select", cx.op("eq", cx.op("dim", buffer, axis=axis), int_const(0)), int_const(0), place)
    return place
