"""`irad.grad` and its relatives met inside compiled code: what their calls mean to inference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from irad.api import callbacks, derivatives
from irad.api.compiled import compile
from irad.infer import arrays, iterate
from irad.infer.callbacks import callback
from irad.infer.calls import call_value
from irad.infer.context import Context
from irad.infer.extents import dims
from irad.infer.meanings import TRANSFORMS, handles
from irad.infer.shapes import AV
from irad.infer.transforms import stopped
from irad.infer.values import Arr, Known, Record, Seq
from irad.ir.core import Value, const
from irad.ir.types import is_float

Handler = Callable[[Context, list[AV], dict[str, AV]], AV]
OPTIONS = ("argnums", "has_aux", "holomorphic", "allow_int")


def transform(name: str, function: AV, options: dict[str, Any] | None = None) -> Record:
    """The function `name(function)`."""
    return Record(("transform", name, tuple(sorted((options or {}).items()))), (function,))


def _constant(cx: Context, av: AV, what: str) -> Any:
    if isinstance(av, Known):
        return av.obj
    if isinstance(av, Seq):
        return tuple(_constant(cx, item, what) for item in av.items)
    cx.unsupported(f"{what} that is not known at compile time", kind="argnums", hint="write it as a number or a tuple of numbers")


def _maker(name: str) -> Handler:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        given = {**dict(zip(OPTIONS, args[1:], strict=False)), **kwargs}
        options = {k: _constant(cx, v, k) for k, v in given.items()}
        if options.get("argnames") is None:
            options.pop("argnames", None)
            options.setdefault("argnums", 0)
        options = {k: v for k, v in options.items() if v not in (False, None) or k == "argnums"}
        return transform(name, args[0], options)

    return handler


for _name in ("grad", "value_and_grad", "jacfwd", "jacrev", "jacobian", "hessian"):
    handles(getattr(derivatives, _name))(_maker(_name))


@handles(derivatives.jvp)
def _jvp(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return TRANSFORMS["jvp"](cx, transform("jvp", args[0]), args[1:], {})


@handles(derivatives.hvp)
def _hvp(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return TRANSFORMS["hvp"](cx, transform("hvp", args[0]), args[1:], {})


@handles(derivatives.vjp)
def _vjp(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """(out, pullback): the pullback is a function that runs the reverse pass when it is called."""
    out = call_value(cx, args[0], args[1:], {})
    pullback = Record(("transform", "pullback", ()), (args[0], out, *args[1:]))
    return Seq(tuple, (out, pullback))


def _fitting(cx: Context, cotangent: AV, out: AV) -> None:
    """The reverse pass reads the cotangent where the result has elements."""
    items = iterate.known_items(cotangent)
    if isinstance(out, Seq) and items is not None and len(items) == len(out.items):
        for c, o in zip(items, out.items, strict=True):
            _fitting(cx, c, o)
    elif isinstance(out, Arr) and is_float(out.type.elem):
        seed = arrays.as_operand(cx, cotangent)
        if isinstance(seed, Arr) and seed.ndim == out.ndim:
            (mine, wanted), parts = arrays.shapes_text(cx, [seed, out])
            sizes = zip(dims(cx, seed), dims(cx, out), strict=True)
            same: Value = const(True)
            for m, n in sizes:
                same = cx.both(same, cx.op("eq", m, n))
            cx.guard(same, "ValueError", f"the cotangent has shape {mine}, and the result {wanted}", *parts)


def _pullback(cx: Context, f: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    _fitting(cx, args[0], f.children[1])
    primals = Seq(tuple, f.children[2:])
    both = TRANSFORMS["vjp"](cx, transform("vjp", f.children[0], {"quiet": True}), [primals, args[0]], {})
    return both.children[1]


TRANSFORMS["pullback"] = _pullback


@handles(compile)
def _compile(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return args[0]


handles(callbacks.callback, as_they_are=True)(callback)
handles(derivatives.stop_gradient)(lambda cx, args, kwargs: stopped(cx, args[0]))
