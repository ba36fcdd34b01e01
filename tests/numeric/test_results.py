"""Results whose type depends on the data."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python

import irad


def scalar_if_one(x):
    return x.item() if x.size == 1 else x


def positive(x):
    x = np.atleast_1d(x)
    return scalar_if_one(x[x > 0] ** 2)


class TestNumberOrArray:
    def test_gradient(self):
        assert irad.grad(positive)(3.0) == 6.0
        assert irad.value_and_grad(positive)(3.0) == (9.0, 6.0)

    def test_where_it_is_an_array(self):
        with pytest.raises(TypeError, match="one real number"):
            irad.grad(positive)(-3.0)

    def test_auxiliary_value(self):
        assert irad.grad(lambda x: (positive(x), 1), has_aux=True)(3.0) == (6.0, 1)


TABLE = np.array([1.0, 2.0, 4.0])


def captured_or_made(x):
    a = TABLE if x > 1 else np.array([x, x * x, 2.0])
    return a.sum() * x


class TestCapturedOrMade:
    """An array that is a captured one or one that depends on the argument."""

    def test_gradient(self):
        assert irad.grad(captured_or_made)(0.5) == 2 * 0.5 + 3 * 0.25 + 2.0
        assert irad.grad(captured_or_made)(2.0) == 7.0
        assert irad.grad(irad.grad(captured_or_made))(0.5) == 2 + 6 * 0.5

    def test_forward(self):
        with irad.options(mode="forward"):
            assert irad.grad(captured_or_made)(0.5) == 2 * 0.5 + 3 * 0.25 + 2.0

    def test_in_a_loop(self):
        def f(x):
            a, s = TABLE, 0.0
            for i in range(3):
                s += a[i] * x
                a = a * x if i else np.array([x, x, x])
            return s

        x = 0.5  # x + x**2 + x**3
        assert irad.grad(f)(x) == pytest.approx(1 + 2 * x + 3 * x * x, rel=1e-15)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "uint16", "uint32", "uint64"])
def test_numbers_of_kinds_that_irad_does_not_compute_with(kind):
    cls = getattr(np, kind)
    all_same(lambda x: cls(x), [0, 7, 100])
    all_same(lambda x, a: (cls(x), a.astype(cls)[1], x), [(3, np.array([1.5, 2.5]))])
    all_same(lambda x: cls(x) if x > 5 else 1.5, [3, 7])


def small_and_large(cls):
    return [cls(0), cls(3), cls(np.iinfo(cls).max), cls(np.iinfo(cls).min)]


SMALL = [np.int8, np.int16, np.uint8, np.uint16, np.uint32, np.uint64]


@pytest.mark.parametrize("cls", SMALL)
def test_arguments_of_these_kinds(cls):
    others = [2.5, -1.0, np.float64(0.5), np.float32(0.5)]
    all_same(lambda x, y: (x * y, y - x, x / y, y // 2.0, x), itertools.product(small_and_large(cls), others))
    all_same(lambda x: (float(x), bool(x), abs(np.float64(x)), x), small_and_large(cls))
    all_same(lambda x, a: (a * float(x), x, (x, [x, a[0]])), [(cls(3), np.array([1.5, 2.5]))])
    x = cls(3)
    all_same(lambda y: x * y, [2.5])


@pytest.mark.parametrize("cls", SMALL)
def test_comparisons_of_these_kinds(cls):
    others = [-1, 3, 2**63 - 1, -(2**63), True, np.True_, 3.0, np.int64(-1), np.float32(3), *small_and_large(np.uint64)]
    all_same(lambda x, y: (x == y, x != y, x < y, x <= y, x > y, x >= y), itertools.product(small_and_large(cls), others))
    all_same(lambda x, y: (x == y, x != y, x < y, x <= y, x > y, x >= y), itertools.product(others, small_and_large(cls)))


def test_arithmetic_in_these_kinds_is_refused():
    refused(lambda x: x + 1, np.uint8(200), match="np.uint8 as the result of")
    refused(lambda a: a.astype(np.uint16).sum(), np.array([1.5]), match="np.uint64 as the result of a sum")
    for f in (int, round, lambda x: [1, 2][x]):
        with pytest.raises(OverflowError, match="np.uint64 is beyond"):
            irad.compile(lambda x, f=f: f(x))(np.uint64(2**64 - 1))
    all_same(lambda x: np.int32(2) ** x, [np.uint64(3)])


@pytest.mark.parametrize("kind", ["bool_", "int8", "int32", "int64", "uint8", "uint32", "uint64", "float32"])
def test_means_of_arrays_of_these_kinds(kind):
    cls, a = getattr(np, kind), np.array([[1.0, 2.0], [3.0, 100.0]])
    all_same(lambda a: (a.astype(cls).mean(), a.astype(cls).mean(0), a.astype(cls).var(), a.astype(cls).std(1)), [(a,)])
    all_same(lambda a: (a.astype(cls).mean(where=np.array([True, False]))), [(a,)])


def test_a_mean_of_large_ints_does_not_wrap():
    all_same(lambda a: (a.mean(), a.mean(0), a.var()), [(np.array([2**62, 2**62, 2**62, 0]),)])


def nothing(n):
    return [None for _ in range(n)], tuple(["a" for _ in range(n)]), {i: None for i in range(n)}, [() for _ in range(n)]


def put_nothing(xs, n):
    for _ in range(n):
        xs.append(None)


def printed_nothing(n):
    print([None for _ in range(n)])
    raise ValueError(["a" for _ in range(n)])


@pytest.mark.parametrize("n", [0, 3])
def test_lists_with_nothing_in_their_items(n):
    same_as_python(nothing, n)
    same_as_python(put_nothing, [None], n)
    same_as_python(printed_nothing, n)
    beside = irad.compile(lambda x, n: irad.value_and_grad(lambda x: (x * x, [None for _ in range(n)]), has_aux=True)(x))
    assert beside(2.0, n) == ((4.0, [None] * n), 4.0)


def in_a_tuple(n):
    row = [1.0, 2.0]
    rows = tuple(row for _ in range(n))
    rows[0].append(3.0)
    return rows


def in_a_table(n):
    row, found = [0.0], {}
    for i in range(n):
        found[i] = row
    found[1].append(1.0)
    return found


def on_one_way(n):
    row, found = [0.0], {}
    for i in range(n):
        found[i] = row if i % 2 else [1.0]
    found[1].append(1.0)
    return found


def test_a_list_that_is_in_a_dict_on_one_way_is_refused():
    refused(on_one_way, 3, match="stored in a dict or list of run-time length on one way only")


def test_rows_in_tuples_and_dicts_of_run_time_length_that_are_one():
    for f in (in_a_tuple, in_a_table):
        for n in (2, 5):
            wanted, found = f(n), irad.compile(f)(n)
            assert found == wanted and type(found) is type(wanted)
            keys = range(n)
            assert [[found[i] is found[j] for j in keys] for i in keys] == [[wanted[i] is wanted[j] for j in keys] for i in keys]
