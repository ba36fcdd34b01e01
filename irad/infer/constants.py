"""Objects among differentiated arguments whose numbers are constants of the compiled code: there is no derivative of them."""

from __future__ import annotations

import array
import collections
import enum
import types
from collections.abc import Iterable
from typing import Any, NoReturn

import numpy as np

from irad.infer.context import Context
from irad.infer.values import Known

PLAIN = (int, float, str, bytes, type(None), type, types.ModuleType, types.FunctionType, enum.Enum, np.ndarray, np.generic)


def check(cx: Context, known: Known) -> None:
    """Refuse such a container: its derivative would be None."""
    obj: Any = known.obj
    if isinstance(obj, PLAIN) or not any(map(_is_float, _parts(obj))):
        return
    cls = type(obj)
    for base, hint in ((dict, "dict(d)"), ((list, collections.deque, array.array), "list(d)")):
        if isinstance(obj, base):
            _refuse(cx, cls, f"pass a plain {hint.partition('(')[0]}: {hint}")


def check_chosen(cx: Context, known: Known) -> None:
    """Refuse an argument to be differentiated that is such an object as a whole."""
    obj: Any = known.obj
    if not isinstance(obj, PLAIN) and not callable(obj) and any(map(_is_float, getattr(obj, "__dict__", {}).values())):
        _refuse(cx, type(obj), "pass the numbers in it, or an object that holds fewer of them")


def _refuse(cx: Context, cls: type, hint: str) -> NoReturn:
    cx.mistyped(
        f"the derivative with respect to an object of class {cls.__module__}.{cls.__qualname__}",
        why="the numbers in an object of this class are constants of the compiled code", hint=hint,
    )


def _parts(obj: Any) -> Iterable[Any]:
    if isinstance(obj, (dict, types.MappingProxyType)):
        return obj.values()
    if isinstance(obj, (list, tuple, collections.deque, array.array)):
        return obj
    return ()


def _is_float(part: Any, depth: int = 0) -> bool:
    """Whether this is a number that has a derivative, or holds one."""
    if isinstance(part, (float, np.floating)):
        return True
    if isinstance(part, np.ndarray):
        return bool(part.dtype.kind == "f")
    return depth < 4 and not isinstance(part, PLAIN) and any(_is_float(p, depth + 1) for p in _parts(part))
