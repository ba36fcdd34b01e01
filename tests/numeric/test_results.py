"""Results whose type depends on the data."""

from __future__ import annotations

import numpy as np
import pytest

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
