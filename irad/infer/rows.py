"""Lists in lists of run-time length: an inner list is held by its memory.

    m = [[0.0] * n for _ in range(n)]     m: Growing(Row(float), n, buffers of lengths and of arrays)
    row = m[i]                            row: a new name for a list that is Fixed, in the memory of m's item
    row[j] = x                            seen by whoever reads m[i][j]

The abstract heap knows objects by names, and cannot tell one of many from another. So a list becomes memory when it is put
into a list of run-time length: its items may change from then on, through any of its names, but neither their number nor their
form (if these have to change as well: see `held`). Code that needs this is analysed anew with `Manner.level` set: until then
such a list holds what its items hold, which nobody may change any more (`heap.boxed`), and lists of known length in lists are
known one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from irad.infer import heap
from irad.infer.context import Anew, Context
from irad.infer.joins import JoinError, describe, growing_shape, number_shape
from irad.infer.shapes import AV, Shape, rebuild, shape_of
from irad.infer.values import Arr, Choice, Fixed, Growing, Held, Name, Num, Record, Ref, Row, Seq, int_const
from irad.ir.core import Value
from irad.ir.types import INT, Array

# `Manner.level`: inner lists are held by their memory; and ints in them can become floats; all objects are held by their memory
# (see `held`), and inner lists can have another length
HELD, WIDE, MEMORY = 1, 2, 3
NEVER = -1  # it did not help


def is_list_in(av: AV) -> bool:
    """Whether a list is among what would become an item."""
    if isinstance(av, Ref):
        return av.cls is list
    return isinstance(av, (Seq, Choice)) and any(map(is_list_in, av.children))


def wanted(cx: Context, *items: AV) -> bool:
    """Whether a list with these new items should hold them by their memory."""
    return cx.unit.manner.level >= HELD and any(map(is_list_in, items))


def demand(cx: Context, mode: int) -> None:
    """Begin anew if objects in lists are not held in this way yet; if that did not do, say why."""
    if cx.unit.manner.refused is not None:
        raise cx.unit.manner.refused
    if 0 <= cx.unit.manner.level < mode:
        raise Anew(mode)


def prefer(cx: Context, mode: int) -> None:
    """Begin anew in this way, if nothing is known against it."""
    if cx.unit.manner.level == 0 and cx.unit.manner.refused is None:
        raise Anew(mode)


def frozen(cx: Context, ref: Ref) -> Row:
    """A list as it goes into a list of run-time length: it becomes memory, which its names then stand for."""
    content = cx.heap[ref.name]
    if not isinstance(content, Fixed):
        content = _grown(cx, ref, content)
        content = Fixed(content.item, content.length, content.buffers)
        heap.store(cx, ref, content)
    else:
        cx.unit.rows_again = True
    return Row(content.item, content.leaves)


def _grown(cx: Context, ref: Ref, content: AV) -> Growing:
    from irad.infer import lists

    item = content.item if isinstance(content, Growing) else None
    if item is None and not content.children:
        item = number_shape(("float",))
        return heap.new_growing(cx, item, int_const(1), int_const(0))  # memory of its own
    if item is not None and not (cx.unit.manner.level >= WIDE and widened(item) != item):
        assert isinstance(content, Growing)
        return content
    return lists.as_growing(cx, ref, wide=cx.unit.manner.level >= WIDE)


def frozen_shape(cx: Context, name: Name, content: Shape) -> Shape | None:
    """The shape of what a list with this content, and its items boxed, holds as memory; None if it stays what it is."""
    if not HELD <= cx.unit.manner.level < MEMORY or name[0] is not list or content.cls is Fixed:
        return content if content.cls is Fixed else None
    items = content.children if content.cls is Seq else (content.static,)
    top = Shape(Seq, list, items)
    try:
        item: Shape = growing_shape(top, top, list(items)).static if items else number_shape(("float",))
    except JoinError:
        return None
    if cx.unit.manner.level >= WIDE:
        item = widened(item)
    return Shape(Fixed, item, (), (INT, *(Array(t, 1) for t in item.flat_types())))


def row_shape(memory: Shape | None) -> Shape | None:
    """The shape of such a list as an item."""
    return None if memory is None else Shape(Row, memory.static, (), memory.types)


def widened(item: Shape) -> Shape:
    """The form of items among which ints can become floats."""
    if item.cls is Num and "float" not in item.static and not any(k.startswith("float") for k in item.static):
        return number_shape((*item.static, "float"))
    return item


def thawed(cx: Context, row: Row) -> Ref:
    """A new name for such a list."""
    return heap.allocate(cx, Fixed(row.static, row.leaves[0], row.leaves[1:]))


def check_kept(cx: Context, old: AV | None, new: AV) -> None:
    """A list that is memory keeps its length and the form of its items."""
    if not isinstance(old, Fixed):
        return
    if not isinstance(new, Fixed) or new.item != old.item:
        if isinstance(new, Growing) and new.item != old.item:
            demand(cx, WIDE)
            demand(cx, MEMORY)
            cx.mistyped(
                f"a list in a list of run-time length, of {describe(old.item)}, would hold {describe(new.item)}", kind="list",
                why="other names may stand for it", hint="begin with items of the type that it holds later (0.0 for 0)",
            )
        demand(cx, MEMORY)
        cx.unsupported(
            "another length of a list that is in a list of run-time length", kind="list", why="other names may stand for it",
            hint="make the inner list whole before it is put into the outer one, or use a new list: m[i] = m[i] + [x]",
        )


def columns(cx: Context, content: Growing) -> list[AV]:
    """The arrays of a list as a tree, see `trees.items_tree`."""
    from irad.infer.arrays import cast_array, copy
    from irad.infer.lists import used, used_part

    found: list[AV] = []
    at = 0
    for part in _leaf_parts(content.item):
        buffers = content.buffers[at : at + part.count()]
        at += len(buffers)
        if part.cls is Row:
            found.append(copy(cx, used(cx, content, buffers[0])))
            found += columns(cx, _chained(cx, content.length, part, buffers))
            continue
        for buffer, facts in zip(buffers, _facts_of_arrays(part), strict=True):
            if facts is not None:
                found.append(of_arrays(cx, Record(("arrays", *facts), (), (used_part(cx, content, buffer),))))
                continue
            if isinstance(buffer.type, Array) and isinstance(buffer.type.elem, Array):  # one of several lists
                refuse_result(cx)
            column = used(cx, content, buffer)
            found.append(copy(cx, column) if column.kind != "int8" else cast_array(cx, column, "int64"))
    return found


def _facts_of_arrays(shape: Shape) -> list[tuple[str, bool] | None]:
    """For each leaf of an item the kind of an array's elements, and whether it is writeable; None of numbers."""
    if shape.cls is Arr:
        return [shape.static[:2]]
    return [*(None for _ in shape.types), *(facts for child in shape.children for facts in _facts_of_arrays(child))]


