"""The op table: one row per op. Importing this package fills it."""

from irad.ops import arith, array, call, math, py
from irad.ops.table import OPS, Op, is_total, result_types

__all__ = ["OPS", "Op", "arith", "array", "call", "is_total", "math", "py", "result_types"]
