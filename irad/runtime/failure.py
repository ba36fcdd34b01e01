"""Errors that a kernel reports: the exception with its message, raised in frames that show the user's lines."""

from __future__ import annotations

import ast
import builtins
import ctypes
import struct
import types
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from irad.errors import for_user
from irad.infer.exceptions import Made
from irad.ir.types import Scalar, Type

SITE_OFFSET, PAYLOAD_OFFSET = 8, 16


class SiteLike(Protocol):
    """A place that can fail (see `irad.codegen.Site`)."""

    exc: str
    message: str
    parts: tuple[Type, ...]
    loc: Any


def exception_at(context: int, sites: Sequence[SiteLike], symbols: Mapping[str, Any]) -> tuple[BaseException, Any]:
    """The exception that a context reports, and where in the source it was raised."""
    number = ctypes.c_int64.from_address(context + SITE_OFFSET).value
    site = sites[number]
    parts = [_part(context + PAYLOAD_OFFSET + 8 * i, t) for i, t in enumerate(site.parts)]
    found = symbols[site.exc[1:]] if site.exc.startswith("@") else getattr(builtins, site.exc)
    if isinstance(found, BaseException):
        return _again(found), site.loc
    if isinstance(found, Made):
        return found.make(parts), site.loc
    message = site.message.format(*parts)
    return (found(message) if message else found()), site.loc


def _part(address: int, t: Type) -> Any:
    word = ctypes.c_int64.from_address(address).value
    assert isinstance(t, Scalar)
    if t.family == "b":
        return bool(word & 1)
    if t.is_float:
        packed = struct.pack("q", word)
        return struct.unpack("d", packed)[0] if t.bits == 64 else np.float32(struct.unpack("f", packed[:4])[0])
    return word


def _again(exc: BaseException) -> BaseException:
    """A fresh copy of an exception that was made at compile time."""
    import copy

    try:
        return copy.copy(exc)
    except Exception:
        return exc


def raise_in_frames(exc: BaseException, loc: Any) -> None:
    """Raise `exc` through one synthesised frame for each level of the call chain, with the user's lines and columns."""
    chain = []
    while loc is not None and loc.line:
        chain.append(loc)
        loc = loc.caller
    if not chain:
        raise for_user(exc)

    def fail() -> None:
        raise exc

    run: Any = fail
    for place in chain:
        run = _frame(place, run)
    try:
        run()
    except BaseException as e:
        tb = e.__traceback__
        frames = []
        while tb is not None:
            if tb.tb_frame.f_code.co_filename in {p.file for p in chain} and tb.tb_frame.f_globals.get("__irad_frame__"):
                frames.append(tb)
            tb = tb.tb_next
        found = None
        for frame in reversed(frames):
            found = types.TracebackType(found, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
        raise for_user(e.with_traceback(found)) from e.__cause__


def _frame(loc: Any, following: Any) -> Any:
    """A function without arguments whose code claims to be at `loc` and calls `following`."""
    end_line, end_col = loc.end_line or loc.line, loc.end_col or loc.col
    place = {"lineno": loc.line, "col_offset": loc.col, "end_lineno": end_line, "end_col_offset": end_col}
    call = ast.Call(ast.Name("following", ast.Load(), **place), [], [], **place)
    code = compile(ast.Module([ast.Expr(call, **place)], []), loc.file, "exec")
    name = loc.func.rpartition(".")[2]
    code = code.replace(co_name=name, co_qualname=loc.func)
    space = {"following": following, "__irad_frame__": True}
    return lambda: exec(code, space)
