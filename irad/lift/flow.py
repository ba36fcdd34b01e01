"""Basic blocks of bytecode, and what of them can be reached.

A block ends at a jump, before a jump's target, at a return or raise, behind a yield, where a range protected by an exception
handler begins or ends, and where an instruction stands that is not understood (table REFUSED).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import NamedTuple

from irad.analysis.cfg import reverse_postorder
from irad.lift.bytecode import Instruction, Protected, exception_table
from irad.lift.refused import YIELD_IN_TRY, Refusal, refusal

LEAVES = frozenset({"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE"})


@dataclass(slots=True, eq=False)
class Straight:
    """Instructions [first, last) of a code object, run one after the other.

    `follow` are the indices of the first instructions of the blocks that come next, the fall-through first.
    `row` protects all of them: an exception goes on at instruction `handler`. `refused` ends the block in place of
    instruction `last`.
    """

    first: int
    last: int
    follow: list[int] = field(default_factory=list)
    refused: Refusal | None = None
    row: Protected | None = None
    handler: int = -1

    def successors(self) -> list[int]:
        """The blocks that come next, the handler last."""
        return self.follow if self.row is None else [*self.follow, self.handler]


class Flow(NamedTuple):
    """The reachable blocks in reverse postorder, and the number of blocks that lead to each (by first instruction)."""

    blocks: Sequence[Straight]
    entering: dict[int, int]


class Handlers:
    """Which handler an instruction is protected by: the exception table as data."""

    def __init__(self, code: CodeType, instructions: Sequence[Instruction]) -> None:
        self.rows: Sequence[Protected] = exception_table(code)
        self.instructions = instructions
        self._starts = [row.start for row in self.rows]
        self._position = {ins.offset: i for i, ins in enumerate(instructions)} if self.rows else {}

    def row(self, offset: int) -> Protected | None:
        """The innermost row that covers an offset (rows are in order and do not overlap)."""
        i = bisect_right(self._starts, offset) - 1
        return self.rows[i] if i >= 0 and offset < self.rows[i].end else None

    def protecting(self, offset: int) -> Protected | None:
        """The innermost row, if an exception can get from there to a handler that the user wrote: handlers that clean up
        and raise again (they unbind the `e` of `except E as e`) show nothing to anybody if it leaves the function."""
        innermost = row = self.row(offset)
        for _ in range(len(self.rows)):
            if row is None or self._written(row):
                break
            row = self.row(row.target)
        return None if row is None else innermost

    def _written(self, row: Protected) -> bool:
        return self.instructions[self._position[row.target]].name in ("PUSH_EXC_INFO", "END_ASYNC_FOR")


def find_flow(code: CodeType, instructions: Sequence[Instruction]) -> Flow:
    """Cut the instructions into blocks and keep what can be reached from the first one."""
    position = {ins.offset: i for i, ins in enumerate(instructions)}
    starts = {position[ins.target] for ins in instructions if ins.target >= 0}
    handlers = Handlers(code, instructions)
    blocks: dict[int, Straight] = {}

    def block(first: int) -> Straight:
        found = blocks.get(first)
        if found is None:
            found = blocks[first] = _straight(first, instructions, starts, position, handlers)
        return found

    # the fall-through is visited last and so comes first in the order: blocks stand as in the source
    order = reverse_postorder(0, lambda first: reversed(block(first).successors()))
    entering: dict[int, int] = {}
    for first in order:
        for target in set(blocks[first].successors()):
            entering[target] = entering.get(target, 0) + 1
    return Flow([blocks[first] for first in order], entering)


def _delegates(resume: Instruction) -> bool:
    """Whether the yield before this is one of `yield from`."""
    return resume.name == "RESUME" and resume.arg & 3 == 2


def _straight(
    first: int, instructions: Sequence[Instruction], starts: set[int], position: dict[int, int], handlers: Handlers,
) -> Straight:
    row = handlers.protecting(instructions[first].offset) if handlers.rows else None
    handler = -1 if row is None else position[row.target]
    for i in range(first, len(instructions)):
        ins = instructions[i]
        refused = refusal(ins)
        if ins.name == "YIELD_VALUE" and row is not None and _delegates(instructions[i + 1]):
            refused = YIELD_IN_TRY
        if refused is not None:
            return Straight(first, i, [], refused, row, handler)
        if ins.target >= 0:
            target = position[ins.target]
            return Straight(first, i + 1, [target] if ins.name == "JUMP" else [i + 1, target], None, row, handler)
        if ins.name == "YIELD_VALUE":
            return Straight(first, i + 1, [i + 1], None, row, handler)
        if ins.name in LEAVES:
            return Straight(first, i + 1, [], None, row, handler)
        ends = handlers.rows and handlers.protecting(instructions[i + 1].offset) != row
        if i + 1 in starts or ends:
            return Straight(first, i + 1, [i + 1], None, row, handler)
    raise AssertionError("code that runs off its end")
