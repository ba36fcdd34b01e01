"""Loop-closed values: what a loop defines leaves it through parameters of its exit blocks (a part of `loopform`).

Loops are taken from the inside out. For a value with uses outside its loop, each use is rewritten to the parameter that
reaches it: that of an exit block which takes the value, or one that joins several of them (at the dominance frontier of
the exit blocks, as in the usual construction of SSA).
"""

from __future__ import annotations

from irad.analysis.cfg import Dominators, predecessors
from irad.analysis.loops import Loop, Loops
from irad.analysis.uses import Use, block_values
from irad.ir.core import Block, Edge, Function, Value


def close_loops(function: Function, loops: Loops, doms: Dominators[Block]) -> None:
    """Close every loop of a function whose exits are dedicated."""
    leaving = _leaving(function, loops)
    if not leaving:
        return
    closer = _Closer(function, doms, leaving)
    own: dict[Loop, list[Block]] = {}
    for block in function.blocks:
        if block in loops.of:
            own.setdefault(loops.of[block], []).append(block)
    for loop in reversed(list(loops)):
        for block in own[loop]:
            for value in list(block_values(block)):
                outside = [u for u in closer.uses.get(value, ()) if u.block not in loop.blocks]
                if outside:
                    closer.close(value, block, loop, outside)


def _leaving(function: Function, loops: Loops) -> dict[Value, list[Use]]:
    """The uses of values outside of the innermost loops that define them."""
    home: dict[Value, Loop] = {}
    for block, loop in loops.of.items():
        home.update(dict.fromkeys(block_values(block), loop))
    found: dict[Value, list[Use]] = {}
    for block in function.blocks if home else ():
        inner = loops.of.get(block)
        operands = [*(instr.args for instr in block.instrs), block.term.args, *(edge.args for edge in block.term.edges)]
        for args in operands:
            for slot, value in enumerate(args):
                made = home.get(value)
                if made is not inner and made is not None and block not in made.blocks:
                    found.setdefault(value, []).append(Use(block, args, slot))
    return found


class _Closer:
    """Rewrites uses; the flow graph does not change meanwhile."""

    def __init__(self, function: Function, doms: Dominators[Block], leaving: dict[Value, list[Use]]) -> None:
        self.doms = doms
        self.preds: dict[Block, list[tuple[Block, Edge]]] = predecessors(function)
        self.uses = leaving  # and those of new parameters
        self._joins: dict[frozenset[Block], set[Block]] = {}
        self._frontier: dict[Block, list[Block]] | None = None

    def close(self, value: Value, home: Block, loop: Loop, outside: list[Use]) -> None:
        """Rewrite the uses of `value` outside of its loop; only exit blocks that a use asks for take it."""
        exits = {edge.target: (s, edge) for s, edge in loop.exits if self.doms.dominates(home, s)}
        places = list(exits)
        if len(exits) > 1:
            places += self._joins_of(frozenset(exits))
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
                    if place not in exits:
                        asked.append((source, Use(source, edge.args, len(edge.args) - 1)))
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
