"""Programs that irad refused once, and that work: with the arguments of the error tests."""

import numpy as np
import pytest
from numeric.harness import all_same

import irad

A, B = np.arange(3.0), np.arange(6.0).reshape(2, 3)


class _Base:
    def value(self, x):
        return x + 1.0


class _Derived(_Base):
    def value(self, x):
        return super().value(x)


def appends(x, n):
    values = []
    for i in range(n):
        values.append(x * i)
    return sum(values)


def list_comprehension(x, n):
    return sum([x * i for i in range(n)])


def filters(a):
    return list(filter(None, a))


def super_call(x):
    return _Derived().value(x)


def walrus_in_comprehension(x):
    return [y := x, y**2][0] + {"a": 1}.popitem()[1]


EXACT = [
    (lambda a: a[a > 1.0].sum(), (A,)), (lambda a, i: a[i], (A, np.arange(3))), (lambda a: np.sort(a), (A,)),
    (lambda a: np.where(a > 1.0), (A,)), (lambda a: np.unique(a), (A,)), (lambda a: np.median(a), (A,)),
    (lambda x, a: np.interp(x, a, a), (2.0, A)), (lambda a, x: np.append(a, x), (A, 2.0)),
    (lambda a: np.sum(a, where=a > 0.0), (A,)), (lambda a: np.add(a, a, out=a), (A,)),
    (lambda a: a[np.array([0, 1])].sum(), (A,)), (appends, (2.0, 4)), (list_comprehension, (2.0, 4)), (filters, (A,)),
    (super_call, (2.0,)), (walrus_in_comprehension, (2.0,)),
]


@pytest.mark.parametrize(("f", "args"), EXACT)
def test_they_do_what_python_does(f, args):
    all_same(f, [args])


def test_linear_algebra():
    assert np.allclose(irad.compile(lambda b: np.linalg.inv(b @ b.T))(B), np.linalg.inv(B @ B.T))
    solved = irad.compile(lambda b, a: np.linalg.solve(b[:, :2], a[:2]))(B, A)
    assert np.allclose(solved, np.linalg.solve(B[:, :2], A[:2]))


def test_gradient_by_a_list():
    assert irad.grad(lambda a: a[0])([1.0, 2.0]) == [1.0, 0.0]


def sorts(a, x):
    return sorted([a[2], x, a[0]]), sorted([x, a[1], a[0]], key=lambda v: -v)


def test_sorting_of_mixed_numbers():
    all_same(sorts, [(A, 0.5), (A, 7.0)])
