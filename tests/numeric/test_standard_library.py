"""Containers and functions of the standard library that are written in C: deque, defaultdict, Counter, bisect, heapq."""

import bisect
import collections
import contextlib
import functools
import heapq
import io
import math
import statistics
import types

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python

import irad


def moving_average(x, n):
    window = collections.deque(maxlen=3)
    out = []
    for i in range(n):
        window.append(x * i)
        out.append(sum(window) / len(window))
    return out[-1], window[0], window.maxlen, len(window)


def delays(x):
    queue = collections.deque([0.0] * 3)
    total = 0.0
    for k in (1.0, 2.0, 3.0, 4.0, 5.0):
        queue.append(k * x)
        total += queue.popleft() * k
    queue.appendleft(x)
    queue.rotate(1)
    return total, list(queue), queue.count(x), x in queue, bool(queue), queue[-1], max(queue)


def deque_errors(x):
    found = []
    d = collections.deque([x, 2.0], 2)
    acts = (
        lambda: d[5], lambda: d.insert(0, x), lambda: d.remove(7.0), lambda: collections.deque().pop(), lambda: d.index(7.0),
        lambda: d.index(2.0, -1), lambda: d.index(x, 1),
    )
    for act in acts:
        try:
            act()
        except (IndexError, ValueError) as e:
            found.append(e.args[0])
    return found, isinstance(d, collections.deque), type(d) is collections.deque, d == collections.deque([x, 2.0])


def deque_changed_in_loop(x):
    d = collections.deque([x, 2.0])
    for v in d:
        d.append(v)


def deque_more(x):
    d = collections.deque([1.0, x])
    d.extend(v * 2 for v in (1.0, x))
    d.extendleft([5.0, 6.0])
    d += [x]
    d[0] = -x
    e = d.copy()
    e.reverse()
    e.pop()
    return list(d), [v for v in reversed(d)], list(e), len(d + e)


def grouped(x):
    groups = collections.defaultdict(list)
    for name, v in (("a", 1.0), ("b", 2.0), ("a", x)):
        groups[name].append(v * x)
    totals = collections.defaultdict(float)
    for name, vs in groups.items():
        totals[name] += sum(vs)
    totals["c"] -= x
    return sorted(totals), totals["a"], totals["c"], dict(totals), isinstance(totals, dict), "z" in totals, totals.get("z", 7.0)


def with_a_lambda(x):
    d = collections.defaultdict(lambda: 2.5, k=x)
    d["q"] *= x
    return d["q"] + d["k"], len(d)


def without_factory(x):
    return collections.defaultdict()["k"]


def filled_in_a_loop(x, n):
    d = collections.defaultdict(float)
    d["odd"], d["even"]
    for i in range(n):
        d["even" if i % 2 == 0 else "odd"] += x * i
    return d["even"], d["odd"]


def counted(x):
    c = collections.Counter("abca")
    c["b"] += 2
    c.update(["z"])
    return c["a"], c["b"] * x, c["nothing"], sum(c.values()), sorted(c), c.most_common(1)[0][0]


def searched(a, x):
    i, j = bisect.bisect(a, x), bisect.bisect_left(a, x, 1)
    b = list(a)
    bisect.insort(b, x)
    return i, j, b, bisect.bisect_right([(1.0, 2.0), (3.0, 4.0)], x, key=lambda p: p[0])


def heap_of_events(x, n):
    heap = []
    for i in range(n):
        heapq.heappush(heap, (x * ((i * 7) % 5), i))
    out = []
    while heap:
        t, i = heapq.heappop(heap)
        out.append(t + i)
    return out


def heapified(x):
    h = [5.0, x, 3.0, 1.0, 4.0]
    heapq.heapify(h)
    return h, heapq.heappop(h), h


@pytest.mark.parametrize("f", [
    delays, deque_errors, deque_changed_in_loop, deque_more, grouped, with_a_lambda, without_factory, counted, heapified,
])
def test_standard_library(f):
    all_same(f, [(0.5,), (2.0,)])


def test_lengths_at_run_time():
    all_same(moving_average, [(0.5, 2), (2.0, 9)])
    all_same(filled_in_a_loop, [(0.5, 1), (2.0, 4)])
    all_same(searched, [([1.0, 2.0, 3.0], 2.0), ([1.0, 2.0, 3.0], 0.5), ([1.0], 4.0)])
    all_same(heap_of_events, [(0.5, 9), (2.0, 4), (1.0, 0)])


def test_derivatives():
    assert irad.grad(lambda x: moving_average(x, 9)[0])(2.0) == 7.0
    assert irad.grad(lambda x: delays(x)[0])(2.0) == 1.0 * 4 + 2.0 * 5
    assert irad.grad(lambda x: grouped(x)[1])(3.0) == 1.0 + 2 * 3.0
    assert irad.grad(lambda x: filled_in_a_loop(x, 5)[0])(2.0) == 6.0


def legendre(w, x):
    calls = []

    @functools.lru_cache(maxsize=None)
    def p(n):
        calls.append(n)
        if n < 2:
            return x**n
        return ((2 * n - 1) * x * p(n - 1) - (n - 1) * p(n - 2)) / n

    return sum(c * p(i) for i, c in enumerate(w)), len(calls)


def cached_by_keyword(x):
    @functools.lru_cache
    def g(y, k=2):
        return y**k

    @functools.cache
    def h(y):
        return g(y) + g(y, k=3) + g(x)

    return h(x) + h(2.0) + h(x)


