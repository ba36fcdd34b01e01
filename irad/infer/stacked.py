"""np.array of lists of run-time length: of numbers, of tuples of numbers, of lists and arrays.

    np.array([(i, x) for i, x in enumerate(xs) if x > 0.0])      two axes; one if there is no such x, as numpy has it
"""

from __future__ import annotations

from collections.abc import Callable

from irad.infer import arrays, heap, iterate, numbers, rows, stores
from irad.infer.context import Context
from irad.infer.extents import dims
from irad.infer.kinds import MACHINE
from irad.infer.lists import used
from irad.infer.nested import inhomogeneous, make_array
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.values import Arr, Boxed, Choice, Growing, Held, Known, Num, Ref, Row, Seq, int_const, numeric
from irad.ir.core import Value


def to_array(cx: Context, content: Growing, dtype: str | None = None) -> Arr:
    """np.array(xs) of a list of run-time length: of numbers, or of tuples of numbers."""
    content = rows.in_rows(cx, content)
    item = content.item
    if item.cls is Num:
        kind = arrays.common_kind_of([arrays.NUMPY_KIND.get(k, k) for k in item.static])
        found = used(cx, content, content.buffers[0])
        return Arr(kind, found.value) if MACHINE[kind] == found.type.elem else arrays.cast_array(cx, found, kind)
    if item.cls is Boxed and item.static is list and item.children[0].cls is Seq:  # a row that was made as a list
        item = item.children[0]
    kind_of_rows = _kind_of_rows(item) if item.cls is Seq else None
    if kind_of_rows is not None:
        return _columns_side_by_side(cx, content, item, kind_of_rows)
    if item.cls in (Arr, Row):
        return _stacked(cx, content)
    if holds_sequences(item):
        return _stacked(cx, _as_arrays(cx, content, dtype))
    wanted = dtype or _kind_of_numbers(item)
    if wanted is not None and item.cls is Choice and all(map(_is_number_or_none, item.children)):
        return _of_numbers(cx, content, wanted, dtype is not None)
    cx.unsupported("an array of a list whose items are of several types", kind="list", hint="keep one list for each")


def _is_number_or_none(item: Shape) -> bool:
    return item.cls is Num or (item.cls is Known and item.static.obj is None)


def _kind_of_numbers(item: Shape) -> str | None:
    """The kind of an array of the numbers among the items, if it is one."""
    found = {arrays.NUMPY_KIND.get(k, k) for c in item.children if c.cls is Num for k in c.static}
    return found.pop() if len(found) == 1 else None


def _of_numbers(cx: Context, content: Growing, kind: str, asked: bool) -> Arr:
    """np.array(xs) of numbers and None, of which there must be none if no dtype is asked for: numpy makes an array of objects."""
    def number(av: AV) -> AV:
        if not numeric(av):
            if not asked:
                cx.unsupported("an array of numbers and None", kind="dtype", hint="give the dtype: np.array(xs, dtype=float)")
            av = stores.number_of_nothing(cx, kind)
        numbers.check_element(cx, av, kind)
        return Num(kind, arrays.converted(cx, av, kind))

    out = arrays.alloc(cx, [content.length], kind)

    def store(i: Value) -> None:
        cx.op_store(cx.num(cx.dispatch(heap.item_of(cx, content, i), number)).value, out.value, [i])

    cx.count_loop(content.length, store, "items")
    return out


def _kind_of_rows(item: Shape) -> str | None:
    """The kind of an array of tuples of numbers; None if they are no such tuples, or if it depends on the data."""
    if not item.children or not all(c.cls is Num for c in item.children):
        return None
    kinds = [[arrays.NUMPY_KIND.get(k, k) for k in c.static] for c in item.children]
    found = arrays.common_kind_of([k for each in kinds for k in each])
    sure = [each[0] for each in kinds if len(each) == 1 or len(set(each)) == 1]
    several = [each for each in kinds if len(set(each)) > 1]
    if several and not (sure and arrays.common_kind_of(sure) == found):
        return None
    return found


