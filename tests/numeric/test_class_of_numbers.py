"""Numbers that are of one class or another, depending on the way: what asks for the class."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from numeric.harness import all_same, same_as_python

import irad


@functools.singledispatch
def named(x):
    return 0


@named.register(int)
def _(x):
    return 1


@named.register(float)
def _(x):
    return 2


def matched(x):
    match x:
        case [_]:
            return 1
        case {"a": 1}:
            return 3
        case int():
            return 2
        case _:
            return 4


def of_two(n):
    return n if n > 1 else 1.5


def summed(n):
    found = 0.0
    for i in range(n):
        found = found + np.float64(i)
    return found


CASES = [
    lambda n: type(of_two(n)), lambda n: of_two(n).__class__, lambda n: hasattr(of_two(n), "real"), lambda n: named(of_two(n)),
    lambda n: matched(of_two(n)), lambda n: type(summed(n)), lambda n: of_two(n).__class__.__name__,
    lambda n: type(of_two(n)) is int, lambda n: type(of_two(n))(3),
]
POWERS = [
    lambda n: 1**n, lambda n: [1**k for k in range(-2, n)], lambda n: (1**n).__class__, lambda n: 1.5 * 1 ** (n - 1),
    lambda n: f"{1**n}", lambda n: (-1) ** abs(n), lambda n: [10.0, 20.0][1 ** abs(n)],
]


@pytest.mark.parametrize("n", [3, 0])
@pytest.mark.parametrize("f", CASES)
def test_class(f, n):
    same_as_python(f, n)


def test_refused():
    with pytest.raises(irad.UnsupportedError, match="class of a number that is float or float64"):
        irad.compile(lambda n: hasattr(summed(n), "shape"))(3)


@pytest.mark.parametrize("n", [3, 0, -2])
@pytest.mark.parametrize("f", POWERS)
def test_powers_of_one(f, n):
    same_as_python(f, n)


def test_other_powers_are_beyond_handlers():
    def f(n):
        try:
            return 3**n
        except TypeError:
            return 7.0

    with pytest.raises(TypeError, match="is a float in Python"):
        irad.compile(f)(-1)


def classes_of_arrays(x):
    return np.float64(x), np.float32(x), np.int64(x), np.bool_(x), np.float64([1, 2.5]), np.int32((1, 2)), np.float64(range(3))


def test_the_classes_of_numpy_take_arrays_and_lists():
    all_same(classes_of_arrays, [np.array([0.0, 1.5]), np.array([1, 0]), np.array(1.5), [0.0, 2.0], (1.0, 2), 2.5])


def attributes_of(x):
    y = x * 2
    return y.size, y.shape, y.ndim, y.itemsize, y.nbytes, y.strides, y.base, y.fill(3), y


def test_attributes_of_numbers_of_numpy():
    all_same(attributes_of, [np.float64(1.5), np.float32(1.5), np.int64(2), np.int32(2)])
