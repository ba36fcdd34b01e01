"""Control flow and sequences, against CPython: each function is compiled once and called with values that go other ways."""

from __future__ import annotations

import enum
import math
from collections import namedtuple

import numpy as np
import pytest
from numeric.harness import all_same, compiled, refused, same_as_python

import irad

INTS = [(n,) for n in (-3, 0, 1, 2, 5, 10)]
PROGRAMS = []


def program(*cases):
    """Collect a function with the arguments to call it with."""

    def add(f):
        PROGRAMS.append((f, [c if isinstance(c, tuple) else (c,) for c in cases]))
        return f

    return add


@program(*INTS)
def range_one(n):
    s = 0
    for i in range(n):
        s += i * i
    return s


@program(*[(a, b, c) for a in (-2, 0, 3) for b in (-4, 0, 7) for c in (1, 2, 3, -1, -2, 5)])
def range_three(a, b, c):
    s, n, last = 0, 0, -99
    for i in range(a, b, c):
        s = s * 3 + i
        n += 1
        last = i
    return s, n, last, len(range(a, b, c))


@program(0, 5, -1)
def range_step_zero(c):
    s = 0
    for i in range(0, 10, c):
        s += i
    return s


@program(*INTS)
def loop_variable_changed(n):
    out = 0
    for i in range(n):
        i = i * 2 + 1
        out += i
        if i > 5:
            i = -100
    return out, n


@program(*INTS)
def loop_variable_after(n):
    i = -1
    for i in range(n):
        pass
    return i


@program(*INTS)
def for_else(n):
    for i in range(n):
        if i == 3:
            r = "found"
            break
    else:
        return -1, n
    return i, n


@program(*INTS)
def while_else(n):
    i = 0
    while i < n:
        i += 1
        if i == 4:
            break
    else:
        i = -i
    return i


@program(*INTS)
def continue_break(n):
    s = 0.0
    for i in range(n):
        if i % 2:
            continue
        if i > 6:
            break
        for j in range(i):
            if j == 2:
                break
            if j == 1:
                continue
            s += j + i * 0.5
        else:
            s -= 1.0
    return s


@program(*[(n, x) for n in (0, 1, 4) for x in (-1.0, 0.5, 3.0)])
def early_return(n, x):
    for i in range(n):
        for j in range(n):
            if x * i > j + 1:
                return i, j, x
            while x < j:
                x += 1.5
                if x > 2.5:
                    return x, j, i
    return x, -1, n


@program((0.5, 3), (2.0, 5), (10.0, 0), (-1.0, 2))
def union_return(x, n):
    if x > 1.0:
        return 0
    for i in range(n):
        x = x * 2
        if x > 2:
            return x
    return n


@program(*INTS)
def none_or_number(n):
    best = None
    for i in range(n):
        v = (i * 7) % 5
        if best is None or v > best:
            best = v
    return best


@program(*INTS)
def status_machine(n):
    status = None
    count = 0
    while status is None:
        count += 1
        if count > n:
            status = 0
        elif count == 4:
            status = 7
    return status, count


@program((1, 2.5), (3, 0.0), (0, 0.0), (0, 1.5), (-1, -2.0))
def and_or_not(n, x):
    return n and x, n or x, not n, not x, (n and x) or -1, n > 1 and x > 1, n and n, x or None, None or n, not (n or x)


@program((1, 2.5), (3, 0.0), (0, 0.0))
def conditional(n, x):
    a = x if n else n
    b = (n if x else x) if n > 1 else x
    return a, b, 1 if a else 2.0, "yes" if n else "no", None if x else n


@program((1, 2), (5, 5), (3, -1))
def swap(a, b):
    a, b = b, a
    (c, d), e = (a, b), a + b
    [f, *g] = a, b, c, d
    *h, k = (a, b, e)
    m, *o, p = (1, a)
    return a, b, c, d, e, f, g, h, k, m, o, p


