"""Loops of generated programs."""

from __future__ import annotations

from typing import Any

from fuzz.scope import Scope
from fuzz.statements import Statements, indented


class Loops(Statements):
    """Draws loops; every one ends."""

    def write_for(self, scope: Scope) -> list[str]:
        form = self.draw("loop")
        needs = {"row": ("row", "view"), "enumerate": ("row", "view"), "zip": ("row",), "rows": ("matrix",), "nest": ("matrix",),
                 "view": ("view",),
                 "stencil": ("row",), "triangle": ("row",), "gather": ("row",)}
        if form in needs and not scope.of(*needs[form]):
            form = "range"
        if form == "gather":
            return self.gathered(scope)
        if form == "bare":
            return self.bare(scope)
        if form == "triangle":
            return self.triangle(scope)
        return self.looped(scope, form)

    def bare(self, scope: Scope) -> list[str]:
        """A loop in which nothing can fail but indices (`bare.py`)."""
        raise NotImplementedError

    def looped(self, scope: Scope, form: str) -> list[str]:
        i, v = self.fresh("i"), self.fresh("e")
        head, trips, bound, index, *forms = getattr(self, "over_" + form)(scope, i, v)
        if scope.trips * trips > self.profile.trips:
            return self.write_assign(scope) if self.chance(70) else self.write_add(scope)
        block = scope.inside(trips=trips, **bound)
        block.indices.update(index)
        for more in forms:
            block.forms.update(more)
        lines = [head, *indented(self.block(block, 4 if scope.depth < 2 else 3))]
        scope.left(block)
        if self.chance(12):
            lines += ["else:", *self.inner(scope, 2)]
        return lines

    def over_view(self, scope: Scope, i: str, v: str) -> tuple[Any, ...]:
        """Of an array that has its own length."""
        name = self.pick(scope.of("view"))
        head, forms = self.rng.choice((
            (f"range(len({name}))", ("{}", "-1 - {}")), (f"range(1, len({name}))", ("{}", "{} - 1")),
            (f"range({name}.size - 1, -1, -1)", ("{}", "{}")),
        ))
        return f"for {i} in {head}:", 4, {i: "int"}, {i: name}, {i: forms}

    def over_stencil(self, scope: Scope, i: str, v: str) -> tuple[Any, ...]:
        """Indices beside the counter, or a multiple of it."""
        r = self.pick(scope.of("row"))
        head, forms = self.rng.choice((
            (f"range(1, len({r}) - 1)", ("{}", "{} - 1", "{} + 1")), (f"range(1, len({r}))", ("{}", "{} - 1", "-{}")),
            (f"range(len({r}) - 1)", ("{}", "{} + 1", "-{} - 1")), (f"range(len({r}) // 2)", ("2 * {}", "2 * {} + 1", "{}")),
            (f"range(len({r}))", ("{}", "-1 - {}", f"len({r}) - 1 - {{}}", "{} // 2")),
            (f"range(len({r}) - 1, 0, -1)", ("{}", "{} - 1", f"len({r}) - {{}}")),
            (f"range(0, len({r}) - 1, 2)", ("{}", "{} + 1", "{} // 2")),
        ))
        return f"for {i} in {head}:", 4, {i: "int"}, {i: "row"}, {i: forms}

    def triangle(self, scope: Scope) -> list[str]:
        """A nest whose inner bound is the outer counter."""
        r, i, j = self.pick(scope.of("row")), self.fresh("i"), self.fresh("i")
        if scope.trips * 10 > self.profile.trips:
            return self.write_add(scope)
        outer = scope.inside(trips=4, **{i: "int"})
        outer.indices[i] = "row"
        inner = outer.inside(trips=3, **{j: "int"})
        inner.indices[j] = "row"
        head, forms = self.rng.choice((
            (f"range({i})", ("{}", f"{i} - {{}}", f"{i} - 1 - {{}}")), (f"range({i} + 1)", ("{}", f"{i} - {{}}")),
            (f"range({i}, len({r}))", ("{}", f"{{}} - {i}")), (f"range({i} - 1, -1, -1)", ("{}", "{} + 1")),
        ))
        inner.forms[j] = forms
        first = self.block(outer, 1) if self.chance(40) else []
        lines = [f"for {i} in range(len({r})):", *indented([*first, f"for {j} in {head}:", *indented(self.block(inner, 2))])]
        outer.left(inner)
        scope.left(outer)
        return lines

    def gathered(self, scope: Scope) -> list[str]:
        """Indices that the loop reads from memory."""
        r, i, q = self.pick(scope.of("row")), self.fresh("i"), self.fresh("q")
        if scope.trips * 4 > self.profile.trips or scope.captured:
            return self.write_add(scope)
        made = self.pick((f"np.arange(len({r}))[::-1]", f"(np.arange(len({r})) * 2) % len({r})", f"np.arange(len({r}))",
                          f"-1 - np.arange(len({r}))", f"np.arange(len({r}) - 1) + 1"))
        if not self.safe and self.chance(40):
            k = self.integer(scope, 1)
            made = self.pick((f"np.arange(len({r})) * 2", f"np.arange(len({r})) - 2", f"np.arange(len({r})) + {k}"))
        block = scope.inside(trips=4, **{i: "int"})
        block.indices[i], block.forms[i] = "row", (f"{q}[{{}}]", f"{q}[{{}}]", "{}" if "- 1)" not in made else f"{q}[{{}}]")
        lines = [f"{q} = {made}", f"for {i} in range(len({q})):", *indented(self.block(block, 3))]
        scope.left(block)
        return lines

    def over_range(self, scope: Scope, i: str, v: str) -> tuple[str, int, dict[str, str], dict[str, str]]:
        k = self.integer(scope, 1)
        forms = [("range(3)", 3), (f"range({k} % 4)", 3), ("range(1, n)", 6), (f"range({k} % 3, -1, -1)", 3),
                 (f"range({k} % 3, 7, 2)", 4), (f"range(5, {k} % 3, -2)", 3), ("reversed(range(n))", 6)]
        if self.profile.name == "deep":
            long = [("range(12)", 12), ("range(n)", 12), ("range(2, 30, 3)", 10), ("range(n, -1, -1)", 12), ("range(20)", 20)]
            forms += long * 2
        if not self.safe:
            forms += [(f"range(0, 4, {k})", 4), (f"range({k}, 3)", 9)]
        if "n" not in scope.kinds:
            forms = [(text, trips) for text, trips in forms if "n" not in text.replace("range", "")] or forms[:1]
        text, trips = self.rng.choice(forms)
        arrays = scope.of("row", "view") if not self.safe and self.chance(25) else []
        return f"for {i} in {text}:", trips, {i: "int"}, {i: self.pick(arrays)} if arrays else {}  # indices without a guard

    def over_length(self, scope: Scope, i: str, v: str) -> tuple[str, int, dict[str, str], dict[str, str]]:
        names = scope.of("row", "matrix", "ints")
        if not names:
            return self.over_range(scope, i, v)
        name = self.pick(names)
        kind = scope.kinds[name]
        if kind == "matrix":
            axis = self.rng.randrange(2)
            return f"for {i} in range({name}.shape[{axis}]):", 3, {i: "int"}, {i: ("rows", "columns")[axis]}
        form = self.pick(("range(len({}))", "range({}.shape[0])", "range(1, len({}))", "range(len({}) - 1, -1, -1)"))
        return f"for {i} in {form.format(name)}:", 5, {i: "int"}, {i: kind}

    def over_items(self, scope: Scope, i: str, v: str) -> tuple[str, int, dict[str, str], dict[str, str]]:
        items = [self.number(scope, 2) for _ in range(self.rng.randint(1, 3))]
        return f"for {v} in ({', '.join(items)},):", 3, {v: "float"}, {}

    def over_row(self, scope: Scope, i: str, v: str) -> tuple[str, int, dict[str, str], dict[str, str]]:
        return f"for {v} in {self.pick(scope.of('row', 'view'))}:", 5, {v: "float"}, {}

    def over_enumerate(self, scope: Scope, i: str, v: str) -> tuple[str, int, dict[str, str], dict[str, str]]:
        name = self.pick(scope.of("row", "view"))
        index = {i: "row"} if scope.kinds[name] == "row" else {}
        return f"for {i}, {v} in enumerate({name}):", 5, {i: "int", v: "float"}, index

    def over_zip(self, scope: Scope, i: str, v: str) -> tuple[str, int, dict[str, str], dict[str, str]]:
        one, two = self.pick(scope.of("row")), self.pick(scope.of("row", "view"))
        other = self.fresh("e")
        return f"for {v}, {other} in zip({one}, {two}):", 5, {v: "float", other: "float"}, {}

    def over_rows(self, scope: Scope, i: str, v: str) -> tuple[str, int, dict[str, str], dict[str, str]]:
        return f"for {v} in {self.pick(scope.of('matrix'))}:", 3, {v: "view"}, {}

    def over_nest(self, scope: Scope, i: str, v: str) -> tuple[str, int, dict[str, str], dict[str, str]]:
        return f"for {i} in range({self.pick(scope.of('matrix'))}.shape[1]):", 3, {i: "int"}, {i: "columns"}

    def write_while(self, scope: Scope) -> list[str]:
        w = self.fresh("w")
        trips = 12 if self.profile.name == "deep" and self.chance(60) else 4
        if scope.trips * trips > self.profile.trips:
            return self.write_augment(scope)
        block = scope.inside(trips=trips, **{w: "int"})
        block.fixed.add(w)
        test = self.condition(scope, 1)
        lines = [f"{w} = 0", f"while {w} < {trips} and ({test}):", f"    {w} += 1", *indented(self.block(block, 3))]
        scope.left(block)
        scope.bind(w, "int")
        scope.fixed.add(w)
        if self.chance(12):
            lines += ["else:", *self.inner(scope, 1)]
        return lines

    def write_forever(self, scope: Scope) -> list[str]:
        """A loop whose only exit is a break."""
        w = self.fresh("w")
        if scope.trips * 5 > self.profile.trips:
            return self.write_augment(scope)
        block = scope.inside(trips=5, **{w: "int"})
        block.fixed.add(w)
        test = [f"{w} += 1", f"if {w} > {self.pick('1345')}:", "    break"]
        if self.chance(40):  # what stands before the test runs once more
            first = self.assignment(block, self.damped(block))
            scope.left(block)
            scope.bind(w, "int")
            scope.fixed.add(w)
            return [f"{w} = 0", "while True:", *indented([first, *test, *self.block(block, 2)])]
        lines = [*test, *self.block(block, 2)]
        lines += [f"if {self.condition(block, 1)}:", "    break", *self.block(block, 1)]
        scope.left(block)
        scope.bind(w, "int")
        scope.fixed.add(w)
        return [f"{w} = 0", "while True:", *indented(lines)]
