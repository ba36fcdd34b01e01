"""Lists of generated programs: of floats, ints, pairs and arrays; most have a length that is known at run time only.

What is `safe` keeps every list non-empty, so that `xs[0]` and `xs[-1]` are floats that all other statements may use. A list
grows up to `MOST` items wherever it might grow in a loop.
"""

from __future__ import annotations

from typing import Any

from fuzz.bare import BareLoops
from fuzz.scope import Scope
from fuzz.statements import indented

MOST = 12
ITEMS = {"list": "float", "counts": "int", "pairs": "pair", "stack": "row"}
TOTALS = (
    "sum({l})", "max({l})", "min({l})", "sum(e * e for e in {l})", "max(abs(e) for e in {l})", "math.fsum({l})", "sorted({l})[0]",
    "sorted({l}, reverse=True)[0]", "np.array({l}).sum()", "(sum({l}) / len({l}))", "min({l}, key=abs)", "sum(map(abs, {l}))",
    "sum(e for e in {l} if e > {x})", "next((e for e in {l} if e > {x}), {y})", "sum(a * b for a, b in zip({l}, {m}))",
    "sum(i * e for i, e in enumerate({l}))", "{l}[len({l}) // 2]", "list(reversed({l}))[0]", "sum([e * {x} for e in {l}])",
    "max({l}, default=0.0)", "sum({l}[1:])", "{l}[::-1][0]", "sum(filter(lambda e: e > {x}, {l}))",
    "sum(e if e > {x} else {y} for e in {l})", "max({l}, key=lambda e: -e)", "np.mean({l})",
    "math.prod(math.tanh(e) for e in {l})",
    "sum(a - b for a, b in zip({l}, {l}[1:]))", "np.dot({l}, {l})", "sum({l}, {x})", "min(min({l}), {x})",
)
KINDS = tuple(ITEMS)


