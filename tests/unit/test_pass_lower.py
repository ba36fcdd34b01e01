"""Guards become branches to cold blocks."""

import pytest
from ir_programs import GUARDS, PROGRAMS
from ir_random import random_module
from ir_same import outcomes

from irad.ir.core import Raise
from irad.ir.parse import parse
from irad.passes.lower import lower_guards
from irad.passes.manager import run_passes

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_keep_their_meaning(name):
    module = PROGRAMS[name].module()
    run_passes(module, ["lower"], verify=True)
    assert outcomes(PROGRAMS[name], module) == outcomes(PROGRAMS[name])


def test_random_programs_keep_their_meaning():
    for seed in range(20):
        module = random_module(seed)
        expected = outcomes(module)
        run_passes(module, ["loopform", "lower"], verify=True)
        assert outcomes(module) == expected, seed


def test_cold_blocks_stand_last_with_place_and_parts():
    function = GUARDS.module().functions["pick"]
    lower_guards(function)
    assert [isinstance(b.term, Raise) for b in function.blocks] == [False] * 4 + [True] * 3
    second = function.blocks[5].term
    assert (second.exc, second.loc.line, [v.name for v in second.args]) == ("IndexError", 2, ["i", "n"])


def test_guards_of_constants():
    guards = "\n".join(f"  guard {c} {{exc='ValueError', msg=''}}" for c in ("true", "false"))
    function = parse(f"func @f() -> int {{\n^a:\n{guards}\n  return 1\n}}").functions["f"]
    lower_guards(function)
    assert len(function.blocks) == 3
