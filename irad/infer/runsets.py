"""Sets with members that are known at run time only: numbers, things with `codes`, or tuples of such, all of one form.

Such a set holds what a dict with such keys holds (see `tables`), with True for each member. It can be asked what is in it, and
how much; its order is that of CPython's table, which is not known. `sorted`, `min` and `max` do not depend on it.
"""

from __future__ import annotations

import functools
from typing import NoReturn

from irad.infer import codes, heap, iterate, sets, tables
from irad.infer.context import Context, type_name
from irad.infer.iterators import named
from irad.infer.joins import form_of, has_form, join, number_shape
from irad.infer.pythoncalls import call_library_function
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.unordered import Unordered, members
from irad.infer.values import NONE, Known, Record, Ref, Seq, Table, int_const, spread
from irad.ir.core import Value, const
from irad.lib import tables as library

MEMBERS = ("add", "discard", "remove")
ALL = (*MEMBERS, "update", "clear", "copy", "union")
OPERATORS = {"|": "union", "&": "intersection", "-": "difference", "<=": "issubset", ">=": "issuperset"}
OF_TWO = (*OPERATORS.values(), "isdisjoint")


def is_run_set(cx: Context, av: AV) -> bool:
    """Whether this is such a set."""
    return isinstance(av, Ref) and av.cls is set and isinstance(cx.heap.get(av.name), Table)


def refuse(cx: Context, what: str) -> NoReturn:
    cx.unsupported(
        f"{what} a set with members that are known at run time only", kind="set",
        why="the order of the members is not known", hint="loop over sorted(the set)",
    )


def _unknown(cx: Context, av: AV) -> bool:
    """Whether this is iterable, with numbers that are known at run time only."""
    from irad.infer.consumers import taken, tried

    def question() -> bool:
        items = taken(cx, av)
        return items is None or any(map(tables.is_run_key, items))

    return is_run_set(cx, av) or (not isinstance(av, Known) and tried(cx, question))


def wanted(cx: Context, content: AV | None, name: str, args: list[AV]) -> bool:
    """Whether a method is one of such a set, or makes one of its set."""
    if isinstance(content, Table):
        return True
    if name in MEMBERS:
        return any(map(tables.is_run_key, args))
    return any(is_run_set(cx, a) for a in args) or (name in ("update", "union") and any(_unknown(cx, a) for a in args))


def of_items(cx: Context, items: list[AV]) -> Ref:
    """{*items}"""
    made = _new(cx)
    for item in items:
        _add(cx, made, item)
    return made


def of_iterable(cx: Context, av: AV) -> Ref | None:
    """set(av), if its members are known at run time only."""
    if not _unknown(cx, av):
        return None
    made = _new(cx)
    _update(cx, made, av)
    return made


def _new(cx: Context) -> Ref:
    made = sets.new_set(cx, [])
    assert isinstance(made, Ref)
    return made


def _empty(cx: Context, form: Shape) -> Table:
    return tables.of_record(cx, Record(("dict", ()), ()), set, form, number_shape(("bool",)))


def method(cx: Context, ref: Ref, name: str, args: list[AV]) -> AV:
    """ref.name(*args)"""
    if name in OF_TWO and len(args) == 1 and (is_run_set(cx, args[0]) or sets.is_any_set(args[0])):
        return _of_two(cx, name, ref, args[0])
    if name not in ALL:
        refuse(cx, f"the method `{name}` of")
    if name == "add":
        _add(cx, ref, args[0])
    elif name in MEMBERS:
        _as_table(cx, ref, shape_of(tables.key_of(cx, args[0])))
        return tables.pop(cx, ref, args[0], NONE if name == "discard" else None) and NONE
    elif name == "clear":
        heap.store(cx, ref, _empty(cx, tables.content_of(cx, ref).keys.item))
    elif name == "update":
        for av in args:
            _update(cx, ref, av)
    else:
        made = tables.copied(cx, ref) if is_run_set(cx, ref) else heap.allocate(cx, heap.content_of(cx, ref), set)
        for av in args:
            _update(cx, made, av)
        return made
    return NONE


def binary(cx: Context, op: str, a: AV, b: AV) -> AV | None:
    """`a op b` of two sets of which at least one is such a set; None for everything else."""
    if not (is_run_set(cx, a) or is_run_set(cx, b)):
        return None
    if not (sets.is_any_set(a) and sets.is_any_set(b)):
        return None
    if op in ("==", "!="):
        same = cx.op("eq", iterate.length(cx, a), iterate.length(cx, b))
        equal = cx.both(same, cx.num(_of_two(cx, "issubset", a, b)).value)
        return cx.bool(equal if op == "==" else cx.negate(equal))
    if op not in OPERATORS:
        refuse(cx, f"`{op}` of")
    return _of_two(cx, OPERATORS[op], a, b)


