"""Context managers of libraries, for `with`: suppress, nullcontext, np.errstate."""

from __future__ import annotations

import contextlib

import numpy as np

from irad.infer.calls import handles, method
from irad.infer.context import Context
from irad.infer.exceptions import classes_of
from irad.infer.values import AV, NONE, Known, Record, Seq

QUIET = ("ignore", "warn", None)  # compiled code neither warns nor raises where numpy's floating point does


@handles(contextlib.suppress)
def _suppress(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Record(("context", "suppress"), (Seq(tuple, tuple(args)),))


@handles(contextlib.nullcontext)
def _nullcontext(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return Record(("context", "nullcontext"), (args[0] if args else kwargs.get("enter_result", NONE),))


@handles(np.errstate)
def _errstate(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    for name, value in kwargs.items():
        if not isinstance(value, Known) or value.obj not in QUIET:
            cx.unsupported(
                f"np.errstate({name}={value.obj if isinstance(value, Known) else '...'!r})", kind="option",
                why="compiled code does not look at numpy's error state", hint="test the operands before the operation",
            )
    return Record(("context", "errstate"), ())


@method("__enter__")
def _enter(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return args[0].children[0] if args[0].static[1] == "nullcontext" else NONE


@method("__exit__")
def _exit(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    owner, cls = args[:2]
    if owner.static[1] != "suppress" or not isinstance(cls, Known) or cls.obj is None:
        return NONE
    return Known(issubclass(cls.obj, classes_of(cx, owner.children[0])))
