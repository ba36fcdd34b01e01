"""The text of one function.

Blocks are written in reverse postorder, so whatever an operand names has been written before it; only the incoming
values of phis come later, and are filled in at the end. A failed check leaves the main line for a cold block behind the
others, which notes its site in the context and returns 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from irad.analysis.cfg import block_order
from irad.analysis.ranges import MAX_EXTENT
from irad.codegen import math
from irad.codegen.abi import (
    CTX_DEPTH,
    CTX_DEPTH_LIMIT,
    CTX_PAYLOAD,
    CTX_SITE,
    CTX_STACK_LIMIT,
    CTX_TRACE,
    PAYLOAD,
    Need,
    constant,
    machine,
    quoted,
    stored,
)
from irad.codegen.alias import AliasClasses
from irad.codegen.unit import LIKELY, UNLIKELY, Unit
from irad.ir.core import Block, Branch, Const, Edge, Function, Instr, Jump, Loc, Raise, Return, Terminator, Value
from irad.ir.types import BOOL, Array, Scalar

Lowerings: TypeAlias = "Mapping[str, Callable[[FunctionEmitter, Instr], None]]"


class Descriptor:
    """The parts of an array value as LLVM operands. `strides` is None where they follow from the extents (layout C)."""

    __slots__ = ("data", "dims", "owner", "strides")

    def __init__(self, owner: str, data: str, dims: list[str], strides: list[str] | None) -> None:
        self.owner = owner
        self.data = data
        self.dims = dims
        self.strides = strides


class FunctionEmitter:
    """Writes one function. `scalars` and `arrays` hold what the values of the IR are called in LLVM."""

    def __init__(self, unit: Unit, function: Function, lowerings: Lowerings) -> None:
        self.unit = unit
        self.lowerings = lowerings
        self.function = function
        self.scalars: dict[Value, str] = {}
        self.arrays: dict[Value, Descriptor] = {}
        self.lines: list[str] = []
        self.cold: list[str] = []
        self.slots: list[str] = []
        self.label = "entry"
        self.labels: dict[Block, str] = {}
        self.incoming: dict[Block, list[tuple[str, list[str]]]] = {}
        self.alias = AliasClasses(function, unit.note)
        self.leave = "ret i32 1"
        self.unlikely = {i.results[0] for i in function.instrs() if i.op == "unlikely"}
        self._begun: set[Block] = set()
        self._counts: dict[str, int] = {"ctx": 0}
        self._temporaries = 0

    # -- names and lines

    def fresh(self, hint: str) -> str:
        """A name for a value or block that no other has."""
        count = self._counts.get(hint)
        if count is None:
            self._counts[hint] = 0
            return quoted(hint)
        while True:
            count += 1
            name = f"{hint}.{count}"
            if name not in self._counts:
                self._counts[hint], self._counts[name] = count, 0
                return quoted(name)

    def temporary(self) -> str:
        """A name that no Python name can collide with."""
        self._temporaries += 1
        return f".{self._temporaries}"

    def let(self, expression: str, hint: str | None = None) -> str:
        """One instruction with a result; its name."""
        name = "%" + (self.fresh(hint) if hint else self.temporary())
        self.lines.append(f"  {name} = {expression}")
        return name

    def do(self, line: str) -> None:
        """One instruction without a result."""
        self.lines.append(f"  {line}")

    def start(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")
        self.label = label

    def at(self, base: str, offset: int | str) -> str:
        """base + offset bytes."""
        return base if offset in (0, "0") else self.let(f"getelementptr i8, ptr {base}, i64 {offset}")

    def slot(self, text: str) -> str:
        """A variable in the frame of the function."""
        name = f"%{self.temporary()}"
        self.slots.append(f"  {name} = alloca {text}, align 8")
        return name

    # -- operands

    def scalar(self, v: Value) -> str:
        """A scalar or record as operand."""
        name = self.scalars.get(v)
        if name is None:
            assert isinstance(v, Const), f"{self.function.name}: {v!r} is used before it is defined"
            name = constant(v)
        return name

    def array(self, v: Value) -> Descriptor:
        """An array as operands."""
        found = self.arrays.get(v)
        if found is None:
            assert isinstance(v, Const), f"{self.function.name}: {v!r} is used before it is defined"
            assert isinstance(v.type, Array), v
            zeros = ["0"] * v.type.ndim
            found = self.arrays[v] = Descriptor("null", "null", zeros, zeros)
        return found

    def strides(self, d: Descriptor, t: Array) -> list[str]:
        """The strides of an array in bytes."""
        if t.layout != "C" and d.strides is not None:
            return d.strides
        size = element_bytes(t)
        result = [str(size)]
        for dim in reversed(d.dims[1:]):
            result.append(self.product(result[-1], dim))
        return result[::-1] if t.ndim else []

    def product(self, x: str, y: str) -> str:
        """x * y as i64, folded where both are literals."""
        if x == "1" or y == "1":
            return y if x == "1" else x
        if literal(x) and literal(y):
            return str(int(x) * int(y))
        return self.let(f"mul i64 {x}, {y}")

    def flat(self, values: Sequence[Value], targets: Sequence[Value] | None = None) -> list[str]:
        """Operands of edges: arrays of layout C without their strides."""
        result: list[str] = []
        for i, v in enumerate(values):
            if not isinstance(v.type, Array):
                result.append(self.scalar(v))
                continue
            d = self.array(v)
            result += [d.owner, d.data, *d.dims]
            layout = targets[i].type if targets is not None else v.type
            if isinstance(layout, Array) and layout.layout != "C":
                result += self.strides(d, v.type)
        return result

    def words(self, v: Value) -> list[tuple[str, str]]:
        """(type, operand) of all words of a value: what calls pass and memory holds."""
        if not isinstance(v.type, Array):
            return [(machine(v.type), self.scalar(v))]
        d = self.array(v)
        return [("ptr", d.owner), ("ptr", d.data), *(("i64", x) for x in [*d.dims, *self.strides(d, v.type)])]

    def name_array(self, v: Value) -> tuple[Descriptor, list[tuple[str, str]]]:
        """Names for all words of an array value that begins here; the descriptor has no strides for layout C."""
        assert isinstance(v.type, Array)
        base = v.name or "array"
        parts = ["owner", "data", *(f"{letter}{k}" for letter in "ds" for k in range(v.type.ndim))]
        names = ["%" + self.fresh(f"{base}.{part}") for part in parts]
        dims, strides = names[2:2 + v.type.ndim], names[2 + v.type.ndim:]
        d = self.arrays[v] = Descriptor(names[0], names[1], dims, strides if v.type.layout != "C" else None)
        return d, [("ptr", n) for n in names[:2]] + [("i64", n) for n in names[2:]]

    def let_value(self, v: Value, expression: str) -> None:
        """A scalar or record result."""
        name = "%" + (self.fresh(v.name) if v.name else self.temporary())
        self.lines.append(f"  {name} = {expression}")
        self.scalars[v] = name

    # -- the function

    def text(self) -> str:
        f = self.function
        params = ["ptr noalias nonnull %ctx"]
        for p in f.params:
            params += self._parameter(p)
        self.outs = ["%" + self.fresh(f"out{i}") for i in range(len(f.results))]
        params += [f"ptr noalias nonnull {name}" for name in self.outs]
        linkage = "" if f.name in self.unit.entries else "internal "
        head = f"define {linkage}i32 @{self.unit.function_name(f.name)}({', '.join(params)}) #0 {{"
        order = block_order(f)
        self.labels = {b: "entry" if b is f.entry else "" for b in order}
        self._counts["entry"] = 0
        for b in order[1:]:
            self.labels[b] = self.fresh(b.name or "block")
        bodies = [self._block(b, i == 0) for i, b in enumerate(order)]
        lines = [head, "entry:", *self.slots, *bodies[0]]
        for b, body in zip(order[1:], bodies[1:], strict=True):
            lines += [f"{self.labels[b]}:", *self._phis(b), *body]
        return "\n".join([*lines, *self.cold, "}"])

    def _parameter(self, p: Value) -> list[str]:
        if isinstance(p.type, Array):
            named = self.name_array(p)[1]
            # the caller may promise that no two arrays share memory
            distinct = " noalias" if self.function.attrs.get("distinct") else ""
            notes = {1: distinct, **dict.fromkeys(range(2, 2 + p.type.ndim), f" range(i64 0, {MAX_EXTENT})")}
            return [f"{kind}{notes.get(i, '')} {name}" for i, (kind, name) in enumerate(named)]
        name = self.scalars[p] = "%" + self.fresh(p.name or "arg")
        return [f"{machine(p.type)}{' zeroext' if p.type == BOOL else ''} {name}"]

    def _block(self, block: Block, first: bool) -> list[str]:
        """The lines of a block behind its label and phis."""
        self.lines = []
        self.label = self.labels[block]
        self._begun.add(block)
        if first and self.function.name in self.unit.recursive:
            self._enter()
        for p in block.params:
            if isinstance(p.type, Array):
                self.name_array(p)
            else:
                self.scalars[p] = "%" + (self.fresh(p.name) if p.name else self.temporary())
        for instr in block.instrs:
            lower = self.lowerings.get(instr.op)
            if lower is not None:
                lower(self, instr)
            else:
                self._scalar_op(instr)
        self._terminator(block.term)
        return self.lines

    def _phis(self, block: Block) -> list[str]:
        """The phis of a block, one for each machine value of its parameters."""
        names: list[tuple[str, str]] = []
        for p in block.params:
            if isinstance(p.type, Array):
                d = self.arrays[p]
                names += [("ptr", d.owner), ("ptr", d.data), *(("i64", n) for n in [*d.dims, *(d.strides or ())])]
            else:
                names.append((machine(p.type), self.scalars[p]))
        edges = self.incoming[block]
        return [f"  {name} = phi {kind} " + ", ".join([f"[ {operands[i]}, %{label} ]" for label, operands in edges])
                for i, (kind, name) in enumerate(names)]

    def _scalar_op(self, instr: Instr) -> None:
        """A row of scalars: its expression, its helper, or libm's function."""
        args, result = instr.args, instr.results[0]
        types = tuple([a.type for a in args])
        text = math.expression(instr.op, types[0], types[1] if len(types) > 1 else None)
        operands = [self.scalar(a) for a in args]
        if text is not None:
            self.let_value(result, text.format(*operands))
            return
        helper = math.helper(instr.op, types)
        if helper is not None:
            name, kind, definition = helper
            self.unit.helpers[name] = definition
            libm = math.helper_declaration(instr.op, types[0])
            if libm is not None:
                self.unit.declare(libm)
            passed = ", ".join([f"{machine(t)} {o}" for t, o in zip(types, operands, strict=True)])
            self.let_value(result, f"call {kind} {name}({passed})")
            return
        call = math.libm_call(instr.op, types[0])
        if call is None:
            raise NotImplementedError(f"irad internal error: no lowering for {instr.op} of {types}")
        self.unit.declare(call[1])
        self.let_value(result, call[0].format(*operands))

    # -- leaving

    def _terminator(self, term: Terminator) -> None:
        if isinstance(term, Jump):
            rare = self._rarely(term.edges[0].target)
            self.do(f"br label %{self._edge(term.edges[0])}{rare}")
        elif isinstance(term, Branch):
            self._branch(term)
        elif isinstance(term, Return):
            for v, out in zip(term.args, self.outs, strict=True):
                self.put(v, out)
            self._restore_depth()
            self.do("ret i32 0")
        elif isinstance(term, Raise):
            self.lines += self.error(term.exc, term.message, term.args, term.loc)
        else:
            self.do("unreachable")

    def _rarely(self, header: Block) -> str:
        """What LLVM is told of a loop at its back edge, if it hardly ever runs: to leave it as it is."""
        term = header.term
        if header not in self._begun or not isinstance(term, Branch) or term.cond not in self.unlikely:
            return ""
        return f", !llvm.loop {self.unit.note(f'distinct !{{{{{{me}}, {self.unit.plain_loop()}}}}}')}"

    def _edge(self, edge: Edge) -> str:
        operands = self.flat(edge.args, edge.target.params)
        self.incoming.setdefault(edge.target, []).append((self.label, operands))
        return self.labels[edge.target]

    def _branch(self, term: Branch) -> None:
        then, orelse = term.edges
        cond = self.scalar(term.cond)
        weights = LIKELY if _fails(orelse.target) else UNLIKELY if _fails(then.target) or term.cond in self.unlikely else ""
        if then.target is orelse.target and then.args:
            # a phi cannot tell two edges from one block apart: one of them goes through a block of its own
            source, middle = self.label, self.temporary()
            self.label = middle
            before = len(self.lines)
            target = self._edge(then)
            extra, self.lines[before:] = self.lines[before:], []
            self.label = source
            other = self._edge(orelse)
            self.do(f"br i1 {cond}, label %{middle}, label %{other}{weights}")
            self.lines += [f"{middle}:", *extra, f"  br label %{target}"]
            return
        first, second = self._edge(then), self._edge(orelse)
        self.do(f"br i1 {cond}, label %{first}, label %{second}{weights}")

    def error(
        self, exc: str, message: str, parts: Sequence[Value], loc: Loc | None, need: Need | None = None,
    ) -> list[str]:
        """The lines that note an error and leave."""
        held, self.lines = self.lines, []
        self.do(f"store i64 {self.unit.site(exc, message, parts, loc, need)}, ptr {self.at('%ctx', CTX_SITE)}")
        if self.unit.calls:
            self.do(f"store i64 0, ptr {self.at('%ctx', CTX_TRACE)}")
        for i, part in enumerate(parts[:PAYLOAD]):
            kind, operand = self.payload(part)
            self.do(f"store {kind} {operand}, ptr {self.at('%ctx', CTX_PAYLOAD + 8 * i)}")
        self.do(self.leave)
        result, self.lines = self.lines, held
        return result

    def payload(self, part: Value) -> tuple[str, str]:
        """A value as 64 bits."""
        t = part.type
        if not isinstance(t, Scalar):
            return "i64", "0"
        kind, operand = machine(t), self.scalar(part)
        if t.bits == 64:
            return kind, operand
        if t.is_float:
            return "double", self.let(f"fpext float {operand} to double")
        return "i64", self.let(f"{'sext' if t.family == 'i' else 'zext'} {kind} {operand} to i64")

    def check(self, good: str, fail: list[str]) -> None:
        """Go on where `good` holds; else a cold block with the lines of `fail`."""
        on, off = self.temporary(), self.temporary()
        self.do(f"br i1 {good}, label %{on}, label %{off}{LIKELY}")
        self.cold += [f"{off}:", *fail]
        self.start(on)

    # -- recursion

    def _enter(self) -> None:
        """Count the depth of a function that may call itself."""
        place = self.at("%ctx", CTX_DEPTH)
        depth = self.let(f"load i64, ptr {place}")
        self.depth = (place, depth)
        deeper = self.let(f"add i64 {depth}, 1")
        limit = self.let(f"load i64, ptr {self.at('%ctx', CTX_DEPTH_LIMIT)}")
        # no limit is 0: minus one makes it the largest unsigned number
        last = self.let(f"sub i64 {limit}, 1")
        good = self.let(f"icmp ule i64 {depth}, {last}")
        stack = self.let(f"load ptr, ptr {self.at('%ctx', CTX_STACK_LIMIT)}")
        frame = self.slot("i8")
        room = self.let(f"icmp ugt ptr {frame}, {stack}")
        both = self.let(f"and i1 {good}, {room}")
        # without a place of its own: it is the last call of the trace that goes too deep
        self.check(both, self.error("RecursionError", "maximum recursion depth exceeded", (), None))
        self.do(f"store i64 {deeper}, ptr {place}")
        self.leave = "br label %.fail"
        self.cold += [".fail:", f"  store i64 {depth}, ptr {place}", "  ret i32 1"]

    def _restore_depth(self) -> None:
        if self.leave != "ret i32 1":
            self.do(f"store i64 {self.depth[1]}, ptr {self.depth[0]}")

    # -- values in memory

    def put(self, v: Value, place: str) -> None:
        """Write a value as results and records have it."""
        if isinstance(v.type, Array):
            for i, (kind, operand) in enumerate(self.words(v)):
                self.do(f"store {kind} {operand}, ptr {self.at(place, 8 * i)}")
            return
        operand = self.scalar(v)
        if v.type == BOOL:
            operand = self.let(f"zext i1 {operand} to i8")
        self.do(f"store {stored(v.type)} {operand}, ptr {place}")

    def get(self, v: Value, place: str, suffix: str = "") -> None:
        """Define a value by what `put` wrote."""
        if isinstance(v.type, Array):
            d, named = self.name_array(v)
            used = named if d.strides is not None else named[:2 + v.type.ndim]
            for i, (kind, name) in enumerate(used):
                self.do(f"{name} = load {kind}, ptr {self.at(place, 8 * i)}{suffix}")
            return
        if v.type == BOOL:
            byte = self.let(f"load i8, ptr {place}{suffix}")
            self.let_value(v, f"icmp ne i8 {byte}, 0")
            return
        self.let_value(v, f"load {stored(v.type)}, ptr {place}{suffix}")


def element_bytes(t: Array) -> int:
    """Bytes that one element takes."""
    if isinstance(t.elem, Array):
        return 8 * (2 + 2 * t.elem.ndim)
    return t.elem.nbytes if isinstance(t.elem, Scalar) else 8


def literal(text: str) -> bool:
    """Whether an operand is a number."""
    return text[0] not in "%@"


def _fails(block: Block) -> bool:
    return isinstance(block.term, Raise)

