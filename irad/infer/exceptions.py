"""Exception objects: the class is known, what they hold comes from run time; which of them an `except` catches.

An exception object is a record of its `args` and of whatever was assigned to other attributes. Where several meet they are a
finite choice.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import types
from collections.abc import Callable, Sequence
from string import Formatter
from typing import Any

from irad.infer.context import Context
from irad.infer.derived import remade, remade_dict
from irad.infer.explanations import messages
from irad.infer.outside import guard_order
from irad.infer.shapes import AV
from irad.infer.values import Choice, Known, Record, Seq, int_const, tag_const
from irad.ir.core import UNDEF, Const, Loc, Value, const
from irad.ops.py import UNBOUND

CHAIN = ("__cause__", "__context__")
_DIGIT = 12  # bits of the number of a place
MOST_PLACES = 1 << _DIGIT
_FULL = 1 << 4 * _DIGIT  # from here on there are five
CUT = ""  # stands for links of a chain that were left out
LONGEST_CHAIN = 3  # causes of causes that are kept: a recursion must not make it longer with each level


class Outside(Exception):
    """The class, as far as inference knows it, of what a Python function has raised that compiled code called in a `try`.

    The object is kept under a number (`CAUGHT`): compiled code passes that on. It asks for the class at run time.
    """


CAUGHT: dict[int, BaseException] = {}  # the last ones
MOST_CAUGHT = 64
_numbers = itertools.count(1)


def catch(exc: BaseException) -> int:
    """A number for an exception."""
    number = next(_numbers)
    CAUGHT[number] = exc
    while len(CAUGHT) > MOST_CAUGHT:
        CAUGHT.pop(next(iter(CAUGHT)))
    return number


def released(parts: Sequence[int]) -> BaseException:
    """The exception with this number, which nobody asks for again."""
    return CAUGHT.pop(parts[0], None) or caught(parts[0])


def caught(number: int) -> BaseException:
    """The exception with this number."""
    return CAUGHT.get(number) or RuntimeError("an exception that was caught long ago is not kept any more")


def exception(cls: type[BaseException], fields: dict[str, AV], places: Sequence[Value] = ()) -> Record:
    """An object of an exception class. `places`: once it was raised, the number of its places (see `through`)."""
    return Record(("exception", cls, tuple(fields)), tuple(fields.values()), tuple(places))


def make_exception(cls: type[BaseException], args: Sequence[AV]) -> Record:
    """`cls(*args)`, where the class has no `__init__` of its own."""
    return exception(cls, {"args": Seq(tuple, tuple(messages(args)))})


def _power_overflow() -> tuple[Any, ...]:
    try:
        return (1e300**3.0,)
    except OverflowError as error:  # a number of C's before the text
        return error.args


POWER_OVERFLOW = str(_power_overflow())


def arguments_of(message: str) -> tuple[Any, ...]:
    """The arguments of a builtin exception with this message."""
    if message == POWER_OVERFLOW:
        return _power_overflow()
    return (message,) if message else ()


def with_message(name: str, message: str, parts: Sequence[Value]) -> AV:
    """The builtin exception `name` with a message as guards have it."""
    if not parts:
        return make_exception(getattr(builtins, name), [Known(arg) for arg in arguments_of(message.format())])
    return make_exception(getattr(builtins, name), (Record(("text", message), (), tuple(parts)),))


def placed(av: AV, place: int) -> AV:
    """An exception object that knows where it was raised first."""
    return Record(av.static, av.children, (int_const(place),)) if is_exception(av) and not av.leaves else av


def through(cx: Context, av: AV, place: int) -> AV:
    """An exception that came to one more place: of the call that it left, or where it is raised again.

    The numbers of its places are the digits of one number, the innermost first; the last but one makes room if there is none.
    """
    if isinstance(av, Choice):
        return av.with_children(tuple(through(cx, m, place) for m in av.members))
    if not is_exception(av) or not av.leaves:
        return av
    (before,) = av.leaves
    if isinstance(before, Const):
        if before.value is UNDEF:  # an alternative that is ruled out here
            return av
        return Record(av.static, av.children, (int_const(with_place(before.value, place)),))
    room = cx.op("lt", before, int_const(_FULL))
    kept = cx.op("select", room, before, cx.op("shr", before, int_const(_DIGIT)))
    return Record(av.static, av.children, (cx.op("or", cx.op("shl", kept, int_const(_DIGIT)), int_const(place)),))


def with_place(before: int, place: int) -> int:
    """The number of places with one more."""
    return (before if before < _FULL else before >> _DIGIT) << _DIGIT | place


def is_exception(av: AV) -> bool:
    return isinstance(av, Record) and av.static[0] == "exception"


def fields_of(av: AV) -> dict[str, AV]:
    """The attributes of an exception object."""
    return dict(zip(av.static[2], av.children, strict=True))


def exception_class(av: AV) -> type | None:
    """The class of an exception object; None for other values."""
    if isinstance(av, Known) and isinstance(av.obj, BaseException):
        return type(av.obj)
    return av.static[1] if is_exception(av) else None


def shortened(cx: Context, av: AV, depth: int = LONGEST_CHAIN) -> AV:
    """An exception with the older ones that it names, down to a depth."""
    if isinstance(av, Choice):
        return cx.dispatch(av, lambda m: shortened(cx, m, depth)) if any(map(_chained, av.members)) else av
    if not _chained(av):
        return av
    fields = fields_of(av)
    for name in CHAIN:
        if name in fields and depth > 1:
            fields[name] = shortened(cx, fields[name], depth - 1)
        elif fields.pop(name, None) is not None:
            fields[CUT] = Known(None)
    return exception(av.static[1], fields)


def _chained(av: AV) -> bool:
    return is_exception(av) and any(name in av.static[2] for name in CHAIN)


# -- except ------------------------------------------------------------------------------------------------------


def classes_of(cx: Context, wanted: AV) -> tuple[type, ...]:
    """The classes of `except wanted`."""
    items: Sequence[AV] = [wanted]
    if isinstance(wanted, Seq):
        items = wanted.items
    elif isinstance(wanted, Known) and isinstance(wanted.obj, tuple):
        items = [Known(item) for item in wanted.obj]
    classes = tuple(item.obj for item in items if isinstance(item, Known))
    if len(classes) < len(items):
        cx.unsupported("except with classes that are not known at compile time", kind="exception", hint="name the classes")
    if not all(isinstance(c, type) and issubclass(c, BaseException) for c in classes):
        cx.type_error("catching classes that do not inherit from BaseException is not allowed")
    return classes


def is_of(av: AV, classes: tuple[type, ...]) -> bool:
    """Whether an exception is of one of these classes."""
    cls = exception_class(av)
    assert cls is not None, av
    return issubclass(cls, classes)


def matches(cx: Context, av: AV, classes: tuple[type, ...]) -> Value:
    """Whether an `except classes` catches what may be one of several exceptions."""
    if isinstance(av, Choice):
        return cx.test_choice(av, lambda m: matches(cx, m, classes))
    if is_outside(av) and not {Exception, BaseException} & {*classes}:
        from irad.infer.outlets import asked_class

        return asked_class(cx, fields_of(av)["number"], classes)
    guard_order(cx.unit.outside, exception_class(av) or object)
    return const(is_of(av, classes))


def is_outside(av: AV) -> bool:
    """Whether a Python function has raised this, so that its class is known at run time only."""
    return is_exception(av) and av.static[1] is Outside


def narrowed(cx: Context, av: AV, keep: Callable[[AV], bool]) -> AV:
    """A finite choice of which some alternatives are ruled out here; what came from outside is not."""
    if not isinstance(av, Choice):
        return av
    return left_over(cx, av, [i for i, m in enumerate(av.members) if is_outside(m) or keep(m)])


def left_over(cx: Context, av: Choice, left: list[int]) -> AV:
    """A finite choice of which only these alternatives are left."""
    if len(left) in (0, len(av.members)):
        return av
    if len(left) == 1:
        return av.members[left[0]]
    tag: Value = tag_const(len(left) - 1)
    for new, old in enumerate(left[:-1]):
        tag = cx.op("select", cx.op("eq", av.tag, tag_const(old)), tag_const(new), tag)
    return Choice(tag, tuple(av.members[i] for i in left))


# -- objects out of what compiled code reports -------------------------------------------------------------------

# ("known", object), ("number", class, its place among those that are reported), ("text", template, places),
# ("items", class, recipes), ("dict", keys, recipes[, class]), ("object" or "exception", class, names of its attributes, recipes);
# for Python functions that compiled code calls (see `outlets`) also ("part", place), ("choice", place of the number of the one
# that counts, recipes), ("made", what makes it, places), ("function", code, globals, name, number of
# defaults, names of keyword defaults, recipes of these and of cells), ("partial", names, recipes)
Recipe = tuple[Any, ...]


class Made:
    """How to make an exception out of the numbers that compiled code reports. With `places`, the first of the numbers says
    through which of them it came (see `through`)."""

    def __init__(self, recipe: Recipe, places: Sequence[Loc] | None = None) -> None:
        self.recipe, self.places = recipe, places

    def place(self, parts: Sequence[Any], site: Loc | None) -> Loc | None:
        """Where the exception was raised, if it left at `site`."""
        return site if self.places is None else raised_at(self.places, parts[0], site)

    def make(self, parts: Sequence[Any]) -> BaseException:
        made = follow(self.recipe, parts if self.places is None else parts[1:])
        assert isinstance(made, BaseException)
        return made


def raised_at(places: Sequence[Loc], number: int, site: Loc | None) -> Loc | None:
    """Where an exception was raised that was caught and has left at `site`, reached through the other places of its number."""
    last = places[number % MOST_PLACES]
    found = site.caller if site is not None and (site.func, site.file) == (last.func, last.file) else site
    while number:
        if number % MOST_PLACES:
            found = places[number % MOST_PLACES].called_from(found)
        number >>= _DIGIT
    return found


class _Filling(Formatter):
    """Fields as str.format has them, and lists of numbers that are arrays here: `{!l}` of Python's, `{!n}` of numpy's."""

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion in ("l", "n"):
            return repr(value.tolist() if conversion == "l" else list(value))
        return super().convert_field(value, conversion)


def filled(template: str, *parts: Any) -> str:
    """A text with its numbers and arrays."""
    if "{!l}" in template or "{!n}" in template:
        return _Filling().format(template, *parts)
    return template.format(*parts)


def follow(recipe: Recipe, parts: Sequence[Any]) -> Any:
    """What a recipe makes of the parts."""
    what = recipe[0]
    if what == "known":
        return recipe[1]
    if what == "number":
        return recipe[1](parts[recipe[2]])
    if what == "text":
        return filled(recipe[1], *(parts[i] for i in recipe[2]))
    if what == "items":
        items = [follow(r, parts) for r in recipe[2]]
        return tuple.__new__(recipe[1], items) if issubclass(recipe[1], tuple) else recipe[1](items)
    if what == "dict":
        pairs = [(key, follow(r, parts)) for key, r in zip(recipe[1], recipe[2], strict=True)]
        return remade_dict(recipe[3] if len(recipe) > 3 else dict, ((k, v) for k, v in pairs if v is not UNBOUND))
    if what == "part":
        return parts[recipe[1]]
    if what == "choice":
        return follow(recipe[2][parts[recipe[1]]], parts)
    if what == "made":
        return recipe[1]([parts[i] for i in recipe[2]])
    if what == "function":
        _, code, space, name, count, names, recipes = recipe
        return _function(code, space, name, count, names, [follow(r, parts) for r in recipes])
    if what == "partial":
        function, *args = [follow(r, parts) for r in recipe[2]]
        end = len(args) - len(recipe[1])
        return functools.partial(function, *args[:end], **dict(zip(recipe[1], args[end:], strict=True)))
    _, cls, names, recipes = recipe
    fields = {name: follow(r, parts) for name, r in zip(names, recipes, strict=True)}
    if what == "object":
        return remade(cls, fields)
    args = fields.pop("args")
    fields.pop(CUT, None)
    if cls is Outside:
        return caught(fields["number"])
    if isinstance(cls.__init__, types.FunctionType):  # its work has been done
        made = cls.__new__(cls, *args)
        made.args = args
    else:
        made = cls(*args)
    if "__cause__" in fields:
        fields.setdefault("__context__", fields["__cause__"])
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _function(code: Any, space: Any, name: str, count: int, names: Sequence[str], parts: Sequence[Any]) -> Any:
    """A function object: the same code with what its defaults and cells hold now."""
    defaults, named, held = tuple(parts[:count]), parts[count : count + len(names)], parts[count + len(names) :]
    cells = tuple(types.CellType() if part is UNBOUND else types.CellType(part) for part in held)
    made = types.FunctionType(code, space, name.rpartition(".")[2], defaults or None, cells)
    made.__kwdefaults__ = dict(zip(names, named, strict=True)) or None
    made.__qualname__ = name
    return made
