"""The least and the greatest that ints of a loop nest can be, as code for the end of its preheader.

Inside a nest an int is a linear form over counters of its loops and values from outside. A counter is at least 0 and,
in the body of its loop, at most trip - 1: put in for each counter, the innermost first (its trip may speak of the outer
ones), that leaves values from outside, which the preheader can calculate with. So a condition on such ints is turned
into one whose truth before the nest implies its own whenever it is reached: sufficient, not necessary.

Nothing is taken for granted about sums: each add, sub, mul and neg on the way must be shown not to wrap, by its extremes
(asked of the preheader, where intervals do not answer), and so must what the preheader itself computes. Whatever is not
understood is Unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from irad.analysis.contexts import Interval
from irad.analysis.linear import Linear, plus, scale, shift
from irad.analysis.loops import Loop
from irad.analysis.ranges import COMPARISONS, FITS, MAX_EXTENT, full_range
from irad.ir.core import Block, Const, Instr, Loc, Value, const
from irad.ir.types import INT
from irad.ops import result_types
from irad.passes.fold import FALSE, TRUE, evaluate, literal

DEPTH = 40  # of instructions behind an int that are looked at
NESTED = 3  # deeper in, facts are not asked
SIZE = 400  # instructions that one nest may put before itself
INT_MIN, INT_MAX = full_range(INT)
Bounds = tuple[Linear, Linear]
Needs = dict[Value, None]  # conditions, in the order in which they are calculated
Fact = tuple[Value, Value, int]  # x, y, step: x + step <= y


class Unknown(Exception):
    """Nothing can be said of a value before the nest."""


class Extremes:
    """Of the loops nested in `loop`; conditions become values whose code is collected in `code`.

    `interval` gives bounds of a value from outside as it is in the preheader; `local`, if it is given, bounds of a value
    of the nest that hold whenever it is computed; `facts` what branches of the nest say where a block is entered.
    """

    def __init__(
        self, loop: Loop, defs: Mapping[Value, tuple[Instr, Block]], interval: Callable[[Value], Interval],
        local: Callable[[Value], Interval] | None = None, facts: Callable[[Block], Iterable[Fact]] = lambda block: (),
    ) -> None:
        self.defs = defs
        self.outer = interval
        self.local = local
        self.facts = facts
        self.code: list[Instr] = []
        self.assumed: dict[Value, bool] = {}  # conditions that the answers given take to be so
        self.inside = {v for b in loop.blocks for v in (*b.params, *(r for i in b.instrs for r in i.results))}
        self.counters: dict[Value, Loop] = {}
        work = [loop]
        while work:
            inner = work.pop()
            work += inner.children
            if inner.counter is not None and inner.trip is not None:
                self.counters[inner.counter] = inner
        self._known: dict[object, Value] = {}
        self._own: dict[Value, Interval] = {}  # bounds of what the code calculates
        self._begin(loop.header, None)

    def _begin(self, block: Block, loc: Loc | None) -> None:
        self.block, self.loc = block, loc
        self._needs: Needs = {}
        self._assuming: dict[Value, bool] = {}
        self._forms: dict[Value, Linear] = {}
        self._making: set[Value] = set()
        self._bounded: dict[Value, Bounds] = {}
        self.turns = False  # whether what was asked for speaks of an index that counts from the end now and then

    # Questions

    def always(self, cond: Value, block: Block, loc: Loc | None = None) -> Needs | None:
        """Conditions for the preheader that together imply `cond` each time it is computed for a use in `block`."""
        return self._answer(lambda: self._truth(cond, True), block, loc)

    def in_bounds(self, indices: Iterable[Value], extents: Iterable[Value], block: Block, loc: Loc | None) -> Needs | None:
        """The same for: each index is at least 0 and less than its extent (a value from outside)."""

        def inside() -> Value:
            for index, extent in zip(indices, extents, strict=True):
                form = self._form(index)
                self._need(self._positive(form))
                self._need(self._positive(plus(shift(self._form(extent), -1), form, -1)))
            return TRUE

        return self._answer(inside, block, loc)

    def _answer(self, ask: Callable[[], Value], block: Block, loc: Loc | None) -> Needs | None:
        self._begin(block, loc)
        try:
            self._need(ask())
        except Unknown:
            return None
        if any(literal(need) is False for need in self._needs) or len(self.code) > SIZE:
            return None
        self.assumed.update(self._assuming)
        return self._needs

    def _need(self, cond: Value) -> None:
        if cond is not TRUE:
            self._needs[cond] = None

    # Conditions

    def _truth(self, cond: Value, want: bool) -> Value:
        if isinstance(cond, Const):
            return TRUE if literal(cond) is want else FALSE
        if cond not in self.inside:
            return cond if want else self.op("not", cond)
        made = self.defs.get(cond)
        if made is None:
            raise Unknown
        op, args = made[0].op, made[0].args
        if op == "not":
            return self._truth(args[0], not want)
        if op in ("and", "or"):
            return self._all(args, want) if (op == "and") is want else self._some(args, want)
        if op in FITS and want and args[0].type == INT:
            self._exact(made[0], op[:3])
            return TRUE
        if op in COMPARISONS and args[0].type == INT:
            return self._compared(op if want else COMPARISONS[op], self._form(args[0]), self._form(args[1]))
        raise Unknown

    def _all(self, conds: Iterable[Value], want: bool) -> Value:
        found: Value = TRUE
        for cond in conds:
            found = self.both(found, self._truth(cond, want))
        return found

    def _some(self, conds: Iterable[Value], want: bool) -> Value:
        """One that always holds will do."""
        found: Value = FALSE
        for cond in conds:
            needs, assuming = dict(self._needs), dict(self._assuming)
            try:
                found = self.op("or", found, self._truth(cond, want))
            except Unknown:
                self._needs, self._assuming = needs, assuming
                self._forms.clear()  # what they rest on is forgotten
                self._bounded.clear()
        return found

    def _compared(self, op: str, x: Linear, y: Linear) -> Value:
        less, more = plus(y, x, -1), plus(x, y, -1)  # y - x, x - y
        match op:
            case "lt":
                return self._positive(shift(less, -1))
            case "le":
                return self._positive(less)
            case "gt":
                return self._positive(shift(more, -1))
            case "ge":
                return self._positive(more)
            case "eq":
                return self.both(self._positive(less), self._positive(more))
        return self.op("or", self._positive(shift(less, -1)), self._positive(shift(more, -1)))

    def _positive(self, form: Linear) -> Value:
        """A condition that implies form >= 0 in `block`, throughout the nest.

        A fact is not positive: where k times one takes a counter out of the form, that is less than the form.
        """
        found = self._at_least(form)
        if literal(found) is True or len(self._making) > NESTED:
            return found
        for x, y, step in self.facts(self.block):
            try:
                fact = plus(shift(self._form(x), step), self._form(y), -1)
            except Unknown:
                continue
            for atom, factor in form[1].items():
                other = fact[1].get(atom, 0)
                if atom in self.inside and factor * other < 0 and factor % other == 0:
                    found = self.op("or", found, self._at_least(plus(form, fact, -factor // other)))
        return found

    def _at_least(self, form: Linear) -> Value:
        """A condition that the least that a form can be is not negative."""
        lowest, terms = self._extreme(form, -1)
        low, high = self._interval((lowest, terms))
        if low >= 0 or high < 0:
            return TRUE if low >= 0 else FALSE
        if any(factor > 0 and self._may_be_empty(atom) for atom, factor in form[1].items()):
            return FALSE
        ours = {atom: -f for atom, f in terms.items() if f < 0}
        theirs = {atom: f for atom, f in terms.items() if f > 0}
        left, right = (max(-lowest, 0), ours), (max(lowest, 0), theirs)
        return self.op("le", self._value(left), self._value(right))

    def _may_be_empty(self, atom: Value) -> bool:
        """An extent of the nest of which only this is known: what needs its least, 0, holds where no loop runs."""
        made = self.defs.get(atom)
        return made is not None and made[0].op == "dim" and atom in self._bounded and self._bounded[atom][0] == (0, {})

    # Ints of the nest

    def _form(self, value: Value) -> Linear:
        """A value as a sum of atoms: counters, bounded values of the nest, values from outside."""
        if isinstance(value, Const):
            if type(value.value) is not int:
                raise Unknown
            return value.value, {}
        if value.type != INT:
            raise Unknown
        if value not in self.inside:
            return 0, {value: 1}
        found = self._forms.get(value)
        if found is None:
            if value in self._making or len(self._making) >= DEPTH:  # a fact that a product needs is about that product
                raise Unknown
            self._making.add(value)
            try:
                self._forms[value] = found = self._made(value)
            finally:
                self._making.discard(value)
        return found

    def _made(self, value: Value) -> Linear:
        loop = self.counters.get(value)
        if loop is not None:
            if self.block not in loop.blocks or self.block is loop.header:  # behind its test it is less than the trip
                raise Unknown
            return 0, {value: 1}
        made = self.defs[value][0] if value in self.defs else None
        if made is not None:
            if made.op in ("add", "sub", "mul", "neg"):
                try:
                    return self._exact(made, made.op)
                except Unknown:
                    pass
            elif made.op == "select":
                return self._selected(made)
            elif made.op in ("mod", "floordiv") and self._divided(made):
                return 0, {value: 1}
        if self.local is None:
            raise Unknown
        low, high = self.local(value)
        if (low, high) == (INT_MIN, INT_MAX):
            raise Unknown
        self._bounded[value] = (low, {}), (high, {})
        return 0, {value: 1}

    def _exact(self, instr: Instr, op: str) -> Linear:
        """The result of an instruction as a sum, which its extremes show not to wrap."""
        forms = [self._form(arg) for arg in instr.args]
        if op == "neg":
            form = scale(forms[0], -1)
        elif op == "mul":
            form = self._product(instr, *forms)
        else:
            form = plus(forms[0], forms[1], 1 if op == "add" else -1)
        for sign in (-1, 1):
            low, high = self._interval(extreme := self._extreme(form, sign))
            if low < INT_MIN or high > INT_MAX:
                self._value(extreme)
        return form

    def _product(self, instr: Instr, x: Linear, y: Linear) -> Linear:
        """x * y; if neither is a number, one is from outside and not negative."""
        if not x[1] or not y[1]:
            return scale(y, x[0]) if not x[1] else scale(x, y[0])
        if any(atom in self.inside for atom in y[1]):
            x, y = y, x
        if any(atom in self.inside for atom in y[1]):
            raise Unknown
        self._need(self._positive(y))
        factor = self._value(y)
        low, high = (self._times(self._value(self._extreme(x, sign)), factor) for sign in (-1, 1))
        atom = Value(INT)
        self.inside.add(atom)
        self._bounded[atom] = (0, {low: 1}), (0, {high: 1})
        return 0, {atom: 1}

    def _selected(self, instr: Instr) -> Linear:
        """An index that counts from the end where it is negative: taken not to be, unless it must be now and then."""
        cond, other, plain = instr.args
        test, home = self.defs.get(cond, (instr, self.block))
        if test.op != "lt" or literal(test.args[1]) != 0 or test.args[0].type != INT:
            raise Unknown
        if cond not in self._assuming:
            here, forms = self.block, self._forms
            self.block, self._forms = home, {}  # so it is wherever the condition is computed
            never = self._positive(self._form(test.args[0]))
            self.block, self._forms = here, forms
            if literal(never) is False and test.args[0] is plain:
                return self._turned(instr.result, other, plain)
            self._need(never)
            self._assuming[cond] = False
        return self._form(plain)

    def _turned(self, result: Value, other: Value, index: Value) -> Linear:
        """`index` where it is not negative, else index + size, which is then less than the size."""
        made = self.defs.get(other)
        if made is None or made[0].op != "add" or made[0].args[0] is not index:
            raise Unknown
        form, size = self._form(index), self._form(made[0].args[1])
        if any(atom in self.inside for atom in size[1]):
            raise Unknown
        self._exact(made[0], "add")
        lowest, last = self._value(self._extreme(plus(form, size, 1), -1)), self._value(shift(size, -1))
        highest = self._value(self._extreme(form, 1))
        self.turns = True
        low = self.op("select", self.op("lt", lowest, const(0)), lowest, const(0))
        high = self.op("select", self.op("lt", last, highest), highest, last)
        self._bounded[result] = self._form(low), self._form(high)
        return 0, {result: 1}

    def _divided(self, instr: Instr) -> bool:
        """Bounds of a remainder, 0 to d - 1, or of a quotient, which grows with its numerator; d > 0."""
        by = self._form(instr.args[1])
        if any(atom in self.inside for atom in by[1]):
            return False
        self._need(self._positive(shift(by, -1)))
        if instr.op == "mod":
            self._bounded[instr.result] = (0, {}), shift(by, -1)
            return True
        if by[1]:
            return False
        whole = self._form(instr.args[0])
        low, high = (self.op("floordiv", self._value(self._extreme(whole, sign)), const(by[0])) for sign in (-1, 1))
        self._bounded[instr.result] = (0, {low: 1}), (0, {high: 1})
        return True

    def _extreme(self, form: Linear, sign: int) -> Linear:
        """The greatest (sign 1) or least (-1) that a form can be, as a form over values from outside."""
        total = form
        while True:
            atom = max((a for a in total[1] if a in self.inside), key=self._depth, default=None)
            if atom is None:
                return total
            factor = total[1][atom]
            rest: Linear = total[0], {a: f for a, f in total[1].items() if a is not atom}
            low, high = self._bounded[atom] if atom in self._bounded else ((0, {}), self._last(self.counters[atom]))
            total = plus(rest, high if factor * sign > 0 else low, factor)

    def _depth(self, atom: Value) -> int:
        loop = self.counters.get(atom)
        return loop.depth if loop is not None else 1 << 30

    def _last(self, loop: Loop) -> Linear:
        """The greatest counter of a loop that runs: one less than its trip, which is then not the 0 of a `max`."""
        trip = loop.trip
        assert trip is not None
        made = self.defs[trip][0] if trip in self.inside and trip in self.defs else None
        if made is not None and made.op == "select":
            arms = [arm for arm in made.args[1:] if literal(arm) != 0]
            if len(arms) == 1:
                trip = arms[0]
        return shift(self._form(trip), -1)

    # Code

    def interval(self, value: Value) -> Interval:
        """Bounds of a value from outside, or of one that the code calculates."""
        if isinstance(value, Const):
            return int(value.value), int(value.value)
        return self._own.get(value) or self.outer(value)

    def _interval(self, form: Linear) -> Interval:
        """Bounds of a form over values from outside."""
        low = high = form[0]
        for atom, factor in form[1].items():
            a, b = self.interval(atom)
            low, high = (low + factor * a, high + factor * b) if factor > 0 else (low + factor * b, high + factor * a)
        return low, high

    def _value(self, form: Linear) -> Value:
        """A form over values from outside, calculated in the preheader; that it does not wrap becomes a need."""
        rest, terms = form
        total: Value | None = None
        bounds = 0, 0
        for atom, factor in terms.items():
            low, high = sorted(factor * end for end in self.interval(atom))
            if factor != 1:
                atom = self._fitting("mul", atom, const(factor), low, high)
            low, high = max(low, INT_MIN), min(high, INT_MAX)
            bounds = bounds[0] + low, bounds[1] + high
            total = atom if total is None else self._fitting("add", total, atom, *bounds)
            bounds = max(bounds[0], INT_MIN), min(bounds[1], INT_MAX)
        if not INT_MIN <= rest <= INT_MAX:
            raise Unknown
        if total is None or rest == 0:
            return const(rest) if total is None else total
        return self._fitting("add", total, const(rest), bounds[0] + rest, bounds[1] + rest)

    def _times(self, x: Value, y: Value) -> Value:
        (a, b), (c, d) = self.interval(x), self.interval(y)
        corners = (a * c, a * d, b * c, b * d)
        return self._fitting("mul", x, y, min(corners), max(corners))

    def _fitting(self, op: str, x: Value, y: Value, low: int, high: int) -> Value:
        """x op y, which lies between `low` and `high`, if that is an int."""
        if low < INT_MIN or high > INT_MAX:
            self._need(self.op(f"{op}_fits", x, y))
        result = self.op(op, x, y)
        self._own[result] = max(low, INT_MIN), min(high, INT_MAX)
        return result

    def both(self, x: Value, y: Value) -> Value:
        """x and y."""
        return self.op("and", x, y)

    def op(self, name: str, *args: Value, **attrs: object) -> Value:
        """One more instruction for the preheader, unless its result is known."""
        if name in ("and", "or"):
            for one, other in (args, args[::-1]):
                known = literal(one)
                if known is not None:
                    return other if known is (name == "and") else one
            if args[0] is args[1]:
                return args[0]
        keys = tuple((type(a.value), a.value) if isinstance(a, Const) else id(a) for a in args)
        key = (name, keys, tuple(attrs.items()))
        found = self._known.get(key)
        if found is None:
            (kind,) = result_types(name, args, attrs)
            instr = Instr(name, args, [Value(kind)], attrs, self.loc)
            folded = evaluate(instr) if args and all(isinstance(a, Const) for a in args) else None
            if folded is None:
                self.code.append(instr)
                if name == "dim":
                    self._own[instr.result] = 0, MAX_EXTENT - 1
            found = self._known[key] = folded if folded is not None else instr.result
        return found

