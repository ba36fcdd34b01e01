"""Which values may be an infinity that the program names: a bound that there is not, of which it then makes no use.

    %b: float = select %c, %x, inf      b: may be inf
    %u: float = mul %b, %s              the adjoint of s gets d.u * b: nan if nobody has read u, and b is inf
    %y: float = select %c, %u, %s

What a rule makes of such a value counts for nothing where the adjoint is zero: reverse mode masks it, as it does for an
infinity that is known. So it does where functions with poles have given the value, and not all is used (`find_unchosen`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from irad.ad.activity import Activity, Classes, Marks, is_memory
from irad.ad.primal import Primal
from irad.ir.core import Block, Const, Instr, Value
from irad.ir.types import is_float
from irad.ops import OPS

# Sums and products of an infinity are infinite as a rule; other functions of it (exp, minimum) have limits.
SUMS_AND_PRODUCTS = frozenset(("select", "neg", "abs", "cast", "add", "sub", "mul"))
PASSING = SUMS_AND_PRODUCTS | {"load", "call"}


def find_infinite(primal: Primal, classes: Classes) -> Marks:
    """Floats and classes of memory that an infinite constant may have come to."""
    found = Marks(classes, ())

    def gives(instr: Instr) -> Iterable[Value]:
        return instr.results if instr.op in PASSING and any(_may_be(a, found) for a in instr.args) else ()

    _forwards(primal, found, gives, lambda value: _may_be(value, found))
    return found


def find_unchosen(primal: Primal, classes: Classes, called: bool) -> Marks:
    """What comes of functions with poles, or is asked for nan, and may not be used: the log(x) of x * log(x) if x > 0 else 0.

    A `select` may leave it, a branch to where it is used may not be taken (`_left_out`), or it comes to memory, of which not
    all is used (t[x > 0], or t[x <= 0] = 0), or it goes to who `called` the function, and may leave it.
    """
    idle, asked = Marks(classes, _left_out(primal)), Marks(classes, ())
    if called and primal.ret is not None:
        idle.add_all(primal.ret.term.args)
    _backwards(primal, idle, lambda instr: _idle_operands(instr, idle))
    _backwards(primal, asked, lambda instr: _asked_operands(instr, asked))
    found = Marks(classes, (p for p in primal.func.params if p in asked and p in idle))

    def gives(instr: Instr) -> Iterable[Value]:
        passes = instr.op in PASSING and any(a in found for a in instr.args)
        made = passes or OPS[instr.op].singular or any(r in asked for r in instr.results)
        return instr.results if made and any(r in idle for r in instr.results) else ()

    _forwards(primal, found, gives, found.__contains__)
    return found


def find_steep(primal: Primal, activity: Activity) -> Marks:
    """What comes of functions with poles or of exponentials: its tangent may be infinite, or too large for a float.

    What comes from the caller counts as finite, so that exp of a plain argument costs nothing more.
    """
    found = Marks(activity.classes, ())

    def gives(instr: Instr) -> Iterable[Value]:
        if instr.op != "call" and not OPS[instr.op].singular and not any(a in found for a in instr.args):
            return ()
        return [v for v in (*instr.results, *(instr.args if instr.op == "call" else ())) if v in activity]

    _forwards(primal, found, gives, found.__contains__)
    return found


STEPS = 100_000


def _left_out(primal: Primal) -> list[Value]:
    """The values of which some way to the return makes no use. (Beyond so many steps: of which it may make none.)"""
    users: dict[Value, set[Block]] = {}
    for block in primal.order:
        read = (a for instr in block.instrs if instr.op == "store" or not instr.results or any(map(_differs, instr.results))
                for a in instr.args)
        for value in (*read, *block.term.args):
            users.setdefault(value, set()).add(block)
    found = []
    steps = 0
    for home in primal.order:
        for value in (*home.params, *(r for instr in home.instrs for r in instr.results)):
            if not is_float(value.type) or home in users.get(value, ()):
                continue
            work, seen = [home], {home}
            while work:
                block = work.pop()
                steps += len(block.edges)
                if steps > STEPS or not block.edges:
                    found.append(value)
                    break
                for edge in block.edges:
                    to = edge.target
                    if to in primal.live and to not in seen and value not in edge.args and to not in users.get(value, ()):
                        seen.add(to)
                        work.append(to)
    return found


def _differs(value: Value) -> bool:
    """Whether a derivative can go through a value: not through what a comparison says."""
    return is_float(value.type) or is_memory(value.type)


def _forwards(
    primal: Primal, found: Marks, gives: Callable[[Instr], Iterable[Value]], holds: Callable[[Value], bool],
) -> None:
    """Mark what instructions give (`gives`), and the memory and the block parameters that what `holds` goes to."""
    found.changed = True
    while found.changed:
        found.changed = False
        for block in primal.order:
            for instr in block.instrs:
                if instr.op != "store":
                    found.add_all(gives(instr))
                elif holds(instr.args[0]):
                    found.add(instr.args[1])
            for edge in block.edges:
                found.add_all(param for arg, param in zip(edge.args, edge.target.params, strict=True) if holds(arg))


def _backwards(primal: Primal, found: Marks, made_of: Callable[[Instr], Iterable[Value]]) -> None:
    """Mark what marked block parameters come from, and the operands (`made_of`) of what is marked."""
    found.changed = True
    while found.changed:
        found.changed = False
        for block in reversed(primal.order):
            for edge in block.edges:
                found.add_all(arg for arg, param in zip(edge.args, edge.target.params, strict=True) if param in found)
            for instr in reversed(block.instrs):
                found.add_all(made_of(instr))


def _idle_operands(instr: Instr, idle: Marks) -> Iterable[Value]:
    """What only what may not be used is made of, may not be used."""
    if instr.op in ("select", "masked"):
        return instr.args[1:]
    if instr.op == "store":
        return instr.args[:1]
    return instr.args if any(r in idle for r in instr.results) else ()


def _asked_operands(instr: Instr, asked: Marks) -> Iterable[Value]:
    """What the program asks for nan or infinity, and what that is made of, may be that."""
    if instr.op == "store":
        return instr.args[:1] if instr.args[1] in asked else ()
    if instr.op == "masked":  # of a derivative: what is left out here has none in the next one either
        return instr.args[1:2]
    made = instr.op in ("isnan", "isinf", "isfinite") or _is_itself(instr) or any(r in asked for r in instr.results)
    return instr.args if made else ()


def _is_itself(instr: Instr) -> bool:
    """x == x"""
    return instr.op in ("eq", "ne") and instr.args[0] is instr.args[1]


def _may_be(value: Value, found: Marks) -> bool:
    if isinstance(value, Const):
        return is_float(value.type) and isinstance(value.value, float) and math.isinf(value.value)
    return value in found
