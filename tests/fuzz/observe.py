"""What a call did, in a form that can be compared; and CPython with 64-bit ints."""

from __future__ import annotations

import ast
import functools
import math
import signal
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from programs.outcomes import bits

import irad
from fuzz.trees import leaves, made, mutable

LIMIT = 1 << 63
BEYOND = "leaves the range of 64-bit integers"


class Point(NamedTuple):
    """An argument with names."""

    u: float
    v: float


def wave(c: float) -> Callable[[float], float]:
    """A fresh function: all of them share their code."""
    return lambda w: math.sin(w * c)


def blend(c: float, w: float) -> float:
    """To be called with its first argument bound."""
    return c * w + 0.25 * abs(w)


# what programs and argument lists know
GIVEN: dict[str, Any] = {"Point": Point, "wave": wave, "blend": blend, "partial": functools.partial}
NAMES: dict[str, Any] = {"np": np, "math": math, "inf": math.inf, "nan": math.nan, "made": made, **GIVEN}


class Beyond(BaseException):
    """An int that CPython has and irad has not: as in irad, no handler of the program catches it."""


class Observation:
    """The result of a call, or the exception; and the arrays and objects that were passed, as they are afterwards."""

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.args = args
        self.error: Exception | None = None
        self.value: Any = None
        with np.errstate(all="ignore"):
            try:
                self.value = f(*args)
            except Beyond as error:
                self.error = OverflowError(*error.args)
            except Exception as error:
                self.error = error
        self.after = bits(mutable(args))

    @property
    def outcome(self) -> Any:
        """Equal for two calls that did the same, arguments apart."""
        if isinstance(self.error, RecursionError):  # which call it was that went too deep is chance: the text says it
            return "raise", type(self.error)
        if isinstance(self.error, MemoryError) or "array is too big" in str(self.error):  # how much too much is told otherwise
            return "raise", MemoryError
        if self.error is not None:
            return "raise", type(self.error), self.error.args if plain(self.error) else str(self.error)
        return "value", bits(self.value)

    @property
    def beyond(self) -> bool:
        """Whether irad refused to compute with an int that has more than 64 bits (docs/semantics.md)."""
        return isinstance(self.error, OverflowError) and beyond(str(self.error))

    def __str__(self) -> str:
        return f"{type(self.error).__name__}({self.error})" if self.error is not None else repr(self.value)


def plain(error: Exception) -> bool:
    """Whether the exception's arguments are what a message is made of."""
    return all(isinstance(a, (str, int, float)) for a in error.args)


def beyond(message: str) -> bool:
    return BEYOND in message or "does not fit 64 bits" in message or "too large to convert to a 64-bit integer" in message


def refusal(error: Exception | None) -> str | None:
    """The reason why irad refused to compile, if it did and if it may."""
    if isinstance(error, irad.IradError) and not isinstance(error, irad.InternalError):
        return error.kind
    return None


def goes_deep(f: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    """Whether a call in CPython comes near the end of the stack, whatever its handlers make of that."""
    depth = most = 0

    def count(frame: Any, event: str, arg: Any) -> None:
        nonlocal depth, most
        depth += {"call": 1, "return": -1}.get(event, 0)
        most = max(most, depth)

    sys.setprofile(count)
    try:
        Observation(f, args)
    finally:
        sys.setprofile(None)
    return most > sys.getrecursionlimit() // 5  # a call may count for several


def defined(source: str, filename: str = "<fuzz>") -> dict[str, Any]:
    """The namespace of a program's module."""
    space: dict[str, Any] = {**GIVEN, "__name__": "fuzzed"}
    exec(compile(source, filename, "exec", dont_inherit=True), space)
    return space


def arguments(call: str, f: Any) -> tuple[Any, ...]:
    """An argument list from its text, with arrays of its own, and objects of the classes that stand around `f`."""
    found: tuple[Any, ...] = eval(call, {**{n: c for n, c in f.__globals__.items() if isinstance(c, type)}, **NAMES})
    return found


def shared(args: tuple[Any, ...]) -> bool:
    """Whether arrays among the arguments have memory in common."""
    arrays = arrays_in(args)
    return any(np.may_share_memory(a, b) for i, a in enumerate(arrays) for b in arrays[:i])


def arrays_in(args: Any) -> list[np.ndarray]:
    """The arrays of an argument list, those in tuples and objects too."""
    return [a for a in leaves(args) if isinstance(a, np.ndarray)]


WAITS = 20  # times as long on a clock as in processor time, since the machine may be busy


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """End the process if this takes more processor time: nothing else stops native code."""
    timed(seconds)
    try:
        yield
    finally:
        timed(0)


def timed(seconds: int) -> None:
    """From now on the process may take this much processor time (0: any)."""
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.alarm(WAITS * seconds)


class Long(BaseException):
    """CPython itself needs too long for a program; no handler of that catches this."""


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Raise `Long` if Python takes more processor time than this."""

    def late(number: int, frame: Any) -> None:
        raise Long

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 0.05)  # again and again: in a destructor it is lost
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


# -- CPython with 64-bit ints: where an int would leave the range, OverflowError --------------------------------------------


left: list[int] = []  # ints that were beyond: a `finally` of the program may hide the exception, but not from irad


def checked(value: Any) -> Any:
    if type(value) is range and abs(value.stop - value.start) >= LIMIT:
        left.append(value.stop)
        raise Beyond(BEYOND)
    if type(value) is int and not -LIMIT <= value < LIMIT:
        left.append(value)
        raise Beyond(BEYOND)
    return value


class _Checks(ast.NodeTransformer):
    """Every operation and call checks its result."""

    def wrap(self, node: ast.expr) -> ast.expr:
        self.generic_visit(node)
        return ast.copy_location(ast.Call(ast.Name("checked__", ast.Load()), [node], []), node)

    visit_BinOp = visit_UnaryOp = visit_Call = wrap  # noqa: N815

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """`k += 1` stays, and the target is checked after it."""
        self.generic_visit(node)
        first: list[ast.stmt] = []
        if isinstance(node.target, ast.Subscript):  # what stands in it is computed once
            place = ast.Tuple([ast.Name("held__", ast.Store()), ast.Name("at__", ast.Store())], ast.Store())
            first = [ast.Assign([place], ast.Tuple([node.target.value, node.target.slice], ast.Load()))]
            node.target = ast.Subscript(ast.Name("held__", ast.Load()), ast.Name("at__", ast.Load()), ast.Store())
        read = ast.parse(ast.unparse(node.target), mode="eval").body
        check = ast.Expr(ast.Call(ast.Name("checked__", ast.Load()), [read], []))
        return [ast.fix_missing_locations(ast.copy_location(n, node)) for n in (*first, node, check)]


def with_machine_ints(source: str) -> types.FunctionType:
    """`f` of this source as irad may run it: an int beyond 64 bits leaves it as `Beyond`, past every handler."""
    tree = ast.fix_missing_locations(_Checks().visit(ast.parse(source)))
    space: dict[str, Any] = {**GIVEN, "__name__": "fuzzed", "checked__": checked}
    exec(compile(tree, "<checked>", "exec", dont_inherit=True), space)
    f: types.FunctionType = space["f"]
    return f
