"""The dtype of an array of numbers whose kinds are decided at run time.

    r = 1 if n > 2 else 2.5
    np.array([r, 3])                    int64 or float64
    np.array([i for i in range(n)])     int64; float64 if n is 0: there is none whose kind would count

Compiled code finds it as numpy does: kind by kind. There is a way for each dtype that comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from irad.infer.context import Context
from irad.infer.heap import content_of
from irad.infer.kinds import CLASSES, MACHINE, dtype_kind
from irad.infer.shapes import AV
from irad.infer.values import Arr, Choice, Growing, Known, Num, Ref, Seq, int_const, numeric
from irad.ir.core import Const, Value, const

NOTHING = ""  # the kind of no numbers
OF_NOTHING = "float64"  # and that of their array


class Part(NamedTuple):
    """One number, or the numbers of a list of run-time length: the kinds they may have, and what says which."""

    kinds: tuple[str, ...]
    tag: Value | None = None
    content: Growing | None = None


@cache
def promoted(a: str, b: str) -> str:
    """The kind of the elements of an array of numbers of two kinds."""
    samples = [CLASSES[k](1) for k in (a, b) if k != NOTHING]
    return (dtype_kind(np.array(samples).dtype) or "?") if samples else NOTHING


def _parts(cx: Context, av: AV) -> Iterator[Part | None]:
    """The numbers of a nested sequence; None where it holds something else."""
    content = content_of(cx, av) if isinstance(av, Ref) else av
    if numeric(av):
        n = cx.num(av)
        yield Part(n.kinds, n.tag)
    elif isinstance(content, Growing) and content.item.cls is Num:
        kinds = content.item.static
        yield Part(kinds, content.buffers[1] if len(kinds) > 1 else None, content)
    elif isinstance(content, Growing) and content.item.cls is Choice and all(c.cls is Arr for c in content.item.children):
        yield Part(tuple(str(c.static[0]) for c in content.item.children), content.buffers[0], content)
    elif isinstance(content, Seq):
        for item in content.items:
            yield from _parts(cx, item)
    elif isinstance(content, Known) and isinstance(content.obj, (tuple, list)):
        for obj in content.obj:
            yield from _parts(cx, Known(obj))
    else:
        yield None


def _outcomes(part: Part) -> set[str]:
    """The kinds of an array of these numbers alone."""
    each = {promoted(k, NOTHING) for k in part.kinds}
    if part.content is None:
        return each
    length = part.content.length
    together = _closure(each)
    return together if isinstance(length, Const) and length.value else {NOTHING, *together}


def _closure(kinds: set[str]) -> set[str]:
    """With what comes of them together."""
    now = set(kinds)
    while (more := now | {promoted(a, b) for a, b in product(now, now)}) != now:
        now = more
    return now


class Ways:
    """The kinds that the array of a nested sequence may have, and which one it is."""

    def __init__(self, cx: Context, parts: list[Part]) -> None:
        self.cx = cx
        found = {NOTHING}
        for part in parts:
            found = {promoted(a, b) for a, b in product(found, _outcomes(part))}
        self.parts = parts
        self.results = {k or OF_NOTHING for k in found}
        together = {NOTHING}.union(*map(_outcomes, parts)) if parts else {NOTHING}
        self.states = sorted(_closure(together))

    def _number(self, kind: str) -> Value:
        return int_const(self.states.index(kind))

    def _joined(self, a: Value, b: Value) -> Value:
        """The number of the kind that numbers of two kinds have together."""
        if isinstance(a, Const) and isinstance(b, Const):
            return self._number(promoted(self.states[a.value], self.states[b.value]))
        return self._select(a, [self._select(b, [self._number(promoted(p, q)) for q in self.states]) for p in self.states])

    def _select(self, number: Value, options: list[Value]) -> Value:
        """The option of this number."""
        if isinstance(number, Const):
            return options[int(number.value)]
        found = options[-1]
        for i, option in enumerate(options[:-1]):
            if option is not found and not (isinstance(option, Const) and isinstance(found, Const) and option == found):
                found = self.cx.op("select", self.cx.op("eq", number, int_const(i)), option, found)
        return found

    def _of_tag(self, part: Part, tag: Value) -> Value:
        found = self._number(promoted(part.kinds[-1], NOTHING))
        for i, kind in enumerate(part.kinds[:-1]):
            one = self._number(promoted(kind, NOTHING))
            found = self.cx.op("select", self.cx.op("eq", tag, Const(tag.type, i)), one, found)
        return found

    def _of_part(self, part: Part) -> Value:
        cx = self.cx
        if part.content is None:
            return self._of_tag(part, part.tag) if part.tag is not None else self._number(promoted(part.kinds[0], NOTHING))
        length = part.content.length
        if part.tag is None:
            empty = cx.op("eq", length, int_const(0))
            return cx.op("select", empty, self._number(NOTHING), self._number(promoted(part.kinds[0], NOTHING)))
        tags = part.tag
        (found,) = cx.fold_loop(
            length, [self._number(NOTHING)], lambda i, now: [self._joined(now[0], self._of_tag(part, cx.op("load", tags, i)))],
        )
        return found

    def number(self) -> Value:
        """The number of the kind, among `states`."""
        found: Value = self._number(NOTHING)
        for part in self.parts:
            found = self._joined(found, self._of_part(part))
        return found

    def each(self, case: Callable[[str], AV]) -> AV:
        """`case` of the kind that it is."""
        cx = self.cx
        number = self.number()
        cases: list[tuple[Value | None, Callable[[], AV]]] = []
        kinds = sorted(self.results)
        for kind in kinds:
            which: Value = const(False)
            for state in (s for s in self.states if (s or OF_NOTHING) == kind):
                which = cx.either(which, cx.op("eq", number, self._number(state)))
            cases.append((None if kind == kinds[-1] else which, cx.guarded(case, kind)))
        return cx.alternatives(cases, "dtype")


def ways(cx: Context, av: AV) -> Ways | None:
    """The kinds that np.array(av) may have, if there are several."""
    parts = list(_parts(cx, av))
    known = [p for p in parts if p is not None]
    if len(known) < len(parts) or not any(p.tag is not None or p.content is not None for p in known):
        return None
    found = Ways(cx, known)
    return found if len(found.results) > 1 and "?" not in found.states else None


# where functions take lists for indices and counts: ints, also where there is none
INDICES: dict[int, tuple[int, ...]] = {id(f): (1,) for f in (np.take, np.put, np.delete, np.insert, np.repeat, np.tile, np.roll)}
INDICES |= {id(np.dot): (0, 1), id(np.bincount): (0,), id(np.split): (1,), id(np.array_split): (1,), id(np.unravel_index): (0,)}
METHODS = {"take": (0,), "put": (0,), "repeat": (0,), "dot": (0,)}  # and methods
MAKERS = tuple(map(id, (np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.fromiter)))  # dtype comes second


def each_dtype(
    cx: Context, obj: object, args: list[AV], kwargs: dict[str, AV], call: Callable[[list[AV], dict[str, AV]], AV],
) -> AV | None:
    """A call of numpy where the dtype of a list or tuple is decided at run time: of each in turn. None: there is none such.

    obj: the function, or the name of the method or operator.
    """
    if "dtype" in kwargs or (len(args) > 1 and id(obj) in MAKERS):
        return None
    places = METHODS.get(obj, ()) if isinstance(obj, str) else INDICES.get(id(obj), ())
    if any(_is_long(cx, a) for at, a in enumerate(args) if at in places):
        from irad.infer.nested import flat

        return call([flat(cx, a) if at in places and _is_long(cx, a) else a for at, a in enumerate(args)], kwargs)
    if cx.jitted:  # a variable has one type there, a list one type of items
        return None
    for av in (*args, *kwargs.values()):
        part = _undecided(cx, av)
        several = ways(cx, part) if part is not None else None
        if several is not None:

            def case(kind: str, av: AV = av, part: AV | None = part) -> AV:
                now = _settled(cx, av, part, kind)  # type: ignore[arg-type]
                return call([now if a is av else a for a in args], {k: now if a is av else a for k, a in kwargs.items()})

            return several.each(case)
    return None


def _is_long(cx: Context, av: AV) -> bool:
    """Whether this is a list of run-time length."""
    return isinstance(av, Ref) and isinstance(content_of(cx, av), Growing)


def _undecided(cx: Context, av: AV) -> AV | None:
    """What is to be decided in an argument: a list of run-time length, which is an array by itself, or the numbers of all."""
    content = content_of(cx, av) if isinstance(av, Ref) else av
    if isinstance(content, Growing):
        return av if ways(cx, av) is not None else None
    if not isinstance(content, Seq):
        return None
    inner = next(filter(None, (_undecided(cx, item) for item in content.items if not isinstance(item, Num))), None)
    return inner or (av if ways(cx, av) is not None else None)


def _settled(cx: Context, av: AV, part: AV, kind: str) -> AV:
    """An argument in which the numbers of `part` are of this kind."""
    if av is part:
        return _of_kind(cx, av, kind)
    content = content_of(cx, av) if isinstance(av, Ref) else av
    return Seq(content.cls, tuple(_settled(cx, item, part, kind) for item in content.items)) if isinstance(content, Seq) else av


def _of_kind(cx: Context, av: AV, kind: str) -> AV:
    if isinstance(av, Num) and av.tag is not None:
        fit = [k for k in av.kinds if promoted(k, kind) == kind]
        one = next((k for k in fit if all(promoted(k, other) == promoted(k, NOTHING) for other in fit)), kind)
        return Num(one, cx.cast(av.value, MACHINE[one]))
    content = content_of(cx, av) if isinstance(av, Ref) else av
    if isinstance(content, Growing):
        from irad.infer.nested import make_array

        return make_array(cx, av, kind)
    return Seq(content.cls, tuple(_of_kind(cx, item, kind) for item in content.items)) if isinstance(content, Seq) else av
