"""Questions about the memory of arrays: np.shares_memory, np.may_share_memory, and views of all of an array."""

from __future__ import annotations

import numpy as np

from irad.errors import UnsupportedError
from irad.infer import arrays, dtypes, numbers
from irad.infer.context import Context
from irad.infer.kinds import CLASSES
from irad.infer.meanings import handles, method
from irad.infer.shapes import AV
from irad.infer.values import NONE, Arr, Known, int_const
from irad.ir.core import Value


def _two(cx: Context, name: str, args: list[AV], kwargs: dict[str, AV]) -> tuple[Arr, Arr] | None:
    """The two arrays that are asked about; None if one of them is none, which has memory of its own."""
    given = {**dict(zip(("a", "b", "max_work"), args, strict=False)), **kwargs}
    if not {"a", "b"} <= set(given) <= {"a", "b", "max_work"}:
        cx.type_error(f"{name}() takes two arrays")
    if given.pop("max_work", NONE) is not NONE:
        cx.unsupported(f"`max_work` of np.{name}", kind="option", hint="leave it out")
    a, b = given["a"], given["b"]
    return (a, b) if isinstance(a, Arr) and isinstance(b, Arr) else None


@handles(np.may_share_memory)
def _may_share_memory(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """Whether the first and last bytes overlap."""
    pair = _two(cx, "may_share_memory", args, kwargs)
    return Known(False) if pair is None else cx.bool(cx.op("overlap", pair[0].value, pair[1].value))


@handles(np.shares_memory)
def _shares_memory(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """Whether some element is in both: sure where neither has gaps, or if both have one axis with one step, either way."""
    pair = _two(cx, "shares_memory", args, kwargs)
    if pair is None:
        return Known(False)
    a, b = pair
    meet = cx.op("overlap", a.value, b.value)
    sure = cx.either(cx.op("same", a.value, b.value), cx.both(_whole(cx, a), _whole(cx, b)))
    if a.ndim == b.ndim == 1 and a.kind == b.kind:
        step, other = (cx.op("stride", x.value, axis=0) for x in (a, b))
        alike = cx.either(cx.op("eq", step, other), cx.op("eq", step, cx.op("neg", other)))
        steps = cx.both(alike, cx.op("ne", step, int_const(0)))
        apart = cx.op("sub", cx.op("locate", a.value), cx.op("locate", b.value))
        odd = cx.op("ne", cx.op("mod", apart, cx.op("select", steps, step, int_const(1))), int_const(0))
        meet = cx.both(meet, cx.negate(cx.both(steps, odd)))
        sure = cx.either(sure, steps)
    error = UnsupportedError(
        "np.shares_memory of arrays with gaps that lie in each other", kind="function", loc=cx.loc,
        why="whether they have an element in common is a hard question", hint="use np.may_share_memory",
    )
    cx.unless(cx.either(cx.negate(meet), sure), lambda: cx.fail(error))
    return cx.bool(meet)


def _whole(cx: Context, a: Arr) -> Value:
    """Whether the elements lie without gaps, in C or Fortran order."""
    c_order = arrays.is_dense(cx, a)
    return c_order if a.ndim < 2 else cx.either(c_order, arrays.is_dense(cx, arrays.transpose(cx, a)))


@method("view")
def _view(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """a.view(): another array of the same elements."""
    a, given = args[0], {**dict(zip(("dtype", "type"), args[1:], strict=False)), **kwargs}
    if isinstance(a, Known) and all(isinstance(av, Known) for av in given.values()):
        return numbers.fold(cx, lambda *known: known[0].view(**dict(zip(given, known[1:], strict=True))), a, *given.values())
    if not isinstance(a, Arr) or len(args) > 3 or not set(given) <= {"dtype", "type"}:
        cx.unsupported("the method `view` of a number of numpy", kind="attribute", hint="struct.pack and unpack, outside")
    wanted = [av.obj if isinstance(av, Known) else ... for av in given.values()]
    classes = [c for c in wanted if c is not np.ndarray and isinstance(c, type) and issubclass(c, np.ndarray)]
    if classes:
        cx.unsupported(
            f"a view of an array as a {classes[0].__name__}", kind="attribute",
            why="compiled code has arrays of numpy's own class", hint="leave it out, and use the functions that do the same",
        )
    dtype = given.get("dtype", NONE)
    kind = a.kind if isinstance(dtype, Known) and dtype.obj in (None, np.ndarray) else dtypes.dtype_of(cx, dtype, a.kind)
    if kind != a.kind:
        cx.unsupported(
            f"a view of an array of {CLASSES[a.kind].__name__} as {CLASSES[kind].__name__}", kind="dtype",
            why="the elements of one memory have one type", hint="astype() converts the values; view the array outside",
        )
    return arrays.again(cx, a)


