"""Tuples and lists of lists of run-time length in generated programs, calls with stars of them, columns, slices, copies, runs.

A "span" is a tuple of floats, a "grid" a list of lists of floats; neither they nor the rows are empty where all is `safe`.
"""

from __future__ import annotations

from typing import Any

from fuzz.scope import Helper, Scope
from fuzz.statements import indented
from fuzz.tables import Tables

SPANS = (
    "{t}[{k} % len({t})]", "sum({t})", "max({t})", "min({t}, key=abs)", "sorted({t})[0]",
    "sum(a * b for a, b in zip({t}, {t}[1:]))",
    "sum(i * e for i, e in enumerate({t}))", "np.array({t}).sum()", "math.fsum({t})", "({t} + ({x},))[-1]",
    "(({x},) + {t})[{k} % 2]",
    "sum(reversed({t}))", "{t}[::-1][0]", "sum({t}[1:], {x})", "sum({t}[:{k} % 3])", "({t} if {x} > {y} else {u})[0]",
    "math.dist({t}, {t}[::-1])", "np.mean({t})", "max({t} + {u})", "list({t})[-1]", "({t} * 2)[-1]", "np.dot({t}, {t})",
)
STARS = (
    "max(*{s}, {x})", "min({x}, *{s})", "math.hypot(*{s})", "(lambda *e: e[0] - e[-1])(*{s})", "[{x}, *{s}][-1]",
    "sum((*{s}, {x}))",
    "(lambda u, *e: u * len(e) + sum(e))(*{s})", "(lambda *e, w=0.5: sum(e) * w)(*{s})", "(lambda u, *e: u - sum(e))({x}, *{s})",
    "(lambda *e: sum(a * b for a, b in zip(e, e[1:])))(*{s}, {x})", "sum(itertools.chain(*[{s}, {s}]))",
    "max((*{s}, {x}), key=abs)",
    "(lambda *e: math.fsum(e) + len(e))({x}, *{s})", "sum([*{s}, *{s}])", "(lambda *e: max(e[1:], default={x}))(*{s})",
    "(lambda *e, **more: sum(e) * more['w'])(*{s}, w={x})",
)
RUNS = (
    "sum(kk for kk, _ in itertools.groupby({s}))",
    "sum(len(list(gg)) * {x} for _, gg in itertools.groupby({s}, key=lambda e: e > {y}))",
    "max(sum(gg) for _, gg in itertools.groupby({s}, key=lambda e: e > {y}))",
    "sum(a * b for a, b in itertools.combinations({s}, 2))",
    "sum(next(gg) for kk, gg in itertools.groupby({s}, key=lambda e: math.floor(math.sin(e) * 2.0)))",
    "list(itertools.accumulate({s}))[-1]",
    "sum(max(gg) if kk else {x} for kk, gg in itertools.groupby({s}, lambda e: e < {y}))", "sum(itertools.islice({s}, 2))",
    "sum(a - b for a, b in itertools.pairwise({s}))", "sum(itertools.takewhile(lambda e: e < {x}, {s}))",
)


