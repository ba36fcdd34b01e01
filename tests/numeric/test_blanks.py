"""Arrays of None, which constructors make for what is to come."""

from __future__ import annotations

import numpy as np
import pytest

import irad
from tests.numeric.harness import refused, same_and_derivative, same_as_python


class Filter:
    def __init__(self, n, m):
        self.x = np.zeros((n, 1))
        self.z = np.array([[None] * m]).T
        self.y, self.last = np.array([None, None]), np.asarray(None)

    def update(self, z):
        if z is None:
            self.z = np.array([[None] * len(self.z)]).T
            return
        self.z = z
        self.x = self.x + 0.5 * z


def filtered(x):
    f, g = Filter(2, 2), Filter(1, 3)
    for k in range(3):
        f.update(np.array([[x], [k * x]]))
    g.update(None)
    return f.x.sum() + g.z.shape[0] + g.z.ndim + len(g.y)


def test_they_are_handed_on():
    same_and_derivative(filtered, 1.5)
    same_as_python(lambda n: (np.array([[None] * 3]).T.shape, np.array([None] * 2).size, np.array([None])[0] is None), 2)
    same_as_python(lambda n: ([v is None for v in np.array([None, None])], np.array([None, None]) == None), 2)  # noqa: E711
    same_as_python(lambda n: 1.0 if np.array([None]) else 2.0, 2)
    same_as_python(lambda n: 1.0 if np.array([None, None]) else 2.0, 2)


def test_nothing_is_computed_with_them():
    with pytest.raises(TypeError, match=r"unsupported operand"):
        irad.compile(lambda x: np.array([None, None]) * x)(1.5)
    refused(lambda x: np.array([None, x]), 1.5)
