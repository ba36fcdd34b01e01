"""Bytes of tape that an iteration writes, read from the plan that the reverse is built by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.workloads import load

LOTKA_STATE = 48  # x, y, t, h and the slopes (k1x, k1y): what the loop carries


def newton(a):
    x = a
    while abs(x * x - a) > 1e-12 * a:
        x = 0.5 * (x + a / x)
    return x


def branch(x):
    return 2 * x if x > 0 else x**2


def bytes_per_iteration(function: Callable[..., Any], args: tuple[Any, ...], active: Any, mode: str) -> int:
    """Bytes of all loops (these functions have one, or none)."""
    import irad

    plan = irad.explain(irad.grad(irad.compile(function, mode=mode), argnums=active), *args)
    return sum(loop.bytes_per_iteration for part in plan.parts for loop in part.loops)


def rows() -> list[dict[str, Any]]:
    """Rows of this table: bytes of the reverse mode, and what is left by default, where loops of few inputs run forward."""
    power, lotka = load("power"), load("lotka")
    cases = [
        ("my_pow", power.primal, (1.1, 5), 0, 8),
        ("Newton's square root", newton, (2.0,), 0, 8),
        ("the branch example", branch, (2.0,), 0, 0),
        ("Lotka-Volterra", lotka.primal, lotka.arguments((5.0, 1e-6)), lotka.active, LOTKA_STATE + 24),
    ]
    return [
        {
            "name": name, "bytes": bytes_per_iteration(function, args, active, "reverse"), "at_most": limit,
            "default": bytes_per_iteration(function, args, active, "auto"),
        }
        for name, function, args, active, limit in cases
    ]
