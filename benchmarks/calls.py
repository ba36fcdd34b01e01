"""What a call costs: float to float, compiled and differentiated, against `math.sin` itself."""

from __future__ import annotations

import math
import timeit
from collections.abc import Callable
from typing import Any

from benchmarks.report import Row

COUNT = 10_000
TARGETS = {"irad.compile(f)": 2.2, "irad.grad(f)": 3.6}


def f(x: float) -> float:
    return math.sin(x)


def callables(peers: bool) -> dict[str, Callable[[float], Any]]:
    """What is called, by name; `f` is `math.sin` in a Python function, so that all of them do the same work."""
    import irad

    found: dict[str, Callable[[float], Any]] = {
        "math.sin": math.sin, "f, CPython": f, "irad.compile(f)": irad.compile(f), "irad.grad(f)": irad.grad(f),
    }
    for call in found.values():
        call(0.5)
    assert found["irad.compile(f)"].ir() and found["irad.grad(f)"].ir()  # type: ignore[attr-defined]
    if not peers:
        return found
    try:
        import numba

        found["numba.njit(f)"] = numba.njit(f)
    except ImportError:
        pass
    try:
        import jax

        found["jax.jit(jax.grad(f))"] = jax.jit(jax.grad(jax.numpy.sin))
    except ImportError:
        pass
    return found


def run(passes: int, peers: bool = True) -> list[Row]:
    """Rows of this table; a time includes that of the loop around the calls, for all alike."""
    found = callables(peers)
    timers = {name: timeit.Timer("call(0.5)", globals={"call": call}) for name, call in found.items()}
    best = {name: math.inf for name in found}
    for timer in timers.values():
        timer.timeit(1000)
    for _ in range(5 * passes):
        for name, timer in timers.items():
            best[name] = min(best[name], timer.timeit(COUNT) / COUNT)
    assert abs(found["irad.grad(f)"](0.5) - math.cos(0.5)) < 1e-15
    return [Row("calls", "", name, t, t / best["math.sin"], TARGETS.get(name)) for name, t in best.items()]
