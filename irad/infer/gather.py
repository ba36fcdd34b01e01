"""Fancy indexing: arrays of ints and masks among the entries of an index, for reading and for writing.

    a[rows], a[mask], a[:, columns, None], a[i, [0, 2]] = x

Slices, single ints and new axes are applied first, as a view; what is left are axes that index arrays lead through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from irad.errors import UnsupportedError
from irad.infer import arrays, inmemory, nested, numbers, stores
from irad.infer.context import Context
from irad.infer.extents import dims
from irad.infer.indices import INDEX_TYPES, Part, index_part, index_parts, wrap_index
from irad.infer.iterate import known_items
from irad.infer.kinds import MACHINE, kind_of
from irad.infer.pythoncalls import call_library
from irad.infer.shapes import AV
from irad.infer.values import NONE, Arr, Known, Num, Range, Ref, Seq, int_const, numeric
from irad.ir.core import Value, const
from irad.ir.types import INT

TYPES = "arrays used as indices must be of integer (or boolean) type"


def is_fancy(entry: AV) -> bool:
    """Whether an entry of an index is an array of ints, or a mask."""
    if isinstance(entry, Known):
        return isinstance(entry.obj, (list, tuple, range, np.ndarray))
    return isinstance(entry, (Arr, Seq, Range)) or (isinstance(entry, Ref) and entry.cls is list)


def under_flag(cx: Context, a: Arr, entries: list[AV]) -> tuple[Arr, list[AV]] | None:
    """a[i, flag, j], with bools or arrays of no axes: a[i, None, j] under [flag]; None if there is none."""
    if not any(map(is_flag, entries)):
        return None
    _check_taken(cx, a, entries)
    while (k := next((k for k, e in enumerate(entries) if is_flag(e)), None)) is not None:
        flag, before, after = entries[k], entries[:k], entries[k + 1 :]
        dotted = any(_is(e, Ellipsis) for e in before)
        axis = a.ndim - sum(map(_consumed, after)) if dotted else sum(map(_consumed, before))
        mask = arrays.alloc(cx, [int_const(1)], "bool_")
        value = arrays.element(cx, flag, []) if isinstance(flag, Arr) else flag
        cx.op_store(arrays.converted(cx, value, "bool_"), mask.value, [int_const(0)])
        wider = arrays.get_item(cx, a, Seq(tuple, (*[Known(slice(None))] * max(0, min(axis, a.ndim)), NONE)))
        assert isinstance(wider, Arr)
        a, entries = wider, [*before, mask, *after]
    return a, entries


def is_flag(av: AV) -> bool:
    """Whether this is a bool, or an array of one without axes."""
    if not isinstance(av, (Arr, Num, Known)) or (isinstance(av, Arr) and av.ndim):
        return False
    kinds = kinds_of(av)
    return bool(kinds) and set(kinds) <= {"bool", "bool_"}


def kinds_of(av: Arr | Num | Known) -> tuple[str, ...]:
    """The kinds that a number, or the elements of an array, can be of; () of anything else."""
    if isinstance(av, Known):
        kind = kind_of(av.obj)
        return (kind,) if kind else ()
    return av.kinds if isinstance(av, Num) else (av.kind,)


@dataclass(frozen=True)
class Plan:
    """An index, taken apart. Axis k of `base` is led through by the index `leads[k]`, or is axis `sliced[k]` of the result."""

    base: Arr
    leads: dict[int, Arr]
    axes: dict[int, int]  # the same axes in the array that was indexed, for messages
    sliced: dict[int, int]
    block: tuple[int, ...]  # the axes of the result that the indices make together
    sizes: list[Value]

    def place(self, cx: Context, at: Sequence[Value], checked: bool = True) -> list[Value]:
        """Where in `base` the element for a place of the result is."""
        inner = [at[k] for k in self.block]
        found: list[Value] = []
        for axis in range(self.base.ndim):
            lead = self.leads.get(axis)
            if lead is None:
                found.append(at[self.sliced[axis]])
                continue
            index = cx.cast(cx.num(arrays.fetch(cx, lead, inner)).value, INT)
            size = cx.op("dim", self.base.value, axis=axis)
            if checked:
                index = wrap_index(cx, index, size, self.axes[axis])
            else:
                index = cx.op("select", cx.op("lt", index, int_const(0)), cx.op("add", index, size), index)
            found.append(index)
        return found


def plan(cx: Context, a: Arr, entries: list[AV]) -> Plan:
    """What an index with arrays in it asks for."""
    whole = list(entries)
    taken = _check_taken(cx, a, whole)
    if not any(_is(e, Ellipsis) for e in whole):
        whole.append(Known(Ellipsis))
    at = next(i for i, e in enumerate(whole) if _is(e, Ellipsis))
    whole[at : at + 1] = [Known(slice(None))] * (a.ndim - taken)
    whole = _without_masks(cx, a, whole)
    leading = [i for i, e in enumerate(whole) if isinstance(e, Arr) or numeric(e)]
    together = leading == list(range(leading[0], leading[-1] + 1))
    parts: list[Part] = []
    leads: dict[int, Arr] = {}
    axes: dict[int, int] = {}
    sliced: dict[int, int] = {}
    slots: list[int | None] = []  # the axes of the view that make axes of the result; None: a new axis
    front = 0 if not together else None
    axis = kept = 0
    for i, entry in enumerate(whole):
        if together and i == leading[0]:
            front = len(slots)
        if _is(entry, None):
            slots.append(None)
            continue
        size = cx.op("dim", a.value, axis=axis)
        if isinstance(entry, Arr):
            parts.append((int_const(0), size, int_const(1)))
            leads[kept], axes[kept] = entry, axis
        else:
            parts.append(index_part(cx, entry, size, axis))
            if parts[-1][1] is not None:
                slots.append(kept)
        kept += parts[-1][1] is not None
        axis += 1
    base = arrays.view(cx, a, parts)
    inner = arrays.broadcast_shape(cx, list(leads.values()), exc="IndexError", words=MISMATCH)
    assert front is not None
    block = tuple(range(front, front + len(inner)))
    sizes: list[Value] = []
    for slot in slots[:front]:
        _enter(cx, base, slot, sliced, sizes)
    sizes += inner
    for slot in slots[front:]:
        _enter(cx, base, slot, sliced, sizes)
    return Plan(base, leads, axes, sliced, block, sizes)


def _check_taken(cx: Context, a: Arr, entries: list[AV]) -> int:
    """How many axes the entries take; numpy's IndexError if there are not so many."""
    taken = sum(map(_consumed, entries))
    if taken > a.ndim:
        cx.throw("IndexError", f"too many indices for array: array is {a.ndim}-dimensional, but {taken} were indexed")
    return taken


