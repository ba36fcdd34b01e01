"""Functions and classes of libraries that are refused by name, with what to write instead.

By the names of their modules, so that none of them is imported for it. Some are Python on the outside, and C or Fortran where the
work is done: their Python part would be compiled up to the call of the other, and the error would name something that nobody has
heard of. Where irad has an entry for a function (`meanings.handles`) that comes first.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import numpy as np

from irad.infer.context import Context
from irad.infer.shapes import AV
from irad.infer.values import Fn, Known


class Refusal(NamedTuple):
    """What to say of one of them. `shown`: how users call it; "": by its module and name."""

    shown: str
    why: str
    hint: str


def _partly(shown: str, hint: str) -> Refusal:
    return Refusal(shown, "part of its work is not done in Python", hint)


THEOREM = "by the implicit function theorem (irad.implicit_root, not there yet)"
ROOT = f"find the root outside, and differentiate it {THEOREM}; or use scipy.optimize.brentq or newton"
ROOTS = f"find the root outside, with irad.jacobian(f) as its Jacobian, and differentiate it {THEOREM}"
MINIMUM = f"minimise outside, with jac=irad.grad(f), and differentiate the minimum {THEOREM}; or use method='BFGS'"
EXPLICIT = "use method='RK45', 'RK23' or 'DOP853', which are written in Python"
SOLVER = f"call scipy.integrate.solve_ivp: {EXPLICIT}"
FIT = f"fit outside, with irad.jacobian of the residuals as its Jacobian, and differentiate the result {THEOREM}"
SOLVED = f"solve it outside, and differentiate the result {THEOREM}"
LINEAR = "solve with np.linalg: solve, inv, det, cholesky and qr are compiled, and scipy.linalg.solve_banded"
CALLBACK = "call it by irad.callback, with its derivative as vjp"
EXACT = "it computes with fractions of integers of any size"
SPREAD = "write m = statistics.fmean(xs), then sum((x - m) ** 2 for x in xs) / (len(xs) - 1), or use np.var"
OF_NUMBA = "its code is numba's"
COMPLEX = Refusal(
    "", "there are no complex numbers in compiled code", "compute with the two parts: math.cos, math.sin, math.hypot",
)

ALL = "*"  # of a module
REFUSED: dict[tuple[str, str], Refusal] = {  # by the module of the function or class, and its qualified name there
    **{
        ("scipy.optimize._zeros_py", name): _partly(f"scipy.optimize.{name}", ROOT)
        for name in ("bisect", "brenth", "ridder", "toms748")
    },
    ("scipy.optimize._minpack_py", "fsolve"): _partly("scipy.optimize.fsolve", ROOTS),
    ("scipy.optimize._root", "root"): _partly("scipy.optimize.root", ROOTS),
    ("scipy.optimize._minpack_py", "leastsq"): _partly("scipy.optimize.leastsq", FIT),
    ("scipy.optimize._minpack_py", "curve_fit"): _partly("scipy.optimize.curve_fit", FIT),
    ("scipy.optimize._lsq.least_squares", "least_squares"): _partly("scipy.optimize.least_squares", FIT),
    ("scipy.optimize._lsq.lsq_linear", "lsq_linear"): _partly("scipy.optimize.lsq_linear", SOLVED),
    ("scipy.special._multiufuncs", "MultiUFunc.__call__"):
        _partly("a function of scipy.special that stands for several (sph_harm_y, legendre_p and the like)", CALLBACK),
    ("scipy.optimize._nnls", "nnls"): _partly("scipy.optimize.nnls", SOLVED),
    ("scipy.optimize._linprog", "linprog"): _partly("scipy.optimize.linprog", SOLVED),
    ("scipy.optimize._lbfgsb_py", "fmin_l_bfgs_b"): _partly("scipy.optimize.fmin_l_bfgs_b", MINIMUM),
    ("scipy.optimize._lbfgsb_py", "_minimize_lbfgsb"): _partly("scipy.optimize.minimize with method='L-BFGS-B'", MINIMUM),
    ("scipy.optimize._tnc", "_minimize_tnc"): _partly("scipy.optimize.minimize with method='TNC'", MINIMUM),
    ("scipy.optimize._slsqp_py", "_minimize_slsqp"): _partly("scipy.optimize.minimize with method='SLSQP'", MINIMUM),
    ("scipy.optimize._cobyla_py", "_minimize_cobyla"): _partly("scipy.optimize.minimize with method='COBYLA'", MINIMUM),
    ("scipy.optimize._cobyqa_py", "_minimize_cobyqa"): _partly("scipy.optimize.minimize with method='COBYQA'", MINIMUM),
    ("scipy.optimize._trustregion_constr.minimize_trustregion_constr", "_minimize_trustregion_constr"):
        _partly("scipy.optimize.minimize with method='trust-constr'", MINIMUM),
    ("scipy.integrate._odepack_py", "odeint"): _partly("scipy.integrate.odeint", SOLVER),
    ("scipy.integrate._ode", "ode.__init__"): _partly("scipy.integrate.ode", SOLVER),
    ("scipy.integrate._bvp", "solve_bvp"): _partly("scipy.integrate.solve_bvp", SOLVED),
    **{
        (f"scipy.integrate._ivp.{name.lower()}", f"{name}.__init__"):
            _partly(f"scipy.integrate.solve_ivp with method='{name}'", EXPLICIT)
        for name in ("LSODA", "Radau", "BDF")
    },
    **{
        ("scipy.linalg.blas", name): _partly("a function of BLAS or LAPACK", LINEAR)
        for name in ("get_blas_funcs", "get_lapack_funcs")
    },
    **{
        (f"scipy.linalg.{module}", name): _partly(f"scipy.linalg.{name}", LINEAR)
        for module, names in (
            ("_decomp_lu", ("lu", "lu_factor", "lu_solve")), ("_decomp_qr", ("qr", "rq")), ("_decomp_ldl", ("ldl",)),
            ("_basic", ("solveh_banded", "solve_toeplitz", "solve_circulant")), ("_decomp_cholesky", ("cholesky_banded",)),
        )
        for name in names
    },
    **{
        ("scipy.linalg._solvers", f"solve_{name}"): _partly(f"scipy.linalg.solve_{name}", CALLBACK)
        for name in ("discrete_are", "continuous_are", "discrete_lyapunov", "continuous_lyapunov", "sylvester")
    },
    **{
        ("numpy.linalg._linalg", name): _partly(f"np.linalg.{name}", CALLBACK)
        for name in ("eig", "eigh", "eigvals", "eigvalsh", "svd", "cond")
    },
    **{
        (f"scipy.linalg.{module}", name): _partly(f"scipy.linalg.{name}", CALLBACK)
        for module, names in (
            ("_decomp", ("eig", "eigh", "eigvals", "eigvalsh", "eigh_tridiagonal", "hessenberg")),
            ("_decomp_svd", ("svd", "svdvals", "orth", "null_space")), ("_decomp_schur", ("schur",)),
            ("_matfuncs", ("sqrtm", "logm")),
        )
        for name in names
    },
    ("numpy.lib._polynomial_impl", "roots"): _partly("np.roots", f"find a root by Newton's method, or {CALLBACK}"),
    ("numpy.fft._pocketfft", "_raw_fft"): _partly("a function of np.fft", CALLBACK),
    ("statistics", "mean"): Refusal("", EXACT, "use statistics.fmean, which computes with floats"),
    ("statistics", "harmonic_mean"): Refusal("", EXACT, "write len(xs) / sum(1 / x for x in xs)"),
    **{("statistics", name): Refusal("", EXACT, SPREAD) for name in ("variance", "pvariance", "stdev", "pstdev")},
    ("decimal", "Decimal"): Refusal(
        "", "its numbers have as many digits as its context says", "compute with floats; math.fsum adds them exactly",
    ),
    ("numba.typed.typedlist", ALL): Refusal("numba.typed.List", OF_NUMBA, "use a list: []"),
    ("numba.typed.typeddict", ALL): Refusal("numba.typed.Dict", OF_NUMBA, "use a dict: {}"),
    ("numba.experimental.jitclass.base", "JitClassType"): Refusal("a class with @jitclass", OF_NUMBA, "leave @jitclass out"),
    ("numba.core.extending", "_Intrinsic.__call__"): Refusal("an @intrinsic function of numba", OF_NUMBA, "write it with @njit"),
    ("numba.stencils.stencil", "StencilFunc.__call__"): Refusal(
        "a function with @stencil", OF_NUMBA, "write the loop over the places inside of the border, or slices: a[2:] - a[:-2]",
    ),
    ("builtins", "complex"): COMPLEX._replace(shown="complex"),
    ("cmath", ALL): COMPLEX,
    ("time", ALL): Refusal("", "it asks the system", "call it outside, or with irad.callback"),
    **{
        (module, ALL): Refusal(
            "", "its state is CPython's", "draw the numbers outside and pass them in an array, or use irad.callback",
        )
        for module in ("random", "numpy.random", "numpy.random.mtrand", "numpy.random._generator")
    },
}


def check(cx: Context, module: Any, name: str) -> None:
    """Refuse a function or class if its name is in the table."""
    found = REFUSED.get((module, name)) or REFUSED.get((module, ALL)) if isinstance(module, str) else None
    if found is not None:
        shown = found.shown or f"{module}.{name}"
        cx.unsupported(f"a call of {shown}", kind="function", why=found.why, hint=found.hint)


def full_name(obj: Any) -> str:
    """The name of a function with its module; numpy's universal functions do not say whose they are."""
    name = getattr(obj, "__qualname__", None) or getattr(obj, "__name__", None) or type(obj).__name__
    module = getattr(obj, "__module__", None) or getattr(type(obj), "__module__", "")
    special = sys.modules.get("scipy.special")
    if isinstance(obj, np.ufunc) and special is not None and getattr(np, name, None) is not obj:
        public = name.removeprefix("_")  # what calls it under that name
        module, name = "scipy.special", public if hasattr(special, public) else name
    return f"{module}.{name}" if module else name


def check_function(cx: Context, f: Fn) -> None:
    """The same for a Python function."""
    check(cx, f.globals.get("__name__"), f.name)


def check_records(cx: Context, av: AV) -> None:
    """Refuse a known array of records, or one of them, with what to use instead."""
    names = getattr(getattr(av.obj, "dtype", None), "names", None) if isinstance(av, Known) else None
    if names:
        cx.unsupported(
            "an array of records", kind="index", why="irad has arrays of numbers",
            hint=f"use its fields as arrays, made outside: a = x['{names[0]}']",
        )


def check_object(cx: Context, obj: Any) -> None:
    """The same for what is not written in Python."""
    module = getattr(obj, "__module__", None) or getattr(type(getattr(obj, "__self__", None)), "__module__", None)
    check(cx, module, str(getattr(obj, "__name__", "")))
