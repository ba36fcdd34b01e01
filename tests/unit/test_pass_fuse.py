"""Arrays that are not made: what fuses, what must not, and that programs compute the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irad
from irad.ir.parse import parse_function
from irad.passes.fuse import fuse
from irad.passes.tools import verify_function

X, Y = np.linspace(0.3, 1.7, 5), np.linspace(-1.0, 2.0, 5)
M = np.linspace(-1.0, 1.0, 15).reshape(3, 5)


def made(f: Callable[..., Any], *args: Any) -> int:
    """How many arrays compiled code makes, after comparing what it computes, and leaves, with CPython."""
    mine, theirs = ([a.copy() if isinstance(a, np.ndarray) else a for a in args] for _ in range(2))
    compiled = irad.compile(f)
    np.testing.assert_allclose(compiled(*mine), f(*theirs), rtol=1e-13, atol=1e-14)
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-14)
    return compiled.ir().count(" = alloc ")


def test_chains_become_one_loop() -> None:
    assert made(lambda x, y: np.sum(x + 2.0 * (y * y - 3.0 * x)), X, Y) == 0
    assert made(lambda x, y: np.exp(-0.5 * (x * x) ** 2) / 3.0, X, Y) == 1  # the result


def test_rows_and_columns() -> None:
    assert made(lambda m, x: np.sum((m - x) * m), M, X) == 0
    assert made(lambda m, x: np.sum(2.0 * m.T), M, X) == 0
    assert made(lambda m, x: (m * 2.0)[1, 2] + (m - 1.0)[0, 0], M, X) == 0


def test_loops_of_the_program() -> None:
    def squares_of_scaled(x):
        scaled = np.empty(len(x))
        for i in range(len(x)):
            scaled[i] = 2.0 * x[i]
        total = 0.0
        for i in range(len(x)):
            total += scaled[i] * i
        return total

    assert made(squares_of_scaled, X) == 0


def test_read_twice() -> None:
    def centred(x):
        d = x - 0.5
        return np.sum(d) / np.prod(d)

    assert made(centred, X) == 1


def test_a_source_that_is_overwritten() -> None:
    def overwritten(x):
        twice = 2.0 * x
        x[:] = 1.0
        return np.sum(twice)

    def overwritten_by_the_reader(x):
        twice = 2.0 * x
        for i in range(len(x)):
            x[len(x) - 1 - i] = twice[i]
        return x[0]

    def overwritten_by_a_callee(x):
        twice = 2.0 * x
        clear(x, 3)
        return np.sum(twice)

    def clear(x, n):
        x[n] = 0.0
        if n > 0:
            clear(x, n - 1)

    for f in (overwritten, overwritten_by_the_reader, overwritten_by_a_callee):
        assert made(f, X) == 1


def test_what_others_hold_or_see() -> None:
    assert made(lambda x: np.sum((x * 2.0)[1:] - (x / 3.0)[:-1]), X) == 0  # views are other indices
    assert made(lambda x: np.sum(np.sort(x * 2.0)[::-1] * x), X) >= 1
    assert made(lambda x: (lambda a: (a, np.sum(a)))(x * 2.0)[0], X) == 1
    assert made(lambda x: (lambda a: (a, np.sum(a)))(x * 2.0)[1], X) == 0
    assert made(lambda x: (lambda a: (np.sum(a), a)[0] + len(a) + a.shape[0])(x * 2.0), X) == 0


def test_costly_elements_are_computed_once() -> None:
    assert made(lambda m, x: m @ np.exp(x), M, X) == 2  # exp(x), and the result
    assert made(lambda x, y: np.sum(np.exp(x)[:, None] * y), X, Y) >= 1
    assert made(lambda x, i: np.sum(np.exp(x)[i]), X, np.array([0, 1, 1, 0])) >= 1


def test_carried_around_a_loop() -> None:
    def euler(y, n):
        for _ in range(n):
            y = y + 0.1 * (1.0 - y * y)
        return np.sum(y)

    def last(y, n):
        step = y
        for i in range(n):
            step = y * i
        return np.sum(step)

    made(euler, X, 4)
    made(last, X, 4)
    made(last, X, 0)


def test_other_extents_and_empty_arrays() -> None:
    def f(x, y):
        return np.sum(x * 2.0 + y / 3.0)

    compiled = irad.compile(f)
    for x, y in ((X, Y), (X[:1], Y), (X, Y[:1]), (X[:0], Y[:0]), (X[:0], Y[:1]), (X[::2], Y[1:4])):
        assert compiled(x, y) == pytest.approx(f(x, y), rel=1e-14)
    with pytest.raises(ValueError, match="could not be broadcast"):
        compiled(X[:2], Y[:3])


NEST = """
func @f(%x: array<float, 1>, %n: int, %b: bool) -> float {{
^entry:
  %t: array<float, 1> = alloc %n {{elem='float', zero=True}}
  br ^each(0)
^each(%i: int):
  %c: bool = lt %i, {trip}
  br %c, ^body, ^done
^body:
  %a: float = load %x, %i
  %v: float = mul %a, 2.0
  {store}
  br ^latch
^latch:
  %i.1: int = add %i, 1
  br ^each(%i.1)
^done:
  br ^for(0, 0.0)
^for(%k: int, %s: float):
  %d: bool = lt %k, %n
  br %d, ^read, ^end(%s)
^read:
  %e: float = load %t, %k
  %s.1: float = add %s, %e
  %k.1: int = add %k, 1
  br ^for(%k.1, %s.1)
^end(%r: float):
  return %r
}}
"""


def fused(store: str = "store %v, %t, %i", trip: str = "%n", **replaced: str) -> bool:
    text = NEST.format(store=store, trip=trip)
    for old, new in replaced.items():
        text = text.replace(f"^{old}:", new)
    function = parse_function(text)
    verify_function(function)
    changed = fuse(function)
    verify_function(function)
    return changed


def test_nests_that_fill_an_array() -> None:
    assert fused()
    assert not fused(trip="3")  # not all of it
    assert not fused(store="store %v, %t, 0")
    assert not fused(store="store %v, %t, %i\n  store %a, %t, %i")
    assert not fused(store="guard %b {exc='ValueError', msg='no'}\n  store %v, %t, %i")
    assert not fused(store="br %b, ^some, ^latch\n^some:\n  store %v, %t, %i")  # zeros elsewhere
    assert not fused(store="store %v, %t, %i\n  br %b, ^latch, ^end(0.0)\n^never:")


FORMS = (
    "{a} + {b}", "{a} * {b}", "{a} - {b}", "np.exp(-{a} * {a})", "np.where({a} > {b}, {a}, {b} * 2.0)", "np.sin({a})",
    "({a} + {b}.T.T)", "np.maximum({a}, {b})", "{a} * np.sum({b})", "np.cumsum({a}) - {b}", "{a} + np.dot({b}, {a})",
    "({a} + {b})[::-1]", "{a} * {b}[0]",
)


def random_source(rng: random.Random) -> str:
    """A few statements over two arrays, some of which overwrite what earlier ones were made of."""
    names, lines = ["x", "y"], []
    for k in range(rng.randint(2, 6)):
        a, b = rng.choice(names), rng.choice(names)
        text = rng.choice(FORMS).format(a=a, b=b)
        kind = rng.random()
        if kind < 0.6:
            lines.append(f"t{k} = {text}")
            names.append(f"t{k}")
        elif kind < 0.75:
            lines.append(f"{rng.choice(names)}[:] = {text}")
        elif kind < 0.85:
            lines.append(f"{rng.choice(names)}[{rng.randint(-4, 3)}] *= 0.5")
        else:
            lines += [f"for i in range(3):\n        {a} = {text}" if a.startswith("t") else f"t{k} = {text}", f"{a}[1] += 0.25"]
            names += [f"t{k}"] if not a.startswith("t") else []
    return "def f(x, y):\n    " + "\n    ".join(lines) + f"\n    return np.sum({rng.choice(names)} * {rng.choice(names)} + x)\n"


@pytest.mark.parametrize("seed", range(16))
def test_random_array_programs(seed: int) -> None:
    rng = random.Random(seed)
    space: dict[str, Any] = {"np": np}
    exec(random_source(rng), space)
    f = space["f"]
    x, y = np.array([0.4, -0.3, 0.7, 0.2]), np.array([0.1, 0.9, -0.5, 0.6])
    made(f, x, y)

    irad.check_grads(lambda x, y: f(x, y), (x, y))


def test_a_transposed_copy_that_is_read_again_and_again() -> None:
    """Its rows were wanted together: the product with a strided matrix makes one, if it has enough rows itself."""
    def rows(m: Any, x: Any) -> Any:
        t = m.T.copy()
        total = 0.0
        for k in range(10):
            for i in range(len(t)):
                for j in range(t.shape[1]):
                    total += x[i] * t[i, j] * k
        return total

    def once(m: Any, x: Any) -> Any:
        t = m.T.copy()
        total = 0.0
        for i in range(len(t)):
            for j in range(t.shape[1]):
                total += x[i] * t[i, j]
        return total

    assert made(rows, M, X) == 1 and made(once, M, X) == 0
    assert made(lambda m: m @ m.T, M) == 3  # two products, of which one has a copy
    long = np.linspace(-1.0, 1.0, 60).reshape(12, 5)
    assert made(lambda m: m @ m.T, long) == 3
    assert made(lambda m: m.T @ m, long) == 1
