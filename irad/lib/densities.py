"""Boost's densities and distribution functions, which scipy.stats calls, in terms of scipy.special: equal but for last digits.

By the names that scipy has for them. Imported when scipy is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special


def beta_pdf(x: Any, a: Any, b: Any) -> Any:
    return np.exp(special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x) - special.betaln(a, b))


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


DENSITIES: dict[str, Callable[..., Any]] = {f"_{f.__name__}": f for f in (
    beta_pdf, beta_ppf, cauchy_ppf, cauchy_isf, binom_pmf, binom_cdf, binom_sf, nbinom_pmf, nbinom_cdf, nbinom_sf, skewnorm_cdf,
)}
