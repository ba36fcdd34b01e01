"""Counted loops, whiles, exits; values carried in scalars."""

from __future__ import annotations

import math

from programs.registry import program


@program([1.3, 5], [1.3, 1], [1.3, 0], [1.3, -3], [-0.8, 6], second=True)
def my_pow(x, n):
    net = x
    for i in range(n - 1):
        net *= x
    return net


@program([0.3, 4], [0.5, 1], [0.5, 0], second=True)
def single_nest(x, n):
    s = x
    for i in range(n):
        s = s * math.cos(s) + i * x
    return s


@program([0.3, 4, 3], [0.5, 0, 3], [0.5, 3, 0], [0.2, 1, 1], second=True)
def double_nest(x, n, m):
    s = x
    for i in range(n):
        for j in range(m):
            s = s * 0.5 + math.sin(s + i - j * x)
        s = s * x + 0.1
    return s


@program([0.3, 3, 2, 4], [0.5, 2, 0, 3], [0.5, 0, 2, 2], [0.2, 2, 3, 0], second=True)
def triple_nest(x, n, m, k):
    s = x
    t = 1.0
    for a in range(n):
        for b in range(m):
            for c in range(k):
                s = math.sin(s) * x + t * 0.1
                t = t * 0.9 + s
            s = s + t * a
        t = t - s * 0.5
    return s * t


@program([0.3, 6], [0.3, 0], [1.3, 50], [1.3, 3])
def leave_when_bound_crossed(x, n):
    """The loop is left when a data value crosses a bound."""
    s = 1.0
    for i in range(n):
        s = s * (1.0 + x)
        if s > 7.0:
            break
    return s * x


@program([0.7, 4], [0.7, 1], [0.7, 0])
def triangular(x, n):
    s = 0.0
    for i in range(n):
        for j in range(i):
            s = s + math.sin(x * (i + 1)) * math.cos(x * j + s)
    return s


@program([0.7, 5], [0.7, 2], [0.7, 0])
def triangular_carried(x, n):
    s = x
    for i in range(n):
        t = s
        for j in range(i, n):
            t = t * 0.7 + x * j
        s = math.sqrt(1.0 + t * t)
    return s


@program([0.5, 7], [0.5, 0], [2.0, 3])
def running_product(x, n):
    p = 1.0
    for i in range(n):
        p = p * (x + i * 0.25)
    return p


@program([0.5, 7], [-0.5, 4], [2.0, 0], smooth=False)
def running_max(x, n):
    m = x
    for i in range(n):
        m = max(m, math.sin(x * i) * 2.0)
    return m


@program([5.0, 4], [-2.0, 6], [1.0, 0])
def running_division(x, n):
    q = 1.0
    for i in range(n):
        q = x / (q + x * x + i)
    return q


@program([0.4, 8], [1.4, 8], [-0.4, 3], [0.4, 0], second=True)
def branches_at_one_join(x, n):
    """Branches in a loop that meet at one join."""
    s = x
    for i in range(n):
        if s > 1.0:
            t = s * 0.5
        elif i % 2 == 0:
            t = s + x
        else:
            t = x * x - s
        s = t * 1.1 + 0.05
    return s


@program([0.4, 8], [1.4, 5], [0.4, 0])
def continue_on_odd(x, n):
    s = x
    for i in range(n):
        if i % 2:
            continue
        s = s * x + i
        if s > 10.0:
            continue
        s += math.sin(s)
    return s


@program([0.4, 3, 4], [1.4, 3, 4], [3.4, 3, 4], [0.4, 0, 4], [0.4, 3, 0], second=True)
def return_from_nest(x, n, m):
    """Early return from inside nested loops."""
    s = x
    for i in range(n):
        for j in range(m):
            s = s + x * math.exp(-s * 0.1)
            if s > 4.0:
                return s * s * j
        if s > 3.0:
            return s - x
    return s * 2.0


