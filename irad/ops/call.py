"""Calls, checks and values from outside the function."""

from __future__ import annotations

from irad.ir.types import BOOL, INT, parse_type
from irad.ops.expr import call
from irad.ops.table import op, zero

masked = call("masked")

op("call", "... -> ...", "reads", "writes", "traps", "allocates", types=lambda a, k: [parse_type(t) for t in k["types"]],
   cost=100, doc="call function `callee` of the same module; results have `types`")
op("tell", "... ->", "reads", "traps", types=lambda a, k: [], cost=1000,
   doc="call the Python function of symbol `outlet` (print and its kind) with what its recipe makes of the operands; nothing "
       "comes back but an exception")
op("ask", "... -> ...", "reads", "writes", "traps", types=lambda a, k: [parse_type(t) for t in k["types"]], cost=1000,
   doc="as `tell`; what the function returns comes back: scalars as results of `types`, arrays in the first `outs` operands")
op("keep", "... -> int", "reads", "traps", types=lambda a, k: [INT], cost=1000,
   doc="as `tell`, with the number under which the exception that was made of the operands is kept until it leaves")
op("guard", "bool ... ->", "traps", types=lambda a, k: [],
   doc="go on if the condition holds, else leave with exception `exc` and message `msg` (its {} take the other operands)")
op("input", "-> ...", types=lambda a, k: [parse_type(k["type"])],
   doc="captured value number `index`, read once for each call from Python")
op("opaque", "T -> T", types=lambda a, k: [a[0].type], eval=lambda x: x, llvm="select i1 true, {T} {0}, {T} {0}",
   doc="the value itself, with derivative zero; `wanted`: the program asks for that (stop_gradient); `aside`: in the first "
       "reverse only, which removes it")
op("linked", "F F F -> F", eval=lambda y, x, t: y, singular=True, llvm="select i1 true, {T} {0}, {T} {0}",
   d=[lambda g, y, x, t, r: g, lambda g, y, x, t, r: masked(t, g * t), zero],
   doc="y, to which t is added as derivative by x (t = 0 is no way from y to x, even for g = inf); made and removed by `ad`, or "
       "`kept`: made by inference and there until all derivatives are made, its t from a call that is marked `slope`")
op("apart", "A ->", "traps", types=lambda a, k: [],
   doc="go on if no captured array of function `callee` overlaps an array, which is its parameter `param`, or if neither is "
       "written; answered by the pipeline before optimisation")
op("written", "-> bool", types=lambda a, k: [BOOL],
   doc="whether function `callee` may write its array parameter number `param`; with `other`: whether it may write one of the "
       "two that are compared; answered by the pipeline before optimisation")
