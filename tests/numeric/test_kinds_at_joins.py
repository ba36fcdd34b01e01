"""Numbers whose kind depends on the way that was taken: what a join makes of every pair of kinds, and derivatives through it."""

from __future__ import annotations

import datetime
import itertools
import math
import re

import numpy as np
import pytest
from numeric.harness import all_same, compiled, same_as_python

import irad
from irad.infer.kinds import CLASSES

F = np.float32
NUMBERS = [True, False, 3, 0.1, np.True_, np.int32(-4), np.int64(5), F(0.1), F(-1.25), np.float64(0.1)]


def extremes(cls: type) -> list:
    if not issubclass(cls, np.integer):
        return [cls(True)] if cls in (bool, np.bool_) else [cls(0.1)] if cls is not int else [-7, 2**53]
    return [cls(v) for v in (np.iinfo(cls).min, np.iinfo(cls).max)]


VALUES = [v for cls in CLASSES.values() for v in extremes(cls)]


def beyond_floats(a, b) -> bool:
    """Whether one of them is an int that shares a variable with a float, and that no float holds."""
    return any(abs(int(v)) > 2**53 for v in (a, b)) and any(isinstance(v, (float, np.floating)) for v in (a, b))


def either(a, b):
    def f(c):
        if c > 0:
            r = a
        else:
            r = b
        return r

    return f


@pytest.mark.parametrize("kind", CLASSES)
def test_constants_of_all_pairs_of_kinds(kind):
    a = extremes(CLASSES[kind])[-1]
    for b in VALUES:
        if not beyond_floats(a, b):
            all_same(either(a, b), [1, -1])


@pytest.mark.parametrize("big", [2**53 + 2, np.int64(-(2**60)), np.uint64(2**64 - 1)], ids=repr)
def test_ints_that_no_float_holds_are_refused_beside_floats(big):
    for way in (1, -1):
        f = either(big, F(0.5)) if way > 0 else either(0.5, big)
        with pytest.raises(OverflowError, match="share a variable with floats"):
            compiled(f)(way)


def chosen(a, b, c):
    r = a
    if c:
        r = b
    return r


def used(a, b, c):
    r = a
    if c:
        r = b
    return r * 2, r + 0.5, r == a, r < b, bool(r), abs(r), float(r)


def first_true(a, b, c):
    for _ in range(3):
        a = a or b
    return a


def summed(a, b, c):
    s = a
    for k in range(3):
        s = s + b * k
    return s


def greatest(a, b, c):
    return max(a, b), min(b, a)


def in_a_list(a, b, c):
    items = [a] * 3
    for k in range(2 if c else 1):
        items[k] = b
    return items, sum(items)


def in_a_list_at_run_time(a, b, c):
    items = [a] * (2 + c)
    for k in range(1 + c):
        items[k] = b
    return items


def tried(a, b, c):
    try:
        r = 1 // int(c)
        r = a
    except ZeroDivisionError:
        r = b
    return r


def by_number(a, b, c):
    return (a, b)[c], {0: a, 1: b}[c]


@pytest.mark.parametrize(
    "f", [chosen, used, first_true, summed, greatest, in_a_list, in_a_list_at_run_time, tried, by_number],
    ids=lambda f: f.__name__,
)
def test_arguments_of_all_pairs_of_kinds(f):
    all_same(f, [(a, b, c) for a, b in itertools.product(NUMBERS, repeat=2) for c in (0, 1)])


def greater_than_one(values):
    found = False
    for v in values:
        if v > 1:
            found = v
    return found


def sum_from_true(values):
    s = True
    for k in range(len(values)):
        s = values[k] * 2 + s
    return s


def test_elements_of_arrays():
    for values in ([0.5, 1.5], [0.5, 0.25], [3.0, 0.5]):
        for dtype in (np.float32, np.float64, np.int32, np.bool_):
            same_as_python(greater_than_one, np.array(values, dtype))
            same_as_python(sum_from_true, np.array(values, dtype))


def back_to_bool(x, n):
    r = x
    for k in range(n):
        r = r > 1 if k % 2 else r + x
    return r


def test_the_kind_after_a_loop():
    all_same(back_to_bool, [(x, n) for x in NUMBERS for n in range(4)])


def shown(a, b, c):
    r = b if c else a
    return repr(r), str(r), f"{r!r} {r}", repr((r, 1)), str((r,))


def raised(a, b, c):
    r = b if c else a
    raise ValueError(r, (r, 1))


def rounded(a, b, c):
    r = b if c else a
    return np.full(2, r), np.full(2, r, float), np.round(r, 1)


