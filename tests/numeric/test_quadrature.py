"""scipy.integrate.quad: the same algorithm in plain Python, so that integrals can be differentiated by what they depend on."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pytest

integrate = pytest.importorskip("scipy.integrate")

from numeric.harness import compiled  # noqa: E402

import irad  # noqa: E402
from irad.lib import quadrature  # noqa: E402

FINITE = {
    "smooth": (lambda x: np.exp(-x), 0.0, 1.0),
    "at the end": (lambda x: 1.0 / np.sqrt(x), 0.0, 1.0),
    "kink": (lambda x: abs(x - 0.3), 0.0, 1.0),
    "waves": (lambda x: np.sin(50.0 * x), 0.0, 3.0),
    "step": (lambda x: float(x <= 0.0), -1.0, 100.0),
    "peak": (lambda x: np.exp(-1000.0 * (x - 0.3) ** 2), 0.0, 1.0),
    "strong": (lambda x: x**-0.9, 0.0, 1.0),
    "divergent": (lambda x: 1.0 / x, 0.0, 1.0),
    "zero": (lambda x: 0.0, 0.0, 1.0),
    "root": (lambda x: np.sqrt(abs(x - 0.1234)), 0.0, 1.0),
}
INFINITE = {
    "decay": (lambda x: np.exp(-x), 0.0, 1),
    "bell": (lambda x: np.exp(-x * x), 0.0, 2),
    "left": (lambda x: 1.0 / (1.0 + x * x), 1.0, -1),
    "slow": (lambda x: x**-1.5, 1.0, 1),
    "root": (lambda x: np.exp(-x) * np.sqrt(x), 0.0, 1),
    "divergent": (lambda x: 1.0 / x, 1.0, 1),
}


@pytest.mark.parametrize("limit", [50, 5])
@pytest.mark.parametrize("name", [*FINITE, *(f"infinite {name}" for name in INFINITE)])
@pytest.mark.filterwarnings("ignore")
def test_algorithm(name, limit):
    """The function of `lib`, run by CPython, against scipy's: value, error and verdict."""
    case, infinite = name.removeprefix("infinite "), name.startswith("infinite")
    mine, theirs = (quadrature.qagi, "_qagie") if infinite else (quadrature.qags, "_qagse")
    given = (*(INFINITE if infinite else FINITE)[case], (), 0, 1.49e-8, 1.49e-8, limit)
    value, error, verdict = mine(*given)
    expected = getattr(integrate._quadpack_py._quadpack, theirs)(*given)
    assert verdict == expected[2]
    assert value == pytest.approx(expected[0], rel=1e-13)
    assert error == pytest.approx(expected[1], rel=0.5, abs=1e-11)


def exponential(x):
    return integrate.quad(lambda t, a: np.exp(-a * t), 0, 2.0 * x, args=(x,))[0]


def moment(x):
    return integrate.quad(lambda t: t**2 * np.exp(-t * x), 0, np.inf)[0]


def singular(x):
    value, error = integrate.quad(lambda t: x / np.sqrt(t), 0.0, 1.0)
    return value if error < 1e-8 else 0.0


CASES = {
    exponential: lambda x: (2.0 * np.exp(-2.0 * x * x) * 2.0 * x * x - (1.0 - np.exp(-2.0 * x * x))) / x**2,
    moment: lambda x: -6.0 / x**4, singular: lambda x: 2.0,
}


@pytest.mark.parametrize("f", CASES)
def test_derivatives(f):
    value, gradient = irad.value_and_grad(f)(1.3)
    assert value == pytest.approx(f(1.3), rel=1e-13)
    assert gradient == pytest.approx(CASES[f](1.3), rel=1e-8)


def test_second_derivative_of_simpson():
    def f(x):
        t = np.linspace(0.0, 1.0, 21)
        return integrate.simpson(np.exp(-x * t), x=t)

    def second(x):
        t = np.linspace(0.0, 1.0, 21)
        return integrate.simpson(t * t * np.exp(-x * t), x=t)

    assert irad.grad(irad.grad(f))(0.8) == pytest.approx(second(0.8), rel=1e-12)


def test_nested():
    """An integral in the integral: each has its own code, called at a few places only."""
    f = lambda x: integrate.quad(lambda t: integrate.quad(lambda s: s * t * x * x, 0, t)[0], 0, 1)[0]
    value, gradient = irad.value_and_grad(f)(1.5)
    assert value == pytest.approx(f(1.5), rel=1e-13)
    assert gradient == pytest.approx(0.375, rel=1e-12)


@pytest.mark.skipif("IRAD_FULL" not in os.environ, reason="compiles for 25 s what test_nested compiles as well")
def test_over_an_area():
    f = lambda x: integrate.dblquad(lambda s, t: s * t * x * x, 0, 1, 0, lambda t: t)[0]
    assert irad.compile(f)(1.5) == pytest.approx(f(1.5), rel=1e-13)


def test_warnings():
    f = lambda x: integrate.quad(lambda t: 1.0 / (t * x), 0.0, 1.0)[0]
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        compiled(f)(1.0)
        f(1.0)
    assert len({str(w.message) for w in seen if w.category is integrate.IntegrationWarning}) == 1
    assert sum(w.category is integrate.IntegrationWarning for w in seen) == 2


def test_results_are_numbers_of_python():
    def finite_and_infinite(x):
        finite, infinite = integrate.quad(lambda t: np.exp(-t), 0.0, x), integrate.quad(lambda t: np.exp(-t * t), x, np.inf)
        return finite, infinite

    def area(x):
        return finite_and_infinite(x)[0], integrate.dblquad(lambda s, t: np.exp(s * t), 0, x, 0, 1)

    for f, x in ((finite_and_infinite, 1.3), (area, np.float64(0.5))):
        found = irad.compile(f)(x)
        assert [type(number) for pair in found for number in pair] == [float] * 4


def test_a_form_that_is_refused_passes_handlers():
    def f(x):
        try:
            return integrate.quad(lambda t: t * x, 0.0, 1.0, full_output=1)[0]
        except Exception:
            return -1.0

    with pytest.raises(irad.UnsupportedError, match="full_output=1"):
        irad.compile(f)(1.5)


def test_simpson_of_simpson():
    def area(a):
        return integrate.simpson(integrate.simpson(a, dx=0.5, axis=0), dx=0.2)

    for n in (5, 7):
        a = np.arange(n * n).reshape(n, n) ** 1.5
        assert np.isclose(irad.compile(area)(a), area(a), rtol=1e-14)
        assert np.isclose((irad.grad(area)(a) * a).sum(), area(a), rtol=1e-12)
