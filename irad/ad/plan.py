"""The plan: for each primal value that the reverse part needs, whether it is free, taped or computed again.

    for net = x; i < n - 1: net = net * x         net is taped (8 bytes an iteration), x and i are free
    if x > 0: ... else: ...                       x > 0 is computed again: branches cost nothing

Free are constants, parameters, values defined outside of all loops (they cross over in registers) and loop counters
(the reversed loop counts too). For the rest a minimum cut weighs bytes against work. Each value v has two nodes;
"with the sink" means for v_in: computed again, for v_out: at hand in the reverse part.

    source -> v_in     work of computing v again (infinite: impossible, v is carried around a loop or was overwritten)
    v_in -> v_out      bytes of taping v
    u_out -> v_in      infinite, for each operand u of v: to compute v again, u must be at hand
    v_out -> sink      infinite, if the reverse part needs v

Both costs are weighted by 10 ** (depth of the loop nest around v), the iterations that they are paid for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from irad.ad.mincut import INFINITE, Network
from irad.ad.needs import Need
from irad.ad.overwrites import Overwrites
from irad.ad.primal import Primal
from irad.ad.recompute import Recipe, Recipes
from irad.ad.skeleton import Skeleton
from irad.analysis.loops import Loop
from irad.ir.core import Const, Loc, Value
from irad.ir.types import Scalar, Type, nbytes

TRIPS = 10  # iterations that a loop is taken to have
WORK = 4  # units of cost for one multiplication ...
BYTE = 6  # ... and for a byte of tape, that is written, kept and read again
SLOT = 28  # ... and for each value taped: its addresses
OWNED = 80  # ... and for an array or record, which is kept alive by it


class Entry(NamedTuple):
    """What was decided for one value: "taped" or "recomputed"; `nbytes` per iteration of the loop with header
    `loop`."""

    value: Value
    decision: str
    loop: str
    nbytes: int
    reason: str
    loc: Loc | None


class Plan(NamedTuple):
    """The decisions for one function. `registers`: values from outside of loops that the reverse part reads as they
    are."""

    entries: tuple[Entry, ...]
    taped: dict[Loop, tuple[Value, ...]]
    recipes: dict[Value, Recipe]
    registers: tuple[Value, ...]
    at_header: frozenset[Value]  # taped values read in the reversal of the header itself, also after the last test

    def bytes_per_iteration(self, loop: str) -> int:
        """The tape that an iteration of the loop with this header writes, without loops inside of it."""
        return sum(e.nbytes for e in self.entries if e.loop == loop)

    def __str__(self) -> str:
        lines = []
        for e in self.entries:
            place = f" ({e.loc})" if e.loc else ""
            size = f"{e.nbytes} bytes, " if e.decision == "taped" else ""
            lines.append(f"loop ^{e.loop}: %{e.value.name or '?'} {e.decision}, {size}needed {e.reason}{place}")
        return "\n".join(lines)


def tape_cost(type: Type) -> int:
    """What one slot of a tape costs, once written and read."""
    return BYTE * nbytes(type) + SLOT + (0 if isinstance(type, Scalar) else OWNED)


def work_cost(recipe: Recipe) -> int:
    """What computing a value once more costs."""
    return int(recipe.cost * WORK)


def make_plan(primal: Primal, skeleton: Skeleton, overwrites: Overwrites, needs: list[Need]) -> Plan:
    """Decide for everything that `needs` lists, and for what that is computed from."""
    recipes = Recipes(primal, skeleton, overwrites)
    nodes: dict[Value, int] = {}
    registers: dict[Value, None] = {}
    reasons: dict[Value, Need] = {}
    for need in needs:
        reasons.setdefault(need.value, need)
    work = list(reasons)
    seen = set(work)
    while work:
        value = work.pop()
        if recipes.is_free(value):
            if not primal.crosses_freely(value) and primal.loop(value) is None:
                registers[value] = None
            continue
        nodes[value] = 2 + 2 * len(nodes)
        recipe = recipes.of(value)
        for operand in recipe.operands if recipe else ():
            if operand not in seen and not isinstance(operand, Const):
                seen.add(operand)
                work.append(operand)
    taped, again = _cut(primal, recipes, nodes, reasons)
    return Plan(
        tuple(_entries(primal, taped, again, reasons)), _by_loop(primal, taped),
        {v: r for v in again if (r := recipes.of(v))}, tuple(registers),
        _read_at_header(primal, needs, {v: r for v in again if (r := recipes.of(v))}),
    )


def _cut(
    primal: Primal, recipes: Recipes, nodes: dict[Value, int], needed: Iterable[Value],
) -> tuple[list[Value], list[Value]]:
    """The values to tape and those to compute again."""
    if not nodes:
        return [], []
    net = Network(2 + 2 * len(nodes))
    for value, node in nodes.items():
        weight = TRIPS ** primal.depth(value)
        recipe = recipes.of(value)
        net.add(0, node, work_cost(recipe) * weight if recipe else INFINITE)
        net.add(node, node + 1, INFINITE if value in primal.unplaced else tape_cost(value.type) * weight)
        for operand in recipe.operands if recipe else ():
            if operand in nodes:
                net.add(nodes[operand] + 1, node, INFINITE)
    for value in needed:
        if value in nodes:
            net.add(nodes[value] + 1, 1, INFINITE)
    total, stays = net.cut()
    assert total < INFINITE
    taped = [v for v, node in nodes.items() if stays[node] and not stays[node + 1]]
    return taped, [v for v, node in nodes.items() if not stays[node]]


def _by_loop(primal: Primal, taped: list[Value]) -> dict[Loop, tuple[Value, ...]]:
    """Taped values by loop, in the order of the program."""
    place: dict[Value, int] = {}
    wanted = set(taped)
    for block in primal.order:
        for value in (*block.params, *(r for i in block.instrs for r in i.results)):
            if value in wanted:
                place[value] = len(place)
    groups: dict[Loop, list[Value]] = {}
    for value in sorted(taped, key=place.__getitem__):
        loop = primal.loop(value)
        assert loop is not None
        groups.setdefault(loop, []).append(value)
    return {loop: tuple(values) for loop, values in groups.items()}


def _entries(primal: Primal, taped: list[Value], again: list[Value], reasons: dict[Value, Need]) -> Iterable[Entry]:
    for values, decision in ((taped, "taped"), (again, "recomputed")):
        for value in values:
            loop, need, maker = primal.loop(value), reasons.get(value), primal.maker.get(value)
            yield Entry(
                value, decision, loop.header.name if loop else "", nbytes(value.type) if decision == "taped" else 0,
                need.reason if need else "to compute others again", maker.loc if maker else need.loc if need else None,
            )


def _read_at_header(primal: Primal, needs: list[Need], recipes: dict[Value, Recipe]) -> frozenset[Value]:
    """Values of a loop's header that are read when the header itself is reversed."""
    found: set[Value] = set()
    for need in needs:
        loop = primal.loops.of.get(need.block)
        work = [need.value] if loop is not None and need.block is loop.header else []
        while work:
            value = work.pop()
            if value not in found and primal.home.get(value) is need.block:
                found.add(value)
                recipe = recipes.get(value)
                work += recipe.operands if recipe else ()
    return frozenset(found)
