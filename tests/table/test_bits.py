"""The `bits` column of the op table: native loops over many operands against what the rows mean, bit for bit.

IRAD_BITS=1000000 runs as many random operands for each row (all combinations of the special ones always).
"""
from __future__ import annotations

import ctypes
import itertools
import math
import operator
import os
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from codegen_native import Native, native

from irad.codegen.check import is_scalar, operand_types
from irad.ir.build import Builder
from irad.ir.core import Function, Value, const
from irad.ir.types import BOOL, FLOAT, FLOAT32, INT, Array, Scalar
from irad.ops import OPS, Op, result_types

COUNT = int(os.environ.get("IRAD_BITS", "20000"))
DTYPES = {FLOAT: np.float64, FLOAT32: np.float32, INT: np.int64, BOOL: np.bool_}
ROWS = [row.name for row in OPS.values() if row.form != "py" and is_scalar(row) and row.eval is not None and not row.foreign]
CASES = [(name, types) for name in ROWS for types in operand_types(OPS[name]) if set(types) <= set(DTYPES)]
LIBRARY = ctypes.CDLL(None)

FLOATS = [0.0, 5e-324, 1e-310, 2.225073858507201e-308, 2.2250738585072014e-308, 1e-300, 2.0**-54, 1e-8, 0.1, 0.3, 0.5,
          math.nextafter(0.5, 0), 0.75, math.nextafter(1.0, 0), 1.0, math.nextafter(1.0, 2), 1.5, 2.0, 2.5, math.e, math.pi, 3.0,
          10.0, 171.6243769563027, 709.782712893384, 745.13, 1024.0, 2.0**52 - 0.5, 2.0**52 + 1, 2.0**53 - 1, 2.0**53 + 2, 1e16,
          2.0**62, 2.0**63, 2.0**64, 1e22, 1e154, 1.3407807929942596e154, 1e300, 1.7976931348623157e308, math.inf]
INTS = [0, 1, 2, 3, 5, 7, 10, 31, 32, 62, 63, 64, 65, 100, 127, 128, 2**31 - 1, 2**31, 2**32 + 1, 3037000499, 3037000500,
        2**53 - 1, 2**53, 2**53 + 1, 2**62, 2**63 - 2, 2**63 - 1]


# -- operands -----------------------------------------------------------------------------------------------------


def special(t: Scalar) -> np.ndarray:
    if t == BOOL:
        return np.array([False, True])
    if t == INT:
        return np.array([*INTS, *(-n for n in INTS), -(2**63)], np.int64)
    with np.errstate(all="ignore"):
        return np.array([*FLOATS, *(-x for x in FLOATS), math.nan]).astype(DTYPES[t])


def random_floats(rng: np.random.Generator, count: int) -> np.ndarray:
    """All exponents; sizes that programs have; whole numbers, halves and their neighbours; subnormal numbers."""
    part = count // 6 + 1
    whole = rng.integers(-(2**53), 2**53, part) >> rng.integers(0, 53, part)
    near = whole + rng.choice([0.0, 0.5, 0.25], part)
    parts = [
        rng.integers(0, 2**64, part, dtype=np.uint64).view(np.float64),
        rng.uniform(-1, 1, part) * 10.0 ** rng.uniform(-3, 3, part),
        rng.uniform(-1, 1, part) * 10.0 ** rng.uniform(-20, 20, part),
        np.where(rng.random(part) < 0.5, near, np.nextafter(near, rng.choice([-np.inf, np.inf], part))),
        rng.integers(-20, 20, part) * 0.5,
        (rng.integers(0, 2**53, part) >> rng.integers(0, 53, part)) * 5e-324 * rng.choice([-1.0, 1.0], part),
    ]
    return np.asarray(rng.permutation(np.concatenate(parts))[:count])


def random_ints(rng: np.random.Generator, count: int) -> np.ndarray:
    """All widths; small ones; around 2**53 and 2**63."""
    wide = rng.integers(-(2**63), 2**63 - 1, count) >> rng.integers(0, 64, count)
    edges = rng.choice([2**53, -(2**53), 2**62, 2**63 - 40, -(2**63) + 40], count) + rng.integers(-40, 40, count)
    return np.where(rng.random(count) < 0.2, edges, np.where(rng.random(count) < 0.4, rng.integers(-70, 70, count), wide))


