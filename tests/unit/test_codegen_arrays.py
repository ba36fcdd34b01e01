"""Arrays, records, inputs, calls and errors in compiled code."""
from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np
import pytest
from codegen_native import Native, NativeError

from irad.codegen import abi
from irad.ir.parse import parse


def compiled(text: str, *entries: str, **options: Any) -> Native:
    return Native(parse("irad 1 low\n\n" + text), *entries, **options)


SUM = """
func @total(%a: array<ELEM, 2, LAYOUT>) -> ELEM {
^entry:
  %n: int = dim %a {axis=0}
  %m: int = dim %a {axis=1}
  br ^rows(0, ZERO)
^rows(%i: int, %s: ELEM):
  %c: bool = lt %i, %n
  br %c, ^columns(0, %s), ^done
^columns(%j: int, %t: ELEM):
  %d: bool = lt %j, %m
  br %d, ^body, ^next
^body:
  %x: ELEM = load %a, %i, %j
  %y: ELEM = JOIN %t, %x
  %j.1: int = add %j, 1
  br ^columns(%j.1, %y)
^next:
  %i.1: int = add %i, 1
  br ^rows(%i.1, %t)
^done:
  return %s
}
"""


@pytest.mark.parametrize(("elem", "dtype", "zero", "join"), [
    ("float", np.float64, "0.0", "add"), ("float32", np.float32, "0.0:float32", "add"), ("int", np.int64, "0", "add"),
    ("int32", np.int32, "0:int32", "add"), ("bool", np.bool_, "false", "xor"),
])
def test_elements_of_any_type_and_layout(elem: str, dtype: Any, zero: str, join: str) -> None:
    base = (np.arange(48) * 7 % 11).reshape(6, 8).astype(dtype)
    for layout, arrays in (("C", [base, base[2:4], base[:0]]), ("A", [base, base.T, base[::-2, 1::3], base[:, ::-1]])):
        text = SUM.replace("ELEM", elem).replace("LAYOUT", layout).replace("ZERO", zero).replace("JOIN", join)
        f = compiled(text.replace(", C>", ">"))
        for a in arrays:
            want = np.bitwise_xor.reduce(a, axis=None) if elem == "bool" else a.sum()
            assert f("total", a) == want


def test_stores() -> None:
    f = compiled("""
func @put(%a: array<bool, 1, A>, %b: array<float32, 1>, %x: bool, %i: int) -> {
^entry:
  store %x, %a, %i
  store 2.5:float32, %b, %i
  return
}
""".replace("-> {", "-> none {"))
    a, b = np.zeros(6, np.bool_), np.zeros(6, np.float32)
    f.raw("put", a[::-2], b, True, 1)
    assert a.tolist() == [False, False, False, True, False, False] and b.tolist() == [0, 2.5, 0, 0, 0, 0]


VIEWS = """
func @views(%a: array<float, 3, LAYOUT>) -> RESULTS {
^entry:
  %n: int = dim %a {axis=0}
  %k: int = dim %a {axis=2}
  %last: int = sub %k, 1
  %v: array<float, 2, A> = view %a, 1, 1, 1, 0, 2, 2, %last, %k, -1 {drop=(0,), layout='A'}
  %p: array<float, 3, A> = permute %a {axes=(2, 0, 1)}
  %row: array<float, 1> = view %a, 1, 1, 1, 2, 1, 1, 0, %k, 1 {drop=(0, 1), layout='C'}
  %s: array<float, 3, A> = spread %row, 2, 3, %k {axes=(-1, -1, 0)}
  return %v, %p, %row, %s
}
"""


@pytest.mark.parametrize("layout", ["", "A"])
def test_views(layout: str) -> None:
    a = np.arange(60.0).reshape(3, 4, 5)
    results = "array<float, 2, A>, array<float, 3, A>, array<float, 1>, array<float, 3, A>"
    text = VIEWS.replace("RESULTS", results).replace(", LAYOUT", f", {layout}" if layout else "")
    v, p, row, s = compiled(text)("views", a)
    assert np.array_equal(v, a[1, 0:3:2, ::-1]) and np.array_equal(p, a.transpose(2, 0, 1))
    assert np.array_equal(row, a[1, 2]) and np.array_equal(s, np.broadcast_to(a[1, 2], (2, 3, 5)))


def test_reshape_dims_strides() -> None:
    f = compiled("""
func @f(%a: array<int32, 2>, %b: array<int32, 2, A>) -> array<int32, 3>, int, int, int {
^entry:
  %r: array<int32, 3> = reshape %a, 2, 3, 2
  %s: int = stride %a {axis=0}
  %t: int = stride %b {axis=0}
  %d: int = dim %b {axis=1}
  return %r, %s, %t, %d
}
""")
    a = np.arange(12, dtype=np.int32).reshape(4, 3)
    r, s, t, d = f("f", a, a.T[:, ::2])
    assert np.array_equal(r, a.reshape(2, 3, 2)) and (s, t, d) == (12, 4, 2)


