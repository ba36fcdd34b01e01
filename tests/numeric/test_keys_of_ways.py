"""Dicts whose keys, or whose order, depend on the way that was taken."""

import enum
import math
import re
from collections import Counter, OrderedDict, defaultdict
from typing import NamedTuple

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_and_derivative

import irad

XS = [(1.5,), (-0.7,), (0.2,), (0.7,)]


class Kind(enum.Enum):
    LOW = 1
    HIGH = 2


def perhaps(x):
    out = {"z": x}
    if x > 0:
        out["a"] = x * 2
    if x > 1:
        out["b"] = x * x
    return out


def looped(x):
    s = 0.0
    for k, v in perhaps(x).items():
        s += v * len(k)
    return s


def of_other_forms(x):
    d = {"n": 1, "name": "abc"}
    if x > 0:
        d["arr"] = np.ones(2) * x
    if x > 1:
        d["f"] = lambda t: t * x
    d["z"] = x
    out = 0.0
    for k, v in d.items():
        if k == "arr":
            out += v.sum()
        elif k == "f":
            out += v(2.0)
        elif k == "name":
            out += len(v)
        else:
            out += v
    return float(out)


def popped(x):
    d = perhaps(x)
    return d.pop("a", 1.0) + d.pop("z") + sum(d.values())


def updated(x):
    d = {"a": x}
    if x > 0:
        d.update(b=x * x)
    d.update({"c": 2.0, "a": x + 1})
    return d["a"] * d.get("b", 1.0) * d["c"]


def counted(x):
    counts = {}
    for i in range(5):
        name = "a" if i * x > 2 else "b"
        counts[name] = counts.get(name, 0) + 1
    return counts.get("a", 0) * x + counts.get("b", 0)


def summed(x):
    c = defaultdict(float)
    for i in range(50):
        c["a" if i * x > 2 else "b"] += x * i
    return c["a"] * x + c["b"]


def set_late(x):
    d = {}
    for i in range(100):
        if i * x > 50:
            d["late"] = i * x
        if i * x > 80:
            d["later"] = i
    return d.get("late", x) * 2 + d.get("later", 0)


def by_tuples(x):
    c = {}
    for i in range(6):
        k = "p" if i * x > 2 else "q"
        c[k, i % 2] = c.get((k, i % 2), 0.0) + x * i
    s = 0.0
    for (k, j), v in c.items():
        s += v * (j + 1) * (2.0 if k == "p" else 3.0)
    return s


def best(x):
    scores = {}
    for name, f in (("sin", math.sin), ("cos", math.cos), ("exp", math.exp)):
        v = f(x)
        if v > 0:
            scores[name] = v
    k = max(scores, key=scores.get)
    return scores[k] * x


def as_keywords(x):
    d = {"a": x}
    if x > 0.5:
        d["c"] = x * x
    if x > 1:
        d["rest"] = 3.0
    return _taken(1.0, **d) + (0.5 if x in d.values() and ("a", x) in d.items() and "c" not in d.keys() else 1.5)


def _taken(z, a=1.0, b=2.0, c=3.0, **more):
    return z * a * b * c + sum(more.values())


def of_arrays(x):
    d = {}
    for i in range(5):
        k = "lo" if i * x < 1 else "hi"
        d[k] = d[k] + np.ones(3) * x if k in d else np.zeros(3)
    s = 0.0
    for k in d:
        s = s + d[k].sum()
    return float(s)


def of_lists(x):
    d = defaultdict(list)
    for i in range(6):
        d["a" if i * x > 2 else "b"].append(i * x)
    return sum(d["a"]) - sum(d["b"])


def in_a_helper(x):
    return _helped({"b": x * x} if x > 0 else {}, x)


def _helped(d, x):
    d.setdefault("c", x)
    return d.get("b", x) * x + len(d) * d["c"]


@pytest.mark.parametrize("f", [
    looped, of_other_forms, popped, updated, counted, summed, set_late, by_tuples, best, as_keywords, of_arrays, of_lists,
    in_a_helper,
])
def test_numbers(f):
    all_same(f, XS)
    for x in (1.53, -0.71, 0.27):
        same_and_derivative(f, x)


def results(x):
    d = perhaps(x)
    e = {**d, "r": x}
    return d, e, dict(d, q=x), d | {"u": 1.0}, d == {"z": x}, d != e, OrderedDict(d), d.copy()


