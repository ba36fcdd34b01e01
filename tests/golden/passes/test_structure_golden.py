"""Goldens of the structural passes: the section `in` is IR, every other one is named after the pass that made it from
the section before. `pytest --bless` rewrites them."""

from difflib import unified_diff
from pathlib import Path

import pytest

from irad.ir.parse import parse
from irad.passes.manager import run_passes
from irad.passes.tools import verify_module

pytestmark = pytest.mark.smoke
FILES = sorted(Path(__file__).parent.glob("structure_*.golden"))


def read(path):
    comment, *parts = path.read_text(encoding="utf-8").split("\n--- ")
    return comment, [tuple(part.split(" ---\n", 1)) for part in parts]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_golden(path, bless):
    comment, sections = read(path)
    (name, text), *rest = sections
    assert name == "in"
    module = parse(text)
    verify_module(module)
    printed, differences = [("in", str(module))], []
    for name, expected in rest:
        run_passes(module, [name], verify=True)
        printed.append((name, str(module)))
    for (name, expected), (_, actual) in zip(sections, printed, strict=True):
        if expected.strip() != actual.strip():
            old, new = expected.splitlines(), actual.splitlines()
            differences += unified_diff(old, new, f"{path.name} {name}", "now", lineterm="")
    if bless:
        path.write_text(comment + "".join(f"\n--- {n} ---\n{t.strip()}\n" for n, t in printed), encoding="utf-8")
    else:
        assert not differences, "\n".join(differences)
