"""Methods of lists that search and compare, as plain Python: for lists of known and of run-time length."""

from __future__ import annotations

import copy
import sys
from typing import Any

SAYS_WHAT = sys.version_info < (3, 14)


def same(a: Any, b: Any) -> bool:
    """Whether a container takes two items for equal."""
    return a is b or bool(a == b)


def index(items: Any, x: Any, start: int, stop: int) -> int:
    for i, item in enumerate(items):
        if start <= i < stop and same(item, x):
            return i
    if SAYS_WHAT:
        raise ValueError(f"{x!r} is not in list")
    raise ValueError("list.index(x): x not in list")


def index_in_tuple(items: Any, x: Any, start: int, stop: int) -> int:
    for i, item in enumerate(items):
        if start <= i < stop and same(item, x):
            return i
    raise ValueError("tuple.index(x): x not in tuple")


def count(items: Any, x: Any) -> int:
    n = 0
    for item in items:
        if same(item, x):
            n += 1
    return n


def remove(items: Any, x: Any) -> None:
    for i, item in enumerate(items):
        if same(item, x):
            del items[i]
            return
    raise ValueError("list.remove(x): x not in list")


def column(rows: Any, i: int) -> Any:
    """Item number i of each row."""
    found = []
    for row in rows:
        found.append(row[i])
    return found


def each_once(rows: Any) -> bool:
    """Whether no list is in a list of lists more than once. (Empty ones are all the same.)"""
    for i in range(len(rows)):
        for j in range(i):
            if len(rows[i]) > 0 and len(rows[j]) > 0 and rows[i] is rows[j]:
                return False
    return True


def each_object_once(items: Any) -> bool:
    """Whether no object is in a list more than once."""
    for i in range(len(items)):
        for j in range(i):
            if items[i] is items[j]:
                return False
    return True


def copied_deeply(rows: Any) -> Any:
    made = []
    for row in rows:
        made.append(copy.deepcopy(row))
    return made


def contains(items: Any, x: Any) -> bool:
    for item in items:
        if same(item, x):
            return True
    return False


def equal(xs: Any, ys: Any) -> bool:
    if len(xs) != len(ys):
        return False
    for i in range(len(xs)):
        if not same(xs[i], ys[i]):
            return False
    return True


def less(xs: Any, ys: Any) -> Any:
    """xs < ys"""
    for i in range(min(len(xs), len(ys))):
        if not same(xs[i], ys[i]):
            return xs[i] < ys[i]
    return len(xs) < len(ys)


def not_more(xs: Any, ys: Any) -> Any:
    """xs <= ys"""
    for i in range(min(len(xs), len(ys))):
        if not same(xs[i], ys[i]):
            return xs[i] <= ys[i]
    return len(xs) <= len(ys)


def new_list(items: Any) -> Any:
    return list(items)


def new_dict(items: Any) -> Any:
    return dict(items)


def new_set(items: Any) -> Any:
    return set(items)


NEW: dict[Any, Any] = {list: new_list, dict: new_dict, set: new_set}  # what copies of such are
