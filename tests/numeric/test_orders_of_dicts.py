"""The order of a dict is that of CPython, or the program is refused."""

from collections import OrderedDict

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


@pytest.mark.parametrize("y", [0, 1, 2])
@pytest.mark.parametrize("f", [chosen, moved, made_on_each_way, moved_in_a_loop])
def test_an_order_that_depends_on_the_way(f, y):
    same_as_python(f, y, {"a": 1.0, "b": 2.0} if f is moved else 1.0)


def of_objects(y, x):
    if y:
        d = {"a": Inner(x), 3: 1.0}
    else:
        d = {3: 2.0, "a": Inner(x)}
    return len(list(d))


class Inner:
    def __init__(self, x):
        self.x = x


def test_an_order_that_is_refused():
    with pytest.raises(irad.IradError, match="depend"):
        irad.compile(of_objects)(1, 1.0)


def taken_from_both_ends(y, x):
    c = OrderedDict(a=x, b=1.0, c=2.0)
    if y > 1:
        c["d"] = x
    c.move_to_end("a")
    first = c.popitem(last=False)
    c.move_to_end("c", last=False)
    return first, c, c.popitem(False), c.popitem(True), c.popitem(), c.popitem()


def moved_to_an_end(y, x):
    c = OrderedDict(a=x, b=1.0, c=2.0)
    for i in range(4):
        c.move_to_end("a" if i * y > 2 else "b")
        if y == 2:
            c.move_to_end("z")
    c.move_to_end(key="a" if y > 1 else "c", last=False)
    return c


def used_last(y, x):
    cache = OrderedDict()
    for i in range(6):
        k = "a" if i * y > 2 else "b" if i * y < 1 else "c"
        if k in cache:
            cache.move_to_end(k)
        else:
            cache[k] = i * x
        if len(cache) > 2:
            cache.popitem(last=False)
    return cache


def of_no_such_method(y, x):
    return {"a": x}.popitem(last=False), {"a": x}.move_to_end("a")


@pytest.mark.parametrize("y", [0, 1, 2])
@pytest.mark.parametrize("f", [taken_from_both_ends, moved_to_an_end, used_last, of_no_such_method])
def test_both_ends(f, y):
    same_as_python(f, y, 1.5)


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
