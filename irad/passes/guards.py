"""Guards that cannot fail: int comparisons and overflow tests that range analysis decides.

    ^for(%i: int):                                   ^for(%i: int):
      %c: bool = lt %i, %n                             %c: bool = lt %i, %n
      br %c, ^body, ^done                              br %c, ^body, ^done
    ^body:                                    ->     ^body:
      %ok: bool = add_fits %i, 1                       %j: int = add %i, 1
      guard %ok {exc='OverflowError', ...}             ...
      %j: int = add %i, 1
      ...

Sound because time runs forward: what proves a condition are conditions passed earlier, which were themselves true
whether or not their guards are still there.
"""

from __future__ import annotations

from collections.abc import Sequence

from irad.analysis.cfg import dominators
from irad.analysis.loops import loop_headers
from irad.analysis.ranges import COMPARISONS, FITS, Ranges, is_integer
from irad.ir.clone import substitute
from irad.ir.core import Block, Branch, Const, Function, Value
from irad.passes.fold import FALSE, TRUE, literal


def guards(function: Function) -> bool:
    """Decide int comparisons and overflow tests by range analysis; drop the guards that hold.

    Before and after: see the head of this file.
    """
    doms = dominators(function)
    headers = set(loop_headers(doms))
    arms = {instr.args[0] for instr in function.instrs() if instr.op == "select"}
    selecting: list[Value] = []
    checking: list[Value] = []
    for block in doms.order:
        test = block.term.cond if block in headers and isinstance(block.term, Branch) else None
        for instr in block.instrs:
            if (instr.op in FITS or instr.op in COMPARISONS) and is_integer(instr.args[0]) and instr.result is not test:
                (selecting if instr.result in arms else checking).append(instr.result)
    if not selecting and not checking and not arms:
        return False
    ranges = Ranges(function, doms)
    for conditions in (selecting, checking):  # which arm an index comes from decides what its checks say
        for cond in conditions:
            ranges.settle(cond)
        ranges.forget()
    found: dict[Value, Value] = {cond: TRUE if truth else FALSE for cond, truth in ranges.decided.items()}
    found.update(_equal_arms(doms.order, ranges))
    if not found:
        return False
    substitute(doms.order, found)
    for block in doms.order:
        _drop_true(block)
    return True


def _equal_arms(order: Sequence[Block], ranges: Ranges) -> dict[Value, Value]:
    """Trip counts without their `max`: in `select (gt %n, 0), %n, 0` the zero is not needed if %n is not negative."""
    found: dict[Value, Value] = {}
    for block in order:
        for instr in block.instrs:
            if instr.op == "select" and is_integer(instr.result) and instr.args[0] not in ranges.decided:
                if any(isinstance(arm, Const) for arm in instr.args[1:]):
                    arm = ranges.equal_arm(instr)
                    if arm is not None:
                        found[instr.result] = arm
    return found


def _drop_true(block: Block) -> None:
    kept = [i for i in block.instrs if i.op != "guard" or literal(i.args[0]) is not True]
    if len(kept) != len(block.instrs):
        block.instrs = kept
