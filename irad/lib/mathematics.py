"""Functions of `math` that CPython writes itself, in plain Python."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def gcd(*numbers: int) -> int:
    a = 0
    for b in numbers:
        b = abs(b)
        while b:
            a, b = b, a % b
    return abs(a)


def lcm(*numbers: int) -> int:
    a = 1
    for b in numbers:
        a = 0 if a == 0 or b == 0 else abs(a // gcd(a, b) * b)
    return a


def isqrt(n: int) -> int:
    if n < 0:
        raise ValueError("isqrt() argument must be nonnegative")
    r = int(math.sqrt(n))
    while r * r > n:
        r -= 1
    while n - r * r > 2 * r:
        r += 1
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
    for i in range(k):
        r = r * (n - i) // (i + 1)
    return r


def perm(n: int, k: Any = None) -> int:
    if k is None:
        return factorial(n)
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    count = k
    if count < 0:
        raise ValueError("k must be a non-negative integer")
    if count > n:
        return 0
    r = 1
    for i in range(count):
        r *= n - i
    return r


def isclose(a: float, b: float, *, rel_tol: float = 1e-09, abs_tol: float = 0.0) -> bool:
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError("tolerances must be non-negative")
    if a == b:
        return True
    if math.isinf(a) or math.isinf(b):
        return False
    diff = abs(b - a)
    return diff <= abs(rel_tol * b) or diff <= abs(rel_tol * a) or diff <= abs_tol


def hypot(*xs: float) -> float:
    """Scaled, so that it neither overflows nor underflows; within 1 ulp of CPython's."""
    big = 0.0
    for x in xs:
        if math.isinf(x):
            return math.inf
        big = max(big, abs(x))
    if big == 0.0:
        return 0.0
    total = 0.0
    for x in xs:
        q = x / big
        total += q * q
    return big * math.sqrt(total)


def dist(p: Any, q: Any) -> float:
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    big = 0.0
    for a, b in zip(p, q):
        d = abs(float(a) - float(b))
        if math.isinf(d):
            return d
        big = max(big, d)
    if big == 0.0:
        return 0.0
    total = 0.0
    for a, b in zip(p, q):
        d = (float(a) - float(b)) / big
        total += d * d
    return big * math.sqrt(total)


def prod(xs: Any, *, start: Any = 1) -> Any:
    r = start
    for x in xs:
        r = r * x
    return r


def sumprod(p: Any, q: Any) -> Any:
    if len(p) != len(q):
        raise ValueError("Inputs are not the same length")
    total = 0.0
    for a, b in zip(p, q, strict=False):
        total += a * b
    return total


def modf(x: float) -> tuple[float, float]:
    if math.isinf(x):
        return math.copysign(0.0, x), x
    if math.isnan(x):
        return x, x
    f = math.fmod(x, 1.0)
    return math.copysign(f, x), math.copysign(x - f, x)


def frexp(x: float) -> tuple[float, int]:
    if x == 0.0 or math.isinf(x) or math.isnan(x):
        return x, 0
    m, e = x, 0
    while abs(m) >= 1.0:
        m *= 0.5
        e += 1
    while abs(m) < 0.5:
        m *= 2.0
        e -= 1
    return m, e


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
    n = int(math.floor(2.0 * y + 0.5))
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
    if math.fmod(x, 1.0) == 0.0 and x < 0.0:
        raise ValueError("math domain error")
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
    y = absx + LANCZOS_G - 0.5
    if absx > LANCZOS_G - 0.5:
        q = y - absx
        z = q - (LANCZOS_G - 0.5)
    else:
        q = y - (LANCZOS_G - 0.5)
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
    return r


LOG_PI = 1.144729885849400174143427351353058711647


def lgamma(x: float) -> float:
    if math.isnan(x):
        return x
    if math.isinf(x):
        return math.inf
    if math.fmod(x, 1.0) == 0.0 and x <= 2.0:
        if x <= 0.0:
            raise ValueError("math domain error")
        return 0.0
    absx = abs(x)
    if absx < 1e-20:
        return -math.log(absx)
    r = math.log(lanczos_sum(absx)) - LANCZOS_G
    r += (absx - 0.5) * (math.log(absx + LANCZOS_G - 0.5) - 1.0)
    if x < 0.0:
        r = LOG_PI - math.log(abs(sinpi(absx))) - math.log(absx) - r
    if math.isinf(r):
        raise OverflowError("math range error")
    return r


# -- fsum: exact partial sums, rounded once (J. Shewchuk, 1997; as in Modules/mathmodule.c) ----------------------

MOST_PARTIALS = 64  # doubles span fewer than 42 pieces of 53 bits


def fsum(xs: Any) -> float:
    partials = np.empty(MOST_PARTIALS)
    n = 0
    special = 0.0
    infinite = 0.0
    for item in xs:
        x = float(item)
        if x - x != 0.0:
            special += x
            if math.isinf(x):
                infinite += x
            continue
        i = 0
        for j in range(n):
            y = float(partials[j])
            if abs(x) < abs(y):
                x, y = y, x
            hi = x + y
            lo = y - (hi - x)
            if lo != 0.0:
                partials[i] = lo
                i += 1
            x = hi
        if x - x != 0.0:
            raise OverflowError("intermediate overflow in fsum")
        if x == 0.0 and i > 0:  # CPython drops it; kept, for its derivative
            partials[i - 1] += x
        else:
            partials[i] = x
            i += 1
        n = i
    if special != 0.0:
        if math.isnan(infinite):
            raise ValueError("-inf + inf in fsum")
        return special
    if n == 0:
        return 0.0
    return _rounded_once(partials, n)


def _rounded_once(partials: Any, n: int) -> float:
    n -= 1
    hi = float(partials[n])
    lo = 0.0
    while n > 0:
        x = hi
        n -= 1
        y = float(partials[n])
        hi = x + y
        lo = y - (hi - x)
        if lo != 0.0:
            break
    if n > 0 and ((lo < 0.0 and partials[n - 1] < 0.0) or (lo > 0.0 and partials[n - 1] > 0.0)):
        y = lo * 2.0
        x = hi + y
        if y == x - hi:
            hi = x
    return hi + 0.0
