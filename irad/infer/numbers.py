"""Arithmetic on scalars with the rules of their kinds: what raises, what wraps, what the result is."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from itertools import product
from typing import Any, NoReturn

import numpy as np

from irad.errors import UnsupportedError
from irad.infer import strict
from irad.infer.context import Context
from irad.infer.exceptions import POWER_OVERFLOW, make_exception
from irad.infer.joins import describe
from irad.infer.kinds import (
    BINARY,
    COMPARE,
    FOREIGN,
    MACHINE,
    UNARY,
    binary_kind,
    exact_in_float,
    is_int,
    is_numpy,
    is_wide,
    kind_of,
    refusal,
    unary_kind,
    widest,
)
from irad.infer.raising import raise_value
from irad.infer.shapes import AV, shape_of
from irad.infer.values import Known, Num, Seq, int_const, numeric, tag_const
from irad.ir.core import Const, Value, const
from irad.ir.types import BOOL, FLOAT, INT, UINT64, Scalar

INT_MIN = -(1 << 63)
EXACT = 1 << 53  # a float holds every int up to here
ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "/": "div", "//": "floordiv", "%": "mod", "**": "pow"}
BITS = {"&": "and", "|": "or", "^": "xor", "<<": "shl", ">>": "shr"}
ORDER = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
Results = dict[tuple[str, str], str]


def fold(cx: Context, function: Callable[..., Any], *args: AV) -> AV:
    """Python itself computes on known values; what it raises is raised when the place is reached."""
    try:
        with np.errstate(all="ignore"):
            found = Known(function(*(a.obj for a in args if isinstance(a, Known))))
        return strict.watched(cx, found) if cx.strict else found
    except (ArithmeticError, ValueError, TypeError, LookupError) as e:
        public = next(c for c in type(e).__mro__ if getattr(builtins, c.__name__, None) is c)  # numpy has TypeErrors of its own
        raise_value(cx, make_exception(public, [Known(arg) for arg in e.args]))


def each_kind(cx: Context, n: Num, case: Callable[[Num], AV]) -> AV:
    """Apply `case` to a number; of several possible kinds, to each behind a branch on its tag."""
    if n.tag is None:
        return case(n)

    def run(kind: str) -> AV:
        return case(Num(kind, cx.cast(n.value, MACHINE[kind])))

    cases: list[tuple[Value | None, Callable[[], AV]]] = []
    for i, kind in enumerate(n.kinds):
        last = i == len(n.kinds) - 1
        cases.append((None if last else cx.op("eq", n.tag, tag_const(i)), cx.guarded(run, kind)))
    return cx.alternatives(cases, "kind")


def each_float(cx: Context, n: Num, error: Callable[[Num], NoReturn]) -> None:
    """Raise what a float in place of an int raises, if the number is one; of several kinds, if it is one then."""
    for place, kind in enumerate(n.kinds):
        if MACHINE[kind].is_float and n.tag is None:
            error(n)
        if MACHINE[kind].is_float:
            one = Num(kind, cx.cast(n.value, MACHINE[kind]))
            assert n.tag is not None
            cx.unless(cx.op("ne", n.tag, tag_const(place)), partial(error, one))


NARROW = frozenset(("int32", "float32"))
WIDE = {"int32": "int64", "int": "int64", "float": "float64"}


def kinds_of(av: AV) -> tuple[str, ...]:
    """The kinds that a scalar may have."""
    return av.kinds if isinstance(av, Num) else (kind_of(av.obj) or "",) if isinstance(av, Known) else ()


def is_narrow_in_jitted(cx: Context, *operands: AV) -> bool:
    """Whether numba's rules for operands of different widths, which are not numpy's, are needed."""
    return cx.jitted and not NARROW.isdisjoint(kind for a in operands for kind in kinds_of(a))


def as_in_jitted(cx: Context, operands: Sequence[AV], case: Callable[..., AV]) -> AV:
    """`case` of numbers as numba takes them beside narrow ones: Python's have 64 bits, and ints are computed with as many."""
    for i, a in enumerate(operands):
        if isinstance(a, Num) and a.tag is not None:
            return each_kind(cx, a, lambda one: as_in_jitted(cx, [*operands[:i], one, *operands[i + 1 :]], case))
    return case(*(to_kind(cx, a, WIDE[kind]) if kind in WIDE else a for a in operands for kind in kinds_of(a)))


