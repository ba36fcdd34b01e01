"""Derivatives as calls: `grad(f)(x)` becomes a call of the adjoint of a thunk `f(x)`, which the pipeline fills in.

The adjoint is named by what it is: "vjp:NAME:ACTIVE:MODE" or "jvp:NAME:ACTIVE" with one bit for each parameter of
function NAME; with mode "auto" loops may be run forward inside of the reverse. Its signature follows from the types alone:

    vjp: (primal parameters, a cotangent for each chosen float output, then for each array,
          a shadow for each active array parameter) -> (primal results, a cotangent for each active scalar parameter)
    jvp: (primal parameters, a tangent for each active parameter) -> (primal results, a tangent for each float result)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from irad.errors import IradError, UnsupportedError
from irad.infer import arrays, heap, trees
from irad.infer.chosen import Chosen, apart, choose, floats_at_run_time, options_of
from irad.infer.context import Context
from irad.infer.derivativetrees import derivative_parts, parts_like
from irad.infer.forms import Spec
from irad.infer.joins import describe
from irad.infer.meanings import TRANSFORMS
from irad.infer.private import Private, choose_array, shadow_like
from irad.infer.shapes import AV, Shape, rebuild, shape_of
from irad.infer.tangents import is_no_array
from irad.infer.thunks import is_real_number, spoken, thunk
from irad.infer.unit import code_names
from irad.infer.values import (
    NONE,
    Arr,
    Choice,
    Fn,
    Known,
    Num,
    Record,
    Seq,
    int_const,
    numeric,
)
from irad.ir.core import Const, Loc, Value
from irad.ir.types import Array, Type, is_differentiable, is_float


def scalar_output(cx: Context, shape: Shape, what: str, callee: AV, args: Sequence[AV] = ()) -> None:
    """The value of a gradient must be one real number."""
    if is_real_number(shape):
        return
    some_output(cx, shape, what, callee, args, ".sum()")
    show_function(cx, callee)
    wrong = f"{what} needs a function that returns one real number, and this one returns {describe(shape)}"
    refused = next((error for spec in cx.unit.forms.specs.values() for error in _refusals(spec)), None)
    why = f"other ways end at line {refused.lineno or '?'}, where irad refuses {refused.what}" if refused is not None else None
    hint = "return one float; for arrays use irad.jacobian, for more outputs has_aux=True"
    cx.mistyped(wrong, kind="grad-output", why=why, hint=hint)


def _refusals(spec: Spec) -> Iterator[IradError]:
    """What a function is refused for if it gets there."""
    if spec.solver is not None:
        yield from (block.error for block in spec.solver.blocks.values() if isinstance(block.error, UnsupportedError))


def some_output(cx: Context, shape: Shape, what: str, callee: AV, args: Sequence[AV], made: str = "") -> None:
    """A function that returns None, and may fill an array: what to write around it."""
    if not (shape.cls is Known and shape.static.obj is None):
        return
    name, names = "f", [f"a{i}" for i in range(len(args))]
    inner = callee
    while isinstance(inner, Record) and inner.children:
        inner = inner.children[0]
    if isinstance(inner, Fn):
        name, names = inner.name.rpartition(".")[2], code_names(inner.code, 0, len(args))  # type: ignore[assignment]
    filled = [n for n, a in zip(names, args, strict=False) if isinstance(a, Arr)][-1:]
    hint = "let it return what it computes"
    if filled and name.isidentifier():
        listed = ", ".join(str(n) for n in names)
        body = f"{name}({listed}); return {filled[0]}{made}"
        hint = f"differentiate what returns the array that it fills:\ndef g({listed}):\n    {body}"
    show_function(cx, callee)
    cx.mistyped(f"{what} needs a function that returns something, and this one returns None", kind="grad-output", hint=hint)


def show_function(cx: Context, callee: AV) -> None:
    """An error shows the function, where it is asked for from outside."""
    while isinstance(callee, Record) and callee.children:
        callee = callee.children[0]
    if cx.loc is None and isinstance(callee, Fn):
        cx.builder.loc = Loc(callee.code.co_filename, callee.code.co_qualname, callee.code.co_firstlineno)


class Adjoint:
    """One call of the reverse pass of a thunk."""

    def __init__(self, cx: Context, callee: AV, chosen: Chosen, has_aux: bool = False, number: bool = False) -> None:
        self.cx = cx
        callee = trees.exported(cx, callee, again=True)
        self.thunk, self.leaves = thunk(cx, callee, chosen.args, chosen.kwargs, has_aux, number)
        active = chosen.active_leaves()
        self.active = [id(v) in active for v in self.leaves]
        self.result_types = list(self.thunk.result.flat_types())
        self.chosen = chosen
        self.index = {id(v): i for i, v in enumerate(self.leaves)}

    def run(self, outputs: Sequence[Value | None], quiet: bool = False, every: bool = False) -> tuple[AV, list[AV]]:
        """The primal result, and the cotangents of the chosen arguments for these cotangents of the result leaves.

        `quiet`: the function has been run before, and does not print again. `every`: nobody chose the arguments, they are all.
        """
        given = sorted((o for o in outputs if o is not None), key=lambda o: isinstance(o.type, Array))  # numbers first
        private = Private(self.cx, self.thunk.name, self.leaves, self.active)  # each run writes copies of its own
        values = private.total(lambda active: self._call(private, active, given, spoken(quiet, every)))
        primal = rebuild(self.thunk.result, iter(values))
        wanted = [i for i, a in enumerate(self.active) if a]
        cotangents = dict(zip(wanted, values[len(self.result_types) :], strict=True))
        return primal, [self._gradient(av, cotangents) for av in self.chosen.picked]

    def _call(
        self, private: Private, active: Sequence[bool], given: list[Value], how: dict[str, bool],
    ) -> list[Value]:
        """The reverse by all parameters in `active`: the primal's results, and the cotangents of those in `self.active`."""
        cx, leaves = self.cx, private.leaves
        shadows = {i: shadow_like(cx, v) for i, v in enumerate(leaves) if active[i] and isinstance(v.type, Array)}
        for earlier, later, one in private.shared:
            if earlier in shadows and later in shadows:
                shadows[later] = choose_array(cx, one, shadows[earlier], shadows[later])
        scalars = [i for i, a in enumerate(active) if a and i not in shadows]
        args = [*leaves, *given, *(cx.strided(s, leaves[i].type) for i, s in shadows.items())]
        types: list[Type] = [*self.result_types, *(leaves[i].type for i in scalars)]
        mask = "".join("01"[a] for a in active)
        results = cx.builder.emit("call", args, types, {
            "callee": f"vjp:{self.thunk.name}:{mask}:{cx.unit.mode}", "types": tuple(map(str, types)), **how,
        })
        count = len(self.result_types)
        cotangents = {**shadows, **dict(zip(scalars, results[count:], strict=True))}
        return [*results[:count], *(cotangents[i] for i, a in enumerate(self.active) if a)]

    def _gradient(self, av: AV, cotangents: dict[int, Value]) -> AV:
        if isinstance(av, Num) and is_float(av.value.type):
            return Num(av.kinds, cotangents[self.index[id(av.value)]], av.tag)
        if isinstance(av, Arr) and is_float(av.type.elem):
            return _in_c_order(self.cx, Arr(av.kind, cotangents[self.index[id(av.value)]]))
        if isinstance(av, Choice):
            return av.with_children(tuple(m if heap.is_missing(m) else self._gradient(m, cotangents) for m in av.members))
        return derivative_parts(av, lambda item: self._gradient(item, cotangents)) if heap.is_tree(av) else NONE


