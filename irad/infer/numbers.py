"""Arithmetic on scalars with the rules of their kinds: what raises, what wraps, what the result is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from irad.infer.context import Context, type_name
from irad.infer.kinds import BINARY, COMPARE, MACHINE, UNARY, binary_kind, is_numpy, unary_kind, widest
from irad.infer.values import AV, Known, Num, int_const, tag_const
from irad.ir.core import Const, Value, const
from irad.ir.types import BOOL, FLOAT, INT, Scalar

INT_MIN, INT_MAX = -(1 << 63), (1 << 63) - 1
ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "/": "div", "//": "floordiv", "%": "mod", "**": "pow"}
BITS = {"&": "and", "|": "or", "^": "xor", "<<": "shl", ">>": "shr"}
ORDER = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def fold(cx: Context, function: Callable[..., Any], *args: AV) -> AV:
    """Python itself computes on known values; what it raises is raised when the place is reached."""
    try:
        return Known(function(*(a.obj for a in args if isinstance(a, Known))))
    except (ArithmeticError, ValueError, TypeError) as e:
        cx.throw(type(e).__name__, str(e).replace("{", "{{").replace("}", "}}"))


def binary(cx: Context, op: str, a: AV, b: AV) -> AV:
    """`a op b` for two scalars."""
    if isinstance(a, Known) and isinstance(b, Known):
        return fold(cx, BINARY[op], a, b)
    x, y = cx.num(a), cx.num(b)
    results = {(p, q): binary_kind(op, p, q) for p, q in product(x.kinds, y.kinds)}
    if not any(results.values()):
        cx.type_error(f"unsupported operand type(s) for {op}: '{type_name(x)}' and '{type_name(y)}'")
    if op == "**":
        return power(cx, a, b, x, y)
    kinds = tuple(dict.fromkeys(k for k in results.values() if k))
    machine = widest(kinds)
    value = _arithmetic(cx, op, x, y, kinds, machine)
    return _with_kinds(cx, value, kinds, results, x, y)


def _with_kinds(
    cx: Context, value: Value, kinds: tuple[str, ...], results: dict[tuple[str, str], str | None], x: Num, y: Num,
) -> Num:
    if len(kinds) == 1:
        return Num(kinds[0], value)
    names = tuple(sorted(kinds, key=list(MACHINE).index))
    tag: Value = tag_const(0)
    for (p, q), kind in results.items():
        if kind and names.index(kind):
            tag = cx.op("select", cx.both(is_kind(cx, x, p), is_kind(cx, y, q)), tag_const(names.index(kind)), tag)
    return Num(names, value, tag)


def is_kind(cx: Context, n: Num, kind: str) -> Value:
    """Whether a number is of this kind."""
    if n.tag is None:
        return const(n.kinds == (kind,))
    return cx.op("eq", n.tag, tag_const(n.kinds.index(kind))) if kind in n.kinds else const(False)


def is_numpy_scalar(cx: Context, n: Num) -> Value:
    """Whether a number is a numpy scalar (its errors are then inf, nan and wrapping, not exceptions)."""
    flags = [is_numpy(k) for k in n.kinds]
    if n.tag is None or all(flags) or not any(flags):
        return const(flags[0])
    found: Value = const(False)
    for kind, flag in zip(n.kinds, flags, strict=True):
        if flag:
            found = cx.either(found, cx.op("eq", n.tag, tag_const(n.kinds.index(kind))))
    return found


def lenient(cx: Context, *operands: Num) -> Value:
    """Whether numpy's error rules hold for an operation on these operands."""
    found: Value = const(False)
    for n in operands:
        found = cx.either(found, is_numpy_scalar(cx, n))
    return found


def nonzero(value: Value) -> Value | None:
    """`true` for a nonzero constant; None if it has to be asked at run time."""
    return const(bool(value.value)) if isinstance(value, Const) and isinstance(value.value, (int, float)) else None


