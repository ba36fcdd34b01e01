"""The op table: one row per op. Importing this package fills it."""

from irad.ops import arith, array, call, math, py, special
from irad.ops.table import OPS, Op, is_total, of_scalars, result_types

__all__ = ["OPS", "Op", "arith", "array", "call", "is_total", "math", "of_scalars", "py", "result_types", "special"]
