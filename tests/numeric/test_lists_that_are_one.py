"""Lists in lists of run-time length that leave a call: they are one object, or one of an argument, where they are in CPython."""

import copy

import pytest
from numeric.harness import refused

import irad

ROWS = [[1.0], [2.0, 3.0], [4.0, 5.0]]


def longer(m):
    return [r for r in m if len(r) > 1]


def best(n, x):
    pop = [[x * i, x] for i in range(n)]
    return pop, max(pop, key=lambda r: -r[0])


def grid(n, m):
    return [[0.0] * m] * n


def deleted(m, i):
    del m[i]


def deleted_and_changed(m, i):
    del m[i]
    m[0][0] = 77.0
    return m


def appended(m, r, n):
    for _ in range(n):
        m.append(r)


def fresh(n):
    return [[float(i)] * 2 for i in range(n)]


def in_order(m):
    m.sort(key=lambda r: -r[0])
    return sorted(m, key=lambda r: r[0])


def swapped(m, i, j):
    m[i], m[j] = m[j], m[i]


def chosen(n, x):
    pop = [[x * i, x] for i in range(n)]
    return [pop[i % 2] for i in range(n)]


def appended_and_changed(n):
    r = [1.0]
    m = []
    for _ in range(n):
        m.append(r)
    r[0] = 5.0
    return r, m


class Holder:
    pass


def held(m, n):
    p = Holder()
    p.rows = [m[i % 2] for i in range(n)]
    p.first = p.rows[0]
    return p.rows, p.first, {"m": m}


def empty(n):
    return [[] for _ in range(n)], [[]] * n


def taken_out(m, i):
    return m.pop(i)


def in_several_lists(n):
    k = [[float(i)] for i in range(n)]
    return k, k[1:], {"a": k[::-1]}, [k[0]] * n, k[1]


def in_an_argument_too(m, n, i):
    k = [[1.0]] * n
    m.extend(k)
    k[0][0] += m[i][0]
    return k


def form(value, seen):
    """A value with a number for each list in it."""
    if isinstance(value, dict):
        return {k: form(v, seen) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(form(v, seen) for v in value)
    if not isinstance(value, list):
        return value
    if id(value) in seen:
        return seen[id(value)]
    seen[id(value)] = f"list {len(seen)}"
    return [seen[id(value)], *(form(v, seen) for v in value)]


@pytest.mark.parametrize(("f", "args"), [
    (longer, (ROWS,)), (best, (4, 2.0)), (grid, (2, 2)), (grid, (2, 0)), (deleted, (ROWS, 0)), (deleted_and_changed, (ROWS, 0)),
    (appended, ([[1.0]], [5.0], 3)), (fresh, (3,)), (in_order, (ROWS,)), (swapped, (ROWS, 0, 2)), (chosen, (4, 2.0)),
    (in_several_lists, (3,)), (in_an_argument_too, (ROWS, 2, 1)), (in_an_argument_too, (ROWS, 2, 9)),
    (appended_and_changed, (3,)), (held, (ROWS, 3)), (empty, (3,)), (taken_out, (ROWS, 1)),
], ids=lambda v: getattr(v, "__name__", ""))
def test_lists_that_are_one(f, args):
    found = []
    for each in (f, irad.compile(f)):
        given = copy.deepcopy(args)
        before = [list(a) if isinstance(a, list) else a for a in given]
        try:
            result = each(*given)
        except IndexError as error:
            result = str(error)
        found.append(form((before, given, result), {}))
    assert found[0] == found[1]


def three_deep(n):
    return [[[float(i), 1.0] for i in range(n)] for _ in range(n)]


def rows_in_rows(n):
    rows = [[float(i)] for i in range(n)]
    g = [rows for _ in range(n)]
    g[1][1][0] = 9.0
    g[0].append([2.0])
    return rows, g


def outer_rows_again(n):
    g = [[[0.0] * n for _ in range(n)]] * n
    g[0][0][0] = 5.0
    return g, g[0]


@pytest.mark.parametrize("f", [three_deep, rows_in_rows, outer_rows_again], ids=lambda f: f.__name__)
def test_lists_in_lists_in_lists(f):
    assert form(irad.compile(f)(3), {}) == form(f(3), {})


def one_in_all(n):
    row = [0.0] * n
    g = [[row] for _ in range(n)]
    g[0][0][0] = 5.0
    return g


def in_tuples(n):
    row = [0.0] * n
    return [(row, i) for i in range(n)]


def also_elsewhere(n):
    rows = [[float(i)] for i in range(n)]
    return rows, [[rows[i]] for i in range(n)]


def in_a_tuple_and_elsewhere(n):
    row = [1.0] * n
    return tuple(row for _ in range(n)), row


def in_a_dict_and_elsewhere(n):
    row, found = [1.0], {}
    for i in range(n):
        found[i] = row
    found[0][0] = 2.0
    return found, row


@pytest.mark.parametrize("f", [one_in_all, in_tuples, also_elsewhere, in_a_tuple_and_elsewhere, in_a_dict_and_elsewhere],
                         ids=lambda f: f.__name__)
def test_lists_that_would_be_copied_are_refused(f):
    refused(f, 3, match="a list that a result holds at several places")


def the_argument_in_all(row, n):
    row[0] = 2.0
    return [[row] for _ in range(n)]


def test_arguments_stay_what_they_were():
    row = [1.0, 3.0]
    with pytest.raises(irad.UnsupportedError, match="a list that a result holds at several places"):
        irad.compile(the_argument_in_all)(row, 3)
    assert row == [1.0, 3.0]
