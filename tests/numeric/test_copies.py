"""`copy.copy` and `copy.deepcopy`."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from numeric.harness import refused, same_and_derivative

import irad


class P:
    def __init__(self, a, b):
        self.a, self.b = a, b


class Custom(P):
    def __copy__(self):
        return Custom(self.a * 2.0, self.b)

    def __deepcopy__(self, memo):
        return Custom(copy.deepcopy(self.a, memo), self.b)


def rows(x, n):
    m = [[x * i * j for i in range(n)] for j in range(n)]
    deep, flat = copy.deepcopy(m), copy.copy(m)
    m[1][1] = 5.0
    deep[0][0] = x
    return deep[1][1] + flat[1][1] * deep[0][0] + m[0][0]


def classes_that_say_how(x, n):
    p = Custom([x, 1.0], [2.0])
    q = copy.deepcopy([p, p])
    p.a[0], p.b[0] = 7.0, 9.0
    q[0].a[1] = 3.0
    return q[1].a[0] * q[1].b[0] + q[1].a[1] + copy.copy(Custom(x, 1.0)).a


def one_array_twice(x, n):
    p = P(np.ones(n) * x, None)
    p.b = p.a
    q = copy.deepcopy(p)
    q.a[0] = 5.0
    return float(q.b.sum() + p.b.sum() * x)


@pytest.mark.parametrize("f", [rows, classes_that_say_how, one_array_twice], ids=lambda f: f.__name__)
def test_programs(f):
    same_and_derivative(f, 2.5, 4)


OPTIONS = {"a": [1.0, 2.0], "b": {"c": 3.0, "d": [[1.0], [2.0, 4.0]]}, "n": "text", "t": (1.0, ("u",))}
OPTIONS["array"] = np.array([1.0, 2.0])
OPTIONS["e"] = OPTIONS["a"]
MANY = [float(i) for i in range(300)]
SET = {1.0, 2.0}
PAIR = [np.array([1.0, 2.0]), 1.0]
TWICE = [PAIR, PAIR]


def options(x, n):
    d = copy.deepcopy(OPTIONS)
    d["a"][0] = x
    d["b"]["d"][1].append(x)
    d["array"][0] = x
    flat = copy.copy(OPTIONS)
    flat["a"] = x
    kept = OPTIONS["a"][0] + OPTIONS["array"][0] + len(OPTIONS["b"]["d"][1])
    return d["e"][0] * kept + sum(d["b"]["d"][1]) + d["array"].sum() + flat["e"][0] * flat["a"] + len(d["t"])


def long_lists(x, n):
    d = copy.deepcopy([MANY, MANY])
    d[0].append(x)
    d[0][n] *= x
    return sum(d[1]) + len(MANY)


def default_list(x, n, held=[]):  # noqa: B006
    own = copy.copy(held)
    own.append(x)
    other = copy.copy(SET)
    other.add(3.0)
    pair = copy.copy(PAIR)
    pair.append(x)
    return own[0] * len(own) + len(held) + len(SET) + len(other) + pair[0][1] * pair[2] + len(PAIR)


@pytest.mark.parametrize("f", [options, long_lists, default_list], ids=lambda f: f.__name__)
def test_containers_from_outside(f):
    same_and_derivative(f, 2.5, 4)


def test_containers_from_outside_that_change():
    same_and_derivative(options, 2.5, 4)
    OPTIONS["a"][0] = 4.0
    try:
        same_and_derivative(options, 2.5, 4)
    finally:
        OPTIONS["a"][0] = 1.0


class Model(P):
    scale = 4.0

    @property
    def double(self):
        return self.a * 2.0


MODEL = Model(2.0, (P(np.array([1.0, 2.0]), {"k": 1.0}), P(3.0, [1.0, 2.0])))
MODEL.me, MODEL.first = MODEL, MODEL.b[0]
SHARED = P(np.ones(2), None)
SHARED.b = SHARED.a


def object_from_outside(x, n):
    total = 0.0
    for i in range(n):
        m = copy.deepcopy(MODEL)
        m.a = m.a * x + i
        m.b[0].a[0] = x
        m.first.b["k"] = x
        m.b[1].b.append(x)
        total += m.double * m.scale * m.me.a + m.first.a.sum() * m.b[0].b["k"] + len(m.b[1].b)
    return total + MODEL.a + MODEL.b[0].a[0] + len(MODEL.b[1].b)


def object_from_outside_shallow(x, n):
    m = copy.copy(MODEL)
    m.a, m.new = x, x * n
    own = copy.copy(Custom(x, 1.0))
    return m.a * MODEL.a + vars(m)["new"] + m.b[1].a + own.a


@pytest.mark.parametrize("f", [object_from_outside, object_from_outside_shallow], ids=lambda f: f.__name__)
def test_objects_from_outside(f):
    same_and_derivative(f, 2.5, 4)


def test_objects_from_outside_that_change():
    f = irad.compile(object_from_outside)
    before = f(2.5, 3)
    MODEL.a = 5.0
    MODEL.b[1].b.append(9.0)
    try:
        assert f(2.5, 3) == object_from_outside(2.5, 3) != before
    finally:
        MODEL.a = 2.0
        MODEL.b[1].b.pop()


def test_a_copy_holds_what_was_stored_before():
    def f(x):
        SHARED.b = x
        m = copy.copy(SHARED)
        SHARED.b = 2.0 * x
        return m.b * SHARED.b

    kept = SHARED.b
    assert irad.grad(f)(3.0) == 12.0
    assert SHARED.b is kept


def one_row_twice(x, n):
    return copy.deepcopy([[x] * n] * n)


def test_refused():
    refused(one_row_twice, 2.0, 3, match="holds another list more than once")
    refused(lambda x: copy.deepcopy(TWICE), 2.0, match="several lists or dicts with arrays")
    refused(lambda x: copy.deepcopy(SHARED), 2.0, match="one array more than once")


def arrays_in_a_list(x, n):
    a = [np.full(2, x * i) for i in range(n)]
    b = [(np.full(2, x * i), float(i)) for i in range(n)]
    c, d = copy.deepcopy(a), copy.deepcopy(b)
    c[1][0], d[2][0][1] = 5.0, 7.0
    return float(a[1].sum() + c[1].sum() * x + b[2][0].sum() + d[2][0].sum() * x)


class Slots:
    __slots__ = ("__own", "a", "late")

    def __init__(self, a):
        self.a = a
        self.__own = [a]

    def own(self):
        return self.__own


class SlotsAndMore(Slots):
    def __init__(self, a, b):
        super().__init__(a)
        self.b = b


@dataclass(slots=True, frozen=True)
class Fixed:
    a: float
    b: list


class Named(NamedTuple):
    a: float
    b: list


SLOTS, MORE, FIXED = Slots(2.0), SlotsAndMore(3.0, {"k": 1.0}), Fixed(1.5, [2.0])
NAMED, SPACE = Named(1.5, [2.0]), SimpleNamespace(a=1.0, b=[2.0], c=SLOTS)


def slots_outside(x, n):
    s, t = copy.deepcopy(SLOTS), copy.copy(SLOTS)
    s.a *= x
    s.own()[0] += x
    s.late = x
    return s.a * s.own()[0] + s.late + SLOTS.a * t.own()[0] + (t.late if hasattr(t, "late") else n)


def slots_and_more_outside(x, n):
    s = copy.deepcopy(MORE)
    s.b["k"] *= x
    s.own().append(x)
    s.new = x
    return s.b["k"] * sum(s.own()) * s.new + MORE.b["k"] + n


def frozen_outside(x, n):
    s = copy.deepcopy(FIXED)
    s.b.append(x)
    return sum(s.b) * s.a * x + len(FIXED.b) + n


def named_outside(x, n):
    s, t = copy.deepcopy(NAMED), copy.copy(NAMED)
    s.b.append(x)
    return sum(s.b) * s.a * x + len(t.b) + n


def namespace_outside(x, n):
    s, t = copy.deepcopy(SPACE), copy.copy(SPACE)
    s.a = t.new = x
    s.b.append(x)
    s.c.a *= x
    return sum(s.b) * s.a * s.c.a + t.new * t.b[0] + len(SPACE.b) + hasattr(SPACE, "new") + n


HOOKS = SimpleNamespace(f=[math.sin, np.cos], steps=range(3), pick=(..., abs))


def functions_outside(x, n):
    s = copy.deepcopy(HOOKS)
    s.f.append(math.exp)
    return sum(f(x) for f in s.f) * len(HOOKS.f) + len(s.steps) + s.pick[1](x) + copy.copy(HOOKS).f[0](x) + n


@pytest.mark.parametrize("f", [functions_outside, slots_outside, slots_and_more_outside, frozen_outside, named_outside,
                         namespace_outside], ids=lambda f: f.__name__)
def test_slots_named_tuples_and_namespaces_from_outside(f):
    same_and_derivative(f, 2.5, 3)


def test_slots_and_namespaces_that_change():
    f, g = irad.compile(slots_outside), irad.compile(namespace_outside)
    before = f(2.5, 3), g(2.5, 3)
    SLOTS.a, SLOTS.late, SPACE.b[0] = 5.0, 1.0, 7.0
    try:
        assert (f(2.5, 3), g(2.5, 3)) == (slots_outside(2.5, 3), namespace_outside(2.5, 3)) != before
    finally:
        SLOTS.a, SPACE.b[0] = 2.0, 2.0
        del SLOTS.late


def arrays_in_lists_of_lists(x, n):
    a = [[np.full(2, x * i) for i in range(n)] for _ in range(n)]
    c = copy.deepcopy(a)
    c[1][1][0] = 5.0
    return float(a[1][1].sum() + c[1][1].sum() * x)


def one_list_twice(x, n):
    r = [x] * n
    q = copy.deepcopy({"a": r, "b": (r, [r])})
    q["a"][0] = 2.0 * x
    q["b"][0].append(x)
    return q["b"][1][0][0] * len(q["a"]) + r[0]


class WithArray:
    def __init__(self, a):
        self.a = a


def objects_with_arrays(x, n):
    ps = [WithArray(np.full(2, x * i)) for i in range(n)]
    qs = copy.deepcopy(ps)
    qs[1].a[0] = 3.0
    return float(ps[1].a.sum() + qs[1].a.sum() * x)


ONCE = [arrays_in_a_list, arrays_in_lists_of_lists, one_list_twice, objects_with_arrays]


@pytest.mark.parametrize("f", ONCE, ids=lambda f: f.__name__)
def test_what_lists_hold_is_copied(f):
    same_and_derivative(f, 2.5, 4)


def one_array_given_twice(x, n):
    a = np.ones(n) * x
    return copy.deepcopy(P(a, a)).a[0]


def one_array_in_many(x, n):
    a = np.ones(n) * x
    return copy.deepcopy([a for _ in range(n)])[0][0]


def one_array_in_many_objects(x, n):
    a = np.ones(n) * x
    return copy.deepcopy([WithArray(a) for _ in range(n)])[0].a[0]


def one_row_in_rows(x, n):
    r = [x] * n
    q = copy.deepcopy([[r] for _ in range(n)])
    q[0][0][0] = 3.0
    return q[1][0][0]


def one_row_in_two_lists(x, n):
    r = [[x] for _ in range(n)]
    q = copy.deepcopy({"a": r, "b": list(r)})
    q["a"][0][0] = 3.0
    return q["b"][0][0]


def an_item_beside(x, n):
    r = [P(x, 1.0) for _ in range(n)]
    q = copy.deepcopy((r, r[0]))
    q[0][0].a = 3.0
    return q[1].a


MET_TWICE = [one_array_given_twice, one_array_in_many, one_array_in_many_objects, one_row_in_rows, one_row_in_two_lists,
         an_item_beside]


@pytest.mark.parametrize("f", MET_TWICE, ids=lambda f: f.__name__)
def test_one_copy_of_what_is_there_twice_is_refused(f):
    refused(f, 2.0, 3, match=r"copy.deepcopy\(\) of")
