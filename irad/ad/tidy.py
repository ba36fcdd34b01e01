"""What is only seen once all adjoints are known: sums with an adjoint that turned out to be zero."""

from __future__ import annotations

from collections.abc import Sequence

from irad.ir.clone import substitute
from irad.ir.core import Block, Instr, Value
from irad.ops.expr import fold


def drop_zeros(blocks: Sequence[Block], sums: set[Instr]) -> None:
    """Remove the instructions among `sums` that add a structural zero: it is the absence of a contribution, not a
    number."""
    replaced: dict[Value, Value] = {}
    for block in blocks:
        kept = []
        for instr in block.instrs:
            if instr in sums:
                instr.args = [replaced.get(a, a) for a in instr.args]
                other = fold("add", instr.args)
                if other is not None:
                    replaced[instr.result] = other
                    continue
            kept.append(instr)
        if len(kept) != len(block.instrs):
            block.instrs[:] = kept
    substitute(blocks, replaced)
