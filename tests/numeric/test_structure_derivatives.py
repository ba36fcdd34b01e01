"""Derivatives by lists, dicts and objects: the gradient has their structure; what is changed is changed in copies."""

import collections
import math

import numpy as np
import pytest
from numeric.test_classes import NT, Fr, Pt, Sl

import irad


class Model:
    made = 0

    def __init__(self, a, w):
        Model.made += 1
        self.a, self.w, self.name, self.k, self.sub = a, w, "model", 3, Pt(1.5, 2.5)

    def loss(self, x):
        return self.a * x**2 + (self.w * self.w).sum() * x + self.sub.x * self.sub.y

    def step(self, x):
        self.a += x
        return self.a * self.a


def model():
    return Model(2.0, np.array([1.0, 2.0]))


def test_gradient_has_the_structure_of_the_object():
    m = model()
    made = Model.made
    g = irad.grad(Model.loss)(m, 2.0)
    assert Model.made == made, "made without __init__"
    assert type(g) is Model and type(g.sub) is Pt
    assert (g.a, g.name, g.k, g.sub.x, g.sub.y, g.sub.tags) == (4.0, None, None, 2.5, 1.5, [])
    assert g.w.tolist() == [4.0, 8.0]
    assert irad.grad(m.loss)(2.0) == 13.0
    assert irad.value_and_grad(m.loss)(2.0) == (m.loss(2.0), 13.0)
    by_self, by_x = irad.grad(Model.loss, argnums=(0, 1))(m, 2.0)
    assert (by_self.a, by_x) == (4.0, 13.0)


def test_the_argument_stays_as_it_is():
    m = model()
    assert irad.grad(Model.step)(m, 2.0).a == 8.0
    assert m.a == 2.0
    xs = [3.0]
    assert irad.grad(lambda v: (v.append(v[0] * 2), v[-1] * v[0])[1])(xs) == [12.0]
    assert xs == [3.0]


@pytest.mark.parametrize(("f", "x", "wanted"), [
    (lambda v: sum(q * q for q in v), [1.0, 2.0, 3.0], [2.0, 4.0, 6.0]),
    (lambda v: v[0] * v[1], [2.0, 3], [3.0, None]),
    (lambda d: d["a"] * d["b"][0] + d["c"], {"a": 2.0, "b": [3.0, 4.0], "c": 1.0, "n": 1, "s": "x", "z": None, "t": (1.0, 2)},
     {"a": 3.0, "b": [2.0, 0.0], "c": 1.0, "n": None, "s": None, "z": None, "t": (0.0, None)}),
    (lambda d: d[0][1] * d[1]["q"], [[1.0, 2.0], {"q": 3.0}], [[0.0, 3.0], {"q": 2.0}]),
    (lambda n: n.a**2, NT(3.0), NT(6.0, None)),
    (lambda f: f.a * f.c, Fr(2.0), Fr(0.5, None, 2.0)),
    (lambda f: f.a * f.b, Sl(2.0), Sl(1.0, 2.0)),
    (lambda v: 1.0, [], []),
])
def test_gradients(f, x, wanted):
    found = irad.grad(f)(x)
    assert found == wanted and type(found) is type(wanted)


def test_gradient_by_arrays_inside():
    found = irad.grad(lambda d: d["w"] @ d["w"] + d["l"][1].sum())({"w": np.array([1.0, 2.0]), "l": [1, np.ones(2)]})
    assert found["w"].tolist() == [2.0, 4.0] and found["l"][0] is None and found["l"][1].tolist() == [1.0, 1.0]


def perhaps(x, n=4):
    return x * x if x > 0 else None, [x * i if i else None for i in range(n)], [(x, None if i else x * x) for i in range(n)], x**3


def of_several_kinds(x, n=3):
    return [x * i if i else "a" for i in range(n)], [i if i else None for i in range(n)], np.ones(2) * x if x > 0 else 1, x**3


