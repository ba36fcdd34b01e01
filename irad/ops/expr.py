"""Derivative rules as mathematics: `g * cos(x)` builds IR through `Expr`, or notes what it reads through `Recorder`."""

from __future__ import annotations

from typing import Any

from irad.ir.build import Builder
from irad.ir.core import Const, Value
from irad.ir.types import BOOL, Scalar


class Term:
    """What a rule computes with. Subclasses say what applying an op means; numbers are taken as constants."""

    __slots__ = ()

    def apply(self, op: str, *args: Any, **attrs: Any) -> Any:
        raise NotImplementedError

    @property
    def number(self) -> float | None:
        """The value of a constant: a rule may have a simpler form for it, which reads less."""
        return None

    def __add__(self, other: Any) -> Any:
        return self.apply("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return self.apply("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return self.apply("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self.apply("sub", other, self)

    def __mul__(self, other: Any) -> Any:
        return self.apply("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return self.apply("mul", other, self)

    def __truediv__(self, other: Any) -> Any:
        return self.apply("div", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.apply("div", other, self)

    def __pow__(self, other: Any) -> Any:
        return self.apply("pow", self, other)

    def __neg__(self) -> Any:
        return self.apply("neg", self)

    def eq(self, other: Any) -> Any:
        return self.apply("eq", self, other)

    def lt(self, other: Any) -> Any:
        return self.apply("lt", self, other)

    def le(self, other: Any) -> Any:
        return self.apply("le", self, other)

    def gt(self, other: Any) -> Any:
        return self.apply("gt", self, other)

    def cast_like(self, other: Any) -> Any:
        """This value in the type of `other` (reads nothing of `other`)."""
        raise NotImplementedError


class Recorder(Term):
    """Notes which operands a rule reads. `label` is the operand's number, "g", "r", or None for what was computed."""

    __slots__ = ("_number", "label", "used")

    def __init__(self, used: set[object], label: object = None, number: float | None = None) -> None:
        self.used = used
        self.label = label
        self._number = number

    @property
    def number(self) -> float | None:
        return self._number

    def apply(self, op: str, *args: Any, **attrs: Any) -> Recorder:
        for arg in args:
            if isinstance(arg, Recorder) and arg.label is not None:
                self.used.add(arg.label)
        return Recorder(self.used)

    def cast_like(self, other: Any) -> Recorder:
        if self.label is not None:
            self.used.add(self.label)
        return Recorder(self.used)


class Expr(Term):
    """An IR value under construction."""

    __slots__ = ("builder", "value")

    def __init__(self, builder: Builder, value: Value) -> None:
        self.builder = builder
        self.value = value

    @property
    def number(self) -> float | None:
        return number_of(self.value)

    def apply(self, op: str, *args: Any, **attrs: Any) -> Expr:
        values = [a.value if isinstance(a, Expr) else a for a in args]
        model = next(v.type for v in values if isinstance(v, Value) and v.type != BOOL)
        operands = [v if isinstance(v, Value) else constant_like(model, v) for v in values]
        folded = fold(op, operands)
        return Expr(self.builder, folded if folded is not None else self.builder.op(op, *operands, **attrs))

    def cast_like(self, other: Any) -> Expr:
        if self.value.type == other.value.type:
            return self
        return Expr(self.builder, self.builder.op("cast", self.value, to=str(other.value.type)))


def constant_like(model: Any, number: float) -> Const:
    assert isinstance(model, Scalar)
    return Const(model, float(number) if model.is_float else int(number))


def number_of(value: Value) -> float | None:
    """The value of a numerical constant."""
    return value.value if isinstance(value, Const) and isinstance(value.value, (int, float)) else None


def is_number(value: Value, number: float) -> bool:
    """Whether `value` is the constant `number`."""
    return isinstance(value, Const) and isinstance(value.value, (int, float)) and value.value == number


def fold(op: str, args: list[Value]) -> Value | None:
    """The identities of adjoint arithmetic: zero is the absence of a contribution, one changes nothing."""
    if op == "add":
        return args[1] if is_number(args[0], 0) else args[0] if is_number(args[1], 0) else None
    if op == "sub":
        return args[0] if is_number(args[1], 0) else None
    if op == "mul":
        if is_number(args[0], 1):
            return args[1]
        return args[0] if is_number(args[1], 1) else None
    if op == "masked":
        return args[1] if args[0] is args[1] or number_of(args[0]) else None
    return None


def call(name: str) -> Any:
    """A function of terms for use in rules: `cos = call("cos")`."""

    def function(*args: Any) -> Any:
        term = next(a for a in args if isinstance(a, Term))
        return term.apply(name, *args)

    function.__name__ = name
    return function
