"""Loop-closed values: what a loop defines leaves it through parameters of its exit blocks (a part of `loopform`).

Loops are taken from the inside out. For a value with uses outside its loop, each use is rewritten to the parameter that
reaches it: that of an exit block which takes the value, or one that joins several of them (at the dominance frontier of
the exit blocks, as in the usual construction of SSA).
"""

from __future__ import annotations

from functools import cached_property

from irad.analysis.cfg import DominanceFrontier, Dominators, predecessors
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
        self._known: dict[frozenset[Block], dict[Block, Block]] = {}

    @cached_property
    def frontier(self) -> DominanceFrontier:
        return DominanceFrontier(self.doms)

    def close(self, value: Value, home: Block, loop: Loop, outside: list[Use]) -> None:
        """Rewrite the uses of `value` outside of its loop; only exit blocks that a use asks for take it."""
        exits = {edge.target: (s, edge) for s, edge in loop.exits if self.doms.dominates(home, s)}
        nearest = self._nearest_of(frozenset(exits))
        reaching: dict[Block, Value] = {}
        asked: list[tuple[Block, Use]] = [(u.block, u) for u in outside]
        while asked:
            block, use = asked.pop()
            place = self._nearest(block, nearest)
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

    def _nearest_of(self, exits: frozenset[Block]) -> dict[Block, Block]:
        """The nearest dominator among exits, and joins of exits, as far as it is known: for these, each itself."""
        if exits not in self._known:
            joins = [self.frontier.of(place) for place in exits] if len(exits) > 1 else []
            self._known[exits] = {place: place for place in exits.union(*joins)}
        return self._known[exits]

    def _nearest(self, block: Block, nearest: dict[Block, Block]) -> Block:
        """The nearest dominator of `block` that is an exit or a join of exits."""
        path = []
        while block not in nearest:
            path.append(block)
            above = self.doms.idom[block]
            assert above is not None, "a value is used where it is not defined"
            block = above
        nearest.update(dict.fromkeys(path, nearest[block]))
        return nearest[block]
