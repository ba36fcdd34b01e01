"""Every scalar op compiled against the meaning in its row, on special and random operands."""
from __future__ import annotations

import itertools
import math
import random
import struct
from typing import Any

import numpy as np
import pytest
from codegen_native import Native, native, same_number

from irad.codegen.check import function_of, is_scalar, missing, operand_types
from irad.ir.interpret import converter
from irad.ir.types import BOOL, FLOAT, FLOAT32, INT, SCALARS, Scalar
from irad.ops import OPS

SAMPLES = 2000
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.0, -2.5, 3.0, 1e-300, 5e-324, -5e-324, 2.2250738585072014e-308, 1e300,
          -1e300, 1.7976931348623157e308, math.inf, -math.inf, math.nan, math.pi, 1e16, 4503599627370497.5, -0.1, 0.3]
INTS = [0, 1, -1, 2, -2, 3, 5, 7, 10, 31, 32, 33, 62, 63, 64, 65, -63, -64, 127, -128, 2**31 - 1, -(2**31), 2**32,
        2**53 + 1, 3037000499, 3037000500, -3037000500, 2**63 - 1, -(2**63), -(2**63) + 1]
SCALAR_OPS = [row.name for row in OPS.values() if row.form != "py" and is_scalar(row) and row.eval and not row.foreign]


def random_value(rng: random.Random, t: Scalar) -> Any:
    """A value of a type: bits at random, or something that programs have."""
    if t == BOOL:
        return rng.random() < 0.5
    if t.is_float:
        kind = rng.randrange(4)
        if kind == 0:
            return converter(t)(struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0])
        if kind == 1:
            return converter(t)(float(rng.randint(-20, 20)))
        return converter(t)(rng.uniform(-1, 1) * 10 ** rng.uniform(-3, 3 if kind == 2 else 12))
    if rng.random() < 0.5:
        return converter(t)(rng.randint(-70, 70))
    return converter(t)(rng.getrandbits(rng.randint(1, 64)) * rng.choice((1, -1)))


def special(t: Scalar) -> list[Any]:
    if t == BOOL:
        return [False, True]
    return list(dict.fromkeys(converter(t)(v) for v in (FLOATS if t.is_float else INTS)))


def operands(types: tuple[Scalar, ...], seed: str) -> list[tuple[Any, ...]]:
    """Special values in all combinations (of three operands: some of them), and random ones."""
    rng = random.Random(seed)
    cases = list(itertools.product(*map(special, types)))
    if len(cases) > SAMPLES:
        cases = rng.sample(cases, SAMPLES)
    return cases + [tuple(random_value(rng, t) for t in types) for _ in range(SAMPLES)]


@pytest.fixture(scope="module")
def compiled() -> Native:
    """One module with a function for each op and combination of operand types."""
    functions = [function_of(f"test.{name}.{k}", name, types) for name in SCALAR_OPS
                 for k, types in enumerate(operand_types(OPS[name]))]
    return native(*functions)


# of float32 the row's Python says too little: it computes in doubles
FLOAT32_MEANING: dict[str, Any] = {
    "floordiv": np.floor_divide, "nextafter": np.nextafter,
    "pow_less": lambda x, y, r: r / x if 2.0**-100 < abs(r) < 2.0**100 else x ** (y - np.float32(1)),
}
FLOAT32_ROUNDED_TWICE = {"fma", "muladd", "pow_less"}


def expected(name: str, types: tuple[Scalar, ...], result: Scalar, args: tuple[Any, ...]) -> Any:
    row = OPS[name]
    assert row.eval is not None
    with np.errstate(all="ignore"):
        if types[0] == FLOAT32 and name in FLOAT32_MEANING:
            return float(FLOAT32_MEANING[name](*map(np.float32, args)))
        return converter(result)(row.eval(*args))


def close(got: float, want: float, name: str, types: tuple[Scalar, ...]) -> bool:
    """The row's contract: bits, or a number of units in the last place (libm's float functions round on their own)."""
    if same_number(got, want):
        return True
    if not isinstance(want, float) or not math.isfinite(want):
        return False
    units = float(OPS[name].bits[4:-1]) if OPS[name].bits.startswith("ulp(") else 0.0
    spacing = math.ulp(want)
    if types[0] == FLOAT32 and (OPS[name].libm or name in FLOAT32_ROUNDED_TWICE) and name != "fmod":
        units, spacing = max(units, 2.0), float(np.spacing(np.float32(abs(want))))
    return abs(got - want) <= units * spacing


