"""Constant folding, exact identities, and a flow graph without detours.

    ^entry:                                          ^entry:
      %c: bool = lt 1, 2                               %y: float = neg %x
      br %c, ^then, ^done(%x)                          return %y
    ^then:                                    ->     }
      %y: float = sub -0.0, %x
      br ^done(%y)
    ^done(%r: float):
      return %r

Forms `typed`, `loops` and `low`; the canonical shape of loops is kept: blocks that stand before a header, close a loop
or take an exit are not skipped. Branches stay branches, since the adjoint reverses them.
"""

from __future__ import annotations

from irad.analysis.cfg import block_order, predecessors
from irad.analysis.loops import find_loops
from irad.ir.clone import substitute
from irad.ir.core import UNDEF, Block, Branch, Const, Edge, Function, Instr, Jump, Raise, Value
from irad.ops import OPS
from irad.passes.fold import evaluate, literal, same
from irad.passes.identities import RULES, Site, _Changed

ROUNDS = 6


def simplify(function: Function) -> bool:
    """Fold, apply identities, remove block parameters that are always one value, and clean up the flow graph.

    Before and after: see the head of this file.
    """
    changed = drop_unreachable(function)
    for _ in range(ROUNDS):
        again = _values(function)
        again = drop_unreachable(function) or again  # behind a check that always fails
        again = _flow(function) or again
        if not again:
            return changed
        changed = True
    return changed


# Values


def _values(function: Function) -> bool:
    """One walk in reverse postorder: operands first, so that one walk mostly suffices."""
    order = block_order(function)
    defs = {result: instr for block in order for instr in block.instrs for result in instr.results}
    site = Site(defs, frozenset(function.params))
    replaced: dict[Value, Value] = {}
    changed = _same_params(function, order, replaced)
    for block in order:
        changed = _block(block, site, replaced) or changed
    substitute(order, replaced)
    return changed or bool(replaced)


def _final(value: Value, replaced: dict[Value, Value]) -> Value:
    while value in replaced:
        value = replaced[value]
    return value


def _block(block: Block, site: Site, replaced: dict[Value, Value]) -> bool:
    changed = False
    site.out = kept = []
    for instr in block.instrs:
        if replaced:
            instr.args = [_final(a, replaced) for a in instr.args]
        outcome, rewritten = _rewrite(site, instr)
        changed = changed or rewritten
        if outcome is not None:
            replaced[instr.result] = outcome
            continue
        if instr.op == "guard":
            known = literal(instr.args[0])
            if known is not None:
                changed = True
                if known:
                    continue
                block.term = Raise(instr.attrs["exc"], instr.attrs["msg"], instr.args[1:], instr.loc)
                break
        kept.append(instr)
    block.instrs = kept
    return changed


def _rewrite(site: Site, instr: Instr) -> tuple[Value | None, bool]:
    """The value that stands for the result, if any, and whether the instruction was rewritten in place."""
    changed = False
    while True:
        args = instr.args
        constants = 0
        for arg in args:
            if isinstance(arg, Const):
                constants += 1
        if constants and len(args) == constants and (folded := evaluate(instr)) is not None:
            return folded, True
        if len(args) == 2 and constants == 1 and isinstance(args[0], Const) and OPS[instr.op].commutes:
            args.reverse()
        rule = RULES.get(instr.op)
        outcome = rule(site, instr) if rule is not None else None
        if outcome is None or isinstance(outcome, Value):
            return outcome, changed
        assert isinstance(outcome, _Changed)
        changed = True


def _same_params(function: Function, order: list[Block], replaced: dict[Value, Value]) -> bool:
    """Remove parameters that get one and the same value on all edges (or themselves), and twins of other parameters.

        br %c, ^join(%x, 1), ^join(%x, 2)         br %c, ^join(1), ^join(2)
        ^join(%a: float, %b: int):          ->    ^join(%b: int):                  (uses of %a become %x)
    """
    if not any(block.params for block in order):
        return False
    incoming: dict[Block, list[Edge]] = {}
    for block in order:
        for edge in block.edges:
            incoming.setdefault(edge.target, []).append(edge)
    changed = False
    for block in order:
        edges = incoming.get(block, [])
        columns: dict[tuple[int, ...], Value] = {}
        for k in range(len(block.params) - 1, -1, -1):
            param = block.params[k]
            args = [_final(edge.args[k], replaced) for edge in edges]
            value = _only(param, args) or columns.get(tuple(map(id, args)))
            columns.setdefault(tuple(map(id, args)), param)
            if value is None:
                continue
            replaced[param] = value
            changed = True
            del block.params[k]
            for edge in edges:
                del edge.args[k]
    return changed


