"""Loops in two versions: without checks, where it shows before the loop that none will fail, and as they are.

    ^pre:                                              ^pre:
      br ^for(0)                                         %all: bool = le %n, %m
    ^for(%i: int):                                       br %all, ^for.free(0), ^for(0)
      %c: bool = lt %i, %n                             ^for.free(%i.1: int):
      br %c, ^body, ^done                                %c.1: bool = lt %i.1, %n
    ^body:                                      ->       br %c.1, ^body.free, ^for(%i.1)
      %ok: bool = lt %i, %m                            ^body.free:
      guard %ok, %i, %m {exc='IndexError', ...}          store %x, %a, %i.1
      store %x, %a, %i                                   ...
      ...                                              ^for(%i: int): ...

The copy stops where the loop would, and hands over to the loop, which then ends at once; or it is left out, and the loop
runs as it was written: what is stored before an exception is what CPython stores. What must hold before the loop is
found by `irad.passes.extremes`, for a whole nest at once if possible, else for the loops in it. Checks of indices that
the loop reads from memory are the business of `irad.passes.strips`.

Time runs forward in the copy as well: when a check would have been reached, the ones before it were true.
"""

from __future__ import annotations

from irad.analysis.cfg import dominators
from irad.analysis.loops import Loop, find_loops
from irad.analysis.ranges import Ranges
from irad.ir.core import Block, Function, Instr
from irad.passes.dce import dce
from irad.passes.extremes import Needs
from irad.passes.loopform import loopform
from irad.passes.simplify import simplify
from irad.passes.split import LIMIT, Free, can_split, copy_loop, enter, extremes_of, size_of
from irad.passes.strips import strip

GROWTH = 1500  # instructions that a function may gain


def versions(function: Function) -> bool:
    """Copy loops without their checks; form `loops` in and out.

    Before and after: see the head of this file.
    """
    if not any(instr.op == "guard" for instr in function.instrs()):
        return False
    now = _Now(function)
    work = [loop.header for loop in now.loops.values() if loop.parent is None]
    room = GROWTH
    changed = False
    while work and room > 0:
        loop = now.loops.get(work.pop())
        if loop is None or not _guards(loop):
            continue
        copies = None
        if can_split(loop) and size_of(loop) <= LIMIT:
            copies = _split(function, loop, now.ranges())
        if copies is not None:
            changed = True
            room -= size_of(loop)
            loopform(function)
            now = _Now(function)
        work += [copies[child.header] if copies is not None else child.header for child in loop.children]
    if changed:
        simplify(function)
        dce(function)
        loopform(function)
    return changed


class _Now:
    """What is known of the function until it is changed."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.doms = dominators(function)
        self.loops = {loop.header: loop for loop in find_loops(function, self.doms)}
        self._ranges: Ranges | None = None

    def ranges(self) -> Ranges:
        """The range analysis, made when first asked for."""
        if self._ranges is None:
            self._ranges = Ranges(self.function, self.doms)
        return self._ranges


def _guards(loop: Loop) -> list[tuple[Block, Instr]]:
    return [(b, i) for b in loop.blocks for i in b.instrs if i.op == "guard"]


def _split(function: Function, loop: Loop, ranges: Ranges) -> dict[Block, Block] | None:
    """Copy a loop if that rids it of checks; the copies of its blocks."""
    extremes = extremes_of(loop, ranges)
    found: set[Instr] = set()
    needs: Needs = {}
    position = {block: i for i, block in enumerate(ranges.doms.order)}
    for block, guard in sorted(_guards(loop), key=lambda pair: position[pair[0]]):
        each = extremes.always(guard.args[0], block, guard.loc)
        if each is not None:
            found.add(guard)
            needs.update(each)
    free = Free(found, extremes.assumed, extremes.code, needs)
    copies = strip(function, loop, ranges, free) if not loop.children else None
    if copies is None and found:
        copies, header = copy_loop(function, loop, free)
        enter(loop, free, header)
    return copies
