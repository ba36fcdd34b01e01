"""Distances of scipy.spatial between the rows of matrices."""

from __future__ import annotations

import math

import numpy as np
import pytest

distance = pytest.importorskip("scipy.spatial.distance")

from numeric.harness import all_same, refused  # noqa: E402

import irad  # noqa: E402

A = np.random.default_rng(1).normal(size=(4, 5))
B = np.random.default_rng(2).normal(size=(3, 5))
METRICS = ({}, *({"metric": m} for m in ("euclidean", "SQEUCLIDEAN", "cityblock", "chebyshev", "minkowski")))
POWERS = (1, 2, 3.0, 1.5, math.inf)


@pytest.mark.parametrize("options", [*METRICS, *({"metric": "minkowski", "p": p} for p in POWERS)], ids=str)
def test_same(options):
    f = lambda a, b: (distance.cdist(a, b, **options), distance.pdist(a, **options))
    gap = np.where(np.arange(5) == 2, np.nan, A)
    all_same(f, [(A, B), (A[:1], A), (A[:, :1], B[:, :1]), (A[:0], B), (gap, B)], ulps=2)
    all_same(f, [(A.astype(np.float32), B.astype(np.float32)), (np.array([[1, 2], [3, 5]]), np.array([[1.0, 2.0]]))], ulps=2)
    all_same(f, [(A, B[:, :3])])


def test_derivatives():
    weights = np.arange(12.0).reshape(4, 3)
    for options in (*METRICS[1:], {"metric": "minkowski", "p": 3.0}):
        irad.check_grads(lambda a, b: (distance.cdist(a, b, **options) * weights).sum() + distance.pdist(a, **options)[2], (A, B))
    assert not np.isnan(irad.grad(lambda a: np.exp(-distance.cdist(a, a)).sum())(A)).any()


def test_refused():
    refused(lambda a, b: distance.cdist(a, b, "cosine"), A, B, match="this metric of scipy.spatial.distance")
    refused(lambda a, b: distance.cdist(a, b, "euclidean", w=np.ones(5)), A, B)
