"""What compiled functions show: IR text, types given in place of values."""

from __future__ import annotations

import html
import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np

from irad.errors import for_user
from irad.infer.kinds import MACHINE, OF_CLASS
from irad.infer.values import Arr, Num, Seq, Shape
from irad.ir.print import print_module
from irad.ir.types import Array
from irad.pipeline import STAGES, at_stage


class Text(str):
    """Text that shows itself in notebooks."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self)}</pre>"


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
        return Shape(Arr, (kind, True), (), (Array(MACHINE[kind], given.ndim, "C" if given.order == "C" else "A"),))
    if isinstance(given, type) and given in OF_CLASS:
        kind = OF_CLASS[given]
        return Shape(Num, (kind,), (), (MACHINE[kind],))
    if isinstance(given, tuple) and given and all(isinstance(g, (type, ArrayType, tuple)) for g in given):
        parts = [shape_of_type(g) for g in given]
        if all(p is not None for p in parts):
            return Shape(Seq, type(given), tuple(p for p in parts if p is not None))
    return None


def annotated_types(compiled: Any) -> tuple[Any, ...]:
    """The parameter types that annotations give.

    Raises
    ------
    TypeError
        If there are none, with the call to write.
    """
    from irad.api.compiled import innermost

    function = innermost(compiled)
    try:
        parameters = inspect.signature(function).parameters
        hints = inspect.get_annotations(function, eval_str=True)
    except (TypeError, ValueError, NameError):
        parameters, hints = {}, {}
    found = [hints.get(name) for name in parameters]
    if found and all(h in OF_CLASS or isinstance(h, ArrayType) for h in found):
        return tuple(found)
    example = ", ".join("float" for _ in parameters) or "float"
    raise for_user(TypeError(
        f"the argument types of {compiled.__name__} are not known yet: call it once, or write {compiled.__name__}.ir({example})"
    ))


def ir_text(compiled: Any, args: tuple[Any, ...], stage: str, locations: bool, notes: bool) -> Text:
    """The IR of a compiled function at a stage."""
    if stage not in STAGES:
        raise for_user(ValueError(f"there is no stage {stage!r}: choose one of {', '.join(map(repr, STAGES))}"))
    if stage == "py":
        return Text(untyped_text(compiled, locations))
    build = at_stage(compiled._typed_request(args), stage)
    used = print_module(build.module, locations)
    return Text(used)


def untyped_text(compiled: Any, locations: bool) -> str:
    """The untyped SSA of the Python function."""
    from irad.api.compiled import innermost
    from irad.ir.core import Module
    from irad.lift import lift

    function = innermost(compiled)
    if not hasattr(function, "__code__"):
        raise for_user(TypeError(f"{compiled.__name__} has no Python code"))
    lifted = lift(function.__code__)
    return print_module(Module({lifted.name: lifted}, {}, "py"), locations)
