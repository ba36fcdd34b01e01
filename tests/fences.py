"""Fences: memory that ends where a page begins that nobody may touch, so that an access beyond it ends the process.

    a = fenced(np.arange(3.0))           an input: a[3] is on the fence (front=True: a[-1] in memory is)
    with fences() as found:              contexts of functions compiled in here put every block (arrays, shadows, tapes)
        f = irad.compile(...)            before a fence; what is not asked to be zero is nan, what was freed is gone
        f(a)
    assert not found                     damage within the last bytes before a fence, or in front of a block

    with failing(f, k): f(a)             the k-th allocation of f fails (for functions that have been called before)
    assert clean(f)                      nothing in use
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import weakref
from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np

from irad.codegen import abi
from irad.runtime.nativetext import CTX, STATE
from irad.runtime.state import State

PAGE = mmap.PAGESIZE
FENCE = 16 * PAGE  # of each fence
MOST = 1 << 30  # bytes of one block
_GARBAGE = 0xFF  # nan
_SEAM = bytes.fromhex("a5a5a5a5a5a5f5ff") * 8  # between a block and its fence (blocks begin at multiples of 64): read, it is nan
_MARK = 0x5EA15EA15EA15EA1  # in front of a block


def _c() -> Any:
    c = ctypes.PyDLL(None)
    c.mmap.restype = ctypes.c_void_p
    c.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_ssize_t]
    c.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    c.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    return c


_libc = _c()


def _region(size: int) -> tuple[int, int]:
    """Zeroed memory of whole pages between two fences: its begin and end."""
    room = -(-max(size, 1) // PAGE) * PAGE
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    whole = _libc.mmap(None, room + 2 * FENCE, 0, flags, -1, 0)
    if whole in (None, ctypes.c_void_p(-1).value):
        raise MemoryError
    if _libc.mprotect(whole + FENCE, room, mmap.PROT_READ | mmap.PROT_WRITE):
        raise MemoryError
    return whole + FENCE, whole + FENCE + room


def _unmap(begin: int, end: int) -> None:
    _libc.munmap(begin - FENCE, end - begin + 2 * FENCE)


# -- inputs


def fenced(array: np.ndarray, front: bool = False) -> np.ndarray:
    """A copy with the same shape, strides and flags, the last (or first) byte of its memory next to a fence."""
    low, high = _extent(array)
    begin, end = _region(high - low)
    at = begin if front else end - (high - low)
    memory = (ctypes.c_char * (high - low)).from_address(at)
    weakref.finalize(memory, _unmap, begin, end)
    copy = np.ndarray(array.shape, array.dtype, memory, -low, array.strides)
    copy[...] = array
    copy.flags.writeable = array.flags.writeable
    return copy


def _extent(array: np.ndarray) -> tuple[int, int]:
    """First and last byte of an array, relative to its first element."""
    if array.size == 0:
        return 0, 0
    reach = [stride * (extent - 1) for stride, extent in zip(array.strides, array.shape, strict=True)]
    return sum(r for r in reach if r < 0), sum(r for r in reach if r > 0) + array.itemsize


# -- blocks


_blocks: dict[int, tuple[int, int, int]] = {}  # address of a header: its region and size
_damage: list[str] = []


def _fence(size: int, zero: int) -> int:
    """A block for `irad_alloc`; 0 if there is none."""
    if size > MOST:
        return 0
    try:
        begin, end = _region(size + abi.HEADER + 63)
    except MemoryError:
        return 0
    data = (end - size) & -64
    block = data - abi.HEADER
    ctypes.memset(data, 0 if zero else _GARBAGE, size)
    ctypes.memmove(data + size, _SEAM, end - data - size)
    ctypes.c_uint64.from_address(block + abi.BLOCK_ROOM).value = _MARK
    ctypes.c_uint64.from_address(block + abi.BLOCK_CLASS).value = abi.FENCED
    _blocks[block] = begin, end, size
    return block


def _unfence(block: int) -> None:
    if block not in _blocks:
        _damage.append("a block was freed twice")
        return
    begin, end, size = _blocks.pop(block)
    seam = ctypes.string_at(block + abi.HEADER + size, end - block - abi.HEADER - size)
    if seam != _SEAM[:len(seam)]:
        _damage.append(f"a write behind a block of {size} bytes")
    if ctypes.c_uint64.from_address(block + abi.BLOCK_ROOM).value != _MARK:
        _damage.append(f"a write in front of a block of {size} bytes")
    _unmap(begin, end)


_calls = ctypes.PYFUNCTYPE(ctypes.c_size_t, ctypes.c_size_t, ctypes.c_size_t)(_fence), (
    ctypes.PYFUNCTYPE(None, ctypes.c_size_t)(_unfence)
)


@contextlib.contextmanager
def fences() -> Iterator[list[str]]:
    """Fences around every block of the functions that are first called in here; yields the list of damage found.

    Small arrays are blocks too: none is on the stack.
    """
    _damage.clear()
    places = [ctypes.cast(f, ctypes.c_void_p).value or 0 for f in _calls]
    State.words.update({"byte_limit": 1, "fail": 1 << 62, "fence": places[0], "unfence": places[1]})
    try:
        with mock.patch("irad.pipeline.stack", lambda function: None):
            yield _damage
    finally:
        State.words.clear()


# -- failing allocations


def contexts(compiled: Any) -> list[int]:
    """The addresses of the contexts that the last called code of a compiled function may use."""
    found = []
    for state in {id(s): s for s in (compiled._last.state, compiled._last.inner)}.values():
        found.append(_word(state.address + STATE["static"]).value)
        at = _word(state.address + STATE["free"]).value
        while at:
            found.append(at)
            at = _word(at + CTX["next"]).value
    return found


def _word(address: int) -> ctypes.c_ssize_t:
    return ctypes.c_ssize_t.from_address(address)


@contextlib.contextmanager
def failing(compiled: Any, k: int) -> Iterator[None]:
    """Let the k-th native allocation of each call fail (and those after it)."""
    held = {c: (_word(c + abi.CTX_LIMIT).value, _word(c + abi.CTX_FAIL).value) for c in contexts(compiled)}
    for context in held:
        _word(context + abi.CTX_LIMIT).value, _word(context + abi.CTX_FAIL).value = 1, k
    try:
        yield
    finally:
        for context, (limit, fail) in held.items():
            _word(context + abi.CTX_LIMIT).value, _word(context + abi.CTX_FAIL).value = limit, fail


def clean(compiled: Any) -> bool:
    """Whether no context has a live block, counts bytes in use, or is still deep in a recursion."""
    return not any(_word(c + at).value for c in contexts(compiled) for at in (abi.CTX_BLOCKS, abi.CTX_USED, abi.CTX_DEPTH))
