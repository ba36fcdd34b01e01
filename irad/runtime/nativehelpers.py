"""What the entries of all programs call, in LLVM text; compiled once for a process (`library`).

    irad_guards(state) -> whether all guarded words are as they were, or a dict whose version is another one still holds
                          the same objects under the guarded names
    irad_context(state) -> a fresh context, when calls are nested; null: no memory, with the exception set
    irad_stack(ctx)                                   how far this thread's stack may grow, before a recursive kernel
    irad_box_array(ctx, out, nd, descr, item) -> array of what the kernel made
    irad_let_go(ctx, owner)                     a reference of the entry to what the kernel made
    irad_outside(bridge, ctx, words, back) -> 1 if the Python function raised (see `outlets`)
    irad_raise(self, ctx, args, nargs) -> whether the call begins anew; else the exception is set
    irad_calm(mask)                             clear the flags of floating point errors that are set
    irad_heed(self, args, nargs) -> whether the call goes on after its floating point errors; else the exception is set
"""
from __future__ import annotations

from irad.runtime.floatflags import mask
from irad.runtime.nativelayout import layout
from irad.runtime.nativetext import CONTEXT_SIZE, CTX, INHERITED, STATE

_RAISE = """
@irad_text_no_error = private constant [43 x i8] c"irad: an error was reported but not raised\\00"
define i1 @irad_raise(ptr %self, ptr %ctx, ptr %args, i64 %nargs) {
  %count = and i64 %nargs, 9223372036854775807
  %all = add i64 %count, 2
  %with = alloca ptr, i64 %all
  %number = call ptr @PyLong_FromVoidPtr(ptr %ctx)
  %no = icmp eq ptr %number, null
  br i1 %no, label %done, label %go
go:
  store ptr %self, ptr %with
  %second = getelementptr i8, ptr %with, i64 8
  store ptr %number, ptr %second
  %third = getelementptr i8, ptr %with, i64 16
  %size = mul i64 %count, 8
  call void @llvm.memcpy.p0.p0.i64(ptr %third, ptr %args, i64 %size, i1 false)
  %r = call ptr @PyObject_VectorcallMethod(ptr @irad_name_raise_error, ptr %with, i64 %all, ptr null)
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

_HEED = """
define void @irad_calm(i32 %mask) {
  %set = call i32 @fetestexcept(i32 %mask)
  %any = icmp ne i32 %set, 0
  br i1 %any, label %clear, label %done
clear:
  %r = call i32 @feclearexcept(i32 %mask)
  br label %done
done:
  ret void
}

