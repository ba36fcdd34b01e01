"""Functions of `math` that CPython writes itself, in plain Python."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from irad.lib.primitives import refined


def gcd(*numbers: int) -> int:
    a = 0
    for b in numbers:
        while b:
            a, b = b, a % b
    return abs(a)


def lcm(*numbers: int) -> int:
    a = 1
    for b in numbers:
        a = 0 if a == 0 or b == 0 else a // gcd(a, b) * b
    return abs(a)


def isqrt(n: int) -> int:
    if n < 0:
        raise ValueError("isqrt() argument must be nonnegative")
    r = min(int(math.sqrt(n)), 3037000499)  # the largest one whose square is an int of 64 bits
    if r * r > n:
        r -= 1
    return r


def factorial(n: int) -> int:
    if n < 0:
        raise ValueError("factorial() not defined for negative values")
    r = 1
    for i in range(2, n + 1):
        r *= i
    return r


def comb(n: int, k: int) -> int:
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    if k > n:
        return 0
    k = min(k, n - k)
    r = 1
    for i in range(1, k + 1):
        factor = n - k + i  # r * factor / i, without a product that is larger than the quotient
        common = gcd(r, i)
        r = r // common * (factor // (i // common))
    return r


def choices(n: Any, k: Any) -> int:
    """What scipy.special.comb(n, k, exact=True) calls."""
    n, k = int(n), int(k)
    return 0 if n < 0 or k < 0 else comb(n, k)


def perm(n: int, k: Any = None) -> int:
    if k is None:
        return factorial(n)
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    if k > n:
        return 0
    r = 1
    for i in range(k):
        r *= n - i
    return r


def nextafter(x: float, y: float, *, steps: Any = None) -> float:
    if steps is None:
        return math.nextafter(x, y)
    if steps < 0:
        raise ValueError("steps must be a non-negative integer")
    for _ in range(steps):
        if x == y or x != x:
            break
        x = math.nextafter(x, y)
    return y if x == y and steps > 0 else x


def isclose(a: float, b: float, *, rel_tol: float = 1e-09, abs_tol: float = 0.0) -> bool:
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError("tolerances must be non-negative")
    if a == b:
        return True
    if math.isinf(a) or math.isinf(b):
        return False
    diff = abs(b - a)
    return diff <= abs(rel_tol * b) or diff <= abs(rel_tol * a) or diff <= abs_tol


def prod(xs: Any, *, start: Any = 1) -> Any:
    r = start
    for x in xs:
        r = r * x
    return r


def bit_length(x: int) -> int:
    n = 0
    while x != 0:
        x = (x + 1 if x < 0 else x) >> 1
        n += 1
    return n


def bit_count(x: int) -> int:
    n = 0
    while x != 0:
        n += x & 1
        x = (x + 1 if x < 0 else x) >> 1
    return n


def modf(x: float) -> tuple[float, float]:
    if math.isinf(x):
        return math.copysign(0.0, x), x
    if math.isnan(x):
        return x, x
    f = math.fmod(x, 1.0)
    return math.copysign(f, x), math.copysign(x - f, x)


def ulp(x: float) -> float:
    if math.isnan(x):
        return x
    x = abs(x)
    if math.isinf(x):
        return x
    if x == 1.7976931348623157e308:
        return 1.99584030953472e292
    return math.nextafter(x, math.inf) - x


# -- gamma, as CPython computes it: Lanczos' approximation (Boost's N = 13 coefficients), Modules/mathmodule.c ----

LANCZOS_G = 6.024680040776729583740234375
LANCZOS_LESS = LANCZOS_G - 0.5
LANCZOS_NUM = (
    23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
)
LANCZOS_DEN = (
    0.0, 39916800.0, 120543840.0, 150917976.0, 105258076.0, 45995730.0, 13339535.0, 2637558.0, 357423.0,
    32670.0, 1925.0, 66.0, 1.0,
)


def lanczos_sum(x: float) -> float:
    num = 0.0
    den = 0.0
    if x < 5.0:
        for i in range(12, -1, -1):
            num = num * x + LANCZOS_NUM[i]
            den = den * x + LANCZOS_DEN[i]
    else:
        for i in range(13):
            num = num / x + LANCZOS_NUM[i]
            den = den / x + LANCZOS_DEN[i]
    return num / den


def sinpi(x: float) -> float:
    y = math.fmod(abs(x), 2.0)
    n = int(2.0 * y)
    if 2.0 * y - n >= 0.5:
        n += 1
    if n == 0:
        r = math.sin(math.pi * y)
    elif n == 1:
        r = math.cos(math.pi * (y - 0.5))
    elif n == 2:
        r = math.sin(math.pi * (1.0 - y))
    elif n == 3:
        r = -math.cos(math.pi * (y - 1.5))
    else:
        r = math.sin(math.pi * (y - 2.0))
    return math.copysign(1.0, x) * r


def gamma(x: float) -> float:
    if math.isnan(x):
        return x
    if math.isinf(x):
        if x > 0.0:
            return x
        raise ValueError("math domain error")
    if x == 0.0:
        raise ValueError("math domain error")
    if x == np.floor(x) and x < 0.0:
        raise ValueError("math domain error")
    r = gamma_by_formula(x)
    if x == np.floor(x) and x <= 23.0:
        exact = 1.0
        for i in range(2, int(x)):
            exact *= i
        return refined(r, exact)
    return r


def gamma_by_formula(x: float) -> float:
    absx = abs(x)
    if absx < 1e-20:
        r = 1.0 / x
        if math.isinf(r):
            raise OverflowError("math range error")
        return r
    if x > 171.7:
        raise OverflowError("math range error")
    if absx > 200.0:
        return 0.0 / sinpi(x)
    y = absx + LANCZOS_LESS
    if absx > LANCZOS_LESS:
        q = y - absx
        z = q - LANCZOS_LESS
    else:
        q = y - LANCZOS_LESS
        z = q - absx
    z = z * LANCZOS_G / y
    if x < 0.0:
        r = -math.pi / sinpi(absx) / absx * math.exp(y) / lanczos_sum(absx)
        r -= z * r
        if absx < 140.0:
            r /= math.pow(y, absx - 0.5)
        else:
            root = math.pow(y, absx / 2.0 - 0.25)
            r /= root
            r /= root
    else:
        r = lanczos_sum(absx) / math.exp(y)
        r += z * r
        if absx < 140.0:
            r *= math.pow(y, absx - 0.5)
        else:
            root = math.pow(y, absx / 2.0 - 0.25)
            r *= root
            r *= root
    if math.isinf(r):
        raise OverflowError("math range error")
    return r if absx < 140.0 else refined(gamma_in_range(x), r)


def gamma_in_range(x: float) -> float:
    """gamma(x) far from 0, by a formula whose derivatives stay in the range of floats as well."""
    if x < 0.0:
        return math.copysign(math.exp(size_of_gamma(x)), sinpi(x))
    root = math.pow((x + LANCZOS_G - 0.5) / math.e, x / 2.0 - 0.25)
    return (lanczos_sum(x) * root) * (EXP_MINUS_G * root)


EXP_MINUS_G = math.exp(-LANCZOS_G)
LOG_PI = 1.144729885849400174143427351353058711647


def size_of_gamma(x: float) -> float:
    """The logarithm of the size of gamma(x)."""
    absx = abs(x)
    r = math.log(lanczos_sum(absx)) - LANCZOS_G
    r += (absx - 0.5) * (math.log(absx + LANCZOS_G - 0.5) - 1.0)
    return LOG_PI - math.log(abs(sinpi(absx))) - math.log(absx) - r if x < 0.0 else r


def lgamma(x: float) -> float:
    if math.isnan(x):
        return x
    if math.isinf(x):
        return math.inf
    if x == np.floor(x) and x <= 0.0:
        raise ValueError("math domain error")
    absx = abs(x)
    if absx < 1e-20:
        return -math.log(absx)
    r = size_of_gamma(x)
    if math.isinf(r):
        raise OverflowError("math range error")
    return refined(r, 0.0) if x == 1.0 or x == 2.0 else r
