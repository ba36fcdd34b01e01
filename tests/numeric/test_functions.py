"""Calls, closures, defaults, recursion, functions as values, captured state, against CPython."""

from __future__ import annotations

import colorsys
import functools
import math
import operator

import numpy as np
import pytest
from numeric.harness import all_same, difference, outcome, refused, same_as_python

import irad

PROGRAMS = []


def program(*cases):
    def add(f):
        PROGRAMS.append((f, [c if isinstance(c, tuple) else (c,) for c in cases]))
        return f

    return add


def helper(x, y=2.0, *, z=1, **rest):
    return x * y + z + sum(rest.values())


def star(*args, scale=1.0):
    s = 0.0
    for a in args:
        s += a * scale
    return s, len(args)


@program((1.0, 2), (0.5, -1))
def calls(x, n):
    return (
        helper(x), helper(x, n), helper(x, z=n), helper(y=3, x=n), helper(x, n, z=4, q=x, r=n), helper(*(x, n)),
        helper(**{"x": x, "z": n}), star(x, n, 3), star(), star(x, scale=n), star(*(x,) * 3, n),
    )


def fact(n):
    return 1 if n <= 1 else n * fact(n - 1)


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def power(x, n):
    if n == 0:
        return 1
    if n % 2:
        return x * power(x, n - 1)
    h = power(x, n // 2)
    return h * h


def bounds(n):
    if n == 0:
        return 0, 0.0
    a, b = bounds(n - 1)
    return a + n, b + 0.5 * n


@program(0, 1, 5, 10)
def recursion(n):
    return fact(n), fib(n), is_even(n), is_odd(n), ackermann(2, n % 4), power(1.5, n), power(3, n), bounds(n)


def twice(f, x):
    return f(f(x))


def compose(f, g):
    return lambda x: f(g(x))


@program((1.5, 1), (2.0, 2), (-1.0, 3))
def functions_as_values(x, n):
    f = math.sin if n == 1 else math.cos if n == 2 else abs
    g = (lambda v: v * n) if x > 0 else (lambda v: v - n)
    table = (math.sqrt, math.exp, lambda v: v + 1)
    h = compose(math.exp, g)
    return f(x), g(x), twice(lambda v: v * 2 + n, x), twice(g, x), h(x), table[n % 3](abs(x)), compose(f, lambda y: y / 3)(x)


@program((1.0, 2), (0.5, 3))
def closures(x, n):
    count = 0

    def add(k=1):
        nonlocal count
        count += k
        return count

    def inner(a, b=x):
        def innermost(c):
            return a + b + c + n

        return innermost(a) * innermost(b)

    add()
    add(n)
    r = inner(1.5)
    x = 100.0
    fs = [lambda v, k=k: v + k for k in (1, 2, 3)]
    late = [lambda v: v + j for j in (1, 2, 3)]
    return r, add(), count, inner(1), inner(1, 2), [f(x) for f in fs], [f(x) for f in late]


@program(3, 0, 5)
def nested_state(n):
    total = 0.0
    trace = None

    def step(i):
        nonlocal total, trace
        if i > 2:
            total += i * 0.5
            trace = i
        return total

    for i in range(n):
        step(i)
    return total, trace, step(n)


@program((2.0, 3.0), (1.0, 0.5))
def partials(x, y):
    f = functools.partial(helper, x)
    g = functools.partial(helper, y=y, z=5)
    h = functools.partial(functools.partial(helper, x), z=7)
    return f(), f(y), f(y, z=2), g(x), g(x, z=1), h(y), functools.partial(max, x)(y)


@program((2.0, 3.0), (1.0, 0.5))
def operators(x, y):
    return (
        operator.add(x, y), operator.mul(x, y), operator.truediv(x, y), operator.lt(x, y), operator.neg(x), operator.pow(x, y),
        operator.not_(x), operator.abs(-x),
    )


@program((1.0,), (2,))
def shadowed(x):
    max = lambda a, b: a - b  # noqa: E731
    sum = 3
    return max(x, sum), [abs for abs in (x, 2)]


@program((1.0, 2.0),)
def no_return(x, y):
    z = x + y


@program((1.0, 2.0), (3.0, 1.0))
def maybe_none(x, y):
    if x > y:
        return x


@program((4, 1.5), (0, 0.0))
def positional_only(n, x, /):
    def f(a, /, b, *, c):
        return a - b * c

    return f(n, x, c=2), f(n, b=1, c=x)


@pytest.mark.parametrize("f, cases", PROGRAMS, ids=[f.__name__ for f, _ in PROGRAMS])
def test_program(f, cases):
    all_same(f, cases)


def wrong_count(x):
    return helper()


def wrong_keyword(x):
    return star(x, scal=2)


def wrong_star(x):
    return twice(x)


def double_argument(x):
    return helper(x, x=2)


def many(x):
    return twice(abs, x, 1, 2)


def not_callable(x):
    return x(1)


WRONG = [wrong_count, wrong_keyword, wrong_star, double_argument, many, not_callable]


@pytest.mark.parametrize("f", WRONG, ids=lambda f: f.__name__)
def test_wrong_calls(f):
    same_as_python(f, 1.0)


def test_arguments_by_keyword():
    same_as_python(helper, 1.0, y=3.0)
    same_as_python(helper, 1.0, z=2)
    same_as_python(helper, x=2.0, y=1)
    same_as_python(helper, 2.0, 3.0, z=2.5, w=1, v=2.0)
    same_as_python(star, 1.0, 2, 3.5, scale=2.0)
    same_as_python(star)


def test_wrong_arguments_of_a_compiled_function():
    same_as_python(twice, abs)
    same_as_python(helper, 1.0, 2.0, 3.0)
    same_as_python(fact, 1, n=2)
    same_as_python(fact, m=2)


def test_globals_and_cells_change():
    space = {"a": 2.0, "k": 3, "v": np.array([1.0, 2.0])}
    exec("def f(x): return x * a + k + v[0]", space)
    f, g = space["f"], irad.compile(space["f"])
    assert f(1.0) == g(1.0)
    for name, value in (
        ("a", 5.0), ("k", 7), ("k", 8), ("a", 2), ("v", np.array([9.0])), ("k", 2.5), ("v", np.array([1, 2, 3])),
        ("a", np.float64(0.5)),
    ):
        space[name] = value
        found = difference(f(1.5), g(1.5))
        assert not found, (name, value, found)
    space["v"][0] = 44
    assert difference(f(1.5), g(1.5)) is None


def test_cells_and_defaults_change():
    def make():
        n, x = 1, 0.5

        def f(y, z=2.0):
            return y * n + x + z

        def change(new_n, new_x):
            nonlocal n, x
            n, x = new_n, new_x

        return f, change

    f, change = make()
    g = irad.compile(f)
    for n, x in ((1, 0.5), (2, 0.5), (2, 7.0), (3, 1), (4, np.float64(2)), (5, 0.0)):
        change(n, x)
        assert difference(f(1.5), g(1.5)) is None, (n, x)


def compilations():
    import irad.api.compiled as c

    return c.COUNTERS["compilations"]


def test_defaults_replaced():
    def f(x, y=1.0):
        return x + y

    g = irad.compile(f)
    assert g(1.0) == 2.0
    before = compilations()
    for y in (9.0, 3.5, 7.25):  # the value of a float is read at each call
        f.__defaults__ = (y,)
        assert g(1.0) == g(1.0) == 1.0 + y
    assert compilations() == before
    f.__defaults__ = (2,)
    assert difference(f(1), g(1)) is None
    f.__defaults__ = (np.float64(0.5),)
    assert difference(f(1.0), g(1.0)) is None
    f.__defaults__ = None
    with pytest.raises(TypeError, match="missing 1 required"):
        g(1.0)
    assert g(1.0, 2.0) == 3.0


def test_parts_of_a_helper_replaced():
    def helper(x, k=2.0, *, shift=0.0, text="no"):
        return x * k + shift + (1000.0 if text == "yes" else 0.0)

    def f(x):
        return helper(x) + helper(x, k=1.0)

    def other(x, k=2.0, *, shift=0.0, text="no"):
        return x - k - shift

    changes = [lambda: setattr(helper, "__defaults__", (5.0,)),
               lambda: setattr(helper, "__kwdefaults__", {"shift": 3.0, "text": "no"}),
               lambda: helper.__kwdefaults__.update(shift=4.5), lambda: helper.__kwdefaults__.update(text="yes"),
               lambda: setattr(helper, "__code__", other.__code__), lambda: setattr(helper, "__defaults__", (0.25,))]
    g, d = irad.compile(f), irad.grad(f)
    for change in [lambda: None, *changes]:
        change()
        for x in (1.5, -2.0):
            assert difference(f(x), g(x)) is None
        assert d(1.5) == pytest.approx(f(2.5) - f(1.5))


def test_parts_are_seen_without_the_layout_of_functions(monkeypatch):
    """Where the fields of function objects are not found, calls take the entry that looks at them through Python."""

    from irad.runtime import state

    blind = state.layout()._replace(function=None)
    monkeypatch.setattr(state, "layout", lambda: blind)

    def f(x, y=1.0):
        return x + y

    g = irad.compile(f)
    assert g(1.0) == 2.0
    f.__defaults__ = (9.0,)
    assert g(1.0) == g(1.0) == 10.0


def test_closure_replaced_by_one_over_another_value():
    space = {}
    exec("def make(a): return lambda x: x * a\ndef f(x): return h(x)", space)
    space["h"] = space["make"](2.0)
    g = irad.compile(space["f"])
    assert g(1.0) == 2.0
    before = compilations()
    for a in (3.0, 4.0, 5.0):
        space["h"] = space["make"](a)
        assert g(1.0) == a
    assert compilations() == before
    space["h"] = space["make"](7)
    assert g(1) == 7 and type(g(1)) is int


def test_helper_rebound():
    space = {}
    exec("def h(x): return x + 1\ndef f(x): return h(x) * 2", space)
    g = irad.compile(space["f"])
    assert g(1.0) == 4.0
    exec("def h(x): return x + 10", space)
    assert g(1.0) == 22.0
    space["h"] = math.sqrt
    assert g(4.0) == 4.0


def test_a_thousand_lambdas_compile_once():
    import irad.api.compiled as c

    before = c.COUNTERS["compilations"]
    for i in range(1000):
        assert irad.compile(lambda x, k=i * 0.5: 1)(1.0) == 1
        lam = i * 0.25
        assert irad.compile(lambda x: x * lam)(2.0) == 2.0 * lam
    assert c.COUNTERS["compilations"] - before <= 4


def test_methods_and_callables():
    assert irad.compile(math.sin)(0.5) == math.sin(0.5)
    assert irad.compile(functools.partial(helper, 2.0))(3.0) == helper(2.0, 3.0)
    assert irad.compile(functools.partial(helper, z=2))(3.0, y=1.0) == helper(3.0, 1.0, z=2)
    assert difference(outcome(np.exp, (1.0,), {}), irad.compile(np.exp)(1.0), ulps=1) is None
    assert irad.compile(irad.compile(fib))(10) == 55
    inner = irad.compile(fib)
    assert irad.compile(lambda n: inner(n) + 1)(10) == 56


def test_recursion_error():
    def forever(n):
        return forever(n + 1) + 1

    with pytest.raises(RecursionError):
        irad.compile(forever)(0)


def foreign_call(x):
    return np.fft.fft(x)


def test_foreign_functions_are_refused():
    refused(foreign_call, np.zeros(3), match="fft")


# -- locals() -------------------------------------------------------------------------------------------------------


def reads_locals(x, y=2.0, *rest, k=None):
    z = x * y
    if x > 1.0:
        w = z + 1.0
    found = {}
    for name in ["y", "z", "w", "k", "nothing"]:
        v = locals().get(name)
        if v is not None:
            found[name] = v
    return found["y"] + found["z"], len(rest)


def locals_with_cells(x):
    y = 2.0 * x

    def inner(z):
        q = y * z
        return locals()["y"] + locals()["q"] + locals()["z"]

    return inner(3.0), sorted(locals())


def locals_is_another(x):
    return another_locals(lambda: x)


def another_locals(locals):
    return locals()


def test_locals():
    for f in (reads_locals, locals_with_cells, locals_is_another):
        all_same(f, [(0.5,), (2.0,)])


# -- f(x, *p), where the length of p is known at run time only --------------------------------------------------------


def model(t, a, b, c=2.0):
    return a * np.exp(-b * t) + c


class Model:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def at(self, t, scale):
        return self.a * t + self.b * scale


def fitted(p):
    t = np.linspace(0.0, 1.0, 5)
    return np.sum((model(t, *p) - 1.0) ** 2)


def star_in_the_middle(p):
    return model(0.5, *p, 3.0)


def star_alone(p):
    return Model(*p).at(*p)


def star_of_a_list(x, n):
    xs = []
    for i in range(n):
        xs.append(x * i)
    return model(*xs), model(1.0, *xs, c=1.0)


def stars_of_known_and_unknown(p):
    return model(*(1.0,), *p)


def test_stars_of_run_time_length():
    for f in (fitted, star_in_the_middle, star_alone, stars_of_known_and_unknown):
        all_same(f, [np.arange(float(n)) + 0.5 for n in range(6)])
    all_same(star_of_a_list, [(0.5, n) for n in range(6)])
    p = np.array([1.5, 0.7])
    t = np.linspace(0.0, 1.0, 5)
    rest = 2 * (model(t, *p) - 1.0)
    slopes = [np.sum(rest * np.exp(-0.7 * t)), np.sum(-rest * 1.5 * t * np.exp(-0.7 * t))]
    np.testing.assert_allclose(irad.grad(fitted)(p), slopes, rtol=1e-12)


def polar(x):
    if x > 0.0:
        return x, 2.0 * x
    if x > -1.0:
        return (3.0 * x,)
    if x > -2.0:
        return x  # a mistake: no tuple
    # and here there is no result


def star_of_what_may_be_none(x):
    return helper(*polar(x))


def stars_of_what_may_be_none(x):
    return helper(x, *polar(x))


def method_of_what_may_be_none(x):
    return Model(1.0, x).at(*polar(x))


def stars_in_a_list(x):
    return [x, *polar(x)]


def stars_of_branches(h, s, v):
    return operator.add(*colorsys.hsv_to_rgb(h, s, v)[:2]), star(*colorsys.hsv_to_rgb(h, s, v))


def test_stars_of_what_depends_on_the_way():
    """Tuples of several lengths, and functions that may end without a result."""
    points = [1.5, -0.5, -1.5, -2.5]
    for f in (star_of_what_may_be_none, stars_of_what_may_be_none, method_of_what_may_be_none, stars_in_a_list):
        all_same(f, points)
    all_same(stars_of_branches, [(0.3, 0.4, 0.5), (0.9, 0.4, 0.5), (0.9, 0.0, 0.5)])
    assert irad.grad(star_of_what_may_be_none)(1.5) == 6.0
    assert irad.grad(star_of_what_may_be_none)(-0.5) == 6.0


def moves_of(names):
    def f(n, cost):
        moves = []

        def tower(n, *pegs):
            if n == 0:
                return 0.0
            before = tower(n - 1, pegs[0], *pegs[2:], pegs[1])
            moves.append((n, *pegs[:2]))
            return before + cost * n + tower(n - 1, pegs[2], pegs[1], pegs[0], *pegs[3:])

        return tower(n, *names) + len(moves), moves[-1]
    return f


def test_a_recursion_with_a_list_in_many_forms():
    """What was refused in the analysis was compiled afterwards: an InternalError."""
    same_as_python(moves_of("ACB"), 3, 0.5)
    assert irad.grad(lambda c: moves_of("ACB")(3, c)[0])(0.5) == 11.0
    with pytest.raises(irad.UnsupportedError, match="a recursion that passes on lists, dicts or objects of another form"):
        irad.compile(moves_of("ACBD"))(3, 0.5)


def test_a_tree_of_tuples_made_by_recursion_is_refused_and_not_grown_for_ever():
    def build(x, depth):
        if depth == 0:
            return "leaf", x
        return "node", x, build(x * 0.5, depth - 1), build(x * 2.0, depth - 1)

    def f(x, depth):
        t = build(x, depth)
        while t[0] == "node":
            t = t[2] if t[1] > 1 else t[3]
        return t[1]

    with pytest.raises(irad.TypingError, match="has no fixed form"):
        irad.compile(f)(1.5, 2)
