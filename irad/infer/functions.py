"""Attributes of functions: `event.terminal = True`, `f.__wrapped__`.

    def event(t, y): ...        Fn(..., holder)     holder: an object of the heap, Ref((function, 1))
    event.terminal = True       the object's attribute

A function is its parts only (see `values.Fn`), until a program asks one for an attribute. Then it is analysed anew with
`Manner.attributes`: what it makes has a holder, and what it captures is known as the object that it is. Functions among the
arguments are known as well if they have attributes (`runtime.functions`), which is then asked at each call.
"""

from __future__ import annotations

import types

from irad.infer import heap
from irad.infer.context import Anew, Context
from irad.infer.shapes import AV
from irad.infer.values import Fn, Known, Obj, Ref

HOLDER = type("function", (), {"__doc__": "Has the attributes of a function that compiled code makes.", "__module__": __name__})


def function_of(av: AV) -> types.FunctionType | None:
    """The function of a module that this is, if it is one; of others only the parts are known."""
    if not isinstance(av, Fn) or av.cells:
        return None
    found = av.globals.get(av.name)
    return found if isinstance(found, types.FunctionType) and found.__code__ is av.code else None


def new_holder(cx: Context) -> Ref:
    """What has the attributes of a new function."""
    return heap.allocate(cx, Obj(HOLDER, {}), HOLDER)


def holder_of(cx: Context, av: Fn) -> AV:
    """What has the attributes of a function: functions are made anew with them, if they are without."""
    function = function_of(av)
    if av.holder is not None or function is not None:
        return av.holder if av.holder is not None else Known(function)
    if not cx.unit.manner.attributes:
        raise Anew(attributes=True)
    cx.unit.asks_arguments = True
    return Known(_bare)


def _bare() -> None:
    """Stands for a function without attributes."""


def copy(cx: Context, wrapper: Ref, wrapped: AV) -> None:
    """The attributes of the function that another one wraps, and `__wrapped__`."""
    from irad.infer.objects import fields_of, set_field

    holder = holder_of(cx, wrapped) if isinstance(wrapped, Fn) else wrapped
    if isinstance(holder, Ref) and holder.cls is HOLDER:
        for name, value in fields_of(cx, holder).items():
            set_field(cx, wrapper, name, value)
    elif not isinstance(holder, Known) or not isinstance(holder.obj, types.FunctionType) or vars(holder.obj):
        what = "functools.wraps of what has attributes, one of which is asked for"
        cx.unsupported(what, kind="attribute", hint="set them yourself")
    set_field(cx, wrapper, "__wrapped__", wrapped)
