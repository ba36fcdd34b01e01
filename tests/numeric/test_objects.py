"""Objects of classes written in Python: attributes, properties, methods, operators, and CPython's errors."""

import math

import numpy as np
import pytest
from numeric.harness import all_same, refused, same_as_python

import irad


class P:
    scale = 2.0
    count = 0

    def __init__(self, x, y=1.0):
        self.x = x
        self._y = y

    @property
    def y(self):
        return self._y

    @y.setter
    def y(self, v):
        if v < 0:
            raise ValueError(f"negative {v}")
        self._y = v

    @property
    def ro(self):
        return self.x * 3

    @classmethod
    def make(cls, x):
        return cls(x, cls.scale)

    @staticmethod
    def twice(x):
        return 2 * x

    def __repr__(self):
        return f"P({self.x!r}, {self._y!r})"


def props(x, y):
    p = P(x)
    p.y = y
    p.y += 1
    return p.y, p.ro, P.make(x).y, p.make(x).x, P.twice(x), p.twice(x), p.scale, P.scale


def set_ro(x):
    p = P(x)
    p.ro = 1.0


def missing(x):
    return P(x).zz


def class_attr(x):
    p = P(x)
    q = P(x)
    p.scale = 5.0
    return p.scale, q.scale, P.scale


def wrong_init(x):
    return P()


def wrong_init2(x):
    return P(x, 1, 2)


def wrong_kw(x):
    return P(x, z=1)


def not_callable(x):
    return P(x)()


def no_len(x):
    return len(P(x))


def no_add(x):
    return P(x) + 1


def no_radd(x):
    return 1.5 + P(x)


def no_lt(x):
    return P(x) < P(x)


def no_index(x):
    return P(x)[0]


def no_setindex(x):
    P(x)[0] = 1


def no_delindex(x):
    del P(x)[0]


def no_iter(x):
    for q in P(x):
        pass


def no_contains(x):
    return 1 in P(x)


def no_neg(x):
    return -P(x)


def no_abs(x):
    return abs(P(x))


def no_float(x):
    return float(P(x))


def no_int(x):
    return int(P(x))


def no_round(x):
    return round(P(x))


def no_iadd(x):
    p = P(x)
    p += 1
    return p


def no_enter(x):
    with P(x) as q:
        return 1


def no_unpack(x):
    a, b = P(x)
    return a


def no_bool_add(x):
    return [1.0] + P(x)


def eq_default(x):
    p = P(x)
    q = P(x)
    return p == p, p == q, p != q, p is not q, p in [q, p], p in (q,), [p, q].index(q), p == 1


def str_err(x):
    raise ValueError(P(x))


def str_err2(x):
    raise ValueError(f"bad {P(x)} {P(x)!r}")


def set_err(x):
    p = P(x)
    p.y = -x
    return p


class Base:
    def who(self):
        return 1.0

    def run(self, x):
        return self.who() * x

    def __init__(self, a):
        self.a = a


class Left(Base):
    def __init__(self, a):
        super().__init__(a)
        self.left = a

    def who(self):
        return super().who() + 10


class Right(Base):
    def __init__(self, a):
        super().__init__(a * 2)
        self.right = a

    def who(self):
        return super().who() * 5


class Both(Left, Right):
    def who(self):
        return super().who() + 100


class Mixin:
    def tag(self):
        return self.a + self.extra

    extra = 0.5


class Mixed(Mixin, Left):
    extra = 1.5


def mro(x):
    b = Both(x)
    return (
        b.run(x),
        b.a,
        b.left,
        b.right,
        Mixed(x).tag(),
        isinstance(b, Right),
        issubclass(Both, Base),
        type(b) is Both,
        type(b).__name__,
        b.__class__ is Both,
        isinstance(b, (int, Base)),
        Both.__mro__[1] is Left,
    )


class Slots:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a


def slots(x):
    s = Slots(x)
    s.b = 2.0
    return s.a, s.b


def slots_unset(x):
    return Slots(x).b


def slots_new(x):
    s = Slots(x)
    s.c = 1.0
    return s.c


def slots_hasattr(x):
    s = Slots(x)
    return hasattr(s, "b"), hasattr(s, "a"), getattr(s, "b", 7.0)


