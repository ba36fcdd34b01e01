"""Writing LLVM text: a builder for one function, and the declarations that a text turns out to need."""
from __future__ import annotations

import re

from irad.codegen import abi

CONTEXT_SIZE = abi.CTX_SIZE
# The context, shared with codegen: byte offsets.
CTX = {"next": abi.CTX_NEXT, "site": abi.CTX_SITE, "payload": abi.CTX_PAYLOAD, "allocations": abi.CTX_BLOCKS,
       "bytes": abi.CTX_USED, "byte_limit": abi.CTX_LIMIT, "depth": abi.CTX_DEPTH, "depth_limit": abi.CTX_DEPTH_LIMIT,
       "stack_limit": abi.CTX_STACK_LIMIT, "inputs": abi.CTX_INPUTS, "polls": abi.CTX_POLL, "thread": abi.CTX_THREAD,
       "fail": abi.CTX_FAIL, "fence": abi.CTX_FENCE, "unfence": abi.CTX_UNFENCE, "trace": abi.CTX_TRACE,
       "ask": abi.CTX_ASK}
# What a fresh context takes from the static one.
INHERITED = ("byte_limit", "depth_limit", "fail", "fence", "unfence", "ask")
# The state block: byte offsets of its header; 16 bytes for each input follow, then the guards.
STATE = {"dirty": 0, "free": 8, "static": 16, "guard_count": 24, "guards": 32, "name_count": 40, "names": 48, "dict_count": 56,
         "made": 64, "inputs": 72}


class Text:
    """The body of one function under construction.

    What must hold is collected by `need` and asked by `settle`, many conditions in one branch: without LLVM's optimiser
    all values go through memory from block to block.
    """

    def __init__(self) -> None:
        self.head: list[str] = []
        self.lines: list[str] = []
        self.label = "entry"  # of the block at the end
        self._count = 0
        self._needed = ""

    def name(self, hint: str) -> str:
        """A name not used yet in this function."""
        self._count += 1
        return f"{hint}.{self._count}"

    def emit(self, line: str) -> None:
        """One instruction without a result."""
        self.lines.append(f"  {line}")

    def let(self, expression: str, hint: str = "v") -> str:
        """One instruction with a result; its name."""
        name = "%" + self.name(hint)
        self.emit(f"{name} = {expression}")
        return name

    def start(self, label: str) -> None:
        """Begin a block."""
        self.label = label
        self.lines.append(f"{label}:")

    def need(self, condition: str) -> None:
        """What must hold after the next `settle`, or the call takes the slow way."""
        condition = self.let(condition)
        self._needed = self.let(f"and i1 {self._needed}, {condition}") if self._needed else condition

    def settle(self) -> None:
        """Go on where all that is needed holds."""
        needed, self._needed = self._needed, ""
        if needed:
            self.check(needed)

    def check(self, condition: str, otherwise: str = "slow") -> None:
        """Go on where a condition holds."""
        label = self.name("ok")
        self.emit(f"br i1 {condition}, label %{label}, label %{otherwise}")
        self.start(label)

    def slot(self, kind: str) -> str:
        """A variable on the stack."""
        name = "%" + self.name("slot")
        self.head.append(f"  {name} = alloca {kind}, align 16")
        return name

    def at(self, base: str, offset: int) -> str:
        """base + offset."""
        return self.let(f"getelementptr i8, ptr {base}, i64 {offset}", "p") if offset else base

    def load(self, kind: str, base: str, offset: int = 0) -> str:
        """A value in memory."""
        return self.let(f"load {kind}, ptr {self.at(base, offset)}")

    def store(self, kind: str, value: str, base: str, offset: int = 0) -> None:
        """Write a value to memory."""
        self.emit(f"store {kind} {value}, ptr {self.at(base, offset)}")


_DECLARED = """declare void @Py_IncRef(ptr)
declare void @Py_DecRef(ptr)
declare ptr @PyFloat_FromDouble(double)
declare ptr @PyLong_FromDouble(double)
declare ptr @PyLong_FromLongLong(i64)
declare ptr @PyLong_FromVoidPtr(ptr)
declare ptr @PyBool_FromLong(i64)
declare i64 @PyLong_AsLongLongAndOverflow(ptr, ptr)
declare ptr @PyTuple_New(i64)
declare i32 @PyTuple_SetItem(ptr, i64, ptr)
declare ptr @PyObject_Call(ptr, ptr, ptr)
declare ptr @PyObject_VectorcallMethod(ptr, ptr, i64, ptr)
declare ptr @PyDict_GetItemWithError(ptr, ptr)
declare void @PyErr_Clear()
declare ptr @PyErr_NoMemory()
declare void @PyErr_Restore(ptr, ptr, ptr)
declare void @PyErr_SetString(ptr, ptr)
declare ptr @PyException_GetTraceback(ptr)
declare i32 @PyObject_IsInstance(ptr, ptr)
declare i32 @PyObject_RichCompareBool(ptr, ptr, i32)
declare ptr @PyObject_Type(ptr)
declare ptr @PyObject_GetAttr(ptr, ptr)
declare ptr @PyObject_Vectorcall(ptr, ptr, i64, ptr)
declare void @PyObject_GC_UnTrack(ptr)
declare void @PyObject_GC_Del(ptr)
declare void @PyObject_ClearWeakRefs(ptr)
declare ptr @PyMethod_New(ptr, ptr)
declare ptr @PyType_GenericAlloc(ptr, i64)
declare ptr @PyThreadState_Get()
declare i64 @PyThreadState_GetID(ptr)
declare i64 @irad_stack_limit(i64)
declare ptr @irad_slow(ptr, ptr, i64, ptr)
declare i1 @irad_guards(ptr)
declare ptr @irad_context(ptr)
declare void @irad_stack(ptr)
declare i1 @irad_raise(ptr, ptr, ptr, i64)
declare void @irad_calm(i32)
declare i1 @irad_heed(ptr, ptr, i64)
declare ptr @irad_box_array(ptr, ptr, i32, ptr, i64)
declare void @irad_let_go(ptr, ptr)
declare ptr @irad_np_new(ptr, ptr, i32, ptr, ptr, ptr, i32, ptr)
declare ptr @irad_np_copy(ptr, i32)
declare ptr @irad_np_scalar(ptr, ptr, ptr)
declare ptr @calloc(i64, i64)
declare i32 @fetestexcept(i32)
declare i32 @feclearexcept(i32)
declare i32 @feraiseexcept(i32)
declare ptr @llvm.frameaddress.p0(i32)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"""

_EXTERNAL = re.compile(r"(irad_(np_type_|np_descr_|np_ndarray$|share$|name_|known_)|Py\w+_Type$|PyExc_|_Py_\w+Struct$)")
_DEFINED = re.compile(r"^(?:declare|define)\b[^@\n]*@([\w.$]+)|^@([\w.$]+) *=", re.MULTILINE)
_USED = re.compile(r"@([A-Za-z_][\w.$]*)")
_DECLARATIONS = {_USED.findall(line)[0]: line for line in _DECLARED.splitlines()}


def complete(text: str) -> str:
    """A module text with the declarations that it lacks: of C's, Python's and numpy's functions, of our helpers, of data."""
    have = {a or b for a, b in _DEFINED.findall(text)}
    added = [text]
    for name in dict.fromkeys(_USED.findall(text)):
        if name in have:
            continue
        if name in _DECLARATIONS:
            added.append(_DECLARATIONS[name])
        elif _EXTERNAL.match(name):
            added.append(f"@{name} = external global i8")
    return "\n".join(added) + "\n"
