"""The verifier finds what it says it finds."""

import pytest
from ir_programs import POWER, PROGRAMS, SEARCH

from irad.ir.core import Block, Const, Edge, Jump, Value, const
from irad.ir.parse import parse
from irad.ir.types import FLOAT, INT
from irad.ir.verify import VerifyError
from irad.passes.tools import verify_function, verify_module

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_are_valid(name):
    verify_module(PROGRAMS[name].module())


REPLACED = {  # what to replace in the text of POWER, by the problem it makes
    "is used above its definition": ("  %c: bool = lt %i, %n\n", "  %q: bool = not %c\n  %c: bool = lt %i, %n\n"),
    "which need not come before": ("return %net", "return %net.1"),
    "2 arguments for the 1 parameters": ("^for(%i: int, %net: float):", "^for(%i: int):\n  %net: float = opaque 1.0"),
    "is passed for": ("br ^for(0, 1.0)", "br ^for(0, 1)"),
    "the condition of a branch": ("br %c,", "br %i,"),
    r"its row says \(bool\)": ("%c: bool = lt", "%c: int = lt"),
    "there is no op 'plus'": ("add %i, 1", "plus %i, 1"),
    "OpTypeError: add": ("add %i, 1", "add %i, 1.0"),
    "takes 2 operands": ("add %i, 1", "add %i"),
    "from a function with results": ("return %net", "return %i"),
    "an edge to the entry": ("br ^for(%i.1, %net.1)", "br ^entry"),
    "the entry block has parameters": ("^entry:", "^entry(%z: int):"),
    "which is not in the module": ("add %i, 1", "call %i {callee='g', types=('int',)}"),
    "it takes": ("add %i, 1", "call %i {callee='power', types=('int',)}"),
    "operands for the message": ("return %net", "raise 'ValueError', 'a {} b {}', %net"),
    "not a constant of its type": ("add %i, 1", "add %i, 9223372036854775808"),
    "a type that form typed does not have": ("%n: int) -> float", "%n: int, %o: any) -> float"),
    "form typed has no op release": (
        "return %net", "%a: array<float, 1> = alloc 1 {elem='float'}\n  release %a\n  return %net",
    ),
}


@pytest.mark.parametrize("problem", REPLACED)
def test_problem_is_found(problem):
    old, new = REPLACED[problem]
    assert old in POWER.text
    with pytest.raises(VerifyError, match=problem):
        verify_module(parse(POWER.text.replace(old, new)))


def test_all_problems_are_listed():
    text = POWER.text.replace("br %c,", "br %i,").replace("return %net", "return %i")
    with pytest.raises(VerifyError) as caught:
        verify_module(parse(text))
    assert len(caught.value.problems) == 2
    assert "@power" in str(caught.value)


def test_objects_stand_in_one_place():
    function = POWER.module().functions["power"]
    function.entry.instrs.append(function.blocks[2].instrs[0])
    with pytest.raises(VerifyError, match="stands in two places"):
        verify_function(function)
    function = POWER.module().functions["power"]
    function.entry.term = Jump(function.blocks[2].edges[0])
    with pytest.raises(VerifyError, match="stands in two places"):
        verify_function(function)


def test_definitions_and_targets():
    function = POWER.module().functions["power"]
    function.blocks[1].params.append(function.params[0])
    for edge in (function.entry.edges[0], function.blocks[2].edges[0]):
        edge.args.append(const(1.0))
    with pytest.raises(VerifyError, match="defined twice"):
        verify_function(function)
    function = POWER.module().functions["power"]
    function.blocks[3].term = Jump(Edge(Block("nowhere")))
    with pytest.raises(VerifyError, match="nowhere, which is not in the function"):
        verify_function(function)
    function = POWER.module().functions["power"]
    function.blocks[3].term.args[0] = Value(FLOAT, "stray")
    with pytest.raises(VerifyError, match="not defined in the function"):
        verify_function(function)
    function.blocks[3].term.args[0] = Const(FLOAT, 1)
    with pytest.raises(VerifyError, match="not a constant"):
        verify_function(function)


def test_unreachable_blocks_are_checked_gently():
    function = POWER.module().functions["power"]
    lost = Block("lost", [])
    lost.term = Jump(Edge(function.blocks[1], [const(1), function.blocks[2].instrs[0].result]))
    function.blocks.append(lost)
    verify_function(function)
    lost.term.edges[0].args[1] = Value(INT)
    with pytest.raises(VerifyError):
        verify_function(function)


def test_forms():
    module = SEARCH.module()
    with pytest.raises(VerifyError, match="trip counter|critical"):
        verify_module(module, "loops")
    with pytest.raises(VerifyError):
        verify_module(module, "py")
    guard = parse("func @f(%c: bool) -> none {\n^a:\n  guard %c {exc='ValueError', msg=''}\n  return\n}")
    verify_module(guard)
    with pytest.raises(VerifyError, match="form low has no op guard"):
        verify_module(guard, "low")
    body = "%y: any, %z: any = py.unpack %x {count=2}\n  br %y, ^b, ^b"
    python = parse(f"func @f(%x: any) -> any {{\n^a:\n  {body}\n^b:\n  return %z\n}}")
    verify_module(python, "py")
    with pytest.raises(VerifyError):
        verify_module(python, "typed")
