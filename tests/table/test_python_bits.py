"""Operators, builtins and the math module, compiled, over many operands: the running CPython's bits and its errors.

IRAD_BITS=1000000 runs as many random operands for each expression.
"""
from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from table.test_bits import COUNT, check, operands

import irad
from irad.ir.types import FLOAT, INT

TYPES = {"x": FLOAT, "y": FLOAT, "z": FLOAT, "n": INT, "m": INT, "k": INT}
NAMES = sorted(n for n in dir(math) if callable(getattr(math, n)))
UNARY = """acos acosh asin asinh atan atanh cbrt cos cosh degrees erf erfc exp exp2 expm1 fabs gamma lgamma log log10 log1p log2
radians sin sinh sqrt tan tanh ulp floor ceil trunc isnan isinf isfinite""".split()
BINARY = "atan2 copysign dist fmod hypot isclose log nextafter pow remainder".split()
OF_INTS = "gcd lcm isqrt comb perm factorial prod".split()
OTHERS = "frexp modf ldexp fsum sumprod fma".split()

FLOAT_EXPRESSIONS = [
    *(f"math.{f}(x)" for f in UNARY), *(f"math.{f}(x, y)" for f in BINARY if f != "dist"),
    "math.frexp(x)[0]", "math.frexp(x)[1]", "math.modf(x)[0]", "math.modf(x)[1]",
    "x + y", "x - y", "x * y", "x / y", "x // y", "x % y", "x ** y", "divmod(x, y)[0]", "divmod(x, y)[1]",
    "-x", "+x", "abs(x)", "not x", "int(x)", "bool(x)", "round(x)", "max(x, y)", "min(x, y)",
    "x < y", "x <= y", "x > y", "x >= y", "x == y", "x != y", "x < y < 1.0", "x if x > y else y",
    "x ** 3", "x ** -1", "x ** 0.5", "x ** -2.0", "2.0 ** x", "8.0 ** x", "10 ** x", "0.5 ** x", "x * 0.0", "x + 0.0", "0.0 - x",
    "x / 10.0", "x / 3", "1 / x", "x % 1.0", "x % -3", "x // 0.1", "x - x", "x / x", "x * 2 - x", "math.pow(x, 2)",
    "math.log(x, 2)", "math.hypot(x, y, z)", "math.hypot(x, y, z, 1.0, x)", "math.hypot(x)", "math.dist((x, y), (z, 1.0))",
    "math.dist((x,), (y,))", "math.fsum((x, y, z, 1.0, -x))", "sum((x, y, z))", "sum((x, 1, y, True, z))", "sum((1, 2, x), y)",
    "math.prod((x, y, z))", "math.sumprod((x, y, z), (y, z, x))", "math.sumprod((1, x, 2), (3, y, z))", "math.fma(x, y, z)",
    *(f"round(x, {d})" for d in (0, 1, 2, 3, 10, 15, 17, 22, 23, 300, 400, -1, -2, -15, -22, -23, -300, -400)),
]
INT_EXPRESSIONS = [
    "math.gcd(n, m)", "math.gcd(n, m, k)", "math.lcm(n, m)", "math.lcm(n // 2**40, m // 2**40, k // 2**50)", "math.isqrt(n)",
    "math.comb(n % 80, m % 80)", "math.perm(n % 25, m % 25)", "math.perm(n % 25)", "math.factorial(n % 24)",
    "math.prod((n // 2**43, m // 2**43, k // 2**43))", "n + m", "n - m", "n * m", "n // m", "n % m", "divmod(n, m)[0]",
    "divmod(n // 2, m)[1]", "n ** (m % 70)", "n << (m % 64)", "n >> (m % 64)", "n & m", "n | m", "n ^ m", "~n", "-n", "abs(n)",
    "n / 8", "float(n)", "int(n)", "bool(n)", "n < m", "n == m", "max(n, m)", "n ** 2", "n ** 3", "2 ** (n % 70)", "n % 7",
    "n // -8", "n % -16", "n // 1", "n // -1", "sum((n // 4, m // 4, k // 4))", "round(n)", "round(n, 2)",
    *(f"round(n, {d})" for d in (-1, -2, -18, -19, -20)),
    "math.sqrt(n)", "math.log(n)", "math.log2(n)", "math.exp(n)", "math.sin(n)", "math.ulp(n)", "math.hypot(n, m)",
]
MIXED_EXPRESSIONS = [
    "math.ldexp(x, n)", "n < x", "n <= x", "n == x", "n != x", "x > n", "x == n", "n + x", "x - n", "n * x", "x / n", "n // x",
    "x % n", "x ** n", "n ** x", "float(max(n // 2**11, x))", "round(x, n % 40 - 20)", "round(x, n % 700 - 350)", "round(x, n)",
    "round(n, m % 60 - 40)", "math.copysign(n, x)", "math.fmod(x, n)", "math.sumprod((n // 2**33, x), (m // 2**33, y))",
    "sum((n // 4, m // 4, x, y))", "math.dist((n, x), (m, y))",
]
NEW = [f"math.nextafter(x, y, steps={s})" for s in ("n % 50", "0", "3")] if sys.version_info >= (3, 12) else []
EXPRESSIONS = [e for e in [*FLOAT_EXPRESSIONS, *INT_EXPRESSIONS, *MIXED_EXPRESSIONS, *NEW]
               if not any(f"math.{name}(" in e and not hasattr(math, name) for name in ("sumprod", "fma"))]


