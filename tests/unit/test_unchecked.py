"""`boundscheck=False` and `overflow="wrap"`: what they leave out, and what they do not."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irad

TOP = 2**63 - 1
OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "-x": lambda x, y: -x,
    "<<": lambda x, y: x << 3, "**": lambda x, y: x**5, "augmented": lambda x, y: 3 * x - 7 * y + 1,
}


def wrapped(value: int) -> int:
    return (value + 2**63) % 2**64 - 2**63


@pytest.mark.parametrize("name", OPERATIONS)
def test_ints_wrap(name: str) -> None:
    """The 64 lowest bits of what CPython computes."""
    f = OPERATIONS[name]
    compiled = irad.compile(overflow="wrap")(f)
    rng = random.Random(name)
    edges = [0, 1, -1, TOP, -TOP - 1, TOP - 1, 2**62, -(2**62), 2**32, 3]
    pairs = [(x, y) for x in edges for y in edges]
    pairs += [(rng.randint(-TOP - 1, TOP), rng.randint(-TOP - 1, TOP)) for _ in range(200)]
    for x, y in pairs:
        assert compiled(x, y) == wrapped(f(x, y)), (x, y)


@pytest.mark.parametrize("name", OPERATIONS)
def test_ints_raise_by_default(name: str) -> None:
    with pytest.raises(OverflowError):
        irad.compile(OPERATIONS[name])(-TOP - 1, TOP if name == "-" else -TOP - 1)


def digits(n):
    h = 14695981039346656037 % 2**63
    for i in range(n):
        h = (h ^ i) * 1099511628211
    return h


def test_a_hash_that_means_to_wrap() -> None:
    want = 14695981039346656037 % 2**63
    for i in range(50):
        want = wrapped((want ^ i) * 1099511628211)
    assert irad.compile(overflow="wrap")(digits)(50) == want
    with pytest.raises(OverflowError):
        irad.compile(digits)(50)


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e19, -1e300])
def test_wrap_is_about_ints_alone(value: float) -> None:
    """What is no int of 64 bits does not become one."""
    with pytest.raises(OverflowError):
        irad.compile(overflow="wrap")(lambda x: int(x))(value)


def test_functions_keep_their_ranges() -> None:
    with pytest.raises(OverflowError):
        irad.compile(overflow="wrap")(lambda x: math.exp(x))(1000.0)


def test_an_argument_beyond_64_bits_is_refused() -> None:
    with pytest.raises(OverflowError):
        irad.compile(overflow="wrap")(lambda x: x + 1)(2**63)


def smooth(x, index):
    s = 0.0
    for i in range(1, len(x) - 1):
        s += x[i - 1] * x[i + 1] * x[-i] + x[index[i]]
    return s


def test_without_bound_checks_results_are_the_same() -> None:
    x = np.random.default_rng(0).random(50)
    index = np.random.default_rng(1).integers(-50, 50, 50)
    assert irad.compile(boundscheck=False)(smooth)(x, index) == irad.compile(smooth)(x, index) == smooth(x, index)


def test_no_guard_is_left() -> None:
    fast = irad.compile(boundscheck=False, overflow="wrap")(smooth)
    x, index = np.ones(5), np.zeros(5, dtype=np.int64)
    assert "guard" not in fast.ir(x, index) and "IndexError" in irad.compile(smooth).ir(x, index)


def test_other_errors_stay() -> None:
    f = irad.compile(boundscheck=False, overflow="wrap")(lambda x, n: x / n + math.sqrt(x))
    with pytest.raises(ZeroDivisionError):
        f(1.0, 0)
    with pytest.raises(ValueError, match="math domain error"):
        f(-1.0, 1)


def power(x, n):
    k = n * n  # beyond 64 bits for a large n
    s = x
    for _ in range(3):
        s = s * x
    return s if k != 1 else 0.0


def test_derivatives_inherit_the_options() -> None:
    """They see what the function computes: k is 1 where n * n wraps to it."""
    n = 2**63 - 1
    assert wrapped(n * n) == 1
    with pytest.raises(OverflowError):
        irad.grad(power)(1.5, n)
    inner = irad.compile(overflow="wrap")(power)
    assert irad.grad(inner)(1.5, n) == 0.0
    assert irad.value_and_grad(inner)(1.5, n) == (0.0, 0.0)
    assert irad.grad(inner)(1.5, 3) == irad.grad(power)(1.5, 3)
    with irad.options(overflow="wrap"):
        assert irad.grad(power)(1.5, n) == 0.0
    x, index = np.linspace(0.0, 1.0, 9), np.arange(9)
    free = irad.grad(irad.compile(boundscheck=False)(smooth))
    np.testing.assert_array_equal(free(x, index), irad.grad(smooth)(x, index))
    assert "guard" not in free.ir(x, index)