define i1 @irad_heed(ptr %self, ptr %args, i64 %nargs) {
  %count = and i64 %nargs, 9223372036854775807
  %all = add i64 %count, 1
  %given = alloca ptr, i64 %all
  store ptr %self, ptr %given
  %first = getelementptr i8, ptr %given, i64 8
  %size = mul i64 %count, 8
  call void @llvm.memcpy.p0.p0.i64(ptr %first, ptr %args, i64 %size, i1 false)
  %r = call ptr @PyObject_VectorcallMethod(ptr @irad_name_noticed, ptr %given, i64 %all, ptr null)
  %raised = icmp eq ptr %r, null
  br i1 %raised, label %fail, label %done
done:
  call void @Py_DecRef(ptr %r)
  ret i1 true
fail:
  ret i1 false
}"""

_CONTEXT = f"""
define ptr @irad_context(ptr %state) {{
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
  %mp = getelementptr i8, ptr %state, i64 """ + f"{STATE['made']}" + """
  %made = load i64, ptr %mp
  %more = add i64 %made, 1
  store i64 %more, ptr %mp
  ret ptr %ctx
fail:
  %e = call ptr @PyErr_NoMemory()
  ret ptr null
}"""

# How far the stack of this thread may grow; asked once for a context and thread (numbers of threads are not used again).
_STACK = f"""
define void @irad_stack(ptr %ctx) {{
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

GUARDS = f"""
declare ptr @PyDict_GetItemWithError(ptr, ptr)

define i1 @irad_guards(ptr %state) {{
entry:
  %np = getelementptr i8, ptr %state, i64 {STATE['guard_count']}
  %n = load i64, ptr %np
  %gp = getelementptr i8, ptr %state, i64 {STATE['guards']}
  %first = load ptr, ptr %gp
  %bytes = shl i64 %n, 4
  %end = getelementptr i8, ptr %first, i64 %bytes
  %none = icmp eq i64 %n, 0
  br i1 %none, label %good, label %loop
loop:
  %p = phi ptr [%first, %entry], [%q, %loop]
  %place = load ptr, ptr %p
  %ep = getelementptr i8, ptr %p, i64 8
  %expected = load i64, ptr %ep
  %found = load i64, ptr %place
  %q = getelementptr i8, ptr %p, i64 16
  %same = icmp eq i64 %found, %expected
  %left = icmp ne ptr %q, %end
  %more = and i1 %same, %left
  br i1 %more, label %loop, label %out
out:
  br i1 %same, label %good, label %other
other:
  %r = tail call i1 @irad_renew(ptr %state)
  ret i1 %r
good:
  ret i1 true
}}

define internal i1 @irad_renew(ptr %state) noinline {{
entry:
  %cp = getelementptr i8, ptr %state, i64 {STATE['name_count']}
  %count = load i64, ptr %cp
  %np = getelementptr i8, ptr %state, i64 {STATE['names']}
  %names = load ptr, ptr %np
  %dp = getelementptr i8, ptr %state, i64 {STATE['dict_count']}
  %dicts = load i64, ptr %dp
  %gp = getelementptr i8, ptr %state, i64 {STATE['guards']}
  %first = load ptr, ptr %gp
  %gn = getelementptr i8, ptr %state, i64 {STATE['guard_count']}
  %n = load i64, ptr %gn
  %any = icmp ne i64 %count, 0
  br i1 %any, label %name, label %no
name:
  %i = phi i64 [0, %entry], [%i1, %next]
  %at = shl i64 %i, 5
  %row = getelementptr i8, ptr %names, i64 %at
  %gap = getelementptr i8, ptr %row, i64 24
  %guard = load ptr, ptr %gap
  %version = load ptr, ptr %guard
  %now = load i64, ptr %version
  %bp = getelementptr i8, ptr %guard, i64 8
  %before = load i64, ptr %bp
  %untouched = icmp eq i64 %now, %before
  br i1 %untouched, label %next, label %find
find:
  %dict = load ptr, ptr %row
  %kp = getelementptr i8, ptr %row, i64 8
  %key = load ptr, ptr %kp
  %vp = getelementptr i8, ptr %row, i64 16
  %wanted = load ptr, ptr %vp
  %have = call ptr @PyDict_GetItemWithError(ptr %dict, ptr %key)
  %still = icmp eq ptr %have, %wanted
  br i1 %still, label %next, label %no
next:
  %i1 = add i64 %i, 1
  %further = icmp slt i64 %i1, %count
  br i1 %further, label %name, label %words
words:
  %w = phi i64 [0, %next], [%w1, %go]
  %over = icmp eq i64 %w, %n
  br i1 %over, label %yes, label %word
word:
  %off = shl i64 %w, 4
  %p = getelementptr i8, ptr %first, i64 %off
  %place = load ptr, ptr %p
  %ep = getelementptr i8, ptr %p, i64 8
  %found = load i64, ptr %place
  %isdict = icmp slt i64 %w, %dicts
  br i1 %isdict, label %take, label %check
take:
  store i64 %found, ptr %ep
  br label %go
check:
  %expected = load i64, ptr %ep
  %same = icmp eq i64 %found, %expected
  br i1 %same, label %go, label %no
go:
  %w1 = add i64 %w, 1
  br label %words
yes:
  ret i1 true
no:
  ret i1 false
}}"""

_BOX_ARRAY = """
define ptr @irad_box_array(ptr %ctx, ptr %out, i32 %nd, ptr %descr, i64 %item) {
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
  %fp = getelementptr i8, ptr %new, i64 {data}
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
  call void @irad_let_go(ptr %ctx, ptr %owner)
  ret ptr %r
}"""

_LET_GO = """
define void @irad_let_go(ptr %ctx, ptr %owner) {
  %borrowed = icmp eq ptr %owner, null
  br i1 %borrowed, label %end, label %count
count:
  %owners = load i64, ptr %owner
  %others = sub i64 %owners, 1
  store i64 %others, ptr %owner
  %last = icmp eq i64 %others, 0
  br i1 %last, label %drop, label %end
drop:
  call void @irad_free(ptr %ctx, ptr %owner)
  br label %end
end:
  ret void
}"""


# the flags of floating point errors are the program's, whatever Python (numpy clears them) computes in between
_OUTSIDE = """
define i32 @irad_outside(ptr %bridge, ptr %ctx, ptr %words, ptr %back) {
  %set = call i32 @fetestexcept(i32 {mask})
  %code = call i32 @irad_outside_call(ptr %bridge, ptr %ctx, ptr %words, ptr %back)
  %clear = call i32 @feclearexcept(i32 {mask})
  %again = call i32 @feraiseexcept(i32 %set)
  ret i32 %code
}
"""

_OUTSIDE_PLAIN = """
define i32 @irad_outside(ptr %bridge, ptr %ctx, ptr %words, ptr %back) {
  %code = call i32 @irad_outside_call(ptr %bridge, ptr %ctx, ptr %words, ptr %back)
  ret i32 %code
}
"""

_OUTSIDE_CALL = """
define i32 @irad_outside_call(ptr %bridge, ptr %ctx, ptr %words, ptr %back) {
  %args = alloca [3 x ptr]
  %a = call ptr @PyLong_FromVoidPtr(ptr %ctx)
  %b = call ptr @PyLong_FromVoidPtr(ptr %words)
  %c = call ptr @PyLong_FromVoidPtr(ptr %back)
  %no1 = icmp eq ptr %a, null
  %no2 = icmp eq ptr %b, null
  %no3 = icmp eq ptr %c, null
  %some = or i1 %no1, %no2
  %any = or i1 %some, %no3
  br i1 %any, label %clear, label %go
go:
  %p1 = getelementptr i8, ptr %args, i64 8
  %p2 = getelementptr i8, ptr %args, i64 16
  store ptr %a, ptr %args
  store ptr %b, ptr %p1
  store ptr %c, ptr %p2
  %r = call ptr @PyObject_Vectorcall(ptr %bridge, ptr %args, i64 3, ptr null)
  call void @Py_DecRef(ptr %a)
  call void @Py_DecRef(ptr %b)
  call void @Py_DecRef(ptr %c)
  %failed = icmp eq ptr %r, null
  br i1 %failed, label %clear, label %back1
clear:
  call void @PyErr_Clear()
  ret i32 1
back1:
  %good = icmp eq ptr %r, @_Py_TrueStruct
  call void @Py_DecRef(ptr %r)
  %code = select i1 %good, i32 0, i32 1
  ret i32 %code
}"""


def helpers_text() -> str:
    """The others, as far as this process can have them."""
    outside = _OUTSIDE if mask() else _OUTSIDE_PLAIN
    texts = [_RAISE, _HEED, _CONTEXT, _STACK, _LET_GO, _OUTSIDE_CALL, outside.replace("{mask}", str(mask()))]
    array = layout().array
    if array is not None and layout().numpy_api:
        texts.append(_BOX_ARRAY.replace("{data}", str(array.data)))
    return "\n".join(texts)
