"""What can be computed now: constants through the op table's `eval`, rounded and wrapped to their machine type.

    %a: float = mul 2.0, 4.0
    %b: int = add 9223372036854775807, 1        ->     8.0, -9223372036854775808
"""

from __future__ import annotations

import math
import struct
from collections.abc import Hashable

from irad.analysis.ranges import full_range
from irad.ir.core import UNDEF, Const, Emptied, Instr, Value
from irad.ir.types import BOOL, FLOAT, INT, Scalar, Type
from irad.ops import OPS, Op

TRUE, FALSE = Const(BOOL, True), Const(BOOL, False)


def value_key(value: Value) -> Hashable:
    """Equal for operands that are the same value: constants by type and bits, others by identity."""
    if not isinstance(value, Const):
        return value
    literal = value.value
    if literal is UNDEF:
        return (str(value.type), "undef")
    if isinstance(value, Emptied):
        return (str(value.type), "emptied")
    if type(literal) is float:
        return (str(value.type), repr(literal))
    return (str(value.type), literal)


def same(a: Value, b: Value) -> bool:
    """Whether two operands are one value."""
    return a is b or (isinstance(a, Const) and isinstance(b, Const) and value_key(a) == value_key(b))


def literal(value: Value) -> float | int | bool | None:
    """The number of a constant operand; None for anything else."""
    if isinstance(value, Const) and value.value is not UNDEF and isinstance(value.value, (bool, int, float)):
        return value.value
    return None


def is_literal(value: Value, number: float) -> bool:
    """Whether an operand is this number; for floats with this sign of zero."""
    if not isinstance(value, Const) or value.value is UNDEF or value.value != number:
        return False
    if number != 0 or not isinstance(value.value, float):
        return True
    return math.copysign(1.0, value.value) == math.copysign(1.0, number)


def round_to(type: Scalar, value: float | int | bool) -> float | int | bool | None:
    """`value` as a machine number of `type`: ints wrap, floats round; None where C leaves it undefined, or for a nan
    (whose sign and payload are the processor's)."""
    if type.family == "b":
        return bool(value)
    if type.family == "f":
        number = float(value)
        if type.bits == 32 and math.isfinite(number):
            try:
                number = struct.unpack("f", struct.pack("f", number))[0]
            except OverflowError:
                number = math.copysign(math.inf, number)
        return None if number != number else number
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = int(value)
        return value if full_range(type)[0] <= value <= full_range(type)[1] else None
    value = int(value) & ((1 << type.bits) - 1)
    return value - (1 << type.bits) if type.family == "i" and value >> (type.bits - 1) else value


def _deterministic(row: Op, args: list[Value]) -> bool:
    """Whether compiled code gives the very bits that `eval` gives (which takes float32 as double: short ops agree)."""
    if row.eval is None or not row.pure or row.bits != "exact":
        return False
    for arg in args:
        if isinstance(arg.type, Scalar) and arg.type.is_float and arg.type != FLOAT and (row.libm or row.cost > 6):
            return False
    return not (row.name.endswith("_fits") and args[0].type != INT)


def evaluate(instr: Instr) -> Const | None:
    """The constant that an instruction with constant operands always gives, if irad can be sure of its bits."""
    row = OPS[instr.op]
    numbers = [literal(arg) for arg in instr.args]
    if not numbers or any(n is None for n in numbers) or len(instr.results) != 1 or not _deterministic(row, instr.args):
        return None
    result = instr.result.type
    if not isinstance(result, Scalar) or any(n != n for n in numbers):
        return None
    assert row.eval is not None
    try:
        value = round_to(result, row.eval(*numbers))
    except (ArithmeticError, ValueError, TypeError):
        return None
    return None if value is None else Const(result, value)


def holds_exactly(inner: Type, outer: Type) -> bool:
    """Whether each number of `inner` is a number of `outer`, so that a cast there and on loses nothing."""
    if not isinstance(inner, Scalar) or not isinstance(outer, Scalar):
        return False
    if inner.is_float or outer.family == "b":
        return inner.family == outer.family and inner.bits <= outer.bits
    if outer.is_float:
        return inner.bits <= (24 if outer.bits == 32 else 53)
    low, high = full_range(inner)
    return full_range(outer)[0] <= low and high <= full_range(outer)[1]

