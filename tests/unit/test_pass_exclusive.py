"""Parameters of which each way gives at most one become one."""

from __future__ import annotations

import pytest

import irad
from irad.ir.parse import parse
from irad.passes.exclusive import exclusive
from irad.passes.tools import run_function, verify_module

PICK = """irad 1 low

func @f(%k: int, %a: float, %b: float) -> float {
^entry:
  %c: bool = gt %k, 0
  br %c, ^one, ^other
^one:
  %d: bool = gt %k, 1
  %e: float = mul %a, 2.0
  br %d, ^done(%a, FIRST, undef:float, 1), ^done(undef:float, %e, undef:float, 2)
^other:
  br ^done(undef:float, undef:float, %b, 3)
^done(%x: float, %y: float, %z: float, %from: int):
  %f: bool = eq %from, 1
  br %f, ^x, ^more
^x:
  br ^end(%x)
^more:
  %g: bool = eq %from, 2
  br %g, ^y, ^z
^y:
  %h: float = add %y, 1.0
  br ^end(%h)
^z:
  br ^end(%z)
^end(%r: float):
  return %r
}
"""


@pytest.mark.parametrize(("first", "left"), [("undef:float", 2), ("%b", 3)], ids=["apart", "together"])
def test_each_way_gives_one(first: str, left: int) -> None:
    module = parse(PICK.replace("FIRST", first))
    function = module.functions["f"]
    calls = [(k, 3.0, 5.0) for k in (0, 1, 2)]
    before = [run_function(module, "f", *args) for args in calls]
    assert exclusive(function)
    verify_module(module)
    (done,) = [b for b in function.blocks if b.name == "done"]
    assert len(done.params) == left
    assert [run_function(module, "f", *args) for args in calls] == before == [5.0, 7.0, 3.0]
    assert not exclusive(function)


def test_a_loop_that_is_left_at_many_places() -> None:
    lines = (f"        s = s + x * {k}.5\n        if s > {20 * k + 3}.0:\n            break\n" for k in range(12))
    space: dict = {}
    exec("def f(x, m):\n    s = 0.0\n    for i in range(m):\n" + "".join(lines) + "    return s * s\n", space)
    gradient = irad.grad(space["f"])
    text = gradient.ir(0.3, 4, stage="low", locations=False)
    (params,) = [line for line in text.splitlines() if line.startswith("^done(")]
    assert params.count("float") <= 3, params
    for x in (0.1, 0.9, 1.7, 4.0, 40.0):
        slope = (space["f"](x + 1e-6, 4) - space["f"](x - 1e-6, 4)) / 2e-6
        assert gradient(x, 4) == pytest.approx(slope, rel=1e-6)
