"""Methods that objects among the arguments hold: each is of the object that it is bound to, not of what that held before."""

from __future__ import annotations

import copy

import pytest
from numeric.harness import all_same

import irad


class Model:
    """An object that chooses one of its methods when it is made."""

    def __init__(self, x, way="square"):
        self.x = x
        self.rule = self.square if way == "square" else self.double

    def square(self):
        return self.x**2

    def double(self):
        return 2.0 * self.x


class Listener:
    def __init__(self, k, rule):
        self.k, self.rule = k, rule

    def heard(self):
        return self.k * self.rule()


class Tree:
    """Methods of an object in what it holds, and of that in it."""

    def __init__(self, x):
        self.part = Model(x)
        self.whole, self.part.above = self.run, self.shifted

    def run(self):
        return self.part.rule() * 2.0 + self.part.above()

    def shifted(self):
        return self.part.x + 1.0


def changed(m):
    m.x = m.x * 2.0
    return m.rule()


def in_a_loop(m, n):
    total = 0.0
    for _ in range(n):
        m.x *= 1.1
        total += m.rule()
    return total


def tree(t):
    t.part.x += 1.0
    return t.whole()


def of_both(m, other):
    m.x *= 3.0
    return other.heard()


def of_list(xs):
    xs[0].x = 4.0
    return xs[1]()


def handed_on(m):
    other = Model(m.x + 1.0)
    m.rule = other.rule
    other.x = 9.0
    return m.rule()


def raised(m):
    m.x = -1.0
    if m.rule() > 0.0:
        raise ValueError(m.x)


def asked(m):
    return m.rule == m.square, m.rule is m.rule, callable(m.rule)


def copied(m):
    one, other = copy.copy(m), copy.deepcopy(m)
    one.x, other.x = 10.0, 100.0
    return m.rule(), one.rule(), other.rule()


def listening(first):
    m = Model(1.5)
    return (m, Listener(2.0, m.rule)) if first else (m, Listener(2.0, Model(4.0).rule))


@pytest.mark.parametrize("f", [changed, handed_on, raised, asked, copied], ids=lambda f: f.__name__)
def test_of_an_argument(f):
    all_same(f, [Model(1.5), Model(2.5, "double")])


def test_of_what_is_among_the_arguments():
    m = Model(1.5)
    all_same(in_a_loop, [(Model(2.0), 4), (Model(2.0), 0)])
    all_same(tree, [Tree(2.0)])
    all_same(of_both, [listening(True), listening(False)])
    all_same(lambda other, m: of_both(m, other), [listening(True)[::-1]])
    all_same(of_list, [[m, m.square]])
    all_same(lambda rule, m: (changed(m), rule()), [(m.rule, m)])


def test_results():
    m = Model(1.5)
    same = irad.compile(lambda m: (m, m.rule, m.double))(m)
    assert same[0] is m and same[1] == m.rule and same[2] == m.double
    irad.compile(changed)(m)
    assert m.x == 3.0 and m.rule.__self__ is m
    m.x = 1.5
    made = irad.compile(lambda x: Model(x))(3.0)
    assert made.x == 3.0 and made.rule == made.square
    assert irad.compile(handed_on)(m) == 81.0 and m.rule.__self__.x == 9.0 and m.x == 1.5


def test_derivatives():
    found = irad.grad(changed)(Model(1.5))
    assert type(found) is Model and found.x == 12.0 and found.rule is None
    assert irad.grad(changed)(Model(1.5, "double")).x == 4.0
    assert irad.grad(tree)(Tree(2.0)).part.x == 13.0
    assert irad.jvp(tree, (Tree(2.0),), (Tree(1.0),)) == (22.0, 13.0)
    assert irad.vjp(changed, Model(1.5))[1](1.0)[0].x == 12.0
    assert irad.grad(lambda m: Listener(2.0, m.rule).heard())(Model(1.5)).x == 6.0
    with pytest.raises(irad.UnsupportedError, match="which it has been given twice"):
        irad.grad(of_both)(*listening(True))


def test_one_compilation_serves_all_objects():
    f = irad.compile(changed)
    assert [f(Model(float(i))) for i in range(4)] == [0.0, 4.0, 16.0, 36.0]
    assert len(f.signatures) == 1


@pytest.mark.parametrize("source", [
    "sum(map(float.__mul__, xs, [2.0, x]))", "sorted(xs, key=float.__neg__)", "float.__add__(x, 1), float.__radd__(x, 1)",
    "float.__lt__(x, 3.0), float.__eq__(x, 1)", "int.__mul__(3, 2) * x", "float.__truediv__(x, 0.0)", "float.__pow__(x, n)",
    "list(map(str.upper, ['a', 'b'])), list(map(str.strip, [' a ']))", "list.__len__(xs), list.index(xs, 1.0)",
    "sum(map(int.__neg__, [-1, n]))",
])
def test_methods_of_the_class_of_a_number(source):
    space = {}
    exec(f"def f(x, xs, n): return {source}", space)
    all_same(space["f"], [(2.5, [1.0, 4.0], -3), (2.5, [1.0], 3)])


class Spring:
    def __init__(self, k):
        self.k = k

    def energy(self, x):
        return 0.5 * self.k * x**4

    force = irad.grad(energy, argnums=1)

    @irad.compile
    def pull(self, x, times=2.0):
        return self.k * x * times

    @irad.compile
    def __call__(self, x):
        return self.pull(x) + self.energy(x)

    @property
    @irad.compile
    def doubled(self):
        return 2.0 * self.k


class Stiff(Spring):
    @irad.compile
    def __init__(self, k):
        self.k = 2.0 * k

    def pull(self, x, times=3.0):
        return super().pull(x, times) + Spring.pull(self, x)


OUTSIDE = Spring(1.5)


@pytest.mark.parametrize("cls", [Spring, Stiff])
def test_methods_that_irad_has_made(cls):
    """They are bound as functions are: of objects from outside, of arguments, of what compiled code makes."""
    def f(spring, k, x):
        made = cls(k)
        g = made.force
        total = made.pull(x) + g(x) + made(x) + made.doubled + irad.grad(made.pull)(x) + irad.grad(made.force)(x)
        total += spring.pull(x, times=x) + spring.force(x) + irad.grad(spring)(x) + irad.grad(spring.pull, (0, 1))(x, 3.0)[1]
        return total + OUTSIDE.pull(x) + OUTSIDE.force(x) + irad.grad(Spring.pull, argnums=1)(OUTSIDE, x)

    spring, k, x = cls(0.75), 1.25, 0.5
    assert irad.compile(f)(spring, k, x) == pytest.approx(f(spring, k, x), rel=1e-15)
    irad.check_grads(lambda k, x: f(cls(k * x), k, x), (k, x))
    assert irad.grad(f, argnums=2)(spring, k, x) == irad.grad(irad.compile(f), argnums=2)(spring, k, x)
