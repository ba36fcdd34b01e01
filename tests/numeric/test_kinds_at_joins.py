"""Numbers whose kind depends on the way that was taken: what a join makes of every pair of kinds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numeric.harness import all_same, compiled, same_as_python

from irad.infer.kinds import CLASSES

F = np.float32
NUMBERS = [True, False, 3, 0.1, np.True_, np.int32(-4), np.int64(5), F(0.1), F(-1.25), np.float64(0.1)]


def extremes(cls: type) -> list:
    if not issubclass(cls, np.integer):
        return [cls(True)] if cls in (bool, np.bool_) else [cls(0.1)] if cls is not int else [-7, 2**53]
    return [cls(v) for v in (np.iinfo(cls).min, np.iinfo(cls).max)]


VALUES = [v for cls in CLASSES.values() for v in extremes(cls)]


def beyond_floats(a, b) -> bool:
    """Whether one of them is an int that shares a variable with a float, and that no float holds."""
    return any(abs(int(v)) > 2**53 for v in (a, b)) and any(isinstance(v, (float, np.floating)) for v in (a, b))


def either(a, b):
    def f(c):
        if c > 0:
            r = a
        else:
            r = b
        return r

    return f


@pytest.mark.parametrize("kind", CLASSES)
def test_constants_of_all_pairs_of_kinds(kind):
    a = extremes(CLASSES[kind])[-1]
    for b in VALUES:
        if not beyond_floats(a, b):
            all_same(either(a, b), [1, -1])


@pytest.mark.parametrize("big", [2**53 + 2, np.int64(-(2**60)), np.uint64(2**64 - 1)], ids=repr)
def test_ints_that_no_float_holds_are_refused_beside_floats(big):
    for way in (1, -1):
        f = either(big, F(0.5)) if way > 0 else either(0.5, big)
        with pytest.raises(OverflowError, match="share a variable with floats"):
            compiled(f)(way)


def chosen(a, b, c):
    r = a
    if c:
        r = b
    return r


def used(a, b, c):
    r = a
    if c:
        r = b
    return r * 2, r + 0.5, r == a, r < b, bool(r), abs(r), float(r)


def first_true(a, b, c):
    for _ in range(3):
        a = a or b
    return a


def summed(a, b, c):
    s = a
    for k in range(3):
        s = s + b * k
    return s


def greatest(a, b, c):
    return max(a, b), min(b, a)


def in_a_list(a, b, c):
    items = [a] * 3
    for k in range(2 if c else 1):
        items[k] = b
    return items, sum(items)


def in_a_list_at_run_time(a, b, c):
    items = [a] * (2 + c)
    for k in range(1 + c):
        items[k] = b
    return items


def tried(a, b, c):
    try:
        r = 1 // int(c)
        r = a
    except ZeroDivisionError:
        r = b
    return r


def by_number(a, b, c):
    return (a, b)[c], {0: a, 1: b}[c]


@pytest.mark.parametrize(
    "f", [chosen, used, first_true, summed, greatest, in_a_list, in_a_list_at_run_time, tried, by_number],
    ids=lambda f: f.__name__,
)
def test_arguments_of_all_pairs_of_kinds(f):
    all_same(f, [(a, b, c) for a, b in itertools.product(NUMBERS, repeat=2) for c in (0, 1)])


def greater_than_one(values):
    found = False
    for v in values:
        if v > 1:
            found = v
    return found


def sum_from_true(values):
    s = True
    for k in range(len(values)):
        s = values[k] * 2 + s
    return s


def test_elements_of_arrays():
    for values in ([0.5, 1.5], [0.5, 0.25], [3.0, 0.5]):
        for dtype in (np.float32, np.float64, np.int32, np.bool_):
            same_as_python(greater_than_one, np.array(values, dtype))
            same_as_python(sum_from_true, np.array(values, dtype))


def back_to_bool(x, n):
    r = x
    for k in range(n):
        r = r > 1 if k % 2 else r + x
    return r


def test_the_kind_after_a_loop():
    all_same(back_to_bool, [(x, n) for x in NUMBERS for n in range(4)])
