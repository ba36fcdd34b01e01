"""Derivatives of functions in form `loops`: reverse (combined or split) and forward, each again in form `loops`.

    copy the primal -> activity -> reverse flow graph -> shadows -> needs -> plan -> tapes -> reverse part

The functions made here are valid IR; `passes.loopform` brings them into canonical shape, after which they can be
optimised and differentiated again.
"""

from __future__ import annotations

from typing import NamedTuple

from irad.ad.activity import find_activity, is_memory
from irad.ad.calls import CallReverser, cut
from irad.ad.forward import make_tangents
from irad.ad.infinite import find_unchosen
from irad.ad.needs import find_needs, works
from irad.ad.overwrites import Overwrites
from irad.ad.plan import Plan, make_plan
from irad.ad.preaccumulate import strip_links
from irad.ad.primal import Primal
from irad.ad.reverse import Reverser
from irad.ad.rules import forward_of, halves, has_rule
from irad.ad.seeds import add_seeds
from irad.ad.shadow import Shadows
from irad.ad.skeleton import Skeleton
from irad.ad.tape import Tapes
from irad.ad.tidy import contract, drop_zeros, put_back
from irad.ir.clone import substitute
from irad.ir.core import Block, Edge, Function, Jump, Module, Value, undef
from irad.ir.types import RECORD, Array, Type, is_float

Mask = tuple[bool, ...]


def derived_name(name: str, kind: str, active: Mask) -> str:
    """The name of a derivative: `f.vjp.10` is the reverse of f with respect to the first of two parameters."""
    return f"{name}.{kind}.{''.join('1' if on else '0' for on in active)}"


def reverse(module: Module, name: str, active: Mask) -> str:
    """Add the combined function of primal and reverse, unless the module has it.

    Parameters: those of the primal, a cotangent for each float result, a seed array for each float-array result, a
    shadow for each active array parameter (added to). Results: those of the primal, a cotangent for each active float
    parameter.
    """
    made = derived_name(name, "vjp", active)
    if made not in module.functions:
        function = module.functions[name]
        module.functions[made] = function  # reserved
        module.add(_Adjoint(module, function, made, active, leave=False).combined())
    return made


def split(module: Module, name: str, active: Mask) -> tuple[str, str]:
    """Add the augmented primal and the reverse function, for calls that stay calls and for pullbacks.

    `f.aug`: parameters of the primal, shadows of active arrays -> its results, shadows of the arrays and records
    among them, a tape. `f.rev`: a cotangent for each float result, the shadows again, the tape -> a cotangent for
    each active float.
    """
    names = derived_name(name, "aug", active), derived_name(name, "rev", active)
    if names[0] not in module.functions:
        function = module.functions[name]
        module.functions[names[0]] = function  # reserved, since the function may call itself
        if has_rule(function):
            for half in halves(module, function, names, active, reverse):
                module.add(half)
            return names
        for part in _Adjoint(module, function, names[0], active, leave=True).halves(names):
            module.add(part)
    return names


def forward(module: Module, name: str, active: Mask) -> str:
    """Add the function that computes tangents beside the primal, unless the module has it.

    Parameters: those of the primal, tangents of the active ones. Results: those of the primal, a tangent for each
    float, float array or record among them.
    """
    made = derived_name(name, "jvp", active)
    if made not in module.functions:
        function = module.functions[name]
        module.functions[made] = function
        if has_rule(function):
            module.add(forward_of(module, function, made, active, reverse))
            return made
        module.add(make_tangents(function, made, active, lambda callee, mask: forward(module, callee, mask)))
    return made


def explain(module: Module, name: str, active: Mask) -> Plan:
    """What the reverse of a function tapes and computes again, and why; nothing is added to the module."""
    scratch = Module(dict(module.functions), module.symbols, module.form)
    return _Adjoint(scratch, module.functions[name], derived_name(name, "vjp", active), active, leave=False).plan


def plan_of(module: Module, function: Function, primal: Primal, active: Mask) -> Plan:
    """As `explain`, for a copy of the function that the caller made: the plan's values are those of the copy."""
    scratch = Module(dict(module.functions), module.symbols, module.form)
    return _Adjoint(scratch, function, primal.func.name, active, False, primal).plan


class _Given(NamedTuple):
    """The parameters that an adjoint has beyond those of the primal."""

    cotangents: list[Value]
    seeds: list[Value]
    shadows: list[Value]


