"""Arrays that loops read and write at indices of all kinds: reverse against forward, which tapes nothing.

What is not taped must still be there in the reverse part: random programs for `irad.ad.elements`.
"""

from __future__ import annotations

import math
import os
import random
from typing import Any

import numpy as np
import pytest

import irad

PROGRAMS = int(os.environ.get("IRAD_ELEMENTS", "12"))
SIZE = 9


class Writer:
    """One program; `rank` of the array that it changes."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.rank = self.rng.choice((1, 1, 2))
        self.lines: list[str] = []
        self.counters: list[str] = []

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    def index(self) -> str:
        c, step = self.rng.randint(0, 2), self.rng.randint(0, 2)
        if not self.counters:
            return self.pick(str(c), f"n - {c + 1}", "k")
        i, j = self.rng.choice(self.counters), self.rng.choice(self.counters)
        return self.pick(
            i, i, f"{i} - {c}", f"{i} - {step}", f"{i} + {c}", f"n - 1 - {i}", f"{i} - {j}", f"{i} + {j}", f"{step} * {i}",
            f"{i} // 2", f"({i} + {c}) % 3", f"({i} * k + {c}) % n", f"m[{i}]", f"{i} - k", f"k - {i}", f"max({i} - {c}, 0)",
            f"-{i} - 1", str(c),
        )

    def element(self) -> str:
        return "x[" + ", ".join(self.index() for _ in range(self.rank)) + "]"

    def statement(self, indent: str) -> str:
        parts = self.element(), self.element(), self.element()
        right = self.pick(
            "math.sin({0}) * {1} + 0.5 * {2}", "{0} * {1}", "{0} * 0.9 + math.cos({1})", "{0} / (1.5 + {1} * {1})",
        ).format(*parts)
        if self.rng.random() < 0.2:
            return f"{indent}{self.element()}, {self.element()} = {parts[0]} * {parts[1]}, math.sin({parts[2]})"
        return f"{indent}{self.element()} {self.pick('=', '=', '+=', '*=')} {right}"

    def bounds(self) -> str:
        c, d = self.rng.randint(0, 2), self.rng.randint(0, 2)
        if self.counters and self.rng.random() < 0.5:
            i = self.rng.choice(self.counters)
            return self.pick(i, f"{i} + 1, n", f"{c}, {i}", f"{i}, n - {d}", f"n - 1, {i}, -1", f"{i} % 3 + 1")
        return self.pick("n", f"{c}, n - {d}", f"{c}, n, 2", f"n - 1, {c}, -1", f"n - {c + 1}, -1, -1", "3", "k, n", "k")

    def loop(self, depth: int) -> None:
        indent = "    " * (depth + 1)
        counter = "ijl"[depth]
        if self.rng.random() < 0.7:
            self.lines.append(f"{indent}for {counter} in range({self.bounds()}):")
        else:
            start = self.pick("0", "1", "k")
            self.lines += [f"{indent}{counter} = {start} - 1", f"{indent}while {counter} < n - {self.rng.randint(1, 3)}:"]
            self.lines.append(f"{indent}    {counter} += {self.pick('1', '1', '2', 'k + 1')}")
        self.counters.append(counter)
        for _ in range(self.rng.randint(1, 2)):
            self.lines.append(self.statement(indent + "    "))
        if self.rng.random() < 0.2:
            self.lines.append(f"{indent}    if {self.element()} > 1.5:\n{indent}        {self.pick('break', 'continue')}")
        if depth < 2 and self.rng.random() < 0.6 - 0.2 * depth:
            self.loop(depth + 1)
            if self.rng.random() < 0.5:
                self.lines.append(self.statement(indent + "    "))
        self.counters.pop()

    def source(self) -> str:
        self.lines = ["def f(x, m, n, k):", self.pick("    x = x.copy()", "    x = x * 1.0", "    x = np.where(x > 5.0, 0.0, x)")]
        for _ in range(self.rng.randint(1, 2)):
            self.loop(0)
        self.lines.append("    return (x * x).sum() + x.ravel()[0]")
        return "\n".join(self.lines)


def runs(seed: int) -> tuple[str, tuple[Any, ...]]:
    """A program and arguments with which CPython computes a number of moderate size: the first of many that does."""
    return next(found for k in range(1000) if (found := tried(1000 * seed + k)) is not None)


def tried(seed: int) -> tuple[str, tuple[Any, ...]] | None:
    writer = Writer(seed)
    source = writer.source()
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(SIZE,) * writer.rank)
    args = x, rng.integers(0, SIZE, SIZE), SIZE, int(rng.integers(0, 3))
    space = {"np": np, "math": math}
    exec(source, space)
    try:
        with np.errstate(all="raise"):
            value = space["f"](*args)
    except (IndexError, OverflowError, ValueError, FloatingPointError):
        return None
    return (source, args) if math.isfinite(value) and abs(value) < 1e6 else None


def check(seed: int) -> None:
    source, args = runs(seed)
    space = {"np": np, "math": math}
    exec(compile(source, f"<program {seed}>", "exec"), space)
    f = space["f"]
    value, gradient = irad.value_and_grad(f)(*args)
    assert value == pytest.approx(f(*args), rel=1e-12, abs=1e-12), source
    direction = np.random.default_rng(seed + 1).normal(size=args[0].shape)
    _, tangent = irad.jvp(f, args, (direction, None, None, None))
    if not math.isfinite(tangent):  # by infinite numbers on the way to a finite one
        return
    scale = np.abs(gradient).max() * np.abs(direction).max() + 1.0
    assert np.vdot(gradient, direction) == pytest.approx(tangent, rel=1e-9, abs=1e-9 * scale), source


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_reverse_against_forward(seed: int) -> None:
    check(seed)
