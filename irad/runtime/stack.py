"""How deep compiled code may recurse: the lowest address that the stack of a thread may reach, with a reserve.

The bounds of a stack belong to the thread, so they are asked for in each thread that calls a recursive function: once for
each context (`nativetext`). Where the system does not tell them, the stack is taken to be as small as it ever is.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any

from irad.runtime.nativeowned import for_ever

RESERVE = 1 << 17  # for what compiled code calls: libm, C's memory functions, Python when an error is reported
UNKNOWN = 3 << 16  # macOS gives its threads 512 KiB; nobody gives less without being asked


def stack_bounds() -> tuple[int, int] | None:
    """The lowest address of this thread's stack and its size; None where it is not known."""
    try:
        if sys.platform == "win32":
            return _windows()
        return _darwin() if sys.platform == "darwin" else _posix()
    except (AttributeError, OSError):
        return None


@cache
def _c() -> Any:
    """A handle of our own on C's functions: the types of their results are ours."""
    c: Any = ctypes.PyDLL(None)
    for name in ("pthread_self", "pthread_get_stackaddr_np", "pthread_get_stacksize_np"):
        if hasattr(c, name):
            getattr(c, name).restype = ctypes.c_size_t
    return c


def _posix() -> tuple[int, int] | None:
    c = _c()
    attributes = ctypes.create_string_buffer(256)  # pthread_attr_t has 56 bytes, 64 at most
    if c.pthread_getattr_np(ctypes.c_size_t(c.pthread_self()), attributes):
        return None
    low, size = ctypes.c_size_t(), ctypes.c_size_t()
    failed = c.pthread_attr_getstack(attributes, ctypes.byref(low), ctypes.byref(size))
    c.pthread_attr_destroy(attributes)
    return None if failed else (low.value, size.value)


def _darwin() -> tuple[int, int]:
    c = _c()
    me = ctypes.c_size_t(c.pthread_self())
    size = c.pthread_get_stacksize_np(me)
    return c.pthread_get_stackaddr_np(me) - size, size


def _windows() -> tuple[int, int]:
    low, high = ctypes.c_size_t(), ctypes.c_size_t()
    kernel: Any = ctypes.CDLL("kernel32")
    kernel.GetCurrentThreadStackLimits(ctypes.byref(low), ctypes.byref(high))
    return low.value, high.value - low.value


def stack_limit(here: int) -> int:
    """The lowest address that a compiled frame may have, for a frame at `here` on this thread's stack."""
    bounds = stack_bounds()
    if bounds is None or not bounds[0] <= here <= sum(bounds):
        return max(here - UNKNOWN, 0)
    low, size = bounds
    return low + min(RESERVE, size // 4)


@cache
def limit_function() -> int:
    """The address of `stack_limit` as a function of C (called with the interpreter's lock)."""
    function = for_ever(ctypes.PYFUNCTYPE(ctypes.c_size_t, ctypes.c_size_t)(stack_limit))
    return ctypes.cast(function, ctypes.c_void_p).value or 0
