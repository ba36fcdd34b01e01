"""Lifting: a code object to a function in form `py`.

    def f(x, n):                       func @f(%x: any, %n: any) -> any {
        y = x                          ^entry:
        while n:                         %0: any = py.truth %n
            y = y * x                    br %0, ^loop(%x, %n), ^done(%x)
            n -= 1                     ^loop(%y: any, %n.1: any):
        return y                         %y.1: any = py.binary %y, %x {op='*'}
                                         %n.2: any = py.binary %n.1, py(1) {op='-', inplace=True}
                                         %1: any = py.truth %n.2
                                         br %1, ^loop(%y.1, %n.2), ^done(%y.1)
                                       ^done(%y.2: any):
                                         return %y.2
                                       }
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from types import CodeType

from irad.errors import UnsupportedError
from irad.ir.clone import substitute
from irad.ir.core import Block, Const, Function, Loc, Module, Value
from irad.ir.print import is_literal
from irad.ir.types import ANY
from irad.lift.bytecode import DIALECTS, RUNNING, Dialect, Instruction, Unit, decode, positions
from irad.lift.flow import Flow, find_flow
from irad.lift.frame import Frame
from irad.lift.names import block_names, function_name, value_name
from irad.lift.opcodes import HANDLERS
from irad.lift.refused import ASYNC, NOT_A_FUNCTION, Refusal
from irad.lift.tidy import tidy
from irad.ops.py import UNBOUND

CACHED = 256  # code objects: the last ones that were asked for
_cache: dict[int, Function] = {}


def lift(code: CodeType) -> Function:
    """The function of a code object in form `py`; it is shared by all who ask for it, so nobody changes it.

    Raises
    ------
    UnsupportedError
        If this CPython is newer than irad knows.
    """
    function = _cache.pop(id(code), None) or lift_code(code)
    while len(_cache) >= CACHED:
        _cache.pop(next(iter(_cache)), None)
    _cache[id(code)] = function  # holds the code object, so that the id stays its own
    return function


def lift_code(code: CodeType, dialect: Dialect | None = None, encoded: Sequence[Unit] | None = None) -> Function:
    """Lift without the cache; `dialect` and `encoded` for bytecode of another version."""
    if dialect is None and RUNNING not in DIALECTS:
        raise _unknown_version(code)
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    params = [Value(ANY, value_name(name)) for name in code.co_varnames[:count]]
    start = _start(code)
    function = Function(function_name(code.co_name), params, [ANY], [], start, {"code": code})
    frame = Frame(code)
    refused = _refused(code)
    if refused is not None:
        frame.loc = start
        frame.refuse(refused)
        frame.block.name = "entry"
        function.blocks.append(frame.block)
        return function
    instructions = decode(code, dialect, encoded)
    locs = positions(code, instructions) if encoded is None else [start] * len(instructions)
    flow = find_flow(code, instructions)
    _lift_blocks(function, frame, flow, instructions, locs)
    _finish(function, frame)
    if any(straight.row is not None for straight in flow.blocks):
        tidy(function)
    return function


def _refused(code: CodeType) -> Refusal | None:
    """Kinds of code that are not understood as a whole."""
    flags = code.co_flags
    if flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        return ASYNC
    return NOT_A_FUNCTION if code.co_name == "<module>" and not flags & inspect.CO_OPTIMIZED else None


def _start(code: CodeType) -> Loc:
    return Loc(code.co_filename, code.co_qualname, code.co_firstlineno, 0, code.co_firstlineno, 0)


def _unknown_version(code: CodeType) -> Exception:
    newest = ".".join(map(str, max(DIALECTS)))
    return UnsupportedError(
        f"CPython {RUNNING[0]}.{RUNNING[1]}", kind="python-version", loc=_start(code),
        why=f"irad knows the bytecode of CPython up to {newest}", hint="use an older CPython or a newer irad",
    )


def _lift_blocks(
    function: Function, frame: Frame, flow: Flow, instructions: Sequence[Instruction], locs: Sequence[Loc],
) -> None:
    names = block_names(flow, instructions)
    blocks = {straight.first: Block(names[straight.first]) for straight in flow.blocks}
    waiting = dict(flow.entering)
    frame.loc = locs[0]
    _enter_function(function, frame, blocks[0], 0 in waiting)
    for straight in flow.blocks:
        frame.loc = locs[straight.first]
        follow = [blocks[first] for first in straight.follow]
        frame.enter(blocks[straight.first], follow, blocks.get(straight.handler), straight.row)
        for i in range(straight.first, straight.last):
            frame.loc = locs[i]
            instruction = instructions[i]
            HANDLERS[instruction.name](frame, instruction)
        if straight.refused is not None:
            frame.loc = locs[straight.last]
            frame.refuse(straight.refused)
        elif not frame.ended:
            frame.jump()
        frame.leave()
        for first in set(straight.successors()):
            waiting[first] -= 1
            if not waiting[first]:
                frame.ssa.seal(blocks[first])
    function.blocks = frame.blocks


def _enter_function(function: Function, frame: Frame, first: Block, is_target: bool) -> None:
    """Write the arguments to their variables, in a block of its own if the code jumps back to its first instruction."""
    frame.block = first
    if is_target:
        first.name = "loop"
        frame.enter(Block("entry"), [first])
    for i, param in enumerate(function.params):
        frame.argument(i, param)
    frame.ssa.seal(frame.block)
    if is_target:
        frame.jump()


def _finish(function: Function, frame: Frame) -> None:
    """Rewrite operands once: removed parameters, and checks of variables that are bound on every path."""
    replaced = frame.ssa.replacements()
    needed = _maybe_unbound(function, replaced) if frame.reads_unbound and frame.checks else set()
    dropped = set()
    for check in frame.checks:
        (value,) = check.args
        value = replaced.get(value, value)
        if value not in needed and value is not frame.unbound:
            replaced[check.results[0]] = value
            dropped.add(check)
    if dropped:
        for block in function.blocks:
            block.instrs = [instr for instr in block.instrs if instr not in dropped]
    substitute(function.blocks, replaced)


def _maybe_unbound(function: Function, replaced: dict[Value, Value]) -> set[Value]:
    """Block parameters that hold the unbound marker on some path."""
    feeds: dict[Value, list[Value]] = {}
    work: list[Value] = []
    for block in function.blocks:
        for edge in block.edges:
            for arg, param in zip(edge.args, edge.target.params, strict=True):
                arg = replaced.get(arg, arg)
                if isinstance(arg, Const):
                    if arg.value is UNBOUND:
                        work.append(param)
                else:
                    feeds.setdefault(arg, []).append(param)
    found: set[Value] = set()
    while work:
        param = work.pop()
        if param not in found:
            found.add(param)
            work += feeds.get(param, ())
    return found


def lift_module(*codes: CodeType, nested: bool = False) -> Module:
    """A module in form `py` with these code objects and, if asked for, those nested in them.

    Its symbols name the Python objects that the text refers to.
    """
    module = Module(form="py")
    names: dict[int, str] = {}
    for code in _with_nested(codes) if nested else codes:
        function = lift(code)
        name = _unused(function.name, module.functions)
        module.functions[name] = function
        for obj in _objects(function):
            if id(obj) not in names:
                names[id(obj)] = name = _unused(_symbol(obj), module.symbols)
                module.symbols[name] = obj
    return module


def _with_nested(codes: Sequence[CodeType]) -> Iterator[CodeType]:
    for code in codes:
        yield code
        yield from _with_nested([const for const in code.co_consts if isinstance(const, CodeType)])


def _objects(function: Function) -> Iterator[object]:
    for block in function.blocks:
        for operands in (*(i.args for i in block.instrs), block.term.args, *(e.args for e in block.edges)):
            for value in operands:
                if isinstance(value, Const) and not is_literal(value.value):
                    yield value.value


def _symbol(obj: object) -> str:
    if isinstance(obj, CodeType):
        return f"code.{function_name(obj.co_name)}"
    return "unbound" if obj is UNBOUND else getattr(obj, "__name__", type(obj).__name__)


def _unused(name: str, used: dict[str, object] | dict[str, Function]) -> str:
    number = 1
    fresh = name
    while fresh in used:
        fresh = f"{name}.{number}"
        number += 1
    return fresh