def counter(x):
    c = Counter()
    for i in range(6):
        c[Kind.LOW if i * x > 2 else None if i * x < -1 else "c"] += 1
    return c, list(c), c.most_common(1), len(c), None in c


def in_order(x):
    c = {}
    for i in range(6):
        k = "p" if i * x > 2 else "q" if i * x < -1 else "r"
        c[k] = c.get(k, 0.0) + x * i
    y = c.pop("p", 7.0), list(c.items()), sorted(c.items()), list(c), c.get("s"), "s" in c
    del c["r"]
    c["p"] = 1.0
    return (*y, c, c.popitem())


def grouped(x):
    groups = {}
    for k, v in [("a", 1.0), ("b", 2.0), ("a", 3.0)]:
        if v * x > 1:
            groups.setdefault(k, []).append(v * x)
    return groups, {k: sum(v) / len(v) for k, v in groups.items()}


def taken_out(x):
    d = {"a": x, "b": 2.0, "c": -x}
    for k in list(d):
        if d[k] < 0:
            del d[k]
    return d, {k: v for k, v in d.items() if v > 1.0}


def unpacked(x):
    d = perhaps(x)
    (first, *others), last = d, [*d][-1]
    p, q = d.values()
    return first, others, last, p, q


def no_key(x):
    d = {}
    if x > 0:
        d["k"] = x
    return d["k"]


def one_more_before_the_first(x):
    d, e = perhaps(x), {i * 2: x for i in range(int(x * 4) % 3)}
    it, also = iter(d.items()), iter(e)
    found = [next(also, None)]
    d["z2"] = 1.0
    return found, next(it)


def one_more_in_a_table(x):
    e = {int(x * i): x for i in range(3)}
    it = iter(e)
    e[9] = 1.0
    return next(it)


def one_more(x):
    d = perhaps(x)
    for k in d:
        if x > 0.5:
            d[k + "s" if k == "z" else k] = 1.0
    return d


def of_other_forms_in_another_order(x):
    d = {}
    if x > 0:
        d["a"] = x
    d["b"] = "text"
    d["a"] = np.ones(2)
    return list(d), d


@pytest.mark.parametrize("f", [
    of_other_forms_in_another_order, results, counter, in_order, grouped, taken_out, unpacked, no_key, one_more,
    one_more_before_the_first, one_more_in_a_table,
])
def test_results_and_errors(f):
    all_same(f, XS)


def many_names(x):
    names = [f"k{i}" for i in range(40)]
    d = {}
    for i in range(200):
        for j, name in enumerate(names):
            if i % 40 == j:
                break
        d[name] = d.get(name, 0.0) + i * x
    return sum(d.values()) * len(d)


def test_one_of_many_names():
    all_same(many_names, [(1.5,)])


def with_notes(x):
    notes = {}
    if x > 0:
        notes["positive"] = x
    c = Counter()
    for i in range(4):
        c["a" if i * x > 1 else "b"] += 1
    return x * x, (notes, c)


def with_notes_inside(x):
    (value, (notes, c)), slope = irad.value_and_grad(with_notes, has_aux=True)(x)
    c["a"] += 3
    return value, slope, notes, c


@pytest.mark.parametrize("x", [1.0, -1.0])
def test_beside_what_is_differentiated(x):
    value, (notes, c) = with_notes(x)
    (got, (others, d)), slope = irad.value_and_grad(with_notes, has_aux=True)(x)
    assert (got, slope, others, list(d.items()), type(d)) == (value, 2 * x, notes, list(c.items()), Counter)
    c["a"] += 3
    assert irad.compile(with_notes_inside)(x) == (value, 2 * x, notes, c)


def as_a_result(x):
    d = {"z": x * x}
    if x > 0:
        d["a"] = x**3
    return d


def test_tangents():
    assert irad.jvp(as_a_result, (2.0,), (1.0,)) == ({"z": 4.0, "a": 8.0}, {"z": 4.0, "a": 12.0})
    assert irad.jvp(as_a_result, (-2.0,), (1.0,)) == ({"z": 4.0}, {"z": -4.0})
    with pytest.raises(irad.UnsupportedError, match="depends on the data"):
        irad.vjp(as_a_result, -2.0)[1]({"z": 1.0})


