"""map, filter, itertools, sorting, functools.reduce and operator: what CPython does, with types and exceptions."""

import functools
import itertools
import operator

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python

A = np.array([3.0, 1.0, 2.0, 5.0])


def maps(a, n):
    xs = [1.0, n]
    lazy = map(lambda v: v * 2, xs)
    xs.append(3.0)
    return (
        sum(map(lambda x: x * x, a)), sum(map(operator.mul, a, a)), sum(map(pow, (2.0, 3.0), (2, 3))), list(map(float, (1, 2))),
        sum(filter(lambda x: x > 1.5, a)), tuple(filter(None, (0, 1, 2))), list(filter(lambda v: v < 4, a)), list(lazy),
        sum(itertools.filterfalse(lambda x: x > 1.5, a)), tuple(itertools.filterfalse(None, (0, 1))),
        sum(itertools.starmap(pow, ((2.0, 3), (3.0, 2)))), sum(itertools.starmap(operator.mul, zip(a, a))),
    )


def test_map_and_filter():
    all_same(maps, [(A, 7), (A[:1], 0)])


def chains(a, n):
    s = 0.0
    for x, y in zip(itertools.chain(a, (7.0, 8.0), range(n)), itertools.count(1)):
        s += x * y
    for k, x in zip(itertools.count(0.5, 0.25), a):
        s += k * x
    for x in itertools.chain.from_iterable((a, a[:1])):
        s = s * 0.5 + x
    return s


def accumulated(a, n):
    s = 0.0
    for i, t in enumerate(itertools.accumulate(a)):
        s += t * (i + 1)
    for t in itertools.accumulate(a, operator.mul, initial=2.0):
        s = s * 0.5 + t
    for t in itertools.accumulate((1.0, n, 3)):
        s += t
    return s, list(itertools.accumulate((1, n, 3), max))


def test_chain_and_accumulate():
    all_same(chains, [(A, 3), (A[:0], 0)])
    all_same(accumulated, [(A, 2.0), (A[:0], 2)])


def sliced(a, n):
    s = 0.0
    for x in itertools.islice(a, 2):
        s += x
    for x in itertools.islice(a, 1, None):
        s += 10 * x
    for x in itertools.islice(a, 0, 4, 2):
        s += 100 * x
    for x in itertools.islice(a, n):
        s += 1000 * x
    it = iter(a)
    first = sum(itertools.islice(it, n))
    return s, first, sum(it), list(itertools.islice((1, 2, n, 4), 1, 3)), list(itertools.islice(itertools.count(n), 3))


def test_islice():
    all_same(sliced, [(A, 3), (A, 0), (A, 9), (A[:0], 1), (A, -1)])


def repeated(a, n):
    return (
        sum(x * y for x, y in zip(itertools.cycle((1.0, 2.0)), a)), sum(x * y for x, y in zip(itertools.cycle(a), range(10))),
        sum(itertools.repeat(2.5, 4)), sum(itertools.repeat(2.5, n)), sum(x * y for x, y in zip(a, itertools.repeat(2.0))),
        sum(itertools.takewhile(lambda x: x > 1, a)), sum(itertools.dropwhile(lambda x: x > 1, a)),
        sum(itertools.compress(a, (1, 0, 1, 1))), sum(itertools.compress(a, a > 1.5)),
    )


def test_repeated():
    all_same(repeated, [(A, 3), (A[:2], 0), (A[:0], 1)])


def paired(a, n):
    return (
        sum((y - x) * x for x, y in itertools.pairwise(a)), list(itertools.pairwise((1, n, 3))),
        sum(x * y for x, y in itertools.zip_longest(a, a[:2], fillvalue=2.0)), list(itertools.zip_longest((1, n), (3,))),
        sum(x * y for x, y in itertools.product(a, a)), sum(i * j for i, j in itertools.product(range(3), range(n))),
        list(itertools.product((1, n), repeat=2)), [x * y for x, y in itertools.combinations((1.0, n, 3), 2)],
        sum(p[0] * p[2] for p in itertools.permutations((1, 2, n))), sum(i * j for i, j in itertools.combinations(range(n), 2)),
        list(itertools.combinations_with_replacement((1, n), 2)),
    )


def test_pairs():
    all_same(paired, [(A, 5), (A[:1], 0), (A[:0], 2)])


def reduced(a):
    return (
        functools.reduce(operator.mul, a), functools.reduce(lambda p, q: p * 2 + q, (1.0, 2.0, 3.0), 0.5),
        functools.reduce(operator.add, (1, 2, 3)), functools.reduce(max, (x * x for x in a)),
    )


def reduced_by(a):
    return functools.reduce(operator.mul, a, 1.0)


def test_reduce():
    all_same(reduced, [A, A[:1], A[:0]])
    all_same(reduced_by, [A, A[:0]])


# -- zip, enumerate, reversed -----------------------------------------------------------------------------------


