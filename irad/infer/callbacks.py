"""`irad.callback` in compiled code: a call of CPython as a function of the module, with the rules for its derivative beside it.

    y = irad.callback(fun, float, x, vjp=rule)     %y: float = call %x {callee='fun', types=('float',), fresh=True}

    func @fun(%x: float) -> float {                func @fun.pull(%x: float, %d: float) -> float {
      %y: float = ask %x {outlet='fun', ...}         ... what the rule says: compiled, if it can be; else a call of CPython
      return %y

What the two mean to differentiation is said in `ad.rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from irad.errors import IradError, TypingError, UnsupportedError
from irad.infer import arrays, heap, rows, trees
from irad.infer.callforms import (
    WHAT,
    Spec,
    cotangent,
    is_none,
    like,
    shown,
    sized,
    smooth_leaves,
    smooth_only,
    spec_of,
    tangents_of,
)
from irad.infer.calls import call_value
from irad.infer.context import Context, Terminated
from irad.infer.exceptions import Outside, exception
from irad.infer.extents import dims
from irad.infer.kinds import MACHINE, kind_of
from irad.infer.outlets import Outlet, called, outgoing
from irad.infer.raising import raise_value
from irad.infer.shapes import AV, flatten, rebuild, shape_of
from irad.infer.values import NONE, Arr, Known, Num, Seq, int_const, known_const, numeric, spread
from irad.ir.core import Block, Const, Function, Return, Value
from irad.ir.types import FLOAT, INT, Array, Scalar, Type

NAMES = {"vjp": "pull", "jvp": "push"}  # of rules: `differentiate` gives others to what it makes
Body = Callable[[Context, "_Given", list[Value]], list[Value]]


@dataclass(eq=False)
class _Given:
    """The parts of a call, as arguments of the caller or as parameters of the function that is built."""

    fun: AV
    args: list[AV]
    rules: list[AV]  # vjp, jvp
    sizes: list[Value]

    def leaves(self) -> list[Value]:
        parts = (self.fun, *self.args, *self.rules)
        return [*(leaf for av in parts for leaf in flatten(av)), *self.sizes]

    def alike(self, leaves: Iterator[Value]) -> _Given:
        """The same with other leaves."""

        def other(av: AV) -> AV:
            return rebuild(shape_of(av), leaves)

        fun, args, rules = other(self.fun), [other(a) for a in self.args], [other(r) for r in self.rules]
        return _Given(fun, args, rules, [next(leaves) for _ in self.sizes])


def callback(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """irad.callback(fun, result, *args, vjp=None, jvp=None)"""
    unknown = [k for k in kwargs if k not in ("vjp", "jvp")]
    if unknown or len(args) < 2:
        cx.type_error(f"callback() got an unexpected keyword argument '{unknown[0]}'" if unknown else
                      "callback() takes a function, what it returns, and its arguments")
    sizes: list[Value] = []
    spec = spec_of(cx, args[1], sizes)
    parts = [trees.exported(cx, _at_run_time(cx, a), WHAT) for a in args[2:]]
    rules = [trees.exported(cx, kwargs.get(name, NONE), WHAT) for name in ("vjp", "jvp")]
    for part in (*parts, *rules):
        rows.refuse_arrays(cx, part, f"{WHAT} with", "pass an array")
    given = _Given(trees.exported(cx, args[0], WHAT), parts, rules, sizes)
    shapes = tuple(map(shape_of, (given.fun, *given.args, *given.rules)))
    catches = cx.catcher is not None and all(map(is_none, rules))  # a rule would be asked about calls that raised
    key = (WHAT, shapes, len(given.args), spec, cx.loc, catches)
    name = cx.unit.thunks.get(key)
    if name is None:
        name = cx.unit.thunks[key] = _Maker(cx, given, spec, catches).make()
    types = [*([INT] if catches else []), *(leaf.type for leaf in spec.leaves())]
    attrs = {"callee": name, "types": tuple(map(str, types)), "fresh": True}
    results = iter(cx.builder.emit("call", given.leaves(), types, attrs))
    if catches:
        number = next(results)
        fields: dict[str, AV] = {"args": Seq(tuple, ()), "number": Num("int", number)}
        cx.unless(cx.op("eq", number, int_const(0)), lambda: raise_value(cx, exception(Outside, fields)))
    return spec.rebuilt(results)


def _at_run_time(cx: Context, av: AV) -> AV:
    """A known float as a number: it has a derivative, if only zero."""
    av = spread(av)
    if isinstance(av, Known):
        kind = kind_of(av.obj)
        return Num(kind, known_const(av.obj)) if kind is not None and MACHINE[kind].is_float else av
    return av.with_children(tuple(_at_run_time(cx, c) for c in av.children)) if isinstance(av, Seq) else av


class _Maker:
    """Makes the functions of one call."""

    def __init__(self, cx: Context, given: _Given, spec: Spec, catches: bool) -> None:
        self.cx, self.given, self.spec, self.catches = cx, given, spec, catches
        known = given.fun.obj if isinstance(given.fun, Known) else None
        name = getattr(given.fun, "name", "") or getattr(known, "__name__", None) or type(known).__name__
        self.hint = str(name).rpartition(".")[2]
        self.reason = ""
        self.smooth = [leaf for av in given.args for leaf in smooth_leaves(av)]
        self.outs = [leaf for leaf in spec.leaves() if leaf.smooth]

    def make(self) -> str:
        """The function itself, with its rule."""
        name = self.build(self.hint, [], self._primal)
        copies = any(isinstance(v.type, Array) for v in self.given.leaves())
        function = self.cx.unit.module.functions[name]
        function.attrs.update(inline=False, rule={
            **self._rules(), "copy": self.build(f"{self.hint}.copies", [], _copies) if copies else "",
            "of": tuple(self._places()), "own": len(flatten(self.given.fun)),
        })
        return name

    def build(self, hint: str, extra: Sequence[Type], body: Body) -> str:
        """A function whose parameters are the leaves of the call, and some more."""
        unit, entry = self.cx.unit, Block("entry")
        function = Function(unit.unique(hint), [], [], [entry], self.cx.loc)
        inner = Context(unit, function)
        inner.emitting, inner.solver, inner.fn = True, self.cx.solver, self.cx.fn
        inner.builder.at(entry).loc = self.cx.loc
        own, more = [Value(v.type, v.name) for v in self.given.leaves()], [Value(t) for t in extra]
        function.params = [*own, *more]
        results = body(inner, self.given.alike(iter(own)), more)
        function.results = [v.type for v in results]
        inner.builder.end(Return(results))
        unit.module.add(function)
        return function.name

    def _places(self) -> Iterator[int]:
        """The numbers of the leaves that a rule is about."""
        at = len(flatten(self.given.fun))

        def walk(av: AV) -> Iterator[int]:
            nonlocal at
            if heap.is_tree(av):
                for child in av.children:
                    yield from walk(child)
                return
            if smooth_leaves(av):
                yield at
            at += len(flatten(av))

        for av in self.given.args:
            yield from walk(av)

    def _primal(self, inner: Context, given: _Given, more: list[Value]) -> list[Value]:
        return _ask(inner, given.fun, given.args, self.spec, list(given.sizes), catches=self.catches)

    # -- rules

    def _rules(self) -> dict[str, str]:
        """The functions for both directions, as far as they are given; `why`: what an error says where there are none."""
        vjp, jvp = (not is_none(rule) for rule in self.given.rules)
        found: dict[str, str] = {"vjp": "", "jvp": "", "why": ""}
        if vjp:
            kinds = [*(o.type for o in self.outs), *(leaf.leaves[0].type for leaf in self.smooth if isinstance(leaf, Arr))]
            found["vjp"] = self._rule("vjp", kinds, self._pull, self._pull_outside)
        if jvp:
            found["jvp"] = self._rule("jvp", self._moving(), self._push, self._push_outside)
        if self.reason and vjp != jvp:  # CPython cannot be turned round, but a few numbers can be asked for one by one
            numbers = all(isinstance(leaf, Num) for leaf in self.smooth)
            if vjp and len(self.outs) == 1 and self.outs[0].ndim < 0:
                found["jvp"] = self.build(f"{self.hint}.push", self._moving(), self._push_by_pull)
            elif jvp and numbers and all(o.ndim < 0 for o in self.outs):
                found["vjp"] = self.build(f"{self.hint}.pull", [o.type for o in self.outs], self._pull_by_push)
        return found

    def _moving(self) -> list[Type]:
        return [leaf.leaves[0].type for leaf in self.smooth]

    def _rule(self, kind: str, extra: Sequence[Type], compiled: Body, outside: Body) -> str:
        """A rule compiled, if it can be; else as a call of CPython, which has no derivative itself."""
        try:
            return self.build(f"{self.hint}.{NAMES[kind]}", extra, compiled)
        except (UnsupportedError, TypingError, Terminated) as error:  # Terminated: so it was before, or it always raises
            words = f": {error.what}" if isinstance(error, IradError) else ""
            self.reason = f"the {kind} of {WHAT} is not compiled{words}"
            return self.build(f"{self.hint}.{NAMES[kind]}", extra, outside)

    def _opaque(self, inner: Context, given: _Given, more: list[Value], hint: str, body: Body) -> list[Value]:
        """A call of a function whose derivative is an error."""
        name = self.build(hint, [v.type for v in more], body)
        function = self.cx.unit.module.functions[name]
        rule = {"vjp": "", "jvp": "", "copy": "", "of": (), "own": 0, "why": self.reason}
        function.attrs.update(inline=False, rule=rule)
        attrs = {"callee": name, "types": tuple(map(str, function.results)), "fresh": True}
        return list(inner.builder.emit("call", [*given.leaves(), *more], list(function.results), attrs))

    # a rule in reverse: cotangents of the numbers; those of arrays are added to shadows

    def _pull(self, inner: Context, given: _Given, more: list[Value]) -> list[Value]:
        ct = cotangent(self.spec, iter(more))
        args = [trees.imported(inner, a) for a in given.args]
        found = heap.opened(inner, call_value(inner, trees.imported(inner, given.rules[0]), [*args, ct], {}))
        items = list(found.children) if isinstance(found, Seq) else None
        if items is None or len(items) != len(args):
            inner.mistyped(f"a vjp that returns no tuple of {len(args)}", kind="types", hint="one cotangent for each argument")
        return _added(inner, given.args, items, iter(more[len(self.outs) :]))

    def _pull_outside(self, inner: Context, given: _Given, more: list[Value]) -> list[Value]:
        count = len(self.outs)
        found = self._pulled(inner, given, more[:count])
        return _added(inner, given.args, list(found.children), iter(more[count:]))

    def _pulled(self, inner: Context, given: _Given, cotangents: list[Value]) -> AV:
        """What CPython says of the cotangents of the arguments."""
        specs = Spec(items=tuple(like(a) for a in given.args))

        def asked(cx: Context, parts: _Given, more: list[Value]) -> list[Value]:
            sizes = [d for av in parts.args for leaf in smooth_leaves(av) if isinstance(leaf, Arr) for d in dims(cx, leaf)]
            return _ask(cx, parts.rules[0], [*parts.args, cotangent(self.spec, iter(more))], specs, sizes, optional=True)

        return specs.rebuilt(iter(self._opaque(inner, given, cotangents, f"{self.hint}.python", asked)))

    def _pull_by_push(self, inner: Context, given: _Given, more: list[Value]) -> list[Value]:
        """The cotangents of numbers, each by a tangent of its own."""
        found = []
        for leaf in self.smooth:
            t = leaf.leaves[0].type
            units = [Const(other.leaves[0].type, 1.0 if other is leaf else 0.0) for other in self.smooth]
            total: Value = Const(t, 0.0)
            for ct, slope in zip(more, self._push_outside(inner, given, list(units)), strict=True):
                total = inner.op("add", total, _number(inner, Num("float", inner.op("mul", ct, slope)), t))
            found.append(total)
        return found

    # a rule forward: tangents of the results

    def _push(self, inner: Context, given: _Given, more: list[Value]) -> list[Value]:
        args = [trees.imported(inner, a) for a in given.args]
        tangents = tangents_of(given.args, iter(more))
        pair = call_value(inner, trees.imported(inner, given.rules[1]), [Seq(tuple, tuple(args)), tangents], {})
        pair = heap.opened(inner, pair)
        if not isinstance(pair, Seq) or len(pair.items) != 2:
            inner.mistyped("a jvp that returns no pair", kind="types", hint="return the value and its tangent")
        found: list[Value] = []
        _taken(inner, self.spec, pair.items[1], iter(given.sizes), found)
        return found

    def _push_outside(self, inner: Context, given: _Given, more: list[Value]) -> list[Value]:
        def asked(cx: Context, parts: _Given, tangents: list[Value]) -> list[Value]:
            moved = tangents_of(parts.args, iter(tangents))
            sizes = [d for leaf, dims in sized(self.spec, iter(parts.sizes)) if leaf.smooth for d in dims]
            specs = Spec(items=(Spec(), smooth_only(self.spec)))
            return _ask(cx, parts.rules[1], [Seq(tuple, tuple(parts.args)), moved], specs, sizes, optional=True)

        return self._opaque(inner, given, more, f"{self.hint}.python", asked)

    def _push_by_pull(self, inner: Context, given: _Given, more: list[Value]) -> list[Value]:
        """The tangent of a number: its cotangents times the tangents of the arguments."""
        t = self.outs[0].type
        total = arrays.alloc(inner, [], "float64", zero=True)
        found = self._pulled(inner, given, [Const(t, 1.0)])
        slopes = [leaf for av in found.children for leaf in smooth_leaves(av)]
        for slope, tangent in zip(slopes, more, strict=True):
            sizes = dims(inner, slope) if isinstance(slope, Arr) else []

            def each(at: list[Value], slope: AV = slope, tangent: Value = tangent) -> None:
                pair = [inner.op("load", v, *at) if isinstance(v.type, Array) else v for v in (slope.leaves[0], tangent)]
                product = inner.cast(inner.op("mul", *pair), FLOAT)
                inner.op_store(inner.op("add", inner.op("load", total.value), product), total.value, [])

            arrays.loop_nest(inner, sizes, each)
        return [_number(inner, Num("float", inner.op("load", total.value)), t)]


def _copies(inner: Context, given: _Given, more: list[Value]) -> list[Value]:
    found = [v for v in given.leaves() if isinstance(v.type, Array)]
    return [arrays.copy(inner, Arr(arrays.kind_of_array(v), v)).value for v in found]


def _ask(
    cx: Context, fun: AV, args: Sequence[AV], spec: Spec, sizes: list[Value], optional: bool = False, catches: bool = False,
) -> list[Value]:
    """The call itself: what comes back, in order; before it, if exceptions are caught, the number of one."""
    cx.builder.loc = None  # the call of this function has a place
    places = [arrays.alloc(cx, dims, leaf.kind).value for leaf, dims in sized(spec, iter(sizes)) if leaf.ndim >= 0]
    values: list[Value] = []
    recipes = [outgoing(cx, part, values) for part in (fun, *args)]
    outlet = Outlet(called, recipes, {}, {}, result=spec.result(optional), catches=catches)
    outlet.__qualname__ = getattr(fun, "name", "") or getattr(getattr(fun, "obj", None), "__qualname__", "the function")
    types = [*([INT] if catches else []), *(leaf.type for leaf in spec.leaves() if leaf.ndim < 0)]
    attrs = {"outlet": cx.unit.symbol(outlet, "callback"), "outs": len(places), "types": tuple(map(str, types))}
    numbers, made = iter(cx.builder.emit("ask", [*places, *values], types, attrs)), iter(places)
    raised = [next(numbers)] if catches else []
    return [*raised, *(next(numbers) if leaf.ndim < 0 else next(made) for leaf in spec.leaves())]


def _added(cx: Context, args: Sequence[AV], found: Sequence[AV], shadows: Iterator[Value]) -> list[Value]:
    """Cotangents of the numbers among the arguments; those of arrays are added to the shadows."""
    numbers: list[Value] = []
    for av, part in zip(args, found, strict=True):
        part = spread(heap.opened(cx, part))
        if isinstance(av, Num) and smooth_leaves(av):
            numbers.append(_number(cx, part, av.value.type))
        elif isinstance(av, Arr) and smooth_leaves(av):
            _add(cx, av, part, Arr(av.kind, next(shadows)))
        elif heap.is_tree(av) and smooth_leaves(av):
            none = is_none(part)
            if not none and (not isinstance(part, Seq) or len(part.children) != len(av.children)):
                cx.mistyped("a vjp that returns another structure than the argument has", kind="types", hint="return a tuple")
            inner = [NONE] * len(av.children) if none else list(part.children)
            numbers += _added(cx, av.children, inner, shadows)
    return numbers


def _number(cx: Context, av: AV, t: Type) -> Value:
    """A cotangent or tangent of a number; None is 0."""
    assert isinstance(t, Scalar)
    if is_none(av):
        return Const(t, 0.0)
    if isinstance(av, Arr):
        av = arrays.only_element(cx, av)
    if not numeric(av):
        cx.mistyped(f"a rule of {WHAT} that returns {shown(av)} for a number", kind="types", hint="return a float or None")
    return cx.cast(cx.num(av).value, t)


def _add(cx: Context, given: Arr, av: AV, shadow: Arr) -> None:
    """Add the cotangent of an array to its shadow; None is 0."""
    if is_none(av):
        return
    found = arrays.as_operand(cx, av)
    if not isinstance(found, Arr) or found.ndim != given.ndim:
        cx.mistyped(f"a rule of {WHAT} that returns {shown(av)} for an array", kind="types",
                    hint="return an array of the same shape, or None for 0")
    _same_shape(cx, found, dims(cx, given))
    elem = given.type.elem
    assert isinstance(elem, Scalar)

    def each(at: list[Value]) -> None:
        more = cx.cast(cx.op("load", found.value, *at), elem)
        cx.op_store(cx.op("add", cx.op("load", shadow.value, *at), more), shadow.value, at)

    arrays.loop_nest(cx, dims(cx, given), each)


def _same_shape(cx: Context, found: Arr, sizes: Sequence[Value]) -> None:
    for axis, (mine, wanted) in enumerate(zip(dims(cx, found), sizes, strict=True)):
        words = f"a rule of {WHAT} returned {{}} elements along axis {axis}, not {{}}"
        cx.guard(cx.op("eq", mine, wanted), "ValueError", words, mine, wanted)


def _taken(cx: Context, spec: Spec, av: AV, sizes: Iterator[Value], found: list[Value]) -> None:
    """The tangents of the smooth leaves of a result."""
    av = spread(heap.opened(cx, av))
    if spec.items is not None:
        none = is_none(av)
        if not none and (not isinstance(av, Seq) or len(av.children) != len(spec.items)):
            cx.mistyped("a jvp whose tangent has another structure than the result", kind="types", hint="return a tuple")
        for item, part in zip(spec.items, [NONE] * len(spec.items) if none else av.children, strict=True):
            _taken(cx, item, part, sizes, found)
        return
    dims = [next(sizes) for _ in range(max(spec.ndim, 0))]
    if not spec.kind or not spec.smooth:
        return
    if spec.ndim < 0:
        found.append(_number(cx, av, spec.type))
    elif is_none(av):
        found.append(arrays.alloc(cx, dims, spec.kind, zero=True).value)
    else:
        given = arrays.as_operand(cx, av)
        if not isinstance(given, Arr) or given.ndim != spec.ndim:
            cx.mistyped(f"a rule of {WHAT} that returns {shown(av)} for an array", kind="types", hint="return an array")
        _same_shape(cx, given, dims)
        found.append(arrays.copy(cx, given if given.kind == spec.kind else arrays.cast_array(cx, given, spec.kind)).value)