@program((1, 2.0), (3, 4.5))
def nested_tuples(a, b):
    t = (a, (b, a + 1), [b, b])
    x, (y, z), [u, v] = t
    w = t + (x,)
    return (
        w[0], w[-1], w[1][0], t[1], len(w), t[0:2], w[::-1][0], (a, b) == (a, b), (a, b) != (b, a), (a, b) * 2, a in (1, b),
        b not in w,
    )


@program(*INTS)
def tuple_runtime_index(n):
    t = (10, 20, 30, 40)
    k = [1.5, 2.5, 3.5]
    return t[n % 4], k[n % 3], t[-1 - n % 2], (t, k)[0][1]


@program(*INTS)
def tuple_index_error(n):
    return (1.0, 2.0)[n]


@program(*INTS)
def list_index_error(n):
    return [1.0, 2.0][n]


@program((1.5, 2), (-2.0, 3))
def loops_over_tuples(x, n):
    s = 0.0
    for v in (x, n, 3, x * 2):
        s += v
    for i, v in enumerate((x, n)):
        s += i * v
    for i, (a, b) in enumerate(zip((x, n), (1, 2.5)), start=n):
        s += i * a - b
    for a, b in ((1, x), (2, n)):
        s = s * a + b
    for c in reversed((x, 2, n)):
        s = s / 2 + c
    for i in reversed(range(n)):
        s = s * 2 - i
    return s


@program(*INTS)
def zip_ranges(n):
    s = 0
    for i, j in zip(range(n), range(10, 0, -1)):
        s = s * 2 + i * j
    for k, (i, j) in enumerate(zip(range(3), range(n)), 5):
        s += k * i - j
    for i in zip(range(n)):
        s += i[0]
    return s


@program(*INTS)
def unrolled_with_branches(n):
    s = 0
    for v in (1, 2, 3, 4, 5):
        if v == n:
            continue
        if v > n + 2:
            break
        s += v
    else:
        s = -s
    return s


@program(*INTS)
def gcd(n):
    a, b = 84, n
    while b:
        a, b = b, a % b
    return a


@program(*INTS)
def collatz(n):
    n = abs(n) + 1
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


@program(*INTS)
def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


@program(1.0, 2.0, 1e-3, 100.0)
def newton(x):
    y = x
    while True:
        z = 0.5 * (y + x / y)
        if abs(z - y) < 1e-14 * z:
            break
        y = z
    return z


@program(0, 1, 3)
def many_names(n):
    a = b = c = n
    a += 1
    b *= 2
    c -= 3
    d: int = a
    return a, b, c, d


@program((1, 2), (2, 1), (1, 1))
def int_or_float_state(a, b):
    s = 0
    for i in range(a):
        s += 0.5 * b
    t = 1
    for i in range(b):
        t = t * 2 if a == 1 else t * 0.5
    return s, t, s + t, s == 0, t == 2


@program((3, True), (3, False), (0, True))
def bool_state(n, flag):
    done = False
    k = 0
    while not done and k < 10:
        done = k >= n and flag
        k += 1
    return done, k, flag + 1, flag * 2.5, done is True, flag is not False, done == flag


@program(1.0, -1.0, 0.0, float("nan"))
def sign_chain(x):
    if x > 0:
        s = 1
    elif x < 0:
        s = -1
    elif x == 0:
        s = 0
    else:
        s = None
    return s


@program(0, 1, 2)
def delete(n):
    a = n + 1
    b = a * 2
    del a
    return b


@program((2, 3.0), (0, 1.0))
def walrus(n, x):
    total = 0.0
    while (m := n) > 0:
        total += m * x
        n -= 1
    if (y := total) > 3:
        return y, m
    return m, y


SPACE = {}
exec("""
def assertion(n):
    assert n > 0
    assert n < 9, "too large"
    assert n != 2, f"n is {n}, twice {2 * n}, {n / 4:.3f} {n!r:>4}"
    return n
""", SPACE)
program(*INTS)(SPACE["assertion"])


def rewritten_assertion(n):
    assert n > 0
    assert n < 9, "too large"
    assert n != 2, f"n is {n}"
    return n


def test_asserts_that_pytest_rewrote():
    all_same(rewritten_assertion, INTS, text=False)


