"""Bound checks of a whole loop at once: the counter is checked against a fixed bound before the loop, for all trips.

    ^pre:                                            ^pre:
      br ^for(0, 0.0)                                  %ok: bool = le %n, %m
    ^for(%i: int, %s: float):                          guard %ok, %m, %m {exc='IndexError', ...}
      %c: bool = lt %i, %n                             br ^for(0, 0.0)
      br %c, ^body, ^done                            ^for(%i: int, %s: float):
    ^body:                                    ->       %c: bool = lt %i, %n
      %ok: bool = lt %i, %m                            br %c, ^body, ^done
      guard %ok, %i, %m {exc='IndexError', ...}      ^body:
      ...                                              ...

Only in loops that run to their end: no other exit, check or call, no store that others can see (an exception must find
what CPython would leave). Of several checks the one that fails first speaks: in the earliest trip, there in order.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from irad.analysis.loops import Loop, find_loops
from irad.analysis.memory import Memory, find_memory
from irad.ir.core import Block, Const, Function, Instr, Value, const
from irad.ir.types import BOOL, INT, Type
from irad.ops import OPS

LIMIT = 4  # checks of one loop: each asks whether a later one fails earlier


@dataclass(eq=False)
class _Check:
    """`counter + offset < bound`, asked by a guard in every trip; `index` is the value of the left side."""

    block: Block
    guard: Instr
    index: Value
    offset: int
    bound: Value


def rangeguards(function: Function) -> bool:
    """Make checks of loop counters before innermost loops.

    Before and after: see the head of this file.
    """
    loops = [loop for loop in find_loops(function) if loop.trip is not None and loop.preheader is not None]
    loops = [loop for loop in loops if not loop.children and len(loop.exits) == 1]
    if not loops or not any(i.op == "guard" for loop in loops for b in loop.blocks for i in b.instrs):
        return False
    defs = {instr.results[0]: instr for instr in function.instrs() if len(instr.results) == 1}
    changed = False
    memory = functools.cache(lambda: find_memory(function))  # nothing here changes what it says
    for loop in loops:
        checks = _checks(loop, defs, memory)
        if checks:
            _before(loop, checks)
            changed = True
    return changed


def _checks(loop: Loop, defs: dict[Value, Instr], memory: Callable[[], Memory]) -> list[_Check]:
    """The guards of a loop, in order, if all of them are such checks and nothing else forbids it."""
    inside = {v for b in loop.blocks for v in (*b.params, *(r for i in b.instrs for r in i.results))}
    found: list[_Check] = []
    for block in _straight(loop):
        for instr in block.instrs:
            if instr.op == "guard":
                check = _check(block, instr, loop, defs, inside)
                if check is None:
                    return []
                found.append(check)
    guards = {check.guard for check in found}
    for block in loop.blocks:
        for instr in block.instrs:
            effects = OPS[instr.op].effects
            if "writes" in effects or ("traps" in effects and instr not in guards):
                if instr.op != "store" or memory().visible(instr.args[1]):
                    return []
    return found if len(found) <= LIMIT else []


def _straight(loop: Loop) -> list[Block]:
    """The blocks that every trip runs first, one after the other."""
    blocks: list[Block] = []
    block = next((b for b in loop.header.successors if b in loop.blocks), None)
    while block is not None and block is not loop.header:
        blocks.append(block)
        following = block.successors
        block = following[0] if len(following) == 1 else None
    return blocks


def _check(block: Block, guard: Instr, loop: Loop, defs: dict[Value, Instr], inside: set[Value]) -> _Check | None:
    test = defs.get(guard.args[0])
    if test is None or test.op != "lt" or test.args[1] in inside or test.args[1].type != INT:
        return None
    index, bound = test.args
    base, offset = index, 0
    made = defs.get(index)
    if made is not None and made.op == "add" and isinstance(made.args[1], Const) and type(made.args[1].value) is int:
        base, offset = made.args[0], made.args[1].value
    if base is not loop.counter or not 0 <= offset < 1 << 32:
        return None
    size = defs.get(bound)
    known = isinstance(bound, Const) and isinstance(bound.value, int) and bound.value >= 0
    if not known and (size is None or size.op != "dim"):  # not negative, and no sum below wraps
        return None
    if any(part in inside and part is not index for part in guard.args[1:]):
        return None
    return _Check(block, guard, index, offset, bound)


def _before(loop: Loop, checks: list[_Check]) -> None:
    """Put the checks at the end of the preheader."""
    assert loop.preheader is not None and loop.trip is not None
    writer = _Writer(loop.preheader, checks[0].guard)
    limits = [writer.limit(check) for check in checks]  # the trip in which each fails
    for k, check in enumerate(checks):
        writer.model = check.guard
        passes = writer.add("le", BOOL, loop.trip, limits[k])  # so also if there are no trips: limits are not negative
        for later in limits[k + 1 :]:
            passes = writer.add("or", BOOL, passes, writer.add("lt", BOOL, later, limits[k]))
        failing = writer.add("add", INT, limits[k], const(check.offset)) if check.offset else check.bound
        parts = [failing if part is check.index else part for part in check.guard.args[1:]]
        loop.preheader.instrs.append(Instr("guard", [passes, *parts], (), dict(check.guard.attrs), check.guard.loc))
    gone = {check.guard for check in checks}
    for block in {check.block for check in checks}:
        block.instrs = [i for i in block.instrs if i not in gone]


class _Writer:
    """Appends to a block, at the source place of `model`."""

    def __init__(self, block: Block, model: Instr) -> None:
        self.block = block
        self.model = model

    def add(self, op: str, type: Type, *args: Value) -> Value:
        result = Value(type)
        self.block.instrs.append(Instr(op, args, [result], {}, self.model.loc))
        return result

    def limit(self, check: _Check) -> Value:
        if not check.offset:
            return check.bound
        rest = self.add("sub", INT, check.bound, const(check.offset))
        return self.add("select", INT, self.add("gt", BOOL, rest, const(0)), rest, const(0))
