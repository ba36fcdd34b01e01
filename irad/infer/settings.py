"""numpy's error state and the warning filters, which are CPython's: it changes them where the program comes to that.

    with np.errstate(all="ignore"):      tell {outlet='entered', sets='state'} ... tell {outlet='left', sets='state'}
    old = np.seterr(divide="ignore")     %d, %o, %u, %i = ask {outlet='exchanged', sets='state'}    the numbers of four modes
    warnings.simplefilter("ignore")      tell {outlet='simplefilter', sets='filter'}

Compiled code itself neither warns nor raises. So what is set for the length of a `with` says nothing where nobody asks, and is
left out there (`passes.quiet`). Modes that do more than warn are refused, unless they were in force before.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from irad.errors import UnsupportedError
from irad.infer import heap
from irad.infer.calls import call_value
from irad.infer.context import Context
from irad.infer.kinds import MACHINE
from irad.infer.lists import new_dict
from irad.infer.meanings import RECORDS, SPECIAL, Handler, handles
from irad.infer.outlets import Outlet, Result, outgoing, tell
from irad.infer.shapes import AV
from irad.infer.values import Choice, Fn, Known, Record
from irad.ir.core import Value
from irad.ir.types import INT8
from irad.lib import standard
from irad.settings import MODES, NAMES, entered, exchanged, left

MANAGERS = {"errstate": np.errstate, "catch_warnings": warnings.catch_warnings, "recording": warnings.catch_warnings}
QUIET = ("ignore", "warn", None)  # compiled code neither warns nor raises where numpy's floating point does
INT4 = Result(tuple, [Result(int)] * len(NAMES))


@handles(np.errstate)
def _errstate(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if args or not set(kwargs) <= {"all", *NAMES}:
        _refuse_call(cx)
    _need_quiet(cx, "np.errstate", kwargs)
    return Record(("context", "errstate", tuple(kwargs)), tuple(kwargs.values()))


def _refuse_call(cx: Context) -> NoReturn:
    cx.unsupported("np.errstate with `call`", kind="option", why="compiled code does not call it", hint="leave it out")


def enter(cx: Context, manager: AV) -> None:
    """The beginning of `with np.errstate(...)`, `with warnings.catch_warnings(...)`."""
    options = dict(zip(manager.static[2], manager.children, strict=True))
    name = manager.static[1]
    _set(cx, entered, [Known(MANAGERS[name])], options, "state" if name == "errstate" else "more filters")


def leave(cx: Context, manager: AV) -> None:
    """Its end."""
    _set(cx, left, [], {}, "state" if manager.static[1] == "errstate" else "less filters")


def _set(cx: Context, function: Any, args: Sequence[AV], kwargs: Mapping[str, AV], what: str) -> AV:
    return tell(cx, function, args, dict(kwargs), sets=what)


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
        "outlet": cx.unit.symbol(outlet, "exchanged"), "outs": 0, "types": ("int",) * len(NAMES), "sets": "state",
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


# -- warnings ----------------------------------------------------------------------------------------------------

RECORDED = Record(("recorded warnings",), ())


def not_recorded(cx: Context, av: AV) -> None:
    """Refuse to look into a list of caught warnings: compiled code gives none."""
    if isinstance(av, Record) and av.static == RECORDED.static:
        cx.unsupported(
            "the list of warnings.catch_warnings(record=True)", kind="option", why="compiled code gives no warnings",
            hint="test the operands before the operation",
        )


def _note_strict(cx: Context) -> None:
    """Where warnings are to be exceptions, handlers would have to catch what CPython raises: the program may not give any."""
    if cx.strict and not cx.unit.filters:
        cx.unit.filters.append(UnsupportedError(
            "a warning from a program that makes warnings exceptions", kind="function", loc=cx.loc,
            why="no handler of compiled code would catch it", hint="raise the warning: raise UserWarning(...)",
        ))


@handles(warnings.catch_warnings)
def _catch_warnings(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    for name, value in kwargs.items():
        obj = value.obj if isinstance(value, Known) else ...
        if (name == "action" and (obj is ... or (obj == "error" and not cx.strict))) or (name == "record" and obj is ...):
            cx.unsupported(
                f"warnings.catch_warnings({name}={obj!r})", kind="option", why="compiled code gives no warnings",
                hint="test the operands before the operation",
            )
    if args or not set(kwargs) <= {"record", "action", "category", "lineno", "append"}:
        cx.unsupported("warnings.catch_warnings of another module", kind="option", why="there is none", hint="leave `module` out")
    _note_strict(cx)
    record = kwargs.get("record")
    name = "recording" if isinstance(record, Known) and record.obj else "catch_warnings"
    return Record(("context", name, tuple(kwargs)), tuple(kwargs.values()))


def _filter(function: Any) -> Handler:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        action = args[0] if args else kwargs.get("action", Known("default"))
        if not isinstance(action, Known) or (action.obj == "error" and not cx.strict):
            cx.unsupported(
                "a filter that makes warnings exceptions", kind="function", why="compiled code gives no warnings",
                hint="set it outside, or in a `with warnings.catch_warnings()` of the same function",
            )
        _note_strict(cx)
        return _set(cx, function, args, kwargs, "filter")

    return handler


for _function in (warnings.simplefilter, warnings.filterwarnings, warnings.resetwarnings):
    handles(_function)(_filter(_function))
