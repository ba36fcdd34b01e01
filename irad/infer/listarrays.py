"""np.array of lists of run-time length: of numbers, of tuples, of arrays and of other lists."""

from __future__ import annotations

from irad.infer import arrays, heap, iterate
from irad.infer.context import Context
from irad.infer.extents import dims
from irad.infer.kinds import MACHINE
from irad.infer.lists import used
from irad.infer.nested import INHOMOGENEOUS, make_array
from irad.infer.values import AV, Arr, Boxed, Choice, Growing, Num, Ref, Row, Seq, Shape, int_const, shape_of
from irad.ir.core import Value


def to_array(cx: Context, content: Growing) -> Arr:
    """np.array(xs) of a list of run-time length: of numbers, or of tuples of numbers."""
    item = content.item
    if item.cls is Num:
        kind = arrays.common_kind_of([arrays.NUMPY_KIND.get(k, k) for k in item.static])
        found = used(cx, content, content.buffers[0])
        return Arr(kind, found.value) if MACHINE[kind] == found.type.elem else arrays.cast_array(cx, found, kind)
    if item.cls is Boxed and item.static is list and item.children[0].cls is Seq:  # a row that was made as a list
        item = item.children[0]
    if item.cls is Seq and item.children and all(c.cls is Num and len(c.static) == 1 for c in item.children):
        columns = [used(cx, content, buffer) for buffer in content.buffers]
        kinds = [arrays.NUMPY_KIND.get(c.static[0], c.static[0]) for c in item.children]
        kind = arrays.common_kind_of(kinds)
        out = arrays.alloc(cx, [content.length, int_const(len(columns))], kind)
        for k, (column, own) in enumerate(zip(columns, kinds, strict=True)):
            target = arrays.view(cx, out, [(int_const(0), content.length, int_const(1)), (int_const(k), None, None)])
            assert isinstance(target, Arr)
            arrays.assign(cx, target, Arr(own, column.value))
        return out
    if item.cls in (Arr, Row):
        return _stacked(cx, content)
    if holds_sequences(item):
        return _stacked(cx, _as_arrays(cx, content))
    cx.unsupported("an array of a list whose items are of several types", kind="value-type", hint="keep one list for each")


def holds_sequences(item: Shape) -> bool:
    """Whether each item can be made an array: a list, a tuple, an array, or one of several such."""
    if item.cls is Choice:
        return all(map(holds_sequences, item.children))
    return item.cls is Arr or (item.cls is Seq and bool(item.children)) or (item.cls is Boxed and item.static is list)


def _as_arrays(cx: Context, content: Growing) -> Growing:
    """The list with each item as an array, if they are of one rank and dtype."""
    def item(i: Value) -> AV:
        return cx.dispatch(heap.item_of(cx, content, i), lambda m: make_array(cx, heap.opened(cx, m)))

    sample = iterate.sample(cx, item)
    if not isinstance(sample, Arr):
        cx.unsupported("an array of a list whose items are of several types", kind="value-type", hint="keep one list for each")
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
        for mine, wanted in zip(dims(cx, item), sizes, strict=True):
            cx.guard(cx.op("eq", mine, wanted), "ValueError", INHOMOGENEOUS)
        arrays.assign(cx, arrays.view(cx, out, [(i, None, None)]), item)

    cx.count_loop(content.length, fill, "items")
    return out


def _item_as_array(cx: Context, content: Growing, at: Value) -> Arr:
    item = heap.item_of(cx, content, at)
    if isinstance(item, Ref):
        inner = cx.heap[item.name]
        assert isinstance(inner, Growing)
        return to_array(cx, inner)
    assert isinstance(item, Arr)
    return item
