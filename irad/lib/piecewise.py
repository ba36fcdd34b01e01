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
