"""np.vectorize of functions with effects: numpy calls such a function once more at first, to see what it returns."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_and_derivative

import irad


def counting_in_an_array(a):
    seen = np.zeros(1)

    def f(x):
        seen[0] += 1.0
        return x * seen[0]

    return np.vectorize(f)(a), seen[0]


def with_otypes(a):
    seen = np.zeros(1)

    def f(x):
        seen[0] += 1.0
        return x * seen[0]

    return np.vectorize(f, otypes=[float])(a), seen[0]


def always_raises(a):
    def f(x):
        raise ValueError("no")

    try:
        return np.vectorize(f, otypes=[float])(a)
    except ValueError:
        return a + 1.0


@pytest.mark.parametrize("f", [counting_in_an_array, with_otypes, always_raises], ids=lambda f: f.__name__)
def test_results(f):
    all_same(f, [(np.array([1.0, 2.0, 4.0]),)])


def test_of_nothing():
    all_same(always_raises, [(np.zeros(0),)])


class Counter:
    def __init__(self):
        self.n = 0.0

    def __call__(self, x):
        self.n += 1.0
        return x * self.n


def changing_an_object(a):
    return np.vectorize(Counter())(a)


def changing_a_variable(a):
    n = 0.0

    def f(x):
        nonlocal n
        n += x
        return n

    return np.vectorize(f)(a)


def only_if_it_is_reached(a, k):
    c = Counter()
    if k > 0:
        return np.vectorize(c)(a).sum()
    return a.sum()


def test_what_is_refused():
    a = np.array([1.0, 2.0, 4.0])
    for f in (changing_an_object, changing_a_variable):
        refused(f, a, match="a function that changes objects or variables of others, called for each element")
    refused(only_if_it_is_reached, a, 1, match="a function that changes objects")
    assert irad.compile(only_if_it_is_reached)(a, 0) == 7.0


def square(e):
    return e * e - 1.0


def int_or_float(y, n):
    s = 0.0
    for i in range(n):
        s += float(np.vectorize(square)(y))
        y = 0 if i % 2 else y * 0.5
    return s


def test_a_number_of_one_of_two_kinds():
    """The function gets the int or the float that it is on this way."""
    f = irad.compile(int_or_float)
    for y in (0.5, 1.5, -2.5, float("inf")):
        for n in range(5):
            assert f(y, n) == int_or_float(y, n)
    assert irad.grad(int_or_float)(1.5, 4) == 2 * 1.5 + 0.5 * 1.5


class Scaled:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x, y):
        return self.method(x, y) + self.vectorized(x, y)

    def method(self, x, y):
        return self.factor * x + y if x > 1.0 else y

    vectorized = np.vectorize(lambda self, x, y: self.factor * x * y)


VECTORIZED = np.vectorize(Scaled.method)
OUTSIDE = Scaled(2.0)


def of_objects(x, a):
    """An object is one element: numpy makes an array without axes of it."""
    made = Scaled(x)
    return np.sum(VECTORIZED(OUTSIDE, a, x)) + np.sum(VECTORIZED(made, a, a[0])) + Scaled.vectorized(made, x, 3.0)


def test_of_objects():
    for x, a in ((1.5, np.array([0.5, 2.0, 3.0])), (0.5, np.array([1.5, 0.25]))):
        same_and_derivative(of_objects, x, a)


def returns_arrays_of_no_axes(factor, x):
    x = factor * x
    doubled = np.vectorize(lambda t: np.asarray(2.0 * t))(x)
    whole, same = np.vectorize(lambda t: (np.array(int(t)), np.array(t)))(x)
    return np.sum(doubled) + np.sum(whole * same) + np.vectorize(lambda t: np.where(t > 1.0, t * t, 2.0), otypes=[float])(x).sum()


def test_arrays_of_no_axes_are_numbers():
    same_and_derivative(returns_arrays_of_no_axes, 1.1, np.array([0.5, 2.25, 3.5]))
    with pytest.raises(irad.UnsupportedError, match="a function that returns arrays"):
        irad.compile(lambda x: np.vectorize(lambda t: np.array([t, t]), otypes=[float])(x))(np.ones(2))


def test_entropies_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    f = lambda a: stats.gamma.entropy(a) + stats.beta.entropy(a, 2.0)
    value, slope = irad.value_and_grad(f)(1.4)
    assert value == pytest.approx(f(1.4), rel=1e-13)
    assert slope == pytest.approx((f(1.4 + 1e-5) - f(1.4 - 1e-5)) / 2e-5, rel=1e-8)
