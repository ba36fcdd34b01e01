"""Generators and generator expressions: what CPython does, its results, types and exceptions."""

import collections
import contextlib
import functools
import itertools
import types

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python

import irad

A = np.array([1.0, 2.0, 3.0, 5.0])


def squares(a):
    for x in a:
        yield x * x


def halves(n):
    while n > 1:
        yield n
        n = n / 2


def two_yields(n):
    i = 0
    while i < n:
        yield i
        yield i * 0.5
        i += 1


def skips(n):
    i = 0
    while i < n:
        if i % 3 == 0:
            yield i
            if i % 2:
                i += 1
                continue
        i += 1


def nested(a):
    for x in a:
        for y in a:
            if x > y:
                yield x, y


def delegates(a, n):
    count = yield from counts(a)
    yield count
    yield from (x * n for x in a)


def counts(a):
    n = 0
    for x in a:
        yield x
        n += 1
    return n


def fibonacci():
    x, y = 0, 1
    while True:
        yield x
        x, y = y, x + y


def newton(n):
    x = 1.0
    while True:
        x = 0.5 * (x + n / x)
        yield x


def inverses(a):
    for x in a:
        yield 1.0 / x


def doubles(a):
    it = iter(a)
    while True:
        yield next(it) * 2


def countdown(n):
    if n > 0:
        yield n
        yield from countdown(n - 1)


def nothing():
    return
    yield


# -- loops -------------------------------------------------------------------------------------------------------


def loops(a, n):
    s = 0.0
    for x in squares(a):
        s += x
    for x in halves(n):
        s = s * 0.5 + x
    for i, x in enumerate(two_yields(4), 2):
        s += i * x
    for i in skips(20):
        s = s * 1.5 + i
    for x, y in nested(a):
        s += x * y
    for x in delegates(a, n):
        s = s * 0.9 + x
    return s


def test_loops():
    all_same(loops, [(A, 7.0), (A[:1], 1.0), (A[:0], 100.0)])


def zipped(a, n):
    s = 0.0
    for x, y in zip(squares(a), a):
        s += x * y
    for x, y, z in zip(a, halves(n), squares(a)):
        s += x * y * z
    for i, (x, y) in enumerate(zip(squares(a), a)):
        s += i * x - y
    return s


def test_zipped():
    all_same(zipped, [(A, 7.0), (A, 100.0), (A[:0], 2.0)])


def left_early(a, limit):
    for i, x in enumerate(fibonacci()):
        if x > limit:
            break
    for y in newton(float(limit)):
        if abs(y * y - limit) < 1e-9:
            return i, x, y
    return None


def test_left_early():
    all_same(left_early, [(A, 50), (A, 2), (A, 1)])


def unlike_items(x):
    s = 0.0
    for item in mixed(x):
        if isinstance(item, str):
            s += len(item)
        elif item is None:
            s *= 2
        else:
            s += item
    return s


def mixed(x):
    yield "abc"
    yield x
    yield None
    yield 3
    for name in ("a", "bc"):
        yield name
        yield x * len(name)


def test_unlike_items():
    all_same(unlike_items, [2.0, 3])


# -- expressions -------------------------------------------------------------------------------------------------


def expressions(a, n):
    k = 2.0
    return (
        sum(x * x for x in a), sum(x * k for x in a if x > 1.5), sum((x for x in a), 0.5),
        sum(x * y for x in a for y in a if x < y), any(x > 2 for x in a), all(x > 0 for x in a), any(x > 9 for x in a),
        max(x * x for x in a), min((x - 2) ** 2 for x in a), max((x for x in a), key=lambda v: -v),
        min((x for x in a if x > 100), default=n), sum(i * i for i in range(n)), sum(1 for _ in a), sum(i for i in range(0)),
    )


def test_expressions():
    all_same(expressions, [(A, 7), (A[:1], 0)])


