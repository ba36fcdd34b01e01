"""Kinds of scalars: Python's int, float, bool and numpy's scalar types, each with its machine type.

What an operator makes of two kinds is not written down here: Python is asked, with ones of these kinds.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from irad.ir.types import BOOL, FLOAT, FLOAT32, INT, INT8, INT16, INT32, UINT8, UINT16, UINT32, UINT64, Scalar

MACHINE: dict[str, Scalar] = {
    "bool": BOOL, "int": INT, "float": FLOAT, "bool_": BOOL, "int8": INT8, "int16": INT16, "int32": INT32, "int64": INT,
    "uint8": UINT8, "uint16": UINT16, "uint32": UINT32, "uint64": UINT64, "float32": FLOAT32, "float64": FLOAT,
}
PYTHON = {"bool": bool, "int": int, "float": float}
CLASSES: dict[str, type] = {**PYTHON, **{k: getattr(np, k) for k in MACHINE if k not in PYTHON}}
OF_CLASS: dict[type, str] = {cls: kind for kind, cls in CLASSES.items()}
# numpy's names for one machine type differ by platform (np.longlong is not np.int64 where both have 64 bits)
for _name in ("byte", "short", "intc", "long", "longlong", "ubyte", "ushort", "uintc", "ulong", "ulonglong", "single", "double"):
    if hasattr(np, _name):
        OF_CLASS.setdefault(getattr(np, _name), np.dtype(getattr(np, _name)).name)
SAMPLES: dict[str, Any] = {kind: cls(1) for kind, cls in CLASSES.items()}

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "@": operator.matmul, "&": operator.and_, "|": operator.or_, "^": operator.xor,
    "<<": operator.lshift, ">>": operator.rshift,
}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}
UNARY: dict[str, Callable[[Any], Any]] = {"+": operator.pos, "-": operator.neg, "~": operator.invert, "not": operator.not_}


# Kinds that numpy's promotion can lead to and that irad does not compute with yet.
FOREIGN = frozenset(k for k in MACHINE if k.startswith("uint")) | {"int8", "int16"}


def is_numpy(kind: str) -> bool:
    return kind not in PYTHON


def is_int(kind: str) -> bool:
    """Whether values of this kind count, and are no floats (bools count)."""
    return not MACHINE[kind].is_float


def exact_in_float(kinds: tuple[str, ...]) -> bool:
    """Whether a float64 holds every value of each of these kinds, except for large ints."""
    return all(k in ("int", "bool", "float", "float64") for k in kinds)


def kind_of(value: object) -> str | None:
    """The kind of a Python object, if it is a scalar that irad computes with."""
    return OF_CLASS.get(type(value))


def is_wide(value: object) -> bool:
    """Whether this is an int of Python's that 64 bits do not hold."""
    return type(value) is int and not -(1 << 63) <= value < 1 << 63


def dtype_kind(dtype: np.dtype[Any]) -> str | None:
    """The kind of an array's elements; None if irad has no such arrays."""
    if not dtype.isnative:
        return None
    return OF_CLASS.get(dtype.type)


@cache
def binary_kind(op: str, a: str, b: str) -> str | None:
    """The kind of `a op b`; None if Python raises TypeError or the result is not a scalar of ours."""
    try:
        with np.errstate(all="ignore"):
            return kind_of(BINARY[op](SAMPLES[a], SAMPLES[b]))
    except TypeError:
        return None


@cache
def refusal(table: str, op: str, *kinds: str) -> str:
    """The words of the TypeError that Python raises for an operator on scalars of these kinds."""
    function: Callable[..., Any] = BINARY[op] if table == "binary" else UNARY[op]
    try:
        function(*(SAMPLES[k] for k in kinds))
    except TypeError as e:
        return str(e)
    return f"unsupported operand type(s) for {op}"


@cache
def array_refusal(op: str | np.ufunc, *kinds: str) -> str:
    """The words of numpy's TypeError for an operator or ufunc on arrays of these kinds (numbers of those that are Python's)."""
    function = op if isinstance(op, np.ufunc) else BINARY[op] if len(kinds) == 2 else UNARY[op]
    try:
        function(*(np.ones(1, CLASSES[k]) if is_numpy(k) else SAMPLES[k] for k in kinds))
    except TypeError as e:
        return str(e)
    return f"{op} not supported for the input types"


@cache
def unary_kind(op: str, a: str) -> str | None:
    """The kind of `op a`, or None."""
    try:
        return kind_of(UNARY[op](SAMPLES[a]))
    except TypeError:
        return None


@cache
def ufunc_class(ufunc: np.ufunc, *kinds: str) -> type | None:
    """The class of a ufunc's result on scalars of these kinds; None if numpy raises TypeError."""
    try:
        with np.errstate(all="ignore"):
            return type(ufunc(*(SAMPLES[k] for k in kinds)))
    except TypeError:
        return None
    except (ArithmeticError, ValueError):  # it is not defined at 1: quantiles
        weak = (PYTHON[k] if k in ("int", "float") else np.dtype(CLASSES[k]) for k in kinds)
        found: type = ufunc.resolve_dtypes((*weak, *[None] * ufunc.nout))[-1].type
        return found


def ufunc_kind(ufunc: np.ufunc, *kinds: str) -> str | None:
    """The kind of a ufunc's result on scalars of these kinds; None if it is none of ours."""
    found = ufunc_class(ufunc, *kinds)
    return None if found is None else OF_CLASS.get(found)


def widest(kinds: tuple[str, ...]) -> Scalar:
    """The machine type that holds values of all these kinds (ints beside floats up to 2**53)."""
    types = {MACHINE[k] for k in kinds}
    if len(types) == 1:
        return next(iter(types))
    if any(t.is_float for t in types):
        return FLOAT
    return INT if types - {BOOL} else BOOL
