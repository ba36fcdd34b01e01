"""The exceptions of irad, how they print, and what a user never sees (docs/api.md, section 6; docs/errors.md).

A message has at most twelve lines: what, file:line:col, the source line with a caret under the exact expression, who
called, why, what to do instead, and where to read more. `user_facing` goes around every public entry: it takes irad's
own frames out of tracebacks and turns an exception that should not have happened into an `InternalError`.
"""

from __future__ import annotations

import builtins
import functools
import linecache
import os
import platform
import textwrap
import unicodedata
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, ParamSpec, Protocol, TypeVar

from irad.config import CONFIG

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E", bound=BaseException)

MAX_LINES = 12
_MAX_CALLERS = 3
_WIDTH = 120  # of the part of a source line that is shown

KINDS: dict[str, str] = {
    # UnsupportedError
    "unsupported": "something that irad does not compile and that has no section of its own",
    "python-version": "this version of CPython is newer than irad, or not CPython",
    "bytecode": "a bytecode instruction that irad does not understand",
    "syntax": "a form of the language that irad does not compile (async, some class statements, except*, ...)",
    "exception": "a form of try or raise that irad does not compile",
    "nonlocal": "an assignment to a captured or global variable",
    "attribute-store": "an assignment to an attribute of an object that irad cannot follow",
    "star-call": "a call with * or ** of something whose length or keys are not known",
    "list": "a list whose length is known only at run time",
    "dict": "a dict whose keys are known only at run time",
    "text": "text that is computed at run time",
    "unroll": "a loop over a known sequence, or a recursion, that unrolls too far",
    "function": "a call of a function written in C that irad has no entry for",
    "object": "a use of a Python object that irad cannot see into",
    "option": "an argument or option of a known function that irad does not handle",
    "attribute": "an attribute or method that irad does not handle",
    "value-type": "a type of value that irad does not compile",
    "dtype": "an array dtype that irad does not compile",
    "axis": "a number of axes, or an axis, that would only be known at run time",
    "operator": "an operator on types for which irad has no operation",
    "index": "a form of indexing that irad does not compile",
    "iteration": "a loop over something that irad cannot iterate",
    "generator": "a use of a generator or iterator that irad does not compile",
    "iterator": "an iterator whose number of items would have to be known at compile time",
    "set": "a set whose members are not known at compile time",
    # TypingError
    "types": "an operator or function was given types that CPython would refuse as well",
    "join": "one variable has types that cannot be merged where two paths meet",
    "return": "return statements whose types cannot be merged",
    "call": "a call does not fit the signature of the function",
    "unbound": "a name that is not bound on any path to its use",
    "argnums": "argnums or argnames do not fit the call",
    "int-argument": "a differentiated argument is an int, a bool or an array of such",
    "grad-output": "the function to differentiate does not return one real number",
    # DifferentiationError
    "no-derivative": "an operation that has no derivative",
    "opaque-call": "a call that the derivative cannot follow, without a rule",
    "implicit-residual": "an implicit function whose residual is too large at the solution",
    "integer-truncation": "a derivative would be lost in an integer array or a conversion to int",
    # InternalError
    "internal": "a bug of irad",
    "verifier": "a bug of irad: a pass left IR that is not well formed",
    "ir-syntax": "a text is not IR, or not of this version",
}


class Location(Protocol):
    """What an error needs of a source location: columns as `co_positions` gives them (UTF-8 bytes from 0), or None."""

    @property
    def file(self) -> str: ...
    @property
    def func(self) -> str: ...
    @property
    def line(self) -> int | None: ...
    @property
    def col(self) -> int | None: ...
    @property
    def end_line(self) -> int | None: ...
    @property
    def end_col(self) -> int | None: ...
    @property
    def caller(self) -> Location | None: ...


