"""Index expressions: what each axis of an array is asked for, checked and counted as numpy does it."""

from __future__ import annotations

from collections.abc import Callable

from irad.errors import UnsupportedError
from irad.infer.context import Context, type_name
from irad.infer.extents import extent
from irad.infer.iterate import range_length
from irad.infer.kinds import MACHINE
from irad.infer.numbers import each_float
from irad.infer.shapes import AV
from irad.infer.values import Arr, Choice, Known, Num, Record, Ref, Seq, int_const, numeric, spread, tag_const
from irad.ir.core import Const, Value

INDEX_TYPES = (
    "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices"
)
INDEX_ERROR = "index {{}} is out of bounds for axis {axis} with size {{}}"
Part = tuple[Value, Value | None, Value | None]  # start, count, step; count None: the axis is dropped


def as_index(cx: Context, av: AV) -> AV | None:
    """The int that an array without axes stands for where Python asks for one; None: this is no array."""
    if not isinstance(av, Arr):
        return None
    if av.ndim or not MACHINE[av.kind].is_int:
        cx.type_error("only integer scalar arrays can be converted to a scalar index")
    return Num(av.kind, cx.op("load", av.value))


def wrap_index(cx: Context, index: Value, size: Value, axis: int) -> Value:
    """An index with negative ones counted from the end, checked as numpy checks it."""
    zero = int_const(0)
    if isinstance(index, Const) and index.value >= 0:
        cx.guard(cx.op("lt", index, size), "IndexError", INDEX_ERROR.format(axis=axis), index, size)
        return index
    negative = cx.op("lt", index, zero)
    wrapped = cx.op("add", index, size)
    if not isinstance(index, Const):
        wrapped = cx.op("select", negative, wrapped, index)
    fine = cx.op("ge", wrapped, zero)
    if not isinstance(index, Const):
        fine = cx.both(fine, cx.op("lt", wrapped, size))
    cx.guard(fine, "IndexError", INDEX_ERROR.format(axis=axis), index, size)
    return wrapped


def index_parts(cx: Context, a: Arr, index: AV) -> list[Part]:
    """An index expression by axes."""
    entries = index_entries(index)
    dots = [k for k, e in enumerate(entries) if isinstance(e, Known) and e.obj is Ellipsis]
    if dots:
        fill = a.ndim - (len(entries) - 1)
        entries = [*entries[: dots[0]], *[Known(slice(None))] * fill, *entries[dots[0] + 1 :]]
    if len(entries) > a.ndim:
        cx.throw("IndexError", f"too many indices for array: array is {a.ndim}-dimensional, but {len(entries)} were indexed")
    parts: list[Part] = []
    for axis, entry in enumerate(entries):
        size = extent(cx, a, axis)
        parts.append(index_part(cx, entry, size, axis))
    return parts


def index_entries(index: AV) -> list[AV]:
    """The entries of an index: those of a tuple, or the one."""
    whole = spread(index)
    return list(whole.children) if isinstance(whole, Seq) and issubclass(whole.cls, tuple) else [index]


def of_run_time(cx: Context, a: Arr, index: AV) -> AV:
    """A tuple of run-time length as an index: it has an entry for each axis, or is refused when that is reached."""
    from irad.infer import iterate, lists, runtuples

    if not isinstance(index, Ref) or not runtuples.is_tuple(index):
        return index
    held = runtuples.list_of(cx, index)
    error = UnsupportedError(
        "an index with a number of entries that is not known at compile time", kind="index", loc=cx.loc,
        why=f"the array has {a.ndim} axes: such an index has as many entries", hint="write the entries one by one",
    )
    cx.unless(cx.op("eq", iterate.length(cx, held), int_const(a.ndim)), lambda: cx.fail(error))
    return Seq(tuple, tuple(lists.get_item(cx, held, Known(k)) for k in range(a.ndim)))


def index_part(cx: Context, entry: AV, size: Value, axis: int) -> Part:
    """What an int or a slice asks of one axis."""
    if numeric(entry):
        n = cx.num(entry)
        ints = [k for k in n.kinds if MACHINE[k].is_int]
        refusal = UnsupportedError("a bool as an index", kind="index", loc=cx.loc, hint="use int(flag), or np.where for a mask")
        if not ints and set(n.kinds) <= {"bool", "bool_"}:
            raise refusal
        if not ints:
            cx.throw("IndexError", INDEX_TYPES)
        each_float(cx, n, lambda one: cx.throw("IndexError", INDEX_TYPES))
        for place, kind in enumerate(n.kinds):
            if n.tag is not None and kind in ("bool", "bool_"):
                cx.unless(cx.op("ne", n.tag, tag_const(place)), lambda: cx.fail(refusal))
        return wrap_index(cx, cx.integer(entry), size, axis), None, None
    bounds = slice_bounds(entry)
    if bounds is not None:
        return slice_part(cx, *bounds, size)
    if isinstance(entry, Choice) and all(slice_bounds(m) is not None for m in entry.members):
        return _chosen_slice(cx, entry, size, axis)
    if isinstance(entry, Known):
        cx.throw("IndexError", INDEX_TYPES)
    hint = "use ints, slices, or lists and arrays of ints"
    cx.unsupported(f"a value of type {type_name(entry)} as an index", kind="index", hint=hint)


