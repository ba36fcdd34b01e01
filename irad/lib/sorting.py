"""Sorting of lists: stable, by `<` alone, as Python's own."""

from __future__ import annotations

from typing import Any

import numpy as np


def in_order(items: Any, keys: Any, reverse: bool) -> Any:
    """A list of the items in the order of their keys, equal ones as they stand (merge sort, from runs of one)."""
    n = len(keys)
    order = np.empty(n, np.int64)
    spare = np.empty(n, np.int64)
    for i in range(n):
        order[i] = i
    width = 1
    while width < n:
        low = 0
        while low < n:
            middle = min(low + width, n)
            high = min(low + 2 * width, n)
            i, j = low, middle
            for k in range(low, high):
                if i < middle and (j >= high or not comes_before(keys[order[j]], keys[order[i]], reverse)):
                    spare[k] = order[i]
                    i += 1
                else:
                    spare[k] = order[j]
                    j += 1
            low = high
        for k in range(n):
            order[k] = spare[k]
        width *= 2
    return [items[order[i]] for i in range(n)]


def has_nan(keys: Any) -> bool:
    for key in keys:
        if key != key:
            return True
    return False


def comes_before(x: Any, y: Any, reverse: bool) -> Any:
    return y < x if reverse else x < y


def keys_of(items: Any, key: Any) -> Any:
    return [key(x) for x in items]
