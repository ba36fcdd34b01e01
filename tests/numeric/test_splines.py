"""scipy's splines: evaluated in plain Python, with derivatives by where they are evaluated and by what they are made of."""

from __future__ import annotations

import math

import numpy as np
import pytest

interpolate = pytest.importorskip("scipy.interpolate")

import irad  # noqa: E402
from irad.lib import piecewise  # noqa: E402

X = np.array([0.0, 0.2, 0.5, 0.6, 0.9, 1.0])
Y = np.sin(3.0 * X)
CURVE = interpolate.CubicSpline(X, Y)
SPLINES = {
    "cubic": CURVE,
    "its slope": CURVE.derivative(),
    "its integral": CURVE.antiderivative(),
    "monotone": interpolate.PchipInterpolator(X, Y),
    "akima": interpolate.Akima1DInterpolator(X, Y),
    "coefficients": interpolate.PPoly(CURVE.c, CURVE.x),
    "no further": interpolate.CubicSpline(X, Y, extrapolate=False),
}
POINTS = (-0.25, 0.0, 0.3, 0.5, 0.97, 1.0, 1.3, math.nan)


@pytest.mark.parametrize("seed", range(20))
def test_algorithm(seed):
    """The function of `lib`, run by CPython, against scipy's: the same bits."""
    rng = np.random.default_rng(seed)
    order, pieces, curves = rng.integers(1, 6), rng.integers(1, 6), rng.integers(1, 3)
    c, x = rng.normal(size=(order, pieces, curves)), np.sort(rng.normal(size=pieces + 1))[:: rng.choice((1, -1))].copy()
    points = np.concatenate([2.0 * rng.normal(size=4), x, [np.nan]])
    for dx in range(5):
        for extrapolate in (False, True):
            want, got = np.empty((2, len(points), curves))
            interpolate._interpolate._ppoly.evaluate(c, x, points, dx, extrapolate, want)
            piecewise.evaluate(c, x, points, dx, extrapolate, got)
            np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("name", SPLINES)
def test_where_it_is_evaluated(name):
    spline = SPLINES[name]
    slope = irad.value_and_grad(lambda t: float(spline(t)))
    for t in POINTS:
        value, derivative = slope(t)
        np.testing.assert_array_equal(value, float(spline(t)))
        if not math.isnan(value):
            inside = min(abs(t - x) for x in X) > 1e-5
            np.testing.assert_allclose(derivative, float(spline(t, 1)) if inside else derivative, rtol=1e-13)
    points = np.array(POINTS)
    np.testing.assert_array_equal(irad.compile(lambda v: spline(v))(points), spline(points))


def test_slopes_and_curvature():
    np.testing.assert_allclose(irad.grad(lambda t: float(CURVE(t, 1)))(0.3), CURVE(0.3, 2), rtol=1e-13)
    np.testing.assert_allclose(irad.grad(irad.grad(lambda t: float(CURVE(t))))(0.3), CURVE(0.3, 2), rtol=1e-13)


@pytest.mark.parametrize("spline", [interpolate.PchipInterpolator, interpolate.Akima1DInterpolator])
def test_what_it_is_made_of(spline):
    def at(y, t):
        return float(spline(X, y)(t))

    gradient = irad.grad(at)(Y, 0.33)
    h = 1e-6
    for i, step in enumerate(np.eye(len(Y)) * h):
        np.testing.assert_allclose(gradient[i], (at(Y + step, 0.33) - at(Y - step, 0.33)) / (2 * h), rtol=1e-6, atol=1e-8)


def test_a_linear_system_of_scipy_is_refused():
    with pytest.raises(irad.UnsupportedError, match="a function of BLAS or LAPACK") as found:
        irad.grad(lambda y: float(interpolate.CubicSpline(X, y)(0.33)))(Y)
    assert "np.linalg" in found.value.hint
