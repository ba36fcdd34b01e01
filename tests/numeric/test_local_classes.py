"""`class` statements inside of functions."""

from __future__ import annotations

import abc
import enum
import functools
from collections import namedtuple
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

import pytest
from numeric.harness import refused, same_and_derivative, same_as_python

import irad

T = TypeVar("T")
TABLE = {}


def euler(x, n):
    class Decay:
        def rhs(self, y):
            return -x * y

    model = Decay()
    y = 1.0
    for _ in range(n):
        y = y + 0.1 * model.rhs(y)
    return y


def inherits(x, n):
    class A:
        def g(self):
            return x * n

    class B(A):
        def g(self):
            return super().g() * 2.0

    return B().g() + A().g()


def all_kinds_of_members(x, n):
    class A:
        scale = 2.0
        table = [k * 0.5 for k in range(4)]

        def __init__(self, v):
            self._v = v

        @property
        def v(self):
            return self._v

        @v.setter
        def v(self, w):
            self._v = w * x

        @staticmethod
        def twice(a):
            return a * x

        @classmethod
        def make(cls, v):
            return cls(v)

        @functools.cached_property
        def square(self):
            return self._v * self._v * x

    a = A.make(x)
    a.v = 3.0
    return a.v * A.twice(a.scale) + a.square + sum(a.table) * a.square


def adds_itself(x, n):
    class V:
        def __init__(self, a):
            self.a = a

        def __add__(self, other):
            return V(self.a + other.a) if isinstance(other, V) else NotImplemented

    v = V(x)
    for i in range(n):
        v = v + V(x * i)
    return v.a


def make(k):
    class Step:
        def __init__(self, v):
            self.v = v

        def step(self):
            self.v = self.v * k

    return Step


def two_of_a_factory(x, n):
    first, second = make(x), make(x * 2.0)
    a, b = first(1.0), second(1.0)
    for _ in range(n):
        a.step()
        b.step()
    return a.v + b.v + (100.0 if isinstance(a, second) else 0.0)


def a_factory_in_a_loop(x, n):
    total = 0.0
    for i in range(n):
        step = make(x * i)(1.0)
        step.step()
        total += step.v
    return total


def in_a_loop(x, n):
    total = 0.0
    for i in range(n):
        class A:
            def __init__(self, v):
                self.v = v * i

        total += A(x).v
    return total


def one_way_or_another(x, n):
    if n > 4:
        class A:
            def g(self):
                return x
    else:
        class A:
            def g(self):
                return 2.0 * x
    return A().g()


def variables_that_change(x, n):
    count = 0.0

    class C:
        def inc(self):
            nonlocal count
            count += x

    c = C()
    c.inc()
    x = x * 3.0
    c.inc()
    return count


def values_of_the_function(x, n):
    def rhs(self, t):
        return t * self.a * x

    class M:
        k = x
        a = 2.0
        r = rhs

        def g(self, b=x):
            return b * self.k

    return M().g() + M.k + M().r(3.0)


def dataclasses_inside(x, n):
    @dataclass(frozen=True, order=True)
    class P:
        a: float
        b: float = x
        c: list = field(default_factory=list)

        @property
        def total(self):
            return self.a + self.b

    return max(P(x), P(1.0, 2.0)).total + len(P(x).c)


def tuples_and_enums(x, n):
    pair = namedtuple("pair", "a b")

    class Q(NamedTuple):
        a: float
        b: float = 2.0

    class Mode(enum.Enum):
        FAST = 1.5
        SLOW = 0.5

    mode = Mode.FAST if n > 0 else Mode.SLOW
    p = pair(x, 2.0)
    for _ in range(n):
        p = pair(p.b, p.a * 1.1)
    return p.a * p.b * Q(x).b * (x if mode is Mode.FAST else 1.0) * mode.value


class Base(abc.ABC):
    @abc.abstractmethod
    def step(self, y): ...

    def run(self, y, n):
        for _ in range(n):
            y = self.step(y)
        return y


