"""Dicts with keys that are known at run time only: numbers, known things by their `codes`, or tuples of such, all of one form.

A dict is a record of known keys (see `lists`) up to the first key that is not known, and up to where it matters which keys it
has on the way that was taken, or in which order; then it becomes a `Table` of three lists, which `irad.lib.tables` says how to
use. Where ways meet, a record becomes a table if the dict is one on another way.
"""

from __future__ import annotations

import functools
import itertools
from collections import OrderedDict
from typing import Any, NoReturn

from irad.errors import TypingError, UnsupportedError
from irad.infer import codes, heap, iterate, lists, trees
from irad.infer.context import Context, type_name
from irad.infer.exceptions import make_exception
from irad.infer.iterators import named
from irad.infer.joins import form_of, join, number_shape
from irad.infer.kinds import MACHINE, kind_of
from irad.infer.meanings import handles
from irad.infer.pythoncalls import call_function, call_library_function, python_function
from irad.infer.raising import raise_value
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.values import (
    NONE,
    UNBOUND_AV,
    Choice,
    Growing,
    Known,
    Num,
    Record,
    Ref,
    Seq,
    Table,
    int_const,
    known_const,
    numeric,
)
from irad.ir.core import Value
from irad.lib import tables
from irad.ops.py import UNBOUND

GENERATORS = {"keys": tables.keys_of, "values": tables.values_of, "items": tables.items_of}
OF_THOSE = {"keys": tables.keys_there, "values": tables.values_there, "items": tables.items_there}
OF_ONE = {"keys": tables.keys_of_one, "values": tables.values_of_one, "items": tables.items_of_one}
MOST_THERE = 12  # keys of a dict, from the first on that may not be there, that a loop over it takes one by one


def is_table(cx: Context, av: AV) -> bool:
    """Whether this is such a dict."""
    return isinstance(av, Ref) and isinstance(cx.heap.get(av.name), Table)


def content_of(cx: Context, ref: AV) -> Table:
    assert isinstance(ref, Ref)
    content = heap.content_of(cx, ref)
    assert isinstance(content, Table)
    return content


def refuse(cx: Context, what: str) -> NoReturn:
    cx.unsupported(
        f"{what} a dict with keys that are known at run time only", kind="dict",
        hint="loop over its items, or use lists or arrays",
    )


def is_key(av: AV) -> bool:
    """Whether this can be a key that is known at run time only."""
    return numeric(av) or (isinstance(av, Seq) and av.cls is tuple and bool(av.items) and all(map(is_key, av.items)))


def is_mixed_key(av: AV) -> bool:
    """Whether this is a key with numbers that are known at run time only, perhaps beside things that have codes."""
    if isinstance(av, Seq) and av.cls is tuple:
        return any(map(is_mixed_key, av.items)) and all(is_mixed_key(i) or is_key(i) or _has_code(i) for i in av.items)
    return isinstance(av, Num)


def can_be_key(av: AV) -> bool:
    """Whether this can be a key of such a dict, or a member of such a set."""
    if isinstance(av, Seq) and av.cls is tuple:
        return bool(av.items) and all(map(can_be_key, av.items))
    return numeric(av) or _has_code(av)


def is_run_key(av: AV) -> bool:
    """Whether this is one that is known at run time only."""
    return not isinstance(av, Known) and can_be_key(av)


MOST_WAYS = 8  # on which one of several keys may be set in a dict with known keys


def wanted(cx: Context, content: AV, key: AV) -> bool:
    """Whether a dict with known keys must become a table for this key to be set: else their order would not be known."""
    if isinstance(key, Known):
        names = content.static[1]
        return key.obj in names[:-1] and heap.perhaps_missing(content.children[names.index(key.obj)])
    if is_mixed_key(key):
        return True
    keys = key.members if isinstance(key, Choice) else (key,)
    if not all(isinstance(k, Known) for k in keys):
        return False
    items = dict(zip(content.static[1], content.children, strict=True))
    last = content.static[1][-1] if items else None
    known = [k.obj for k in keys if isinstance(k, Known)]
    perhaps = [k for k in known if k not in items or heap.perhaps_missing(items[k])]
    if len(perhaps) > MOST_WAYS:
        return True
    return any(k in items and heap.perhaps_missing(items[k]) and k != last for k in known)


