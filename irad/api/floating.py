"""numpy's floating point warnings, which compiled code does not give: CPython makes the call again, and numpy speaks itself.

Tests of each result would keep loops from being vectorised. The processor's flags cost a few nanoseconds a call, but say too
much: they are set as well by what LLVM computes ahead of a branch, and by libm inside. So the entry of a program that computes
with numpy's numbers looks at them after each call, and where one is set the Python function runs once more, on copies, as it
would have run without irad: what it warns of, or raises under `np.errstate`, is right in text, line and number. (JAX makes a call
again in the same way, one operation at a time, for `jax_debug_nans`.)

It is done for a few calls of each compiled function only, each for a second at most: Python shows a warning once for each line,
unless told otherwise.
"""

from __future__ import annotations

import copy
import sys
import time
import warnings
from types import FrameType
from typing import Any

import numpy as np

from irad.errors import IradError, IradWarning, UnsupportedError
from irad.runtime.floatflags import Again

LOOKS = 3  # at calls of one compiled function
SECONDS = 1.0  # for one look
Call = tuple[tuple[Any, ...], dict[str, Any]]
_SAME = ("compile", "value", "grad", "value_and_grad", "jacfwd", "jacrev", "jacobian", "hessian")  # of the function's arguments
_FIRST = ("jvp", "vjp", "hvp", "vhp")  # of a tuple of them, and of tangents or cotangents


class TooLong(BaseException):
    """A call in CPython takes too long: no handler of the user's catches it but a bare one."""


def due(looks: int) -> bool:
    """Whether a call whose flags are set is to be looked at: numpy would warn, or is told to do more than that."""
    told = np.geterr()
    how = {told["divide"], told["over"], told["invalid"]}
    return not how <= {"ignore"} and (looks < LOOKS or not how <= {"ignore", "warn"})


def copies(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call | None:
    """Arguments of their own for a call in CPython; None where one cannot be copied."""
    try:
        return copy.deepcopy((args, kwargs))
    except Exception:  # of the copying methods of the user's classes
        return None


def look(compiled: Any, call: Call | None, again: Again, ended: BaseException | None = None) -> None:
    """Let CPython make a call again, for numpy's warnings. call: copies of its arguments; None: there are none.
    ended: the exception that the call has ended with.

    Raises
    ------
    FloatingPointError, Warning
        As `np.errstate` says, or where warnings are errors. The call itself has succeeded: nothing else that CPython raises
        (its recursion ends sooner) may end it.
    UnsupportedError
        Where the function has caught such an exception, which compiled code does not raise.
    """
    if isinstance(ended, IradError):
        return
    transform, _, function = compiled.__irad_transform__
    while hasattr(function, "__irad_transform__"):
        function = function.__irad_transform__[2]
    if call is None or again == "not" or transform not in (*_SAME, *_FIRST):
        _tell(compiled, "it speaks, or changes what it captured or cannot be copied, and is not called again to see")
        return
    args, kwargs = call
    if transform in _FIRST:
        args = args[0]
    raised: list[BaseException] = []
    try:
        _in_time(function, args, kwargs, raised)
    except (FloatingPointError, Warning):
        raise
    except Exception as error:
        _refuse_caught(raised)
        if ended is not None and type(error) is type(ended):
            return
        _tell(compiled, f"CPython raised {type(error).__name__} when it made the call again to see")
    except TooLong:
        _tell(compiled, f"CPython did not come to the end of the call in {SECONDS:g} s")
    _refuse_caught(raised)


def _refuse_caught(raised: list[BaseException]) -> None:
    """An error of numpy's that a handler has caught: CPython went another way from there."""
    if raised:
        raise UnsupportedError(
            f"a {type(raised[0]).__name__} of numpy's that the function catches ({raised[0]})", kind="option",
            why="compiled code does not raise it where numpy does", hint="test the operands before the operation",
        )


def too_late(compiled: Any, args: tuple[Any, ...]) -> None:
    """A call changed its arguments before its errors were noticed: say so where they can be seen."""
    if any(isinstance(a, np.ndarray) and not np.isfinite(a).all() for a in args):
        _tell(compiled, "it has changed its arguments: the next call is looked at")


def _in_time(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], raised: list[BaseException]) -> None:
    """A call, if it does not take too long. raised: takes up the exceptions of numpy's errors."""
    before, until = sys.gettrace(), time.monotonic() + SECONDS

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        if event == "exception" and issubclass(arg[0], (FloatingPointError, RuntimeWarning)):
            raised.append(arg[1])
        if time.monotonic() > until:
            raise TooLong
        return trace

    sys.settrace(trace)
    try:
        function(*args, **kwargs)
    finally:
        sys.settrace(before)


def _tell(compiled: Any, why: str) -> None:
    code = getattr(getattr(compiled, "__wrapped__", None), "__code__", None)
    text = (
        f"a call of {compiled.__name__} divided by zero, or had overflows or invalid values, of which numpy may have warned: "
        f"{why}"
    )
    if code is None:
        warnings.warn(IradWarning(text), stacklevel=5)
    else:
        warnings.warn_explicit(IradWarning(text), IradWarning, code.co_filename, code.co_firstlineno)
