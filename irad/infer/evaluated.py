"""Functions of numpy and scipy that are called with known arguments only: Python itself calls them, at compile time.

Nodes and weights of quadratures, coefficients of polynomials: they come out of iterations and eigenvalues that nobody wants
to have differentiated. Only of packages whose functions depend on nothing but their arguments.
"""

from __future__ import annotations

import inspect
import types
from typing import Any

import numpy as np

from irad.infer import heap
from irad.infer.context import Context
from irad.infer.kinds import MACHINE, dtype_kind, kind_of
from irad.infer.sequences import lookup
from irad.infer.shapes import AV
from irad.infer.values import Arr, Fn, Known, Record, Seq, int_const
from irad.ops.py import UNBOUND

PACKAGES = ("numpy.polynomial", "scipy.special", "scipy.linalg._special_matrices", "scipy.integrate._quadrature")


def evaluated(cx: Context, f: Fn, args: list[AV], kwargs: dict[str, AV]) -> AV | None:
    """What the function gives; None if it is not one of these, is not given known values, or gives other things than numbers."""
    function = _function(f)
    if function is None:
        return None
    given = [known_throughout(cx, a) for a in args]
    named = {k: known_throughout(cx, v) for k, v in kwargs.items()}
    if not all(isinstance(a, Known) and _is_plain(a.obj) for a in (*given, *named.values())):
        return None
    from irad.infer.numbers import fold

    options = {k: v.obj for k, v in named.items() if isinstance(v, Known)}
    found = fold(cx, lambda *values: function(*values, **options), *given)
    return _made(cx, found.obj) if isinstance(found, Known) and _is_result(found.obj) else None


def _function(f: Fn) -> Any:
    """The function object of a module of these packages that has this code; None if there is none."""
    module = str(f.globals.get("__name__", "")) + "."
    if not any(module.startswith(package + ".") for package in PACKAGES):
        return None
    found = f.globals.get(f.code.co_name)
    if isinstance(found, types.FunctionType) and inspect.unwrap(found).__code__ is f.code:
        return found
    return None


def _is_plain(obj: Any) -> bool:
    """Whether this is a number, a text, None, or a list or tuple of these."""
    return obj is None or isinstance(obj, (str, int, float, np.number, np.bool_)) or (
        type(obj) in (tuple, list) and all(map(_is_plain, obj)))


def _is_result(obj: Any) -> bool:
    if type(obj) is np.ndarray:
        return obj.ndim > 0 and dtype_kind(obj.dtype) is not None
    return kind_of(obj) is not None or (type(obj) is tuple and all(map(_is_result, obj)))


def _made(cx: Context, obj: Any) -> AV:
    """Numbers, new arrays, and tuples of these."""
    if type(obj) is tuple:
        return Seq(tuple, tuple(_made(cx, item) for item in obj))
    return _array(cx, obj) if isinstance(obj, np.ndarray) else Known(obj)


def _array(cx: Context, array: np.ndarray[Any, Any]) -> AV:
    """A new array, filled from a table of constants."""
    kind = dtype_kind(array.dtype)
    assert kind is not None
    machine, values = MACHINE[kind], array.ravel().tolist()
    flat = cx.op("alloc", int_const(array.size), elem=str(machine), zero=False)
    if values:
        cx.count_loop(int_const(array.size), lambda i: cx.op_store(lookup(cx, machine, values, i), flat, [i]))
    extents = "".join("1" if n == 1 else "+" for n in array.shape)
    shaped = flat if array.ndim == 1 else cx.op("reshape", flat, *map(int_const, array.shape))
    return Arr(kind, shaped, True, extents)


def known_throughout(cx: Context, av: AV) -> AV:
    """A list, dict or tuple of known things as a known object."""
    content = heap.opened(cx, av)
    if isinstance(content, (Seq, Record)) and (isinstance(content, Seq) or content.static[0] == "dict"):
        items = [known_throughout(cx, c) for c in content.children]
        if all(isinstance(i, Known) and i.obj is not UNBOUND for i in items):
            plain = [i.obj for i in items if isinstance(i, Known)]
            if isinstance(content, Record):
                return Known(dict(zip(content.static[1], plain, strict=True)))
            if content.cls in (tuple, list):
                return Known(content.cls(plain))
    return av