def _has_code(av: AV) -> bool:
    return all(isinstance(m, Known) and codes.can_be(m.obj) for m in (av.members if isinstance(av, Choice) else (av,)))


def key_of(cx: Context, av: AV) -> AV:
    """A key as a value at run time."""
    if isinstance(av, Seq):
        return Seq(tuple, tuple(key_of(cx, item) for item in av.items))
    if isinstance(av, Known) and type(av.obj) is tuple:
        return key_of(cx, Seq(tuple, tuple(map(Known, av.obj))))
    code = codes.encoded(cx, av)
    if code is not None:
        return code
    if isinstance(av, Record) and av.static[0] == "code":
        return av
    if isinstance(av, Choice):
        found = cx.dispatch(av, lambda m: key_of(cx, m))
        return several_types(cx) if isinstance(found, Choice) else found
    kind = kind_of(av.obj) if isinstance(av, Known) else None
    number = av if isinstance(av, Num) else Num(kind, known_const(av.obj)) if kind and isinstance(av, Known) else None
    if number is None or len(number.kinds) > 1:
        cx.unsupported(f"a dict key of type {type_name(av)} that is not known at compile time", kind="dict",
                       hint="use numbers, or tuples of numbers, of one type")
    if MACHINE[number.kind].is_float:
        error = UnsupportedError(
            "nan as a key of a dict", kind="dict", loc=cx.loc, why="nan is found again only if it is one object",
            hint="ask for it with math.isnan",
        )
        cx.unless(cx.op("eq", number.value, number.value), lambda: cx.fail(error))
    return number


def several_types(cx: Context) -> NoReturn:
    cx.unsupported(
        "a dict with keys of several types, of which some are known at run time only", kind="dict",
        why="the code for each type is another one", hint="use keys of one type: int(k), float(k)",
    )


def _checked(cx: Context, table: Table, av: AV) -> AV:
    """A key of the form that the others have."""
    key = key_of(cx, av)
    if not codes.alike(shape_of(key), table.keys.item):
        several_types(cx)
    codes.check(cx, join(table.keys.item, shape_of(key)))
    return key


def _parts(cx: Context, table: Table) -> list[Ref]:
    """The three lists of a table, for the library: that of keys holds numbers for codes."""
    keys = codes.with_item(table.keys, codes.plain(table.keys.item))
    return [heap.allocate(cx, part, list) for part in (keys, *table.children[1:])]


def find(cx: Context, ref: Ref, key: AV) -> Value:
    """The place of a key; -1 if it is not there."""
    table = content_of(cx, ref)
    keys, _, slots = _parts(cx, table)
    return cx.num(call_library_function(cx, tables.find, [keys, slots, codes.numbers(_checked(cx, table, key))])).value


def never_there(cx: Context, ref: Ref, key: AV) -> bool:
    """Whether no key can be equal to this one, which is known."""
    if not isinstance(key, Known) or type(key.obj) is tuple:
        return False
    form = content_of(cx, ref).keys.item
    if codes.is_code(form):
        return all(key.obj != obj.obj for obj in form.static[1])
    return kind_of(key.obj) is None  # a text, None: no number is equal to it


def found(cx: Context, ref: Ref, key: AV) -> AV:
    """The item of a key; unbound where there is none."""
    if never_there(cx, ref, key):
        return UNBOUND_AV
    at = find(cx, ref, key)
    values = content_of(cx, ref).values
    return cx.conditional(cx.op("ge", at, int_const(0)), lambda: heap.item_of(cx, values, at), lambda: UNBOUND_AV)


