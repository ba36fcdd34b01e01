"""The arguments that functions which are not compiled take: what does not fit is Python's TypeError, in Python's words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from irad.infer.context import Context
from irad.infer.kinds import CLASSES
from irad.infer.shapes import AV
from irad.infer.values import Arr, Bound, Record, Ref, Seq, numeric

_NONE: Callable[..., Any] = lambda: None
_SELF: Callable[..., Any] = lambda self, /: None
_ONE: Callable[..., Any] = lambda self, value, /: None
_MANY: Callable[..., Any] = lambda self, /, *values: None
_FROM_DICT: Callable[..., Any] = lambda self, key, default=None, /: None
_INTO_DICT: Callable[..., Any] = lambda self, items=(), /, **more: None
# Signatures that `inspect` does not find, by qualified name: of some builtins and methods, and of what is written in C of numpy
# before 2.4.
WRITTEN: dict[str, Callable[..., Any]] = {
    "vars": lambda object=None, /: None,
    "iter": lambda object, sentinel=None, /: None,
    "next": lambda iterator, default=None, /: None,
    "getattr": lambda object, name, default=None, /: None,
    "max": lambda first, /, *rest, key=None, default=None: None,
    "min": lambda first, /, *rest, key=None, default=None: None,
    "reduce": lambda function, iterable, initial=None, /: None,
    "range": lambda start_or_stop, stop=None, step=1, /: None,
    "slice": lambda start_or_stop, stop=None, step=None, /: None,
    "str": lambda object="", encoding=None, errors=None: None,
    "dict": lambda iterable=(), /, **items: None,
    "partial": lambda function, /, *args, **kwargs: None,
    "normalize_axis_index": lambda axis, ndim, msg_prefix=None: None,
    "log": lambda x, base=None, /: None,
    **dict.fromkeys(("time", "perf_counter", "monotonic", "process_time", "thread_time"), _NONE),
    **dict.fromkeys(("time_ns", "perf_counter_ns", "monotonic_ns", "process_time_ns"), _NONE),
    **dict.fromkeys(("clear", "copy", "items", "keys", "values", "set.pop", "ndarray.tolist", "int.conjugate"), _SELF),
    **dict.fromkeys(("add", "discard", "set.remove", "isdisjoint", "issubset", "issuperset", "symmetric_difference"), _ONE),
    **dict.fromkeys(("symmetric_difference_update", "ndarray.fill", "dict.__getitem__"), _ONE),
    **dict.fromkeys(("union", "difference", "intersection", "set.update", "difference_update", "intersection_update"), _MANY),
    **dict.fromkeys(("dict.pop", "OrderedDict.pop"), _FROM_DICT),
    **dict.fromkeys(("dict.update", "OrderedDict.update"), _INTO_DICT),
    "array": lambda object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, like=None: None,
    "asarray": lambda a, dtype=None, order=None, *, device=None, copy=None, like=None: None,
    "asanyarray": lambda a, dtype=None, order=None, *, device=None, copy=None, like=None: None,
    "ascontiguousarray": lambda a, dtype=None, *, like=None: None,
    "zeros": lambda shape, dtype=None, order="C", *, device=None, like=None: None,
    "empty": lambda shape, dtype=None, order="C", *, device=None, like=None: None,
    "empty_like": lambda prototype, dtype=None, order="K", subok=True, shape=None, *, device=None: None,
    "arange": lambda *bounds, start=None, stop=None, step=1, dtype=None, device=None, like=None: None,
    "where": lambda condition, x=None, y=None, /: None,
    "concatenate": lambda arrays, /, axis=0, out=None, *, dtype=None, casting="same_kind": None,
    "ufunc.reduce": lambda array, /, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True: None,
    "ufunc.accumulate": lambda array, /, axis=0, dtype=None, out=None: None,
    "ufunc.outer": lambda a, b, /, **options: None,
    "ufunc.at": lambda a, indices, b=None, /: None,
    "ndarray.flatten": lambda self, /, order="C": None,
    "ndarray.swapaxes": lambda self, axis1, axis2, /: None,
    "ndarray.astype": lambda self, /, dtype, order="K", casting="unsafe", subok=True, copy=True: None,
}
CONTAINERS = ("dict", "set", "frozenset", "OrderedDict", "defaultdict")  # whose methods have signatures by name alone above
NUMBER = re.compile("takes|expected|missing|given|argument")  # in what Python says of the number or the names of arguments


@cache
def signature_of(obj: Any) -> inspect.Signature | None:
    """None: that is not known (or, of ufuncs, is looked at where they are called)."""
    if isinstance(obj, np.ufunc):
        return None
    try:
        return inspect.signature(obj)
    except (TypeError, ValueError):
        name = str(getattr(obj, "__qualname__", ""))
        cls, _, method = name.rpartition(".")
        written = WRITTEN.get(name, WRITTEN.get(method) if cls in CONTAINERS else None)
        return None if written is None else inspect.signature(written)


def fitted(cx: Context, obj: Any, args: list[AV], kwargs: dict[str, AV]) -> tuple[list[AV], dict[str, AV]]:
    """The arguments of a call: the first in its place, also where it is given by name."""
    signature = signature_of(obj)
    if signature is None:
        return args, kwargs
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        _refuse(cx, obj, [None] * len(args), kwargs)
        return args, kwargs
    first = next(iter(signature.parameters.values()), None)
    if args or first is None or first.name not in kwargs or first.kind is not first.POSITIONAL_OR_KEYWORD:
        return args, kwargs
    return [kwargs[first.name]], {name: av for name, av in kwargs.items() if name != first.name}


def check_method(cx: Context, f: Bound, args: list[AV], kwargs: dict[str, AV]) -> None:
    """The same for a method of an array, a number or a container."""
    owner, name = _sample(cx, f.owner), f.function if isinstance(f.function, str) else f.function.__name__
    method = getattr(type(owner), name, None)
    signature = None if method is None else signature_of(method)
    if signature is None:
        return
    try:
        signature.bind(owner, *args, **kwargs)
    except TypeError:
        _refuse(cx, method, [owner, *[None] * len(args)], kwargs)


def _sample(cx: Context, av: AV) -> Any:
    """An object of the same class; None if there is none to be had."""
    if isinstance(av, Arr):
        return np.zeros(())
    if numeric(av):
        return CLASSES[cx.num(av).kinds[0]](0)
    if isinstance(av, Record):
        return {}
    cls: Any = av.cls if isinstance(av, (Seq, Ref)) else object
    if hasattr(cls, "_make"):
        return cls._make([None] * len(cls._fields))
    return cls() if cls.__module__ in ("builtins", "collections") else None


def _refuse(cx: Context, obj: Any, args: list[Any], kwargs: dict[str, AV]) -> None:
    """Python's TypeError, if it says so itself: some published signatures are narrower than what is called."""
    try:
        obj(*args, **dict.fromkeys(kwargs))
    except TypeError as error:
        if NUMBER.search(str(error)):
            cx.type_error(str(error))
    except Exception:
        return
