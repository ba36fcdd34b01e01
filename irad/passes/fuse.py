"""Fusion: an array that one loop fills and that is read once for each element is not made; its elements move to the reader.

    %t: array<float, 1> = alloc %n {elem='float'}
    br ^each(0)                                           br ^for(0, 0.0)
    ^each(%i: int):                                       ^for(%k: int, %s: float):
      ... lt %i, %n ...                                     ... lt %k, %n ...
      %a: float = load %x, %i                               %a: float = load %x, %k
      %b: float = mul %a, 2.0                      ->       %b: float = mul %a, 2.0
      store %b, %t, %i                                      %s.1: float = add %s, %b
      br ^each(%i.1)                                        br ^for(%k.1, %s.1)
    ...
    ^for(%k: int, %s: float):
      ... lt %k, %n ...
      %c: float = load %t, %k
      %s.1: float = add %s, %c
      br ^for(%k.1, %s.1)

The loops that fill an array are a counted nest, one loop for each axis, that does nothing else. What they read must not be
written before the reader is done. A reader that may ask for an element more than once, or for other elements than all of
them, gets cheap ones only. (P. Wadler, "Deforestation", TCS 1990, for arrays; what compilers of array languages call fusion.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from irad.analysis.cfg import dominators
from irad.analysis.loops import Loop, find_loops
from irad.analysis.memory import find_memory
from irad.ir.clone import substitute
from irad.ir.core import Block, Const, Function, Instr, Value
from irad.ir.types import Array
from irad.ops import OPS

CHEAP = 8.0  # cost of an element that may be computed again: about what storing and loading it takes
TRIVIAL = 2.0  # of one that is computed again for each iteration of a loop around the reader
FAR = 200  # blocks between an array and its reader that are looked at


def fuse(function: Function) -> bool:
    """Move the computation of arrays that are read once, in elements, to where they are read.

    Before and after: see the head of this file.
    """
    if not any(instr.op == "alloc" for instr in function.instrs()):
        return False
    return _Fusion(function).run()


class _Filled(NamedTuple):
    """An array: the nest that fills it (innermost loop first), and what computes the element at `counters`."""

    array: Value
    nest: list[Loop]
    store: Instr
    counters: list[Value]
    steps: list[tuple[Block, Instr]]

    @property
    def cost(self) -> float:
        return sum(OPS[step.op].cost for _, step in self.steps)


class _Fusion:
    def __init__(self, function: Function) -> None:
        self.doms = dominators(function)
        self.loops = find_loops(function, self.doms)
        self.memory = find_memory(function)
        self.makers: dict[Value, tuple[Block, Instr | None]] = {}
        self.readers: dict[Value, list[tuple[Block, Instr]]] = {}  # of arrays
        self.held: set[Value] = set()  # arrays that blocks hand on
        self.preds: dict[Block, list[Block]] = {b: [] for b in self.doms.order}
        self.writers: dict[Block, list[Instr]] = {}
        self.replaced: dict[Value, Value] = {}
        self.gone: set[Instr] = set()
        for block in self.doms.order:
            self._note(block)

    def _note(self, block: Block) -> None:
        self.makers.update(dict.fromkeys(block.params, (block, None)))
        for instr in block.instrs:
            self.makers.update(dict.fromkeys(instr.results, (block, instr)))
            for arg in dict.fromkeys(instr.args):
                if isinstance(arg.type, Array):
                    self.readers.setdefault(arg, []).append((block, instr))
        self.writers[block] = [i for i in block.instrs if "writes" in OPS[i.op].effects]
        self.held.update(a for a in block.term.args if isinstance(a.type, Array))
        for edge in block.term.edges:
            self.preds[edge.target].append(block)
            self.held.update(a for a in edge.args if isinstance(a.type, Array))

    def run(self) -> bool:
        order = self.doms.order
        for block in order:
            for alloc in [i for i in block.instrs if i.op == "alloc"]:
                self.try_array(block, alloc)
        if not self.gone:
            return False
        for block in order:
            if not self.gone.isdisjoint(block.instrs):
                block.instrs = [i for i in block.instrs if i not in self.gone]
        substitute(order, self.replaced)
        return True

    def try_array(self, home: Block, alloc: Instr) -> None:
        array = alloc.result
        if array in self.held or not alloc.args:
            return
        found: dict[str, list[tuple[Block, Instr]]] = {"load": [], "store": [], "dim": []}
        for block, instr in self.readers.get(array, ()):
            if instr.op not in found or (instr.op == "store" and instr.args[0] is array):
                return
            found[instr.op].append((block, instr))
        if len(found["store"]) != 1 or len(found["load"]) != 1:
            return
        filled = self.filled(home, alloc, *found["store"][0])
        place, load = found["load"][0]
        if filled is None or not self.kept_until(filled, home, place) or not self.pays(filled, place, load):
            return
        self.move(filled, place, load)
        for _, dim in found["dim"]:
            self.gone.add(dim)
            self.replaced[dim.result] = alloc.args[dim.attrs["axis"]]

    # What fills an array

    def filled(self, home: Block, alloc: Instr, body: Block, store: Instr) -> _Filled | None:
        """How the elements come about, if a nest of its own computes each exactly once."""
        extents, indices = alloc.args, [self.final(i) for i in store.args[2:]]
        inner = self.loops.of.get(body)
        nest = inner.nest()[: len(extents)] if inner is not None else []
        if len(nest) != len(extents) or nest[-1].parent is not self.loops.of.get(home):
            return None
        of = {loop.counter: loop for loop in nest}
        if len(set(indices) & set(of)) != len(nest):
            return None
        if any(not self.same(of[i].trip, extent) for i, extent in zip(indices, extents, strict=True)):
            return None
        if not all(self.whole(loop, below) for loop, below in zip(nest, (body, *(loop.header for loop in nest)), strict=False)):
            return None
        if any(OPS[i.op].effects - {"reads"} for b in nest[-1].blocks for i in b.instrs if i is not store and i not in self.gone):
            return None
        steps = self.steps(nest, indices, store.args[0])
        return None if steps is None else _Filled(alloc.result, nest, store, indices, steps)

    def same(self, trip: Value | None, extent: Value) -> bool:
        a, b = self.final(trip) if trip is not None else None, self.final(extent)
        return a is b or (isinstance(a, Const) and isinstance(b, Const) and a.value == b.value)

    def whole(self, loop: Loop, below: Block) -> bool:
        """Whether a loop runs all its iterations, each through `below`, and leaves nothing but what it stored."""
        if loop.trip is None or len(loop.exits) != 1 or len(loop.header.params) != 1 or loop.exits[0][0] is not loop.header:
            return False
        outgoing = (self.makers[a][0] for a in loop.exits[0][1].args if a in self.makers)
        return all(b not in loop.blocks for b in outgoing) and self.doms.dominates(below, loop.latch)

    def steps(self, nest: list[Loop], counters: list[Value], value: Value) -> list[tuple[Block, Instr]] | None:
        """The instructions of the nest that compute a value from its counters, in order."""
        blocks, headers = nest[-1].blocks, {loop.header for loop in nest}
        needed: set[Instr] = set()
        work = [value]
        while work:
            value = self.final(work.pop())
            block, maker = self.makers.get(value, (None, None))
            if block not in blocks or value in counters:
                continue
            if maker is None or block in headers:
                return None
            if maker not in needed:
                needed.add(maker)
                work += maker.args
        return [(b, i) for b in sorted(blocks, key=self.doms.enter.__getitem__) for i in b.instrs if i in needed]

    def final(self, value: Value) -> Value:
        while value in self.replaced:
            value = self.replaced[value]
        return value

    # Whether it may move, and whether that pays

    def kept_until(self, filled: _Filled, home: Block, place: Block) -> bool:
        """Whether what the elements are made of is the same where they are read."""
        outer, blocks = self.loops.of.get(home), filled.nest[-1].blocks
        if place in blocks or (outer is not None and place not in outer.blocks):
            return False
        if not self.doms.dominates(filled.nest[-1].header, place):
            return False
        loads = [(self.final(i.args[0]), tuple(map(self.final, i.args[1:]))) for _, i in filled.steps if i.op == "load"]
        seen = {place}
        work = [place]
        while work and loads:
            block = work.pop()
            if any(self.memory.clobbers(writer, access) for writer in self.writers[block] for access in loads):
                return False
            for pred in self.preds[block]:
                if pred not in seen and pred not in blocks:
                    seen.add(pred)
                    work.append(pred)
            if len(seen) > FAR:
                return False
        return True

    def pays(self, filled: _Filled, place: Block, load: Instr) -> bool:
        """Whether no more is computed than before, or only what costs no more than to keep it."""
        around = list(self.around(filled, place))
        indices = [self.final(i) for i in load.args[1:]]
        used = {loop for loop in around if loop.counter in indices}
        fixed = not any(self.varies(i, around) for i in indices if not any(i is loop.counter for loop in used))
        if fixed and len(used) == len(around):
            return True
        if len(used) < len(around) and self.transposes(filled):
            return False
        reached = self.reached(indices, around)
        inner = [loop not in reached for loop in around]  # loops that all read one element, innermost first
        once = inner == sorted(inner, reverse=True)  # then it is computed before the innermost of them
        return filled.cost <= (CHEAP if once else TRIVIAL)

    def transposes(self, filled: _Filled) -> bool:
        """Whether neighbours in the array come from far apart: who reads them again and again made it to have them together."""
        last = filled.counters[-1]
        loads = [i.args[1:] for _, i in filled.steps if i.op == "load"]
        return any(self.final(i) is last for indices in loads for i in indices[:-1])

    def around(self, filled: _Filled, place: Block) -> Iterator[Loop]:
        """The loops around the reader that are not around the array, innermost first."""
        loop = self.loops.of.get(place)
        while loop is not None and loop is not filled.nest[-1].parent:
            yield loop
            loop = loop.parent

    def varies(self, value: Value, loops: list[Loop]) -> bool:
        return value in self.makers and any(self.makers[value][0] in loop.blocks for loop in loops)

    def reached(self, values: list[Value], loops: list[Loop]) -> set[Loop]:
        """The loops whose counters some values are made of."""
        found: set[Loop] = set()
        seen: set[Value] = set()
        work = list(values)
        while work:
            value = self.final(work.pop())
            if value in seen or not self.varies(value, loops):
                continue
            seen.add(value)
            found.update(loop for loop in loops if loop.counter is value)
            maker = self.makers[value][1]
            work += maker.args if maker is not None else ()
        return found

    # Moving

    def move(self, filled: _Filled, place: Block, load: Instr) -> None:
        """Let the reader compute the element."""
        at: dict[Value, Value] = dict(zip(filled.counters, load.args[1:], strict=True))
        moved = []
        for _, step in filled.steps:
            copy = Instr(step.op, [at.get(self.final(a), a) for a in step.args], [Value(r.type, r.name) for r in step.results],
                         dict(step.attrs), step.loc)
            at.update(zip(step.results, copy.results, strict=True))
            self.makers.update(dict.fromkeys(copy.results, (place, copy)))
            for arg in dict.fromkeys(map(self.final, step.args)):
                if isinstance(arg.type, Array):
                    self.readers[arg] = [r for r in self.readers[arg] if r[1] is not step] + [(place, copy)]
            moved.append(copy)
        value = self.final(filled.store.args[0])
        self.replaced[load.result] = at.get(value, value)
        where = place.instrs.index(load)
        place.instrs[where:where] = moved
        self.gone.update((load, filled.store))  # what else was in the nest is of no use now, and `dce` skips it
        for block in filled.nest[-1].blocks:
            self.writers[block] = [w for w in self.writers[block] if w is not filled.store]