def put(cx: Context, ref: Ref, key: AV, value: AV) -> None:
    """d[key] = value"""
    if not is_table(cx, ref):
        convert(cx, ref, (key_of(cx, key), value))
    table = content_of(cx, ref)
    key = _checked(cx, table, key)
    parts = _parts(cx, table)
    lists.as_growing(cx, parts[1], value)
    call_library_function(cx, tables.put, [*parts, codes.numbers(key), value])
    _store(cx, ref, parts, join(table.keys.item, shape_of(key)))


def _store(cx: Context, ref: Ref, parts: list[Ref], form: Shape) -> None:
    """form: of the keys."""
    keys, values, slots = (heap.content_of(cx, part) for part in parts)
    assert isinstance(keys, Growing) and isinstance(values, Growing) and isinstance(slots, Growing)
    heap.store(cx, ref, Table(ref.cls, codes.with_item(keys, form), values, slots))


def convert(cx: Context, ref: Ref, more: tuple[AV, AV] | None = None) -> None:
    """The dict as a table, that can hold the item `more` as well."""
    record = heap.content_of(cx, ref)
    assert isinstance(record, Record)
    forms = [*([shape_of(more[0])] if more else ()), *map(form_of, record.static[1])]
    if not all(codes.alike(form, forms[0]) for form in forms):
        several_types(cx)
    held = [m for c in record.children for m in (c.members if isinstance(c, Choice) else (c,)) if not _is_unbound(m)]
    try:
        sample = lists.as_growing(cx, lists.new_list(cx, held), *([more[1]] if more else ()))
    except TypingError:
        if not any(map(heap.perhaps_missing, record.children)):
            raise
        heap.keys_depend(cx, "what it holds, in which order, is known at run time only, and its items have no common form")
    heap.store(cx, ref, of_record(cx, record, ref.cls, functools.reduce(join, forms), sample.item))


def of_record(cx: Context, record: AV, cls: type, key: Shape, value: Shape) -> Table:
    """A dict with known keys, some of which may be missing on this way, as a table."""
    names = record.static[1]
    room = int_const(max(heap.ROOM, len(names)))
    keys, values = (heap.new_growing(cx, form, room, int_const(0)) for form in (key, value))
    size: Value = int_const(0)
    codes.check(cx, key)
    for name, child in zip(names, record.children, strict=True):

        def case(av: AV, name: Any = name, at: Value = size) -> AV:
            if _is_unbound(av):
                return Num("int", at)
            heap.put(cx, keys, at, key_of(cx, Known(name)))
            heap.put(cx, values, at, av)
            return Num("int", cx.op("add", at, int_const(1)))

        size = cx.num(cx.dispatch(child, case)).value
    one, other = (Growing(part.item, size, part.buffers) for part in (keys, values))
    return Table(cls, one, other, _no_slots(cx))


def _is_unbound(av: AV) -> bool:
    return isinstance(av, Known) and av.obj is UNBOUND


def _no_slots(cx: Context) -> Growing:
    return heap.new_growing(cx, number_shape(("int",)), int_const(heap.ROOM), int_const(0))


def pop(cx: Context, ref: Ref, key: AV, default: AV | None) -> AV:
    """d.pop(key), d.pop(key, default)"""
    at: Value = int_const(-1) if never_there(cx, ref, key) else find(cx, ref, key)

    def there() -> AV:
        value = heap.item_of(cx, content_of(cx, ref).values, at)
        _remove(cx, ref, at)
        return value

    def missing() -> AV:
        if default is not None:
            return default
        raise_value(cx, make_exception(KeyError, [key]))

    return cx.conditional(cx.op("ge", at, int_const(0)), there, missing)


def is_empty(cls: type) -> str:
    """What popitem says of a dict without items."""
    return ("" if issubclass(cls, OrderedDict) else "popitem(): ") + "dictionary is empty"


def popitem(cx: Context, ref: Ref, last: bool) -> AV:
    """d.popitem(): the last one, or the first one."""
    if not is_table(cx, ref):
        convert(cx, ref)
    table = content_of(cx, ref)
    cx.guard(cx.op("gt", table.keys.length, int_const(0)), "KeyError", is_empty(ref.cls))
    at: Value = cx.op("sub", table.keys.length, int_const(1)) if last else int_const(0)
    found = tuple(codes.decoded(cx, heap.item_of(cx, part, at)) for part in (table.keys, table.values))
    _remove(cx, ref, at)
    return Seq(tuple, found)


