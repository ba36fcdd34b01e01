"""Generated programs in CI: 500 that are always the same, 100 of the day (so that a failure of today can be repeated today).
Every 20th goes through tier 2.

A failure prints seed and profile: `python -m tests.fuzz --seed SEED --profile PROFILE --programs 1` shrinks it.
"""

from __future__ import annotations

import datetime
import itertools

import pytest

from fuzz.runner import Tally, jobs_from, run

FIXED, FRESH, EACH = 500, 100, 20
FIRST = 70_000


def examined(seed: int) -> Tally:
    """`EACH` programs, in a process of their own."""
    return run(itertools.islice(jobs_from(seed, None), EACH), 1, lambda tally: True, lambda result: None)


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
