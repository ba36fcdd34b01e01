"""Lists of many rows of numbers as arguments: one code for any number of rows, and what the rows are stays as in CPython."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import same_as_python

import irad
from irad.api.programs import COUNTERS

ROWS = 40


def lists(n=ROWS):
    return [[float(i), float(i * 7 % 11)] for i in range(n)]


def tuples(n=ROWS):
    return [(float(i), i * 7 % 11) for i in range(n)]


def squares(x, y):
    s = 0.0
    for i in range(len(x)):
        for j in range(len(x[0])):
            s += x[i][j] * x[i][j] * y
    return s


def pairs(x, y):
    s = 0.0
    for a, b in x:
        s += a * b * y
    return s


def numbers(x, y):
    return sum([sum([v * v for v in row]) for row in x]) * y


def gram(x, y):
    n = len(x[0])
    c = [[0.0] * n for _ in range(n)]
    for row in x:
        for i in range(n):
            for j in range(n):
                c[i][j] += row[i] * row[j]
    return c[0][1] * y


def largest(x, y):
    best = x[0]
    for row in x:
        if row[1] > best[1]:
            best = row
    return best[0] * y


@pytest.mark.parametrize("f", [squares, pairs, gram, largest])
@pytest.mark.parametrize("make", [lists, tuples])
def test_any_number_of_rows(f, make):
    for n in (3, 16, 17, ROWS, 1000):
        same_as_python(f, make(n), 1.5)


def test_one_code_for_any_number_of_rows():
    f = irad.compile(pairs)
    f(lists(30), 1.5)
    before = COUNTERS["compilations"]
    for n in (31, 200, 1000):
        assert f(lists(n), 1.5) == pairs(lists(n), 1.5)
    assert COUNTERS["compilations"] == before


@pytest.mark.parametrize("x", [
    [[1.0] * (i % 4) for i in range(ROWS)], [[i, i + 1] for i in range(ROWS)], [[i, 0.5] for i in range(ROWS)],
    [[1.0, 2.0]] * ROWS, [[True, False] for _ in range(ROWS)], [(i, 0.5) for i in range(ROWS)], [(0.5,), (1, 2)] * ROWS,
    [[float("nan")] for _ in range(ROWS)], [[] for _ in range(ROWS)],
], ids=["ragged", "ints", "mixed", "one row", "bools", "tuples", "forms", "nan", "empty"])
def test_rows_of_any_kind_one_after_the_other(x):
    f = irad.compile(numbers)
    for given in (lists(), x, lists(), x):
        assert repr(f(given, 1.5)) == repr(numbers(given, 1.5))


def test_a_row_that_becomes_another_is_seen():
    f, x = irad.compile(numbers), lists()
    for row in ([1.0], [1, 2], (1.0, 2.0), x[4], [True]):
        for _ in range(3):
            assert f(x, 1.5) == numbers(x, 1.5)
        x[3] = row
        assert f(x, 1.5) == numbers(x, 1.5)


def add_to_rows(x, y):
    for row in x:
        row[0] += y
    return x[0][0]


def put(x, y):
    x[2] = [y, y]
    return x[2][0]


def append(x, y):
    x.append([y, y])
    return len(x)


def raised(x, y):
    x[1][0] = y
    if y > 1.0:
        raise ValueError(f"{x[2][0]} of {len(x)}")
    return 0.0


@pytest.mark.parametrize("f", [add_to_rows, put, append, raised])
def test_changes_are_seen_and_rows_stay_what_they_are(f):
    x, wanted = lists(20), lists(20)
    rows, own = list(x), list(wanted)
    outcomes = []
    for call, given in ((irad.compile(f), x), (f, wanted)):
        try:
            outcomes.append(call(given, 1.5))
        except ValueError as e:
            outcomes.append(str(e))
    assert outcomes[0] == outcomes[1]
    assert x == wanted
    assert [[a is b for b in rows] for a in x] == [[a is b for b in own] for a in wanted]


def test_rows_are_kept_by_a_call_that_changes_nothing_or_something_else():
    def add(x, other):
        for row in x:
            other[0] += row[1]
        return x

    x, other = lists(), [0.0]
    rows = list(x)
    assert irad.compile(add)(x, other) is x
    assert all(a is b for a, b in zip(x, rows, strict=True))
    assert other == [sum([row[1] for row in x])]


@pytest.mark.parametrize("f", [
    lambda x, y: x[3], lambda x, y: {"row": x[3]}, lambda x, y: [x[3], [y]], lambda x, y: (y, (x[3], x)),
])
def test_a_row_in_a_result_is_that_row(f):
    x = lists(20)

    def found(value):
        if isinstance(value, (tuple, list, dict)) and value is not x and not any(value is row for row in x):
            return [found(v) for v in (value.values() if isinstance(value, dict) else value)]
        return id(value) if isinstance(value, list) else value

    assert found(irad.compile(f)(x, 1.5)) == found(f(x, 1.5))


def test_rows_that_are_chosen_at_run_time_are_not_copied():
    def pick(x, y):
        return min(x, key=lambda row: row[1])

    def choose(x, y):
        best = x[0]
        for row in x:
            if row[1] > best[1]:
                best = row
        return best

    for f in (pick, choose):
        x = lists()
        try:
            assert irad.compile(f)(x, 1.5) is f(x, 1.5)
        except irad.TypingError:
            pass


def test_one_row_at_two_places():
    def change(x, row, y):
        row[0] = y
        return x[4][0], x[5][0]

    x = lists(20)
    x[5] = x[4]
    assert irad.compile(change)(x, x[4], 9.0) == (9.0, 9.0)
    x = lists(20)
    assert irad.compile(change)(x, x[4], 9.0) == (9.0, 5.0)
    assert irad.compile(change)(x, [0.0], 9.0) == (9.0, 5.0)
    assert irad.compile(lambda x, z: x[4][0] + z[4][1])(x, x) == 15.0


def test_rows_in_objects_and_dicts():
    class Data:
        def __init__(self, rows):
            self.rows, self.total = rows, 0.0

    def add(d, e, y):
        for row in d.rows:
            d.total += row[0] * y
            e["sum"] += row[1]
        return d.total + e["rows"][3][1]

    d, e, other = Data(lists()), {"rows": lists(50), "sum": 0.0}, Data(lists())
    wanted = {"rows": lists(50), "sum": 0.0}
    rows = d.rows
    f = irad.compile(add)
    for _ in range(3):
        assert f(d, e, 1.5) == add(other, wanted, 1.5)
    assert d.total == other.total
    assert e == wanted
    assert d.rows is rows


# -- derivatives -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("n", [3, ROWS])
def test_gradients_have_the_form_of_the_rows(kind, n):
    x = [kind([float(i + j) for j in range(2)]) for i in range(n)]
    wanted = [kind([3.0 * v for v in row]) for row in x]
    assert irad.grad(numbers)(x, 1.5) == wanted
    assert irad.grad(squares, argnums=(1, 0))(x, 1.5) == (numbers(x, 1.0), wanted)
    assert irad.value_and_grad(numbers)(x, 1.5) == (numbers(x, 1.5), wanted)
    assert irad.jacfwd(numbers, argnums=1)(x, 1.5) == numbers(x, 1.0)


def test_gradients_of_rows_of_any_length():
    x = [[float(j) for j in range(i % 4)] for i in range(ROWS)]
    assert irad.grad(numbers)(x, 1.5) == [[3.0 * v for v in row] for row in x]
    assert irad.grad(numbers)([x, x[:3]][0], 1.5) == irad.grad(numbers)(x, 1.5)


def test_tangents_of_rows():
    x = [[float(j + i) for j in range(i % 3)] for i in range(ROWS)]
    t = [[0.5 + j for j in range(len(row))] for row in x]
    wanted = sum([3.0 * v * w for row, other in zip(x, t, strict=True) for v, w in zip(row, other, strict=True)])
    value, tangent = irad.jvp(numbers, (x, 1.5), (t, 0.0))
    assert value == numbers(x, 1.5)
    assert tangent == pytest.approx(wanted, rel=1e-14)
    t[3], t[4] = t[4], t[3]
    with pytest.raises(ValueError, match="a list of 0 items has a tangent or cotangent of 1"):
        irad.jvp(numbers, (x, 1.5), (t, 0.0))


def test_gradients_beside_other_values():
    def f(x, y):
        return numbers(x, y), (x[3], len(x))

    x = lists()
    assert irad.grad(f, has_aux=True)(x, 1.5) == ([[3.0 * v for v in row] for row in x], ([3.0, 10.0], ROWS))


def test_rows_that_are_changed_while_they_are_differentiated():
    def f(x, y):
        x[1][0] *= y
        return x[1][0] * x[1][0]

    x = lists()
    assert irad.grad(f)(x, 2.0)[:3] == [[0.0, 0.0], [8.0, 0.0], [0.0, 0.0]]
    assert x == lists()


def test_gradients_inside_of_compiled_code():
    def gradient(x, y):
        g = irad.grad(numbers)(x, y)
        g[0][0] = 7.0
        row = g[2]
        row[1] = y
        g.append([1.0, y])
        return g

    def norm(x, y):
        s = 0.0
        for row in irad.grad(numbers)(x, y):
            for v in row:
                s += v * v
        return s

    x = lists()
    assert irad.compile(gradient)(x, 1.5) == gradient(x, 1.5)
    assert irad.compile(norm)(x, 1.5) == norm(x, 1.5)
    assert irad.grad(norm)(x, 1.5) == [[18.0 * v for v in row] for row in x]


@pytest.mark.parametrize("n", [ROWS, 80])
def test_what_needs_the_rows_as_objects_only(n):
    def some(x, y):
        return list(filter(lambda row: row[1] > y, x))

    x = lists(n)
    try:
        found = irad.compile(some)(x, 3.0)
    except irad.IradError:
        assert n < 64
        return
    assert [id(row) for row in found] == [id(row) for row in some(x, 3.0)]
    assert irad.compile(lambda x: sorted(x, key=lambda row: -row[1])[0][0])(x) == sorted(x, key=lambda row: -row[1])[0][0]


@pytest.mark.parametrize("kind", [list, tuple])
def test_gradients_by_rows_of_ints_do_not_depend_on_their_number(kind):
    def f(x):
        return 1.0 * sum([row[0] * row[1] for row in x])

    for n in (3, 20):
        found = irad.grad(f)([kind([1, 2]) for _ in range(n)])
        assert found == [found[0]] * n


def of_numpy(kind, rows=0, n=ROWS):
    """`list(array)`, or a list of such lists or tuples."""
    if rows:
        return [rows(np.arange(2.0 * i, 2.0 * i + 2.0).astype(kind)) for i in range(n)]
    return list((np.arange(n) * 1.5).astype(kind))


def line(x, y):
    x[1] = x[0] + x[2]
    x.append(x[1])
    return [2 * v for v in x[:4]], sum(x), max(x) * y, sorted(x)[:2], np.array(x), x[1] in x, type(x[0]) is float


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, np.int32], ids=lambda kind: kind.__name__)
def test_numbers_of_numpy(kind):
    same_as_python(line, of_numpy(kind), 1.5)
    for f in (squares, add_to_rows, append):
        same_as_python(f, of_numpy(kind, list), 1)
    for f in (pairs, largest):
        same_as_python(f, of_numpy(kind, tuple), 1.5)


def test_one_code_for_any_number_of_numbers_of_numpy():
    f = irad.compile(lambda x: sum([v * v for v in x]))
    f(of_numpy(np.float64))
    before = COUNTERS["compilations"]
    for n in (1, 100, 2000):
        assert f(of_numpy(np.float64, n=n)) == np.sum((np.arange(n) * 1.5) ** 2)
    assert COUNTERS["compilations"] == before


@pytest.mark.parametrize("rows", [list, tuple])
@pytest.mark.parametrize("kind", [np.float64, np.float32], ids=lambda kind: kind.__name__)
def test_derivatives_by_numbers_of_numpy(kind, rows):
    x = of_numpy(kind, rows)
    found = irad.grad(pairs)(x, 1.5)
    assert type(found[1]) is rows
    assert repr(found) == repr([rows([1.5 * b, 1.5 * a]) for a, b in x])
    assert repr(irad.grad(lambda x: sum([v * v for v in x]))(of_numpy(kind))) == repr([2 * v for v in of_numpy(kind)])


def test_ints_of_numpy_have_no_derivative():
    with pytest.raises(TypeError, match="is a list of ints: pass floats"):
        irad.grad(sum)(of_numpy(np.int64))
