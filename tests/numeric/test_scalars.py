"""Operators on scalars of all kinds, against CPython."""

from __future__ import annotations

import itertools
import operator

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python

F = (0.0, -0.0, 1.0, -1.0, 2.5, -3.7, 1e308, -1e-308, 5e-324, float("inf"), float("-inf"), float("nan"), 7.0, 0.5)
I = (0, 1, -1, 2, -3, 7, 63, -(2**31), 2**53 + 1, 2**63 - 1, -(2**63))
I32 = (0, 1, -1, 2, -3, 7, 31, 2**31 - 1, -(2**31))
VALUES = {
    int: I, float: F, bool: (False, True), np.float64: tuple(map(np.float64, F)),
    np.float32: tuple(np.float32(v) for v in (0.0, -0.0, 1.0, -2.5, 3.4e38, 1e-45, np.inf, -np.inf, np.nan, 0.1)),
    np.int64: tuple(map(np.int64, I)), np.int32: tuple(map(np.int32, I32)), np.bool_: (np.bool_(False), np.bool_(True)),
}
PYTHON = (int, float, bool)
ARITHMETIC = ("+", "-", "*", "/", "//", "%")
BITS = ("&", "|", "^", "<<", ">>")
COMPARE = ("==", "!=", "<", "<=", ">", ">=")
FUNCTIONS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod,
    "**": operator.pow, "&": operator.and_, "|": operator.or_, "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift,
}


def function(source: str, name: str = "f"):
    space = {"np": np}
    exec(source, space)
    return space[name]


def pairs(a: type, b: type):
    return list(itertools.product(VALUES[a], VALUES[b]))


def fits(case, op) -> bool:
    """Whether Python's own result is one that irad has: ints beyond 64 bits are an OverflowError of irad's own."""
    if op == "<<" and type(case[0]) in PYTHON and type(case[1]) in PYTHON and case[1] > 100:
        return not case[0]
    if op == "**" and all(type(v) in (int, bool) for v in case) and abs(case[0]) > 1 and case[1] > 100:
        return False
    if op == "/" and all(type(v) in (int, bool) for v in case) and any(abs(v) > 2**53 for v in case):
        return False
    try:
        with np.errstate(all="ignore"):
            r = FUNCTIONS[op](*case)
    except Exception:
        return True
    return not (type(r) is int and not -(2**63) <= r < 2**63) and type(r) is not complex


def defined(op, a, b) -> bool:
    """Whether there is such an operation, with a result of a type that irad has (np.bool_ // np.bool_ is np.int8)."""
    try:
        with np.errstate(all="ignore"):
            return not isinstance(FUNCTIONS[op](a(1), b(1)), np.int8)
    except TypeError:
        return False


def name(pair):
    return "-".join(t.__name__ for t in pair)


PAIRS = list(itertools.product(VALUES, VALUES))
NUMPY_PAIRS = [p for p in PAIRS if not (p[0] in PYTHON and p[1] in PYTHON)]
PYTHON_PAIRS = list(itertools.product(PYTHON, PYTHON))


@pytest.mark.parametrize("pair", NUMPY_PAIRS, ids=name)
def test_numpy_arithmetic(pair):
    ops = [op for op in ARITHMETIC if defined(op, *pair)]
    raising = [c for c in pairs(*pair)]
    f = function("def f(a, b): return (" + ", ".join(f"a {op} b" for op in ops) + ",)")
    all_same(f, raising)


@pytest.mark.parametrize("pair", PYTHON_PAIRS, ids=name)
@pytest.mark.parametrize("op", ARITHMETIC)
def test_python_arithmetic(pair, op):
    all_same(function(f"def f(a, b): return a {op} b"), [c for c in pairs(*pair) if fits(c, op)])


@pytest.mark.parametrize("op", ["+", "-", "*", "//"])
def test_int_overflow_is_an_error(op):
    import irad

    f = irad.compile(function(f"def f(a, b): return a {op} b"))
    n = 0
    for case in pairs(int, int):
        if not fits(case, op):
            n += 1
            with pytest.raises(OverflowError):
                f(*case)
    assert n


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_bits(pair):
    for group in (("&", "|", "^"), ("<<",), (">>",)):
        ops = [op for op in group if defined(op, *pair)]
        if ops:
            f = function("def f(a, b): return (" + ", ".join(f"a {op} b" for op in ops) + ",)")
            all_same(f, [c for c in pairs(*pair) if all(fits(c, op) for op in ops) and shift_fits(c, ops)])


