"""Tapes: ordinary arrays that the forward part writes once an iteration and the reverse part reads.

    %net.tape: array<float, 1> = alloc %trip                  %t: array<float, 1> = grow %tape, %i
    ...                                                       store %x, %t, %i
    store %net, %net.tape, %i

*Exact*: in a nest of counted loops that are left by their tests only, with trip counts known before the outermost:
one array per value and one axis per loop, allocated before the nest. *Growing*, for all other loops: one array for
the values of one type of a loop, in rows of one iteration; row number `start + i`, where `start` counts the
iterations of earlier runs of the loop (0 if it is not inside another). There is room for a row before an iteration
begins, or for all rows of a run before the run, if it is counted. The reverse part walks `start` back, run by run.

A check or an exception may end a counted loop long before its last trip. Code is made for that when there was no memory
for a tape of all trips (`growing_tapes`, see `irad.api.compiled`): the tapes of such loops grow as well.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable
from dataclasses import dataclass, field

from irad.ad.construct import construct
from irad.ad.plan import Plan
from irad.ad.primal import Primal
from irad.ad.skeleton import Skeleton
from irad.analysis.cfg import DominanceFrontier
from irad.analysis.loops import Loop
from irad.ir.core import Block, Const, Edge, Instr, Value, const, undef
from irad.ir.ssa import SSABuilder
from irad.ir.types import INT, Array, Scalar, Type, nbytes
from irad.ops import OPS

Emit = Callable[..., Value]  # (op, *args, name=None, **attrs)


@dataclass(eq=False)
class Exact:
    """The tape of one value in a counted nest."""

    value: Value
    nest: list[Loop]  # outermost first
    array: Value


@dataclass(eq=False)
class Growing:
    """The tape of the values of one type in one loop; `slots` numbers them within a row."""

    loop: Loop
    elem: Type
    slots: dict[Value, int] = field(default_factory=dict)

    @property
    def key(self) -> Hashable:
        return ("tape", self.loop, self.elem)

    @property
    def type(self) -> Array:
        return Array(self.elem, 1)

    def index(self, emit: Emit, row: Value, slot: int) -> Value:
        """The place of a slot in a row."""
        width = len(self.slots)
        first = emit("mul", row, const(width)) if width > 1 else row
        return emit("add", first, const(slot)) if slot else first


class Tapes:
    """All tapes of one function. `weave` writes them into the forward part; `load` reads in the reverse part."""

    def __init__(self, primal: Primal, skeleton: Skeleton, plan: Plan) -> None:
        self.primal = primal
        self.skeleton = skeleton
        self.plan = plan
        self.patient = bool(primal.func.attrs.get("growing_tapes"))
        self.registers = set(plan.registers)
        self.exact: dict[Value, Exact] = {}
        self.growing: dict[Value, Growing] = {}
        self.growing_loops: list[Loop] = []  # inside other loops: their position must be kept
        self._grown: dict[Loop, list[Growing]] = {}
        self._heads: dict[Hashable, Value] = {}
        self._after: dict[Block, dict[Instr | None, list[Instr]]] = {}
        self._frontier = DominanceFrontier(primal.doms)
        self.ssa = SSABuilder(self._initial, self._type, self._name, self._joins, primal.doms.idom)
        for loop, values in plan.taped.items():
            nest = loop.nest()[::-1]
            if self._is_exact(nest):
                row = sum(nbytes(v.type) for v in values)
                for value in values:
                    self._lay_out_exact(value, nest, row)
            else:
                self._lay_out_growing(loop, values)
        self._weave()

    # laying out

    def _is_steady(self, loop: Loop) -> bool:
        """Whether the loop is counted and left by its test only."""
        live = [s for s, e in loop.exits if e.target in self.primal.live]
        return loop.trip is not None and live == [loop.header] and not (self.patient and self._may_end_early(loop))

    def _may_end_early(self, loop: Loop) -> bool:
        """Whether an exception may leave the loop."""
        traps = any("traps" in OPS[i.op].effects or i.op == "call" for b in loop.blocks for i in b.instrs)
        return traps or len(loop.exits) > 1

    def _is_exact(self, nest: list[Loop]) -> bool:
        if not all(map(self._is_steady, nest)):
            return False
        before = nest[0].preheader
        assert before is not None
        for loop in nest:
            trip = self.skeleton.trip_count(loop)
            home = self.primal.home.get(trip)
            if home is not None and (home in self.primal.loops.of or not self.primal.doms.dominates(home, before)):
                return False
        return True

    def _lay_out_exact(self, value: Value, nest: list[Loop], row: int) -> None:
        primal, before = self.primal, nest[0].preheader
        assert before is not None
        extents = [self.skeleton.trip_count(loop) for loop in nest]
        home = primal.home[value]
        loop = nest[-1]
        late = home is loop.header and value not in self.plan.at_header
        if home is loop.header and not late:
            one_more = Value(INT, None)
            primal.append(before, Instr("add", [extents[-1], const(1)], [one_more]))
            extents[-1] = one_more
        array = Value(Array(value.type, len(nest)), f"{value.name}.tape" if value.name else "tape")
        attrs: dict[str, object] = {"elem": str(value.type), "tape": row}
        if not isinstance(value.type, Scalar):
            attrs["zero"] = True
        primal.append(before, Instr("alloc", extents, [array], attrs, loop.header.term.loc))
        self.exact[value] = Exact(value, nest, array)
        if not primal.crosses_freely(array):
            self.registers.add(array)
        counters = [l.counter for l in nest if l.counter is not None]
        maker = primal.maker.get(value)
        store = Instr("store", [value, array, *counters], loc=maker.loc if maker else None)
        if late:
            inside = next(t for t in loop.header.successors if t in loop.blocks)
            self._after.setdefault(inside, {}).setdefault(None, []).append(store)
        else:
            self._after.setdefault(home, {}).setdefault(maker, []).append(store)

    def _lay_out_growing(self, loop: Loop, values: tuple[Value, ...]) -> None:
        if loop.parent is not None:
            self.growing_loops.append(loop)
        tapes: dict[Type, Growing] = {}
        for value in values:
            tape = tapes.setdefault(value.type, Growing(loop, value.type))
            tape.slots[value] = len(tape.slots)
            self.growing[value] = tape
        self._grown[loop] = list(tapes.values())

    # the forward part

    def _weave(self) -> None:
        entry: list[Instr] = []
        for tapes in self._grown.values():
            for tape in tapes:
                head = self._heads[tape.key] = Value(tape.type, f"{tape.loop.header.name}.tape")
                attrs: dict[str, object] = {"elem": str(tape.elem)}
                if not isinstance(tape.elem, Scalar):
                    attrs["zero"] = True
                entry.append(Instr("alloc", [const(0)], [head], attrs))
        for block, places in self._after.items():
            self._put(block, places)
        if self._grown or self.registers:
            construct(self.ssa, self.primal.doms.order, lambda b: b.edges, _Weaver(self).fill)
        if entry:
            self.primal.insert(self.primal.func.entry, entry, None)

    def _put(self, block: Block, places: dict[Instr | None, list[Instr]]) -> None:
        out = list(places.get(None, ()))
        for instr in block.instrs:
            out.append(instr)
            out += places.get(instr, ())
        block.instrs[:] = out

    def _initial(self, var: Hashable) -> Value:
        kind = var[0] if isinstance(var, tuple) else None
        if kind == "tape":
            return self._heads[var]
        return const(0) if kind == "start" else undef(self._type(var))

    def _joins(self, var: Hashable) -> Container[Block] | None:
        """Where a value from outside of loops meets ways that do not define it."""
        return self._frontier.of(self.primal.home[var[1]]) if isinstance(var, tuple) and var[0] == "register" else None

    def _type(self, var: Hashable) -> Type:
        assert isinstance(var, tuple)
        if var[0] == "tape":
            return Array(var[2], 1)
        kind: Type = INT if var[0] == "start" else var[1].type
        return kind

    def _name(self, var: Hashable) -> str | None:
        assert isinstance(var, tuple)
        if var[0] == "register":
            return str(var[1].name) if var[1].name else None
        return f"{var[1].header.name}.{var[0]}"

    def rewound(self, loop: Loop) -> bool:
        """Whether the reverse part keeps the position of this loop's tapes."""
        return loop in self.growing_loops

    def final(self, var: Hashable) -> Value:
        """What a variable of the forward part holds at the return."""
        assert self.primal.ret is not None
        return self.ssa.read(var, self.primal.ret)

    def register(self, value: Value) -> Value:
        """A value from outside of loops, for use in the reverse part."""
        return value if self.primal.crosses_freely(value) else self.final(("register", value))

    # the reverse part

    def load(self, value: Value, emit: Emit, counter: Callable[[Loop], Value], start: Callable[[Loop], Value]) -> Value:
        """Read a taped value; `counter` and `start` give the iteration being reversed, and the row of iteration 0."""
        exact = self.exact.get(value)
        if exact is not None:
            return emit("load", self.register(exact.array), *map(counter, exact.nest), name=value.name)
        tape = self.growing[value]
        row = counter(tape.loop)
        if tape.loop.parent is not None:
            row = emit("add", start(tape.loop), row)
        return emit("load", self.final(tape.key), tape.index(emit, row, tape.slots[value]), name=value.name)


