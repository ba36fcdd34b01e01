"""Functions with derivatives of their own: Python that compiled code calls, whose derivative somebody has written down.

`attrs["rule"]` of a function names functions of the module, made by inference, each "" if there is none:

    vjp   parameters of f, a cotangent for each float result (numbers, arrays), a shadow for each float array in `of`
          -> a cotangent for each float in `of`; adds to the shadows
    jvp   parameters of f, a tangent for each float and float array in `of` -> a tangent for each float result
    copy  parameters of f -> copies of the arrays among them

and in `of` the numbers of the parameters that the rule is about. Both are linear in what they are given, so that each is got
from the other: the vjp is the reverse of the jvp by its tangents, and the jvp that of the vjp by its cotangents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from irad.ad.activity import is_memory
from irad.ad.shadow import zeros_like
from irad.errors import DifferentiationError
from irad.ir.build import Builder
from irad.ir.core import Block, Const, Function, Module, Return, Value
from irad.ir.types import INT, RECORD, Array, Type, is_float
from irad.ops import result_types

RULES = """irad.callback(fun, result, x, vjp=lambda x, ct: (ct * slope(x),)), or
irad.callback(fun, result, irad.stop_gradient(x)) for derivative zero"""
Mask = tuple[bool, ...]
Reverse = Callable[[Module, str, Mask], str]


def has_rule(function: Function) -> bool:
    """Whether the derivative of a function is its own business."""
    return "rule" in function.attrs


class _Rule:
    """The rule of one function, for the parameters in `active`."""

    def __init__(self, module: Module, function: Function, active: Mask, reverse: Reverse) -> None:
        self.module, self.function, self.reverse = module, function, reverse
        rule = function.attrs["rule"]
        self.of: tuple[int, ...] = rule["of"]
        self.names: dict[str, str] = {kind: rule[kind] for kind in ("vjp", "jvp", "copy")}
        self._check(active)

    def _check(self, active: Mask) -> None:
        names = self.function.attrs["rule"]
        others = [i for i, on in enumerate(active) if on and i not in self.of and i < names["own"]]
        if others:
            raise DifferentiationError(
                "the derivative by what a function captured, which irad.callback calls", kind="opaque-call",
                loc=self.function.loc, hint="pass it as an argument of irad.callback, and let the rule take it",
            )
        if not self.names["vjp"] and not self.names["jvp"]:
            raise DifferentiationError(
                "the derivative of a call of Python, which irad does not see into", kind="opaque-call", loc=self.function.loc,
                why=names["why"] or "irad.callback was given no rule, and the result depends on it",
                hint="write the rule with what irad compiles" if names["why"] else RULES,
            )

    def new(self, name: str, kinds: Sequence[tuple[Type, str | None]]) -> tuple[Builder, list[Value]]:
        """A function of one block with these parameters."""
        self.made = Function(name, [Value(t, n) for t, n in kinds], [], [Block("entry")], self.function.loc)
        return Builder(self.made, self.made.blocks[0], result_types), list(self.made.params)

    def own(self) -> list[tuple[Type, str | None]]:
        return [(p.type, p.name) for p in self.function.params]

    def floats(self) -> list[int]:
        """The numbers of the parameters with derivatives that are numbers."""
        return [i for i in self.of if is_float(self.function.params[i].type)]

    def arrays(self) -> list[int]:
        """And those that are arrays."""
        return [i for i in self.of if is_memory(self.function.params[i].type)]

    def outs(self) -> list[Type]:
        """The types of the results with derivatives."""
        return [t for t in self.function.results if is_float(t) or is_memory(t)]

    def call(
        self, build: Builder, callee: str, args: Sequence[Value], results: Sequence[Type], fresh: bool = False,
    ) -> list[Value]:
        attrs: dict[str, object] = {"callee": callee, "types": tuple(map(str, results))}
        return build.emit("call", list(args), list(results), {**attrs, "fresh": True} if fresh else attrs)

    # the two directions, as calls

    def pull(self, build: Builder, params: list[Value], cotangents: list[Value], shadows: list[Value]) -> list[Value]:
        """Cotangents of the floats in `of`; adds to the shadows of the arrays."""
        params_of = self.function.params
        kinds = [params_of[i].type for i in self.floats()]
        if self.names["vjp"]:
            return self.call(build, self.names["vjp"], [*params, *cotangents, *shadows], kinds)
        jvp = self.module.functions[self.names["jvp"]]
        mask = tuple(i >= len(params) for i in range(len(jvp.params)))
        tangents = [self.zero(build, params[i]) for i in self.of]
        given = sorted(cotangents, key=lambda c: isinstance(c.type, Array))
        made = self.reverse(self.module, jvp.name, mask)
        found = self.call(build, made, [*params, *tangents, *given, *shadows], [*jvp.results, *kinds])
        return found[len(jvp.results):]

    def push(self, build: Builder, params: list[Value], tangents: list[Value]) -> list[Value]:
        """Tangents of the float results."""
        outs = self.outs()
        if self.names["jvp"]:
            return self.call(build, self.names["jvp"], [*params, *tangents], outs)
        vjp = self.module.functions[self.names["vjp"]]
        mask = tuple(i >= len(params) for i in range(len(vjp.params)))
        like = build.emit("call", list(params), list(self.function.results), {
            "callee": self.function.name, "types": tuple(map(str, self.function.results)), "fresh": True,
        }) if any(map(is_memory, outs)) else []
        shapes = [v for v in like if is_float(v.type) or is_memory(v.type)] or [Const(t, 0.0) for t in outs]
        cotangents = [self.zero(build, v) for v in shapes]
        shadows = [self.zero(build, params[i]) for i in self.arrays()]
        pairs = dict(zip(self.of, tangents, strict=True))
        seeds = [pairs[i] for i in self.floats()]
        found_arrays = [self.zero(build, c) for c in cotangents if isinstance(c.type, Array)]
        given = [*params, *cotangents, *shadows, *seeds, *found_arrays, *(pairs[i] for i in self.arrays())]
        made = self.reverse(self.module, vjp.name, mask)
        scalars = [t for t in outs if is_float(t)]
        found = self.call(build, made, given, [*vjp.results, *scalars])
        numbers, arrays = iter(found[len(vjp.results):]), iter(found_arrays)
        return [next(numbers) if is_float(t) else next(arrays) for t in outs]

    def zero(self, build: Builder, like: Value) -> Value:
        """Zero, or an array of zeros in the shape of another."""
        if is_float(like.type):
            return Const(like.type, 0.0)

        def make(op: str, args: list[Value], types: list[Type], attrs: dict[str, object]) -> Value:
            return build.emit(op, args, types, attrs)[0]

        return zeros_like(like, make)

    def end(self, build: Builder, results: Sequence[Value]) -> Function:
        self.made.results = [v.type for v in results]
        build.end(Return(list(results)))
        return self.made


def halves(module: Module, function: Function, names: tuple[str, str], active: Mask, reverse: Reverse) -> list[Function]:
    """The augmented and the reverse function (as `calls.cut` makes them of others)."""
    rule = _Rule(module, function, active, reverse)
    params, results = function.params, function.results
    on_arrays = [i for i, a in enumerate(active) if a and is_memory(params[i].type)]
    build, own = rule.new(names[0], [*rule.own(), *((params[i].type, "shadow") for i in on_arrays)])
    own = own[: len(params)]
    values = rule.call(build, function.name, own, results, fresh=True)
    shadows = [rule.zero(build, v) for v in values if is_memory(v.type)]
    which = [i for i, p in enumerate(params) if isinstance(p.type, Array)]
    if which:
        copies = rule.call(build, rule.names["copy"], own, module.functions[rule.names["copy"]].results)
        for i, copy in zip(which, copies, strict=True):
            own[i] = copy
    kept = [*own, *shadows]
    tape = build.op("pack", *kept)
    front = rule.end(build, [*values, *shadows, tape])

    floats = [i for i, a in enumerate(active) if a and is_float(params[i].type)]
    cotangents = [t for t in results if is_float(t)]
    kinds = [*((t, "d") for t in cotangents), *((params[i].type, "shadow") for i in on_arrays), (RECORD, "tape")]
    build, given = rule.new(names[1], kinds)
    made = dict(zip(on_arrays, given[len(cotangents):-1], strict=True))
    held = list(build.do("unpack", given[-1], types=tuple(str(v.type) for v in kept)))
    numbers, arrays = iter(given[: len(cotangents)]), iter(held[len(params):])
    outs = [next(numbers) if is_float(t) else next(arrays) for t in rule.outs()]
    own = _typed(build, held[: len(params)], [p.type for p in params])
    for i in rule.arrays():
        made.setdefault(i, rule.zero(build, own[i]))
    found = dict(zip(rule.floats(), rule.pull(build, own, outs, [made[i] for i in rule.arrays()]), strict=True))
    for i in floats:
        found.setdefault(i, Const(params[i].type, 0.0))
    back = rule.end(build, [_masked(build, outs, found[i]) for i in floats])
    return [front, back]


def _masked(build: Builder, outs: list[Value], value: Value) -> Value:
    """A contribution that is 0 where the cotangent of the only result is."""
    if len(outs) != 1 or not is_float(outs[0].type) or isinstance(value, Const) or outs[0].type != value.type:
        return value
    return build.op("masked", outs[0], value)


def _typed(build: Builder, values: list[Value], types: list[Type]) -> list[Value]:
    """Copies, which are contiguous, as the parameters that they are copies of have it."""
    found = []
    for value, t in zip(values, types, strict=True):
        if isinstance(t, Array) and t != value.type:
            parts: list[Value] = []
            for axis in range(t.ndim):
                parts += [Const(INT, 0), build.op("dim", value, axis=axis), Const(INT, 1)]
            value = build.op("view", value, *parts, drop=(), layout=t.layout)
        found.append(value)
    return found


def forward_of(module: Module, function: Function, name: str, active: Mask, reverse: Reverse) -> Function:
    """The function that gives tangents beside the values (as `forward.make_tangents` makes it of others)."""
    rule = _Rule(module, function, active, reverse)
    params = function.params
    moving = [i for i, a in enumerate(active) if a]
    build, given = rule.new(name, [*rule.own(), *((params[i].type, "t") for i in moving)])
    own, tangents = given[: len(params)], dict(zip(moving, given[len(params):], strict=True))
    values = rule.call(build, function.name, own, function.results, fresh=True)
    for i in rule.of:
        tangents.setdefault(i, rule.zero(build, own[i]))
    found = rule.push(build, own, [tangents[i] for i in rule.of])
    return rule.end(build, [*values, *found])

