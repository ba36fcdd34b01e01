"""Bare loops of generated programs: nothing in them can fail but indices, and these are made of much arithmetic.

    for i1 in range(4):
        for i2 in range(-i1, i1 + 1):
            k3 = (i1 - 4) * (i2 - 5)
            if -2 <= i1 - i2 and 0 <= k3 < len(v):
                v[k3] += y

Range analysis, the bounds of whole nests, strips and versions without checks are about such loops.
"""

from __future__ import annotations

from fuzz.loops import Loops
from fuzz.scope import Scope
from fuzz.statements import indented

HEADS = ("range(3)", "range(4)", "range(1, 5)", "range(3, -1, -1)", "range(-3, 2)", "range(0, 6, 2)", "range(len({v}))",
         "range(len({v}) - 1, -1, -1)", "range(1, len({v}) - 1)", "range(-len({v}), 0)", "range(len({v}) // 2)",
         "range({k} % 5)", "range(min(len({v}), 3))", "range(len({v}) - {k} % 3)", "range(-({k} % 3), {k} % 4)")
WILD_HEADS = ("range({n})", "range({k}, {n})", "range(-{n}, {n})", "range({n} * 2)", "range(len({v}) + {n})",
              "range({n}, {n} + 3)", "range({n}, -1, -1)", "range(len({v}) * {n})")
INNER = ("range({i})", "range({i} + 1)", "range({i}, 4)", "range(len({v}) - {i})", "range(-{i}, {i} + 1)", "range(4 - {i})",
         "range({i} // 2 + 1)", "range({i} - 1, -1, -1)", "range({i} % 3)", "range(2 * {i} % 5)")
LINEAR = ("{i} - {j}", "{j} - {i}", "{i} + {j}", "{i} + {j} - 2", "2 * {i} - {j}", "3 - {i} - {j}", "{i} + {k}", "{k} - {i}",
          "{i} - 2 * {j} + 1", "{i} + {j} - {k}", "{i}", "-{i}", "-1 - {j}", "{i} + 1", "{i} - 1")
PRODUCTS = ("(-{i}) * (-{j})", "({i} - 4) * ({j} - 5)", "({i} - 3) * ({j} - 6)", "(-{i} - 1) * (-{j})", "(1 - {i}) * {j}",
            "{i} * {j}", "{i} * {k}", "{i} * {i}", "-{i} * {i}",
            "({i} + 1) * -{j}", "(2 - {i}) * (1 - {j})", "(-1 - {i}) * (-2 - {j}) - 2", "{i} * {j} - {j}")
DIVIDED = ("{i} // 2", "({i} - 3) // 2", "{i} % 3", "({i} + {j}) % 4", "-{i} // 2", "-{i} % 3", "{i} >> 1", "{i} & 3",
           "({i} + {k}) // 3", "({i} - {j}) // 2", "{i} // -2", "{i} % -3", "({i} * {j}) % 5")
CHOSEN = ("{i} + ({c})", "{i} - ({c})", "({c}) * {i}", "({i} if {c} else {j})", "({i} if {c} else -1)", "min({i}, {j})",
          "max({i} - 2, {k})", "abs({i} - {j})", "({j} if {i} > {j} else {i})", "({c}) + ({d})", "min(max({i} - {j}, -1), 2)")
ENORMOUS = ("w + {i}", "{i} - w", "w * {i}", "2 * w + {i}", "w + {i} + {k}", "w - {j} + {i}", "{i} + w - {k}", "w + w + {i}")
ENORMOUS_TWO = ("w + o + {i}", "{i} + w + o", "w + o + {i}", "w + {i} + o",
                "w - o + {i}", "w + o", "{i} - w - o", "w + o + {i} + 2", "w * {i} + o")
TESTS = ("{i} < {j}", "{i} + 3 >= {j}", "{i} - {j} > -2", "{i} != 1", "2 > {i}", "not {i} == {j}", "-2 <= {i} - {j}",
         "{i} + {j} <= {k}", "0 <= {i} - 1 < {k}", "{j} >= {i} - 1", "{i} - {k} < 2", "1 != {j}", "{i} * {j} < 4",
         "{i} > {k} or {j} > 1", "{i} < 3 and {j} != 0", "{i} == {j} + 1", "{j} - {i} + 1 >= 0", "{k} - 2 >= {i}", "{i} % 2 == 0")
RELATED = (("{i} - {j} > -2", "{i} - {j}"), ("{i} + 2 >= {j}", "{i} - {j}"), ("{j} - {i} + 1 >= 0", "{j} - {i}"),
           ("{i} + {j} <= 3", "4 - {i} - {j}"), ("{i} + {j} >= 1", "{i} + {j} - 2"), ("{i} + {j} < len({v})", "{i} + {j}"),
           ("-2 <= {i} - {j} < 2", "{i} - {j} + 1"), ("{i} - {k} >= -1", "{i} - {k}"), ("{k} < {i} + 2", "{i} - {k}"),
           ("{i} - 2 * {j} >= -3", "{i} - 2 * {j}"), ("{i} < {j}", "{j} - {i}"), ("{i} != {j}", "abs({i} - {j}) - 1"),
           ("{i} * {k} < len({v})", "{i} * {k}"), ("{j} + {i} * {k} < len({v})", "{j} + {i} * {k}"),
           ("0 <= {i} * {k}", "{i} * {k}"))
