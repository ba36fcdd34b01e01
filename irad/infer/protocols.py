"""What builtin functions make of objects of classes written in Python: str(), float(), divmod(), loops over them, ...

The operators are in `objects`.
"""

from __future__ import annotations

import math
import operator
import types
from collections.abc import Callable
from typing import Any

from irad.infer import derived, objects
from irad.infer.context import Context, type_name
from irad.infer.exceptions import is_exception
from irad.infer.lookups import lookup
from irad.infer.objects import call_special, class_of_instance, has_class
from irad.infer.returned import checked
from irad.infer.runtuples import is_tuple
from irad.infer.shapes import AV
from irad.infer.texts import as_text, format_value, repr_of, repr_of_container, repr_of_items, str_of, without_guard
from irad.infer.values import Known, Num, Ref, Seq, numeric

Protocol = Callable[[Context, list[AV], dict[str, AV]], "AV | None"]
PROTOCOLS: dict[int, Protocol] = {}  # by identity of the builtin function or class


def applied(cx: Context, function: Any, args: list[AV], kwargs: dict[str, AV]) -> AV | None:
    """A call of a builtin function, if it is one that asks the class of its argument; None if the class has nothing to say."""
    protocol = PROTOCOLS.get(id(function))
    if protocol is not None:
        return protocol(cx, args, kwargs) if args and has_class(args[0]) else None
    return None


def _by(*names: str) -> Protocol:
    """The first of these methods that the class has."""

    def protocol(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV | None:
        for name in names:
            if objects.special(cx, args[0], name) is not None:
                return call_special(cx, args[0], name, *args[1:], *kwargs.values())
        return None

    return protocol


for _function, _names in {
    int: ("__int__", "__index__", "__trunc__"), abs: ("__abs__",), round: ("__round__",),
    math.floor: ("__floor__",), math.ceil: ("__ceil__",), math.trunc: ("__trunc__",), operator.index: ("__index__",),
    reversed: ("__reversed__",), hash: ("__hash__",), operator.abs: ("__abs__",), divmod: ("__divmod__",),
    operator.invert: ("__invert__",),
}.items():
    PROTOCOLS[id(_function)] = _by(*_names)


def _float(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV | None:
    number = _by("__float__", "__index__")(cx, args, kwargs)
    if number is None or not numeric(number):
        return number
    return Known(float(number.obj)) if isinstance(number, Known) else Num("float", cx.float(number))


PROTOCOLS[id(float)] = _float

for _function in (math.sqrt, math.exp, math.log, math.sin, math.cos, math.tan, math.fabs, math.isnan, math.isfinite, math.isinf):
    PROTOCOLS[id(_function)] = lambda cx, args, kwargs, f=_function: _of_float(cx, f, args)  # type: ignore[misc]


def _of_float(cx: Context, function: Any, args: list[AV]) -> AV | None:
    from irad.infer.calls import call_value

    number = _by("__float__", "__index__")(cx, args[:1], {})
    return None if number is None else call_value(cx, Known(function), [number, *args[1:]], {})


def _iterating(function: Any) -> Protocol:
    """Functions that take all items: those that the class yields."""

    def protocol(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV | None:
        from irad.infer.calls import call_value

        if function is tuple and is_tuple(args[0]):
            return args[0]
        if isinstance(args[0], Seq) or (function in (max, min) and len(args) > 1) or not iterable(cx, args[0]):
            return None
        return call_value(cx, Known(function), [objects.iterator(cx, args[0]), *args[1:]], kwargs)

    return protocol


for _function in (sum, any, all, max, min, tuple, sorted):
    PROTOCOLS[id(_function)] = _iterating(_function)


def iterable(cx: Context, av: AV) -> bool:
    """Whether the class says how to go through its objects."""
    return any(objects.special(cx, av, name) is not None for name in ("__iter__", "__getitem__"))


PROTOCOLS[id(str)] = lambda cx, args, kwargs: object_text(cx, args[0], "__str__")
PROTOCOLS[id(repr)] = lambda cx, args, kwargs: object_text(cx, args[0], "__repr__")
PROTOCOLS[id(format)] = lambda cx, args, kwargs: format_object(cx, args[0], args[1] if len(args) > 1 else Known(""), None)


# -- texts -------------------------------------------------------------------------------------------------------


def format_object(cx: Context, av: AV, spec: AV, conversion: str | None) -> AV:
    """An object of a class written in Python."""
    plain = isinstance(spec, Known) and not spec.obj
    holder, way = lookup(cx, class_of_instance(av) or object, "__format__")
    if conversion is None and holder is not object:
        if isinstance(av, Known) and isinstance(way, types.MethodDescriptorType) and isinstance(spec, Known):
            return Known(format(av.obj, spec.obj or ""))  # of an enum, as the number or text that it is
        found = call_special(cx, av, "__format__", spec if isinstance(spec, Known) and spec.obj else Known(""))
        if found is not None:
            return found
    held = derived.value_of(cx, av)
    if held is not None and conversion is None and not plain:
        return format_value(cx, held, spec, None)
    if conversion is None and not plain:
        cx.type_error(f"unsupported format string passed to {type_name(av)}.__format__")
    return format_value(cx, object_text(cx, av, "__str__" if conversion in (None, "s") else "__repr__"), spec, None)


def object_text(cx: Context, av: AV, name: str) -> AV:
    """str() or repr() of an object of a class written in Python."""
    from irad.infer.calls import call_value

    cls = class_of_instance(av)
    assert cls is not None
    found = lookup(cx, cls, name)[1]
    if name == "__str__" and found is object.__str__:
        return object_text(cx, av, "__repr__")
    if isinstance(found, types.FunctionType):
        return checked(cx, av, name, call_value(cx, Known(without_guard(found)), [av], {}))
    if isinstance(av, Known):
        return Known(getattr(av.obj, name)())
    if is_exception(av):
        return str_of(cx, av) if name == "__str__" else repr_of(cx, av)
    held = derived.value_of(cx, av)
    if held is not None:
        return format_value(cx, held, Known(""), "s" if name == "__str__" else "r")
    if isinstance(av, Seq):
        return as_text(*repr_of_items(cx, av))
    if isinstance(av, Ref) and issubclass(av.cls, dict):
        return as_text(*repr_of_container(cx, av))
    cx.unsupported(
        f"the text of an object of class {type_name(av)}", kind="text", why="it would be its address",
        hint="give the class a __repr__",
    )
