"""Exceptions and the texts in them: classes and messages are known, the numbers in a message come from run time."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import NoReturn

from irad.infer.context import Context, type_name
from irad.infer.kinds import is_numpy
from irad.infer.values import AV, Choice, Known, Num, Record, Seq
from irad.ir.core import Value


def make_exception(cx: Context, cls: type[BaseException], args: Sequence[AV]) -> AV:
    """`cls(*args)`."""
    return Record(("exception", cls), tuple(args))


def raise_value(cx: Context, av: AV) -> NoReturn:
    """`raise av`."""
    if isinstance(av, Choice):
        cx.dispatch(av, lambda m: raise_value(cx, m))
        raise AssertionError("unreachable")
    if isinstance(av, Known) and isinstance(av.obj, type) and issubclass(av.obj, BaseException):
        cx.throw(exception_name(cx, av.obj), "")
    if isinstance(av, Known) and isinstance(av.obj, BaseException):
        cx.throw("@" + cx.unit.symbol(av.obj, type(av.obj).__name__), "")
    if isinstance(av, Record) and av.static[0] == "exception":
        _, cls = av.static
        if len(av.children) == 1:
            text, parts = template(cx, av.children[0])
            cx.throw(exception_name(cx, cls), text, *parts)
        if all(isinstance(c, Known) for c in av.children):
            made = cls(*(c.obj for c in av.children if isinstance(c, Known)))
            cx.throw("@" + cx.unit.symbol(made, cls.__name__), "")
        texts = [template(cx, c) for c in av.children]
        cx.throw(exception_name(cx, cls), "(" + ", ".join(t for t, _ in texts) + ")", *(p for _, ps in texts for p in ps))
    cx.type_error("exceptions must derive from BaseException")


def exception_name(cx: Context, cls: type[BaseException]) -> str:
    """How IR text names an exception class: builtins by name, others by symbol."""
    if getattr(builtins, cls.__name__, None) is cls:
        return cls.__name__
    return "@" + cx.unit.symbol(cls, cls.__name__)


def template(cx: Context, av: AV) -> tuple[str, list[Value]]:
    """A message as a format string and its run-time parts."""
    if isinstance(av, Known):
        return str(av.obj).replace("{", "{{").replace("}", "}}"), []
    if isinstance(av, Num):
        return "{}", [av.value]
    if isinstance(av, Record) and av.static[0] == "text":
        return av.static[1], list(av.leaves)
    if isinstance(av, Seq):
        texts = [template(cx, item) for item in av.items]
        body = ", ".join(t for t, _ in texts) + ("," if av.cls is tuple and len(texts) == 1 else "")
        marks = "()" if av.cls is not list else "[]"
        return f"{marks[0]}{body}{marks[1]}", [p for _, ps in texts for p in ps]
    return f"<{type_name(av)}>", []


def format_value(cx: Context, av: AV, spec: AV, conversion: str | None) -> AV:
    """One `{x!r:spec}` of an f-string."""
    if not isinstance(spec, Known):
        cx.unsupported("an f-string whose format is computed at run time", kind="text")
    style = spec.obj or ""
    if isinstance(av, Known):
        shown = {"r": repr, "s": str, "a": ascii}.get(conversion or "", lambda x: x)(av.obj)
        return Known(format(shown, style))
    if isinstance(av, Num):
        number = f"{{:{style}}}" if style else "{}"
        if conversion == "r" and is_numpy(av.kinds[0]):
            number = f"np.{av.kinds[0]}({number})"
        return Record(("text", number), (), (av.value,))
    text, parts = template(cx, av)
    return Record(("text", text), (), tuple(parts))


def join_text(parts: Sequence[AV]) -> AV:
    """The pieces of an f-string put together."""
    if all(isinstance(p, Known) for p in parts):
        return Known("".join(p.obj for p in parts if isinstance(p, Known)))
    text, leaves = "", []
    for part in parts:
        if isinstance(part, Known):
            text += part.obj.replace("{", "{{").replace("}", "}}")
        else:
            text += part.static[1]
            leaves += part.leaves
    return Record(("text", text), (), tuple(leaves))
