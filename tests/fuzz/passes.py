"""Tier 2: the IR interpreter after every pass, LLVM's levels 0 and 3, all tape policies, the verifier after every pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from programs.outcomes import bits

import irad
from fuzz.observe import arguments, beyond
from fuzz.oracles import Case, Finding, check_native
from fuzz.subject import inferred, machine_values
from irad.ir.core import Function
from irad.ir.interpret import InterpretError
from irad.passes import cleanup
from irad.passes.loopform import loopform
from irad.passes.tools import run_function, verify_function
from irad.pipeline import prepare
from irad.runtime.instance import resolve

FUEL = 2_000_000


def check_passes(case: Case) -> None:
    """All of tier 2."""
    check_each_pass(case)
    for level in (0, 3):
        with verified():
            check_native(case, level, POLICIES if level else ())


POLICIES = ("default", "tape", "recompute", "random")


@contextmanager
def verified() -> Iterator[None]:
    """Every pass of `cleanup` leaves valid IR."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(cleanup, "PASSES", tuple(map(checked, cleanup.PASSES))))
        yield


def checked(run: Any) -> Any:
    """A pass, and the verifier."""
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
    build = inferred([irad.compile(case.f)], case.calls[0], 1, False)[0]
    inputs = {c.offset: resolve(c.source, build.request.target) for c in build.unit.captures.values()}
    want: list[Any] = []

    def compare(stage: str) -> None:
        leaves = [v for s, a in zip(build.request.shapes, arguments(call), strict=True) for v in machine_values(s, a)]
        try:
            found = run_function(build.module, build.entry.name, *leaves, inputs=inputs, fuel=FUEL)  # type: ignore[arg-type]
        except (InterpretError, OverflowError) as error:
            if "@deferred" in str(error) or beyond(str(error)):
                found = "refused"
            else:
                raise Finding("pass", f"{stage}: {error} for {call}") from error
        result = bits([found, leaves])
        want.append(result)
        if result != want[0]:
            raise Finding("pass", f"{stage}: {result} instead of {want[0]} for {call}")
        case.report.counts["pass"] += 1

    compare("typed")

    def compared(run: Any) -> Any:
        def both(function: Function) -> Any:
            changed = run(function)
            verify_function(function)
            if changed and function is build.root:
                compare(run.__name__)
            return changed

        return both

    with mock.patch.object(cleanup, "PASSES", tuple(map(compared, cleanup.PASSES))):
        prepare(build.module, build.entry.name, set())
    loopform(build.root)
    compare("loops")
