"""Random programs in IR: nested ifs and loops, breaks of several levels, early returns, guards, arrays passed on."""

from __future__ import annotations

import random
from collections.abc import Hashable
from typing import Any

from irad.ir.build import Builder
from irad.ir.clone import substitute
from irad.ir.core import Block, Edge, Function, Module, Value, const
from irad.ir.ssa import SSABuilder
from irad.ir.types import FLOAT, INT, RECORD, Array, Type
from irad.ops import result_types

ROW = Array(FLOAT, 1)
TABLE = Array(ROW, 1)
SIZE = 4
INTS, ROWS = ["x", "y", "z"], ["a", "b", "c"]
TYPES: dict[str, Type] = {**dict.fromkeys(INTS, INT), **dict.fromkeys(ROWS, ROW), "t": TABLE, "r": RECORD, "fuel": INT}


class Generator:
    """Writes one function through the same SSA builder that lifting uses."""

    def __init__(self, seed: int, name: str, callee: str | None) -> None:
        self.rng = random.Random(seed)
        self.callee = callee
        params = [Value(INT, "n"), Value(ROW, "p")]
        self.function = Function(name, params, [INT, INT, ROW])
        self.b = Builder(self.function, None, result_types)
        self.s = SSABuilder(self._initial, lambda v: TYPES[str(v)], lambda v: str(v))
        self.live = True
        self.loops: list[tuple[Block, Block]] = []
        self.budget = 40

    def _initial(self, var: Hashable) -> Value:
        raise AssertionError(var)

    def build(self) -> Function:
        entry = self.b.new_block("entry")
        self.s.seal(entry)
        self.b.at(entry)
        self._prologue()
        self._body(self.rng.randint(3, 7), 0)
        if self.live:
            self._return()
        substitute(self.function.blocks, self.s.replacements())
        return self.function

    def _prologue(self) -> None:
        n, p = self.function.params
        for var in INTS:
            self.set(var, self.b.op("add", n, const(self.rng.randint(-3, 3))))
        for var in ROWS:
            self.set(var, self.rng.choice([p, self._alloc()]))
        table = self.b.op("alloc", const(2), elem=str(ROW))
        self.b.do("store", self.get("a"), table, const(0))
        self.b.do("store", self.get("b"), table, const(1))
        self.set("t", table)
        self.set("r", self.b.op("pack", self.get("c"), n))
        self.set("fuel", const(12))

    def _alloc(self) -> Value:
        return self.b.op("alloc", const(SIZE), elem="float", zero=True)

    def get(self, var: str) -> Value:
        assert self.b.block is not None
        return self.s.read(var, self.b.block)

    def set(self, var: str, value: Value) -> None:
        assert self.b.block is not None
        self.s.write(var, self.b.block, value)

    def _body(self, count: int, depth: int) -> None:
        for _ in range(count):
            if not self.live:
                return
            self._statement(depth)

    def _statement(self, depth: int) -> None:
        self.budget -= 1
        compound = depth < 4 and self.budget > 0
        kind = self.rng.random()
        if compound and kind < 0.22:
            self._if(depth)
        elif compound and kind < 0.40:
            self._while(depth)
        elif self.loops and kind < 0.47 and depth > 1:
            header, end = self.rng.choice(self.loops)
            self._jump(self.rng.choice([header, end, end]))
        elif kind < 0.49 and depth > 1:
            self._return()
        elif kind < 0.65:
            self._ints()
        else:
            self._arrays()

    def _ints(self) -> None:
        op = self.rng.choice(["add", "sub", "mul", "xor"])
        second = self.rng.choice([const(self.rng.randint(-2, 5)), self.get(self.rng.choice(INTS))])
        self.set(self.rng.choice(INTS), self.b.op(op, self.get(self.rng.choice(INTS)), second))

    def _arrays(self) -> None:
        kind = self.rng.choice("alloc copy copy view write read put take pack unpack call guard".split())
        to, source = self.rng.choice(ROWS), self.rng.choice(ROWS)
        slot = self.b.op("and", self.get("x"), const(1))
        if kind == "alloc":
            self.set(to, self._alloc())
        elif kind == "copy":
            self.set(to, self.get(source))
        elif kind == "view":
            self.set(to, self.b.op("reshape", self.get(source), const(SIZE)))
        elif kind == "write":
            small = self.b.op("and", self.get("y"), const(1023))
            self.b.do("store", self.b.op("cast", small, to="float"), self.get(to), slot)
        elif kind == "read":
            item = self.b.op("load", self.get(source), slot)
            self.set("x", self.b.op("add", self.get("x"), self.b.op("cast", item, to="int")))
        elif kind == "put":
            self.b.do("store", self.get(source), self.get("t"), slot)
        elif kind == "take":
            self.set(to, self.b.op("load", self.get("t"), slot))
        elif kind == "pack":
            self.set("r", self.b.op("pack", self.get(source), self.get("z")))
        elif kind == "unpack":
            row, z = self.b.do("unpack", self.get("r"), types=(str(ROW), "int"))
            self.set(to, row)
            self.set("z", z)
        elif kind == "call" and self.callee:
            args, types = [self.get("y"), self.get(source)], ("int", "int", str(ROW))
            y, z, row = self.b.do("call", *args, callee=self.callee, types=types)
            self.set("y", y)
            self.set(to, row)
        elif kind == "guard":
            ok = self.b.op("ne", self.get("z"), const(self.rng.randint(-9, 9)))
            self.b.do("guard", ok, self.get("x"), exc="ValueError", msg="x is {}")

    def _condition(self) -> Value:
        low = self.b.op("and", self.get(self.rng.choice(INTS)), const(self.rng.choice([1, 3])))
        return self.b.op(self.rng.choice(["eq", "ne"]), low, const(self.rng.randint(0, 1)))

    def _edge(self, target: Block) -> Edge:
        assert self.b.block is not None
        return self.s.add_edge(self.b.block, Edge(target))

    def _jump(self, target: Block) -> None:
        edge = self._edge(target)
        self.b.jump(target)
        assert self.b.block is not None
        self.b.block.term.edges[0] = edge
        self.live = False

    def _enter(self, block: Block) -> None:
        """Go on in a block all of whose entries are known."""
        self.s.seal(block)
        self.b.at(block)
        self.live = bool(self.s.preds.get(block))

    def _if(self, depth: int) -> None:
        then, orelse, join = (self.b.new_block(n) for n in ("then", "else", "join"))
        condition = self._condition()
        self.b.branch(condition, self._edge(then), self._edge(orelse))
        for arm in (then, orelse):
            self._enter(arm)
            self._body(self.rng.randint(0, 3), depth + 1)
            if self.live:
                self._jump(join)
        self._enter(join)

    def _while(self, depth: int) -> None:
        header, test, body, end = (self.b.new_block(n) for n in ("while", "test", "body", "end"))
        self._jump(header)
        self.b.at(header)
        self.set("fuel", self.b.op("sub", self.get("fuel"), const(1)))
        condition = self.b.op("gt", self.get("fuel"), const(0))
        self.b.branch(condition, self._edge(test), self._edge(end))
        self._enter(test)
        condition = self._condition() if self.rng.random() < 0.6 else self.b.op("eq", const(1), const(1))
        self.b.branch(condition, self._edge(body), self._edge(end))
        self._enter(body)
        self.loops.append((header, end))
        self._body(self.rng.randint(1, 5), depth + 1)
        self.loops.pop()
        if self.live:
            self._jump(header)
        self.s.seal(header)
        self._enter(end)

    def _return(self) -> None:
        total: Any = self.get("x")
        for var in ROWS:
            total = self.b.op("add", total, self.b.op("cast", self.b.op("load", self.get(var), const(0)), to="int"))
        self.b.ret(total, self.get("y"), self.get(self.rng.choice(ROWS)))
        self.live = False


def random_module(seed: int) -> Module:
    """A function `main(n, p)` and a callee of its own, both valid in form `typed`."""
    module = Module()
    module.add(Generator(2 * seed, "main", "helper").build())
    module.add(Generator(2 * seed + 1, "helper", None).build())
    return module
