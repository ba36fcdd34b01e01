"""The math module: values bit for bit, derivatives, and its errors."""

from __future__ import annotations

import math
import struct
import sys

import numpy as np
import pytest
from numeric.harness import all_same, same_as_python

import irad

INF, NAN = math.inf, math.nan
X = (0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, 2.0, -2.0, 3.7, 10.0, -10.5, 30.0, 171.5, 172.0, 200.5, -200.5, 710.0, 1000.0, 1e-10,
     1e-300, 5e-324, 1e16, 1e300, -1e300, 1.7976931348623157e308, INF, -INF, NAN, 0.9999999999999999, 25.0, -3.0)
UNARY = ("sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan",
         "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "cbrt", "erf", "erfc", "fabs", "degrees", "radians", "isnan", "isinf",
         "isfinite", "modf", "frexp", "ulp")


def make(source: str):
    space = {"math": math, "np": np}
    exec(source, space)
    return space["f"]


@pytest.mark.parametrize("name", UNARY)
def test_unary(name):
    f = make(f"def f(x): return math.{name}(x)")
    all_same(f, [(x,) for x in X])
    all_same(f, [(2,), (0,), (True,), (np.float64(0.25),), (np.float32(0.5),), (np.int64(1),)])


@pytest.mark.parametrize("name", ("gamma", "lgamma"))
def test_gamma(name):
    f = make(f"def f(x): return math.{name}(x)")
    all_same(f, [(x,) for x in X])


@pytest.mark.parametrize("name", ("floor", "ceil", "trunc"))
def test_to_int(name):
    f = make(f"def f(x): return math.{name}(x)")
    all_same(f, [(x,) for x in X if not 2.0**63 <= abs(x) < INF])
    all_same(f, [(3,), (True,), (np.float64(2.5),), (np.int64(7),), (np.float32(-1.5),)])


Y = (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -2.5, 3.0, 1e300, -1e-300, 400.0, INF, -INF, NAN)


@pytest.mark.parametrize("name", ("pow", "atan2", "copysign", "fmod", "remainder", "nextafter", "log"))
def test_binary(name):
    f = make(f"def f(x, y): return math.{name}(x, y)")
    all_same(f, [(x, y) for x in Y for y in Y])
    all_same(f, [(3, 2), (2.5, True), (np.float64(1.5), 2)])


def test_hypot_and_dist():
    all_same(make("def f(x, y): return math.hypot(x, y)"), [(x, y) for x in Y for y in Y])
    f = make("def f(x, y): return math.hypot(x, y, 2.0), math.hypot(x), math.hypot()")
    all_same(f, [(3.0, 4.0), (1e200, 1e200), (0.0, 1e-200), (INF, NAN)])
    f = make("def f(x, y): return math.dist((x, y), (1.0, 2.5)), math.dist([x], [y])")
    all_same(f, [(3.0, 4.0), (1e200, 1e200), (1.0, 2.5)])
    same_as_python(make("def f(x): return math.dist((x, 1.0), (1.0,))"), 1.0)


def test_ldexp():
    f = make("def f(x, n): return math.ldexp(x, n)")
    exponents = (-2000, -1074, -3, 0, 5, 1023, 5000, 2**40)
    all_same(f, [(x, n) for x in (0.0, -0.0, 1.0, -1.5, 5e-324, 1e308, INF, NAN) for n in exponents])


INTS = (-5, -1, 0, 1, 2, 3, 7, 12, 20, 25, 48, 360)


@pytest.mark.parametrize("name", ("gcd", "lcm", "comb", "perm"))
def test_two_ints(name):
    f = make(f"def f(a, b): return math.{name}(a, b)")
    all_same(f, [(a, b) for a in INTS for b in INTS if abs(a) < 25])


@pytest.mark.parametrize("name", ("isqrt", "factorial", "perm"))
def test_one_int(name):
    f = make(f"def f(a): return math.{name}(a)")
    all_same(f, [(n,) for n in (*(i for i in INTS if i <= 20), True)])
    if name == "isqrt":
        all_same(f, [(n,) for n in (10**6, 10**12 - 1, 10**18, 2**62, 2**63 - 1, 3037000499**2, 3037000499**2 - 1)])


