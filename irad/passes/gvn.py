"""Value numbering over the dominator tree: each value computed once, conditions known from branches and guards.

    ^entry:                                          ^entry:
      %a: float = mul %x, %y                           %a: float = mul %x, %y
      %c: bool = lt %i, %n                             %c: bool = lt %i, %n
      br %c, ^then, ^done                              br %c, ^then, ^done
    ^then:                                    ->     ^then:
      %b: float = mul %y, %x                           %s: float = add %a, %a
      %d: bool = ge %i, %n                             ...
      %e: bool = not %d
      guard %e {exc='IndexError', ...}
      %s: float = add %a, %b

Loads are the business of `passes.memory`. A float that was compared equal to a number is not replaced by it: the number
would be right and the derivative lost.
"""

from __future__ import annotations

from collections.abc import Hashable

from irad.analysis.cfg import Dominators, dominators
from irad.ir.core import Block, Branch, Const, Edge, Function, Instr, Value
from irad.ir.types import BOOL, Scalar
from irad.ops import OPS
from irad.passes.fold import FALSE, TRUE, value_key

MIRROR = {"gt": "lt", "ge": "le"}
# What `op a b` being true, or false, says about other comparisons of the same ints (after mirroring: lt and le only).
# (comparison, with its operands swapped, its truth)
BELOW = (
    ("le", False, True), ("lt", True, False), ("le", True, False), ("eq", False, False), ("ne", False, True),
)
ABOVE = (
    ("lt", True, True), ("lt", False, False), ("le", True, True), ("eq", False, False), ("ne", False, True),
)
LEVEL = (("le", False, True), ("le", True, True), ("lt", False, False), ("lt", True, False))
IMPLIED = {
    ("lt", True): BELOW, ("lt", False): (("le", True, True),),
    ("le", True): (("lt", True, False),), ("le", False): ABOVE,
    ("eq", True): (("ne", False, False), *LEVEL), ("eq", False): (("ne", False, True),),
    ("ne", True): (("eq", False, False),), ("ne", False): (("eq", False, True), *LEVEL),
}


def gvn(function: Function) -> bool:
    """Merge equal pure computations along dominators; drop guards whose condition is known.

    Before and after: see the head of this file.
    """
    doms = dominators(function)
    numbering = _Numbering(doms)
    stack: list[tuple[Block, int]] = [(function.entry, 0)]
    children = doms.children()
    while stack:
        block, mark = stack.pop()
        if mark:
            numbering.undo(mark - 1)
            continue
        stack.append((block, len(numbering.trail) + 1))
        numbering.enter(block)
        stack += [(child, 0) for child in reversed(children[block])]
    return numbering.changed