MISMATCH = "shape mismatch: indexing arrays could not be broadcast together with shapes"


def _enter(cx: Context, base: Arr, slot: int | None, sliced: dict[int, int], sizes: list[Value]) -> None:
    if slot is not None:
        sliced[slot] = len(sizes)
    sizes.append(int_const(1) if slot is None else cx.op("dim", base.value, axis=slot))


def _is(av: AV, obj: object) -> bool:
    return isinstance(av, Known) and av.obj is obj


def _consumed(entry: AV) -> int:
    if _is(entry, None) or _is(entry, Ellipsis) or is_flag(entry):
        return 0
    return entry.ndim if isinstance(entry, Arr) and entry.kind == "bool_" else 1


def whole_plan(cx: Context, a: Arr, entries: list[AV]) -> Plan:
    """What an index of any entries but new axes asks for: also if there is no array in it."""
    flagged = under_flag(cx, a, entries)
    a, entries = flagged if flagged is not None else (a, [_as_array(cx, e) for e in entries])
    if any(isinstance(e, Arr) for e in entries):
        return plan(cx, a, entries)
    base = arrays.view(cx, a, index_parts(cx, a, Seq(tuple, tuple(entries))))
    return Plan(base, {}, {}, {k: k for k in range(base.ndim)}, (), dims(cx, base))


