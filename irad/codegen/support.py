"""Memory of native code: the functions that a unit calls, and those that the runtime calls between units.

    irad_alloc(ctx, bytes, zero) -> data            null: over the limit, or no memory
    irad_grow(ctx, owner, data, old, new) -> data   a larger copy of a block (sizes in bytes); gives the old one up
    irad_free(ctx, owner)                           the last owner has gone
    irad_reset(ctx)                                 all live blocks go to the free lists (after an error); depth is 0
    irad_trim(ctx, keep)                            gives free blocks back, largest first, until `keep` bytes are held
    irad_close(ctx)                                 reset, then trim to nothing: before a context is freed
    irad_detach(ctx, owner) -> raw                  a block leaves its context; free(raw) frees it

    irad_trace(ctx, site)                           an error passes through a call

An owner points to the header of a block, before its data. Blocks come from 64 free lists of the context (two
sizes for each power of two), so that the steady state of a program does not call malloc; what is more than `KEEP` bytes
goes back to C. `TEXT` defines all of them: it is compiled once for a process (at opt_level 0: 7 ms instead of 80, and
11 ns for an allocation and its end instead of 9), and units name them by symbol.

The limit of a context is fixed, or there is a function `CTX_ASK(ctx) -> bytes`. It is asked once in a call, when that takes
more than `ASK_ABOVE` bytes; the entry sets the limit of each call to `ASK_ABOVE`.

For tests, a context whose limit is 1 byte asks its word `CTX_FAIL` at each allocation: that many less one succeed, the
next fails; `CTX_FENCE(bytes, zero) -> block` makes them, and `CTX_UNFENCE(block)` ends them, if they are there.
"""

from __future__ import annotations

import re

from irad.codegen.abi import (
    ASK_ABOVE,
    BLOCK_BYTES,
    BLOCK_CLASS,
    BLOCK_LAYOUT,
    BLOCK_NEXT,
    BLOCK_PREV,
    BLOCK_RAW,
    BLOCK_ROOM,
    CTX_ASK,
    CTX_BLOCKS,
    CTX_DEPTH,
    CTX_FAIL,
    CTX_FENCE,
    CTX_HELD,
    CTX_LIMIT,
    CTX_LISTS,
    CTX_TRACE,
    CTX_UNFENCE,
    CTX_USED,
    FENCED,
    HEADER,
    KEEP,
    LISTS,
    TRACE,
)

DECLARED = {
    "irad_alloc": "declare noalias align 64 ptr @irad_alloc(ptr, i64, i64) #3",
    "irad_grow": "declare noalias align 64 ptr @irad_grow(ptr, ptr, ptr, i64, i64) #4",
    "irad_free": "declare void @irad_free(ptr, ptr) #4",
    "irad_trace": "declare void @irad_trace(ptr, i64) cold #4",
}
NAMES = (
    "irad_alloc", "irad_grow", "irad_free", "irad_reset", "irad_trim", "irad_close", "irad_detach", "irad_trace",
)

# Small enough to be part of each unit: only the last owner makes a call.
INLINE = {
    "irad_retain": """define internal void @irad_retain(ptr %owner) #1 {
  %borrowed = icmp eq ptr %owner, null
  br i1 %borrowed, label %done, label %count
count:
  %n = load i64, ptr %owner
  %more = add i64 %n, 1
  store i64 %more, ptr %owner
  br label %done
done:
  ret void
}""",
    "irad_release": """define internal void @irad_release(ptr %ctx, ptr %owner) #1 {
  %borrowed = icmp eq ptr %owner, null
  br i1 %borrowed, label %done, label %count
count:
  %n = load i64, ptr %owner
  %last = icmp eq i64 %n, 1
  br i1 %last, label %free, label %keep
keep:
  %less = sub i64 %n, 1
  store i64 %less, ptr %owner
  br label %done
free:
  call void @irad_free(ptr %ctx, ptr %owner)
  br label %done
done:
  ret void
}""",
}

