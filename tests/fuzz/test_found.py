"""What the fuzzer found, again: every file of `found/` with all oracles, at LLVM's levels 1 and 3."""

from __future__ import annotations

import pytest

from fuzz.files import FOLDER, load
from fuzz.isolated import isolated


@pytest.mark.parametrize("name", sorted(p.stem for p in FOLDER.glob("*.py")))
def test_found(name: str) -> None:
    program = load(FOLDER / f"{name}.py")
    for tier, level in ((1, 1), (2, 3)):
        report = isolated(program, tier, level, seconds=60)
        assert report.finding is None, f"{report.finding}"
        assert report.outcome in ("passed", "refused")