def test_tangents_of_what_may_be_none():
    """What came behind them had the tangents of others, or whatever was in memory."""
    tangent = (4.0, [None, 1.0, 2.0, 3.0], [(1.0, 4.0), (1.0, None), (1.0, None), (1.0, None)], 12.0)
    assert irad.jvp(perhaps, (2.0,), (1.0,)) == (perhaps(2.0), tangent)
    assert irad.linearize(perhaps, 2.0)[1](2.0)[3] == 24.0
    assert irad.compile(lambda x: irad.jvp(perhaps, (x,), (1.0,))[1][3])(2.0) == 12.0
    found = irad.jvp(of_several_kinds, (2.0,), (1.0,))[1]
    assert found[0][1:] == [1.0, 2.0] and found[1] is None and found[2].tolist() == [1.0, 1.0] and found[3] == 12.0
    out, pullback = irad.vjp(lambda x: ([x * i if i else None for i in range(3)], x), 2.0)
    with pytest.raises(irad.UnsupportedError, match="of items of several types"):
        pullback(out)


def with_texts(x, n=3):
    return f"{x}!", [f"{x * i}" for i in range(n)], f"{x}" if x > 0 else None, x**3


def test_texts_have_no_derivative():
    assert irad.jvp(with_texts, (2.0,), (1.0,)) == (with_texts(2.0), (None, None, None, 12.0))
    out, pullback = irad.vjp(lambda x: (f"{x}!", x**3), 2.0)
    assert out == ("2.0!", 8.0) and pullback((None, 1.0)) == (12.0,) == pullback(("2.0!", 1.0))
    assert irad.jacobian(lambda x: (f"{x}!", x**3))(2.0)[1] == irad.jacrev(lambda x: (f"{x}!", x**3))(2.0)[1] == 12.0


@pytest.mark.parametrize("transform", [irad.jacfwd, irad.jacrev, irad.jacobian])
def test_jacobians_of_what_may_be_none_are_refused(transform):
    for f in (lambda x: (x * 1.0 if x > 0 else None, x**3), lambda x: np.ones(2) * x if x > 0 else x):
        with pytest.raises(irad.UnsupportedError, match="a Jacobian of a result whose type depends on the data"):
            transform(f)(2.0)
    assert transform(lambda x: (1 if x > 0 else None, x**3))(2.0)[1] == 12.0


def test_jvp_and_vjp():
    assert irad.jvp(lambda v: v[0] * v[1], ([2.0, 3.0],), ([1.0, 0.0],)) == (6.0, 3.0)
    assert irad.jvp(lambda v: v[0] * v[1], ([2.0, 3],), ([1.0, 0.0],)) == (6.0, 3.0)
    assert irad.jvp(lambda p: p.x * p.y, (Pt(2.0, 3.0),), (Pt(1.0, 0.0),)) == (6.0, 3.0)
    assert irad.jvp(lambda p: p["x"] * p["y"], ({"x": 2.0, "y": 3.0},), ({"x": 1.0, "y": 0.0},)) == (6.0, 3.0)
    assert irad.jvp(lambda x: Pt(x, x * x), (3.0,), (1.0,))[1] == Pt(1.0, 6.0)
    assert irad.vjp(lambda d: d["a"] ** 2, {"a": 3.0})[1](1.0) == ({"a": 6.0},)
    assert irad.vjp(lambda p: p.x**2, Pt(3.0))[1](1.0)[0] == Pt(6.0, 0.0)
    assert irad.vjp(lambda x: [x, x * x], 3.0)[1]([1.0, 1.0]) == (7.0,)
    with pytest.raises(ValueError, match="a list of 2 items has a tangent or cotangent of 1"):
        irad.vjp(lambda x: [x, x * x], 3.0)[1]([1.0])
    assert irad.linearize(lambda v: v[0] * v[1], [2.0, 3.0])[1]([1.0, 1.0]) == 5.0
    assert irad.hvp(lambda d: d["a"] * d["b"] ** 2, ({"a": 2.0, "b": 3.0},), ({"a": 1.0, "b": 0.0},)) == ({"a": 0.0, "b": 6.0},)


