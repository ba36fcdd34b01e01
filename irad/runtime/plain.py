"""Running a module by the IR interpreter, with Python's values in and out: what `IRAD_DISABLE=1` does with derivatives."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from irad.infer.exceptions import filled
from irad.infer.kinds import CLASSES, is_numpy
from irad.infer.shapes import Shape
from irad.infer.values import Arr, Choice, Fn, FrozenCell, Known, Num, Obj, Partial, Record, Row, Seq
from irad.ir.core import Module
from irad.ops.py import UNBOUND
from irad.passes.tools import run_function
from irad.runtime.functions import contents
from irad.runtime.structures import Columns, dict_maker, is_structure_shape, list_maker, numbered, numbered_tuple, object_maker


def leaves_of(shape: Shape, value: Any) -> Iterator[Any]:
    """The machine values of an argument (as `canonical` gives it), in the order of `Shape.flat_types`."""
    if is_structure_shape(shape) or shape.cls in (Seq, Partial):  # `canonical` has taken it apart
        for child, item in zip(shape.children, value, strict=True):
            yield from leaves_of(child, item)
    elif shape.cls is Fn:
        for child, part in zip(shape.children, contents(value), strict=True):
            yield from leaves_of(child.children[0] if child.cls is FrozenCell else child, part)
    elif shape.cls is Record:
        yield from leaves_of(shape.children[0], value)
    elif shape.cls is Num:
        yield value.item() if hasattr(value, "item") else value
    elif shape.cls is Arr:
        yield value


def value_of(shape: Shape, leaves: Iterator[Any]) -> Any:
    """The Python value that machine values stand for."""
    if shape.cls is Num:
        value = next(leaves)
        kind = shape.static[next(leaves) if len(shape.types) > 1 else 0]
        return CLASSES[kind](value)
    if shape.cls is Arr:
        return next(leaves)
    if shape.cls is Row:
        assert isinstance(leaves, Columns)
        return leaves.several(next(leaves), width(shape.static), functools.partial(value_of, shape.static))
    if shape.cls is Known:
        return shape.static.obj
    if shape.cls is Record and shape.static[0] == "arrays":
        column = next(leaves)
        for i, ref in enumerate(column):
            column[i] = getattr(ref, "data", None)
        return column
    if shape.cls is Record and shape.static[0] == "text":
        return filled(shape.static[1], *(next(leaves) for _ in shape.types))
    if shape.cls is Choice:
        tag = next(leaves)
        return [value_of(child, leaves) for child in shape.children][tag]
    items = [value_of(child, leaves) for child in shape.children]
    if shape.cls is Seq:
        return shape.static(*items) if hasattr(shape.static, "_fields") else shape.static(items)
    if shape.cls is Obj:
        return object_maker(*shape.static)(*items)
    if shape.cls is Record and shape.static[0] == "items":
        return list_of(shape)(*items)
    if shape.cls is Record and shape.static[0] == "numbered":
        return numbered(*items) if len(shape.static) == 1 else numbered_tuple(*items)
    if shape.cls is Record and shape.static[0] == "pairs":
        return dict_maker(shape.static[1])(*items)
    if shape.cls is Record and shape.static[0] == "dict":
        there = [(k, v) for k, v in zip(shape.static[1], items, strict=True) if v is not UNBOUND]
        return dict_maker(dict if len(shape.static) < 3 else shape.static[2])([k for k, _ in there], [v for _, v in there])
    raise TypeError(f"irad internal error: a result of shape {shape.cls.__name__}")


def list_of(shape: Shape) -> Callable[..., Any]:
    """Makes the list (or tuple) of run-time length of a shape out of its columns."""
    item, *cls = shape.static[1:]
    if not cls and item.cls is Row and _is_python(item.static):
        return _rows
    if not cls and item.cls is Seq and item.static is tuple and item.children and all(map(_is_python, item.children)):
        return _tuples
    if not cls and item.cls is Num and len(item.static) == 1 and is_numpy(item.static[0]):
        return list
    return list_maker(None if _is_python(item) else functools.partial(value_of, item), *cls)


def _is_python(item: Shape) -> bool:
    """Whether this is a number of Python's, of one class."""
    return item.cls is Num and item.static in (("float",), ("int",), ("bool",))


def _rows(lengths: Any, numbers: Any) -> list[list[Any]]:
    values, sizes = numbers.tolist(), lengths.tolist()
    return [values[end - size : end] for size, end in zip(sizes, itertools.accumulate(sizes), strict=True)]


def _tuples(*columns: Any) -> list[tuple[Any, ...]]:
    return list(zip(*(column.tolist() for column in columns), strict=True))


def width(shape: Shape) -> int:
    """How many columns the items of a list of run-time length have in a tree."""
    if shape.cls is Row:
        return 1 + width(shape.static)
    return len(shape.types) + sum(map(width, shape.children))


def run_plain(
    module: Module, name: str, shapes: tuple[Shape, ...], result: Shape | None, args: tuple[Any, ...], inputs: Mapping[int, Any],
) -> Any:
    """Interpret a function of a module on Python values. `inputs`: captured values by their place."""
    leaves = [leaf for shape, arg in zip(shapes, args, strict=True) for leaf in leaves_of(shape, arg)]
    found = run_function(module, name, *leaves, inputs=inputs)  # type: ignore[arg-type]
    values = found if isinstance(found, tuple) else () if found is None else (found,)
    return value_of(result, iter(values)) if result is not None else None
