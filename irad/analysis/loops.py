"""Natural loops of a reducible flow graph, and what is canonical about them (see `irad.passes.loopform`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from irad.analysis.cfg import Dominators, dominators
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
    headers = loop_headers(doms)
    if not headers:
        return Loops([], {})
    preds: dict[Block, list[tuple[Block, Edge]]] = {b: [] for b in doms.order}
    for block in function.blocks:
        if block in preds:
            for edge in block.term.edges:
                preds[edge.target].append((block, edge))
    loops: list[Loop] = []
    of: dict[Block, Loop] = {}
    roots: list[Loop] = []
    for header in headers:  # outer loops come first
        ways = preds[header]
        back = [way for way in ways if doms.dominates(header, way[0])]
        body = _body(header, [b for b, _ in back], preds)
        loop = Loop(header, body, back, of.get(header), entries=[way for way in ways if way[0] not in body])
        loops.append(loop)
        (loop.parent.children if loop.parent else roots).append(loop)
        of.update(dict.fromkeys(body, loop))
    _find_exits(doms.order, of)
    _find_counters(loops, of)
    return Loops(roots, of)


def loop_headers(doms: Dominators[Block]) -> list[Block]:
    """The targets of back edges, in reverse postorder."""
    enter, leave = doms.enter, doms.leave
    found: set[Block] = set()
    for block in doms.order:
        for edge in block.term.edges:
            target = edge.target
            if enter[target] <= enter[block] and leave[block] <= leave[target]:
                found.add(target)
    return [block for block in doms.order if block in found] if found else []


def _body(header: Block, latches: list[Block], preds: dict[Block, list[tuple[Block, Edge]]]) -> set[Block]:
    body = {header}
    work = latches
    while work:
        block = work.pop()
        if block not in body:
            body.add(block)
            work += [b for b, _ in preds[block] if b not in body]
    return body


def _find_exits(order: Sequence[Block], of: dict[Block, Loop]) -> None:
    for block in order:
        inner = of.get(block)
        if inner is None:
            continue
        for edge in block.term.edges:
            loop: Loop | None = inner
            while loop is not None and edge.target not in loop.blocks:
                loop.exits.append((block, edge))
                loop = loop.parent


def _find_counters(loops: list[Loop], of: dict[Block, Loop]) -> None:
    """Preheaders, counters and trip counts."""
    counts: list[tuple[Loop, Value, Value]] = []  # a loop, what may be its counter, and the value of that in the next round
    bounds: list[tuple[Loop, Value, Value]] = []  # a loop, what it compares with what
    for loop in loops:
        if len(loop.entries) == 1 and len(loop.entries[0][0].term.edges) == 1:
            loop.preheader = loop.entries[0][0]
            if len(loop.latches) == 1:
                counts += _from_zero(loop)
                bounds += _test(loop)
    if not counts:
        return
    made = _made(of, {v for _, _, v in (*counts, *bounds)})
    for loop, param, following in counts:
        step = made[following][1] if following in made else None
        if loop.counter is None and step is not None and step.op == "add" and step.args[0] is param and _is_one(step.args[1]):
            loop.counter = param
    for loop, tested, bound in bounds:
        if loop.counter is tested and (bound not in made or made[bound][0] not in loop.blocks):
            loop.trip = bound


def _from_zero(loop: Loop) -> Iterator[tuple[Loop, Value, Value]]:
    """Ints that are 0 before the loop."""
    entry, (_, back) = loop.entries[0][1], loop.latches[0]
    for param, first, following in zip(loop.header.params, entry.args, back.args, strict=True):
        if param.type == INT and isinstance(first, Const) and first.value == 0 and type(first.value) is int:
            yield loop, param, following


def _is_one(value: Value) -> bool:
    return isinstance(value, Const) and type(value.value) is int and value.value == 1


def _test(loop: Loop) -> Iterator[tuple[Loop, Value, Value]]:
    """What the header compares, if it stays in the loop while the one is less than the other."""
    term = loop.header.term
    if isinstance(term, Branch) and term.edges[0].target in loop.blocks and term.edges[1].target not in loop.blocks:
        for instr in loop.header.instrs:
            if instr.op == "lt" and instr.results[0] is term.args[0]:
                yield loop, instr.args[0], instr.args[1]


def _made(blocks: Iterable[Block], wanted: set[Value]) -> dict[Value, tuple[Block, Instr | None]]:
    """Those of the blocks in which values are defined, and the instructions (None: a parameter)."""
    found: dict[Value, tuple[Block, Instr | None]] = {}
    for block in blocks:
        for param in block.params:
            if param in wanted:
                found[param] = block, None
        for instr in block.instrs:
            for result in instr.results:
                if result in wanted:
                    found[result] = block, instr
    return found
