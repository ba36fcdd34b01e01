"""Calls from native code into Python: print, logging, warnings, `irad.callback`.

The IR names an outlet (`irad.infer.outlets`): a Python function, and how to make its arguments. Native code calls a `Bridge`,
by way of `irad_outside`, with three addresses: its context, the operands in words of 8 bytes, and room for what comes back.
No exception may enter native code: it is kept here until the entry asks what was raised (`failure`).

Arrays are passed as copies, so that Python may keep them. What is written into a copy would be lost: that is an error.
"""

from __future__ import annotations

import ctypes
import functools
import struct
import sys
import types
from typing import Any

import numpy as np

from irad.codegen.unit import Bridge as Wanted
from irad.errors import for_user, is_own
from irad.infer.outlets import Outlet
from irad.ir.types import FLOAT32, Array, Scalar
from irad.runtime.frames import levels, seen_from
from irad.runtime.sharing import Reader

PENDING: dict[int, BaseException] = {}  # what was raised, by the context
WORDS = {"f": "d", "i": "q", "u": "Q", "b": "?7x"}  # how `struct` reads a scalar: float32 as a double, small ints extended


class _Memory:
    """What numpy makes a view of."""

    def __init__(self, address: int, shape: tuple[int, ...], strides: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.__array_interface__ = {
            "data": (address, False), "shape": shape, "strides": strides, "typestr": dtype.str, "version": 3,
        }


def _dtype(t: Scalar) -> np.dtype[Any]:
    return np.dtype("?" if t.family == "b" else f"{t.family}{t.bits // 8}")


def view_of(t: Array, words: int) -> np.ndarray[Any, Any]:
    """The array whose descriptor is at this address, in place."""
    assert isinstance(t.elem, Scalar)
    n = t.ndim
    _, data, *rest = (ctypes.c_int64 * (2 + 2 * n)).from_address(words)
    shape, dtype = tuple(rest[:n]), _dtype(t.elem)
    if 0 in shape or not data:
        return np.empty(shape, dtype)
    return np.asarray(_Memory(data & (1 << 64) - 1, shape, tuple(rest[n:]), dtype))


def put_scalar(t: Scalar, address: int, value: Any) -> None:
    """Write a result as native code reads it."""
    kind = {"b": ctypes.c_uint8, "f": ctypes.c_double if t.bits == 64 else ctypes.c_float}.get(t.family)
    kind = kind or getattr(ctypes, f"c_{'u' if t.family == 'u' else ''}int{t.bits}")
    kind.from_address(address).value = value.item() if isinstance(value, np.generic) else value


def own_frames(frame: types.FrameType | None) -> int:
    """How many frames of irad there are from this one up, before the user's."""
    count = 0
    while frame is not None and is_own(frame.f_code.co_filename):
        count, frame = count + 1, frame.f_back
    return count


class Bridge:
    """What native code calls: one outlet at one place of the program."""

    def __init__(self, outlet: Outlet, wanted: Wanted) -> None:
        self.outlet = outlet
        self.name = wanted.symbol
        self.arrays: list[tuple[int, Array, int]] = []  # number, type, place of its words
        self.singles: list[int] = []  # numbers of the float32
        layout, at = "=", 0
        for i, t in enumerate(wanted.operands):
            words = 2 + 2 * t.ndim if isinstance(t, Array) else 1
            if isinstance(t, Array):
                self.arrays.append((i, t, at))
            elif t == FLOAT32:
                self.singles.append(i)
            layout += f"{8 * words}x" if isinstance(t, Array) else WORDS[t.family]  # type: ignore[attr-defined]
            at += 8 * words
        self.scalars = struct.Struct(layout)
        self.outs, self.results = wanted.outs, wanted.results
        self.places = list(levels(wanted.loc)) if outlet.looks else []

    def __call__(self, context: int, words: int, back: int) -> bool:
        try:
            try:
                found = self._call(words)
            except BaseException as error:
                found = self.outlet.failed(error)
            for k, (kind, scalar) in enumerate(zip(self.results, found, strict=True)):
                assert isinstance(kind, Scalar)
                put_scalar(kind, back + 8 * k, scalar)
        except BaseException as error:
            PENDING[context] = error
            return False
        return True

    def _call(self, words: int) -> list[Any]:
        parts: list[Any] = list(self.scalars.unpack(ctypes.string_at(words, self.scalars.size)))
        copies: list[Any] = []
        for i, t, at in self.arrays:  # in order, so that those before have their places
            if isinstance(t.elem, Array):
                column = Reader(_dtype(t.elem.elem), t.elem.ndim)(words + at)  # type: ignore[arg-type]
                parts.insert(i, column.filled(view.copy(order="K") for view in column.views))
                copies += zip(column.views, parts[i], strict=True)
                continue
            view = view_of(t, words + at)
            parts.insert(i, view if i < self.outs else view.copy(order="K"))
            copies += [(view, parts[i])] if i >= self.outs else []
        for i in self.singles:
            parts[i] = np.float32(parts[i])
        views, parts = parts[: self.outs], parts[self.outs :]
        args, kwargs = self.outlet.arguments(parts)
        value = self._run(args, kwargs)
        for original, copy in copies:
            if original.tobytes() != copy.tobytes():
                raise for_user(ValueError(
                    f"{self.outlet.__qualname__}, which compiled code calls, has changed an array that it was given or has "
                    "captured: it gets copies, so let it return the new array"
                ))
        taken = self.outlet.taken(value, views)
        return [0, *taken] if self.outlet.catches else taken

    def _run(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        function = self.outlet.function
        if not self.outlet.looks:
            return function(*args, **kwargs)
        wanted = kwargs.get("stacklevel", 1)
        if isinstance(wanted, int) and wanted > len(self.places):
            kwargs["stacklevel"] = wanted + own_frames(sys._getframe())
        return seen_from(functools.partial(function, *args, **kwargs), self.places, self.outlet.space)()