class Spans(Tables):
    """Draws them."""

    def places_of(self, name: str, kind: str) -> dict[str, str]:
        if kind == "span":
            return {name: kind, f"{name}[0]": "float", f"{name}[-1]": "float"}
        if kind == "grid":
            return {name: kind, f"{name}[0][0]": "float", f"{name}[-1][-1]": "float"}
        return super().places_of(name, kind)

    def binding(self, scope: Scope, name: str, kind: str) -> str:
        super().binding(scope, name, kind)
        if kind == "span":
            scope.fixed.update((f"{name}[0]", f"{name}[-1]"))
        return name

    def sequence(self, scope: Scope) -> str:
        """The name of a list or tuple of floats, or of an array; or such an expression."""
        names = scope.of("list", "span", "lane")
        if names and self.chance(75):
            return self.pick(names)
        rows = scope.of("row", "view")
        return self.pick(rows) if rows and self.chance(40) else self.span_text(scope)

    def span_text(self, scope: Scope) -> str:
        """A tuple of floats that is not empty, unless errors are welcome."""
        x, y, k = self.number(scope, 2), self.number_leaf(scope, 1), self.integer(scope, 1)
        spans, lists, rows = scope.of("span"), scope.of("list"), scope.of("row", "view")
        forms = ["tuple({x} * i for i in range({k} % 3 + 1))", "({x},) * ({k} % 3 + 1)",
                 "tuple([{x} + i for i in range({k} % 4 + 1)])"]
        if lists:
            forms += ["tuple({v})", "(*{v},)", "tuple(e * {y} for e in {v})", "tuple(sorted({v}))"]
        if rows:
            forms += ["tuple({r})", "tuple(e - {y} for e in {r})", "(*{r}, {x})"]
        if spans:
            forms += ["({t} + ({x},))[-7:]", "{t}[::-1]", "{t}[1:] + ({x},)", "({t} + {u})[:5]", "({t} * 2)[:7]",
                      "tuple(map(blunt, {t}))",
                      "tuple(a * b for a, b in zip({t}, {u}))", "({x}, *{t}[:4])", "{t}[:{k} % 2 + 1]", "tuple(reversed({t}))",
                      "({t} if {y} > 0.5 else {u})"]
        if not self.safe and self.chance(20):
            forms = ["tuple({x} for _ in range({k}))", *["{t}[{k}:]"] * bool(spans)]
        return self.pick(forms).format(x=x, y=y, k=k, t=self.pick(spans or ["()"]), u=self.pick(spans or ["()"]),
                                       v=self.pick(lists or ["[]"]), r=self.pick(rows or ["[]"]))

    # -- expressions -----------------------------------------------------------------------------------------------

    def number_span(self, scope: Scope, depth: int) -> str:
        spans = scope.of("span")
        if not spans:
            return self.number_star(scope, depth)
        x, y, k = self.number_leaf(scope, depth), self.number_leaf(scope, depth), self.integer(scope, 1)
        if not self.safe and self.chance(10):
            return f"{self.pick(spans)}[{k}]"
        return self.pick(SPANS).format(t=self.pick(spans), u=self.pick(spans), x=x, y=y, k=k)

    def number_star(self, scope: Scope, depth: int) -> str:
        x, y, s = self.number_leaf(scope, depth), self.number_leaf(scope, depth), self.sequence(scope)
        known = [h.name for h in self.callable_many(scope)]
        if known and self.chance(35):
            return self.pick(("{h}(*{s})", "{h}({x}, *{s})", "{h}(*{s}, {x})")).format(h=self.pick(known), s=s, x=x)
        return self.pick(STARS).format(s=s, x=x, y=y)

    def number_runs(self, scope: Scope, depth: int) -> str:
        x, y = self.number_leaf(scope, depth), self.number_leaf(scope, depth)
        counts = scope.of("counts")
        if counts and self.chance(30):
            return self.pick(("sum(len(list(gg)) * {x} for _, gg in itertools.groupby({c}))",
                              "sum(kk * {x} for kk, gg in itertools.groupby({c}))",
                              "sum(kk * sum(gg) for kk, gg in itertools.groupby(sorted({c}), lambda kk: kk % 2)) * {x}")).format(
                                  c=self.pick(counts), x=x)
        return self.pick(RUNS).format(s=self.sequence(scope), x=x, y=y)

    def number_grid(self, scope: Scope, depth: int) -> str:
        names = scope.of("grid")
        if not names:
            return self.number_span(scope, depth)
        x, y, m = self.number_leaf(scope, depth), self.number_leaf(scope, depth), self.pick(names)
        return self.pick((
            "{p}", "{p}", "sum(map(sum, {m}))", "sum(max(rr) for rr in {m})", "sum(e * {x} for rr in {m} for e in rr)",
            "max(map(max, {m}))",
            "sum(sum(cc) * ii for ii, cc in enumerate(zip(*{m})))", "[list(cc) for cc in zip(*{m})][0][-1]",
            "sum({m}[0]) * {x}", "sum(zip(*{m}).__next__())"
            if not self.safe else "len({m}[0]) * {x}", "sum(rr[0] * rr[-1] for rr in {m})",
            "sum(a * b for a, b in zip({m}[0], {m}[-1]))",
            "copy.deepcopy({m})[0][0]", "min({m})[0]" if self.safe else "{m}[-1][0]", "sum([cc[-1] for cc in zip(*{m})])",
            "sum(sum(a * b for a, b in zip(rr, {m}[0])) for rr in {m})",
        )).format(p=self.cell(scope, m), m=m, x=x, y=y)

    def cell(self, scope: Scope, m: str) -> str:
        i, j = self.integer(scope, 1), self.integer(scope, 1)
        if not self.safe and self.chance(30):
            return f"{m}[{i}][0]"
        return f"{m}[{i} % len({m})][{j} % len({m}[{i} % len({m})])]"

    def integer_span(self, scope: Scope, depth: int) -> str:
        names = scope.of("span", "grid")
        if not names:
            return self.integer_name(scope, depth)
        spans, grids = scope.of("span"), scope.of("grid")
        forms = [f"len({n})" for n in names] + [f"len({m}[0])" for m in grids]
        forms += [form.format(t) for t in spans for form in ("sum(1 for e in {} if e > 0.5)", "len({0} + {0}[1:])")]
        forms += [f"{t}.{form}" for t in spans for form in (f"count({t}[0])", f"index(max({t}))")] if self.safe else []
        return self.pick(forms)

    def condition_span(self, scope: Scope, depth: int) -> str:
        names = scope.of("span")
        if not names:
            return self.condition_compare(scope, depth)
        x = self.number_leaf(scope, depth)
        forms = ["any(e > {x} for e in {t})", "len({t}) > {k}", "bool({t})", "isinstance({t}, tuple)"]
        forms += ["{t} == {u}", "{t} < {u}", "{t}[0] in {u}", "{t} != ({x},)", "{t} >= {u}[1:]"] if self.safe else []
        return self.pick(forms).format(t=self.pick(names), u=self.pick(names), x=x, k=self.integer(scope, 1))

    # -- statements ------------------------------------------------------------------------------------------------

    def write_span(self, scope: Scope) -> list[str]:
        text = self.span_text(scope)
        return [f"{self.target_of(scope, 'span', 'tp')} = {text}"]

    def write_taken(self, scope: Scope) -> list[str]:
        """A tuple or list of run-time length is taken apart."""
        s, t, rest = self.sequence(scope), self.fresh("t"), self.fresh("xs")
        lines = [self.pick((f"{t}, *{rest} = {s}", f"*{rest}, {t} = {s}", f"{t}, *{rest} = (*{s}, 0.5)"))]
        scope.bind(t, "float")
        return [*lines, f"{rest}.append({self.number_leaf(scope, 1)})"] + ([] if self.binding(scope, rest, "list") else [])

    def write_columns(self, scope: Scope) -> list[str]:
        """The columns of pairs, or of a grid."""
        pairs, grids = scope.of("pairs"), scope.of("grid")
        if not pairs or self.chance(30):
            ps, k, x, y = self.fresh("ps"), self.integer(scope, 1), self.number(scope, 2), self.damped(scope)
            lines = [f"{ps} = [({x} * i, {y}) for i in range({k} % 3 + 1)]"]
            pairs = [self.binding(scope, ps, "pairs")]
        else:
            lines = []
        p, one, other = self.pick(pairs), self.fresh("tp"), self.fresh("tp")
        if grids and self.chance(35):
            m = self.pick(grids)
            return [*lines, f"{self.target_of(scope, 'grid', 'm')} = [list(cc) for cc in zip(*{m})]"]
        if self.chance(25):
            lines.append(f"{one}, {other} = map(list, zip(*{p}))")
            kind = "list"
        else:
            lines.append(self.pick((f"{one}, {other} = zip(*{p})", f"{one}, *{other} = zip(*{p})",
                                    f"{one}, {other} = list(zip(*{p}))")))
            kind = "span"
        starred = "*" + other in lines[-1]
        self.binding(scope, one, kind)
        if not starred:
            self.binding(scope, other, kind)
        return lines

    def write_grid(self, scope: Scope) -> list[str]:
        names, k, j = scope.of("grid"), self.integer(scope, 1), self.integer(scope, 1)
        x, y, lists = self.damped(scope), self.number_leaf(scope, 1), scope.of("list")
        forms = ["[[{x} * ii + jj for jj in range({k} % 3 + 1)] for ii in range({j} % 3 + 1)]",
                 "[[{x}] * 3 for _ in range({k} % 3 + 1)]",
                 "[[{x}, {y} * ii] for ii in range({k} % 4 + 1)]", "[[{y}] * (ii + 1) for ii in range({k} % 3 + 1)]"]
        if lists:
            forms += ["[{v}[:], {v}[::-1]]", "[list({v}) for _ in range({k} % 3 + 1)]"]
        if names:
            forms += ["copy.deepcopy({m})", "[rr[:] for rr in {m}]", "[list(cc) for cc in zip(*{m})]",
                      "[[e * {y} for e in rr] for rr in {m}]",
                      "{m}[::-1]", "{m}[:]", "sorted({m})" if self.safe else "{m}[:2]", "{m}", "copy.copy({m})"]
        text = self.pick(forms).format(x=x, y=y, k=k, j=j, v=self.pick(lists or ["[]"]), m=self.pick(names or ["[]"]))
        return [f"{self.target_of(scope, 'grid', 'm')} = {text}"]

    def write_cell(self, scope: Scope) -> list[str]:
        """A list of lists is changed."""
        names = scope.of("grid")
        if not names:
            return self.write_grid(scope)
        m, x, y = self.pick(names), self.damped(scope), self.number_leaf(scope, 1)
        i, row = f"{self.integer(scope, 1)} % len({m})", self.fresh("xs")
        return self.pick_lines((
            [f"{self.cell(scope, m)} = {x}"], [f"{self.cell(scope, m)} += {x}"], [f"{m}[{i}][:] = [{x}] * len({m}[{i}])"],
            [f"{m}[0], {m}[-1] = {m}[-1], {m}[0]"], [f"{row} = {m}[{i}]", f"{row}[0] = {x}"], [f"{m}[{i}].reverse()"],
            [f"{m}[{i}] = [e * {y} for e in {m}[{i}]]"], [f"{m}.reverse()"], [f"{m}[{i}].sort()"],
            [f"if len({m}) < 6:", f"    {m}.append({self.pick((f'list({m}[0])', f'{m}[-1][:]', f'[{x}, {y}]'))})"],
            [f"if len({m}) > 1:", f"    {m}.pop()"], [f"for {row} in {m}:", f"    {row}[0] = {row}[-1] * {y}"],
            [f"if len({m}[{i}]) < 6:", f"    {m}[{i}].append({x})"], [f"if len({m}[{i}]) > 1:", f"    {m}[{i}].pop()"],
            [f"{m}[{i}][::-1] = {m}[{i}][:]"], [f"for {row} in {m}:", f"    {row}[:] = [math.sin(e) for e in {row}]"],
        ))

    def write_splice(self, scope: Scope) -> list[str]:
        """Slices of lists are assigned and deleted."""
        names = scope.of("list")
        if not names:
            return self.write_listed(scope)
        xs, x, y = self.pick(names), self.damped(scope), self.number_leaf(scope, 1)
        k, j = self.integer(scope, 1), self.integer(scope, 1)
        if not self.safe and self.chance(30):
            return [self.pick((f"{xs}[{k}:{j}] = [{x}]", f"del {xs}[{k}:]", f"{xs}[::2] = [{x}]", f"del {xs}[::{k}]",
                               f"{xs}[{k}:{j}] = []",
                               f"{xs}[::{k}] = [{x}, {y}]", f"del {xs}[{k}:{j}:-1]"))]
        line = self.pick((
            f"{xs}[1:1] = [{x}, {y}]", f"{xs}[:1] = [{x}, {y}]", f"del {xs}[1:]", f"del {xs}[{k} % len({xs}) + 1:]",
            f"{xs}[1:3] = {self.pick(names)}[:2]", f"{xs}[:] = {xs}[::-1]", f"{xs}[:] = [e * {y} for e in {xs}]",
            f"{xs}[len({xs}):] = [{x}]",
            f"{xs}[::2] = [{x}] * len({xs}[::2])", f"del {xs}[1::2]", f"{xs}[{k} % 3 + 1:] = [{x}]",
            f"{xs}[1:] = (e + {y} for e in {xs}[:4])",
            f"{xs}[::-1] = {xs}[:]", f"{xs}[{k} % 2:] = [{x}, {y}]", f"del {xs}[-1:0:-1]", f"{xs}[1:] = {xs}[:-1]",
            f"{xs}[1:2] = ({x},)",
            f"{xs}[0:0] = {self.span_text(scope)}", f"del {xs}[{k} % 3 + 1:{j} % 6]", f"{xs}[-1:] = [{x}, {y}]",
            f"{xs}[:2] = sorted({xs}[:2])",
        ))
        return self.bounded(scope, xs, [line])

    def write_copied(self, scope: Scope) -> list[str]:
        """A copy, after which the original or the copy changes."""
        names = scope.of("list", "grid", "stack", "pairs")
        if not names:
            return self.write_listed(scope)
        name = self.pick(names)
        kind, made = scope.kinds[name], self.fresh("cp")
        lines = [f"{made} = {self.pick(('copy.deepcopy', 'copy.deepcopy', 'copy.copy'))}({name})"]
        self.binding(scope, made, kind)
        which = self.pick((name, made))
        change = {"list": [f"{which}[0] = {self.damped(scope)}"], "grid": [f"{self.cell(scope, which)} = {self.damped(scope)}"],
                  "stack": [f"{which}[0][0] = {self.damped(scope)}"], "pairs": [f"{which}[0] = ({self.damped(scope)}, 0.5)"]}
        return [*lines, *change[kind]]

    def write_grouped(self, scope: Scope) -> list[str]:
        """A loop over runs of items."""
        if scope.trips * 5 > self.profile.trips:
            return self.write_span(scope)
        s, q, g, x = self.sequence(scope), self.fresh("q"), self.fresh("grp"), self.number_leaf(scope, 1)
        key = self.pick((f", key=lambda e: e > {x}", f", lambda e: e > {x}", ", key=lambda e: int(math.sin(e) * 2.0)", ""))
        block = scope.inside(trips=4)
        if not key:
            block.bind(q, "float")
        use = self.pick((f"sum({g})", f"max({g})", f"len(list({g})) * {x}", f"next({g})", f"sum(e * {x} for e in {g})",
                         f"list({g})[-1]",
                         f"sum(tuple({g})[:2])"))
        step = [self.assignment(block.inside(), use)] if self.chance(80) else []
        if step and self.chance(25):
            step = [f"if {self.condition(block)}:", *indented(step)]
        lines = [f"for {q}, {g} in itertools.groupby({s}{key}):", *indented([*step, *self.block(block, 2)])]
        scope.left(block)
        return lines

    # -- loops, helpers --------------------------------------------------------------------------------------------

    def over_span(self, scope: Scope, i: str, v: str) -> tuple[Any, ...]:
        spans, grids, pairs, other = scope.of("span"), scope.of("grid"), scope.of("pairs"), self.fresh("e")
        forms: list[tuple[str, dict[str, str]]] = [(f"for {v} in {self.span_text(scope)}:", {v: "float"})]
        forms += [(f"for {i}, {v} in enumerate({t}):", {i: "int", v: "float"}) for t in spans] * 2
        forms += [(f"for {v} in {t}:", {v: "float"}) for t in spans] * 2 + [(f"for {v} in {m}:", {v: "lane"}) for m in grids] * 2
        forms += [(f"for {v}, {other} in zip({t}, {t}[1:]):", {v: "float", other: "float"}) for t in spans]
        forms += [(f"for {v} in zip(*{m}):", {v: "span"}) for m in grids] + [(f"for {v} in zip(*{p}):",
                                                                              {v: "span"}) for p in pairs]
        head, bound = self.rng.choice(forms)
        return head, 5, bound, {}

    def help_stretch(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """A function of a tuple of any length."""
        scope = Scope("float", {}, [h for h in helpers if h.cost < 3], trips=6)
        self.binding(scope, "tp", "span")
        self.binding(scope, "u", "float")
        lines = self.body(scope, 3)
        return [f"def {name}(tp, u):", *indented(lines)], Helper(name, ("span", "float"), "float", 6)
