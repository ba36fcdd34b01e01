"""Where ways of the program meet: the least shape that holds the values of both, and what shapes are called in messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from irad.infer import codes
from irad.infer.keys import Keys, same_key
from irad.infer.kinds import MACHINE, is_numpy, widest
from irad.infer.shapes import Shape, shape_of
from irad.infer.unordered import members, one_content, unordered
from irad.infer.values import (
    BUILT_IN,
    FROZEN,
    ORDERS,
    THAWED,
    UNBOUND_AV,
    Arr,
    Boxed,
    Choice,
    Counted,
    Fixed,
    Fn,
    Growing,
    Held,
    Known,
    Num,
    Obj,
    Record,
    Ref,
    Row,
    Seq,
    Table,
    array_shape,
    known_number,
    of_any_extents,
    shape_in_form,
    spread,
)
from irad.ir.types import INT, INT8, Array, Type
from irad.ops.py import UNBOUND

MAX_CHOICE = 16
MAX_TEXTS = 100  # exceptions and messages among the members of a choice: a `try` may have many
MOST_NAMED = 8  # alternatives that a message lists


def number_shape(kinds: tuple[str, ...]) -> Shape:
    names = tuple(sorted(set(kinds), key=list(MACHINE).index))
    types: tuple[Type, ...] = (widest(names),)
    return Shape(Num, names, (), types if len(names) == 1 else (*types, INT8))


class JoinError(Exception):
    """Two shapes that cannot meet."""

    def __init__(self, a: Shape, b: Shape) -> None:
        super().__init__(a, b)
        self.a, self.b = a, b


def join(a: Shape, b: Shape) -> Shape:
    """The least shape that holds values of both.

    Raises
    ------
    JoinError
        If there is none (more than `MAX_CHOICE` alternatives).
    """
    if a == b:
        return a
    if _one_set(a, b):
        return shape_of(Known(unordered(a.static.obj)))
    a, b = _spread(a), _spread(b)
    ka, kb = _kinds(a), _kinds(b)
    if ka and kb:
        return number_shape((*ka, *kb))
    if is_content(a) and is_content(b) and not _of_two_classes(a, b):
        return _join_contents(a, b)
    if Table in (a.cls, b.cls):
        return _join_set(a, b) if a.cls is Table else _join_set(b, a)
    if a.cls is b.cls is Record and codes.is_code(a) and codes.is_code(b):
        return codes.joined(a, b)
    if a.cls is Choice or b.cls is Choice or not _mergeable(a, b):
        return _join_choice(a, b)
    if a.cls is Arr:
        return _join_arrays(a, b)
    children = tuple(join(x, y) for x, y in zip(a.children, b.children, strict=True))
    return Shape(a.cls, a.static, children, a.types)


def _one_set(a: Shape, b: Shape) -> bool:
    return a.cls is b.cls is Known and one_content(a.static.obj, b.static.obj)


def _of_two_classes(a: Shape, b: Shape) -> bool:
    """Whether these are objects of two classes, in memory: items of one list."""
    if not a.cls is b.cls is Held:
        return False
    one, other = a.static[0], b.static[0]
    return bool(one.cls is other.cls is Obj and one.static[0] is not other.static[0])


def _spread(shape: Shape) -> Shape:
    if shape.cls is Known and isinstance(shape.static.obj, tuple):
        return shape_of(spread(Known(shape.static.obj)))
    return shape


def _kinds(shape: Shape) -> tuple[str, ...]:
    if shape.cls is Num:
        kinds: tuple[str, ...] = shape.static
        return kinds
    kind = known_number(shape)
    return (kind,) if kind else ()


def _mergeable(a: Shape, b: Shape) -> bool:
    if a.cls is not b.cls:
        return False
    if a.cls is Arr:
        return _alike(a, b)
    if a.cls is Counted and not _alike(a.children[0], b.children[0]):
        return False
    return a.static == b.static and len(a.children) == len(b.children) and a.types == b.types


def _alike(a: Shape, b: Shape) -> bool:
    """Whether these are arrays of one rank and dtype that may both be written to, or the like: one loop can walk over either."""
    if Choice in (a.cls, b.cls):
        mine, other = (s.children if s.cls is Choice else (s,) for s in (a, b))
        return all(_alike(m, o) for m in mine for o in other)
    if a.cls is b.cls is Arr:
        return bool(a.static[:2] == b.static[:2] and a.types[0].ndim == b.types[0].ndim)  # type: ignore[attr-defined]
    return a.cls is b.cls


def _join_arrays(a: Shape, b: Shape) -> Shape:
    (ta,), (tb,) = a.types, b.types
    assert isinstance(ta, Array) and isinstance(tb, Array)
    layout = "C" if ta.layout == tb.layout == "C" else "A"
    extents = "".join(x if x == y else "?" for x, y in zip(a.static[2], b.static[2], strict=True))
    order = max(a.static[3], b.static[3], key=ORDERS.index)
    return array_shape(a.static[0], Array(ta.elem, ta.ndim, layout), a.static[1] and b.static[1], extents, order)


# -- what objects of the heap hold --------------------------------------------------------------------------------


MISSING = shape_of(UNBOUND_AV)  # an attribute or an item that only some of the ways have set


def is_content(shape: Shape) -> bool:
    """Whether this is what an object of the heap holds, which can change its form."""
    cls = THAWED.get(shape.cls, shape.cls)
    if cls is Seq:
        return shape.static is list
    return cls in (Obj, Growing, Fixed, Held, Table) or (cls is Record and shape.static[0] == "dict")


def _join_contents(a: Shape, b: Shape) -> Shape:
    if a.cls in THAWED or b.cls in THAWED:
        return shape_in_form(_join_contents(shape_in_form(a, THAWED), shape_in_form(b, THAWED)), FROZEN)
    if Held in (a.cls, b.cls):
        return _join_held(a, b) if a.cls is Held else _join_held(b, a)
    if issubclass(a.cls, (Seq, Growing)) and issubclass(b.cls, (Seq, Growing)):
        if a.cls is b.cls is Seq and len(a.children) == len(b.children):
            return Shape(Seq, list, tuple(map(join, a.children, b.children)))
        items = [item for s in (a, b) for item in (s.children if s.cls is Seq else (s.static,))]
        found = growing_shape(a, b, items)
        own = {s.static for s in (a, b) if s.cls is Fixed}
        if own and own != {found.static}:
            raise JoinError(a, b)
        return Shape(Fixed, found.static, (), found.types) if own else found
    if Table in (a.cls, b.cls):
        return _join_tables(a, b) if a.cls is Table else _join_tables(b, a)
    if a.cls is not b.cls or _sort(a) != _sort(b):
        raise JoinError(a, b)
    mine, other = dict(zip(_names(a), a.children, strict=True)), dict(zip(_names(b), b.children, strict=True))
    if in_other_order(a, b):
        return _as_table(a, b)
    if a.cls is Record and twins(a, b):
        raise JoinError(a, b)
    names = Keys(_in_order(list(mine), list(other))) if a.cls is Record else (*mine, *(n for n in other if n not in mine))
    children = tuple(join(mine.get(n, MISSING), other.get(n, MISSING)) for n in names)
    return Shape(a.cls, (a.static[0], names, *a.static[2:]), children)


def _join_held(a: Shape, b: Shape) -> Shape:
    """Of contents of which at least the first is memory: that of both has the form of the first."""
    form: Shape = a.static[0]
    if b.cls is Held:
        join(form, b.static[0])  # if it is memory in these that does not meet, the error is of that
        raise JoinError(a, b)
    if join(form, of_any_extents(at_run_time(b))) != form:
        raise JoinError(a, b)
    return a


def _join_tables(a: Shape, b: Shape) -> Shape:
    """Of dicts of which at least the first has keys that are known at run time only."""
    if b.cls is Table and a.static is b.static:
        return Shape(Table, a.static, tuple(map(join, a.children, b.children)))
    if b.cls is not Record or (b.static[2] if len(b.static) > 2 else dict) is not a.static:
        raise JoinError(a, b)
    keys, values, slots = a.children
    forms = list(map(form_of, b.static[1]))
    if not all(codes.alike(form, keys.static) for form in forms):
        raise JoinError(a, b)
    keys = growing_shape(a, b, [keys.static, *forms])
    return Shape(Table, a.static, (keys, growing_shape(a, b, [values.static, *_held_in(b.children)]), slots))


def has_form(key: Any, form: Shape) -> bool:
    """Whether a known key, or member of a set, has this form at run time."""
    return codes.alike(form_of(key), form)


def form_of(key: Any) -> Shape:
    """The form of a known key at run time."""
    return codes.coded(at_run_time(shape_of(Known(key))))


def _join_set(a: Shape, b: Shape) -> Shape:
    """Of sets of which the first has members that are known at run time only: its form, if those of the other have it."""
    sets = [s.static.obj for s in (b.children if b.cls is Choice else (b,)) if s.cls is Known]
    alike = all(isinstance(obj, set) and all(has_form(k, a.children[0].static) for k in members(obj)) for obj in sets)
    if a.static is not set or not sets or not alike or (b.cls is Choice and len(sets) < len(b.children)):
        raise JoinError(a, b)
    forms = [form_of(k) for obj in sets for k in members(obj)]
    return Shape(Table, set, (growing_shape(a, b, [a.children[0].static, *forms]), *a.children[1:]))


def in_other_order(a: Shape, b: Shape) -> bool:
    """Whether these are dicts whose common keys are not in one order."""
    if not (a.cls is b.cls is Record and a.static[0] == b.static[0] == "dict") or a.static == b.static:
        return False
    mine, other = dict.fromkeys(_names(a)), dict.fromkeys(_names(b))
    return [k for k in mine if k in other] != [k for k in other if k in mine]


def _as_table(a: Shape, b: Shape) -> Shape:
    """Of two dicts: one whose keys, and their order, are known at run time only."""
    forms = list(map(form_of, (*_names(a), *_names(b))))
    if not all(codes.alike(form, forms[0]) for form in forms):
        raise JoinError(a, b)
    values = growing_shape(a, b, list(_held_in(a.children + b.children)))
    slots = Shape(Growing, number_shape(("int",)), (), (INT, Array(INT, 1)))
    return Shape(Table, a.static[2] if len(a.static) > 2 else dict, (growing_shape(a, b, forms), values, slots))


def twins(a: Shape, b: Shape) -> bool:
    """Whether these are dicts with equal keys that are not the same: the order of what happens says which one is there."""
    own = {key: key for key in _names(a)}
    return any(key in own and not same_key(own[key], key) for key in _names(b))


def _held_in(children: tuple[Shape, ...]) -> Iterator[Shape]:
    """What the items of a dict are, where they are there."""
    for child in children:
        yield from (m for m in (child.children if child.cls is Choice else (child,)) if m != MISSING)


def _in_order(mine: list[Any], other: list[Any]) -> tuple[Any, ...]:
    """The keys of two dicts in an order that is that of both: what is iterated over must not depend on the way."""
    found: list[Any] = []
    rest = list(other)
    for key in mine:
        if key in rest:
            at = rest.index(key)
            found += rest[:at]
            del rest[: at + 1]
        found.append(key)
    return (*found, *rest)


def _sort(shape: Shape) -> tuple[Any, ...]:
    return shape.static[0], shape.static[2:]


def _names(shape: Shape) -> tuple[Any, ...]:
    names: tuple[Any, ...] = shape.static[1]
    return names


def growing_shape(a: Shape, b: Shape, items: list[Shape]) -> Shape:
    """A list of run-time length with such items: they have one form."""
    item = at_run_time(items[0])
    for other in items[1:]:
        item = join(item, at_run_time(other))
    kinds = tuple(item.flat_types())
    if item.refers():
        raise JoinError(a, b)
    return Shape(Growing, item, (), (INT, *(Array(t, 1) for t in kinds)))


def at_run_time(shape: Shape) -> Shape:
    """The shape with its known numbers as run-time ones."""
    shape = _spread(shape)
    kind = known_number(shape)
    if kind:
        return number_shape((kind,))
    return Shape(shape.cls, shape.static, tuple(map(at_run_time, shape.children)), shape.types)


def _join_choice(a: Shape, b: Shape) -> Shape:
    members: list[Shape] = list(a.children) if a.cls is Choice else [a]
    for new in b.children if b.cls is Choice else (b,):
        for i, old in enumerate(members):
            numbers = _kinds(old) and _kinds(new)
            if old == new or numbers or _one_set(old, new) or (old.cls is not Known and _mergeable(old, new)):
                members[i] = join(old, new)
                break
        else:
            members.append(new)
    texts = sum(map(_is_text, members))
    if len(members) - texts > MAX_CHOICE or texts > MAX_TEXTS:
        raise JoinError(a, b)
    return Shape(Choice, (), tuple(members), (INT8,)) if len(members) > 1 else members[0]


def _is_text(shape: Shape) -> bool:
    if shape.cls is Known:
        return isinstance(shape.static.obj, (str, bytes, BaseException))
    return shape.cls is Record and shape.static[0] in ("text", "exception")


def unifies(member: Shape, shape: Shape) -> bool:
    """Whether a value of `shape` belongs to this member of a choice."""
    try:
        return join(member, shape) == member
    except JoinError:
        return False



def describe(shape: Shape) -> str:
    """A shape in Python words, for messages."""
    if shape.cls is Boxed:
        return describe(shape.children[0])
    shape = shape_in_form(shape, THAWED)
    if shape.cls is Known:
        obj = shape.static.obj
        if obj is None or obj is UNBOUND:
            return repr(obj)
        return f"{type(obj).__name__} {obj!r}"[:60]
    if shape.cls is Num:
        return " or ".join(k if not is_numpy(k) else f"np.{k}" for k in shape.static)
    if shape.cls is Arr:
        (t,) = shape.types
        assert isinstance(t, Array)
        return f"{shape.static[0]}[{', '.join(':' * t.ndim)}]"
    if shape.cls is Seq:
        return f"{shape.static.__name__}[{', '.join(map(describe, shape.children))}]"
    if shape.cls is Choice:
        words = list(dict.fromkeys(map(describe, shape.children)))
        return " or ".join(words if len(words) <= MOST_NAMED else [*words[:MOST_NAMED], f"{len(words) - MOST_NAMED} others"])
    if shape.cls is Fn:
        return f"function {shape.static[4]}"
    if shape.cls is Ref:
        return _object_words(shape.static[0])
    if shape.cls is Obj:
        return _object_words(shape.static[0])
    if shape.cls is Held:
        return describe(shape.static[0])
    if issubclass(shape.cls, (Growing, Row)):
        return f"list[{describe(shape.static)}, ...]"
    if shape.cls is Table:
        return "a dict with keys that are known at run time only"
    if shape.cls is Record and shape.static[0] == "dict":
        return f"a dict with the keys {', '.join(map(repr, _names(shape)))}"
    return shape.cls.__name__.lower()


def _object_words(cls: type) -> str:
    return cls.__name__ if cls in BUILT_IN else f"an object of class {cls.__qualname__}"
