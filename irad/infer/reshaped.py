"""`a.shape = (n, 1)`: an array that a variable stands for gets other extents.

Compiled code has another array of the same memory in its place. So nothing else may stand for the array: it has been made in the
function (by `np.array`, by arithmetic, ...), and no other variable, list, object or closure can hold it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from irad.infer.context import Context
from irad.infer.shapes import AV
from irad.infer.shaping import reshape
from irad.infer.values import Arr, Bound, Known, arrays_in
from irad.ir.core import Instr, Value

FUNCTIONS = frozenset(id(f) for f in (
    np.array, np.copy, np.zeros, np.ones, np.empty, np.full, np.arange, np.linspace, np.zeros_like, np.ones_like, np.empty_like,
    np.concatenate, np.stack, np.dot, np.tile, np.repeat,
))  # they make an array
METHODS = frozenset(("copy", "reshape", "flatten", "astype"))
OPERATORS = ("py.binary", "py.unary")


def is_new(instr: Instr, env: Mapping[Value, AV], result: AV) -> bool:
    """Whether the result of an instruction is an array that it has made."""
    if not isinstance(result, Arr):
        return False
    if instr.op in OPERATORS:
        return not instr.attrs.get("inplace")
    makes = instr.op == "py.call" and "copy" not in instr.attrs.get("kwnames", ())
    callee = env.get(instr.args[0]) if makes else None
    if isinstance(callee, Bound):
        return isinstance(callee.owner, Arr) and callee.function in METHODS
    return isinstance(callee, Known) and id(callee.obj) in FUNCTIONS


def assigned(cx: Context, instr: Instr, env: Mapping[Value, AV], new: set[Value], params: Iterable[Value]) -> Arr:
    """What takes the place of the array."""
    owner, shape = instr.args
    a = env[owner]
    assert isinstance(a, Arr)
    kept = {owner, *new, *params}
    others = [av for v, av in env.items() if v not in kept]
    others += cx.heap.values()
    if owner not in new or any(_like(a, other) for av in others for other in arrays_in(av)):
        cx.unsupported(
            "assignment to the shape of an array that something else may stand for", kind="attribute-store",
            why="every name of the array would have to see it", hint="write a = a.reshape(...)",
        )
    if a.type.layout != "C" or a.order:
        cx.unsupported("assignment to the shape of an array that is not contiguous", kind="attribute-store",
                       hint="write a = a.reshape(...)")
    wanted = env[shape] if shape in env else Known(shape.value)  # type: ignore[attr-defined]
    return reshape(cx, a, wanted)


def _like(a: Arr, other: Arr) -> bool:
    return a.ndim == other.ndim and a.kind == other.kind
