"""Results whose type depends on the data."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import all_same

import irad


def scalar_if_one(x):
    return x.item() if x.size == 1 else x


def positive(x):
    x = np.atleast_1d(x)
    return scalar_if_one(x[x > 0] ** 2)


class TestNumberOrArray:
    def test_gradient(self):
        assert irad.grad(positive)(3.0) == 6.0
        assert irad.value_and_grad(positive)(3.0) == (9.0, 6.0)

    def test_where_it_is_an_array(self):
        with pytest.raises(TypeError, match="one real number"):
            irad.grad(positive)(-3.0)

    def test_auxiliary_value(self):
        assert irad.grad(lambda x: (positive(x), 1), has_aux=True)(3.0) == (6.0, 1)


TABLE = np.array([1.0, 2.0, 4.0])


def captured_or_made(x):
    a = TABLE if x > 1 else np.array([x, x * x, 2.0])
    return a.sum() * x


class TestCapturedOrMade:
    """An array that is a captured one or one that depends on the argument."""

    def test_gradient(self):
        assert irad.grad(captured_or_made)(0.5) == 2 * 0.5 + 3 * 0.25 + 2.0
        assert irad.grad(captured_or_made)(2.0) == 7.0
        assert irad.grad(irad.grad(captured_or_made))(0.5) == 2 + 6 * 0.5

    def test_forward(self):
        with irad.options(mode="forward"):
            assert irad.grad(captured_or_made)(0.5) == 2 * 0.5 + 3 * 0.25 + 2.0

    def test_in_a_loop(self):
        def f(x):
            a, s = TABLE, 0.0
            for i in range(3):
                s += a[i] * x
                a = a * x if i else np.array([x, x, x])
            return s

        x = 0.5  # x + x**2 + x**3
        assert irad.grad(f)(x) == pytest.approx(1 + 2 * x + 3 * x * x, rel=1e-15)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "uint16", "uint32", "uint64"])
def test_numbers_of_kinds_that_irad_does_not_compute_with(kind):
    cls = getattr(np, kind)
    all_same(lambda x: cls(x), [0, 7, 100])
    all_same(lambda x, a: (cls(x), a.astype(cls)[1], x), [(3, np.array([1.5, 2.5]))])
    all_same(lambda x: cls(x) if x > 5 else 1.5, [3, 7])
