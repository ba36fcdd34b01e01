"""Tier 2: the IR interpreter after every pass, LLVM's levels 0 and 3, all tape policies, the verifier after every pass;
memory that ends at fences; second derivatives."""

from __future__ import annotations

import dataclasses
import functools
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from fences import fenced, fences
from programs.outcomes import bits

import irad
from fuzz.asked import check_asked
from fuzz.bends import check_bends, check_inside
from fuzz.claims import with_passes
from fuzz.observe import arguments, arrays_in, beyond, shared
from fuzz.oracles import SHARED, Case, Finding, check_native
from fuzz.subject import inferred, machine_values
from fuzz.trees import mapped
from irad.ir.core import Function
from irad.ir.interpret import InterpretError
from irad.passes.loopform import loopform
from irad.passes.tools import run_function, verify_function
from irad.pipeline import prepare
from irad.runtime.instance import resolve
from irad.runtime.plain import value_of

FUEL = 2_000_000


def check_passes(case: Case) -> None:
    """All of tier 2."""
    check_each_pass(case)
    for level in (0, 3):
        with verified():
            check_native(case, level, POLICIES if level else ())
    check_fences(case)
    check_bends(case)
    check_inside(case)
    check_asked(case)


def check_fences(case: Case) -> None:
    """Nothing is touched beyond an input, a shadow, an array or a tape, and nothing read that was not written."""
    with fences() as damage:
        check_native(dataclasses.replace(case, fence=fenced_arguments), 1, ())
        gc.collect()
    case.report.counts["fences"] += 1
    if damage:
        raise Finding("fence", damage[0])


def fenced_arguments(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments with arrays that end where a page begins that nobody may touch."""
    arrays = arrays_in(args)
    if shared(args) and len({id(a) for a in arrays}) == len(arrays):  # parts of one array
        return args
    known: dict[int, Any] = {}
    return tuple(mapped(lambda a: fenced(a) if isinstance(a, np.ndarray) else a, arg, known=known) for arg in args)


POLICIES = ("default", "tape", "recompute", "random")


@contextmanager
def verified() -> Iterator[None]:
    """Every pass of `cleanup` leaves valid IR."""
    with with_passes(checked):
        yield


def checked(run: Any) -> Any:
    """A pass, and the verifier."""
    @functools.wraps(run)
    def both(function: Function) -> Any:
        changed = run(function)
        verify_function(function)
        return changed

    return both


def check_each_pass(case: Case) -> None:
    """The function in form `typed`, then after each pass alone and in turn, gives CPython's value."""
    call = case.good_call()
    if call is None:
        return
    build = inferred([irad.compile(case.f)], case.calls[0], 1, False, case.has_single)[0]
    inputs = {c.offset: resolve(c.source, build.request.target) for c in build.unit.outside.inputs.values()}
    want: list[Any] = []

    def compare(stage: str) -> None:
        leaves = [v for s, a in zip(build.request.shapes, arguments(call, case.f), strict=True) for v in machine_values(s, a)]
        try:
            found = run_function(build.module, build.entry.name, *leaves, inputs=inputs, fuel=FUEL)  # type: ignore[arg-type]
        except (InterpretError, OverflowError, RecursionError) as error:
            if isinstance(error, RecursionError) or "@deferred" in str(error) or beyond(str(error)) or SHARED in str(error):
                found = "refused"
            else:
                raise Finding("pass", f"{stage}: {error} for {call}") from error
        if build.entry.result is not None and not isinstance(found, str):  # what alternatives hold that it is not, is anything
            values = found if isinstance(found, tuple) else () if found is None else (found,)
            found = value_of(build.entry.result, iter(values))
        result = bits([found, leaves])
        want.append(result)
        if result != want[0]:
            raise Finding("pass", f"{stage}: {result} instead of {want[0]} for {call}")
        case.report.counts["pass"] += 1

    compare("typed")

    def compared(run: Any) -> Any:
        @functools.wraps(run)
        def both(function: Function) -> Any:
            changed = run(function)
            verify_function(function)
            if changed and function is build.root:
                compare(run.__name__)
            return changed

        return both

    with with_passes(compared):
        prepare(build.module, build.entry.name, set())
    loopform(build.root)
    compare("loops")
