"""Every opcode of every CPython is handled or refused; the standard library lifts; 3.14, assembled by hand."""

from __future__ import annotations

import dis
import importlib
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest
from unit.opcode_names import OPCODES
from unit.py_interpreter import Run, run

from irad.errors import KINDS, UnsupportedError
from irad.ir.core import Unreachable
from irad.ir.verify import verify
from irad.lift import lift, lifter
from irad.lift.bytecode import DIALECTS, Unit, canonical, exception_table, local_names, units
from irad.lift.opcodes import HANDLERS
from irad.lift.refused import INTRINSICS, REFUSED
from irad.ops import OPS, result_types

pytestmark = pytest.mark.smoke
RUNNING = sys.version_info[:2]
DECODED = {"LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT"}  # are other instructions after decoding


def test_opcode_lists_are_complete() -> None:
    assert sorted(OPCODES[RUNNING]) == sorted(name for name in dis.opmap if not name.startswith("<"))


@pytest.mark.parametrize("version", OPCODES)
def test_every_opcode_is_handled_or_refused(version: Any) -> None:
    names = {canonical(name) for name in OPCODES[version]} - DECODED
    assert names <= HANDLERS.keys() | REFUSED.keys()
    assert not HANDLERS.keys() & REFUSED.keys()
    assert version in DIALECTS


def test_nothing_is_listed_that_no_version_has() -> None:
    known = {canonical(name) for names in OPCODES.values() for name in names}
    assert HANDLERS.keys() | REFUSED.keys() <= known


def test_every_refusal_helps() -> None:
    for refusal in [*REFUSED.values(), *INTRINSICS.values()]:
        assert refusal.what and refusal.hint and refusal.why
        assert refusal.kind in KINDS
        assert not any(name in refusal.what for names in OPCODES.values() for name in names if "_" in name)


MODULES = """
    argparse ast base64 bisect calendar cmath collections colorsys configparser copy csv datetime decimal difflib
    fractions functools gettext heapq inspect ipaddress json.decoder json.encoder locale numbers operator pathlib pprint
    random re statistics string textwrap tokenize turtledemo typing urllib.parse uuid
""".split()


def codes(obj: Any, seen: set[int]) -> Iterator[types.CodeType]:
    """All code objects of a module, nested ones included."""
    for value in list(vars(obj).values()):
        value = getattr(value, "__func__", value)
        value = getattr(value, "fget", value)
        home = vars(obj).get("__module__", getattr(obj, "__name__", None))
        if isinstance(value, type) and value.__module__ == home:
            if id(value) not in seen:
                seen.add(id(value))
                yield from codes(value, seen)
        elif isinstance(value, types.FunctionType):
            yield from nested(value.__code__, seen)


def nested(code: types.CodeType, seen: set[int]) -> Iterator[types.CodeType]:
    if id(code) not in seen:
        seen.add(id(code))
        yield code
        for const in code.co_consts:
            if isinstance(const, types.CodeType):
                yield from nested(const, seen)


def test_standard_library_lifts() -> None:
    seen: set[int] = set()
    count = refused = 0
    for name in MODULES:
        for code in list(codes(importlib.import_module(name), seen)):
            function = lifter.lift_code(code)
            verify(function, result_types, form="py")
            count += 1
            for block in function.blocks:
                for instr in block.instrs:
                    assert instr.op in OPS
                    assert len(instr.results) == len(result_types(instr.op, instr.args, instr.attrs))
                    if instr.op == "py.unsupported":
                        refused += 1
                        assert instr is block.instrs[-1] and isinstance(block.term, Unreachable) and instr.loc
                        assert instr.attrs["what"] and instr.attrs["hint"]
                        assert instr.attrs["kind"] != "bytecode"
    assert count > 1500 and refused < count // 2


