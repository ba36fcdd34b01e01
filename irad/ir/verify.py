"""The verifier. What holds for every function, between any two passes:

Flow
- There is at least one block. The entry (`blocks[0]`) has no parameters, and no edge leads to it.
- Every edge leads to a block of the function; a block, an edge or an instruction stands in one place only (not shared).
- An edge gives as many arguments as its target has parameters, of the same types.
- The condition of a branch is a `bool` (in form `py`: any object).
- A `try` stands in form `py` only.
- `return` gives the function's results, in number and type; a `raise` has one operand for each `{}` of its message
  (without a message: those that its symbol takes).

Values
- A value is defined once: a parameter of the function, a parameter of a block, or a result of an instruction.
- An operand is a constant, or its definition comes before the use on every way from the entry. In blocks that cannot be
  reached it is enough that the value is defined somewhere in the function.
- A constant is `undef` or a Python number of its type's kind, and in range.
- In form `py` all values have type `any`; in all other forms none has.

Instructions
- The results have the types that the rule (the op table) gives for the operands and attributes.
- Where an instruction names a `callee`, the module has it; of a call the operands fit its parameters and the results its
  results. In form `typed` the callee may be the derivative "vjp:NAME:..." or "jvp:NAME:..." of a function of the module.

What else a form asks for is checked by the pass that brings it about: canonical loops in `passes.loopform.check_loops`,
ops of the right level in `passes.tools.verify_module`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import Formatter

from irad.ir.build import TypeRule
from irad.ir.core import UNDEF, Block, Branch, Const, Edge, Function, Instr, Module, Raise, Return, Try, Value
from irad.ir.types import ANY, BOOL, Scalar, Type


class VerifyError(AssertionError):
    """IR that breaks an invariant; `problems` lists all of them."""

    def __init__(self, function: Function, problems: Sequence[str]) -> None:
        self.function = function
        self.problems = list(problems)
        super().__init__(f"@{function.name}: " + "\n  ".join(["not valid IR", *problems]))


def verify(function: Function, rule: TypeRule, module: Module | None = None, form: str = "typed") -> None:
    """Check every invariant listed above.

    Raises
    ------
    VerifyError
        With all problems found, if there are any.
    """
    problems = list(_flow(function))
    if not problems:  # values are looked at only where the flow makes sense
        checker = _Values(function, form)
        problems += [*checker.definitions(), *checker.operands(), *_types(function, rule, module, form)]
    if problems:
        raise VerifyError(function, problems)


def _flow(function: Function) -> Iterator[str]:
    if not function.blocks:
        yield "there is no block"
        return
    if function.entry.params:
        yield "the entry block has parameters"
    known = set(function.blocks)
    if len(known) != len(function.blocks):
        yield "a block is listed twice"
    seen: set[Edge | Instr] = set()
    for block in function.blocks:
        for edge in block.edges:
            if edge.target not in known:
                yield f"^{block.name}: an edge to ^{edge.target.name}, which is not in the function"
            elif edge.target is function.entry:
                yield f"^{block.name}: an edge to the entry"
            else:
                yield from _edge(block, edge)
        parts: list[Edge | Instr] = [*block.edges, *block.instrs]
        for part in parts:
            if part in seen:
                yield f"^{block.name}: {part!r} stands in two places"
            seen.add(part)


def _edge(block: Block, edge: Edge) -> Iterator[str]:
    params = edge.target.params
    if len(edge.args) != len(params):
        yield f"^{block.name}: {len(edge.args)} arguments for the {len(params)} parameters of ^{edge.target.name}"
        return
    for arg, param in zip(edge.args, params, strict=True):
        if arg.type != param.type:
            yield f"^{block.name}: {arg!r} is passed for {param!r} of ^{edge.target.name}"


class _Values:
    """Definitions and uses of one function."""

    def __init__(self, function: Function, form: str) -> None:
        self.function = function
        self.form = form
        self.home: dict[Value, Block | None] = {}  # None: a parameter of the function
        self.doms = _dominators(function)
        self.bit = {block: 1 << i for i, block in enumerate(function.blocks)}

    def definitions(self) -> Iterator[str]:
        for param in self.function.params:
            yield from self._define(param, None)
        for block in self.function.blocks:
            for value in block.params:
                yield from self._define(value, block)
            for instr in block.instrs:
                for value in instr.results:
                    yield from self._define(value, block)

    def _define(self, value: Value, home: Block | None) -> Iterator[str]:
        if isinstance(value, Const):
            yield f"the constant {value!r} is used as a definition"
        elif value in self.home:
            yield f"{value!r} is defined twice"
        self.home[value] = home
        if (value.type == ANY) != (self.form == "py"):
            yield f"{value!r} has a type that form {self.form} does not have"

    def operands(self) -> Iterator[str]:
        for block in self.function.blocks:
            before = set(block.params)
            for instr in block.instrs:
                for arg in instr.args:
                    yield from self._use(arg, block, before, instr.op)
                before.update(instr.results)
            ends = [*block.term.args, *(a for e in block.edges for a in e.args)]
            for arg in ends:
                yield from self._use(arg, block, before, "the end of the block")

    def _use(self, value: Value, block: Block, before: set[Value], where: str) -> Iterator[str]:
        if isinstance(value, Const):
            if not _const_fits(value, self.form):
                yield f"^{block.name}: {value!r} in {where} is not a constant of its type"
            return
        if value not in self.home:
            yield f"^{block.name}: {value!r} in {where} is not defined in the function"
            return
        home = self.home[value]
        reached = self.doms.get(block)
        if home is None or reached is None:
            return
        if home is block:
            if value not in before:
                yield f"^{block.name}: {value!r} in {where} is used above its definition"
        elif not reached & self.bit[home]:
            yield f"^{block.name}: {value!r} in {where} is defined in ^{home.name}, which need not come before"


def _dominators(function: Function) -> dict[Block, int]:
    """Per reachable block the set of its dominators, as bits by position in `function.blocks`."""
    order: list[Block] = []
    seen = {function.entry}
    stack = [(function.entry, iter(function.entry.successors))]
    while stack:
        block, rest = stack[-1]
        following = next((b for b in rest if b not in seen), None)
        if following is None:
            order.append(block)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(following.successors)))
    order.reverse()
    bit = {block: 1 << i for i, block in enumerate(function.blocks)}
    preds: dict[Block, list[Block]] = {b: [] for b in order}
    for block in order:
        for target in block.successors:
            preds[target].append(block)
    everything = (1 << len(function.blocks)) - 1
    doms = dict.fromkeys(order, everything)
    doms[function.entry] = bit[function.entry]
    changed = True
    while changed:
        changed = False
        for block in order[1:]:
            new = everything
            for pred in preds[block]:
                new &= doms[pred]
            new |= bit[block]
            if new != doms[block]:
                doms[block] = new
                changed = True
    return doms


def _const_fits(c: Const, form: str) -> bool:
    if form == "py" or c.type == ANY:
        return form == "py" and c.type == ANY
    if c.value is UNDEF:
        return True
    if not isinstance(c.type, Scalar):
        return False
    if c.type == BOOL:
        return isinstance(c.value, bool)
    if c.type.is_float:
        return isinstance(c.value, float)
    if isinstance(c.value, bool) or not isinstance(c.value, int):
        return False
    low = -(1 << (c.type.bits - 1)) if c.type.family == "i" else 0
    return low <= c.value < low + (1 << c.type.bits)


def _types(function: Function, rule: TypeRule, module: Module | None, form: str) -> Iterator[str]:
    for block in function.blocks:
        for instr in block.instrs:
            problem = _instr(instr, rule, module)
            if problem:
                yield f"^{block.name}: {problem}"
        term = block.term
        if isinstance(term, Branch) and term.cond.type != (ANY if form == "py" else BOOL):
            yield f"^{block.name}: the condition of a branch is {term.cond!r}"
        elif isinstance(term, Return) and [v.type for v in term.args] != function.results:
            due = _types_text(function.results)
            yield f"^{block.name}: return of {_words(term.args)} from a function with results {due}"
        elif isinstance(term, Raise) and not _message_fits(term):
            yield f"^{block.name}: {len(term.args)} operands for the message {term.message!r}"
        elif isinstance(term, Try) and form != "py":
            yield f"^{block.name}: a `try` in form {form}"


def _message_fits(term: Raise) -> bool:
    """One operand for each place in the message; without a message the symbol knows what to make of them."""
    places = sum(name is not None for _, name, _, _ in Formatter().parse(term.message))
    return places == len(term.args) or (not term.message and term.exc.startswith("@"))


def _instr(instr: Instr, rule: TypeRule, module: Module | None) -> str:
    try:
        expected = list(rule(instr.op, instr.args, instr.attrs))
    except Exception as problem:
        return f"{instr.op}: {type(problem).__name__}: {problem}"
    if [r.type for r in instr.results] != expected:
        return f"{instr.op} has results {_words(instr.results)}; its row says {_types_text(expected)}"
    callee = instr.attrs.get("callee")
    if callee is None or module is None:
        return ""
    _, colon, rest = callee.partition(":")  # form typed calls derivatives as "vjp:NAME:..."
    target = module.functions.get(rest.partition(":")[0] if colon else callee)
    if target is None:
        return f"{instr.op} of @{callee}, which is not in the module"
    if colon or instr.op != "call":
        return ""
    if [a.type for a in instr.args] != [p.type for p in target.params]:
        return f"{instr.op} of @{callee} with {_words(instr.args)}; it takes {_words(target.params)}"
    if expected != target.results:
        return f"{instr.op} of @{callee} gives {_types_text(expected)}; it returns {_types_text(target.results)}"
    return ""


def _words(values: Sequence[Value]) -> str:
    return "(" + ", ".join(map(repr, values)) + ")"


def _types_text(types: Sequence[Type]) -> str:
    return "(" + ", ".join(map(str, types)) + ")"
