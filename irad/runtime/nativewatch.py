"""Watch names in dicts (CPython 3.12 and later): a change sets a byte to 1, without a line of Python being run.

One native callback serves all functions. It looks the dict up in a table of 256 chains; a node of a chain is (next,
dict, key or null for any, address of the byte). Nodes are made by calloc: one that nobody removed, at the end of the
interpreter say, stays readable. Chains are changed by native code as well: a collection of garbage in the middle of a
change in Python would close other states, which change the same chains.
"""
from __future__ import annotations

import ctypes
import itertools
import sys
from functools import cache
from typing import Any

from irad.runtime import nativesymbols
from irad.runtime.engine import Engine
from irad.runtime.nativeowned import for_ever
from irad.runtime.nativeslots import TYPE_OFFSET

_BUCKETS = 256

_TEXT = """
@irad_watch_table = external global [256 x ptr]
@PyUnicode_Type = external global i8
declare i32 @PyUnicode_Compare(ptr, ptr)

define internal i1 @concerns(ptr %wanted, ptr %key) {
  %any = icmp eq ptr %wanted, null
  %all = icmp eq ptr %key, null
  %same = icmp eq ptr %wanted, %key
  %a = or i1 %any, %all
  %b = or i1 %a, %same
  br i1 %b, label %yes, label %look
look:
  %tp = getelementptr i8, ptr %key, i64 TYPE
  %type = load ptr, ptr %tp
  %text = icmp eq ptr %type, @PyUnicode_Type
  br i1 %text, label %compare, label %yes
compare:
  %r = call i32 @PyUnicode_Compare(ptr %wanted, ptr %key)
  %equal = icmp eq i32 %r, 0
  ret i1 %equal
yes:
  ret i1 true
}

define i32 @irad_watch(i32 %event, ptr %dict, ptr %key, ptr %value) {
entry:
  %number = ptrtoint ptr %dict to i64
  %high = lshr i64 %number, 4
  %bucket = and i64 %high, 255
  %head = getelementptr ptr, ptr @irad_watch_table, i64 %bucket
  br label %loop
loop:
  %at = phi ptr [%head, %entry], [%node, %next]
  %node = load ptr, ptr %at
  %end = icmp eq ptr %node, null
  br i1 %end, label %done, label %test
test:
  %dp = getelementptr i8, ptr %node, i64 8
  %which = load ptr, ptr %dp
  %ours = icmp eq ptr %which, %dict
  br i1 %ours, label %name, label %next
name:
  %kp = getelementptr i8, ptr %node, i64 16
  %wanted = load ptr, ptr %kp
  %hit = call i1 @concerns(ptr %wanted, ptr %key)
  br i1 %hit, label %mark, label %next
mark:
  %fp = getelementptr i8, ptr %node, i64 24
  %flag = load ptr, ptr %fp
  store i8 1, ptr %flag
  br label %next
next:
  br label %loop
done:
  ret i32 0
}

define void @irad_link(ptr %head, ptr %node) {
  %first = load ptr, ptr %head
  store ptr %first, ptr %node
  store ptr %node, ptr %head
  ret void
}

define void @irad_unlink(ptr %head, ptr %node) {
entry:
  br label %loop
loop:
  %at = phi ptr [%head, %entry], [%this, %test]
  %this = load ptr, ptr %at
  %end = icmp eq ptr %this, null
  br i1 %end, label %done, label %test
test:
  %found = icmp eq ptr %this, %node
  br i1 %found, label %cut, label %loop
cut:
  %next = load ptr, ptr %node
  store ptr %next, ptr %at
  br label %done
done:
  ret void
}
"""


@cache
def _api(name: str, result: Any, *arguments: Any) -> Any:
    """A C function, called with the lock of the interpreter held."""
    return ctypes.PYFUNCTYPE(result, *arguments)(nativesymbols.address(name) or 0)


def allocate(size: int) -> int:
    """Zeroed memory from C."""
    address = _api("calloc", ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)(1, size)
    if not address:
        raise MemoryError
    return int(address)


def free(address: int) -> None:
    """Give memory from `allocate`, or from an entry, back to C."""
    _api("free", None, ctypes.c_void_p)(address)


@cache
def _code() -> tuple[Engine, int]:
    """The native part and the address of its table."""
    table = for_ever(ctypes.create_string_buffer(8 * _BUCKETS))
    at = ctypes.addressof(table)
    engine: Engine = for_ever(Engine(_TEXT.replace("TYPE\n", f"{TYPE_OFFSET}\n"), {"irad_watch_table": at}, opt_level=0))
    engine.forever()
    return engine, at


@cache
def _watcher() -> int:
    """The number of our watcher; -1 where there is none to be had."""
    if sys.version_info < (3, 12):
        return -1
    try:
        return int(_api("PyDict_AddWatcher", ctypes.c_int, ctypes.c_void_p)(_code()[0].address("irad_watch")))
    except RuntimeError:  # all eight watchers of the interpreter are taken
        return -1


@cache
def _change(which: str) -> Any:
    """The native function that links or unlinks a node."""
    return ctypes.PYFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(_code()[0].address(which))


def _chain(namespace: int) -> int:
    """The head of the chain for a dict at this address."""
    return _code()[1] + 8 * (namespace >> 4 & _BUCKETS - 1)


def available() -> bool:
    """Whether dicts can be watched here."""
    return _watcher() >= 0


def _detach(namespace: dict[str, Any]) -> None:
    """Give the dict of an object memory of its own, so that each change goes through the dict, and is seen.

    From CPython 3.13 on the object keeps the values; taking an item out of the dict ends that. It is put back by the same
    call of C's: no other thread runs in between. (Dicts of modules and classes are their own.)
    """
    if sys.version_info >= (3, 13) and "__name__" not in namespace and "__module__" not in namespace:
        if namespace:
            next(itertools.starmap(namespace.__setitem__, iter(namespace.popitem, None)))
        else:
            namespace["irad"] = None
            namespace.popitem()


def watch(namespace: dict[str, Any], key: str | None, flag: int) -> int:
    """Let a change of a name (None: any) set the byte at `flag`; a token for `unwatch`. The caller holds both."""
    _detach(namespace)
    _api("PyDict_Watch", ctypes.c_int, ctypes.c_int, ctypes.py_object)(_watcher(), namespace)
    node = allocate(32)
    (ctypes.c_ssize_t * 3).from_address(node + 8)[:] = [id(namespace), id(key) if key is not None else 0, flag]
    _change("irad_link")(_chain(id(namespace)), node)
    return node


def unwatch(token: int) -> None:
    """Forget one watch."""
    namespace = ctypes.c_ssize_t.from_address(token + 8).value
    _change("irad_unlink")(_chain(namespace), token)
    free(token)
