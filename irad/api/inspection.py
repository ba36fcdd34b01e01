"""What compiled functions show: IR text, types given in place of values."""

from __future__ import annotations

import inspect
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from irad.errors import for_user
from irad.infer.kinds import MACHINE, OF_CLASS
from irad.infer.shapes import Shape
from irad.infer.values import Num, Seq, array_shape
from irad.ir.core import Module
from irad.ir.print import print_module
from irad.ir.types import Array, is_differentiable
from irad.pipeline import STAGES, Request, at_stage, infer, wanted
from irad.runtime.boundary import key_of

if TYPE_CHECKING:  # what shows things is imported when something is shown
    from irad.api.flowgraph import Graph
    from irad.api.report import Plan
    from irad.api.text import Text


@dataclass(frozen=True)
class ArrayType:
    """The type of an array argument, for inspection and precompilation.

    Examples
    --------
    >>> import irad, numpy as np
    >>> irad.ArrayType(np.float64, ndim=2)
    ArrayType(dtype=dtype('float64'), ndim=2, order='C')
    """

    dtype: Any
    ndim: int = 1
    order: str = "C"

    def __post_init__(self) -> None:
        object.__setattr__(self, "dtype", np.dtype(self.dtype))


def shape_of_type(given: Any) -> Shape | None:
    """The shape that a type stands for; None if `given` is a value."""
    if isinstance(given, ArrayType):
        kind = OF_CLASS.get(given.dtype.type)
        if kind is None:
            raise for_user(TypeError(f"irad has no arrays of dtype {given.dtype}"))
        kind = {"bool": "bool_", "int": "int64", "float": "float64"}.get(kind, kind)
        return array_shape(kind, Array(MACHINE[kind], given.ndim, "C" if given.order == "C" else "A"), True)
    if isinstance(given, type) and given in OF_CLASS:
        kind = OF_CLASS[given]
        return Shape(Num, (kind,), (), (MACHINE[kind],))
    if isinstance(given, tuple) and given and all(isinstance(g, (type, ArrayType, tuple)) for g in given):
        parts = [shape_of_type(g) for g in given]
        if all(p is not None for p in parts):
            return Shape(Seq, type(given), tuple(p for p in parts if p is not None))
    return None


def type_key(given: Any) -> Any:
    """What dispatch files code under: for a value its key, for a type that of its values."""
    if isinstance(given, ArrayType):
        return (np.ndarray, given.dtype, given.ndim, given.order == "C", True)
    if isinstance(given, tuple) and shape_of_type(given) is not None:
        return (type(given), *map(type_key, given))
    return given if isinstance(given, type) and given in OF_CLASS else key_of(given)


def annotated_types(compiled: Any) -> tuple[Any, ...]:
    """The parameter types that annotations give.

    Raises
    ------
    TypeError
        If there are none, with the call to write.
    """
    from irad.api.compiled import innermost

    function = innermost(compiled)
    names: list[str] = []
    hints: dict[str, Any] = {}
    try:
        names = list(inspect.signature(function).parameters)
        hints = inspect.get_annotations(function, eval_str=True)
    except (TypeError, ValueError, NameError):
        pass
    found = [hints.get(name) for name in names]
    if found and all(isinstance(h, ArrayType) or (isinstance(h, type) and h in OF_CLASS) for h in found):
        return tuple(found)
    name, example = compiled.__name__, ", ".join("float" for _ in names) or "float"
    raise for_user(TypeError(
        f"the argument types of {name} are not known yet: call it once, or write {name}.ir({example})"
    ))


def ir_text(compiled: Any, args: tuple[Any, ...], stage: str, locations: bool, notes: bool) -> Text:
    """The IR of a compiled function at a stage; with notes also the functions that it differentiates."""
    from irad.api.text import Text

    check_stage(stage)
    if stage == "py":
        module = untyped(compiled)
    else:
        request = compiled._typed_request(args)
        module = at_stage(request, stage).module
        if notes:
            return noted_text(request, module, locations)
    return Text(print_module(module, locations), files_of(module))


