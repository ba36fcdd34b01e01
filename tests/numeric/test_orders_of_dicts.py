"""The order of a dict is that of CPython, or the program is refused."""

import pytest
from numeric.harness import same_as_python

import irad


def moved(y, d):
    if y:
        d["a"] = d.pop("a")
    return list(d.values())[0]


def made_on_each_way(y, x):
    d = {"a": x, "b": 2.0}
    if y:
        d = {"b": x, "a": 2.0}
        d["c"] = 1.0
    return list(d.values())


def moved_in_a_loop(y, x):
    d = {"a": x, "b": 2.0}
    for i in range(3):
        if y > i:
            d["a"] = d.pop("a") * 0.5
    return sum(i * v for i, v in enumerate(d.values()))


def set_before(y, x):
    d = {"a": x}
    if y:
        d["u"] = 1.0
    d["b"] = 2.0
    d["u"] = 3.0
    return list(d.values())


def chosen(y, x):
    d = {"a": x, "b": 2.0}
    e = {"b": x, "a": 2.0}
    c = d if y else e
    return sum(i * v for i, v in enumerate(c.values()))


@pytest.mark.parametrize("f", [chosen, moved, made_on_each_way, moved_in_a_loop])
def test_an_order_that_depends_on_the_way(f):
    with pytest.raises(irad.IradError, match="depend"):
        irad.compile(f)(1, {"a": 1.0, "b": 2.0} if f is moved else 1.0)


def set_last(y, x):
    d = {"a": x}
    if y:
        d["u"] = 1.0
    d["u"] = 2.0
    return list(d.items())


def set_in_front(y, x):
    d = {"a": x}
    if y:
        d = {"u": 1.0, "a": 2.0}
    return d.get("u", 0.5) + d["a"]


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("f", [set_last, set_in_front, set_before])
def test_orders(f, y):
    same_as_python(f, y, 1.5)
