"""Derivatives, in compiled code, of functions that captured lists, dicts and objects: these are as they are elsewhere."""

from functools import partial

import numpy as np
import pytest
from numeric.harness import all_same, refused

import irad


class Spring:
    def __init__(self, rate, rest=0.0):
        self.rate = rate
        self.rest = rest
        self.calls = 0

    def energy(self, x):
        self.calls += 1
        return 0.5 * self.rate * (x - self.rest) ** 2

    def force(self, x):
        return -irad.grad(lambda x: self.energy(x))(x)

    def force_by_method(self, x):
        return -irad.grad(self.energy)(x)

    def stiffness(self, x):
        return irad.grad(irad.grad(lambda x: self.energy(x)))(x)


def weighed(x, values):
    return sum(v * x * x for v in values) + len(values) * x


def of_a_list(x, values):
    return irad.grad(lambda x: weighed(x, values))(x)


def of_a_list_by_jvp(x, values):
    return irad.jvp(lambda x: weighed(x, values), (x,), (1.0,))[1]


def of_a_list_by_vjp(x, values):
    _, pullback = irad.vjp(lambda x: weighed(x, values), x)
    return pullback(1.0)[0]


def of_a_list_in_a_tuple(x, *rest):
    return irad.grad(lambda x: weighed(x, *rest))(x)


def of_a_function_of_a_function(x, values):
    def inner(x):
        return weighed(x, values)

    def outer(x):
        return inner(x) if type(values) is list else 0.0

    return irad.grad(outer)(x)


def of_a_partial(x, values):
    return irad.grad(partial(weighed, values=values))(x)


def by_newton(x, values):
    for _ in range(3):
        slope = irad.grad(lambda x: weighed(x, values))(x)
        bend = irad.hessian(lambda x: weighed(x, values))(x)
        x = x - slope / bend
    return x


LISTS = [
    of_a_list, of_a_list_by_jvp, of_a_list_by_vjp, of_a_list_in_a_tuple, of_a_function_of_a_function, of_a_partial,
]


@pytest.mark.parametrize("f", LISTS, ids=lambda f: f.__name__)
def test_lists(f):
    for values in ([1.0, 2.0], [0.5, 0.25, 4.0]):
        assert irad.compile(f)(1.5, values) == 2.0 * sum(values) * 1.5 + len(values)
        assert irad.grad(f)(1.5, values) == 2.0 * sum(values)


def test_a_newton_iteration():
    assert irad.compile(by_newton)(2.0, [1.0, 3.0]) == pytest.approx(-0.25)
    by_values = irad.grad(by_newton, argnums=1)(2.0, [1.0, 3.0])
    assert by_values == pytest.approx([1.0 / 16.0] * 2)  # -n / (2 s) by each of the values whose sum is s


def test_objects():
    s = Spring(3.0, 0.5)
    for name, want in (("force", -4.5), ("force_by_method", -4.5), ("stiffness", 3.0)):
        f = getattr(Spring, name)
        assert irad.compile(lambda s, x, f=f: f(s, x))(s, 2.0) == want
        assert s.calls == 0  # a derivative changes nothing
    by_object = irad.grad(lambda s, x: s.force(x))(s, 2.0)
    assert (by_object.rate, by_object.rest) == (-1.5, 3.0)


def test_dicts_that_are_changed():
    def doubled(x, d):
        d["a"] = d["a"] * x
        return d["a"] * x

    def slope(x, d):
        g = irad.grad(lambda x: doubled(x, d))(x)
        return g, d["a"]

    assert irad.compile(slope)(2.0, {"a": 3.0}) == (12.0, 3.0)


def test_lists_that_grow():
    def slope(x, n):
        seen = [1.0]

        def f(x):
            for k in range(n):
                seen.append(x * k)
            return sum(seen) * x

        return irad.grad(f)(x), len(seen)

    assert irad.compile(slope)(2.0, 4) == (1.0 + 2 * 6.0 * 2.0, 1)


