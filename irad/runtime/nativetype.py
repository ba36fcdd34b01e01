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
from irad.runtime.engine import Engine

HEADER = object.__basicsize__
VECTORCALL_OFFSET = HEADER
ENTRY_STATE_OFFSET = HEADER + 8
DICT_OFFSET = HEADER + 16
WEAKLIST_OFFSET = HEADER + 24
KEEP_OFFSET = HEADER + 32
BASIC_SIZE = HEADER + 40
# object.__basicsize__ counts the header only, whose last word is the type in every build.
TYPE_OFFSET = HEADER - 8

_FLAGS = 1 << 14 | 1 << 11 | 1 << 17  # HAVE_GC, HAVE_VECTORCALL, METHOD_DESCRIPTOR (no bound method for obj.m(x))
_SLOTS = {"alloc": 47, "call": 50, "clear": 51, "dealloc": 52, "descr_get": 54, "traverse": 71, "members": 72,
          "getset": 73}
_T_PYSSIZET, _READONLY = 19, 1

_TEXT = """
declare ptr @PyObject_GetAttr(ptr, ptr)
declare ptr @PyObject_Vectorcall(ptr, ptr, i64, ptr)
declare ptr @PyMethod_New(ptr, ptr)
declare ptr @PyType_GenericAlloc(ptr, i64)
declare void @PyObject_GC_UnTrack(ptr)
declare void @PyObject_GC_Del(ptr)
declare void @PyObject_ClearWeakRefs(ptr)
declare void @Py_IncRef(ptr)
declare void @Py_DecRef(ptr)
@_Py_NoneStruct = external global i8
@irad_name_slow_call = external global i8

define ptr @irad_slow(ptr %self, ptr %args, i64 %nargs, ptr %names) {
  %method = call ptr @PyObject_GetAttr(ptr %self, ptr @irad_name_slow_call)
  %missing = icmp eq ptr %method, null
  br i1 %missing, label %fail, label %go
go:
  %result = call ptr @PyObject_Vectorcall(ptr %method, ptr %args, i64 %nargs, ptr %names)
  call void @Py_DecRef(ptr %method)
  ret ptr %result
fail:
  ret ptr null
}

define ptr @irad_alloc(ptr %type, i64 %items) {
  %self = call ptr @PyType_GenericAlloc(ptr %type, i64 %items)
  %missing = icmp eq ptr %self, null
  br i1 %missing, label %fail, label %go
go:
  %entry = getelementptr i8, ptr %self, i64 {vectorcall}
  store ptr @irad_slow, ptr %entry
  ret ptr %self
fail:
  ret ptr null
}

define ptr @irad_descr_get(ptr %self, ptr %obj, ptr %type) {
  %no = icmp eq ptr %obj, null
  %none = icmp eq ptr %obj, @_Py_NoneStruct
  %either = or i1 %no, %none
  br i1 %either, label %itself, label %bind
itself:
  call void @Py_IncRef(ptr %self)
  ret ptr %self
bind:
  %method = call ptr @PyMethod_New(ptr %self, ptr %obj)
  ret ptr %method
}

define internal i32 @visit_at(ptr %self, i64 %offset, ptr %visit, ptr %arg) {
  %p = getelementptr i8, ptr %self, i64 %offset
  %obj = load ptr, ptr %p
  %no = icmp eq ptr %obj, null
  br i1 %no, label %skip, label %go
go:
  %r = call i32 %visit(ptr %obj, ptr %arg)
  ret i32 %r
skip:
  ret i32 0
}

define i32 @irad_traverse(ptr %self, ptr %visit, ptr %arg) {
  %a = call i32 @visit_at(ptr %self, i64 {type}, ptr %visit, ptr %arg)
  %oka = icmp eq i32 %a, 0
  br i1 %oka, label %next, label %stop
next:
  %b = call i32 @visit_at(ptr %self, i64 {dict}, ptr %visit, ptr %arg)
  %okb = icmp eq i32 %b, 0
  br i1 %okb, label %last, label %stop
last:
  %c = call i32 @visit_at(ptr %self, i64 {keep}, ptr %visit, ptr %arg)
  br label %stop
stop:
  %r = phi i32 [%a, %0], [%b, %next], [%c, %last]
  ret i32 %r
}

define internal void @clear_at(ptr %self, i64 %offset) {
  %p = getelementptr i8, ptr %self, i64 %offset
  %obj = load ptr, ptr %p
  %no = icmp eq ptr %obj, null
  br i1 %no, label %done, label %go
go:
  store ptr null, ptr %p
  call void @Py_DecRef(ptr %obj)
  br label %done
done:
  ret void
}

define void @irad_set(ptr %self, ptr %target, ptr %data, ptr %owner) {
  %entry = getelementptr i8, ptr %self, i64 {vectorcall}
  store ptr %target, ptr %entry
  %state = getelementptr i8, ptr %self, i64 {state}
  store ptr %data, ptr %state
  %keep = getelementptr i8, ptr %self, i64 {keep}
  %old = load ptr, ptr %keep
  call void @Py_IncRef(ptr %owner)
  store ptr %owner, ptr %keep
  %no = icmp eq ptr %old, null
  br i1 %no, label %done, label %drop
drop:
  call void @Py_DecRef(ptr %old)
  br label %done
done:
  ret void
}

define i32 @irad_clear(ptr %self) {
  %entry = getelementptr i8, ptr %self, i64 {vectorcall}
  store ptr @irad_slow, ptr %entry
  %state = getelementptr i8, ptr %self, i64 {state}
  store ptr null, ptr %state
  call void @clear_at(ptr %self, i64 {dict})
  call void @clear_at(ptr %self, i64 {keep})
  ret i32 0
}

define void @irad_dealloc(ptr %self) {
  %tp = getelementptr i8, ptr %self, i64 {type}
  %type = load ptr, ptr %tp
  call void @PyObject_GC_UnTrack(ptr %self)
  %wp = getelementptr i8, ptr %self, i64 {weaklist}
  %weak = load ptr, ptr %wp
  %no = icmp eq ptr %weak, null
  br i1 %no, label %rest, label %weakrefs
weakrefs:
  call void @PyObject_ClearWeakRefs(ptr %self)
  br label %rest
rest:
  %r = call i32 @irad_clear(ptr %self)
  call void @PyObject_GC_Del(ptr %self)
  call void @Py_DecRef(ptr %type)
  ret void
}
"""


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
_immortal: list[Any] = []  # what types point into: lives as long as the process, whatever happens to this module