def test_nothing_of_math_is_left_out() -> None:
    assert {*NAMES} - {*UNARY, *BINARY, *OF_INTS, *OTHERS} == set()


def compiled(expression: str, names: list[str]) -> tuple[Callable[..., Any], Any, Any]:
    """(the expression as a Python function, compiled, and compiled in a loop over arrays)"""
    convert = "".join(f"{v} = {'float' if TYPES[v] == FLOAT else 'int'}({v}s[i]); " for v in names)
    arrays = ", ".join(f"{v}s" for v in names)
    source = (f"def f({', '.join(names)}): return {expression}\n"
              f"def loop({arrays}, out):\n    for i in range(len(out)):\n        {convert}\n        out[i] = {expression}\n")
    space: dict[str, Any] = {"math": math}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(source, space)
    return space["f"], irad.compile(space["f"]), irad.compile(space["loop"])


def near_ties(rng: np.random.Generator, count: int) -> np.ndarray:
    """Floats at and beside the half-way points of decimals, of all sizes."""
    whole = rng.integers(0, 10 ** rng.integers(1, 17, count))
    shift = rng.integers(-24, 25, count)
    ties = [float(f"{n}5e{s}") for n, s in zip(whole.tolist(), shift.tolist(), strict=True)]
    return np.nextafter(ties, ties * rng.choice([0.0, 1.0, 2.0], count)) * rng.choice([1, -1], count)


def columns_of(expression: str, names: list[str]) -> list[np.ndarray]:
    columns = operands(tuple(TYPES[v] for v in names), expression)
    if expression.startswith("round(x"):
        rng = np.random.default_rng(3)
        some = rng.integers(0, len(columns[0]), COUNT // 2)
        columns[0][some] = near_ties(rng, len(some))
    return columns


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expression(expression: str) -> None:
    used = compile(expression, "", "eval").co_names
    names = [v for v in TYPES if v in used]
    f, one, loop = compiled(expression, names)
    columns = columns_of(expression, names)
    values, errors = outcomes(f, columns)
    good = np.array([v is not None for v in values])
    kept = [c[good] for c in columns]
    results = [v for v in values if v is not None]
    want = np.array(results, {float: np.float64, int: np.int64, bool: np.bool_}[type(results[0])])
    out = np.empty_like(want)
    loop(*kept, out)
    check(expression, out, want, kept)
    for args, error in errors:
        same_error(expression, one, args, error)


MOST_ERRORS = 40  # of each kind


def outcomes(f: Callable[..., Any], columns: list[np.ndarray]) -> tuple[list[Any], list[tuple[tuple[Any, ...], Any]]]:
    """What Python gives for each row (None: an error, or nothing that fits), and some of the errors."""
    values: list[Any] = []
    errors: list[tuple[tuple[Any, ...], Any]] = []
    seen: dict[Any, int] = {}
    for args in zip(*(c.tolist() for c in columns), strict=True):
        error: Any = None
        try:
            value = f(*args)
            if isinstance(value, complex):
                value, error = None, "complex"
            elif isinstance(value, int) and not -(2**63) <= value < 2**63:
                value, error = None, "too large"
        except (ArithmeticError, ValueError) as e:
            value, error = None, e
        values.append(value)
        key = str(error)
        if error is not None and seen.setdefault(key, 0) < MOST_ERRORS:
            seen[key] += 1
            errors.append((args, error))
    return values, errors


def same_error(expression: str, f: Any, args: tuple[Any, ...], error: Any) -> None:
    """CPython's exception; for a result that is not a 64-bit int or a float, OverflowError or ValueError."""
    try:
        result = f(*args)
    except (ArithmeticError, ValueError) as e:
        if isinstance(error, str):
            assert type(e) is (OverflowError if error == "too large" else ValueError), (expression, args, e)
        elif "64-bit" not in str(e) and "would be complex" not in str(e):  # CPython: a result that does not fit, OverflowError
            assert (type(e), str(e)) == (type(error), str(error)), (expression, args)
        return
    raise AssertionError(f"{expression} with {args} gave {result!r} and should raise {error!r}")
