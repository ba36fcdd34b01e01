"""What programs in IR do, to be compared before and after a pass."""

from __future__ import annotations

import copy

import numpy as np
from ir_programs import Program

from irad.ir.core import Module
from irad.passes.tools import run_function

RAISED = (ValueError, IndexError, ZeroDivisionError)
RANDOM_CALLS = tuple((n, np.arange(4.0)) for n in (0, 1, 5, -3))


def outcomes(program: Program | Module, module: Module | None = None, counted: bool = False) -> list[str]:
    """For each call of a program (or of a random module): the result or exception, and the arguments afterwards."""
    root, calls = (program.root, program.calls) if isinstance(program, Program) else ("main", RANDOM_CALLS)
    if module is None:
        module = program.module() if isinstance(program, Program) else program
    found = []
    for call in calls:
        args = copy.deepcopy(call)
        try:
            result = repr(run_function(module, root, *args, counted=counted, fuel=100_000))
        except RAISED as problem:
            result = repr(problem)
        found.append(f"{result} {args!r}")
    return found
