"""Trees: what goes out of compiled code and into it, and into derivatives, is contents in the place of references.

    xs = [a, [b]]     Ref((list, 1))                    with a heap
                      Seq(list, (a, Seq(list, (b,))))   the tree
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from irad.infer import packed, rows, runtuples
from irad.infer.heap import Path, allocate, content_of, holds_boxes, is_view, references, shape_top, steps
from irad.infer.joins import is_content
from irad.infer.numbered import numbered, perhaps_given
from irad.infer.shapes import AV, Shape, rebuild, shape_of
from irad.infer.unordered import members
from irad.infer.values import (
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


def _of_variables(cx: Context, ref: Reference, above: Path) -> bool:
    """Whether a variable leads to other variables only, and not to itself."""
    inside = (*above, ref.name)
    found = (r for r, _ in references(cx.heap[ref.name]))
    return all(isinstance(r, Cell) and r.name not in inside and _of_variables(cx, r, inside) for r in found)


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
    places: Mapping[Name, Path] | None = None, homes: Mapping[Name, Path] | None = None, path: Path | None = None,
    again: bool = False,
) -> AV:
    """A value as a tree that needs no heap.

    An object that is an argument has its place there instead (`places`), one that is at several places of the result but one
    (its home) as well. Without `homes`, as for derivatives, an object may be in a tree once only; so may one that is at each
    of its places only if some way was taken (path: None). `again`: of what has no derivative, an object that was met on all
    ways is `Same`.
    """
    return _Export(cx, what, {} if seen is None else seen, places or {}, homes, again).tree(av, path, ())


@dataclass(frozen=True)
class _Export:
    """One way out, see `exported`. A method of an object that it is in says how many steps back on the `way` that is."""

    cx: Context
    what: str
    seen: dict[Any, Path]
    places: Mapping[Name, Path]
    homes: Mapping[Name, Path] | None
    again: bool

    def tree(self, av: AV, path: Path | None, way: Path) -> AV:
        if isinstance(av, Reference):
            there = self._place(av, path)
            return self._content(av, path, way) if there is None else there
        if isinstance(av, Growing):
            found = items_tree(self.cx, packed.opened(av) if self.what == A_DERIVATIVE else av)
            return found if self.homes is None else numbered(self.cx, found, av, path, self.places, self.homes)
        if isinstance(av, Table):
            from irad.infer import tables

            return tables.tree(self.cx, av, self.what)
        if isinstance(av, (Known, Bound, Seq)):
            made = self.cx.unit.classes.owns(av.cls if isinstance(av, Seq) else av.static.obj)
            if made is not None:
                _of_own_class(self.cx, made.cls, self.what)
        if not av.children:
            return av
        if isinstance(av, Bound) and self.homes is None and isinstance(av.owner, Reference) and av.owner.name in self.seen:
            above = self.seen[av.owner.name]
            if way[: len(above)] == above:
                return Bound(av.function, Same(len(way) - len(above)))
        if is_view(av):
            self.cx.unsupported(f"dict_{av.static[1]} in {self.what}", kind="dict", hint="make a list or a dict of it")
        found_in = []
        for k, (step, child) in enumerate(zip(steps(av), av.children, strict=True)):
            export = partial(self.tree, child, None if path is None or step is None else (*path, step), (*way, step))
            if isinstance(av, Choice) and _leads_to_memory(self.cx, child, set()):
                found_in.append(_if_taken(self.cx, av, k, export))
            else:
                found_in.append(export())
        return av.with_children(tuple(found_in))

    def _place(self, ref: Reference, path: Path | None) -> AV | None:
        """What stands for an object that is elsewhere."""
        if ref.name in self.places:
            return Known(Place(self.places[ref.name]))
        home = self.homes.get(ref.name) if self.homes else None
        if home is not None and home != path:
            return Known(Place(home, inside=True))
        if ref.name in self.seen:
            if self.again and None not in self.seen[ref.name]:
                return Same(self.seen[ref.name])
            if self.again and isinstance(ref, Cell) and _of_variables(self.cx, ref, ()):
                return None  # what one of several functions captured: once more, and nothing is assigned to it then
            _shared(self.cx, ref, self.what)
        return None

    def _content(self, ref: Reference, path: Path | None, way: Path) -> AV:
        cx = self.cx
        self.seen.setdefault(ref.name, way)
        cls = ref.name[0]
        if cx.unit.classes.owns(cls):
            _of_own_class(cx, cls, self.what)
        if runtuples.is_tuple(ref):
            assert isinstance(ref, Ref)
            return runtuples.tree(self.tree(in_form(cx.heap[runtuples.list_of(cx, ref).name], THAWED), path, way))
        held = cx.heap[ref.name]
        if cls is set and isinstance(held, Table):
            cx.unsupported(f"a set with members that are known at run time only, that goes into or out of {self.what}",
                           kind="set", hint="make a list of it: sorted(the set)")
        content = in_form(content_of(cx, ref), THAWED)
        if isinstance(held, Held):
            _only_one(cx, ref, self.seen, self.what)
        inside = self.tree(content, path, (*way, 0) if isinstance(ref, Cell) else way)
        if cls is set:
            return _new_sets(inside)
        if self.homes is not None and self.places and isinstance(held, (Fixed, Held)):
            return perhaps_given(cx, inside, held, self.places)
        return FrozenCell(inside) if isinstance(ref, Cell) else inside


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
    places, cells = {}, dict.fromkeys(_met_again(av))
    (found,) = settled(cx, [_imported(cx, av, path, places, new, cells)], {**places, **{p: c for p, c in cells.items() if c}})
    return found


def _met_again(av: AV) -> Iterator[Path]:
    """The ways to what is at several places of a tree."""
    if isinstance(av, Same) and not isinstance(av.static, int):
        yield av.static
    for child in av.children:
        yield from _met_again(child)


def settled(cx: Context, given: Sequence[AV], places: Mapping[Path, Reference]) -> list[AV]:
    """Values that were imported, with the objects that their methods are bound to: a method can come before its object is. So
    can a local function that calls itself: its variable holds it."""
    for ref in places.values():
        if _has_same(cx.heap[ref.name]):
            cx.heap[ref.name] = _with_owners(cx.heap[ref.name], places)
    return [_with_owners(av, places) if _has_same(av) else av for av in given]


def _has_same(av: AV) -> bool:
    return isinstance(av, Same) or any(map(_has_same, av.children))


def _with_owners(av: AV, places: Mapping[Path, Reference]) -> AV:
    if isinstance(av, Same):
        return places[av.static]
    return av.with_children(tuple(_with_owners(child, places) for child in av.children)) if av.children else av


def _imported(
    cx: Context, av: AV, path: Path, places: dict[Path, Ref], new: bool, cells: dict[Path, Cell | None] | None = None,
) -> AV:
    """`cells`: by way to what is met again, the variable of several local functions that this is."""
    if isinstance(av, Same):  # met before, or above in the tree
        to = path[: len(path) - 1 - av.static] if isinstance(av.static, int) else av.static
        return places.get(to, Same(to))
    if isinstance(av, Record) and av.static[0] == "items":
        content: AV = packed.imported(cx, av.static[1], [child.leaves[0] for child in av.children], new)
    elif not av.children:
        content = av
    else:
        inside = zip(steps(av), av.children, strict=True)
        content = av.with_children(tuple(_imported(cx, c, (*path, step), places, new, cells) for step, c in inside))
    if isinstance(av, Record) and av.static[0] == "pairs":
        from irad.infer import tables

        return tables.of_tree(cx, av.static[1], *content.children)
    if isinstance(av, FrozenCell) and cells and path in cells:
        cells[path] = cell = Cell((Cell, next(cx.unit.numbers)))
        cx.heap[cell.name] = content.children[0]
        return cell
    if is_content(shape_top(content)):
        ref = allocate(cx, content)
        if isinstance(av, Record) and av.static[2:] == (tuple,):
            ref = runtuples.made(cx, ref)
        places[path] = ref
        return ref
    return content