_TEXT = """
declare noalias ptr @malloc(i64)
declare noalias ptr @calloc(i64, i64)
declare void @free(ptr)

; two classes for each power of two: 64, 96, 128, 192, ...; LISTS and beyond: no list
define internal i64 @irad.class(i64 %n) alwaysinline nounwind {
  %m = call i64 @llvm.umax.i64(i64 %n, i64 64)
  %k = sub i64 %m, 1
  %z = call i64 @llvm.ctlz.i64(i64 %k, i1 true)
  %e = sub i64 63, %z
  %s = sub i64 %e, 1
  %top = lshr i64 %k, %s
  %half = and i64 %top, 1
  %p = sub i64 %e, 5
  %twice = shl i64 %p, 1
  %c = or i64 %twice, %half
  ret i64 %c
}

define internal i64 @irad.capacity(i64 %class) nounwind {
  %half = and i64 %class, 1
  %p = lshr i64 %class, 1
  %s = add i64 %p, 4
  %b = add i64 %half, 3
  %c = shl i64 %b, %s
  ret i64 %c
}

define internal ptr @irad.list(ptr %ctx, i64 %class) alwaysinline nounwind {
  %b = getelementptr i8, ptr %ctx, i64 LISTS_AT
  %p = getelementptr ptr, ptr %b, i64 %class
  ret ptr %p
}

; memory from C, aligned; the raw pointer and the class are noted in the header
define internal ptr @irad.fresh(i64 %class, i64 %n, i64 %zero) cold noinline nounwind {
  %listed = icmp ult i64 %class, LISTS
  %c = call i64 @irad.capacity(i64 %class)
  %room = select i1 %listed, i64 %c, i64 %n
  %size = add i64 %room, 128
  %clear = icmp ne i64 %zero, 0
  br i1 %clear, label %zeros, label %any
zeros:
  %z = call ptr @calloc(i64 1, i64 %size)
  br label %got
any:
  %a = call ptr @malloc(i64 %size)
  br label %got
got:
  %raw = phi ptr [ %z, %zeros ], [ %a, %any ]
  %none = icmp eq ptr %raw, null
  br i1 %none, label %fail, label %go
go:
  %address = ptrtoint ptr %raw to i64
  %minus = sub i64 0, %address
  %shift = and i64 %minus, 63
  %b = getelementptr i8, ptr %raw, i64 %shift
  %rp = getelementptr i8, ptr %b, i64 RAW
  store ptr %raw, ptr %rp
  %cp = getelementptr i8, ptr %b, i64 CLASS
  store i64 %class, ptr %cp
  %mp = getelementptr i8, ptr %b, i64 ROOM
  store i64 %room, ptr %mp
  ret ptr %b
fail:
  ret ptr null
}

define noalias align 64 ptr @irad_alloc(ptr %ctx, i64 %n, i64 %zero) noinline nounwind {
  %huge = icmp ugt i64 %n, 281474976710656
  br i1 %huge, label %fail, label %small
small:
  %up = getelementptr i8, ptr %ctx, i64 USED
  %used = load i64, ptr %up
  %total = add i64 %used, %n
  %lp = getelementptr i8, ptr %ctx, i64 LIMIT
  %limit = load i64, ptr %lp
  %limited = icmp ne i64 %limit, 0
  %beyond = icmp ugt i64 %total, %limit
  %over = and i1 %limited, %beyond
  br i1 %over, label %stop, label %search
stop:
  %askp = getelementptr i8, ptr %ctx, i64 ASK
  %ask = load ptr, ptr %askp
  %fixed = icmp eq ptr %ask, null
  br i1 %fixed, label %final, label %first_time
first_time:
  %unknown = icmp eq i64 %limit, SOFT
  br i1 %unknown, label %query, label %final
query:
  %most = call i64 %ask(ptr %ctx)
  store i64 %most, ptr %lp
  %enough = icmp ule i64 %total, %most
  br i1 %enough, label %search, label %fail
final:
  %lessp = getelementptr i8, ptr %ctx, i64 FAIL
  %left = load i64, ptr %lessp
  %real = icmp eq i64 %left, 0
  br i1 %real, label %fail, label %test
test:
  %less = sub i64 %left, 1
  store i64 %less, ptr %lessp
  %fencep = getelementptr i8, ptr %ctx, i64 FENCE
  %fence = load ptr, ptr %fencep
  %now = icmp eq i64 %less, 0
  br i1 %now, label %fail, label %succeed
succeed:
  %bare = icmp eq ptr %fence, null
  br i1 %bare, label %search, label %fenced
fenced:
  %third = call ptr %fence(i64 %n, i64 %zero)
  %refused = icmp eq ptr %third, null
  br i1 %refused, label %fail, label %link
search:
  %class = call i64 @irad.class(i64 %n)
  %listed = icmp ult i64 %class, LISTS
  br i1 %listed, label %look, label %new
look:
  %slot = call ptr @irad.list(ptr %ctx, i64 %class)
  %old = load ptr, ptr %slot
  %empty = icmp eq ptr %old, null
  br i1 %empty, label %new, label %reuse
reuse:
  %onp = getelementptr i8, ptr %old, i64 NEXT
  %rest = load ptr, ptr %onp
  store ptr %rest, ptr %slot
  %mp = getelementptr i8, ptr %old, i64 ROOM
  %room = load i64, ptr %mp
  %hdp = getelementptr i8, ptr %ctx, i64 HELD
  %held = load i64, ptr %hdp
  %held1 = sub i64 %held, %room
  store i64 %held1, ptr %hdp
  %clear = icmp ne i64 %zero, 0
  br i1 %clear, label %wipe, label %link
wipe:
  %od = getelementptr i8, ptr %old, i64 HEADER
  call void @llvm.memset.p0.i64(ptr align 64 %od, i8 0, i64 %n, i1 false)
  br label %link
new:
  %first = call ptr @irad.fresh(i64 %class, i64 %n, i64 %zero)
  %no = icmp eq ptr %first, null
  br i1 %no, label %again, label %link
again:
  call void @irad_trim(ptr %ctx, i64 0)
  %second = call ptr @irad.fresh(i64 %class, i64 %n, i64 %zero)
  %nothing = icmp eq ptr %second, null
  br i1 %nothing, label %fail, label %link
link:
  %b = phi ptr [ %old, %reuse ], [ %old, %wipe ], [ %first, %new ], [ %second, %again ], [ %third, %fenced ]
  store i64 1, ptr %b
  %bp = getelementptr i8, ptr %b, i64 BYTES
  store i64 %n, ptr %bp
  %kp = getelementptr i8, ptr %b, i64 LAYOUT
  store i64 0, ptr %kp
  %pp = getelementptr i8, ptr %b, i64 PREV
  store ptr null, ptr %pp
  %hp = getelementptr i8, ptr %ctx, i64 BLOCKS
  %head = load ptr, ptr %hp
  %np = getelementptr i8, ptr %b, i64 NEXT
  store ptr %head, ptr %np
  store ptr %b, ptr %hp
  store i64 %total, ptr %up
  %alone = icmp eq ptr %head, null
  br i1 %alone, label %done, label %back
back:
  %hpp = getelementptr i8, ptr %head, i64 PREV
  store ptr %b, ptr %hpp
  br label %done
done:
  %data = getelementptr i8, ptr %b, i64 HEADER
  ret ptr %data
fail:
  ret ptr null
}

; out of the list of live blocks
define internal void @irad.unlink(ptr %ctx, ptr %b) alwaysinline nounwind {
  %bp = getelementptr i8, ptr %b, i64 BYTES
  %n = load i64, ptr %bp
  %up = getelementptr i8, ptr %ctx, i64 USED
  %used = load i64, ptr %up
  %left = sub i64 %used, %n
  store i64 %left, ptr %up
  %pp = getelementptr i8, ptr %b, i64 PREV
  %prev = load ptr, ptr %pp
  %np = getelementptr i8, ptr %b, i64 NEXT
  %next = load ptr, ptr %np
  %head = getelementptr i8, ptr %ctx, i64 BLOCKS
  %first = icmp eq ptr %prev, null
  %pn = getelementptr i8, ptr %prev, i64 NEXT
  %from = select i1 %first, ptr %head, ptr %pn
  store ptr %next, ptr %from
  %end = icmp eq ptr %next, null
  br i1 %end, label %done, label %back
back:
  %nn = getelementptr i8, ptr %next, i64 PREV
  store ptr %prev, ptr %nn
  br label %done
done:
  ret void
}

; onto the free list of its class, or back to C
define internal void @irad.put(ptr %ctx, ptr %b) alwaysinline nounwind {
  %cp = getelementptr i8, ptr %b, i64 CLASS
  %class = load i64, ptr %cp
  %listed = icmp ult i64 %class, LISTS
  %mp = getelementptr i8, ptr %b, i64 ROOM
  %room = load i64, ptr %mp
  %hdp = getelementptr i8, ptr %ctx, i64 HELD
  %held = load i64, ptr %hdp
  %held1 = add i64 %held, %room
  %few = icmp ule i64 %held1, KEEP
  %both = and i1 %listed, %few
  br i1 %both, label %keep, label %drop
keep:
  store i64 %held1, ptr %hdp
  %slot = call ptr @irad.list(ptr %ctx, i64 %class)
  %first = load ptr, ptr %slot
  %np = getelementptr i8, ptr %b, i64 NEXT
  store ptr %first, ptr %np
  store ptr %b, ptr %slot
  ret void
drop:
  %fenced = icmp eq i64 %class, FENCED
  br i1 %fenced, label %unfence, label %give
unfence:
  %uup = getelementptr i8, ptr %ctx, i64 UNFENCE
  %un = load ptr, ptr %uup
  call void %un(ptr %b)
  ret void
give:
  %rp = getelementptr i8, ptr %b, i64 RAW
  %raw = load ptr, ptr %rp
  call void @free(ptr %raw)
  ret void
}

; Blocks whose count has gone to zero wait on a stack made of their `next` fields: no native recursion, however deep.
define void @irad_free(ptr %ctx, ptr %owner) noinline nounwind {
entry:
  call void @irad.unlink(ptr %ctx, ptr %owner)
  %on = getelementptr i8, ptr %owner, i64 NEXT
  store ptr null, ptr %on
  br label %loop
loop:
  %b = phi ptr [ %owner, %entry ], [ %waiting, %put ]
  %np = getelementptr i8, ptr %b, i64 NEXT
  %rest = load ptr, ptr %np
  %kp = getelementptr i8, ptr %b, i64 LAYOUT
  %layout = load i64, ptr %kp
  %plain = icmp eq i64 %layout, 0
  br i1 %plain, label %put, label %owning
owning:
  %what = and i64 %layout, 3
  %much = lshr i64 %layout, 2
  %elements = icmp eq i64 %what, 1
  %bp = getelementptr i8, ptr %b, i64 BYTES
  %bytes = load i64, ptr %bp
  %members = shl i64 %much, 3
  %extent = select i1 %elements, i64 %bytes, i64 %members
  %step = select i1 %elements, i64 %much, i64 8
  %data = getelementptr i8, ptr %b, i64 HEADER
  br label %each
each:
  %at = phi i64 [ 0, %owning ], [ %beyond, %next ]
  %stack = phi ptr [ %rest, %owning ], [ %stack2, %next ]
  %beyond = add i64 %at, %step
  %more = icmp ule i64 %beyond, %extent
  br i1 %more, label %member, label %put
member:
  %mp = getelementptr i8, ptr %data, i64 %at
  %m = load ptr, ptr %mp
  %none = icmp eq ptr %m, null
  br i1 %none, label %next, label %count
count:
  %c = load i64, ptr %m
  %less = sub i64 %c, 1
  store i64 %less, ptr %m
  %last = icmp eq i64 %less, 0
  br i1 %last, label %push, label %next
push:
  call void @irad.unlink(ptr %ctx, ptr %m)
  %mn = getelementptr i8, ptr %m, i64 NEXT
  store ptr %stack, ptr %mn
  br label %next
next:
  %stack2 = phi ptr [ %stack, %member ], [ %stack, %count ], [ %m, %push ]
  br label %each
put:
  %waiting = phi ptr [ %rest, %loop ], [ %stack, %each ]
  call void @irad.put(ptr %ctx, ptr %b)
  %done = icmp eq ptr %waiting, null
  br i1 %done, label %end, label %loop
end:
  ret void
}

; one more owner for each element of an array that is copied while others still hold it
define internal void @irad.share(ptr %data, i64 %bytes, i64 %layout) nounwind {
entry:
  %step = lshr i64 %layout, 2
  br label %each
each:
  %at = phi i64 [ 0, %entry ], [ %beyond, %next ]
  %beyond = add i64 %at, %step
  %more = icmp ule i64 %beyond, %bytes
  br i1 %more, label %member, label %end
member:
  %mp = getelementptr i8, ptr %data, i64 %at
  %m = load ptr, ptr %mp
  %none = icmp eq ptr %m, null
  br i1 %none, label %next, label %count
count:
  %c = load i64, ptr %m
  %c1 = add i64 %c, 1
  store i64 %c1, ptr %m
  br label %next
next:
  br label %each
end:
  ret void
}

define noalias align 64 ptr @irad_grow(ptr %ctx, ptr %owner, ptr %data, i64 %old, i64 %new) cold noinline nounwind {
entry:
  %borrowed = icmp eq ptr %owner, null
  br i1 %borrowed, label %look2, label %look
look:
  %kp = getelementptr i8, ptr %owner, i64 LAYOUT
  %kind = load i64, ptr %kp
  br label %look2
look2:
  %layout = phi i64 [ 0, %entry ], [ %kind, %look ]
  %d = call ptr @irad_alloc(ptr %ctx, i64 %new, i64 %layout)
  %no = icmp eq ptr %d, null
  br i1 %no, label %end, label %copy
copy:
  call void @llvm.memcpy.p0.p0.i64(ptr %d, ptr %data, i64 %old, i1 false)
  br i1 %borrowed, label %end, label %give
give:
  %b = getelementptr i8, ptr %d, i64 -HEADER
  %bk = getelementptr i8, ptr %b, i64 LAYOUT
  store i64 %layout, ptr %bk
  %c = load i64, ptr %owner
  %last = icmp eq i64 %c, 1
  br i1 %last, label %free, label %keep
free:
  %fk = getelementptr i8, ptr %owner, i64 LAYOUT
  store i64 0, ptr %fk
  call void @irad_free(ptr %ctx, ptr %owner)
  br label %end
keep:
  %less = sub i64 %c, 1
  store i64 %less, ptr %owner
  %plain = icmp eq i64 %layout, 0
  br i1 %plain, label %end, label %share
share:
  call void @irad.share(ptr %d, i64 %old, i64 %layout)
  br label %end
end:
  ret ptr %d
}

define ptr @irad_detach(ptr %ctx, ptr %owner) nounwind {
  call void @irad.unlink(ptr %ctx, ptr %owner)
  %rp = getelementptr i8, ptr %owner, i64 RAW
  %raw = load ptr, ptr %rp
  ret ptr %raw
}

define void @irad_reset(ptr %ctx) nounwind {
entry:
  %hp = getelementptr i8, ptr %ctx, i64 BLOCKS
  %head = load ptr, ptr %hp
  br label %loop
loop:
  %b = phi ptr [ %head, %entry ], [ %next, %put ]
  %done = icmp eq ptr %b, null
  br i1 %done, label %end, label %put
put:
  %np = getelementptr i8, ptr %b, i64 NEXT
  %next = load ptr, ptr %np
  call void @irad.put(ptr %ctx, ptr %b)
  br label %loop
end:
  store ptr null, ptr %hp
  %up = getelementptr i8, ptr %ctx, i64 USED
  store i64 0, ptr %up
  %dp = getelementptr i8, ptr %ctx, i64 DEPTH
  store i64 0, ptr %dp
  ret void
}

define void @irad_trim(ptr %ctx, i64 %keep) nounwind {
entry:
  %hdp = getelementptr i8, ptr %ctx, i64 HELD
  br label %drop
drop:
  %j = phi i64 [ LISTS, %entry ], [ %j1, %class ], [ %j, %free ]
  %held = load i64, ptr %hdp
  %enough = icmp ule i64 %held, %keep
  %nomore = icmp eq i64 %j, 0
  %stop = or i1 %enough, %nomore
  br i1 %stop, label %end, label %class
class:
  %j1 = sub i64 %j, 1
  %slot = call ptr @irad.list(ptr %ctx, i64 %j1)
  %victim = load ptr, ptr %slot
  %empty = icmp eq ptr %victim, null
  br i1 %empty, label %drop, label %free
free:
  %vn = getelementptr i8, ptr %victim, i64 NEXT
  %rest = load ptr, ptr %vn
  store ptr %rest, ptr %slot
  %mp = getelementptr i8, ptr %victim, i64 ROOM
  %room = load i64, ptr %mp
  %held1 = sub i64 %held, %room
  store i64 %held1, ptr %hdp
  %rp = getelementptr i8, ptr %victim, i64 RAW
  %raw = load ptr, ptr %rp
  call void @free(ptr %raw)
  br label %drop
end:
  ret void
}

define void @irad_trace(ptr %ctx, i64 %site) cold noinline nounwind {
  %np = getelementptr i8, ptr %ctx, i64 TRACE_AT
  %n = load i64, ptr %np
  %more = add i64 %n, 1
  store i64 %more, ptr %np
  %inner = icmp ult i64 %n, TRACE
  %turn = urem i64 %n, TRACE
  %outer = add i64 %turn, TRACE
  %at = select i1 %inner, i64 %n, i64 %outer
  %words = getelementptr i8, ptr %np, i64 8
  %place = getelementptr i64, ptr %words, i64 %at
  store i64 %site, ptr %place
  ret void
}

define void @irad_close(ptr %ctx) nounwind {
  call void @irad_reset(ptr %ctx)
  call void @irad_trim(ptr %ctx, i64 0)
  ret void
}
"""


def _text() -> str:
    words = {
        "LISTS_AT": CTX_LISTS, "LISTS": LISTS, "RAW": BLOCK_RAW, "CLASS": BLOCK_CLASS, "NEXT": BLOCK_NEXT,
        "PREV": BLOCK_PREV, "HEADER": HEADER, "USED": CTX_USED, "LIMIT": CTX_LIMIT, "BYTES": BLOCK_BYTES,
        "LAYOUT": BLOCK_LAYOUT, "BLOCKS": CTX_BLOCKS, "DEPTH": CTX_DEPTH, "ROOM": BLOCK_ROOM, "FAIL": CTX_FAIL,
        "FENCE": CTX_FENCE, "UNFENCE": CTX_UNFENCE, "FENCED": FENCED, "HELD": CTX_HELD, "KEEP": KEEP,
        "TRACE_AT": CTX_TRACE, "TRACE": TRACE, "ASK": CTX_ASK, "SOFT": ASK_ABOVE,
    }
    return re.sub(rf"\b({'|'.join(words)})\b", lambda m: str(words[m[0]]), _TEXT)


TEXT = _text()
