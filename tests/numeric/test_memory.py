"""np.shares_memory and np.may_share_memory, views of whole arrays, and flags."""

from __future__ import annotations

import numpy as np
import pytest
from numeric.harness import refused, same_and_derivative, same_as_python

A, M = np.arange(6.0), np.arange(12.0).reshape(3, 4)
PAIRS = (
    "a, a", "a, a[1:]", "a, a.copy()", "a[::2], a[1::2]", "a[::2], a[::-2]", "a[:3], a[3:]", "a[:4], a[3:]", "a[:0], a", "a, 1.0",
    "a, [1.0]", "a + 1, a", "m, m.T", "m, m.ravel()", "m[0], m[1]", "m[0], m", "m.reshape(-1)[2:], m", "m, a", "a[::2], a[2::2]",
    "np.zeros(3), np.zeros(3)", "a.view(), a", "np.asarray(a), a", "m[:, 0], m[:, 1]", "m[:, 0], m[:, 0]", "a > 1, a",
)


@pytest.mark.parametrize("name", ["may_share_memory", "shares_memory"])
def test_pairs(name):
    source = "def f(a, m):\n    return " + ", ".join(f"np.{name}({pair})" for pair in PAIRS)
    space = {"np": np}
    exec(source, space)
    same_as_python(space["f"], A, M)
    same_as_python(lambda a, b: (np.may_share_memory(a, b), np.shares_memory(a, b)), A, A[2:])


def test_with_gaps_is_refused():
    refused(lambda m: np.shares_memory(m[:, :2], m[:, 2:]), M, match="arrays with gaps that lie in each other")
    refused(lambda m: np.shares_memory(m, m, 1), M, match="max_work")


def views(a, m):
    b = a.view()
    b[0] = 7.0
    c = a.view(np.ndarray)
    c[1] = 8.0
    d = a.view(a.dtype)
    d[2] = 9.0
    return a, b, m.view(float), m.T.view(np.float64), a.view("f8") + 1, a.view(type=np.ndarray), a.view(dtype=float), a[1:].view()


def test_views():
    same_as_python(views, A, M)
    same_as_python(lambda: np.float64(1.5).view(np.int64))


def through_a_view(x):
    a = np.array([1.0, 2.0, 3.0]) * x
    b = a.view()
    b[1] = x * x
    return np.sum(a * a)


def test_derivative():
    same_and_derivative(through_a_view, 1.5)


class Row(np.ndarray):
    pass


@pytest.mark.parametrize("f, match", [
    (lambda a: a.view(np.int64), "a view of an array of float64 as int64"), (lambda a: a.view("i4"), "as int32"),
    (lambda a: a.view(Row), "a view of an array as a Row"), (lambda a: a[0].view(np.int64), "`view` of a number"),
    (lambda a: a.base is None, "attribute `base` of numpy.ndarray"), (lambda a: a.flags.owndata, "flag `owndata`"),
])
def test_refused(f, match):
    refused(f, A, match=match)


def flags(a, m):
    b = m[:, 1:]
    return m.flags.farray, m.T.flags.farray, m.T.flags["FA"], a.flags["X"], m.T.flags["F"], b.flags.forc, b.flags["W"]


def test_flags():
    same_as_python(flags, A, M)
