"""Loops over vectors of three and matrices of two rows, as numpy programs of mechanics and filters have them.

Small arrays that stay in a function are on its stack (`irad/passes/stack.py`); "on the heap" is irad without that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.measure import best_times
from benchmarks.report import Row

GROUP = "vectors"


def lorenz(s, n):
    """Runge-Kutta of fourth order."""
    def slope(s):
        return np.array([10.0 * (s[1] - s[0]), s[0] * (28.0 - s[2]) - s[1], s[0] * s[1] - 8.0 / 3.0 * s[2]])

    h = 0.001
    for _ in range(n):
        a = slope(s)
        b = slope(s + h / 2.0 * a)
        c = slope(s + h / 2.0 * b)
        d = slope(s + h * c)
        s = s + h / 6.0 * (a + 2.0 * b + 2.0 * c + d)
    return s.sum()


def kalman(q, n):
    """The likelihood of positions under a Kalman filter with constant speed."""
    step, position = np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([[1.0, 0.0]])
    x, spread, total = np.zeros(2), np.eye(2), 0.0
    for k in range(n):
        x = step @ x
        spread = step @ spread @ step.T + q[0] * np.eye(2)
        missed = math.sin(0.1 * k) - (position @ x)[0]
        s = (position @ spread @ position.T)[0, 0] + q[1]
        gain = (spread @ position.T)[:, 0] / s
        x = x + gain * missed
        spread = spread - np.outer(gain, (position @ spread)[0])
        total -= 0.5 * (math.log(s) + missed * missed / s)
    return total


def top(w, n):
    """A turning body, by its moments of inertia."""
    inertia = np.array([1.0, 2.0, 3.0])
    for _ in range(n):
        w = w - 0.001 * np.cross(w, inertia * w) / inertia
    return np.dot(w, inertia * w)


CASES: tuple[tuple[Callable[..., Any], list[float]], ...] = (
    (lorenz, [1.0, 2.0, 3.0]), (kalman, [0.1, 0.2]), (top, [0.1, 1.0, 0.2]),
)
N = 1000


def run(passes: int, peers: bool = True) -> list[Row]:
    """Rows of this table: ratios are to irad without the stack, of primals and gradients."""
    return [row for f, start in CASES for row in _rows(f, np.array(start), passes, peers)]


def _rows(f: Callable[..., Any], start: Any, passes: int, peers: bool) -> list[Row]:
    import irad

    calls: dict[str, Callable[[], Any]] = {}
    with mock.patch("irad.pipeline.stack", lambda function: None):
        for who, made in (("irad, on the heap", irad.compile), ("irad's gradient, on the heap", irad.grad)):
            calls[who] = partial(made(_copy(f)), start, N)
            calls[who]()
    calls["irad"], calls["irad's gradient"] = partial(irad.compile(f), start, N), partial(irad.grad(f), start, N)
    if peers:
        try:
            import numba

            calls["numba"] = partial(numba.njit(f), start, N)
            calls["numba"]()
        except Exception:  # it is not there, or does not take the program
            calls.pop("numba", None)
    best = best_times(calls, passes, budget=5.0)
    base = {who: best[f"{who}, on the heap"] for who in ("irad", "irad's gradient")} | {"numba": best["irad"]}
    return [Row(GROUP, f"{f.__name__}, n = {N}", who, t, t / b if (b := base.get(who)) else None) for who, t in best.items()]


def _copy(f: Any) -> Any:
    """A function of its own, which is compiled apart."""
    return type(f)(f.__code__.replace(co_name=f"{f.__name__} on the heap"), f.__globals__)
