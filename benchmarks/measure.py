"""Times of several calls side by side: passes interleaved, the best of each.

A pass calls one contestant for about a millisecond, or once. Its time is the lesser of wall and CPU time of the
process: other programs on the machine lengthen the first, threads that work side by side the second. What is left of the
noise hits all contestants alike, so that ratios are what to read.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from itertools import repeat

BATCH = 0.001  # seconds that a pass should take
Call = Callable[[], object]


def batch_time(call: Call, count: int) -> float:
    """Seconds a call, for `count` of them in a row."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in repeat(None, count):
        call()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return min(wall, cpu) / count


def batch_size(call: Call, batch: float = BATCH) -> int:
    """How many calls take about `batch` seconds. The first call does not count: its code is in no cache yet."""
    call()
    count = 1
    while True:
        seconds = batch_time(call, count) * count
        if seconds > batch / 4:
            return max(1, round(count * batch / seconds))
        count *= 4


def best_times(calls: Mapping[str, Call], passes: int, budget: float = 60.0) -> dict[str, float]:
    """The best time of each call, all passes interleaved; those that take long get fewer passes, at least three."""
    counts = {name: batch_size(call) for name, call in calls.items()}
    best = {name: float("inf") for name in calls}
    spent = {name: 0.0 for name in calls}
    share = budget / max(1, len(calls))
    gc.collect()
    gc.disable()
    try:
        for i in range(passes):
            for name, call in calls.items():
                if i >= 3 and spent[name] > share:
                    continue
                seconds = batch_time(call, counts[name])
                best[name] = min(best[name], seconds)
                spent[name] += seconds * counts[name]
    finally:
        gc.enable()
    return best
