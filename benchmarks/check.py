"""Whether a gradient is right: against the hand-written adjoint, or against central differences of the primal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.workloads.workload import Args, Workload

Vector = NDArray[np.float64]
DIRECTIONS = 3


def flat(gradients: list[Any]) -> Vector:
    """All components in one vector."""
    return np.concatenate([np.ravel(np.asarray(g, dtype=np.float64)) for g in gradients])


def distance(found: Vector, wanted: Vector) -> float:
    """The largest difference, relative to the largest component."""
    return float(np.max(np.abs(found - wanted)) / max(float(np.max(np.abs(wanted))), 1e-300))


def against_differences(workload: Workload, primal: Callable[..., Any], args: Args, gradients: list[Any]) -> float:
    """The largest error of a directional derivative, relative to its size as a sum of absolute values.

    Four evaluations a direction: central differences with steps h and h/2, extrapolated.
    """
    random = np.random.default_rng(0)
    worst = 0.0
    for _ in range(DIRECTIONS):
        shapes = [np.shape(args[i]) for i in workload.active]
        directions = [random.uniform(0.5, 1.0, s) * random.choice([-1.0, 1.0], s) for s in shapes]
        terms = np.concatenate([np.ravel(np.asarray(g) * d) for g, d in zip(gradients, directions)])
        coarse = slope(primal, workload, args, directions, workload.step)
        fine = slope(primal, workload, args, directions, workload.step / 2)
        numeric = (4.0 * fine - coarse) / 3.0
        size = max(float(np.linalg.norm(terms)), abs(numeric), 1e-300)
        worst = max(worst, abs(float(terms.sum()) - numeric) / size)
    return worst


def slope(primal: Callable[..., Any], workload: Workload, args: Args, directions: list[Any], h: float) -> float:
    """A central difference along a direction."""
    values = []
    for sign in (1.0, -1.0):
        moved = list(args)
        for i, d in zip(workload.active, directions):
            moved[i] = args[i] + sign * h * d if isinstance(args[i], np.ndarray) else float(args[i] + sign * h * d)
        values.append(float(primal(*moved)))
    return (values[0] - values[1]) / (2.0 * h)
