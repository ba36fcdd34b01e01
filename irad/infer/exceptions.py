"""Exceptions and the texts in them: classes and messages are known, the numbers in a message come from run time."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from irad.infer.context import Context, type_name
from irad.infer.explanations import messages
from irad.infer.kinds import CLASSES, is_numpy
from irad.infer.values import AV, Choice, Known, Num, Record, Seq
from irad.ir.core import Value


def make_exception(cx: Context, cls: type[BaseException], args: Sequence[AV]) -> AV:
    """`cls(*args)`."""
    return Record(("exception", cls), tuple(messages(args)))


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
        _raise_made(cx, av.static[1], av.children)
    cx.type_error("exceptions must derive from BaseException")


def _raise_made(cx: Context, cls: type[BaseException], args: Sequence[AV]) -> NoReturn:
    """`raise cls(*args)`: a text with numbers in it as such, other arguments as the objects that they are."""
    first = args[0] if len(args) == 1 else None
    if (isinstance(first, Record) and first.static[0] == "text") or (
        isinstance(first, Known) and type(first.obj) is str and first.obj
    ):
        text, parts = template(cx, first)
        cx.throw(exception_name(cx, cls), text, *parts)
    if not args:
        cx.throw(exception_name(cx, cls), "")
    recipe: list[tuple[Any, Any]] = []
    values: list[Value] = []
    for arg in args:
        if isinstance(arg, Known):
            recipe.append((None, arg.obj))
        elif isinstance(arg, Num) and arg.tag is None:
            recipe.append((CLASSES[arg.kind], 1))
            values.append(arg.value)
        else:
            text, parts = template(cx, arg)
            recipe.append((text, len(parts)))
            values += parts
    cx.throw("@" + cx.unit.symbol(Made(cls, tuple(recipe)), cls.__name__), "", *values)


class Made:
    """How to make an exception out of the numbers that compiled code reports. Each argument is (None, an object),
    (a class, 1: made of the next number) or (a template, how many numbers)."""

    def __init__(self, cls: type[BaseException], recipe: tuple[tuple[Any, Any], ...]) -> None:
        self.cls, self.recipe = cls, recipe

    def make(self, parts: Sequence[Any]) -> BaseException:
        rest = list(parts)
        args = []
        for how, what in self.recipe:
            if how is None:
                args.append(what)
                continue
            mine, rest = rest[:what], rest[what:]
            args.append(how.format(*mine) if isinstance(how, str) else how(*mine))
        return self.cls(*args)


def exception_name(cx: Context, cls: type[BaseException]) -> str:
    """How IR text names an exception class: builtins by name, others by symbol."""
    name = cls.__name__
    if getattr(builtins, name, None) is cls:
        return name
    return "@" + cx.unit.symbol(cls, name)


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
        conversions: dict[str, Callable[[Any], Any]] = {"r": repr, "s": str, "a": ascii}
        shown = conversions.get(conversion or "", lambda x: x)(av.obj)
        return Known(format(shown, style))
    if isinstance(av, Num):
        mark = f"!{conversion}" if conversion and style else ""
        number = f"{{{mark}:{style}}}" if style else "{}"
        if conversion in ("r", "a") and is_numpy(av.kinds[0]):
            if style:
                cx.unsupported("a format for the repr of a numpy number", kind="text", hint="leave out the !r")
            number = f"np.{av.kinds[0]}({number})" if av.kinds[0] != "bool_" else "np.{}_"
        return Record(("text", number), (), (av.value,))
    text, parts = template(cx, av)
    if style:  # of a number already turned into text: `{x!r:>8}`
        if text != "{}":
            cx.unsupported("a format for a text with numbers in it", kind="text", hint="give each number its own format")
        text = f"{{!s:{style}}}"
    return Record(("text", text), (), tuple(parts))


def join_text(parts: Sequence[AV]) -> AV:
    """The pieces of an f-string put together."""
    if all(isinstance(p, Known) for p in parts):
        return Known("".join(p.obj for p in parts if isinstance(p, Known)))
    text = ""
    leaves: list[Value] = []
    for part in parts:
        if isinstance(part, Known):
            text += part.obj.replace("{", "{{").replace("}", "}}")
        else:
            text += part.static[1]
            leaves += part.leaves
    return Record(("text", text), (), tuple(leaves))
