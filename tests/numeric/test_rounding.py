"""round and np.round: CPython's exact decimal rounding, numpy's scaled one, their errors, and a derivative of 0."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python

import irad

X = (2.675, 2.5, 0.5, -0.5, 1.005, 1e22, 1e23, 5e-324, 1.5e-323, 2.0**-24, -(2.0**-24), 123456789.123456789, 1e300, 1.7e308,
     -1.7e308, 0.0, -0.0, -0.3, math.inf, -math.inf, math.nan, 4.5e15, 9007199254740993.0, 5e-10, 1.2345e-300,
     4.904174318782175e132, 5.53973450794973e-310, 1.0933410386379e-310)
DIGITS = (0, 1, 2, 10, 16, 22, 23, 24, 100, 303, 308, 323, 324, 10**6, 2**62,
          -1, -2, -10, -22, -23, -132, -133, -299, -300, -307, -308, -309, -(10**6), -(2**63))


def by(x, d):
    return round(x, d)


def test_floats():
    all_same(by, [(x, d) for x in X for d in DIGITS])
    all_same(by, [(x, True) for x in X])
    same_as_python(lambda x: (round(x), round(x, None), round(number=x, ndigits=2)), 2.5)
    same_as_python(lambda x: round(x, 10**30), 2.5)


@pytest.mark.parametrize("digits", (0, 2, 22, 23, 320, -1, -22, -23, -308, -400))
def test_known_digits(digits):
    space = {}
    exec(f"def f(x): return round(x, {digits})", space)
    all_same(space["f"], [(x,) for x in X])


def test_ints():
    numbers = (0, 5, 15, 25, -5, -15, -25, 1234, 1250, 1350, -1250, 2**63 - 1, -(2**63), 10**18,
               5 * 10**18, 5 * 10**18 + 1, -5 * 10**18)
    all_same(by, [(n, d) for n in (*numbers, True, False) for d in (0, 3, -1, -2, -3, -18, -20, -100)
                  if -(2**63) <= round(n, d) < 2**63])
    all_same(by, [(n, -19) for n in numbers if abs(n) <= 5 * 10**18])
    for n, d in ((2**63 - 1, -1), (6 * 10**18, -19), (-(2**63), -1)):
        with pytest.raises(OverflowError, match="64-bit"):
            irad.compile(by)(n, d)


def test_numpy_scalars():
    floats = [np.float64(x) for x in X] + [np.float32(x) for x in (2.675, 0.125, 1e30, -2.5)]
    all_same(by, [(x, d) for x in floats for d in (0, 2, 8, 9, 15, 25, 310, -1, -3, -25)])
    all_same(by, [(np.int64(n), d) for n in (1250, 1350, -1250, 7) for d in (2, 0, -1, -2, -5)])
    all_same(by, [(np.int32(n), d) for n in (1250, 15) for d in (2, -1)])


def test_np_round():
    f = lambda a, d: (np.round(a, d), np.around(a, decimals=d))  # noqa: E731
    grid = np.array([[2.675, -1.5, 0.5], [1e300, math.nan, 12345.678]])
    all_same(f, [(a, d) for a in (grid, grid.astype(np.float32), grid[:, ::2], np.arange(95, 125, 7)) for d in (0, 2, -1)])
    all_same(f, [(2.5, 0), (2.675, 2), (7, -1), (np.float64(2.675), 2)])
    same_as_python(lambda a: (a.round(), a.round(1), np.round(a)), grid)
    refused(lambda a: np.round(a, out=a), grid, match="option `out`")


@pytest.mark.parametrize("wrong", (2.0, "2"))
def test_wrong_digits(wrong):
    all_same(lambda x, d=wrong: round(x, d), [(2.5,), (3,)])


def test_derivative_is_zero():
    for digits in (2, 30, -1, -30):
        assert irad.grad(lambda x, d=digits: round(x, d) * x)(3.14159) == round(3.14159, digits)
    assert irad.grad(lambda x, d: round(x, d) * x)(3.14159, 2) == 3.14
    assert irad.grad(lambda x: round(x, 400) + 2 * x)(3.14159) == 2.0
    gradient = irad.grad(lambda a: np.sum(np.round(a, 1) * a))(np.array([0.26, 1.51]))
    assert gradient.tolist() == [0.3, 1.5]
