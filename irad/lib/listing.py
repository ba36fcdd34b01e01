"""Methods of lists that search, compare and sort, as plain Python: for lists of known and of run-time length."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from irad.lib.reductions import refuse

SHORT = 64  # lists below this length CPython sorts by binary insertion
SAYS_WHAT = sys.version_info < (3, 14)


def index(items: Any, x: Any, start: int, stop: int) -> int:
    i = 0
    for item in items:
        if start <= i < stop and item == x:
            return i
        i += 1
    if SAYS_WHAT:
        raise ValueError(f"{x!r} is not in list")
    raise ValueError("list.index(x): x not in list")


def index_in_tuple(items: Any, x: Any, start: int, stop: int) -> int:
    i = 0
    for item in items:
        if start <= i < stop and item == x:
            return i
        i += 1
    raise ValueError("tuple.index(x): x not in tuple")


def count(items: Any, x: Any) -> int:
    n = 0
    for item in items:
        if item == x:
            n += 1
    return n


def remove(items: Any, x: Any) -> None:
    i = 0
    for item in items:
        if item == x:
            del items[i]
            return
        i += 1
    raise ValueError("list.remove(x): x not in list")


def contains(items: Any, x: Any) -> bool:
    for item in items:
        if item == x:
            return True
    return False


def equal(xs: Any, ys: Any) -> bool:
    if len(xs) != len(ys):
        return False
    for i in range(len(xs)):
        if xs[i] != ys[i]:
            return False
    return True


def less(xs: Any, ys: Any) -> bool:
    """xs < ys"""
    for i in range(min(len(xs), len(ys))):
        if xs[i] != ys[i]:
            return xs[i] < ys[i]
    return len(xs) < len(ys)


def not_more(xs: Any, ys: Any) -> bool:
    """xs <= ys"""
    for i in range(min(len(xs), len(ys))):
        if xs[i] != ys[i]:
            return xs[i] <= ys[i]
    return len(xs) <= len(ys)


def in_order(items: Any, keys: Any, reverse: bool) -> Any:
    """A new list of the items, sorted by their keys. As CPython does it, equal ones stay as they stand."""
    n = len(items)
    order = np.empty(n, np.int64)
    for i in range(n):
        order[i] = n - 1 - i if reverse else i
    if n < SHORT:
        insert_each(keys, order, n)
    else:
        merge_all(keys, order, n)
    out = []
    for i in range(n):
        out.append(items[order[n - 1 - i if reverse else i]])
    return out


def insert_each(keys: Any, order: Any, n: int) -> None:
    """CPython's way for short lists: the first run, then each of the rest put into its place (nan has none, and goes where it goes)."""
    if n < 2:
        return
    run = 2
    if keys[order[1]] < keys[order[0]]:
        while run < n and keys[order[run]] < keys[order[run - 1]]:
            run += 1
        for i in range(run // 2):
            first = order[i]
            order[i] = order[run - 1 - i]
            order[run - 1 - i] = first
    else:
        while run < n and not (keys[order[run]] < keys[order[run - 1]]):
            run += 1
    for start in range(run, n):
        low, high = 0, start
        pivot = order[start]
        while low < high:
            middle = low + (high - low) // 2
            if keys[pivot] < keys[order[middle]]:
                high = middle
            else:
                low = middle + 1
        for i in range(start, low, -1):
            order[i] = order[i - 1]
        order[low] = pivot


def merge_all(keys: Any, order: Any, n: int) -> None:
    """Merge sort from runs of one."""
    spare = np.empty(n, np.int64)
    width = 1
    while width < n:
        low = 0
        while low < n:
            middle = min(low + width, n)
            high = min(low + 2 * width, n)
            i, j = low, middle
            for k in range(low, high):
                if i < middle and (j >= high or not (keys[order[j]] < keys[order[i]])):
                    spare[k] = order[i]
                    i += 1
                else:
                    spare[k] = order[j]
                    j += 1
            low = high
        for k in range(n):
            order[k] = spare[k]
        width *= 2
    comparable = True
    for k in range(n):
        comparable = comparable and keys[k] == keys[k]
    if not comparable:
        refuse("sorting a long list with nan in it", "take them out first")


def keys_of(items: Any, key: Any) -> Any:
    found = []
    for item in items:
        found.append(key(item))
    return found