@program(*INTS)
def raising(n):
    if n < 0:
        raise ValueError("negative")
    if n == 0:
        raise ZeroDivisionError
    if n == 1:
        raise KeyError("k", 1)
    if n == 2:
        raise RuntimeError(f"bad {n} of {n * 0.5}")
    if n == 5:
        raise IndexError(n)
    return n


class Custom(Exception):
    pass


class Coded(ValueError):
    def __init__(self, code=3):
        super().__init__(f"code {code}")
        self.code = code


@program(*INTS)
def custom_exceptions(n):
    if n < 0:
        raise Custom
    if n == 0:
        raise Custom("zero", 1)
    if n == 1:
        raise Custom(f"one {n}")
    if n == 2:
        raise Coded(7)
    if n == 5:
        raise Coded()
    return n


@program(*INTS)
def unbound(n):
    if n > 1:
        x = n * 2.0
    return x


@program(*INTS)
def unbound_loop(n):
    for i in range(n):
        y = i
    return i + y


@program(*INTS)
def unbound_after_del(n):
    z = 1
    if n > 1:
        del z
    return z


@program(*INTS)
def no_such_name(n):
    if n > 1:
        return nowhere  # noqa: F821
    return n


Point = namedtuple("Point", "x y")
Pair = namedtuple("Pair", ["a", "b"], defaults=[5])


@program((Point(1.0, 2),), (Point(-1.5, 0),))
def namedtuples(p):
    q = Point(p.y, p.x)
    r = Point(y=p.x * 2, x=3)
    x, y = p
    return q, r, q.x + r.y, x, p[1], len(p), Pair(p.x), Pair(1, b=p.y), p == q, p._replace(x=4.0)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 5


@program((1.0, "a", None, Colour.RED), (2.0, "b", None, Colour.BLUE), (2.0, "a", 3, Colour.RED), (2.5, "abc", None, Level.HIGH))
def known_arguments(x, name, maybe, colour):
    if name == "a" or name in ("b", "c"):
        x *= 2
    if maybe is None:
        maybe = 10
    if colour is Colour.RED:
        x += 1
    elif colour == Colour.BLUE:
        x -= 1
    return x + maybe, name, colour, len(name), name.upper(), colour.name


@program(*INTS)
def dicts(n):
    d = {"a": n, "b": 2.5}
    e = {**d, "c": 1}
    s = 0
    for k in d:
        s += d[k]
    for k, v in e.items():
        s += v
    return s, d["a"], len(e), "a" in d, "z" in d, d.get("b"), d.get("q", n), sum(e.values())


@program(*INTS)
def comprehension(n):
    squares = [i * n for i in (1, 2, 3)]
    flags = [s for s in squares if True]
    return squares, sum(squares), max(squares), flags[0], [a + b for a, b in zip(squares, (1, 2, 3))], len(squares)


@program(*INTS)
def list_item_set(n):
    a = [n, 2, 3.5]
    a[0] = n + 1
    return a


@program(*INTS)
def list_extended(n):
    a = b = [n, 2, 3.5]
    a += [1]
    return b


@program(*INTS)
def slices_of_tuples(n):
    t = (n, n + 1, n + 2, n + 3)
    return t[1:], t[:2], t[::2], t[-3:-1], t[::-1]


@program((1, 2), (2, 1), (3, 3))
def tuple_order(a, b):
    return (
        (a, b) < (b, a), (a, b) <= (a, b), (a, 1) > (b, 0), (a,) >= (a, b), max((a, b), (b, a)), (a, b) == (a, b, 1), [a] == [b],
    )


@program(3, 4)
def chars(n):
    s = 0
    for c in "abc":
        if c == "b":
            s += n
    return s


@program((2, 3, 4), (0, 0, 0), (4, 3, 2))
def builtins_of_many(a, b, c):
    return (
        max(a, b, c), min(a, b, c), sum((a, b, c)), sum([a, b], 10), any((a, b)), all((a, b, c)), max((a, b), key=lambda v: -v),
        min([a, b, c]), abs(-a), divmod(a + 7, b + 2), pow(a, 2), round(a), int(a), float(b), bool(c), len((a, b)),
        sorted is None, tuple([a, b]), list((a, b)), sum(range(a)), max(range(b + 1)), tuple(range(3)), list(enumerate((a, b))),
        list(zip((a, b), (b, c))),
    )