def by_a_dict(p, w):
    total = defaultdict(float)
    for i in range(6):
        k = "a" if i * w > 2 else "b"
        total[k] += p[k] * i * w
    return sum(v * v for v in total.values())


def test_by_a_dict():
    found = irad.grad(by_a_dict)({"a": 1.5, "b": 2.0}, 1.1)
    assert list(found) == ["a", "b"]
    assert found["a"] == pytest.approx(711.48)
    assert found["b"] == pytest.approx(4.84)
    assert irad.hessian(lambda x: by_a_dict({"a": x, "b": x * x}, 1.1))(1.5) == pytest.approx(506.99)


def texts_seen(x):
    seen, n = {"c"}, 0.0
    for i in range(6):
        k = "a" if i * x > 2 else "b" if i * x < -1 else "c"
        if k in seen:
            continue
        seen.add(k)
        n += i * x
    seen.discard("c" if x > 0 else "b")
    return n, len(seen), sorted(seen), "a" in seen, None in seen, 3 in seen, seen


def sets_of_texts(x):
    s, t = set(), {"a", "z"}
    for i in range(5):
        s.add("a" if i * x > 2 else "b")
    pairs = {("p" if i * x > 1 else "q", i % 2) for i in range(4)}
    names = ["a" if i * x > 1 else "b" for i in range(3)]
    return (sorted(s | t), sorted(s & t), sorted(s - t), sorted(t - s), s <= t, s == t, s != t, s.isdisjoint(t), len(pairs),
            ("p", 1) in pairs, sorted(pairs), sorted(set(names)))


def graph(x):
    edges = {"s": ["a", "b"], "a": ["c"], "b": ["c"], "c": []}
    seen, stack, n = set(), ["s"], 0
    while stack:
        u = stack.pop()
        if u not in seen:
            seen.add(u)
            n += 1
            for w in edges[u]:
                stack.append(w)
    return n * x


def views(x):
    d, e, c = {"z": x}, {"z": 1.0, "a": 2.0}, {}
    if x > 0:
        d["a"] = 1.0
    for i in range(5):
        c["a" if i * x > 2 else "b"] = i
    s = 0.0
    for k in sorted(d.keys() | e.keys()):
        s += d.get(k, 0.0) * e.get(k, 0.0)
    return (s, d.keys() == {"z"}, d.keys() == e.keys(), {"a"} <= d.keys(), sorted(d.keys() - {"z"}), d.keys() & {"a"} == {"a"},
            c.keys() == {"a", "b"}, sorted(c.keys() - {"a"}), sorted(c.keys() | {"q"}), c.keys() <= {"a", "b", "c"})


@pytest.mark.parametrize("f", [sets_of_texts, graph, views, lambda x: texts_seen(x)[:-1]])
def test_sets(f):
    all_same(f, XS)


def test_a_set_of_texts_as_a_result():
    refused(texts_seen, 1.5, match="sorted.the set.")


class Place(NamedTuple):
    a: object
    b: int


def by_value(x):
    d = {"a": x, "b": -x, "c": 2.0}
    ordered = dict(sorted(d.items(), key=lambda kv: kv[1]))
    top = dict(sorted(d.items(), key=lambda kv: kv[1], reverse=True)[:2])
    ranks = {}
    for i, (k, _) in enumerate(sorted(d.items(), key=lambda kv: kv[1])):
        ranks[k] = i
    return ordered, top, ranks, next(iter(ordered)), dict.fromkeys(["a" if x > 0 else "b", "c"], x), dict.fromkeys([x, 1.0], 0)


def by_places(x):
    d = {Place("a", 2): x, Place(3, 4): 2.0}
    d["a", 2] = 3.0
    for i in range(4):
        d[Place(i % 2, 0)] = d.get(Place(i % 2, 0), 0.0) + x
    return list(d), d, d[Place("a", 2)], (3, 4) in d, sum(k.b * v for k, v in d.items())


@pytest.mark.parametrize("f", [by_value, by_places])
def test_keys_in_orders_and_places(f):
    all_same(f, XS)


class Number(enum.IntEnum):
    ONE = 1
    TWO = 2


class Word(str, enum.Enum):
    P = "p"
    Q = "q"


