"""Where values are defined and used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from irad.ir.core import Block, Const, Function, Instr, Value


class Use(NamedTuple):
    """`args[slot]` is the operand; the list belongs to an instruction, a terminator or an edge of `block`."""

    block: Block
    args: list[Value]
    slot: int

    @property
    def value(self) -> Value:
        return self.args[self.slot]

    def replace(self, value: Value) -> None:
        self.args[self.slot] = value


def block_uses(block: Block) -> Iterator[Use]:
    """Every operand of a block in order: instructions, terminator, edges. Constants are left out."""
    for instr in block.instrs:
        yield from _uses(block, instr.args)
    yield from _uses(block, block.term.args)
    for edge in block.edges:
        yield from _uses(block, edge.args)


def _uses(block: Block, args: list[Value]) -> Iterator[Use]:
    for index, value in enumerate(args):
        if not isinstance(value, Const):
            yield Use(block, args, index)


def uses(function: Function) -> dict[Value, list[Use]]:
    """All uses of each value that has any."""
    found: dict[Value, list[Use]] = {}
    for block in function.blocks:
        for use in block_uses(block):
            found.setdefault(use.value, []).append(use)
    return found


def definitions(function: Function) -> dict[Value, Instr]:
    """The instruction that defines each value; parameters are absent."""
    return {value: instr for instr in function.instrs() for value in instr.results}


def homes(function: Function) -> dict[Value, Block]:
    """The block that defines each value; parameters of the function belong to the entry."""
    home = dict.fromkeys(function.params, function.entry)
    for block in function.blocks:
        home.update(dict.fromkeys(block.params, block))
        for instr in block.instrs:
            home.update(dict.fromkeys(instr.results, block))
    return home


def block_values(block: Block) -> Iterator[Value]:
    """Every value that a block defines, in order."""
    yield from block.params
    for instr in block.instrs:
        yield from instr.results