def test_int_functions_refuse_floats():
    for name in ("gcd", "isqrt", "factorial", "comb"):
        n = 2 if name in ("gcd", "comb") else 1
        args = ", ".join(["x"] * n)
        with pytest.raises(TypeError):
            import irad

            irad.compile(make(f"def f(x): return math.{name}({args})"))(1.5)


def test_many_arguments():
    f = make("def f(a, b, c): return math.gcd(a, b, c), math.lcm(a, b, c), math.gcd(), math.lcm(), math.gcd(a), math.lcm(b)")
    all_same(f, [(12, 18, 30), (0, 5, -10), (7, 7, 7)])


def test_isclose():
    f = make("def f(a, b): return math.isclose(a, b), math.isclose(a, b, rel_tol=1e-3), math.isclose(a, b, abs_tol=0.5)")
    others = (0.0, 1.0, 0.4, INF, -INF, NAN, 1e300)
    all_same(f, [(a, b) for a in (0.0, 1.0, 1.0000000001, 1.0005, 1e300, INF, NAN) for b in others])
    same_as_python(make("def f(a, t): return math.isclose(a, a, rel_tol=t)"), 1.0, -1.0)


def test_sums_and_products():
    f = make("def f(a, b, n): return math.prod((a, b, n)), math.prod([a, n], start=2), math.prod(()), math.prod((n, n))")
    all_same(f, [(1.5, 2.0, 3), (0.0, INF, 1), (2, 3, 4)])
    g = make("def f(v): return math.prod(v)")
    same_as_python(g, np.array([1.5, 2.0]))
    if sys.version_info >= (3, 12):
        all_same(make("def f(a, b): return math.sumprod((a, b, 1.0), (b, a, 0.5))"), [(1.5, 2.0), (1e16, 1.0)])


def test_constants():
    same_as_python(make("def f(x): return x * math.pi + math.e - math.tau, math.inf, math.nan"), 2.0)


@pytest.mark.parametrize("source", [
    "math.sin('a')", "math.sin(None)", "math.sin()", "math.sin(x, x)", "math.sqrt((x, x))", "math.atan2(x)", "math.pow(x, None)",
])
def test_type_errors(source):
    same_as_python(make(f"def f(x): return {source}"), 1.0)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="math.fma is new in 3.13")
def test_fma():
    f = make("def f(x, y, z): return math.fma(x, y, z)")
    all_same(f, [(x, y, z) for x in Y for y in Y[2:9] for z in (0.0, 1.0, -1e300, INF, NAN)])


def test_random_bits():
    """A thousand random arguments each: the very bits of CPython."""
    rng = np.random.default_rng(0)
    names = ("exp", "log", "sin", "cos", "tan", "asinh", "atan", "tanh", "cbrt", "erf", "sqrt", "log1p", "expm1")
    f = make("def f(x): return (" + ", ".join(f"math.{n}(x)" for n in names) + ", x ** 1.7, x ** 3, 2.0 ** x)")
    all_same(f, [(float(x),) for x in 10.0 ** rng.uniform(-3, 2.5, 1000)])


def test_fsum():
    whole = make("def f(a): return math.fsum(a)")
    rng = np.random.default_rng(0)
    scaled = rng.normal(size=(20, 9)) * 10.0 ** rng.integers(-200, 200, 20)[:, None]
    cases = [np.concatenate([v, -v[::2], [0.0, -0.0, 1e16, 1e-16]]) for v in scaled]
    special = [np.array(v) for v in ([], [-0.0], [INF, 1.0], [INF, -INF], [NAN], [1e308, 1e308, -1e308])]
    all_same(whole, [(a,) for a in (*cases, *special)])
    all_same(make("def f(x, y): return math.fsum((x, y, 0.1))"), [(0.1, 0.1), (1e100, -1e100)])
    gradient = irad.grad(whole)
    for a in cases:
        assert gradient(a).tolist() == [1.0] * len(a)


# -- what CPython computes more exactly than its formula says: the derivative is the formula's ---------------------


