"""Objects of classes that extend float, int, str, list, tuple and dict."""

from __future__ import annotations

import collections
import itertools
import math
import typing

import numpy as np
import pytest
from numeric.harness import same_as_python

import irad


class Degrees(float):
    def rad(self):
        return math.radians(self)


class Half(Degrees):
    def __radd__(self, other):
        return "radd", float(other)

    def __lt__(self, other):
        return "lt"


class Named(float):
    """Made by `__new__`, with attributes, and operators that call those of float."""

    def __new__(cls, x, name=""):
        self = super().__new__(cls, x)
        self.name = name
        return self

    def __init__(self, *args, **kwargs):
        self.factor = 2.0

    def __repr__(self):
        return f"<{float(self)} {self.name}>"

    def __add__(self, other):
        return Named(float.__add__(self, other), self.name)

    def __neg__(self):
        return type(self)(super().__neg__(), name=self.name)

    def __eq__(self, other):
        return float.__eq__(self, other)

    def __hash__(self):
        return float.__hash__(self)


class Unwilling(float):
    def __mul__(self, other):
        return NotImplemented


class Count(int):
    pass


class Text(str):
    pass


class Doubling(list):
    def __init__(self, *items):
        super().__init__(items)

    def append(self, item):
        list.append(self, 2 * item)


class Items(list):
    def total(self):
        return sum(self)


class Point(tuple):
    def __new__(cls, x, y):
        return tuple.__new__(cls, (x, y))

    def norm(self):
        return math.hypot(*self)

    def __add__(self, other):
        return Point(self[0] + other[0], self[1] + other[1])


class Pair(collections.namedtuple("Pair", "a b")):
    __slots__ = ()

    def __new__(cls, a, b=None):
        return super().__new__(cls, a, 2 * a if b is None else b)

    def product(self):
        return self.a * self.b


class Scaled(collections.namedtuple("Scaled", "a b")):
    """With attributes of the class, class and static methods, and an order of its own."""

    scale = 2.0
    names = ("u", "v")

    @classmethod
    def of(cls, x):
        return cls(x, cls.scale)

    @staticmethod
    def double(x):
        return 2 * x

    @property
    def scaled(self):
        return self.a * self.scale

    def both(self):
        return self.of(self.b).b + self.double(self.a)

    def __iter__(self):
        return iter((self.b, self.a))


class Looked(tuple):
    """With names that `__getattr__` finds, and methods that call those of tuple."""

    NAMES = ("a", "b")

    def __new__(cls, *items):
        return tuple.__new__(cls, items)

    def __getattr__(self, name):
        try:
            return tuple.__getitem__(self, self.NAMES.index(name))
        except ValueError:
            raise AttributeError(name) from None

    def __getitem__(self, i):
        return 2 * tuple.__getitem__(self, i)

    def __len__(self):
        return tuple.__len__(self) + 1


class Sometimes:
    """An attribute that is not always there, looked for in the dict."""

    def __init__(self, x):
        if x > 1:
            self.u = x
        self.v = 2 * x

    def get(self, name):
        try:
            return self.__dict__[name]
        except KeyError:
            return -1.0


class Plain(typing.NamedTuple):
    a: float
    b: float = 2.0


ANGLE, COUNT, TEXT, NAMED = Degrees(30.0), Count(3), Text("a"), Named(2.5, "k")


def list_methods(x):
    items = Items([x, 1.0])
    items.append(0.5)
    items.sort()
    items += [2.0]
    items[0] = 3 * x
    return items, items.pop(), items[1:], x in items, len(items), items.total(), items * 2, items + [x], max(items)


def own_append(x):
    items = Doubling(x)
    items.append(x)
    return items, items[-1], list(items), items == [x, 2 * x]


def in_a_loop(x, n):
    found = Degrees(0.0)
    for i in range(n):
        found = Degrees(found + x * i)
    return found, found.rad()


def by_the_way(x):
    angle = ANGLE if x > 1 else x
    return angle, angle * 2