def binary(cx: Context, op: str, a: AV, b: AV, sign: str | None = None) -> AV:
    """`a op b` for two scalars. `sign`: how messages name the operator (`+=`)."""
    rooted = op == "**" and all(map(is_int, kinds_of(b))) and "int32" not in kinds_of(a)  # a float32 to an int stays one
    if is_narrow_in_jitted(cx, a, b) and not rooted:
        return as_in_jitted(cx, [a, b], lambda x, y: _binary(cx, op, x, y, sign))
    return _binary(cx, op, a, b, sign)


def is_beyond(av: AV) -> bool:
    """Whether this is a known int that 64 bits do not hold."""
    return isinstance(av, Known) and is_wide(av.obj)


def beside(cx: Context, a: AV, b: AV) -> AV:
    """A known number beside another one, a float or one that is a float: of an int beyond 64 bits Python makes a float."""
    floats = [MACHINE[kind].is_float for kind in kinds_of(b) if kind in MACHINE]
    return fold(cx, float, a) if is_beyond(a) and floats and all(floats) and not cx.jitted else a


def _binary(cx: Context, op: str, a: AV, b: AV, sign: str | None) -> AV:
    if isinstance(a, Known) and isinstance(b, Known):
        return fold(cx, BINARY[op], a, b)
    for one, of_kind in ((a, lambda m: binary(cx, op, m, b, sign)), (b, lambda m: binary(cx, op, a, m, sign))):
        if isinstance(one, Num) and one.tag is not None and (is_beyond(a) or is_beyond(b)):
            return each_kind(cx, one, of_kind)
    a, b = beside(cx, a, b), beside(cx, b, a)
    x, y = cx.num(a), cx.num(b)
    found = {(p, q): binary_kind(op, p, q) for p, q in product(x.kinds, y.kinds)}
    results = {pair: kind for pair, kind in found.items() if kind}
    if not results:
        cx.type_error(refusal("binary", op, x.kinds[0], y.kinds[0]).replace(f" for {op}", f" for {sign or op}"))
    if len(results) < len(found) or not _together(op, x, y, results):
        if x.tag is not None:
            return each_kind(cx, x, lambda m: binary(cx, op, m, b, sign))
        return each_kind(cx, y, lambda m: binary(cx, op, a, m, sign))
    for kind in results.values():
        refuse_foreign(cx, kind, f"`{op}` of {' and '.join(describe(shape_of(n)) for n in (x, y))}")
    result = power(cx, a, b, x, y) if op == "**" else with_kinds(cx, _arithmetic(cx, op, x, y, results), results, x, y)
    return strict.watched(cx, result, x, y, arithmetic=True) if cx.strict else result


def refuse_foreign(cx: Context, kind: str, what: str) -> None:
    """Refuse results of kinds that irad does not have."""
    if kind in FOREIGN:
        hint = "convert the operands to int, float or np.int64 first"
        cx.unsupported(f"np.{kind} as the result of {what}", kind="dtype", hint=hint)


def _together(op: str, x: Num, y: Num, results: Results) -> bool:
    """Whether one computation serves all kinds that the operands may have."""
    if len(results) == 1:
        return True
    kinds = (*x.kinds, *y.kinds)
    if op == "**":
        return all(k in ("float", "float64") for k in x.kinds) and all(k in ("float", "float64") for k in y.kinds)
    if all(k in ("int", "bool") for k in kinds):
        return True
    if len({MACHINE[k] for k in results.values()}) > 1:
        return False
    if len({MACHINE[k] for k in x.kinds}) == len({MACHINE[k] for k in y.kinds}) == 1:
        return True
    return op in ("+", "-", "*", "/") and exact_in_float(kinds) and "int" not in results.values()


def with_kinds(cx: Context, value: Value, results: Results, x: Num, y: Num) -> Num:
    """A result whose kind follows from the kinds of the operands."""
    names = ordered_kinds(results.values())
    if len(names) == 1:
        return Num(names[0], value)
    tag: Value = tag_const(0)
    for (p, q), kind in results.items():
        if names.index(kind):
            tag = cx.op("select", cx.both(is_kind(cx, x, p), is_kind(cx, y, q)), tag_const(names.index(kind)), tag)
    return Num(names, cx.cast(value, widest(names)), tag)


