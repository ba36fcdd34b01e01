"""What compiled code takes from outside: globals, closure cells, defaults, attributes of objects.

Numbers and arrays that may change are inputs, which are read at each call; the rest is known, and guarded: the code is for it.
"""

from __future__ import annotations

import functools
import math
import os
import types
from dataclasses import dataclass
from typing import Any

import numpy as np

import irad.lib
from irad.errors import UnsupportedError
from irad.infer.explanations import explains
from irad.infer.keys import ObjKey
from irad.infer.kinds import MACHINE, dtype_kind, kind_of
from irad.infer.made import Classes, RunTime
from irad.infer.shapes import AV, Shape
from irad.infer.values import (
    UNBOUND_AV,
    Arr,
    Bound,
    Cell,
    Fn,
    FrozenCell,
    Known,
    Num,
    Partial,
    Record,
    array_shape,
)
from irad.ir.build import Builder
from irad.ir.types import Array, nbytes

Source = tuple[Any, ...]
LIBRARY = os.path.dirname(irad.lib.__file__ or "")


def of_library(source: Source) -> bool:
    """Whether a captured value is a global of `irad.lib`, which nobody changes."""
    return len(source) == 3 and source[0] == "global" and str(source[1].get("__file__", "")).startswith(LIBRARY)


def space_of(table: dict[str, Any], name: str) -> dict[str, Any]:
    """Where a global name means something, if it does: the globals themselves or the builtins beside them."""
    if name in table:
        return table
    builtins = table.get("__builtins__", __builtins__)
    return builtins if isinstance(builtins, dict) else vars(builtins)


def source_key(source: Source) -> Any:
    """A source as a dictionary key."""
    return tuple(ObjKey(step) for step in source)


@dataclass(eq=False)
class Capture:
    """A captured value that is read at each call: where it is, what it must look like, its place among the inputs.

    `source` is ("global", dict, name) or ("root", "closure", i, ...): steps from the entry's function object, where
    "closure", i goes to the content of a cell, ("attr", name) to an attribute and ("global", dict, name) starts anew.
    """

    source: Source
    shape: Shape
    offset: int


@dataclass(eq=False)
class Guard:
    """A captured value that the code is specialised for: `source` must still hold `obj`."""

    source: Source
    obj: Any


@dataclass(eq=False)
class Parts:
    """What the code took from a function object: these can be replaced in it, and then the code is for another one."""

    source: Source
    code: types.CodeType
    space: dict[str, Any]
    defaults: tuple[Any, ...] | None
    kwdefaults: dict[str, Any] | None

    @classmethod
    def of(cls, source: Source, f: types.FunctionType) -> Parts:
        return cls(source, f.__code__, f.__globals__, f.__defaults__, dict(f.__kwdefaults__) if f.__kwdefaults__ else None)