def check_stage(stage: str) -> None:
    """Refuse a stage that does not exist."""
    if stage not in STAGES:
        raise for_user(ValueError(f"there is no stage {stage!r}: choose one of {', '.join(map(repr, STAGES))}"))


def noted_text(request: Request, module: Module, locations: bool) -> Text:
    """The module after the primals of its derivatives, behind whose lines stands what the analyses found.

    A function that takes no derivative is shown with the notes for the gradient by all its parameters.
    """
    from irad.ad.findings import find
    from irad.api.report import derivative_calls
    from irad.api.text import Text

    build = infer(request)
    primals = list(derivative_calls(build))
    if not primals:
        entry = build.module.functions[build.entry.name]
        mask = "".join("01"[is_differentiable(p.type)] for p in entry.params)
        primals = [f"vjp:{entry.name}:{mask}:{build.unit.mode}"]
        module = Module({}, module.symbols, module.form)
    notes: dict[object, str] = {}
    shown = Module({}, {**build.module.symbols, **module.symbols}, module.form)
    done: set[str] = set()
    for spec in primals:
        wish = wanted(build.module, spec, done)
        if wish.kind == "vjp":
            findings = find(build.module, wish.name, wish.active)
            shown.functions[wish.name] = findings.function
            notes.update(findings.notes())
    for name, function in module.functions.items():
        shown.functions.setdefault(name, function)
    return Text(print_module(shown, locations, notes), files_of(shown))


def untyped(compiled: Any) -> Module:
    """The untyped SSA of the Python function, as a module."""
    from irad.api.compiled import innermost
    from irad.lift import lift

    function = innermost(compiled)
    if not hasattr(function, "__code__"):
        raise for_user(TypeError(f"{compiled.__name__} has no Python code"))
    lifted = lift(function.__code__)
    return Module({lifted.name: lifted}, {}, "py")


def graph(compiled: Any, args: tuple[Any, ...], stage: str | None) -> Graph:
    """The flow graph of the function at a stage (by default "loops")."""
    from irad.api.flowgraph import graph_of

    stage = "loops" if stage is None else stage
    check_stage(stage)
    if stage == "py":
        (function,) = untyped(compiled).functions.values()
        return graph_of(function)
    build = at_stage(compiled._typed_request(args), stage)
    return graph_of(build.root)


def files_of(module: Module) -> dict[str, str]:
    """The full paths of the source files that a module's text names."""
    found = {i.loc.file for f in module.functions.values() for i in f.instrs() if i.loc is not None}
    return {os.path.basename(path): path for path in sorted(found)}


def explain(fun: Any, *args: Any) -> Plan:
    """How the derivative of a function is computed and what its reverse pass keeps; nothing is run.

    Parameters
    ----------
    fun : callable
        A derivative (`irad.grad(f)`), or a function: then its gradient by the first argument is explained.
    *args
        Arguments or their types, as for `.ir`; values give exact bytes.

    Examples
    --------
    >>> import irad
    >>> def power(x, n):
    ...     y = 1.0
    ...     for i in range(n):
    ...         y *= x
    ...     return y
    >>> print(irad.explain(power, 2.0, 1000))
    power with respect to x: reverse mode
      loop ^for (line 3), max(n, 0) iterations: run forward, with tangents by x; keeps nothing
      tape: 0 bytes
    >>> plan = irad.explain(irad.compile(power, mode="reverse"), 2.0, 1000)
    >>> plan.parts[0].formula, plan.nbytes
    ('8 * max(n, 0)', 8000)
    """
    from irad.api.compiled import make
    from irad.api.derivatives import grad
    from irad.api.report import explain_request

    if not callable(fun):
        raise for_user(TypeError(f"explain takes a function, not {type(fun).__name__}"))
    name, _, _ = getattr(fun, "__irad_transform__", ("", (), None))
    if name in ("", "compile"):
        shown = grad(fun)
        if name and not args:  # the types last used by the function itself
            shown = make("grad", {"argnums": 0}, fun)
            shown._last = fun._last
            args = ()
    else:
        shown = fun
    return explain_request(shown, args)
