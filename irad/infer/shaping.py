"""The same elements under another shape: reshape, transpose, views with more or fewer axes; questions about shapes."""

from __future__ import annotations

import operator

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from irad.analysis.ranges import MAX_EXTENT
from irad.errors import UnsupportedError
from irad.infer import arrays, inmemory, nested, numbers
from irad.infer.attributes import get_attr
from irad.infer.context import Context, type_name
from irad.infer.dtypes import no_options
from irad.infer.extents import dims, equal, extent, is_not_one, sized, total_size
from irad.infer.indices import Part
from irad.infer.kinds import is_numpy
from irad.infer.making import argument, as_array, of_array
from irad.infer.meanings import handles, method
from irad.infer.raising import raise_value
from irad.infer.shapes import AV
from irad.infer.values import NONE, Arr, Known, Num, Record, Seq, int_const, numeric
from irad.ir.core import Const, Value, const


@handles(np.reshape)
@of_array
def _reshape_function(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    rest = dict(kwargs)
    shape = args[1] if len(args) > 1 else rest.pop("shape", rest.pop("newshape", NONE))
    order = [rest.pop("order", NONE)] if len(args) < 3 else [args[2]]
    return _in_order(cx, as_array(cx, args[0]), shape, order[0], rest)


@method("reshape")
@of_array
def _reshape_method(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if len(args) == 1:
        cx.type_error("reshape() takes exactly 1 argument (0 given)")
    shape = args[1] if len(args) == 2 else Seq(tuple, tuple(args[1:]))
    rest = {k: v for k, v in kwargs.items() if k != "order"}
    return _in_order(cx, as_array(cx, args[0]), shape, kwargs.get("order", NONE), rest)


def _in_order(cx: Context, av: AV, shape: AV, order: AV, options: dict[str, AV]) -> AV:
    """reshape with `order="F"`: the transposed of what the transposed becomes."""
    no_options(cx, "reshape", {k: v for k, v in options.items() if k != "copy"})
    copied = options.get("copy", NONE)
    if not isinstance(copied, Known) or copied.obj not in (None, True):
        cx.unsupported("reshape that must not copy", kind="option", hint="leave `copy` out")
    assert isinstance(av, Arr)
    av = arrays.copy(cx, av) if copied.obj else av
    if _order_of(cx, av, order) == "C":
        return reshape(cx, av, shape)
    turned = Seq(tuple, tuple(reversed(nested.extents_of(cx, shape))))
    return arrays.transpose(cx, reshape(cx, arrays.transpose(cx, av), turned))


def _order_of(cx: Context, a: Arr, order: AV) -> str:
    """"C" or "F"; the order in memory is only known of arrays that are contiguous by their type."""
    name = inmemory.order_name(cx, order)
    if name in (None, "C") or (name in ("A", "K") and (a.ndim < 2 or (a.type.layout == "C" and not cx.unit.turned))):
        return "C"
    if name != "F":
        cx.unsupported("an order of elements that depends on memory", kind="option", hint='write order="C" or order="F"')
    return "F"


def reshape(cx: Context, a: Arr, shape: AV) -> Arr:
    """a.reshape(shape)"""
    wanted = _extents(cx, total_size(cx, a), [cx.integer(s) for s in nested.extents_of(cx, shape)])
    if a.ndim == len(wanted) == 1:
        return arrays.again(cx, a)
    if a.type.layout == "C" or not wanted:
        made = cx.op("reshape", arrays.contiguous(cx, a).value, *wanted)
        return inmemory.regrouped(cx, a, sized(cx, a.kind, made, wanted, a.writeable))
    return inmemory.regrouped(cx, a, _regrouped(cx, a, wanted))


def _extents(cx: Context, total: Value, wanted: list[Value]) -> list[Value]:
    """The extents that a reshape asks for, with the one that is left open (-1) filled in."""
    given = list(wanted)
    is_open = [const(w.value < 0) if isinstance(w, Const) else cx.op("lt", w, int_const(0)) for w in wanted]  # numpy: also -2
    some: Value = const(False)
    fine: Value = const(True)
    known: Value = int_const(1)
    for k, w in enumerate(given):
        cx.guard(cx.op("not", cx.both(some, is_open[k])), "ValueError", "can only specify one unknown dimension")
        some = cx.either(some, is_open[k])
        w = given[k] = _either(cx, is_open[k], int_const(1), w)
        if not isinstance(w, Const) or w.value >= MAX_EXTENT:
            fine = cx.both(fine, cx.op("lt", w, int_const(MAX_EXTENT)))
        if not isinstance(known, Const) or known.value != 1:
            fine = cx.both(fine, cx.op("mul_fits", known, w))
            w = cx.op("mul", known, w)
        known = w
    if not isinstance(some, Const) or some.value:
        empty = const(known.value == 0) if isinstance(known, Const) else cx.op("eq", known, int_const(0))
        if not isinstance(empty, Const) or empty.value:  # any extent would do: numpy wants one to be said
            fine = cx.both(fine, cx.op("not", cx.both(some, empty)))
        rest = cx.op("floordiv", total, _either(cx, empty, int_const(1), known))
        given = [_either(cx, hole, rest, w) for hole, w in zip(is_open, given, strict=True)]
        known = cx.op("mul", known, _either(cx, some, rest, int_const(1)))
    parts = [w for w, hole in zip(wanted, is_open, strict=True) if not isinstance(hole, Const) or not hole.value]
    marks = ["newaxis" if isinstance(hole, Const) and hole.value else "{}" for hole in is_open]
    while marks and marks[0] == "newaxis":  # so numpy
        marks.pop(0)
    text = ",".join(marks) + ("," if len(given) == 1 else "")
    fine = cx.both(fine, cx.op("eq", known, total))
    cx.guard(fine, "ValueError", f"cannot reshape array of size {{}} into shape ({text})", total, *parts)
    return given


def _either(cx: Context, cond: Value, then: Value, orelse: Value) -> Value:
    if isinstance(cond, Const):
        return then if cond.value else orelse
    return cx.op("select", cond, then, orelse)


def _regrouped(cx: Context, a: Arr, wanted: list[Value]) -> Arr:
    """Of strided memory a view, where steps lead to the elements in this order, else a copy."""

    def copied() -> Arr:
        made = cx.op("reshape", arrays.copy(cx, a).value, *wanted)
        whole = [v for size in wanted for v in (int_const(0), size, int_const(1))]
        return sized(cx, a.kind, cx.op("view", made, *whole, drop=(), layout="A"), wanted, a.writeable)

    view = lambda: sized(cx, a.kind, cx.op("regroup", a.value, *wanted), wanted, a.writeable)
    found = cx.conditional(cx.op("regroups", a.value, *wanted), view, copied)
    assert isinstance(found, Arr)
    return found


@handles(np.ravel)
@method("ravel")
@of_array
def _ravel(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = as_array(cx, args[0])
    assert isinstance(a, Arr)
    no_options(cx, "ravel", {k: v for k, v in kwargs.items() if k != "order"})
    if _order_of(cx, a, argument(args, kwargs, 1, "order") or NONE) == "F":
        a = arrays.transpose(cx, a)
    base = arrays.contiguous(cx, a)
    if a.ndim == 1:
        return arrays.again(cx, base)
    size = total_size(cx, a)
    return inmemory.regrouped(cx, a, sized(cx, a.kind, cx.op("reshape", base.value, size), [size], base.writeable))


@method("flatten")
@of_array
def _flatten(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = as_array(cx, args[0])
    assert isinstance(a, Arr)
    no_options(cx, "flatten", {k: v for k, v in kwargs.items() if k != "order"})
    if _order_of(cx, a, argument(args, kwargs, 1, "order") or NONE) == "F":
        a = arrays.transpose(cx, a)
    made = arrays.copy(cx, a)
    size = total_size(cx, a)
    return made if a.ndim == 1 else sized(cx, a.kind, cx.op("reshape", made.value, size), [size])


def _is_generic(cx: Context, av: AV) -> bool:
    """Whether this is a scalar of numpy's: methods that change no element give it back."""
    return numeric(av) and all(map(is_numpy, cx.num(av).kinds))


def diagonal(cx: Context, a: Arr, first: int, second: int, size: Value) -> Arr:
    """The first elements of the diagonal of two axes, which becomes the last axis."""
    kept = [extent(cx, a, axis) for axis in range(a.ndim) if axis not in (first, second)]
    return sized(cx, a.kind, cx.op("diagonal", a.value, size, axes=(first, second)), [*kept, size], a.writeable)


@handles(np.transpose)
@method("transpose")
@of_array
def _transpose(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if argument(args, kwargs, 1, "axes") is None and _is_generic(cx, args[0]):
        return args[0]
    no_options(cx, "transpose", {k: v for k, v in kwargs.items() if k != "axes"})
    a = as_array(cx, args[0])
    assert isinstance(a, Arr)
    given = args[1:] or ([kwargs["axes"]] if "axes" in kwargs else [])
    items = nested.items_of(cx, given[0]) if len(given) == 1 and not numeric(given[0]) else given
    if not given or (isinstance(given[0], Known) and given[0].obj is None):
        return arrays.transpose(cx, a)
    if items is None:
        cx.unsupported("an order of axes that is not known at compile time", kind="axis", hint="write the axes one by one")
    axes = [known_int(cx, item, "an axis") for item in items]
    if len(axes) != a.ndim:
        cx.throw("ValueError", "axes don't match array")
    for axis in axes:
        check_axis(cx, axis, a.ndim)
    return permuted(cx, a, tuple(axis % a.ndim for axis in axes))


def permuted(cx: Context, a: Arr, axes: tuple[int, ...]) -> Arr:
    """Axis k of the result is `axes[k]` of `a`."""
    if len(set(axes)) < len(axes):
        cx.throw("ValueError", "repeated axis in transpose")
    if axes == tuple(range(a.ndim)):
        return a
    return arrays.permuted(cx, a, axes)


def known_int(cx: Context, av: AV, what: str) -> int:
    """An int that decides about the rank or the order of axes."""
    if isinstance(av, Known):
        try:
            return operator.index(av.obj)
        except TypeError:
            cx.type_error(f"'{type_name(av)}' object cannot be interpreted as an integer")
    cx.unsupported(
        f"{what} that is not known at compile time", kind="axis", why="the number of axes of an array is part of its type",
        hint="write the number in its place",
    )


def known_axes(cx: Context, av: AV) -> list[int]:
    """One axis or a tuple of axes."""
    items = nested.items_of(cx, av) if not numeric(av) else None
    return [known_int(cx, item, "an axis") for item in (items if items is not None else [av])]


def check_axis(cx: Context, axis: int, rank: int, name: str | None = None) -> int:
    """An axis counted from the front; numpy's error if there is none of this number."""
    if not -rank <= axis < rank:
        raise_value(cx, Known(np.exceptions.AxisError(axis, rank, name)))
    return axis + rank if axis < 0 else axis


@handles(normalize_axis_index)
def _normalize_axis_index(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    axis, rank = (known_int(cx, a, "an axis") for a in args[:2])
    return Known(check_axis(cx, axis, rank))


@handles(normalize_axis_tuple)
def _normalize_axis_tuple(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    rank = known_int(cx, args[1], "a number of axes")
    axes = [check_axis(cx, axis, rank) for axis in known_axes(cx, args[0])]
    if "allow_duplicate" not in kwargs:
        _distinct(cx, axes)
    return Known(tuple(axes))


@handles(operator.index)
def _index(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    found = lambda av: numbers.fold(cx, operator.index, av) if isinstance(av, Known) else Num("int", cx.integer(av))
    return cx.dispatch(args[0], found)


def _distinct(cx: Context, axes: list[int]) -> list[int]:
    if len(set(axes)) < len(axes):
        cx.throw("ValueError", "repeated axis")
    return axes


@handles(np.swapaxes)
@method("swapaxes")
@of_array
def _swapaxes(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = as_array(cx, args[0])
    assert isinstance(a, Arr)
    given = [argument(args, kwargs, i, f"axis{i}") or NONE for i in (1, 2)]
    one, other = (check_axis(cx, known_int(cx, arg, "an axis"), a.ndim, f"axis{i + 1}") for i, arg in enumerate(given))
    axes = list(range(a.ndim))
    axes[one], axes[other] = other, one
    return permuted(cx, a, tuple(axes))


@handles(np.moveaxis)
@of_array
def _moveaxis(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = as_array(cx, args[0])
    assert isinstance(a, Arr)
    given = [argument(args, kwargs, 1, "source") or NONE, argument(args, kwargs, 2, "destination") or NONE]
    source, destination = (
        _distinct(cx, [check_axis(cx, axis, a.ndim, name) for axis in known_axes(cx, av)])
        for name, av in zip(("source", "destination"), given, strict=True)
    )
    if len(source) != len(destination):
        cx.throw("ValueError", "`source` and `destination` arguments must have the same number of elements")
    axes = [axis for axis in range(a.ndim) if axis not in source]
    for at, axis in sorted(zip(destination, source, strict=True)):
        axes.insert(at, axis)
    return permuted(cx, a, tuple(axes))


@handles(np.rollaxis)
@of_array
def _rollaxis(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = as_array(cx, args[0])
    assert isinstance(a, Arr)
    axis = check_axis(cx, known_int(cx, argument(args, kwargs, 1, "axis") or NONE, "an axis"), a.ndim)
    start = known_int(cx, argument(args, kwargs, 2, "start") or Known(0), "an axis")
    start += a.ndim if start < 0 else 0
    axes = [k for k in range(a.ndim) if k != axis]
    axes.insert(start - 1 if axis < start else start, axis)
    return permuted(cx, a, tuple(axes))


@handles(np.expand_dims)
@of_array
def _expand_dims(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = as_array(cx, args[0])
    assert isinstance(a, Arr)
    wanted = known_axes(cx, argument(args, kwargs, 1, "axis") or NONE)
    rank = a.ndim + len(wanted)
    new = _distinct(cx, [check_axis(cx, axis, rank) for axis in wanted])
    return arrays.get_item(cx, a, Seq(tuple, tuple(NONE if k in new else Known(slice(None)) for k in range(rank))))


@handles(np.squeeze)
@method("squeeze")
@of_array
def _squeeze(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    axis = argument(args, kwargs, 1, "axis")
    if axis is None and _is_generic(cx, args[0]):
        return args[0]
    a = as_array(cx, args[0])
    assert isinstance(a, Arr)
    if axis is not None:
        wanted = known_axes(cx, axis)
        if a.ndim == 0 and numeric(axis) and wanted[0] in (0, -1):  # numpy lets a number have one
            return args[0] if _is_generic(cx, args[0]) else a
        axes = _distinct(cx, [check_axis(cx, k, a.ndim) for k in wanted])
        for k in axes:
            single = equal(cx, extent(cx, a, k), int_const(1))
            cx.guard(single, "ValueError", "cannot select an axis to squeeze out which has size not equal to one")
        return _without(cx, a, axes)
    lone = [k for k, known in enumerate(a.extents) if known == "1"]
    if lone:
        a = _without(cx, a, lone)
    fine: Value = const(True)
    for size in dims(cx, a):
        if not is_not_one(cx, size):
            fine = cx.both(fine, cx.op("ne", size, int_const(1)))
    refusal = UnsupportedError(
        "squeeze of an array with an axis of one element", kind="axis", loc=cx.loc,
        why="the number of axes that are left would depend on the shape", hint="say which axis: squeeze(axis=0)",
    )
    return a if isinstance(fine, Const) else cx.conditional(fine, lambda: a, lambda: cx.fail(refusal))


def _without(cx: Context, a: Arr, axes: list[int]) -> Arr:
    """The array without axes of one element; it always stays an array."""
    if a.type.layout == "C":
        kept = [extent(cx, a, k) for k in range(a.ndim) if k not in axes]
        return sized(cx, a.kind, cx.op("reshape", a.value, *kept), kept, a.writeable, inmemory.of_view(a, kept))
    parts: list[Part] = []
    for k in range(a.ndim):
        size = extent(cx, a, k)
        parts.append((int_const(0), None, None) if k in axes else (int_const(0), size, int_const(1)))
    return arrays.view(cx, a, parts)


@handles(np.broadcast_to)
@of_array
def _broadcast_to(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    no_options(cx, "broadcast_to", {k: v for k, v in kwargs.items() if k not in ("shape", "subok")})
    a = as_array(cx, args[0])
    assert isinstance(a, Arr)
    return stretched(cx, a, nested.size_tuple(cx, argument(args, kwargs, 1, "shape") or NONE))


def stretched(cx: Context, a: Arr, sizes: list[Value]) -> Arr:
    """The array broadcast to these extents: a view that may not be written to."""
    cx.unit.turned |= len(sizes) > 1
    mine = dims(cx, a)
    if len(mine) > len(sizes):
        cx.throw("ValueError", "input operand has more dimensions than allowed by the axis remapping")
    extra = len(sizes) - len(mine)
    fine: Value = const(True)
    for size, wanted in zip(mine, sizes[extra:], strict=True):
        fine = cx.both(fine, cx.either(equal(cx, size, int_const(1)), equal(cx, size, wanted)))
    texts = ["(" + ",".join(["{}"] * len(s)) + ("," if len(s) == 1 else "") + ")" for s in (mine, sizes)]
    shown = [*mine, *sizes] if len(mine) + len(sizes) <= arrays.MOST_PARTS else []
    one, other = texts if shown else ["(...)", "(...)"]
    words = "operands could not be broadcast together with remapped shapes [original->remapped]:"
    cx.guard(fine, "ValueError", f"{words} {one}  and requested shape {other}", *shown)
    spread = cx.op("spread", a.value, *sizes[:extra], *mine, axes=(*[-1] * extra, *range(a.ndim)))
    found = sized(cx, a.kind, spread, [*sizes[:extra], *mine], False)
    for k in range(a.ndim):
        found = stretched_axis(cx, found, extra + k, sizes[extra + k])
    return found


def stretched_axis(cx: Context, a: Arr, axis: int, size: Value) -> Arr:
    """One axis of `size` elements, of which the array has `size` or one."""
    mine = dims(cx, a)

    def repeated() -> AV:
        first = arrays.view(cx, a, [(int_const(0), n, int_const(1)) for n in mine[:axis]] + [(int_const(0), None, None)])
        axes = [k if k < axis else k - 1 for k in range(a.ndim)]
        axes[axis] = -1
        sizes = [*mine[:axis], size, *mine[axis + 1 :]]
        return sized(cx, a.kind, cx.op("spread", first.value, *sizes, axes=tuple(axes)), sizes, False)

    same = equal(cx, mine[axis], size)
    whole = Arr(a.kind, a.value, False, a.extents, a.order)
    found = a if isinstance(same, Const) and same.value else cx.conditional(same, lambda: whole, repeated)
    assert isinstance(found, Arr)
    return found


@handles(np.broadcast_arrays)
def _broadcast_arrays(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    given = [as_array(cx, a) for a in args]
    sizes = arrays.broadcast_shape(cx, given) if any(isinstance(a, Arr) and a.ndim for a in given) else []
    made = [(a, stretched(cx, a, list(sizes))) for a in given if isinstance(a, Arr)]
    return Seq(tuple, tuple(Arr(a.kind, b.value, a.writeable, b.extents, "other") for a, b in made))


@handles(np.broadcast)
def _broadcast(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """What there is of it: the shape that its arguments have together (see `attributes`)."""
    given = [as_array(cx, a) for a in args]
    sizes = arrays.broadcast_shape(cx, given) if any(isinstance(a, Arr) for a in given) else []
    return Record(("broadcast",), (Seq(tuple, tuple(Num("int", n) for n in sizes)),))


@handles(np.broadcast_shapes)
def _broadcast_shapes(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if not args:
        return Known(())
    made = [arrays.alloc(cx, nested.size_tuple(cx, a), "bool_") for a in args]
    return get_attr(cx, stretched(cx, made[0], arrays.broadcast_shape(cx, made)), "shape")


@handles(np.lib.stride_tricks.as_strided)
@of_array
def _as_strided(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """Windows of an array of one axis; of others a view that steps through the elements in their order."""
    no_options(cx, "as_strided", {k: v for k, v in kwargs.items() if k not in ("shape", "strides", "subok", "writeable")})
    a = as_array(cx, args[0])
    assert isinstance(a, Arr)
    shape, strides = argument(args, kwargs, 1, "shape"), argument(args, kwargs, 2, "strides")
    if shape is None or strides is None:
        cx.unsupported("as_strided without shape and strides", kind="function", hint="give it both")
    if a.ndim != 1:
        _need(cx, arrays.is_dense(cx, a), "as_strided of an array that is not contiguous")
        size = total_size(cx, a)
        a = sized(cx, a.kind, cx.op("reshape", arrays.contiguous(cx, a).value, size), [size], a.writeable)
    sizes = nested.size_tuple(cx, shape)
    steps = [cx.integer(s) for s in nested.items_of(cx, strides) or []]
    if len(steps) != len(sizes):
        cx.throw("ValueError", "mismatch in length of strides and shape")
    return _windows(cx, a, sizes, steps)


@handles(np.lib.stride_tricks.sliding_window_view)
@of_array
def _sliding_window_view(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    allowed = ("axis", "window_shape", "subok", "writeable")
    no_options(cx, "sliding_window_view", {k: v for k, v in kwargs.items() if k not in allowed})
    a = as_array(cx, args[0])
    assert isinstance(a, Arr)
    widths = nested.size_tuple(cx, argument(args, kwargs, 1, "window_shape") or NONE)
    axis = argument(args, kwargs, 2, "axis")
    axes = list(range(a.ndim)) if axis is None else [check_axis(cx, k, a.ndim) for k in known_axes(cx, axis)]
    if len(axes) != len(widths):
        cx.throw("ValueError", "Must provide matching length window_shape and axis")
    sizes = dims(cx, a)
    for k, width in zip(axes, widths, strict=True):
        rest = cx.op("sub", sizes[k], width)
        cx.guard(cx.op("ge", rest, int_const(0)), "ValueError", "window shape cannot be larger than input array shape")
        sizes[k] = cx.op("add", rest, int_const(1))
    every = [*sizes, *widths]
    return sized(cx, a.kind, cx.op("spread", a.value, *every, axes=(*range(a.ndim), *axes)), every, False)


def _need(cx: Context, fine: Value, what: str) -> None:
    refusal = UnsupportedError(
        what, kind="function", loc=cx.loc, why="it would have to reach memory beside the array's elements",
        hint="copy the array first: np.ascontiguousarray(x)",
    )
    if not isinstance(fine, Const) or not fine.value:
        cx.unless(fine, lambda: cx.fail(refusal))


def _windows(cx: Context, a: Arr, sizes: list[Value], strides: list[Value]) -> Arr:
    """The view of a[i * s0 + j * s1 + ...], strides in bytes; all of it must lie in the array."""
    zero, one = int_const(0), int_const(1)
    unit = cx.op("stride", a.value, axis=0)
    length = cx.op("dim", a.value, axis=0)
    unit = cx.op("select", cx.op("eq", unit, zero), one, unit)
    last: Value = zero
    empty: Value = const(False)
    fine: Value = const(True)
    steps = []
    for size, stride in zip(sizes, strides, strict=True):
        step = cx.op("floordiv", stride, unit)
        steps.append(step)
        whole = cx.both(cx.op("eq", cx.op("mul", step, unit), stride), cx.op("ge", step, one))
        small = cx.both(cx.op("le", size, length), cx.op("le", step, length))  # no product overflows
        fine = cx.both(fine, cx.both(whole, small))
        empty = cx.either(empty, cx.op("eq", size, zero))
        last = cx.op("add", last, cx.op("mul", cx.op("sub", size, one), step))
    fine = cx.both(fine, cx.either(empty, cx.op("lt", last, length)))
    _need(cx, fine, "as_strided beyond the elements of the array")
    # an axis that moves by `step` is every step-th element of one that moves by one
    spans = [cx.op("add", cx.op("mul", cx.op("sub", size, one), step), one) for size, step in zip(sizes, steps, strict=True)]
    wide = Arr(a.kind, cx.op("spread", a.value, *spans, axes=(0,) * len(sizes)), False)
    parts = [(zero, size, step) for size, step in zip(sizes, steps, strict=True)]
    return arrays.view(cx, wide, list(parts))


@handles(np.shape)
def _shape(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = arrays.as_operand(cx, args[0])
    return get_attr(cx, a, "shape") if isinstance(a, Arr) else Known(())


@handles(np.ndim)
def _ndim(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = arrays.as_operand(cx, args[0])
    return Known(a.ndim if isinstance(a, Arr) else 0)


@handles(np.size)
def _size(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = arrays.as_operand(cx, args[0])
    axis = argument(args, kwargs, 1, "axis")
    if axis is not None:
        shape = get_attr(cx, as_array(cx, a), "shape")
        rank = len(nested.items_of(cx, shape) or ())
        return arrays.get_item(cx, shape, Known(check_axis(cx, known_int(cx, axis, "an axis"), rank)))
    return get_attr(cx, a, "size") if isinstance(a, Arr) else Known(1)


@handles(np.isscalar)
def _isscalar(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Known(numeric(args[0]) or (isinstance(args[0], Known) and np.isscalar(args[0].obj)))
