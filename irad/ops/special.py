"""Special functions: the C functions behind scipy.special's ufuncs, called by their addresses, with their derivatives.

    @irad_s_gammaln(double, i32)        scipy.special.gammaln, as scipy.special.cython_special offers it to other C code

Nothing is imported for them: a program that names one has imported scipy. They take and give doubles. Where a partial has no
closed form in terms of these functions it is `unknown`: asking for it is an error.
"""

from __future__ import annotations

import ctypes
import math
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

from irad.ops.expr import call
from irad.ops.table import OPS, Rule, op, unknown, zero

PREFIX = "irad_s_"
ROW = "special_"
exp, log, sqrt, sin, cos, select, sign, abs_, floor, masked = map(
    call, ("exp", "log", "sqrt", "sin", "cos", "select", "sign", "abs", "floor", "masked"),
)
TWO_OVER_SQRT_PI, OVER_SQRT_2PI = 2.0 / math.sqrt(math.pi), 1.0 / math.sqrt(2.0 * math.pi)
DEGREE = math.pi / 180.0


def of(name: str) -> Any:
    """Another of these functions in a rule."""
    return call(ROW + name)


psi, gammaln, betaln, xlogy, xlog1py, erf = map(of, ("psi", "gammaln", "betaln", "xlogy", "xlog1py", "erf"))


# -- where the functions are ---------------------------------------------------------------------------------------


@cache
def address(name: str) -> int | None:
    """The address of a function in this process; None if scipy does not offer it in the form that is called."""
    row = OPS.get(ROW + name, OPS.get(f"{ROW}{name}_0"))
    table = _offered()
    if row is None or table is None:
        return None
    given = "double, " * len(row.d or ())
    wanted = f"double ({given}int __pyx_skip_dispatch)".encode()
    if row.place is not None:
        wanted = f"void ({given}{', '.join(['double *'] * row.place[1])})".encode()
    for spelling in (name, f"__pyx_fuse_1{name}", f"__pyx_fuse_0{name}", f"__pyx_fuse_0_1{name}"):
        capsule = table.get(spelling)
        if capsule is not None and _NAME(capsule) == wanted:
            return int(_POINTER(capsule, wanted))
    return None


def _offered() -> dict[str, Any] | None:
    """What scipy offers to C code."""
    try:
        from scipy.special import cython_special
    except ImportError:
        return None
    found: dict[str, Any] = cython_special.__pyx_capi__
    return found


_NAME = ctypes.PYFUNCTYPE(ctypes.c_char_p, ctypes.py_object)(("PyCapsule_GetName", ctypes.pythonapi))
_POINTER = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(("PyCapsule_GetPointer", ctypes.pythonapi))


@cache
def _function(name: str) -> Any:
    arity = len(OPS[ROW + name].d or ())
    return ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * arity, ctypes.c_int)(address(name) or 0)


@cache
def _place(name: str, which: int, count: int) -> Any:
    """One of the results of a function that puts them behind pointers."""
    arity = len(OPS[f"{ROW}{name}_0"].d or ())
    pointer = ctypes.POINTER(ctypes.c_double)
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_double] * arity, *[pointer] * count)(address(name) or 0)

    def one(*x: float) -> float:
        outs = [ctypes.c_double() for _ in range(count)]
        call(*x, *map(ctypes.byref, outs))
        return outs[which].value

    return one


def name_of(function: Any) -> str | None:
    """The name of a ufunc of scipy.special that has a row here."""
    module = sys.modules.get("scipy.special")
    name = getattr(function, "__name__", "")
    if module is None or getattr(module, name, None) is not function or address(name) is None:
        return None
    return str(name)


# -- the rows ------------------------------------------------------------------------------------------------------


def function(name: str, doc: str, *d: Any) -> None:
    """A row for a function of as many floats as it has derivatives."""
    op(ROW + name, f"{'float ' * len(d)}-> float", eval=lambda *x: float(_function(name)(*x, 0)), d=d, singular=True, cost=60,
       bits="exact", foreign=PREFIX + name, doc=f"scipy.special.{name}: {doc}")


