"""Dicts of generated programs whose keys are known at run time only: ints, floats or pairs of ints.

What is `safe` looks up only what is there, and a loop over a dict does not see it in its body, so that its size does not change.
"""

from __future__ import annotations

import random

from fuzz.functions import Functions
from fuzz.scope import Helper, Scope
from fuzz.statements import indented

TABLES = ("table", "tally", "net", "levels")  # dicts from ints to floats, ints to ints, pairs of ints to floats, floats to floats


class Tables(Functions):
    """Draws them."""

    def key(self, scope: Scope, kind: str) -> str:
        """A key for a dict of this kind."""
        if kind == "levels":
            x, k = self.number(scope, 2), self.integer(scope, 1)
            text = f"round(float({x}), 1)" if not self.safe and self.chance(30) else f"round(math.sin({x}), 1)"
            return self.pick((text, text, f"{k} % 4 * 0.5", "0.5", "0.0", "-0.0"))
        if kind == "net":
            return f"{self.whole_key(scope)}, {self.whole_key(scope)}"
        return self.whole_key(scope)

    def whole_key(self, scope: Scope) -> str:
        k, m = self.integer_name(scope, 1), self.integer(scope, 1)
        if not self.safe and self.chance(15):
            return m
        forms = ("int({m}) % 5", "{k} % 4", "int({k}) % 7 - 2", "abs({k}) % 3", "0", "2", "{k} % 3 * 7", "int({m}) % 3")
        if scope.loops:
            forms = (*forms, "({k} * 7 + 3) % 23", "{k} * {k} % 31", "({m}) % 19")  # so many that they are hashed
        return self.pick(forms).format(k=k, m=m)

    @staticmethod
    def as_argument(kind: str, key: str) -> str:
        """A key as an argument of a method."""
        return f"({key})" if kind == "net" else key

    def entry_of(self, scope: Scope, kind: str) -> str:
        """An item for a dict of this kind."""
        return f"({self.integer(scope, 1)}) % 5" if kind == "tally" else self.damped(scope)

    # -- statements ------------------------------------------------------------------------------------------------

    def table_text(self, scope: Scope, kind: str) -> str:
        """A new dict."""
        names, k = scope.of(kind), self.integer(scope, 1)
        x = self.entry_of(scope, kind)
        one, other = (self.as_argument(kind, self.key(scope, kind)) for _ in range(2))
        inner = scope.inside(i="int")
        walked = self.as_argument(kind, {"levels": "i * 0.5", "net": self.pick(("i, i % 2", "i % 2, 3 - i", "0, i"))}.get(
            kind, self.pick(("i", "2 * i", "i - 1", "-i", "i * 7"))))
        forms = [f"{{{one}: {x}}}", f"{{{one}: {x}, {other}: {self.entry_of(scope, kind)}}}",
                 f"{{{walked}: {self.entry_of(inner, kind)} for i in range({k} % 4 + 1)}}",
                 f"{{{walked}: {self.entry_of(inner, kind)} for i in range({k} % 11) if i != 1}}",
                 f"dict.fromkeys([{one}, {other}], {x})", f"dict([({one}, {x}), ({other}, {x})])"]
        if kind in ("table", "tally"):
            forms += [f"defaultdict({'int' if kind == 'tally' else 'float'}, {{{one}: {x}}})",
                      f"dict(zip(range({k} % 4 + 1), ({x}, {'2, 1' if kind == 'tally' else '0.5'})))"]
        if kind == "tally":
            forms += [f"Counter(({k} * i) % 3 for i in range(4))", f"Counter([{one}, {other}, {one}])"]
        rows = scope.of("row", "view", "list")
        if kind == "table" and rows:
            forms += [f"dict(enumerate({self.pick(rows)}))", f"{{i: e for i, e in enumerate({self.pick(rows)})}}"]
        for d in names:
            y = self.number_leaf(scope, 1) if kind != "tally" else "2"
            forms += [f"dict({d})", f"{d}.copy()", f"{{**{d}, {one}: {x}}}", f"{{kk: e * {y} for kk, e in {d}.items()}}",
                      f"{d} | {{{one}: {x}}}", f"{{kk: e for kk, e in {d}.items() if e > {y}}}",
                      f"{{kk: {d}[kk] for kk in sorted({d})}}", f"copy.deepcopy({d})"]
        return self.pick(forms)

    def write_tabled(self, scope: Scope) -> list[str]:
        """A new dict, also one that a loop fills."""
        kind = self.pick(TABLES)
        if scope.trips * 4 > self.profile.trips or scope.captured or self.chance(55):
            text = self.table_text(scope, kind)
            return [f"{self.target_of(scope, kind, 'd')} = {text}"]
        d, i = self.fresh("d"), self.fresh("i")
        rows = scope.of("row", "view")
        k = self.integer(scope, 1)
        head, bound = self.rng.choice([(f"{i} in range({k} % 5)", {i: "int"}), (f"{i} in range({k} % 4 + 1)", {i: "int"}),
                                       *[(f"{i} in range(len({r}))", {i: "int"}) for r in rows]])
        block = scope.inside(trips=4, **bound)
        before = self.block(block, 2) if self.chance(40) else []
        self.binding(block, d, kind)
        last = self.put(block, d, kind)
        if self.chance(25):
            last = [f"if {self.condition(block)}:", *indented(last)]
        del block.kinds[d]
        scope.left(block)
        self.binding(scope, d, kind)
        return [f"{d} = {{}}", f"for {head}:", *indented([*before, *last])]

    def put(self, scope: Scope, d: str, kind: str) -> list[str]:
        """An item is stored, or changed if it is there."""
        key, x = self.key(scope, kind), self.entry_of(scope, kind)
        asked, y = self.as_argument(kind, key), "1" if kind == "tally" else self.number_leaf(scope, 1)
        other = self.key(scope, kind)
        options = [
            [f"{d}[{key}] = {x}"], [f"{d}[{key}] = {d}.get({asked}, {y}) * {'1' if kind == 'tally' else '0.5'} + {x}"],
            [f"{d}.setdefault({asked}, {x})"], [f"{d}.update({{{asked}: {x}}})"],
            [f"if {asked} in {d}:", f"    {d}[{key}] += {x}", "else:", f"    {d}[{key}] = {y}"],
            [f"if {asked} not in {d}:", f"    {d}[{key}] = {x}", f"{d}[{key}] += {y}"],
            [f"{d}[{key}], {d}[{other}] = {d}.get({self.as_argument(kind, other)}, {x}), {d}.get({asked}, {y})"],
            [f"{d}[{key}] = {d}.pop({asked}, {x}) + {y}"],
        ]
        if d not in scope.fixed and not scope.captured:
            options.append([f"{d} |= {{{asked}: {x}}}"])
        if not self.safe:
            options += [[f"{d}[{key}] += {x}"], [f"{d}[{key}] *= {d}[{other}]"]]
        return self.pick_lines(tuple(options))

    def write_put(self, scope: Scope) -> list[str]:
        names = scope.of(*TABLES)
        if not names:
            return self.write_tabled(scope)
        d = self.pick(names)
        kind, lists = scope.kinds[d], scope.of("list")
        if kind == "table" and lists and self.chance(15):
            return [f"{d}.update({self.pick(('zip(range(3), {})', 'enumerate({})')).format(self.pick(lists))})"]
        return self.put(scope, d, kind)

    def write_take(self, scope: Scope) -> list[str]:
        """Items are taken out."""
        names = scope.of(*TABLES)
        if not names:
            return self.write_tabled(scope)
        d = self.pick(names)
        kind = scope.kinds[d]
        key = self.key(scope, kind)
        asked, x = self.as_argument(kind, key), self.number_leaf(scope, 1)
        inside, default = scope.inside(), "3" if kind == "tally" else x
        options = [
            [f"{d}.pop({asked}, None)"], [self.assignment(inside, f"{d}.pop({asked}, {default}) * {x}")],
            [f"if {asked} in {d}:", f"    del {d}[{key}]"], [f"if {d}:", f"    {d}.popitem()"],
            [f"if len({d}) > 1:", f"    {self.assignment(inside, f'{d}.popitem()[1] * {x}')}"],
            [f"while len({d}) > 3:", f"    {d}.popitem()"], [f"for kk in list({d}):", f"    if {d}[kk] > {x}:",
                                                             f"        del {d}[kk]"],
        ]
        if self.chance(15):
            options = [[f"{d}.clear()"]]
        if not self.safe and self.chance(40):
            options = [[f"del {d}[{key}]"], [self.assignment(inside, f"{d}.pop({asked}) * {x}")], [f"{d}.popitem()"]]
        return self.pick_lines(tuple(options))

    def write_tallying(self, scope: Scope) -> list[str]:
        """How often, or how much of, each of some ints there is."""
        rows = scope.of("row", "view", "list")
        if not rows or scope.trips * 4 > self.profile.trips or scope.captured:
            return self.write_put(scope)
        d, e, q, r = self.fresh("d"), self.fresh("e"), self.fresh("q"), self.pick(rows)
        kind = self.pick(("tally", "table"))
        block = scope.inside(trips=4, **{e: "float"})
        which = f"int(abs(math.sin({e})) * 4.0)" if self.safe or self.chance(60) else f"int({e} * 2.0)"
        x = "1" if kind == "tally" else self.damped(block)
        start, add = self.rng.choice((
            ("{}", [f"{d}[{q}] = {d}.get({q}, 0) + {x}"]), (f"defaultdict({'int' if kind == 'tally' else 'float'})",
                                                            [f"{d}[{q}] += {x}"]),
            ("{}", [f"if {q} not in {d}:", f"    {d}[{q}] = {'0' if kind == 'tally' else '0.0'}", f"{d}[{q}] += {x}"]),
            ("{}", [f"{d}.setdefault({q}, {'0' if kind == 'tally' else '0.5'})", f"{d}[{q}] += {x}"]),
        ))
        if kind == "tally" and self.chance(20):
            start = "Counter()"
        if kind == "table" and ".get(" in add[0]:
            add = [add[0].replace(", 0)", ", 0.0)")]
        lines = [f"{d} = {start}", f"for {e} in {r}:", f"    {q} = {which}", *indented(add)]
        scope.left(block)
        self.binding(scope, d, kind)
        return lines

    def write_walk(self, scope: Scope) -> list[str]:
        """A loop over a dict, which its body does not make longer or shorter."""
        names = scope.of(*TABLES)
        if not names or scope.trips * 5 > self.profile.trips:
            return self.write_put(scope)
        d = self.pick(names)
        kind, q, e = scope.kinds[d], self.fresh("q"), self.fresh("e")
        item = "int" if kind == "tally" else "float"
        key = {"levels": {q: "float"}, "net": {}}.get(kind, {q: "int"})
        heads: list[tuple[str, dict[str, str]]] = [
            (f"for {q}, {e} in {d}.items():", {**key, e: item}), (f"for {q} in {d}:", key),
            (f"for {e} in {d}.values():", {e: item}),
            (f"for {q} in sorted({d}):", key), (f"for {q}, {e} in sorted({d}.items()):", {**key, e: item}),
            (f"for {q}, {e} in list({d}.items()):", {**key, e: item}), (f"for {q} in {d}.keys():", key),
        ]
        head, bound = self.rng.choice(heads)
        block = scope.inside(trips=5, **bound)
        block.fixed.add(q)
        if self.safe or self.chance(85):
            for name in names:
                block.kinds.pop(name)
        change: list[str] = []
        if q in head and self.chance(50):
            now = f"{d}[{q}]"
            text = f"({now} + 1) % 4" if kind == "tally" else f"{now} * 0.5 + {self.number(block, 2)}"
            change = [f"{now} = {text}"]
        elif q in head:
            change = [self.assignment(block.inside(), f"{d}[{q}] * {self.number_leaf(block, 1)}")]
        lines = [head, *indented([*change, *self.block(block, 2)])]
        scope.left(block)
        return lines

    def write_memo(self, scope: Scope) -> list[str]:
        """A recursion that keeps what it has found in a dict."""
        if scope.captured or scope.trips * 10 > self.profile.trips:
            return self.write_put(scope)
        memo, g, x, y = self.fresh("memo"), self.fresh("local"), self.number(scope, 2), self.number_leaf(scope, 1)
        inner = scope.inside(r="float", k="int")
        inner.captured = True
        step = self.damped(inner)
        k = f"{self.integer(scope, 1)} % 6"
        lines = [f"{memo} = {self.pick(('{}', f'{{0: {x}}}', f'{{0: {x}, 1: {y}}}'))}"]
        if self.chance(40):
            lines = [f"{memo} = {{}}", f"def {g}(k, j):", "    if k <= 0 or j <= 0:", f"        return {x}",
                     f"    if (k, j) in {memo}:",
                     f"        return {memo}[k, j]", f"    r = max({g}(k - 1, j), {g}(k, j - 1)) * 0.5", f"    r = {step}",
                     f"    {memo}[k, j] = r", "    return r"]
            call, kind = f"{g}({k} % 4, {self.integer(scope, 1)} % 4)", "net"
        else:
            lines += [f"def {g}(k):", f"    if k in {memo}:", f"        return {memo}[k]", "    if k <= 1:",
                      f"        return {x}",
                      f"    r = {g}(k - 1) + {g}(k - 2) * {y}", f"    r = {step}", f"    {memo}[k] = r", "    return r"]
            call, kind = f"{g}({k})", "table"
        lines.append(self.assignment(scope, call))
        if self.chance(60):
            self.binding(scope, memo, kind)
        return lines

    def help_note(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """A function of a dict, which it may change."""
        scope = Scope(self.pick(("float", "float", "none")), {}, [h for h in helpers if h.cost < 3], trips=6)
        kind = self.pick(TABLES)
        for p, what in (("d", kind), ("u", "float"), ("k", "int")):
            self.binding(scope, p, what)
        lines = [*self.put(scope, "d", kind), *self.body(scope, 3)]
        return [f"def {name}(d, u, k):", *indented(lines)], Helper(name, (kind, "float", "int"), scope.result, 6)

    def body(self, scope: Scope, budget: int, last: str | None = None) -> list[str]:
        """The statements of a helper (see `programs`)."""
        raise NotImplementedError

    # -- expressions -----------------------------------------------------------------------------------------------

    def number_table_of(self, scope: Scope, depth: int) -> str:
        names = scope.of("table", "net", "levels")
        if not names:
            return self.number_leaf(scope, depth)
        d, x = self.pick(names), self.number_leaf(scope, depth)
        kind = scope.kinds[d]
        key = self.key(scope, kind)
        forms = ["{d}.get({a}, {x})", "{d}.get({a}, {x})", "sum({d}.values())", "({d}[{k}] if {a} in {d} else {x})",
                 "(len({d}) * {x})",
                 "max({d}.values(), default={x})", "sum(e * {x} for e in {d}.values())", "next(iter({d}.values()), {x})",
                 "math.fsum({d}.values())", "(list({d}.values())[-1] if {d} else {x})", "sum(sorted({d}.values())[:2])",
                 "{d}.pop({a}, {x})", "{d}.setdefault({a}, {x})", "sum([{d}[kk] for kk in {d}])"]
        if kind != "net":
            forms += ["sum(kk * e for kk, e in {d}.items())", "{d}.get(max({d}, default=0), {x})",
                      "({d}[min({d}, key={d}.get)] if {d} else {x})", "sum({d}[kk] * kk for kk in sorted({d}))"]
        else:
            forms += ["sum(e * (kk[0] - kk[1]) for kk, e in {d}.items())", "sum(ii * e for (ii, jj), e in {d}.items() if jj < 2)",
                      "(min({d})[1] * {x} if {d} else {x})"]
        if not self.safe:
            forms += ["{d}[{k}]", "max({d}.values())", "{d}.pop({a})"]
        return self.pick(forms).format(d=d, x=x, k=key, a=self.as_argument(kind, key))

    def integer_tally(self, scope: Scope, depth: int) -> str:
        names, counted = scope.of(*TABLES), scope.of("tally")
        if not names:
            return self.integer_name(scope, depth)
        forms = [f"len({self.pick(names)})"]
        if counted:
            c, key = self.pick(counted), self.key(scope, "tally")
            forms += [f"{c}.get({key}, 0)", f"{c}.get({key}, 1)", f"sum({c}.values())", f"max({c}, default=0)", f"sum({c})",
                      f"(list({c})[0] if {c} else 1)", f"({c}[{key}] if {key} in {c} else 2)",
                      f"sum(kk * e for kk, e in {c}.items())"]
            forms += [f"{c}[{key}]"] * (not self.safe)
        return self.pick(forms)

    def condition_table(self, scope: Scope, depth: int) -> str:
        names = scope.of(*TABLES)
        if not names:
            return self.condition_compare(scope, depth)
        d, x = self.pick(names), self.number_leaf(scope, depth)
        a = self.as_argument(scope.kinds[d], self.key(scope, scope.kinds[d]))
        return self.pick((f"{a} in {d}", f"{a} not in {d}", f"len({d}) > {self.integer(scope, 1)}", f"not {d}",
                          f"any(e > {x} for e in {d}.values())", f"{d}.get({a}, 0.5) < {x}", f"{x} in {d}.values()" if self.safe
                          else f"{a} in {d}.keys()"))

    # -- arguments -------------------------------------------------------------------------------------------------

    def table_argument(self, kind: str, layout: random.Random) -> str:
        """The text of a dict. Its keys are part of the form: the same in each call."""
        keys = layout.sample(range(-1, 5), layout.randint(1, 3))
        texts = [{"levels": f"{q * 0.5}", "net": f"({q}, {q % 2})"}.get(kind, str(q)) for q in keys]
        items = [str(self.rng.randint(0, 4)) for _ in keys] if kind == "tally" else self.numbers(len(keys))
        return "{" + ", ".join(f"{q}: {x}" for q, x in zip(texts, items, strict=True)) + "}"

    def numbers(self, count: int) -> list[str]:
        """Floats of an argument list (see `programs`)."""
        raise NotImplementedError
