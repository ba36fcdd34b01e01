"""What is a view in numpy is one here, and what is a copy there is a copy: seen by what is written afterwards."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest

import irad
from tests.numeric.harness import all_same, same_as_python


def layouts():
    """A matrix of 3 x 3, as it may lie in memory."""
    m = np.arange(1.0, 10.0).reshape(3, 3)
    wide, deep = np.arange(24.0).reshape(4, 6), np.arange(27.0).reshape(3, 3, 3)
    return [m, m.copy().T, wide[:3, ::2], wide[:3, 1:4], deep[:, 1, :], deep[:, :, 2], m.copy()[::-1], m.copy()[:, ::-1]]


def column(m):
    u = m[:, 0].reshape(3, 1)
    m[0, 0] = 50.0
    return u.sum()


def rows_reshaped(m):
    q = m[::2].reshape(2, 3)
    m[0, 1] = 100.0
    return q.sum()


def turned_flat(m):
    q = m.T.reshape(-1)
    q[0] = 100.0
    return q


def turned_deeper(m):
    q = m.T.reshape(3, 1, 3)
    q[0] = 100.0
    return q


def part_flat(m):
    q = m[:, 1:].reshape(-1)
    q[1] = 7.0
    return q


def part_split(m):
    q = m[:, :2].reshape(3, 2, 1)
    m[0] = 9.0
    return q


def part_regrouped(m):
    q = m[:, :2].reshape(2, 3)
    m[0] = 9.0
    return q


def in_the_other_order(m):
    q = m.reshape(-1, order="F")
    m[0] = 9.0
    return q


def copied(m):
    q = m.reshape((1, -1), copy=True)
    m[0] = 9.0
    return q


def backwards(m):
    q = m[::-1, ::-1].reshape(9)
    m[0] = 9.0
    return q


def diag(m):
    d, e = np.diag(m), np.diag(m, -1)
    m[0, 0] = m[1, 0] = 50.0
    return d.sum() - e.sum(), len(np.diag(m, 5))


def diagonal(m):
    d, e, f = np.diagonal(m, 1), m.diagonal(), np.linalg.diagonal(m, offset=-2)
    m *= 2.0
    return d.sum() - e.sum() * f.sum()


def pivots(m):
    d = np.diagonal(m)
    for k in range(2):
        for i in range(k + 1, 3):
            m[i] -= m[i, k] / (m[k, k] + 0.5) * m[k]
    return d.prod()


def not_to_be_written_to(m):
    np.diagonal(m)[0] = 1.0


def rearranged(m):
    d, t, s, e = np.einsum("ii->i", m), np.einsum("ij->ji", m), np.einsum("ij->ij", m), np.einsum("...->...", m)
    m[0, 0] = 40.0
    d[1] = 41.0
    t[2, 0] = 42.0
    s[1, 2] = 43.0
    e[2] = 44.0
    return d.sum(), t.sum(), s.sum(), e.sum()


def diagonals_of_a_stack(m):
    return np.einsum("iij->ij", np.stack((m, 2.0 * m, m))), np.einsum("iii->i", np.stack((m, 2.0 * m, m)))


def contiguous(m):
    t, u = np.ascontiguousarray(m.T), np.ascontiguousarray(m)
    t[0] = 50.0
    u[1] = 51.0
    return t, u, np.ascontiguousarray(m[0, 0])


def in_order(m):
    t, u, v = np.asarray(m.T, order="C"), np.asarray(m, order="F"), np.require(m.T, requirements="C")
    t[0], u[1], v[2] = 50.0, 51.0, 52.0
    return t, u, v


FUNCTIONS = [
    column, rows_reshaped, turned_flat, turned_deeper, part_flat, part_split, part_regrouped, in_the_other_order, copied,
    backwards, diag, diagonal, pivots, not_to_be_written_to, rearranged, diagonals_of_a_stack, contiguous, in_order,
]


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_of_a_matrix(f):
    all_same(f, [(m,) for m in layouts()])


def with_shape(a, shape):
    q = a.reshape(shape)
    a[0] = -1.0
    return q


def test_shapes_that_are_known_at_run_time():
    shapes = [(-1,), (1, -1), (-1, 7), (7, 1), (-2, 7), (1, 7, -1)]
    all_same(with_shape, [(np.arange(7.0), s) for s in shapes] + [(np.arange(14.0)[::2], s) for s in shapes])
    all_same(with_shape, [(np.arange(7.0), s) for s in [(-1, 3), (0, -1), (7, 7)]], text=False)
    same_as_python(with_shape, np.arange(7.0), (-1, -1))
    all_same(lambda a: (a.reshape(2, -1), 1), [(np.arange(7.0),), (np.arange(8.0),)])
    all_same(lambda a: a.reshape(-1, 2, 3), [(np.arange(7.0),), (np.arange(12.0),), (np.zeros(0),)])


def _splits(size, most):
    """Shapes of so many elements."""
    yield (size,)
    if most > 1:
        for first in range(1, size + 1):
            if size % first == 0:
                yield from ((first, *rest) for rest in _splits(size // first, most - 1))


def test_any_array_under_any_shape():
    """As numpy decides by the strides, with axes of one element, of step 0 and backwards."""
    chance = random.Random(5)
    sources = []
    for _ in range(60):
        rank = chance.choice((1, 2, 2, 3))
        a = np.arange(4.0**rank).reshape((4,) * rank).transpose(chance.sample(range(rank), rank))
        a = a[tuple(slice(*chance.choice(((None,), (2,), (0, 4, 2), (1, 3), (None, None, -1), (1, 2)))) for _ in range(rank))]
        sources.append(a)
    for a, most in itertools.product(sources, (1, 2, 3)):
        for shape in chance.sample([s for s in _splits(a.size, most) if len(s) == most], 1):
            assert math.prod(shape) == a.size
            same_as_python(with_shape, a, shape)


@pytest.mark.parametrize("f", [column, diag, diagonal, pivots, rearranged], ids=lambda f: f.__name__)
def test_derivatives(f):
    def loss(m):
        m = m * m
        found = f(m)
        return found if isinstance(found, float) else found[0] + (m * m).sum()

    for m in layouts():
        step = 1e-5
        expected = np.zeros((3, 3))
        for at in np.ndindex(3, 3):
            up, down = m.copy(), m.copy()
            up[at] += step
            down[at] -= step
            expected[at] = (loss(up) - loss(down)) / (2 * step)
        assert irad.grad(loss)(m) == pytest.approx(expected, rel=1e-6, abs=1e-5)
        assert irad.jacfwd(loss)(m) == pytest.approx(expected, rel=1e-6, abs=1e-5)


def squares(m):
    return (m.T.reshape(-1)[:4] ** 2 * np.arange(4.0)).sum()


def test_an_argument_whose_shadow_lies_in_memory_otherwise():
    m = np.arange(1.0, 10.0).reshape(3, 3)
    assert irad.grad(squares)(m)[1, 0] == 2.0 * 1.0 * m[1, 0]
    turned = np.asfortranarray(m)
    assert np.array_equal(irad.grad(squares)(turned), irad.grad(squares)(m))
    assert irad.jacfwd(squares)(m)[1, 0] == irad.grad(lambda m: squares(m.copy()))(turned)[1, 0] == 8.0


def flattened_in_a_loop(m, n):
    s = 0.0
    for i in range(n):
        if n > 2:
            s += m.reshape(m.shape[1], m.shape[0]).sum()
        v = m.reshape(-1)
        for j in range(len(v)):
            s += v[j] * v[j]
    return s


def test_views_made_ahead_of_loops_take_any_extents():
    """A view that is made before the branch that would use it divides by no extent: this was a crash."""
    matrices = [
        np.zeros((0, 3)).T, np.zeros((3, 0)).T, np.asfortranarray(np.ones((2, 3))), np.ones((6, 6))[::2, ::3],
        np.ones((6, 0))[::2], np.zeros((0, 6))[:, ::2],
    ]
    all_same(flattened_in_a_loop, [(m, n) for m in matrices for n in (0, 1, 3)])
    for m in matrices:
        np.testing.assert_array_equal(irad.grad(flattened_in_a_loop)(m, 3), 3.0 + 6.0 * m)
