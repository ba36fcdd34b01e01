"""The predator and prey model of Lotka and Volterra, fitted by least squares: plain Python, nothing of irad in it.

    hare' = a hare - b hare lynx        lynx' = d hare lynx - c lynx

The solver is Dormand and Prince's adaptive pair of orders 5 and 4. Its loop runs until the time is reached, rejects
steps, and chooses the next step from the error of the last one; irad differentiates it as it stands.
"""

from __future__ import annotations

from importlib import resources
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

TOLERANCE = 1e-8

# Where the fit begins, documented so that it can be repeated: round rates, and the first counts as initial values.
START = {"a": 0.5, "b": 0.02, "c": 0.8, "d": 0.02, "hare": 30.0, "lynx": 4.0}
NAMES = tuple(START)


def start() -> Vector:
    """The logarithms of `START`: working with logarithms keeps every rate and count positive."""
    return np.array([log(value) for value in START.values()])


def load_pelts() -> tuple[Vector, Vector, Vector]:
    """Years since 1900, hares and lynxes (thousands of pelts)."""
    text = resources.files("irad.demo").joinpath("pelts.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines() if line and not line.startswith("#")]
    years, hare, lynx = np.array([[float(cell) for cell in row] for row in rows[1:]]).T
    return years - 1900.0, hare.copy(), lynx.copy()


def slope(x: float, y: float, a: float, b: float, c: float, d: float) -> tuple[float, float]:
    """How fast the hares x and the lynxes y grow."""
    return a * x - b * x * y, d * x * y - c * y


def trial_step(
    x: float, y: float, k1x: float, k1y: float, h: float, a: float, b: float, c: float, d: float
) -> tuple[float, float, float, float, float]:
    """One step of size h: the new state, its slope (the next step's k1), and the error over the tolerance."""
    k2x, k2y = slope(x + h * (k1x / 5), y + h * (k1y / 5), a, b, c, d)
    k3x, k3y = slope(x + h * (3 / 40 * k1x + 9 / 40 * k2x), y + h * (3 / 40 * k1y + 9 / 40 * k2y), a, b, c, d)
    u = x + h * (44 / 45 * k1x - 56 / 15 * k2x + 32 / 9 * k3x)
    v = y + h * (44 / 45 * k1y - 56 / 15 * k2y + 32 / 9 * k3y)
    k4x, k4y = slope(u, v, a, b, c, d)
    u = x + h * (19372 / 6561 * k1x - 25360 / 2187 * k2x + 64448 / 6561 * k3x - 212 / 729 * k4x)
    v = y + h * (19372 / 6561 * k1y - 25360 / 2187 * k2y + 64448 / 6561 * k3y - 212 / 729 * k4y)
    k5x, k5y = slope(u, v, a, b, c, d)
    u = x + h * (9017 / 3168 * k1x - 355 / 33 * k2x + 46732 / 5247 * k3x + 49 / 176 * k4x - 5103 / 18656 * k5x)
    v = y + h * (9017 / 3168 * k1y - 355 / 33 * k2y + 46732 / 5247 * k3y + 49 / 176 * k4y - 5103 / 18656 * k5y)
    k6x, k6y = slope(u, v, a, b, c, d)
    u = x + h * (35 / 384 * k1x + 500 / 1113 * k3x + 125 / 192 * k4x - 2187 / 6784 * k5x + 11 / 84 * k6x)
    v = y + h * (35 / 384 * k1y + 500 / 1113 * k3y + 125 / 192 * k4y - 2187 / 6784 * k5y + 11 / 84 * k6y)
    k7x, k7y = slope(u, v, a, b, c, d)
    ex = 71 / 57600 * k1x - 71 / 16695 * k3x + 71 / 1920 * k4x - 17253 / 339200 * k5x + 22 / 525 * k6x - k7x / 40
    ey = 71 / 57600 * k1y - 71 / 16695 * k3y + 71 / 1920 * k4y - 17253 / 339200 * k5y + 22 / 525 * k6y - k7y / 40
    rx = h * ex / (TOLERANCE + TOLERANCE * max(abs(x), abs(u)))
    ry = h * ey / (TOLERANCE + TOLERANCE * max(abs(y), abs(v)))
    return u, v, k7x, k7y, sqrt(0.5 * (rx * rx + ry * ry))


def advance(
    x: float, y: float, h: float, t: float, t_end: float, a: float, b: float, c: float, d: float
) -> tuple[float, float, float]:
    """Integrate from t to t_end, trying steps of size h first: the state there and the step size to go on with."""
    kx, ky = slope(x, y, a, b, c, d)
    while t < t_end:
        last = t + h >= t_end
        step = t_end - t if last else h
        u, v, ux, uy, error = trial_step(x, y, kx, ky, step, a, b, c, d)
        if error <= 1.0:
            x, y, kx, ky = u, v, ux, uy
            t = t_end if last else t + step
            if not last:  # a step cut short at t_end says little about the next
                h = step * (min(5.0, 0.9 * error**-0.2) if error > 1e-4 else 5.0)
        else:
            h = step * max(0.2, 0.9 * error**-0.2)  # 0.2 also when the error is nan
        if h < 1e-6:
            raise ArithmeticError("the step size fell below 1e-6: these rates make the model blow up")
    return x, y, h


def loss(p: Vector, times: Vector, log_hare: Vector, log_lynx: Vector) -> float:
    """Half the sum of squared differences between the logarithms of model and counts, at each of the times."""
    a, b, c, d = exp(p[0]), exp(p[1]), exp(p[2]), exp(p[3])
    x, y = exp(p[4]), exp(p[5])
    t = float(times[0])
    h = 0.05
    total = 0.0
    for i in range(len(times)):
        t_next = float(times[i])
        x, y, h = advance(x, y, h, t, t_next, a, b, c, d)
        t = t_next
        total += (log(x) - log_hare[i]) ** 2 + (log(y) - log_lynx[i]) ** 2
    return 0.5 * total


def trajectory(p: Vector, times: Vector) -> tuple[Vector, Vector]:
    """Hares and lynxes at the given times, for the picture."""
    a, b, c, d, x, y = (float(value) for value in np.exp(p))
    hare, lynx = np.empty_like(times), np.empty_like(times)
    t, h = float(times[0]), 0.05
    for i, t_next in enumerate(times):
        x, y, h = advance(x, y, h, t, float(t_next), a, b, c, d)
        t = float(t_next)
        hare[i], lynx[i] = x, y
    return hare, lynx
