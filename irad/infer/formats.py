"""`text % values`, `text.format(...)` and `text.join(...)` where the values come from run time: as f-strings have them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from string import Formatter
from typing import NoReturn

from irad.infer.context import Context, type_name
from irad.infer.families import is_text
from irad.infer.indices import INDEX_TYPES
from irad.infer.kinds import MACHINE
from irad.infer.shapes import AV
from irad.infer.texts import each_choice, format_value, join_text
from irad.infer.values import Arr, Choice, Known, Num, Record, Seq, numeric, spread

_FIELD = re.compile(r"%(?:\((?P<key>[^)]*)\))?(?P<flags>[-+ #0]*)(?P<width>\*|\d+)?(?:\.(?P<digits>\*|\d*))?[hlL]?(?P<kind>.)")


def percent(cx: Context, text: str, given: AV) -> AV:
    """`text % given`"""
    named = given if isinstance(given, Record) and given.static[0] == "dict" else None
    given = spread(given)
    items = list(given.items) if isinstance(given, Seq) and issubclass(given.cls, tuple) else [given]
    parts: list[AV] = []
    at = 0
    for found in _FIELD.finditer(text):
        parts.append(Known(text[at : found.start()]))
        at = found.end()
        if found["kind"] == "%":
            parts.append(Known("%"))
        elif found["key"] is not None and named is not None and found["key"] in named.static[1]:
            parts.append(_field(cx, found, named.children[named.static[1].index(found["key"])]))
        elif found["key"] is None and items:
            parts.append(_field(cx, found, items.pop(0)))
        elif found["key"] is not None and isinstance(given, Arr):
            cx.throw("IndexError", INDEX_TYPES)
        else:
            cx.type_error("not enough arguments for format string" if found["key"] is None else "format requires a mapping")
    if "%" in text[at:]:
        cx.throw("ValueError", "incomplete format")
    if items and named is None and not isinstance(given, Arr) and not (isinstance(given, Seq) and given.cls is list):
        cx.type_error("not all arguments converted during string formatting")
    return join_text(cx, [p for p in [*parts, Known(text[at:])] if not (isinstance(p, Known) and p.obj == "")])


def _field(cx: Context, found: re.Match[str], av: AV) -> AV:
    """One `%...` by the words of str.format."""
    flags, width, digits, kind = found["flags"], found["width"] or "", found["digits"], found["kind"]
    if "*" in (width, digits or "") or (kind in "di" and digits is not None) or kind not in "diouxXeEfFgGsra":
        _refuse(cx, found[0])
    left = "-" in flags
    if kind in "sra":
        points = "" if digits is None else f".{digits or 0}"
        style = f"{'<' if left else '>'}{width}{points}" if width or points else ""
        return format_value(cx, av, Known(style), kind)
    if isinstance(av, Arr) and (kind in "eEfFgG" or (av.ndim == 0 and (kind in "diu" or MACHINE[av.kind].is_int))):
        from irad.infer.calls import call_value

        av = call_value(cx, Known(int if kind in "diuoxX" else float), [av], {})
    if not numeric(av):
        if isinstance(av, Arr) or is_text(av) or isinstance(av, Seq):
            wanted = "an integer" if kind in "oxX" else "a real number"
            cx.type_error(f"%{kind} format: {wanted} is required, not {type_name(av)}")
        _refuse(cx, found[0])
    if kind in "diouxX" and not _is_whole(av):
        if kind in "oxX":
            cx.type_error(f"%{kind} format: an integer is required, not {type_name(av)}")
        from irad.infer.numbers import to_kind

        av = to_kind(cx, av, "int")
    sign = "+" if "+" in flags else " " if " " in flags else ""
    fill, zero = ("<", "") if left else ("", "0" if "0" in flags else "")
    points = "" if digits is None else f".{digits or 0}"
    style = f"{fill}{sign}{'#' if '#' in flags else ''}{zero}{width}{points}{'d' if kind in 'iu' else kind}"
    return format_value(cx, av, Known(style), None)


def _is_whole(av: AV) -> bool:
    if isinstance(av, Known):
        return isinstance(av.obj, int)
    assert isinstance(av, Num)
    from irad.infer.kinds import is_int

    return all(map(is_int, av.kinds))


def _refuse(cx: Context, what: str) -> NoReturn:
    cx.unsupported(f"the format {what} of a value that is not known at compile time", kind="text", hint="use an f-string")


def formatted(cx: Context, text: str, args: Sequence[AV], kwargs: dict[str, AV]) -> AV:
    """`text.format(*args, **kwargs)`"""
    from irad.infer.attributes import get_attr
    from irad.infer.execute import get_item

    parts: list[AV] = []
    automatic = 0
    for literal, field, spec, conversion in Formatter().parse(text):
        if literal:
            parts.append(Known(literal))
        if field is None:
            continue
        first = re.match(r"[^.\[]*", field)
        name = first[0] if first else ""
        if name == "":
            name, automatic = str(automatic), automatic + 1
        if name.isdigit() and int(name) >= len(args):
            cx.throw("IndexError", f"Replacement index {name} out of range for positional args tuple")
        if not name.isdigit() and name not in kwargs:
            cx.throw("KeyError", name)
        value = args[int(name)] if name.isdigit() else kwargs[name]
        for attribute, item in re.findall(r"\.([^.\[]+)|\[([^\]]*)\]", field):
            value = get_attr(cx, value, attribute) if attribute else get_item(
                cx, value, Known(int(item) if item.isdigit() else item))
        if "{" in (spec or ""):
            rest = [*args[automatic:]]
            style = formatted(cx, spec or "", rest, kwargs)
            automatic += (spec or "").count("{}")
        else:
            style = Known(spec or "")
        parts.append(format_value(cx, value, style, conversion or None))
    return join_text(cx, parts)


MOST_TEXTS = 256  # that a join of texts, each one of several, is made for


def joined(cx: Context, text: str, items: Sequence[AV]) -> AV:
    """`text.join(items)`"""
    if math.prod(len(item.members) for item in items if isinstance(item, Choice)) > MOST_TEXTS:
        cx.unsupported("a join of many texts that are known at run time only", kind="text", hint="print them one by one")
    return each_choice(cx, Seq(tuple, tuple(items)), lambda pieces: _joined(cx, text, pieces.children))


def _joined(cx: Context, text: str, items: Sequence[AV]) -> AV:
    parts: list[AV] = []
    for i, item in enumerate(items):
        if not is_text(item):
            cx.type_error(f"sequence item {i}: expected str instance, {type_name(item)} found")
        parts += [Known(text), item] if i and text else [item]
    return join_text(cx, parts)
