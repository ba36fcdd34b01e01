"""Random Python programs over floats, ints and arrays, for tests of the optimising passes: index arithmetic, loops of
every shape, scratch arrays, in-place updates. They raise IndexError, OverflowError and ZeroDivisionError as well."""

from __future__ import annotations

import random

HEAD = "import numpy as np\n\ndef program(x, n, a, b, m):\n    s = x\n    k = n\n    t = np.zeros(3)\n"


class Writer:
    """Writes one function; `ints` are names of ints in scope."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lines: list[str] = []
        self.ints = ["n", "k"]
        self.count = 0
        self.budget = 16

    def text(self) -> str:
        self.body(self.rng.randint(3, 6), 1)
        return HEAD + "\n".join(self.lines) + "\n    return s + t[0] + t[2], k\n"

    def put(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def body(self, count: int, depth: int) -> None:
        for _ in range(count):
            self.budget -= 1
            kinds = [self.assign, self.assign, self.write, self.write, self.scratch, self.integer]
            if depth < 4 and self.budget > 0:
                kinds += [self.counted, self.counted, self.counted, self.branch, self.conditional]
            self.rng.choice(kinds)(depth)

    def size(self) -> str:
        return self.rng.choice(["len(a)", "len(b)", "m.shape[0]", "m.shape[1]", "n", "4"])

    def integer_term(self) -> str:
        name = self.rng.choice(self.ints)
        return self.rng.choice([
            name, name, f"{name} + 1", f"{name} - 1", f"{name} * 2", f"{name} // 2", f"{name} % 3",
            f"{self.size()} - 1 - {name}",
            f"min({name}, {self.size()})", f"max({name}, 0)", "0", "-1", "1", f"{name} + {self.rng.choice(self.ints)}",
        ])

    def index(self, size: str) -> str:
        """Mostly in bounds: a loop's counter, or what is made to fit."""
        kind = self.rng.random()
        if len(self.ints) > 2 and kind < 0.6:
            name = self.rng.choice(self.ints[2:])
            back = [f"{name} - {size}", f"{size} - 1 - {name}"]
            return self.rng.choice([name, name, name, f"{name} - 1", f"{name} // 2", *back])
        if kind < 0.8:
            return f"({self.integer_term()}) % {size}"
        if kind < 0.9:
            return f"max(0, min({self.integer_term()}, {size} - 1))"
        return self.integer_term() if kind < 0.93 else "0"

    def element(self) -> str:
        kind = self.rng.random()
        if kind < 0.25:
            return f"m[{self.index('m.shape[0]')}, {self.index('m.shape[1]')}]"
        if kind < 0.4:
            return f"t[{self.rng.randint(0, 2)}]"
        name = self.rng.choice("ab")
        return f"{name}[{self.index(f'len({name})')}]"

    def number(self) -> str:
        return self.rng.choice([
            "s", "x", self.element(), self.element(), "0.5", "x ** 2", "abs(s)", f"float({self.integer_term()})",
            f"(x if {self.condition()} else s)",
        ])

    def condition(self) -> str:
        return self.rng.choice([
            f"{self.integer_term()} < {self.integer_term()}", f"{self.integer_term()} >= 0", "s > x",
            f"{self.element()} < 1.0", f"0 <= {self.integer_term()} < {self.size()}", f"not {self.integer_term()} > 2",
        ])

    def assign(self, depth: int) -> None:
        op = self.rng.choice(["+", "-", "*", "+"])
        self.put(depth, f"s = {self.number()} {op} {self.number()}")

    def write(self, depth: int) -> None:
        self.put(depth, f"{self.element()} {self.rng.choice(['=', '=', '+=', '*='])} {self.number()}")

    def scratch(self, depth: int) -> None:
        self.put(depth, f"t[{self.rng.randint(0, 2)}] = {self.number()}")

    def integer(self, depth: int) -> None:
        self.put(depth, f"k = {self.integer_term()}")

    def fresh(self) -> str:
        self.count += 1
        return f"i{self.count}"

    def inside(self, name: str, depth: int) -> None:
        self.ints.append(name)
        self.body(self.rng.randint(1, 3), depth + 1)
        self.ints.remove(name)

    def counted(self, depth: int) -> None:
        name, size = self.fresh(), self.size()
        start = self.rng.choice(["0", "1", self.integer_term()])
        spans = [
            size, f"{start}, {size}", f"1, {size} - 1", f"{start}, {size}, 2", f"{size} - 1, -1, -1",
            f"{size} - 1, 0, -2",
            f"{self.rng.choice(self.ints)} + 1, {size}", self.integer_term(),
        ]
        self.put(depth, f"for {name} in range({self.rng.choice(spans)}):")
        if self.rng.random() < 0.2:
            self.put(depth + 1, f"if {name} > 6:")
            self.put(depth + 2, "break")
        self.inside(name, depth)

    def conditional(self, depth: int) -> None:
        name, size = self.fresh(), self.size()
        if self.rng.random() < 0.5:
            self.put(depth, f"{name} = 0")
            self.put(depth, f"while {name} < {size}:")
            step = self.rng.choice(["+ 1", "+ 2", "* 2 + 1"])
        else:
            self.put(depth, f"{name} = {size} - 1")
            self.put(depth, f"while {self.rng.choice([f'{name} > 0', f'{name} >= 0 and {self.element()} < 9.0'])}:")
            step = "- 1"
        self.inside(name, depth)
        self.put(depth + 1, f"{name} = {name} {step}")

    def branch(self, depth: int) -> None:
        self.put(depth, f"if {self.condition()}:")
        self.body(self.rng.randint(1, 2), depth + 1)
        if self.rng.random() < 0.5:
            self.put(depth, "else:")
            self.body(1, depth + 1)


def random_program(seed: int) -> str:
    """Source of a function `program(x, n, a, b, m)`: a float, an int, two vectors and a matrix."""
    return Writer(seed).text()
