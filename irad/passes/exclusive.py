"""Block parameters of which each way gives at most one: one parameter is enough for all of them (before lowering).

    br ^done(%a, undef:float)                            br ^done(%a)
    ...                                                  ...
    br ^done(undef:float, %b)                     ->     br ^done(%b)
    ^done(%x: float, %y: float):                         ^done(%x: float):
      ... %x ... %y ...                                    ... %x ... %x ...

What is read where nothing was given may be anything. A loop that is left at n places makes such parameters, one for each of
them, and so n * n arguments, which LLVM takes long for. Floats only: nothing depends on what a float is that is of no use.
"""

from __future__ import annotations

from irad.analysis.cfg import predecessors
from irad.ir.clone import substitute
from irad.ir.core import UNDEF, Block, Const, Edge, Function, Value
from irad.ir.types import is_float

MOST_GROUPS = 8  # parameters that have to stay apart: with how many of them a further one is compared


def exclusive(function: Function) -> bool:
    """Make one parameter of those of which each edge gives at most one.

    Before and after: see the head of this file.
    """
    found: dict[Value, Value] = {}
    for block, ways in predecessors(function).items():
        if len(ways) > 1 and len(block.params) > 1:
            found.update(_merge(block, [edge for _, edge in ways]))
    if found:
        substitute(function.blocks, found)
    return bool(found)


def _merge(block: Block, edges: list[Edge]) -> dict[Value, Value]:
    """Merge what can be merged in one block: the parameters that are gone, and what stands for them."""
    groups: list[tuple[int, set[int]]] = []  # the place of a parameter, and on which ways it is given
    gone: dict[int, int] = {}
    for place, param in enumerate(block.params):
        if not is_float(param.type):
            continue
        given = {k for k, edge in enumerate(edges) if not _undefined(edge.args[place])}
        if len(given) == len(edges):
            continue
        for first, ways in groups[:MOST_GROUPS]:
            if block.params[first].type == param.type and ways.isdisjoint(given):
                for k in given:
                    edges[k].args[first] = edges[k].args[place]
                ways |= given
                gone[place] = first
                break
        else:
            groups.append((place, given))
    if not gone:
        return {}
    found = {block.params[place]: block.params[first] for place, first in gone.items()}
    block.params[:] = [p for place, p in enumerate(block.params) if place not in gone]
    for edge in edges:
        edge.args[:] = [a for place, a in enumerate(edge.args) if place not in gone]
    return found


def _undefined(value: Value) -> bool:
    return isinstance(value, Const) and value.value is UNDEF