def known_items(x):
    total = sum(v * v for v in (x, 2 * x, 3.0))
    p, q, r = (v + 1 for v in (x, 2, 3.5))
    first, *rest = (v * 2 for v in (x, 2, 3.5))
    return (
        total, p, q, r, first, rest, tuple(i * x for i in range(3)), list(v for v in (x, 1)), minus(*(v for v in (x, 5))),
        (4 * x) in (v * v for v in (x, 2 * x)), 3 in (v for v in (1, 2)), np.array(list(v * v for v in (x, 2 * x))),
    )


def minus(x, y):
    return x - y


def test_known_items():
    all_same(known_items, [2.0, 4.0, -1.5])


def stops_short(x):
    return any(y > 0 and 1 / y > 0.1 for y in (x, x - 1, x - 2)), all(1 / y > 0 for y in (x, x - 1, x - 2))


def test_any_and_all_stop_at_the_first():
    all_same(stops_short, [0.5, -1.0, 1.0, 2.0, 0.0])


def empties(a):
    return sum(nothing()), list(nothing()), max(nothing(), default=1), tuple(nothing()), any(nothing()), all(nothing())


def test_empties():
    same_as_python(empties, A)


def empty_max(a):
    return max(x for x in a)


def test_max_of_nothing():
    all_same(empty_max, [A, A[:0]])


def sum_of_floats(a):
    return sum(float(x) for x in a), sum(float(x) if x > 1 else 1 for x in a), sum((float(x) for x in a), 1)


def test_sum_of_floats():
    wild = np.random.default_rng(0).normal(size=100) * 10.0 ** np.random.default_rng(1).integers(-9, 9, 100)
    all_same(sum_of_floats, [A, wild, A[:0], np.array([1e100, 1.0, -1e100]), np.array([np.inf, 1.0, -np.inf])])


# -- objects -----------------------------------------------------------------------------------------------------


def one_by_one(a):
    it = squares(a)
    s = next(it)
    for x in it:
        if x > 5:
            break
        s += 10 * x
    return s, next(it, None), next(it, -1.0), next(it, -2.0), sum(it)


def test_one_by_one():
    all_same(one_by_one, [A, A[:3], A[:2], A[:1]])


def next_of_nothing(a):
    return next(x for x in a if x > 2)


def next_caught(a):
    it = squares(a)
    s = 0.0
    try:
        while True:
            s += next(it)
    except StopIteration:
        return s


def test_next():
    all_same(next_of_nothing, [A, A[:1]])
    all_same(next_caught, [A, A[:0]])


def advanced(it):
    return next(it)


def passed_around(a):
    it = (x * x for x in a)
    s = advanced(it) + 2 * advanced(it)
    return s + 10 * sum(it) + sum(it)


def test_passed_around():
    all_same(passed_around, [A, A[:2], A[:1]])


def made(a):
    return squares(a), zip(a, a)


def returned(a):
    it, pairs = made(a)
    s = next(it)
    for x, y in pairs:
        s += x * y + next(it, 0.0)
    return s


def test_returned():
    all_same(returned, [A, A[:1]])


def one_of_two(a, c):
    it = squares(a) if c else iter(a)
    s = next(it)
    for x in it:
        s += x
    return s


def in_a_tuple(a):
    gens = (squares(a), squares(a[1:]))
    s = 0.0
    for it in gens:
        for x in it:
            s = s * 0.5 + x
    for it in gens:
        for _ in it:
            s += 1000.0
    return s


def again(a):
    s = 0.0
    for i in range(3):
        it = squares(a)
        s += next(it)
        for x in it:
            s += i * x
    return s


def test_choices_and_containers():
    all_same(one_of_two, [(A, True), (A, False)])
    all_same(in_a_tuple, [A, A[:2]])
    all_same(again, [A, A[:1]])


def shared(a):
    it = iter(a)
    return sum(x * y for x, y in zip(it, it)), sum(it)


def grouped(a):
    return sum(x * y for x, y in zip(*[iter(a)] * 2))


def partly_used(a):
    pairs = zip(a, a)
    s = 0.0
    for x, y in pairs:
        s += x * y
        if s > 3:
            break
    for x, _ in pairs:
        s += 100 * x
    for x, _ in pairs:
        s += 10000 * x
    numbers = enumerate(a)
    first = next(numbers)
    return s, first, sum(i * x for i, x in numbers), sum(i for i, _ in numbers)


