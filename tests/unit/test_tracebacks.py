"""Tracebacks of exceptions that came through handlers: the frames and lines are CPython's."""

from __future__ import annotations

import contextlib
import traceback
from typing import Any

import numpy as np
import pytest

import irad
from irad.infer.exceptions import MOST_PLACES, raised_at, with_place
from irad.infer.unit import Unit
from irad.ir.core import Loc
from irad.lift import lift

Trace = list[tuple[str, int]]


class Box:
    def __init__(self) -> None:
        self.n = 0.0


def inner(a, i):
    return a[i]


def mid(a, i):
    return inner(a, i)


def finally_(a, i):
    try:
        return mid(a, i)
    finally:
        a[0] = 1.0


def reraised(a, i):
    try:
        return mid(a, i)
    except IndexError:
        a[0] = 1.0
        raise


def raised_again(a, i):
    try:
        return mid(a, i)
    except IndexError as e:
        a[0] = 1.0
        raise e


def through_several(a, i):
    try:
        try:
            return finally_(a, i)
        finally:
            a[1] = 2.0
    except IndexError as e:
        raise e from None


def in_a_with(a, i):
    with contextlib.nullcontext(), np.errstate(all="ignore"):
        return reraised(a, i)


def raised_later(a, i):
    try:
        raise ValueError(i)
    except ValueError as e:
        saved = e
    raise saved


def not_caught(a, i):
    try:
        return mid(a, i)
    except (KeyError, ValueError):
        return 1.0


def handed_out(a, i):
    def made():
        try:
            mid(a, i)
        except IndexError as e:
            return e
        return ValueError("none")

    raise made()


def of_a_generator(a, i):
    def items():
        for k in range(9):
            yield mid(a, k)

    s = 0.0
    try:
        for x in items():
            s += x
    finally:
        a[0] = 2.0
    return s


def one_of_two(a, i):
    for k in range(9):
        try:
            a[0] += inner(a, k) if k % 2 else mid(a, k)
        except IndexError:
            if k > 3:
                raise
    return a[0]


def item_of_a_list(a, i):
    xs = []
    for x in a:
        xs.append(x)
    return a[xs.index(9.0)]


def not_in_a_list(a, i):
    xs = [1.0, 2.0]
    xs.remove(i)
    return xs[0]


def removed_in_a_try(a, i):
    xs = [1.0, 2.0]
    try:
        xs.remove(i)
    finally:
        a[0] = 1.0
    return xs[0]


def changes_an_object(box, i):
    a = np.ones(3)
    try:
        box.n += mid(a, i)
    finally:
        box.n += 1.0
    return box.n


def outcome(function: Any, *args: Any) -> tuple[Any, Trace]:
    try:
        function(*args)
    except Exception as error:
        trace = [(entry.name, entry.lineno or 0) for entry in traceback.extract_tb(error.__traceback__)[1:]]
        attributes = {name: value for name, value in vars(error).items() if name != "__notes__"}
        return (type(error), str(error), error.args, attributes), trace
    raise AssertionError("nothing was raised")


PROGRAMS = [finally_, reraised, raised_again, through_several, in_a_with, raised_later, not_caught, handed_out, of_a_generator,
            one_of_two, item_of_a_list, not_in_a_list, removed_in_a_try]


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_frames_of_what_came_through_handlers(function: Any) -> None:
    want = outcome(function, np.array([1.0, 2.0, 3.0]), 5)
    assert outcome(irad.compile(function), np.array([1.0, 2.0, 3.0]), 5) == want
    if function is not raised_later:  # which returns nothing
        assert outcome(irad.grad(function), np.array([1.0, 2.0, 3.0]), 5) == want


def test_frames_of_what_changes_an_object() -> None:
    box, other = Box(), Box()
    assert outcome(irad.compile(changes_an_object), box, 5) == outcome(changes_an_object, other, 5)
    assert box.n == other.n == 1.0


def test_a_recursion_with_handlers_keeps_both_ends() -> None:
    def down(a: Any, n: int) -> float:
        if n == 0:
            return a[7]
        try:
            return down(a, n - 1) * 2.0
        finally:
            a[0] += 1.0

    a, b = np.ones(3), np.ones(3)
    want, got = outcome(down, a, 8)[1], outcome(irad.compile(down), b, 8)[1]
    assert a[0] == b[0] == 9.0
    assert (got[0], got[-2:]) == (want[0], want[-2:])


def test_numbers_of_places() -> None:
    places = [Loc("", "", 0), *(Loc("file", f"f{k}", k) for k in range(1, 9))]

    def lines(digits: list[int], site: Loc | None = None) -> list[int]:
        number = 0
        for digit in digits:
            number = with_place(number, digit)
        loc, found = raised_at(places, number, site), []
        while loc is not None:
            found.append(loc.line)
            loc = loc.caller
        return found

    assert lines([1, 2, 3]) == [1, 2, 3]
    assert lines([1, 2, 3, 4, 5, 6, 7]) == [1, 2, 3, 4, 7]  # the innermost, and where it is now
    assert lines([1, 0, 3]) == [1, 3]
    assert lines([1, 2], Loc("file", "f2", 9, caller=places[8])) == [1, 2, 8]
    assert lines([1, 2], places[8]) == [1, 2, 8]


def test_more_places_than_there_are_numbers() -> None:
    unit = Unit(lift)
    found = [unit.place(Loc("file", "f", k + 1)) for k in range(MOST_PLACES + 5)]
    assert found[:2] == [1, 2] and found[MOST_PLACES - 1 :] == [0] * 6 and unit.place(Loc("file", "f", 2)) == 2


def given(a, i):
    try:
        return mid(a, i)
    except IndexError as e:
        raise KeyError("no").with_traceback(e.__traceback__) from None


def given_from_a_variable(a, i):
    try:
        return mid(a, i)
    except IndexError as e:
        where = e.__traceback__
        error = ValueError(i)
        raise error.with_traceback(where) from None


def taken_away(a, i):
    try:
        return mid(a, i)
    except IndexError as e:
        raise e.with_traceback(None)


def of_a_new_one(a, i):
    if ValueError("x").__traceback__ is None:
        raise TypeError(i).with_traceback(None)


def _raised(f) -> Exception:
    try:
        f(np.zeros(2), 5)
    except Exception as e:
        return e
    raise AssertionError


@pytest.mark.parametrize("f", [given, given_from_a_variable, taken_away, of_a_new_one], ids=lambda f: f.__name__)
def test_with_traceback(f) -> None:
    wanted, found = _raised(f), _raised(irad.compile(f))
    assert type(found) is type(wanted) and str(found) == str(wanted) and repr(found.__context__) == repr(wanted.__context__)
    shown = [[(t.name, t.lineno) for t in traceback.extract_tb(e.__traceback__)[1:]] for e in (wanted, found)]
    assert shown[0] == shown[1]
