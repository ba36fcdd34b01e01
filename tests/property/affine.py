"""Random loops over arrays whose indices stay just inside the arrays, or just do not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

SIZES = (-2, -1, 0, 0, 0, 0, 1, 3)  # of arrays, beside what the loops run over


@dataclass
class Program:
    """`source` defines `f`; `make()` gives fresh arguments, the same ones each time."""

    source: str
    make: Callable[[], tuple[Any, ...]]


class Writer:
    """Writes one function: f(x, y, a, b, index, count, n, m, k)."""

    def __init__(self, rng: random.Random, huge: bool) -> None:
        self.rng = rng
        self.huge = huge
        self.lines: list[str] = []
        self.variables: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append("    " * (len(self.variables) + self.deeper + 1) + text)

    deeper = 0

    def function(self) -> str:
        for _ in range(self.rng.randint(1, 2)):
            self.loop()
        head = ["def f(x, y, a, b, index, count, n, m, k):", "    s = 0.0"]
        return "\n".join([*head, *self.lines, "    return s"]) + "\n"

    def loop(self) -> None:
        name = "ijl"[len(self.variables)]
        self.line(f"for {name} in range({self.extent()}):")
        self.variables.append(name)
        for _ in range(self.rng.randint(1, 3)):
            if len(self.variables) < 3 and self.rng.random() < 0.4:
                self.loop()
            else:
                self.statement()
        self.variables.pop()

    def extent(self) -> str:
        rng, inner = self.rng, self.variables
        plain = ["n", "m", "len(x)", "a.shape[0]", "a.shape[1]", "1, n", "1, n - 1", "n - 1, -1, -1", "n - 2, 0, -1",
                 "0, n, 2", "n, 0, -2", "len(index)", "-1, n", "n + 1", "k, n"]
        if inner:
            v = rng.choice(inner)
            plain += [f"{v}", f"{v} + 1, n", f"{v}, m", f"n - {v}", f"{v}, -1, -1", f"{v} + 1"] * 2
        return rng.choice(plain)

    def statement(self) -> None:
        rng = self.rng
        if rng.random() < 0.15:
            v = rng.choice(self.variables)
            self.line(f"if {v} {rng.choice(('<', '>', '>=', '!='))} {rng.choice(('1', 'n - 1', 'len(y) - 1', 'k'))}:")
            self.deeper += 1
            self.line(rng.choice(("continue", "break")) if rng.random() < 0.3 else self.simple())
            self.deeper -= 1
            return
        self.line(self.simple())

    def simple(self) -> str:
        rng = self.rng
        target, value = self.place(), self.place()
        forms = [
            f"{target} = {value} + 1.0", f"{target} += 0.5 * {value}", f"s += {value}", f"{target} -= s",
            f"count[{self.index()}] += 1",
            f"index[{self.index()}] = {self.index()}" if rng.random() < 0.2 else f"s -= {value}",
        ]
        return rng.choice(forms)

    def place(self) -> str:
        rng = self.rng
        name = rng.choice(("x", "y", "x", "y", "a", "b"))
        if name in "ab":
            return f"{name}[{self.index()}, {self.index()}]"
        return f"{name}[{self.index(True)}]"

    def index(self, loaded: bool = False) -> str:
        rng = self.rng
        v, w = rng.choice(self.variables), rng.choice(self.variables)
        forms = [v] * 6 + ["k", "0", "-1", "len(y) - 1"]
        forms += [f"{v} + 1", f"{v} - 1", f"n - 1 - {v}", f"-{v} - 1", f"2 * {v}", f"{v} + {w}", f"{v} - {w}", f"{v} + k"]
        forms += [f"{v} // 2", f"({v} + 1) % n", f"({v} + k) % len(x)", f"{v} * m", f"{v} * m + {w}"]
        if loaded:
            forms += [f"index[{v}]"] * 5 + [f"index[{v} + 1]", f"index[{v}] + 1", f"count[index[{v}]]", f"int(y[{v}])",
                                            f"int(x[{v}] * 2.0)"]
        if self.huge:
            forms += [f"{v} + (k - 2)", f"{v} * k", f"{v} - k", f"k - {v}"]
        return rng.choice(forms)


def program(seed: int, huge: bool = False) -> Program:
    """The program of a seed. `huge`: k is near the end of what 64 bits hold."""
    rng = random.Random(seed)
    source = Writer(rng, huge).function()
    n, m = rng.choice((0, 1, 2, 4, 5, 9)), rng.choice((0, 1, 3, 4))
    k = rng.choice((2**63 - 1, 2**63 - 4, -(2**63), -(2**63) + 3, 2**62)) if huge else rng.choice((0, 0, 1, 2, -1, n))
    sizes = [max(0, s + rng.choice(SIZES)) for s in (n, n, n, m, n, m, n, n)]
    kind, state = rng.random(), rng.randint(0, 1 << 30)

    def make() -> tuple[Any, ...]:
        random_ = np.random.default_rng(state)
        x, y = random_.uniform(-1, max(n, 1), sizes[0]), random_.uniform(0, max(n - 1, 1), sizes[1])
        a, b = random_.standard_normal(sizes[2:4]), random_.standard_normal(sizes[4:6])
        top = max(sizes[0], 1)
        index = random_.integers(-top if kind < 0.3 else 0, top + (kind > 0.7), sizes[6])
        count = np.zeros(sizes[7], dtype=np.int64)
        if kind < 0.1:
            y = x
        elif kind < 0.15:
            y = index.view(np.float64)
        elif kind < 0.2:
            count = index
        elif kind < 0.25:
            x = np.repeat(x, 2)[::2]
        elif kind < 0.3:
            b = a[::-1]
        elif 0.5 < kind < 0.6:
            x = x[::-1]
        return x, y, a, b, index, count, n, m, k

    return Program(source, make)
