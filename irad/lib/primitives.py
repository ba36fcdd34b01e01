"""Ops of the compiler that Python has no name for, with their meaning. `infer` replaces calls of them."""

from __future__ import annotations

from typing import Any


def fma(x: float, y: float, z: float) -> float:
    """x*y + z rounded once."""
    (a, b), (c, d), (e, f) = x.as_integer_ratio(), y.as_integer_ratio(), z.as_integer_ratio()
    return (a * c * f + e * b * d) / (b * d * f)  # of ints, `/` rounds once


def refined(x: float, y: float) -> float:
    """y, which is x computed more exactly, with the derivative of x."""
    return y


def is_known(x: object) -> bool:
    """Whether the compiler knows a value."""
    return True


def place(x: Any) -> int:
    """Where an array, a list or an object is in memory; 0 of one without room."""
    return id(x)
