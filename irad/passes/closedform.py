"""Loop-closed values: what a loop defines leaves it through parameters of its exit blocks (a part of `loopform`).

Loops are taken from the inside out. For a value with uses outside its loop, each use is rewritten to the parameter that
reaches it: that of an exit block which takes the value, or one that joins several of them (at the dominance frontier of
the exit blocks, as in the usual construction of SSA).
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
        """Rewrite the uses of `value` outside of its loop; only exit blocks that a use asks for take it."""
        exits = {edge.target: (s, edge) for s, edge in loop.exits if self.doms.dominates(home, s)}
        places = list(exits)
        if len(exits) > 1:
            places += self._joins_of(frozenset(exits))
        self.uses[value] = [u for u in self.uses[value] if u.block in loop.blocks]
        reaching: dict[Block, Value] = {}
        asked: list[tuple[Block, Use]] = [(u.block, u) for u in outside]
        while asked:
            block, use = asked.pop()
            place = self._nearest(block, places)
            if place not in reaching:
                param = reaching[place] = Value(value.type, value.name)
                place.params.append(param)
                ways = [exits[place]] if place in exits else self.preds[place]
                for source, edge in ways:
                    edge.args.append(value)
                    way = Use(source, edge.args, len(edge.args) - 1)
                    if place in exits:
                        self.uses[value].append(way)
                    else:
                        asked.append((source, way))
            use.replace(reaching[place])
            self.uses.setdefault(reaching[place], []).append(use)

    def _nearest(self, block: Block, places: list[Block]) -> Block:
        """The nearest dominator of `block` among `places`: exits, and joins of exits."""
        dominates, depth = self.doms.dominates, self.doms.enter
        return max((p for p in places if dominates(p, block)), key=depth.__getitem__)

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
