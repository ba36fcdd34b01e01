"""Derivatives as calls: `grad(f)(x)` becomes a call of the adjoint of a thunk `f(x)`, which the pipeline fills in.

The adjoint is named by what it is: "vjp:NAME:ACTIVE:MODE" or "jvp:NAME:ACTIVE" with one bit for each parameter of
function NAME; with mode "auto" loops may be run forward inside of the reverse. Its signature follows from the types alone:

    vjp: (primal parameters, a cotangent for each chosen float output, then for each array,
          a shadow for each active array parameter) -> (primal results, a cotangent for each active scalar parameter)
    jvp: (primal parameters, a tangent for each active parameter) -> (primal results, a tangent for each float result)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType
from typing import Any, NamedTuple

import numpy as np

from irad.errors import IradError, TypingError, UnsupportedError
from irad.infer import arrays, constants, derived, heap, overlay, rows, trees
from irad.infer.calls import call_value
from irad.infer.context import Context, Terminated
from irad.infer.derivativetrees import derivative_parts, parts_like
from irad.infer.forms import Spec
from irad.infer.joins import describe
from irad.infer.kinds import MACHINE, kind_of
from irad.infer.meanings import TRANSFORMS
from irad.infer.private import Private, choose_array, shadow_like
from irad.infer.shapes import AV, Shape, flatten, rebuild, shape_of
from irad.infer.unit import code_names, named_leaves
from irad.infer.values import (
    NONE,
    Arr,
    Choice,
    Fn,
    Growing,
    Held,
    Known,
    Num,
    Partial,
    Record,
    Reference,
    Row,
    Seq,
    int_const,
    known_const,
    numeric,
    tag_const,
)
from irad.ir.core import Block, Const, Function, Loc, Return, Value
from irad.ir.types import Array, Type, is_differentiable, is_float

NO_NUMBERS = (str, bytes, type(None), FunctionType, BuiltinFunctionType, np.ufunc)


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


def floats_at_run_time(cx: Context, av: AV) -> AV:
    """Known floats as run-time numbers, so that they can be differentiated."""
    if isinstance(av, Known):
        kind = kind_of(av.obj)
        if kind is not None and MACHINE[kind].is_float:
            return Num(kind, known_const(av.obj))
        if type(av.obj) is tuple:
            return Seq(tuple, tuple(floats_at_run_time(cx, Known(x)) for x in av.obj))
        constants.check(cx, av)
        return av
    rows.refuse_arrays(cx, av, "the derivative by", "pass an array")
    if isinstance(av, Choice):
        return av.with_children(tuple(m if heap.is_missing(m) else floats_at_run_time(cx, m) for m in av.members))
    if heap.is_tree(av):
        return av.with_children(tuple(floats_at_run_time(cx, i) for i in av.children))
    return av


def apart(cx: Context, av: AV, seen: set[int]) -> AV:
    """A tree whose floats and arrays are no values `seen` before: derivatives are told apart by the values that they are by."""
    if isinstance(av, (Num, Arr)):
        leaf = av.leaves[0]
        again = id(leaf) in seen and is_differentiable(leaf.type)
        seen.add(id(leaf))
        if not again:
            return av
        return Num(av.kinds, another(cx, leaf), av.tag) if isinstance(av, Num) else Arr(av.kind, another(cx, leaf), av.writeable)
    return av.with_children(tuple(apart(cx, c, seen) for c in av.children)) if av.children else av


def another(cx: Context, leaf: Value) -> Value:
    """The same number or array as a value of its own."""
    if not isinstance(leaf.type, Array):
        return cx.op("mul", leaf, Const(leaf.type, 1.0))
    if not leaf.type.ndim:  # a view of a part of no axes is the number
        return cx.op("reshape", leaf)
    places = (p for k in range(leaf.type.ndim) for p in (int_const(0), cx.op("dim", leaf, axis=k), int_const(1)))
    return cx.op("view", leaf, *places, drop=(), layout=leaf.type.layout)


@dataclass(eq=False)
class Chosen:
    """The arguments of a derivative: all of them, and which are differentiated."""

    args: list[AV]
    kwargs: dict[str, AV]
    picked: list[AV]  # the differentiated ones, in the order of argnums and argnames
    single: bool
    every: bool = False  # nobody has chosen them

    def active_leaves(self) -> set[int]:
        """Identities of the leaves that carry derivatives."""
        return {id(leaf) for av in self.picked for leaf in flatten(av) if is_differentiable(leaf.type)}


def choose(cx: Context, options: dict[str, Any], args: list[AV], kwargs: dict[str, AV]) -> Chosen:
    """Apply argnums and argnames; arguments that have no derivative are refused."""
    names = options.get("argnames")
    nums = options.get("argnums", 0) if names is None or ("argnums" in options and options["argnums"] is not None) else ()
    if names is not None and options.get("argnums_given") is not True:
        nums = ()
    wanted = (nums,) if isinstance(nums, int) else tuple(nums)
    named = (names,) if isinstance(names, str) else tuple(names or ())
    seen: set[int] = set()
    args = [apart(cx, a, seen) for a in args]
    kwargs = {k: apart(cx, a, seen) for k, a in kwargs.items()}
    picked = []
    for n in wanted:
        at = n + len(args) if n < 0 else n
        if not 0 <= at < len(args):
            hint = "differentiated arguments are passed by position, or named by argnames"
            cx.mistyped(f"argnums {n} with {len(args)} positional arguments", kind="argnums", hint=hint)
        args[at] = _differentiable(cx, args[at], f"argument {at}", options)
        picked.append(args[at])
    for name in named:
        if name not in kwargs:
            what = f"argnames has {name!r}, but the call does not pass it by keyword"
            cx.mistyped(what, kind="argnums", hint=f"write {name}=...")
        kwargs[name] = _differentiable(cx, kwargs[name], f"argument {name!r}", options)
        picked.append(kwargs[name])
    single = (isinstance(nums, int) and not named) or (isinstance(names, str) and not wanted)
    return Chosen(args, kwargs, picked, single, bool(options.get("every")))


def _differentiable(cx: Context, av: AV, what: str, options: dict[str, Any]) -> AV:
    av = floats_at_run_time(cx, av)
    if isinstance(av, Known):
        constants.check_chosen(cx, av)
    bad = (
        (isinstance(av, Known) and kind_of(derived.number_of(av).static.obj) is not None)
        or (isinstance(av, Num) and not any(MACHINE[k].is_float for k in av.kinds))
        or (isinstance(av, Arr) and not is_float(av.type.elem))
    )
    if options.get("allow_int"):
        return av
    if bad or _has_none(av):
        raise _no_derivative(cx, what, av)
    if isinstance(av, Choice):
        return _one_with_derivative(cx, av, what)
    return _only_floats(cx, av, what) if isinstance(av, Num) and av.tag is not None else av


def _has_none(av: AV) -> bool:
    """Whether this is None, a text or a function, of which nobody can ask a derivative."""
    return isinstance(av, (Fn, Partial)) or (isinstance(av, Known) and isinstance(av.obj, NO_NUMBERS))


def _one_with_derivative(cx: Context, choice: Choice, what: str) -> AV:
    """Of several values, depending on the way, those that have a derivative: an error where it is another."""
    left = [m for m in choice.members if not _has_none(m)]
    if not left:
        raise _no_derivative(cx, what, choice.members[0])
    for number, member in enumerate(choice.members):
        if _has_none(member):
            error = _no_derivative(cx, what, member)
            cx.unless(cx.op("ne", choice.tag, tag_const(number)), lambda error=error: cx.fail(error))  # type: ignore[misc]
    return left[0] if len(left) == 1 else choice


def _no_derivative(cx: Context, what: str, av: AV) -> TypingError:
    if _has_none(av):
        which = "a function" if callable(getattr(av, "obj", len)) else repr(av.static.obj)
        return TypingError(f"{what} is {which}, which has no derivative", kind="int-argument", loc=cx.loc,
                           hint="choose another argument by argnums")
    if isinstance(av, Known):
        wrong = f"{what} is the {type(av.obj).__name__} {av.obj}: pass {float(av.obj)}"
        return TypingError(wrong, kind="int-argument", loc=cx.loc)
    wrong = f"{what} is {article(describe(shape_of(av)))}, which has no derivative: pass a float"
    hint = "convert it with float(...) or .astype(float), or say allow_int=True"
    return TypingError(wrong, kind="int-argument", loc=cx.loc, hint=hint)


def _only_floats(cx: Context, n: Num, what: str) -> Num:
    """A number that may be an int, depending on the way: an error where it is, and a float from there on."""
    floats = tuple(k for k in n.kinds if MACHINE[k].is_float)
    assert n.tag is not None
    for kind in n.kinds:
        if kind not in floats:
            error = _no_derivative(cx, what, Num(kind, n.value))
            cx.unless(cx.op("ne", n.tag, tag_const(n.kinds.index(kind))), lambda error=error: cx.fail(error))  # type: ignore[misc]
    return Num(floats[0], cx.cast(n.value, MACHINE[floats[0]])) if len(floats) == 1 else n


def article(words: str) -> str:
    return f"an {words}" if words[:1] in "aeiou" else f"a {words}"


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


def spoken(quiet: bool, every: bool = False) -> dict[str, bool]:
    """Attributes of a derivative call: it repeats what was run before; it is by all arguments."""
    return {**({"quiet": True} if quiet else {}), **({"every": True} if every else {})}


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


def _options(av: Record) -> dict[str, Any]:
    return dict(av.static[2])


def gradient(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV], with_value: bool) -> AV:
    """grad(f)(*args) and value_and_grad(f)(*args)."""
    assert isinstance(f, Record)
    options = _options(f)
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


# -- forward mode ------------------------------------------------------------------------------------------------


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
        t = None if _is_no_array(tangent) else arrays.as_operand(cx, tangent)
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


def _is_no_array(av: AV) -> bool:
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
    out, tangent = push_forward(cx, f.children[0], primals, {}, list(tangents), bool(_options(f).get("quiet")))
    return Seq(tuple, (out, tangent))


TRANSFORMS["jvp"] = _jvp


def _vjp(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """vjp(f)(primals, cotangent) -> (out, (cotangents of the primals...))"""
    from irad.infer.iterate import known_items

    assert isinstance(f, Record)
    primals = known_items(args[0]) or []
    seen: set[int] = set()
    given = [apart(cx, floats_at_run_time(cx, p), seen) for p in primals]
    chosen = Chosen(given, {}, given, False)
    has_aux = bool(_options(f).get("has_aux"))
    adjoint = Adjoint(cx, f.children[0], chosen, has_aux)
    shape = adjoint.thunk.result
    some_output(cx, shape, "vjp", f.children[0], given)
    out_shape = shape.children[0] if has_aux else shape
    template = rebuild(out_shape, iter([Value(t) for t in out_shape.flat_types()]))
    outputs = cotangent_leaves(cx, template, args[1])
    if has_aux:
        outputs += no_seeds(cx, shape.children[1])
    out, grads = adjoint.run(outputs, bool(_options(f).get("quiet")), every=True)
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
        seed = None if _is_no_array(ct) else arrays.as_operand(cx, ct)
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
        given = cx.dispatch(ct, lambda m: Known(0.0) if _is_no_array(m) else m)  # None is for the ways that give no number
        seeds: list[Value | None] = [None]
        for member, moves in zip(out.members, moving, strict=True):
            seeds += cotangent_leaves(cx, member, given) if moves else no_seeds(cx, shape_of(member))
        return seeds
    if isinstance(out, Choice) or heap.is_tree(out):
        cx.unsupported("the derivative of a result whose type depends on the data", kind="grad-output")
    return no_seeds(cx, shape_of(out))


TRANSFORMS["vjp"] = _vjp