def slice_bounds(entry: AV) -> tuple[AV, AV, AV] | None:
    """start, stop, step of a slice; None: this is none."""
    if isinstance(entry, Known) and isinstance(entry.obj, slice):
        return Known(entry.obj.start), Known(entry.obj.stop), Known(entry.obj.step)
    if isinstance(entry, Record) and entry.static[0] == "slice":
        start, stop, step = entry.children
        return start, stop, step
    return None


def _chosen_slice(cx: Context, entry: Choice, size: Value, axis: int) -> Part:
    """One of several slices, as of `index = [slice(None)] * a.ndim; index[axis] = slice(1, None)` at a run-time axis."""
    def numbers(one: AV) -> AV:
        return Seq(tuple, tuple(Num("int", value) for value in index_part(cx, one, size, axis) if value is not None))

    start, count, step = (cx.num(n).value for n in cx.dispatch(entry, numbers).children)
    return start, count, step


def slice_part(cx: Context, start: AV, stop: AV, step: AV, size: Value) -> Part:
    """start:stop:step of an axis, as `slice.indices` computes it."""
    by = end_of_slice(cx, step, int_const(1), lambda value: value)
    if isinstance(by, Const) and by.value == 0:
        cx.throw("ValueError", "slice step cannot be zero")
    if not isinstance(by, Const):
        return _slice_part_by(cx, start, stop, by, size)
    if by.value < 0:
        top = cx.op("sub", size, int_const(1))
        first = end_of_slice(cx, start, top, lambda at: _clip(cx, at, size, int_const(-1), top))
        last = end_of_slice(cx, stop, int_const(-1), lambda at: _clip(cx, at, size, int_const(-1), top))
        count = range_length(cx, first, last, by)
        return first, count, by
    first = end_of_slice(cx, start, int_const(0), lambda at: _clip(cx, at, size, int_const(0), size))
    last = end_of_slice(cx, stop, size, lambda at: _clip(cx, at, size, int_const(0), size))
    if _is_none(start) and _is_none(stop) and by.value == 1:
        return first, size, by
    return first, range_length(cx, first, last, by), by


def _slice_part_by(cx: Context, start: AV, stop: AV, by: Value, size: Value) -> Part:
    """A slice whose step is known at run time: both directions are worked out, and one is chosen."""
    zero = int_const(0)
    cx.guard(cx.op("ne", by, zero), "ValueError", "slice step cannot be zero")
    back = cx.op("lt", by, zero)
    top = cx.op("sub", size, int_const(1))
    low, high = cx.op("select", back, int_const(-1), zero), cx.op("select", back, top, size)
    first = end_of_slice(cx, start, cx.op("select", back, top, zero), lambda at: _clip(cx, at, size, low, high))
    last = end_of_slice(cx, stop, cx.op("select", back, int_const(-1), size), lambda at: _clip(cx, at, size, low, high))
    return first, range_length(cx, first, last, by), by


SLICE_TYPES = "slice indices must be integers or None or have an __index__ method"


def end_of_slice(cx: Context, av: AV, without: Value, found: Callable[[Value], Value]) -> Value:
    """What a bound or the step of a slice says: by `found`, of the number; `without` for None, which it may be on some ways."""
    if isinstance(av, Choice):
        return cx.num(cx.dispatch(av, lambda m: Num("int", end_of_slice(cx, m, without, found)))).value
    return without if _is_none(av) else found(_bound(cx, av))


def _bound(cx: Context, av: AV) -> Value:
    """A bound or the step of a slice, as a number."""
    if isinstance(av, Known) and not hasattr(type(av.obj), "__index__"):
        cx.type_error(SLICE_TYPES)
    if numeric(av):
        cx.whole(cx.num(av), lambda kind: SLICE_TYPES)
    return cx.integer(av)


def _is_none(av: AV) -> bool:
    return isinstance(av, Known) and av.obj is None


def _clip(cx: Context, at: Value, size: Value, low: Value, high: Value) -> Value:
    zero = int_const(0)
    if isinstance(at, Const):
        moved: Value = at if at.value >= 0 else cx.op("add", at, size)
    else:
        moved = cx.op("select", cx.op("lt", at, zero), cx.op("add", at, size), at)
    if not (isinstance(at, Const) and at.value >= 0 and isinstance(low, Const)):
        moved = cx.op("select", cx.op("lt", moved, low), low, moved)
    return cx.op("select", cx.op("gt", moved, high), high, moved)
