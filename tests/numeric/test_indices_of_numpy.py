"""Indices that numpy makes arrays of: tuples and ranges within an index; np.array of ranges; np.arange by name."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import all_same, same_and_derivative

M = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize("index", [
    ":, (0, 1)", "(0, 1),", "(0, 1), (1, 2)", "((0, 1), (1, 2))", "..., (0, 2)", "0, (0, 1), 1:", ":, ()",
    ":, (True, False, True)", ":, (0, k)",
    "[0, 1], (0, k)", "(0, k)", ":, range(2)", ":, range(k)", "range(k, -1, -1)", "range(0)", "..., range(3, 0, -k)",
    ":, (0, 3)", ":, (0.5,)",
])
def test_read(index):
    space = {}
    exec(f"def f(m, k): return m[{index}]", space)
    all_same(space["f"], [(M, 1), (M, 2)])


def stored(x, n):
    m = np.zeros((4, 5)) + x
    m[:, (0, 2)] = 5.0 * x
    m[(0, 1), (1, 2)] += x * x
    m[:, range(1, n)] *= 2.0 * x
    return np.sum(m * m)


def ranges(x, n):
    a = np.array(range(n), dtype=float)
    b = np.asarray(range(1, n, 2))
    c = np.array([range(n), range(n, 2 * n)])
    return np.sum(a * x) + b.sum() + np.mean(range(n)) + np.interp(x, range(n), a * x) + c[1, 0] + np.sum(c * x)


def bounds(x, n):
    return np.sum(np.arange(start=1, stop=n) * x) + np.arange(stop=n)[-1] + np.sum(np.arange(1, stop=2 * n, step=2))


@pytest.mark.parametrize("f", [stored, ranges, bounds], ids=lambda f: f.__name__)
def test_derivatives(f):
    same_and_derivative(f, 0.75, 4)


def test_arange_needs_a_stop():
    all_same(lambda n: np.arange(start=n), [(3,)])