def test_check_grads():
    irad.check_grads(lambda v: v[0] * v[1] ** 2, ([2.0, 3.0],), order=2)
    irad.check_grads(lambda d: d["a"] * math.sin(d["b"]), ({"a": 1.0, "b": 2.0},), order=2)
    irad.check_grads(lambda p, x: p.loss(x), (model(), 2.0))
    with pytest.raises(AssertionError, match="^forward mode gives .*, numerical differentiation ") as caught:
        irad.check_grads(lambda x: irad.stop_gradient(x) * x, (2.0,))
    assert not isinstance(caught.value, irad.IradError)  # it was called a bug of irad


def test_inside_of_compiled_code():
    assert irad.grad(lambda x: irad.grad(lambda p: p.x**3)(Pt(x)).x)(2.0) == 12.0
    assert irad.compile(lambda p: irad.grad(Pt.norm)(p))(Pt(3.0, 4.0)) == Pt(0.6, 0.8)


def test_objects_given_twice():
    p = Pt(2.0, 3.0)
    assert irad.grad(lambda a, b: a.x * b.y, argnums=(0, 1))(p, p) == (Pt(3.0, 0.0), Pt(0.0, 2.0))
    xs = [2.0, 3.0]
    assert irad.grad(lambda a, b: a[0] * b[0] * b[1], argnums=(0, 1))(xs, xs) == ([6.0, 0.0], [6.0, 4.0])
    assert irad.compile(lambda x: irad.grad(lambda a, b: a * b * b, argnums=(0, 1))(x, x))(3.0) == (9.0, 18.0)
    assert irad.compile(lambda x: irad.jvp(lambda a, b: a * b * b, (x, x), (1.0, 0.0)))(3.0) == (27.0, 9.0)
    with pytest.raises(irad.UnsupportedError, match="changes a list which it has been given twice"):
        irad.grad(lambda a, b: (a.append(a[0] * 3), b[-1] * b[0])[1], argnums=(0, 1))(xs, xs)
    with pytest.raises(irad.UnsupportedError, match="at two places"):
        irad.grad(lambda d: d[0].x * d[1].y)([p, p])


class Runner:
    k = 2.0

    def __init__(self, x):
        self.x, self.n = x, 0

    @irad.compile
    def run(self, y):
        self.n += 1
        self.x += y
        return self.x * self.k

    @irad.compile
    def value(self, y):
        return self.x * y


def test_compile_on_methods():
    r = Runner(1.0)
    assert (r.run(2.0), r.x, r.n) == (6.0, 3.0, 1)
    assert (Runner.run(r, 1.0), r.x, r.n) == (8.0, 4.0, 2)
    assert irad.grad(Runner.run)(r, 3.0).x == 2.0 and r.n == 2
    assert irad.grad(r.value)(3.0) == 4.0
    assert irad.grad(r.run)(3.0) == 2.0 and (r.x, r.n) == (4.0, 2), "changed in a copy only"


def test_one_compilation_for_lists_of_all_lengths():
    total = irad.compile(lambda v: sum(v))
    for n in range(1, 6):
        assert total([1.0] * n) == n
    assert len(total.signatures) == 1


class Holder:
    def __init__(self, w):
        self.a, self.w, self.d, self.l = 1.0, w, {"k": w}, [w, 1.0]

    def add(self, x):
        self.a += 1.0 / x
        self.w[0] = self.a
        return self.w

    def replace(self, x):
        self.w = self.w * x


