"""Roots of a function of one number by Brent's method, as scipy.optimize.brentq finds them, bit for bit.

The derivative of the root is that of the steps, with a step of the secant method behind them of which only the derivative
counts: where the bracket was halved at the end, the steps say little about how the root moves. A root that is met at once has
no secant that is short: f is called three times more, at it and at two points beside it.
"""

from __future__ import annotations

from typing import Any

from irad.lib.primitives import refined

FAR = 1e-6  # of the bracket: from so far, the slope of the secant is free of rounding
NEAR = 1e-5  # of the bracket: a parabola through points so close has the slope of the function, nearly free of rounding
CONVERGED, FAILED = 0, -2


def checked(f: Any) -> Any:
    """The function, with an error where it gives nan."""
    def value(x: Any, *args: Any) -> Any:
        found = f(x, *args)
        if found != found:
            raise ValueError(f"The function value at x={x} is NaN; solver cannot continue.")
        return found

    return value


def brentq(
    f: Any, a: Any, b: Any, xtol: float, rtol: float, maxiter: int, args: Any, full_output: bool, disp: bool,
) -> Any:
    """A root between a and b, at which f has values of opposite signs; with the calls, the iterations and the outcome."""
    if maxiter < 0:
        raise ValueError("maxiter must be >= 0")
    numbers = float(a), float(b), float(xtol), float(rtol)  # of Python throughout, as in C: scipy's default rtol is numpy's
    root, calls, iterations, outcome = brent(lambda x: float(f(x, *args)), *numbers, maxiter)
    if disp and outcome == FAILED:
        raise RuntimeError(f"Failed to converge after {maxiter} iterations.")
    return (root, calls, iterations, outcome) if full_output else root


def brent(f: Any, a: float, b: float, xtol: float, rtol: float, maxiter: int) -> tuple[float, int, int, int]:
    """The iteration: `cur` is the best point, `pre` the one before, `blk` one at which f has the other sign."""
    pre, cur, far = a, b, FAR * abs(b - a)
    blk, f_blk, last, step = 0.0, 0.0, 0.0, 0.0
    f_pre, f_cur = f(pre), f(cur)
    if f_pre == 0:
        return at_once(f, pre, f_pre, cur), 2, 1, CONVERGED
    if f_cur == 0:
        return at_once(f, cur, f_cur, pre), 2, 1, CONVERGED
    if (f_pre < 0) == (f_cur < 0):
        raise ValueError("f(a) and f(b) must have different signs")
    for i in range(maxiter):
        if f_pre != 0 and f_cur != 0 and (f_pre < 0) != (f_cur < 0):
            blk, f_blk = pre, f_pre
            last = step = cur - pre
        if abs(f_blk) < abs(f_cur):
            pre, cur, f_pre, f_cur = cur, blk, f_cur, f_blk
            blk, f_blk = pre, f_pre
        delta = (xtol + rtol * abs(cur)) / 2
        half = (blk - cur) / 2
        if f_cur == 0 or abs(half) < delta:
            if f_cur == 0 and abs(pre - cur) > 1000 * far:
                return at_once(f, cur, f_cur, pre), i + 2, i + 1, CONVERGED
            return corrected(cur, f_cur, pre, f_pre, far), i + 2, i + 1, CONVERGED
        last, step = next_step(pre, cur, blk, f_pre, f_cur, f_blk, last, step, half, delta)
        pre, f_pre = cur, f_cur
        cur += step if abs(step) > delta else delta if half > 0 else -delta
        f_cur = f(cur)
    return cur, maxiter + 2, maxiter, FAILED


def next_step(
    pre: float, cur: float, blk: float, f_pre: float, f_cur: float, f_blk: float, last: float, step: float, half: float,
    delta: float,
) -> tuple[float, float]:
    """The step before and the step: by the secant, or a parabola for x as a function of y, if that is short; else half way."""
    if abs(last) > delta and abs(f_cur) < abs(f_pre):
        if pre == blk:
            tried = -f_cur * (cur - pre) / (f_cur - f_pre)
        else:
            d_pre, d_blk = (f_pre - f_cur) / (pre - cur), (f_blk - f_cur) / (blk - cur)
            tried = -f_cur * (f_blk * d_blk - f_pre * d_pre) / (d_blk * d_pre * (f_blk - f_pre))
        if 2 * abs(tried) < min(abs(last), 3 * abs(half) - delta):
            return step, tried
    return half, half


def corrected(x: float, fx: float, other: float, f_other: float, far: float) -> float:
    """The root, which a long step has met: with the derivative of a further step from it."""
    if f_other == fx or abs(other - x) < far:
        return x
    return moved(x, fx, (f_other - fx) / (other - x))


def at_once(f: Any, x: float, fx: float, other: float) -> float:
    """A root that is met before the bracket is short: the slope there is that of a parabola through two points next to it."""
    if other == x:
        return x
    step = NEAR * (other - x)
    slope = (4 * f(x + step) - f(x + 2 * step) - 3 * fx) / (2 * step)
    first = moved(x, fx, slope)
    return moved(first, f(first), slope)  # the second derivative, too


def moved(x: float, fx: float, slope: float) -> float:
    """The root, with the derivative of a step of Newton's from it."""
    return refined(x - fx / refined(0.0, slope), x) if slope != 0 else x
