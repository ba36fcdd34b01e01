"""Programs do the same before and after each optimising pass."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from ir_random import random_module
from ir_same import outcomes
from pass_random import random_program

from irad.ir.core import Module
from irad.ir.interpret import InterpretError
from irad.ir.parse import parse
from irad.passes.cleanup import PASSES, cleanup
from irad.passes.loopform import loopform
from irad.passes.tools import run_function, verify_module

ALL = [*PASSES, cleanup]
SIZES = [
    (3, 5, 5, 5, 5), (2, 7, 5, 6, 7), (0, 0, 1, 2, 2), (-2, 4, 4, 4, 5), (2**62, 4, 4, 4, 4), (2**63 - 1, 2, 6, 1, 3),
]
RAISED = (IndexError, OverflowError, ZeroDivisionError, ValueError)


def typed(source: str) -> str:
    """The typed IR of `program(x, n, a, b, m)`, as text."""
    import irad

    space: dict[str, Any] = {}
    exec(source, space)
    example = (0.5, 1, np.zeros(1), np.zeros(1), np.zeros((1, 1)))
    return str(irad.compile(space["program"]).ir(*example, stage="typed", locations=False))


def behaviour(module: Module) -> list[str]:
    """For some calls the result or exception, and the arrays afterwards."""
    found = []
    for n, la, lb, rows, columns in SIZES:
        matrix = np.arange(float(rows * columns)).reshape(rows, columns)
        args = (0.5, n, np.arange(1.0, 1 + la), np.linspace(-1, 1, lb), matrix)
        try:
            result = repr(run_function(module, "program", *args, fuel=5_000))
        except RAISED as problem:
            result = repr(problem)
        except InterpretError as problem:
            assert "longer than" in str(problem) or "fuel" in str(problem) or "blocks" in str(problem), problem
            found.append("too long")
            continue
        found.append(result + repr(args[2:]))
    return found


def same(before: list[str], after: list[str]) -> None:
    for old, new in zip(before, after, strict=True):
        assert old == new or "too long" in (old, new)


@pytest.mark.parametrize("seed", range(12))
def test_random_programs(seed: int) -> None:
    text = typed(random_program(seed))
    expected = behaviour(parse(text))
    for run in ALL:
        module = parse(text)
        for function in module.functions.values():
            loopform(function)
            run(function)
        verify_module(module, "loops" if run is cleanup else "typed")
        same(expected, behaviour(module))


@pytest.mark.parametrize("seed", range(10))
def test_random_ir(seed: int) -> None:
    expected = outcomes(random_module(seed))
    for run in ALL:
        module = random_module(seed)
        for function in module.functions.values():
            run(function)
        verify_module(module, "loops" if run is cleanup else "typed")
        assert outcomes(module) == expected, run


STENCIL = """
def program(x, n, a, b, m):
    for i in range(1, len(a) - 1):
        x += a[i - 1] + a[i + 1]
    return x, n
"""
MATMUL = """
def program(x, n, a, b, m):
    rows, columns = m.shape
    for i in range(rows):
        for j in range(rows):
            for k in range(columns):
                x += m[i, k] * m[j, k]
    return x, n
"""
TRIANGLE = """
def program(x, n, a, b, m):
    for i in range(len(a)):
        for j in range(i + 1, len(a)):
            x += a[i] * a[j]
    return x, n
"""
INSERTION = """
def program(x, n, a, b, m):
    for i in range(1, len(a)):
        j = i - 1
        x = a[i]
        while j >= 0 and a[j] > x:
            a[j + 1] = a[j]
            j -= 1
        a[j + 1] = x
    return x, n
"""
DOWN = """
def program(x, n, a, b, m):
    for i in range(len(a) - 1, -1, -1):
        x = 0.5 * x + a[i]
    for i in range(0, len(a) - 1, 2):
        x += a[i] * a[i + 1]
    return x, n
"""


PLAIN = {"stencil": STENCIL, "matmul": MATMUL, "triangle": TRIANGLE, "insertion": INSERTION, "down": DOWN}


@pytest.mark.parametrize("source", PLAIN.values(), ids=PLAIN)
def test_plain_loops_lose_all_checks(source: str) -> None:
    module = parse(typed(source))
    function = max(module.functions.values(), key=lambda f: len(f.blocks))
    assert any(instr.op == "guard" for instr in function.instrs())
    cleanup(function)
    assert not [instr for instr in function.instrs() if instr.op == "guard"]
    assert not [instr for instr in function.instrs() if instr.op.endswith("_fits")]


def test_second_run_finds_little() -> None:
    function = max(parse(typed(TRIANGLE)).functions.values(), key=lambda f: len(f.blocks))
    cleanup(function, canonical=False)
    assert not cleanup(function, canonical=False)


def test_it_is_quick() -> None:
    """About 6 ms for 60 instructions, by the best of three; four times that, as machines differ."""
    text = typed(MATMUL)
    best = 1.0
    for _ in range(3):
        function = max(parse(text).functions.values(), key=lambda f: len(f.blocks))
        start = time.process_time()
        cleanup(function)
        best = min(best, time.process_time() - start)
    assert best < 0.024
