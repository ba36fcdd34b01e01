"""Indices that numpy makes arrays of: tuples and ranges within an index; np.array of ranges; np.arange by name."""

from __future__ import annotations

import math
import operator

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_and_derivative

M = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize("index", [
    ":, (0, 1)", "(0, 1),", "(0, 1), (1, 2)", "((0, 1), (1, 2))", "..., (0, 2)", "0, (0, 1), 1:", ":, ()",
    ":, (True, False, True)", ":, (0, k)",
    "[0, 1], (0, k)", "(0, k)", ":, range(2)", ":, range(k)", "range(k, -1, -1)", "range(0)", "..., range(3, 0, -k)",
    ":, (0, 3)", ":, (0.5,)",
])
def test_read(index):
    space = {}
    exec(f"def f(m, k): return m[{index}]", space)
    all_same(space["f"], [(M, 1), (M, 2)])


def stored(x, n):
    m = np.zeros((4, 5)) + x
    m[:, (0, 2)] = 5.0 * x
    m[(0, 1), (1, 2)] += x * x
    m[:, range(1, n)] *= 2.0 * x
    return np.sum(m * m)


def ranges(x, n):
    a = np.array(range(n), dtype=float)
    b = np.asarray(range(1, n, 2))
    c = np.array([range(n), range(n, 2 * n)])
    return np.sum(a * x) + b.sum() + np.mean(range(n)) + np.interp(x, range(n), a * x) + c[1, 0] + np.sum(c * x)


def bounds(x, n):
    return np.sum(np.arange(start=1, stop=n) * x) + np.arange(stop=n)[-1] + np.sum(np.arange(1, stop=2 * n, step=2))


@pytest.mark.parametrize("f", [stored, ranges, bounds], ids=lambda f: f.__name__)
def test_derivatives(f):
    same_and_derivative(f, 0.75, 4)


def test_arange_needs_a_stop():
    all_same(lambda n: np.arange(start=n), [(3,)])


@pytest.mark.parametrize("index", [
    "b", "b, 0", "0, b", "b, :, 1", ":, b", "..., b", "..., b, 0", "b, None", "None, b", "b, c", ":, b, None", "1, b, 2",
    "b, [0, 1]", "True", "False", "z", "z, 1", "b, 0, 0, 0",
])
def test_read_under_a_bool(index):
    """An axis of one element or none, where the bool stands."""
    space = {}
    exec(f"def f(m, b, c, z): return m[{index}]", space)
    for m in (M[0], np.float64(2.0)):
        all_same(space["f"], [(m, np.True_, np.True_, np.array(True)), (m, np.False_, np.True_, np.array(True))])


def masked_by_a_number(x, n):
    """As code that is written for arrays does with one number."""
    q = np.array([x, 2.0 * x, n, 1.0])
    norm = np.linalg.norm(q, axis=-1) ** 2
    if np.any(norm):
        q[norm > 0.0] = q[norm > 0.0] / norm[norm > 0.0, np.newaxis]
    q[norm > 1.0, 1:] += x
    q[np.isclose(norm, 0), 0] = -np.inf
    return np.sum(q * q)


def broadcast(x, n):
    a, b = np.ones((n, 1)) * x, np.arange(4.0)
    both = np.broadcast(a, b)
    out = np.zeros(both.shape)
    out[...] = a * b
    return np.sum(out * out) * both.ndim + both.size + both.nd


@np.errstate(divide="ignore", invalid="ignore")
def decorated(x, n=1):
    return np.log(x) * n / np.float64(x)


@pytest.mark.parametrize("f", [masked_by_a_number, broadcast, decorated], ids=lambda f: f.__name__)
def test_more_derivatives(f):
    same_and_derivative(f, 0.75, 3)


def test_a_decorator_that_makes_errors_is_refused():
    f = np.errstate(divide="raise")(np.log)
    refused(lambda x: f(x), 1.5, match=r"np.errstate\(divide='raise'\)")


def whole(a, c):
    b = a.copy()
    b[tuple(c)] = 2.0 * a[tuple(c - 1)]
    b[tuple(c)] += a[tuple(list(c))]
    return b


