"""Inlining: same meaning, limits, recursion, call chains of locations."""

import pytest
from ir_programs import CALLS, PROGRAMS
from ir_random import random_module
from ir_same import outcomes

from irad.ir.parse import parse
from irad.passes.inline import drop_uncalled, inline_calls
from irad.passes.manager import run_passes
from irad.passes.tools import run_function, verify_module

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_keep_their_meaning(name):
    program = PROGRAMS[name]
    module = program.module()
    inline_calls(module, program.root)
    verify_module(module)
    assert outcomes(program, module) == outcomes(program)


def test_random_programs_keep_their_meaning():
    for seed in range(30):
        module = random_module(seed)
        expected = outcomes(module)
        run_passes(module, ["inline"], verify=True)
        assert list(module.functions) == ["main"]
        assert outcomes(module) == expected, seed


def test_recursion_stays_a_call_and_the_rest_goes():
    module = CALLS.module()
    inline_calls(module, "main")
    drop_uncalled(module, ["main"])
    assert list(module.functions) == ["main", "fact"]
    calls = [i.attrs["callee"] for f in module.functions.values() for i in f.instrs() if i.op == "call"]
    assert calls == ["fact", "fact"]


def test_mutual_recursion():
    text = "irad 1 typed\n\n" + "\n\n".join(f"""func @{name}(%n: int) -> bool {{
^entry:
  %m: int = call %n {{callee='less', types=('int',)}}
  %zero: bool = lt %m, 0
  br %zero, ^yes, ^no
^yes:
  return {result}
^no:
  %r: bool = call %m {{callee='{other}', types=('bool',)}}
  return %r
}}""" for name, other, result in (("even", "odd", "true"), ("odd", "even", "false")))
    text += "\n\nfunc @less(%n: int) -> int {\n^entry:\n  %m: int = sub %n, 1\n  return %m\n}\n"
    module = parse(text)
    run_passes(module, ["inline"], root="even", verify=True)
    assert sorted(module.functions) == ["even", "odd"]
    assert [run_function(module, "even", n) for n in range(5)] == [True, False, True, False, True]


def test_locations_tell_the_call_chain():
    module = CALLS.module()
    inline_calls(module, "main")
    first = next(i for i in module.functions["main"].instrs() if i.op == "mul")
    assert (first.loc.line, first.loc.caller.line, first.loc.caller.caller) == (2, 9, None)
    assert "# a.py:2:12 < a.py:9:5" in str(module)


def test_size_limit_and_functions_that_stay():
    module = CALLS.module()
    inline_calls(module, "main", max_size=0)
    assert str(module) == str(CALLS.module())
    module.functions["square"].attrs["inline"] = False
    inline_calls(module, "main")
    verify_module(module)
    assert {i.attrs["callee"] for i in module.functions["main"].instrs() if i.op == "call"} == {"fact", "square"}
    assert outcomes(CALLS, module) == outcomes(CALLS)


def test_a_callee_that_never_returns():
    module = parse("""
func @f(%x: int) -> int {
^entry:
  %y: int = call %x {callee='g', types=('int',)}
  %z: int = add %y, 1
  return %z
}
func @g(%x: int) -> int {
^entry:
  raise 'ValueError', 'no {}', %x
}""")
    run_passes(module, ["inline", "loopform"], verify=True)
    with pytest.raises(ValueError, match="no 3"):
        run_function(module, "f", 3)


def sums(calls: int, work: int) -> str:
    """`main`, which calls a function with a loop and one without at so many places, both `work` instructions long."""
    body = "".join(f"  %t{k}: float = mul %t{k - 1}, 0.5\n" for k in range(1, work))
    called = "".join(
        f"  %a{k}: float = call %a{k - 1}, %n {{callee='looping', types=('float',)}}\n"
        f"  %b{k}: float = call %b{k - 1} {{callee='straight', types=('float',)}}\n" for k in range(1, calls + 1))
    return f"""irad 1 typed

func @looping(%x: float, %n: int) -> float {{
^entry:
  br ^for(0, %x)
^for(%i: int, %t0: float):
  %c: bool = lt %i, %n
  br %c, ^body, ^done
^body:
{body}  %j: int = add %i, 1
  br ^for(%j, %t{work - 1})
^done:
  return %t0
}}

func @straight(%t0: float) -> float {{
^entry:
{body}  return %t{work - 1}
}}

func @main(%a0: float, %b0: float, %n: int) -> float, float {{
^entry:
{called}  return %a{calls}, %b{calls}
}}
"""


@pytest.mark.parametrize("calls, work, kept", [(3, 100, False), (20, 100, True), (8, 60, False), (5, 160, True), (1, 900, False)])
def test_loops_in_big_programs_stay_functions(calls: int, work: int, kept: bool):
    """Where the code of all copies would be much, and only what loops: a call is little beside a loop."""
    module = parse(sums(calls, work))
    expected = run_function(module, "main", 1.0, 2.0, 3)
    run_passes(module, ["inline"], root="main", verify=True)
    assert list(module.functions) == ["looping", "main"] if kept else ["main"]
    assert run_function(module, "main", 1.0, 2.0, 3) == expected


def test_tiny_functions_beyond_the_limit():
    """Many calls of a tiny function are no more code when they are inlined: as calls they would need tapes of their own."""
    calls = "".join(f"  %y{i + 1}: float = call %y{i} {{callee='twice', types=('float',)}}\n" for i in range(40))
    module = parse(f"""
func @f(%y0: float) -> float {{
^entry:
{calls}  return %y40
}}
func @twice(%x: float) -> float {{
^entry:
  %y: float = add %x, %x
  return %y
}}""")
    inline_calls(module, "f", max_size=30)
    assert not [i for i in module.functions["f"].instrs() if i.op == "call"]
    assert run_function(module, "f", 1.0) == 2.0**40
