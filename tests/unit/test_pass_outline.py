"""Outlining: each loop becomes a function, and inlining brings the program back."""

import pytest
from ir_programs import NEST, POWER, PROGRAMS, SEARCH
from ir_random import random_module
from ir_same import outcomes

from irad.analysis.loops import find_loops
from irad.passes.manager import run_passes
from irad.passes.outline import outline
from irad.passes.tools import verify_module

pytestmark = pytest.mark.smoke


def outline_loops(module, root, form, check):
    if form == "loops":
        run_passes(module, ["loopform"])
    function = module.functions[root]
    for number in range(9):
        loops = list(find_loops(function))  # asked afresh, innermost and last first
        if not loops:
            return
        outline(module, function, loops[-1].blocks, f"{root}.loop{number}")
        verify_module(module)
        check()


@pytest.mark.parametrize("form", ["typed", "loops"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_loops_of_programs(name, form):
    program = PROGRAMS[name]
    expected = outcomes(program)
    module = program.module()

    def check():
        assert outcomes(program, module) == expected

    outline_loops(module, program.root, form, check)
    run_passes(module, ["inline", "loopform"], root=program.root, verify=True)
    check()
    assert not any(".loop" in function for function in module.functions)


@pytest.mark.parametrize("form", ["typed", "loops"])
def test_loops_of_random_programs(form):
    for seed in range(25):
        module = random_module(seed)
        expected = outcomes(module)

        def check():
            assert outcomes(module) == expected, seed

        outline_loops(module, "main", form, check)
        run_passes(module, ["inline", "loopform"], verify=True)
        check()


def test_signature_and_call():
    module = POWER.module()
    run_passes(module, ["loopform"])
    function = module.functions["power"]
    (loop,) = find_loops(function)
    inner = outline(module, function, loop.blocks, "power.loop")
    assert [p.name for p in inner.params] == ["n", "x", "i", "net"]  # ins, then carried
    assert list(map(str, inner.results)) == ["float"]
    (call,) = [i for i in function.instrs() if i.op == "call"]
    assert call.attrs == {"callee": "power.loop", "types": ("float",)}


def test_exits_are_numbered_and_share_slots():
    module = SEARCH.module()
    run_passes(module, ["loopform"])
    function = module.functions["search"]
    (loop,) = find_loops(function)
    inner = outline(module, function, loop.blocks, "search.loop")
    assert [str(t) for t in inner.results] == ["int", "int", "float", "float"]  # exit, i, s or y, s.1


def test_a_region_with_returns_and_raises():
    module = SEARCH.module()
    function = module.functions["search"]
    (loop,) = find_loops(function)
    beyond = {b for b in function.blocks if b.name in ("bad", "out", "done")}
    outline(module, function, loop.blocks | beyond, "search.rest")
    verify_module(module)
    assert outcomes(SEARCH, module) == outcomes(SEARCH)


def test_the_whole_function():
    module = NEST.module()
    outline(module, module.functions["nest"], module.functions["nest"].blocks, "nest.all")
    verify_module(module)
    assert outcomes(NEST, module) == outcomes(NEST)


def test_a_region_has_one_entry():
    module = SEARCH.module()
    function = module.functions["search"]
    with pytest.raises(ValueError, match=r"one entry, not \['none', 'sign'\]"):
        outline(module, function, [b for b in function.blocks if b.name in ("none", "sign")], "x")
