"""The boundary between Python's values and the kernel's: what an argument's type key and shape are, how results are boxed."""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from irad.analysis.ranges import MAX_EXTENT
from irad.errors import for_user
from irad.infer.entries import KIND_OF
from irad.infer.exceptions import filled
from irad.infer.foreign import own_of_numba
from irad.infer.keys import ObjKey
from irad.infer.kinds import MACHINE, OF_CLASS, dtype_kind
from irad.infer.shapes import Shape, shape_of
from irad.infer.values import Arr, Bound, Fn, Known, Num, Partial, Record, Same, Seq, array_shape
from irad.ir.interpret import dtype
from irad.ir.types import Array as ArrayType
from irad.ops.py import UNBOUND
from irad.runtime import wrapper as w
from irad.runtime.functions import callable_shape, codes
from irad.runtime.others import Foreign, is_foreign
from irad.runtime.plain import list_of
from irad.runtime.sharing import Reader
from irad.runtime.structures import (
    Path,
    Seen,
    dict_maker,
    held,
    is_structure,
    is_structure_shape,
    method_maker,
    numbered,
    numbered_tuple,
    numbers_in,
    object_maker,
    structure_key,
    structure_shape,
)

NUMPY_NAMES = {"bool_": "bool"}


def key_of(value: Any, moving: bool = False, path: Path = (), seen: Seen | None = None) -> Hashable:
    """What code is specialised for: the type of an argument (known values: the value itself).

    moving: ints that functions hold are read at run time. `seen`: the objects of this call (see `structures`).
    """
    cls: Any = type(value)
    if cls is float or cls is int or cls is bool or cls in OF_CLASS:
        same_type: Hashable = cls
        return same_type
    if cls is np.ndarray:
        return (cls, value.dtype, value.ndim, value.flags.c_contiguous, value.flags.writeable)
    if isinstance(value, tuple):
        _check_tuple(value)
        return (cls, *(key_of(v, moving, (*path, i), seen) for i, v in enumerate(value)))
    if cls is types.MethodType:  # a new object each time that it is looked up
        owner = None if seen is None else seen.owner_of(value)
        return (cls, ObjKey(value.__func__), ObjKey(value.__self__) if owner is None else (Same, owner))
    shape = callable_shape(value, _array_shape_or_none, moving)
    if shape is None and seen is not None and is_structure(value):
        return structure_key(value, lambda v, p: key_of(v, moving, p, seen), path, seen)
    return ObjKey(value) if shape is None else (shape, *codes(shape))


def argument_shape(value: Any, name: str, moving: bool = False, path: Path = (), seen: Seen | None = None) -> Shape | Any:
    """The shape of an argument as inference takes it; a known value comes back as a shape without leaves.

    Raises
    ------
    TypeError
        For values that irad does not take, with what to pass instead.
    """
    kind = OF_CLASS.get(type(value))
    if kind is not None:
        return Shape(Num, (kind,), (), (MACHINE[kind],))
    if type(value) is np.ndarray:
        return _array_shape(value, name, "".join("?" if n == 1 else "+" for n in value.shape))
    if isinstance(value, tuple):
        _check_tuple(value)
        return Shape(Seq, type(value), tuple(argument_shape(v, name, moving, (*path, i), seen) for i, v in enumerate(value)))
    owner = seen.owner_of(value) if seen is not None and type(value) is types.MethodType else None
    if owner is not None:
        return Shape(Bound, ObjKey(value.__func__), (Shape(Same, owner),))
    called = callable_shape(value, _array_shape_or_none, moving)
    if called is not None:
        return called
    structure = seen is not None and is_structure(value)
    if is_foreign(value, structure):
        raise Foreign(value, name)
    if isinstance(value, set):
        raise for_user(TypeError(f"{name} is a set, which irad does not take yet: pass a tuple, a list or np.array(x)"))
    if seen is not None and structure:
        return structure_shape(value, lambda v, p: argument_shape(v, name, moving, p, seen), path, seen)
    own = own_of_numba(value)
    if own is not None:
        raise for_user(TypeError(f"{name} is {own[0]}, which irad does not take: pass {own[1]}"))
    if isinstance(value, np.void) and value.dtype.names:
        raise for_user(TypeError(f"{name} is a record, which irad does not take: pass its fields, x['{_field(value)}']"))
    if isinstance(value, (complex, np.generic)):
        raise for_user(TypeError(f"{name} is a {type(value).__name__}, which irad does not take"))
    return shape_of(Known(value))


