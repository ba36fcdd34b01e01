"""Kinds of classes: dataclasses, named tuples, enums, abstract ones, descriptors, iterators; what changes from outside."""

import abc
import enum
import functools
import math
from dataclasses import InitVar, asdict, astuple, dataclass, field, fields, replace
from typing import NamedTuple

import pytest
from numeric.harness import all_same, refused, same_as_python

import irad


@dataclass
class Pt:
    x: float
    y: float = 2.0
    tags: list = field(default_factory=list)

    def norm(self):
        return math.hypot(self.x, self.y)


@dataclass(frozen=True, order=True)
class Fr:
    a: float
    b: int = 1
    c: float = field(default=0.5, compare=False)


@dataclass
class Post:
    a: float
    scale: InitVar[float] = 2.0
    total: float = field(init=False)

    def __post_init__(self, scale):
        self.total = self.a * scale


@dataclass
class Child(Pt):
    z: float = 3.0


@dataclass(slots=True)
class Sl:
    a: float
    b: float = 1.0


@dataclass(kw_only=True)
class Kw:
    a: float
    b: float = 1.0


def dc1(x):
    p = Pt(x)
    q = Pt(x, 3.0)
    p.tags.append(x)
    return (
        p.norm(),
        p == q,
        p == Pt(x, 2.0, [x]),
        p.tags,
        q.tags,
        Child(x, 1.0, [], 4.0).z,
        Child(x).norm(),
        Sl(x).b,
        Kw(a=x).b,
        isinstance(Child(x), Pt),
    )


def dc2(x):
    f = Fr(x)
    g = Fr(x, 2)
    return f < g, f == Fr(x, 1, 9.0), f <= g, f > g, replace(f, b=5).b, asdict(g), astuple(g), len(fields(f)), f.c


def dc3(x):
    f = Fr(x)
    f.a = 1.0


def dc4(x):
    return Post(x).total, Post(x, 5.0).total, Post(a=x, scale=1.0).a


def dc5(x):
    return Pt()


def dc6(x):
    return Pt(x, nope=1)


def dc7(x):
    raise ValueError(f"{Pt(x)} {Fr(x)!r}")


def dc8(x):
    return Fr(x) < 1


def dc9(x):
    return replace(Pt(x), y=9.0), Pt(x)


def dc10(x):
    return asdict(Pt(x, 1.0, [x, 2.0]))


class NT(NamedTuple):
    a: float
    b: int = 3

    def total(self):
        return self.a + self.b

    @property
    def dbl(self):
        return self.a * 2

    @classmethod
    def mk(cls, v):
        return cls(v, 7)


def nt(x):
    n = NT(x)
    m = NT.mk(x)
    a, b = n
    return (
        n.total(),
        n.dbl,
        m,
        n._replace(b=9),
        n._asdict(),
        n[0],
        n[-1],
        a,
        b,
        n == (x, 3),
        n + (1,),
        len(n),
        list(n),
        n._fields,
        NT(b=1, a=x),
        x in n,
        n.index(3),
        n.count(3),
        n * 2,
        n < m,
        n[:1],
        isinstance(n, tuple),
    )


def nterr(x):
    return NT()


def nterr2(x):
    return NT(x, 1, 2)


def nterr3(x):
    return NT(x).zz


def nterr4(x):
    raise ValueError(NT(x))


def nterr5(x):
    return NT(x, c=2)


class Color(enum.Enum):
    RED = 1
    BLUE = 2.5

    @property
    def half(self):
        return self.value / 2


class Flag(enum.IntEnum):
    A = 1
    B = 2


def en(x, c=Color.RED):
    r = Color.RED
    return (
        r is Color.RED,
        r == Color.BLUE,
        r.value * x,
        r.name,
        Color(2.5) is Color.BLUE,
        Color["RED"].value,
        r.half,
        Flag.B + x,
        Flag.A < Flag.B,
        len(Color),
        [q.value for q in Color],
        r in (Color.RED,),
        {Color.RED: x}[r],
        isinstance(r, Color),
    )


