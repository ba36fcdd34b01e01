"""Jacobians and Hessians: one derivative call for each column (forward) or row (reverse), in a compiled loop.

The result is a tree like the function's result, whose leaves are trees like the differentiated argument; a leaf has the
axes of the output, then those of the input (as in JAX).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from irad.infer import arrays, heap, trees
from irad.infer.chosen import Chosen, apart, choose, floats_at_run_time
from irad.infer.context import Context
from irad.infer.extents import dims
from irad.infer.iterate import known_items
from irad.infer.meanings import TRANSFORMS
from irad.infer.private import Private
from irad.infer.shapes import AV, Shape, flatten, rebuild, shape_of
from irad.infer.tangents import pushed, tangents_for
from irad.infer.thunks import thunk
from irad.infer.transforms import Adjoint, some_output
from irad.infer.values import NONE, Arr, Choice, Known, Num, Record, Seq
from irad.ir.core import Const, Value
from irad.ir.types import Scalar, is_differentiable, is_float


def chosen_for(cx: Context, f: Record, args: list[AV], kwargs: dict[str, AV]) -> Chosen:
    """The arguments of a Jacobian. One by a list of run-time length would be a list of lists, which nothing here makes."""
    chosen = choose(cx, dict(f.static[2]), args, kwargs)
    if any(map(_has_items, chosen.picked)):
        cx.unsupported(
            "a Jacobian or Hessian by a list of many floats", kind="value-type",
            hint="pass np.array(x), or use grad, vjp, jvp, hvp",
        )
    if any(_holds_choices(shape_of(av)) for av in chosen.picked):
        cx.unsupported("a Jacobian or Hessian by a value whose type depends on the data", kind="value-type",
                       hint="ask for it on each way, or use grad, vjp")
    return chosen


def in_arrays(cx: Context, shape: Shape) -> None:
    """A result of a Jacobian, which has no place for the derivatives of a list of run-time length."""
    if _holds_items(shape):
        cx.unsupported(
            "a Jacobian of a list whose length is not known at compile time", kind="value-type",
            hint="return np.array(xs), or use vjp, jvp, linearize",
        )
    if _holds_choices(shape):
        cx.unsupported("a Jacobian of a result whose type depends on the data", kind="grad-output",
                       hint="return arrays or numbers on each way, or use jvp")


def _holds_choices(shape: Shape) -> bool:
    if shape.cls is Choice:
        return any(map(is_differentiable, shape.flat_types()))
    return any(map(_holds_choices, shape.children))


def _holds_items(shape: Shape) -> bool:
    return (shape.cls is Record and shape.static[0] == "items") or any(map(_holds_items, shape.children))


def _has_items(av: AV) -> bool:
    return (isinstance(av, Record) and av.static[0] == "items") or any(map(_has_items, av.children))


def float_leaves(av: AV) -> list[AV]:
    """The numbers and arrays of floats in a structure, in order."""
    if isinstance(av, Num):
        return [av] if is_float(av.value.type) else []
    if isinstance(av, Arr):
        return [av] if is_float(av.type.elem) else []
    if heap.is_tree(av):
        return [leaf for item in av.children for leaf in float_leaves(item)]
    return []


def replaced(av: AV, leaves: Iterator[AV], constant: Callable[[], AV] | None = None) -> AV:
    """The structure with its float leaves replaced; what has no derivative becomes None, floats that are known `constant`."""
    if heap.is_tree(av):
        return av.with_children(tuple(replaced(item, leaves, constant) for item in av.children))
    if constant is not None and isinstance(av, Known) and isinstance(av.obj, float):
        return constant()
    return next(leaves) if float_leaves(av) else NONE


def push(cx: Context, callee: AV, chosen: Chosen, tangents: dict[int, Value], quiet: bool = False) -> tuple[AV, AV]:
    """One forward call; `tangents` by identity of the SSA leaf."""
    target, leaves = thunk(cx, trees.exported(cx, callee, again=True), chosen.args, chosen.kwargs)
    some_output(cx, target.result, "a derivative", callee, chosen.args)
    return pushed(cx, target, leaves, tangents, quiet)


def run_primal(cx: Context, callee: AV, chosen: Chosen, derived: bool = False) -> AV:
    """The function's result itself (for the extents of its arrays). `derived`: derivatives by single leaves follow."""
    target, leaves = thunk(cx, trees.exported(cx, callee, again=True), chosen.args, chosen.kwargs)
    types = list(target.result.flat_types())
    private = Private(cx, target.name, leaves, [False] * len(leaves) if derived else None)
    attrs = {"callee": f"own:{target.name}", "types": tuple(map(str, types))}
    return rebuild(target.result, iter(cx.builder.emit("call", private.leaves, types, attrs)))


