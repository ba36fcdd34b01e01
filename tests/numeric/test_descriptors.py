"""Descriptors written in Python, of objects and classes from outside: `astropy.cosmology` keeps its parameters like this."""

from __future__ import annotations

import functools

import pytest
from numeric.harness import all_same, same_and_derivative

import irad


class Parameter:
    """A data descriptor that keeps its value in the dict of the object."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, obj, cls=None):
        return self if obj is None else obj.__dict__[self.name]

    def __set__(self, obj, value):
        obj.__dict__[self.name] = float(value)


class Computed:
    """Not a data descriptor: what is in the dict of the object comes first."""

    def __init__(self, f):
        self.f = f

    def __get__(self, obj, cls):
        return self.f(obj if obj is not None else cls)


class Cosmology:
    scale = 3.0
    h, om = Parameter(), Parameter()

    def __init__(self, h, om):
        self.h, self.om = h, om

    @Computed
    def twice(self):
        return 2.0 * self.scale

    @functools.cached_property
    def kept(self):
        return self.om * 3.0

    def rate(self, z):
        return self.h * (self.om * (1.0 + z) ** 3 + 1.0 - self.om) ** 0.5


class Flat(Cosmology):
    pass


def made(h, om):
    return Cosmology(h, om), Flat(om, h)


ONE, OTHER = made(0.7, 0.3)
assert OTHER.kept  # a cached property from outside is read once it is there: computing it would change the object


def of_an_object(z):
    return ONE.rate(z) + OTHER.h * z + ONE.twice + OTHER.kept


def of_a_class(z):
    return Cosmology.twice * z + Flat.twice + isinstance(Flat.h, Parameter)


def of_an_argument(c, z):
    return c.rate(z) + c.twice * c.kept


def of_one_made_inside(z):
    return Cosmology(z, 0.3).rate(0.5) + Flat(0.5, z).kept


def of_a_choice(z):
    c = ONE if z > 1.0 else OTHER
    return c.rate(z) + getattr(c, "h")  # noqa: B009


@pytest.mark.parametrize("f", [of_an_object, of_a_class, of_one_made_inside, of_a_choice], ids=lambda f: f.__name__)
def test_programs(f):
    for z in (0.5, 1.5):
        same_and_derivative(f, z)


def test_of_an_argument():
    all_same(of_an_argument, [(made(0.7, 0.3)[1], 0.5)])


def test_a_cached_property_from_outside_that_is_not_computed_is_refused():
    one = made(0.7, 0.3)[0]
    words = r"the first use of the cached property `kept`(.|\n)*read it once before the call"
    with pytest.raises(irad.UnsupportedError, match=words):
        irad.compile(lambda z: one.kept * z)(0.5)
    assert one.kept and irad.compile(lambda z: one.kept * z)(0.5) == one.kept * 0.5


def test_changes_are_seen():
    one, other = made(0.7, 0.3)

    def f(z):
        return one.rate(z) + one.twice + other.twice

    compiled = irad.compile(f)
    assert compiled(0.5) == f(0.5)
    one.h = 1.4
    assert compiled(0.5) == f(0.5)
    other.scale = 5.0
    assert compiled(0.5) == f(0.5)
    other.__dict__["twice"] = 7.0  # the descriptor of a class that has no __set__ comes after it
    assert compiled(0.5) == f(0.5)
    one.__dict__["h"] = 2.0
    assert compiled(0.5) == f(0.5)
    one.__dict__ = {"h": 3.0, "om": 0.5}
    assert compiled(0.5) == f(0.5)


def test_changes_of_classes_are_seen(monkeypatch):
    compiled = irad.compile(of_an_object)
    assert compiled(0.5) == of_an_object(0.5)
    monkeypatch.setattr(Parameter, "__get__", lambda self, obj, cls=None: 2.0)
    assert compiled(0.5) == of_an_object(0.5)
    monkeypatch.undo()
    assert compiled(0.5) == of_an_object(0.5)
    monkeypatch.setattr(Flat, "twice", 9.0, raising=False)
    assert compiled(0.5) == of_an_object(0.5)
    monkeypatch.setattr(Cosmology, "twice", 4.0)
    assert compiled(0.5) == of_an_object(0.5)


class Unit:
    scale = 1.0
    twice = Computed(lambda of: 2.0 * of.scale)

    @classmethod
    def raw(cls, x):
        return x * cls.scale

    @classmethod
    def new(cls, x):
        made = cls()
        made.x = x
        return made

    @staticmethod
    def third(x):
        return x / 3.0


class Angle(Unit):
    scale = 5.0
    twice = 0.0

    @classmethod
    def raw(cls, x):
        return super().raw(x) + 1.0

    @classmethod
    def new(cls, x):
        made = super().new(x)
        made.y = cls.scale
        return made

    @classmethod
    def doubled(cls):
        return super().twice

    @classmethod
    def thirds(cls, x):
        return super().third(x)

    def of_object(self, x):
        return super().raw(x) * super().twice


class Narrow(Angle):
    scale = 7.0

    @classmethod
    def past(cls, x):
        return super(Angle, cls).raw(x)


def through_super(x):
    a, n = Angle.new(x), Narrow.new(x)
    made = a.y * a.x + n.y * n.x + n.of_object(x) + a.of_object(x)
    return Angle.raw(x) + Narrow.raw(x) + Narrow.past(x) + Narrow.doubled() * x + Angle.thirds(x) + made, type(n) is Narrow


def test_super_in_class_methods():
    """super() gives class methods and descriptors the class that asks (a value of the base class's)."""
    all_same(through_super, [2.0])
    same_and_derivative(lambda x: through_super(x)[0], 2.0)


class Level:
    step = 2.0

    def __init__(self, x):
        self.x = x

    @property
    def value(self):
        return self.x * self.step

    @value.setter
    def value(self, given):
        self.x = given / self.step


class Offset(Level):
    @property
    def value(self):
        return Level.value.fget(self) * 3.0

    @value.setter
    def value(self, given):
        Level.value.fset(self, given + 1.0)


class Twice(Offset):
    @property
    def value(self):
        return super().value + 1.0

    @value.setter
    def value(self, given):
        super(Twice, type(self)).value.fset(self, given * 2.0)


def stored(x, kind):
    made = Offset(x) if kind == 0 else Twice(x)
    made.value = 3.0 * x
    made.value += 1.0
    return made.value + made.x


def test_properties_of_base_classes():
    """What has a setter of its own calls that of the base class by the property (`Base.name.fset`)."""
    for kind in (0, 1):
        all_same(stored, [(2.0, kind)])
        same_and_derivative(stored, 2.0, kind)
    all_same(lambda x: (isinstance(Level.value, property), Level.value.fdel is None, Level.value.fget(Twice(x))), [2.0])
