"""d.keys(), d.values(), d.items() and loops over d show what the dict holds by then."""

import re
from collections import OrderedDict

import numpy as np
import pytest
from numeric.harness import same_as_python

import irad


def changed_in_its_loop(d, x):
    s = 0.0
    for key, e in d.items():
        d["c"] = x
        s = s * 0.5 + e
    for e in d.values():
        d["c"] += e
        s = s * 0.5 + e
    for i, (key, e) in enumerate(d.items()):
        d[key] = e * x + i
    for key in d:
        d[key] += len(key)
    return s


def kept(d, x):
    values, keys, items = d.values(), d.keys(), d.items()
    d["a"] = x
    d["z"] = 2.0
    return sum(values), list(keys), len(items), "z" in keys, x in values, sorted(values), dict(zip(keys, values)), [*items]


def one_more_in_the_loop(d, x):
    for key in d:
        d["z"] = x
    return list(d)


def perhaps_one_more(d, x):
    for key in d:
        if x > 1.0:
            d["z"] = x
    return list(d)


def one_of_two_of_other_keys(d, x):
    other = {"q": 5.0, "b": x}
    one = d if x > 1.0 else other
    s = 0.0
    for e in one.values():
        s = s * 2.0 + e
    return s


def one_of_two(d, x):
    other = {"a": 5.0, "b": x, "c": 7.0}
    one = d if x > 1.0 else other
    s = 0.0
    for key, e in one.items():
        one["c"] = 0.5
        s = s * 2.0 + e
    return s, max(one.values()), d, other


@pytest.mark.parametrize("x", [0.5, 1.5])
@pytest.mark.parametrize("f", [changed_in_its_loop, kept, one_more_in_the_loop, one_of_two])
def test_views(f, x):
    same_as_python(f, {"a": 1.0, "b": 2.0, "c": 3.0}, x)


def test_derivatives():
    assert irad.grad(changed_in_its_loop, argnums=1)({"a": 1.0, "b": 2.0, "c": 3.0}, 2.0) > 0.0


def test_a_loop_that_perhaps_sets_one_more_key():
    with pytest.raises(irad.UnsupportedError, match="in which its keys change"):
        irad.compile(perhaps_one_more)({"a": 1.0}, 2.0)


@pytest.mark.parametrize("x", [0.5, 2.0])
def test_a_loop_over_one_of_several_dicts_of_other_keys(x):
    same_as_python(one_of_two_of_other_keys, {"a": 1.0, "b": 2.0, "c": 3.0}, x)


@pytest.mark.parametrize("f", [lambda d: d.items(), lambda d: [d.values()]])
def test_views_are_no_results(f):
    with pytest.raises(irad.UnsupportedError, match="make a list or a dict of it"):
        irad.compile(f)({"a": 1.0})


def stars_of_one_of_two(d, x):
    e = {**d, "a": x}
    f = e if x > 1.0 else d
    return (lambda a, b, c, **more: a * b + c)(**f), {**f, "a": 1.0}, dict(f), (lambda **more: sum(more.values()))(**f)


@pytest.mark.parametrize("x", [0.5, 1.5])
def test_stars_of_one_of_two_dicts(x):
    same_as_python(stars_of_one_of_two, {"a": 1.0, "b": 2.0, "c": 3.0}, x)


class Pair:
    def __init__(self, x):
        self.x, self.y = x, 2.0


def attributes_in_a_loop(x):
    o = Pair(x)
    values = vars(o).values()
    s = 0.0
    for name, e in vars(o).items():
        o.y = 0.5
        s = s * 2.0 + e
    for name in o.__dict__:
        setattr(o, name, getattr(o, name) * 2.0)
    return s, sum(values), list(vars(o))


def one_more_attribute_in_the_loop(x):
    o = Pair(x)
    for name in vars(o):
        o.z = x
    return list(vars(o))


@pytest.mark.parametrize("f", [attributes_in_a_loop, one_more_attribute_in_the_loop])
def test_views_of_attributes(f):
    same_as_python(f, 1.5)


OUTSIDE = {"a": 1.0, "b": 2.0}


def views_equal(d, e):
    keys, items = d.keys(), d.items()
    return (
        keys == {"a", "b"}, keys != {"a", "b"}, {"a"} == keys, keys == e.keys(), items == e.items(), items != e.items(),
        keys == ("a", "b"), items == (("a", 1.0), ("b", 2.0)), keys == ["a", "b"], keys == d, d.values() == e.values(),
        d.values() == [1.0, 2.0], keys == OUTSIDE.keys(), items == OUTSIDE.items(), OUTSIDE.items() >= items, keys == keys,
    )


