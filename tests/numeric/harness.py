"""One question for all numeric tests: does the compiled function do what CPython does?

Values are compared bit by bit (any nan equals any nan), with their exact types; objects by their attributes; exceptions by
type and text; arguments by their contents after the call.
"""

from __future__ import annotations

import copy
import math
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irad
from irad.runtime.structures import attributes, is_object

_COMPILED: dict[int, tuple[Any, Any]] = {}


def compiled(f: Callable[..., Any]) -> Any:
    """`irad.compile(f)`, once for each function object."""
    found = _COMPILED.get(id(f))
    if found is None:
        found = _COMPILED[id(f)] = (f, irad.compile(f))
    return found[1]


class Raised:
    """The outcome of a call that raised."""

    def __init__(self, exc: BaseException) -> None:
        self.type = type(exc)
        self.text = str(exc)

    def __repr__(self) -> str:
        return f"{self.type.__name__}: {self.text}"


def outcome(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a call returns, or what it raises; irad's own errors go through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return f(*args, **kwargs)
        except irad.IradError:
            raise
        except Exception as e:
            return Raised(e)


def difference(a: Any, b: Any, ulps: float = 0, text: bool = True) -> str | None:
    """How result `b` differs from the expected `a`; None if it does not."""
    if isinstance(a, Raised) or isinstance(b, Raised):
        if isinstance(a, Raised) and isinstance(b, Raised) and public(a.type) is b.type and (not text or a.text == b.text):
            return None
        return f"expected {a!r}, got {b!r}"
    if type(a) is not type(b):
        return f"expected {type(a).__name__} {a!r}, got {type(b).__name__} {b!r}"
    if isinstance(a, np.ndarray):
        return _array_difference(a, b, ulps)
    if isinstance(a, (tuple, list)):
        if len(a) != len(b):
            return f"expected {a!r}, got {b!r}"
        found = (difference(x, y, ulps, text) for x, y in zip(a, b))
        return next((f"item {i}: {d}" for i, d in enumerate(found) if d), None)
    if isinstance(a, dict):
        return difference([*a, *a.values()], [*b, *b.values()], ulps, text)
    if isinstance(a, types.MethodType):  # the objects themselves may hold it
        return difference((a.__func__, _numbers(a.__self__)), (b.__func__, _numbers(b.__self__)), ulps, text)
    if is_object(a):
        return difference(attributes(a), attributes(b), ulps, text)
    if isinstance(a, (float, np.floating)):
        return None if same_float(a, b, ulps) else f"expected {a!r}, got {b!r}"
    return None if a == b else f"expected {a!r}, got {b!r}"


def _numbers(obj: Any) -> dict[str, Any]:
    return {name: value for name, value in attributes(obj).items() if isinstance(value, (int, float))}


def public(cls: type[BaseException]) -> type[BaseException]:
    """The class itself; of numpy's private TypeErrors the public base."""
    return next(c for c in cls.__mro__ if not c.__module__.startswith("numpy._core"))


def same_float(a: Any, b: Any, ulps: float) -> bool:
    if a != a or b != b:
        return bool(a != a and b != b)
    if a == b:
        return math.copysign(1.0, a) == math.copysign(1.0, b)
    return bool(ulps) and abs(float(a) - float(b)) <= ulps * abs(float(np.spacing(a)))


def _array_difference(a: np.ndarray, b: np.ndarray, ulps: float) -> str | None:
    if a.dtype != b.dtype or a.shape != b.shape:
        return f"expected {a.dtype}{a.shape}, got {b.dtype}{b.shape}"
    for at in np.ndindex(a.shape):
        found = difference(a[at], b[at], ulps)
        if found:
            return f"at {at}: {found} in {a!r}, {b!r}"
    return None


def same_as_python(f: Callable[..., Any], *args: Any, ulps: float = 0, text: bool = True, **kwargs: Any) -> None:
    """Fail unless compiled `f(*args)` does what `f(*args)` does: result, exception, changed arguments."""
    mine, theirs = _copies((args, kwargs)), _copies((args, kwargs))
    expected = outcome(f, *theirs)
    got = outcome(compiled(f), *mine)
    found = difference(expected, got, ulps, text)
    shown = f"{getattr(f, '__name__', f)}{args!r}{kwargs or ''}"
    if found:
        pytest.fail(f"{shown}: {found}", pytrace=False)
    found = difference(list(theirs[0]), list(mine[0]), ulps)
    if found:
        pytest.fail(f"{shown}: argument after the call: {found}", pytrace=False)


def same_and_derivative(f: Callable[..., Any], x: float, *args: Any, rtol: float = 1e-5) -> None:
    """`same_as_python`, and the derivatives by the float `x`, both ways, against central differences of CPython."""
    same_as_python(f, x, *args)
    step = 1e-6 * max(1.0, abs(x))
    expected = (f(x + step, *args) - f(x - step, *args)) / (2 * step)
    for derivative in (irad.grad(f), irad.jacfwd(f)):
        assert derivative(x, *args) == pytest.approx(expected, rel=rtol, abs=rtol), f.__name__


def _copies(given: Any) -> Any:
    """A deep copy in which arrays keep their strides and flags, and views of one array stay views of one array."""
    memo: dict[int, Any] = {}
    return _copied(given, memo)


def _copied(x: Any, memo: dict[int, Any]) -> Any:
    if isinstance(x, np.ndarray):
        return _copied_array(x, memo)
    if isinstance(x, tuple):
        items = [_copied(i, memo) for i in x]
        return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
    if isinstance(x, dict):
        return {k: _copied(v, memo) for k, v in x.items()}
    return x if callable(x) or isinstance(x, type(np)) else copy.deepcopy(x)


def _copied_array(x: np.ndarray, memo: dict[int, Any]) -> np.ndarray:
    if id(x) in memo:
        return memo[id(x)]
    base = x
    while isinstance(base.base, np.ndarray):
        base = base.base
    if id(base) not in memo:
        memo[id(base)] = base.copy(order="K")
        assert memo[id(base)].strides == base.strides
    new = memo[id(base)]
    if x is not base:
        offset = x.__array_interface__["data"][0] - base.__array_interface__["data"][0]
        new = np.ndarray(x.shape, x.dtype, new, offset, x.strides)
    if not x.flags.writeable:
        new.flags.writeable = False
    memo[id(x)] = new
    return new


def all_same(f: Callable[..., Any], cases: Any, ulps: float = 0, text: bool = True) -> None:
    """`same_as_python` for every tuple of arguments in `cases`; the first few differences are shown."""
    failed = []
    for args in cases:
        try:
            same_as_python(f, *(args if isinstance(args, tuple) else (args,)), ulps=ulps, text=text)
        except pytest.fail.Exception as e:
            failed.append(str(e))
    if failed:
        pytest.fail(f"{len(failed)} cases differ\n" + "\n".join(failed[:12]), pytrace=False)


def refused(f: Callable[..., Any], *args: Any, match: str | None = None) -> Exception:
    """The clean error with which irad refuses `f(*args)`: it names the place and says what to do."""
    with pytest.raises((irad.UnsupportedError, irad.TypingError), match=match) as info:
        irad.compile(f)(*args)
    assert info.value.filename and info.value.lineno, info.value
    assert info.value.hint or info.value.why, info.value
    return info.value