def extents(cx: Context, av: AV) -> list[Value]:
    return dims(cx, av) if isinstance(av, Arr) else []


def blank(cx: Context, out: AV, given: AV) -> AV:
    """Room for the derivatives of one output leaf by one input leaf, of which one is an array."""
    kind = out.kind if isinstance(out, Arr) else given.kind if isinstance(given, Arr) else "float64"
    return arrays.alloc(cx, [*extents(cx, out), *extents(cx, given)], kind)


def put(cx: Context, target: AV, before: Sequence[Value], source: AV, after: Sequence[Value]) -> None:
    """target[before, :, after] = source"""
    assert isinstance(target, Arr)
    if isinstance(source, Arr):
        arrays.loop_nest(
            cx, dims(cx, source),
            lambda at: cx.op_store(cx.op("load", source.value, *at), target.value, [*before, *at, *after]),
        )
    else:
        elem = target.type.elem
        cx.op_store(cx.cast(cx.num(source).value, elem), target.value, [*before, *after])  # type: ignore[arg-type]


def unit_array(cx: Context, like: Arr, at: Sequence[Value]) -> Arr:
    """Zeros in the shape of `like`, with a one at this place."""
    made = arrays.alloc(cx, dims(cx, like), like.kind, zero=True)
    cx.op_store(Const(like.type.elem, 1.0), made.value, at)
    return made


