"""How a primal value can be had again in the reverse part, other than from a tape.

    %y: float = mul %x, %x          mul, of x
    %a: float = load %u, %i         load, of u and i, if nothing overwrites it
    ^join(%r: float)                select, of what the joining edges give and the condition that told them apart
    ^for(%p: int) with p + 2 on     p0 + k * 2, of the value on entry and the step
      the back edge
    ^done(%n: int), the counter     the trip count
      of a counted loop

Machine code of the same instruction on the same operands gives the same bits, so conditions come out as they did.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from irad.ad.overwrites import Overwrites
from irad.ad.primal import Primal, argument
from irad.ad.skeleton import Skeleton
from irad.analysis.loops import Loop
from irad.ir.core import Block, Const, Instr, Value
from irad.ir.types import INT, Scalar, is_float
from irad.ops import OPS, is_total

MOST_SPECULATED = 64  # values of an arm that are computed again whichever arm was taken


class Choose(NamedTuple):
    """A decision tree over the predecessors of a join: `cond` ? `then` : `orelse`; leaves are values."""

    cond: Value
    then: Choose | Value
    orelse: Choose | Value

    def values(self) -> list[Value]:
        found = [self.cond]
        for side in (self.then, self.orelse):
            found += side.values() if isinstance(side, Choose) else [side]
        return found

    @property
    def size(self) -> int:
        return 1 + sum(side.size for side in (self.then, self.orelse) if isinstance(side, Choose))


class Recipe(NamedTuple):
    """One of: the same instruction again, a choice, `operands[0]` itself, or an affine function of the counter of a
    loop."""

    cost: float
    operands: Sequence[Value]
    instr: Instr | None = None
    choice: Choose | None = None
    counter: Value | None = None


class Recipes:
    """Answers for one function; what it finds, it keeps."""

    def __init__(self, primal: Primal, skeleton: Skeleton, overwrites: Overwrites) -> None:
        self.primal = primal
        self.skeleton = skeleton
        self.overwrites = overwrites
        self._known: dict[Value, Recipe | None] = {}

    def is_free(self, value: Value) -> bool:
        """Whether the reverse part has the value at hand without tape and work."""
        if isinstance(value, Const) or value not in self.primal.home:
            return True
        maker = self.primal.maker.get(value)
        if value in self.primal.unplaced:
            return maker is None
        loop = self.primal.loop(value)
        return loop is None or (value is loop.counter and loop in self.skeleton.loops)

    def of(self, value: Value) -> Recipe | None:
        """How to compute a value that is not free; None: it cannot be."""
        if value not in self._known:
            self._known[value] = None  # for a cycle
            maker = self.primal.maker.get(value)
            self._known[value] = self._param(value) if maker is None else self._instr(maker)
        return self._known[value]

    def _instr(self, maker: Instr) -> Recipe | None:
        row = OPS[maker.op]
        if row.pure or maker.op == "unpack" or (maker.op == "load" and self.overwrites.repeatable(maker)):
            return Recipe(row.cost, maker.args, instr=maker)
        return None

    def _param(self, param: Value) -> Recipe | None:
        block = self.primal.home[param]
        loop = self.primal.loops.of.get(block)
        entries = self.primal.entries(block)
        if loop is not None and block is loop.header:
            return self._induction(param, loop)
        if len(entries) > 1:
            return self._join(param, block)
        source, edge = entries[0]
        arg = argument(edge, param)
        inner = self.primal.loops.of.get(source)
        if inner is loop:
            return Recipe(0, [arg])
        if inner is not None and arg is inner.counter and inner.trip is not None and source is inner.header and (
            inner.parent is loop
        ):
            return Recipe(0, [self.skeleton.trip_count(inner)])
        return None

    def _induction(self, param: Value, loop: Loop) -> Recipe | None:
        """An int that goes up by the same step in each iteration."""
        if param.type != INT or loop.counter is None or loop not in self.skeleton.loops:
            return None
        first = argument(loop.entries[0][1], param)
        step = self.primal.maker.get(argument(loop.latches[0][1], param))
        if step is None or step.op != "add" or param not in step.args:
            return None
        by = step.args[1] if step.args[0] is param else step.args[0]
        if by is param or (not isinstance(by, Const) and self.primal.home.get(by) in loop.blocks):
            return None
        return Recipe(2, [first, by, loop.counter], counter=loop.counter)

    def _join(self, param: Value, block: Block) -> Recipe | None:
        if param is self.skeleton.froms.get(block) or not isinstance(param.type, Scalar):
            return None
        args = {source: argument(edge, param) for source, edge in self.primal.entries(block)}
        choice = self._choice(list(args), args, block)
        if not isinstance(choice, Choose) or not all(self._may_speculate(v, block) for v in choice.values()):
            return None
        return Recipe(choice.size, choice.values(), choice=choice)

    def _choice(self, sources: list[Block], args: dict[Block, Value], block: Block) -> Choose | Value | None:
        if len(sources) == 1:
            return args[sources[0]]
        number = self.skeleton.froms.get(block)
        if number is not None:
            return Choose(number, args[sources[1]], args[sources[0]]) if len(sources) == 2 else None
        parts = self.skeleton.split(sources, block)
        if parts is None:
            return None
        then, orelse = (self._choice(side, args, block) for side in parts[1:])
        return None if then is None or orelse is None else Choose(parts[0], then, orelse)

    def _may_speculate(self, value: Value, join: Block) -> bool:
        """Whether a value from one arm may be computed at the join, whichever arm was taken."""
        seen = {value}
        work = [value]
        while work:
            current = work.pop()
            if self._is_known(current, join):
                continue
            recipe = self.of(current)
            if recipe is None or len(seen) > MOST_SPECULATED:
                return False  # a slot of the tape that was not written may hold anything
            if recipe.instr is not None and not self._is_harmless(recipe.instr, join):
                return False
            fresh = [v for v in recipe.operands if v not in seen]
            seen.update(fresh)
            work += fresh
        return True

    def _is_known(self, value: Value, join: Block) -> bool:
        return self.is_free(value) or self.primal.doms.dominates(self.primal.home[value], join)

    def _is_harmless(self, instr: Instr, join: Block) -> bool:
        """Whether an instruction of an arm that was not taken may run: it reads no memory, and its partials are
        finite (in second order a zero adjoint meets them)."""
        row = OPS[instr.op]
        if not row.pure or not all(isinstance(r.type, Scalar) for r in instr.results):
            return False
        if not is_float(instr.results[0].type):
            return True
        if not is_total(instr.op):
            return False
        reads = [row.reads(i) for i in range(len(instr.args))]
        return not any(result for _, result in reads) and all(
            self._is_known(instr.args[i], join) for operands, _ in reads for i in operands
        )
