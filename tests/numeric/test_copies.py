"""`copy.copy` and `copy.deepcopy`."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from numeric.harness import refused, same_and_derivative


class P:
    def __init__(self, a, b):
        self.a, self.b = a, b


class Custom(P):
    def __copy__(self):
        return Custom(self.a * 2.0, self.b)

    def __deepcopy__(self, memo):
        return Custom(copy.deepcopy(self.a, memo), self.b)


def rows(x, n):
    m = [[x * i * j for i in range(n)] for j in range(n)]
    deep, flat = copy.deepcopy(m), copy.copy(m)
    m[1][1] = 5.0
    deep[0][0] = x
    return deep[1][1] + flat[1][1] * deep[0][0] + m[0][0]


def classes_that_say_how(x, n):
    p = Custom([x, 1.0], [2.0])
    q = copy.deepcopy([p, p])
    p.a[0], p.b[0] = 7.0, 9.0
    q[0].a[1] = 3.0
    return q[1].a[0] * q[1].b[0] + q[1].a[1] + copy.copy(Custom(x, 1.0)).a


def one_array_twice(x, n):
    p = P(np.ones(n) * x, None)
    p.b = p.a
    q = copy.deepcopy(p)
    q.a[0] = 5.0
    return float(q.b.sum() + p.b.sum() * x)


@pytest.mark.parametrize("f", [rows, classes_that_say_how, one_array_twice], ids=lambda f: f.__name__)
def test_programs(f):
    same_and_derivative(f, 2.5, 4)


def one_row_twice(x, n):
    return copy.deepcopy([[x] * n] * n)


def test_refused():
    refused(one_row_twice, 2.0, 3, match="holds another list more than once")
