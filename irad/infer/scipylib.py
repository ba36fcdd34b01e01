"""What irad has of scipy: the ufuncs of scipy.special, each named by a row of the op table (see `ops.special`), and functions
that `lib` has in plain Python.

Nothing of it is imported here: a program that comes to one of them has done so.
"""

from __future__ import annotations

import sys
import types
from typing import Any

import numpy as np

from irad.infer import arrays
from irad.infer.context import Context
from irad.infer.dtypes import no_options
from irad.infer.meanings import LIBRARY, REGISTRARS, STANDINS, StandIn, handles
from irad.infer.numpylib import in_library
from irad.infer.pythoncalls import call_function, python_function
from irad.infer.shapes import AV
from irad.infer.ufuncs import ufunc
from irad.infer.values import Num, Seq
from irad.ir.core import Const, Value
from irad.ir.types import FLOAT, Scalar
from irad.lib import (
    bands,
    bsplines,
    covariances,
    distances,
    factors,
    filters,
    fits,
    frozen,
    grids,
    logsums,
    mathematics,
    piecewise,
    quadrature,
    roots,
)
from irad.ops import special

FITPACK = "scipy.interpolate._dfitpack"  # made by f2py: its functions do not say where they are from
# Leaves in C of functions that are written in Python otherwise.
STANDINS.update({
    ("scipy.integrate._quadpack", "_qagse"): StandIn(quadrature.qags),
    ("scipy.integrate._quadpack", "_qagie"): StandIn(quadrature.qagi),
    ("scipy.optimize._zeros", "_brentq"): StandIn(roots.brentq),
    ("scipy.optimize._zeros_py", "_wrap_nan_raise"): StandIn(roots.checked),
    **{("scipy.interpolate._ppoly", f.__name__): StandIn(f) for f in (
        piecewise.evaluate, piecewise.integrate, piecewise.fix_continuity,
    )},
    ("scipy.interpolate._interpnd", "_ndim_coords_from_arrays"): StandIn(grids.points_of),
    **{("scipy.interpolate._rgi_cython", f.__name__): StandIn(f) for f in (grids.find_indices, grids.evaluate_linear_2d)},
    ("scipy.interpolate._rgi", "RegularGridInterpolator._evaluate_linear"): StandIn(grids.evaluate_linear),
    ("scipy.interpolate._interpolate", "_PPolyBase._ensure_c_contiguous"): StandIn(piecewise.in_any_order),
    ("scipy.interpolate._bsplines", "BSpline._ensure_c_contiguous"): StandIn(piecewise.in_any_order),
    ("scipy.interpolate._dierckx", "evaluate_spline"): StandIn(bsplines.evaluate_spline),
    ("scipy.signal._sigtools", "_linear_filter"): StandIn(filters.linear_filter),
    **{(FITPACK, f.__name__): StandIn(f) for f in (bsplines.splev, bsplines.splder, bsplines.bispeu, bsplines.bispev)},
})
# Functions that are Python around LAPACK, other array libraries or classes that are made at run time.
STANDINS.update({
    **{("scipy.linalg._basic", f.__name__): StandIn(f, n) for f, n in (
        (factors.solve, 2), (factors.inv, 1), (factors.det, 1), (factors.solve_triangular, 2),
    )},
    **{("scipy.linalg._decomp_cholesky", f.__name__): StandIn(f, n) for f, n in (
        (factors.cholesky, 1), (factors.cho_factor, 1), (factors.cho_solve, 0),
    )},
    ("scipy._lib.array_api_compat.numpy.linalg", "solve"): StandIn(factors.solved, 2),
    ("scipy.linalg._basic", "pinv"): StandIn(factors.pinv, 1),
    ("scipy.linalg._basic", "lstsq"): StandIn(fits.lstsq_of_scipy, 2),
    ("scipy.spatial.distance", "cdist"): StandIn(distances.cdist, 2),
    ("scipy.spatial.distance", "pdist"): StandIn(distances.pdist, 1),
    ("scipy.linalg._basic", "solve_banded"): StandIn(bands.solve_banded, 0),
    ("scipy.linalg._special_matrices", "toeplitz"): StandIn(bands.toeplitz, 0),
    ("scipy.linalg._special_matrices", "block_diag"): StandIn(bands.block_diag, 0),
    ("scipy.linalg._misc", "norm"): StandIn(factors.norm, 1),
    ("scipy.linalg._matfuncs", "expm"): StandIn(factors.expm, 1),
    **{("scipy.special._logsumexp", f.__name__): StandIn(f, 1) for f in (
        logsums.logsumexp, logsums.softmax, logsums.log_softmax,
    )},
    ("scipy.special._comb", "_comb_int"): StandIn(mathematics.choices, 0),
    ("scipy.stats._distn_infrastructure", "rv_frozen.__init__"): StandIn(frozen.freeze),
    **{("scipy.stats._multivariate", name): StandIn(f) for name, f in (
        ("_PSD.__init__", covariances.decompose), ("multivariate_normal_gen.__init__", covariances.begin),
        ("multivariate_normal_gen._process_quantiles", covariances.points),
    )},
})


