"""Functions as arguments: their code is compiled in, what they captured is read at each call."""

from __future__ import annotations

import functools
import gc
import math
import sys
import types
import weakref

import numpy as np
import pytest
from numeric.harness import all_same, compiled, difference, same_as_python

import irad
import irad.api.compiled as c


def apply(f, x):
    return f(x) + f(x + 1)


def times(a):
    return lambda x: x * a


class compilations:
    """`with compilations(1): ...`"""

    def __init__(self, most):
        self.most = most

    def __enter__(self):
        self.before = c.COUNTERS["compilations"]

    def __exit__(self, *exc):
        if exc[0] is None:
            assert c.COUNTERS["compilations"] - self.before <= self.most


def check(f, fresh, *args, most=1):
    """Fresh functions for `f`, compiled at most so often, do what Python does."""
    g = irad.compile(f)
    with compilations(most):
        for function in fresh:
            assert difference(f(function, *args), g(function, *args)) is None, function


def test_floats():
    check(apply, [times(a * 0.5) for a in range(50)], 3.0)
    check(apply, [lambda x, k=k * 0.5: x - k for k in range(20)], 3.0)
    check(apply, [times(np.float64(a)) for a in range(5)], 3.0)


def test_what_else_is_read_at_each_call():
    check(apply, [times(np.arange(3.0) + k) for k in range(10)], 2.0)
    check(apply, [times(np.arange(6.0)[::2] + k) for k in range(10)], np.ones(3), most=1)

    def of_tuple(t):
        return lambda x: x * t[0] + t[1][0] - t[1][1]

    check(apply, [of_tuple((0.5 * k, (k + 0.25, 1.5))) for k in range(10)], 2.0)

    def nested(a, b):
        inner = times(a)
        return lambda x: inner(x) + b

    check(apply, [nested(0.5 * k, 1.0 - k) for k in range(10)], 2.0)


def test_ints_become_run_time():
    check(apply, [times(k) for k in range(20)], 3, most=3)
    check(apply, [times(k) for k in range(20)], 3.5, most=3)

    def along(axis):
        return lambda a: np.sum(a, axis=axis)

    def total(f, a):
        return np.sum(f(a))

    check(total, [along(k) for k in (0, 1, 2, 0, 1, 2)], np.arange(24.0).reshape(2, 3, 4), most=3)  # they must be known


def test_known_values():
    def by(mode):
        return lambda x: x * 2 if mode == "double" else x

    check(apply, [by(m) for m in ("double", "none", None, "".join(["dou", "ble"]), "double")], 1.5, most=3)
    check(apply, [by(10**15), by(int("1" + "0" * 15))], 1.5, most=1)
    check(apply, [(lambda m: lambda x: m.sin(x))(m) for m in (math, np, math)], 1.5, most=2)


def test_equal_known_arguments():
    def f(x, mode, pair):
        return x * 2 if mode == "double" and pair[0] == "a" else x

    g = irad.compile(f)
    with compilations(1):
        for mode, pair in (("double", ("a", 1.0)), ("".join(["dou", "ble"]), ("".join(["a"]), 2.0))):
            assert g(1.5, mode, pair) == 3.0
    same_as_python(lambda x, mode: (mode, x), 1.0, "text")
    h = irad.compile(lambda x, n: x + n, static_argnums=(1,))
    with compilations(1):
        assert h(1.0, 10**15) == h(1.0, int("1" + "0" * 15)) == 1.0 + 10**15


def test_other_callables():
    check(apply, [functools.partial(lambda k, x: k * x, 0.5 * k) for k in range(10)], 2.0)
    check(apply, [functools.partial(lambda x, k: k * x, k=0.5 * k) for k in range(10)], 2.0)
    check(apply, [functools.partial(math.pow, 2.0 + k) for k in range(10)], 2.0)
    check(apply, [irad.compile(times(0.5 * k)) for k in range(10)], 2.0)
    check(apply, [math.sin, math.cos, np.exp, abs], 0.5, most=4)

    class Scaled:
        def method(self, x):
            return x * 2.0

    scaled = Scaled()
    check(apply, [scaled.method for _ in range(5)], 2.0)
    g = irad.compile(apply)
    with compilations(1):
        for k in range(10):
            a = 0.5 * k
            assert g(irad.grad(lambda x: a * x * x), 1.5) == 2 * a * 4.0
    two = irad.compile(lambda fs, x: fs[0](x) - fs[1](x))
    with compilations(1):
        for k in range(10):
            assert two((times(k + 0.5), functools.partial(lambda a, x: a * x, 2.0)), 3.0) == 3 * (k + 0.5) - 6


