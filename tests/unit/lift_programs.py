"""Small functions with control flow of all kinds, each with argument tuples that take its ways."""

import math
from functools import reduce

PROGRAMS = []
SCALE = 2.5


def program(*calls):
    def enter(function):
        PROGRAMS.append((function, calls))
        return function

    return enter


@program((1,), (2.5,))
def straight(x):
    y = x * 2 + 1
    z = -y // 3
    z += ~int(x) ^ 5
    return (+z, not y, y**2 % 7, y / 2 - z, int(x) << 2 >> 1 & 6 | 1)


@program((-1,), (0,), (1,), (7,), (100,))
def elifs(x):
    if x < 0:
        y = "negative"
    elif x == 0:
        y = "zero"
    elif x < 10 and x != 7:
        y = "small"
    elif x == 7 or x is None:
        y = "seven"
    else:
        y = "large"
    return y


@program((0,), (1,), (5,))
def while_sum(n):
    s = 0
    while n > 0:
        s += n
        n -= 1
    return s


@program((0,), (3,), (12,))
def while_break(n):
    s = 0
    while True:
        if s > n:
            break
        s += 3
        if s == 6:
            continue
        s += 1
    else:
        s = -1
    return s


@program((0,), (4,), (20,))
def for_else(n):
    for i in range(n):
        if i * i > 50:
            found = i
            break
    else:
        found = None
    return found


@program((3, 4), (0, 3), (5, 0))
def nested_loops(n, m):
    s = 0
    for i in range(n):
        for j in range(m):
            if j > i:
                break
            if (i + j) % 2:
                continue
            s += i * j
        s += 100
    return s


@program((5, 6), (5, 100), (0, 0))
def return_from_inside(n, limit):
    for i in range(n):
        for j in range(n):
            if i * j > limit:
                return i, j
            while j > 3:
                j -= 1
                if j == limit:
                    return "j"
    return None


@program((1, 2, 3), (3, 2, 1), (2, 2, 2))
def chained(a, b, c):
    return a < b < c, a <= b <= c, a > b != c, a if a < b < c else c


@program((0, 0), (0, 5), (5, 0), ([], "x"), (1, 2))
def booleans(a, b):
    x = a and b
    y = a or b
    z = (a or b) and not a or (b and a)
    if a and (b or x) or not y:
        z = 7
    return x, y, z, not (a and b)


@program((True,), (False,))
def conditional_in_call(c):
    return max(1 if c else 2, *(3 if c else 4, 5), key=(lambda v: -v) if c else None)


@program((3,), (0,))
def unbound_after_loop(n):
    for i in range(n):
        last = i
    return last


@program((True,), (False,))
def unbound_in_branch(c):
    if c:
        x = 1
    return x + x


@program((True,), (False,))
def deleted(c):
    x = 1
    if c:
        del x
    return x


@program((2,), (0,))
def deleted_twice(n):
    x = 1
    while n:
        del x
        n -= 1
    return n


@program(([1, 2, 3, 4],), ([],))
def comprehensions(items):
    k = 3
    a = [x * k for x in items if x % 2 == 0 if x]
    b = {x: y for x in items for y in range(x) if y}
    c = {x % 2 for x in items}
    d = [[i * j for i in range(j)] for j in items]
    return a, b, c, d


@program((3,), (0,))
def comprehension_shadows(n):
    x = "kept"
    y = [x for x in range(n)]
    z = [(x, i) for i, x in enumerate(y)]
    return x, y, z


@program((3,))
def comprehension_unbound(n):
    y = [x for x in range(n)]
    if n > 3:
        x = 1
    return x, y


@program((3,))
def comprehension_closure(n):
    fs = [lambda: i * n for i in range(3)]
    gs = [lambda i=i: i * n for i in range(3)]
    return [f() for f in fs], [g() for g in gs]


@program((2,), (-1,))
def closures(x):
    count = 0

    def add(y, *, scale=SCALE, shift=x):
        nonlocal count
        count += 1
        return y * scale + x + shift

    x += 1
    return add(1), add(2, scale=3), add(shift=0, y=3), count


@program((True,), (False,))
def empty_cell(c):
    def inner():
        return x

    if c:
        x = 1
    return inner()


@program((True,), (False,))
def deleted_cell(c):
    x = 1

    def inner():
        return x

    if c:
        del x
    return inner()


@program((5,), (0,))
def recursion(n):
    return 1 if n == 0 else n * recursion(n - 1)


@program((7,))
def nested_recursion(n):
    def fib(k):
        return k if k < 2 else fib(k - 1) + fib(k - 2)

    return fib(n)


@program((1, 2), (1,), (1, 2, 3, 4))
def varargs(a, /, b=5, *rest, c=7, **named):
    return a, b, rest, c, named


@program((1,))
def call_forms(a):
    pos, kw = (2, 3), {"c": 4}
    return (
        varargs(a), varargs(*pos), varargs(a, *pos, 9, c=1), varargs(a, **kw),
        varargs(*pos, *pos, d=1, **kw, **{"e": 2}), "{}-{x}".format(a, x=2), reduce(lambda p, q: p + q, pos, a),
    )


@program(((1, 2, 3, 4),), ((1, 2),), ((1,),))
def unpacking(t):
    a, *b = t
    *c, d = t
    e, *f, g = t if len(t) > 1 else (0, 0)
    (h, i), j = (a, d), g
    h, i = i, h
    h, i, j = j, h, i
    return a, b, c, d, e, f, g, h, i, j, [*t, *b], (*t, 1), {*t}, {**{"a": a}}


