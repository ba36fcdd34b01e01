"""Pieces of Python's builtins that are loops over floats."""

from __future__ import annotations

import sys
from typing import Any

NAMES_ITERABLE = sys.version_info >= (3, 12)  # the words of max() of nothing


def is_exactly_float(x: object) -> bool:
    """Whether x is a float of Python's; replaced by infer."""
    return type(x) is float


def is_exactly_int(x: object) -> bool:
    """Whether x is an int or bool of Python's; replaced by infer."""
    return isinstance(x, int)


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


def sum_compensated(items: Any, start: Any) -> Any:
    """sum() from CPython 3.12 on: floats in a row are added with compensation, ints among them without."""
    total = start
    error = 0.0
    for x in items:
        if is_exactly_float(total) and is_exactly_float(x):
            total, error = add_compensated(total, error, x)
        elif is_exactly_float(total) and is_exactly_int(x):
            total = total + x
        else:
            if is_exactly_float(total):
                total = settle_compensated(total, error)
                error = 0.0
            total = total + x
    if is_exactly_float(total):
        total = settle_compensated(total, error)
    return total


def any_(items: Any) -> bool:
    for x in items:
        if x:
            return True
    return False


def all_(items: Any) -> bool:
    for x in items:
        if not x:
            return False
    return True


def largest(best: Any, others: Any) -> Any:
    """The larger of `best` and the largest of the others, the first of equal ones."""
    for x in others:
        if x > best:
            best = x
    return best


def smallest(best: Any, others: Any) -> Any:
    for x in others:
        if x < best:
            best = x
    return best


def largest_by(best: Any, others: Any, key: Any) -> Any:
    most = key(best)
    for x in others:
        rank = key(x)
        if rank > most:
            best = x
            most = rank
    return best


def smallest_by(best: Any, others: Any, key: Any) -> Any:
    least = key(best)
    for x in others:
        rank = key(x)
        if rank < least:
            best = x
            least = rank
    return best


def append_all(target: Any, items: Any) -> None:
    """list.extend, of items whose number is not known beforehand."""
    for item in items:
        target.append(item)
