"""Checks of indices that a loop reads from memory: made for a strip of trips before the first of them.

    ^pre:                                              ^pre:
      br ^for(0)                                         br ^for.strips(0)
    ^for(%i: int):                                     ^for.strips(%s: int):
      %c: bool = lt %i, %n                               %more: bool = lt %s, %n
      br %c, ^body, ^done                                br %more, ^for.strip, ^for(%s)
    ^body:                                             ^for.strip:
      %k: int = load %index, %i                          ... %end = min(%s + 1024, %n)
      %ok: bool = lt %k, %m                              ... %good = all(load %index, %j < %m for %j from %s to %end)
      guard %ok, %k, %m {exc='IndexError', ...}   ->     br %good, ^for.free(%s), ^for(%s)
      %x: float = load %a, %k                          ^for.free(%i.1: int):
      ...                                                %c.1: bool = lt %i.1, %end
                                                         br %c.1, ^body.free, ^for.strips(%i.1)
                                                       ^body.free:  ... without the guard
                                                       ^for(%i: int): ...

The first strip in which a check fails, or an index counts from the end, is left to the loop as it was written, with all
that follows; so what is stored before an exception is what CPython stores.

What a check is computed from is computed twice, so it must be cheap, and the same both times: pure code and loads, of
nothing that the loop carries but its counter, from memory that the loop does not write. Loads are made for trips that
may never be reached; so their indices are shown to be in bounds, by `irad.passes.extremes` and without facts that follow
from checks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from irad.analysis.cfg import Dominators
from irad.analysis.loops import Loop
from irad.analysis.memory import Memory, find_memory
from irad.analysis.ranges import Ranges
from irad.ir.core import Block, Branch, Const, Edge, Function, Instr, Jump, Loc, Value, const
from irad.ir.types import BOOL, FLOAT, INT, Scalar
from irad.ops import OPS, result_types
from irad.passes.extremes import Extremes, Needs
from irad.passes.fold import FALSE, TRUE, literal
from irad.passes.split import Free, copy_loop, enter, extremes_of

STRIP = 1024  # trips: what is read twice stays in the cache nearest to the processor
SLICE = 24  # instructions that the checks of a loop may compute again
COST = 10  # of a row's `cost`: not computed twice from here on


def strip(function: Function, loop: Loop, ranges: Ranges, free: Free) -> dict[Block, Block] | None:
    """Check an innermost loop strip by strip, if there is anything to gain; the copies of its blocks.

    Before and after: see the head of this file. `free`: what needs no strips.
    """
    if [b for b, _ in loop.exits] != [loop.header]:
        return None
    plan = _Plan(function, loop, extremes_of(loop, ranges, local=False), ranges.doms)
    for block in ranges.doms.order:
        if block in loop.blocks and block is not loop.header:
            for instr in block.instrs:
                if instr.op == "guard" and instr not in free.guards:
                    plan.consider(instr, block)
    if not plan.guards:
        return None
    for instr in plan.fitting:  # in the tests and in the copy; the loop itself converts whatever comes
        instr.attrs["fits"] = True
    assumed = free.assumed | dict.fromkeys(plan.counted, False)
    free = Free(free.guards | set(plan.guards), assumed, free.code + plan.extremes.code, free.needs | plan.needs)
    copies, header = copy_loop(function, loop, free)
    _write(function, loop, plan, free, header)
    for instr in plan.fitting:
        del instr.attrs["fits"]
    return copies


@dataclass(eq=False)
class _Plan:
    """Which guards a strip is checked for, and how."""

    function: Function
    loop: Loop
    extremes: Extremes
    doms: Dominators[Block]
    guards: list[Instr] = field(default_factory=list)
    slice: dict[Instr, None] = field(default_factory=dict)  # what they are computed from, operands first
    counted: dict[Value, Value] = field(default_factory=dict)  # `lt index, 0`, taken to be false: the index
    tests: list[Value] = field(default_factory=list)  # guards' conditions and indices, in order
    spans: list[tuple[Value, Value]] = field(default_factory=list)  # indices and extents, of guards `0 <= index < extent`
    needs: Needs = field(default_factory=dict)  # what the preheader asks
    fitting: list[Instr] = field(default_factory=list)  # casts to int of floats that earlier tests have found in range
    depth: int = 0  # of what is traced now
    _memory: Memory | None = None

    def consider(self, guard: Instr, block: Block) -> None:
        """Take a guard into the plan if its condition can be computed before its time."""
        instrs, counted, needs = dict(self.slice), dict(self.counted), dict(self.needs)
        span = self._span(guard.args[0])
        root = span[0] if span else guard.args[0]
        if not self.doms.dominates(block, self.loop.latch) or not self._trace(root, instrs, counted, needs):
            return
        if len(instrs) > SLICE:
            return
        self.fitting += [i for i in instrs if i.op == "cast" and i not in self.slice and self._in_range(i)]
        self.guards.append(guard)
        if span:
            self.spans.append(span)
        made = self.extremes.defs.get(root)
        asked = made[0].args[0] if span and made is not None and made[0].op == "select" else None  # by the span itself
        self.tests += [index for cond, index in counted.items() if cond not in self.counted and cond is not asked]
        self.tests += [] if span else [root]
        self.slice, self.counted, self.needs = instrs, counted, needs

    def _trace(self, value: Value, instrs: dict[Instr, None], counted: dict[Value, Value], needs: Needs) -> bool:
        """Collect what a value is computed from, and what the preheader must ask for that; whether it can be done."""
        if isinstance(value, Const) or value not in self.extremes.inside or value is self.loop.counter:
            return True
        made, block = self.extremes.defs.get(value, (None, self.loop.header))
        if made is None or not self.doms.dominates(block, self.loop.latch):
            return False
        if made in instrs:
            return True
        row, args = OPS[made.op], made.args
        if row.cost >= COST or not (row.pure or made.op == "load"):
            return False
        if made.op == "load":
            asked = self._load(made)
            if asked is None:
                return False
            needs.update(asked)
        elif made.op == "select" and (index := self._counts_back(args[0])) is not None:
            counted[args[0]] = index
            args = [index, args[2]]
        self.depth += 1
        found = self.depth <= SLICE and all(self._trace(arg, instrs, counted, needs) for arg in args)
        self.depth -= 1
        if found:
            instrs[made] = None
        return found

    def _span(self, cond: Value) -> tuple[Value, Value] | None:
        """The index and the extent of a condition `0 <= index < extent`, the extent being an int from outside, at least 0."""
        made = self.extremes.defs.get(cond)
        if made is None or made[0].op != "and":
            return None
        low, high = (self.extremes.defs.get(arg) for arg in made[0].args)
        if low is None or high is None or (low[0].op, high[0].op) != ("ge", "lt") or literal(low[0].args[1]) != 0:
            return None
        index, extent = high[0].args
        outside = extent not in self.extremes.inside and extent.type == INT
        return (index, extent) if low[0].args[0] is index and outside and self.extremes.outer(extent)[0] >= 0 else None

    def _in_range(self, cast: Instr) -> bool:
        """Whether guards of the plan ask that a float is in the range of the int that it becomes."""
        source, to = cast.args[0].type, cast.result.type
        if not isinstance(source, Scalar) or not source.is_float or to != INT:
            return False
        below = above = False
        work = [guard.args[0] for guard in self.guards]
        while work:
            made = self.extremes.defs.get(work.pop())
            if made is None:
                continue
            op, args = made[0].op, made[0].args
            if op == "and":
                work += args
            elif op in ("lt", "ge") and args[0] is cast.args[0]:
                bound = literal(args[1])
                below = below or (op == "lt" and bound is not None and bound <= 2.0**63)
                above = above or (op == "ge" and bound is not None and bound >= -(2.0**63))
        return below and above

    def float_of(self, index: Value) -> Value | None:
        """The float x, if an index is int(x)."""
        made = self.extremes.defs.get(index)
        if made is not None and made[0].op == "select" and made[0].args[0] in self.counted:
            made = self.extremes.defs.get(made[0].args[2])
        if made is None or made[0].op != "cast" or made[0].result.type != INT or made[0].args[0].type != FLOAT:
            return None
        return made[0].args[0] if made[0] in self.slice else None

    def fits_int(self, cond: Value) -> Value | None:
        """The float x, if a condition is one of those that hold where int(x) is an index of an array."""
        made = self.extremes.defs.get(cond)
        if made is None:
            return None
        op, args = made[0].op, made[0].args
        if op == "and":
            found = {self.fits_int(arg) for arg in args}
            return found.pop() if len(found) == 1 else None
        if op == "not":
            inner = self.extremes.defs.get(args[0])
            return inner[0].args[0] if inner is not None and inner[0].op in ("isnan", "isinf") else None
        bound = literal(args[1]) if op in ("lt", "ge") else None
        if isinstance(bound, float) and (bound >= 2.0**63 if op == "lt" else bound <= 0.0):
            return args[0]
        return None

    def _counts_back(self, cond: Value) -> Value | None:
        """The index of a test `lt index, 0`, which decides whether it counts from the end."""
        made = self.extremes.defs.get(cond)
        if made is None or made[0].op != "lt" or literal(made[0].args[1]) != 0 or made[0].args[0].type != INT:
            return None
        return made[0].args[0]

    def _load(self, load: Instr) -> Needs | None:
        """What the preheader asks before a load is made ahead of time: in bounds, and not of what the loop writes."""
        array, indices = load.args[0], load.args[1:]
        if array in self.extremes.inside:
            return None
        extents = [self.extremes.op("dim", array, axis=axis) for axis in range(len(indices))]
        # behind the test of the loop, wherever the load is
        found = self.extremes.in_bounds(indices, extents, self.loop.latch, load.loc)
        if found is None or self.extremes.turns:  # the tests take every index as it is
            return None
        memory = self._memory = self._memory or find_memory(self.function)
        for each in (i for b in self.loop.blocks for i in b.instrs if "writes" in OPS[i.op].effects):
            if each.op != "store":
                return None
            written = each.args[1]
            if memory.may_share(written, array):
                if written is array or written in self.extremes.inside:
                    return None
                apart = self.extremes.op("not", self.extremes.op("overlap", written, array))
                found[apart] = None
        return found


class _Writer:
    """Appends to a block."""

    def __init__(self, block: Block, loc: Loc | None) -> None:
        self.block, self.loc = block, loc

    def op(self, name: str, *args: Value, **attrs: Any) -> Value:
        (kind,) = result_types(name, args, attrs)
        instr = Instr(name, args, [Value(kind)], attrs, self.loc)
        self.block.instrs.append(instr)
        return instr.result


def _write(function: Function, loop: Loop, plan: _Plan, free: Free, header: Block) -> None:
    """The loop over strips around the copy of the loop that begins with `header`."""
    counter, trip, loc = loop.counter, loop.trip, plan.guards[0].loc
    assert counter is not None and trip is not None
    name = loop.header.name
    strips = Block(f"{name}.strips", [Value(p.type, p.name) for p in loop.header.params])
    start = strips.params[loop.header.params.index(counter)]
    begin, rest = Block(f"{name}.strip"), Block(f"{name}.rest")
    strips.term = Branch(_Writer(strips, loc).op("lt", start, trip), Edge(begin), Edge(rest), loc)
    rest.term = Jump(Edge(loop.header, strips.params), loc)
    writer = _Writer(begin, loc)
    left = writer.op("sub", trip, start)  # 0 <= start < trip
    size = writer.op("select", writer.op("lt", left, const(STRIP)), left, const(STRIP))
    end = writer.op("add", start, size)
    tests, good = _tests(plan, counter, start, size, name, loc)
    begin.term = Jump(Edge(tests[0], [const(0), TRUE, const(0)]), loc)
    failed = Block(f"{name}.failed")
    tests[-1].term = Branch(good, Edge(header, strips.params), Edge(failed), loc)
    failed.term = Jump(Edge(loop.header, strips.params), loc)
    term = header.term
    assert isinstance(term, Branch)
    limited = _Writer(header, loc).op("lt", header.params[loop.header.params.index(counter)], end)
    term.args[0] = limited
    term.edges[1].target = strips
    at = function.blocks.index(header)
    function.blocks[at:at] = [strips, begin, *tests]
    function.blocks += [rest, failed]
    enter(loop, free, strips)


def _tests(
    plan: _Plan, counter: Value, start: Value, size: Value, name: str, loc: Loc | None,
) -> tuple[list[Block], Value]:
    """The loop that computes the checks of a strip: its header, its body, what comes behind it, and whether all hold.

    0 <= index < extent is that neither index nor extent - 1 - index is negative: the sign of both, collected by `or`,
    costs less than comparisons. Of an index that is int(x), 0 <= x < extent is asked (a float below the nearest one to the extent
    is below the extent), and with it all that has to hold before x can be converted.
    """
    trip, good, signs = Value(INT), Value(BOOL), Value(INT)
    head, body, done = Block(f"{name}.tests", [trip, good, signs]), Block(f"{name}.test"), Block(f"{name}.tested")
    head.term = Branch(_Writer(head, loc).op("lt", trip, size), Edge(body), Edge(done), loc)
    writer = _Writer(body, loc)
    known: dict[Value, Value] = {counter: writer.op("add", start, trip), **dict.fromkeys(plan.counted, FALSE)}
    for instr in plan.slice:
        if instr.op == "select" and instr.args[0] in plan.counted:
            known[instr.result] = known.get(instr.args[2], instr.args[2])
            continue
        copy = Instr(instr.op, [known.get(a, a) for a in instr.args], [Value(instr.result.type)], dict(instr.attrs), instr.loc)
        body.instrs.append(copy)
        known[instr.result] = copy.result
    indices = set(plan.counted.values())
    floats: dict[Value, list[Value]] = {}  # x -> the extents for indices int(x)
    for index, extent in plan.spans:
        if (source := plan.float_of(index)) is not None:
            floats.setdefault(source, []).append(extent)
    spans = {x: _span(writer, known.get(x, x), extents) for x, extents in floats.items()}
    conditions: list[Value] = []
    for test in plan.tests:
        source = plan.fits_int(test)
        if source in floats:
            conditions += spans.pop(source, ())  # once, at the first of its tests
        else:
            value = known.get(test, test)
            conditions.append(writer.op("ge", value, const(0)) if test in indices else value)
    conditions += chain.from_iterable(spans.values())
    each = conditions[0] if conditions else TRUE
    for condition in conditions[1:]:
        # not `and`: behind a test that fails, a cast that should fit is nothing at all (poison)
        each = writer.op("select", each, condition, FALSE)
    signed: Value = signs
    for index, extent in plan.spans:
        if plan.float_of(index) is not None:
            continue
        index = known.get(index, index)
        above = writer.op("sub", writer.op("sub", extent, const(1)), index)
        signed = writer.op("or", signed, writer.op("or", index, above))
    body.term = Jump(Edge(head, [writer.op("add", trip, const(1)), writer.op("and", good, each), signed]), loc)
    return [head, body, done], _Writer(done, loc).op("select", good, _Writer(done, loc).op("ge", signs, const(0)), FALSE)


def _span(writer: _Writer, x: Value, extents: list[Value]) -> list[Value]:
    """What has to hold for int(x) to be an index into each of the extents."""
    below = [writer.op("lt", x, writer.op("cast", extent, to=FLOAT.name)) for extent in extents]
    return [writer.op("ge", x, const(0.0)), *below]
