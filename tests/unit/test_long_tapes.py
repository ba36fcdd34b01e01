"""Counted loops that an exception ends long before their last trip: the gradient raises what CPython raises."""

from __future__ import annotations

import math

import numpy as np
import pytest

import irad

HUGE = (10**11, 10**13, 2**62)
A = np.array([1.5, 2.0, 0.5])


def raised(x, n, a):
    s, t, u, v = x, x * x, x + 1.0, a[0]
    for i in range(n):
        if s > 100.0:
            raise ValueError(f"too large in trip {i}")
        s, t, u, v = s * s + math.sin(t), t * s * 0.1, u * v * 0.1, v * s * 0.1
    return s + t + u + v


def divided(x, n, a):
    s, t, u, v = x, x * x, x + 1.0, a[0]
    for i in range(n):
        s, t, u, v = s + 1.0 / (3.0 - i), t * s * 0.1, u * v * 0.1, v * s * 0.1
    return s + t + u + v


def nested(x, n, a):
    s, t, u, v = x, x * x, x + 1.0, a[0]
    while s < 10.0:
        for i in range(n):
            s, t, u, v = s * a[i] + math.sin(t), t * s * 0.1, u * v * 0.1, v * s * 0.1
    return s + t + u + v


def caught(x, n, a):
    s, t, u, v = x, x * x, x + 1.0, a[0]
    try:
        for _ in range(n):
            s, t, u, v = s * s + math.sin(t), t * s * 0.1, u * v * 0.1, v * s * 0.1
            if s > 100.0:
                raise ValueError
    except ValueError:
        return s * u + v
    return s + t


def endless(x, n, a):
    s, t, u, v = x, x * x, x + 1.0, a[0]
    for _ in range(n):
        s, t, u, v = s * s * 0.1 + math.sin(t), t * s * 0.1, u * v * 0.1, v * s * 0.1
    return s + t + u + v


@pytest.mark.parametrize("f", [raised, divided, nested, caught])
def test_the_exception_of_an_early_trip(f):
    for derivative in (irad.grad(f, (0, 2)), irad.value_and_grad(f, (0, 2))):
        before = derivative(2.0, 2, A)
        for n in HUGE:
            try:
                value = f(2.0, n, A)
            except Exception as error:
                with pytest.raises(type(error)) as found:
                    derivative(2.0, n, A)
                assert str(found.value) == str(error)
            else:
                assert f is caught
                assert math.isfinite(value)
                assert str(derivative(2.0, n, A)) == str(derivative(2.0, 100, A))  # left in the same trip
        assert str(derivative(2.0, 2, A)) == str(before)


def test_a_loop_that_nothing_ends_is_a_memory_error():
    for n in HUGE:
        with pytest.raises(MemoryError, match="the tape of the loop at .* iterations of 32 bytes"):
            irad.grad(endless, (0, 2))(2.0, n, A)


def test_a_tape_that_grows_beyond_what_is_modest():
    """The check never fails: trips go on until a modest amount of memory is used up."""
    f = irad.compile(irad.grad(raised, (0, 2)), memory="1 MiB")
    for n in HUGE:
        with pytest.raises(MemoryError, match="the tape of the loop at .* iterations of 32 bytes"):
            f(1e-3, n, A * 0.0)
    assert f(1e-3, 2, A)[0] != 0.0


def test_compiled_calls_are_not_made_again():
    """A call that may have changed an argument already is not repeated."""

    def changes(x, n, a):
        a[0] += 1.0
        return irad.grad(raised)(x, n, a)

    a = A.copy()
    with pytest.raises(MemoryError):
        irad.compile(changes)(2.0, 10**13, a)
    assert a[0] == A[0] + 1.0
