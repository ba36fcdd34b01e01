"""The optimising passes in their order: before AD, so that the adjoint is made of optimised code, and again after it.

    loops -> simplify, gvn, extents, memory, guards, rangeguards, licm, dce, fuse, until nothing changes -> loops

Guards go before motion, so that what only they kept in place can move. In between loops are not closed (a value may be
used after its loop, not through a parameter of an exit block), so that `loopform` closes them again at the end.
"""

from __future__ import annotations

from irad.ir.core import Function
from irad.passes.dce import dce
from irad.passes.extents import extents
from irad.passes.fuse import fuse
from irad.passes.guards import guards
from irad.passes.gvn import gvn
from irad.passes.licm import licm
from irad.passes.loopform import loopform
from irad.passes.memory import memory
from irad.passes.rangeguards import rangeguards
from irad.passes.simplify import simplify
from irad.passes.thread import thread

PASSES = (simplify, gvn, extents, memory, guards, rangeguards, licm, dce)
# on 130 functions the third round found something to fold or to drop 56 times, and something to move once
ROUNDS = ((*PASSES, fuse), (*PASSES, fuse), (simplify, dce))
FUSED = (gvn, memory, simplify, dce)  # if arrays went late: what their readers now compute twice


def cleanup(function: Function, canonical: bool = True) -> bool:
    """Optimise one function in place; `canonical`: bring its loops into form `loops` before (for motion) and after.

    Each pass runs again only while an earlier one changes something.
    """
    changed = thread(function)
    if canonical:
        loopform(function)
    settled = 0  # passes in a row that found nothing to do
    fused = False
    for passes in ROUNDS:
        for run in FUSED if fused and passes is ROUNDS[-1] else passes:
            if settled == len(PASSES):
                break
            fused = run(function)
            if fused:
                changed, settled = True, 0
            else:
                settled += 1
    if canonical:
        loopform(function)
    return changed
