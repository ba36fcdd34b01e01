"""Pieces of Python's builtins that are loops over floats."""

from __future__ import annotations

import sys
from typing import Any

NAMES_ITERABLE = sys.version_info >= (3, 12)  # the words of max() of nothing


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


def sum_(items: Any, start: Any) -> Any:
    total = start
    for x in items:
        total = total + x
    return total


def max_(items: Any) -> Any:
    if len(items) == 0:
        raise ValueError("max() iterable argument is empty" if NAMES_ITERABLE else "max() arg is an empty sequence")
    best = items[0]
    for x in items:
        if x > best:
            best = x
    return best


def min_(items: Any) -> Any:
    if len(items) == 0:
        raise ValueError("min() iterable argument is empty" if NAMES_ITERABLE else "min() arg is an empty sequence")
    best = items[0]
    for x in items:
        if x < best:
            best = x
    return best
