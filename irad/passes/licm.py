"""Loop-invariant code motion: what is the same in every iteration is computed before the loop.

    ^pre:                                            ^pre:
      br ^for(0, 0.0)                                  %k: float = sin %x
    ^for(%i: int, %s: float):                          %m: int = dim %a {axis=0}
      %c: bool = lt %i, %n                             br ^for(0, 0.0)
      br %c, ^body, ^done                            ^for(%i: int, %s: float):
    ^body:                                    ->       %c: bool = lt %i, %n
      %k: float = sin %x                               br %c, ^body, ^done
      %m: int = dim %a {axis=0}                      ^body:
      %ok: bool = lt %i, %m                            %ok: bool = lt %i, %m
      guard %ok, %i, %m {exc='IndexError', ...}        guard %ok, %i, %m {exc='IndexError', ...}
      ...                                              ...

Pure ops never trap, so all may move; costly ones only if each iteration runs them. A load moves if nothing in the loop
may write what it reads and it is either run at every entry or proved to be in bounds there. A guard of the first
iteration moves if nothing with an effect comes before it; where the loop may run zero times, it asks for that as well.

What is now computed although the loop may not have come to it can be infinite or nan (a log whose check has stayed behind, the
square of an infinite argument); nobody reads it then, but its derivative would: 0 * nan. Such instructions are noted as
`early`, and reverse mode masks them.
"""

from __future__ import annotations

from irad.analysis.cfg import Dominators, dominators
from irad.analysis.contexts import Place
from irad.analysis.loops import Loop, find_loops
from irad.analysis.memory import Memory, find_memory
from irad.analysis.ranges import Ranges
from irad.ir.core import Block, Const, Function, Instr, Value, const
from irad.ir.types import BOOL, is_float
from irad.ops import OPS

EFFECTFUL = frozenset(("writes", "traps"))
COSTLY = 20  # of a row's `cost`: from here on not run unless the loop would run it


def licm(function: Function) -> bool:
    """Move loop-invariant instructions to preheaders, innermost loops first.

    Before and after: see the head of this file.
    """
    doms = dominators(function)
    loops = find_loops(function, doms)
    if not loops.roots:
        return False
    mover = _Mover(function, doms)
    for loop in reversed(list(loops)):
        if loop.preheader is not None:
            mover.move(loop, loop.preheader)
    return mover.changed


