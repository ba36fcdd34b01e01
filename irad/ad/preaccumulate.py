"""Cross-country: loops that few active values enter are differentiated forward, inside of the reverse pass.

    ^for(%i: int, %r: float):               ^for(%i: int, %r: float, %t.r: float):
      %r.1: float = mul %r, %x                %r.1: float = mul %r, %x
      br ^for(%i.1, %r.1)                     %t.r.1: float = muladd %t.r, %x, %r
                                              br ^for(%i.1, %r.1, %t.r.1)
    ^done(%y: float):                       ^done(%y: float, %t.y: float):
                                              %y.1: float = opaque %y
                                              %y.2: float = linked %y.1, %x, %t.y

`linked y, x, t` is y, with t as its derivative by x; `opaque` hides what y was computed from. So the reverse pass finds
nothing to do in the loop: no tape, no second run, and the products of the chain rule are formed beside the primal's own
operations. Worth it while there are no more inputs than a reverse pass has sweeps. After Griewank & Walther,
"Evaluating Derivatives" (2008), chapter 10.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from irad.ad.activity import Activity, find_activity
from irad.ad.forward import Tangents
from irad.ad.needs import has_work
from irad.ad.primal import Primal
from irad.analysis.loops import Loop, find_loops
from irad.ir.clone import substitute
from irad.ir.core import Block, Const, Instr, Module, Value
from irad.ir.types import is_float
from irad.passes.closedform import close_loops

INPUTS = 2  # tangents cost as much as what they are tangents of; a reverse pass costs about two runs and the tape
_STRUCTURAL = frozenset({"load", "store", "call", "pack", "unpack"})


def preaccumulate(module: Module, name: str, active: tuple[bool, ...]) -> str:
    """The name of a function to reverse in place of this one (itself, if no loop of it is better run forward)."""
    made = f"{name}.linked.{''.join('1' if on else '0' for on in active)}"
    function = module.functions[name]
    if made in module.functions or not find_loops(function).roots:
        return made if made in module.functions else name
    primal = Primal(function, made)
    activity = find_activity(primal, active)
    work, changed = list(primal.loops.roots), False
    while work:
        loop = work.pop()
        inputs = _inputs(primal, activity, loop)
        if inputs is not None and 0 < len(inputs) <= INPUTS:
            linked = _run_forward(primal, activity, loop, inputs)
            activity = replace(activity, values=activity.values | linked)
            changed = True
        elif inputs is None or inputs:
            work += loop.children
    if not changed:
        return name
    close_loops(primal.func, primal.loops, primal.doms)  # an inner loop may leave the one that its input belongs to
    module.add(primal.func)
    return made


def strip_links(blocks: list[Block], kept: bool = False) -> None:
    """Remove `linked` and the `opaque` below it, once the derivative is made; those of inference where no other will be.

    So is an `opaque` that is `aside`: of what a function returns beside its value (`has_aux`), which this derivative leaves
    out, and which the derivative of this one has.
    """
    makers = {
        i.result: i for b in blocks for i in b.instrs
        if i.op == "opaque" or (i.op == "linked" and bool(i.attrs.get("kept")) == kept)
    }
    values: dict[Value, Value] = {}
    for value, instr in makers.items():
        if instr.attrs.get("aside"):
            values[value] = instr.args[0]
        elif instr.op == "linked":
            values[value] = source = instr.args[0]
            below = makers.get(source)
            if below is not None and below.op == "opaque":
                values[source] = below.args[0]
    if values:
        for block in blocks:
            block.instrs[:] = [i for i in block.instrs if not i.results or i.results[0] not in values]
        substitute(blocks, values)


def _inputs(primal: Primal, activity: Activity, loop: Loop) -> list[Value] | None:
    """The active values that enter a loop; None if derivatives go through memory or calls in it."""
    found: dict[Value, None] = {}

    def enters(value: Value) -> bool:
        return is_float(value.type) and value in activity and primal.home.get(value) not in loop.blocks

    for block in (b for b in primal.order if b in loop.blocks):
        for instr in block.instrs:
            if has_work(instr, activity):
                if instr.op in _STRUCTURAL:
                    return None
                found.update((a, None) for a in instr.args if enters(a))
        for edge in block.edges:
            found.update((a, None) for a, p in zip(edge.args, edge.target.params, strict=True) if p in activity and enters(a))
    for _, edge in loop.entries:
        found.update((a, None) for a, p in zip(edge.args, edge.target.params, strict=True) if p in activity and enters(a))
    return list(found)


def _run_forward(primal: Primal, activity: Activity, loop: Loop, inputs: list[Value]) -> set[Value]:
    """Add tangents by each input to a loop, and link what leaves it with them; the new active values."""
    blocks = [b for b in primal.order if b in loop.blocks]
    exits = [e.target for _, e in loop.exits if e.target in primal.live]
    outs = {b: [p for p in b.params if is_float(p.type) and p in activity] for b in exits}
    originals = {b: list(b.params) for b in (*blocks, *exits)}
    sources = [*blocks, *(b for b, _ in loop.entries)]
    links: list[tuple[Value, dict[Value, Value]]] = []
    for given in inputs:
        tangents = Tangents(primal, activity, {given: Const(given.type, 1.0)})
        tangents.through(blocks, originals, sources)
        links.append((given, tangents.tangents))
    return {value for block, values in outs.items() for value in _link(primal, block, values, links)}


def _link(
    primal: Primal, block: Block, values: list[Value], links: list[tuple[Value, dict[Value, Value]]],
) -> Iterable[Value]:
    """Replace what leaves a loop by values with derivatives by its inputs; the new active values."""
    made: list[Instr] = []
    active: list[Value] = []
    replaced: dict[Value, Value] = {}
    for value in values:
        last = Value(value.type, value.name)
        made.append(Instr("opaque", [value], [last], {}))
        for given, tangents in links:
            by = given
            if given.type != value.type:  # floats of two widths: the adjoint is brought to that of the input
                by = Value(value.type, given.name)
                made.append(Instr("cast", [given], [by], {"to": str(value.type)}))
                active.append(by)
            linked = Value(value.type, value.name)
            made.append(Instr("linked", [last, by, tangents[value]], [linked], {}))
            last = linked
        replaced[value] = last
        active.append(last)
    substitute(primal.func.blocks, replaced)
    primal.insert(block, made, block.instrs[0] if block.instrs else None)
    return active
