"""Generated programs that have much of one thing: ladders of conditions, whose ways meet, and loops along long tables.

    q3 = (n + 4) * 7 % 150
    if q3 == 0: s = math.sin(y); break          dict9 = {0: 0.25, 1: 0.75, ...}
    if q3 == 1: t = t * 0.5; break              for k4, e5 in dict9.items():
    ...                                             dict9[(k4 + 1) % 65] += e5 * x

Numbers of ways and of items are drawn on both sides of what irad tells apart by (16, 64, 128).
"""

from __future__ import annotations

from fuzz.inner import Inner
from fuzz.scope import Scope
from fuzz.statements import indented

WAYS = (15, 17, 18, 40, 129, 132)
ITEMS = (63, 64, 65, 66, 80, 130)
ARMS = 5  # of a ladder that differ


class Wide(Inner):
    """Draws them."""

    def write_ladder(self, scope: Scope) -> list[str]:
        """One of many ways, as an elif chain or one `if` after the other, which may leave a loop or the function."""
        names = [n for n in scope.assignable("float") if n.isidentifier()]
        if scope.depth > 1 or scope.captured or not names:
            return self.write_assign(scope)
        n, q = self.rng.choice(WAYS), self.fresh("q")
        test = self.pick(("{} == {}", "{} == {}", "{} < {}"))
        arms = [[f"{self.pick(names)} = {self.damped(scope)}"] for _ in range(ARMS)]
        chained = self.chance(30)
        if not chained and self.chance(80):
            leave = [self.pick(("break", "continue")) if scope.loops and self.chance(90) else self.returned(scope) for _ in arms]
            arms = [[*arm, last] for arm, last in zip(arms, leave, strict=True)]
        lines = [f"{q} = ({self.integer(scope)}) * 7 % {n}"]
        for i in range(n):
            lines += [f"{'elif' if chained and i else 'if'} {test.format(q, i)}:", *indented(arms[i % ARMS])]
        return lines

    def write_long(self, scope: Scope) -> list[str]:
        """A loop along a table of constants: numbers, rows, names, or a dict that the loop changes."""
        names = [n for n in scope.assignable("float") if n.isidentifier()]
        if scope.depth > 1 or scope.captured or scope.trips > 1 or not names:
            return self.write_assign(scope)
        n, e, k, table = self.rng.choice(ITEMS), self.fresh("e"), self.fresh("k"), self.fresh("tab")
        numbers = [f"{0.25 * self.rng.randint(-4, 4)}" for _ in range(n)]
        form = self.pick(("numbers", "rows", "names", "dict"))
        block = scope.inside(trips=n, **({e: "float"} if form != "names" else {}))
        body = [f"{self.pick(names)} = {self.damped(block)}"]
        if form == "numbers":
            return [f"for {e} in ({', '.join(numbers)}):", *indented(body)]
        if form == "rows":
            rows = [f"({i % 3}, {v})" for i, v in enumerate(numbers)]
            return [f"for {k}, {e} in [{', '.join(rows)}]:", f"    if {k} != {self.pick('012')}:", *indented(indented(body))]
        if form == "names":
            words = [f"'{'abc'[i % 3]}{i}'" for i in range(n)]
            test = self.pick((f"{e}.startswith('a')", f"{e}.endswith('7')", f"{e} == 'b4'", f"'1' in {e}"))
            return [f"for {e} in ({', '.join(words)}):", f"    if {test}:", *indented(indented(body))]
        items = [f"{i}: {v}" for i, v in enumerate(numbers)]
        change = f"{table}[({k} + {self.pick('137')}) % {n}] {self.pick(('=', '+=', '-='))} {e} * 0.5 + {self.pick(names)} * 0.25"
        return [f"{table} = {{{', '.join(items)}}}", f"for {k}, {e} in {table}.items():", *indented([change, *body])]
