"""Programs in IR for the tests of the IR's tools and of the structural passes: text, function, and calls to compare."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from irad.ir.core import Module
from irad.ir.parse import parse


class Program(NamedTuple):
    text: str
    root: str
    calls: tuple[tuple[object, ...], ...]

    def module(self) -> Module:
        return parse(self.text)


POWER = Program("""
irad 1 typed

func @power(%x: float, %n: int) -> float {
^entry:
  br ^for(0, 1.0)
^for(%i: int, %net: float):
  %c: bool = lt %i, %n
  br %c, ^body, ^done
^body:
  %net.1: float = mul %net, %x                                # pow.py:3:9
  %i.1: int = add %i, 1
  br ^for(%i.1, %net.1)
^done:
  return %net
}
""", "power", ((2.0, 10), (1.5, 0), (3.0, 1)))

# several returns, continue (two latches), break, a raise with parts, values used outside of the loop
SEARCH = Program("""
irad 1 typed

func @search(%a: array<float, 1>, %limit: float) -> float, int {
^entry:
  %n: int = dim %a {axis=0}
  %empty: bool = eq %n, 0
  br %empty, ^none, ^while(0, 0.0)
^none:
  return -1.0, -1
^while(%i: int, %s: float):
  %more: bool = lt %i, %n
  br %more, ^look, ^done
^look:
  %x: float = load %a, %i
  %y: float = mul %x, 2.0
  %nan: bool = isnan %x
  br %nan, ^bad, ^sign
^bad:
  raise 'ValueError', 'nan at {} after {}', %i, %s
^sign:
  %neg: bool = lt %x, 0.0
  %next: int = add %i, 1
  br %neg, ^while(%next, %s), ^add
^add:
  %s.1: float = add %s, %y
  %big: bool = gt %s.1, %limit
  br %big, ^out, ^while(%next, %s.1)
^out:
  %z: float = add %y, %s.1
  return %z, %i
^done:
  return %s, %i
}
""", "search", (
    (np.array([1.0, -2.0, 3.0]), 100.0), (np.array([1.0, 5.0, 3.0]), 9.0), (np.array([]), 1.0),
    (np.array([1.0, np.nan]), 5.0),
))

# nested loops; an edge that leaves both; an inner value used after the outer loop; exits that meet
NEST = Program("""
irad 1 typed

func @nest(%n: int, %stop: int) -> int {
^entry:
  br ^outer(0, 0)
^outer(%i: int, %t: int):
  %more: bool = lt %i, %n
  br %more, ^inner(%i, %t), ^after
^inner(%j: int, %u: int):
  %v: int = add %u, %j
  %w: int = mul %v, 3
  %hit: bool = eq %v, %stop
  br %hit, ^after2, ^test
^test:
  %go: bool = gt %j, 0
  %j.1: int = sub %j, 1
  br %go, ^inner(%j.1, %v), ^check
^check:
  %odd: int = and %v, 1
  %even: bool = eq %odd, 0
  br %even, ^step, ^skip
^step:
  %e: int = add %w, 1
  br ^join(%e)
^skip:
  br ^join(%v)
^join(%r: int):
  %far: bool = gt %r, 200
  br %far, ^last, ^back
^back:
  %i.1: int = add %i, 1
  br ^outer(%i.1, %r)
^after:
  return %t
^after2:
  %x: int = add %w, %i
  br ^end(%x)
^last:
  %q: int = add %w, %r
  br ^end(%q)
^end(%z: int):
  return %z
}
""", "nest", ((0, 5), (4, 5), (4, -1), (9, -1), (9, 33)))

# a value of the loop reaches one use by two exits
MEET = Program("""
irad 1 typed

func @meet(%n: int) -> int {
^entry:
  br ^for(0)
^for(%i: int):
  %sq: int = mul %i, %i
  %a: bool = gt %sq, %n
  br %a, ^join(1), ^next
^next:
  %i.1: int = add %i, 1
  %b: bool = gt %i.1, 5
  br %b, ^join(2), ^for(%i.1)
^join(%k: int):
  %r: int = add %sq, %k
  return %r
}
""", "meet", ((3,), (100,), (-1,)))

# a loop that counts down, as the reverse pass makes them, with a header that is entered twice
DOWN = Program("""
irad 1 typed

