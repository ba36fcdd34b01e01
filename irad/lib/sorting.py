"""Merge sort, and sorting of lists: stable, by `<` alone, as Python's own."""

from __future__ import annotations

from typing import Any

import numpy as np


def sort_places(order: Any, comes_first: Any) -> None:
    """Fills `order` with the places 0, 1, ... in order, equal ones as they stand (merge sort, from runs of one).

    comes_first(i, j): whether what is at place i has to stand before what is at place j.
    """
    n = order.shape[0]
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
                if i < middle and (j >= high or not comes_first(order[j], order[i])):
                    spare[k] = order[i]
                    i += 1
                else:
                    spare[k] = order[j]
                    j += 1
            low = high
        for k in range(n):
            order[k] = spare[k]
        width *= 2


def in_order(items: Any, keys: Any, reverse: bool) -> Any:
    """A list of the items in the order of their keys."""
    order = np.empty(len(keys), np.int64)
    sort_places(order, lambda i, j: comes_before(keys[i], keys[j], reverse))
    return [items[i] for i in order]


def has_nan(keys: Any) -> bool:
    for key in keys:
        if key != key:
            return True
    return False


def comes_before(x: Any, y: Any, reverse: bool) -> Any:
    return y < x if reverse else x < y


def keys_of(items: Any, key: Any) -> Any:
    return [key(x) for x in items]
