"""Range analysis: what it proves, and what it must not."""

from __future__ import annotations

import pytest
from pass_ir import after, body

from irad.analysis.linear import with_fact
from irad.ir.core import Value
from irad.ir.types import INT
from irad.passes.guards import guards

PARAMS = "%a: array<float, 1>, %c: array<float, 1>, %x: float, %i: int, %j: int, %n: int, %b: bool"


def proved(instrs: str, cond: str = "%ok") -> bool:
    """Whether a guard on `cond` at the end of straight code is removed."""
    text = "\n".join(line.strip() for line in instrs.strip().splitlines())
    return "LAST" not in after(guards, body(f"{text}\nguard {cond} {{exc='LAST', msg=''}}\nreturn", PARAMS))


def know(cond: str, *args: str) -> str:
    name = f"%{cond}.{'.'.join(a.strip('%') for a in args)}"
    return f"{name}: bool = {cond} {', '.join(args)}\nguard {name} {{exc='E', msg=''}}\n"


@pytest.mark.parametrize(
    ("facts", "test", "expected"),
    [
        (know("lt", "%i", "%n"), "add_fits %i, 1", True),
        (know("le", "%i", "%n"), "add_fits %i, 1", False),
        (know("gt", "%i", "%n"), "sub_fits %i, 1", True),
        ("", "sub_fits %i, 1", False),
        (know("lt", "%i", "%j") + know("lt", "%j", "%n"), "lt %i, %n", True),
        (know("lt", "%i", "%j") + know("le", "%j", "%n"), "lt %i, %n", True),
        (know("le", "%i", "%j") + know("le", "%j", "%n"), "lt %i, %n", False),
        (know("ge", "%i", "0") + know("lt", "%i", "100"), "mul_fits %i, 1000", True),
        (know("ge", "%i", "0"), "mul_fits %i, 1000", False),
        (know("eq", "%i", "%n"), "le %n, %i", True),
        (know("lt", "%i", "%n") + "%k: int = add %i, 1\n", "le %k, %n", True),
        (know("lt", "%i", "%n") + "%k: int = add %i, 1\n", "lt %k, %n", False),
        (know("lt", "%i", "%n") + "%k: int = add %i, 2\n", "gt %k, %i", False),  # it may wrap
        ("%k: int = add %i, 1\n", "gt %k, %i", False),
        ("%f: bool = add_fits %i, 1\nguard %f {exc='E', msg=''}\n%k: int = add %i, 1\n", "gt %k, %i", True),
        ("%f: bool = add_fits %i, 2\nguard %f {exc='E', msg=''}\n%k: int = add %i, 1\n", "gt %k, %i", False),
        ("%m: int = dim %a {axis=0}\n%h: int = floordiv %m, 2\n", "le %h, %m", True),
        ("%m: int = dim %a {axis=0}\n%h: int = floordiv %m, 2\n", "lt %h, %m", False),
        ("%m: int = dim %a {axis=0}\n", "ge %m, 0", True),
        ("%m: int = dim %a {axis=0}\n", "add_fits %m, %m", True),
        ("%m: int = dim %a {axis=0}\n", "mul_fits %m, %m", False),
        ("%r: int = mod %i, 5\n", "lt %r, 5", True),
        ("%r: int = mod %i, 5\n", "ge %r, 0", True),
        ("%r: int = mod %i, %n\n", "ge %r, 0", False),
        (know("gt", "%n", "0") + "%r: int = mod %i, %n\n", "lt %r, %n", True),
        ("%t: bool = gt %i, %j\n%r: int = select %t, %i, %j\n", "ge %r, %j", True),
        ("%t: bool = gt %i, %j\n%r: int = select %t, %i, %j\n", "le %r, %j", False),
        ("%t: bool = lt %i, 0\n%r: int = select %t, 0, %i\n", "ge %r, 0", True),
        ("%r: int = and %i, 7\n", "le %r, 7", True),
        ("%k: int = cast %b {to='int'}\n", "lt %k, 2", True),
        ("%k: int = cast %x {to='int'}\n", "lt %k, 2", False),
    ],
)
def test_straight(facts: str, test: str, expected: bool) -> None:
    assert proved(facts + f"%ok: bool = {test}") is expected


def test_nothing_from_later_conditions() -> None:
    later = know("lt", "%i", "5") + know("lt", "5", "%n")
    text = body(f"%ok: bool = lt %i, %n\nguard %ok {{exc='FIRST', msg=''}}\n{later}return", PARAMS)
    assert "FIRST" in after(guards, text)


def test_nothing_from_the_other_arm() -> None:
    text = body("""
        ^entry:
          %small: bool = lt %i, 5
          br %small, ^then, ^join
        ^then:
          br ^join
        ^join:
          %d: bool = lt %i, 6
          guard %d {exc='LAST', msg=''}
          return
    """, PARAMS)
    assert "LAST" in after(guards, text)


def counted(start: str, step: str, test: str, check: str, setup: str = "%m: int = dim %a {axis=0}") -> str:
    lines = "\n".join("          " + line.strip() for line in check.strip().splitlines())
    return body(f"""
        ^entry:
          {setup}
          br ^for({start})
        ^for(%k: int):
          %more: bool = {test}
          br %more, ^body, ^done
        ^body:
{lines}
          guard %ok {{exc='LAST', msg=''}}
          %k.1: int = {step}
          br ^for(%k.1)
        ^done:
          return
    """, PARAMS)


