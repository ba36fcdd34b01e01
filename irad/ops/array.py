"""Arrays: made, measured, viewed, read and written. Indices are checked (by guards) and not negative when they get here.

A view shares memory with its base. Derivatives of these ops are structural: `ad` gives every active array a shadow of the
same shape, loads add to it, stores take from it, and the shadow of a view is the same view of the base's shadow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irad.ir.core import Value
from irad.ir.types import BOOL, INT, RECORD, SCALARS, Array, Type, parse_type
from irad.ops.table import op

VIEWS = frozenset({"view", "permute", "reshape", "spread", "diagonal", "regroup"})  # share the memory of their first operand


def _array(value: Value) -> Array:
    assert isinstance(value.type, Array), value
    return value.type


def _alloc(args: Sequence[Value], attrs: dict[str, Any]) -> list[Type]:
    return [Array(parse_type(attrs["elem"]), len(args))]


def _view(args: Sequence[Value], attrs: dict[str, Any]) -> list[Type]:
    base = _array(args[0])
    assert len(args) == 1 + 3 * base.ndim
    return [Array(base.elem, base.ndim - len(attrs["drop"]), attrs["layout"])]


op("alloc", "int... -> A", "allocates", types=_alloc, cost=50,
   doc="a new array of `elem` with these extents, C order; filled with zeros if `zero`, else with what was there; "
       "`tape`: it is that of a loop which writes this many bytes an iteration; `stack`: it ends with the function's frame")
op("dim", "A -> int", types=lambda a, k: [INT], doc="extent along `axis`")
op("stride", "A -> int", types=lambda a, k: [INT], doc="bytes from one element to the next along `axis`")
op("load", "A int... -> elem", "reads", types=lambda a, k: [_array(a[0]).elem], cost=1, doc="the element at these indices")
op("lookup", "int -> T", types=lambda a, k: [SCALARS[k["to"]]],
   doc="the number at a place of a table of constants (`values`, of type `to`); any of them for a place that it does not have")
op("store", "elem A int... ->", "writes", types=lambda a, k: [], doc="put a value at these indices")
op("view", "A (start count step)... -> A", types=_view,
   doc="per axis: start, count, step in elements; axes in `drop` keep only their start; `layout` of the result")
op("permute", "A -> A",
   types=lambda a, k: [Array(_array(a[0]).elem, _array(a[0]).ndim, "A" if _array(a[0]).ndim > 1 else _array(a[0]).layout)],
   doc="axes reordered: axis k of the result is `axes[k]` of the operand")
op("reshape", "A int... -> A", types=lambda a, k: [Array(_array(a[0]).elem, len(a) - 1)],
   doc="other extents over the same memory, C order, same number of elements")
op("spread", "A int... -> A", types=lambda a, k: [Array(_array(a[0]).elem, len(a) - 1, "A")],
   doc="broadcast to these extents, read only: axis k comes from operand axis `axes[k]`, or is repeated where that is -1")
op("diagonal", "A int -> A", types=lambda a, k: [Array(_array(a[0]).elem, _array(a[0]).ndim - 1, "A")],
   doc="a view whose last axis, of this extent, moves along both `axes` of the operand, which are gone")
op("regroup", "A int... -> A", types=lambda a, k: [Array(_array(a[0]).elem, len(a) - 1, "A")],
   doc="other extents over the same strided memory, C order, same number of elements; only where `regroups` holds")
op("regroups", "A int... -> bool", types=lambda a, k: [BOOL],
   doc="whether the elements of an array, in C order, can be reached by steps under these extents (False if there are none)")
op("overlap", "A A -> bool", types=lambda a, k: [BOOL], doc="the memory of two arrays may overlap")
op("same", "A A -> bool", types=lambda a, k: [BOOL], doc="two arrays are the same memory with the same extents and strides")
op("locate", "A -> int", types=lambda a, k: [INT], doc="where its first element is in memory: a number for it while it is there")
op("grow", "A int -> A", "allocates", types=lambda a, k: [a[0].type], cost=5,
   doc="an array of one axis with room for index n, contents kept: the operand itself or a larger copy; takes its operand over; "
       "`tape`: bytes an iteration, and elements an iteration in this array")
op("retain", "A ->", "writes", types=lambda a, k: [], form="low", doc="one more owner")
op("release", "A ->", "writes", types=lambda a, k: [], form="low", doc="one owner less; freed with the last")
op("pack", "... -> record", "allocates", types=lambda a, k: [RECORD], cost=20,
   doc="values kept behind one pointer; owns the arrays in it")
op("unpack", "record -> ...", "reads", types=lambda a, k: [parse_type(t) for t in k["types"]],
   doc="the values of a record, by `types`")
