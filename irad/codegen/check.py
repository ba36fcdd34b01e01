"""Whether codegen covers the op table, and functions of one scalar op each: what the table's numeric test compiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irad.codegen.emit import LOWERINGS
from irad.codegen.math import lowered
from irad.ir.build import Builder
from irad.ir.core import Function, Value
from irad.ir.types import BOOL, FLOAT, FLOAT32, INT, INT32, SCALARS, UINT64, Scalar
from irad.ops import OPS, Op, result_types
from irad.ops.table import FAMILIES, parse_signature

SAMPLES: tuple[Scalar, ...] = (FLOAT, FLOAT32, INT, INT32, UINT64, BOOL)  # one of each family, and narrower ones


def is_scalar(row: Op) -> bool:
    """Whether all operands of an op are scalars by its signature."""
    words, _ = parse_signature(row.signature)
    return bool(words) and all(w in FAMILIES or w in SCALARS for w in words) and row.types is None


def operand_types(row: Op) -> list[tuple[Scalar, ...]]:
    """The combinations of sample types that fit the signature of a scalar op."""
    words, _ = parse_signature(row.signature)
    letter = next((w for w in words if w in FAMILIES), None)
    choices = [t for t in SAMPLES if letter and t.family in FAMILIES[letter]] or [FLOAT]
    if row.name in ("and", "or", "xor"):  # their signature says more than their doc
        choices = [t for t in choices if not t.is_float]
    return [tuple([SCALARS.get(w, t) for w in words]) for t in choices]


def missing() -> list[str]:
    """Ops (with operand types) of forms `typed` and later that have no lowering."""
    found = []
    for row in OPS.values():
        if row.form == "py" or row.name in LOWERINGS:
            continue
        if not is_scalar(row):
            found.append(row.name)
            continue
        found += [f"{row.name} {', '.join(map(str, t))}" for t in operand_types(row) if not lowered(row.name, t)]
    return found


def function_of(name: str, op: str, types: Sequence[Scalar], **attrs: Any) -> Function:
    """A function whose result is one op on its parameters."""
    params = [Value(t, p) for t, p in zip(types, "xyz", strict=False)]
    (result,) = result_types(op, params, attrs)
    function = Function(name, list(params), [result])
    builder = Builder(function, None, result_types)
    builder.at(builder.new_block("entry")).ret(builder.op(op, *params, **attrs))
    return function
