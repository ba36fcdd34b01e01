"""Items of known tuples and lists at places that are known at run time: tables of coefficients, nodes and weights, of indices."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numeric.harness import all_same, same_and_derivative

import irad

FLOATS = (0.5, 1.5, 2.25, -0.0, math.inf, math.nan)
MIXED = (0, 1 / 5, 3 / 10, 0.8, 1, True)
INTS = [3, 1, -2, 0, 2**62]
BOOLS = (True, False, True)
PAIRS = ((1, 2.0), (3, 0.5), (4, 1.25))
OF_NUMPY = (np.float32(0.1), np.float32(2.5), np.float32(-1.0))
TWO_FLOATS = (np.float64(2.0), 0.5, 3.0)
TOO_LARGE = (2**70, 1, 2)
WIDE = (2**60 + 1, 0.5, 2.0)
NODES = ((-0.9, 0.2, 1), (-0.5, 0.4, 2), (0.0, 0.6, 3), (0.5, 0.4, 4), (0.9, 0.2, 5))


def floats(n):
    return FLOATS[n], FLOATS[-n - 1]


def mixed(n):
    return MIXED[n], MIXED[n] * 2, MIXED[n] / 2


def ints(n):
    return INTS[n], INTS[n] // 2


def bools(n):
    return BOOLS[n], BOOLS[n] + 1, 1.0 if BOOLS[n] else 2.0


def pairs(n):
    a, b = PAIRS[n]
    return PAIRS[n], a + b, PAIRS[n][0], PAIRS[n] == (3, 0.5)


def of_numpy(n):
    return OF_NUMPY[n], OF_NUMPY[n] * 0.1, TWO_FLOATS[n], [np.float64(2.0), np.float64(1.0), np.float64(0.5)][n] / 0.5


def local(n):
    c = [0.25, 0.5, 0.75, 1.0]
    c[1] = 4.0
    return c[n], c[n - 1]


def places(n):
    order = (2, 0, 1)
    a = np.array([1.0, 2.0, 4.0])
    return a[order[n]] + FLOATS[order[n]]


@pytest.mark.parametrize("f", [floats, mixed, ints, bools, pairs, of_numpy, local, places], ids=lambda f: f.__name__)
def test_values(f):
    """Of the kind that they have, also where the kinds are several; -0.0 and nan; IndexError outside."""
    all_same(f, [(n,) for n in range(-7, 7)])


def test_ints_that_do_not_fit():
    """They are loud where they are read."""
    f, g = irad.compile(lambda n, x: x * TOO_LARGE[n]), irad.compile(lambda n, x: x * WIDE[n])
    assert (f(1, 0.5), f(2, 0.5), g(1, 0.5)) == (0.5, 1.0, 0.25)
    with pytest.raises(OverflowError, match="too large to convert to a 64-bit integer"):
        f(0, 0.5)
    with pytest.raises(OverflowError, match="too large to share a variable with floats"):
        g(0, 0.5)


def horner(x, n):
    p = 0.0
    for j in range(n):
        p = p * x + FLOATS[j % 3]
    return p


def quadrature(x, n):
    return sum(weight * math.exp(-x * node * k) for node, weight, k in (NODES[i % 5] for i in range(n)))


def stages(x, n):
    c = [0, 0.5, 0.5, 1]
    rows = ((0.0, 0.0, 0.0), (0.5, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.0, 1.0))
    k = np.zeros(4)
    y = 1.0
    for step in range(n):
        for i in range(4):
            at = y
            for j in range(i):
                at += 0.1 * rows[i][j] * k[j]
            k[i] = -x * at + c[i] * 0.1 + step
        y += 0.1 * (k[0] + 2.0 * k[1] + 2.0 * k[2] + k[3]) / 6.0
    return y


@pytest.mark.parametrize("f", [horner, quadrature, stages], ids=lambda f: f.__name__)
def test_derivatives(f):
    same_and_derivative(f, 0.75, 7)


def test_they_are_one_load():
    """No branches: a table of a thousand numbers compiles as one of three does."""
    table = tuple(float(k) for k in range(1000))
    f = irad.compile(lambda n: table[n])
    assert [f(n) for n in (0, 500, -1)] == [0.0, 500.0, 999.0]
    assert f.ir().count("lookup") == 1
    assert f.ir().count("br ") == 0


def test_one_whose_kind_numpy_has_something_else_for():
    """np.tanh of a bool is a float16, which irad has not: an error only where that is reached."""
    def f(x, n):
        return x * float(np.tanh((True, 0.5, 2)[n]))

    g = irad.compile(f)
    assert [g(2.0, n) for n in (1, 2)] == [f(2.0, n) for n in (1, 2)]
    with pytest.raises(irad.UnsupportedError, match=r"np.float16 as the result of np.tanh of bool\b"):
        g(2.0, 0)
    with pytest.raises(irad.UnsupportedError, match="np.float16 as the result of np.exp of bool"):
        irad.compile(lambda a: np.exp(a > 0.0))(np.ones(2))
