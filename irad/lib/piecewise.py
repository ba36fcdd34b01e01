"""Piecewise polynomials, as scipy.interpolate's PPoly (CubicSpline, PchipInterpolator, Akima1DInterpolator, ...) evaluates them.

Coefficients have the shape (order, intervals, curves), the highest power first. A point on a breakpoint belongs to the interval
on its right, the last breakpoint to the last interval.
"""

from __future__ import annotations

import math
from typing import Any


def in_any_order(spline: Any) -> None:
    """Its coefficients need no order in memory here, as they do in C."""


def evaluate(c: Any, x: Any, xp: Any, dx: int, extrapolate: bool, out: Any) -> None:
    """out[i, j] = the dx-th derivative of curve j at the point xp[i]."""
    if dx < 0:
        raise ValueError("Order of derivative cannot be negative")
    for i in range(len(xp)):
        at = interval(x, xp[i], extrapolate)
        for j in range(c.shape[2]):
            out[i, j] = math.nan if at < 0 else polynomial(c, at, j, xp[i] - x[at], dx)


def integrate(c: Any, x: Any, a: Any, b: Any, extrapolate: bool, out: Any) -> None:
    """out[j] = the integral of curve j from a to b, which is not below a."""
    falling = x[len(x) - 1] < x[0]
    if falling:
        a, b = b, a
    first, last = interval(x, a, extrapolate), interval(x, b, extrapolate)
    for j in range(c.shape[2]):
        total = math.nan if first < 0 or last < 0 else 0.0
        for at in range(first, last + 1):
            high = primitive(c, at, j, (b if at == last else x[at + 1]) - x[at])
            low = primitive(c, at, j, a - x[at] if at == first else 0.0)
            total = total + (high - low)
        out[j] = -total if falling else total


def fix_continuity(c: Any, x: Any, order: int) -> None:
    """Set the lowest coefficients of intervals, so that derivatives up to this order go on from the interval before."""
    for at in range(1, len(x) - 1):
        for j in range(c.shape[2]):
            for dx in range(order, -1, -1):
                value = polynomial(c, at - 1, j, x[at] - x[at - 1], dx)
                for k in range(dx):
                    value /= k + 1
                c[c.shape[0] - dx - 1, at, j] = value


def interval(x: Any, point: float, extrapolate: bool) -> int:
    """The interval of a point among breakpoints that rise or fall; -1 if there is none."""
    last = len(x) - 1
    sign = 1.0 if x[last] >= x[0] else -1.0
    t = sign * point
    if math.isnan(point) or (not extrapolate and not sign * x[0] <= t <= sign * x[last]):
        return -1
    low, high = 0, last  # the breakpoint `low` is not beyond the point, or there is none before it
    while high - low > 1:
        middle = (low + high) // 2
        if sign * x[middle] <= t:
            low = middle
        else:
            high = middle
    return low


def polynomial(c: Any, at: int, curve: int, s: float, dx: int) -> float:
    """The sum of the powers of s, the lowest first."""
    order = c.shape[0]
    total, power = 0.0, 1.0
    for k in range(dx, order):
        factor = 1.0
        for n in range(k - dx + 1, k + 1):
            factor *= n
        total += c[order - k - 1, at, curve] * power * factor
        power *= s
    return total


def primitive(c: Any, at: int, curve: int, s: float) -> float:
    """The integral of the polynomial from 0 to s."""
    order = c.shape[0]
    total, power = 0.0, s
    for k in range(order):
        total += c[order - k - 1, at, curve] * power * (1.0 / (k + 1))
        power *= s
    return total