def test_overlap_and_same() -> None:
    f = compiled("""
func @f(%a: array<float, 1, A>, %b: array<float, 2, A>, %c: array<float, 1, A>) -> bool, bool {
^entry:
  %o: bool = overlap %a, %b
  %s: bool = same %a, %c
  return %o, %s
}
""")
    x = np.zeros(100)
    left, right = x[:50], x[50:].reshape(5, 10)
    cases = [
        (left, right, left), (x[40:], right, x[40:]), (left[::-1], right, left), (x[49:51], right, x[49:50]),
        (x[60:60], right, x[60:60]), (x[50:51], x[:49].reshape(7, 7)[::-1], left), (x[99:], right.T[::-1, ::-1], x),
    ]
    for a, b, c in cases:
        same = a.ctypes.data == c.ctypes.data and a.shape == c.shape and a.strides == c.strides
        assert f("f", a, b, c) == (np.may_share_memory(a, b), same)


ALLOC = """
func @alloc2(%n: int, %m: int) -> array<float, 2> {
^entry:
  %a: array<float, 2> = alloc %n, %m {elem='float', zero=True}
  return %a
}

func @small() -> array<float, 2> {
^entry:
  %a: array<float, 2> = alloc 3, 4 {elem='float', zero=True}
  return %a
}

func @raw(%n: int) -> array<bool, 1> {
^entry:
  %a: array<bool, 1> = alloc %n {elem='bool', zero=False}
  return %a
}
"""


def test_alloc() -> None:
    f = compiled(ALLOC)
    for _ in range(3):
        for n, m in ((3, 4), (0, 5), (5, 0), (200, 300), (1, 1)):
            got = f("alloc2", n, m)
            assert got.shape == (n, m) and not got.any()
            assert not f("small").any() and f("raw", 10).shape == (10,)
    assert f.word(abi.CTX_USED).value == 0


@pytest.mark.parametrize(("args", "exc"), [
    ((-1, 3), "ValueError"), ((3, -1), "ValueError"), ((-1, -1), "ValueError"), ((0, -2), "ValueError"),
    ((1 << 62, 2), "MemoryError"), ((1 << 32, 1 << 32), "MemoryError"), ((1 << 40, 1), "MemoryError"),
    ((1 << 61, 8), "MemoryError"),
])
def test_alloc_errors(args: tuple[int, int], exc: str) -> None:
    f = compiled(ALLOC)
    f.word(abi.CTX_LIMIT).value = 1 << 30
    with pytest.raises(NativeError) as info:
        f("alloc2", *args)
    assert info.value.exc == exc
    assert f.word(abi.CTX_USED).value == 0 and not f("alloc2", 2, 2).any()


def test_byte_limit_names_the_bytes() -> None:
    f = compiled(ALLOC)
    f.word(abi.CTX_LIMIT).value = 1000
    assert f("raw", 1000).size == 1000
    with pytest.raises(NativeError, match="unable to allocate 1001 bytes"):
        f("raw", 1001)


GROW = """
func @squares(%n: int) -> array<int, 1>, int {
^entry:
  %a: array<int, 1> = alloc 0 {elem='int', zero=False}
  br ^for(0, %a)
^for(%i: int, %t: array<int, 1>):
  %c: bool = lt %i, %n
  br %c, ^body, ^done
^body:
  %g: array<int, 1> = grow %t, %i
  %q: int = mul %i, %i
  store %q, %g, %i
  %i.1: int = add %i, 1
  br ^for(%i.1, %g)
^done:
  %d: int = dim %t {axis=0}
  %v: array<int, 1, A> = view %t, 0, %n, 1 {drop=(), layout='A'}
  return %t, %d
}
"""


def test_grow() -> None:
    f = compiled(GROW)
    for n in (0, 1, 15, 16, 17, 1000, 100000):
        a, d = f("squares", n)
        assert np.array_equal(a[:n], np.arange(n) ** 2) and a.size == d and n <= d <= max(2 * n, 16)
        assert f.word(abi.CTX_USED).value == 0
    f.word(abi.CTX_LIMIT).value = 100000
    with pytest.raises(NativeError, match="growing array"):
        f("squares", 100000)
    f.memory("irad_reset")
    assert f.word(abi.CTX_USED).value == 0
    f.close()


