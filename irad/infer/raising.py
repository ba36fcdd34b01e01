"""Raising: `raise` statements, objects of exception classes with an `__init__` of their own, what leaves compiled code."""

from __future__ import annotations

import builtins
import types
from functools import partial
from typing import Any, NoReturn

from irad.errors import UnsupportedError
from irad.infer import heap
from irad.infer.context import Context, Terminated
from irad.infer.exceptions import (
    CHAIN,
    CUT,
    Made,
    Recipe,
    exception,
    exception_class,
    fields_of,
    is_exception,
    is_outside,
    make_exception,
    raised_at,
    shortened,
    through,
)
from irad.infer.lookups import getter_of, lookup, namespace
from irad.infer.outlets import TO_PYTHON, kept, outgoing
from irad.infer.outside import is_changeable
from irad.infer.shapes import AV
from irad.infer.texts import each_choice, template
from irad.infer.values import NONE, Bound, Cell, Choice, Known, Record, Ref, Seq
from irad.ir.core import UNDEF, Const, Loc, Value
from irad.ir.types import Array

MOST_PARTS = 24  # words of an error report, with that of the place


def raise_value(cx: Context, av: AV) -> NoReturn:
    """The end of a path with an exception object: it goes to the handler around this place, or leaves compiled code."""
    if cx.catcher is not None and _is_caught(cx, av):
        cx.catcher(av)
    else:
        av = from_generator(cx, av)
        each_choice(cx, av, partial(_leave, cx, cx.builder.loc), kinds=True)
    raise Terminated


def _is_caught(cx: Context, av: AV) -> bool:
    """Whether a handler may look for it: for a class, or for what is known at run time only."""
    if isinstance(av, Choice):
        return any(_is_caught(cx, m) for m in av.members)
    cls = exception_class(av)
    return cls is None or is_outside(av) or cx.catches(cls)


def from_generator(cx: Context, av: AV) -> AV:
    """An exception as it leaves the running function: a StopIteration would be taken for the end of a generator."""
    if not cx.in_generator:
        return av
    if isinstance(av, Choice):
        return cx.dispatch(av, lambda m: from_generator(cx, m))
    cls = exception_class(av)
    if cls is None or not issubclass(cls, StopIteration):
        return av
    args = Seq(tuple, (Known("generator raised StopIteration"),))
    return exception(RuntimeError, {"args": args, "__cause__": av, "__context__": av})


def _leave(cx: Context, loc: Loc | None, av: AV) -> NoReturn:
    """A message with numbers in it goes as such, everything else as a recipe for the object."""
    cx.builder.loc = loc
    if isinstance(av, Known):
        cx.builder.throw("@" + cx.unit.symbol(av.obj, type(av.obj).__name__), "")
        raise Terminated
    cls, fields = av.static[1], fields_of(av)
    args = fields["args"].children
    place = av.leaves[0] if av.leaves else None
    if isinstance(place, Const) and place.value is not UNDEF:
        cx.builder.loc, place = raised_at(cx.unit.places, place.value, loc), None
    plain = len(fields) == 1 and not isinstance(cls.__init__, types.FunctionType) and place is None
    text, parts = template(cx, args[0]) if plain and len(args) == 1 and _is_message(args[0]) else ("", [])
    if plain and not args:
        cx.builder.throw(exception_name(cx, cls), "")
    elif text and not _needs_keeping(parts):
        cx.builder.throw(exception_name(cx, cls), text, *parts)
    else:
        recipe, values = reported(cx, av)
        made = Made(recipe, None if place is None else cx.unit.places)
        cx.builder.throw("@" + cx.unit.symbol(made, cls.__name__), "", *([] if place is None else [place]), *values)
    raise Terminated


def _is_message(av: AV) -> bool:
    if isinstance(av, Known):
        return type(av.obj) is str and bool(av.obj)
    return isinstance(av, Record) and av.static[0] == "text"


def reported(cx: Context, av: AV) -> tuple[Recipe, list[Value]]:
    """How to make an exception from numbers, and these. One with arrays is made here and now, and has a number for its name."""
    values: list[Value] = []
    try:
        recipe = outgoing(cx, av, values)
    except UnsupportedError as error:  # only where it is raised
        what = error.what.replace(TO_PYTHON, "in an exception")
        cx.fail(UnsupportedError(what, kind=error.kind, loc=cx.loc, why=error.why, hint=error.hint))
    return kept(cx, recipe, values) if _needs_keeping(values) else (recipe, values)


