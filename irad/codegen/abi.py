"""What native code and the runtime agree on: machine types, descriptors, the context, the header of a block of memory.

    i32 f(ctx*, flat arguments..., out pointers...)       0: done, 1: error (site and payload are in the context)

An array is flat `owner, data, dims..., strides...` (strides in bytes; those of layout "C" are passed and not read). In
memory (results, inputs, elements of arrays of arrays) it is the same words in the same order, 8 bytes each.
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from typing import NamedTuple

from irad.ir.core import UNDEF, Const, Loc
from irad.ir.types import Array, Record, Scalar, Type

# Byte offsets in the context.
CTX_NEXT, CTX_SITE = 0, 8
CTX_BLOCKS, CTX_USED, CTX_LIMIT = 64, 72, 80
CTX_DEPTH, CTX_DEPTH_LIMIT, CTX_STACK_LIMIT = 88, 96, 104
CTX_INPUTS, CTX_POLL, CTX_LISTS = 112, 120, 128
LISTS = 64
# The thread that CTX_STACK_LIMIT is of; for tests: allocations that still succeed, and who makes and ends blocks with
# fences (see `irad.codegen.support`); bytes on the free lists; who says how much a call may take that takes much.
CTX_THREAD, CTX_FAIL, CTX_FENCE, CTX_UNFENCE, CTX_HELD, CTX_ASK = (CTX_LISTS + 8 * (LISTS + k) for k in range(6))
# The calls that an error came through: how many, the innermost `TRACE` of them, then the outermost (a ring).
CTX_TRACE = CTX_ASK + 8
TRACE = 16
# The numbers in an error's message, or in the exception object.
CTX_PAYLOAD = CTX_TRACE + 8 + 16 * TRACE
PAYLOAD = 24  # words
CTX_SIZE = CTX_PAYLOAD + 8 * PAYLOAD
KEEP = 1 << 28  # bytes that the free lists of a context keep at most
ASK_ABOVE = 1 << 26  # the limit of a call, in bytes, until `CTX_ASK` was asked
FENCED = 255  # class of a block that `CTX_FENCE` made

# Byte offsets in the header of a block; its data follow. A layout of 0 is plain data; `size << 2 | 1`: elements of
# `size` bytes that each begin with an owner; `count << 2 | 2`: a record that begins with `count` owners.
BLOCK_COUNT, BLOCK_BYTES, BLOCK_PREV, BLOCK_NEXT, BLOCK_LAYOUT, BLOCK_RAW, BLOCK_CLASS, BLOCK_ROOM = range(0, 64, 8)
HEADER = 64
ELEMENTS, MEMBERS = 1, 2


class Need(NamedTuple):
    """What memory is asked for; the parts of the site are the bytes and the extents."""

    what: str  # "array", "tape" (of a loop) or "growing tape"
    elem: str = ""
    size: int = 8  # bytes of an element
    row: int = 0  # of a tape: bytes that an iteration writes to all tapes of its loop
    width: int = 1  # of a growing tape: elements an iteration


class Site(NamedTuple):
    """A place that can fail. `exc`: a symbol of the module or a builtin's name; `{}` in `message` take the payload.

    Without `exc` it is a call through which an error passes.
    """

    exc: str
    message: str
    parts: tuple[Type, ...]
    loc: Loc | None
    need: Need | None = None


def machine(t: Type) -> str:
    """The LLVM type of a scalar or record as SSA value."""
    if isinstance(t, Scalar):
        return "double" if t.bits == 64 and t.is_float else "float" if t.is_float else f"i{t.bits}"
    assert isinstance(t, Record), t
    return "ptr"


def stored(t: Type) -> str:
    """The LLVM type of a scalar or record in memory."""
    return "i8" if isinstance(t, Scalar) and t.bits == 1 else machine(t)


def words(t: Array) -> list[str]:
    """The LLVM types of a descriptor."""
    return ["ptr", "ptr", *["i64"] * (2 * t.ndim)]


def float_text(value: float, bits: int) -> str:
    """A float constant by its bits (LLVM writes those of a float32 as the double of the same value)."""
    if bits == 32:
        try:
            value = struct.unpack("<f", struct.pack("<f", value))[0]
        except OverflowError:
            value = float("inf") if value > 0 else float("-inf")
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"


def constant(c: Const) -> str:
    """A literal scalar or record operand; what nothing reads is zero."""
    t, value = c.type, c.value
    if not isinstance(t, Scalar):
        return "null"
    if t.is_float:
        return float_text(0.0 if value is UNDEF else float(value), t.bits)
    if t.bits == 1:
        return "true" if value is not UNDEF and value else "false"
    return "0" if value is UNDEF else str(int(value))


_PLAIN = re.compile(r"[-a-zA-Z$._][-a-zA-Z$._0-9]*")


@lru_cache(maxsize=4096)
def quoted(name: str) -> str:
    """A name as LLVM writes it behind `%` or `@`."""
    if _PLAIN.fullmatch(name):
        return name
    text = "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:02X}" for b in name.encode())
    return f'"{text}"'
