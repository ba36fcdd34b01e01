"""Canonical loops: brings a function with reducible flow into form `loops`.

    ^entry:                                     ^entry:
      br ^for(%x)                                 br ^for(%x, 0)
    ^for(%s: float):                            ^for(%s: float, %trip: int):
      %c: bool = lt %s, 9.0                       %c: bool = lt %s, 9.0
      br %c, ^body, ^done                         br %c, ^body, ^done(%s)
    ^body:                                      ^body:
      %big: bool = gt %s, 5.0                     %big: bool = gt %s, 5.0
      br %big, ^done, ^next                       br %big, ^body.edge(%s), ^next
    ^next: ...                                  ^next: ...
                                                  %trip.1: int = add %trip, 1
      br ^for(%s.1)                               br ^for(%s.1, %trip.1)
    ^done:                                      ^done(%s.2: float): ...
      return %s

What form `loops` guarantees, and `check_loops` proves:
- One preheader: the only entry of a header is a block whose only successor is the header.
- One latch: the only back edge of a header, and it is the latch's only edge.
- The target of an edge that leaves a loop is entered by that edge alone (its exit block). An edge that leaves several
  loops at once has one exit block for all of them.
- Loop-closed values: a value defined in a loop is used in the loop, or on the edges that leave it. What is needed
  outside comes through parameters of the exit blocks, one loop level after the other.
- A trip counter: a header parameter of type int that is 0 on entry and goes up by 1 on the back edge.
- No critical edges: a block with several successors leads only to blocks with one predecessor.
- At most one `return`; no blocks that cannot be reached.

Each step is linear; where values leave a loop by several exits that meet, a walk up the dominator tree finds them.
"""

from __future__ import annotations

from collections.abc import Iterator

from irad.analysis.cfg import Dominators, block_order, dominators, predecessors
from irad.analysis.loops import Loop, Loops, find_loops
from irad.analysis.uses import block_values, uses
from irad.ir.core import Block, Edge, Function, Instr, Jump, Return, Value, const
from irad.ir.types import INT
from irad.ir.verify import VerifyError
from irad.passes.closedform import close_loops


class IrreducibleError(ValueError):
    """A cycle that can be entered at two places; Python's bytecode has none."""


def loopform(function: Function) -> None:
    """Bring a function into canonical shape, in place. Does nothing to a function that has it."""
    doms = dominators(function)
    _drop_unreachable(function, doms)
    _check_reducible(function, doms)
    layout = _Layout(function)
    merged = _merge_returns(function)
    if _split_critical_edges(function, layout) or merged:
        layout.apply()
        doms = dominators(function)
    loops = find_loops(function, doms)
    if _merge_entries_and_latches(function, loops, layout):
        layout.apply()
        doms = dominators(function)
        loops = find_loops(function, doms)
    for loop in loops:
        if loop.counter is None:
            _add_counter(loop)
    close_loops(function, loops, doms)


