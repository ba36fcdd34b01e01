"""Distributions of scipy.stats: densities, distribution functions and quantiles, by points and parameters."""

from __future__ import annotations

import numpy as np
import pytest

stats = pytest.importorskip("scipy.stats")

import irad  # noqa: E402

CALLS = {
    "beta pdf": (lambda x, a, b: stats.beta.pdf(x, a, b), (0.3, 2.0, 3.5)),
    "beta cdf": (lambda x, a, b: stats.beta.cdf(x, a, b), (0.3, 2.0, 3.5)),
    "beta ppf": (lambda x, a, b: stats.beta.ppf(x, a, b), (0.3, 2.0, 3.5)),
    "cauchy ppf": (lambda x, a, b: stats.cauchy.ppf(x, a, b), (0.8, 2.0, 3.5)),
    "cauchy isf": (lambda x, a, b: stats.cauchy.isf(x, a, b), (0.2, 2.0, 3.5)),
    "binom pmf": (lambda x: stats.binom.pmf(3, 10, x), (0.4,)),
    "binom cdf": (lambda x: stats.binom.cdf(3, 10, x), (0.4,)),
    "binom sf": (lambda x: stats.binom.sf(3, 10, x), (0.4,)),
    "nbinom pmf": (lambda x, n: stats.nbinom.pmf(3, n, x), (0.4, 4.5)),
    "nbinom cdf": (lambda x, n: stats.nbinom.cdf(3, n, x), (0.4, 4.5)),
    "skewnorm cdf": (lambda x, a: stats.skewnorm.cdf(x, a), (0.7, 1.5)),
    "norm ppf": (lambda x, m, s: stats.norm.ppf(x, m, s), (0.8, 2.0, 3.5)),
    "expon isf": (lambda x, m, s: stats.expon.isf(x, m, s), (0.8, 2.0, 3.5)),
    "gumbel_r ppf": (lambda x, m, s: stats.gumbel_r.ppf(x, m, s), (0.8, 2.0, 3.5)),
    "gamma cdf": (lambda x, a: stats.gamma.cdf(x, a), (0.7, 1.5)),
    "gamma sf": (lambda x, a: stats.gamma.sf(x, a), (0.7, 1.5)),
    "gamma ppf": (lambda x, a: stats.gamma.ppf(x, a), (0.7, 1.5)),
    "t cdf": (lambda x, df: stats.t.cdf(x, df), (0.7, 4.5)),
    "t ppf": (lambda x, df: stats.t.ppf(x, df), (0.7, 4.5)),
    "f cdf": (lambda x, m, n: stats.f.cdf(x, m, n), (0.7, 4.5, 3.0)),
    "chi2 sf": (lambda x, v: stats.chi2.sf(x, v), (0.7, 4.5)),
    "lognorm logpdf": (lambda x, s: stats.lognorm.logpdf(x, s), (0.7, 0.5)),
    "genextreme ppf": (lambda c, s: stats.genextreme.ppf(0.4, c, 0.0, s), (0.1, 1.2)),
    "genpareto isf": (lambda c, s: stats.genpareto.isf(0.4, c, scale=s), (0.2, 1.2)),
    "weibull_min cdf": (lambda x, c: stats.weibull_min.cdf(x, c), (0.7, 1.5)),
}


def difference(f, x, i):
    best = (np.inf, np.nan)
    rows = []
    for k in range(7):
        h = 1e-2 * abs(x[i]) / 2**k
        up, down = ([v + side * h * (j == i) for j, v in enumerate(x)] for side in (1, -1))
        row = [(f(*up) - f(*down)) / (2 * h)]
        for j in range(k):
            row.append((4 ** (j + 1) * row[j] - rows[-1][j]) / (4 ** (j + 1) - 1))
        if k:
            best = min(best, (abs(row[-1] - rows[-1][-1]), row[-1]))
        rows.append(row)
    return best


@pytest.mark.parametrize("name", CALLS)
def test_value_and_derivatives(name):
    f, x = CALLS[name]
    value, gradient = irad.value_and_grad(f, argnums=tuple(range(len(x))))(*x)
    assert value == pytest.approx(f(*x), rel=1e-13)
    for i in range(len(x)):
        error, expected = difference(f, x, i)
        assert abs(gradient[i] - expected) <= 1e-7 * abs(expected) + 10 * error, i