def test_keywords():
    g = irad.compile(apply)
    with compilations(1):
        for k in range(5):
            assert g(x=1.0, f=times(k + 0.5)) == 3 * (k + 0.5)


def test_functions_known_as_a_whole():
    def recursive(a):
        def fact(n):
            return a if n < 1 else n * fact(n - 1)

        return fact

    def keyword(a):
        def f(x, *, k=a):
            return x * k

        return f

    for make in (recursive, keyword):
        check(apply, [make(0.5 * k) for k in range(3)], 2.0, most=3)
    empty = times(1.0)
    del empty.__closure__[0].cell_contents
    same_as_python(apply, empty, 1.0, text=False)
    items = [1.0]
    called, f = irad.compile(apply), lambda x: x * items[0]
    for change in (lambda: None, lambda: items.append(2.0), lambda: items.reverse(), lambda: items.pop()):
        change()
        assert called(f, 1.5) == apply(f, 1.5) == called(f, 1.5)
    items = [7.0]
    assert called(f, 1.5) == apply(f, 1.5)


def test_what_a_function_holds_changes():
    def counter(a):
        def f(x, k=1.0):
            return x * a + k

        def change(b):
            nonlocal a
            a = b

        return f, change

    f, change = counter(1.0)
    g = irad.compile(apply)
    with compilations(4):  # float; float with an int default; int; np.float64
        for step in (lambda: None, lambda: change(2.5), lambda: setattr(f, "__defaults__", (7.5,)),
                     lambda: setattr(f, "__defaults__", (3,)), lambda: change(4), lambda: change(np.float64(0.5))):
            step()
            assert difference(apply(f, 2.0), g(f, 2.0)) is None
            assert difference(apply(f, 3.0), g(f, 3.0)) is None
    f.__code__ = (lambda a: lambda x, k=1.0: x - a - k)(0).__code__
    assert difference(apply(f, 2.0), g(f, 2.0)) is None
    f.__defaults__ = None
    with pytest.raises(TypeError, match="missing 1 required"):
        g(f, 2.0)


def test_equal_code_at_another_place():
    space = {}
    g = irad.compile(apply)
    for k in range(3):
        exec("f = lambda x: x * 2 + 1", space)
        assert g(space["f"], 1.5) == apply(space["f"], 1.5), k


def test_globals_of_the_function():
    space = {"scale": 2.0}
    exec("def f(x): return x * scale", space)
    g = irad.compile(apply)
    for scale in (2.0, 3.5, 4, 5):
        space["scale"] = scale
        assert difference(apply(space["f"], 1.0), g(space["f"], 1.0)) is None


def test_questions_about_functions():
    def ask(f, x):
        return (f is None, callable(f), isinstance(f, types.FunctionType), f.__name__, f(x))

    same_as_python(ask, times(2.5), 1.0)
    same_as_python(lambda f, g, x: f(g(x)) if f is not None else g(x), None, times(2.5), 1.0)


def test_derivatives():
    g = irad.grad(apply, 1)
    with compilations(1):
        for k in range(10):
            a = k + 0.5
            assert math.isclose(g(lambda x: a * x**3, 2.0), 3 * a * (4.0 + 9.0), rel_tol=1e-14)
    assert irad.hessian(apply, 1)(lambda x: a * x**3, 2.0) == pytest.approx(6 * a * 5.0)
    assert irad.jvp(lambda x: apply(lambda y: y * a, x), (1.0,), (1.0,))[1] == 2 * a
    with pytest.raises(TypeError):
        irad.grad(apply)(times(2.0), 1.0)
    weights = np.array([1.0, 2.0])

    def writes(x):
        weights[0] = x
        return weights[0] * weights[1]

    assert g(writes, 3.0) == 4.0 and weights.tolist() == [1.0, 2.0]
    assert compiled(apply)(writes, 3.0) == apply(writes, 3.0) and weights.tolist() == [4.0, 2.0]


