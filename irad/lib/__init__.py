"""numpy and builtin functions as plain Python with loops: lifted and differentiated like the user's own code."""

from __future__ import annotations

from types import CodeType, FunctionType
from typing import TypeVar, cast

OUT_OF_LINE: set[CodeType] = set()
Function = TypeVar("Function")


def out_of_line(function: Function) -> Function:
    """Keep calls of this function calls: it is large, and rarely reached."""
    OUT_OF_LINE.add(cast(FunctionType, function).__code__)
    return function


EVALUATED: list[object] = []


def evaluated(function: Function) -> Function:
    """A function of what is known at compile time (ranks, axes, flags): Python itself computes it while compiling."""
    EVALUATED.append(function)
    return function
