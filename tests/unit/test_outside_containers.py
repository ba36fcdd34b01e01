"""Containers of other classes from outside (OrderedDict, deque, classes derived from list): what they hold may change."""

from __future__ import annotations

import array
import collections
import functools
import types
from typing import Any

import numpy as np
import pytest

import irad


class Table(dict):
    pass


class Row(list):
    pass


class Members(set):
    pass


class Holder:
    pass


def scaled(x, by):
    return x * by


def fresh() -> dict[str, Any]:
    """New containers: what is in them is changed by the tests."""
    weights, holder, plain = np.array([1.0, 2.0]), Holder(), {"a": 1.0}
    holder.table = collections.OrderedDict(a=1.0)
    return {
        "O": collections.OrderedDict(a=1.0, l=[1.0], n={"k": 1.0}, w=weights), "D": collections.defaultdict(float, a=1.0),
        "C": collections.Counter(a=1), "M": types.MappingProxyType(plain), "plain": plain, "T": Table(a=1.0, w=weights, l=[1.0]),
        "R": Row([1.0, 2.0]), "RR": Row([[1.0], [2.0]]), "Q": collections.deque([1.0, 2.0]), "S": Members({1, 2}), "w": weights,
        "L": [collections.OrderedDict(a=1.0)], "N": {"k": Table(a=1.0)}, "h": holder, "A": array.array("d", [1.0]),
        "K": collections.ChainMap({"a": 1.0}), "V": plain.values(), "I": plain.items(), "P": functools.partial(scaled, by=2.0),
    }


CHANGES = [
    ("O['a']", "O['a'] = 7.0"), ("O['l'][0]", "O['l'][0] = 7.0"), ("O['n']['k']", "O['n']['k'] = 7.0"),
    ("O['w'][0]", "w[0] = 7.0"),
    ("len(O)", "O['z'] = 1.0"), ("len(list(O.values()))", "del O['l']"), ("O.get('z', 3.0)", "O['z'] = 1.0"),
    ("'alnw'.index(list(O)[0])", "O.move_to_end('a')"), ("D['a']", "D['a'] = 7.0"), ("('c' in D)", "D['c'] = 7.0"),
    ("sum(v for k, v in D.items())", "D['c'] = 7.0"), ("C['a']", "C['a'] = 7"), ("M['a']", "plain['a'] = 7.0"),
    ("sum(M[k] for k in M)", "plain['b'] = 7.0"), ("sum(M.values())", "plain['b'] = 7.0"), ("len(dict(M))", "plain['b'] = 7.0"),
    ("T['a']", "T['a'] = 7.0"), ("T['w'][1]", "w[1] = 7.0"), ("np.sum(T['w'])", "w[1] = 7.0"), ("T['l'][0]", "T['l'][0] = 7.0"),
    ("R[0]", "R[0] = 7.0"), ("sum(R)", "R.append(7.0)"), ("len(R)", "R.append(7.0)"), ("RR[1][0]", "RR[1][0] = 7.0"),
    ("sum(r[0] for r in RR)", "RR[1][0] = 7.0"), ("Q[0]", "Q[0] = 7.0"), ("sum(Q)", "Q.append(7.0)"), ("max(Q)", "Q.append(7.0)"),
    ("(3 in S)", "S.add(3)"), ("len(S)", "S.add(3)"), ("L[0]['a']", "L[0]['a'] = 7.0"), ("N['k']['a']", "N['k']['a'] = 7.0"),
    ("h.table['a']", "h.table['a'] = 7.0"), ("len(A)", "A.append(7.0)"), ("K['a']", "K['a'] = 7.0"),
    ("sum(V)", "plain['b'] = 7.0"), ("len(I)", "plain['b'] = 7.0"), ("sum(v for k, v in I)", "plain['a'] = 7.0"),
    ("P(3.0)", "P.keywords['by'] = 3.0"),
]


@pytest.mark.parametrize("text, change", CHANGES, ids=lambda v: v)
def test_a_change_is_seen(text, change):
    space = {"np": np, **fresh()}
    exec(f"def f(x): return x * {text}", space)
    f = space["f"]
    compiled, gradient = irad.compile(f), irad.grad(f)
    for _ in range(4):
        assert compiled(1.5) == f(1.5)
        assert gradient(1.5) == f(1.0)
    exec(change, space)
    for _ in range(3):
        assert compiled(1.5) == f(1.5)
        assert gradient(1.5) == f(1.0)


def test_dict_of_a_mapping_that_is_no_dict():
    chain = collections.ChainMap({"a": 1.0}, {"b": 2.0})
    with pytest.raises(irad.UnsupportedError, match="ChainMap"):
        irad.compile(lambda x: x * len(dict(chain)))(1.5)


class Plain:
    def __init__(self, value):
        self.value = value

    def scaled(self, x):
        return self.value * x


