"""Blocks of functions with exception handlers, put in order: code is cut for handlers before it is known what may raise.

    ^entry:                                    ^entry:
      br ^body                                   %z: any = py.tuple %x, %y
    ^body:                                       return %z
      %z: any = py.tuple %x, %y
      try ^done except ^handler
    ^done:
      return %z
    ^handler:
      ...
"""

from __future__ import annotations

from irad.analysis.cfg import block_order, predecessors
from irad.ir.clone import substitute
from irad.ir.core import Block, Function, Jump, Try, Unreachable, Value
from irad.ops.py import QUIET


def tidy(function: Function) -> None:
    """Blocks that cannot raise lead to no handler, what nothing leads to goes, and a block takes in the only one behind it."""
    for block in function.blocks:
        term = block.term
        if isinstance(term, Try) and not _raises(block):
            block.term = Jump(term.edges[0], term.loc) if len(term.edges) == 2 else Unreachable(loc=term.loc)
    reached = set(block_order(function))
    function.blocks = [block for block in function.blocks if block in reached]
    preds = predecessors(function)
    gone: set[Block] = set()
    replaced: dict[Value, Value] = {}
    for block in function.blocks:
        while block not in gone and isinstance(block.term, Jump):
            edge = block.term.edges[0]
            after = edge.target
            if len(preds[after]) > 1 or after is block or suspends(block) or (isinstance(after.term, Try) and _raises(block)):
                break
            replaced.update(zip(after.params, edge.args, strict=True))
            block.instrs += after.instrs
            block.term = after.term
            gone.add(after)
    function.blocks = [block for block in function.blocks if block not in gone]
    substitute(function.blocks, replaced)


def suspends(block: Block) -> bool:
    """Whether a generator yields at the end of a block: it goes on at the block behind it."""
    return bool(block.instrs) and block.instrs[-1].op == "py.yield"


def _raises(block: Block) -> bool:
    return any(instr.op not in QUIET for instr in block.instrs)
