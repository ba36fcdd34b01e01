"""numpy's functions of lists of arrays whose length is known at run time only: there may be no array, and then one axis less."""

from __future__ import annotations

import io
from collections import deque
from contextlib import redirect_stdout

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python

import irad

CALLS = (
    "np.transpose(rows)", "np.reshape(rows, -1)", "np.ravel(rows)", "np.swapaxes(rows, 0, 1)", "np.moveaxis(rows, 0, -1)",
    "np.expand_dims(rows, 0)", "np.squeeze(rows)", "np.broadcast_to(rows, (2, 2, 3))", "np.zeros_like(rows) + x",
    "np.full_like(rows, x)", "np.einsum('ij->j', rows)", "np.sort(rows)", "np.flip(rows)", "np.roll(rows, 1)", "np.tile(rows, 2)",
    "np.interp(rows, [0.0, 3.0], [0.0, 1.0])", "np.polyval([1.0, 2.0], rows)", "np.rot90(rows)", "np.pad(rows, 1)",
    "np.tensordot(rows, np.ones((3, 2)), 1)", "np.dot(rows, np.ones(3))", "np.linalg.norm(rows)", "np.median(rows, axis=0)",
    "np.cov(rows)", "np.array(rows).T", "np.diff(rows, axis=0)", "np.outer(rows, rows)", "np.take(rows, [0, 1])",
    "np.zeros_like(a=rows) + x", "np.sort(a=rows)", "np.transpose(a=rows)", "np.swapaxes(a=rows, axis1=0, axis2=1)",
    "np.tile(A=rows, reps=2)", "np.take(a=rows, indices=[0, 1])", "np.broadcast_to(array=rows, shape=(2, 2, 3))",
)


def of_rows(call):
    space = {"np": np}
    exec(f"def f(x, n):\n    rows = []\n    for i in range(n):\n        rows.append(np.array([x * i, x, 1.0]) + i)\n"
         f"    return np.sum({call} * x)", space)
    return space["f"]


