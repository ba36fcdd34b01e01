"""How much memory a call may take: what `memory=` says, or half of what is free when the call needs much.

Small calls are not worth the question: it reads a few files (0.1 to 1 ms), and is asked by `irad_alloc` once in a call that takes
more than `ASK_ABOVE` bytes.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from irad import config
from irad.codegen.abi import ASK_ABOVE, CTX_HELD, CTX_USED
from irad.runtime.nativeowned import for_ever

INTERRUPTED: dict[int, BaseException] = {}  # what came up while native code asked, by the context


def memory_limit(option: int | str | None) -> dict[str, int]:
    """The words of a context that limit its memory, as arguments of `State`."""
    fixed = config.memory_budget(option)
    return {"byte_limit": max(fixed, 1)} if fixed is not None else {"byte_limit": ASK_ABOVE, "ask": _asker()}


def half_of_what_is_free(context: int) -> int:
    """The limit of a call that is under way: what it has taken, and what the context keeps for it, was free as well."""
    own = sum(ctypes.c_int64.from_address(context + word).value for word in (CTX_USED, CTX_HELD))
    return max((config.available_memory() + own) // 2, ASK_ABOVE + 1)


def _ask(context: int) -> int:
    """Called by native code, which no exception may enter: the allocation fails, and the exception is raised instead of that."""
    try:
        return half_of_what_is_free(context)
    except BaseException as error:
        INTERRUPTED[context] = error
        return 1


@cache
def _asker() -> int:
    """The address of `_ask`."""
    call: Any = for_ever(ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(_ask))
    return ctypes.cast(call, ctypes.c_void_p).value or 0
