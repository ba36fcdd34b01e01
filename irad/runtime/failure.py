"""Errors that a kernel reports: the exception with its message, in frames that show the user's lines.

A context names the site of an error and the calls that it came through; each compiled call level, inlined or not, gets a
frame. Of a deep recursion the innermost and the outermost frames are shown.
"""

from __future__ import annotations

import ast
import copy
import ctypes
import re
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from irad.codegen.abi import ASK_ABOVE, CTX_LIMIT, CTX_PAYLOAD, CTX_SITE, CTX_TRACE, CTX_USED, TRACE
from irad.errors import IradError, exception_named, source_line
from irad.infer.exceptions import Made, arguments_of
from irad.infer.outlets import Outlet
from irad.ir.types import FLOAT32, Scalar, Type
from irad.runtime.budget import INTERRUPTED, half_of_what_is_free
from irad.runtime.frames import beneath, in_frames, levels
from irad.runtime.handlers import LOST, in_handler, not_again
from irad.runtime.needs import needed
from irad.runtime.outlets import PENDING, WORDS


class SiteLike(Protocol):
    """A place that can fail (see `irad.codegen.Site`)."""

    exc: str
    message: str
    parts: tuple[Type, ...]
    loc: Any
    need: Any


def reported(context: int, sites: Sequence[SiteLike], symbols: Mapping[str, Any]) -> BaseException:
    """The exception that a context reports, with the user's frames."""
    site = sites[_word(context + CTX_SITE)]
    parts = [_part(context + CTX_PAYLOAD + 8 * i, t) for i, t in enumerate(site.parts)]
    exc = _exception(context, site, parts, symbols)
    inner, outer, hidden = _trace(context, sites)
    made = symbols.get(site.exc[1:])
    first = made.place(parts, site.loc) if isinstance(made, Made) else site.loc
    came = list(levels(first))
    calls = [place for loc in (*inner, *outer) for place in levels(loc)]
    frames = came + calls
    if isinstance(made, Outlet) or (isinstance(made, Made) and exc.__traceback__ is not None):  # it was raised in Python
        return beneath(exc, frames)
    if isinstance(exc, IradError):
        exc = exc.reached_through(frames[1:]).completed(frames)
    _explain(exc, site, hidden)
    if exc.__context__ is None and in_handler(not_again(came) + calls):
        exc.add_note(LOST)
    return in_frames(exc, frames)


def lacks_tape(context: int, sites: Sequence[SiteLike]) -> bool:
    """Whether a context reports that there was no memory for a tape."""
    site = sites[_word(context + CTX_SITE)]
    return site.need is not None and site.need.what in ("tape", "growing tape") and context not in INTERRUPTED


def _word(address: int) -> int:
    return ctypes.c_int64.from_address(address).value


def _exception(context: int, site: SiteLike, parts: Sequence[Any], symbols: Mapping[str, Any]) -> BaseException:
    if site.need is not None:
        if context in INTERRUPTED:
            return INTERRUPTED.pop(context).with_traceback(None)
        limit = _word(context + CTX_LIMIT)
        if limit == ASK_ABOVE:  # more than any machine has is refused before that is asked
            limit = half_of_what_is_free(context)
        return MemoryError(needed(site.need, parts, site.loc, _word(context + CTX_USED), limit))
    found = symbols[site.exc[1:]] if site.exc.startswith("@") else exception_named(site.exc)
    if isinstance(found, Outlet):
        return PENDING.pop(context, None) or MemoryError()
    if isinstance(found, BaseException):
        return again(found)
    if isinstance(found, Made):
        return found.make(parts)
    made: BaseException = found(*arguments_of(site.message.format(*parts)))
    return made


def _part(address: int, t: Type) -> Any:
    assert isinstance(t, Scalar)
    (part,) = struct.unpack(f"={WORDS[t.family]}", ctypes.string_at(address, 8))
    return np.float32(part) if t == FLOAT32 else part


def again(exc: BaseException) -> BaseException:
    """A fresh copy of an exception that was made at compile time."""
    try:
        return copy.copy(exc)
    except Exception:
        return exc


def _trace(context: int, sites: Sequence[SiteLike]) -> tuple[list[Any], list[Any], int]:
    """The places of the calls that an error came through: the innermost, the outermost, and how many are between."""
    count, words = _word(context + CTX_TRACE), context + CTX_TRACE + 8
    first = min(count, TRACE)
    last = min(count - first, TRACE)
    inner = [sites[_word(words + 8 * i)].loc for i in range(first)]
    outer = [sites[_word(words + 8 * (TRACE + i % TRACE))].loc for i in range(count - last, count)]
    return inner, outer, count - first - last


# -- notes


_INDEX = re.compile(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)")


def _explain(exc: BaseException, site: SiteLike, hidden: int) -> None:
    """Notes: they are shown behind the message, which stays CPython's."""
    if hidden:
        exc.add_note(f"({hidden} calls in the middle are not shown)")
    numbers = _INDEX.fullmatch(str(exc)) if site.exc == "IndexError" else None
    if numbers and site.loc is not None and site.loc.line:
        note = index_note(_source(site.loc), *map(int, numbers.groups()))
        if note:
            exc.add_note(note)


def _source(loc: Any) -> str:
    """The text of an expression, if it is known."""
    if loc.col < 0:
        return ""
    lines = [source_line(loc.file, n).encode() for n in range(loc.line, (loc.end_line or loc.line) + 1)]
    lines[-1] = lines[-1][: loc.end_col]
    lines[0] = lines[0][loc.col :]
    return b"".join(lines).decode(errors="replace")


def index_note(source: str, index: int, axis: int, size: int) -> str:
    """What the numbers of an IndexError are called in the program.

    >>> index_note("b[i, j + 1]", 5, 1, 3)
    'j + 1 is 5, b.shape[1] is 3'
    """
    try:
        tree = ast.parse(f"({source})", mode="eval").body
    except (SyntaxError, ValueError):
        return ""
    if not isinstance(tree, ast.Subscript):
        return ""
    items = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
    plain = not any(isinstance(i, (ast.Slice, ast.Starred)) or (isinstance(i, ast.Constant) and i.value in (None, ...))
                    for i in items[: axis + 1])
    extent = f"{ast.unparse(tree.value)}.shape[{axis}] is {size}"
    if not plain or axis >= len(items) or isinstance(items[axis], ast.Constant):
        return extent
    return f"{ast.unparse(items[axis])} is {index}, {extent}"
