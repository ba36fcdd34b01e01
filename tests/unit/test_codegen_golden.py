"""Golden LLVM text: each file of tests/golden/llvm is a module of IR in form `low`, and what codegen makes of it."""
from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest

from irad.codegen import emit_module
from irad.ir.parse import parse

FILES = sorted((Path(__file__).parents[1] / "golden" / "llvm").glob("*.txt"))
SPLIT = "\n--- llvm ---\n"


@pytest.mark.smoke
@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_golden(path: Path, bless: bool) -> None:
    ir, _, expected = path.read_text(encoding="utf-8").partition(SPLIT)
    module = parse(ir)
    actual = emit_module(module, next(iter(module.functions))).text
    if bless:
        path.write_text(ir + SPLIT + actual, encoding="utf-8")
        return
    diff = unified_diff(expected.splitlines(), actual.splitlines(), path.name, "now", lineterm="")
    assert expected == actual, "\n".join(diff)
