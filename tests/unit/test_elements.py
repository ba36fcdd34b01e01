"""Which loads of arrays that loops write the reverse part may repeat: those whose element nothing writes afterwards."""

from __future__ import annotations

import math

import numpy as np
import pytest

import irad


def recurrence(x, a, n):
    for i in range(1, n):
        x[i] = math.sin(x[i - 1]) * a
    return x[n - 1]


def counted_by_hand(x, a, n):
    i = 1
    while i < n:
        x[i] = math.sin(x[i - 1]) * a
        i += 1
    return x[n - 1]


def downwards(x, a, n):
    for i in range(len(x) - 2, -1, -1):
        x[i] = math.sin(x[i + 1]) * a
    return x[0]


def with_a_step(x, a, n):
    for i in range(2, n - 1, 2):
        x[i] = x[i - 2] * x[i - 1] * a
        x[i + 1] = x[i - 1] * x[i - 1]
    return x[n - 1]


def substitution(x, a, n):
    for i in range(1, n):
        for j in range(i):
            x[i] += a * math.sin(x[j])
    return x[n - 1]


def table(x, a, n):
    t = np.ones((n + 1, n + 1))
    for i in range(1, n + 1):
        for j in range(1, n + 1):
            t[i, j] = t[i - 1, j - 1] * x[i - 1] + t[i - 1, j] * x[j - 1] + t[i, j - 1] * t[i, j - 1] * a
    return t[n, n]


def trajectory(x, a, n):
    y = np.empty((n + 1, 2))
    y[0] = x[:2]
    for k in range(n):
        y[k + 1, 0] = y[k, 0] + a * y[k, 1]
        y[k + 1, 1] = y[k, 1] - a * math.sin(y[k, 0])
    return y[n, 0]


def elimination(x, a, n):
    m = np.outer(x, x) + 4.0 * np.eye(n)
    for k in range(n):
        for i in range(k + 1, n):
            for j in range(k + 1, n):
                m[i, j] -= m[k, j] * 0.5 * m[k, j]
    return m[n - 1, n - 1]


def neighbours(x, a, n):
    for i in range(1, n - 1):
        x[i] = x[i - 1] * x[i + 1] * a
    return x[n - 2]


def two_sweeps(x, a, n):
    for _ in range(2):
        for i in range(1, n):
            x[i] = x[i] * a + math.sin(x[i - 1])
    return x[n - 1]


def from_the_end(x, a, n):
    for i in range(n):
        x[i] = math.sin(x[i - 1]) * a
    return x[n - 1]


def ring(x, a, n):
    for i in range(1, 3 * n):
        x[i % n] = math.sin(x[(i - 1) % n]) * a
    return x[0]


def behind(x, a, n):
    for i in range(1, n):
        x[n - 1 - i] = math.sin(x[i]) * a
    return x[0]


def by_the_table(x, a, n):
    m = np.array([2, 0, 3, 1, 4])
    for i in range(n):
        x[m[i]] = math.sin(x[i]) * a
    return x[0]


def known_lag(x, a, n):
    lag = int(a * 4.0)
    for i in range(lag, n):
        x[i] = math.sin(x[i - lag]) * x[i]
    return x[n - 1]


X = np.array([0.3, 0.9, 1.2, -0.4, 0.7])
AGAIN = [recurrence, counted_by_hand, downwards, with_a_step, substitution, table, trajectory, elimination]
WRITTEN = [neighbours, two_sweeps, from_the_end, ring, behind, by_the_table, known_lag]


def stores_to_tapes(f):
    text = str(irad.grad(f).ir(X, 0.5, len(X)))
    return [line for line in text.splitlines() if "store" in line and "tape" in line]


@pytest.mark.parametrize("f", AGAIN)
def test_what_is_not_written_again_is_not_taped(f):
    assert not stores_to_tapes(f)


@pytest.mark.parametrize("f", WRITTEN)
def test_what_may_be_written_again_is_taped(f):
    assert stores_to_tapes(f)


@pytest.mark.parametrize("f", AGAIN + WRITTEN)
def test_derivatives(f):
    def primal(x, a, n):
        return f(x.copy(), a, n)

    gradient = irad.grad(primal)(X, 0.5, len(X))
    for k in range(len(X)):
        step = np.zeros(len(X))
        step[k] = 1e-4
        near = primal(X + step, 0.5, len(X)) - primal(X - step, 0.5, len(X))
        far = primal(X + 2 * step, 0.5, len(X)) - primal(X - 2 * step, 0.5, len(X))
        assert gradient[k] == pytest.approx((8 * near - far) / 12e-4, rel=1e-7, abs=1e-9)
