"""Objects from outside that a function changes while it is differentiated: their attributes in a copy of its own.

A derivative changes nothing, so that what is stored in an attribute of an object from outside is seen by the function alone, and
gone when it ends. The object stays `Known`; what it holds is in the abstract heap, under a name that no join and no call
changes, from the beginning of the thunk on (see `thunks`): the first store finds that out, and the thunk is begun anew.
"""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from irad.infer.attributes import is_unbound
from irad.infer.context import Context, type_name
from irad.infer.heap import OUTSIDE, is_outside
from irad.infer.kinds import CLASSES, kind_of
from irad.infer.shapes import AV
from irad.infer.values import NONE, Arr, Known, Name, Num, Obj


class Begin(Exception):
    """The thunk is to begin anew, with what one more object holds in its heap."""


def name_of(cx: Context, obj: Any) -> Name | None:
    """The name under which the heap has what an object from outside holds; None if it is not changed."""
    for number, other in enumerate(cx.unit.changing):
        if other is obj:
            name = (type(obj), (OUTSIDE, number))
            return name if name in cx.heap else None
    return None


def begin(cx: Context) -> None:
    """Put what the objects hold into the heap of a thunk."""
    for number, obj in enumerate(cx.unit.changing):
        space = vars(obj)
        held = {name: cx.captured(value, ("global", space, name)) for name, value in space.items()}
        cx.heap[type(obj), (OUTSIDE, number)] = Obj(type(obj), held)


def refuse_inside(cx: Context) -> None:
    """A derivative in a function that changes objects from outside would begin with what they were before it."""
    changed = next((name[0] for name in cx.heap if is_outside(name)), None)
    if changed is not None:
        cx.unsupported(
            f"a derivative in a function that changes an attribute of a {changed.__name__} from outside", kind="attribute-store",
            hint="pass the object as an argument",
        )


def field(cx: Context, obj: Any, name: str) -> AV | None:
    """The attribute as the function has changed it; None if it is not one of those that the object holds itself."""
    from irad.infer.lookups import has, lookup

    place = name_of(cx, obj) if cx.unit.changing else None
    if place is None or has(cx, type(lookup(cx, type(obj), name)[1]), "__set__"):
        return None
    content = cx.heap[place]
    assert isinstance(content, Obj)
    held = content.fields.get(name)
    return None if held is None else cx.dispatch(held, lambda av: _or_of_class(cx, obj, name) if is_unbound(av) else av)


def _or_of_class(cx: Context, obj: Any, name: str) -> AV:
    """What the class has under a name that the object does not hold, or not any more."""
    from irad.infer.lookups import lookup
    from irad.infer.objects import member

    holder, found = lookup(cx, type(obj), name)
    if holder is None:
        cx.throw("AttributeError", f"'{type(obj).__name__}' object has no attribute '{name}'")
    return member(cx, Known(obj), type(obj), name, holder, found)


def _check_settable(cx: Context, owner: AV, name: str) -> None:
    """Numbers and arrays have no attributes that can be set (but for a few of arrays): CPython's error."""
    kinds = owner.kinds if isinstance(owner, Num) else (kind_of(owner.obj),) if isinstance(owner, Known) else ()
    sample: Any = np.zeros(1) if isinstance(owner, Arr) else CLASSES[kinds[0]](1) if len(kinds) == 1 and kinds[0] else None
    if sample is None:
        return
    try:
        setattr(sample, name, None)
    except AttributeError as error:
        cx.throw("AttributeError", str(error))
    except (TypeError, ValueError):  # it can be set
        return


def set_attr(cx: Context, owner: AV, name: str, value: AV) -> AV:
    """owner.name = value, of what is no object of compiled code."""
    from irad.infer.calls import call_value
    from irad.infer.lookups import class_value, has, lookup
    from irad.infer.objects import has_class

    obj = owner.obj if isinstance(owner, Known) else None
    place = name_of(cx, obj)
    changeable = isinstance(owner, Known) and has_class(owner) and hasattr(obj, "__dict__")
    if not changeable or (place is None and not cx.unit.thunk_depth):
        _check_settable(cx, owner, name)
        where = " from outside of the function" if isinstance(owner, Known) else ""
        if type_name(owner) == "function":
            hint = "set it where the function is defined at module level, or write a class with the attribute and `__call__`"
        else:
            hint = "pass the object as an argument, or keep the value in a local variable and return it"
        cx.unsupported(
            f"assignment to the attribute `{name}` of a {type_name(owner)}{where}", kind="attribute-store", hint=hint,
        )
    cls = type(obj)
    custom, found = lookup(cx, cls, "__setattr__")[1], lookup(cx, cls, name)[1]
    if isinstance(custom, types.FunctionType):
        return call_value(cx, class_value(cx, cls, "__setattr__"), [owner, Known(name), value], {})
    if isinstance(found, property) and isinstance(found.fset, types.FunctionType):
        return call_value(cx, Known(found.fset), [owner, value], {})
    if has(cx, type(found), "__set__") or not isinstance(custom, types.WrapperDescriptorType):
        hint = "use a plain attribute"
        cx.unsupported(f"assignment to the attribute `{name}` of a {cls.__name__}", kind="attribute-store", hint=hint)
    if place is None:
        cx.unit.changing.append(obj)
        raise Begin
    content = cx.heap[place]
    assert isinstance(content, Obj)
    cx.heap[place] = Obj(cls, {**content.fields, name: value})
    cx.written.add(place)
    return NONE
