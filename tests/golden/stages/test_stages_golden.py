"""Programs through the whole line: source, typed IR, optimised IR, and the adjoint of their first argument."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from golden.golden import check_sections, functions_of

import irad
from irad.ir.parse import parse

pytestmark = pytest.mark.smoke
FILES = sorted(Path(__file__).parent.glob("*.test"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_stages(path: Path, bless: bool) -> None:
    def printed(namespace: dict[str, Any], stage: str, transform: Any) -> str:
        texts = []
        for function in functions_of(path, namespace):
            if not function.__annotations__:
                continue  # a helper
            text = transform(function).ir(stage=stage, locations=False)
            if "vjp:" not in text:
                assert str(parse(text)) == text
            texts.append(text.strip())
        return "\n\n".join(texts)

    check_sections(
        path,
        {
            "typed": lambda space: printed(space, "typed", irad.compile),
            "loops": lambda space: printed(space, "loops", irad.compile),
            "adjoint": lambda space: printed(space, "loops", irad.grad),
        },
        bless,
    )
