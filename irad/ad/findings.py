"""What the analyses found out about a function, said of its own values: for `explain` and for notes in IR text.

    ^for(%i: int, %net: float):          ; %net active, needed by the derivative of mul: taped (8 bytes)
      %net.1: float = mul %net, %x       ; active
      %a: float = load %u, %i            ; active, overwritten later
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from irad.ad.activity import find_activity
from irad.ad.differentiate import Mask, derived_name, plan_of
from irad.ad.overwrites import Overwrites
from irad.ad.plan import Entry
from irad.ad.primal import Primal
from irad.analysis.loops import Loop, find_loops
from irad.ir.core import Block, Function, Instr, Module, Value
from irad.ir.print import block_labels


class Findings(NamedTuple):
    """Of one function in form `loops` that is differentiated; nothing of it is changed.

    `plan`: what was decided for each needed value of the function, with the innermost loop around it. `idle`: active
    parameters that no output depends on.
    """

    function: Function
    plan: tuple[tuple[Entry, Loop | None], ...]
    active: frozenset[Value]
    overwritten: frozenset[Instr]
    idle: tuple[Value, ...]

    def notes(self) -> dict[object, str]:
        """Notes for `ir.print`: by instruction, and by block for its parameters."""
        decisions = {entry.value: entry for entry, _ in self.plan}
        found: dict[object, str] = {}
        for block in self.function.blocks:
            params = [f"%{p.name or '?'} {text}" for p in block.params if (text := self._words(p, decisions))]
            if params:
                found[block] = "; ".join(params)
            for instr in block.instrs:
                words = [text for r in instr.results if (text := self._words(r, decisions))]
                if instr in self.overwritten:
                    words.append("overwritten later")
                if words:
                    found[instr] = ", ".join(words)
        return found

    def _words(self, value: Value, decisions: dict[Value, Entry]) -> str:
        words = ["active"] if value in self.active else []
        entry = decisions.get(value)
        if entry is not None:
            size = f" ({entry.nbytes} bytes)" if entry.nbytes else ""
            words.append(f"needed {entry.reason}: {entry.decision}{size}")
        return ", ".join(words)


def find(module: Module, name: str, active: Mask) -> Findings:
    """The findings for a function of the module and the parameters marked in `active`."""
    function = module.functions[name]
    primal = Primal(function, derived_name(name, "vjp", active))
    values, instrs = _originals(function, primal.func)
    labels = block_labels(function)  # an entry of the plan names its loop, and many loops are called `for`
    for copy, original in zip(primal.func.blocks, function.blocks, strict=True):
        copy.name = labels[original]
    activity = find_activity(primal, active)
    carriers = frozenset(values[v] for v in (*primal.func.params, *primal.home) if v in activity)
    overwrites = Overwrites(primal)
    overwritten = frozenset(
        original for copy, original in instrs.items()
        if copy.op == "load" and primal.home.get(copy.result) in primal.live and not overwrites.repeatable(copy)
    )
    plan = plan_of(module, function, primal, active).entries if primal.ret is not None else ()
    placed = tuple(_place(function, plan, values, labels))
    idle = tuple(p for p, on in zip(function.params, active, strict=True) if on and p not in carriers)
    return Findings(function, placed, carriers, overwritten, idle)


def _originals(function: Function, copy: Function) -> tuple[dict[Value, Value], dict[Instr, Instr]]:
    """The values and instructions of a fresh copy, and what each is a copy of."""
    values = dict(zip(copy.params, function.params, strict=True))
    instrs: dict[Instr, Instr] = {}
    for new, old in zip(copy.blocks, function.blocks, strict=True):
        values.update(zip(new.params, old.params, strict=True))
        for i, original in zip(new.instrs, old.instrs, strict=True):
            instrs[i] = original
            values.update(zip(i.results, original.results, strict=True))
    return values, instrs


def _place(
    function: Function, plan: tuple[Entry, ...], values: dict[Value, Value], labels: dict[Block, str],
) -> Iterator[tuple[Entry, Loop | None]]:
    """The entries of a copy's plan for the values of the function; what only the adjoint has (counts) stays."""
    loops = find_loops(function)
    home = {v: b for b in function.blocks for v in (*b.params, *(r for i in b.instrs for r in i.results))}
    named = {labels[loop.header]: loop for loop in loops}
    for entry in plan:
        value = values.get(entry.value, entry.value)
        loop = loops.of.get(home[value]) if value in home else named.get(entry.loop)
        yield entry._replace(value=value), loop