def test_arrays_keep_their_identity():
    w = np.array([1.0, 2.0])
    h = Holder(w)
    assert irad.compile(Holder.add)(h, 2.0) is w
    with pytest.raises(ZeroDivisionError):
        irad.compile(Holder.add)(h, 0.0)
    assert h.w is w and h.d["k"] is w and h.l[0] is w and w.tolist() == [1.5, 2.0]
    irad.compile(Holder.replace)(h, 2.0)
    assert h.w is not w and h.w.tolist() == [3.0, 4.0] and h.d["k"] is w and h.l[0] is w


@pytest.mark.parametrize("x", [0.5, -0.5])
def test_what_comes_beside_the_result_is_one_of_several_things(x):
    def f(x, b, p):
        if x > 0.0:
            return x * 2.0 * b[0], b
        return 0.5 * p.x * b[1] * x, p

    for _ in range(3):  # a gradient that read what was in memory by chance
        garbage = irad.grad(lambda a: a @ a)(np.full(2, 7.0))
        (value, aux), (by_x, by_b) = irad.value_and_grad(f, argnums=(0, 1), has_aux=True)(x, np.ones(2), Pt(3.0, 4.0))
        assert garbage[0] == 14.0
        assert (value, by_x, by_b.tolist()) == ((1.0, 2.0, [1.0, 0.0]) if x > 0.0 else (-0.75, 1.5, [0.0, -0.75]))
        assert type(aux) is (np.ndarray if x > 0.0 else Pt)


@pytest.mark.parametrize("mode", ["auto", "reverse", "forward"])
def test_the_derivative_of_what_comes_beside_the_result(mode):
    """It is left out of the gradient that it comes with, and counts in the derivative of that."""
    def loss(w, x):
        h = np.sin(w * x)
        return (h * h).sum(), {"h": h, "first": (w[0], len(w))}

    def step(w, x):
        (value, aux), slope = irad.value_and_grad(loss, has_aux=True)(w, x)
        again, other = irad.grad(loss, has_aux=True)(w, x)
        return value * aux["first"][0] + (slope * aux["h"]).sum() + (again * other["h"]).sum() * aux["first"][1]

    w, x = np.array([0.5, -1.0]), np.array([1.5, 0.75])
    with irad.options(mode=mode):
        irad.check_grads(step, (w, x), order=2)
        h = np.sin(w * x)
        slope = 2.0 * h * x * np.cos(w * x)
        bend = 2.0 * x * x * np.cos(2.0 * w * x) * h + slope * x * np.cos(w * x)
        expected = slope * w[0] + 3.0 * bend + np.array([h @ h, 0.0])
        np.testing.assert_allclose(irad.grad(step)(w, x), expected, rtol=1e-12)


@pytest.mark.parametrize("derivative", [irad.jacfwd, irad.jacrev, irad.jacobian], ids=lambda d: d.__name__)
def test_results_that_are_constants(derivative):
    """Zeros, as those of results that do not depend on the argument; None for what is no float."""
    a = np.arange(3.0)
    assert derivative(lambda x: 1.0)(2.0) == 0.0
    assert derivative(lambda x: (x, 1.0, 2, "a"))(2.0) == (1.0, 0.0, None, None)
    assert derivative(lambda x, y: (1.0, x), argnums=(0, 1))(1.0, 2.0) == ((0.0, 0.0), (1.0, 0.0))
    assert derivative(lambda p: 1.0)({"a": 1.0, "b": [2.0, 3]}) == {"a": 0.0, "b": [0.0, None]}
    assert np.array_equal(derivative(lambda a: 3.0)(a), np.zeros(3))
    assert np.array_equal(derivative(lambda a: (a.sum(), 1.0))(a)[1], np.zeros(3))


