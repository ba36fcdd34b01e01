"""The dtypes in which numpy computes: of results, of options, of Python's ints beside narrow arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numeric.harness import all_same

import irad

F = np.float32
NARROW = np.array([1, 2], np.int32)
BEYOND = (2**31, 2**33, -(2**31) - 1, 5)


def make(source: str, names: str = "a, x"):
    space = {"np": np, "F": F}
    exec(f"def f({names}): return {source}", space)
    return space["f"]


@pytest.mark.parametrize("source", [
    "np.maximum(a, x), np.minimum(x, a[0])", "np.fmax(a, x)", "np.fmin(x, a)", "np.fmod(a, x)", "np.maximum(a, x, out=a)",
    "np.clip(a, 0, x)", "np.clip(a, x, None)", "a.clip(0, x)", "np.clip(a[0], 0, x)", "np.clip(a, a_min=x, a_max=5)",
    "np.logical_and(a, x), np.arctan2(a, x), np.equal(a, x), np.where(a > 1, a, x), np.append(a, x), np.kron(a, x)",
])
def test_ints_of_python_beside_narrow_arrays(source):
    all_same(make(source), [(NARROW, x) for x in BEYOND], ulps=2)


@pytest.mark.parametrize("source", [
    "np.put(a, [0], x)", "a.put([0], x)", "np.insert(a, 0, x)", "np.place(a, a > 1, [x])", "np.putmask(a, a > 1, x)", "a.fill(x)",
    "np.put_along_axis(a, np.array([0]), x, 0)", "np.fill_diagonal(a[:, None], x)", "np.copyto(a, x)", "np.full_like(a, x)",
])
def test_ints_of_python_stored_in_narrow_arrays(source):
    all_same(make(source), [(NARROW, x) for x in BEYOND])


def test_clip_of_several_kinds():
    all_same(make("np.clip(a, x, y)", "a, x, y"), [
        (2.5, F(1), F(2)), (2.5, F(1), None), (F(2.5), 1.0, 2.0), (2, F(1), 3.0), (NARROW, np.int64(1), 2), (3, 0, 1),
        (3, 0, 1.5), (np.array([1, 2]), 0, 1.5), (NARROW, -(2**40), 1.5),
        (np.array([0.5, 2], F), 0, 1e300), (np.array([True, False]), 0, 1),
    ])


def test_linspace_of_several_kinds():
    ends = [(F(0), 1), (0, F(1)), (1, 5), (np.int32(1), 2**31), (2**62, 2**62 + 10), (-(2**63), 2**63 - 1)]
    all_same(make("np.linspace(a, x, 3), np.linspace(a, x, 4, endpoint=False, retstep=True), np.linspace(a, x, 1)"), ends)


LARGE = np.array([2**31 - 1, 1])
ELEMENTS = (LARGE, LARGE.astype(np.int32), np.array([True, True, False]), np.array([1.5, 2.6]), np.array([1.5, 2.6], F))


@pytest.mark.parametrize("dtype", ["np.int32", "F", "bool", "'int32'", "np.int64"])
def test_dtypes_of_reductions(dtype):
    calls = [
        "np.sum(a, dtype={})", "a.sum(dtype={})", "np.prod(a, dtype={})", "np.cumsum(a, dtype={})", "a.cumprod(dtype={})",
        "np.mean(a, dtype={})", "np.add.reduce(a, dtype={})", "np.nansum(a, dtype={})", "np.sum(a.reshape(1, -1), 0, dtype={})",
        "np.sum(a.reshape(1, -1), 1, {})", "np.mean(a.reshape(-1, 1), 0, {})", "np.trace(a.reshape(1, -1), dtype={})",
    ]
    all_same(make(", ".join(calls).format(*[dtype] * len(calls)), "a"), [(a,) for a in ELEMENTS], ulps=8)


@pytest.mark.parametrize("source", [
    "np.sum(a, initial=x)", "np.prod(a, initial=x), np.sum(a.reshape(1, -1), axis=0, initial=x)", "np.max(a, initial=x)",
])
def test_initial_is_an_element(source):
    starts = (1.5, 0.5, 2, True, F(1.5), np.float64(2.7), -1.5, 2**40, None, np.nan)
    all_same(make(source), [(a, x) for a in ELEMENTS for x in starts], ulps=8)


def test_means_of_ints_are_sums_of_floats():
    all_same(make("np.mean(a), a.mean(), np.var(a)", "a"), [(np.array([2**62] * 3),), (LARGE.astype(np.int32),)], ulps=4)


def test_spreads_where():
    f = make(
        "np.mean(a, where=a > 0.2), np.std(a, where=a > 2), np.var(a, axis=0, where=a > 2, ddof=1), a.std(where=a > 100),"
        "np.std(a, axis=1, where=a > 2, keepdims=True), np.std(a, axis=(0, 1), where=a > 2), np.mean(a, where=a > 5, dtype=int),"
        "np.mean(a, axis=0, where=[True, False, True, True])", "a")
    m = np.arange(12.0).reshape(3, 4)
    all_same(f, [(m,), (m.astype(F),), (m.astype(int),)], ulps=8)


I, B, V = np.array([2**31 - 1, 1], np.int32), np.array([True, False]), np.array([0.1, 0.5, 0.9, 0.3], F)
OF_EACH = [(V,), (V.astype(float),), (np.array([4, 1, 2, 9], np.int32),), (np.array([4, 1, 2, 9]),)]


@pytest.mark.parametrize("x", [2, 1e40, True, F(2), np.int32(2), -(2**31) - 1, 2**62])
def test_products_with_numbers(x):
    f = make("np.dot(a, x), np.inner(x, a), a.dot(x), np.outer(a, x), np.kron(a, x)")
    all_same(f, [(I, x), (np.array([1, 2], F), x)])


def test_vecdot():
    m, v = np.ones((2, 2), np.int32), np.array([1, 2], F)
    all_same(make("np.vecdot(a, x)"), [(I, I), (v, v), (B, B), (I, v), (m, np.ones(2)), (m, np.ones(3)), (v, 2.0)])


@pytest.mark.parametrize("source", [
    "np.percentile(a, 30), np.percentile(a, [10, 50]), np.percentile(a, F(10)), np.percentile(a, np.array([10, 50]))",
    "np.quantile(a, 0.3), np.quantile(a, [0.3]), np.quantile(a, F(0.3)), np.quantile(a, np.float64(0.3))",
    "np.quantile(a, np.array([0.3], F)), np.quantile(a, 1), np.quantile(a, [0, 1]), np.quantile(a, np.array(0.3))",
    "np.quantile(a.reshape(2, 2), 0.3, axis=0), np.quantile(a.reshape(2, 2), [0.3], axis=0), np.quantile(a, 0.3, keepdims=True)",
    "np.quantile(a, 0.3, method='lower'), np.quantile(a, [0.3], method='higher'), np.quantile(a, 0.3, method='nearest')",
    "np.histogram(a, bins=3), np.histogram(a, 3, range=(0, 1)), np.histogram(a, 3, weights=a), np.histogram(a, 3, density=True)",
    "np.histogram_bin_edges(a, 3), np.histogram(a, [0, 0.5, 1]), np.histogram(a, 3, range=(0, F(1))), np.histogram(a[:0], 3)",
    "np.interp(0.3, np.sort(a), a), np.interp(F(0.3), np.sort(a), a), np.interp(a, np.sort(a), a, right=F(0.1))",
    "np.interp(1.0, [0, 2], a[:2]), np.interp(3.0, np.sort(a), a, period=F(0.8))",
    "np.cov(a), np.cov(a, a * a), np.corrcoef(a, a[::-1]), np.cov(a.reshape(2, 2))",
])
def test_dtypes_of_statistics(source):
    all_same(make(source, "a"), OF_EACH, ulps=8)


@pytest.mark.parametrize("source", [
    "np.r_[a, 1.0], np.r_[0, a], np.r_[1, 2.5], np.r_[a, np.float64(1)], np.r_[a, [1.0]], np.r_[a, np.array(1.0)], np.r_[a, 0:2]",
    "np.r_[a, 2**40]", "np.r_[F(1), 2.0], np.r_[1, True], np.r_[a, 0:1:3j], np.c_[a, a], np.c_[a[:1], 1.0]",
    "np.r_[a, np.int64(3)]",
])
def test_numbers_beside_arrays_in_rows(source):
    all_same(make(source, "a"), [(V,), (I,), (B,), (np.ones(2),)])


@pytest.mark.parametrize("source", [
    "v: v * 2)(a)", "v: v * 2.0)(a)", "v: v)(a)", "v: v * 2)(a[0])", "v: 1.0)(a)", "v, w: v * w)(a, 2.0)", "v: v * 1e40)(a)",
    "v: isinstance(v, F))(a)", "v: (v, v * 2.0))(a)", "v: v * 2, otypes=[float])(a)",
])
def test_vectorize_makes_what_numbers_of_numpy_give(source):
    all_same(make("np.vectorize(lambda " + source, "a"), [(V,), (I,), (np.array([3, 4], np.int32),), (B,), (np.ones(2),)])


NO_INTS = [np.nan, np.inf, -1e30, 2.0**63]


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.int16, np.uint8, np.uint16, np.uint32, np.uint64])
def test_floats_become_ints_as_numpy_casts_them(kind):
    def f(a, x):
        out = np.zeros(len(a), kind)
        out[:] = a
        return a.astype(kind), out, np.array(a, kind), kind(x)

    a = np.array([300.7, -2.5, 70000.9, 2.0**31 - 0.5, 0.0])
    all_same(f, [(a, np.float64(300.7)), (a.astype(F)[:3], F(-2.5))])
    g = irad.compile(f)
    for bad in NO_INTS:  # numpy warns, and what it makes of it depends on the processor
        for args in ((np.array([1.0, bad]), np.float64(1.0)), (np.array([1.0]), np.float64(bad))):
            with pytest.raises(irad.UnsupportedError, match=f"out of range, converted to {kind.__name__}"):
                g(*args)


def test_numbers_of_python_become_ints_as_in_python():
    def f(x):
        a = np.zeros(2, int)
        a[0] = x
        return a, np.int64(x)

    all_same(f, [(2.5,), (math.nan,), (np.float64(2.5),)])


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.int8, np.uint8, np.uint64, np.float32, float, bool])
def test_arange_counts_in_the_kind_of_its_result(kind):
    """The first two numbers are converted; their difference is the step."""
    def f(start, stop, step):
        return np.arange(start, stop, step, dtype=kind)

    steps = [(0.0, 5.0, 0.5), (0, 5.0, 1.5), (0.3, 5, 1.7), (7.9, -3.0, -1.3), (1, 1.2, 0.5), (2.0, 2.0, 1.0), (-0.1, 3.0, 0.013)]
    steps += [(0, 300, 1.5), (0, 3000.0, 100.5)]
    all_same(f, [*steps, (300.5, 302.0, 0.75), (F(0.1), 2.0, 0.1), (np.float64(0.2), 5, F(1.1))])


def test_the_derivative_of_arange_of_another_kind():
    def f(x, h):
        return (np.arange(x, x + 5.5 * h, h, dtype=F) ** 2).sum()

    value, (by_x, by_h) = irad.value_and_grad(f, (0, 1))(1.5, 0.25)
    places = 1.5 + 0.25 * np.arange(6)
    assert (value, by_x, by_h) == ((places**2).sum(), 2 * places.sum(), 2 * places @ np.arange(6))


@pytest.mark.parametrize("kind", [np.int8, np.uint16, np.int32])
@pytest.mark.parametrize("source", [
    "a[0] = x", "a[:] = x", "a[...] = x", "a[:2] = [x, 1]", "a[[0, 2]] = x", "a[[0, 2]] = [x, 1]", "a[a == 0] = x", "a.fill(x)",
    "a[1] += np.int64(x)", "a[1:] = (x, x)", "a[None, 1:2] = x", "a = np.array([x, 1], kind)", "a = np.array([[1, x]], kind)",
    "a = np.full(2, x, kind)", "a[0] = kind(x)", "a[:] = np.array(x)",
])
def test_numbers_of_numpy_stored_in_narrow_arrays(kind, source):
    """Of signed ints they must fit; of unsigned ones the lowest bits are stored. Arrays are cast."""
    space = {"np": np, "kind": kind}
    exec(f"def f(x):\n    a = np.array([5, 6, 7], kind)\n    {source}\n    return a", space)
    wide = [np.int64(v) for v in (3, 200, -3, -200, 2**15, 2**31, 2**32 + 7)]
    all_same(space["f"], [(v,) for v in [*wide, np.uint8(200), np.int32(-40000), np.uint32(2**31), np.True_]])


def test_reciprocals_of_ints_are_cut_off():
    f = make("np.reciprocal(a), np.reciprocal(x), np.reciprocal(a.astype(np.uint8))")
    all_same(f, [(np.array([1, -1, 2, -2, 9], k), np.int64(-3)) for k in (np.int64, np.int32)])
    with pytest.raises(irad.UnsupportedError, match="out of range"):  # what numpy makes of it depends on the processor
        irad.compile(make("np.reciprocal(a)"))(np.array([2, 0]), 0)


def test_medians_of_bools():
    f = make("np.median(a), np.median(a, axis=0), np.nanmedian(a[0])")
    for row in ([True, True], [True, False], [False, False]):
        all_same(f, [(np.array([row, [True, False], [False, True], [True, True]]), 0.0)])


def test_fits_and_spacings_of_narrow_floats():
    """Are computed in the kind that numpy finds for all of their arguments."""
    a, x = np.array([1.5, -2.25, 3.125, 0.1], F), F(3.1)
    for source in ("np.polyfit(np.arange(4), a, 1)", "np.polyfit(a, a * a, 1)", "np.linalg.lstsq(M, a)[0]",
                   "np.linalg.lstsq(M.astype(F), a.astype(float))[0]", "np.linalg.solve(M[:2].astype(F), a[:2].astype(float))"):
        f = make(source.replace("M", "np.vander(np.arange(4.0), 2)"))
        want, found = f(a, x), irad.compile(f)(a, x)
        assert found.dtype == want.dtype
        np.testing.assert_allclose(found, want, rtol=1e-12)
    all_same(make("np.geomspace(1, x, 4), np.geomspace(x, 7, 3), np.geomspace(2, 5, 4), np.geomspace(-2, -x, 3)"), [(a, x)], 2)
    f = make("np.average(np.arange(4), weights=a), np.average(np.arange(4.0), weights=a), np.average(a, weights=[1, 2, 3, 4])")
    all_same(f, [(a, x)], ulps=8)


@pytest.mark.parametrize("kind", ["float32", "float64", "int64", "int32", "bool"])
def test_unwrap_counts_in_the_kind_of_array_and_period(kind):
    a = (np.random.default_rng(1).normal(size=7) * 6).astype(kind)
    for period in (np.int64(6), 6, 6.0, F(6), np.float64(6), np.int32(5), 5):
        all_same(lambda a, period, discont: np.unwrap(a, discont, period=period), [(a, period, d) for d in (None, 2.0, 4)])


def test_trapezoids_over_bools():
    all_same(lambda y, x: np.trapezoid(y, x), [(np.array([1.0, 2.0, 4.0]), np.array([True, False, False]))])