def shift_fits(case, ops):
    """C leaves shifts by negative or too many bits open; numpy gives 0 or -1 for them, but only for unsigned counts."""
    return not (ops[0] in ("<<", ">>") and any(isinstance(v, np.generic) for v in case) and not 0 <= case[1] < 31)


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_compare(pair):
    f = function("def f(a, b): return (" + ", ".join(f"a {op} b" for op in COMPARE) + ")")
    all_same(f, pairs(*pair))


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_power(pair):
    if not defined("**", *pair):
        return
    cases = [c for c in pairs(*pair) if fits(c, "**") and not (pair[0] in (int, bool) and pair[1] is int and c[1] < 0)]
    # numpy computes powers of mixed types with vector code of its own
    cases = [c for c in cases if c != (-1e-308, -3.7)]
    all_same(function("def f(a, b): return a ** b"), cases, ulps=any(t not in PYTHON for t in pair))


def test_loud_errors_of_power_and_division():
    import irad

    power = irad.compile(function("def f(a, b): return a ** b"))
    with pytest.raises(TypeError, match="negative"):
        power(2, -1)
    with pytest.raises(ValueError, match="complex"):
        power(-2.0, 0.5)
    divide = irad.compile(function("def f(a, b): return a / b"))
    with pytest.raises(OverflowError, match="2\\*\\*53"):
        divide(2**53 + 1, 3)
    assert divide(2**53, 3) == 2**53 / 3


@pytest.mark.parametrize("source", ["a // b", "a << b", "a ** b"])
def test_types_that_irad_has_not(source):
    refused(function(f"def f(a, b): return {source}"), np.True_, np.False_, match="int8")


@pytest.mark.parametrize("kind", VALUES)
def test_unary(kind):
    ops = ["+a", "-a", "not a", "abs(a)", "bool(a)", "float(a)", "a == a", "a is a"]
    if issubclass(kind, (int, np.integer)):
        ops += ["~a", "int(a)"]
    if kind is np.bool_:
        ops = [op for op in ops if op not in ("+a", "-a")] + ["~a", "int(a)"]
    f = function("def f(a): return (" + ", ".join(ops) + ")")
    all_same(f, [v for v in VALUES[kind] if not (kind is int and v == -(2**63))])


@pytest.mark.parametrize("kind", [np.bool_])
def test_numpy_bool_has_no_minus(kind):
    all_same(function("def f(a): return -a"), VALUES[kind])
    all_same(function("def f(a): return +a"), VALUES[kind])
    all_same(function("def f(a, b): return a - b"), pairs(kind, kind))


def convertible(kind):
    """The values whose integral part fits into 64 bits, and those that have none."""
    def too_large(v):
        return v == v and abs(float(v)) >= 2.0**63 and abs(float(v)) != float("inf")

    return [v for v in VALUES[kind] if isinstance(v, (int, np.integer)) or not too_large(v)]


@pytest.mark.parametrize("kind", VALUES)
def test_int_of(kind):
    all_same(function("def f(a): return int(a)"), convertible(kind))


@pytest.mark.parametrize("kind", VALUES)
def test_round(kind):
    if kind is np.bool_:
        return
    halves = (kind(2.5), kind(3.5), kind(-0.5)) if not issubclass(kind, (int, np.integer)) else ()
    all_same(function("def f(a): return round(a)"), [*convertible(kind), kind(3), *halves])


@pytest.mark.parametrize("target", ["np.float64", "np.float32", "np.int64", "np.int32", "np.bool_", "float", "bool"])
@pytest.mark.parametrize("kind", VALUES)
def test_conversions(kind, target):
    cases = list(VALUES[kind])
    if "int" in target:
        limit = 2.0**31 if target == "np.int32" else 2.0**63
        cases = [v for v in cases if v == v and -limit < float(v) < limit and v not in (2**63 - 1,)]
    all_same(function(f"def f(a): return {target}(a)"), cases)


