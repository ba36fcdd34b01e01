"""Dicts with keys that are known at run time only: lists of the keys and of the values, in order, and a table to find a key.

`slots` holds places in the list of keys, or -1; a key is in the first slot from its own on that was free. There are none while
there are few keys: then these are compared one by one. Before the slots is the number of items that were taken out, if any were.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from irad.lib.reductions import need

FEW = 8
MASK = 0x7FFFFFFF


def spread(n: int) -> int:
    """A number below 2**31 that depends on all bits of an int."""
    low = (n ^ (n >> 31)) & MASK
    mixed = low * 0x3C6EF35F
    return (mixed ^ (mixed >> 29)) & MASK


def hashed(key: Any) -> int:
    if isinstance(key, tuple):
        found = 17
        for part in key:
            found = spread(found + hashed(part))
        return found
    if isinstance(key, (float, np.floating)):
        if key - key != 0.0:
            return 0
        mantissa, exponent = math.frexp(float(key))
        return spread(spread(int(mantissa * 9007199254740992.0)) + exponent)
    return spread(int(key))


def find(keys: Any, slots: Any, key: Any) -> int:
    """The place of a key; -1 if it is not there."""
    if len(slots) <= 1:
        for i in range(len(keys)):
            if keys[i] == key:
                return i
        return -1
    at = hashed(key) & (len(slots) - 2)
    while slots[at + 1] >= 0:
        if keys[slots[at + 1]] == key:
            return int(slots[at + 1])
        at = (at + 1) & (len(slots) - 2)
    return -1


def put(keys: Any, values: Any, slots: Any, key: Any, value: Any) -> None:
    i = find(keys, slots, key)
    if i >= 0:
        values[i] = value
        return
    keys.append(key)
    values.append(value)
    if len(keys) > FEW and 2 * len(keys) >= len(slots):
        rebuild(keys, slots)
    elif len(slots) > 1:
        place(keys, slots, len(keys) - 1)


def place(keys: Any, slots: Any, i: int) -> None:
    at = hashed(keys[i]) & (len(slots) - 2)
    while slots[at + 1] >= 0:
        at = (at + 1) & (len(slots) - 2)
    slots[at + 1] = i


def rebuild(keys: Any, slots: Any) -> None:
    size = 4 * FEW
    while size < 4 * len(keys):
        size *= 2
    if len(slots) == 0:
        slots.append(0)
    for i in range(1, len(slots)):
        slots[i] = -1
    while len(slots) <= size:
        slots.append(-1)
    for i in range(len(keys)):
        place(keys, slots, i)


def remove(keys: Any, values: Any, slots: Any, i: int) -> None:
    del keys[i]
    del values[i]
    if len(slots) == 0:
        slots.append(0)
    slots[0] += 1
    if len(slots) > 1:
        rebuild(keys, slots)


def taken_out(slots: Any) -> Any:
    return slots[0] if len(slots) > 0 else 0


def key_at(d: Any, i: int) -> Any:
    """Key number i of a dict; replaced by infer."""
    return list(d)[i]


def value_at(d: Any, i: int) -> Any:
    """Value number i of a dict; replaced by infer."""
    return list(d.values())[i]


def gaps(d: Any) -> Any:
    """How many items were taken out of a dict; replaced by infer."""
    return 0


def check_order(d: Any, size: Any, before: Any) -> None:
    """In a loop over a dict: where keys were taken out, and others put in, what CPython comes to depends on its memory."""
    if len(d) != size:
        raise RuntimeError(CHANGED)
    need(gaps(d) == before, "a loop over a dict in which its keys change", "loop over a list of the keys")


CHANGED = "dictionary changed size during iteration"


# in the next ones, size (before): that of the dict (what `gaps` says) when the iterator was made


def keys_of(d: Any, size: Any, before: Any) -> Any:
    for i in range(size):
        check_order(d, size, before)
        yield key_at(d, i)
    check_order(d, size, before)


def values_of(d: Any, size: Any, before: Any) -> Any:
    for i in range(size):
        check_order(d, size, before)
        yield value_at(d, i)
    check_order(d, size, before)


def items_of(d: Any, size: Any, before: Any) -> Any:
    for i in range(size):
        check_order(d, size, before)
        yield key_at(d, i), value_at(d, i)
    check_order(d, size, before)


def in_order(d: Any, names: Any) -> None:
    """Refuse keys of a dict that are in another order by now, which CPython may come to again; replaced by infer."""


def check_names(d: Any, names: Any, size: Any) -> None:
    """In a loop over a dict whose keys have these names, in this order."""
    if len(d) != size:
        raise RuntimeError(CHANGED)
    in_order(d, names)


# of a dict whose order is known, but not which of the names it has


def keys_there(d: Any, names: Any, size: Any) -> Any:
    check_names(d, names, size)
    for name in names:
        if name in d:
            yield name
            check_names(d, names, size)


def values_there(d: Any, names: Any, size: Any) -> Any:
    check_names(d, names, size)
    for name in names:
        if name in d:
            yield d[name]
            check_names(d, names, size)


def items_there(d: Any, names: Any, size: Any) -> Any:
    check_names(d, names, size)
    for name in names:
        if name in d:
            yield name, d[name]
            check_names(d, names, size)


# of one of several dicts; names: a dict with its keys


def keys_of_one(d: Any, names: Any, size: Any) -> Any:
    check_names(d, names, size)
    for name in names:
        yield name
        check_names(d, names, size)


def values_of_one(d: Any, names: Any, size: Any) -> Any:
    check_names(d, names, size)
    for name in names:
        yield d[name]
        check_names(d, names, size)


def items_of_one(d: Any, names: Any, size: Any) -> Any:
    check_names(d, names, size)
    for name in names:
        yield name, d[name]
        check_names(d, names, size)


def equal(one: Any, other: Any) -> bool:
    if len(one) != len(other):
        return False
    for key, value in one.items():
        if key not in other or (other[key],) != (value,):
            return False
    return True


def update(d: Any, pairs: Any) -> None:
    for key, value in pairs:
        d[key] = value


def refill(d: Any, keys: Any, values: Any) -> None:
    for i in range(len(keys)):
        d[keys[i]] = values[i]


def add_all(members: Any, items: Any) -> None:
    for x in items:
        members.add(x)


def add_those(members: Any, items: Any, others: Any, there: Any) -> None:
    """Add the items that are (not) among the others."""
    for x in items:
        if (x in others) == there:
            members.add(x)


def all_in(items: Any, others: Any, there: Any) -> bool:
    """Whether all items are (not) among the others."""
    for x in items:
        if (x in others) != there:
            return False
    return True


def fill(d: Any, keys: Any, value: Any) -> None:
    for key in keys:
        d[key] = value


def count(d: Any, items: Any) -> None:
    for x in items:
        d[x] = d.get(x, 0) + 1