class Dyn:
    def __init__(self, **kw):
        self.__dict__.update(kw)

    def __getattr__(self, name):
        if name.startswith("z"):
            return 42.0
        raise AttributeError(f"no {name}")


class Log:
    def __init__(self, x):
        object.__setattr__(self, "n", 0)
        self.x = x

    def __setattr__(self, name, v):
        object.__setattr__(self, "n", self.n + 1)
        super().__setattr__(name, v)


def dyn(x):
    d = Dyn(a=x, b=2.0)
    d.__dict__["c"] = 3.0
    return d.a, d.b, d.zip, vars(d)["a"], len(vars(d)), d.c, sorted(vars(d)), list(d.__dict__.keys())


def dyn_err(x):
    return Dyn(a=x).q


def log(x):
    l = Log(x)
    l.x = 2.0
    l.y = x
    setattr(l, "w", 1.0)
    return l.n, l.x, l.y, getattr(l, "w"), delattr(l, "w"), hasattr(l, "w")


class Vec:
    def __init__(self, *c):
        self.c = list(c)

    def __call__(self, k):
        return self.c[k] * 2

    def __len__(self):
        return len(self.c)

    def __getitem__(self, i):
        return self.c[i]

    def __setitem__(self, i, v):
        self.c[i] = v

    def __delitem__(self, i):
        del self.c[i]

    def __contains__(self, v):
        return any(v == q for q in self.c)

    def __iter__(self):
        for q in self.c:
            yield q

    def __bool__(self):
        return len(self.c) > 1

    def __eq__(self, o):
        return isinstance(o, Vec) and self.c == o.c

    def __add__(self, o):
        if not isinstance(o, Vec):
            return NotImplemented
        return Vec(*[p + q for p, q in zip(self.c, o.c)])

    def __radd__(self, o):
        return Vec(*[o + q for q in self.c])

    def __iadd__(self, o):
        self.c = [q + o for q in self.c]
        return self

    def __mul__(self, s):
        return Vec(*[q * s for q in self.c])

    __rmul__ = __mul__

    def __neg__(self):
        return Vec(*[-q for q in self.c])

    def __pos__(self):
        return self

    def __invert__(self):
        return 7

    def __abs__(self):
        return math.sqrt(sum(q * q for q in self.c))

    def __float__(self):
        return self.c[0]

    def __int__(self):
        return 3

    def __index__(self):
        return 1

    def __round__(self, n=None):
        return 9.0 if n is None else n

    def __matmul__(self, o):
        return sum(p * q for p, q in zip(self.c, o.c))

    def __pow__(self, n):
        return self.c[0] ** n

    def __truediv__(self, s):
        return Vec(*[q / s for q in self.c])

    def __floordiv__(self, s):
        return "fd"

    def __mod__(self, s):
        return 1

    def __divmod__(self, s):
        return 2, 3

    def __lshift__(self, s):
        return 4

    def __and__(self, s):
        return 5

    def __or__(self, s):
        return 6

    def __reversed__(self):
        return iter(self.c[::-1])

    def __enter__(self):
        self.c.append(1.0)
        return self

    def __exit__(self, t, v, tb):
        self.c.append(2.0)
        return t is ZeroDivisionError

    def __trunc__(self):
        return 11

    def __floor__(self):
        return 12

    def __ceil__(self):
        return 13

    def __hash__(self):
        return 5

    def __format__(self, spec):
        return "fmt" + spec

    def __str__(self):
        return "Vec!"


def ops(x, y):
    v = Vec(x, y)
    w = v + v
    v[0] = 5.0
    v += 1
    return (
        v(1),
        len(v),
        v[0],
        v[-1],
        6.0 in v,
        9.0 in v,
        [q for q in v],
        bool(v),
        v == w,
        v != w,
        w.c,
        (v * 2).c,
        (2 * v).c,
        (-v).c,
        abs(v),
        float(v),
        int(v),
        round(v),
        round(v, 3),
        v @ w,
        v**2,
        (v / 2).c,
        ~v,
        +v is v,
        v % 2,
        v << 1,
        v & 1,
        v | 1,
    )


