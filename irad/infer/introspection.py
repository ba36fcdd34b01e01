"""What functions say of themselves: `inspect.signature` and `inspect.getfullargspec`, which Python answers at compile time."""

from __future__ import annotations

import inspect
import types
from typing import Any

from irad.errors import UnsupportedError
from irad.infer.context import Context, type_name
from irad.infer.keys import ObjKey
from irad.infer.meanings import handles
from irad.infer.shapes import AV
from irad.infer.values import Bound, Fn, Known


@handles(inspect.signature)
def _signature(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return _asked(cx, inspect.signature, args, kwargs)


@handles(inspect.getfullargspec)
def _getfullargspec(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return _asked(cx, inspect.getfullargspec, args, kwargs)


def _asked(cx: Context, question: Any, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if len(args) != 1 or kwargs:
        cx.unsupported(f"the options of inspect.{question.__name__}", kind="option", hint="leave them out")
    return cx.dispatch(args[0], lambda av: _answer(cx, question, av))


def _answer(cx: Context, question: Any, av: AV) -> AV:
    """One object for each function, however often it is asked for."""
    parts = (av.static, tuple(ObjKey(c.obj) for c in av.children if isinstance(c, Known)))
    key = (question, ObjKey(av.obj) if isinstance(av, Known) else parts)
    if key not in cx.unit.interned:
        try:
            cx.unit.interned[key] = question(_function(cx, av))
        except (TypeError, ValueError) as error:
            cx.throw(type(error).__name__, str(error).replace("{", "{{").replace("}", "}}"))
    return Known(cx.unit.interned[key])


def parameters(cx: Context, signature: inspect.Signature) -> AV:
    """signature.parameters"""
    found = cx.unit.interned.setdefault(("parameters", ObjKey(signature)), dict(signature.parameters))
    return cx.captured(found, ("known", found))


def _function(cx: Context, av: AV) -> Any:
    """The function, or one of the same parameters where it is made in compiled code."""
    if isinstance(av, Known):
        return av.obj
    if isinstance(av, Bound) and isinstance(av.function, types.FunctionType):
        return types.MethodType(av.function, object())
    if not isinstance(av, Fn):
        hint = "write down what is wanted of it"
        cx.unsupported(f"the signature of a value of type {type_name(av)}", kind="function", hint=hint)
    defaults = tuple(_default(cx, d) for d in av.defaults)
    cells = tuple(types.CellType() for _ in av.code.co_freevars)
    made = types.FunctionType(av.code, av.globals, av.name.rpartition(".")[2], defaults or None, cells)
    made.__kwdefaults__ = {name: _default(cx, d) for name, d in av.kwdefaults.items()} or None
    return made


class AtRunTime:
    """In the place of a default that is a number, which is read at run time: it is there, and cannot be computed with."""

    def __init__(self, cx: Context) -> None:
        self._error = UnsupportedError(
            "the default of a parameter, asked of its signature", kind="function", loc=cx.loc,
            why="it is a number that is read at run time", hint="call the function without the argument",
        )

    def _refuse(self, *args: Any) -> Any:
        raise self._error

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = __abs__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __float__ = __int__ = __index__ = __pow__ = __rpow__ = _refuse


def _default(cx: Context, av: AV) -> Any:
    return av.obj if isinstance(av, Known) else AtRunTime(cx)
