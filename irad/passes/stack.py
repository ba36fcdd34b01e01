"""Small arrays that never leave the function are on its stack (form `low`): no memory is asked for, and LLVM may hold
elements whose places are known in registers.

    %a: array<float, 1> = alloc 3 {elem='float'}      %a: array<float, 1> = alloc 3 {elem='float', stack=True}

Such an array, and each view of it, is read, written and measured only. It goes along no edge, so that all that an
iteration of a loop can reach is of this iteration, and one place serves all of them.
"""

from __future__ import annotations

import math

from irad.analysis.cfg import block_order
from irad.ir.core import Const, Function, Instr, Value
from irad.ir.types import Array, Scalar
from irad.ops import OPS

ASKING = ("dim", "stride", "regroups", "overlap", "same")
MOST_BYTES, MOST_OF_ALL = 256, 2048  # of one array; of all that a function has on its stack
WIDEST = 8  # bytes of an element


def stack(function: Function) -> None:
    """Mark the allocations that can be on the stack, in place."""
    found = {instr.result: instr for instr in function.instrs() if _bytes(instr) <= MOST_BYTES}
    if not found:
        return
    origin = {value: value for value in found}
    left: set[Value] = set()
    for block in block_order(function):  # views are behind what they are of
        for instr in block.instrs:
            held = [k for k, a in enumerate(instr.args) if a in origin]
            if held and _shares(instr):
                origin[instr.result] = origin[instr.args[0]]
            elif not (instr.op in ASKING or (instr.op == "load" and held == [0]) or (instr.op == "store" and held == [1])):
                left.update(origin[instr.args[k]] for k in held)
        left.update(origin[v] for args in (block.term.args, *(edge.args for edge in block.edges)) for v in args if v in origin)
    room = MOST_OF_ALL
    for value, instr in found.items():
        if value not in left and _bytes(instr) <= room:
            room -= _bytes(instr)
            instr.attrs["stack"] = True


def _bytes(instr: Instr) -> int:
    """What an allocation of numbers takes, of known extents; too much for anything else."""
    dims = [a.value if isinstance(a, Const) else -1 for a in instr.args]
    if instr.op != "alloc" or instr.attrs.get("tape") or not all(isinstance(d, int) and d >= 0 for d in dims):
        return MOST_OF_ALL + 1
    t = instr.result.type
    assert isinstance(t, Array)
    return WIDEST * math.prod(dims) if isinstance(t.elem, Scalar) else MOST_OF_ALL + 1


def _shares(instr: Instr) -> bool:
    """Whether the result is a view of the first operand."""
    plain = not OPS[instr.op].effects and len(instr.results) == 1 and isinstance(instr.results[0].type, Array)
    return plain and sum(isinstance(a.type, Array) for a in instr.args) == 1
