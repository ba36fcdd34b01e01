"""Appending instructions: a cursor into a block, with the types of results given by the op table (passed in as `infer`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any as AnyObject

from irad.ir.core import Block, Branch, Edge, Function, Instr, Jump, Loc, Raise, Return, Terminator, Value
from irad.ir.types import Type

TypeRule = Callable[[str, Sequence[Value], dict[str, AnyObject]], Sequence[Type]]


class Builder:
    """Appends to the end of `block`; `loc` is given to each new instruction.

    The `op` method asks the type rule (the op table's `result_types`) for the types of results; `emit` takes them as given.
    """

    __slots__ = ("block", "func", "loc", "rule")

    def __init__(self, func: Function, block: Block | None, rule: TypeRule) -> None:
        self.func = func
        self.block = block
        self.rule = rule
        self.loc: Loc | None = None

    def new_block(self, name: str, params: Sequence[Value] = ()) -> Block:
        block = Block(name, params)
        self.func.blocks.append(block)
        return block

    def at(self, block: Block) -> Builder:
        self.block = block
        return self

    def emit(
        self, op: str, args: Sequence[Value], types: Sequence[Type], attrs: dict[str, AnyObject] | None = None,
        name: str | None = None,
    ) -> list[Value]:
        assert self.block is not None
        results = [Value(t, name) for t in types]
        self.block.instrs.append(Instr(op, args, results, attrs, self.loc))
        return results

    def op(self, op: str, *args: Value, name: str | None = None, **attrs: AnyObject) -> Value:
        """Append an op with exactly one result and return it."""
        (value,) = self.emit(op, args, self.rule(op, args, attrs), attrs, name)
        return value

    def do(self, op: str, *args: Value, **attrs: AnyObject) -> list[Value]:
        """Append an op with any number of results."""
        return self.emit(op, args, self.rule(op, args, attrs), attrs)

    def end(self, term: Terminator) -> None:
        assert self.block is not None
        if term.loc is None:
            term.loc = self.loc
        self.block.term = term

    def jump(self, target: Block, *args: Value) -> None:
        self.end(Jump(Edge(target, args)))

    def branch(self, cond: Value, then: Block | Edge, orelse: Block | Edge) -> None:
        to = [x if isinstance(x, Edge) else Edge(x) for x in (then, orelse)]
        self.end(Branch(cond, to[0], to[1]))

    def ret(self, *values: Value) -> None:
        self.end(Return(values))

    def throw(self, exc: str, message: str, *parts: Value) -> None:
        self.end(Raise(exc, message, parts))
