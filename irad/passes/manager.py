"""The table of passes, and the loop that runs them.

A pass names the forms that it takes and the form that it leaves; a pass that leaves none keeps the form it was given.
So the forms say what must follow what: `loopform` comes before whatever asks for loops, `lower` before `lifetime`, as
the latter is about ways that do not raise. The passes that clean up may leave loops open (a value is used after its
loop without a parameter of an exit block): they are closed again when the last pass of a run is done.
"""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, NamedTuple

from irad.ir.core import Function, Module
from irad.passes.inline import drop_uncalled, inline_calls
from irad.passes.lifetime import lifetime
from irad.passes.loopform import loopform
from irad.passes.lower import lower_guards
from irad.passes.stack import stack
from irad.passes.tools import verify_module

ANY_FORM = ("typed", "loops", "low")
Dump = Callable[[str, Module], None]


class PassError(ValueError):
    """A pass that does not exist, or that was given a form it does not take."""


class Pass(NamedTuple):
    """A row of the table: `apply` changes a module in place; its second argument is the root function's name."""

    name: str
    apply: Callable[[Module, str], None]
    doc: str
    needs: tuple[str, ...]
    leaves: str | None = None
    opens: bool = False  # may undo parts of form `loops`


PASSES: dict[str, Pass] = {}


def each(run: Callable[[Function], Any]) -> Callable[[Module, str], None]:
    """A pass over functions as a pass over modules."""

    def apply(module: Module, root: str) -> None:
        for function in module.functions.values():
            run(function)

    return apply


def _add(name: str, *fields: Any) -> None:
    PASSES[name] = Pass(name, *fields)


def _later(name: str) -> Callable[[Function], Any]:
    """The pass of this name from the file of this name, imported when it first runs."""
    return lambda function: getattr(importlib.import_module(f"irad.passes.{name}"), name)(function)


def _inline(module: Module, root: str) -> None:
    inline_calls(module, root)
    drop_uncalled(module, [root])


_add("inline", _inline, "calls of functions that do not recurse become their bodies", ("typed", "loops"), "typed")
_add("loopform", each(loopform), "loops in canonical shape", ("typed", "loops"), "loops")
_add("lower", each(lower_guards), "guards become branches", ("typed", "loops"), "low")
_add("stack", each(stack), "small arrays that never leave the function are on its stack", ("low",), "low")
_add("lifetime", each(lifetime), "retain and release of arrays and records", ("low",), "low")

for _name, _doc in (
    ("simplify", "constants folded, exact identities, no detours in the flow graph"),
    ("gvn", "equal computations done once"),
    ("extents", "extents of arrays that ways meet with: the one that all of them bring"),
    ("memory", "loads of what was just stored become that value; small arrays become values"),
    ("guards", "checks that cannot fail are removed"),
    ("licm", "what does not change in a loop is computed before it"),
    ("dce", "what nothing needs is removed"),
    ("fuse", "arrays that are read once are computed where they are read"),
):
    if importlib.util.find_spec(f"irad.passes.{_name}"):
        _add(_name, each(_later(_name)), _doc, ANY_FORM, None, True)
_add("versions", each(_later("versions")), "loops copied without the checks that all hold", ("loops",), "loops")
if importlib.util.find_spec("irad.passes.cleanup"):
    _add("cleanup", each(_later("cleanup")), "all of these in turn, until nothing changes", ("typed", "loops"), "loops")


def find_pass(name: str, form: str) -> Pass:
    """The pass of this name, if it takes modules of this form.

    Raises
    ------
    PassError
        If it does not, or does not exist.
    """
    row = PASSES.get(name)
    if row is None:
        raise PassError(f"there is no pass {name!r}; the passes are {', '.join(sorted(PASSES))}")
    if form not in row.needs:
        raise PassError(f"{name} takes form {' or '.join(row.needs)}; the module has form {form}")
    return row


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
        Verify the module before the first pass and after each (else a pass that leaves IR that is not valid goes on).
    timings : mapping, optional
        Takes the seconds spent in each pass, added up by name (verifying not counted).
    dump : callable, optional
        Called with the pass's name and the module after each pass.
    """
    if root is None:
        root = next(iter(module.functions))
    if verify:
        verify_module(module)
    is_open = False
    for name in names:
        row = find_pass(name, module.form)
        start = time.perf_counter()
        row.apply(module, root)
        module.form = row.leaves or module.form
        is_open = module.form == "loops" and (row.opens or (is_open and row.leaves is None))
        if timings is not None:
            timings[name] = timings.get(name, 0.0) + time.perf_counter() - start
        if verify:
            verify_module(module, "typed" if is_open else None)
        if dump is not None:
            dump(name, module)
    if is_open:
        PASSES["loopform"].apply(module, root)
        if verify:
            verify_module(module)
    return module