def test_bytecode_facts_agree_with_dis() -> None:
    seen: set[int] = set()
    for name in ("argparse", "inspect", "statistics"):
        for code in codes(importlib.import_module(name), seen):
            names = local_names(code)
            assert names == [code._varname_from_oparg(i) for i in range(len(names))]
            expected = [
                (i.opname, i.arg or 0)
                for i in dis.get_instructions(code, adaptive=False)
                if i.opname not in ("EXTENDED_ARG", "CACHE")
            ]
            assert [(u.name, u.arg if u.name in WITH_ARGUMENT else 0) for u in units(code)] == expected
            rows = dis._parse_exception_table(code)
            assert [tuple(row) for row in exception_table(code)] == [tuple(row) for row in rows]


WITH_ARGUMENT = {name for name, op in dis.opmap.items() if op >= dis.HAVE_ARGUMENT}


def test_newer_cpython(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifter, "RUNNING", (3, 99))
    with pytest.raises(UnsupportedError, match="CPython 3.99"):
        lift((lambda x: x).__code__.replace())


# -- 3.14: opcode, argument (or the label that is jumped to) and number of caches, as `dis` of 3.14 shows them --

LOOP_314 = """
    RESUME 0
    LOAD_SMALL_INT 0
    STORE_FAST 1
    LOAD_GLOBAL 1 4
    LOAD_FAST_BORROW 0
    CALL 1 3
    GET_ITER 0
for:
    FOR_ITER end 1
    STORE_FAST 2
    LOAD_FAST_BORROW 2
    LOAD_SMALL_INT 2
    BINARY_OP 6 5
    TO_BOOL 0 3
    POP_JUMP_IF_FALSE even 1
    NOT_TAKEN 0
    JUMP_BACKWARD for 1
even:
    LOAD_FAST_BORROW_LOAD_FAST_BORROW 18
    BINARY_OP 13 5
    STORE_FAST 1
    JUMP_BACKWARD for 1
end:
    END_FOR 0
    POP_ITER 0
    LOAD_FAST_BORROW 1
    RETURN_VALUE 0
"""


def assemble(text: str) -> list[Unit]:
    lines = []
    labels = {}
    offset = 0
    for words in filter(None, map(str.split, text.splitlines())):
        if words[0].endswith(":"):
            labels[words[0][:-1]] = offset
        else:
            name, arg, *caches = words
            end = offset + 2 * (1 + sum(map(int, caches)))
            lines.append((offset, name, arg, end))
            offset = end
    return [
        Unit(offset, name, int(arg) if arg.isdigit() else abs(labels[arg] - end) // 2, end)
        for offset, name, arg, end in lines
    ]


def loop(n):
    s = 0
    for i in range(n):
        if i % 2:
            continue
        s += i
    return s


def run_314(function: Any, text: str, *args: Any) -> Any:
    lifted = lifter.lift_code(function.__code__, DIALECTS[3, 14], assemble(text))
    verify(lifted, result_types, form="py")
    return run(Run(function).steps(lifted, list(args)))


def test_loop_of_314() -> None:
    for n in (0, 1, 7):
        assert run_314(loop, LOOP_314, n) == loop(n)


ITEM_314 = """
RESUME 0
LOAD_FAST_BORROW_LOAD_FAST_BORROW 1
BINARY_OP 26 5
LOAD_COMMON_CONSTANT 2
PUSH_NULL 0
LOAD_FAST_BORROW 0
PUSH_NULL 0
CALL_FUNCTION_EX 0
BUILD_TUPLE 2
RETURN_VALUE 0
"""


def item(a, i):
    return a[i], tuple(*a)


def test_subscript_and_call_of_314() -> None:
    assert run_314(item, ITEM_314, [[1, 2]], 0) == ([1, 2], (1, 2))


START_314 = """
again:
    RESUME 0
    LOAD_FAST_BORROW 0
    TO_BOOL 0 3
    POP_JUMP_IF_FALSE out 1
    LOAD_FAST_BORROW 0
    LOAD_SMALL_INT 1
    BINARY_OP 23 5
    STORE_FAST 0
    JUMP_BACKWARD again 1
out:
    LOAD_FAST_BORROW 0
    RETURN_VALUE 0
"""


def test_jump_to_the_first_instruction() -> None:
    """CPython compiles no such code, but a tool may write it: the entry block has no way in all the same."""
    assert run_314(lambda n: n, START_314, 3) == 0
