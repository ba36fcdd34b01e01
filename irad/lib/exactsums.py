"""Sums of floats that CPython computes with more than float's precision: fsum, hypot, dist and sumprod."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from irad.lib.primitives import fma

SMALLEST_NORMAL = 2.2250738585072014e-308
DIVIDES_SMALL = sys.version_info < (3, 12)  # CPython 3.11 treats subnormal vectors in another way


# -- hypot and dist: the sum of exact squares, scaled, and a correction of its root ------------------------------


def norm(xs: Any) -> float:
    """The length of a vector."""
    largest = 0.0
    wrong = 0.0
    for x in xs:
        largest = max(largest, abs(x))
        wrong += x - x
    if largest == math.inf:
        return largest
    if wrong != wrong:
        return wrong
    if largest == 0.0 or len(xs) <= 1:
        return largest
    if math.frexp(largest)[1] >= -1023:
        return scaled_norm(xs, largest, 1.0)
    return divided_norm(xs, largest) if DIVIDES_SMALL else SMALLEST_NORMAL * scaled_norm(xs, largest, SMALLEST_NORMAL)


def scaled_norm(xs: Any, largest: float, unit: float) -> float:
    scale = math.ldexp(1.0, -math.frexp(largest / unit)[1])
    total, low, lost = 1.0, 0.0, 0.0  # above every square to come, so that what a sum loses is known
    for x in xs:
        q = x / unit * scale
        total, low, lost = add_product(total, low, lost, q, q)
    h = math.sqrt(total - 1.0 + (low + lost))
    total, low, lost = add_product(total, low, lost, -h, h)
    h += (total - 1.0 + (low + lost)) / (2.0 * h)
    return h / scale


def add_product(total: float, low: float, lost: float, x: float, y: float) -> tuple[float, float, float]:
    """total + x*y for abs(total) >= abs(x*y); what the product and the sum lose is added to `low` and `lost`."""
    product = x * y
    low += fma(x, y, -product)
    new = total + product
    lost += (total - new) + product
    return new, low, lost


def divided_norm(xs: Any, largest: float) -> float:
    total, lost = 1.0, 0.0
    for x in xs:
        q = x / largest
        new = total + q * q
        lost += (total - new) + q * q
        total = new
    return largest * math.sqrt(total - 1.0 + lost)


def dist(p: Any, q: Any) -> float:
    """For arrays; the differences of tuples are taken by the compiler."""
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    differences = np.empty(len(p))
    for i in range(len(p)):
        differences[i] = float(p[i]) - float(q[i])
    return float(norm(differences))


# -- sumprod: products and their sum in three floats -------------------------------------------------------------


def sumprod_floats(total: float, ps: Any, qs: Any) -> float:
    """total + sum of p*q; from the first sum that is not finite on, as floats compute it."""
    high, low, tiny = 0.0, 0.0, 0.0
    exact = True
    for p, q in zip(ps, qs):
        if exact:
            product = p * q
            h, lost = two_sum(high, product)
            if h - h == 0.0:
                low, rest = two_sum(low, fma(p, q, -product))
                low, rest2 = two_sum(low, lost)
                high, tiny = h, tiny + rest + rest2
            else:
                exact = False
                total += rounded(high, low, tiny)
        if not exact:
            total += p * q
    return total + rounded(high, low, tiny) if exact else total


def rounded(high: float, low: float, tiny: float) -> float:
    s, lost = two_sum(low, high)
    return tiny + lost + s


def two_sum(x: float, y: float) -> tuple[float, float]:
    """x + y, and what its rounding lost."""
    s = x + y
    y2 = s - x
    return s, (x - (s - y2)) + (y - y2)


def sumprod(p: Any, q: Any) -> Any:
    """Of arrays: numpy scalars, added as they come."""
    if len(p) != len(q):
        raise ValueError("Inputs are not the same length")
    total = 0
    for x, y in zip(p, q):
        total = total + x * y
    return total


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
            n = 0
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
