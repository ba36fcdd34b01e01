"""Whole programs: a seed and a profile give the text of a module that defines `f`, and the arguments to call it with.

    program = generate(7, "guarded")
    program.source   # "import math\nimport numpy as np\n...\ndef f(x, n, a, ...): ..."
    program.calls    # ("(0.7, 3, np.array([0.5, 1.5]), ...)", ...): the text of each argument list
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable

from fuzz.bare import BareLoops
from fuzz.features import PARAMETERS, PROFILES
from fuzz.scope import Helper, Scope
from fuzz.statements import indented

HEADER = """\
import math
import numpy as np
from math import inf, nan

GAIN = 0.75

def blunt(u):
    return u / (1.0 + abs(u))

def halved(u):
    return u * 0.5
"""
CALLS = 4
ODD = ("0.0", "-0.0", "1e-300", "1e300", "inf", "-inf", "nan", "-1.0", "1.0", "1e16", "-3e-9")


@dataclasses.dataclass(frozen=True)
class Program:
    """A generated program: a module's text, argument lists as text, and where it came from."""

    source: str
    calls: tuple[str, ...]
    seed: int = 0
    profile: str = "raw"


class Writer(BareLoops):
    """Writes helpers, then `f`."""

    def program(self) -> tuple[str, tuple[str, ...]]:
        parts: list[str] = []
        helpers = [Helper("blunt", ("float",), "float"), Helper("halved", ("float",), "float")]
        kinds = ["scalar", "flag", "view", "couple", "walk", "march", "fill", "wide"] + ["stern"] * (not self.safe)
        for kind in self.rng.sample(kinds, self.rng.randint(0, 3)):
            lines, helper = getattr(self, "help_" + kind)(self.fresh(kind), helpers)
            parts.append("\n".join(lines))
            helpers.append(helper)
        lines, params = self.main(helpers)
        parts.append("\n".join(lines))
        return HEADER + "\n" + "\n\n".join(parts) + "\n", tuple(self.arguments(params, k) for k in range(CALLS))

    # -- helpers ---------------------------------------------------------------------------------------------------

    def body(self, scope: Scope, budget: int, last: str | None = None) -> list[str]:
        self.budget, kept = budget, self.budget
        lines = self.block(scope, 3)
        self.budget = kept
        return [*lines, last or self.returned(scope)]

    def help_scalar(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        params = {"u": "float"} if self.chance(40) else {"u": "float", "v": "float"}
        scope = Scope("float", dict(params), [h for h in helpers if h.cost < 4], trips=10)
        lines = self.body(scope, 4)
        return [f"def {name}({', '.join(params)}):", *indented(lines)], Helper(name, tuple(params.values()), "float", 8)

    def help_wide(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        params = {"u": "float", "r": "row", "k": "int"}
        scope = Scope("float", dict(params), [h for h in helpers if h.cost < 4], trips=6)
        lines = self.body(scope, 5)
        return [f"def {name}({', '.join(params)}):", *indented(lines)], Helper(name, tuple(params.values()), "float", 12)

    def help_flag(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """An array that is changed in place, and whether it was."""
        scope = Scope("bool", {"r": "view", "c": "float", "q": "int"}, [], trips=20, indices={"q": "view"}, loops=0)
        change = self.pick((f"r[q] = r[q] * 0.5 + {self.damped(scope)}", f"r[q] += {self.damped(scope)}", "r[q] = c"))
        early = ["        if q > 1:", "            return True"] if self.chance(30) else []
        return [f"def {name}(r, c):", "    changed = False", "    for q in range(len(r)):", "        if r[q] > c:",
                f"            {change}", "            changed = True", *early, "    return changed"], Helper(
                    name, ("view", "float"), "bool", 6)

    def help_fill(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        scope = Scope("none", {"r": "row", "c": "float", "k": "int"}, [h for h in helpers if h.cost < 3], trips=10)
        lines = self.body(scope, 4, "return")
        return [f"def {name}(r, c, k):", *indented(lines)], Helper(name, ("row", "float", "int"), "none", 8)

    def help_view(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        cut = self.pick(("r[k % 2:]", "r[: 2 + k % 2]", "r[:: 1 + k % 2]", "r[k % len(r):]", "r[::-1]"))
        lines = [f"def {name}(r, k):", f"    return {cut}"]
        if self.chance(40):
            lines.insert(1, "    if k > 2:\n        return r")
        return lines, Helper(name, ("row", "int"), "view")

    def help_couple(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        scope = Scope("pair", {"u": "float", "v": "float"}, [h for h in helpers if h.cost < 3], trips=10)
        return [f"def {name}(u, v):", *indented(self.body(scope, 3))], Helper(name, ("float", "float"), "pair", 5)

    def help_walk(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """Recursion: once or twice, with an array or without."""
        scope = Scope("float", {"u": "float", "k": "int"}, [h for h in helpers if h.cost < 3], trips=20)
        step = self.damped(scope)
        stop = ["    if k <= 0:", f"        return {self.number(scope, 2)}"]
        form = self.rng.randrange(3)
        if form == 0:
            last = [f"    return {name}({step}, k - 1) * 0.5 + {self.number(scope, 2)}"]
        elif form == 1:
            last = [f"    return {name}({step}, k - 1) * 0.5 + {name}(u * 0.5, k - 2)"]
        else:
            last = [f"    u = {step}", f"    if {self.condition_compare(scope, 1)}:", f"        u = u + {name}(u * 0.5, k - 2)",
                    f"    return {name}(u, k - 1)"]
        return [f"def {name}(u, k):", *stop, *last], Helper(name, ("float", "count"), "float", 12)

    def help_march(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """Recursion that returns an array."""
        stop = self.pick(("r * 0.5", "r[::-1]", "r.copy()", "r", "np.sin(r)"))
        step = self.pick(("np.sin(r)", "r * 0.5", "r[::-1]", "r - 0.25", "np.cos(r) * r"))
        last = f"{name}({step}, k - 1){self.pick(('', ' * 0.5', '[::-1]', ' + r'))}"
        change = [f"    r[k % len(r)] = {self.pick(('0.5', 'r[0] * 0.5', 'math.sin(r[-1])'))}"] if self.chance(30) else []
        lines = [f"def {name}(r, k):", "    if k <= 0:", f"        return {stop}", *change, f"    return {last}"]
        return lines, Helper(name, ("row", "count"), "view", 4)

    def help_stern(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        scope = Scope("float", {"u": "float"}, [], trips=20)
        lines = [*self.write_raise(scope), *self.write_augment(scope), self.returned(scope)]
        return [f"def {name}(u):", *indented(lines)], Helper(name, ("float",), "float", 2)

    # -- the function itself -------------------------------------------------------------------------------------

    def main(self, helpers: list[Helper]) -> tuple[list[str], dict[str, str]]:
        params = {"x": "float", "n": "int", "a": "row"}
        for row in PARAMETERS:
            kind, name = row.name.split()
            if self.chance(getattr(row, self.profile.name)):
                params[name] = kind
        if "g" in params:
            helpers.append(Helper("g", ("float",), "float", 2))
        results = ["float"] * 14 + ["count", "array", "number", "maybe"] + ["pair"] * 2
        scope = Scope(self.pick(results), dict(params), helpers, fixed={"g"})
        self.budget = self.profile.size
        lines: list[str] = []
        for name in ("s", "t", "u")[: self.rng.randint(1, 3)]:
            start = self.pick(("x", "0.5", "0.0", "1.0", *[n for n in params if params[n] == "float"]))
            lines.append(f"{scope.bind(name, 'float')} = {start}")
        lines.append(f"{scope.bind('k', 'int')} = {self.pick(('1', '0', 'n', 'len(a)'))}")
        if self.chance(50):
            lines += [f"{scope.bind('c', 'row')} = {self.pick(('np.zeros(len(a))', 'a.copy()', 'np.ones(len(a))', 'a * 0.5'))}"]
        for _ in range(self.rng.randint(2, self.profile.top)):
            lines += self.top_level(scope)
        lines.append(self.result_of(scope))
        return [f"def f({', '.join(params)}):", *indented(lines)], params

    def top_level(self, scope: Scope) -> list[str]:
        """Statements at the top are mostly loops and branches; what is left of the budget goes into them."""
        self.budget = max(self.budget, 3)
        if self.chance(55 if self.profile.name != "deep" else 80):
            return self.write_for(scope) if self.chance(70) else self.write_while(scope)
        return self.statement(scope)

    def result_of(self, scope: Scope) -> str:
        """The last return: of much that was computed, so that little of it is dead."""
        text = self.returned(scope)
        parts = self.rng.sample(scope.of("float"), min(2, len(scope.of("float"))))
        rows = scope.of("row", "view")
        parts += [f"{r}[{self.pick(('0', '-1'))}]" for r in self.rng.sample(rows, min(2, len(rows)))]
        extra = " + ".join(f"{p} * {self.pick(LIKELY)}" for p in parts)
        return text if scope.result in ("number", "maybe") else text.replace("return ", f"return {extra} + ", 1)

    # -- arguments -------------------------------------------------------------------------------------------------

    def arguments(self, params: dict[str, str], number: int) -> str:
        """One argument list; all of them have the same types, so that the code for the first serves all."""
        layout = random.Random(repr(sorted(params)) + self.layout)
        length, shape = self.rng.randint(2, 5), (self.rng.randint(2, 4), self.rng.randint(2, 3))
        texts = []
        big = "0"
        for name, kind in params.items():
            if kind == "row":
                texts.append(self.array_text(self.numbers(length), layout.choice(("", "", "", "[::2]"))))
            elif kind == "matrix":
                rows = [f"[{', '.join(self.numbers(shape[1]))}]" for _ in range(shape[0])]
                texts.append(f"np.array([{', '.join(rows)}])" + layout.choice(("", "", ".T.copy().T")))
            elif kind == "ints":
                texts.append(f"np.array([{', '.join(str(self.rng.randint(-3, 5)) for _ in range(length))}])")
            elif kind == "point":
                texts.append(f"Point({', '.join(self.numbers(2))})")
            elif kind == "nest":
                texts.append(f"(({', '.join(self.numbers(2))}), np.array([{', '.join(self.numbers(2))}]))")
            elif kind == "small":
                texts.append(f"np.array([{', '.join(self.numbers(length))}], np.float32)")
            elif kind == "big":
                texts.append(big if name != "w" and self.chance(30) else self.pick(BIG))
                big = texts[-1]
            elif kind == "function":
                form = layout.choice(("math.sin", "wave({})", "partial(blend, {})", "wave({})"))
                texts.append(form.format(*self.numbers(1)))
            elif kind == "pair":
                texts.append(f"({', '.join(self.numbers(2))})")
            elif kind == "bool":
                texts.append(self.pick(("True", "False")))
            elif kind == "int":
                texts.append(self.whole("np.int64({})" if name == "h" and layout.random() < 0.6 else "{}"))
            else:
                texts.append(("np.float64({})" if name == "z" and layout.random() < 0.6 else "{}").format(*self.numbers(1)))
        names = list(params)
        a, b = names.index("a"), names.index("b" if "b" in names else "a")
        if number != 2 or a == b or texts[a].endswith("]") != texts[b].endswith("]") or self.chance(50):
            return f"({', '.join(texts)})"
        first, texts[a], texts[b] = texts[a], "same", "same"
        return f"(lambda same: ({', '.join(texts)}))({first})"

    layout = ""

    @staticmethod
    def array_text(numbers: list[str], cut: str) -> str:
        if cut:
            return f"np.array([{', '.join(f'{x}, 0.0' for x in numbers)}]){cut}"
        return f"np.array([{', '.join(numbers)}])"

    def numbers(self, count: int) -> list[str]:
        odd = 0 if self.safe else 6
        return [self.pick(ODD) if self.chance(odd) else repr(round(self.rng.uniform(-2.0, 2.0), 3)) for _ in range(count)]

    def whole(self, form: str) -> str:
        most = 12 if self.profile.name == "deep" else 6
        wild = not self.safe and self.chance(5)
        value = self.pick(("-7", "2**62", "-2**63", "2**63 - 1", "1000")) if wild else str(self.rng.randint(-1, most))
        if value.lstrip("-").startswith("2") or value == "1000":
            value = value if form != "{}" else "7"
        return form.format(value)


BIG = ("0", "1", "2", "3", "-1", "-2", "2**61", "2**62", "-2**62", "2**63 - 1", "-2**63", "2**60 + 1", "-2**63 + 1", "2**63 - 1",
       "-2**63")
LIKELY = ("0.5", "1.5", "0.25", "2.0", "x")


def generate(seed: int, profile: str = "raw", extra: Iterable[str] = ()) -> Program:
    """The program of this seed; `extra`: features that are not ready yet."""
    writer = Writer(random.Random(f"{profile}:{seed}"), PROFILES[profile], extra)
    writer.layout = str(seed)
    source, calls = writer.program()
    return Program(source, calls, seed, profile)