NESTED = """
func @build(%n: int) -> array<array<float, 1>, 1>, record {
^entry:
  %t: array<array<float, 1>, 1> = alloc 2 {elem='array<float, 1>', zero=True}
  br ^for(0, %t)
^for(%i: int, %r: array<array<float, 1>, 1>):
  %c: bool = lt %i, %n
  br %c, ^body, ^done
^body:
  %g: array<array<float, 1>, 1> = grow %r, %i
  %b: array<float, 1> = alloc %i {elem='float', zero=False}
  store %b, %g, %i
  %i.1: int = add %i, 1
  br ^for(%i.1, %g)
^done:
  %one: array<float, 1> = alloc 3 {elem='float', zero=True}
  store 1.5, %one, 2
  %inner: record = pack 7, %one
  %rec: record = pack true, 2.5:float32, %inner, %n, %one
  retain %one
  return %r, %rec
}

func @read(%rec: record) -> bool, float32, int, float, int, float {
^entry:
  %b: bool, %f: float32, %inner: record, %n: int, %a: array<float, 1> = unpack %rec {types=TYPES}
  %k: int, %a2: array<float, 1> = unpack %inner {types=('int', 'array<float, 1>')}
  %x: float = load %a, 2
  %y: float = load %a2, 2
  return %b, %f, %n, %x, %k, %y
}
""".replace("TYPES", "('bool', 'float32', 'record', 'int', 'array<float, 1>')")


def test_releasing_a_container_releases_what_it_holds() -> None:
    f = compiled(NESTED)
    for n in (0, 1, 2, 40):
        (_, outer), (_, rec) = f.raw("build", n)
        record = ctypes.c_int64.from_buffer(rec).value
        assert f("read", record) == (True, 2.5, n, 1.5, 7, 1.5)
        assert f.word(abi.CTX_USED).value > 0
        f.release(ctypes.c_int64.from_buffer(outer).value)
        f.release(record)
        assert f.word(abi.CTX_USED).value == 0
    f.close()


def test_a_long_chain_of_records_is_freed_without_recursion() -> None:
    f = compiled("""
func @chain(%n: int) -> record {
^entry:
  %r: record = pack 0
  br ^for(0, %r)
^for(%i: int, %t: record):
  %c: bool = lt %i, %n
  br %c, ^body, ^done
^body:
  %u: record = pack %i, %t
  %i.1: int = add %i, 1
  br ^for(%i.1, %u)
^done:
  return %t
}
""")
    ((_, place),) = f.raw("chain", 300000)
    f.release(ctypes.c_int64.from_buffer(place).value)
    assert f.word(abi.CTX_USED).value == 0
    f.close()


def test_detach_gives_a_block_to_its_taker() -> None:
    f = compiled(ALLOC)
    ((_, place),) = f.raw("small")
    raw = f.memory("irad_detach", ctypes.c_int64.from_buffer(place).value)
    assert f.word(abi.CTX_USED).value == 0 and f.word(abi.CTX_BLOCKS).value == 0
    ctypes.CDLL(None).free(ctypes.c_void_p(raw))


def test_inputs_are_read_by_word() -> None:
    f = compiled("""
func @f() -> float, bool, int, float {
^entry:
  %x: float = input {index=0, type='float'}
  %b: bool = input {index=1, type='bool'}
  %a: array<float, 2, A> = input {index=2, type='array<float, 2, A>'}
  %n: int = input {index=8, type='int'}
  %y: float = load %a, 1, 0
  return %x, %b, %n, %y
}
""")
    a = np.arange(6.0).reshape(2, 3).T
    words = np.zeros(9, np.int64)
    words[0] = np.float64(2.5).view(np.int64)
    words[1:9] = [1, 0, a.ctypes.data, *a.shape, *a.strides, -7]
    f.word(abi.CTX_INPUTS).value = words.ctypes.data
    assert f("f") == (2.5, True, -7, a[1, 0])


RECURSION = """
func @fib(%n: int) -> int {
^entry:
  %c: bool = lt %n, 2
  br %c, ^base, ^rec
^base:
  return %n
^rec:
  %a: int = sub %n, 1
  %b: int = sub %n, 2
  %x: int = call %a {callee='fib', types=('int',)}
  %y: int = call %b {callee='fib', types=('int',)}
  %r: int = add %x, %y
  return %r
}

func @even(%n: int) -> bool {
^entry:
  %z: bool = eq %n, 0
  br %z, ^yes, ^no
^yes:
  return true
^no:
  %m: int = sub %n, 1
  %r: bool = call %m {callee='odd', types=('bool',)}
  return %r
}

func @odd(%n: int) -> bool {
^entry:
  %r: bool = call %n {callee='even', types=('bool',)}
  %s: bool = not %r
  return %s
}

func @leaf(%x: float) -> float {
^entry:
  return %x
}
"""


