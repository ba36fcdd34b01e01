"""Lists of run-time length: slices that are assigned and deleted, calls with *, tuples and columns made of them."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_and_derivative, same_as_python

import irad


def slices_assigned(x, n):
    v = [x * i for i in range(n)]
    v[1:3] = [1.0, x]
    v[2:3] = [x, 2.0, x * x]
    v[1:1] = v
    v[len(v):] = (a for a in (1.0, x))
    v[3:1] = [7.0]
    v[-2:] = []
    v[::2] = [0.5 * x] * len(v[::2])
    w = v
    k = n // 2
    v[:] = v[k:] + v[:k]
    v[k:1:-1] = v[1:k]
    return sum(i * a for i, a in enumerate(w)) + len(w)


def slices_deleted(x, n):
    v = [x * i for i in range(3 * n)]
    k = n // 2 + 1
    del v[:2]
    del v[::k]
    del v[::-3]
    del v[n:1]
    del v[4:-1]
    u = [x, 1.0, 2.0]
    del u[k:]
    z = []
    del z[k:]
    return sum(i * a for i, a in enumerate(v)) + len(v) + sum(u)


def sieve(x, n):
    prime = [True] * (n + 1)
    for i in range(2, n + 1):
        if prime[i]:
            prime[2 * i::i] = [False] * len(range(2 * i, n + 1, i))
    return x * sum(1 for p in prime if p)


def rows_in_place(x, n):
    m = [[x * i + j for j in range(n)] for i in range(n)]
    m[1][:] = [1.0] * n
    m[0][1:] = m[1][1:]
    row = m[2]
    row[::-1] = m[0]
    return sum((i + 1) * a for i, r in enumerate(m) for a in r)


def window(x, n):
    v = []
    for i in range(n):
        v.append(x * i)
        if len(v) > 3:
            del v[0:len(v) - 3]
    return sum(v)


def ints_and_floats(x, n):
    v = [0] * n
    v[1:3] = [x, 2]
    return v[0] + v[1] * v[2]


def methods_of_operators(x, n):
    v = [x * i for i in range(n)]
    d = {"a": x, "b": 2.0}
    v.__setitem__(0, 5.0)
    best = max(range(n), key=v.__getitem__)
    return v[best] + v.__len__() + v.__contains__(5.0) + d.__getitem__(min(d, key=d.__getitem__))


def tuples(x, n):
    t = tuple([x * i for i in range(n)])
    u = t + (x, 1.0)
    w = (2.0,) + t + t[::-1] + t * 2 + (x,) * n
    a, *b = t
    s = 0.0
    for i, q in enumerate(t):
        s += i * q
    for p, q in zip(t, t[1:]):
        s += p * q
    s += sum(u) + sum(w) * len(w) + a + sum(b) + max(t) + min(t, key=lambda v: -v) + sorted(t)[1] + t[-1]
    return s + t.count(0.0) + t.index(x) + (x in t) + sum(reversed(t)) + math.fsum(t) + float(np.array(t).sum())


def questions_about_tuples(x, n):
    t = tuple([x * i for i in range(n)])
    u = t + (x,)
    return (
        t == tuple(list(t)), t < u, u <= t, t > (1.0, 2.0), (0.0, 9.0) >= t, t == (1.0, 2.0), (1.0, 2.0) != t, t == [1.0],
        isinstance(t, tuple), isinstance(t, list), type(t) is tuple, bool(t), bool(t[n:]), t is tuple(t), len(t), t == u[:-1],
    )


def results(x, n):
    t = tuple(x * i for i in range(n))
    return t, [t, t], (t[1:], 1.0), tuple((i, x * i) for i in range(n)), tuple(range(n)), {"a": t}


def too_far(x, n):
    return tuple([x] * n)[n]


def stored(x, n):
    t = tuple([x] * n)
    t[0] = 1.0
    return t


def with_a_list(x, n):
    return tuple([x] * n) + [1.0]


def with_a_float(x, n):
    return tuple([x] * n)[x]


def beside_arrays(x, n):
    t = tuple([x * i for i in range(n)])
    a = np.arange(n) * t + t
    a += t
    a[0:n] = t * a
    return float((a - t).sum()) + float((a > t).sum()) + float(np.mean(t))


class Vector:
    def __init__(self, items):
        self.items = tuple(items)

    def __add__(self, other):
        return Vector(a + b for a, b in zip(self.items, other.items))

    def scaled(self, *by):
        return sum(a * b for a, b in zip(self.items, by))


def tuples_in_objects(x, n):
    v = Vector([x * i for i in range(n)])
    for k in range(3):
        v = v + Vector([0.5 * k] * n)
    return v.scaled(*[float(i) for i in range(n)])


def columns(x, n):
    rows = [(i, x * i, x + i) for i in range(n)]
    a, b, c = map(list, zip(*rows))
    b.append(1.0)
    first, *others = zip(*rows)
    transposed = [list(col) for col in zip(*[[x * i, 1.0 + i] for i in range(n)])]
    return a[1] * sum(b) + c[0] + sum(first) + sum(others[0]) + transposed[0][1] * transposed[1][2]


def matrices(x, n):
    a = [[x * i + j for j in range(n + 1)] for i in range(n)]
    t = [list(col) for col in zip(*a)]
    product = [[sum(p * q for p, q in zip(r, col)) for col in zip(*t)] for r in a]
    return product[0][n - 1] + product[1][1] + sum(map(sum, t))


def arrays_as_rows(x, n):
    rows = [np.array([x * i, 1.0, 2.0]) for i in range(n)]
    return float(sum(sum(col) * k for k, col in enumerate(zip(*rows))))


def total(*args, scale=1.0):
    return scale * sum(args) + len(args)


def weighted(k, *args):
    return k * sum(args)


def doubled(*args):
    for a in args:
        yield 2.0 * a


def twice(g):
    @functools.wraps(g)
    def run(*args, **options):
        return 2.0 * g(*args, **options)

    return run


@twice
def again(*args, scale):
    return scale * sum(args)


def stars(x, n):
    v = [x * i for i in range(n)]
    s = total(*v) + total(1.0, *v, scale=x) + total(*v, 2.0) + weighted(*v) + weighted(2.0, *v) + sum(doubled(*v))
    s += again(*v, scale=x) + max(*v) + min(*v, 3.0) + max(1.0, *v, key=lambda a: -a)
    return s + math.hypot(*v) + math.dist(v, v[::-1]) + sum(itertools.chain(*[v, v])) + sum((*v, 1.0, *v))


class Items:
    def __init__(self, items):
        self.items = items

    def __iter__(self):
        return iter(self.items)


class Polynomial:
    def __init__(self, *coefficients, scale=1.0):
        self.coefficients, self.scale = list(coefficients), scale

    def __call__(self, x):
        found = 0.0
        for c in reversed(self.coefficients):
            found = found * x + c
        return found * self.scale

    def __mul__(self, other):
        found = [0.0] * (len(self.coefficients) + len(other.coefficients) - 1)
        for i, a in enumerate(self.coefficients):
            for j, b in enumerate(other.coefficients):
                found[i + j] += a * b
        return Polynomial(*found)

    def slope(self):
        return Polynomial(*(i * a for i, a in enumerate(self.coefficients) if i), scale=self.scale)


class Even(Polynomial):
    def __init__(self, first, *rest):
        super().__init__(first, *rest)
        self.first = first


def objects_of_any_number(x, n):
    p = Polynomial(1.0, x, 0.5)
    q = Polynomial(*[x * i for i in range(n)], 1.0, scale=x)
    return (p * q)(x) + p.slope()(2.0) + q.slope()(x) + Even(*q.coefficients).first + Even(x, *q.coefficients)(0.5)


def counted_items(x, n):
    s = 0.0
    for i, q in enumerate(Items([x * i for i in range(n)])):
        s += i * q
    return s


PROGRAMS = [
    slices_assigned, slices_deleted, sieve, rows_in_place, window, ints_and_floats, methods_of_operators, tuples,
    beside_arrays, tuples_in_objects, columns, matrices, arrays_as_rows, stars, counted_items, objects_of_any_number,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_programs(f):
    for x, n in ((2.5, 5), (0.7, 8)):
        same_and_derivative(f, x, n)


@pytest.mark.parametrize(
    "f", [questions_about_tuples, results, too_far, stored, with_a_list, with_a_float], ids=lambda f: f.__name__,
)
def test_values_and_errors(f):
    all_same(f, [(2.5, 5), (0.7, 3), (1.0, 1)])


def to_an_extended_slice(x, n):
    v = [x] * n
    v[::2] = [1.0]
    return v


def a_number(x, n):
    v = [x] * n
    v[1:2] = x
    return v


def one_item(x, n):
    return max(*[x] * n)


@pytest.mark.parametrize("f", [to_an_extended_slice, a_number, one_item], ids=lambda f: f.__name__)
def test_errors(f):
    all_same(f, [(2.5, 5), (0.7, 0), (1.0, 1), (1.0, 2)])


def another_length(x, n):
    m = [[x * i + j for j in range(n)] for i in range(n)]
    m[0][1:] = m[1][2:]
    return m


def no_rows(x, n):
    a, b = zip(*[(x, 1.0) for i in range(n - 5)])
    return sum(a) + sum(b)


def of_a_class(x, n):
    return Vector(*[x] * n)


def no_first(x, n):
    return weighted(*[x] * (n - 5))


def a_shape(x, n):
    return np.zeros(tuple([2] * n)) * x


@pytest.mark.parametrize(
    ("f", "words"), [
        (another_length, "assignment to a slice of a list that changes its length"), (no_rows, "of an empty list"),
        (no_first, "so few items that there is nothing for 'k'"), (a_shape, "a number of axes that is not known"),
    ], ids=lambda v: getattr(v, "__name__", None),
)
def test_refused(f, words):
    refused(f, 2.0, 5, match=words)


def test_a_printed_tuple(capfd):
    def f(x, n):
        t = tuple([x * i for i in range(n)])
        print(t, [t])

    f(2.0, 3)
    irad.compile(f)(2.0, 3)
    first, second = capfd.readouterr().out.splitlines()
    assert first == second


def test_a_tuple_differentiated_inside():
    def f(x, n):
        return irad.grad(lambda p, t: sum(a * p for a in t))(x, tuple([x * i for i in range(n)]))

    assert irad.compile(f)(2.0, 4) == 12.0
    same_as_python(lambda x, n: sum(tuple([x] * n)), 2.0, 4)


def test_arrays_of_numbers_and_none():
    def chosen(xs):
        squares = np.array([x * x if x > 0.5 else None for x in xs], dtype=float)
        return squares, np.asarray([x if x > 0.5 else None for x in xs], bool)

    def ints(xs):
        return np.array([None if x < 0.0 else 1 for x in xs], dtype=int)

    def pair(x, y):
        return np.array([(x if x > 0.5 else None), y], dtype=float)

    def surely(xs):  # an array of objects if there is a None
        return np.array([x * x if x > 0.5 else None for x in xs])

    for xs in ([1.0, 2.0], [1.0, 0.2, 3.0], []):
        same_as_python(chosen, xs)
        same_as_python(ints, xs)
    same_as_python(ints, [1.0, -0.2])
    same_as_python(pair, 1.0, 2.0)
    same_as_python(pair, 0.1, 2.0)
    same_as_python(surely, [1.0, 2.0])
    with pytest.raises(irad.UnsupportedError, match="an array of numbers and None"):
        irad.compile(surely)([1.0, 0.2])
    assert irad.grad(lambda xs: (chosen(xs)[0][:2] ** 2).sum())([1.0, 2.0, -3.0]) == [4.0, 32.0, 0.0]
    refused(lambda xs: np.array([1 if x > 0.5 else None if x < 0.0 else x for x in xs]), [1.0, 2.0], match="several types")
