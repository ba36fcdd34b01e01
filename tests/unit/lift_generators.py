"""Generators of all kinds, each used up by a function with argument tuples that take its ways."""

PROGRAMS = []


def program(*calls):
    def enter(function):
        PROGRAMS.append((function, calls))
        return function

    return enter


def counted(n, step=1):
    for i in range(0, n, step):
        yield i * i


def twice(x):
    first = yield x
    yield x + 1, first
    return x + 2


def delegating(x):
    result = yield from twice(x)
    yield result
    yield from (y * 2 for y in range(x))
    return "end"


def skipping(n):
    i = 0
    while i < n:
        if i % 3 == 0:
            yield i
            if i % 2:
                i += 2
                continue
        i += 1
    else:
        yield "done"


def guarded(items):
    for x in items:
        try:
            y = 10 // x
        except ZeroDivisionError:
            y = None
        yield y


def stopping(items):
    it = iter(items)
    while True:
        yield next(it), next(it)


def captures(n):
    total = 0

    def add(x):
        nonlocal total
        total += x
        return total

    for i in range(n):
        yield add(i)
    yield total


@program((0,), (3,), (7,))
def simple(n):
    return list(counted(n)), list(counted(n, step=2))


@program((0,), (2,))
def delegated(x):
    return tuple(delegating(x))


@program((0,), (1,), (10,))
def skipped(n):
    return [*skipping(n)]


@program(([1, 0, 3],), ([],))
def handled(items):
    return list(guarded(items))


@program(([1, 2, 3, 4],), ([1, 2, 3],))
def stopped(items):
    return sum(x * y for x, y in stopping(items))


@program((4,))
def captured(n):
    return list(captures(n))


@program((0,), (4,))
def expressions(n):
    pairs = ((i, j) for i in range(n) if i != 2 for j in range(i) if (i + j) % 2)
    return list(pairs), any(x > 2 for x in range(n)), next((x for x in range(n) if x > 1), -1)


@program((2,), (5,))
def early(n):
    items = counted(100)
    for x in items:
        if x > n:
            break
    else:
        return None
    return x, next(items)


def cleaning(n, log):
    for i in range(n):
        try:
            yield i
        except ValueError:
            log.append(-i)
        finally:
            log.append(i)


def nested(log):
    try:
        try:
            yield 1
        finally:
            log.append("inner")
            yield 2
    except KeyError as e:
        log.append(str(e))
        yield 3


@program((0,), (3,))
def cleaned(n):
    log = []
    return list(cleaning(n, log)), log


@program((1,), (2,))
def thrown_into(n):
    log = []
    it = cleaning(3, log)
    found = [next(it)]
    for _ in range(n):
        found.append(it.throw(ValueError("x")))
    return found, list(it), log


@program((0,), (1,))
def thrown_through(n):
    log = []
    it = nested(log)
    found = [next(it), next(it)] if n else [next(it)]
    try:
        found.append(it.throw(KeyError("k")))
        found.append(it.throw(IndexError("i")))
    except IndexError as e:
        log.append(str(e))
    return found, log
