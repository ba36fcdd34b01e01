"""Copying functions and replacing operands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from irad.ir.core import (
    Block,
    Branch,
    Edge,
    Function,
    Instr,
    Jump,
    Loc,
    Raise,
    Return,
    Terminator,
    Try,
    Unreachable,
    Value,
)


def substitute(blocks: Iterable[Block], mapping: Mapping[Value, Value]) -> None:
    """Replace operands everywhere in `blocks`; chains in the mapping are followed to their end."""
    if not mapping:
        return

    def final(args: list[Value]) -> list[Value]:
        for arg in args:
            if arg in mapping:
                break
        else:
            return args
        found = []
        for arg in args:
            while arg in mapping:
                arg = mapping[arg]
            found.append(arg)
        return found

    for block in blocks:
        for instr in block.instrs:
            instr.args = final(instr.args)
        block.term.args = final(block.term.args)
        for edge in block.term.edges:
            edge.args = final(edge.args)


def clone_terminator(
    term: Terminator, value: Callable[[Value], Value], block: Callable[[Block], Block], site: Loc | None = None,
) -> Terminator:
    """A copy of a terminator with values and target blocks mapped."""
    args = [value(a) for a in term.args]
    edges = [Edge(block(e.target), [value(a) for a in e.args]) for e in term.edges]
    loc = term.loc.called_from(site) if term.loc else site
    if isinstance(term, Jump):
        return Jump(edges[0], loc)
    if isinstance(term, Branch):
        return Branch(args[0], edges[0], edges[1], loc)
    if isinstance(term, Return):
        return Return(args, loc)
    if isinstance(term, Raise):
        return Raise(term.exc, term.message, args, loc)
    if isinstance(term, Try):
        return Try(edges[0] if len(edges) == 2 else None, edges[-1], loc)
    return Unreachable(loc=loc)


def clone_blocks(
    blocks: Iterable[Block], mapping: dict[Value, Value], site: Loc | None = None,
) -> tuple[list[Block], dict[Block, Block]]:
    """Fresh copies of `blocks`. `mapping` takes old values to new ones (given entries are kept); targets outside stay."""
    copies = {b: Block(b.name) for b in blocks}
    places: dict[Loc | None, Loc | None] = {None: site}
    for old, new in copies.items():
        for p in old.params:
            mapping[p] = Value(p.type, p.name)
        new.params = [mapping[p] for p in old.params]
        for instr in old.instrs:
            for r in instr.results:
                mapping[r] = Value(r.type, r.name)
    for old, new in copies.items():
        for instr in old.instrs:
            loc = instr.loc
            if site is not None:
                if loc not in places:
                    places[loc] = loc.called_from(site) if loc is not None else site
                loc = places[loc]
            args = [mapping.get(a, a) for a in instr.args]
            new.instrs.append(Instr(instr.op, args, [mapping[r] for r in instr.results], dict(instr.attrs), loc))
        new.term = clone_terminator(old.term, lambda v: mapping.get(v, v), lambda b: copies.get(b, b), site)
    return list(copies.values()), copies


def clone_function(function: Function, name: str) -> Function:
    """A copy of a function under another name."""
    mapping: dict[Value, Value] = {p: Value(p.type, p.name) for p in function.params}
    params = [mapping[p] for p in function.params]
    blocks, _ = clone_blocks(function.blocks, mapping)
    return Function(name, params, list(function.results), blocks, function.loc, dict(function.attrs))
