"""Captured arrays that a function writes, replaced by copies of its own: derivative calls change nothing outside.

    ^entry:                                             ^own:
      %t: array<float, 1> = input {index=0, ...}          %t: array<float, 1> = input {index=0, ...}
      store %x, %t, 0                                     %t.own: array<float, 1> = alloc (dim %t) ...
                                                          ... copied in a loop ...
                                                          br ^entry
                                                        ^entry:
                                                          store %x, %t.own, 0
"""

from __future__ import annotations

from irad.ir.build import Builder
from irad.ir.clone import clone_function, substitute
from irad.ir.core import Block, Edge, Function, Instr, Module, Value, const
from irad.ir.types import INT, Array
from irad.ops import result_types
from irad.ops.rooms import room_like
from irad.passes.answers import Callees, captured_arrays, reachable, refuse_overlap
from irad.passes.loopform import loopform


def private_inputs(module: Module, name: str) -> None:
    """Let a function, and those that it calls, write copies of captured arrays, made at its start; form `loops` is kept."""
    written = [instr for instr, stored in captured_arrays(module, name).values() if stored]
    callees = [f for f in reachable(module, name) if f.name != name and "rule" not in f.attrs]  # those capture nothing
    if written and callees:
        _hand_down(module, module.functions[name], callees, written)
    copy_inputs(module, module.functions[name])
    if written:
        module.functions[name].attrs["writes_captured"] = True


def _hand_down(module: Module, function: Function, callees: list[Function], inputs: list[Instr]) -> None:
    """Functions that the function calls (they recurse) as copies that get captured arrays as arguments."""
    names = {f.name: fresh_name(module, f"{f.name}.own") for f in callees}
    for callee in callees:
        copy = module.add(clone_function(callee, names[callee.name]))
        params = {i.attrs["index"]: Value(i.result.type, i.result.name) for i in inputs}
        copy.params += params.values()
        _replace_inputs(copy, params)
        _redirect(copy, names, list(params.values()))
    build = Builder(function, Block("inputs"), result_types)
    assert build.block is not None
    build.loc = inputs[0].loc
    _redirect(function, names, [build.op("input", name=i.result.name, **i.attrs) for i in inputs])
    build.jump(function.blocks[0])
    function.blocks.insert(0, build.block)
    loopform(function)


def fresh_name(module: Module, name: str) -> str:
    """A name that no function of the module has."""
    return next(n for n in (name, *(f"{name}.{k}" for k in range(1, len(module.functions) + 1))) if n not in module.functions)


def _replace_inputs(function: Function, params: dict[int, Value]) -> None:
    found = {
        i.result: params[i.attrs["index"]] for i in function.instrs() if i.op == "input" and i.attrs["index"] in params
    }
    for block in function.blocks:
        block.instrs = [i for i in block.instrs if not (i.results and i.results[0] in found)]
    substitute(function.blocks, found)


def _redirect(function: Function, names: dict[str, str], more: list[Value]) -> None:
    for instr in function.instrs():
        if instr.op == "call" and instr.attrs["callee"] in names:
            instr.attrs["callee"] = names[instr.attrs["callee"]]
            instr.args = [*instr.args, *more]


def copy_inputs(module: Module, function: Function) -> bool:
    """Copy the captured arrays that may be written, at the start of the function; form `loops` is kept."""
    callees = Callees(module)
    inputs: dict[int, list[Instr]] = {}
    others: dict[int, Instr] = {}
    for instr in function.instrs():
        if instr.op == "input" and isinstance(instr.result.type, Array):
            others[instr.attrs["index"]] = instr
            if callees.stores(function, {instr.result}):
                inputs.setdefault(instr.attrs["index"], []).append(instr)
    if not inputs:
        return False
    entry = function.blocks[0]
    build = Builder(function, Block("own"), result_types)
    assert build.block is not None
    made = [build.block]
    replaced: dict[Value, Value] = {}
    for same in inputs.values():
        build.loc = same[0].loc
        original = build.op("input", name=same[0].result.name, **same[0].attrs)
        for index, other in others.items():
            if index not in inputs or index < same[0].attrs["index"]:
                place = build.op("input", name=other.result.name, **other.attrs)
                refuse_overlap(build, original, f"`{original.name}`" if original.name else None, place)
        copy = _copy(build, original, made)
        replaced.update({instr.result: copy for instr in same})
    build.jump(entry)
    for block in function.blocks:
        block.instrs = [i for i in block.instrs if not (i.results and i.results[0] in replaced)]
    substitute(function.blocks, replaced)
    function.blocks[:0] = made
    loopform(function)
    return True


def _copy(build: Builder, array: Value, made: list[Block]) -> Value:
    """A copy with the elements in the order of the original."""
    assert isinstance(array.type, Array)
    sizes = [build.op("dim", array, axis=k) for k in range(array.type.ndim)]
    dense = array.type.layout == "C"
    copy = build.op("alloc", *sizes, elem=str(array.type.elem), zero=False) if dense else room_like(build.op, array)

    def nest(axis: int, at: list[Value]) -> None:
        if axis == len(sizes):
            build.do("store", build.op("load", array, *at), copy, *at)
            return
        index = Value(INT, "i")
        head, inside, done = Block("each", [index]), Block("copy"), Block("copied")
        build.jump(head, const(0))
        made.extend((head, inside, done))
        build.at(head).branch(build.op("lt", index, sizes[axis]), Edge(inside), Edge(done))
        build.at(inside)
        nest(axis + 1, [*at, index])
        build.jump(head, build.op("add", index, const(1)))
        build.at(done)

    nest(0, [])
    return copy