def strictly(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def three_strictly(a, b, c):
    s = 0.0
    for x, y, z in zip(a, b, c, strict=True):
        s += x * y * z
    return s


def transposed(x):
    rows = [(1, x), (2, 3 * x)]
    return list(zip(*rows)), [sum(r) for r in zip((1, x), (2, 3 * x))], list(reversed((1, x))), list(enumerate((x, 2), start=5))


def test_zip():
    all_same(strictly, [(A, A), (A, A[:2]), (A[:2], A), (A[:0], A[:0])])
    all_same(three_strictly, [(A, A, A), (A, A, A[:2]), (A[:2], A[:2], A), (A[:2], A, A)])
    all_same(transposed, [2.0, 3])


def every_number(a, default):
    return (
        max(a, key=lambda v: -v), min((v for v in a), default=default), max([], default=default), min(a, default=default),
        max(2, a[0], 1.5), max((1, 2), key=lambda v: -v), max([a[0], a[1]]),
    )


def test_extremes():
    all_same(every_number, [(A, 1), (A[:2], None)])
    all_same(lambda a: max(a, key=abs), [A, -A, A[:0]])


# -- sorting -----------------------------------------------------------------------------------------------------


def sorts_few(x, y):
    xs = [x, y, 2.5]
    xs.sort()
    low, middle, high = xs
    xs.sort(key=lambda v: (v - 2) ** 2, reverse=True)
    return (
        low, middle, high, xs, sorted("bca"), sorted({"b": 1, "a": 2}), sorted([x, y], key=lambda v: -v), sorted((abs(x), y, 3)),
        sorted([(x, "b"), (y, "a"), (x, "c")], key=lambda p: p[0]), sorted([(x, 2), (y, 1), (x, 1)]),
        sorted([(x, "b"), (y, "a"), (x, "c")], key=operator.itemgetter(0), reverse=True), sorted([3, 1, 2], reverse=True),
    )


def sorts_many(a):
    xs = [v * v for v in a]
    xs.sort(reverse=True)
    return xs, sorted(a), sorted(a, key=lambda v: (v - 2) ** 2), sorted(range(5), key=lambda i: a[i % 2]), sorted(v for v in a)


def test_sorting():
    all_same(sorts_few, [(3.0, 1.0), (1.0, 3.0), (2.0, 2.0), (-1, 2)])
    all_same(sorts_many, [A, A[:2], np.random.default_rng(0).normal(size=40), np.array([1.0, 2.0, 1.0, 2.0, 0.0])])


def sort_is_stable(a):
    pairs = [(v, i) for i, v in enumerate(a)]
    return sorted(pairs, key=lambda p: p[0]), sorted(pairs, key=lambda p: p[0], reverse=True)


def test_sorting_is_stable():
    all_same(sort_is_stable, [np.array([2.0, 1.0, 2.0, 1.0, 1.0]), np.arange(20.0) % 3])


def test_sorting_nan_is_refused():
    nan = float("nan")
    refused(lambda x, y: sorted((x, y)), 1.0, nan, match="nan")
    refused(lambda a: sorted(a), np.array([1.0, nan]), match="nan")


# -- operator ----------------------------------------------------------------------------------------------------

second = operator.itemgetter(1)


class Names:
    table = {"a": 2.0}


def operators(a, n):
    return (
        operator.index(n), operator.itemgetter(1)((1.0, n)), operator.itemgetter(0, 1)([1.0, n]), second((n, 2 * n)),
        operator.attrgetter("shape")(a), operator.attrgetter("table")(Names), operator.methodcaller("sum")(a),
        operator.methodcaller("get", "a", 1)(Names.table), operator.getitem(a, 1), operator.contains((1, n), 2),
        operator.truth(a[0]), operator.iadd(2.0, a[0]), operator.concat((1,), (n,)), operator.is_(None, None),
        operator.is_not(a, None), max([(1, n), (2, -n)], key=second),
    )


def test_operator():
    all_same(operators, [(A, 3), (A, 0)])
    same_as_python(lambda x: operator.index(x), 1.5)


# -- limits ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f", [
        lambda n: list(itertools.permutations(range(n), 9)), lambda n: sum(itertools.combinations((1, 2), n)),
        lambda n: iter((1, n)).__next__(),
    ],
    ids=("permutations", "size", "method"),
)
def test_refused(f):
    refused(f, 3)


@pytest.mark.parametrize("f", [
    lambda xs: len(zip(xs, xs)), lambda xs: len(enumerate(xs)), lambda xs: len(x for x in xs), lambda xs: enumerate(xs)[0],
    lambda xs: zip(xs, xs)[0],
])
def test_iterators_have_neither_length_nor_items(f):
    same_as_python(f, [1.0, 2.0])


def columns(m):
    return [list(c) for c in zip(*m)], dict(zip(*m)), sum(1 for _ in zip(*m)), list(zip(zip(*m), [1.0])), next(zip(*m), None)


def columns_of_pairs(xs):
    pairs = [(x, x) for x in xs]
    count = 0.0
    for _ in zip(*pairs):
        count += 1
    return count, [sum(c) for c in zip(*pairs)]


def two_columns(m):
    a, b = zip(*m)
    return a, b


@pytest.mark.parametrize("f", [columns, columns_of_pairs, two_columns])
def test_zip_of_no_rows(f):
    same_as_python(f, [])