def functions(name: str, doc: str, *several: Sequence[Any]) -> None:
    """Rows `name_0`, `name_1`, ... for a function that gives several numbers, each with its derivatives."""
    for k, d in enumerate(several):
        place = k, len(several)
        op(f"{ROW}{name}_{k}", f"{'float ' * len(d)}-> float", d=d, singular=True, cost=60, bits="exact", foreign=PREFIX + name,
           eval=lambda *x, place=place: float(_place(name, *place)(*x)), place=place, doc=f"scipy.special.{name}: {doc}")


def trigamma(x: Any) -> Any:
    """The derivative of psi: for x > 0 moved up by 10, where its asymptotic series is good to the last digits."""
    up = select(x.gt(0.0), x, 1.0 - x)
    found = 0.0
    for k in range(10):
        found = 1.0 / ((up + float(k)) * (up + float(k))) + found
    z = 1.0 / (up + 10.0)
    w = z * z
    terms = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730)
    series = 0.0
    for term in reversed(terms):
        series = w * (series + term)
    found = found + z * (1.0 + z * 0.5 + series)
    s = sin(x * math.pi)
    return select(x.gt(0.0), found, (math.pi * math.pi) / (s * s) - found)


def phi(x: Any) -> Any:
    """The density of the normal distribution."""
    return exp(x * x * -0.5) * OVER_SQRT_2PI


def hazard(x: Any) -> Any:
    """phi(x) / ndtr(x), also where both vanish."""
    left = math.sqrt(2.0 / math.pi) / of("erfcx")(abs_(x) * math.sqrt(0.5))
    return select(x.lt(0.0), left, phi(x) / of("ndtr")(x))


def over_gamma(x: Any, r: Any) -> Any:
    """The derivative of rgamma; for x < 1/2 by reflection, where there are no poles."""
    left, right = select(x.lt(0.5), x, 0.0), select(x.lt(0.5), 1.0, x)
    turn = psi(1.0 - left) * of("sindg")(left * 180.0) * (1.0 / math.pi)
    return select(x.lt(0.5), of("gamma")(1.0 - left) * (of("cosdg")(left * 180.0) - turn), -(r * psi(right)))


def exprel_slope(x: Any) -> Any:
    """The derivative of exprel, also near 0."""
    return of("hyp1f1")(2.0, 3.0, x) * 0.5


def power_slope(log_x: Any, y: Any) -> Any:
    """The derivative of (x**y - 1) / y by y."""
    return select(log_x.eq(-math.inf), 1.0 / (y * y), log_x * log_x * exprel_slope(y * log_x))


def legendre_slope(m: Any, v: Any, x: Any, r: Any) -> Any:
    """The derivative of lpmv by x; at its ends for the orders 0 and above 2 (whose own derivative is left open for 3 and 4)."""
    slope = v * (v + 1.0) * 0.5
    line = (sign(x) * slope + (x - sign(x)) * (slope * (v - 1.0) * (v + 2.0) * 0.25)) * sign(r)  # its slope is the second one
    of_order_0 = select(abs_(r).eq(1.0), line, x * slope * r)
    end = select(m.eq(0.0), of_order_0, select(m.gt(4.0), r, select(m.gt(2.0), sqrt(-abs_(x) + 1.0), r / 0.0)))
    return select(abs_(x).eq(1.0), end, (v * x * r - (v + m) * of("lpmv")(m, v - 1.0, x)) / (x * x - 1.0))


def gamma_density(a: Any, x: Any) -> Any:
    at_0 = x ** (a - 1.0) * exp(-x - gammaln(a))  # powers have the slopes that exponentials of logarithms have not
    return select(x.eq(0.0), at_0, exp(xlogy(a - 1.0, x) - x - gammaln(a)))


def beta_density(a: Any, b: Any, x: Any) -> Any:
    left, right = xlogy(a - 1.0, x), xlog1py(b - 1.0, -x)
    both = exp(left + right - betaln(a, b))
    at_0 = select(a.gt(1.0), x ** (a - 1.0) * exp(right - betaln(a, b)), both)
    at_1 = select(b.gt(1.0), (-x + 1.0) ** (b - 1.0) * exp(left - betaln(a, b)), both)
    return select(x.eq(0.0), at_0, select(x.eq(1.0), at_1, both))


