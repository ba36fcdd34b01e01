"""Classes of generated programs: what they hold, their methods, who extends whom.

    class C1:                                   Class("C1", {"x": "float", "n": "int", "r": "row"}, ("float", "row"), ...)
        rate = 0.25
        def __init__(self, u, r):
            self.x = u * 0.5
            self.n = 0
            self.r = r
        def step2(self, u):
            self.x += u * self.rate
            return self.x

In methods and wherever there is an object, its attributes are places ("self.x", "o.r"), which all statements use like variables.
"""

from __future__ import annotations

import dataclasses
import itertools

from fuzz.lists import Lists
from fuzz.scope import Helper, Scope
from fuzz.statements import indented

SELF = "self"


@dataclasses.dataclass
class Class:
    """`stored`: what an object holds, by kind; `fields`: what may be assigned; `fixed`: what may only be read; `params`: of
    `__init__`; `traits`: operators."""

    name: str
    stored: dict[str, str]
    params: tuple[str, ...]
    fields: dict[str, str] = dataclasses.field(default_factory=dict)
    fixed: dict[str, str] = dataclasses.field(default_factory=dict)
    methods: list[Helper] = dataclasses.field(default_factory=list)
    traits: set[str] = dataclasses.field(default_factory=set)
    base: Class | None = None
    local: bool = False  # made by a class statement in a function

    def family(self) -> list[str]:
        """The names of this class and of those that it extends."""
        return [self.name, *(self.base.family() if self.base else [])]


