"""Abstract interpretation of untyped SSA with the argument types and with everything that Python knows."""

from irad.infer import (
    builtins,
    contexts,
    instances,
    itertools_,
    jacobians,
    mathlib,
    numpylib,
    rounding,
    selection,
    sequences,
    shaping,
    transforms,
    ufuncmethods,
    ufuncs,
)

__all__ = [
    "builtins", "contexts", "instances", "jacobians", "mathlib", "numpylib", "rounding", "selection", "sequences", "shaping", "transforms",
    "ufuncmethods", "ufuncs",
]