@pytest.mark.parametrize("call", CALLS)
def test_value_and_derivative(call):
    f = of_rows(call)
    value, gradient = irad.value_and_grad(f)(1.5, 2)
    assert value == pytest.approx(f(1.5, 2), rel=1e-13)
    assert gradient == pytest.approx((f(1.5 + 1e-6, 2) - f(1.5 - 1e-6, 2)) / 2e-6, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("call", ["np.transpose(rows)", "np.ravel(rows)", "np.zeros_like(rows) + x", "np.sort(rows)"])
def test_no_rows(call):
    all_same(of_rows(call), [(1.5, 0)])


# -- as results

X, M = np.array([3.0, 1.0, 2.0]), np.arange(6.0).reshape(2, 3)


def history(x, n):
    found = [x]
    for _ in range(n):
        x = x * 0.5 + 1.0
        found.append(x)
    return x, found


def changed_later(x, n):
    found = []
    for _ in range(n):
        x[0] += 1.0
        found.append(x)
    return found


def tuples(x, n):
    found = []
    for i in range(n):
        found.append((i, x * i, np.outer(x, x), "a", x > i))
    return found, tuple(found), found[::-1]


def of_lists(x, n):
    return [[x * j for j in range(i)] for i in range(n)], {"xs": [x + i for i in range(n)], "n": n}


def perhaps(x, n):
    return [x * i if i % 2 else None for i in range(n)], [x, M, 2.0][: n + 1] if n < 0 else None


def perhaps_a_list(x, n):
    found = None
    if n > 2:
        found = [x * i for i in range(n)]
    return found


def by_key(x, n):
    found = {}
    for i in range(n):
        found[i] = x * i
    last = deque(maxlen=2)
    for i in range(n):
        last.append(x + i)
    return found, list(last)


class Recorder:
    def __init__(self):
        self.seen = []

    def see(self, x, n):
        for i in range(n):
            self.seen.append(x * i)
        return len(self.seen)


def recorded(recorder, x, n):
    return recorder.see(x, n)


def of_kinds(x, n):
    single = [(x * i).astype(np.float32) for i in range(n)]
    no_axes = [np.array(x[0] * i) for i in range(n)]
    return [np.arange(i) for i in range(n)], single, no_axes, [np.full((i, 2), i) for i in range(n)]


def appended(xs, x, n):
    for i in range(n):
        xs.append(x * i)


@pytest.mark.parametrize("f", [
    history, changed_later, tuples, of_lists, perhaps, perhaps_a_list, by_key, of_kinds,
], ids=lambda f: f.__name__)
@pytest.mark.parametrize("n", [0, 1, 4])
def test_results(f, n):
    same_as_python(f, X, n)


def test_rows_and_changed_arguments():
    same_as_python(lambda m: ([r for r in m], list(m.T), tuple(2.0 * r for r in m)), M)
    same_as_python(recorded, Recorder(), X, 3)
    same_as_python(appended, [X], X, 3)


def raises(x, n):
    raise ValueError([x * i for i in range(n)], n)


def test_printed_and_raised():
    def f(x, n):
        print([x * i for i in range(n)])
        print([(i, x * i) for i in range(n)])

    said = []
    for g in (f, irad.compile(f)):
        with redirect_stdout(io.StringIO()) as out:
            g(X, 3)
        said.append(out.getvalue())
    assert said[0] == said[1]
    same_as_python(raises, X, 3)


def test_tangents():
    def f(x, n=3):
        ways = [x * i if i else None for i in range(n)]
        return history(x, n)[1], ways, [(i, x * x) for i in range(n)], [np.arange(i) for i in range(n)], x**3

    out, tangent = irad.jvp(f, (X,), (np.ones(3),))
    assert [v.tolist() for v in out[0]] == [v.tolist() for v in f(X)[0]]
    assert [v.tolist() for v in tangent[0]] == [[0.5**k] * 3 for k in range(4)]
    assert tangent[1][0] is None and [v.tolist() for v in tangent[1][1:]] == [[1.0] * 3, [2.0] * 3]
    assert [i for i, _ in tangent[2]] == [None] * 3 and all(np.array_equal(v, 2 * X) for _, v in tangent[2])
    assert tangent[3] is None and np.array_equal(tangent[4], 3 * X**2)
    assert np.array_equal(irad.compile(lambda x: irad.jvp(f, (x,), (x,))[1][0][2])(X), 0.25 * X)


def test_beside_the_result_of_a_derivative():
    def f(x, n):
        found = []
        for _ in range(n):
            x = x * x
            found.append(x)
        return np.sum(x), found

    (value, found), gradient = irad.value_and_grad(f, has_aux=True)(X, 2)
    assert value == np.sum(X**4) and np.allclose(gradient, 4 * X**3)
    assert [v.tolist() for v in found] == [(X**2).tolist(), (X**4).tolist()]
    inner = irad.compile(lambda x, n: irad.value_and_grad(lambda x: f(x, n), has_aux=True)(x)[0][1])(X, 2)
    assert [v.tolist() for v in inner] == [v.tolist() for v in found]


@pytest.mark.parametrize("f", [
    lambda x: irad.vjp(lambda x: [x * i for i in range(len(x))], x),
    irad.jacobian(lambda x: [x * i for i in range(len(x))]), irad.jacfwd(lambda x: [x * i for i in range(len(x))]),
    irad.compile(lambda x: irad.grad(lambda xs: np.sum(xs[0]))([x * i for i in range(len(x))])),
    irad.compile(lambda x: irad.grad(lambda x, xs: np.sum(x * xs[0]))(x, [x * i for i in range(len(x))])),
    irad.compile(lambda x: irad.callback(len, int, [x * i for i in range(len(x))])),
], ids=range(6))
def test_refused(f):
    with pytest.raises(irad.UnsupportedError, match="a list of arrays whose length is not known at compile time"):
        f(X)


def of_several_lists(x, n):
    found = []
    for i in range(n):
        row = []
        for j in range(i):
            row.append(x * j)
        found.append(row)
    return found


def test_a_list_of_lists_of_several_types_is_refused():
    refused(of_several_lists, X, 3, match="a list of lists, dicts or objects whose length is not known at compile time")


def new_centres(points, n):
    centres = points[:n].copy()
    for _ in range(3):
        centres = np.array([points[points[:, 0] > j].mean(axis=0) if points[j, 0] > 0 else centres[j] for j in range(2)])
    return centres


def test_rows_that_are_one_of_two_in_a_loop():
    same_as_python(new_centres, np.arange(1.0, 11.0).reshape(5, 2) ** 1.3, 2)


def doubled_in_place(arrays):
    total = 0.0
    for a in arrays:
        a[0] = a[0] * 2.0
    for a in arrays:
        total += np.sum(a * a)
    return total


def sum_of_squares(arrays):
    total = 0.0
    for a in arrays:
        total += np.sum(a * a)
    return total


def test_many_arrays() -> None:
    arrays = [np.arange(3.0) + i for i in range(14)]
    held = [a.copy() for a in arrays]
    for found, a in zip(irad.grad(doubled_in_place)(arrays), held, strict=True):
        assert np.array_equal(found, [8.0 * a[0], 2.0 * a[1], 2.0 * a[2]])
    assert all(map(np.array_equal, arrays, held))
    arrays[1] = arrays[0]
    found = irad.grad(doubled_in_place)(arrays)
    assert np.array_equal(found[0], [0.0, 4.0, 8.0]) and np.array_equal(found[1], [0.0, 4.0, 8.0])
    whole = np.arange(5.0)
    arrays[2:4] = whole[1:4], whole[:3]
    with pytest.raises(ValueError, match=r"the arrays `arrays.2` and `arrays.3` overlap and the function writes them"):
        irad.grad(doubled_in_place)(arrays)
    assert all(np.array_equal(found, 2.0 * a) for found, a in zip(irad.grad(sum_of_squares)(arrays), arrays, strict=True))


def test_many_arrays_that_nothing_writes_are_not_compared() -> None:
    text = irad.grad(sum_of_squares).ir([np.ones(2) for _ in range(60)])
    assert "overlap" not in text and " same " not in text


def rows_around(x, n):
    rows = [x * (k + 1.0) for k in range(3)]
    for i in range(1, n):
        for k in range(3):
            rows[k][i] = rows[k - 1][i - 1] * 0.5 + rows[k][i]
    return rows


def one_round(x, n):
    rows = [x * (k + 1.0) for k in range(3)]
    total = 0.0
    for k in range(3):
        total += rows[k - 1][n] * (k + 1.0)
    return total


def test_rows_that_count_from_the_end() -> None:
    """Checks made ahead read what is there for the index as it is: the memory before the first row."""
    x = np.array([0.3, 0.9, 1.2, -0.4, 0.7])
    same_as_python(rows_around, x, 5)
    same_as_python(one_round, x, 2)
    assert np.array_equal(irad.grad(one_round)(x, 2), [0.0, 0.0, 3.0 + 2.0 + 6.0, 0.0, 0.0])


def test_an_array_of_rows_that_becomes_one_of_rows_in_a_loop():
    """Rows of an array that may be empty by then may be numbers: it was a list of items of several types."""
    def means(x, c, n):
        for _ in range(n):
            near = np.array([int(np.argmin((c[:, 0] - p) ** 2)) for p in x[:, 0]])
            c = np.array([x[near == k].mean(axis=0) if np.any(near == k) else c[k] for k in range(len(c))])
        return c

    def mixed(x, n, edge):
        rows = []
        for i in range(n):
            rows.append([x[i], 1.0] if x[i] > edge else x[i] * 2.0)
        return np.array(rows)

    x, c = np.sin(np.arange(12.0)).reshape(6, 2), np.array([[-0.5, 1.0], [0.5, 2.0], [9.0, 3.0]])
    same_as_python(means, x, c, 3)
    same_as_python(means, x, np.zeros((0, 2)), 0)
    irad.check_grads(lambda x, c: (means(x, c, 3) ** 2).sum(), (x, c))
    numbers = np.array([0.1, 0.2, 0.9])
    for n, edge in [(0, 0.5), (2, 0.5), (3, 0.5), (3, 0.0), (3, 1.0)]:
        same_as_python(mixed, numbers, n, edge)  # numpy's ValueError for both