AROUND = ("{n} > 2", "{n} != 0", "{k} < {n}", "0 <= {k} <= {n}", "{n} - {k} >= -3", "len({v}) > {k}", "not {n} < 1")
AROUND_ENORMOUS = ("w < 0", "w > 0", "w < -5", "w >= 2**62", "w <= -2**62", "w < 2**63 - 1", "w != 2**63 - 1", "w > -2**63")
AROUND_TWO = ("w < 0 and o < 0", "o < 0 and w < 0", "o <= w < 0", "w > 0 and o > 0",
             "w < o", "w + 1 <= o", "w < 0 < o", "w <= -2**62 and o < -1", "w == o")
STEPS = ("{q} = {q} + 1 if {c} else {q} - 1", "{q} = {q} - 2 if {c} else {q} + 1", "{q} = 0 if {q} > 2 else {q} + 1",
         "{q} = min({q} + 1, 3)", "{q} += 1", "{q} -= 1", "{q} = {q} - 1 if {c} else {q}", "{q} = -1 if {c} else {q} + 1",
         "{q} = {q} + 2 if {c} else -3", "{q} = min({q} + 1, -2)", "{q} = max({q} - 1, 2)",
         "{q} = min(-1, {q} + 2)", "{q} = max(3, {q} - 1)", "{q} = min({q} + 1, {n})", "{q} = max({q} - 1, {n})",
         "{q} = min({n}, {q} + 2)", "{q} = max({k} - 2, {q} - 1)",
         "{q} = max({q} - 1, -2)", "{q} += ({c})", "{q} = {i} if {c} else {q} - 1")
BODIES = ("{s} = {s} * 0.5 + {e}", "{s} = {s} * 0.5 - {e} * {x}", "{e} = {e} * 0.5 + {x}", "{e} = {x}", "{e} *= 0.5",
          "{s} += {e}", "{e} += {x}")


