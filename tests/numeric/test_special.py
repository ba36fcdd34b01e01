"""scipy.special: the bits of scipy, and derivatives against extrapolated differences, by every argument that has one."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from numeric.harness import all_same, compiled, refused  # noqa: E402
from scipy import special  # noqa: E402

import irad  # noqa: E402
from irad.lib.slopes import SLOPES  # noqa: E402
from irad.ops import OPS  # noqa: E402
from irad.ops.special import ROW  # noqa: E402
from irad.ops.table import unknown, zero  # noqa: E402

NAMES = sorted(name.removeprefix(ROW) for name, row in OPS.items() if row.foreign and row.place is None)
UNIT = {"erfinv": (-0.9, 0.9), "erfcinv": (0.1, 1.9), "ndtri_exp": (-3.0, -0.1), "ellipk": (-1.0, 0.9), "ellipe": (-1.0, 0.9)}
LAST_IN_UNIT = {"ndtri", "logit", "ellipkm1", "gammaincinv", "gammainccinv", "betainc", "betaincc", "betaincinv",
                "betainccinv", "stdtrit", "stdtridf", "ncfdtri", "nctdtrit", "lpmv",
                "chdtri", "fdtri", "hyp2f1", "ellipkinc", "ellipeinc"}
SIGNED = {"erf", "erfc", "erfcx", "erfi", "dawsn", "ndtr", "log_ndtr", "expit", "gamma", "gammaln", "psi", "j0", "j1",
          "i0e", "i1e"}
COUNTS = {"kn", "yn", "expn", "pdtr", "pdtrc", "lpmv"}  # whose first argument is an int


def points(name, arity):
    rng = np.random.default_rng(sum(map(ord, name)))
    for k in range(3):
        low, high = UNIT.get(name, (-2.4, 2.4) if name in SIGNED else (0.2, 2.4))
        x = [float(rng.uniform(low, high)) for _ in range(arity)]
        if name in LAST_IN_UNIT:
            x[-1] = float(rng.uniform(0.1, 0.9))
        if name in COUNTS:
            x[0] = float(k + 1)
        yield x


def slope(f, x, i):
    """A central difference, extrapolated, and its error."""
    rows, best = [], (np.inf, np.nan)
    for k in range(7):
        step = 1e-2 * max(abs(x[i]), 0.1) / 2**k
        at = [[v + side * step * (j == i) for j, v in enumerate(x)] for side in (1, -1)]
        row = [(f(*at[0]) - f(*at[1])) / (2 * step)]
        for j in range(k):
            row.append((4 ** (j + 1) * row[j] - rows[-1][j]) / (4 ** (j + 1) - 1))
        if k:
            best = min(best, (abs(row[-1] - rows[-1][-1]), row[-1]))
        rows.append(row)
    return best


def caller(name, arity):
    args = ", ".join(f"x{i}" for i in range(arity))
    return eval(f"lambda {args}: f({args})", {"f": getattr(special, name)})


@pytest.mark.parametrize("name", NAMES)
def test_function(name):
    rules = OPS[ROW + name].d
    f = caller(name, len(rules))
    all_same(f, map(tuple, points(name, len(rules))))
    for i, rule in enumerate(rules):
        gradient = irad.grad(f, argnums=i)
        for x in points(name, len(rules)):
            if rule is unknown and i not in SLOPES.get(name, {}):
                with pytest.raises(irad.DifferentiationError, match=f"of scipy.special.{name} by its argument number {i}"):
                    gradient(*x)
            elif rule is not zero:
                error, expected = slope(f, x, i)
                assert abs(gradient(*x) - expected) <= 1e-7 * abs(expected) + 10 * error + 1e-10, (x, i)


SEVERAL = {"sici": 1, "shichi": 1, "fresnel": 1, "airy": 1, "ellipj": 2}


@pytest.mark.parametrize("name", SEVERAL)
def test_functions_that_give_several_numbers(name):
    arity = SEVERAL[name]
    f = caller(name, arity)
    at = [(0.7, 0.3), (1.9, 0.8), (-0.4, 0.5)] if arity == 2 else [(0.7,), (2.3,), (0.01,)]
    all_same(f, at)
    all_same(f, [(np.array([0.3, 1.5]), 0.4)[:arity]])
    for k in range(getattr(special, name).nout):
        one = lambda *x, k=k: f(*x)[k]
        for i in range(arity):
            for x in at:
                error, expected = slope(one, list(x), i)
                assert abs(irad.grad(one, argnums=i)(*x) - expected) <= 1e-7 * abs(expected) + 10 * error + 1e-10, (k, x, i)


@pytest.mark.parametrize("name", ["spherical_jn", "spherical_yn", "spherical_in"])
def test_spherical_bessel_functions(name):
    function = getattr(special, name)
    for n in (0, 1, 4):
        for derivative in (False, True):
            f = lambda x: function(n, x, derivative)  # noqa: B023
            for x in (0.7, 5.3, -1.2, *((0.0,) if name[-2] in "ji" else ())):
                value, found = irad.value_and_grad(f)(x)
                assert value == pytest.approx(f(x), rel=2e-13, abs=1e-15), (n, x)
                if x:
                    error, expected = slope(f, [x], 0)
                    assert abs(found - expected) <= 1e-7 * abs(expected) + 10 * error + 1e-10, (n, x, derivative)
    np.testing.assert_allclose(irad.compile(lambda v: function(np.arange(3), v))(0.5), function(np.arange(3), 0.5), rtol=1e-13)


def test_arrays_and_types():
    v = np.array([0.3, 1.7, 2.2])
    all_same(lambda v, x: (special.gammaln(v), special.jv(2, v), special.xlogy(v, x), special.erf(np.arange(3))),
             [(v, 0.5)])
    all_same(lambda v: special.erf(v, out=v), [v])
    all_same(lambda v: special.expit(v), [v.astype(np.float32), np.float32(0.5), 2, True], ulps=1)  # rounded from float64
    assert compiled(lambda x: special.digamma(x))(0.5) == special.psi(0.5)


def test_edges():
    edges = [0.0, -0.0, 1.0, -1.0, -2.0, 5e-324, 1e300, np.inf, -np.inf, np.nan]
    for name in ("erf", "gamma", "gammaln", "psi", "expit", "logit", "ndtri", "y0", "entr", "log_ndtr"):
        all_same(caller(name, 1), edges)
    all_same(caller("xlogy", 2), [(x, y) for x in edges for y in edges])


def test_higher_derivatives():
    expected = special.polygamma(1, np.array([0.01, 0.3, 1.0, 5.0, 30.0, -0.5, -3.7]))
    found = [irad.grad(lambda x: special.psi(x))(x) for x in (0.01, 0.3, 1.0, 5.0, 30.0, -0.5, -3.7)]
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    hessian = irad.hessian(lambda v: np.sum(special.gammaln(v)))(np.array([1.3, 2.4]))
    np.testing.assert_allclose(hessian, np.diag(special.polygamma(1, [1.3, 2.4])), rtol=1e-13)


@pytest.mark.parametrize("f, x, expected", [
    (special.exprel, 1e-300, 0.5), (special.exprel, 1e-16, 0.5), (special.exprel, 0.0, 0.5), (special.exprel, 1.0, 1.0),
    (special.log_ndtr, -1e10, 1e10), (special.log_ndtr, -1e5, 100000.00000999999999),
    (special.log_ndtr, 1e10, 0.0), (special.ndtri_exp, -1e20, 1.0 / 2**0.5 * 1e-10),
    (special.rgamma, 0.0, 1.0), (special.rgamma, -1.0, -1.0), (special.rgamma, -2.0, 2.0), (special.rgamma, -4.0, 24.0),
    (lambda y: special.boxcox(0.0, y), 2.0, 0.25), (lambda y: special.boxcox(2.0, y), 1e-17, 0.5 * np.log(2.0) ** 2),
    (lambda y: special.boxcox1p(-1.0, y), 2.0, 0.25), (lambda y: special.powm1(0.0, y), 2.0, 0.0),
    (lambda x: special.powm1(x, 3.0), -2.0, 12.0), (special.berp, 0.0, 0.0), (special.beip, 0.0, 0.5),
    (lambda x: special.lpmv(0, 3.0, x), 1.0, 6.0), (lambda x: special.lpmv(0, 2.0, x), -1.0, -3.0),
    (lambda y: special.rel_entr(0.0, y), 0.0, 0.0), (lambda d: special.pseudo_huber(d, 3.0), 0.0, 3.0),
    (lambda m: special.ellipj(0.7, m)[3], 0.0, -(0.7 - np.sin(0.7) * np.cos(0.7)) / 4.0),
    (lambda m: special.ellipj(0.7, m)[3], 1.0, -(np.sinh(0.7) - 0.7 / np.cosh(0.7)) / 4.0),
    (lambda df: special.stdtr(df, -1e-8), 3.0, -9.732981649988488e-11), (lambda df: special.stdtr(df, 1e-200), 3.0, 0.0),
    (lambda m: special.fdtr(m, 1.0, 1e17), 3.0, -6.1556780877174737e-11),
])
def test_places_where_a_formula_has_a_gap_or_loses_its_digits(f, x, expected):
    assert irad.grad(f)(x) == pytest.approx(expected, rel=1e-12, abs=1e-300)
    assert irad.jvp(f, (x,), (1.0,))[1] == pytest.approx(expected, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("f, x, expected", [
    (special.exprel, 0.0, 1.0 / 3.0), (special.exprel, 1e-10, 1.0 / 3.0), (special.rgamma, 0.0, 2.0 * np.euler_gamma),
    (special.rgamma, -1.0, 2.0 * (1.0 - np.euler_gamma)),
    (special.j1, 1e-300, 0.0), (special.i1, 1e-300, 0.0), (special.bei, 0.0, 0.5),
    (special.i1e, 1e-300, -1.0),
    (lambda x: special.gammainc(2.0, x), 0.0, 1.0), (lambda x: special.gammainc(3.0, x), 0.0, 0.0),
    (lambda x: special.gammaincc(1.0, x), 0.0, 1.0), (lambda x: special.betainc(2.0, 3.0, x), 0.0, 12.0),
    (lambda x: special.betainc(1.5, 2.0, x), 1.0, -3.75), (lambda x: special.betainc(1.0, 2.0, x), 0.0, -2.0),
    (lambda x: special.lpmv(0, 3, x), 1.0, 15.0), (lambda x: special.lpmv(0, 3, x), -1.0, -15.0),
    (lambda x: special.lpmv(0, 2, x), -1.0, 3.0),
])
def test_second_derivatives_there(f, x, expected):
    assert irad.hessian(f)(x) == pytest.approx(expected, rel=1e-9, abs=1e-200)
    assert irad.grad(irad.grad(f))(x) == pytest.approx(expected, rel=1e-9, abs=1e-200)


@pytest.mark.parametrize("m, n", [(3, 3), (3, 5), (4, 5), (4, 4)])
def test_second_derivatives_of_legendre_functions_at_their_ends(m, n):
    for x in (1.0, -1.0):
        slope = irad.grad(lambda x: special.lpmv(m, n, x))
        assert slope(x) == 0.0 and not np.isfinite(irad.grad(slope)(x))  # it is not known


@pytest.mark.parametrize("f, series", [  # the first powers of z
    (special.spherical_jn, [(1.0, 0.0, -1.0 / 3.0), (0.0, 1.0 / 3.0, 0.0), (0.0, 0.0, 2.0 / 15.0)]),
    (special.spherical_in, [(1.0, 0.0, 1.0 / 3.0), (0.0, 1.0 / 3.0, 0.0), (0.0, 0.0, 2.0 / 15.0)]),
])
def test_spherical_bessel_functions_near_0(f, series):
    for n, (value, slope_there, curve) in enumerate(series):
        one, prime = (lambda z, n=n: f(n, z)), (lambda z, n=n: f(n, z, True))
        for z in (0.0, 1e-12, -1e-12):
            assert irad.compile(one)(z) == pytest.approx(value, abs=1e-11)
            assert irad.grad(one)(z) == pytest.approx(slope_there, abs=1e-11)
            assert irad.hessian(one)(z) == pytest.approx(curve, abs=1e-11)
            for g in (irad.grad(prime)(z), irad.jvp(prime, (z,), (1.0,))[1]):
                assert g == pytest.approx(curve, abs=1e-11)


def test_constant_arguments_need_no_derivative():
    f = lambda x: special.gammainc(irad.stop_gradient(x), x)
    assert irad.grad(f)(2.0) == irad.grad(lambda x: special.gammainc(2.0, x))(2.0)


def test_likelihood():
    """Student's t, by location, scale and degrees of freedom."""
    def loglike(p, data):
        nu, mu, s = p[0], p[1], p[2]
        z = (data - mu) / s
        c = special.gammaln((nu + 1) / 2) - special.gammaln(nu / 2) - 0.5 * np.log(nu * np.pi) - np.log(s)
        return np.sum(c - (nu + 1) / 2 * np.log1p(z * z / nu))

    data, p = np.array([0.3, -1.2, 2.5, 0.7]), np.array([3.0, 0.2, 1.5])
    expected = [slope(lambda *q: loglike(np.array(q), data), list(p), i)[1] for i in range(3)]
    np.testing.assert_allclose(irad.grad(loglike)(p, data), expected, rtol=1e-8)