def jacobian_forward(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """Columns: one tangent for each element of the argument."""
    assert isinstance(f, Record)
    chosen = chosen_for(cx, f, args, kwargs)
    in_arrays(cx, thunk(cx, trees.exported(cx, f.children[0], again=True), chosen.args, chosen.kwargs)[0].result)
    out, pieces = _pushes(cx, f.children[0], chosen)
    return assemble(cx, chosen, out, pieces)


def gradient_forward(cx: Context, callee: AV, chosen: Chosen, has_aux: bool) -> tuple[AV, AV]:
    """The primal's result and the gradient, by one forward run for each element of the argument."""
    out, pieces = _pushes(cx, callee, chosen)
    inputs = [leaf for av in chosen.picked for leaf in float_leaves(av)]
    for given, piece in zip(inputs, pieces, strict=True):
        piece[0] = _like(cx, given, piece[0])
    tree = assemble(cx, chosen, out, pieces)
    return out, tree.children[0] if has_aux else tree


def _like(cx: Context, given: AV, piece: AV) -> AV:
    """A derivative in the kind of what it is the derivative by."""
    if isinstance(given, Num):
        assert isinstance(given.value.type, Scalar)
        value = cx.op("load", piece.value) if isinstance(piece, Arr) else cx.num(piece).value
        return Num(given.kinds, cx.cast(value, given.value.type), given.tag)
    assert isinstance(given, Arr) and isinstance(piece, Arr)
    return piece if piece.kind == given.kind else arrays.cast_array(cx, piece, given.kind)


def _pushes(cx: Context, callee: AV, chosen: Chosen) -> tuple[AV, list[list[AV]]]:
    """The primal's result, and the derivatives of its leaves by each leaf of the chosen arguments."""
    inputs = [leaf for av in chosen.picked for leaf in float_leaves(av)]
    out = run_primal(cx, callee, chosen, True) if not inputs or any(isinstance(i, Arr) for i in inputs) else None
    pieces: list[list[AV]] = []
    for given in inputs:
        if isinstance(given, Num):
            one: dict[int, Value] = {id(given.value): Const(given.value.type, 1.0)}
            out, tangent = push(cx, callee, chosen, one, quiet=out is not None)
            pieces.append([_like(cx, given, piece) if isinstance(piece, Num) else piece for piece in float_leaves(tangent)])
            continue
        assert out is not None and isinstance(given, Arr)
        pieces.append(_columns(cx, callee, chosen, given, out))
    assert out is not None
    return out, pieces


def _columns(cx: Context, callee: AV, chosen: Chosen, given: Arr, out: AV) -> list[AV]:
    room = [blank(cx, leaf, given) for leaf in float_leaves(out)]

    def column(at: list[Value]) -> None:
        _, tangent = push(cx, callee, chosen, {id(given.value): unit_array(cx, given, at).value}, quiet=True)
        for target, source in zip(room, float_leaves(tangent), strict=True):
            put(cx, target, [], source, at)

    arrays.loop_nest(cx, dims(cx, given), column)
    return room


def jacobian_reverse(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """Rows: one cotangent for each element of the result."""
    assert isinstance(f, Record)
    chosen = chosen_for(cx, f, args, kwargs)
    adjoint = Adjoint(cx, f.children[0], chosen)
    some_output(cx, adjoint.thunk.result, "a Jacobian", f.children[0], chosen.args)
    in_arrays(cx, adjoint.thunk.result)
    inputs = [leaf for av in chosen.picked for leaf in float_leaves(av)]
    shape = adjoint.thunk.result
    template = rebuild(shape, iter([Value(t) for t in shape.flat_types()]))
    outputs = float_leaves(template)
    out = run_primal(cx, f.children[0], chosen, True) if any(isinstance(o, Arr) for o in outputs) else template
    outputs = float_leaves(out)
    pieces: list[list[AV]] = [[] for _ in inputs]
    spoken = out is not template  # it has been run, so it does not print again
    for number, leaf in enumerate(outputs):
        for column, piece in zip(pieces, _row_block(cx, adjoint, out, number, leaf, inputs, spoken), strict=True):
            column.append(piece)
        spoken = True
    return assemble(cx, chosen, out, pieces)


def _row_block(
    cx: Context, adjoint: Adjoint, out: AV, number: int, leaf: AV, inputs: list[AV], spoken: bool,
) -> list[AV]:
    """The derivatives of one output leaf by each input leaf."""
    if isinstance(leaf, Num):
        _, grads = adjoint.run(_cotangents(cx, out, number, Const(leaf.value.type, 1.0)), spoken)
        return [g for grad in grads for g in float_leaves(grad)]
    assert isinstance(leaf, Arr)
    room = [blank(cx, leaf, given) for given in inputs]

    def row(at: list[Value]) -> None:
        _, grads = adjoint.run(_cotangents(cx, out, number, unit_array(cx, leaf, at).value), quiet=True)
        for target, source in zip(room, [g for grad in grads for g in float_leaves(grad)], strict=True):
            put(cx, target, at, source, [])

    arrays.loop_nest(cx, dims(cx, leaf), row)
    return room


def _cotangents(cx: Context, out: AV, number: int, value: Value) -> list[Value | None]:
    """`value` for float leaf `number` of the result, zeros for the others, and for the numbers in texts."""
    found: list[Value | None] = []
    floats = {id(v.leaves[0]): i for i, v in enumerate(float_leaves(out))}
    for leaf in flatten(out):
        at = floats.get(id(leaf))
        if at is None and not is_differentiable(leaf.type):
            found.append(None)
        elif at == number:
            found.append(value)
        elif is_float(leaf.type):
            found.append(Const(leaf.type, 0.0))
        else:
            dims = [cx.op("dim", leaf, axis=k) for k in range(leaf.type.ndim)]  # type: ignore[attr-defined]
            found.append(cx.op("alloc", *dims, elem=str(leaf.type.elem), zero=True))  # type: ignore[attr-defined]
    return found


def assemble(cx: Context, chosen: Chosen, out: AV, pieces: list[list[AV]]) -> AV:
    """pieces[input leaf][output leaf] as a tree of outputs of trees of inputs."""
    count = len(float_leaves(out))

    def for_output(k: int) -> AV:
        columns = iter([piece[k] for piece in pieces])
        trees = [replaced(av, columns) for av in chosen.picked]
        return trees[0] if chosen.single else Seq(tuple, tuple(trees))

    def of_constant() -> AV:
        inputs = [leaf for av in chosen.picked for leaf in float_leaves(av)]
        zeros = iter([
            arrays.alloc(cx, extents(cx, leaf), leaf.kind, zero=True) if isinstance(leaf, Arr) else Known(0.0) for leaf in inputs
        ])
        trees = [replaced(av, zeros) for av in chosen.picked]
        return trees[0] if chosen.single else Seq(tuple, tuple(trees))

    return replaced(out, iter([for_output(k) for k in range(count)]), of_constant)


def jacobian(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """Reverse for one output, forward otherwise."""
    assert isinstance(f, Record)
    chosen = chosen_for(cx, f, args, kwargs)
    target, _ = thunk(cx, trees.exported(cx, f.children[0], again=True), chosen.args, chosen.kwargs)
    in_arrays(cx, target.result)
    template = rebuild(target.result, iter([Value(t) for t in target.result.flat_types()]))
    one_output = all(isinstance(leaf, Num) for leaf in float_leaves(template)) and len(float_leaves(template)) == 1
    scalar_inputs = all(isinstance(leaf, Num) for av in chosen.picked for leaf in float_leaves(av))
    reverse = one_output and not scalar_inputs if cx.unit.mode == "auto" else cx.unit.mode == "reverse"
    rule = jacobian_reverse if reverse else jacobian_forward
    return rule(cx, f, args, kwargs)


def hessian(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """Forward over reverse."""
    assert isinstance(f, Record)
    inner = Record(("transform", "grad", f.static[2]), f.children)
    return jacobian_forward(cx, Record(("transform", "jacfwd", f.static[2]), (inner,)), args, kwargs)


def hessian_vector(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """hvp(f)(primals, tangents): the tangent of the gradient by all arguments."""
    assert isinstance(f, Record)
    primals, tangents = (known_items(a) or [] for a in args)
    if len(primals) != len(tangents):
        cx.throw("ValueError", f"hvp got {len(primals)} primals and {len(tangents)} tangents")
    seen: set[int] = set()
    given = [apart(cx, floats_at_run_time(cx, p), seen) for p in primals]
    inner = Record(("transform", "grad", (("argnums", tuple(range(len(given)))), ("every", True))), f.children)
    chosen = Chosen(given, {}, given, False)
    by_leaf: dict[int, Value] = {}
    for p, t in zip(given, tangents, strict=True):
        values = tangents_for(cx, p, t, "hvp")
        by_leaf.update({id(leaf.leaves[0]): v for leaf, v in zip(float_leaves(p), values, strict=True)})
    return push(cx, inner, chosen, by_leaf, bool(dict(f.static[2]).get("quiet")))[1]


def value(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """The result of a function that changes nothing outside: as in the calls of its derivatives."""
    return run_primal(cx, f.children[0], Chosen(args, kwargs, [], False))


TRANSFORMS.update(jacfwd=jacobian_forward, jacrev=jacobian_reverse, jacobian=jacobian, hessian=hessian, hvp=hessian_vector)
TRANSFORMS["value"] = value