class _Weaver:
    """Writes growing tapes into the forward part, block by block, and notes values that cross in registers."""

    def __init__(self, tapes: Tapes) -> None:
        self.tapes = tapes
        self.primal = tapes.primal
        self.ssa = tapes.ssa
        self.rows: dict[Loop, Value] = {}
        self.registers = tapes.registers
        self.headers = {loop.header: loop for loop in tapes._grown}
        self.preheaders = {
            loop.preheader: loop for loop in tapes._grown if loop.preheader is not None and tapes._is_steady(loop)
        }
        self.exits: dict[Block, list[tuple[Loop, Block, Edge]]] = {}
        for loop in tapes.growing_loops:
            for source, edge in loop.exits:
                if edge.target in self.primal.live:
                    self.exits.setdefault(edge.target, []).append((loop, source, edge))
        self.out: list[Instr] = []

    def emit(self, op: str, *args: Value, name: str | None = None) -> Value:
        result = Value(args[0].type if op == "grow" else INT, name)
        self.out.append(Instr(op, args, [result]))
        return result

    def fill(self, block: Block) -> None:
        self.out = []
        self._begin(block)
        for value in block.params:
            self._keep(value, block)
        for instr in block.instrs:
            self.out.append(instr)
            for value in instr.results:
                self._keep(value, block)
        if block in self.preheaders:
            self._reserve(self.preheaders[block], block)
        if len(self.out) != len(block.instrs):
            block.instrs[:] = self.out

    def _start(self, loop: Loop, block: Block) -> Value:
        return self.ssa.read(("start", loop), block) if loop.parent is not None else const(0)

    def _begin(self, block: Block) -> None:
        for loop, source, edge in self.exits.get(block, ()):
            runs = self.emit("add", self.tapes.skeleton.count(loop, source, edge), const(1))
            self.ssa.write(("start", loop), block, self.emit("add", self._start(loop, block), runs))
        loop_here = self.headers.get(block)
        if loop_here is not None:
            assert loop_here.counter is not None
            row: Value = loop_here.counter
            if loop_here.parent is not None:
                row = self.emit("add", self._start(loop_here, block), row)
            self.rows[loop_here] = row
            if not self.tapes._is_steady(loop_here):
                self._grow(loop_here, row, block)

    def _reserve(self, loop: Loop, block: Block) -> None:
        row = self.tapes.skeleton.trip_count(loop)
        if loop.parent is not None:
            row = self.emit("add", self._start(loop, block), row)
        self._grow(loop, row, block)

    def _grow(self, loop: Loop, row: Value, block: Block) -> None:
        tapes = self.tapes._grown[loop]
        whole = sum(nbytes(v.type) for tape in tapes for v in tape.slots)
        for tape in tapes:
            last = tape.index(self.emit, row, len(tape.slots) - 1)
            grown = self.emit("grow", self.ssa.read(tape.key, block), last, name=f"{loop.header.name}.tape")
            self.out[-1].attrs["tape"] = (whole, len(tape.slots))
            self.out[-1].loc = loop.header.term.loc
            self.ssa.write(tape.key, block, grown)

    def _keep(self, value: Value, block: Block) -> None:
        if value in self.registers:
            self.ssa.write(("register", value), block, value)
        tape = self.tapes.growing.get(value)
        if tape is not None and not isinstance(value, Const):
            index = tape.index(self.emit, self.rows[tape.loop], tape.slots[value])
            self.out.append(Instr("store", [value, self.ssa.read(tape.key, block), index]))
