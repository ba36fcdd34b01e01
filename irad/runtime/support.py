"""The memory functions of compiled code, compiled once for the process."""

from __future__ import annotations

import ctypes
from functools import cache

from irad.codegen import support
from irad.runtime.engine import Engine


@cache
def _engine() -> Engine:
    engine = Engine(support.TEXT, opt_level=0)  # at O3 it takes 80 ms, and runs no faster
    engine.forever()
    return engine


@cache
def support_symbols() -> dict[str, int]:
    """Name and address of each memory function."""
    engine = _engine()
    return {name: engine.address(name) for name in support.NAMES}


def reset(context: int) -> None:
    """Give everything that a call left behind after an error back to the context's free lists."""
    ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(support_symbols()["irad_reset"])(context)
