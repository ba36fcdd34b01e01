"""From Python objects to machine values, in LLVM text. Whatever is not exactly what was expected goes to `slow`."""
from __future__ import annotations

from irad.analysis.ranges import MAX_EXTENT
from irad.runtime.nativelayout import layout
from irad.runtime.nativesignature import Array, Cell, Function, Input, Known, NoneType, Param, Scalar, Tuple
from irad.runtime.nativetext import STATE, Text
from irad.runtime.nativetype import HEADER, TYPE_OFFSET

_PYTHON = {"float": "PyFloat_Type", "int": "PyLong_Type"}
_EQ = 2  # Py_EQ
_FLAG_C, _FLAG_ALIGNED, _FLAG_WRITEABLE = 0x1, 0x100, 0x400


class NotNative(Exception):
    """This process does not let the entry read such an object: its layout could not be found out."""


def _exact(t: Text, obj: str, symbol: str) -> None:
    """The object's type is this one, no subclass."""
    kind = t.load("ptr", obj, TYPE_OFFSET)
    t.check(t.let(f"icmp eq ptr {kind}, @{symbol}"))


def _scalar(t: Text, obj: str, kind: str) -> str:
    """The value of a number."""
    if kind == "bool":
        true = t.let(f"icmp eq ptr {obj}, @_Py_TrueStruct")
        false = t.let(f"icmp eq ptr {obj}, @_Py_FalseStruct")
        t.check(t.let(f"or i1 {true}, {false}"))
        return true
    _exact(t, obj, _PYTHON.get(kind, f"irad_np_type_{kind}"))
    if kind == "int":
        overflow = t.slot("i32")
        value = t.let(f"call i64 @PyLong_AsLongLongAndOverflow(ptr {obj}, ptr {overflow})")
        t.check(t.let(f"icmp eq i32 {t.load('i32', overflow)}, 0"))
        return value
    if layout().float_value is None if kind in ("float", "float64") else not layout().numpy_scalars:
        raise NotNative(kind)
    if kind == "bool_":
        return t.let(f"icmp ne i8 {t.load('i8', obj, HEADER)}, 0")
    machine = {"float": "double", "float64": "double", "float32": "float", "int64": "i64", "int32": "i32"}[kind]
    return t.load(machine, obj, HEADER)


def _array(t: Text, obj: str, a: Array) -> list[str]:
    """owner, data, extents and strides of an array."""
    f = layout().array
    if f is None:
        raise NotNative("array")
    _exact(t, obj, "irad_np_ndarray")
    t.check(t.let(f"icmp eq ptr {t.load('ptr', obj, f.descr)}, @irad_np_descr_{a.dtype}"))
    t.check(t.let(f"icmp eq i32 {t.load('i32', obj, f.nd)}, {a.ndim}"))
    wanted = _FLAG_ALIGNED | (_FLAG_C if a.layout == "C" else 0) | (_FLAG_WRITEABLE if a.writeable else 0)
    flags = t.let(f"and i32 {t.load('i32', obj, f.flags)}, {wanted}")
    t.check(t.let(f"icmp eq i32 {flags}, {wanted}"))
    values = ["ptr null", f"ptr {t.load('ptr', obj, f.data)}"]
    for field in (f.dims, f.strides) if a.ndim else ():
        row = t.load("ptr", obj, field)
        values += [f"i64 {t.load('i64', row, 8 * i)}" for i in range(a.ndim)]
    if a.ndim > 1 or (a.ndim and a.layout != "C"):  # the others have memory behind every element
        any_bit = values[2].removeprefix("i64 ")
        for extent in values[3 : 2 + a.ndim]:
            any_bit = t.let(f"or {extent}, {any_bit}")
        t.check(t.let(f"icmp ult i64 {any_bit}, {MAX_EXTENT}"))
    return values


_TYPES = {"float": "double", "float64": "double", "float32": "float", "int": "i64", "int64": "i64", "int32": "i32",
          "bool": "i1", "bool_": "i1"}


def unbox(t: Text, obj: str, param: Param, held: list[str] | None = None) -> list[str]:
    """Test an argument and give the typed operands that the kernel takes for it.

    held: gets the arrays that are not arguments themselves, and which the entry must hold during the call.
    """
    if isinstance(param, Scalar):
        return [f"{_TYPES[param.kind]} {_scalar(t, obj, param.kind)}"]
    if isinstance(param, Array):
        return _array(t, obj, param)
    if isinstance(param, Tuple):
        return [v for i, p in enumerate(_items(t, obj, param)) for v in unbox(t, p, param.items[i], held)]
    if isinstance(param, Function):
        return _function(t, obj, param, held)
    if isinstance(param, Known) and param.equal:
        _equal(t, obj, param.symbol)
        return []
    symbol = "_Py_NoneStruct" if isinstance(param, NoneType) else param.symbol
    t.check(t.let(f"icmp eq ptr {obj}, @{symbol}"))
    return []


