"""The Brusselator on a periodic square by Euler's method, two fields updated in place by way of two more."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.workloads.workload import Args, Peer, Workload


def brusselator(u0, v0, feed, decay, diffusion, dt, steps):
    n = u0.shape[0]
    u = u0.copy()
    v = v0.copy()
    un = np.empty((n, n))
    vn = np.empty((n, n))
    for _ in range(steps):
        for i in range(n):
            down = i + 1
            if down == n:
                down = 0
            up = i - 1
            if up < 0:
                up = n - 1
            for j in range(n):
                right = j + 1
                if right == n:
                    right = 0
                left = j - 1
                if left < 0:
                    left = n - 1
                a = u[i, j]
                b = v[i, j]
                lu = u[down, j] + u[up, j] + u[i, right] + u[i, left] - 4.0 * a
                lv = v[down, j] + v[up, j] + v[i, right] + v[i, left] - 4.0 * b
                r = a * a * b
                un[i, j] = a + dt * (feed + r - (decay + 1.0) * a + diffusion * lu)
                vn[i, j] = b + dt * (decay * a - r + diffusion * lv)
        for i in range(n):
            for j in range(n):
                u[i, j] = un[i, j]
                v[i, j] = vn[i, j]
    total = 0.0
    for i in range(n):
        for j in range(n):
            total += u[i, j] * u[i, j] + v[i, j]
    return total


def by_jax(args: Args) -> Peer:
    diffusion, dt, steps = args[4:]

    def brusselator(u: Any, v: Any, feed: Any, decay: Any) -> Any:
        import jax.numpy as jnp
        from jax import lax

        def laplacian(f: Any) -> Any:
            return jnp.roll(f, 1, 0) + jnp.roll(f, -1, 0) + jnp.roll(f, 1, 1) + jnp.roll(f, -1, 1) - 4 * f

        def step(fields: Any, _: Any) -> Any:
            u, v = fields
            r = u * u * v
            un = u + dt * (feed + r - (decay + 1) * u + diffusion * laplacian(u))
            return (un, v + dt * (decay * u - r + diffusion * laplacian(v))), None

        (u, v), _ = lax.scan(step, (u, v), None, length=steps)
        return jnp.sum(u * u + v)

    return peers.jax_peer(brusselator, args[:4], (0, 1, 2, 3))


def arguments(size: tuple[int, int]) -> Args:
    n, steps = size
    x, y = np.meshgrid(np.arange(n) / n, np.arange(n) / n, indexing="ij")
    u, v = 4.4 * y * (1 - y) ** 1.5 + 0.5, 5.4 * x * (1 - x) ** 1.5 + 0.5
    return u, v, 1.0, 3.4, 0.0002 * n * n, 0.005, steps


WORKLOAD = Workload(
    name="brusselator",
    title="Brusselator 2-D",
    primal=brusselator,
    active=(0, 1, 2, 3),
    sizes={"32x32, 100 steps": (32, 100)},
    quick=(),
    arguments=arguments,
    peers={"jax": by_jax},
)
