"""dtypes as arguments, and the kinds of several operands together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irad.infer import arrays, numbers
from irad.infer.context import Context
from irad.infer.kinds import CLASSES, OF_CLASS, dtype_kind
from irad.infer.meanings import handles
from irad.infer.shapes import AV
from irad.infer.values import NONE, Arr, Known, Num

ELEMENTS = {"int": "int64", "float": "float64", "bool": "bool_"}  # what arrays of Python's numbers hold


def dtype_of(cx: Context, av: AV | None, default: str) -> str:
    """The kind that a dtype argument names."""
    if av is None or av is NONE or (isinstance(av, Known) and av.obj is None):
        return default
    if not isinstance(av, Known):
        cx.unsupported("a dtype that is made at run time", kind="dtype", hint="write np.float64, np.int64, ... in its place")
    kind = OF_CLASS.get(av.obj) if isinstance(av.obj, type) else None
    kind = ELEMENTS.get(str(kind), kind)
    if kind is None:
        try:
            kind = dtype_kind(np.dtype(av.obj))
        except TypeError:
            kind = None
    if kind is None:
        name = av.obj.__name__ if isinstance(av.obj, type) else av.obj
        cx.unsupported(f"the dtype {name}", kind="dtype", hint="irad has bool, int32, int64, float32 and float64 arrays")
    return kind


def no_options(cx: Context, name: str, kwargs: dict[str, AV]) -> None:
    """Refuse options that are left over, but for `device` and `like` where they say nothing."""
    for option, value in kwargs.items():
        if not (isinstance(value, Known) and _says_nothing(option, value.obj)):
            cx.unsupported(f"the option `{option}` of np.{name}", kind="option", hint="leave it out, or write the loop")


def _says_nothing(option: str, given: Any) -> bool:
    """Whether numpy has no choice here: all arrays are of numpy, and on this processor."""
    if given is None:
        return option in ("device", "like")
    return option == "device" and isinstance(given, str) and given == "cpu"


def common_kind(cx: Context, operands: Sequence[AV]) -> str:
    """The kind to which numpy promotes operands, arrays and scalars."""
    samples = [np.ones(1, CLASSES[a.kind]) if isinstance(a, Arr) else CLASSES[arrays.element_kind(a)](1) for a in operands]
    kind = dtype_kind(np.result_type(*samples))
    if kind is None:
        cx.unsupported(f"the dtype {np.result_type(*samples)}", kind="dtype", hint="convert the operands with astype(float)")
    return kind


@handles(np.result_type)
def _result_type(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """np.result_type of arrays, scalars and dtypes."""
    samples: list[Any] = []
    for at, a in enumerate(args):
        if isinstance(a, Num) and a.tag is not None and not cx.jitted:
            return numbers.each_kind(cx, a, lambda one: _result_type(cx, [*args[:at], one, *args[at + 1 :]], kwargs))
        if isinstance(a, Known) and isinstance(a.obj, (np.dtype, type, str)):
            samples.append(np.dtype(a.obj))
        elif isinstance(a, Arr):
            samples.append(np.ones(1, CLASSES[a.kind]))
        elif isinstance(a, Known) and isinstance(a.obj, complex):
            cx.unsupported("complex numbers", kind="value-type", hint="use two floats, or call this outside")
        else:
            samples.append(CLASSES[arrays.element_kind(arrays.as_operand(cx, a))](1))
    return Known(np.result_type(*samples))


def _folded(function: Any) -> None:
    """A question about dtypes that numpy answers when it compiles."""

    def handler(cx: Context, args: list[AV], kwargs: dict[str, AV]) -> AV:
        given = [Known(np.dtype(CLASSES[a.kind])) if isinstance(a, Arr) else a for a in args]
        named = {k: v.obj for k, v in kwargs.items() if isinstance(v, Known)}
        if len(named) < len(kwargs) or not all(isinstance(a, Known) for a in given):
            cx.unsupported(f"np.{function.__name__} of values that are not known", kind="function", hint="give it dtypes")
        from irad.infer.numbers import fold

        return fold(cx, lambda *values: function(*values, **named), *given)

    handles(function)(handler)


for _function in (np.promote_types, np.can_cast, np.issubdtype, np.min_scalar_type):
    _folded(_function)