def ordered_kinds(kinds: Iterable[str]) -> tuple[str, ...]:
    """Kinds in the order of the table, each once: the static part of a `Num`."""
    return tuple(sorted(set(kinds), key=list(MACHINE).index))


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


def nonzero(cx: Context, value: Value) -> Value:
    """Whether a number is not zero; of a constant that is known."""
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        return const(bool(value.value))
    machine = value.type
    assert isinstance(machine, Scalar)
    return cx.op("ne", value, Const(machine, 0.0 if machine.is_float else False if machine == BOOL else 0))


def _arithmetic(cx: Context, op: str, x: Num, y: Num, results: Results) -> Value:
    machine = widest(ordered_kinds(results.values()))
    cx.unit.floats_of_numpy |= any(map(is_numpy, results.values()))
    _check_weak(cx, op, x, y)
    if op in BITS:
        return _bits(cx, op, x, y, machine)
    p, q = cx.cast(x.value, machine), cx.cast(y.value, machine)
    if machine == BOOL:  # numpy's bool_: + is or, * is and
        return cx.op({"+": "or", "*": "and"}[op], p, q)
    if op in ("/", "//", "%"):
        _check_divisor(cx, op, x, y, q)
        if op == "/":
            _check_exact_division(cx, x, y)
        if op == "//" and machine == INT:
            fits = cx.either(cx.op("ne", q, int_const(-1)), cx.op("ne", p, int_const(INT_MIN)))
            cx.fits(cx.either(lenient(cx, x, y), fits), OVERFLOW.format(op="//"), p, q)
    elif machine == INT and "int" in results.values():
        fits = cx.op(f"{ARITHMETIC[op]}_fits", p, q)
        cx.fits(cx.either(lenient(cx, x, y), fits), OVERFLOW.format(op=op), p, q)
    return cx.op(ARITHMETIC[op], p, q)


def _check_weak(cx: Context, op: str, x: Num, y: Num) -> None:
    """A Python int beside a narrower numpy int must fit (NEP 50); `/` makes floats of both first."""
    for n, other in ((x, y), (y, x)):
        if "int" not in n.kinds or op == "/":
            continue
        for kind in other.kinds:
            machine = MACHINE[kind]
            if not is_numpy(kind) or not machine.is_int or machine.bits == 64:
                continue
            back = cx.cast(cx.cast(n.value, machine), INT)
            other_way = cx.either(cx.negate(is_kind(cx, n, "int")), cx.negate(is_kind(cx, other, kind)))
            fits = cx.either(other_way, cx.op("eq", back, n.value))
            cx.guard(fits, "OverflowError", f"Python integer {{}} out of bounds for {kind}", n.value)


def _check_exact_division(cx: Context, x: Num, y: Num) -> None:
    """Python divides ints exactly and rounds once; so does a float division as long as floats hold both operands."""
    if isinstance(y.value, Const) and y.value.type == INT and _power_of_two(y.value.value):
        return
    for n, other in ((x, y), (y, x)):
        if n.value.type != INT or "int" not in n.kinds or not {"int", "bool"} & set(other.kinds):
            continue
        small = cx.both(cx.op("le", n.value, int_const(EXACT)), cx.op("ge", n.value, int_const(-EXACT)))
        if isinstance(n.value, Const):
            small = const(abs(n.value.value) <= EXACT)
        message = "{} in a division of ints is beyond 2**53: irad cannot round the quotient as Python does; use // or float()"
        small = cx.either(small, cx.negate(cx.both(_counts(cx, n), _counts(cx, other))))
        cx.limit(cx.either(lenient(cx, x, y), small), "OverflowError", message, n.value)


def _power_of_two(number: int) -> bool:
    return number != 0 and abs(number) & (abs(number) - 1) == 0


def _check_divisor(cx: Context, op: str, x: Num, y: Num, q: Value) -> None:
    """ZeroDivisionError, unless numpy's rules hold."""
    if cx.ieee:
        return
    fine = cx.either(lenient(cx, x, y), nonzero(cx, q))
    pairs = [pair for pair in product(x.kinds, y.kinds) if not any(map(is_numpy, pair))]
    ints = {is_int(p) and is_int(q) for p, q in pairs}
    if True in ints:
        both = const(True) if len(ints) == 1 else cx.both(_counts(cx, x), _counts(cx, y))
        cx.guard(cx.either(cx.negate(both), fine), "ZeroDivisionError", division_message(op, True))
    if False in ints:
        cx.guard(fine, "ZeroDivisionError", division_message(op, False))


