"""numpy arrays: indexing, views, stores, operators with broadcasting."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import product
from typing import NoReturn

import numpy as np

from irad.infer import inmemory, numbers, numpywords, refusals, stores, strict
from irad.infer.chosenkeys import is_compared
from irad.infer.context import Context, type_name
from irad.infer.elementkinds import each_dtype
from irad.infer.exceptions import make_exception
from irad.infer.extents import dims, equal, extent, is_not_one, is_one, sized, total_size
from irad.infer.heap import is_view
from irad.infer.indices import Part, index_entries, index_parts, of_run_time, wrap_index
from irad.infer.iterate import item_at, known_items, name_of_class
from irad.infer.jitcalls import beside_narrow
from irad.infer.kinds import CLASSES, MACHINE, SAMPLES, array_refusal, binary_kind, dtype_kind, is_numpy, unary_kind
from irad.infer.lookups import has
from irad.infer.outside import CHANGEABLE, OTHERS, is_object_array
from irad.infer.raising import raise_value
from irad.infer.sequences import is_slice, sequence_item
from irad.infer.shapes import AV
from irad.infer.stores import REFUSED_SCALAR
from irad.infer.values import NONE, Arr, Choice, Known, Num, Range, Record, Seq, int_const, numeric
from irad.ir.core import Const, Value, const
from irad.ir.types import Array, is_float

Scalars = Callable[..., AV]


def only_element(cx: Context, a: Arr) -> AV:
    """The element that float(a) or math.sin(a) takes."""
    if a.ndim and REFUSED_SCALAR:
        cx.type_error(REFUSED_SCALAR)
    if a.ndim:
        fine = equal(cx, total_size(cx, a), int_const(1))
        cx.guard(fine, "TypeError", "only length-1 arrays can be converted to Python scalars")
    return element(cx, a, [int_const(0)] * a.ndim)


def element(cx: Context, a: Arr, indices: Sequence[Value]) -> AV:
    """a[i, j, ...] with checked indices: a scalar, or a view of the axes that are left."""
    if len(indices) == a.ndim:
        return Num(a.kind, cx.op("load", a.value, *indices))
    return view(cx, a, [(i, None, None) for i in indices])


def view(cx: Context, a: Arr, parts: Sequence[Part]) -> Arr:
    """A view by axis; axes beyond `parts` are taken whole."""
    sizes = dims(cx, a)
    args: list[Value] = []
    drop = []
    whole = []
    kept = []
    for axis in range(a.ndim):
        start, count, step = parts[axis] if axis < len(parts) else (int_const(0), sizes[axis], int_const(1))
        if count is None or step is None:
            drop.append(axis)
        else:
            kept.append(count)
        whole.append(axis >= len(parts))
        args += [start, count if count is not None else int_const(1), step if step is not None else int_const(1)]
    layout = "C" if _stays_contiguous(a, parts, drop) else "A"
    value = cx.op("view", a.value, *args, drop=tuple(drop), layout=layout)
    return sized(cx, a.kind, value, kept, a.writeable, inmemory.of_view(a, kept))


def _stays_contiguous(a: Arr, parts: Sequence[Part], drop: list[int]) -> bool:
    """C order survives if leading axes are dropped, the next is sliced with step 1, and the rest is whole."""
    if a.type.layout != "C":
        return False
    lead = 0
    while lead < len(drop) and drop[lead] == lead:
        lead += 1
    if len(drop) != lead:
        return False
    sliced = parts[lead:]
    return not sliced or (len(sliced) == 1 and isinstance(sliced[0][2], Const) and sliced[0][2].value == 1)


# -- subscripts --------------------------------------------------------------------------------------------------


FIXED = (tuple, str, bytes, range, frozenset, np.dtype, *OTHERS)  # contents do not change, or are guarded (`outside`)


def get_item(cx: Context, a: AV, index: AV) -> AV:
    """a[index]."""
    if isinstance(index, Choice):
        return cx.dispatch(index, lambda m: get_item(cx, a, m))
    if isinstance(a, Arr):
        return _array_item(cx, a, index)
    refusals.check_records(cx, a)
    if isinstance(a, Known) and isinstance(index, Known):
        from irad.infer.objects import call_special, has_class

        fixed = isinstance(a.obj, (*FIXED, type)) or is_object_array(a.obj)
        if not fixed and has(cx, type(a.obj), "__getitem__") and not numeric(a):
            cx.unsupported(
                f"a subscript of a {type(a.obj).__name__} object", kind="index", why="what it holds can change between two calls",
                hint="pass the value as an argument, or read it into a variable first",
            )
        if isinstance(a.obj, (tuple, list, str, range)) and has_class(index):
            own = call_special(cx, index, "__index__")
            if own is not None:
                return get_item(cx, a, own)
        found = numbers.fold(cx, lambda x, i: x[i], a, index)
        if isinstance(a.obj, OTHERS) and type(a.obj) not in CHANGEABLE and isinstance(found, Known) and not is_slice(index):
            return cx.captured(found.obj, ("known", a.obj, "item", index.obj))
        return found
    if isinstance(a, Known) and isinstance(a.obj, dict) and is_compared(index):
        from irad.infer.lists import looked_up

        return looked_up(cx, {k: Known(v) for k, v in a.obj.items()}, index, lambda: raise_key_error(cx, index))
    items = known_items(a) if not (isinstance(a, Record) or isinstance(getattr(a, "obj", None), dict)) else None
    if items is not None:
        return sequence_item(cx, a, items, index)
    if isinstance(a, Record) and a.static[0] == "dict" and (isinstance(index, Known) or is_compared(index)):
        from irad.infer.lists import looked_up

        return looked_up(cx, dict(zip(a.static[1], a.children, strict=True)), index, lambda: raise_key_error(cx, index))
    if isinstance(a, Record) and a.static[0] == "flags" and isinstance(index, Known) and isinstance(index.obj, str):
        from irad.infer.attributes import SHORT_FLAGS, flag

        return flag(cx, a.children[0], SHORT_FLAGS.get(index.obj, index.obj.lower()))
    if isinstance(a, Range):
        if is_slice(index):
            cx.unsupported("a slice of a range that is not known at compile time", kind="index", hint="make the shorter range")
        size = a.leaves[0]
        at = wrap_index(cx, cx.integer(index), size, 0)
        return item_at(cx, a, at, size, False)
    if numeric(a):
        from irad.infer import gather

        if all(map(is_numpy, cx.num(a).kinds)):
            asked = index_entries(index)
            if not asked:
                return a
            if all((isinstance(e, Known) and (e.obj is None or e.obj is ...)) or gather.is_flag(e) for e in asked):
                return get_item(cx, as_no_axes(cx, a), index)
            cx.throw("IndexError", "invalid index to scalar variable.")
        from irad.infer.settings import not_recorded

        not_recorded(cx, a)
        cx.type_error(f"'{type_name(a)}' object is not subscriptable")
    if is_view(a) or type(a).iterator:
        cx.type_error(f"'{name_of_class(cx, a)}' object is not subscriptable")
    cx.unsupported(f"a subscript of a value of type {type_name(a)}", kind="index")


def raise_key_error(cx: Context, key: AV) -> NoReturn:
    raise_value(cx, make_exception(KeyError, [key]))


def _array_item(cx: Context, a: Arr, index: AV) -> AV:
    from irad.infer import gather

    index = of_run_time(cx, a, index)
    entries = index_entries(index)
    flagged = gather.under_flag(cx, a, entries)
    if flagged is not None:
        return gather.take(cx, *flagged)
    if any(map(gather.is_fancy, entries)):
        return gather.take(cx, a, entries)
    new = [e for e in entries if isinstance(e, Known) and e.obj is None]
    parts = index_parts(cx, a, Seq(tuple, tuple(e for e in entries if e not in new)))
    whole = len(parts) == a.ndim and all(count is None for _, count, _ in parts)
    dotted = any(isinstance(e, Known) and e.obj is Ellipsis for e in entries)
    if whole and not new and not dotted:
        return element(cx, a, [start for start, _, _ in parts])
    found = view(cx, a, parts)
    return _with_new_axes(cx, found, entries) if new else found


def _with_new_axes(cx: Context, a: Arr, entries: list[AV]) -> Arr:
    """`a` (the rest of the index applied) with an axis of one element for each None."""
    named = [e for e in entries if not (isinstance(e, Known) and e.obj is Ellipsis)]
    axes: list[int] = []
    taken = 0
    total = a.ndim - sum(1 for e in named if not numeric(e) and not (isinstance(e, Known) and e.obj is None))
    for entry in entries if len(named) < len(entries) else [*entries, Known(Ellipsis)]:
        if isinstance(entry, Known) and entry.obj is None:
            axes.append(-1)
        elif isinstance(entry, Known) and entry.obj is Ellipsis:
            axes += range(taken, taken + total)
            taken += total
        elif not numeric(entry):
            axes.append(taken)
            taken += 1
    sizes = [int_const(1) if axis < 0 else extent(cx, a, axis) for axis in axes]
    if a.type.layout == "C":
        return sized(cx, a.kind, cx.op("reshape", a.value, *sizes), sizes, a.writeable, a.order)
    return sized(cx, a.kind, cx.op("spread", a.value, *sizes, axes=tuple(axes)), sizes, a.writeable, a.order)


def set_item(cx: Context, a: AV, index: AV, value: AV) -> AV:
    """a[index] = value."""
    if isinstance(a, (Num, Range)) or (isinstance(a, Seq) and issubclass(a.cls, tuple)) or (
        isinstance(a, Known) and not has(cx, type(a.obj), "__setitem__")
    ):
        cx.type_error(f"'{type_name(a)}' object does not support item assignment")
    if not isinstance(a, Arr):
        cx.unsupported(
            f"an item assignment to a value of type {type_name(a)}", kind="index", hint="use a numpy array",
        )
    if isinstance(index, Choice):
        return cx.dispatch(index, lambda m: set_item(cx, a, m, value))
    if isinstance(value, Choice):
        return cx.dispatch(value, lambda m: set_item(cx, a, index, m))
    inmemory.check_writes(cx, a, "assignment destination is read-only")
    from irad.infer import gather

    index = of_run_time(cx, a, index)
    entries = index_entries(index)
    flagged = gather.under_flag(cx, a, entries)
    if flagged is not None:
        gather.put(cx, *flagged, value)
        return NONE
    if any(map(gather.is_fancy, entries)):
        gather.put(cx, a, entries, value)
        return NONE
    new = [e for e in entries if isinstance(e, Known) and e.obj is None]
    if new:
        target = _array_item(cx, a, index)
        assert isinstance(target, Arr)
        value = stores.checked(cx, a, value, target.ndim, False)
        numbers.check_element(cx, value, a.kind)
        assign(cx, target, value)
        return NONE
    parts = index_parts(cx, a, index)
    axes = a.ndim - sum(count is None for _, count, _ in parts)
    dotted = any(isinstance(e, Known) and e.obj is Ellipsis for e in entries)
    value = stores.checked(cx, a, value, axes, not (axes or dotted))
    numbers.check_element(cx, value, a.kind)
    if not axes and numeric(value):
        cx.op_store(converted(cx, value, a.kind), a.value, [start for start, _, _ in parts])
        return NONE
    target = view(cx, a, parts)
    assert isinstance(target, Arr)
    assign(cx, target, value)
    return NONE


def converted(cx: Context, value: AV, kind: str, source: AV | None = None) -> Value:
    """A scalar as an element of an array of this kind (numpy's conversion on assignment). `source`: what it is an element of."""
    machine = MACHINE[kind]
    if isinstance(source, Arr) and machine.is_int and is_float(source.type.elem):
        return numbers.cast_float(cx, cx.num(value).value, kind)
    return numbers.to_numpy_int(cx, value, kind) if machine.is_int else cx.machine(value, machine)


def assign(cx: Context, target: Arr, value: AV) -> None:
    """target[...] = value, broadcast; overlapping memory is copied first, as numpy does."""
    source = apart(cx, as_operand(cx, value), target)
    sizes = dims(cx, target)
    if isinstance(source, Arr):
        source = fitted(cx, source, sizes, "could not broadcast input array from shape {} into shape {}")
    loop_nest(cx, sizes, lambda at: cx.op_store(converted(cx, fetch(cx, source, at), target.kind, source), target.value, at))


def as_operand(cx: Context, av: AV) -> AV:
    """A scalar or array operand of an elementwise operation; sequences become arrays."""
    if numeric(av) or isinstance(av, Arr):
        return av
    from irad.infer.nested import flat, make_array

    av = flat(cx, av)
    if isinstance(av, Arr):
        return av
    items = known_items(av)
    if items is not None or isinstance(av, Range) or (isinstance(av, Known) and isinstance(av.obj, np.ndarray)):
        return make_array(cx, av)
    if isinstance(av, Known) and isinstance(av.obj, complex):
        cx.unsupported("complex numbers", kind="value-type", hint="use two floats, or call this outside")
    if isinstance(av, Choice):
        cx.unsupported("an operand whose type depends on the data", kind="value-type", hint="first x = np.asarray(x, float)")
    cx.type_error(f"unsupported operand type: '{type_name(av)}'")


def fetch(cx: Context, source: AV, at: Sequence[Value]) -> AV:
    """The element of an operand that belongs to place `at` of the result."""
    if not isinstance(source, Arr):
        return source
    cx.unit.floats_of_numpy = True
    return element(cx, source, places_in(cx, source, at))


def places_in(cx: Context, source: Arr, at: Sequence[Value]) -> list[Value]:
    """The place in an operand that belongs to place `at` of the result."""
    mine = at[len(at) - source.ndim :]
    wanted = []
    for axis, index in enumerate(mine):
        size = extent(cx, source, axis)
        if is_one(size):
            index = int_const(0)
        elif not is_not_one(cx, size):
            index = cx.op("select", cx.op("eq", size, int_const(1)), int_const(0), index)
        wanted.append(index)
    return wanted


MOST_PARTS = 6  # numbers that an error can report


def shapes_text(cx: Context, operands: Sequence[AV]) -> tuple[list[str], list[Value]]:
    """The shapes of operands as in numpy's messages, with the numbers that come in."""
    texts, parts = [], []
    for a in operands:
        mine = dims(cx, a) if isinstance(a, Arr) else []
        texts.append("(" + ",".join(["{}"] * len(mine)) + ("," if len(mine) == 1 else "") + ")")
        parts += mine
    return (texts, parts) if len(parts) <= MOST_PARTS else (["(...)"] * len(texts), [])


def fitted(cx: Context, source: Arr, sizes: Sequence[Value], words: str) -> Arr:
    """The source of an assignment, checked to broadcast to these extents; leading axes of one element are dropped."""
    extra = max(source.ndim - len(sizes), 0)
    one = int_const(1)
    fits: Value = const(True)
    for axis in range(source.ndim):
        mine = extent(cx, source, axis)
        single = const(False) if is_not_one(cx, mine) else equal(cx, mine, one)
        at = axis - source.ndim + len(sizes)
        fits = cx.both(fits, cx.either(single, equal(cx, mine, sizes[at])) if axis >= extra else single)
    (text,), parts = shapes_text(cx, [source])
    parts += sizes
    other = "(" + ",".join(["{}"] * len(sizes)) + ("," if len(sizes) == 1 else "") + ")"
    if len(parts) > MOST_PARTS:
        text, other, parts = "(...)", "(...)", []
    cx.guard(fits, "ValueError", words.replace("{}", "{0}", 1).replace("{}", "{1}").format(text, other), *parts)
    if not extra:
        return source
    return view(cx, source, [(int_const(0), None, None)] * extra)


def check_output(cx: Context, a: Arr, y: AV) -> None:
    """`a op= y`: the shape of `y` must broadcast to that of `a`."""
    if isinstance(y, Arr):
        _check_sizes(cx, a, broadcast_shape(cx, [a, y], [a, y, a]))


def check_target(cx: Context, out: Arr, operands: Sequence[AV]) -> None:
    """`out=`: the operands' common shape must broadcast to that of `out`."""
    given = [a for a in operands if isinstance(a, Arr)]
    if given:
        _check_sizes(cx, out, broadcast_shape(cx, [*given, out], [*operands, out]))


def _check_sizes(cx: Context, a: Arr, sizes: list[Value]) -> None:
    """`a` is to hold a result of these extents."""
    same: Value = const(len(sizes) == a.ndim)
    for mine, size in zip(dims(cx, a), sizes[len(sizes) - a.ndim :], strict=True):
        same = cx.both(same, cx.op("eq", mine, size))
    (text,), parts = shapes_text(cx, [a])
    result = "(" + ",".join(["{}"] * len(sizes)) + ("," if len(sizes) == 1 else "") + ")"
    numbers_ = [*parts, *sizes]
    if len(numbers_) > MOST_PARTS:
        text, result, numbers_ = "(...)", "(...)", []
    message = f"non-broadcastable output operand with shape {text} doesn't match the broadcast shape {result}"
    cx.guard(same, "ValueError", message, *numbers_)


def apart(cx: Context, source: AV, target: Arr) -> AV:
    """An operand that is not changed while its result is put into `target`: a copy, if they overlap other than place by place."""
    if not isinstance(source, Arr):
        return source
    given = source
    elsewhere = cx.both(cx.op("overlap", given.value, target.value), cx.negate(_identical(cx, given, target)))
    return cx.conditional(elsewhere, lambda: twin(cx, given), lambda: given)


def loop_nest(cx: Context, sizes: Sequence[Value], body: Callable[[list[Value]], None], at: tuple[Value, ...] = ()) -> None:
    """Nested counted loops over all places of a shape."""
    if not sizes:
        body(list(at))
        return
    cx.count_loop(sizes[0], lambda i: loop_nest(cx, sizes[1:], body, (*at, i)))


# -- elementwise -------------------------------------------------------------------------------------------------


def broadcast_shape(
    cx: Context, operands: Sequence[AV], shown: Sequence[AV] | None = None,
    exc: str = "ValueError", words: str = "operands could not be broadcast together with shapes",
) -> list[Value]:
    """The common extents of operands, checked; an error names the shapes of `shown`."""
    arrays = [a for a in operands if isinstance(a, Arr)]
    rank = max(a.ndim for a in arrays)
    sizes: list[Value] = []
    good: Value = const(True)
    for axis in range(rank):
        size: Value | None = None
        for a in arrays:
            mine_axis = axis - (rank - a.ndim)
            if mine_axis < 0:
                continue
            mine = extent(cx, a, mine_axis)
            if size is None or is_one(size):
                size = mine
                continue
            if is_one(mine) or mine is size:
                continue
            fits = equal(cx, mine, size)
            for one in (mine, size):
                if not is_not_one(cx, one):
                    fits = cx.either(fits, cx.op("eq", one, int_const(1)))
            good = cx.both(good, fits)
            if is_not_one(cx, mine):
                size = mine
            elif not is_not_one(cx, size):
                size = cx.op("select", cx.op("eq", size, int_const(1)), mine, size)
        assert size is not None
        sizes.append(size)
    if not isinstance(good, Const):
        texts, parts = shapes_text(cx, shown or operands)
        cx.guard(good, exc, f"{words} {' '.join(texts)} ", *parts)
    return sizes


def elementwise(cx: Context, scalar: Scalars, operands: Sequence[AV], kind: str) -> AV:
    """A new array of `scalar` applied place by place; without array operands just the scalar."""
    given = [as_operand(cx, a) for a in operands]
    if not any(isinstance(a, Arr) and a.ndim for a in given):
        return scalar(*(fetch(cx, a, []) for a in given))
    sizes = broadcast_shape(cx, given)
    out = alloc(cx, sizes, kind)

    def body(at: list[Value]) -> None:
        result = scalar(*(fetch(cx, a, at) for a in given))
        cx.op_store(cx.cast(cx.num(result).value, MACHINE[kind]), out.value, at)

    loop_nest(cx, sizes, body)
    return out


def alloc(cx: Context, sizes: Sequence[Value], kind: str, zero: bool = False) -> Arr:
    """A new array."""
    for size in sizes:
        if isinstance(size, Const):
            if size.value < 0:
                cx.throw("ValueError", "negative dimensions are not allowed")
    return sized(cx, kind, cx.op("alloc", *sizes, elem=str(MACHINE[kind]), zero=zero), sizes)


def element_kind(av: AV) -> str:
    """The kind that an operand has in numpy's type promotion."""
    if isinstance(av, Arr):
        return av.kind
    if isinstance(av, Num):
        return av.kinds[-1]
    assert isinstance(av, Known)
    from irad.infer.kinds import kind_of

    return kind_of(av.obj) or "float"


def by_kinds(cx: Context, operands: list[AV], result: Callable[..., object], case: Callable[[list[AV]], AV]) -> AV:
    """`case` of operands; where a number has several kinds and the kind of the result depends on that, of each kind apart."""
    choices = [a.kinds if isinstance(a, Num) and a.tag is not None else (element_kind(a),) for a in operands]
    if len({result(*kinds) for kinds in product(*choices)}) == 1:
        return case(operands)
    k = next(i for i, kinds in enumerate(choices) if len(kinds) > 1)
    number = operands[k]
    assert isinstance(number, Num)

    def settled(one: Num) -> AV:
        return by_kinds(cx, [*operands[:k], one, *operands[k + 1:]], result, case)

    return numbers.each_kind(cx, number, settled)


def binary(cx: Context, op: str, a: AV, b: AV, inplace: bool = False) -> AV:
    """`a op b` where one is an array; `a op= b` changes `a`."""
    if cx.strict:
        if inplace and isinstance(a, Arr):
            strict.refuse(cx, "a change of an array")
        return strict.watched(cx, strict.loosely(cx, lambda: binary(cx, op, a, b)), a, b)
    several = each_dtype(cx, op, [a, b], {}, lambda args, _: binary(cx, op, args[0], args[1], inplace))
    if several is not None:
        return several
    if numpywords.is_no_number(a) or numpywords.is_no_number(b):
        numpywords.refuse(cx, op, a, b, inplace)
    if op == "@":
        from irad.infer.calls import call_value

        return call_value(cx, Known(np.matmul), [a, b], {})
    given, changes = beside_narrow(cx, [as_operand(cx, a), as_operand(cx, b)]), inplace and isinstance(a, Arr)
    return by_kinds(cx, given, partial(binary_kind, op), lambda now: _settled_binary(cx, op, now[0], now[1], changes))


def _settled_binary(cx: Context, op: str, x: AV, y: AV, inplace: bool) -> AV:
    """`x op y` of arrays and of numbers of one kind, as far as that makes a difference."""
    if op == "**" and isinstance(x, Arr) and x.kind == "bool_" and element_kind(y) == "int" and getattr(y, "obj", 2) == 2:
        cx.unsupported(
            "a power of an array of bools", kind="dtype", why="numpy gives int8 where the exponent is 2, else int64",
            hint="convert the array with astype(int) first",
        )
    kind = binary_kind(op, element_kind(x), element_kind(y))
    if kind is None:
        cx.type_error(array_refusal(op, element_kind(x), element_kind(y)))
    scalar = lambda p, q: numpy_scalar(cx, lambda u, v: numbers.binary(cx, op, u, v), p, q)
    if inplace and isinstance(x, Arr):
        refused = inplace_refusal(op, element_kind(x), element_kind(y), isinstance(y, Arr))
        if refused:
            cx.type_error(refused)
        _inplace(cx, x, y, scalar)
        return x
    return elementwise(cx, scalar, [x, y], kind)


@cache
def inplace_refusal(op: str, a: str, b: str, array: bool) -> str | None:
    """Why numpy cannot put the result of `a op= b` into an array of a's kind (floats into ints), in its own words."""
    target: np.ndarray[tuple[int], np.dtype[np.generic]] = np.ones(1, CLASSES[a])
    operand = np.ones(1, CLASSES[b]) if array else SAMPLES[b]
    try:
        with np.errstate(all="ignore"):
            INPLACE[op](target, operand)
    except TypeError as e:
        return str(e)
    return None


INPLACE: dict[str, Callable[..., object]] = {
    "+": operator.iadd, "-": operator.isub, "*": operator.imul, "/": operator.itruediv, "//": operator.ifloordiv,
    "%": operator.imod, "**": operator.ipow, "&": operator.iand, "|": operator.ior, "^": operator.ixor,
    "<<": operator.ilshift, ">>": operator.irshift,
}


def numpy_scalar(cx: Context, scalar: Scalars, *operands: AV) -> AV:
    """Apply a scalar operation with numpy's error rules: Python scalars take part as numpy ones."""
    if any(all(map(is_numpy, numbers.kinds_of(o))) for o in operands):
        return scalar(*operands)  # a Python scalar takes the kind of the other
    return scalar(as_numpy(cx, operands[0]), *operands[1:])


def as_numpy(cx: Context, av: AV) -> AV:
    """A Python scalar as the numpy scalar that it becomes beside arrays."""
    n = cx.num(av)
    names = {"float": "float64", "int": "int64", "bool": "bool_"}
    found = {names.get(kind, kind) for kind in n.kinds}
    if len(found) > 1:
        return numbers.each_kind(cx, n, lambda one: as_numpy(cx, one))
    return Num(found.pop(), n.value)


def _inplace(cx: Context, a: Arr, y: AV, scalar: Scalars) -> None:
    inmemory.check_writes(cx, a, "output array is read-only")
    y = apart(cx, y, a)
    sizes = dims(cx, a)
    check_output(cx, a, y)

    def body(at: list[Value]) -> None:
        result = scalar(element(cx, a, at), fetch(cx, y, at))
        cx.op_store(converted(cx, result, a.kind), a.value, at)

    loop_nest(cx, sizes, body)


def _identical(cx: Context, a: Arr, b: Arr) -> Value:
    return cx.op("same", a.value, b.value) if a.ndim == b.ndim else const(False)


def compare(cx: Context, op: str, a: AV, b: AV) -> AV:
    """`a op b` of arrays: an array of bools."""
    for one, other in ((a, b), (b, a)):
        if op in ("==", "!=") and isinstance(one, Arr) and numpywords.is_no_number(other):
            return elementwise(cx, lambda p: Known(np.bool_(op == "!=")), [one], "bool_")
        if numpywords.is_no_number(other):
            numpywords.refuse(cx, op, a, b)
    return elementwise(cx, lambda p, q: numpy_scalar(cx, lambda u, v: numbers.compare(cx, op, u, v), p, q), [a, b], "bool_")


def unary(cx: Context, op: str, a: Arr) -> AV:
    """`op a` of an array."""
    if unary_kind(op, a.kind) is None:
        cx.type_error(array_refusal(op, a.kind))
    return elementwise(cx, lambda p: numbers.unary(cx, op, p), [a], a.kind)


EMPTY = "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty."
SEVERAL = "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"


def truth(cx: Context, a: AV) -> Value:
    """bool(array): only of one element."""
    assert isinstance(a, Arr)
    size = total_size(cx, a)
    cx.guard(cx.op("ne", size, int_const(0)), "ValueError", EMPTY)
    cx.guard(equal(cx, size, int_const(1)), "ValueError", SEVERAL)
    return numbers.truth(cx, element(cx, a, [int_const(0)] * a.ndim))


def copy(cx: Context, a: Arr) -> Arr:
    """A new C-ordered array with the same elements."""
    sizes = dims(cx, a)
    out = alloc(cx, sizes, a.kind)
    loop_nest(cx, sizes, lambda at: cx.op_store(cx.op("load", a.value, *at), out.value, at))
    return out


def twin(cx: Context, a: Arr) -> Arr:
    """A copy in place of the array: one may be written to if the other may."""
    return Arr(a.kind, copy(cx, a).value, a.writeable, a.extents, "")


def contiguous(cx: Context, a: Arr) -> Arr:
    """The array itself if its elements lie in C order without gaps, else a copy, as np.ravel has it."""
    if a.type.layout == "C":
        return a
    whole = [v for size in dims(cx, a) for v in (int_const(0), size, int_const(1))]
    same = lambda: Arr(a.kind, cx.op("view", a.value, *whole, drop=(), layout="C"), a.writeable, a.extents, "")
    found = cx.conditional(is_dense(cx, a), same, lambda: twin(cx, a))
    assert isinstance(found, Arr)
    return found


def is_dense(cx: Context, a: Arr) -> Value:
    """Whether the elements lie in C order without gaps."""
    if a.type.layout == "C":
        return const(True)
    sizes = dims(cx, a)
    fine: Value = const(True)
    step: Value = int_const(np.dtype(CLASSES[a.kind]).itemsize)
    for axis in reversed(range(a.ndim)):
        single = cx.op("lt", sizes[axis], int_const(2))
        fine = cx.both(fine, cx.either(single, cx.op("eq", cx.op("stride", a.value, axis=axis), step)))
        step = cx.op("mul", step, sizes[axis])
    return cx.either(fine, cx.op("eq", step, int_const(0)))


def as_no_axes(cx: Context, av: AV) -> Arr:
    """A scalar as an array of no axes."""
    out = alloc(cx, [], element_kind(as_numpy(cx, av)))
    cx.op_store(cx.num(av).value, out.value, [])
    return out


def cast_array(cx: Context, a: Arr, kind: str, of_python: bool = False) -> Arr:
    """A copy with elements of another kind; those `of_python` were ints of Python, which have to fit."""
    given = (lambda p: Num("int", cx.num(p).value)) if of_python and a.kind == "int64" else (lambda p: p)
    result = elementwise(cx, lambda p: Num(kind, converted(cx, given(p), kind, a)), [a], kind)
    if isinstance(result, Arr):
        return result
    out = alloc(cx, [], kind)
    cx.op_store(cx.num(result).value, out.value, [])
    return out


def kind_of_array(v: Value) -> str:
    """The kind of the elements of a machine array."""
    assert isinstance(v.type, Array)
    elem = v.type.elem
    return next(k for k, m in MACHINE.items() if m == elem and is_numpy(k))


def common_kind_of(kinds: Sequence[str]) -> str:
    """The kind of elements that hold values of all these kinds, as numpy finds it."""
    kind = dtype_kind(np.result_type(*(np.dtype(CLASSES[k]) for k in kinds)))
    assert kind is not None
    return kind


NUMPY_KIND = {"float": "float64", "int": "int64", "bool": "bool_"}  # the kind of an array of Python's numbers


def transpose(cx: Context, a: Arr) -> Arr:
    """a.T"""
    if a.ndim < 2:
        return again(cx, a)
    return permuted(cx, a, tuple(range(a.ndim))[::-1])


def again(cx: Context, a: Arr) -> Arr:
    """Another array of the same elements in the same memory: `a.T is a` is False."""
    return view(cx, a, []) if a.ndim else a


def permuted(cx: Context, a: Arr, axes: tuple[int, ...]) -> Arr:
    """Axis k of the result is `axes[k]` of `a`."""
    cx.unit.turned |= axes != tuple(sorted(axes))
    extents = "".join(a.extents[axis] for axis in axes)
    order = a.order if a.order or axes == tuple(sorted(axes)) else "turned"
    return Arr(a.kind, cx.op("permute", a.value, axes=axes), a.writeable, extents, order)


def swapped(cx: Context, a: Arr) -> Arr:
    """a.mT: the last two axes exchanged."""
    if a.ndim < 2:
        cx.throw("ValueError", "matrix transpose with ndim < 2 is undefined")
    return permuted(cx, a, (*range(a.ndim - 2), a.ndim - 1, a.ndim - 2))
