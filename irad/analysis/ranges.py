"""What ints can be: intervals, and differences proved from branches, guards and loops.

Machine ints wrap; a value is taken as a sum (`i + 1` as one more than `i`) only where it is proved not to. A goal is a
linear form that must not be positive, `i + 1 - n <= 0`. It is proved on demand, from the conditions that hold at a
place, by subtracting what is known to be not positive, by going through the edges into a block whose parameters it
speaks of, and, around loops, by induction over time: R. Bodik, R. Gupta, V. Sarkar, "ABCD: eliminating array bounds
checks on demand", PLDI 2000, with linear forms in place of differences. Work for one question is bounded; an answer not
found is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from typing import TypeVar

from irad.analysis.cfg import Dominators
from irad.analysis.contexts import Context, Contexts, Interval, Place
from irad.analysis.linear import Linear, Terms, plus, scale, shift, with_fact, without
from irad.ir.core import UNDEF, Block, Branch, Const, Function, Instr, Value
from irad.ir.types import BOOL, Scalar

MAX_ROUNDS = 1 << 62  # no run of a loop lasts so long
MAX_EXTENT = 1 << 47  # every extent is less: no address space holds a longer array, and the others are refused
FUEL = 60  # goals looked at for one question
WORK = 250  # steps of all kinds for one question
DEPTH = 7
DEEP = 4  # conditions on values in conditions on values
WIDTH = 4  # atoms in a goal
WAYS = 64  # edges into a block on which a goal is proved
Answer = TypeVar("Answer")


FITS = frozenset(("add_fits", "sub_fits", "mul_fits"))
BOUNDED = frozenset(("add", "sub", "mul", "floordiv", "mod", "and", "shr", "cast", "neg"))
LINEAR = frozenset(("add", "sub", "mul", "select", "cast"))
COMPARISONS = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}  # each with its negation


def full_range(type: object) -> Interval:
    """Every number of an integer or bool type."""
    assert isinstance(type, Scalar)
    if type.family == "i":
        return -(1 << (type.bits - 1)), (1 << (type.bits - 1)) - 1
    return 0, (1 << type.bits) - 1


def is_integer(value: Value) -> bool:
    return isinstance(value.type, Scalar) and value.type.family in "iub"


class Ranges(Contexts):
    """Facts about the ints of a function as it is now; made anew after each edit of its blocks.

    A condition that is *replaced by the truth it was proved to have* may stay: what followed from it is still so.
    """

    def __init__(
        self, function: Function, doms: Dominators[Block] | None = None, counters: Set[Value] = frozenset(),
    ) -> None:
        super().__init__(function, doms)
        self.counters = counters  # of the rounds of loops: from 0 in steps of 1
        self.decided: dict[Value, bool] = {}  # conditions proved so far: so wherever they are computed
        self._base: dict[Value, Interval] = {}
        self._exact: dict[tuple[Instr, Context], bool] = {}
        self._assumed: list[tuple[Value, Instr]] = []  # sums that bounds of loop parameters take for exact
        self._doubted: set[Value] = set()  # loop parameters for which that failed
        self._bounding: set[Value] = set()
        self._work = WORK
        self._nested = 0
        self._fuel = 0

    def forget(self) -> None:
        """Drop all answers but the conditions decided: what they decide may give better ones."""
        for context in self.contexts:
            if context.inequalities is not None or context.linears or context.intervals or context.atoms:
                context.forget()
        self._base.clear()
        self._exact.clear()

    # Questions

    def interval(self, value: Value, place: Place) -> Interval:
        """Bounds of an int at a place."""
        return self.verified(lambda: self.bounds(value, self.context(place)))

    def decide(self, cond: Value, place: Place) -> bool | None:
        """The truth of a condition at a place, if it can be proved either way."""
        return self.verified(lambda: self._decide(cond, self.context(place)))

    def in_bounds(self, array: Value, indices: Sequence[Value], place: Place) -> bool:
        """Whether these indices surely name an element of the array."""
        return self.verified(lambda: self._in_bounds(array, indices, self.context(place)))

    def settle(self, cond: Value) -> bool | None:
        """As `decide` where the condition is computed; remembered for later questions."""
        _, block, index = self.defs[cond]
        truth = self.decide(cond, Place(block, index))
        if truth is not None:
            self.decided[cond] = truth
        return truth

    def equal_arm(self, select: Instr) -> Value | None:
        """The arm that a select gives in any case, since the other one is taken only when it is equal."""
        cond, x, y = select.args
        home = self.home(select.result)
        if home is None:
            return None

        def equal(truth: bool) -> bool:
            context = Context(home, cond, truth)
            return self._ask(x, y, 0, context) and self._ask(y, x, 0, context)

        if self.verified(lambda: equal(False)):
            return x
        return y if self.verified(lambda: equal(True)) else None

    def verified(self, ask: Callable[[], Answer]) -> Answer:
        """An answer whose assumptions hold: bounds of loop parameters take the sums that step them for exact.

        That is no circle: what is proved for the step of one iteration uses the bounds of that one and earlier ones.
        """
        while True:
            self._work = WORK
            answer = ask()
            while self._assumed:
                param, instr = self._assumed.pop()
                home = self.home(instr.result)
                self._work = WORK
                if home is None or not self.exact(instr, home):
                    self._doubted.add(param)
                    break
            else:
                return answer
            self._assumed.clear()
            self.forget()

    def _in_bounds(self, array: Value, indices: Sequence[Value], context: Context) -> bool:
        for axis, index in enumerate(indices):
            extent = self.extents.get((array, axis))
            if extent is None or self.bounds(index, context)[0] < 0 or not self._ask(index, extent, 1, context):
                return False
        return True

    def _truth(self, cond: Value, context: Context) -> bool | None:
        """What a condition was proved to be, or what the branches and guards before say that it is."""
        if cond in self.decided:
            return self.decided[cond]
        return next((link.truth for link in context.chain() if link.cond is cond), None)

    def _decide(self, cond: Value, context: Context) -> bool | None:
        if isinstance(cond, Const):
            return bool(cond.value) if cond.value is not UNDEF else None
        known = self._truth(cond, context)
        if known is not None:
            return known
        made = self.defs.get(cond)
        if made is None:
            return None
        op, args = made[0].op, made[0].args
        if op == "not":
            inner = self._decide(args[0], context)
            return None if inner is None else not inner
        if op in ("and", "or"):
            left, right = self._decide(args[0], context), self._decide(args[1], context)
            if left is (op == "or") or right is (op == "or"):
                return op == "or"
            return None if left is None or right is None else op == "and"
        if not args or not is_integer(args[0]) or args[0].type == BOOL:
            return None
        if op in FITS:
            return True if self._fits(made[0], context) else None
        return self._compare(op, args[0], args[1], context) if op in COMPARISONS else None

    def _compare(self, op: str, x: Value, y: Value, context: Context) -> bool | None:
        if op in ("gt", "ge"):
            op, x, y = {"gt": "lt", "ge": "le"}[op], y, x
        if op in ("lt", "le"):
            step = 1 if op == "lt" else 0
            if self._ask(x, y, step, context):
                return True
            return False if self._ask(y, x, 1 - step, context) else None
        if self._ask(x, y, 1, context) or self._ask(y, x, 1, context):
            return op == "ne"
        return op == "eq" if self._ask(x, y, 0, context) and self._ask(y, x, 0, context) else None

    def _ask(self, x: Value, y: Value, step: int, context: Context) -> bool:
        """Whether x + step <= y."""
        return self.question(plus(shift(self.linear(x, context), step), self.linear(y, context), -1), context)

    def question(self, goal: Linear, context: Context) -> bool:
        saved, self._fuel = self._fuel, FUEL if not self._nested else FUEL // 3
        self._nested += 1
        try:
            return self.prove(goal, context, (), 0)
        finally:
            self._nested -= 1
            self._fuel = saved

    # Sums that do not wrap

    def _fits(self, instr: Instr, context: Context) -> bool:
        """Whether the exact result of `x op y` is a number of the type of its operands."""
        x, y = instr.args
        low, high = full_range(x.type)
        name = instr.op[:3]
        (a, b), (c, d) = self.bounds(x, context), self.bounds(y, context)
        if name == "mul":
            corners = (a * c, a * d, b * c, b * d)
            return low <= min(corners) and max(corners) <= high
        lowest, highest = (a + c, b + d) if name == "add" else (a - d, b - c)
        if low <= lowest and highest <= high:
            return True
        if self._nested >= 2:
            return False
        total = plus(self.linear(x, context), self.linear(y, context), 1 if name == "add" else -1)
        if highest > high and not self.question(shift(total, -high), context):
            return False
        return lowest >= low or self.question(shift(scale(total, -1), low), context)

    def exact(self, instr: Instr, context: Context) -> bool:
        """Whether an add, sub, mul or neg does not wrap, as a guard says or as can be proved."""
        key = (instr, context)
        found = self._exact.get(key)
        if found is None:
            self._exact[key] = False  # asked again on the way
            self._work -= 1
            found = self._work > 0 and (self._guarded(instr, context) or self._fits(instr, context))
            if found or not self._nested:
                self._exact[key] = found
            else:
                del self._exact[key]  # a deeper proof may be allowed later
        return found

    def _guarded(self, instr: Instr, context: Context) -> bool:
        name = instr.op + "_fits"
        for link in context.chain():
            if link.truth and link.cond is not None:
                made = self.defs.get(link.cond)
                if made is not None and made[0].op == name and all(map(_one, made[0].args, instr.args)):
                    return True
        return False

    def linear(self, value: Value, context: Context) -> Linear:
        """A value as a sum of atoms, each step proved not to wrap."""
        if isinstance(value, Const):
            return (int(value.value), {}) if isinstance(value.value, int) else (0, {value: 1})
        made = self.defs.get(value)
        if made is None or made[0].op not in LINEAR or not is_integer(value) or value.type == BOOL:
            return 0, {value: 1}
        found = context.linears.get(value)
        if found is None:
            found = self._linear(value, made[0], context)
            if self._nested < 2 and self._work > 0:
                context.linears[value] = found
        return found

    def _linear(self, value: Value, instr: Instr, context: Context) -> Linear:
        args = instr.args
        if instr.op == "select":
            arm = self._arm(instr, context)
            return self.linear(arm, context) if arm is not None else (0, {value: 1})
        if instr.op == "cast":
            inner = is_integer(args[0]) and _within(full_range(args[0].type), full_range(value.type))
            return self.linear(args[0], context) if inner and args[0].type != BOOL else (0, {value: 1})
        home = self.home(value)
        if not (home is not None and self.exact(instr, home)) and not self.exact(instr, context):
            return 0, {value: 1}
        if instr.op == "mul":
            left, right = self.linear(args[0], context), self.linear(args[1], context)
            if not left[1]:
                return scale(right, left[0])
            return scale(left, right[0]) if not right[1] else (0, {value: 1})
        return plus(self.linear(args[0], context), self.linear(args[1], context), 1 if instr.op == "add" else -1)

    def _arm(self, instr: Instr, context: Context) -> Value | None:
        """The arm that a select surely takes: by its condition, or as the other arm is a number out of its bounds."""
        cond, x, y = instr.args
        known = self._truth(cond, context)
        if known is not None:
            return x if known else y
        for arm, other in ((x, y), (y, x)):
            if isinstance(arm, Const) and isinstance(arm.value, int):
                low, high = self.atom_bounds(instr.result, context)
                if not low <= arm.value <= high:
                    return other
        return None

    # Intervals

    def bounds(self, value: Value, context: Context) -> Interval:
        """Bounds of an int in a context."""
        if isinstance(value, Const):
            return (int(value.value),) * 2 if isinstance(value.value, int) else full_range(value.type)
        found = context.intervals.get(value)
        if found is not None:
            return found
        const, terms = self.linear(value, context)
        if terms == {value: 1}:
            found = self.atom_bounds(value, context)
        else:
            low, high = self.sum_bounds(const, terms, context)
            own = self.atom_bounds(value, context)
            found = max(low, own[0]), min(high, own[1])
        if self._nested < 2 and self._work > 0 and not self._bounding:
            context.intervals[value] = found
        return found

    def sum_bounds(self, const: int, terms: Terms, context: Context) -> Interval:
        """Bounds of a linear form: those of its atoms added up, and conditions on this very form."""
        low = high = const
        for atom, factor in terms.items():
            a, b = self.atom_bounds(atom, context)
            low, high = (low + factor * a, high + factor * b) if factor > 0 else (low + factor * b, high + factor * a)
        if len(terms) > 1:
            opposite = {atom: -factor for atom, factor in terms.items()}
            self.known(context)
            facts = min((context.about.get(atom, []) for atom in terms), key=len)
            for other, known in facts:
                if known == terms:
                    high = min(high, const - other)
                elif known == opposite:
                    low = max(low, const + other)
        return low, high

    def atom_bounds(self, atom: Value, context: Context) -> Interval:
        """Bounds of a value from its definition and from the conditions that speak of it."""
        found = context.atoms.get(atom)
        if found is not None:
            return found
        low, high = self.base(atom)
        bounding = self._bounding
        if len(bounding) >= DEEP or atom in bounding or self._work <= 0:
            return low, high
        self._work -= 1
        self.known(context)
        bounding.add(atom)
        for const, terms in context.about.get(atom, ()):
            if len(terms) > 2:
                continue
            factor = terms[atom]
            if factor == 1 or factor == -1:
                rest = const
                for other, f in terms.items():
                    if other is not atom:
                        a, b = self.atom_bounds(other, context)
                        rest += f * a if f > 0 else f * b
                if factor == 1:
                    high = min(high, -rest)
                else:
                    low = max(low, rest)
        bounding.discard(atom)
        if not bounding and self._work > 0:
            context.atoms[atom] = low, high
        return low, high

    def base(self, value: Value) -> Interval:
        """Bounds of a value from how it is made."""
        found = self._base.get(value)
        if found is not None:
            return found
        if value in self.counters:
            return 0, MAX_ROUNDS
        if isinstance(value, Const):
            return self.bounds(value, Context(None))
        limits = full_range(value.type)
        self._base[value] = limits  # should it be asked again on the way
        home = self.home(value)
        if home is not None:
            bounding, self._bounding = self._bounding, set()
            made = self.defs.get(value)
            low, high = self._made(made[0], limits, home) if made is not None else self._met(value)
            self._bounding = bounding
            if limits[0] <= low and high <= limits[1]:
                limits = low, high
        self._base[value] = limits
        return limits

    def _made(self, instr: Instr, limits: Interval, context: Context) -> Interval:
        args, op = instr.args, instr.op
        if op == "dim":
            return 0, MAX_EXTENT - 1
        if op == "lookup":
            return min(instr.attrs["values"]), max(instr.attrs["values"])
        if op == "select":
            (a, b), (c, d) = (
                self.bounds(arm, Context(context, args[0], truth)) for arm, truth in ((args[1], True), (args[2], False))
            )
            return min(a, c), max(b, d)
        if op not in BOUNDED or not all(map(is_integer, args)):
            return limits
        (a, b), (c, d) = self.bounds(args[0], context), self.bounds(args[-1], context)
        match op:
            case "add":
                return a + c, b + d
            case "sub":
                return a - d, b - c
            case "neg":
                return -b, -a
            case "mul":
                corners = (a * c, a * d, b * c, b * d)
                return min(corners), max(corners)
            case "floordiv" if 0 < c <= d:  # c > d: where nothing comes to
                return min(a // c, a // d), max(b // c, b // d)
            case "mod" if c > 0:
                return 0, d - 1 if a < 0 else min(b, d - 1)
            case "and" if c >= 0 or a >= 0:
                return 0, min(x for x, y in ((b, a), (d, c)) if y >= 0)
            case "shr" if 0 <= c <= d < 63:
                return min(a >> c, a >> d), max(b >> c, b >> d)
            case "cast":
                return a, b
        return limits

    def _met(self, param: Value) -> Interval:
        """Bounds of a block parameter: those of its arguments; around a loop, steps up keep the lower bound."""
        block, k = self.params[param]
        limits = full_range(param.type)
        sums: list[tuple[Value, Instr]] = []
        signs = {0}
        lowest, highest = limits[1], limits[0]
        for source, edge in self.ways[block]:
            if self.doms.dominates(block, source):
                if param in self._doubted or not self._steps(edge.args[k], param, block, sums, signs):
                    return limits
                continue
            low, high = self.bounds(edge.args[k], self.ends[source])
            lowest, highest = min(low, lowest), max(high, highest)
        self._assumed += sums
        return (lowest if min(signs) >= 0 else limits[0]), (highest if max(signs) <= 0 else limits[1])

    def _steps(
        self, value: Value, param: Value, header: Block, sums: list[tuple[Value, Instr]], signs: set[int],
    ) -> bool:
        """Whether `value` is a loop parameter plus constants, whichever way it comes; collects sums and their signs."""
        seen: set[Value] = {param}
        work = [value]
        while work:
            value = work.pop()
            if value in seen:
                continue
            seen.add(value)
            made = self.defs.get(value)
            if made is not None:
                instr = made[0]
                if instr.op == "select":
                    work += instr.args[1:]
                    continue
                step = instr.args[1] if instr.op in ("add", "sub") else None
                if not isinstance(step, Const) or not isinstance(step.value, int):
                    return False
                sums.append((param, instr))
                signs.add(step.value if instr.op == "add" else -step.value)
                work.append(instr.args[0])
            elif value in self.params and self.doms.dominates(header, self.params[value][0]):
                block, k = self.params[value]
                work += [edge.args[k] for _, edge in self.ways[block]]
            else:
                return False
        return True

    # Conditions as inequalities

    def known(self, context: Context) -> list[Linear]:
        """Linear forms that are not positive here, the newest condition first."""
        if context.inequalities is not None:
            return context.inequalities
        outside = context.parent
        if outside is None or context.cond is None:
            context.inequalities = []
            return context.inequalities
        before = self.known(outside)
        nested, self._nested = self._nested, 0
        bounding, self._bounding = self._bounding, set()
        forms = [
            plus(shift(self.linear(x, outside), step), self.linear(y, outside), -1)
            for x, y, step in self.inequalities(context.cond, context.truth)
        ]
        self._nested, self._bounding = nested, bounding
        if self._work <= 0:
            return before
        context.inequalities = forms + before
        context.about = dict(outside.about)
        for form in forms:
            for atom in form[1]:
                context.about[atom] = with_fact(form, context.about.get(atom, []))
        return context.inequalities

    def inequalities(self, cond: Value, truth: bool) -> Iterator[tuple[Value, Value, int]]:
        """(x, y, step) with x + step <= y, for all that a condition says."""
        made = self.defs.get(cond)
        if made is None:
            return
        op, args = made[0].op, made[0].args
        if op == "not":
            yield from self.inequalities(args[0], not truth)
        elif op == ("and" if truth else "or"):
            for arg in args:
                yield from self.inequalities(arg, truth)
        elif op in COMPARISONS and is_integer(args[0]) and args[0].type != BOOL:
            x, y = args
            if not truth:
                op = COMPARISONS[op]
            if op in ("gt", "ge"):
                op, x, y = {"gt": "lt", "ge": "le"}[op], y, x
            if op in ("lt", "le"):
                yield x, y, 1 if op == "lt" else 0
            elif op == "eq":
                yield x, y, 0
                yield y, x, 0

    def _defining(self, atom: Value, context: Context) -> Iterator[Linear]:
        """Linear forms that are not positive by the definition of an atom: a quotient, a remainder, a larger one."""
        made = self.defs.get(atom)
        if made is None:
            return
        instr = made[0]
        if instr.op == "floordiv" and isinstance(instr.args[1], Const):
            divisor = instr.args[1].value
            if isinstance(divisor, int) and divisor > 0:
                whole = self.linear(instr.args[0], context)
                yield plus((0, {atom: divisor}), whole, -1)
                yield shift(plus(whole, (0, {atom: divisor}), -1), 1 - divisor)
        elif instr.op == "mod" and self.bounds(instr.args[1], context)[0] > 0:
            yield shift(plus((0, {atom: 1}), self.linear(instr.args[1], context), -1), 1)
        elif instr.op == "select":
            test = self.defs.get(instr.args[0])
            if test is None or test[0].op not in ("lt", "le", "gt", "ge"):
                return
            x, y = test[0].args
            if _one(x, instr.args[1]) and _one(y, instr.args[2]):
                sign = 1 if test[0].op in ("gt", "ge") else -1
            elif _one(x, instr.args[2]) and _one(y, instr.args[1]):
                sign = 1 if test[0].op in ("lt", "le") else -1
            else:
                return
            for arm in (x, y):  # the larger one: arm - atom <= 0; the smaller one: atom - arm <= 0
                yield scale(plus(self.linear(arm, context), (0, {atom: 1}), -1), sign)

    # Proofs

    def prove(self, goal: Linear, context: Context, hypotheses: tuple[Linear, ...], depth: int) -> bool:
        """Whether a linear form is not positive. `hypotheses`: goals assumed for earlier visits of a block."""
        const, terms = self._resolved(goal, context)
        if not terms:
            return const <= 0
        for other, known in hypotheses:
            if known == terms and const <= other:
                return True
        if self.sum_bounds(const, terms, context)[1] <= 0:
            return True
        self._fuel -= 1
        if self._fuel <= 0 or self._work <= 0 or depth > DEPTH or len(terms) > WIDTH:
            return False
        for fact in self._useful(terms, context):
            following = without(const, terms, fact)
            if following is not None and self.prove(following, context, hypotheses, depth + 1):
                return True
        return self._over_edges((const, terms), hypotheses, depth)

    def _resolved(self, goal: Linear, context: Context) -> Linear:
        """The goal with selects replaced by the arm that they take here."""
        for atom in goal[1]:
            made = self.defs.get(atom)
            if made is not None and made[0].op == "select":
                form = self.linear(atom, context)
                if form[1] != {atom: 1}:
                    rest = {a: f for a, f in goal[1].items() if a is not atom}
                    return self._resolved(plus((goal[0], rest), form, goal[1][atom]), context)
        return goal

    def _useful(self, terms: Terms, context: Context) -> Iterator[Linear]:
        self.known(context)
        tried: set[int] = set()
        for atom, factor in terms.items():
            for fact in context.about.get(atom, ()):
                if fact[1][atom] * factor > 0 and id(fact) not in tried:
                    tried.add(id(fact))
                    yield fact
        for atom, factor in terms.items():
            for fact in self._defining(atom, context):
                if fact[1].get(atom, 0) * factor > 0:
                    yield fact

    def _over_edges(self, goal: Linear, hypotheses: tuple[Linear, ...], depth: int) -> bool:
        """Prove a goal about parameters of a block on each edge into it. What else it speaks of is older."""
        terms = goal[1]
        for block in {self.params[atom][0] for atom in terms if atom in self.params}:
            if len(self.ways[block]) > WAYS or any(not self._older(atom, block) for atom in terms):
                continue
            carried = [atom for atom in terms if atom in self.params and self.params[atom][0] is block]
            if self._on_all_edges(block, goal, carried, (*hypotheses, goal), depth):
                return True
        return False

    def _on_all_edges(
        self, block: Block, goal: Linear, carried: list[Value], hypotheses: tuple[Linear, ...], depth: int,
    ) -> bool:
        for source, edge in self.ways[block]:
            context = self.ends[source]
            if isinstance(source.term, Branch) and source.term.edges[0].target is not source.term.edges[1].target:
                context = Context(context, source.term.args[0], edge is source.term.edges[0])
            arriving: Linear = goal[0], {a: f for a, f in goal[1].items() if a not in carried}
            for atom in carried:
                arriving = plus(arriving, self.linear(edge.args[self.params[atom][1]], context), goal[1][atom])
            if not self.prove(arriving, context, hypotheses, depth + 1):
                return False
        return True

    def _older(self, atom: Value, block: Block) -> bool:
        """Whether a value is a parameter of `block`, or is one and the same from before it is entered until after."""
        param, made = self.params.get(atom), self.defs.get(atom)
        if param is None and made is None:
            return True
        home = param[0] if param is not None else made[1] if made is not None else block
        if home is block:
            return param is not None
        return self.doms.dominates(home, block)


def _within(inner: Interval, outer: Interval) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _one(a: Value, b: Value) -> bool:
    """Whether two operands are one value."""
    return a is b or (
        isinstance(a, Const) and isinstance(b, Const) and a.value == b.value
        and type(a.value) is int and type(b.value) is int
    )
