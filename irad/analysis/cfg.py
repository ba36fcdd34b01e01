"""Order, predecessors and dominators of a flow graph."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from irad.ir.core import Block, Edge, Function

Node = TypeVar("Node", bound=Hashable)


def reverse_postorder(entry: Node, successors: Callable[[Node], Iterable[Node]]) -> list[Node]:
    """Nodes reachable from `entry`, each before its successors except along back edges."""
    seen = {entry}
    order: list[Node] = []
    stack = [(entry, iter(successors(entry)))]
    while stack:
        node, rest = stack[-1]
        for succ in rest:
            if succ not in seen:
                seen.add(succ)
                stack.append((succ, iter(successors(succ))))
                break
        else:
            order.append(node)
            stack.pop()
    order.reverse()
    return order


def has_cycle(entry: Node, successors: Callable[[Node], Iterable[Node]]) -> bool:
    """Whether a way from `entry` comes to one of its own nodes again."""
    order = {node: i for i, node in enumerate(reverse_postorder(entry, successors))}
    return any(order[succ] <= i for node, i in order.items() for succ in successors(node))


class Dominators(NamedTuple, Generic[Node]):
    """`order`: reverse postorder; `idom[node]`: immediate dominator (None for the entry)."""

    order: Sequence[Node]
    idom: dict[Node, Node | None]
    enter: dict[Node, int]
    leave: dict[Node, int]

    def dominates(self, a: Node, b: Node) -> bool:
        """Whether every way to `b` passes `a` (reflexive). Unreachable nodes are dominated by nothing."""
        return a in self.enter and b in self.enter and self.enter[a] <= self.enter[b] and self.leave[b] <= self.leave[a]

    def children(self) -> dict[Node, list[Node]]:
        """The dominator tree, children in reverse postorder."""
        tree: dict[Node, list[Node]] = {node: [] for node in self.order}
        for node in self.order:
            parent = self.idom[node]
            if parent is not None:
                tree[parent].append(node)
        return tree


class DominanceFrontier:
    """Where definitions meet ways around them (R. Cytron et al., TOPLAS 1991)."""

    def __init__(self, doms: Dominators[Block]) -> None:
        self._direct: dict[Block, list[Block]] = {}
        self._iterated: dict[Block, frozenset[Block]] = {}
        sources: dict[Block, list[Block]] = {}
        for block in doms.order:
            for edge in block.edges:
                sources.setdefault(edge.target, []).append(block)
        for join, ways in sources.items():
            for runner in ways if len(ways) > 1 else ():
                at: Block | None = runner
                while at is not None and at is not doms.idom[join]:
                    found = self._direct.setdefault(at, [])
                    if join not in found:
                        found.append(join)
                    at = doms.idom[at]

    def of(self, block: Block) -> frozenset[Block]:
        """The joins at which what is defined in a block only can meet something else, directly or by such joins."""
        found = self._iterated.get(block)
        if found is None:
            seen: set[Block] = set()
            work = [block]
            while work:
                for join in self._direct.get(work.pop(), ()):
                    if join not in seen:
                        seen.add(join)
                        work.append(join)
            found = self._iterated[block] = frozenset(seen)
        return found


def dominator_tree(entry: Node, successors: Callable[[Node], Iterable[Node]]) -> Dominators[Node]:
    """The dominators of the nodes that can be reached from `entry`."""
    order = reverse_postorder(entry, successors)
    index = {node: i for i, node in enumerate(order)}
    preds: list[list[int]] = [[] for _ in order]
    for i, node in enumerate(order):
        for succ in successors(node):
            preds[index[succ]].append(i)
    return _tree(order, preds)


def _tree(order: Sequence[Node], preds: Sequence[Sequence[int]]) -> Dominators[Node]:
    """K. Cooper, T. Harvey, K. Kennedy, "A Simple, Fast Dominance Algorithm", 2001; once round where cycles have one entry."""
    idom = [0] * len(order)
    backward: list[tuple[int, int]] = []
    for i in range(1, len(order)):
        new = -1
        for p in preds[i]:
            if p >= i:
                backward.append((p, i))
            elif new < 0:
                new = p
            elif p != new:
                new = _meet(idom, p, new)
        idom[i] = new
    changed = any(_meet(idom, p, i) != i for p, i in backward)
    while changed:
        changed = False
        for i in range(1, len(order)):
            new = idom[i]
            for p in preds[i]:
                new = _meet(idom, p, new)
            if idom[i] != new:
                idom[i] = new
                changed = True
    parents: dict[Node, Node | None] = {node: order[i] for node, i in zip(order, idom, strict=True)}
    parents[order[0]] = None
    enter, leave = _number(idom)
    return Dominators(order, parents, dict(zip(order, enter, strict=True)), dict(zip(order, leave, strict=True)))


def reducible(entry: Node, successors: Callable[[Node], Iterable[Node]]) -> bool:
    """Whether every cycle is entered at one place only."""
    doms = dominator_tree(entry, successors)
    position = {node: i for i, node in enumerate(doms.order)}
    return all(
        position[succ] > position[node] or doms.dominates(succ, node) for node in doms.order for succ in successors(node)
    )


def _meet(idom: list[int], a: int, b: int) -> int:
    while a != b:
        while a > b:
            a = idom[a]
        while b > a:
            b = idom[b]
    return a


def _number(idom: list[int]) -> tuple[list[int], list[int]]:
    """Intervals that are nested as the dominator tree is: parents come first in `idom`."""
    size = [1] * len(idom)
    for i in range(len(idom) - 1, 0, -1):
        size[idom[i]] += size[i]
    enter = [0] * len(idom)
    free = [1] * len(idom)  # where the interval of the next child begins
    for i in range(1, len(idom)):
        parent = idom[i]
        enter[i] = free[parent]
        free[parent] += size[i]
        free[i] = enter[i] + 1
    return enter, [first + n for first, n in zip(enter, size, strict=True)]


def block_order(function: Function) -> list[Block]:
    """Reachable blocks in reverse postorder."""
    seen: set[Block] = set()
    order: list[Block] = []
    path: list[Block] = []
    work: list[Block | None] = [function.entry]  # None: all that follows the last block of the path has been seen
    while work:
        block = work.pop()
        if block is None:
            order.append(path.pop())
        elif block not in seen:
            seen.add(block)
            path.append(block)
            work.append(None)
            for edge in reversed(block.term.edges):
                if edge.target not in seen:
                    work.append(edge.target)
    order.reverse()
    return order


def dominators(function: Function) -> Dominators[Block]:
    """Dominators of the reachable blocks."""
    order = block_order(function)
    index = {block: i for i, block in enumerate(order)}
    preds: list[list[int]] = [[] for _ in order]
    for i, block in enumerate(order):
        for edge in block.term.edges:
            preds[index[edge.target]].append(i)
    return _tree(order, preds)


def predecessors(function: Function) -> dict[Block, list[tuple[Block, Edge]]]:
    """For each block the (source, edge) pairs that enter it; a branch with both edges to one block gives two."""
    preds: dict[Block, list[tuple[Block, Edge]]] = {b: [] for b in function.blocks}
    for block in function.blocks:
        for edge in block.term.edges:
            preds.setdefault(edge.target, []).append((block, edge))
    return preds
