"""scipy's splines: evaluated in plain Python, with derivatives by where they are evaluated and by what they are made of."""

from __future__ import annotations

import math

import numpy as np
import pytest

interpolate = pytest.importorskip("scipy.interpolate")

import irad  # noqa: E402
from irad.lib import bsplines, piecewise  # noqa: E402

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


@pytest.mark.parametrize("bc", ["not-a-knot", "natural", "clamped", ((1, 0.5), (2, -0.25)), "periodic"])
def test_a_cubic_spline_through_what_it_is_given(bc):
    def at(x, y, t):
        curve = interpolate.CubicSpline(x, y, bc_type=bc)
        return float(curve(t) + curve(t, 1) + curve.derivative()(t - 0.1))

    y = np.append(Y[:-1], Y[0]) if bc == "periodic" else Y
    by = (1,) if bc == "periodic" else (0, 1)  # which compares the ends of y
    np.testing.assert_allclose(irad.compile(at)(X, y, 0.33), at(X, y, 0.33), rtol=1e-12)
    gradients = dict(zip(by, irad.grad(at, argnums=by)(X, y, 0.33), strict=True))
    h = 1e-6
    for place in range(len(X)):
        for which, gradient in gradients.items():
            step = h * np.eye(len(X))[place]
            if bc == "periodic" and place in (0, len(X) - 1):
                continue
            ends = [at(X + s * step, y, 0.33) if which == 0 else at(X, y + s * step, 0.33) for s in (1, -1)]
            np.testing.assert_allclose(gradient[place], (ends[0] - ends[1]) / (2 * h), rtol=1e-5, atol=1e-7)


def test_a_cubic_spline_through_points_of_a_plane():
    """Whose array is transposed: scipy asks for the order of its coefficients in memory."""
    def at(y, z, t):
        path = interpolate.CubicSpline(X, np.array([y, z]).T, bc_type="natural", axis=0)
        return path(t)[1, 0] * path.derivative(1)(t).T[1, 0]

    z, t = np.cos(Y), np.array([0.2, 0.4])
    np.testing.assert_allclose(irad.compile(at)(Y, z, t), at(Y, z, t), rtol=1e-12)
    gradient = irad.grad(at, argnums=1)(Y, z, t)
    for i, step in enumerate(np.eye(len(z)) * 1e-6):
        np.testing.assert_allclose(gradient[i], (at(Y, z + step, t) - at(Y, z - step, t)) / 2e-6, rtol=1e-5, atol=1e-7)


def test_a_linear_system_of_scipy_is_refused():
    with pytest.raises(irad.UnsupportedError, match="a call of scipy.interpolate._dierckx._coloc"):
        irad.grad(lambda y: float(interpolate.make_interp_spline(X, y)(0.33)))(Y)


def test_splines_of_points_that_are_not_constant():
    """One compilation for each: value and reverse; forward mode of one."""
    given = (X, Y, np.array([0.33, 0.8]))
    for ends in ("not-a-knot", "natural", "clamped"):
        f = lambda x, y, t, ends=ends: interpolate.CubicSpline(x, y, bc_type=ends)(t).sum()
        value, gradients = irad.value_and_grad(f, (0, 1, 2))(*given)
        assert abs(value - f(*given)) < 1e-13
        for place, gradient in enumerate(gradients):
            for k, slope in enumerate(gradient):
                up, down = ([a.copy() for a in given] for _ in range(2))
                up[place][k] += 1e-5
                down[place][k] -= 1e-5
                assert slope == pytest.approx((f(*up) - f(*down)) / 2e-5, rel=1e-6, abs=1e-7)
        if ends == "natural":
            ones = tuple(map(np.ones_like, given))
            assert irad.jvp(f, given, ones)[1] == pytest.approx(sum(g.sum() for g in gradients), rel=1e-10, abs=1e-12)


