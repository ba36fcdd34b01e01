"""Classes that functions of generated programs define inside of them, and np.vectorize.

    def f(x, n, a):
        class C1:
            rate = x
            def step2(self, u):
                nonlocal s
                s += u * self.rate
                return self.x * n

`help_class` writes them as it writes classes of the module, while `outer` is the scope around the statement: methods read its
variables. They are known by name only where that is bound; objects of them are not returned by `f`.
"""

from __future__ import annotations

import dataclasses
import re

from fuzz.classes import SELF, Class
from fuzz.scope import Helper, Scope
from fuzz.spans import Spans
from fuzz.statements import indented

READ = ("float", "int", "bool", "row", "view", "list", "pair", "dict", "table", "span", "function")  # what methods read of it
OWN = {SELF, "u", "w", "k", "r", "o", "s", "i", "e", "cls"}  # names of parameters of methods
MOST_CLASSES = 4
OVER = (
    "lambda e: math.sin(e) if e > {x} else {y} * 0.5", "lambda e: blunt(e) * {x}", "lambda e: e * e - {x}", "math.tanh", "blunt",
    "lambda e: max(e, {x} * 0.5)", "lambda e: float(int(e * 2.0))", "lambda e: abs(e - {x}) + {y}", "halved",
)


class Inner(Spans):
    """Draws them."""

    outer: Scope | None = None

    def class_scope(self, cls: Class, params: dict[str, str], result: str, trips: int = 6) -> Scope:
        scope, outer = super().class_scope(cls, params, result, trips), self.outer
        if outer is None:
            return scope
        for name, kind in outer.kinds.items():
            root = re.split(r"[.\[]", name)[0]
            if kind in READ and root not in OWN and root not in params and not re.match(r"i\d", name):
                scope.kinds[name] = "view" if kind == "row" else kind
                scope.fixed.add(name)
        return dataclasses.replace(scope, helpers=[*scope.helpers, *(h for h in outer.helpers if h.cost <= 2)], captured=True,
                                   trips=max(trips, outer.trips))

    def extendable(self) -> list[Class]:
        known = super().extendable()
        return [c for c in known if not c.local or (self.outer is not None and c.name in self.outer.kinds)]

    def usable(self, scope: Scope) -> list[Class]:
        return [c for c in super().usable(scope) if not c.local or c.name in scope.kinds]

    def returnable(self, scope: Scope) -> list[str]:
        local = {c.name for c in self.classes.values() if c.local}
        return [n for n in super().returnable(scope) if scope.kinds[n] not in local]

    def class_lines(self, scope: Scope) -> tuple[list[str], Class]:
        """A class statement in this scope."""
        self.outer, before = scope, set(self.classes)
        lines = self.help_class()
        self.outer = None
        (name,) = set(self.classes) - before
        cls = self.classes[name]
        if self.chance(35):  # a number of the function that is an attribute of the class
            values = [n for n in scope.of("float") if n.isidentifier() and n not in cls.stored]
            at = next(k for k, line in enumerate(lines) if line.startswith("class ")) + 1
            if values and "    __slots__" not in "\n".join(lines):
                lines.insert(at, f"    part = {self.pick(values)}")
                cls.fixed["part"] = "float"
        return lines, cls

    def write_inner(self, scope: Scope) -> list[str]:
        often = scope.loops > 1 or scope.trips > 12 or scope.loops and not self.chance(25)  # it is mostly refused there
        if scope.captured or often or len(self.classes) >= MOST_CLASSES:
            return self.write_object(scope) if self.makeable(scope) else self.write_assign(scope)
        lines, cls = self.class_lines(scope)
        scope.bind(cls.name, "class")
        if cls in self.makeable(scope):
            text = self.instance(scope, cls)
            lines.append(f"{self.target_of(scope, cls.name, 'o')} = {text}")
        return lines

    def write_object(self, scope: Scope) -> list[str]:
        if "locals" in self.themes and not self.makeable(scope) and len(self.classes) < MOST_CLASSES and not scope.captured:
            return self.write_inner(scope)
        made = [h for name in self.classes for h in self.callable(scope, name)]
        if made and self.chance(40):
            helper = self.rng.choice(made)
            text = self.called(scope, helper)
            return [f"{self.target_of(scope, helper.result, 'o')} = {text}"]
        return super().write_object(scope)

    def method(self, cls: Class) -> list[str]:
        """A method; now and then one that changes a variable of the function."""
        lines, outer = super().method(cls), self.outer
        names = [] if outer is None else [n for n in outer.assignable("float") if n.isidentifier() and n not in OWN]
        if names and self.chance(30) and outer is not None and not outer.captured:
            t, rest = self.pick(names), "\n".join(lines)
            if not re.search(rf"\b{t}\b(, | = )", rest):  # where a comprehension or a star does not bind it
                scope = self.class_scope(cls, {}, "none")
                lines[1:1] = [f"        nonlocal {t}", f"        {t} = {self.damped(scope)}"]
        return lines

    def help_factory(self, name: str, helpers: list[Helper]) -> tuple[list[str], Helper]:
        """A function that defines a class and gives an object of it."""
        scope = Scope("none", {"c": "float", "q": "float"}, [h for h in helpers if h.cost < 3], trips=10)
        lines, cls = self.class_lines(scope)
        scope.bind(cls.name, "class")
        if "row" in cls.params:
            given = ", ".join("c" if p == "float" else "np.array([0.5, q])" for p in cls.params)
            made = f"{cls.name}({given})"
        else:
            made = self.instance(scope, cls)
        return [f"def {name}(c, q):", *indented([*lines, f"return {made}"])], Helper(name, ("float", "float"), cls.name, 4)

    def write_stop(self, scope: Scope) -> list[str]:
        """An exception class of the function."""
        if scope.captured or scope.loops > 1:
            return self.write_assign(scope)
        error, e, t, x = self.fresh("E"), self.fresh("err"), self.target(scope.inside()), self.number(scope, 2)
        base = self.pick(("Exception", "ValueError"))
        if self.chance(60):
            lines = [f"class {error}({base}):", "    def __init__(self, v, k):",
                     f"        {self.pick(('super().__init__(v)', 'self.k = k'))}", "        self.v = v"]
            got = f"{e}.v"
        else:
            lines, got = [f"class {error}({base}):", "    pass"], f"{e}.args[0]"
        rise = [f"if {self.condition(scope)}:", f"    raise {error}({self.number(scope, 2)}, {self.integer(scope, 1)})"]
        if not scope.loops and self.chance(40) and scope.trips * 4 <= self.profile.trips:
            i = self.fresh("i")
            rise = [f"for {i} in range(4):", *self.inner(scope, 1, 4, **{i: "int"}), *indented(rise)]
        body = [*self.inner(scope, 1), *indented(rise), *self.inner(scope, 1)]
        lines += ["try:", *body, f"except {error} as {e}:", f"    {t} = {got} * 0.5 + {x}"]
        if self.safe:
            lines = [*lines, "except Exception:", *self.inner(scope, 1)]
        return lines

    # -- np.vectorize, np.resize -----------------------------------------------------------------------------------

    def over(self, scope: Scope) -> str:
        """What np.vectorize makes of a function of one number."""
        most = self.profile.trips // (4 * scope.trips)
        known = [h.name for h in self.callable(scope, "float") if h.params == ("float",) and h.cost <= most]
        f = self.pick(known) if known and self.chance(35) else self.pick(OVER)
        f = f.format(x=self.number_leaf(scope, 1), y=self.number_leaf(scope, 1))
        return f"np.vectorize({f}{self.pick(('', ', otypes=[float]', ''))})"

    def vectorized(self, scope: Scope, r: str) -> str:
        """An array as long as this one."""
        x = self.number_leaf(scope, 1)
        if self.chance(30):
            mates = scope.of("row") if scope.kinds.get(r) == "row" else [r]
            form = self.pick(("np.vectorize(lambda e, d: e * d + {x})({r}, {s})",
                              "np.vectorize(lambda e, d=0.5: math.sin(e) * d)({r}, d={x})",
                              "np.vectorize(lambda e, d: e if e > d else d * 0.5)({r}, {x})", "np.vectorize(blunt)({r} - {s})"))
            return form.format(x=x, r=r, s=self.pick(mates))
        return f"{self.over(scope)}({r})"

    def write_vectorized(self, scope: Scope) -> list[str]:
        rows = scope.of("row")
        if not rows:
            return self.write_resized(scope)
        text = self.vectorized(scope, self.pick(rows))
        return [f"{self.target_of(scope, 'row', 'b')} = {text}"]

    def write_resized(self, scope: Scope) -> list[str]:
        rows, k, x = scope.of("row", "view"), self.integer(scope, 1), self.number(scope, 2)
        forms = ["np.resize({x}, {k} % 3 + 1)", "np.resize([{x}, 0.5], {k} % 4 + 1)"]
        if rows:
            forms += ["np.resize({r}, {k} % 5 + 1)", "np.resize({r}, (2, 3))[{k} % 2]", "np.resize({r}, ({k} % 3 + 1, 2))[:, 1]",
                      "np.resize({r}, 4)", "np.resize({r} * {x}, len({r}) + 2)"] * 2
        if rows and not self.safe:
            forms += ["np.resize({r}, {k})"]
        text = self.pick(forms).format(r=self.pick(rows or ["''"]), k=k, x=x)
        name = self.fresh("v")
        return [f"{scope.bind(name, 'view')} = {text}", *self.write_store(scope.inside())]

    def number_vectorized(self, scope: Scope, depth: int) -> str:
        rows, tables, x = scope.of("row", "view"), scope.of("matrix"), self.number_leaf(scope, depth)
        forms = [f"float({self.over(scope)}({x}))"]
        if rows:
            r = self.pick(rows)
            forms += [f"{self.vectorized(scope, r)}.sum()", f"{self.vectorized(scope, r)}[-1]", f"np.resize({r}, 7)[5]",
                      f"np.resize({r}, (2, 2)).sum()"]
        forms += [f"{self.over(scope)}({m}).sum()" for m in tables[:1]]
        return self.pick(forms)