class Lists(BareLoops):
    """Draws statements and expressions of lists."""

    def places_of(self, name: str, kind: str) -> dict[str, str]:
        """A name with the places that come with it, by kind."""
        found = {name: kind}
        if kind in ITEMS:
            found |= {f"{name}[0]": ITEMS[kind], f"{name}[-1]": ITEMS[kind]}
        return found

    def binding(self, scope: Scope, name: str, kind: str) -> str:
        """Note that a name is bound, with all its places."""
        for place, what in self.places_of(name, kind).items():
            scope.bind(place, what)
        return name

    def target_of(self, scope: Scope, kind: str, stem: str) -> str:
        """A variable of this kind to assign; now and then a new one."""
        names = [n for n in scope.assignable(kind) if n.isidentifier()]
        if names and self.chance(50) and not scope.captured:
            return self.pick(names)
        return self.binding(scope, self.fresh(stem), kind)

    def slot(self, scope: Scope, name: str) -> str:
        """An item of a list."""
        return f"{name}[{self.index(scope, f'len({name})', name)}]"

    def bounded(self, scope: Scope, name: str, lines: list[str]) -> list[str]:
        """Statements that make a list longer, where that might go on and on."""
        if scope.top and not scope.loops and not scope.captured:
            return lines
        return [f"if len({name}) < {MOST}:", *indented(lines)]

    # -- lists as expressions --------------------------------------------------------------------------------------

    def listing(self, scope: Scope, depth: int = 0) -> str:
        """A list of floats that is not empty."""
        lists, rows = scope.of("list"), scope.of("row", "view")
        x, y = self.number(scope, 2), self.number(scope, 2)
        k = self.integer(scope, 1)
        forms = ["[{x}, {y}]", "[{x}]", "[{x}] * ({k} % 3 + 1)", "[{x} * i for i in range({k} % 4 + 1)]", "[{x}, {y}, 0.5, {x}]",
                 "[math.sin({x} + i) if i % 2 else {y} for i in range(4)]"]
        if rows:
            forms += ["[e * {x} for e in {r}]", "list({r})", "{r}.tolist()", "[{x}, *{r}]", "[{r}[i] for i in range(len({r}))]"]
        if lists and depth < 2:
            forms += ["{l}[:]", "{l}.copy()", "list({l})", "sorted({l})", "[e + {x} for e in {l}]", "({l} + {m})[:6]",
                      "{l}[::-1]",
                      "[a * b for a, b in zip({l}, {m})]", "list(map(blunt, {l}))", "list(reversed({l}))", "[*{l}[:4], {x}]",
                      "sorted({l}, key=lambda e: -e)", "sorted({l}, key=abs)", "({l} * 2)[:7]", "[min(e, {x}) for e in {l}]",
                      "[{x}] + {l}[1:5]", "[e for e in {l} if e > {x}] + [{y}]", "{l}[: {k} % 3 + 1]", "[{y}, *sorted({l})[:5]]",
                      "[e * i for i, e in enumerate({l})]", "({l} if {x} > {y} else {m})"] * 2
        return self.pick(forms).format(x=x, y=y, k=k, l=self.pick(lists or ["[]"]), m=self.pick(lists or ["[]"]),
                                       r=self.pick(rows or ["[]"]))

    def number_list(self, scope: Scope, depth: int) -> str:
        names = scope.of("list")
        if not names:
            return self.number_element(scope, depth)
        if self.chance(45):
            return self.slot(scope, self.pick(names))
        x, y = self.number_leaf(scope, depth), self.number_leaf(scope, depth)
        return self.pick(TOTALS).format(l=self.pick(names), m=self.pick(names), x=x, y=y)

    def number_pairs(self, scope: Scope, depth: int) -> str:
        names = scope.of("pairs")
        if not names:
            return self.number_list(scope, depth)
        p, x = self.pick(names), self.number_leaf(scope, depth)
        return self.pick((
            "{s}[0]", "{s}[1]", "{s}[-1]", "sum(u * w for u, w in {p})", "max({p})[0]", "sorted({p})[0][1]",
            "min({p}, key=lambda q: q[1])[0]", "sum(q[0] for q in {p})", "sorted({p}, key=lambda q: q[1] * q[1])[-1][0]",
            "max(u - w for u, w in {p})", "sum(w for _, w in {p} if w > {x})", "np.array({p})[0, 1]", "list(zip(*{p}))[0][0]",
        )).format(s=self.slot(scope, p), p=p, x=x)

    def number_stack(self, scope: Scope, depth: int) -> str:
        names = scope.of("stack")
        if not names:
            return self.number_list(scope, depth)
        v = self.pick(names)
        return self.pick((
            "{s}[0]", "{s}.sum()", "np.array({v}).sum()", "sum(r[0] for r in {v})", "sum(r.sum() for r in {v})",
            "({s} @ {v}[0])", "max(r[-1] for r in {v})", "sum(e for r in {v} for e in r)", "np.sum({v}[-1] * {s})",
        )).format(s=self.slot(scope, v), v=v)

    def integer_list(self, scope: Scope, depth: int) -> str:
        names = scope.of(*KINDS)
        if not names:
            return self.integer_name(scope, depth)
        counts, lists = scope.of("counts"), scope.of("list")
        forms = ["len({a})", "len({a})"]
        if counts:
            forms += ["{s}", "{s}", "sum({c})", "max({c})", "len([k for k in {c} if k > 1])", "sorted({c})[0]", "{c}.count(1)"]
        if lists:
            x = self.number_leaf(scope, depth)
            forms += [f"sum(e > {x} for e in {{l}})", f"sum(1 for e in {{l}} if e < {x})"]
            forms += ["{l}.index(max({l}))", "{l}.count({l}[0])"] if self.safe else []  # a nan may or may not be itself
        c = self.pick(counts or ["[]"])
        return self.pick(forms).format(a=self.pick(names), c=c, s=self.slot(scope, c), l=self.pick(lists or ["[]"]))

    def condition_list(self, scope: Scope, depth: int) -> str:
        names = scope.of("list")
        if not names:
            return self.condition_compare(scope, depth)
        x, k = self.number(scope, 2), self.integer(scope, 1)
        forms = ["any(e > {x} for e in {l})", "all(e < {x} for e in {l})", "len({l}) > {k}", "len({l}) < len({m})", "not {l}",
                 "all([e != {x} for e in {l}])", "{s} > {x}", "any(map(lambda e: e > {x}, {l}))"]
        forms += ["{l}[0] in {m}", "{l} == {m}", "{l} < {m}", "{l}[-1] not in {m}[1:]", "{l} != {m}"] if self.safe else []
        if scope.of("pairs") and self.safe:
            forms += [f"any(u > {{x}} for u, _ in {self.pick(scope.of('pairs'))})"]
        name = self.pick(names)
        return self.pick(forms).format(l=name, m=self.pick(names), s=self.slot(scope, name), x=x, k=k)

    # -- statements ------------------------------------------------------------------------------------------------

    def write_listed(self, scope: Scope) -> list[str]:
        text = self.listing(scope)
        return [f"{self.target_of(scope, 'list', 'xs')} = {text}"]

    def write_grow(self, scope: Scope) -> list[str]:
        names = scope.of("list")
        if not names:
            return self.write_listed(scope)
        xs, x = self.pick(names), self.damped(scope)
        line = self.pick((
            "{xs}.append({x})", "{xs}.append({x})", "{xs}.insert({k} % len({xs}), {x})", "{xs} += [{x}]", "{xs}.insert(0, {x})",
            "{xs}.extend([{x}, {y}])", "{xs}.extend({l})", "{xs} += ({x}, 0.5)", "{xs}.extend(e * {y} for e in {l})",
            "{xs}.append({xs}[-1] * {y})", "{xs}.insert({k}, {x})",
        )).format(xs=xs, x=x, y=self.number_leaf(scope, 1), k=self.integer(scope, 1), l=f"{self.pick(names)}[:3]")
        if "+=" in line and xs in scope.fixed:
            line = f"{xs}.append({x})"
        return self.bounded(scope, xs, [line])

    def write_shrink(self, scope: Scope) -> list[str]:
        names = scope.of("list")
        if not names:
            return self.write_listed(scope)
        xs, k = self.pick(names), self.integer(scope, 1)
        at = f"{k} % len({xs})" if self.safe or self.chance(50) else k
        what = self.pick((f"{xs}.pop()", f"{xs}.pop(0)", f"{xs}.pop({at})", f"{xs}.pop()"))
        line = self.assignment(scope.inside(), f"{what} * 0.5 + {self.number_leaf(scope, 1)}") if self.chance(60) else what
        if self.chance(25):
            line = self.pick((f"del {xs}[{at}]", f"del {xs}[-1]", f"{xs}.remove({xs}[{at}])" if self.safe else f"del {xs}[0]"))
        if not self.safe and self.chance(40):
            return [line]
        return [f"if len({xs}) > 1:", f"    {line}"]

    def write_arrange(self, scope: Scope) -> list[str]:
        names = scope.of("list")
        if not names:
            return self.write_listed(scope)
        xs = self.pick(names)
        return [self.pick((
            f"{xs}.sort()", f"{xs}.reverse()", f"{xs}.sort(key=lambda e: -e)", f"{xs}.sort(reverse=True)",
            f"{xs}.append({xs}.pop(0))", f"{self.slot(scope, xs)} = {self.damped(scope)}", f"{xs}.sort(key=abs)",
            f"{self.slot(scope, xs)} += {self.damped(scope)}", f"{xs}.insert(0, {xs}.pop())",
            f"{self.slot(scope, xs)}, {self.slot(scope, xs)} = {self.slot(scope, xs)}, {self.slot(scope, xs)}",
        ))]

    def write_twin(self, scope: Scope) -> list[str]:
        """Two names of one list."""
        names = scope.of("list")
        if not names:
            return self.write_listed(scope)
        one, other = self.pick(names), self.fresh("ys")
        text = one if self.chance(60) else f"{one} if {self.condition(scope)} else {self.pick(names)}"
        lines = [f"{self.binding(scope, other, 'list')} = {text}"]
        change = self.bounded(scope, other, [f"{other}.append({self.damped(scope)})"]) if self.chance(60) else []
        return [*lines, *change, f"{self.slot(scope, one)} = {self.damped(scope)}"]

    def write_gathering(self, scope: Scope) -> list[str]:
        """An empty list that a loop fills."""
        if scope.trips * 4 > self.profile.trips or scope.captured:
            return self.write_grow(scope)
        xs, i = self.fresh("xs"), self.fresh("i")
        rows = scope.of("row", "view")
        k = self.integer(scope, 1)
        head = self.pick((f"range({k} % 4 + 1)", f"range({k} % 5)", "range(4)", *[f"range(len({r}))" for r in rows]))
        block = scope.inside(trips=4, **{i: "int"})
        body = self.block(block, 2) if self.chance(50) else []
        last = [f"{xs}.append({self.damped(block)})"]
        if self.chance(30):
            last = [f"if {self.condition(block)}:", *indented(last)]
        scope.left(block)
        lines = [f"{xs} = []", f"for {i} in {head}:", *indented([*body, *last])]
        if self.safe or self.chance(60):
            lines += self.pick_lines(([f"{xs}.append({self.damped(scope)})"], [f"if not {xs}:", f"    {xs}.append(0.5)"]))
        self.binding(scope, xs, "list")
        return lines

    def pick_lines(self, options: tuple[list[str], ...]) -> list[str]:
        return self.rng.choice(options)

    def write_pairing(self, scope: Scope) -> list[str]:
        """Lists of pairs."""
        names = scope.of("pairs")
        x, y, k = self.damped(scope), self.damped(scope), self.integer(scope, 1)
        if not names or self.chance(35):
            rows, lists = scope.of("row", "view"), scope.of("list")
            forms = [f"[({x}, {y})]", f"[({x}, {y}), (0.5, {y})]", f"[({x} * i, {y} + i) for i in range({k} % 3 + 1)]"]
            forms += [f"list(zip({r}, {r}[::-1]))" for r in rows] + [f"[(e, e * {x}) for e in {v}]" for v in lists]
            forms += [f"sorted({p}, key=lambda q: q[0])" for p in names] + [f"[(w, u) for u, w in {p}]" for p in names]
            text = self.pick(forms)
            return [f"{self.target_of(scope, 'pairs', 'ps')} = {text}"]
        ps = self.pick(names)
        line = self.pick((f"{ps}.append(({x}, {y}))", f"{ps}.insert(0, ({x}, {y}))", f"{self.slot(scope, ps)} = ({x}, {y})",
                          f"{ps}.append({ps}[0])", f"{ps}.sort()", f"{ps}.sort(key=lambda q: q[1])", f"{ps}.reverse()"))
        return self.bounded(scope, ps, [line]) if "append" in line or "insert" in line else [line]

    def write_stacking(self, scope: Scope) -> list[str]:
        """Lists of arrays: the arrays are shared with their other names."""
        rows, names = scope.of("row"), scope.of("stack")
        if not rows:
            return self.write_listed(scope)
        if not names or self.chance(35):
            r, s = self.pick(rows), self.pick(rows)
            k = self.integer(scope, 1)
            text = self.pick((f"[{r}, {s}]", f"[{r}]", f"[{r}, {s} * 0.5]", f"[{r} * i for i in range({k} % 3 + 1)]",
                              f"[{r}.copy(), {r}]"))
            return [f"{self.target_of(scope, 'stack', 'st')} = {text}"]
        st, text = self.pick(names), self.row(scope, 1)
        at = self.slot(scope, st)
        place = f"{at}[{self.index(scope, f'len({at})', 'row')}]"
        line = self.pick((f"{st}.append({text})", f"{place} = {self.damped(scope)}", f"{place} += {self.damped(scope)}",
                          f"{at} = {text}", f"{st}.append({st}[0])", f"{st}.reverse()"))
        return self.bounded(scope, st, [line]) if "append" in line else [line]

    def write_counting(self, scope: Scope) -> list[str]:
        """Lists of ints."""
        names, k = scope.of("counts"), self.integer(scope, 1)
        if not names or self.chance(30):
            j = self.integer(scope, 1)
            text = self.pick((f"[0] * ({k} % 3 + 1)", f"[{k} % 4, 1]", f"[i * 2 for i in range({k} % 3 + 1)]",
                              f"[{j} % 3, {k} % 5, 2]",
                              f"list(range({k} % 4 + 1))"))
            return [f"{self.target_of(scope, 'counts', 'ks')} = {text}"]
        ks = self.pick(names)
        at = self.slot(scope, ks)
        line = self.pick((f"{at} = ({at} + 1) % 5", f"{at} = ({k}) % 4", f"{ks}.append(({k}) % 3)", f"{ks}.sort()",
                          f"{ks}.reverse()"))
        if not self.safe and self.chance(30):
            line = f"{at} += {k}"
        return self.bounded(scope, ks, [line]) if "append" in line else [line]

    def write_drain(self, scope: Scope) -> list[str]:
        """A list that is used up."""
        names = scope.of("list")
        if not names or scope.trips * 5 > self.profile.trips:
            return self.write_shrink(scope)
        xs, w, e = self.pick(names), self.fresh("w"), self.fresh("e")
        block = scope.inside(trips=5, **{w: "int", e: "float"})
        block.fixed.add(w)
        test = self.pick((f"len({xs}) > 1 and {w} < 6", f"{w} < 6 and len({xs}) > 1"))
        lines = [f"{w} = 0", f"while {test}:", f"    {e} = {xs}.pop({self.pick(('', '0', ''))})", f"    {w} += 1",
                 *indented(self.block(block, 2))]
        scope.left(block)
        scope.bind(w, "int")
        scope.fixed.add(w)
        return lines

    def write_cut(self, scope: Scope) -> list[str]:
        """Slices that are assigned or deleted, of a list whose length is known when it is compiled."""
        xs, x, y = self.fresh("xs"), self.damped(scope), self.damped(scope)
        lines = [f"{xs} = [{x}, {y}, {self.number_leaf(scope, 1)}, 0.5]"]
        lines += [self.pick((f"{xs}[1:3] = [{y}]", f"{xs}[:1] = [{x}, {x}, {y}]", f"del {xs}[1:3]", f"{xs}[::2] = [{x}, {y}]",
                             f"{xs}[-1:] = []", f"{xs}[2:] = {xs}[:2]", f"{xs}[:] = {xs}[::-1]"))]
        self.binding(scope, xs, "list")
        return lines

    # -- loops -----------------------------------------------------------------------------------------------------

    def over_list(self, scope: Scope, i: str, v: str) -> tuple[Any, ...]:
        names = scope.of("list")
        if not names:
            return self.over_range(scope, i, v)
        name, other = self.pick(names), self.fresh("e")
        lists, rows = scope.of("pairs"), scope.of("row", "view")
        forms: list[tuple[str, dict[str, str]]] = [
            (f"for {v} in {name}:", {v: "float"}), (f"for {v} in {name}:", {v: "float"}),
            (f"for {i}, {v} in enumerate({name}):", {i: "int", v: "float"}), (f"for {v} in reversed({name}):", {v: "float"}),
            (f"for {v}, {other} in zip({name}, {self.pick(names)}):", {v: "float", other: "float"}),
            (f"for {v} in sorted({name}):", {v: "float"}), (f"for {v} in {name}[1:]:", {v: "float"}),
            (f"for {v} in map(blunt, {name}):", {v: "float"}), (f"for {i}, {v} in enumerate({name}, 1):", {i: "int", v: "float"}),
            (f"for {v} in {self.listing(scope)}:", {v: "float"}),
        ]
        forms += [(f"for {v}, {other} in {p}:", {v: "float", other: "float"}) for p in lists] * 3
        forms += [(f"for {v}, {other} in zip({name}, {r}):", {v: "float", other: "float"}) for r in rows]
        forms += [(f"for {i} in {k}:", {i: "int"}) for k in scope.of("counts")] * 3
        forms += [(f"for {v} in {s}:", {v: "row"}) for s in scope.of("stack")] * 3
        head, bound = self.rng.choice(forms)
        return head, 6, bound, {}

    def over_places(self, scope: Scope, i: str, v: str) -> tuple[Any, ...]:
        """Indices of a list. (Its length may change on the way: then an index may be out of range.)"""
        names = scope.of(*KINDS)
        if not names:
            return self.over_range(scope, i, v)
        name = self.pick(names)
        head, forms = self.rng.choice(((f"range(len({name}))", ("{}", "-1 - {}")), (f"range(1, len({name}))", ("{}", "{} - 1"))))
        if self.safe:
            return f"for {i} in {head}:", 6, {i: "int"}, {}
        return f"for {i} in {head}:", 6, {i: "int"}, {i: name}, {i: forms}
