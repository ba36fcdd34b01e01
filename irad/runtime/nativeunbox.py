"""From Python objects to machine values, in LLVM text. Whatever is not exactly what was expected goes to `slow`.

How an object is taken apart is written as a generator (`Steps`): it yields where it needs that what it has asked for
holds. Several objects are taken apart side by side, step by step, so that one branch asks for all of them.
"""
from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeAlias, TypeVar

from irad.analysis.ranges import MAX_EXTENT
from irad.runtime.nativelayout import ALIGNED, C_CONTIGUOUS, WRITEABLE, layout
from irad.runtime.nativesignature import KINDS, Array, Cell, Function, Input, Known, NoneType, Param, Scalar, Tuple
from irad.runtime.nativeslots import HEADER, TYPE_OFFSET
from irad.runtime.nativetext import STATE, Text

T = TypeVar("T")
Steps: TypeAlias = Generator[None, None, T]
_PYTHON = {"float": "PyFloat_Type", "int": "PyLong_Type"}
_EQ = 2  # Py_EQ


class NotNative(Exception):
    """This process does not let the entry read such an object: its layout could not be found out."""


def side_by_side(steps: Sequence[Steps[T]]) -> Steps[list[T]]:
    """The results of several, each taken one step further before anything is asked."""
    found: dict[int, T] = {}
    while len(found) < len(steps):
        for i, each in enumerate(steps):
            if i not in found:
                try:
                    next(each)
                except StopIteration as end:
                    found[i] = end.value
        if len(found) < len(steps):
            yield
    return [found[i] for i in range(len(steps))]


def run(t: Text, steps: Steps[T]) -> T:
    """The result, with all that it needs asked for."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            t.settle()
            result: T = end.value
            return result
        t.settle()


def unbox_all(t: Text, objects: Sequence[str], params: Sequence[Param], held: list[str]) -> list[str]:
    """The typed operands that the kernel takes for arguments, which are tested.

    held: gets the arrays that are not arguments themselves, and which the entry must hold during the call.
    """
    steps = [_unbox(t, obj, param, held) for obj, param in zip(objects, params, strict=True)]
    return [operand for operands in run(t, side_by_side(steps)) for operand in operands]


def _unbox(t: Text, obj: str, param: Param, held: list[str]) -> Steps[list[str]]:
    """Test an object and give the typed operands that the kernel takes for it."""
    if isinstance(param, Scalar):
        return [f"{KINDS[param.kind][0]} {(yield from _scalar(t, obj, param.kind))}"]
    if isinstance(param, Array):
        return (yield from _array(t, obj, param))
    if isinstance(param, Tuple):
        items = yield from _items(t, obj, param)
        return (yield from _operands(t, items, param.items, held))
    if isinstance(param, Function):
        return (yield from _function(t, obj, param, held))
    if isinstance(param, Known) and param.equal:
        _equal(t, obj, param.symbol)
        return []
    symbol = "_Py_NoneStruct" if isinstance(param, NoneType) else param.symbol
    t.need(f"icmp eq ptr {obj}, @{symbol}")
    return []


def _operands(t: Text, objects: Sequence[str], params: Sequence[Param], held: list[str]) -> Steps[list[str]]:
    """Those of several objects."""
    found = yield from side_by_side([_unbox(t, o, p, held) for o, p in zip(objects, params, strict=True)])
    return [operand for operands in found for operand in operands]


def _exact(t: Text, obj: str, symbol: str) -> Steps[None]:
    """The object's type is this one, no subclass."""
    t.need(f"icmp eq ptr {t.load('ptr', obj, TYPE_OFFSET)}, @{symbol}")
    yield


def _scalar(t: Text, obj: str, kind: str) -> Steps[str]:
    """The value of a number."""
    if kind == "bool":
        true = t.let(f"icmp eq ptr {obj}, @_Py_TrueStruct")
        t.need(f"or i1 {true}, {t.let(f'icmp eq ptr {obj}, @_Py_FalseStruct')}")
        return true
    yield from _exact(t, obj, _PYTHON.get(kind, f"irad_np_type_{kind}"))
    if kind == "int":
        overflow = t.slot("i32")
        value = t.let(f"call i64 @PyLong_AsLongLongAndOverflow(ptr {obj}, ptr {overflow})")
        t.need(f"icmp eq i32 {t.load('i32', overflow)}, 0")
        return value
    if layout().float_value is None if kind in ("float", "float64") else not layout().numpy_scalars:
        raise NotNative(kind)
    if kind == "bool_":
        return t.let(f"icmp ne i8 {t.load('i8', obj, HEADER)}, 0")
    return t.load(KINDS[kind][1], obj, HEADER)


