"""How much memory calls and functions leave behind.

    python tests/leaks.py calls 1000000
    python tests/leaks.py functions 10000

Prints a line for each case: what, how many, bytes each, and whether the reference counts of arguments are as before.
"""

from __future__ import annotations

import gc
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import irad


def resident() -> int:
    """Bytes that belong to this process alone."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty"):
            return int(line.split()[1]) * 1024
    raise OSError("no Private_Dirty")


def record(p, n, k):
    w = np.zeros(n)
    x = p[0]
    for i in range(n):
        x = math.sin(x) * p[1] + p[2]
        w[i] = x
    return w[k] * 2.0


def descend(p, n):
    if n == 0:
        return 1.0 / p[0]
    return descend(p, n - 1) * p[1]


class Model:
    def __init__(self, rate, weights):
        self.rate = rate
        self.weights = weights


def with_objects(model, xs):
    return model.rate * sum(xs) + model.weights["a"] * model.weights["b"]


LOOKS = 5
P = np.array([0.5, 0.9, 0.1])
ZERO = np.array([0.0, 0.9])
MODEL = Model(0.5, {"a": 1.0, "b": 2.0})


def cases() -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """Calls that succeed, raise, and run out of memory."""
    compiled = irad.compile(record, memory="100 kB")
    gradient, recursive = irad.grad(compiled), irad.grad(descend)
    return {
        "value": (compiled, (P, 20, 3)), "gradient": (gradient, (P, 20, 3)),
        "IndexError": (compiled, (P, 20, 30)), "IndexError in a gradient": (gradient, (P, 20, 30)),
        "MemoryError": (compiled, (P, 20000, 3)), "MemoryError in a gradient": (gradient, (P, 9000, 3)),
        "ZeroDivisionError in a recursive gradient": (recursive, (ZERO, 5)),
        "ZeroDivisionError 6000 calls deep": (irad.compile(descend), (ZERO, 6000)),
        "arrays in a list": (irad.compile(lambda p, n: [p[:2], *(p * i for i in range(n))]), (P, 3)),
        "an object and a list": (irad.compile(with_objects), (MODEL, [1.0, 2.0])),
        "an object and a list, gradient": (irad.grad(with_objects, argnums=(0, 1)), (MODEL, [1.0, 2.0])),
        "numpy's errors": (irad.compile(lambda a: np.log(a[0])), (ZERO,)),
        "RecursionError": (irad.compile(descend), (P, 10**6)), "RecursionError in a gradient": (recursive, (P, 10**6)),
    }


def calls(count: int) -> Iterator[tuple[str, int, float, bool]]:
    for name, (function, args) in cases().items():
        many(function, args, max(count // 20, 1000))
        arrays = [a for a in args if isinstance(a, np.ndarray)]
        gc.collect()
        held = [sys.getrefcount(x) for x in (*arrays, function)]
        growth = grown(function, args, count)
        yield name, count, growth, held == [sys.getrefcount(x) for x in (*arrays, function)]


def grown(function: Callable[..., Any], args: tuple[Any, ...], count: int) -> float:
    """Bytes a call. Python's allocator takes and gives back arenas of 1 MiB now and then, so that the lowest of several
    looks in the first half is compared with that in the second half: what leaks lifts both by the same slope."""
    looks = []
    for _ in range(2 * LOOKS):
        many(function, args, count // (2 * LOOKS))
        gc.collect()
        looks.append(resident())
    return (min(looks[LOOKS:]) - min(looks[:LOOKS])) / (count // 2)


def many(function: Callable[..., Any], args: tuple[Any, ...], count: int) -> None:
    for _ in range(count):
        try:
            function(*args)
        except (ArithmeticError, IndexError, MemoryError, RecursionError):
            pass


def functions(count: int) -> Iterator[tuple[str, int, float, bool]]:
    """Functions of different code: compiled, called, dropped."""
    warm = 300  # caches are full then
    for i in range(warm):
        made(i)(1.0)
    gc.collect()
    before = resident()
    for i in range(count):
        made(warm + i)(1.0)
    gc.collect()
    yield "functions", count, (resident() - before) / count, True


def made(number: int) -> Any:
    space: dict[str, Any] = {}
    exec(f"def f(x):\n    return x * {number}.5 + 1.0\n", space)
    return irad.compile(space["f"])


if __name__ == "__main__":
    for row in {"calls": calls, "functions": functions}[sys.argv[1]](int(sys.argv[2])):
        print(*row, sep="\t", flush=True)
