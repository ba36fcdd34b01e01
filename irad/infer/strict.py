"""Functions that turn warnings into exceptions: `with warnings.catch_warnings(): warnings.simplefilter("error")`.

Compiled code gives no warnings. So numpy must have none to give in such a function, and in those that it calls: each result of a
number of numpy is looked at, and one that numpy would warn about ends the call with an error of irad. It is a nan that comes from
no nan, or an infinity that comes from finite numbers. Arrays and what else could warn are refused.
"""

from __future__ import annotations

import types
from typing import Any, NoReturn

import numpy as np

from irad.errors import UnsupportedError
from irad.infer.context import Context
from irad.infer.kinds import MACHINE, is_numpy, kind_of
from irad.infer.shapes import AV
from irad.infer.values import Arr, Known, Num
from irad.ir.core import Value, const
from irad.ir.types import FLOAT

SETTERS = {"simplefilter", "filterwarnings", "catch_warnings"}
QUIET = frozenset(map(id, (np.isscalar, np.ndim, np.shape, np.size, np.errstate)))
QUIET_METHODS = frozenset(("item", "is_integer", "__enter__", "__exit__"))
QUIET_KINDS = ("float64", "int64", "bool_")
WHAT = "what numpy may warn about, where warnings are exceptions"
WHY = "compiled code gives no warnings"
HINT = "test the operands before the operation, in place of setting the filter"


def begins_in(code: types.CodeType) -> bool:
    """Whether a function turns warnings into exceptions."""
    return "catch_warnings" in code.co_names and "error" in code.co_consts


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


def watched(cx: Context, result: AV, *operands: AV, arithmetic: bool = False) -> AV:
    """A number that an operation has given, with the error where numpy would have warned."""
    if isinstance(result, Arr) or any(isinstance(a, Arr) for a in operands):
        refuse(cx, "an operation on arrays")
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
