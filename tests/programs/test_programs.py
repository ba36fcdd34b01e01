"""Every program: compiled against CPython, reverse against dual numbers, forward against reverse, both against differences."""

from __future__ import annotations

import copy
import dataclasses
import math
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import irad
from irad.api.compiled import COUNTERS
from programs import MODULES, load
from programs.oracle import Derivative, directional, dual_copy, second
from programs.outcomes import attempt, bits
from programs.registry import PROGRAMS, Program

load()
NAMES = sorted(PROGRAMS)
LIMIT = 30  # seconds for one test: compiling is Python, so an alarm interrupts a compiler that does not end


def marked(names: list[str], kind: str = "") -> list[Any]:
    """Test parameters; known failures are strict xfails; every fourth program is in the quick cut."""
    out = []
    for name in names:
        why = PROGRAMS[name].xfail
        marks = [pytest.mark.xfail(strict=True, reason=why)] if why else []
        out.append(pytest.param(name, marks=[*marks, pytest.mark.smoke] if NAMES.index(name) % 4 == 0 else marks))
    return out


BOUNDS = {  # programs that compare with a number which is an argument, and do nothing else with it
    "arrays_made_in_try", "early_exit", "fixed_point_to_convergence", "leave_on_array_value", "list_filled_by_while",
    "norm_until", "stores_before_the_error", "where_selects", "while_over_array",
}


@pytest.fixture(autouse=True)
def no_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    """irad warns of inputs that act through comparisons only: of those, and of no other."""
    with warnings.catch_warnings():
        if getattr(request.node, "callspec", None) and request.node.callspec.params.get("name") not in BOUNDS:
            warnings.simplefilter("error", irad.IradWarning)
        yield


