"""np.unravel_index and np.ravel_multi_index."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import refused, same_and_derivative, same_as_python

A = np.array([[3.0, 1.0, 2.0], [0.5, 4.0, -1.0]])


def unravelled(i, n):
    return (
        np.unravel_index(i, (2, n)), np.unravel_index(i, (2, n), order="F"), np.unravel_index(np.array([i, 1]), (2, n)),
        np.unravel_index([[1, i], [3, 4]], shape=[2, n]), np.unravel_index(i, 7), np.unravel_index(np.array(i), (2, 1, n)),
        np.unravel_index(np.array([1, 2], np.int32), (2, n)), np.unravel_index(np.array([], np.int64), (0, n)),
        np.unravel_index(i > 1, (2, n)),
    )


def ravelled(i, j):
    return (
        np.ravel_multi_index((i, j), (2, 3)), np.ravel_multi_index((i, j), (2, 3), order="F"),
        np.ravel_multi_index([i, j], dims=[2, 3]),
        np.ravel_multi_index((np.array([0, i]), np.array([j, 1])), (2, 3)), np.ravel_multi_index((np.array([0, i]), j), (2, 3)),
        np.ravel_multi_index(np.array([[0, i], [j, 1]]), (2, 3)), np.ravel_multi_index((i + 5, j - 4), (2, 3), mode="wrap"),
        np.ravel_multi_index((i + 5, j - 4), (2, 3), mode="clip"), np.ravel_multi_index((i + 5, j - 4), (2, 3), ("clip", "wrap")),
        np.ravel_multi_index((j,), 3),
    )


@pytest.mark.parametrize("i", [0, 4, np.int64(5)])
def test_unravel_index(i):
    same_as_python(unravelled, i, 3)
    same_as_python(unravelled, 6, 4)


@pytest.mark.parametrize("i", [0, 1])
def test_ravel_multi_index(i):
    for j in range(3):
        same_as_python(ravelled, i, j)


@pytest.mark.parametrize("f", [
    lambda: np.unravel_index(7, (2, 3)), lambda: np.unravel_index(-1, (2, 3)), lambda: np.unravel_index(0, (0, 3)),
    lambda: np.unravel_index(1.5, (2, 3)), lambda: np.unravel_index(np.array([1, 6]), (2, 3)),
    lambda: np.unravel_index([], (2, 3)),
    lambda: np.unravel_index(3, ()), lambda: np.unravel_index(2, (2.5, 3)), lambda: np.unravel_index(np.ones(2), (2, 3)),
    lambda: np.unravel_index(2, (2, 3), "X"), lambda: np.ravel_multi_index((3, 1), (2, 3)),
    lambda: np.ravel_multi_index((1,), (2, 3)), lambda: np.ravel_multi_index((-1, 1), (2, 3)),
    lambda: np.ravel_multi_index((1.5, 1), (2, 3)),
    lambda: np.ravel_multi_index((1, 2), (2, 3), "no"), lambda: np.ravel_multi_index((np.array([5]), 1), (2, 3)),
], ids=range(16))
def test_errors(f):
    same_as_python(f)


def at_the_peak(x):
    a = A * x + np.sin(A)
    i, j = np.unravel_index(np.argmax(a), a.shape)
    return a[i, j] ** 2 + a.flat[np.ravel_multi_index((i, j - 1), a.shape)]


def test_derivative():
    same_and_derivative(at_the_peak, 0.7)


def test_shapes_in_arrays():
    same_as_python(lambda i: np.ravel_multi_index(([0, i], [2, 1]), np.array([2, 3])), 1)
    refused(lambda i: np.unravel_index(i, np.array([2, 3])), 4, match="a shape in an array")
