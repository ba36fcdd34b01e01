"""Texts with run-time numbers in them: f-strings, messages, str() and repr() of exceptions.

A text is a record of a format string and of the numbers (and arrays) that its fields take. It is made where it is used: in an
exception, or in a call of print and its kind.
"""

from __future__ import annotations

import dataclasses
import reprlib
import types
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from irad.infer.context import Context, type_name
from irad.infer.exceptions import fields_of, is_exception, is_outside
from irad.infer.heap import content_of, dict_class, is_view, opened
from irad.infer.kinds import CLASSES, MACHINE, is_numpy
from irad.infer.shapes import AV
from irad.infer.values import REAL, Arr, Choice, Growing, Known, Num, Record, Ref, Seq, int_const
from irad.ir.core import Value
from irad.ir.types import INT, Scalar

OF_ARGS = (BaseException.__str__, KeyError.__str__, AttributeError.__str__, NameError.__str__)  # the last two are as the first
WRAPPED = (dataclasses.__file__, reprlib.__file__)


def template(cx: Context, av: AV) -> tuple[str, list[Value]]:
    """A message as a format string and its run-time parts."""
    if isinstance(av, Known):
        return str(av.obj).replace("{", "{{").replace("}", "}}"), []
    if isinstance(av, Num):
        return "{}", [av.value]
    if isinstance(av, Arr) and isinstance(av.type.elem, Scalar):
        return "{}", [_as_it_is(cx, av)]
    if isinstance(av, Record) and av.static[0] == "text":
        return av.static[1], list(av.leaves)
    from irad.infer.objects import has_class

    if isinstance(av, (Seq, Ref)) or has_class(av) or is_view(av):
        return _repr(cx, av)
    cx.unsupported(f"the text of a value of type {type_name(av)}", kind="text", hint="use the numbers in it")


def format_value(cx: Context, av: AV, spec: AV, conversion: str | None) -> AV:
    """One `{x!r:spec}` of an f-string."""
    if isinstance(av, Choice):
        return cx.dispatch(av, lambda m: format_value(cx, m, spec, conversion))
    if is_exception(av) and not (conversion is None and isinstance(av.static[1].__format__, types.FunctionType)):
        return format_value(cx, repr_of(cx, av) if conversion in ("r", "a") else str_of(cx, av), spec, None)
    from irad.infer.objects import has_class

    if has_class(av):
        from irad.infer.protocols import format_object

        return format_object(cx, av, spec, conversion)
    inside: list[Value] = []
    if isinstance(spec, Known):
        style = spec.obj or ""
    elif isinstance(spec, Record) and spec.static[0] == "text" and isinstance(av, Num) and "!" not in spec.static[1]:
        style, inside = spec.static[1], list(spec.leaves)  # fields in a field
    else:
        cx.unsupported("an f-string whose format is computed at run time", kind="text", hint="write the format in the f-string")
    if isinstance(av, Known):
        conversions: dict[str, Callable[[Any], Any]] = {"r": repr, "s": str, "a": ascii}
        shown = conversions.get(conversion or "", lambda x: x)(av.obj)
        try:
            return Known(format(shown, style))
        except (ValueError, OverflowError, TypeError) as e:
            cx.throw(type(e).__name__, _literally(str(e)))
    if isinstance(av, Num) and len({_look(kind) for kind in av.kinds}) > 1:
        from irad.infer.numbers import each_kind

        return each_kind(cx, av, lambda each: format_value(cx, each, spec, conversion))
    if isinstance(av, Num):
        if conversion is None and not inside:
            _check_style(cx, av, style)
        mark = f"!{conversion}" if conversion and style else ""
        number = f"{{{mark}:{style}}}" if style else "{}"
        if conversion and not style and av.kinds == ("float32",):
            number = "{!s}"  # in fewer digits than without a conversion
        if conversion in ("r", "a") and len({k if is_numpy(k) else "" for k in av.kinds}) > 1:
            from irad.infer.numbers import each_kind

            return each_kind(cx, av, lambda n: format_value(cx, n, spec, conversion))
        if conversion in ("r", "a") and is_numpy(av.kinds[0]):
            if style:
                cx.unsupported("a format for the repr of a numpy number", kind="text", hint="leave out the !r")
            number = f"np.{av.kinds[0]}({number})" if av.kinds[0] != "bool_" else "np.{}_"
        return Record(("text", number), (), (av.value, *inside))
    if isinstance(av, Arr) and style and conversion is None:
        cx.type_error("unsupported format string passed to numpy.ndarray.__format__")
    if isinstance(av, Arr) and conversion in ("r", "a"):
        return Record(("text", f"{{!r:{style}}}" if style else "{!r}"), (), (_as_it_is(cx, av),))
    text, parts = template(cx, av)
    if style:  # of a number already turned into text: `{x!r:>8}`
        if text not in ("{}", "{!s}"):
            cx.unsupported("a format for a text with numbers in it", kind="text", hint="give each number its own format")
        text = f"{{!s:{style}}}"
    return Record(("text", text), (), tuple(parts))


