"""numpy arrays that are made: np.zeros, np.array, np.arange and their like; what an array is asked to become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irad.infer import arrays, inmemory, iterate, nested, numbers
from irad.infer.blanks import of_nothing
from irad.infer.calls import call_value
from irad.infer.context import Context, type_name
from irad.infer.dtypes import dtype_of, no_options
from irad.infer.extents import dims, equal, total_size
from irad.infer.kinds import CLASSES, MACHINE, is_numpy
from irad.infer.meanings import LIBRARY, Handler, handles, method
from irad.infer.pythoncalls import call_library, call_library_function
from irad.infer.shapes import AV
from irad.infer.values import NONE, Arr, Choice, Known, Num, Range, Ref, Seq, int_const, numeric
from irad.ir.core import Value
from irad.ir.types import BOOL, INT
from irad.lib import making, mathematics


def argument(args: list[AV], kwargs: dict[str, AV], position: int, name: str) -> AV | None:
    """An argument by place or name; None if there is none, or if it is Python's None."""
    found = args[position] if len(args) > position else kwargs.get(name)
    return None if isinstance(found, Known) and found.obj is None else found


def check_maker(cx: Context, name: str, args: list[AV], kwargs: dict[str, AV], allowed: tuple[str, ...]) -> None:
    """Refuse options of a function that makes arrays, but for those of `allowed` and an order that is the default."""
    rest = {k: v for k, v in kwargs.items() if k not in allowed}
    rest |= {f"number {i}": v for i, v in enumerate(args) if i >= len(allowed)}
    for option, value in rest.items():
        if not (isinstance(value, Known) and isinstance(value.obj, (str, type(None))) and value.obj in (*"CFKAcfka", None)):
            no_options(cx, name, {option: value})


def fill(cx: Context, a: Arr, value: Value) -> Arr:
    """All elements set to one value."""
    arrays.loop_nest(cx, dims(cx, a), lambda at: cx.op_store(value, a.value, at))
    return a


