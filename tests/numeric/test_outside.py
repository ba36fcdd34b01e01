"""What functions find outside: lists and dicts, attributes of objects and classes. A change is seen at the next call."""

import bisect
import math

import numpy as np
import pytest
import scipy.linalg
from numeric.harness import all_same

import irad


class Model:
    """An object of the user's, which compiled code reads."""

    gravity = 9.81

    def __init__(self):
        self.mass = 2.0
        self.weights = np.array([1.0, 2.0, 3.0])
        self.count = 3
        self.mode = "plain"
        self.table = [1.0, 2.0]
        self.options = {"scale": 2.0}

    @property
    def double(self):
        return self.mass * 2

    def energy(self, x):
        s = 0.0
        for i in range(self.count):
            s += self.weights[i] * x
        s *= self.mass * self.gravity
        return s + (1.0 if self.mode == "plain" else 2.0) + self.double + self.table[1] * self.options["scale"]

    @staticmethod
    def square(x):
        return x * x

    @classmethod
    def fall(cls, x):
        return x * cls.gravity


def follows(space, f, changes, *args):
    """A compiled function does what Python does, after each change."""
    compiled = irad.compile(f)
    for change in ("pass", *changes):
        exec(change, space)
        try:
            want = f(*args)
        except Exception as error:
            with pytest.raises(type(error)):
                compiled(*args)
        else:
            assert compiled(*args) == want, change
            assert compiled(*args) == want, change


def test_attributes():
    model = Model()
    space = {"model": model, "np": np, "Model": type("Model", (Model,), {})}
    model.__class__ = space["Model"]
    changes = (
        "model.mass = 3.0", "model.weights[0] = 7.0", "model.mode = 'other'", "model.count = 2", "Model.gravity = 1.5",
        "model.weights = np.ones(2)", "model.table[1] = 5.0", "model.table = [4.0, 3.0, 2.0]", "model.options['scale'] = 0.5",
        "model.gravity = 2.0", "del model.gravity", "Model.energy = lambda self, x: x * self.mass",
        "del Model.energy", "del model.mode", "model.mode = 'plain'", "del model.mode", "Model.mode = 'plain'",
    )
    follows(space, lambda x: model.energy(x) + model.square(x) + model.fall(x), changes, 1.5)


class Base:
    factor = 4.0


class Slotted(Base):
    __slots__ = ("rate", "count", "unset")

    def __init__(self):
        self.rate, self.count = 1.5, 3

    def value(self, x):
        return self.rate * x + self.count * self.factor


def test_slots():
    thing = Slotted()
    space = {"thing": thing, "Base": Base}
    changes = ("thing.rate = 5.0", "thing.count = 7", "Base.factor = 2.0", "thing.rate = 1", "del thing.count", "thing.count = 0")
    try:
        follows(space, lambda x: thing.value(x) + thing.rate, changes, 1.5)
        follows(space, lambda x: thing.unset * x, ("thing.unset = 2.0",), 1.5)
    finally:
        Base.factor = 4.0


class Empty:
    """An object that gets and loses attributes."""


def test_attributes_that_come_and_go():
    thing = Empty()
    changes = ("thing.k = 5.0", "thing.z = 1", "del thing.k", "del thing.z", "Empty.k = 3.0", "del Empty.k", "math.extra = 1")

    def f(x):
        return getattr(thing, "k", 2.0) * x + (1.0 if hasattr(thing, "z") else 0.5) + (4.0 if hasattr(math, "extra") else 0.0)

    try:
        follows({"thing": thing, "Empty": Empty, "math": math}, f, changes, 1.5)
        follows({"thing": thing, "Empty": Empty}, lambda x: thing.k * x, changes[:-1], 1.5)
    finally:
        del math.extra
    f = irad.compile(lambda x, a: (hasattr(x, "shape"), hasattr(a, "shape"), hasattr(x, "real")))
    assert f(1.0, np.ones(2)) == (False, True, True)


def test_attributes_are_not_differentiated_and_methods_compile():
    model = Model()
    assert irad.grad(model.fall)(2.0) == 9.81
    assert irad.grad(model.square)(3.0) == 6.0
    assert irad.grad(Model.square)(3.0) == 6.0
    assert irad.grad(model.energy)(1.0) == pytest.approx(6.0 * 2.0 * 9.81)