CASES = [
    lambda x: x * ANGLE,
    lambda x: (ANGLE.rad() * x, -ANGLE, abs(ANGLE), ANGLE > x, max(ANGLE, x), [ANGLE, x][0] * x),
    lambda x: (np.sin(ANGLE), np.zeros(3) + ANGLE, np.array([ANGLE, x]), np.maximum(ANGLE, x), np.linspace(0, ANGLE, COUNT)),
    lambda x: np.ones(3, np.float32) * Degrees(x),
    lambda x: (np.ones(COUNT), [1.0, 2.0, 3.0, 4.0][COUNT], range(COUNT)[1], COUNT * x, COUNT / 2),
    lambda x: (Degrees(x), Degrees(x).rad(), Degrees("2.5") * x, Degrees()),
    lambda x: (Degrees(x).is_integer(), Degrees(x).real, Degrees(x).__add__(1.0), Degrees(x).__add__("a")),
    lambda x: (abs(Degrees(x)), round(Degrees(x), 1), divmod(Degrees(x), 1.0), pow(Degrees(x), 2)),
    lambda x: (float(Degrees(x)), int(Degrees(x)), bool(Degrees(x))),
    lambda x: (isinstance(Degrees(x), float), type(Degrees(x)), type(float(Degrees(x)))),
    lambda x: (not Degrees(x), 1 if Degrees(0 * x) else 2),
    lambda x: (Named(x, "k") + 1.0, -Named(x, "k"), Named(x, "k").factor, Named(x) == x, Named(x) != x),
    lambda x: f"{Named(x, 'a')} {Named(x):.3f} {Degrees(x)} {Degrees(x):.2f} {Degrees(x)!r} {NAMED} {ANGLE:.1f}",
    lambda x: (str(Named(x, "a")), repr(Degrees(x)), str(ANGLE)),
    lambda x: [Degrees(x * i) for i in range(3)],
    lambda x: sum([Degrees(x * i) for i in range(int(x))]),
    lambda x: (Count(x) * x, Count("7") + 1, Count(x) // 2),
    lambda x: x if TEXT == "a" and Text("b").upper() == "B" else 0.0,
    lambda x: Degrees(x, 3),
    lambda x: object.__new__(Degrees),
    lambda x: float(x, 3),
    lambda x: (Items(), bool(Items()), np.array(Items([x, 1.0])), math.hypot(*Items([x, 2.0])), sorted(Items([x, 1.0]))),
    list_methods,
    own_append,
    by_the_way,
    lambda x: (Point(x, 2.0), Point(x, 2.0).norm(), Point(x, 1.0) + Point(1.0, x), Point(x, 1.0)[0], Point(x, x) == (x, x)),
    lambda x: (Pair(x), Pair(x).product(), Pair(x, 3.0), Pair(a=x)._replace(b=x), Plain(x)),
    lambda x: Pair(x, 1.0, 2.0),
    lambda x: (Scaled(x, 1.0).scale, Scaled.of(x), Scaled(x, 1.0).of(x).scaled, Scaled(x, 1.0).both(), Scaled(x, 2.0).names),
    lambda x: ([y for y in Scaled(x, 2.0)], list(Looked(x, 2.0))),
    lambda x: (Looked(x, 1.0).a * x, Looked(x, 1.0)[0], len(Looked(x))),
    lambda x: Looked(x).c,
    lambda x: (Sometimes(x).get("u"), Sometimes(x - 1).get("u"), Sometimes(x).get("v"), Sometimes(x).get("w")),
    lambda x: Sometimes(x).__dict__["w"],
]
MADE = {
    "float": lambda x: x, "int": lambda x: 2, "bool": lambda x: True, "float64": np.float64, "int64": lambda x: np.int64(3),
    "float32": np.float32, "array": lambda x: np.array([x, 1.0]), "Degrees": Degrees, "Half": Half, "Count": lambda x: Count(5),
}
PAIRS = [
    (a, b) for a, b in itertools.product(MADE, MADE)
    if {a, b} & {"Degrees", "Half", "Count"} and not (b == "Half" and a in ("float64", "int64", "float32", "array"))
]


class TestAsPython:
    @pytest.mark.parametrize("f", CASES)
    def test_case(self, f):
        same_as_python(f, 1.5)

    @pytest.mark.parametrize("n", [0, 1, 5])
    def test_in_a_loop(self, n):
        same_as_python(in_a_loop, 1.5, n)

    @pytest.mark.parametrize("x", [0.5, 1.5])
    def test_by_the_way(self, x):
        same_as_python(by_the_way, x)

    @pytest.mark.parametrize(("a", "b"), PAIRS, ids="-".join)
    def test_operators(self, a, b):
        one, other = MADE[a], MADE[b]
        same_as_python(lambda x: (one(x) + other(x), one(x) / other(x), one(x) < other(x), one(x) == other(x)), 1.5)

    @pytest.mark.parametrize("a", ["float64", "int64", "float32", "array"])
    def test_numpy_on_the_left_of_a_method(self, a):
        made = MADE[a]
        with pytest.raises(irad.UnsupportedError, match="whose class has a __radd__"):
            irad.compile(lambda x: made(x) + Half(x))(1.5)

    def test_a_method_that_leaves_it(self):
        with pytest.raises(irad.UnsupportedError, match="NotImplemented"):
            irad.compile(lambda x: Unwilling(x) * x)(1.5)

    def test_a_method_that_numbers_are_asked_for(self):
        class Odd(float):
            def __float__(self):
                return 1.0

        with pytest.raises(irad.UnsupportedError, match="has a __float__"):
            irad.compile(lambda x: math.sin(Odd(x)))(1.5)


class TestDerivatives:
    @pytest.mark.parametrize(
        ("f", "wanted"),
        [
            (lambda x: Degrees(x), 1.0),
            (lambda x: Degrees(x).rad(), math.pi / 180),
            (lambda x: Named(x, "k") + x * x, 4.0),
            (lambda x: Items([x, x * x]).total(), 4.0),
            (lambda x: Point(x, 2.0).norm(), 0.6),
            (lambda x: Pair(x).product(), 6.0),
            (lambda x: x * ANGLE, 30.0),
            (lambda x: ANGLE if x > 1 else x, 0.0),
            (lambda x: in_a_loop(x, 4)[1], 6 * math.pi / 180),
        ],
    )
    def test_gradient(self, f, wanted):
        assert irad.grad(f)(1.5) == pytest.approx(wanted, rel=1e-14)
        irad.check_grads(f, (1.5,))

    def test_as_an_argument(self):
        assert irad.grad(lambda x, angle: x * angle.rad())(1.5, ANGLE) == ANGLE.rad()
        with pytest.raises(TypeError, match="pass 30.0"):
            irad.grad(lambda angle: angle * angle)(ANGLE)


class Couple(tuple):
    def __new__(cls, a: float, b: float) -> "Couple":
        return super().__new__(cls, (a, b))


class Bare(tuple):
    pass


def test_tuples_as_arguments_and_results():
    def f(t):
        return t, Bare(t), Couple(t[1], t[0])

    for t in (Bare((1, 2.5)), Couple(1.0, 2.0)):
        found = irad.compile(f)(t)
        assert found == f(t) and [type(r) for r in found] == [type(t), Bare, Couple]


def test_a_tuple_with_attributes_is_refused_at_each_call():
    t = Bare((1.0, 2.0))
    f = irad.compile(lambda t: t[0] + t[1])
    for _ in range(4):
        assert f(t) == 3.0
    t.unit = "m"
    with pytest.raises(TypeError, match="a tuple with the attribute 'unit'"):
        f(t)
    with pytest.raises(TypeError, match="a tuple with the attribute 'unit'"):
        irad.compile(lambda t: t.unit)(t)


class Doubled(dict):
    """Its methods call those of dict by the class: they called themselves without end."""

    def __getitem__(self, key):
        return dict.__getitem__(self, key) * 2.0

    def get(self, key, other=None):
        return dict.get(self, key, other)

    def update(self, **more):
        dict.update(self, base=1.0, **more)


class Tagged(dict):
    def __init__(self, name, **items):
        super().__init__(**items)
        self.name = name


class Owned(dict):
    def __init__(self, owner):
        self.owner = owner


def test_methods_of_dict_by_the_class():
    def f(x):
        d = Doubled(a=x)
        d.update(b=3.0)
        return d["a"] + d["b"], d.get("base"), d.get("c", 4.0), sorted(d.keys()), dict.__getitem__(d, "a")

    same_as_python(f, 1.5)
    assert irad.grad(lambda x: f(x)[0])(1.5) == 2.0


@pytest.mark.parametrize("f", [lambda x: len(Tagged(x, a=x)), lambda x: Owned(x).owner])
def test_attributes_of_dicts_are_refused(f):
    """An AttributeError that Python does not raise."""
    with pytest.raises(irad.UnsupportedError, match="the attribute `(name|owner)` of a (Tagged|Owned), a class"):
        irad.compile(f)(1.5)


def test_a_dict_itself_has_no_attributes():
    def f(x):
        d = {"a": x}
        try:
            d.name = x
        except AttributeError:
            return d["a"]

    same_as_python(f, 1.5)


class Dotted(dict):
    __getattr__ = dict.get
    __setattr__ = dict.__setitem__
    __delattr__ = dict.__delitem__


class Strict(dict):
    __getattr__ = dict.__getitem__


class Odd(dict):
    __getattr__ = max


def test_attributes_by_methods_of_dict():
    """An AttributeError that Python does not raise."""
    def f(x):
        d = Dotted(a=x, b=2.0)
        d.c = d.a * d.b
        del d.b
        return d.c * x, d.b is None, len(d)

    def missing(x):
        s = Strict(a=x)
        return s.a + s.b

    def deleted(x):
        d = Dotted(a=x)
        del d.b

    same_as_python(f, 1.5)
    same_as_python(missing, 1.5)
    same_as_python(deleted, 1.5)
    assert irad.grad(lambda x: f(x)[0])(1.5) == 6.0
    with pytest.raises(irad.UnsupportedError, match="the `__getattr__` of the class Odd, which is no function"):
        irad.compile(lambda x: Odd(a=x).b)(1.5)
    with pytest.raises(irad.UnsupportedError, match="hasattr.. of `a`, which is computed"):
        irad.compile(lambda x: getattr(Dotted(a=x), "a", 2.0))(1.5)  # it was 2.0
