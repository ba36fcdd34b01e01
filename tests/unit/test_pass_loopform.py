"""Canonical loops: the shape, what it computes, and that doing it twice is doing it once."""

import gc
import time

import pytest
from ir_programs import DOWN, MEET, NEST, POWER, PROGRAMS, SEARCH
from ir_random import random_module
from ir_same import outcomes

from irad.analysis.loops import find_loops
from irad.ir.core import Return
from irad.ir.parse import parse
from irad.ir.verify import VerifyError
from irad.passes.loopform import IrreducibleError, check_loops, loopform
from irad.passes.manager import run_passes
from irad.passes.tools import verify_module

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_keep_their_meaning(name):
    program = PROGRAMS[name]
    module = program.module()
    expected = outcomes(program)
    run_passes(module, ["loopform"], verify=True)
    assert outcomes(program, module) == expected
    text = str(module)
    run_passes(module, ["loopform"], verify=True)
    assert str(module) == text
    assert str(parse(text)) == text


def test_random_programs_keep_their_meaning():
    for seed in range(40):
        module = random_module(seed)
        expected = outcomes(module)
        run_passes(module, ["loopform"], verify=True)
        assert outcomes(module) == expected, seed
        text = str(module)
        run_passes(module, ["loopform"], verify=True)
        assert str(module) == text, seed


def test_a_counter_is_reused():
    function = POWER.module().functions["power"]
    loopform(function)
    (loop,) = find_loops(function)
    assert [p.name for p in loop.header.params] == ["i", "net"]
    assert loop.counter is loop.header.params[0] and loop.trip is function.params[1]
    function = DOWN.module().functions["down"]
    loopform(function)
    (loop,) = find_loops(function)
    assert [p.name for p in loop.header.params] == ["j", "d", "trip"]


def test_one_return_one_latch_and_exits_of_their_own():
    function = SEARCH.module().functions["search"]
    loopform(function)
    assert sum(isinstance(b.term, Return) for b in function.blocks) == 1
    (loop,) = find_loops(function)
    assert len(loop.latches) == 1 and loop.preheader is not None
    assert len({e.target for _, e in loop.exits}) == len(loop.exits) == 3


def test_an_edge_out_of_two_loops_has_one_exit_block():
    function = NEST.module().functions["nest"]
    loopform(function)
    outer, inner = find_loops(function)
    both = {e.target for _, e in inner.exits} & {e.target for _, e in outer.exits}
    assert len(both) == 1


def test_where_exits_meet_a_parameter_joins_them():
    function = MEET.module().functions["meet"]
    loopform(function)
    join = next(b for b in function.blocks if b.name == "join")
    assert [p.name for p in join.params] == ["k", "sq"]


def test_unreachable_blocks_go():
    module = parse("func @f() -> int {\n^a:\n  return 1\n^b:\n  br ^c\n^c:\n  br ^b\n}")
    run_passes(module, ["loopform"], verify=True)
    assert len(module.functions["f"].blocks) == 1


def test_loops_without_end_or_return():
    module = parse("func @f(%c: bool) -> int {\n^a:\n  br ^b\n^b:\n  br %c, ^b, ^c\n^c:\n  raise 'ValueError', 'x'\n}")
    run_passes(module, ["loopform"], verify=True)
    module = parse("func @f() -> int {\n^a:\n  br ^b\n^b:\n  br ^b\n}")
    run_passes(module, ["loopform"], verify=True)


def test_irreducible_flow_is_refused():
    body = "^a:\n  br %c, ^b, ^c\n^b:\n  br %c, ^c, ^d\n^c:\n  br %c, ^b, ^d\n^d:\n  return"
    module = parse(f"func @f(%c: bool) -> none {{\n{body}\n}}")
    with pytest.raises(IrreducibleError, match=r"@f: the cycle through \^\w and \^\w has two entries"):
        loopform(module.functions["f"])
    with pytest.raises(VerifyError, match="two entries"):
        check_loops(module.functions["f"])


BROKEN = {
    "cannot be reached": ("^done(%net.2:", "^lost:\n  br ^lost\n^done(%net.2:"),
    "has no trip counter": ("br ^for(0, 1.0)", "br ^for(1, 1.0)"),
    "is used outside of it": ("return %net.2", "return %net"),
    "returns": ("^done(%net.2: float):", "^done(%net.2: float):\n  br %c, ^r1, ^r2\n^r1:\n  return %net.2\n^r2:"),
}


@pytest.mark.parametrize("problem", BROKEN)
def test_broken_shapes_are_found(problem):
    module = POWER.module()
    run_passes(module, ["loopform"], verify=True)
    old, new = BROKEN[problem]
    assert old in str(module)
    with pytest.raises(VerifyError, match=problem):
        verify_module(parse(str(module).replace(old, new)))


@pytest.mark.parametrize("problem", ["has no preheader", "no latch of its own", "is critical", "is shared"])
def test_shapes_that_loopform_makes_are_checked(problem):
    program = {"has no preheader": DOWN, "no latch of its own": SEARCH, "is critical": MEET, "is shared": MEET}[problem]
    with pytest.raises(VerifyError, match=problem):
        verify_module(program.module(), "loops")


def chain(n):
    """n loops one after the other, each with two exits that meet; all values used at the end."""
    lines = ["func @f(%n: int) -> int {", "^entry:", "  br ^h0(0)"]
    for k in range(n):
        lines += [
            f"^h{k}(%i{k}: int):", f"  %v{k}: int = mul %i{k}, 3",
            f"  %c{k}: bool = lt %i{k}, %n", f"  br %c{k}, ^b{k}, ^x{k}",
            f"^b{k}:", f"  %d{k}: bool = gt %v{k}, 50",
            f"  %i{k}.1: int = add %i{k}, 2", f"  br %d{k}, ^x{k}, ^h{k}(%i{k}.1)",
            f"^x{k}:", f"  br ^h{k + 1}(%i{k})" if k < n - 1 else "  br ^end",
        ]
    lines += ["^end:"]
    total = "0"
    for k in range(n):
        lines.append(f"  %t{k}: int = add %v{k}, {total}")
        total = f"%t{k}"
    return "\n".join([*lines, f"  return {total}", "}"])


def test_time_is_in_proportion():
    def seconds(n):
        function = parse(chain(n)).functions["f"]
        start = time.process_time()
        loopform(function)
        return time.process_time() - start

    gc.disable()
    try:
        assert min(seconds(400) for _ in range(3)) < 12 * min(seconds(100) for _ in range(3))
    finally:
        gc.enable()
