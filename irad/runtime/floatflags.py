"""The processor's flags of floating point errors, as C's <fenv.h> has them.

The entry of a program that computes with numpy's numbers clears them and looks at them: numpy would warn of what sets them
(see `irad.api.floating`).
"""

from __future__ import annotations

import ctypes
import platform
from functools import cache
from typing import Any, Literal

from irad.runtime.nativesymbols import address

# How CPython can make a call again, for numpy to warn of its errors: from copies made first, since the call changes its
# arguments; after the call; not at all (it speaks, or changes captured arrays). "never": it has no numbers of numpy.
Again = Literal["first", "after", "not", "never"]

_MASKS = {"x86_64": 0b1101, "amd64": 0b1101, "aarch64": 0b111, "arm64": 0b111}  # FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW


@cache
def mask() -> int:
    """The flags that numpy warns of by default; 0 where they cannot be had."""
    there = all(map(address, ("fetestexcept", "feclearexcept", "feraiseexcept")))
    return _MASKS.get(platform.machine().lower(), 0) if there else 0


def are_set() -> bool:
    """Whether a flag is set: asked in Python after a call that ended with an exception."""
    return bool(mask()) and bool(_asked()(mask()))


@cache
def _asked() -> Any:
    return ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(address("fetestexcept") or 0)
