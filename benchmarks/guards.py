"""What checks cost: the ten kernels as compiled by default, against the same without checks.

Without: `boundscheck=False, overflow="wrap"`. A ratio is the median over interleaved passes of the time with to the time
without in the same pass, so that a machine that is busy for a while cannot bend it; times are the best of all passes.
"""

from __future__ import annotations

import gc
import math
import statistics
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from benchmarks.kernels import KERNELS, Kernel
from benchmarks.measure import batch_size, batch_time
from benchmarks.report import Row

GROUP, MEAN, WORST = "guards", 1.03, 1.15  # what the checks may cost
OFF = {"boundscheck": False, "overflow": "wrap"}
Call = Callable[[], object]


def contestants(kernel: Kernel, n: int, peers: bool) -> dict[str, Call]:
    """What is timed of a kernel at a size, all of them on the same arrays: where these lie in memory makes a difference."""
    import irad

    made: dict[str, Callable[..., Any]] = {
        "checked": irad.compile(kernel.run), "unchecked": irad.compile(**OFF)(kernel.run),
        "checked gradient": irad.value_and_grad(kernel.loss, argnums=kernel.active),
        "unchecked gradient": irad.value_and_grad(irad.compile(**OFF)(kernel.loss), argnums=kernel.active),
    }
    if peers:
        try:
            import numba

            made["numba"] = numba.njit(kernel.run)
        except ImportError:
            pass
    args = kernel.arguments(n)
    calls: dict[str, Call] = {name: partial(call, *args) for name, call in made.items()}
    for call in calls.values():
        call()
    return calls


def measure(calls: Mapping[str, Call], passes: int) -> tuple[dict[str, float], dict[str, float]]:
    """The best time of each call, and the median of its ratio to "unchecked" (gradients: to the unchecked one)."""
    count = {name: batch_size(call) for name, call in calls.items()}
    for name in [n for n in count if "un" + n in count]:
        count[name] = count["un" + name] = min(count[name], count["un" + name])
    times: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    gc.disable()
    try:
        for i in range(passes):
            for name in calls if i % 2 else reversed(calls):
                times[name].append(batch_time(calls[name], count[name]))
    finally:
        gc.enable()
    ratios = {}
    for name in calls:
        base = "unchecked gradient" if name.endswith("gradient") else "unchecked"
        ratios[name] = statistics.median(a / b for a, b in zip(times[name], times[base]))
    return {name: min(t) for name, t in times.items()}, ratios


def run(passes: int, peers: bool = True) -> list[Row]:
    """Rows of this table: each kernel at each size, then the geometric mean and the worst of the primals."""
    rows: list[Row] = []
    for kernel in KERNELS:
        for size, n in kernel.sizes.items():
            times, ratios = measure(contestants(kernel, n, peers), 4 * passes)
            for name, seconds in times.items():
                ratio = ratios[name] if not name.startswith("unchecked") else None
                target = WORST if name == "checked" else None
                rows.append(Row(kernel.name, size, name, seconds, ratio, target))
    for who in ("checked", "checked gradient"):
        found = [row.ratio for row in rows if row.who == who and row.ratio is not None]
        limits = (MEAN, WORST) if who == "checked" else (None, None)
        mean = math.exp(statistics.fmean(map(math.log, found)))
        rows.append(Row("all", "geometric mean", who, None, mean, limits[0]))
        rows.append(Row("all", "worst", who, None, max(found), limits[1]))
    return rows
