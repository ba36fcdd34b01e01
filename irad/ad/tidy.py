"""What is only seen once all adjoints are known: sums with an adjoint that turned out to be zero, products that are
only summed up.

    %p: float = mul %d.y, %w
    %d.x.1: float = add %d.x, %p            %d.x.1: float = muladd %d.y, %w, %d.x
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from irad.ir.clone import substitute
from irad.ir.core import Block, Instr, Value
from irad.ir.types import is_float
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


def contract(blocks: Sequence[Block], derived: set[Instr]) -> None:
    """Turn sums with a product that nothing else reads into `muladd`. Only among the instructions of `derived`, the
    arithmetic of derivatives: what the primal computes keeps its bits."""
    uses = Counter(
        arg for block in blocks for args in (*(i.args for i in block.instrs), block.term.args, *(e.args for e in block.edges))
        for arg in args
    )
    for block in blocks:
        makers = {i.result: i for i in block.instrs if i in derived and i.op in ("mul", "neg") and uses[i.result] == 1}
        gone: set[Instr] = set()
        for instr in block.instrs:
            if instr.op == "add" and instr in derived and is_float(instr.result.type):
                gone.update(_contract(instr, makers))
        if gone:
            block.instrs[:] = [i for i in block.instrs if i not in gone]


def _contract(total: Instr, makers: dict[Value, Instr]) -> list[Instr]:
    """Make one sum a `muladd`, if it can be; the instructions that it replaces. A difference stays as it is."""
    for place in (1, 0):
        product = makers.get(total.args[place])
        other = total.args[1 - place]
        if product is not None and product.op == "mul":
            total.op, total.args = "muladd", [*product.args, other]
            return [product]
        inner = makers.get(product.args[0]) if product is not None else None
        if product is not None and inner is not None and inner.op == "mul":  # -(a * b) + x: the sign goes to a
            first, second = inner.args
            product.args = [first]
            total.op, total.args = "muladd", [product.result, second, other]
            return [inner]
    return []
