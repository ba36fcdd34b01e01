"""The oracle itself: its condition numbers are right, and a derivative that is slightly wrong does not pass."""

from __future__ import annotations

import copy
import dataclasses
import math
from typing import Any

import numpy as np
import pytest

import irad
from irad.ops.table import OPS
from programs import load
from programs.oracle import Derivative, directional, dual_copy, second
from programs.outcomes import attempt
from programs.registry import PROGRAMS, Program
from programs.test_programs import check_gradient, coarsest, directions

load()


def of(f: Any, *args: float) -> Derivative:
    return directional(dual_copy(f), args, (1.0,) * len(args))


def test_condition_of_a_chain_is_the_root_of_its_length() -> None:
    def chain(x: float) -> float:
        for _ in range(100):
            x = x * 1.1
        return x

    d = of(chain, 2.0)
    assert math.isclose(d.tangent, 1.1**100) and math.isclose(d.condition, 10.0 * d.tangent)


def test_exact_operations_do_not_round() -> None:
    d = of(lambda x: -(x + 2.0 - 1.0), 3.0)
    assert (d.tangent, d.condition) == (-1.0, 1.0)


def test_condition_of_cancellation() -> None:
    d = of(lambda x: 1.00000001e8 * x - 1e8 * x, 3.0)
    assert d.tangent == 1.0 and 1e8 < d.condition < 4e8
    late = of(lambda x: math.sin(x) * 1e6 + math.cos(x) * (1e6 / math.tan(0.7)), 0.7)  # in the sum of the adjoints of x
    assert abs(late.tangent) < 1e-3 and 5e5 < late.condition < 3e6


def test_condition_of_the_second_derivative() -> None:
    d = second(dual_copy(lambda x: x**3 - 3e6 * x * x), 1e6, ())
    assert abs(d.tangent) < 1e-3 and 1e6 < d.condition < 1e8


def test_rounding_is_what_is_measured() -> None:
    """The same derivative with its operations rounded to 24 bits is as far away as the condition says."""
    def f(x: Any, n: int) -> Any:
        y = x
        for _ in range(n):
            y = 3.7 * y * (1.0 - y)
        return y

    for x in np.linspace(0.1, 0.9, 30):
        want = directional(dual_copy(f), (float(x), 12), (1.0, None))
        y, t = x, np.float32(1.0)
        for _ in range(12):
            a, ta = 3.7 * y, np.float32(3.7) * t
            t = ta * np.float32(1.0 - y) - np.float32(a) * t
            y = a * (1.0 - y)
        assert want.agrees(t, np.float32)
        assert abs(t - want.tangent) <= 4 * np.finfo(np.float32).eps * want.condition


def test_extremes_of_nans() -> None:
    """The first nan is the result; a comparison with it is False, and no derivative is claimed of it."""
    from programs.duals import trouble

    dual = dual_copy(lambda a, x: 2.0 * x if np.max(a) < 1.0 else np.min(a) + x)
    trouble.clear()
    constant = directional(dual, (np.array([0.5, math.nan]), 3.0), (None, 1.0))
    assert math.isnan(constant.value) and constant.tangent == 1.0
    assert np.isnan(dual_copy(np.max)(np.array([math.nan, math.nan, 1.0])))
    trouble.clear()
    directional(dual_copy(lambda a, x: x if a.max() < 1.0 else -x), (np.array([math.nan, 0.5]), 3.0), (np.ones(2), 1.0))
    assert trouble
    split = dual_copy(lambda x, y: 1.0 * x if np.maximum(x, y) > 0.0 or np.minimum(y, x) < 9.0 else 3.0 * x)
    assert directional(split, (2.0, math.nan), (1.0, 1.0)).tangent == 3.0


# -- teeth ---------------------------------------------------------------------------------------------------------------


def derivatives(p: Program) -> list[tuple[Derivative, Any]]:
    """What the tests of a program compare with."""
    dual, out = dual_copy(p.function), []
    for args in p.calls:
        if attempt(p.function, *copy.deepcopy(args))[0] == "value":
            with np.errstate(all="ignore"):
                out += [(directional(dual, copy.deepcopy(args), t), coarsest(args)) for t in directions(args)]
                out += [(second(dual, args[0], args[1:]), np.float64)] if p.second else []
    return out


def test_small_errors_are_seen() -> None:
    """Of all derivatives in the program tests, those that pass with a relative error: few, and for their condition."""
    found = [(p.name, d, dtype) for p in PROGRAMS.values() for d, dtype in derivatives(p)]
    assert all(math.isfinite(d.condition) for _, d, _ in found)
    found = [row for row in found if row[1].tangent != 0.0 and row[2] == np.float64]
    assert len(found) > 1000

    def missed(error: float) -> set[str]:
        return {name for name, d, dtype in found if d.agrees(d.tangent * (1.0 + error), dtype)}

    assert missed(1e-9) <= {"newton_transcendental", "adaptive_heun_euler"}, missed(1e-9)
    assert len(missed(1e-12)) <= 0.1 * len(PROGRAMS), missed(1e-12)


@pytest.mark.parametrize("error", [1e-9, 1e-12])
@pytest.mark.parametrize("op", ["mul", "sin", "div"])
def test_a_slightly_wrong_rule_is_found(op: str, error: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the op table to the comparison: one rule is off by a factor 1 + error."""
    def f(x: float, n: int) -> float:
        s = 0.0
        for i in range(n):
            s += math.sin(x) * x / (1.0 + i)
        return s

    args = (0.7, 9)
    program = Program(f, (args,), smooth=False, second=False, xfail="", forward=True)
    check_gradient(program, dual_copy(f), args, irad.value_and_grad(f, argnums=(0,))(*args)[1])
    row = OPS[op]
    assert row.d is not None
    rule: Any = row.d[0]
    wrong = dataclasses.replace(row, d=(lambda g, *rest: rule(g * (1.0 + error), *rest), *row.d[1:]))
    monkeypatch.setitem(OPS, op, wrong)

    def again(x: float, n: int) -> float:  # another code object: nothing is found compiled
        s = 0.0
        for i in range(n):
            s += math.sin(x) * x / (1.0 + i)
        return s

    gradient = irad.value_and_grad(again, argnums=(0,))(*args)[1]
    with pytest.raises(AssertionError, match="Derivative"):
        check_gradient(program, dual_copy(f), args, gradient)
