"""Extents are below 2**47 everywhere: range analysis takes that for granted, so nothing else gets in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irad

WIDE = np.broadcast_to(1.0, (2**50,))


def lengths(x):
    return x.shape[0] + len(x)


@pytest.mark.parametrize("array", [WIDE, np.zeros((0, 2**50)), np.broadcast_to(0.0, (3, 2**47))], ids=["wide", "empty", "edge"])
def test_arguments(array: Any) -> None:
    with pytest.raises(ValueError, match=r"irad takes extents below 2\*\*47"):
        irad.compile(lengths)(array)
    f = irad.compile(lambda pair: len(pair[0]))
    assert f((np.zeros(array.ndim * (1,)), 1)) == 1
    with pytest.raises(ValueError, match=r"irad takes extents below 2\*\*47"):
        f((array, 1))


def test_the_last_that_is_taken() -> None:
    f = irad.compile(lengths)
    assert f(np.broadcast_to(1.0, (2**47 - 1,))) == 2**48 - 2
    assert f(np.zeros((0, 2**47 - 1))) == 0


def test_captured() -> None:
    with pytest.raises(ValueError, match=r"irad takes extents below 2\*\*47"):
        irad.compile(lambda i: WIDE[i])(0)


def filled(n, m):
    a = np.zeros((n, m))
    for i in range(n):
        a[i, 0] = 1.0
    return a


def test_made_inside() -> None:
    f = irad.compile(filled)
    assert f(3, 2).sum() == 3.0 and f(0, 5).shape == (0, 5)
    with pytest.raises(ValueError, match=r"array is too big"):
        f(0, 2**50)
    with pytest.raises(MemoryError):
        f(2**45, 2**45)


def reshaped(a, n, m):
    return a.reshape((n, m))


@pytest.mark.parametrize(
    ("size", "shape"), [(12, (-3, -4)), (12, (2**32, 2**32)), (0, (2**32, 2**32)), (0, (-1, -5)), (5, (2, 3))],
)
def test_reshape(size: int, shape: tuple[int, int]) -> None:
    """A product that wraps, or of two negative extents, is no shape."""
    with pytest.raises(ValueError, match="cannot reshape array" if max(shape) > 0 else "can only specify one unknown dimension"):
        irad.compile(reshaped)(np.zeros(size), *shape)


def test_reshape_of_nothing() -> None:
    assert irad.compile(reshaped)(np.zeros(0), 0, 7).shape == (0, 7)
    assert irad.compile(reshaped)(np.zeros(12), 3, 4).shape == (3, 4)
