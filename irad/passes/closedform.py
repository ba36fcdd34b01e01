"""Loop-closed values: what a loop defines leaves it through parameters of its exit blocks (a part of `loopform`).

Loops are taken from the inside out. For a value with uses outside its loop, each exit block that the value reaches
takes it as a parameter, and each use is rewritten to the parameter that reaches it; where exits meet, a parameter joins
them (at the dominance frontier of the exit blocks, as in the usual construction of SSA).
"""

from __future__ import annotations

from irad.analysis.cfg import Dominators, dominators, predecessors
from irad.analysis.loops import Loop
from irad.analysis.uses import Use, block_values, uses
from irad.ir.core import Block, Edge, Function, Value


def close_loops(function: Function, loops: list[Loop]) -> None:
    """Close every loop of a function whose exits are dedicated; `loops` lists outer loops first."""
    if not loops:
        return
    closer = _Closer(function)
    of: dict[Block, Loop] = {}
    for loop in loops:
        of.update(dict.fromkeys(loop.blocks, loop))
    own: dict[Loop, list[Block]] = {}
    for block in function.blocks:
        if block in of:
            own.setdefault(of[block], []).append(block)
    for loop in reversed(loops):
        for block in own[loop]:
            for value in list(block_values(block)):
                outside = [u for u in closer.uses.get(value, ()) if u.block not in loop.blocks]
                if outside:
                    closer.close(value, block, loop, outside)


class _Closer:
    """Rewrites uses; the flow graph does not change meanwhile."""

    def __init__(self, function: Function) -> None:
        self.doms: Dominators[Block] = dominators(function)
        self.preds: dict[Block, list[tuple[Block, Edge]]] = predecessors(function)
        self.uses: dict[Value, list[Use]] = uses(function)
        self._joins: dict[frozenset[Block], set[Block]] = {}
        self._frontier: dict[Block, list[Block]] | None = None

    def close(self, value: Value, home: Block, loop: Loop, outside: list[Use]) -> None:
        reaching: dict[Block, Value] = {}
        for source, edge in loop.exits:
            if self.doms.dominates(home, source):
                reaching[edge.target] = self._new_param(edge.target, value)
                self._pass(source, edge, value)
        self.uses[value] = [u for u in self.uses[value] if u.block in loop.blocks]
        places = list(reaching)
        if len(reaching) > 1:
            places += self._joins_of(frozenset(reaching))
        pending: list[Block] = []
        for use in outside:
            found = self._reaching(use.block, value, reaching, places, pending)
            use.replace(found)
            self.uses.setdefault(found, []).append(use)
        while pending:  # parameters at joins: each needs an argument on every edge into the join
            for source, edge in self.preds[pending.pop()]:
                self._pass(source, edge, self._reaching(source, value, reaching, places, pending))

    def _new_param(self, block: Block, value: Value) -> Value:
        param = Value(value.type, value.name)
        block.params.append(param)
        return param

    def _pass(self, source: Block, edge: Edge, value: Value) -> None:
        edge.args.append(value)
        self.uses.setdefault(value, []).append(Use(source, edge.args, len(edge.args) - 1))

    def _reaching(
        self, block: Block, value: Value, reaching: dict[Block, Value], places: list[Block], pending: list[Block],
    ) -> Value:
        """What stands for `value` in `block`: the nearest dominator among `places` (exits and joins of exits) has it."""
        dominates, depth = self.doms.dominates, self.doms.enter
        place = max((p for p in places if dominates(p, block)), key=depth.__getitem__)
        if place not in reaching:
            reaching[place] = self._new_param(place, value)
            pending.append(place)
        return reaching[place]

    def _joins_of(self, exits: frozenset[Block]) -> set[Block]:
        """Where ways from different exit blocks meet: their iterated dominance frontier."""
        if exits not in self._joins:
            frontier = self._dominance_frontier()
            joins: set[Block] = set()
            work = list(exits)
            while work:
                for block in frontier.get(work.pop(), ()):
                    if block not in joins:
                        joins.add(block)
                        work.append(block)
            self._joins[exits] = joins
        return self._joins[exits]

    def _dominance_frontier(self) -> dict[Block, list[Block]]:
        if self._frontier is None:
            self._frontier = {}
            for block in self.doms.order:
                if len(self.preds[block]) > 1:
                    for source, _ in self.preds[block]:
                        runner: Block | None = source
                        while runner is not None and runner is not self.doms.idom[block]:
                            self._frontier.setdefault(runner, []).append(block)
                            runner = self.doms.idom[runner]
        return self._frontier
