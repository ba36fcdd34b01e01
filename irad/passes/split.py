"""Splitting a loop: a copy runs first, and hands over to the loop itself at its test (`versions` and `strips` do it)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from irad.analysis.cfg import Dominators
from irad.analysis.contexts import Place
from irad.analysis.loops import Loop
from irad.analysis.ranges import Ranges
from irad.ir.clone import clone_blocks, substitute
from irad.ir.core import Block, Branch, Edge, Function, Instr, Jump, Value
from irad.ops import OPS
from irad.passes.extremes import Extremes
from irad.passes.fold import FALSE, TRUE, literal

LIMIT = 400  # instructions of a loop that is copied


def size_of(loop: Loop) -> int:
    return sum(len(block.instrs) for block in loop.blocks)


def can_split(loop: Loop) -> bool:
    """Whether the loop may be stopped at its test and gone on with: the test itself does nothing."""
    if loop.preheader is None or loop.trip is None:
        return False
    return not any(OPS[i.op].effects - {"reads"} for i in loop.header.instrs)


def extremes_of(function: Function, loop: Loop, doms: Dominators[Block], local: bool = True) -> Extremes:
    """Questions about a loop nest. `local`: facts that hold because earlier checks did may be used."""
    ranges = Ranges(function, doms)
    assert loop.preheader is not None
    place = Place(loop.preheader, len(loop.preheader.instrs))
    defs = {value: (i, b) for b in doms.order for i in b.instrs for value in i.results}
    homes = {value: Place(b, k) for b in doms.order for k, i in enumerate(b.instrs) for value in i.results}

    def inner(value: Value) -> tuple[int, int]:
        return ranges.interval(value, homes.get(value, place))

    return Extremes(loop, defs, lambda value: ranges.interval(value, place), inner if local else None)


def copy_loop(
    function: Function, loop: Loop, without: Iterable[Instr], assumed: Mapping[Value, bool],
) -> tuple[dict[Block, Block], Block]:
    """A copy that goes on in the loop itself where its test fails; the copies of the blocks, and its header."""
    order = [b for b in function.blocks if b in loop.blocks]
    mapping: dict[Value, Value] = {}
    blocks, copies = clone_blocks(order, mapping)
    gone = set(without)
    for old, new in copies.items():
        new.name = f"{old.name}.free"
        new.instrs = [copy for copy, instr in zip(new.instrs, old.instrs, strict=True) if instr not in gone]
    header = copies[loop.header]
    for edge in header.term.edges:
        if edge.target not in blocks:
            edge.target, edge.args = loop.header, list(header.params)
    substitute(blocks, {mapping.get(cond, cond): TRUE if truth else FALSE for cond, truth in assumed.items()})
    at = function.blocks.index(loop.header)
    function.blocks[at:at] = blocks
    return copies, header


def enter(loop: Loop, code: Iterable[Instr], ok: Value, header: Block) -> None:
    """End the preheader with the way to `header`, if `ok`, else to the loop."""
    before = loop.preheader
    assert before is not None and isinstance(before.term, Jump)
    (edge,) = before.term.edges
    before.instrs += code
    if literal(ok) is True:
        before.term = Jump(Edge(header, edge.args), before.term.loc)
    else:
        before.term = Branch(ok, Edge(header, edge.args), edge, before.term.loc)