def test_recursion_is_counted() -> None:
    f = compiled(RECURSION, "fib", "odd")
    assert f("fib", 20) == 6765
    f.word(abi.CTX_DEPTH_LIMIT).value = 50
    assert f("fib", 50 - 30) == 6765
    with pytest.raises(NativeError, match="maximum recursion depth exceeded"):
        f("odd", 10**9)
    assert f.word(abi.CTX_DEPTH).value == 0
    leaf = f.emitted.text.split("@leaf(")[1].split("}")[0]
    assert "getelementptr" not in leaf


def test_the_stack_limit_is_seen() -> None:
    f = compiled(RECURSION, "fib")
    f.word(abi.CTX_STACK_LIMIT).value = -1  # the highest address there is
    with pytest.raises(NativeError, match="recursion"):
        f("fib", 1)


def test_payload_of_every_kind() -> None:
    f = compiled("""
func @f(%a: float, %b: float32, %c: int, %d: int8, %e: bool, %g: uint8) -> float {
^entry:
  guard %e, %a, %b, %c, %d, %e, %g {exc='ValueError', msg='{} {} {} {} {} {}'}
  raise 'my.Error', 'no part'
}
""")
    with pytest.raises(NativeError) as info:
        f("f", -1.5, 0.25, -(2**63), -7, False, 200)
    assert info.value.message == "-1.5 0.25 -9223372036854775808 -7 False 200" and info.value.exc == "ValueError"
    with pytest.raises(NativeError) as info:
        f("f", 0.0, 0.0, 0, 0, True, 0)
    assert info.value.exc == "my.Error"


def test_an_error_inside_a_call_keeps_its_site() -> None:
    f = compiled("""
func @outer(%x: float) -> float {
^entry:
  %y: float = call %x {callee='f.<locals>.in"ner', types=('float',)}
  return %y
}

func @f.<locals>.in"ner(%x: float) -> float {
^entry:
  %c: bool = gt %x, 0.0
  guard %c, %x {exc='ValueError', msg='bad {}'}
  return %x
}
""".replace('in"ner', "inner"), "outer")
    assert f("outer", 2.0) == 2.0
    with pytest.raises(NativeError, match=r"bad -2\.5"):
        f("outer", -2.5)


@pytest.mark.parametrize("name", ["sin", "malloc", "memcpy", "irad_alloc", "pow", "fmodf", "λ", "main", "1x"])
def test_no_name_of_a_function_clashes(name: str) -> None:
    from irad.ir.build import Builder
    from irad.ir.core import Function, Module, Value
    from irad.ir.types import FLOAT
    from irad.ops import result_types

    x = Value(FLOAT, "ünï \"x\\")
    f = Function(name, [x], [FLOAT])
    b = Builder(f, None, result_types)
    b.at(b.new_block("entry"))
    b.ret(b.op("mod", b.op("sin", x, name="entry"), x, name="ctx"))
    k = Native(Module({name: f}, form="low"))
    assert k(name, 2.0) == math.sin(2.0) % 2.0


def test_an_edge_twice_to_one_block() -> None:
    f = compiled("""
func @f(%c: bool, %a: array<float, 1>, %b: array<float, 1>) -> float, int {
^entry:
  br %c, ^join(%a, 1), ^join(%b, 2)
^join(%x: array<float, 1>, %k: int):
  %y: float = load %x, 0
  return %y, %k
}
""")
    a, b = np.array([1.5]), np.array([2.5])
    assert f("f", True, a, b) == (1.5, 1) and f("f", False, a, b) == (2.5, 2)


def test_text_is_deterministic() -> None:
    first, second = (compiled(NESTED).emitted for _ in range(2))
    assert first.text == second.text and first.sites == second.sites


def test_embedded_support() -> None:
    f = compiled(ALLOC, embed=True)
    assert not f.emitted.symbols and not f("alloc2", 3, 5).any()


def test_diagonal_and_regroup() -> None:
    f = compiled("""
func @f(%a: array<float, 3, A>) -> array<float, 2, A>, bool, array<float, 2, A>, bool {
^entry:
  %d: array<float, 2, A> = diagonal %a, 3 {axes=(0, 2)}
  %yes: bool = regroups %a, 12, 4
  %r: array<float, 2, A> = regroup %a, 12, 4
  %no: bool = regroups %a, 3, 16
  return %d, %yes, %r, %no
}
""")
    a = np.arange(120.0).reshape(3, 4, 10)[:, :, ::3]
    d, yes, r, no = f("f", a)
    assert np.array_equal(d, np.diagonal(a, axis1=0, axis2=2)) and np.array_equal(r, a.reshape(12, 4))
    assert (yes, no) == (True, False)
