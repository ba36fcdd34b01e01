"""The reverse part: fills the skeleton with adjoints.

    %y: float = mul %x, %w              %d.x: float = mul %d.y, %w
    br ^join(%y)                        ... += d.r of ^join(%r)
    %v: float = load %a, %i             %s: float = load %a.shadow, %i; store (add %s, %d.v), %a.shadow, %i
    store %y, %a, %i                    d.y += load %a.shadow, %i; store 0.0, %a.shadow, %i

Adjoints are variables over the reverse blocks: a use adds, the definition reads and clears. `SSABuilder` turns them
into values; parameters appear only where contributions meet, and a zero adjoint is the absence of instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any as AnyObject

from irad.ad.activity import Activity, Marks, smooth
from irad.ad.calls import CallReverser
from irad.ad.construct import construct
from irad.ad.infinite import find_infinite
from irad.ad.needs import has_work
from irad.ad.plan import Plan
from irad.ad.primal import Primal
from irad.ad.recompute import Choose, Recipe
from irad.ad.shadow import Local, Shadows
from irad.ad.skeleton import ReversedLoop, Skeleton
from irad.ad.tape import Tapes
from irad.ad.tidy import Touches
from irad.analysis.loops import Loop
from irad.ir.build import Builder
from irad.ir.core import Block, Branch, Const, Edge, Emptied, Function, Instr, Jump, Loc, Return, Value, const, undef
from irad.ir.ssa import SSABuilder
from irad.ir.types import INT, Type, is_float
from irad.ops import OPS, result_types
from irad.ops.expr import Expr, is_number


def zero_of(type: Type) -> Const:
    return Const(type, 0.0)


class AdjointBuilder(SSABuilder):
    """Variables of the reverse part. Adjoints of values that live within one iteration are zero where the next one
    begins."""

    def __init__(
        self, primal: Primal, skeleton: Skeleton, activity: Activity, final: Callable[[Hashable], Value],
    ) -> None:
        super().__init__(self._start, self._type, self._name)
        self._primal = primal
        self._final = final
        self._level = skeleton.level
        self._loops = skeleton.loops
        self._written: set[Hashable] = set()
        self._position: dict[Block | None, int] = {block: i for i, block in enumerate(skeleton.doms.order)}
        self._first: dict[Hashable, int] = {}  # the first position where one was written, of a loop as a whole
        ends, dominates = skeleton.ends, skeleton.doms.dominates
        self._cycles = {e.target for b in skeleton.doms.order for e in ends[b].edges if dominates(e.target, b)}
        self._open: set[Block] = set()  # headers of loops that are not all filled
        self._headers = {rl.header: rl for rl in skeleton.loops.values()}
        self._flowing: dict[Block, set[Value]] = {}
        for rl in skeleton.loops.values():
            through = {
                arg for _, edge in rl.exits
                for arg, param in zip(edge.args, edge.target.params, strict=True) if param in activity
            }
            self._flowing[rl.header] = through

    def begin(self, block: Block) -> None:
        """Note that a block is filled from now on."""
        if block in self._cycles:
            self._open.add(block)

    def seal(self, block: Block) -> None:
        self._open.discard(block)
        super().seal(block)

    def write(self, var: Hashable, block: Block, value: Value) -> None:
        self._written.add(var)
        place = self._place(block)
        self._first[var] = min(place, self._first.get(var, place))
        super().write(var, block, value)

    def _place(self, block: Block) -> int:
        """The position of a block, or of the outermost loop that it is in."""
        loop = self._level.get(block)
        while loop is not None and loop.parent is not None:
            loop = loop.parent
        return self._position.get(block if loop is None else self._loops[loop].header if loop in self._loops else None, 0)

    def _keep(self, var: Hashable, block: Block, value: Value) -> None:
        self._written.add(var)
        super()._keep(var, block, value)

    def read(self, var: Hashable, block: Block) -> Value:
        if isinstance(var, Value) and var not in self._written:
            loop = self._primal.loop(var)
            if self._level[block] is loop and (loop is None or not self._is_carried(var, self._loops[loop])):
                return zero_of(var.type)  # all blocks before this one in the same iteration are filled
        return super().read(var, block)

    def _is_carried(self, value: Value, rl: ReversedLoop) -> bool:
        """Whether contributions to a value of the loop may come over the back edge of the reversed loop."""
        if rl.dispatches:
            return value in rl.loop.header.params
        home = self._primal.home.get(value)
        return home is not None and self._primal.doms.dominates(home, rl.exits[0][0])

    def _start(self, var: Hashable) -> Value:
        if isinstance(var, Value):
            return zero_of(var.type)
        assert isinstance(var, tuple)
        return self._final(var) if var[0] == "start" else undef(self._type(var))

    def _type(self, var: Hashable) -> Type:
        return var.type if isinstance(var, Value) else INT

    def _name(self, var: Hashable) -> str | None:
        if isinstance(var, Value):
            return f"d.{var.name}" if var.name else None
        assert isinstance(var, tuple)
        return str(var[0])

    def _look_join(self, var: Hashable, block: Block) -> Value:
        rl = self._headers.get(block)
        if rl is not None and isinstance(var, Value) and var not in self._flowing[block]:
            if self._primal.home.get(var) in rl.loop.blocks and not self._is_carried(var, rl):
                value = zero_of(var.type)
                self._keep(var, block, value)
                return value
        if isinstance(var, Value) and not self._open and var in self._first and self._first[var] > self._place(block):
            value = zero_of(var.type)  # all blocks before this one are filled, and none of them has written it
            self._keep(var, block, value)
            return value
        return super()._look_join(var, block)


class Reverser:
    """Fills the reverse blocks of one function."""

    def __init__(
        self, func: Function, primal: Primal, activity: Activity, skeleton: Skeleton, shadows: Shadows, plan: Plan,
        tapes: Tapes, calls: CallReverser, unchosen: Marks,
    ) -> None:
        self.func = func
        self.primal = primal
        self.activity = activity
        self.skeleton = skeleton
        self.shadows = shadows
        self.plan = plan
        self.tapes = tapes
        self.calls = calls
        self.build = Builder(func, None, result_types)
        self.ssa = AdjointBuilder(primal, skeleton, activity, tapes.final)
        self.sums: set[Instr] = set()  # additions to adjoints, of which one side may turn out to be zero
        self.derived: set[Instr] = set()  # what derivative rules made
        self.touches = Touches()
        self.infinite = find_infinite(primal, activity.classes)
        self.unchosen = unchosen
        self._memo: dict[Block, dict[Value, Value]] = {}
        self._locals: dict[Block, list[Local]] = {}
        for local in shadows.locals:
            self._locals.setdefault(local.place, []).append(local)
        self._steps = {
            rl.again or skeleton.back[rl.loop.latch]: rl.loop for rl in skeleton.loops.values()
        }
        self.extra: list[Block] = []  # between the first block and the rest
        self.at_start: Callable[[Reverser], None] = lambda _: None
        self.at_end: Callable[[Reverser], list[Value]] = lambda _: []

    def run(self) -> None:
        """Fill all blocks."""
        ends = self.skeleton.ends
        construct(self.ssa, self.skeleton.doms.order, lambda b: ends[b].edges, self._fill)

    @property
    def here(self) -> Block:
        assert self.build.block is not None
        return self.build.block

    # blocks

    def _fill(self, rb: Block) -> None:
        self.build.at(rb).loc = None
        self.ssa.begin(rb)
        loop = self._steps.get(rb)
        if loop is not None:
            step = self.build.op("add", self.ssa.read(("j", loop), rb), const(1), name="j")
            self.ssa.write(("j", loop), rb, step)
            self.ssa.write(("sel", loop), rb, const(0))
        for local in self._locals.get(rb, ()):
            self.make_local(local)
        if rb is self.skeleton.start:
            self.at_start(self)
        block = self.skeleton.origin.get(rb)
        if block is not None and self.skeleton.back.get(block) is rb:
            self._reverse_block(block)
        self._end(rb)

    def make_local(self, local: Local) -> None:
        """The shadow of a local array, zeroed."""
        extents = [self.value_at(e, local.place) for e in local.extents]
        attrs = {"elem": str(local.shadow.type.elem), "zero": True}  # type: ignore[attr-defined]
        made = self.build.op("alloc", *extents, name=local.shadow.name, **attrs)
        self.here.instrs[-1].loc = local.loc
        self._memo.setdefault(local.place, {})[local.shadow] = made

    def _reverse_block(self, block: Block) -> None:
        for edge in block.edges:
            if edge.target in self.primal.live and len(self.primal.preds[edge.target]) > 1:
                self._reverse_edge(edge, block.term.loc)
        for instr in reversed(block.instrs):
            if has_work(instr, self.activity):
                self.build.loc = instr.loc
                self._reverse_instr(instr)
        if len(self.primal.preds[block]) == 1:
            self._reverse_edge(self.primal.preds[block][0][1], block.term.loc)

    def _reverse_edge(self, edge: Edge, loc: Loc | None) -> None:
        """Contributions flow back along an edge: from the parameters of its target to its arguments."""
        self.build.loc = loc
        flows = [
            (arg, self.take(param)) for arg, param in zip(edge.args, edge.target.params, strict=True)
            if is_float(param.type) and param in self.activity
        ]
        for arg, adjoint in flows:
            self.add(arg, adjoint)

    def _end(self, rb: Block) -> None:
        end = self.skeleton.ends[rb]
        self.build.loc = None
        entering = self.skeleton.entering.get(rb)
        if entering is not None:
            for loop, count in entering.counts:
                self._enter_loop(loop, self.primal_value(count), rb)
            for loop in entering.zeros:
                self.ssa.write(("j", loop), rb, const(0))
            for loop, number in entering.selects:
                self.ssa.write(("sel", loop), rb, const(number))
        if not end.edges:
            self.here.term = Return(self.at_end(self))
        elif len(end.edges) == 1:
            self.here.term = Jump(end.edges[0])
        else:
            self.here.term = Branch(self._condition(rb), end.edges[0], end.edges[1])

    def _enter_loop(self, loop: Loop, count: Value, rb: Block) -> None:
        self.ssa.write(("n", loop), rb, count)
        if self.tapes.rewound(loop):
            rows = self.build.op("add", count, const(1))
            start = self.build.op("sub", self.ssa.read(("start", loop), rb), rows, name="start")
            self.ssa.write(("start", loop), rb, start)

    def _condition(self, rb: Block) -> Value:
        end = self.skeleton.ends[rb]
        if end.again is not None:
            return self.build.op("lt", self.ssa.read(("j", end.again), rb), self.ssa.read(("n", end.again), rb))
        if end.dispatch is not None:
            assert end.equals is not None
            return self.build.op("eq", self.ssa.read(("sel", end.dispatch), rb), const(end.equals))
        assert end.decides is not None
        value = self.primal_value(end.decides)
        return value if end.equals is None else self.build.op("eq", value, Const(value.type, end.equals))

    # adjoints

    def take(self, value: Value) -> Value:
        """The adjoint of a value, which is zero from here on."""
        adjoint = self.ssa.read(value, self.here)
        if not is_number(adjoint, 0):
            self.ssa.write(value, self.here, zero_of(value.type))
        return adjoint

    def add(self, value: Value, contribution: Value) -> None:
        """Add to the adjoint of a value."""
        if value not in self.activity or is_number(contribution, 0):
            return
        assert contribution.type == value.type, f"an adjoint of type {contribution.type} for one of type {value.type}"
        so_far = self.ssa.read(value, self.here)
        total = contribution
        if not is_number(so_far, 0):
            total = self.build.op("add", so_far, contribution, name=f"d.{value.name}" if value.name else None)
            self.sums.add(self.here.instrs[-1])
        self.ssa.write(value, self.here, total)

    def _reverse_instr(self, instr: Instr) -> None:
        special = getattr(self, f"_reverse_{instr.op}", None)
        if special is not None:
            special(instr)
            return
        adjoint = self.take(instr.result)
        if not is_number(adjoint, 0):
            for index, contribution in self._contributions(instr, adjoint):
                self.add(instr.args[index], contribution)

    def _contributions(self, instr: Instr, adjoint: Value) -> list[tuple[int, Value]]:
        row = OPS[instr.op]
        assert row.d is not None
        found = []
        for index, arg in enumerate(instr.args):
            if arg not in self.activity or not smooth(instr, index):
                continue
            read, reads_result = row.reads(index, instr.args)
            terms = [self.term(a, i in read) for i, a in enumerate(instr.args)]
            rule: AnyObject = row.d[index]
            terms.append(self.term(instr.result, reads_result))
            before = len(self.here.instrs)
            value = rule(Expr(self.build, adjoint), *terms).value
            self.derived.update(self.here.instrs[before:])
            masked = row.singular or self._strays(instr, read, reads_result)
            if masked and not isinstance(value, Const) and value is not adjoint:
                value = self.build.op("masked", adjoint, value)
            found.append((index, value))
        return found

    def _strays(self, instr: Instr, read: frozenset[int], reads_result: bool) -> bool:
        """Whether what a rule reads may be infinite although the program makes nothing of it."""
        if "early" in instr.attrs and (read or reads_result):
            return True
        strays = (a for i, a in enumerate(instr.args) if reads_result or i in read)
        return any(a in self.infinite or a in self.unchosen for a in strays)

    def term(self, value: Value, read: bool) -> Expr:
        """An operand of a rule; one that is not read stands for its type only."""
        return Expr(self.build, self.primal_value(value) if read else value)

    def _element(self, array: Value, indices: list[Value]) -> list[Value]:
        return [self.primal_value(self.shadows.behind(array)), *map(self.primal_value, indices)]

    def _reverse_load(self, instr: Instr) -> None:
        adjoint = self.take(instr.result)
        if not is_number(adjoint, 0):
            self.increase(self._element(instr.args[0], instr.args[1:]), adjoint)

    def increase(self, element: list[Value], adjoint: Value) -> None:
        """Add to an element of a shadow, given as array and indices."""
        total = self.build.op("add", self.build.op("load", *element), adjoint)
        self.derived.add(self.here.instrs[-1])
        self.build.do("store", total, *element)
        self.touches.increases.update(self.here.instrs[-3:])

    def _reverse_store(self, instr: Instr) -> None:
        element = self._element(instr.args[1], instr.args[2:])
        adjoint = self.build.op("load", *element) if instr.args[0] in self.activity else None
        self.build.do("store", Emptied(instr.args[0].type), *element)
        self.touches.clears.update(self.here.instrs[-1 if adjoint is None else -2:])
        if adjoint is not None:
            self.add(instr.args[0], adjoint)

    def _reverse_pack(self, instr: Instr) -> None:
        for arg, part in self.shadows.parts[instr]:
            if is_float(arg.type) and arg in self.activity:
                self.add(arg, self.build.op("load", self.primal_value(part), const(0)))

    def _reverse_unpack(self, instr: Instr) -> None:
        for result in instr.results:
            if is_float(result.type) and result in self.activity:
                adjoint = self.take(result)
                if not is_number(adjoint, 0):
                    self.increase([self.primal_value(self.shadows.cells[result]), const(0)], adjoint)

    def _reverse_call(self, instr: Instr) -> None:
        self.calls.reverse(self, instr)

    # primal values

    def primal_value(self, value: Value) -> Value:
        """A primal value as it was in the iteration that the current block reverses."""
        return self.value_at(value, self.here)

    def value_at(self, value: Value, rb: Block) -> Value:
        """A primal value as it was in the iteration that `rb` reverses; what must be made goes to the end of `rb`, or
        of the block around it at the loop level of the value."""
        found, place = self._look_up(value, rb)
        if found is not None:
            return found
        work = [(value, place)]  # not by recursion: chains of operands may be long
        while work:
            value, place = work[-1]
            recipe = self.plan.recipes.get(value)
            missing = []
            for operand in recipe.operands if recipe else ():
                at_hand, where = self._look_up(operand, place)
                if at_hand is None:
                    missing.append((operand, where))
            if missing:
                work += reversed(missing)
                continue
            work.pop()
            found = self._look_up(value, place)[0]
            if found is None:
                found = self._memo.setdefault(place, {})[value] = self._make(value, place)
        assert found is not None
        return found

    def _look_up(self, value: Value, rb: Block) -> tuple[Value | None, Block]:
        """The value if it is at hand, and the reverse block to make it in if not."""
        primal, skeleton = self.primal, self.skeleton
        if isinstance(value, Const) or value not in primal.home:
            return value, rb
        level = primal.loop(value)
        if level is None and value not in primal.unplaced:
            return self.tapes.register(value), rb
        place: Block | None = rb
        while place is not None and skeleton.level[place] is not level:
            place = skeleton.doms.idom[place]
        assert place is not None, value
        tops = skeleton.tops(level)
        at: Block | None = place
        while at is not None:
            known = self._memo.get(at, {}).get(value)
            if known is not None:
                return known, at
            at = None if at in tops else skeleton.doms.idom[at]
        return None, place

    def _make(self, value: Value, place: Block) -> Value:
        """Read a value from its tape, or compute it, at the end of a block at its own loop level."""
        block, loc = self.build.block, self.build.loc
        loop = self.primal.loop(value)
        recipe = self.plan.recipes.get(value)
        operands = {v: self.value_at(v, place) for v in recipe.operands} if recipe else {}
        self.build.at(place)
        if loop is not None and value is loop.counter:
            count, done = self.ssa.read(("n", loop), place), self.ssa.read(("j", loop), place)
            made = self.build.op("sub", count, done, name=value.name)
        elif recipe is not None:
            made = self._cook(value, recipe, operands)
        else:
            made = self._load(value, place)
        self.build.block, self.build.loc = block, loc
        return made

    def _load(self, value: Value, place: Block) -> Value:
        def counter(loop: Loop) -> Value:
            assert loop.counter is not None
            return self.value_at(loop.counter, place)

        def start(loop: Loop) -> Value:
            return self.ssa.read(("start", loop), place)

        return self.tapes.load(value, self._emitter(place), counter, start)

    def _emitter(self, place: Block) -> Callable[..., Value]:
        def emit(op: str, *args: Value, name: str | None = None, **attrs: AnyObject) -> Value:
            return self.build.at(place).op(op, *args, name=name, **attrs)

        return emit

    def _cook(self, value: Value, recipe: Recipe, operands: dict[Value, Value]) -> Value:
        if recipe.instr is not None:
            instr = recipe.instr
            self.build.loc = instr.loc
            args = [operands[a] for a in instr.args]
            made = self.build.emit(instr.op, args, [r.type for r in instr.results], dict(instr.attrs), value.name)
            return made[instr.results.index(value)]
        if recipe.choice is not None:
            return self._choose(recipe.choice, operands)
        first, *rest = [operands[v] for v in recipe.operands]
        if recipe.counter is None:
            return first
        return self.build.op("add", first, self.build.op("mul", rest[0], rest[1]), name=value.name)

    def _choose(self, choice: Choose, operands: dict[Value, Value]) -> Value:
        sides = [
            self._choose(s, operands) if isinstance(s, Choose) else operands[s] for s in (choice.then, choice.orelse)
        ]
        return self.build.op("select", operands[choice.cond], *sides)

