"""Derivatives of special functions by their shapes and orders, for which there is no closed form.

Each is summed as what it is the derivative of: a series, a continued fraction (with the derivatives of its convergents) or an
integral. SLOPES has them by function and operand; they take the operands and the result, as numpy's floats. Imported when scipy
is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from irad.lib.primitives import refined

TERMS = 100_000  # of a series or a continued fraction, at most
SMALL = 1e-17
ZERO, ONE, NAN = np.float64(0.0), np.float64(1.0), np.float64(np.nan)


# -- the incomplete gamma function -----------------------------------------------------------------------------------


def gammainc_a(a: Any, x: Any, r: Any) -> Any:
    """Of the lower one, by a."""
    if not (a > 0.0 and x >= 0.0):
        return NAN
    scale = np.exp(special.xlogy(a, x) - x - special.gammaln(a))
    if x == 0.0 or np.isinf(x) or scale == 0.0:
        return ZERO
    return scale * gamma_series(a, x) if x < a + 1.0 else -scale * gamma_fraction(a, x)


def gamma_series(a: Any, x: Any) -> Any:
    """Of the sum of x**n / (a (a + 1) ... (a + n)) (DLMF 8.7.1), beside x**a exp(-x) / gamma(a)."""
    term = 1.0 / a
    slope = np.log(x) - special.psi(a) - 1.0 / a  # of the logarithm of the term with its factor
    total = term * slope
    for n in range(1, TERMS):
        term *= x / (a + n)
        slope -= 1.0 / (a + n)
        total += term * slope
        if abs(term * slope) < SMALL * abs(total):
            break
    return total


def gamma_fraction(a: Any, x: Any) -> Any:
    """Of 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / ...)) (DLMF 8.9.2), beside the same factor."""
    slope = np.log(x) - special.psi(a)
    p0, q0, p1, q1 = ONE, ZERO, ZERO, ONE
    dp0, dq0, dp1, dq1 = ZERO, ZERO, ZERO, ZERO
    top, dtop = ONE, ZERO
    last = np.float64(np.inf)
    for n in range(1, TERMS):
        below = x + (2.0 * n - 1.0) - a
        p2, q2 = below * p1 + top * p0, below * q1 + top * q0
        dp2 = below * dp1 - p1 + top * dp0 + dtop * p0
        dq2 = below * dq1 - q1 + top * dq0 + dtop * q0
        size = 1.0 / q2
        p0, q0, dp0, dq0 = p1 * size, q1 * size, dp1 * size, dq1 * size
        p1, q1, dp1, dq1 = p2 * size, ONE, dp2 * size, dq2 * size
        found = p1 * slope + dp1 - p1 * dq1
        if abs(found - last) <= 4e-16 * abs(found):
            break
        last = found
        top, dtop = -n * (n - a), ONE * n
    return found


def gammaincc_a(a: Any, x: Any, r: Any) -> Any:
    return -gammainc_a(a, x, r)


def gamma_density(a: Any, x: Any) -> Any:
    return np.exp(special.xlogy(a - 1.0, x) - x - special.gammaln(a))


def at_level(x: Any, excess: Any, density: Any) -> Any:
    """x, with the derivatives of the point where `excess` is zero, which x is (results have none in slopes).

    Two steps of Newton's method: a step is right to the first derivative, two are to the third.
    """
    near = refined(x - excess(x) / density(x), x)
    return refined(near - excess(near) / density(near), x)


def gamma_level(a: Any, y: Any, r: Any) -> Any:
    return at_level(r, lambda x: special.gammainc(a, x) - y, lambda x: gamma_density(a, x))


def gamma_level_beyond(a: Any, y: Any, r: Any) -> Any:
    return at_level(r, lambda x: y - special.gammaincc(a, x), lambda x: gamma_density(a, x))


def gammaincinv_a(a: Any, y: Any, r: Any) -> Any:
    x = gamma_level(a, y, r)
    return -gammainc_a(a, x, y) / gamma_density(a, x)


def gammaincinv_y(a: Any, y: Any, r: Any) -> Any:
    return 1.0 / gamma_density(a, gamma_level(a, y, r))


def gammainccinv_a(a: Any, y: Any, r: Any) -> Any:
    x = gamma_level_beyond(a, y, r)
    return -gammainc_a(a, x, y) / gamma_density(a, x)


def gammainccinv_y(a: Any, y: Any, r: Any) -> Any:
    return -1.0 / gamma_density(a, gamma_level_beyond(a, y, r))


def chdtr_v(v: Any, x: Any, r: Any) -> Any:
    return 0.5 * gammainc_a(0.5 * v, 0.5 * x, r)


def chdtrc_v(v: Any, x: Any, r: Any) -> Any:
    return -0.5 * gammainc_a(0.5 * v, 0.5 * x, r)


def chdtri_v(v: Any, y: Any, r: Any) -> Any:
    return gammainccinv_a(0.5 * v, y, 0.5 * r)


def chdtri_y(v: Any, y: Any, r: Any) -> Any:
    return 2.0 * gammainccinv_y(0.5 * v, y, 0.5 * r)


def gdtr_b(a: Any, b: Any, x: Any, r: Any) -> Any:
    return gammainc_a(b, a * x, r)


def gdtrc_b(a: Any, b: Any, x: Any, r: Any) -> Any:
    return -gammainc_a(b, a * x, r)


# -- the incomplete beta function ------------------------------------------------------------------------------------


def betainc_a(a: Any, b: Any, x: Any, r: Any) -> Any:
    return beta_slope(a, b, x, True)


def betainc_b(a: Any, b: Any, x: Any, r: Any) -> Any:
    return beta_slope(a, b, x, False)


def beta_slope(a: Any, b: Any, x: Any, by_a: bool) -> Any:
    """By a or b."""
    return beta_slope_beside(a, b, x, 1.0 - x, by_a)


def beta_slope_beside(a: Any, b: Any, x: Any, y: Any, by_a: bool) -> Any:
    """With y = 1 - x, which is more exact: I_x(a, b) is 1 - I_y(b, a), of which one converges fast."""
    if not (a > 0.0 and b > 0.0 and x >= 0.0 and x <= 1.0):
        return NAN
    if x == 0.0 or y == 0.0:
        return ZERO
    if x < (a + 1.0) / (a + b + 2.0):
        return beta_fraction(a, b, x, y, by_a)
    return -beta_fraction(b, a, y, x, not by_a)


def beta_fraction(a: Any, b: Any, x: Any, y: Any, by_a: bool) -> Any:
    """Of x**a y**b / (a B(a, b)) / (1 + d1 / (1 + d2 / ...)) (DLMF 8.17.22); y is 1 - x."""
    scale = np.exp(special.xlogy(a, x) + special.xlogy(b, y) - special.betaln(a, b)) / a
    if scale == 0.0:
        return ZERO
    if by_a:
        whole = np.log(x) - 1.0 / a - special.psi(a) + special.psi(a + b)
    else:
        whole = np.log(y) - special.psi(b) + special.psi(a + b)
    p0, q0, p1, q1 = ZERO, ONE, ONE, ONE
    dp0, dq0, dp1, dq1 = ZERO, ZERO, ZERO, ZERO
    ep0, eq0, ep1, eq1 = ZERO, ZERO, ZERO, ZERO  # by the other one
    last = beside = whole
    for k in range(1, TERMS):
        m = k // 2
        if k % 2 == 0:
            low, lower = a + (2.0 * m - 1.0), a + 2.0 * m
            d = m * (b - m) * x / (low * lower)
            by_first, by_second = -d * (1.0 / low + 1.0 / lower), m * x / (low * lower)
        else:
            low, lower = a + 2.0 * m, a + (2.0 * m + 1.0)
            d = -(a + m) * (a + b + m) * x / (low * lower)
            by_first = d * (1.0 / (a + m) + 1.0 / (a + b + m) - 1.0 / low - 1.0 / lower)
            by_second = -(a + m) * x / (low * lower)
        slope, other = (by_first, by_second) if by_a else (by_second, by_first)
        p2, q2 = p1 + d * p0, q1 + d * q0
        dp2, dq2 = dp1 + d * dp0 + slope * p0, dq1 + d * dq0 + slope * q0
        ep2, eq2 = ep1 + d * ep0 + other * p0, eq1 + d * eq0 + other * q0
        size = 1.0 / q2
        p0, q0, dp0, dq0, ep0, eq0 = p1 * size, q1 * size, dp1 * size, dq1 * size, ep1 * size, eq1 * size
        p1, q1, dp1, dq1, ep1, eq1 = p2 * size, ONE, dp2 * size, dq2 * size, ep2 * size, eq2 * size
        found, by_other = p1 * whole + dp1 - p1 * dq1, ep1 - p1 * eq1
        # where b is an integer the fraction ends; its derivative by b, which a second derivative by a and b needs, does not
        if k > 3 and abs(found - last) <= 1e-16 * abs(found) and abs(by_other - beside) <= 1e-15 * abs(by_other):
            break
        last, beside = found, by_other
    return scale * found


def betaincc_a(a: Any, b: Any, x: Any, r: Any) -> Any:
    return -beta_slope(a, b, x, True)


def betaincc_b(a: Any, b: Any, x: Any, r: Any) -> Any:
    return -beta_slope(a, b, x, False)


def beta_density(a: Any, b: Any, x: Any) -> Any:
    return np.exp(special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x) - special.betaln(a, b))


def beta_mass(a: Any, b: Any, x: Any, y: Any) -> Any:
    """The density at x, times x y: y is 1 - x."""
    return np.exp(special.xlogy(a, x) + special.xlogy(b, y) - special.betaln(a, b))


def beta_level(a: Any, b: Any, y: Any, r: Any) -> Any:
    return at_level(r, lambda x: special.betainc(a, b, x) - y, lambda x: beta_density(a, b, x))


def beta_level_beyond(a: Any, b: Any, y: Any, r: Any) -> Any:
    return at_level(r, lambda x: y - special.betaincc(a, b, x), lambda x: beta_density(a, b, x))


def beta_level_slope(a: Any, b: Any, x: Any, by_a: Any) -> Any:
    """What the x of a level of betainc changes by with a or b."""
    return -beta_slope(a, b, x, by_a) / beta_density(a, b, x)


def betaincinv_a(a: Any, b: Any, y: Any, r: Any) -> Any:
    return beta_level_slope(a, b, beta_level(a, b, y, r), True)


def betaincinv_b(a: Any, b: Any, y: Any, r: Any) -> Any:
    return beta_level_slope(a, b, beta_level(a, b, y, r), False)


def betaincinv_y(a: Any, b: Any, y: Any, r: Any) -> Any:
    return 1.0 / beta_density(a, b, beta_level(a, b, y, r))


def betainccinv_a(a: Any, b: Any, y: Any, r: Any) -> Any:
    return beta_level_slope(a, b, beta_level_beyond(a, b, y, r), True)


def betainccinv_b(a: Any, b: Any, y: Any, r: Any) -> Any:
    return beta_level_slope(a, b, beta_level_beyond(a, b, y, r), False)


def betainccinv_y(a: Any, b: Any, y: Any, r: Any) -> Any:
    return -1.0 / beta_density(a, b, beta_level_beyond(a, b, y, r))


def stdtr_df(df: Any, t: Any, r: Any) -> Any:
    """Student's t: half of 1 - I_x(df/2, 1/2) beside its median, with x = df / (df + t**2)."""
    if t * t == 0.0:
        return ZERO
    whole = df + t * t
    x, y = df / whole, 1.0 / (df / (t * t) + 1.0)
    slope = 0.5 * beta_slope_beside(0.5 * df, 0.5 * ONE, x, y, True) + beta_mass(0.5 * df, 0.5 * ONE, x, y) / df
    return np.copysign(0.5, -t) * slope


