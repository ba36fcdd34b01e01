"""Solvers of scipy, differentiated whole, against central differences of the interpreted solver (two runs for each input)."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.measure import best_times
from benchmarks.report import Row

TARGET = 0.01  # a gradient in terms of the differences
AGREE = 1e-5  # with plain central differences, of which the solver's tolerances are part


def solve_ivp(p: Any) -> Any:
    """Lotka-Volterra by RK45 at default tolerances: four rates and the initial state."""
    from scipy.integrate import solve_ivp as solve

    def slope(t: Any, y: Any) -> Any:
        return np.array([p[0] * y[0] - p[1] * y[0] * y[1], p[3] * y[0] * y[1] - p[2] * y[1]])

    return solve(slope, (0.0, 5.0), p[4:6]).y[0, -1]


def newton(p: Any) -> Any:
    """A root of a cubic by scipy.optimize.newton: its coefficients and the start."""
    from scipy.optimize import newton as solve

    return solve(lambda x: x**3 - p[0] * x - p[1], p[2], fprime=lambda x: 3.0 * x * x - p[0])


def bfgs(p: Any) -> Any:
    """Rosenbrock's function by BFGS without a Jacobian: its two parameters and the start."""
    from scipy.optimize import minimize

    def f(x: Any) -> Any:
        return (p[0] - x[0]) ** 2 + p[1] * (x[1] - x[0] ** 2) ** 2

    return minimize(f, p[2:4], method="BFGS").x[1]


CASES: dict[str, tuple[Callable[[Any], Any], list[float]]] = {
    "solve_ivp, RK45": (solve_ivp, [1.1, 0.4, 0.4, 0.1, 10.0, 5.0]),
    "newton": (newton, [2.0, 0.5, 2.0]),
    "BFGS": (bfgs, [1.0, 2.0, 0.3, 0.4]),
}


def run(passes: int, peers: bool = True) -> list[Row]:
    """Rows of this table; none without scipy."""
    if not find_spec("scipy"):
        return []
    import irad

    rows = []
    for name, (f, start) in CASES.items():
        p = np.array(start)
        gradient = irad.grad(f)
        found = gradient(p)
        check(f, p, found)

        def differences(f: Callable[[Any], Any] = f, p: Any = p) -> Any:
            return np.array([(f(p + h) - f(p - h)) / 2e-6 for h in 1e-6 * np.eye(len(p))])

        calls: dict[str, Callable[[], Any]] = {
            "differences, CPython": differences, "irad.grad(f)": lambda g=gradient, p=p: g(p),  # type: ignore[misc]
        }
        best = best_times(calls, passes)
        other = best["differences, CPython"]
        for who, t in best.items():
            rows.append(Row("solvers", f"{name}, {len(p)} inputs", who, t, t / other, TARGET if who == "irad.grad(f)" else None))
    return rows


def check(f: Callable[[Any], Any], p: Any, found: Any) -> None:
    """The derivative of what the solver computed."""
    for k in range(len(p)):
        h = np.zeros(len(p))
        h[k] = 1e-5 * max(1.0, abs(p[k]))
        slope = (f(p + h) - f(p - h)) / (2.0 * h[k])
        assert abs(found[k] - slope) <= AGREE * max(1.0, np.abs(found).max()), (k, found[k], slope)
