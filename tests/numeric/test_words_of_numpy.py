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


class Scaled:
    def __init__(self, x: Any) -> None:
        self.x = x

    def __mul__(self, s: Any) -> Scaled:
        return Scaled(self.x * s)


def known_beside_an_object(o: Any, n: int) -> Any:
    for _ in range(n):
        o += np.square(0.0)
    return o


def known_in_front_of_an_object(o: Any, n: int) -> Any:
    return (np.float32(0.5) if n else np.int64(2)) - o


def test_known_numbers_beside_objects() -> None:
    for f in (known_beside_an_object, known_in_front_of_an_object):
        for n in (0, 2):
            if n or f is known_in_front_of_an_object:
                same_as_python(f, Scaled(1.5), n)
