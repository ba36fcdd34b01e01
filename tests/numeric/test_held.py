"""Objects and lists in lists of run-time length, changed there: particles, accounts, adjacency lists."""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pytest
from numeric.harness import all_same, refused

import irad


class Particle:
    def __init__(self, x, v):
        self.x = x
        self.v = v
        self.path = []

    def step(self, dt):
        self.v -= dt * math.sin(self.x)
        self.x += dt * self.v
        self.path.append(self.x)


def particles(x, n):
    ps = [Particle(x * (i + 1.0), 0.1 * i) for i in range(n)]
    for _ in range(5):
        for p in ps:
            p.step(0.1)
    return sum(p.x * p.v for p in ps) + sum(sum(p.path) for p in ps)


@dataclass
class Body:
    m: float
    pos: np.ndarray
    vel: np.ndarray
    acc: np.ndarray = field(default_factory=lambda: np.zeros(2))


def bodies(x, n):
    bs = [Body(x + i, np.array([0.3 * i, x * i]), np.zeros(2)) for i in range(n)]
    for _ in range(3):
        for a in bs:
            a.acc[:] = 0.0
            for b in bs:
                if b is not a:
                    d = b.pos - a.pos
                    a.acc += b.m * d / (np.dot(d, d) + 0.1) ** 1.5
        for a in bs:
            a.vel = a.vel + 0.01 * a.acc
            a.pos += 0.01 * a.vel
    return float(sum(0.5 * b.m * np.dot(b.vel, b.vel) for b in bs))


def neighbours(x, n):
    near = [[] for _ in range(n)]
    for i in range(n):
        for j in range(i):
            if (i + j) % 3 != 1:
                near[i].append((j, x * j))
                near[j].append((i, x * x * i))
    s = 0.0
    for i in range(n):
        for j, w in near[i]:
            s += w * math.sin(i + x * j)
    return s


class Node:
    __slots__ = ("best", "children", "value")

    def __init__(self, value):
        self.value = value
        self.children = []
        self.best = None


def optional_attribute(x, n):
    ns = [Node(x * i) for i in range(n)]
    for i in range(1, n):
        ns[i - 1].children.append(i)
    for i in range(0, n, 2):
        ns[i].best = ns[i].value * 2.0
    s = 0.0
    for q in ns:
        if q.best is not None:
            s += q.best
        for c in q.children:
            s += ns[c].value * x
    return s


def dicts(x, n):
    ds = [{"w": x * i, "k": 0} for i in range(n)]
    for _ in range(3):
        for d in ds:
            d["w"] = d["w"] * 0.5 + math.sin(d["w"])
            d["k"] += 1
    return sum(d["w"] * d["k"] for d in ds)


def ints_that_become_floats(x, n):
    ps = [Particle(0, 1) for i in range(n)]
    for p in ps:
        p.x = x
        p.step(0.1)
    return ps[0].x + ps[-1].v


class Layer:
    def __init__(self, w, b):
        self.w, self.b, self.out = w, b, None

    def __call__(self, x):
        u = self.w[0] * x + self.w[1] + self.b
        self.out = u / (1.0 + np.abs(u))
        return self.out


def layers(x, n):
    net = [Layer(np.array([[x, 0.2], [-0.4, x]]) * (0.5 + i), np.zeros(2) + 0.1 * i) for i in range(n)]
    y = np.array([0.3, 0.4])
    for _ in range(2):
        for layer in net:
            y = layer(y)
        for layer in net:
            layer.b = layer.b - 0.1 * layer.out
    return float(np.sum(y) + np.sum(net[0].out))


def one_of_them(x, n):
    ps = [Particle(x, float(i)) for i in range(n)]
    best = None
    for p in ps:
        p.v += 1.0
        if best is None or p.v * x > best.v * x:
            best = p
    best.x *= 3.0
    return sum(p.x * p.v for p in ps)


def ragged(x, n):
    rows = [[1.0]]
    for i in range(1, n):
        row = [1.0]
        for j in range(1, i):
            row.append(rows[i - 1][j - 1] + x * rows[i - 1][j])
        row.append(1.0)
        rows.append(row)
    for r in rows:
        r.append(x)
    rows[-1].pop(0)
    rows[0].extend([x, 2.0])
    rows[1].insert(0, x)
    del rows[2][0]
    return sum(sum(r) * (i + 1) for i, r in enumerate(rows))