def is_of_arrays(av: AV) -> bool:
    """Whether this holds the arrays in the items of a list (see `trees.items_tree`)."""
    return isinstance(av, Record) and av.static[0] == "arrays"


def of_arrays(cx: Context, av: AV, each: Callable[[Arr], AV] = lambda a: a) -> Record:
    """A copy of what holds arrays, with `each` of them."""
    (buffer,) = av.leaves
    assert isinstance(buffer.type, Array)
    length = cx.op("dim", buffer, axis=0)
    inner = buffer.type.elem
    made = cx.op("alloc", length, elem=str(inner), zero=True)

    def put(i: Value) -> None:
        found = each(Arr(av.static[1], cx.op("load", buffer, i), av.static[2]))
        cx.op_store(cx.strided(found.leaves[0], inner), made, [i])

    cx.count_loop(length, put, "items")
    return Record(av.static, (), (made,))


def refuse_arrays(cx: Context, av: AV, where: str, hint: str) -> None:
    """Lists of arrays of run-time length do not go everywhere."""
    refuse_shape(cx, shape_of(av), where, hint)


def refuse_shape(cx: Context, shape: Shape, where: str, hint: str) -> None:
    """The same of the shape of a tree."""
    if shape.cls is Record and shape.static[0] == "arrays":
        cx.unsupported(f"{where} a list of arrays whose length is not known at compile time", kind="grad-output", hint=hint)
    for child in shape.children:
        refuse_shape(cx, child, where, hint)


