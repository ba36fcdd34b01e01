"""Which exceptions the handlers around a place look for. What none of them looks for leaves at once.

    try:                                    in the body, and in what it calls: {ValueError}
        y = solve(x)                        a TypeError of `solve` is no result of it, and the objects that `solve`
    except ValueError:                      changes need no values for where it is raised
        y = 0.0

A `finally`, a `with` and a handler whose classes are not globals look at everything.
"""

from __future__ import annotations

import types
from typing import Any

from irad.errors import IradError
from irad.infer.captures import space_of
from irad.infer.context import EVERYTHING, Context, Terminated
from irad.infer.exceptions import classes_of
from irad.infer.execute import execute
from irad.infer.shapes import AV
from irad.infer.values import Known
from irad.ir.core import Block, Branch, Instr, Jump, Try, Unreachable, Value


def reach_of(cx: Context, handler: Block, beyond: frozenset[type]) -> frozenset[type]:
    """The classes that a handler compares exceptions with, those around it too; `beyond` the function there are others."""
    found: frozenset[type] = frozenset()
    block: Block | None = handler
    known: dict[Value, AV] = {}
    caught: Value | None = None
    tested: Value | None = None
    while block is not None:
        ends = False
        for instr in block.instrs:
            if ends:
                return EVERYTHING
            if instr.op == "py.caught":
                caught = instr.result
            elif instr.op == "py.match" and instr.args[0] is caught and instr.args[1] in known:
                tested = instr.result
                found |= frozenset(_classes(cx, known[instr.args[1]]))
            elif instr.op == "py.reraise" and instr.args[0] is caught:
                ends = True
            elif not _evaluated(cx, instr, known):
                return EVERYTHING
        if BaseException in found:
            return EVERYTHING
        term = block.term
        if ends:
            if not isinstance(term, (Try, Unreachable)):
                return EVERYTHING
            block = term.handler.target if isinstance(term, Try) else None
        elif isinstance(term, Branch) and term.cond is tested:
            block = term.edges[1].target
        elif isinstance(term, Jump) or (isinstance(term, Try) and len(term.edges) == 2):
            block = term.edges[0].target
        else:
            return EVERYTHING
    return found | beyond


def _classes(cx: Context, wanted: AV) -> tuple[type, ...]:
    try:
        return classes_of(cx, wanted)
    except (IradError, Terminated):
        return (BaseException,)


def _evaluated(cx: Context, instr: Instr, known: dict[Value, AV]) -> bool:
    """Note what an instruction gives, if it takes a class from a global name."""
    if instr.op == "py.global":
        name = instr.attrs["name"]
        obj = space_of(cx.fn.globals, name).get(name)  # anything else might have to be read, or raise, in the `try`
        if not (isinstance(obj, (type, types.ModuleType)) or _is_classes(obj)):
            return False
    elif instr.op not in ("py.attr", "py.tuple") or not all(a in known for a in instr.args):
        return False
    try:
        found = execute(cx, instr, [known[a] for a in instr.args])
    except (IradError, Terminated):
        return False
    known.update(zip(instr.results, found, strict=True))
    return all(isinstance(av, Known) for av in found) or instr.op == "py.tuple"


def _is_classes(obj: Any) -> bool:
    return type(obj) is tuple and all(isinstance(item, type) for item in obj)
