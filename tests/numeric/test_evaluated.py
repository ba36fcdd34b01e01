"""Functions of numpy and scipy with known arguments, which Python calls at compile time."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from numeric.harness import all_same, same_and_derivative
from scipy import integrate, linalg, special

import irad


def gauss(x, n):
    t, w = np.polynomial.legendre.leggauss(5)
    t *= n
    return np.sum(w * np.exp(-x * t))


def hermite(x, n):
    nodes, weights = special.roots_hermite(n=6)
    return np.sum(weights * np.cos(x * nodes)) / n  # (the order in which BLAS adds depends on the processor)


def chebyshev(x, n):
    total = 0.0
    for node in np.polynomial.chebyshev.chebpts1(8):
        total += np.sin(node * x * n)
    return total


def fixed_quad(x, n):
    return integrate.fixed_quad(lambda t: np.exp(-x * t * n), 0, 1, n=4)[0]


def matrices(x, n):
    return (linalg.hilbert(3) * x).sum() + np.sum(linalg.toeplitz([1, 2, 3])) * x * n


def in_a_loop(x, n):
    """A new array each time."""
    total = 0.0
    for i in range(n):
        t, _ = special.roots_legendre(3)
        t[i % 3] += x
        total += np.sum(t * t)
    return total


def numbers(x, n):
    return x * special.comb(5, 2) + n * special.factorial(4) * x + x * special.perm(5, 2, exact=True)


@pytest.mark.parametrize("f", [gauss, hermite, chebyshev, fixed_quad, matrices, in_a_loop, numbers], ids=lambda f: f.__name__)
def test_programs(f):
    same_and_derivative(f, 0.75, 3)


def test_what_they_raise_is_raised():
    def f(x):
        return x if x > 0 else special.roots_legendre(0)[0][0]

    all_same(f, [(1.5,), (-1.0,)])


def test_with_arguments_of_run_time_they_are_compiled():
    """Or refused by name."""
    f = irad.compile(lambda x: np.polynomial.polynomial.polyval(x, (1.0, 2.0, 3.0)))
    assert f(0.5) == 2.75
    with pytest.raises(irad.UnsupportedError, match="eigvalsh"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        irad.compile(lambda n: np.sum(np.polynomial.legendre.leggauss(n)[0]))(5)
