"""Where things are inside CPython's and numpy's objects, found out at start-up, never assumed.

Every offset is tested against real objects in this process. A probe that fails gives None, and what depends on it is
left to the generic entry: slower, never wrong.
"""
from __future__ import annotations

import abc
import ctypes
import importlib
import struct
import sys
import sysconfig
import types
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from irad.runtime.nativeslots import HEADER

# dtype name -> LLVM type of an element in memory
DTYPES = {"float64": "double", "float32": "float", "int64": "i64", "int32": "i32", "int16": "i16", "int8": "i8",
          "uint64": "i64", "uint32": "i32", "uint16": "i16", "uint8": "i8", "bool": "i8", "complex128": "double"}
SCALARS = {"bool_": np.bool_, **{name: np.dtype(name).type for name in DTYPES if name not in ("bool", "complex128")}}
C_CONTIGUOUS, ALIGNED, WRITEABLE = 0x1, 0x100, 0x400  # flags of arrays
_API_NEW_FROM_DESCR, _API_NEW_COPY, _API_SCALAR, _API_SET_BASE = 94, 85, 60, 282


class Fields(NamedTuple):
    """Byte offsets of the fields of an ndarray object."""

    data: int
    nd: int
    dims: int
    strides: int
    descr: int
    flags: int


class FunctionFields(NamedTuple):
    """Byte offsets of the fields of a function object that can be replaced, and of its closure."""

    code: int
    globals: int
    defaults: int
    kwdefaults: int
    closure: int


class ListFields(NamedTuple):
    """Byte offsets of the fields of a list."""

    size: int
    items: int


class Layout(NamedTuple):
    """What this process allows the entry to read directly; None or False: not at all."""

    float_value: int | None
    tuple_items: int | None
    cell_contents: int | None
    dict_version: int | None
    function: FunctionFields | None
    list: ListFields | None
    array: Fields | None
    numpy_scalars: bool
    numpy_api: bool


def _read(obj: object, offset: int, code: str = "q") -> Any:
    """One field of an object."""
    return struct.unpack(code, ctypes.string_at(id(obj) + offset, struct.calcsize(code)))[0]


def _float_value() -> int | None:
    """The double inside a float, and in the same place inside a np.float64."""
    values = (1.5, -3.25e200, 7.0)
    good = all(_read(v, HEADER, "d") == v and _read(np.float64(v), HEADER, "d") == v for v in values)
    return HEADER if good else None


def _tuple_items() -> int | None:
    """The first item of a tuple, behind its length. (CPython 3.14 puts a cached hash between them.)"""
    first, second = object(), object()
    pair = (first, second)
    for offset in (HEADER + 8, HEADER + 16):
        if tuple.__basicsize__ >= offset and _read(pair, offset) == id(first) and _read(pair, offset + 8) == id(second):
            return offset
    return None


def _cell_contents() -> int | None:
    """The pointer inside a closure's cell."""
    one, other = object(), object()
    cell = types.CellType(one)
    if _read(cell, HEADER) != id(one):
        return None
    cell.cell_contents = other
    good = _read(cell, HEADER) == id(other)
    del cell.cell_contents
    return HEADER if good and _read(cell, HEADER) == 0 else None


def _function() -> FunctionFields | None:
    """The pointers of a function object: found by what they point to, and again after each was replaced."""
    space: dict[str, Any] = {}
    exec("def make(c, x, y):\n def f(x=x, *, y=y): return x + y + c\n return f", space)
    exec("def other(c, x, y):\n def g(x=x, *, y=y): return x - y - c\n return g", space)
    f, g = space["make"](0, 1.5, 2.5), space["other"](0, 3.5, 4.5)
    offsets = range(HEADER, type(f).__basicsize__ - 7, 8)

    def places(value: object) -> list[int]:
        return [o for o in offsets if _read(f, o) == id(value)]

    found = [places(v) for v in (f.__code__, space, f.__defaults__, f.__kwdefaults__, f.__closure__)]
    f.__code__, f.__defaults__, f.__kwdefaults__ = g.__code__, g.__defaults__, g.__kwdefaults__
    again = [places(v) for v in (g.__code__, space, g.__defaults__, g.__kwdefaults__, f.__closure__)]
    f.__defaults__ = f.__kwdefaults__ = None
    if found != again or any(len(p) != 1 for p in found) or _read(f, found[2][0]) or _read(f, found[3][0]):
        return None
    return FunctionFields(*(p[0] for p in found))


def _list() -> ListFields | None:
    """The length of a list and the pointer to its items."""
    fields = ListFields(HEADER, HEADER + 8)
    objects = [object() for _ in range(5)]
    made: list[object] = []
    for count, item in enumerate(objects, 1):
        made.append(item)
        first = _read(made, fields.items)
        held = struct.unpack(f"{count}q", ctypes.string_at(first, 8 * count))
        if _read(made, fields.size) != count or held != tuple(map(id, made)):
            return None
    return fields


def _dict_version() -> int | None:
    """The version tag of a dict (CPython 3.11): changed by each change, by nothing else. Later: watchers."""
    if sys.version_info >= (3, 12):
        return None
    offset = HEADER + 8
    first: dict[str, object] = {"a": 1}
    start = _read(first, offset)
    _ = first["a"], first.get("b"), len(first)
    same = _read(first, offset) == start
    first["a"] = 2
    changed = _read(first, offset)
    first["b"] = 3
    again = _read(first, offset)
    del first["b"]
    versions = {start, changed, again, _read(first, offset), _read({}, offset)}
    return offset if same and len(versions) == 5 else None