def of_enums(x):
    c, d, f = {}, {}, {}
    for i in range(6):
        k = Number.ONE if i * x > 2 else Number.TWO
        c[k] = c.get(k, 0) + i
        d.setdefault(Word.P if i * x > 2 else Word.Q, []).append(i)
        f[math.sin if i * x > 2 else math.cos] = x
    return list(c.items()), Number.ONE in c, d, {k.value: sum(v) for k, v in d.items()}, sum(g(v) for g, v in f.items())


def set_of_one_way(x):
    p = {"a": x, "b": 2.0}
    q, r = {k: v for k, v in p.items() if v > 1}, {k: v for k, v in p.items() if v <= 1}
    return q | r, {**r, **q}, q.keys() | r.keys() == p.keys(), q == p


@pytest.mark.parametrize("f", [of_enums, set_of_one_way])
def test_enums_and_sets(f):
    all_same(f, XS)


def test_a_text_beside_a_member_that_is_equal_to_it():
    def f(x):
        c = {}
        for i in range(6):
            c[Word.P if i * x > 2 else Word.Q] = i
        return "p" in c

    refused(f, 1.5, match="they are equal")


def many_that_may_be_there(n):
    lines = [f"    if x > {j / 10}: d['k{j}'] = x * {j}" for j in range(n)]
    space = {}
    exec("\n".join(["def f(x):", "    d = {'a': x, 'b': 1.0}", *lines, "    return d, list(d), sum(d.values()), max(d)"]), space)
    return space["f"]


@pytest.mark.parametrize("n", [11, 12, 13, 20])
def test_many_keys_that_may_be_there(n):
    all_same(many_that_may_be_there(n), XS)


def truth_of_a_counter(x):
    a, b, c = Counter(), defaultdict(float), {}
    if x > 1:
        a["a"] = x
    if x > 2:
        b["b"] += x
        c["c"] = x
    return (1 if a else 0, 2 if b else 0, 3 if c else 0, not a, bool(b))


def test_truth_of_counters():
    all_same(truth_of_a_counter, XS)


def with_a_table(x, n):
    d = {"a": x, "b": 2.0}
    for i in range(n):
        d["a"] = d.pop("a") * x
    e = {}
    for i in range(n):
        e[i % 2] = x * i
    return d["a"] + sum(e.values()), (d, e)


def test_tables_beside_what_is_differentiated():
    for n in (0, 1, 3):
        value, aux = with_a_table(1.5, n)
        (got, (d, e)), slope = irad.value_and_grad(with_a_table, has_aux=True)(1.5, n)
        assert (got, list(d.items()), e) == (value, list(aux[0].items()), aux[1])
        assert slope == pytest.approx((n + 1) * 1.5**n + (0, 0, 0, 3)[n])


class Letter(str, enum.Enum):
    P = "p"


@pytest.mark.parametrize(("one", "other"), [(Letter.P, "p"), (1, True), (1, 1.0), (0.0, -0.0), ((1, 2), (1.0, 2))])
def test_equal_keys_that_are_not_the_same(one, other):
    def made(x):
        return {one: x} if x > 0 else {other: 2.0}

    def set_perhaps(x):
        d = {}
        if x > 0:
            d[one] = x
        d[other] = 2.0
        return d

    def one_of_both(x):
        d = {}
        d[one if x > 0 else other] = x
        return list(d)

    for f in (made, set_perhaps, one_of_both):
        for x in (1.0, -1.0):
            try:
                assert repr(irad.compile(f)(x)) == repr(f(x))
            except (irad.UnsupportedError, irad.TypingError) as error:
                assert re.search("equal|several types", str(error))

    def listed(d):
        return list(d)

    def on_each_way(x):
        return listed({one: x}), listed({other: x})

    def changed(d, x):
        for key in d:
            d[key] += x
        d["z"] = 2.0
        return list(d)

    same, given, slope = irad.compile(on_each_way)(2.0), irad.compile(changed), irad.grad(lambda d: sum(d.values()))
    assert repr(same) == repr(on_each_way(2.0))
    for key in (one, other, one, other):
        d, wanted = {key: 1.0}, {key: 1.0}
        assert repr((given(d, 2.0), d)) == repr((changed(wanted, 2.0), wanted))
        assert repr(slope({key: 3.0})) == repr({key: 1.0})
