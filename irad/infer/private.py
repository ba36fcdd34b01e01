"""The arguments of a derivative call: private copies of the arrays that the function may write, one for what is one array.

A derivative call changes nothing of its caller's. Arguments that are one array, which the function writes, stay one array
with one shadow or one tangent, so that the derivative is the total one at each of its places. Where a place without a
derivative is one array with another, what is stored through the one would be lost to the other; then the call goes to code
in which all such places have derivatives ("vjp:f:10" becomes "vjp:f:11"):

  - inside of compiled code, both are there, behind a branch;
  - a derivative that is asked for from outside leaves with `TooSpecial` before anything happened, is compiled anew with that
    branch and called again (`api.compiled`), so that nobody pays for code that is not used. Nor for the comparisons of many
    arrays with each other, where the function writes none of them.

Arrays that overlap in other ways are refused if one of them is written, those that the function captured included.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from irad.errors import TooSpecial
from irad.infer import arrays
from irad.infer.context import Context
from irad.infer.shapes import AV
from irad.infer.values import Arr
from irad.ir.core import Const, Value, const
from irad.ir.types import Array, is_float
from irad.ops.rooms import overlaps_itself, room_like

FEW = 12  # arrays that are compared with each other at once


def choose_array(cx: Context, cond: Value, then: Value, orelse: Value) -> Value:
    """One of two arrays of one type."""
    if isinstance(cond, Const):
        return then if cond.value else orelse
    return cx.either_way(cond, lambda: [then], lambda: [orelse])[0]


def zeros_like(cx: Context, v: Value) -> Value:
    """A new array of zeros."""
    assert isinstance(v.type, Array)
    dims = [cx.op("dim", v, axis=k) for k in range(v.type.ndim)]
    return cx.op("alloc", *dims, elem=str(v.type.elem), zero=True)


def shadow_like(cx: Context, v: Value) -> Value:
    """A new array of zeros, as it has to be beside an array: what is a view of the one is one of the other."""
    assert isinstance(v.type, Array)
    if v.type.layout == "C":
        return zeros_like(cx, v)
    a = Arr(arrays.kind_of_array(v), v)
    dense = lambda: Arr(a.kind, cx.strided(zeros_like(cx, v), v.type))
    return cx.conditional(arrays.is_dense(cx, a), dense, lambda: Arr(a.kind, room_like(cx.op, v, zero=True))).leaves[0]


class Private:
    """The leaves to call function `name` with. `active`: which of them have derivatives (None: its values are asked for).

    `shared`: pairs of places (earlier, later) of one type, and whether they are one array that is written.
    """

    def __init__(self, cx: Context, name: str, leaves: list[Value], active: Sequence[bool] | None = None) -> None:
        self.cx = cx
        self.name = name
        self.active = active
        self.given = leaves
        self.shared: list[tuple[int, int, Value]] = []
        places = [i for i, v in enumerate(leaves) if isinstance(v.type, Array)]
        self._written = {i: cx.op("written", callee=name, param=i) for i in places}
        for i in places:
            cx.builder.do("apart", leaves[i], callee=name, param=i, place=self._named(i))
        self.leaves = [self._copy(i, v) if i in places else v for i, v in enumerate(leaves)]
        self._owned = dict(self._written)  # whether what was found for a place is a copy
        self.missing: Value = const(False)  # whether a place without a derivative is one array with another place
        self._anew = cx.loc is None and not cx.unit.total
        if self._anew and len(places) > FEW:
            for i in places:
                cx.guard(cx.negate(self._written[i]), TooSpecial.__name__, "an array is written")
            return
        together = len(places) > FEW and cx.catches("ValueError")  # few messages: a handler knows all of those that reach it
        for at, later in enumerate(places):
            clashes: Value = const(False)
            for earlier in places[:at]:
                clash = self._pair(earlier, later)
                if together:
                    clashes = cx.either(clashes, clash)
                else:
                    self._refuse(clash, f"the arrays {self._named(earlier)} and {self._named(later)} overlap")
            self._refuse(clashes, f"the array {self._named(later)} overlaps an earlier one")

    def total(self, call: Callable[[Sequence[bool]], list[Value]]) -> list[Value]:
        """What `call` yields for those leaves that need derivatives."""
        assert self.active is not None
        if isinstance(self.missing, Const):
            return call(self.active)
        partners = {place for earlier, later, _ in self.shared for place in (earlier, later) if self._is_float(place)}
        every = [a or i in partners for i, a in enumerate(self.active)]
        return self.cx.either_way(self.missing, lambda: call(every), lambda: call(self.active))  # type: ignore[arg-type]

    def tangents(self, values: dict[int, Value], active: Sequence[bool]) -> list[Value]:
        """The tangents for the places in `active`, zero if none is in `values`.

        A function that writes its parameter writes the tangent as well; one array has one tangent, the sum of all.
        """
        cx = self.cx
        found = {i: self._tangent(i, values.get(i)) for i, a in enumerate(active) if a}
        met: dict[int, Value] = {}  # whether a place is one with an earlier one
        firsts = []
        for earlier, later, one in self.shared:
            if earlier not in found or later not in found:
                continue
            first = cx.both(one, cx.negate(met[earlier])) if earlier in met else one
            met[later] = cx.either(met[later], one) if later in met else one
            firsts.append((earlier, later, first))
            found[earlier] = self._sum(first, found[earlier], found[later])
        for earlier, later, first in firsts:
            found[later] = choose_array(cx, first, found[earlier], found[later])
        return list(found.values())

    def _tangent(self, place: int, value: Value | None) -> Value:
        like = self.given[place]
        if value is None:
            return shadow_like(self.cx, like)
        return self._beside(place, value) if isinstance(value.type, Array) else value

    def _beside(self, place: int, value: Value) -> Value:
        """A tangent in memory like that of the array: itself, if both are dense and nothing is written to it."""
        cx, like = self.cx, self.given[place]
        assert isinstance(like.type, Array)
        if like.type.layout == "C":
            return self._copy(place, value)
        a, t = Arr(arrays.kind_of_array(like), like), Arr(arrays.kind_of_array(value), value)
        dense = cx.op("and", arrays.is_dense(cx, a), arrays.is_dense(cx, t))
        plain = cx.op("and", dense, cx.op("not", self._written[place]))

        def copied() -> AV:
            made = Arr(t.kind, shadow_like(cx, like))
            sizes = [cx.op("dim", value, axis=k) for k in range(t.ndim)]
            arrays.loop_nest(cx, sizes, lambda at: cx.op_store(cx.op("load", value, *at), made.value, at))
            return made

        return cx.conditional(plain, lambda: Arr(t.kind, cx.strided(value, like.type)), copied).leaves[0]

    def _refuse(self, clash: Value, what: str) -> None:
        self.cx.guard(self.cx.negate(clash), "ValueError", f"{what} and the function writes them: pass copies")

    def _pair(self, earlier: int, later: int) -> Value:
        """Whether the two overlap, and are not one, where something writes them."""
        cx = self.cx
        a, b = self.given[earlier], self.given[later]
        written = cx.op("written", callee=self.name, param=earlier, other=later)
        one = cx.op("and", written, cx.op("same", a, b, private=True)) if a.type == b.type else const(False)
        clash = cx.both(cx.op("and", written, cx.op("overlap", a, b)), cx.negate(one))
        missing = self.active is not None and self._is_float(earlier) and not (self.active[earlier] and self.active[later])
        if a.type == b.type and missing and self._anew:
            cx.guard(cx.negate(one), TooSpecial.__name__, "one array is passed at several places")
        elif a.type == b.type:
            self.missing = cx.either(self.missing, one) if missing else self.missing
            copy = choose_array(cx, self._owned[earlier], self.leaves[earlier], self.leaves[later])
            for place in (earlier, later):
                self.leaves[place] = choose_array(cx, one, copy, self.leaves[place])
                self._owned[place] = cx.op("or", self._owned[place], one)
            self.shared.append((earlier, later, one))
        return clash

    def _named(self, place: int) -> str:
        own = self.cx.unit.module.functions[self.name].params[place].name
        # a text that a handler gets is the same whenever the code is looked at, which names of values are not
        name = own if self.cx.catches("ValueError") else self.given[place].name or own
        return f"`{name}`" if name else f"number {place}"

    def _is_float(self, place: int) -> bool:
        t = self.given[place].type
        return isinstance(t, Array) and is_float(t.elem)

    def _sum(self, cond: Value, x: Value, y: Value) -> Value:
        """x + y if the condition holds, else x."""
        a, b = (Arr(arrays.kind_of_array(v), v) for v in (x, y))

        def added() -> AV:
            total = arrays.binary(self.cx, "+", a, b)
            if not a.ndim:  # a number then, as in numpy
                total, number = arrays.alloc(self.cx, [], a.kind), total
                self.cx.op_store(number.leaves[0], total.leaves[0], [])
            return Arr(a.kind, self.cx.strided(total.leaves[0], a.type))

        return self.cx.conditional(cond, added, lambda: a).leaves[0]

    def _copy(self, place: int, v: Value) -> Value:
        original = Arr(arrays.kind_of_array(v), v)
        return self.cx.conditional(self._written[place], lambda: self._strided(original), lambda: original).leaves[0]

    def _strided(self, original: Arr) -> Arr:
        """A copy with the strides of the original: what the function reshapes is a view where it is one of the original."""
        cx, kind = self.cx, original.kind
        if original.type.layout == "C":
            return arrays.copy(cx, original)

        def dense() -> AV:
            return Arr(kind, cx.strided(arrays.copy(cx, original).value, original.type))

        def strided() -> AV:
            words = "an array that overlaps itself is an argument, and the function writes it: pass a copy"
            cx.guard(cx.negate(overlaps_itself(cx.op, original.value)), "ValueError", words)
            made = Arr(kind, room_like(cx.op, original.value))
            sizes = [cx.op("dim", original.value, axis=k) for k in range(original.ndim)]
            arrays.loop_nest(cx, sizes, lambda at: cx.op_store(cx.op("load", original.value, *at), made.value, at))
            return made

        found = cx.conditional(arrays.is_dense(cx, original), dense, strided)
        assert isinstance(found, Arr)
        return found
