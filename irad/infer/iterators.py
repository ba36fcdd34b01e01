"""Iterators as objects: what several names stand for moves on for all of them.

The state of an iterator (`SeqIter`, `Counted`, `Zip`, `Gen`, ...) is a value. A loop keeps it on the interpreter's stack, where
nobody else sees it: there the state itself is passed around. Everywhere else an iterator is a reference (`Iter`) into the
abstract heap. Numbers of iterators in the heap are below zero; what no live value reaches is dropped where blocks end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from irad.infer.values import AV, Cell, Choice, Gen, Iter, SeqIter, Stepped, Zip
from irad.ir.core import Block, Const, Function, Instr, Value

if TYPE_CHECKING:
    from irad.infer.context import Context


def is_state(av: AV) -> bool:
    """Whether this is the state of an iterator that has no name yet."""
    return type(av).iterator and not isinstance(av, Iter)


def named(cx: Context, av: AV, site: object) -> AV:
    """A value that variables or containers hold from here on: the iterators in it become objects, made at `site`."""
    if isinstance(av, Choice) and all(map(is_state, av.members)):
        return _allocate(cx, av, site)
    if is_state(av):
        return _allocate(cx, av, site)
    if not av.children or isinstance(av, Iter):
        return av
    children = tuple(named(cx, child, site) for child in av.children)
    if all(x is y for x, y in zip(children, av.children, strict=True)):
        return av
    made = AV.__new__(type(av))
    AV.__init__(made, av.static, children, av.leaves)
    return made


def _allocate(cx: Context, state: AV, site: object) -> Iter:
    k = 0
    while (number := cx.unit.iterator_number(site, k)) in cx.heap:
        k += 1
    cx.heap[number] = state
    return Iter(number)


def objects_in(roots: Iterable[AV]) -> list[int]:
    """The numbers of the iterators in some values, each as often as it occurs."""
    found: list[int] = []
    work = list(roots)
    while work:
        av = work.pop()
        if isinstance(av, Iter):
            found.append(av.static)
        work += av.children
    return found


def kept(heap: dict[int, AV], roots: Iterable[AV], always: Iterable[int]) -> dict[int, AV]:
    """The heap without iterators that neither live values nor `always` reach."""
    if not heap or min(heap) >= 0:
        return heap
    reached = {n for n in heap if n >= 0}
    reached.update(always)
    work = [*roots, *(heap[n] for n in reached)]
    while work:
        av = work.pop()
        if isinstance(av, (Iter, Cell)) and av.static not in reached:
            reached.add(av.static)
            work.append(heap[av.static])
        work += av.children
    return {n: av for n, av in heap.items() if n in reached}


def skeleton(av: AV, points: bool = True) -> object:
    """What loops are unrolled by in the state of an iterator: positions in known sequences, and where generators go on."""
    if isinstance(av, SeqIter):
        return av.static, len(av.children)
    if isinstance(av, (Gen, Zip, Stepped)):
        parts = tuple(skeleton(child, points) for child in av.children)
        return (av.static, parts) if points or not isinstance(av, Gen) else parts
    return "object" if isinstance(av, Iter) else None


def released(heap: dict[int, AV], av: AV, old: dict[int, AV]) -> tuple[AV, dict[int, AV]] | None:
    """A value and a heap without the iterators that are not in `old`: who holds one holds its state again.

    None if an iterator is held twice.
    """
    if all(n in old for n in heap if n < 0):
        return av, heap
    seen: set[int] = set()

    def without(av: AV) -> AV:
        if isinstance(av, Iter) and av.static not in old:
            if av.static in seen:
                raise LookupError
            seen.add(av.static)
            return without(heap[av.static])
        if not av.children:
            return av
        made = AV.__new__(type(av))
        AV.__init__(made, av.static, tuple(map(without, av.children)), av.leaves)
        return made

    try:
        return without(av), {n: without(state) for n, state in heap.items() if n in old or n >= 0}
    except LookupError:
        return None


# -- where the lifted code keeps iterators --------------------------------------------------------------------------


def unshared(function: Function, order: list[Block]) -> frozenset[Value]:
    """The values of lifted code that hold the iterator of a loop, which nothing but that loop sees."""
    sources: dict[Value, list[Value]] = {}
    for block in order:
        for edge in block.edges:
            for param, arg in zip(edge.target.params, edge.args, strict=True):
                sources.setdefault(param, []).append(arg)
    found = {p for p in function.params if p.name == "it" and _hidden(function)}
    for block in order:
        for instr in block.instrs:
            if instr.op == "py.iter":
                found.add(instr.result)
            elif instr.op in ("py.next", "py.send"):
                found.add(instr.results[2])
    candidates = {p for p, args in sources.items() if not any(isinstance(a, Const) for a in args)}
    changed = True
    while changed:
        shared = {p for p in candidates if not all(a in found or a in candidates for a in sources[p])}
        changed = bool(shared)
        candidates -= shared
    return frozenset(found | candidates)


def _hidden(function: Function) -> bool:
    """Whether the first parameter is that of a comprehension, which has no name in Python."""
    code = function.attrs["code"]
    return bool(code.co_argcount) and str(code.co_varnames[0]).startswith(".")


def consumed(order: list[Block]) -> frozenset[Value]:
    """Results of calls whose only use is in the same block, as what a loop or another call takes."""
    uses: dict[Value, int] = {}
    for block in order:
        operands = (*(i.args for i in block.instrs), block.term.args, *(e.args for e in block.edges))
        for args in operands:
            for value in args:
                uses[value] = uses.get(value, 0) + 1
    found = set()
    for block in order:
        calls = {i.result for i in block.instrs if i.op in ("py.call", "py.call_ex")}
        for instr in block.instrs:
            found.update(a for a in _takes(instr) if a in calls and uses[a] == 1)
    return frozenset(found)


def _takes(instr: Instr) -> list[Value]:
    if instr.op == "py.iter":
        return list(instr.args)
    return list(instr.args[1:]) if instr.op == "py.call" else []
