"""Derivatives of numpy's functions: forward is reverse, and both are what differences of numpy's own results say."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numeric.harness import same_as_python
from numeric.numpy_calls import GROUPS, data

import irad

PASSIVE = {"truths", "places", "split", "compared"}  # what has no derivative, or cannot be weighed
SMOOTH = {  # of these, calls whose results are not differentiable at the data, or are not all numbers
    "np.linspace(0, 10, 5, dtype=int)", "np.sum(i, dtype=float)", "np.mean(m, dtype=np.float32)",
    "np.add(v, 1, dtype=np.float32)",
}


def weigh(x):
    """A number that depends on every element of an array in another way."""
    total = 0.0
    place = 0
    for y in x.reshape(-1):
        place += 1
        if y == y:
            total += y * np.cos(place * 1.0)
    return total


def terms(result: Any, path: str) -> list[str]:
    """How the floats of a result are weighed."""
    if isinstance(result, (tuple, list)):
        return [t for i, item in enumerate(result) for t in terms(item, f"{path}[{i}]")]
    if np.asarray(result).dtype != np.float64:
        return []
    return [f"weigh({path})"] if np.ndim(result) else [f"0.7 * float({path})"]


def weighed(calls: list[str], names: list[str], values: dict[str, Any]) -> Any:
    """A function of the named arguments: the sum of all results of the calls, weighed."""
    space: dict[str, Any] = {"np": np, "weigh": weigh, **{k: v for k, v in values.items() if k not in names}}
    lines = []
    for number, call in enumerate(calls):
        found = terms(eval(call, {**space, **values}), f"r{number}")
        if found:
            lines.append(f"    r{number} = {call}\n    s = s + {' + '.join(found)}\n")
    exec(f"def f({', '.join(names)}):\n    s = 0.0\n{''.join(lines)}    return s", space)
    return space["f"]


@pytest.mark.parametrize("group", [g for g in GROUPS if g not in PASSIVE])
def test_derivatives(group):
    values = data()
    calls = [c for c in GROUPS[group] if c not in SMOOTH]
    names = [n for n in ("v", "w", "m", "q", "p", "t", "n", "k", "x") if any(n in _names(c) for c in calls)]
    f = weighed(calls, names, values)
    args = [values[n] for n in names]
    rng = np.random.default_rng(len(group))
    tangents = [0.8 if n == "x" else rng.normal(size=np.shape(values[n])) for n in names]
    if "p" in names:  # stays symmetric: only one triangle of it is read
        at = names.index("p")
        tangents[at] = tangents[at] + tangents[at].T
    gradients = irad.grad(f, argnums=tuple(range(len(names))))(*args)
    reverse = sum(float(np.sum(g * t)) for g, t in zip(gradients, tangents))
    _, forward = irad.jvp(f, tuple(args), tuple(tangents))

    def moved(h: float) -> float:
        return float(f(*[a + h * t for a, t in zip(args, tangents)]))

    h = 1e-5
    slope = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h)
    assert abs(forward - reverse) <= 1e-9 * max(1.0, abs(reverse)), (forward, reverse)
    assert abs(slope - reverse) <= 2e-6 * max(1.0, abs(reverse)), (slope, reverse)


def _names(call: str) -> tuple[str, ...]:
    return compile(call, "<call>", "eval").co_names


def slope(source: str, *args: Any) -> Any:
    space: dict[str, Any] = {"np": np}
    exec(f"def f(a): return {source}", space)
    return irad.grad(space["f"])(*args)


def test_ties_are_split_evenly():
    tied = np.array([2.0, 1.0, 2.0, 2.0])
    third = np.array([1 / 3, 0, 1 / 3, 1 / 3])
    for source, expected in {
        "np.max(a)": third, "np.nanmax(a)": third, "np.median(a)": third, "np.percentile(a, 90)": third,
        "np.ptp(a)": third - [0, 1, 0, 0],
        "np.maximum(a, 2.0).sum()": [0.5, 0, 0.5, 0.5], "np.clip(a, 0.0, 2.0).sum()": [0.5, 1, 0.5, 0.5],
        "np.linalg.norm(a, np.inf)": third, "np.maximum.reduce(a)": third,
    }.items():
        np.testing.assert_allclose(slope(source, tied), expected, err_msg=source)


@pytest.mark.parametrize("f", [
    np.max, np.min, np.median, np.nanmax, np.nanmedian, lambda a: np.percentile(a, 50), lambda a: np.quantile(a, 0.25),
    lambda a: np.maximum.reduce(a), lambda a: np.max(a.reshape(1, -1), axis=1)[0], lambda a: np.min(a * 1.0) + 1.0,
])
@pytest.mark.parametrize("pair", [(0.0, 0.0), (-0.0, -0.0), (0.0, -0.0), (-0.0, 0.0), (-1.0, -1.0)])
def test_ties_of_zeros_are_split_evenly_whatever_their_signs(f, pair):
    a = np.array(pair)
    np.testing.assert_allclose(irad.grad(f)(a).sum(), 1.0, rtol=1e-14)
    np.testing.assert_allclose(irad.jvp(f, (a,), (np.array([1.0, 10.0]),))[1], irad.grad(f)(a) @ [1.0, 10.0], rtol=1e-14)
    if pair[0] == 0.0 and str(pair[0]) != str(pair[1]):
        return  # which of the two zeros it is depends on numpy's build
    assert np.asarray(irad.compile(f)(a)).tobytes() == np.asarray(f(a)).tobytes()


@pytest.mark.parametrize("x", [-1.0, -0.0, 0.0, 3.0, -2.5])
def test_the_derivative_of_a_fraction_is_1(x):
    assert irad.grad(lambda v: np.modf(v)[0])(x) == irad.grad(lambda v: np.modf(np.array([v]))[0][0])(x) == 1.0


def test_kinks_have_the_derivative_0():
    zero = np.zeros(3)
    for source in (
        "np.linalg.norm(a)", "np.std(a)", "np.nanstd(a)", "np.abs(a).sum()", "np.sign(a).sum()",
        "np.linalg.norm(a[None], axis=1)[0]",
    ):
        np.testing.assert_array_equal(slope(source, zero), zero, err_msg=source)


def test_interpolation_at_the_samples():
    """The slope on the right of a sample, of the last one on its left; nothing outside."""
    x, y = [0.0, 1.0, 3.0], [1.0, 2.0, 8.0]
    for at, expected in {0.0: 1.0, 1.0: 3.0, 2.0: 3.0, 3.0: 3.0, -1.0: 0.0, 4.0: 0.0}.items():
        assert slope(f"np.interp(a, {x}, {y})", at) == expected
    assert irad.grad(lambda a: np.interp(a, np.array([a, a]), np.array([0.0, 1.5 * a])))(2.0) == 1.5  # twice the same sample


def bound(s, c):
    high = np.inf if c > 0.0 else -1.0 / c
    top = high * s
    return top if c > 5.0 else s * c


def bounds(s, c):
    high = np.full(2, np.inf)
    high[0] = c
    tops = high * s
    return np.where(tops < 9.0, tops, s).sum()


def test_bounds_that_are_infinite_and_not_used():
    assert irad.grad(bound, argnums=(0, 1))(1.2, 0.3) == (0.3, 1.2)
    assert irad.grad(bounds, argnums=(0, 1))(1.2, 0.3) == (1.3, 1.2)


def test_masked_operations_do_not_leak():
    """What `where=` leaves out has no part in the derivative, not even nan."""
    a = np.array([0.0, 2.0])
    np.testing.assert_array_equal(slope("np.divide(1.0, a, out=np.zeros_like(a), where=a > 0).sum()", a), [0.0, -0.25])
    np.testing.assert_array_equal(slope("np.log(a, where=a > 0, out=a * 0).sum()", a), [0.0, 0.5])


def test_windows_share_memory():
    """Each element has a part in all windows that it is in; a sorted copy in one place only."""
    a = np.arange(5.0)
    np.testing.assert_array_equal(slope("np.lib.stride_tricks.sliding_window_view(a, 3).sum()", a), [1, 2, 3, 2, 1])
    strided = "np.lib.stride_tricks.as_strided(a, (2, 3), (2 * a.strides[0], a.strides[0])).sum()"
    np.testing.assert_array_equal(slope(strided, a), [1, 1, 2, 1, 1])
    np.testing.assert_array_equal(slope("np.broadcast_to(a, (3, 5)).sum()", a), 3 * np.ones(5))
    np.testing.assert_array_equal(slope("np.sort(a[::-1])[3]", a), [0, 0, 0, 1, 0])


def test_sums_of_exponentials_are_smooth_where_they_are_equal():
    for f in (lambda x, y: np.logaddexp(x, y), lambda x, y: np.logaddexp2(x, y)):
        assert irad.grad(f, (0, 1))(1.5, 1.5) == (0.5, 0.5)
        assert irad.grad(f, (0, 1))(np.inf, -np.inf) == (1.0, 0.0)
    assert irad.grad(irad.grad(lambda x, y: np.logaddexp(x, y)))(1.5, 1.5) == 0.25


def test_sinc_near_0():
    for x in (0.0, -0.0, 1e-300, 1e-16, 1e-10, -1e-8):
        for g in (irad.grad(np.sinc)(x), irad.jvp(np.sinc, (x,), (1.0,))[1]):
            assert g == pytest.approx(-np.pi**2 / 3.0 * x, rel=1e-12, abs=0.0)
        assert irad.hessian(np.sinc)(x) == pytest.approx(-np.pi**2 / 3.0, rel=1e-12)
        assert irad.grad(lambda v: np.sum(np.sinc(v)))(np.array([0.3, x]))[1] == irad.grad(np.sinc)(x)


def test_roots_of_sizes_at_0():
    """abs'(0) = 0, whatever comes after it."""
    for f in (lambda x: np.sqrt(np.abs(x)), lambda x: abs(x) ** 0.5, lambda x: np.linalg.norm(np.array([1.0, x]), 0.5)):
        assert irad.grad(f)(0.0) == irad.jvp(f, (0.0,), (1.0,))[1] == 0.0


