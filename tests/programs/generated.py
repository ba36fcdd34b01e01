"""Generators, generator expressions and lazy iterators, sorted sequences: programs whose derivatives go through them."""

from __future__ import annotations

import functools
import itertools
import math
import operator

from programs.registry import program, vec


def squares(a):
    for x in a:
        yield x * x


def decaying(x, limit):
    while x > limit:
        yield x
        x = x * 0.7


def newton(c):
    x = 1.0
    while True:
        x = 0.5 * (x + c / x)
        yield x


def random_walk(x, steps):
    """Two yields in one loop, and a branch around a third."""
    for i in range(steps):
        yield x
        x = x * 1.1 + 0.1
        yield x * 0.5
        if x > 3.0:
            yield math.sin(x)
            x = x - 2.0


def with_result(a):
    total = 0.0
    for x in a:
        total = total + x
        yield total
    return total


@program([vec(5), 0.7], [vec(1), 2.0])
def generator_expressions(a, k):
    return sum(x * x * k for x in a) + sum(x for x in a if x > 1.0) * max(x * k for x in a) - min((x - k) ** 2 for x in a)


@program([vec(4), 1.3], [vec(0), 2.0], [vec(1), 0.5])
def generator_in_loop(a, k):
    s = k
    for x in squares(a):
        s = s * 0.5 + x * k
    return s


@program([vec(4), 3.0], [vec(2), 0.5])
def generators_zipped(a, x):
    s = 0.0
    for p, q, r in zip(squares(a), decaying(x, 0.1), a):
        s += p * q * r
    return s


@program([2.0], [7.0], [0.3], second=True)
def generator_left_early(c):
    last = 0.0
    for x in newton(c):
        if abs(x - last) < 1e-13:
            break
        last = x
    return x


@program([1.0, 4], [2.0, 0], [0.2, 7])
def generator_of_three_yields(x, n):
    s = 0.0
    for i, y in enumerate(random_walk(x, n)):
        s = s * 0.9 + y * (i + 1)
    return s


def delegating(a, k):
    total = yield from with_result(a)
    yield total * k
    yield from (x * k for x in a)


@program([vec(4), 1.3], [vec(1), 2.0])
def generator_delegates(a, k):
    s = 0.0
    for x in delegating(a, k):
        s = s * 0.8 + x * x
    return s


@program([vec(3)], [vec(4, seed=1)])
def nested_expressions(a):
    return sum(x * y for x in a for y in a if x < y) + sum(sum(x * y * z for z in a) for x in a for y in a)


@program([vec(4), 1.5], [vec(4), 9.0])
def next_by_hand(a, k):
    it = squares(a)
    s = next(it) * k
    for x in it:
        if x > k:
            break
        s += x * x
    return s + 3.0 * next(it, k) + sum(it)


@program([vec(3), 1.5])
def generator_writes_array(a, k):
    def scaled():
        for i in range(len(a)):
            a[i] = a[i] * k + a[i - 1]
            yield a[i]

    s = 0.0
    for x in scaled():
        s += x * x
    return s * a[0]


@program([vec(3), 1.5])
def generator_with_state_outside(a, k):
    total = k

    def gen():
        nonlocal total
        for x in a:
            total = total * x
            yield total

    return sum(gen()) + total


@program([2.0], [0.0], [-1.0], smooth=False)
def generator_caught(x):
    def inverses():
        for y in (1.0, x, 2.0):
            yield 1.0 / y

    s = 0.0
    try:
        for v in inverses():
            s += v * v
    except ZeroDivisionError:
        s = s * 3.0 + x
    return s


@program([1.5], [0.5], second=True)
def known_sequences(x):
    p, q, r = (v * x for v in (x, 2.0, 3.0))
    t = tuple(i * x for i in range(4))
    return p * q + r * math.prod(v + 1.0 for v in t) + sum(u * v for u, v in itertools.combinations((p, q, r), 2))


@program([vec(5), 0.4], [vec(2), 1.5])
def lazy_iterators(a, k):
    s = sum(map(lambda x: x * k, a)) + sum(map(operator.mul, a, squares(a))) + sum(filter(lambda x: x > k, a))
    for t in itertools.accumulate(a, operator.mul, initial=k):
        s = s * 0.5 + t
    for x, y in itertools.pairwise(itertools.chain(a, (k, 2.0))):
        s += x * y * y
    s += sum(x * y for x, y in itertools.product(a, a))
    s += sum(x * y for x, y in zip(itertools.cycle((1.0, k)), a)) + sum(itertools.islice(a, 1, 4))
    return s * functools.reduce(operator.mul, a) + sum(x * y for x, y in itertools.zip_longest(a, a[:2], fillvalue=k))


@program([1.0, 2.0, 0.5], [3.0, 1.0, 2.0], [0.1, 0.3, 0.2])
def sorted_numbers(x, y, z):
    low, middle, high = sorted((x, y * y, z))
    first, second = sorted([x, y], key=lambda v: -v * z)
    return low + 2.0 * middle * high + first * first - second


@program([vec(7)], [vec(20)], [vec(1)])
def sorted_lists(a):
    xs = [x * x for x in a]
    xs.sort(reverse=True)
    ys = sorted(a, key=lambda v: (v - 1.0) ** 2)
    return sum(i * x for i, x in enumerate(xs)) + sum(y * x / (i + 1) for i, (x, y) in enumerate(zip(xs, ys)))


@program([2.0, 3], [2.0, 1], [-1.0, 5])
def tuples_cut(x, n):
    t = (x, x * x, x * x * x, 1.0)
    s = 0.0
    for i, v in enumerate(t[:n]):
        s += v * (i + 1)
    return s + sum(t[n:])


@program([2.0, 0.5], [0.5, 3.0])
def chosen_generators(x, k):
    it = decaying(x, 0.1) if x > 1.0 else (v * k for v in (x, k))
    s = 0.0
    for v in it:
        s += v * v * k
    return s
