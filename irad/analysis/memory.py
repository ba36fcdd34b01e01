"""Which arrays may share memory, and which accesses may touch the same element.

The *roots* of an array value are the objects that its memory can come from: an `alloc` of this function, a parameter,
an input, or UNKNOWN (the result of a call or of a load, what a record held). Two allocs are different memory; so are an
alloc and everything that exists before it. An alloc that never left the function cannot be UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import NamedTuple

from irad.ir.core import Const, Function, Instr, Value
from irad.ir.types import ANY, Array
from irad.ops import OPS, of_scalars
from irad.ops.array import VIEWS

UNKNOWN = Value(ANY, "unknown")
Access = tuple[Value, tuple[Value, ...]]  # array and indices


def base_of(makers: Mapping[Value, Instr], array: Value) -> Value:
    """What an array is a view of, as far as the instructions that made the views are known."""
    while (maker := makers.get(array)) is not None and maker.op in VIEWS:
        array = maker.args[0]
    return array


class Memory(NamedTuple):
    """Roots of every array value; `allocs`: roots made in this function; `escaped`: those that others may hold."""

    roots: dict[Value, frozenset[Value]]
    allocs: frozenset[Value]
    escaped: frozenset[Value]
    params: frozenset[Value]
    noalias: bool
    offsets: dict[Value, tuple[Value, int]]

    def own_roots(self, array: Value) -> frozenset[Value] | None:
        """The roots if all are arrays made here that nobody else holds, else None."""
        roots = self.roots.get(array)
        if not roots or not roots <= self.allocs or roots & self.escaped:
            return None
        return roots

    def visible(self, array: Value) -> bool:
        """Whether others (the caller, a callee) may see the elements of `array` while this function runs."""
        return self.own_roots(array) is None

    def may_share(self, a: Value, b: Value) -> bool:
        """Whether two array values may share memory."""
        if a is b:
            return True
        unknown = frozenset((UNKNOWN,))
        return any(self._roots_meet(x, y) for x in self.roots.get(a, unknown) for y in self.roots.get(b, unknown))

    def _roots_meet(self, x: Value, y: Value) -> bool:
        if x is y:
            return True
        if x in self.allocs or y in self.allocs:
            other, own = (x, y) if y in self.allocs else (y, x)
            return other is UNKNOWN and own in self.escaped
        return not (self.noalias and x in self.params and y in self.params)

    def may_clash(self, a: Access, b: Access) -> bool:
        """Whether two accesses may touch one element, both seen at one point of the program."""
        if a[0] is b[0]:
            return not any(self.differ(i, j) for i, j in zip(a[1], b[1], strict=True))
        return self.may_share(a[0], b[0])

    def differ(self, i: Value, j: Value) -> bool:
        """Whether two indices are surely different: one base and two offsets (exact modulo the width)."""
        base_i, step_i = self.offset(i)
        base_j, step_j = self.offset(j)
        return base_i is base_j and step_i != step_j

    def offset(self, index: Value) -> tuple[Value | None, int]:
        """An index as base and constant."""
        if isinstance(index, Const):
            return (None, int(index.value)) if isinstance(index.value, int) else (index, 0)
        return self.offsets.get(index, (index, 0))

    def clobbers(self, instr: Instr, access: Access) -> bool:
        """Whether `instr` may change the element of `access`."""
        if instr.op == "store":
            return self.may_clash((instr.args[1], tuple(instr.args[2:])), access)
        if "writes" not in OPS[instr.op].effects:
            return False
        return self.visible(access[0]) or (not instr.attrs.get("fresh") and any(
            self.may_share(arg, access[0]) for arg in instr.args if isinstance(arg.type, Array)
        ))


def find_memory(function: Function, given_back: Callable[[Instr], Sequence[Sequence[Value] | None]] | None = None) -> Memory:
    """Roots, escapes and index offsets of one function; linear but for arrays that blocks carry.

    `given_back`: for each result of a call, its operands that this may be memory of (None: it may be any). With it, arrays that
    are kept in arrays of this function (on tapes) are followed, too.
    """
    roots: dict[Value, frozenset[Value]] = {
        p: frozenset((p,)) for p in function.params if isinstance(p.type, Array)
    }
    params = frozenset(roots)
    flows: list[tuple[Value, Value]] = []  # (from, to): what `from` may be, `to` may be
    allocs: set[Value] = set()
    leaking: list[Value] = []
    offsets: dict[Value, tuple[Value, int]] = {}
    carriers = {b for b in function.blocks if any(isinstance(p.type, Array) for p in b.params)}
    for block in function.blocks:
        for instr in block.instrs:
            op = instr.op
            if op == "add" or op == "sub":
                _note_offset(instr, offsets)
            elif not of_scalars(op):
                _visit(instr, roots, flows, allocs, leaking, given_back)
        for edge in block.term.edges:
            if edge.target in carriers:
                pairs = zip(edge.args, edge.target.params, strict=True)
                flows += [(a, p) for a, p in pairs if isinstance(p.type, Array)]
    if given_back is None:
        _propagate(roots, flows)
    else:
        _follow_kept(function, roots, flows, allocs, leaking)
    escaped = _escaped(leaking, roots, allocs)
    return Memory(roots, frozenset(allocs), escaped, params, bool(function.attrs.get("noalias")), offsets)


def _escaped(leaking: Sequence[Value], roots: Mapping[Value, frozenset[Value]], allocs: Container[Value]) -> frozenset[Value]:
    return frozenset(root for value in leaking for root in roots.get(value, ()) if root in allocs)


def _follow_kept(
    function: Function, roots: dict[Value, frozenset[Value]], flows: list[tuple[Value, Value]], allocs: set[Value],
    leaking: Sequence[Value],
) -> None:
    """`_propagate`, and an array that is loaded from arrays which nobody else holds is one that was stored in them."""
    stores = [i for i in function.instrs() if i.op == "store" and isinstance(i.args[0].type, Array)]
    loads = [i for i in function.instrs() if i.op == "load" and isinstance(i.result.type, Array)]
    for instr in loads:
        roots[instr.result] = frozenset()
    _propagate(roots, flows)
    known = set(flows)
    changed = bool(loads)
    while changed:
        before = {i.result: roots[i.result] for i in loads}
        held_by_others = _escaped(leaking, roots, allocs)
        for instr in loads:
            kept = roots.get(instr.args[0], frozenset((UNKNOWN,)))
            if not kept <= allocs or kept & held_by_others:
                roots[instr.result] |= {UNKNOWN}
            else:
                known |= {(i.args[0], instr.result) for i in stores if roots.get(i.args[1], kept) & kept}
        changed = len(known) > len(flows)
        flows[:] = known
        _propagate(roots, flows)
        changed = changed or any(roots[value] != had for value, had in before.items())


def _note_offset(instr: Instr, offsets: dict[Value, tuple[Value, int]]) -> None:
    base, step = instr.args
    if isinstance(step, Const) and type(step.value) is int and not isinstance(base, Const):
        inner, so_far = offsets.get(base, (base, 0))
        offsets[instr.result] = (inner, so_far + (step.value if instr.op == "add" else -step.value))


def _visit(
    instr: Instr, roots: dict[Value, frozenset[Value]], flows: list[tuple[Value, Value]], allocs: set[Value],
    leaking: list[Value], given_back: Callable[[Instr], Sequence[Sequence[Value] | None]] | None,
) -> None:
    row = OPS[instr.op]
    arrays = [a for a in instr.args if isinstance(a.type, Array)]
    results = [r for r in instr.results if isinstance(r.type, Array)]
    if instr.op == "store":
        leaking += [instr.args[0]] if isinstance(instr.args[0].type, Array) else []
        return
    derived = row.pure or instr.op == "grow"  # views, and arrays that take over their operand
    fresh = bool(instr.attrs.get("fresh"))  # a call that keeps and writes no operand, and gives arrays of its own
    if not derived and not fresh and row.effects & {"writes", "allocates"}:
        leaking += arrays
    if instr.op == "call" and not fresh and given_back is not None:
        for result, sources in zip(instr.results, given_back(instr), strict=True):
            if isinstance(result.type, Array):
                roots[result] = frozenset((UNKNOWN if sources is None else result,))
                flows += [(a, result) for a in sources or ()]
        return
    for result in results:
        if derived and arrays:
            flows += [(a, result) for a in arrays]
        elif fresh or ("allocates" in row.effects and "writes" not in row.effects):
            roots[result] = frozenset((result,))
            allocs.add(result)
        elif instr.op == "input":
            roots[result] = frozenset((result,))
        else:
            roots[result] = frozenset((UNKNOWN,))


def _propagate(roots: dict[Value, frozenset[Value]], flows: Sequence[tuple[Value, Value]]) -> None:
    """Close `roots` over the flows; rounds are few, as loops carry few arrays."""
    changed = bool(flows)
    while changed:
        changed = False
        for source, target in flows:
            came = roots.get(source, frozenset())
            have = roots.get(target, frozenset())
            if not came <= have:
                roots[target] = have | came
                changed = True