def _array(t: Text, obj: str, a: Array) -> Steps[list[str]]:
    """owner, data, extents and strides of an array."""
    f = layout().array
    if f is None:
        raise NotNative("array")
    yield from _exact(t, obj, "irad_np_ndarray")
    t.need(f"icmp eq ptr {t.load('ptr', obj, f.descr)}, @irad_np_descr_{a.dtype}")
    t.need(f"icmp eq i32 {t.load('i32', obj, f.nd)}, {a.ndim}")
    wanted = ALIGNED | (C_CONTIGUOUS if a.layout == "C" else 0) | (WRITEABLE if a.writeable else 0)
    flags = t.let(f"and i32 {t.load('i32', obj, f.flags)}, {wanted}")
    t.need(f"icmp eq i32 {flags}, {wanted}")
    yield
    values = ["ptr null", f"ptr {t.load('ptr', obj, f.data)}"]
    for field in (f.dims, f.strides) if a.ndim else ():
        row = t.load("ptr", obj, field)
        values += [f"i64 {t.load('i64', row, 8 * i)}" for i in range(a.ndim)]
    if a.ndim > 1 or (a.ndim and a.layout != "C"):  # the others have memory behind every element
        any_bit = values[2].removeprefix("i64 ")
        for extent in values[3 : 2 + a.ndim]:
            any_bit = t.let(f"or {extent}, {any_bit}")
        t.need(f"icmp ult i64 {any_bit}, {MAX_EXTENT}")
    return values


def _equal(t: Text, obj: str, symbol: str) -> None:
    """This object, or an equal one of its class (whose comparison cannot fail)."""
    look, go = t.name("look"), t.name("same")
    t.emit(f"br i1 {t.let(f'icmp eq ptr {obj}, @{symbol}')}, label %{go}, label %{look}")
    t.start(look)
    t.check(t.let(f"icmp eq ptr {t.load('ptr', obj, TYPE_OFFSET)}, {t.load('ptr', f'@{symbol}', TYPE_OFFSET)}"))
    t.check(t.let(f"icmp eq i32 {t.let(f'call i32 @PyObject_RichCompareBool(ptr {obj}, ptr @{symbol}, i32 {_EQ})')}, 1"))
    t.emit(f"br label %{go}")
    t.start(go)


def _function(t: Text, obj: str, param: Function, held: list[str]) -> Steps[list[str]]:
    """What the default values and cells of a function hold, once its code and globals are those expected."""
    f, contents = layout().function, layout().cell_contents
    if f is None or contents is None:
        raise NotNative("function")
    yield from _exact(t, obj, "PyFunction_Type")
    for field, symbol in ((f.code, param.code), (f.globals, param.globals)):
        t.need(f"icmp eq ptr {t.load('ptr', obj, field)}, @{symbol}")
    t.need(f"icmp eq ptr {t.load('ptr', obj, f.kwdefaults)}, null")
    rows = [t.load("ptr", obj, field) for field in (f.defaults, f.closure)]
    for row, params in zip(rows, (param.defaults, param.cells), strict=True):
        t.need(f"icmp {'ne' if params else 'eq'} ptr {row}, null")
    yield
    defaults = (yield from _items(t, rows[0], Tuple(param.defaults))) if param.defaults else []
    cells = (yield from _items(t, rows[1], Tuple(param.cells))) if param.cells else []
    objects, params = [*defaults, *(t.load("ptr", cell, contents) for cell in cells)], (*param.defaults, *param.cells)
    for content in objects[len(defaults):]:
        t.need(f"icmp ne ptr {content}, null")
    yield
    held += [content for content, p in zip(objects, params, strict=True) if isinstance(p, Array)]
    return (yield from _operands(t, objects, params, held))


def _items(t: Text, obj: str, param: Tuple) -> Steps[list[str]]:
    """The items of an exact tuple of this length."""
    count = len(param.items)
    first = layout().tuple_items
    if first is None:
        raise NotNative("tuple")
    yield from _exact(t, obj, param.type)
    t.need(f"icmp eq i64 {t.load('i64', obj, HEADER)}, {count}")
    yield
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
        t.need(f"icmp ne ptr {obj}, null")
        return obj
    namespace, key = t.load("ptr", state, at), t.load("ptr", state, at + 8)
    obj = t.let(f"call ptr @PyDict_GetItemWithError(ptr {namespace}, ptr {key})")
    t.check(t.let(f"icmp ne ptr {obj}, null"), "slow_clear")
    return obj


def unbox_inputs(t: Text, state: str, inputs: Sequence[Input], words: str) -> list[str]:
    """Fill the array of words; the array objects, which the entry must hold during the call."""
    objects = [_source(t, state, index, item) for index, item in enumerate(inputs)]
    t.settle()
    found = run(t, side_by_side([_unbox(t, obj, item.leaf, []) for obj, item in zip(objects, inputs, strict=True)]))
    at = 0
    for item, operands in zip(inputs, found, strict=True):
        for number, operand in enumerate(operands):
            kind, value = operand.split(" ", 1)
            if kind == "i1":
                kind, value = "i64", t.let(f"zext i1 {value} to i64")
            t.store(kind, value, words, 8 * (at + number))
        at += item.words
    return [obj for obj, item in zip(objects, inputs, strict=True) if isinstance(item.leaf, Array)]
