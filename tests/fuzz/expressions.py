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
LITERALS = ("0.5", "1.0", "0.25", "-0.75", "1.5", "2.0", "0.1", "-1.0", "3.0", "0.0")
COMPARED = ("<", "<=", ">", ">=", "<", ">", "==", "!=")


class Expressions:
    """Draws expressions as text. What is `safe` raises nothing and stays finite."""

    def __init__(self, rng: random.Random, profile: Profile, extra: Iterable[str] = ()) -> None:
        self.rng = rng
        self.profile = profile
        self.safe = profile.safe
        self.tables = {t: weighted(t, profile, extra) for t in ("statement", "number", "integer", "condition")}
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
        form = ("np.sum({})", "{}.sum()", "np.max({})", "{}.min()", "sum({})", "max({})", "np.mean({})", "{}.mean()")
        return self.pick(form).format(self.pick(rows))

    def number_scalar(self, scope: Scope, depth: int) -> str:
        x, y = self.number(scope, depth), self.number(scope, depth)
        return self.pick((
            "np.sqrt(1.0 + {0} * {0})", "np.abs({0})", "np.maximum({0}, {1})", "np.minimum({0}, {1})", "float({0})",
            "np.float64({0})", "GAIN * {0}", "np.sign({0})",
        )).format(x, y)

    def number_truth(self, scope: Scope, depth: int) -> str:
        return f"({self.condition(scope, 1)}) * {self.number(scope, depth)}"

    # -- parts of arrays and tuples --------------------------------------------------------------------------------

    def element(self, scope: Scope) -> str:
        """An element of an array, or of a pair: an expression that can be read."""
        names = scope.of("row", "view", "matrix", "pair")
        if not names:
            return self.number_leaf(scope, 1)
        name = self.pick(names)
        return f"{name}[{self.pick('01')}]" if scope.kinds[name] == "pair" else self.place(scope, name)

    def place(self, scope: Scope, name: str) -> str:
        """An element of this array: it can be read and assigned."""
        if scope.kinds[name] == "matrix":
            i, j = self.index(scope, f"{name}.shape[0]", "rows"), self.index(scope, f"{name}.shape[1]", "columns")
            return self.pick((f"{name}[{i}, {j}]", f"{name}[{i}, {j}]", f"{name}[{i}][{j}]"))
        return f"{name}[{self.index(scope, f'len({name})', scope.kinds[name])}]"

    def index(self, scope: Scope, length: str, what: str) -> str:
        """An index into an axis of this length."""
        counters = [n for n, w in scope.indices.items() if w == what and n in scope.kinds]
        if counters and self.chance(60):
            return self.pick(counters)
        if not self.safe and self.chance(8):
            return self.integer(scope, 1)
        if self.chance(15):
            return self.pick(("0", "-1"))
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
            "np.sqrt(1.0 + {r} * {r})",
        )).format(r=r, s=name, x=x)

    # -- calls -----------------------------------------------------------------------------------------------------

    def callable(self, scope: Scope, result: str) -> list[Helper]:
        """Helpers with this result that can be afforded here and whose arguments there are."""
        return [h for h in scope.helpers if h.result == result and h.cost * scope.trips <= self.profile.trips
                and all(p not in ("row", "view", "matrix") or scope.of(*self.fitting(p)) for p in h.params)]

    @staticmethod
    def fitting(kind: str) -> tuple[str, ...]:
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