def move_to_end(cx: Context, ref: Ref, key: AV, last: bool) -> None:
    """d.move_to_end(key, last)"""
    value = pop(cx, ref, key, None)
    if last:
        put(cx, ref, key, value)
        return
    others = copied(cx, ref)
    heap.store(cx, ref, _without_items(cx, content_of(cx, ref)))
    put(cx, ref, key, value)
    update(cx, ref, iterator(cx, others, "items"))


def _without_items(cx: Context, table: Table) -> Table:
    """An empty one of the same form."""
    keys, values = (heap.new_growing(cx, part.item, int_const(heap.ROOM), int_const(0)) for part in (table.keys, table.values))
    return Table(table.static, keys, values, _no_slots(cx))


def _remove(cx: Context, ref: Ref, at: Value) -> None:
    table = content_of(cx, ref)
    parts = _parts(cx, table)
    call_library_function(cx, tables.remove, [*parts, Num("int", at)])
    _store(cx, ref, parts, table.keys.item)


def copied(cx: Context, ref: Ref) -> Ref:
    """d.copy()"""
    table = content_of(cx, ref)
    made = heap.allocate(cx, table, ref.cls)
    _store(cx, made, [lists.copied(cx, part) for part in _parts(cx, table)], table.keys.item)
    return made


def iterator(cx: Context, ref: Ref, what: str) -> AV:
    """What a loop over the keys, values or items walks along."""
    content = heap.content_of(cx, ref)
    if isinstance(content, Record) and len(list(itertools.dropwhile(_is_sure, content.children))) > MOST_THERE:
        convert(cx, ref)
    elif isinstance(content, Record):
        given = [ref, Known(tuple(content.static[1])), _size(cx, ref)]
        return call_function(cx, python_function(OF_THOSE[what]), given, {})
    return call_function(cx, python_function(GENERATORS[what]), [ref, _size(cx, ref), _gaps(cx, ref)], {})


def _size(cx: Context, ref: AV) -> Num:
    return Num("int", iterate.length(cx, ref))


def _gaps(cx: Context, ref: AV) -> AV:
    """How many items were taken out of such a dict; what has been emptied is none."""
    if not is_table(cx, ref):
        return Num("int", int_const(0))
    return call_library_function(cx, tables.taken_out, [_parts(cx, content_of(cx, ref))[2]])


