"""The forward part of an adjoint: a private copy of the primal, and what every stage asks about it."""

from __future__ import annotations

from irad.analysis.cfg import Dominators, dominators, predecessors
from irad.analysis.loops import Loop, Loops, find_loops
from irad.analysis.memory import base_of
from irad.ir.clone import clone_function
from irad.ir.core import Block, Edge, Function, Instr, Return, Value
from irad.ir.types import Type


class Primal:
    """A copy of a function in form `loops`, which the stages extend in place; the flow graph does not change.

    `order` lists the *live* blocks (from which the return can be reached) in reverse postorder; only they are
    reversed. What ends in `raise` has no way back.
    """

    def __init__(self, function: Function, name: str) -> None:
        self.func = clone_function(function, name)
        self.doms: Dominators[Block] = dominators(self.func)
        self.loops: Loops = find_loops(self.func, self.doms)
        self.preds: dict[Block, list[tuple[Block, Edge]]] = predecessors(self.func)
        self.ret = next((b for b in self.doms.order if isinstance(b.term, Return)), None)
        self.live = self._live()
        self.order = [b for b in self.doms.order if b in self.live]
        self.number = {b: i for i, b in enumerate(self.doms.order)}
        self.home: dict[Value, Block] = {}  # absent: constants and parameters of the function
        self.maker: dict[Value, Instr] = {}  # absent: parameters
        self.unplaced: set[Value] = set()  # exist only in the reverse part
        for block in self.doms.order:
            self.home.update(dict.fromkeys(block.params, block))
            for instr in block.instrs:
                self.note(block, instr)

    def _live(self) -> set[Block]:
        live: set[Block] = set()
        work = [self.ret] if self.ret else []
        while work:
            block = work.pop()
            if block not in live:
                live.add(block)
                work += [source for source, _ in self.preds[block] if source in self.doms.idom]
        return live

    def entries(self, block: Block) -> list[tuple[Block, Edge]]:
        """The live (source, edge) pairs that enter a block."""
        return [(source, edge) for source, edge in self.preds[block] if source in self.live]

    def loop(self, value: Value) -> Loop | None:
        """The innermost loop around the definition of a value."""
        home = self.home.get(value)
        return self.loops.of.get(home) if home is not None else None

    def depth(self, value: Value) -> int:
        loop = self.loop(value)
        return loop.depth if loop else 0

    def base(self, array: Value) -> Value:
        """What an array is a view of."""
        return base_of(self.maker, array)

    def crosses_freely(self, value: Value) -> bool:
        """Whether the definition is executed once, on every way to the return: the reverse part may use the value as
        it is."""
        home = self.home.get(value)
        if home is None:
            return True
        return home not in self.loops.of and self.ret is not None and self.doms.dominates(home, self.ret)

    # extending the copy

    def note(self, block: Block, instr: Instr) -> None:
        for result in instr.results:
            self.home[result] = block
            self.maker[result] = instr

    def append(self, block: Block, instr: Instr) -> Instr:
        """Put an instruction at the end of a block."""
        block.instrs.append(instr)
        self.note(block, instr)
        return instr

    def insert(self, block: Block, instrs: list[Instr], before: Instr | None) -> None:
        """Put instructions before another one (None: at the beginning)."""
        at = 0 if before is None else next(i for i, other in enumerate(block.instrs) if other is before)
        block.instrs[at:at] = instrs
        for instr in instrs:
            self.note(block, instr)

    def add_param(self, block: Block, type: Type, name: str | None) -> Value:
        """A further parameter; the caller appends an argument to each edge into the block."""
        param = Value(type, name)
        block.params.append(param)
        self.home[param] = block
        return param


def argument(edge: Edge, param: Value) -> Value:
    """What an edge gives to a parameter of its target."""
    return edge.args[next(i for i, p in enumerate(edge.target.params) if p is param)]
