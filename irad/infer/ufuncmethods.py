"""The methods of ufuncs: np.add.reduce, np.multiply.outer, np.maximum.accumulate, np.add.at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irad.infer import arrays, gather, inmemory
from irad.infer.calls import call_value
from irad.infer.context import Context
from irad.infer.dtypes import no_options
from irad.infer.indices import index_entries, of_run_time
from irad.infer.making import as_array
from irad.infer.meanings import UFUNC_METHODS
from irad.infer.pythoncalls import call_function, python_function
from irad.infer.shapes import AV
from irad.infer.ufuncs import ON_SCALARS, apply_ufunc, result_kind
from irad.infer.values import NONE, Arr, Choice, Known, Record, Seq
from irad.ir.core import Value
from irad.lib import running

REDUCTIONS: dict[np.ufunc, Any] = {
    np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min, np.logical_and: np.all, np.logical_or: np.any,
}


def reduce(cx: Context, function: np.ufunc, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """np.f.reduce(a, axis=0, dtype=None, out=None, keepdims=False)"""
    named = dict(zip(("axis", "dtype", "out", "keepdims"), args[1:], strict=False)) | kwargs
    named.setdefault("axis", Known(0))
    named = {k: v for k, v in named.items() if k == "axis" or not (isinstance(v, Known) and v.obj is None)}
    if function in REDUCTIONS:
        if function not in (np.add, np.multiply):
            no_options(cx, f"{function.__name__}.reduce", {k: v for k, v in named.items() if k == "dtype"})
        return call_value(cx, Known(REDUCTIONS[function]), [args[0]], named)
    no_options(cx, f"{function.__name__}.reduce", {k: v for k, v in named.items() if k not in ("axis", "keepdims")})
    kept = {k: v for k, v in named.items() if k in ("axis", "keepdims")}
    a = as_array(cx, args[0])
    if "ll->l" not in function.types and isinstance(a, Arr) and a.kind in ("int64", "int32"):  # it computes with floats
        a = call_value(cx, Known(np.multiply), [a, Known(1.0)], {})
    return call_function(cx, python_function(running.reduce), [Known(function), a], kept)


def accumulate(cx: Context, function: np.ufunc, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """np.f.accumulate(a, axis=0, dtype=None)"""
    named = dict(zip(("axis", "dtype"), args[1:], strict=False)) | kwargs
    named.setdefault("axis", Known(0))
    if getattr(as_array(cx, args[0]), "ndim", 1) > 0 and function in (np.add, np.multiply):
        return call_value(cx, Known(np.cumsum if function is np.add else np.cumprod), [args[0]], named)
    no_options(cx, f"{function.__name__}.accumulate", {k: v for k, v in named.items() if k != "axis"})
    return call_function(cx, python_function(running.accumulate), [Known(function), as_array(cx, args[0]), named["axis"]], {})


def outer(cx: Context, function: np.ufunc, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """np.f.outer(a, b): f of each element of the one with each of the other."""
    no_options(cx, f"{function.__name__}.outer", kwargs)
    a, b = (as_array(cx, arg) for arg in args)
    assert isinstance(a, Arr) and isinstance(b, Arr)
    return apply_ufunc(cx, function, arrays.get_item(cx, a, Seq(tuple, (Known(Ellipsis), *[NONE] * b.ndim))), b)


def at(cx: Context, function: np.ufunc, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """np.f.at(a, indices, b): in place, one after the other; numbers of Python are arrays of their own dtype here."""
    no_options(cx, f"{function.__name__}.at", kwargs)
    for k, arg in enumerate(args):
        if isinstance(arg, Choice):
            return cx.dispatch(arg, lambda m: at(cx, function, [*args[:k], m, *args[k + 1 :]], kwargs))
    a, index, *more = args
    if not isinstance(a, Arr):
        cx.type_error("first operand must be array")
    if len(more) + 1 != function.nin:
        cx.throw("ValueError", "second operand provided when ufunc is unary" if more else "second operand needed for ufunc")
    entries = index_entries(of_run_time(cx, a, index))
    if any(isinstance(e, Known) and e.obj is None for e in entries):
        cx.unsupported(f"np.{function.__name__}.at with None in its index", kind="index", hint="leave out the new axis")
    inmemory.check_writes(cx, a, "array is read-only")
    given = [arrays.as_operand(cx, b) for b in more]
    operands = [b if isinstance(b, Arr) else arrays.as_numpy(cx, b) for b in given]
    _one_by_one(cx, function, a, gather.apart(cx, a, gather.whole_plan(cx, a, entries)), operands)
    return NONE


def _one_by_one(cx: Context, function: np.ufunc, a: Arr, p: gather.Plan, operands: list[AV]) -> None:
    kind = result_kind(cx, function, [a, *operands])
    gather.check_places(cx, p)
    sources = [gather.spread_over(cx, a, b, p.sizes, "array is not broadcastable to correct shape") for b in operands]

    def change(at: list[Value]) -> None:
        place = p.place(cx, at, checked=False)
        old = arrays.element(cx, p.base, place)
        new = ON_SCALARS[function](cx, kind, old, *(arrays.fetch(cx, b, at) for b in sources))
        cx.op_store(arrays.converted(cx, new, a.kind), p.base.value, place)

    arrays.loop_nest(cx, p.sizes, change)


TABLE: dict[str, Callable[..., AV]] = {"reduce": reduce, "accumulate": accumulate, "outer": outer, "at": at}
UFUNC_METHODS.update(TABLE)


def by_place(cx: Context, f: Record, name: str, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """f.reduce, f.accumulate, f.outer of one of numba's vectorised functions: numpy's loops over its calls."""
    obj = f.static[1].obj
    given = [as_array(cx, a) for a in args[: 2 if name == "outer" else 1]]
    named = dict(zip(("axis",), args[len(given) :], strict=False)) | kwargs
    refused = [k for k in named if name == "outer" or k not in ("axis", "keepdims")[: 2 if name == "reduce" else 1]]
    if refused or obj.nin != 2 or obj.identity is not None or not given or len(args) > 2:
        what = f"`{name}` of a vectorised function that has an identity, or with options"
        cx.unsupported(what, kind="option", hint="write the loop")
    if name == "outer":
        a, b = given
        assert isinstance(a, Arr) and isinstance(b, Arr)
        return call_value(cx, f, [arrays.get_item(cx, a, Seq(tuple, (Known(Ellipsis), *[NONE] * b.ndim))), b], {})
    named.setdefault("axis", Known(0))
    return call_function(cx, python_function(running.reduce if name == "reduce" else running.accumulate), [f, *given], named)
