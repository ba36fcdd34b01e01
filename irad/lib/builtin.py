"""Pieces of Python's builtins that are loops over floats."""

from __future__ import annotations


def add_compensated(total: float, error: float, x: float) -> tuple[float, float]:
    """One step of CPython's float sum (from 3.12): Neumaier's improved Kahan-Babuska summation."""
    t = total + x
    if abs(total) >= abs(x):
        error += (total - t) + x
    else:
        error += (x - t) + total
    return t, error


def settle_compensated(total: float, error: float) -> float:
    """The end of that sum: the error is added if it is finite."""
    if error != 0.0 and error - error == 0.0:
        return total + error
    return total