class _Layout:
    """New blocks and the places where a reader expects them; applied in one go."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.before: dict[Block, list[Block]] = {}
        self.after: dict[Block, list[Block]] = {}

    def apply(self) -> None:
        blocks: list[Block] = []
        for block in self.function.blocks:
            blocks += [*self.before.get(block, ()), block, *self.after.get(block, ())]
        self.function.blocks[:] = blocks
        self.before.clear()
        self.after.clear()


def _drop_unreachable(function: Function, doms: Dominators[Block]) -> None:
    if len(doms.order) != len(function.blocks):
        function.blocks[:] = [b for b in function.blocks if b in doms.enter]


def _check_reducible(function: Function, doms: Dominators[Block]) -> None:
    position = {block: i for i, block in enumerate(doms.order)}
    for block, i in position.items():
        for edge in block.term.edges:
            target = edge.target
            if position[target] <= i and not doms.dominates(target, block):
                cycle = f"the cycle through ^{block.name} and ^{target.name}"
                raise IrreducibleError(f"@{function.name}: {cycle} has two entries")


def _merge_returns(function: Function) -> bool:
    ends = [b for b in function.blocks if isinstance(b.term, Return)]
    if len(ends) < 2:
        return False
    names = [{b.term.args[i].name for b in ends} for i in range(len(function.results))]
    params = [Value(t, next(iter(n)) if len(n) == 1 else None) for t, n in zip(function.results, names, strict=True)]
    last = Block("return", params)
    last.term = Return(params, ends[-1].term.loc)
    for block in ends:
        block.term = Jump(Edge(last, block.term.args), block.term.loc)
    function.blocks.append(last)
    return True


def _split_critical_edges(function: Function, layout: _Layout) -> bool:
    entering: dict[Block, int] = {}
    for block in function.blocks:
        for edge in block.term.edges:
            entering[edge.target] = entering.get(edge.target, 0) + 1
    critical = [
        (block, edge) for block in function.blocks if len(block.term.edges) > 1
        for edge in block.term.edges if entering[edge.target] > 1
    ]
    position = {block: i for i, block in enumerate(function.blocks)} if critical else {}
    for block, edge in critical:
        target = edge.target
        back = position[target] <= position[block]
        middle = Block(f"{target.name}.latch" if back else f"{block.name}.edge")
        middle.term = Jump(Edge(target, edge.args), block.term.loc)
        edge.target, edge.args = middle, []
        if back:
            layout.after.setdefault(block, []).append(middle)
        else:
            layout.before.setdefault(target, []).append(middle)
    return bool(critical)


def _merge_entries_and_latches(function: Function, loops: Loops, layout: _Layout) -> bool:
    position = {block: i for i, block in enumerate(function.blocks)}
    changed = False
    for loop in loops:
        if len(loop.entries) > 1:
            merged = _merge([e for _, e in loop.entries], loop.header, f"{loop.header.name}.pre")
            layout.before.setdefault(loop.header, []).append(merged)
            changed = True
        if len(loop.latches) > 1:
            merged = _merge([e for _, e in loop.latches], loop.header, f"{loop.header.name}.latch")
            last = max((b for b, _ in loop.latches), key=position.__getitem__)
            layout.after.setdefault(last, []).append(merged)
            changed = True
    return changed


def _merge(edges: list[Edge], target: Block, name: str) -> Block:
    """A block that takes over `edges` into `target`; only arguments that differ become its parameters."""
    merged = Block(name)
    onward = []
    differ = []
    for index, param in enumerate(target.params):
        same = all(e.args[index] is edges[0].args[index] for e in edges)
        if same:
            onward.append(edges[0].args[index])
        else:
            fresh = Value(param.type, param.name)
            merged.params.append(fresh)
            onward.append(fresh)
            differ.append(index)
    for edge in edges:
        edge.target, edge.args = merged, [edge.args[i] for i in differ]
    merged.term = Jump(Edge(target, onward))
    return merged


def _add_counter(loop: Loop) -> None:
    counter, following = Value(INT, "trip"), Value(INT, "trip")
    loop.header.params.append(counter)
    loop.entries[0][1].args.append(const(0))
    latch, back = loop.latches[0]
    latch.instrs.append(Instr("add", [counter, const(1)], [following], loc=latch.term.loc))
    back.args.append(following)
    loop.counter = counter


def check_loops(function: Function) -> None:
    """Prove what the header of this file lists.

    Raises
    ------
    VerifyError
        If anything is not as form `loops` has it.
    """
    problems = [*_check_flow(function), *_check_nest(function)]
    if problems:
        raise VerifyError(function, problems)


def _check_flow(function: Function) -> Iterator[str]:
    reachable = set(block_order(function))
    preds = predecessors(function)
    returns = 0
    for block in function.blocks:
        returns += isinstance(block.term, Return)
        if block not in reachable:
            yield f"^{block.name} cannot be reached"
        if len(block.edges) > 1:
            for target in block.successors:
                if len(preds[target]) > 1:
                    yield f"the edge from ^{block.name} to ^{target.name} is critical"
    if returns > 1:
        yield f"there are {returns} returns"
    try:
        _check_reducible(function, dominators(function))
    except IrreducibleError as problem:
        yield str(problem)


def _check_nest(function: Function) -> Iterator[str]:
    loops = find_loops(function)
    preds = predecessors(function)
    used = uses(function)
    for loop in loops:
        name = loop.header.name
        if loop.preheader is None:
            yield f"the loop ^{name} has no preheader"
        if len(loop.latches) != 1 or len(loop.latches[0][0].edges) != 1:
            yield f"the loop ^{name} has no latch of its own"
        elif loop.preheader is not None and loop.counter is None:
            yield f"the loop ^{name} has no trip counter"
        for source, edge in loop.exits:
            if len(preds[edge.target]) != 1:
                yield f"the exit from ^{source.name} to ^{edge.target.name} of the loop ^{name} is shared"
        for block in loop.blocks:
            if loops.of[block] is loop:
                for value in block_values(block):
                    for use in used.get(value, ()):
                        if use.block not in loop.blocks:
                            yield f"{value!r} of the loop ^{name} is used outside of it, in ^{use.block.name}"
