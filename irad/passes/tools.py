"""Verifying and running modules with the op table at hand (`ir` knows no op)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irad.ir.build import TypeRule
from irad.ir.core import Function, Module, Value
from irad.ir.interpret import Heap, run
from irad.ir.types import ANY, Type
from irad.ir.verify import VerifyError, verify
from irad.ops import OPS, result_types
from irad.ops.py import count_results
from irad.passes.loopform import check_loops

FORMS = ("py", "typed", "loops", "low")


def verify_module(module: Module, form: str | None = None) -> None:
    """Every invariant of the form (that of the module, if not given), for all functions.

    Raises
    ------
    VerifyError
        For the first function that breaks any.
    """
    for function in module.functions.values():
        verify_function(function, form or module.form, module)


def verify_function(function: Function, form: str = "typed", module: Module | None = None) -> None:
    """As `verify_module` for one function; without a module calls are not looked at."""
    rule: TypeRule = _py_types if form == "py" else result_types
    verify(function, rule, module, form)
    wrong = sorted({i.op for i in function.instrs() if not op_in_form(i.op, form)})
    if wrong:
        raise VerifyError(function, [f"form {form} has no op {name}" for name in wrong])
    if form == "loops":
        check_loops(function)


def op_in_form(op: str, form: str) -> bool:
    """Whether an op may stand in a form: its row names the first; guards end before `low`, Python's ops after `py`."""
    if form == "py" or OPS[op].form == "py":
        return OPS[op].form == form
    if op == "guard":
        return form != "low"
    return FORMS.index(OPS[op].form) <= FORMS.index(form)


def _py_types(name: str, args: Sequence[Value], attrs: dict[str, Any]) -> Sequence[Type]:
    if "count" in attrs or "before" in attrs:
        return [ANY] * count_results(attrs)
    return result_types(name, args, attrs)


def run_function(
    module: Module, name: str, *args: object, inputs: Sequence[object] = (), counted: bool = False,
    fuel: int | None = None,
) -> Any:
    """Interpret a function: its result, a tuple if it has several, None if it has none.

    `counted` checks ownership as well (form `low`), see `irad.ir.interpret.Heap`.
    """
    heap = Heap() if counted else None
    results = run(module, name, args, evaluate=lambda op: OPS[op].eval, heap=heap, inputs=inputs, fuel=fuel)
    if not results:
        return None
    return results[0] if len(results) == 1 else results
