"""Loops over one of several dicts that hold other keys."""

import heapq
import math

import pytest
from numeric.harness import all_same, same_and_derivative

XS = [(1.5,), (-0.7,), (0.2,)]
GRAPH = {"a": {"b": 1.0, "c": 4.0}, "b": {"c": 2.0, "d": 6.0}, "c": {"d": 3.0}, "d": {}}


def shortest(x):
    edges = {"a": {"b": 1.0, "c": 4.0 * abs(x)}, "b": {"c": 2.0, "d": 6.0}, "c": {"d": 3.0}, "d": {}}
    dist, queue = {"a": 0.0}, [(0.0, "a")]
    while queue:
        d, u = heapq.heappop(queue)
        if d > dist[u]:
            continue
        for v, w in edges[u].items():
            nd = d + w
            if nd < dist.get(v, math.inf):
                dist[v] = nd
                heapq.heappush(queue, (nd, v))
    return dist["d"]


def along(x):
    u, n, path = "a", 0, ["a"]
    while GRAPH[u]:
        best, least = None, math.inf
        for v, w in GRAPH[u].items():
            if w * x < least:
                best, least = v, w * x
        u = best
        n += least
        path.append(u)
    return n, path


def ways_to_walk(x):
    d, e = {"b": x, "a": 2.0}, {"a": x * x, "b": 1.0, "c": 3.0}
    c = d if x > 0 else e
    for k, v in c.items():
        c[k] = v + x
    return list(c.items()), list(c), max(c, key=c.get), {k: v + 1 for k, v in c.items()}, sum(c.values()), sorted(c)


def one_more(x):
    d, e = {"b": x, "a": 2.0}, {"a": x * x, "c": 3.0}
    c = d if x > 0 else e
    for _ in c:
        if x > 1:
            c["new"] = 1.0
    return len(c)


@pytest.mark.parametrize("f", [shortest, along, ways_to_walk, one_more])
def test_values_and_errors(f):
    all_same(f, XS)


def test_derivatives():
    for x in (0.3, 1.5):
        same_and_derivative(shortest, x)
        same_and_derivative(lambda x: ways_to_walk(x)[4], x)
