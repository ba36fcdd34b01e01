"""Trees: what goes out of compiled code and into it, and into derivatives, is contents in the place of references.

    xs = [a, [b]]     Ref((list, 1))                    with a heap
                      Seq(list, (a, Seq(list, (b,))))   the tree
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from irad.infer import packed, rows, runtuples
from irad.infer.heap import Path, allocate, content_of, holds_boxes, is_view, shape_top, steps
from irad.infer.joins import is_content
from irad.infer.numbered import numbered, perhaps_given
from irad.infer.shapes import AV, Shape, rebuild, shape_of
from irad.infer.unordered import members
from irad.infer.values import (
    REAL,
    THAWED,
    Arr,
    Bound,
    Cell,
    Choice,
    Fixed,
    FrozenCell,
    Growing,
    Held,
    Known,
    Name,
    Place,
    Record,
    Ref,
    Reference,
    Same,
    Seq,
    Table,
    in_form,
    tag_const,
)
from irad.ir.core import Value, undef
from irad.ir.types import INT

if TYPE_CHECKING:
    from irad.infer.context import Context

A_DERIVATIVE = "a derivative"
OF_DERIVATIVE = "a function that is differentiated"


def _leads_to_memory(cx: Context, av: AV, seen: set[Name]) -> bool:
    """Whether an object that is memory is in this."""
    if isinstance(av, Reference):
        if av.name in seen:
            return False
        seen.add(av.name)
        content = cx.heap.get(av.name)
        return isinstance(content, Held) or (content is not None and _leads_to_memory(cx, content, seen))
    return any(_leads_to_memory(cx, child, seen) for child in av.children)


def _if_taken(cx: Context, choice: Choice, number: int, export: Callable[[], AV]) -> AV:
    """A member of a choice whose memory is only there, and only read, if it is the one that counts."""
    made: list[Shape] = []

    def then() -> list[Value]:
        found = export()
        made.append(shape_of(found))
        return list(cx.coerce(found, made[0]))

    taken = cx.op("eq", choice.tag, tag_const(number))
    values = cx.either_way(taken, then, lambda: [undef(t) for t in made[0].flat_types()])
    return rebuild(made[0], iter(values))


def exported(
    cx: Context, av: AV, what: str = A_DERIVATIVE, seen: dict[Any, Path] | None = None,
    places: Mapping[Name, Path] | None = None, homes: Mapping[Name, Path] | None = None, path: Path | None = None, way: Path = (),
    again: bool = False,
) -> AV:
    """A value as a tree that needs no heap.

    An object that is an argument has its place there instead (`places`), one that is at several places of the result but one
    (its home) as well. Without `homes`, as for derivatives, an object may be in a tree once only; so may one that is at each
    of its places only if some way was taken (path: None). A method of an object that it is in says how
    many steps back on the `way` that is. `again`: of what has no derivative, an object that was met on all ways is `Same`.
    """
    seen = {} if seen is None else seen
    if isinstance(av, Reference):
        if places and av.name in places:
            return Known(Place(places[av.name]))
        home = homes.get(av.name) if homes else None
        if home is not None and home != path:
            return Known(Place(home, inside=True))
        if av.name in seen:
            if again and None not in seen[av.name] and not isinstance(av, Cell):
                return Same(seen[av.name])
            _shared(cx, av, what)
        seen[av.name] = way
        if cx.unit.classes.owns(av.name[0]):
            _of_own_class(cx, av.name[0], what)
        if runtuples.is_tuple(av):
            assert isinstance(av, Ref)
            held = runtuples.list_of(cx, av)
            found_in = in_form(cx.heap[held.name], THAWED)
            return runtuples.tree(exported(cx, found_in, what, seen, places, homes, path, way, again))
        if av.name[0] is set and isinstance(cx.heap[av.name], Table):
            cx.unsupported(f"a set with members that are known at run time only, that goes into or out of {what}", kind="set",
                           hint="make a list of it: sorted(the set)")
        if av.name[0] in REAL:
            name = av.name[0].__name__
            cx.unsupported(f"a {name} that goes into or out of {what}", kind="object", hint=f"make a list or dict of the {name}")
        content = in_form(content_of(cx, av), THAWED)
        if isinstance(cx.heap[av.name], Held):
            _only_one(cx, av, seen, what)
        inside = exported(cx, content, what, seen, places, homes, path, (*way, 0) if isinstance(av, Cell) else way, again)
        if av.name[0] is set:
            return _new_sets(inside)
        if homes is not None and places and isinstance(cx.heap[av.name], (Fixed, Held)):
            return perhaps_given(cx, inside, cx.heap[av.name], places)
        return FrozenCell(inside) if isinstance(av, Cell) else inside
    if isinstance(av, Growing):
        tree = items_tree(cx, packed.opened(av) if what == A_DERIVATIVE else av)
        return tree if homes is None else numbered(cx, tree, av, path, places or {}, homes)
    if isinstance(av, Table):
        from irad.infer import tables

        return tables.tree(cx, av, what)
    if isinstance(av, (Known, Bound, Seq)):
        made = cx.unit.classes.owns(av.cls if isinstance(av, Seq) else av.static.obj)
        if made is not None:
            _of_own_class(cx, made.cls, what)
    if not av.children:
        return av
    if isinstance(av, Bound) and homes is None and isinstance(av.owner, Reference) and av.owner.name in seen:
        above = seen[av.owner.name]
        if way[: len(above)] == above:
            return Bound(av.function, Same(len(way) - len(above)))
    if is_view(av):
        cx.unsupported(f"dict_{av.static[1]} in {what}", kind="dict", hint="make a list or a dict of it")
    found = []
    for k, (step, child) in enumerate(zip(steps(av), av.children, strict=True)):
        there = None if path is None or step is None else (*path, step)
        on = (*way, step)
        if isinstance(av, Choice) and _leads_to_memory(cx, child, set()):
            found.append(_if_taken(cx, av, k, partial(exported, cx, child, what, seen, places, homes, there, on, again)))
            continue
        found.append(exported(cx, child, what, seen, places, homes, there, on, again))
    return av.with_children(tuple(found))


def _new_sets(av: AV) -> AV:
    """What a set holds, or one of several, as a set to be made."""
    if isinstance(av, Known) and isinstance(av.obj, set):
        return Seq(set, tuple(map(Known, members(av.obj))))
    return av.with_children(tuple(map(_new_sets, av.children))) if isinstance(av, Choice) else av


def _only_one(cx: Context, ref: Reference, seen: dict[Any, Path], what: str) -> None:
    """Of objects that are memory one of each class can go out: whether two of them are one is not known here."""
    if (Held, ref.name[0]) in seen:
        cx.unsupported(
            f"several objects of class {ref.name[0].__name__} from a list of run-time length in {what}", kind="object",
            why="whether they are one is not known", hint="return their numbers",
        )
    seen[Held, ref.name[0]] = ()


def _of_own_class(cx: Context, cls: type, what: str) -> NoReturn:
    cx.unsupported(
        f"the class {cls.__name__}, or an object of it, that goes into or out of {what}", kind="object",
        why="the class is made in compiled code", hint="define the class at module level",
    )


def homes_of(cx: Context, roots: Iterable[AV], places: Mapping[Name, Path]) -> dict[Name, Path]:
    """For each object that these values hold on all ways, and that is no argument, where it is met first."""
    found: dict[Name, Path] = {}
    work: list[tuple[AV, Path]] = [(av, (i,)) for i, av in enumerate(roots)]
    while work:
        av, path = work.pop(0)
        if isinstance(av, Ref):
            if av.name not in found and av.name not in places:
                found[av.name] = path
                held = runtuples.list_of(cx, av) if runtuples.is_tuple(av) else av
                work.insert(0, (cx.heap[held.name], path))
        elif not isinstance(av, (Choice, Growing, Reference)):
            inside = zip(steps(av), av.children, strict=True)
            work = [(child, (*path, step)) for step, child in inside if child.children or isinstance(child, Reference)] + work
    return found



def has_places(shape: Shape) -> bool:
    """Whether an object stands for another one in a tree of this shape."""
    return (shape.cls is Known and isinstance(shape.static.obj, Place)) or any(map(has_places, shape.children))


def items_tree(cx: Context, content: Growing) -> Record:
    """A list of run-time length as a tree: an array for each number in an item, Record(("arrays", kind, writeable)) for each
    array. Of lists in it: their lengths, and the arrays for the items of all of them, one after the other. If there is nothing in
    an item (None, a text): an array that says how many there are."""
    if holds_boxes(content.item):
        rows.demand(cx, rows.HELD)
        rows.refuse_result(cx)
    content = rows.in_rows(cx, content)
    columns = rows.columns(cx, content) or [Arr("int64", cx.op("alloc", content.length, elem=str(INT), zero=True))]
    return Record(("items", content.item), tuple(columns))


def _shared(cx: Context, av: Reference, what: str) -> None:
    if isinstance(av, Cell):
        what = "the derivative of local functions that share a variable, or call themselves"
        cx.unsupported(what, kind="no-derivative", hint="move them to module level")
    cx.unsupported(
        f"{av.name[0].__name__} that is at two places of what goes into or out of {what}", kind="object",
        why="what is stored through the one would be seen through the other", hint="make a copy of it",
    )


def imported(cx: Context, av: AV, path: Path = (), places: dict[Path, Ref] | None = None, new: bool = False) -> AV:
    """A tree with each of its contents as an object of the heap. `places` collects where each one is; new: all are new."""
    if places is not None:
        return _imported(cx, av, path, places, new)
    places = {}
    (found,) = settled(cx, [_imported(cx, av, path, places, new)], places)
    return found


def settled(cx: Context, given: Sequence[AV], places: Mapping[Path, Ref]) -> list[AV]:
    """Values that were imported, with the objects that their methods are bound to: a method can come before its object is."""
    for ref in places.values():
        if _has_same(cx.heap[ref.name]):
            cx.heap[ref.name] = _with_owners(cx.heap[ref.name], places)
    return [_with_owners(av, places) if _has_same(av) else av for av in given]


def _has_same(av: AV) -> bool:
    return isinstance(av, Same) or any(map(_has_same, av.children))


def _with_owners(av: AV, places: Mapping[Path, Ref]) -> AV:
    if isinstance(av, Same):
        return places[av.static]
    return av.with_children(tuple(_with_owners(child, places) for child in av.children)) if av.children else av


def _imported(cx: Context, av: AV, path: Path, places: dict[Path, Ref], new: bool) -> AV:
    if isinstance(av, Same):  # met before, or above in the tree
        to = path[: len(path) - 1 - av.static] if isinstance(av.static, int) else av.static
        return places.get(to, Same(to))
    if isinstance(av, Record) and av.static[0] == "items":
        content: AV = packed.imported(cx, av.static[1], [child.leaves[0] for child in av.children], new)
    elif not av.children:
        content = av
    else:
        inside = zip(steps(av), av.children, strict=True)
        content = av.with_children(tuple(_imported(cx, c, (*path, step), places, new) for step, c in inside))
    if isinstance(av, Record) and av.static[0] == "pairs":
        from irad.infer import tables

        return tables.of_tree(cx, av.static[1], *content.children)
    if is_content(shape_top(content)):
        ref = allocate(cx, content)
        if isinstance(av, Record) and av.static[2:] == (tuple,):
            ref = runtuples.made(cx, ref)
        places[path] = ref
        return ref
    return content