def _as_array(cx: Context, entry: AV) -> AV:
    """An entry with lists as arrays, and arrays of no axes as the ints in them."""
    given = entry
    if is_fancy(entry) and not isinstance(entry, Arr):
        entry = nested.flat(cx, entry)
        entry = nested.make_array(cx, entry) if known_items(entry) != [] else arrays.alloc(cx, [int_const(0)], "int64")
    if not isinstance(entry, Arr):
        return entry
    if entry.kind != "bool_" and not MACHINE[entry.kind].is_int:
        cx.throw("IndexError", TYPES if isinstance(given, Arr) else INDEX_TYPES)
    if entry.ndim == 0:
        return arrays.element(cx, entry, [])
    return entry


def _without_masks(cx: Context, a: Arr, entries: list[AV]) -> list[AV]:
    """Masks replaced by the indices of what they let through, an array for each axis."""
    found: list[AV] = []
    axis = 0
    for entry in entries:
        if isinstance(entry, Arr) and entry.kind == "bool_":
            check_mask(cx, a, entry, axis)
            found += known_items(call_library(cx, np.nonzero, [entry])) or []
        else:
            found.append(entry)
        axis += _consumed(entry)
    return found


def check_mask(cx: Context, a: Arr, mask: Arr, first: int) -> None:
    """The mask has the extents of the axes that it is for."""
    for k in range(mask.ndim):
        mine, size = cx.op("dim", mask.value, axis=k), cx.op("dim", a.value, axis=first + k)
        words = f"boolean index did not match indexed array along axis {first + k}; size of axis is {{}} but size of "
        words += "corresponding boolean axis is {}"
        cx.guard(cx.op("eq", mine, size), "IndexError", words, size, mine)


def take(cx: Context, a: Arr, entries: list[AV]) -> AV:
    """a[index]: a new array."""
    entries = [_as_array(cx, e) for e in entries]
    if not any(isinstance(e, Arr) for e in entries):
        return arrays.get_item(cx, a, Seq(tuple, tuple(entries)))
    turned = len(entries) > 1 and not isinstance(entries[0], Arr)  # numpy puts the axes of the indices first, in memory
    cx.unit.turned |= turned
    p = plan(cx, a, entries)
    out = inmemory.kept(arrays.alloc(cx, p.sizes, a.kind), turned or bool(a.order))
    arrays.loop_nest(cx, p.sizes, lambda at: cx.op_store(cx.op("load", p.base.value, *p.place(cx, at)), out.value, at))
    return out


def put(cx: Context, a: Arr, entries: list[AV], value: AV) -> None:
    """a[index] = value: all indices are checked first."""
    entries = [_as_array(cx, e) for e in entries]
    if not any(isinstance(e, Arr) for e in entries):
        arrays.set_item(cx, a, Seq(tuple, tuple(entries)), value)
        return
    source = arrays.as_operand(cx, stores.checked(cx, a, value, MOST_AXES, False))
    if len(entries) == 1 and isinstance(entries[0], Arr) and entries[0].kind == "bool_" and numeric(source):
        if 0 < entries[0].ndim <= a.ndim:
            _fill_where(cx, a, entries[0], source)
            return
    p = apart(cx, a, plan(cx, a, entries))
    if len(entries) == 1 and isinstance(entries[0], Arr) and isinstance(source, Arr):
        if entries[0].kind == "bool_" and entries[0].ndim == a.ndim and source.ndim > 1:
            words = "NumPy boolean array indexing assignment requires a 0 or 1-dimensional input, input has"
            cx.type_error(f"{words} {source.ndim} dimensions")
        _check_count(cx, a, entries[0], source, p.sizes)
        if entries[0].kind == "bool_" and entries[0].ndim == a.ndim:
            _refuse_overlap(cx, a, source, "values behind a mask", const(False))
    check_places(cx, p)
    source = spread_over(cx, a, source, p.sizes, WRONG)

    def store(at: list[Value]) -> None:
        item = arrays.converted(cx, arrays.fetch(cx, source, at), a.kind, source)
        cx.op_store(item, p.base.value, p.place(cx, at, checked=False))

    arrays.loop_nest(cx, p.sizes, store)