def in_a_partial(a):
    it = iter((1, 2, 3))
    f = functools.partial(sum, it)
    return f(), f()


def captured(x):
    it = (v for v in (1, x))

    def total():
        return sum(it)

    return total(), total()


def test_iterators_are_objects():
    all_same(shared, [A, A[:3]])
    all_same(grouped, [A, A[:3]])
    all_same(partly_used, [A, A[:1], A[:2]])
    same_as_python(in_a_partial, A)
    same_as_python(captured, 2.0)


# -- closures, exceptions ----------------------------------------------------------------------------------------


def late_binding(a):
    k = 2.0
    it = (x * k for x in a)
    s = next(it)
    k = 10.0
    return s + sum(it)


def writes_outside(a):
    k = 0.0

    def gen():
        nonlocal k
        for x in a:
            k += x
            yield k

    return sum(gen()), k


def closure_inside(a):
    def gen():
        total = 0.0

        def add(x):
            nonlocal total
            total += x
            return total

        for x in a:
            yield add(x)

    return sum(gen())


def test_closures():
    all_same(late_binding, [A, A[:1]])
    all_same(writes_outside, [A, A[:0]])
    all_same(closure_inside, [A, A[:0]])


def fills(a, out):
    for x in writes(a, out):
        out[0] += x
    return out[0]


def writes(a, out):
    for i in range(len(a)):
        out[i] = a[i] * out[0]
        yield out[i]


def test_changes_arrays():
    same_as_python(fills, A, np.ones(4))


def caught_outside(x):
    s = 0.0
    try:
        for v in inverses((1.0, x, 2.0)):
            s += v
    except ZeroDivisionError:
        s = -s
    return s


def ends_when_it_raises(x):
    it = inverses((1.0, x, 2.0))
    s = next(it)
    try:
        s += next(it)
    except ZeroDivisionError:
        s += 100
    return s, next(it, -1.0)


def caught_inside(a):
    def gen():
        for x in a:
            try:
                y = 10 // int(x - 2)
            except ZeroDivisionError:
                y = -1
            yield y

    return sum(y * i for i, y in enumerate(gen()))


def test_exceptions():
    all_same(caught_outside, [2.0, 0.0])
    all_same(ends_when_it_raises, [2.0, 0.0])
    all_same(caught_inside, [A, A[:1]])


def stop_inside(a):
    return sum(doubles(a))


def stop_raised(a):
    def gen():
        yield 1.0
        raise StopIteration

    return sum(gen()) + a[0]


def stop_caught(a):
    try:
        return sum(doubles(a))
    except RuntimeError as e:
        return str(e), isinstance(e.__cause__, StopIteration)


def stop_handled(a):
    def gen():
        it = iter(a)
        while True:
            try:
                x = next(it)
            except StopIteration:
                return
            yield x

    return sum(gen())


def test_stop_iteration():
    for f in (stop_inside, stop_raised, stop_caught, stop_handled):
        same_as_python(f, A)


def nothing_is_sent(x):
    def gen():
        y = yield x
        yield 1.0 if y is None else y

    return sum(gen())


def asked(x):
    it = squares((x,))
    return isinstance(it, types.GeneratorType), callable(it), type(zip((1,), (2,))), it is it, type(map(abs, (x,)))


def test_what_they_are():
    same_as_python(nothing_is_sent, 2.0)
    same_as_python(asked, 2.0)


# -- limits ------------------------------------------------------------------------------------------------------


def recursive(n):
    return sum(countdown(3)), sum(i * n for i in countdown(n))


def product_of(n, m):
    return sum(i * j for i, j in itertools.product(range(n), range(m)))


def test_recursive():
    all_same(recursive, [0, 1, 5])
    all_same(product_of, [(0, 3), (3, 4)])
    refused(lambda n: sum(countdown(n)), 40, match="12 levels deep")


def closed(x):
    it = squares((x,))
    it.close()
    return x


def cleans_up(x):
    def gen():
        try:
            yield x
        finally:
            print("never")

    return sum(gen())