class Classes(Lists):
    """Writes classes, and knows what their objects hold."""

    classes: dict[str, Class]

    def places_of(self, name: str, kind: str) -> dict[str, str]:
        cls = self.classes.get(kind)
        if cls is None:
            return super().places_of(name, kind)
        found = {name: kind}
        for field, what in (*cls.fields.items(), *cls.fixed.items()):
            found |= self.places_of(f"{name}.{field}", what)
        return found

    def binding(self, scope: Scope, name: str, kind: str) -> str:
        super().binding(scope, name, kind)
        for place, what in self.places_of(name, kind).items():
            if what in self.classes:
                scope.fixed.update(f"{place}.{field}" for field in self.classes[what].fixed)
        return name

    def fitting(self, kind: str) -> tuple[str, ...]:
        if kind in self.classes:
            return tuple(c.name for c in self.classes.values() if kind in c.family())
        return super().fitting(kind)

    def callable(self, scope: Scope, result: str) -> list[Helper]:
        known = super().callable(scope, result)
        for place, kind in scope.kinds.items():
            cls = self.classes.get(kind)
            if cls is not None:
                inner = dataclasses.replace(scope, helpers=[dataclasses.replace(m, name=place + m.name) for m in cls.methods])
                known += super().callable(inner, result)
        return known

    # -- writing a class -------------------------------------------------------------------------------------------

    def class_scope(self, cls: Class, params: dict[str, str], result: str, trips: int = 6) -> Scope:
        """The scope of a method."""
        scope = Scope(result, {}, [h for h in self.cheap if h.cost < 4], fixed={SELF}, trips=trips)
        self.binding(scope, SELF, cls.name)
        for name, kind in params.items():
            self.binding(scope, name, kind)
        return scope

    cheap: list[Helper]

    def help_class(self) -> list[str]:
        """A class, or one that extends another; `self.classes` knows it then."""
        bases = [c for c in self.extendable() if "frozen" not in c.traits]
        if bases and self.chance(50):
            return self.derived(self.rng.choice(bases))
        name = f"C{len(self.classes) + 1}"
        return self.dataclass_lines(name) if self.chance(30) else self.plain_class(name)

    outer: Scope | None = None  # the scope of the class statement, if it is in a function (`inner.py`)

    def extendable(self) -> list[Class]:
        """The classes that a class may name."""
        return list(self.classes.values())

    def fields_of(self) -> tuple[dict[str, str], dict[str, str], list[str]]:
        """What a class holds, the parameters of its `__init__`, and the lines of that."""
        params = {"u": "float", "w": "float"}
        scope = Scope("none", dict(params), [h for h in self.cheap if h.cost < 2], trips=20)
        fields = {"x": "float", "y": "float"}
        lines = [f"self.x = {self.pick(('u', 'u', self.damped(scope)))}",
                 f"self.y = {self.pick(('w', '0.0', self.damped(scope)))}"]
        if self.chance(50):
            fields["n"] = "int"
            lines.append(f"self.n = {self.pick('0012')}")
        if self.chance(45):
            params["r"] = fields["r"] = "row"
            lines.append(f"self.r = {self.pick(('r', 'r', 'r * 0.5', 'r.copy()', 'np.zeros(len(r))'))}")
        if "lists" in self.themes and self.chance(50) or self.chance(15):
            fields["xs"] = "list"
            lines.append(f"self.xs = {self.pick(('[u]', '[u, w]', '[0.5, u]'))}")
        inner = [c for c in self.extendable() if all(p in ("float", "row") for p in c.params)]
        if inner and self.chance(35):
            other = self.rng.choice(inner)
            if "row" not in other.params or "r" in params:
                fields["sub"] = other.name
                given = ["r" if p == "row" else self.pick(("u", "w")) for p in other.params]
                lines.append(f"self.sub = {other.name}({', '.join(given)})")
        if self.chance(15):
            lines += [f"if {self.condition(scope)}:", f"    self.y = {self.damped(scope)}"]
        return fields, params, lines

    def plain_class(self, name: str) -> list[str]:
        fields, params, made = self.fields_of()
        cls = self.classes[name] = Class(name, fields, tuple(params.values()), dict(fields), local=self.outer is not None)
        lines = [f"class {name}:"]
        if self.chance(20) and "sub" not in fields:
            lines.append(f"    __slots__ = ({', '.join(map(repr, fields))},)")
        if self.chance(40):
            cls.fixed["rate"] = "float"
            lines.append(f"    rate = {self.pick(('0.25', '1.5', '-0.5'))}")
        lines += [f"    def __init__(self, {', '.join(params)}):", *(f"        {line}" for line in made)]
        return lines + self.members(cls)

    def dataclass_lines(self, name: str) -> list[str]:
        fields = {"x": "float", "y": "float"}
        frozen = self.chance(30)
        lines = [f"@dataclass{'(frozen=True)' if frozen else ''}", f"class {name}:", "    x: float", "    y: float = 0.5"]
        if self.chance(40):
            fields["n"] = "int"
            lines.append("    n: int = 1")
        if self.chance(30) and not frozen:
            fields["xs"] = "list"
            lines.append("    xs: list = field(default_factory=lambda: [0.5])")
        cls = self.classes[name] = Class(name, fields, ("float", "float"), dict(fields), local=self.outer is not None)
        if frozen:
            cls.traits.add("frozen")
            cls.fields, cls.fixed = {}, dict(fields)
        elif self.chance(30):
            lines += ["    def __post_init__(self):", f"        self.y = {self.damped(self.class_scope(cls, {}, 'none'))}"]
        return lines + self.members(cls)

    def derived(self, base: Class) -> list[str]:
        """A class that extends another."""
        name = f"C{len(self.classes) + 1}"
        cls = Class(name, dict(base.stored), base.params, dict(base.fields), dict(base.fixed), list(base.methods),
                    set(base.traits), base, self.outer is not None)
        self.classes[name] = cls
        lines = [f"class {name}({base.name}):"]
        if self.chance(60):
            params = {f"u{i}" if p != "row" else "r": p for i, p in enumerate(base.params)}
            scope = Scope("none", dict(params), [], trips=20)
            given = ", ".join(p if k != "float" or self.chance(60) else self.number(scope, 2) for p, k in params.items())
            cls.fields["z"] = cls.stored["z"] = "float"
            lines += [f"    def __init__(self, {', '.join(params)}):", f"        super().__init__({given})",
                      f"        self.z = {self.damped(scope)}"]
        methods = [m for m in base.methods if m.name.startswith(".") and m.result in ("float", "none")]
        if methods and self.chance(75):
            lines += self.overridden(cls, self.rng.choice(methods))
        if self.chance(50) or len(lines) == 1:
            lines += self.method(cls)
        return lines

    def overridden(self, cls: Class, method: Helper) -> list[str]:
        params = {f"u{i}": kind for i, kind in enumerate(method.params)}
        earlier = list(itertools.takewhile(lambda m: m != method, cls.methods))  # that cannot come back to this one
        self.classes[cls.name] = dataclasses.replace(
            cls, methods=earlier, fields={n: k for n, k in cls.fields.items() if n in cls.stored},
            fixed={n: k for n, k in cls.fixed.items() if not n.startswith("level")}, traits=set())
        scope = self.class_scope(cls, params, method.result)
        call = f"super(){method.name}({', '.join(params)})"
        self.budget, kept = 2, self.budget
        body = self.block(scope, 1) if self.chance(50) else []
        last = f"return {call} * 0.5 + {self.number(scope, 2)}" if method.result == "float" else call
        self.budget, self.classes[cls.name] = kept, cls
        return [f"    def {method.name[1:]}(self{''.join(f', {p}' for p in params)}):", *indented(indented([*body, last]))]

    # -- members ---------------------------------------------------------------------------------------------------

    def members(self, cls: Class) -> list[str]:
        lines: list[str] = []
        for _ in range(self.rng.randint(1, 2)):
            lines += self.method(cls)
        if self.chance(40):
            lines += self.property_of(cls)
        for trait in self.rng.sample(("call", "add", "mul", "neg", "item", "less", "abs", "iter", "with", "iadd", "half"), 3):
            lines += getattr(self, "trait_" + trait)(cls)
            cls.traits.add(trait)
        return lines

    def method(self, cls: Class) -> list[str]:
        """A method of a few statements, which mostly change the object."""
        name = self.fresh("step")
        params = {"u": "float"} if self.chance(60) else {"u": "float", "k": "int"} if self.chance(50) else {}
        scope = self.class_scope(cls, params, self.pick(("float", "float", "none")))
        changes = [self.write_attribute(scope)] if self.chance(70) else []
        self.budget, kept = 3, self.budget
        body = [*(line for change in changes for line in change), *self.block(scope, 2)]
        self.budget = kept
        body.append(self.returned(scope))
        cls.methods.append(Helper(f".{name}", tuple(params.values()), scope.result, 8))
        return [f"    def {name}(self{''.join(f', {p}' for p in params)}):", *indented(indented(body))]

    def write_attribute(self, scope: Scope) -> list[str]:
        """An attribute is assigned."""
        names = [n for n in scope.assignable("float") if "." in n]
        if not names:
            return self.write_assign(scope)
        name, x = self.pick(names), self.damped(scope)
        ints = [n for n in scope.assignable("int") if "." in n and n not in scope.indices]
        if ints and self.chance(25):
            k = self.pick(ints)
            return [self.pick((f"{k} = ({k} + 1) % 5", f"{k} = ({self.integer(scope)}) % 4", f"{k} += 1"))]
        return [self.pick((f"{name} = {x}", f"{name} += {x}", f"{name} = {name} * 0.5 + {x}", f"{name} *= {x}"))]

    def property_of(self, cls: Class) -> list[str]:
        name = self.fresh("level")
        text = self.number(self.class_scope(cls, {}, "float"), 1)
        lines = ["    @property", f"    def {name}(self):", f"        return {text}"]
        if self.chance(40) and "frozen" not in cls.traits:
            lines += [f"    @{name}.setter", f"    def {name}(self, u):",
                      f"        self.x = {self.damped(self.class_scope(cls, {'u': 'float'}, 'float'))}"]
            cls.fields[name] = "float"
        else:
            cls.fixed[name] = "float"
        return lines

    def anew(self, cls: Class, *texts: str) -> str:
        """An object like `self`, with other floats first."""
        rest = ["self.r" if p == "row" else "0.5" for p in cls.params[len(texts):]]
        return f"{cls.name}({', '.join([*texts[:len(cls.params)], *rest])})"

    def trait_call(self, cls: Class) -> list[str]:
        cls.methods.append(Helper("", ("float",), "float", 2))
        return ["    def __call__(self, u):", f"        return {self.number(self.class_scope(cls, {'u': 'float'}, 'float'), 1)}"]

    def trait_add(self, cls: Class) -> list[str]:
        return ["    def __add__(self, o):", f"        return {self.anew(cls, 'self.x + o.x', 'self.y - o.y * 0.5')}"]

    def trait_mul(self, cls: Class) -> list[str]:
        lines = ["    def __mul__(self, s):", f"        return {self.anew(cls, 'self.x * s', 'self.y * 0.5 + s')}"]
        return [*lines, "    __rmul__ = __mul__"] if self.chance(50) else lines

    def trait_neg(self, cls: Class) -> list[str]:
        return ["    def __neg__(self):", f"        return {self.anew(cls, '-self.x', 'math.sin(self.y)')}"]

    def trait_iadd(self, cls: Class) -> list[str]:
        if "frozen" in cls.traits:
            return []
        return ["    def __iadd__(self, s):", "        self.x = math.sin(self.x + s)", "        return self"]

    def trait_item(self, cls: Class) -> list[str]:
        return ["    def __len__(self):", "        return 2", "    def __getitem__(self, i):",
                "        return self.x if i == 0 else self.y"]

    def trait_iter(self, cls: Class) -> list[str]:
        return ["    def __iter__(self):", "        yield self.x", "        yield self.y * 0.5"]

    def trait_less(self, cls: Class) -> list[str]:
        return ["    def __lt__(self, o):", "        return self.x < o.x"]

    def trait_abs(self, cls: Class) -> list[str]:
        return ["    def __abs__(self):", "        return math.sqrt(self.x * self.x + self.y * self.y)"]

    def trait_with(self, cls: Class) -> list[str]:
        after = "        pass" if "frozen" in cls.traits else "        self.y = math.sin(self.x)"
        return ["    def __enter__(self):", "        return self", "    def __exit__(self, *e):", after]

    def trait_half(self, cls: Class) -> list[str]:
        if self.chance(50) and "row" not in cls.params:
            cls.traits.add("make")
            return ["    @classmethod", "    def half(cls, u):",
                    f"        return {self.anew(cls, 'u * 0.5').replace(cls.name, 'cls')}"]
        cls.methods.append(Helper(".third", ("float",), "float", 1))
        return ["    @staticmethod", "    def third(u):", f"        return {self.number(Scope('float', {'u': 'float'}, []), 1)}"]
