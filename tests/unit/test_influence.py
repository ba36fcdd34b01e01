"""Inputs that act only through comparisons or rounding: one warning for each, none where a zero is plain or there is a slope."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import irad
from irad import pipeline


@pytest.fixture(autouse=True)
def nothing_said() -> Iterator[None]:
    before = set(pipeline.WARNED)
    pipeline.WARNED.clear()
    yield
    pipeline.WARNED.update(before)


def warned(call: Callable[[], Any]) -> list[Any]:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        call()
    return [w for w in found if issubclass(w.category, irad.IradWarning)]


def bisection(theta: float) -> float:
    low, high = 0.0, 4.0
    while high - low > 1e-9:
        middle = 0.5 * (low + high)
        if middle * middle > theta:
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)


def residual(x: float, theta: float) -> float:
    return x * x - theta


def bisection_of_a_function(theta: float, low: float, high: float) -> float:
    for _ in range(40):
        middle = 0.5 * (low + high)
        if residual(middle, theta) * residual(low, theta) <= 0.0:
            high = middle
        else:
            low = middle
    return low


def simplex(theta: float, n: int) -> float:
    """Nelder-Mead in one dimension, its points from the start alone."""
    points = [0.0, 1.0]
    for _ in range(n):
        a, b = points
        if (a - theta) ** 2 > (b - theta) ** 2:
            a, b = b, a
        reflected = a + (a - b)
        if (reflected - theta) ** 2 < (a - theta) ** 2:
            b = reflected
        else:
            b = 0.5 * (a + b)
        points = [a, b]
    return points[0]


def nelder_mead(theta: np.ndarray, start: np.ndarray) -> np.ndarray:
    def cost(p: np.ndarray) -> float:
        return (1.0 - p[0] * theta[0]) ** 2 + 10.0 * (p[1] - p[0] ** 2) ** 2

    n = len(start)
    points = np.zeros((n + 1, n))
    points[0] = start
    for i in range(n):
        points[i + 1] = start
        points[i + 1, i] += 0.5
    values = np.array([cost(p) for p in points])
    for _ in range(30):
        order = np.argsort(values)
        points, values = points[order], values[order]
        middle = points[:-1].sum(axis=0) / n
        trial = middle + (middle - points[-1])
        value = cost(trial)
        if value < values[-1]:
            points[-1], values[-1] = trial, value
        else:
            points[-1] = 0.5 * (points[-1] + middle)
            values[-1] = cost(points[-1])
    return points[0]


def counted(x: float) -> float:
    n = 0
    while x > 1.0:
        x, n = x / 2.0, n + 1
    return float(n)


def element(x: float) -> float:
    return np.array([1.0, 2.0, 4.0])[int(x)]


def stored(x: float) -> float:
    a = np.zeros(3)
    if x > 1.0:
        a[1] = 2.0
    return a.sum()


def nearest(x: float, a: np.ndarray) -> float:
    return a[np.argmin(np.abs(a - x))]


BLUNT: list[tuple[Callable[..., Any], tuple[Any, ...], str, str]] = [
    (bisection, (2.0,), "theta", "if middle * middle > theta:"),
    (simplex, (0.3, 9), "theta", "if (a - theta) ** 2 > (b - theta) ** 2:"),
    (counted, (9.0,), "x", "while x > 1.0:"), (element, (1.5,), "x", "int(x)"), (stored, (2.0,), "x", "if x > 1.0:"),
    (nearest, (1.2, np.array([1.0, 2.0])), "x", "np.argmin"),
    (lambda x: round(x) * 2.0, (1.4,), "x", "round"), (lambda x: round(x, 2), (1.234,), "x", "round"),
    (lambda x: math.floor(x) * 1.0, (1.4,), "x", "floor"), (lambda x: np.ceil(x), (1.4,), "x", "ceil"),
    (lambda x: x // 2.0, (5.0,), "x", "//"), (lambda x: 1.0 if x > 0 else 0.0, (1.0,), "x", "x > 0"),
    (lambda x: np.where(x > 0, 1.0, 2.0).sum(), (np.ones(2),), "x", "x > 0"),
]


@pytest.mark.parametrize("case", BLUNT, ids=[str(i) for i in range(len(BLUNT))])
def test_it_says_so_once_with_the_line(case: Any) -> None:
    f, args, name, text = case
    found = warned(lambda: irad.grad(f)(*args))
    assert len(found) == 1, found
    message = str(found[0].message)
    assert f"the derivative by `{name}` is zero" in message and "irad.implicit_root" in message
    assert found[0].filename == __file__ and f"as in line {found[0].lineno}" in message
    line = open(__file__).read().splitlines()[found[0].lineno - 1]
    assert text in line
    assert warned(lambda: irad.value_and_grad(f)(*args)) == []


def test_every_kind_of_derivative_says_so() -> None:
    for derivative in (irad.grad, irad.value_and_grad, irad.jacfwd, irad.jacrev, irad.jacobian):
        assert len(warned(lambda d=derivative: d(lambda t: bisection(t))(2.0))) == 1, derivative
        pipeline.WARNED.clear()
    assert len(warned(lambda: irad.vjp(lambda t: bisection(t), 2.0)[1](1.0))) == 1
    pipeline.WARNED.clear()
    assert len(warned(lambda: irad.jacobian(nelder_mead)(np.ones(1), np.zeros(2)))) == 1
    pipeline.WARNED.clear()
    assert len(warned(lambda: irad.compile(lambda t: irad.grad(bisection)(t))(2.0))) == 1


def test_only_the_inputs_that_it_is_about() -> None:
    found = warned(lambda: irad.grad(bisection_of_a_function, argnums=(0, 1, 2))(2.0, 0.0, 4.0))
    assert len(found) == 1 and "`theta`" in str(found[0].message)
    pipeline.WARNED.clear()
    assert warned(lambda: irad.grad(bisection_of_a_function, argnums=(1, 2))(2.0, 0.0, 4.0)) == []
    assert warned(lambda: irad.vjp(bisection_of_a_function, 2.0, 0.0, 4.0)[1](1.0)) == []  # nobody has chosen theta


def secant(theta: float) -> float:
    low, high = 0.0, 4.0
    for _ in range(60):
        f, g = low * low - theta, high * high - theta
        x = (low * g - high * f) / (g - f)
        if x * x < theta:
            low = x
        else:
            high = x
    return x


def newton(theta: float, tol: float) -> float:
    x = theta
    while abs(x * x - theta) > tol:
        x -= (x * x - theta) / (2.0 * x)
    return x


def checked(x: float, limit: float) -> float:
    if limit < 0.0:
        raise ValueError("negative")
    if not math.isfinite(limit):
        raise OverflowError("infinite")
    return x * x


def unused(x: float, y: float) -> float:
    if y > 0:
        z = 1.0
    else:
        z = 2.0
    del z
    return x


def alike(x: float, y: float) -> float:
    return x + (1.0 if y > 0 else 1.0)


SHARP: list[tuple[Callable[..., Any], tuple[Any, ...], int]] = [
    (secant, (2.0,), 0), (newton, (2.0, 1e-12), 0), (checked, (2.0, 1.0), 1), (unused, (1.0, 2.0), 1), (alike, (1.0, 2.0), 1),
    (lambda x: x if x > 0 else 0.0, (1.0,), 0), (lambda x: x - math.floor(x), (1.5,), 0), (lambda x: abs(x), (1.0,), 0),
    (lambda x: max(x, 0.0), (-1.0,), 0), (lambda x: 0.0 * x, (1.0,), 0), (lambda x, y: x, (1.0, 2.0), 1),
    (lambda x: np.maximum(x, 0.0).sum(), (np.ones(2),), 0), (lambda x: round(irad.stop_gradient(x)) + 0.0, (1.5,), 0),
    (lambda a: a[np.argmax(a)], (np.array([1.0, 2.0]),), 0), (lambda x: math.hypot(x, 1.0), (1.0,), 0),
]


@pytest.mark.parametrize("case", SHARP, ids=[str(i) for i in range(len(SHARP))])
def test_it_does_not_speak_of_others(case: Any) -> None:
    f, args, argnum = case
    assert warned(lambda: irad.grad(f, argnums=argnum)(*args)) == []


def test_second_derivatives_that_are_zero_are_no_news() -> None:
    for f in (abs, lambda x: max(x, 1.0), lambda x: x if x > 0 else 2.0 * x):
        assert warned(lambda f=f: irad.hessian(f)(2.0)) == []
        assert warned(lambda f=f: irad.grad(irad.grad(f))(2.0)) == []


def test_looking_inside_says_nothing() -> None:
    assert warned(lambda: irad.grad(bisection).ir(float)) == [] and warned(lambda: irad.explain(bisection, float)) == []


def test_as_an_error_it_leaves_the_call() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(irad.IradWarning, match="only through"):
            irad.grad(lambda t: bisection(t))(2.0)
