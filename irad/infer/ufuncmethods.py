"""The methods of ufuncs: np.add.reduce, np.multiply.outer, np.maximum.accumulate, np.add.at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irad.infer import arrays
from irad.infer.calls import call_function, call_value, python_function
from irad.infer.context import Context
from irad.infer.dtypes import no_options
from irad.infer.making import as_array
from irad.infer.meanings import UFUNC_METHODS
from irad.infer.shapes import AV
from irad.infer.ufuncs import apply_ufunc
from irad.infer.values import NONE, Arr, Known, Seq
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
    return call_function(cx, python_function(running.reduce), [Known(function), as_array(cx, args[0])], kept)


def accumulate(cx: Context, function: np.ufunc, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """np.f.accumulate(a, axis=0, dtype=None)"""
    named = dict(zip(("axis", "dtype"), args[1:], strict=False)) | kwargs
    named.setdefault("axis", Known(0))
    if function in (np.add, np.multiply):
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
    """np.f.at(a, indices, b): in place, one after the other."""
    no_options(cx, f"{function.__name__}.at", kwargs)
    given = args[2:] or [NONE]
    return call_function(cx, python_function(running.at), [Known(function), args[0], as_array(cx, args[1]), *given], {})


TABLE: dict[str, Callable[..., AV]] = {"reduce": reduce, "accumulate": accumulate, "outer": outer, "at": at}
UFUNC_METHODS.update(TABLE)
