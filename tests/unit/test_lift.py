"""Lifted code means what the bytecode means."""

from __future__ import annotations

import copy
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from unit.lift_exceptions import PROGRAMS as EXCEPTIONS
from unit.lift_generators import PROGRAMS as GENERATORS
from unit.lift_programs import PROGRAMS as STATEMENTS
from unit.py_interpreter import interpret

import irad
from irad.analysis.cfg import block_order
from irad.ir.core import Const, Function
from irad.ir.verify import verify
from irad.lift import lift, lift_module, lifter
from irad.ops import result_types
from irad.ops.py import UNBOUND

pytestmark = pytest.mark.smoke
PROGRAMS = [*STATEMENTS, *EXCEPTIONS, *GENERATORS]
ROOT = Path(__file__).resolve().parents[2]


def outcome(call: Any, *args: Any) -> Any:
    try:
        result = call(*copy.deepcopy(args))
    except Exception as error:
        return type(error), str(error), type(error.__cause__)
    return plain(result)


def plain(x: Any) -> Any:
    """Functions compare by name."""
    if isinstance(x, (tuple, list)):
        return type(x)(map(plain, x))
    return x.__name__ if isinstance(x, types.FunctionType) else x


@pytest.mark.parametrize(("function", "calls"), PROGRAMS, ids=lambda p: getattr(p, "__name__", ""))
def test_same_as_cpython(function: Any, calls: Any) -> None:
    for lifted in lift_module(function.__code__, nested=True).functions.values():
        verify(lifted, result_types, form="py")
        assert set(block_order(lifted)) == set(lifted.blocks)
    for args in calls:
        expected = outcome(function, *args)
        assert outcome(lambda *a: interpret(function, *a), *args) == expected


def ops(function: Function, name: str) -> list[Any]:
    return [i for i in function.instrs() if i.op == f"py.{name}"]


def lifted(function: Any) -> Function:
    return lift(function.__code__)


def test_parameters_in_order() -> None:
    def f(a, /, b, *args, c, d=1, **kw):
        return a

    assert [p.name for p in lifted(f).params] == ["a", "b", "c", "d", "args", "kw"]


def test_checks_only_where_unbound() -> None:
    def f(n, c):
        if c:
            x = 1
        else:
            x = 2
        while n:
            y = x
            x = y + x
            n -= 1
            if n > 5:
                z = y
                x += z
        return x

    def g(n):
        while n:
            y = 1
            n -= 1
        return y

    assert not ops(lifted(f), "check_bound")
    assert [i.attrs["name"] for i in ops(lifted(g), "check_bound")] == ["y"]


def test_one_check_per_block() -> None:
    def f(c):
        if c:
            x = 1
        return x + x * x

    assert len(ops(lifted(f), "check_bound")) == 1


def test_no_parameters_for_what_nobody_reads() -> None:
    def f(n):
        dead = 0
        for i in range(n):
            dead = i
        while n:
            n -= 1
        return n

    headers = [b for b in lifted(f).blocks if b.params]
    assert all(len(b.params) == 1 for b in headers)


def test_invariant_values_are_not_parameters() -> None:
    def f(x, n):
        y = x * 2
        s = 0.0
        for _ in range(n):
            s += y * x
        return s

    (header,) = [b for b in lifted(f).blocks if b.name == "for"]
    assert [p.name for p in header.params if p.name] == ["s"]


def test_every_instruction_has_a_place() -> None:
    for function, _ in PROGRAMS:
        for lifted in lift_module(function.__code__, nested=True).functions.values():
            code = lifted.attrs["code"]
            for instr in lifted.instrs():
                assert instr.loc is not None and instr.loc.line >= code.co_firstlineno
                assert instr.loc.func == code.co_qualname
            assert all(block.term.loc for block in lifted.blocks)


def test_columns() -> None:
    def f(x):
        return x + abs(x)

    (call,) = ops(lifted(f), "call")
    line = f.__code__.co_firstlineno + 1
    assert (call.loc.line, call.loc.col, call.loc.end_line, call.loc.end_col) == (line, 19, line, 25)


def without_columns(code: types.CodeType) -> types.CodeType:
    """As a tool that rewrites code leaves it: no line table."""
    return code.replace(co_linetable=b"")


def test_without_positions() -> None:
    def f(x):
        return x + 1

    code = without_columns(f.__code__)
    for instr in lift(code).instrs():
        assert instr.loc is not None and (instr.loc.line, instr.loc.col) == (code.co_firstlineno, -1)


def test_cached_per_code_object() -> None:
    def make() -> Any:
        return lambda x: x + 1

    assert lift(make().__code__) is lift(make().__code__)


def test_warm_code_lifts_the_same() -> None:
    f = from_exec(SUM)
    cold = str(lift(f.__code__.replace()))
    for _ in range(100):
        f([1.0, 2.0] * 50, 100)
    assert str(lift(f.__code__.replace())) == cold
    assert str(lift(f.__code__)) == cold