class BareLoops(Loops):
    """Draws them; see the head of this file."""

    huge = False  # whether the loop stands behind a question about two large ints

    def bare(self, scope: Scope) -> list[str]:
        deep = 2 if self.chance(50) else 1
        if scope.trips * 4**deep > self.profile.trips or scope.captured or not scope.assignable("float"):
            return self.write_add(scope)
        table, around = self.table_for(scope), self.around(scope)
        lines: list[str] = []
        carried = self.fresh("k") if self.chance(35) else ""
        if carried:
            lines.append(f"{carried} = {self.pick(('0', '1', '-1', '2', self.integer_name(scope, 1)))}")
        block = scope.inside(trips=4**deep)
        if carried:
            block.bind(carried, "int")
        parts = {"v": self.pick(block.of("row", "view"))}
        counters: list[str] = []
        for level in range(deep):
            heads = HEADS if level == 0 or self.chance(40) else INNER
            if not self.safe and self.chance(25):
                heads = WILD_HEADS
            head = self.filled(block, self.pick(heads), counters, parts)
            counters.append(block.bind(self.fresh("i"), "int"))
            lines += indented_by(level, [f"for {counters[-1]} in {head}:"])
        self.huge = " o" in around
        body = self.bare_body(block, counters, carried)
        self.huge = False
        if carried:
            parts = {"q": carried, "c": self.test(block, counters)}
            body.append(self.filled(block, self.pick(STEPS), counters, parts))
        lines += indented_by(deep, body)
        if around:
            scope.left(block)
            lines = [f"if {around}:", *indented(lines)]
        return [*table, *lines]

    def table_for(self, scope: Scope) -> list[str]:
        """Perhaps an array that only the function sees."""
        rows = scope.of("row", "view")
        if rows and self.chance(60):
            return []
        n = self.integer_name(scope, 1)
        sizes = ["4", f"abs({n}) % 4 + 1", *[f"len({r})" for r in rows], *[f"len({r}) + 2" for r in rows]]
        if not self.safe:
            sizes += [n, f"{n} + 1", n]
        text = f"np.zeros({self.pick(sizes)})"
        return [f"{scope.bind(self.fresh('v'), 'view')} = {text}"]

    def around(self, scope: Scope) -> str:
        """A condition on what the loops do not change, or nothing."""
        big = scope.of("big")
        if not self.chance(70 if len(big) > 1 else 35):
            return ""
        tests = [AROUND_ENORMOUS] * ("w" in big) + [AROUND_TWO] * ({"w", "o"} <= set(big)) * 4 or [AROUND]
        return self.filled(scope, self.pick(self.rng.choice(tests)), [], {"v": self.pick(scope.of("row", "view") or ["'abc'"])})

    def filled(self, scope: Scope, form: str, counters: list[str], parts: dict[str, str]) -> str:
        """A form with counters for `i` and `j`, ints for `k` and `n`."""
        ints = [n for n in scope.of("int") if n not in counters] or ["2"]
        both = counters or ints
        i = self.pick(both)
        given = {"i": i, "j": self.pick([n for n in both if n != i] or ints), "k": self.pick(ints), "n": self.pick(ints)}
        return form.format(**{**given, **parts})

    def test(self, scope: Scope, counters: list[str]) -> str:
        return self.filled(scope, self.pick(TESTS), counters, {})

    def place_number(self, scope: Scope, counters: list[str], carried: str, depth: int = 0) -> str:
        """An int that may be an index."""
        big = set(scope.of("big"))
        if self.huge and self.chance(80):
            return self.filled(scope, self.pick(ENORMOUS_TWO), counters, {})
        if carried and self.chance(50):
            return self.pick((carried, carried, f"{carried} - 1", f"{carried} + {counters[0]}"))
        if "w" in big and self.chance(50):
            forms = ENORMOUS_TWO if {"w", "o"} <= big and self.chance(60) else ENORMOUS
            return self.filled(scope, self.pick(forms), counters, {})
        tables = scope.of("ints")
        if tables and depth < 2 and self.chance(35):
            inner = self.place_number(scope, counters, carried, depth + 1)
            name = self.pick(tables)
            if self.chance(30):
                return f"({name}[{inner}] if 0 <= {inner} < len({name}) else 0)"
            return f"{name}[{inner if not self.safe and self.chance(70) else f'({inner}) % len({name})'}]"
        rows = scope.of("row")
        if rows and self.chance(10):
            name, i = self.pick(rows), counters[-1]
            at = i if not self.safe else f"{i} % len({name})"
            return f"int({name}[{at}] * 1.5)" if not self.safe else f"int(min(abs({name}[{at}]), 9.0) * 1.5)"
        forms = self.rng.choice((LINEAR, LINEAR, PRODUCTS, PRODUCTS, DIVIDED, CHOSEN))
        return self.filled(scope, self.pick(forms), counters, {"c": self.test(scope, counters), "d": self.test(scope, counters)})

    def bare_body(self, scope: Scope, counters: list[str], carried: str) -> list[str]:
        """One or two statements; what is `safe` asks before it touches an element."""
        lines, test = [], ""
        for _ in range(self.rng.randint(1, 2)):
            name = self.pick(scope.of("row", "view"))
            at = self.place_number(scope, counters, carried)
            if not test and self.chance(25):
                both = "\0".join(self.rng.choice(RELATED))
                test, at = self.filled(scope, both, counters, {"v": name}).split("\0")
            if scope.of("ints") and self.chance(30):
                lines += self.whole_store(scope, counters, at)
                continue
            s = self.pick([n for n in scope.assignable("float")])
            x = self.pick([*scope.of("float"), "0.5", "0.25"])
            form = self.pick(BODIES[:-2] if self.safe else BODIES)
            if self.safe or self.chance(40):
                lines += self.asked(form, name, at, {"s": s, "x": x})
            else:
                lines.append(form.format(e=f"{name}[{at}]", s=s, x=x))
        if test or self.chance(30):
            lines = [f"if {test or self.test(scope, counters)}:", *indented(lines)]
        return lines

    def asked(self, form: str, name: str, at: str, parts: dict[str, str]) -> list[str]:
        """A statement behind a question whether its index is one."""
        if self.chance(25):
            return [form.format(e=f"{name}[({at}) % len({name})]", **parts)]
        k = self.fresh("k")
        statement = form.format(e=f"{name}[{k}]", **parts)
        test = self.pick((f"0 <= {k} < len({name})", f"-len({name}) <= {k} < len({name})", f"len({name}) > {k} and {k} >= 0",
                          f"{k} < len({name}) and {k} > -1", f"not ({k} < 0 or {k} >= len({name}))"))
        if self.chance(15):
            return [f"{k} = {at}", f"if {k} < 0 or {k} >= len({name}):", "    continue", statement]
        if self.chance(15):
            return [f"{k} = {at}", f"if {k} >= 0:", f"    if {k} != len({name}) and len({name}) > {k}:", f"        {statement}"]
        return [f"{k} = {at}", f"if {test}:", f"    {statement}"]

    def whole_store(self, scope: Scope, counters: list[str], at: str) -> list[str]:
        """An array of ints is changed."""
        name, i = self.pick(scope.of("ints")), self.pick(counters)
        to = at if not self.safe and self.chance(30) else f"{i} % len({name})"
        value = self.pick((i, f"3 - {i}", f"-{i}", f"{i} % 2"))
        return [f"{name}[{to}] = {value}"] if self.chance(80) else [f"{name}[{to}] += ({value}) % 2"]


def indented_by(levels: int, lines: list[str]) -> list[str]:
    for _ in range(levels):
        lines = indented(lines)
    return lines
