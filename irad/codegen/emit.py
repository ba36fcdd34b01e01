"""One module of IR in form `low` to the text of one LLVM module.

    func @my_pow(%x: float, %n: int) -> float {   define i32 @my_pow(ptr %ctx, double %x, i64 %n, ptr %out0) {
    ^entry:                                       entry:
      br ^for(0, %x)                                br label %for
    ^for(%i: int, %net: float):                   for:
      %c: bool = lt %i, %n                          %i = phi i64 [ 0, %entry ], [ %i.1, %body ]
      br %c, ^body, ^done                           %net = phi double [ %x, %entry ], [ %net.1, %body ]
                                                    %c = icmp slt i64 %i, %n
                                                    br i1 %c, label %body, label %done
"""

from __future__ import annotations

from typing import NamedTuple

from irad.codegen import arrays, structure, support
from irad.codegen.abi import Site
from irad.codegen.function import FunctionEmitter, Lowerings
from irad.codegen.unit import ATTRIBUTES, Bridge, Unit
from irad.ir.core import Module

LOWERINGS: Lowerings = {**arrays.LOWERINGS, **structure.LOWERINGS}  # ops that are more than an expression


class Emitted(NamedTuple):
    """LLVM text of a unit. `symbols`: external names; `names`: LLVM names of IR functions; site ids index `sites`;
    `bridges`: names of the Python objects that it calls."""

    text: str
    sites: list[Site]
    symbols: list[str]
    names: dict[str, str]
    recursive: bool = False  # some function looks at the limit of the stack
    bridges: dict[Bridge, str] = {}


def emit_module(module: Module, *entries: str, embed_support: bool = False) -> Emitted:
    """The LLVM text of a module in form `low`. Functions that are not entries are internal to it.

    `embed_support` defines the memory functions in the text, instead of naming them by symbol (see `support.TEXT`).
    """
    unit = Unit(module, frozenset(entries))
    functions = [FunctionEmitter(unit, f, LOWERINGS).text() for f in module.functions.values()]
    memory = support.TEXT.strip() if embed_support and unit.declared else "\n".join(unit.declared.values())
    symbols = [*([] if embed_support else unit.declared), *unit.external]
    head = ["\n".join(f"{name} = {text}" for text, name in unit.tables.items()), "\n".join(unit.external.values()), memory]
    parts = [*head, *functions, *unit.helpers.values(), ATTRIBUTES, "\n".join(unit.metadata)]
    return Emitted("\n\n".join(filter(None, parts)) + "\n", unit.sites, symbols, unit.names, bool(unit.recursive), unit.bridges)
