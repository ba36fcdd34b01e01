"""Lists that are walked backwards, in part, or while they change; one of several lists; what a call that always raises leaves."""

import numpy as np
import pytest
from numeric.harness import same_as_python

import irad


def backwards(v):
    s = 0.0
    for e in reversed(v):
        if len(v) < 9:
            v.append(e)
        s = s * 0.5 + e
    for e in reversed(sorted(v)):
        s = s * 0.5 + e
    return s, v, list(reversed(v[1:]))


def test_backwards():
    for v in ([1.0, 2.0, 3.0], [4.0]):
        same_as_python(backwards, v)


def backwards_while_it_shrinks(v):
    it = reversed(v)
    s = next(it)
    v.pop()
    v.pop()
    v.pop()
    s += next(it, 50.0)
    v.extend([7.0, 8.0, 9.0])
    return s + next(it, 100.0)


def test_an_iterator_that_has_ended_stays_ended():
    same_as_python(backwards_while_it_shrinks, [1.0, 2.0, 3.0, 4.0])
    same_as_python(backwards_while_it_shrinks, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])

    def forwards(v):
        it = iter(v)
        s = next(it, 0.0) + next(it, 0.0) + next(it, 0.0)
        v.extend([3.0, 4.0, 5.0])
        return s + next(it, 100.0)

    for v in ([1.0], [1.0, 2.0], [1.0, 2.0, 3.0]):
        same_as_python(forwards, v)


def stars(a, n):
    p, *q = a
    *r, t = range(n)
    u, *w = (e * 2 for e in a)
    x, y = range(n - 1)
    return p, q, r, t, u, w, x, y


@pytest.mark.parametrize(("size", "n"), [(3, 3), (0, 3), (3, 0), (3, 2), (1, 4)])
def test_stars(size, n):
    same_as_python(stars, np.arange(float(size)), n)


class Holder:
    def __init__(self, xs):
        self.xs = xs


class Other(Holder):
    pass


def one_of_several(n, a, b):
    for _ in range(n):
        b = a
    s = sum(e for e in b.xs)
    for i, e in enumerate(b.xs):
        s += i * e
    b.xs.append(s)
    return s, max(b.xs), sorted(b.xs), list(reversed(b.xs))


@pytest.mark.parametrize("n", [0, 2])
def test_one_of_several_lists(n):
    same_as_python(one_of_several, n, Holder([1.0, 2.0]), Other([3.0]))


@pytest.mark.parametrize("argument", [1.0, [1.0], {"a": 1.0}, (1.0, 2.0)])
def test_the_gradient_of_what_always_raises(argument):
    def f(d):
        return not_there  # noqa: F821

    with pytest.raises(NameError):
        irad.grad(f)(argument)


class State:
    def __init__(self):
        self.y, self.n = 1.0, 7


def fails(o, u):
    o.n = 0.5
    raise ValueError(f"at {u}")


def failing_later(a, o):
    for e in a:
        o.y += e
        fails(o, e)


@pytest.mark.parametrize("a", [[], [1.0, 2.0]])
def test_what_a_call_that_always_raises_has_changed(a):
    same_as_python(failing_later, a, State())


def place_of_mixed(a, v, x):
    for e in a:
        v.append(e)
    return v.index(max(v)) + v.index(x)


@pytest.mark.parametrize("x", [1.0, np.float64(7.0), 8.0])
def test_what_is_not_in_a_list_of_numbers_of_both_kinds(x):
    same_as_python(place_of_mixed, np.array([3.0, 7.0]), [1.0, 2.0], x)


def texts_of_mixed(a, n):
    x = 0.5
    for i in range(n):
        x = a[i]
    raise ValueError(f"{x!r} and {x}")


@pytest.mark.parametrize("n", [0, 2])
def test_the_repr_of_numbers_of_both_kinds(n):
    same_as_python(texts_of_mixed, np.array([3.0, 7.0]), n)


def flow(u, r):
    for i, e in enumerate(r):
        yield u * e + i


def generator_in_try(x, n, a):
    try:
        it = flow(x, a)
        x = next(it, x)
        for e in it:
            x += e
        x += next(it, 10.0)
    finally:
        a[n] = 0.5
    return x


def generators_in_try(x, n, a):
    for _ in range(3):
        try:
            it = flow(x, a)
            x = next(it, x)
            for e in it:
                x += 1.0 / (e - n)
        except ZeroDivisionError:
            x = 0.5
    return x


@pytest.mark.parametrize("size", [0, 1, 4])
@pytest.mark.parametrize("f", [generator_in_try, generators_in_try])
def test_a_generator_in_a_try(f, size):
    for n in (0, 1, 7):
        same_as_python(f, 1.0, n, np.arange(float(size)))


def keeps_a_variable(u, k):
    for _ in range(k):
        yield 0.5
    yield (lambda: u)()
    u = u * 0.5
    yield u


def tail_first(u, k):
    yield from keeps_a_variable(u * 0.5, k)
    for _ in range(k):
        yield u


def generator_with_a_cell(u, k):
    it = keeps_a_variable(u, k)
    s = next(it, 0.25)
    for e in it:
        s = s * 0.5 + e
    return s, max(tail_first(u, k), default=9.0), sum(tail_first(u, k))


def one_of_two_counters(n, x):
    def counter(start):
        total = start

        def add(w):
            nonlocal total
            total += w
            return total

        return add

    one, other = counter(x), counter(2.0)
    g = one if n else other
    g(1.0)
    return one(0.5), other(0.25), g(0.125)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_one_of_several_captured_variables(n):
    same_as_python(generator_with_a_cell, 0.5, n)
    same_as_python(one_of_two_counters, n, 1.5)
