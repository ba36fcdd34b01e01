"""Calls that were not inlined (recursion): the callee is split in two.

    %y: float = call %x {callee='f'}           %y, %tape = call %x {callee='f.aug.1'}         forward part
                                               %d.x: float = call %d.y, %tape {callee='f.rev.1'}   reverse part

- `f.aug`: parameters of f, shadows of its active arrays -> results of f, shadows of the arrays and records among
  them, tape.
- `f.rev`: cotangents of the float results, shadows of the active arrays again, tape -> cotangents of the active floats.

Both are cut from the combined adjoint at the turn; every value that crosses the cut is packed into the tape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from irad.ad.activity import Activity, is_memory
from irad.ad.primal import Primal
from irad.ad.shadow import Shadows
from irad.analysis.uses import block_uses, block_values
from irad.ir.core import Block, Function, Instr, Return, Value
from irad.ir.types import RECORD, is_float
from irad.ops.expr import is_number

if TYPE_CHECKING:
    from irad.ad.reverse import Reverser

Split = Callable[[str, tuple[bool, ...]], tuple[str, str]]


class CallReverser:
    """Replaces the active calls of a forward part by augmented ones, and reverses them."""

    def __init__(self, split: Split) -> None:
        self.split = split
        self._reverse: dict[Instr, tuple[str, list[Value], list[Value], list[Value]]] = {}

    def augment(self, primal: Primal, activity: Activity, shadows: Shadows) -> None:
        """Rewrite the active calls in place; the tape becomes the last result."""
        for block in primal.order:
            for instr in block.instrs:
                if instr.op == "call" and activity.is_active_call(instr):
                    self._augment(instr, activity, shadows)
                    primal.note(block, instr)

    def _augment(self, instr: Instr, activity: Activity, shadows: Shadows) -> None:
        mask = activity.call_mask(instr)
        augmented, reverse = self.split(instr.attrs["callee"], mask)
        active = [a for a, on in zip(instr.args, mask, strict=True) if on]
        given = [shadows.of[a] for a in active if is_memory(a.type)]
        results = list(instr.results)
        more = [shadows.of.get(r) or Value(r.type) for r in results if is_memory(r.type)]
        self._reverse[instr] = (
            reverse, [r for r in results if is_float(r.type)], given, [a for a in active if is_float(a.type)],
        )
        instr.args += given
        instr.results += [*more, Value(RECORD, "tape")]
        instr.attrs = {**instr.attrs, "callee": augmented, "types": tuple(str(r.type) for r in instr.results)}

    def reverse(self, reverser: Reverser, instr: Instr) -> None:
        """Call the reverse function of an augmented call."""
        callee, results, shadows, actives = self._reverse[instr]
        cotangents = [reverser.take(r) for r in results]
        memory = shadows or any(is_memory(r.type) for r in instr.results[:-1])
        if not memory and all(is_number(c, 0) for c in cotangents):
            return
        args = [*cotangents, *map(reverser.primal_value, shadows), reverser.primal_value(instr.results[-1])]
        types = tuple(str(a.type) for a in actives)
        for arg, cotangent in zip(actives, reverser.build.do("call", *args, callee=callee, types=types), strict=True):
            reverser.add(arg, cotangent)


def cut(
    combined: Function, forward: list[Block], reverse: list[Block], results: list[Value], cotangents: list[Value],
    shadows: list[Value], names: tuple[str, str],
) -> tuple[Function, Function]:
    """The augmented and the reverse function. `forward` ends with the block that leads to `reverse[0]`; `results` are
    those of the augmented function but for the tape."""
    own = {v for b in reverse for v in block_values(b)} | set(cotangents)
    again = {s: Value(s.type, s.name) for s in shadows}
    crossing: dict[Value, Value] = {}
    for block in reverse:
        for use in block_uses(block):
            value = use.value
            if value in own:
                continue
            if value in again:
                use.replace(again[value])
            else:
                use.replace(crossing.setdefault(value, Value(value.type, value.name)))
    tape, tape_param = Value(RECORD, "tape"), Value(RECORD, "tape")
    turn = next(b for b in forward if any(e.target is reverse[0] for e in b.edges))
    turn.instrs.append(Instr("pack", list(crossing), [tape]))
    turn.term = Return([*results, tape], turn.term.loc)
    if crossing:
        types = tuple(str(v.type) for v in crossing)
        reverse[0].instrs.insert(0, Instr("unpack", [tape_param], list(crossing.values()), {"types": types}))
    primal_params = [p for p in combined.params if p not in set(cotangents)]
    attrs = dict(combined.attrs)
    end = next(b.term for b in reverse if isinstance(b.term, Return))
    augmented = Function(names[0], primal_params, [*(v.type for v in results), RECORD], forward, combined.loc, attrs)
    params = [*cotangents, *again.values(), tape_param]
    back = Function(names[1], params, [v.type for v in end.args], reverse, combined.loc, dict(attrs))
    return augmented, back
