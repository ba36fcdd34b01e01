"""A small BFGS, for machines without scipy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def bfgs(
    value_and_grad: Callable[[Vector], tuple[float, Vector]],
    x: Vector,
    *,
    gtol: float = 1e-7,
    max_iterations: int = 200,
    callback: Callable[[Vector], object] | None = None,
) -> tuple[Vector, int]:
    """Minimise a smooth function; returns the point and the number of iterations.

    Stops when no component of the gradient exceeds `gtol`, or when the line search finds nothing lower.
    """
    f, g = value_and_grad(x)
    inverse = np.eye(len(x)) / max(1.0, float(np.linalg.norm(g)))
    for iteration in range(max_iterations):
        if np.max(np.abs(g)) <= gtol:
            return x, iteration
        direction = -inverse @ g
        descent, step = float(g @ direction), 1.0
        while True:  # halve until the decrease is at least a little of what the slope promises (Armijo)
            new_f, new_g = value_and_grad(x + step * direction)
            if new_f <= f + 1e-4 * step * descent:
                break
            step *= 0.5
            if step < 1e-12:
                return x, iteration
        s, y = step * direction, new_g - g
        x, f, g = x + s, new_f, new_g
        curvature = float(s @ y)
        if curvature > 1e-12 * float(np.linalg.norm(s) * np.linalg.norm(y)):  # else the update would not stay positive
            left = np.eye(len(x)) - np.outer(s, y) / curvature
            inverse = left @ inverse @ left.T + np.outer(s, s) / curvature
        if callback is not None:
            callback(x)
    return x, max_iterations
