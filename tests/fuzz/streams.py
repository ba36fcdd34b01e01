"""Generators, dicts and functions of generated programs: dicts have names as keys, generators end."""

from __future__ import annotations

from typing import Any

from fuzz.objects import Objects
from fuzz.scope import Helper, Scope
from fuzz.statements import indented

KEYS = ("a", "b", "c", "u")


class Streams(Objects):
    """Draws them."""

    # -- generators ------------------------------------------------------------------------------------------------

    def help_flow(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """A generator of a few floats."""
        params = {"u": "float", "k": "int"} if self.chance(60) else {"u": "float", "r": "row"}
        scope = Scope("flow", {}, [h for h in helpers if h.cost < 3], trips=8)
        for p, kind in params.items():
            self.binding(scope, p, kind)
        block = scope.inside(trips=4, i="int")
        self.budget, kept = 2, self.budget
        body = self.block(block, 2) if self.chance(60) else []
        self.budget = kept
        if self.chance(60):
            body.append(f"u = {self.damped(block)}")
        body.insert(self.rng.choice((0, len(body))), f"yield {self.number(block, 1)}")
        if self.chance(20):
            body += [f"if {self.condition(block)}:", f"    {self.pick(('return', 'break', 'continue'))}"]
        head = f"for i in range({self.pick(('k % 4', 'k % 3 + 1', '3'))}):" if "k" in params else "for i in range(len(r)):"
        if "r" in params and self.chance(50):
            block.bind("e", "float")
            head = "for i, e in enumerate(r):"
        lines = [head, *indented(body)]
        if self.chance(25):
            lines += [f"yield {self.number(scope, 2)}"]
        if self.chance(20):
            lines = [f"yield {self.number(scope, 2)}", *lines]
        known = [h for h in helpers if h.result == "flow" and all(p in ("float", "int") for p in h.params)]
        if known and self.chance(40):
            lines += [f"yield from {self.called(scope, self.rng.choice(known))}"]
        return [f"def {name}({', '.join(params)}):", *indented(lines)], Helper(name, tuple(params.values()), "flow", 5)

    def flow(self, scope: Scope) -> str:
        """An iterator of floats; perhaps it has none."""
        known = self.callable(scope, "flow")
        x, k = self.number_leaf(scope, 1), self.integer(scope, 1)
        if known and self.chance(65):
            return self.called(scope, self.rng.choice(known))
        rows = [*scope.of("row", "view"), *scope.of("list")]
        forms = ["(i * {x} for i in range({k} % 4))"]
        if rows:
            r, s = self.pick(rows), self.pick(rows)
            forms += [f"(e * {{x}} for e in {r})", f"(e for e in {r} if e > {{x}})", f"map(blunt, {r})",
                      f"(e - d for e, d in zip({r}, {s}))",
                      f"(e * i for i, e in enumerate({r}))", f"filter(lambda e: e > {{x}}, {r})", f"(e for e in {r})",
                      f"iter({r})"]
        return self.pick(forms).format(x=x, k=k)

    def number_stream(self, scope: Scope, depth: int) -> str:
        x, y = self.number_leaf(scope, depth), self.number_leaf(scope, depth)
        return self.pick((
            "sum({f})", "max({f}, default={x})", "min({f}, default={x})", "next({f}, {x})", "sum(e * {x} for e in {f})",
            "sum(list({f}))", "max([{x}, *{f}])", "sum(a * b for a, b in zip({f}, {g}))", "sum(e for e in {f} if e > {x})",
            "sum(i * e for i, e in enumerate({f}))", "sum(map(halved, {f}))", "sum({f}, {x})",
            "next((e for e in {f} if e > {x}), {y})",
            "math.fsum({f})", "sum(sorted({f})[:2])", "sum([e + {y} for e in {f}])",
        )).format(f=self.flow(scope), g=self.flow(scope), x=x, y=y)

    def condition_stream(self, scope: Scope, depth: int) -> str:
        x = self.number_leaf(scope, depth)
        return self.pick(("any(e > {x} for e in {f})", "all(e < {x} for e in {f})", "sum(1 for _ in {f}) > 1",
                          "len(list({f})) < 3")).format(
            f=self.flow(scope), x=x)

    def write_stream(self, scope: Scope) -> list[str]:
        """A loop over a generator."""
        return self.looped(scope, "flow")

    def over_flow(self, scope: Scope, i: str, v: str) -> tuple[Any, ...]:
        f, other = self.flow(scope), self.fresh("e")
        rows = scope.of("row", "view")
        forms: list[tuple[str, dict[str, str]]] = [(f"for {v} in {f}:", {v: "float"})] * 3
        forms += [(f"for {i}, {v} in enumerate({f}):", {i: "int", v: "float"}),
                  (f"for {v}, {other} in zip({f}, {self.flow(scope)}):", {v: "float", other: "float"})]
        forms += [(f"for {other}, {v} in zip({r}, {f}):", {v: "float", other: "float"}) for r in rows]
        head, bound = self.rng.choice(forms)
        return head, 5, bound, {}

    def write_lazily(self, scope: Scope) -> list[str]:
        """A generator that is made here and used later."""
        it = self.fresh("it")
        lines = [f"{it} = {self.flow(scope)}"]
        if lines[0].split(" = ")[1].startswith(("iter", "map", "filter", "(")) or self.chance(70):
            lines += self.write_assign(scope.inside()) if self.chance(50) else []
        x = self.number_leaf(scope, 1)
        after = [f"next({it}, {x})", f"next({it}, {x}) + next({it}, 0.5)", f"sum({it})", f"next({it}, {x}) - sum({it})",
                 f"max({it}, default={x})"]
        if not self.safe:
            after += [f"next({it})", f"next({it}) * next({it})"]
        lines.append(self.assignment(scope, self.pick(after)))
        if self.chance(40) and scope.trips * 4 <= self.profile.trips:
            v = self.fresh("e")
            lines += [f"for {v} in {it}:", *self.inner(scope, 2, 4, **{v: "float"})]
        return lines

    def write_advance(self, scope: Scope) -> list[str]:
        """Two generators step by step."""
        if scope.trips * 3 > self.profile.trips:
            return self.write_assign(scope)
        one, two, w = self.fresh("it"), self.fresh("it"), self.fresh("w")
        lines = [f"{one} = {self.flow(scope)}", f"{two} = {self.flow(scope)}", f"for {w} in range(3):"]
        block = scope.inside(trips=3, **{w: "int"})
        step = [self.assignment(block, f"next({one}, {self.number_leaf(block, 1)}) * 0.5 + next({two}, 0.25)")]
        if self.chance(40):
            step = [f"if {self.condition(block)}:", *indented(step)]
        lines += indented([*step, *self.block(block, 1)])
        scope.left(block)
        return lines

    # -- dicts -----------------------------------------------------------------------------------------------------

    def write_dict(self, scope: Scope) -> list[str]:
        names = scope.of("dict")
        x, y = self.damped(scope), self.damped(scope)
        forms = [f"{{'a': {x}, 'b': {y}, 'c': 0.5}}", f"dict(a={x}, b={y}, c={self.number_leaf(scope, 1)})",
                 f"{{key: {x} for key in 'abc'}}", f"dict(zip('abc', ({x}, {y}, 0.25)))"]
        for d in names:
            forms += [f"dict({d})", f"{d}.copy()", f"{{**{d}, 'a': {x}}}", f"{{key: e * {y} for key, e in {d}.items()}}", f"{d}",
                      f"{{**{d}, **{self.pick(names)}}}", f"{d} | {{'b': {y}}}",
                      f"{d} if {self.condition(scope, 1)} else {self.pick(names)}"]
        return [f"{self.target_of(scope, 'dict', 'd')} = {self.pick(forms)}"]

    def places_of(self, name: str, kind: str) -> dict[str, str]:
        if kind == "dict":
            return {name: kind, **{f"{name}[{key!r}]": "float" for key in KEYS[:3]}}
        return super().places_of(name, kind)

    def write_entry(self, scope: Scope) -> list[str]:
        names = scope.of("dict")
        if not names:
            return self.write_dict(scope)
        d, x = self.pick(names), self.damped(scope)
        key = self.pick(KEYS[:3])
        return [self.pick((
            f"{d}['{key}'] = {x}", f"{d}['{key}'] += {x}", f"{d}.update({key}={x})", f"{d}.update({{'{key}': {x}}})",
            f"{d}['u'] = {x}",
            f"{d}.setdefault('{key}', {x})", f"{d}['a'], {d}['b'] = {d}['b'], {d}['a']", f"{d}.pop('u', None)",
            f"{d} |= {{'{key}': {x}}}"
            if d not in scope.fixed and not scope.captured else f"{d}['{key}'] = {x}", f"{d}['{key}'] = {d}.pop('{key}') * 0.5",
        ))]

    def write_entries(self, scope: Scope) -> list[str]:
        """A loop over a dict."""
        names = scope.of("dict")
        if not names or scope.trips * 3 > self.profile.trips:
            return self.write_entry(scope)
        d, key, e = self.pick(names), self.fresh("key"), self.fresh("e")
        form = self.rng.randrange(4)
        if form == 0:
            return [f"for {key} in {d}:", f"    {d}[{key}] = {self.pick(('math.sin', 'blunt', 'halved'))}({d}[{key}])",
                    *self.inner(scope, 1, 3)]
        if form == 1:
            return [f"for {e} in {d}.values():", *self.inner(scope, 2, 3, **{e: "float"})]
        if form == 2:
            inside = scope.inside(**{e: "float"})
            change = self.assignment(inside, f"{e} + {self.number_leaf(scope, 1)}")
            test = [f"if {key} == '{self.pick(KEYS[:3])}':", f"    {change}"]
            return [f"for {key}, {e} in {d}.items():", *indented(test), *self.inner(scope, 1, 3, **{e: "float"})]
        change = self.assignment(scope.inside(), f"{d}[{key}] * {self.number_leaf(scope, 1)}")
        return [f"for {key} in ('a', 'c'):", f"    {change}"]

    def write_lookup(self, scope: Scope) -> list[str]:
        """A table with ints as keys."""
        k, x, y = self.integer(scope, 1), self.number(scope, 2), self.number(scope, 2)
        text = self.pick((f"{{0: {x}, 1: {y}}}[{k} % 2]", f"{{0: {x}, 2: {y}}}.get({k} % 3, 0.5)",
                          f"{{1: {x}, 2: 0.5}}.get({k}, {y})",
                          f"{{0: math.sin, 1: math.cos, 2: halved}}[{k} % 3]({x})"))
        if not self.safe and self.chance(30):
            text = f"{{0: {x}, 1: {y}}}[{k}]"
        return [self.assignment(scope, text)]

    def write_keyed(self, scope: Scope) -> list[str]:
        """A dict with other things in it."""
        rows, d = scope.of("row"), self.fresh("d")
        if not rows:
            return self.write_entry(scope)
        r, x = self.pick(rows), self.damped(scope)
        lines = [f"{d} = {{'r': {r}, 'x': {x}, 'n': {self.integer(scope, 1)}}}"]
        for place, kind in (("['r']", "row"), ("['x']", "float")):
            scope.bind(d + place, kind)
        return [*lines, f"{d}['r'][{self.index(scope, f'len({r})', 'row')}] = {self.damped(scope)}", f"{d}['x'] += {x}"]

    def number_dict(self, scope: Scope, depth: int) -> str:
        names = scope.of("dict")
        if not names:
            return self.number_leaf(scope, depth)
        d, x = self.pick(names), self.number_leaf(scope, depth)
        return self.pick((
            "{d}['a']", "{d}['b']", "{d}.get('c', {x})", "{d}.get('zz', {x})", "sum({d}.values())", "max({d}.values())",
            "sum({d}[key] for key in {d})",
            "sum(e * {x} for e in {d}.values())", "({d}['a'] if 'u' in {d} else {x})",
            "sum(len(key) * e for key, e in {d}.items())",
            "(lambda a, b, c, **more: a * b + c)(**{d})", "sum({d}[key] for key in ('a', 'c'))",
            "(lambda **more: sum(more.values()))(**{d})", "list({d}.values())[0]",
        )).format(d=d, x=x)

    def condition_dict(self, scope: Scope, depth: int) -> str:
        names = scope.of("dict")
        if not names:
            return self.condition_compare(scope, depth)
        d, x = self.pick(names), self.number_leaf(scope, depth)
        return self.pick(("'u' in {d}", "{d}['a'] > {x}", "len({d}) > 3", "any(e > {x} for e in {d}.values())", "'b' not in {d}",
                          "all({d}[key] < {x} for key in 'ab')")).format(d=d, x=x)
