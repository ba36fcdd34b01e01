"""The table of passes, and the loop that runs them.

A pass names the forms that it takes and the form that it leaves; a pass that leaves none keeps the form it was given
(in form `loops` also the canonical shape of loops). So the forms say what must follow what: `loopform` comes before
whatever asks for loops, `lower` before `lifetime`, which is about the ways that do not raise.
"""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

from irad.ir.core import Function, Module
from irad.passes.inline import drop_uncalled, inline_calls
from irad.passes.lifetime import lifetime
from irad.passes.loopform import loopform
from irad.passes.lower import lower_guards
from irad.passes.tools import verify_module

ANY_FORM = ("typed", "loops", "low")
Dump = Callable[[str, Module], None]


class PassError(ValueError):
    """A pass that does not exist, or that was given a form it does not take."""


@dataclass(frozen=True)
class Pass:
    """A row of the table: `apply` changes a module in place; its second argument is the root function's name."""

    name: str
    apply: Callable[[Module, str], None]
    doc: str
    needs: tuple[str, ...]
    leaves: str | None = None


PASSES: dict[str, Pass] = {}


def each(run: Callable[[Function], Any]) -> Callable[[Module, str], None]:
    """A pass over functions as a pass over modules."""

    def apply(module: Module, root: str) -> None:
        for function in module.functions.values():
            run(function)

    return apply


def _add(name: str, *fields: Any) -> None:
    PASSES[name] = Pass(name, *fields)


def _later(file: str, name: str) -> Callable[[Module, str], None]:
    """A pass over functions that is imported when it first runs."""

    def apply(module: Module, root: str) -> None:
        each(getattr(importlib.import_module(f"irad.passes.{file}"), name))(module, root)

    return apply


def _inline(module: Module, root: str) -> None:
    inline_calls(module, root)
    drop_uncalled(module, [root])


_add("inline", _inline, "calls of functions that do not recurse become their bodies", ("typed", "loops"), "typed")
_add("loopform", each(loopform), "loops in canonical shape", ("typed", "loops"), "loops")
_add("lower", each(lower_guards), "guards become branches", ("typed", "loops"), "low")
_add("lifetime", each(lifetime), "retain and release of arrays and records", ("low",), "low")

for _name, _module, _doc in (
    ("simplify", "simplify", "constants folded, exact identities, no detours in the flow graph"),
    ("gvn", "gvn", "equal computations done once"),
    ("licm", "licm", "what does not change in a loop is computed before it"),
    ("dce", "dce", "what nothing needs is removed"),
    ("forward", "memory", "loads of what was just stored become that value"),
):
    if importlib.util.find_spec(f"irad.passes.{_module}"):
        _add(_name, _later(_module, _name), _doc, ANY_FORM)


def run_passes(
    module: Module, names: Iterable[str], *, root: str | None = None, verify: bool = False,
    timings: MutableMapping[str, float] | None = None, dump: Dump | None = None,
) -> Module:
    """Run passes by name, in place; the module, for chaining.

    Parameters
    ----------
    root : str, optional
        The function that the others serve; the first one of the module by default.
    verify : bool
        Verify the module before the first pass and after each.
    timings : mapping, optional
        Takes the seconds spent in each pass, added up by name (verifying not counted).
    dump : callable, optional
        Called with the pass's name and the module after each pass.

    Raises
    ------
    PassError
        If a pass is unknown, or does not take the form that the module has.
    VerifyError
        If a pass leaves IR that is not valid.
    """
    if root is None:
        root = next(iter(module.functions))
    if verify:
        verify_module(module)
    for name in names:
        row = PASSES.get(name)
        if row is None:
            raise PassError(f"there is no pass {name!r}; the passes are {', '.join(sorted(PASSES))}")
        if module.form not in row.needs:
            raise PassError(f"{name} takes form {' or '.join(row.needs)}; the module has form {module.form}")
        start = time.perf_counter()
        row.apply(module, root)
        module.form = row.leaves or module.form
        if timings is not None:
            timings[name] = timings.get(name, 0.0) + time.perf_counter() - start
        if verify:
            verify_module(module)
        if dump is not None:
            dump(name, module)
    return module
