"""Slices of lists, assigned and deleted: of known length by Python itself, of run-time length by moving items."""

from __future__ import annotations

from irad.errors import UnsupportedError
from irad.infer import heap, iterate
from irad.infer.context import Context
from irad.infer.indices import index_part
from irad.infer.lists import as_growing, extend, larger, move, new_list
from irad.infer.shapes import AV
from irad.infer.values import Fixed, Growing, Known, Ref, Seq, int_const, numeric
from irad.ir.core import Const, Value, const


def assign(cx: Context, ref: Ref, index: AV, value: AV) -> None:
    """xs[start:stop:step] = value"""
    content = heap.content_of(cx, ref)
    if numeric(value) or (isinstance(value, Known) and value.obj is None):
        bounds = index.obj.step if isinstance(index, Known) else None
        cx.type_error("can only assign an iterable" if bounds in (None, 1) else "must assign iterable to extended slice")
    made = new_list(cx, ())
    extend(cx, made, value)
    new = heap.content_of(cx, made)
    if isinstance(content, Seq) and isinstance(index, Known) and isinstance(new, Seq):
        items = list(content.items)
        try:
            items[index.obj] = new.items
        except ValueError as e:
            cx.throw("ValueError", str(e))
        heap.store(cx, ref, Seq(list, tuple(items)))
        return
    nothing = isinstance(new, Seq) and not new.items
    if nothing and isinstance(content, Seq) and not content.items:
        return
    if nothing:
        target = as_growing(cx, ref)
        source = Growing(target.item, int_const(0), target.buffers)
    else:
        target = as_growing(cx, ref, _sample(cx, as_growing(cx, made)))
        source = as_growing(cx, made, _sample(cx, target))
    start, count, step = index_part(cx, index, target.length, 0)
    assert count is not None and step is not None
    if isinstance(step, Const) and step.value == 1:
        _replace(cx, ref, target, start, count, source)
    else:
        _spread(cx, ref, target, (start, count, step), source)


def _sample(cx: Context, content: Growing) -> AV:
    """A value of the form of the items."""
    return iterate.sample(cx, lambda i: heap.boxed(cx, heap.item_of(cx, content, i)))


def _replace(cx: Context, ref: Ref, target: Growing, start: Value, count: Value, source: Growing) -> None:
    """Neighbours are replaced by others, perhaps of another number."""
    size, new = target.length, source.length
    if isinstance(target, Fixed):
        _check_number(cx, cx.op("eq", new, count))
        _put(cx, source, target, start, int_const(1))
        heap.store(cx, ref, Fixed(target.item, size, target.buffers))
        return
    total = cx.op("add", cx.op("sub", size, count), new)
    made = heap.new_growing(cx, target.item, larger(cx, total, int_const(heap.ROOM)), total)
    cx.count_loop(start, lambda i: move(cx, target, i, made, i), "items")
    _put(cx, source, made, start, int_const(1))
    behind, to = cx.op("add", start, count), cx.op("add", start, new)
    cx.count_loop(
        cx.op("sub", size, behind), lambda i: move(cx, target, cx.op("add", behind, i), made, cx.op("add", to, i)), "items",
    )
    heap.store(cx, ref, made)


def _spread(cx: Context, ref: Ref, target: Growing, part: tuple[Value, Value, Value], source: Growing) -> None:
    """Each item of a slice is replaced by another one."""
    start, count, step = part
    same = cx.op("eq", source.length, count)
    if not isinstance(step, Const):
        _check_number(cx, cx.either(same, cx.op("ne", step, int_const(1))))
    words = "attempt to assign sequence of size {} to extended slice of size {}"
    cx.guard(same, "ValueError", words, source.length, count)
    _put(cx, source, target, start, step)
    heap.store(cx, ref, type(target)(target.item, target.length, target.buffers))  # in place, but whoever made it must know


def _put(cx: Context, source: Growing, target: Growing, start: Value, step: Value) -> None:
    def each(i: Value) -> None:
        move(cx, source, i, target, cx.op("add", start, cx.op("mul", i, step)))

    cx.count_loop(source.length, each, "items")


def _check_number(cx: Context, fine: Value) -> None:
    """Refuse, at run time, what would change the number of items of a list that cannot have another one."""
    error = UnsupportedError(
        "an assignment to a slice of a list that changes its length", kind="list", loc=cx.loc,
        why="the list is in a list of run-time length, or the step is known at run time only",
        hint="assign as many items as the slice has, or make a new list",
    )
    cx.unless(fine, lambda: cx.fail(error))


def delete(cx: Context, ref: Ref, index: AV) -> None:
    """del xs[start:stop:step]"""
    content = heap.content_of(cx, ref)
    if isinstance(content, Seq) and isinstance(index, Known):
        items = list(content.items)
        try:
            del items[index.obj]
        except ValueError as e:
            cx.throw("ValueError", str(e))
        heap.store(cx, ref, Seq(list, tuple(items)))
        return
    if isinstance(content, Seq) and not content.items:
        return
    content = as_growing(cx, ref)
    start, count, step = index_part(cx, index, content.length, 0)
    assert count is not None and step is not None
    back, last = cx.op("lt", step, int_const(0)), cx.op("add", start, cx.op("mul", cx.op("sub", count, int_const(1)), step))
    by = cx.op("select", back, cx.op("neg", step), step)
    first = cx.op("select", cx.op("gt", count, int_const(0)), cx.op("select", back, last, start), content.length)
    one = isinstance(by, Const) and by.value == 1

    def close_up(i: Value, carried: list[Value]) -> list[Value]:
        (to,) = carried
        at = cx.op("add", first, i)
        move(cx, content, at, content, to)
        gone: Value = const(True) if one else cx.op("eq", cx.op("mod", i, by), int_const(0))
        gone = cx.both(gone, cx.op("lt", i if one else cx.op("floordiv", i, by), count))
        return [cx.op("select", gone, to, cx.op("add", to, int_const(1)))]

    cx.fold_loop(cx.op("sub", content.length, first), [first], close_up, "items")
    heap.store(cx, ref, Growing(content.item, cx.op("sub", content.length, count), content.buffers))