@program([0.4, 3, 4], [1.4, 3, 4], [3.4, 3, 4], [0.4, 0, 4])
def break_inner_continue_outer(x, n, m):
    s = x
    for i in range(n):
        for j in range(m):
            s = s * 1.2 + x
            if s > 5.0:
                break
        else:
            s = s * 0.5
            continue
        s = math.sqrt(s)
    return s


@program([0.4, 6], [2.0, 6], [2.0, 0])
def for_else(x, n):
    s = 1.0
    for i in range(n):
        s = s + x
        if s > 8.0:
            s = s * x
            break
    else:
        s = s - x * x
    return s


@program([10.0], [0.5], [1000.0], second=True)
def while_halving(x):
    s = 0.0
    while x > 1.0:
        s = s + math.sqrt(x)
        x = x * 0.5
    return s + x


@program([0.9, 0.1], [0.3, 0.2], [5.0, 0.1], [-3.0, 0.5], second=True)
def while_several_exits(x, y):
    n = 0
    s = x
    while True:
        s = s + y * math.cos(s)
        n += 1
        if s > 4.0:
            s = s * x
            break
        if n > 12:
            return s * s
        if s < -2.0:
            s = s * y + x
            break
        y = y * 1.1
    return s + y


@program([3.0, 2.0], [0.5, 2.0], [20.0, 0.5])
def while_and(x, y):
    n = 0
    while x > 0.1 and n < 15 and y < 50.0:
        x = x - 0.3 * math.sin(x) - 0.05
        y = y + x * y * 0.1
        n = n + 1
    return x * y


@program([3.0], [1.0], [0.2])
def while_else(x):
    s = x
    n = 0
    while s > 0.5:
        s = s * 0.6
        n += 1
        if n == 3:
            break
    else:
        s = s + x
    return s * x


@program([3.7, 10], [3.2, 5], [0.5, 30])
def logistic_map(r, n):
    x = 0.3
    for i in range(n):
        x = r * x * (1.0 - x)
    return x


@program([0.5, 6], [0.5, 0], [0.5, 1])
def fibonacci_like(x, n):
    a, b = x, 1.0
    for i in range(n):
        a, b = b, a * x + b
    return a


@program([0.5, 1, 9, 2], [0.5, 9, 1, -3], [0.5, 3, 3, 1], [0.5, 5, 1, 1])
def range_steps(x, start, stop, step):
    s = 0.0
    for i in range(start, stop, step):
        s = s * x + i * math.cos(x)
    return s


@program([0.5, 9], [0.5, 0])
def range_downwards(x, n):
    s = 1.0
    for i in range(n, 0, -1):
        s = x + s / i
    return s


@program([0.5, 6], [0.5, 1])
def reversed_range(x, n):
    s = 1.0
    for i in reversed(range(n)):
        s = s * x + i
    return s


@program([0.5, 5], [0.5, 0])
def loop_variable_after(x, n):
    i = -1
    s = x
    for i in range(n):
        s *= 1.5
    return s * (i + 2)


@program([0.5, 5], [0.5, 0])
def loop_bound_changed(x, n):
    s = x
    m = n
    for i in range(m):
        m = m + 1
        s = s + x * m
    return s


@program([0.5, 3], [0.5, 0], [0.5, 1])
def inner_while(x, n):
    s = 0.0
    for i in range(n):
        t = x * (i + 1)
        while t < 2.0:
            t = t * 1.5
            s = s + t
        s = s * 0.9
    return s


@program([0.5, 3], [0.1, 2], [3.0, 4])
def while_of_for(x, n):
    s = x
    while s < 20.0:
        for i in range(n):
            s = s + x * i + 0.5
        s = s * 1.3
    return s


@program([0.5], [1.5])
def unrolled_tuple(x):
    s = 0.0
    for c in (1.0, 2.0, -0.5, 3.0):
        s = s * x + c
    return s