@pytest.mark.parametrize("f, x", [
    (np.linalg.pinv, np.eye(2)), (np.linalg.pinv, np.array([[2.0, 1.0], [0.0, -3.0], [0.0, 0.0]])),
    (np.linalg.pinv, np.array([[2.0, 0.0, 0.0], [1.0, 3.0, 0.0]])),
    (lambda x: np.polyfit(x, np.array([1.0, 2.0]), 1), np.array([1.0, 0.0])),
    (lambda x: (lambda q, r: r * np.sign(np.diag(r))[:, np.newaxis])(*np.linalg.qr(x)), np.array([[2.0, 1.0], [0.0, 3.0]])),
])
def test_factors_of_what_is_a_triangle(f, x):
    """Nothing is to be reflected, but what is below the diagonal has derivatives."""
    found = irad.jacobian(f)(x)
    for at in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[at] = 1e-5
        np.testing.assert_allclose(found[(..., *at)], (f(x + step) - f(x - step)) / 2e-5, atol=1e-8)


def entropy_with_mask(p):
    t = p * np.log(p)
    t[p <= 0.0] = 0.0
    return np.sum(t)


@pytest.mark.parametrize("f", [
    lambda p: np.sum(np.where(p > 0.0, p * np.log(p), 0.0)), entropy_with_mask, lambda p: np.nansum(p * np.log(p)),
    lambda p: np.sum(np.nan_to_num(p * np.log(p))), lambda p: np.sum(np.select([p > 0.0], [p * np.log(p)], 0.0)),
])
def test_products_that_are_not_used(f):
    """A cotangent that is 0 stays 0, times the logarithm of 0."""
    p = np.array([0.0, 1.0, -1.0, 4.0])
    expected = np.array([0.0, 1.0, 0.0, np.log(4.0) + 1.0])
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(irad.grad(f)(p), expected, rtol=1e-15)
        np.testing.assert_allclose(irad.jacfwd(f)(p), expected, rtol=1e-15)
        np.testing.assert_allclose(irad.hessian(f)(p), np.diag([0.0, 1.0, 0.0, 0.25]), rtol=1e-15)