def run_time_list(n):
    return tuple(i for i in range(n))


def test_a_tuple_of_run_time_length():
    same_as_python(run_time_list, 3)


@pytest.mark.parametrize("f", [closed, cleans_up], ids=lambda f: f.__name__)
def test_refused(f):
    refused(f, 3)


# -- objects that are iterated over ------------------------------------------------------------------------------


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        yield self.value
        if self.left is not None:
            yield from self.left
        if self.right is not None:
            yield from self.right


class Steps:
    def __init__(self, n, h):
        self.n, self.h, self.i = n, h, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i * self.h


class Doubled:
    def __init__(self, a):
        self.a = a

    def __getitem__(self, i):
        if i >= len(self.a):
            raise IndexError
        return self.a[i] * 2


def trees(x):
    t = Tree(x, Tree(2 * x), Tree(3 * x, Tree(4.0)))
    return sum(t), [v for v in t], max(t), tuple(t), sum(v * w for v, w in zip(t, t))


def steps(n, h):
    it = Steps(n, h)
    s = next(it, 0.5) * 10
    for v in it:
        s += v
        if v > 1:
            break
    pairs = sum(v * w for v, w in zip(Steps(n, h), Steps(3, h)))
    return s, next(it, -1.0), next(it, -2.0), sum(Steps(n, h)), list(Steps(3, h)), pairs


def by_index(a):
    return sum(Doubled(a)), [x for x in Doubled(a)], max(Doubled(a)), 4.0 in list(Doubled(a))


def test_objects():
    all_same(trees, [2.0, -1.0])
    all_same(steps, [(4, 0.5), (0, 1.0), (2, 3.0)])
    all_same(by_index, [A, A[:1]])


# -- iterators in places -----------------------------------------------------------------------------------------


def in_lists(a):
    xs = []
    xs.append(iter(a))
    xs.append(x * x for x in a)
    return next(xs[0]), next(xs[0]), next(xs[1]), next(xs[1])


def in_dicts(a):
    d = dict(it=iter(a))
    e = {"it": iter(a)}
    return next(d["it"]), next(d["it"]), next(e["it"]), next(e["it"])


def in_a_partial_next(a):
    f = functools.partial(next, iter(a))
    return f(), f()


class Holder:
    def __init__(self, it):
        self.it = it
    def step(self):
        return next(self.it)


class Derived(Holder):
    def __init__(self, it):
        super().__init__(it)


def in_objects(a):
    c = Holder(iter(a))
    d = Derived(x for x in a)
    return c.step(), c.step(), d.step(), d.step()


def made_in_a_tuple(a):
    its = tuple(iter(a) for _ in range(2))
    return next(its[0]), next(its[0]), next(its[1])


def two_tuples(a):
    t = (iter(a), 1)
    u = t
    return next(t[0]), next(u[0])


def made_by_a_closure(a):
    def make():
        return iter(a)
    x = make()
    y = x
    return next(x), next(y), next(make())


def none_at_first(a):
    it = None
    for x in a:
        if it is None:
            it = iter(a)
        else:
            x = x + next(it)
    return next(it)


def by_key(a):
    its = {}
    for k in ("a", "b"):
        its[k] = iter(a)
    return next(its["a"]), next(its["a"]), next(its["b"])


def own_loop(a):
    def gen():
        it = iter(a)
        for x in it:
            yield x + next(it, 0.0)
    return sum(gen())


def own_comprehension(a):
    it = iter(a)
    return [x + next(it, 0.5) for x in it]


def iter_of_iter(a):
    it = iter(a)
    it2 = iter(it)
    return next(it), next(it2), it is it2


def nested_iterators(a):
    z = zip(a, a)
    e = enumerate(z)
    i, (x, y) = next(e)
    return i, x, y, next(z), next(e)


def loops_left_early(a, n):
    its = [iter(a), iter(a)]
    k = 0
    s = 0.0
    for it in its:
        for x in it:
            s = s * 2 + x
            if x > n:
                break
    for it in its:
        s += 10 * sum(it)
    return s


