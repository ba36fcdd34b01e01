"""What irad has of scipy: the ufuncs of scipy.special, each named by a row of the op table (see `ops.special`); leaves in C of
functions that are written in Python otherwise, and functions that are Python around LAPACK or other array libraries, which
`lib` has in plain Python.

Nothing of it is imported here: a program that comes to one of them has done so.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np

from irad.infer.calls import IN_THE_PLACE, LIBRARY, REGISTRARS
from irad.infer.context import Context
from irad.infer.numpylib import in_library
from irad.infer.ufuncs import ufunc
from irad.ir.core import Value
from irad.ir.types import FLOAT, Scalar
from irad.lib import factors, frozen, logsums, piecewise, quadrature
from irad.ops import special

LEAVES: dict[tuple[str, str], Callable[..., Any]] = {
    ("scipy.integrate._quadpack", "_qagse"): quadrature.qags,
    ("scipy.integrate._quadpack", "_qagie"): quadrature.qagi,
    ("scipy.interpolate._ppoly", "evaluate"): piecewise.evaluate,
}
# by module and name: the function, and how many of its first arguments are made arrays
WHOLE: dict[tuple[str, str], tuple[Callable[..., Any], int]] = {
    **{("scipy.linalg._basic", f.__name__): (f, n) for f, n in (
        (factors.solve, 2), (factors.inv, 1), (factors.det, 1), (factors.solve_triangular, 2),
    )},
    **{("scipy.linalg._decomp_cholesky", f.__name__): (f, n) for f, n in (
        (factors.cholesky, 1), (factors.cho_factor, 1), (factors.cho_solve, 0),
    )},
    ("scipy.linalg._misc", "norm"): (factors.norm, 1),
    ("scipy.linalg._matfuncs", "expm"): (factors.expm, 1),
    **{("scipy.special._logsumexp", f.__name__): (f, 1) for f in (logsums.logsumexp, logsums.softmax, logsums.log_softmax)},
}


def entered(obj: Any) -> bool:
    """Whether this is one of them, whose meaning is registered from now on."""
    if isinstance(obj, np.ufunc):
        return _entered_ufunc(obj)
    place = str(getattr(obj, "__module__", "")), str(getattr(obj, "__name__", ""))
    if isinstance(obj, types.FunctionType):
        whole = WHOLE.get(place)
        if whole is not None:
            in_library(obj, whole[0], arrays_first=whole[1])
        return whole is not None
    found = LEAVES.get(place)
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
REGISTRARS.append(entered)
