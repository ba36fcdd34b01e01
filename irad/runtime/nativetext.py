"""Writing LLVM text: a builder for one function, and the declarations and helpers that a text turns out to need."""
from __future__ import annotations

import re

from irad.codegen import abi
from irad.runtime.nativelayout import layout

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
STATE = {"dirty": 0, "free": 8, "static": 16, "guard_count": 24, "guards": 32, "inputs": 64}


class Text:
    """The body of one function under construction. `check` leaves the main path at the left margin."""

    def __init__(self) -> None:
        self.head: list[str] = []
        self.lines: list[str] = []
        self._count = 0

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
        self.lines.append(f"{label}:")

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
declare ptr @PyThreadState_Get()
declare i64 @PyThreadState_GetID(ptr)
declare i64 @irad_stack_limit(i64)
declare ptr @irad_slow(ptr, ptr, i64, ptr)
declare ptr @irad_np_new(ptr, ptr, i32, ptr, ptr, ptr, i32, ptr)
declare ptr @irad_np_copy(ptr, i32)
declare ptr @irad_np_scalar(ptr, ptr, ptr)
declare ptr @calloc(i64, i64)
declare void @free(ptr)
declare ptr @llvm.frameaddress.p0(i32)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"""

_RELEASE = """
define linkonce_odr void @irad_release(ptr %ctx, ptr %owner) {
  %old = load i64, ptr %owner
  %new = sub i64 %old, 1
  store i64 %new, ptr %owner
  %last = icmp eq i64 %new, 0
  br i1 %last, label %drop, label %done
drop:
  %sp = getelementptr i8, ptr %owner, i64 8
  %size = load i64, ptr %sp
  %bp = getelementptr i8, ptr %ctx, i64 72
  %used = load i64, ptr %bp
  %left = sub i64 %used, %size
  store i64 %left, ptr %bp
  call void @free(ptr %owner)
  br label %done
done:
  ret void
}"""

_RAISE = """
@irad_text_no_error = private constant [43 x i8] c"irad: an error was reported but not raised\\00"
define internal i1 @irad_raise(ptr %self, ptr %ctx) cold noinline {
  %args = alloca [2 x ptr]
  %number = call ptr @PyLong_FromVoidPtr(ptr %ctx)
  %no = icmp eq ptr %number, null
  br i1 %no, label %done, label %go
go:
  store ptr %self, ptr %args
  %second = getelementptr i8, ptr %args, i64 8
  store ptr %number, ptr %second
  %r = call ptr @PyObject_VectorcallMethod(ptr @irad_name_raise_error, ptr %args, i64 2, ptr null)
  call void @Py_DecRef(ptr %number)
  %raised = icmp eq ptr %r, null
  br i1 %raised, label %done, label %given
given:
  %again = icmp eq ptr %r, @_Py_NoneStruct
  br i1 %again, label %over, label %made
over:
  call void @Py_DecRef(ptr %r)
  ret i1 true
made:
  %any = load ptr, ptr @PyExc_BaseException
  %is = call i32 @PyObject_IsInstance(ptr %r, ptr %any)
  %exception = icmp eq i32 %is, 1
  br i1 %exception, label %throw, label %wrong
throw:
  %class = call ptr @PyObject_Type(ptr %r)
  %frames = call ptr @PyException_GetTraceback(ptr %r)
  call void @PyErr_Restore(ptr %class, ptr %r, ptr %frames)
  br label %done
wrong:
  call void @Py_DecRef(ptr %r)
  %kind = load ptr, ptr @PyExc_SystemError
  call void @PyErr_SetString(ptr %kind, ptr @irad_text_no_error)
  br label %done
done:
  ret i1 false
}"""

_CONTEXT = f"""
define internal ptr @irad_context(ptr %state) cold noinline {{
  %sp = getelementptr i8, ptr %state, i64 {STATE['static']}
  %static = load ptr, ptr %sp
  %ctx = call ptr @calloc(i64 1, i64 {CONTEXT_SIZE})
  %no = icmp eq ptr %ctx, null
  br i1 %no, label %fail, label %go
go:
""" + "\n".join(f"""  %f{o} = getelementptr i8, ptr %static, i64 {o}
  %v{o} = load i64, ptr %f{o}
  %t{o} = getelementptr i8, ptr %ctx, i64 {o}
  store i64 %v{o}, ptr %t{o}""" for o in map(CTX.__getitem__, INHERITED)) + """
  ret ptr %ctx
fail:
  %e = call ptr @PyErr_NoMemory()
  ret ptr null
}"""

# How far the stack of this thread may grow; asked once for a context and thread (numbers of threads are not used again).
_STACK = f"""
define internal void @irad_stack(ptr %ctx) {{
  %thread = call ptr @PyThreadState_Get()
  %number = call i64 @PyThreadState_GetID(ptr %thread)
  %tp = getelementptr i8, ptr %ctx, i64 {CTX['thread']}
  %known = load i64, ptr %tp
  %same = icmp eq i64 %number, %known
  br i1 %same, label %done, label %ask
ask:
  %frame = call ptr @llvm.frameaddress.p0(i32 0)
  %at = ptrtoint ptr %frame to i64
  %limit = call i64 @irad_stack_limit(i64 %at)
  %lp = getelementptr i8, ptr %ctx, i64 {CTX['stack_limit']}
  store i64 %limit, ptr %lp
  store i64 %number, ptr %tp
  br label %done
done:
  ret void
}}"""

_GUARDS = """
define internal i1 @irad_guards(ptr %state) {
entry:
  %np = getelementptr i8, ptr %state, i64 COUNT
  %n = load i64, ptr %np
  %gp = getelementptr i8, ptr %state, i64 GUARDS
  %first = load ptr, ptr %gp
  br label %loop
loop:
  %i = phi i64 [0, %entry], [%j, %next]
  %p = phi ptr [%first, %entry], [%q, %next]
  %more = icmp ult i64 %i, %n
  br i1 %more, label %test, label %good
test:
  %place = load ptr, ptr %p
  %ep = getelementptr i8, ptr %p, i64 8
  %expected = load i64, ptr %ep
  %found = load i64, ptr %place
  %same = icmp eq i64 %found, %expected
  br i1 %same, label %next, label %bad
next:
  %j = add i64 %i, 1
  %q = getelementptr i8, ptr %p, i64 16
  br label %loop
good:
  ret i1 true
bad:
  ret i1 false
}"""

_BOX_ARRAY = """
define internal ptr @irad_box_array(ptr %ctx, ptr %out, i32 %nd, ptr %descr, i64 %item) noinline {
entry:
  %owner = load ptr, ptr %out
  %dp = getelementptr i8, ptr %out, i64 8
  %data = load ptr, ptr %dp
  %dims = getelementptr i8, ptr %out, i64 16
  %n = zext i32 %nd to i64
  %steps = getelementptr i64, ptr %dims, i64 %n
  call void @Py_IncRef(ptr %descr)
  br label %loop
loop:
  %i = phi i64 [%n, %entry], [%k, %next]
  %size = phi i64 [%item, %entry], [%size2, %next]
  %more = icmp ne i64 %i, 0
  br i1 %more, label %test, label %dense
test:
  %k = sub i64 %i, 1
  %ip = getelementptr i64, ptr %dims, i64 %k
  %dim = load i64, ptr %ip
  %jp = getelementptr i64, ptr %steps, i64 %k
  %step = load i64, ptr %jp
  %one = icmp eq i64 %dim, 1
  %fits = icmp eq i64 %step, %size
  %ok = or i1 %one, %fits
  br i1 %ok, label %next, label %strided
next:
  %size2 = mul i64 %size, %dim
  br label %loop
dense:
  %new = call ptr @irad_np_new(ptr @irad_np_ndarray, ptr %descr, i32 %nd, ptr %dims,
                               ptr null, ptr null, i32 0, ptr null)
  %bad = icmp eq ptr %new, null
  br i1 %bad, label %done, label %fill
fill:
  %fp = getelementptr i8, ptr %new, i64 DATA
  %to = load ptr, ptr %fp
  %absent = icmp eq ptr %data, null
  br i1 %absent, label %done, label %move
move:
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %data, i64 %size, i1 false)
  br label %done
strided:
  %view = call ptr @irad_np_new(ptr @irad_np_ndarray, ptr %descr, i32 %nd, ptr %dims,
                                ptr %steps, ptr %data, i32 0, ptr null)
  %worse = icmp eq ptr %view, null
  br i1 %worse, label %done, label %copy
copy:
  %kept = call ptr @irad_np_copy(ptr %view, i32 2)
  call void @Py_DecRef(ptr %view)
  br label %done
done:
  %r = phi ptr [null, %dense], [%new, %fill], [%new, %move], [null, %strided], [%kept, %copy]
  %borrowed = icmp eq ptr %owner, null
  br i1 %borrowed, label %end, label %drop
drop:
  call void @irad_release(ptr %ctx, ptr %owner)
  br label %end
end:
  ret ptr %r
}"""

_EXTERNAL = re.compile(r"(irad_(np_type_|np_descr_|np_ndarray$|name_|known_)|Py\w+_Type$|PyExc_|_Py_\w+Struct$)")
_DEFINED = re.compile(r"^(?:declare|define)\b[^@\n]*@([\w.$]+)|^@([\w.$]+) *=", re.MULTILINE)
_USED = re.compile(r"@([A-Za-z_][\w.$]*)")


def _helpers() -> dict[str, str]:
    """What `complete` can add, by name."""
    known = layout()
    table = {_USED.findall(line)[0]: line for line in _DECLARED.splitlines()}
    table["irad_release"], table["irad_raise"], table["irad_context"] = _RELEASE, _RAISE, _CONTEXT
    table["irad_stack"] = _STACK
    words = {"COUNT": STATE["guard_count"], "GUARDS": STATE["guards"]}
    table["irad_guards"] = _fill(_GUARDS, words)
    table["irad_box_array"] = _fill(_BOX_ARRAY, {"DATA": known.array.data if known.array else 0})
    return table


def _fill(text: str, words: dict[str, int]) -> str:
    """Put numbers for the words in capitals of a template."""
    for word, number in words.items():
        text = re.sub(rf"\b{word}\b", str(number), text)
    return text


def complete(text: str) -> str:
    """A module text with the declarations and helpers that it uses but does not have."""
    table, added = _helpers(), [text]
    have = {a or b for a, b in _DEFINED.findall(text)}
    wanted = [text]
    while wanted:
        names = dict.fromkeys(n for t in wanted for n in _USED.findall(t) if n not in have)
        wanted = []
        for name in names:
            if name in have:
                continue
            if name in table:
                wanted.append(table[name])
            elif _EXTERNAL.match(name):
                wanted.append(f"@{name} = external global i8")
        added += wanted
        have |= {a or b for t in wanted for a, b in _DEFINED.findall(t)}
    return "\n".join(added) + "\n"
