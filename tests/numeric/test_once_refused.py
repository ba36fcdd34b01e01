"""Programs that irad refused once, and that work: with the arguments of the error tests."""

from typing import List

import numpy as np
import numpy.typing as npt
import pytest
from numeric.harness import all_same, refused

import irad

A, B = np.arange(3.0), np.arange(6.0).reshape(2, 3)


class _Base:
    def value(self, x):
        return x + 1.0


class _Derived(_Base):
    def value(self, x):
        return super().value(x)


def appends(x, n):
    values = []
    for i in range(n):
        values.append(x * i)
    return sum(values)


def list_comprehension(x, n):
    return sum([x * i for i in range(n)])


def filters(a):
    return list(filter(None, a))


def super_call(x):
    return _Derived().value(x)


def walrus_in_comprehension(x):
    return [y := x, y**2][0] + {"a": 1}.popitem()[1]


EXACT = [
    (lambda a: a[a > 1.0].sum(), (A,)), (lambda a, i: a[i], (A, np.arange(3))), (lambda a: np.sort(a), (A,)),
    (lambda a: np.where(a > 1.0), (A,)), (lambda a: np.unique(a), (A,)), (lambda a: np.median(a), (A,)),
    (lambda x, a: np.interp(x, a, a), (2.0, A)), (lambda a, x: np.append(a, x), (A, 2.0)),
    (lambda a: np.sum(a, where=a > 0.0), (A,)), (lambda a: np.add(a, a, out=a), (A,)),
    (lambda a: a[np.array([0, 1])].sum(), (A,)), (appends, (2.0, 4)), (list_comprehension, (2.0, 4)), (filters, (A,)),
    (super_call, (2.0,)), (walrus_in_comprehension, (2.0,)),
]


@pytest.mark.parametrize(("f", "args"), EXACT)
def test_they_do_what_python_does(f, args):
    all_same(f, [args])


def test_linear_algebra():
    assert np.allclose(irad.compile(lambda b: np.linalg.inv(b @ b.T))(B), np.linalg.inv(B @ B.T))
    solved = irad.compile(lambda b, a: np.linalg.solve(b[:, :2], a[:2]))(B, A)
    assert np.allclose(solved, np.linalg.solve(B[:, :2], A[:2]))


def test_gradient_by_a_list():
    assert irad.grad(lambda a: a[0])([1.0, 2.0]) == [1.0, 0.0]


def sorts(a, x):
    return sorted([a[2], x, a[0]]), sorted([x, a[1], a[0]], key=lambda v: -v)


def test_sorting_of_mixed_numbers():
    all_same(sorts, [(A, 0.5), (A, 7.0)])


class Turn:
    """An angle that is kept below a full turn."""

    def __init__(self, degrees):
        self.degrees = 0.0
        self.put(degrees)

    def put(self, degrees):
        if abs(degrees) >= 360.0:
            rest = abs(degrees) % 1
            degrees = (1.0 if degrees >= 0 else -1.0) * (int(abs(degrees)) % 360 + rest)
        self.degrees = float(degrees)

    def __neg__(self):
        return Turn(-self.degrees)

    def __add__(self, other):
        return Turn(self.degrees + (other.degrees if isinstance(other, Turn) else other))

    def __sub__(self, other):
        return self + -other


def differences(a, b, k):
    if len(a) % 2 != 1:
        a, b = a[:-1], b[:-1]
    return [a[i] - b[i] for i in range(len(a))][k].degrees


def picked_by_a_branch(a, b, k):
    try:
        return (a[k] - b[k]).degrees
    except IndexError:
        return -1.0


def turns(*degrees):
    return [Turn(d) for d in degrees]


@pytest.mark.parametrize("f", [differences, picked_by_a_branch])
def test_one_of_many_new_objects(f):
    three, five = (400.5, -2.0, 3.0), (1.0, -725.25, 3.0, 4.5, -0.5)
    for values in (three, five, five[:4]):
        for k in range(3):
            a, b = turns(*values), turns(*reversed(values))
            assert irad.compile(f)(a, b, k) == f(a, b, k)
    assert irad.compile(f)(turns(*five), turns(*five), -5) == 0.0


def places_that_become_numbers(d, n):
    k = []
    for i in range(n):
        k.append(n - 1 - i)
    for i in range(n):
        k[i] = d[k[i]]
    return k


def places_of_known_length(x, y, z):
    a, places = [x, y, z], []
    for _ in range(len(a)):
        least = a.index(min(a))
        places.append(least)
        a[least] = 1e9
    for i in range(len(a)):
        places[i] = [x, y, z][places[i]]
    return places


def no_place(d, n):
    k = [0] * n
    for i in range(n):
        k[i] = d[i] if i else 0
    return d[k[0]], d[k[1]]


def test_an_index_that_is_an_int_on_some_ways():
    all_same(places_that_become_numbers, [([1.0, 2.0, 3.0], 3), ([0.5], 1)])
    all_same(places_of_known_length, [(2.0, 1.0, 3.0), (1.0, 1.0, 0.5)])
    all_same(no_place, [([1.0, 2.0], 2)])


def system(x, t):
    return [x[0] ** 2 + x[1] - t, x[0] - x[1]], [[2 * x[0], 1.0], [1.0, -1.0]]


def solved(j, b):
    (p, q), (r, s) = j
    det = p * s - q * r
    return [(b[0] * s - q * b[1]) / det, (p * b[1] - r * b[0]) / det]


