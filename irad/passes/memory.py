"""Loads that are known: stores forwarded, repeated loads, overwritten stores; small arrays turned into values.

    %t: array<float, 1> = alloc 2 {elem='float'}
    store %x, %t, 0
    store %y, %t, 1                                  %s: float = add %x, %y
    %a: float = load %t, 0                    ->     %u: float = load %v, %i
    %b: float = load %t, 1                           return %u
    %s: float = add %a, %b
    store %s, %v, %i
    %u: float = load %v, %i

What is known about an element holds from a block on in the blocks that it dominates, as long as nothing on any way
between may write it.
"""

from __future__ import annotations

from collections.abc import Hashable
from math import prod
from typing import Any as AnyObject

from irad.analysis.cfg import Dominators, dominators
from irad.analysis.memory import Access, Memory, find_memory
from irad.ir.clone import substitute
from irad.ir.core import UNDEF, Block, Const, Function, Instr, Value, undef
from irad.ir.ssa import SSABuilder
from irad.ir.types import Array, Scalar
from irad.ops import OPS
from irad.passes.fold import value_key

PROMOTED = 16  # elements of an array that becomes values
KEPT = 64  # elements known at once: bounds the work of forgetting
ACCESSES = frozenset(("load", "store"))


def memory(function: Function) -> bool:
    """Promote small arrays, then forward stores and loads along dominators.

    Before and after: see the head of this file.
    """
    if not any(instr.op in ACCESSES for instr in function.instrs()):
        return False
    changed = promote(function)
    return _Forwarding(function).run() or changed


# Known elements


class _Forwarding:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.doms: Dominators[Block] = dominators(function)
        self.memory: Memory = find_memory(function)
        self.ends: dict[Block, dict[Hashable, tuple[Access, Value]]] = {}
        self.replaced: dict[Value, Value] = {}
        self.preds: dict[Block, list[Block]] = {b: [] for b in self.doms.order}
        self.writers: dict[Block, list[Instr]] = {}
        for block in self.doms.order:
            self.writers[block] = [i for i in block.instrs if "writes" in OPS[i.op].effects]
            for target in block.successors:
                self.preds[target].append(block)

    def run(self) -> bool:
        changed = False
        for block in self.doms.order:
            known = self.entered(block)
            changed = self.walk(block, known) or changed
            self.ends[block] = known
        substitute(self.doms.order, self.replaced)
        return changed or bool(self.replaced)

    def entered(self, block: Block) -> dict[Hashable, tuple[Access, Value]]:
        """What the dominator knows, less what may be written on the way from it."""
        parent = self.doms.idom[block]
        if parent is None:
            return {}
        known = dict(self.ends[parent])
        if not known or self.preds[block] == [parent]:
            return known
        between: set[Block] = set()
        work = list(self.preds[block])
        while work:
            source = work.pop()
            if source is not parent and source not in between:
                between.add(source)
                work += self.preds[source]
        for source in between:
            for writer in self.writers[source]:
                self.forget(known, writer)
        return known

    def forget(self, known: dict[Hashable, tuple[Access, Value]], writer: Instr) -> None:
        for key in [k for k, (access, _) in known.items() if self.memory.clobbers(writer, access)]:
            del known[key]

    def walk(self, block: Block, known: dict[Hashable, tuple[Access, Value]]) -> bool:
        kept: list[Instr] = []
        pending: dict[Hashable, Instr] = {}  # stores that nothing has looked at yet
        dead: set[Instr] = set()
        for instr in block.instrs:
            if instr.op == "load":
                key, access = _access(instr.args)
                found = known.get(key)
                if found is not None and found[1].type == instr.result.type:
                    self.replaced[instr.result] = found[1]
                    continue
                self.note(known, key, access, instr.result)
                pending = {k: s for k, s in pending.items() if not self.memory.may_share(s.args[1], instr.args[0])}
            elif instr.op == "store":
                key, access = _access(instr.args[1:])
                held = known.get(key)
                if held is not None and _final(held[1], self.replaced) is _final(instr.args[0], self.replaced):
                    continue  # it holds that value already
                self.forget(known, instr)
                self.note(known, key, access, instr.args[0])
                if key in pending:
                    dead.add(pending[key])
                pending[key] = instr
            elif OPS[instr.op].effects:
                self.disturb(instr, known, pending)
            kept.append(instr)
        changed = len(kept) != len(block.instrs) or bool(dead)
        if changed:
            block.instrs = [i for i in kept if i not in dead]
        return changed

    def disturb(
        self, instr: Instr, known: dict[Hashable, tuple[Access, Value]], pending: dict[Hashable, Instr],
    ) -> None:
        """Another instruction with an effect: it may write, read, or leave the function."""
        effects = OPS[instr.op].effects
        if "writes" in effects:
            self.forget(known, instr)
        if effects == {"traps"}:  # the caller sees its arrays, nobody sees ours
            for key in [k for k, store in pending.items() if self.memory.visible(store.args[1])]:
                del pending[key]
        else:
            pending.clear()

    def note(self, known: dict[Hashable, tuple[Access, Value]], key: Hashable, access: Access, value: Value) -> None:
        if len(known) >= KEPT:
            known.clear()
        known[key] = access, value


