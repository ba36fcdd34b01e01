"""Extents of arrays that come over several edges: where all of them bring the same one, it need not be read.

    ^pre:                                              ^pre:
      %u: array<float, 1> = alloc %n                     %u: array<float, 1> = alloc %n
      %v: array<float, 1> = alloc %n                     %v: array<float, 1> = alloc %n
      br ^for(%u, %v)                                    br ^for(%u, %v)
    ^for(%a: array<float, 1>, %b: array<float, 1>):      ^for(%a: array<float, 1>, %b: array<float, 1>):
      %m: int = dim %a {axis=0}                   ->     %ok: bool = lt %i, %n
      %ok: bool = lt %i, %m                              guard %ok, %i, %n {exc='IndexError', ...}
      guard %ok, %i, %m {exc='IndexError', ...}          ...
      ...                                                br ^for(%b, %a)
      br ^for(%b, %a)

Optimistic: parameters that only pass arrays to each other have the extent that comes to them from outside.
"""

from __future__ import annotations

from collections.abc import Sequence

from irad.analysis.cfg import dominators
from irad.ir.clone import substitute
from irad.ir.core import Block, Const, Edge, Function, Value
from irad.ir.types import Array
from irad.passes.fold import same
from irad.passes.identities import extent_of

Side = tuple[Value, int]  # an array and an axis
Size = Value | Side | None  # a number; the extent of an argument; or nothing that is known


def extents(function: Function) -> bool:
    """Replace extents of block parameters by numbers that are there without them.

    Before and after: see the head of this file.
    """
    joined = {p for b in function.blocks if b is not function.entry for p in b.params if isinstance(p.type, Array)}
    asked = [i for i in function.instrs() if i.op == "dim" and i.args[0] in joined] if joined else []
    if not asked:
        return False
    doms = dominators(function)
    sizes = _Sizes(doms.order, function.params)
    sizes.solve()
    found: dict[Value, Value] = {}
    changed = False
    for instr in asked:
        array, axis = instr.args[0], instr.attrs["axis"]
        size = sizes.known.get((array, axis))
        if isinstance(size, tuple):
            instr.args, instr.attrs = [size[0]], {"axis": size[1]}
            changed = True
        elif isinstance(size, Const) or (size is not None and doms.dominates(sizes.home[size], sizes.home[array])):
            found[instr.result] = size
    for block in doms.order if found else ():
        block.instrs = [i for i in block.instrs if not i.results or i.results[0] not in found]
    substitute(doms.order, found)
    return changed or bool(found)


class _Sizes:
    """What comes over the edges to each axis of each array parameter: a greatest fixed point."""

    def __init__(self, order: Sequence[Block], arguments: Sequence[Value]) -> None:
        self.home = dict.fromkeys(arguments, order[0])
        self.home.update((v, b) for b in order for v in (*b.params, *(r for i in b.instrs for r in i.results)))
        self.known: dict[Side, Size] = {}  # of a side that is missing no edge has said anything yet
        self._defs = {r: i for b in order for i in b.instrs for r in i.results}
        self._arguments = set(arguments)
        self._params = {p for b in order for p in b.params} - self._arguments
        self._sides: list[tuple[Side, list[Value]]] = []  # with what the edges bring
        ways: dict[Block, list[Edge]] = {}
        for block in order:
            for edge in block.term.edges:
                ways.setdefault(edge.target, []).append(edge)
        for block in order:
            for k, p in enumerate(block.params):
                if isinstance(p.type, Array) and block in ways:
                    self._sides += [((p, axis), [e.args[k] for e in ways[block]]) for axis in range(p.type.ndim)]

    def solve(self) -> None:
        """Meet over the edges until nothing changes: a side goes from unsaid to a size, and from there to None."""
        changed = True
        while changed:
            changed = False
            for side, arrays in self._sides:
                if self.known.get(side, side) is None:
                    continue
                brought = [size for array in arrays for size in self._of(array, side[1])]
                if brought:
                    size = brought[0] if all(_equal(brought[0], other) for other in brought) else None
                    if side not in self.known or not _equal(self.known[side], size):
                        self.known[side] = None if side in self.known else size
                        changed = True

    def _of(self, array: Value, axis: int) -> list[Size]:
        """What an extent is, as far as it was said; empty if nothing was."""
        while True:
            side = (array, axis)
            if array in self._params:
                return [self.known[side]] if side in self.known else []
            if array in self._arguments:
                return [side]
            made = self._defs.get(array)
            size = extent_of(made, axis) if made is not None else None
            while isinstance(size, Value):
                from_dim = self._defs.get(size)
                if from_dim is None or from_dim.op != "dim":
                    return [size]
                size = from_dim.args[0], from_dim.attrs["axis"]
            if size is None:
                return [None]
            array, axis = size


def _equal(a: Size, b: Size) -> bool:
    """Whether two sizes are surely the same; nothing known is the same as nothing known."""
    if isinstance(a, Value) and isinstance(b, Value):
        return same(a, b)
    return a == b