def caught(x, n):
    ps = [Particle(x, float(i)) for i in range(n)]
    try:
        for p in ps:
            p.step(0.1)
            if p.v > 1.5:
                raise ValueError("fast")
    except ValueError:
        ps[0].x *= 2
    return ps[0].x + ps[1].v


def queue(x, n):
    waiting = [Particle(x * 0.3, 1.0)]
    out = 0.0
    while waiting:
        p = waiting.pop()
        p.v *= x * 0.3
        out += p.v
        if p.v > 0.05 / n:
            waiting.append(Particle(p.x * 0.5, p.v))
            waiting.append(p)
    return out


def sorted_and_turned(x, n):
    ps = [Particle(math.sin(x * i * 3), float(i)) for i in range(n)]
    ps.sort(key=lambda p: p.x)
    for i, p in enumerate(ps):
        p.v += i * x
    ps[0], ps[-1] = ps[-1], ps[0]
    ps[0].x += 1
    ps.reverse()
    for p in ps[:2]:
        p.v = p.x * 3
    return sum(p.x * p.v * (i + 1) for i, p in enumerate(ps))


class Counter:
    def __init__(self, k):
        self.k = k
        self.count = 0


class User:
    def __init__(self, counter, x):
        self.counter, self.x = counter, x

    def go(self):
        self.counter.count += 1
        self.x *= self.counter.k


def one_object_in_all(x, n):
    counter = Counter(x)
    users = [User(counter, 1.0 + i) for i in range(n)]
    for u in users:
        u.go()
    counter.k = 2.0
    for u in users:
        u.go()
    return sum(u.x for u in users) * counter.count


def copies(x, n):
    cs = [Counter(x * i) for i in range(n)]
    shallow = [copy.copy(c) for c in cs]
    deep = copy.deepcopy(cs)
    for c in cs:
        c.k += x
    for c in shallow:
        c.k += 2.0
    rows = [[x] for _ in range(n)]
    for r in rows:
        r.append(2.0)
    others = copy.deepcopy(rows)
    others[0][0] = 1.0
    return sum(a.k * b.k * c.k for a, b, c in zip(cs, shallow, deep, strict=True)) + rows[0][0] * others[0][0]


def new_attributes(x, n):
    ps = [Counter(x * i) for i in range(n)]
    for p in ps:
        p.w = x
        p.__dict__["k"] = p.w * 2
        setattr(p, "count", p.count + 1)
    return sum(p.k * p.w * p.count for p in ps)


def groups(x, n):
    found = defaultdict(list)
    by_key = {}
    for i in range(3 * n):
        found[i % n].append(x * i)
        by_key.setdefault(i * i % 3, []).append(x + i)
    return sum(sum(g) / len(g) * k for k, g in found.items()) + sum(max(g) * len(g) for g in by_key.values())


def cut_to_what_it_was(x, n):
    rows = [[x * i] * 2 for i in range(n)]
    k = len(rows[0])
    for r in rows:
        r.append(x)
        r.append(2.0)
    del rows[0][k:]
    rows[1][k:] = []
    return sum(sum(r) * len(r) for r in rows)


def array_of_rows(x, n):
    rows = [[] for _ in range(n)]
    for k in range(4 * n):
        rows[k % n].append(k * x)
    return float(np.sum(np.array(rows) ** 2))