def _check_tuple(value: tuple[Any, ...]) -> None:
    """Refuse a tuple with attributes of its own, which compiled code would not see."""
    held = None if type(value) is tuple else getattr(value, "__dict__", None)
    if held:
        raise for_user(TypeError(
            f"a {type(value).__name__}, a tuple with the attribute {next(iter(held))!r}: irad takes the items of tuples "
            "only; pass it beside the tuple"
        ))


def asked_again(shapes: Iterable[Shape]) -> bool:
    """Whether there are tuples among arguments that may have attributes at another call (`_check_tuple`)."""
    return any(
        asked_again(s.children) or (s.cls is Seq and s.static is not tuple and s.static.__dictoffset__ != 0)
        for s in shapes if isinstance(s, Shape)
    )


def _array_shape(value: np.ndarray[Any, Any], name: str, extents: str = "") -> Shape:
    kind = dtype_kind(value.dtype)
    if value.dtype.names:
        raise for_user(TypeError(
            f"{name} is an array of records, which irad does not take: pass its fields as arrays, x['{_field(value)}']"
        ))
    if kind is None or kind not in NUMPY_KINDS:
        raise for_user(TypeError(
            f"{name} is an array of dtype {value.dtype}: irad takes bool, int32, int64, float32 and float64; use .astype(float)"
        ))
    layout = "C" if value.flags.c_contiguous else "A"
    return array_shape(kind, ArrayType(MACHINE[kind], value.ndim, layout), bool(value.flags.writeable), extents)


def _field(value: Any) -> str:
    """The name of a field, for an example."""
    return str((value.dtype.names or ("name",))[0])


def _array_shape_or_none(value: np.ndarray[Any, Any]) -> Shape | None:
    """The shape of an array that a function holds; None for arrays that irad does not take."""
    if type(value) is not np.ndarray or dtype_kind(value.dtype) not in NUMPY_KINDS or not value.flags.aligned:
        return None
    return _array_shape(value, "") if max(value.shape, default=0) < MAX_EXTENT else None


NUMPY_KINDS = {"bool_", "int32", "int64", "float32", "float64"}


def normalised(value: Any) -> Any:
    """An argument as the native entry takes it: aligned arrays with the dtype objects of this process."""
    if type(value) is int and not -(1 << 63) <= value < 1 << 63:
        raise for_user(OverflowError(f"the int {value} does not fit 64 bits"))
    if type(value) is np.ndarray:
        if not value.flags.aligned:
            raise for_user(TypeError("an array that is not aligned in memory: pass x.copy()"))
        if max(value.shape, default=0) >= MAX_EXTENT:
            raise for_user(ValueError(f"an array of shape {value.shape}: irad takes extents below 2**47"))
    elif isinstance(value, tuple):
        _check_tuple(value)
        for item in value:
            normalised(item)
    elif is_structure(value) and not (type(value) is list and numbers_in(value)):
        for item in held(value):
            normalised(item)
    return value


def check_captured(value: Any) -> None:
    """What the native entry reads by itself is as it takes it."""
    if type(normalised(value)) is np.ndarray and value.dtype is not np.dtype(value.dtype.type):
        hint = "write x.astype(x.dtype.type), or pass it as an argument"
        raise for_user(TypeError(f"a captured array whose dtype has metadata or was made by newbyteorder: {hint}"))


def param_of(shape: Shape, known: Callable[[Any], str]) -> w.Param:
    """How the native entry takes apart an argument of this shape."""
    if shape.cls is Num:
        return w.Scalar(shape.static[0])
    if shape.cls is Arr:
        t = shape.types[0]
        assert isinstance(t, ArrayType)
        return w.Array(NUMPY_NAMES.get(shape.static[0], shape.static[0]), t.ndim, t.layout, shape.static[1])
    if is_structure_shape(shape):  # `canonical` passes the parts
        return w.Tuple(tuple(param_of(c, known) for c in shape.children))
    if shape.cls is Seq:
        items = tuple(param_of(c, known) for c in shape.children)
        return w.Tuple(items) if shape.static is tuple else w.Tuple(items, known(shape.static))
    if shape.cls is Known:
        obj = shape.static.obj
        return w.NoneType() if obj is None else w.Known(known(obj), type(obj) in (int, str, bytes))
    if shape.cls is Fn:
        code, globals_, count, _, _ = shape.static
        parts = [param_of(c, known) for c in (*shape.children[:count], *(c.children[0] for c in shape.children[count:]))]
        return w.Function(known(code), known(globals_.obj), tuple(parts[:count]), tuple(parts[count:]))
    if shape.cls is Record:  # a derivative: `canonical` passes what it is of
        return param_of(shape.children[0], known)
    if shape.cls is Partial:
        return w.Tuple(tuple(param_of(c, known) for c in shape.children))
    raise w.NotNative(f"an argument of shape {shape.cls.__name__}")