def random(rng: np.random.Generator, t: Scalar, count: int) -> np.ndarray:
    if t == BOOL:
        return rng.random(count) < 0.5
    if t == INT:
        return random_ints(rng, count)
    with np.errstate(all="ignore"):
        return random_floats(rng, count).astype(DTYPES[t])


def operands(types: tuple[Scalar, ...], seed: str, count: int = COUNT) -> list[np.ndarray]:
    """A column for each operand: special values in all combinations, then random ones, some of them equal or opposite."""
    rng = np.random.default_rng(zlib.crc32(seed.encode()))
    grid = list(itertools.product(*map(special, types)))
    if len(grid) > 20000:
        grid = [grid[i] for i in rng.choice(len(grid), 20000, replace=False)]
    first = random(rng, types[0], count)
    columns = [first]
    for t in types[1:]:
        column = random(rng, t, count)
        if t == types[0] and t != BOOL:
            column[: count // 10] = first[: count // 10]
            column[count // 10 : count // 5] = -first[count // 10 : count // 5]
        columns.append(column)
    specials = zip(*grid, strict=True)
    return [np.concatenate([np.array(s, c.dtype), c]) for s, c in zip(specials, columns, strict=True)]


# -- native loops -------------------------------------------------------------------------------------------------


def loop_of(name: str, op: str, types: tuple[Scalar, ...], fixed: tuple[float | None, ...] = (), **attrs: Any) -> Function:
    """`out[i] = op(x[i], y[i], ...)` for all i; `fixed`: constants that stand for operands."""
    (result,) = result_types(op, [Value(t) for t in types], attrs)
    assert isinstance(result, Scalar)
    params = [Value(Array(t, 1), f"a{k}") for k, t in enumerate((*types, result))]
    f = Function(name, list(params), [])
    b = Builder(f, None, result_types)
    index = Value(INT, "i")
    entry, head, body, end = b.new_block("entry"), b.new_block("head", [index]), b.new_block("body"), b.new_block("end")
    size = b.at(entry).op("dim", params[-1], axis=0)
    b.jump(head, const(0))
    b.at(head).branch(b.op("lt", index, size), body, end)
    b.at(body)
    given: list[Value] = [b.op("load", p, index) for p in params[:-1]]
    given = [x if c is None else const(c) for x, c in itertools.zip_longest(given, fixed)]
    b.do("store", b.op(op, *given, **attrs), params[-1], index)
    b.jump(head, b.op("add", index, const(1)))
    b.at(end).ret()
    return f


def run(k: Native, name: str, columns: list[np.ndarray]) -> np.ndarray:
    out = np.empty(len(columns[0]), DTYPES[k.module.functions[name].params[-1].type.elem])
    k.raw(name, *columns, out)
    return out


@pytest.fixture(scope="module")
def loops() -> Native:
    """One module with a loop for each row and combination of operand types."""
    return native(*(loop_of(label(*case), *case) for case in CASES))


def label(name: str, types: tuple[Scalar, ...]) -> str:
    return f"{name}.{'.'.join(map(str, types))}"


# -- what the rows mean -------------------------------------------------------------------------------------------

# numpy computes these as IEEE 754 and C say: a quicker way to write the row's meaning
VECTORS: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative, "abs": np.abs,
    "sqrt": np.sqrt, "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
    "ge": np.greater_equal, "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor, "not": np.logical_not,
    "invert": np.invert, "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc, "rint": np.rint, "isnan": np.isnan,
    "isinf": np.isinf, "isfinite": np.isfinite, "signbit": np.signbit, "copysign": np.copysign, "nextafter": np.nextafter,
    "select": np.where, "shl": np.left_shift, "shr": np.right_shift, "maximum": np.maximum, "minimum": np.minimum,
    "sign": np.sign, "refined": lambda x, y: y, "linked": lambda y, x, t: y,
    "masked": lambda g, x: np.where(g == 0, np.zeros_like(x), x),
}
SIGNED_ZERO = {"maximum", "minimum", "sign"}  # numpy's SIMD code gives either zero; the rows say which by scalars
FLOAT32_ONLY: dict[str, Callable[..., Any]] = {
    "fmod": np.fmod, "floordiv": np.floor_divide, "mod": np.remainder, "exponent": lambda x: np.frexp(x)[1],
    "ldexp": lambda x, n: np.ldexp(x, np.clip(n, -5000, 5000).astype(np.int32)),
    "pow_less": lambda x, y, r: np.where((abs(r) > 2.0**-100) & (abs(r) < 2.0**100), r / x, powers(x, y - np.float32(1))),
}


def powers(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return in_c("pow", [x, y])


def in_c(name: str, columns: list[np.ndarray]) -> np.ndarray:
    """C's float32 function of a name, value by value."""
    function = LIBRARY[f"{name}f"]
    function.restype, function.argtypes = ctypes.c_float, [ctypes.c_float] * len(columns)
    return np.array([function(*row) for row in zip(*(c.tolist() for c in columns), strict=True)], np.float32)


def meaning(row: Op, types: tuple[Scalar, ...], columns: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(what the row means, where it means something)"""
    everywhere = np.ones(len(columns[0]), bool)
    with np.errstate(all="ignore"):
        if row.name in VECTORS and not (row.name in SIGNED_ZERO and types[0].is_float):
            return VECTORS[row.name](*columns), everywhere
        if types[0] == FLOAT32 and row.name in FLOAT32_ONLY:
            return FLOAT32_ONLY[row.name](*columns), everywhere
        if types[0] == FLOAT32 and row.name not in SIGNED_ZERO:
            return in_c(row.libm[0] if row.libm else "fma", columns), everywhere
    assert row.eval is not None
    values: list[Any] = []
    for args in zip(*(c.tolist() for c in columns), strict=True):
        try:
            values.append(row.eval(*args))
        except (OverflowError, ValueError):  # a guard comes before it
            values.append(None)
    defined = np.array([v is not None for v in values])
    result = DTYPES[result_types(row.name, [Value(t) for t in types], {})[0]]  # type: ignore[index]
    wrapped = [0 if v is None else (v + 2**63) % 2**64 - 2**63 if result is np.int64 else v for v in values]
    return np.array(wrapped, result), defined


def units(got: np.ndarray, want: np.ndarray) -> np.ndarray:
    """How many floats apart (1 for other bits of one value); 0 for equal bits and for any two nans."""
    if got.dtype.kind != "f":
        return np.where(got == want, 0.0, np.inf)
    ints = np.int64 if got.dtype == np.float64 else np.int32
    a, b = got.view(ints), want.astype(got.dtype).view(ints)
    low = np.iinfo(ints).min
    order = [np.where(v < 0, low - v, v).astype(np.int64) for v in (a, b)]
    with np.errstate(over="ignore"):
        apart = np.where((order[0] < 0) == (order[1] < 0), abs(order[0] - order[1]), 2**62).astype(np.float64)
    nans = np.isnan(got), np.isnan(want)
    return np.where(nans[0] & nans[1] | (a == b), 0.0, np.where(nans[0] ^ nans[1], np.inf, np.maximum(apart, 1.0)))


def allowed(row: Op) -> float:
    return float(row.bits[4:-1]) if row.bits.startswith("ulp(") else 0.0


@pytest.mark.parametrize(("name", "types"), CASES, ids=[label(*case) for case in CASES])
def test_row(loops: Native, name: str, types: tuple[Scalar, ...]) -> None:
    row = OPS[name]
    columns = operands(types, label(name, types))
    got = run(loops, label(name, types), columns)
    if name == "muladd":
        return check_muladd(got, columns)
    want, defined = meaning(row, types, columns)
    check(name, got, want, columns, allowed(row), defined)


def check(
    name: str, got: np.ndarray, want: np.ndarray, columns: list[np.ndarray], ulps: float = 0, where: np.ndarray | None = None,
) -> None:
    apart = units(got, want)
    if where is not None:
        apart = np.where(where, apart, 0.0)
    bad = np.flatnonzero(apart > ulps)
    shown = [(tuple(c[i].item() for c in columns), got[i].item(), want[i].item()) for i in bad[:5]]
    assert not len(bad), f"{name}: {len(bad)} of {len(got)} differ (operands, native, meant): {shown}"


def check_muladd(got: np.ndarray, columns: list[np.ndarray]) -> None:
    """Either rounding: of the product and the sum, or once."""
    x, y, z = columns
    with np.errstate(all="ignore"):
        twice = x * y + z
    once = in_c("fma", columns) if x.dtype == np.float32 else np.array(
        [OPS["fma"].eval(*row) for row in zip(*(c.tolist() for c in columns), strict=True)])  # type: ignore[misc]
    check("muladd", got, np.where(units(got, twice) == 0, twice, once), columns)


CONSTANTS = (0.0, -0.0, 0.5, 1.0, -1.0, 2.0, 3.0, -4.0, 10.0, math.inf)
POWERS = (*CONSTANTS, 0.25, 1.5, 4.0, 7.0, 8.0, -8.0, math.e, 100.0, 1 / 3, -0.5, -2.0, 2.0**40, math.nan)
FIXED = [(op, (c, None) if at == 0 else (None, c))
         for op in ("pow", "mul", "div", "add", "sub", "fmod", "mod", "floordiv")
         for c in (POWERS if op == "pow" else CONSTANTS) for at in (0, 1)]


def test_constant_operands() -> None:
    """LLVM has rewritings of its own for constants: pow(8, x) to exp2(3 * x), and the like."""
    k = native(*(loop_of(f"f{i}", op, (FLOAT, FLOAT), fixed) for i, (op, fixed) in enumerate(FIXED)))
    count = max(COUNT // 20, 200)
    for i, (op, fixed) in enumerate(FIXED):
        columns = operands((FLOAT, FLOAT), f"{op}{fixed}", count)
        columns = [x[-count:] if c is None else np.full(count, c) for x, c in zip(columns, fixed, strict=True)]
        columns[fixed.index(None)][: len(special(FLOAT))] = special(FLOAT)
        want, defined = meaning(OPS[op], (FLOAT, FLOAT), columns)
        check(op, run(k, f"f{i}", columns), want, columns, allowed(OPS[op]), defined)


CASTS = [(a, b) for a in DTYPES for b in DTYPES]


@pytest.fixture(scope="module")
def casts() -> Native:
    return native(*(loop_of(f"{a}.{b}", "cast", (a,), to=str(b)) for a, b in CASTS))


@pytest.mark.parametrize(("a", "b"), CASTS, ids=lambda t: str(t))
def test_cast(casts: Native, a: Scalar, b: Scalar) -> None:
    (x,) = operands((a,), f"{a}{b}")
    got = run(casts, f"{a}.{b}", [x])
    with np.errstate(all="ignore"):
        want = x.astype(DTYPES[b])
        where = abs(x) < 2.0**63 if a.is_float and b == INT else None
    check("cast", got, want, [x], where=where)


# -- the rows that Python has a name for: against Python itself ---------------------------------------------------

PYTHON: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "floordiv": operator.floordiv,
    "mod": operator.mod, "pow": operator.pow, "neg": operator.neg, "abs": abs, "hypot": math.hypot,
    "exponent": lambda x: math.frexp(x)[1], "rint": lambda x: math.copysign(float(round(x)), x),
    **{name: getattr(math, name) for name in ROWS if hasattr(math, name) and name not in ("floor", "ceil", "trunc")},
}
IN_PYTHON = [(name, types) for name, types in CASES if name in PYTHON and set(types) <= {FLOAT, INT}]


@pytest.mark.parametrize(("name", "types"), IN_PYTHON, ids=[label(*case) for case in IN_PYTHON])
def test_row_against_python(loops: Native, name: str, types: tuple[Scalar, ...]) -> None:
    """Wherever the running CPython gives a value that fits."""
    columns = operands(types, f"python {label(name, types)}")
    got = run(loops, label(name, types), columns)
    want = np.zeros_like(got)
    where = np.zeros(len(got), bool)
    for i, args in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        try:
            value = PYTHON[name](*args)
        except (ArithmeticError, ValueError):
            continue
        if isinstance(value, complex) or (types[0] == INT and not -(2**63) <= value < 2**63):
            continue
        want[i], where[i] = value, True
    check(name, got, want, columns, allowed(OPS[name]), where)
