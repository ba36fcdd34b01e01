"""Goldens of the optimising passes: the section `in` is IR, every other one is named after the pass that made it from
the section before. `pytest --bless` rewrites them."""

from __future__ import annotations

import importlib
from difflib import unified_diff
from pathlib import Path

import pytest

from irad.ir.parse import parse
from irad.passes.tools import verify_module

pytestmark = pytest.mark.smoke
FILES = sorted(Path(__file__).parent.glob("*.test"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_golden(path: Path, bless: bool) -> None:
    comment, *parts = path.read_text(encoding="utf-8").split("\n--- ")
    sections = [tuple(part.split(" ---\n", 1)) for part in parts]
    (first, text), *rest = sections
    assert first == "in"
    module = parse(text)
    verify_module(module)
    printed = [("in", str(module))]
    for name, _ in rest:
        run = getattr(importlib.import_module(f"irad.passes.{name}"), name)
        for function in module.functions.values():
            run(function)
        verify_module(module)
        printed.append((name, str(module)))
    differences: list[str] = []
    for (name, expected), (_, actual) in zip(sections, printed, strict=True):
        if expected.strip() != actual.strip():
            old, new = expected.splitlines(), actual.splitlines()
            differences += unified_diff(old, new, f"{path.name} {name}", "now", lineterm="")
    if bless:
        path.write_text(comment + "".join(f"\n--- {n} ---\n{t.strip()}\n" for n, t in printed), encoding="utf-8")
    else:
        assert not differences, "\n".join(differences)
