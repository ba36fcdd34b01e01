"""What a MemoryError says: what the memory is for, how much it is, and what is allowed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from irad.ir.types import Scalar, parse_type

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def needed(need: Any, parts: Sequence[int], loc: Any, used: int, limit: int) -> str:
    """The message of an allocation that failed. `parts`: bytes, then extents (of a growing tape: how long it is)."""
    nbytes, *extents = parts
    if need.what == "array":
        nbytes = math.prod(extents) * need.size if extents else nbytes
        text = f"Unable to allocate {size_text(nbytes)} for an array"
        if extents:
            text += f" with shape {tuple(extents)} and data type {dtype_name(need.elem)}"
    elif need.what == "tape":
        nbytes = math.prod(extents) * need.row
        count = " x ".join(map(str, extents))
        text = f"the tape of {_loop(loc)} needs {count} iterations of {size_text(need.row)}, {size_text(nbytes)}"
    elif need.what == "growing tape":
        count = extents[0] // need.width
        text = f"the tape of {_loop(loc)} has {count} iterations of {size_text(need.row)} and needs {size_text(nbytes)} to grow"
    else:
        text = f"Unable to allocate {size_text(nbytes)} for {need.what}"
    if limit and used + nbytes > limit:
        text += f"; {size_text(used)} of the {size_text(limit)} that memory= allows are in use"
    return text


def _loop(loc: Any) -> str:
    return f"the loop at {loc.file}:{loc.line}" if loc is not None and loc.line else "a loop"


def dtype_name(elem: str) -> str:
    """numpy's name of an element type."""
    t = parse_type(elem)
    assert isinstance(t, Scalar)
    return "bool" if t.family == "b" else f"{ {'i': 'int', 'u': 'uint', 'f': 'float'}[t.family] }{t.bits}"


def size_text(nbytes: int) -> str:
    """A number of bytes as numpy writes it.

    >>> size_text(8), size_text(8000000), size_text(1 << 30)
    ('8 bytes', '7.63 MiB', '1.00 GiB')
    """
    unit = min(max(nbytes.bit_length() - 1, 1) // 10, len(_UNITS) - 1)
    count = nbytes / (1 << 10 * unit)
    if unit and round(count) == 1024 and unit + 1 < len(_UNITS):
        unit, count = unit + 1, count / 1024
    if unit == 0:
        return f"{nbytes} bytes"
    return f"{count:#.3g} {_UNITS[unit]}" if round(count) < 1000 else f"{count:#.0f} {_UNITS[unit]}"