def ops2(x, y):
    v = Vec(x, y)
    a, b = v
    return (
        a,
        b,
        list(v),
        tuple(v),
        sum(v),
        max(v),
        min(v),
        sorted(v),
        list(reversed(v)),
        divmod(v, 2),
        v // 1,
        [*v],
        list(zip(v, v)),
        list(enumerate(v)),
        dict(a=v)["a"] is v,
        not v,
        v and 1,
        v or 2,
    )


def ops3(x, y):
    v = Vec(x, y)
    return math.floor(v), math.ceil(v), math.trunc(v), [4.0, 5.0, 6.0][v], range(3)[v], math.sqrt(v), f"{v:a}", str(v)


def with_(x, y):
    v = Vec(x)
    with v as q:
        z = x / y
        v.c.append(z)
    return v.c, q is v


def with_raise(x, y):
    v = Vec(x)
    with v as q:
        math.sqrt(x)
    return v.c


def sub_add(x):
    return Vec(x) + 1


ONE_NUMBER = [
    class_attr,
    missing,
    set_ro,
    wrong_init,
    wrong_init2,
    wrong_kw,
    not_callable,
    no_len,
    no_add,
    no_radd,
    no_lt,
    no_index,
    no_setindex,
    no_delindex,
    no_iter,
    no_contains,
    no_neg,
    no_abs,
    no_float,
    no_int,
    no_round,
    no_iadd,
    no_enter,
    no_unpack,
    no_bool_add,
    eq_default,
    str_err,
    str_err2,
    set_err,
    mro,
    slots,
    slots_unset,
    slots_new,
    slots_hasattr,
    dyn,
    dyn_err,
    log,
    sub_add,
]


@pytest.mark.parametrize("f", ONE_NUMBER, ids=lambda f: f.__name__)
def test_objects(f):
    all_same(f, [1.0])


@pytest.mark.parametrize("f", [props, ops, ops2, ops3, with_, with_raise], ids=lambda f: f.__name__)
def test_objects_of_two_numbers(f):
    all_same(f, [(1.0, 2.0), (-1.0, -1.0)])


def test_division_in_a_context():
    all_same(with_, [(1.0, 0.0)])


# -- deleting attributes -------------------------------------------------------------------------------------------


class Deleting:
    level = 10.0

    def __init__(self, x):
        self.x = x
        self.y = 2.0 * x


class OneSlot:
    __slots__ = ("x",)


class Guarded:
    deleted = 0

    @property
    def p(self):
        return 1.0

    @property
    def q(self):
        return self._q

    @q.deleter
    def q(self):
        self._q = -1.0

    def __delattr__(self, name):
        if name == "odd":
            self.deleted += 1
        else:
            object.__delattr__(self, name)


def deletes(x):
    d = Deleting(x)
    del d.y
    return d.x, hasattr(d, "y"), list(vars(d))


def deletes_and_sets(x):
    d = Deleting(x)
    del d.x
    d.x = x * 3
    return d.x + d.y, list(vars(d))


def deletes_down_to_class(x):
    d = Deleting(x)
    d.level = x
    before = d.level
    del d.level
    return before, d.level


def deletes_on_one_way(x):
    d = Deleting(x)
    if x > 1.0:
        del d.y
    try:
        return d.y
    except AttributeError as e:
        return e.args[0]


def deletes_twice(x):
    d = Deleting(x)
    if x > 1.0:
        del d.y
    del d.y
    return d


def deletes_class_attribute(x):
    d = Deleting(x)
    del d.level
    return d


def deletes_slot(x):
    s = OneSlot()
    s.x = x
    y = s.x
    del s.x
    try:
        return s.x
    except AttributeError as e:
        return y, e.args[0]


def deletes_slot_twice(x):
    s = OneSlot()
    s.x = x
    del s.x
    del s.x


def deletes_by_deleters(x):
    g = Guarded()
    g.x = x
    del g.x, g.odd, g.odd
    del g.q
    return g.deleted, g.q, hasattr(g, "x")


def deletes_without_deleter(x):
    g = Guarded()
    del g.p


def deletes_in_callee(d):
    del d.y


def deletes_of_argument(d, x):
    deletes_in_callee(d)
    delattr(d, "x")
    d.z = x
    return x


