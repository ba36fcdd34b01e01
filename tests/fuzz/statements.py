"""Statements of generated programs: `statement` draws one from the table of `features`, as a list of lines."""

from __future__ import annotations

from fuzz.expressions import Expressions
from fuzz.features import BINDS, COMPOUND
from fuzz.scope import Helper, Scope

ERRORS = ("ValueError", "ZeroDivisionError", "RuntimeError", "ArithmeticError", "IndexError", "KeyError", "OverflowError")
DEEPEST = 4
PLAIN_KINDS = ("float", "int", "bool", "number", "matrix", "function", "big", "sum", "small", "ints", "nest", "point", "pair",
               "class")


def indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines or ["pass"]]


class Statements(Expressions):
    """Draws statements; `budget` is what is left of the program's size."""

    budget = 0

    def block(self, scope: Scope, most: int = 3, first: tuple[str, ...] = ()) -> list[str]:
        """The lines of a block, not indented; what it bound may be unbound after it."""
        lines = list(first)
        for _ in range(self.rng.randint(1, most)):
            if self.budget > 0:
                lines += self.statement(scope)
        return lines or [self.assignment(scope, self.damped(scope))]

    def statement(self, scope: Scope) -> list[str]:
        self.budget -= 1
        form = self.draw("statement")
        if form in COMPOUND and scope.depth >= DEEPEST or scope.captured and form in BINDS:
            form = "assign"
        lines: list[str] = getattr(self, "write_" + form)(scope)
        return lines

    def inner(self, scope: Scope, most: int = 3, trips: int = 0, **bound: str) -> list[str]:
        """An indented block in a scope of its own."""
        block = scope.inside(trips=trips, **bound)
        lines = self.block(block, most)
        scope.left(block)
        return indented(lines)

    # -- targets ---------------------------------------------------------------------------------------------------

    def target(self, scope: Scope) -> str:
        """A float variable to assign; now and then a new one."""
        names = scope.assignable("float")
        if not names or self.chance(8):
            return scope.bind(self.fresh("t"), "float")
        return self.pick(names)

    def assignment(self, scope: Scope, text: str) -> str:
        """An assignment of this expression: drawn before, so that it does not read what it binds."""
        return f"{self.target(scope)} = {text}"

    def array(self, scope: Scope) -> str | None:
        """An array whose elements may be assigned."""
        names = scope.of("row", "view", "matrix")
        return self.pick(names) if names else None

    # -- simple statements -----------------------------------------------------------------------------------------

    def write_assign(self, scope: Scope) -> list[str]:
        return [self.assignment(scope, self.damped(scope))]

    def write_augment(self, scope: Scope) -> list[str]:
        names = scope.assignable("float")
        if not names:
            return self.write_assign(scope)
        op = self.pick(("+=", "-=", "*=", "+=", "/="))
        if op == "/=" and (self.safe or self.chance(60)):
            return [f"{self.pick(names)} /= 1.5 + abs({self.number(scope, 1)})"]
        return [f"{self.pick(names)} {op} {self.damped(scope)}"]

    def write_count(self, scope: Scope) -> list[str]:
        names = [n for n in scope.assignable("int") if n not in scope.indices]
        if not names or self.chance(5):
            text = f"({self.integer(scope)}) % 4"
            return [f"{scope.bind(self.fresh('k'), 'int')} = {text}"]
        name = self.pick(names)
        if not self.safe and self.chance(20):
            k = self.integer(scope, 1)
            return [self.pick((f"{name} += {k}", f"{name} = {name} * 3 + {k}", f"{name} *= 77777"))]
        return [f"{name} = ({self.integer(scope)}) % {self.pick('4567')}"]

    def write_flag(self, scope: Scope) -> list[str]:
        text = self.condition_compare(scope, 1) if self.chance(50) else self.condition_parity(scope, 1)
        names = scope.assignable("bool")
        return [f"{self.pick(names) if names else scope.bind(self.fresh('c'), 'bool')} = {text}"]

    def write_store(self, scope: Scope) -> list[str]:
        name = self.array(scope)
        return [f"{self.place(scope, name)} = {self.damped(scope)}"] if name else self.write_assign(scope)

    def write_add(self, scope: Scope) -> list[str]:
        name = self.array(scope)
        if name is None:
            return self.write_augment(scope)
        return [f"{self.place(scope, name)} {self.pick(('+=', '+=', '-=', '*='))} {self.damped(scope)}"]

    def write_swap(self, scope: Scope) -> list[str]:
        names = scope.assignable("float")
        if len(names) < 2:
            return self.write_assign(scope)
        one, two = self.rng.sample(names, 2)
        return [f"{one}, {two} = {self.pick((two, self.damped(scope)))}, {self.damped(scope)}"]

    def write_exchange(self, scope: Scope) -> list[str]:
        name = self.array(scope)
        if name is None:
            return self.write_swap(scope)
        one, two = self.place(scope, name), self.place(scope, name)
        if self.chance(20) and len(scope.assignable("row")) > 1:
            rows = self.rng.sample(scope.assignable("row"), 2)
            return [f"{rows[0]}, {rows[1]} = {rows[1]}, {rows[0]}"]
        return [f"{one}, {two} = {two}, {one}"]

    def write_pair(self, scope: Scope) -> list[str]:
        known = self.callable(scope, "pair")
        text = f"({self.damped(scope)}, {self.damped(scope)})"
        if known and self.chance(60):
            text = self.called(scope, self.rng.choice(known))
        names = scope.assignable("float")
        if len(names) >= 2 and self.chance(50):
            one, two = self.rng.sample(names, 2)
            return [f"{one}, {two} = {text}"]
        pairs = scope.assignable("pair")
        return [f"{self.pick(pairs) if pairs else scope.bind(self.fresh('p'), 'pair')} = {text}"]

    def write_call(self, scope: Scope) -> list[str]:
        results = [r for r in ("bool", "none", "float") if self.callable(scope, r)]
        if not results:
            return self.write_assign(scope)
        result = self.pick(results)
        text = self.called(scope, self.rng.choice(self.callable(scope, result)))
        ints = [n for n in scope.assignable("int") if n not in scope.indices]
        if result == "float":
            return [self.assignment(scope, text)]
        if result == "bool" and ints and self.chance(40):
            name = self.pick(ints)
            return [f"{name} = {name} % 5 + {text}"]
        if result == "bool" and self.chance(50):
            return [f"if {text}:", *self.inner(scope, 2)]
        return [text]

    # -- whole arrays ----------------------------------------------------------------------------------------------

    def write_whole(self, scope: Scope) -> list[str]:
        names = scope.of("row")
        if not names:
            return self.write_store(scope)
        name, text = self.pick(names), self.row(scope)
        if self.safe:
            text = f"({text}) * 0.25"
        if self.chance(50) and name not in scope.fixed:
            return [f"{name} = {text} + 0.0" if text.isidentifier() else f"{name} = {text}"]
        return [self.pick((f"{name} += {text}", f"{name}[:] = {text}", f"{name} *= {self.damped(scope)}", f"{name} -= {text}"))]

    def write_slice(self, scope: Scope) -> list[str]:
        names = scope.of("row", "view")
        if not names:
            return self.write_store(scope)
        v = self.pick(names)
        return [self.pick((
            f"{v}[1:] = {v}[:-1]", f"{v}[:-1] = {v}[1:]", f"{v}[:] = {v}[::-1]", f"{v}[::2] = {self.damped(scope)}",
            f"{v}[1:] += {v}[:-1] * 0.5", f"{v}[:] = {self.damped(scope)}", f"{v}[1:] *= {self.damped(scope)}",
        ))]

    def write_alias(self, scope: Scope) -> list[str]:
        names = scope.assignable("row")
        if not names:
            return self.write_fresh(scope)
        name = self.pick(names)
        return [f"{name} = {self.pick(scope.of('row'))}{self.pick(('', '', '.copy()', '[:]'))}"]

    def write_view(self, scope: Scope) -> list[str]:
        rows, tables = scope.of("row"), scope.of("matrix")
        k = self.integer(scope, 1)
        cuts: tuple[str, ...] = ("[1:]", "[:-1]", "[::2]", "[::-1]", f"[{k} % 2:]")
        cuts += ("[-1:0:-1]", f"[-1:-3 - {k} % 3:-1]", f"[1::-1 - {k} % 2]", "[:0:-1]")
        if not self.safe:
            cuts += (f"[{k}:]", f"[:{k}]", f"[::{k}]", f"[{k}::-1]", f"[:{k}:-2]", f"[-1:{k}:-1]", f"[0:2:{k}]", f"[-1:0:{k}]")
        options = [f"{r}{cut}" for r in rows for cut in cuts]
        options += [f"{m}[{self.index(scope, f'{m}.shape[0]', 'rows')}]" for m in tables]
        options += [f"{m}[:, {self.index(scope, f'{m}.shape[1]', 'columns')}]" for m in tables] + [f"{m}.T[0]" for m in tables]
        known = self.callable(scope, "view")
        if known and self.chance(60):
            options = [self.called(scope, self.rng.choice(known))]
        if not options:
            return self.write_fresh(scope)
        text, name = self.pick(options), self.fresh("v")
        scope.bind(name, "view")
        return [f"{name} = {text}", *self.write_store(scope.inside())]

    def write_made(self, scope: Scope) -> list[str]:
        """An array of another length, of what numpy computes."""
        rows, tables = scope.of("row", "view"), scope.of("matrix")
        options = [f"np.linspace({self.number_leaf(scope, 1)}, 1.0, 3)", f"np.arange(3) * {self.number_leaf(scope, 1)}"]
        options += [f"np.outer({r}, {r})[{self.pick(('0', '-1'))}]" for r in rows] + [f"np.cumsum({r})" for r in rows]
        options += [f"{m} @ {m}[0]" for m in tables] + [f"{m}.sum(axis=0)" for m in tables]
        options += [f"np.zeros(({m}.shape[0], 2))[:, 1]" for m in tables]
        k, n = self.integer(scope, 1), self.integer_name(scope, 1)
        options += [f"np.zeros({k} % 3 + 2)", f"np.full(abs({n}) % 4 + 1, 0.5)"] * 2
        if not self.safe:
            options += [f"np.zeros({n})", f"np.ones({k} + 1)"]
        text, name = self.pick(options), self.fresh("v")
        scope.bind(name, "view")
        return [f"{name} = {text}", *self.write_store(scope.inside())]

    def write_fresh(self, scope: Scope) -> list[str]:
        rows = scope.of("row")
        like = self.pick(rows) if rows else None
        text = self.pick((f"np.zeros(len({like}))", f"np.ones_like({like})", f"{like}.copy()", f"np.full(len({like}), 0.5)",
                          f"np.zeros_like({like})", f"np.empty_like({like})")) if like else "np.ones(4)"
        names = scope.assignable("row")
        name = self.pick(names) if names and self.chance(50) else self.fresh("b")
        if "empty" in text and name in names:
            text = text.replace("empty", "zeros")  # what fills it may read it
        made = [f"{name} = {text}"]
        if "empty" in text:
            made.append(f"{name}[:] = {self.damped(scope)}")
        scope.bind(name, "row")
        return [*made, f"{self.place(scope, name)} = {self.damped(scope)}"]

    def write_rebind(self, scope: Scope) -> list[str]:
        """A loop counter is assigned."""
        counters = [n for n in scope.of("int") if n.startswith("i") and n not in scope.indices]
        if not counters:
            return self.write_count(scope)
        name = self.pick(counters)
        return [f"{name} = ({name} + 1) % 3"]

    # -- branches --------------------------------------------------------------------------------------------------

    def write_if(self, scope: Scope) -> list[str]:
        lines = [f"if {self.condition(scope)}:", *self.inner(scope)]
        while self.chance(25):
            lines += [f"elif {self.condition(scope)}:", *self.inner(scope, 2)]
        if self.chance(50):
            lines += ["else:", *self.inner(scope, 2)]
        return lines

    def write_exit(self, scope: Scope) -> list[str]:
        leave = self.pick(("break", "continue", "return")) if scope.loops else "return"
        if leave == "return":
            leave = self.returned(scope)
        before = self.write_assign(scope.inside()) if self.chance(30) else []
        return [f"if {self.condition(scope)}:", *indented([*before, leave])]

    def returned(self, scope: Scope) -> str:
        """A return statement with what this function gives."""
        if scope.result == "float":
            return f"return {self.number(scope, 1)}"
        if scope.result == "pair":
            return f"return {self.number(scope, 1)}, {self.number(scope, 2)}"
        if scope.result == "bool":
            return f"return {self.pick(('True', 'False', self.condition_compare(scope, 1)))}"
        if scope.result == "count":
            return f"return {self.number(scope, 1)}, {self.integer(scope)}"
        if scope.result == "array":
            return f"return {self.number(scope, 1)}, {self.pick(scope.of('row'))}"
        if scope.result == "flow":
            return "return"
        if scope.result == "structure":
            return f"return {self.number(scope, 1)}, {self.pick(self.returnable(scope) or ['None'])}"
        if scope.result == "number":
            return f"return {self.pick((self.number(scope, 1), self.number(scope, 1), self.integer(scope)))}"
        if scope.result == "maybe":
            return f"return {self.pick((self.number(scope, 1), self.number(scope, 1), 'None'))}"
        return "return"

    def returnable(self, scope: Scope) -> list[str]:
        """Names of lists, dicts, objects."""
        return [n for n, k in scope.kinds.items() if n.isidentifier() and k not in PLAIN_KINDS]

    def write_choice(self, scope: Scope) -> list[str]:
        """A function that is chosen at run time."""
        known = [h.name for h in self.callable(scope, "float") if h.params == ("float", "float")]
        one = [h.name for h in self.callable(scope, "float") if h.params == ("float",)]
        g = self.fresh("g")
        if known and self.chance(40):
            options, count = [*known, "math.atan2"], 2
        else:
            options, count = [*one, "math.sin", "math.cos", "math.tanh", "abs", "halved"], 1
        first, second = self.pick(options), self.pick(options)
        helper = Helper(g, ("float",) * count, "float", 8)
        lines = [self.pick((
            f"{g} = {first} if {self.condition(scope)} else {second}", f"{g} = ({first}, {second})[{self.integer(scope)} % 2]",
        ))]
        if self.chance(40):
            lines = [f"{g} = {first}", f"if {self.condition(scope)}:", f"    {g} = {second}"]
        if scope.trips * 8 > self.profile.trips:
            return self.write_assign(scope)
        scope.helpers.append(helper)
        scope.fixed.add(g)
        return [*lines, self.assignment(scope, self.called(scope, helper))]

    def write_mode(self, scope: Scope) -> list[str]:
        """A string, chosen and tested at run time."""
        name = self.fresh("mode")
        lines = [f"{name} = 'a'", f"if {self.condition(scope)}:", f"    {name} = {self.pick(('`b`', '`c`'))}".replace("`", "'")]
        if self.chance(30):
            lines += [f"elif {self.condition(scope)}:", f"    {name} = 'c'"]
        return [*lines, *self.write_assign(scope), f"if {name} == 'b':", *self.inner(scope, 2),
                f"elif {name} != 'a':", *self.inner(scope, 1)]

    def write_none(self, scope: Scope) -> list[str]:
        """None until a number is found."""
        best, i = self.fresh("best"), self.fresh("i")
        rows = scope.of("row", "view")
        if not rows or scope.trips * 6 > self.profile.trips:
            return self.write_if(scope)
        v = self.pick(rows)
        lines = [
            f"{best} = None", f"for {i} in range(len({v})):", f"    if {v}[{i}] > {self.number(scope, 2)}:",
            f"        if {best} is None or {v}[{i}] {self.pick(('<', '>'))} {best}:", f"            {best} = {v}[{i}]",
        ]
        other = "pass" if self.safe or self.chance(70) else f"{self.target(scope.inside())} = {best} * 2.0"
        return [*lines, f"if {best} is None:", *indented([*self.block(scope.inside(), 1), other]), "else:",
                f"    {self.target(scope.inside())} = {best} * {self.number(scope, 2)}"]

    def write_merge(self, scope: Scope) -> list[str]:
        """A sum that starts as an int and becomes a float on the way."""
        name, i = self.fresh("m"), self.fresh("i")
        if scope.trips * 4 > self.profile.trips:
            return self.write_assign(scope)
        inside = scope.inside(trips=4, **{i: "int"})
        lines = [f"{name} = {self.pick(('0', '1', '0'))}", f"for {i} in range({self.integer(scope)} % 4):",
                 f"    {name} = {name} + {self.damped(inside)}"]
        if self.chance(30):
            lines.insert(2, f"    if {self.condition(inside)}:")
            lines[3] = "    " + lines[3]
        scope.bind(name, "sum")
        texts = (name, f"math.sin({name})", self.number_sum(scope, 1), self.number_sum(scope, 1))
        return [*lines, self.assignment(scope, self.pick(texts))]

    def write_closure(self, scope: Scope) -> list[str]:
        """A local function that reads, and perhaps changes, variables of this one."""
        name = self.fresh("local")
        block = dataclass_copy(scope, name)
        text = [f"    return {self.number(block, 1)}"]
        writes = [n for n in scope.assignable("float") if not scope.captured]
        if writes and self.chance(30):
            target = self.pick(writes)
            outer = [f"    nonlocal {target}"] if target.isidentifier() else []
            text = [*outer, f"    {target} = {self.damped(block)}", *text]
        elif scope.of("row") and self.chance(30):
            text = [f"    {self.place(block, self.pick(scope.of('row')))} += {self.damped(block)}", *text]
        elif self.chance(40):
            text = [f"    if {self.condition(block)}:", f"        return {self.number(block, 1)}", *text]
        if scope.captured:
            return self.write_assign(scope)
        helper = Helper(name, ("float",), "float", 2)
        scope.helpers.append(helper)
        lines = [f"def {name}(w):", *text]
        if len(text) == 1 and self.chance(40):
            lines = [f"{name} = lambda w: {text[0].removeprefix('    return ')}"]
        return [*lines, self.assignment(scope, self.called(scope, helper))]

    # -- errors ----------------------------------------------------------------------------------------------------

    def write_unbound(self, scope: Scope) -> list[str]:
        """A variable that only one branch binds."""
        name = self.fresh("u")
        lines = [f"if {self.condition(scope)}:", f"    {name} = {self.damped(scope)}"]
        if self.chance(30):
            return [*lines, *self.write_assign(scope), self.assignment(scope, f"{name} + 0.5")]
        return [*lines, f"if {self.condition(scope)}:", f"    {self.target(scope.inside())} = {name} * 0.5"]

    def write_raise(self, scope: Scope) -> list[str]:
        error = self.pick(ERRORS)
        k, x = self.integer_name(scope, 1), self.number_leaf(scope, 1)
        what = self.pick(("'no'", f"f'bad {{{k}}}'", "'a', 2", f'f"{{{x}}} is out"'))
        if error == "KeyError":
            what = "'no'"
        return [f"if {self.condition(scope)}:", f"    raise {error}{self.pick((f'({what})', f'({what})', ''))}"]

    def write_assert(self, scope: Scope) -> list[str]:
        message = self.pick(("", ", 'must hold'", f", f'got {{{self.integer_name(scope, 1)}}}'"))
        return [f"assert {self.condition(scope)}{message}"]

    def write_try(self, scope: Scope) -> list[str]:
        """Errors that are caught: in the block itself, or from a callee."""
        raised, inside = self.pick(ERRORS), scope.inside()
        body = self.inner(scope, 2)
        trouble = self.pick((
            f"if {self.condition(scope)}:\n    raise {raised}('x')", f"{self.target(inside)} = 1.0 / {self.number(scope, 2)}",
            f"{self.target(inside)} = math.sqrt({self.number(scope, 2)})", f"assert {self.condition(scope)}",
        ))
        body += indented(trouble.split("\n"))
        if self.chance(50):
            body += self.inner(scope, 1)
        lines = ["try:", *body]
        form = self.pick(("except", "except", "else", "finally", "both"))
        if form != "finally":
            some = self.pick((raised, f"({raised}, ArithmeticError)", "ValueError"))
            caught = "Exception" if self.safe or self.chance(40) else some
            lines += [f"except {caught}:", *self.inner(scope, 2)]
        if form in ("else", "both"):
            lines += ["else:", *self.inner(scope, 1)]
        if form in ("finally", "both"):
            lines += ["finally:", *self.inner(scope, 1)]
            if form == "finally" and self.safe:
                lines = ["try:", *indented(lines), "except Exception:", *self.inner(scope, 1)]
        return lines


def dataclass_copy(scope: Scope, name: str) -> Scope:
    """The scope of a closure's body: its parameter, and what the function around it has bound for certain."""
    block = scope.inside(w="float")
    block.captured = True
    block.helpers = [h for h in block.helpers if h.name != name and h.cost <= 2]
    return block
