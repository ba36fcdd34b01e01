"""`python -m irad demo`: fit a Lotka-Volterra model to a century-old record of hares and lynxes."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irad.demo import model
from irad.demo.optimizer import bfgs

Vector = NDArray[np.float64]
Objective = Callable[[Vector], tuple[float, Vector]]

PICTURE = Path("lotka_volterra.png")


@dataclass(frozen=True)
class Fit:
    """What a fit found: `p` are the logarithms of rates and initial values, `gradient` is that of the loss at `p`."""

    p: Vector
    loss: float
    gradient: Vector
    optimizer: str
    iterations: int
    calls: int
    first_call_seconds: float
    fit_seconds: float
    gradient_seconds: float  # of the fit, in value and gradient


def run(argv: Sequence[str] = ()) -> int:
    """Run the demo; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m irad demo", description=__doc__)
    parser.add_argument("--optimizer", choices=["auto", "scipy", "bfgs"], default="auto", help="auto: scipy if present")
    parser.add_argument("--plot", type=Path, default=PICTURE, help="where to save the picture (default: %(default)s)")
    parser.add_argument("--no-plot", action="store_true", help="save no picture")
    options = parser.parse_args(list(argv))

    print("Hares and lynxes, Hudson's Bay Company, 1900-1920: a Lotka-Volterra model fitted to the logarithms of the")
    print("counts. The gradient goes through an adaptive Dormand-Prince solver written as a plain Python while loop.\n")
    fit = fit_pelts(optimizer=options.optimizer, progress=True)
    report(fit)
    if not options.no_plot:
        from irad.demo.plot import save

        print(save(fit.p, options.plot))
    return 0


def fit_pelts(optimizer: str = "auto", progress: bool = False) -> Fit:
    """Fit the four rates and the two initial values; the gradient is irad's."""
    import irad  # here, so that the model and the optimiser can be used and tested without the compiler

    times, hare, lynx = model.load_pelts()
    data = times, np.log(hare), np.log(lynx)
    value_and_grad = irad.value_and_grad(model.loss)
    begin = time.perf_counter()
    value_and_grad(model.start(), *data)
    first_call = time.perf_counter() - begin
    return minimise(lambda p: value_and_grad(p, *data), model.start(), optimizer, progress, first_call)


def minimise(
    value_and_grad: Objective, p: Vector, optimizer: str = "auto", progress: bool = False, first_call: float = 0.0
) -> Fit:
    """Minimise with scipy's L-BFGS-B or the demo's own BFGS, timing and counting."""
    calls, inside = 0, 0.0
    lines = Progress() if progress else None

    def objective(q: Vector) -> tuple[float, Vector]:
        nonlocal calls, inside
        calls += 1
        begin = time.perf_counter()
        try:
            value, gradient = value_and_grad(q)
        except ArithmeticError:  # rates at which the model blows up: a wall, from which a line search turns back
            return 1e10, np.zeros_like(q)
        inside += time.perf_counter() - begin
        if lines is not None:
            lines.last = float(value), gradient
        return float(value), gradient

    solver = _solver(optimizer)  # importing scipy is not part of the fit
    begin = time.perf_counter()
    name, p, iterations = solver(objective, p, lines)
    seconds = time.perf_counter() - begin
    value, gradient = value_and_grad(p)
    return Fit(p, float(value), gradient, name, iterations, calls, first_call, seconds, inside)


class Progress:
    """Prints one line for each iteration of the optimiser, from the last values that it asked for."""

    def __init__(self) -> None:
        self.last: tuple[float, Vector] = (np.nan, np.empty(0))
        self.iteration = 0

    def __call__(self, p: Vector) -> None:
        self.iteration += 1
        value, gradient = self.last
        rates = " ".join(f"{x:8.4g}" for x in np.exp(p))
        print(f"  {self.iteration:3d}  loss {value:10.6f}  |gradient| {np.linalg.norm(gradient):8.1e}  {rates}")


Solver = Callable[[Objective, Vector, Callable[[Vector], None] | None], tuple[str, Vector, int]]


def _solver(wanted: str) -> Solver:
    if wanted == "bfgs":
        return _bfgs
    try:
        from scipy.optimize import minimize
    except ImportError:
        if wanted == "scipy":
            raise
        return _bfgs
    return partial(_lbfgsb, minimize)


def _bfgs(objective: Objective, p: Vector, callback: Callable[[Vector], None] | None) -> tuple[str, Vector, int]:
    found, iterations = bfgs(objective, p, callback=callback)
    return "the demo's own BFGS", found, iterations


def _lbfgsb(
    minimize: Any, objective: Objective, p: Vector, callback: Callable[[Vector], None] | None
) -> tuple[str, Vector, int]:
    options = {"ftol": 1e-15, "gtol": 1e-7, "maxiter": 200}
    result = minimize(objective, p, jac=True, method="L-BFGS-B", callback=callback, options=options)
    return "scipy's L-BFGS-B", np.asarray(result.x), int(result.nit)


def report(fit: Fit) -> None:
    """Print what was found and how long it took."""
    a, b, c, d, hare, lynx = np.exp(fit.p)
    print("\n  hare' = a hare - b hare lynx        lynx' = d hare lynx - c lynx")
    print(f"  rates           a = {a:.4f}   b = {b:.5f}   c = {c:.4f}   d = {d:.5f}")
    print(f"  initial values  hare = {hare:.2f}   lynx = {lynx:.3f}   (thousands of pelts, 1900)")
    print(f"  loss {fit.loss:.9f}, gradient norm {np.linalg.norm(fit.gradient):.1e}\n")
    print(f"  compiled and called once in {fit.first_call_seconds * 1e3:.0f} ms (value and gradient)")
    each = fit.gradient_seconds / max(fit.calls, 1)
    print(f"  fitted in {fit.fit_seconds * 1e3:.1f} ms by {fit.optimizer}, {fit.iterations} iterations: of these")
    print(f"  {fit.gradient_seconds * 1e3:.1f} ms in {fit.calls} calls of value and gradient, {each * 1e6:.0f} us each")