def _in_c_order(cx: Context, a: Arr) -> AV:
    """A gradient, which lies in memory as what it is the gradient by, as an array in C order: a copy if it has to be."""
    if a.type.layout == "C":
        return a
    return cx.conditional(arrays.is_dense(cx, a), lambda: a, lambda: Arr(a.kind, cx.strided(arrays.copy(cx, a).value, a.type)))


def no_seeds(cx: Context, shape: Shape) -> list[Value | None]:
    """Cotangents for results that have no derivative: zero for numbers, and for arrays one that is not looked at."""
    found: list[Value | None] = []
    for t in shape.flat_types():
        if isinstance(t, Array) and is_differentiable(t):
            found.append(cx.op("alloc", *[int_const(0)] * t.ndim, elem=str(t.elem), zero=isinstance(t.elem, Array)))
        else:
            found.append(Const(t, 0.0) if is_float(t) else None)
    return found


def one(t: Type) -> Value:
    return Const(t, 1.0)


def gradient(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV], with_value: bool) -> AV:
    """grad(f)(*args) and value_and_grad(f)(*args)."""
    assert isinstance(f, Record)
    options = options_of(f)
    chosen = choose(cx, options, args, kwargs)
    has_aux = bool(options.get("has_aux"))
    forward = cx.unit.mode == "forward"
    adjoint = None if forward else Adjoint(cx, f.children[0], chosen, has_aux, number=True)
    called = adjoint.thunk if adjoint else thunk(cx, trees.exported(cx, f.children[0], again=True), chosen.args, chosen.kwargs)[0]
    shape = called.result
    if has_aux and not (shape.cls is Seq and len(shape.children) == 2):
        wrong = f"has_aux=True needs a function that returns (value, aux), and this one returns {describe(shape)}"
        show_function(cx, f.children[0])
        cx.mistyped(wrong, kind="grad-output", hint="return the value and the rest: `return loss, more`")
    value_shape = shape.children[0] if has_aux else shape
    scalar_output(cx, value_shape, "grad", f.children[0], chosen.args)
    if adjoint is None:
        from irad.infer.jacobians import gradient_forward

        primal, result = gradient_forward(cx, f.children[0], chosen, has_aux)
    else:
        primal, result = _gradient_reverse(cx, adjoint, chosen, has_aux)
    if with_value:
        return Seq(tuple, (primal, result))
    return Seq(tuple, (result, primal.children[1])) if has_aux else result


