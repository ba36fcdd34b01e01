"""numpy's functions for arrays that are empty, have no axes or hold other kinds of numbers than those they are made for."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import refused, same_as_python

EMPTY, NUMBER, ONE, BOOLS = np.zeros(0), np.array(2.5), np.array([1]), np.array([True, False])
CALLS = [
    (np.argwhere, (NUMBER,)), (np.argwhere, (np.array(0),)), (np.polymul, (EMPTY, EMPTY)), (np.polymul, (EMPTY, np.ones(2))),
    (np.polymul, (np.ones((2, 2)), np.ones(2))), (np.polyder, (NUMBER,)), (np.polyint, (NUMBER,)),
    (np.bincount, (np.array([1.0, 2.0]),)), (np.bincount, (np.array(3),)),
    (np.bincount, (np.zeros(0, int),)), (lambda a: np.bincount([]) + len(a), (EMPTY,)),
    (np.bincount, (EMPTY,)), (lambda x: np.bincount([x, 1.5, -0.5]), (2.5,)), (lambda x: np.bincount(()), (2.5,)),
    (lambda n: np.ones((1,) * 65), (1,)), (lambda a: a.reshape((1,) * 65), (np.ones(1),)), (lambda n: np.ones((1,) * 64), (1,)),
    *((lambda a, f=f: f(a, keepdims=True), (a,)) for f in (np.median, np.nanmedian) for a in (NUMBER, np.array(3), np.ones(2))),
    (lambda a: np.quantile(a, 0.5, keepdims=True), (NUMBER,)),
    (lambda a, b: [g.copy() for g in np.meshgrid(a, b, copy=False)], (np.arange(3.0), np.arange(2.0))),
    (lambda x: np.full(3, x, np.uint8), (300.0,)), (lambda x: np.full_like(np.zeros(2, np.int8), x), (300.7,)),
    (lambda x: np.full(3, x, np.uint8), (-2.0,)), (lambda x: np.full(3, x, np.int32), (2.7,)),
    (lambda n: np.full(3, n, np.uint8), (300,)),
    (np.correlate, (EMPTY, np.ones(2))), (np.correlate, (np.ones(2), EMPTY)), (np.correlate, (NUMBER, NUMBER)),
    (np.isclose, (BOOLS, BOOLS)), (np.allclose, (BOOLS, BOOLS)), (np.isclose, (BOOLS, np.array([1.0, 0.5]))),
    (np.isclose, (np.array([1.0, 0.5]), BOOLS)), (np.corrcoef, (EMPTY,)), (np.corrcoef, (np.ones(3),)),
    (np.corrcoef, (np.array([1.0, 2.0, 4.0]),)), (np.nanmax, (EMPTY,)), (np.nanmin, (np.zeros((0, 3), int),)),
    (lambda a: np.percentile(a, 50), (np.zeros(0, int),)), (lambda a: np.percentile(a, 50), (EMPTY,)),
    (lambda a: np.add.accumulate(a), (NUMBER,)), (lambda a: np.maximum.accumulate(a), (NUMBER,)),
    (lambda a: np.logaddexp.reduce(a), (ONE,)), (lambda a: np.logaddexp.reduce(a), (np.array([[1, 2], [3, 4]]),)),
    (lambda a: np.hypot.reduce(a), (np.array([3, 4], np.int32),)), (lambda a: np.add(a, 1, out=...), (NUMBER,)),
    (lambda a: np.nanmean(a, keepdims=np._NoValue), (np.ones(2),)), (lambda a: np.sum(a, out=np.zeros(())), (np.ones(3),)),
    (lambda a: np.linalg.matrix_power(a, 2), (np.broadcast_to(np.array([1.0, 2.0]), (2, 2)),)),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("f", "args"), CALLS, ids=[f"{getattr(f, '__name__', '')}{i}" for i, (f, _) in enumerate(CALLS)])
def test_at_edges(f, args):
    same_as_python(f if f.__name__ == "<lambda>" else (lambda *a: f(*a)), *args)


def test_counts_of_nothing_with_weights_are_refused():
    refused(lambda n: np.bincount(np.zeros(n, int), np.zeros(n)), 0, match="of no numbers, with weights")


def test_results_of_another_shape_are_refused():
    refused(lambda a: np.cumsum(a, out=a), np.ones((1, 3)), match="another number of axes")
    refused(lambda a: np.mean(a, out=np.zeros(3)), np.ones(3), match="another number of axes")
