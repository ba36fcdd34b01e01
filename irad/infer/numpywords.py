"""What numpy's numbers and arrays say beside what is no number: numpy is asked, with samples of both.

    np.float64(2.5) + None       TypeError: unsupported operand type(s) for +: 'float' and 'NoneType'
    np.ones(2) - {}              TypeError: unsupported operand type(s) for -: 'float' and 'dict'
"""

from __future__ import annotations

import operator
import types
import warnings
from typing import Any

import numpy as np

from irad.infer.context import Context, type_name
from irad.infer.kinds import BINARY, CLASSES, COMPARE, SAMPLES, is_numpy, kind_of
from irad.infer.shapes import AV
from irad.infer.values import Arr, Fn, Known, Num, Record, Ref

INPLACE = {op: getattr(operator, "i" + f.__name__.rstrip("_")) for op, f in BINARY.items()}
OBJECTS = (
    type(None), str, bytes, complex, type(...), type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, slice,
    dict, range, set, frozenset,
)


def refuse(cx: Context, op: str, a: AV, b: AV, inplace: bool = False) -> None:
    """The TypeError of `a op b` in numpy's words; an error of irad's if numpy has a value. Of others nothing happens."""
    x, y = _sample(a), _sample(b)
    if x is None or y is None or not any(map(_of_numpy, (a, b))):
        return
    function = COMPARE[op] if op in COMPARE else (INPLACE if inplace else BINARY)[op]
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(x[0], y[0])
    except TypeError as e:
        cx.type_error(str(e))
    except Exception:  # something else that depends on the values
        pass
    cx.unsupported(
        f"`{op}` of {type_name(a)} and {type_name(b)}", kind="operator",
        why="numpy takes it for an array of objects, or of its items", hint="use arrays of numbers",
    )


def equality(cx: Context, op: str, a: AV, b: AV) -> AV | None:
    """`a == b` or `a != b` of one of numpy's numbers and what is no number; None of others."""
    x, y = _sample(a), _sample(b)
    if x is None or y is None or not any(map(_of_numpy, (a, b))):
        return None
    found = COMPARE[op](x[0], y[0])
    if not isinstance(found, (bool, np.bool_)):
        refuse(cx, op, a, b)
    return Known(found)


def _of_numpy(av: AV) -> bool:
    return isinstance(av, Arr) or (isinstance(av, Num) and is_numpy(av.kinds[0])) or (
        isinstance(av, Known) and (isinstance(av.obj, np.ndarray) or is_numpy(kind_of(av.obj) or "int"))
    )


def _sample(av: AV) -> tuple[Any] | None:
    """A value like this one; None where there is none to ask with."""
    if isinstance(av, Num):
        return (SAMPLES[av.kinds[0]],)
    if isinstance(av, Arr):
        return (np.ones((1,) * av.ndim, CLASSES[av.kind]),)
    if isinstance(av, Known) and (isinstance(av.obj, OBJECTS) or kind_of(av.obj) is not None or type(av.obj) is np.ndarray):
        return (av.obj,)
    if isinstance(av, Fn):
        return (_sample,)
    if (isinstance(av, Ref) and av.cls is dict) or (isinstance(av, Record) and av.static[0] == "dict"):
        return ({},)
    return (set(),) if isinstance(av, Ref) and av.cls is set else None


def is_no_number(av: AV) -> bool:
    """Whether this is an object that no number is equal to: numpy compares it with each element."""
    if isinstance(av, Known):
        return isinstance(av.obj, OBJECTS) and not isinstance(av.obj, (range, complex))
    is_dict = isinstance(av, Record) and av.static[0] == "dict"
    return isinstance(av, Fn) or is_dict or (isinstance(av, Ref) and av.cls in (dict, set))
