"""Extents of arrays that come over several edges."""

from __future__ import annotations

import numpy as np
from pass_ir import after, body, ops

import irad
from irad.passes.extents import extents

SWAP = """
    ^entry:
      %u: array<float, 1> = alloc {first} {{elem='float', zero=True}}
      %v: array<float, 1> = alloc {second} {{elem='float', zero=True}}
      br ^for(0, %u, %v)
    ^for(%k: int, %a: array<float, 1>, %c: array<float, 1>):
      %more: bool = lt %k, %n
      br %more, ^body, ^done
    ^body:
      %m: int = dim %a {{axis=0}}
      %l: int = add %k, %m
      br ^for(%l, %c, %a)
    ^done:
      %o: int = dim %c {{axis=0}}
      return %o
"""


def test_arrays_that_are_exchanged_in_a_loop() -> None:
    printed = after(extents, body(SWAP.format(first="%i", second="%i"), results="int"))
    assert "dim" not in ops(printed)
    assert "return %i" in printed and "add %k, %i" in printed
    assert "return 3" in after(extents, body(SWAP.format(first="3", second="3"), results="int"))


def test_arrays_of_other_extents() -> None:
    for first, second in (("%i", "%n"), ("3", "4"), ("3", "%i")):
        assert ops(after(extents, body(SWAP.format(first=first, second=second), results="int"))).count("dim") == 2


def test_extents_of_arguments() -> None:
    meet = """
        ^entry:
          %s: int = dim %u {axis=1}
          br %b, ^then, ^else
        ^then:
          %v: array<float, 1> = alloc %s {elem='float', zero=True}
          br ^join(%v)
        ^else:
          %w: array<float, 1> = view %u, 0, 1, 1, 0, %s, 1 {drop=(0,), layout='C'}
          br ^join(%w)
        ^join(%a: array<float, 1>):
          %m: int = dim %a {axis=0}
          return %m
    """
    printed = after(extents, body(meet, "%u: array<float, 2, C>, %b: bool", "int"))
    assert "%m: int = dim %u {axis=1}" in printed


def test_an_extent_that_is_made_anew_in_each_iteration_stays() -> None:
    text = """
        ^entry:
          %u: array<float, 1> = alloc %n {elem='float', zero=True}
          br ^for(0, %u)
        ^for(%k: int, %a: array<float, 1>):
          %more: bool = lt %k, %n
          br %more, ^body, ^done
        ^body:
          %l: int = add %k, 1
          %v: array<float, 1> = alloc %l {elem='float', zero=True}
          br ^for(%l, %v)
        ^done:
          %o: int = dim %a {axis=0}
          return %o
    """
    assert "dim" in ops(after(extents, body(text, results="int")))


def exchanged(u, r, steps):
    v = np.empty_like(u)
    n = len(u)
    for _ in range(steps):
        for i in range(1, n - 1):
            v[i] = u[i] + r * (u[i - 1] - 2.0 * u[i] + u[i + 1])
        v[0] = u[0]
        v[n - 1] = u[n - 1]
        u, v = v, u
    return u[n // 2]


def test_loops_that_exchange_arrays_have_no_checks_left() -> None:
    """Their extents were not known to be equal; the version without checks had a condition that never held."""
    text = irad.compile(exchanged).ir(irad.ArrayType(np.float64, 1), float, int, stage="low", locations=False)
    assert "for.free" in text
    assert text.count("dim") == 1
    u = np.linspace(0.0, 1.0, 9) ** 2
    assert irad.compile(exchanged)(u.copy(), 0.2, 5) == exchanged(u.copy(), 0.2, 5)
    assert irad.compile(exchanged)(u[:3].copy(), 0.2, 4) == exchanged(u[:3].copy(), 0.2, 4)