def _counts(cx: Context, n: Num) -> Value:
    """Whether a number is a Python int or bool."""
    return cx.either(is_kind(cx, n, "int"), is_kind(cx, n, "bool"))


OVERFLOW = "{{}} {op} {{}} leaves the range of 64-bit integers"
DIVISIONS: dict[str, Callable[[Any, Any], Any]] = {**BINARY, "divmod": divmod}


@cache
def division_message(op: str, ints: bool) -> str:
    """The running CPython's words for a division by zero."""
    try:
        DIVISIONS[op](1, 0) if ints else DIVISIONS[op](1.0, 0.0)
    except ZeroDivisionError as e:
        return str(e)
    raise AssertionError(op)


def divide(cx: Context, a: AV, b: AV) -> AV:
    """divmod(a, b) of two scalars."""
    if isinstance(a, Known) and isinstance(b, Known):
        found = fold(cx, divmod, a, b)
        assert isinstance(found, Known)
        return Seq(tuple, tuple(Known(part) for part in found.obj))
    a, b = beside(cx, a, b), beside(cx, b, a)
    x, y = cx.num(a), cx.num(b)
    if x.tag is not None:
        return each_kind(cx, x, lambda m: divide(cx, m, b))
    if y.tag is not None:
        return each_kind(cx, y, lambda m: divide(cx, a, m))
    kind = binary_kind("//", x.kind, y.kind)
    if not is_numpy(x.kind) and not is_numpy(y.kind) and kind and not cx.ieee:
        q = cx.cast(y.value, MACHINE[kind])
        cx.guard(nonzero(cx, q), "ZeroDivisionError", division_message("divmod", kind == "int"))
    return Seq(tuple, (binary(cx, "//", a, b), binary(cx, "%", a, b)))


def _bits(cx: Context, op: str, x: Num, y: Num, machine: Scalar) -> Value:
    p, q = cx.cast(x.value, machine), cx.cast(y.value, machine)
    numpys = lenient(cx, x, y) if op in ("<<", ">>") else const(True)
    if not isinstance(numpys, Const) or not numpys.value:
        cx.guard(cx.either(numpys, cx.op("ge", q, Const(machine, 0))), "ValueError", "negative shift count")
        if op == "<<":
            shifted = cx.op("shl", p, q)
            back = cx.op("eq", cx.op("shr", shifted, q), p)
            fits = cx.either(cx.op("eq", p, Const(machine, 0)), cx.both(cx.op("lt", q, Const(machine, 64)), back))
            cx.fits(cx.either(numpys, fits), OVERFLOW.format(op="<<"), p, q)
            return shifted
    return cx.op(BITS[op], p, q)


