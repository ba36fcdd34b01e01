"""Functions that somebody else's tools have wrapped: the Python function behind them is what they mean.

    @numba.njit                         @numba.vectorize              @functools.lru_cache
    def f(x): ...                       def f(x): ...                 def f(x): ...

A jitted function is its Python body (with numba's errors, see `jitcalls`; with numpy's rules for divisions if it, or its caller,
asks for `error_model="numpy"`), a vectorised one its body place by place (`byplace`, `bylayout`), a cached one its body, a
function of numpy's what it does for plain arrays. They are known by what they offer, so nothing is imported for them.
"""

from __future__ import annotations

import functools
import types
from typing import Any

import numpy as np

from irad.infer.keys import ObjKey
from irad.infer.shapes import AV
from irad.infer.values import Fn, Record

DISPATCHER = type(np.mean)  # what numpy makes of its functions in Python, so that other array types can have their own
CACHED = type(functools.lru_cache(maxsize=None)(int))


def transform_of(obj: Any) -> tuple[str, Any, Any] | None:
    """What irad made an object for: (name, options, function). (Objects that have every attribute are no such things, and
    a bound method is its own, whatever the function has.)"""
    found = None if isinstance(obj, types.MethodType) else getattr(obj, "__irad_transform__", None)
    return found if type(found) is tuple else None


def of_numba(obj: Any) -> bool:
    """Whether numba has made the class of an object."""
    return type(obj).__module__.startswith("numba.")


def wrapper_of(obj: Any) -> tuple[str, ...]:
    """The attributes on the way from a wrapper to the Python function that it means; () if it is no such thing."""
    if isinstance(obj, CACHED):
        return ("__wrapped__",) if isinstance(obj.__wrapped__, types.FunctionType) else ()
    if isinstance(obj, DISPATCHER):
        return ("_implementation",) if isinstance(followed(obj, ("_implementation",)), types.FunctionType) else ()
    if not of_numba(obj):
        return ()
    for path in (("py_func",), ("_dispatcher", "py_func")):
        if isinstance(followed(obj, path), types.FunctionType):
            return path
    return ()


def binds(obj: Any) -> bool:
    """Whether an object that is no function is a method where a class has it: what irad or numba have made, or a cache."""
    return bool(wrapper_of(obj)) or transform_of(obj) is not None


def followed(obj: Any, path: tuple[str, ...]) -> Any:
    """An attribute of an attribute, or None."""
    for name in path:
        obj = getattr(obj, name, None)
    return obj


OWN = {  # objects of numba's that are not compiled, by the modules of their classes: what they are, what to use instead
    "numba.typed.typedlist": ("a numba.typed.List", "a list: list(x)"),
    "numba.typed.typeddict": ("a numba.typed.Dict", "a dict: dict(x)"),
    "numba.experimental.jitclass.boxing": ("an object of a class with @jitclass", "an object of the class without @jitclass"),
}


def own_of_numba(obj: Any) -> tuple[str, str] | None:
    """What an object of numba's is, and what to use instead, if it is one that is not compiled."""
    if any(cls.__name__ == "WrapperAddressProtocol" and cls.__module__.startswith("numba.") for cls in type(obj).__mro__):
        return "a function that numba calls by its address", "a function of scipy.special itself, not in jitted code"
    return OWN.get(type(obj).__module__)


WRAPPED = ("by place", "by layout", "declared")  # records that stand for an object of numba's


def meaning_of(obj: Any, path: tuple[str, ...], body: AV) -> AV:
    """What a wrapper stands for, given the function behind it."""
    if not of_numba(obj) or not isinstance(body, Fn):
        return body
    if len(path) == 2:
        by_layout = getattr(obj, "gufunc_builder", None) is not None
        return Record(("by layout" if by_layout else "by place", ObjKey(obj)), (body.under("numpy"),))
    options = getattr(obj, "targetoptions", None)
    model = options.get("error_model") if isinstance(options, dict) else None
    jitted = body.under(str(model or ""))
    return jitted if getattr(obj, "_can_compile", True) else Record(("declared", ObjKey(obj)), (jitted,))


def wrapped(av: AV) -> Any:
    """The object of numba's that a record stands for, or None."""
    return av.static[1].obj if isinstance(av, Record) and av.static[0] in WRAPPED else None
