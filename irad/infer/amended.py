"""`e.name = value` and `e.add_note(text)`: what is said of an exception after it was made.

An exception is a value, not an object of the heap. So another value takes its place in the variable that stands for it, and
nothing else may: no other variable, list, object, closure or exception of the function can hold it, nor one of its caller.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from irad.infer.context import Context, type_name
from irad.infer.exceptions import exception, fields_of, is_exception, is_outside
from irad.infer.families import is_text
from irad.infer.shapes import AV, Shape, shape_of
from irad.infer.values import NONE, Choice, Known, Record, Seq
from irad.ir.core import Value

if TYPE_CHECKING:
    from irad.infer.forms import Spec

NOTES = "__notes__"


def is_amendable(av: AV) -> bool:
    """Whether this is an exception, or one of several, that compiled code has made."""
    if isinstance(av, Choice):
        return all(map(is_amendable, av.members))
    return is_exception(av) and not is_outside(av)


def takes_notes(av: AV) -> bool:
    """Whether these are exceptions whose add_note is Python's."""
    return is_amendable(av) and all(m.static[1].add_note is BaseException.add_note for m in _members(av))


def set_attr(cx: Context, av: AV, name: str, value: AV) -> AV:
    """`e.name = value`"""
    for member in _members(av):
        cls = member.static[1]
        found = inspect.getattr_static(cls, name, None)
        if name.startswith("__") or hasattr(type(found), "__set__") or isinstance(cls.__setattr__, types.FunctionType):
            cx.unsupported(f"assignment to the attribute `{name}` of a {type_name(member)}", kind="attribute-store",
                           hint="give it to the exception when it is made, or use a plain attribute")
    return _amend(cx, av, {id(member): {name: value} for member in _members(av)})


def add_note(cx: Context, av: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """`e.add_note(text)`"""
    if kwargs:
        cx.type_error("BaseException.add_note() takes no keyword arguments")
    if len(args) != 1:
        cx.type_error(f"BaseException.add_note() takes exactly one argument ({len(args)} given)")
    (note,) = args
    if not is_text(note):
        cx.type_error(f"note must be a str, not '{type_name(note)}'")
    notes = {id(m): fields_of(m).get(NOTES, Seq(list, ())) for m in _members(av)}
    return _amend(cx, av, {key: {NOTES: Seq(list, (*before.children, note))} for key, before in notes.items()})


def with_traceback(cx: Context, av: AV, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """`e.with_traceback(tb)`: the exception, as it came from those places."""
    if kwargs or len(args) != 1:
        cx.type_error("BaseException.with_traceback() takes exactly one argument")
    (given,) = args
    known = isinstance(given, Known) and given.obj is None
    if not known and not (isinstance(given, Record) and given.static == ("traceback",)):
        cx.unsupported("with_traceback() of what is not always a traceback", kind="exception", hint="leave it out")
    found = [Record(m.static, m.children, given.leaves) for m in _members(av)]
    return av.with_children(tuple(found)) if isinstance(av, Choice) else found[0]


def _members(av: AV) -> tuple[AV, ...]:
    return av.members if isinstance(av, Choice) else (av,)


def _amend(cx: Context, av: AV, fields: dict[int, dict[str, AV]]) -> AV:
    """Exceptions with further fields, those of each member, in the place of what they were."""
    found = [exception(m.static[1], {**fields_of(m), **fields[id(m)]}, m.leaves) for m in _members(av)]
    if cx.amend is None:
        _refuse(cx)
    cx.amend(av, av.with_children(tuple(found)) if isinstance(av, Choice) else found[0])
    return NONE


def exchange(cx: Context, spec: Spec, env: dict[Value, AV], old: AV, new: AV) -> list[Value]:
    """Let an exception take the place of another one in the variables of a running function: these variables."""
    classes = {m.static[1] for m in _members(old)}
    others: list[AV | Shape] = [*cx.heap.values(), *spec.args, *(shape for _, shape in spec.objects), shape_of(spec.fn)]
    found = [cls for part in others for cls in _classes_in(part)] + [cls for av in env.values() for cls in _classes_in(av, old)]
    if not classes.isdisjoint(found):
        _refuse(cx)
    replaced = {value: _with(av, old, new) for value, av in env.items()}
    changed = [value for value, av in replaced.items() if av is not env[value]]
    env.update(replaced)
    return changed


def _classes_in(part: AV | Shape, old: AV | None = None) -> Iterator[type]:
    """The classes of exceptions in a value that are not the one in question."""
    if part is old:
        return
    static: Any = part.static
    if isinstance(static, tuple) and static[:1] == ("exception",):
        yield static[1]
    if isinstance(part, Known) and isinstance(part.obj, BaseException):
        yield type(part.obj)
    for child in part.children:
        yield from _classes_in(child, old)


def _with(av: AV, old: AV, new: AV) -> AV:
    if av is old:
        return new
    children = tuple(_with(c, old, new) for c in av.children)
    return av if all(c is d for c, d in zip(children, av.children, strict=True)) else av.with_children(children)


def _refuse(cx: Context) -> NoReturn:
    cx.unsupported(
        "a change of an exception that something else may stand for", kind="attribute-store",
        why="everything that stands for it would have to see it", hint="give it all of its attributes when it is made",
    )