def _arithmetic(cx: Context, op: str, x: Num, y: Num, kinds: tuple[str, ...], machine: Scalar) -> Value:
    if op in BITS:
        return _bits(cx, op, x, y, machine)
    p, q = cx.cast(x.value, machine), cx.cast(y.value, machine)
    if machine == BOOL:  # numpy's bool_: + is or, * is and
        return cx.op({"+": "or", "*": "and"}[op], p, q)
    if op in ("/", "//", "%"):
        zero_ok = nonzero(q)
        if zero_ok is None:
            zero_ok = cx.op("ne", q, Const(machine, 0.0 if machine.is_float else 0))
        both_int = all(MACHINE[k] != FLOAT for k in (*x.kinds, *y.kinds))
        cx.guard(cx.either(lenient(cx, x, y), zero_ok), "ZeroDivisionError", division_message(op, both_int))
        if op == "//" and machine == INT:
            fits = cx.either(cx.op("ne", q, int_const(-1)), cx.op("ne", p, int_const(INT_MIN)))
            cx.guard(cx.either(lenient(cx, x, y), fits), "OverflowError", OVERFLOW.format(op="//"), p, q)
    elif machine == INT and kinds == ("int",):
        cx.guard(cx.op(f"{ARITHMETIC[op]}_fits", p, q), "OverflowError", OVERFLOW.format(op=op), p, q)
    return cx.op(ARITHMETIC[op], p, q)


OVERFLOW = "{{}} {op} {{}} leaves the range of 64-bit integers"


def division_message(op: str, ints: bool) -> str:
    """The running CPython's words for a division by zero."""
    try:
        BINARY[op](1, 0) if ints else BINARY[op](1.0, 0.0)
    except ZeroDivisionError as e:
        return str(e)
    raise AssertionError(op)


def _bits(cx: Context, op: str, x: Num, y: Num, machine: Scalar) -> Value:
    p, q = cx.cast(x.value, machine), cx.cast(y.value, machine)
    if op in ("<<", ">>") and not any(map(is_numpy, (*x.kinds, *y.kinds))):
        cx.guard(cx.op("ge", q, int_const(0)), "ValueError", "negative shift count")
        if op == "<<":
            shifted = cx.op("shl", p, q)
            back = cx.op("eq", cx.op("shr", shifted, q), p)
            fits = cx.either(cx.op("eq", p, int_const(0)), cx.both(cx.op("lt", q, int_const(64)), back))
            cx.guard(fits, "OverflowError", OVERFLOW.format(op="<<"), p, q)
            return shifted
    return cx.op(BITS[op], p, q)


def power(cx: Context, a: AV, b: AV, x: Num, y: Num) -> AV:
    """`a ** b`."""
    ints = all(MACHINE[k].is_int or k == "bool" for k in (*x.kinds, *y.kinds))
    if ints:
        return _int_power(cx, a, b, x, y)
    kind = binary_kind("**", x.kinds[-1], y.kinds[-1]) or "float"
    machine = MACHINE[kind]
    p, q = cx.cast(x.value, machine), cx.cast(y.value, machine)
    calm = lenient(cx, x, y)
    result = _const_power(cx, p, q) or cx.op("pow", p, q)
    if not (isinstance(calm, Const) and calm.value):
        _check_power(cx, p, q, result, calm)
    return Num(kind, result)


def _const_power(cx: Context, p: Value, q: Value) -> Value | None:
    if not isinstance(q, Const):
        return None
    if q.value == 2:
        return cx.op("mul", p, p)
    if q.value == 1:
        return p
    return None


