"""Arrays, objects and dicts from outside in forward derivatives: beside arguments that move, and as tangents."""

from collections import namedtuple

import numpy as np
import pytest

import irad

TABLE = np.array([5.0, 7.0])
GRID = np.array([[1.0, 2.0], [3.0, 4.0]])
ROWS = [np.array([5.0, 7.0]), np.array([1.0, 2.0, 3.0])]
NUMBERS = [3.0, 4.0]


class Weights:
    def __init__(self, w, n=None):
        self.w = w
        self.n = n


OUTSIDE = Weights(np.array([3.0, 4.0]))


def one_array(x, a, flag):
    b = a if flag > 0 else TABLE
    return b[0] * x * x


def a_row_of_a_table(x, a, flag):
    b = a
    for k in range(2):
        if flag < k:
            b = GRID[k]
    return np.sum(b) * x


def list_of_arrays(x, a, flag):
    rows = [a * k for k in range(abs(flag) + 1)]
    if flag < 0:
        rows = ROWS
    return rows[1][0] * x * x


def held_by_an_object(x, a, flag):
    o = Weights(a)
    if flag < 0:
        o = OUTSIDE
    return o.w[0] * x


def list_of_numbers(x, a, flag):
    v = [float(e) for e in a]
    if flag < 0:
        v = NUMBERS
    return sum(e * x * e for e in v)


def seen_from_the_end(x, a, flag):
    return (TABLE if flag < 0 else a)[::-1][0] * x + np.sum(np.where(a > 0, TABLE, a)) * x * x


def in_a_loop(x, a, flag):
    b, s = TABLE, 0.0
    for k in range(3):
        s += np.dot(b, a) * x
        b = a if flag > 0 or k == 1 else b
    return s


PROGRAMS = [one_array, a_row_of_a_table, list_of_arrays, held_by_an_object, list_of_numbers, seen_from_the_end, in_a_loop]


@pytest.mark.parametrize("flag", [-1, 1])
@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_a_captured_array_does_not_move(f, flag):
    """Its tangent was the array itself, where a variable is it or one that moves."""
    x, a, dx, da = 2.0, np.array([1.0, 2.0]), 0.3, np.array([0.1, 0.2])

    def slope(x, a):
        return irad.jvp(f, (x, a, flag), (dx, da, None))[1]

    def of_gradient(x, a):
        by_x, by_a = irad.grad(f, argnums=(0, 1))(x, a, flag)
        return by_x * dx + np.sum(by_a * da)

    value, tangent = irad.jvp(f, (x, a, flag), (dx, da, None))
    assert value == f(x, a, flag)
    assert tangent == pytest.approx(of_gradient(x, a), rel=1e-13)
    bend = irad.jvp(of_gradient, (x, a), (dx, da))[1]
    assert irad.jvp(slope, (x, a), (dx, da))[1] == pytest.approx(bend, rel=1e-13)  # forward over forward
    by_x, by_a = irad.grad(slope, argnums=(0, 1))(x, a)
    assert by_x * dx + np.sum(by_a * da) == pytest.approx(bend, rel=1e-13)


Pair = namedtuple("Pair", "w n")
TANGENTS = {
    "object": (Weights(np.array([3.0, 4.0]), 2), Weights(np.array([0.5, 1.5]))),
    "tuple": (Pair(np.array([3.0, 4.0]), 2), Pair(np.array([0.5, 1.5]), None)),
}


def weighed(x, o):
    return x * np.sum(o.w) * o.n


@pytest.mark.parametrize("kind", TANGENTS)
def test_tangents_from_outside(kind):
    given, tangent = TANGENTS[kind]

    def slope(x, o):
        return irad.jvp(weighed, (x, o), (1.0, tangent))[1]

    assert irad.compile(slope)(2.0, given) == irad.jvp(weighed, (2.0, given), (1.0, tangent))[1] == 22.0


def of_a_dict(x, d):
    return x * d["a"] * d["n"]


def test_dicts_of_tangents_from_outside():
    tangent = {"a": 0.5, "n": None}

    def slope(x, d):
        return irad.jvp(of_a_dict, (x, d), (1.0, tangent))[1]

    compiled = irad.compile(slope)
    assert compiled(2.0, {"a": 1.5, "n": 2}) == 5.0
    tangent["a"] = 1.0  # read anew
    assert compiled(2.0, {"a": 1.5, "n": 2}) == 7.0


def test_tangents_of_another_form():
    other = {"a": 0.5, "b": None}
    for wrong in (other, Weights(1.0), 2.0):
        with pytest.raises(TypeError, match="jvp: primals and tangents must have the same structure"):
            irad.compile(lambda x, d, wrong=wrong: irad.jvp(of_a_dict, (x, d), (1.0, wrong))[1])(2.0, {"a": 1.5, "n": 2})


def test_cotangents_from_outside():
    cotangent = {"q": 2.0}

    def pulled(x, o):
        _, pullback = irad.vjp(lambda x, o: {"q": x * np.sum(o.w)}, x, o)
        return pullback(cotangent)[0]

    assert irad.compile(pulled)(2.0, Weights(np.array([3.0, 4.0]))) == 14.0
