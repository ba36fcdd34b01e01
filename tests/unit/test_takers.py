"""Arguments that are taken apart: calls with the same shapes again go a short way, others must not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import irad
from irad.infer.shapes import Shape
from irad.infer.values import Same
from irad.runtime.boundary import argument_shape
from irad.runtime.structures import Seen
from irad.runtime.takers import taker


class Point:
    def __init__(self, x: float, y: float) -> None:
        self.x = x
        self.y = y


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x: float, y: float) -> None:
        self.x = x
        self.y = y


@dataclass
class Holder:
    points: list
    table: dict
    name: str = "a"


def shape_of(*args: Any) -> tuple[Shape, ...]:
    seen = Seen()
    return tuple(argument_shape(a, f"argument {i}", False, (i,), seen) for i, a in enumerate(args))


def test_what_it_takes_and_what_it_leaves() -> None:
    p = Point(1.0, 2.0)
    args = ([1.0, 2.0], {"a": 1.5, "b": [3]}, p, Slotted(1.0, 2.0), (1.0, [p, "text", None]), 2)
    take = taker(shape_of(*args))
    assert take is not None
    found = take(args)
    assert found is not None
    assert found[0][0].tolist() == [1.0, 2.0] and found[1][0] == 1.5 and found[2] == (1.0, 2.0) and found[3] == (1.0, 2.0)
    assert found[4] == (1.0, ((), "text", None)) and found[5] == 2
    assert shape_of(*args)[4].children[1].children[0].cls is Same

    def but(place: int, value: Any) -> Any:
        return take(tuple(value if i == place else a for i, a in enumerate(args)))

    assert but(0, [1.0, 2.0, 3.0]) is not None  # of any length
    for value in ([1.0, 2], [], (1.0, 2.0), np.array([1.0, 2.0])):
        assert but(0, value) is None, value
    for value in ({"b": [3], "a": 1.5}, {"a": 1.5}, {"a": 1.5, "b": 3}, {"a": 1.5, "b": [3.0]}):
        assert but(1, value) is None, value
    more = Point(1.0, 2.0)
    more.z = 3.0  # type: ignore[attr-defined]
    assert but(2, more) is None and but(2, Point(1.0, 2.0)) is None  # another object than in the list
    assert but(4, (1.0, [p, "other", None])) is None and but(4, (1.0, [Point(1.0, 2.0), "text", None])) is None
    assert take(args[:-1]) is None
    partly = Slotted(1.0, 2.0)
    del partly.y
    assert but(3, partly) is None
    same = [1.0]
    two = taker(shape_of([1.0], [1.0]))
    assert two is not None and two(([1.0], [1.0])) is not None and two((same, same)) is None


def test_no_structure_needs_none() -> None:
    assert taker(shape_of(1.0, np.zeros(3), (1.0, 2))) is None


@irad.compile
def total(h: Holder, xs: list, k: float = 1.0) -> float:
    s = 0.0
    for p in h.points:
        s += p.x * p.y
    for x in xs:
        s += x * h.table["w"]
    if h.name == "b":
        s = -s
    return s * k


def plain(h: Holder, xs: list, k: float = 1.0) -> float:
    return total.__wrapped__(h, xs, k)


def test_calls_that_change() -> None:
    h = Holder([Point(1.0, 2.0), Point(3.0, 4.0)], {"w": 0.5})
    shared = Point(2.0, 2.0)
    for _ in range(3):
        assert total(h, [1.0, 2.0]) == plain(h, [1.0, 2.0])
    calls: list[Any] = [
        (h, [1.0]), (h, []), (h, [1, 2]), (h, [1.0, 2]), (h, [np.float64(2.0)]), (Holder(h.points, {"w": 2}), [1.0]),
        (Holder(h.points, {"w": 0.5}, "b"), [1.0]), (Holder([shared, shared], {"w": 0.5}), [1.0]),
        (Holder([shared], {"w": 0.5}), [1.0]), (Holder(h.points, {"v": 1.0, "w": 0.25}), [1.0]), (h, [1.0, 2.0], 3.0),
        (h, [1.0], 3),
    ]
    for _ in range(3):
        for call in calls:
            assert total(*call) == plain(*call), call
    for _ in range(3):
        assert total(h, [1.0], k=2.0) == plain(h, [1.0], 2.0)
        assert total(h, [1.0]) == plain(h, [1.0])
    with pytest.raises(OverflowError, match="does not fit 64 bits"):
        total(h, [1, 2**70])
    with pytest.raises(AttributeError):
        total(Holder([1.0], {"w": 0.5}), [1.0])


SCALE = 2.0
STEPS = [1, 2]


def scaled(p: Point) -> float:
    s = 0.0
    for n in STEPS:
        s += SCALE * p.x * n
    return s


def test_what_was_captured_is_looked_at() -> None:
    global SCALE
    f, g = irad.compile(scaled), irad.grad(scaled)
    p = Point(1.5, 0.0)
    try:
        for SCALE in (2.0, 2.0, 2.0, 3.0, 4.0):
            assert f(p) == scaled(p) and g(p).x == 3 * SCALE
        for _ in range(2):
            STEPS.append(5)
            for _ in range(3):
                assert f(p) == scaled(p) and g(p).x == SCALE * sum(STEPS)
    finally:
        SCALE = 2.0
        del STEPS[2:]


def test_options_in_force_are_looked_at() -> None:
    def at(xs: list, i: int) -> int:
        return xs[0] * 4 + i

    f = irad.compile(at)
    for _ in range(3):
        with pytest.raises(OverflowError):
            f([2**62], 0)
    with irad.options(overflow="wrap"):
        assert f([2**62], 0) == 0
    for _ in range(3):
        with pytest.raises(OverflowError):
            f([2**62], 0)
        assert f([2], 1) == 9


def test_changed_objects() -> None:
    @irad.compile
    def move(p: Point, xs: list) -> float:
        p.x += xs[0]
        xs.append(p.x)
        return p.x

    p, xs = Point(1.0, 0.0), [1.0]
    for k in range(2, 8):
        assert move(p, xs) == k and p.x == k and xs[-1] == k and len(xs) == k


def test_code_that_does_not_fit_is_not_tried_again() -> None:
    """An axis of one element needs other code, which is made once: the calls before had gone the short way."""
    f = irad.compile(lambda p, a, b: a * b * p.x)
    two, one = np.array([2.0, 3.0]), np.array([5.0])
    for _ in range(4):
        assert f(Point(2.0, 0.0), two, two).tolist() == [8.0, 18.0]
    for _ in range(4):
        assert f(Point(2.0, 0.0), one, two).tolist() == [20.0, 30.0]
        assert f(Point(2.0, 0.0), two, two).tolist() == [8.0, 18.0]
    gradient = irad.grad(lambda p, a, b: float((a * b * p.x).sum()))
    for _ in range(4):
        assert gradient(Point(2.0, 0.0), two, two).x == 13.0
    assert gradient(Point(2.0, 0.0), one, two).x == 25.0