def power(cx: Context, a: AV, b: AV, x: Num, y: Num) -> AV:
    """`a ** b`."""
    _check_weak(cx, "**", x, y)
    results = {(p, q): binary_kind("**", p, q) or "float" for p, q in product(x.kinds, y.kinds)}
    if all(map(is_int, results.values())):  # numpy makes floats of uint64 beside signed ints
        return _int_power(cx, a, b, x, y)
    cx.unit.floats_of_numpy |= any(map(is_numpy, results.values()))
    machine = widest(ordered_kinds(results.values()))
    p, q = cx.cast(x.value, machine), cx.cast(y.value, machine)
    calm = const(True) if cx.jitted else lenient(cx, x, y)  # numba's powers raise nothing
    result = _const_power(cx, p, q)
    if not (isinstance(calm, Const) and calm.value):
        probe = result or cx.probe("pow", p, q)
        _check_power(cx, p, q, probe, calm)
        result = result or cx.checked(probe, "pow", p, q)
    result = result or cx.op("pow", p, q)
    return with_kinds(cx, result, results, x, y)


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
    if (exponent is None or -math.inf < exponent < 0) and not cx.ieee:
        fine = cx.op("ne", p, zero)
        if exponent is None:
            fine = cx.either(fine, cx.either(cx.negate(cx.op("lt", q, zero)), cx.op("isinf", q)))
        cx.guard(cx.either(calm, fine), "ZeroDivisionError", POWER_ZERO)
    if not whole:
        fine = cx.negate(cx.op("lt", p, zero))
        if exponent is None:
            fine = cx.either(fine, cx.op("eq", q, cx.op("trunc", q)))
        fine = cx.either(fine, cx.either(cx.negate(cx.op("isfinite", p)), cx.negate(cx.op("isfinite", q))))
        message = "{} ** {} would be complex: take the absolute value or use complex numbers"
        cx.limit(cx.either(calm, fine), "ValueError", message, p, q)
    if exponent is not None and (exponent in (0, 1) or 0 < exponent < 1 or math.isinf(exponent) or exponent != exponent):
        return
    overflow = cx.both(cx.op("isinf", result), cx.both(cx.op("isfinite", p), cx.op("isfinite", q)))
    cx.guard(cx.either(calm, cx.negate(overflow)), "OverflowError", POWER_OVERFLOW)


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
    if isinstance(a, Known) and a.obj == 1 and not isinstance(q, Const):
        return cx.alternatives([(cx.op("lt", q, int_const(0)), lambda: Known(1.0)), (None, lambda: Known(1))], "power")
    cx.limit(
        cx.op("ge", q, int_const(0)), "TypeError",
        "int ** negative int is a float in Python, and irad cannot know that before it runs: write {}.0 ** {}", p, q,
    )
    if isinstance(q, Const) and q.value == 2:
        return binary(cx, "*", Num("int", p), Num("int", p))
    cx.fits(cx.op("pow_fits", p, q), OVERFLOW.format(op="**"), p, q)
    return Num("int", cx.op("int_pow", p, q))


def compare(cx: Context, op: str, a: AV, b: AV) -> AV:
    """`a op b` for two scalars: Python's ints against floats exactly, numpy's after conversion to a common type."""
    if is_narrow_in_jitted(cx, a, b):
        return as_in_jitted(cx, [a, b], lambda x, y: _compare(cx, op, x, y))
    return _compare(cx, op, a, b)


def _compare(cx: Context, op: str, a: AV, b: AV) -> AV:
    if isinstance(a, Known) and isinstance(b, Known):
        return fold(cx, COMPARE[op], a, b)
    if isinstance(a, Known) and is_wide(a.obj) and not cx.jitted:
        return _compare_beyond(cx, MIRROR[op], b, a.obj)
    if isinstance(b, Known) and is_wide(b.obj) and not cx.jitted:
        return _compare_beyond(cx, op, a, b.obj)
    x, y = cx.num(a), cx.num(b)
    pairs = list(product(x.kinds, y.kinds))
    ways = {_common_machine(p, q) for p, q in pairs}
    if (len(ways) > 1 and not _one_comparison(x, y, ways)) or (UINT64 in ways and len(pairs) > 1):
        if x.tag is not None:
            return each_kind(cx, x, lambda m: compare(cx, op, m, b))
        return each_kind(cx, y, lambda m: compare(cx, op, a, m))
    way = next(iter(ways)) if len(ways) == 1 else FLOAT
    if way is None:
        value = _compare_exactly(cx, op, *(cx.cast(v, INT) if v.type == BOOL else v for v in (x.value, y.value)))
    else:
        machine = INT if way == BOOL and op not in ("==", "!=") else way
        value = cx.op(ORDER[op], cx.cast(x.value, machine), cx.cast(y.value, machine))
        if way == UINT64:
            value = _below_unsigned(cx, op, x.value, y.value, value)
    return with_kinds(cx, value, {(p, q): "bool_" if is_numpy(p) or is_numpy(q) else "bool" for p, q in pairs}, x, y)


def _common_machine(p: str, q: str) -> Scalar | None:
    """The machine type in which kinds are compared; None: exactly, as Python compares an int with a float."""
    if is_int(p) and is_int(q):
        machines = {MACHINE[p], MACHINE[q]}
        return BOOL if machines == {BOOL} else UINT64 if UINT64 in machines else INT
    if is_numpy(p) or is_numpy(q):
        return MACHINE[binary_kind("+", p, q) or "float64"]
    return FLOAT if p == q == "float" else None