def _as_it_is(cx: Context, a: Arr) -> Value:
    """The elements that an array has now: a text does not change with it."""
    from irad.infer import arrays

    return arrays.copy(cx, a).value


def _literally(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _check_style(cx: Context, n: Num, style: str) -> None:
    """The error of a format that numbers of this kind do not have; that of a character that does not exist."""
    if style.endswith("c") and not MACHINE[n.kinds[0]].is_float:
        value = cx.cast(n.value, INT)
        exists = cx.both(cx.op("ge", value, int_const(0)), cx.op("lt", value, int_const(0x110000)))
        cx.guard(exists, "OverflowError", "%c arg not in range(0x110000)")
    try:
        format(CLASSES[n.kinds[0]](1), style)
    except (ValueError, TypeError) as e:
        cx.throw(type(e).__name__, _literally(str(e)))


def _look(kind: str) -> str:
    """What tells the texts of numbers apart: 1, 1.0, True, and the digits of float32 (fewer in its str than in an f-string)."""
    machine = MACHINE[kind]
    return f"{machine.bits}" if machine.is_float else "int" if machine.is_int else "bool"


def join_text(cx: Context, parts: Sequence[AV]) -> AV:
    """The pieces of an f-string put together."""
    return each_choice(cx, Seq(tuple, tuple(parts)), lambda pieces: _joined(pieces.children))


def _joined(parts: Sequence[AV]) -> AV:
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


def each_choice(cx: Context, av: AV, case: Callable[[AV], AV], kinds: bool = False) -> AV:
    """Apply `case` to a value without finite choices in it: to each combination of their alternatives, behind branches.

    kinds: numbers of one of several kinds are such choices as well.
    """
    choice = _first_choice(av, kinds)
    if choice is None:
        return case(av)

    def chosen(m: AV) -> AV:
        return each_choice(cx, _replaced(av, choice, m), case, kinds)

    if isinstance(choice, Num):
        from irad.infer.numbers import each_kind

        return each_kind(cx, choice, chosen)
    return cx.dispatch(choice, chosen)


def _first_choice(av: AV, kinds: bool) -> Choice | Num | None:
    if isinstance(av, Choice) or (kinds and isinstance(av, Num) and av.tag is not None):
        return av
    return next((found for found in (_first_choice(c, kinds) for c in av.children) if found is not None), None)


def _replaced(av: AV, old: AV, new: AV) -> AV:
    if av is old:
        return new
    if not av.children:
        return av
    made = AV.__new__(type(av))
    AV.__init__(made, av.static, tuple(_replaced(c, old, new) for c in av.children), av.leaves)
    return made


# -- str and repr ------------------------------------------------------------------------------------------------


def str_of(cx: Context, av: AV) -> AV:
    """str(exception)"""
    cls = av.static[1]
    if is_outside(av):
        cx.unsupported("the text of an exception of a Python function", kind="text", hint="print the exception itself")
    if isinstance(cls.__str__, types.FunctionType):
        from irad.infer.calls import call_value

        return call_value(cx, Known(cls.__str__), [av], {})
    args = fields_of(av)["args"]
    alike = cls.__str__ in OF_ARGS or (cls.__str__ is OSError.__str__ and isinstance(args, Seq) and len(args.items) < 2)
    if not alike:
        cx.unsupported(f"the text of an exception of class {cls.__name__}", kind="text", hint="use its args")
    if isinstance(args, Choice):
        return cx.dispatch(args, lambda m: _str_of_args(cx, cls, m))
    return _str_of_args(cx, cls, args)


def _str_of_args(cx: Context, cls: type, args: AV) -> AV:
    items = args.children
    if len(items) != 1:
        return repr_of(cx, args) if items else Known("")
    if issubclass(cls, KeyError):
        return repr_of(cx, items[0])
    return format_value(cx, items[0], Known(""), "s")


def repr_of(cx: Context, av: AV) -> AV:
    """repr(av)"""
    if is_exception(av) and isinstance(av.static[1].__repr__, types.FunctionType):
        from irad.infer.calls import call_value

        return call_value(cx, Known(without_guard(av.static[1].__repr__)), [av], {})
    return each_choice(cx, av, lambda m: as_text(*_repr(cx, m)), kinds=True)


def without_guard(function: types.FunctionType) -> types.FunctionType:
    """A `__repr__` without what dataclasses put around it against objects that hold themselves."""
    while function.__code__.co_filename in WRAPPED and hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def as_text(text: str, parts: list[Value]) -> AV:
    """A text with numbers in it."""
    return Record(("text", text), (), tuple(parts)) if parts else Known(text.format())


def _repr(cx: Context, av: AV) -> tuple[str, list[Value]]:
    if isinstance(av, Known):
        return repr(av.obj).replace("{", "{{").replace("}", "}}"), []
    if isinstance(av, Record) and av.static[0] == "text":
        return repr(av.static[1]), list(av.leaves)
    if isinstance(av, Num):
        found = format_value(cx, av, Known(""), "r")
        if isinstance(found, Choice):
            cx.unsupported("the text of a list with a number that is of one kind or another", kind="text", hint="use a tuple")
        return template(cx, found)
    if isinstance(av, Arr) and isinstance(av.type.elem, Scalar):
        return "{!r}", [_as_it_is(cx, av)]
    if is_exception(av):
        if is_outside(av):
            str_of(cx, av)
        if isinstance(av.static[1].__repr__, types.FunctionType):
            found = repr_of(cx, av)
            if isinstance(found, Choice):
                cx.unsupported("the text of an exception that depends on the way taken", kind="text", hint="use its args")
            return template(cx, found)
        inside, parts = _listed(cx, fields_of(av)["args"].children)
        return f"{av.static[1].__name__}({inside})", parts
    from irad.infer.objects import has_class

    if has_class(av):
        from irad.infer.protocols import object_text

        found = object_text(cx, av, "__repr__")
        if isinstance(found, Choice):
            cx.unsupported("the text of an object that depends on the way taken", kind="text", hint="use numbers in the message")
        return template(cx, found)
    return repr_of_container(cx, av)


def repr_of_container(cx: Context, av: AV) -> tuple[str, list[Value]]:
    """repr() of a list, tuple, dict or view, as `template` has it."""
    if is_view(av) and isinstance(opened(cx, av), Seq):
        inside, parts = _listed(cx, opened(cx, av).children)
        return f"{type_name(av)}([{inside}])", parts
    if isinstance(av, Ref):
        av = opened(cx, av)
    numbers = _numbers_of(cx, av) if isinstance(av, Ref) else None
    if numbers is not None:
        return numbers
    if isinstance(av, Ref) or is_view(av):
        cx.unsupported(f"the text of a {type_name(av)} of run-time length", kind="text", hint="use its length or single items")
    if isinstance(av, Record) and av.static[0] == "dict":
        return _repr_of_dict(cx, av)
    return repr_of_items(cx, av) if isinstance(av, Seq) else template(cx, av)


def _repr_of_dict(cx: Context, av: Record) -> tuple[str, list[Value]]:
    """repr() of a dict of known form."""
    cls: Any = dict_class(av)
    values = [_repr(cx, child) for child in av.children]
    parts = [part for _, inside in values for part in inside]
    pairs = [(_repr(cx, Known(key))[0], value) for key, (value, _) in zip(av.static[1], values, strict=True)]
    text = "{{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}}"
    if issubclass(cls, OrderedDict):
        if "[" in repr(OrderedDict(a=0)):  # before Python 3.12
            text = "[" + ", ".join(f"({key}, {value})" for key, value in pairs) + "]"
        return f"{cls.__name__}({text if pairs else ''})", parts
    if REAL.get(cls) is defaultdict:
        if isinstance(cls.default_factory, types.FunctionType):
            cx.unsupported("the text of a defaultdict with a function", kind="text", why="the address of the function is in it")
        return f"defaultdict({cls.default_factory!r}, {text})", parts
    return text, parts


def _numbers_of(cx: Context, ref: Ref) -> tuple[str, list[Value]] | None:
    """The text of a list of run-time length of numbers of one kind: that of an array, in the words of `filled`."""
    content = content_of(cx, ref)
    if ref.cls is not list or not isinstance(content, Growing) or content.item.cls is not Num or len(content.item.types) > 1:
        return None
    from irad.infer.dtypes import ELEMENTS
    from irad.infer.nested import make_array

    kind = content.item.static[0]
    made = make_array(cx, ref, ELEMENTS.get(kind, kind))
    assert isinstance(made, Arr)
    return ("{!n}" if is_numpy(kind) else "{!l}"), [made.value]


def repr_of_items(cx: Context, av: Seq) -> tuple[str, list[Value]]:
    """repr() of a list, tuple or namedtuple, as `template` has it."""
    if hasattr(av.cls, "_fields"):
        inside, parts = _listed(cx, av.items)
        texts = [_repr(cx, item)[0] for item in av.items]
        return f"{av.cls.__name__}({', '.join(f'{n}={t}' for n, t in zip(av.cls._fields, texts, strict=True))})", parts
    inside, parts = _listed(cx, av.items)
    comma = "," if av.cls is tuple and len(av.items) == 1 else ""
    return (f"[{inside}]" if av.cls is list else f"({inside}{comma})"), parts


def _listed(cx: Context, items: Sequence[AV]) -> tuple[str, list[Value]]:
    texts = [_repr(cx, item) for item in items]
    return ", ".join(t for t, _ in texts), [p for _, ps in texts for p in ps]