def _of_two(cx: Context, name: str, a: AV, b: AV) -> AV:
    """a.name(b)"""
    if name == "issuperset":
        return _of_two(cx, "issubset", b, a)
    if name in ("issubset", "isdisjoint"):
        return call_library_function(cx, library.all_in, [_items(cx, a), b, Known(name == "issubset")])
    form = next(tables.content_of(cx, av).keys.item for av in (a, b) if is_run_set(cx, av))
    made = heap.allocate(cx, _empty(cx, form), set)
    if name == "union":
        for av in (a, b):
            _update(cx, made, _items(cx, av))
    else:
        call_library_function(cx, library.add_those, [made, _items(cx, a), b, Known(name == "intersection")])
    return made


def _items(cx: Context, av: AV) -> AV:
    """The members, for what does not depend on their order."""
    if isinstance(av, Ref) and is_run_set(cx, av):
        return listed(cx, av)
    held = heap.opened(cx, av)
    if not isinstance(held, Known):
        return listed(cx, _of_way(cx, held))
    return Seq(tuple, tuple(map(Known, members(held.obj))))


def _of_way(cx: Context, held: AV) -> Ref:
    """One of several known sets."""
    made = _new(cx)

    def fill(member: AV) -> AV:
        assert isinstance(member, Known)
        for obj in members(member.obj):
            _add(cx, made, Known(obj))
        return NONE

    cx.dispatch(held, fill)
    if not is_run_set(cx, made):  # they are empty
        refuse(cx, "empty sets beside")
    return made


def _add(cx: Context, ref: Ref, item: AV) -> None:
    from irad.infer.lists import as_key

    item = spread(as_key(cx, item))
    if not tables.can_be_key(item):
        cx.unsupported(
            f"a set with a member of type {type_name(item)} that is not known at compile time", kind="set",
            why="which members are equal decides how many there are", hint="use numbers, texts, or tuples of such",
        )
    key = tables.key_of(cx, item)
    _as_table(cx, ref, shape_of(key))
    tables.put(cx, ref, key, Known(True))


def _update(cx: Context, ref: Ref, av: AV) -> None:
    from irad.infer.consumers import taken

    if is_run_set(cx, av):
        assert isinstance(av, Ref)
        av = listed(cx, av)
    items = taken(cx, av)
    if items is None:
        call_library_function(cx, library.add_all, [ref, named(cx, iterate.make_iter(cx, av))])
        return
    for item in items:
        _add(cx, ref, item)


def listed(cx: Context, ref: Ref) -> Ref:
    """A list of the members, for what does not depend on their order."""
    from irad.infer import lists

    return lists.copied(cx, heap.allocate(cx, codes.all_decoded(cx, tables.content_of(cx, ref).keys), list))


def in_any_order(cx: Context, av: AV, kwargs: dict[str, AV]) -> AV:
    """What sorted, min or max take: the members of such a set as a list, if no key can make two of them equal."""
    content = heap.opened(cx, av)
    if isinstance(content, Known) and isinstance(content.obj, Unordered) and "key" not in kwargs:
        return Seq(tuple, tuple(map(Known, members(content.obj))))
    if not isinstance(av, Ref) or not is_run_set(cx, av):
        return av
    if not isinstance(kwargs.get("key", NONE), Known) or kwargs.get("key", NONE).obj is not None:  # type: ignore[attr-defined]
        refuse(cx, "an order by a key of")
    return listed(cx, av)


def contains(cx: Context, item: AV, ref: AV) -> Value:
    """item in ref"""
    from irad.infer.lists import as_key

    assert isinstance(ref, Ref)
    item = spread(as_key(cx, item))
    if not tables.can_be_key(item):
        return _never(cx, item)
    if tables.never_there(cx, ref, item):
        return const(False)
    return cx.op("ge", tables.find(cx, ref, item), int_const(0))


def _never(cx: Context, item: AV) -> Value:
    """A member of another type is not in it."""
    if not isinstance(item, Known):
        cx.unsupported(f"`in` for a value of type {type_name(item)} on a set of numbers", kind="set", hint="ask for a number")
    return const(False)


def _as_table(cx: Context, ref: Ref, form: Shape) -> None:
    """Let a set with known members hold its table."""
    content = heap.content_of(cx, ref)
    if not isinstance(content, Table):
        heap.store(cx, ref, cx.dispatch(content, lambda m: of_known(cx, m, form)))


def of_known(cx: Context, av: AV, form: Shape) -> Table:
    """The table of a set with known members."""
    assert isinstance(av, Known)
    keys = tuple(members(av.obj))
    if not all(has_form(key, form) for key in keys):
        cx.unsupported(
            "a set with members of several types, of which some are known at run time only", kind="set",
            why="the code for each type is another one", hint="use members of one type: int(k), float(k)",
        )
    record = Record(("dict", keys), tuple(Known(True) for _ in keys))
    whole = functools.reduce(join, map(form_of, keys), form)
    return tables.of_record(cx, record, set, whole, number_shape(("bool",)))