@handles(tables.gaps, as_they_are=True)
def _gaps_of(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return _gaps(cx, args[0])


@handles(tables.in_order, as_they_are=True)
def _in_order(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    from irad.infer.dictviews import keys_change

    held, given = ((av.members if isinstance(av, Choice) else (av,)) for av in args)
    orders = [order for av in given if (order := _keys_in_order(cx, av)) is not None]
    for one in map(functools.partial(_keys_in_order, cx), held):
        if one is not None and any(set(one) == set(order) and list(one) != list(order) for order in orders):
            keys_change(cx)
    return NONE


def _keys_in_order(cx: Context, av: AV) -> tuple[Any, ...] | None:
    """The keys, or items, of this in their order; None if it depends on the way."""
    content = heap.content_of(cx, av)
    if isinstance(content, Record):
        return content.static[1]  # type: ignore[no-any-return]
    return tuple(content.obj) if isinstance(content, Known) else None


def _is_sure(av: AV) -> bool:
    return not heap.perhaps_missing(av)


def walked(cx: Context, av: AV) -> AV | None:
    """An iterator over such a dict, or over a view of one; None for everything else."""
    if isinstance(av, Ref) and av.cls is set and is_table(cx, av):
        from irad.infer import runsets

        runsets.refuse(cx, "a loop over")
    what, held = (av.static[1], av.children[0]) if heap.is_view(av) else ("keys", av)
    return iterator(cx, held, what) if isinstance(held, Ref) and heap.is_open(cx, held) else None


def along_one_of_several(cx: Context, av: AV) -> AV | None:
    """An iterator over one of several dicts that hold other keys, or a view of it; None for everything else."""
    from irad.infer.dictviews import held_by

    what, held = (av.static[1], av.children[0]) if heap.is_view(av) else ("keys", av)
    if not isinstance(held, Choice) or any(heap.is_open(cx, m) for m in held.members):
        return None
    names = cx.dispatch(held, lambda m: lists.dict_content(dict.fromkeys(held_by(cx, m), NONE)))
    if isinstance(names, Choice):
        return None
    return call_function(cx, python_function(OF_ONE[what]), [held, heap.allocate(cx, names, dict), _size(cx, held)], {})


def update(cx: Context, ref: Ref, pairs: AV) -> None:
    """d.update(pairs), of pairs whose number or keys are not known at compile time."""
    call_library_function(cx, tables.update, [ref, named(cx, pairs)])


def equal(cx: Context, a: AV, b: AV) -> AV:
    """a == b, of dicts of which at least one is such a dict"""
    if all(isinstance(d, Ref) and issubclass(d.cls, OrderedDict) for d in (a, b)):
        cx.unsupported("`==` of OrderedDicts whose keys are known at run time only", kind="dict", hint="use dicts")
    return call_library_function(cx, tables.equal, [a, b])


def fill(cx: Context, ref: Ref, keys: AV, value: AV) -> None:
    """What dict.fromkeys does."""
    call_library_function(cx, tables.fill, [ref, named(cx, keys), value])


def from_keys(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """dict.fromkeys(keys, value)"""
    from irad.infer import consumers

    items = consumers.taken(cx, args[0]) if args else None
    keys = None if items is None else [lists.as_key(cx, key) for key in items]
    value = args[1] if len(args) > 1 else NONE
    if keys is not None and all(isinstance(key, Known) for key in keys):
        return lists.new_dict(cx, {key.obj: value for key in keys if isinstance(key, Known)})
    made = lists.new_dict(cx, {})
    if keys is None:
        fill(cx, made, iterate.make_iter(cx, args[0]), value)
    for key in keys or ():
        lists.set_item(cx, made, key, value)
    return made


def count(cx: Context, ref: Ref, items: AV) -> None:
    """What Counter.update does."""
    call_library_function(cx, tables.count, [ref, named(cx, items)])


@handles(tables.key_at, as_they_are=True)
def _key_at(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return _at(cx, args, 0)


@handles(tables.value_at, as_they_are=True)
def _value_at(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return _at(cx, args, 1)


def _at(cx: Context, args: list[AV], which: int) -> AV:
    """Key or value number i, which is there."""
    if not is_table(cx, args[0]):  # it has been emptied
        refuse(cx, "a loop in which items are taken out of")
    part = content_of(cx, args[0]).children[which]
    return codes.decoded(cx, heap.item_of(cx, part, cx.num(args[1]).value))  # type: ignore[arg-type]


def tree(cx: Context, table: Table, what: str) -> Record:
    """The tree of such a dict, for results."""
    from irad.infer.entries import WHAT

    if what not in (WHAT, trees.OF_DERIVATIVE):
        refuse(cx, f"into or out of {what}:")
    values: AV = trees.items_tree(cx, table.values)
    if not cx.unit.numbered:
        from irad.infer.numbered import numbered

        values = numbered(cx, values, table.values, None, {}, {})
    return Record(("pairs", table.static), (trees.items_tree(cx, codes.all_decoded(cx, table.keys)), values))


def refuse_pairs(cx: Context, av: AV) -> None:
    """What is differentiated does not hold the tree of such a dict."""
    if isinstance(av, Record) and av.static[0] == "pairs":
        refuse(cx, f"into or out of {trees.A_DERIVATIVE}:")
    for child in av.children:
        refuse_pairs(cx, child)


def of_tree(cx: Context, cls: type, keys: AV, values: AV) -> Ref:
    """A dict of its tree."""
    made = lists.new_dict(cx, {}, cls)
    call_library_function(cx, tables.refill, [made, keys, values])
    return made
