"""np.array of lists of points, whose number is not known at compile time: of an empty list it has one axis."""

from __future__ import annotations

import numpy as np
from numeric.harness import all_same

import irad

POSITIVE, NONE = np.array([0.5, 0.2, 1.5]), np.array([-1.0, -2.0])


def as_tuples(v):
    points = []
    for i in range(len(v)):
        if v[i] > 0.0:
            points.append((i, v[i]))
    return np.array(points)


def as_lists(v):
    return np.array([[x, 2.0 * x, x * x] for x in v if x > 0.0])


def of_arrays(v):
    return np.asarray([np.array([x, 1.0]) for x in v if x > 0.0])


def peaks(v):
    found = []
    top, place = -np.inf, np.nan
    for i in np.arange(len(v)):
        if v[i] > top:
            top, place = v[i], i
        if v[i] > 0.3:
            found.append((place, top))
    return np.array(found)


def as_ints(v):
    return np.array([(i, i + 1) for i in range(len(v)) if v[i] > 0.0], dtype=int)


def of_rank_three(v):
    return np.array([[x, 1.0] for x in v if x > 0.0], ndmin=3)


def test_empty_or_not():
    for f in (as_tuples, as_lists, of_arrays, peaks, as_ints, of_rank_three):
        all_same(f, [POSITIVE, NONE])


def used(v):
    points = np.array([(x, x * x) for x in v if x > 0.0])
    if len(points) == 0:
        return 0.0
    centre = points.mean(axis=0)
    return ((points - centre) ** 2).sum() + points[:, 1].max() + points.shape[1] + (points @ np.array([1.0, 2.0]))[0]


def unguarded(v):
    return np.array([(x, x * x) for x in v if x > 0.0])[:, 1].sum()


def test_use():
    all_same(used, [POSITIVE, NONE], ulps=2)
    all_same(unguarded, [POSITIVE, NONE])


def test_derivatives():
    h = 1e-6
    for f in (used, unguarded):
        differences = [(f(POSITIVE + h * e) - f(POSITIVE - h * e)) / (2 * h) for e in np.eye(3)]
        np.testing.assert_allclose(irad.grad(f)(POSITIVE), differences, rtol=1e-7)
    np.testing.assert_array_equal(irad.grad(used)(NONE), [0.0, 0.0])
