"""The order of elements in memory, where numpy's may not be C's: what `Arr.order` says, and who may write.

    ""        as in C, here and in numpy
    "turned"  any other, here as in numpy: transposed and strided arrays, those that come from outside
    "kept"    numpy may have kept the order of an operand (`b = a.T * 2`); here it is C's, or that of a view of such
    "either"  the elements of one that is kept, under another shape: here in the same memory, in numpy perhaps a copy
    "other"   not the memory that numpy writes to, or not that alone: of np.broadcast_arrays, `flat` of strided memory

One that is "either" can be read; writes to it are refused, and so are writes to those that are kept where there are both.
"""

from __future__ import annotations

from collections.abc import Container, Sized

import numpy as np

from irad.infer import heap
from irad.infer.captures import LIBRARY
from irad.infer.context import Context, type_name
from irad.infer.shapes import AV
from irad.infer.values import Arr, Bound, Choice, Known, Partial, Record, Ref, Seq, arrays_in
from irad.ir.core import Instr, Value

ALWAYS_C = frozenset(id(f) for f in (
    np.ascontiguousarray, np.matmul, np.dot, np.vdot, np.inner, np.outer, np.kron, np.tile, np.repeat, np.linalg.inv,
    np.linalg.solve, np.linalg.pinv, np.linalg.cholesky, np.linalg.qr, np.cov, np.corrcoef, np.tril, np.triu, np.argsort,
    np.einsum, np.meshgrid, np.vander, np.reshape, np.ravel,
))
C_METHODS = ("copy", "reshape", "ravel", "flatten", "dot", "argsort", "repeat")
MAKING = ("py.binary", "py.unary", "py.compare", "py.call", "py.call_ex")
WARY = ("either", "other")
HINT = "make an array in C order first: b = (a.T * 2).copy()"


def check_writes(cx: Context, a: Arr, words: str) -> None:
    """Raise what numpy raises if an array may not be written to; refuse it where another array may or may not change with it."""
    if not a.writeable:
        cx.throw("ValueError", words)
    loc = cx.builder.loc
    if loc is not None and loc.file.startswith(LIBRARY):
        return
    if a.order == "other":
        cx.unsupported("a write through `flat` of a strided array, or to what np.broadcast_arrays has made", kind="index",
                       hint="write to the array itself, or to a copy")
    if a.order == "either" or (a.order == "kept" and _is_under_another_shape(cx)):
        cx.unsupported(
            "a write to an array that is a view or a copy, as its order in memory decides", kind="index",
            why="numpy keeps the order of transposed and strided operands (a.T * 2), and `ravel` of that is a copy",
            hint=HINT,
        )


def _is_under_another_shape(cx: Context) -> bool:
    """Whether there may be one that is "either": what callers hold is not known."""
    if not cx.unit.regrouped or cx.fn.code is not cx.unit.root:
        return cx.unit.regrouped
    return any(a.order == "either" for av in (*cx.env.values(), *cx.heap.values()) for a in arrays_in(av))


def ask(cx: Context, a: Arr, what: str) -> None:
    """Refuse a question that the order in memory answers, where numpy's is not known."""
    if a.order in ("kept", "either") and a.ndim > 1 and not _in_library(cx):  # irad's own code asks how it lies here
        cx.unsupported(f"the {what} of an array whose order in memory depends on that of another", kind="attribute", hint=HINT)


def regrouped(cx: Context, a: Arr, found: Arr) -> Arr:
    """What `reshape` has made of an array, and the like: in numpy it may be a copy."""
    if a.order not in ("kept", *WARY):
        return found
    cx.unit.regrouped |= a.order != "other" and not _in_library(cx)
    return Arr(found.kind, found.value, found.writeable, found.extents, "other" if a.order == "other" else "either")


def _in_library(cx: Context) -> bool:
    loc = cx.builder.loc
    return loc is not None and loc.file.startswith(LIBRARY)


def of_results(cx: Context, instr: Instr, args: list[AV], result: AV) -> AV:
    """The result of an instruction, with what follows for the order of arrays that it has made."""
    if not isinstance(result, (Arr, Seq, Choice)) or instr.op not in MAKING:
        return result
    if instr.op in ("py.call", "py.call_ex") and not _may_keep(args[0], any(map(_says_so, args))):
        return result
    if instr.op == "py.binary" and instr.attrs["op"] == "@":
        return result
    seen = [heap.content_of(cx, a) if isinstance(a, Ref) and a.cls is list else a for a in args]
    if not any(map(_is_other, seen)):
        return result
    return _kept(result, {a.value for given in seen for a in arrays_in(given)})


def _may_keep(callee: AV, said: bool) -> bool:
    """Whether a function or method of numpy may make arrays in the order of its arguments."""
    if isinstance(callee, Partial):
        return _may_keep(callee.children[0], said)
    if isinstance(callee, Record):
        return bool(callee.static[0] == "vectorized")
    if isinstance(callee, Bound):
        return isinstance(callee.owner, Arr) and (said or callee.function not in C_METHODS)
    return isinstance(callee, Known) and id(callee.obj) not in ALWAYS_C and not isinstance(callee.obj, type)


def _says_so(given: AV) -> bool:
    return isinstance(given, Known) and isinstance(given.obj, str) and given.obj.upper() in ("F", "K", "A")


def order_name(cx: Context, given: AV | None) -> str | None:
    """What `order=` says: "C", "F", "A" or "K"; None if nothing; "?" if that is not known at compile time."""
    if given is None or (isinstance(given, Known) and given.obj is None):
        return None
    if not isinstance(given, Known) or isinstance(given.obj, bytes):
        return "?"
    if not isinstance(given.obj, str):
        cx.type_error(f"order must be str, not {type_name(given)}")
    if given.obj.upper() not in ("C", "F", "A", "K"):
        cx.throw("ValueError", f"order must be one of 'C', 'F', 'A', or 'K' (got '{given.obj}')")
    return given.obj.upper()


def _is_other(given: AV) -> bool:
    return _says_so(given) or any(a.order and a.ndim > 1 for a in arrays_in(given))


def _kept(av: AV, given: Container[Value]) -> AV:
    if isinstance(av, Arr):
        fresh = av.ndim > 1 and not av.order and av.value not in given
        return Arr(av.kind, av.value, av.writeable, av.extents, "kept") if fresh else av
    if isinstance(av, (Seq, Choice)) and any(isinstance(child, Arr) for child in av.children):
        return av.with_children(tuple(_kept(child, given) for child in av.children))
    return av


def kept(a: Arr, other: bool) -> Arr:
    """A new array, whose order numpy may have taken from another one."""
    return Arr(a.kind, a.value, a.writeable, a.extents, "kept") if other and a.ndim > 1 else a


def of_view(a: Arr, left: Sized) -> str:
    """The order of a view with these axes."""
    return a.order if len(left) > 1 or a.order in WARY else ""