@pytest.mark.parametrize(
    ("start", "step", "test", "check", "expected"),
    [
        ("0", "add %k, 1", "lt %k, %m", "%ok: bool = lt %k, %m", True),
        ("0", "add %k, 1", "lt %k, %n", "%ok: bool = ge %k, 0", True),
        ("0", "add %k, 1", "lt %k, %n", "%ok: bool = add_fits %k, 1", True),
        ("0", "add %k, 1", "lt %k, %n", "%ok: bool = lt %k, %m", False),
        ("0", "add %k, 1", "lt %k, %n", "%ok: bool = add_fits %k, 2", False),
        ("0", "add %k, 2", "lt %k, %m", "%ok: bool = ge %k, 0", True),
        ("0", "add %k, 2", "lt %k, %n", "%ok: bool = ge %k, 0", False),  # n may be the largest int: k wraps
        ("0", "add %k, 1", "ne %k, %n", "%ok: bool = ge %k, 0", False),  # n may be negative
        ("%i", "add %k, 1", "lt %k, %m", "%ok: bool = ge %k, %i", True),
        ("%i", "add %k, 1", "lt %k, %m", "%ok: bool = ge %k, 0", False),
        ("%m", "sub %k, 1", "gt %k, 0", "%j.1: int = sub %k, 1\n%ok: bool = lt %j.1, %m", True),
        ("%m", "sub %k, 1", "gt %k, 0", "%j.1: int = sub %k, 1\n%ok: bool = ge %j.1, 0", True),
        ("%m", "sub %k, 1", "gt %k, 0", "%ok: bool = lt %k, %m", False),
        ("0", "mul %k, 2", "lt %k, %m", "%ok: bool = ge %k, 0", True),
        ("0", "mul %k, 2", "lt %k, %n", "%ok: bool = ge %k, 0", False),
        ("0", "add %k, 1", "lt %k, %m", "%q: int = sub %m, %k\n%ok: bool = gt %q, 0", True),
        ("0", "add %k, 1", "lt %k, %m", "%q: int = sub %m, %k\n%ok: bool = gt %q, 1", False),
        ("0", "sub %k, 1", "lt %k, %m", "%ok: bool = le %k, 0", False),  # down to the smallest int and over
    ],
)
def test_loops(start: str, step: str, test: str, check: str, expected: bool) -> None:
    assert ("LAST" not in after(guards, counted(start, step, test, check))) is expected


def test_steps_in_an_arm() -> None:
    text = body("""
        ^entry:
          %m: int = dim %a {axis=0}
          br ^for(0, 0)
        ^for(%k: int, %count: int):
          %more: bool = lt %k, %m
          br %more, ^body, ^done
        ^body:
          %ok: bool = ge %count, 0
          guard %ok {exc='LAST', msg=''}
          %f: bool = add_fits %count, 1
          guard %f {exc='OverflowError', msg=''}
          %up: int = add %count, 1
          br %b, ^then, ^next(%count)
        ^then:
          br ^next(%up)
        ^next(%new: int):
          %k.1: int = add %k, 1
          br ^for(%k.1, %new)
        ^done:
          return
    """, PARAMS)
    assert "LAST" not in after(guards, text)


def test_negative_index() -> None:
    text = counted("0", "add %k, 1", "lt %k, %m", """
        %neg: bool = lt %k, 0
        %w: int = add %k, %m
        %idx: int = select %neg, %w, %k
        %p: bool = ge %idx, 0
        %q: bool = lt %idx, %m
        %ok: bool = and %p, %q
    """)
    printed = after(guards, text)
    assert "select false" in printed and "and true, true" in printed


def test_trip_count_without_max() -> None:
    printed = after(guards, body("""
        %m: int = dim %a {axis=0}
        %p: bool = gt %m, 0
        %trip: int = select %p, %m, 0
        %q: bool = gt %n, 0
        %other: int = select %q, %n, 0
        return %trip, %other
    """, PARAMS, "int, int"))
    assert "return %m, %other" in printed


def test_other_widths_wrap_at_their_own() -> None:
    assert not proved("""
        %s: int8 = cast %b {to='int8'}
        %t: int8 = add %s, 127:int8
        %ok: bool = gt %t, 0:int8
    """)


def test_unsigned() -> None:
    assert proved("%u: uint8 = cast %i {to='uint8'}\n%ok: bool = ge %u, 0:uint8")
    assert not proved("%u: uint64 = cast %i {to='uint64'}\n%v: uint64 = sub %u, 1:uint64\n%ok: bool = lt %v, %u")


def test_of_facts_that_differ_in_the_constant_one_is_kept():
    """A function that reads a[0] to a[999] asks a thousand times, each time with what was asked before."""
    x, y = Value(INT, "x"), Value(INT, "y")
    facts = []
    for k in (1, 3, 2):
        facts = with_fact((k, {x: -1}), facts)
    assert facts == [(3, {x: -1})]
    facts = with_fact((0, {x: -1, y: 1}), facts)
    assert with_fact((7, {x: -1}), facts) == [(7, {x: -1}), (0, {x: -1, y: 1})]