def result_of(shape: Shape, known: Callable[[Any], str], same: Iterator[tuple[int, ...] | None]) -> w.Result:
    """How the native entry makes the Python result. `same` gives for each array leaf the argument that it is, or None."""
    name = shape.cls.__name__
    if shape.cls is Num:
        for _ in shape.types:
            next(same)
        return w.ScalarResult(shape.static)
    if shape.cls is Arr:
        path = next(same)
        if path is not None:
            return w.ParamResult(path)
        t = shape.types[0]
        assert isinstance(t, ArrayType)
        made = w.ArrayResult(NUMPY_NAMES.get(shape.static[0], shape.static[0]), t.ndim, bool(shape.static[1]))
        return made if shape.static[1] else w.TupleResult((made,), known(_read_only))
    if shape.cls is Seq:
        items = tuple(result_of(c, known, same) for c in shape.children)
        cls = None if shape.static is tuple else known(MAKERS.get(shape.static) or _tuple_maker(shape.static))
        return w.TupleResult(items, cls)
    if shape.cls is Bound and not isinstance(shape.static.obj, str):
        return w.TupleResult((result_of(shape.children[0], known, same),), known(method_maker(shape.static.obj)))
    if shape.cls is Known:
        return w.NoneResult() if shape.static.obj is None else w.KnownResult(known(shape.static.obj))
    if name == "Obj":
        items = tuple(result_of(c, known, same) for c in shape.children)
        return w.TupleResult(items, known(object_maker(*shape.static)))
    if name == "Record" and shape.static[0] == "arrays":
        next(same)
        inner = shape.types[0].elem  # type: ignore[attr-defined]
        return w.ArraysResult(known(Reader(NUMPY_NAMES.get(shape.static[1], shape.static[1]), inner.ndim, shape.static[2])))
    if name == "Record" and shape.static[0] == "items":
        items = tuple(result_of(c, known, same) for c in shape.children)
        return w.TupleResult(items, known(list_of(shape)))
    if name == "Choice":
        next(same)
        return w.TupleResult((w.ScalarResult(("tag",)), *(result_of(c, known, same) for c in shape.children)), known(_chosen))
    if name == "Record" and shape.static[0] == "numbered":
        make = numbered if len(shape.static) == 1 else numbered_tuple
        return w.TupleResult(tuple(result_of(c, known, same) for c in shape.children), known(make))
    if name == "Record" and shape.static[0] == "pairs":
        return w.TupleResult(tuple(result_of(c, known, same) for c in shape.children), known(dict_maker(shape.static[1])))
    if name == "Record" and shape.static[0] == "dict":
        keys = shape.static[1]
        items = tuple(result_of(c, known, same) for c in shape.children)
        return w.TupleResult(items, known(_dict_maker(keys, shape.static[2] if len(shape.static) > 2 else dict)))
    if name == "Record" and shape.static[0] == "text":
        parts = [array_shape(dtype_kind(dtype(t.elem)) or "", t, True) if isinstance(t, ArrayType) else
                 Shape(Num, (KIND_OF[t],), (), (t,)) for t in shape.types]
        return w.TupleResult(tuple(result_of(p, known, same) for p in parts), known(partial(filled, shape.static[1])))
    kind = "an iterator" if shape.cls.iterator else NAMES.get(name, f"a {name.lower()}")
    raise for_user(TypeError(f"a compiled function cannot return {kind}: return numbers, arrays or tuples of them"))


def _gathered(*items: Any) -> set[Any]:
    return set(items)


def _listed(*items: Any) -> list[Any]:
    return list(items)


def _read_only(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array that may not be written to, as np.broadcast_to gives it. (What else may be it, `sharing` knows.)"""
    array.flags.writeable = False
    return array


@cache
def _tuple_maker(cls: type[tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    """Makes tuples of a class of their items, whatever its `__new__` takes."""
    return lambda *items: tuple.__new__(cls, items)


def _chosen(tag: int, *members: Any) -> Any:
    return members[tag]


def _dict_maker(keys: tuple[Any, ...], cls: type[dict[Any, Any]]) -> Callable[..., dict[Any, Any]]:
    make = dict_maker(cls)

    def made(*values: Any) -> dict[Any, Any]:
        there = [(k, v) for k, v in zip(keys, values, strict=True) if v is not UNBOUND]
        found: dict[Any, Any] = make([k for k, _ in there], [v for _, v in there])
        return found

    return made


NAMES = {"Fn": "a function", "Bound": "a method of a value", "Partial": "a functools.partial"}
MAKERS = {list: _listed, set: _gathered}
