"""Loops with checks: whatever is removed, hoisted or done in strips, CPython's results, exceptions and stores remain.

`FUZZ_EXAMPLES=5000 pytest tests/property/test_affine.py` runs more programs.
"""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np
import pytest

import irad
from irad import pipeline
from irad.passes import strips

from .affine import Program, program

SEEDS = int(os.environ.get("FUZZ_EXAMPLES", 90))


@pytest.fixture(autouse=True)
def small_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "STRIP", 3)


def outcome(f: Any, args: tuple[Any, ...]) -> tuple[str, list[Any]]:
    """What comes out of a call, and what it leaves in the arrays."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = repr(float(f(*args)))
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
    return found, [a.tobytes() for a in args if isinstance(a, np.ndarray)]


def function(p: Program, line: int = 1) -> Any:
    """The function; on another line it is another function."""
    space: dict[str, Any] = {}
    exec(compile("\n" * line + p.source, "<affine>", "exec"), space)
    return space["f"]


def check(p: Program) -> None:
    f = function(p)
    wanted, got = outcome(f, p.make()), outcome(irad.compile(f), p.make())
    assert got == wanted, p.source


@pytest.mark.parametrize("seed", range(SEEDS))
def test_as_cpython(seed: int) -> None:
    check(program(seed))


@pytest.mark.parametrize("seed", range(SEEDS // 3))
def test_near_the_end_of_64_bits(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where irad's ints raise and CPython's grow: the same with the checks as they were written."""
    p = program(seed, huge=True)
    f = function(p)
    got = outcome(irad.compile(f), p.make())
    monkeypatch.setattr(pipeline, "versions", lambda function: None)
    assert got == outcome(irad.compile(function(p, 2)), p.make()), p.source
