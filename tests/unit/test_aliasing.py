"""Arrays that overlap (docs/api.md, section 2): values as in CPython, derivatives by position, total ones, or a refusal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irad

X = np.array([1.0, 2.0, 3.0])
Y = np.arange(1.0, 6.0)
ONES = np.ones(3)


def dot(p, q):
    s = 0.0
    for i in range(len(p)):
        s += p[i] * q[i]
    return s


def scale(p, q):
    for i in range(len(p)):
        p[i] = p[i] * q[i]
    return p.sum() + 2.0 * q.sum()


def spread(p, q, c):
    for i in range(1, len(p)):
        q[i] = p[i - 1] * c + q[i]
    return p.sum() * q[0]


def within(p):
    q = p[1:]
    q[0] = p[0] * 3.0
    return p.sum() + q[0] * p[1]


def three(p, q, r):
    p[0] = q[1] * r[2]
    r[1] = p[0] + q[0]
    return p.sum() * q[0] + r[1]


def total(function: Any, x: np.ndarray, places: int, *more: Any) -> np.ndarray:
    """Derivative of the function of one array that is passed at several places, by complex steps of the program itself."""
    out = []
    for k in range(len(x)):
        moved = x.astype(complex)
        moved[k] += 1e-30j
        out.append(function(*[moved] * places, *more).imag / 1e-30)
    return np.array(out)


VIEWS = {
    "the same": lambda a: (a[:3], a[:3]), "shifted": lambda a: (a[:3], a[1:4]), "reversed": lambda a: (a[:3], a[2::-1]),
    "strided": lambda a: (a[:2], a[1:4:2]), "apart": lambda a: (a[:2], a[3:]),
}


@pytest.mark.parametrize("views", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("function", [dot, scale, lambda p, q: spread(p, q, 1.5)], ids=["dot", "scale", "spread"])
def test_values(function: Any, views: Any) -> None:
    ours, theirs = Y.copy(), Y.copy()
    compiled = irad.compile(function)
    assert compiled(*views(ours)) == function(*views(theirs))
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("views", VIEWS.values(), ids=VIEWS)
def test_read_only_is_by_position(views: Any) -> None:
    y = Y.copy()
    p, q = views(y)
    for derive in (irad.grad, irad.jacfwd, irad.jacrev):
        by_p, by_q = derive(dot, (0, 1))(p, q)
        assert np.array_equal(by_p, q) and np.array_equal(by_q, p)
    assert irad.jvp(dot, (p, q), (np.ones(len(p)), np.zeros(len(p)))) == (dot(p, q), q.sum())
    assert np.array_equal(y, Y)


@pytest.mark.parametrize(
    ("function", "places", "more"), [(scale, 2, ()), (spread, 2, (1.5,)), (three, 3, ())], ids=["scale", "spread", "three"]
)
def test_one_array_that_is_written_has_its_total_derivative(function: Any, places: int, more: tuple[float, ...]) -> None:
    wanted = total(function, X, places, *more)
    x = X.copy()
    value, gradients = irad.value_and_grad(function, tuple(range(places)))(*[x] * places, *more)
    assert value == function(*[x.copy()] * places, *more)
    for gradient in gradients:
        assert np.allclose(gradient, wanted, rtol=1e-14)
    rng = np.random.default_rng(1)
    steps = [rng.standard_normal(3) for _ in range(places)]
    out, moved = irad.jvp(lambda *a: function(*a, *more), (x,) * places, tuple(steps))
    assert out == value and np.isclose(moved, wanted @ sum(steps), rtol=1e-14)
    assert np.array_equal(x, X)


def test_a_view_within_the_function() -> None:
    wanted = total(within, X, 1)
    for derive in (irad.grad, irad.jacfwd, irad.jacrev):
        assert np.allclose(derive(within)(X), wanted, rtol=1e-14)


@pytest.mark.parametrize("derive", [irad.grad, irad.value_and_grad, irad.jacfwd, irad.jacrev])
@pytest.mark.parametrize("which", ["shifted", "reversed", "strided"])
def test_partly_overlapping_and_written_is_refused(derive: Any, which: str) -> None:
    y = Y.copy()
    with pytest.raises(ValueError, match="the arrays `p` and `q` overlap"):
        derive(scale, (0, 1))(*VIEWS[which](y))
    assert np.array_equal(y, Y)


@pytest.mark.parametrize("argnums", [0, 1, 2, (0, 2), (1, 2)])
def test_one_array_of_which_one_place_is_asked_for_is_refused(argnums: Any) -> None:
    """What is stored through the one place would be lost to the other."""
    with pytest.raises(ValueError, match="the arrays `p` and `q` overlap"):
        irad.grad(spread, argnums)(X, X, 1.5)
    by_all = irad.grad(spread, (0, 1, 2))(X, X, 1.5)
    assert np.array_equal(by_all[0], by_all[1])


def test_views_apart_are_no_overlap() -> None:
    y = Y.copy()
    p, q = VIEWS["apart"](y)
    by_p, by_q = irad.grad(scale, (0, 1))(p, q)
    assert np.array_equal(by_p, q) and np.array_equal(by_q, p + 2.0)
    moved = irad.jacfwd(scale, (0, 1))(p, q)
    assert np.array_equal(moved[0], by_p) and np.array_equal(moved[1], by_q)
