"""Texts, members of enums and the like as keys of dicts at run time: each is a number, its code.

    out[name] = 1.0       name is "a" or "b", depending on the way: Record(("code", (a, b)), (its code,))

A unit has one code for a thing, so that keys need no conversion where ways meet that know other ones.
"""

from __future__ import annotations

import enum
import types
from typing import TYPE_CHECKING, Any

from irad.infer.keys import ObjKey
from irad.infer.shapes import AV, Shape, flatten, rebuild, shape_of
from irad.infer.values import Choice, Growing, Known, Num, Record, int_const
from irad.ir.types import INT, INT8

if TYPE_CHECKING:
    from irad.infer.context import Context

MOST = 100  # things that one key is
_NUMBER = Shape(Num, ("int",), (), (INT,))


def can_be(obj: Any) -> bool:
    """Whether this is a text, or equal to nothing but itself (a member of an enum may be equal to a text or an int as well)."""
    if isinstance(obj, (enum.Enum, types.BuiltinFunctionType)):
        return True
    return obj is None or type(obj) in (str, bytes) or getattr(type(obj), "__eq__", None) is object.__eq__


def shape_for(objs: tuple[ObjKey, ...]) -> Shape:
    return Shape(Record, ("code", objs), (_NUMBER,))


def is_code(shape: Shape) -> bool:
    return shape.cls is Record and bool(shape.static[0] == "code")


def joined(a: Shape, b: Shape) -> Shape:
    """Of the codes of other things."""
    return shape_for((*a.static[1], *(obj for obj in b.static[1] if obj not in a.static[1])))


def coded(shape: Shape) -> Shape:
    """The shape with codes for known things."""
    if shape.cls is Known and can_be(shape.static.obj):
        return shape_for((shape.static,))
    return Shape(shape.cls, shape.static, tuple(map(coded, shape.children)), shape.types) if shape.children else shape


def plain(shape: Shape) -> Shape:
    """The shape with numbers for codes."""
    if is_code(shape):
        return _NUMBER
    return Shape(shape.cls, shape.static, tuple(map(plain, shape.children)), shape.types) if shape.children else shape


def alike(a: Shape, b: Shape) -> bool:
    """Whether these are keys of one form, which may stand for other things."""
    if is_code(a) or is_code(b):
        return is_code(a) and is_code(b)
    same = a.cls is b.cls and a.static == b.static and a.types == b.types and len(a.children) == len(b.children)
    return same and all(map(alike, a.children, b.children))


def numbers(av: AV) -> AV:
    """A key with numbers for codes."""
    shape = shape_of(av)
    return rebuild(plain(shape), iter(flatten(av)))


def with_item(content: Growing, item: Shape) -> Growing:
    """A list of keys as one of keys of this form, which is the same in memory."""
    return Growing(item, content.length, content.buffers)


def number_of(cx: Context, obj: ObjKey) -> int:
    return cx.unit.codes.setdefault(obj, len(cx.unit.codes))


def check(cx: Context, form: Shape) -> None:
    """Refuse keys of this form if two things that have codes in it are equal."""
    if is_code(form):
        first: dict[Any, ObjKey] = {}
        for obj in form.static[1]:
            other = first.setdefault(obj.obj, obj)
            if other != obj:
                cx.unsupported(
                    f"{obj.obj!r} beside {other.obj!r} as keys that are known at run time only", kind="dict",
                    why="they are equal, and the dict has the one that came first", hint="use one of them",
                )
    for child in form.children:
        check(cx, child)


def encoded(cx: Context, av: AV) -> AV | None:
    """One of several known things as a code; None if it is anything else."""
    members = av.members if isinstance(av, Choice) else (av,)
    if len(members) > MOST or not all(isinstance(m, Known) and can_be(m.obj) for m in members):
        return None
    codes = [number_of(cx, m.static) for m in members]
    code = cx.num(cx.pick(av, codes)).value if isinstance(av, Choice) else int_const(codes[0])
    return Record(("code", tuple(m.static for m in members)), (Num("int", code),))


def decoded(cx: Context, av: AV) -> AV:
    """A key with the things that codes in it stand for."""
    from irad.infer.sequences import lookup

    if not isinstance(av, Record) or av.static[0] != "code":
        return av.with_children(tuple(decoded(cx, c) for c in av.children)) if av.children else av
    objs: tuple[ObjKey, ...] = av.static[1]
    members = tuple(Known(obj.obj) for obj in objs)
    if len(objs) == 1:
        return members[0]
    if len(objs) > MOST:
        cx.unsupported(f"a dict of which more than {MOST} keys may be there", kind="dict", hint="use numbers as keys")
    codes = [number_of(cx, obj) for obj in objs]
    low = min(codes)
    tags = [codes.index(code) if code in codes else 0 for code in range(low, max(codes) + 1)]
    at = cx.op("sub", cx.num(av.children[0]).value, int_const(low))
    return Choice(cx.cast(at, INT8) if tags == list(range(len(tags))) else lookup(cx, INT8, tags, at), members)


def all_decoded(cx: Context, keys: Growing) -> Growing:
    """A list of keys as one of what they stand for."""
    from irad.infer import heap

    if plain(keys.item) == keys.item:
        return keys
    found = heap.new_growing(cx, _decoded_shape(keys.item), keys.length, keys.length)
    cx.count_loop(keys.length, lambda i: heap.put(cx, found, i, decoded(cx, heap.item_of(cx, keys, i))), "keys")
    return found


def _decoded_shape(shape: Shape) -> Shape:
    if is_code(shape):
        known = tuple(Shape(Known, obj) for obj in shape.static[1])
        return known[0] if len(known) == 1 else Shape(Choice, (), known, (INT8,))
    return Shape(shape.cls, shape.static, tuple(map(_decoded_shape, shape.children)), shape.types)