def test_jacobians():
    def rates(x, s):
        return irad.jacobian(lambda x: np.array([s.energy(x[0]), s.rate * x[1]]))(x)

    np.testing.assert_array_equal(irad.compile(rates)(np.array([2.0, 1.0]), Spring(3.0)), [[6.0, 0.0], [0.0, 3.0]])


def test_functions_that_share_what_they_captured():
    def slope(x, s, values):
        def push(x):
            s.calls += 1
            values[0] = values[0] * x
            return s.energy(x)

        def total(x):
            return push(x) * s.calls + push(x * x) * values[0] + s.calls

        return irad.grad(total)(x), s.calls, values[0]

    def by_hand(x, w):  # rate 3, rest 0: push adds two calls
        return 1.5 * x**2 * 2 + 1.5 * x**4 * w * x**3 + 4

    found, calls, first = irad.compile(slope)(1.25, Spring(3.0), [0.5])
    assert found == pytest.approx(irad.grad(by_hand)(1.25, 0.5), rel=1e-13)
    assert (calls, first) == (0, 0.5)
    bend = irad.grad(lambda x, s, values: slope(x, s, values)[0])(1.25, Spring(3.0), [0.5])
    assert bend == pytest.approx(irad.grad(irad.grad(by_hand))(1.25, 0.5), rel=1e-13)


@pytest.mark.parametrize("flag", [False, True])
def test_an_object_that_is_one_of_two(flag):
    def slope(x, a, b, flag):
        s = a if flag else b

        def f(x):
            s.rate = s.rate * x
            return s.energy(x)

        return irad.grad(f)(x)

    assert irad.compile(slope)(2.0, Spring(3.0), Spring(5.0), flag) == 1.5 * (3.0 if flag else 5.0) * 4.0


def test_one_object_that_is_captured_and_given():
    def read(x, s):
        return irad.grad(lambda x, o: s.rate * x * o.rate)(x, s)

    def changed(x, s):
        def f(x, o):
            o.rate = o.rate * x
            return s.rate * x

        return irad.grad(f)(x, s)

    assert irad.compile(read)(2.0, Spring(3.0)) == 9.0
    refused(changed, 2.0, Spring(3.0), match="changes a Spring which it has captured and been given, too")


class Decay:
    def __init__(self, data, times):
        self.data = data
        self.times = times
        self.evaluations = 0

    def loss(self, p):
        self.evaluations += 1
        residual = p[0] * np.exp(-p[1] * self.times) - self.data
        return np.dot(residual, residual)


class Newton:
    def __init__(self, model, steps):
        self.model = model
        self.steps = steps
        self.history = []

    def run(self, p):
        for _ in range(self.steps):
            value, slope = irad.value_and_grad(self.model.loss)(p)
            bend = irad.hessian(lambda q: self.model.loss(q))(p)
            p = p - np.linalg.solve(bend + 1e-3 * np.eye(2), slope)
            self.history.append(value)
        return p


def test_an_optimiser_that_is_a_class():
    """What it writes down goes out when a call fails, too: the texts of errors are values there, and must not change."""
    times = np.linspace(0.0, 3.0, 9)
    data = 2.0 * np.exp(-1.3 * times)
    search, start = Newton(Decay(data, times), 5), np.array([1.8, 1.2])
    np.testing.assert_allclose(irad.compile(lambda search, p: search.run(p))(search, start), [2.0, 1.3], rtol=1e-9)
    assert len(search.history) == 5 and search.history[-1] < 1e-9 and search.model.evaluations == 0

    def found(data):
        return Newton(Decay(data, times), 5).run(start)[1]

    slope = irad.grad(found)(data)
    for k in (0, 3):
        h = 1e-4 * np.eye(9)[k]
        by_differences = (found(data + h) - found(data - h)) / 2e-4
        assert slope[k] == pytest.approx(by_differences, rel=1e-4)


class Scaled:
    def __init__(self, a):
        self.a = a

    def value(self, t):
        return t * t * self.a


