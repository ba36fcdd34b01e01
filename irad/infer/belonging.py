"""`isinstance` and `issubclass`: known when the code is compiled, as long as the classes stay what they are."""

from __future__ import annotations

import abc
import builtins
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

from irad.infer import numbers
from irad.infer.asking import truth
from irad.infer.builtins import class_of
from irad.infer.calls import call_value
from irad.infer.context import Context
from irad.infer.kinds import CLASSES
from irad.infer.lookups import class_value, lookup
from irad.infer.meanings import handles
from irad.infer.outside import SUBCLASS, guard_order
from irad.infer.shapes import AV
from irad.infer.values import Known, Num, Seq
from irad.ir.core import Value, const

ANSWERING = ("builtins", "abc", "_py_abc", "enum", "typing")  # modules of metaclasses whose answers depend on the classes alone


def _each(wanted: Any) -> Iterator[Any]:
    """The classes in a class, a union or nested tuples of these."""
    if isinstance(wanted, tuple):
        for part in wanted:
            yield from _each(part)
    elif isinstance(wanted, types.UnionType) or typing.get_origin(wanted) is typing.Union:
        yield from _each(typing.get_args(wanted))
    else:
        yield wanted


def _wanted(av: AV) -> Any:
    """The second argument."""
    if isinstance(av, Known):
        return av.obj
    return tuple(map(_wanted, av.children)) if isinstance(av, Seq) else ()


@handles(builtins.isinstance, as_they_are=True)
def _isinstance(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    classes = _wanted(args[1])
    try:
        isinstance(None, classes)
    except TypeError as error:
        cx.type_error(str(error))
    return cx.dispatch(args[0], lambda av: _any(cx, classes, lambda wanted: _is_of(cx, av, wanted)))


@handles(builtins.issubclass)
def _issubclass(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if len(args) != 2 or kwargs:
        cx.type_error(f"issubclass expected 2 arguments, got {len(args)}")
    classes = _wanted(args[1])

    def case(av: AV) -> AV:
        cls = av.obj if isinstance(av, Known) else None
        if not isinstance(cls, type):
            return numbers.fold(cx, issubclass, Known(cls), Known(classes))  # a TypeError
        return _any(cx, classes, lambda wanted: _answer(cx, wanted, "__subclasscheck__", cls, av))

    return cx.dispatch(args[0], case)


def _any(cx: Context, classes: Any, case: Callable[[Any], Value]) -> AV:
    found: Value = const(False)
    for wanted in _each(classes):
        found = cx.either(found, case(wanted))
    return cx.bool(found)


def _is_of(cx: Context, av: AV, wanted: Any) -> Value:
    if isinstance(av, Num) and av.tag is not None:
        found: Value = const(False)
        for kind in av.kinds:
            if issubclass(CLASSES[kind], wanted):
                found = cx.either(found, numbers.is_kind(cx, av, kind))
        return found
    cls = class_of(cx, av)
    return const(True) if cls is wanted else _answer(cx, wanted, "__instancecheck__", cls, av)


def _answer(cx: Context, wanted: Any, question: str, cls: type, av: AV) -> Value:
    """What the metaclass of a class says to the question; `cls`: the class that is asked about, or that of the object."""
    holder, found = lookup(cx, type(wanted), question)
    guard_order(cx.unit, cls)
    if holder is type:
        return const(type.__subclasscheck__(wanted, cls))
    if isinstance(found, types.FunctionType) and found.__module__ not in ANSWERING:
        return truth(cx, call_value(cx, class_value(cx, type(wanted), question), [Known(wanted), av], {}))
    belongs = issubclass(cls, wanted)
    if isinstance(wanted, abc.ABCMeta) and wanted not in cls.__mro__:
        cx.unit.guard(("known", cls, SUBCLASS, wanted), belongs)
    return const(belongs)
