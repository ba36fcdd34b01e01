"""Loops that make arrays, exchange them, write them in place and view them: what the reverse pass reads again is still there."""

from __future__ import annotations

import os
import random

import numpy as np
import pytest

import irad

COUNT = int(os.environ.get("FUZZ_EXAMPLES", "24"))
NAMES = "abc"


class Writer:
    """A function of two arrays of four numbers, and the number of iterations."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lines = ["def f(x, y, n):", "    a, b, c = x.copy(), y * 2.0, np.ones(4)", "    s = 0.0"]

    def add(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def name(self) -> str:
        return self.rng.choice(NAMES)

    def element(self, index: str) -> str:
        return f"{self.name()}[{self.rng.choice((index, '0', '3', f'3 - {index}', f'({index} + 1) % 4'))}]"

    def product(self, index: str) -> str:
        return f"0.3 * {self.element(index)} * {self.element(index)} + 0.2 * {self.element(index)}"

    def fill(self, depth: int, target: str) -> None:
        """A nest that stores to an array, in order or not, once or more often."""
        self.add(depth, "for i in range(4):")
        if self.rng.random() < 0.5:
            self.add(depth + 1, "for j in range(4):")
            self.add(depth + 2, f"{target}[i] += 0.1 * {self.element('i')} * {self.element('j')}")
        else:
            self.add(depth + 1, f"{target}[{self.rng.choice(('i', '3 - i'))}] = {self.product('i')}")

    def statement(self, depth: int) -> None:
        kind = self.rng.randrange(9)
        if kind in (0, 1, 2):  # a new array
            self.add(depth, f"t = {self.rng.choice(('np.zeros(4)', 'np.ones(4)', f'{self.name()}.copy()'))}")
            self.fill(depth, "t")
            self.add(depth, f"{self.name()} = t")
        elif kind == 3:
            self.fill(depth, self.name())
        elif kind == 4:
            names = self.rng.sample(NAMES, 2)
            self.add(depth, f"{names[0]}, {names[1]} = {names[1]}, {names[0]}")
        elif kind == 5:
            self.add(depth, f"{self.name()} = {self.name()}")
        elif kind == 6:
            self.add(depth, f"{self.name()} = {self.name()}[::-1]")
        elif kind == 7 and depth < 4:
            self.add(depth, f"if {self.rng.choice(('k % 2 == 0', 's < 1.0', 'k > 1'))}:")
            for _ in range(self.rng.randrange(1, 3)):
                self.statement(depth + 1)
        elif kind == 8 and depth < 3:
            self.add(depth, "for l in range(2):")
            for _ in range(self.rng.randrange(1, 4)):
                self.statement(depth + 1)
        else:
            self.add(depth, f"s += np.sin({self.element('k % 4')} * {self.element('2')})")

    def source(self) -> str:
        self.add(1, "for k in range(n):")
        for _ in range(self.rng.randrange(2, 6)):
            self.statement(2)
        self.add(1, "return s + (a * b).sum() + (c * c).sum()")
        return "\n".join(self.lines)


@pytest.mark.parametrize("seed", range(COUNT))
def test_reverse_against_forward(seed: int) -> None:
    source = Writer(seed).source()
    space = {"np": np}
    exec(source, space)
    f = space["f"]
    rng = np.random.default_rng(seed)
    x, y, dx, dy = rng.uniform(-1.0, 1.0, (4, 4))
    with np.errstate(over="ignore", invalid="ignore"):
        value = f(x, y, 3)
    if not abs(value) < 1e6:  # of which there is no derivative to compare
        return
    assert irad.compile(f)(x, y, 3) == pytest.approx(value, rel=1e-12), source
    gx, gy = irad.grad(irad.compile(f, mode="reverse"), argnums=(0, 1))(x, y, 3)
    forward = irad.jvp(f, (x, y, 3), (dx, dy, None))[1]
    assert gx @ dx + gy @ dy == pytest.approx(forward, rel=1e-9, abs=1e-12), source
    h = 1e-6
    numeric = (f(x + h * dx, y + h * dy, 3) - f(x - h * dx, y - h * dy, 3)) / (2 * h)
    assert forward == pytest.approx(numeric, rel=1e-5, abs=1e-6), source
