"""numpy's error state, which belongs to the thread: CPython is asked for it, and changes it, where the program comes to that.

    with np.errstate(all="ignore"):      tell {outlet='entered', sets=True} ... tell {outlet='left', sets=True}
    old = np.seterr(divide="ignore")     %d, %o, %u, %i = ask {outlet='exchanged', sets=True}      the numbers of four modes

Compiled code itself neither warns nor raises. So an `errstate` says nothing where nobody asks, and is left out by the pipeline
there. Modes that do more than warn are refused, unless they were in force before.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import numpy as np

from irad.errors import IradError
from irad.infer import heap
from irad.infer.calls import call_value
from irad.infer.context import Context
from irad.infer.kinds import MACHINE
from irad.infer.lists import new_dict
from irad.infer.meanings import RECORDS, SPECIAL, handles
from irad.infer.outlets import Outlet, Result, outgoing
from irad.infer.shapes import AV
from irad.infer.values import Choice, Fn, Known, Record
from irad.ir.core import Value
from irad.ir.types import INT8
from irad.lib import standard

MODES = ("ignore", "warn", "raise", "call", "print", "log")
NAMES = ("divide", "over", "under", "invalid")  # in the order of numpy's dict
QUIET = ("ignore", "warn", None)  # compiled code neither warns nor raises where numpy's floating point does
INT4 = Result(tuple, [Result(int)] * len(NAMES))


# -- in CPython --------------------------------------------------------------------------------------------------


class _Left(threading.local):
    """The states that the `errstate`s of compiled code have left, which will be in force again."""

    def __init__(self) -> None:
        self.states: list[dict[str, Any]] = []


_left = _Left()


def entered(**modes: Any) -> None:
    """The beginning of an `errstate`."""
    _left.states.append(dict(np.seterr(**modes)))


def left() -> None:
    """The end of an `errstate`."""
    np.seterr(**_left.states.pop())


def exchanged(**modes: Any) -> tuple[int, ...]:
    """np.seterr: the numbers of the modes that were in force."""
    old: dict[str, Any] = dict(np.seterr(**modes))
    return tuple(MODES.index(old[name]) for name in NAMES)


class Kept:
    """What was in force before a call, whose `errstate`s end with it, also with an error of irad that passes `with`."""

    def __enter__(self) -> Kept:
        self.state, self.depth = np.geterr(), len(_left.states)
        return self

    def __exit__(self, cls: object, exception: BaseException | None, *_: object) -> None:
        while len(_left.states) > self.depth:
            left()
        if _passes_handlers(exception):  # a `finally` that sets what was before has not run
            np.seterr(**self.state)

    @contextlib.contextmanager
    def before(self) -> Iterator[None]:
        """The state before the call, for a while."""
        with np.errstate(**self.state):
            yield


def _passes_handlers(exception: BaseException | None) -> bool:
    """Whether this is an error that leaves compiled code past every `except` and `finally`."""
    limits = isinstance(exception, OverflowError) and "64-bit integer" in str(exception)
    return limits or isinstance(exception, (IradError, MemoryError, RecursionError))


# -- in compiled code --------------------------------------------------------------------------------------------


@handles(np.errstate)
def _errstate(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if args or not set(kwargs) <= {"all", *NAMES}:
        _refuse_call(cx)
    _need_quiet(cx, "np.errstate", kwargs)
    return Record(("context", "errstate", tuple(kwargs)), tuple(kwargs.values()))


def _refuse_call(cx: Context) -> NoReturn:
    cx.unsupported("np.errstate with `call`", kind="option", why="compiled code does not call it", hint="leave it out")


def enter(cx: Context, manager: AV) -> None:
    """The beginning of `with np.errstate(...)`."""
    values: list[Value] = []
    modes = {k: outgoing(cx, v, values) for k, v in zip(manager.static[2], manager.children, strict=True)}
    cx.builder.do("tell", *values, outlet=cx.unit.symbol(Outlet(entered, [], modes, {}), "entered"), sets=True)


def leave(cx: Context) -> None:
    """Its end."""
    cx.builder.do("tell", outlet=cx.unit.symbol(Outlet(left, [], {}, {}), "left"), sets=True)


@handles(np.seterr)
def _seterr(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    modes = {**dict(zip(("all", *NAMES), args, strict=False)), **kwargs}
    if len(args) > 1 + len(NAMES) or len(modes) < len(args) + len(kwargs) or not set(modes) <= {"all", *NAMES}:
        cx.type_error("seterr() takes the modes all, divide, over, under and invalid, each once")
    _need_quiet(cx, "np.seterr", modes)
    return _exchange(cx, modes)


@handles(np.geterr)
def _geterr(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if args or kwargs:
        cx.type_error("geterr() takes no arguments")
    return _exchange(cx, {})


def _exchange(cx: Context, modes: Mapping[str, AV]) -> AV:
    values: list[Value] = []
    outlet = Outlet(exchanged, [], {k: outgoing(cx, v, values) for k, v in modes.items()}, {}, result=INT4)
    found = cx.builder.emit("ask", values, [MACHINE["int"]] * len(NAMES), {
        "outlet": cx.unit.symbol(outlet, "exchanged"), "outs": 0, "types": ("int",) * len(NAMES), "sets": True,
    })
    known = tuple(map(Known, MODES))
    return new_dict(cx, {name: Choice(cx.cast(tag, INT8), known) for name, tag in zip(NAMES, found, strict=True)})


def _need_quiet(cx: Context, what: str, modes: Mapping[str, Any]) -> None:
    """Refuse modes that do more than warn, except those that came from outside: of all that there are."""
    for name, given in modes.items():
        members = given.members if isinstance(given, Choice) else (given,)
        found = [m.obj if isinstance(m, Known) else ... for m in members]
        loud = [] if found == [*MODES] else [mode for mode in found if mode not in QUIET]
        if loud:
            shown = "..." if loud[0] is ... else repr(loud[0])
            cx.unsupported(
                f"{what}({name}={shown})", kind="option", why="compiled code does not look at numpy's error state",
                hint="test the operands before the operation",
            )


def _decorate(cx: Context, manager: Record, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A call of a context manager: `np.errstate(...)(f)`."""
    if manager.static[1] != "errstate" or len(args) != 1 or kwargs:
        cx.unsupported(f"a call of what {manager.static[1]} gives", kind="function", hint="use it in a `with`")
    return Record(("within",), (manager, args[0]))


