"""Ownership: each allocation is released once on every path, and not used after that (the interpreter counts)."""

import pytest
from ir_programs import PROGRAMS, SWAP, TAPES
from ir_random import random_module
from ir_same import outcomes

from irad.ir.parse import parse
from irad.passes.manager import run_passes
from irad.passes.tools import run_function

pytestmark = pytest.mark.smoke
LOWERED = ["loopform", "lower", "lifetime"]
ON_STACK = ["loopform", "lower", "stack", "lifetime"]


@pytest.mark.parametrize("passes", [["lower", "lifetime"], LOWERED, ["inline", *LOWERED], ["inline", *ON_STACK]], ids=len)
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_balance(name, passes):
    program = PROGRAMS[name]
    module = program.module()
    run_passes(module, passes, root=program.root, verify=True)
    assert outcomes(program, module, counted=True) == outcomes(program)


def test_random_programs_balance():
    for seed in range(40):
        module = random_module(seed)
        expected = outcomes(module)
        run_passes(module, ["lower", "lifetime"] if seed % 2 else ["inline", *LOWERED], verify=True)
        assert outcomes(module, counted=True) == expected, seed


def lowered(text, *passes):
    module = parse(text)
    run_passes(module, passes or ["lower", "lifetime"], verify=True)
    return module


def counts(module):
    ops = [i.op for f in module.functions.values() for i in f.instrs()]
    return ops.count("retain"), ops.count("release")


def test_swapped_arrays_need_no_counting():
    module = SWAP.module()
    run_passes(module, LOWERED, verify=True)
    assert counts(module) == (0, 2)  # the scratch array of each iteration, and the one not returned
    (body,) = [b for b in module.functions["swap"].blocks if b.name == "body"]
    after_last_use = [i.op for i in body.instrs].index("release")
    assert body.instrs[after_last_use - 1].results[0].name == "t0"


def test_scalars_and_borrowed_parameters_cost_nothing():
    module = lowered("""
func @f(%a: array<float, 2>, %i: int) -> float {
^entry:
  %n: int = dim %a {axis=1}
  %row: array<float, 1> = view %a, %i, 1, 1, 0, %n, 1 {drop=(0,), layout='C'}
  %x: float = load %row, 0
  return %x
}""")
    assert counts(module) == (0, 0)


def test_ways_that_raise_release_nothing():
    module = lowered("""
func @f(%n: int) -> int {
^entry:
  %a: array<float, 1> = alloc %n {elem='float', zero=True}
  %ok: bool = gt %n, 2
  guard %ok {exc='ValueError', msg='small'}
  %m: int = dim %a {axis=0}
  return %m
}""")
    assert counts(module) == (0, 1)
    assert run_function(module, "f", 5, counted=True) == 5


def test_dead_on_one_side_of_a_critical_edge():
    module = lowered("""
func @f(%n: int, %c: bool) -> int {
^entry:
  %a: array<int, 1> = alloc %n {elem='int', zero=True}
  br %c, ^use, ^end(0)
^use:
  %x: int = load %a, 0
  br ^end(%x)
^end(%r: int):
  return %r
}""")
    assert counts(module) == (0, 2)
    for flag in (True, False):
        assert run_function(module, "f", 3, flag, counted=True) == 0


def test_results_that_nobody_uses():
    module = lowered("""
func @f(%a: array<float, 1>) -> none {
^entry:
  %t: array<array<float, 1>, 1> = alloc 1 {elem='array<float, 1>'}
  %u: array<float, 1> = load %t, 0
  %p: record = pack %a
  br ^next(%t)
^next(%unused: array<array<float, 1>, 1>):
  return
}""")
    import numpy as np

    assert run_function(module, "f", np.ones(1), counted=True) is None


def test_a_part_of_a_record_may_outlive_it():
    import numpy as np

    module = lowered("""
func @f(%a: array<float, 1>) -> array<float, 1> {
^entry:
  %b: array<float, 1> = alloc 1 {elem='float', zero=True}
  %p: record = pack %b, %a
  %x: array<float, 1>, %y: array<float, 1> = unpack %p {types=('array<float, 1>', 'array<float, 1>')}
  return %x
}""")
    assert counts(module) == (2, 1)  # the argument goes into the record, the part comes out, the record dies
    assert run_function(module, "f", np.ones(1), counted=True) == [0.0]


def test_growing_an_array_that_others_hold():
    import numpy as np

    text = """
func @f(%a: array<float, 1>) -> float {
^entry:
  %p: record = pack %a
  %g: array<float, 1> = grow %a, 9
  %h: array<float, 1> = grow %g, 2
  store 5.0, %h, 2
  %x: float = load %h, 2
  return %x
}"""
    assert run_function(lowered(text), "f", np.ones(3), counted=True) == 5.0
    a = np.ones(12)
    assert run_function(lowered(text), "f", a, counted=True) == 5.0


def test_tapes_hold_their_rows():
    module = TAPES.module()
    run_passes(module, LOWERED, verify=True)
    alloc = next(i for i in module.functions["forward"].instrs() if i.op == "alloc")
    assert alloc.attrs["zero"] is True


def test_places_of_a_new_array_hold_nothing_to_release():
    text = """
func @f(%a: array<float, 1>, %b: array<float, 1>, %i: int) -> array<array<float, 1>, 1> {
^entry:
  %rows: array<array<float, 1>, 1> = alloc 3 {elem='array<float, 1>', zero=True}
  store %a, %rows, 0
  store %b, %rows, 1
  SECOND
  return %rows
}"""
    assert counts(lowered(text.replace("SECOND", "store %a, %rows, 2"))) == (3, 0)
    for second in ("store %a, %rows, 1", "store %a, %rows, %i"):
        assert counts(lowered(text.replace("SECOND", second))) == (3, 1)
    view = "%v: array<array<float, 1>, 1, A> = view %rows, 0, 3, 1 {drop=(), layout='A'}\n  "
    assert counts(lowered(text.replace("SECOND", view + "store %a, %v, 2\n  store %b, %rows, 2"))) == (4, 2)
