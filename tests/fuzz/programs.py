"""Whole programs: a seed and a profile give the text of a module that defines `f`, and the arguments to call it with.

    program = generate(7, "guarded")
    program.source   # "import math\nimport numpy as np\n...\ndef f(x, n, a, ...): ..."
    program.calls    # ("(0.7, 3, np.array([0.5, 1.5]), ...)", ...): the text of each argument list
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable

from fuzz import captured
from fuzz.captured import Captured
from fuzz.classes import Class
from fuzz.features import HEAVY, PARAMETERS, PROFILES, THEMES, on_theme
from fuzz.scope import Helper, Scope
from fuzz.statements import indented
from fuzz.tables import TABLES

HEADER = """\
import copy
import itertools
import math
import numpy as np
from collections import Counter, defaultdict
from dataclasses import dataclass, field
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


class Writer(Captured):
    """Writes helpers and classes, then `f`."""

    def program(self) -> tuple[str, tuple[str, ...]]:
        parts: list[str] = []
        helpers = [Helper("blunt", ("float",), "float"), Helper("halved", ("float",), "float")]
        kinds = ["scalar", "flag", "view", "couple", "walk", "march", "fill", "wide"] + ["stern"] * (not self.safe)
        chosen = self.rng.sample(kinds, self.rng.randint(0, 1 if self.themes else 3))
        self.classes, self.cheap = {}, [h for h in helpers]
        for _ in range(self.rng.randint(1, 3) if "objects" in self.themes else 0):
            parts.append("\n".join(self.help_class()))
        chosen += [k for k, theme in THEMED if theme in self.themes and (theme != "objects" or self.classes) and self.chance(50)]
        for kind in chosen:
            lines, helper = getattr(self, "help_" + kind)(self.fresh(kind), helpers)
            parts.append("\n".join(lines))
            helpers.append(helper)
        lines, params = self.main(helpers)
        parts.append("\n".join(lines))
        body = "\n\n".join(parts)
        header = HEADER + captured.HEADER * any(name in body for name in captured.NAMES)
        return f"{header}\n{body}\n", tuple(self.arguments(params, k) for k in range(CALLS))

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

    def help_treat(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """A function of an object, which it may change."""
        cls = self.rng.choice(list(self.classes.values()))
        scope = Scope(self.pick(("float", "float", "none")), {}, [h for h in helpers if h.cost < 3], fixed={"o"}, trips=6)
        self.binding(scope, "o", cls.name)
        self.binding(scope, "u", "float")
        lines = [*self.write_attribute(scope), *self.body(scope, 3)]
        return [f"def {name}(o, u):", *indented(lines)], Helper(name, (cls.name, "float"), scope.result, 8)

    def help_spend(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """A function of a list, which it may change."""
        scope = Scope(self.pick(("float", "float", "none")), {}, [h for h in helpers if h.cost < 3], trips=6)
        self.binding(scope, "xs", "list")
        self.binding(scope, "u", "float")
        return [f"def {name}(xs, u):", *indented(self.body(scope, 4))], Helper(name, ("list", "float"), scope.result, 8)

    # -- the function itself -------------------------------------------------------------------------------------

    def main(self, helpers: list[Helper]) -> tuple[list[str], dict[str, str]]:
        params = {"x": "float", "n": "int", "a": "row"}
        for row in PARAMETERS:
            kind, name = row.name.split()
            if on_theme(row, self.themes) and name not in params and self.chance(getattr(row, self.profile.name)):
                params[name] = self.pick([n for n, c in self.classes.items() if not c.local]) if kind == "object" else kind
        if "g" in params:
            helpers.append(Helper("g", ("float",), "float", 2))
        results = ["float"] * 14 + ["count", "array", "number", "maybe"] + ["pair"] * 2 + ["structure"] * 3 * bool(self.themes)
        scope = Scope(self.pick(results), {}, helpers, fixed={"g"}, top=True)
        for name, kind in params.items():
            self.binding(scope, name, kind)
        self.budget = self.profile.size - 5 * bool(self.themes) - 2 * bool(self.themes & HEAVY)
        lines: list[str] = []
        for name in ("s", "t", "u")[: self.rng.randint(1, 3)]:
            start = self.pick(("x", "0.5", "0.0", "1.0", *[n for n in params if params[n] == "float"]))
            lines.append(f"{scope.bind(name, 'float')} = {start}")
        lines.append(f"{scope.bind('k', 'int')} = {self.pick(('1', '0', 'n', 'len(a)'))}")
        if self.chance(50):
            lines += [f"{scope.bind('c', 'row')} = {self.pick(('np.zeros(len(a))', 'a.copy()', 'np.ones(len(a))', 'a * 0.5'))}"]
        for _ in range(self.rng.randint(2, self.profile.top - 2 * bool(self.themes))):
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
        if layout.random() < 0.15:  # axes of one element, which broadcast
            length, shape = layout.choice(((1, shape), (length, (1, shape[1])), (length, (shape[0], 1))))
        texts = []
        self.big = "0"
        for name, kind in params.items():
            texts.append(self.argument_text(name, kind, layout, length, shape))
        names = list(params)
        a, b = names.index("a"), names.index("b" if "b" in names else "a")
        if number != 2 or a == b or texts[a].endswith("]") != texts[b].endswith("]") or self.chance(50):
            return f"({', '.join(texts)})"
        first, texts[a], texts[b] = texts[a], "same", "same"
        return f"(lambda same: ({', '.join(texts)}))({first})"

    layout = ""
    big = "0"

    def argument_text(self, name: str, kind: str, layout: random.Random, length: int, shape: tuple[int, int]) -> str:
        if kind in self.classes:
            return self.object_text(self.classes[kind], layout, length, shape)
        if kind == "row":
            return self.array_text(self.numbers(length), layout.choice(("", "", "", "[::2]")))
        if kind == "matrix":
            rows = [f"[{', '.join(self.numbers(shape[1]))}]" for _ in range(shape[0])]
            return f"np.array([{', '.join(rows)}])" + layout.choice(("", "", ".T.copy().T"))
        if kind == "ints":
            return f"np.array([{', '.join(str(self.rng.randint(-3, 5)) for _ in range(length))}])"
        if kind == "small":
            return f"np.array([{', '.join(self.numbers(length))}], np.float32)"
        if kind == "big":
            self.big = self.big if name != "w" and self.chance(30) else self.pick(BIG)
            return self.big
        if kind == "function":
            form = layout.choice(("math.sin", "wave({})", "partial(blend, {})", "wave({})"))
            return form.format(*self.numbers(1))
        if kind == "bool":
            return self.pick(("True", "False"))
        if kind == "int":
            return self.whole("np.int64({})" if name == "h" and layout.random() < 0.6 else "{}")
        if kind == "float":
            way = layout.random() if name == "z" else 1.0
            return ("np.float64({})" if way < 0.4 else "np.float32({})" if way < 0.6 else "{}").format(*self.numbers(1))
        return self.group_text(kind, layout, length)

    def group_text(self, kind: str, layout: random.Random, length: int) -> str:
        """Tuples, lists and dicts."""
        if kind == "pair":
            return f"({', '.join(self.numbers(2))})"
        if kind == "point":
            return f"Point({', '.join(self.numbers(2))})"
        if kind == "nest":
            return f"(({', '.join(self.numbers(2))}), np.array([{', '.join(self.numbers(2))}]))"
        if kind == "list":
            return f"[{', '.join(self.numbers(self.rng.randint(1, 5)))}]"
        if kind == "counts":
            return f"[{', '.join(str(self.rng.randint(-1, 4)) for _ in range(self.rng.randint(1, 4)))}]"
        if kind in TABLES:
            return self.table_argument(kind, layout)
        if kind == "dict":
            return "{" + ", ".join(f"'{key}': {x}" for key, x in zip("abc", self.numbers(3), strict=True)) + "}"
        count = layout.randint(1, 3)  # of what is taken apart item by item: as many in each call
        if kind == "pairs":
            return f"[{', '.join(self.group_text('pair', layout, length) for _ in range(count))}]"
        assert kind == "stack"
        return f"[{', '.join(self.array_text(self.numbers(length), '') for _ in range(count))}]"

    def object_text(self, cls: Class, layout: random.Random, length: int, shape: tuple[int, int]) -> str:
        parts = [f"{name}={self.argument_text(name, kind, layout, length, shape)}" for name, kind in cls.stored.items()]
        return f"made({', '.join([cls.name, *parts])})"

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


# what helps on a theme
THEMED = (("flow", "streams"), ("flow", "streams"), ("maker", "functions"), ("many", "functions"), ("piled", "lists"),
          ("spend", "lists"),
          ("treat", "objects"), ("note", "tables"), ("stretch", "spans"), ("many", "spans"),
          ("factory", "locals"))


def themes(rng: random.Random) -> list[str]:
    """What a program is about, besides numbers and arrays."""
    return [] if rng.randrange(100) < PLAIN else drawn(rng, rng.choice((1, 1, 1, 2, 2)))


def drawn(rng: random.Random, count: int) -> list[str]:
    """So many themes."""
    left = dict(THEMES)
    found = []
    for _ in range(count):
        found += rng.choices(list(left), list(left.values()))
        del left[found[-1]]
    return found


PLAIN = 25  # percent of programs that have no theme


def generate(seed: int, profile: str = "raw", extra: Iterable[str] = ()) -> Program:
    """The program of this seed; `extra`: features that are not ready yet, or themes."""
    rng = random.Random(f"{profile}:{seed}")
    wanted = [t for t in THEMES if t in extra]
    some = themes(rng)
    writer = Writer(rng, PROFILES[profile], extra, wanted or some)
    writer.layout = str(seed)
    source, calls = writer.program()
    return Program(source, calls, seed, profile)
