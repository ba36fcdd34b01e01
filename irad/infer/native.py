"""Functions of scipy and numpy that are Python on the outside, and C or Fortran where the work is done: refused by that name.

Their Python part would be compiled up to the call of the other, and the error would name something that nobody has heard of.
Where irad has an entry for a function (`calls.handles`) that comes first.
"""

from __future__ import annotations

from irad.infer.context import Context
from irad.infer.values import Fn

THEOREM = "by the implicit function theorem (irad.implicit_root, not there yet)"
ROOT = f"find the root outside, and differentiate it {THEOREM}; or use scipy.optimize.newton"
MINIMUM = f"minimise outside, and differentiate the minimum {THEOREM}; or use method='BFGS'"
EXPLICIT = "use method='RK45', 'RK23' or 'DOP853', which are written in Python"
FIT = f"fit outside, and differentiate the result {THEOREM}"
LINEAR = "solve with np.linalg: solve, inv, det, cholesky and qr are compiled"
CALLBACK = "call it by irad.callback, with its derivative as vjp"
EVENT = f"find the time of the event outside, and differentiate it {THEOREM}"

# where the function is, its name there: what users call it, and what to do instead
NATIVE: dict[tuple[str, str], tuple[str, str]] = {
    **{
        ("scipy.optimize._zeros_py", name): (f"scipy.optimize.{name}", ROOT)
        for name in ("bisect", "brenth", "brentq", "ridder", "toms748")
    },
    ("scipy.optimize._minpack_py", "fsolve"): ("scipy.optimize.fsolve", ROOT),
    ("scipy.optimize._root", "root"): ("scipy.optimize.root", ROOT),
    ("scipy.optimize._minpack_py", "leastsq"): ("scipy.optimize.leastsq", FIT),
    ("scipy.optimize._minpack_py", "curve_fit"): ("scipy.optimize.curve_fit", FIT),
    ("scipy.optimize._lsq.least_squares", "least_squares"): ("scipy.optimize.least_squares", FIT),
    ("scipy.optimize._lsq.lsq_linear", "lsq_linear"): ("scipy.optimize.lsq_linear", FIT),
    ("scipy.optimize._nnls", "nnls"): ("scipy.optimize.nnls", FIT),
    ("scipy.optimize._linprog", "linprog"): ("scipy.optimize.linprog", MINIMUM),
    ("scipy.optimize._lbfgsb_py", "fmin_l_bfgs_b"): ("scipy.optimize.fmin_l_bfgs_b", MINIMUM),
    ("scipy.optimize._lbfgsb_py", "_minimize_lbfgsb"): ("scipy.optimize.minimize with method='L-BFGS-B'", MINIMUM),
    ("scipy.optimize._tnc", "_minimize_tnc"): ("scipy.optimize.minimize with method='TNC'", MINIMUM),
    ("scipy.optimize._slsqp_py", "_minimize_slsqp"): ("scipy.optimize.minimize with method='SLSQP'", MINIMUM),
    ("scipy.optimize._cobyla_py", "_minimize_cobyla"): ("scipy.optimize.minimize with method='COBYLA'", MINIMUM),
    ("scipy.optimize._cobyqa_py", "_minimize_cobyqa"): ("scipy.optimize.minimize with method='COBYQA'", MINIMUM),
    ("scipy.optimize._trustregion_constr.minimize_trustregion_constr", "_minimize_trustregion_constr"):
        ("scipy.optimize.minimize with method='trust-constr'", MINIMUM),
    ("scipy.integrate._odepack_py", "odeint"): ("scipy.integrate.odeint", f"call scipy.integrate.solve_ivp: {EXPLICIT}"),
    ("scipy.integrate._ode", "ode.__init__"): ("scipy.integrate.ode", f"call scipy.integrate.solve_ivp: {EXPLICIT}"),
    ("scipy.integrate._bvp", "solve_bvp"): ("scipy.integrate.solve_bvp", FIT),
    ("scipy.integrate._ivp.ivp", "prepare_events"): ("scipy.integrate.solve_ivp with events", EVENT),
    **{
        (f"scipy.integrate._ivp.{name.lower()}", f"{name}.__init__"):
            (f"scipy.integrate.solve_ivp with method='{name}'", EXPLICIT)
        for name in ("LSODA", "Radau", "BDF")
    },
    **{
        ("scipy.linalg.blas", name): ("a function of BLAS or LAPACK", LINEAR) for name in ("get_blas_funcs", "get_lapack_funcs")
    },
    **{
        ("numpy.linalg._linalg", name): (f"np.linalg.{name}", CALLBACK)
        for name in ("eig", "eigh", "eigvals", "eigvalsh", "svd", "svdvals", "cond", "matrix_rank")
    },
    ("numpy.lib._polynomial_impl", "roots"): ("np.roots", f"find a root by Newton's method, or {CALLBACK}"),
    ("numpy.fft._pocketfft", "_raw_fft"): ("the functions of np.fft", CALLBACK),
}


def check(cx: Context, f: Fn) -> None:
    """Refuse a call of such a function."""
    where = f.globals.get("__name__")
    found = NATIVE.get((where, f.name)) if isinstance(where, str) else None
    if found is not None:
        name, hint = found
        cx.unsupported(f"a call of {name}", kind="function", why="part of its work is not done in Python", hint=hint)
