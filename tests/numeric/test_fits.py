"""np.linalg.lstsq, svdvals and matrix_rank, what numpy.polynomial fits with them, and scipy.linalg.lstsq."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python
from numpy.polynomial import Legendre, Polynomial, polynomial
from scipy import linalg

import irad

RNG = np.random.default_rng(5)
A, B, ROWS = RNG.normal(size=(6, 3)), RNG.normal(size=6), RNG.normal(size=(6, 2))


@pytest.mark.parametrize("f", [
    lambda a, b: np.linalg.lstsq(a, b, rcond=None), lambda a, b: np.linalg.lstsq(a[:3], b[:3], rcond=1e-10),
    lambda a, b: np.linalg.lstsq(a.T, b[:3], rcond=-1), lambda a, b: np.linalg.lstsq(a, b[:3]),
    lambda a, b: np.linalg.lstsq(a[0], b),
])
def test_least_squares(f):
    all_same(f, [(A, B), (A, ROWS), (A[:5], B[:5])], ulps=2000)


@pytest.mark.parametrize("f", [
    lambda a, b: linalg.lstsq(a, b), lambda a, b: linalg.lstsq(a[:3], b[:3], cond=1e-10), lambda a, b: linalg.lstsq(a.T, b[:3]),
    lambda a, b: linalg.lstsq(a, b, lapack_driver="gelsy"), lambda a, b: linalg.lstsq(a.tolist(), b, lapack_driver="gelss"),
    lambda a, b: linalg.lstsq(a, b, lapack_driver="gels"), lambda a, b: linalg.lstsq(a, b[:3]),
    lambda a, b: linalg.lstsq(a[0], b), lambda a, b: linalg.lstsq(a * np.nan, b),
    lambda a, b: linalg.lstsq(a * np.inf, b, check_finite=False)[:0],
])
def test_least_squares_of_scipy(f):
    all_same(f, [(A, B), (A, ROWS), (A[:5], B[:5])], ulps=2000)


def test_singular_values_and_ranks():
    matrices = [(A,), (A[:3],), (np.eye(2),)]
    all_same(lambda a: (np.linalg.svdvals(a), np.linalg.svdvals(a.T), np.linalg.matrix_rank(a)), matrices, ulps=50)
    all_same(lambda a: np.linalg.matrix_rank(a), [(np.outer(B, B),), (A * 0.0,)])
    all_same(lambda a: (np.linalg.matrix_rank(a[0]), np.linalg.matrix_rank(a, tol=1.5)), [(A,), (A * 0.0,)])


@pytest.mark.parametrize("f", [
    lambda x, y: Polynomial.fit(x, y, 2)(0.3), lambda x, y: polynomial.polyfit(x, y, 1), lambda x, y: Legendre.fit(x, y, 2).coef,
])
def test_fits_of_polynomials(f):
    all_same(f, [(np.linspace(0.0, 1.0, 6), B)], ulps=2000)


@pytest.mark.parametrize("f", [
    lambda a: np.linalg.lstsq(a, B, rcond=None)[0], lambda a: np.linalg.svdvals(a), lambda a: np.linalg.matrix_rank(a),
])
def test_matrices_with_nan_and_infinity(f):
    for value in (np.nan, np.inf):
        a = A.copy()
        a[1, 2] = value
        same_as_python(f, a)


def test_derivatives_of_a_fit():
    def loss(a, b):
        c, left, rank, s = np.linalg.lstsq(a, b, rcond=None)
        return (c * np.arange(1.0, 4.0)).sum() + left[0] * rank + s[0] * s[2]

    irad.check_grads(loss, (A, B))
    irad.check_grads(lambda a: np.linalg.lstsq(a.T, B[:3], rcond=None)[0].sum(), (A,))
    irad.check_grads(lambda b: linalg.lstsq(A, b)[0] @ np.arange(3.0), (B,))


def test_a_fit_that_is_not_determined():
    refused(lambda a, b: np.linalg.lstsq(a[:, [0, 0]], b, rcond=None)[0], A, B, match="full rank")
