"""Results that can be compared bit for bit, exceptions included."""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from typing import Any

import numpy as np

import irad


def bits(x: Any) -> Any:
    """A form in which equality means equal bits (and type)."""
    if isinstance(x, (tuple, list)):
        return (type(x).__name__, *map(bits, x))
    if isinstance(x, dict):
        return (type(x).__name__, tuple(map(bits, x)), *map(bits, x.values()))
    if is_plain_object(x):
        return (type(x).__qualname__, *((name, bits(value)) for name, value in sorted(attributes(x).items())))
    if isinstance(x, np.ndarray):
        x = np.where(np.isnan(x), np.nan, x).astype(x.dtype) if x.dtype.kind == "f" else x  # all nans are one
        return ("array", str(x.dtype), x.shape, x.tobytes())
    if isinstance(x, float):
        return (type(x).__name__, "nan" if math.isnan(x) else x.hex())
    return (type(x).__name__, x)


def is_plain_object(x: Any) -> bool:
    """Whether this is an object of a class of a program: what it holds is all that it is."""
    return type(x).__module__ == "fuzzed" and not isinstance(x, (type, BaseException))


def attributes(x: Any) -> dict[str, Any]:
    """What an object holds, by name."""
    found: dict[str, Any] = dict(getattr(x, "__dict__", {}))
    for cls in type(x).__mro__:
        found |= {n: getattr(x, n) for n, m in vars(cls).items() if isinstance(m, types.MemberDescriptorType) and hasattr(x, n)}
    return found


def attempt(f: Callable[..., Any], *args: Any) -> Any:
    """The result, or the exception's type, message, parts and cause."""
    try:
        with np.errstate(all="ignore"):
            return ("value", f(*args))
    except (ArithmeticError, ValueError, AssertionError, LookupError, RuntimeError, NameError) as e:
        if isinstance(e, irad.IradError):
            raise
        fields = {name: value for name, value in sorted(vars(e).items()) if not name.startswith("_")}
        return ("raise", type(e), str(e), e.args, type(e.__cause__), fields)
