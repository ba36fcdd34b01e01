"""Joins of more ways than a byte can number, and chains of hundreds of conditions, differentiated as they were gone."""

from __future__ import annotations

import linecache
import time
from collections.abc import Callable

import pytest

import irad

WAYS = 131


def made(name: str, body: str) -> Callable[..., float]:
    source = f"def f(x, m):\n{body}"
    file = f"<many ways: {name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    space: dict[str, Callable[..., float]] = {}
    exec(compile(source, file, "exec"), space)
    return space["f"]


def breaks() -> str:
    steps = "".join(
        f"        if y > {4 * i}:\n            y = y + {i} * x\n            break\n        y = y * 1.01 + x\n"
        for i in range(WAYS)
    )
    return f"    y = x\n    for k in range(m):\n{steps}    return y\n"


def continues(n: int = 270) -> str:
    steps = "".join(
        f"        if k * 7 % {n} == {i}:\n            y = y * 1.01 + {i} * x\n            continue\n        y = y + 0.01\n"
        for i in range(n)
    )
    return f"    y = x\n    for k in range(m):\n{steps}        y = y * 0.99\n    return y\n"


def returns() -> str:
    steps = "".join(
        f"        if k == {i} and x * k > m / 2:\n            return y * x + {i}\n        y = y + x\n" for i in range(WAYS)
    )
    return f"    y = x\n    for k in range(m):\n{steps}    return y\n"


def chain(n: int = WAYS) -> str:
    return "    if x < 0:\n        y = x\n" + "".join(
        f"    elif x < {i}:\n        y = x * {i} + m\n" for i in range(n)
    ) + "    else:\n        y = 0.0\n    return y\n"


@pytest.mark.parametrize(("name", "body", "calls"), [
    ("breaks", breaks(), [(1.5, 9), (40.0, 9), (-3.0, 2), (300.5, 3)]),
    ("continues", continues(), [(1.5, 1), (1.5, 60), (-0.5, 270)]),
    ("returns", returns(), [(1.4, 9), (0.01, 5), (0.7, 200)]), ("chain", chain(), [(-1.0, 0), (3.5, 1), (148.5, 1), (200.0, 1)]),
], ids=lambda given: given if isinstance(given, str) and len(given) < 20 else "")
def test_derivatives_by_the_way_that_was_taken(name, body, calls):
    f = made(name, body)
    gradient, value = irad.grad(f), irad.compile(f)
    for x, m in calls:
        step = 1e-6
        assert value(x, m) == f(x, m)
        assert gradient(x, m) == pytest.approx((f(x + step, m) - f(x - step, m)) / (2 * step), rel=1e-6, abs=1e-6), (x, m)
        assert irad.jvp(f, (x, m), (1.0, 0))[1] == pytest.approx(gradient(x, m), rel=1e-12)


def test_a_long_chain_of_conditions_compiles_in_time():
    """The reverse part keeps a number for the chain, not each of its conditions: 400 took minutes."""
    f = made("a long chain", chain(400))
    began = time.process_time()
    assert irad.grad(f)(399.5, 1) == 0.0
    assert irad.grad(f)(398.5, 1) == 399.0
    assert time.process_time() - began < 60.0