@program([0.5, 2.0], [1.5, -1.0])
def unrolled_pairs(x, y):
    s = 0.0
    for k, (a, b) in enumerate(((x, y), (y, 2.0), (x * y, 0.5))):
        s += a * b * (k + 1)
    return s


@program([0.5, 4], [0.5, 0])
def unused_carried(x, n):
    dead = x
    s = x
    for i in range(n):
        dead = dead * s * math.exp(dead)
        s = s + x
        dead = 1.0
    return s


@program([0.5, 4], [0.5, 0], [0.5, 1])
def late_activity(x, n):
    """A carried value becomes active only in the second iteration."""
    a = 1.0
    b = 1.0
    for i in range(n):
        a = a * b + 0.5
        b = b * x
    return a


@program([0.5, 4], [0.5, 0], [0.5, 1], [0.5, 2])
def rotating_registers(x, n):
    a, b, c = x, x * x, 1.0
    for i in range(n):
        a, b, c = b, c, a * b + math.sin(c)
    return a + 2.0 * b + 3.0 * c


@program([0.5, 4], [0.5, 0])
def only_last_iteration(x, n):
    y = x
    for i in range(n):
        y = math.sin(x * i)
    return y * x


@program([0.5, 4], [0.5, 0], smooth=False)
def bound_from_float(x, n):
    s = x
    for i in range(int(x * 10) + n):
        s = s * 0.9 + x
    return s


@program([0.5, 12], [0.5, 3], [0.5, 0])
def switch_by_counter(x, n):
    s = x
    for i in range(n):
        k = i % 3
        if k == 0:
            s = s * s
        elif k == 1:
            s = math.sqrt(s + 1.0)
        else:
            s = s / (x + 1.0)
    return s


@program([0.9, 30], [0.5, 100], [0.5, 0])
def geometric_to_tolerance(x, most):
    s, term = 0.0, 1.0
    for k in range(most):
        s = s + term
        term = term * x
        if abs(term) < 1e-3:
            break
    return s


@program([0.5, 3, 3], [0.5, 0, 3], [2.5, 3, 0])
def flag_leaves_both(x, n, m):
    s = x
    done = False
    for i in range(n):
        for j in range(m):
            s = s * 1.3 + 0.1
            if s > 2.0:
                done = True
                break
        if done:
            break
        s = s + x
    return s


@program([0.5, 5], [-0.5, 5], [0.5, 0])
def ragged_nest(x, n):
    """Inner trip counts depend on the counter in a nonlinear way and on data."""
    s = x
    for i in range(n):
        for j in range((i * i) % 4):
            s = s * 0.8 + x
        k = 0
        while k < i and s < 2.0:
            s = s + 0.3 * x
            k += 2
    return s


@program([0.5, 4, 3], [0.5, 1, 5], [0.5, 0, 2])
def two_loops_in_sequence(x, n, m):
    s = x
    for i in range(n):
        s = math.sin(s) + x
    t = s
    for j in range(m):
        t = t * s + x
    return s * t


@program([0.5, 5], [0.5, 0])
def integers_carried(x, n):
    a, b = 0, 1
    s = x
    for i in range(n):
        a, b = b, a + b
        s = s + x ** a / b
    return s


@program([0.5, 10], [0.5, 2])
def collatz_steps(x, n):
    s = x
    while n != 1:
        if n % 2 == 0:
            n = n // 2
            s = s * 1.1
        else:
            n = 3 * n + 1
            s = s + x * x
    return s


@program([0.5, 5], [0.5, 0])
def condition_on_inactive(x, n):
    u = 17
    s = x
    for i in range(n):
        u = (u * 1103515245 + 12345) % 2147483648
        if u % 100 < 50:
            s = s * x + 1.0
        else:
            s = s - x
    return s


@program([0.5, 4], [0.5, 0], smooth=False)
def loop_that_may_raise(x, n):
    s = x
    for i in range(n):
        s = s / (3 - i)
    return s
