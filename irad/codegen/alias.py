"""Which accesses cannot touch the same memory, told to LLVM as alias scopes.

Arrays that may share memory are in one class (a union-find over views, joins and growth). A class that holds nothing
but arrays made in this function, none of them kept elsewhere, gets a scope: its accesses alias those of no other class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from irad.ir.core import Function, Instr, Value
from irad.ir.types import RECORD, Array, Record, Type
from irad.ops.array import VIEWS

MAX_SCOPES = 16
_SAME_MEMORY = VIEWS | {"opaque", "grow", "select"}
_NO_RESULT_NO_ESCAPE = frozenset({"retain", "release", "dim", "stride", "overlap", "same", "regroups", "locate"})


def _holds(t: Type) -> bool:
    return isinstance(t, Array | Record)


class AliasClasses:
    """`suffix(array)` is what an access through it carries."""

    def __init__(self, function: Function, note: Callable[[str], str]) -> None:
        self._note = note
        self._parent: dict[Value, Value] = {}
        self._elsewhere = Value(RECORD)  # the class of all memory that this function did not make, or let out
        self._suffixes: dict[Value, str] | None = None
        self._made: list[Value] = [i.results[0] for i in function.instrs() if i.op == "alloc"]
        if self._made:
            self._unite(function)

    def suffix(self, array: Value) -> str:
        """The metadata of a load or store through an array, with a leading comma; empty if there is nothing to say."""
        if not self._made:
            return ""
        if self._suffixes is None:
            self._suffixes = self._write()
        return self._suffixes.get(self._find(array), self._suffixes[self._elsewhere])

    def _find(self, v: Value) -> Value:
        parent = self._parent
        while (up := parent.get(v)) is not None:
            above = parent.get(up)
            if above is not None:
                parent[v] = above
            v = up
        return v

    def _join(self, a: Value, b: Value) -> None:
        a, b = self._find(a), self._find(b)
        if a is not b:
            if a is self._elsewhere:
                a, b = b, a
            self._parent[a] = b

    def _out(self, values: Sequence[Value]) -> None:
        for v in values:
            if _holds(v.type):
                self._join(v, self._elsewhere)

    def _unite(self, function: Function) -> None:
        self._out(function.params)
        for block in function.blocks:
            for instr in block.instrs:
                self._instr(instr)
            for edge in block.term.edges:
                for param, arg in zip(edge.target.params, edge.args, strict=True):
                    if _holds(param.type):
                        self._join(param, arg)

    def _instr(self, instr: Instr) -> None:
        op = instr.op
        if op == "alloc" or op in _NO_RESULT_NO_ESCAPE:
            return
        if op == "load":
            self._out(instr.results)
        elif op == "store":
            self._out(instr.args[:1])
        elif op in _SAME_MEMORY:
            for arg in instr.args:
                if instr.results and _holds(instr.results[0].type) and _holds(arg.type):
                    self._join(instr.results[0], arg)
        elif any(_holds(r.type) for r in instr.results) or any(_keeps(a.type) for a in instr.args) or op == "pack":
            self._out(instr.args)
            self._out(instr.results)

    def _write(self) -> dict[Value, str]:
        """The metadata of each class."""
        roots = list(dict.fromkeys(r for v in self._made if (r := self._find(v)) is not self._elsewhere))[:MAX_SCOPES]
        if not roots:
            return {self._elsewhere: ""}
        domain = self._note("distinct !{{{me}}}")
        scopes = [self._note(f"distinct !{{{{{{me}}, {domain}}}}}") for _ in roots]
        suffixes = {self._elsewhere: f", !noalias {self._list(scopes)}"}
        for root, scope in zip(roots, scopes, strict=True):
            others = [s for s in scopes if s is not scope]
            rest = f", !noalias {self._list(others)}" if others else ""
            suffixes[root] = f", !alias.scope {self._list([scope])}{rest}"
        return suffixes

    def _list(self, scopes: list[str]) -> str:
        return self._note(f"!{{{{{', '.join(scopes)}}}}}")


def _keeps(t: Type) -> bool:
    """Whether a callee could put one of its other arguments there."""
    return isinstance(t, Array) and _holds(t.elem)
