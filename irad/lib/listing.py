"""Methods of lists that search and compare, as plain Python: for lists of known and of run-time length."""

from __future__ import annotations

import copy
import sys
from typing import Any

from irad.lib import primitives

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


def attribute(objects: Any, name: str) -> Any:
    """That of each object."""
    found = []
    for obj in objects:
        found.append(getattr(obj, name))
    return found


def all_items(rows: Any) -> Any:
    """The items of all rows."""
    found = []
    for row in rows:
        for item in row:
            found.append(item)
    return found


def _add_places(found: Any, lists: Any) -> None:
    """Enter where what is in these lists is."""
    for items in lists:
        for item in items:
            found.append(primitives.place(item))


def each_once(places: Any, lists: Any) -> bool:
    """Whether what is at these places, and what is in these lists, is there once. (What has no room has no place.)"""
    found = [0]
    for place in places:
        found.append(place)
    _add_places(found, lists)
    return no_two(found)


def each_apart(places: Any, known: Any, lists: Any) -> bool:
    """Whether each of what is in these lists is there once, and is nothing at these places or in the known lists."""
    met = [0]
    for place in places:
        met.append(place)
    _add_places(met, known)
    met.sort()
    found = [0]
    for place in met:
        if place != found[-1]:
            found.append(place)
    _add_places(found, lists)
    return no_two(found)


def different(places: Any, lists: Any) -> Any:
    """The items of lists, but for those at these places, and each once."""
    met = {-1: True}
    for place in places:
        met[place] = True
    found = []
    for items in lists:
        for item in items:
            at = primitives.place(item)
            if at not in met:
                met[at] = True
                found.append(item)
    return found


def no_two(places: Any) -> bool:
    """Whether all places are different, but for 0."""
    found = sorted(places)
    for i in range(1, len(found)):
        if found[i] == found[i - 1] and found[i] != 0:
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