def test_captured_array_that_is_an_argument_too():
    def f(g, a):
        g(2.0)
        return a[0] + np.sum(a)

    def setter(a):
        def g(x):
            a[1] = x
            return 0.0

        return g

    for kind in (lambda a: a, lambda a: a[:2]):
        mine, theirs = np.array([1.0, 5.0, 7.0]), np.array([1.0, 5.0, 7.0])
        assert irad.compile(f)(setter(kind(mine)), mine) == f(setter(kind(theirs)), theirs)
        assert mine.tolist() == theirs.tolist()


def test_nothing_is_kept():
    g = irad.compile(apply)
    array = np.ones(3)
    count = sys.getrefcount(array)
    f = times(array)
    for _ in range(100):
        g(f, 2.0)
    gone = weakref.ref(f)
    del f
    gc.collect()
    assert gone() is None and sys.getrefcount(array) == count


def test_a_thousand_functions_need_no_python():
    """The native entry itself takes a fresh function apart."""
    g = irad.compile(apply)
    g(times(0.5), 1.0)
    entered = []
    original = type(g)._slow_call

    def watched(self, *args, **kwargs):
        entered.append(args)
        return original(self, *args, **kwargs)

    c.CompiledBase._slow_call, kept = watched, c.CompiledBase._slow_call
    try:
        for k in range(1000):
            assert g(times(k * 0.25), 1.0) == 3.0 * k * 0.25
    finally:
        c.CompiledBase._slow_call = kept
    assert not entered


def test_types_as_arguments_are_values():
    """A class that is passed is known, as any object; types stand for values where code is looked at (`f.ir(float)`)."""
    f = irad.compile(lambda kind, x: x if kind is float else x * 2.0)
    assert f(float, 1.5) == 1.5
    assert f(np.float64, 1.5) == 3.0
    assert "func" in f.ir(float, float)


class Filter:
    """An object that holds a function, and changes when it is used."""

    def __init__(self, rule, x=3.0):
        self.rule, self.x, self.parts = rule, x, [rule, 1.0]

    def step(self, n):
        for _ in range(n):
            self.x = self.rule(self.x) * 0.5
            self.parts[1] += self.x
        self.steps = n
        return self.x


def affine(a, b):
    return lambda x: x * a[0] + b


RULES = [math.cos, np.sin, times(3.0), times(math.nan), affine(np.array([0.5, 1.0]), 2), functools.partial(times(2.0))]


@pytest.mark.parametrize("rule", RULES)
def test_objects_that_hold_functions_can_be_changed(rule):
    for n in (0, 3):
        mine, theirs = Filter(rule), Filter(rule)
        assert difference(theirs.step(n), irad.compile(Filter.step)(mine, n)) is None
        assert mine.rule is rule and mine.parts[0] is rule
        assert difference([theirs.x, theirs.parts[1:], theirs.steps], [mine.x, mine.parts[1:], mine.steps]) is None
    with pytest.raises(AttributeError, match="no attribute 'missing'"):
        irad.compile(lambda f: (f.step(1), f.missing))(Filter(rule))


def test_another_function_of_the_same_code_is_refused():
    def f(m, y):
        m.x = 1.0
        if y > 0.0:
            m.rule = times(y)
        return m.rule(m.x)

    m = Filter(times(3.0))
    assert irad.compile(f)(m, -1.0) == 3.0 and m.x == 1.0
    with pytest.raises(irad.UnsupportedError, match="another function than before"):
        irad.compile(f)(m, 2.0)
    assert m.rule(1.0) == 3.0


def euler(f, x):
    return x + f(x)


def heun(f, x):
    return x + 2.0 * f(x)


def test_which_function_a_name_stands_for():
    def step(method, x):
        if method is euler:
            return method(lambda v: v, x)
        return 3.0 * method(lambda v: v * v, x) if method == heun else -x

    def f(x):
        chosen = heun if x > 1.0 else euler
        asked = chosen is heun, euler != heun, [heun, euler].index(euler), heun in (euler,)
        return step(euler, x), step(heun, x), step(chosen, x), asked

    all_same(f, [(1.5,), (0.5,)])
