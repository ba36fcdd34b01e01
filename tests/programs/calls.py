"""Helper functions, recursion, closures, tuples, functions as values."""

from __future__ import annotations

import functools
import math
from collections import namedtuple
from typing import NamedTuple

import numpy as np

from programs.registry import program, vec


def clamp(a, limit):
    """A helper that returns a flag and changes an array."""
    changed = False
    for i in range(len(a)):
        if a[i] > limit:
            a[i] = limit + 0.1 * (a[i] - limit)
            changed = True
    return changed


@program([vec(5), 1.0], [vec(5), 5.0], [vec(3), 0.0])
def helper_flag_and_array(a, limit):
    s = 0.0
    if clamp(a, limit):
        s = a[0] * 3.0
    for i in range(len(a)):
        s += a[i] * a[i]
    return s


@program([vec(5), 1.4], [vec(5), 0.6])
def helper_flag_in_while(a, limit):
    n = 0
    while clamp(a, limit) and n < 10:
        limit = limit * 0.9
        n += 1
    return a[0] * a[1] + a[2] * a[4]


def mix(a, b, w):
    for i in range(len(a)):
        a[i] = a[i] * w + b[len(b) - 1 - i] * (1.0 - w)


@program([vec(4), 0.3], [vec(3), 0.9])
def helper_same_array_twice(a, w):
    """A helper called with the same array for both parameters."""
    mix(a, a, w)
    s = 0.0
    for i in range(len(a)):
        s += a[i] * a[i] * (i + 1)
    return s


@program([vec(4), vec(4, seed=1), 0.3], [vec(3), vec(3, seed=1), 0.9])
def helper_both_ways(a, b, w):
    mix(a, b, w)
    mix(b, a, w)
    mix(b, b, w)
    return a[0] * b[0] + a[1] * b[2]