# Derivatives by shapes and orders, of mpmath with 50 digits: function, operand, where, and what.
BY_SHAPE = (
    ('gammainc', 0, (0.001, 0.5), -0.5603594001080031),
    ('gammainc', 0, (0.5, 1e-06), -0.015630304114240563),
    ('gammainc', 0, (2.5, 2.0), -0.27455132194588155),
    ('gammainc', 0, (2.5, 20.0), -3.499890642552943e-07),
    ('gammainc', 0, (300.0, 280.0), -0.01186555761872261),
    ('gammainc', 0, (300.0, 350.0), -0.0004987459625364274),
    ('gammaincc', 0, (1.5, 40.0), 1.128598193969574e-16),
    ('gammaincc', 0, (30.0, 3.0), 9.933782875422915e-20),
    ('betainc', 0, (0.01, 0.5, 0.3), -2.3342759689372063),
    ('betainc', 0, (3.0, 0.05, 0.99), -0.016298920331969016),
    ('betainc', 0, (20.0, 200.0, 0.1), -0.07348518890057408),
    ('betainc', 0, (300.0, 15.0, 0.96), -0.003982365431843381),
    ('betainc', 1, (0.01, 0.5, 0.3), 0.043930758897607336),
    ('betainc', 1, (3.0, 0.05, 0.99), 2.718629054379884),
    ('betainc', 1, (20.0, 200.0, 0.1), 0.007690679473309582),
    ('betainc', 1, (300.0, 15.0, 0.96), 0.08805861913834546),
    ('stdtr', 0, (0.7, -1.5), -0.13914799814290513),
    ('stdtr', 0, (4.0, 0.3), 0.001775128466907476),
    ('stdtr', 0, (50.0, 2.5), 3.467922706078958e-05),
    ('fdtr', 0, (3.0, 7.0, 0.4), -0.05618545242210333),
    ('fdtr', 0, (30.0, 4.0, 2.0), -8.239024409294586e-06),
    ('fdtr', 1, (3.0, 7.0, 0.4), 0.0006876196711895618),
    ('fdtr', 1, (30.0, 4.0, 2.0), 0.043273486079557756),
    ('chdtr', 0, (3.0, 7.0), -0.05274280432117932),
    ('kv', 0, (0.01, 0.0001), 2.852122658596312),
    ('kv', 0, (0.5, 0.03), 17.114685040508682),
    ('kv', 0, (2.5, 9.0), 1.8463547723957012e-05),
    ('kv', 0, (10.0, 300.0), 1.4632106502037497e-133),
    ('kv', 0, (-1.5, 2.0), -0.1075634532158443),
    ('iv', 0, (0.3, 0.0001), -0.5558726453056068),
    ('iv', 0, (0.5, 2.0), -0.7573330617860362),
    ('iv', 0, (2.5, 40.0), -870574011272475.6),
    ('iv', 0, (60.0, 300.0), -2.2299606275395676e+125),
    ('kve', 0, (1.5, 700.0), 0.00010158134116315682),
    ('ive', 0, (1.5, 50.0), -0.0016754115322396438),
)