def test_a_function_of_lapack_is_refused():
    linalg = pytest.importorskip("scipy.linalg")
    with pytest.raises(irad.UnsupportedError, match="a function of BLAS or LAPACK") as found:
        irad.grad(lambda y: linalg.get_lapack_funcs(("gesv",), (y,))[0](np.diag(y), y)[2].sum())(Y)
    assert "np.linalg" in found.value.hint


@pytest.mark.parametrize("seed", range(20))
def test_algorithm_of_b_splines(seed):
    """The functions of `lib`, run by CPython, against scipy's C: the same bits."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(0, 6))
    inner = np.sort(rng.normal(size=rng.integers(1, 6)))
    t = np.concatenate([np.full(k + 1, -3.0), np.repeat(inner, rng.integers(1, 3)), np.full(k + 1, 3.0)])
    c = rng.normal(size=(len(t) - k - 1, int(rng.integers(1, 3))))
    points = np.concatenate([2.0 * rng.normal(size=6), inner, [-3.0, 3.0, 4.0, np.nan]])
    for nu in range(k + 2):
        for extrapolate in (False, True):
            want = interpolate._bsplines._dierckx.evaluate_spline(t, c, k, points, nu, extrapolate)
            np.testing.assert_array_equal(bsplines.evaluate_spline(t, c, k, points, nu, extrapolate), want)
    if k:
        column, points = c[:, 0].copy(), points[:-1]
        for e in (0, 1, 3):
            want = interpolate.splev(points, (t, column, k), ext=e)
            np.testing.assert_array_equal(bsplines.splev(t, column, k, points, e)[0], want)
            for nu in range(1, k + 1):
                want = interpolate.splev(points, (t, column, k), der=nu, ext=e)
                np.testing.assert_array_equal(bsplines.splder(t, column, k, points, nu, e)[0], want)


SMOOTH = interpolate.make_interp_spline(X, Y)
TCK = interpolate.splrep(X, Y)
SURFACE = interpolate.RectBivariateSpline(X, X, np.outer(Y, Y) + X)
B_SPLINES = {
    "b-spline": SMOOTH,
    "its slope": lambda t: SMOOTH(t, 1),
    "two curves": lambda t: interpolate.BSpline(SMOOTH.t, np.stack([SMOOTH.c, SMOOTH.c**2], 1), 3)(t)[1],
    "interp1d": interpolate.interp1d(X, Y, kind="cubic", fill_value="extrapolate"),
    "univariate": interpolate.UnivariateSpline(X, Y, s=0, k=4),
    "univariate slope": lambda t: interpolate.UnivariateSpline._from_tck(TCK)(t, nu=1),
    "splev": lambda t: interpolate.splev(t, TCK),
    "splev at the ends": lambda t: interpolate.splev(t, TCK, ext=3),
    "splev and nothing": lambda t: interpolate.splev(t, TCK, ext=1),
    "surface": lambda t: SURFACE(t, 0.5 * t, grid=False),
    "surface at a point": lambda t: SURFACE.ev(t, 0.3),
    "surface on a grid": lambda t: np.sum(SURFACE(np.array([t, t + 0.1]), np.array([0.2, 0.4]))),
    "bisplev": lambda t: interpolate.bisplev(t, 0.4, (*SURFACE.tck, *SURFACE.degrees)),
}


@pytest.mark.parametrize("name", B_SPLINES)
def test_where_b_splines_are_evaluated(name):
    f = B_SPLINES[name]
    slope = irad.value_and_grad(lambda t: np.sum(f(t)))
    for t in (-0.25, 0.31, 0.74, 1.3):
        value, derivative = slope(t)
        assert value == np.sum(f(t))
        steps = [np.sum(f(t + h)) - np.sum(f(t - h)) for h in (1e-4, 5e-5)]
        expected = (4.0 * steps[1] / 1e-4 - steps[0] / 2e-4) / 3.0
        assert derivative == pytest.approx(expected, rel=1e-7, abs=1e-9)


def test_coefficients_of_b_splines():
    f = lambda c: interpolate.BSpline.construct_fast(SMOOTH.t, c, 3)(0.7)
    basis = [float(interpolate.BSpline.basis_element(SMOOTH.t[i : i + 5], extrapolate=False)(0.7)) for i in range(len(SMOOTH.c))]
    np.testing.assert_allclose(irad.grad(f)(SMOOTH.c), np.nan_to_num(basis), rtol=1e-12, atol=1e-14)


def test_a_point_outside():
    f = irad.compile(lambda t: interpolate.splev(t, TCK, ext=2))
    with pytest.raises(ValueError, match="Found x value not in the domain"):
        f(2.0)


@pytest.mark.parametrize("seed", range(20))
def test_algorithm_of_integrals(seed):
    rng = np.random.default_rng(seed)
    order, pieces, curves = rng.integers(3, 6), rng.integers(1, 6), rng.integers(1, 3)
    c, x = rng.normal(size=(order, pieces, curves)), np.sort(rng.normal(size=pieces + 1))[:: rng.choice((1, -1))].copy()
    for extrapolate in (False, True):
        for a, b in (sorted(2.0 * rng.normal(size=2)), np.sort(x)[[0, -1]], (x[1], x[1])):
            want, got = np.empty((2, curves))
            interpolate._interpolate._ppoly.integrate(c, x, a, b, extrapolate, want)
            piecewise.integrate(c, x, a, b, extrapolate, got)
            np.testing.assert_array_equal(want, got)
    want, got = c.copy(), c.copy()
    interpolate._interpolate._ppoly.fix_continuity(want, x, 1)
    piecewise.fix_continuity(got, x, 1)
    np.testing.assert_array_equal(want, got)


def test_integrals():
    def f(y, a, b):
        curve = interpolate.PchipInterpolator(X, y)
        return curve.integrate(a, b) + curve.antiderivative()(a) * curve.integrate(b, a, extrapolate=False)

    value, gradient = irad.value_and_grad(f, argnums=(0, 1, 2))(Y, 0.1, 0.7)
    assert value == f(Y, 0.1, 0.7)
    h = 1e-6
    for k in range(len(Y)):
        step = h * (np.arange(len(Y)) == k)
        assert gradient[0][k] == pytest.approx((f(Y + step, 0.1, 0.7) - f(Y - step, 0.1, 0.7)) / (2 * h), abs=1e-8)
    assert gradient[1] == pytest.approx((f(Y, 0.1 + h, 0.7) - f(Y, 0.1 - h, 0.7)) / (2 * h), abs=1e-8)
    assert gradient[2] == pytest.approx((f(Y, 0.1, 0.7 + h) - f(Y, 0.1, 0.7 - h)) / (2 * h), abs=1e-8)


GRID = (np.array([0.0, 1.0, 2.5]), np.array([0.0, 1.0, 3.0]))
HEIGHTS = np.arange(9.0).reshape(3, 3) ** 1.5


@pytest.mark.parametrize("f", [
    lambda v: interpolate.RegularGridInterpolator(GRID, v)((0.3, 0.4)),
    lambda v: interpolate.RegularGridInterpolator(GRID, v, bounds_error=False)([[0.5, 0.5], [2.5, 3.0], [math.nan, 0.1]]),
    lambda v: interpolate.RegularGridInterpolator(GRID, v)((np.array([0.1, 0.2]), 2.2)),
    lambda v: interpolate.RegularGridInterpolator(GRID, v, bounds_error=False)([[9.0, 0.4], [1.0, 1.0]]),
    lambda v: interpolate.RegularGridInterpolator(GRID, v, bounds_error=False, fill_value=None)((-0.5, 3.5)),
    lambda v: interpolate.RegularGridInterpolator(GRID, v, method="nearest")([[0.9, 0.1], [1.1, 2.6]]),
    lambda v: interpolate.RegularGridInterpolator((np.array([1.0]), GRID[1]), v[:1])((1.0, 0.4)),
    lambda v: interpolate.RegularGridInterpolator((GRID[0], np.array([1.0])), v[:, :1])((0.4, 1.0)),
    lambda v: interpolate.interpn(GRID, v, np.stack(np.meshgrid([0.1, 0.2], [0.3, 0.4], indexing="ij"), -1)),
])
def test_values_between_points_of_a_grid(f):
    found, expected = irad.compile(f)(HEIGHTS), f(HEIGHTS)
    assert type(found) is type(expected) and found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_outside_of_a_grid():
    f = lambda v: interpolate.RegularGridInterpolator(GRID, v)((9.0, 0.4))
    with pytest.raises(ValueError, match="out of bounds in dimension 0"):
        irad.compile(f)(HEIGHTS)


def test_slopes_in_a_grid():
    f = lambda v, x, y: interpolate.RegularGridInterpolator(GRID, v)((x, y)).item()
    heights, x, y = irad.grad(f, argnums=(0, 1, 2))(HEIGHTS, 0.3, 1.5)
    np.testing.assert_allclose(heights, np.outer([0.7, 0.3, 0.0], [0.0, 0.75, 0.25]), atol=1e-15)
    assert x == pytest.approx(0.75 * (HEIGHTS[1, 1] - HEIGHTS[0, 1]) + 0.25 * (HEIGHTS[1, 2] - HEIGHTS[0, 2]))
    assert y == pytest.approx((0.7 * (HEIGHTS[0, 2] - HEIGHTS[0, 1]) + 0.3 * (HEIGHTS[1, 2] - HEIGHTS[1, 1])) / 2)


DEEP = np.sin(np.arange(18.0)).reshape(3, 3, 2)


@pytest.mark.parametrize("f", [
    lambda v: interpolate.RegularGridInterpolator((GRID[1],), v[0, :, 0], bounds_error=False)([0.3, 1.7, math.nan]),
    lambda v: interpolate.RegularGridInterpolator((GRID[1],), v[0, :])([0.3, 1.7]),
    lambda v: interpolate.RegularGridInterpolator(GRID, v)([[0.5, 0.5], [1.5, 2.2]]),
    lambda v: interpolate.RegularGridInterpolator(GRID, np.round(v[:, :, 0] * 9).astype(int))((0.5, 0.5)),
    lambda v: interpolate.RegularGridInterpolator((*GRID, [0.0, 2.0]), v)((0.3, 1.5, 0.7)),
    lambda v: interpolate.RegularGridInterpolator((GRID[0], GRID[1][:1], [0.0, 2.0]), v[:, :1])((0.3, GRID[1][0], 0.7)),
    lambda v: interpolate.RegularGridInterpolator((*GRID, [0.0, 2.0]), v, bounds_error=False, fill_value=None)((9.0, 1.5, -1.0)),
    lambda v: interpolate.interpn((*GRID, [0.0, 2.0]), v, ([0.3, 0.4], 1.5, 0.7)),
])
def test_grids_of_other_dimensions(f):
    found, expected = irad.compile(f)(DEEP), f(DEEP)
    assert type(found) is type(expected) and found.dtype == expected.dtype and found.shape == expected.shape
    np.testing.assert_array_equal(found, expected)


def test_slopes_in_a_grid_of_three_dimensions():
    f = lambda v, p: (interpolate.RegularGridInterpolator((*GRID, [0.0, 2.0]), v)(p) ** 2).sum()
    p = np.array([[0.3, 1.5, 0.7], [1.2, 0.4, 1.9]])
    for k, (slope, arg) in enumerate(zip(irad.grad(f, argnums=(0, 1))(DEEP, p), (DEEP, p))):
        for at in np.ndindex(arg.shape):
            step = np.zeros(arg.shape)
            step[at] = 1e-6
            up, down = ((DEEP + s * step, p) if k == 0 else (DEEP, p + s * step) for s in (1, -1))
            assert slope[at] == pytest.approx((f(*up) - f(*down)) / 2e-6, rel=1e-6, abs=1e-8)
