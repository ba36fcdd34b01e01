"""What was met in packages that irad had not seen: each first failed there."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from numeric.harness import all_same, compiled, refused

import irad

TABLES = {2: np.array([1.0, 2.0]), 3: np.array([3.0, 4.0, 5.0])}
FACTORS = {1: 0.5, 2: 0.7}
SETTINGS = {"a": 1.0, "b": 2}


def test_tables_of_arrays_by_a_number():
    f = lambda x, n: (TABLES[n] * x).sum() + FACTORS[n - 1]
    all_same(f, [(2.0, 2), (2.0, 3), (2.0, 4)])
    assert irad.grad(f)(2.0, 3) == 12.0


def test_clocks():
    def f(x):
        start, s = time.time(), 0.0
        for _ in range(3):
            s += x * x
        if time.perf_counter() < 0.0 or time.time() - start > 1000.0:
            s = 0.0
        return s, time.monotonic_ns() > 0, time.process_time() >= 0.0

    all_same(f, [2.0])
    assert irad.grad(lambda x: f(x)[0])(2.0) == 12.0
    before = time.time()
    assert before <= compiled(lambda x: time.time() + 0 * x)(1) <= time.time()


def copied(x):
    settings = SETTINGS.copy()
    settings["a"] = x
    settings["c"] = 3.0
    return settings["a"] * settings["b"] * settings["c"], settings


def test_copies_of_dicts_from_outside():
    all_same(copied, [2.0])
    assert SETTINGS == {"a": 1.0, "b": 2}
    assert irad.grad(lambda x: copied(x)[0])(2.0) == 6.0


def test_flags_of_arrays():
    all_same(lambda v: (v.flags.writeable, v.flags.c_contiguous), [np.ones(3)])
    m = np.arange(6.0).reshape(2, 3)
    all_same(lambda m: (m.flags["FORTRAN"], m.T.flags["F"], m.T.flags.c_contiguous, m[:, :1].flags["C"]), [m])
    all_same(lambda m: (m[:1].flags.f_contiguous, m.flags["WRITEABLE"], m.flags["A"], m[:, ::2].flags.forc, m.T.flags.fnc), [m])
    all_same(lambda m: (np.require(m, requirements=["C", "A"])[0, 0], np.float64(2.0).T), [m])
    refused(lambda v: v.flags.owndata, np.ones(3), match="the flag `owndata`")


def under_flags(x, a):
    flag = x > 0.0
    b, c = a.copy(), a.copy()
    b[flag] = 7.0
    c[np.asarray(flag)] = a * 2.0
    return a[flag], a[np.asarray(flag)], a[True], a[False].shape, np.float64(x)[np.bool_(flag)], b, c


def piecewise(x):
    x = np.asarray(x)
    y = np.empty_like(x)
    large = x > 1.0
    y[large] = x[large] ** 2
    y[~large] = x[~large]
    return y


def placed(x):
    out = np.zeros(np.shape(x))
    np.place(out, np.asarray(x) > 0.0, np.asarray(x) * 2.0)
    np.putmask(out, np.asarray(x) < -1.0, 5.0)
    return out[()]


def test_masks_of_no_axes():
    all_same(under_flags, [(x, a) for x in (1.5, -1.5) for a in (np.array([1.0, 2.0]), np.arange(6.0).reshape(2, 3))])
    for f in (piecewise, placed):
        all_same(f, [3.0, 0.5, -1.5, np.array([3.0, 0.5])])
    assert irad.grad(lambda x: piecewise(x).sum())(3.0) == 6.0
    assert irad.grad(lambda x: piecewise(x).sum())(0.5) == 1.0


DISTRIBUTIONS = (
    "norm.pdf(x)", "norm.logpdf(x, 0.5, 2.0)", "norm.cdf(x, loc=0.5)", "norm.ppf(0.2 * x)", "norm.sf(x)", "expon.pdf(x)",
    "gamma.pdf(x, 2.0)", "uniform.cdf(0.3 * x)", "weibull_min.cdf(x, 1.5)", "t.cdf(x, 3)", "chi2.cdf(x, 3)",
)


@pytest.mark.parametrize("source", DISTRIBUTIONS)
def test_distributions(source):
    stats = pytest.importorskip("scipy.stats")
    f = eval(f"lambda x: stats.{source}", {"stats": stats})
    all_same(f, [1.3, np.float64(0.4), np.array([0.2, 1.1])], ulps=4)
    expected = (f(1.3 + 1e-5) - f(1.3 - 1e-5)) / 2e-5
    assert irad.grad(f)(1.3) == pytest.approx(expected, rel=1e-6)


VALUES = np.array([2.0, 0.5, 3.0])
squared = np.vectorize(lambda t: t * t if t > 1.0 else t)
typed = np.vectorize(lambda t, a: t * t * a if t > 1.0 else 0, otypes=[float])


@np.vectorize
def root(t, a=2.0):
    return math.sqrt(t) * a


def test_vectorize():
    for f in (
        lambda x: squared(VALUES * x), lambda x: squared(x), lambda x: typed(VALUES * x, 3), lambda x: root(VALUES * x),
        lambda x: root(VALUES * x, a=VALUES), lambda x: np.vectorize(lambda t: t + x)(VALUES), lambda x: root([x, 2.0]),
        lambda x: root(np.zeros(0)), lambda x: np.vectorize(lambda t: int(t))(VALUES * x), lambda x: root(np.arange(3)),
        lambda x: np.vectorize(lambda t: 1 / t)(VALUES * 0.0 * x), lambda x: np.vectorize(lambda t: t > 1.0)(VALUES),
        lambda x: np.vectorize(lambda t, u: t * u)(VALUES[:, None], VALUES * x),
    ):
        all_same(f, [1.5])
    assert irad.grad(lambda x: root(VALUES * x, a=VALUES).sum())(1.0) == pytest.approx(0.5 * (np.sqrt(VALUES) * VALUES).sum())
    refused(lambda x: np.vectorize(lambda t: 1 if t > 1.0 else 0.5)(VALUES * x), 1.5, match="one type of number")


def test_a_number_or_an_array_without_axes():
    assert irad.grad(lambda x: np.polyval([1.0, 2.0, x], 2.0))(1.5) == 1.0
    assert irad.grad(lambda x: np.polyval(np.array([1.0, 2.0, 3.0]), x))(2.0) == 6.0


def first_if_one(a):
    return a[0] if len(a) == 1 else a


def item_if_one(a):
    return a.item() if a.size == 1 else a


def at_least_one_axis(x):
    a = np.atleast_1d(x)
    z = first_if_one(a * 2 + 1) * item_if_one(np.sin(a))
    return z + (np.squeeze(a) if a.shape == (1,) else a)


def grown(x, n):
    a = np.zeros(1)
    for i in range(n):
        a = np.append(a, x * i)
    return a


def one_or_two(x, one):
    a = np.array([x]) if one else np.array([x, 2 * x])
    return a.sum(), len(a), a + np.array([1.0]), first_if_one(a)


def kept_in_a_list(x, n):
    rows = [np.array([x])]
    for i in range(n):
        rows.append(np.array([x * i]))
    rows.append(np.array([1.0, 2.0]))
    return rows[0], rows[-1].sum(), rows[1].size


def test_arrays_of_one_element():
    """What is known of them holds across calls, and no longer than it is so."""
    all_same(at_least_one_axis, [1.5, np.float64(1.5), np.array([1.0, 2.0])])
    all_same(grown, [(1.5, n) for n in (0, 1, 3)])
    all_same(one_or_two, [(1.5, True), (1.5, False)])
    all_same(kept_in_a_list, [(1.5, 0), (1.5, 2)])
    all_same(lambda x: np.array([x])[1], [1.5])
    all_same(lambda x: np.array([x]).reshape(2), [1.5])
    assert irad.grad(at_least_one_axis)(1.5) == pytest.approx(2 * np.sin(1.5) + 4 * np.cos(1.5) + 1)
    assert irad.grad(lambda x: one_or_two(x, False)[0])(1.5) == 3.0
    assert "br " not in str(irad.compile(at_least_one_axis).ir(1.5))


def at_least(x, rank):
    if x.ndim < rank:
        x = np.expand_dims(x, axis=0)
        x = at_least(x, rank)
    return x


def product(x, n, k):
    return 1.0 if n == 0 else x * k * product(x, n - 1, k)


def test_recursions_that_pass_on_the_same_number():
    all_same(lambda x: (at_least(np.array([x]), 3), at_least(np.array(x), 2), at_least(np.ones((2, 2)) * x, 1)), [1.5])
    all_same(lambda x: (product(x, 5, 2), product(x, 2, 3), product(x, 2, 0.5)), [1.5])
    assert irad.grad(lambda x: at_least(np.array([x]), 3).sum() + product(x, 3, 2))(1.5) == 1.0 + 3 * 8 * 1.5**2