def in_rows(cx: Context, content: Growing) -> Growing:
    """A list with the lists in it as rows, also if these are of any length (see `held`)."""
    from irad.infer import iterate

    if not holds_held(content.item):
        return content

    def item(i: Value) -> AV:
        leaves = [cx.op("load", buffer, i) for buffer in content.buffers]
        return _in_rows(cx, rebuild(content.item, iter(leaves)))

    made = heap.new_growing(cx, shape_of(iterate.sample(cx, item)), content.length, content.length)
    cx.count_loop(content.length, lambda i: heap.put(cx, made, i, item(i)), "items")
    return made


def _in_rows(cx: Context, av: AV) -> AV:
    from irad.infer import lists

    if isinstance(av, Held):
        ref = heap.allocate(cx, av)
        if ref.cls is not list:
            refuse_result(cx)
        content = in_rows(cx, _grown(cx, lists.copied(cx, ref), heap.content_of(cx, ref)))
        return Row(content.item, content.leaves)
    return av.with_children(tuple(_in_rows(cx, c) for c in av.children)) if av.children else av


def holds_held(shape: Shape) -> bool:
    """Whether there are objects in items of this form, see `held`."""
    return shape.cls is Held or any(map(holds_held, _parts(shape)))


def refuse_result(cx: Context) -> NoReturn:
    """Lists of objects of run-time length stay in compiled code."""
    cx.unsupported(
        "a list of lists, dicts or objects whose length is not known at compile time, as a result", kind="list",
        why="whether some of them are one object is not known", hint="return np.array(xs), or use tuples as items",
    )


def _leaf_parts(shape: Shape) -> list[Shape]:
    """The parts of an item that have buffers of their own, in order: those of lists together."""
    if shape.cls is Seq:
        return [part for child in shape.children for part in _leaf_parts(child)]
    return [shape]


def _chained(cx: Context, count: Value, part: Shape, buffers: tuple[Value, ...]) -> Growing:
    """The items of all lists in a list, as one."""
    from irad.infer import lists

    inner = Shape(Growing, part.static, (), part.types)
    carried = [int_const(0)]

    def each(i: Value, total: list[Value]) -> list[Value]:
        return [cx.op("add", total[0], cx.op("load", buffers[0], i))]

    (total,) = cx.fold_loop(count, carried, each)
    made = heap.new_growing(cx, inner.static, total, total)

    def fill(i: Value, start: list[Value]) -> list[Value]:
        row = Growing(part.static, *_loaded(cx, buffers, i))
        cx.count_loop(row.length, lambda j: lists.move(cx, row, j, made, cx.op("add", start[0], j)), "items")
        return [cx.op("add", start[0], row.length)]

    cx.fold_loop(count, carried, fill)
    return made


def _loaded(cx: Context, buffers: tuple[Value, ...], i: Value) -> tuple[Value, tuple[Value, ...]]:
    length, *arrays = (cx.op("load", buffer, i) for buffer in buffers)
    return length, tuple(arrays)


def is_missing(e: JoinError) -> bool:
    """Whether two forms of lists did not meet because there are lists in them."""
    return any(_lists_in(s) for s in (e.a, e.b))


def _lists_in(shape: Shape) -> bool:
    return any((c.cls is Ref and c.static[0] is list) or _lists_in(c) for c in _parts(shape))


def _parts(shape: Shape) -> Any:
    return (*shape.children, *((shape.static,) if shape.cls is Growing else ()))
