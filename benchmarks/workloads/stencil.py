"""Burgers' equation with viscosity on a line, updated in place: every neighbour read is overwritten later."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.workloads.workload import Args, Peer, Workload


def stencil(start, a, b, steps):
    n = start.shape[0]
    u = start.copy()
    for _ in range(steps):
        left = u[0]
        for i in range(1, n - 1):
            c = u[i]
            right = u[i + 1]
            u[i] = c - a * c * (right - left) + b * (right - 2.0 * c + left)
            left = c
    total = 0.0
    for i in range(n):
        total += u[i] * u[i]
    return total


def two_fields(start, a, b, steps):
    """The same through a second field: the Enzyme of the wheel is wrong about updates in place."""
    n = start.shape[0]
    u = start.copy()
    w = start.copy()
    for _ in range(steps):
        for i in range(1, n - 1):
            c = u[i]
            w[i] = c - a * c * (u[i + 1] - u[i - 1]) + b * (u[i + 1] - 2.0 * c + u[i - 1])
        for i in range(1, n - 1):
            u[i] = w[i]
    total = 0.0
    for i in range(n):
        total += u[i] * u[i]
    return total


def by_jax(args: Args) -> Peer:
    def stencil(u: Any, a: Any, b: Any) -> Any:
        import jax
        import jax.numpy as jnp

        def step(u: Any, _: Any) -> Any:
            c, left, right = u[1:-1], u[:-2], u[2:]
            return u.at[1:-1].set(c - a * c * (right - left) + b * (right - 2 * c + left)), None

        u, _ = jax.lax.scan(jax.checkpoint(step), u, None, length=args[3])
        return jnp.sum(u * u)

    return peers.jax_peer(stencil, args[:3], (0, 1, 2))


def arguments(size: tuple[int, int]) -> Args:
    n, steps = size
    return np.sin(np.arange(n) * 0.01) + 0.1 * np.random.default_rng(5).random(n), 0.1, 0.2, steps


WORKLOAD = Workload(
    name="stencil",
    title="in-place stencil 1-D",
    primal=stencil,
    active=(0, 1, 2),
    sizes={"1e4 cells, 100 steps": (10_000, 100)},
    quick=(),
    arguments=arguments,
    peers={"enzyme": lambda args: peers.enzyme_peer(two_fields, args, (0, 1, 2)), "jax": by_jax},
)