@program(
    (0.1, 0.2, 0.3), (1e16, 1.0, -1e16), (float("inf"), 1.0, 2.0), (float("inf"), float("-inf"), 0.0), (1e308, 1e308, -1e308),
)
def sums_of_floats(a, b, c):
    return sum((a, b, c)), sum([a, b, c], 0.5), sum((a, 1, c)), sum((a, b), 1), sum((1, 2, a, b, c)), sum((a,) * 10)


@program(*INTS)
def runtime_list(n):
    out = []
    for i in range(n):
        out.append(i)
    return out


@program(*INTS)
def runtime_comprehension(n):
    return [i * i for i in range(n)]


@pytest.mark.parametrize("f, cases", PROGRAMS, ids=[f.__name__ for f, _ in PROGRAMS])
def test_program(f, cases):
    all_same(f, cases)


def test_one_compilation_each():
    import irad.api.compiled as c

    before = c.COUNTERS["compilations"]
    f = compiled(collatz)
    for n in range(20):
        assert f(n) == collatz(n)
    assert c.COUNTERS["compilations"] - before <= 1


def runtime_text(n):
    return "a" * n


def generator(n):
    return (i for i in range(n)).send(None)


def with_block(n):
    with open(n):
        return n


def set_global(n):
    global PROGRAMS
    PROGRAMS = n


def set_attribute(n):
    Custom.x = n
    return n


REFUSED = [
    generator, with_block, set_global, set_attribute, runtime_text,
]


@pytest.mark.parametrize("f", REFUSED, ids=lambda f: f.__name__)
def test_refused(f):
    refused(f, 3)


def test_exceptions_keep_their_attributes():
    with pytest.raises(Coded) as info:
        compiled(custom_exceptions)(2)
    assert info.value.code == 7


def test_known_arguments_specialise():
    for x in (1.0, 2.0):
        for name in ("a", "q"):
            same_as_python(known_arguments, x, name, None, Colour.BLUE)


# -- arrays of several ranks and dtypes in one variable --------------------------------------------------------------


def array_or_matrix(x):
    a = np.array([x, 2.0 * x, 3.0])
    b = a if x > 1.0 else np.outer(a, a)
    return b[0], b.size, b


def ints_then_floats(x):
    a = np.arange(3)
    for i in range(3):
        if x > i:
            a = a * x
    return a


def more_and_more_axes(x):
    a = np.array([x, 2.0 * x])
    for i in range(4):
        if x > i:
            a = a[None] if a.ndim < 3 else a
    return a, np.sum(a) * x


def functions_of_several_forms(x):
    a = np.array([[x, 2.0 * x], [3.0, 4.0]]) if x > 1 else np.array([x, 5.0])
    b = np.zeros((2, 2))
    b[0] = a if x < 1 else a[1]
    i = np.array([0, 1]) if x > 2 else np.array([True, False])
    made = np.concatenate((a, a)), np.expand_dims(a, 0), np.array([a, a]), np.where(a > 1, a, 0.0), np.maximum(a, 2.0), a.T
    return np.sum(a), np.dot(b, a), b, np.outer(a, a), a.reshape(-1), np.arange(2.0)[i], a.dot(a), made


def arrays_and_none(x):
    a = np.array([x, 2.0])
    return a == None, None != a, a == "k", np.array(x) == None, np.all(a == None), np.arange(3) != "q"  # noqa: E711


def array_of_none(x):
    h = np.atleast_2d(np.asarray(None))
    return x if h is not None else 0.0


def test_arrays_compared_with_none():
    all_same(arrays_and_none, [(1.0,)])
    all_same(array_of_none, [(1.0,)])


