"""Derivative rules as formulas: a rule is run on symbols, and what it does is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from irad.ir.core import Const, Instr, Value
from irad.ops.expr import Term
from irad.ops.table import OPS, Op, unknown, zero

INFIX = {"eq": (" == ", 1), "lt": (" < ", 1), "le": (" <= ", 1), "gt": (" > ", 1), "add": (" + ", 2), "sub": (" - ", 2),
         "mul": ("*", 3), "div": ("/", 3), "pow": ("**", 5)}
NEGATION, ATOM = 4, 6


class Symbol(Term):
    """A term that only writes itself down; `level` is how tightly its outermost operator binds."""

    __slots__ = ("level", "text")

    def __init__(self, text: str, level: int = ATOM) -> None:
        self.text = text
        self.level = level

    def __str__(self) -> str:
        return self.text

    def apply(self, op: str, *args: Any, **attrs: Any) -> Symbol:
        terms = [a if isinstance(a, Symbol) else Symbol(_number(a)) for a in args]
        if op == "neg":
            return Symbol("-" + terms[0].within(NEGATION), NEGATION)
        if op not in INFIX:
            return Symbol(f"{op}({', '.join(map(str, terms))})")
        sign, level = INFIX[op]
        left, right = terms
        # exactly as evaluated: a*(b*c) is not a*b*c in floating point; (a ** b) ** c needs them on the left
        tighter_right = level + (op != "pow")
        return Symbol(left.within(level + (op == "pow")) + sign + right.within(tighter_right), level)

    def within(self, level: int) -> str:
        """This text as an operand of an operator of that level."""
        return self.text if self.level >= level else f"({self.text})"

    def cast_like(self, other: Any) -> Symbol:
        return Symbol(f"cast({self.text})")


def _number(value: float) -> str:
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


def operand_names(row: Op) -> tuple[str, ...]:
    """The names that the rules of an op give its operands."""
    for rule in row.d or ():
        if callable(rule) and len(_parameters(rule)) == len(row.d or ()) + 2:
            return _parameters(rule)[1:-1]
    return tuple("xyzuvw"[: len(row.d or ())])


def _parameters(rule: Callable[..., Any]) -> tuple[str, ...]:
    code = rule.__code__
    return code.co_varnames[: code.co_argcount]


def derivatives(name: str) -> dict[str, str]:
    """What each operand's cotangent receives, in terms of the operands, the result `r` and its cotangent `g`.

    Examples
    --------
    >>> derivatives("mul")
    {'x': 'g*y', 'y': 'g*x'}
    """
    row = OPS[name]
    found: dict[str, str] = {}
    names = operand_names(row)
    for operand, rule in zip(names, row.d or (), strict=True):
        if rule is zero:
            found[operand] = "0"
        elif rule is unknown:
            found[operand] = "unknown"
        else:
            assert callable(rule)
            found[operand] = str(rule(Symbol("g"), *map(Symbol, names), Symbol("r")))
    return found


def value_text(
    value: Value, makers: Mapping[Value, Instr], names: Mapping[Value, str], depth: int = 8,
) -> Symbol | None:
    """A value as a formula in terms of `names`; None if it is not made of them by a few ops."""
    if isinstance(value, Const):
        return Symbol(repr(value.value))
    if value in names:
        return Symbol(names[value])
    instr = makers.get(value)
    if instr is None or depth == 0:
        return None
    if instr.op == "dim":
        base = names.get(instr.args[0])
        return Symbol(f"{base}.shape[{instr.attrs['axis']}]") if base else None
    terms = [value_text(a, makers, names, depth - 1) for a in instr.args]
    if any(t is None for t in terms) or not OPS[instr.op].pure or len(terms) != len(instr.args):
        return None
    found = [t for t in terms if t is not None]
    if instr.op == "select":
        return _as_max(instr, makers, found)
    if instr.op == "cast":
        return found[0]
    return found[0].apply(instr.op, *found) if found else None


def _as_max(instr: Instr, makers: Mapping[Value, Instr], terms: list[Symbol]) -> Symbol:
    """`select (a > b), a - b, 0` is how trip counts are clamped: max(a - b, 0)."""
    test, then, low = makers.get(instr.args[0]), instr.args[1], instr.args[2]
    if test is not None and test.op == "gt" and _is_number(low, 0):
        maker = makers.get(then)
        difference = maker is not None and maker.op == "sub" and all(map(_equal, maker.args, test.args))
        if difference or (then is test.args[0] and _is_number(test.args[1], 0)):
            return Symbol(f"max({terms[1]}, 0)")
    return Symbol(f"{terms[1].within(1)} if {terms[0]} else {terms[2]}", 0)


def _is_number(value: Value, number: int) -> bool:
    return isinstance(value, Const) and type(value.value) is int and value.value == number


def _equal(a: Value, b: Value) -> bool:
    return a is b or (isinstance(a, Const) and isinstance(b, Const) and a.value == b.value and a.type == b.type)
