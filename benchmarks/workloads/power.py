"""A power by repeated multiplication: one carried float, the smallest loop there is."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.workloads.workload import Args, Peer, Workload


def power(x, n):
    r = 1.0
    for _ in range(n):
        r = r * x
    return r

def power_and_slope(x, n):
    r = 1.0
    d = 0.0
    for _ in range(n):
        d = d * x + r
        r = r * x
    return r, d

def power_taped(x, n):
    tape = np.empty(n)
    r = 1.0
    for i in range(n):
        tape[i] = r
        r = r * x
    rb = 1.0
    xb = 0.0
    for i in range(n - 1, -1, -1):
        xb += rb * tape[i]
        rb = rb * x
    return r, xb

def by_jax(args: Args) -> Peer:
    def power(x: Any, n: int) -> Any:
        from jax import lax

        return lax.fori_loop(0, n, lambda i, r: r * x, x * 0 + 1.0)

    return peers.jax_peer(power, args, (0,), static=(1,))

def by_torch(args: Args) -> Peer:
    def power(x: Any, n: int) -> Any:
        r = x * 0 + 1.0
        for _ in range(n):
            r = r * x
        return r

    return peers.torch_peer(power, args, (0,))

WORKLOAD = Workload(
    name="power",
    title="my_pow: x ** n by multiplication",
    primal=power,
    active=(0,),
    sizes={"n=10": 10, "n=1e3": 1000, "n=1e6": 1_000_000},
    quick=("n=10", "n=1e3"),
    arguments=lambda n: (1.0 + 0.5 / n, n),
    peers={
        "hand": lambda args: peers.numba_peer(power_and_slope, args),
        "hand, taped": lambda args: peers.numba_peer(power_taped, args),
        "jax": by_jax,
        "torch": by_torch,
    },
    skip={("torch", "n=1e6"): "a million eager operations each way"},
    at_most={"n=1e6": 3.0},
    beats_peers=("n=1e6",),
    step=1e-8,
)