def test_a_likelihood():
    """Of the beta distribution, by its shapes."""
    data = np.array([0.2, 0.35, 0.6, 0.41])
    f = lambda p: np.sum(np.log(stats.beta.pdf(data, p[0], p[1])))
    p = np.array([2.0, 3.0])
    expected = [difference(lambda *q: f(np.array(q)), list(p), i)[1] for i in range(2)]
    np.testing.assert_allclose(irad.grad(f)(p), expected, rtol=1e-8)


def test_infinite_bounds_that_are_not_used():
    """No nan comes of infinity times the derivative of what is not chosen."""
    assert irad.grad(lambda x: min(x, np.inf * x))(2.0) == 1.0
    assert irad.grad(lambda x: np.where(x < 0, -np.inf * x, x))(2.0) == 1.0
    assert irad.jvp(lambda x: np.where(x < 0, -np.inf * x, x), (2.0,), (0.0,))[1] == 0.0
    assert irad.grad(lambda x: np.inf * x)(2.0) == np.inf


@pytest.mark.parametrize("f, x, expected", [  # scipy clips probabilities at 0 and 1: half of a derivative there
    (lambda p: stats.binom.pmf(1, 3, p), 0.0, 1.5), (lambda p: stats.binom.pmf(0, 3, p), 0.0, -1.5),
    (lambda p: stats.binom.pmf(3, 3, p), 1.0, 1.5), (lambda p: stats.bernoulli.pmf(1, p), 0.0, 0.5),
    (lambda x: stats.beta.pdf(x, 2.0, 3.0), 0.0, 12.0), (lambda x: stats.beta.pdf(x, 3.0, 2.0), 1.0, -12.0),
    (lambda p: stats.cauchy.ppf(p, 1.0, 2.0), 0.5, 2.0 * np.pi), (lambda p: stats.cauchy.isf(p, 1.0, 2.0), 0.5, -2.0 * np.pi),
])
def test_ends_and_middles(f, x, expected):
    assert irad.compile(f)(x) == f(x)
    assert irad.grad(f)(x) == pytest.approx(expected, rel=1e-14)
    assert irad.jvp(f, (x,), (1.0,))[1] == pytest.approx(expected, rel=1e-14)


POINT, MEAN = np.array([0.5, 0.6]), np.array([1.0, 2.0])
COVARIANCE = np.array([[2.0, 0.3], [0.3, 1.0]])
POINTS = np.array([[0.5, 0.6], [1.0, 0.1], [2.0, 2.0]])
mvn = stats.multivariate_normal
NORMALS = {
    "logpdf": lambda x, m, c: mvn.logpdf(x, m, c),
    "pdf": lambda x, m, c: mvn.pdf(x, mean=m, cov=c, allow_singular=True),
    "frozen": lambda x, m, c: mvn(m, c).logpdf(x) + mvn(m, c).pdf(x),
    "points": lambda x, m, c: mvn.logpdf(POINTS * x[0], m, c).sum(),
    "entropy": lambda x, m, c: mvn.entropy(m, c) * x[0],
    "one dimension": lambda x, m, c: mvn.logpdf(x[0], m[0], c[0, 0]) + mvn.logpdf(x, m[0], c[0, 0]).sum(),
    "diagonal": lambda x, m, c: mvn.logpdf(x, m, np.diag(c)) + mvn.logpdf(x, m, c[0, 0]),
}


@pytest.mark.parametrize("name", NORMALS)
def test_normal_distribution_in_several_dimensions(name):
    f, args = NORMALS[name], (POINT, MEAN, COVARIANCE)
    found = irad.compile(f)(*args)
    assert type(found) is type(f(*args))
    assert found == pytest.approx(f(*args), rel=1e-13)


def test_normal_distribution_derivatives():
    irad.check_grads(NORMALS["logpdf"], (POINT, MEAN, COVARIANCE))


def test_normal_distribution_refused():
    f = lambda c: mvn.logpdf(POINT, MEAN, c, allow_singular=True)
    for c in (np.ones((2, 2)), -COVARIANCE, np.array([[1.0, 1.0], [1.0, 1.0 + 1e-11]])):
        with pytest.raises(irad.UnsupportedError, match="a covariance matrix that is singular"):
            irad.compile(f)(c)
    with pytest.raises(ValueError, match="infs or NaNs"):
        irad.compile(f)(COVARIANCE * np.nan)
    with pytest.raises(irad.UnsupportedError, match="several points of a distribution in one dimension"):
        irad.compile(lambda x, m, c: mvn.logpdf(x, m, c))(POINT, MEAN[:1], COVARIANCE[:1, :1])
