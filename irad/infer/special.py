"""What is written in C in scipy, and irad has: the ufuncs of scipy.special, each named by a row of the op table (see
`ops.special`), and leaves of functions that are written in Python otherwise, which `lib` has in plain Python.

Nothing of it is imported here: a program that comes to one of them has done so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irad.infer.calls import IN_THE_PLACE, LIBRARY, OF_OTHERS
from irad.infer.context import Context
from irad.infer.ufuncs import ufunc
from irad.ir.core import Value
from irad.ir.types import FLOAT, Scalar
from irad.lib import frozen, piecewise, quadrature
from irad.ops import special

LEAVES: dict[tuple[str, str], Callable[..., Any]] = {
    ("scipy.integrate._quadpack", "_qagse"): quadrature.qags,
    ("scipy.integrate._quadpack", "_qagie"): quadrature.qagi,
    ("scipy.interpolate._ppoly", "evaluate"): piecewise.evaluate,
}


def entered(obj: Any) -> bool:
    """Whether this is one of them, whose meaning is registered from now on."""
    if isinstance(obj, np.ufunc):
        return _entered_ufunc(obj)
    found = LEAVES.get((str(getattr(obj, "__module__", "")), str(getattr(obj, "__name__", ""))))
    if found is not None:
        LIBRARY[id(obj)] = (obj, found)
    return found is not None


def _entered_ufunc(function: np.ufunc) -> bool:
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


IN_THE_PLACE["scipy.stats._distn_infrastructure", "rv_frozen.__init__"] = frozen.freeze
OF_OTHERS.append(entered)