class Captures:
    """What the code of one unit takes from outside.

    attributes: functions are objects, which have some (see `Manner`).
    dynamic: keys of sources of ints that change so often that they are read at run time.
    """

    def __init__(self, classes: Classes, attributes: bool = False, dynamic: frozenset[Any] = frozenset()) -> None:
        from irad.infer.meanings import is_primitive

        self.dynamic = dynamic
        self.inputs: dict[Any, Capture] = {}  # by the keys of their sources, as all of these
        self.guards: dict[Any, Guard] = {}
        self.plain: dict[Any, Any] = {}  # the containers with nothing but plain items whose guards are there, by source
        self.functions: dict[Any, Parts] = {}  # the function objects whose parts the code is for
        self.asked: set[Any] = set()  # what of classes is guarded already (see `lookups.lookup`)
        self._is_primitive = is_primitive
        self._attributes = attributes
        self._classes = classes  # those that compiled code has made: what their methods close over is in the heap
        self._words = 0
        self._origin: dict[int, Source] = {}  # functions that are being taken apart
        self._recursive: dict[int, Source] = {}  # those that captured themselves, in the end

    def global_value(self, builder: Builder, table: dict[str, Any], name: str) -> AV | None:
        """The abstract value of a global or builtin name; None if there is none."""
        space = space_of(table, name)
        if space is not table:
            self.guard(("absent", table, name), None)
        if name not in space:
            self.guard(("absent", space, name), None)
            return None
        return self.captured(builder, space[name], ("global", space, name))

    def captured(self, builder: Builder, obj: Any, source: Source) -> AV:
        """A value from outside: numbers and arrays that may change are inputs, the rest is known and guarded.

        So is what is infinite or not a number, which stands for a case (no bound, nothing found yet).
        """
        from irad.infer.foreign import followed, meaning_of, own_of_numba, transform_of, wrapper_of
        from irad.infer.objects import written_in_python
        from irad.infer.outside import (
            CONTENT,
            MOST_ITEMS,
            OTHERS,
            SAME,
            Content,
            captured_container,
            guard_contents,
            guard_form,
            is_container,
            is_object_array,
        )

        if isinstance(obj, RunTime):
            return obj.link
        kind = kind_of(obj)
        if kind and MACHINE[kind].is_float and of_library(source):
            return Known(obj)
        if kind and MACHINE[kind].is_float and not math.isfinite(obj):
            self.guard(source, obj)
            return Known(obj)
        if kind and (MACHINE[kind].is_float or source_key(source) in self.dynamic):
            return Num(kind, self.input(builder, source, Shape(Num, (kind,), (), (MACHINE[kind],))))
        if type(obj) is np.ndarray:
            found = dtype_kind(obj.dtype)
            if found is not None:
                layout = "C" if obj.flags.c_contiguous else "A"
                array = Array(MACHINE[found], obj.ndim, layout)
                writeable = bool(obj.flags.writeable)
                return Arr(found, self.input(builder, source, array_shape(found, array, writeable)), writeable)
        if isinstance(obj, types.FunctionType):
            self.guard(source, obj)
            if id(obj) in self._origin:
                self._calls_itself(obj)
                return Known(obj)
            if self._is_primitive(obj) or explains(obj):  # others have the same code: those of one decorator
                self.guard((*source, SAME, 0), ObjKey(obj))
                return Known(obj)
            return self.function(builder, obj, source)
        path = () if self._is_primitive(obj) else wrapper_of(obj)
        if path:
            self.guard(source, obj)
            steps = [part for name in path for part in ("attr", name)]
            return meaning_of(obj, path, self.captured(builder, followed(obj, path), (*source, *steps)))
        if type(obj) is np.vectorize:
            from irad.infer.vectorized import of_object

            options = of_object(obj)
            if options is not None:
                self.guard(source, obj)
                return Record(("vectorized", *options), (self.captured(builder, obj.pyfunc, (*source, "attr", "pyfunc")),))
        transform = transform_of(obj)
        if transform is not None:
            self.guard(source, obj)
            name, options, inner = transform
            callee = self.captured(builder, inner, (*source, "attr", "__wrapped__"))
            return callee if name == "compile" else Record(("transform", name, options), (callee,))
        if isinstance(obj, functools.partial):
            self.guard(source, obj)
            if obj.keywords:
                self.guard((*source, "attr", "keywords", CONTENT, 0), Content(obj.keywords))
            keywords = {k: self.captured(builder, v, (*source, "keywords", k)) for k, v in obj.keywords.items()}
            args = tuple(self.captured(builder, v, (*source, "args", i)) for i, v in enumerate(obj.args))
            return Partial(self.captured(builder, obj.func, (*source, "attr", "func")), args, keywords)
        if isinstance(obj, types.MethodType):
            self.guard(source, obj)
            return Bound(obj.__func__, self.captured(builder, obj.__self__, (*source, "attr", "__self__")))
        if is_container(obj):
            return captured_container(self, builder, obj, source)
        if is_object_array(obj) and len(obj) <= MOST_ITEMS:
            self.guard((*source, CONTENT, 0), Content(obj))
        if isinstance(obj, bytearray):
            raise UnsupportedError(
                "a bytearray from outside of the function", kind="object", loc=builder.loc, why="irad has no arrays of bytes",
                hint="make it an array, or pass its items as arguments",
            )
        own = own_of_numba(obj)
        if own is not None:
            raise UnsupportedError(
                f"{own[0]} from outside of the function", kind="object", loc=builder.loc, why="its code is numba's",
                hint=f"use {own[1]}",
            )
        self.guard(source, obj)
        if isinstance(obj, OTHERS):
            guard_contents(self, obj, source)
        if written_in_python(type(obj)):
            guard_form(self, obj)
        return Known(obj)

    def function(self, builder: Builder, obj: types.FunctionType, source: Source) -> Fn:
        """A Python function object by its parts; what its cells hold is captured in turn."""
        from irad.infer.outside import FILLED, SAME

        cells: list[AV] = []
        if not obj.__code__.co_filename.startswith(LIBRARY):
            self.functions.setdefault(source_key(source), Parts.of(source, obj))
        self._origin[id(obj)] = source
        for i, cell in enumerate(obj.__closure__ or ()):
            if id(cell) in self._classes.linked:
                cells.append(Cell(self._classes.linked[id(cell)]))
                continue
            try:
                content = cell.cell_contents
            except ValueError:
                self.guard((*source, FILLED, i), False)
                cells.append(FrozenCell(UNBOUND_AV))
                continue
            cells.append(FrozenCell(self.captured(builder, content, (*source, "closure", i))))
        defaults = tuple(self.captured(builder, d, (*source, "defaults", i)) for i, d in enumerate(obj.__defaults__ or ()))
        named = (obj.__kwdefaults__ or {}).items()
        kwdefaults = tuple((k, self.captured(builder, v, (*source, "kwdefaults", k))) for k, v in named)
        del self._origin[id(obj)]
        if self._attributes:
            self.guard(source, obj)
            self.guard((*source, SAME, 0), ObjKey(obj))
        holder = Known(obj) if self._attributes else None
        return Fn(obj.__code__, obj.__globals__, defaults, kwdefaults, tuple(cells), obj.__qualname__, None, holder)

    def _calls_itself(self, obj: types.FunctionType) -> None:
        """Note where this function is: what it captured is read there when it is called again, for code is shared by functions
        that captured other things. Is it at several places, the code is for this one."""
        from irad.infer.outside import SAME

        source = self._origin[id(obj)]
        first = self._recursive.setdefault(id(obj), source)
        if source_key(first) != source_key(source):
            for place in (first, source):
                self.guard((*place, SAME, 0), ObjKey(obj))

    def known_function(self, builder: Builder, obj: types.FunctionType) -> Fn:
        """A function that is known, by its parts."""
        return self.function(builder, obj, self._recursive.get(id(obj), ("known", obj)))

    def input(self, builder: Builder, source: Source, shape: Shape) -> Any:
        """The SSA value of a captured value: op `input` at the word offset of its capture."""
        key = source_key(source)
        capture = self.inputs.get(key)
        if capture is None:
            capture = self.inputs[key] = Capture(source, shape, self._words)
            self._words += nbytes(shape.types[0]) // 8 if isinstance(shape.types[0], Array) else 1
        return builder.op("input", index=capture.offset, type=str(shape.types[0]))

    def guard(self, source: Source, obj: Any) -> None:
        """Note that the code is for this object; the entry's own callable is looked up by its code, not guarded."""
        if source == ("root",):
            return
        self.guards.setdefault(source_key(source), Guard(source, obj))
