"""Generated programs in CI: 500 that are always the same, 100 of the day (so that a failure of today can be repeated today).
Every 20th goes through tier 2.

A failure prints seed and profile: `python -m tests.fuzz --seed SEED --profile PROFILE --programs 1` shrinks it.
"""

from __future__ import annotations

import datetime
import faulthandler
import itertools
import os
from typing import Any

import pytest

from fuzz.oracles import Finding, Report, check_native, started
from fuzz.passes import check_fences
from fuzz.programs import Program
from fuzz.runner import Tally, jobs_from, run
from irad.codegen import arrays

FIXED, FRESH, EACH = 500, 100, 20
FIRST = 70_000


def examined(seed: int) -> Tally:
    """`EACH` programs, in a process of their own. A short one of them runs in tier 2, which takes long programs half a minute."""
    jobs = list(itertools.islice(jobs_from(seed, None, 0), EACH))
    sorted(jobs, key=lambda job: len(job.program().source))[EACH // 4].tier = 2
    return run(iter(jobs), 1, lambda tally: True, lambda result: None)


def check(seed: int) -> None:
    tally = examined(seed)
    assert tally.total == EACH
    assert not tally.findings, "\n".join(f"{r.job.profile} {r.job.seed}: {r.report.finding}" for r in tally.findings)
    assert tally.outcomes["passed"] >= 0.8 * EACH, f"{tally}"


@pytest.mark.parametrize("number", range(FIXED // EACH))
def test_fixed(number: int) -> None:
    check(FIRST + number * EACH)


@pytest.mark.parametrize("number", range(FRESH // EACH))
def test_fresh(number: int) -> None:
    check(datetime.datetime.now(datetime.UTC).toordinal() * 1000 + number * EACH)


LOOP = """
import math


def f(a, b, n):
    s = 1.0
    for i in range(n):
        s = math.sin(s * a[i]) * b[i] + 0.5
    return s
"""


@pytest.mark.parametrize("short", [False, True])
def test_a_write_behind_a_tape_is_found(short: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine code whose tapes are one element too short gives the right results; the fences tell."""
    plain = arrays.allocate

    def allocate(e: Any, nbytes: str, zero: bool, loc: Any, hint: Any, need: Any, extents: Any = ()) -> Any:
        if short and "tape" in need.what:
            nbytes = e.let(f"sub i64 {nbytes}, 8")
        return plain(e, nbytes, zero, loc, hint, need, extents)

    monkeypatch.setattr(arrays, "allocate", allocate)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        faulthandler.disable()  # its end is what is looked for
        try:
            case = started(Program(LOOP, ("(np.full(9, 0.5), np.full(9, 1.5), 9)",)), Report())
            check_native(case, 1, ())
            os.write(write, b"right")
            check_fences(case)
            os._exit(0)
        except Finding as finding:
            os._exit(1 if finding.kind == "fence" else 2)
        finally:
            os._exit(3)
    os.close(write)
    status = os.waitpid(child, 0)[1]
    with os.fdopen(read, "rb") as pipe:
        assert pipe.read() == b"right"
    assert bool(status) == short
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == int(short)