IN_PLACES = [
    in_lists, in_dicts, in_a_partial_next, in_objects, made_in_a_tuple, two_tuples, made_by_a_closure,
    none_at_first, by_key, own_loop, own_comprehension, iter_of_iter, nested_iterators,
]


@pytest.mark.parametrize("f", IN_PLACES, ids=lambda f: f.__name__)
def test_iterators_in_places(f):
    same_as_python(f, A)


def test_loops_left_early():
    all_same(loops_left_early, [(A, 1.5), (A, 9.0), (A[:0], 1.0)])


def until_sentinel(a):
    it = iter(a)
    return sum(iter(lambda: next(it, 0.0), 0.0))


def test_iter_with_a_sentinel():
    all_same(until_sentinel, [A, A[:0], np.array([1.0, 0.0, 2.0])])


outside = iter((1.0, 2.0))


@pytest.mark.parametrize("f", [lambda x: sum(outside), lambda x: next(outside)], ids=("sum", "next"))
def test_iterators_from_outside_are_refused(f):
    refused(f, 1.0, match="from outside")


# -- contextlib.contextmanager --------------------------------------------------------------------------------------


@contextlib.contextmanager
def counting(log, x):
    log.append(x)
    yield 2.0 * x
    log.append(-x)


@contextlib.contextmanager
def cleaning(log, x):
    log.append(x)
    try:
        yield x * x
    finally:
        log.append(-1.0)


@contextlib.contextmanager
def swallowing(log, limit):
    try:
        yield
    except ValueError as e:
        log.append(limit)
        if len(log) > 3:
            raise KeyError(limit) from e
    else:
        log.append(0.5)
    finally:
        log.append(-2.0)


@contextlib.contextmanager
def never(x):
    if x > 1.0:
        yield x


@contextlib.contextmanager
def twice(x):
    yield x
    if x > 1.0:
        yield x


class Manages:
    def __init__(self, x):
        self.x = x
        self.depth = 0

    @contextlib.contextmanager
    def deeper(self, by=1):
        self.depth += by
        try:
            yield self
        finally:
            self.depth -= by


def in_counting(x):
    log = []
    with counting(log, x) as y:
        log.append(y)
    return log


def in_cleaning(x):
    log = []
    with cleaning(log, x) as y, counting(log, y) as z:
        log.append(z)
        if x > 1.0:
            return log
    log.append(9.0)
    return log


def raises_in_cleaning(x):
    log = []
    try:
        with cleaning(log, x) as y:
            if y > 1.0:
                raise ValueError(y)
            log.append(y)
    except ValueError as e:
        return log, e.args[0]
    return log


def raises_in_counting(x):
    log = []
    try:
        with counting(log, x):
            1.0 / (x - 2.0)
    except ZeroDivisionError as e:
        return log, str(e)
    return log


def in_swallowing(x):
    log = []
    for i in range(3):
        with swallowing(log, x + i):
            if x * i > 1.0:
                raise ValueError
            log.append(1.0 * i)
    return log


def raises_another(x):
    log = [1.0, 2.0, 3.0]
    with swallowing(log, x):
        raise ValueError
    return log


def passes_swallowing(x):
    log = []
    with swallowing(log, x):
        raise IndexError(3)


def in_never(x):
    with never(x) as y:
        return y


def in_twice(x):
    with twice(x) as y:
        x += y
    return x


def in_method(x):
    m = Manages(x)
    depths = []
    with m.deeper() as a, a.deeper(by=2) as b:
        depths.append(b.depth)
        with m.deeper():
            depths.append(m.depth)
    return depths, m.depth, b.x


def in_loop(x, n):
    total = 0.0
    log = []
    for i in range(n):
        with cleaning(log, x + i) as y:
            if i == 3:
                continue
            if i == 5:
                break
            total += y
    return total, len(log)


def test_contextmanager():
    functions = (
        in_counting, in_cleaning, raises_in_cleaning, raises_in_counting, in_swallowing, raises_another, passes_swallowing,
        in_never, in_twice, in_method,
    )
    for f in functions:
        all_same(f, [(0.5,), (2.0,)])
    all_same(in_loop, [(0.5, 3), (2.0, 9)])
    assert irad.grad(lambda x: in_loop(x, 9)[0])(2.0) == sum(2 * (2.0 + i) for i in (0, 1, 2, 4))
    refused(lambda x: sum(cleaning_generator(x)), 1.0, match="yield inside of try or with")


