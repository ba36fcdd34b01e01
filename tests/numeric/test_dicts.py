"""Dicts with known keys: every method, comparison, iteration, CPython's errors."""

import numpy as np
import pytest
from numeric.harness import all_same, refused


def d1(x, y):
    d = {"a": x, "b": y}
    d["c"] = 3.0
    d.update(a=5.0, e=x)
    d.update({"f": 1})
    d.update([("g", 2)])
    p = d.pop("b")
    q = d.pop("zz", 9.0)
    s = d.setdefault("a", 1.0)
    t = d.setdefault("h", x)
    it = d.popitem()
    del d["c"]
    return (
        d,
        p,
        q,
        s,
        t,
        it,
        len(d),
        "a" in d,
        "q" not in d,
        d.get("a"),
        d.get("q"),
        d.get("q", 1.0),
        list(d),
        list(d.keys()),
        list(d.values()),
        list(d.items()),
        sum(d.values()),
        sorted(d),
        max(d.values()),
        {**d, "z": 1},
        d | {"y": 2},
        d == dict(d),
        d != {},
        bool(d),
        not {},
        [k for k in d],
        {k: v * 2 for k, v in d.items()},
        dict(a=1, b=x),
        dict([("u", x)]),
        d.copy() is d,
    )


def d2(x):
    d = {}
    for k in ("a", "b"):
        d[k] = x
    d |= {"c": 1.0}
    e = d
    e["a"] = 9.0
    for k, v in d.items():
        d[k] = v + 1
    return d, e is d


def d3(k, x):
    d = {1: x, 2: 2 * x, 3: 3 * x}
    return d[k], d.get(k), d.get(k, 0.0), k in d


def deq(x, y):
    return (
        {"a": x, "b": 1} == {"b": 1, "a": y},
        {"a": x} == {"b": x},
        {"a": x} != {"a": y},
        {"a": [x]} == {"a": [y]},
        {} == {},
        {"a": x} == [x],
    )


def dnest(x):
    d = {"p": {"q": [x, 1.0]}, "r": (x, {"s": x})}
    d["p"]["q"].append(2.0)
    d["p"]["t"] = x
    d["r"][1]["s"] = 4.0
    return d, d["p"]["q"][-1]


def darr(a):
    d = {"a": a, "b": a * 2}
    d["a"][0] = 9.0
    d["b"] += 1
    return d, a


def dif(d, x):
    if "n" in d:
        d["n"] += x
    else:
        d["n"] = x
    return d["n"]


def fromkeys(x):
    return dict.fromkeys(("a", "b"), x), dict(zip(("a", "b"), (x, 1.0)))


def derr1(x):
    return {"a": x}["b"]


def derr2(x):
    {"a": x}.pop("b")


def derr3(x):
    {}.popitem()


def derr4(x):
    return {"a": x}.b


def derr5(x):
    {"a": x}.update(1)


def derr6(x):
    return {"a": x} + {"b": x}


def derr7(x):
    return {"a": x} < {"b": x}


def derr8(x):
    {"a": x}.get()


def derr9(x):
    {"a": x}.pop()


def derr10(x):
    del {"a": x}["b"]


def derr11(x):
    return {"a": x}[1.5]


def derr12(x):
    for k in {"a": x}:
        k.foo


def derr13(x):
    return -{"a": x}


def derr14(x):
    return {"a": x}()


def derr15(x):
    return {"a": x}["a"]["b"]


WRONG = [derr1, derr2, derr3, derr4, derr5, derr6, derr7, derr8, derr9, derr10, derr11, derr12, derr13, derr14, derr15]


@pytest.mark.parametrize("f", [d2, dnest, fromkeys, *WRONG], ids=lambda f: f.__name__)
def test_dicts(f):
    all_same(f, [1.0])


def test_of_several_arguments():
    all_same(d1, [(1.0, 2.0)])
    all_same(d3, [(1, 1.0), (3, 1.0), (4, 1.0)])
    all_same(deq, [(1.0, 1.0), (1.0, 2.0)])
    all_same(darr, [np.array([1.0, 2.0])])
    all_same(dif, [({}, 1.0), ({"n": 1.0}, 1.0), ({"m": 2}, 3.0)])


PAIRS = {("a", 1): 2.0, ("b", (1, 2)): 3.0}


def tuples_as_keys(x):
    flows = {("s", 1): x, ("i", (1, 2)): 2.0 * x}
    names = ("s", "i")
    total = 0.0
    for (name, n), f in flows.items():
        total += f
    k = 1
    flows["s", 3] = 1.0
    return total, flows[names[0], k], flows["i", (k, 2)], PAIRS["a", k], ("s", 3) in flows, PAIRS.get(("b", (1, 2))), len(flows)


def test_tuples_as_keys():
    all_same(tuples_as_keys, [(0.5,), (2.0,)])


OUTSIDE = {"a": 1.0}


def joined_to_one_from_outside(x, y):
    def total(**more):
        return sum((OUTSIDE | more).values())

    return OUTSIDE | {"b": x}, {"b": x} | OUTSIDE, total(a=x, c=y), OUTSIDE | dict(a=y)


def test_a_dict_from_outside_and_another():
    all_same(joined_to_one_from_outside, [(1.5, 2.0)])

    def changed(x):
        d = OUTSIDE
        d |= {"b": x}
        return d

    refused(changed, 1.0, match="of a dict from outside")