def for_ever(item: Any) -> Any:
    """Keep an object beyond the end of the interpreter, when module globals go before objects do."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(item))
    _immortal.append(item)
    return item


@cache
def _code() -> Engine:
    """The slots of the type and the generic entry, compiled at first use and never freed."""
    name = for_ever(sys.intern("_slow_call"))
    text = _TEXT
    for word, offset in (("vectorcall", VECTORCALL_OFFSET), ("state", ENTRY_STATE_OFFSET), ("dict", DICT_OFFSET),
                         ("weaklist", WEAKLIST_OFFSET), ("keep", KEEP_OFFSET), ("type", TYPE_OFFSET)):
        text = text.replace("{" + word + "}", str(offset))
    engine: Engine = for_ever(Engine(text, {"irad_name_slow_call": id(name)}))
    engine.forever()
    return engine


def slow_entry() -> int:
    """The address of the generic entry, which calls `self._slow_call`; the symbol `irad_slow` of fast entries."""
    return _code().address("irad_slow")


@cache
def _setter() -> Any:
    """Native, with the lock of the interpreter held: no thread sees half of a change."""
    kind = ctypes.PYFUNCTYPE(None, ctypes.py_object, ctypes.c_void_p, ctypes.c_void_p, ctypes.py_object)
    return kind(_code().address("irad_set"))


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
    code = _code()
    functions = {name: code.address(f"irad_{name}") for name in ("alloc", "clear", "dealloc", "descr_get", "traverse")}
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
