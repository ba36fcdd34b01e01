"""Attributes of functions: those that compiled code makes, and those from outside."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
import scipy.integrate
from numeric.harness import refused, same_and_derivative, same_as_python

import irad


def set_and_read(x):
    def event(t):
        return t - x

    event.terminal = x > 1.0
    event.direction = -x
    return event(1.0), event.terminal, event.direction * x, getattr(event, "args", None), hasattr(event, "direction")


def in_a_loop(x, n=3):
    total = 0.0
    for i in range(n):
        def event(t):
            return t * i

        event.factor = x * i
        total += event.factor * event(x)
    return total


def several(x):
    events = []
    for i in range(3):
        event = lambda t, i=i: t * i  # noqa: E731
        event.factor = x * i
        events.append(event)
    events[1].factor = 7.0
    return sum([e(2.0) * e.factor * x for e in events])


def counted(f):
    @functools.wraps(f)
    def wrapper(*args):
        wrapper.calls += 1
        return f(*args)

    wrapper.calls = 0
    return wrapper


def counts(x, n=4):
    @counted
    def g(y):
        return 2.0 * y

    for _ in range(n):
        x = g(x)
    return x * g.calls + g.__wrapped__(1.0)


def one_of_two(x, first=False):
    def f(t):
        return t * t

    def g(t):
        return -t

    f.scale, g.scale = 2.0, 3.0
    h = f if first else g
    return h(x) * h.scale


def arrays(x):
    def f(y):
        return y * f.weights

    f.weights = np.ones(3) * x
    f.weights[1] = 7.0
    return np.sum(f(x) * f.weights)


def by_setattr(x):
    def f(y):
        return y

    for name in ("a", "b"):
        setattr(f, name, x)
    return f(x) * f.a + f.b


@pytest.mark.parametrize("f", [in_a_loop, several, counts, one_of_two, arrays, by_setattr], ids=lambda f: f.__name__)
def test_value_and_derivative(f):
    same_and_derivative(f, 1.5)


def missing(x):
    def f(y):
        return y

    f.a = x
    return f.b


def parts(x):
    def f(y, z=x):
        return y * z

    return f.__name__, f.__defaults__, f.__code__.co_argcount, (lambda: x).__defaults__, functools.partial(f, 1.0).func(2.0)


def test_values():
    same_as_python(set_and_read, 0.5)
    same_as_python(set_and_read, 1.5)
    same_as_python(missing, 1.5)
    same_as_python(parts, 1.5)


# -- from outside


def made(shift, **attributes) -> Any:
    def event(t):
        return t - shift

    for name, value in attributes.items():
        setattr(event, name, value)
    return event


EVENT = made(1.0)
WRAPPED = counted(made(2.0, tag=3))


def asked(x):
    return getattr(EVENT, "terminal", False), EVENT(x), hasattr(EVENT, "direction")


def test_attributes_from_outside_are_read_at_each_call(monkeypatch):
    for event in (EVENT, made(1.0, terminal=True), made(2.0, terminal=False, direction=1.0), made(3.0), lambda t: t):
        monkeypatch.setitem(globals(), "EVENT", event)
        same_as_python(asked, 2.0)
        event.terminal = 7
        same_as_python(asked, 2.0)
        del event.terminal
        same_as_python(asked, 2.0)


def test_in_a_closure():
    event = made(1.0)
    f = irad.compile(lambda x: (getattr(event, "terminal", False), event(x)))
    assert f(3.0) == (False, 2.0)
    event.terminal = True
    assert f(3.0) == (True, 2.0)
    event = made(2.0, terminal=2)
    assert f(3.0) == (2, 1.0)


def test_of_a_wrapper_from_outside():
    same_as_python(lambda x: (WRAPPED.tag, WRAPPED.__wrapped__(x), hasattr(WRAPPED, "calls")), 1.5)


def test_event_of_solve_ivp():
    def time_of_impact(h):
        def hit(t, y):
            return y[0]

        hit.terminal, hit.direction = True, -1
        found = scipy.integrate.solve_ivp(lambda t, y: np.array([y[1], -9.81]), (0.0, 5.0), [h, 0.0], events=hit, rtol=1e-8)
        return found.t_events[0][0]

    value, slope = irad.value_and_grad(time_of_impact)(10.0)
    assert value == pytest.approx(np.sqrt(2 * 10.0 / 9.81), rel=1e-9)
    assert slope == pytest.approx(0.5 * np.sqrt(2 / 9.81 / 10.0), rel=1e-9)


def test_refused():
    def sets(x):
        EVENT.terminal = True
        return EVENT(x)

    assert "module level" in refused(sets, 1.0, match="assignment to the attribute `terminal` of a function").hint


def asks_argument(f, x):
    return f(x), hasattr(f, "terminal"), getattr(f, "terminal", None)


def test_of_arguments():
    g = irad.compile(asks_argument)
    for _ in range(2):
        event, other = made(1.0), made(2.0, terminal=3)
        assert g(event, 2.0) == g(event, 2.0) == g(event, 2.0) == (1.0, False, None)
        assert g(other, 2.0) == g(other, 2.0) == (0.0, True, 3)
        event.terminal = True
        assert g(event, 2.0) == (1.0, True, True)
        event.terminal = False
        assert g(event, 2.0) == (1.0, True, False)
        del event.terminal
        assert g(event, 2.0) == (1.0, False, None)
    same_as_python(lambda f: f.terminal, made(1.0))
    assert irad.grad(lambda x, f: f(x) ** 2 if getattr(f, "squared", True) else f(x))(3.0, made(1.0)) == 4.0


class Spring:
    def __init__(self, k):
        self.k = k

    def rest(self, t, y):
        return y[0] * self.k

    def top(self, t, y):
        return y[1] - self.k

    rest.terminal = True
    rest.direction = -1


def of_methods(x, spring):
    made = Spring(x)
    found = []
    for method in (made.rest, made.top, spring.rest, spring.top, Spring.rest):
        found.append((getattr(method, "terminal", None), hasattr(method, "direction"), hasattr(method, "__self__")))
        found.append((hasattr(method, "__func__"), hasattr(method, "__name__"), method.__name__, type(method).__name__))
    return found, isinstance(made.top, float), type(made.rest) is type(spring.top)


def test_attributes_of_methods():
    same_as_python(of_methods, 1.5, Spring(2.0))


def test_events_that_are_methods():
    def f(k):
        spring = Spring(k)
        solver = scipy.integrate.solve_ivp
        found = solver(lambda t, y: [y[1], -spring.k * y[0]], (0.0, 4.0), [1.0, 0.0], events=[spring.rest, spring.top])
        return found.t_events[0][0] + found.status

    assert irad.compile(f)(1.5) == pytest.approx(f(1.5), rel=1e-9)
