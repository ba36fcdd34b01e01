"""Expressions of generated programs: `number`, `integer` and `condition` draw one from the tables of `features`."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from fuzz.features import LEAVES, Profile, weighted
from fuzz.scope import Helper, Scope

DEPTH = 3
UNARY = (
    "math.sin({})", "math.cos({})", "math.tanh({})", "math.atan({})", "math.sqrt(1.0 + {0} * {0})",
    "math.log(1.5 + {0} * {0})", "math.exp(math.sin({}))", "abs({})", "-{}", "({} * 0.5)", "math.log1p(abs({}))",
    "math.expm1(math.cos({}))", "math.erf({})", "math.asinh({})", "math.fabs({})", "math.cbrt({})",
)
WILD = ("math.exp({})", "math.sinh({})", "({0} * {0})")
DOMAIN = ("math.sqrt({})", "math.log({})", "math.acos({})", "math.atanh({})", "math.log1p({})", "math.asin({})", "math.log2({})")
BINARY = (
    "({} + {})", "({} - {})", "({} * {})", "({} + {})", "({} * {})", "math.atan2({}, {})", "math.copysign({}, {})",
)
DAMPED = ("math.sin({})", "math.tanh({})", "math.atan({})", "math.cos({})", "blunt({})", "0.5 * math.sin({})")
LIBRARY = (
    "math.hypot({0}, {1})", "math.hypot({0}, {1}, 0.5)", "math.dist(({0}, {1}), ({1}, 0.5))", "math.fsum(({0}, {1}, 0.1))",
    "math.prod(({0}, {1}, 2.0))", "math.lgamma(2.0 + abs({0}))", "math.gamma(2.0 + abs(math.sin({0})))", "math.erfc({0})",
    "math.modf({0})[0]", "math.frexp({0})[0]", "math.ldexp({0}, -2)", "math.remainder({0}, 1.5)", "math.tan(math.sin({0}))",
    "math.log(1.5 + {0} * {0}, 3.0)", "math.degrees({0}) * 0.01", "math.acosh(1.5 + {0} * {0})", "math.cosh(math.sin({0}))",
    "math.exp2(math.sin({0}))", "math.log10(1.5 + abs({0}))", "divmod({0}, 1.5)[1]", "math.nextafter({0}, 0.0)",
)
SHARP = ("math.gamma({0})", "math.lgamma({0})", "math.remainder({0}, {1})", "math.cosh({0})", "math.tan({0})",
         "math.log({0}, {1})", "math.exp2({0})", "math.ldexp({0}, 3)", "divmod({0}, {1})[0]", "math.modf({0})[1]")
UFUNCS = ("np.sin({0})", "np.cos({0})", "np.tanh({0})", "np.arctan({0})", "np.exp(np.sin({0}))", "np.log(1.5 + {0} * {0})",
          "np.log1p(np.abs({0}))", "np.cbrt({0})", "np.square({0})", "np.hypot({0}, 0.5)", "np.arcsinh({0})",
          "np.expm1(np.sin({0}))",
          "np.arctan2({0}, 1.5)", "np.exp2(np.sin({0}))", "np.log2(2.5 + {0} * {0})", "np.sinh(np.sin({0}))", "({0} ** 2)")
STEEP = ("np.exp({0})", "np.log({0})", "np.sqrt({0})", "np.arcsin({0})", "np.arctanh({0})", "np.cosh({0})", "np.log10({0})")
LITERALS = ("0.5", "1.0", "0.25", "-0.75", "1.5", "2.0", "0.1", "-1.0", "3.0", "0.0")
AFFINE = ("{0} + 1", "{0} - 1", "2 * {0}", "{0} + {1}", "{0} - {1}", "{1} - {0}", "{0} * {1}", "-{0}", "2 * {0} + 1", "3 - {0}",
          "{0} * {0}", "{0} // 2", "-{0} - 1", "{0} - 3")
HUGE = ("4 * w + {0}", "w + {0}", "w * {0}", "{0} - w", "2 * {0} + 2 * w", "w - 4 * {0}", "w + w + {0}", "{0} * w + {0}",
        "w + abs(w) + 2 + {0}")
COMPARED = ("<", "<=", ">", ">=", "<", ">", "==", "!=")
CONSTANTS = (  # tables of constants, and how long they are
    ("(0.5, -1.25, 2.0, -0.0)[{}]", 4), ("[0.1, 0.2, 0.3, 0.7, 1.5][{}]", 5), ("((0, 0.25, 0.5, 1)[{}] * 0.5)", 4),
    ("((0.5, 1), (1.5, 2), (-2.5, 3))[{}][0]", 3), ("((True, 0.5, 2, False)[{}] * 1.5)", 4),
    ("(np.float64(0.25), 0.5, 1.5)[{}]", 3),
)


class Expressions:
    """Draws expressions as text. What is `safe` raises nothing and stays finite."""

    def __init__(
        self, rng: random.Random, profile: Profile, extra: Iterable[str] = (), themes: Iterable[str] = (),
    ) -> None:
        self.rng = rng
        self.profile = profile
        self.safe = profile.safe
        self.themes = frozenset(themes)
        self.tables = {t: weighted(t, profile, extra, themes) for t in ("statement", "number", "integer", "condition", "loop")}
        self.count = 0

    # -- drawing ---------------------------------------------------------------------------------------------------

    def pick(self, options: Sequence[str]) -> str:
        return self.rng.choice(options)

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def draw(self, table: str) -> str:
        names, weights = self.tables[table]
        return self.rng.choices(names, weights)[0]

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    # -- numbers ---------------------------------------------------------------------------------------------------

    def number(self, scope: Scope, depth: int = 0) -> str:
        """A float (Python's or numpy's)."""
        form = self.draw("number")
        if depth >= DEPTH and form not in LEAVES:
            form = "leaf"
        return str(getattr(self, "number_" + form)(scope, depth + 1))

    def damped(self, scope: Scope) -> str:
        """A number that a variable may take: bounded, unless errors are welcome."""
        text = self.number(scope)
        if self.safe or self.chance(60):
            return self.pick(DAMPED).format(text)
        return text

    def number_leaf(self, scope: Scope, depth: int) -> str:
        names = scope.of("float")
        if not names or self.chance(20):
            return self.pick(LITERALS)
        if scope.loose and not self.safe and self.chance(3):
            return self.pick([n for n, k in scope.loose.items() if k == "float"] or names)
        return self.pick(names)

    def number_element(self, scope: Scope, depth: int) -> str:
        return self.element(scope)

    def number_unary(self, scope: Scope, depth: int) -> str:
        forms = UNARY if self.safe or self.chance(80) else WILD
        return self.pick(forms).format(self.number(scope, depth))

    def number_binary(self, scope: Scope, depth: int) -> str:
        return self.pick(BINARY).format(self.number(scope, depth), self.number(scope, depth))

    def number_quotient(self, scope: Scope, depth: int) -> str:
        x, y = self.number(scope, depth), self.number(scope, depth)
        return f"({x} / {y})" if not self.safe and self.chance(60) else f"({x} / (1.5 + {y} * {y}))"

    def number_mixed(self, scope: Scope, depth: int) -> str:
        k, x = self.integer(scope, 1), self.number(scope, depth)
        form = ("({1} + {0})", "({0} * {1})", "({1} - {0})", "({1} * 0.5 + float({0}))", "({0} / 4 + {1})")
        return self.pick(form).format(k, x)

    def number_domain(self, scope: Scope, depth: int) -> str:
        return self.pick(DOMAIN).format(self.number(scope, depth))

    def number_conditional(self, scope: Scope, depth: int) -> str:
        return f"({self.number(scope, depth)} if {self.condition(scope, 1)} else {self.number(scope, depth)})"

    def number_extreme(self, scope: Scope, depth: int) -> str:
        form = self.pick(("max({}, {})", "min({}, {})", "max({}, {}, 0.5)", "min({}, max({}, -0.5))"))
        return form.format(self.number(scope, depth), self.number(scope, depth))

    def number_call(self, scope: Scope, depth: int) -> str:
        known = self.callable(scope, "float")
        if not known:
            return self.number_binary(scope, depth)
        return self.called(scope, known[self.rng.randrange(len(known))], depth)

    def number_power(self, scope: Scope, depth: int) -> str:
        x, y = self.number(scope, depth), self.number(scope, depth)
        if not self.safe and self.chance(30):
            return f"({x} ** {self.pick(('-1', '3', '-2.0'))})"
        form = ("math.sin({0}) ** 3", "(1.5 + {0} * {0}) ** 0.5", "(1.5 + abs({0})) ** math.sin({1})", "math.cos({0}) ** 1",
                "math.pow(1.5 + abs({0}), math.cos({1}))", "{0} ** 0", "(1.5 + {0} * {0}) ** -1")
        return "(" + self.pick(form).format(x, y) + ")"

    def number_remainder(self, scope: Scope, depth: int) -> str:
        x, y = self.number(scope, depth), self.number(scope, depth)
        if not self.safe and self.chance(40):
            return self.pick(("({0} % {1})", "math.fmod({0}, {1})", "({0} // {1})")).format(x, y)
        return self.pick(("({0} % 1.5)", "({0} // 0.75)", "math.fmod({0}, 2.5)", "({0} % (1.5 + {1} * {1}))")).format(x, y)

    def number_rounded(self, scope: Scope, depth: int) -> str:
        x = self.number(scope, depth)
        if self.safe:
            x = f"math.sin({x})"
        return self.pick((
            "math.floor({0} * 3.0) * 0.5", "({0} - math.trunc({0}))", "round({0}, 2)", "float(int({0} * 4.0))",
            "(0.5 * round({0}))", "(math.ceil({0}) - {0})",
        )).format(x)

    def number_total(self, scope: Scope, depth: int) -> str:
        rows = scope.of("row", "view")
        if not rows:
            return self.number_leaf(scope, depth)
        form = (  # + 0.0: the sign of a zero that is least is up to numpy and the processor
            "np.sum({})", "{}.sum()", "(np.max({}) + 0.0)", "({}.min() + 0.0)", "sum({})", "max({})", "np.mean({})", "{}.mean()",
        )
        return self.pick(form).format(self.pick(rows))

    def number_scalar(self, scope: Scope, depth: int) -> str:
        x, y = self.number(scope, depth), self.number(scope, depth)
        return self.pick((
            "np.sqrt(1.0 + {0} * {0})", "np.abs({0})", "np.maximum({0}, {1})", "np.minimum({0}, {1})", "float({0})",
            "np.float64({0})", "GAIN * {0}", "np.sign({0})",
        )).format(x, y)

    def number_truth(self, scope: Scope, depth: int) -> str:
        return f"({self.condition(scope, 1)}) * {self.number(scope, depth)}"

    def number_square(self, scope: Scope, depth: int) -> str:
        x = self.number(scope, depth)
        return f"({self.pick(('math.sin({})', '({})') if self.safe else ('({})',)).format(x)} ** {self.pick(('2', '2', '2.0'))})"

    def number_library(self, scope: Scope, depth: int) -> str:
        form = self.pick(LIBRARY if self.safe or self.chance(70) else SHARP)
        return form.format(self.number(scope, depth), self.number(scope, depth))

    def ufunc(self) -> str:
        return self.pick(UFUNCS if self.safe or self.chance(75) else STEEP)

    def number_ufunc(self, scope: Scope, depth: int) -> str:
        return self.ufunc().format(self.number(scope, depth))

    def number_reduced(self, scope: Scope, depth: int) -> str:
        rows = scope.of("row", "view")
        if not rows:
            return self.number_leaf(scope, depth)
        r, x = self.pick(rows), self.number_leaf(scope, depth)
        return self.pick((
            "np.dot({r}, {r})", "({r} @ {r})", "np.inner({r}, {r})", "np.cumsum({r})[-1]", "np.prod({r})",
            "np.std({r})", "np.var({r})", "np.linalg.norm({r})", "np.clip({r}, -0.5, {x}).sum()", "{r}[np.argmax({r})]",
            "{r}[{r}.argmin()]", "np.linspace({x}, 1.0, 4)[2]", "np.sum({r} ** 2)", "np.where({r} > {x}, {r}, {x})[0]",
            "np.outer({r}, {r})[0, -1]",
            "np.minimum({r}, {x}).sum()", "({r}[:, None] * {r})[-1, 0]",
        )).format(r=r, x=x)

    def number_table(self, scope: Scope, depth: int) -> str:
        tables = scope.of("matrix")
        if not tables:
            return self.number_reduced(scope, depth)
        m = self.pick(tables)
        return self.pick((
            "np.sum({m})", "np.trace({m})", "({m} @ {m}[0])[0]", "({m}.T @ {m})[0, 1]", "{m}.sum(axis=0)[1]",
            "np.sum({m}, axis=1)[0]",
            "(np.max({m}, axis=0)[0] + 0.0)",
            "({m} * {m}[0])[1, 0]", "{m}.reshape(-1)[2]", "{m}.ravel()[-1]", "np.mean({m}, axis=1)[0]",
            "({m}[0] @ {m}.T)[1]", "({m}.min() + 0.0)", "(np.max({m}) + 0.0)",
        )).format(m=m)

    def number_constant(self, scope: Scope, depth: int) -> str:
        form, length = CONSTANTS[self.rng.randrange(len(CONSTANTS))]
        return form.format(self.known_place(scope, length))

    def known_place(self, scope: Scope, length: int) -> str:
        """An index into something of known length, mostly."""
        k = self.integer(scope, 1)
        return f"{k} % {length}" if self.safe or self.chance(70) else f"{k} % {length + 3} - {length + 1}"

    def number_small(self, scope: Scope, depth: int) -> str:
        """Of an array of 32-bit floats."""
        names = scope.of("small")
        if not names:
            return self.number_leaf(scope, depth)
        e = self.pick(names)
        x = f"{e}[{self.index(scope, f'len({e})', 'small')}]"
        form = ("float({})", "({} * 0.5)", "{}", "float(np.sum({e}))", "float(({e} * {}).sum())", "math.sin({})")
        return self.pick(form).format(x, e=e)

    def number_sum(self, scope: Scope, depth: int) -> str:
        """Of what is an int or a float."""
        names = scope.of("sum")
        if not names:
            return self.number_mixed(scope, depth)
        m, k, x = self.pick(names), self.integer(scope, 1), self.number(scope, depth)
        if not self.safe and self.chance(40):
            return self.pick(("({k} / {m})", "({k} // {m})", "({m} // {k})", "({m} % {k})", "({x} % {m})", "({m} / {x})")).format(
                m=m, k=k, x=x)
        return self.pick((
            "({x} / (abs({m}) + 1))", "({k} // (abs({m}) + 1))", "({k} % (abs({m}) + 2))", "({m} // 2)", "({m} % 3)",
            "({m} * {x})", "({m} + {k})", "({k} - {m})", "({m} / 4)", "-{m}", "max({m}, {x})", "({m} if {m} > {k} else {x})",
            "({m} == {k}) * {x}",
        )).format(m=m, k=k, x=x)

    # -- parts of arrays and tuples --------------------------------------------------------------------------------

    def element(self, scope: Scope) -> str:
        """An element of an array, or of a pair: an expression that can be read."""
        names = scope.of("row", "view", "matrix", "pair", "point", "nest")
        if not names:
            return self.number_leaf(scope, 1)
        name = self.pick(names)
        if scope.kinds[name] == "point":
            return name + self.pick((".u", ".v", "[0]", "[-1]"))
        if scope.kinds[name] == "nest":
            inner = self.index(scope, f"len({name}[1])", "nest")
            return name + self.pick(("[0][0]", "[0][1]", f"[1][{inner}]", f"[1][{inner}]"))
        return f"{name}[{self.pick('01')}]" if scope.kinds[name] == "pair" else self.place(scope, name)

    def place(self, scope: Scope, name: str) -> str:
        """An element of this array: it can be read and assigned."""
        if scope.kinds[name] == "matrix":
            i, j = self.index(scope, f"{name}.shape[0]", "rows"), self.index(scope, f"{name}.shape[1]", "columns")
            return self.pick((f"{name}[{i}, {j}]", f"{name}[{i}, {j}]", f"{name}[{i}][{j}]"))
        return f"{name}[{self.index(scope, f'len({name})', scope.kinds[name], name)}]"

    def index(self, scope: Scope, length: str, what: str, name: str = "") -> str:
        """An index into an axis of this length (of the array `name`, if counters are of it)."""
        counters = [n for n, w in scope.indices.items() if w in (what, name) and n in scope.kinds]
        if counters and self.chance(60):
            i = self.pick(counters)
            if what == "row" and scope.of("row") and self.chance(12):
                r = self.pick(scope.of("row"))
                return f"int(min(abs({r}[{i}]), 9.0) * 1.5) % {length}" if self.safe else f"int({r}[{i}] * 1.5)"
            if "w" in scope.of("big") and self.chance(30):
                return self.pick(HUGE).format(i)
            if not self.safe and self.chance(15):
                return self.pick(AFFINE).format(i, self.integer_name(scope, 1))
            return self.pick(scope.forms.get(i, ("{}",))).format(i)
        if not self.safe and self.chance(8):
            return self.integer(scope, 1)
        if self.chance(15):
            return self.pick(("0", "-1"))
        gathered = [n for n, w in scope.indices.items() if w == "ints" and n in scope.kinds and scope.of("ints")]
        if gathered and self.chance(40):
            found = f"{self.pick(scope.of('ints'))}[{self.pick(gathered)}]"
            return found if not self.safe and self.chance(60) else f"{found} % {length}"
        return f"{self.integer(scope, 1)} % {length}"

    def row(self, scope: Scope, depth: int = 0) -> str:
        """A whole array, as long as all rows."""
        name = self.pick(scope.of("row"))
        if depth >= 2 or self.chance(30):
            return name
        x, r = self.number(scope, 2), self.row(scope, depth + 1)
        return self.pick((
            "({r} + {s})", "({r} * {x})", "({r} - {s})", "({r} * {s})", "({r} * 0.5)", "(-{r})", "({x} + {r})",
            "np.maximum({r}, {s})", "np.where({r} > {s}, {r}, {s})", "({r} / (1.5 + {s} * {s}))", "np.abs({r})",
            "np.sqrt(1.0 + {r} * {r})", "(np.clip({r}, -0.75, {x}) + 0.0)", "np.where({r} > {x}, {r}, {x})", "np.cumsum({r})",
            "np.minimum({r}, {x})", "(np.arange(len({r})) * {s})",
            self.ufunc().format("{r}"), self.ufunc().format("{r}"), self.ufunc().format("{r}"),
        )).format(r=r, s=name, x=x)

    # -- calls -----------------------------------------------------------------------------------------------------

    def callable(self, scope: Scope, result: str) -> list[Helper]:
        """Helpers with this result that can be afforded here and whose arguments there are."""
        return [h for h in scope.helpers if h.result == result and h.cost * scope.trips <= self.profile.trips
                and all(p in ("float", "int", "count") or scope.of(*self.fitting(p)) for p in h.params)]

    def fitting(self, kind: str) -> tuple[str, ...]:
        """The kinds that may be passed for a parameter."""
        return ("row", "view") if kind == "view" else (kind,)

    def called(self, scope: Scope, helper: Helper, depth: int = 1) -> str:
        """A call with drawn arguments."""
        return f"{helper.name}({', '.join(self.argument(scope, p, depth) for p in helper.params)})"

    def argument(self, scope: Scope, kind: str, depth: int) -> str:
        if kind == "float":
            return self.number(scope, depth)
        if kind == "int":
            return self.integer(scope, 1)
        if kind == "count":
            return f"{self.integer(scope, 1)} % 4"
        return self.pick(scope.of(*self.fitting(kind)))

    # -- integers --------------------------------------------------------------------------------------------------

    def integer(self, scope: Scope, depth: int = 0) -> str:
        """An int (Python's or numpy's), small unless errors are welcome."""
        form = self.draw("integer")
        if depth >= 2 and form not in ("name", "literal"):
            form = "name"
        return str(getattr(self, "integer_" + form)(scope, depth + 1))

    def integer_name(self, scope: Scope, depth: int) -> str:
        return self.pick(scope.of("int") or ["2"])

    def integer_literal(self, scope: Scope, depth: int) -> str:
        return self.pick(("0", "1", "2", "3", "-1", "5"))

    def integer_sum(self, scope: Scope, depth: int) -> str:
        form = ("({0} + {1})", "({0} - {1})", "({0} * 2 - {1})", "({0} + 1)", "({0} * {1})", "-{0}", "abs({0})")
        return self.pick(form).format(self.integer(scope, depth), self.integer(scope, depth))

    def integer_divided(self, scope: Scope, depth: int) -> str:
        k, m = self.integer(scope, depth), self.integer(scope, depth)
        if not self.safe and self.chance(25):
            return self.pick(("({0} % {1})", "({0} // {1})")).format(k, m)
        return self.pick(("({0} % 3)", "({0} // 2)", "({0} % -2)", "({0} // -3)", "({0} % (1 + abs({1})))")).format(k, m)

    def integer_length(self, scope: Scope, depth: int) -> str:
        rows, tables = scope.of("row", "view", "ints"), scope.of("matrix")
        options = [f"len({r})" for r in rows] + [f"{t}.shape[1]" for t in tables] + [f"{r}.size" for r in rows]
        return self.pick(options or ["4"])

    def integer_bits(self, scope: Scope, depth: int) -> str:
        form = ("({0} & 3)", "({0} | 1)", "({0} ^ {1})", "({0} << 1)", "({0} >> 1)", "(~{0})")
        return self.pick(form).format(self.integer(scope, depth), self.integer(scope, depth))

    def integer_item(self, scope: Scope, depth: int) -> str:
        names = scope.of("ints")
        if not names:
            return self.integer_name(scope, depth)
        name = self.pick(names)
        return f"{name}[{self.index(scope, f'len({name})', 'ints')}]"

    def integer_constant(self, scope: Scope, depth: int) -> str:
        return f"(2, 0, 1, 3, 1)[{self.known_place(scope, 5)}]"

    def integer_converted(self, scope: Scope, depth: int) -> str:
        x = self.number(scope, 2)
        if self.safe:
            x = f"math.sin({x})"
        return self.pick(("int({} * 3.0)", "math.floor({})", "round({})", "math.ceil({} * 2.0)")).format(x)

    def integer_bounded(self, scope: Scope, depth: int) -> str:
        return self.pick(("min({}, {})", "max({}, {})")).format(self.integer(scope, depth), self.integer(scope, depth))

    def integer_counted(self, scope: Scope, depth: int) -> str:
        form = getattr(self, "condition_" + self.pick(("compare", "chain", "parity", "counts")))  # those that give a bool
        return f"({self.integer(scope, depth)} + ({form(scope, depth)}))"

    def integer_conditional(self, scope: Scope, depth: int) -> str:
        return f"({self.integer(scope, depth)} if {self.condition(scope, 1)} else {self.integer(scope, depth)})"

    def integer_discrete(self, scope: Scope, depth: int) -> str:
        k, m = self.integer(scope, depth), self.integer(scope, depth)
        rows = scope.of("row", "view")
        forms = ["math.gcd({0}, {1})", "math.isqrt(abs({0}))", "math.comb(abs({0}) % 7, 2)", "math.factorial(abs({0}) % 6)",
                 "divmod({0}, 3)[1]", "(({0}) % 5) ** 2", "int(not {0})"]
        forms += [f"np.argmax({r})" for r in rows[:1]] + [f"int({r}.argmin())" for r in rows[:1]]
        return self.pick(forms).format(k, m)

    def integer_huge(self, scope: Scope, depth: int) -> str:
        k = self.integer(scope, depth)
        if "w" not in scope.of("big"):
            return f"({k} >> ({self.integer(scope, depth)} % 4 - 1))"
        return self.pick((
            "(w + {0})", "(w - {0})", "({0} - w)", "-w", "abs(w)", "(w * {0})", "(w // {0})", "(w % {0})", "(w + w)",
            "(w >> ({0} % 4 - 1))", "(w << ({0} % 3))", "({0} // w)", "(w - 1)", "(w + 1)", "int(w * 1.0)", "round(w / 2)",
        )).format(k)

    def integer_edge(self, scope: Scope, depth: int) -> str:
        """At the ends of 64 bits."""
        k = self.integer(scope, depth)
        return self.pick((
            "(2**63 - 1 + {0} % 3)", "(-2**63 - {0} % 3)", "((2**62 + {0} % 3) * 2)", "({0} % 5 * 2**61)",
            "({0} % 5 - 10 + (8 - 2**63))", "(2**63 - 5 - (-{0} % 7))", "-(-2**63 + {0} % 2)", "(10 - {0} % 5 + (2**63 - 9))",
        )).format(k)

    # -- conditions ------------------------------------------------------------------------------------------------

    def condition(self, scope: Scope, depth: int = 0) -> str:
        form = self.draw("condition")
        if depth >= 2 and form in ("both", "not"):
            form = "compare"
        return str(getattr(self, "condition_" + form)(scope, depth + 1))

    def condition_compare(self, scope: Scope, depth: int) -> str:
        return f"{self.number(scope, 2)} {self.pick(COMPARED)} {self.number(scope, 2)}"

    def condition_counts(self, scope: Scope, depth: int) -> str:
        return f"{self.integer(scope, 1)} {self.pick(COMPARED)} {self.integer(scope, 1)}"

    def condition_chain(self, scope: Scope, depth: int) -> str:
        if self.chance(40):
            return f"{self.pick(('0', '-1'))} <= {self.integer(scope, 1)} < {self.integer(scope, 1)}"
        return f"{self.number(scope, 2)} < {self.number(scope, 2)} <= {self.pick(('1.0', '2.0', '0.5'))}"

    def condition_parity(self, scope: Scope, depth: int) -> str:
        return f"{self.integer(scope, 1)} % {self.pick('23')} {self.pick(('==', '!=', '<'))} {self.pick('012')}"

    def condition_both(self, scope: Scope, depth: int) -> str:
        return f"({self.condition(scope, depth)} {self.pick(('and', 'or'))} {self.condition(scope, depth)})"

    def condition_not(self, scope: Scope, depth: int) -> str:
        return f"not ({self.condition(scope, depth)})"

    def condition_name(self, scope: Scope, depth: int) -> str:
        return self.pick(scope.of("bool") or ["True"])

    def condition_member(self, scope: Scope, depth: int) -> str:
        return f"{self.integer(scope, 1)} {self.pick(('in', 'not in'))} {self.pick(('(1, 3)', '(0, 2, 4)', '(-1, 1)'))}"

    def condition_truthy(self, scope: Scope, depth: int) -> str:
        return self.pick((f"({self.integer(scope, 1)})", f"({self.number(scope, 2)})"))

    def condition_finite(self, scope: Scope, depth: int) -> str:
        x, y = self.number(scope, 2), self.number(scope, 2)
        return self.pick(("math.isfinite({0})", "math.isnan({0})", "math.isclose({0}, {1})", "np.isfinite({0})")).format(x, y)

    def condition_any(self, scope: Scope, depth: int) -> str:
        rows = scope.of("row", "view")
        if not rows:
            return self.condition_compare(scope, depth)
        r, x = self.pick(rows), self.number(scope, 2)
        return self.pick(("np.any({r} > {x})", "({r} < {x}).all()", "np.all({r} != {x})", "({r} >= {x}).any()")).format(r=r, x=x)

    def condition_instance(self, scope: Scope, depth: int) -> str:
        names = scope.of("sum") or scope.of("float", "int")
        cls = self.pick(("int", "float", "bool", "np.float64", "(int, np.floating)", "np.integer"))
        return f"isinstance({self.pick(names)}, {cls})" if names else "True"
