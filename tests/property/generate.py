"""Random programs: hypothesis draws the source text of a typed, terminating Python function.

    f(x: float, y: float, n: int, a: float array of length 4) -> float

Variables are typed and set at the top, trip counts are bounded, indices are taken modulo the length; all else is free:
nested loops, exits, early returns, stores, helpers, swaps of arrays. Growth is damped by sin, tanh and friends, but not
forbidden: an overflow or a division by zero must come out as in CPython.
"""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st

HEADER = """
import math
import numpy as np

def blend(u, v):
    if u > v:
        return u * 0.5 + math.sin(v)
    return v - u * 0.25

def scale(a, c):
    changed = False
    for q in range(len(a)):
        if a[q] > c:
            a[q] = a[q] * 0.5 + c * 0.1
            changed = True
    return changed

def tail(a, k):
    return a[k % 4:]

def down(u, k):
    if k <= 0:
        return u
    return down(math.cos(u) + k * 0.1, k - 1) * 0.5 + down(u * 0.5, k - 2)

"""
FLOATS = ("s", "t", "u")
INTS = ("k", "l")
UNARY = (
    "math.sin({})", "math.cos({})", "math.tanh({})", "math.sqrt(1.0 + {0} * {0})", "math.log(1.0 + {0} * {0})",
    "math.exp(math.sin({}))", "math.atan({})", "abs({})", "-{}", "({} * 0.5)",
)
BINARY = (
    "({} + {})", "({} - {})", "({} * {})", "({0} / (1.5 + {1} * {1}))", "max({}, {})", "min({}, {})", "math.atan2({}, {})",
    "blend({}, {})", "({} / {})",
)


@dataclasses.dataclass
class Scope:
    """What a statement may use where it stands."""

    depth: int = 0
    loops: int = 0  # loops around it inside the function
    counters: tuple[str, ...] = ()
    budget: list[int] = dataclasses.field(default_factory=lambda: [18])
    fresh: list[int] = dataclasses.field(default_factory=lambda: [0])

    def inside(self, *counters: str, loop: bool = False) -> Scope:
        return dataclasses.replace(self, depth=self.depth + 1, loops=self.loops + loop, counters=(*self.counters, *counters))


