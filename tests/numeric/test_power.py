"""Powers: first and second derivatives, also where the power has left the range in which `pow_less` divides."""

from __future__ import annotations

from math import isclose, log

import pytest

import irad


def power(x, y):
    return x**y


CASES = [(1.7, 2.5), (1e-160, 1.9), (1e-60, 2.5), (1e80, 3.5), (2.0, -0.2), (3.0, 0.0), (0.3, 1.0), (0.5, 3.0)]


@pytest.mark.parametrize(("x", "y"), CASES)
def test_positive_base(x: float, y: float) -> None:
    first, by_y = irad.grad(power, argnums=(0, 1))(x, y)
    assert isclose(first, y * x ** (y - 1.0), rel_tol=1e-14) and isclose(by_y, x**y * log(x), rel_tol=1e-14)
    second, mixed = irad.grad(irad.grad(power), argnums=(0, 1))(x, y)
    assert isclose(second, y * (y - 1.0) * x ** (y - 2.0), rel_tol=1e-14, abs_tol=0.0)
    if y != 0.0:  # there d/dx x**y is 0 by convention
        assert isclose(mixed, x ** (y - 1.0) * (1.0 + y * log(x)), rel_tol=1e-13)


AT_ZERO = [(0.0, 0.0, 0.0), (1.0, 1.0, 0.0), (2.0, 0.0, 2.0), (2.5, 0.0, 0.0), (3.0, 0.0, 0.0)]


@pytest.mark.parametrize(("y", "first", "second"), AT_ZERO)
def test_at_zero(y: float, first: float, second: float) -> None:
    assert irad.grad(power)(0.0, y) == first
    assert irad.grad(irad.grad(power))(0.0, y) == second


def test_tape_of_powers() -> None:
    """A constant exponent whose derivative is a product keeps the base only."""

    def cubes(x, n):
        for _ in range(n):
            x = 0.9 * x**3.0
        return x

    def roots(x, n):
        for _ in range(n):
            x = 0.9 * x**1.5
        return x

    plans = {f: irad.explain(irad.grad(irad.compile(f, mode="reverse")), 1.1, 5).parts[0].loops[-1] for f in (cubes, roots)}
    per_iteration = {f: plan.bytes_per_iteration for f, plan in plans.items()}
    assert per_iteration == {cubes: 8, roots: 16}
    for f in (cubes, roots):
        h = 1e-6
        assert isclose(irad.grad(f)(1.1, 4), (f(1.1 + h, 4) - f(1.1 - h, 4)) / (2 * h), rel_tol=1e-8)