def t_density(df: Any, t: Any) -> Any:
    return exp(gammaln((df + 1.0) * 0.5) - gammaln(df * 0.5) - xlogy((df + 1.0) * 0.5, t * t / df + 1.0)) / sqrt(df * math.pi)


def f_density(m: Any, n: Any, x: Any) -> Any:
    whole = m * x + n
    return beta_density(m * 0.5, n * 0.5, m * x / whole) * (m * n / (whole * whole))


def inverse(density: Any, sign: float = 1.0) -> Rule:
    """By the last operand of a function whose inverse by it has this density as its slope."""
    return lambda g, *a: g * sign / density(*a[:-2], a[-1])


def at(density: Any, sign: float = 1.0) -> Rule:
    """By the last operand of a function that has this density as its slope."""
    return lambda g, *a: g * sign * density(*a[:-1])


def without(x: Any, y: Any, limit: float) -> Any:
    """y, or at x = 0 its limit."""
    return select(x.eq(0.0), limit, y)


function("erf", "error function", lambda g, x, r: g * TWO_OVER_SQRT_PI * exp(-(x * x)))
function("erfc", "1 - erf(x)", lambda g, x, r: g * -TWO_OVER_SQRT_PI * exp(-(x * x)))
function("erfcx", "exp(x**2) * erfc(x)", lambda g, x, r: g * (2.0 * x * r - TWO_OVER_SQRT_PI))
function("erfi", "-i erf(ix)", lambda g, x, r: g * TWO_OVER_SQRT_PI * exp(x * x))
function("erfinv", "inverse of erf", lambda g, x, r: g * (1.0 / TWO_OVER_SQRT_PI) * exp(r * r))
function("erfcinv", "inverse of erfc", lambda g, x, r: g * (-1.0 / TWO_OVER_SQRT_PI) * exp(r * r))
function("dawsn", "Dawson's integral", lambda g, x, r: g * (1.0 - 2.0 * x * r))
function("ndtr", "distribution function of the normal distribution", lambda g, x, r: g * phi(x))
function("ndtri", "inverse of ndtr", lambda g, x, r: g / phi(r))
function("log_ndtr", "log(ndtr(x))", lambda g, x, r: g * hazard(x))
function("ndtri_exp", "ndtri(exp(x))", lambda g, x, r: g / hazard(r))
function("expit", "1 / (1 + exp(-x))", lambda g, x, r: g * r * (1.0 - r))
function("log_expit", "log(expit(x))", lambda g, x, r: g * of("expit")(-x))
function("logit", "inverse of expit", lambda g, x, r: g / (x * (1.0 - x)))
function("gamma", "gamma function", lambda g, x, r: g * r * psi(x))
function("gammaln", "logarithm of its size", lambda g, x, r: g * psi(x))
function("loggamma", "logarithm of the gamma function", lambda g, x, r: g * psi(x))
function("rgamma", "1 / gamma(x)", lambda g, x, r: g * over_gamma(x, r))
function("psi", "derivative of gammaln", lambda g, x, r: g * trigamma(x))
function("gammasgn", "sign of the gamma function", zero)
function("expm1", "exp(x) - 1", lambda g, x, r: g * (r + 1.0))
function("log1p", "log(1 + x)", lambda g, x, r: g / (x + 1.0))
function("exprel", "(exp(x) - 1) / x", lambda g, x, r: g * exprel_slope(x))
function("cosm1", "cos(x) - 1", lambda g, x, r: -(g * sin(x)))
function("exp2", "2**x", lambda g, x, r: g * r * math.log(2.0))
function("exp10", "10**x", lambda g, x, r: g * r * math.log(10.0))
function("cbrt", "cube root", lambda g, x, r: g / (3.0 * r * r))
function("sindg", "sine of degrees", lambda g, x, r: g * DEGREE * of("cosdg")(x))
function("cosdg", "cosine of degrees", lambda g, x, r: g * -DEGREE * of("sindg")(x))
function("tandg", "tangent of degrees", lambda g, x, r: g * DEGREE * (r * r + 1.0))
function("cotdg", "cotangent of degrees", lambda g, x, r: g * -DEGREE * (r * r + 1.0))
function("xlogy", "x * log(y), 0 for x = 0", lambda g, x, y, r: g * log(y), lambda g, x, y, r: without(x, g * x / y, 0.0))
function("xlog1py", "x * log1p(y), 0 for x = 0", lambda g, x, y, r: g * call("log1p")(y),
         lambda g, x, y, r: without(x, g * x / (y + 1.0), 0.0))