def test_lists_of_ints_have_no_derivative() -> None:
    def f(v, keys):
        s = 0.0
        for k, x in zip(keys, v):
            s += k * x
        return s

    with pytest.raises(TypeError, match="argument 1 `keys` is a list of ints: pass floats"):
        irad.grad(f, argnums=(0, 1))([1.0, 2.0], [3, 4])
    assert irad.grad(f, argnums=(0, 1), allow_int=True)([1.0, 2.0], [3, 4]) == ([3.0, 4.0], None)

    def rows(x, n):
        return [(i, x * i, i % 2 == 0) for i in range(n)], [i if i % 2 else x * i for i in range(n)], [i for i in range(n)]

    out, tangent = irad.jvp(lambda x: rows(x, 3), (2.0,), (1.0,))
    assert out == rows(2.0, 3)
    assert tangent == ([(None, 0.0, None), (None, 1.0, None), (None, 2.0, None)], [0.0, 0, 2.0], None)


class Floats(list):
    pass


class Named(dict):
    pass


def with_an_attribute(d):
    d.attribute = 1.0
    return d


class OfOne:
    def __init__(self, held):
        self.held = held


@pytest.mark.parametrize("d", [
    collections.deque([1.0, 2.0]), Floats([1.0, 2.0]), with_an_attribute(Named({0: 1.0, 1: np.ones(2)})),
    collections.defaultdict([].copy, {0: 1.0, 1: 2.0}),
])
def test_containers_of_other_classes_have_no_derivative(d):
    words = f"the derivative with respect to an object of class {type(d).__module__}.{type(d).__qualname__}"
    for given, f in ((d, lambda d: d[0]), ((2.0, d), lambda p: p[0] * p[1][0]), (OfOne(d), lambda o: o.held[0])):
        assert irad.compile(f)(given) == f(given)
        for derivative in (irad.grad, irad.value_and_grad, irad.hessian):
            with pytest.raises(irad.TypingError, match=words):
                derivative(f)(given)
    assert irad.grad(lambda x, d: x * d[0])(2.0, d) == 1.0


def test_objects_that_hold_too_much_have_no_derivative():
    large = OfOne(0.0)
    vars(large).update({f"a{i}": float(i) for i in range(300)})
    with pytest.raises(irad.TypingError, match=r"an object of class .*test_structure_derivatives.OfOne"):
        irad.grad(lambda o: o.a5 * o.a6)(large)


class Layer:
    def __init__(self, x):
        self.scale = x
        self.weights = [x * 2.0, np.array([x, 1.0])]


def grown(x, n):
    found = []
    for i in range(n):
        found.append(x * (i + 1))
    return found


@pytest.mark.parametrize("f, expected", [
    (lambda x: irad.stop_gradient(Layer(x)).scale * x, 3.0), (lambda x: irad.stop_gradient(Layer(x)).weights[0] * x, 6.0),
    (lambda x: np.sum(irad.stop_gradient((1, [{"a": [Layer(x)]}]))[1][0]["a"][0].weights[1] * x), 4.0),
    (lambda x: irad.stop_gradient(grown(x, int(x)))[1] * x, 6.0),
])
def test_nothing_passes_stop_gradient(f, expected):
    """Whatever lists and objects it is in."""
    assert irad.compile(f)(3.0) == f(3.0)
    assert irad.grad(f)(3.0) == irad.jvp(f, (3.0,), (1.0,))[1] == expected


