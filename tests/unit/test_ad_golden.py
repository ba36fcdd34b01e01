"""Golden adjoints: each file of tests/golden/ad holds a program, and what `irad.ad` makes of it (pytest --bless).

    # my_pow
    def f(x: float, n: int) -> float: ...
    --- plan 10 ---         what is taped (the digits mark the active parameters)
    --- vjp 10 ---          the combined adjoint, as `ad` leaves it
    --- jvp 10 ---          the tangents
    --- linked 10 ---       the primal with loops that are run forward, as `ad.preaccumulate` leaves it
    --- auto 10 ---         its combined adjoint
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from unit.ad_tools import compile_source

from irad.ad import explain, forward, reverse
from irad.ad.preaccumulate import preaccumulate
from irad.ir.print import print_function

FILES = sorted((Path(__file__).parents[1] / "golden" / "ad").glob("*.txt"))
HEADING = re.compile(r"^--- (\w+) ([01]+) ---$", re.MULTILINE)


def produce(source: str, kind: str, mask: str) -> str:
    module = compile_source(source)
    active = tuple(c == "1" for c in mask)
    if kind == "plan":
        return str(explain(module, "f", active))
    source_name = preaccumulate(module, "f", active) if kind in ("linked", "auto") else "f"
    name = source_name if kind == "linked" else (forward if kind == "jvp" else reverse)(module, source_name, active)
    return print_function(module.functions[name], locations=False)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_golden(path: Path, bless: bool) -> None:
    source, *parts = HEADING.split(path.read_text())
    made = source
    for kind, mask in zip(parts[::3], parts[1::3], strict=True):
        made += f"--- {kind} {mask} ---\n{produce(source, kind, mask)}\n\n"
    made = "\n".join(line.rstrip() for line in made.rstrip().splitlines()) + "\n"
    if bless:
        path.write_text(made)
    assert path.read_text() == made