def t_level(df: Any, y: Any, r: Any) -> Any:
    return at_level(r, lambda t: special.stdtr(df, t) - y, lambda t: t_density(df, t))


def stdtrit_df(df: Any, y: Any, r: Any) -> Any:
    t = t_level(df, y, r)
    return -stdtr_df(df, t, y) / t_density(df, t)


def stdtrit_y(df: Any, y: Any, r: Any) -> Any:
    return 1.0 / t_density(df, t_level(df, y, r))


def t_density(df: Any, t: Any) -> Any:
    density = np.exp(special.gammaln((df + 1.0) * 0.5) - special.gammaln(df * 0.5) - (df + 1.0) * 0.5 * np.log1p(t * t / df))
    return density / np.sqrt(df * np.pi)


def fdtr_n(m: Any, n: Any, x: Any, r: Any) -> Any:
    """F: I_z(m/2, n/2) with z = m x / (m x + n), by m."""
    whole = m * x + n
    z, rest = m * x / whole, n / whole
    return 0.5 * beta_slope_beside(0.5 * m, 0.5 * n, z, rest, True) + beta_mass(0.5 * m, 0.5 * n, z, rest) / m


def fdtr_d(m: Any, n: Any, x: Any, r: Any) -> Any:
    """By n."""
    whole = m * x + n
    z, rest = m * x / whole, n / whole
    return 0.5 * beta_slope_beside(0.5 * m, 0.5 * n, z, rest, False) - beta_mass(0.5 * m, 0.5 * n, z, rest) / n


