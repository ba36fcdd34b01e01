"""Lists and dicts made in compiled code: objects of the abstract heap, of known length, or growable buffers.

A list is `Seq(list, items)` for as long as its length is known. Where ways with other lengths meet, and where an item is stored
at an index known at run time only, it becomes `Growing`: a buffer for each number of an item, twice as large when it is full.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from irad.infer import arrays, heap, held, iterate, rows
from irad.infer.chosenkeys import chooses, each_key, is_compared
from irad.infer.context import Context, type_name
from irad.infer.exceptions import make_exception
from irad.infer.indices import index_part
from irad.infer.joins import JoinError, at_run_time, growing_shape
from irad.infer.keys import Keys, same_key
from irad.infer.kinds import MACHINE
from irad.infer.lookups import has
from irad.infer.raising import raise_value
from irad.infer.sequences import index_of_sequence, is_slice, sequence_item
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.values import (
    NONE,
    UNBOUND_AV,
    Arr,
    Choice,
    Fixed,
    Growing,
    Known,
    Num,
    Record,
    Ref,
    Seq,
    Table,
    int_const,
    numeric,
)
from irad.ir.core import Value
from irad.lib import builtin

Method = Callable[[Context, Ref, list[AV], dict[str, AV]], AV]
LIST_METHODS: dict[str, Method] = {}
DICT_METHODS: dict[str, Method] = {}


def list_method(name: str) -> Callable[[Method], Method]:
    """Register a method of lists that changes them, or takes them as they are."""

    def register(method: Method) -> Method:
        LIST_METHODS[name] = method
        return method

    return register


def dict_method(name: str) -> Callable[[Method], Method]:
    """Register a method of dicts that changes them."""

    def register(method: Method) -> Method:
        DICT_METHODS[name] = method
        return method

    return register


def is_list(av: AV) -> bool:
    return isinstance(av, Ref) and av.cls is list


def is_dict(av: AV) -> bool:
    return isinstance(av, Ref) and issubclass(av.cls, dict)


def new_list(cx: Context, items: list[AV] | tuple[AV, ...]) -> Ref:
    """[*items]"""
    return heap.allocate(cx, Seq(list, tuple(items)))


def new_dict(cx: Context, items: dict[Any, AV], cls: type = dict) -> Ref:
    """A dict with these items, in this order."""
    return heap.allocate(cx, dict_content(items, cls), cls)


def dict_content(items: dict[Any, AV], cls: type = dict) -> Record:
    return Record(("dict", Keys(items), *(() if cls is dict else (cls,))), tuple(items.values()))


def dict_items(cx: Context, ref: Ref) -> dict[Any, AV]:
    """The items of a dict. Those that only some ways have set are refused."""
    content = heap.content_of(cx, ref)
    if isinstance(content, Table):
        from irad.infer import tables

        tables.refuse(cx, "this use of")
    assert isinstance(content, Record)
    content = heap.with_sure_keys(cx, content)
    return dict(zip(content.static[1], content.children, strict=True))


# -- growing -----------------------------------------------------------------------------------------------------


def as_growing(cx: Context, ref: Ref, *new: AV, wide: bool = False) -> Growing:
    """The list in buffers that can hold `new` as well; `wide`: and floats, if it holds ints."""
    content = heap.content_of(cx, ref)
    if isinstance(content, Seq):
        content = Seq(list, tuple(heap.boxed(cx, item) for item in content.items))
    shapes = [shape_of(heap.boxed(cx, item)) for item in new]
    shapes += [content.item] if isinstance(content, Growing) else map(shape_of, content.children)
    if wide:
        shapes = [rows.widened(at_run_time(s)) for s in shapes]
    top = Shape(Seq, list, tuple(shapes))
    try:
        wanted = growing_shape(top, top, shapes)
    except JoinError as e:
        cx.join_failed(e)
    if not isinstance(content, Growing) or content.item != wanted.static:
        content = heap.rebuilt([(ref.name, wanted)], iter(heap.coerced(cx, content, wanted)))[ref.name]
        heap.store(cx, ref, content)
    assert isinstance(content, Growing)
    return content


def reserve(cx: Context, content: Growing, extra: Value) -> Growing:
    """The buffers, with room for `extra` more items: those there are, or others that are at least twice as large."""
    if not content.buffers:
        return content
    size, room = content.length, cx.op("dim", content.buffers[0], axis=0)
    wanted = cx.op("add", size, extra)

    def larger_ones() -> list[Value]:
        made = heap.new_growing(cx, content.item, larger(cx, cx.op("mul", room, int_const(2)), wanted), size)
        cx.count_loop(size, lambda i: move(cx, content, i, made, i), "items")
        return list(made.buffers)

    buffers = cx.either_way(cx.op("gt", wanted, room), larger_ones, lambda: list(content.buffers))
    return Growing(content.item, size, tuple(buffers))


def move(cx: Context, source: Growing, at: Value, target: Growing, to: Value) -> None:
    """target[to] = source[at], of lists whose items have one form."""
    for one, other in zip(source.buffers, target.buffers, strict=True):
        cx.op_store(cx.op("load", one, at), other, [to])


@list_method("append")
def _append(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    append(cx, ref, args[0])
    return NONE


def append(cx: Context, ref: Ref, item: AV) -> None:
    """xs.append(item)"""
    content = heap.content_of(cx, ref)
    if isinstance(content, Seq) and not rows.wanted(cx, item) and not held.wanted(cx, item):
        heap.store(cx, ref, Seq(list, (*content.items, item)))
        return
    content = reserve(cx, as_growing(cx, ref, item), int_const(1))
    heap.put(cx, content, content.length, item)
    heap.store(cx, ref, _longer(cx, content, int_const(1)))


def _longer(cx: Context, content: Growing, extra: Value) -> Growing:
    return Growing(content.item, cx.op("add", content.length, extra), content.buffers)


@list_method("extend")
def _extend(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    extend(cx, ref, args[0])
    return NONE


def extend(cx: Context, ref: Ref, more: AV) -> None:
    """xs.extend(more)"""
    from irad.infer import objects
    from irad.infer.consumers import taken

    if objects.has_class(more) and not isinstance(more, Seq):
        more = objects.iterator(cx, more)
    items = taken(cx, more, iterate.MAX_UNROLL)
    content = heap.content_of(cx, ref)
    if items is not None and isinstance(content, Seq):
        heap.store(cx, ref, Seq(list, (*content.items, *items)))
    elif items is not None:
        for item in items:
            append(cx, ref, item)
    else:
        _extend_counted(cx, ref, more)


def _extend_counted(cx: Context, ref: Ref, more: AV) -> None:
    """The items of something of run-time length."""
    from irad.infer.pythoncalls import call_library_function

    it = iterate.make_iter(cx, more)
    counted = iterate.counted(cx, it)
    if counted is None:
        call_library_function(cx, builtin.append_all, [ref, it])
        return
    size, item_at = counted
    sample = iterate.sample(cx, lambda i: heap.boxed(cx, item_at(i)))
    content = reserve(cx, as_growing(cx, ref, sample), size)
    start = content.length
    cx.count_loop(size, lambda i: heap.put(cx, content, cx.op("add", start, i), item_at(i)), "items")
    heap.store(cx, ref, _longer(cx, content, size))


# -- items -------------------------------------------------------------------------------------------------------


def get_item(cx: Context, ref: Ref, index: AV) -> AV:
    """xs[index] of a list, d[key] of a dict."""
    content = heap.content_of(cx, ref)
    if is_dict(ref):
        return _dict_item(cx, ref, index)
    if isinstance(content, Seq):
        bounded = is_slice(index) and not isinstance(index, Known)
        if bounded and not content.items:
            return new_list(cx, ())
        if not bounded:
            found = sequence_item(cx, content, list(content.items), index)
            return heap.allocate(cx, found) if is_slice(index) else found
        content = as_growing(cx, copied(cx, ref))
    assert isinstance(content, Growing)
    if is_slice(index):
        return _slice_of(cx, content, index)
    index_of_sequence(cx, index, list)
    return heap.item_of(cx, content, _place(cx, content.length, index, "list index out of range"))


def _place(cx: Context, size: Value, index: AV, message: str) -> Value:
    at = cx.integer(index)
    at = cx.op("select", cx.op("lt", at, int_const(0)), cx.op("add", at, size), at)
    cx.guard(cx.both(cx.op("ge", at, int_const(0)), cx.op("lt", at, size)), "IndexError", message)
    return at


def _slice_of(cx: Context, content: Growing, index: AV) -> AV:
    """A new list of some of the items."""
    start, count, step = index_part(cx, index, content.length, 0)
    assert count is not None and step is not None
    made = heap.new_growing(cx, content.item, larger(cx, count, int_const(heap.ROOM)), count)
    cx.count_loop(count, lambda i: move(cx, content, cx.op("add", start, cx.op("mul", i, step)), made, i), "items")
    return heap.allocate(cx, made)


def used(cx: Context, content: Growing, buffer: Value) -> Arr:
    """The part of a buffer that is in use, as an array."""
    return Arr(arrays.kind_of_array(buffer), used_part(cx, content, buffer))


def used_part(cx: Context, content: Growing, buffer: Value) -> Value:
    """The same of any buffer, also of one of arrays."""
    return cx.op("view", buffer, int_const(0), content.length, int_const(1), drop=(), layout="A")


def _dict_item(cx: Context, ref: Ref, key: AV) -> AV:
    from irad.infer.objects import call_special

    found = dict_found(cx, ref, key)

    def case(av: AV) -> AV:
        if heap.is_missing(av):
            made = call_special(cx, ref, "__missing__", key)
            if made is not None:
                return made
            raise_value(cx, make_exception(KeyError, [key]))
        return av

    return cx.dispatch(found, case)


def _is_compared_as_tuple(cls: Any) -> bool:
    """Whether this is the class of a namedtuple."""
    return hasattr(cls, "_fields") and cls.__eq__ is tuple.__eq__ and cls.__hash__ is tuple.__hash__


def as_key(cx: Context, av: AV) -> AV:
    """A tuple of known things as a known tuple, if it can be a key."""
    from irad.infer.evaluated import known_throughout

    known = known_throughout(cx, av) if isinstance(av, Seq) else av
    if isinstance(av, Seq) and _is_compared_as_tuple(av.cls):
        parts = [as_key(cx, item) for item in av.items]
        if all(isinstance(part, Known) for part in parts):
            made: Any = tuple.__new__(av.cls, [part.obj for part in parts if isinstance(part, Known)])
            known = Known(cx.unit.interned.setdefault((av.cls, *(part.static for part in parts)), made))
    if known is not av and isinstance(known, Known):
        try:
            hash(known.obj)
        except TypeError:
            return av
    return known


def _known_key(cx: Context, key: AV) -> Any:
    key = as_key(cx, key)
    if isinstance(key, Known):
        return key.obj
    cx.unsupported("a dict key that is not known at compile time", kind="dict", hint="use an array or a list")


def _check_same(cx: Context, there: Any, key: Any) -> None:
    """A key that only some ways have set, and now all do."""
    if not same_key(there, key):
        cx.unsupported(f"{key!r} beside {there!r} as keys of a dict", kind="dict",
                       why="they are equal, and the dict has the one that came first", hint="use one of them")


def set_item(cx: Context, ref: Ref, index: AV, value: AV) -> AV:
    """xs[index] = value of a list, d[key] = value of a dict."""
    content = heap.content_of(cx, ref)
    if is_dict(ref):
        from irad.infer import tables

        known = as_key(cx, index)
        if isinstance(content, Table) or tables.wanted(cx, content, known):
            tables.put(cx, ref, known, value)
            return NONE
        if chooses(known):
            return each_key(cx, known, lambda k: set_item(cx, ref, k, value))
        items = dict(zip(content.static[1], content.children, strict=True))
        key = _known_key(cx, index)
        if key in items and heap.perhaps_missing(items[key]):
            _check_same(cx, next(k for k in items if k == key), key)
        if cx.unit.pops and key not in items:
            from irad.infer import dictviews

            dictviews.check_put_back(cx, ref, key)
        items[key] = value
        heap.store(cx, ref, dict_content(items, ref.cls), key)
        return NONE
    if is_slice(index):
        from irad.infer import listslices

        listslices.assign(cx, ref, index, value)
        return NONE
    index_of_sequence(cx, index, list)
    if isinstance(content, Seq) and isinstance(index, Known):
        at = _known_place(cx, content, index, "list assignment index out of range")
        heap.store(cx, ref, Seq(list, (*content.items[:at], value, *content.items[at + 1 :])), at)
    elif isinstance(content, Seq) and not all(map(numeric, (value, *content.items))) and not _as_rows(cx, content, value):
        at_run_time = _place(cx, int_const(len(content.items)), index, "list assignment index out of range")
        old = content.items
        tests = [cx.op("eq", at_run_time, int_const(i)) for i in range(len(old))]
        kept = [cx.conditional(t, lambda: value, lambda o=o: o) for t, o in zip(tests, old, strict=True)]  # type: ignore[misc]
        heap.store(cx, ref, Seq(list, tuple(kept)))
    else:
        grown = as_growing(cx, ref, value)
        heap.put(cx, grown, _place(cx, grown.length, index, "list assignment index out of range"), value)
        heap.store(cx, ref, type(grown)(grown.item, grown.length, grown.buffers))  # in place, but whoever made the list must know
    return NONE


def _as_rows(cx: Context, content: Seq, value: AV) -> bool:
    """Whether this is a list put among others, at a place known at run time only: then they are held by their memory."""
    if not is_list(value) or len(content.items) < 2 or not all(map(is_list, content.items)):
        return False
    rows.prefer(cx, rows.HELD)
    return rows.wanted(cx, value)


def _known_place(cx: Context, content: Seq, index: Known, message: str) -> int:
    cx.integer(index)
    at = int(index.obj)
    if not -len(content.items) <= at < len(content.items):
        cx.throw("IndexError", message)
    return at % len(content.items)


def delete_item(cx: Context, ref: Ref, index: AV) -> AV:
    """del xs[index]"""
    if is_dict(ref):
        _pop_key(cx, ref, [index], {})
        return NONE
    if is_slice(index):
        from irad.infer import listslices

        listslices.delete(cx, ref, index)
        return NONE
    index_of_sequence(cx, index, list)
    _pop_at(cx, ref, index, "list assignment index out of range")
    return NONE


# -- methods of lists --------------------------------------------------------------------------------------------


@list_method("pop")
def _pop(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    content = heap.content_of(cx, ref)
    if isinstance(content, Seq) and not content.items:
        cx.throw("IndexError", "pop from empty list")
    if isinstance(content, Growing):
        cx.guard(cx.op("gt", content.length, int_const(0)), "IndexError", "pop from empty list")
    return _pop_at(cx, ref, args[0] if args else Known(-1), "pop index out of range")


def _pop_at(cx: Context, ref: Ref, index: AV, message: str) -> AV:
    content = heap.content_of(cx, ref)
    if isinstance(content, Seq) and isinstance(index, Known):
        at = _known_place(cx, content, index, message)
        heap.store(cx, ref, Seq(list, (*content.items[:at], *content.items[at + 1 :])))
        return content.items[at]
    if isinstance(content, Seq) and not content.items:
        cx.throw("IndexError", message)
    content = as_growing(cx, ref)
    at_run_time = _place(cx, content.length, index, message)
    item = heap.item_of(cx, content, at_run_time)
    last = cx.op("sub", content.length, int_const(1))
    if not (isinstance(index, Known) and index.obj == -1):

        def close_up(i: Value) -> None:
            to = cx.op("add", at_run_time, i)
            move(cx, content, cx.op("add", to, int_const(1)), content, to)

        cx.count_loop(cx.op("sub", last, at_run_time), close_up, "items")
    heap.store(cx, ref, Growing(content.item, last, content.buffers))
    return item


@list_method("insert")
def _insert(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    content = heap.content_of(cx, ref)
    index, item = args
    if isinstance(content, Seq) and isinstance(index, Known):
        items = list(content.items)
        items.insert(index.obj, item)
        heap.store(cx, ref, Seq(list, tuple(items)))
        return NONE
    content = reserve(cx, as_growing(cx, ref, item), int_const(1))
    size, at, zero = content.length, cx.integer(index), int_const(0)
    at = cx.op("select", cx.op("lt", at, zero), larger(cx, cx.op("add", at, size), zero), smaller(cx, at, size))

    def make_way(i: Value) -> None:
        to = cx.op("sub", size, i)
        move(cx, content, cx.op("sub", to, int_const(1)), content, to)

    cx.count_loop(cx.op("sub", size, at), make_way, "items")
    heap.put(cx, content, at, item)
    heap.store(cx, ref, _longer(cx, content, int_const(1)))
    return NONE


@list_method("clear")
def _clear(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    heap.store(cx, ref, Seq(list, ()))
    return NONE


@list_method("reverse")
def _reverse(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    content = heap.content_of(cx, ref)
    found = Seq(list, content.items[::-1]) if isinstance(content, Seq) else None
    if found is None:
        turned = _slice_of(cx, as_growing(cx, ref), Known(slice(None, None, -1)))
        assert isinstance(turned, Ref)
        replace_items(cx, ref, turned)
    else:
        heap.store(cx, ref, found)
    return NONE


def replace_items(cx: Context, ref: Ref, other: Ref) -> None:
    """The list holds what another one, made for this, holds now."""
    old, new = heap.content_of(cx, ref), heap.content_of(cx, other)
    if isinstance(old, Fixed) and isinstance(new, Growing) and new.item == old.item:  # as many: sorted, or turned round
        memory, made = old, new
        cx.count_loop(memory.length, lambda i: move(cx, made, i, memory, i), "items")
        new = memory
    heap.store(cx, ref, new)


@list_method("copy")
def _copy(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return copied(cx, ref)


def copied(cx: Context, ref: Ref) -> Ref:
    """xs.copy()"""
    content = heap.content_of(cx, ref)
    if isinstance(content, Growing):
        found = _slice_of(cx, content, Known(slice(None)))
        assert isinstance(found, Ref)
        return found
    return heap.allocate(cx, content, ref.cls)


def repeated(cx: Context, ref: Ref, count: AV) -> Ref:
    """xs * count"""
    if not numeric(count) or not all(MACHINE[k].is_int or k == "bool" for k in cx.num(count).kinds):
        cx.type_error(f"can't multiply sequence by non-int of type '{type_name(count)}'")
    content = heap.content_of(cx, ref)
    if isinstance(content, Seq) and (isinstance(count, Known) or not content.items):
        count = count if isinstance(count, Known) else Known(0)
        return new_list(cx, content.items * int(count.obj))
    made = new_list(cx, ())
    source = as_growing(cx, copied(cx, ref))
    times = larger(cx, cx.integer(count), int_const(0))
    total = cx.op("mul", source.length, times)
    target = heap.new_growing(cx, source.item, larger(cx, total, int_const(heap.ROOM)), total)
    size = larger(cx, source.length, int_const(1))
    cx.count_loop(total, lambda i: heap.put(cx, target, i, heap.item_of(cx, source, cx.op("mod", i, size))), "items")
    heap.store(cx, made, target)
    return made


def larger(cx: Context, a: Value, b: Value) -> Value:
    """The larger of two ints."""
    return cx.op("select", cx.op("gt", a, b), a, b)


def smaller(cx: Context, a: Value, b: Value) -> Value:
    """The smaller of two ints."""
    return cx.op("select", cx.op("lt", a, b), a, b)


# -- methods of dicts --------------------------------------------------------------------------------------------


@dict_method("__getitem__")
def _get_key(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return _dict_item(cx, ref, args[0])


@dict_method("get")
def _get(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return dict_get(cx, ref, args[0], args[1] if len(args) > 1 else NONE)


def dict_get(cx: Context, ref: Ref, key: AV, default: AV) -> AV:
    """d.get(key, default)"""
    return cx.dispatch(dict_found(cx, ref, key), lambda av: default if heap.is_missing(av) else av)


def dict_found(cx: Context, ref: Ref, key: AV) -> AV:
    """The item of a key; unbound where there is none."""
    content = heap.content_of(cx, ref)
    if isinstance(content, Table):
        from irad.infer import tables

        return tables.found(cx, ref, as_key(cx, key))
    return looked_up(cx, dict(zip(content.static[1], content.children, strict=True)), key, lambda: UNBOUND_AV)


MOST_KEYS = 64  # that a number known at run time only is compared with


def looked_up(cx: Context, items: dict[Any, AV], key: AV, missing: Callable[[], AV]) -> AV:
    """The item of a key, or what `missing` says. A number that is known at run time only is compared with each key."""
    from irad.infer.asking import compare, truth

    key = as_key(cx, key)
    if chooses(key):
        return each_key(cx, key, lambda k: looked_up(cx, items, k, missing))
    if isinstance(key, Known) or not is_compared(key):
        known = _known_key(cx, key)
        return items[known] if known in items else missing()
    numbers = [k for k in items if isinstance(k, (int, float) if isinstance(key, Num) else tuple)]
    if len(numbers) > MOST_KEYS:
        _known_key(cx, key)
    cases: list[tuple[Value | None, Callable[[], AV]]] = []
    for k in numbers:
        cases.append((truth(cx, compare(cx, "==", key, Known(k))), lambda k=k: items[k]))  # type: ignore[misc]
    return cx.alternatives([*cases, (None, missing)])


@dict_method("setdefault")
def _setdefault(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if chooses(as_key(cx, args[0])):
        return each_key(cx, as_key(cx, args[0]), lambda k: _setdefault(cx, ref, [k, *args[1:]], kwargs))
    found = _get(cx, ref, args, {})
    set_item(cx, ref, args[0], found)
    return found


@dict_method("pop")
def _pop_key(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if isinstance(heap.content_of(cx, ref), Table):
        from irad.infer import tables

        return tables.pop(cx, ref, as_key(cx, args[0]), args[1] if len(args) > 1 else None)
    if chooses(as_key(cx, args[0])):
        return each_key(cx, as_key(cx, args[0]), lambda k: _pop_key(cx, ref, [k, *args[1:]], kwargs))
    content = heap.content_of(cx, ref)
    items = dict(zip(content.static[1], content.children, strict=True))
    found = items.pop(_known_key(cx, args[0]), UNBOUND_AV)
    cx.unit.pops = True

    def case(av: AV) -> AV:
        if not heap.is_missing(av):
            return av
        if len(args) > 1:
            return args[1]
        raise_value(cx, make_exception(KeyError, [args[0]]))

    value = cx.dispatch(found, case)
    heap.store(cx, ref, dict_content(items, ref.cls))
    return value


@dict_method("update")
def _update(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if isinstance(heap.content_of(cx, ref), Table) or any(unknown_keys(cx, av) for av in args):
        from irad.infer import tables
        from irad.infer.attributes import get_attr
        from irad.infer.calls import call_value

        for av in args:
            pairs = call_value(cx, get_attr(cx, av, "items"), [], {}) if is_dict(av) else av
            tables.update(cx, ref, iterate.make_iter(cx, pairs))
        for name, value in kwargs.items():
            set_item(cx, ref, Known(name), value)
        return NONE
    if heap.is_open(cx, ref):
        for key, value in [*(pair for av in args for pair in pairs_of(cx, av).items()), *kwargs.items()]:
            set_item(cx, ref, Known(key), value)
        return NONE
    items = dict_items(cx, ref)
    for av in args:
        items.update(pairs_of(cx, av))
    items.update(kwargs)
    heap.store(cx, ref, dict_content(items, ref.cls))
    return NONE


def unknown_keys(cx: Context, av: AV) -> bool:
    """Whether the keys, or the number, of what dict() and update() take is known at run time only."""
    from irad.infer import consumers, tables

    if heap.is_open(cx, av):
        return True
    content = heap.opened(cx, av)
    if isinstance(content, (Choice, Known)) or (isinstance(content, Record) and content.static[0] == "dict"):
        return False
    if isinstance(content, Ref) and content.cls is not list:
        return False
    pairs: list[list[AV] | None] = []

    def known() -> bool:
        items = None if numeric(content) else consumers.taken(cx, av)
        pairs.append(items)
        return True

    consumers.tried(cx, known)
    items = pairs[0] if pairs else None
    if items is None:
        return not numeric(content)
    firsts = [as_key(cx, pair.items[0]) for pair in items if isinstance(pair, Seq) and pair.items]
    return any(map(tables.is_run_key, firsts))


def pairs_of(cx: Context, av: AV) -> dict[Any, AV]:
    """The items of what dict() and update() take: a dict, or pairs."""
    from irad.infer import consumers
    from irad.infer.execute import known_dict

    content = heap.opened(cx, av)
    found = content if isinstance(content, Record) and content.static[0] == "dict" else getattr(content, "obj", None)
    if isinstance(found, (Record, dict)) or (isinstance(content, Choice) and all(map(is_dict, content.members))):
        return known_dict(cx, content)
    if numeric(content):
        cx.type_error(f"'{type_name(content)}' object is not iterable")
    if isinstance(found, types.MappingProxyType):
        return {k: Known(v) for k, v in found.items()}
    if has(cx, content.cls if isinstance(content, Ref) else type(found), "keys"):
        hint = "take its items: dict(d.items())"
        cx.unsupported(f"a dict of an object of class {type_name(content)} that is no dict", kind="dict", hint=hint)
    pairs = consumers.taken(cx, content)
    if pairs is None:
        cx.unsupported("a dict of items whose number is not known at compile time", kind="dict", hint="use a list or an array")
    items: dict[Any, AV] = {}
    for pair in pairs:
        key, value = consumers.unpack(cx, pair, {"count": 2})
        items[_known_key(cx, key)] = value
    return items


@dict_method("clear")
def _clear_dict(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    heap.store(cx, ref, dict_content({}, ref.cls))
    return NONE


@dict_method("copy")
def _copy_dict(cx: Context, ref: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    from irad.infer import dictclasses, tables

    if not dictclasses.keeps_class(ref.cls):
        return dictclasses.copied(cx, ref, dict)
    if isinstance(heap.content_of(cx, ref), Table):
        return tables.copied(cx, ref)
    return heap.allocate(cx, heap.content_of(cx, ref), ref.cls)
