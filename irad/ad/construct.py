"""Filling a known flow graph in SSA form: each block once, in an order in which `SSABuilder` may look upwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from irad.ir.core import Block, Edge
from irad.ir.ssa import SSABuilder


def construct(
    ssa: SSABuilder, order: Sequence[Block], edges: Callable[[Block], Iterable[Edge]], fill: Callable[[Block], None],
) -> None:
    """Call `fill` for the blocks of `order` (reverse postorder), sealing a block as soon as all ways into it are
    filled."""
    open_ways = dict.fromkeys(order, 0)
    for block in order:
        for edge in edges(block):
            if edge.target in open_ways:
                ssa.add_edge(block, edge)
                open_ways[edge.target] += 1
    ssa.seal(order[0])
    for block in order:
        fill(block)
        for edge in edges(block):
            if edge.target in open_ways:
                open_ways[edge.target] -= 1
                if not open_ways[edge.target]:
                    ssa.seal(edge.target)