def implements(x, n):
    class Impl(Base, Generic[T]):
        def step(self, y):
            return y * 0.5 + x

    return Impl().run(x, n)


def own_exception(x, n):
    class Stop(Exception):
        def __init__(self, v):
            self.v = v

    y = x
    try:
        for i in range(100):
            y *= 1.5
            if y > 30.0:
                raise Stop(y + i)
    except Stop as e:
        return e.v
    return y


def recursive(x, n):
    class A:
        def g(self):
            return x * n

    a = A()
    return a.g() if n == 0 else recursive(x * 0.5, n - 1) + a.g()


def in_a_list(x, n):
    class M:
        def __init__(self, a):
            self.a = a

        def g(self):
            return self.a * x

    return sum(m.g() for m in [M(x * i) for i in range(n)])


def nested(x, n):
    def outer(k):
        class M:
            def g(self):
                class N:
                    def h(self):
                        return x * k

                return N().h()

        return M().g()

    return outer(2.0) + outer(x)


def iterates(x, n):
    class M:
        def __iter__(self):
            for i in range(n):
                yield x * i

    return sum(M())


def derivative_of_it(x, n):
    def loss(p):
        class M:
            def loss(self):
                return p * p * x

        return M().loss()

    return irad.grad(loss)(2.0) * n


PROGRAMS = [
    euler, inherits, all_kinds_of_members, adds_itself, two_of_a_factory, a_factory_in_a_loop, in_a_loop, one_way_or_another,
    variables_that_change, values_of_the_function, dataclasses_inside, tuples_and_enums, implements, own_exception, recursive,
    in_a_list, nested, iterates,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_programs(f):
    for x, n in ((2.5, 5), (0.7, 3)):
        same_and_derivative(f, x, n)


def test_derivatives_inside():
    assert irad.compile(derivative_of_it)(2.0, 3) == 24.0
    assert irad.grad(derivative_of_it)(2.0, 3) == 12.0


def abstract(x):
    class Impl(Base):
        def other(self, y):
            return y

    return Impl()


def test_an_abstract_class():
    same_as_python(abstract, 2.0)


def old_one_in_use(x, n):
    best = None
    for i in range(n):
        class A:
            def g(self):
                return x * i

        if i == 1:
            best = A()
    return best.g()


def helper(k):
    return make(k)


def factories_behind_one_call(x, n):
    a, b = helper(x), helper(2.0 * x)
    return a(1.0).v + b(1.0).v


def computes(x, n):
    class A:
        v = x * 2.0

    return A.v


def prints(x, n):
    class A:
        print("no")

    return x


def changes(x, n):
    class A:
        TABLE["a"] = 1

    return x


def of_the_program(x, n):
    class A:
        @functools.wraps
        @helper
        def g(self):
            return x

    return A().g()


def counts(x, n):
    class A:
        n = 0

        def __init__(self):
            A.n += 1

    A()
    return x * A.n


def returned(x, n):
    class A:
        pass

    return A()


def differentiated(x, n):
    class A:
        def loss(self, p):
            return p * x

    return irad.grad(A().loss)(2.0)


REFUSED = [
    (old_one_in_use, "run again while the class it made before is in use"),
    (factories_behind_one_call, "called again while the class it made before is in use"),
    (computes, "computes with values that are not known at compile time"),
    (prints, "does more than to define methods and attributes"),
    (changes, "does more than to define methods and attributes"),
    (of_the_program, "does more than to define methods and attributes"),
    (counts, "assignment to the attribute `n`"),
    (returned, "the class A, or an object of it, that goes into or out of"),
    (differentiated, "the class A, or an object of it, that goes into or out of a derivative"),
]


@pytest.mark.parametrize(("f", "words"), REFUSED, ids=lambda v: getattr(v, "__name__", None))
def test_refused(f, words):
    refused(f, 2.0, 5, match=words)
    assert not TABLE
