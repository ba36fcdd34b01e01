"""What the functions of one LLVM module share: names, error sites, declarations, helpers, metadata."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from irad.codegen import support
from irad.codegen.abi import PAYLOAD, Need, Site, constant, quoted, stored
from irad.ir.core import Const, Instr, Loc, Module, Value
from irad.ir.types import BOOL, Type
from irad.ops import OPS

ATTRIBUTES = """attributes #0 = { nounwind "no-trapping-math"="true" }
attributes #1 = { alwaysinline nounwind "no-trapping-math"="true" }
attributes #2 = { nocallback nofree nosync nounwind willreturn memory(none) }
attributes #3 = { nocallback nounwind willreturn memory(argmem: readwrite, inaccessiblemem: readwrite) }
attributes #4 = { nocallback nounwind willreturn }"""
METADATA = """!0 = !{!"branch_weights", i32 1048575, i32 1}
!1 = !{!"branch_weights", i32 1, i32 1048575}"""
FIRST_METADATA = 2
LIKELY, UNLIKELY = ", !prof !0", ", !prof !1"

MOST_INLINE = 400  # uses of a function of the runtime that are parts of their callers: LLVM takes long for many blocks

OUTSIDE = "declare i32 @irad_outside(ptr, ptr, ptr, ptr) nounwind"


class Bridge(NamedTuple):
    """What stands between an instruction and the outlet that it names: the first `outs` operands take array results."""

    symbol: str
    operands: tuple[Type, ...]
    outs: int
    results: tuple[Type, ...]
    loc: Loc | None


# Names that the code generator of LLVM may call by itself: no function of ours may answer to them.
_C = {"memcpy", "memset", "memmove", "memcmp", "malloc", "calloc", "realloc", "free", "abort"}
_LIBM = {"round", "roundeven", "fmin", "fmax", "sincos", "exp10", *OPS, *(n for row in OPS.values() for n in row.libm)}
_TAKEN = _C | _LIBM | {f"{name}f" for name in _LIBM}


def llvm_name(name: str) -> str:
    """The LLVM name of an IR function: its own, unless C, LLVM or the runtime have a claim to it."""
    taken = name in _TAKEN or name.startswith(("irad_", "irad.", "llvm.", "__", "Py", "_Py"))
    return f"{name}.py" if taken else name


class Unit:
    """Collects what the functions of a module need besides their own text."""

    def __init__(self, module: Module, entries: frozenset[str]) -> None:
        self.module = module
        self.entries = entries
        self.names = {name: llvm_name(name) for name in module.functions}
        self.recursive = _recursive(module)
        self.calls = any(i.op == "call" for f in module.functions.values() for i in f.instrs())
        self.sites: list[Site] = []
        self.declared: dict[str, str] = {}
        self.external: dict[str, str] = {}
        self.bridges: dict[Bridge, str] = {}
        self.helpers: dict[str, str] = {}
        self._uses: Counter[str] = Counter()
        self.tables: dict[str, str] = {}
        self.metadata = [METADATA]
        self._plain = ""
        self._site_ids: dict[Site, int] = {}

    def function_name(self, name: str) -> str:
        """An IR function as LLVM names it."""
        return quoted(self.names[name])

    def site(self, exc: str, message: str, parts: Sequence[Value], loc: Loc | None, need: Need | None = None) -> int:
        """The id of an error site; equal sites are one."""
        site = Site(exc, message, tuple([p.type for p in parts[:PAYLOAD]]), loc, need)
        index = self._site_ids.setdefault(site, len(self.sites))
        if index == len(self.sites):
            self.sites.append(site)
        return index

    def bridge(self, symbol: str, instr: Instr) -> str:
        """The name of the Python object that calls an outlet with the operands of this instruction."""
        self.declare(OUTSIDE)
        count = int(instr.attrs.get("outs", 0))
        wanted = Bridge(symbol, tuple(a.type for a in instr.args), count, tuple(r.type for r in instr.results), instr.loc)
        name = self.bridges.setdefault(wanted, f"irad_known_outlet_{len(self.bridges)}")
        self.external[name] = f"@{name} = external global i8"
        return name

    def memory(self, name: str) -> str:
        """One of the external memory functions, declared when first used."""
        self.declared[name] = support.DECLARED[name]
        return f"@{name}"

    def inline(self, name: str) -> str:
        """A small function of the runtime that is part of each unit that uses it: and of its callers, unless these are many."""
        self._uses[name] += 1
        if self._uses[name] == MOST_INLINE:
            self.helpers[name] = support.INLINE[name].replace(") #1 {", ") noinline #0 {", 1)
        if name not in self.helpers:
            self.helpers[name] = support.INLINE[name]
            if name == "irad_release":
                self.memory("irad_free")
        return f"@{name}"

    def table(self, elem: Type, values: Sequence[Any]) -> str:
        """The name of constants in memory; equal tables are one."""
        kind, items = stored(elem), [str(int(v)) if elem == BOOL else constant(Const(elem, v)) for v in values]
        text = f"private unnamed_addr constant [{len(items)} x {kind}] [{', '.join(f'{kind} {item}' for item in items)}]"
        return self.tables.setdefault(text, f"@irad.table.{len(self.tables)}")

    def declare(self, declaration: str) -> None:
        """An external function by its declaration."""
        self.external[declaration.partition("@")[2].partition("(")[0]] = declaration

    def note(self, text: str) -> str:
        """A metadata node; `{me}` in its text is its name."""
        name = f"!{FIRST_METADATA + len(self.metadata) - 1}"
        self.metadata.append(f"{name} = {text.format(me=name)}")
        return name

    def plain_loop(self) -> str:
        """Metadata of loops: neither to be vectorised nor to be unrolled."""
        if not self._plain:
            options = ("vectorize.enable", ", i1 false"), ("distribute.enable", ", i1 false"), ("unroll.disable", "")
            notes = [self.note(f"!{{{{!\"llvm.loop.{what}\"{value}}}}}") for what, value in options]
            self._plain = ", ".join(notes)
        return self._plain


def _recursive(module: Module) -> set[str]:
    """Functions on a cycle of the call graph (R. Tarjan, "Depth-First Search and Linear Graph Algorithms", 1972)."""
    calls = {name: list(dict.fromkeys(str(i.attrs["callee"]) for i in f.instrs() if i.op == "call"))
             for name, f in module.functions.items()}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    found: set[str] = set()
    for root in calls:
        work = [(root, iter(calls[root]))] if root not in index else []
        while work:
            name, rest = work[-1]
            if name not in index:
                index[name] = low[name] = len(index)
                path.append(name)
            for callee in rest:
                if callee not in index and callee in calls:
                    work.append((callee, iter(calls[callee])))
                    break
                if callee in path:
                    low[name] = min(low[name], index[callee])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    cycle = path[path.index(name):]
                    del path[len(path) - len(cycle):]
                    found.update(cycle if len(cycle) > 1 or name in calls[name] else ())
    return found
