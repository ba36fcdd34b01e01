"""The public functions: compile, grad and their relatives."""

from irad.api.compiled import Compiled, compile
from irad.api.derivatives import grad, hessian, hvp, jacfwd, jacobian, jacrev, jvp, value_and_grad, vjp

__all__ = ["Compiled", "compile", "grad", "hessian", "hvp", "jacfwd", "jacobian", "jacrev", "jvp", "value_and_grad", "vjp"]
