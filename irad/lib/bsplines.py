"""B-splines, as scipy.interpolate's BSpline and FITPACK evaluate them: what they have in C, after de Boor.

C. de Boor, "A Practical Guide to Splines" (1978), chapter X; P. Dierckx, "Curve and Surface Fitting with Splines" (1993).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def interval(t: Any, k: int, x: float) -> int:
    """The last i from k on with t[i] <= x that begins an interval of the base; the first or the last of these for x beyond."""
    low, high = k, len(t) - k - 1
    while high - low > 1:
        middle = (low + high) // 2
        if t[middle] <= x:
            low = middle
        else:
            high = middle
    return low


def basis(t: Any, k: int, x: float, at: int, nu: int, h: Any, before: Any) -> None:
    """Into h the nu-th derivatives of the k + 1 B-splines that are not zero at x, which is in interval `at`."""
    h[0] = 1.0
    for j in range(1, k + 1):
        before[:j] = h[:j]
        h[0] = 0.0
        for n in range(1, j + 1):
            right, left = t[at + n], t[at + n - j]
            if right == left:
                h[n] = 0.0
            elif j <= k - nu:
                w = before[n - 1] / (right - left)
                h[n - 1] += w * (right - x)
                h[n] = w * (x - left)
            else:
                w = j * before[n - 1] / (right - left)
                h[n - 1] -= w
                h[n] = w


def evaluate_spline(t: Any, c: Any, k: int, xp: Any, nu: int, extrapolate: bool) -> Any:
    """The nu-th derivative of the curves with coefficients c[:, curve]; outside nan, if that is not extrapolated."""
    out = np.zeros((len(xp), c.shape[1]))
    h, before = np.zeros(k + 1), np.zeros(k + 1)
    for i in range(len(xp)):
        x = xp[i]
        if math.isnan(x) or (not extrapolate and (x < t[k] or x > t[len(t) - k - 1])):
            out[i] = math.nan
        elif nu <= k:
            at = interval(t, k, x)
            basis(t, k, x, at, nu, h, before)
            for curve in range(c.shape[1]):
                for a in range(k + 1):
                    out[i, curve] += c[at + a - k, curve] * h[a]
    return out


def splev(t: Any, c: Any, k: int, xp: Any, e: int) -> Any:
    """FITPACK's: values and an error number. Outside: extrapolated (e = 0), 0 (1), an error (2), the value at the end (3)."""
    return splder(t, c, k, xp, 0, e)


def splder(t: Any, c: Any, k: int, xp: Any, nu: int, e: int) -> Any:
    """The same of the nu-th derivative, a spline of lower degree; e = 3 extrapolates it."""
    count, order = len(t) - k - 1, k - nu
    w = np.zeros(count)
    for i in range(count):
        w[i] = c[i]
    for j in range(1, nu + 1):
        for i in range(count - j):
            width = t[i + k + 1] - t[i + j]
            if width > 0.0:
                w[i] = (k + 1 - j) * (w[i + 1] - w[i]) / width
    out = np.zeros(len(xp))
    h, before = np.zeros(order + 1), np.zeros(order + 1)
    first, last = t[k], t[count]
    for i in range(len(xp)):
        x = xp[i]
        if x < first or x > last:
            if e == 1:
                continue
            if e == 2:
                return out, 1
            if e == 3 and nu == 0:
                x = first if x < first else last
        at = interval(t, k, x)
        basis(t, order, x, at, 0, h, before)
        for a in range(order + 1):
            out[i] += w[at + a - k] * h[a]
    return out, 0


def bispeu(tx: Any, ty: Any, c: Any, kx: int, ky: int, xp: Any, yp: Any) -> Any:
    """A surface at points; outside, the value at the nearest place of its rectangle."""
    xp, yp = np.atleast_1d(xp), np.atleast_1d(yp)
    out = np.zeros(len(xp))
    hx, hy, before = np.zeros(kx + 1), np.zeros(ky + 1), np.zeros(max(kx, ky) + 1)
    for i in range(len(xp)):
        out[i] = _surface(tx, ty, c, kx, ky, xp[i], yp[i], hx, hy, before)
    return out, 0


def bispev(tx: Any, ty: Any, c: Any, kx: int, ky: int, xp: Any, yp: Any) -> Any:
    """A surface at the points of a grid."""
    xp, yp = np.atleast_1d(xp), np.atleast_1d(yp)
    out = np.zeros((len(xp), len(yp)))
    hx, hy, before = np.zeros(kx + 1), np.zeros(ky + 1), np.zeros(max(kx, ky) + 1)
    for i in range(len(xp)):
        for j in range(len(yp)):
            out[i, j] = _surface(tx, ty, c, kx, ky, xp[i], yp[j], hx, hy, before)
    return out, 0


def _surface(tx: Any, ty: Any, c: Any, kx: int, ky: int, x: float, y: float, hx: Any, hy: Any, before: Any) -> float:
    x, y = _within(tx, kx, x), _within(ty, ky, y)
    row, column = interval(tx, kx, x), interval(ty, ky, y)
    basis(tx, kx, x, row, 0, hx, before)
    basis(ty, ky, y, column, 0, hy, before)
    width = len(ty) - ky - 1
    total = 0.0
    for a in range(kx + 1):
        for b in range(ky + 1):
            total += c[(row + a - kx) * width + column + b - ky] * hx[a] * hy[b]
    return total


def _within(t: Any, k: int, x: float) -> float:
    first, last = t[k], t[len(t) - k - 1]
    return first if x < first else last if x > last else x