def inverted(a, b, c):
    r = b if c else a
    return -r if isinstance(r, (float, np.floating)) else ~r


@pytest.mark.parametrize("f", [shown, raised, inverted], ids=lambda f: f.__name__)
def test_texts_and_operators_of_all_pairs_of_kinds(f):
    all_same(f, [(a, b, c) for a, b in itertools.product(NUMBERS, repeat=2) for c in (0, 1)])


def test_arrays_filled_with_a_number_of_several_kinds():
    for a, b in itertools.product([3, 0.1, np.int32(-4), F(0.1), np.float64(2.5)], repeat=2):
        all_same(rounded, [(a, b, 0), (a, b, 1)])


# -- derivatives: a sum that starts as one kind of number and goes on as another -----------------------------------


def total(x):
    s = 0.0
    for _ in range(3):
        s += x
    return s


def total_of_int(x):
    s = 0
    for k in range(3):
        s = s + x * x * k
    return s


def total_of_int32(x):
    s = np.int32(1)
    for _ in range(3):
        s += x
    return s


def total_of_float64(x):
    s = np.float64(1)
    for _ in range(3):
        s = s + x
    return s


def newton(x):
    y = 1
    for _ in range(5):
        y = 0.5 * (y + x / y)
    return y


def exponential(x):
    s = 0
    t = 1
    for k in range(1, 8):
        s += t
        t *= x / k
    return s


def horner(x):
    s = 0.0
    for _ in range(4):
        s = s * x + 1
    return s


def powers(x):
    s = 0
    for k in range(4):
        s += x**k
    return s


def swapped(x):
    a, b = 0, 1
    for _ in range(5):
        a, b = b, a + b * x
    return b


def running_maximum(x):
    m = 0.0
    for k in range(4):
        m = max(m, x * k)
    return m


def until(x):
    r = 0.0
    while r < 7:
        r = r + x * x
    return r


def on_some_ways(x):
    r = 0
    for i in range(6):
        if i % 2:
            r = r + x * x
        elif i == 2:
            r = 1.5
    return r


def nested(x):
    t = 0
    for i in range(4):
        s = 0.0
        for j in range(i):
            s += x * j
        t = t + s * x
    return t


def without_a_loop(x):
    r = 0
    if x > 1:
        r = x * x
    return r


def items(x):
    found = [0, 0.0, 1]
    for k in range(3):
        found[k] = found[k] + x * k
    return found[0] * found[2] + found[1]


def euler(x):
    t = 0
    v = 0
    for _ in range(5):
        v = v - x * 0.125
        x = x + v * 0.125
        t += 0.125
    return x + t


def left_early(x):
    s = 0.5
    for _ in range(3):
        s += x
        if s > 4:
            break
    else:
        s = x
    return s


def two_at_once(x):
    s = 0
    p = 1.0
    for _ in range(4):
        s = s + p * x
        p = p * s
    return s * p


