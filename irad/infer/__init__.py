"""Abstract interpretation of untyped SSA with the argument types and with everything that Python knows."""

from irad.infer import builtins, jacobians, mathlib, numpylib, transforms

__all__ = ["builtins", "jacobians", "mathlib", "numpylib", "transforms"]