@pytest.mark.parametrize("number", [float, np.float64])
@pytest.mark.parametrize("derivative", [irad.jacfwd, irad.jacrev, irad.jacobian], ids=lambda d: d.__name__)
def test_jacobians_by_lists_of_floats(derivative, number):
    x = [*map(number, (1.0, 2.0, 3.0))]

    def f(x, y):
        x.append(x[0] * x[1] * y[0])
        return [x[-1], x[2] ** 2]

    assert derivative(f)(x, [2.0] * 100) == [[4.0, 2.0, 0.0], [0.0, 0.0, 6.0]]
    assert derivative(f, argnums=(1, 0))(x, [2.0])[0] == ([2.0], [4.0, 2.0, 0.0])
    found = derivative(lambda x: np.array(x) * x[0])(x)
    assert [part.tolist() for part in found] == [[2.0, 2.0, 3.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert irad.hessian(lambda x: sum([v**3 for v in x]))(x) == [[6.0, 0.0, 0.0], [0.0, 12.0, 0.0], [0.0, 0.0, 18.0]]
    assert type(found) is list and len(x) == 3


def test_jacobians_by_long_lists_are_refused():
    with pytest.raises(irad.UnsupportedError, match="by a list of many floats"):
        irad.hessian(lambda x: sum([v**3 for v in x]))([1.0] * 100)


def test_tangents_of_results_that_other_results_are_made_of():
    """A product that is returned, and part of a sum: the sum takes it as it is."""
    def f(x, n):
        y = x * n
        z = y + x
        return {"y": y, "z": z, "w": (z * 2.0, z * 2.0 + y)}

    value, tangent = irad.jvp(f, (1.5, 3), (1.0, None))
    assert value == {"y": 4.5, "z": 6.0, "w": (12.0, 16.5)}
    assert tangent == {"y": 3.0, "z": 4.0, "w": (8.0, 11.0)}
    assert irad.jacobian(f)(1.5, 3) == tangent


def of_an_array_of_no_axes(a):
    cube = lambda t: t**3
    yield irad.jacfwd(cube)(a), irad.jacrev(cube)(a), irad.jacobian(lambda t: (t * 2.0, np.array([t, 3.0 * t])))(a)
    yield irad.hessian(cube)(a), irad.jacfwd(irad.grad(cube))(a), irad.hvp(cube, (a,), (a,))
    yield irad.jvp(lambda s, t: s * t**3, (a, a), (np.array(1.0), np.array(2.0)))
    yield irad.jvp(lambda t: t * t * a, (a,), (np.array(1.0),)), irad.hessian(lambda t: t * t * a)(a)


def test_arrays_of_no_axes():
    a = np.array(0.5)
    for found in (list(of_an_array_of_no_axes(a)), irad.compile(lambda a: tuple(of_an_array_of_no_axes(a)))(a)):
        first, second, both, captured = found
        assert (first[0], first[1], first[2][0], *first[2][1]) == (0.75, 0.75, 2.0, 1.0, 3.0)
        assert first[0].shape == first[1].shape == first[2][0].shape == () and first[2][1].shape == (2,)
        assert second == (3.0, 3.0, (1.5,)) and type(second[0]) is type(second[1]) is np.ndarray
        assert both == (0.0625, 0.125 + 0.75)
        assert captured == ((0.125, 0.5), 1.0)


def test_vectors_times_a_hessian_inside_of_compiled_code():
    f = lambda s, t: s * t**3
    pair = irad.vhp(f, (2.0, 0.5), (1.0, 2.0))
    assert pair == (0.25, (1.5, 0.75 + 12.0))
    assert irad.compile(lambda s, t: irad.vhp(f, (s, t), (1.0, 2.0)))(2.0, 0.5) == pair
    assert irad.compile(lambda t: (irad.vhp(lambda t: t**3, (t,), (1.0,)), irad.vhp(lambda t: t**3, (t,), 1.0)))(0.5) == (
        (0.125, (3.0,)), (0.125, (3.0,))
    )


class WithDefault:
    k = 2.0

    def __init__(self):
        self.a = 1.5

    def area(self):
        return self.a * self.k


OUTSIDE = WithDefault()


def hides_an_attribute_of_the_class(x):
    if x > 1.0:
        OUTSIDE.k = x * x
    return OUTSIDE.area() * OUTSIDE.k * x


@pytest.mark.parametrize(("x", "wanted"), [(0.5, 6.0), (1.5, 1.5 * 5 * 1.5**4)])
def test_attributes_of_classes_that_only_some_ways_hide(x, wanted):
    for derivative in (irad.grad, irad.jacfwd):
        assert abs(derivative(hides_an_attribute_of_the_class)(x) - wanted) < 1e-12
    assert "k" not in vars(OUTSIDE)
