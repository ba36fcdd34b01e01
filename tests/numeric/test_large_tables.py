"""Long tables of known numbers, as of series of terms: read at any place and walked along without being unrolled."""

from __future__ import annotations

import math

import pytest

import irad
from tests.numeric.harness import refused, same_and_derivative, same_as_python

TERMS = [[0.01 * k, 2.0 / (1 + k), k] for k in range(150)]
PAIRS = tuple((0.5 * k, math.sin(k)) for k in range(90))
NUMBERS = [0.1 * k for k in range(70)]
NESTED = [((k, 0.5), [1.5 * k, 2]) for k in range(80)]
SERIES = [[[0.1 * k * j, 2.0 + j] for k in range(30 + 10 * j)] for j in range(3)]
MIXED = [(k if k % 2 else float(k), k > 40) for k in range(80)]


THOUSANDS = tuple(float(k) for k in range(6000))
BY_NUMBER = {k: 0.5 * k for k in range(5000)}
MANY = tuple(range(70_000))
HUGE = range(-(2**63), 3)


def placed(x):
    s = 0.0
    for k in range(len(TERMS)):
        s += TERMS[k][0] * x ** (k % 3) + TERMS[-k][2]
    return s


def walked(x):
    s = 0.0
    for a, b, n in TERMS:
        s += a * math.cos(b * x) + n
    for v in NUMBERS:
        s = s * 0.99 + v * x
    return s


def numbered(x):
    s = 0.0
    for k, (a, b) in enumerate(PAIRS):
        if k % 7 == 3:
            continue
        s += a * x + b * k
        if s > 4000.0:
            break
    else:
        s = -s
    return s


def together(x):
    s = 0.0
    for (a, b), n in zip(PAIRS, NUMBERS):
        s += a * b * x + n
    for row in reversed(TERMS):
        s = 0.5 * s + row[0] * x + len(row)
    return s


def deeper(x):
    s = 0.0
    for (k, h), (y, n) in NESTED:
        s += k * h * x + y / n
    return s


def one_of_several(x, n=1):
    s = 0.0
    for k in range(n + 1):
        power = 0.0
        for a, b in SERIES[k]:
            power += a * math.cos(b * x)
        s += power * x**k
        for j in range(len(SERIES[k])):
            s += SERIES[k][j][1]
    return s


def in_expressions(x):
    return sum(a * x for a, b in PAIRS) + max(b * x for a, b, n in TERMS) + sum([v * x for v in NUMBERS]) + sum(NUMBERS)


def of_two_kinds(x):
    s = 0
    for v, late in MIXED:
        s = s + v * (x if late else 1)
    return s


@pytest.mark.parametrize(
    "f", [placed, walked, numbered, together, deeper, one_of_several, in_expressions, of_two_kinds], ids=lambda f: f.__name__,
)
def test_values_and_derivatives(f):
    same_and_derivative(f, 0.7)


def test_the_kinds_of_items():
    same_as_python(lambda n: [v for v, late in MIXED][n], 3)
    same_as_python(lambda n: [v for v, late in MIXED][n], 4)
    same_as_python(lambda n: TERMS[n][2] * 2, 5)


def of_thousands(x):
    s = x
    for v in THOUSANDS:
        s += v * x
    for k, v in BY_NUMBER.items():
        s -= k * v
    a, b, *rest = THOUSANDS
    return s + sum(THOUSANDS) + max(THOUSANDS) * x + THOUSANDS[int(x)] + b + rest[-1] + sum(BY_NUMBER.values())


def test_thousands_of_items():
    same_and_derivative(of_thousands, 7.5)
    with pytest.raises(ValueError, match="too many values"):
        irad.compile(lambda x: [a + b + x for a, b in (THOUSANDS,)])(0.5)


@pytest.mark.parametrize("f", [
    lambda x: x + sum(MANY), lambda x: x + max(MANY), lambda x: [v * x for v in MANY], lambda x: x + next(iter(MANY)),
])
def test_more_than_a_program_can_hold_are_refused(f):
    refused(f, 1.5, match="a loop over a known tuple of 70000 items")


def along_a_huge_range(x):
    for i in HUGE:
        x += 1.0
        if x > 5.0:
            return x, i
    return x, 0


