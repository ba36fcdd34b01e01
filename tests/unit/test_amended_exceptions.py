"""What is said of an exception after it was made: attributes, notes. Either as CPython has it, or refused."""

from __future__ import annotations

from typing import Any

import pytest

import irad


class Failure(Exception):
    def __init__(self, a: float) -> None:
        super().__init__("failure", a)
        self.a = a


class Fixed(Exception):
    def __setattr__(self, name: str, value: Any) -> None:
        raise TypeError(name)


def fail(x):
    if x > 1.0:
        raise KeyError("large")


def notes(x):
    e = ValueError("bad", x)
    e.add_note("one")
    e.add_note(f"x is {x}")
    raise e


def attributes_when_caught(x):
    try:
        raise Failure(x)
    except Failure as e:
        e.a += 1.0
        e.extra = x * 2.0
        e.add_note("seen")
        raise


def of_a_builtin_class(x):
    try:
        fail(x)
    except KeyError as e:
        e.extra = x
        raise e
    return x


def on_one_way(x):
    try:
        raise Failure(x)
    except Failure as e:
        if x > 1.0:
            e.b = 1.0
        else:
            e.add_note("small")
        raise


def read_later(x):
    try:
        raise Failure(x)
    except Failure as e:
        if x > 1.0:
            e.a = 5.0
        t = (e, x)
        e.a = e.a + 1.0
        return e.a + t[0].a


def one_of_two(x):
    try:
        if x > 1.0:
            raise Failure(x)
        raise ValueError(x)
    except (Failure, ValueError) as e:
        e.tag = x
        e.both = 2.0
        raise


def between_what_raises(x):
    try:
        raise Failure(x)
    except Failure as e:
        try:
            e.tag = 1.0
            fail(x)
            e.tag = 2.0
            fail(x * 3.0)
            e.tag = 3.0
        except KeyError:
            return e.tag * 10.0
        return e.tag


def in_a_loop(x):
    s = 0.0
    last = None
    for i in range(4):
        try:
            if i == 2 and last is not None:
                raise last
            raise Failure(x * i)
        except Failure as e:
            e.a += 1.0
            s += e.a
            last = e
    return s


def through_calls(x):
    def low(y):
        e = Failure(y)
        e.z = 3.0
        e.add_note("low")
        if y > 1.0:
            raise e
        return e

    try:
        e = low(x)
        return e.z
    except Failure as e:
        e.add_note("high")
        raise RuntimeError("of", e.z) from e


def not_a_text(x):
    e = ValueError(x)
    e.add_note(3)
    raise e


def outcome(function: Any, x: float) -> Any:
    def told(error: BaseException | None) -> Any:
        return error and (type(error), repr(error.args), str(error), vars(error), told(error.__cause__))

    try:
        return function(x)
    except irad.UnsupportedError:
        raise
    except Exception as error:
        return told(error)


@pytest.mark.parametrize("function", [
    notes, attributes_when_caught, of_a_builtin_class, on_one_way, read_later, one_of_two, between_what_raises, in_a_loop,
    through_calls, not_a_text,
], ids=lambda f: f.__name__)
def test_as_in_cpython(function: Any) -> None:
    compiled = irad.compile(function)
    for x in (2.0, 0.5, 0.1):
        assert outcome(compiled, x) == outcome(function, x)


def in_a_list(x):
    e = Failure(x)
    kept = [e]
    e.a = 7.0
    return kept[0].a


def in_two_variables(x):
    a = b = Failure(x)
    if x > 1.0:
        b = Failure(x + 1.0)
    b.a = 9.0
    return a.a


def made_before_the_try(x):
    e = Failure(x)
    try:
        raise e
    except Failure as f:
        f.a = 9.0
    return e.a


def in_a_closure(x):
    try:
        raise Failure(x)
    except Failure as e:
        g = lambda: e.a  # noqa: E731, F821
        e.a = 7.0
        return g()


def as_a_cause(x):
    try:
        try:
            raise Failure(x)
        except Failure as e:
            try:
                raise KeyError(1) from e
            except KeyError:
                e.a = 7.0
                raise
    except KeyError as k:
        return k.__cause__.a


def of_the_caller(x):
    def change(e):
        e.a = 7.0

    e = Failure(x)
    change(e)
    return e.a


def of_the_caller_that_handed_it_on(x):
    def same(e):
        return e

    def change(e):
        same(e).a = 7.0

    e = Failure(x)
    change(e)
    return e.a


@pytest.mark.parametrize("function", [
    in_a_list, in_two_variables, made_before_the_try, in_a_closure, as_a_cause, of_the_caller, of_the_caller_that_handed_it_on,
], ids=lambda f: f.__name__)
def test_what_else_may_stand_for_it(function: Any) -> None:
    with pytest.raises(irad.UnsupportedError, match="a change of an exception that something else may stand for"):
        irad.compile(function)(2.0)


def test_attributes_that_are_not_plain() -> None:
    def of_args(x: float) -> None:
        e = ValueError(x)
        e.args = (x, x)
        raise e

    def of_its_own(x: float) -> None:
        e = Fixed(x)
        e.a = x
        raise e

    def of_c(x: float) -> None:
        e = OSError(1, "no")
        e.errno = 2
        raise e

    for function in (of_args, of_its_own, of_c):
        with pytest.raises(irad.UnsupportedError, match="assignment to the attribute|which has a __setattr__"):
            irad.compile(function)(2.0)
