"""np.add.at and the like: elements changed one after the other at the places of an index of any form."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python

import irad


def make(source: str):
    space = {"np": np}
    exec(source, space)
    return space["f"]


def cells(v, i, j):
    h = np.zeros((2, 3))
    np.add.at(h, (i, j), v)
    return h


I, J = np.array([0, 1, 0, 1]), np.array([1, 1, 1, -1])


def test_a_tuple_is_an_index_for_each_axis():
    all_same(cells, [
        (np.arange(4.0), I, J), (1.5, I, J), (2, I, J), (1.0, 0, J), (np.arange(8.0).reshape(2, 4), np.array([[0], [1]]), J),
        (1.0, 1, 2), (np.arange(3.0), I, J), (1.0, I, J + 5), (1.0, I, J[:3]), (np.arange(4.0, dtype=np.float32), I, J),
    ])


@pytest.mark.parametrize("index", [
    "i", "(i,)", "[0, 0, 1]", "[[0, 1], [1, 1]]", "(slice(None), i)", "(..., i)", "([0, 1], slice(0, 1))", "a[:, 0] > 0", "a > 0",
    "1", "slice(0, 2)", "(1, slice(None))", "(1, 0)", "([0, 0], [True, False])", "(i, i, i)", "i + 7", "[0.5]",
])
def test_forms_of_indices(index):
    f = make(f"def f(a, i, x): np.add.at(a, {index}, x)")
    m, i = np.arange(6.0).reshape(3, 2) - 1, np.array([0, 0, 1])
    all_same(f, [(m, i, 1.5), (m, i, np.arange(2.0)), (m[::-1], i, 1), (m.astype(np.int64), i, 2.6)])


def test_numbers_of_python_are_arrays_of_their_own_dtype():
    f = make("def f(a, i, x): np.add.at(a, i, x); np.maximum.at(a, i, x); return a")
    i = np.array([0, 0, 2])
    narrow = np.array([1, 2, 3], np.int32)
    all_same(f, [(narrow, i, x) for x in (5, 2**31, -(2**40), 2.7, np.array([2**33, 1, -1]))])
    all_same(f, [(np.array([0.1, 2, 3], np.float32), i, x) for x in (0.1, 1e-9, np.float32(0.1), np.array([0.1, 0.2, 0.3]))])
    all_same(f, [(np.array([5, 5, 5]), i, x) for x in (-1.5, np.array([-1.5, -0.5, 2.5]))])


def test_functions_of_one_operand():
    f = make("def f(a, i): np.negative.at(a, i); np.sqrt.at(a, (i,)); return a")
    same_as_python(f, np.array([-4.0, 9.0, -2.0]), np.array([0, 2]))
    same_as_python(make("def f(a, i): np.negative.at(a, i, 1.0)"), np.ones(2), np.array([0]))
    same_as_python(make("def f(a, i): np.add.at(a, i)"), np.ones(2), np.array([0]))


def test_values_that_are_the_array_itself():
    same_as_python(make("def f(a, i): np.add.at(a, i, a[::-1]); return a"), np.arange(3.0), np.array([0, 0, 2]))


def test_a_new_axis_is_refused():
    refused(make("def f(a): np.add.at(a, (None, 0), 1.0)"), np.ones(2), match="None in its index")


def test_derivative():
    weights = np.arange(6.0).reshape(2, 3)
    loss = lambda v: np.sum(cells(v * v, I, J) ** 2 * weights)
    v, step = np.array([1.0, 2.0, -0.5, 0.7]), 1e-6
    expected = [(loss(v + step * e) - loss(v - step * e)) / (2 * step) for e in np.eye(4)]
    np.testing.assert_allclose(irad.grad(loss)(v), expected, rtol=1e-6)
