"""What special methods may return: CPython's TypeErrors for anything else, and numbers as the plain ones made of them."""

from __future__ import annotations

from collections.abc import Callable

from irad.infer import numbers
from irad.infer.context import Context, type_name
from irad.infer.shapes import AV
from irad.infer.values import Choice, Known, Num, int_const, numeric
from irad.ir.types import FLOAT, INT

INTS, FLOATS = ("int", "bool"), ("float", "float64")
Checker = Callable[[Context, AV, AV], AV]


def checked(cx: Context, owner: AV, name: str, found: AV) -> AV:
    """What `name` of `owner` has returned, if it may."""
    checker = CHECKERS.get(name)
    return found if checker is None else _each(cx, found, lambda one: checker(cx, owner, one))


def _each(cx: Context, found: AV, case: Callable[[AV], AV]) -> AV:
    """Each of several classes that it may be of."""
    if isinstance(found, Choice):
        return cx.dispatch(found, lambda m: _each(cx, m, case))
    if isinstance(found, Num) and found.tag is not None:
        return numbers.each_kind(cx, found, case)
    return case(found)


def _of_kinds(cx: Context, av: AV, kinds: tuple[str, ...]) -> bool:
    return numeric(av) and cx.num(av).kinds[0] in kinds


def _plain(cx: Context, av: AV, cls: type) -> AV:
    """The number as one of this class."""
    if isinstance(av, Known):
        return Known(cls(av.obj))
    return Num(cls.__name__, cx.cast(cx.num(av).value, INT if cls is int else FLOAT))


def _length(cx: Context, owner: AV, found: AV) -> AV:
    value = cx.integer(found)
    cx.guard(cx.op("ge", value, int_const(0)), "ValueError", "__len__() should return >= 0")
    return _plain(cx, found, int) if numeric(found) else Num("int", value)


def _number(cls: type, words: str) -> Checker:
    def check(cx: Context, owner: AV, found: AV) -> AV:
        if not _of_kinds(cx, found, INTS if cls is int else FLOATS):
            if not numeric(found) and _is_derived(found, cls):
                return found
            cx.type_error(words.format(type_name(owner), type_name(found)))
        return _plain(cx, found, cls)

    return check


def _is_derived(av: AV, cls: type) -> bool:
    """Whether this is an object of a class that extends `cls`."""
    from irad.infer.objects import class_of_instance

    return issubclass(class_of_instance(av) or object, cls)


def _text(words: str) -> Checker:
    def check(cx: Context, owner: AV, found: AV) -> AV:
        from irad.infer.families import is_text

        if not is_text(found) and not _is_derived(found, str):
            cx.type_error(words.format(type_name(found)))
        return found

    return check


def _nothing(cx: Context, owner: AV, found: AV) -> AV:
    if not isinstance(found, Known) or found.obj is not None:
        cx.type_error(f"__init__() should return None, not '{type_name(found)}'")
    return found


def _hash(cx: Context, owner: AV, found: AV) -> AV:
    if not _of_kinds(cx, found, INTS) and not _is_derived(found, int):
        cx.type_error("__hash__ method should return an integer")
    return found


CHECKERS: dict[str, Checker] = {
    "__len__": _length, "__init__": _nothing, "__hash__": _hash,
    "__float__": _number(float, "{}.__float__ returned non-float (type {})"),
    "__int__": _number(int, "__int__ returned non-int (type {1})"),
    "__index__": _number(int, "__index__ returned non-int (type {1})"),
    "__str__": _text("__str__ returned non-string (type {})"),
    "__repr__": _text("__repr__ returned non-string (type {})"),
    "__format__": _text("__format__ must return a str, not {}"),
}