def fdtrc_n(m: Any, n: Any, x: Any, r: Any) -> Any:
    return -fdtr_n(m, n, x, r)


def fdtrc_d(m: Any, n: Any, x: Any, r: Any) -> Any:
    return -fdtr_d(m, n, x, r)


def f_density(m: Any, n: Any, x: Any) -> Any:
    whole = m * x + n
    return beta_density(0.5 * m, 0.5 * n, m * x / whole) * (m * n / (whole * whole))


def f_level(m: Any, n: Any, y: Any, r: Any) -> Any:
    return at_level(r, lambda x: special.fdtr(m, n, x) - y, lambda x: f_density(m, n, x))


def fdtri_n(m: Any, n: Any, y: Any, r: Any) -> Any:
    x = f_level(m, n, y, r)
    return -fdtr_n(m, n, x, y) / f_density(m, n, x)


def fdtri_d(m: Any, n: Any, y: Any, r: Any) -> Any:
    x = f_level(m, n, y, r)
    return -fdtr_d(m, n, x, y) / f_density(m, n, x)


def fdtri_y(m: Any, n: Any, y: Any, r: Any) -> Any:
    return 1.0 / f_density(m, n, f_level(m, n, y, r))


# -- modified Bessel functions ---------------------------------------------------------------------------------------


