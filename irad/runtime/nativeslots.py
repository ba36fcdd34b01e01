"""The layout of compiled functions, and the slots of their type in LLVM text (`nativetype` makes the type)."""
from __future__ import annotations

HEADER = object.__basicsize__
VECTORCALL_OFFSET = HEADER
ENTRY_STATE_OFFSET = HEADER + 8
DICT_OFFSET = HEADER + 16
WEAKLIST_OFFSET = HEADER + 24
KEEP_OFFSET = HEADER + 32
BASIC_SIZE = HEADER + 40
# object.__basicsize__ counts the header only, whose last word is the type in every build.
TYPE_OFFSET = HEADER - 8

_TEXT = """
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

define ptr @irad_type_alloc(ptr %type, i64 %items) {
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

define ptr @irad_type_descr_get(ptr %self, ptr %obj, ptr %type) {
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

define internal i32 @irad_type_visit(ptr %self, i64 %offset, ptr %visit, ptr %arg) {
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

define i32 @irad_type_traverse(ptr %self, ptr %visit, ptr %arg) {
  %a = call i32 @irad_type_visit(ptr %self, i64 {type}, ptr %visit, ptr %arg)
  %oka = icmp eq i32 %a, 0
  br i1 %oka, label %next, label %stop
next:
  %b = call i32 @irad_type_visit(ptr %self, i64 {dict}, ptr %visit, ptr %arg)
  %okb = icmp eq i32 %b, 0
  br i1 %okb, label %last, label %stop
last:
  %c = call i32 @irad_type_visit(ptr %self, i64 {keep}, ptr %visit, ptr %arg)
  br label %stop
stop:
  %r = phi i32 [%a, %0], [%b, %next], [%c, %last]
  ret i32 %r
}

define internal void @irad_type_clear_at(ptr %self, i64 %offset) {
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

define void @irad_type_set(ptr %self, ptr %target, ptr %data, ptr %owner) {
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

define i32 @irad_type_clear(ptr %self) {
  %entry = getelementptr i8, ptr %self, i64 {vectorcall}
  store ptr @irad_slow, ptr %entry
  %state = getelementptr i8, ptr %self, i64 {state}
  store ptr null, ptr %state
  call void @irad_type_clear_at(ptr %self, i64 {dict})
  call void @irad_type_clear_at(ptr %self, i64 {keep})
  ret i32 0
}

define void @irad_type_dealloc(ptr %self) {
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
  %r = call i32 @irad_type_clear(ptr %self)
  call void @PyObject_GC_Del(ptr %self)
  call void @Py_DecRef(ptr %type)
  ret void
}
"""


def slots_text() -> str:
    """The slots and the generic entry `irad_slow`, which calls `self._slow_call`."""
    text = _TEXT
    for word, offset in (("vectorcall", VECTORCALL_OFFSET), ("state", ENTRY_STATE_OFFSET), ("dict", DICT_OFFSET),
                         ("weaklist", WEAKLIST_OFFSET), ("keep", KEEP_OFFSET), ("type", TYPE_OFFSET)):
        text = text.replace("{" + word + "}", str(offset))
    return text
