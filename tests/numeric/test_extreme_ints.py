"""Ints at the ends of what 64 bits hold: steps of ranges and slices, and `in` of ranges; bools and ints where numpy has rules."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numeric.harness import all_same, refused

M = 2**63
ENDS = [0, 1, -1, 3, 7, -7, M - 1, -M, -M + 1, 2**62]
STEPS = [-M, -M + 1, M - 1, 2, -1]
RANGES = [(a, b, s) for a in (0, 1, -5, M - 1, -M) for b in (0, 5, -9) for s in (*STEPS, 1, 0) if abs(b - a) < M]


@pytest.mark.parametrize("f", [lambda i, j, k: [1.5, 2.5, 3.5][i:j:k], lambda i, j, k: np.arange(4.0)[i:j:k].tolist()])
def test_slices(f):
    all_same(f, list(itertools.product(ENDS, ENDS, STEPS)))


def test_ranges():
    def f(a, b, s):
        n, t = 0, 0.0
        for i in range(a, b, s):
            n += 1
            t = t * 0.5 + i
            if n > 9:
                break
        return n, t

    def known(x):
        n = 0
        for _ in range(5, -(2**63), -(2**63)):
            n += 1
        for _ in range(-(2**63), 0, 2**63 - 1):
            n += 10
        return n * x

    all_same(f, RANGES)
    all_same(known, [(1.5,)])


def test_in_a_range():
    all_same(lambda i, a, b, s: (i in range(a, b, s), i not in range(a, b, s)), [(i, *r) for i in ENDS for r in RANGES])
    lengths = (0, 1, 5, 2**40)
    all_same(lambda i, n: (i in range(n), i in range(2, n), i in range(n, 0, -1)), list(itertools.product(ENDS, lengths)))
    all_same(lambda x, n: (x in range(n), x in range(4)), [(3.0, 5), (2.5, 5), (9.0, 5), (True, 5), (False, 0)])
    all_same(lambda n: None in range(n), [(5,)])


def test_arrays_of_bools():
    all_same(lambda a: (max(a), min(a)), [(np.array(flags),) for flags in itertools.product((True, False), repeat=3)])
    all_same(lambda a: np.bincount(a), [(np.array([True, False, True]),)])
    refused(lambda a: np.modf(a), np.array([True, False]), match="float16")


def test_slopes_of_ints_are_those_of_floats():
    all_same(lambda a: np.gradient(a), [(np.array([M - 1, -M, 5]),), (np.array([2**31 - 1, -(2**31), 7], np.int32),)])


def test_bits():
    all_same(lambda n: (n.bit_length(), n.bit_count()), [(n,) for n in (*ENDS, True, False, 255, 256, -255, -256)])
    all_same(lambda x: x * (7).bit_length() + 2 ** (int(x) - 1).bit_length(), [(37.5,)])
    refused(lambda n: n.bit_count(), np.int64(5), match="bit_count")