class _Numbering:
    """The scoped table: expression -> value, and value -> what it is known to be here."""

    def __init__(self, doms: Dominators[Block]) -> None:
        self.table: dict[Hashable, Value] = {}
        self.trail: list[tuple[Hashable, Value | None]] = []
        self.replaced: dict[Value, Value] = {}  # for good: the representative dominates all uses
        self.changed = False
        self.defs: dict[Value, Instr] = {}
        self.ways: dict[Block, list[tuple[Block, Edge]]] = {}
        for block in doms.order:
            for edge in block.term.edges:
                self.ways.setdefault(edge.target, []).append((block, edge))

    def put(self, key: Hashable, value: Value) -> None:
        self.trail.append((key, self.table.get(key)))
        self.table[key] = value

    def undo(self, mark: int) -> None:
        while len(self.trail) > mark:
            key, old = self.trail.pop()
            if old is None:
                del self.table[key]
            else:
                self.table[key] = old

    def resolve(self, value: Value) -> Value:
        """What stands for a value here: its representative, or the truth value it is known to have."""
        while value in self.replaced:
            value = self.replaced[value]
        if value.type is BOOL and value in self.table:
            return self.table[value]
        return value

    def enter(self, block: Block) -> None:
        ways = self.ways.get(block, ())
        if len(ways) == 1:
            source, edge = ways[0]
            term = source.term
            if isinstance(term, Branch) and term.edges[0].target is not term.edges[1].target:
                self.learn(term.args[0], edge is term.edges[0])
        kept = []
        for instr in block.instrs:
            if self.visit(instr):
                kept.append(instr)
        if len(kept) != len(block.instrs):
            self.changed = True
            block.instrs = kept
        term = block.term
        if term.args:
            self.rewrite(term.args)
        for edge in term.edges:
            if edge.args:
                self.rewrite(edge.args)

    def rewrite(self, args: list[Value]) -> None:
        for k, arg in enumerate(args):
            new = self.resolve(arg)
            if new is not arg:
                args[k] = new
                self.changed = True

    def visit(self, instr: Instr) -> bool:
        """Whether the instruction stays."""
        self.rewrite(instr.args)
        if instr.op == "guard":
            cond = instr.args[0]
            if isinstance(cond, Const) and cond.value is True:
                return False
            self.learn(cond, True)
            return True
        if not OPS[instr.op].pure or len(instr.results) != 1:
            return True
        key = expression_key(instr)
        found = self.table.get(key)
        if found is None:
            self.put(key, instr.results[0])
            if instr.results[0].type is BOOL:
                self.defs[instr.results[0]] = instr
            return True
        self.replaced[instr.results[0]] = found  # all uses are dominated by it and are visited later
        return False

    def learn(self, cond: Value, truth: bool) -> None:
        """From here on down the dominator tree `cond` has this truth value, and so has what follows from it."""
        work = [(cond, truth)]
        while work:
            cond, truth = work.pop()
            while cond in self.replaced:
                cond = self.replaced[cond]
            if isinstance(cond, Const) or cond in self.table:
                continue
            self.put(cond, TRUE if truth else FALSE)
            made = self.defs.get(cond)
            if made is None:
                continue
            if made.op == "not":
                work.append((made.args[0], not truth))
            elif made.op == ("and" if truth else "or"):
                work += [(arg, truth) for arg in made.args]
            elif made.args and isinstance(made.args[0].type, Scalar) and made.args[0].type.family in "iu":
                self.imply(made, truth)

    def imply(self, made: Instr, truth: bool) -> None:
        """Enter the comparisons of the same operands that are decided now."""
        name, keys = made.op, [value_key(a) for a in made.args]
        if name in MIRROR:
            name = MIRROR[name]
            keys.reverse()
        for other, swapped, value in IMPLIED.get((name, truth), ()):
            pair = keys[::-1] if swapped or (other in ("eq", "ne") and _later(*keys)) else keys
            key = (other, *pair)
            if key in self.table:
                known = self.table[key]
                if not isinstance(known, Const) and known not in self.table:
                    self.put(known, TRUE if value else FALSE)
            else:
                self.put(key, TRUE if value else FALSE)


def _later(a: Hashable, b: Hashable) -> bool:
    """A fixed order of the operands of commutative ops: values before constants."""
    return (type(a) is tuple, hash(a)) > (type(b) is tuple, hash(b))


def expression_key(instr: Instr) -> Hashable:
    """Equal for pure instructions that compute the same: operands ordered, comparisons mirrored, `i - 1` as a sum."""
    name = instr.op
    keys = [value_key(a) for a in instr.args]
    if len(keys) == 2:
        if name in MIRROR:
            return (MIRROR[name], keys[1], keys[0])
        if OPS[name].commutes:
            if _later(keys[0], keys[1]):
                keys.reverse()
        elif name == "sub":
            step = instr.args[1]
            if isinstance(step, Const) and type(step.value) is int and step.value != 0:
                name, keys[1] = "add", (str(step.type), -step.value)
                if _later(keys[0], keys[1]):
                    keys.reverse()
    attrs = [(k, v) for k, v in sorted(instr.attrs.items()) if k != "early"]  # that is about the place
    return (name, *keys, repr(attrs)) if attrs else (name, *keys)
