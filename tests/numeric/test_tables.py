"""Dicts with keys that are known at run time only."""

from __future__ import annotations

import heapq
from collections import Counter, OrderedDict, defaultdict

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_and_derivative, same_as_python

import irad


def memo(x, n):
    known = {0: x, 1: 1.0}

    def fib(k):
        if k not in known:
            known[k] = fib(k - 1) + fib(k - 2) * x
        return known[k]

    return fib(n) + len(known)


def memo_of_pairs(x, n):
    known = {}

    def best(i, j):
        if i == 0 or j == 0:
            return 0.0
        if (i, j) in known:
            return known[i, j]
        r = max(best(i - 1, j), best(i, j - 1)) + x * (i == j)
        known[i, j] = r
        return r

    return best(n, n)


def histogram(x, n):
    counts, sums = {}, defaultdict(float)
    for i in range(n):
        counts[i % 3] = counts.get(i % 3, 0) + 1
        sums[i % 3] += x * i
    return sum(k * v * sums[k] for k, v in counts.items())


def counters(x, n):
    c = Counter(i % 3 for i in range(n))
    for i in range(n):
        c[i % 2] += 1
    return c[0] * x + c[77] + sum(c.values()) + max(c, key=c.get)


def methods(x, n):
    d = {i * 7: x * i for i in range(n)}
    s = d.pop(7) + d.pop(1000, 5.0)
    del d[14]
    s += (7 in d) + 2.0 * (0 in d) + 4.0 * (21 in d) + 8.0 * ("a" in d) + 16.0 * bool(d)
    d[7] = 3.0
    for k, v in d.items():
        s = s * 0.5 + k * v
    for k in d:
        s += k
    s += sum(d.values()) + max(d) + min(d.values()) + len(d.keys())
    d.setdefault(7, 1.0)
    d.setdefault(n, x)
    d.clear()
    d[n] = x
    return s + len(d) + d[n]


def others(x, n):
    d = {i: x for i in range(n)}
    e = d.copy()
    e.update({100: 1.0})
    e.update((i + 1, 2.0) for i in range(n))
    g = dict(d)
    g[0] = 7.0
    return d[0] + sum(e.values()) + g[0] + dict(zip(range(n), [x] * n))[1] + sum(sorted(e))


def kinds_of_values(x, n):
    d, numbers, texts = {}, dict.fromkeys(range(n), 0), {}
    for i in range(n):
        d[i] = [x * i, (1.0, i)]
        numbers[i] += 1 if i % 2 else x
        texts[i] = "odd" if i % 2 else None
    d[1][0] = 9.0 * x
    a, (b, c) = d[2]
    s = sum(v[0] for v in d.values()) + a * b * c + sum(k for k, v in texts.items() if v is None)
    e = numbers | {100: 2.0}
    e |= {-1: x}
    while len(e) > 3:
        k, v = e.popitem()
        s += k * v
    return s + sum(numbers.values())


def many(x, n):
    d = {}
    for i in range(40 * n):
        d[(i * 7919) % 1009 - 300] = x * i
    s = 0.0
    for i in range(-300, 709):
        if i in d:
            s += d[i] * i
    for i in range(0, 40 * n, 2):
        del d[(i * 7919) % 1009 - 300]
    return s + sum(k * v for k, v in d.items()) + len(d)


def float_keys(x, n):
    d = {}
    for i in range(n):
        d[round(i * 0.3, 1)] = x * i
    return d[0.3] + d.get(99.5, x) + d[0.0] + d[-0.0] + d.get(float("inf"), x)