def test_containers():
    space = {
        "row": [1.0, 2.5, 3.0], "rows": [[1.0, 2.0], [3.0, 4.0]], "arrays": [np.array([1.0, 2.0]), np.array([3.0, 4.0])],
        "options": {"a": 1.5, "b": [2.0, 4.0], "n": {"x": 3.0}}, "names": {"p", "q"}, "mixed": (np.array([1.0, 2.0]), 2.0),
        "functions": {"square": lambda x: x * x, "cube": lambda x: x**3}, "np": np, "math": math,
    }
    source = """
def f(x, mode="p"):
    s = 0.0
    for v in row:
        s += v * x
    for i in range(len(row)):
        s += row[i] * x
    s += options["a"] * x + options["b"][1] * options["n"]["x"] + options.get("zz", x) + options.get("a", x)
    if mode in names:
        s *= 2
    s += functions["square"](x) + functions["cube"](x)
    for r in rows:
        for v in r:
            s += v * x
    for k, v in options["n"].items():
        s += v * x
    s += mixed[0][1] * x * mixed[1]
    for a in arrays:
        s += a[0] * x
    return s
"""
    exec(source, space)
    changes = (
        "row[1] = 7.0", "row.append(9.0)", "row.pop(0)", "options['a'] = 2.0", "options['b'][1] = 8.0", "options['n']['x'] = 1.0",
        "options['zz'] = 4.0", "names.add('r')", "names.remove('p')", "mixed[0][1] = 9.0", "functions['square'] = math.sin",
        "rows[1][0] = 0.0", "rows.append([5.0])", "arrays[0][0] = 5.0", "arrays[1] = np.array([7.0, 7.0])",
        "arrays.append(np.ones(3))", "row[:] = [1.0]", "row.clear()", "row.extend([1.0, 2.0, 3.0, 4.0] * 10)", "row[3] = 4",
        "del options['n']",
    )
    follows(space, space["f"], changes, 1.5)


def test_a_table_costs_nothing_once_it_is_compiled_in():
    table = [0.5, 1.5]
    f = irad.compile(lambda x: table[0] * x + table[1])
    assert [f(1.0), f(2.0)] == [2.0, 2.5]
    assert f._last.state.guarded  # and so a call does not go through Python


def test_containers_from_outside_are_not_changed():
    table, options = [1.0], {"a": 1.0}

    def appends(x):
        table.append(x)
        return x

    def stores(x):
        options["a"] = x
        return x

    with pytest.raises(irad.UnsupportedError, match="append"):
        irad.compile(appends)(1.0)
    with pytest.raises(irad.UnsupportedError, match="assignment"):
        irad.compile(stores)(1.0)
    assert table == [1.0]
    assert options == {"a": 1.0}


GRID, PAIRS, LETTERS = [0.0, 1.0, 2.5, 4.0], [(1, 2.0), (3, 4.0), (5, 6.5)], ["a", "b", "cc"]


class Grid:
    def __init__(self, points):
        self.points = points

    def at(self, t):
        i = min(bisect.bisect_right(self.points, t) - 1, len(self.points) - 2)
        a, b = self.points[i:i + 2]
        return (t - a) / (b - a)


GRIDS = Grid([0.0, 1.0, 2.5, 4.0])


def sums_of_slices(n):
    total = 0.0
    for i in range(n):
        part = GRID[i:i + 2]
        part.append(1.5)
        total += sum(part)
    return total, GRID


@pytest.mark.parametrize("f", [
    lambda n: sum(GRID[n:]), lambda n: len(GRID[:n]), lambda n: GRID[n:n + 2], lambda n: GRID[n:n + 2][1],
    lambda n: GRID[::-1][:n], lambda n: [a * b for a, b in PAIRS[n:]], lambda n: [len(w) for w in LETTERS[:n]], sums_of_slices,
])
def test_slices_of_lists_from_outside_by_bounds_of_run_time(f):
    all_same(f, [(0,), (1,), (2,), (6,), (-1,)])


def test_a_table_in_an_object_from_outside():
    all_same(lambda t: GRIDS.at(t), [(0.3,), (1.7,), (3.9,)])
    assert irad.grad(lambda t: GRIDS.at(t))(1.7) == 1.0 / 1.5


