"""Ways on which the outcome of a branch is known go straight where it leads: steps of generators become plain loops.

    ^body:                                           ^body:
      br ^met(1, %x)                                   br ^yes(%x)
    ^end:                                            ^end:
      br ^met(0, undef)                                br ^no
    ^met(%tag: int8, %item: float):           ->     ^yes(%item.1: float):
      %ok: bool = eq %tag, 1                           ... %item.1 ...
      br %ok, ^yes, ^no                              ^no:
    ^yes:                                              ...
      ... %item ...

Headers of loops are left alone: a way past the header would enter the loop at a second place. So are tests of floats
(`max(0.2, x)` after `min(5.0, x)`): a join that is entered past a test is one more thing to be taped, and what is recomputed
on two ways is computed twice. What the block in between hands on to the blocks behind it becomes a parameter of these; where
they use it in common, the block stays.
"""

from __future__ import annotations

from collections.abc import Iterable

from irad.analysis.cfg import Dominators, dominators, predecessors
from irad.ir.clone import substitute
from irad.ir.core import UNDEF, Block, Branch, Const, Edge, Function, Instr, Jump, Value
from irad.ir.types import is_float
from irad.passes.fold import evaluate, literal
from irad.passes.simplify import drop_unreachable

ROUNDS = 8
TESTS = frozenset(("eq", "ne", "lt", "le", "gt", "ge", "not", "and", "or"))


def thread(function: Function) -> bool:
    """Before and after: see the head of this file."""
    changed = False
    for _ in range(ROUNDS):
        found = _candidates(function)
        if not found:
            break
        facts = _Facts(function, found)
        if not any([_thread(function, block, facts) for block in found]):  # a list: all of them are to be threaded
            break
        changed = True
        drop_unreachable(function)
    return changed


class _Facts:
    """What is asked of a function for each of its candidates, kept true while they are threaded."""

    def __init__(self, function: Function, candidates: list[Block]) -> None:
        self._function = function
        self.doms: Dominators[Block] = dominators(function)
        self.threaded: set[Block] = set()  # since then
        self.preds = predecessors(function)
        values = {v for b in candidates for v in (*b.params, *(r for i in b.instrs for r in i.results))}
        self.users: dict[Value, dict[Block, None]] = {v: {} for v in values}  # the blocks in which they are used
        for block in function.blocks:
            for args in (*(i.args for i in block.instrs), block.term.args, *(e.args for e in block.edges)):
                self.note(block, args)

    def renew(self) -> bool:
        """Find the dominators as they are now, if anything has changed.

        What they were still holds, but for the blocks that were threaded: new ways go past these only.
        """
        if not self.threaded:
            return False
        self.doms = dominators(self._function)
        self.threaded.clear()
        return True

    def dominates(self, a: Block, b: Block) -> bool:
        """Whether this is known of two blocks."""
        enter = self.doms.enter
        return a in enter and b in enter and a not in self.threaded and self.doms.dominates(a, b)

    def note(self, block: Block, args: Iterable[Value]) -> None:
        """That a block uses values."""
        for value in args:
            if value in self.users:
                self.users[value][block] = None

    def redirect(self, source: Block, edge: Edge, target: Block, args: list[Value]) -> None:
        """Let an edge lead elsewhere, with other arguments."""
        self.preds[edge.target].remove((source, edge))
        self.preds.setdefault(target, []).append((source, edge))
        edge.target, edge.args = target, args
        self.note(source, args)


def _candidates(function: Function) -> list[Block]:
    """Blocks that only decide, entered with constants."""
    incoming: dict[Block, list[Edge]] = {}
    for block in function.blocks:
        for edge in block.edges:
            if any(isinstance(a, Const) for a in edge.args):
                incoming.setdefault(edge.target, []).append(edge)
    deciding = [b for b in function.blocks[1:] if b in incoming and _decides(b)]
    return [b for b in deciding if any(_outcome(b, e) is not None for e in incoming[b])]