def cleaning_generator(x):
    try:
        yield x
    finally:
        x = 0.0


def test_what_a_generator_returns_is_in_its_stop_iteration() -> None:
    def items(x):
        if x > 9.0:
            return
        yield x
        if x > 1.0:
            return x * 3.0

    def value(x):
        it = items(x)
        next(it)
        try:
            next(it)
        except StopIteration as e:
            return e.value

    def arguments(x):
        it = items(x)
        next(it)
        try:
            next(it)
        except StopIteration as e:
            return len(e.args)

    def once(x):
        it = items(x)
        next(it)
        next(it, 0.0)
        try:
            next(it)
        except StopIteration as e:
            return e.value is None

    def delegated(x):
        def outer():
            it = items(x)
            next(it)
            yield (yield from it)

        for got in outer():
            return got

    def leaves(x):
        it = items(x)
        return next(it) + next(it)

    def outcome(function, x):
        try:
            return function(x)
        except (StopIteration, RuntimeError) as e:
            return type(e), e.args

    for function in (value, arguments, once, delegated, leaves):
        compiled = irad.compile(function)
        for x in (2.0, 0.5, 10.0):
            assert outcome(compiled, x) == outcome(function, x), (function, x)


def turning(series):
    it = iter(series)
    a, b = next(it, None), next(it, None)
    if a is None or b is None:
        return
    yield 0, a
    i = None
    for i, c in enumerate(it, start=1):
        if (b - a) * (c - b) < 0:
            yield i, b
        a, b = b, c
    if i is not None:
        yield i + 1, c


def cycles(series):
    """What rainflow counting takes from both ends of a deque, which an unfinished generator holds."""
    points = collections.deque()
    for point in turning(series):
        points.append(point)
        while len(points) >= 3:
            size = abs(points[-2][1] - points[-3][1])
            if abs(points[-1][1] - points[-2][1]) < size:
                break
            if len(points) == 3:
                yield size * 0.5
                points.popleft()
            else:
                yield size
                last = points.pop()
                points.pop()
                points.pop()
                points.append(last)
    else:
        while len(points) > 1:
            yield abs(points[0][1] - points[1][1]) * 0.5
            points.popleft()


class Held:
    """An object that holds a list."""

    def __init__(self, items):
        self.items = items
        self.rows = [items, [0.0]]

    def add(self, x):
        self.items.append(x)
        self.rows[1][0] += x
        return self


def of_an_object(series, known):
    """Yields at three places, with an object whose lists change between them."""
    held = Held(known)
    for x in series:
        held.add(x)
        if x < 0.0:
            yield held.rows[1][0]
            held.items.pop()
        elif x > 2.0:
            yield len(held.items)
            held = Held([x]).add(1.0)
    yield sum(held.rows[0])
    yield held.add(1.0).rows[1][0]


def test_objects_that_hold_lists():
    """Between the steps of a generator with several yields they stay one object each."""
    counted = lambda series: sum(c**3 for c in cycles(series))
    for series in ([0.0, 2.0, -1.0, 3.0], [1.0], [], [-2.0, 1.0, -3.0, 5.0, -1.0, 3.0, -4.0, 4.0, -2.0]):
        same_as_python(counted, series)
    irad.check_grads(counted, ([-2.0, 1.0, -3.0, 5.0, -1.0, 3.0, -4.0, 4.0, -2.0],))

    def both(series):
        known = [1.0]
        found = [x * (i + 1) + len(known) for i, x in enumerate(of_an_object(series, known))]
        return sum(found), sum(known), len(known)

    for series in ([1.0, -2.0, 3.0, -0.5, 4.0, 1.5], [], [3.0, 5.0], [-1.0, 0.5]):
        same_as_python(both, series)
    irad.check_grads(lambda series: both(series)[0], ([1.0, -2.0, 3.0, -0.5, 4.0, 1.5],))
