"""What numpy takes for the elements of an array: how deep the sequences may be, None as nan.

    a[1:3] = [[7, 8]]                  ValueError: a list is as deep as what is assigned to; (an array may have more axes)
    a[0] = [1]; a[0] = np.ones(1)      ValueError
    a[0] = None                        nan
"""

from __future__ import annotations

import math
import warnings

import numpy as np

from irad.infer import heap
from irad.infer.context import Context, type_name
from irad.infer.kinds import MACHINE, kind_of
from irad.infer.shapes import AV, Shape
from irad.infer.values import Arr, Boxed, Growing, Known, Num, Ref, Row, Seq, numeric

INT_OF = "int() argument must be a string, a bytes-like object or a real number, not"
ELEMENT = "setting an array element with a sequence."


def _refused_scalar() -> str | None:
    """numpy's words where it refuses a Python scalar of an array with axes (from 2.4); None where it takes one element."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            float(np.ones(1))
        except TypeError as e:
            return str(e)
    return None


REFUSED_SCALAR = _refused_scalar()


def checked(cx: Context, a: Arr, value: AV, axes: int, element: bool) -> AV:
    """What is stored in `axes` axes of the array. element: at one place."""
    if isinstance(value, Known) and value.obj is None:
        return number_of_nothing(cx, a.kind)
    if isinstance(value, Arr) or numeric(value) or (isinstance(value, Known) and isinstance(value.obj, np.ndarray)):
        if element and REFUSED_SCALAR and isinstance(value, Arr) and value.ndim:
            cx.throw("ValueError", ELEMENT)
        return value
    if element and a.kind == "bool_":
        from irad.infer.asking import truth

        return Num("bool", truth(cx, value))
    deep = _depth(cx, value)
    if element and deep and MACHINE[a.kind].is_int:
        cx.type_error(f"{INT_OF} '{type_name(value)}'")
    if deep is not None and deep > axes:
        more = f" The requested array would exceed the maximum number of dimension of {axes}."
        cx.throw("ValueError", ELEMENT if element else ELEMENT + more)
    if deep and MACHINE[a.kind].is_int and MACHINE[a.kind].bits < 64:
        from irad.infer.nested import make_array

        return make_array(cx, value, a.kind)  # each number is converted, and must fit
    return value


def number_of_nothing(cx: Context, kind: str) -> AV:
    """None as an element."""
    machine = MACHINE[kind]
    if machine.is_float:
        return Known(math.nan)
    if machine.is_int:
        cx.type_error(f"{INT_OF} 'NoneType'")
    return Known(False)


def _depth(cx: Context, av: AV) -> int | None:
    """How many axes numpy finds in a nested sequence; None if that is not known."""
    if isinstance(av, Arr):
        return av.ndim
    content = heap.content_of(cx, av) if isinstance(av, Ref) else av
    if isinstance(content, Known):
        return _depth_of_object(content.obj)
    if isinstance(content, Num):
        return 0
    if isinstance(content, Growing):
        inner = _depth_of_shape(content.item)
        return None if inner is None else inner + 1
    if isinstance(content, Seq):
        items = [_depth(cx, item) for item in content.items]
        return None if None in items else 1 + max((d for d in items if d is not None), default=0)
    return None


def _depth_of_object(obj: object) -> int | None:
    if isinstance(obj, np.ndarray):
        return obj.ndim
    if isinstance(obj, (list, tuple)):
        items = [_depth_of_object(item) for item in obj]
        return None if None in items else 1 + max((d for d in items if d is not None), default=0)
    return 0 if obj is None or kind_of(obj) is not None else None


def _depth_of_shape(shape: Shape) -> int | None:
    if shape.cls is Num:
        return 0
    if shape.cls in (Arr, Row):
        return getattr(shape.types[0], "ndim", None)
    if shape.cls is Seq or (shape.cls is Boxed and shape.static is list):
        items = [_depth_of_shape(c) for c in shape.children]
        deepest = None if None in items else max((d for d in items if d is not None), default=0)
        return None if deepest is None else deepest + (shape.cls is Seq)
    return None
