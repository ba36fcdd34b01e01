"""The dtype of arrays of numbers whose kinds are decided at run time, and of lists that may be empty (`infer/elementkinds`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numeric.harness import same_as_python

import irad

F = np.float32
EXPRESSIONS = [
    "np.array([t])", "np.array([t, 3])", "np.array([t, 3.5])", "np.array([[t, 1], [2, t]])", "np.array(t)",
    "np.asarray((t, True))",
    "np.full(2, t)", "np.append([1], t)", "np.arange(t, 4)", "np.linspace(t, 3, 3)", "np.clip([1, 2], t, 2)", "np.sum([t, 1])",
    "np.stack([[t], [2]])", "np.concatenate(([t], [1]))", "np.dot([t, 1], [1, 2])", "[t, 1] @ np.ones(2, int)", "np.abs([t])",
    "np.ones(2, int) * (t, t)", "np.zeros_like([t])", "np.ravel(t)", "np.array([t, np.int32(1)])", "np.max([t, 3])",
    "np.array([t]).dtype == np.int64", "np.array([t, 2]).tolist()", "np.where([True], [t], [1])", "np.result_type(t)",
]
OF_LISTS = [
    "np.array(xs)", "np.sum(xs)", "np.concatenate([xs, [1]])", "np.zeros_like(xs)", "np.add(xs, 1)", "np.zeros(n) + xs",
    "np.array([xs, xs])", "np.take(np.arange(3), xs)", "np.delete(np.arange(3), xs)", "np.arange(n).dot(xs)", "a[xs]",
    "a[np.array(xs)]", "np.array(xs) & 1", "~np.array(xs)", "np.sort(xs)", "np.array(tuple(xs))", "np.array(xs, dtype=float)",
]


def program(head: str, expression: str) -> Any:
    space: dict[str, Any] = {"np": np}
    exec(f"def f(n, x, a):\n    {head}\n    return {expression}\n", space)
    return space["f"]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_of_a_number_that_is_an_int_on_one_way(expression: str) -> None:
    f = program("t = x if n else 1", expression)
    for x in (2.5, True, F(2.0)):
        for n in (0, 2):
            same_as_python(f, n, x, np.arange(3.0))


@pytest.mark.parametrize("expression", OF_LISTS)
def test_of_a_list_that_may_be_empty(expression: str) -> None:
    f = program("xs = [i for i in range(n)]", expression)
    for n in (0, 2):
        same_as_python(f, n, 0.0, np.arange(3.0))


SEVERAL = ["np.array(xs)", "np.sum(xs)", "np.add(xs, 1)", "np.array([xs, xs])", "np.array([*xs, 1])"]


@pytest.mark.parametrize("expression", SEVERAL)
def test_of_a_list_of_numbers_of_several_kinds(expression: str) -> None:
    f = program("xs = []\n    for i in range(n): xs.append(x if i > 1 else i)", expression)
    for n in (0, 1, 2, 3):
        for x in (2.5, F(2.5), np.int32(2)):
            same_as_python(f, n, x, np.arange(3.0))


def sums(x: Any, n: int) -> Any:
    s = 0
    for i in range(n):
        s += x * i
    v = np.array([s, 1])
    w = v * 2
    for _ in range(3):
        w = w + v
    return w


def rows(x: Any, n: int) -> Any:
    found = []
    for j in range(3):
        s = 0
        for _ in range(n * j):
            s += x
        found.append(np.array([s, j]))
    return np.array(found)


def test_where_they_go_on() -> None:
    for n in (0, 3):
        same_as_python(sums, 1.5, n)
        same_as_python(rows, 1.5, n)
    assert irad.grad(lambda x: sums(x, 3).sum())(1.5) == 15.0
    assert irad.grad(lambda x: rows(x, 3).sum())(1.5) == 9.0


def test_jitted_code_has_one_type_for_a_variable() -> None:
    numba = pytest.importorskip("numba")

    @numba.njit
    def f(n: int, x: float) -> Any:
        t = 1
        if n > 2:
            t = x
        return np.array([t, 2])

    for n in (1, 3):
        wanted, found = f(n, 2.5), irad.compile(f)(n, 2.5)
        assert wanted.dtype == found.dtype == float and wanted.tolist() == found.tolist()
