"""Functions that turn warnings into exceptions, which numpy must have none to give in."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from numeric.harness import same_as_python

import irad


def conformal(lat):
    e = 0.08
    f1, f2, f3, f4 = 1 - e * np.sin(lat), 1 + e * np.sin(lat), 1 - np.sin(lat), 1 + np.sin(lat)
    try:
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("error")
            found = 2 * np.arctan(np.sqrt((f4 / f3) * ((f1 / f2) ** e))) - np.pi / 2
    except (ArithmeticError, RuntimeWarning):
        found = np.pi / 2
    return np.degrees(found)


def logarithm(x):
    return np.log(x) / x


def of_a_function(x):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return logarithm(x)


def without_numpy(x):
    with warnings.catch_warnings(action="error"):
        return math.sqrt(x) + x**2 / (1 + x)


def python_and_numpy(x, n):
    with warnings.catch_warnings():
        warnings.filterwarnings("error")
        found = 0.0
        for i in range(n):
            found = found + np.float64(x) / (i + 1)
        return found


def of_an_array(x):
    with warnings.catch_warnings(action="error"):
        return np.log(np.ones(3) * x) / np.array([1.0, x, 2.0])


def changed(x):
    with warnings.catch_warnings(action="error"):
        a = np.ones(3)
        a /= x
        return a


def around(x, a):
    """Before and after, numpy may warn; filters that are set inside of other ones are for these only."""
    y = np.cumsum(np.asarray(a)) / x
    for _ in range(2):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with warnings.catch_warnings(record=True):
                    warnings.simplefilter("error")
                    z = np.cos(a) * np.sin(x) / (a + x)
                y = y + np.sort(z)
        except (ArithmeticError, RuntimeWarning):
            z = np.zeros(3)
        y = y + np.log(x) + np.mean(z)
    return y


def after(x):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = np.sin(x)
    return np.log(x) + np.median(np.array([y, x, 2.0]))


def in_a_branch(x):
    try:
        return np.cumsum(np.array([x, 1.0]))
    except NameError:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return np.cumsum(x)


def integers(x):
    with warnings.catch_warnings(action="error"):
        return np.int64(x) * np.int64(x)


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (conformal, (0.3,)), (conformal, (-1.0,)), (of_a_function, (2.0,)), (of_a_function, (math.nan,)), (without_numpy, (2.0,)),
        (without_numpy, (-1.0,)), (python_and_numpy, (2.0, 3)), (python_and_numpy, (2.0, 0)), (python_and_numpy, (math.inf, 2)),
        (of_an_array, (2.0,)), (of_an_array, (math.nan,)), (around, (2.0, np.array([1.0, 3.0, 2.0]))), (after, (2.0,)),
        (after, (0.0,)), (after, (-1.0,)), (in_a_branch, (2.0,)),
    ],
)
def test_nothing_to_warn_about(f, args):
    same_as_python(f, *args, ulps=1)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (conformal, math.pi / 2), (of_a_function, 0.0), (of_a_function, -1.0), (of_a_function, math.inf), (of_an_array, 0.0),
        (of_an_array, -1.0), (lambda x: around(2.0, np.array([1.0, x, 3.0])), -2.0),
    ],
)
def test_what_numpy_warns_about(f, x):
    with pytest.raises(irad.UnsupportedError, match="where warnings are exceptions"):
        irad.compile(f)(x)


@pytest.mark.parametrize("f", [changed, integers])
def test_refused(f):
    with pytest.raises(irad.UnsupportedError, match="where warnings are exceptions"):
        irad.compile(f)(2.0)


def test_elsewhere():
    """The same function, called by another one, gives what numpy gives."""
    assert irad.compile(lambda x: (of_a_function(2.0), logarithm(x)))(0.0)[1] == -math.inf


def test_derivatives():
    irad.check_grads(conformal, (0.3,))
    irad.check_grads(of_a_function, (2.0,))
    irad.check_grads(lambda x: python_and_numpy(x, 3), (2.0,))
    irad.check_grads(of_an_array, (2.0,))
    irad.check_grads(around, (2.0, np.array([1.0, 3.0, 2.0])))
    irad.check_grads(after, (2.0,))