def on_some_ways_only(x, n):
    first, second = Counter(x), Counter(2.0 * x)
    held = [first] if n % 2 else [first, second]
    for i in range(n):
        held.append(Counter(i * x))
    held[n // 2].k += 1.0
    first.k *= 2.0
    return sum(c.k for c in held) + second.k


def found_again(x, n):
    cs = [Counter(x * i) for i in range(n)]
    for c in cs:
        c.count += 1
    c = cs[2]
    k = (cs[0] == cs[1]) + 10 * (cs[2] == c) + 100 * (c in cs) + 1000 * cs.index(c)
    least = min(cs, key=lambda c: math.sin(3.0 * c.k))
    least.k = 5.0 * x
    cs.remove(c)
    return k * x + sum(c.k * c.count for c in cs) + 10000 * (c not in cs)


class Nest:
    def __init__(self, x):
        self.inner = Counter(x)
        self.rows = [[x], [x, 1.0]]
        self.named = {"a": x}
        self.pair = (x, 1)


def objects_in_objects(x, n):
    ns = [Nest(x * i) for i in range(n)]
    for q in ns:
        q.inner.k += 1
        q.rows[1][0] *= 2
        q.rows[0].append(3.0)
        q.named["a"] += 2
        q.pair = (q.pair[0] + 1, q.pair[1] + 1)
    ns[0].inner = ns[1].inner
    ns[0].inner.k = 10 * x
    return sum(q.inner.k + sum(q.rows[0]) + q.rows[1][0] + q.named["a"] * q.pair[1] + q.pair[0] for q in ns)


def those_that_stay(x, n):
    alive = [Counter(0.3 * x * i + 0.1) for i in range(n)]
    gone = []
    while alive:
        following = []
        for c in alive:
            c.k *= 1.7
            if c.k < 3:
                following.append(c)
            else:
                gone.append(c)
        alive = following
    gone[0].count = 2
    return sum(c.k * (c.count + 1) * i for i, c in enumerate(gone))


class Vector:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __mul__(self, s):
        return Vector(self.a * s, self.b * s)

    def __iadd__(self, other):
        self.a += other.a
        self.b += other.b
        return self


def operators(x, n):
    vs = [Vector(x * i, 1.0 * i) for i in range(n)]
    for i in range(n):
        vs[i] += vs[(i + 1) % n] * 0.5
    total = Vector(0.0, 0.0)
    for v in vs:
        total += v
    vs[0] = total
    total.a = 1.5 * x
    return vs[0].a * vs[1].b + total.b


NUMBERS = [
    found_again, objects_in_objects, those_that_stay, operators,
    particles, bodies, neighbours, optional_attribute, dicts, ints_that_become_floats, layers, one_of_them, ragged, caught, queue,
    sorted_and_turned, one_object_in_all, copies, new_attributes, groups, array_of_rows, on_some_ways_only, cut_to_what_it_was,
]


@pytest.mark.parametrize("f", NUMBERS, ids=lambda f: f.__name__)
def test_values_and_derivatives(f):
    all_same(f, [(1.5, 4), (0.75, 5)])
    compiled = irad.compile(f)
    for n in (4, 5):
        by_forward = irad.jvp(f, (1.5, n), (1.0, None))[1]
        assert irad.grad(compiled)(1.5, n) == pytest.approx(by_forward, rel=1e-12)
        assert by_forward == pytest.approx((f(1.5 + 1e-6, n) - f(1.5 - 1e-6, n)) / 2e-6, rel=1e-6)


def rows_of_any_length(x, n):
    rows = [[] for _ in range(n)]
    for i in range(3 * n - 2):
        rows[i % n].append(x * i)
    return rows


def three_deep(x, n):
    g = [[[] for _ in range(2)] for _ in range(n)]
    for k in range(4 * n):
        g[k % n][k * k % 2].append(k * x)
    return g, g[0], g[0][1][0], len(g[-1][0])


def one_object(x, n):
    ps = [Particle(x * i, 1.0) for i in range(n)]
    for p in ps:
        p.step(0.1)
    return ps[1].path, ps[1] is ps[0], ps[-1] is ps[n - 1]


def never_filled(x, n):
    return [[] for _ in range(n)], x


@pytest.mark.parametrize("f", [rows_of_any_length, three_deep, one_object, never_filled], ids=lambda f: f.__name__)
def test_results(f):
    all_same(f, [(1.5, 3), (0.5, 5)])


def index_error(x, n):
    rows = [[] for _ in range(n)]
    rows[0].append(x)
    return rows[1][0]


def pop_of_an_empty_one(x, n):
    rows = [[] for _ in range(n)]
    rows[0].append(x)
    return rows[0].pop() + rows[0].pop()


def no_such_attribute(x, n):
    cs = [Counter(x) for _ in range(n)]
    cs[0].k = 2.0
    return cs[0].w


def only_some_have_it(x, n):
    cs = [Counter(x) for _ in range(n)]
    cs[0].w = 2.0
    return cs[1].w


@pytest.mark.parametrize("f", [index_error, pop_of_an_empty_one, no_such_attribute, only_some_have_it], ids=lambda f: f.__name__)
def test_errors(f):
    all_same(f, [(1.5, 3)])


def linked(x, n):
    ns = [Node(x * i) for i in range(n)]
    for i in range(n - 1):
        ns[i].best = ns[i + 1]
    return ns[0].best.value


class Branch:
    def __init__(self, value, low=None, high=None):
        self.value, self.low, self.high = value, low, high


def inserted(tree, value):
    if tree is None:
        return Branch(value)
    if value < tree.value:
        tree.low = inserted(tree.low, value)
    else:
        tree.high = inserted(tree.high, value)
    return tree


def depths(tree, depth):
    return 0.0 if tree is None else depths(tree.low, depth + 1) + tree.value * depth + depths(tree.high, depth + 1)


def search_tree(x, n):
    tree = None
    for i in range(n):
        tree = inserted(tree, x * (i - 2) ** 2)
    return depths(tree, 1)


def search_tree_of_four(x):
    tree = None
    for i in range(4):
        tree = inserted(tree, x * (i - 2) ** 2)
    return depths(tree, 1)


def copied_with_what_it_holds(x, n):
    ps = [Particle(x, 1.0) for _ in range(n)]
    ps[0].x = 2.0
    return copy.deepcopy(ps)[0].x


def test_copies_with_what_they_hold():
    all_same(copied_with_what_it_holds, [(1.5, 3)])


def all_of_them(x, n):
    ps = [Particle(x, 1.0) for _ in range(n)]
    ps[0].x = 2.0
    return ps


def test_what_is_refused():
    refused(linked, 1.5, 3, match="an object that holds an object that holds ...")
    refused(search_tree, 1.5, 3, match="an object that holds an object that holds ...")  # its shape doubles with each round
    refused(all_of_them, 1.5, 3, match="a list of lists, dicts or objects whose length is not known at compile time, as a result")


def test_a_tree_whose_size_is_known():
    all_same(search_tree_of_four, [(1.5,), (-0.5,)])


def of_arguments(p, n):
    ps = [p]
    for i in range(n):
        ps.append(Particle(p.x * i, 0.5))
    for q in ps:
        q.step(0.1)
    return ps[-1].x


def chosen(cs, c):
    some = []
    for one in cs:
        if one.k > c:
            some.append(one)
    for one in some:
        one.k *= 2.0
    return some


def of_chosen(cs, c):
    chosen(cs, c)
    return sum(one.k * one.count for one in cs)


def the_second(cs, c):
    chosen(cs, c)
    return cs[1], cs


def the_first_chosen(cs, c):
    return chosen(cs, c)[0]


def three():
    cs = [Counter(1.0), Counter(3.0), Counter(5.0)]
    for i, c in enumerate(cs):
        c.count = i + 2
    return cs


def test_arguments_in_such_a_list():
    cs = three()
    assert irad.compile(of_chosen)(cs, 2.0) == of_chosen(three(), 2.0)
    assert [c.k for c in cs] == [1.0, 6.0, 10.0]
    assert [c.k for c in irad.grad(of_chosen, allow_int=True)(three(), 2.0)] == [2.0, 6.0, 8.0]
    cs = three()
    found = irad.compile(the_second)(cs, 2.0)
    assert found[0] is cs[1] and found[1] is cs
    refused(the_first_chosen, three(), 2.0, match="several objects of class Counter from a list of run-time length")
    refused(of_arguments, Particle(1.5, 0.5), 3, match="an argument of type Particle, which holds objects, in a list of run-time")


class Spring:
    def __init__(self, k):
        self.k, self.calls = k, 0

    def __call__(self, x):
        self.calls += 1
        return self.k * x


class Damper:
    def __init__(self, k, c):
        self.k, self.c, self.log = k, c, []

    def __call__(self, x):
        self.log.append(x)
        return self.k + self.c * x


def of_two_classes(h, n):
    parts = [Spring(h * i) if i % 2 else Damper(h, i * h) for i in range(n)]
    s = 0.0
    for part in (*parts[:2], *parts[::-1]):
        s += part(h)
    first = parts[0]
    first.k = 7.0 * h
    for i, part in enumerate(parts):
        part.k *= h
        if isinstance(part, Damper):
            s += len(part.log) * part.c * i
    return s + first.k + parts[0].k + parts[1](3.0) * parts[1].calls + (first is parts[0]) + (first is parts[2])


def of_three_kinds(h, n):
    parts, heads = [], [[] for _ in range(3)]
    for i in range(n):
        part = Spring(h) if i % 3 == 0 else Damper(h, h * i) if i % 3 == 1 else None
        parts.append(part)
        if part is not None:
            part.k += i
            heads[i % 3].append(part(h))
    return sum(p.k * p(h) for p in parts if p is not None) + sum(map(sum, heads)) + len(heads[1])


@pytest.mark.parametrize("f", [of_two_classes, of_three_kinds])
def test_objects_of_several_classes(f):
    all_same(f, [(0.3, 7), (0.7, 4)])
    assert irad.grad(f)(0.3, 7) == pytest.approx((f(0.3 + 1e-6, 7) - f(0.3 - 1e-6, 7)) / 2e-6, rel=1e-7)