@pytest.mark.parametrize("f", [np.exp, np.exp2, np.expm1, np.sinh, np.cosh])
def test_overflow_that_is_not_used(f):
    with np.errstate(all="ignore"):
        found = irad.grad(lambda x: np.sum(np.where(x < 5.0, x * x, f(x * 1000.0))))(np.array([0.0, 1.0, 4.0]))
    np.testing.assert_array_equal(found, [0.0, 2.0, 8.0])


@pytest.mark.parametrize("n", [4, 5])
def test_determinant_of_a_singular_matrix(n):
    """Its derivatives are the cofactors."""
    rng = np.random.default_rng(n)
    full = rng.integers(-3, 4, (n, n)).astype(float)
    column, row = full.copy(), full.copy()
    column[:, 1], row[2] = 0.0, row[0]
    for m in (column, row, np.diag([*np.arange(1.0, n), 0.0]), np.ones((n, n))):
        cofactors = [[(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(m, i, 0), j, 1)) for j in range(n)] for i in range(n)]
        value, found = irad.value_and_grad(np.linalg.det)(m)
        assert value == 0.0 and not np.signbit(value)
        np.testing.assert_allclose(found, cofactors, atol=1e-11)
        np.testing.assert_allclose(irad.jacfwd(np.linalg.det)(m), cofactors, atol=1e-11)


@pytest.mark.parametrize("m", [np.zeros((3, 3)), np.array([[1.0, 2.0], [2.0, 4.0]]), np.array([[1.0, 0.5], [2.0, 1.0]])])
def test_logarithm_of_the_determinant_of_a_singular_matrix(m):
    def log_det(m):
        return np.linalg.slogdet(m)[1]

    def of_regular(m):
        sign, log = np.linalg.slogdet(m)
        return log if sign != 0 else m.sum()

    value, found = irad.value_and_grad(log_det)(m)
    assert value == -math.inf and not np.isfinite(found).any()
    assert not np.isfinite(irad.jvp(log_det, (m,), (np.ones_like(m),))[1])
    assert np.array_equal(irad.grad(of_regular)(m), np.ones_like(m))
    same_as_python(np.linalg.slogdet, m)


