"""What is written in C in the standard library, as plain Python: `collections.deque`, `bisect`, `heapq`, `functools.cache`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class deque:  # its name in messages
    """collections.deque over a list: the ends are as far as the length."""

    def __init__(self, iterable: Any = (), maxlen: Any = None) -> None:
        if maxlen is not None and maxlen < 0:
            raise ValueError("maxlen must be non-negative")
        self._items: list[Any] = []
        self._maxlen = maxlen
        self._changes = 0
        self.extend(iterable)

    @property
    def maxlen(self) -> Any:
        return self._maxlen

    def append(self, x: Any) -> None:
        self._items.append(x)
        if self._maxlen is not None and len(self._items) > self._maxlen:
            self._items.pop(0)
        self._changes += 1

    def appendleft(self, x: Any) -> None:
        self._items.insert(0, x)
        if self._maxlen is not None and len(self._items) > self._maxlen:
            self._items.pop()
        self._changes += 1

    def extend(self, iterable: Any) -> None:
        for x in list(iterable):
            self.append(x)

    def extendleft(self, iterable: Any) -> None:
        for x in list(iterable):
            self.appendleft(x)

    def pop(self) -> Any:
        if not self._items:
            raise IndexError("pop from an empty deque")
        self._changes += 1
        return self._items.pop()

    def popleft(self) -> Any:
        if not self._items:
            raise IndexError("pop from an empty deque")
        self._changes += 1
        return self._items.pop(0)

    def insert(self, i: int, x: Any) -> None:
        if self._maxlen is not None and len(self._items) == self._maxlen:
            raise IndexError("deque already at its maximum size")
        self._items.insert(i, x)
        self._changes += 1

    def remove(self, value: Any) -> None:
        if value not in self._items:
            raise ValueError(f"{value!r} is not in deque")
        self._items.remove(value)
        self._changes += 1

    def clear(self) -> None:
        self._items.clear()
        self._changes += 1

    def reverse(self) -> None:
        self._items.reverse()
        self._changes += 1

    def rotate(self, n: int = 1) -> None:
        size = len(self._items)
        if size > 1:
            for _ in range(n % size):
                self._items.insert(0, self._items.pop())
        self._changes += 1

    def count(self, value: Any) -> int:
        return self._items.count(value)

    def index(self, value: Any, start: int = 0, stop: int = (1 << 63) - 1) -> int:
        try:
            return self._items.index(value, start, stop)
        except ValueError:
            raise ValueError(f"{value!r} is not in deque") from None

    def copy(self) -> deque:
        return deque(self._items, self._maxlen)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, i: int) -> Any:
        if not -len(self._items) <= i < len(self._items):
            raise IndexError("deque index out of range")
        return self._items[i]

    def __setitem__(self, i: int, x: Any) -> None:
        if not -len(self._items) <= i < len(self._items):
            raise IndexError("deque index out of range")
        self._items[i] = x

    def __contains__(self, value: Any) -> bool:
        return value in self._items

    def __iter__(self) -> Iterator[Any]:
        changes = self._changes
        for i in range(len(self._items)):
            yield self._items[i]
            if self._changes != changes:
                raise RuntimeError("deque mutated during iteration")

    def __reversed__(self) -> Iterator[Any]:
        return iter(self._items[::-1])

    def __eq__(self, other: object) -> bool:
        return self._items == other._items if type(other) is type(self) else NotImplemented

    def __iadd__(self, iterable: Any) -> deque:
        self.extend(iterable)
        return self

    def __add__(self, other: Any) -> deque:
        made = self.copy()
        made.extend(other)
        return made


class SimpleNamespace:
    """types.SimpleNamespace"""

    def __init__(self, /, **kwargs: Any) -> None:
        self.__dict__.update(kwargs)

    def __eq__(self, other: Any) -> Any:
        return {**vars(self)} == {**vars(other)} if type(other) is type(self) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "namespace(" + ", ".join([f"{name}={value!r}" for name, value in vars(self).items()]) + ")"


SimpleNamespace.__name__ = "types.SimpleNamespace"  # in messages


def missing(self: Any, key: Any) -> Any:
    """`__missing__` of a defaultdict."""
    value = self.default_factory()
    self[key] = value
    return value


def bisect_right(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> int:
    if lo < 0:
        raise ValueError("lo must be non-negative")
    end = len(a) if hi is None else hi
    while lo < end:
        middle = (lo + end) // 2
        if x < (a[middle] if key is None else key(a[middle])):
            end = middle
        else:
            lo = middle + 1
    return lo


def bisect_left(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> int:
    if lo < 0:
        raise ValueError("lo must be non-negative")
    end = len(a) if hi is None else hi
    while lo < end:
        middle = (lo + end) // 2
        if (a[middle] if key is None else key(a[middle])) < x:
            lo = middle + 1
        else:
            end = middle
    return lo


def insort_right(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> None:
    a.insert(bisect_right(a, x if key is None else key(x), lo, hi, key=key), x)


def insort_left(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> None:
    a.insert(bisect_left(a, x if key is None else key(x), lo, hi, key=key), x)


def _rise(heap: Any, start: int, at: int) -> None:
    """Move an item towards the root, up to where its parent is not larger."""
    item = heap[at]
    while at > start:
        parent = (at - 1) // 2
        if not item < heap[parent]:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = item


def _sink(heap: Any, at: int) -> None:
    """Move an item down to a leaf along the smaller children, and up again to its place, as heapq does."""
    start, item = at, heap[at]
    child = 2 * at + 1
    while child < len(heap):
        if child + 1 < len(heap) and not heap[child] < heap[child + 1]:
            child += 1
        heap[at] = heap[child]
        at = child
        child = 2 * at + 1
    heap[at] = item
    _rise(heap, start, at)


def heappush(heap: Any, item: Any) -> None:
    heap.append(item)
    _rise(heap, 0, len(heap) - 1)


def heappop(heap: Any) -> Any:
    if not heap:
        raise IndexError("index out of range")
    last = heap.pop()
    if not heap:
        return last
    first = heap[0]
    heap[0] = last
    _sink(heap, 0)
    return first


def _sink_max(heap: Any, at: int) -> None:
    """The same where no item is larger than its parent."""
    start, item = at, heap[at]
    child = 2 * at + 1
    while child < len(heap):
        if child + 1 < len(heap) and not heap[child + 1] < heap[child]:
            child += 1
        heap[at] = heap[child]
        at = child
        child = 2 * at + 1
    while at > start:
        parent = (at - 1) // 2
        if not heap[parent] < item:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = item


def heapify_max(heap: Any) -> None:
    for i in range(len(heap) // 2 - 1, -1, -1):
        _sink_max(heap, i)


def heapreplace_max(heap: Any, item: Any) -> Any:
    first = heap[0]
    heap[0] = item
    _sink_max(heap, 0)
    return first


def heapreplace(heap: Any, item: Any) -> Any:
    if not heap:
        raise IndexError("index out of range")
    first = heap[0]
    heap[0] = item
    _sink(heap, 0)
    return first


def heappushpop(heap: Any, item: Any) -> Any:
    if heap and heap[0] < item:
        return heapreplace(heap, item)
    return item


def heapify(heap: Any) -> None:
    for i in range(len(heap) // 2 - 1, -1, -1):
        _sink(heap, i)


def within(manager: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
    """A call of a function that a context manager decorates."""
    with manager:
        return function(*args, **kwargs)


def lru_cache(maxsize: Any = 128, typed: Any = False) -> Any:
    """functools.lru_cache on a function that was made in compiled code: its results are kept as long as it is there."""
    return cache(maxsize) if callable(maxsize) else cache


def cache(user_function: Any) -> Any:
    results: dict[Any, Any] = {}

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            return user_function(*args, **kwargs)
        if args in results:
            return results[args]
        result = user_function(*args)
        results[args] = result
        return result

    return wrapper
