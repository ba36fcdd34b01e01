"""Objects that Python itself has classes for: their attributes."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import same_as_python

import irad


def parts_of_a_slice(a, n):
    s = slice(n, len(a) - n)
    t = slice(n)
    return a[s].sum() / (s.stop - s.start), t.stop, t.start is None, s.step is None


def kind_of_a_slice(a, n):
    s = slice(n, None, 2)
    return isinstance(s, slice), a[s]


def chosen_slices(a, axis, k):
    left, right = [slice(None)] * a.ndim, [slice(None)] * a.ndim
    left[axis], right[axis] = slice(None, None, -1), slice(0, None, k)
    b = a.copy()
    b[tuple(right)] *= 2.0
    return a[tuple(left)], a[tuple(right)], b


class TestSlices:
    @pytest.mark.parametrize("f", [parts_of_a_slice, kind_of_a_slice], ids=lambda f: f.__name__)
    def test_parts(self, f):
        same_as_python(f, np.arange(8.0), 2)

    def test_gradient(self):
        assert np.array_equal(irad.grad(lambda a, n: parts_of_a_slice(a, n)[0])(np.arange(4.0), 1), [0, 0.5, 0.5, 0])

    @pytest.mark.parametrize("axis", [0, 1, -1, 2])
    @pytest.mark.parametrize("k", [2, -1, 0])
    def test_one_of_several(self, axis, k):
        same_as_python(chosen_slices, np.arange(12.0).reshape(4, 3), axis, k)

    def test_derivative_of_one_of_several(self):
        def f(a, axis):
            left, right, b = chosen_slices(a, axis, 2)
            return (left**3).sum() + (right**2).sum() + (b**2).sum()

        a, v = np.arange(1.0, 13.0).reshape(4, 3), np.ones((4, 3))
        for axis, seconds in ((0, [[10.0], [2.0]] * 2), (1, [[10.0, 2.0, 10.0]])):
            assert np.allclose(irad.jvp(lambda z: irad.grad(f)(z, axis), (a,), (v,))[1], 6 * a + seconds)

    def test_a_method(self):
        with pytest.raises(irad.UnsupportedError, match="`indices` of a slice"):
            irad.compile(lambda n: slice(n).indices(4))(2)


def test_nothing_equals_not_implemented():
    def f(x):
        return x == NotImplemented, NotImplemented != x, NotImplemented in (x, 2.0), (x,) == NotImplemented, [x] != NotImplemented

    same_as_python(f, 1.5)


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


class Table:
    """Looks up a row, and remembers where it was."""

    def __init__(self):
        self.rows = np.array([Row(0.0), Row(1.0), Row(2.0)])
        self.at = 0
        self.last = None

    def __len__(self):
        return len(self.rows)

    @property
    def seen(self):
        return self.last

    def value(self, x):
        for self.at in range(len(self)):
            if x < self.rows[self.at].start + 1.0:
                break
        squares = [x * x, x]
        self.last = squares[0]
        self.remember(squares[1])
        return self.rows[self.at].value(x) * self.seen + self.at

    def remember(self, x):
        if self.last > 2.0:
            self.last = self.last * x


class Row:
    def __init__(self, start):
        self.start = start

    def value(self, x):
        return (x - self.start) * 3.0


TABLE = Table()


class TestObjectsFromOutsideThatChange:
    @pytest.mark.parametrize("x, expected", [
        (0.5, 9 * 0.25), (1.6, 3 * (4 * 1.6**3 - 3 * 1.6**2)), (2.5, 3 * (4 * 2.5**3 - 6 * 2.5**2)),
    ])
    def test_gradient(self, x, expected):
        table = Table()
        value, gradient = irad.value_and_grad(table.value)(x)
        assert value == Table().value(x) and gradient == pytest.approx(expected, rel=1e-14)
        assert (table.at, table.last) == (0, None)  # a derivative changes nothing

    def test_what_it_holds_is_read_at_each_call(self):
        gradient = irad.grad(TABLE.value)
        assert gradient(0.5) == pytest.approx(9 * 0.25)
        before, TABLE.rows = TABLE.rows, np.array([Row(-1.0)])
        assert gradient(0.5) == pytest.approx(3 * (3 * 0.25 + 2 * 0.5 * 1.0) - 0.0)
        TABLE.rows = before

    def test_read_by_another_name(self):
        def f(x):
            TABLE.value(x)
            return TABLE.last * 2.0

        assert irad.grad(f)(0.5) == 2.0

    def test_compiled_calls_refuse(self):
        with pytest.raises(irad.UnsupportedError, match="the attribute `at` of a Table from outside"):
            irad.compile(TABLE.value)(0.5)

    def test_derivatives_inside_refuse(self):
        def f(x):
            TABLE.last = x
            return irad.grad(lambda y: y * TABLE.last)(x)

        with pytest.raises(irad.UnsupportedError, match="a derivative in a function that changes"):
            irad.grad(f)(0.5)
