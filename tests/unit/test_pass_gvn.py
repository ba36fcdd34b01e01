"""Value numbering and known conditions."""

from __future__ import annotations

from pass_ir import after, body, ops, returned

from irad.passes.gvn import gvn
from irad.passes.simplify import simplify


def test_same_computations() -> None:
    printed = after(gvn, body("""
        %p: float = mul %x, %y
        %q: float = mul %y, %x
        %r: float = add %p, %q
        %c: bool = lt %i, %n
        %d: bool = gt %n, %i
        %e: bool = and %c, %d
        %k: int = add %i, -1
        %m: int = sub %i, 1
        %l: int = mul %k, %m
        return %r, %e, %l
    """, results="float, bool, int"))
    assert ops(printed) == ["mul", "add", "lt", "and", "add", "mul"]


def test_order_matters_where_it_does() -> None:
    printed = after(gvn, body("""
        %p: float = sub %x, %y
        %q: float = sub %y, %x
        %r: float = div %p, %q
        return %r
    """, results="float"))
    assert ops(printed) == ["sub", "sub", "div"]


def test_zeros_differ() -> None:
    printed = after(gvn, body("""
        %p: float = copysign %x, 0.0
        %q: float = copysign %x, -0.0
        %r: float = mul %p, %q
        return %r
    """, results="float"))
    assert ops(printed) == ["copysign", "copysign", "mul"]


def test_other_arm_does_not_count() -> None:
    printed = after(gvn, body("""
        ^entry:
          br %b, ^then, ^else
        ^then:
          %p: float = sin %x
          br ^join(%p)
        ^else:
          %q: float = sin %x
          br ^join(%q)
        ^join(%r: float):
          %s: float = sin %x
          %t: float = add %r, %s
          return %t
    """, results="float"))
    assert ops(printed).count("sin") == 3


def test_known_from_branch() -> None:
    text = body("""
        ^entry:
          %c: bool = lt %i, %n
          br %c, ^then, ^else
        ^then:
          %d: bool = ge %i, %n
          %e: bool = ne %n, %i
          %f: bool = not %d
          guard %f {exc='IndexError', msg=''}
          guard %e {exc='ValueError', msg=''}
          return %x
        ^else:
          %g: bool = le %n, %i
          guard %g {exc='ValueError', msg='no'}
          guard %c {exc='KeyError', msg=''}
          return %y
    """, results="float")
    printed = after(lambda f: gvn(f) and simplify(f) | gvn(f) | simplify(f), text)
    assert "guard" not in printed and "raise 'KeyError'" in printed


def test_floats_have_no_complement() -> None:
    printed = after(gvn, body("""
        ^entry:
          %c: bool = lt %x, %y
          br %c, ^then, ^else
        ^then:
          return %x
        ^else:
          %d: bool = ge %x, %y
          guard %d {exc='ValueError', msg='nan'}
          return %y
    """, results="float"))
    assert "guard %d" in printed


def test_known_from_guard() -> None:
    printed = after(gvn, body("""
        guard %b {exc='ValueError', msg='first'}
        guard %b {exc='ValueError', msg='second'}
        return %b
    """, results="bool"))
    assert "second" not in printed and "return true" in printed


def test_parts_of_a_conjunction() -> None:
    printed = after(gvn, body("""
        ^entry:
          %c: bool = le 0, %i
          %d: bool = lt %i, %n
          %e: bool = and %c, %d
          guard %e {exc='IndexError', msg=''}
          br %d, ^in, ^out
        ^in:
          return %c
        ^out:
          return false
    """, results="bool"))
    assert "br true, ^in, ^out" in printed and "return true" in printed


def test_equal_floats_are_not_replaced() -> None:
    """In `if x == 2.0: y = x * x` the derivative is wanted."""
    printed = after(gvn, body("""
        ^entry:
          %c: bool = eq %x, 2.0
          br %c, ^then, ^else
        ^then:
          %r: float = mul %x, %x
          return %r
        ^else:
          return %x
    """, results="float"))
    assert "mul %x, %x" in printed


def test_allocs_are_not_merged() -> None:
    assert returned(gvn, """
        %p: array<float, 1> = alloc 2 {elem='float'}
        %q: array<float, 1> = alloc 2 {elem='float'}
        %s: bool = same %p, %q
    """, "%s", "bool") == "%s"
