"""irad: automatic differentiation as a compiler pass for ordinary Python."""

from irad.api import (
    Compiled,
    callback,
    check_grads,
    compile,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
    stop_gradient,
    value_and_grad,
    vhp,
    vjp,
)
from irad.api import irtools as _irtools  # noqa: F401 - imported for what it attaches to irad.ir
from irad.api import nested as _nested  # noqa: F401 - imported for the handlers it registers with inference
from irad.api.inspection import ArrayType, explain
from irad.api.options import options
from irad.errors import DifferentiationError, InternalError, IradError, IradWarning, TypingError, UnsupportedError

jit = compile
__version__ = "0.1.0"
__all__ = [
    "ArrayType", "Compiled", "DifferentiationError", "InternalError", "IradError", "IradWarning", "TypingError",
    "UnsupportedError", "callback", "check_grads", "compile", "explain", "grad", "hessian", "hvp", "jacfwd", "jacobian", "jacrev",
    "jit", "jvp", "linearize", "options", "stop_gradient", "value_and_grad", "vhp", "vjp",
]
