"""itertools of lists of run-time length, `functools.singledispatchmethod`, enums by a number; and what to write instead."""

from __future__ import annotations

import cmath
import decimal
import enum
import functools
import itertools
import random
import statistics
import time
import typing

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_and_derivative


class P:
    def __init__(self, m, p):
        self.m, self.p = m, p


def pairs_of_objects(x, n):
    ps = [P(1.0 + i, x * i) for i in range(n)]
    return sum(a.m * b.m / (1.0 + abs(a.p - b.p)) for a, b in itertools.combinations(ps, 2))


def selections(x, n):
    v = [x * i for i in range(n)]
    s = sum(a * b * c for a, b, c in itertools.combinations(v, 3)) + sum(a * (b + 1) for a, b in itertools.permutations(v, 2))
    s += sum(a * b for a, b in itertools.combinations_with_replacement(v, 2))
    return s + sum(a * b for a, b in itertools.combinations([x, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, x * x, 0.5], 2))


def groups(x, n):
    v = [(i // 2, x * i) for i in range(n)]
    s = 0.0
    for k, g in itertools.groupby(v, key=lambda p: p[0]):
        s += (k + 1) * sum(b for _, b in g)
    for k, g in itertools.groupby([i // 3 for i in range(3 * n)]):
        if k != 1:  # else nobody asks for the items
            next(g)
            s += next(g) * x
    runs = [(k, len(list(g))) for k, g in itertools.groupby([1, 1, 2, 2, 2, 3])]
    return s + sum(k * c for k, c in runs) * x + sum(k for k, _ in itertools.groupby([i for i in range(n - n)]))


def again_and_again(x, n):
    v = [x * i for i in range(n)]
    a, b = itertools.tee(v)
    next(b)
    s = sum(p * q for p, q in zip(a, b))
    for i, p in zip(range(20), itertools.cycle(v)):
        s += p * i
    return s + sum(p * q for p, q in itertools.product(v, [1.0, x]))


class Scaled:
    def __init__(self, k):
        self.k = k

    @functools.singledispatchmethod
    def by(self, a):
        return 1.0

    @by.register
    def _(self, a: int):
        return 2.0 * a * self.k

    @by.register
    def _(self, a: float):
        return 3.0 * a * self.k


def by_class(x, n):
    return Scaled(x).by(x) + Scaled(x).by(n) + Scaled(2.0).by("a")


class Mode(enum.IntEnum):
    EVEN = 0
    ODD = 1


def by_number(x, n):
    s = 0.0
    for i in range(n):
        mode = Mode(i % 2)
        s += x * i if mode is Mode.ODD else x * x
    return s


@pytest.mark.parametrize(
    "f", [pairs_of_objects, selections, groups, again_and_again, by_class, by_number], ids=lambda f: f.__name__,
)
def test_programs(f):
    for x, n in ((2.5, 5), (0.7, 8)):
        same_and_derivative(f, x, n)


def test_types_with_parameters():
    """They are made by CPython, as it does."""
    all_same(lambda x: typing.cast(tuple[int, ...], (x, 2))[0] + len(typing.cast(dict[str, list[float]], {"a": x})), [1, 2])
    all_same(lambda x: typing.cast(type[int], x) + (list[int] == list[int]) + (tuple[int] == tuple[float]), [1, 2])
    all_same(lambda x: typing.cast(np.ndarray[typing.Any, np.dtype[np.float64]], x), [1.5])


def test_no_such_member():
    all_same(lambda n: Mode(n).name, [0, 1, 2, -1])


def test_texts_of_members():
    all_same(lambda x: (f"{Mode.ODD}", f"{Mode.ODD:03d}", format(Mode.EVEN, ""), f"{Mode.ODD!r} {x}"), [1.5])


@pytest.mark.parametrize(
    ("f", "words", "hint"), [
        (lambda x: statistics.mean([x, 1.0]), "statistics.mean", "fmean"),
        (lambda x: statistics.stdev([x, 1.0]), "statistics.stdev", "fmean"),
        (lambda x: float(decimal.Decimal(x)), "decimal.Decimal", "floats"),
        (lambda x: complex(x, 1.0).real, "complex", "two parts"),
        (lambda x: abs(cmath.exp(x)), "cmath.exp", "two parts"),
        (lambda x: x * random.random(), "random.random", "outside"),
        (lambda x: time.localtime(x), "time.localtime", "outside"),
    ], ids=lambda v: v if isinstance(v, str) else "f",
)
def test_what_to_write_instead(f, words, hint):
    error = refused(f, 2.0, match=f"a call of {words}")
    assert hint in error.hint
