"""scipy.signal: recursive filters against scipy's own, bit for bit, and their derivatives by the coefficients and the signal."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import all_same, same_as_python
from scipy import linalg, signal

import irad

RNG = np.random.default_rng(3)
X, ROWS = RNG.normal(size=40), RNG.normal(size=(3, 25))
B, A = np.array([0.1, 0.2, 0.3]), np.array([0.7, 0.4, 0.1])


@pytest.mark.parametrize("f", [
    lambda b, a, x: signal.lfilter(b, a, x), lambda b, a, x: signal.lfilter(b[:1], a, x),
    lambda b, a, x: signal.lfilter(b, a[:2], x), lambda b, a, x: signal.lfilter(b, a, x, axis=0),
    lambda b, a, x: signal.lfilter(b.astype(np.float32), a.astype(np.float32), x.astype(np.float32)),
    lambda b, a, x: signal.lfilter(b, [0.0, 1.0], x), lambda b, a, x: signal.lfilter(b, a, x, zi=np.zeros(7)),
    lambda b, a, x: signal.lfilter(b, a, x, zi=x[..., :2]), lambda b, a, x: signal.lfilter([0.4], [1.0, -0.6], x),
])
def test_a_recursive_filter(f):
    all_same(f, [(B, A, X), (B, A, ROWS), (B, A, X[:3])])


def test_a_state_for_all_rows():
    same_as_python(lambda z: signal.lfilter(B, A, ROWS, zi=z), np.array([[0.1, -0.2]]))


def test_a_filter_forth_and_back():
    b, a = signal.butter(3, 0.3)
    assert np.allclose(irad.compile(lambda x: signal.filtfilt(b, a, x))(X), signal.filtfilt(b, a, X), rtol=1e-12)


def test_derivatives_of_a_filter():
    def loss(b, a, x):
        return (signal.lfilter(b, a, x) ** 2).sum()

    irad.check_grads(loss, (B, A, X))


def test_a_filter_that_is_designed():
    same_as_python(lambda c: signal.firwin(11, c), 0.3, ulps=16)


def test_the_pseudo_inverse_of_scipy():
    def f(m):
        inverse, rank = linalg.pinv(m, return_rank=True)
        return linalg.pinv(m) + inverse, rank

    m = RNG.normal(size=(4, 3))
    found, expected = irad.compile(f)(m), f(m)
    assert np.allclose(found[0], expected[0]) and found[1] == expected[1] and type(found[1]) is type(expected[1])
    with pytest.raises(ValueError, match="infs or NaNs"):
        irad.compile(f)(np.full((2, 2), np.nan))
