"""What a value is in Python's eyes, where that alone decides: values of two families are never equal."""

from __future__ import annotations

import types
from collections import OrderedDict

from irad.infer.shapes import AV
from irad.infer.values import Bound, Fn, Known, Partial, Range, Record, Ref, Seq, numeric

_CLASSES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "text"), (bytes, "bytes"), (type(None), "nothing"), (type, "class"), (tuple, "tuple"), (list, "list"), (dict, "dict"),
    ((set, frozenset), "set"), (types.ModuleType, "module"), (range, "range"), (type(...), "ellipsis"),
    (type(NotImplemented), "not implemented"),
    ((types.FunctionType, types.BuiltinFunctionType, types.MethodType), "function"),
)

_MADE: dict[type, str] = {list: "list", dict: "dict", OrderedDict: "dict", set: "set"}  # in compiled code


def family(av: AV) -> str:
    """The family of a value; "" where its class decides by itself what it is equal to."""
    if numeric(av):
        return "number"
    if isinstance(av, Known):
        return next((name for classes, name in _CLASSES if isinstance(av.obj, classes)), "")
    if isinstance(av, Ref):
        return _MADE.get(av.cls, "")
    if isinstance(av, Seq):
        return "tuple" if issubclass(av.cls, tuple) else "list"
    if isinstance(av, Record):
        return str(av.static[0]) if av.static[0] in ("text", "dict", "exception") else ""
    if isinstance(av, (Fn, Bound, Partial)):
        return "function"
    return "range" if isinstance(av, Range) else ""


def surely_different(a: AV, b: AV) -> bool:
    """Whether `a == b` is False whatever the two hold."""
    one, other = family(a), family(b)
    return bool(one and other) and one != other


def is_text(av: AV) -> bool:
    return family(av) == "text"


def is_complex(av: AV) -> bool:
    return isinstance(av, Known) and isinstance(av.obj, complex)
