"""Derivatives by arrays that are not in C order: what the function reshapes is a view where it is one of the argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irad

W = np.linspace(1.0, 2.0, 12)
ORDERS = ["C", "F", "sliced", "backwards", "column block", "far apart"]


def made(order: str) -> np.ndarray:
    """The same numbers in memory of this order."""
    base = np.linspace(0.5, 2.5, 12).reshape(3, 4) ** 1.5
    if order in "CF":
        return base.copy(order=order)
    shapes = {"sliced": (6, 8), "backwards": (3, 4), "column block": (3, 9), "far apart": (300, 4)}
    big = np.zeros(shapes[order])
    views = {"sliced": big[::2, ::2], "backwards": big[::-1, ::-1], "column block": big[:, 2:6], "far apart": big[::100]}
    views[order][...] = base
    return views[order]


def reshaped(m: Any) -> Any:
    v = m.reshape(-1)
    v[0] *= 2.0
    v[5] = v[4] ** 2
    return (m.ravel() * W).sum()


def flat(m: Any) -> Any:
    v = m.ravel()
    v *= 3.0
    return (m * m).sum() + v[3]


def turned(m: Any) -> Any:
    v = m.T.reshape(-1)
    v[0] *= 5.0
    return (m**2).sum() + v[1] ** 3


def overlapping(m: Any) -> Any:
    v = m.ravel()
    w = v[2:5]
    w += 1.0
    m[2] = m[0]
    return (v**2).sum() + (m**3).sum()


def by_columns(m: Any) -> Any:
    v = m.ravel(order="F")
    v[0] *= 3.0
    return (m**2).sum() + v[1]


def packed(m: Any) -> Any:
    v = np.ascontiguousarray(m)
    v[0, 0] *= 2.0
    return (m**2).sum() + v[0, 0]


def asked(m: Any) -> Any:
    if m.flags.c_contiguous or m.strides[0] < m.strides[1]:
        m *= 2.0
    return (m**2).sum()


def of_three(m: Any) -> Any:
    t = m.reshape(3, 2, 2)
    u = t.reshape(6, 2)
    u[0] *= 2.0
    m.T[1] += 1.0
    return (t**2).sum() + (m**3).sum()


PROGRAMS = [reshaped, flat, turned, overlapping, by_columns, packed, asked, of_three]


def slopes(f: Callable[[np.ndarray], Any], order: str) -> np.ndarray:
    found, h = np.zeros((3, 4)), 1e-4
    for at in np.ndindex(3, 4):
        values = []
        for step in (-2, -1, 1, 2):
            m = made(order)
            m[at] += step * h
            values.append(f(m))
        found[at] = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h)
    return found


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_derivatives(f: Callable[[np.ndarray], Any], order: str) -> None:
    m, wanted = made(order), slopes(f, order)
    value, gradient = irad.value_and_grad(f)(m)
    assert value == pytest.approx(f(made(order)), rel=1e-14) and np.array_equal(m, made(order))
    assert gradient == pytest.approx(wanted, rel=1e-8, abs=1e-8)
    along = np.cos(np.arange(12.0)).reshape(3, 4)
    primal, tangent = irad.jvp(f, (m,), (along,))
    assert primal == value and tangent == pytest.approx((wanted * along).sum(), rel=1e-8)
    assert np.array_equal(m, made(order))


def test_captured_arrays() -> None:
    for order in ORDERS:
        m = made(order)

        def f(x: float, m: np.ndarray = m) -> Any:
            v = m.ravel()
            v *= x
            return (m**2).sum() + v[1]

        def plain(x: float, order: str = order) -> Any:
            return f(x, made(order))

        slope = (plain(2.0 + 1e-5) - plain(2.0 - 1e-5)) / 2e-5
        captured = irad.value_and_grad(lambda x, m=m: f(x, m))(2.0)
        assert captured[0] == pytest.approx(plain(2.0), rel=1e-14) and captured[1] == pytest.approx(slope, rel=1e-8)
        assert np.array_equal(m, made(order))


def test_room_for_a_column_is_that_of_the_column() -> None:
    big = np.ones((2000, 2000))

    def f(v: Any) -> Any:
        v[1] = v[0] ** 2
        return (v.reshape(2, -1) ** 2).sum()

    assert irad.options(memory="1 MiB")(irad.grad(f))(big[:, 3])[:3].tolist() == [6.0, 0.0, 2.0]


def test_three_axes() -> None:
    base = np.linspace(0.5, 1.5, 24).reshape(2, 3, 4)

    def f(m: Any) -> Any:
        v = m.reshape(6, 4)
        v[0] *= 2.0
        w = m.transpose(0, 2, 1).reshape(2, -1)
        w[1] += 1.0
        return (m**3).sum() + w[0, 0]

    for axes in ((0, 1, 2), (1, 0, 2), (2, 1, 0), (0, 2, 1), (2, 0, 1)):
        m = np.ascontiguousarray(base.transpose(axes)).transpose(np.argsort(axes))
        wanted, h = np.zeros(base.shape), 1e-5
        for at in np.ndindex(*base.shape):
            up, down = m.copy(order="K"), m.copy(order="K")
            up[at] += h
            down[at] -= h
            wanted[at] = (f(up) - f(down)) / (2 * h)
        assert m.strides == up.strides
        assert irad.grad(f)(m) == pytest.approx(wanted, rel=1e-6)


def test_what_is_reshaped_on_a_way_that_is_not_taken() -> None:
    def greatest(m: Any) -> Any:
        s = 0.0
        for i in range(2):
            if np.max(m) > i:
                s += m[0, i] * np.min(m)
        return s

    def unread(a: Any, y: Any, m: Any) -> Any:
        for _ in a:
            _t = np.max(m)
        return y

    m = np.array([[0.5, 0.7], [1.0, 1.2]]).T
    assert np.array_equal(irad.grad(greatest)(m), irad.grad(greatest)(m.copy()))
    assert not irad.grad(unread, 2)([0.5], 0.5, m).any()


def overlapping():
    row = np.array([0.5, 1.3, -0.7, 2.1, 0.9, -1.6])
    return [
        np.broadcast_to(np.float64(0.7), (6,)), np.broadcast_to(row, (3, 6)), np.broadcast_to(row[:, None], (6, 3)),
        np.broadcast_to(row[::-1].reshape(2, 3), (4, 2, 3)), np.lib.stride_tricks.sliding_window_view(row, 3),
        np.lib.stride_tricks.as_strided(row, (5, 2), (8, 8)), np.broadcast_to(row, (1, 6)), np.broadcast_to(row, (0, 6)),
    ]


@pytest.mark.parametrize("number", range(len(overlapping())))
def test_each_element_of_an_array_that_overlaps_itself_has_its_own_derivative(number):
    x = overlapping()[number]
    whole = np.array(x)
    weights = np.cos(np.arange(x.size, dtype=float)).reshape(x.shape)

    def f(a):
        flat = a.reshape(-1)
        b = a.T.copy()
        b[...] = b * a.T * weights.T
        return b.sum() + (flat[1:] * flat[:-1]).sum()

    def two(a, b):
        return f(a) * f(b)

    assert np.allclose(irad.grad(f)(x), irad.grad(f)(whole))
    assert irad.jvp(f, (x,), (weights,))[1] == pytest.approx((irad.grad(f)(whole) * weights).sum())
    assert np.allclose(irad.hessian(f)(x), irad.hessian(f)(whole))
    for transform in (irad.jacfwd, irad.jacrev):
        assert np.allclose(transform(np.sin)(x), transform(np.sin)(whole))
    assert np.allclose(irad.grad(lambda d: f(d["a"]))({"a": x})["a"], irad.grad(f)(whole))
    for found, wanted in zip(irad.grad(two, (0, 1))(x, x), irad.grad(two, (0, 1))(whole, whole), strict=True):
        assert np.allclose(found, wanted)
    assert np.allclose(irad.compile(lambda a: irad.grad(f)(np.broadcast_to(a, (2, *a.shape))[1]))(x), irad.grad(f)(whole))


def test_one_that_is_written_is_refused():
    def f(a):
        a[0] *= 2.0
        return (a * a).sum()

    x = np.lib.stride_tricks.as_strided(np.ones(1), (6,), (0,))
    with pytest.raises(ValueError, match="overlaps itself"):
        irad.grad(f)(x)


@pytest.mark.parametrize("a", [
    np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(6.0).reshape(3, 2).T, np.arange(24.0).reshape(4, 6)[::2, ::2],
    np.arange(6.0).reshape(2, 3)[::-1, ::-1], np.broadcast_to(np.arange(3.0), (2, 3)),
])
def test_gradients_are_new_arrays_in_c_order(a):
    def f(a):
        return (a * a.T.ravel().sum()).sum() * a[0, 0] + (a**3).sum()

    plain = np.ascontiguousarray(a)
    for derivative in (
        irad.grad(f), irad.compile(lambda a: irad.grad(f)(a)), lambda a: irad.value_and_grad(f)(a)[1],
        irad.jacobian(f), irad.jacfwd(f),
        irad.jacrev(lambda a: a.sum(axis=0) * a[0, 0]), irad.hessian(f), lambda a: irad.grad(lambda t: f(t[0]))((a, 1))[0],
        lambda a: irad.vjp(f, a)[1](1.0)[0], lambda a: irad.hvp(f, (a,), (np.cos(a),))[0],
        irad.grad(lambda a: (irad.grad(f)(a) ** 2).sum()),
    ):
        found = derivative(a)
        assert found.flags.c_contiguous and found.flags.owndata
        assert np.allclose(found, derivative(plain), rtol=1e-13)
