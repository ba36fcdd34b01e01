"""Objects that Python itself has classes for: their attributes."""

from __future__ import annotations

import numpy as np
import pytest

import irad
from numeric.harness import same_as_python


def parts_of_a_slice(a, n):
    s = slice(n, len(a) - n)
    t = slice(n)
    return a[s].sum() / (s.stop - s.start), t.stop, t.start is None, s.step is None


def kind_of_a_slice(a, n):
    s = slice(n, None, 2)
    return isinstance(s, slice), a[s]


class TestSlices:
    @pytest.mark.parametrize("f", [parts_of_a_slice, kind_of_a_slice], ids=lambda f: f.__name__)
    def test_parts(self, f):
        same_as_python(f, np.arange(8.0), 2)

    def test_gradient(self):
        assert np.array_equal(irad.grad(lambda a, n: parts_of_a_slice(a, n)[0])(np.arange(4.0), 1), [0, 0.5, 0.5, 0])

    def test_a_method(self):
        with pytest.raises(irad.UnsupportedError, match="`indices` of a slice"):
            irad.compile(lambda n: slice(n).indices(4))(2)
