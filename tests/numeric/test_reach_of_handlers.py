"""Exceptions that no handler around them looks for leave at once; those that one looks for go to it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import irad


class Stopped(Exception):
    pass


class Later(Stopped):
    pass


EXPECTED: Any = Stopped
SEVERAL = (Stopped, ZeroDivisionError)


class Box:
    def __init__(self, width):
        self.width = width
        self.count = None


def step(box, x):
    if x > 3.0:
        raise Later(x)
    box.width = box.width + math.sqrt(x)
    box.count = box.count + 1
    return box.width / x


def other_class(x, start):
    box = Box(1.0)
    if start:
        box.count = 0
    total = 0.0
    try:
        for _ in range(3):
            total += step(box, x)
    except Stopped:
        total = -1.0
    return total + box.width


def global_name(x, start):
    box = Box(1.0)
    if start:
        box.count = 0
    try:
        return step(box, x)
    except EXPECTED:
        return box.width


def tuple_of_classes(x, start):
    box = Box(1.0)
    if start:
        box.count = 0
    try:
        return step(box, x)
    except SEVERAL:
        return box.width + 2.0


def nested(x, start):
    box = Box(1.0)
    if start:
        box.count = 0
    try:
        try:
            return step(box, x)
        except (KeyError, np.linalg.LinAlgError):
            return 5.0
    except ValueError:
        return box.width + 3.0


def with_finally(x, start):
    box = Box(1.0)
    if start:
        box.count = 0
    out = np.zeros(1)
    try:
        try:
            out[0] = step(box, x)
        except Stopped:
            out[0] = 7.0
    finally:
        out[0] += box.width
    return out[0]


def caught_outside(x, start):
    try:
        return nested(x, start)
    except TypeError:
        return 11.0 * x


def generated(x, start):
    def items():
        for i in range(4):
            if i == 2 and not start:
                raise StopIteration
            yield step(box, x)

    box = Box(1.0)
    box.count = 0
    total = 0.0
    try:
        for item in items():
            total += item
    except RuntimeError:
        total = -total
    return total


def of_a_class_known_here(x, start):
    class Local(Exception):
        pass

    try:
        if start:
            raise Local
        return step(Box(2.0), x)
    except Local:
        return 3.0 * x


PROGRAMS = [other_class, global_name, tuple_of_classes, nested, with_finally, caught_outside, generated, of_a_class_known_here]


def outcome(function: Any, *args: Any) -> Any:
    try:
        return function(*args)
    except Exception as error:
        return type(error), str(error), error.args


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("start", [True, False])
@pytest.mark.parametrize("x", [2.0, 0.0, -1.0, 4.0])
def test_as_python(function: Any, x: float, start: bool) -> None:
    assert outcome(irad.compile(function), x, start) == outcome(function, x, start)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_derivatives(function: Any) -> None:
    want = outcome(function, 2.0, True)
    assert not isinstance(want, tuple)
    h = 1e-6
    slope = (function(2.0 + h, True) - function(2.0 - h, True)) / (2.0 * h)
    assert irad.grad(function)(2.0, True) == pytest.approx(slope, rel=1e-7)


def test_what_no_handler_looks_for_is_no_result() -> None:
    text = irad.compile(other_class).ir(2.0, True)
    assert "raise 'TypeError'" in text  # None + 1, in `step`
    assert "'math domain error'" in text


def test_a_class_that_becomes_another() -> None:
    global EXPECTED
    compiled = irad.compile(global_name)
    assert outcome(compiled, 4.0, True) == 1.0
    EXPECTED = ZeroDivisionError
    try:
        assert outcome(compiled, 4.0, True) == outcome(global_name, 4.0, True) == (Later, "4.0", (4.0,))
        assert outcome(compiled, 0.0, True) == outcome(global_name, 0.0, True) == 1.0
    finally:
        EXPECTED = Stopped
    assert outcome(compiled, 4.0, True) == 1.0


def test_a_class_that_is_not_defined() -> None:
    def missing(x):
        try:
            return 1.0 / x
        except Unknown:  # type: ignore[name-defined] # noqa: F821
            return 0.0

    compiled = irad.compile(missing)
    assert compiled(2.0) == 0.5
    with pytest.raises(NameError, match="name 'Unknown' is not defined"):
        compiled(0.0)


def refused_after_checks(x, z, b):
    for e in b:
        try:
            d = {round(math.sin(z), 1): 1.0, (z != e) % 4 * 0.5: 2.0}
            z = z + len(d)
        except ValueError:
            z = x
    return z


def test_what_a_try_holds_is_refused_after_checks_that_its_handler_looks_for() -> None:
    with pytest.raises(irad.UnsupportedError, match="a dict with keys of several types"):
        irad.compile(refused_after_checks)(1.0, 2.0, np.array([0.5]))