@pytest.mark.parametrize("name, i, x, expected", BY_SHAPE, ids=lambda v: str(v) if isinstance(v, (str, tuple)) else "")
def test_by_shape(name, i, x, expected):
    assert irad.grad(caller(name, len(x)), argnums=i)(*x) == pytest.approx(expected, rel=3e-12)


def test_by_shape_in_a_model():
    """Second derivatives, arrays, loops; and nothing is left of them where nobody asks."""
    def loglike(p, data):
        total = 0.0
        for x in data:
            total += np.log(special.gammainc(p[0], x * p[1]))
        return total + np.sum(special.kv(p[0], data))

    data, p = np.array([0.3, 1.2, 2.5]), np.array([1.5, 0.8])
    gradient = irad.grad(loglike)
    expected = [slope(lambda *q: loglike(np.array(q), data), list(p), i)[1] for i in range(2)]
    np.testing.assert_allclose(gradient(p, data), expected, rtol=1e-9)
    second = irad.hessian(loglike)(p, data)
    expected = [slope(lambda *q: gradient(np.array(q), data)[i], list(p), 0)[1] for i in range(2)]
    np.testing.assert_allclose(second[0], expected, rtol=1e-8)
    with pytest.raises(irad.DifferentiationError, match="scipy.special.kv"):  # K's rule by x has K of other orders
        irad.hessian(lambda q: special.kv(q[0], q[1]))(p)
    f = lambda a, x: special.gammainc(a, x) * x
    found = irad.hessian(f, argnums=(0, 1))(2.5, 1.5)
    h = 1e-4
    for i, row in enumerate(found):
        g = irad.grad(f, argnums=i)
        assert row[0] == pytest.approx((g(2.5 + h, 1.5) - g(2.5 - h, 1.5)) / (2 * h), rel=1e-6)
        assert row[1] == pytest.approx((g(2.5, 1.5 + h) - g(2.5, 1.5 - h)) / (2 * h), rel=1e-6)
    by_x = irad.grad(f, argnums=1)
    by_x(2.5, 1.5)
    assert "call" not in irad.compile(f).ir(float, float) + by_x.ir() and "linked %" not in by_x.ir()


