"""numpy's error state and the warning filters, which compiled code changes as CPython does."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numeric.harness import refused

import irad

BEFORE = {"divide": "warn", "over": "print", "under": "ignore", "invalid": "warn"}


def observed(f: Any, *args: Any) -> tuple[Any, ...]:
    """What a call returns or raises, the state after it, and what numpy has warned of."""
    with np.errstate(**BEFORE), warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        try:
            result = f(*args)
        except ValueError as e:
            result = repr(e)
        return result, np.geterr(), [str(w.message) for w in found]


def set_and_restored(x):
    old = np.seterr(all="ignore")
    y = np.float64(x) / np.float64(0.0)
    np.seterr(**old)
    return y


def left_so(x):
    np.seterr(divide="ignore", invalid="ignore")
    return np.log(np.array([x, -1.0])).tolist()[0]


def set_later(x):
    y = np.float64(1.0) / np.float64(x - 1.0)
    np.seterr(all="ignore")
    return y


def returned(x):
    return np.seterr(None, "ignore", invalid="ignore"), np.geterr()


def asked(x):
    old = np.geterr()
    if old["divide"] == "warn" and old["over"] not in ("raise", "ignore"):
        return 2 * x
    return x


def finally_restored(x):
    old = np.seterr(all="ignore")
    try:
        if x > 0:
            raise ValueError("positive")
        return x
    finally:
        np.seterr(**old)


def left_by_an_exception(x):
    with np.errstate(over="warn"):
        np.seterr(invalid="ignore")
        if x > 0:
            raise ValueError(np.geterr()["invalid"])
    return x


def nested(x):
    with np.errstate(all="ignore"):
        try:
            with np.errstate(over="warn"):
                raise ValueError
        except ValueError:
            first = np.geterr()
        np.seterr(all="warn")
        second = np.geterr()
    return first, second, np.geterr()


@np.errstate(over="ignore")
def decorated(x):
    return np.geterr()["over"], x


def decorators(x):
    old = np.geterr()
    return decorated(x), np.geterr()["over"], np.errstate(over="warn")(lambda y: (np.geterr()["over"], y))(x), old


def in_a_loop(x):
    for _ in range(3):
        old = np.seterr(all="ignore")
        x = x / np.float64(0.0)
        np.seterr(divide=old["divide"], over=old["over"])
    return x


def in_python(x):
    with np.errstate(over="ignore"):
        return irad.callback(lambda: float(np.geterr()["over"] == "ignore"), float)


@pytest.mark.parametrize("f", [
    set_and_restored, left_so, set_later, returned, asked, finally_restored, left_by_an_exception, nested, decorators, in_a_loop,
    in_python,
], ids=lambda f: f.__name__)
def test_state(f):
    derived = irad.compile(f)
    for _ in range(2):
        assert repr(observed(derived, 1.0)) == repr(observed(f, 1.0))


def total(x):
    old = np.seterr(all="ignore")
    y = np.sum(np.log(x) * x)
    np.seterr(**old)
    return y


def test_derivatives():
    x = np.array([1.0, 2.0])
    with np.errstate(**BEFORE):
        assert np.allclose(irad.grad(total)(x), 1 + np.log(x)) and np.allclose(irad.hessian(total)(x), np.diag(1 / x))
        assert np.allclose(irad.vjp(total, x)[1](2.0)[0], 2 * (1 + np.log(x)))
        assert np.geterr() == BEFORE


def test_errors_that_pass_finally_leave_the_state():
    def f(n):
        old = np.seterr(all="ignore")
        try:
            with np.errstate(over="warn"):
                return n * n
        finally:
            np.seterr(**old)

    with np.errstate(**BEFORE):
        with pytest.raises(OverflowError):
            irad.compile(f)(2**40)
        assert np.geterr() == BEFORE


def test_a_state_that_nobody_asks_for_costs_nothing():
    @irad.compile
    def f(x):
        with np.errstate(all="ignore"):
            return np.log(x)

    assert "tell" in f.ir(float, stage="typed") and "tell" not in f.ir(float)


@pytest.mark.parametrize("f, match", [
    (lambda x: np.seterr(all="raise"), r"np.seterr\(all='raise'\)"),
    (lambda x: np.seterr(over="raise" if x > 0 else "warn"), r"np.seterr\(over='raise'\)"),
    (lambda x: np.seterr(invalid="none"), r"np.seterr\(invalid='none'\)"),
    (lambda x: np.errstate(call=print), "np.errstate with `call`"),
])
def test_modes_that_do_more_than_warn_are_refused(f, match):
    refused(f, 1.0, match=match)


def test_wrong_arguments():
    for f in (lambda x: np.seterr(None, all="warn"), lambda x: np.seterr(overflow="warn"), lambda x: np.geterr(x)):
        with pytest.raises(TypeError):
            f(1.0)
        with pytest.raises(TypeError):
            irad.compile(f)(1.0)


# -- warning filters


def filtered(f, *args):
    """What a call returns, the new filters after it, and what was warned of."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        before = len(warnings.filters)
        try:
            result = f(*args)
        except ValueError as e:
            result = repr(e)
        return result, warnings.filters[: len(warnings.filters) - before], [str(w.message) for w in found]


def ignored(x):
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    warnings.warn("a user's")
    return np.log(x + 2)


def of_numpy_ignored(x):
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    return np.log(x - 2)


def ignored_later(x):
    y = np.log(x - 2)
    warnings.simplefilter("ignore")
    return y


def inside_only(x):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="one")
        warnings.warn("one")
        warnings.warn("two")
    warnings.warn("three")
    return x


def inside_and_behind(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = 2 * x
    warnings.filterwarnings("ignore", message="one")
    return y


def recorded(x):
    with warnings.catch_warnings(record=True):
        warnings.warn("one")
    warnings.warn("two")
    return x


def of_a_callee(x):
    inside_and_behind(x)
    warnings.warn("one")
    warnings.warn("two")
    return x


@pytest.mark.parametrize("f", [
    ignored, of_numpy_ignored, ignored_later, inside_only, inside_and_behind, recorded, of_a_callee,
], ids=lambda f: f.__name__)
def test_filters(f):
    derived = irad.compile(f)
    for _ in range(2):
        assert repr(filtered(derived, 1.0)) == repr(filtered(f, 1.0))


def test_filters_of_a_with_end_with_an_exception():
    def f(x):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.warn("one")
            if x > 0:
                raise ValueError("no")
        return x

    assert filtered(irad.compile(f), 1.0) == filtered(f, 1.0) == ("ValueError('no')", [], [])


def test_filters_inside_of_a_with_cost_nothing():
    @irad.compile
    def f(x):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.log(x)

    assert "tell" in f.ir(float, stage="typed") and "tell" not in f.ir(float)


def test_a_filter_that_makes_exceptions_is_refused():
    refused(lambda x: warnings.simplefilter("error"), 1.0, match="a filter that makes warnings exceptions")