class _Mover:
    def __init__(self, function: Function, doms: Dominators[Block]) -> None:
        self.function = function
        self.doms = doms
        self.changed = False
        self.home: dict[Value, Block] = {}
        self.order = doms.order
        self.memory: Memory | None = None  # motion does not change it
        self.ranges: tuple[int, Ranges] | None = None  # and how many instructions had been moved then
        self.moves = 0
        for block in doms.order:
            for value in block.params:
                self.home[value] = block
            for instr in block.instrs:
                for value in instr.results:
                    self.home[value] = block

    def move(self, loop: Loop, preheader: Block) -> None:
        blocks = [b for b in self.order if b in loop.blocks]
        self.move_pure(loop, preheader, blocks)
        if self.move_loads(loop, preheader, blocks):
            self.move_pure(loop, preheader, blocks)

    def move_pure(self, loop: Loop, preheader: Block, blocks: list[Block]) -> None:
        """Pure instructions and guards, in order."""
        first = _first_blocks(loop)
        quiet = True  # nothing with an effect came before, in the first iteration
        for block in blocks:
            kept = []
            for instr in block.instrs:
                row = OPS[instr.op]
                if row.pure:
                    if self.invariant(instr, loop) and (row.cost < COSTLY or self.always(block, loop)):
                        self.note_early(instr, block is loop.header and quiet)
                        self.hoist(instr, preheader)
                        continue
                elif row.effects & EFFECTFUL:
                    if instr.op == "guard" and quiet and block in first and self.guard_moves(instr, loop, preheader):
                        continue
                    quiet = False
                kept.append(instr)
            if len(kept) != len(block.instrs):
                block.instrs = kept

    def move_loads(self, loop: Loop, preheader: Block, blocks: list[Block]) -> bool:
        """Loads of elements that the loop does not write. Ranges are asked for with the pure code already moved."""
        loads = [(b, i) for b in blocks for i in b.instrs if i.op == "load" and self.invariant(i, loop)]
        if not loads:
            return False
        memory = self.memory = self.memory or find_memory(self.function)
        writers = [i for b in blocks for i in b.instrs if "writes" in OPS[i.op].effects]
        loads = [(b, i) for b, i in loads if not any(self.disturbs(writer, i, loop, memory) for writer in writers)]
        sure = {i for b, i in loads if b is loop.header and _quiet_until(b, i)}
        ranges = self.ranges_now() if len(sure) < len(loads) else None
        place = Place(preheader, len(preheader.instrs))
        gone: set[Instr] = set()
        for _, instr in loads:
            if instr in sure or (ranges is not None and ranges.in_bounds(instr.args[0], instr.args[1:], place)):
                gone.add(instr)
                self.hoist(instr, preheader)
        for block in {b for b, i in loads if i in gone}:
            block.instrs = [i for i in block.instrs if i not in gone]
        return bool(gone)

    def ranges_now(self) -> Ranges:
        """What is known of ints, with what has been moved so far where it is now."""
        if self.ranges is None or self.ranges[0] != self.moves:
            self.ranges = self.moves, Ranges(self.function, self.doms)
        return self.ranges[1]

    def disturbs(self, writer: Instr, load: Instr, loop: Loop, memory: Memory) -> bool:
        """Whether a write of some iteration may change what the load reads."""
        array, indices = load.args[0], load.args[1:]
        if writer.op != "store":
            return memory.clobbers(writer, (array, tuple(indices)))
        if not memory.may_share(writer.args[1], array):
            return False
        if writer.args[1] is not array:
            return True
        return not any(
            (isinstance(i, Const) or self.home.get(i) not in loop.blocks) and memory.differ(i, j)
            for i, j in zip(writer.args[2:], indices, strict=True)
        )

    def invariant(self, instr: Instr, loop: Loop) -> bool:
        home, blocks = self.home, loop.blocks
        return all(isinstance(arg, Const) or home.get(arg) not in blocks for arg in instr.args)

    def always(self, block: Block, loop: Loop) -> bool:
        """Whether each full iteration passes `block`."""
        return all(self.doms.dominates(block, latch) for latch, _ in loop.latches)

    def note_early(self, instr: Instr, sure: bool) -> None:
        """Note that a number may be computed that the program does not come to, if its derivative is made of what it reads."""
        row = OPS[instr.op]
        if sure or row.d is None or not is_float(instr.result.type):
            return
        reads = [row.reads(i, instr.args) for i, a in enumerate(instr.args) if not isinstance(a, Const)]
        if any(result or any(not isinstance(instr.args[k], Const) for k in operands) for operands, result in reads):
            instr.attrs = {**instr.attrs, "early": True}

    def hoist(self, instr: Instr, preheader: Block) -> None:
        preheader.instrs.append(instr)
        for value in instr.results:
            self.home[value] = preheader
        self.changed = True
        self.moves += 1

    def guard_moves(self, guard: Instr, loop: Loop, preheader: Block) -> bool:
        if not self.invariant(guard, loop):
            return False
        entered = self.entered(guard, loop)
        if entered is None:
            return False
        if entered:
            trip = loop.trip
            assert trip is not None
            empty, cond = Value(BOOL), Value(BOOL)
            self.hoist(Instr("le", [trip, const(0)], [empty], loc=guard.loc), preheader)
            self.hoist(Instr("or", [empty, guard.args[0]], [cond], loc=guard.loc), preheader)
            guard.args[0] = cond
        self.hoist(guard, preheader)
        return True

    def entered(self, guard: Instr, loop: Loop) -> bool | None:
        """False: in the header, so run at every entry; True: run if the loop is entered; None: it cannot be said."""
        if guard in loop.header.instrs:
            return False
        return True if loop.trip is not None else None


def _first_blocks(loop: Loop) -> set[Block]:
    """The header, and the block after it that every entered iteration begins with."""
    first = {loop.header}
    inside = [b for b in loop.header.successors if b in loop.blocks]
    if len(inside) == 1 and inside[0] is not loop.header and loop.trip is not None:
        first.add(inside[0])
    return first


def _quiet_until(block: Block, instr: Instr) -> bool:
    """Whether nothing with an effect comes before an instruction of its block, so that it runs with the block."""
    return not any(OPS[i.op].effects & EFFECTFUL for i in block.instrs[: block.instrs.index(instr)])
