"""Dicts with keys that are known at run time only: numbers, or tuples of numbers, all of one form.

A dict is a record of known keys (see `lists`) up to the first key that is not known; then it becomes a `Table` of three lists,
which `irad.lib.tables` says how to use. Where ways meet, a record becomes a table if the dict is one on another way.
"""

from __future__ import annotations

from typing import Any, NoReturn

from irad.errors import UnsupportedError
from irad.infer import heap, lists, trees
from irad.infer.calls import call_function, call_library_function, python_function
from irad.infer.context import Context, type_name
from irad.infer.exceptions import make_exception
from irad.infer.iterators import named
from irad.infer.joins import has_form, number_shape
from irad.infer.kinds import MACHINE, kind_of
from irad.infer.meanings import handles
from irad.infer.raising import raise_value
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.values import (
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


def key_of(cx: Context, av: AV) -> AV:
    """A key as a value at run time."""
    if isinstance(av, Seq):
        return Seq(tuple, tuple(key_of(cx, item) for item in av.items))
    if isinstance(av, Known) and type(av.obj) is tuple:
        return key_of(cx, Seq(tuple, tuple(map(Known, av.obj))))
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


def _checked(cx: Context, table: Table, av: AV) -> AV:
    """A key of the form that the others have."""
    key = key_of(cx, av)
    if shape_of(key) != table.keys.item:
        cx.unsupported(
            "a dict with keys of several types, of which some are known at run time only", kind="dict",
            why="the code for each type is another one", hint="use keys of one type: int(k), float(k)",
        )
    return key


def find(cx: Context, ref: Ref, key: AV) -> Value:
    """The place of a key; -1 if it is not there."""
    table = content_of(cx, ref)
    keys, slots = (heap.allocate(cx, part, list) for part in (table.keys, table.slots))
    return cx.num(call_library_function(cx, tables.find, [keys, slots, _checked(cx, table, key)])).value


def found(cx: Context, ref: Ref, key: AV) -> AV:
    """The item of a key; unbound where there is none."""
    if isinstance(key, Known) and kind_of(key.obj) is None and type(key.obj) is not tuple:
        return UNBOUND_AV  # a text, None: no number is equal to it
    at = find(cx, ref, key)
    values = content_of(cx, ref).values
    return cx.conditional(cx.op("ge", at, int_const(0)), lambda: heap.item_of(cx, values, at), lambda: UNBOUND_AV)


def put(cx: Context, ref: Ref, key: AV, value: AV) -> None:
    """d[key] = value"""
    if not is_table(cx, ref):
        _convert(cx, ref, key_of(cx, key), value)
    table = content_of(cx, ref)
    parts = [heap.allocate(cx, part, list) for part in table.children]
    lists.as_growing(cx, parts[1], value)
    call_library_function(cx, tables.put, [*parts, _checked(cx, table, key), value])
    _store(cx, ref, parts)


def _store(cx: Context, ref: Ref, parts: list[Ref]) -> None:
    contents = [heap.content_of(cx, part) for part in parts]
    assert all(isinstance(content, Growing) for content in contents)
    heap.store(cx, ref, Table(ref.cls, *contents))  # type: ignore[arg-type]


def _convert(cx: Context, ref: Ref, key: AV, value: AV) -> None:
    """The dict as a table that can hold the item as well."""
    record = heap.content_of(cx, ref)
    assert isinstance(record, Record)
    form = shape_of(key)
    if not all(has_form(k, form) for k in record.static[1]):
        cx.unsupported(
            "a dict with keys of several types, of which some are known at run time only", kind="dict",
            why="the code for each type is another one", hint="use keys of one type: int(k), float(k)",
        )
    held = [m for c in record.children for m in (c.members if isinstance(c, Choice) else (c,)) if not _is_unbound(m)]
    sample = lists.as_growing(cx, lists.new_list(cx, held), value)
    heap.store(cx, ref, of_record(cx, record, ref.cls, form, sample.item))


def of_record(cx: Context, record: AV, cls: type, key: Shape, value: Shape) -> Table:
    """A dict with known keys, some of which may be missing on this way, as a table."""
    names = record.static[1]
    room = int_const(max(heap.ROOM, len(names)))
    keys, values = (heap.new_growing(cx, form, room, int_const(0)) for form in (key, value))
    size: Value = int_const(0)
    for name, child in zip(names, record.children, strict=True):

        def case(av: AV, name: Any = name, at: Value = size) -> AV:
            if _is_unbound(av):
                return Num("int", at)
            heap.put(cx, keys, at, Known(name))
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
    at = find(cx, ref, key)

    def there() -> AV:
        value = heap.item_of(cx, content_of(cx, ref).values, at)
        _remove(cx, ref, at)
        return value

    def missing() -> AV:
        if default is not None:
            return default
        raise_value(cx, make_exception(KeyError, [key]))

    return cx.conditional(cx.op("ge", at, int_const(0)), there, missing)


def popitem(cx: Context, ref: Ref) -> AV:
    """d.popitem(): the last one."""
    table = content_of(cx, ref)
    cx.guard(cx.op("gt", table.keys.length, int_const(0)), "KeyError", "popitem(): dictionary is empty")
    at = cx.op("sub", table.keys.length, int_const(1))
    found = Seq(tuple, tuple(heap.item_of(cx, part, at) for part in (table.keys, table.values)))
    _remove(cx, ref, at)
    return found


def _remove(cx: Context, ref: Ref, at: Value) -> None:
    parts = [heap.allocate(cx, part, list) for part in content_of(cx, ref).children]
    call_library_function(cx, tables.remove, [*parts, Num("int", at)])
    _store(cx, ref, parts)


def copied(cx: Context, ref: Ref) -> Ref:
    """d.copy()"""
    parts = [lists.copied(cx, heap.allocate(cx, part, list)) for part in content_of(cx, ref).children]
    contents = [heap.content_of(cx, part) for part in parts]
    return heap.allocate(cx, Table(ref.cls, *contents), ref.cls)  # type: ignore[arg-type]


def iterator(cx: Context, ref: AV, what: str) -> AV:
    """What a loop over the keys, values or items walks along."""
    return call_function(cx, python_function(GENERATORS[what]), [ref], {})


def walked(cx: Context, av: AV) -> AV | None:
    """An iterator over such a dict, or over a view of one; None for everything else."""
    if is_table(cx, av):
        if isinstance(av, Ref) and av.cls is set:
            from irad.infer import runsets

            runsets.refuse(cx, "a loop over")
        return iterator(cx, av, "keys")
    if heap.is_view(av) and is_table(cx, av.children[0]):
        return iterator(cx, av.children[0], av.static[1])
    return None


def update(cx: Context, ref: Ref, pairs: AV) -> None:
    """d.update(pairs), of pairs whose number or keys are not known at compile time."""
    call_library_function(cx, tables.update, [ref, named(cx, pairs)])


def fill(cx: Context, ref: Ref, keys: AV, value: AV) -> None:
    """What dict.fromkeys does."""
    call_library_function(cx, tables.fill, [ref, named(cx, keys), value])


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
    return heap.item_of(cx, content_of(cx, args[0]).children[which], cx.num(args[1]).value)  # type: ignore[arg-type]


def tree(cx: Context, table: Table, what: str) -> Record:
    """The tree of such a dict, for results."""
    from irad.infer.entries import WHAT

    if what != WHAT:
        refuse(cx, f"into or out of {what}:")
    values: AV = trees.items_tree(cx, table.values)
    if not cx.unit.numbered:
        from irad.infer.numbered import numbered

        values = numbered(cx, values, table.values, None, {}, {})
    return Record(("pairs", table.static), (trees.items_tree(cx, table.keys), values))
