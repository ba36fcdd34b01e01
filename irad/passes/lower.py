"""Guards become branches (form `loops` or `typed` to `low`).

    guard %ok, %i {exc='IndexError', msg='index {}'}        br %ok, ^body.ok, ^body.fail
    ...                                                   ^body.ok:
                                                            ...
                                                          ^body.fail:
                                                            raise 'IndexError', 'index {}', %i

The cold blocks stand at the end of the function, so that the way through stays straight.
"""

from __future__ import annotations

from irad.ir.core import Block, Branch, Const, Edge, Function, Instr, Raise


def lower_guards(function: Function) -> None:
    """Turn every guard into a branch to a cold block that raises, in place."""
    blocks: list[Block] = []
    cold: list[Block] = []
    for block in function.blocks:
        instrs, term = block.instrs, block.term
        current = block
        current.instrs = []
        blocks.append(current)
        for instr in instrs:
            if instr.op != "guard":
                current.instrs.append(instr)
            elif not _always(instr):
                current = _branch(current, instr, block.name, cold)
                blocks.append(current)
        current.term = term
    function.blocks[:] = blocks + cold


def _always(guard: Instr) -> bool:
    ok = guard.args[0]
    return isinstance(ok, Const) and ok.value is True


def _branch(current: Block, guard: Instr, name: str, cold: list[Block]) -> Block:
    """End `current` with the branch of a guard; the block that goes on."""
    onward, fail = Block(f"{name}.ok"), Block(f"{name}.fail")
    fail.term = Raise(guard.attrs["exc"], guard.attrs["msg"], guard.args[1:], guard.loc)
    cold.append(fail)
    current.term = Branch(guard.args[0], Edge(onward), Edge(fail), guard.loc)
    return onward
