"""Arguments that are dicts of other classes than dict, or namespaces: they are taken apart, changed and differentiated."""

import collections
import copy
from types import SimpleNamespace

import numpy as np
import pytest
from numeric.harness import same_as_python

import irad


class Named(dict):
    pass


class Dotted(dict):
    __getattr__ = dict.get
    __setattr__ = dict.__setitem__


class Doubled(dict):
    """One that says something else than it holds."""

    def __getitem__(self, key):
        return 2.0 * dict.__getitem__(self, key)

    def values(self):
        return [1.0]


class Rectangle(SimpleNamespace):
    def area(self):
        return self.a * self.b


def moved(d):
    d.move_to_end("b")
    return d


DICTS = [
    moved(collections.OrderedDict(b=1.0, a=2.0, c=3.0)), collections.defaultdict(float, b=1.0, a=2.0),
    collections.defaultdict(lambda: 0.5, b=1.0, a=2.0), collections.Counter(b=1.0, a=2.0), Named(b=1.0, a=2.0),
    Dotted(b=1.0, a=2.0), Doubled(b=1.0, a=2.0),
]


def read(d):
    return sum([(i + 1) * d[key] ** 2 for i, key in enumerate(d)]) * sum(d.values())


def change(d, e):
    d["e"] = d["a"] * 3.0
    d["b"] += 1.0
    e["a"] = d.pop("a")
    return d, e, [d]


@pytest.mark.parametrize("d", DICTS)
def test_dicts(d):
    items = collections.OrderedDict.items if isinstance(d, collections.OrderedDict) else dict.items
    gradient = irad.grad(read)(d)
    assert type(gradient) is type(d)
    assert [key for key, _ in items(gradient)] == [key for key, _ in items(d)]
    for key, found in items(gradient):
        up, down = copy.copy(d), copy.copy(d)
        dict.__setitem__(up, key, dict.__getitem__(d, key) + 1e-6)
        dict.__setitem__(down, key, dict.__getitem__(d, key) - 1e-6)
        assert abs(found - (read(up) - read(down)) / 2e-6) < 1e-6 * abs(found)
    wanted = copy.copy(d)
    change(wanted, wanted)
    f = irad.compile(change)
    for mine in (copy.copy(d), copy.copy(d)):  # the second has a taker
        one, two, (three,) = f(mine, mine)
        assert one is two is three is mine
        assert list(items(mine)) == list(items(wanted))


def test_the_default_is_part_of_the_form():
    def f(d):
        d["x"] += 1.0
        return d["x"]

    compiled = irad.compile(f)
    for factory in (float, lambda: 5.0, int, float):
        mine, given = collections.defaultdict(factory), collections.defaultdict(factory)
        assert compiled(mine) == f(given)
        assert mine == given and mine.default_factory is factory
    with pytest.raises(KeyError):
        compiled(collections.defaultdict(None))


def namespace():
    shared = SimpleNamespace(x=3.0, y=[1.0, 2.0])
    return SimpleNamespace(a=2.0, w=np.array([1.0, 2.0]), inner=shared, same=shared, d=collections.OrderedDict(k=1.5), n=3)


def step(p):
    p.a += 1.0
    p.new = p.a * p.inner.x
    p.inner.y.append(p.new)
    p.d["inner"] = p.same
    del p.n
    return p.inner


def test_namespaces():
    f = irad.compile(step)
    for _ in range(2):
        mine, given = namespace(), namespace()
        assert f(mine) is mine.inner is mine.same is mine.d["inner"]
        step(given)
        assert repr(mine) == repr(given)
    p = namespace()
    p.same = SimpleNamespace(y=[1.0, 2.0])
    found = irad.grad(lambda p: p.a * p.inner.x * p.same.y[1] * p.d["k"] + (p.w**2).sum())(p)
    assert type(found) is type(found.inner) is SimpleNamespace
    assert (found.a, found.inner.x, found.same.y, found.n) == (9.0, 6.0, [0.0, 9.0], None)
    assert found.w.tolist() == [2.0, 4.0] and found.d == collections.OrderedDict(k=12.0)
    assert irad.grad(lambda r: r.area() ** 2)(Rectangle(a=1.0, b=2.0)) == Rectangle(a=8.0, b=4.0)
    p = SimpleNamespace(x=2.0, y=3.0)
    assert irad.jvp(lambda p: p.x * p.y, (p,), (SimpleNamespace(x=1.0, y=0.0),)) == (6.0, 3.0)
    irad.check_grads(lambda p: SimpleNamespace(z=p.x**2 * p.y), (p,))


def test_namespaces_in_lists_of_run_time_length():
    def f(x, n):
        found = []
        for i in range(n):
            found.append(SimpleNamespace(i=i, x=x * i))
            found[-1].x += 1.0
        return sum([p.x for p in found])

    assert irad.compile(f)(2.0, 4) == f(2.0, 4)
    assert irad.grad(f)(2.0, 4) == 6.0


