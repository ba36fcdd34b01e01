"""Calling emitted functions through ctypes, with a context made by hand: for the tests of codegen."""
from __future__ import annotations

import ctypes
import math
import struct
from functools import cache
from typing import Any

import numpy as np

from irad.codegen import Emitted, abi, emit_module, support
from irad.ir.core import Function, Module, Value
from irad.ir.types import BOOL, FLOAT, FLOAT32, INT, INT8, INT16, INT32, UINT8, UINT16, UINT32, UINT64, Array, Record
from irad.runtime.engine import Engine
from irad.runtime.nativesymbols import address

C = {FLOAT: ctypes.c_double, FLOAT32: ctypes.c_float, BOOL: ctypes.c_bool,
     INT: ctypes.c_int64, INT32: ctypes.c_int32, INT16: ctypes.c_int16, INT8: ctypes.c_int8,
     UINT64: ctypes.c_uint64, UINT32: ctypes.c_uint32, UINT16: ctypes.c_uint16, UINT8: ctypes.c_uint8}
NUMPY = {FLOAT: np.float64, FLOAT32: np.float32, INT: np.int64, INT32: np.int32, BOOL: np.bool_, INT8: np.int8}


@cache
def memory() -> Engine:
    """The memory functions, once for a process (as the runtime has them)."""
    return Engine(support.TEXT, opt_level=0)


def symbols(emitted: Emitted) -> dict[str, int]:
    """Addresses of what a unit names; float variants of libm's functions may not be in the runtime's list yet."""
    found: dict[str, int] = {}
    for name in emitted.symbols:
        if name in support.NAMES:
            found[name] = memory().address(name)
        elif not address(name):
            function = getattr(ctypes.CDLL("libm.so.6"), name.removeprefix("irad_m_"))
            found[name] = ctypes.cast(function, ctypes.c_void_p).value or 0
    return found


class NativeError(Exception):
    """An error that compiled code reported."""

    def __init__(self, exc: str, message: str, loc: Any) -> None:
        super().__init__(exc, message)
        self.exc, self.message, self.loc = exc, message, loc


class Native:
    """A compiled module: `native("f", 1.0, array)`."""

    def __init__(self, module: Module, *entries: str, opt_level: int = 3, embed: bool = False) -> None:
        self.module = module
        self.emitted = emit_module(module, *(entries or module.functions), embed_support=embed)
        self.engine = Engine(self.emitted.text, symbols(self.emitted), opt_level)
        self.ctx = ctypes.create_string_buffer(abi.CTX_SIZE)
        self._functions: dict[str, Any] = {}

    def word(self, offset: int) -> ctypes.c_int64:
        return ctypes.c_int64.from_buffer(self.ctx, offset)

    def close(self) -> None:
        """Free what the context owns."""
        self.memory("irad_close")

    def memory(self, name: str, *args: int) -> int:
        kinds = [ctypes.c_void_p, *[ctypes.c_int64] * len(args)]
        return ctypes.CFUNCTYPE(ctypes.c_int64, *kinds)(memory().address(name))(ctypes.addressof(self.ctx), *args)

    def __call__(self, name: str, *args: Any) -> Any:
        results = self.raw(name, *args)
        out = [self.take(t, place) for t, place in results]
        return out[0] if len(out) == 1 else tuple(out)

    def raw(self, name: str, *args: Any) -> list[tuple[Any, Any]]:
        """The call itself: the types and the out places of its results."""
        f = self.module.functions[name]
        kinds, flat = [ctypes.c_void_p], [ctypes.addressof(self.ctx)]
        for p, a in zip(f.params, args, strict=True):
            k, v = flatten(p, a)
            kinds += k
            flat += v
        places = [ctypes.create_string_buffer(8 * (2 + 2 * t.ndim) if isinstance(t, Array) else 8) for t in f.results]
        kinds += [ctypes.c_void_p] * len(places)
        if name not in self._functions:
            entry = self.engine.address(self.emitted.names[name])
            self._functions[name] = ctypes.CFUNCTYPE(ctypes.c_int32, *kinds)(entry)
        if self._functions[name](*flat, *(ctypes.addressof(p) for p in places)):
            raise self.error()
        return list(zip(f.results, places, strict=True))

    def error(self) -> NativeError:
        site = self.emitted.sites[self.word(abi.CTX_SITE).value]
        parts = []
        for k, t in enumerate(site.parts):
            bits = self.word(abi.CTX_PAYLOAD + 8 * k).value
            number = struct.unpack("<d", struct.pack("<q", bits))[0]
            parts.append(number if t.is_float else bool(bits) if t == BOOL else bits)
        return NativeError(site.exc, site.message.format(*parts), site.loc)

    def take(self, t: Any, place: Any) -> Any:
        if isinstance(t, Record):
            return ctypes.c_int64.from_buffer(place).value
        if not isinstance(t, Array):
            value = C[t].from_buffer(place).value
            return value
        owner, data, *rest = (ctypes.c_int64 * (2 + 2 * t.ndim)).from_buffer(place)
        dims, strides = rest[:t.ndim], rest[t.ndim:]
        dtype = np.dtype(NUMPY[t.elem])
        if 0 in dims:
            result = np.zeros(dims, dtype)
        else:
            low = data + sum(min(0, s * (d - 1)) for s, d in zip(strides, dims, strict=True))
            size = sum(abs(s) * (d - 1) for s, d in zip(strides, dims, strict=True)) + dtype.itemsize
            raw = (ctypes.c_char * size).from_address(low)
            result = np.ndarray(dims, dtype, raw, data - low, strides).copy()
        if owner:
            self.release(owner)
        return result

    def release(self, owner: int) -> None:
        count = ctypes.c_int64.from_address(owner)
        count.value -= 1
        if not count.value:
            self.memory("irad_free", owner)


def flatten(p: Value, a: Any) -> tuple[list[Any], list[Any]]:
    if isinstance(p.type, Array):
        return ([ctypes.c_void_p] * 2 + [ctypes.c_int64] * (2 * a.ndim), [None, a.ctypes.data, *a.shape, *a.strides])
    if isinstance(p.type, Record):
        return [ctypes.c_void_p], [a]
    return [C[p.type]], [a]


def native(*functions: Function, **options: Any) -> Native:
    module = Module(form="low")
    for f in functions:
        module.add(f)
    return Native(module, **options)


def same_number(a: Any, b: Any) -> bool:
    """Equal bits; all nans are one."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isnan(a) and math.isnan(b) or struct.pack("<d", a) == struct.pack("<d", b)
    return type(a) is type(b) and a == b