def _access(operands: list[Value]) -> tuple[Hashable, Access]:
    return (operands[0], *map(value_key, operands[1:])), (operands[0], tuple(operands[1:]))


def _final(value: Value, replaced: dict[Value, Value]) -> Value:
    while value in replaced:
        value = replaced[value]
    return value


# Small arrays as values


def promote(function: Function) -> bool:
    """Replace arrays of few elements, only read and written at constant indices, by one SSA variable for each element.

        %t: array<float, 1> = alloc 1 {elem='float', zero=True}
        br ^for(0)                                                     br ^for(0, 0.0)
        ^for(%i: int): ...                                             ^for(%i: int, %0: float): ...
          %a: float = load %t, 0                              ->
          %b: float = add %a, %x                                         %b: float = add %0, %x
          store %b, %t, 0
          br ^for(%i.1)                                                  br ^for(%i.1, %b)
    """
    chosen = _candidates(function)
    if not chosen:
        return False
    _Promotion(function, chosen).run()
    return True


def _candidates(function: Function) -> dict[Value, Instr]:
    allocs = {
        instr.result: instr for instr in function.instrs()
        if instr.op == "alloc" and _extents(instr) is not None and isinstance(_element(instr.result), Scalar)
    }
    if not allocs:
        return {}
    for block in function.blocks:
        for instr in block.instrs:
            at = 1 if instr.op == "store" else 0
            alloc = allocs.get(instr.args[at]) if instr.op in ACCESSES else None
            fixed = alloc is not None and _fixed(instr.args[at + 1 :], alloc)
            for arg in instr.args[:at] if fixed else instr.args:
                allocs.pop(arg, None)
        for value in (*block.term.args, *(a for edge in block.term.edges for a in edge.args)):
            allocs.pop(value, None)
    return allocs


def _element(array: Value) -> AnyObject:
    assert isinstance(array.type, Array)
    return array.type.elem


def _extents(alloc: Instr) -> tuple[int, ...] | None:
    """The extents of an array that is small and of known shape."""
    extents = []
    for arg in alloc.args:
        if not isinstance(arg, Const) or type(arg.value) is not int or arg.value < 0:
            return None
        extents.append(arg.value)
    return tuple(extents) if prod(extents) <= PROMOTED else None


def _fixed(indices: list[Value], alloc: Instr) -> bool:
    """Whether the indices are constants that name an element."""
    for index, extent in zip(indices, _extents(alloc) or (), strict=True):
        if not isinstance(index, Const) or type(index.value) is not int or not 0 <= index.value < extent:
            return False
    return True


class _Promotion:
    """One pass in reverse postorder with the SSA builder; variables are (array, index tuple)."""

    def __init__(self, function: Function, allocs: dict[Value, Instr]) -> None:
        self.function = function
        self.allocs = allocs
        self.loaded: dict[Value, Value] = {}
        self.builder = SSABuilder(self.initial, lambda var: _element(var[0]))  # type: ignore[index]

    def initial(self, var: Hashable) -> Value:
        return undef(_element(var[0]))  # type: ignore[index]

    def run(self) -> None:
        order = dominators(self.function).order
        builder = self.builder
        missing: dict[Block, int] = {}
        for block in order:
            for edge in block.term.edges:
                builder.add_edge(block, edge)
                missing[edge.target] = missing.get(edge.target, 0) + 1
        walked: set[Block] = set()
        for block in order:
            if not missing.get(block):  # all ways in were walked: anything but a loop header
                builder.seal(block)
            self.walk(block)
            walked.add(block)
            for edge in block.term.edges:
                missing[edge.target] -= 1
                if not missing[edge.target] and edge.target in walked:
                    builder.seal(edge.target)
        substitute(order, {**builder.replacements(), **self.loaded})

    def walk(self, block: Block) -> None:
        kept = []
        for instr in block.instrs:
            at = 1 if instr.op == "store" else 0
            array = instr.args[at] if instr.op in ACCESSES else instr.results[0] if instr.results else None
            alloc = self.allocs.get(array) if array is not None else None
            if alloc is None:
                kept.append(instr)
            elif instr.op == "alloc":
                self.fill(block, instr)
            else:
                var = (array, tuple(i.value for i in instr.args[at + 1 :] if isinstance(i, Const)))
                if instr.op == "load":
                    self.loaded[instr.result] = self.builder.read(var, block)
                else:
                    self.builder.write(var, block, self.final(instr.args[0]))
        block.instrs = kept

    def final(self, value: Value) -> Value:
        while value in self.loaded:
            value = self.loaded[value]
        return value

    def fill(self, block: Block, alloc: Instr) -> None:
        """A new array: zeros, or what nobody may read."""
        element = _element(alloc.result)
        assert isinstance(element, Scalar)
        zero = 0.0 if element.is_float else False if element.family == "b" else 0
        value = Const(element, zero if alloc.attrs.get("zero") else UNDEF)
        indices: list[tuple[int, ...]] = [()]
        for extent in _extents(alloc) or ():
            indices = [(*index, k) for index in indices for k in range(extent)]
        for index in indices:
            self.builder.write((alloc.result, index), block, value)