function("entr", "-x * log(x)", lambda g, x, r: -(g * (log(x) + 1.0)))
function("rel_entr", "x * log(x / y)", lambda g, x, y, r: g * (log(x / y) + 1.0),
         lambda g, x, y, r: -(g * without(x, x / y, 0.0)))
function("kl_div", "x * log(x / y) - x + y", lambda g, x, y, r: g * log(x / y),
         lambda g, x, y, r: g * (1.0 - without(x, x / y, 0.0)))
function("huber", "Huber's loss", lambda g, d, x, r: select(abs_(x).le(d), 0.0, g * (abs_(x) - d)),
         lambda g, d, x, r: g * select(abs_(x).le(d), x, d * sign(x)))
function("pseudo_huber", "a smooth loss", lambda g, d, x, r: g * select(
    d.eq(0.0), abs_(x), 2.0 * r / d - x * x / (d * sqrt(x * x / (d * d) + 1.0))),
         lambda g, d, x, r: g * x / sqrt(x * x / (d * d) + 1.0))
function("boxcox", "(x**y - 1) / y", lambda g, x, y, r: g * exp(xlogy(y - 1.0, x)),
         lambda g, x, y, r: g * power_slope(log(x), y))
function("inv_boxcox", "inverse of boxcox", lambda g, x, y, r: g * exp(xlogy(1.0 - y, r)), unknown)
function("boxcox1p", "boxcox(x + 1, y)", lambda g, x, y, r: g * exp(xlog1py(y - 1.0, x)),
         lambda g, x, y, r: g * power_slope(call("log1p")(x), y))
function("inv_boxcox1p", "inverse of boxcox1p", lambda g, x, y, r: g * exp(xlog1py(1.0 - y, r)), unknown)
function("powm1", "x**y - 1", lambda g, x, y, r: masked(y, g * (y * x ** (y - 1.0))),
         lambda g, x, y, r: masked(x, g * ((r + 1.0) * log(x))))
function("beta", "beta function", lambda g, a, b, r: g * r * (psi(a) - psi(a + b)),
         lambda g, a, b, r: g * r * (psi(b) - psi(a + b)))
function("betaln", "logarithm of its size", lambda g, a, b, r: g * (psi(a) - psi(a + b)),
         lambda g, a, b, r: g * (psi(b) - psi(a + b)))
function("binom", "binomial coefficient", lambda g, n, k, r: g * r * (psi(n + 1.0) - psi(n - k + 1.0)),
         lambda g, n, k, r: g * r * (psi(n - k + 1.0) - psi(k + 1.0)))
function("poch", "gamma(x + m) / gamma(x)", lambda g, x, m, r: g * r * (psi(x + m) - psi(x)),
         lambda g, x, m, r: g * r * psi(x + m))
# -- distributions
function("gammainc", "lower incomplete gamma function", unknown, at(gamma_density))
function("gammaincc", "upper incomplete gamma function", unknown, at(gamma_density, -1.0))
function("gammaincinv", "inverse of gammainc", unknown, inverse(gamma_density))
function("gammainccinv", "inverse of gammaincc", unknown, inverse(gamma_density, -1.0))
function("betainc", "incomplete beta function", unknown, unknown, at(beta_density))
function("betaincc", "1 - betainc", unknown, unknown, at(beta_density, -1.0))
function("betaincinv", "inverse of betainc", unknown, unknown, inverse(beta_density))
function("betainccinv", "inverse of betaincc", unknown, unknown, inverse(beta_density, -1.0))
function("stdtr", "distribution function of Student's t", unknown, at(t_density))
function("stdtrit", "inverse of stdtr", unknown, inverse(t_density))


def chi2_density(v: Any, x: Any) -> Any:
    return gamma_density(v * 0.5, x * 0.5) * 0.5


