"""a.shape = ...: of an array that only one variable stands for."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import same_as_python

import irad


def column(x, points):
    points = np.array(points, dtype=float)
    others = np.array(points)
    if points.ndim == 1:
        points.shape = (-1, 1)
    return ((x - points[:, 0]) ** 2).sum() * points.shape[0] + points.ndim * x + others.ndim


def of_a_number(x):
    a = np.array(x)
    if len(a.shape) == 0:
        a.shape = (-1,)
    return a[0] * 2, a


def twice(x, n):
    a = np.zeros(6) + x
    a.shape = n, -1
    b = a * 2
    b.shape = 6
    return a.shape, b, a


def in_a_loop(x, n):
    found = 0.0
    for i in range(n):
        a = np.arange(6) * x
        a.shape = (2, 3)
        a[1, 0] += x
        found += a[1, 0] * i
    return found


def by_the_way(x):
    a = np.arange(6) * x
    if x > 1:
        a.shape = (2, 3)
    return a.sum()


def two_names(x):
    a = np.ones(4) * x
    b = a
    a.shape = 2, 2
    return b


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (column, (1.5, np.arange(4.0))), (column, (1.5, np.ones((3, 2)))), (of_a_number, (2.0,)), (twice, (1.0, 2)),
        (twice, (1.0, 4)), (in_a_loop, (1.5, 4)), (by_the_way, (0.5,)), (by_the_way, (1.5,)), (two_names, (1.5,)),
    ],
)
def test_as_python(f, args):
    same_as_python(f, *args)


def test_derivatives():
    irad.check_grads(lambda x: column(x, np.arange(4.0)), (1.5,))
    irad.check_grads(lambda x: in_a_loop(x, 4), (1.5,))
    irad.check_grads(column, (1.5, np.arange(4.0)))


def another(x):
    a = np.ones(4) * x
    b = np.asarray(a)
    a.shape = 2, 2
    return b


def argument(a):
    a.shape = 2, 2


def in_a_list(x):
    a = np.ones(4) * x
    held = [a]
    a.shape = 2, 2
    return held


def one_of_two(x):
    a, b = np.ones(4) * x, np.ones(4)
    c = a if x > 1 else b
    a.shape = 2, 2
    return c


def in_a_closure(x):
    a = np.ones(4) * x

    def get():
        return a

    a.shape = 2, 2
    return get()


@pytest.mark.parametrize(
    ("f", "arg"), [(another, 1.5), (argument, np.ones(4)), (in_a_list, 1.5), (one_of_two, 1.5), (in_a_closure, 1.5)],
)
def test_refused(f, arg):
    with pytest.raises(irad.UnsupportedError, match="that something else may stand for"):
        irad.compile(f)(arg)


def test_on_one_way_only():
    def f(x, n):
        b = np.array([[x, 2.0], [3.0, 4.0]])
        if n > 1:
            b.shape = 4, 1
        return b[1].sum() + b.shape[0]

    for n in (0, 2):
        assert irad.compile(f)(1.0, n) == f(1.0, n)
