"""The table of objects whose subscripts have a meaning of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from irad.infer.context import Context
from irad.infer.shapes import AV

Meaning = Callable[[Context, AV], AV]
SUBSCRIPTED: dict[int, tuple[Any, Meaning]] = {}  # by identity of the object, which is kept alive


def subscripted(*objects: Any) -> Callable[[Meaning], Meaning]:
    """Register what `obj[index]` means for these objects."""

    def register(meaning: Meaning) -> Meaning:
        for obj in objects:
            SUBSCRIPTED[id(obj)] = (obj, meaning)
        return meaning

    return register
