"""Nothing is left behind by calls and by functions (IRAD_FULL=1: the counts that are promised; takes half an hour)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = os.environ.get("IRAD_FULL", "0") == "1"
SCRIPT = Path(__file__).parent.parent / "leaks.py"
NOISE = 400_000  # bytes by which a process grows for reasons of its own

pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux")


def rows(what: str, count: int) -> list[tuple[str, int, float, bool]]:
    run = subprocess.run(
        [sys.executable, str(SCRIPT), what, str(count)], capture_output=True, text=True, timeout=7200,
        env={**os.environ, "PYTHONPATH": str(SCRIPT.parent.parent)},
    )
    assert run.returncode == 0, run.stderr
    lines = [line.split("\t") for line in run.stdout.splitlines()]
    return [(name, int(n), float(each), same == "True") for name, n, each, same in lines]


def test_calls_leave_nothing() -> None:
    found = rows("calls", 1_000_000 if FULL else 5_000)
    assert len(found) == 14
    for name, count, each, same in found:
        assert each * count < max(count, NOISE), f"{each:.3f} bytes a call: {name}"
        assert same, name


def test_functions_leave_little() -> None:
    ((_, count, each, _),) = rows("functions", 10_000 if FULL else 50)
    assert each * count < 10e6
