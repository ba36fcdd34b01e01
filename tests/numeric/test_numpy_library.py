"""numpy's functions that irad has in plain Python: values, dtypes and shapes are numpy's, for arrays in any memory."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import all_same, compiled, outcome, refused, same_as_python
from numeric.numpy_calls import GROUPS, data, function, strided

import irad


def same(e, g, tol):
    """Whether results are of one class, dtype and shape, and agree but for rounding."""
    if isinstance(e, (tuple, list)):
        return type(e) is type(g) and len(e) == len(g) and all(same(x, y, tol) for x, y in zip(e, g))
    if type(e) is not type(g) or np.shape(e) != np.shape(g) or getattr(e, "dtype", 0) != getattr(g, "dtype", 0):
        return False
    return bool(np.allclose(e, g, rtol=tol, atol=tol, equal_nan=True))


def check(calls, given, tol=1e-10):
    f = function(calls)
    expected, got = outcome(f, tuple(given.values()), {}), outcome(compiled(f), tuple(given.values()), {})
    assert isinstance(expected, tuple), expected
    assert isinstance(got, tuple), got
    wrong = [(call, e, g) for call, e, g in zip(calls, expected, got) if not same(e, g, tol)]
    assert not wrong, "\n".join(f"{call}: expected {e!r}, got {g!r}" for call, e, g in wrong)


@pytest.mark.parametrize("group", GROUPS)
def test_values(group):
    check(GROUPS[group], data())


@pytest.mark.parametrize("group", ["sums", "running", "joined", "sorted", "statistics", "fancy", "shapes", "cross"])
def test_values_in_strided_memory(group):
    check(GROUPS[group], strided(data()))


@pytest.mark.parametrize("group", ["sums", "extremes", "running", "joined", "repeated", "products", "chosen", "norms"])
def test_single_precision(group):
    check(GROUPS[group], data(np.float32), tol=2e-5)


def make(source: str):
    space = {"np": np}
    exec(source, space)
    return space["f"]


SCALARS = (2.5, 3, np.float64(1.5), np.float32(2), np.int64(4), np.array(2.5))
ON_SCALARS = (
    "np.sqrt(a), np.asarray(a), np.atleast_1d(a), np.ndim(a), np.shape(a), np.size(a), np.sum(a), np.max(a), np.mean(a)",
    "np.clip(a, 0, 1), np.where(a > 1, a, 0), np.squeeze(a), np.ravel(a), np.array([a, a]), np.any(a), np.all(a > 0), np.copy(a)",
    "np.isclose(a, 2.5), np.allclose(a, 2.5), np.interp(a, [0.0, 5.0], [1.0, 2.0]), np.searchsorted([0.0, 1.0, 5.0], a)",
    "np.cumsum(a), np.full(3, a), np.nan_to_num(a), np.polyval([1.0, 2.0], a), np.linalg.norm(a), np.append([1.0, 2.0], a)",
    "np.argmax(a), np.zeros_like(a), np.full_like(a, 1), np.expand_dims(a, 0), np.transpose(a), np.median(a), np.sinc(a)",
    "np.tile(a, 3), np.outer(a, a), np.dot(a, a), np.real(a), np.fix(a), np.prod(a), np.std(a), np.nanmean(a), np.unique(a)",
    "np.squeeze(a, axis=None), np.transpose(a, None), np.transpose(a, axes=None), np.asarray(a).squeeze(axis=None)",
    "np.linspace(0, a, 3), np.broadcast_to(a, (3,)), np.reshape(a, (1, 1)), np.asarray(a, dtype=float), np.hstack([a, a])",
)


@pytest.mark.parametrize("source", ON_SCALARS)
def test_scalars_and_arrays_of_no_axes(source):
    all_same(make(f"def f(a): return {source}"), [(a,) for a in SCALARS], ulps=4)


def test_results_of_scalars_are_numpy_scalars():
    f = make("def f(a): return np.asarray(a)[()], np.float64(a)[()], np.float64(a)[...], np.float64(a)[None]")
    all_same(f, [(2.5,), (np.float64(-0.0),)])


def test_lists_of_arrays():
    same = make("def f(a): return a.tolist()")
    all_same(same, [(np.arange(3.0),), (np.arange(3),), (np.array([True, False]),), (np.float64(2),)])


def test_fancy_stores():
    v, m = np.arange(6.0) * 1.5 - 3, np.arange(12.0).reshape(3, 4) - 5
    i = np.array([2, 0, -1])
    for statement, cases in {
        "a[i] = x": [(v, i, 5.0), (v, i, np.array([1.0, 2.0, 3.0])), (m, i, np.arange(4.0)), (v, np.array([1, 9]), 5.0),
                     (v, i, np.array([1.0, 2.0])), (m, np.array([True, False, True]), np.arange(4.0)), (v.astype(int), i, 2.7)],
        "a[:, i] = x": [(m, i, np.arange(3.0))],
        "a[i, 1] = x": [(m, i, 5.0), (m, i, np.arange(3.0))],
        "a[a > 0] = x": [(v, i, 9.0), (m, i, 9), (v, i, np.array([1.0, 2.0])), (v, i, np.array([1.0, 2.0, 3.0]))],
        "a[a > 0] *= x": [(v, i, 2.0), (m, i, 2.0)],
        "a[i] += x": [(v, i, 1.0), (v, np.array([0, 0]), 1.0)],
        "a[[0, 1]] = a[[1, 0]]": [(v, i, 0), (m, i, 0)],
        "a[:, None] = x": [(v, i, 2.0)],
        "np.add.at(a, i, x)": [(v, np.array([0, 0, 1]), 1.5)],
        "np.fill_diagonal(a, x); np.put(a, i, x); np.copyto(a, x, where=a > 1)": [(m[:, :3], i, 7.0)],
        "np.exp(a, out=a); np.add(a, x, out=a, where=a > 1); np.clip(a, 0, 2, out=a)": [(v, i, 1.0), (m, i, 1.0)],
        "a.sort(); a.flat[1] = x": [(v, i, 3.0), (m, i, 3.0)],
    }.items():
        all_same(make(f"def f(a, i, x):\n    {statement}\n    return a"), cases, ulps=2)


def test_wrong_indices():
    v, m = np.arange(6.0), np.arange(12.0).reshape(3, 4)
    f = make("def f(a, i): return a[i]")
    all_same(f, [
        (v, np.array([7])), (v, np.array([1.5])), (v, np.array([True, False])), (v, np.array([[0, 1], [2, 3]])),
        (m, np.array([2, 0])),
        (v, np.array(2)), (m, np.array(2)),
    ])
    two = make("def f(a, i, j): return a[i, j]")
    all_same(two, [(m, np.array([0, 1]), np.array([0, 1, 2])), (v, np.array([0]), np.array([0]))])


def test_errors():
    m, w = np.arange(12.0).reshape(3, 4), np.arange(3.0)
    for source in (
        "np.concatenate((m, w))", "np.concatenate((m, m[:, :2]))", "np.stack((w, w[:2]))", "np.cross(m, w)", "np.sum(m, axis=2)",
        "np.swapaxes(m, 0, 5)", "np.transpose(m, (0, 0))", "np.squeeze(m, 0)", "np.linalg.inv(m)", "np.linalg.inv(m[:, :3] * 0)",
        "np.linalg.cholesky(-np.eye(3))", "np.broadcast_to(w, (2, 4))", "np.split(w, 2)", "np.interp(1.0, w, w[:2])",
        "np.max(w[:0])",
        "np.add(w, 1.5, out=np.zeros(3, int))", "np.add(w, 1.5, out=np.zeros(2))", "np.average(w, weights=w * 0)",
        "np.quantile(w, 1.5)",
        "np.linspace(0, 1, -1)", "np.take(w, 5)", "np.bincount(np.array([-1]))", "np.reshape(m, (5, 2))", "np.diff(w, n=-1)",
        "np.polyfit(w, w[:2], 1)", "np.einsum('ij,j', m, m)", "np.searchsorted(w, 1.0, side='up')",
        "np.digitize(w, [1.0, 0.0, 2.0])",
    ):
        same_as_python(make(f"def f(m, w): return {source}"), m, w, text="einsum" not in source)


def test_refusals():
    m = np.arange(12.0).reshape(3, 4)
    for source, words in {
        "np.cross(m[:, :2], m[:, :2])": "two components", "np.squeeze(m[:1])": "squeeze", "np.linalg.lstsq(m, m)": "lstsq",
        "np.linalg.norm(m, 2)": "singular", "np.moveaxis(m, len(m) - 3, 1)": "axis",
        "np.maximum.reduce(m, dtype=np.float32)": "dtype",
        "np.partition(m, 1)": "np.sort",
    }.items():
        refused(make(f"def f(m): return {source}"), m, match=words)


@pytest.mark.parametrize("source", [
    "np.fromiter((x * x for x in v), float), np.fromiter((x for x in v if x > 5), float), np.fromiter(range(3), np.float32)",
    "np.fromiter([1.5], int), np.fromiter([], float), np.fromiter(map(lambda x: x + 1, v), float)",
    "np.fromiter([1], int, count=-1)",
    "np.fromiter([[1.0, 2.0]], float)", "np.fromiter((2**40 for x in v), np.int32)", "np.array([2**40 for x in v], np.int32)",
    "np.lexsort((v, v)), np.lexsort([v, v > 1]), np.lexsort((v[::-1], np.array([1, 1, 0]), v))",
    "np.lexsort((v, v[:2]))", "np.lexsort(np.array([[3, 1, 2], [0, 0, 0]])), np.lexsort((np.array([1, np.nan, -0.0]), v * 0))",
])
def test_from_iterables_and_by_several_keys(source):
    all_same(make(f"def f(v): return {source}"), [(np.array([3.0, 1.0, 2.0]),)])


def test_insert_at_several_places():
    v = np.arange(4.0)
    for source in (
        "np.insert(v, [0, 1], 9.0)", "np.insert(v, [2, 2, 0], [7, 8, 9])", "np.insert(v, [-1, 1], [7, 8])",
        "np.insert(v, [3], [7, 8])", "np.insert(v, [1, 9], 7)", "np.insert(v, [1, 2], [1, 2, 3])",
        "np.insert(v.reshape(2, 2), np.array([4, 0, 4]), v[:3])",
    ):
        all_same(make(f"def f(v): return {source}"), [(v,), (v.astype(np.int32),)])


def sum_of_polynomials(x):
    p = np.poly1d(1.0)
    for _ in range(3):
        p = p + np.poly1d([x, 1.0])
    return p(2.0), np.poly1d(2.0).coeffs * x


def test_polynomials_that_are_objects():
    same_as_python(sum_of_polynomials, 1.5)
    assert irad.grad(lambda x: sum_of_polynomials(x)[0])(1.5) == 6.0


def test_questions_about_dtypes_with_options():
    same_as_python(lambda a: np.can_cast(np.float64, a.dtype, casting="same_kind"), np.ones(2, np.float32))


def test_unique_in_an_order_of_numpys_own_is_refused():
    """It was sorted; numpy's is that of its hash table."""
    with pytest.raises(irad.UnsupportedError, match="np.unique in the order of numpy's own table"):
        irad.compile(lambda a: np.unique(a, sorted=False))(np.array([3, 1, 2]))
    same_as_python(lambda a: np.unique(a, return_counts=True), np.array([3, 1, 3]))
