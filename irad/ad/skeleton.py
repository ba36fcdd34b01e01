"""The flow graph of the reverse part: its blocks, what they end with, and the primal values that decide where to go.

    primal                                   reverse
    ^entry -> ^for                           ^unentry: return
    ^for: br (lt %i, %n), ^body, ^done       ^unfor: br (lt %j, %n), ^unbody, ^unentry    j counts reversed iterations
    ^body -> ^for                            ^unbody -> ^unfor
    ^done: return                            ^undone -> ^unfor

- A block with one predecessor jumps back to it.
- Where paths join, the branch that told them apart decides, if it belongs to the same iteration; otherwise the join
  gets a parameter `from`, which says where it was entered.
- A reversed loop runs over j = 0, 1, ... < K, where K is the number of completed iterations; iteration k = K - j is
  the one being reversed, so that the reversed loop is canonical as it stands. If the loop has one exit, from a block
  that each complete iteration passes, the reversed loop is entered there. Otherwise there is a dispatcher: the single
  header, from which `sel` picks the exit that was taken (or 0: the latch), and every exit reaches it through the
  block `enter`.
- A region without any reverse work (no active value in it) is skipped.

Nothing is filled in here: blocks are empty, `ends` says what their terminators will be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from irad.ad.primal import Primal
from irad.analysis.cfg import Dominators, dominator_tree
from irad.analysis.loops import Loop
from irad.ir.core import Block, Branch, Const, Edge, Instr, Value, const
from irad.ir.types import BOOL, INT, INT8

MOST_IN_INT8 = 128  # sources of a join whose numbers fit into 8 bits
MOST_DECIDED = 16  # sources of a join that conditions tell apart: each of them would have to be kept for the join


@dataclass(eq=False)
class End:
    """How a reverse block ends. `decides` (in primal block `at`): a condition, or a number to be compared with
    `equals`; `again`: the test of a reversed loop; neither: a jump, or the return if there is no edge."""

    edges: list[Edge] = field(default_factory=list)
    decides: Value | None = None
    equals: int | None = None
    again: Loop | None = None
    dispatch: Loop | None = None


@dataclass(eq=False)
class ReversedLoop:
    """A loop in the reverse part. `exits`: the live exit edges, each with its block; `tops`: where an iteration
    begins."""

    loop: Loop
    exits: list[tuple[Block, Edge]]
    header: Block
    enter: Block | None = None
    again: Block | None = None
    into: dict[int, Block] = field(default_factory=dict)

    @property
    def dispatches(self) -> bool:
        return self.enter is not None


@dataclass(eq=False)
class Entering:
    """What a block sets before it enters reversed loops: trip counts (primal values) and constants of `j` and `sel`."""

    counts: list[tuple[Loop, Value]] = field(default_factory=list)
    zeros: list[Loop] = field(default_factory=list)
    selects: list[tuple[Loop, int]] = field(default_factory=list)


class Skeleton:
    """Builds the reverse flow graph from the return backwards. `works(block)`: whether anything in it is to be
    reversed."""

    def __init__(self, primal: Primal, works: Callable[[Block], bool], seeded: bool = False) -> None:
        assert primal.ret is not None
        self.primal = primal
        self.works = works
        self.back: dict[Block, Block] = {}
        self.origin: dict[Block, Block] = {}  # of a reverse block
        self.level: dict[Block, Loop | None] = {}
        self.ends: dict[Block, End] = {}
        self.entering: dict[Block, Entering] = {}
        self.loops: dict[Loop, ReversedLoop] = {}
        self.trips: dict[Loop, Value] = {}
        self.counts: dict[tuple[Loop, Block], Value] = {}
        self.froms: dict[Block, Value] = {}
        self._work: list[Block] = []
        self.start = self.reverse_of(primal.ret)
        if seeded:  # a block of its own, in which the seeds of returned arrays are taken up
            first, self.start = self.start, self._new("turn", None)
            self.origin[self.start] = primal.ret
            self.ends[self.start] = End([Edge(first)])
        while self._work:
            self._leave(self._work.pop())
        # the way on from a reversed loop is looked at first, so that its body comes before it in reverse postorder
        self.doms: Dominators[Block] = dominator_tree(
            self.start, lambda b: [e.target for e in reversed(self.ends[b].edges)],
        )

    def reverse_of(self, block: Block) -> Block:
        """The block that reverses `block`."""
        found = self.back.get(block)
        if found is None:
            found = self.back[block] = self._new(f"un{block.name}", self.primal.loops.of.get(block))
            self.origin[found] = block
            self._work.append(block)
        return found

    def _new(self, name: str, level: Loop | None) -> Block:
        block = Block(name)
        self.level[block] = level
        return block

    def tops(self, loop: Loop | None) -> tuple[Block, ...]:
        """The reverse blocks in which the reversal of an iteration of `loop` begins (None: of the function)."""
        if loop is None:
            return (self.start,)
        rl = self.loops[loop]
        return (rl.header,) if rl.dispatches else (rl.header, self.back[loop.latch])

    # how a block is left backwards

    def _leave(self, block: Block) -> None:
        rb = self.back[block]
        loop = self.primal.loops.of.get(block)
        if block is self.primal.func.entry:
            self.ends[rb] = End()
        elif loop is not None and block is loop.header:
            self._repeat(rb, loop)
        else:
            self.ends[rb] = self._go_back(rb, block)

    def _repeat(self, rb: Block, loop: Loop) -> None:
        assert loop.preheader is not None
        rl = self.reversed_loop(loop)
        latch = self.reverse_of(loop.latch)
        more = latch if rl.again is None else rl.again
        self.ends[rb] = End([Edge(more), Edge(self.reverse_of(loop.preheader))], again=loop)

    def _go_back(self, rb: Block, block: Block) -> End:
        beyond = self._beyond(block)
        if beyond is not None:
            return End([Edge(self.reverse_of(beyond))])
        entries = self.primal.entries(block)
        if len(entries) > 1:
            return self._choose(rb, block, [source for source, _ in entries])
        source, edge = entries[0]
        chain = self._left_loops(source, block)
        if chain:
            return self._enter(rb, source, edge, chain)
        return End([Edge(self.reverse_of(source))])

    def _left_loops(self, source: Block, target: Block) -> list[Loop]:
        """The loops that an edge leaves, outermost first."""
        loop = self.primal.loops.of.get(source)
        nest = loop.nest() if loop else []
        return [l for l in reversed(nest) if target not in l.blocks]

    def _beyond(self, block: Block) -> Block | None:
        """The nearest dominator in the same loop, or one around it, if nothing between it and `block` is to be
        reversed."""
        primal = self.primal
        if len(primal.entries(block)) == 1:
            source = primal.entries(block)[0][0]
            if not self._left_loops(source, block):
                return None  # a plain jump back does as well
        target = primal.doms.idom[block]
        while target is not None:
            outside = self._left_loops(target, block)
            if outside:
                target = outside[0].preheader
                assert target is not None
            if self._region_works(target, block):
                return None
            return target
        return None

    def _region_works(self, top: Block, block: Block) -> bool:
        """Whether a block on a way from `top` to `block` (both excluded) has work."""
        seen = {top, block}
        work = [s for s, _ in self.primal.entries(block)]
        while work:
            current = work.pop()
            if current in seen:
                continue
            if self.works(current):
                return True
            seen.add(current)
            work += [s for s, _ in self.primal.entries(current)]
        return False

    # joins

    def _choose(self, rb: Block, join: Block, sources: list[Block]) -> End:
        if len(sources) <= MOST_DECIDED and self._decidable(sources, join):
            return self._decide(sources, join)
        number = self.from_param(join, sources)
        level = self.level[rb]
        if number.type == BOOL:
            return End([Edge(self.reverse_of(s)) for s in (sources[1], sources[0])], number)
        first = end = End()
        for index, source in enumerate(sources[:-1]):
            last = index == len(sources) - 2
            rest = self.reverse_of(sources[-1]) if last else self._new(f"{rb.name}.pick", level)
            end.edges, end.decides, end.equals = [Edge(self.reverse_of(source)), Edge(rest)], number, index
            if not last:
                end = self.ends[rest] = End()
                self.origin[rest] = join
        return first

    def from_param(self, join: Block, sources: list[Block]) -> Value:
        """A parameter of a join that holds the number of the predecessor it was entered from."""
        if join not in self.froms:
            kind = BOOL if len(sources) == 2 else INT8 if len(sources) <= MOST_IN_INT8 else INT
            self.froms[join] = self.primal.add_param(join, kind, f"{join.name}.from")
            for source, edge in self.primal.preds[join]:
                number = sources.index(source) if source in sources else 0
                edge.args.append(Const(kind, bool(number) if kind == BOOL else number))
        return self.froms[join]

    def split(self, sources: list[Block], join: Block) -> tuple[Value, list[Block], list[Block]] | None:
        """The condition that separates predecessors of `join` in the same iteration, and those on either side."""
        doms = self.primal.doms
        fork: Block | None = sources[0]
        while fork is not None and not all(doms.dominates(fork, s) for s in sources):
            fork = doms.idom[fork]
        if fork is None or not isinstance(fork.term, Branch):
            return None
        if self.primal.loops.of.get(fork) is not self.primal.loops.of.get(join):
            return None
        then, orelse = fork.successors
        yes = [s for s in sources if doms.dominates(then, s)]
        no = [s for s in sources if doms.dominates(orelse, s)]
        return (fork.term.cond, yes, no) if yes and no and len(yes) + len(no) == len(sources) else None

    def _decidable(self, sources: list[Block], join: Block) -> bool:
        if len(sources) == 1:
            return True
        parts = self.split(sources, join)
        return parts is not None and self._decidable(parts[1], join) and self._decidable(parts[2], join)

    def _decide(self, sources: list[Block], join: Block) -> End:
        parts = self.split(sources, join)
        assert parts is not None
        edges = []
        for side in parts[1:]:
            if len(side) == 1:
                edges.append(Edge(self.reverse_of(side[0])))
            else:
                pick = self._new(f"un{join.name}.pick", self.primal.loops.of.get(join))
                self.origin[pick] = join
                self.ends[pick] = self._decide(side, join)
                edges.append(Edge(pick))
        return End(edges, parts[0])

    # loops

    def reversed_loop(self, loop: Loop) -> ReversedLoop:
        """The reversal of a loop, with its dispatcher if it needs one."""
        rl = self.loops.get(loop)
        if rl is not None:
            return rl
        exits = [(s, e) for s, e in loop.exits if e.target in self.primal.live]
        source = exits[0][0]
        if len(exits) == 1 and self.primal.loops.of[source] is loop and self.primal.doms.dominates(source, loop.latch):
            rl = self.loops[loop] = ReversedLoop(loop, exits, self.reverse_of(source))
        else:
            name = loop.header.name
            header = self._new(f"un{name}.turn", loop)
            rl = self.loops[loop] = ReversedLoop(
                loop, exits, header, self._new(f"un{name}.enter", loop.parent), self._new(f"un{name}.again", loop),
            )
            assert rl.enter is not None and rl.again is not None
            self.ends[rl.enter] = End([Edge(header)])
            self.ends[rl.again] = End([Edge(header)])
            self._dispatch(rl)
        return rl

    def _dispatch(self, rl: ReversedLoop) -> None:
        """`sel` 0 goes to the latch, i to the source of exit i, perhaps through further loops."""
        targets = [self.reverse_of(rl.loop.latch)]
        for index, (source, edge) in enumerate(rl.exits, 1):
            if self.primal.loops.of[source] is rl.loop:
                targets.append(self.reverse_of(source))
            else:
                into = rl.into[index] = self._new(f"un{edge.target.name}.into", rl.loop)
                targets.append(into)
        current = rl.header
        for index, target in enumerate(targets[:-1]):
            last = index == len(targets) - 2
            rest = targets[-1] if last else self._new(f"{rl.header.name}.pick", rl.loop)
            self.ends[current] = End([Edge(target), Edge(rest)], equals=index, dispatch=rl.loop)
            current = rest
        for index, into in rl.into.items():
            source, edge = rl.exits[index - 1]
            chain = self._left_loops(source, edge.target)
            inner = chain[chain.index(rl.loop) + 1:]
            self.entering.setdefault(into, Entering())
            self.ends[into] = self._into(into, source, edge, inner[0])

    def _enter(self, rb: Block, source: Block, edge: Edge, chain: list[Loop]) -> End:
        entering = self.entering.setdefault(rb, Entering())
        for loop in chain:
            entering.counts.append((loop, self.count(loop, source, edge)))
        return self._into(rb, source, edge, chain[0])

    def _into(self, rb: Block, source: Block, edge: Edge, loop: Loop) -> End:
        entering = self.entering.setdefault(rb, Entering())
        entering.zeros.append(loop)
        rl = self.reversed_loop(loop)
        if not rl.dispatches:
            return End([Edge(rl.header)])
        assert rl.enter is not None
        entering.selects.append((loop, 1 + next(i for i, (_, e) in enumerate(rl.exits) if e is edge)))
        return End([Edge(rl.enter)])

    def count(self, loop: Loop, source: Block, edge: Edge) -> Value:
        """The number of completed iterations when the loop is left by this edge, as a primal value outside of the
        loop."""
        found = loop.counter
        if loop.trip is not None and source is loop.header:
            found = self.trip_count(loop)
            if not self._left_loops(self.primal.home.get(found, self.primal.func.entry), edge.target):
                return found
        assert found is not None
        key = (loop, edge.target)
        if key not in self.counts:
            self.counts[key] = self.primal.add_param(edge.target, INT, f"{loop.header.name}.count")
            edge.args.append(found)
        return self.counts[key]

    def trip_count(self, loop: Loop) -> Value:
        """max(trip, 0) of a counted loop, computed as far outside as `trip` is known."""
        assert loop.trip is not None and loop.preheader is not None
        if loop in self.trips:
            return self.trips[loop]
        trip = loop.trip
        maker = self.primal.maker.get(trip)
        if isinstance(trip, Const):
            count: Value = const(max(int(trip.value), 0))
        elif maker is not None and maker.op == "dim":
            count = trip
        else:
            home = self.primal.home.get(trip, self.primal.func.entry)
            place = loop.preheader
            while (around := self.primal.loops.of.get(place)) is not None and home not in around.blocks:
                assert around.preheader is not None
                place = around.preheader
            positive, count = Value(BOOL, None), Value(INT, f"{loop.header.name}.count")
            self.primal.append(place, Instr("gt", [trip, const(0)], [positive]))
            self.primal.append(place, Instr("select", [positive, trip, const(0)], [count]))
        self.trips[loop] = count
        return count