def en2(x, c):
    if c is Color.RED:
        return x
    return -x


def en3(x):
    return Color(77)


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...
    def twice(self):
        return 2 * self.area()


class Sq(Shape):
    def __init__(self, s):
        self.s = s

    def area(self):
        return self.s**2


def ab(x):
    return Sq(x).twice(), isinstance(Sq(x), Shape)


def ab2(x):
    return Shape()


class Cached:
    def __init__(self, x):
        self.x = x
        self.calls = 0

    @functools.cached_property
    def sq(self):
        self.calls += 1
        return self.x**2


def ca(x):
    c = Cached(x)
    a = c.sq
    c.x = 100.0
    b = c.sq
    return a, b, c.calls, "sq" in vars(c)


class Desc:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, cls=None):
        if obj is None:
            return self
        return getattr(obj, self.name) * 2

    def __set__(self, obj, v):
        setattr(obj, self.name, v + 1)


class HasD:
    v = Desc()

    def __init__(self, v):
        self.v = v


def de(x):
    h = HasD(x)
    h.v += 1
    return h.v, h._v


@functools.total_ordering
class Ord:
    def __init__(self, v):
        self.v = v

    def __eq__(self, o):
        return self.v == o.v

    def __lt__(self, o):
        return self.v < o.v


def to(x, y):
    a, b = Ord(x), Ord(y)
    return a < b, a <= b, a > b, a >= b, a == b, a != b, max(a, b).v, min(a, b).v


class A1:
    def __init__(self, v):
        self.v = v

    def __add__(self, o):
        return "A.add"

    def __radd__(self, o):
        return "A.radd"

    def __lt__(self, o):
        return "A.lt"

    def __gt__(self, o):
        return "A.gt"


class B1(A1):
    pass


class C1(A1):
    def __radd__(self, o):
        return "C.radd"

    def __gt__(self, o):
        return "C.gt"


class N1:
    def __add__(self, o):
        return NotImplemented

    def __radd__(self, o):
        return "N.radd"


def refl(x):
    return A1(x) + B1(x), A1(x) + C1(x), A1(x) < C1(x), 1 + A1(x), A1(x) + 1, N1() + A1(x), N1() + C1(x), sum([A1(x)])


def refl2(x):
    return N1() + N1()


class It:
    def __init__(self, n):
        self.i = 0
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i * 1.0


class Old:
    def __init__(self, n):
        self.n = n

    def __getitem__(self, i):
        if i >= self.n:
            raise IndexError(i)
        return i * 2.0

    def __len__(self):
        return self.n


def its(n):
    t = 0.0
    for v in It(n):
        t += v
    for v in Old(n):
        t += v
    return t, sum(It(n)), [v for v in It(n)], list(Old(n)), 4.0 in Old(n), 99.0 in Old(n)


class Bad:
    def __bool__(self):
        return 1

    def __len__(self):
        return -1


def bad(x):
    return bool(Bad())


COUNT = 0
STATE = {"n": 0.0}
OBJ = Pt(1.0)
LST = [1.0, 2.0]


def glob(x):
    OBJ.x = x


def glob2(x):
    LST.append(x)


def glob3(x):
    STATE["n"] = x


def glob4(x):
    OBJ.tags.append(x)


def glob5(x):
    return OBJ.norm() + x + LST[0] + STATE["n"] + sum(LST)


def defl(x, xs=[]):
    xs.append(x)
    return xs


def clsattr(x):
    Pt.y = x


class Acc:
    total = 0.0
    items = []

    def add(self, x):
        self.total += x
        return self.total

    def push(self, x):
        self.items.append(x)


def acc(x):
    a = Acc()
    a.add(x)
    a.add(x)
    return a.total, Acc.total


def acc2(x):
    Acc().push(x)


class Meta(type):
    def __call__(cls, *a):
        return 5.0


class WithMeta(metaclass=Meta):
    pass


