"""What the caller of a derivative asks about the function, answered: does it write its parameters, does what it captured overlap?

    %w: bool = written {callee='f', param=0}              true
    apart %p {callee='f', param=0, place='`p`'}           %a: array<float, 1> = input {index=0, ...}
                                                          %o: bool = overlap %p, %a
                                                          %n: bool = not %o
                                                          guard %n {exc='ValueError', msg='the arrays `p` and `a` overlap ...'}
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from irad.analysis.memory import UNKNOWN, Memory, find_memory
from irad.ir.build import Builder
from irad.ir.clone import substitute
from irad.ir.core import Block, Const, Function, Instr, Module, Value
from irad.ir.types import BOOL, Array
from irad.ops import result_types
from irad.passes.simplify import simplify

QUESTIONS = ("written", "apart")


def answer(module: Module, function: Function) -> None:
    """Answer what a function asks about others, and drop the code that depended on other answers."""
    answers: dict[Value, Value] = {}
    written = cache(lambda callee, param: writes_param(module.functions[callee], param))
    asked = False
    for block in function.blocks:
        instrs: list[Instr] = []
        for instr in block.instrs:
            if instr.op not in QUESTIONS:
                instrs.append(instr)
                continue
            asked = True
            callee, param = instr.attrs["callee"], instr.attrs["param"]
            if instr.op == "written":
                answers[instr.result] = Const(BOOL, written(callee, param))
            else:
                instrs += _guards(module, instr, callee, written(callee, param))
        block.instrs = instrs
    if asked:
        substitute(function.blocks, answers)
        simplify(function)


def writes_param(function: Function, index: int) -> bool:
    """Whether a function may store into its array parameter number `index` (other parameters that are the same array apart).

    A function that calls a derivative counts as writing what the differentiated function writes: it stores into copies, but
    its values depend on which of its arguments are one array.
    """
    memory, param = find_memory(function), {function.params[index]}
    compared = [a for i in function.instrs() if i.op == "same" and i.attrs.get("private") for a in i.args]
    return _stores(function, memory, param) or any(_comes_from(memory, a, param) for a in compared)


def writes_arguments(function: Function) -> bool:
    """Whether a function may store into an array among its parameters."""
    arrays = {p for p in function.params if isinstance(p.type, Array)}
    return bool(arrays) and _stores(function, find_memory(function), arrays)


def _stores(function: Function, memory: Memory, roots: set[Value]) -> bool:
    for instr in function.instrs():
        if instr.op == "store" and _comes_from(memory, instr.args[1], roots):
            return True
        writes = instr.op == "call" and not instr.attrs.get("fresh")
        if writes and any(isinstance(a.type, Array) and _comes_from(memory, a, roots) for a in instr.args):
            return True
    return False


def _comes_from(memory: Memory, array: Value, roots: set[Value]) -> bool:
    found = memory.roots.get(array)
    return found is None or UNKNOWN in found or not roots.isdisjoint(found)


def captured_arrays(module: Module, name: str) -> dict[int, tuple[Instr, bool]]:
    """The captured arrays that a function and its callees read, by number, and whether they may write them."""
    found: dict[int, tuple[Instr, bool]] = {}
    for function in reachable(module, name):
        memory = find_memory(function)
        inputs: dict[int, list[Instr]] = {}
        for instr in function.instrs():
            if instr.op == "input" and isinstance(instr.result.type, Array):
                inputs.setdefault(instr.attrs["index"], []).append(instr)
        for index, instrs in inputs.items():
            stored = _stores(function, memory, {i.result for i in instrs})
            found[index] = instrs[0], stored or (index in found and found[index][1])
    return found


def reachable(module: Module, name: str) -> Iterator[Function]:
    """A function and all that it calls."""
    seen, work = {name}, [name]
    while work:
        function = module.functions[work.pop()]
        yield function
        for instr in function.instrs():
            callee = instr.attrs["callee"] if instr.op == "call" else None
            if callee in module.functions and callee not in seen:
                seen.add(callee)
                work.append(callee)


def _guards(module: Module, question: Instr, callee: str, written: bool) -> list[Instr]:
    build = Builder(Function("", [], [], []), Block("guards"), result_types)
    build.loc = question.loc
    for other, stored in captured_arrays(module, callee).values():
        if written or stored:
            array = build.op("input", name=other.result.name, **other.attrs)
            refuse_overlap(build, question.args[0], question.attrs["place"], array)
    assert build.block is not None
    return build.block.instrs


def refuse_overlap(build: Builder, array: Value, place: str, captured: Value) -> None:
    """A guard that an array and a captured one are apart."""
    apart = build.op("not", build.op("overlap", array, captured))
    what = f"the arrays {place} and `{captured.name}`, which the function captured, overlap and the function writes them"
    build.do("guard", apart, exc="ValueError", msg=f"{what}: pass copies")