def test_arrays_of_several_forms_in_one_variable():
    for f in (array_or_matrix, ints_then_floats, more_and_more_axes, functions_of_several_forms):
        all_same(f, [(0.5,), (1.5,), (2.5,)])
    assert irad.grad(lambda x: np.sum(array_or_matrix(x)[2]))(0.5) == pytest.approx(2 * 3 * (3 * 0.5 + 3))
    assert irad.grad(lambda x: np.sum(ints_then_floats(x)))(2.5) == pytest.approx(3 * 3 * 2.5**2)
    assert irad.grad(lambda x: more_and_more_axes(x)[1])(2.5) == pytest.approx(6 * 2.5)


# -- errors behind branches in loops ----------------------------------------------------------------------------------


def not_understood(x):
    return x + len(open("nothing").read())


def behind_a_branch_in_a_loop(x):
    a = 1
    y = 0.0
    for i in range(3):
        if x > 0:
            y = not_understood(x)
        a = a * x
    return a + y


def test_what_is_not_understood_raises_where_it_is_reached():
    all_same(behind_a_branch_in_a_loop, [(-2.0,)])
    refused(behind_a_branch_in_a_loop, 2.0, match=r"a call of \w+.open")


# -- what a branch says about alternatives ----------------------------------------------------------------------------


def by_rank(x):
    a = np.array([x, 2.0 * x, 3.0])
    b = a if x > 1.0 else np.outer(a, a)
    if not b.ndim != 2:
        return b[0, 1], b.T
    return b[2] * x, b + 1.0


def by_none(x):
    k = None if x > 1 else x
    if k is None:
        k = 3.0
    m = None if x > 2 else [x]
    if m is not None:
        k = k * m[0]
    while m is None and k < 10.0:
        k = k + x
        if k > 5.0:
            m = [k]
    return k, m


def by_class(x):
    v = "text" if x > 2 else (x, 1.0) if x > 1 else x
    if isinstance(v, str):
        return len(v)
    if isinstance(v, tuple):
        return v[0] + v[1]
    return v * 2


def test_branches_on_alternatives():
    for f in (by_rank, by_none, by_class):
        all_same(f, [(0.5,), (1.5,), (2.5,)])
    assert irad.grad(lambda x: by_rank(x)[0])(0.5) == pytest.approx(2.0)
    assert irad.grad(lambda x: by_none(x)[0])(0.5) == pytest.approx(1.0)


def not_reached(x, n, z):
    u = 0.5
    for _ in range(n):
        t = x
        if x:
            t = u
        else:
            u = z * z * math.sin(x)
    return t


def never_run(x, n, z):
    s = x
    for i in range(n):
        s += z * x * i
    return s


def test_infinite_arguments_that_are_not_reached():
    """What loops do not change is computed before them: 0 times an infinite number is no part of the derivative."""
    for z in (math.inf, -math.inf, math.nan):
        assert irad.grad(not_reached, argnums=(0, 2))(1.0, 2, z) == (0.0, 0.0)
        assert irad.grad(never_run, argnums=(0, 2))(1.5, 0, z) == (1.0, 0.0)
    assert irad.grad(never_run, argnums=(0, 2))(1.5, 3, 2.0) == (7.0, 4.5)


def test_named_tuples_of_run_time_length():
    all_same(lambda v: Pair(*v), [(np.arange(float(n)),) for n in range(4)])
    all_same(lambda v: Pair(1.5, *map(float, v)), [(np.arange(float(n)),) for n in range(3)])
    all_same(lambda v: Pair(*v, a=2.0), [(np.arange(float(n)),) for n in range(3)])
    assert irad.grad(lambda v: math.prod(Pair(*(x * x for x in v))))(np.array([2.0, 3.0])).tolist() == [36.0, 24.0]


def test_a_field_that_is_given_twice():
    all_same(lambda x: Pair(x, b=2.0, **{"a": 1.0}), [1.5])


def test_generators_of_run_time_length_as_arguments():
    """All of their items are made before the call."""
    def add(a, b=2.0, c=0.5):
        return a + b * c

    def ends(v):
        seen = []

        def each():
            for x in v:
                seen.append(x)
                yield x * x

        return add(*each(), c=4.0), seen

    all_same(ends, [(np.arange(float(n)),) for n in range(1, 4)])
    all_same(lambda v: add(*map(float, v)), [(np.arange(float(n)),) for n in range(5)])
