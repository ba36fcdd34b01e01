"""The interpreter's frame while bytecode is lifted: local variables and stack slots as SSA variables.

Inside a block the stack is a Python list. At its end the slots are written to the SSA builder like local variables, and
the next block reads them when it first needs them: a join gets a parameter only where values differ.

Code that is protected by an exception handler is cut before the frame changes behind an instruction that may raise: what
the handler finds in the frame is what is there at the end of each block that leads to it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from types import CodeType
from typing import Any

from irad.ir.core import Block, Branch, Const, Edge, Instr, Jump, Loc, Return, Try, Unreachable, Value
from irad.ir.ssa import SSABuilder
from irad.ir.types import ANY
from irad.lift.bytecode import Protected, local_names
from irad.lift.names import value_name
from irad.lift.refused import Refusal
from irad.ops.py import QUIET, UNBOUND

NONE = Const(ANY, None)
# what CPython pushes beside a callable that is not a method; it never becomes an operand
NULL = Const(ANY, None)
CURRENT = "exception"  # the SSA variable that holds the exception being handled, or None


class Frame:
    """The state of lifting one code object; `enter` moves it to the next block.

    An SSA variable is the number of a local, cell or free variable, ~depth for a stack slot, or CURRENT. `blocks` are those
    of the function so far, in order.
    """

    def __init__(self, code: CodeType) -> None:
        self.code = code
        self.names = local_names(code)
        self._hints = [value_name(name) for name in self.names]
        self.unbound = Const(ANY, UNBOUND)
        self.ssa = SSABuilder(self._initial, lambda _: ANY, self._hint)
        self.block = Block("")
        self.blocks: list[Block] = []
        self.handler: Block | None = None
        self.follow: Sequence[Block] = ()
        self.stack: list[Value | None] = []  # None: the slot holds what the blocks before have left there
        self.loc: Loc | None = None
        self.ended = False
        self.keywords: tuple[str, ...] = ()  # of the next call (KW_NAMES)
        self.functions: dict[Value, Instr] = {}  # the instructions that made function objects
        self.checks: list[Instr] = []
        self.reads_unbound = False
        self._shapes: dict[Block, list[Value | None]] = {}
        self._lasti: dict[Block, bool] = {}  # by handler: whether CPython keeps the place of the raise below the exception
        self._raising = False  # whether the block has an instruction that may raise
        self._defined: set[Value] = set()
        self._bools: set[Value] = set()
        self._checked: dict[Value, Value] = {}

    # -- blocks --

    def enter(
        self, block: Block, follow: Sequence[Block], handler: Block | None = None, row: Protected | None = None,
    ) -> None:
        self.block = block
        self.blocks.append(block)
        self.follow = follow
        self.handler = handler
        self.stack = list(self._shapes.get(block, ()))
        self.ended = self._raising = False
        self._checked = {}
        if block in self._lasti:
            self.stack += [NONE] * self._lasti[block]
            self.push(self.emit("py.caught", ()))
        if handler is not None and row is not None:
            self._shapes.setdefault(handler, self._kept(row.depth))
            self._lasti[handler] = row.lasti

    def leave(self) -> None:
        """The end of a block: hand the stack to the blocks that follow."""
        for depth, value in enumerate(self.stack):
            if value is not None and value is not NULL:
                self.ssa.write(~depth, self.block, value)

    def settle(self) -> None:
        """Before the frame changes or is left: what may raise stays behind, in a block that can go to the handler."""
        if self.handler is None or not self._raising:
            return
        after = Block(self.block.name)
        self.block.term = Try(self.ssa.add_edge(self.block, Edge(after)), self._to_handler(self.handler), self.loc)
        self.leave()
        self.ssa.seal(after)
        self.blocks.append(after)
        self.block = after
        self._raising = False

    def _to_handler(self, handler: Block) -> Edge:
        return self.ssa.add_edge(self.block, Edge(handler))

    def jump(self) -> None:
        (target,) = self.follow
        edge = self._edge(target, len(self.stack))
        if self.handler is None or not self._raising:
            self.block.term = Jump(edge, self.loc)
        else:
            self.block.term = Try(edge, self._to_handler(self.handler), self.loc)
        self.ended = True

    def branch(self, cond: Value, then: int, dropped: tuple[int, int] = (0, 0)) -> None:
        """To the block `follow[then]` if `cond` holds, to the other otherwise; `dropped` says how many of the uppermost
        stack slots do not go along to `follow[0]` and `follow[1]`."""
        self.settle()
        depth = len(self.stack)
        edges = [self._edge(block, depth - drop) for block, drop in zip(self.follow, dropped, strict=True)]
        self.block.term = Branch(cond, edges[then], edges[1 - then], self.loc)
        self.ended = True

    def delegate(self, ok: Value, result: Value) -> None:
        """To the block `follow[0]` if `ok` holds; to the other otherwise, with `result` in place of the two uppermost slots."""
        self.settle()
        depth = len(self.stack)
        on, end = self.follow
        out = Block("result")
        self.block.term = Branch(ok, self._edge(on, depth), self.ssa.add_edge(self.block, Edge(out)), self.loc)
        self.leave()
        self.ssa.seal(out)
        self.blocks.append(out)
        self.block, self.stack = out, [*self.stack[:-2], result]
        self.block.term = Jump(self._edge(end, depth - 1), self.loc)
        self.ended = True

    def ret(self, value: Value) -> None:
        self.settle()
        self.block.term = Return([value], self.loc)
        self.ended = True

    def refuse(self, refusal: Refusal) -> None:
        self.settle()
        self.effect("py.unsupported", (), refusal.attrs())
        self.unreachable()

    def unreachable(self) -> None:
        """The end of a block that always raises."""
        if self.handler is None or not self._raising:
            self.block.term = Unreachable(loc=self.loc)
        else:
            self.block.term = Try(None, self._to_handler(self.handler), self.loc)
        self.ended = True

    def _edge(self, target: Block, depth: int) -> Edge:
        self._shapes.setdefault(target, self._kept(depth))
        return self.ssa.add_edge(self.block, Edge(target))

    def _kept(self, depth: int) -> list[Value | None]:
        """The lower part of the stack as another block finds it."""
        return [NULL if value is NULL else None for value in self.stack[:depth]]

    # -- instructions --

    def emit(
        self, op: str, args: Sequence[Value], attrs: dict[str, Any] | None = None, name: str | None = None,
    ) -> Value:
        """Append an instruction with one result."""
        value = Value(ANY, name)
        self._defined.add(value)
        self._append(Instr(op, args, (value,), attrs, self.loc))
        return value

    def emit_many(self, op: str, args: Sequence[Value], count: int, attrs: dict[str, Any] | None = None) -> list[Value]:
        """Append an instruction with `count` results."""
        values = [Value(ANY) for _ in range(count)]
        self._defined.update(values)
        self._append(Instr(op, args, values, attrs, self.loc))
        return values

    def effect(self, op: str, args: Sequence[Value], attrs: dict[str, Any] | None = None) -> None:
        """Append an instruction without a result."""
        self._append(Instr(op, args, (), attrs, self.loc))

    def _append(self, instr: Instr) -> None:
        self.block.instrs.append(instr)
        self._raising = self._raising or instr.op not in QUIET

    def is_global(self, value: Value, name: str) -> bool:
        """Whether a value has just been loaded as the global or builtin of this name."""
        last = self.block.instrs[-1] if self.block.instrs else None
        return last is not None and last.op == "py.global" and last.results[0] is value and last.attrs["name"] == name

    def emit_bool(self, op: str, args: Sequence[Value], attrs: dict[str, Any] | None = None) -> Value:
        """Append an instruction whose result is True or False, whatever the operands are."""
        value = self.emit(op, args, attrs)
        self._bools.add(value)
        return value

    def truth(self, value: Value) -> Value:
        """bool(value)."""
        return value if value in self._bools else self.emit_bool("py.truth", (value,))

    # -- the stack --

    def holds(self, values: Iterable[Value]) -> bool:
        """Whether a variable that this block has written, or the stack, holds one of these."""
        held = {*self.ssa.written(self.block), *(v for v in self.stack if v is not None)}
        return any(v in held for v in values)

    def push(self, value: Value) -> None:
        self.stack.append(value)

    def peek(self, depth: int = 1) -> Value:
        """The slot that is `depth` from above, counted from 1."""
        value = self.stack[-depth]
        if value is None:
            value = self.ssa.read(~(len(self.stack) - depth), self.block)
            self.stack[-depth] = value
        return value

    def pop(self) -> Value:
        value = self.peek()
        self.stack.pop()
        return value

    def pop_many(self, count: int) -> list[Value]:
        """The uppermost slots, the lowest first."""
        values = [self.peek(depth) for depth in range(count, 0, -1)]
        del self.stack[len(self.stack) - count:]
        return values

    def swap(self, depth: int) -> None:
        """Exchange the uppermost slot with the one that is `depth` from above."""
        if self.handler is not None and len(self.stack) - depth < len(self._shapes[self.handler]):
            self.settle()  # the handler finds that slot as it was
        self.peek(1), self.peek(depth)
        self.stack[-1], self.stack[-depth] = self.stack[-depth], self.stack[-1]

    def drop(self) -> None:
        """Pop without reading."""
        self.stack.pop()

    # -- local variables --

    def load(self, index: int) -> Value:
        """A local variable, checked where it may be unbound."""
        value = self.ssa.read(index, self.block)
        if value in self._defined or (isinstance(value, Const) and value is not self.unbound):
            return value
        checked = self._checked.get(value)
        if checked is None:
            name = self.names[index]
            checked = self._checked[value] = self.emit("py.check_bound", (value,), {"name": name}, self._hints[index])
            self.checks.append(self.block.instrs[-1])
        return checked

    def load_raw(self, index: int) -> Value:
        """A local variable or the unbound marker."""
        return self.ssa.read(index, self.block)

    def write(self, variable: int | str, value: Value) -> None:
        """Change a variable of the frame."""
        self.settle()
        self.ssa.write(variable, self.block, value)

    def store(self, index: int, value: Value) -> None:
        if value.name is None and not isinstance(value, Const):
            value.name = self._hints[index]
        self.write(index, value)

    def unbind(self, index: int) -> None:
        self.reads_unbound = True
        self.write(index, self.unbound)

    def argument(self, index: int, value: Value) -> None:
        """A parameter of the function: always bound."""
        self._defined.add(value)
        self.ssa.write(index, self.block, value)

    # -- the exception being handled --

    def current(self) -> Value:
        """The exception that a handler around this place has caught; None outside of handlers."""
        return self.ssa.read(CURRENT, self.block)

    def _initial(self, variable: Hashable) -> Value:
        if variable == CURRENT:
            return NONE
        self.reads_unbound = True
        return self.unbound

    def _hint(self, variable: Hashable) -> str | None:
        return self._hints[variable] if isinstance(variable, int) and variable >= 0 else None
