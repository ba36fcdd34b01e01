"""What derivatives are asked of: `f(x)` as an IR function of its own, whose parameters are leaves.

    grad(lambda t: t * k)(x)      thunk(k, t) -> t * k, called with (k, x); its derivative is by the second parameter
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from irad.infer import arrays, derived, heap, overlay, rows, trees
from irad.infer.calls import call_value
from irad.infer.chosen import another
from irad.infer.context import Context, Terminated
from irad.infer.joins import describe
from irad.infer.kinds import MACHINE
from irad.infer.private import Private
from irad.infer.shapes import AV, Shape, flatten, rebuild, shape_of
from irad.infer.unit import code_names, named_leaves
from irad.infer.values import (
    Arr,
    Choice,
    Fn,
    Growing,
    Held,
    Known,
    Num,
    Record,
    Reference,
    Row,
    Seq,
)
from irad.ir.core import Block, Function, Return, Value
from irad.ir.types import is_differentiable, is_float


class Thunk(NamedTuple):
    """A function of the module that calls something: parameters are the leaves of the callee and of its arguments."""

    name: str
    result: Shape


def thunk(
    cx: Context, callee: AV, args: Sequence[AV], kwargs: dict[str, AV], has_aux: bool = False, number: bool = False,
    lists: bool = False,
) -> tuple[Thunk, list[Value]]:
    """The function `callee(*args, **kwargs)` as an IR function of its own, and the values to call it with.

    With `has_aux` the second part of its result is left out of its reverse. With `number`, a result that is one real number or
    something else, depending on the data, is a TypeError where it is something else. `lists`: there may be lists of arrays of
    run-time length in the result.
    """
    unit = cx.unit
    overlay.refuse_inside(cx)
    for av in (callee, *args, *kwargs.values()):
        rows.refuse_arrays(cx, av, "a derivative whose function has", "pass an array")
    forms = (tuple(map(shape_of, args)), tuple((k, shape_of(v)) for k, v in kwargs.items()))
    shapes = (shape_of(callee), *forms, has_aux, number)
    given = [v for av in (*args, *kwargs.values()) for v in flatten(av)]
    taken = set(map(id, given))  # what the callee captured is no argument, also where it is the same number or array
    leaves = [*(another(cx, v) if id(v) in taken and is_differentiable(v.type) else v for v in flatten(callee)), *given]
    key = (*shapes, cx.loc is None)  # what is asked for from outside may begin anew (see `Private`)
    found = unit.thunks.get(key)
    if found is None:
        found = unit.thunks[key] = _begun(cx, *shapes)
    if found.result is None:  # it always raises
        cx.builder.emit("call", Private(cx, found.name, leaves).leaves, [], {"callee": found.name, "types": ()})
        raise Terminated
    if not lists:
        rows.refuse_shape(
            cx, found.result.children[0] if has_aux and found.result.children else found.result, "the derivative of",
            "return np.array(xs), or give the list back beside the result, with has_aux=True",
        )
    return found, leaves


def _begun(cx: Context, *shapes: Any) -> Any:
    """The thunk. It is begun anew with each object from outside that it turns out to change."""
    while True:
        cx.unit.thunk_depth += 1
        try:
            return _build(cx, *shapes)
        except overlay.Begin:
            continue
        finally:
            cx.unit.thunk_depth -= 1


def _build(
    cx: Context, callee: Shape, args: tuple[Shape, ...], kwargs: tuple[tuple[str, Shape], ...], has_aux: bool, number: bool,
) -> Any:
    unit = cx.unit
    hint = callee.static[4] if callee.cls is Fn else getattr(getattr(callee.static, "obj", None), "__name__", "call")
    function = Function(unit.unique(str(hint)), [], [], [Block("entry")])
    inner = Context(unit, function)
    inner.emitting = True
    inner.solver = cx.solver
    inner.builder.at(function.blocks[0])
    inner.builder.loc = cx.loc

    def parameters(shape: Shape, label: str | None) -> AV:
        leaves = named_leaves(shape, label)
        function.params += leaves
        return rebuild(shape, iter(leaves))

    target = parameters(callee, None)
    code = getattr(target, "code", None)
    labels = code_names(code, 0, len(args)) if code is not None else [None] * len(args)
    given = [parameters(s, n) for s, n in zip(args, labels, strict=True)]
    named = {k: parameters(s, k) for k, s in kwargs}
    overlay.begin(inner)
    try:
        target = trees.imported(inner, target)  # what it captured may be changed: here it is a copy
        before = set(inner.heap)
        placed = {k: trees.imported(inner, v) for k, v in named.items()}
        imported = [trees.imported(inner, g) for g in given]
        objects = set(inner.heap) - before
        result = trees.exported(inner, call_value(inner, target, imported, placed), trees.OF_DERIVATIVE)
        unit.changes_given |= not inner.written.isdisjoint(objects)
        if has_aux and isinstance(result, Seq) and len(result.items) == 2:
            first = only_number(inner, derived.number_in(inner, result.items[0])) if number else result.items[0]
            result = Seq(result.cls, (first, stopped(inner, result.items[1], aside=True)))
        elif not has_aux:
            result = derived.number_in(inner, result)
            result = only_number(inner, result) if number else result
    except Terminated:
        unit.module.add(function)
        return Thunk(function.name, None)  # type: ignore[arg-type]
    from irad.infer import tables

    tables.refuse_pairs(inner, result.children[0] if has_aux and result.children else result)
    leaves = flatten(result)
    function.results = [v.type for v in leaves]
    inner.builder.end(Return(leaves))
    unit.module.add(function)
    return Thunk(function.name, shape_of(result))


def stopped(cx: Context, av: AV, asked: bool = False, aside: bool = False) -> AV:
    """The value itself with derivative zero; arrays are copied. `asked`: what is not copied here is refused.

    `aside`: the first reverse of this function leaves it out; in the derivative of that it counts.
    """
    if isinstance(av, Num):
        attrs = {"wanted": True, "aside": True} if aside else {"wanted": True}
        return Num(av.kinds, cx.op("opaque", av.value, **attrs), av.tag)
    if isinstance(av, Arr):
        return arrays.elementwise(cx, lambda p: stopped(cx, p, asked, aside), [av], av.kind)
    if isinstance(av, Choice):
        return cx.dispatch(av, lambda m: stopped(cx, m, asked, aside))
    if rows.is_of_arrays(av):
        return rows.of_arrays(cx, av, lambda a: stopped(cx, a, asked, aside))
    if heap.is_tree(av) or (isinstance(av, Record) and av.static[0] == "pairs"):
        return av.with_children(tuple(stopped(cx, item, asked, aside) for item in av.children))
    if asked and isinstance(av, (Reference, Growing, Row, Held)):
        cx.unsupported("irad.stop_gradient of a list of run-time length", kind="function",
                       hint="stop the numbers and arrays that it holds")
    return av


def is_real_number(shape: Shape) -> bool:
    """Whether a gradient can be taken of a value of this form."""
    kinds = shape.static if shape.cls is Num else ()
    zero_d = shape.cls is Arr and shape.types[0].ndim == 0 and is_float(shape.types[0].elem)  # type: ignore[attr-defined]
    known = shape.cls is Known and isinstance(shape.static.obj, float)
    return zero_d or known or any(MACHINE[k].is_float for k in kinds)


def only_number(cx: Context, av: AV) -> AV:
    """A value that is one real number or something else: a TypeError where it is not the number."""

    def case(member: AV) -> AV:
        shape = shape_of(member)
        if not is_real_number(shape):
            cx.throw("TypeError", f"grad needs a function that returns one real number, and here it returned {describe(shape)}")
        return arrays.element(cx, member, []) if isinstance(member, Arr) else member

    return cx.dispatch(av, case) if isinstance(av, Choice) and any(is_real_number(shape_of(m)) for m in av.members) else av


def spoken(quiet: bool, every: bool = False) -> dict[str, bool]:
    """Attributes of a derivative call: it repeats what was run before; it is by all arguments."""
    return {**({"quiet": True} if quiet else {}), **({"every": True} if every else {})}
