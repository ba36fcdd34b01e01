"""`is` between arrays, and between lists in lists of run-time length."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import refused, same_and_derivative

import irad


def work(a, out=None):
    if out is None:
        out = np.empty_like(a)
    if out is not a:
        out[:] = a
    out *= 2.0
    return out


def arrays(x, n):
    a = np.ones(n) * x
    b, c = a, a.copy()
    first = work(a)
    kept = work(a, np.zeros(n))
    other = np.ones(n + 1)
    return float(first.sum() * kept.sum()) + (a is b) + 2.0 * (a is c) + 4.0 * (a is not other) + 8.0 * (a is np.zeros((2, 2)))


def lists(x, n):
    m = [[x * i, 1.0] for i in range(n)]
    m[0][0] = x
    s = 0.0
    for p in m:
        for q in m:
            if p is not q:
                s += p[0] * q[1]
    row = m[1]
    return s + (row is m[1]) + 2.0 * (row is m[2]) + 4.0 * (row is not m[0])


class Body:
    def __init__(self, x):
        self.x = x


def objects(x, n):
    return sum(p.x * q.x for p in [Body(x)] * n for q in [Body(x * i) for i in range(n)] if p is not q)


@pytest.mark.parametrize("f", [arrays, lists, objects], ids=lambda f: f.__name__)
def test_programs(f):
    same_and_derivative(f, 2.5, 4)


def test_two_arrays_in_one_memory():
    def same(a, b):
        return a is b

    a = np.arange(3.0)
    f = irad.compile(same)
    assert f(a, a.copy()) is False
    with pytest.raises(irad.UnsupportedError, match="two arrays that are in the same memory"):
        f(a, a)
    with pytest.raises(irad.UnsupportedError, match="two arrays that are in the same memory"):
        irad.compile(lambda a: a is a[:])(a)


def test_empty_lists():
    def f(n):
        m = [[0.0] * n for _ in range(n + 2)]
        m[0][:] = [1.0] * n
        return m[0] is m[1]

    assert irad.compile(f)(2) is False


VIEWS = {
    "T": lambda a: a.T is a,
    "ravel": lambda a: a.ravel() is a,
    "reshape": lambda a: a.reshape(-1) is a,
    "transpose": lambda a: np.transpose(a) is a,
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_of_all_of_an_array_is_not_known_to_be_it(name):
    error = refused(VIEWS[name], np.array([1.0, 2.0, 3.0]), match="in the same memory")
    assert "shares_memory" in error.hint


def layers(weights, x):
    """Two ways of which the trial saw one: in the last step the array is the very item."""
    h = x
    for w in weights:
        h = np.tanh(h * w) if w is not weights[-1] else h * w
    return float(h.sum())


def test_the_last_item_of_a_list_is_met_in_the_last_step():
    a = np.array([0.3, 0.7])
    weights = [a, a * 2, a * 3]
    assert irad.compile(layers)(weights, a) == pytest.approx(layers(weights, a), rel=1e-14)
    h = 1e-6
    plus, minus = (layers([a, a * 2, a * 3 + s], a) for s in (h, -h))
    gradient = irad.grad(layers)(weights, a)
    assert gradient[2].sum() == pytest.approx((plus - minus) / (2 * h), rel=1e-6)
