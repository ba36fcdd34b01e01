"""Logistic growth of many species at once by the classical Runge-Kutta method, as one writes it with numpy: whole arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.workloads.workload import Args, Peer, Workload


def growth(y, rate, capacity, h, steps):
    for _ in range(steps):
        k1 = rate * y * (1.0 - y / capacity)
        z = y + 0.5 * h * k1
        k2 = rate * z * (1.0 - z / capacity)
        z = y + 0.5 * h * k2
        k3 = rate * z * (1.0 - z / capacity)
        z = y + h * k3
        k4 = rate * z * (1.0 - z / capacity)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    total = 0.0
    for v in y:
        total += v * v
    return total


def by_jax(args: Args) -> Peer:
    h, steps = args[3:]

    def loss(y: Any, rate: Any, capacity: Any) -> Any:
        import jax.numpy as jnp
        from jax import lax

        def slope(y: Any) -> Any:
            return rate * y * (1.0 - y / capacity)

        def step(y: Any, _: None) -> Any:
            k1 = slope(y)
            k2 = slope(y + 0.5 * h * k1)
            k3 = slope(y + 0.5 * h * k2)
            k4 = slope(y + h * k3)
            return y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4), None

        return jnp.sum(lax.scan(step, y, None, length=steps)[0] ** 2)

    return peers.jax_peer(loss, args[:3], (0, 1, 2))


def arguments(size: tuple[int, int]) -> Args:
    random = np.random.default_rng(5)
    n, steps = size
    return random.uniform(0.1, 0.9, n), 0.8, random.uniform(1.0, 2.0, n), 0.1, steps


WORKLOAD = Workload(
    name="arrays",
    title="whole arrays, RK4",
    primal=growth,
    active=(0, 1, 2),
    sizes={"8 x 50": (8, 50), "1000 x 50": (1000, 50)},
    quick=("8 x 50",),
    arguments=arguments,
    peers={"jax": by_jax},
)
