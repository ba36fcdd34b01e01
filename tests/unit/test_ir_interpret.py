"""The interpreter: scalars as machines have them, arrays with views, errors, ownership."""

import numpy as np
import pytest
from ir_programs import CHOICE, GUARDS, PROGRAMS, SEARCH

from irad.ir.interpret import InterpretError
from irad.ir.parse import import_symbol, parse
from irad.passes.tools import run_function, verify_module

pytestmark = pytest.mark.smoke


def run_text(params, body, *args, results="int", form="typed", **options):
    module = parse(f"irad 1 {form}\nfunc @f({params}) -> {results} {{\n^entry:\n{body}\n}}")
    verify_module(module)
    return run_function(module, "f", *args, **options)


def op(kind, operation, *args, result=None):
    names = "xyz"[:len(args)]
    params = ", ".join(f"%{n}: {kind}" for n in names)
    operation = operation.replace(" ?", " " + ", ".join(f"%{n}" for n in names))
    return run_text(params, f"  %r: {result or kind} = {operation}\n  return %r", *args, results=result or kind)


def test_integers_wrap():
    assert op("int", "add ?", 2**63 - 1, 1) == -(2**63)
    assert op("int", "neg ?", -(2**63)) == -(2**63)
    assert op("int32", "mul ?", 2**20, 2**20) == 0
    assert op("uint8", "sub ?", 3, 5) == 254
    assert op("uint8", "invert ?", 1) == 254
    assert op("int", "shl ?", 1, 63) == -(2**63)
    assert op("float", "cast ? {to='int'}", -2.9, result="int") == -2
    assert op("int", "cast ? {to='bool'}", 7, result="bool") is True


def test_floats_round():
    assert op("float32", "add ?", 0.1, 0.2) == float(np.float32(0.1) + np.float32(0.2))
    assert op("float32", "mul ?", 1e30, 1e30) == np.inf
    assert op("float", "div ?", 1.0, 0.0) == np.inf
    assert op("float", "cast ? {to='float32'}", 0.1, result="float32") == float(np.float32(0.1))


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_run(name):
    program = PROGRAMS[name]
    for call in program.calls:
        try:
            run_function(program.module(), program.root, *call, fuel=10000)
        except (ValueError, IndexError, ZeroDivisionError):
            assert name in ("search", "guards", "choice")


def test_arrays_against_numpy():
    a = np.arange(12.0).reshape(3, 4)[::-1]
    body = """
  %n: int = dim %a {axis=1}
  %s: int = stride %a {axis=0}
  %v: array<float, 1, A> = view %a, 2, 1, 1, 3, %n, -1 {drop=(0,), layout='A'}
  %x: float = load %v, 1
  store 7.0, %v, 0
  %p: array<float, 2, A> = permute %a {axes=(1, 0)}
  %same: bool = overlap %p, %v
  %w: array<float, 2, A> = spread %v, 5, 4 {axes=(-1, 0)}
  %y: float = load %w, 4, 3
  return %s, %x, %p, %same, %y, %w"""
    results = "int, float, array<float, 2, A>, bool, float, array<float, 2, A>"
    s, x, p, same, y, w = run_text("%a: array<float, 2, A>", body, a, results=results)
    assert (s, x, y, same) == (a.strides[0], 2.0, 0.0, True)
    assert a[2, 3] == 7.0 and np.shares_memory(p, a) and p.shape == (4, 3)
    assert np.array_equal(w, np.broadcast_to(a[2, ::-1], (5, 4)))


def test_new_arrays_hold_no_zeros_unless_asked():
    body = "  %a: array<float, 1> = alloc %n {elem='float'}\n  return %a"
    assert np.isnan(run_text("%n: int", body, 3, results="array<float, 1>")).all()
    body = "  %a: array<bool, 2> = alloc %n, 2 {elem='bool', zero=True}\n  return %a"
    assert run_text("%n: int", body, 3, results="array<bool, 2>").dtype == np.bool_