function("chdtr", "distribution function of chi-square", unknown, at(chi2_density))
function("chdtrc", "1 - chdtr", unknown, at(chi2_density, -1.0))
function("chdtri", "inverse of chdtrc", unknown, inverse(chi2_density, -1.0))
function("fdtr", "distribution function of F", unknown, unknown, at(f_density))
function("fdtrc", "1 - fdtr", unknown, unknown, at(f_density, -1.0))
function("fdtri", "inverse of fdtr", unknown, unknown, inverse(f_density))
function("gdtr", "distribution function of gamma(b, scale 1/a)", lambda g, a, b, x, r: g * x * gamma_density(b, a * x), unknown,
         lambda g, a, b, x, r: g * a * gamma_density(b, a * x))
function("gdtrc", "1 - gdtr", lambda g, a, b, x, r: -(g * x * gamma_density(b, a * x)), unknown,
         lambda g, a, b, x, r: -(g * a * gamma_density(b, a * x)))
function("pdtr", "distribution function of Poisson's", zero, lambda g, k, m, r: -(g * gamma_density(floor(k) + 1.0, m)))
function("pdtrc", "1 - pdtr", zero, lambda g, k, m, r: g * gamma_density(floor(k) + 1.0, m))
function("owens_t", "Owen's T", lambda g, h, a, r: g * (-0.5 * OVER_SQRT_2PI) * exp(h * h * -0.5) * erf(a * h * math.sqrt(0.5)),
         lambda g, h, a, r: g * exp(h * h * (a * a + 1.0) * -0.5) / ((a * a + 1.0) * (2.0 * math.pi)))
function("chndtr", "distribution function of noncentral chi-square", unknown, unknown, unknown)
function("ncfdtr", "distribution function of noncentral F", unknown, unknown, unknown, unknown)
function("ncfdtri", "inverse of ncfdtr", unknown, unknown, unknown, unknown)
function("nctdtr", "distribution function of noncentral t", unknown, unknown, unknown)
function("nctdtrit", "inverse of nctdtr", unknown, unknown, unknown)
function("chndtrix", "inverse of chndtr", unknown, unknown, unknown)
function("stdtridf", "inverse of stdtr by its degrees of freedom", unknown, unknown)
function("tklmbda", "distribution function of Tukey's lambda", unknown, unknown)
function("voigt_profile", "Voigt's profile", unknown, unknown, unknown)
function("kolmogorov", "distribution of Kolmogorov's statistic", unknown)
# -- Bessel functions
function("j0", "Bessel function", lambda g, x, r: -(g * of("j1")(x)))
function("j1", "Bessel function", lambda g, x, r: g * 0.5 * (of("j0")(x) - of("jv")(2.0, x)))
function("y0", "Bessel function", lambda g, x, r: -(g * of("y1")(x)))
function("y1", "Bessel function", lambda g, x, r: g * (of("y0")(x) - r / x))
function("i0", "modified Bessel function", lambda g, x, r: g * of("i1")(x))
function("i1", "modified Bessel function",
         lambda g, x, r: g * 0.5 * (of("i0")(x) + select(abs_(x).lt(1e-150), 0.0, of("iv")(2.0, x))))
