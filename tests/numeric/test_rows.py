"""Lists in lists of run-time length: matrices as plain Python has them."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from numeric.harness import all_same, same_as_python

import irad


def product(a, b):
    n = len(a)
    c = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            for k in range(n):
                c[i][j] += a[i][k] * b[k][j]
    return c


def trace_of_cube(x, n):
    a = [[x + i * j for j in range(n)] for i in range(n)]
    b = product(product(a, a), a)
    return sum([b[i][i] for i in range(n)])


def determinant(x, n):
    a = [[x * (i == j) + 0.5 for j in range(n)] for i in range(n)]
    b = [row[:] for row in a]
    for k in range(n):
        for i in range(k + 1, n):
            f = b[i][k] / b[k][k]
            for j in range(k, n):
                b[i][j] -= f * b[k][j]
    d = 1.0
    for i in range(n):
        d *= b[i][i]
    return d


def one_row_many_times(x, n):
    m = [[0.0] * n] * n
    for i in range(n):
        m[i][0] += x
    return m[0][0]


def changed_after_it_was_put_in(x, n):
    m = []
    for i in range(n):
        row = []
        for j in range(i + 1):
            row.append(x + j)
        m.append(row)
        row[0] = 5.0 * x
    s = 0.0
    for row in m:
        for v in row:
            s += v * v
    return s


def ints_that_become_floats(x, n):
    m = [[0] * n for _ in range(n)]
    for i in range(n):
        m[i][i] = x
    return sum(sum(row) for row in m)


def one_name_for_several(x, n):
    m = [[x] * n for _ in range(n)]
    k = m[0]
    for i in range(n):
        if i % 2:
            k = m[i]
        k[0] += x
    return m[0][0] + 10 * m[1][0] + 100 * m[n - 1][0]


def known_rows_and_others(x, n):
    m = [[x, 1.0], [2.0, x]]
    for i in range(n):
        m.append([x * i, m[-1][0]])
    return m[-1][1] + sum(r[0] for r in m)


def pascal(x, n):
    p = [[1.0]]
    for i in range(1, n):
        row = [1.0]
        for j in range(1, i):
            row.append(p[i - 1][j - 1] + p[i - 1][j] * x)
        row.append(1.0)
        p.append(row)
    return sum(p[n - 1])


def three_deep(x, n):
    c = [[[0.0] * n for _ in range(2)] for _ in range(n)]
    for i in range(n):
        c[i][1][0] = x * i
        c[i][0][n - 1] = c[i][1][0] * 2
    return c[n - 1][0][n - 1] + c[n - 1][1][0]


def swapped_and_sorted(x, n):
    m = [[float(i + j) * x for j in range(n)] for i in range(n)]
    m[0], m[n - 1] = m[n - 1], m[0]
    m[1].sort(reverse=True)
    m[0].reverse()
    return m[0][1] + 2 * m[1][0] + 3 * m[0][0]


def beside_numbers(x, n):
    m = []
    for i in range(n):
        m.append((i, [x * k for k in range(i)]))
    s = 0.0
    for i, r in m:
        s += i * sum(r)
    return s


def none_at_first(x, n):
    m = [None] * n
    for i in range(n):
        m[i] = [x] * (i + 1)
    return sum(map(sum, m))


class Table:
    def __init__(self, n, x):
        self.m = [[x] * n for _ in range(n)]

    def add(self, i, j, v):
        self.m[i][j] += v


def in_an_object(x, n):
    a = Table(n, x)
    a.add(0, 1, x)
    a.m[1][1] = 5.0
    return a.m[0][1] * a.m[1][1] + a.m[2][0]


NUMBERS = [
    trace_of_cube, determinant, one_row_many_times, changed_after_it_was_put_in, ints_that_become_floats, one_name_for_several,
    known_rows_and_others, pascal, three_deep, swapped_and_sorted, beside_numbers, none_at_first, in_an_object,
]


@pytest.mark.parametrize("f", NUMBERS, ids=lambda f: f.__name__)
def test_values_and_derivatives(f):
    all_same(f, [(1.5, 4), (0.75, 7)])
    compiled = irad.compile(f)
    for n in (4, 7):
        by_forward = irad.jvp(f, (1.5, n), (1.0, None))[1]
        assert irad.grad(compiled)(1.5, n) == pytest.approx(by_forward, rel=1e-12)
        assert by_forward == pytest.approx((f(1.5 + 1e-6, n) - f(1.5 - 1e-6, n)) / 2e-6, rel=1e-7)


def table(x, n):
    return [[x * i + j for j in range(n)] for i in range(n)]


def ragged(x, n):
    return [(i, [x] * i, [[x * j] * j for j in range(i)]) for i in range(n)]


def of_ints(x, n):
    return [[i] * i for i in range(n)], x


def copies(x, n):
    m = table(x, n)
    other = [r[:] for r in m]
    other[0][0] = 7.0
    same = list(m)
    same[1][1] = 9.0
    both = m + other
    return m, other, same, both[1][1], len(both), m[1:3], m[-1][::2]


def searched(x, n):
    m = table(x, n)
    return [0.0, 1.0, 2.0] in m, m[1] in m, m[0] == m[1], max(m), min(m), sorted(m, reverse=True)


def as_array(x, n):
    m = table(x, n)
    return np.array(m), np.array(m).sum(), len(m[0]), np.asarray(m[1])


def through_a_function(x, n):
    def change(q):
        q[0][0] += x
        return q[1]

    m = table(x, n)
    change(m)[1] = 100.0
    return m


def shorter(x, n):
    m = table(x, n)
    while len(m) > 1:
        m.pop()
    m[0][0] = 3.0
    return m


def shallow(x, n):
    m = table(x, n)
    other = copy.copy(m)
    other[0][1] = 2.0
    return m, other


def unpacked(x, n):
    return [a * b for a, b in [[x, 1.0 + i] for i in range(n)]]


@pytest.mark.parametrize("f", [
    table, ragged, of_ints, copies, searched, as_array, through_a_function, shorter, shallow, unpacked,
], ids=lambda f: f.__name__)
def test_results(f):
    all_same(f, [(1.5, 3), (0.5, 5)])


@pytest.mark.parametrize("f", [table, ragged, of_ints, unpacked], ids=lambda f: f.__name__)
def test_empty(f):
    all_same(f, [(1.5, 0), (1.5, 1)])





def test_comparison():
    all_same(lambda x, n: [[x] * n for _ in range(n)][0] == [x], [(1.5, 3), (1.5, 1)])


def test_an_index_out_of_range():
    all_same(lambda x, n: table(x, n)[n][0], [(1.5, 3)])
    all_same(lambda x, n: table(x, n)[0][-n - 1], [(1.5, 3)])


def number_or_none(x, n):
    m = [None] * n
    for i in range(n):
        if i % 2:
            m[i] = x * i
    m.append(np.array([x]))
    return m[1], m[0], len(m), sum(v for v in m[:n] if v is not None)


def test_a_list_of_none_has_room_for_what_comes():
    all_same(number_or_none, [(1.5, 4), (1.5, 90)])


def row_replaced(a, i):
    a[i] = [x * 2 for x in a[i]]


def row_of_one(a, i):
    a[i] = [5.0]
    return a[0], a


def eliminated(a, b):
    n = len(a)
    for i in range(n):
        for r in range(i + 1, n):
            c = a[r][i] / a[i][i]
            a[r] = [x - c * y for x, y in zip(a[r], a[i])]
            b[r] -= c * b[i]
    x = [0.0] * n
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - sum(a[i][j] * x[j] for j in range(i + 1, n))) / a[i][i]
    return x


def test_rows_of_an_argument_replaced():
    a = [[2.0, 1.0, 1.0], [1.0, 3.0, 2.0], [1.0, 0.0, 4.0]]
    for i in (0, 2, -1, 3):
        same_as_python(row_replaced, a, i)
        same_as_python(row_of_one, a, i)
    same_as_python(eliminated, a, [1.0, 2.0, 3.0])
    found, kept = [list(r) for r in a], [*a]
    irad.compile(row_replaced)(a, 1)
    assert a[0] is kept[0] and a[2] is kept[2] and a[1] is not kept[1] and kept[1] == found[1]


def test_the_gradient_of_an_elimination():
    a, b = [[2.0, 1.0], [1.0, 3.0]], [1.0, 2.0]
    ga, gb = irad.grad(lambda a, b: eliminated(a, b)[0], argnums=(0, 1))(a, b)
    h = 1e-6

    def x0(da, db):
        return eliminated([[2.0 + da, 1.0], [1.0, 3.0]], [1.0, 2.0 + db])[0]

    assert abs(ga[0][0] - (x0(h, 0.0) - x0(-h, 0.0)) / (2 * h)) < 1e-6
    assert abs(gb[1] - (x0(0.0, h) - x0(0.0, -h)) / (2 * h)) < 1e-6
