"""What numbers and arrays of numpy say beside what is no number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numeric.harness import same_as_python

NUMBERS = [np.float64(2.5), np.int64(3), np.float32(2.5), np.True_, np.arange(2.0), 2.5, 3]
OTHERS = ["None", "{}", "{'a': 1}", "len", "object", "...", "f", "{1}"]
PAIRS = [(op, other) for op in ("+", "-", "/", "<", "==", "!=") for other in OTHERS]
PAIRS += [(op, other) for op in ("<", "==", "!=") for other in ("'a'", "b'a'")]


@pytest.mark.parametrize(("op", "other"), PAIRS)
def test_beside_what_is_no_number(op: str, other: str) -> None:
    for expression in (f"x {op} {other}", f"{other} {op} x"):
        space: dict[str, Any] = {}
        exec(f"def f(x):\n    return {expression}", space)
        for x in NUMBERS:
            same_as_python(space["f"], x)


def test_tuples_and_bytes() -> None:
    same_as_python(lambda x: (1, 2) + x, 3)
    same_as_python(lambda x: b"a" + x, 3)
