"""Native code that is the same for all programs, compiled once for a process.

The memory functions of kernels (`codegen.support`), the slots of the type of compiled functions (`nativeslots`), what
entries call (`nativehelpers`).

LLVM's optimiser sees only the loop that each call goes through: with all of it the first call takes 90 ms more, and later ones
are no faster.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import numpy as np

from irad.codegen import support
from irad.runtime.engine import Engine
from irad.runtime.nativehelpers import GUARDS, helpers_text
from irad.runtime.nativelayout import DTYPES, SCALARS, numpy_api
from irad.runtime.nativeowned import for_ever
from irad.runtime.nativeslots import slots_text
from irad.runtime.nativetext import complete
from irad.runtime.sharing import shared
from irad.runtime.stack import limit_function

ENTRIES_CALL = ("irad_slow", "irad_guards", "irad_context", "irad_stack", "irad_raise", "irad_calm", "irad_heed",
                "irad_box_array", "irad_let_go", "irad_outside")


@cache
def data_symbols() -> dict[str, int]:
    """What native code reads of Python's and numpy's, by the names that it has for it."""
    found = {f"irad_name_{name}": id(for_ever(sys.intern(f"_{name}"))) for name in ("slow_call", "raise_error", "noticed")}
    found |= {"irad_np_ndarray": id(np.ndarray), "irad_share": id(for_ever(shared))}
    found |= {f"irad_np_type_{kind}": id(cls) for kind, cls in SCALARS.items()}
    found |= {f"irad_np_descr_{dtype}": id(for_ever(np.dtype(dtype))) for dtype in DTYPES}
    return found | numpy_api()


@cache
def _engine() -> Engine:
    rest = complete("\n".join((support.TEXT, slots_text(), helpers_text())))
    engine = for_ever(Engine(GUARDS, data_symbols() | {"irad_stack_limit": limit_function()}, opt_level=1, glue=rest))
    engine.forever()
    return engine


def address(name: str) -> int:
    """Where a function of the library is."""
    return _engine().address(name)


@cache
def symbols() -> dict[str, int]:
    """What kernels and entries name: functions of the library, and the data symbols."""
    exported = _engine().exports
    return data_symbols() | {name: address(name) for name in (*support.NAMES, *ENTRIES_CALL) if name in exported}


def reset(context: int) -> None:
    """Give everything that a call left behind after an error back to the context's free lists."""
    ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(address("irad_reset"))(context)
