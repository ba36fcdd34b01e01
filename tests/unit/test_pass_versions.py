"""Loops in two versions: which checks go, and that nothing else changes, at the edges of what ints hold."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from irad.ir.parse import parse
from irad.passes import strips
from irad.passes.loopform import loopform
from irad.passes.tools import run_function, verify_module
from irad.passes.versions import versions

MAX, MIN = 2**63 - 1, -(2**63)
FAIL = "{exc='IndexError', msg='{}'}"
PARAMS = "%a: array<float, 1>, %index: array<int, 1>, %n: int, %k: int"


def loop(body: str, trip: str = "%n", more: str = "") -> str:
    """A loop of counter %i that ends with a store of %i at index %at."""
    text = f"""irad 1 typed
func @f({PARAMS}) -> none {{
^entry:
  %m: int = dim %a {{axis=0}}
  {more}
  br ^for(0)
^for(%i: int):
  %c: bool = lt %i, {trip}
  br %c, ^body, ^done
^body:
  {body}
  %x: float = cast %i {{to='float'}}
  store %x, %a, %at
  %j: int = add %i, 1
  br ^for(%j)
^done:
  return
}}
"""
    return "\n".join(line.strip() if line.strip().startswith("^") else line for line in text.splitlines())


def check(at: str) -> str:
    """A check that %at is in bounds."""
    return f"{at}\n%lo: bool = ge %at, 0\n%hi: bool = lt %at, %m\n%ok: bool = and %lo, %hi\nguard %ok, %at {FAIL}"


def fitting(op: str, x: str, y: str, name: str = "%at") -> str:
    fine = f"%f{name[1:]}"
    return f"{fine}: bool = {op}_fits {x}, {y}\nguard {fine} {{exc='OverflowError', msg=''}}\n{name}: int = {op} {x}, {y}"


def wrapped(index: str) -> str:
    """%at: an index that counts from the end where it is negative."""
    return f"%neg: bool = lt {index}, 0\n%back: int = add {index}, %m\n%at: int = select %neg, %back, {index}"


LOOPS = {
    "counter": loop(check("%at: int = add %i, 0")),
    "start": loop(check(fitting("add", "%i", "%k"))),
    "down": loop(check(fitting("sub", "%k", "%i"))),
    "scaled": loop(check(fitting("mul", "%i", "%k"))),
    "of the end": loop(check(f"%e: int = sub %i, 1\n{wrapped('%e')}")),
    "shifted": loop(check(f"{fitting('add', '%i', '%k', '%e')}\n{wrapped('%e')}")),
    "half": loop(check("%at: int = floordiv %i, 2")),
    "rest": loop(check("%at: int = mod %i, %k")),
    "branch": loop(f"""%b: bool = lt %i, %k
      br %b, ^near, ^far
      ^near:
      {check(fitting("add", "%i", "1"))}
      br ^on(%at)
      ^far:
      br ^on(0)
      ^on(%at.1: int):
      %low.1: bool = lt 0, %m
      guard %low.1 {FAIL}""").replace("store %x, %a, %at\n", "store %x, %a, %at.1\n"),
    "read": loop(check("%at: int = load %index, %i"), "%len", "%len: int = dim %index {axis=0}"),
    "read and turned": loop(check(f"%e: int = load %index, %i\n{wrapped('%e')}"), "%len", "%len: int = dim %index {axis=0}"),
    "read behind a check": loop(
        f"%room: int = dim %index {{axis=0}}\n%p: bool = lt %i, %room\nguard %p {FAIL}\n" + check("%at: int = load %index, %i")),
}
ABOVE = f"%ok: bool = lt %at, %m\nguard %ok, %at {FAIL}"  # as where range analysis has shown that it is not negative
LOOPS |= {  # checks that ask for one side only: what else the copy takes for granted must be asked for as well
    "a sum that wraps": loop(f"%e: int = add %i, %k\n%ok: bool = ge %e, 0\nguard %ok {FAIL}\n%at: int = mul %i, 0"),
    "turned": loop(f"%e: int = sub %i, %k\n{wrapped('%e')}\n{ABOVE}").replace("cast %i", "cast %at"),
    "not turned at 0": loop(check(f"%e: int = add %i, 0\n{wrapped('%e')}".replace("lt %e, 0", "lt %e, 2"))),
    "read, turned": loop(f"%e: int = load %index, %i\n{wrapped('%e')}\n{ABOVE}", "%len", "%len: int = dim %index {axis=0}")
    .replace("cast %i", "cast %at"),
}
KS = (0, 1, 2, 3, -1, 5, MAX, MAX - 2, MIN, MIN + 1, 2**62)


def outcome(module: Any, args: tuple[Any, ...]) -> tuple[str, list[float]]:
    try:
        run_function(module, "f", *args)
        said = ""
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    return said, args[0].tolist()


def made(text: str) -> tuple[Any, Any]:
    """The function in form `loops`, and after the pass."""
    modules = [parse(text), parse(text)]
    for module in modules:
        loopform(module.functions["f"])
        module.form = "loops"
    versions(modules[1].functions["f"])
    verify_module(modules[1])
    return modules[0], modules[1]


@pytest.mark.parametrize("name", LOOPS)
def test_same_stores_and_exceptions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "STRIP", 2)
    before, after = made(LOOPS[name])
    indices = ([], [0], [0, 1, 2, 3], [0, 1, 5, 1], [-1, 0, 1], [3, 2, 1, 0, -4], [0, 1, 2, 3, -5], [MAX, 0], [0, MIN])
    indices = indices if "read" in name else indices[:1]
    for size, n, k, index in itertools.product((0, 1, 3, 4), (-1, 0, 1, 3, 4, 5), KS, indices):
        def args() -> tuple[Any, ...]:
            return np.full(size, -1.0), np.array(index, dtype=np.int64), n, k

        assert outcome(before, args()) == outcome(after, args()), (size, n, k, index)


@pytest.mark.parametrize("name", [name for name in LOOPS if name != "not turned at 0"])
def test_one_version_is_free_of_checks(name: str) -> None:
    """All guards of the copy are gone; those of the loop are still there."""
    before, after = made(LOOPS[name])
    text = str(after)
    assert text.count("guard") == str(before).count("guard")
    assert ".free" in text and text.index("guard") > text.index("^for.pre")


UNCHANGED = {
    "float": loop(f"%y: float = load %a, %i\n%p: bool = lt %y, 1.0\nguard %p {FAIL}\n%at: int = add %i, 0"),
    "read from what is written": loop(
        f"%y: float = load %a, %i\n%e: int = cast %y {{to='int'}}\n{check('%at: int = add %e, 0')}"),
    "carried": loop(check("%at: int = add %q, 0")).replace("^for(0)", "^for(0, 0)")
    .replace("^for(%i: int)", "^for(%i: int, %q: int)").replace("br ^for(%j)", "%r: int = mul %q, 3\n  br ^for(%j, %r)"),
    "no trip": loop(check("%at: int = add %i, 0")).replace("lt %i, %n", "ne %i, %n"),
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_not_before_its_time(name: str) -> None:
    """What is not known before the loop is not asked there."""
    module = parse(UNCHANGED[name])
    loopform(module.functions["f"])
    before = str(module)
    assert not versions(module.functions["f"]) and str(module) == before


def test_a_test_that_does_something_is_not_run_twice() -> None:
    text = loop(check("%at: int = add %i, 0")).replace("  %c: bool", f"  %t: bool = ge %i, %k\n  guard %t {FAIL}\n  %c: bool")
    module = parse(text)
    loopform(module.functions["f"])
    assert not versions(module.functions["f"])


def test_a_branch_that_speaks_of_a_product() -> None:
    """Facts are not asked of what facts are made of."""
    index = fitting("mul", "%i", "%k")
    product = f"%z: int = add %k, 1\n{fitting('mul', '%z', '%i', '%q')}\n%b: bool = lt %q, %n"
    text = LOOPS["branch"].replace("%b: bool = lt %i, %k", product)
    made(text.replace(fitting("add", "%i", "1"), index))


@pytest.mark.parametrize("last", ["mod %t600, %k", "add %t600, 0", "and %t600, 3"])
def test_long_sums(last: str) -> None:
    """A sum of hundreds of terms is left alone, or done; it does not fill the stack."""
    terms = "\n".join(f"%t{k + 1}: int = add %t{k}, %i" for k in range(600))
    before, after = made(loop(check(f"%t0: int = add %i, 0\n{terms}\n%at: int = {last}")))

    def args() -> tuple[Any, ...]:
        return np.full(3, -1.0), np.zeros(0, dtype=np.int64), 3, 2

    assert outcome(before, args()) == outcome(after, args())


def test_an_extent_of_the_nest_is_not_taken_for_zero() -> None:
    """That no loop runs is no condition to split a nest for: its inner loop, before which the extent is known, is split."""
    text = f"""irad 1 typed
func @f(%a: array<float, 1>, %b: array<float, 1>, %n: int) -> none {{
^entry:
  br ^for(0, %a, %b)
^for(%k: int, %u: array<float, 1>, %v: array<float, 1>):
  %more: bool = lt %k, %n
  br %more, ^body, ^done
^body:
  %m: int = dim %u {{axis=0}}
  br ^inner(0)
^inner(%i: int):
  %c: bool = lt %i, %n
  br %c, ^store, ^after
^store:
  %ok: bool = lt %i, %m
  guard %ok, %i {FAIL}
  store 1.0, %u, %i
  %j: int = add %i, 1
  br ^inner(%j)
^after:
  %l: int = add %k, 1
  br ^for(%l, %v, %u)
^done:
  return
}}
"""
    module = parse(text)
    loopform(module.functions["f"])
    assert versions(module.functions["f"])
    verify_module(module)
    assert "^inner.free" in str(module) and "^for.free" not in str(module)