def test_a_slice_before_a_short_loop():
    def f(t):
        i = bisect.bisect_right(GRID, t) - 1
        a, b = GRID[i:i + 2]
        return [(t - a) / (b - a) ** k for k in range(2)], [sum(GRID[k:k + 2]) * t for k in range(3)]

    all_same(f, [(0.3,), (1.7,), (3.9,)])


HELD, NAMED = [np.array([1.0, 2.0]), np.array([3.0])], {"a": np.array([1.0, 2.0])}
MEMBERS, FIXED = {1, 2}, frozenset({1, 2})


def test_copies_of_what_holds_arrays():
    """And what is done to them; what is outside stays as it is."""
    def of_a_list(x):
        held = HELD.copy()
        held.append(x * held.pop(0))
        return held[1][1], len(held), len(HELD)

    def of_a_dict(x):
        named = NAMED.copy()
        named["b"] = x * named["a"]
        return named["b"][1], len(named), len(NAMED)

    all_same(of_a_list, [(2.0,), (3.0,)])
    all_same(of_a_dict, [(2.0,), (3.0,)])
    assert irad.grad(lambda x: of_a_list(x)[0] * of_a_dict(x)[0])(3.0) == 24.0


def test_methods_of_sets_from_outside():
    def joined(x):
        found = MEMBERS.union({5}, [6])
        found.add(7)
        return x * len(found), sorted(found), sorted(FIXED.union({4})), FIXED.isdisjoint({3, 4})

    def asked(x):
        inside = MEMBERS.issubset({1, 2, 3}), MEMBERS.issuperset([1])
        return inside, len(MEMBERS.intersection({1})), MEMBERS.difference({1}) == {2}

    for f in (joined, asked, lambda x: MEMBERS.union(5)):
        all_same(f, [(2.0,)])
    MEMBERS.add(11)
    try:
        all_same(joined, [(2.0,)])
    finally:
        MEMBERS.discard(11)


def powers(x):
    """Ways to functions that call themselves, each with the result of a call."""

    def direct(t, n):
        return 1.0 if n == 0 else t * x * direct(t, n - 1)

    def even(t, n):
        return 1.0 if n == 0 else t * x * odd(t, n - 1)

    def odd(t, n):
        return 1.0 if n == 0 else t * x * even(t, n - 1)

    @irad.compile
    def compiled(t, n):
        return 1.0 if n == 0 else t * x * compiled(t, n - 1)

    def listed(t, n):
        return 1.0 if n == 0 else t * x * functions[0](t, n - 1)

    functions = [listed]

    def by_default(t, n, again=None):
        return 1.0 if n == 0 else t * x * again(t, n - 1)

    by_default.__defaults__ = (by_default,)
    return [direct, even, compiled, listed, by_default]


@pytest.mark.parametrize("which", range(5))
def test_local_functions_that_call_themselves_and_captured_other_numbers(which):
    for x in (1.5, 2.0, 0.5):
        f = powers(x)[which]
        assert irad.compile(f)(2.0, 3) == (2.0 * x) ** 3
        assert irad.compile(lambda t, f=f: f(t, 2))(2.0) == (2.0 * x) ** 2
        assert irad.grad(f)(2.0, 3) == 3 * 2.0**2 * x**3


def test_a_function_that_calls_itself_at_two_places():
    def product(f, g):
        return irad.compile(lambda t: f(t, 2) * g(t, 1))(2.0)

    a, b = powers(1.5)[0], powers(2.0)[0]
    assert [product(a, a), product(a, b), product(b, a)] == [27.0, 36.0, 48.0]


@pytest.mark.parametrize(("functions", "x"), [
    ((irad.grad, irad.value_and_grad, irad.hessian), None),
    ((scipy.linalg.cholesky, scipy.linalg.pinv, scipy.linalg.inv, scipy.linalg.expm), np.array([[2.0, 0.5], [0.5, 3.0]])),
])
def test_captured_functions_of_which_several_have_one_code(functions, x):
    """A decorator made them."""
    for function in functions:
        def called(x):
            return function(lambda u: u * u)(1.5) if x is None else function(x)

        assert np.allclose(irad.compile(called)(x), called(x), rtol=1e-12)