def of_what_is_given(x, around):
    """Derivatives of functions that captured what they are given: by what is given alone."""
    value = lambda t: t * t * x
    scaled = Scaled(x)
    yield irad.jvp(value, (x,), (around,))
    yield irad.jvp(scaled.value, (scaled.a,), (around,))
    yield irad.jvp(partial(lambda a, t: t * a, x), (x,), (around,))
    yield irad.linearize(value, x)[1](around)
    yield irad.jacfwd(value)(x), irad.jacobian(value)(x), irad.jacrev(value)(x)
    yield irad.jacfwd(irad.jacrev(value))(x), irad.jacfwd(irad.jacfwd(value))(x)
    yield irad.jvp(lambda t, d: value(t) * d["a"], (x, {"a": x}), (around, {"a": 0.5 * around}))
    yield irad.jvp(lambda t: irad.jvp(lambda u: u * t * x, (t,), (around,))[1], (x,), (around,))


def of_numbers_that_are_given(x, around):
    cube = lambda t: t**3 * x
    yield irad.hessian(cube)(x), irad.hvp(cube, (x,), (around,)), irad.grad(irad.grad(cube))(x)
    yield irad.hvp(lambda s, t: s * t**3 * x, (x, x), (around, 2.0 * around))
    yield irad.jvp(lambda t, u=x: t * t * u, (x,), (around,))
    for v in (x, 2.0 * x):
        yield irad.jvp(lambda t: t * t * v, (v,), (around,))


def of_arrays_that_are_given(x, around):
    total = lambda t: (t**3 * x).sum()
    yield irad.hessian(total)(x), irad.hvp(total, (x,), (around,)), irad.jvp(irad.grad(total), (x,), (around,))
    yield irad.hvp(lambda s, t: (s * t**3).sum(), (x, x), (around, 2.0 * around))

    def writes(t):
        t[0] += x[1]
        return x * t

    yield irad.jvp(writes, (x.copy(),), (around,))


@pytest.mark.parametrize("f, x, around", [
    (of_what_is_given, 0.7, 1.5),
    (of_what_is_given, np.array([0.7, 1.25]), np.array([1.5, -0.5])),
    (of_numbers_that_are_given, 0.7, 1.5),
    (of_arrays_that_are_given, np.array([0.7, 1.25]), np.array([1.5, -0.5])),
])
def test_what_is_given_was_captured_too(f, x, around):
    def numbers(found):
        return [v for part in found for v in numbers(part)] if isinstance(found, (tuple, list)) else np.ravel(found).tolist()

    compiled = irad.compile(lambda x, around: tuple(f(x, around)))(x, around)
    expected = numbers(list(f(x, around)))
    assert numbers(compiled) == pytest.approx(expected, rel=1e-14)
    assert expected[-1] != 0.0


def by_one_of_two(x, way):
    """Gradients by what is one of two things, which have no common form."""
    bare = x if way else np.array([x, 2.0])
    held = {"a": bare, "n": None if way else x, "c": 1.5 if way else None}
    pair = (x, x) if way else [x, 2.0]
    yield irad.grad(lambda p: np.sum(p * p))(bare)
    yield irad.grad(lambda p: np.sum(p["a"] ** 2) * (p["n"] or 1.0) * (p["c"] or 3.0))(held)
    yield irad.value_and_grad(lambda p: p[0] * p[1] ** 2)(pair)
    yield irad.vjp(lambda p: np.sum(p["a"] ** 2) * (p["c"] or 1.0), held)[1](2.0)


def an_optimiser(x, n):
    """The momenta are numbers first, and arrays later."""
    loss = lambda p: np.mean((p["w"] * x - 1.0) ** 2) + p["b"] ** 2
    p, momenta = {"w": np.array([0.5, 0.25]), "b": 0.125}, {}
    for _ in range(n):
        slope = irad.grad(loss)(p)
        for key in p:
            momenta[key] = 0.5 * momenta.get(key, 0.0) + slope[key]
        p = {key: p[key] - 0.125 * momenta[key] for key in p}
    return loss(p)


def test_what_is_one_of_two_things():
    all_same(lambda x, way: list(by_one_of_two(x, way)), [(0.75, True), (0.75, False)])
    x = np.array([1.0, 2.0])
    assert irad.compile(an_optimiser)(x, 3) == pytest.approx(an_optimiser(x, 3), rel=1e-14)
    steps = 1e-6 * np.eye(2)
    differences = [(an_optimiser(x + h, 3) - an_optimiser(x - h, 3)) / 2e-6 for h in steps]
    assert irad.grad(an_optimiser)(x, 3) == pytest.approx(differences, rel=1e-7)


