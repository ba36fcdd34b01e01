"""Splitting a loop: a copy runs first, and hands over to the loop itself at its test (`versions` and `strips` do it)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from irad.analysis.contexts import Place
from irad.analysis.loops import Loop
from irad.analysis.ranges import Ranges
from irad.ir.clone import clone_blocks, substitute
from irad.ir.core import Block, Branch, Edge, Function, Instr, Jump, Value
from irad.ir.types import BOOL
from irad.ops import OPS
from irad.passes.extremes import Extremes, Fact, Needs
from irad.passes.fold import FALSE, TRUE

LIMIT = 400  # instructions of a loop that is copied


@dataclass
class Free:
    """What a copy is free of: `guards` that hold, and conditions that are `assumed`, if the `needs` that `code` computes do."""

    guards: set[Instr]
    assumed: dict[Value, bool]
    code: list[Instr]
    needs: Needs


def size_of(loop: Loop) -> int:
    return sum(len(block.instrs) for block in loop.blocks)


def can_split(loop: Loop) -> bool:
    """Whether the loop may be stopped at its test and gone on with: the test itself does nothing."""
    if loop.preheader is None or loop.trip is None:
        return False
    return not any(OPS[i.op].effects - {"reads"} for i in loop.header.instrs)


def extremes_of(loop: Loop, ranges: Ranges, local: bool = True) -> Extremes:
    """Questions about a loop nest. `local`: facts that hold because earlier checks and branches did may be used."""
    assert loop.preheader is not None
    place = Place(loop.preheader, len(loop.preheader.instrs))
    defs = {value: made[:2] for value, made in ranges.defs.items()}

    def outer(value: Value) -> tuple[int, int]:
        return ranges.interval(value, place)

    def inner(value: Value) -> tuple[int, int]:
        made = ranges.defs.get(value)
        return ranges.interval(value, Place(*made[1:]) if made is not None else place)

    if not local:
        return Extremes(loop, defs, outer)
    return Extremes(loop, defs, outer, inner, lambda block: _branches(loop, ranges, block))


def _branches(loop: Loop, ranges: Ranges, block: Block | None) -> Iterator[Fact]:
    """What the branches of a nest that lead to a block say; the tests of loops, which trips speak of, left out."""
    while block is not None and block in loop.blocks:
        ways = ranges.ways[block]
        source = ranges.doms.idom[block]
        if source is not None and len(ways) == 1 and ways[0][0] is source and isinstance(source.term, Branch):
            then, orelse = source.term.edges
            if then.target is not orelse.target and not _tests_loop(source.term.cond, loop):
                yield from ranges.inequalities(source.term.cond, ways[0][1] is then)
        block = source


def _tests_loop(cond: Value, loop: Loop) -> bool:
    if isinstance(loop.header.term, Branch) and loop.trip is not None and loop.header.term.cond is cond:
        return True
    return any(_tests_loop(cond, child) for child in loop.children)


def copy_loop(function: Function, loop: Loop, free: Free) -> tuple[dict[Block, Block], Block]:
    """A copy that goes on in the loop itself where its test fails; the copies of the blocks, and its header."""
    order = [b for b in function.blocks if b in loop.blocks]
    mapping: dict[Value, Value] = {}
    blocks, copies = clone_blocks(order, mapping)
    for old, new in copies.items():
        new.name = f"{old.name}.free"
        new.instrs = [copy for copy, instr in zip(new.instrs, old.instrs, strict=True) if instr not in free.guards]
    header = copies[loop.header]
    for edge in header.term.edges:
        if edge.target not in blocks:
            edge.target, edge.args = loop.header, list(header.params)
    substitute(blocks, {mapping.get(cond, cond): TRUE if truth else FALSE for cond, truth in free.assumed.items()})
    at = function.blocks.index(loop.header)
    function.blocks[at:at] = blocks
    return copies, header


def enter(loop: Loop, free: Free, header: Block) -> None:
    """End the preheader with the way to `header`, if all is well, else to the loop, which is not expected to run."""
    before = loop.preheader
    assert before is not None and isinstance(before.term, Jump)
    (edge,) = before.term.edges
    before.instrs += free.code
    ok: Value | None = None
    for need in free.needs:
        both = need if ok is None else Value(BOOL)
        if ok is not None:
            before.instrs.append(Instr("and", [ok, need], [both], {}, before.term.loc))
        ok = both
    free_way = Edge(header, edge.args)
    before.term = Jump(free_way, before.term.loc) if ok is None else Branch(ok, free_way, edge, before.term.loc)
    _mark(loop)


def _mark(loop: Loop) -> None:
    term, header = loop.header.term, loop.header
    if isinstance(term, Branch) and term.edges[0].target in loop.blocks and term.edges[1].target not in loop.blocks:
        rare = Value(BOOL)
        header.instrs.append(Instr("unlikely", [term.cond], [rare], {}, term.loc))
        term.args[0] = rare
    for child in loop.children:
        _mark(child)
