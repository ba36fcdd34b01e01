"""Natural loops of a reducible flow graph, and what is canonical about them (see `irad.passes.loopform`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from irad.analysis.cfg import Dominators, dominators, predecessors
from irad.ir.core import Block, Branch, Const, Edge, Function, Instr, Value
from irad.ir.types import INT


@dataclass(eq=False)
class Loop:
    """A natural loop.

    In canonical shape there is one `preheader`, one `latch`, each exit edge has a target block of its own, and the
    header's parameter `counter` counts completed iterations from 0. A loop is *counted* if its header leaves it on
    `not (counter < trip)` with a loop-invariant `trip`: then `trip` is that value (it may have other exits as well).
    """

    header: Block
    blocks: set[Block] = field(default_factory=set)
    latches: list[tuple[Block, Edge]] = field(default_factory=list)
    parent: Loop | None = None
    children: list[Loop] = field(default_factory=list)
    preheader: Block | None = None
    entries: list[tuple[Block, Edge]] = field(default_factory=list)
    exits: list[tuple[Block, Edge]] = field(default_factory=list)
    counter: Value | None = None
    trip: Value | None = None

    @property
    def depth(self) -> int:
        """1 for an outermost loop."""
        return 1 + (self.parent.depth if self.parent else 0)

    @property
    def latch(self) -> Block:
        """The only latch of a canonical loop."""
        ((block, _),) = self.latches
        return block

    def nest(self) -> list[Loop]:
        """This loop and those around it, innermost first."""
        return [self, *(self.parent.nest() if self.parent else [])]


@dataclass(eq=False)
class Loops:
    """The loop forest; `of[block]` is the innermost loop around a block (absent outside loops)."""

    roots: list[Loop]
    of: dict[Block, Loop]

    def __iter__(self) -> Iterator[Loop]:
        """All loops, outer ones first."""
        stack = list(reversed(self.roots))
        while stack:
            loop = stack.pop()
            yield loop
            stack += reversed(loop.children)

    def depth(self, block: Block) -> int:
        loop = self.of.get(block)
        return loop.depth if loop else 0


def find_loops(function: Function, doms: Dominators[Block] | None = None) -> Loops:
    """The natural loops of a function. Back edges are those whose target dominates their source."""
    doms = doms or dominators(function)
    headers = _headers(doms)
    if not headers:
        return Loops([], {})
    preds = predecessors(function)
    reachable = set(doms.order)
    loops: list[Loop] = []
    for header in headers:
        back = [(b, e) for b, e in preds[header] if b in reachable and doms.dominates(header, b)]
        loop = Loop(header, _body(header, [b for b, _ in back], preds, reachable), back)
        loop.entries = [(b, e) for b, e in preds[header] if b in reachable and b not in loop.blocks]
        loops.append(loop)
    of: dict[Block, Loop] = {}
    roots: list[Loop] = []
    for loop in loops:  # reverse postorder of headers: outer loops come first
        loop.parent = of.get(loop.header)
        (loop.parent.children if loop.parent else roots).append(loop)
        for block in loop.blocks:
            of[block] = loop
    position = {block: i for i, block in enumerate(doms.order)} if loops else {}
    for loop in loops:
        _describe(loop, position)
    return Loops(roots, of)


def _headers(doms: Dominators[Block]) -> list[Block]:
    """The targets of back edges, in reverse postorder."""
    enter, leave = doms.enter, doms.leave
    found: set[Block] = set()
    for block in doms.order:
        for edge in block.term.edges:
            target = edge.target
            if enter[target] <= enter[block] and leave[block] <= leave[target]:
                found.add(target)
    return [block for block in doms.order if block in found] if found else []


def _body(
    header: Block, latches: list[Block], preds: dict[Block, list[tuple[Block, Edge]]], reachable: set[Block],
) -> set[Block]:
    body = {header}
    work = list(latches)
    while work:
        block = work.pop()
        if block not in body and block in reachable:
            body.add(block)
            work += [b for b, _ in preds[block] if b not in body]
    return body


def _describe(loop: Loop, position: dict[Block, int]) -> None:
    for block in sorted(loop.blocks, key=position.__getitem__):
        loop.exits += [(block, e) for e in block.edges if e.target not in loop.blocks]
    if len(loop.entries) == 1 and len(loop.entries[0][0].edges) == 1:
        loop.preheader = loop.entries[0][0]
    if loop.preheader is None or len(loop.latches) != 1:
        return
    loop.counter = _counter(loop)
    if loop.counter is not None:
        loop.trip = _trip(loop, loop.counter)


def _counter(loop: Loop) -> Value | None:
    entry, (_, back) = loop.entries[0][1], loop.latches[0]
    for param, first, following in zip(loop.header.params, entry.args, back.args, strict=True):
        if param.type == INT and isinstance(first, Const) and first.value == 0 and type(first.value) is int:
            step = _definition(loop, following)
            if step is not None and step.op == "add" and step.args[0] is param and _is_one(step.args[1]):
                return param
    return None


def _is_one(value: Value) -> bool:
    return isinstance(value, Const) and type(value.value) is int and value.value == 1


def _definition(loop: Loop, value: Value) -> Instr | None:
    for block in loop.blocks:
        for instr in block.instrs:
            if value in instr.results:
                return instr
    return None


def _trip(loop: Loop, counter: Value) -> Value | None:
    term = loop.header.term
    if not isinstance(term, Branch) or term.edges[0].target not in loop.blocks or term.edges[1].target in loop.blocks:
        return None
    test = next((i for i in loop.header.instrs if term.cond in i.results), None)
    if test is None or test.op != "lt" or test.args[0] is not counter:
        return None
    bound = test.args[1]
    inside = bound in loop.header.params or _definition(loop, bound) is not None or any(
        bound in block.params for block in loop.blocks
    )
    return None if inside else bound