def _decides(block: Block) -> bool:
    if not isinstance(block.term, Branch) or not block.params:
        return False
    return all(i.op in TESTS and not any(is_float(a.type) for a in i.args) for i in block.instrs)


def _outcome(block: Block, edge: Edge) -> bool | None:
    """What the branch at the end of a block decides for those who come by an edge."""
    known: dict[Value, Value] = dict(zip(block.params, edge.args, strict=True))
    for instr in block.instrs:
        args = [known.get(a, a) for a in instr.args]
        if all(isinstance(a, Const) and a.value is not UNDEF for a in args):
            value = evaluate(Instr(instr.op, args, instr.results, instr.attrs, instr.loc))
            if value is not None:
                known[instr.results[0]] = value
    cond = known.get(block.term.args[0], block.term.args[0])
    if not isinstance(cond, Const) or cond.value is UNDEF:
        return None
    decided = literal(cond)
    return None if decided is None else bool(decided)


def _thread(function: Function, block: Block, facts: _Facts) -> bool:
    return _thread_now(function, block, facts) or (facts.renew() and _thread_now(function, block, facts))


def _thread_now(function: Function, block: Block, facts: _Facts) -> bool:
    """The same with the dominators that are known."""
    known = facts.doms.enter
    if block not in known or (facts.threaded and any(source not in known for source, _ in facts.preds[block])):
        return False
    entering = [(source, edge) for source, edge in facts.preds[block] if source in known]
    if any(facts.dominates(block, source) for source, _ in entering):
        return False
    outcomes = [_outcome(block, edge) for _, edge in entering]
    if not any(o is not None for o in outcomes) or not _separable(block, facts):
        return False
    for way in block.edges:
        if len(facts.preds[way.target]) > 1:
            _land(function, block, way, facts)
        else:
            _hand_on(block, way, facts)
    for (source, edge), outcome in zip(entering, outcomes, strict=True):
        if outcome is not None:
            way = block.edges[0 if outcome else 1]
            given = dict(zip(block.params, edge.args, strict=True))
            facts.redirect(source, edge, way.target, [given.get(a, a) for a in way.args])
    facts.threaded.add(block)
    return True


def _separable(block: Block, facts: _Facts) -> bool:
    """Whether each use of what the block defines is behind one of its two ways."""
    tests = {r for i in block.instrs for r in i.results}
    if any(a in tests for edge in block.edges for a in edge.args):
        return False
    if any(user is not block for t in tests for user in facts.users[t]):
        return False
    behind = [e.target for e in block.edges if len(facts.preds[e.target]) == 1]
    return all(
        user is block or any(facts.dominates(b, user) for b in behind) for p in block.params for user in facts.users[p]
    )


def _hand_on(block: Block, way: Edge, facts: _Facts) -> None:
    """What the block got and is used behind a way that only it goes becomes a parameter there."""
    for param in block.params:
        behind = [user for user in facts.users[param] if facts.dominates(way.target, user)]
        if behind:
            fresh = Value(param.type, param.name)
            substitute(behind, {param: fresh})
            facts.users[fresh] = dict.fromkeys(behind)
            for user in behind:
                del facts.users[param][user]
            way.target.params.append(fresh)
            way.args.append(param)
            facts.note(block, [param])


def _land(function: Function, block: Block, way: Edge, facts: _Facts) -> None:
    """Give a way a block of its own, through which others can come."""
    needed = [p for p in block.params if p in way.args]
    landing = Block(way.target.name, [Value(p.type, p.name) for p in needed])
    fresh = dict(zip(needed, landing.params, strict=True))
    onward = Edge(way.target, [fresh.get(a, a) for a in way.args])
    landing.term = Jump(onward, block.term.loc)
    function.blocks.insert(function.blocks.index(block) + 1, landing)
    facts.preds[way.target].append((landing, onward))
    facts.users.update((p, {}) for p in landing.params)
    facts.note(landing, onward.args)
    facts.redirect(block, way, landing, list(needed))
