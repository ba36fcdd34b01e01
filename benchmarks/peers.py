"""Adapters: each gives a call without arguments that computes value and gradient, and a reader of the result.

Enzyme is the one in the `enzyme_ad` wheel, driven by `bench/enz.py` and `bench/py2cpp.py` of the project's shared
folder (next to the repository, or `BENCH`): without either it is left out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.workloads.workload import Args, Peer, Result, Workload

SHARED = Path(os.environ.get("BENCH", Path(__file__).resolve().parents[2] / "shared"))
NEEDS = {
    "numba": "numba", "hand": "numba", "hand, taped": "numba", "enzyme": "enzyme_ad", "jax": "jax", "torch": "torch",
    "torchdiffeq": "torchdiffeq",
}


class Missing(Exception):
    """A peer that is not installed; says what is."""


def require(peer: str) -> None:
    """Raise `Missing` if the package behind a peer is not there."""
    package = NEEDS.get(peer)
    if package is not None and find_spec(package) is None:
        raise Missing(f"{package} is not installed")
    if peer == "enzyme" and not (SHARED / "bench" / "enz.py").exists():
        raise Missing(f"no {SHARED / 'bench' / 'enz.py'}")


def pair(result: Any) -> Result:
    """(value, gradients...) as (value, [gradients])."""
    return float(result[0]), list(result[1:])


def value_only(result: Any) -> Result:
    return float(result), []


def irad_peer(workload: Workload, args: Args) -> Peer:
    import irad

    both = irad.value_and_grad(workload.primal, argnums=workload.active)
    return partial(both, *args), lambda result: (float(result[0]), list(result[1]))


def irad_primal(workload: Workload, args: Args) -> Peer:
    import irad

    return partial(irad.compile(workload.primal), *args), value_only


def numba_primal(workload: Workload, args: Args) -> Peer:
    import numba

    return partial(numba.njit(workload.primal), *args), value_only


def numba_peer(adjoint: Callable[..., Any], args: Args) -> Peer:
    """A hand-written adjoint that returns the value and each gradient."""
    import numba

    return partial(numba.njit(adjoint), *args), pair


def jax_peer(fun: Callable[..., Any], args: Args, active: tuple[int, ...], static: tuple[int, ...] = ()) -> Peer:
    import jax

    jax.config.update("jax_enable_x64", True)
    given = [a if i in static else jax.numpy.asarray(a) for i, a in enumerate(args)]
    both = jax.jit(jax.value_and_grad(fun, argnums=active), static_argnums=static)
    return lambda: jax.block_until_ready(both(*given)), lambda r: (float(r[0]), [np.asarray(g) for g in r[1]])


def torch_peer(fun: Callable[..., Any], args: Args, active: tuple[int, ...]) -> Peer:
    import torch

    given = list(args)
    wanted = [torch.tensor(np.asarray(args[i]), dtype=torch.float64, requires_grad=True) for i in active]
    for i, variable in zip(active, wanted):
        given[i] = variable

    def call() -> Any:
        value = fun(*given)
        return value.detach(), torch.autograd.grad(value, wanted)

    return call, lambda r: (float(r[0]), [g.numpy() for g in r[1]])


def enzyme_peer(fun: Callable[..., Any], args: Args, active: tuple[int, ...]) -> Peer:
    """A mechanical port of the same loops to C++, through the real Enzyme."""
    if str(SHARED) not in sys.path:
        sys.path.append(str(SHARED))
    from bench.enz import enz_peer
    from bench.py2cpp import port

    peer: Peer = enz_peer(*port(fun, args, active))
    return peer