def left_out(v):
    total = 0.0
    for x in v:
        y = x * x
        if not np.isnan(y):
            total += y
    return total


@pytest.mark.parametrize("f", [
    lambda v: np.nansum(v**2), lambda v: np.nanmean(v * v), lambda v: np.nanmax(v**2), lambda v: np.nanvar(v * v),
    lambda v: np.where(np.isnan(v), 0.5, v * v).sum(), lambda v: np.where(np.isfinite(v), v**3, 0.0).sum(), left_out,
    lambda v: np.nansum((v[:, None] * v[:2]) ** 2, axis=0).sum(),
])
def test_what_is_nan_and_left_out_has_no_derivative(f):
    """It was nan: zero times what is nan."""
    v = np.array([0.1, 0.4, np.nan, 0.7])
    rest = irad.grad(f)(v[[0, 1, 3]])
    np.testing.assert_allclose(irad.grad(f)(v), [rest[0], rest[1], 0.0, rest[2]], rtol=1e-12)
    shift = irad.grad(lambda a: f(v - a))(0.3)  # a parameter that has to do with all of them
    np.testing.assert_allclose(shift, irad.grad(lambda a: f(v[[0, 1, 3]] - a))(0.3), rtol=1e-12)


def test_arguments_that_are_nan_or_infinite():
    """Here 0 times an argument that is nan was nan, not only 0 times what is loaded or computed."""
    def product(x, y):
        r = x * y
        return y * 3.0 if math.isnan(r) else r

    def loop(x, y, v):
        total = y
        for e in v:
            r = x * y * e
            if np.isfinite(r):
                total += r
        return total

    assert irad.grad(product, argnums=(0, 1))(math.nan, 2.0) == (0.0, 3.0)
    assert irad.grad(product, argnums=(0, 1))(5.0, 2.0) == (2.0, 5.0)
    def bounded(x, y):
        return y * 2.0 if math.isinf(x * y) else x * y

    assert irad.grad(bounded, argnums=(0, 1))(math.inf, 2.0) == (0.0, 2.0)
    for x in (math.nan, math.inf):
        gradient = irad.grad(loop, argnums=(0, 1, 2))(x, 2.0, np.array([1.0, 2.0]))
        assert gradient[:2] == (0.0, 1.0) and not gradient[2].any()

@pytest.mark.parametrize("f", [
    lambda y, v: np.nansum((v * y)[:, None] * (v * y)), lambda y, v: np.nansum(v * y * (v[0] * y)),
    lambda y, v: np.where(np.isnan(v), 0.0, v * y * y).sum(),
])
def test_what_is_nan_and_left_out_has_no_second_derivative(f):
    """Reverse mode over reverse mode: it was nan."""
    v = np.array([0.1, np.nan, 0.7])
    bend = irad.hessian(f)(0.3, v[::2])
    assert irad.hessian(f)(0.3, v) == pytest.approx(bend, rel=1e-12)
    assert irad.grad(irad.grad(f))(0.3, v) == pytest.approx(bend, rel=1e-12)


@pytest.mark.parametrize("f", [
    lambda w: 1 / (1 + np.exp(-w)), lambda w: np.exp(-np.exp(-w)), lambda w: 3.0 / np.sqrt(1 + np.exp2(-3 * w)),
])
def test_what_ends_at_infinity_is_flat_there(f):
    """Forward mode and loops that reverse mode runs forward had nan: a tangent that is infinite, times 0."""
    x = np.array([1.0, -5000.0, 2.0])

    def loss(w, b):
        return ((f(x * w + b) - 0.3) ** 2).sum()

    def of_regular(w, b):
        return ((f(x[::2] * w + b) - 0.3) ** 2).sum()

    wanted = irad.grad(of_regular, argnums=(0, 1))(0.5, 0.1)
    with np.errstate(over="ignore"):
        for mode in ("auto", "forward", "reverse"):
            compiled = irad.compile(loss, mode=mode)
            np.testing.assert_allclose(irad.grad(compiled, argnums=(0, 1))(0.5, 0.1), wanted, rtol=1e-12)
        assert irad.jvp(loss, (0.5, 0.1), (0.0, 1.0))[1] == pytest.approx(wanted[1], rel=1e-12)
        assert irad.jvp(f, (np.float64(-5000.0),), (1.0,))[1] == 0.0
    assert irad.jacfwd(irad.jacfwd(lambda z: z[0] / z[1]))(np.array([0.0, 2.0]))[0, 1] == -0.25