@pytest.mark.parametrize("f", [
    along_a_huge_range, lambda x: x * len(HUGE), lambda x: x * HUGE[-1], lambda x: x if HUGE else 0.0,
    lambda x: x * next(iter(HUGE)), lambda x: [x * b for a, b in zip(HUGE, [1.0, 2.0])], lambda x: x * max(range(5000)),
])
def test_ranges_of_any_length(f):
    same_as_python(f, 1.5)


NAMED = [("ab"[k % 2] + str(k), 0.1 * k) for k in range(100)]
BY_NAME = {name: weight for name, weight in NAMED}


def with_names(x):
    s = 0.0
    for name, weight in NAMED:
        s += weight * x if name.startswith("a1") else weight
    return s + sum(v * x for k, v in BY_NAME.items() if not k.endswith("7"))


def test_items_that_are_no_numbers_are_unrolled():
    same_and_derivative(with_names, 1.5)
    names = [str(k) for k in range(600)]
    refused(lambda x: [x for name in names if name == "3"], 1.5, match="a loop over a known sequence of 600 items")


def changed_ahead(n, values):
    """A loop over a dict that changes the items it has yet to come to."""
    source = f"""def f(x):
    d = {{{", ".join(f"{k}: {v}" for k, v in enumerate(values))}}}
    s = 0.0
    for k, v in d.items():
        d[(k + 1) % {n}] += v * x
        s = 0.5 * s + v
    for v in d.values():
        d[{n - 1}] += 1.0
        s = 0.5 * s + v
    return s
"""
    space = {}
    exec(source, space)
    return space["f"]


@pytest.mark.parametrize("n", [64, 65])
def test_long_dicts_are_seen_as_they_are_by_then(n):
    same_and_derivative(changed_ahead(n, [f"{0.5 * k}" for k in range(n)]), 0.125)
    same_and_derivative(changed_ahead(n, [f"x * {k}" for k in range(n)]), 0.125)


LONG = tuple(0.5 * k for k in range(100))


def along_argument(x, t):
    s = x
    for i, v in enumerate(t):
        s = s * 0.9 + v * x * i
    return s + sum(v * x for v in t) + sum(v * w for v, w in zip(t, t[::-1]))


def along_rows(x, t):
    s = x
    for a, (b, c) in t:
        s = s * 0.9 + a * x * b - c
    return s


def along_values(x, d):
    s = x
    for k, v in d.items():
        s = s * 0.9 + v * x * k
        d[99] = 7.0 * x
    for v in d.values():
        s = s + v
    return s


def spread(x, *args, **named):
    s = x
    for v in args:
        s = s * 0.9 + v * x
    for v in named.values():
        s = s * 0.9 + v * x
    return s


def spreading(x, t, d):
    return spread(x, *t, **d)


def test_loops_along_numbers_that_are_arguments():
    for f, more in ((along_argument, LONG), (along_rows, tuple((v, (2.0, 3)) for v in LONG)),
                    (along_values, {k: 0.5 * k for k in range(100)})):
        same_and_derivative(f, 1.5, more)
    same_and_derivative(spreading, 1.5, LONG, {f"a{k}": 0.25 * k for k in range(70)})
    same_as_python(along_argument, 1.5, tuple(range(100)))
    by_items = irad.grad(along_argument, argnums=1)(1.5, LONG)
    assert len(by_items) == 100
    assert math.isclose(by_items[99], 1.5 * 99 + 1.5, rel_tol=1e-12)


def changed_in_the_loop(what, change):
    items = ", ".join(f"{k}: {k}.0" for k in range(100))
    space = {}
    loop = f"    for k, v in {what}:\n        {change}\n        s += v\n"
    exec(f"def f(x):\n    d = {{{items}}}\n    s = 0.0\n{loop}    return s", space)
    return space["f"]


def test_a_dict_shows_its_loop_what_it_holds_by_then():
    same_and_derivative(changed_in_the_loop("d.items()", "d[99] = x"), 1.5)
    same_and_derivative(changed_in_the_loop("zip(d, d.values())", "d[98] = 1000.0 * x"), 1.5)
    for change in ("d[200] = x", "del d[5]"):
        same_as_python(changed_in_the_loop("d.items()", change), 1.5)
