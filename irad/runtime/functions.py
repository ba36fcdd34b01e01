"""Functions as arguments: code that is known, and what it captured, taken apart at each call like a tuple.

    solve(lambda x: x * rate, x0)     the code of the lambda is compiled in; `rate` is a float among the arguments

So a fresh lambda over another float runs the same native code. Captured ints, strings and other objects are known, as
they are where a compiled function captures them itself. A function that holds something without such a form (a list, a
partial object, itself) is known as a whole, by identity. A derivative (`irad.grad(f)`) stands before the native entry as
the function that it is of, a partial object as a tuple of its parts (`canonical`).
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Hashable, Iterator
from typing import Any

import numpy as np

from irad.infer.explanations import explains
from irad.infer.foreign import transform_of
from irad.infer.keys import ObjKey
from irad.infer.kinds import MACHINE, OF_CLASS
from irad.infer.meanings import LIBRARY, is_primitive
from irad.infer.shapes import Shape, shape_of
from irad.infer.values import Arr, Fn, FrozenCell, Known, Num, Partial, Record, Seq
from irad.runtime.nativelayout import layout
from irad.runtime.structures import is_structure_shape, parts

ArrayShape = Callable[[Any], Shape | None]
WITHOUT_FORM = (list, dict, set, bytearray, complex, np.generic, types.MethodType, functools.partial)


def contents(f: types.FunctionType) -> list[Any]:
    """The default values of a function, then what its cells hold.

    Raises
    ------
    ValueError
        For an empty cell.
    """
    return [*(f.__defaults__ or ()), *(cell.cell_contents for cell in f.__closure__ or ())]


def uncompiled(value: Any) -> Any:
    """The function itself for one that was compiled: called by compiled code, they are the same."""
    while (found := transform_of(value)) is not None and found[0] == "compile":
        value = found[2]
    return value


def callable_shape(value: Any, array_shape: ArrayShape, moving: bool = False) -> Shape | None:
    """The shape of an argument that is called, by its parts; None if it is known as a whole (or not such a thing)."""
    value = uncompiled(value)
    if type(value) is types.FunctionType:
        return function_shape(value, array_shape, moving)
    transform = transform_of(value)
    if transform is not None:
        name, options, inner = transform
        return Shape(Record, ("transform", name, options), (_called(inner, array_shape, moving),))
    if type(value) is functools.partial:
        given = [_content_shape(v, array_shape, moving, ()) for v in (*value.args, *value.keywords.values())]
        called = _called(value.func, array_shape, moving)
        return Shape(Partial, tuple(value.keywords), (called, *(p for p in given if p))) if None not in given else None
    return None


def _called(value: Any, array_shape: ArrayShape, moving: bool) -> Shape:
    return callable_shape(value, array_shape, moving) or shape_of(Known(value))


def canonical(value: Any, shape: Shape) -> Any:
    """An argument as the native entry takes it: objects that the code was compiled for in place of equal ones."""
    if shape.cls is Known:
        return shape.static.obj
    if shape.cls is Arr and type(value) is np.ndarray and value.dtype is not np.dtype(value.dtype.type):
        return np.ndarray(value.shape, value.dtype.type, value, strides=value.strides)  # as np.dtype("f8").newbyteorder("=") is
    if is_structure_shape(shape):
        return tuple(canonical(v, s) for v, s in zip(parts(value, shape), shape.children, strict=True))
    if shape.cls is Seq and shape.children:
        items = [canonical(v, s) for v, s in zip(value, shape.children, strict=True)]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else tuple.__new__(type(value), items)
    if shape.cls is Fn:
        return uncompiled(value)
    if shape.cls is Record:
        return canonical(uncompiled(value).__irad_transform__[2], shape.children[0])
    if shape.cls is Partial:
        whole = (value.func, *value.args, *value.keywords.values())
        return tuple(canonical(v, s) for v, s in zip(whole, shape.children, strict=True))
    return value


def function_shape(
    f: types.FunctionType, array_shape: ArrayShape, moving: bool = False, inside: tuple[int, ...] = (),
) -> Shape | None:
    """The shape of a function by its parts; None if it is known as a whole. moving: its ints are not known."""
    known = layout()
    if known.function is None or known.cell_contents is None or known.tuple_items is None:
        return None
    if f.__kwdefaults__ or f.__defaults__ == () or id(f) in inside or vars(f):
        return None
    if _has_meaning(f):
        return None
    try:
        inner = [_content_shape(x, array_shape, moving, (*inside, id(f))) for x in contents(f)]
    except ValueError:
        return None
    if None in inner:
        return None
    count = len(f.__defaults__ or ())
    children = [p for p in inner[:count] if p] + [Shape(FrozenCell, (), (p,)) for p in inner[count:] if p]
    return Shape(Fn, (f.__code__, ObjKey(f.__globals__), count, (), f.__qualname__), tuple(children))


def _has_meaning(f: types.FunctionType) -> bool:
    """Whether calls of it mean something else than its code says."""
    return is_primitive(f) or id(f) in LIBRARY or explains(f)


def _content_shape(value: Any, array_shape: ArrayShape, moving: bool, inside: tuple[int, ...]) -> Shape | None:
    kind = OF_CLASS.get(type(value))
    if kind is not None:
        if kind == "bool" or (kind == "int" and not moving):
            return shape_of(Known(value))
        return Shape(Num, (kind,), (), (MACHINE[kind],))
    if isinstance(value, np.ndarray):
        return array_shape(value)
    if isinstance(value, tuple):
        items = [_content_shape(v, array_shape, moving, inside) for v in value]
        return Shape(Seq, type(value), tuple(i for i in items if i)) if None not in items else None
    if isinstance(value, types.FunctionType):
        return shape_of(Known(value)) if _has_meaning(value) else function_shape(value, array_shape, moving, inside)
    if isinstance(value, WITHOUT_FORM) or transform_of(value):
        return None
    return shape_of(Known(value))


def codes(shape: Shape) -> Iterator[Hashable]:
    """The code objects in a shape, by identity: equal code at another address is another function to the native entry."""
    if shape.cls is Fn:
        yield ObjKey(shape.static[0])
    for child in shape.children:
        yield from codes(child)
