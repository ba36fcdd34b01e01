"""The text of the IR reads back."""

import math

import pytest
from ir_programs import PROGRAMS
from ir_random import random_module

from irad.ir.core import UNDEF, Block, Const, Edge, Function, Instr, Jump, Loc, Module, Raise, Return, Value, undef
from irad.ir.parse import ParseError, import_symbol, parse, parse_function
from irad.ir.types import ANY, BOOL, FLOAT, FLOAT32, INT, INT32, RECORD, UINT8, Array

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize("name", PROGRAMS)
def test_round_trip_of_programs(name):
    text = str(PROGRAMS[name].module())
    assert str(parse(text)) == text


def test_round_trip_of_random_programs():
    for seed in range(20):
        text = str(random_module(seed))
        assert str(parse(text)) == text


def typed_constants():
    values = [0, -1, 2**63 - 1, 1.0, -0.0, 1e300, 5e-324, math.nan, math.inf, -math.inf, 1e22, True, False]
    types = [INT, INT, INT, FLOAT, FLOAT, FLOAT, FLOAT, FLOAT, FLOAT, FLOAT, FLOAT, BOOL, BOOL]
    consts = [Const(t, v) for t, v in zip(types, values)]
    consts += [Const(FLOAT32, 0.5), Const(FLOAT32, math.nan), Const(INT32, -7), Const(UINT8, 255)]
    return consts + [undef(Array(Array(FLOAT, 2, "A"), 1)), undef(RECORD), undef(INT)]


def test_constants_attributes_locations_and_names():
    block = Block("entry")
    inner = Loc("/home/u/my file.py", "g", 4, 8, 4, 12, caller=Loc("<ipython-input-3>", "f", 9, 0))
    attrs = {
        "msg": "it's {}, \"100 %\" # not a comment; or\n\\ {", "drop": (0, 2), "one": ("float",), "x": 1.5,
        "none": None, "flag": True, "neg": -3, "b": b"\x00'", "c": 1 - 2j, "nan": math.nan, "empty": (),
        "deep": ((1, "a,b"), [2]),
    }
    results = [Value(FLOAT, "net"), Value(Array(FLOAT, 2, "A"), "net"), Value(INT), Value(RECORD, "größe.1")]
    bare = Instr("nothing", [], loc=Loc("a.py", "f", 0))
    block.instrs = [Instr("some.op", typed_constants(), results, attrs, inner), bare]
    block.term = Raise("ValueError", "bad {}, {} # {", [results[0], results[2]], Loc("a.py", "f", 3, 4))
    name = "f.<locals>.<lambda>"
    text = str(Module({name: Function(name, [], [FLOAT, RECORD], [block])}, form="low"))
    module = parse(text)
    assert str(module) == text
    (instr, bare) = module.functions[name].entry.instrs
    for (key, old), new in zip(attrs.items(), instr.attrs.values()):
        assert repr(old) == repr(new), key
    assert [(c.type, repr(c.value)) for c in instr.args] == [(c.type, repr(c.value)) for c in typed_constants()]
    assert instr.args[-1].value is UNDEF
    assert (instr.loc.file, instr.loc.line, instr.loc.col, instr.loc.caller.line) == ("my file.py", 4, 8, 9)
    assert bare.loc is None and [r.name for r in instr.results] == ["net", "net.1", None, "größe.1"]


class Problem(Exception):
    pass


def test_python_objects_by_symbol():
    block = Block("entry")
    args = [Const(ANY, obj) for obj in (math.sin, ("a, b)", None, ...), math.inf)]
    block.instrs = [Instr("py.call", args, [Value(ANY, "y")])]
    block.term = Return(block.instrs[0].results)
    function = Function("f", [], [ANY], [block])
    symbols = {"sin": math.sin, "Problem": Problem, "object": Problem()}
    text = str(Module({"f": function}, symbols, "py"))
    module = parse(text)
    assert str(module) == text
    assert module.symbols["sin"] is not math.sin
    known = parse(text, resolve=import_symbol)
    assert str(known) == text and known.symbols["sin"] is math.sin
    assert known.functions["f"].entry.instrs[0].args[0].value is math.sin


def test_notes_are_dropped_and_blocks_may_come_in_any_order():
    function = parse_function("""
func @f(%n: int) -> int {
^entry:
  br ^later                                                   # a.py:1:1 ; taken
^use:
  return %x  ; the result
^later:
  %x: int = add %n, 1                                         ; a note
  br ^use
}""")
    assert function.entry.term.loc.line == 1
    assert isinstance(function.blocks[2].term, Jump)
    assert function.blocks[1].term.args[0] is function.blocks[2].instrs[0].result


def test_edges_of_one_block_are_objects_of_their_own():
    function = parse_function("func @f(%c: bool) -> none {\n^a:\n  br %c, ^b(1), ^b(2)\n^b(%x: int):\n  return\n}")
    first, second = function.entry.edges
    assert isinstance(first, Edge) and first is not second and first.target is second.target


@pytest.mark.parametrize(("text", "message"), [
    ("irad 99 typed", "version 99"),
    ("hello", "neither"),
    ("func @f() -> none {\n^a:\n  return %x\n}", "line 3, column 12: %x is not defined"),
    ("func @f() -> none {\n^a:\n  %x: int = add 1, 2\n  %x: int = add 1, 2\n  return\n}", "line 4.*defined twice"),
    ("func @f() -> none {\n  return\n}", "outside of any block"),
    ("func @f(%x: quux) -> none {\n^a:\n  return\n}", "not a type"),
    ("func @f(%x: int) -> none {\n^a:\n  %y: int = foo %x {a=open('x')}\n  return\n}", "not a Python literal"),
    ("func @f(%x: int) -> none {\n^a:\n  br %x\n}", "',' expected"),
])
def test_errors_name_the_place(text, message):
    with pytest.raises(ParseError, match=message):
        parse(text)