@pytest.mark.parametrize("f", [
    lambda p: irad.jacfwd(lambda p: np.sum(p["a"] ** 2))(p), lambda p: irad.jvp(lambda p: np.sum(p["a"] ** 2), (p,), (p,)),
    lambda p: irad.hvp(lambda p: np.sum(p["a"] ** 2), (p,), (p,)), lambda p: irad.hessian(lambda p: np.sum(p["a"] ** 2))(p),
])
def test_what_is_one_of_two_things_is_no_direction(f):
    with pytest.raises(irad.UnsupportedError, match="a value whose type depends on the data"):
        irad.compile(lambda x, way: f({"a": x if way else np.array([x, 2.0])}))(0.75, True)


def of_functions_that_share_a_number(x, y):
    a = x * y

    def further(t):
        return t * a

    def inner(t):
        return further(t) ** 2 + a

    out, pullback = irad.vjp(inner, y)
    _, push = irad.linearize(inner, y)
    return irad.grad(inner)(y), irad.jvp(inner, (y,), (1.0,)), irad.hessian(inner)(y), out, pullback(2.0), push(1.0)


def of_functions_that_share_a_list(x, y):
    values = [x * y, x]

    def further(t):
        values.append(t * values[0])
        return values[-1]

    def inner(t):
        return further(t) * len(values) + sum(values) * t

    return irad.value_and_grad(inner)(y), values


def of_functions_that_count(x, y):
    count = 0

    def further(t):
        nonlocal count
        count += 1
        return t * count * x

    def inner(t):
        return further(t) + further(t) * t + count

    return irad.grad(inner)(y), count


def of_a_function_that_calls_itself(x, y):
    def power(t, n):
        return 1.0 if n == 0 else t * x * power(t, n - 1)

    def even(t, n):
        return t if n == 0 else x * odd(t * t, n - 1)

    def odd(t, n):
        return 1.0 if n == 0 else y * even(t * x, n - 1)

    return irad.grad(power)(y, 3), irad.jvp(lambda t: even(t, 2) * power(t, 2), (y,), (1.0,))


def of_one_of_two_functions(x, y):
    a = np.array([x * y, x])

    def further(t):
        return t * a[0]

    inner = (lambda t: further(t) * a[1] * t) if y > 1 else (lambda t: further(t) + a[1] * t)
    return irad.grad(inner)(y)


def flat(tree):
    return [leaf for part in tree for leaf in flat(part)] if isinstance(tree, (tuple, list)) else [tree]


def test_local_functions_that_share_a_variable():
    x, y = 1.5, 1.25
    a = x * y
    for f, expected in (
        (of_functions_that_share_a_number,
         (2 * y * a**2, ((y * a) ** 2 + a, 2 * y * a**2), 2 * a**2, (y * a) ** 2 + a, (4 * y * a**2,), 2 * y * a**2)),
        (of_functions_that_share_a_list, ((3 * y * a + (a + x + y * a) * y, 3 * a + a + x + 2 * y * a), [a, x])),
        (of_functions_that_count, (x + 4 * y * x, 0)),
        (of_a_function_that_calls_itself, (3 * y**2 * x**3, (x**2 * y * y**2 * (x * y) ** 2, 4 * x**4 * y * y**3))),
    ):
        assert np.allclose(flat(irad.compile(f)(x, y)), flat(expected), rtol=1e-12)
    assert irad.compile(of_one_of_two_functions)(1.5, 2.0) == 2 * 2.0 * 3.0 * 1.5
    assert irad.compile(of_one_of_two_functions)(1.5, 0.5) == 0.75 + 1.5
    total = irad.grad(lambda x, y: of_functions_that_share_a_number(x, y)[0], (0, 1))(x, y)
    assert np.allclose(total, (4 * x * y**3, 6 * x**2 * y**2), rtol=1e-12)
