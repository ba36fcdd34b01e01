"""Forward mode: tangents beside the primal.

    %y: float = mul %x, %w          %y: float = mul %x, %w
                                    %t.y: float = add (mul %t.x, %w), (mul %t.w, %x)
    store %y, %a, %i                store %y, %a, %i; store %t.y, %a.t, %i
    br ^join(%y)                    br ^join(%y, %t.y)

A tangent that is zero is the absence of instructions, until it meets another at a join. Arrays and records have
tangents of the same shape, which take the same ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any as AnyObject

from irad.ad.activity import Activity, find_activity, is_memory, smooth
from irad.ad.infinite import find_steep
from irad.ad.needs import has_work
from irad.ad.primal import Primal
from irad.ad.shadow import zeros_like
from irad.ad.tidy import contract
from irad.ir.build import Builder
from irad.ir.core import Block, Const, Function, Instr, Value, undef
from irad.ir.types import RECORD, Type, is_float
from irad.ops import OPS, result_types
from irad.ops.expr import Expr, fold, is_number

Forward = Callable[[str, tuple[bool, ...]], str]


def make_tangents(function: Function, name: str, active: tuple[bool, ...], forward: Forward) -> Function:
    """The function that computes primal and tangents; `forward` gives the name of that of a callee."""
    primal = Primal(function, name)
    func = primal.func
    given = {p: Value(p.type, f"t.{p.name}") for p, on in zip(func.params, active, strict=True) if on}
    if primal.ret is not None:
        Tangents(primal, find_activity(primal, active), given, forward).run()
    func.params += given.values()
    func.results += [t for t in func.results if is_float(t) or is_memory(t)]
    return func


# Operations whose partial is 0 where the result is 0, as at infinity: 1 / (1 + exp(x)), exp(-exp(x)). A tangent that is infinite
# there counts for nothing: reverse mode begins with the zero, which stays 0 times whatever. (Masked only where the tangent may be
# infinite, see `find_steep`: a mask costs as much as the product.)
FADING = frozenset((("div", 1), ("exp", 0), ("exp2", 0)))


class Tangents:
    """Writes tangents beside the active values of a function, given those of some; all others start as zero."""

    def __init__(
        self, primal: Primal, activity: Activity, given: dict[Value, Value], forward: Forward | None = None,
    ) -> None:
        self.primal = primal
        self.activity = activity
        self.forward = forward
        self.tangents: dict[Value, Value] = {p: t for p, t in given.items() if p in activity}
        self.build = Builder(primal.func, None, result_types)
        self.derived: set[Instr] = set()
        self.steep = find_steep(primal, activity)

    def run(self) -> None:
        """Write tangents into all live blocks."""
        order = self.primal.order
        self._write(order, {block: list(block.params) for block in order}, order)
        self._return()  # before products are contracted: one that is returned is read there
        contract(order, self.derived)

    def through(self, blocks: Sequence[Block], joins: Mapping[Block, Sequence[Value]], sources: Iterable[Block]) -> None:
        """Write tangents into `blocks`: to the parameters `joins` of blocks, which are entered from `sources`."""
        self._write(blocks, joins, sources)
        contract(blocks, self.derived)

    def _write(self, blocks: Sequence[Block], joins: Mapping[Block, Sequence[Value]], sources: Iterable[Block]) -> None:
        for block, params in joins.items():
            for param in params:
                if param in self.activity:
                    name = f"t.{param.name}" if param.name else None
                    self.tangents[param] = self.primal.add_param(block, param.type, name)
        for block in blocks:
            self._block(block)
        for block in sources:
            for edge in block.edges:
                pairs = list(zip(edge.args, joins.get(edge.target, ()), strict=False))
                edge.args += [self.tangent(arg) for arg, param in pairs if param in self.tangents]

    def _block(self, block: Block) -> None:
        instrs, block.instrs = block.instrs, []
        self.build.at(block).loc = None
        if block is self.primal.func.entry:
            for param in self.primal.func.params:
                if is_memory(param.type) and param in self.activity and param not in self.tangents:
                    self.tangents[param] = zeros_like(param, self._make)
        for instr in instrs:
            self.build.loc = instr.loc
            if instr.op == "call" and self.activity.is_active_call(instr):
                self._call(instr)
                continue
            block.instrs.append(instr)
            before = len(block.instrs)
            self._instr(instr)
            self.derived.update(block.instrs[before:])

    def _make(self, op: str, args: list[Value], types: list[Type], attrs: dict[str, AnyObject]) -> Value:
        (made,) = self.build.emit(op, args, types, attrs, "tangent")
        return made

    def tangent(self, value: Value) -> Value:
        """The tangent of a value; a zero constant if it has none."""
        found = self.tangents.get(value)
        if found is not None:
            return found
        return Const(value.type, 0.0) if is_float(value.type) else undef(value.type)

    def _instr(self, instr: Instr) -> None:
        op = instr.op
        if op == "store":
            if instr.args[1] in self.activity:
                self.build.do("store", self.tangent(instr.args[0]), self.tangent(instr.args[1]), *instr.args[2:])
        elif op in ("pack", "unpack"):
            self._bundle(instr)
        elif not instr.results or instr.results[0] not in self.activity:
            return
        elif op == "input":  # a captured array that only shares a variable with an active one: nothing is stored in it
            self.tangents[instr.result] = zeros_like(instr.result, self._make)
        elif is_memory(instr.results[0].type) or op == "load":
            self._mirror(instr)
        elif has_work(instr, self.activity):
            self._rule(instr)

    def _mirror(self, instr: Instr) -> None:
        """The same instruction on tangents."""
        args = [self.tangents.get(a, a) if is_memory(a.type) else a for a in instr.args]
        name = f"t.{instr.result.name}" if instr.result.name else None
        (self.tangents[instr.result],) = self.build.emit(instr.op, args, [instr.result.type], dict(instr.attrs), name)

    def _bundle(self, instr: Instr) -> None:
        """A record's tangent holds those of its floats, arrays and records."""
        if instr.op == "pack":
            parts = [self.tangent(a) for a in instr.args if is_float(a.type) or is_memory(a.type)]
            self.tangents[instr.result] = self.build.op("pack", *parts)
            return
        kept = [r for r in instr.results if is_float(r.type) or is_memory(r.type)]
        made = self.build.do("unpack", self.tangent(instr.args[0]), types=tuple(str(r.type) for r in kept))
        self.tangents.update(zip(kept, made, strict=True))

    def _rule(self, instr: Instr) -> None:
        row = OPS[instr.op]
        assert row.d is not None
        total: Value = Const(instr.result.type, 0.0)
        terms = [Expr(self.build, a) for a in instr.args]
        for index, arg in enumerate(instr.args):
            tangent = self.tangent(arg) if is_float(arg.type) else None
            if tangent is None or not smooth(instr, index) or is_number(tangent, 0):
                continue
            rule: AnyObject = row.d[index]
            value = self._linear(instr, rule, tangent, terms)
            if row.singular and not isinstance(value, Const) and value is not tangent:
                value = self.build.op("masked", tangent, value)
                if (instr.op, index) in FADING and arg in self.steep and not isinstance(tangent, Const):
                    value = self.build.op("masked", instr.result, value)
            folded = fold("add", [total, value])
            total = folded if folded is not None else self.build.op("add", total, value)
        if not is_number(total, 0):
            self.tangents[instr.result] = total
            if total.name is None and instr.result.name and not isinstance(total, Const):
                total.name = f"t.{instr.result.name}"

    def _linear(self, instr: Instr, rule: AnyObject, tangent: Value, terms: list[Expr]) -> Value:
        """A rule is linear in g, so that it serves for tangents as for adjoints."""
        if instr.op == "cast":  # but its rule casts back to the type of the operand
            return Expr(self.build, tangent).cast_like(Expr(self.build, instr.result)).value
        value: Value = rule(Expr(self.build, tangent), *terms, Expr(self.build, instr.result)).value
        return value

    def _call(self, instr: Instr) -> None:
        mask = self.activity.call_mask(instr)
        assert self.forward is not None
        callee = self.forward(instr.attrs["callee"], mask)
        args = [*instr.args, *(self.tangent(a) for a, on in zip(instr.args, mask, strict=True) if on)]
        kept = [r for r in instr.results if is_float(r.type) or is_memory(r.type)]
        more = [Value(r.type, f"t.{r.name}" if r.name else None) for r in kept]
        types = tuple(str(r.type) for r in (*instr.results, *kept))
        assert self.build.block is not None
        self.build.block.instrs.append(
            Instr("call", args, [*instr.results, *more], {**instr.attrs, "callee": callee, "types": types}, instr.loc)
        )
        self.tangents.update((r, t) for r, t in zip(kept, more, strict=True) if r in self.activity)

    def _return(self) -> None:
        ret = self.primal.ret
        assert ret is not None
        self.build.at(ret).loc = ret.term.loc
        more = []
        for value in ret.term.args:
            if is_float(value.type):
                more.append(self.tangent(value))
            elif is_memory(value.type):
                known = value in self.tangents or isinstance(value, Const) or value.type == RECORD
                more.append(self.tangent(value) if known else zeros_like(value, self._make))
        ret.term.args += more
