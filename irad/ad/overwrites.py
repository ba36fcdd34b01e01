"""Whether a load could be repeated in the reverse part: whether its memory still holds then what it held.

    %a: float = load %u, %i         repeatable, if no later store, call or `grow` may touch %u
    store %b, %u, %i                ... as this one does, in the same iteration or, around the back edge, in a later one

"Later" is what the flow graph can reach. An array that is made anew in each iteration of a loop is other memory in
the next one, so that for its loads the way through the header of that loop does not count. Nor does, for any load, a way
through the `alloc` to a store into what that made; and if the array that is read was there before the `alloc`, no way does:
`x = a @ x` in a loop fills a new array, whatever %x is. A store to another element of the same array does not count either
(`elements`).
"""

from __future__ import annotations

from irad.ad.elements import Access, Elements
from irad.ad.primal import Primal
from irad.analysis.loops import Loop
from irad.analysis.memory import Memory, find_memory
from irad.ir.core import Block, Instr, Value
from irad.ir.types import Array
from irad.ops import OPS


class Overwrites:
    """Answers for one function; what it computes for an array, it keeps. `leave`: others run between the forward and
    the reverse part (split mode), and may write what they can see."""

    def __init__(self, primal: Primal, leave: bool = False) -> None:
        self.primal = primal
        self.leave = leave
        self.memory: Memory | None = None
        self.writes: list[tuple[Block, int, Instr]] = [
            (block, at, instr)
            for block in primal.order for at, instr in enumerate(block.instrs)
            if "writes" in OPS[instr.op].effects or instr.op == "grow"
        ]
        self._positions = {
            instr: at for block in primal.order for at, instr in enumerate(block.instrs) if instr.op == "load"
        }
        self._touching: dict[Value, list[tuple[Access, Value | None]]] = {}  # with the `alloc` that was written to
        self._elements = Elements(primal)
        self._reach: dict[Block | None, dict[Block, int]] = {}

    def repeatable(self, load: Instr) -> bool:
        """Whether no write that may come after `load` may change what it read."""
        array = load.args[0]
        if self.leave and self._is_seen(array):
            return False
        if not self.writes:
            return True
        home, at = self.primal.home[load.result], self._positions[load]
        touching = self._touching.get(array)
        if touching is None:
            touching = self._touching[array] = self._find_touching(array)
        if not touching:
            return True
        scope = self._scope(array)
        barrier = scope.header if scope else None
        return not any(
            self._follows(home, at, write.block, write.at, barrier)
            and (made is None or (not self._before(array, made) and self._follows(home, at, write.block, write.at, made)))
            and not self._is_elsewhere(Access(load, home, at), write, scope)
            for write, made in touching
        )

    def _is_elsewhere(self, load: Access, write: Access, scope: Loop | None) -> bool:
        """Whether a write is a store that, where it comes after the load, is to another element of the same array."""
        if write.instr.op != "store":
            return False
        inner = self._elements.common(load.block, write.block)
        follows = self._follows(load.block, load.at, write.block, write.at, inner.header if inner else None)
        return self._elements.apart(load, write, inner, scope, follows)

    def _before(self, array: Value, alloc: Value) -> bool:
        """Whether an array (its memory, if it is a view) was there whenever `alloc` is executed: then it is another one."""
        base = self.primal.base(array)
        home, other = self.primal.home.get(base), self.primal.home[alloc]
        if home is None:  # a parameter of the function
            return True
        if home is other and base in self.primal.maker:
            return self._place(home, base) < self._place(home, alloc)
        return self.primal.doms.dominates(home, other)

    @staticmethod
    def _place(block: Block, value: Value) -> int:
        return next(i for i, instr in enumerate(block.instrs) if value in instr.results)

    def _follows(self, home: Block, at: int, block: Block, position: int, barrier: Block | Value | None) -> bool:
        """Whether one place can come after another without entering a block, or without making an array anew."""
        if isinstance(barrier, Value):
            alloc, barrier = barrier, self.primal.home[barrier]
            if barrier is home:
                if self._place(home, alloc) > at:  # the only way on is through it
                    return False
                return at < position if block is home else bool(self._reachable(home)[home] >> self.primal.number[block] & 1)
        if block is home and position > at:
            return True
        return bool(self._reachable(barrier)[home] >> self.primal.number[block] & 1)

    def _is_seen(self, array: Value) -> bool:
        """Whether the caller, or somebody called, knows this array."""
        memory = self.memory = self.memory or find_memory(self.primal.func)
        ret = self.primal.ret
        return memory.visible(array) or (ret is not None and any(
            memory.may_share(array, v) for v in ret.term.args if isinstance(v.type, Array)
        ))

    def _find_touching(self, array: Value) -> list[tuple[Access, Value | None]]:
        memory = self.memory = self.memory or find_memory(self.primal.func)
        found = []
        for block, at, instr in self.writes:
            if instr.op == "store":
                hit = memory.may_share(instr.args[1], array)
            elif instr.op == "grow":
                hit = memory.may_share(instr.args[0], array)
            else:
                hit = memory.clobbers(instr, (array, ()))
            if hit:
                found.append((Access(instr, block, at), self._made(instr.args[1]) if instr.op == "store" else None))
        return found

    def _made(self, array: Value) -> Value | None:
        """The `alloc` that made an array, or that it is a view of, in the function itself."""
        array = self.primal.base(array)
        maker = self.primal.maker.get(array)
        return array if maker is not None and maker.op == "alloc" else None

    def _scope(self, array: Value) -> Loop | None:
        """The loop in each iteration of which this array is new, if it is an `alloc` that no block carries and nobody
        else holds, or a view of such."""
        made = self._made(array)
        if made is None or self.memory is None or made in self.memory.escaped:
            return None
        carried = any(made in roots and v not in self.primal.maker for v, roots in self.memory.roots.items())
        return None if carried else self.primal.loop(made)

    def _reachable(self, barrier: Block | None) -> dict[Block, int]:
        """For each block a bit set of the blocks that can follow it, without entering `barrier`."""
        known = self._reach.get(barrier)
        if known is not None:
            return known
        number, order = self.primal.number, self.primal.order
        targets = {b: [t for t in b.successors if t in self.primal.live and t is not barrier] for b in order}
        reach = dict.fromkeys(order, 0)
        changed = True
        while changed:
            changed = False
            for block in reversed(order):
                bits = 0
                for target in targets[block]:
                    bits |= 1 << number[target] | reach[target]
                if bits != reach[block]:
                    reach[block] = bits
                    changed = True
        self._reach[barrier] = reach
        return reach