def test_every_op_has_a_lowering() -> None:
    assert missing() == []


# what the table's Python says of 64-bit ints it does not say of narrower or unsigned ones
WIDTH = {"add_fits", "sub_fits", "mul_fits", "pow_fits", "shl", "shr", "int_pow", "floordiv", "mod", "invert", "neg",
         "abs"}


@pytest.mark.parametrize("name", SCALAR_OPS)
def test_op(compiled: Native, name: str) -> None:
    for k, types in enumerate(operand_types(OPS[name])):
        if types[0].is_int and types[0] != INT and name in WIDTH:
            continue
        function = f"test.{name}.{k}"
        (result,) = compiled.module.functions[function].results
        wrong = []
        for args in operands(types, function):
            try:
                want = expected(name, types, result, args)
            except (OverflowError, ValueError):  # the row is not defined there: a guard comes before it
                compiled(function, *args)
                continue
            got = compiled(function, *args)
            if not close(got, want, name, types):
                wrong.append((args, got, want))
        assert not wrong, f"{name} {types}: {len(wrong)} differ, such as {wrong[:5]}"


@pytest.mark.parametrize("name", sorted(WIDTH))
def test_narrow_ints(compiled: Native, name: str) -> None:
    """The same rules in the width of the type."""
    for k, types in enumerate(operand_types(OPS[name])):
        t = types[0]
        if not t.is_int or t == INT:
            continue
        wrap = converter(t)
        for args in operands(types, name):
            want = wrap(narrow(name, t, *args)) if not name.endswith("_fits") else narrow(name, t, *args)
            got = compiled(f"test.{name}.{k}", *args)
            assert got == want, (name, str(t), args, got, want)


def narrow(name: str, t: Scalar, x: int, y: int = 0) -> int | bool:
    half = 1 << (t.bits - 1)
    low, high = (0, 2 * half) if t.family == "u" else (-half, half)
    if name.endswith("_fits"):
        if name == "pow_fits":
            return y >= 0 and (abs(x) <= 1 or y < 64 and low <= x**y < high)
        return low <= {"add": x + y, "sub": x - y, "mul": x * y}[name[:-5]] < high
    if name == "shl":
        return x << y if 0 <= y < t.bits else 0
    if name == "shr":
        return x >> (y if 0 <= y < t.bits else t.bits)
    if name == "int_pow":
        return pow(x, y, 1 << t.bits) if y >= 0 else 0
    if name in ("floordiv", "mod"):
        return 0 if y == 0 else x // y if name == "floordiv" else x % y
    return {"invert": ~x, "neg": -x, "abs": abs(x)}[name]


CASTS = [(a, b) for a in SCALARS.values() for b in SCALARS.values()]


@pytest.fixture(scope="module")
def casts() -> Native:
    return native(*(function_of(f"cast.{a}.{b}", "cast", (a,), to=str(b)) for a, b in CASTS))


def test_casts(casts: Native) -> None:
    for a, b in CASTS:
        for (x,) in operands((a,), f"{a}{b}")[:300]:
            got = casts(f"cast.{a}.{b}", x)
            if a.is_float and b.is_int:  # defined where the truncated value is in range
                low, high = (0, 1 << b.bits) if b.family == "u" else (-(1 << b.bits - 1), 1 << b.bits - 1)
                if math.isfinite(x) and low <= int(x) < high:
                    assert got == int(x), (a, b, x)
            else:
                assert same_number(got, converter(b)(x)), (str(a), str(b), x, got)


def test_the_tables_python_of_floor_division() -> None:
    """`floordiv` and `mod` are CPython's own, on the bits."""
    rng = random.Random(1)
    k = native(function_of("q", "floordiv", (FLOAT, FLOAT)), function_of("m", "mod", (FLOAT, FLOAT)))
    for _ in range(SAMPLES):
        x, y = random_value(rng, FLOAT), random_value(rng, FLOAT)
        if y != 0:
            assert same_number(k("q", x, y), x // y) and same_number(k("m", x, y), x % y), (x, y)
