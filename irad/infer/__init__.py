"""Abstract interpretation of untyped SSA with the argument types and with everything that Python knows."""

from irad.infer import (
    builtins,
    classes,
    contexts,
    copies,
    einsum,
    indextricks,
    instances,
    introspection,
    itertools_,
    jacobians,
    listmethods,
    mathlib,
    numpylib,
    operators,
    patterns,
    printing,
    rounding,
    scipylib,
    selection,
    shaping,
    sorting,
    standins,
    transforms,
    ufuncmethods,
    ufuncs,
    variables,
    vectorized,
    wrappers,
)

__all__ = [
    "builtins", "classes", "contexts", "copies", "einsum", "indextricks", "instances", "introspection",
    "itertools_", "jacobians", "listmethods", "mathlib", "numpylib", "operators", "patterns", "printing", "rounding",
    "scipylib", "selection", "shaping", "sorting", "standins", "transforms", "ufuncmethods", "ufuncs", "variables",
    "vectorized", "wrappers",
]
