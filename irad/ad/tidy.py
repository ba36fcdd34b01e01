"""What is only seen once all adjoints are known: sums with an adjoint that turned out to be zero, products that are
only summed up, elements of shadows that are cleared and then added to.

    %p: float = mul %d.y, %w
    %d.x.1: float = add %d.x, %p            %d.x.1: float = muladd %d.y, %w, %d.x

The reverse of `a[i] -= m * a[k]`, before and after:

    %g: float = load %a.shadow, %i          %g: float = load %a.shadow, %i
    store 0.0, %a.shadow, %i                a.shadow[k] += -m * g
    a.shadow[k] += -m * g
    a.shadow[i] += g
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from irad.ir.clone import substitute
from irad.ir.core import Block, Const, Instr, Value
from irad.ir.types import is_float
from irad.ops import OPS
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
    _free_sums(blocks, derived)


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


def _free_sums(blocks: Sequence[Block], derived: set[Instr]) -> None:
    """Make what a loop adds to a sum in each round a `muladd`, the terms of which may be added in any order (as vectors)."""
    given: dict[Value, set[Value]] = {}
    for block in blocks:
        for edge in block.edges:
            for param, arg in zip(edge.target.params, edge.args, strict=True):
                if is_float(param.type) and not isinstance(arg, Const):
                    given.setdefault(param, set()).add(arg)
    so_far = {param: (param, param) for param in given}  # of a sum: the parameter that it starts from, the sum before it
    adds: dict[Value, Instr] = {}
    for block in blocks:
        for instr in block.instrs:
            if instr.op == "add" and instr in derived and any(a in so_far for a in instr.args):
                before = instr.args[0] if instr.args[0] in so_far else instr.args[1]
                adds[instr.result] = instr
            elif instr.op == "muladd" and instr.args[2] in so_far:
                before = instr.args[2]
            else:
                continue
            so_far[instr.result] = so_far[before][0], before
    for param, args in given.items():
        for total in args:
            while total in so_far and so_far[total][0] is param and total is not param:
                before = so_far[total][1]
                found = adds.pop(total, None)
                if found is not None:
                    term = found.args[1] if found.args[0] is before else found.args[0]
                    found.op, found.args = "muladd", [Const(total.type, 1.0), term, before]
                total = before


@dataclass
class Touches:
    """The instructions of the reverse part that touch elements of shadows.

    `increases`: loads, sums and stores of what adds to an element; `clears`: loads and stores of what reads one and
    makes it zero.
    """

    increases: set[Instr] = field(default_factory=set)
    clears: set[Instr] = field(default_factory=set)


class _Cleared(NamedTuple):
    """An element that was made zero, what it held, and the store that did it."""

    element: list[Value]
    held: Value | None
    store: Instr


def put_back(blocks: Sequence[Block], touches: Touches) -> None:
    """Where an element is cleared and added to later in the block, store at once what is added: if between the two come
    only additions, the order in which an element gets its parts is all that changes."""
    for block in blocks:
        if any(i in touches.clears and i.op == "store" for i in block.instrs):
            _put_back(block, touches)


def _put_back(block: Block, touches: Touches) -> None:
    made = {r: at for at, i in enumerate(block.instrs) for r in i.results}
    before: dict[int, Instr] = {}
    gone: set[Instr] = set()
    cleared: _Cleared | None = None
    first: int | None = None  # of what touches an element since then
    for at, instr in enumerate(block.instrs):
        if instr in touches.clears:  # another one reads what additions that come earlier would change
            cleared, first = None, None
            if instr.op == "store":
                last = block.instrs[at - 1]
                held = last.result if last in touches.clears and last.args == instr.args[1:] else None
                cleared = _Cleared(instr.args[1:], held, instr)
        elif instr not in touches.increases:
            if OPS[instr.op].effects and instr.op != "load":
                cleared = None
        elif cleared is not None and instr.op == "load" and instr.args != cleared.element:
            first = at if first is None else first
        elif cleared is not None and instr.op == "store" and instr.args[1:] == cleared.element:
            total = block.instrs[made[instr.args[0]]]
            part = total.args[1]
            place = at if first is None else first
            if made.get(part, -1) < place:
                gone |= {cleared.store, block.instrs[made[total.args[0]]], total, instr}
                if part is not cleared.held:
                    before[place] = Instr("store", [part, *cleared.element], loc=instr.loc)
            cleared = None
    if gone:
        both = (i for at, instr in enumerate(block.instrs) for i in (before.get(at), instr))
        block.instrs[:] = [i for i in both if i is not None and i not in gone]