def _check_power(cx: Context, p: Value, q: Value, result: Value, calm: Value) -> None:
    """CPython's errors: 0 to a negative power, a negative base to a fraction (complex), finite operands overflowing."""
    exponent = q.value if isinstance(q, Const) else None
    zero = const(0.0)
    whole = exponent is not None and float(exponent).is_integer()
    if exponent is None or exponent < 0:
        fine = cx.op("ne", p, zero)
        if exponent is None:
            fine = cx.either(fine, cx.negate(cx.op("lt", q, zero)))
        cx.guard(cx.either(calm, fine), "ZeroDivisionError", POWER_ZERO)
    if not whole:
        fine = cx.negate(cx.op("lt", p, zero))
        if exponent is None:
            fine = cx.either(fine, cx.op("eq", q, cx.op("trunc", q)))
        fine = cx.either(fine, cx.either(cx.negate(cx.op("isfinite", p)), cx.negate(cx.op("isfinite", q))))
        cx.guard(cx.either(calm, fine), "ValueError", "{} ** {} would be complex: take the absolute value or use complex numbers", p, q)
    if exponent is not None and (exponent in (0, 1, -1) or 0 < exponent < 1):
        return
    overflow = cx.both(cx.op("isinf", result), cx.both(cx.op("isfinite", p), cx.op("isfinite", q)))
    cx.guard(cx.either(calm, cx.negate(overflow)), "OverflowError", "(34, 'Numerical result out of range')")


def _power_zero_message() -> str:
    try:
        return str(0.0**-1.0)
    except ZeroDivisionError as e:
        return str(e)


POWER_ZERO = _power_zero_message()


def _int_power(cx: Context, a: AV, b: AV, x: Num, y: Num) -> AV:
    if any(is_numpy(k) for k in (*x.kinds, *y.kinds)):
        kind = binary_kind("**", x.kinds[0], y.kinds[0]) or "int64"
        p, q = cx.cast(x.value, MACHINE[kind]), cx.cast(y.value, MACHINE[kind])
        cx.guard(cx.op("ge", q, Const(q.type, 0)), "ValueError", "Integers to negative integer powers are not allowed.")
        return Num(kind, cx.op("int_pow", p, q))
    p, q = cx.cast(x.value, INT), cx.cast(y.value, INT)
    if isinstance(b, Known) and b.obj < 0:  # the type is known: a float
        return power(cx, a, Known(float(b.obj)), Num("float", cx.cast(p, FLOAT)), Num("float", const(float(b.obj))))
    cx.guard(
        cx.op("ge", q, int_const(0)), "TypeError",
        "int ** negative int is a float in Python, and irad cannot know that before it runs: write {}.0 ** {}", p, q,
    )
    if isinstance(q, Const) and q.value == 2:
        return binary(cx, "*", Num("int", p), Num("int", p))
    cx.guard(cx.op("pow_fits", p, q), "OverflowError", OVERFLOW.format(op="**"), p, q)
    return Num("int", cx.op("int_pow", p, q))


def compare(cx: Context, op: str, a: AV, b: AV) -> AV:
    """`a op b` for two scalars: ints against floats exactly, as Python."""
    if isinstance(a, Known) and isinstance(b, Known):
        return fold(cx, COMPARE[op], a, b)
    x, y = cx.num(a), cx.num(b)
    numpy = any(is_numpy(k) for k in (*x.kinds, *y.kinds))
    kind = "bool_" if numpy else "bool"
    if numpy and all(is_numpy(k) for k in (x.kinds[0], y.kinds[0])):
        machine = MACHINE[binary_kind("+", x.kinds[0], y.kinds[0]) or "float64"]
        return Num(kind, cx.op(ORDER[op], cx.cast(x.value, machine), cx.cast(y.value, machine)))
    p, q = x.value, y.value
    if p.type == q.type == BOOL and op in ("==", "!="):
        return Num(kind, cx.op(ORDER[op], p, q))
    p, q = (cx.cast(v, INT) if v.type == BOOL else v for v in (p, q))
    if p.type != q.type:
        if INT in (p.type, q.type) and FLOAT in (p.type, q.type) and not numpy:
            return Num(kind, _compare_exactly(cx, op, p, q))
        wide = FLOAT if any(v.type in (FLOAT,) or (isinstance(v.type, Scalar) and v.type.is_float) for v in (p, q)) else INT
        p, q = cx.cast(p, wide), cx.cast(q, wide)
    return Num(kind, cx.op(ORDER[op], p, q))