def apart(cx: Context, a: Arr, p: Plan) -> Plan:
    """The plan with copies of those indices that are in the memory of `a`, which is written to."""

    def index_apart(lead: Arr) -> Arr:
        if lead.kind != a.kind:
            return lead
        found = cx.conditional(cx.op("overlap", lead.value, a.value), lambda: arrays.twin(cx, lead), lambda: lead)
        assert isinstance(found, Arr)
        return found

    return replace(p, leads={axis: index_apart(lead) for axis, lead in p.leads.items()})


def check_places(cx: Context, p: Plan) -> None:
    """All indices are within their axes."""
    inner = [p.sizes[k] for k in p.block]
    for axis, lead in p.leads.items():
        size, number = cx.op("dim", p.base.value, axis=axis), p.axes[axis]

        def check(at: list[Value], lead: Arr = lead, size: Value = size, number: int = number) -> None:
            wrap_index(cx, cx.cast(cx.num(arrays.fetch(cx, lead, at)).value, INT), size, number)

        arrays.loop_nest(cx, inner, check)


def spread_over(cx: Context, a: Arr, source: AV, sizes: list[Value], words: str) -> AV:
    """What is stored at places of `a`, in memory of its own and checked to broadcast to these extents."""
    if not isinstance(source, Arr):
        return source
    given = source
    fresh = cx.conditional(cx.op("overlap", given.value, a.value), lambda: arrays.twin(cx, given), lambda: given)
    assert isinstance(fresh, Arr)
    return arrays.fitted(cx, fresh, sizes, words)


def _check_count(cx: Context, a: Arr, mask: Arr, source: Arr, sizes: list[Value]) -> None:
    """a[mask] = values: numpy counts them first, with words of its own."""
    if mask.kind == "bool_" and mask.ndim == a.ndim and source.ndim == 1:
        given = cx.op("dim", source.value, axis=0)
        fine = cx.either(cx.op("eq", given, sizes[0]), cx.op("eq", given, int_const(1)))
        words = "NumPy boolean array indexing assignment cannot assign {} input values to the {} output values where the mask "
        words += "is true"
        cx.guard(fine, "ValueError", words, given, sizes[0])


MOST_AXES = 64  # of an array
WRONG = "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}"


def _refuse_overlap(cx: Context, a: Arr, other: Arr, what: str, fine: Value) -> None:
    """a[mask] = values: numpy copies neither of both, and writes runs of elements."""
    error = UnsupportedError(
        f"{what} in the memory that is written to", kind="index", loc=cx.loc,
        why="what numpy makes of it depends on how it goes through memory", hint="copy it first: x.copy()",
    )
    cx.unless(cx.either(fine, cx.negate(cx.op("overlap", other.value, a.value))), lambda: cx.fail(error))


def _fill_where(cx: Context, a: Arr, mask: Arr, value: AV) -> None:
    """a[mask] = scalar"""
    check_mask(cx, a, mask, 0)
    if a.kind == mask.kind:
        same = cx.op("same", a.value, mask.value) if a.ndim == mask.ndim else const(False)
        _refuse_overlap(cx, a, mask, "a mask", same)
    item = arrays.converted(cx, value, a.kind)
    rest = [cx.op("dim", a.value, axis=k) for k in range(mask.ndim, a.ndim)]

    def place(at: list[Value]) -> None:
        def fill() -> AV:
            arrays.loop_nest(cx, rest, lambda more: cx.op_store(item, a.value, [*at, *more]))
            return NONE

        cx.conditional(numbers.truth(cx, arrays.element(cx, mask, at)), fill, lambda: NONE)

    arrays.loop_nest(cx, dims(cx, mask), place)