@pytest.mark.parametrize(("f", "words"), [
    (lambda x: special.eval_legendre(3, x), "a call of scipy.special.eval_legendre"),
    (lambda x: special.lambertw(x), "a call of scipy.special.lambertw"),
    (lambda x: special.sph_harm_y(1, 0, x, 0.3), "sph_harm_y"),
])
def test_refused_by_name(f, words):
    refused(f, 0.5, match=words)


def test_terms_with_the_weight_0():
    """They do not count, how large they ever are."""
    f = lambda x, b: special.logsumexp(x, b=b)
    for x in ([0.0, 1000.0], [1.0, np.nan], [1.0, np.inf]):
        args = np.array(x), np.array([1.0, 0.0])
        assert compiled(f)(*args) == f(*args) == x[0]
        np.testing.assert_array_equal(irad.grad(f)(*args), [1.0, 0.0])


def test_numbers_of_choices():
    f = lambda n, k, x: (
        special.comb(n, k, exact=True) * x, special.comb(k, n, exact=True), special.comb(n - 9, 2, exact=True),
        special.comb(float(n), k, exact=True), special.comb(n, k, exact=True, repetition=True),
    )
    for n, k in ((7, 3), (4, 4), (30, 11)):
        assert compiled(f)(n, k, 1.5) == f(n, k, 1.5)
    assert irad.grad(lambda x: f(7, 3, x)[0])(1.5) == 35.0


