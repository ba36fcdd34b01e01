"""Sets with members that are known at run time only."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
import pytest
from numeric.harness import same_as_python

import irad


def _visited(w: Any, n: float) -> float:
    done: set[int] = set()
    total, k = 0.0, int(n)
    for i in range(20):
        j = (i * k) % 7
        if j in done:
            continue
        done.add(j)
        total += w[j % 3] * len(done)
    done.discard(3)
    done.discard(100)
    try:
        done.remove(99)
    except KeyError as e:
        total += e.args[0]
    pairs = {(k, 1)}
    pairs.add((k, 2))
    pairs.add((k, 1))
    return total + len(pairs) + ((k, 2) in pairs) + ((9, 9) in pairs) + (3 not in done) + ("a" in done) + (1 if done else 2)


def test_members_are_added_and_asked_for() -> None:
    same_as_python(_visited, np.array([1.0, 0.5, -2.0]), 3.5)
    irad.check_grads(_visited, (np.array([1.0, 0.5, -2.0]), 3.5))


def _made(x: float) -> list[Any]:
    k = int(x)
    s = {k, 2, 5}
    t = {k + 1, 5}
    z = s
    z |= {k + 9}
    z |= t
    found: list[Any] = [
        len(s), s is z, s == t, s == {2, k, 5, k + 9, k + 1}, s != t, t <= s, s >= t, {5} <= t, {5, 77} <= t, t >= {5},
        s.isdisjoint({100, 200}), s.isdisjoint(t), {1, 2}.isdisjoint(s), {5}.issubset(t), s.issuperset({2}),
    ]
    for u in (
        s | t, s & t, s - t, s - {2}, {2, 3} - s, {2, 3} | t, s.union([1, k]), s.intersection(t), s.difference(t),
        {2, 3}.intersection(s), s.copy(), set(i % 3 for i in range(k)), set([*range(k), k]), {i % 2 for i in range(k)},
    ):
        found += [len(u), sorted(u)[0] if u else -1, max(u, default=7)]
    perhaps = set()
    if x > 3:
        perhaps = {k}
    z.clear()
    z.add(k + 1)
    return [*found, len(perhaps), len(s), 2 if perhaps else 3]


def test_sets_are_made_and_compared() -> None:
    for x in (3.5, 4.5, 2.5):
        same_as_python(_made, x)


def _smallest(x: float, y: float) -> float:
    s = {x, y, x * y, x}
    return sorted(s, reverse=True)[0] * 3 + min(s) + len(s)


def test_derivative_by_members() -> None:
    same_as_python(_smallest, 1.5, 0.3)
    irad.check_grads(_smallest, (1.5, 0.3))


def _shortest(weights: Any) -> float:
    starts = np.array([0, 0, 1, 1, 2, 2, 3, 4, 4])
    ends = np.array([1, 2, 2, 3, 3, 4, 5, 5, 3])
    dist = {0: 0.0}
    done = set()
    queue = [(0.0, 0)]
    while queue:
        d, u = heapq.heappop(queue)
        if u in done:
            continue
        done.add(u)
        for i in range(len(weights)):
            b = int(ends[i])
            far = d + float(weights[i])
            if starts[i] == u and far < dist.get(b, 1e9):
                dist[b] = far
                heapq.heappush(queue, (far, b))
    return dist[5] + len(done)


def test_shortest_paths() -> None:
    weights = np.array([0.7, 0.3, 0.2, 1.0, 0.9, 0.4, 0.25, 0.8, 0.35])
    same_as_python(_shortest, weights)
    irad.check_grads(_shortest, (weights,))


class Walk:
    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.order: list[int] = []

    def visit(self, u: int, ways: list[list[int]]) -> None:
        if u in self.seen:
            return
        self.seen.add(u)
        for v in ways[u]:
            self.visit(v, ways)
        self.order.append(u)


def _walked(x: float) -> Any:
    walk, other = Walk(), Walk()
    ways = [[1, 2], [3], [3], [int(x)], []]
    for i in range(5):
        walk.visit(i, ways)
    other.visit(int(x), ways)
    s = set()
    n = 0
    try:
        for i in range(10):
            s.add(i * int(x))
            if len(s) > 5:
                raise ValueError
    except ValueError:
        n = 100
    while s:
        s.discard(min(s))
        n += 1
    return walk.order, other.order, len(walk.seen), walk.seen == other.seen, n


def test_in_objects_and_loops() -> None:
    for x in (4.0, 0.0):
        same_as_python(_walked, x)


def _if_not_empty(x: float) -> int:
    s = set()
    if x > 0:
        s.add(1)
    return 1 if s else 0


def test_truth_of_a_set_that_depends_on_the_way() -> None:
    for x in (1.0, -1.0):
        same_as_python(_if_not_empty, x)


@pytest.mark.parametrize("use", [
    "[i for i in s]", "sum(s)", "list(s)", "{1: 2}.keys() | s", "s.pop()", "frozenset(s)", "s ^ {1}", "s < {1}", "print(s)", "s",
    "sorted(s, key=abs)", "[{i} for i in range(k)]", "s.add(1.5)", "2.0 in s", "s.add('a') or s.add(k)",
])
def test_what_depends_on_the_order_or_type_is_refused(use: str) -> None:
    space: dict[str, Any] = {}
    exec(f"def f(x):\n    k = int(x)\n    s = {{k, 2}}\n    return {use}", space)
    with pytest.raises(irad.UnsupportedError):
        irad.compile(space["f"])(3.0)
