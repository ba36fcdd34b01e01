"""The rest of `operator` and of the builtins: getters, callers, and plain questions about known values."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable
from typing import Any

from irad.infer import derived, numbers, objects, sets
from irad.infer.asking import compare, contains_item, identical, truth, unary
from irad.infer.attributes import get_attr
from irad.infer.calls import call_value
from irad.infer.consumers import on_each, taken
from irad.infer.context import Context, type_name
from irad.infer.execute import binary, get_item
from irad.infer.kinds import BINARY
from irad.infer.meanings import CALLED, OPERATORS, Handler, handles
from irad.infer.shapes import AV
from irad.infer.values import Known, Num, Seq, numeric
from irad.ir.core import Const

GETTERS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)


@handles(operator.index, as_they_are=True)
def _index(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if isinstance(args[0], Known):
        return numbers.fold(cx, operator.index, args[0])
    if numeric(args[0]) and all(k in ("int", "bool") for k in cx.num(args[0]).kinds):
        return args[0]
    value = cx.integer(args[0])
    return Known(value.value) if isinstance(value, Const) else Num("int", value)


def _inplace(symbol: str) -> Handler:
    return lambda cx, args, kwargs: binary(cx, symbol, args[0], args[1], inplace=True)


for _symbol, _function in BINARY.items():
    _name = {"and_": "iand", "or_": "ior"}.get(_function.__name__, f"i{_function.__name__}")
    handles(getattr(operator, _name), as_they_are=True)(_inplace(_symbol))


@handles(operator.getitem, as_they_are=True)
def _getitem(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return get_item(cx, args[0], args[1])


@handles(operator.contains, as_they_are=True)
def _contains(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.bool(contains_item(cx, args[1], args[0]))


@handles(operator.concat, as_they_are=True)
def _concat(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    if any(map(numeric, args)):
        cx.type_error(f"'{type_name(args[0])}' object can't be concatenated")
    return binary(cx, "+", args[0], args[1])


@handles(operator.truth, as_they_are=True)
def _truth(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.bool(truth(cx, args[0]))


@handles(operator.is_, as_they_are=True)
def _is(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.bool(identical(cx, args[0], args[1]))


@handles(operator.is_not, as_they_are=True)
def _is_not(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return cx.bool(cx.negate(identical(cx, args[0], args[1])))


# -- getters and callers ------------------------------------------------------------------------------------------


def _made(cls: Any) -> Handler:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        if not all(isinstance(a, Known) for a in (*args, *kwargs.values())):
            cx.unsupported(
                f"operator.{cls.__name__} of what is not known at compile time", kind="function", hint="write a lambda",
            )
        named = {k: v.obj for k, v in kwargs.items() if isinstance(v, Known)}
        key = (cls, *(a.static for a in args), *((k, v.static) for k, v in kwargs.items()))
        if key in cx.unit.interned:
            return Known(cx.unit.interned[key])
        made = numbers.fold(cx, lambda *given: cls(*given, **named), *args)
        assert isinstance(made, Known)
        return Known(cx.unit.interned.setdefault(key, made.obj))

    return handler


for _cls in GETTERS:
    handles(_cls)(_made(_cls))


def _parts(getter: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What a getter was made of: it says so when it is copied."""
    maker, args = getter.__reduce__()[:2]
    return (args, {}) if maker is type(getter) else (maker.args + args, dict(maker.keywords))


def _one_or_all(found: list[AV]) -> AV:
    return found[0] if len(found) == 1 else Seq(tuple, tuple(found))


def _get_items(cx: Context, getter: Any, args: list[AV]) -> AV:
    return _one_or_all([get_item(cx, args[0], Known(key)) for key in _parts(getter)[0]])


def _attribute(cx: Context, av: AV, name: str) -> AV:
    return cx.dispatch(av, lambda m: get_attr(cx, m, name))


def _get_attrs(cx: Context, getter: Any, args: list[AV]) -> AV:
    found = []
    for path in _parts(getter)[0]:
        value = args[0]
        for name in path.split("."):
            value = _attribute(cx, value, name)
        found.append(value)
    return _one_or_all(found)


def _call_method(cx: Context, caller: Any, args: list[AV]) -> AV:
    (name, *given), named = _parts(caller)
    return call_value(cx, _attribute(cx, args[0], name), [Known(g) for g in given], {k: Known(v) for k, v in named.items()})


CALLED[operator.itemgetter] = _get_items
CALLED[operator.attrgetter] = _get_attrs
CALLED[operator.methodcaller] = _call_method


# -- methods of operators of Python's numbers and of lists --------------------------------------------------------


def _binary_method(op: str, swapped: bool) -> Callable[[Context, AV, AV], AV]:
    def computed(cx: Context, owner: AV, other: AV) -> AV:
        return derived.method(cx, owner, other, lambda x, y: binary(cx, op, *((y, x) if swapped else (x, y))))

    return computed


def _compare_method(op: str) -> Callable[[Context, AV, AV], AV]:
    return lambda cx, owner, other: derived.method(cx, owner, other, lambda x, y: compare(cx, op, x, y))


for _op, _word in objects.REFLECTED.items():
    OPERATORS[f"__{_word}__"] = (1, _binary_method(_op, False))
    OPERATORS[f"__r{_word}__"] = (1, _binary_method(_op, True))
for _op, _word in objects.COMPARED.items():
    OPERATORS[_word] = (1, _compare_method(_op))
for _op, _word in objects.UNARY.items():
    OPERATORS[_word] = (0, lambda cx, owner, op=_op: unary(cx, op, owner))


# -- known values -------------------------------------------------------------------------------------------------


def _folded(function: Callable[..., Any]) -> Handler:
    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        if kwargs or not all(isinstance(a, Known) for a in args):
            name = function.__name__
            cx.unsupported(f"{name}() of what is not known at compile time", kind="function", hint="compute it outside")
        return numbers.fold(cx, function, *args)

    return handler


for _plain in (builtins.ord, builtins.chr, builtins.bin, builtins.hex, builtins.oct, builtins.ascii):
    handles(_plain)(on_each(_folded(_plain)))


@handles(builtins.set, as_they_are=True)
def _set(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return sets.made(cx, set, args)


@handles(builtins.frozenset, as_they_are=True)
def _frozenset(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    return sets.made(cx, frozenset, args)


@handles(tuple.__new__)
def _new_tuple(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """tuple.__new__(cls, items), with which namedtuples are made."""
    cls, rest = objects.class_to_make(cx, tuple, args), args[1:]
    if len(rest) > 1:
        cx.type_error(f"tuple expected at most 1 argument, got {len(rest)}")
    items = taken(cx, rest[0]) if rest else []
    if items is None:
        cx.unsupported("a tuple whose length is not known at compile time", kind="list", hint="make it an array")
    return Seq(cls, tuple(items))