func @down(%n: int, %flag: bool) -> float {
^entry:
  br %flag, ^back(%n, 0.0), ^other
^other:
  br ^back(3, 1.0)
^back(%j: int, %d: float):
  %go: bool = gt %j, 0
  br %go, ^unbody, ^end
^unbody:
  %k: int = sub %j, 1
  %f: float = cast %k {to='float'}
  %d.1: float = add %d, %f
  br ^back(%k, %d.1)
^end:
  return %d
}
""", "down", ((5, True), (5, False), (0, True)))

CALLS = Program("""
irad 1 typed

func @main(%x: float, %n: int) -> float {
^entry:
  %a: float = call %x {callee='square', types=('float',)}     # a.py:9:5
  %b, %m: float = neg %a
  return %b
}
""".replace("%b, %m: float = neg %a", """%b: float = call %a, %n {callee='clip', types=('float',)}
  %f: int = call %n {callee='fact', types=('int',)}
  %g: float = cast %f {to='float'}
  %b.1: float = call %g, 1 {callee='clip', types=('float',)}
  %c: float = add %b, %b.1""").replace("return %b\n", "return %c\n") + """
func @square(%x: float) -> float {
^entry:
  %y: float = mul %x, %x                                      # a.py:2:12
  return %y
}

func @clip(%x: float, %n: int) -> float {
^entry:
  %lim: float = cast %n {to='float'}
  %big: bool = gt %x, %lim
  br %big, ^cut, ^test
^cut:
  return %lim
^test:
  %neg: bool = lt %x, 0.0
  br %neg, ^bad, ^ok
^bad:
  raise 'ValueError', 'negative: {}', %x
^ok:
  %y: float = call %x {callee='square', types=('float',)}
  return %y
}

func @fact(%n: int) -> int {
^entry:
  %one: bool = le %n, 1
  br %one, ^base, ^rec
^base:
  return 1
^rec:
  %m: int = sub %n, 1
  %f: int = call %m {callee='fact', types=('int',)}
  %r: int = mul %f, %n
  return %r
}
""", "main", ((1.5, 4), (0.5, 2), (9.0, 0)))

GUARDS = Program("""
irad 1 typed

func @pick(%a: array<float, 1>, %i: int) -> float {
^entry:
  %n: int = dim %a {axis=0}
  %low: bool = ge %i, 0
  %high: bool = lt %i, %n
  guard %low, %i {exc='IndexError', msg='index {} is negative'} # g.py:2:5
  guard %high, %i, %n {exc='IndexError', msg='index {} is out of bounds for size {}'} # g.py:2:5
  %x: float = load %a, %i
  %ok: bool = ne %x, 0.0
  guard %ok {exc='ZeroDivisionError', msg='float division by zero'}
  %y: float = div 1.0, %x
  return %y
}
""", "pick", (
    (np.array([2.0, 0.0]), 0), (np.array([2.0, 0.0]), 1), (np.array([2.0, 0.0]), 2), (np.array([2.0]), -1),
))

# arrays carried through a loop and swapped, a scratch array for each iteration, a view of the result returned
SWAP = Program("""
irad 1 typed

func @swap(%a: array<float, 1>, %n: int) -> array<float, 1, A>, float {
^entry:
  %m: int = dim %a {axis=0}
  %p: array<float, 1> = alloc %m {elem='float', zero=True}
  %q: array<float, 1> = alloc %m {elem='float', zero=True}
  br ^for(0, %p, %q, 0.0)
^for(%i: int, %x: array<float, 1>, %y: array<float, 1>, %s: float):
  %c: bool = lt %i, %n
  br %c, ^body, ^done
^body:
  %t: array<float, 1> = alloc %m {elem='float', zero=True}
  %v: array<float, 1, A> = view %t, 0, %m, 1 {drop=(), layout='A'}
  %a0: float = load %a, 0
  %x0: float = load %x, 0
  %z: float = add %a0, %x0
  store %z, %v, 0
  %t0: float = load %t, 0
  store %t0, %y, 0
  %s.1: float = add %s, %t0
  %i.1: int = add %i, 1
  br ^for(%i.1, %y, %x, %s.1)
^done:
  %r: array<float, 1, A> = view %x, 0, 1, 1 {drop=(), layout='A'}
  return %r, %s
}
""", "swap", ((np.array([2.0, 1.0]), 0), (np.array([2.0, 1.0]), 1), (np.array([2.0, 1.0]), 4)))

# either a new array or the argument; returned twice; dead on one side of a branch
CHOICE = Program("""
irad 1 typed

