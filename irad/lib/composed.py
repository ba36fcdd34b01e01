"""Functions of scipy that only Python can call, in terms of those that C can: equal but for last digits.

Boost's densities and distribution functions, which scipy.stats calls, and spherical Bessel functions; by the names that scipy has
for them. Imported when scipy is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from irad.lib.primitives import refined
from irad.lib.slopes import beta_density


def beta_pdf(x: Any, a: Any, b: Any) -> Any:
    if x == 0.0 or x == 1.0:  # powers have the derivatives that exponentials of logarithms have not
        return x ** (a - 1.0) * (1.0 - x) ** (b - 1.0) * np.exp(-special.betaln(a, b))
    return beta_density(a, b, x)


def beta_ppf(p: Any, a: Any, b: Any) -> Any:
    return special.betaincinv(a, b, p)


def cauchy_ppf(p: Any, loc: Any, scale: Any) -> Any:
    side = p - 1.0 if p > 0.5 else p
    return loc + np.pi * scale * (p - 0.5) if side == 0.5 else loc - scale / np.tan(np.pi * side)


def cauchy_isf(p: Any, loc: Any, scale: Any) -> Any:
    side = p - 1.0 if p > 0.5 else p
    return loc - np.pi * scale * (p - 0.5) if side == 0.5 else loc + scale / np.tan(np.pi * side)


def binom_pmf(k: Any, n: Any, p: Any) -> Any:
    return beta_pdf(p, k + 1.0, n - k + 1.0) / (n + 1.0)


def binom_cdf(k: Any, n: Any, p: Any) -> Any:
    return special.betaincc(k + 1.0, n - k, p) if k < n else 1.0 + 0.0 * p


def binom_sf(k: Any, n: Any, p: Any) -> Any:
    return special.betainc(k + 1.0, n - k, p) if k < n else 0.0 * p


def nbinom_pmf(k: Any, n: Any, p: Any) -> Any:
    return p / (n + k) * beta_pdf(p, n, k + 1.0)


def nbinom_cdf(k: Any, n: Any, p: Any) -> Any:
    return special.betainc(n, k + 1.0, p)


def nbinom_sf(k: Any, n: Any, p: Any) -> Any:
    return special.betaincc(n, k + 1.0, p)


def skewnorm_cdf(x: Any, loc: Any, scale: Any, a: Any) -> Any:
    z = (x - loc) / scale
    return special.ndtr(z) - 2.0 * special.owens_t(z, a)


# Orders are whole numbers, of which floor has no derivative. Near 0 the derivatives of these formulas are differences of large
# numbers; those of the power series (DLMF 10.53) are not.


def power_series(n: Any, z: Any, sign: float) -> Any:
    """z**n / (1 3 ... (2n + 1)) times the sum of (sign z**2 / 2)**k / (k! (2n + 3) (2n + 5) ...), for abs(z) < 1."""
    term = z * 0.0 + 1.0
    for k in range(1, int(n) + 1):
        term *= z / (2.0 * k + 1.0)
    total = term
    for k in range(1, 10):
        term *= 0.5 * sign * z * z / (k * (2.0 * n + 2.0 * k + 1.0))
        total += term
    return total


def slope_series(n: Any, z: Any, sign: float) -> Any:
    """The derivative of that, from the neighbours of n."""
    above = sign * (n + 1.0) * power_series(n + 1.0, z, sign)
    return above if n == 0.0 else (n * power_series(n - 1.0, z, sign) + above) / (2.0 * n + 1.0)


def of_jv(n: Any, z: Any) -> Any:
    side = -1.0 if z < 0.0 and n % 2.0 == 1.0 else 1.0
    return side * np.sqrt(0.5 * np.pi / abs(z)) * special.jv(np.floor(n) + 0.5, abs(z))


def spherical_jn(n: Any, z: Any) -> Any:
    if z == 0.0:
        return power_series(n, z, -1.0)
    found = of_jv(n, z)
    return refined(power_series(n, z, -1.0), found) if abs(z) < 1.0 else found


def spherical_yn(n: Any, z: Any) -> Any:
    side = -1.0 if z < 0.0 and n % 2.0 == 0.0 else 1.0
    return side * np.sqrt(0.5 * np.pi / abs(z)) * special.yv(np.floor(n) + 0.5, abs(z))


def of_iv(n: Any, z: Any) -> Any:
    side = -1.0 if z < 0.0 and n % 2.0 == 1.0 else 1.0
    return side * np.sqrt(0.5 * np.pi / abs(z)) * special.iv(np.floor(n) + 0.5, abs(z))


def spherical_in(n: Any, z: Any) -> Any:
    if z == 0.0:
        return power_series(n, z, 1.0)
    found = of_iv(n, z)
    return refined(power_series(n, z, 1.0), found) if abs(z) < 1.0 else found


def spherical_jn_d(n: Any, z: Any) -> Any:
    """The derivative, as scipy takes it from its neighbour."""
    if n == 0.0:
        return -spherical_jn(1.0, z)
    if z == 0.0:
        return slope_series(n, z, -1.0)
    found = of_jv(n - 1.0, z) - (n + 1.0) / z * of_jv(n, z)
    return refined(slope_series(n, z, -1.0), found) if abs(z) < 1.0 else found


def spherical_yn_d(n: Any, z: Any) -> Any:
    return -spherical_yn(1.0, z) if n == 0.0 else spherical_yn(n - 1.0, z) - (n + 1.0) / z * spherical_yn(n, z)


def spherical_in_d(n: Any, z: Any) -> Any:
    if n == 0.0:
        return spherical_in(1.0, z)
    if z == 0.0:
        return slope_series(n, z, 1.0)
    found = of_iv(n - 1.0, z) - (n + 1.0) / z * of_iv(n, z)
    return refined(slope_series(n, z, 1.0), found) if abs(z) < 1.0 else found


IN_TERMS_OF_OTHERS: dict[str, Callable[..., Any]] = {f"_{f.__name__}": f for f in (
    beta_pdf, beta_ppf, cauchy_ppf, cauchy_isf, binom_pmf, binom_cdf, binom_sf, nbinom_pmf, nbinom_cdf, nbinom_sf, skewnorm_cdf,
    spherical_jn, spherical_yn, spherical_in, spherical_jn_d, spherical_yn_d, spherical_in_d,
)}