class Writer:
    """Draws the parts of one program."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def pick(self, options: tuple[str, ...]) -> str:
        return self.draw(st.sampled_from(options))

    def integer(self, scope: Scope) -> str:
        names = ("n", *INTS, *scope.counters)
        return self.pick((*names, "0", "1", "2", "({} + 1)", "({} * 2 - 1)")).format(self.pick(names))

    def number(self, scope: Scope, depth: int = 0) -> str:
        leaf = ("x", "y", *FLOATS, "a[{} % 4]", "b[{} % 4]", "0.7", "1.3", "{} * x")
        kind = "leaf" if depth >= 2 else self.pick(("unary", "binary", "leaf") if depth else ("unary", "binary"))
        if kind == "leaf":
            return self.pick(leaf).format(self.integer(scope))
        if kind == "unary":
            return self.pick(UNARY).format(self.number(scope, depth + 1))
        return self.pick(BINARY).format(self.number(scope, depth + 1), self.number(scope, depth + 1))

    def condition(self, scope: Scope) -> str:
        compared = self.pick(("{} > {}", "{} <= {}", "{1} < {0} < 2.0", "not {} < {}"))
        simple = compared.format(self.number(scope, 1), self.number(scope, 1))
        form = self.pick(("{}", "{}", "{} and {}", "{1} or {0}", "{1}"))
        return form.format(simple, f"{self.integer(scope)} % 3 {self.pick(('==', '!=', '<'))} {self.pick(('0', '1', '2'))}")

    def block(self, scope: Scope) -> list[str]:
        lines: list[str] = []
        for _ in range(self.draw(st.integers(2, 4))):
            if scope.budget[0] <= 0:
                break
            scope.budget[0] -= 1
            lines += self.statement(scope)
        return ["    " + line for line in lines or ["pass"]]

    def statement(self, scope: Scope) -> list[str]:
        simple = ("assign", "augment", "store", "add", "count", "swap", "helper")
        compound = ("if", "ifelse", "for", "while", "exit", "view", "fresh", "arrays") if scope.depth < 4 else ()
        return getattr(self, "write_" + self.pick((*simple, *compound)))(scope)  # type: ignore[no-any-return]

    # -- statements ------------------------------------------------------------------------------------------------

    def write_assign(self, scope: Scope) -> list[str]:
        return [f"{self.pick(FLOATS)} = {self.number(scope)}"]

    def write_augment(self, scope: Scope) -> list[str]:
        return [f"{self.pick(FLOATS)} {self.pick(('+=', '-=', '*='))} {self.number(scope, 1)}"]

    def write_store(self, scope: Scope) -> list[str]:
        return [f"{self.pick(('a', 'b'))}[{self.integer(scope)} % 4] = {self.number(scope)}"]

    def write_add(self, scope: Scope) -> list[str]:
        return [f"{self.pick(('a', 'b'))}[{self.integer(scope)} % 4] {self.pick(('+=', '*='))} {self.number(scope, 1)}"]

    def write_count(self, scope: Scope) -> list[str]:
        return [f"{self.pick(INTS)} = ({self.integer(scope)} * 3 + {self.integer(scope)}) % 5"]

    def write_swap(self, scope: Scope) -> list[str]:
        return [f"{self.pick(('s, t', 't, u'))} = t, {self.number(scope, 1)}"]

    def write_helper(self, scope: Scope) -> list[str]:
        return [self.pick((
            "scale({0}, {1})", "s = down({1}, {2} % 4)", "t = blend(s, {1})", "k += scale({0}, {1})",
        )).format(self.pick(("a", "b")), self.number(scope, 1), self.integer(scope))]

    def write_if(self, scope: Scope) -> list[str]:
        return [f"if {self.condition(scope)}:", *self.block(scope.inside())]

    def write_ifelse(self, scope: Scope) -> list[str]:
        return [*self.write_if(scope), "else:", *self.block(scope.inside())]

    def write_for(self, scope: Scope) -> list[str]:
        scope.fresh[0] += 1
        i = f"i{scope.fresh[0]}"
        count = self.pick(("range(3)", "range({} % 4)", "range(1, n)", "range({} % 3, -1, -1)")).format(self.integer(scope))
        return [f"for {i} in {count}:", *self.block(scope.inside(i, loop=True))]

    def write_while(self, scope: Scope) -> list[str]:
        scope.fresh[0] += 1
        w = f"w{scope.fresh[0]}"
        body = self.block(scope.inside(w, loop=True))
        return [f"{w} = 0", f"while {w} < 4 and ({self.condition(scope)}):", f"    {w} += 1", *body]

    def write_exit(self, scope: Scope) -> list[str]:
        return_ = f"return {self.number(scope)}"
        leave = self.pick(("break", "continue", return_)) if scope.loops else return_
        return [f"if {self.condition(scope)}:", f"    {leave}"]

    def write_view(self, scope: Scope) -> list[str]:
        v = f"tail({self.pick(('a', 'b'))}, {self.integer(scope)})"
        return [f"v = {v}", f"v[0] = v[-1] * {self.number(scope, 1)}", f"{self.pick(FLOATS)} = v[0] + v[len(v) - 1]"]

    def write_fresh(self, scope: Scope) -> list[str]:
        return ["c = np.zeros(4)", f"c[1] = {self.number(scope, 1)}", f"c[{self.integer(scope)} % 4] += {self.number(scope, 1)}",
                f"{self.pick(FLOATS)} = c[1] * c[{self.integer(scope)} % 4]"]

    def write_arrays(self, scope: Scope) -> list[str]:
        return [self.pick(("a, b = b, a", "b = a.copy()", "b = a", "a = a * 0.5"))]


@st.composite
def programs(draw: st.DrawFn) -> str:
    """The source of a module that defines `f`."""
    writer = Writer(draw)
    scope = Scope()
    body = ["    s = x", "    t = 0.5", "    u = y", "    k = 1", "    l = n", "    b = np.ones(4)"]
    for _ in range(draw(st.integers(2, 4))):
        lines = getattr(writer, "write_" + draw(st.sampled_from(("for", "while", "ifelse", "for"))))(scope)
        body += ["    " + line for line in [*lines, *writer.write_assign(scope)]]
    result = draw(st.sampled_from(("s + t * u", "s + a[0] * b[3]", "s * t + u + a[1] + b[2]", "s")))
    return HEADER + "\n".join(["def f(x, y, n, a):", *body, f"    return {result}", ""])