MIRROR = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _compare_exactly(cx: Context, op: str, p: Value, q: Value) -> Value:
    if isinstance(p, Const) and p.type == INT and abs(p.value) <= 1 << 53:
        return cx.op(ORDER[op], const(float(p.value)), q)
    if isinstance(q, Const) and q.type == INT and abs(q.value) <= 1 << 53:
        return cx.op(ORDER[op], p, const(float(q.value)))
    if p.type == FLOAT:
        p, q, op = q, p, MIRROR[op]
    if isinstance(q, Const) and float(q.value).is_integer() and abs(q.value) < 2.0**62:
        return cx.op(ORDER[op], p, int_const(int(q.value)))
    # p: int, q: float. The rounded int decides, unless both round to one float: then compare as ints.
    rounded = cx.cast(p, FLOAT)
    near = cx.both(cx.op("eq", rounded, q), cx.op("lt", q, const(2.0**63)))
    as_int = cx.cast(cx.op("select", near, q, const(0.0)), INT)
    return cx.op("select", near, cx.op(ORDER[op], p, as_int), cx.op(ORDER[op], rounded, q))


def unary(cx: Context, op: str, a: AV) -> AV:
    """`op a` for a scalar."""
    if isinstance(a, Known):
        return fold(cx, UNARY[op], a)
    if op == "not":
        return cx.bool(cx.negate(truth(cx, a)))
    n = cx.num(a)
    kinds = tuple(unary_kind(op, k) for k in n.kinds)
    if None in kinds:
        cx.type_error(f"bad operand type for unary {op}: '{type_name(n)}'")
    names = tuple(k for k in kinds if k)
    machine = widest(names)
    value = cx.cast(n.value, machine)
    if op == "~":
        value = cx.op("not" if machine == BOOL else "invert", value)
    elif op == "-":
        if names == ("int",) and n.kinds == ("int",):
            cx.guard(cx.op("ne", value, int_const(INT_MIN)), "OverflowError", "-({}) leaves the range of 64-bit integers", value)
        value = cx.op("neg", value)
    return Num(names, value, n.tag) if len(set(names)) > 1 else Num(names[0], value)


def truth(cx: Context, av: AV) -> Value:
    """bool(scalar) as a machine bool."""
    if isinstance(av, Known):
        return const(bool(av.obj))
    n = cx.num(av)
    if n.value.type == BOOL:
        return n.value
    machine = n.value.type
    assert isinstance(machine, Scalar)
    return cx.op("ne", n.value, Const(machine, 0.0 if machine.is_float else 0))


def to_int(cx: Context, av: AV) -> AV:
    """int(x) of a scalar."""
    if isinstance(av, Known):
        return fold(cx, int, av)
    n = cx.num(av)
    value = n.value
    if isinstance(value.type, Scalar) and value.type.is_float:
        value = cx.cast(value, FLOAT)
        cx.guard(cx.negate(cx.op("isnan", value)), "ValueError", "cannot convert float NaN to integer")
        cx.guard(cx.negate(cx.op("isinf", value)), "OverflowError", "cannot convert float infinity to integer")
        inside = cx.both(cx.op("lt", value, const(2.0**63)), cx.op("ge", value, const(-(2.0**63))))
        cx.guard(inside, "OverflowError", "int({}) leaves the range of 64-bit integers", value)
    return Num("int", cx.cast(value, INT))


def to_kind(cx: Context, av: AV, kind: str) -> AV:
    """A scalar converted by its class: float(x), np.float64(x), np.int32(x), bool(x)."""
    if kind == "int":
        return to_int(cx, av)
    if kind in ("bool", "bool_"):
        return Num(kind, truth(cx, av)) if not isinstance(av, Known) else Known(_class_of(kind)(av.obj))
    if isinstance(av, Known):
        return fold(cx, _class_of(kind), av)
    return Num(kind, cx.cast(cx.num(av).value, MACHINE[kind]))


def _class_of(kind: str) -> type:
    from irad.infer.kinds import CLASSES

    return CLASSES[kind]


