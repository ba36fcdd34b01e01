"""A call option in Heston's model by Monte Carlo, the normals drawn beforehand."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.workloads.workload import Args, Peer, Workload


def heston(spot, v0, kappa, theta, xi, rho, rate, strike, dt, first, second):
    paths = first.shape[0]
    steps = first.shape[1]
    root = sqrt(dt)
    rest = sqrt(1.0 - rho * rho)
    payoff = 0.0
    for p in range(paths):
        x = log(spot)
        v = v0
        for s in range(steps):
            w = v
            if w < 1e-8:
                w = 1e-8
            sigma = sqrt(w) * root
            z = rho * first[p, s] + rest * second[p, s]
            x = x + (rate - 0.5 * w) * dt + sigma * first[p, s]
            v = v + kappa * (theta - w) * dt + xi * sigma * z
        final = exp(x)
        if final > strike:
            payoff += final - strike
    return exp(-rate * dt * steps) * payoff / paths


def by_jax(args: Args) -> Peer:
    strike, dt, first, second = args[7:]
    paths, steps = first.shape

    def heston(spot: Any, v0: Any, kappa: Any, theta: Any, xi: Any, rho: Any, rate: Any) -> Any:
        import jax.numpy as jnp
        from jax import lax

        rest = jnp.sqrt(1 - rho * rho)

        def step(carried: Any, z: Any) -> Any:
            x, v = carried
            w = jnp.maximum(v, 1e-8)
            sigma = jnp.sqrt(w * dt)
            x = x + (rate - 0.5 * w) * dt + sigma * z[0]
            return (x, v + kappa * (theta - w) * dt + xi * sigma * (rho * z[0] + rest * z[1])), None

        start = jnp.full(paths, jnp.log(spot)), jnp.full(paths, v0)
        (x, _), _ = lax.scan(step, start, (first.T, second.T))
        return jnp.exp(-rate * dt * steps) * jnp.mean(jnp.maximum(jnp.exp(x) - strike, 0))

    return peers.jax_peer(heston, args[:7], tuple(range(7)))


def arguments(size: tuple[int, int]) -> Args:
    random = np.random.default_rng(4)
    first, second = random.standard_normal(size), random.standard_normal(size)
    return 100.0, 0.04, 1.5, 0.05, 0.3, -0.6, 0.02, 100.0, 1.0 / size[1], first, second


WORKLOAD = Workload(
    name="heston",
    title="Heston Monte Carlo",
    primal=heston,
    active=(0, 1, 2, 3, 4, 5, 6),
    sizes={"1000 paths, 50 steps": (1000, 50)},
    quick=("1000 paths, 50 steps",),
    arguments=arguments,
    peers={"jax": by_jax},
)
