"""Memory of native code: fenced inputs, shadows and tapes; each allocation failing in turn.

Programs of tests/programs are run. IRAD_FULL=1: all of them, with all argument sets and every allocation; else a sample.
"""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fences import clean, failing, fenced, fences
from programs import load
from programs.outcomes import bits
from programs.registry import PROGRAMS

import irad

load()
FULL = os.environ.get("IRAD_FULL", "0") == "1"
NAMES = sorted(n for n in PROGRAMS if not PROGRAMS[n].xfail)[:: 1 if FULL else 6]
HERE = Path(__file__).parent


def active(args: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(i for i, a in enumerate(args) if isinstance(a, float) or isinstance(a, np.ndarray) and a.dtype.kind == "f")


def derivatives(name: str) -> list[Any]:
    """The function compiled, and its gradient."""
    function = PROGRAMS[name].function
    args = PROGRAMS[name].calls[0]
    made = [irad.compile(function)]
    if active(args):
        made.append(irad.compile(lambda *a: irad.grad(function, argnums=active(args))(*a)))
    return made


def guarded(args: tuple[Any, ...], front: bool) -> tuple[Any, ...]:
    return tuple(fenced(a, front) if isinstance(a, np.ndarray) else copy.deepcopy(a) for a in args)


def outcome(function: Any, args: tuple[Any, ...]) -> Any:
    try:
        return "value", bits(function(*args))
    except irad.IradError as error:
        return "refused", type(error).__name__
    except Exception as error:
        return "raise", type(error).__name__, str(error)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_touched_beyond_a_fence(name: str) -> None:
    calls = PROGRAMS[name].calls if FULL else PROGRAMS[name].calls[:2]
    plain = [[outcome(f, copy.deepcopy(args)) for args in calls] for f in derivatives(name)]
    with fences() as damage:
        for f, wanted in zip(derivatives(name), plain, strict=True):
            for args, want in zip(calls, wanted, strict=True):
                for front in (False, True):
                    assert outcome(f, guarded(args, front)) == want
    assert not damage


@pytest.mark.parametrize("name", NAMES)
def test_every_allocation_may_fail(name: str) -> None:
    args = PROGRAMS[name].calls[0]
    for f in derivatives(name):
        want = outcome(f, copy.deepcopy(args))
        if want[0] == "refused":
            continue
        k = 1
        while True:
            with failing(f, k):
                got = outcome(f, copy.deepcopy(args))
            assert clean(f)
            if got == want:
                break
            assert got[:2] == ("raise", "MemoryError"), got
            assert "allocate" in got[2] or "tape" in got[2]
            if k < 8 or FULL:
                assert outcome(f, copy.deepcopy(args)) == want
            k = k + 1 if k < 30 or FULL else k * 2


def dies(program: str) -> bool:
    """Whether a process that runs this ends by a signal."""
    head = f"import sys\nsys.path[:0] = {[str(HERE), str(HERE.parent)]!r}\nimport numpy as np, irad\nfrom fences import *\n"
    run = subprocess.run([sys.executable, "-c", head + textwrap.dedent(program)], capture_output=True, text=True, timeout=100)
    assert run.returncode in (0, -11, -7), run.stderr
    return run.returncode != 0


@pytest.mark.parametrize(
    ("index", "front", "end"), [(2, False, False), (3, False, True), (0, True, False), (-1, True, True)]
)
def test_a_fence_of_an_input_is_seen(index: int, front: bool, end: bool) -> None:
    assert end == dies(f"""
        f = irad.compile(lambda a, k: a[k] if k >= 0 else a[k - 3], boundscheck=False)
        f(fenced(np.arange(3.0), front={front}), {index})
    """)


@pytest.mark.parametrize(("index", "end"), [(7, False), (8, True), (1000, True)])
def test_a_fence_of_a_block_is_seen(index: int, end: bool) -> None:
    assert end == dies(f"""
        def f(n, k):
            a = np.zeros(n)
            a[k] = 1.0
            return a.sum()
        with fences():
            irad.compile(f, boundscheck=False)(8, {index})
    """)


def test_damage_within_the_seam_is_seen() -> None:
    def f(n, k):
        a = np.zeros(n)
        a[k] = 1.0
        return a[0]

    with fences() as damage:
        compiled = irad.compile(f, boundscheck=False)
        assert compiled(3, 2) == 0.0 and not damage
        compiled(3, 4)
    assert damage == ["a write behind a block of 24 bytes"]


def test_what_is_not_written_is_nan() -> None:
    with fences() as damage:
        f = irad.compile(lambda n: np.empty(n) + 1.0)
        assert np.isnan(f(5)).all()
    assert not damage


def test_fenced_copies() -> None:
    base = np.arange(24.0).reshape(2, 3, 4)
    for a in (base, base[:, ::-1], base[..., 1:3], base.T, base[::-2, 1], np.float32(base), base > 3, base[:0], base[0, 0, 0]):
        a = np.asarray(a)
        for front in (False, True):
            b = fenced(a, front)
            assert b.dtype == a.dtype and b.strides == a.strides and np.array_equal(a, b)
    frozen = np.arange(3.0)
    frozen.flags.writeable = False
    assert not fenced(frozen).flags.writeable


@pytest.mark.parametrize("size", [2, 4])
def test_a_cotangent_of_another_shape_is_refused(size: int) -> None:
    """It would be read where the result has elements."""

    def double(a):
        return a * 2.0, a.sum()

    @irad.compile
    def inside(a, ct):
        _, pullback = irad.vjp(double, a)
        return pullback((ct, 1.0))[0]

    a, wrong = np.ones(3), np.arange(float(size))
    _, pullback = irad.vjp(double, a)
    for call in (lambda ct: pullback((ct, 1.0))[0], lambda ct: inside(a, ct)):
        assert np.array_equal(call(np.arange(3.0)), [1.0, 3.0, 5.0])
        with pytest.raises(ValueError, match=rf"the cotangent has shape \({size},\), and the result \(3,\)"):
            call(wrong)
