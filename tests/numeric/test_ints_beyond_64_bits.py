"""Known ints beyond 64 bits beside floats, as powers of ten in physics: Python makes floats of them, and compares exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numeric.harness import all_same, same_and_derivative, same_as_python

import irad

MASS = 5972 * 10**21
HUGE = 10**400
FLOATS = [(1.25,), (0.0,), (-0.0,), (-3e22,), (1e22,), (1e23,), (9.999999999999999e22,), (math.inf,), (-math.inf,), (math.nan,)]


def attraction(m):
    return 6.67e-11 * m * MASS / 6371000**2 + m / 10**24 - m * -(10**20) + math.factorial(25) * m + math.sqrt(abs(m) * MASS)


@pytest.mark.parametrize("f", [
    attraction, lambda x: 10**24 / (x + 2.5) + x, lambda x: divmod(x, MASS)[1] * 2.0 + x % MASS + (x + MASS) / MASS,
    lambda x: sum([10**20, x, 2 * x]) * 0.0 + x, lambda x: math.atan2(x, 10**20) * 1e20 + math.log(x, 10**20),
    lambda x: float(np.float64(x) * 10**24),
    lambda x: (np.array([x, 2 * x]) * 10**24 / 10**25).sum(), lambda x: float(np.arctan2(x, 10**20) * 10**20),
])
def test_values_and_derivatives(f):
    same_and_derivative(f, 1.25, rtol=1e-4)


@pytest.mark.parametrize("n", [10**23, -(10**23), 2**63, 2**64 + 1, 3 * 10**22, 10**22, HUGE, -HUGE])
def test_comparisons_are_exact(n):
    compared = eval(f"lambda x: (x < {n}, x <= {n}, x > {n}, x >= {n}, x == {n}, {n} != x, {n} < x, {n} <= x, {n} > x, {n} >= x)")
    all_same(compared, [*FLOATS, (3,), (True,), (-7,)])
    if abs(n) < 1e300:
        all_same(compared, [(np.float64(x),) for (x,) in FLOATS] + [(np.float32(0.5),), (np.int64(5),)])
        of_arrays = eval(f"lambda a: (a < {n}, {n} <= a, a == {n}, a != {n})")
        same_as_python(of_arrays, np.array([1.5, 1e23, -1e30]))


@pytest.mark.parametrize("f", [
    lambda x: x * HUGE, lambda x: HUGE - x, lambda x: x ** (10**20), lambda x: math.pow(x, 10**25),
    lambda x: math.copysign(10**25, -x),
    lambda x: (x // MASS, x % -MASS, divmod(MASS, x)), lambda x: np.float32(x) * 10**25, lambda x: np.maximum(x, 10**25),
])
def test_results_and_errors(f):
    all_same(f, [(1.25,), (0.5,), (3.0,)])


def test_stores_into_arrays():
    def f(x):
        a = np.zeros(3)
        a[0] = 10**25
        a[1:] = MASS
        a += 10**20
        return a * x

    same_as_python(f, 1.5)


def test_beside_ints_they_are_an_error_of_irad():
    for f in (lambda n: n * 10**20, lambda n: 10**20 // n, lambda n: [0.5, 10**20][n] * 2):
        with pytest.raises(OverflowError, match="64-bit integer"):
            irad.compile(f)(1)
