"""Python's lazy iterators as plain generators: what `map`, `filter` and `itertools` make. Arguments are iterators already."""

from __future__ import annotations

from typing import Any

from irad.lib.listing import same

MISSING = type("Missing", (), {"__doc__": "What an iterator gives that has no more items."})


def map_(function: Any, items: Any) -> Any:
    for x in items:
        yield function(x)


def starmap(function: Any, items: Any) -> Any:
    for args in items:
        yield function(*args)


def filter_(function: Any, items: Any) -> Any:
    for x in items:
        if function(x):
            yield x


def filter_true(items: Any) -> Any:
    for x in items:
        if x:
            yield x


def filterfalse(function: Any, items: Any) -> Any:
    for x in items:
        if not function(x):
            yield x


def filter_untrue(items: Any) -> Any:
    for x in items:
        if not x:
            yield x


def chain(iterables: Any) -> Any:
    for items in iterables:
        for x in items:
            yield x


def zip_rows(rows: Any) -> Any:
    """zip(*rows), where the rows have lengths that are known at run time only."""
    if len(rows) == 0:
        return
    size = len(rows[0])
    for row in rows:
        size = min(size, len(row))
    for i in range(size):
        yield tuple([row[i] for row in rows])


def accumulate(items: Any, function: Any) -> Any:
    for total in items:
        yield total
        break
    else:
        return
    for x in items:
        total = function(total, x)
        yield total


def accumulate_from(total: Any, items: Any, function: Any) -> Any:
    yield total
    for x in items:
        total = function(total, x)
        yield total


def take(counter: Any, items: Any) -> Any:
    """The first items, as many as the counter has."""
    for _, x in zip(counter, items):
        yield x


def take_from(counter: Any, items: Any, start: Any) -> Any:
    for i, x in zip(counter, items):
        if i >= start:
            yield x


def take_each(counter: Any, items: Any, start: Any, step: Any) -> Any:
    wanted = start
    for i, x in zip(counter, items):
        if i == wanted:
            yield x
            wanted += step


def repeat(x: Any) -> Any:
    while True:
        yield x


def repeat_times(x: Any, times: Any) -> Any:
    for _ in range(times):
        yield x


def count(n: Any, step: Any) -> Any:
    while True:
        yield n
        n += step


def cycle(items: Any) -> Any:
    while len(items):
        for x in items:
            yield x


def takewhile(function: Any, items: Any) -> Any:
    for x in items:
        if not function(x):
            break
        yield x


def dropwhile(function: Any, items: Any) -> Any:
    for x in items:
        if not function(x):
            yield x
            break
    for x in items:
        yield x


def compress(items: Any, selectors: Any) -> Any:
    for x, wanted in zip(items, selectors):
        if wanted:
            yield x


def pairwise(items: Any) -> Any:
    for first in items:
        break
    else:
        return
    for second in items:
        yield first, second
        first = second


def zip_longest(iterators: Any, fill: Any) -> Any:
    while True:
        found = tuple(next(it, MISSING) for it in iterators)
        if all(x is MISSING for x in found):
            return
        yield tuple(fill if x is MISSING else x for x in found)


def product(pools: Any) -> Any:
    if not pools:
        yield ()
        return
    for x in pools[0]:
        for others in product(pools[1:]):
            yield (x, *others)


def ndenumerate(a: Any, indices: Any) -> Any:
    for index in indices:
        yield index, a[index]


def combinations(indices: Any, size: Any) -> Any:
    """Combinations of the numbers below `indices`."""
    return combinations_from(0, indices, size)


def combinations_from(start: Any, end: Any, size: Any) -> Any:
    if size == 0:
        yield ()
        return
    for i in range(start, end):
        for others in combinations_from(i + 1, end, size - 1):
            yield (i, *others)


def permutations_from(used: Any, end: Any, size: Any) -> Any:
    if size == 0:
        yield ()
        return
    for i in range(end):
        if i not in used:
            for others in permutations_from((*used, i), end, size - 1):
                yield (i, *others)


def replacements_from(start: Any, end: Any, size: Any) -> Any:
    if size == 0:
        yield ()
        return
    for i in range(start, end):
        for others in replacements_from(i, end, size - 1):
            yield (i, *others)


def combinations_of(pool: Any, size: Any) -> Any:
    for row in combinations_from(0, len(pool), size):
        yield tuple([pool[i] for i in row])


def permutations_of(pool: Any, size: Any) -> Any:
    for row in permutations_from((), len(pool), size):
        yield tuple([pool[i] for i in row])


def replacements_of(pool: Any, size: Any) -> Any:
    for row in replacements_from(0, len(pool), size):
        yield tuple([pool[i] for i in row])


class Grouping:
    """Where a groupby() is: the last item that was taken and its key. `full`: nobody has had the item yet."""

    def __init__(self, items: Any, key: Any, value: Any) -> None:
        self.items, self.key = items, key
        self.value = value
        self.rank = value if key is None else key(value)
        self.full = True
        self.number = 0

    def step(self) -> bool:
        for x in self.items:
            self.value = x
            self.rank = x if self.key is None else self.key(x)
            self.full = True
            return True
        return False


def groupby(items: Any, key: Any) -> Any:
    for first in items:
        state = Grouping(items, key, first)
        break
    else:
        return
    while True:
        rank = state.rank
        state.number += 1
        yield rank, group(state, state.number, rank)
        state.number += 1
        while same(rank, state.rank):
            if not state.step():
                return


def group(state: Any, number: Any, rank: Any) -> Any:
    """The items of a group, up to where the groupby() has gone on."""
    while state.number == number:
        if not state.full and not state.step():
            return
        if not same(rank, state.rank):
            return
        state.full = False
        yield state.value


def reduce(function: Any, total: Any, items: Any) -> Any:
    for x in items:
        total = function(total, x)
    return total


def until(function: Any, sentinel: Any) -> Any:
    """iter(function, sentinel)"""
    while True:
        x = function()
        if same(sentinel, x):
            return
        yield x


def contains(items: Any, wanted: Any) -> bool:
    for x in items:
        if same(x, wanted):
            return True
    return False


def by_next(it: Any) -> Any:
    """An object with a `__next__`, as a generator."""
    while True:
        try:
            x = it.__next__()
        except StopIteration:
            return
        yield x


def by_index(items: Any) -> Any:
    """An object with a `__getitem__`, as a generator."""
    i = 0
    while True:
        try:
            x = items[i]
        except IndexError:
            return
        yield x
        i += 1


def next_or(it: Any, default: Any) -> Any:
    try:
        return it.__next__()
    except StopIteration:
        return default