class IradError(Exception):
    """Base of what irad itself raises.

    Parameters
    ----------
    what : str
        What is wrong, in the user's words: one line, three at the most.
    kind : str
        A key of `KINDS`, which is also the section of docs/errors.md.
    loc : Location, optional
        The place; its `caller` is the place of the call through which it was reached.
    why, hint : str, optional
        Why irad refuses (at most two lines), and what to do instead (at most three).

    Attributes
    ----------
    kind : str
    filename, func : str or None
    lineno, col_offset, end_lineno, end_col_offset : int or None
        As in `ast`: lines from 1, columns in UTF-8 bytes from 0.
    call_chain : list of (str, str, int)
        Function name, file name and line of the calls through which the place was reached, innermost first.
    """

    whole = False  # whether the chain of calls goes all the way up

    def __init__(
        self, what: str, *, kind: str, loc: Location | None = None, why: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(what)
        self.what, self.kind, self.why, self.hint = what, kind, why, hint
        self._place_at(loc)

    def _place_at(self, loc: Location | None) -> None:
        self.filename = loc.file if loc else None
        self.func = loc.func if loc else None
        self.lineno = _known(loc.line) if loc else None
        self.col_offset = _known(loc.col) if loc else None
        self.end_lineno = _known(loc.end_line) if loc else None
        self.end_col_offset = _known(loc.end_col) if loc else None
        self.call_chain = _call_chain(loc)

    def __str__(self) -> str:
        return "\n".join(_render(self))

    def called_from(self, loc: Location | None) -> IradError:
        """The same error, seen from the place of a call. What irad wrote itself in Python is no place to show."""
        if loc is None or self.whole:
            return self
        error = type(self)(self.what, kind=self.kind, why=self.why, hint=self.hint)
        error.__dict__.update(self.__dict__)
        if self.filename is not None and is_own(self.filename):
            error._place_at(loc)
        else:
            error.call_chain = [*self.call_chain, (loc.func, loc.file, loc.line or 0), *_call_chain(loc)]
        return error

    def reached_through(self, places: Iterable[Location]) -> IradError:
        """The same error at the first of the calls that led to it, innermost first, that is not in Python of irad's own."""
        error = self
        for place in places:
            if error.filename is None or not is_own(error.filename):
                break
            error = error.called_from(place)
        return error

    def completed(self, places: Iterable[Location]) -> IradError:
        """The same error with those of the calls that led to it, innermost first, that are beyond the last that it names."""
        named = [(place.func, place.file, place.line or 0) for place in places]
        last = self.call_chain[-1] if self.call_chain else (self.func, self.filename, self.lineno or 0)
        if last not in named:
            return self
        error = type(self)(self.what, kind=self.kind, why=self.why, hint=self.hint)
        error.__dict__.update(self.__dict__)
        further = [place for place in named[named.index(last) + 1 :] if not is_own(place[1])]
        error.call_chain = [*self.call_chain, *further]
        return error

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        # Exceptions pickle by calling their class with `args`, which lacks the keywords; errors cross process pools.
        return _rebuild, (type(self), self.args, self.__dict__)


class UnsupportedError(IradError, NotImplementedError):
    """A feature of the language or of a library that irad does not understand."""


class TypingError(IradError, TypeError):
    """Types that cannot be merged or combined."""


class DifferentiationError(IradError, ValueError):
    """The function compiles but has no derivative; at run time: an implicit residual that is too large."""


class InternalError(IradError, RuntimeError):
    """A bug of irad."""

    def __init__(
        self,
        what: str,
        *,
        kind: str = "internal",
        loc: Location | None = None,
        why: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(what, kind=kind, loc=loc, why=why, hint=hint or _what_to_send())


class TooSpecial(Exception):
    """Code for the usual case met another: one array came at several places, or an axis of an argument has one element.

    The call is made again, with general code. Users do not see this.
    """


class LongTape(Exception):
    """There is no memory for a tape: the call is made again, with code whose tapes grow. Users do not see this.

    `error` is what they see if an exception does not end the loop soon.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def exception_named(name: str) -> Any:
    """The class that a guard or raise of the IR names, if it is no symbol of the module; None if there is none."""
    return TooSpecial if name == TooSpecial.__name__ else getattr(builtins, name, None)


class IradWarning(UserWarning):
    """Something that works but that the user may want to know, once per site."""


def user_facing(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a public entry: no frames of irad in tracebacks, and bugs leave as `InternalError`.

    An exception counts as a bug if it was raised by a line of irad or llvmlite and is neither an `IradError`, nor
    marked by `for_user`, nor about the machine (memory, files, recursion depth). Exceptions of the user's code pass
    unchanged. IRAD_FULL_TRACEBACK=1 keeps all frames and causes.
    """

    @functools.wraps(function)
    def entry(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            shown = as_bug(error, _subject(args)) if is_bug(error) else strip_frames(error)
            if CONFIG.full_traceback:
                if shown is error:
                    raise
                raise shown from error
            frames = shown.__traceback__
            try:
                raise shown
            finally:
                shown.__traceback__ = frames  # `raise` added this frame

    return entry


def for_user(error: E) -> E:
    """Mark a plain exception as meant for the user: `raise for_user(TypeError("argument 1 ..."))`."""
    error.__irad_user__ = True  # type: ignore[attr-defined]
    return error


def is_bug(error: BaseException) -> bool:
    """Whether an exception shows a fault of irad rather than of the program, the call or the machine."""
    if isinstance(error, (IradError, Warning, MemoryError, RecursionError, OSError, ImportError)):
        return False
    if not isinstance(error, Exception) or getattr(error, "__irad_user__", False):
        return False
    tb = error.__traceback__
    if isinstance(error, TypeError) and tb is not None and tb.tb_next is None and tb.tb_frame.f_code.co_filename == __file__:
        return False  # an entry was called with arguments that it does not have
    while tb is not None and tb.tb_next is not None:
        tb = tb.tb_next
    return tb is not None and is_own(tb.tb_frame.f_code.co_filename, also=_LLVMLITE)


def as_bug(error: BaseException, subject: str = "") -> InternalError:
    """The `InternalError` to raise in place of an exception that should not have happened."""
    place = ""
    tb = error.__traceback__
    while tb is not None:
        if is_own(tb.tb_frame.f_code.co_filename):
            path = os.path.relpath(tb.tb_frame.f_code.co_filename, os.path.dirname(_HERE)).replace(os.sep, "/")
            place = f" at {path}:{tb.tb_lineno}"
        tb = tb.tb_next
    message = " ".join(str(error).split())
    about = f" while working on `{subject}`" if subject else ""
    bug = InternalError(
        f"irad failed{about}: this is a bug of irad, not of your program",
        why=textwrap.shorten(f"{type(error).__name__}: {message}", 200, placeholder=" ...") + place,
    )
    if not CONFIG.full_traceback:
        bug.__cause__ = None  # also suppresses the context when printed
    bug.__traceback__ = without_own(error.__traceback__)
    return bug


def strip_frames(error: E) -> E:
    """Remove irad's frames from the traceback of an exception (nothing under IRAD_FULL_TRACEBACK=1)."""
    if not CONFIG.full_traceback:
        error.__traceback__ = without_own(error.__traceback__)
        if isinstance(error, IradError) and error.__cause__ is None:
            error.__suppress_context__ = True  # what irad tried before is of no interest to the user
    return error


_HERE = os.path.dirname(os.path.abspath(__file__))
_DEMO = os.path.join(_HERE, "demo") + os.sep  # the demo plays the user
_LLVMLITE = f"{os.sep}llvmlite{os.sep}"


def is_own(filename: str, also: str | None = None) -> bool:
    """Whether a file is one of irad's."""
    own = filename.startswith(_HERE + os.sep) and not filename.startswith(_DEMO)
    return own or (also is not None and also in filename)


def without_own(tb: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames of irad."""
    kept = []
    while tb is not None:
        if not is_own(tb.tb_frame.f_code.co_filename):
            kept.append(tb)
        tb = tb.tb_next
    chain = None
    for tb in reversed(kept):
        chain = TracebackType(chain, tb.tb_frame, tb.tb_lasti, tb.tb_lineno)
    return chain


def _subject(args: tuple[Any, ...]) -> str:
    """The user's function among the arguments of an entry: the first thing with a name."""
    return next((str(a.__qualname__) for a in args if hasattr(a, "__qualname__")), "")


def _what_to_send() -> str:
    from importlib import metadata  # brings the email package: nothing for every import of irad

    versions = [f"Python {platform.python_version()} ({platform.system()} {platform.machine()})"]
    for package in ("irad", "llvmlite", "numpy"):
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            versions.append(f"{package} (not installed as a package)")
    return "please report it with the function, its arguments and the output under IRAD_FULL_TRACEBACK=1, and:\n" + (
        ", ".join(versions)
    )


def _rebuild(cls: type[IradError], args: tuple[object, ...], state: dict[str, object]) -> IradError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error


def _known(number: int | None) -> int | None:
    return number if number is not None and number >= 0 else None


def _call_chain(loc: Location | None) -> list[tuple[str, str, int]]:
    chain = []
    caller = loc.caller if loc else None
    while caller is not None:
        chain.append((caller.func, caller.file, caller.line or 0))
        caller = caller.caller
    return chain


def _render(error: IradError) -> list[str]:
    head = _clipped("", error.what, 3) + _place(error)
    tail = _clipped("  why: ", error.why, 2) + _clipped("  fix: ", error.hint, 3) + [f"  docs/errors.md#{error.kind}"]
    return head + _callers(error.call_chain, MAX_LINES - len(head) - len(tail)) + tail


def _clipped(label: str, text: str | None, most: int) -> list[str]:
    if not text:
        return []
    lines = text.strip("\n").split("\n")
    if len(lines) > most:
        lines = lines[: most - 1] + [lines[most - 1] + " ..."]
    return [label + lines[0]] + [" " * len(label) + line for line in lines[1:]]


def _callers(chain: list[tuple[str, str, int]], room: int) -> list[str]:
    """The innermost calls, and the outermost, which is the program's own."""
    most = max(0, min(_MAX_CALLERS, room if len(chain) <= room else room - 1))
    lines = [f"  called from {shown_file(file)}:{line} in {func}" for func, file, line in chain]
    if len(lines) <= most or room <= 0:
        return lines[:most]
    return [*lines[: max(0, most - 1)], "  ...", *lines[-1:][:most]]


def _place(error: IradError) -> list[str]:
    """The lines `file:line:col in func`, source and caret, as far as they are known."""
    if error.filename is None:
        return []
    if error.lineno is None:
        return [f"  {shown_file(error.filename)} in {error.func}"]
    source = source_line(error.filename, error.lineno).rstrip()
    start = _characters(source, error.col_offset)
    column = "" if start is None else f":{start + 1}"
    lines = [f"  {shown_file(error.filename)}:{error.lineno}{column} in {error.func}"]
    if not source.strip():
        return lines
    end = _characters(source, error.end_col_offset)
    if error.end_lineno is not None and error.end_lineno > error.lineno:
        end = len(source)  # an expression over several lines: to the end of the first
    return lines + _excerpt(source, start, end)


def source_line(file: str, line: int) -> str:
    """A line as the file has it now, or "" (as a traceback shows it)."""
    linecache.checkcache(file)
    return linecache.getline(file, line)


def shown_file(file: str) -> str:
    """The name of a file as tracebacks show it: CPython 3.13 numbers what is typed, <stdin>-7."""
    return "<stdin>" if file.startswith("<stdin>-") else file


def _characters(source: str, offset: int | None) -> int | None:
    """A column in characters from one in UTF-8 bytes; unchanged where the source is not known."""
    if offset is None or not source:
        return offset
    return len(source.encode()[:offset].decode(errors="ignore"))


def _excerpt(source: str, start: int | None, end: int | None) -> list[str]:
    indent = len(source) - len(source.lstrip())
    if start is None or start < indent or start >= len(source):
        return ["    " + source.strip()[:_WIDTH]]
    end = min(max(end or 0, start + 1), len(source))
    # Of a very long line the piece around the expression.
    left = indent if end - indent <= _WIDTH else max(indent, start - _WIDTH // 4)
    shown = source[left : left + _WIDTH]
    cells = [_width(c) for c in shown]
    carets = max(sum(cells[start - left : end - left]), 1)
    padding = "".join("\t" if c == "\t" else " " * w for c, w in zip(shown[: start - left], cells))
    return ["    " + shown, "    " + padding + "^" * carets]


def _width(character: str) -> int:
    """Cells of a terminal that a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
