"""Dead code: what no result, effect or branch needs.

    ^entry:                                          ^entry:
      %t: array<float, 1> = alloc 4 {elem='float'}     br ^for(0, %x)
      store %x, %t, 0                                ^for(%i: int, %s: float):
      br ^for(0, %x, 1.0)                     ->       ...
    ^for(%i: int, %s: float, %k: float):               br ^for(%i.1, %s.1)
      ...
      %k.1: float = mul %k, 2.0
      br ^for(%i.1, %s.1, %k.1)

Parameters that only feed themselves around a loop go, arrays made here that are only written, and counted loops that
leave nothing behind. The trip counter of a canonical loop stays, as form `loops` promises it.
"""

from __future__ import annotations

from irad.analysis.loops import Loop, find_loops
from irad.analysis.memory import Memory, find_memory
from irad.ir.core import Block, Const, Edge, Function, Instr, Jump, Value
from irad.ops import OPS

# These look at the descriptor of an array, not at its elements.
DESCRIPTIVE = frozenset({"dim", "stride", "overlap", "same"})


def dce(function: Function, keep_counters: bool = True) -> bool:
    """Remove dead instructions, dead block parameters and stores into arrays that are never read.

    Before and after: see the head of this file.
    """
    live = _Liveness(function, keep_counters)
    live.run()
    skipped = _skip_loops(function, live)
    return _sweep(function, live) or skipped


class _Liveness:
    """Marks from the effects and results backwards; optimistic, so that cycles of dead values die together."""

    def __init__(self, function: Function, keep_counters: bool) -> None:
        self.keep_counters = keep_counters
        self.idle: dict[Block, Loop] = {}  # blocks whose innermost counted loop has done nothing that is needed so far
        self.busy: set[Loop] = set()
        self.home: dict[Value | Instr, Block] = {}
        self.values: set[Value] = set()
        self.instrs: set[Instr] = set()
        self.work: list[Value] = []
        self.makers: dict[Value, Instr] = {}
        self.incoming: dict[Value, list[tuple[Edge, int]]] = {}
        self.contents: set[Value] = set()  # arrays made here whose elements are read
        self.stores: dict[Value, list[Instr]] = {}
        self.memory: Memory | None = None
        self._find_idle(function)
        self._collect(function)

    def _find_idle(self, function: Function) -> None:
        loops = list(find_loops(function))
        finite: set[Loop] = set()
        for loop in reversed(loops):  # inner ones first
            if loop.trip is not None and len(loop.exits) == 1 and all(child in finite for child in loop.children):
                finite.add(loop)
        for loop in loops:
            if loop in finite:
                self.idle.update(dict.fromkeys(loop.blocks, loop))
            elif self.keep_counters and loop.counter is not None:
                self.need(loop.counter)
        for block in self.idle:
            self.home.update(dict.fromkeys((*block.params, *block.instrs), block))

    def wake(self, block: Block | None) -> None:
        """Something in `block` is live, so the loops around it have to run."""
        loop = self.idle.get(block) if block is not None else None
        while loop is not None and loop not in self.busy:
            self.busy.add(loop)
            for inside in loop.blocks:
                if self.idle.get(inside) is loop:
                    for value in inside.term.args:
                        self.read(value)
            if self.keep_counters and loop.counter is not None:
                self.need(loop.counter)
            loop = loop.parent

    def _collect(self, function: Function) -> None:
        roots: list[Instr] = []
        home: dict[Block, list[Edge]] = {}
        for block in function.blocks:
            for instr in block.instrs:
                for result in instr.results:
                    self.makers[result] = instr
                if "writes" in OPS[instr.op].effects or "traps" in OPS[instr.op].effects:
                    roots.append(instr)
            for edge in block.term.edges:
                home.setdefault(edge.target, []).append(edge)
        for target, edges in home.items():
            for k, param in enumerate(target.params):
                self.incoming[param] = [(edge, k) for edge in edges]
        if any(instr.op == "store" for instr in roots):
            self.memory = find_memory(function)
        for instr in [i for i in roots if not self._waits(i)]:  # stores are known before anything that reads is kept
            self.keep(instr)
        for block in function.blocks:
            if block not in self.idle:
                for value in block.term.args:
                    self.read(value)

    def _waits(self, instr: Instr) -> bool:
        """Whether this is a store that is needed only if an array made here is read."""
        own = self.memory.own_roots(instr.args[1]) if instr.op == "store" and self.memory is not None else None
        for root in own or ():
            self.stores.setdefault(root, []).append(instr)
        return own is not None

    def keep(self, instr: Instr) -> None:
        """An instruction is live: its operands are, and the elements of the arrays that it reads."""
        if instr in self.instrs:
            return
        self.instrs.add(instr)
        self.wake(self.home.get(instr))
        row = OPS[instr.op]
        for k, arg in enumerate(instr.args):
            if row.pure or instr.op in DESCRIPTIVE or (instr.op == "store" and k != 0):
                self.need(arg)
            else:
                self.read(arg)

    def need(self, value: Value) -> None:
        if value not in self.values and not isinstance(value, Const):
            self.values.add(value)
            self.work.append(value)

    def read(self, value: Value) -> None:
        """A value is used, and if it is an array, its elements too."""
        self.need(value)
        if self.memory is None:
            return
        for root in self.memory.roots.get(value, ()):
            if root not in self.contents:
                self.contents.add(root)
                for store in self.stores.get(root, ()):
                    self.keep(store)

    def run(self) -> None:
        while self.work:
            value = self.work.pop()
            maker = self.makers.get(value)
            if maker is not None:
                self.keep(maker)
                continue
            self.wake(self.home.get(value))
            for edge, k in self.incoming.get(value, ()):
                self.need(edge.args[k])


def _skip_loops(function: Function, live: _Liveness) -> bool:
    """Go past the loops that nothing needs."""
    gone: set[Block] = set()
    for block, loop in live.idle.items():
        if block is loop.header and loop not in live.busy and block not in gone and loop.preheader is not None:
            (_, leave), = loop.exits
            loop.preheader.term = Jump(Edge(leave.target, leave.args), loop.preheader.term.loc)
            gone |= loop.blocks
    function.blocks = [b for b in function.blocks if b not in gone]
    return bool(gone)


def _sweep(function: Function, live: _Liveness) -> bool:
    changed = False
    dead: dict[Block, list[int]] = {}
    for block in function.blocks:
        kept = [instr for instr in block.instrs if instr in live.instrs]
        if len(kept) != len(block.instrs):
            block.instrs = kept
            changed = True
        gone = [k for k, param in enumerate(block.params) if param not in live.values]
        if gone:
            dead[block] = gone
            block.params = [p for p in block.params if p in live.values]
    for block in function.blocks:
        for edge in block.term.edges:
            for k in reversed(dead.get(edge.target, ())):
                del edge.args[k]
    return changed or bool(dead)