def views_ordered(d, e):
    return (
        d.keys() < e.keys(), d.keys() <= e.keys(), d.keys() > {"a"}, {"a"} < d.keys(), d.keys() >= set(), d.items() <= e.items(),
        d.items() < e.items(), d.items() >= e.items(), d.items() > {"q": 1.0}.items(),
    )


def views_combined(d, e):
    s = {"z"}
    s |= d.keys()
    d |= {"q": 5.0}.items()
    return (
        sorted(d.keys() | {"u"}), sorted(d.keys() & {"a"}), sorted(d.keys() - {"a"}), sorted({"q"} ^ d.keys()), sorted(s),
        sorted(["x"] | d.keys()), sorted(d | e.keys()), sorted(d.keys() & e), len(d.keys() | OUTSIDE.keys()),
    )


@pytest.mark.parametrize("f", [views_equal, views_ordered, views_combined])
@pytest.mark.parametrize("e", [{"b": 2.0, "a": 1.0}, {"a": 1.0, "b": 3.0}, {"a": 1.0, "c": 3.0}, {"a": 1.0, "b": 2.0, "c": 3.0}])
def test_views_as_sets(f, e):
    same_as_python(f, {"a": 1.0, "b": 2.0}, e)


@pytest.mark.parametrize("f", [
    lambda d: d.keys() < [1], lambda d: d.values() < d.values(), lambda d: d.keys() | 5, lambda d: d.keys()[0],
    lambda d: d.items()[0], lambda d: (isinstance(d.keys(), tuple), type(d.values()).__name__),
    lambda d: print(str(d.keys()), f"{d.items()}", repr(OrderedDict(a=1.0).values())),
])
def test_views_are_no_tuples(f, capsys):
    same_as_python(f, {"a": 1.0})
    expected, got = capsys.readouterr().out.splitlines() or (None, None)
    assert expected == got


@pytest.mark.parametrize(("f", "words"), [
    (lambda d: np.sum(d.values()), "`sum` of dict_values"), (lambda d: np.array(OUTSIDE.values()), "`array` of dict_values"),
    (lambda d: d.values() == d.values(), "of two dict_values of one dict"), (lambda d: d.items() | {1}, "a set with float"),
    (lambda d: d.values() | {1}, "`|` of dict_values and set"),
    (lambda d: f"{range(int(d['a']))}", "the text of a value of type range"),
])
def test_uses_of_views_that_are_refused(f, words):
    with pytest.raises(irad.UnsupportedError, match=re.escape(words)):
        irad.compile(f)({"a": 1.0})


def orders(x):
    d, e = OrderedDict(a=x, b=1.0), OrderedDict(b=1.0, a=x)
    return d == e, d != e, d == dict(e), dict(d) == e, d == OrderedDict(a=x, b=1.0)


def test_ordered_dicts_are_equal_in_one_order_only():
    same_as_python(orders, 2.0)


def put_back(x):
    d = {"a": x, "b": 2.0}
    for _ in d:
        d["b"] = d.pop("b") + 1
    return d


def put_back_perhaps(x):
    d = {"a": x, "b": 2.0}
    if x > 0:
        d["c"] = 1.0
    for _ in d.items():
        d["b"] = d.pop("b") + 1
    return d


@pytest.mark.parametrize("f", [put_back, put_back_perhaps])
def test_a_key_that_is_put_back(f):
    with pytest.raises(irad.UnsupportedError, match="in which its keys change"):
        irad.compile(f)(1.5)


def put_back_afterwards(x):
    d = {"a": x, "b": 2.0}
    e = {}
    for k in list(d):
        d[k] = d.pop(k) + 1
    for k in d:
        e["z"] = e.pop("z", 0.0) + d[k]
        if k == "b":
            d.pop("a")
            break
    d["a"] = x
    return d, e


def test_keys_that_are_put_back_afterwards():
    same_as_python(put_back_afterwards, 1.5)


def rows_of_a_table(x, n):
    table = {"a": {"a": x, "b": 1.0 - x}, "b": {"c": x, "a": 1.0}, "c": {"b": 2.0, "c": 3.0}}
    weights = {"a": x}
    for _ in range(n):
        new = {}
        for s, q in weights.items():
            for t, r in table[s].items():
                new[t] = new.get(t, 0.0) + q * r
        weights = new
    row = table["abc"[n % 3]]
    return sorted(weights.items()), list(row), [2.0 * v for v in row.values()], max(row, key=row.get)


def test_loops_over_one_of_several_dicts():
    for n in range(5):
        same_as_python(rows_of_a_table, 0.25, n)
    f = lambda x, n: rows_of_a_table(x, n)[0][0][1]  # noqa: E731
    assert abs(irad.grad(f)(0.25, 3) - (f(0.25 + 1e-6, 3) - f(0.25 - 1e-6, 3)) / 2e-6) < 1e-8
