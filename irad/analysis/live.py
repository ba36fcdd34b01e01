"""Which values are still needed where: liveness at the start of blocks.

A use in an edge's arguments belongs to the block that the edge comes from. Liveness is found by walking up from each
use to the definition, so the work is in proportion to the answer.
"""

from __future__ import annotations

from collections.abc import Mapping

from irad.analysis.cfg import predecessors
from irad.analysis.uses import block_uses, homes
from irad.ir.core import Block, Function, Value


def live_in(function: Function, stands_for: Mapping[Value, Value] | None = None) -> dict[Block, set[Value]]:
    """Per block the values that are defined before it and used in it or after it.

    With `stands_for` only its keys are looked at, and a use of a key is one of the value that it stands for.
    """
    preds = {block: [source for source, _ in pairs] for block, pairs in predecessors(function).items()}
    home = homes(function)
    live: dict[Block, set[Value]] = {block: set() for block in function.blocks}
    for block in function.blocks:
        for use in block_uses(block):
            value: Value | None = use.value
            if stands_for is not None:
                value = stands_for.get(use.value)
            if value is not None:
                _mark(value, block, home[value], live, preds)
    return live


def _mark(
    value: Value, block: Block, home: Block, live: dict[Block, set[Value]], preds: dict[Block, list[Block]],
) -> None:
    work = [block]
    while work:
        block = work.pop()
        if block is not home and value not in live[block]:
            live[block].add(value)
            work += preds[block]
