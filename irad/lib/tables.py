"""Dicts with keys that are known at run time only: lists of the keys and of the values, in order, and a table to find a key.

`slots` holds places in the list of keys, or -1; a key is in the first slot from its own on that was free. It is empty while
there are few keys: then these are compared one by one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

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
    if len(slots) == 0:
        for i in range(len(keys)):
            if keys[i] == key:
                return i
        return -1
    at = hashed(key) & (len(slots) - 1)
    while slots[at] >= 0:
        if keys[slots[at]] == key:
            return int(slots[at])
        at = (at + 1) & (len(slots) - 1)
    return -1


def put(keys: Any, values: Any, slots: Any, key: Any, value: Any) -> None:
    i = find(keys, slots, key)
    if i >= 0:
        values[i] = value
        return
    keys.append(key)
    values.append(value)
    if len(keys) > FEW and 2 * len(keys) > len(slots):
        rebuild(keys, slots)
    elif len(slots) > 0:
        place(keys, slots, len(keys) - 1)


def place(keys: Any, slots: Any, i: int) -> None:
    at = hashed(keys[i]) & (len(slots) - 1)
    while slots[at] >= 0:
        at = (at + 1) & (len(slots) - 1)
    slots[at] = i


def rebuild(keys: Any, slots: Any) -> None:
    size = 4 * FEW
    while size < 4 * len(keys):
        size *= 2
    for i in range(len(slots)):
        slots[i] = -1
    while len(slots) < size:
        slots.append(-1)
    for i in range(len(keys)):
        place(keys, slots, i)


def remove(keys: Any, values: Any, slots: Any, i: int) -> None:
    del keys[i]
    del values[i]
    if len(slots) > 0:
        rebuild(keys, slots)


def key_at(d: Any, i: int) -> Any:
    """Key number i of a dict; replaced by infer."""
    return list(d)[i]


def value_at(d: Any, i: int) -> Any:
    """Value number i of a dict; replaced by infer."""
    return list(d.values())[i]


CHANGED = "dictionary changed size during iteration"


# in the next ones, size: that of the dict when the iterator was made


def keys_of(d: Any, size: Any) -> Any:
    for i in range(size):
        if len(d) != size:
            raise RuntimeError(CHANGED)
        yield key_at(d, i)
    if len(d) != size:
        raise RuntimeError(CHANGED)


def values_of(d: Any, size: Any) -> Any:
    for i in range(size):
        if len(d) != size:
            raise RuntimeError(CHANGED)
        yield value_at(d, i)
    if len(d) != size:
        raise RuntimeError(CHANGED)


def items_of(d: Any, size: Any) -> Any:
    for i in range(size):
        if len(d) != size:
            raise RuntimeError(CHANGED)
        yield key_at(d, i), value_at(d, i)
    if len(d) != size:
        raise RuntimeError(CHANGED)


def keys_there(d: Any, names: Any, size: Any) -> Any:
    """The keys of a dict whose order is known, but not which of them it has."""
    if len(d) != size:
        raise RuntimeError(CHANGED)
    for name in names:
        if name in d:
            yield name
            if len(d) != size:
                raise RuntimeError(CHANGED)


def values_there(d: Any, names: Any, size: Any) -> Any:
    if len(d) != size:
        raise RuntimeError(CHANGED)
    for name in names:
        if name in d:
            yield d[name]
            if len(d) != size:
                raise RuntimeError(CHANGED)


def items_there(d: Any, names: Any, size: Any) -> Any:
    if len(d) != size:
        raise RuntimeError(CHANGED)
    for name in names:
        if name in d:
            yield name, d[name]
            if len(d) != size:
                raise RuntimeError(CHANGED)


def keys_of_one(d: Any, names: Any, size: Any) -> Any:
    """The keys of one of several dicts; names: a dict with these keys."""
    if len(d) != size:
        raise RuntimeError(CHANGED)
    for name in names:
        yield name
        if len(d) != size:
            raise RuntimeError(CHANGED)


def values_of_one(d: Any, names: Any, size: Any) -> Any:
    if len(d) != size:
        raise RuntimeError(CHANGED)
    for name in names:
        yield d[name]
        if len(d) != size:
            raise RuntimeError(CHANGED)


def items_of_one(d: Any, names: Any, size: Any) -> Any:
    if len(d) != size:
        raise RuntimeError(CHANGED)
    for name in names:
        yield name, d[name]
        if len(d) != size:
            raise RuntimeError(CHANGED)


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