@program(([1.0, 2.0, 3.0, 4.0],))
def items(a):
    a[0] = a[1] + a[-1]
    a[1] += 5
    a[2] **= 2
    a[1:3] = [7, 8, 9]
    b = a[1:], a[:-1], a[::2], a[1:4:2]
    del a[0]
    a[:1] += [1]
    return a, b


class Point:
    def __init__(self, x, y=0):
        self.x, self.y = x, y

    def norm(self, p=2):
        return (abs(self.x) ** p + abs(self.y) ** p) ** (1 / p)


class Shifted(Point):
    def __init__(self, x):
        super().__init__(x, y=1)
        self.x += 1

    def norm(self, p=2):
        return super().norm(p) + super(Shifted, self).norm(p=1)


@program((3,))
def objects(v):
    p = Point(v)
    p.y += 4
    q = Shifted(v)
    return p.norm(), p.norm(p=1), q.norm(), q.x, isinstance(q, Point)


@program((1.5,), (2,))
def strings(x):
    name = "x"
    return f"{name}={x:.3f} {x!r:>10} {x!s} {name!a:{10 + 2}} {x + 1}" + f"{x}" + f"{'a' if x > 1.6 else 'b':>4}"


@program((2,), (-2,), (0,))
def raising(x):
    if x < 0:
        raise ValueError(f"negative {x}")
    if x == 0:
        raise ZeroDivisionError from KeyError("k")
    assert x == 2, "message"
    return x


@program((1,), (0,))
def assertion(x):
    assert x
    return x


@program((None,), (1,))
def none_tests(x):
    if x is None:
        y = 1
    else:
        y = 2
    z = None
    while z is None:
        z = x if x is not None else 5
    if z is not None and x is None:
        y += 10
    return y, z


@program((3,), (0,))
def in_tests(x):
    return x in (1, 2, 3), x not in [0], x is x, x is not None and (x in {3} or x not in {0})


@program((2.0,), (-1.0,))
def imports(x):
    import os.path as p
    from math import cos
    from math import pi as half_turn

    return math.sin(x) + cos(half_turn) + SCALE, p.basename("a/b")


@program((10,), (1,), (0,))
def collatz(n):
    steps = 0
    while n > 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


@program((2.0, 1e-12), (9.0, 1e-12))
def newton(a, tol):
    x = a
    status = None
    while status is None:
        step = (x * x - a) / (2 * x)
        x -= step
        if abs(step) < tol:
            status = 0
    return x, status


@program(([5, 2, 9, 1],), ([],))
def insertion_sort(a):
    for i in range(1, len(a)):
        key = a[i]
        j = i - 1
        while j >= 0 and a[j] > key:
            a[j + 1] = a[j]
            j -= 1
        a[j + 1] = key
    return a


@program((12, 18), (7, 0))
def swap_loop(a, b):
    while b:
        a, b = b, a % b
    return a


@program((3,), (0,))
def walrus(n):
    total = 0
    while (m := n) > 0:
        total += m
        n -= 1
    if (k := total) > 3 and (j := k * 2):
        return j
    return k, m


@program((4,), (1,))
def loop_variable_rebound(n):
    out = []
    for i in range(n):
        i *= 2
        out.append(i)
        if i > 4:
            i = 0
    return out, i


@program((3,))
def rare(n):
    x: float = n
    y = z = x
    y += 1
    ...
    (a := 1), (b := 2)
    return x, y, z, a, b, lambda: None, __debug__


@program((1,), (2,), (3,), (9,))
def match_values(x):
    match x:
        case 1:
            return "one"
        case 2 | 3 as y if y > 2:
            return "three"
        case int():
            return "class pattern"
    return None


@program((5,), (2,))
def dead_code(n):
    while n:
        n -= 1
        if n == 3:
            return "three"
        if n < 0:
            raise ValueError
    return n


@program((0,), (1,), (2,), (3,))
def untaken_try(n):
    if n > 1000:
        try:
            n = int("x")
        except ValueError:
            n = 0
        finally:
            n += 1
    for i in range(n):
        if i > 1000:
            with open("nowhere") as f:
                return f
    return n


@program((30,))
def many_variables(n):
    a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = a8 = a9 = b0 = b1 = b2 = b3 = b4 = b5 = b6 = b7 = b8 = b9 = 0
    for i in range(n):
        a0, a1, a2, a3, a4 = a1 + i, a2, a3, a4, a0
        b0, b9 = (b9, b0) if i % 3 else (b0 + a0, b9)
        if b0 > 50:
            b8 += 1
            b7 = b8 - a4
    return a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9


@program(({"a": 1, "b": 2},), ({},))
def dictionaries(d):
    e = {"x": 1, **d, "y": len(d)}
    f = {"x": 1, "y": 2, "z": 3}
    for key, value in d.items():
        f[key] = value
    e |= f
    return e, dict(**f), sorted(f)


@program((3,), (-3,))
def lambdas(x):
    f = lambda y, *a, k=1, **kw: (y if y > 0 else x, a, k, kw)
    return f(x), f(x, 1, 2, k=3, z=4), (lambda: x)(), sorted([3, 1, 2], key=lambda v: -v)


@program(([[1, 2], [3, 4]],))
def matrix(m):
    n = len(m)
    out = [[0] * n for _ in range(n)]
    for i, row in enumerate(m):
        for j, (a, b) in enumerate(zip(row, row[::-1])):
            out[j][i] += a * b
            out[i][j] -= max(a, b)
    return out, sum(out[0]), all(r for r in out)
