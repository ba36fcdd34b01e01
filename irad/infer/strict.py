"""Functions that turn warnings into exceptions: `with warnings.catch_warnings(): warnings.simplefilter("error")`.

Compiled code gives no warnings. So numpy must have none to give there, and in functions that are called there: each result of a
number or array of numpy is looked at, and one that numpy would warn about ends the call with an error of irad. It is a nan that
comes from no nan, or an infinity that comes from finite numbers. What else could warn is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from irad.analysis.cfg import block_order
from irad.errors import UnsupportedError
from irad.infer.context import Context
from irad.infer.kinds import MACHINE, is_numpy, kind_of
from irad.infer.shapes import AV
from irad.infer.values import Arr, Known, Num
from irad.ir.core import Block, Const, Function, Instr, Return, Value, const
from irad.ir.types import FLOAT
from irad.lib import quiet

QUIET = frozenset(map(id, (
    np.isscalar, np.ndim, np.shape, np.size, np.errstate, np.array, np.asarray, np.atleast_1d, np.atleast_2d, np.copy, np.where,
    np.zeros, np.ones, np.zeros_like, np.ones_like, np.any, np.all,
)))
QUIET_METHODS = frozenset(("item", "is_integer", "any", "all", "copy", "reshape", "ravel", "__enter__", "__exit__"))
QUIET_KINDS = ("float64", "int64", "bool_")
WHAT = "what numpy may warn about, where warnings are exceptions"
WHY = "compiled code gives no warnings"
HINT = "test the operands before the operation, in place of setting the filter"


def places(source: Function) -> frozenset[Instr]:
    """The instructions of a lifted function that may run while warnings are exceptions because of what it has set itself: from
    a filter to where the `with warnings.catch_warnings()` around it ends. (A filter without one lasts, and is refused.)"""
    found = source.attrs.get("strict")
    if found is None:
        found = source.attrs["strict"] = frozenset(_places(source) if "error" in _texts(source) else ())
    return found


def _texts(source: Function) -> set[str]:
    args = (a for b in block_order(source) for i in b.instrs for a in i.args)
    return {a.value for a in args if isinstance(a, Const) and isinstance(a.value, str)}


def _places(source: Function) -> set[Instr]:
    blocks = block_order(source)
    made = {i.result: i for b in blocks for i in b.instrs if len(i.results) == 1}
    exits = {i.result: i.args[0] for i in made.values() if i.op == "py.attr" and i.attrs["name"] == "__exit__"}
    managers = {m for m in exits.values() if isinstance(m, Value) and _called(made, made.get(m)) == "catch_warnings"}
    found: set[Instr] = set()
    for block in blocks:
        for k, instr in enumerate(block.instrs):
            name = _called(made, instr)
            acts = name == "catch_warnings" and "action" in (instr.attrs.get("kwnames") or ())
            texts = [a.value for a in instr.args if isinstance(a, Const) and isinstance(a.value, str)]
            if (acts or name in ("simplefilter", "filterwarnings")) and ("error" in texts or not texts):
                inner: set[Value] = set()  # of the `with` statements that begin after it
                while True:
                    reached, lasts = _reached(block, k, {v for v, m in exits.items() if m in managers and m not in inner})
                    begun = {m for i in reached if i.op == "py.attr" and i.attrs["name"] == "__enter__" for m in i.args[:1]}
                    begun = {m for m in begun & managers if not (acts and m is instr.result)}
                    if begun <= inner:
                        break
                    inner |= begun
                if not lasts:
                    found |= reached
    return found


def _called(made: dict[Value, Instr], instr: Instr | None) -> str | None:
    """By what name an instruction calls something."""
    callee = made.get(instr.args[0]) if instr is not None and instr.op == "py.call" and isinstance(instr.args[0], Value) else None
    return callee.attrs["name"] if callee is not None and callee.op in ("py.attr", "py.global") else None


def _reached(block: Block, start: int, exits: set[Value]) -> tuple[set[Instr], bool]:
    """What can come after an instruction, that one included, before one of these `__exit__`s is called; whether none may be."""
    found: set[Instr] = set()
    lasts = False
    work, seen = [(block, start)], set()
    while work:
        here, first = work.pop()
        for instr in here.instrs[first:]:
            if instr.op in ("py.call", "py.leave_context") and instr.args[0] in exits:
                break
            found.add(instr)
        else:
            lasts = lasts or isinstance(here.term, Return)
            for after in here.successors:
                if after not in seen:
                    seen.add(after)
                    work.append((after, 0))
    return found, lasts


def refuse(cx: Context, what: str) -> NoReturn:
    cx.unsupported(f"{what}, where warnings are exceptions", kind="option", why=WHY, hint=HINT)


def check_function(cx: Context, obj: Any) -> None:
    """Refuse functions of numpy that are no ufuncs: what they warn about is not known here."""
    if isinstance(obj, np.ufunc) or id(obj) in QUIET or kind_of_class(obj) in QUIET_KINDS:
        return
    if str(getattr(obj, "__module__", None) or "").partition(".")[0] in ("numpy", "scipy"):
        refuse(cx, f"a call of {obj.__module__}.{getattr(obj, '__name__', '')}")


def kind_of_class(obj: Any) -> str | None:
    """The kind of the numbers that a class makes."""
    return kind_of(obj(0)) if isinstance(obj, type) and issubclass(obj, np.generic) and not issubclass(obj, np.flexible) else None


def check_method(cx: Context, owner: AV, name: str) -> None:
    numpys = isinstance(owner, Arr) or (isinstance(owner, Num) and any(map(is_numpy, owner.kinds)))
    if numpys and name not in QUIET_METHODS:
        refuse(cx, f"the method `{name}` of numpy")


def loosely(cx: Context, made: Callable[[], AV]) -> AV:
    """What is made without a look at what numpy may warn about."""
    before, cx.strict = cx.strict, False
    try:
        return made()
    finally:
        cx.strict = before


def _watched_array(cx: Context, result: AV, operands: Sequence[AV]) -> AV:
    from irad.infer.pythoncalls import call_library_function

    if not isinstance(result, Arr) or any(not isinstance(a, (Arr, Num, Known)) for a in operands):
        refuse(cx, "an operation on arrays")
    if result.kind == "bool_":
        return result
    if not MACHINE[result.kind].is_float:
        refuse(cx, "arithmetic on arrays of integers")
    fine = loosely(cx, lambda: call_library_function(cx, quiet.is_quiet, [result, *operands]))
    error = UnsupportedError(WHAT, kind="option", loc=cx.loc, why=WHY, hint=HINT)
    cx.unless(cx.num(fine).value, lambda: cx.fail(error))
    return result


def watched(cx: Context, result: AV, *operands: AV, arithmetic: bool = False) -> AV:
    """A number that an operation has given, with the error where numpy would have warned."""
    if isinstance(result, Arr) or any(isinstance(a, Arr) for a in operands):
        return _watched_array(cx, result, operands)
    if isinstance(result, Known):
        if isinstance(result.obj, np.floating) and not np.isfinite(result.obj):
            refuse(cx, "a result that is not finite")
        return result
    if not isinstance(result, Num) or not any(map(is_numpy, result.kinds)):
        return result
    if not MACHINE[result.kinds[0]].is_float:
        if arithmetic and any(k not in ("bool_", "bool") for k in result.kinds):
            refuse(cx, "arithmetic on integers of numpy")
        return result
    values = [cx.cast(cx.num(a).value, FLOAT) for a in operands]
    value = cx.cast(result.value, FLOAT)
    a_nan: Value = const(False)
    no_number: Value = const(False)
    for v in values:
        a_nan = cx.either(a_nan, cx.op("isnan", v))
        no_number = cx.either(no_number, cx.negate(cx.op("isfinite", v)))
    explained = cx.op("select", cx.op("isnan", value), a_nan, no_number)
    fine = cx.either(cx.op("isfinite", value), explained)
    error = UnsupportedError(WHAT, kind="option", loc=cx.loc, why=WHY, hint=HINT)
    cx.unless(fine, lambda: cx.fail(error))
    return result
