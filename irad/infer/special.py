"""The ufuncs of scipy.special: C functions that a row of the op table names each (see `ops.special`)."""

from __future__ import annotations

import numpy as np

from irad.infer.calls import OF_OTHERS
from irad.infer.context import Context
from irad.infer.ufuncs import ufunc
from irad.ir.core import Value
from irad.ir.types import FLOAT, Scalar
from irad.ops import special


def entered(function: np.ufunc) -> bool:
    """Whether this is one of them, whose meaning is registered from now on."""
    name = special.name_of(function)
    if name is None:
        return False

    def scalar(cx: Context, kind: str, operands: list[Value]) -> Value:
        found: list[Value] = []
        for v in operands:
            assert isinstance(v.type, Scalar)
            found.append(cx.cast(v, FLOAT))
        return cx.op(special.ROW + name, *found)

    ufunc(function, scalar)
    return True


OF_OTHERS.append(entered)
