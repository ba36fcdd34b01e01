"""Frozen distributions of scipy.stats, made in compiled code."""

from __future__ import annotations

import pytest

stats = pytest.importorskip("scipy.stats")

from numeric.harness import same_as_python  # noqa: E402

import irad  # noqa: E402

OUTSIDE = stats.norm(1.0, 2.0)
CASES = {
    "cdf": lambda x: stats.norm(loc=x).cdf(1.0),
    "pdf": lambda x: stats.norm(x, 2.0).pdf(1.0),
    "logpdf": lambda x: stats.gamma(2.0, scale=x).logpdf(1.0),
    "sf": lambda x: stats.lognorm(s=0.5, scale=x).sf(2.0),
    "ppf": lambda x: stats.norm(x, 1.0).ppf(0.3),
    "moments": lambda x: stats.norm(x, 2.0).mean() + stats.norm(0.0, x).std(),
    "outside": lambda x: OUTSIDE.pdf(x),
    "two": lambda x: stats.norm(x).cdf(0.5) + stats.expon(scale=x).cdf(1.0),
}


@pytest.mark.parametrize("name", CASES)
def test_frozen(name):
    f = CASES[name]
    same_as_python(f, 1.5, ulps=4)
    irad.check_grads(f, (1.5,))


def test_bounds():
    assert irad.compile(lambda x: stats.expon(scale=x).a)(2.0) == 0.0
