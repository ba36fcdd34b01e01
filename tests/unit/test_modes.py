"""`mode=`: reverse, forward, and reverse with loops that run forward ("auto") give one gradient in one structure."""

import math

import numpy as np
import pytest

import irad


def power(x, n):
    r = 1.0
    for _ in range(n):
        r *= x
    return r


def mixture(pair, a, n):
    s = np.float32(0.0)
    for i in range(n):
        s += np.float32(a[i] * pair[0]) * pair[1] ** 2
    return s


def two_exits(x, y):
    while x < 100.0:
        x = x * x + y
        if x > 50.0:
            return x * y
        if y > 3.0:
            break
    else:
        return x - y
    return x + 3.0 * y


def inner_root(a, c):
    """The outer loop reads an active array, the inner one runs forward with two inputs."""
    s = 0.0
    for i in range(len(a)):
        x = a[i]
        while abs(x * x - a[i]) > 1e-13 * c:
            x = 0.5 * (x + a[i] / x)
        s += x * c
    return s


def chained(x, n):
    """A loop whose input comes out of a loop, and one that a constant leaves."""
    a = power(x, n)
    b = a
    for _ in range(n):
        b = math.sin(b) * a
    k = 2.0
    while k < b:
        k *= 2.0
    return b * k


CASES = [
    (power, (1.5, 7), 0), (power, (1.5, 0), 0), (mixture, ((2.0, 3.0), np.arange(4.0), 4), (0, 1)),
    (two_exits, (1.1, 0.3), (0, 1)), (two_exits, (200.0, 0.3), (0, 1)), (two_exits, (1.1, 4.0), (0, 1)),
    (inner_root, (np.array([2.0, 9.0, 0.5]), 0.7), (0, 1)), (chained, (0.9, 5), 0),
]


def leaves(tree):
    if isinstance(tree, tuple):
        return [x for item in tree for x in leaves(item)]
    return [tree]


@pytest.mark.parametrize(("f", "args", "argnums"), CASES)
def test_modes_agree(f, args, argnums):
    found = {
        mode: irad.value_and_grad(irad.compile(f, mode=mode), argnums=argnums)(*args)
        for mode in ("reverse", "auto", "forward")
    }
    value, gradient = found["reverse"]
    for other, tree in found.values():
        assert type(other) is type(value) and other == value == f(*args)
        for mine, theirs in zip(leaves(tree), leaves(gradient), strict=True):
            assert type(mine) is type(theirs) and np.asarray(mine).dtype == np.asarray(theirs).dtype
            np.testing.assert_allclose(mine, theirs, rtol=1e-6 if f is mixture else 1e-13)


@pytest.mark.parametrize("mode", ["reverse", "auto", "forward"])
def test_derivatives_of_derivatives(mode):
    f = irad.compile(power, mode=mode)
    assert irad.grad(irad.grad(f))(1.5, 10) == pytest.approx(90 * 1.5**8, rel=1e-14)
    assert irad.hessian(f)(1.5, 10) == pytest.approx(90 * 1.5**8, rel=1e-14)
    assert irad.grad(irad.grad(irad.grad(f)))(1.5, 10) == pytest.approx(720 * 1.5**7, rel=1e-14)
    g = irad.grad(irad.compile(lambda x, n: (power(x, n), n), mode=mode), has_aux=True)
    assert g(2.0, 3) == (12.0, 3)
    assert irad.grad(irad.compile(lambda x: np.array(x * x), mode=mode))(3.0) == 6.0


def test_options_reach_what_is_compiled_inside():
    with irad.options(mode="reverse"):
        assert irad.explain(power, 2.0, 10).nbytes == 80
    assert irad.explain(power, 2.0, 10).nbytes == 0
    assert [p.mode for p in irad.explain(irad.compile(power, mode="forward"), 2.0, 10).parts] == ["forward"]


def test_a_zero_cotangent_of_a_loop_is_zero():
    """A derivative that is infinite inside of a loop, times the zero with which its result enters."""

    def f(x):
        y = x
        for _ in range(2):
            y = math.sqrt(y)
        return 0.0 * y if x > 0 else x

    def g(x):
        y = x
        for _ in range(2):
            y = math.sqrt(y)
        return x + (y if x > 1.0 else 0.0)

    for mode in ("reverse", "auto", "forward"):
        assert irad.grad(irad.compile(f, mode=mode))(0.0) == 1.0
        assert irad.grad(irad.compile(g, mode=mode))(0.0) == 1.0


def test_wrong_mode():
    with pytest.raises(ValueError, match="mode is one of 'auto', 'forward', 'reverse', not 'backward'"):
        irad.compile(power, mode="backward")


@pytest.mark.parametrize(
    ("f", "point", "exact"),
    [
        (lambda v, u: v * math.sqrt(u), (0.0, 4.0), [[0.0, 0.25], [0.25, 0.0]]),
        (lambda v, u: v / u, (0.0, 2.0), [[0.0, -0.25], [-0.25, 0.0]]),
        (lambda x, y: x**y, (2.0, 0.0), [[0.0, 0.5], [0.5, math.log(2.0) ** 2]]),
        (lambda v, u: v * math.log(u), (0.0, 2.0), [[0.0, 0.5], [0.5, 0.0]]),
    ],
)
def test_second_derivatives_where_an_adjoint_is_zero(f, point, exact):
    """A zero adjoint masks an infinite partial; where the partial is finite, the derivative goes through the product."""
    made = irad.hessian(f, argnums=(0, 1))(*point)
    np.testing.assert_allclose(np.array(made, float).reshape(2, 2), exact, atol=1e-15)
    forward = irad.jacfwd(irad.jacfwd(f, argnums=(0, 1)), argnums=(0, 1))(*point)
    np.testing.assert_allclose(np.array(forward, float).reshape(2, 2), exact, atol=1e-15)
    reverse = irad.grad(lambda v, u: irad.grad(f, argnums=0)(v, u), argnums=(0, 1))(*point)
    np.testing.assert_allclose(reverse, exact[0], atol=1e-15)


def test_an_infinite_adjoint_does_not_enter_what_was_not_executed():
    """A loop that is run forward inside of the reverse pass: no iteration of it came to use its input."""

    def f(a):
        s = 0.0
        for i in range(len(a)):
            for _ in range(2):
                if a[i] > s:
                    s = math.cbrt(s) + a[i]
        return s

    a = np.array([0.0, -1.0, 0.5])
    np.testing.assert_array_equal(irad.grad(f)(a), irad.grad(irad.compile(f, mode="reverse"))(a))
