"""np.array of sequences: of numbers, of sequences, of arrays; lists of run-time length are arrays already."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial
from typing import NoReturn

import numpy as np

from irad.infer import numbers, stores
from irad.infer.arrays import alloc, assign, cast_array, converted, element, element_kind, view
from irad.infer.context import Context, type_name
from irad.infer.extents import MOST_AXES, dims, length
from irad.infer.heap import content_of, opened
from irad.infer.iterate import item_at, known_items
from irad.infer.kinds import CLASSES, MACHINE, dtype_kind, is_numpy
from irad.infer.shapes import AV, Shape
from irad.infer.values import Arr, Choice, Growing, Known, Num, Range, Ref, Seq, int_const, numeric
from irad.ir.core import Const, Value


def make_array(cx: Context, av: AV, dtype: str | None = None) -> AV:
    """np.array(av): a copy of an array, or an array of known shape from nested sequences of scalars."""
    if isinstance(av, Choice):
        return cx.dispatch(av, lambda m: make_array(cx, m, dtype))
    if isinstance(av, Num) and av.tag is not None and dtype is None and not cx.jitted:
        return numbers.each_kind(cx, av, lambda one: make_array(cx, one))
    from irad.infer import stacked

    content = content_of(cx, av) if isinstance(av, Ref) else None
    empty = stacked.may_be_empty(cx, content) if isinstance(content, Growing) else None
    if empty is None:
        return _made(cx, av, dtype)

    def some() -> AV:
        if isinstance(content, Growing) and stacked.is_mixed(content.item):
            return stacked.by_first(cx, content, dtype, lambda alike: _made(cx, alike, dtype))
        return _made(cx, av, dtype)

    return cx.alternatives([(cx.negate(empty), some), (None, lambda: alloc(cx, [int_const(0)], dtype or "float64"))])


def _made(cx: Context, av: AV, dtype: str | None) -> AV:
    of_python = _holds_python_ints(cx, av)
    av = flat(cx, av, dtype)
    if isinstance(av, Arr):
        return cast_array(cx, av, dtype or av.kind, of_python)
    if isinstance(av, Known) and isinstance(av.obj, np.ndarray):
        kind = dtype_kind(av.obj.dtype)
        if kind is None:
            cx.unsupported(f"an array of dtype {av.obj.dtype}", kind="dtype")
        live = cx.captured(av.obj, ("known", av.obj))  # what it holds when the code runs
        if isinstance(live, Arr):
            return cast_array(cx, live, dtype or live.kind)
        av = Known(av.obj.tolist())
        dtype = dtype or kind
    if isinstance(av, Range):
        return counted(cx, av, dtype or "int64")
    av = _with_counted(cx, av)
    if _holds_array(av):
        return _stacked(cx, av, dtype)
    shape, leaves = _nested(cx, av, av, dtype)
    if dtype is None:
        dtype = _common_kind(cx, leaves)
    sizes = [int_const(n) for n in shape]
    out = alloc(cx, sizes, dtype)
    for number, leaf in enumerate(leaves):
        if shape:
            numbers.check_element(cx, leaf, dtype)
        at = [int_const(int(i)) for i in np.unravel_index(number, shape)] if shape else []
        cx.op_store(converted(cx, leaf, dtype), out.value, at)
    return out


def _holds_python_ints(cx: Context, av: AV) -> bool:
    """Whether this is a list of run-time length of Python's ints, or of lists and tuples of such: one that is too large is an
    error then, and is not wrapped."""
    content = content_of(cx, av) if isinstance(av, Ref) else None
    if not isinstance(content, Growing):
        return False
    parts = list(_leaves(content.item))
    return bool(parts) and all(p.cls is Num and set(p.static) <= {"int", "bool"} for p in parts)


def _leaves(shape: Shape) -> Iterator[Shape]:
    if not shape.children:
        yield shape
    for child in shape.children:
        yield from _leaves(child)


def counted(cx: Context, r: Range, kind: str) -> Arr:
    """The numbers of a range."""
    size = r.leaves[0]
    out = alloc(cx, [size], kind)
    cx.count_loop(size, lambda i: cx.op_store(converted(cx, item_at(cx, r, i, size, False), kind), out.value, [i]))
    return out


def _with_counted(cx: Context, av: AV) -> AV:
    """With arrays in place of the ranges."""
    if isinstance(av, Range):
        return counted(cx, av, "int64")
    return av.with_children(tuple(_with_counted(cx, c) for c in av.items)) if isinstance(av, Seq) else av


def _holds_array(av: AV) -> bool:
    return isinstance(av, Seq) and any(isinstance(c, Arr) or _holds_array(c) for c in av.items)


def flat(cx: Context, av: AV, dtype: str | None = None) -> AV:
    """A value as what arrays are made of: lists as what they hold, those of run-time length as arrays."""
    if isinstance(av, Ref):
        content = opened(cx, av)
        if isinstance(content, Ref) and isinstance(content_of(cx, content), Growing):
            from irad.infer.stacked import to_array

            return to_array(cx, content_of(cx, content), dtype)  # type: ignore[arg-type]
        return content if content is av else flat(cx, content, dtype)
    return Seq(av.cls, tuple(flat(cx, item, dtype) for item in av.items)) if isinstance(av, Seq) else av



def inhomogeneous(dimensions: int) -> str:
    """numpy's words: the items are alike in the first `dimensions` axes, whose extents are to be put in."""
    shape = ", ".join(["{}"] * dimensions) + ("," if dimensions == 1 else "")
    return (
        "setting an array element with a sequence. The requested array has an inhomogeneous shape after "
        f"{dimensions} dimensions. The detected shape was ({shape}) + inhomogeneous part."
    )


