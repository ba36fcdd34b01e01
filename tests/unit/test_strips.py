"""Checks that are made for a strip of trips: indices that are converted floats, everything CPython says of them at its place."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

import irad
from benchmarks.kernels import histogram

SPECIAL = (
    math.nan, math.inf, -math.inf, -0.5, -0.9999999999999999, -1.0, -1.5, -3.0, 1e18, -0.0, 0.0, 6.999999999999999, 7.0,
    9.999999999999998, 10.0, 10.5,
)


def counted(x, w, out):
    for i in range(len(x)):
        out[int(x[i])] += w[i]


def written_twice(x, w, out):
    for i in range(len(x)):
        k = int(x[i])
        out[k] += w[i] * out[k]
        w[i] = k + 1


def next_to_it(x, w, out):
    for i in range(len(x)):
        out[int(x[i]) + 1] += w[i]


def one_by_the_other(x, w, out):
    for i in range(len(x)):
        k = int(x[i] * 0.5 + 1.0)
        j = int(w[i] - k)
        out[k] += x[i] + j
        out[j] -= 1.0


def in_two_arrays(x, w, out):
    b = np.zeros(7)
    for i in range(len(x)):
        b[int(x[i])] += 1.0
        out[int(x[i])] += b[int(x[i])]


def rounded(x, w, out):
    for i in range(len(x)):
        out[math.trunc(x[i])] += w[i]
        out[math.floor(x[i])] += 1.0


PROGRAMS = (counted, written_twice, next_to_it, one_by_the_other, in_two_arrays, rounded)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_converted_floats_as_indices(f):
    compiled, chance = irad.compile(f), random.Random(1)
    for _ in range(60):
        n, size = chance.choice([0, 1, 100, 1023, 1024, 1025, 2500]), chance.choice([0, 1, 5, 10, 10])
        x, w = np.array([chance.uniform(0.0, 8.0) for _ in range(n)]), np.array([chance.uniform(0.0, 3.0) for _ in range(n)])
        for _ in range(chance.choice([0, 1, 2]) if n else 0):
            x[chance.randrange(n)] = chance.choice(SPECIAL)
        found = []
        for run in (f, compiled):
            given = x.copy(), w.copy(), np.linspace(1.0, 2.0, size)
            error = None
            try:
                run(*given)
            except (IndexError, ValueError, OverflowError) as e:
                error = type(e)
            found.append((error, [a.tobytes() for a in given]))
        assert found[0] == found[1]


def test_a_strip_converts_nothing():
    """0 <= x < len(out) says all that the conversion of x and the index ask."""
    text = str(irad.compile(histogram).ir(np.ones(3), np.ones(3), np.ones(2), stage="low"))
    (body,) = (part for part in text.split("\n^") if part.startswith("for.test:"))
    assert "{to='int'" not in body and "isinf" not in body and " ge " in body
