"""Functions without their prints, for runs that only repeat what has been run: the second column of a Jacobian, a pullback.

    func @f(%x: float) -> float {              func @f.quiet(%x: float) -> float {
      tell %x {outlet='print'}                   %y: float = call %x {callee='g.quiet', types=('float',)}
      %y: float = call %x {callee='g', ...}      return %y
      return %y
"""

from __future__ import annotations

from irad.ir.clone import clone_function
from irad.ir.core import Block, Function, Instr, Module
from irad.passes.answers import reachable
from irad.passes.cleanup import cleanup


def quieted(module: Module, name: str) -> str:
    """The name of the function without what it tells; itself if it tells nothing."""
    made = f"{name}.quiet"
    functions = list(reachable(module, name))
    if made in module.functions or not any(i.op == "tell" for f in functions for i in f.instrs()):
        return made if made in module.functions else name
    for function in functions:
        copy = module.add(clone_function(function, f"{function.name}.quiet"))
        for block in copy.blocks:
            block.instrs = [i for i in block.instrs if i.op != "tell"]
        for instr in copy.instrs():
            if instr.op == "call" and instr.attrs["callee"] in module.functions:
                instr.attrs = {**instr.attrs, "callee": f"{instr.attrs['callee']}.quiet"}
    for function in functions:
        cleanup(module.functions[f"{function.name}.quiet"])
    return made


# -- settings ----------------------------------------------------------------------------------------------------


def outside_calls(module: Module) -> list[Instr]:
    """The calls of Python functions."""
    return [i for f in module.functions.values() for i in f.instrs() if i.op in ("tell", "ask")]


def without_unseen_settings(module: Module) -> None:
    """Remove changes of settings (see `infer.settings`) that last as long as a `with`, if nothing asks for them there."""
    heeded = any(i.op == "ask" or "heeds" in i.attrs for i in outside_calls(module))
    if heeded or any(map(_lasting, module.functions.values())):
        return
    for function in module.functions.values():
        for block in function.blocks:
            block.instrs[:] = [i for i in block.instrs if i.op != "tell" or "sets" not in i.attrs]


def _lasting(function: Function) -> bool:
    """Whether a function changes a warning filter outside of its `with warnings.catch_warnings()`."""
    if not any(i.attrs.get("sets") == "filter" for i in function.instrs()):
        return False
    depths: dict[Block, int] = {function.blocks[0]: 0}
    work = [function.blocks[0]]
    while work:
        block = work.pop()
        depth = depths[block]
        for instr in block.instrs:
            what = instr.attrs.get("sets", "")
            if what == "filter" and depth == 0:
                return True
            depth += {"more filters": 1, "less filters": -1}.get(what, 0)
        for edge in block.term.edges:
            if depth < depths.get(edge.target, depth + 1):  # the least on any way
                depths[edge.target] = depth
                work.append(edge.target)
    return False