@handles(np.zeros)
def _zeros(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_maker(cx, "zeros", args, kwargs, ("shape", "dtype"))
    kind = dtype_of(cx, argument(args, kwargs, 1, "dtype"), "float64")
    return arrays.alloc(cx, nested.size_tuple(cx, args[0]), kind, zero=True)


@handles(np.empty)
def _empty(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_maker(cx, "empty", args, kwargs, ("shape", "dtype"))
    kind = dtype_of(cx, argument(args, kwargs, 1, "dtype"), "float64")
    return arrays.alloc(cx, nested.size_tuple(cx, args[0]), kind)


@handles(np.ones)
def _ones(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_maker(cx, "ones", args, kwargs, ("shape", "dtype"))
    kind = dtype_of(cx, argument(args, kwargs, 1, "dtype"), "float64")
    made = arrays.alloc(cx, nested.size_tuple(cx, args[0]), kind)
    return fill(cx, made, cx.cast(int_const(1), MACHINE[kind]))


@handles(np.full)
def _full(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    check_maker(cx, "full", args, kwargs, ("shape", "fill_value", "dtype"))
    value = args[1] if len(args) > 1 else kwargs["fill_value"]
    if isinstance(value, Num) and value.tag is not None:
        rest = {k: v for k, v in kwargs.items() if k != "fill_value"}
        return numbers.each_kind(cx, value, lambda n: _full(cx, [args[0], n, *args[2:]], rest))
    default = _as_element_kind(cx, value)
    kind = dtype_of(cx, argument(args, kwargs, 2, "dtype"), default)
    made = arrays.alloc(cx, nested.size_tuple(cx, args[0]), kind)
    if numeric(value):
        return fill(cx, made, _cut_off(cx, value, kind))
    arrays.assign(cx, made, value)
    return made


def _cut_off(cx: Context, value: AV, kind: str) -> Value:
    """A number as an element of an array that is filled: floats of Python are cast as arrays are, without a question."""
    if MACHINE[kind].is_int and any(MACHINE[k].is_float for k in cx.num(value).kinds):
        return numbers.cast_float(cx, cx.num(value).value, kind)
    return arrays.converted(cx, value, kind)


def _as_element_kind(cx: Context, value: AV) -> str:
    return cx.num(arrays.as_numpy(cx, value)).kind if numeric(value) else arrays.element_kind(arrays.as_operand(cx, value))


def each_array(cx: Context, args: list[AV], count: int, case: Callable[[list[AV]], AV]) -> AV:
    """`case` with arrays in place of the lists among the first `count` arguments.

    A list that may have no item is an array of one axis less on that way: what is one of several is each on a way of its own.
    """
    made = [as_array(cx, a) if isinstance(a, Ref) and at < count else a for at, a in enumerate(args)]
    for at, a in enumerate(made):
        again = lambda m, at=at: each_array(cx, [*made[:at], m, *made[at + 1 :]], count, case)
        if isinstance(a, Choice):
            return cx.dispatch(a, again)
        if isinstance(a, Num) and a.tag is not None and at < count and not cx.jitted:
            return numbers.each_kind(cx, a, again)
    return case(made)


def of_array(handler: Handler) -> Handler:
    """With a list in place of the array."""
    return lambda cx, args, kwargs: each_array(cx, args, 1, lambda made: handler(cx, made, kwargs))


def _like_of(function: Any, value: AV | None, **alloc: bool) -> None:
    """np.zeros_like and its relatives: filled with `value`, or (np.full_like) with their second argument."""

    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        full = function is np.full_like
        _plain_order(cx, function.__name__, kwargs, "shape", "fill_value")
        model = as_array(cx, args[0])
        assert isinstance(model, Arr)
        kind = dtype_of(cx, argument(args, kwargs, 2 if full else 1, "dtype"), model.kind)
        shape = argument([], kwargs, 0, "shape")
        sizes = dims(cx, model) if shape is None else nested.size_tuple(cx, shape)
        made = arrays.alloc(cx, sizes, kind, **alloc)
        content = argument(args, kwargs, 1, "fill_value") if full else value
        if content is not None and numeric(content):
            fill(cx, made, _cut_off(cx, content, kind))
        elif content is not None:
            arrays.assign(cx, made, content)
        return made

    handles(function)(of_array(handler))


_like_of(np.zeros_like, None, zero=True)
_like_of(np.empty_like, None)
_like_of(np.ones_like, Known(1))
_like_of(np.full_like, None)


def _plain_order(cx: Context, name: str, kwargs: dict[str, AV], *more: str) -> None:
    """Refuse options but for those that change no element: the order in memory, subclasses."""
    no_options(cx, name, {k: v for k, v in kwargs.items() if k not in ("dtype", "order", "subok", *more)})


@handles(np.array)
def _array(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    dtype = argument(args, kwargs, 1, "dtype")
    copied = kwargs.get("copy")
    least = kwargs.get("ndmin", Known(0))
    _plain_order(cx, "array", kwargs, "copy", "ndmin")
    blank = of_nothing(cx, args[0]) if len(args) == 1 and not kwargs else None
    if blank is not None:
        return blank
    same = isinstance(copied, Known) and copied.obj in (None, False)
    if isinstance(copied, Known) and copied.obj is False:
        made = _not_copied(cx, args[0], dtype)
    else:
        made = as_array(cx, args[0], dtype) if same else nested.make_array(cx, args[0], dtype_of(cx, dtype, "") or None)
    if same and "order" in kwargs:
        made = cx.dispatch(made, lambda m: _in_memory(cx, m, kwargs["order"]))
    rank = least.obj if isinstance(least, Known) else None
    if not isinstance(rank, int):
        cx.unsupported("np.array with a rank that is not known", kind="option", hint="write the number in its place")
    return cx.dispatch(made, lambda m: with_axes(cx, m, rank) if isinstance(m, Arr) else m)


def _no_copy() -> str:
    """numpy's words where an array cannot be had without a copy."""
    try:
        np.array(1.0, copy=False)
    except ValueError as e:
        return str(e)
    raise AssertionError("numpy before 2.0")


NO_COPY = _no_copy()


def _not_copied(cx: Context, av: AV, dtype: AV | None) -> AV:
    """An array itself, with `copy=False`."""
    kind = dtype_of(cx, dtype, "") or None

    def one(m: AV) -> AV:
        held = isinstance(m, Known) and isinstance(m.obj, np.ndarray)
        if not (held or (isinstance(m, Arr) and kind in (None, m.kind))):
            cx.throw("ValueError", NO_COPY)
        return as_array(cx, m, dtype)

    return cx.dispatch(av, one)


def with_axes(cx: Context, a: Arr, rank: int) -> Arr:
    """At least `rank` axes, new ones of one element in front."""
    missing = [NONE] * (rank - a.ndim)
    found = arrays.get_item(cx, a, Seq(tuple, (*missing, Known(Ellipsis)))) if missing else a
    assert isinstance(found, Arr)
    return found


def as_array(cx: Context, av: AV, dtype: AV | None = None) -> AV:
    """np.asarray(x): an array itself if it has the dtype, else a new one."""
    kind = dtype_of(cx, dtype, "") or None
    if isinstance(av, Arr) and kind in (None, av.kind):
        return av
    return cx.dispatch(av, lambda m: nested.make_array(cx, m, kind))


@handles(np.ascontiguousarray)
def _ascontiguousarray(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    no_options(cx, "ascontiguousarray", {k: v for k, v in kwargs.items() if k != "dtype"})
    made = as_array(cx, args[0], argument(args, kwargs, 1, "dtype"))
    return cx.dispatch(made, lambda m: _in_memory(cx, with_axes(cx, m, 1), Known("C")) if isinstance(m, Arr) else m)


@handles(np.asarray_chkfinite)
def _asarray_chkfinite(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    made = _asarray(cx, args, kwargs)
    call_library_function(cx, making.check_finite, [made])
    return made


@handles(np.asarray, np.asanyarray)
def _asarray(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _plain_order(cx, "asarray", kwargs, "copy")
    blank = of_nothing(cx, args[0]) if len(args) == 1 and not kwargs else None
    if blank is not None:
        return blank
    copied = kwargs.get("copy")
    if isinstance(copied, Known) and copied.obj is True:
        return nested.make_array(cx, args[0], dtype_of(cx, argument(args, kwargs, 1, "dtype"), "") or None)
    if isinstance(copied, Known) and copied.obj is False:
        return _not_copied(cx, args[0], argument(args, kwargs, 1, "dtype"))
    made = as_array(cx, args[0], argument(args, kwargs, 1, "dtype"))
    order = argument(args, kwargs, 2, "order")
    return cx.dispatch(made, lambda m: _in_memory(cx, m, order)) if order is not None else made


def _in_memory(cx: Context, av: AV, order: AV) -> AV:
    """The array itself if its elements lie in this order, else a copy."""
    name = inmemory.order_name(cx, order)
    if not isinstance(av, Arr) or name in (None, "A", "K"):
        return av
    if name not in ("C", "F"):
        cx.unsupported("an order of elements that is not known", kind="option", hint='write order="C" or order="F"')
    found = arrays.contiguous(cx, av) if name == "C" else arrays.transpose(cx, arrays.contiguous(cx, arrays.transpose(cx, av)))
    return inmemory.regrouped(cx, av, found)


@handles(np.fromiter)
def _fromiter(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """All items of an iterable, as elements of the dtype that is asked for."""
    check_maker(cx, "fromiter", args[:2], kwargs, ("iter", "dtype", "count"))
    count = argument(args, kwargs, 2, "count")
    if count is not None and not (isinstance(count, Known) and count.obj == -1):
        cx.unsupported("np.fromiter with a count", kind="option", hint="use itertools.islice, or write the loop")
    items = call_value(cx, Known(list), [args[0]], {})
    made = as_array(cx, items, Known(CLASSES[dtype_of(cx, argument(args, kwargs, 1, "dtype"), "float64")]))
    if isinstance(made, Choice) or (isinstance(made, Arr) and made.ndim != 1):
        cx.throw("ValueError", "setting an array element with a sequence.")
    return made


@handles(np.copy)
def _copy(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return nested.make_array(cx, args[0])


@method("copy", "__copy__", "__deepcopy__")
def _copy_method(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return arrays.copy(cx, args[0]) if isinstance(args[0], Arr) else args[0]


@method("conjugate", "conj")
def _conjugate_method(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    kinds = {args[0].kind} if isinstance(args[0], Arr) else set(cx.num(args[0]).kinds)
    if kinds & {"bool", "bool_"}:
        cx.unsupported("the conjugate of a bool", kind="attribute", hint="leave it out")
    if len(args) > 1:
        cx.unsupported("`out` of conjugate", kind="option", hint="assign the result")
    return args[0]


@method("astype")
def _astype(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    kind = dtype_of(cx, argument(args, kwargs, 1, "dtype"), "float64")
    _plain_order(cx, "astype", kwargs, "copy", "casting")
    copied = kwargs.get("copy", Known(True))
    if isinstance(args[0], Arr):
        if args[0].kind == kind and isinstance(copied, Known) and copied.obj is False:
            return args[0]
        return arrays.cast_array(cx, args[0], kind)
    return numbers.to_kind(cx, args[0], kind)


if hasattr(np, "astype"):  # from numpy 2.1 on
    handles(np.astype)(_astype)


@method("fill")
def _fill(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = args[0]
    if not isinstance(a, Arr):
        return NONE  # numbers of numpy's have it, and do not change
    inmemory.check_writes(cx, a, "assignment destination is read-only")
    numbers.check_element(cx, args[1], a.kind)
    fill(cx, a, arrays.converted(cx, args[1], a.kind))
    return NONE


@method("item")
def _item(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    a = args[0]
    if not isinstance(a, Arr):
        return _python_scalar(cx, a)
    if len(args) == 2 and numeric(args[1]) and a.ndim > 1:
        base = arrays.contiguous(cx, a)
        a = Arr(a.kind, cx.op("reshape", base.value, total_size(cx, a)))
    if len(args) > 1:
        return _python_scalar(cx, arrays.get_item(cx, a, args[1] if len(args) == 2 else Seq(tuple, tuple(args[1:]))))
    single = equal(cx, total_size(cx, a), int_const(1))
    cx.guard(single, "ValueError", "can only convert an array of size 1 to a Python scalar")
    return _python_scalar(cx, arrays.element(cx, a, [int_const(0)] * a.ndim))


def _python_scalar(cx: Context, av: AV) -> AV:
    n = cx.num(av)
    if len({MACHINE[k].family for k in n.kinds}) > 1:
        return numbers.each_kind(cx, n, lambda one: _python_scalar(cx, one))
    machine = MACHINE[n.kinds[0]]
    return numbers.to_kind(cx, n, "float" if machine.is_float else "bool" if machine == BOOL else "int")


@method("is_integer")
def _is_integer(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    x = cx.float(args[0])
    return Num("bool", cx.both(cx.op("isfinite", x), cx.op("eq", x, cx.op("trunc", x))))


@method("bit_length")
def _bit_length(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return _of_bits(cx, mathematics.bit_length, args[0])


@method("bit_count")
def _bit_count(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return _of_bits(cx, mathematics.bit_count, args[0])


def _of_bits(cx: Context, function: Any, x: AV) -> AV:
    if not numeric(x) or not {*cx.num(x).kinds} <= {"int", "bool"}:
        cx.unsupported(f"the method `{function.__name__}` of {type_name(x)}", kind="attribute", hint="convert it: int(n)")
    return call_library_function(cx, function, [Num("int", cx.integer(x))])


@handles(np.arange)
def _arange(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    dtype = argument(args, kwargs, 3, "dtype")
    no_options(cx, "arange", {k: v for k, v in kwargs.items() if k not in ("dtype", "start", "stop", "step")})
    bounds = [argument(args, kwargs, i, name) for i, name in enumerate(("start", "stop", "step"))]
    if bounds[1] is None:
        if bounds[0] is None or "start" in kwargs:
            cx.type_error("arange() requires stop to be specified.")
        bounds = [None, bounds[0], bounds[2]]
    start, stop, step = (Known(i // 2) if b is None else b for i, b in enumerate(bounds))
    given = [arrays.only_element(cx, a) if isinstance(a, Arr) else a for a in (start, stop, step)]
    for at, a in enumerate(given):
        if isinstance(a, Num) and a.tag is not None and not cx.jitted:
            rest = {} if dtype is None else {"dtype": dtype}
            return numbers.each_kind(cx, a, lambda one: _arange(cx, [*given[:at], one, *given[at + 1 :]], rest))
    if not any(MACHINE[k].is_float for a in given for k in cx.num(a).kinds):
        return _counting(cx, given, dtype_of(cx, dtype, "int64"))
    return call_library(cx, np.arange, [*given, Known(np.dtype(dtype_of(cx, dtype, "float64")))])


def _counting(cx: Context, bounds: list[AV], kind: str) -> AV:
    """np.arange of ints."""
    step = cx.num(bounds[2])
    zero = ("ZeroDivisionError", numbers.division_message("/", True))
    if any(map(is_numpy, (k for a in bounds for k in cx.num(a).kinds))):
        zero = ("ValueError", "Maximum allowed size exceeded")
    cx.guard(cx.op("ne", cx.cast(step.value, INT), int_const(0)), *zero)
    flags = [arrays.element_kind(a) == "bool_" for a in bounds]  # which are no indices, but numbers here
    whole = [cx.cast(cx.num(a).value, INT) if flag else cx.integer(a) for a, flag in zip(bounds, flags, strict=True)]
    r = iterate.make_range(cx, [a if isinstance(a, Known) else Num("int", n) for a, n in zip(bounds, whole, strict=True)])
    if isinstance(r, Known):
        r = Range(Known(r.obj.start), Known(r.obj.step), int_const(iterate.trip_of(r.obj)))
    assert isinstance(r, Range)
    return nested.counted(cx, r, kind)


LIBRARY[id(np.arange)] = (np.arange, making.arange)  # for the handler above: it fills in what the call leaves out
