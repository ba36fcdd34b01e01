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
from irad.infer.values import Choice, Known, Num, Seq
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


def _wanted(cx: Context, av: AV) -> Any:
    """The second argument; what is no class, as what is none for Python either."""
    if isinstance(av, Choice):
        cx.unsupported("classes of which one is taken at run time", kind="function", hint="ask for each of them")
    if isinstance(av, Known):
        return av.obj
    return tuple(_wanted(cx, item) for item in av.children) if isinstance(av, Seq) else av


@handles(builtins.isinstance, as_they_are=True)
def _isinstance(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    def case(asked: AV) -> AV:
        classes = _wanted(cx, asked)
        _check(cx, lambda: isinstance(None, classes))
        return cx.dispatch(args[0], lambda av: _any(cx, classes, lambda wanted: _is_of(cx, av, wanted)))

    return cx.dispatch(args[1], case)


def _check(cx: Context, question: Callable[[], object]) -> None:
    """CPython's TypeError, if a question is none."""
    try:
        question()
    except TypeError as error:
        cx.type_error(str(error))


@handles(builtins.issubclass)
def _issubclass(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if len(args) != 2 or kwargs:
        cx.type_error(f"issubclass expected 2 arguments, got {len(args)}")

    def case(asked: AV) -> AV:
        classes = _wanted(cx, asked)
        _check(cx, lambda: issubclass(object, classes))
        return cx.dispatch(args[0], lambda av: _any(cx, classes, lambda wanted: _is_subclass(cx, av, wanted)))

    return cx.dispatch(args[1], case)


def _is_subclass(cx: Context, av: AV, wanted: Any) -> Value:
    if not isinstance(av, Known) or not isinstance(av.obj, type):
        cx.type_error("issubclass() arg 1 must be a class")
    return _answer(cx, wanted, "__subclasscheck__", av.obj, av)


def _any(cx: Context, classes: Any, case: Callable[[Any], Value]) -> AV:
    found: Value = const(False)
    for wanted in _each(classes):
        found = cx.either(found, case(wanted))
    return cx.bool(found)


def _is_of(cx: Context, av: AV, wanted: Any) -> Value:
    if isinstance(av, Num) and av.tag is not None:
        found: Value = const(False)
        for kind in av.kinds:
            found = cx.either(found, cx.both(numbers.is_kind(cx, av, kind), _is_of_class(cx, av, CLASSES[kind], wanted)))
        return found
    return _is_of_class(cx, av, class_of(cx, av), wanted)


def _is_of_class(cx: Context, av: AV, cls: type, wanted: Any) -> Value:
    return const(True) if cls is wanted else _answer(cx, wanted, "__instancecheck__", cls, av)


def _answer(cx: Context, wanted: Any, question: str, cls: type, av: AV) -> Value:
    """What the metaclass of a class says to the question; `cls`: the class that is asked about, or that of the object."""
    holder, found = lookup(cx, type(wanted), question)
    guard_order(cx.unit.outside, cls)
    if holder is type:
        return const(type.__subclasscheck__(wanted, cls))
    if isinstance(found, types.FunctionType) and found.__module__ not in ANSWERING:
        return truth(cx, call_value(cx, class_value(cx, type(wanted), question), [Known(wanted), av], {}))
    belongs = issubclass(cls, wanted)
    if isinstance(wanted, abc.ABCMeta) and wanted not in cls.__mro__:
        cx.unit.outside.guard(("known", cls, SUBCLASS, wanted), belongs)
    return const(belongs)
