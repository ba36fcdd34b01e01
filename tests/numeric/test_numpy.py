"""numpy functions on scalars and arrays. Where numpy has vector code or sums in pairs of its own, an ulp or two are allowed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python

import irad

UNARY = (
    "sin", "cos", "tan", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "arcsin", "arccos",
    "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "fabs", "rint", "floor", "ceil", "trunc", "sign", "square",
    "reciprocal", "deg2rad", "rad2deg", "radians", "degrees", "isnan", "isinf", "isfinite", "signbit", "logical_not",
    "negative", "positive", "absolute", "abs",
)
X = (0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.5, 30.0, -3.7, 1e-300, 1e300, 800.0, np.inf, -np.inf, np.nan)
BINARY = (
    "arctan2", "hypot", "copysign", "nextafter", "maximum", "minimum", "fmax", "fmin", "logaddexp", "add", "subtract",
    "multiply", "divide", "true_divide", "floor_divide", "remainder", "mod", "power", "float_power", "fmod", "equal", "not_equal",
    "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or", "logical_xor",
)
Y = (0.0, -0.0, 1.0, -2.5, 3.0, 1e300, np.inf, -np.inf, np.nan)


def make(source: str):
    space = {"np": np}
    exec(source, space)
    return space["f"]


@pytest.mark.parametrize("name", UNARY)
def test_unary(name):
    f = make(f"def f(x): return np.{name}(x)")
    all_same(f, [(c(x),) for x in X for c in (float, np.float64)], ulps=4)
    all_same(f, [(np.float32(x),) for x in X[:9]], ulps=4)
    arrays = (np.array(X), np.array(X[:8], np.float32), np.array(X[::2])[::2], np.array(X[:12]).reshape(3, 4).T)
    all_same(f, [(a,) for a in arrays], ulps=4)
    if name not in ("reciprocal",):
        all_same(f, [(3,), (np.int64(0),), (np.int32(2),), (np.array([0, 1, 2, 5]),), (np.array([1, 2], np.int32),)], ulps=4)


@pytest.mark.parametrize("name", BINARY)
def test_binary(name):
    f = make(f"def f(x, y): return np.{name}(x, y)")
    # of two zeros numpy's maximum takes the second or the larger one, as the processor likes
    all_same(f, [(x, y) for x in Y for y in Y if x or y or name not in ("maximum", "minimum", "fmax", "fmin")], ulps=4)
    all_same(f, [(np.float32(2.5), 1.5), (np.float32(2.5), np.float64(-1.5)), (2, 3.5)], ulps=4)
    grid = np.array([[x, y] for x in Y[:6] for y in Y[2:5]])
    all_same(f, [
        (grid[:, 0], grid[:, 1]), (grid[:, 0], 2.0), (1.5, grid[:, 1]), (grid[:3].T, grid[0, 0]),
        (grid.astype(np.float32), np.float32(1.5)),
    ], ulps=4)
    if name not in ("arctan2", "hypot", "copysign", "nextafter", "logaddexp", "float_power"):
        all_same(f, [(7, 2), (np.int64(-7), 2), (np.array([7, -7, 5]), np.array([2, 3, 2])), (np.array([7, -7, 5], np.int32), 3)])


INTS = ("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift")


@pytest.mark.parametrize("name", INTS)
def test_integer_functions(name):
    f = make(f"def f(x, y): return np.{name}(x, y), np.invert(x)")
    all_same(f, [(7, 2), (np.int64(-7), 2), (np.array([7, -7, 5]), np.array([2, 3, 2])), (np.array([7, -7, 5], np.int32), 3)])


def test_int_division_by_zero():
    f = make("def f(x, y): return x // y, x % y, np.floor_divide(x, y), np.remainder(x, y)")
    all_same(f, [(np.array([7, -7, 0]), np.array([0, 0, 0])), (np.int64(5), np.int64(0)), (np.array([1, 2], np.int32), 0)])
    same_as_python(make("def f(x, n): return x ** n"), np.array([1, 2]), -1)


DATA = [
    np.array([3.5, -1.25, 2.0, 8.0, -4.5, 2.0]), np.array([[3.5, -1.25, 2.0], [8.0, -4.5, 2.0]]),
    np.arange(24.0).reshape(2, 3, 4) % 7 - 3, np.array([5, -2, 9, 9, 0]), np.array([[1, 2, 3], [6, 5, 4]], np.int32),
    np.array([1.5, 2.25], np.float32), np.array([True, False, True]),
    np.asfortranarray(np.array([[3.5, -1.25, 2.0], [8.0, -4.5, 2.0]])), np.arange(12.0).reshape(3, 4)[::2, ::-1],
    np.array([7.0]), np.array([1.0, np.nan, 2.0]),
]
REDUCTIONS = ("sum", "prod", "mean", "max", "min", "argmax", "argmin", "any", "all")


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    f = make(f"def f(a): return np.{name}(a), a.{name}()")
    all_same(f, [(a,) for a in DATA], ulps=2)
    for axis in (0, 1, 2, -1, -2):
        g = make(f"def f(a): return np.{name}(a, axis={axis}), a.{name}({axis})")
        all_same(g, [(a,) for a in DATA if -a.ndim <= axis < a.ndim], ulps=2)
    all_same(make(f"def f(a): return np.{name}(a, axis=3)"), [(DATA[0],), (DATA[1],)])


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_of_nothing(name):
    all_same(make(f"def f(a): return np.{name}(a)"), [(np.zeros(0),), (np.zeros((0, 3)),), (np.zeros(0, np.int64),)])
    all_same(make(f"def f(a): return np.{name}(a, axis=0)"), [(np.zeros((0, 2)),), (np.zeros((2, 0)),)])


def test_more_reductions():
    f = make("def f(a): return np.var(a), np.std(a), a.var(), a.std(), np.var(a, ddof=1), np.linalg.norm(a)")
    all_same(f, [(a,) for a in DATA[:3]], ulps=8)
    all_same(make("def f(a): return np.sum(a, axis=0, keepdims=False)"), [(DATA[1],)])
    all_same(make("def f(a): return np.cumsum(a), a.cumsum()"), [(DATA[0],), (DATA[3],), (DATA[5],), (DATA[1],)], ulps=2)
    all_same(make("def f(a): return np.trace(a), a.trace()"), [(DATA[1],), (DATA[4],)])
    f = make("def f(a, b): return np.sum((a, b)), np.max([a, b]), np.mean((a, b, 1.0)), np.argmax([a, b])")
    all_same(f, [(1.5, 2.5), (3, 4)])
    all_same(make("def f(a): return np.sum(a), np.max(a), np.any(a), np.mean(a)"), [(2.5,), (3,), (np.float64(0),)])


@pytest.mark.parametrize("source", ["a @ b", "np.dot(a, b)", "a.dot(b)", "np.matmul(a, b)"])
def test_products(source):
    f = make(f"def f(a, b): return {source}")
    v, w, m = np.array([1.5, -2.0, 3.25]), np.array([0.5, 4.0, -1.0]), np.arange(6.0).reshape(2, 3) - 2
    n = np.arange(12.0).reshape(3, 4) * 0.5
    cases = [
        (v, w), (m, v), (v, n), (m, n), (m, n[:, ::2]), (m[:, ::-1], v[::-1]), (np.asfortranarray(m), n), (v[:0], w[:0]),
        (m[:0], n), (m.T, m), (np.arange(3), np.arange(3)), (v.astype(np.float32), w.astype(np.float32)),
        (np.arange(6).reshape(2, 3), v), (m > 0, np.arange(3)),
    ]
    all_same(f, cases, ulps=4)
    all_same(f, [(v, m), (m, m), (v, w[:2]), (m, w[:2])])


def test_dot_with_scalars():
    all_same(make("def f(a, b): return np.dot(a, b)"), [(2.0, 3.0), (np.array([1.0, 2.0]), 3.0), (2, np.array([1.0, 2.0]))])
    same_as_python(make("def f(a, b): return a @ b"), np.array([1.0]), 2.0)
    f = make("def f(a, b): return np.outer(a, b), np.vdot(a, b), np.inner(a, b)")
    same_as_python(f, np.array([1.0, 2.0]), np.array([3.0, 4.0]))


def test_where_and_clip():
    a, b = np.array([1.0, -2.0, 3.0]), np.array([0.5, 5.0, -1.0])
    f = make(
        "def f(a, b): return np.where(a > b, a, b), np.where(a > 0, 1, 0), np.where(a > 0, a, 0.0), np.where(b, 1.5, a), "
        "np.where(a > 0, True, False)"
    )
    all_same(f, [
        (a, b), (a, 0.5), (a.astype(np.float32), b.astype(np.float32)), (np.array([1, 0, 2]), np.array([3, 0, 1])),
        (np.array([[1.0], [-1.0]]), b),
    ])
    all_same(make("def f(x, y): return np.where(x > y, x, y), np.where(x > y, 1, 2.5)"), [(1.0, 2.0), (np.float64(3), 1.0)])
    g = make(
        "def f(a): return np.clip(a, -1, 2), np.clip(a, 0.5, None), np.clip(a, None, 1.5), a.clip(-0.5, 0.5), "
        "np.clip(a, a_min=0, a_max=1)"
    )
    all_same(g, [(a,), (a.astype(np.float32),)])
    all_same(make("def f(a): return np.clip(a, -1, 2), np.clip(a, None, 1)"), [
        (1.5,), (np.array([5, -5, 1]),), (-3,), (np.float32(7),), (np.array([5, -5, 1], np.int32),), (float("nan"),),
    ])


def test_scalar_methods_and_attributes():
    f = make(
        "def f(x): return x.item(), x.real, x.shape, x.ndim, x.dtype == np.float64, x.astype(np.float32), x.copy(), x.sum(), "
        "x.max()"
    )
    all_same(f, [(np.float64(2.5),)])
    all_same(make("def f(a): return a.item(), a.dtype == np.float64, a.itemsize, a.nbytes"), [(np.array([2.5]),), (np.array(3),)])
    all_same(make("def f(a, i): return a.item(i)"), [(np.array([2.5, 3.5]), 1)])
    all_same(make("def f(x): return np.pi * x, np.e, np.inf, np.nan, np.finfo(float).eps, np.isscalar(x)"), [(2.0,)])


def test_fill_and_method_forms():
    all_same(make("def f(a):\n a.fill(3)\n return a"), [(np.zeros(3),), (np.zeros((2, 2), np.int64),), (np.zeros(2, bool),)])


@pytest.mark.parametrize("source", [
    "np.sum(a, dtype=complex)", "np.sin(a, order='F')", "np.zeros(3, like=a)", "np.random.rand()", "np.array(a, dtype=object)",
    "np.var(a, mean=a)", "np.linalg.svd(a[:, None] * a)",
])
def test_refused(source):
    refused(make(f"def f(a): return {source}"), np.ones(3))


def test_python_scalars_take_the_kind_of_numpys():
    """Also of arrays of no axes, whichever comes first."""
    f = make("def f(a): return 2.5 * a, a / 3, 1.5 - a, 2.0 ** a, np.multiply(2.5, a), np.add(1, a), np.maximum(1, a)")
    all_same(f, [(np.array(2.0, np.float32),), (np.array([2.0], np.float32),), (np.float32(2),), (np.array(3),), (np.int64(3),)])


def test_numpy_ints_of_numbers() -> None:
    """np.int32(x): what does not fit is Python's error; of a numpy float irad's, where numpy gives what the machine gives."""
    for cls in (np.int64, np.int32):
        f = make(f"def f(x):\n return np.{cls.__name__}(x)")
        numbers = (2.5, -1.5, 3e8, math.nan, math.inf, np.float64(-7.9), 5, np.int64(300), np.int64(2**40), True)
        all_same(f, [(x,) for x in numbers])
    same_as_python(make("def f(x):\n return np.int32(x)"), 3e9)
    same_as_python(make("def f(x):\n return np.int32(x)"), 3 * 10**9)
    for x in (math.nan, 2.0**63, -1e300):
        with pytest.raises(irad.UnsupportedError, match="nan or a number that is out of range"):
            irad.compile(make("def f(x):\n return np.int64(x)"))(np.float64(x))


def test_ufuncs_of_numbers_of_several_kinds() -> None:
    """A number that is a float or a float32, an int or a float: the result has the type that CPython's has."""
    d = np.array([0.3, 1.7], np.float32)
    for text in ("np.hypot(x, 0.5)", "np.maximum(x, 0.1)", "np.sqrt(x)", "np.abs(x)", "np.sum(x)", "np.square(x)", "a * x",
                 "x - b", "np.where(a > 0, b, x)", "np.clip(x, 0.1, 0.2)"):
        for first in (0.3, np.float64(0.3)):
            end = f" r = {text}\n return float(np.sum(r)), r.dtype == np.float32"
            f = make(f"def f(x, d, n, a, b):\n if n > 2:\n  x = d[0]\n{end}")
            try:
                irad.compile(f)(first, d, 1, np.ones(2), d)
            except irad.TypingError as error:  # arrays of several types at one place
                assert "would hold float32[:] and float64[:]" in str(error)
                continue
            all_same(f, [(first, d, n, np.ones(2), d) for n in (1, 3)])
    f = make("def f(x, n):\n if n > 2:\n  x = 3\n return np.abs(x), np.sign(x)")
    all_same(f, [(-0.5, 1), (-0.5, 3)])
