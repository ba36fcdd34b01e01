"""Which values may be an infinity that the program names: a bound that there is not, of which it then makes no use.

    %b: float = select %c, %x, inf      b: may be inf
    %u: float = mul %b, %s              the adjoint of s gets d.u * b: nan if nobody has read u, and b is inf
    %y: float = select %c, %u, %s

What a rule makes of such a value counts for nothing where the adjoint is zero: reverse mode masks it, as it does for an
infinity that is known.
"""

from __future__ import annotations

import math

from irad.ad.activity import Classes, Marks
from irad.ad.primal import Primal
from irad.ir.core import Block, Const, Value
from irad.ir.types import is_float
from irad.ops import OPS

# Sums and products of an infinity are infinite as a rule; other functions of it (exp, minimum) have limits.
SUMS_AND_PRODUCTS = frozenset(("select", "neg", "abs", "cast", "add", "sub", "mul"))
PASSING = SUMS_AND_PRODUCTS | {"load", "call"}


def find_infinite(primal: Primal, classes: Classes) -> Marks:
    """Floats and classes of memory that an infinite constant may have come to."""
    found = Marks(classes, ())
    while found.changed:
        found.changed = False
        for block in primal.order:
            _spread(block, found)
    return found


def find_unchosen(primal: Primal, classes: Classes) -> set[Value]:
    """What comes of functions with poles and may not be used: the log(x) of x * log(x) if x > 0 else 0.

    A `select` of the same block may leave it, or it comes to memory where a constant is put as well (t[x <= 0] = 0).
    """
    found: set[Value] = set()
    blanked = Marks(classes, ())
    for block in primal.order:
        for instr in block.instrs:
            if instr.op == "store" and isinstance(instr.args[0], Const):
                blanked.add(instr.args[1])
    for block in primal.order:
        chosen: set[Value] = set()
        for instr in reversed(block.instrs):
            if instr.op == "select":
                chosen.update(instr.args[1:])
            elif instr.op == "store":
                if instr.args[1] in blanked:
                    chosen.add(instr.args[0])
            elif any(r in chosen for r in instr.results):
                chosen.update(instr.args)
        for instr in block.instrs:
            passes = instr.op in SUMS_AND_PRODUCTS and any(a in found for a in instr.args)
            if (passes or OPS[instr.op].singular) and any(r in chosen for r in instr.results):
                found.update(instr.results)
    return found


def _spread(block: Block, found: Marks) -> None:
    for instr in block.instrs:
        if instr.op == "store":
            if _may_be(instr.args[0], found):
                found.add(instr.args[1])
        elif instr.op in PASSING and any(_may_be(a, found) for a in instr.args):
            found.add_all(instr.results)
    for edge in block.edges:
        for arg, param in zip(edge.args, edge.target.params, strict=True):
            if _may_be(arg, found):
                found.add(param)


def _may_be(value: Value, found: Marks) -> bool:
    if isinstance(value, Const):
        return is_float(value.type) and isinstance(value.value, float) and math.isinf(value.value)
    return value in found
