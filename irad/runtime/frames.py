"""Frames that show the user's lines: in the tracebacks of compiled code, and above the Python functions that it calls."""

from __future__ import annotations

import ast
import functools
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from irad.errors import for_user, is_own, without_own

FOLLOWING = ".following"  # a name that no program has


def levels(loc: Any) -> Iterator[Any]:
    """The places of an inlined call chain, innermost first."""
    while loc is not None and loc.line:
        yield loc
        loc = loc.caller


def in_frames(exc: BaseException, places: Sequence[Any]) -> BaseException:
    """The exception with one synthesised frame for each place (innermost first), as if it had been raised there."""
    context = exc.__context__ or sys.exc_info()[1]
    frames: list[types.TracebackType] = []
    places = [place for place in places if not is_own(place.file)]
    if places:
        frames = _raised_in(exc, places)
    else:
        for_user(exc)  # its traceback does not say that it is the program's
    found = None
    for frame in frames:
        found = types.TracebackType(found, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    if context is not exc:
        exc.__context__ = context
    return exc.with_traceback(found)


def beneath(exc: BaseException, places: Sequence[Any]) -> BaseException:
    """An exception that was raised in Python, with its own frames below those of the places."""
    own = without_own(exc.__traceback__)
    while own is not None and own.tb_frame.f_code.co_varnames[:1] == (FOLLOWING,):
        own = own.tb_next
    last = in_frames(exc.with_traceback(None), places).__traceback__
    if last is None:
        return exc.with_traceback(own)
    while last.tb_next is not None:
        last = last.tb_next
    last.tb_next = own
    return exc


def _raised_in(exc: BaseException, places: Sequence[Any]) -> list[types.TracebackType]:
    """Traceback entries of the places, innermost first."""

    def fail() -> None:
        raise exc

    run: Callable[[], None] = fail
    own = []
    for place in places:
        code = _code(place.file, place.func, place.line, place.col, place.end_line, place.end_col)
        run = types.FunctionType(code, {"following": run})
        own.append(code)
    tracing = sys.gettrace()  # a debugger would stop there, a coverage tool count it
    if tracing is not None:
        sys.settrace(None)
    try:
        run()
    except BaseException as e:
        tb = e.__traceback__
    finally:
        if tracing is not None:
            sys.settrace(tracing)
    frames = []
    while tb is not None:
        frames.append(tb)
        tb = tb.tb_next
    return frames[1:-1][::-1]  # neither this function's nor `fail`'s


@lru_cache(maxsize=1024)
def _code(file: str, func: str, line: int, col: int, end_line: int, end_col: int) -> types.CodeType:
    """Code without arguments that claims to be at a place, and calls `following`."""
    place = {"lineno": line, "col_offset": col, "end_lineno": end_line or line, "end_col_offset": end_col or col}
    call = ast.Call(ast.Name("following", ast.Load(), **place), [], [], **place)
    code = compile(ast.Module([ast.Expr(call, **place)], []), file, "exec")
    return code.replace(co_name=func.rpartition(".")[2], co_qualname=func)


# -- calls that look at who calls ---------------------------------------------------------------------------------


def seen_from(run: Callable[[], Any], places: Sequence[Any], space: dict[str, Any]) -> Callable[[], Any]:
    """A call that finds itself made at the places (innermost first) when it looks at the frames above it.

    `space`: the globals of the innermost one.
    """
    for number, place in enumerate(places):
        code = _caller_code(place.file, place.func, place.line)
        run = functools.partial(types.FunctionType(code, space if number == 0 else _space_of(place.file)), run)
    return run


def _space_of(file: str) -> dict[str, Any]:
    """The globals of a module by its file."""
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) == file:
            return vars(module)
    return {"__name__": "<unknown>", "__file__": file}


@lru_cache(maxsize=1024)
def _caller_code(file: str, func: str, line: int) -> types.CodeType:
    """Code that claims to be at a place, and calls its argument."""
    body = ast.parse("def f(following):\n    return following()")
    for node in ast.walk(body):
        if isinstance(node, (ast.stmt, ast.expr, ast.arg)):
            node.lineno = node.end_lineno = line
        if isinstance(node, ast.Name):
            node.id = FOLLOWING
        if isinstance(node, ast.arg):
            node.arg = FOLLOWING
    module = compile(body, file, "exec")
    code = next(c for c in module.co_consts if isinstance(c, types.CodeType))
    return code.replace(co_name=func.rpartition(".")[2], co_qualname=func, co_firstlineno=line)
