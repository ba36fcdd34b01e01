"""Small arrays on the stack: those that never leave the function, of any iteration of any loop."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import irad
from irad.ir.parse import parse
from irad.passes.manager import run_passes

pytestmark = pytest.mark.smoke
KEPT = """
func @f(%x: float, %n: int) -> float {
^entry:
  %a: array<float, 1> = alloc 3 {elem='float'}
  store %x, %a, 0
  %v: array<float, 1, A> = view %a, 0, 2, 1 {drop=(), layout='A'}
  %y: float = load %v, 0
  return %y
}
"""
LEAVING = {
    "returned": ("func @f(%x: float, %n: int) -> array<float, 1> {", "return %a"),
    "a view is returned": ("func @f(%x: float, %n: int) -> array<float, 1> {",
                           "%v: array<float, 1> = view %a, 0, 2, 1 {drop=(), layout='C'}\n  return %v"),
    "along an edge": ("func @f(%x: float, %n: int) -> float {",
                      "br ^on(%a)\n^on(%b: array<float, 1>):\n  %y: float = load %b, 0\n  return %y"),
    "stored": ("func @f(%x: float, %n: int) -> float {",
               "%o: array<array<float, 1>, 1> = alloc 1 {elem='array<float, 1>', zero=True}\n  store %a, %o, 0\n  return %x"),
    "located": ("func @f(%x: float, %n: int) -> int {", "%y: int = locate %a\n  return %y"),
}


def marked(text: str) -> int:
    module = parse(text)
    run_passes(module, ["lower", "stack", "lifetime"], verify=True)
    return sum(bool(i.attrs.get("stack")) for f in module.functions.values() for i in f.instrs())


def test_kept() -> None:
    assert marked(KEPT) == 1
    assert "release" not in str(_lowered(KEPT))


def _lowered(text: str) -> Any:
    module = parse(text)
    run_passes(module, ["lower", "stack", "lifetime"], verify=True)
    return module


@pytest.mark.parametrize("name", LEAVING)
def test_leaving(name: str) -> None:
    head, end = LEAVING[name]
    assert marked(f"{head}\n^entry:\n  %a: array<float, 1> = alloc 3 {{elem='float'}}\n  store %x, %a, 0\n  {end}\n}}\n") == 0


@pytest.mark.parametrize("extent", ["%n", "33"])
def test_large_or_unknown(extent: str) -> None:
    assert marked(KEPT.replace("alloc 3", f"alloc {extent}")) == 0


def test_only_so_many() -> None:
    one = KEPT.splitlines()
    lines = [line.replace("%a", f"%a{k}") for k in range(12) for line in one[3:5]]
    text = "\n".join(["", one[1], one[2], *lines, "  return %x", "}"]).replace("alloc 3", "alloc 32")
    assert marked(text) == 8


def small_vectors(x, n):
    s = np.array([x, 1.0, 0.5])
    total = 0.0
    for k in range(n):
        d = np.array([s[1] * s[2], -s[0], math.sin(x * k)])
        half = s + 0.05 * d
        turned = half[::-1]
        half[0] = half[0] + turned[0]
        s = half * 0.5 + d * 0.1
        total += np.sum(turned * d) + s[k % 3]
    return total


def one_of_before(x, n):
    before = np.zeros(2)
    kept = before
    total = 0.0
    for k in range(n):
        now = np.array([x * k, before[0] + 1.0])
        if k % 3 == 0:
            kept = now[:1]
        total += kept[0] * now[1] + before[1]
        before = now
    return total


def tensors(x, n):
    total = 0.0
    for k in range(n):
        m = np.zeros((2, 2))
        m[k % 2, 1] = x
        m[:, 0] += x * x
        t = m.T.copy()
        t[0] *= 2.0
        total += t[k % 2, 0] * m[0, 1] + np.sum(m * t[::-1])
    return total


def of_bools(x, n):
    count = 0
    for k in range(n):
        seen = np.zeros(5, dtype=bool)
        seen[k % 5] = x > k
        flags = np.array([1, 2, 3])
        flags[k % 3] += 1
        count += int(seen.sum()) + int(flags[k % 2])
    return x * count


def recursive(x, n):
    v = np.array([x, 2.0, float(n)])
    if n <= 0:
        return v[0]
    return recursive(x * 0.5 + v[1] * 0.1, n - 1) + v[n % 3] + v[0]


@pytest.mark.parametrize("function", [small_vectors, one_of_before, tensors, of_bools, recursive], ids=lambda f: f.__name__)
@pytest.mark.parametrize("n", [0, 1, 7])
def test_programs(function: Any, n: int) -> None:
    compiled = irad.compile(function)
    assert compiled(0.7, n) == function(0.7, n)
    h = 1e-5
    near, far = (function(0.7 + d, n) - function(0.7 - d, n) for d in (h, 2.0 * h))
    slope = (8.0 * near - far) / (12.0 * h)
    assert irad.grad(function)(0.7, n) == pytest.approx(slope, rel=1e-8, abs=1e-8)
    assert irad.jvp(function, (0.7, n), (1.0, 0))[1] == pytest.approx(slope, rel=1e-8, abs=1e-8)
