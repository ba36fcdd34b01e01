"""Objects in lists of run-time length: an object is held by its memory.

    ps = [Particle(x) for x in xs]        ps: Growing(Held(fields of a Particle), n, buffers of what holds the fields)
    p = ps[i]                             p: a new name for the same memory
    p.v += 1.0                            a load and a store, seen by whoever reads ps[i].v

The abstract heap knows objects by names, and cannot tell one of many from another. So an object (of a class, a list, a dict)
becomes memory when it is put into a list of run-time length: an array for each type of numbers and arrays in it, in which they
have their places. Objects that it holds become memory as well. From then on, whatever is asked of it is loaded
(`heap.content_of`), and what is stored (`heap.store`) is stored there. The form of what it holds is part of the form of the
list. If something else has to be held later (a float in the place of an int, an object for None, one more item in a list), the
wider form is noted, and the program analysed anew with it (`Manner.forms`).

That costs loads, so only programs that need it are analysed in this way (`Manner.level`, see `rows`).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NoReturn

from irad.infer import derived, heap, rows
from irad.infer.context import Anew, Context
from irad.infer.joins import JoinError, at_run_time, join
from irad.infer.shapes import AV, Shape, rebuild, shape_of
from irad.infer.values import (
    REAL,
    THAWED,
    Choice,
    Growing,
    Held,
    Name,
    Obj,
    Record,
    Ref,
    Seq,
    Table,
    in_form,
    int_const,
    of_any_extents,
)
from irad.ir.core import Value, const
from irad.ir.types import Array, Type

DEEPEST = 8  # objects in objects in ... that a list of run-time length holds
Form = tuple[Shape, Any]  # the static part of a Held


def wanted(cx: Context, *items: AV) -> bool:
    """Whether a list with these new items should hold objects by their memory."""
    return cx.unit.manner.level >= rows.MEMORY and any(_object_in(cx, item) for item in items)


def _object_in(cx: Context, av: AV) -> bool:
    if isinstance(av, Ref):
        return can_be(cx, av)
    return isinstance(av, (Seq, Choice)) and any(_object_in(cx, c) for c in av.children)


def can_be(cx: Context, ref: Ref) -> bool:
    """Whether this object can become memory."""
    content = cx.heap[ref.name]
    return isinstance(content, Held) or _fits(ref.cls, heap.shape_top(in_form(content, THAWED)))


def _fits(cls: type, content: Shape) -> bool:
    """Not sets, dicts with keys of run time, and what is a number as well."""
    if cls is set or REAL.get(cls) is deque or derived.base_of(cls) is not None:
        return False
    return content.cls in (Obj, Seq, Growing) or (content.cls is Record and content.static[0] == "dict")


def frozen_shape(cx: Context, name: Name, content: Shape) -> Shape | None:
    """The shape of what `frozen` makes of an object whose content has this shape; None if it stays what it is."""
    if cx.unit.manner.level < rows.MEMORY or content.cls is Held or not _fits(name[0], content):
        return content if content.cls is Held else None
    form = _widest(cx, general(content), None)
    return Shape(Held, form, (), _types(form[0]))


def frozen(cx: Context, ref: Ref, inside: tuple[Name, ...] = (), way: tuple[Any, ...] = ()) -> Held:
    """An object as it goes into a list of run-time length: it becomes memory, which its names then stand for."""
    content = cx.heap[ref.name]
    if isinstance(content, Held):
        cx.unit.rows_again = True
        return content
    if ref.name in inside:
        cx.unsupported(
            "an object in a list of run-time length that leads to itself", kind="object", hint="keep its place in the list",
        )
    if type(content) in THAWED:  # it is held by what it holds, and so by an argument (see `packed`)
        heap.refuse_change(cx, ref)
    plain = in_form(content, THAWED)
    within = (*inside, ref.name)
    parts = zip(heap.steps(plain), plain.children, strict=True)
    plain = plain.with_children(tuple(heap.boxed(cx, c, within, (*way, step)) for step, c in parts))
    if any(heap.refers(child) for child in plain.children):
        cx.unsupported(
            "an object in a list of run-time length that holds local functions or iterators", kind="object",
            hint="keep these outside of it",
        )
    empty = isinstance(plain, Seq) and not plain.children
    found = made(cx, plain, _widest(cx, general(shape_of(plain)), (cx.loc, way) if empty else None))
    cx.heap[ref.name] = found
    cx.written.add(ref.name)
    return found


def made(cx: Context, content: AV, form: Form) -> Held:
    """Memory of this form with this content."""
    return Held(*form, _memory(cx, form[0], cx.coerce(content, form[0])))


def general(shape: Shape) -> Shape:
    """The form of a content as it is held: with numbers at run time, arrays of any extents."""
    return of_any_extents(at_run_time(shape))


def _widest(cx: Context, shape: Shape, origin: Any) -> Form:
    """What is held later in what has this form now."""
    form = shape, origin
    while form in cx.unit.manner.forms:
        form = cx.unit.manner.forms[form], None
    return form


def _types(shape: Shape) -> tuple[Type, ...]:
    """Of the memory for a content of this form."""
    return tuple(Array(t, 1) for t in dict.fromkeys(shape.flat_types()))


def _memory(cx: Context, shape: Shape, leaves: list[Value]) -> tuple[Value, ...]:
    sizes = Counter(shape.flat_types())  # in order
    made = tuple(cx.op("alloc", int_const(size), elem=str(t), zero=isinstance(t, Array)) for t, size in sizes.items())
    for leaf, (array, at) in zip(leaves, places(shape, made), strict=True):
        cx.op_store(leaf, array, [at])
    return made


def places(shape: Shape, arrays: tuple[Value, ...]) -> Iterator[tuple[Value, Value]]:
    """Where each leaf of a content of this form is: an array, and the index in it."""
    taken: dict[Type, int] = {}
    order: dict[Type, int] = {}
    for t in shape.flat_types():
        at = taken.get(t, 0)
        taken[t] = at + 1
        yield arrays[order.setdefault(t, len(order))], int_const(at)


def loaded(cx: Context, held: Held) -> AV:
    """What the object holds now."""
    at = list(places(held.shape, held.leaves))
    leaves = [cx.op("load", array, index) for array, index in at]
    cx.loads = dict(zip(leaves, at, strict=True))
    return heap.unboxed(cx, rebuild(held.shape, iter(leaves)))


def store(cx: Context, held: Held, content: AV, only: Any = None) -> None:
    """The object holds this from now on. only: the attribute, key or index whose value is new."""
    plain = in_form(content, THAWED)
    names = list(heap.steps(plain))
    plain = plain.with_children(tuple(heap.boxed(cx, c, (), (step,)) for step, c in zip(names, plain.children, strict=True)))
    check(cx, held, shape_of(plain))
    leaves: list[Value | None] = [*cx.coerce(plain, held.shape)] if only is None else _of_part(cx, held, plain, only)
    for leaf, place in zip(leaves, places(held.shape, held.leaves), strict=True):
        if leaf is not None and not (isinstance(plain, Growing) and cx.loads.get(leaf) == place):
            cx.op_store(leaf, place[0], [place[1]])


def _of_part(cx: Context, held: Held, plain: AV, only: Any) -> list[Value | None]:
    """The leaves of one part; None for the others."""
    new = dict(zip(heap.steps(plain), plain.children, strict=True))
    found: list[Value | None] = []
    for name, wanted in zip(heap.steps(heap.hollow(held.shape)), held.shape.children, strict=True):
        found += cx.coerce(new[name], wanted) if name == only else [None] * wanted.count()
    return found


def check(cx: Context, held: Held, new: Shape) -> None:
    """What is to be held has the form of the memory; begin anew with a wider one if it has not."""
    try:
        form = join(held.shape, general(new))
    except JoinError as e:
        cx.join_failed(e)
    if form != held.shape:
        learn(cx, held.static, form)


def learn(cx: Context, old: Form, new: Shape) -> NoReturn:
    """Begin anew: what has the old form is to have the new one, which is wider."""
    if _depth(new) > DEEPEST:
        heap.too_deep(cx)
    if new.cls is Table:
        from irad.infer import tables

        tables.refuse(cx, "a list of run-time length with")
    raise Anew(rows.MEMORY, {old: general(new)})


def _depth(shape: Shape) -> int:
    """How many objects lie in one another in memory of this form."""
    inside = (shape.static[0],) if shape.cls is Held else (*shape.children, *((shape.static,) if shape.cls is Growing else ()))
    return max(map(_depth, inside), default=0) + (shape.cls is Held)


def meet(cx: Context, e: JoinError) -> None:
    """Two forms of memory that did not meet: begin anew with one form for both, if there is one."""
    if cx.unit.manner.level < rows.MEMORY or Held not in (e.a.cls, e.b.cls):
        return
    shapes = [s.static[0] if s.cls is Held else general(s) for s in (e.a, e.b)]
    with suppress(JoinError):
        form = general(join(*shapes))  # as a join of known numbers may be one of them
        if form.refers():
            return
        for s in (e.a, e.b):
            if s.cls is Held and s.static != (form, None):
                learn(cx, s.static, form)


def same(cx: Context, a: Held, b: Held) -> Value:
    """Whether two objects of a class are one."""
    if not a.leaves or not b.leaves:
        cx.unsupported(
            "`is` between objects without contents in lists of run-time length", kind="operator", hint="compare with ==",
        )
    one, other = a.leaves[0], b.leaves[0]
    return cx.op("same", one, other) if one.type == other.type else const(False)