def test_functions_with_a_cache():
    all_same(legendre, [([1.0, 2.0, 0.5, 0.25], 0.5), ([1.0] * 20, 0.75)])
    all_same(cached_by_keyword, [(1.5,)])
    assert abs(irad.grad(lambda w, x: legendre(w, x)[0], 1)([0.0, 0.0, 0.0, 1.0], 0.5) - 7.5 * 0.25 + 1.5) < 1e-15


def containers_that_go_out(x, n):
    queue = collections.deque(maxlen=2)
    one = types.SimpleNamespace(x=x)
    queue.extend([x, one])
    table = collections.defaultdict(float)
    for i in range(n):
        table[i * i % 5] += x
    order = collections.OrderedDict(b=x, a=[x])
    order.move_to_end("b")
    return queue, table, order, collections.defaultdict(list, a=[x]), types.SimpleNamespace(one=one, n=n)


def test_containers_that_go_out():
    same_as_python(containers_that_go_out, 2.0, 4)
    queue, table, _, lists, space = irad.compile(containers_that_go_out)(2.0, 4)
    assert queue[1] is space.one and queue.maxlen == 2
    assert table.default_factory is float and lists.default_factory is list
    assert irad.jvp(lambda x: collections.deque([x * x, 1.0]), (3.0,), (1.0,))[1] == collections.deque([6.0, 0.0])
    refused(lambda x: collections.defaultdict(lambda: x)["k"], 1.0, match="a defaultdict whose default is not known")


def namespaces(x, y):
    p = types.SimpleNamespace(x=x, y=y)
    p.z = p.x * 2.0
    p.x += 1
    q = types.SimpleNamespace(**vars(p))
    q.x = 0.0
    print(p, [q], f"{p.x} {p}")
    items = [types.SimpleNamespace(v=i * x, w=[]) for i in range(3)]
    for n in items:
        n.w.append(n.v)
    s = types.SimpleNamespace()
    for k, v in vars(q).items():
        setattr(s, k, v + 1)
    try:
        p.foo
    except AttributeError as e:
        print(e)
    del p.y
    same = isinstance(p, types.SimpleNamespace), type(p) is types.SimpleNamespace, hasattr(p, "y"), p == q, q == q, p == 3
    found = max(items, key=lambda n: n.v).v + sum(n.w[0] for n in items) + s.x * s.z + q.y + len(vars(p)) + getattr(p, "no", 4.0)
    return same, p == types.SimpleNamespace(**vars(p)), found


def test_simple_namespaces():
    for args in ((1.5, 2.0), (0.5, -1.0)):
        out = [io.StringIO(), io.StringIO()]
        found = []
        for f, stream in zip((namespaces, irad.compile(namespaces)), out, strict=True):
            with contextlib.redirect_stdout(stream):
                found.append(f(*args))
        assert found[0] == found[1]
        assert out[0].getvalue() == out[1].getvalue()


class Point:
    def __init__(self, x):
        self.x = x
        self.y = 2.0


def of_attributes(x):
    def total(x, y=0.0, **more):
        return x * 2 + y + sum(more.values())

    p = Point(x)
    d = {**vars(p), "z": 1.0}
    p.x = 5.0
    return total(**vars(p)), total(**p.__dict__, q=3.0), d, {**p.__dict__}, dict(**vars(p))


def test_attributes_as_keywords():
    same_as_python(of_attributes, 1.5)


def replaced_in_heaps(x):
    h = [3.0 * x, 1.0, 2.0, 5.0, x]
    heapq.heapify(h)
    return heapq.heapreplace(h, 2.5 * x), heapq.heappushpop(h, 0.1), heapq.heappushpop(h, 9.0), h


def smallest_and_largest(x):
    v = [(x * i % 1.7, i % 3) for i in range(15)]
    return heapq.nsmallest(4, v), heapq.nsmallest(4, v, key=lambda t: t[1]), heapq.nlargest(4, v, key=lambda t: t[1])


NORMAL = statistics.NormalDist(0.3, 1.7)


def test_quantiles_of_the_normal_distribution():
    """In the middle, between, and far out."""
    f = NORMAL.inv_cdf
    for p in (0.5, 0.075, 0.0750001, 0.2, 0.925, 0.93, 0.99999, 1e-5, 1e-11, 1.4e-11, 1e-12, 1e-300, 5e-324, 1.0 - 2.0**-53):
        same_as_python(f, p)
        assert irad.grad(f)(p) == pytest.approx(1.0 / NORMAL.pdf(f(p)), rel=1e-12)
    for p in np.random.default_rng(3).uniform(size=500).tolist():
        same_as_python(f, p)
    for p in (0.0, 1.0, -1.0, math.nan):
        same_as_python(f, p)
    all_same(lambda p, s: statistics.NormalDist(1.0, s).inv_cdf(p), [(0.3, 0.0), (0.3, -1.0), (0.3, 1), (0.5, 2.0)])
    all_same(lambda s: statistics.NormalDist(1.0, s).quantiles(10), [(2.0,), (0.5,)])


def commonest(x):
    return collections.Counter("hello" if x > 1 else "world").most_common(2)


@pytest.mark.parametrize("f", [replaced_in_heaps, smallest_and_largest, commonest, lambda x: heapq.heapreplace([], x)])
def test_more_of_heaps(f):
    all_same(f, [(1.5,), (0.7,)])