def newton_with_options(t, tolerance, damping=1.0, search=False, strict=False):
    x = [1.0, 1.0]
    now, j = system(x, t)
    before = sum(abs(v) for v in now)
    n = 0
    while n < 50:
        try:
            step = solved(j, [-v for v in now])
        except Exception as e:
            raise e
        for factor in (1.0,):
            try:
                new = [xi + si * factor * damping for xi, si in zip(x, step)]
                values, slopes = system(new, t)
            except Exception:
                continue
            error = 0.0
            for v in values:
                error += abs(v)
            if error < before:
                if search:
                    for v in now:
                        error += v * j[0][0]
                    if error < 1.0:
                        break
                else:
                    break
        now = values
        if error >= before and strict:
            raise ValueError("no progress")
        before, x, j, n = error, new, slopes, n + 1
        if before < tolerance:
            break
    return x[0] + x[1], n


def test_an_object_that_is_not_there_on_the_way_that_is_taken():
    all_same(newton_with_options, [(6.0, 1e-9), (2.0, 1e-3)])
    slope = irad.grad(lambda t: newton_with_options(t, 1e-12)[0])(6.0)
    assert slope == pytest.approx(0.4, rel=1e-9)  # x is (sqrt(1 + 4 t) - 1) / 2, twice


def one_or_refused(x):
    if x == 1.0:
        return 1
    return np.linalg.svd(np.ones((2, 2)) * x)[1][0]


def test_the_gradient_of_what_is_left():
    """Where all other ways are refused: what is left has no derivative, and the error says why nothing else is."""
    with pytest.raises(irad.TypingError, match=r"returns int 1\n(.*\n)*  why: other ways end at line \d+, where irad refuses"):
        irad.grad(one_or_refused)(2.0)


class Flat:
    pass


class Round:
    pass


class Measure:
    """Chooses by classes, as a table of functions says."""

    def __init__(self, x, form=Flat):
        self.x, self.form = x, form()

    def by(self, other):
        function, *factors = MEASURES[type(self.form), type(other.form)]
        return function(self.x, other.x) * factors[0]

    def known(self, other):
        found = MEASURES.get((type(self.form), type(other.form)))
        if found is None:
            raise TypeError(f"{self.known.__name__}: nothing for {type(other.form).__name__}")
        return found[0](self.x, other.x), self.known.__self__ is self, self.known.__func__ is Measure.known


def plus(a, b):
    return a + b


def minus(a, b):
    return a - 3.0 * b


MEASURES = {(Flat, Flat): (plus, 2.0), (Flat, Round): (minus, 0.5)}


def by_classes(x):
    a, b = Measure(x), Measure(2.0, Round)
    return a.by(b) + a.by(a), a.known(b)


def not_there(x):
    return Measure(x, Round).known(Measure(x))


def test_a_dict_from_outside_with_functions_and_tuples_of_classes_as_keys():
    all_same(by_classes, [1.5])
    all_same(not_there, [1.5])
    assert irad.grad(lambda x: by_classes(x)[0])(1.5) == 4.5


def typed(x):
    kind = List[float], npt.NDArray[np.float64], list[int]
    return x if kind[2] == list[int] else 0.0


def test_types_with_parameters():
    all_same(typed, [1.5])


class Counted:
    """numpy's functions of it are what it says."""

    def __init__(self, x, calls=0):
        self.x, self.calls = x, calls

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if ufunc is np.sqrt:
            return NotImplemented
        numbers = [i.x if isinstance(i, Counted) else i for i in inputs]
        return Counted(ufunc(*numbers, **kwargs), self.calls + 1)

    def __add__(self, other):
        return np.add(self, other)


class Mixed(Counted, np.lib.mixins.NDArrayOperatorsMixin):
    pass


def of_classes(x):
    a = np.exp(Counted(x)) + 2.0
    b = np.float64(x) * Mixed(x) - 1.0
    c = np.array([x, 2.0]) * Mixed(3.0)
    return a.x, a.calls, b.x, b.calls, c.x, type(b).__name__


def test_ufuncs_that_classes_define():
    all_same(of_classes, [1.5], ulps=1)
    assert irad.grad(lambda x: np.multiply(Counted(x), Mixed(x)).x)(1.5) == 3.0
    all_same(lambda x: np.sqrt(Counted(x)), [1.5], text=False)


class First:
    def prepare(self):
        ready = getattr(super(), "prepare", None)
        self.steps = self.steps + 1 if ready is None else ready() + 10
        return self.steps


class Second(First):
    def __init__(self, x):
        self.x, self.steps = x, 0

    def prepare(self):
        if not hasattr(super(), "prepare") or hasattr(super(), "missing"):
            return 0
        return super().prepare() + 100


def cooperative(x):
    a = Second(x)
    return a.prepare(), a.steps, a.x * a.steps


def test_whether_a_class_behind_this_one_has_it():
    all_same(cooperative, [1.5])
    assert irad.grad(lambda x: cooperative(x)[2])(1.5) == 1.0


def _transforms(y):
    if y.size == 0:
        return y
    return np.fft.fft(y)


def _through(f, y):
    return f(y)


def test_what_is_refused_on_one_way_says_who_asked():
    def program(y):
        return _through(_transforms, y).sum()

    def descends(y, n):
        return _transforms(y) if n == 0 else descends(y, n - 1)

    chain = [name.rpartition(".")[2] for name, _, _ in refused(program, A, match="called from .*program").call_chain]
    assert chain == ["_transforms", "_through", "program"]
    assert refused(lambda y: descends(y, 7)[0], A).call_chain[-1][0].endswith("<lambda>")
