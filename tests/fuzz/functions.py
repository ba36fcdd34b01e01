"""Functions of generated programs: made by functions, with counters that they keep, with any number of arguments; unpacking."""

from __future__ import annotations

from fuzz.scope import Helper, Scope
from fuzz.statements import indented
from fuzz.streams import Streams


class Functions(Streams):
    """Draws them."""

    def help_maker(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """A function that makes a function; what that keeps may change with each call."""
        outer = Scope("float", {"c": "float"}, [h for h in helpers if h.cost < 3], trips=10)
        inner = outer.inside(w="float")
        inner.captured = True
        if self.chance(40):
            return [f"def {name}(c):", f"    return lambda w: {self.number(inner, 1)}"], Helper(name, ("float",), "function")
        lines = [f"total = {self.damped(outer)}"]
        inner.bind("total", "float")
        if self.chance(70):
            body = ["nonlocal total", f"total = {self.damped(inner)}"]
            body += [f"if {self.condition(inner)}:", f"    return {self.number(inner, 2)}"] if self.chance(30) else []
            lines += ["def add(w):", *indented([*body, f"return {self.pick(('total', self.number(inner, 1)))}"])]
        else:
            inner.bind("seen[0]", "float")
            body = [f"seen[0] = {self.damped(inner)}"] if self.chance(50) else [f"seen.append({self.damped(inner)})"]
            lines += ["seen = [c]", "def add(w):", *indented([*body,
                                                              f"return seen[-1] * 0.5 + len(seen) + {self.number(inner, 2)}"])]
        return [f"def {name}(c):", *indented([*lines, "return add"])], Helper(name, ("float",), "function")

    def help_many(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """Any number of arguments."""
        scope = Scope("float", {"u": "float", "s": "float", "e": "float"}, [h for h in helpers if h.cost < 2], trips=20)
        rest = self.pick(("*more", "*more, s=0.5", "s=0.5, *more", "*more, s=0.25, **named"))
        lines = [] if "s=" in rest else ["s = 0.0"]
        lines += ["for e in more:", f"    s = {self.damped(scope)}"]
        last = " + sum(named.values())" if "named" in rest else ""
        return [f"def {name}(u, {rest}):", *indented([*lines, f"return s * u{last} + len(more)"])], Helper(name, ("many", rest),
                                                                                                           "many", 3)

    def help_piled(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """Recursion over a list that becomes longer or shorter."""
        scope = Scope("float", {"u": "float", "k": "int"}, [], trips=20)
        self.binding(scope, "xs", "list")
        step = self.pick((f"xs.append({self.damped(scope)})", f"xs[0] = {self.damped(scope)}",
                          f"xs = xs[:3] + [{self.damped(scope)}]",
                          f"xs.insert(0, {self.damped(scope)})"))
        if "append" in step or "insert" in step:
            step = f"if len(xs) < 9: {step}"
        return [f"def {name}(xs, u, k):", "    if k <= 0:", f"        return {self.number(scope, 1)}", f"    {step}",
                f"    return {name}(xs, {self.damped(scope)}, k - 1) + xs[-1]"], Helper(name, ("list", "float", "count"), "float",
                                                                                        8)

    def write_maker(self, scope: Scope) -> list[str]:
        known = [h for h in self.callable(scope, "function") if h.params == ("float",)]
        if not known or scope.trips * 2 > self.profile.trips:
            return self.write_unpacked(scope)
        g = self.fresh("g")
        text = self.called(scope, self.rng.choice(known))
        if self.chance(20):
            text += f" if {self.condition(scope)} else {self.called(scope, self.rng.choice(known))}"
        helper = Helper(g, ("float",), "float", 2)
        scope.helpers.append(helper)
        scope.fixed.add(g)
        return [f"{g} = {text}", self.assignment(scope, self.called(scope, helper)),
                self.assignment(scope, self.called(scope, helper))]

    def write_unpacked(self, scope: Scope) -> list[str]:
        """Stars on the left."""
        x, y, z = self.number(scope, 1), self.number(scope, 1), self.number(scope, 2)
        p, q, rest = self.fresh("t"), self.fresh("t"), self.fresh("xs")
        rows, pairs = scope.of("row", "view"), scope.of("pair")
        options = [
            (f"{p}, *{rest} = {x}, {y}, {z}", (p,), rest), (f"*{rest}, {p} = ({x}, {y}, {z})", (p,), rest),
            (f"{p}, *{rest}, {q} = [{x}, {y}, 0.5, {z}]", (p, q), rest),
            (f"({p}, {q}), {rest} = ({x}, {y}), [{z}]", (p, q), rest),
            (f"[{p}, {q}] = {x}, {y}", (p, q), ""), (f"{p} = {q} = {x}", (p, q), ""),
        ]
        options += [(f"{p}, *{rest} = {r}", (p,), rest) for r in rows if not self.safe] + [(f"({p}, {q}) = {v}", (p, q), "")
                                                                                           for v in pairs]
        options += [(f"{p}, {q}, *_ = (*{v}, {x})", (p, q), "") for v in pairs] + [(f"{p}, {q} = ({x}, {y})[::-1]", (p, q), "")]
        line, floats, some = self.rng.choice(options)
        for name in floats:
            scope.bind(name, "float")
        if some:
            self.binding(scope, some, "list")
        return [line]

    def write_several(self, scope: Scope) -> list[str]:
        """Several functions in turn."""
        if scope.trips * 3 > self.profile.trips:
            return self.write_assign(scope)
        one = [h.name for h in self.callable(scope, "float") if h.params == ("float",)]
        g, v = self.fresh("g"), self.fresh("e")
        some = [self.pick([*one, "math.sin", "math.tanh", "abs", "halved", "blunt"]) for _ in range(3)]
        block = scope.inside(trips=3)
        if self.chance(50):
            block.bind(v, "float")
            x = self.number(scope, 2)
            head = f"for {g}, {v} in (({some[0]}, {x}), ({some[1]}, 0.5)):"
        else:
            head = f"for {g} in ({', '.join(some)}):"
        lines = [head, *indented([self.assignment(block, f"{g}({self.number(block, 2)})"), *self.block(block, 1)])]
        scope.left(block)
        return lines

    def write_walrus(self, scope: Scope) -> list[str]:
        t = self.fresh("t")
        text = self.damped(scope)
        lines = [f"if ({t} := {text}) > {self.number_leaf(scope, 1)}:"]
        return [*lines, *self.inner(scope, 2, **{t: "float"}), self.assignment(scope, f"{scope.bind(t, 'float')} * 0.5")]

    def write_match(self, scope: Scope) -> list[str]:
        k, x, y = self.integer(scope, 1), self.number(scope, 2), self.number(scope, 2)
        e, d = self.fresh("e"), self.fresh("e")
        if self.chance(50):
            lines = [f"match {k} % 4:", "    case 0:", *indented(self.inner(scope, 1)), "    case 1 | 2:",
                     *indented(self.inner(scope, 1))]
            return lines + ["    case _:", *indented(self.inner(scope, 1))] if self.chance(60) else lines
        guard = f" if {e} > {x}" if self.chance(60) else ""
        return [f"match ({x}, {y}):", f"    case ({e}, {d}){guard}:", *indented(self.inner(scope, 2, **{e: "float", d: "float"})),
                f"    case {d}:", *indented(self.inner(scope, 1))]

    def write_together(self, scope: Scope) -> list[str]:
        """Two closures over one variable."""
        if scope.captured or scope.trips * 3 > self.profile.trips:
            return self.write_assign(scope)
        total, put, get = self.fresh("t"), self.fresh("local"), self.fresh("local")
        scope.bind(total, "float")
        inner = scope.inside(w="float")
        inner.captured = True
        lines = [f"{total} = {self.number_leaf(scope, 1)}", f"def {put}(w):", f"    nonlocal {total}",
                 f"    {total} = {self.damped(inner)}",
                 f"def {get}():", f"    return {total} * {self.number_leaf(scope, 1)}", f"{put}({self.number(scope, 2)})"]
        if self.chance(50):
            lines += [f"for _ in range({self.integer(scope, 1)} % 3):", f"    {put}({get}())"]
        return [*lines, self.assignment(scope, f"{get}() + {self.number_leaf(scope, 1)}")]

    def number_various(self, scope: Scope, depth: int) -> str:
        many = self.callable_many(scope)
        x, y, k = self.number(scope, depth), self.number(scope, depth), self.integer(scope, 1)
        pairs = scope.of("pair")
        forms = ["(lambda u, w=0.5: u * w + {x})({y})", "(lambda u: lambda w: u * w)({x})({y})",
                 "(lambda *e: e[-1] - e[0])({x}, {y}, 0.5)",
                 "partial(blend, {x})({y})", "(math.sin, math.cos, halved)[{k} % 3]({x})",
                 "[g({x}) for g in (math.sin, halved)][{k} % 2]",
                 "sum(g({x}) for g in (math.sin, blunt))", "(lambda g: g(g({x})))(math.sin)", "wave({x})({y})",
                 "max(({x}, {y}), key=abs)",
                 "(lambda u, *, w: u - w)({x}, w={y})", "sorted(({x}, {y}, 0.5))[1]", "dict(a={x}, b={y})['b']"]
        for h in many:
            forms += [f"{h.name}({{x}})", f"{h.name}({{x}}, {{y}})", f"{h.name}({{x}}, {{y}}, 0.5)", f"{h.name}(*({{x}}, {{y}}))"]
            forms += [f"{h.name}(*{p})" for p in pairs]
            if "*more, s" in h.params[1]:
                forms += [f"{h.name}({{x}}, 1.5, s={{y}})"]
            if "named" in h.params[1]:
                forms += [f"{h.name}({{x}}, {{y}}, v={{y}})", f"{h.name}({{x}}, **{{{{'v': {{y}}}}}})"]
        return self.pick(forms).format(x=x, y=y, k=k)

    def callable_many(self, scope: Scope) -> list[Helper]:
        return [h for h in scope.helpers if h.result == "many" and h.cost * scope.trips <= self.profile.trips]
