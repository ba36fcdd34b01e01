"""The public functions: compile, grad and their relatives."""

from irad.api.callbacks import callback
from irad.api.checking import check_grads
from irad.api.compiled import Compiled, compile
from irad.api.derivatives import (
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

__all__ = [
    "Compiled", "callback", "check_grads", "compile", "grad", "hessian", "hvp", "jacfwd", "jacobian", "jacrev", "jvp",
    "linearize", "stop_gradient", "value_and_grad", "vhp", "vjp",
]
