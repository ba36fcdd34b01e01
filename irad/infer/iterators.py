"""Iterators as objects: what several names stand for moves on for all of them.

The state of an iterator (`SeqIter`, `Counted`, `Zip`, `Gen`, ...) is a value. A loop keeps it on the interpreter's stack, where
nobody else sees it: there the state itself is passed around. Everywhere else an iterator is a reference (`Iter`) into the
abstract heap.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import operator
from typing import TYPE_CHECKING

from irad.infer.shapes import AV
from irad.infer.values import Choice, Fn, Gen, Iter, Known, ListIter, SeqIter, Stepped, Zip
from irad.ir.core import Block, Const, Function, Instr, Jump, Try, Value

if TYPE_CHECKING:
    from irad.infer.context import Context


def is_state(av: AV) -> bool:
    """Whether this is the state of an iterator that has no name yet."""
    return type(av).iterator and not isinstance(av, Iter)


def named(cx: Context, av: AV) -> AV:
    """A value that variables or containers hold from here on: the iterators in it become objects."""
    if is_state(av) or (isinstance(av, Choice) and all(map(is_state, av.members))):
        name = (Iter, next(cx.unit.numbers))
        cx.heap[name] = av
        return Iter(name)
    children = tuple([named(cx, child) for child in av.children])
    return av if all(map(operator.is_, children, av.children)) else av.with_children(children)


# these use up an iterator, or make another one of it, and keep no second reference
_TAKING = (
    builtins.all, builtins.any, builtins.dict, builtins.enumerate, builtins.filter, builtins.frozenset, builtins.iter,
    builtins.list, builtins.map, builtins.max, builtins.min, builtins.next, builtins.set, builtins.sorted, builtins.sum,
    builtins.tuple, builtins.zip, functools.reduce, itertools.accumulate, itertools.chain, itertools.compress,
    itertools.dropwhile, itertools.filterfalse, itertools.groupby, itertools.islice, itertools.pairwise, itertools.starmap,
    itertools.takewhile, itertools.zip_longest,
)


def takes_iterators(f: AV) -> bool:
    """Whether a call of this can be given the state of an iterator, which nobody else will see."""
    return isinstance(f, Fn) or (isinstance(f, Known) and any(f.obj is each for each in _TAKING))


def skeleton(av: AV, points: bool = True) -> object:
    """What loops are unrolled by in the state of an iterator: positions in known sequences, and where generators go on."""
    if isinstance(av, (SeqIter, ListIter)):
        return av.static, len(av.children)
    if isinstance(av, (Gen, Zip, Stepped)):
        parts = tuple(skeleton(child, points) for child in av.children)
        return (av.static, parts) if points or not isinstance(av, Gen) else parts
    return "object" if isinstance(av, Iter) else None


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


def begun(order: list[Block]) -> frozenset[Value]:
    """Iterators of which a loop takes a step as the next thing that happens."""
    found: set[Value] = set()
    for block in order:
        last = block.instrs[-1] if block.instrs else None
        if last is not None and last.op == "py.iter" and isinstance(block.term, (Jump, Try)):
            edge = block.term.edges[0]
            first = edge.target.instrs[0] if edge.target.instrs else None
            given = dict(zip(edge.target.params, edge.args, strict=True))
            if first is not None and first.op == "py.next" and given.get(first.args[0], first.args[0]) is last.result:
                found.add(last.result)
    return frozenset(found)


def consumed(order: list[Block]) -> frozenset[Value]:
    """Results of calls whose only use is in the same block, as what a loop or another call takes."""
    uses: dict[Value, int] = {}
    for block in order:
        operands = (*(i.args for i in block.instrs), block.term.args, *(e.args for e in block.edges))
        for args in operands:
            for value in args:
                uses[value] = uses.get(value, 0) + 1
    found: set[Value] = set()
    for block in order:
        calls = {i.result for i in block.instrs if i.op in ("py.call", "py.call_ex")}
        for instr in block.instrs:
            found.update(a for a in _takes(instr) if a in calls and uses[a] == 1)
    return frozenset(found)


def _takes(instr: Instr) -> list[Value]:
    if instr.op == "py.iter":
        return list(instr.args)
    return list(instr.args[1:]) if instr.op == "py.call" else []