function("k0", "modified Bessel function", lambda g, x, r: -(g * of("k1")(x)))
function("k1", "modified Bessel function", lambda g, x, r: -(g * (of("k0")(x) + r / x)))
function("i0e", "exp(-abs(x)) * i0(x)", lambda g, x, r: g * (of("i1e")(x) - sign(x) * r))
function("i1e", "exp(-abs(x)) * i1(x)", lambda g, x, r: g * (0.5 * (of("i0e")(x) + of("ive")(2.0, x)) - sign(x) * r))
function("k0e", "exp(x) * k0(x)", lambda g, x, r: g * (r - of("k1e")(x)))
function("k1e", "exp(x) * k1(x)", lambda g, x, r: g * (r - of("k0e")(x) - r / x))
function("jv", "Bessel function", unknown, lambda g, v, x, r: g * 0.5 * (of("jv")(v - 1.0, x) - of("jv")(v + 1.0, x)))
function("yv", "Bessel function", unknown, lambda g, v, x, r: g * 0.5 * (of("yv")(v - 1.0, x) - of("yv")(v + 1.0, x)))
function("iv", "modified Bessel function", unknown, lambda g, v, x, r: g * 0.5 * (of("iv")(v - 1.0, x) + of("iv")(v + 1.0, x)))
function("kv", "modified Bessel function", unknown, lambda g, v, x, r: g * -0.5 * (of("kv")(v - 1.0, x) + of("kv")(v + 1.0, x)))
function("kn", "modified Bessel function", unknown, lambda g, v, x, r: g * -0.5 * (of("kv")(v - 1.0, x) + of("kv")(v + 1.0, x)))
function("yn", "Bessel function", unknown, lambda g, v, x, r: g * 0.5 * (of("yv")(v - 1.0, x) - of("yv")(v + 1.0, x)))
function("ive", "exp(-abs(x)) * iv(v, x)", unknown,
         lambda g, v, x, r: g * (0.5 * (of("ive")(v - 1.0, x) + of("ive")(v + 1.0, x)) - sign(x) * r))
function("kve", "exp(x) * kv(v, x)", unknown, lambda g, v, x, r: g * (r - 0.5 * (of("kve")(v - 1.0, x) + of("kve")(v + 1.0, x))))
function("jve", "jv for reals", unknown, lambda g, v, x, r: g * 0.5 * (of("jve")(v - 1.0, x) - of("jve")(v + 1.0, x)))
function("yve", "yv for reals", unknown, lambda g, v, x, r: g * 0.5 * (of("yve")(v - 1.0, x) - of("yve")(v + 1.0, x)))
function("ber", "Kelvin's function", lambda g, x, r: g * of("berp")(x))
function("bei", "Kelvin's function", lambda g, x, r: g * of("beip")(x))
function("ker", "Kelvin's function", lambda g, x, r: g * of("kerp")(x))
function("kei", "Kelvin's function", lambda g, x, r: g * of("keip")(x))
function("berp", "derivative of ber", lambda g, x, r: -(g * (of("bei")(x) + without(x, r / x, 0.0))))
function("beip", "derivative of bei", lambda g, x, r: g * (of("ber")(x) - without(x, r / x, 0.5)))
function("kerp", "derivative of ker", lambda g, x, r: -(g * (of("kei")(x) + r / x)))
function("keip", "derivative of kei", lambda g, x, r: g * (of("ker")(x) - r / x))
function("lpmv", "associated Legendre function", unknown, unknown,
         lambda g, m, v, x, r: g * legendre_slope(m, v, x, r))
function("modstruve", "modified Struve function", unknown, unknown)
function("struve", "Struve's function", unknown, unknown)
# -- integrals
function("elliprd", "Carlson's integral", unknown, unknown, unknown)
function("elliprf", "Carlson's integral", unknown, unknown, unknown)
function("elliprc", "Carlson's integral", unknown, unknown)
function("elliprg", "Carlson's integral", unknown, unknown, unknown)
function("elliprj", "Carlson's integral", unknown, unknown, unknown, unknown)
function("ellipk", "complete elliptic integral",
         lambda g, m, r: g * 0.5 * (r - of("elliprd")(0.0, 1.0 - m, 1.0) * (1.0 / 3.0)) / (1.0 - m))
function("ellipkm1", "ellipk(1 - x)", lambda g, p, r: g * -0.5 * (r - of("elliprd")(0.0, p, 1.0) * (1.0 / 3.0)) / p)
function("ellipe", "complete elliptic integral", lambda g, m, r: g * (-1.0 / 6.0) * of("elliprd")(0.0, 1.0 - m, 1.0))
function("ellipkinc", "incomplete elliptic integral", lambda g, p, m, r: g / sqrt(1.0 - m * sin(p) * sin(p)), unknown)
function("ellipeinc", "incomplete elliptic integral", lambda g, p, m, r: g * sqrt(1.0 - m * sin(p) * sin(p)), unknown)
function("exp1", "exponential integral", lambda g, x, r: -(g * exp(-x) / x))
function("expi", "exponential integral", lambda g, x, r: g * exp(x) / x)
function("expn", "exponential integral", unknown, lambda g, n, x, r: -(g * select(
    n.eq(0.0), exp(-x) / x * (1.0 + 1.0 / x), of("expn")(select(n.eq(0.0), 0.0, n - 1.0), x))))
