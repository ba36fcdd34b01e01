"""Whether a store that comes after a load is to another element of the same array.

    for i in range(1, n):              round i reads x[i - 1]; what later rounds i' store to are elements x[i'], i' > i:
        x[i] = g(x[i - 1])             the reverse part finds in x[i - 1] what the forward part read

Two instants are compared: the load in some round of the loops around both, and the store in a later round of one of them
(or later in the same round). A value from outside of that loop is one number at both instants. A parameter that each round
of the loop increases by a constant was smaller at the load by that constant times the `rounds` between, which are at least
one. For all others stands a value of their own at the load, of which is known what held there. A difference of indices is
then a linear form, proved to be positive or negative: the atoms of the load are taken out of it by their bounds and by
conditions that held at the load, the rest is a question to `analysis.ranges` at the place of the store. This is the
dependence test of parallelising compilers (U. Banerjee, "Dependence Analysis for Supercomputing", 1988), with the symbolic
bounds of range analysis.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from irad.ad.primal import Primal
from irad.analysis.contexts import Place
from irad.analysis.linear import Linear, plus, scale, shift
from irad.analysis.loops import Loop
from irad.analysis.ranges import MAX_EXTENT, Ranges
from irad.ir.core import Block, Const, Instr, Value
from irad.ir.types import INT, Array

QUESTIONS = 400  # pairs of accesses looked at in one function
DEPTH = 6  # atoms of the load that are taken out of one difference
FACTS = 8  # conditions tried for one of them


class Access(NamedTuple):
    """A load or store, and where it is."""

    instr: Instr
    block: Block
    at: int


class Elements:
    """Answers for one function."""

    def __init__(self, primal: Primal) -> None:
        self.primal = primal
        self._ranges: Ranges | None = None
        self._left = QUESTIONS
        self._settled: set[Value] = set()

    @property
    def ranges(self) -> Ranges:
        if self._ranges is None:
            counters = {loop.counter for loop in self.primal.loops if loop.counter is not None}
            self._ranges = Ranges(self.primal.func, self.primal.doms, counters)
        return self._ranges

    def apart(self, load: Access, store: Access, inner: Loop | None, anew: Loop | None, follows: bool) -> bool:
        """Whether no execution of `store` after one of `load` is to the element that this one read.

        `inner`: the innermost loop around both; `anew`: the loop each round of which makes the array; `follows`: the store
        may come later in the same round of `inner`.
        """
        self._settle(load.instr)
        self._settle(store.instr)
        base, _ = self._element(load)
        if self._element(store)[0] is not base or not self._is_plain(base):
            return False
        self._left -= 1
        if self._left < 0:
            return False
        loops = inner.nest() if inner is not None else []
        home = self.primal.loop(base)
        if home is not None and home not in loops:
            return False
        new = anew.nest() if anew is not None else []
        for loop in loops:
            if loop not in new:
                if home is not None and loop in home.nest():
                    return False  # the array is another value in the next round, and perhaps the same memory
                if not self._differ(load, store, loop, loop.parent):
                    return False
        return not follows or self._differ(load, store, None, inner)

    def _settle(self, instr: Instr) -> None:
        """Find out whether indices may be negative, counted from the end: `select` of a comparison."""
        for index in instr.args[1 + (instr.op == "store"):]:
            maker = self.primal.maker.get(index)
            if maker is not None and maker.op == "select" and maker.args[0] not in self._settled:
                self._settled.add(maker.args[0])
                if maker.args[0] in self.ranges.defs:
                    self.ranges.settle(maker.args[0])

    def _element(self, access: Access) -> tuple[Value, list[Linear]]:
        """The array that a load or store is to, behind its views, and the indices there as linear forms."""
        instr, block, at = access
        array, *indices = instr.args[instr.op == "store":]
        context = self.ranges.context(Place(block, at))
        forms = [self.ranges.linear(i, context) for i in indices]
        maker = self.primal.maker.get(array)
        while maker is not None and maker.op == "view":
            inner = iter(forms)
            forms = []
            array, *numbers = maker.args
            for axis in range(len(numbers) // 3):
                start, _, step = numbers[3 * axis:3 * axis + 3]
                form = self.ranges.linear(start, context)
                if axis not in maker.attrs["drop"]:
                    if not isinstance(step, Const) or type(step.value) is not int:
                        return instr.args[instr.op == "store"], []
                    form = plus(form, next(inner), step.value)
                forms.append(form)
            maker = self.primal.maker.get(array)
        return array, forms

    def _is_plain(self, array: Value) -> bool:
        """Whether other indices are other memory: an array from outside may overlap itself by its strides."""
        maker = self.primal.maker.get(array)
        return (maker is not None and maker.op == "alloc") or (isinstance(array.type, Array) and array.type.layout == "C")

    def common(self, a: Block, b: Block) -> Loop | None:
        """The innermost loop around two blocks."""
        loop = self.primal.loops.of.get(a)
        while loop is not None and b not in loop.blocks:
            loop = loop.parent
        return loop

    def _differ(self, load: Access, store: Access, loop: Loop | None, shared: Loop | None) -> bool:
        """Whether the indices differ along an axis, with the store in a later round of `loop` (None: in the same round), and
        both in the same round of `shared` and the loops around it."""
        return self.ranges.verified(lambda: _Instants(self, load, store, loop, shared).differ())

    def forms(self, access: Access) -> list[Linear]:
        """The indices of an access; found anew for each question, as what `ranges` assumes may turn out to be wrong."""
        return self._element(access)[1]


class _Instants:
    """One pair of instants."""

    def __init__(self, elements: Elements, load: Access, store: Access, loop: Loop | None, shared: Loop | None) -> None:
        self.primal, self.ranges = elements.primal, elements.ranges
        self.loop = loop
        self.shared = shared.nest() if shared is not None else []
        self.then = self.ranges.context(Place(load.block, load.at))
        self.now = self.ranges.context(Place(store.block, store.at))
        self.forms = elements.forms(load), elements.forms(store)
        self.rounds = Value(INT, "rounds")
        self.old: dict[Value, Value] = {}  # stand for what values were at the load
        self.of: dict[Value, Value] = {}  # the reverse

    def differ(self) -> bool:
        for read, written in zip(*self.forms, strict=True):
            apart = plus(self._at_load(read), written, -1)
            if self._not_positive(shift(apart, 1), 0) or self._not_positive(shift(scale(apart, -1), 1), 0):
                return True
        return False

    def _at_load(self, form: Linear) -> Linear:
        """A linear form of the load, said of what is known at the store."""
        total: Linear = form[0], {}
        for atom, factor in form[1].items():
            total = plus(total, self._atom_at_load(atom), factor)
        return total

    def _atom_at_load(self, atom: Value) -> Linear:
        level = self.primal.loop(atom)
        if level is None or level in self.shared:
            return 0, {atom: 1}
        step = self._step(atom)
        if step is not None:
            return plus((0, {atom: 1}), (0, {self.rounds: 1}), -step)
        if atom not in self.old:
            self.old[atom] = old = Value(atom.type, atom.name)
            self.of[old] = atom
        return 0, {self.old[atom]: 1}

    def _step(self, atom: Value) -> int | None:
        """By how much each round of the loop increases one of its parameters, if that is a constant."""
        loop = self.loop
        if loop is None or atom not in loop.header.params or len(loop.latches) != 1:
            return None
        block, edge = loop.latches[0]
        const, terms = self.ranges.linear(edge.args[loop.header.params.index(atom)], self.ranges.ends[block])
        return const if terms == {atom: 1} else None

    def _not_positive(self, goal: Linear, depth: int) -> bool:
        """Whether a form of atoms of both instants is not positive."""
        const, terms = goal
        atom = next((a for a in terms if a is self.rounds or a in self.of), None)
        if atom is None:
            return self.ranges.question(goal, self.now)
        if depth > DEPTH:
            return False
        factor = terms[atom]
        if atom is self.rounds:
            rest = {a: f for a, f in terms.items() if a is not atom}
            if factor < 0:
                return self._not_positive((const + factor, rest), depth + 1)
            counter = self.loop.counter if self.loop is not None else None
            return counter is not None and self._not_positive(plus((const, rest), (0, {counter: 1}), factor), depth + 1)
        return any(self._not_positive(following, depth + 1) for following in self._without(goal, atom))

    def _without(self, goal: Linear, atom: Value) -> list[Linear]:
        """Forms without an atom of the load that are at least the goal."""
        const, terms = goal
        factor, original = terms[atom], self.of[atom]
        found: list[Linear] = []
        self.ranges.known(self.then)
        for fact in self.then.about.get(original, ())[:FACTS]:
            before = self._at_load(fact)
            other = before[1].get(atom, 0)
            if factor * other > 0:
                common = math.gcd(factor, other)
                found.append(plus(scale(goal, abs(other) // common), before, -(abs(factor) // common)))
        low, high = self.ranges.atom_bounds(original, self.then)
        rest = {a: f for a, f in terms.items() if a is not atom}
        bound = high if factor > 0 else low
        if abs(bound) <= MAX_EXTENT:
            found.append((const + factor * bound, rest))
        return found