def test_derivatives_of_exact_sums():
    x = (3.0, -4.0, 12.0, 0.5)
    length = math.hypot(*x)
    slopes = irad.grad(lambda a, b, c, d: math.hypot(a, b, c, d), (0, 1, 2, 3))(*x)
    assert all(math.isclose(s, v / length, rel_tol=1e-14) for s, v in zip(slopes, x))
    assert irad.grad(lambda a, b: math.hypot(a, b), (0, 1))(0.0, 0.0) == (0.0, 0.0)
    assert math.isclose(irad.grad(irad.grad(lambda a: math.hypot(a, 4.0, 12.0)))(3.0), (13.0**2 - 9.0) / 13.0**3, rel_tol=1e-13)
    slope = irad.grad(lambda a, b: math.dist((a, 1.0), (b, 5.0)), (0, 1))(4.0, 1.0)
    assert np.allclose(slope, (0.6, -0.6), rtol=1e-14)
    points = np.array([4.0, 1.0]), np.array([1.0, 5.0])
    assert np.allclose(irad.grad(lambda p, q: math.dist(p, q), (0, 1))(*points), ((0.6, -0.8), (-0.6, 0.8)), rtol=1e-14)
    if hasattr(math, "sumprod"):
        assert irad.grad(lambda a, b: math.sumprod((a, b, 2.0), (b, 3.0, a)), (0, 1))(5.0, 7.0) == (9.0, 8.0)


def test_derivatives_of_gamma_at_whole_numbers():
    euler = 0.5772156649015329
    assert math.isclose(irad.grad(lambda x: math.gamma(x))(1.0), -euler, rel_tol=1e-10)
    assert math.isclose(irad.grad(lambda x: math.gamma(x))(3.0), 2 * (1.5 - euler), rel_tol=1e-10)
    assert math.isclose(irad.grad(lambda x: math.lgamma(x))(1.0), -euler, rel_tol=1e-10)
    assert math.isclose(irad.grad(lambda x: math.lgamma(x))(2.0), 1 - euler, rel_tol=1e-10)


def test_frexp_has_a_derivative():
    assert irad.grad(lambda x: math.frexp(x)[0])(12.0) == 1 / 16
    same_as_python(lambda x: math.frexp(x), 5e-324)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="new in 3.12")
def test_nextafter_with_steps():
    f = make("def f(x, y, n): "
             "return math.nextafter(x, y, steps=n), math.nextafter(x, y, steps=None), math.nextafter(x, 2.0, steps=5)")
    xs, ys = (1.0, 0.0, -5e-324, -3.5e-323, 3.5e-323, INF, NAN), (2.0, 0.0, -0.0, -1.0, NAN)
    all_same(f, [(x, y, n) for x in xs for y in ys for n in (0, 1, 7, -1)])


def test_the_sign_of_a_remainder_of_zero():
    f = make("def f(x, y): return math.remainder(x, y), math.remainder(-x, y), math.remainder(x, -y)")
    all_same(f, [(2.071617864887515e-274, 3.66e-322), (9.012516032709487e-272, 6e-323), (6.0, 3.0), (0.0, 1.0)])


def test_comparisons_where_ints_are_larger_than_floats_hold():
    f = make("def f(n, x): return n < x, n <= x, n == x, n != x, n > x, n >= x, x < n, x == n")
    floats = (2.0**63, -(2.0**63), 2.0**53, 2.0**62, INF, NAN)
    all_same(f, [(n, x) for n in (2**63 - 1, 2**63 - 2, -(2**63), 2**53 + 1) for x in floats])


def test_pow_is_libms():
    signalling = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000001))[0]
    same_as_python(make("def f(x, y, z): return x ** z, y ** x, math.pow(x, z), math.pow(y, x)"), signalling, 1.0, 0.0)
    f = make("def f(x): return x ** -1, math.pow(x, 2), x ** 3, math.pow(x, -1)")
    all_same(f, [(x,) for x in (0.49999999999999994, -93970967166.25854, 19.45643656464621, 0.11927652055548833, 1e-200, 3.0)])


def test_derivatives_near_the_ends_of_the_range():
    for source, points in {
        "gamma(x)": {150.0: 1.907241168474365e261, 170.9: 2.2306375843861937e307, -150.3: -1.101891694952797e-262},
        "asinh(x)": {1e200: 1e-200, -1e300: 1e-300, 2e9: 5e-10, 0.5: 0.8944271909999159},
        "acosh(x)": {1e200: 1e-200, 1.5: 0.8944271909999159},
    }.items():
        f = irad.grad(make(f"def f(x): return math.{source}"))
        for x, expected in points.items():
            assert math.isclose(f(x), expected, rel_tol=1e-9), (source, x)