function("spence", "Spence's function", lambda g, x, r: g * select(x.eq(1.0), -1.0, log(x) / (1.0 - x)))
function("wrightomega", "Wright's omega function", lambda g, x, r: g * r / (r + 1.0))
function("zetac", "zeta(x) - 1", unknown)
function("wright_bessel", "Wright's generalized Bessel function", unknown, unknown,
         lambda g, a, b, x, r: g * of("wright_bessel")(a, b + a, x))
function("agm", "arithmetic-geometric mean", unknown, unknown)
# -- hypergeometric functions
function("hyp0f1", "confluent hypergeometric function", unknown, lambda g, b, x, r: g * of("hyp0f1")(b + 1.0, x) / b)
function("hyp1f1", "confluent hypergeometric function", unknown, unknown,
         lambda g, a, b, x, r: g * a / b * of("hyp1f1")(a + 1.0, b + 1.0, x))
function("hyp2f1", "Gauss' hypergeometric function", unknown, unknown, unknown,
         lambda g, a, b, c, x, r: g * a * b / c * of("hyp2f1")(a + 1.0, b + 1.0, c + 1.0, x))
function("hyperu", "Tricomi's function", unknown, unknown, lambda g, a, b, x, r: -(g * a * of("hyperu")(a + 1.0, b + 1.0, x)))
# -- several numbers at once


def jacobi(k: int) -> Any:
    return of(f"ellipj_{k}")


def amplitude_by_m(u: Any, m: Any) -> Any:
    """The derivative of the amplitude by m: u stays the integral F of it (DLMF 19.4.5, 22.16.1)."""
    sn, cn, dn, ph = (jacobi(k)(u, m) for k in range(4))
    beside = dn * (of("ellipeinc")(ph, m) / (m * (1.0 - m) * 2.0) - u / (m * 2.0) - sn * cn / ((1.0 - m) * dn * 2.0))
    return -select(m.eq(0.0), (u - sn * cn) * 0.25, select(m.eq(1.0), (sn / cn - u * cn) * 0.25, beside))


functions("sici", "sine and cosine integrals", [lambda g, x, r: g * without(x, sin(x) / x, 1.0)],
          [lambda g, x, r: g * cos(x) / x])
functions("shichi", "their hyperbolic kin", [lambda g, x, r: g * without(x, call("sinh")(x) / x, 1.0)],
          [lambda g, x, r: g * call("cosh")(x) / x])
functions("fresnel", "Fresnel's integrals", [lambda g, x, r: g * sin(x * x * (0.5 * math.pi))],
          [lambda g, x, r: g * cos(x * x * (0.5 * math.pi))])
functions("airy", "Airy's functions", [lambda g, x, r: g * of("airy_1")(x)], [lambda g, x, r: g * x * of("airy_0")(x)],
          [lambda g, x, r: g * of("airy_3")(x)], [lambda g, x, r: g * x * of("airy_2")(x)])
functions(
    "ellipj", "Jacobi's elliptic functions and their amplitude",
    [lambda g, u, m, r: g * jacobi(1)(u, m) * jacobi(2)(u, m), lambda g, u, m, r: g * jacobi(1)(u, m) * amplitude_by_m(u, m)],
    [lambda g, u, m, r: -(g * jacobi(0)(u, m) * jacobi(2)(u, m)),
     lambda g, u, m, r: -(g * jacobi(0)(u, m) * amplitude_by_m(u, m))],
    [lambda g, u, m, r: -(g * m * jacobi(0)(u, m) * jacobi(1)(u, m)),
     lambda g, u, m, r: -(g * (jacobi(0)(u, m) * 0.5 + m * jacobi(1)(u, m) * amplitude_by_m(u, m)) * jacobi(0)(u, m) / r)],
    [lambda g, u, m, r: g * jacobi(2)(u, m), lambda g, u, m, r: g * amplitude_by_m(u, m)],
)