def meta(x):
    return WithMeta()


class NewC:
    def __new__(cls, x):
        o = super().__new__(cls)
        o.early = x
        return o

    def __init__(self, x):
        self.late = x + 1


def newc(x):
    return NewC(x).early, NewC(x).late


class Many:
    def __init__(self, x):
        for_ = x
        self.a = x
        self.b = x + 1
        self.c = x + 2
        self.d = x + 3
        self.e = x + 4
        self.f = x + 5
        self.g = x + 6
        self.h = x + 7
        self.i = x + 8
        self.j = x + 9
        self.k = [x] * 3
        self.l = (x, x)
        self.m = {"q": x}
        self.n = None
        self.o = "s"
        self.p = True
        self.q = 3


def many(m):
    m.a += 1
    m.k[0] = 5.0
    m.m["q"] += 1
    m.n = 1.0
    return m


class GA:
    def __init__(self):
        self.d = {"a": 1.0}

    def __getattr__(self, n):
        return n


def ga(x):
    return GA().d["a"], GA().foo


class Ctx:
    def __init__(self):
        self.log = []

    def __enter__(self):
        self.log.append(1)
        return self

    def __exit__(self, *e):
        self.log.append(2)
        return e[0] is ValueError


def ctx(x):
    c = Ctx()
    with c:
        if x > 0:
            raise ValueError("v")
        c.log.append(3)
    try:
        with c:
            raise KeyError(1)
    except KeyError:
        c.log.append(4)
    for i in range(3):
        with c:
            if i == 1:
                continue
            if i == 2:
                break
    return c.log


def type_call(x):
    return type(Pt(x))(x).y, type(x)(2), Pt(x).__class__(x).y, type(Pt(x)) is Pt


def nested_cls(x):
    class Loc:
        def __init__(self):
            self.v = x

    return Loc().v


def getset(x, names=("a", "b")):
    p = Pt(x)
    for n in ("x", "y"):
        setattr(p, n, getattr(p, n) * 2)
    return p.x, p.y


ONE_NUMBER = [
    dc1,
    dc2,
    dc3,
    dc4,
    dc5,
    dc6,
    dc7,
    dc8,
    dc9,
    dc10,
    nt,
    nterr,
    nterr2,
    nterr3,
    nterr4,
    nterr5,
    en,
    en3,
    ab,
    ab2,
    ca,
    de,
    refl,
    refl2,
    bad,
    glob5,
    acc,
    newc,
    ga,
    type_call,
    getset,
    nested_cls,
]
REFUSED = [glob, glob2, glob3, glob4, clsattr, acc2, meta, defl]


@pytest.mark.parametrize("f", ONE_NUMBER, ids=lambda f: f.__name__)
def test_classes(f):
    all_same(f, [1.0])


def test_of_other_arguments():
    all_same(to, [(1.0, 2.0), (2.0, 2.0), (3.0, 2.0)])
    all_same(en2, [(1.0, Color.RED), (1.0, Color.BLUE)])
    all_same(ctx, [1.0, -1.0])
    all_same(its, [0, 4])
    all_same(many, [Many(1.0)])


@pytest.mark.parametrize("f", REFUSED, ids=lambda f: f.__name__)
def test_refused(f):
    """What is outside of the function is read only."""
    refused(f, 1.0)


class Read:
    def __init__(self, x):
        self.x, self.y = x, 2.0

    def total(self):
        return sum([self.__getattribute__(name) for name in ("x", "y")]) * object.__getattribute__(self, "x")


class Found(Read):
    def __getattr__(self, name):
        return 3.0


def test_getattribute():
    same_as_python(lambda x: Read(x).total(), 1.5)
    assert irad.grad(lambda x: Read(x).total())(1.5) == 5.0
    same_as_python(lambda x: Read(x).__getattribute__("z"), 1.5)
    refused(lambda x: Found(x).__getattribute__("x"), 1.5, match="object.__getattribute__ in a class with a `__getattr__`")