PROGRAMS = [
    total, total_of_int, total_of_int32, total_of_float64, newton, exponential, horner, powers, swapped, running_maximum, until,
    on_some_ways, nested, without_a_loop, items, euler, left_early, two_at_once,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("kind", [F, float])
def test_gradients_through_joins(f, kind):
    for x in (kind(1.25), kind(2.5)):
        same_as_python(f, x)
        step = 1e-6
        slope = (f(float(x) + step) - f(float(x) - step)) / (2 * step)
        expected = pytest.approx(slope, rel=1e-5)
        for mode in ("auto", "reverse", "forward"):
            with irad.options(mode=mode):
                value, gradient = irad.value_and_grad(f)(x)
                assert value == f(x)
                assert gradient == expected, mode
                assert type(gradient) is kind
        assert float(irad.jacrev(f)(x)) == expected
        assert float(irad.jacfwd(f)(x)) == expected


@pytest.mark.parametrize("f", [horner, newton, until, nested])
def test_second_derivatives_through_joins(f):
    expected = pytest.approx(irad.grad(irad.grad(f))(1.25), rel=1e-5)
    assert irad.grad(irad.grad(f))(F(1.25)) == expected
    assert float(irad.hessian(f)(F(1.25))) == expected


WIDTHS = list(itertools.product([float, F, np.float64], repeat=2))


def product_of_two(x, y):
    r = 0
    for _ in range(3):
        r += x * y
    return r


def from_one_to_the_other(x, y):
    for k in range(4):
        x = x + y * k
        if x > 100:
            break
    return x


@pytest.mark.parametrize("f", [product_of_two, from_one_to_the_other])
@pytest.mark.parametrize("kinds", WIDTHS, ids=lambda kinds: "-".join(c.__name__ for c in kinds))
def test_gradients_by_numbers_of_two_widths(f, kinds):
    x, y = kinds[0](1.25), kinds[1](0.5)
    expected = irad.grad(f, argnums=(0, 1))(1.25, 0.5)
    for derivative in (irad.grad, irad.jacrev):
        found = derivative(f, argnums=(0, 1))(x, y)
        assert tuple(map(float, found)) == expected
    assert tuple(map(type, irad.grad(f, argnums=(0, 1))(x, y))) == kinds


def test_gradient_by_an_array_whose_element_is_summed():
    def f(a):
        s = 0
        x = a.mean()
        for _ in range(3):
            s += x * a[0]
        return s

    a = np.array([1.5, -0.5, 2.0])
    found = irad.grad(f)(a.astype(F))
    assert found.dtype == F
    assert found == pytest.approx(irad.grad(f)(a), rel=1e-6)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_products_with_derivatives_through_joins(f):
    for x in (F(2.5), 2.5):
        slope = pytest.approx(float(irad.jacfwd(f)(2.5)), rel=1e-5)
        value, (back,) = irad.vjp(f, x)[0], irad.vjp(f, x)[1](F(1.0))
        assert (value, back) == (f(x), slope)
        assert irad.jvp(f, (x,), (1.0,)) == (f(x), slope)


def test_a_gradient_by_a_number_that_is_an_int_on_some_ways():
    def f(x):
        y = 3 if x < 0 else x
        return irad.grad(lambda z: z * z * 1.25)(y)

    for x in (2.5, F(2.5)):
        assert irad.compile(f)(x) == 6.25
        assert type(irad.compile(f)(x)) is type(x)
        with pytest.raises(irad.TypingError, match="an int, which has no derivative"):
            irad.compile(f)(-x)


def halved(u):
    return u / 2.0


def one_of_two_functions(v):
    w, s = 0, 0.0
    while w < 4:
        w += 1
        g = (abs, halved)[w % 2]
        s += g(0.2 if any(map(lambda e: w, v)) else -0.5)
    return s


def test_alternatives_that_are_known_in_another_order_before():
    for v in ([0.5], []):
        assert irad.compile(one_of_two_functions)(v) == one_of_two_functions(v)


def taken(a, x, n):
    k = x > 1.0 or n
    return a[k]


def test_an_index_that_may_be_a_bool():
    a = np.array([0.5, 1.5, 2.5])
    assert irad.compile(taken)(a, 0.5, 2) == 2.5 == irad.compile(taken)(a, np.float64(0.5), 2)
    for x in (1.5, np.float64(1.5)):
        with pytest.raises(irad.UnsupportedError, match="a bool as an index"):
            irad.compile(taken)(a, x, 2)


def made_of(x, n):
    """Arrays that numpy makes of numbers and lists, of which some are an int on some ways."""
    a = 1 if x <= 0.0 else x
    total = 0
    for _ in range(n):
        total += x
    m = np.array([total, a])
    m[1] += 3
    return (
        np.array([a, 1]), np.asarray(a), np.atleast_1d(a), np.zeros_like(a), np.stack([a, 1]), np.concatenate([[a], [2, 3]]),
        np.vstack([[total, 1], [2, a]]), np.sum([a, 2]), np.where(x > 1.0, total, 2), np.clip(total, 0, 5), np.cumsum([a, total]),
        np.append([1, 2], a), np.add([a, 1], 2), np.array([True, a, total]), np.max((a, 3)), np.zeros((2, 2), int) + a, m,
    )


def narrow(x):
    s = np.float32(x) if x > 1.0 else True
    return np.array([s, 2]), np.array((s, s)), np.clip(np.ones(2, np.float32), s, 3), np.full(2, s)


def test_arrays_are_of_the_kinds_of_the_way_that_was_taken():
    all_same(made_of, [(0.0, 0), (2.0, 0), (0.0, 2), (1.5, 3)])
    all_same(narrow, [0.5, 1.5])


def test_a_derivative_through_an_array_of_kinds_that_depend():
    def f(x):
        a = 1 if x <= 0.0 else x
        return float(np.dot([a, 1], [x, 3.0]) + np.array([a, 2]).sum())

    assert irad.grad(f)(2.0) == 5.0
    assert irad.grad(f)(-2.0) == 1.0


def bound(k):
    return None if k < 0 else k


def number(x, k):
    return None if k < 0 else (k if k > 0 else x[0])


@pytest.mark.parametrize("f", [
    lambda x, n: x[:n], lambda x, n: x[n:], lambda x, n: x[::n], lambda x, n: x[n::-1], lambda x, n: x[:n:-2],
    lambda x, n: list(x)[:n], lambda x, n: [*x][n:], lambda x, n: [x[0], x[1], x[2]][:n], lambda x, n: (x[0], x[1], x[2])[n:],
    lambda x, n: sum(x[:n]), lambda x, n: np.arange(n), lambda x, n: np.arange(0, n), lambda x, n: round(x[0], n),
    lambda x, n: math.pow(x[0], n), lambda x, n: np.full(3, 1.0 if n is None else n), lambda x, n: np.indices((n,)),
])
def test_a_bound_or_an_argument_that_may_be_none(f):
    def g(x, k):
        return f(x, bound(k))

    all_same(g, [(np.array([1.25, 2.5, 3.5, 4.5]), k) for k in (2, 1, -1, 7)], text=False)


@pytest.mark.parametrize("f", [
    lambda x, n: np.zeros(n), lambda x, n: np.full(n, 1.0), lambda x, n: x[n], lambda x, n: np.linspace(0.0, 1.0, n),
    lambda x, n: np.pad(x, n), lambda x, n: np.delete(x, 0 if n is None else n), lambda x, n: np.full(3, 1 if n is None else n),
])
def test_an_argument_that_may_be_a_float_or_none_on_other_ways(f):
    def g(x, k):
        return f(x, number(x, k))

    all_same(g, [(np.array([1.25, 2.5, 3.5, 4.5]), k) for k in (2, 1, 0, -1)], text=False)


def test_a_derivative_through_slices_whose_bounds_may_be_none():
    def f(x, k):
        n = bound(k)
        return (x[:n] ** 2).sum() + 3.0 * x[n:].sum()

    x = np.array([1.0, 2.0, 4.0])
    assert irad.grad(f)(x, 1).tolist() == [2.0, 3.0, 3.0]
    assert irad.grad(f)(x, -1).tolist() == [5.0, 7.0, 11.0]


def complex_or_not(x):
    if np.isfinite(x):
        return x
    return np.inf + 0j * np.imag(x)


def complex_of_numpy_or_not(x):
    return x if x < 9.0 else np.complex128(1j) * np.float64(3.0)


def a_duration_or_not(x):
    return x if x < 9.0 else datetime.timedelta(3) * 2


def a_dtype_or_not(x):
    return x if x < 9.0 else np.dtype("f4,f8")


def a_match_or_not(x):
    return x if x < 9.0 else re.match("a", "ab")


@pytest.mark.parametrize("f", [complex_or_not, complex_of_numpy_or_not, a_duration_or_not, a_dtype_or_not])
def test_what_is_computed_anew_each_time(f):
    """An object that Python makes of known ones is another one whenever the code is looked at."""
    assert irad.compile(f)(2.0) == 2.0 and irad.grad(f)(2.0) == 1.0
    with pytest.raises(irad.TypingError, match="one variable would hold Match .* depending on the way"):
        irad.compile(a_match_or_not)(2.0)


@pytest.mark.parametrize("none", [None, "text", math.cos, lambda x: x])
@pytest.mark.parametrize("derivative", [irad.grad, irad.value_and_grad, irad.jacfwd, irad.jacrev, irad.jacobian, irad.hessian])
def test_derivatives_by_what_is_a_number_on_some_ways_only(derivative, none):
    """From outside this is a TypeError as well."""
    def asked(x, given):
        return derivative(lambda t, x: t * t if isinstance(t, float) else x)(x if given else none, x)

    compiled = irad.compile(asked)
    assert compiled(1.5, True) == asked(1.5, True)
    for f in (compiled, asked, irad.compile(lambda x, given: derivative(lambda t, x: x)(none, x))):
        with pytest.raises(TypeError, match="argument 0.* which has no derivative"):
            f(1.5, False)


@pytest.mark.parametrize("derivative", [irad.jacfwd, irad.jacrev, irad.jacobian, irad.hessian])
def test_jacobians_by_what_holds_no_floats(derivative):
    for f in (derivative(lambda t, x: x * x), irad.compile(lambda t, x: derivative(lambda t, x: x * x)(t, x))):
        assert f((1, None), 2.0) == (None, None)


@pytest.mark.parametrize("kind", [float, np.float64, np.float32])
@pytest.mark.parametrize("f", [lambda x: np.float64(x) * 2, lambda x: np.float32(x) * x, lambda x: x * 2])
def test_jacobians_by_numbers_are_numbers_of_their_kind(f, kind):
    for derivative in (irad.jacfwd, irad.jacrev, irad.jacobian, irad.hessian, irad.grad):
        assert type(derivative(f)(kind(1.5))) is kind