def shortest_way(x, n):
    dist = {0: 0.0}
    heap = [(0.0, 0)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > dist[u]:
            continue
        for v, w in ((u + 1, x), (u + 2, 1.5 * x)):
            if v <= n and (v not in dist or d + w < dist[v]):
                dist[v] = d + w
                heapq.heappush(heap, (d + w, v))
    return dist[n]


class Store:
    def __init__(self):
        self.held = {}

    def get(self, k, x):
        if k in self.held:
            return self.held[k]
        self.held[k] = x * k
        return self.held[k]


def in_an_object(x, n):
    store = Store()
    return sum(store.get(i % 4, x) for i in range(n)) + len(store.held)


PROGRAMS = [
    memo, memo_of_pairs, histogram, counters, methods, others, kinds_of_values, many, float_keys, shortest_way, in_an_object,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_programs(f):
    for x, n in ((2.5, 7), (0.7, 4)):
        same_and_derivative(f, x, n)


def results(x, n):
    d = {}
    for i in range(n):
        d[i % 3] = x * i
    return d, {(i, i + 1): i for i in range(n)}, [d], Counter([i % 2 for i in range(n)])


def of_known_keys(x, n):
    d = OrderedDict()
    d["b"] = x
    d["a"] = 1.0
    return Counter("abca"), d


def changed(d, n):
    for i in range(n):
        d[i * i] = 2.0 * i


def no_such_key(x, n):
    d = {}
    for i in range(n):
        d[i] = x
    return d[n + 2]


def taken_from_none(x, n):
    d = {i: x for i in range(n)}
    for _ in range(n + 1):
        d.popitem()
    return d


def longer_in_a_loop(x, n):
    d = {}
    for i in range(n):
        d[i] = x
    for k in d:
        d[k + 100] = 1.0
    return x




def compared(x, n):
    return {i: x for i in range(n)} == {0: x}, {i: x for i in range(n)} != {0: x}


def turned_round(x, n):
    return list(reversed({i: x for i in range(n)}))


@pytest.mark.parametrize("f", [
    results, of_known_keys, no_such_key, longer_in_a_loop, taken_from_none, compared, turned_round,
], ids=lambda f: f.__name__)
def test_values_and_errors(f):
    all_same(f, [(2.5, 5), (0.7, 1), (1.0, 12)])


def test_an_argument_that_is_changed():
    mine, theirs = {}, {}
    irad.compile(changed)(mine, 4)
    changed(theirs, 4)
    assert list(mine.items()) == list(theirs.items())


def test_a_key_that_only_some_ways_have_set():
    def f(x, n):
        d = {0: x}
        if n > 3:
            d[1] = 2.0
        return (n % 2 in d), d.get(n % 2, 7.0)

    all_same(f, [(2.5, 2), (2.5, 3), (2.5, 4), (2.5, 5)])


def keys_of_one_way(x, n, d):
    e = {"a": x}
    if n > 3:
        d.clear()
        e["b"] = x
    return len(d), not d, len(e), 1.0 if d else 2.0, "b" in e, d


def test_how_many_keys_some_ways_have_set():
    for n in (3, 4):
        mine, theirs = {0: 1.5, 1: 2.5}, {0: 1.5, 1: 2.5}
        assert irad.compile(keys_of_one_way)(0.5, n, mine) == keys_of_one_way(0.5, n, theirs)


@pytest.mark.parametrize("use", [
    list, tuple, sorted, max, sum, any, dict.fromkeys, dict, Counter, lambda d: [*d], lambda d: [k for k in d],
    lambda d: min(d, key=d.get), lambda d: d.popitem(), lambda d: {**d, 7: 0.5}, lambda d: d == {0: 2.0, 1: 2.0},
    lambda d: list(reversed(d)), lambda d: max(*d, 3), lambda d: list(reversed(d.items())), lambda d: d.copy(),
])
def test_which_keys_some_ways_have_set(use):
    all_same(lambda x, n: use(of_two_or_three(x, n)), [(2.0, 5), (2.0, 3)])


@pytest.mark.parametrize("use", [str, lambda d: f"{d}"])
def test_what_is_refused_of_a_dict_whose_keys_depend_on_the_way(use):
    refused(lambda x, n: use(of_two_or_three(x, n)), 2.0, 5)


def of_two_or_three(x, n):
    d = {0: x, 1: 2.0}
    if n > 3:
        d[5] = 1.0
    return d


def test_printed(capfd):
    def f(x, n):
        print({i: x for i in range(n)}, {(i, 1): i for i in range(n)})

    f(2.0, 3)
    irad.compile(f)(2.0, 3)
    first, second = capfd.readouterr().out.splitlines()
    assert first == second


def texts_and_numbers(x, n):
    d = {"a": 1.0}
    d[n] = x
    return d


def ints_and_floats(x, n):
    d = {n: 1.0}
    d[x] = 2.0
    return d


def in_a_list(x, n):
    v = []
    for k in range(n):
        d = {}
        for i in range(k):
            d[i] = x
        v.append(d)
    return v


def in_an_object(x, n):
    class Rows:
        def __init__(self):
            self.rows = [dict() for _ in range(n)]

        def add(self, i, j, v):
            self.rows[i][j] = self.rows[i].get(j, 0.0) + v

    rows = Rows()
    for i in range(n):
        rows.add(i, i, x)
        rows.add(i, (2 * i) % n, x)
    return [rows.rows[i][i] for i in range(n)]


def nan_as_a_key(x, n):
    d = {}
    for i in range(n):
        d[x * i] = 1.0
    return d


def differentiated(x, n):
    return irad.grad(lambda p, d: p * d[1])(x, {i: x for i in range(n)})


@pytest.mark.parametrize(
    ("f", "words"), [
        (texts_and_numbers, "keys of several types"), (ints_and_floats, "keys of several types"),
        (in_a_list, "a list of run-time length with a dict"),
        (in_an_object, "a list of run-time length with a dict"), (differentiated, "into or out of a derivative"),
    ], ids=lambda v: getattr(v, "__name__", None),
)
def test_refused(f, words):
    refused(f, 2.0, 5, match=words)


def test_nan():
    refused(nan_as_a_key, float("nan"), 3, match="nan as a key of a dict")
    same_as_python(nan_as_a_key, 2.5, 3)


def moved(d, key):
    d[key] = d.pop(key)


def taken_out_and_put_back(x, n):
    d = {}
    for i in range(n):
        d[i] = x
    for key in d:
        moved(d, key)
        d[key] += 1.0
    return d


def others_put_in(x, n):
    d = {}
    for i in range(n):
        d[i] = x
    s = 0.0
    for key, v in d.items():
        s += v
        del d[key]
        d[key + 100] = 2 * v
    return s


def taken_out_before_the_end(x, n):
    d = {}
    for i in range(n):
        d[i] = x * i
    for key in d:
        if key == n // 2:
            moved(d, key)
            break
    s = 0.0
    for key, v in d.items():
        s = s * 0.5 + v
    while len(d) > n - 2 and d:
        s += d.popitem()[1]
    for i in range(n, 4 * n):
        d[i] = s
    for i in range(0, 4 * n, 3):
        d.pop(i, None)
    return s, list(d), [d.get(i, -1.0) for i in range(4 * n)]


def one_of_several(x, n):
    d = {"a": x, "b": 2.0} if x > 0 else {"c": 3.0, "b": x, "e": 1.0}
    for key in d:
        moved(d, "b")
    return d


def perhaps_there(x, n):
    d = {"a": x}
    if x > 0:
        d["b"] = 2.0
    d["c"] = 3.0
    for key in d:
        moved(d, "a")
    return d


def test_keys_that_are_taken_out_in_a_loop():
    for f in (taken_out_and_put_back, others_put_in, one_of_several, perhaps_there):
        for n in (1, 3, 9, 20):
            refused(f, 1.5, n, match="a loop over a dict in which its keys change")
    all_same(taken_out_before_the_end, [(1.5, n) for n in (1, 2, 5, 9, 20)])


NAMES = ["a", "b", "c"]


def line(t, a, b, c=0.5):
    return a * np.exp(-b * t) + c


class Line:
    def __init__(self, a=1.0, b=2.0, c=3.0):
        self.a, self.b, self.c = a, b, c


def keywords_by_zip(theta):
    p = dict(zip(NAMES, theta))
    return line(0.3, **p)


def keywords_by_comprehension(theta):
    p = {name: value for name, value in zip(NAMES, theta)}
    p["c"] = p["c"] * 2.0
    made = Line(**p)
    return made.a * made.b + made.c


def keywords_by_update(theta):
    p = {"c": 1.0}
    p.update(zip(("a", "b", "c"), theta))
    return line(0.3, **p)


def keywords_without_one(theta):
    p = dict(zip(NAMES, theta))
    b = p.pop("b")
    return line(0.3, b=b, **p)


def keywords_as_they_are(theta):
    return (lambda **k: [*k][1] == "b" and sum(k.values()) * k["a"])(**dict(zip(NAMES, theta)))


BY_KEYWORDS = [
    keywords_by_zip, keywords_by_comprehension, keywords_by_update, keywords_without_one, keywords_as_they_are,
]


@pytest.mark.parametrize("f", BY_KEYWORDS, ids=lambda f: f.__name__)
def test_calls_with_keywords_of_run_time(f):
    theta = np.array([1.0, 0.5, 0.2])
    for given in (theta, theta.tolist()):
        same_as_python(f, given)
        gradient = np.array(irad.grad(f)(given))
        for i, direction in enumerate(np.eye(3)):
            slope = (f(theta + 1e-6 * direction) - f(theta - 1e-6 * direction)) / 2e-6
            assert gradient[i] == pytest.approx(slope, rel=1e-7, abs=1e-9)


def test_calls_with_fewer_keywords_of_run_time():
    with pytest.raises(irad.UnsupportedError, match="has not exactly the keys a, b, c, in this order"):
        irad.compile(keywords_by_zip)(np.array([1.0, 2.0]))