def _call_decorated(cx: Context, made: Record, args: list[AV], kwargs: dict[str, AV]) -> AV:
    manager, function = made.children
    return _within(cx, manager, function, args, kwargs)


def _within(cx: Context, manager: AV, function: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return call_value(cx, Known(standard.within), [manager, function, *args], kwargs)


def _under_errstate(cx: Context, f: Fn, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A call of a function that is decorated with `@np.errstate(...)`."""
    cells = dict(zip(f.code.co_freevars, f.cells, strict=True))
    function, state = (heap.content_of(cx, c.children[0] if c.children else c) for c in (cells["func"], cells["self"]))
    if not isinstance(state, Known):
        cx.unsupported("np.errstate as a decorator, made in a call", kind="option", hint="use it in a `with`")
    modes = {name: mode for name in ("all", *NAMES) if (mode := getattr(state.obj, f"_{name}")) is not None}
    if state.obj._call is not np.errstate()._call:  # type: ignore[attr-defined]
        _refuse_call(cx)
    _need_quiet(cx, "np.errstate", {name: Known(mode) for name, mode in modes.items()})
    manager = Record(("context", "errstate", tuple(modes)), tuple(map(Known, modes.values())))
    return _within(cx, manager, function, args, kwargs)


RECORDS["context"] = _decorate
RECORDS["within"] = _call_decorated
SPECIAL[np.errstate()(len).__code__] = _under_errstate
