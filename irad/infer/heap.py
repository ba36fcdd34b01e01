"""The abstract heap: what closure cells, lists, dicts and instances made in compiled code hold at a place of the program.

    xs = [a, b]       xs is Ref((list, 1))      heap: (list, 1): Seq(list, (a, b))
    ys = xs           the same Ref
    xs.append(c)                                      (list, 1): Seq(list, (a, b, c))

A new object gets a number for its name. Where ways meet, and where a function is called, each object is called by the way on
which it is first met from the live variables (`canonical`): objects that two iterations of a loop, or two calls of a function,
have at the same place are one object of the heap there, and what no variable leads to any more is gone. An object exists at
run time only as the SSA values in its content; where ways meet, these are merged as variables are. A variable that is one
object or another, depending on the way, is a finite choice of two references.

Out of compiled code, and into derivatives, go trees (see `trees`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from irad.errors import TypingError
from irad.infer import codes
from irad.infer.joins import JoinError, in_other_order, is_content, join
from irad.infer.made import is_made
from irad.infer.shapes import AV, Shape, flatten, rebuild, shape_of
from irad.infer.values import (
    BUILT_IN,
    FROZEN,
    THAWED,
    UNBOUND_AV,
    Boxed,
    Choice,
    Fixed,
    Gen,
    Growing,
    Held,
    Known,
    Name,
    Obj,
    Record,
    Ref,
    Reference,
    Row,
    Seq,
    Stepped,
    Table,
    in_form,
    int_const,
    shape_in_form,
)
from irad.ir.core import Block, Value, undef
from irad.ir.types import Array
from irad.ops.py import UNBOUND

if TYPE_CHECKING:
    from irad.infer.context import Context

Heap = dict[Name, AV]
Path = tuple[Any, ...]
OUTSIDE = "outside"  # begins the names of what objects from outside hold (see `overlay`), which are kept everywhere
DEEPEST = 16  # steps from a variable to an object: lists of lists of ...
DEEPEST_WIDE, WIDE = 8, 64  # and to more objects than that, as in a tree, of which each step has twice as many
ROOM = 8  # items that there is room for in a list at first


# -- single objects ----------------------------------------------------------------------------------------------


def allocate(cx: Context, content: AV, cls: Any = None) -> Ref:
    """A new object with this content."""
    cls = cls or class_of_content(content)
    name = (cls, next(cx.unit.numbers))
    cx.heap[name] = in_form(content, THAWED)
    return Ref(name)


def class_of_content(content: AV) -> type:
    """The class of an object with this content."""
    if isinstance(content, Obj):
        return content.cls
    if isinstance(content, Record):
        return dict_class(content)
    if isinstance(content, Table):
        cls: type = content.static
        return cls
    if isinstance(content, Held):
        return class_of_content(hollow(content.shape))
    return list


def dict_class(content: AV) -> type:
    """The class of a dict: static of its record is ("dict", keys) or ("dict", keys, class)."""
    cls: type = content.static[2] if len(content.static) > 2 else dict
    return cls


def content_of(cx: Context, av: AV) -> AV:
    """What an object holds now; of anything else, the value itself."""
    if not isinstance(av, Reference):
        return av
    content = cx.heap[av.name]
    if isinstance(content, Held):
        from irad.infer import held

        return held.loaded(cx, content)
    return content


def opened(cx: Context, av: AV) -> AV:
    """A list or dict of known form as what it holds; everything else as it is."""
    if isinstance(av, Record) and av.static == ("attributes",):
        from irad.infer.instances import as_dict

        return as_dict(cx, av)
    if is_view(av) and not is_open(cx, av.children[0]):
        from irad.infer.dictviews import viewed

        return viewed(cx, av)
    if isinstance(av, Ref):
        content = content_of(cx, av)
        if isinstance(content, Record) and content.static[0] == "dict":
            return av if any(map(perhaps_missing, content.children)) else _of_there(content)
        if isinstance(content, (Seq, Record)) or (av.cls is set and not isinstance(content, Table)):
            return content
    return av


def is_open(cx: Context, av: AV) -> bool:
    """Whether this is a dict of which it is known at run time only what it holds."""
    if not isinstance(av, Ref) or not issubclass(av.cls, dict):
        return False
    content = content_of(cx, av)
    return isinstance(content, Table) or (isinstance(content, Record) and any(map(perhaps_missing, content.children)))


def with_sure_keys(cx: Context, record: Record) -> Record:
    """What a dict holds, without what is not there; refused if it depends on the way what is."""
    if any(map(perhaps_missing, record.children)):
        keys_depend(cx, "its items are not known here")
    return _of_there(record)


def _of_there(record: Record) -> Record:
    if not any(map(is_missing, record.children)):
        return record
    there = [(k, c) for k, c in zip(record.static[1], record.children, strict=True) if not is_missing(c)]
    return Record((record.static[0], tuple(k for k, _ in there), *record.static[2:]), tuple(c for _, c in there))


def keys_depend(cx: Context, why: str) -> NoReturn:
    cx.unsupported(
        "a dict whose keys depend on the way that was taken", kind="dict", why=why, hint="set the same keys on each way",
    )


def perhaps_missing(av: AV) -> bool:
    """Whether only some ways have set this item."""
    return isinstance(av, Choice) and any(map(is_missing, av.members))


def is_missing(av: AV) -> bool:
    return isinstance(av, Known) and av.obj is UNBOUND


def is_view(av: AV) -> bool:
    """Whether this is d.keys(), d.values() or d.items() of a dict made in compiled code."""
    return isinstance(av, Record) and av.static[0] == "view"


def store(cx: Context, ref: Reference, content: AV, only: Any = None) -> None:
    """The object holds this from now on. only: the attribute, key or index whose value is new, where it is one."""
    from irad.infer import held, rows

    old = cx.heap.get(ref.name)
    if isinstance(old, Held):
        held.store(cx, old, content, only)
        return
    if type(old) in THAWED:
        # a list need not have another length than it has; what is held by what it holds at that level as well becomes memory
        rows.demand(cx, rows.HELD if isinstance(ref, Ref) and ref.cls is list else rows.MEMORY)
        rows.demand(cx, rows.MEMORY)
        refuse_change(cx, ref)
    rows.check_kept(cx, old, content)
    cx.heap[ref.name] = in_form(content, THAWED)
    cx.written.add(ref.name)


def refuse_change(cx: Context, ref: Reference) -> NoReturn:
    """Refuse what would tell copies of an object from it."""
    cx.unsupported(
        f"a change of {_article(ref.name[0])} that a list of run-time length holds, or held", kind="list",
        why="such a list holds copies, which are as good as the object only if nobody changes it",
        hint="change it before it is put there, or keep the numbers in arrays",
    )


def is_frozen(cx: Context, av: AV) -> bool:
    """Whether this is an object that a list of run-time length holds, or held."""
    return isinstance(av, Ref) and type(cx.heap[av.name]) in THAWED


def _article(cls: type) -> str:
    return f"a {cls.__name__}" if cls in BUILT_IN else f"an object of class {cls.__qualname__}"


def is_tree(av: AV) -> bool:
    """Whether this has parts that are arguments or results of their own: a tuple, or a tree of a list, a dict, an object."""
    return isinstance(av, (Seq, Obj)) or (isinstance(av, Record) and av.static[0] in ("dict", "items"))


def shape_top(av: AV) -> Shape:
    """The shape of a value, without its children."""
    return Shape(type(av), av.static)


def hollow(shape: Shape) -> AV:
    """A value of this shape without SSA values: for what it says of its class and of the names of its parts."""
    av = AV.__new__(shape.cls)
    AV.__init__(av, shape.static, tuple(map(hollow, shape.children)))
    return av


# -- names -------------------------------------------------------------------------------------------------------


def steps(av: AV) -> Iterable[Any]:
    """How the children of a value are called on the way to objects: a finite choice is no step, nor is one of an iterator."""
    if isinstance(av, Obj) or (isinstance(av, Record) and av.static[0] == "dict"):
        names: Iterable[Any] = av.static[1]
        return names
    if isinstance(av, Gen):  # where it goes on tells the alternatives of a choice apart
        return [(av.static, i) for i in range(len(av.children))]
    return (None,) * len(av.children) if isinstance(av, (Choice, Stepped)) else range(len(av.children))


def references(av: AV, path: tuple[Any, ...] = ()) -> Iterator[tuple[Reference, tuple[Any, ...]]]:
    """The references in a value, each with the way to it."""
    if isinstance(av, Reference):
        yield av, path
    elif av.children:
        for step, child in zip(steps(av), av.children, strict=True):
            if refers(child):
                yield from references(child, path if step is None else (*path, step))


def refers(av: AV) -> bool:
    """Whether there are references in a value."""
    return shape_of(av).refers()


def renamed(av: AV, names: Mapping[Name, Name]) -> AV:
    """The value with other names for the objects in it."""
    if isinstance(av, Reference):
        name = names.get(av.name, av.name)
        return av if name == av.name else type(av)(name)
    if not refers(av):
        return av
    return av.with_children(tuple(renamed(c, names) for c in av.children))


def is_outside(name: Name) -> bool:
    """Whether this is what an object from outside holds."""
    return isinstance(name[1], tuple) and name[1][:1] == (OUTSIDE,)


def canonical(cx: Context, roots: Mapping[Any, AV], heap: Heap, kept: Iterable[Name] = ()) -> dict[Name, Name]:
    """New names for all objects that the roots, or objects whose names are kept, lead to, in the order in which they are met."""
    names: dict[Name, Name] = {}
    if not heap:
        return names
    taken: set[Name] = set()
    outside = [(type(obj), (OUTSIDE, number)) for number, obj in enumerate(cx.unit.changing)]
    for name in (*kept, *filter(heap.__contains__, outside)):
        names[name] = name
        taken.add(name)
    work = [(heap[name], (name,)) for name in names]
    work += [(av, (root,)) for root, av in roots.items()]
    classes = cx.unit.classes
    while work:
        found: list[tuple[AV, tuple[Any, ...]]] = []
        for av, start in work:
            fixed = [name for made in classes.mentioned(av) for name in made.names] if classes else []
            for ref, path in references(av, start):
                if is_made(ref.name):
                    fixed.append(ref.name)
                    continue
                if ref.name in names:
                    continue
                if len(path) > DEEPEST or (len(path) > DEEPEST_WIDE and len(found) > WIDE):
                    too_deep(cx)
                new = (ref.name[0], path)
                while new in taken:  # two objects at one place: alternatives of a choice
                    new = (new[0], (*new[1], "or"))
                names[ref.name] = new
                taken.add(new)
                found.append((heap[ref.name], new[1]))
            for name in fixed:
                if name in heap and name not in names:
                    names[name] = name
                    found.append((heap[name], (name,)))
        work = found
    return names


def too_deep(cx: Context) -> NoReturn:
    """A linked list and the like."""
    cx.unsupported(
        "an object that holds an object that holds ..., to a depth that is not known at compile time",
        kind="object", hint="keep the numbers in arrays",
    )


def under(names: Mapping[Name, Name], heap: Heap) -> Heap:
    """The part of the heap that has new names."""
    return {new: renamed(heap[old], names) for old, new in names.items()}


# -- alternatives that are one object ------------------------------------------------------------------------------


def together(cx: Context, roots: Mapping[Any, AV], kept: Iterable[Name] = ()) -> dict[Any, AV]:
    """The roots with alternatives put together: where a variable is one of several objects of a class, depending on the way,
    and nothing else leads to these, they become one object. (Else a loop that makes objects would have more with each round.)
    """
    found = dict(roots)
    counts = _reached(cx, found.values(), kept)
    if counts is None:
        return found
    for key, av in found.items():
        found[key] = _together(cx, av, counts)
    for name in list(counts):
        content = cx.heap.get(name)
        if content is not None:
            new = _together(cx, content, counts)
            if new is not content:
                cx.heap[name] = new
    return found


def _reached(cx: Context, roots: Iterable[AV], kept: Iterable[Name]) -> dict[Name, int] | None:
    """How often each object is referred to; None if no value is one of several objects of a class."""
    counts = dict.fromkeys((*kept, *filter(is_made, cx.heap)), 2)  # the caller, or a class, refers to these as well
    work = [*roots, *(cx.heap[name] for name in counts if name in cx.heap)]
    several = False
    while work:
        av = work.pop()
        several = several or shape_of(av).grouped()
        for name, times in _occurrences(av).items():
            if name not in counts:
                work.append(cx.heap[name])
            counts[name] = counts.get(name, 0) + times
    return counts if several else None


def _occurrences(av: AV) -> dict[Name, int]:
    """How often a value refers to each object: of a choice, whichever it is."""
    if isinstance(av, Reference):
        return {av.name: 1}
    found: dict[Name, int] = {}
    for child in av.children:
        if refers(child):
            for name, times in _occurrences(child).items():
                before = found.get(name, 0)
                found[name] = max(before, times) if isinstance(av, Choice) else before + times
    return found


def _groups(av: Choice) -> dict[Any, list[Reference]]:
    """The alternatives that are objects, by what they are."""
    found: dict[Any, list[Reference]] = {}
    for member in av.members:
        if isinstance(member, Reference):
            found.setdefault((type(member), member.name[0]), []).append(member)
    return found


def _together(cx: Context, av: AV, counts: Mapping[Name, int]) -> AV:
    if not shape_of(av).grouped():
        return av
    if isinstance(av, Choice):
        for refs in _groups(av).values():
            alone = {ref.name for ref in refs if counts.get(ref.name) == 1}
            if len(alone) > 1:
                return _one(cx, av, alone, counts)
    return av.with_children(tuple(_together(cx, c, counts) for c in av.children))


def _one(cx: Context, av: Choice, alone: set[Name], counts: Mapping[Name, int]) -> AV:
    """The choice with these alternatives as one new object, whose content is that of whichever it is: what only they hold
    becomes one object as well (one of them may go on elsewhere, as what a generator holds that waits at another place)."""

    def case(member: AV) -> AV:
        alike = isinstance(member, Reference) and member.name in alone
        return Record(("held", type(member)), (cx.heap[member.name],)) if alike else member  # type: ignore[attr-defined]

    def placed(member: AV) -> AV:
        if not isinstance(member, Record) or member.static[0] != "held":
            return member
        content = _together(cx, member.children[0], counts)
        if member.static[1] is Ref:
            ref = allocate(cx, content)
            cx.heap[ref.name] = content  # frozen if one of them is
            return ref
        made: Reference = member.static[1]((member.static[1], next(cx.unit.numbers)))
        cx.heap[made.name] = content
        return made

    held = [shape_of(cx.heap[name]) for name in alone]
    if any(in_other_order(held[0], other) for other in held):
        return av
    try:
        with cx.attempt():
            found = cx.dispatch(av, case)
    except TypingError:  # their attributes have no common form
        return av
    return found.with_children(tuple(map(placed, found.children))) if isinstance(found, Choice) else placed(found)


Ends = list[tuple[Block, AV, Heap]]


def one_object(cx: Context, ends: Ends, before: Heap) -> Ends:
    """Ways that each yield an object of a class which was made on them, and that nothing else leads to: they yield one object."""
    names = {av.name for _, av, _ in ends if isinstance(av, Ref)}
    if len(names) < 2 or len(names) < len(ends) or len({name[0] for name in names}) > 1 or names & before.keys():
        return ends
    try:
        for (_, a, one), (_, b, other) in itertools.pairwise(ends):
            forms = shape_of(one[a.name]), shape_of(other[b.name])  # type: ignore[attr-defined]
            if in_other_order(*forms):
                return ends
            join(*forms)
    except JoinError:
        return ends
    if any(ref.name in names for _, _, held in ends for content in held.values() for ref, _ in references(content)):
        return ends
    name = (next(iter(names))[0], next(cx.unit.numbers))
    found: Ends = []
    for block, av, held in ends:
        assert isinstance(av, Ref)
        found.append((block, type(av)(name), {name if n == av.name else n: content for n, content in held.items()}))
    return found


def reached(cx: Context, av: AV) -> set[Name]:
    """The objects that a value leads to."""
    found: set[Name] = set()
    work = [av]
    while work:
        for ref, _ in references(work.pop()):
            if ref.name not in found:
                found.add(ref.name)
                work.append(cx.heap[ref.name])
    return found


# -- lists of run-time length ------------------------------------------------------------------------------------


def new_growing(cx: Context, item: Shape, room: Value, length: Value) -> Growing:
    """Buffers for `room` items."""
    buffers = [cx.op("alloc", room, elem=str(t), zero=isinstance(t, Array)) for t in item.flat_types()]
    return Growing(item, length, tuple(buffers))


def put(cx: Context, content: Growing, at: Value, item: AV) -> None:
    """Item number `at`, for which there is room."""
    for buffer, leaf in zip(content.buffers, cx.coerce(boxed(cx, item), content.item), strict=True):
        cx.op_store(leaf, buffer, [at])


def item_of(cx: Context, content: Growing, at: Value) -> AV:
    """Item number `at`, which is there."""
    return unboxed(cx, rebuild(content.item, iter([cx.op("load", buffer, at) for buffer in content.buffers])))


# -- objects in lists of run-time length ---------------------------------------------------------------------------


def holds_boxes(shape: Shape) -> bool:
    """Whether objects are held in their place."""
    return shape.cls is Boxed or any(map(holds_boxes, shape.children))


def is_list_of_boxes(content: Shape) -> bool:
    """Whether this is what a list of run-time length holds, and that are objects in their place."""
    return THAWED.get(content.cls, content.cls) is Growing and holds_boxes(content.static)


def boxed(cx: Context, av: AV, inside: tuple[Name, ...] = (), way: tuple[Any, ...] = ()) -> AV:
    """A value with what its objects hold in their place; these are frozen. (Iterators and cells stay what they are.)

    inside: the objects that lead here; way: the steps from the first of them.
    """
    from irad.infer import held, rows

    if isinstance(av, Choice) and refers(av):
        return cx.dispatch(av, lambda m: boxed(cx, m, inside, way))
    if not isinstance(av, Ref):
        parts = zip(steps(av), av.children, strict=True)
        return av.with_children(tuple(boxed(cx, c, inside, (*way, step)) for step, c in parts)) if av.children else av
    if held.wanted(cx, av):
        return held.frozen(cx, av, inside, way)
    if rows.wanted(cx, av):
        return rows.frozen(cx, av)
    content = cx.heap[av.name]
    if isinstance(content, Table):
        from irad.infer import runsets, tables

        (runsets if av.cls is set else tables).refuse(cx, "a list of run-time length with")
    if not is_content(shape_top(content)) or av.name in inside:
        return av
    cx.heap[av.name] = in_form(content, FROZEN)
    cx.written.add(av.name)  # callers must know
    plain = in_form(content, THAWED)
    contents = plain.with_children(tuple(boxed(cx, c, (*inside, av.name)) for c in plain.children))
    return Boxed(av.cls, (contents,))


def unboxed(cx: Context, av: AV) -> AV:
    """A value with the objects in it, frozen."""
    from irad.infer import rows

    if isinstance(av, Row):
        return rows.thawed(cx, av)
    if isinstance(av, Held):
        return allocate(cx, av)
    if not av.children:
        return av
    inside = av.with_children(tuple(unboxed(cx, c) for c in av.children))
    if not isinstance(av, Boxed):
        return inside
    ref = allocate(cx, inside.children[0], av.static)
    cx.heap[ref.name] = in_form(inside.children[0], FROZEN)
    return ref


def boxed_shape(cx: Context, shape: Shape, heap: Mapping[Name, Shape], names: set[Name], inside: tuple[Name, ...] = ()) -> Shape:
    """What `boxed` makes of a value of this shape; `names` collects those of what is frozen."""
    from irad.infer import held, rows

    if shape.cls is not Ref:
        children = tuple(boxed_shape(cx, c, heap, names, inside) for c in shape.children)
        return Shape(shape.cls, shape.static, children, shape.types)
    name = shape.static
    content = heap.get(name)
    if content is None or not is_content(content) or name in inside:
        return shape
    names.add(name)
    plain = boxed_shape(cx, shape_in_form(content, THAWED), heap, names, (*inside, name))
    row = rows.row_shape(rows.frozen_shape(cx, name, plain))
    return row or held.frozen_shape(cx, name, plain) or Shape(Boxed, name[0], (plain,))


def _grows(a: Shape, b: Shape) -> bool:
    """Whether what two ways hold in a list or dict is of run-time length where they meet."""
    one, other = (shape_in_form(s, THAWED) for s in (a, b))
    if {one.cls, other.cls} == {Record, Table} or in_other_order(one, other):
        return True
    if {one.cls, other.cls} - {Seq, Growing} or any(s.cls is Seq and s.static is not list for s in (one, other)):
        return False
    return Growing in (one.cls, other.cls) or len(one.children) != len(other.children)


# -- conversion where ways meet ----------------------------------------------------------------------------------


def coerced(cx: Context, av: AV, shape: Shape) -> list[Value]:
    """The leaves of what an object holds as a content of the wider `shape`."""
    shape, av = shape_in_form(shape, THAWED), in_form(av, THAWED)
    if isinstance(av, Held):
        from irad.infer import held

        held.learn(cx, av.static, shape.static[0])
    elif shape.cls is Held:
        cx.unsupported(
            "an object that is stored in a dict or list of run-time length on one way only", kind="object",
            why="it is memory there, and is not on the other way", hint="store a copy of it",
        )
    if issubclass(shape.cls, Growing):
        return flatten(_grown(cx, av, shape))
    if shape.cls is Seq:
        return [leaf for child, wanted in zip(av.children, shape.children, strict=True) for leaf in cx.coerce(child, wanted)]
    if shape.cls is Table:
        return _as_table(cx, av, shape)
    mine = dict(zip(av.static[1], av.children, strict=True))
    pairs = zip(shape.static[1], shape.children, strict=True)
    return [leaf for name, wanted in pairs for leaf in cx.coerce(mine.get(name, UNBOUND_AV), wanted)]


def _grown(cx: Context, av: AV, shape: Shape) -> Growing:
    """A list as one of run-time length."""
    item = shape.static
    if isinstance(av, Seq):
        made = new_growing(cx, item, int_const(max(ROOM, len(av.children))), int_const(len(av.children)))
        for i, child in enumerate(av.children):
            put(cx, made, int_const(i), child)
        return made
    assert isinstance(av, Growing)
    if av.item == item:
        return av
    if codes.alike(av.item, item):
        return codes.with_item(av, item)
    made = new_growing(cx, item, cx.op("dim", av.buffers[0], axis=0) if av.buffers else av.length, av.length)
    old = av
    cx.count_loop(av.length, lambda i: put(cx, made, i, item_of(cx, old, i)), "items")
    return made


def _as_table(cx: Context, av: AV, shape: Shape) -> list[Value]:
    """The leaves of a dict as one with keys that are known at run time only."""
    if not isinstance(av, Table):
        from irad.infer import runsets, tables

        if isinstance(av, Known):
            av = runsets.of_known(cx, av, shape.children[0].static)
    if not isinstance(av, Table):
        av = tables.of_record(cx, av, shape.static, shape.children[0].static, shape.children[1].static)
    return [leaf for part, wanted in zip(av.children, shape.children, strict=True) for leaf in flatten(_grown(cx, part, wanted))]


def missing(shape: Shape) -> list[Value]:
    """The leaves of an object that is not there on this way: nothing leads to it."""
    return [undef(t) for t in shape.flat_types()]


def heap_leaves(cx: Context, heap: Heap, wanted: Mapping[Name, Shape]) -> list[Value]:
    """The leaves of the objects in `wanted`, in their forms there."""
    from irad.infer import held, rows

    found: list[Value] = []
    before, cx.heap = cx.heap, dict(heap)
    for name, shape in wanted.items():
        if shape.cls is Held and name in heap:
            held.frozen(cx, Ref(name))  # a list that holds it may have come first
        if shape.cls is Fixed and name in heap:
            rows.frozen(cx, Ref(name))
        found += cx.coerce(cx.heap[name], shape) if name in heap else missing(shape)
    cx.heap = before
    return found


def rebuilt(wanted: Iterable[tuple[Name, Shape]], leaves: Iterator[Value]) -> Heap:
    """The heap of these objects with these SSA values."""
    return {name: rebuild(shape, leaves) for name, shape in wanted}


def joined(cx: Context, heaps: Iterable[Mapping[Name, Shape]]) -> dict[Name, Shape]:
    """The least heap shape that holds all of these."""
    found: dict[Name, Shape] = {}
    names: set[Name] = set()
    for heap in heaps:
        met = dict(found)
        for name, shape in heap.items():
            old = met.get(name)
            if old is not None and old != shape and _grows(old, shape):
                old, shape = boxed_shape(cx, old, met, names), boxed_shape(cx, shape, heap, names)
            elif old is not None and old != shape and Held in (old.cls, shape.cls):
                old, shape = _as_held(cx, name, old, met, names), _as_held(cx, name, shape, heap, names)
            found[name] = cx.join_shapes(old, shape) if old is not None else shape
    for name in names & found.keys():
        found[name] = _as_held(cx, name, found[name], found, set())
    return found


def _as_held(cx: Context, name: Name, content: Shape, heap: Mapping[Name, Shape], names: set[Name]) -> Shape:
    """The shape of an object's content when it has been put into a list of run-time length."""
    from irad.infer import held, rows

    plain = boxed_shape(cx, shape_in_form(content, THAWED), heap, names, (name,))
    return rows.frozen_shape(cx, name, plain) or held.frozen_shape(cx, name, plain) or shape_in_form(content, FROZEN)


def shapes(heap: Heap) -> dict[Name, Shape]:
    return {name: shape_of(content) for name, content in heap.items()}
