"""print, logging, warnings.warn: CPython is called where the program comes to them (see `outlets`)."""

from __future__ import annotations

import builtins
import logging
import time
import warnings
from typing import Any

from irad.infer.context import Context
from irad.infer.meanings import Handler, handles
from irad.infer.outlets import ask_number, tell
from irad.infer.shapes import AV
from irad.infer.values import Known

MODULE_FUNCTIONS = ("debug", "info", "warning", "error", "critical", "log")
TRACEBACKS = ("exc_info", "stack_info")


def _outlet(function: Any, looks: bool = True, name: str = "") -> Handler:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        for option in TRACEBACKS:
            given = kwargs.get(option, Known(None))
            if not isinstance(given, Known) or given.obj:
                cx.unsupported(f"`{option}` of a logging call", kind="option", why="compiled code has no frames to show",
                               hint="leave it out")
        return tell(cx, function, args, kwargs, looks, name)

    return handler


handles(builtins.print, as_they_are=True)(_outlet(print, looks=False))
for _name in MODULE_FUNCTIONS:
    for _owner in (logging, logging.Logger):
        _function = getattr(_owner, _name)
        handles(_function, as_they_are=True)(_outlet(_function, name=f"logging.{_name}"))


handles(logging.Logger.isEnabledFor)(lambda cx, args, kwargs: ask_number(cx, logging.Logger.isEnabledFor, args, bool))


def _clock(function: Any, cls: type) -> Handler:
    """A clock: CPython reads it, each time."""
    return lambda cx, args, kwargs: ask_number(cx, function, args, cls)


for _function in (time.time, time.perf_counter, time.monotonic, time.process_time, time.thread_time):
    handles(_function)(_clock(_function, float))
for _function in (time.time_ns, time.perf_counter_ns, time.monotonic_ns, time.process_time_ns):
    handles(_function)(_clock(_function, int))


@handles(logging.exception, logging.Logger.exception)
def _exception(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    cx.unsupported("the traceback that logging.exception shows", kind="function", why="compiled code has no frames to show",
                   hint="logging.error(...)")


@handles(logging.getLogger)
def _logger(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    named = [*args, *kwargs.values()]
    if not all(isinstance(a, Known) for a in named):
        cx.unsupported("a logger whose name is not known at compile time", kind="function", hint="make it outside")
    return Known(logging.getLogger(*(a.obj for a in named if isinstance(a, Known))))


@handles(warnings.warn, as_they_are=True)
def _warn(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return tell(cx, warnings.warn, args, kwargs, True, "warnings.warn", cx.unit.filters, heeds=True)