def _only(param: Value, args: list[Value]) -> Value | None:
    """The one value among the arguments of a parameter; what is undefined on some edge may be a constant there."""
    found: Value | None = None
    blank = False
    for arg in args:
        if arg is param or (found is not None and same(arg, found)):
            continue
        if isinstance(arg, Const) and arg.value is UNDEF:
            blank = True
        elif found is None:
            found = arg
        else:
            return None
    if blank and found is not None and not isinstance(found, Const):
        return None
    return found if found is not None else next((a for a in args if a is not param), None)


# Flow


def _flow(function: Function) -> bool:
    """Branches that decide nothing, empty blocks, chains of blocks."""
    changed = False
    defs = {instr.results[0]: instr for instr in function.instrs() if instr.op == "not"}
    for block in function.blocks:
        changed = _decide(block, defs) or changed
    if changed:
        drop_unreachable(function)
    changed = _skip_empty(function) or changed
    return _merge(function) or changed


def _decide(block: Block, negations: dict[Value, Instr]) -> bool:
    """A branch on a constant, on a negation, or with one and the same way on both sides."""
    term = block.term
    if not isinstance(term, Branch):
        return False
    changed = False
    while (made := negations.get(term.cond)) is not None:
        term.args[0] = made.args[0]
        term.edges.reverse()
        changed = True
    then, orelse = term.edges
    known = literal(term.cond)
    if known is not None:
        block.term = Jump(then if known else orelse, term.loc)
    elif _meet(block, then, orelse) is not None:
        block.term = Jump(_meet(block, then, orelse) or then, term.loc)
    else:
        return changed
    return True


def _meet(block: Block, then: Edge, orelse: Edge) -> Edge | None:
    """The edge that both ways come to, if nothing happens on either and both bring the same."""
    ways: list[tuple[Edge, ...]] = []
    for edge in (then, orelse):
        target = edge.target
        if target.instrs or target.params or not isinstance(target.term, Jump) or target is block:
            ways.append((edge,))
        else:
            ways.append((edge, target.edges[0]))
    for first in ways[0]:
        for second in ways[1]:
            if first.target is second.target and all(map(same, first.args, second.args)):
                return Edge(first.target, first.args)
    return None


def _skip_empty(function: Function) -> bool:
    """Jumps to an empty block go where it goes.

        br ^empty          br ^next(%x)
        ^empty:      ->
          br ^next(%x)
    """
    empty = {
        b for b in function.blocks[1:]
        if not b.instrs and not b.params and isinstance(b.term, Jump) and b.edges[0].target is not b
    }
    if not empty:
        return False
    jumps = [(b, b.edges[0]) for b in function.blocks if isinstance(b.term, Jump) and b.edges[0].target in empty]
    if not jumps:
        return False
    loops = find_loops(function)
    headers = {loop.header for loop in loops}
    preds = predecessors(function)
    changed = False
    for block, edge in jumps:
        target = edge.target
        onward = target.edges[0]
        exits = any(loops.of.get(p) is not loops.of.get(target) for p, _ in preds[target])
        if onward.target in headers or exits or block is target:
            continue
        block.term = Jump(Edge(onward.target, onward.args), block.term.loc)
        changed = True
    if changed:
        drop_unreachable(function)
    return changed


def _merge(function: Function) -> bool:
    """A block with one way in, by a jump, continues its predecessor."""
    if len(function.blocks) == 1:
        return False
    incoming: dict[Block, int] = {}
    for block in function.blocks:
        for edge in block.edges:
            incoming[edge.target] = incoming.get(edge.target, 0) + 1
    gone: set[Block] = set()
    replaced: dict[Value, Value] = {}
    for block in function.blocks:
        while block not in gone and isinstance(block.term, Jump):
            (edge,) = block.term.edges
            following = edge.target
            if incoming[following] != 1 or following is block or following is function.entry:
                break
            replaced.update(zip(following.params, edge.args, strict=True))
            block.instrs += following.instrs
            block.term = following.term
            gone.add(following)
    if gone:
        function.blocks = [b for b in function.blocks if b not in gone]
        substitute(function.blocks, replaced)
    return bool(gone)


def drop_unreachable(function: Function) -> bool:
    """Remove the blocks that cannot be entered."""
    order = block_order(function)
    if len(order) == len(function.blocks):
        return False
    reachable = set(order)
    function.blocks = [b for b in function.blocks if b in reachable]
    return True