def _needs_keeping(values: list[Value]) -> bool:
    """Whether an error report has no room for them."""
    return len(values) >= MOST_PARTS or any(isinstance(v.type, Array) for v in values)


def exception_name(cx: Context, cls: type[BaseException]) -> str:
    """How IR text names an exception class: builtins by name, others by symbol."""
    name = cls.__name__
    if getattr(builtins, name, None) is cls:
        return name
    return "@" + cx.unit.symbol(cls, name)


# -- statements --------------------------------------------------------------------------------------------------


def raise_statement(cx: Context, av: AV, current: AV, cause: AV | None = None) -> NoReturn:
    """`raise av [from cause]` while `current` is being handled (None: nothing is)."""
    if isinstance(av, Choice):
        cx.dispatch(av, lambda m: raise_statement(cx, m, current, cause))
        raise AssertionError("unreachable")
    made = _instance(cx, av, "exceptions must derive from BaseException")
    links: dict[str, AV] = {}
    if cause is not None:
        message = "exception causes must derive from BaseException"
        none = isinstance(cause, Known) and cause.obj is None
        links["__cause__"] = cause if none else cx.dispatch(cause, lambda m: _instance(cx, m, message))
    if isinstance(current, (Record, Choice)) and current.children is not av.children and current is not cause:
        links["__context__"] = current
    if is_exception(made) and links:
        fields = {**fields_of(made), **{name: shortened(cx, link) for name, link in links.items()}}
        made = exception(made.static[1], fields, made.leaves)
    made = through(cx, made, cx.unit.place(cx.builder.loc))
    raise_value(cx, made)


def _instance(cx: Context, av: AV, message: str) -> AV:
    """An exception object: of a class, one made without arguments."""
    if isinstance(av, Known) and isinstance(av.obj, type) and issubclass(av.obj, BaseException):
        return construct(cx, av.obj, [], {})
    if exception_class(av) is None:
        cx.type_error(message)
    return av


def reraise(cx: Context, av: AV) -> NoReturn:
    """`raise` by itself, and the end of a handler that did not catch."""
    if isinstance(av, Known) and av.obj is None:
        cx.unsupported(
            "raise without an exception outside of a handler", kind="exception", hint="name the exception: raise ValueError(...)",
            why="what the caller handles is not known here",
        )
    raise_value(cx, av)


# -- classes with an __init__ ------------------------------------------------------------------------------------


def construct(cx: Context, cls: type[BaseException], args: list[AV], kwargs: dict[str, AV]) -> AV:
    """`cls(*args, **kwargs)`. While its `__init__` runs, the object is a cell that holds its attributes."""
    if isinstance(cls.__new__, types.FunctionType):
        cx.unsupported(f"the class {cls.__name__}, which has a __new__", kind="object", hint="use __init__")
    if isinstance(cls.__setattr__, types.FunctionType):
        cx.unsupported(f"the class {cls.__name__}, which has a __setattr__", kind="object", hint="use __init__")
    if not isinstance(cls.__init__, types.FunctionType):
        if kwargs and issubclass(cls, NAMING):
            what = f"{cls.__name__} with {' and '.join(f'{name}=' for name in kwargs)}"
            cx.unsupported(what, kind="object", hint="leave it out, or derive a class with an __init__")
        if kwargs:
            cx.type_error(f"{cls.__name__}() takes no keyword arguments")
        if issubclass(cls, OSError):
            return make_exception(_class_of_errno(cx, cls, args), args)
        return make_exception(cls, args)
    from irad.infer.calls import call_value

    cell = Cell((Cell, next(cx.unit.numbers)))
    cx.heap[cell.name] = exception(cls, {"args": Seq(tuple, tuple(args))})
    call_value(cx, Known(cls.__init__), [Record(("new", cls), (cell,)), *args], kwargs)
    return cx.heap.pop(cell.name)


NAMING = (ImportError, AttributeError, NameError)  # builtin classes that take keywords


def _class_of_errno(cx: Context, cls: type[BaseException], args: list[AV]) -> type[BaseException]:
    """The class of OSError(errno, text), which is one of those derived from it."""
    if len(args) > 2:
        cx.unsupported(f"{cls.__name__} with a file name", kind="object", hint="put it into the text")
    if cls is not OSError or len(args) < 2:
        return cls
    if not isinstance(args[0], Known):
        cx.unsupported("OSError with an errno that is not known", kind="object", why="it decides the class", hint="write it out")
    return type(OSError(args[0].obj, ""))


