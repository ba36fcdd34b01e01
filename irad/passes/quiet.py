"""Functions without their prints, for runs that only repeat what has been run: the second column of a Jacobian, a pullback.

    func @f(%x: float) -> float {              func @f.quiet(%x: float) -> float {
      tell %x {outlet='print'}                   %y: float = call %x {callee='g.quiet', types=('float',)}
      %y: float = call %x {callee='g', ...}      return %y
      return %y
"""

from __future__ import annotations

from irad.ir.clone import clone_function
from irad.ir.core import Module
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