class Lower(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)

    def __delitem__(self, key):
        dict.__delitem__(self, key.lower())

    def __contains__(self, key):
        return super().__contains__(key.lower())

    def __len__(self):
        return super().__len__() + 10

    def __repr__(self):
        return f"Lower({super().__repr__()})"


class Sorted(dict):
    def __iter__(self):
        return iter(sorted(super().__iter__()))


class Pair(tuple):
    def __iter__(self):
        return iter([9.0, 8.0])


def of_their_own_methods(x):
    d = Lower(a=x)
    d["B"] = 2.0 * x
    d["C"] = 3.0
    del d["A"]
    return d, "B" in d, "A" in d, len(d), repr(d)


def loops_of_their_own(x):
    d, p = Sorted(b=x, a=1.0), Pair((x,))
    first, second = d
    return (
        list(d), tuple(d), [*d], set(d) == {"a", "b"}, ",".join(d), first, second, list(d.values()), dict.fromkeys(d, x),
        list(p), sum(p), sorted(p), tuple(p), [*p], max(p), list(enumerate(p)),
    )


def merged(x):
    order, table, own = collections.OrderedDict(b=x), collections.defaultdict(float, b=x), Named(b=x)
    other = {"q": x}
    count = collections.Counter(b=2)
    return (
        order | other, other | order, table | other, other | table, own | other, other | own, own | own,
        order | table, table | order, count | {"b": 1}, count | count, own.copy(), order.copy(), table.copy(), own,
    )


def texts(x):
    order, table, own = collections.OrderedDict(b=x), collections.defaultdict(float, b=x), Named(b=x)
    return repr(order), f"{order} {[order]}", repr(collections.OrderedDict()), f"{table}", f"{own}", repr([own])


@pytest.mark.parametrize("f", [of_their_own_methods, loops_of_their_own, merged, texts])
def test_what_they_have_of_dict(f):
    same_as_python(f, 1.5)


def test_merged_with_one_from_outside():
    outside = collections.OrderedDict(a=1.0)
    same_as_python(lambda x: (outside | {"b": x}, {"b": x} | outside), 1.5)


OUTSIDE = {"a": 4.0, "b": 1.5}
IN_ORDER = collections.OrderedDict(OUTSIDE)


def compared_with_one_from_outside(p, x):
    p.b = x
    order = collections.OrderedDict(b=x, a=4.0)
    return (
        vars(p) == OUTSIDE, OUTSIDE == {"b": x, "a": 4.0}, {"a": x} != OUTSIDE, vars(p) == {"a": x}, order == IN_ORDER,
        IN_ORDER == order, order == OUTSIDE, OUTSIDE == order, collections.defaultdict(float, a=4.0, b=x) == OUTSIDE,
        {"a": 3.0, "b": x} == IN_ORDER,
    )


def test_compared_with_one_from_outside():
    same_as_python(compared_with_one_from_outside, SimpleNamespace(a=4.0), 1.5)


class Slots:
    __slots__ = ("best", "lr")

    def __init__(self):
        self.lr = 0.5


class OfItsClass:
    best = 0.25

    def __init__(self):
        self.lr = 0.5


def asked_for_what_is_not_always_there(p, xs):
    for x in xs:
        if hasattr(p, "best"):
            if x > p.best:
                p.best = x
        elif x > 1.0:
            p.best = x * x
        if x < 0.0:
            del p.lr
    return getattr(p, "best", -1.0) * getattr(p, "lr", 3.0), hasattr(p, "best"), getattr(p, "best", None)


@pytest.mark.parametrize("make", [lambda: SimpleNamespace(lr=0.5), Slots, OfItsClass])
def test_attributes_that_only_some_ways_set(make):
    for xs in ([0.5], [0.5, 2.0, 1.0], [1.5, 3.0, -1.0], []):
        same_as_python(asked_for_what_is_not_always_there, make(), xs)
    slope = 0.5 if make is OfItsClass else 2.0  # of its square
    assert irad.grad(lambda xs: asked_for_what_is_not_always_there(make(), xs)[0])([0.5, 2.0, 1.0]) == [0.0, slope, 0.0]


FACTORS = collections.defaultdict(lambda: 2.0, a=1.0)
NUMBERED = collections.defaultdict(float, {1: 2.0, 3: 4.0})


def test_reading_does_not_fill_a_defaultdict_from_outside():
    """It did when the code was compiled, on ways that were not taken, too."""
    f = irad.compile(lambda x: FACTORS["q"] * x if x < 0.0 else FACTORS["a"] * x)
    assert f(3.0) == 3.0
    with pytest.raises(irad.UnsupportedError, match="a key that a defaultdict from outside does not have"):
        f(-3.0)
    assert dict(FACTORS) == {"a": 1.0}
    by_number = irad.compile(lambda n, x: NUMBERED[n] * x)
    assert [by_number(n, 2.0) for n in (1, 3)] == [4.0, 8.0]
    with pytest.raises(irad.UnsupportedError, match="a key that a defaultdict from outside does not have"):
        by_number(5, 2.0)
    assert dict(NUMBERED) == {1: 2.0, 3: 4.0}