VIEW = "%v: array<float, 1> = view %a, 1, 3, 1 {drop=(), layout='C'}\n"


def test_a_view_that_leaves_its_array_is_an_error_when_it_is_read():
    """It may be made ahead of the check of its bounds (licm), and asked for its extents."""
    assert run_text("%a: array<float, 1>", f"  {VIEW}  %n: int = dim %v {{axis=0}}\n  return %n", np.ones(3), results="int") == 3


@pytest.mark.parametrize("instr", [
    "%x: float = load %a, 3", "%x: float = load %a, -1", "store 1.0, %a, 9",
    VIEW + "  %x: float = load %v, 0", VIEW + "  store 1.0, %v, 0", "%v: array<float, 2> = reshape %a, 2, 2",
    "%b: array<float, 1> = alloc -1 {elem='float'}",
])
def test_out_of_bounds_is_an_error_of_the_ir(instr):
    with pytest.raises(InterpretError):
        run_text("%a: array<float, 1>", f"  {instr}\n  return 0", np.zeros(3))


def test_exceptions_of_the_program():
    with pytest.raises(IndexError, match="index 2 is out of bounds for size 2"):
        run_function(GUARDS.module(), "pick", np.ones(2), 2)
    with pytest.raises(ValueError, match="nan at 1 after 2.0"):
        run_function(SEARCH.module(), "search", np.array([1.0, np.nan]), 5.0)
    text = "irad 1 typed\nsymbol @Bad = 'decimal:InvalidOperation'\nfunc @f() -> none {\n^a:\n  raise 'Bad', 'so'\n}"
    import decimal

    with pytest.raises(decimal.InvalidOperation, match="so"):
        run_function(parse(text, resolve=import_symbol), "f")
    with pytest.raises(InterpretError, match="Bad is not an exception: so"):
        run_function(parse(text), "f")


def test_fuel_inputs_and_arguments():
    with pytest.raises(InterpretError, match="fuel"):
        run_function(parse("func @f() -> none {\n^a:\n  br ^b\n^b:\n  br ^b\n}"), "f", fuel=100)
    body = "  %c: float = input {index=1, type='float'}\n  %r: float = mul %x, %c\n  return %r"
    assert run_text("%x: float", body, 3, results="float", inputs=(1.0, 2.5)) == 7.5
    with pytest.raises(InterpretError, match="takes 2 arguments"):
        run_function(GUARDS.module(), "pick", 1)
    with pytest.raises(InterpretError, match="int64 array of rank 1"):
        run_function(GUARDS.module(), "pick", np.arange(3), 1)


@pytest.mark.parametrize(("body", "problem"), [
    ("  return 0", "1 references are left, 0 are accounted for"),
    ("  release %a\n  release %a\n  return 0", "once too often"),
    ("  release %a\n  %x: float = load %a, 0\n  return 0", "uses what was released"),
    ("  release %a\n  retain %a\n  return 0", "after the last release"),
    ("  retain %a\n  release %a\n  release %a\n  release %p\n  return 0", "once too often: an argument"),
    ("  release %a\n  retain %p\n  return 0", "an argument: 2 references"),
])
def test_ownership_is_counted(body, problem):
    body = "  %a: array<float, 1> = alloc 2 {elem='float', zero=True}\n" + body
    with pytest.raises(InterpretError, match=problem):
        run_text("%p: array<float, 1>", body, np.ones(1), form="low", counted=True)


def test_results_alias_arguments():
    a = np.ones(2)
    first, second = run_function(CHOICE.module(), "choice", a, True, True)
    assert first is a and second is a


def test_a_spread_array_is_written():
    """The shadow of a spread array is the spread shadow: what is added to its elements meets in one place."""
    body = """  %w: array<float, 2, A> = spread %p, 3, 2 {axes=(-1, 0)}
  %x: float = load %w, 2, 1
  %y: float = add %x, 5.0
  store %y, %w, 0, 1
  return 0"""
    a = np.ones(2)
    run_text("%p: array<float, 1>", body, a)
    assert a.tolist() == [1.0, 6.0]