def _stacked(cx: Context, av: AV, dtype: str | None) -> Arr:
    """np.array of a sequence with arrays in it: they must have one shape."""
    items = [make_array(cx, item) for item in known_items(av) or []]
    first = items[0]
    kinds = [CLASSES[element_kind(i)] for i in items]
    kind = dtype or dtype_kind(np.result_type(*kinds))
    if kind is None or not isinstance(first, Arr) or not all(isinstance(i, Arr) and i.ndim == first.ndim for i in items):
        cx.throw("ValueError", inhomogeneous(1), int_const(len(items)))
    sizes = dims(cx, first)
    others = [dims(cx, item) for item in items[1:]]  # type: ignore[arg-type]
    for axis, size in enumerate(sizes):
        for other in others:
            alike = cx.op("eq", size, other[axis])
            cx.guard(alike, "ValueError", inhomogeneous(axis + 1), int_const(len(items)), *sizes[:axis])
    out = alloc(cx, [int_const(len(items)), *sizes], kind)
    for i, item in enumerate(items):
        assign(cx, view(cx, out, [(int_const(i), None, None)]), item)
    return out


def _common_shape(av: AV) -> tuple[int, ...]:
    """The extents of the axes in which all items are alike."""
    items = known_items(av)
    if items is None:
        return ()
    inner = itertools.takewhile(lambda sizes: len(set(sizes)) == 1, zip(*map(_common_shape, items), strict=False))
    return (len(items), *(sizes[0] for sizes in inner))


def _nested(cx: Context, av: AV, whole: AV, dtype: str | None) -> tuple[tuple[int, ...], list[AV]]:
    """The extents and the numbers of nested sequences, which are in `whole`."""
    if numeric(av):
        return (), [av]
    if dtype is not None and isinstance(av, Known) and av.obj is None:
        return (), [stores.number_of_nothing(cx, dtype)]
    if isinstance(av, Choice):
        cx.unsupported("an array of values whose types differ", kind="value-type")
    items = known_items(av)
    if items is None or (isinstance(av, Known) and isinstance(av.obj, (str, dict, set, frozenset))):
        cx.unsupported(f"np.array of a value of type {type_name(av)}", kind="value-type", hint="fill np.empty(n) in a loop")
    parts = [_nested(cx, item, whole, dtype) for item in items]
    shapes = {shape for shape, _ in parts}
    if len(shapes) > 1:
        common = _common_shape(whole)
        cx.throw("ValueError", inhomogeneous(len(common)), *map(int_const, common))
    inner = shapes.pop() if shapes else ()
    return (len(items), *inner), [leaf for _, leaves in parts for leaf in leaves]


def _common_kind(cx: Context, leaves: list[AV]) -> str:
    if not leaves:
        return "float64"
    samples = [CLASSES[k](1) for leaf in leaves for k in cx.num(leaf).kinds]
    kind = dtype_kind(np.array(samples).dtype)
    assert kind is not None
    return kind


def items_of(cx: Context, av: AV) -> list[AV] | None:
    """The items of a tuple or list of known length."""
    return known_items(flat(cx, av))


def extents_of(cx: Context, shape: AV) -> list[AV]:
    """The items of a shape argument, or the one number."""
    items = items_of(cx, shape) if not numeric(shape) else None
    count = length(cx, shape) if isinstance(shape, Arr) and shape.ndim == 1 and shape.kind != "bool_" else None
    if isinstance(shape, Arr) and count is not None and count <= MOST_AXES:
        items = [element(cx, shape, [int_const(i)]) for i in range(count)]
        if items and not MACHINE[shape.kind].is_int:
            cx.type_error(f"'numpy.{shape.kind}' object cannot be interpreted as an integer")
    if items is None and (isinstance(shape, Ref) or (isinstance(shape, Arr) and shape.ndim == 1 and MACHINE[shape.kind].is_int)):
        cx.unsupported(
            "a shape with a number of axes that is not known at compile time", kind="axis",
            why="the number of axes of an array is part of its type", hint="write the extents one by one",
        )
    return [shape] if items is None else items


def _no_extent(cx: Context, n: Num) -> NoReturn:
    number = f"np.{n.kinds[0]}({{!s}})" if is_numpy(n.kinds[0]) else "{}"
    cx.throw("TypeError", f"expected a sequence of integers or a single integer, got '{number}'", n.value)


def size_tuple(cx: Context, shape: AV) -> list[Value]:
    """The extents that a shape argument asks for."""
    if isinstance(shape, Choice) and any(isinstance(m, Seq) for m in shape.members):
        cx.unsupported(
            "an axis or a number of axes that is not known at compile time", kind="axis",
            why="the number of axes of an array is part of its type", hint="write the number in its place",
        )
    items = extents_of(cx, shape)
    if numeric(shape):
        numbers.each_float(cx, cx.num(shape), partial(_no_extent, cx))
    sizes = [cx.integer(s) for s in items]
    for size in sizes:
        if not isinstance(size, Const):
            cx.guard(cx.op("ge", size, int_const(0)), "ValueError", "negative dimensions are not allowed")
    return sizes
