"""Minimum cut of a small directed graph with integer capacities (Dinic's algorithm).

E. A. Dinic, "Algorithm for solution of a problem of maximum flow in networks with power estimation", 1970. Knows
nothing of the rest of irad.
"""

from __future__ import annotations

INFINITE = 1 << 400  # more than all that is finite: ten for each loop around (numpy has up to 64 axes) is no small number


class Network:
    """Nodes are numbers from 0; 0 is the source, 1 the sink. Arcs stand in pairs: arc `a ^ 1` is the reverse of arc
    `a`."""

    __slots__ = ("arcs", "head", "room")

    def __init__(self, nodes: int) -> None:
        self.arcs: list[list[int]] = [[] for _ in range(nodes)]
        self.head: list[int] = []
        self.room: list[int] = []

    def add(self, tail: int, head: int, capacity: int) -> None:
        """An arc from `tail` to `head`."""
        self.arcs[tail].append(len(self.head))
        self.arcs[head].append(len(self.head) + 1)
        self.head += (head, tail)
        self.room += (capacity, 0)

    def cut(self) -> tuple[int, list[bool]]:
        """The value of a minimum cut, and for each node whether it stays with the source.

        Of all minimum cuts it is the one nearest the sink.
        """
        flow = 0
        while True:
            level = self._levels()
            if level[0] < 0:
                return flow, [depth < 0 for depth in level]
            flow += self._blocking_flow(level)

    def _levels(self) -> list[int]:
        """For each node the arcs with room that lead from it to the sink (-1: none do)."""
        level = [-1] * len(self.arcs)
        level[1] = 0
        queue = [1]
        arcs, head, room = self.arcs, self.head, self.room
        for node in queue:
            deeper = level[node] + 1
            for arc in arcs[node]:
                other = head[arc]
                if level[other] < 0 and room[arc ^ 1]:
                    level[other] = deeper
                    queue.append(other)
        return level

    def _blocking_flow(self, level: list[int]) -> int:
        arcs, head, room = self.arcs, self.head, self.room
        following = [0] * len(arcs)
        total = 0
        path: list[int] = []
        node = 0
        while True:
            if node == 1:
                amount = min(room[arc] for arc in path)
                total += amount
                keep = len(path)
                for index in range(len(path) - 1, -1, -1):
                    arc = path[index]
                    room[arc] -= amount
                    room[arc ^ 1] += amount
                    if not room[arc]:
                        keep = index
                node = head[path[keep] ^ 1]
                del path[keep:]
                continue
            out = arcs[node]
            depth = level[node] - 1
            at = following[node]
            while at < len(out) and not (room[out[at]] and level[head[out[at]]] == depth):
                at += 1
            following[node] = at
            if at < len(out):
                path.append(out[at])
                node = head[out[at]]
            elif path:
                node = head[path.pop() ^ 1]
                following[node] += 1
            else:
                return total