def rolled(a, c):
    return (
        np.roll(a, c), np.roll(a, tuple(c)), np.roll(a, list(c), axis=0), np.roll(a, c, axis=(0, 1)), np.roll(a, (1, 2), axis=1),
        np.roll(a, tuple(c), axis=(1, 0)), np.roll(a, c[0], axis=(0, 1)), np.roll(a, c[:1], axis=(0, 1)),
        np.roll(a, (1, 2), (1,)),
    )


@pytest.mark.parametrize("f", [whole, rolled], ids=lambda f: f.__name__)
def test_arrays_of_ints_as_tuples(f):
    a = np.arange(12.0).reshape(3, 4)
    all_same(f, [(a, np.array(c)) for c in ((1, 2), (0, -1), (2, 3), (3, 4), (-4, 0))])


def lattice(x):
    """The step of a lattice Boltzmann code that moves what is on the nodes."""
    moves = np.array([[0, 0], [1, 0], [0, 1], [-1, -1]])
    f = np.ones((4, 3, 3)) * x
    f[:, 0, 1] = x * x
    for i in range(4):
        f[i] = np.roll(f[i], tuple(moves[i]), axis=(0, 1))
    return np.sum(f[:, 1, 1] * f[:, 0, 2]) + f[3, 2, 0]


def test_lattice():
    same_and_derivative(lattice, 1.5)


@pytest.mark.parametrize("text", [
    "np.zeros(c)", "np.ones(tuple(c))", "np.full(c, 1.0)", "a.reshape(c)", "np.reshape(a, tuple(c))", "a.reshape(c, order='F')",
    "np.broadcast_to(1.0, c)", "np.tile(a, c)", "np.transpose(a, tuple(c))", "a[tuple(c[:1])]",
])
def test_numbers_of_axes_that_are_not_known(text):
    """A TypeError would be another program's."""
    space = {"np": np}
    exec(f"def f(a, c): return {text}", space)
    refused(space["f"], np.ones((2, 3)), np.array([3, 2]), match="not known at compile time")


def walked(x, given):
    a, s = given * x, 0.0
    for i, j in np.ndindex(a.shape):
        s += a[i, j] * (i - j)
    for at in np.ndindex(*a.shape):
        s += a[at] ** 2 * sum(at)
    for (i, j), x in np.ndenumerate(a):
        a[i, j] = x * x * (1 + i)
    for (i,), x in np.ndenumerate([a[0, 0], s]):
        s += x * i
    return s + a.sum() + sum(i for i, in np.ndindex(3))


@pytest.mark.parametrize("shape", [(2, 3), (4, 1), (9, 9), (0, 2)])
def test_ndindex(shape):
    a = np.arange(1.0, 1.0 + shape[0] * shape[1]).reshape(shape) / 7.0
    if a.size:
        same_and_derivative(walked, 1.5, a)
    all_same(lambda a: [(at, x) for at, x in np.ndenumerate(a)], [np.ones((2, 2))])
    all_same(lambda n: list(np.ndindex(2, n)), [2, 0, -1])
    all_same(lambda x: list(np.ndindex(3, -1)), [1.0])


@pytest.mark.parametrize("f", [
    lambda n: operator.index(n), lambda n: [10, 20, 30][n], lambda n: (1, 2, 3)[n], lambda n: [1, 2, 3][:n],
    lambda n: list(range(n)), lambda n: np.arange(5.0)[:n], lambda n: round(2.345, n), lambda n: math.comb(5, n),
])
def test_an_array_without_axes_where_python_asks_for_an_int(f):
    all_same(lambda n: f(np.asarray(n)), [(2,), (1,), (np.int32(1),)])
    all_same(lambda n: f(np.asarray([n])), [(2,)], text=False)
    all_same(lambda n: f(np.asarray(n * 1.0)), [(2,)], text=False)


def test_an_array_without_axes_as_a_shape():
    all_same(lambda n: np.zeros(np.asarray(n)), [(2,), (np.int32(1),)])
