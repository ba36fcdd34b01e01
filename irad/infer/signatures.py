"""The arguments that functions which are not compiled take: what does not fit is Python's TypeError, in Python's words."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from irad.infer.context import Context
from irad.infer.kinds import CLASSES
from irad.infer.values import AV, Arr, Bound, numeric

_NO_ARGUMENTS: Callable[..., Any] = lambda: None
# Signatures that `inspect` does not find: of some builtins, and of what is written in C of numpy before 2.4.
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
    **dict.fromkeys(("time", "perf_counter", "monotonic", "process_time", "thread_time"), _NO_ARGUMENTS),
    **dict.fromkeys(("time_ns", "perf_counter_ns", "monotonic_ns", "process_time_ns"), _NO_ARGUMENTS),
    "array": lambda object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, like=None: None,
    "asarray": lambda a, dtype=None, order=None, *, device=None, copy=None, like=None: None,
    "asanyarray": lambda a, dtype=None, order=None, *, device=None, copy=None, like=None: None,
    "ascontiguousarray": lambda a, dtype=None, *, like=None: None,
    "zeros": lambda shape, dtype=None, order="C", *, device=None, like=None: None,
    "empty": lambda shape, dtype=None, order="C", *, device=None, like=None: None,
    "empty_like": lambda prototype, /, dtype=None, order="K", subok=True, shape=None, *, device=None: None,
    "arange": lambda start_or_stop, /, stop=None, step=1, dtype=None, *, device=None, like=None: None,
    "where": lambda condition, x=None, y=None, /: None,
    "concatenate": lambda arrays, /, axis=0, out=None, *, dtype=None, casting="same_kind": None,
    "ufunc.reduce": lambda array, /, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True: None,
    "ufunc.accumulate": lambda array, /, axis=0, dtype=None, out=None: None,
    "ufunc.outer": lambda a, b, /, **options: None,
    "ufunc.at": lambda a, indices, b=None, /: None,
    "tolist": lambda self, /: None,
    "flatten": lambda self, /, order="C": None,
    "fill": lambda self, value, /: None,
    "swapaxes": lambda self, axis1, axis2, /: None,
    "astype": lambda self, /, dtype, order="K", casting="unsafe", subok=True, copy=True: None,
}


@cache
def signature_of(obj: Any) -> inspect.Signature | None:
    """None: that is not known (or, of ufuncs, is looked at where they are called)."""
    if isinstance(obj, np.ufunc):
        return None
    try:
        return inspect.signature(obj)
    except (TypeError, ValueError):
        name = getattr(obj, "__name__", "")
        written = WRITTEN.get("ufunc." + name if isinstance(getattr(obj, "__self__", None), np.ufunc) else name)
        return None if written is None else inspect.signature(written)


def fitted(cx: Context, obj: Any, args: list[AV], kwargs: dict[str, AV]) -> tuple[list[AV], dict[str, AV]]:
    """The arguments of a call: the first in its place, also where it is given by name."""
    signature = signature_of(obj)
    if signature is None:
        return args, kwargs
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        cx.type_error(_words(obj, len(args), kwargs) or str(error))
    first = next(iter(signature.parameters.values()), None)
    if args or first is None or first.name not in kwargs or first.kind is not first.POSITIONAL_OR_KEYWORD:
        return args, kwargs
    return [kwargs[first.name]], {name: av for name, av in kwargs.items() if name != first.name}


def check_method(cx: Context, f: Bound, args: list[AV], kwargs: dict[str, AV]) -> None:
    """The same for a method of an array or a number."""
    owner = np.zeros(()) if isinstance(f.owner, Arr) else CLASSES[cx.num(f.owner).kinds[0]](0) if numeric(f.owner) else None
    method = getattr(owner, str(f.function), None)
    signature = None if method is None else signature_of(getattr(type(owner), str(f.function)))
    if signature is None:
        return
    try:
        signature.bind(owner, *args, **kwargs)
    except TypeError as error:
        cx.type_error(_words(method, len(args), kwargs) or str(error))


def _words(obj: Any, count: int, kwargs: dict[str, AV]) -> str | None:
    """What Python says of arguments that do not fit: it looks at their number before it looks at them."""
    try:
        obj(*[None] * count, **dict.fromkeys(kwargs))
    except TypeError as error:
        return str(error)
    except Exception:
        return None
    return None