def _below_unsigned(cx: Context, op: str, p: Value, q: Value, otherwise: Value) -> Value:
    """What is `otherwise`, for numbers of which one is unsigned: an int below zero is less than that one."""
    for number, found in ((p, COMPARE[op](-1, 0)), (q, COMPARE[op](0, -1))):
        machine = number.type
        assert isinstance(machine, Scalar)
        if machine.family == "i":
            return cx.op("select", cx.op("lt", number, Const(machine, 0)), const(found), otherwise)
    return otherwise


def _one_comparison(x: Num, y: Num, ways: set[Scalar | None]) -> bool:
    """Whether comparing floats serves all kinds: both are floats by now, or a constant that a float holds."""
    small = all(v.type == FLOAT or (isinstance(v, Const) and abs(v.value) <= EXACT) for v in (x.value, y.value))
    return small and ways <= {FLOAT, None}


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
    below = cx.op("select", cx.op("ge", q, const(2.0**63)), const(0.0), rounded)  # the largest ints round to 2**63
    return cx.op("select", near, cx.op(ORDER[op], p, as_int), cx.op(ORDER[op], below, q))


def _compare_beyond(cx: Context, op: str, a: AV, n: int) -> AV:
    """A number of run time with a known int beyond 64 bits: a float that is next to it decides."""
    if isinstance(a, Num) and a.tag is not None:
        return each_kind(cx, a, lambda m: _compare_beyond(cx, op, m, n))
    (kind,) = kinds_of(a)
    if kind == "bool_" or (kind == "uint64" and 0 < n < 1 << 64):
        cx.limit(const(False), "OverflowError", "Python int too large to convert to a 64-bit integer")
    if is_int(kind):
        found = COMPARE[op](0, n)
        return Known(np.bool_(found) if is_numpy(kind) else found)
    if is_numpy(kind):
        return _compare(cx, op, a, fold(cx, float, Known(n)))
    try:
        near = float(n)
    except OverflowError:
        near = math.inf if n > 0 else -math.inf
    if near != n and op in ("==", "!="):
        return Known(op == "!=")
    if near != n:
        op = op[0] + ("=" if (near < n) == (op[0] == "<") else "")  # no float is between the two
    return _compare(cx, op, a, Known(near))


def unary(cx: Context, op: str, a: AV) -> AV:
    """`op a` for a scalar."""
    if is_narrow_in_jitted(cx, a) and op != "not":
        return as_in_jitted(cx, [a], lambda x: _unary(cx, op, x))
    return _unary(cx, op, a)


def _unary(cx: Context, op: str, a: AV) -> AV:
    if isinstance(a, Known):
        return fold(cx, UNARY[op], a)
    if op == "not":
        return cx.bool(cx.negate(truth(cx, a)))
    n = cx.num(a)
    results = {(k, "bool"): unary_kind(op, k) for k in n.kinds}
    machines = {MACHINE[k] for k in n.kinds}, {MACHINE[k] for k in results.values() if k}
    if n.tag is not None and (None in results.values() or max(map(len, machines)) > 1):
        return each_kind(cx, n, lambda m: unary(cx, op, m))
    if None in results.values():
        cx.type_error(refusal("unary", op, n.kinds[0]))
    kinds: Results = {pair: k for pair, k in results.items() if k}
    value = cx.cast(n.value, widest(ordered_kinds(kinds.values())))
    if op == "~":
        value = cx.op("not" if value.type == BOOL else "invert", value)
    elif op == "-":
        if "int" in kinds.values():
            fits = cx.op("ne", value, int_const(INT_MIN))
            cx.fits(cx.either(lenient(cx, n), fits), "-({}) leaves the range of 64-bit integers", value)
        value = cx.op("neg", value)
    return with_kinds(cx, value, kinds, n, Num("bool", const(False)))