class Doubled(Plain):
    def scaled(self, x):
        return self.value * x * 2.0


class Slotted:
    __slots__ = ("value",)


class Slotted2:
    __slots__ = ("value",)

    def __float__(self):
        return 1.0


@pytest.mark.parametrize("calls", [1, 4])
def test_the_class_and_the_dict_of_an_object_are_replaced(calls):
    one, other = Plain(2.0), Plain(3.0)
    holder = {"one": one, "others": [other]}

    def f(x):
        found = holder["one"].scaled(x) + holder["others"][0].value
        return found if isinstance(one, Doubled) else found + 100.0

    compiled = irad.compile(f)

    def same():
        for _ in range(calls):
            assert compiled(1.5) == f(1.5)

    same()
    one.__class__ = Doubled
    same()
    one.__dict__ = {"value": 7.0}
    same()
    other.__dict__ = {"value": 9.0}
    same()
    one.__dict__["value"] = 11.0
    same()
    one.__class__ = Plain
    same()
    one.__dict__ = {"value": 1.0, "scaled": other.scaled}
    same()


def test_the_class_of_an_object_with_slots_is_replaced():
    one = Slotted()
    one.value = 2.0

    def f(x):
        return one.value * x + hasattr(one, "__float__")

    compiled = irad.compile(f)
    assert compiled(1.5) == f(1.5) == 3.0
    one.__class__ = Slotted2
    assert compiled(1.5) == f(1.5) == 4.0


@pytest.mark.parametrize("calls", [1, 4])
def test_the_bases_of_a_class_are_replaced(calls):
    class First:
        def of(self, x):
            return 2.0 * x

    class Second:
        def of(self, x):
            return 5.0 * x

    class Derived(First):
        pass

    class Further(Derived):
        pass

    one = Further()
    functions = [
        lambda x: one.of(x), lambda x: Further().of(x), lambda x: x + isinstance(one, Second), lambda x: Further.of(one, x),
    ]
    compiled = [irad.compile(f) for f in functions]

    def same():
        for _ in range(calls):
            assert [c(1.5) for c in compiled] == [f(1.5) for f in functions]

    same()
    Derived.__bases__ = (Second,)
    same()
    Derived.__bases__ = (Second, First)
    same()
    Further.of = lambda self, x: -x
    same()


class Shared:
    def __init__(self, x):
        self.x = x

    def of_both(self, other):
        other.x = 5.0
        return self.x


SHARED, ITEMS, TABLE = Shared(1.0), [1.0, 2.0], {"a": 1.0}


def changed_object(o):
    o.x = 5.0
    return SHARED.x


def changed_list(xs):
    xs[0] = 5.0
    return ITEMS[0]


def changed_dict(d):
    d["a"] = 5.0
    return TABLE["a"]


def test_what_is_read_from_outside_is_not_changed_as_an_argument() -> None:
    """It would be read as it was before the call."""
    pairs = [(changed_object, SHARED, Shared(2.0)), (changed_list, ITEMS, [3.0]), (changed_dict, TABLE, {"a": 3.0})]
    for f, same, other in [*pairs, (SHARED.of_both, SHARED, Shared(2.0))]:
        compiled = irad.compile(f)
        for _ in range(3):
            assert compiled(other) == 1.0
            with pytest.raises(irad.UnsupportedError, match="that is changed, and is read from outside of the function, too"):
                compiled(same)
    assert SHARED.x == 1.0 and ITEMS == [1.0, 2.0] and TABLE == {"a": 1.0}
    assert irad.compile(lambda o: o.x + SHARED.x)(SHARED) == 2.0


INSIDE = [[1.0, 2.0], [3.0]]


def changed_inside(xs):
    xs[0][0] = xs[0][0] * 2.0
    return xs[0][0] * INSIDE[0][0]


def changed_row(row):
    row[0] = row[0] * 2.0
    return row[0] * INSIDE[0][0]


def changed_items(xs):
    xs[0] = xs[0] * 2.0
    return xs[0] * ITEMS[0]


def only_read(xs):
    return xs[0] * ITEMS[0]


def test_derivatives_by_what_is_read_from_outside() -> None:
    for f, same, other in [(changed_inside, INSIDE, [[1.0, 2.0], [3.0]]), (changed_row, INSIDE[0], [1.0, 2.0]),
                           (changed_items, ITEMS, list(ITEMS))]:
        for call in (irad.grad(f), irad.value_and_grad(f), lambda xs, f=f: irad.vjp(f, xs)):
            for _ in range(2):
                call(other)
                with pytest.raises(irad.UnsupportedError, match="that is changed, and is read from outside of the function, too"):
                    call(same)
    assert irad.grad(only_read)(ITEMS)[0] == ITEMS[0]