def _gradient_reverse(cx: Context, adjoint: Adjoint, chosen: Chosen, has_aux: bool) -> tuple[AV, AV]:
    """The primal's result, and the gradient by one reverse pass."""
    shape = adjoint.thunk.result
    value_shape = shape.children[0] if has_aux else shape
    outputs: list[Value | None]
    if value_shape.cls is Arr:
        seed = cx.op("alloc", elem=str(value_shape.types[0].elem), zero=True)  # type: ignore[attr-defined]
        cx.op_store(one(value_shape.types[0].elem), seed, [])  # type: ignore[attr-defined]
        outputs = [seed]
    else:
        outputs = [one(t) if is_float(t) else None for t in value_shape.flat_types()]
    if has_aux:
        outputs += no_seeds(cx, shape.children[1])
    primal, grads = adjoint.run(outputs, every=bool(chosen.every))
    return primal, grads[0] if chosen.single else Seq(tuple, tuple(grads))


TRANSFORMS["grad"] = lambda cx, f, args, kwargs: gradient(cx, f, args, kwargs, False)
TRANSFORMS["value_and_grad"] = lambda cx, f, args, kwargs: gradient(cx, f, args, kwargs, True)


def _vjp(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """vjp(f)(primals, cotangent) -> (out, (cotangents of the primals...))"""
    from irad.infer.iterate import known_items

    assert isinstance(f, Record)
    primals = known_items(args[0]) or []
    seen: set[int] = set()
    given = [apart(cx, floats_at_run_time(cx, p), seen) for p in primals]
    chosen = Chosen(given, {}, given, False)
    has_aux = bool(options_of(f).get("has_aux"))
    adjoint = Adjoint(cx, f.children[0], chosen, has_aux)
    shape = adjoint.thunk.result
    some_output(cx, shape, "vjp", f.children[0], given)
    out_shape = shape.children[0] if has_aux else shape
    template = rebuild(out_shape, iter([Value(t) for t in out_shape.flat_types()]))
    outputs = cotangent_leaves(cx, template, args[1])
    if has_aux:
        outputs += no_seeds(cx, shape.children[1])
    out, grads = adjoint.run(outputs, bool(options_of(f).get("quiet")), every=True)
    return Seq(tuple, (out, Seq(tuple, tuple(grads))))


def cotangent_leaves(cx: Context, out: AV, ct: AV) -> list[Value | None]:
    """The cotangents of the leaves of a result, from a value of the same structure."""
    if isinstance(out, Num):
        if is_float(out.value.type) and not numeric(ct):
            cx.type_error("vjp: the cotangent of a number must be a number")
        value = cx.cast(cx.num(ct).value, out.value.type) if is_float(out.value.type) else None  # type: ignore[arg-type]
        return [value, *([None] if out.tag is not None else [])]
    if isinstance(out, Arr):
        if not is_float(out.type.elem):
            return [None]
        seed = None if is_no_array(ct) else arrays.as_operand(cx, ct)
        if not isinstance(seed, Arr) or seed.ndim != out.ndim:
            cx.type_error("vjp: the cotangent must have the shape of the result")
        return [(seed if seed.kind == out.kind else arrays.cast_array(cx, seed, out.kind)).value]
    if heap.is_tree(out) and not any(map(heap.perhaps_missing, out.children)):
        items = parts_like(cx, out, ct)
        if items is None:
            cx.type_error("vjp: the cotangent must have the structure of the result")
        return [v for o, c in zip(out.children, items, strict=True) for v in cotangent_leaves(cx, o, c)]
    moving = [any(map(is_differentiable, shape_of(m).flat_types())) for m in out.children]
    if isinstance(out, Choice) and sum(moving) == 1 and isinstance(out.members[moving.index(True)], Num):
        given = cx.dispatch(ct, lambda m: Known(0.0) if is_no_array(m) else m)  # None is for the ways that give no number
        seeds: list[Value | None] = [None]
        for member, moves in zip(out.members, moving, strict=True):
            seeds += cotangent_leaves(cx, member, given) if moves else no_seeds(cx, shape_of(member))
        return seeds
    if isinstance(out, Choice) or heap.is_tree(out):
        cx.unsupported("the derivative of a result whose type depends on the data", kind="grad-output")
    return no_seeds(cx, shape_of(out))


TRANSFORMS["vjp"] = _vjp
