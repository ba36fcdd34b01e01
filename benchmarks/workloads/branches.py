"""A few scalar operations under branches: what remains is the cost of the call."""

from __future__ import annotations

from math import cos, exp, log, sin
from typing import Any

from benchmarks import peers
from benchmarks.workloads.workload import Args, Peer, Workload


def branches(x, y, z):
    if x > 0.0:
        a = sin(x) * y
    else:
        a = x * x - y
    if a > z:
        b = exp(-a) * z
    elif a < -z:
        b = a * z + y * x
    else:
        b = log(1.0 + a * a) * x
    return b / (1.0 + a * a)


def branches_and_gradient(x, y, z):
    s = 0.0
    if x > 0.0:
        s = sin(x)
        a = s * y
    else:
        a = x * x - y
    q = 1.0 + a * a
    w = 1.0 / q
    xb = 0.0
    yb = 0.0
    zb = 0.0
    if a > z:
        e = exp(-a) * w
        r = e * z
        ab = -r
        zb = e
    elif a < -z:
        r = (a * z + y * x) * w
        ab = w * z
        xb = w * y
        yb = w * x
        zb = w * a
    else:
        xb = log(q) * w
        r = xb * x
        ab = 2.0 * a * x * w * w
    ab -= 2.0 * a * r * w
    if x > 0.0:
        xb += ab * y * cos(x)
        yb += ab * s
    else:
        xb += 2.0 * x * ab
        yb -= ab
    return r, xb, yb, zb


def by_jax(args: Args) -> Peer:
    def branches(x: Any, y: Any, z: Any) -> Any:
        import jax.numpy as jnp

        a = jnp.where(x > 0, jnp.sin(x) * y, x * x - y)
        b = jnp.where(a > z, jnp.exp(-a) * z, jnp.where(a < -z, a * z + y * x, jnp.log(1 + a * a) * x))
        return b / (1 + a * a)

    return peers.jax_peer(branches, args, (0, 1, 2))


def by_torch(args: Args) -> Peer:
    def branches(x: Any, y: Any, z: Any) -> Any:
        import torch

        a = torch.sin(x) * y if x > 0 else x * x - y
        if a > z:
            b = torch.exp(-a) * z
        elif a < -z:
            b = a * z + y * x
        else:
            b = torch.log(1 + a * a) * x
        return b / (1 + a * a)

    return peers.torch_peer(branches, args, (0, 1, 2))


WORKLOAD = Workload(
    name="branches",
    title="scalar function with branches",
    primal=branches,
    active=(0, 1, 2),
    sizes={"": 0},
    quick=("",),
    arguments=lambda _: (0.7, -1.3, 0.4),
    peers={"hand": lambda args: peers.numba_peer(branches_and_gradient, args), "jax": by_jax, "torch": by_torch},
)