@pytest.mark.parametrize("pair", [
    (int, int), (float, float), (int, float), (np.float64, float), (np.int64, int), (bool, bool), (float, np.float32),
], ids=name)
def test_builtins_of_two(pair):
    f = function("def f(a, b): return (max(a, b), min(a, b), max(a, b, a), min((b, a)), a and b, a or b, a if a < b else b)")
    all_same(f, [c for c in pairs(*pair) if not any(isinstance(v, int) and abs(int(v)) > 2**53 for v in c) or pair[0] is pair[1]])
    all_same(function("def f(a, b): return divmod(a, b)"), [c for c in pairs(*pair) if fits(c, "//") and fits(c, "%")])
    powers = [c for c in pairs(*pair) if fits(c, "**") and not (pair == (int, int) and c[1] < 0) and c != (-1e-308, -3.7)]
    all_same(function("def f(a, b): return pow(a, b)"), powers)


@pytest.mark.parametrize("pair", PYTHON_PAIRS + [
    (np.float64, float), (float, np.float64), (np.float64, np.float32), (np.int32, np.int64),
], ids=name)
def test_chained(pair):
    f = function("def f(a, b): return (a < b < a + a, a <= b != a, 0 < a <= b < 10, not a < b, a == b == 1)")
    all_same(f, [c for c in pairs(*pair) if fits((c[0], c[0]), "+")])


MIXED = """
def f(a, b, flag):
    x = a if flag else b
    y = x
    if flag:
        z = a
    else:
        z = b
    return x, x + y, x * z, z, x == z, -x, isinstance(x, {t}), abs(x)
"""


@pytest.mark.parametrize("pair", [
    (float, np.float64), (int, float), (bool, int), (np.float32, float), (np.int64, int), (np.bool_, bool), (np.int32, np.int64),
], ids=name)
def test_one_variable_of_two_kinds(pair):
    a, b = pair
    small = [c for c in pairs(a, b) if all(not isinstance(v, (int, np.integer)) or abs(int(v)) < 2**20 for v in c)]
    prefix = "" if a in PYTHON else "np."
    if np.bool_ in pair:
        source = MIXED.replace("-x", "not x").replace("x + y", "x & y")
    else:
        source = MIXED
    f = function(source.format(t=prefix + a.__name__))
    all_same(f, [(*c, flag) for c in small for flag in (True, False)])


AUGMENTED = """
def f(a, b):
    x = a
    x += b
    y = b
    y -= a
    z = a
    z *= b
    w = z
    w += 1
    return x, y, z, w
"""


@pytest.mark.parametrize("pair", [
    (int, int), (float, float), (int, float), (float, np.float64), (np.int64, np.int32), (np.float32, int),
], ids=name)
def test_augmented(pair):
    cases = [
        c for c in pairs(*pair)
        if all(fits(c, op) for op in "+-*") and fits((c[1], c[0]), "-") and fits((c[0] * c[1] if fits(c, "*") else 0, 1), "+")
    ]
    all_same(function(AUGMENTED), cases[:80])


def test_zero_division_texts():
    for op in ("/", "//", "%"):
        f = function(f"def f(a, b): return a {op} b")
        for case in ((1, 0), (1.0, 0.0), (1, 0.0), (1.0, 0), (True, False), (1.0, False)):
            same_as_python(f, *case)
    same_as_python(function("def f(a, b): return divmod(a, b)"), 1, 0)
    same_as_python(function("def f(a, b): return divmod(a, b)"), 1.0, 0.0)


def test_literals():
    f = function(
        "def f(x): return (x + 1, 1 + x, x * 2, 2 * x, x / 3, 3 / (x * x + 1), x ** 2, x ** 3, x ** -1, x ** 0.5, x // 2, x % 3, "
        "-x ** 2, 2 ** x)"
    )
    all_same(f, [(0.5,), (2.0,), (7.25,), (np.float64(0.5),), (np.float32(1.5),), (np.float64(3.0),)])
    g = function(
        "def f(x): return (x + 1, 1 + x, x * 2, x / 3, x ** 2, x ** 3, x ** 0, x // 2, x % 3, x % -3, x // -2, x & 3, x | 8, "
        "x ^ 5, x << 2, x >> 1, x + 1.5, x == 1, x < 2.5)"
    )
    all_same(g, [(0,), (5,), (-7,), (np.int64(5),), (np.int32(-7),), (True,)])