@pytest.fixture(autouse=True)
def limited() -> Iterator[None]:
    """A test that takes too long fails instead of stopping the suite."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def expired(number: int, frame: object) -> None:
        raise TimeoutError(f"more than {LIMIT} s")

    before = signal.signal(signal.SIGALRM, expired)
    signal.alarm(LIMIT)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


# -- bits and outcomes ---------------------------------------------------------------------------------------------------


def same_outcome(p: Program, want: Any, got: Any) -> bool:
    if want[0] == "raise" or got[0] == "raise":
        return bool(want == got)
    if p.function.__module__.endswith("wholearrays"):  # numpy's vector loops and reductions: some ulp
        return type(want[1]) is type(got[1]) and bool(np.isclose(want[1], got[1], rtol=1e-14, atol=0.0))
    return bits(want[1]) == bits(got[1])


def active(args: tuple[Any, ...]) -> tuple[int, ...]:
    """The arguments that have derivatives."""
    return tuple(i for i, a in enumerate(args) if differentiable(a))


def differentiable(a: Any) -> bool:
    if isinstance(a, tuple):
        return any(map(differentiable, a))
    return isinstance(a, float) or isinstance(a, np.ndarray) and a.dtype.kind == "f"


# -- tangents ------------------------------------------------------------------------------------------------------------


def random_tangent(a: Any, rng: np.random.Generator) -> Any:
    if isinstance(a, tuple):
        parts = [random_tangent(x, rng) for x in a]
        return type(a)(*parts) if hasattr(a, "_fields") else tuple(parts)
    if isinstance(a, np.ndarray):
        return rng.uniform(0.5, 1.5, a.shape) * rng.choice([-1.0, 1.0], a.shape) if a.dtype.kind == "f" else None
    return float(rng.uniform(0.5, 1.5)) if isinstance(a, float) else None


def directions(args: tuple[Any, ...], most: int = 8) -> list[tuple[Any, ...]]:
    """Unit tangents if there are few inputs, else two random ones; always a random one."""
    rng = np.random.default_rng(7)
    out = [tuple(random_tangent(a, rng) for a in args)]
    flat = [i for i in active(args) if isinstance(args[i], float)]
    if len(flat) == len(active(args)) <= most:
        out += [tuple(float(i == k) if isinstance(a, float) else None for i, a in enumerate(args)) for k in flat]
    elif sum(np.size(args[i]) for i in active(args) if not isinstance(args[i], tuple)) <= most:
        out += unit_tangents(args)
    else:
        out.append(tuple(random_tangent(a, rng) for a in args))
    return out


def unit_tangents(args: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    if any(isinstance(a, tuple) for a in args):
        return []
    zero = [np.zeros(np.shape(a)) if isinstance(a, np.ndarray) else 0.0 if isinstance(a, float) else None for a in args]
    out = []
    for i in active(args):
        for index in np.ndindex(*np.shape(args[i])):
            one = copy.deepcopy(zero)
            one[i] = 1.0 if isinstance(args[i], float) else one[i]
            if isinstance(one[i], np.ndarray):
                one[i][index] = 1.0
            out.append(tuple(None if not differentiable(a) else t for a, t in zip(args, one)))
    return out


def inner(g: Any, t: Any) -> float:
    """Gradient times tangent, with structure."""
    if t is None or g is None:
        return 0.0
    if isinstance(g, tuple):
        return math.fsum(inner(a, b) for a, b in zip(g, t))
    return math.fsum(np.ravel(np.asarray(g, float) * np.asarray(t, float)))


def moved(a: Any, t: Any, h: float) -> Any:
    if t is None:
        return copy.deepcopy(a)
    if isinstance(a, tuple):
        parts = [moved(x, y, h) for x, y in zip(a, t)]
        return type(a)(*parts) if hasattr(a, "_fields") else tuple(parts)
    return a + h * t


def richardson(f: Callable[..., Any], args: tuple[Any, ...], t: tuple[Any, ...]) -> float:
    """Central differences with steps h, h/2, h/4, extrapolated twice."""
    h = 1e-3
    d = []
    for k in range(3):
        s = h / 2**k
        d.append((float(f(*moved(args, t, s))) - float(f(*moved(args, t, -s)))) / (2.0 * s))
    e = [(4.0 * d[1] - d[0]) / 3.0, (4.0 * d[2] - d[1]) / 3.0]
    return (16.0 * e[1] - e[0]) / 15.0


# these broadcast, and among their calls are some with an axis of one element: one compilation more, for all calls
BROADCAST = {"broadcast_row", "elementwise", "elementwise_two", "full_and_ones", "matrix_product", "relu_network", "reshaped",
             "shapes_do_not_fit", "sum_over_axis"}


# -- the tests -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", marked(NAMES))
def test_value(name: str) -> None:
    p = PROGRAMS[name]
    compiled = irad.compile(p.function)
    before = COUNTERS["compilations"]
    for args in p.calls:
        mine, theirs = copy.deepcopy(args), copy.deepcopy(args)
        want, got = attempt(p.function, *theirs), attempt(compiled, *mine)
        assert same_outcome(p, want, got), (args, want, got)
        assert bits(theirs) == bits(mine), (args, theirs, mine)
    assert COUNTERS["compilations"] == before + 1 + (name in BROADCAST)
    assert not frames_of_programs(compiled, *copy.deepcopy(p.calls[0]))


def frames_of_programs(f: Callable[..., Any], *args: Any) -> list[str]:
    """The functions of the programs that CPython enters during a call."""
    seen: list[str] = []

    def trace(frame: Any, event: str, arg: Any) -> None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("programs.") and module.partition(".")[2] in MODULES:
            seen.append(frame.f_code.co_name)

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        f(*args)
    except (ArithmeticError, ValueError):
        pass
    finally:
        sys.settrace(before)
    return seen


@pytest.mark.parametrize("name", marked(NAMES))
def test_reverse(name: str) -> None:
    """Reverse all the way; the default, which runs some loops forward, comes in the next test."""
    p = PROGRAMS[name]
    reverse = irad.value_and_grad(irad.compile(p.function, mode="reverse"), argnums=active(p.calls[0]))
    dual = dual_copy(p.function)
    before = COUNTERS["compilations"]
    for args in p.calls:
        mine = copy.deepcopy(args)
        want, got = attempt(p.function, *copy.deepcopy(args)), attempt(reverse, *mine)
        assert bits(mine) == bits(args), f"the gradient changed its arguments: {args} -> {mine}"
        if want[0] == "raise":
            assert got == want
            continue
        assert got[0] == "value" and same_outcome(p, want, ("value", got[1][0])), (args, want, got)
        check_gradient(p, dual, args, got[1][1])
    assert COUNTERS["compilations"] == before + 1 + (name in BROADCAST)


def expected(dual: Any, args: tuple[Any, ...], t: tuple[Any, ...]) -> Derivative:
    with np.errstate(all="ignore"):
        return directional(dual, copy.deepcopy(args), t)


def coarsest(args: tuple[Any, ...]) -> Any:
    """The dtype with the least digits: derivatives with respect to float32 are float32."""
    return min((np.asarray(args[i]).dtype for i in active(args) if not isinstance(args[i], tuple)),
               key=lambda dtype: np.finfo(dtype).precision, default=np.dtype(float))


def check_gradient(p: Program, dual: Any, args: tuple[Any, ...], gradient: tuple[Any, ...]) -> None:
    g = dict(zip(active(args), gradient))
    for t in directions(args):
        mine = math.fsum(inner(g[i], t[i]) for i in g)
        want = expected(dual, args, t)
        assert want.agrees(mine, coarsest(args)), (args, t, mine, want, gradient)
    if p.smooth:
        t = directions(args)[0]
        mine = math.fsum(inner(g[i], t[i]) for i in g)
        numeric = richardson(p.function, args, t)
        size = abs(float(p.function(*copy.deepcopy(args))))
        assert abs(mine - numeric) <= 1e-7 * max(1.0, abs(numeric), size), (args, mine, numeric)


@pytest.mark.parametrize("name", marked([n for n in NAMES if PROGRAMS[n].forward]))
def test_forward_equals_reverse(name: str) -> None:
    p = PROGRAMS[name]
    which = active(p.calls[0])
    reverse = irad.value_and_grad(p.function, argnums=which)
    dual = dual_copy(p.function)
    before = COUNTERS["compilations"]
    for args in p.calls[:3]:
        t = directions(args)[0]
        mine = copy.deepcopy(args)
        got = attempt(irad.jvp, p.function, mine, t)
        assert bits(mine) == bits(args), "jvp changed its arguments"
        want = attempt(reverse, *copy.deepcopy(args))
        if want[0] == "raise":
            assert got == want
            continue
        assert got[0] == "value" and bits(got[1][0]) == bits(want[1][0])
        g = dict(zip(which, want[1][1]))
        there = math.fsum(inner(g[i], t[i]) for i in g)
        oracle = expected(dual, args, t)
        assert oracle.agrees(got[1][1], coarsest(args)), (args, got, oracle)
        assert dataclasses.replace(oracle, tangent=there).agrees(got[1][1], coarsest(args)), (args, got, there, oracle)
    assert COUNTERS["compilations"] <= before + 2 * (1 + (name in BROADCAST))


SECOND = [n for n in NAMES if PROGRAMS[n].second]


@pytest.mark.parametrize("name", marked(SECOND))
def test_second_order(name: str) -> None:
    """grad(grad(f)) and jvp of grad, with respect to the first argument."""
    p = PROGRAMS[name]
    gg = irad.grad(irad.grad(p.function))
    g = irad.grad(p.function)
    dual = dual_copy(p.function)
    for args in p.calls:
        want = second(dual, args[0], args[1:])
        assert want.agrees(gg(*args)), (args, gg(*args), want)
        rest = tuple(0.0 if isinstance(a, float) else None for a in args[1:])
        tangent = irad.jvp(g, args, (1.0, *rest))[1]
        assert want.agrees(tangent), (args, tangent, want)


def test_there_are_enough() -> None:
    assert len(NAMES) >= 200
    assert len(SECOND) >= 30


def test_zero_adjoint_of_an_infinite_quotient() -> None:
    """api.md: a zero adjoint times inf is 0. numpy scalars divide by zero without raising; the quotient is not used."""

    def f(a: Any) -> Any:
        b = a[0] / (a[1] - 2.0)
        return a[0] if a[0] < b else b

    assert bits(irad.grad(f)(np.array([1.0, 2.0]))) == bits(np.array([1.0, 0.0]))