def _equal(t: Text, obj: str, symbol: str) -> None:
    """This object, or an equal one of its class (whose comparison cannot fail)."""
    look, go = t.name("look"), t.name("same")
    t.emit(f"br i1 {t.let(f'icmp eq ptr {obj}, @{symbol}')}, label %{go}, label %{look}")
    t.start(look)
    t.check(t.let(f"icmp eq ptr {t.load('ptr', obj, TYPE_OFFSET)}, {t.load('ptr', f'@{symbol}', TYPE_OFFSET)}"))
    t.check(t.let(f"icmp eq i32 {t.let(f'call i32 @PyObject_RichCompareBool(ptr {obj}, ptr @{symbol}, i32 {_EQ})')}, 1"))
    t.emit(f"br label %{go}")
    t.start(go)


def _function(t: Text, obj: str, param: Function, held: list[str] | None) -> list[str]:
    """What the default values and cells of a function hold, once its code and globals are those expected."""
    f, contents = layout().function, layout().cell_contents
    if f is None or contents is None:
        raise NotNative("function")
    _exact(t, obj, "PyFunction_Type")
    for field, symbol in ((f.code, param.code), (f.globals, param.globals)):
        t.check(t.let(f"icmp eq ptr {t.load('ptr', obj, field)}, @{symbol}"))
    t.check(t.let(f"icmp eq ptr {t.load('ptr', obj, f.kwdefaults)}, null"))
    items: list[tuple[str, Param]] = []
    for field, params in ((f.defaults, param.defaults), (f.closure, param.cells)):
        row = t.load("ptr", obj, field)
        t.check(t.let(f"icmp {'ne' if params else 'eq'} ptr {row}, null"))
        found = _items(t, row, Tuple(params)) if params else []
        if field == f.closure:
            found = [t.load("ptr", cell, contents) for cell in found]
            for content in found:
                t.check(t.let(f"icmp ne ptr {content}, null"))
        items += zip(found, params, strict=True)
    if held is not None:
        held += [content for content, p in items if isinstance(p, Array)]
    return [v for content, p in items for v in unbox(t, content, p, held)]


def _items(t: Text, obj: str, param: Tuple) -> list[str]:
    """The items of an exact tuple of this length."""
    count = len(param.items)
    first = layout().tuple_items
    if first is None:
        raise NotNative("tuple")
    _exact(t, obj, param.type)
    t.check(t.let(f"icmp eq i64 {t.load('i64', obj, HEADER)}, {count}"))
    return [t.load("ptr", obj, first + 8 * i) for i in range(count)]


def item_at(t: Text, obj: str, path: tuple[int, ...]) -> str:
    """An item of nested tuples that have been tested."""
    for index in path:
        obj = t.load("ptr", obj, (layout().tuple_items or 0) + 8 * index)
    return obj


def _source(t: Text, state: str, index: int, source: Input) -> str:
    """The object that a captured name stands for now (borrowed)."""
    at = STATE["inputs"] + 16 * index
    if isinstance(source.source, Cell):
        if layout().cell_contents is None:
            raise NotNative("cell")
        obj = t.load("ptr", t.load("ptr", state, at))
        t.check(t.let(f"icmp ne ptr {obj}, null"))
        return obj
    namespace, key = t.load("ptr", state, at), t.load("ptr", state, at + 8)
    obj = t.let(f"call ptr @PyDict_GetItemWithError(ptr {namespace}, ptr {key})")
    t.check(t.let(f"icmp ne ptr {obj}, null"), "slow_clear")
    return obj


def unbox_inputs(t: Text, state: str, inputs: tuple[Input, ...], words: str) -> list[str]:
    """Fill the array of words; the array objects, which the entry must hold during the call."""
    held, at = [], 0
    for index, item in enumerate(inputs):
        obj = _source(t, state, index, item)
        operands = unbox(t, obj, item.leaf)
        if isinstance(item.leaf, Array):
            held.append(obj)
        for number, operand in enumerate(operands):
            kind, value = operand.split(" ", 1)
            if kind == "i1":
                kind, value = "i64", t.let(f"zext i1 {value} to i64")
            t.store(kind, value, words, 8 * (at + number))
        at += item.words
    return held
