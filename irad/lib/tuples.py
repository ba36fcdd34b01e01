"""Tuples whose length is known at run time only, as plain Python over a list that nobody changes."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

from irad.lib import listing


class tuple_:
    """What `tuple(xs)` makes of a list of run-time length. It says that it is a tuple when it is asked (`infer.runtuples`)."""

    def __init__(self, items: Any) -> None:
        self._items: list[Any] = items

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return tuple_(self._items[i])
        if isinstance(i, float):
            raise TypeError("tuple indices must be integers or slices, not float")
        if not -len(self._items) <= i < len(self._items):
            raise IndexError("tuple index out of range")
        return self._items[i]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __reversed__(self) -> Iterator[Any]:
        return iter(self._items[::-1])

    def __contains__(self, value: Any) -> bool:
        return value in self._items

    def __add__(self, other: Any) -> Any:
        if isinstance(other, (list, int, float, str)):
            raise TypeError(f'can only concatenate tuple (not "{type(other).__name__}") to tuple')
        return tuple_(self._items + list(other)) if isinstance(other, builtins.tuple) else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return tuple_(list(other) + self._items) if isinstance(other, builtins.tuple) else NotImplemented

    def __mul__(self, count: Any) -> Any:
        return tuple_(self._items * count)

    def __rmul__(self, count: Any) -> Any:
        return tuple_(self._items * count)

    def __eq__(self, other: object) -> Any:
        return listing.equal(self._items, other) if isinstance(other, builtins.tuple) else NotImplemented

    def __ne__(self, other: object) -> Any:
        return not listing.equal(self._items, other) if isinstance(other, builtins.tuple) else NotImplemented

    def __lt__(self, other: Any) -> Any:
        return listing.less(self._items, other) if isinstance(other, builtins.tuple) else NotImplemented

    def __le__(self, other: Any) -> Any:
        return listing.not_more(self._items, other) if isinstance(other, builtins.tuple) else NotImplemented

    def __gt__(self, other: Any) -> Any:
        return listing.less(other, self._items) if isinstance(other, builtins.tuple) else NotImplemented

    def __ge__(self, other: Any) -> Any:
        return listing.not_more(other, self._items) if isinstance(other, builtins.tuple) else NotImplemented

    def count(self, value: Any) -> int:
        return self._items.count(value)

    def index(self, value: Any, start: int = 0, stop: int = 1 << 62) -> int:
        size = len(self._items)
        first = max(start + size, 0) if start < 0 else start
        last = stop + size if stop < 0 else stop
        return listing.index_in_tuple(self._items, value, first, last)


tuple_.__name__ = tuple_.__qualname__ = "tuple"  # in messages