REFUSED = {
    "yield inside of try or with": "def f(n):\n try:\n  yield from n\n finally:\n  n()",
    "async function": "async def f(n):\n await n",
    "except* statement": "def f(n):\n try:\n  n()\n except* ValueError:\n  pass",
    "del of a global variable": "def f(n):\n global g\n del g",
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str) -> None:
    space: dict[str, Any] = {}
    exec(REFUSED[what], space)
    found = [
        (function, instr)
        for function in lift_module(space["f"].__code__, nested=True).functions.values()
        for instr in ops(function, "unsupported")
    ]
    assert [i.attrs["what"] for _, i in found] == [what]
    for function, instr in found:
        assert instr.attrs["hint"] and instr.attrs["why"]
        (block,) = [b for b in function.blocks if instr in b.instrs]
        assert block.instrs[-1] is instr and not block.edges


def test_long_functions() -> None:
    """Neither long straight code nor many joins exhaust the stack of Python."""
    straight = "def f(x, y):\n" + " x = x + 1\n" * 3000 + " return x * y"
    joins = "def f(x, y):\n" + " if x > 3: x -= 1\n" * 2000 + " return x * y"
    for source in (straight, joins):
        space: dict[str, Any] = {}
        exec(source, space)
        assert len(lift(space["f"].__code__).blocks) > 0


def test_unbound_marker_prints_as_a_symbol() -> None:
    def f(c):
        if c:
            x = 1
        return x

    text = str(lift_module(f.__code__))
    assert "symbol @unbound = 'irad.ops.py:UNBOUND'" in text
    marks = [a for b in lifted(f).blocks for e in b.edges for a in e.args if isinstance(a, Const)]
    assert any(m.value is UNBOUND for m in marks)


SUM = "def f(a, n):\n s = 0.0\n for i in range(n):\n  if a[i] > 1.0: s = s + a[i] * 2.0\n return s"


def from_exec(source: str) -> Any:
    space: dict[str, Any] = {}
    exec(source, space)
    return space["f"]


def test_while_traced() -> None:
    """Debuggers and coverage replace instructions in place (3.12 and later)."""
    f = from_exec(SUM)
    plain_text = str(lift(f.__code__.replace()))
    texts = []

    def trace(frame: types.FrameType, event: str, arg: Any) -> Any:
        if frame.f_code is f.__code__:
            frame.f_trace_opcodes = True
            if not texts:
                texts.append(str(lifter.lift_code(f.__code__)))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        f([1.0, 2.0], 2)
    finally:
        sys.settrace(before)
    assert texts == [plain_text]
    assert str(lifter.lift_code(f.__code__)) == plain_text


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring is new in 3.12")
def test_while_monitored() -> None:
    f = from_exec(SUM)
    plain_text = str(lift(f.__code__.replace()))
    monitoring = sys.monitoring
    tool = next(i for i in range(6) if monitoring.get_tool(i) is None)
    monitoring.use_tool_id(tool, "irad tests")
    try:
        events = monitoring.events.LINE | monitoring.events.INSTRUCTION | monitoring.events.JUMP
        monitoring.set_local_events(tool, f.__code__, events)
        f([1.0, 2.0], 2)
        assert str(lifter.lift_code(f.__code__)) == plain_text
    finally:
        monitoring.set_local_events(tool, f.__code__, 0)
        monitoring.free_tool_id(tool)


@pytest.mark.parametrize("options", [["-O"], ["-OO"], ["-X", "no_debug_ranges"], ["-X", "dev"]], ids="".join)
def test_interpreter_options(options: list[str]) -> None:
    script = (
        f"exec({SUM!r})\n"
        "from irad.lift import lift\n"
        "text = str(lift(f.__code__))\n"
        "assert 'py.list' not in text and 'py.next' in text\n"
        "def g(x):\n assert x\n return x\n"
        "print(sum(i.op == 'py.raise' for i in lift(g.__code__).instrs()))\n"
    )
    command = [sys.executable, *options, "-c", script]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == ("0" if "-O" in options[0] else "1")


def test_assert_rewritten_by_pytest() -> None:
    def f(x):
        assert x > 0, "positive"
        return x

    assert [interpret(f, x) for x in (1, 2)] == [1, 2]
    with pytest.raises(AssertionError, match="positive"):
        interpret(f, 0)


def test_lambdas_on_one_line_stay_apart() -> None:
    f, g = (lambda x: x + 1), (lambda x: x + 2)
    assert str(lift(f.__code__)) != str(lift(g.__code__))


def test_parts_of_a_call_that_are_wanted_afterwards() -> None:
    """A list or tuple with * in it is taken apart for a call only if nothing else holds it."""
    def kept(n: int) -> object:
        t = (1, *range(n))
        return (lambda u, *e: u + len(e))(*t), t

    def carried(n: int) -> object:
        s, xs = 0.0, [0.0]
        for i in range(n):
            if i > 0:
                s += xs[0]
            xs = [1.5, *[2.0] * i]
            s = (lambda u, *e: u + s)(*xs)
        return s, (lambda u, *e: u + len(e))(1, *range(n), 3)

    for f in (kept, carried):
        assert irad.compile(f)(3) == f(3)