def absolute(cx: Context, a: AV) -> AV:
    """abs(a) of a scalar."""
    if isinstance(a, Known):
        return fold(cx, abs, a)
    n = cx.num(a)
    if n.tag is not None and ("bool" in n.kinds or "bool_" in n.kinds or len({MACHINE[k] for k in n.kinds}) > 1):
        return each_kind(cx, n, lambda m: absolute(cx, m))
    if n.kinds == ("bool",):
        return Num("int", cx.cast(n.value, INT))
    if n.kinds == ("bool_",):
        return n
    if "int" in n.kinds:
        fits = cx.op("ne", n.value, int_const(INT_MIN))
        cx.fits(cx.either(lenient(cx, n), fits), "abs({}) leaves the range of 64-bit integers", n.value)
    return Num(n.kinds, cx.op("abs", n.value), n.tag)


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
        cx.limit(inside, "OverflowError", "int({}) leaves the range of 64-bit integers", value)
    return Num("int", cx.signed(value))


def to_numpy_int(cx: Context, av: AV, kind: str) -> Value:
    """A number as a numpy int: what does not fit is an error, but other numpy ints wrap."""
    n, machine = cx.num(av), MACHINE[kind]
    narrow = machine.bits < 64 and not all(map(is_numpy, n.kinds))
    if any(MACHINE[k].is_float for k in n.kinds):
        n = cx.num(to_int(cx, av))
        narrow = machine.bits < 64
    stored = cx.cast(n.value, machine)
    if narrow and n.value.type != BOOL:
        same = cx.op("eq", cx.cast(stored, INT), n.value)
        cx.guard(same, "OverflowError", f"Python integer {{}} out of bounds for {kind}", n.value)
    return stored


def check_element(cx: Context, av: AV, kind: str) -> None:
    """An int of numpy as an element of signed ints that are narrower must fit; of unsigned ones its lowest bits are stored."""
    machine = MACHINE[kind]
    if not numeric(av) or not SIGNED_FIT or cx.jitted or not machine.is_int or machine.bits == 64 or kind.startswith("u"):
        return
    n = cx.num(av)
    for source in n.kinds:
        if is_numpy(source) and MACHINE[source].is_int and MACHINE[source].bits + source.startswith("u") > machine.bits:
            fits = cx.op("eq", cx.cast(cx.cast(n.value, machine), INT), cx.cast(n.value, INT))
            fits = cx.either(cx.negate(is_kind(cx, n, source)), fits)
            cx.guard(fits, "OverflowError", f"Python integer {{}} out of bounds for {kind}", n.value)


def _signed_fit() -> bool:
    try:
        np.zeros(1, np.int8)[0] = np.int64(200)
    except OverflowError:
        return True
    return False


SIGNED_FIT = _signed_fit()  # of the numpy that is installed


def cast_float(cx: Context, value: Value, kind: str) -> Value:
    """A float of numpy's as a numpy int, as numpy casts arrays: cut off, and of the small kinds the lowest bits."""
    machine = MACHINE[kind]
    value = cx.cast(value, FLOAT)
    bits = max(machine.bits, 32)
    low, high = -(2.0 ** (bits - 1)), 2.0 ** (bits if machine is MACHINE["uint32"] else bits - 1)
    above = cx.op("ge", value, const(low)) if bits == 64 else cx.op("gt", value, const(low - 1.0))
    error = UnsupportedError(
        f"nan or a number that is out of range, converted to {kind}", kind="dtype", loc=cx.loc,
        why="what numpy makes of it depends on the processor", hint="use np.clip, or np.where(np.isnan(x), 0.0, x), before",
    )
    cx.unless(cx.both(above, cx.op("lt", value, const(high))), lambda: cx.fail(error))
    return cx.cast(cx.signed(value), machine)


def to_kind(cx: Context, av: AV, kind: str) -> AV:
    """A scalar converted by its class: float(x), np.float64(x), np.int32(x), bool(x)."""
    if kind == "int":
        return to_int(cx, av)
    if kind in ("bool", "bool_"):
        return Num(kind, truth(cx, av)) if not isinstance(av, Known) else Known(_class_of(kind)(av.obj))
    if isinstance(av, Known):
        return fold(cx, _class_of(kind), av)
    n = cx.num(av)
    if MACHINE[kind].is_int and all(is_numpy(k) and MACHINE[k].is_float for k in n.kinds):
        return Num(kind, cast_float(cx, n.value, kind))
    if MACHINE[kind].is_int:
        return Num(kind, to_numpy_int(cx, av, kind))
    return Num(kind, cx.cast(n.value, MACHINE[kind]))


def _class_of(kind: str) -> type:
    from irad.infer.kinds import CLASSES

    return CLASSES[kind]