func @choice(%a: array<float, 1>, %flag: bool, %stop: bool) -> array<float, 1>, array<float, 1> {
^entry:
  %n: int = dim %a {axis=0}
  %unused: array<float, 1> = alloc %n {elem='float', zero=True}
  %one: array<float, 1> = alloc %n {elem='float', zero=True}
  br %flag, ^keep(%a), ^make
^make:
  %b: array<float, 1> = alloc %n {elem='float', zero=True}
  br ^keep(%b)
^keep(%r: array<float, 1>):
  guard %n {exc='ValueError', msg='empty'}
  br %stop, ^twice, ^both
^twice:
  return %r, %r
^both:
  return %r, %one
}
""".replace("guard %n {", "%some: bool = gt %n, 0\n  guard %some {"), "choice", (
    (np.ones(2), True, True), (np.ones(2), True, False), (np.ones(2), False, True), (np.ones(2), False, False),
    (np.ones(0), False, False),
))

# a tape of arrays, overwritten and read back, in a record; growing; a callee that returns its argument
TAPES = Program("""
irad 1 typed

func @tapes(%a: array<float, 1>, %n: int) -> float, array<float, 1> {
^entry:
  %tape: record, %last: array<float, 1> = call %a, %n {callee='forward', types=('record', 'array<float, 1>')}
  %same: array<float, 1> = call %last {callee='identity', types=('array<float, 1>',)}
  %rows: array<array<float, 1>, 1>, %k: int = unpack %tape {types=('array<array<float, 1>, 1>', 'int')}
  br ^back(%k, 0.0)
^back(%j: int, %s: float):
  %go: bool = gt %j, 0
  br %go, ^unbody, ^end
^unbody:
  %j.1: int = sub %j, 1
  %row: array<float, 1> = load %rows, %j.1
  %x: float = load %row, 0
  %s.1: float = add %s, %x
  br ^back(%j.1, %s.1)
^end:
  return %s, %same
}

func @forward(%a: array<float, 1>, %n: int) -> record, array<float, 1> {
^entry:
  %rows: array<array<float, 1>, 1> = alloc 2 {elem='array<float, 1>'}
  %first: array<float, 1> = alloc 1 {elem='float', zero=True}
  store %first, %rows, 0
  br ^for(0, %rows, %first)
^for(%i: int, %r: array<array<float, 1>, 1>, %prev: array<float, 1>):
  %c: bool = lt %i, %n
  br %c, ^body, ^done
^body:
  %b: array<float, 1> = alloc 1 {elem='float', zero=True}
  %x: float = load %prev, 0
  %y: float = load %a, 0
  %z: float = add %x, %y
  store %z, %b, 0
  %r.1: array<array<float, 1>, 1> = grow %r, %i
  store %b, %r.1, %i
  %i.1: int = add %i, 1
  br ^for(%i.1, %r.1, %b)
^done:
  %t: record = pack %r, %n
  return %t, %prev
}

func @identity(%a: array<float, 1>) -> array<float, 1> {
^entry:
  return %a
}
""", "tapes", ((np.array([2.0]), 0), (np.array([2.0]), 1), (np.array([2.0]), 2), (np.array([2.0]), 7)))

# tables of constants, also at places that they do not have, where a pass may have moved the op before the check
TABLES = Program("""
irad 1 typed

func @tables(%i: int) -> float, float32, int, bool, int8 {
^entry:
  %f: float = lookup %i {to='float', values=(0.5, -0.0, inf, nan)}
  %s: float32 = lookup %i {to='float32', values=(0.1, 2.5, -1.0)}
  %n: int = lookup %i {to='int', values=(9223372036854775807, -1, 0)}
  %b: bool = lookup %i {to='bool', values=(True, False, True)}
  %t: int8 = lookup %i {to='int8', values=(2, 1, 0)}
  return %f, %s, %n, %b, %t
}
""", "tables", ((0,), (1,), (2,), (3,), (-1,), (2**62,)))

PROGRAMS = {name.lower(): p for name, p in list(globals().items()) if isinstance(p, Program)}
