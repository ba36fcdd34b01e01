"""Generated programs with a variable that is an array or list of the program on one way, and one of the module on another.

    q3 = a if x > 0.5 else WEIGHTS[k % 2:]
    for i4 in range(n % 4):
        if s > 1.0:
            q3 = GRID[i4 % 2]
        s = s * 0.5 + q3[i4 % len(q3)]
"""

from __future__ import annotations

from fuzz.scope import Scope
from fuzz.statements import indented
from fuzz.ways import Ways

HEADER = """\
WEIGHTS = np.array([0.5, -1.25, 0.75, 1.5, -0.25])
GRID = np.array([[0.5, 1.5, -0.5], [0.25, -0.75, 1.25]])
NUMBERS = [0.5, -1.5, 0.25]
"""
NAMES = ("WEIGHTS", "GRID", "NUMBERS")
OUTSIDE = ("WEIGHTS", "WEIGHTS[::-1]", "WEIGHTS[{k} % 3:]", "GRID[{k} % 2]", "GRID[:, {k} % 3]", "WEIGHTS[:len(a)]")


class Captured(Ways):
    """Draws them. Nothing is stored through such a variable, as what the module holds would change from call to call."""

    def write_still(self, scope: Scope) -> list[str]:
        """A new variable of that kind, or another value for one."""
        old = [n for n in scope.assignable("still") if not scope.captured]
        name = self.pick(old) if old and self.chance(50) else ""
        lists = name.startswith("qs") if name else bool(scope.of("list")) and self.chance(50)
        values = [self._value(scope, lists) for _ in range(2)]
        if not name:
            name = self.fresh("qs" if lists else "q")
            scope.bind(name, "still")
            return [f"{name} = {values[0]} if {self.condition(scope)} else {values[1]}", *self._used(scope)]
        if self.chance(60):
            return [f"if {self.condition(scope)}:", *indented([f"{name} = {values[0]}"]), *self._used(scope)]
        return [f"{name} = {values[0]}", *self._used(scope)]

    def _used(self, scope: Scope) -> list[str]:
        return [self.assignment(scope, f"{self.number_still(scope, 1)} * {self.damped(scope)}")]

    def _value(self, scope: Scope, lists: bool) -> str:
        own = scope.of("list") if lists else scope.of("row", "view")
        if own and self.chance(50):
            return self.pick(own)
        forms = OUTSIDE if "a" in scope.of("row") else OUTSIDE[:-1]
        return "NUMBERS" if lists else self.pick(forms).format(k=self.integer(scope, 1))

    def number_still(self, scope: Scope, depth: int) -> str:
        """A number from one."""
        names = scope.of("still")
        if not names:
            return self.number_element(scope, depth)
        q = self.pick(names)
        k = self.integer(scope, 1)
        if q.startswith("qs"):  # it may be empty
            return self.pick((f"({q}[{k} % len({q})] if {q} else 0.5)", f"sum({q})", f"({q}[-1] if len({q}) > 1 else 0.25)"))
        one = f"{q}[{k} % len({q})]" if self.safe or self.chance(80) else f"{q}[{k}]"
        return self.pick((one, one, f"np.sum({q})", f"(np.max({q}) + 0.0)", f"np.dot({q}, {q})"))
