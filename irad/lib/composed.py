"""Functions of scipy that only Python can call, in terms of those that C can: equal but for last digits.

Boost's densities and distribution functions, which scipy.stats calls, and spherical Bessel functions; by the names that scipy has
for them. Imported when scipy is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from irad.lib.slopes import beta_density


def beta_pdf(x: Any, a: Any, b: Any) -> Any:
    return beta_density(a, b, x)


def beta_ppf(p: Any, a: Any, b: Any) -> Any:
    return special.betaincinv(a, b, p)


def cauchy_ppf(p: Any, loc: Any, scale: Any) -> Any:
    side = p - 1.0 if p > 0.5 else p
    return loc if side == 0.5 else loc - scale / np.tan(np.pi * side)


def cauchy_isf(p: Any, loc: Any, scale: Any) -> Any:
    side = p - 1.0 if p > 0.5 else p
    return loc if side == 0.5 else loc + scale / np.tan(np.pi * side)


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


def spherical_jn(n: Any, z: Any) -> Any:
    if z == 0.0:
        return 1.0 + z if n == 0.0 else z * 0.0
    side = -1.0 if z < 0.0 and n % 2.0 == 1.0 else 1.0
    return side * np.sqrt(0.5 * np.pi / abs(z)) * special.jv(n + 0.5, abs(z))


def spherical_yn(n: Any, z: Any) -> Any:
    side = -1.0 if z < 0.0 and n % 2.0 == 0.0 else 1.0
    return side * np.sqrt(0.5 * np.pi / abs(z)) * special.yv(n + 0.5, abs(z))


def spherical_in(n: Any, z: Any) -> Any:
    if z == 0.0:
        return 1.0 + z if n == 0.0 else z * 0.0
    side = -1.0 if z < 0.0 and n % 2.0 == 1.0 else 1.0
    return side * np.sqrt(0.5 * np.pi / abs(z)) * special.iv(n + 0.5, abs(z))


def spherical_jn_d(n: Any, z: Any) -> Any:
    """The derivative, as scipy takes it from its neighbour."""
    if n == 0.0:
        return -spherical_jn(1.0, z)
    if z == 0.0:
        return 1.0 / 3.0 + z if n == 1.0 else z * 0.0
    return spherical_jn(n - 1.0, z) - (n + 1.0) / z * spherical_jn(n, z)


def spherical_yn_d(n: Any, z: Any) -> Any:
    return -spherical_yn(1.0, z) if n == 0.0 else spherical_yn(n - 1.0, z) - (n + 1.0) / z * spherical_yn(n, z)


def spherical_in_d(n: Any, z: Any) -> Any:
    if n == 0.0:
        return spherical_in(1.0, z)
    if z == 0.0:
        return 1.0 / 3.0 + z if n == 1.0 else z * 0.0
    return spherical_in(n - 1.0, z) - (n + 1.0) / z * spherical_in(n, z)


IN_TERMS_OF_OTHERS: dict[str, Callable[..., Any]] = {f"_{f.__name__}": f for f in (
    beta_pdf, beta_ppf, cauchy_ppf, cauchy_isf, binom_pmf, binom_cdf, binom_sf, nbinom_pmf, nbinom_cdf, nbinom_sf, skewnorm_cdf,
    spherical_jn, spherical_yn, spherical_in, spherical_jn_d, spherical_yn_d, spherical_in_d,
)}
