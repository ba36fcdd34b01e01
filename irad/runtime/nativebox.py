"""From machine values to new Python objects, in LLVM text.

A failure (no memory) ends at `fail` with an exception set.
"""
from __future__ import annotations

import numpy as np

from irad.runtime.nativelayout import WRITEABLE, layout
from irad.runtime.nativesignature import (
    KINDS,
    ArrayResult,
    ArraysResult,
    KnownResult,
    ParamResult,
    Result,
    ScalarResult,
    TupleResult,
    machine_kind,
)
from irad.runtime.nativetext import Text
from irad.runtime.nativeunbox import NotNative, item_at

_DESCR = {"bool_": "bool"}


class Boxer:
    """Makes room for the out leaves of a result tree, then boxes them."""

    def __init__(self, t: Text, result: Result, params: list[str]) -> None:
        self.t = t
        self.params = params
        self.leaves: list[str] = []
        self.arrays: list[tuple[ArrayResult | ArraysResult, str]] = []  # with their slots
        self.of_arrays = False  # whether there are some that hold arrays
        self.ready: dict[str, str] = {}  # by slot: a variable with the array, or null where it is yet to be made
        self._open: list[str] = []  # tuples begun, to be dropped when a later item cannot be made
        self._asked: list[str] = []  # items that may be missing, for lack of memory
        self._next = 0
        self._reserve(result)

    def _reserve(self, result: Result) -> None:
        """One stack variable for each out pointer, in the order of the kernel's parameters."""
        if isinstance(result, ScalarResult):
            self.leaves.append(self.t.slot(KINDS[machine_kind(result.kinds)][1]))
            if len(result.kinds) > 1:
                self.leaves.append(self.t.slot("i8"))
        elif isinstance(result, ArrayResult):
            if not (layout().numpy_api and layout().array):
                raise NotNative("array result")
            self.leaves.append(self.t.slot(f"[{2 + 2 * result.ndim} x i64]"))
            self.arrays.append((result, self.leaves[-1]))
        elif isinstance(result, ArraysResult):
            if not (layout().numpy_api and layout().array):
                raise NotNative("array result")
            self.leaves.append(self.t.slot("[4 x i64]"))
            self.arrays.append((result, self.leaves[-1]))
            self.of_arrays = True
        elif isinstance(result, TupleResult):
            for item in result.items:
                self._reserve(item)

    def _take(self) -> str:
        self._next += 1
        return self.leaves[self._next - 1]

    def _number(self, call: str, only: bool) -> str:
        """A call that gives a new number; `only`: no other one is made in its place. Several in a tuple are asked for at once."""
        obj = self.t.let(call, "obj")
        if not (only and self._open):
            return self._made(obj)
        self._asked.append(obj)
        return obj

    def _checked(self, call: str) -> str:
        """A call that gives a new object."""
        self._sure()
        return self._made(self.t.let(call, "obj"))

    def _sure(self) -> None:
        """Go on where all that was asked for is there."""
        if self._asked:
            self._made(self._asked.pop())

    def _made(self, obj: str) -> str:
        """Go on where there is an object, and all that was asked for; else drop what was begun."""
        t, good, bad = self.t, self.t.name("made"), self.t.name("failed")
        there = t.let(f"icmp ne ptr {obj}, null")
        for other in self._asked:
            there = t.let(f"and i1 {there}, {t.let(f'icmp ne ptr {other}, null')}")
        self._asked = []
        t.emit(f"br i1 {there}, label %{good}, label %{bad}")
        t.start(bad)
        for begun in reversed(self._open):
            t.emit(f"call void @Py_DecRef(ptr {begun})")
        t.emit("br label %fail")
        t.start(good)
        return obj

    def share(self, ctx: str, held: list[str] | None) -> None:
        """Arrays whose memory is not the kernel's, or is that of two of them, are made by `irad.runtime.sharing`; so are those in
        lists. held: what the kernel was given; None: all arrays are to be new."""
        t, slots = self.t, [slot for _, slot in self.arrays]
        owners = [t.load("ptr", slot) for slot in slots]
        tests = [t.let(f"icmp eq ptr {owner}, null") for owner in owners]
        tests += [t.let(f"icmp eq ptr {a}, {b}") for i, a in enumerate(owners) for b in owners[:i]]
        alias = tests[0]
        for test in [*tests[1:], *(["true"] if self.of_arrays else [])]:
            alias = t.let(f"or i1 {alias}, {test}")
        self.ready = {slot: t.slot("ptr") for slot in slots}
        for variable in self.ready.values():
            t.store("ptr", "null", variable)
        sharing, alone = t.name("sharing"), t.name("alone")
        t.emit(f"br i1 {alias}, label %{sharing}, label %{alone}")
        t.start(sharing)
        parts = [
            self._filled([
                self._column(result, slot) if isinstance(result, ArraysResult) else self._view(result, slot)
                for result, slot in self.arrays
            ]),
            self._filled([t.let(f"call ptr @PyLong_FromVoidPtr(ptr {owner})") for owner in owners]),
            "@_Py_NoneStruct" if held is None else self._filled(held, new=False),
        ]
        if held is None:
            t.emit("call void @Py_IncRef(ptr @_Py_NoneStruct)")
        call = self._filled(parts)
        made = t.let(f"call ptr @PyObject_Call(ptr @irad_share, ptr {call}, ptr null)")
        t.emit(f"call void @Py_DecRef(ptr {call})")
        for owner in owners:
            t.emit(f"call void @irad_let_go(ptr {ctx}, ptr {owner})")
        t.check(t.let(f"icmp ne ptr {made}, null"), "fail")
        for i, variable in enumerate(self.ready.values()):
            item = item_at(t, made, (i,))
            t.emit(f"call void @Py_IncRef(ptr {item})")
            t.store("ptr", item, variable)
        t.emit(f"call void @Py_DecRef(ptr {made})")
        t.emit(f"br label %{alone}")
        t.start(alone)

    def _view(self, result: ArrayResult, slot: str) -> str:
        """An ndarray that shows the memory of a leaf and owns nothing."""
        t, descr = self.t, f"@irad_np_descr_{result.dtype}"
        t.emit(f"call void @Py_IncRef(ptr {descr})")
        steps = t.at(slot, 16 + 8 * result.ndim)
        return t.let(f"call ptr @irad_np_new(ptr @irad_np_ndarray, ptr {descr}, i32 {result.ndim}, ptr {t.at(slot, 16)}, "
                     f"ptr {steps}, ptr {t.load('ptr', slot, 8)}, i32 {WRITEABLE if result.writeable else 0}, ptr null)")

    def _column(self, result: ArraysResult, slot: str) -> str:
        """The arrays that an array holds, as their reader gives them."""
        call = self._filled([self.t.let(f"call ptr @PyLong_FromVoidPtr(ptr {slot})")])
        made = self.t.let(f"call ptr @PyObject_Call(ptr @{result.reader}, ptr {call}, ptr null)")
        self.t.emit(f"call void @Py_DecRef(ptr {call})")
        return made

    def _filled(self, items: list[str], new: bool = True) -> str:
        """A tuple of objects; without memory for them there is no going on."""
        t = self.t
        made = t.let(f"call ptr @PyTuple_New(i64 {len(items)})")
        for i, item in enumerate(items):
            if not new:
                t.emit(f"call void @Py_IncRef(ptr {item})")
            t.emit(f"call i32 @PyTuple_SetItem(ptr {made}, i64 {i}, ptr {item})")
        return made

    def box(self, result: Result, ctx: str) -> str:
        """A new reference to the object for a result."""
        if isinstance(result, ScalarResult):
            return self._scalar(result.kinds)
        if isinstance(result, ArrayResult):
            return self._array(result, ctx)
        if isinstance(result, ArraysResult):
            return self._made(self.t.load("ptr", self.ready[self._take()]))
        if isinstance(result, TupleResult):
            return self._tuple(result, ctx)
        obj = "@_Py_NoneStruct"
        if isinstance(result, KnownResult):
            obj = f"@{result.symbol}"
        elif isinstance(result, ParamResult):
            obj = item_at(self.t, self.params[result.path[0]], result.path[1:])
        self.t.emit(f"call void @Py_IncRef(ptr {obj})")
        return obj

    def _array(self, result: ArrayResult, ctx: str) -> str:
        """A new array, unless there is one already."""
        t, slot, size = self.t, self._take(), np.dtype(result.dtype).itemsize
        new = f"call ptr @irad_box_array(ptr {ctx}, ptr {slot}, i32 {result.ndim}, ptr @irad_np_descr_{result.dtype}, i64 {size})"
        if slot not in self.ready:
            return self._checked(new)
        variable, make, join = self.ready[slot], t.name("make"), t.name("array")
        missing = t.let(f"icmp eq ptr {t.load('ptr', variable)}, null")
        t.emit(f"br i1 {missing}, label %{make}, label %{join}")
        t.start(make)
        t.store("ptr", t.let(new), variable)
        t.emit(f"br label %{join}")
        t.start(join)
        return self._made(t.load("ptr", variable))

    def _tuple(self, result: TupleResult, ctx: str) -> str:
        """A tuple, filled from left to right."""
        made = self._checked(f"call ptr @PyTuple_New(i64 {len(result.items)})")
        self._open.append(made)
        first = layout().tuple_items
        for i, item in enumerate(result.items):
            obj = self.box(item, ctx)
            if first is not None:
                self.t.store("ptr", obj, made, first + 8 * i)
            else:
                self.t.emit(f"call i32 @PyTuple_SetItem(ptr {made}, i64 {i}, ptr {obj})")
        self._sure()
        self._open.pop()
        if result.cls is None:
            return made
        whole = self.t.let(f"call ptr @PyObject_Call(ptr @{result.cls}, ptr {made}, ptr null)")
        self.t.emit(f"call void @Py_DecRef(ptr {made})")
        return self._made(whole)

    def _scalar(self, kinds: tuple[str, ...]) -> str:
        """A number, of the kind that its tag says."""
        t, held, slot = self.t, machine_kind(kinds), self._take()
        value = t.load(KINDS[held][1], slot)
        if len(kinds) == 1:
            return self._kind(kinds[0], held, value, True)
        self._sure()
        tag, out, join = t.load("i8", self._take()), t.slot("ptr"), t.name("join")
        labels = [t.name(f"kind_{k}") for k in kinds]
        cases = " ".join(f"i8 {i}, label %{label}" for i, label in enumerate(labels))
        t.emit(f"switch i8 {tag}, label %{labels[0]} [{cases}]")
        for kind, label in zip(kinds, labels, strict=True):
            t.start(label)
            t.store("ptr", self._kind(kind, held, value, False), out)
            t.emit(f"br label %{join}")
        t.start(join)
        return t.load("ptr", out)

    def _kind(self, kind: str, held: str, value: str, only: bool) -> str:
        """An object of one kind from a value of the machine type of another."""
        t = self.t
        if kind == "int" and KINDS[held][1] == "double":
            return self._number(f"call ptr @PyLong_FromDouble(double {value})", only)
        value = _convert(t, value, KINDS[held][1], KINDS[kind][1], kind)
        if kind == "tag":
            kind, value = "int", t.let(f"zext i8 {value} to i64")
        if kind == "float":
            return self._number(f"call ptr @PyFloat_FromDouble(double {value})", only)
        if kind == "int":
            return self._number(f"call ptr @PyLong_FromLongLong(i64 {value})", only)
        if kind == "bool":
            return self._number(f"call ptr @PyBool_FromLong(i64 {t.let(f'zext i8 {value} to i64')})", only)
        if not layout().numpy_api:
            raise NotNative(kind)
        room = t.slot(KINDS[kind][1])
        t.store(KINDS[kind][1], value, room)
        descr = f"@irad_np_descr_{_DESCR.get(kind, kind)}"
        return self._checked(f"call ptr @irad_np_scalar(ptr {room}, ptr {descr}, ptr null)")


def _convert(t: Text, value: str, held: str, wanted: str, kind: str) -> str:
    """A value of the wider machine type as the narrower one that a kind needs."""
    if kind in ("bool", "bool_"):
        test = f"fcmp une {held} {value}, 0.0" if held in ("float", "double") else f"icmp ne {held} {value}, 0"
        return t.let(f"zext i1 {t.let(test)} to i8")
    if held == wanted:
        return value
    if wanted == "float":
        return t.let(f"fptrunc double {value} to float")
    if held == "double":
        return t.let(f"{'fptoui' if kind.startswith('u') else 'fptosi'} double {value} to {wanted}")
    return t.let(f"trunc {held} {value} to {wanted}")
