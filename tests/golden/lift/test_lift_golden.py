"""Bytecode to form `py`, as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from golden.golden import check_sections, functions_of

from irad.ir.core import Module
from irad.ir.parse import parse
from irad.ir.print import print_module
from irad.ir.verify import verify
from irad.lift import lift_module
from irad.ops import result_types

pytestmark = pytest.mark.smoke
FILES = sorted(Path(__file__).parent.glob("*.test"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lift(path: Path, bless: bool) -> None:
    def lifted(namespace: dict[str, Any]) -> Module:
        module = lift_module(*(f.__code__ for f in functions_of(path, namespace)), nested=True)
        for function in module.functions.values():
            verify(function, result_types, form="py")
        text = str(module)
        assert str(parse(text)) == text
        return module

    check_sections(
        path,
        {
            "lift": lambda space: print_module(lifted(space), locations=False),
            "places": lambda space: print_module(lifted(space)),
        },
        bless,
    )