class _Adjoint:
    """One reverse; `leave`: returned arrays leave with their shadows, instead of being seeded (split mode)."""

    def __init__(
        self, module: Module, function: Function, name: str, active: Mask, leave: bool, primal: Primal | None = None,
    ) -> None:
        self.active = active
        self.primal = primal = primal or Primal(function, name)
        self.given = self._new_params(leave)
        self.floats = [p for p, on in zip(primal.func.params, active, strict=True) if on and is_float(p.type)]
        self.plan = Plan((), {}, {}, (), frozenset())
        self.reverser: Reverser | None = None
        if primal.ret is None:
            return
        self.activity = activity = find_activity(primal, active, leave)
        unchosen = find_unchosen(primal, activity.classes, leave)  # before tapes: to be taped is no use
        self.skeleton = skeleton = Skeleton(primal, lambda b: works(b, activity), bool(self.given.seeds))
        actives = [p for p, on in zip(primal.func.params, active, strict=True) if on and is_memory(p.type)]
        given = dict(zip(actives, self.given.shadows, strict=True))
        self.shadows = shadows = Shadows(
            primal, activity, skeleton, {p: s for p, s in given.items() if p in activity}, leave,
        )
        calls = CallReverser(lambda callee, mask: split(module, callee, mask))
        calls.augment(primal, activity, shadows)
        arrays = [v for v in primal.ret.term.args if is_memory(v.type) and isinstance(v.type, Array)]
        needs = find_needs(primal, activity, skeleton, shadows, arrays if self.given.seeds else [])
        self.plan = make_plan(primal, skeleton, Overwrites(primal, leave), needs)
        self.tapes = Tapes(primal, skeleton, self.plan)
        self.reverser = Reverser(primal.func, primal, activity, skeleton, shadows, self.plan, self.tapes, calls, unchosen)

    def _new_params(self, leave: bool) -> _Given:
        results = self.primal.func.results
        floats = [i for i, t in enumerate(results) if is_float(t)]
        arrays = [i for i, t in enumerate(results) if is_memory(t) and isinstance(t, Array)]

        def number(i: int) -> str:
            return str(i) if len(results) > 1 else ""

        actives = [p for p, on in zip(self.primal.func.params, self.active, strict=True) if on and is_memory(p.type)]
        return _Given(
            [Value(results[i], f"d.out{number(i)}") for i in floats],
            [] if leave else [Value(results[i], f"d.out{number(i)}") for i in arrays],
            [Value(p.type, f"{p.name}.shadow" if p.name else "shadow") for p in actives],
        )

    # both kinds

    def _build(self, results: list[Value]) -> tuple[list[Block], list[Block]]:
        """Forward and reverse blocks, the former leading to the latter; the latter returns `results` and cotangents."""
        primal, reverser = self.primal, self.reverser
        assert primal.ret is not None and reverser is not None
        reverser.at_start = lambda r: add_seeds(r, self.given.cotangents, self.given.seeds)
        reverser.at_end = lambda r: [*results, *map(r.take, self.floats)]
        reverser.run()
        primal.ret.term = Jump(Edge(self.skeleton.start), primal.ret.term.loc)
        reachable = set(primal.doms.order)
        front = [b for b in primal.func.blocks if b in reachable]
        start, *rest = self.skeleton.doms.order
        back = [start, *reverser.extra, *rest]
        substitute([*front, *back], {**self.tapes.ssa.replacements(), **reverser.ssa.replacements()})
        drop_zeros(back, reverser.sums)
        put_back(back, reverser.touches)
        contract(back, reverser.derived | reverser.sums)
        strip_links([*front, *back])
        return front, back

    def combined(self) -> Function:
        """The function that does both."""
        func, given = self.primal.func, self.given
        func.params += [*given.cotangents, *given.seeds, *given.shadows]
        func.results += [p.type for p in self.floats]
        if self.primal.ret is not None:
            front, back = self._build(list(self.primal.ret.term.args))
            func.blocks = [*front, *back]
        return func

    def halves(self, names: tuple[str, str]) -> tuple[Function, Function]:
        """The augmented primal and the reverse function."""
        func, given = self.primal.func, self.given
        func.params += [*given.cotangents, *given.shadows]
        types = [p.type for p in self.floats]
        if self.primal.ret is None:
            return self._endless(names, types)
        values = list(self.primal.ret.term.args)
        # what is inactive here is so for the caller: all arrays that it passes and gets are in one class there
        kept = [*values, *(self.shadows.shadow(v) if v in self.activity else undef(v.type) for v in values if is_memory(v.type))]
        front, back = self._build([])
        return cut(func, front, back, kept, given.cotangents, given.shadows, names)

    def _endless(self, names: tuple[str, str], types: list[Type]) -> tuple[Function, Function]:
        """A function that never returns has a reverse that is never called."""
        func, given = self.primal.func, self.given
        back = Function(names[1], [*given.cotangents, Value(RECORD, "tape")], list(types), [Block("entry")])
        func.params = [p for p in func.params if p not in given.cotangents]
        func.results += [t for t in func.results if is_memory(t)]
        func.results.append(RECORD)
        return func, back


__all__ = ["derived_name", "explain", "forward", "plan_of", "reverse", "split"]
