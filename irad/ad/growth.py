"""Arrays that grow: which values are versions of one array, and which version is the last.

    %t: array<float, 1> = alloc 0
    ^for(%t.1: array<float, 1>):              versions of one array: t, t.1, t.2, t.3
      %t.2: array<float, 1> = grow %t.1, %i   (`grow` takes its operand over: only the newest may be used)
    ^done(%t.3: array<float, 1>):             the last: t.3

The reverse part touches the shadow of the last version only, as earlier ones may be other memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from irad.ad.construct import construct
from irad.ad.primal import Primal
from irad.errors import DifferentiationError
from irad.ir.clone import substitute
from irad.ir.core import Block, Const, Value, undef
from irad.ir.ssa import SSABuilder
from irad.ir.types import Array, is_float

_VERSIONS = frozenset({"alloc", "grow"})


class Family(NamedTuple):
    """The versions of an array that grows, among them the `root`, which one `alloc` makes in block `home`."""

    root: Value
    home: Block
    members: tuple[Value, ...]


def find_families(primal: Primal, arrays: Iterable[Value]) -> list[Family]:
    """The families with a `grow` among some arrays of floats (others in `arrays` are left out)."""
    wanted = {a for a in arrays if isinstance(a.type, Array) and is_float(a.type.elem)}
    parent: dict[Value, Value] = {}

    def find(value: Value) -> Value:
        while value in parent:
            value = parent[value]
        return value

    def join(a: Value, b: Value) -> None:
        if a in wanted and b in wanted and find(a) is not find(b):
            parent[find(a)] = find(b)

    grown = []
    for block in primal.order:
        for instr in block.instrs:
            if instr.op == "grow" and instr.result in wanted:
                join(instr.args[0], instr.result)
                grown.append(instr)
        for edge in block.edges:
            for arg, param in zip(edge.args, edge.target.params, strict=True):
                if not isinstance(arg, Const):
                    join(arg, param)
    groups: dict[Value, list[Value]] = {find(i.result): [] for i in grown}
    for value in primal.home:
        if value in wanted and find(value) in groups:
            groups[find(value)].append(value)
    return [_family(primal, members) for members in groups.values()]


def _family(primal: Primal, members: list[Value]) -> Family:
    roots = [m for m in members if m in primal.maker and primal.maker[m].op != "grow"]
    if len(roots) != 1 or primal.maker[roots[0]].op != "alloc":
        loc = next((primal.maker[m].loc for m in members if m in primal.maker), None)
        what = "no derivative: a list that grows is one of several, chosen at run time"
        raise DifferentiationError(what, kind="no-derivative", loc=loc)
    return Family(roots[0], primal.home[roots[0]], tuple(members))


def last_version(primal: Primal, versions: Mapping[Value, Value], block: Block) -> Value:
    """The value that stands for the last version at the end of `block`; `versions` takes versions to what stands for
    them (themselves, or their shadows), all of one type."""
    type = next(iter(versions.values())).type

    def fill(current: Block) -> None:
        for value in (*current.params, *(r for i in current.instrs if i.op in _VERSIONS for r in i.results)):
            if value in versions:
                ssa.write("last", current, versions[value])

    ssa = SSABuilder(lambda _: undef(type), lambda _: type)
    construct(ssa, primal.doms.order, lambda b: b.edges, fill)
    last = ssa.read("last", block)
    substitute(primal.doms.order, ssa.replacements())
    for other in primal.doms.order:
        for param in other.params:
            primal.home.setdefault(param, other)
    return ssa.resolve(last)
