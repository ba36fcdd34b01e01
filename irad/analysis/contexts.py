"""Conditions that hold at a place of a function: what the branches and guards on every way to it have said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from irad.analysis.cfg import Dominators, dominators
from irad.analysis.linear import Linear
from irad.ir.core import Block, Branch, Edge, Function, Instr, Value

Interval = tuple[int, int]


class Place(NamedTuple):
    """Before the instruction with this number (the terminator: the number of instructions)."""

    block: Block
    before: int


class Context:
    """Conditions that hold at a place: a chain towards the entry, one link for each branch or guard passed."""

    __slots__ = ("about", "atoms", "cond", "inequalities", "intervals", "linears", "parent", "truth")

    def __init__(self, parent: Context | None, cond: Value | None = None, truth: bool = True) -> None:
        self.parent = parent
        self.cond = cond
        self.truth = truth
        self.forget()

    def forget(self) -> None:
        self.inequalities: list[Linear] | None = None  # of all the chain, the newest first
        self.about: dict[Value, list[Linear]] = {}  # the same by atom
        self.intervals: dict[Value, Interval] = {}
        self.atoms: dict[Value, Interval] = {}
        self.linears: dict[Value, Linear] = {}

    def chain(self) -> Iterator[Context]:
        link: Context | None = self
        while link is not None:
            if link.cond is not None:
                yield link
            link = link.parent


class Contexts:
    """The contexts of a function, and where its values are defined; as it is now."""

    def __init__(self, function: Function, doms: Dominators[Block] | None = None) -> None:
        self.doms = doms or dominators(function)
        self.defs: dict[Value, tuple[Instr, Block, int]] = {}
        self.params: dict[Value, tuple[Block, int]] = {}
        self.ways: dict[Block, list[tuple[Block, Edge]]] = {block: [] for block in self.doms.order}
        self.extents: dict[tuple[Value, int], Value] = {}
        self.ends: dict[Block, Context] = {}
        self.guards: dict[Block, list[tuple[int, Context]]] = {}
        self.start = Context(None)
        self.contexts = [self.start]
        self._scan()

    def _scan(self) -> None:
        for block in self.doms.order:
            for edge in block.term.edges:
                self.ways[edge.target].append((block, edge))
        start = self.start
        for block in self.doms.order:
            for k, param in enumerate(block.params):
                self.params[param] = (block, k)
            context = self._entered(block, start)
            links = [(-1, context)]
            for index, instr in enumerate(block.instrs):
                for result in instr.results:
                    self.defs[result] = (instr, block, index)
                if instr.op == "guard":
                    context = self._link(context, instr.args[0], True)
                    links.append((index, context))
                elif instr.op == "dim":
                    self.extents.setdefault((instr.args[0], instr.attrs["axis"]), instr.result)
                elif instr.op == "alloc":
                    self.extents.update({(instr.result, k): extent for k, extent in enumerate(instr.args)})
            self.guards[block] = links
            self.ends[block] = context

    def _entered(self, block: Block, start: Context) -> Context:
        """The context at the head of a block; each way into a dominating branch's block adds a link."""
        parent = self.doms.idom[block]
        if parent is None:
            return start
        context = self.ends[parent]
        if len(self.ways[block]) == 1:
            source, edge = self.ways[block][0]
            term = source.term
            if isinstance(term, Branch) and term.edges[0].target is not term.edges[1].target:
                return self._link(context, term.args[0], edge is term.edges[0])
        return context

    def _link(self, parent: Context, cond: Value, truth: bool) -> Context:
        context = Context(parent, cond, truth)
        self.contexts.append(context)
        return context

    def context(self, place: Place) -> Context:
        found = self.guards[place.block][0][1]
        for index, context in self.guards[place.block]:
            if index < place.before:
                found = context
        return found

    def home(self, value: Value) -> Context | None:
        """The context in which a value is defined; None for parameters of the function."""
        made = self.defs.get(value)
        if made is not None:
            return self.context(Place(made[1], made[2]))
        param = self.params.get(value)
        return self.guards[param[0]][0][1] if param is not None else None
