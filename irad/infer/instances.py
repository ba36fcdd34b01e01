"""`vars(obj)` and `obj.__dict__` of objects made in compiled code: the attributes as a dict that changes with the object."""

from __future__ import annotations

import builtins
from typing import Any

from irad.infer import heap, objects
from irad.infer.context import Context, type_name
from irad.infer.derived import VALUE
from irad.infer.lookups import lookup
from irad.infer.meanings import handles
from irad.infer.shapes import AV
from irad.infer.values import NONE, UNBOUND_AV, Choice, Known, Obj, Record, Ref
from irad.ops.py import UNBOUND


def owner_of(av: AV) -> Ref:
    """The object whose attributes these are."""
    owner = av.children[0]
    assert isinstance(owner, Ref)
    return owner


def items_of(cx: Context, av: AV) -> dict[Any, AV]:
    """What the object holds. Attributes that only some ways have set are refused."""
    owner = owner_of(av)
    found: dict[Any, AV] = {}
    for name, value in objects.fields_of(cx, owner).items():
        members = value.members if isinstance(value, Choice) else (value,)
        unset = [isinstance(m, Known) and m.obj is UNBOUND for m in members]
        if all(unset) or name == VALUE or type(lookup(cx, owner.cls, name)[1]).__name__ == "member_descriptor":
            continue
        if any(unset):
            cx.unsupported(
                f"the attributes of an object of which `{name}` is set on some ways only", kind="attribute",
                hint="set it to None first",
            )
        found[name] = value
    return found


def as_dict(cx: Context, av: AV) -> Record:
    """What a dict of these attributes would hold."""
    items = items_of(cx, av)
    return Record(("dict", tuple(items)), tuple(items.values()))


def put(cx: Context, av: AV, items: dict[Any, AV]) -> None:
    """obj.__dict__.update(items): no property and no `__setattr__` is asked."""
    owner = owner_of(av)
    content = heap.content_of(cx, owner)
    assert isinstance(content, Obj)
    heap.store(cx, owner, Obj(content.cls, {**content.fields, **items}))


def method(cx: Context, av: AV, name: str, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A method of the dict."""
    from irad.infer import dictviews, lists
    from irad.infer.attributes import get_attr
    from irad.infer.calls import call_value

    if name in dictviews.METHODS and not args and not kwargs:
        return dictviews.view(av, name)
    plain = lists.new_dict(cx, items_of(cx, av))
    found = call_value(cx, get_attr(cx, plain, name), args, kwargs)
    after = lists.dict_items(cx, plain)
    put(cx, av, {**{gone: UNBOUND_AV for gone in items_of(cx, av) if gone not in after}, **after})
    return found


def get_item(cx: Context, av: AV, key: AV) -> AV:
    """obj.__dict__[key]"""
    from irad.infer import lists

    owner = owner_of(av)
    if not isinstance(key, Known) or not isinstance(key.obj, str) or key.obj == VALUE:
        return lists.get_item(cx, lists.new_dict(cx, items_of(cx, av)), key)
    in_slot = type(lookup(cx, owner.cls, key.obj)[1]).__name__ == "member_descriptor"
    held = UNBOUND_AV if in_slot else objects.fields_of(cx, owner).get(key.obj, UNBOUND_AV)

    def case(member: AV) -> AV:
        there = not (isinstance(member, Known) and member.obj is UNBOUND)
        return member if there else lists.get_item(cx, lists.new_dict(cx, {}), key)  # a KeyError

    return cx.dispatch(held, case)


def set_item(cx: Context, av: AV, key: AV, value: AV) -> AV:
    """obj.__dict__[key] = value"""
    if not isinstance(key, Known):
        cx.unsupported("an attribute whose name is not known", kind="attribute-store", hint="write the name")
    put(cx, av, {key.obj: value})
    return NONE


@handles(builtins.vars, as_they_are=True)
def _vars(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    from irad.infer.attributes import get_attr

    if len(args) != 1 or not isinstance(args[0], (Ref, Known)):
        cx.unsupported("vars() without an object of a class written in Python", kind="function", hint="name the values")
    if isinstance(args[0], Ref) and not args[0].cls.__dictoffset__:
        cx.type_error("vars() argument must have __dict__ attribute")
    return get_attr(cx, args[0], "__dict__")


@handles(object.__delattr__, as_they_are=True)
def _delete_field(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    owner, name = args
    if not isinstance(owner, Ref) or not isinstance(name, Known):
        cx.unsupported(f"object.__delattr__ of a {type_name(owner)}", kind="attribute-store", hint="assign None to it")
    return objects.delete_field(cx, owner, name.obj)


@handles(builtins.delattr, as_they_are=True)
def _delattr(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    owner, name = args
    if not isinstance(name, Known):
        cx.unsupported("delattr() with a name that is not known", kind="attribute-store", hint="write the name in the call")
    return cx.dispatch(owner, lambda m: delete_attr(cx, m, name.obj))


def delete_attr(cx: Context, owner: AV, name: str) -> AV:
    """del owner.name"""
    if not isinstance(owner, Ref):
        where = " from outside of the function" if isinstance(owner, Known) else ""
        cx.unsupported(
            f"del of the attribute `{name}` of a {type_name(owner)}{where}", kind="attribute-store", hint="assign None to it",
        )
    return objects.delete_attr(cx, owner, name)