MANAGED_DICT = 1 << 4  # of a class: the dicts of its objects are three words before these


@cache
def _class_order() -> int | None:
    """Where a class notes in which order attributes are looked for: found by what it points to, and again with other bases."""
    first, second = type("First", (), {}), type("Second", (), {})
    derived: Any = type("Derived", (first,), {})
    size: int = type(derived).__basicsize__

    def places() -> list[int]:
        return [o for o in range(HEADER, size - 7, 8) if _read(derived, o) == id(derived.__mro__)]

    found = places()
    derived.__bases__ = (second,)
    return found[0] if len(found) == 1 and found == places() else None


@cache
def abc_token() -> int | None:
    """Where Python counts the registrations of classes with abstract ones: the second word of the state of a module."""
    module = importlib.import_module("_abc")
    address = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object)(("PyModule_GetState", ctypes.pythonapi))(module)
    if not address or layout().cell_contents is None:
        return None
    counts = []
    for _ in range(2):
        abc.ABCMeta("Abstract", (), {}).register(type("Registered", (), {}))
        counts.append(ctypes.c_ssize_t.from_address(address + 8).value == abc.get_cache_token())
    return address + 8 if all(counts) else None


def form_places(obj: object) -> list[int] | None:
    """Where the class of an object, its dict, if it has one, and the order of a class are noted in it; None if that is not
    where it should be."""
    found = [(id(obj) + HEADER - 8, id(type(obj)))]
    if isinstance(obj, type):
        offset = _class_order()
        if offset is None:
            return None
        found.append((id(obj) + offset, id(obj.__mro__)))
    space = getattr(obj, "__dict__", None)
    if type(space) is dict:
        offset = -24 if type(obj).__flags__ & MANAGED_DICT else type(obj).__dictoffset__
        if offset <= 0 and offset != -24:
            return None
        found.append((id(obj) + offset, id(space)))
    known = layout().cell_contents is not None  # else this is another Python
    good = known and all(ctypes.c_ssize_t.from_address(at).value == held for at, held in found)
    return [at for at, _ in found] if good else None


def _array() -> Fields | None:
    """The fields of numpy's public array struct, tested against arrays that differ in each of them."""
    fields = Fields(HEADER, HEADER + 8, HEADER + 16, HEADER + 24, HEADER + 40, HEADER + 48)
    samples: list[Any] = [np.zeros((3, 5, 2))[::2, 1:4], np.zeros(7, np.int32), np.zeros((2, 4), np.float32).T,
                              np.array(1.0), np.frombuffer(b"12345678", np.int64)]
    for a in samples:
        shape = struct.unpack(f"{a.ndim}q", ctypes.string_at(_read(a, fields.dims), 8 * a.ndim)) if a.ndim else ()
        steps = struct.unpack(f"{a.ndim}q", ctypes.string_at(_read(a, fields.strides), 8 * a.ndim)) if a.ndim else ()
        found = (_read(a, fields.data), _read(a, fields.nd, "i"), shape, steps, _read(a, fields.descr),
                 _read(a, fields.flags, "i"))
        if found != (a.ctypes.data, a.ndim, a.shape, a.strides, id(a.dtype), a.flags.num):
            return None
    return fields


def _numpy_scalars() -> bool:
    """Whether a numpy scalar's value directly follows its header."""
    return bool(_read(np.float32(1.5), HEADER, "f") == 1.5 and _read(np.int64(-5), HEADER) == -5
            and _read(np.int32(-7), HEADER, "i") == -7 and _read(np.int16(-7), HEADER, "h") == -7
            and _read(np.uint8(250), HEADER, "B") == 250 and _read(np.bool_(True), HEADER, "b") == 1
            and _read(np.bool_(False), HEADER, "b") == 0)


@cache
def numpy_api() -> dict[str, int]:
    """Addresses of the functions of numpy's C-API that boxing needs; empty when its table is not found."""
    core = importlib.import_module("numpy._core._multiarray_umath")
    get = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", ctypes.pythonapi))
    table = get(core._ARRAY_API, None)
    names = {"irad_np_new": _API_NEW_FROM_DESCR, "irad_np_copy": _API_NEW_COPY, "irad_np_scalar": _API_SCALAR,
             "irad_np_set_base": _API_SET_BASE}
    # Entry 2 of the table is the type ndarray: if it is not, this is another table than the one we know.
    if not table or ctypes.c_void_p.from_address(table + 16).value != id(np.ndarray):
        return {}
    return {name: ctypes.c_ssize_t.from_address(table + 8 * i).value for name, i in names.items()}


@cache
def layout() -> Layout:
    """The layout of this process. A free-threaded build gets none: its counts and locks are other ones."""
    if sysconfig.get_config_var("Py_GIL_DISABLED") or ctypes.sizeof(ctypes.c_void_p) != 8:
        return Layout(None, None, None, None, None, None, None, False, False)
    return Layout(_float_value(), _tuple_items(), _cell_contents(), _dict_version(), _function(), _list(), _array(),
                  _numpy_scalars(), bool(numpy_api()))
