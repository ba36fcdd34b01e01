"""Functions that somebody else's tools have wrapped: the Python function behind them is what they mean.

    @numba.njit                         @numba.vectorize              @functools.lru_cache
    def f(x): ...                       def f(x): ...                 def f(x): ...

A jitted function is its Python body (with numpy's rules for divisions if it asks for `error_model="numpy"`), a vectorised
one its body place by place, a cached one its body, a function of numpy's what it does for plain arrays. They are known by
what they offer, so nothing is imported for them.
"""

from __future__ import annotations

import functools
import types
from typing import Any

import numpy as np

from irad.infer import arrays
from irad.infer.context import Context
from irad.infer.kinds import OF_CLASS
from irad.infer.shapes import AV
from irad.infer.values import Arr

DISPATCHER = type(np.mean)  # what numpy makes of its functions in Python, so that other array types can have their own
CACHED = type(functools.lru_cache(maxsize=None)(int))


def transform_of(obj: Any) -> tuple[str, Any, Any] | None:
    """What irad made an object for: (name, options, function). (Objects that have every attribute are no such things, and
    a bound method is its own, whatever the function has.)"""
    found = None if isinstance(obj, types.MethodType) else getattr(obj, "__irad_transform__", None)
    return found if type(found) is tuple else None


def wrapper_of(obj: Any) -> tuple[str, ...]:
    """The attributes on the way from a wrapper to the Python function that it means; () if it is no such thing."""
    if isinstance(obj, CACHED):
        return ("__wrapped__",) if isinstance(obj.__wrapped__, types.FunctionType) else ()
    if isinstance(obj, DISPATCHER):
        return ("_implementation",) if isinstance(followed(obj, ("_implementation",)), types.FunctionType) else ()
    if not type(obj).__module__.startswith("numba."):
        return ()
    for path in (("py_func",), ("_dispatcher", "py_func")):
        if isinstance(followed(obj, path), types.FunctionType):
            return path
    return ()


def followed(obj: Any, path: tuple[str, ...]) -> Any:
    """An attribute of an attribute, or None."""
    for name in path:
        obj = getattr(obj, name, None)
    return obj


def by_place(path: tuple[str, ...]) -> bool:
    """Whether the function is applied to the elements of arrays."""
    return len(path) == 2


def divides_as_numpy(obj: Any) -> bool:
    """Whether divisions by zero in a jitted function give inf and nan."""
    options = getattr(obj, "targetoptions", None) or {}
    return isinstance(options, dict) and options.get("error_model") == "numpy"


def apply_by_place(cx: Context, obj: Any, body: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A vectorised function: its body on scalars, or on each element of arrays."""
    from irad.infer.calls import call_value

    if kwargs:
        cx.unsupported(f"the option `{next(iter(kwargs))}` of a vectorised function", kind="option", hint="leave it out")
    operands = [arrays.as_operand(cx, a) for a in args]
    if not any(isinstance(a, Arr) and a.ndim for a in operands):
        return call_value(cx, body, operands, {})
    return arrays.elementwise(cx, lambda *items: call_value(cx, body, list(items), {}), operands, _result_kind(obj))


def _result_kind(obj: Any) -> str:
    """The kind of the elements that a vectorised function makes: as declared, float64 otherwise."""
    for text in getattr(obj, "types", ()):
        found = OF_CLASS.get(np.dtype(text.rpartition(">")[2]).type)
        if found is not None:
            return {"bool": "bool_", "int": "int64", "float": "float64"}.get(found, found)
    return "float64"