def upper_half(a):
    return a[len(a) // 2 :]


@program([vec(5)], [vec(4)])
def helper_returns_view(a):
    """A helper returns a view of its argument, which is then written."""
    v = upper_half(a)
    for i in range(len(v)):
        v[i] = v[i] * a[0]
    s = 0.0
    for i in range(len(a)):
        s += a[i] * a[i]
    return s


def square(x):
    return x * x


def cube(x):
    return x * x * x


@program([1.5, 0], [1.5, 1], [1.5, 2])
def function_chosen_by_branch(x, k):
    if k == 0:
        f = square
    elif k == 1:
        f = cube
    else:
        f = math.sin
    return f(x) + f(x + 1.0)


@program([1.5, 4], [1.5, 1], [1.5, 0], second=True)
def function_chosen_in_loop(x, n):
    s = x
    for i in range(n):
        f = square if s < 2.0 else math.log
        s = f(s) + 0.5
    return s


def recursive_power(x, n):
    if n == 0:
        return 1.0
    half = recursive_power(x, n // 2)
    return half * half * x if n % 2 else half * half


@program([1.3, 5], [1.3, 0], [0.7, 12])
def recursion_power(x, n):
    return recursive_power(x, n)


def fib(x, n):
    if n < 2:
        return x + n
    return fib(x, n - 1) * 0.5 + fib(x, n - 2) * x


@program([0.8, 7], [0.8, 1], [0.8, 0], second=True)
def recursion_two_self_calls(x, n):
    """Recursion with two calls of itself."""
    return fib(x, n)


def is_even(x, n):
    return x if n == 0 else is_odd(x * 1.5, n - 1)


def is_odd(x, n):
    return x * x if n == 0 else is_even(x + 1.0, n - 1)


@program([0.8, 4], [0.8, 3], [0.8, 0])
def recursion_mutual(x, n):
    return is_even(x, n)


def sum_range(a, lo, hi):
    if hi - lo == 0:
        return 0.0
    if hi - lo == 1:
        return a[lo] * a[lo]
    mid = (lo + hi) // 2
    return sum_range(a, lo, mid) + sum_range(a, mid, hi)


@program([vec(6)], [vec(1)], [vec(0)])
def recursion_over_array(a):
    return sum_range(a, 0, len(a))


def double_all(a, n):
    if n > 0:
        a[n - 1] = a[n - 1] * 2.0 + a[0]
        double_all(a, n - 1)
        a[0] = a[0] * a[n - 1]


@program([vec(4), 3], [vec(4), 0])
def recursion_changing_array(a, n):
    double_all(a, n)
    return a[0] * a[1] + a[3]


def ackermann_like(x, m, n):
    if m == 0:
        return x + n
    if n == 0:
        return ackermann_like(x * 1.1, m - 1, 1)
    return ackermann_like(ackermann_like(x, m, n - 1) * 0.5, m - 1, n - 1)


@program([0.8, 2, 2], [0.8, 1, 3], [0.8, 0, 0])
def recursion_nested_argument(x, m, n):
    return ackermann_like(x, m, n)


@program([0.8, 4], [0.8, 0], second=True)
def closure_local(x, n):
    c = x * 2.0

    def step(s):
        return s * c + x

    s = 1.0
    for i in range(n):
        s = step(s)
    return s


@program([0.8, 2.0], [1.8, 2.0])
def closure_lambda(x, y):
    f = lambda t: t * x + math.sin(y * t)
    g = lambda t: f(f(t)) * y
    return g(x) + f(y)


@program([0.8, 3], [0.8, 0])
def closure_made_by_function(x, n):
    def adder(k):
        return lambda t: t * k + x

    f, g = adder(2.0), adder(x)
    s = x
    for i in range(n):
        s = f(s) - g(s)
    return s


@program([0.8], [1.8])
def nonlocal_counter(x):
    total = 0.0

    def add(v):
        nonlocal total
        total = total + v * x

    add(x)
    add(2.0)
    add(total)
    return total


def apply_n(f, x, n):
    for i in range(n):
        x = f(x)
    return x


@program([0.8, 3], [0.8, 0])
def function_as_argument(x, n):
    return apply_n(math.cos, x, n) + apply_n(square, x, n) * apply_n(lambda t: t * x, 1.0, n)


def polynomial(x, a=1.0, b=2.0, *, c=0.5):
    return a + b * x + c * x * x


@program([0.8], [1.8], second=True)
def defaults_and_keywords(x):
    return polynomial(x) + polynomial(x, x) + polynomial(x, c=x, b=3.0) * polynomial(x, 1.0, x, c=x * x)


@program([0.8], [1.8], second=True)
def partial_application(x):
    f = functools.partial(polynomial, a=x)
    g = functools.partial(polynomial, x, 3.0)
    return f(x) * g(c=x)


def divide(a, b):
    q = a / b
    return q, a - b * math.floor(value_of(q))


def value_of(q):
    return q


@program([5.3, 2.0], [-5.3, 2.0])
def tuple_returned(x, y):
    q, r = divide(x, y)
    return q * q + r * x


@program([0.8, 4], [0.8, 0])
def tuple_carried(x, n):
    """A tuple carried by a loop."""
    p = (x, 1.0)
    for i in range(n):
        p = (p[1] * x, p[0] + p[1])
    return p[0] * 3.0 + p[1]


@program([(0.8, 2.0), 1.5], [(1.8, -2.0), 0.5])
def tuple_argument(p, x):
    a, b = p
    return a * x * x + b * x + a * b


Point = namedtuple("Point", "x y")


class State(NamedTuple):
    t: float
    y: tuple[float, float]


@program([Point(0.8, 2.0), 3], [Point(1.8, -2.0), 0])
def namedtuple_argument(p, n):
    for i in range(n):
        p = Point(p.x * p.y, p.y + 0.1 * p.x)
    return p.x + p.y * p.y


@program([0.3, 0.7, 3], [0.3, 0.7, 0])
def nested_state_carried(a, b, n):
    s = State(0.0, (a, b))
    for i in range(n):
        u, v = s.y
        s = State(s.t + 0.1, (u + 0.1 * v, v - 0.1 * u * s.t))
    return s.y[0] * s.y[1] + s.t * a


def first_above(a, limit):
    for i in range(len(a)):
        if a[i] > limit:
            return i
    return -1


@program([vec(5), 1.0], [vec(5), 5.0], [vec(5), 0.0])
def helper_returns_index(a, limit):
    k = first_above(a, limit)
    if k < 0:
        return a[0] * limit
    a[k] = a[k] * limit
    return a[k] * a[0]


def checked_log(x):
    if x <= 0.0:
        raise ValueError(f"log of {x}")
    return math.log(x)


@program([1.5, 3], [1.5, 6], [0.5, 0], smooth=False)
def helper_raises(x, n):
    s = x
    for i in range(n):
        s = checked_log(s) + 0.9
    return s


@program([vec(3), 2], [vec(3), 0])
def helper_makes_array(a, n):
    def scaled(v, c):
        out = np.empty(len(v))
        for i in range(len(v)):
            out[i] = v[i] * c
        return out

    u = a
    for k in range(n):
        u = scaled(u, u[0] + 0.5)
    return u[0] + u[1] * u[2]


SCALE = 2.5
TABLE = np.array([0.5, 1.5, 2.5])


@program([0.8], [1.8])
def captured_globals(x):
    return x * SCALE + TABLE[1] * x * x + TABLE[0]


@program([0.8, 2], [1.8, 0])
def captured_array_in_loop(x, n):
    s = x
    for k in range(n):
        for i in range(len(TABLE)):
            s = s * 0.5 + TABLE[i] * x
    return s


def derivative_free(x):
    return float(round(x * 10.0))


@program([0.83], [1.88], smooth=False)
def helper_without_derivative(x):
    return derivative_free(x) * x


@program([0.8, 1.0], [1.8, 1.0])
def helper_ignoring_argument(x, y):
    def first(a, b):
        return a

    return first(x, y) * first(y, x)


def compose(*fs):
    def composed(x):
        for f in fs:
            x = f(x)
        return x

    return composed


@program([0.8], [1.8])
def composed_functions(x):
    return compose(math.sin, square, math.exp)(x)


@program([0.8, 2.0], [1.8, 3.0])
def star_arguments(x, y):
    def total(*args, scale=1.0):
        s = 0.0
        for a in args:
            s += a * scale
        return s

    return total(x, y, x * y) * total(x, scale=y) + total()


def gcd_like(a, b, tolerance):
    return a if b < tolerance else gcd_like(b, a - b * int(a / b), tolerance)


@program([5.3, 2.0], [1.0, 4.0], smooth=False)
def recursion_euclid(x, y):
    return gcd_like(x, y, 0.35)


def hanoi(n, a, b, c, counts):
    if n > 0:
        hanoi(n - 1, a, c, b, counts)
        counts[b] = counts[b] * 1.1 + counts[a]
        hanoi(n - 1, c, b, a, counts)


@program([vec(3), 3], [vec(3), 1], [vec(3), 0])
def recursion_hanoi(counts, n):
    hanoi(n, 0, 1, 2, counts)
    return counts[0] * counts[1] + counts[2]