def is_new(av: AV) -> bool:
    """Whether this is an exception object in its `__init__`."""
    return isinstance(av, Record) and av.static[0] == "new"


def set_field(cx: Context, av: AV, name: str, value: AV) -> AV:
    """`self.name = value` in an `__init__`."""
    if isinstance(lookup(cx, av.static[1], name)[1], property):
        cx.unsupported(f"assignment to the property `{name}`", kind="attribute-store", hint="assign to a plain attribute")
    cell = av.children[0]
    assert isinstance(cell, Cell)
    made = cx.heap[cell.name]
    heap.store(cx, cell, exception(made.static[1], {**fields_of(made), name: value}))
    return NONE


def call_base_init(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """The `__init__` of a builtin exception, called from that of a class derived from it: it sets the args."""
    owner, *rest = args
    if not is_new(owner) or kwargs:
        cx.unsupported("a call of an exception's __init__ from outside of the class", kind="object", hint="make a new exception")
    return set_field(cx, owner, "args", Seq(tuple, tuple(rest)))


def super_attr(cx: Context, cls: AV, owner: AV, name: str) -> AV:
    """super(cls, owner).name"""
    plain = isinstance(owner, Ref) or (isinstance(owner, Known) and not isinstance(owner.obj, BaseException))
    if isinstance(cls, Known) and plain:
        from irad.infer.objects import super_member

        return super_member(cx, cls.obj, owner, name)
    known = exception_class(owner) or (owner.static[1] if is_new(owner) else None)
    if not isinstance(cls, Known) or known is None:
        cx.unsupported("super() of this object", kind="object", hint="name the class whose method to call")
    holder, found = lookup(cx, known, name, after=cls.obj)
    if holder is not None:
        return _member(cx, owner, holder, found, name)
    cx.throw("AttributeError", f"'super' object has no attribute '{name}'")


# -- attributes --------------------------------------------------------------------------------------------------


def exception_attr(cx: Context, av: AV, name: str) -> AV:
    """av.name of an exception object."""
    if is_outside(av):
        cx.unsupported(f"the attribute `{name}` of an exception of a Python function", kind="attribute",
                       why="compiled code passes it on only", hint="look at it in that function")
    cls = av.static[1]
    if lookup(cx, cls, "__getattribute__")[0] not in (BaseException, object):
        cx.unsupported(f"an attribute of an exception of class {cls.__name__}", kind="attribute", why="it has a __getattribute__")
    fields = fields_of(cx.heap[av.children[0].static]) if is_new(av) else fields_of(av)
    own = lookup(cx, cls, name)
    if name in fields and not (isinstance(own[1], property) and own[0] is not BaseException):
        return fields[name]
    if name == "__class__":
        return Known(cls)
    if name == "__cause__" and CUT not in fields:
        return NONE
    if name == "__traceback__":
        return Record(("traceback",), (), av.leaves) if av.leaves else NONE
    if name == "value" and issubclass(cls, StopIteration) and not isinstance(cls.__init__, types.FunctionType):
        return cx.dispatch(fields["args"], lambda m: m.children[0] if m.children else NONE)
    holder, found = own
    if holder is None:
        asked = getter_of(cx, cls)
        if asked is not None:
            from irad.infer.calls import call_value

            return call_value(cx, Known(asked), [av, Known(name)], {})
        cx.throw("AttributeError", f"'{cls.__name__}' object has no attribute '{name}'")
    return _member(cx, av, holder, found, name)


def _member(cx: Context, owner: AV, holder: type, found: Any, name: str) -> AV:
    """What the class has under a name, as an attribute of an object."""
    if isinstance(found, types.FunctionType):
        return Bound(found, owner)
    if isinstance(found, classmethod) and isinstance(found.__func__, types.FunctionType):
        return Bound(found.__func__, Known(owner.static[1]))
    if isinstance(found, staticmethod):
        return Known(found.__func__)
    if isinstance(found, property) and isinstance(found.fget, types.FunctionType):
        from irad.infer.calls import call_value

        return call_value(cx, Known(found.fget), [owner], {})
    if isinstance(found, types.WrapperDescriptorType) and name == "__init__":
        return Bound(found, owner)
    fixed = isinstance(found, (str, int, float, tuple, type(None))) and name not in CHAIN
    if not fixed:
        cx.unsupported(f"the attribute `{name}` of an exception", kind="attribute", hint="use its args, its class or its text")
    return cx.captured(found, ("global", namespace(holder), name)) if is_changeable(holder) else Known(found)
