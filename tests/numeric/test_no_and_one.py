"""Axes of no and of one element, and empty lists, where numpy has rules for them."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import all_same

import irad

THREE, NONE_AT_ALL = np.array([1.5, 2.5, 4.0]), np.array([])
MATRICES = [(np.ones(shape),) for shape in ((2, 3, 0), (0, 2, 3), (2, 0, 3), (2, 3, 1))]


@pytest.mark.parametrize("f", [
    lambda a: np.take(a, []), lambda a: a.take(()), lambda a: np.take(a, range(0), mode="wrap"), lambda a: np.delete(a, []),
    lambda a: np.delete(a, ()), lambda a: np.delete(a, range(len(a))), lambda a: np.delete(a, slice(None, None, 2)),
    lambda a: np.delete(a, slice(-1, None)), lambda a: np.delete(a, np.s_[5:1:-1]), lambda a: np.insert(a, [], []),
    lambda a: np.insert(a, range(len(a)), 7.0), lambda a: np.ndim(range(len(a))), lambda a: np.broadcast_shapes(),
    lambda a: np.linalg.norm(a, np.inf), lambda a: np.linalg.norm(a[None], 1), lambda a: np.linalg.norm(a[None], np.inf),
    lambda a: np.logaddexp.reduce(a[:0]), lambda a: np.hypot.reduce(a[None, :0], axis=1), lambda a: np.arctan2.reduce(a[:0]),
    lambda a: a.reshape(0, -1), lambda a: a.reshape(-1, 0), lambda a: a.reshape(len(a), -1), lambda a: a.reshape(-1, len(a)),
    lambda a: np.concatenate(a[:0, None]),
])
def test_of_one_axis(f):
    all_same(f, [(THREE,), (NONE_AT_ALL,)])


@pytest.mark.parametrize("f", [
    lambda a: a.max((0, 1)), lambda a: a.sum((1, 2)), lambda a: a.sum((0, 2)), lambda a: a.reshape(a.shape[0], -1),
    lambda a: a.reshape(-1, a.shape[2]), lambda a: a.reshape(a.shape[0], -1, 1), lambda a: np.concatenate(a),
])
def test_of_several(f):
    all_same(f, MATRICES)


@pytest.mark.parametrize("f", [lambda a: np.cov(a), lambda a: np.corrcoef(a), lambda a: np.cov(a.T, rowvar=False)])
def test_the_covariance_of_one_row(f):
    rows = np.array([[1.0, 2.0, 4.0], [3.0, -1.0, 0.5]])
    assert np.allclose(irad.compile(f)(rows), f(rows))
    with pytest.raises(irad.UnsupportedError, match="an axis of one element"):  # numpy makes a number of it
        irad.compile(f)(np.array([[1.0, 2.0, 4.0]]))


def test_a_derivative():
    def f(a):
        return (np.delete(a, slice(1, None, 2)) ** 2).sum() + np.take(a, []).sum() + np.delete(a, []).sum()

    assert irad.grad(f)(THREE).tolist() == [4.0, 1.0, 9.0]


def test_many_axes():
    """A loop for each of 20 axes: what is kept for the reverse weighs more than any sum of 64 bits."""
    def f(a):
        b = a.reshape((1,) * 18 + (-1,))
        c = (b * 2 + np.ones((2,) + (1,) * 18)).transpose()
        return np.sin(c).sum() + c.max() + np.cumsum(c, -1).sum() + np.concatenate([c, c], 0).std()

    a = np.array([1.0, 2.0, 3.5])
    step = np.array([0.0, 1e-5, 0.0])
    assert np.isclose(irad.grad(f)(a)[1], (f(a + step) - f(a - step)) / 2e-5)
