"""Products of matrices, and loops that exchange arrays: irad against numpy's BLAS, and against numba where there are loops.

numpy adds up in any order and on vectors; irad's products go from left to right (docs/semantics.md).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.measure import best_times
from benchmarks.report import Row

GROUP = "products"
SIZES = (8, 100, 300)


def times_vector(a, v):
    return a @ v


def transposed_times_vector(a, v):
    return a.T @ v


def times_matrix(a, v):
    return a @ a


def times_transposed(a, v):
    return a @ a.T


def exchanged(a, v):
    """The heat equation: old and new values change places after each step."""
    u, w = a[0].copy(), a[1].copy()
    for _ in range(100):
        for i in range(1, u.shape[0] - 1):
            w[i] = u[i] + 0.1 * (u[i - 1] - 2.0 * u[i] + u[i + 1])
        u, w = w, u
    return u


FUNCTIONS: tuple[Callable[..., Any], ...] = (times_vector, transposed_times_vector, times_matrix, times_transposed, exchanged)


def run(passes: int, peers: bool = True) -> list[Row]:
    """Rows of this table: ratios are to numpy (to numba, of loops), those of gradients to irad's primal."""
    return [row for f in FUNCTIONS for n in SIZES for row in _rows(f, n, passes, peers)]


def _rows(f: Callable[..., Any], n: int, passes: int, peers: bool) -> list[Row]:
    import irad

    rng = np.random.default_rng(n)
    a, v = rng.normal(size=(n, n)), rng.normal(size=n)
    calls: dict[str, Callable[[], Any]] = {
        "irad": partial(irad.compile(f), a, v), "irad, gradient": partial(irad.grad(lambda a, v: np.sum(f(a, v))), a, v),
    }
    other = "numpy" if f is not exchanged else "numba"
    if other == "numpy":
        calls[other] = partial(f, a, v)
    elif peers:
        try:
            import numba

            calls[other] = partial(numba.njit(f), a, v)
        except ImportError:
            pass
    for call in calls.values():
        call()
    best = best_times(calls, passes, budget=5.0)
    base = {"irad": best.get(other), "irad, gradient": best["irad"]}
    name = f"{f.__name__.replace('_', ' ')}, n = {n}"
    return [Row(GROUP, name, who, t, t / b if (b := base.get(who)) else None) for who, t in best.items()]
