"""Inputs that act only through comparisons or rounding: their derivative is zero, and rarely what is wanted.

    while hi - lo > 1e-9:                  ^body: %c: bool = gt %f, 0.0         f is made of theta
        mid = (lo + hi) / 2                       br %c, ^then, ^else           theta decides which way is taken,
        if f(mid, theta) > 0: hi = mid     ^join(%lo: float, %hi: float):       so lo and hi depend on it

Two questions: is there a way of smooth steps from the input to a result (`activity`, backwards); and if not, does the input
reach a result by any way, through branches, indices and conversions as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from irad.ad.activity import Classes, is_memory, memory_classes, smooth, useful_for
from irad.ad.primal import Primal
from irad.analysis.cfg import dominator_tree
from irad.ir.core import Block, Branch, Const, Edge, Function, Instr, Loc, Value
from irad.ir.types import Array, is_float
from irad.ops import OPS

Mask = tuple[bool, ...]


class Blunt(NamedTuple):
    """A parameter that acts only in this manner, and where: the first comparison or rounding on the way."""

    param: Value
    loc: Loc | None


def blunt_inputs(function: Function, active: Mask, every: bool = False) -> list[Blunt]:
    """The parameters marked in `active` whose derivative is zero for this reason.

    `every`: they were not chosen, but are all that there are; one by which there is a derivative is then enough.
    """
    primal = Primal(function, f"{function.name}.influence")
    if primal.ret is None:
        return []
    idle = _without_smooth_way(primal, [p for p, on in zip(primal.func.params, active, strict=True) if on])
    if not idle or (every and len(idle) < sum(active)):
        return []
    flow = _Control(primal)
    found = []
    for param in idle:
        reach = _Reach(primal, flow, param)
        if reach.arrives:
            original = function.params[primal.func.params.index(param)]
            found.append(Blunt(original, reach.loc))
    return found


def _without_smooth_way(primal: Primal, params: list[Value]) -> list[Value]:
    """Those of the parameters whose derivative is zero whatever happens."""
    assert primal.ret is not None
    useful = useful_for(primal, memory_classes(primal), primal.ret.term.args)
    return [p for p in params if p not in useful]


class _Control:
    """Which branches decide about a block: as it is for the ways that lead to the return."""

    def __init__(self, primal: Primal) -> None:
        assert primal.ret is not None
        self.primal = primal
        self.last = dominator_tree(primal.ret, lambda b: [s for s, _ in primal.entries(b)])  # from the end backwards
        self._regions: dict[Block, tuple[list[Block], Block | None]] = {}

    def region(self, block: Block) -> tuple[list[Block], Block | None]:
        """The blocks that may or may not be run, depending on which way the end of `block` takes, and what comes after them."""
        found = self._regions.get(block)
        if found is None:
            stop = self.last.idom.get(block)
            seen: dict[Block, None] = {}
            work = [t for t in block.successors if t in self.primal.live]
            while work:
                current = work.pop()
                if current is not stop and current not in seen:
                    seen[current] = None
                    work += [t for t in current.successors if t in self.primal.live]
            found = self._regions[block] = list(seen), stop
        return found


class _Arrays(Classes):
    """All arrays and records in classes of what may be one memory."""

    def join(self, values: Iterable[Value]) -> None:
        first: Value | None = None
        for value in values:
            if _is_memory(value) and not isinstance(value, Const):
                root = self.find(value)
                if first is None:
                    first = root
                elif root is not first:
                    self._parent[root] = first


def _is_memory(value: Value) -> bool:
    return isinstance(value.type, Array) or is_memory(value.type)


class _Reach:
    """What one parameter influences; `loc` is where it stops being smooth."""

    def __init__(self, primal: Primal, flow: _Control, param: Value) -> None:
        self.primal, self.flow = primal, flow
        self.classes = _Arrays()
        for block in primal.order:
            for instr in block.instrs:
                if any(map(_is_memory, (*instr.args, *instr.results))):
                    self.classes.join([*instr.args, *instr.results])
            for edge in block.edges:
                for arg, p in zip(edge.args, edge.target.params, strict=True):
                    self.classes.join((arg, p))
        self.reached: dict[Value, Loc | None] = {}  # values and classes of arrays
        self.changed = True
        self.add(param, None)
        while self.changed:
            self.changed = False
            for block in primal.order:
                self._block(block)
        assert primal.ret is not None
        results = [v for v in primal.ret.term.args if (is_float(v.type) or is_memory(v.type)) and self.has(v)]
        self.arrives = bool(results)
        self.loc = next((loc for loc in map(self.where, results) if loc is not None), None)

    def key(self, value: Value) -> Value:
        return self.classes.find(value) if _is_memory(value) else value

    def has(self, value: Value) -> bool:
        return not isinstance(value, Const) and self.key(value) in self.reached

    def where(self, value: Value) -> Loc | None:
        return self.reached.get(self.key(value))

    def add(self, value: Value, loc: Loc | None) -> None:
        if not isinstance(value, Const) and self.key(value) not in self.reached:
            self.reached[self.key(value)] = loc
            self.changed = True

    def _block(self, block: Block) -> None:
        for instr in block.instrs:
            self._instr(instr)
        for edge in block.edges:
            if edge.target in self.primal.live:
                for arg, param in zip(edge.args, edge.target.params, strict=True):
                    if self.has(arg):
                        self.add(param, self.where(arg))
        if isinstance(block.term, Branch) and self.has(block.term.cond):
            self._decided(block, self.where(block.term.cond) or block.term.loc)

    def _instr(self, instr: Instr) -> None:
        if instr.op == "opaque" and instr.attrs.get("wanted"):  # somebody knows
            return
        for i, arg in enumerate(instr.args):
            if not self.has(arg):
                continue
            loc = self.where(arg)
            if loc is None and instr.results and not _is_memory(instr.results[0]) and OPS[instr.op].pure and not smooth(instr, i):
                loc = instr.loc
            for result in instr.results:
                self.add(result, loc)
            if "writes" in OPS[instr.op].effects:
                for other in instr.args:
                    if _is_memory(other):
                        self.add(other, loc)

    def _decided(self, block: Block, loc: Loc | None) -> None:
        """What depends on which way the end of a block takes: parameters that differ by the way, what is stored on it."""
        if len([t for t in block.successors if t in self.primal.live]) < 2:
            return
        region, after = self.flow.region(block)
        for inside in (*region, *([after] if after is not None else [])):
            for k, param in enumerate(inside.params):
                ways: list[Edge] = [edge for _, edge in self.primal.entries(inside)]
                if len({id(edge.args[k]) for edge in ways if edge.args[k] is not param}) > 1 and not _alike(ways, k):
                    self.add(param, loc)
        for inside in region:
            for instr in inside.instrs:
                if "writes" in OPS[instr.op].effects:
                    for arg in instr.args:
                        if _is_memory(arg):
                            self.add(arg, loc)


def _alike(ways: list[Edge], k: int) -> bool:
    """Whether all ways give one constant."""
    first = ways[0].args[k]
    return isinstance(first, Const) and all(
        isinstance(e.args[k], Const) and e.args[k].value == first.value for e in ways  # type: ignore[attr-defined]
    )
