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


class Engine:
    """Hands on what another module has."""

    def __init__(self, module):
        self.module = module

    def __getattr__(self, name):
        return getattr(self.module, name)


ENGINE = Engine(np)


def by_engine(a):
    return a[ENGINE.isfinite(a)].mean()


def by_engine_missing(a):
    try:
        return ENGINE.no_such_function(a)
    except AttributeError:
        return 1.0


class TestGetattrOfAnObjectFromOutside:
    @pytest.mark.parametrize("f", [by_engine, by_engine_missing], ids=lambda f: f.__name__)
    def test_values(self, f):
        same_as_python(f, np.array([1.0, np.nan, 4.0]))

    def test_gradient(self):
        assert np.array_equal(irad.grad(by_engine)(np.array([1.0, np.nan, 4.0])), [0.5, 0.0, 0.5])

    def test_another_module(self):
        engine = Engine(np)
        f = irad.compile(lambda x: engine.sin(x))
        assert f(1.0) == np.sin(1.0)
        engine.sin = lambda x: 2.0 * x
        assert f(1.0) == 2.0
