"""Generated programs: compiled is CPython bit for bit, the gradient is that of dual numbers.

`FUZZ_EXAMPLES=5000 pytest tests/property` runs more of them, differently each time.
"""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from programs.duals import trouble
from programs.oracle import directional, dual_copy
from programs.outcomes import attempt, bits

import irad

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import Phase, given, note, settings  # noqa: E402

from property.generate import programs  # noqa: E402

MORE = os.environ.get("FUZZ_EXAMPLES")
STEADY = settings(  # no shrinking: a failure shall be reported at once
    max_examples=30, derandomize=True, deadline=None, suppress_health_check=list(hypothesis.HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
WIDE = settings(STEADY, max_examples=int(MORE or 1), derandomize=False, print_blob=True, phases=list(Phase))

CALLS = ((0.7, -0.4, 3), (-1.2, 0.9, 0), (0.3, 1.6, 4))
ARRAYS = (np.array([0.5, 1.5, -0.3, 0.8]), np.array([2.0, -0.7, 0.1, 1.1]), np.array([-1.0, 0.4, 0.6, 0.2]))
HUGE = 1e80


def defined(source: str) -> Callable[..., Any]:
    namespace: dict[str, Any] = {"__name__": "generated"}
    exec(compile(source, "<generated>", "exec"), namespace)
    f: Callable[..., Any] = namespace["f"]
    return f


def arguments() -> Iterator[tuple[Any, ...]]:
    for scalars, a in zip(CALLS, ARRAYS):
        yield (*scalars, a.copy())


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    def expired(number: int, frame: object) -> None:
        raise TimeoutError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, expired)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def check(source: str) -> None:
    note(source)
    f = defined(source)
    compiled = irad.compile(f)
    reverse = irad.value_and_grad(f, argnums=(0, 1, 3))
    dual = dual_copy(f)
    for args, mine, private in zip(arguments(), arguments(), arguments()):
        want, got = attempt(f, *args), attempt(compiled, *mine)
        assert bits(want) == bits(got)
        if want[0] == "value":
            assert bits(args[3]) == bits(mine[3]), "other changes of the array"
        result = attempt(reverse, *private)
        if want[0] == "raise":
            assert bits(result) == bits(want)
            continue
        assert bits(result[1][0]) == bits(want[1]), "another value under value_and_grad"
        check_gradient(dual, next_arguments(args), result[1][1])


def next_arguments(used: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same arguments as they were before the call."""
    return next(a for a in arguments() if a[:3] == used[:3])


def check_gradient(dual: Any, args: tuple[Any, ...], gradient: tuple[Any, ...]) -> None:
    gx, gy, ga = gradient
    rng = np.random.default_rng(3)
    for _ in range(2):
        t = (float(rng.normal()), float(rng.normal()), None, rng.normal(size=4))
        with np.errstate(all="ignore"):
            trouble.clear()
            want = directional(dual, args, t)
            mine = gx * t[0] + gy * t[1] + float(np.dot(ga, t[3]))
        if trouble or not (math.isfinite(want.tangent) and want.condition < HUGE):
            return  # an inf or nan on the way: nothing to compare with
        assert want.agrees(mine), (mine, want, t, gradient)


@given(programs())
@(WIDE if MORE else STEADY)
def test_generated(source: str) -> None:
    with limited(60):
        check(source)
