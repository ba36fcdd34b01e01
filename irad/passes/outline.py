"""Outlining: a loop, or any region with one entry, becomes a function of its own; the inverse of inlining.

    ^pre:                             ^pre:
      br ^for(0, 1.0)                   br ^call(0, 1.0)
    ^for(%i: int, %net: float):       ^call(%i: int, %net: float):
      ... %x ...                        %net.1: float = call %x, %i, %net {callee='f.loop', types=('float',)}
      br %c, ^body, ^done(%net)         br ^done(%net.1)
    ^done(%r: float):                 ^done(%r: float):

The new function takes what the region reads from outside (`ins`), then the parameters of its entry (`carried`), and
returns what it hands on. With several exits its first result is the number of the exit; exits share result slots of one
type, and slots that an exit does not fill are `undef`. A `return` in the region is an exit that returns from the caller
as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from irad.analysis.cfg import dominators
from irad.analysis.uses import Use, block_uses, block_values, homes
from irad.ir.core import Block, Branch, Edge, Function, Instr, Jump, Module, Return, Value, const, undef
from irad.ir.types import BOOL, INT, Type
from irad.passes.loopform import loopform


@dataclass(eq=False)
class _Exit:
    """A way out of the region: an edge that leaves it, or (no edge) a return."""

    source: Block
    edge: Edge | None
    values: list[Value]  # what it hands on: its own arguments, then live-out values
    args: int  # how many of them are its own arguments
    slots: list[int] = field(default_factory=list)


def outline(module: Module, function: Function, blocks: Iterable[Block], name: str) -> Function:
    """Move `blocks` into a new function `name` of the module and call it in their place.

    In form `loops` the new function gets a trip counter of its own, since the carried one may start anywhere.

    Raises
    ------
    ValueError
        If the region can be entered at more than one block.
    """
    region = set(blocks)
    header = _entry_of(function, region)
    exits = _exits(function, region)
    live_out = _live_outs(function, region)
    _add_live_outs(function, exits, live_out)
    types = _assign_slots(exits)
    inner, ins = _new_function(function, region, header, exits, types, name)
    module.add(inner)
    call_block = _call_block(function, inner, ins, header, exits, live_out)
    _replace_region(function, region, header, call_block)
    if module.form == "loops":
        loopform(inner)
        loopform(function)  # an exit may lead out of loops around the call
    return inner


def _entry_of(function: Function, region: set[Block]) -> Block:
    entered = {e.target for b in function.blocks if b not in region for e in b.edges if e.target in region}
    if function.entry in region:
        entered.add(function.entry)
    if len(entered) != 1:
        raise ValueError(f"@{function.name}: a region to outline has one entry, not {sorted(b.name for b in entered)}")
    return entered.pop()


def _exits(function: Function, region: set[Block]) -> list[_Exit]:
    exits = []
    for block in function.blocks:
        if block in region:
            if isinstance(block.term, Return):
                exits.append(_Exit(block, None, list(block.term.args), len(block.term.args)))
            exits += [_Exit(block, e, list(e.args), len(e.args)) for e in block.edges if e.target not in region]
    return exits


def _live_outs(function: Function, region: set[Block]) -> dict[Value, list[Use]]:
    """Values of the region that are used outside without passing an edge argument (none in form `loops`)."""
    inside = {v for b in region for v in block_values(b)}
    found: dict[Value, list[Use]] = {}
    for block in function.blocks:
        if block not in region:
            for use in block_uses(block):
                if use.value in inside:
                    found.setdefault(use.value, []).append(use)
    return found


def _add_live_outs(function: Function, exits: list[_Exit], live_out: dict[Value, list[Use]]) -> None:
    if not live_out:
        return
    doms = dominators(function)
    home = homes(function)
    for way in exits:
        if way.edge is not None:
            way.values += [v if doms.dominates(home[v], way.source) else undef(v.type) for v in live_out]


def _assign_slots(exits: list[_Exit]) -> list[Type]:
    """Give each value of each exit a slot of its type; live-out values, which all exits have, come first and alike."""
    slots: list[Type] = []
    for way in exits:
        free: dict[Type, list[int]] = {}
        for i, t in enumerate(slots):
            free.setdefault(t, []).append(i)
        order = [*range(way.args, len(way.values)), *range(way.args)]
        way.slots = [0] * len(way.values)
        for index in order:
            kind = way.values[index].type
            if free.get(kind):
                way.slots[index] = free[kind].pop(0)
            else:
                way.slots[index] = len(slots)
                slots.append(kind)
    return slots


def _new_function(
    function: Function, region: set[Block], header: Block, exits: list[_Exit], types: list[Type], name: str,
) -> tuple[Function, list[Value]]:
    """The function, and the values of the caller that it takes before the carried ones."""
    inside = {v for b in region for v in block_values(b)}
    ins: dict[Value, Value] = {}
    for block in function.blocks:
        if block in region:
            for use in block_uses(block):
                value = use.value
                if value not in inside:
                    use.replace(ins.setdefault(value, Value(value.type, value.name)))
    carried = [Value(p.type, p.name) for p in header.params]
    entry = Block("entry")
    entry.term = Jump(Edge(header, carried))
    numbered = len(exits) > 1
    results = [INT, *types] if numbered else types
    inner = Function(name, [*ins.values(), *carried], results, [entry], function.loc)
    inner.blocks += [b for b in function.blocks if b in region]
    for number, way in enumerate(exits):
        values: list[Value] = [undef(t) for t in types]
        for slot, value in zip(way.slots, way.values, strict=True):
            values[slot] = ins.get(value, value)
        end = Return([const(number), *values] if numbered else values, way.source.term.loc)
        if way.edge is None:
            way.source.term = end
        else:
            inner.blocks.append(_detach(way, end))
    return inner, list(ins)


def _detach(way: _Exit, end: Return) -> Block:
    """Let an exit of the region end in a block of the new function; its edge goes to the caller."""
    assert way.edge is not None
    leave = Block(f"{way.source.name}.leave")
    leave.term = end
    edges = way.source.term.edges
    edges[next(i for i, e in enumerate(edges) if e is way.edge)] = Edge(leave)
    return leave


def _call_block(
    function: Function, inner: Function, ins: list[Value], header: Block, exits: list[_Exit],
    live_out: dict[Value, list[Use]],
) -> Block:
    """The block that calls the new function and goes on at the exit that was taken."""
    params = [Value(p.type, p.name) for p in header.params]
    block = Block(f"{header.name}.call", params)
    results = [Value(t) for t in inner.results]
    loc = next((b.term.loc for b in inner.blocks[1:] if b.term.loc), None)
    attrs = {"callee": inner.name, "types": tuple(map(str, inner.results))}
    block.instrs.append(Instr("call", [*ins, *params], results, attrs, loc))
    slots = results[1:] if len(exits) > 1 else results
    first = next((w for w in exits if w.edge is not None), None)
    for number, uses in enumerate(live_out.values()):
        assert first is not None
        for use in uses:
            use.replace(slots[first.slots[first.args + number]])
    function.blocks.append(block)
    ways = [_go_on(function, block, way, slots) for way in exits]
    current = block
    for number in range(len(ways) - 1):
        taken = Value(BOOL)
        current.instrs.append(Instr("eq", [results[0], const(number)], [taken], loc=loc))
        last = number == len(ways) - 2
        orelse = ways[-1] if last else Edge(Block(f"{block.name}.else"))
        current.term = Branch(taken, ways[number], orelse, loc)
        if not last:
            current = orelse.target
            function.blocks.append(current)
    if len(ways) == 1:
        current.term = Jump(ways[0], loc)
    return block


def _go_on(function: Function, call_block: Block, way: _Exit, slots: list[Value]) -> Edge:
    """The edge to take after the call when it left by this exit."""
    values = [slots[s] for s in way.slots[:way.args]]
    if way.edge is not None:
        way.edge.args = values
        return way.edge
    end = Block(f"{call_block.name}.return")
    end.term = Return(values)
    function.blocks.append(end)
    return Edge(end)


def _replace_region(function: Function, region: set[Block], header: Block, call_block: Block) -> None:
    """The blocks of the call stand where the region stood."""
    added = function.blocks[next(i for i, b in enumerate(function.blocks) if b is call_block):]
    kept: list[Block] = []
    for block in function.blocks[:len(function.blocks) - len(added)]:
        if block is header:
            kept += added
        elif block not in region:
            kept.append(block)
    for block in kept:
        for edge in block.edges:
            if edge.target is header:
                edge.target = call_block
    function.blocks[:] = kept