def set_on_one_way_only(x):
    d = Deleting(x)
    if x > 1.0:
        d.level = x
    return d.level


def test_deleting_attributes():
    functions = (
        deletes, deletes_and_sets, deletes_down_to_class, deletes_on_one_way, deletes_twice, deletes_class_attribute,
        deletes_slot, deletes_slot_twice, deletes_by_deleters, deletes_without_deleter, set_on_one_way_only,
    )
    for f in functions:
        all_same(f, [(0.5,), (2.0,)])
    all_same(deletes_of_argument, [(Deleting(1.0), 2.0)])
    assert irad.grad(deletes_and_sets_only)(2.0) == 5.0
    refused(lambda x: deletes_of_outside(x), 1.0, match="del of the attribute `level` of a Deleting from outside of the function")


OUTSIDE = Deleting(1.0)


def deletes_of_outside(x):
    del OUTSIDE.level
    return x


def deletes_and_sets_only(x):
    return deletes_and_sets(x)[0]


# -- super() where a function inside of the method captures self ------------------------------------------------------


class Base:
    def __init__(self, a):
        self.a = a

    def value(self, k):
        return self.a * k


class Capturing(Base):
    def __init__(self, a):
        super().__init__(a * 2)
        self.scaled = lambda k: self.a * k

    def value(self, k):
        rest = [self.a + i for i in range(2)]
        add = lambda y: y + self.a
        return add(super().value(k)) + rest[1]


def super_with_captured_self(x):
    c = Capturing(x)
    return c.value(3.0) + c.scaled(x)


def test_super_where_self_is_captured():
    all_same(super_with_captured_self, [(0.5,), (-2.0,)])
    assert irad.grad(super_with_captured_self)(2.0) == 10 + 4 * 2.0


def sentinel(x):
    nothing = object()
    found = nothing
    for v in (1.0, x):
        if v > 1.5:
            found = v
    return -1.0 if found is nothing else found


def test_plain_objects():
    all_same(sentinel, [(0.5,), (2.0,)])


class Plain:
    def __init__(self, x):
        self.x = x


def added_in_place(a, n):
    o = Plain(a[0])
    if n > 1:
        o += sum(a[:n])  # 0 or a float of numpy's
    if n > 0:
        return a[0] ** o
    o += sum(a[:n])
    return o


def test_operators_that_a_class_does_not_have():
    all_same(added_in_place, [(np.array([0.5, 1.0]), n) for n in (0, 1, 2)])


class Vector:
    def __init__(self):
        self.x = self.y = self.z = 0.0

    def put(self, i, v):
        setattr(self, "xyz"[i], v)

    def get(self, i):
        return getattr(self, "xyz"[i])


def by_computed_name(i):
    o = Vector()
    o.put(i, 2.0)
    return o.x, o.y, o.z, o.get(i)


class Branching:
    def __init__(self, first):
        self.run = self.one if first else self.two

    def one(self):
        return 1.0

    def two(self):
        return 2.0


def methods_compared(x):
    o, other = Branching(x > 1.0), Branching(True)
    return o.run == o.one, o.run == o.two, o.run != o.two, o.one == other.one, other.run == other.one, [x] == "sin", "sin" != [x]


class Tree:
    def __init__(self, s):
        self.s, self.left, self.right = s, None, None


def tree(s, n):
    made = Tree(s)
    if n > 0:
        made.left = tree(s * 1.1, n - 1)
        made.right = tree(s * 0.9, n - 1)
    return made


def summed(t):
    return t.s if t.left is None else summed(t.left) + summed(t.right)


@pytest.mark.parametrize("i", [0, 1, -1, 5])
def test_attributes_by_computed_name(i):
    same_as_python(by_computed_name, i)


def test_comparison_of_methods():
    all_same(methods_compared, [0.5, 2.0])


def test_a_tree_of_unknown_depth():
    """Each level has twice as many objects: it has to be refused before there are too many."""
    for derivative in (irad.compile, irad.grad):
        with pytest.raises(irad.UnsupportedError, match="to a depth that is not known"):
            derivative(lambda s: summed(tree(s, 2)))(1.0)
