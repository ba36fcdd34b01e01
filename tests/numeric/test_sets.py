"""Sets: the order of their members is that of CPython's tables, which depends on all that was done to them."""

import pytest
from numeric.harness import refused, same_as_python

import irad


def taken_out(x):
    s = {1, 2}
    s.add(9)
    s.discard(1)
    s.add(17)
    t = 0.0
    for v in s:
        t = t * x + v
    return t, list(s)


def of_many_steps(x):
    s = {33, 7}
    s |= {40, 12, 34, 39}
    s.update({8: 1, 16: 2}, (24, 48))
    x += s.pop()
    s ^= {7, 33, 48, 13}
    t = s - {12}
    s -= {40}
    s = s | {2, 36, 5, 33, 38}
    u = set(frozenset(s))
    u.add(0)
    t.add(20)
    return list(s), list(t), list(u.copy()), x, u.pop()


@pytest.mark.parametrize("f", [taken_out, of_many_steps])
def test_order(f):
    same_as_python(f, 2.0)


def changed_in_a_loop(n, ask):
    s = {1, 2, 9}
    for _ in range(n):
        s.add(9)
        s.discard(1)
        s.add(1)
    return ask(s)


@pytest.mark.parametrize("n", [0, 3])
def test_changed_in_a_loop(n):
    def ask(s):
        return len(s), 9 in s, 5 in s, s == {1, 2, 9}, s | {3}, s, s.isdisjoint({4}), bool(s)

    same_as_python(changed_in_a_loop, n, ask)


@pytest.mark.parametrize(
    "ask", [list, lambda s: [v for v in s], lambda s: s.pop(), lambda s: list(s | {3}), lambda s: sum(set(s))],
)
def test_an_order_that_is_not_known(ask):
    with pytest.raises(irad.UnsupportedError, match="the order of the members of a set"):
        irad.compile(changed_in_a_loop)(3, ask)


def one_of_two(x):
    s = {1, 2}
    if x > 1:
        s.add(7)
    return s


def test_each_call_returns_a_new_set():
    compiled = irad.compile(one_of_two)
    compiled(2.0).add(99)
    assert compiled(2.0) == {1, 2, 7}


class _Thing:
    def __init__(self, x):
        self.x = x


def test_objects_as_members_are_refused_with_a_way_out():
    error = refused(lambda x: len({_Thing(x), _Thing(x)}), 2.0, match="a set with a member of type")
    assert error.hint == "keep them in a list or tuple"
