"""An object out of a list of run-time length, or nothing: its memory is only read if it is the result."""

from __future__ import annotations

import pytest

import irad


class Item:
    def __init__(self, u):
        self.u = u


def from_a_loop(a):
    for p in [Item(e) for e in a]:
        p.y = 1.0
        if 0.5 <= a[1]:
            return p


def in_a_tuple(a):
    for e in a:
        for p in [Item(e) for _ in a]:
            p.y = e
            if 0.5 <= a[1]:
                return e, p


def by_place(a):
    ps = [Item(e) for e in a]
    ps[0].u = 2.0
    if 0.5 <= a[1]:
        return ps[0]


def or_a_number(a):
    ps = [Item(e) for e in a]
    ps[0].u = 2.0
    return ps[0] if 0.5 <= a[1] else (a[0] if a[1] < -5.0 else "none")


def plain(value):
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return vars(value) if isinstance(value, Item) else value


@pytest.mark.parametrize("f", [from_a_loop, in_a_tuple, by_place, or_a_number], ids=lambda f: f.__name__)
def test_it_is_what_cpython_returns(f):
    compiled = irad.compile(f)
    for a in ([0.5, -1.0], [0.5, 1.0], [0.5, -9.0], [0.5, -1.0], [0.5, 1.0]):
        assert plain(compiled(a)) == plain(f(a))
