"""Ops of the compiler that Python has no name for, with their meaning. `infer` replaces calls of them."""

from __future__ import annotations

from fractions import Fraction


def fma(x: float, y: float, z: float) -> float:
    """x*y + z rounded once."""
    return float(Fraction(x) * Fraction(y) + Fraction(z))


def refined(x: float, y: float) -> float:
    """y, which is x computed more exactly, with the derivative of x."""
    return y