def _columns_side_by_side(cx: Context, content: Growing, item: Shape, kind: str) -> Arr:
    """np.array(xs) of tuples of numbers."""
    out = arrays.alloc(cx, [content.length, int_const(len(item.children))], kind)
    at = 0
    for k, part in enumerate(item.children):
        column = used(cx, content, content.buffers[at])
        at += part.count()
        own = arrays.common_kind_of([arrays.NUMPY_KIND.get(name, name) for name in part.static])
        source = Arr(own, column.value) if MACHINE[own] == column.type.elem else arrays.cast_array(cx, column, own)
        target = arrays.view(cx, out, [(int_const(0), content.length, int_const(1)), (int_const(k), None, None)])
        assert isinstance(target, Arr)
        arrays.assign(cx, target, source)
    return out


def may_be_empty(cx: Context, content: Growing) -> Value | None:
    """Whether an array of the list has more axes than one of an empty list, which has one; None: it has not."""
    item = content.item
    of_rows = item.cls in (Arr, Held, Row) or holds_sequences(item) or is_mixed(item)
    return cx.op("eq", content.length, int_const(0)) if of_rows else None


def holds_sequences(item: Shape) -> bool:
    """Whether each item can be made an array: a list, a tuple, an array, or one of several such."""
    if item.cls is Choice:
        return all(map(holds_sequences, item.children))
    return item.cls is Arr or (item.cls is Seq and bool(item.children)) or (item.cls is Boxed and item.static is list)


def is_mixed(item: Shape) -> bool:
    """Whether some items may be numbers, and others rows."""
    rows = [holds_sequences(c) for c in item.children] if item.cls is Choice else []
    return any(rows) and not all(rows) and all(row or c.cls is Num for row, c in zip(rows, item.children, strict=True))


def by_first(cx: Context, content: Growing, dtype: str | None, made: Callable[[AV], AV]) -> AV:
    """The array of a list that is not empty, whose items are all numbers or all rows, as the first one is.

        c = np.array([c[k] for k in range(len(c))])      in a loop: an empty list makes one axis, so that c[k] may be a number
    """
    def array(first: AV) -> AV:
        def only(m: AV) -> AV:
            if numeric(m) != numeric(first):
                cx.throw("ValueError", inhomogeneous(1), content.length)
            return m if numeric(m) else make_array(cx, heap.opened(cx, m), dtype)

        def item(i: Value) -> AV:
            return cx.dispatch(heap.item_of(cx, content, i), only)

        alike = heap.new_growing(cx, shape_of(iterate.sample(cx, item)), content.length, content.length)
        cx.count_loop(content.length, lambda i: heap.put(cx, alike, i, item(i)), "items")
        return made(heap.allocate(cx, alike, list))

    return cx.dispatch(heap.item_of(cx, content, int_const(0)), array)


def _as_arrays(cx: Context, content: Growing, dtype: str | None) -> Growing:
    """The list with each item as an array, if they are of one rank and dtype (`dtype`, if that is asked for)."""
    def item(i: Value) -> AV:
        return cx.dispatch(heap.item_of(cx, content, i), lambda m: make_array(cx, heap.opened(cx, m), dtype))

    sample = iterate.sample(cx, item)
    if not isinstance(sample, Arr):
        cx.unsupported("an array of a list whose items are of several types", kind="list", hint="keep one list for each")
    made = heap.new_growing(cx, shape_of(sample), content.length, content.length)
    cx.count_loop(content.length, lambda i: heap.put(cx, made, i, item(i)), "items")
    return made


def _stacked(cx: Context, content: Growing) -> Arr:
    """np.array(xs) of a list of arrays, or lists, of one shape."""
    cx.guard(cx.op("gt", content.length, int_const(0)), "ValueError", "an array of an empty list of arrays")
    first = _item_as_array(cx, content, int_const(0))
    sizes = dims(cx, first)
    out = arrays.alloc(cx, [content.length, *sizes], first.kind)

    def fill(i: Value) -> None:
        item = _item_as_array(cx, content, i)
        for axis, (mine, wanted) in enumerate(zip(dims(cx, item), sizes, strict=True)):
            alike = cx.op("eq", mine, wanted)
            cx.guard(alike, "ValueError", inhomogeneous(axis + 1), content.length, *sizes[:axis])
        arrays.assign(cx, arrays.view(cx, out, [(i, None, None)]), item)

    cx.count_loop(content.length, fill, "items")
    return out


def _item_as_array(cx: Context, content: Growing, at: Value) -> Arr:
    item = heap.item_of(cx, content, at)
    if isinstance(item, Ref):
        inner = heap.content_of(cx, item)
        assert isinstance(inner, Growing)
        return to_array(cx, inner)
    assert isinstance(item, Arr)
    return item