def kv_v(v: Any, x: Any, r: Any) -> Any:
    return np.exp(-x) * kve_v(v, x, r)


def kve_v(v: Any, x: Any, r: Any) -> Any:
    """K by its order, of the integral of exp(-x cosh t) cosh(v t) (DLMF 10.32.9), by trapezoids: its ends vanish fast."""
    if not x > 0.0:
        return NAN
    if v == 0.0:
        return ZERO
    order = abs(v)
    t = np.arcsinh(order / x)
    peak = order * t - x * (np.cosh(t) - 1.0)
    step = 0.1 / (1.0 + np.sqrt(np.sqrt(x * x + order * order)) * 0.3)
    total = ZERO
    for k in range(1, TERMS):
        t = k * step
        up = order * t - x * (np.cosh(t) - 1.0)
        term = 0.5 * t * (np.exp(up - peak) - np.exp(up - peak - 2.0 * order * t))
        total += term
        if up < peak - 40.0 and x * np.sinh(t) > order:
            break
    return np.copysign(np.exp(peak) * step * total, v)


def iv_v(v: Any, x: Any, r: Any) -> Any:
    return np.exp(x) * ive_v(v, x, r)


def ive_v(v: Any, x: Any, r: Any) -> Any:
    """I by its order, of its power series (DLMF 10.38.1)."""
    if not (x > 0.0 and v >= 0.0):
        return ZERO if x == 0.0 and v > 0.0 else NAN
    quarter = 0.25 * x * x
    term = np.exp(special.xlogy(v, 0.5 * x) - special.gammaln(v + 1.0) - x)
    slope = np.log(0.5 * x) - special.psi(v + 1.0)
    total = term * slope
    for k in range(1, TERMS):
        term *= quarter / (k * (v + k))
        slope -= 1.0 / (v + k)
        total += term * slope
        if abs(term * slope) < SMALL * abs(total) and k > 0.5 * x:
            break
    return total


SLOPES: dict[str, dict[int, Callable[..., Any]]] = {
    "gammainc": {0: gammainc_a}, "gammaincc": {0: gammaincc_a},
    "gammaincinv": {0: gammaincinv_a, 1: gammaincinv_y}, "gammainccinv": {0: gammainccinv_a, 1: gammainccinv_y},
    "chdtr": {0: chdtr_v}, "chdtrc": {0: chdtrc_v}, "chdtri": {0: chdtri_v, 1: chdtri_y},
    "gdtr": {1: gdtr_b}, "gdtrc": {1: gdtrc_b},
    "betainc": {0: betainc_a, 1: betainc_b}, "betaincc": {0: betaincc_a, 1: betaincc_b},
    "betaincinv": {0: betaincinv_a, 1: betaincinv_b, 2: betaincinv_y},
    "betainccinv": {0: betainccinv_a, 1: betainccinv_b, 2: betainccinv_y},
    "stdtr": {0: stdtr_df}, "stdtrit": {0: stdtrit_df, 1: stdtrit_y},
    "fdtr": {0: fdtr_n, 1: fdtr_d}, "fdtrc": {0: fdtrc_n, 1: fdtrc_d},
    "fdtri": {0: fdtri_n, 1: fdtri_d, 2: fdtri_y}, "kv": {0: kv_v}, "kve": {0: kve_v}, "iv": {0: iv_v}, "ive": {0: ive_v},
}
