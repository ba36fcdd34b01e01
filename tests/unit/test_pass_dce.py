"""Dead code."""

from __future__ import annotations

from pass_ir import after, body, ops

from irad.passes.dce import dce


def test_unused() -> None:
    printed = after(dce, body("""
        %p: float = sin %x
        %q: float = load %a, 0
        %t: array<float, 1> = alloc %n {elem='float'}
        store %p, %t, 0
        %v: array<float, 1> = view %t, 0, 1, 1 {drop=(), layout='C'}
        store %q, %v, 0
        store %x, %a, 0
        guard %b {exc='ValueError', msg=''}
        return %x
    """, "%a: array<float, 1>, %x: float, %n: int, %b: bool", "float"))
    assert ops(printed) == ["store", "guard"]


def test_stores_that_are_read() -> None:
    printed = after(dce, body("""
        %t: array<float, 1> = alloc 2 {elem='float'}
        store %x, %t, 0
        %u: array<float, 1> = alloc 2 {elem='float'}
        store %y, %u, 0
        %v: array<float, 1> = view %t, 0, 1, 1 {drop=(), layout='C'}
        %p: float = load %v, 0
        return %p
    """, results="float"))
    assert ops(printed) == ["alloc", "store", "view", "load"]


def test_packed_and_returned() -> None:
    printed = after(dce, body("""
        %t: array<float, 1> = alloc 2 {elem='float'}
        store %x, %t, 0
        %u: array<float, 1> = alloc 2 {elem='float'}
        store %y, %u, 0
        %r: record = pack %t
        return %r, %u
    """, results="record, array<float, 1>"))
    assert ops(printed) == ["alloc", "store", "alloc", "store", "pack"]


LOOP = """
    ^entry:
      br ^for(0, %x, 1.0)
    ^for(%k: int, %s: float, %w: float):
      %c: bool = lt %k, %n
      br %c, ^body, ^done(%s)
    ^body:
      %s.1: float = add %s, %y
      %w.1: float = mul %w, 2.0
      %k.1: int = add %k, 1
      br ^for(%k.1, %s.1, %w.1)
    ^done(%r: float):
      return RESULT
"""


def test_parameters_that_feed_themselves() -> None:
    printed = after(dce, body(LOOP.replace("RESULT", "%r"), results="float"))
    assert ops(printed) == ["lt", "add", "add"] and "%w" not in printed


def test_loop_that_leaves_nothing() -> None:
    printed = after(dce, body(LOOP.replace("RESULT", "%x"), results="float"))
    assert ops(printed) == [] and "^for" not in printed


def test_loop_without_known_end_stays() -> None:
    printed = after(dce, body("""
        ^entry:
          br ^while(%x)
        ^while(%s: float):
          %c: bool = lt %s, 9.0
          br %c, ^body, ^done
        ^body:
          %s.1: float = add %s, %y
          br ^while(%s.1)
        ^done:
          return %x
    """, results="float"))
    assert ops(printed) == ["lt", "add"]


def test_loop_with_a_check_stays() -> None:
    line = "%w.1: float = mul %w, 2.0"
    text = LOOP.replace("RESULT", "%x").replace(line, line + "\n      guard %c {exc='ValueError', msg=''}")
    printed = after(dce, body(text, results="float"))
    assert ops(printed) == ["lt", "guard", "add"]


def test_inner_loop_that_leaves_nothing() -> None:
    printed = after(dce, body("""
        ^entry:
          br ^for(0, %x)
        ^for(%k: int, %s: float):
          %c: bool = lt %k, %n
          br %c, ^pre, ^done
        ^pre:
          br ^for.1(0, %x)
        ^for.1(%j: int, %w: float):
          %d: bool = lt %j, %k
          br %d, ^body, ^done.1
        ^body:
          %w.1: float = mul %w, 2.0
          %j.1: int = add %j, 1
          br ^for.1(%j.1, %w.1)
        ^done.1:
          %s.1: float = add %s, %y
          %k.1: int = add %k, 1
          br ^for(%k.1, %s.1)
        ^done:
          return %s
    """, results="float"))
    assert ops(printed) == ["lt", "add", "add"] and "^for.1" not in printed
