"""Products with infinities and nan that a program leaves unused have no derivative."""

from __future__ import annotations

import numpy as np
import pytest

import irad


def left_by_a_branch(x):
    y = x * np.log(x)
    if x > 0:
        r = y
    else:
        r = 3.0 * x
    return r


def left_after_a_loop(x):
    y = x * np.log(x)
    z, k = y, 0
    while k < 3:
        if x > 0 and k > 0:
            z = z * y
        k += 1
    return z if x > 0 else 3.0 * x


def left_by_a_caller(x, n=3):
    y = of_itself(x, n)
    if x > 0:
        return y
    return 3.0 * x


def of_itself(x, n):
    return x * np.log(x) if n == 0 else of_itself(x, n - 1) + x * np.log(x)


def left_by_an_exception(x):
    try:
        y = x * np.log(x)
        if not np.isfinite(y):
            raise ValueError
    except ValueError:
        y = 3.0 * x
    return y


@pytest.mark.parametrize("f", [left_by_a_branch, left_after_a_loop, left_by_a_caller, left_by_an_exception])
def test_products_that_a_branch_leaves(f):
    with np.errstate(all="ignore"):
        assert irad.grad(f)(0.0) == irad.jvp(f, (0.0,), (1.0,))[1] == 3.0
        assert irad.grad(f)(2.0) == pytest.approx(irad.jvp(f, (2.0,), (1.0,))[1], rel=1e-12)


def elements_of_a_mask(v):
    y = v * np.log(v)
    return y[v > 0].sum()


def chosen_elements(v):
    y = v * np.log(v)
    return y[np.nonzero(v > 0)[0]].sum()


def replaced(v):
    y = v * np.log(v)
    y[v <= 0] = v[v <= 0] * 0.0
    return y.sum()


def items_of_a_list(v):
    y = [x * np.log(x) for x in v]
    return sum(y[i] if v[i] > 0 else 0.0 for i in range(len(v)))


def skipped(v):
    s = 0.0
    for x in v:
        t = x * np.log(x)
        if x <= 0:
            continue
        s += t
    return s


def until_it_ends(v):
    m = 0.0
    for x in v[::-1]:
        t = x * np.log(x)
        if t > m or x > 0:
            m = t
        else:
            break
    return m


def columns(v):
    y = np.zeros((len(v), 2))
    for i in range(len(v)):
        y[i, 0] = v[i] * np.log(v[i])
        y[i, 1] = v[i] * 0.0
    s = 0.0
    for i in range(len(v)):
        s += y[i, 0] if v[i] > 0 else y[i, 1]
    return s


LEFT = [elements_of_a_mask, chosen_elements, replaced, items_of_a_list, skipped, until_it_ends, columns]


@pytest.mark.parametrize("f", LEFT, ids=lambda f: f.__name__)
def test_elements_that_nothing_uses(f):
    with np.errstate(all="ignore"):
        for v in (np.array([0.0, 2.0]), np.array([-1.0, 0.0, 2.0])):
            by_reverse = irad.grad(f)(v)
            assert by_reverse == pytest.approx([*[0.0] * (len(v) - 1), 1.0 + np.log(2.0)], rel=1e-12)
            assert irad.jacfwd(f)(v) == pytest.approx(by_reverse, rel=1e-12)