@pytest.mark.parametrize(("f", "args"), [
    (special.gammaincinv, (1.4, 0.3)), (special.gammainccinv, (1.4, 0.3)), (special.chdtri, (3.0, 0.3)),
    (special.betaincinv, (1.4, 2.0, 0.3)), (special.betainccinv, (2.4, 0.7, 0.6)), (special.stdtrit, (3.0, 0.8)),
    (special.fdtri, (3.0, 4.0, 0.3)), (special.betainc, (1.4, 2.0, 0.3)), (special.betaincc, (3.0, 2.0, 0.9)),
    (special.fdtr, (3.0, 4.0, 0.3)),
])
def test_second_derivatives_by_all(f, args):
    """Also where a continued fraction ends, as the shape is an integer."""
    g = (lambda p: f(p[0], p[1])) if len(args) == 2 else (lambda p: f(p[0], p[1], p[2]))
    p, h, gradient = np.array(args), 1e-4, irad.grad(g)
    at = lambda k, s: gradient(p + s * h * np.eye(len(p))[k])
    expected = [(8.0 * (at(k, 1) - at(k, -1)) - (at(k, 2) - at(k, -2))) / (12.0 * h) for k in range(len(p))]
    found = irad.hessian(g)(p)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(found, found.T, rtol=1e-11)


def test_third_derivatives_of_an_inverse():
    second = irad.grad(irad.grad(lambda a: special.gammaincinv(a, 0.3)))
    h = 1e-3
    expected = (8.0 * (second(1.4 + h) - second(1.4 - h)) - (second(1.4 + 2 * h) - second(1.4 - 2 * h))) / (12.0 * h)
    assert irad.grad(second)(1.4) == pytest.approx(expected, rel=1e-9)
