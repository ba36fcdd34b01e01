"""The type of compiled functions: a heap type with vectorcall, made without a C compiler.

A call goes from the interpreter straight into emitted code (22-30 ns; a Python `__call__` costs 104):

    class Compiled:                       # the caller's base: the methods; must declare __slots__ = ()
        __slots__ = ()
        def _slow_call(self, *args, **kwargs): ...
    T = make_type(Compiled)
    f = T(); set_entry(f, engine.address("entry"), state_address, keep=(engine, state))

Layout of an instance behind the object header: vectorcall target, state pointer, dict, list of weak references, kept
object. `keep` is a strong reference to whatever owns the code and the state; while a call runs the interpreter holds
the function, hence the code. Who replaces `keep` must hold the old one until no call can be inside its code.
"""
from __future__ import annotations

import ctypes
import sys
import weakref
from functools import cache
from typing import Any

from irad.runtime import nativesymbols
from irad.runtime.library import address
from irad.runtime.nativeowned import for_ever
from irad.runtime.nativeslots import (
    BASIC_SIZE,
    DICT_OFFSET,
    HEADER,
    VECTORCALL_OFFSET,
    WEAKLIST_OFFSET,
)

_FLAGS = 1 << 14 | 1 << 11 | 1 << 17  # HAVE_GC, HAVE_VECTORCALL, METHOD_DESCRIPTOR (no bound method for obj.m(x))
_SLOTS = {"alloc": 47, "call": 50, "clear": 51, "dealloc": 52, "descr_get": 54, "traverse": 71, "members": 72,
          "getset": 73}
_T_PYSSIZET, _READONLY = 19, 1


class _Slot(ctypes.Structure):
    _fields_ = [("slot", ctypes.c_int), ("function", ctypes.c_void_p)]


class _Spec(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("basicsize", ctypes.c_int), ("itemsize", ctypes.c_int),
                ("flags", ctypes.c_uint), ("slots", ctypes.POINTER(_Slot))]


class _Member(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_int), ("offset", ctypes.c_ssize_t),
                ("flags", ctypes.c_int), ("doc", ctypes.c_char_p)]


class _GetSet(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("get", ctypes.c_void_p), ("set", ctypes.c_void_p),
                ("doc", ctypes.c_char_p), ("closure", ctypes.c_void_p)]


_types: weakref.WeakSet[type] = weakref.WeakSet()


def slow_entry() -> int:
    """The address of the generic entry, which calls `self._slow_call`; the symbol `irad_slow` of fast entries."""
    return address("irad_slow")


@cache
def _setter() -> Any:
    """Native, with the lock of the interpreter held: no thread sees half of a change."""
    kind = ctypes.PYFUNCTYPE(None, ctypes.py_object, ctypes.c_void_p, ctypes.c_void_p, ctypes.py_object)
    return kind(address("irad_type_set"))


def _members() -> Any:
    """The offsets that the interpreter asks a heap type for."""
    offsets = ((b"__vectorcalloffset__", VECTORCALL_OFFSET), (b"__dictoffset__", DICT_OFFSET),
               (b"__weaklistoffset__", WEAKLIST_OFFSET))
    return for_ever((_Member * 4)(*(_Member(n, _T_PYSSIZET, o, _READONLY, None) for n, o in offsets), _Member()))


def _getset() -> Any:
    """`__dict__`, which a type made from a spec does not get by itself."""
    get, put = (nativesymbols.address(f"PyObject_Generic{w}Dict") for w in ("Get", "Set"))
    return for_ever((_GetSet * 2)(_GetSet(b"__dict__", get, put, None, None), _GetSet()))


def _check_base(base: type) -> None:
    """The layout is ours, so the base may add nothing to it."""
    if type(base) is not type:
        raise TypeError(f"the base of the native type needs the metaclass type, not {type(base).__name__}")
    if base.__basicsize__ != HEADER or base.__dictoffset__ or base.__weakrefoffset__:
        raise TypeError(f"the base of the native type must declare __slots__ = () in every class: {base.__qualname__}")
    if not callable(getattr(base, "_slow_call", None)):
        raise TypeError(f"the base of the native type must define _slow_call: {base.__qualname__}")


def make_type(base: type) -> type:
    """A final type under `base` whose instances are called through native code; at first through `_slow_call`."""
    _check_base(base)
    functions = {name: address(f"irad_type_{name}") for name in ("alloc", "clear", "dealloc", "descr_get", "traverse")}
    functions["call"] = nativesymbols.address("PyVectorcall_Call") or 0
    functions["members"] = ctypes.addressof(_members())
    functions["getset"] = ctypes.addressof(_getset())
    slots = (_Slot * (len(functions) + 1))(*(_Slot(_SLOTS[n], a) for n, a in functions.items()), _Slot())
    name = f"{base.__module__}.{base.__qualname__}".encode()
    spec = for_ever(_Spec(name, BASIC_SIZE, 0, _FLAGS, slots))
    # A handle of our own: the argument types of the shared ctypes.pythonapi belong to everybody.
    create = ctypes.PyDLL(None).PyType_FromSpecWithBases if sys.platform != "win32" else \
        ctypes.PyDLL(None, handle=ctypes.pythonapi._handle).PyType_FromSpecWithBases
    create.restype, create.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.py_object]
    made: type = create(ctypes.addressof(spec), (base,))
    made.__doc__ = base.__doc__
    _types.add(made)
    return made


def set_entry(obj: Any, address: int, state: int = 0, keep: object = None) -> None:
    """Let calls of `obj` go to `address` (0: the generic entry) with `state` at ENTRY_STATE_OFFSET of the instance.

    `keep` owns the code and the state; it replaces what was kept before.
    """
    if type(obj) not in _types:
        raise TypeError(f"not an instance of a type from make_type: {type(obj).__name__}")
    _setter()(obj, address or slow_entry(), state, keep)


def entry_of(obj: Any) -> tuple[int, int]:
    """The target and the state of an instance."""
    words = (ctypes.c_ssize_t * 2).from_address(id(obj) + VECTORCALL_OFFSET)
    return words[0], words[1]
