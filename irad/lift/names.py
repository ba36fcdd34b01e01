"""Names for blocks, values and functions of lifted code: what a reader of the IR meets."""

from __future__ import annotations

from collections.abc import Sequence

from irad.lift.bytecode import Instruction
from irad.lift.flow import Flow, Straight


def value_name(name: str) -> str:
    """The name of a value that holds a Python variable (the hidden argument of a comprehension is called `.0`)."""
    return "it" if name.startswith(".") else name


def function_name(name: str) -> str:
    """A code object's name without angle brackets: `lambda`, `listcomp`."""
    return name.strip("<>")


def block_names(flow: Flow, instructions: Sequence[Instruction]) -> dict[int, str]:
    """A hint for each block by its first instruction: what leads there says what it is."""
    rank = {block.first: i for i, block in enumerate(flow.blocks)}
    names = {0: "entry"}
    for block in flow.blocks:
        if block.row is not None:
            names[block.handler] = "except"
        for target, name in _ends(block, flow, rank, instructions):
            if rank[target] <= rank[block.first]:
                names[target] = "for" if names.get(target) == "for" else "loop"
            elif _is_for(flow.blocks[rank[target]], instructions):
                names[target] = "for"
            elif name in ("next", "done") or names.get(target, name) == name:
                names[target] = name
            elif names[target] != "done":
                names[target] = "join"
    return names


def _is_for(block: Straight, instructions: Sequence[Instruction]) -> bool:
    return block.last == block.first + 1 and instructions[block.first].name == "FOR_ITER"


def _ends(
    block: Straight, flow: Flow, rank: dict[int, int], instructions: Sequence[Instruction],
) -> list[tuple[int, str]]:
    """The blocks that follow, each with what it would be called."""
    if len(block.follow) < 2:
        name = "resume" if instructions[block.last - 1].name == "YIELD_VALUE" else "join"
        return [(target, name) for target in block.follow]
    if instructions[block.last - 1].name == "FOR_ITER":
        return list(zip(block.follow, ("body", "done"), strict=True))
    names = ["then", "else"]
    for i, target in enumerate(block.follow):
        header = _header(flow.blocks[rank[target]], flow, rank, instructions)
        if rank[header.first] <= rank[block.first]:
            names[i] = "next"
            if not _is_for(header, instructions):  # most likely the test at the end of a while loop
                names[1 - i] = "done"
    return list(zip(block.follow, names, strict=True))


def _header(block: Straight, flow: Flow, rank: dict[int, int], instructions: Sequence[Instruction]) -> Straight:
    """Where a block jumps that does nothing else; otherwise the block itself."""
    only_jump = block.last == block.first + 1 and instructions[block.first].name == "JUMP"
    return flow.blocks[rank[block.follow[0]]] if only_jump else block
