"""Which primal values the reverse part reads, and where.

    %y: float = mul %x, %w        its reversal reads x (if w is active) and w (if x is), says the row of `mul`
    %z: float = exp %y            reads its own result
    store %z, %a, %i              reads i and the shadow of a
    br %c, ^then, ^else           where the two meet again, the way back is chosen by c

A need belongs to a block: the value is read when that block is reversed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from irad.ad.activity import Activity, smooth
from irad.ad.primal import Primal
from irad.ad.shadow import Shadows, touches
from irad.ad.skeleton import Skeleton
from irad.ir.core import Block, Const, Instr, Loc, Value
from irad.ir.types import is_float
from irad.ops import OPS


class Need(NamedTuple):
    """`value` is read in the reversal of `block`; `reason` completes the sentence "needed ..."."""

    value: Value
    block: Block
    reason: str
    loc: Loc | None = None


def has_work(instr: Instr, activity: Activity) -> bool:
    """Whether the reversal of an instruction is more than nothing."""
    if instr.op in ("load", "store"):
        return touches(instr, activity)
    if instr.op in ("call", "pack", "unpack"):
        return activity.is_active_call(instr)
    return bool(instr.results) and is_float(instr.results[0].type) and instr.results[0] in activity


def works(block: Block, activity: Activity) -> bool:
    """Whether the reversal of a block, its parameters or its edges is more than nothing."""
    return (
        any(has_work(i, activity) for i in block.instrs)
        or any(is_float(p.type) and p in activity for p in block.params)
        or any(is_float(p.type) and p in activity for e in block.edges for p in e.target.params)
    )


def rule_reads(instr: Instr, activity: Activity) -> list[Value]:
    """The operands and results that the derivative rules of an active instruction read."""
    row = OPS[instr.op]
    read: list[Value] = []
    for index, arg in enumerate(instr.args):
        if arg in activity and smooth(instr, index):
            operands, result = row.reads(index, instr.args)
            read += [instr.args[i] for i in sorted(operands)]
            read += [instr.result] if result else []
    return list(dict.fromkeys(read))


def find_needs(
    primal: Primal, activity: Activity, skeleton: Skeleton, shadows: Shadows, returned: Sequence[Value],
) -> list[Need]:
    """All needs, in the order of the primal; `returned` are the arrays whose shadows take up seeds at the turn."""
    finder = _Finder(primal, activity, skeleton, shadows)
    assert primal.ret is not None
    seeded = [Need(shadows.of[v], primal.ret, "for the seed of a result") for v in returned if v in activity]
    needs = [n for block in primal.order if block in skeleton.back for n in finder.in_block(block)]
    needs += [*seeded, *finder.for_flow()]
    return [n for n in needs if not isinstance(n.value, Const)]


class _Finder(NamedTuple):
    primal: Primal
    activity: Activity
    skeleton: Skeleton
    shadows: Shadows

    def in_block(self, block: Block) -> Iterator[Need]:
        for instr in block.instrs:
            if has_work(instr, self.activity):
                for value in self._reads(instr):
                    yield Need(value, block, f"by the derivative of {instr.op}", instr.loc)

    def _reads(self, instr: Instr) -> list[Value]:
        of, behind = self.shadows.of, self.shadows.behind
        if instr.op == "load":
            return [behind(instr.args[0]), *instr.args[1:]]
        if instr.op == "store":
            return [behind(instr.args[1]), *instr.args[2:]]
        if instr.op == "unpack":
            return [self.shadows.cells[r] for r in instr.results if r in self.shadows.cells]
        if instr.op == "pack":
            return [part for arg, part in self.shadows.parts[instr] if is_float(arg.type)]
        if instr.op == "call":
            return [instr.results[-1], *(of[a] for a in instr.args if a in of)]  # the tape comes last
        return rule_reads(instr, self.activity)

    def for_flow(self) -> Iterator[Need]:
        skeleton = self.skeleton
        for rb, end in skeleton.ends.items():
            if end.decides is not None:
                block = skeleton.origin[rb]
                yield Need(end.decides, block, "to choose the way back", block.term.loc)
        for rb, entering in skeleton.entering.items():
            for loop, count in entering.counts:
                yield Need(count, skeleton.origin[rb], "as trip count", loop.header.term.loc)
        for local in self.shadows.locals:
            for extent in local.extents:
                yield Need(extent, skeleton.origin[local.place], "as extent of a shadow")