def entered(obj: Any) -> bool:
    """Whether this is one of them, whose meaning is registered from now on."""
    if isinstance(obj, np.ufunc):
        return _entered_ufunc(obj)
    found = STANDINS.get((str(getattr(obj, "__module__", "")), str(getattr(obj, "__qualname__", ""))))
    if type(obj).__name__ == "fortran":
        name = str(obj.__name__).removeprefix("function ")
        found = STANDINS.get((FITPACK, name)) if getattr(sys.modules.get(FITPACK), name, None) is obj else None
    if found is None or (isinstance(obj, types.FunctionType) and found.arrays_first is None):
        return False  # a method: what is compiled in its place is found when it is called
    if found.arrays_first is None:
        LIBRARY[id(obj)] = (obj, found.function)
    else:
        in_library(obj, found.function, arrays_first=found.arrays_first)
    return True


def _entered_ufunc(function: np.ufunc) -> bool:
    name = special.name_of(function)
    if name is None:
        return _entered_composed(function)

    from irad.lib.slopes import SLOPES

    slopes = SLOPES.get(name, {})

    def scalar(cx: Context, kind: str, operands: list[Value]) -> Value:
        found: list[Value] = []
        for v in operands:
            assert isinstance(v.type, Scalar)
            found.append(cx.cast(v, FLOAT))
        moving = tuple(i for i in slopes if not isinstance(found[i], Const))
        made = cx.op(special.ROW + name, *found, **({"linked": moving} if moving else {}))
        for i in moving:
            made = _linked(cx, made, found[i], slopes[i], found)
        return made

    if function.nout > 1:
        _several(function, name)
    else:
        ufunc(function, scalar)
    return True


def _entered_composed(function: np.ufunc) -> bool:
    name = function.__name__
    if getattr(sys.modules.get("scipy.special._ufuncs"), name, None) is not function:
        return False
    from irad.lib.composed import IN_TERMS_OF_OTHERS

    if name not in IN_TERMS_OF_OTHERS:
        return False
    replacement = python_function(IN_TERMS_OF_OTHERS[name])
    ufunc(function, lambda cx, kind, operands: cx.float(
        call_function(cx, replacement, [Num("float64", cx.cast(v, FLOAT)) for v in operands], {})))
    return True


def _several(function: np.ufunc, name: str) -> None:
    """A ufunc that gives several numbers: a row for each."""

    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        no_options(cx, name, kwargs)
        if len(args) != function.nin:
            cx.unsupported(f"the option `out` of scipy.special.{name}", kind="option", hint="assign the results")
        operands = [arrays.as_operand(cx, a) for a in args]

        def part(k: int) -> AV:
            one = lambda *items: Num("float64", cx.op(f"{special.ROW}{name}_{k}", *map(cx.float, items)))
            return arrays.elementwise(cx, one, operands, "float64")

        return Seq(tuple, tuple(map(part, range(function.nout))))

    handles(function)(handler)


def _linked(cx: Context, made: Value, by: Value, slope: Any, operands: list[Value]) -> Value:
    """A result whose derivative by one operand is what a function of `irad.lib` computes, if it is asked for."""
    args: list[AV] = [Num("float64", v) for v in (*operands, made)]
    found = cx.float(call_function(cx, python_function(slope), args, {}))
    for instr in reversed(cx.builder.block.instrs if cx.builder.block is not None else ()):
        if instr.op == "call" and found in instr.results:
            instr.attrs["slope"] = True
    return cx.op("linked", made, by, found, kept=True)


REGISTRARS.append(entered)
