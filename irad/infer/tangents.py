"""Forward mode as calls: `jvp(f)(x)` becomes a call of a thunk's tangent function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irad.infer import arrays, heap, rows, trees
from irad.infer.chosen import apart, floats_at_run_time, options_of
from irad.infer.context import Context
from irad.infer.derivativetrees import derivative_parts, parts_like
from irad.infer.meanings import TRANSFORMS
from irad.infer.private import Private
from irad.infer.shapes import AV, flatten, rebuild
from irad.infer.thunks import Thunk, spoken, thunk
from irad.infer.values import (
    NONE,
    Arr,
    Choice,
    Known,
    Num,
    Record,
    Seq,
    numeric,
)
from irad.ir.core import Value
from irad.ir.types import is_differentiable, is_float


def tangents_for(cx: Context, primal: AV, tangent: AV, where: str) -> list[Value]:
    """The tangent leaves that go with the float leaves of a primal; the structures must agree."""
    if isinstance(primal, Num):
        if not is_float(primal.value.type):
            return []
        if not numeric(tangent):
            cx.type_error(f"{where}: a tangent of a number must be a number")
        return [cx.cast(cx.num(tangent).value, primal.value.type)]  # type: ignore[arg-type]
    if isinstance(primal, Arr):
        if not is_float(primal.type.elem):
            return []
        t = None if is_no_array(tangent) else arrays.as_operand(cx, tangent)
        if not isinstance(t, Arr) or t.ndim != primal.ndim:
            cx.type_error(f"{where}: a tangent of an array must be an array of the same shape")
        for k in range(primal.ndim):
            mine, given = cx.op("dim", primal.value, axis=k), cx.op("dim", t.value, axis=k)
            message = f"{where}: primal and tangent differ along axis {k}: {{}} and {{}}"
            cx.guard(cx.op("eq", mine, given), "ValueError", message, mine, given)
        if t.kind != primal.kind:
            t = arrays.cast_array(cx, t, primal.kind)
        return [t.value]
    if heap.is_tree(primal):
        items = parts_like(cx, primal, tangent)
        if items is None:
            cx.type_error(f"{where}: primals and tangents must have the same structure")
        return [v for p, t in zip(primal.children, items, strict=True) for v in tangents_for(cx, p, t, where)]
    if isinstance(primal, Choice) and any(is_differentiable(leaf.type) for leaf in flatten(primal)):
        cx.unsupported(f"{where} along a value whose type depends on the data", kind="value-type",
                       hint="ask for it on each way, or use grad, vjp")
    return []


def is_no_array(av: AV) -> bool:
    """Whether this is None, or a list, dict or object that is given as a direction."""
    return (isinstance(av, Known) and av.obj is None) or (heap.is_tree(av) and not isinstance(av, Seq))


def push_forward(
    cx: Context, callee: AV, primals: list[AV], kwargs: dict[str, AV], tangents: list[AV | None], quiet: bool = False,
) -> tuple[AV, AV]:
    """The result and its tangent; a tangent None means that the argument is constant."""
    seen: set[int] = set()
    parts = (floats_at_run_time(cx, p) if t is not None else p for p, t in zip(primals, tangents, strict=True))
    given = [apart(cx, p, seen) for p in parts]
    target, leaves = thunk(cx, trees.exported(cx, callee, again=True), given, kwargs, lists=True)
    found: dict[int, Value] = {}
    for p, t in zip(given, tangents, strict=True):
        if t is not None:
            moving = (id(leaf) for leaf in flatten(p) if is_differentiable(leaf.type))
            found.update(zip(moving, tangents_for(cx, p, t, "jvp"), strict=True))
    return pushed(cx, target, leaves, found, quiet, every=True)


def pushed(
    cx: Context, target: Thunk, leaves: list[Value], tangents: dict[int, Value], quiet: bool = False, every: bool = False,
) -> tuple[AV, AV]:
    """The result of a thunk and its tangent; `tangents` by identity of the leaf."""
    moving = [id(v) in tangents for v in leaves]
    private = Private(cx, target.name, leaves, moving)
    primal_types = list(target.result.flat_types())
    types = [*primal_types, *(t for t in primal_types if is_differentiable(t))]
    values = {i: tangents[id(v)] for i, v in enumerate(leaves) if moving[i]}

    def call(active: Sequence[bool]) -> list[Value]:
        callee = f"jvp:{target.name}:{''.join('01'[a] for a in active)}"
        attrs = {"callee": callee, "types": tuple(map(str, types)), **spoken(quiet, every)}
        return cx.builder.emit("call", [*private.leaves, *private.tangents(values, active)], types, attrs)

    results = private.total(call)
    out = rebuild(target.result, iter(results))
    return out, _tangent(out, iter(results[len(primal_types) :]))


def _tangent(av: AV, leaves: Any) -> AV:
    if isinstance(av, Num):
        return Num(av.kinds, next(leaves), av.tag) if is_float(av.value.type) else NONE
    if isinstance(av, Arr):
        return Arr(av.kind, next(leaves)) if is_float(av.type.elem) else NONE
    if rows.is_of_arrays(av):
        return Record((*av.static[:2], True), (), (next(leaves),)) if is_differentiable(av.leaves[0].type) else NONE
    if isinstance(av, Choice):
        return av.with_children(tuple(m if heap.is_missing(m) else _tangent(m, leaves) for m in av.members))
    if heap.is_tree(av):
        return derivative_parts(av, lambda item: _tangent(item, leaves))
    if isinstance(av, Known) and isinstance(av.obj, float):
        return Known(0.0)
    for leaf in flatten(av):  # of a text
        if is_differentiable(leaf.type):
            next(leaves)
    return NONE


def _jvp(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """jvp(f)(primals, tangents) -> (out, tangent_out)"""
    from irad.infer.iterate import known_items

    assert isinstance(f, Record)
    primals, tangents = (known_items(a) for a in args)
    if primals is None or tangents is None or len(primals) != len(tangents):
        cx.type_error("jvp: primals and tangents must be tuples of the same length")
    out, tangent = push_forward(cx, f.children[0], primals, {}, list(tangents), bool(options_of(f).get("quiet")))
    return Seq(tuple, (out, tangent))


TRANSFORMS["jvp"] = _jvp
