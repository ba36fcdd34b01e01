"""What the caller of a derivative asks about the function, answered: does it write its parameters, does what it captured overlap?

    %w: bool = written {callee='f', param=0}              true
    apart %p {callee='f', param=0, place='`p`'}           %a: array<float, 1> = input {index=0, ...}
                                                          %o: bool = overlap %p, %a
                                                          %n: bool = not %o
                                                          guard %n {exc='ValueError', msg='the arrays `p` and `a` overlap ...'}
"""

from __future__ import annotations

from collections.abc import Iterator

from irad.analysis.memory import UNKNOWN, Memory, find_memory
from irad.ir.build import Builder
from irad.ir.clone import substitute
from irad.ir.core import Block, Const, Function, Instr, Module, Return, Value
from irad.ir.types import BOOL, Array
from irad.ops import result_types
from irad.passes.simplify import simplify

QUESTIONS = ("written", "apart")


def answer(module: Module, function: Function) -> None:
    """Answer what a function asks about others, and drop the code that depended on other answers."""
    answers: dict[Value, Value] = {}
    callees = Callees(module)
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
                other = instr.attrs.get("other")
                found = callees.writes(callee, param) if other is None else callees.writes_one(callee, param, other)
                answers[instr.result] = Const(BOOL, found)
            else:
                instrs += _guards(module, instr, callee, callees.writes(callee, param))
        block.instrs = instrs
    if asked:
        substitute(function.blocks, answers)
        simplify(function)


class Callees:
    """What functions do to arrays that they are given: which parameters they may store into, and which they may give back."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._memory: dict[str, Memory] = {}
        self._written: dict[tuple[str, int], bool] = {}
        self._given_back: dict[str, list[list[int] | None]] = {}

    def memory(self, function: Function) -> Memory:
        """Its roots of arrays, those of what its callees give back among them."""
        if function.name not in self._memory:
            self._memory[function.name] = find_memory(function, self._sources)
        return self._memory[function.name]

    def writes(self, name: str, index: int) -> bool:
        """Whether a function may store into its array parameter number `index` (other parameters that are the same array apart).

        A function that calls a derivative counts as writing what the differentiated function writes: it stores into copies, but
        its values depend on which of its arguments are one array.
        """
        key = (name, index)
        if key not in self._written:
            self._written[key] = True  # as long as it is not known, of a function that calls itself
            function = self.module.functions[name]
            memory, param = self.memory(function), {function.params[index]}
            self._written[key] = self.stores(function, param) or any(
                _comes_from(memory, a, param) for pair in _compared(function) for a in pair
            )
        return self._written[key]

    def writes_one(self, name: str, index: int, other: int) -> bool:
        """Whether a function may store into one of two parameters, or compares the two since a differentiated function does.

        That it compares each of them with a third says nothing: the derivative by one is not that by the other.
        """
        function = self.module.functions[name]
        memory, (one, two) = self.memory(function), ({function.params[i]} for i in (index, other))
        return self.stores(function, one | two) or any(
            _comes_from(memory, a, one) and _comes_from(memory, b, two)
            for x, y in _compared(function) for a, b in ((x, y), (y, x))
        )

    def stores(self, function: Function, roots: set[Value]) -> bool:
        """Whether a function, or what it calls, may store into one of these."""
        memory = self.memory(function)
        for instr in function.instrs():
            if instr.op == "store" and _comes_from(memory, instr.args[1], roots):
                return True
            for k, a in enumerate(instr.args if instr.op == "call" and not instr.attrs.get("fresh") else ()):
                callee = instr.attrs["callee"]
                if isinstance(a.type, Array) and _comes_from(memory, a, roots):
                    if callee not in self.module.functions or self.writes(callee, k):
                        return True
        return False

    def _sources(self, call: Instr) -> list[list[Value] | None]:
        """For each result of a call its operands that this may be memory of; None: it may be any."""
        name = call.attrs["callee"]
        if name not in self.module.functions:
            return [None] * len(call.results)
        if name not in self._given_back:
            function = self.module.functions[name]
            self._given_back[name] = [None] * len(call.results)  # as long as it is not known, of a function that calls itself
            memory, places = self.memory(function), {p: i for i, p in enumerate(function.params)}
            ends = [block.term.args for block in function.blocks if isinstance(block.term, Return)]
            found: list[list[int] | None] = []
            for values in zip(*ends, strict=True) if ends else [()] * len(call.results):
                roots = {r for v in values if isinstance(v.type, Array) for r in memory.roots.get(v, (UNKNOWN,))}
                known = roots <= places.keys() | memory.allocs
                found.append(sorted(places[r] for r in roots if r in places) if known else None)
            self._given_back[name] = found
        return [None if which is None else [call.args[i] for i in which] for which in self._given_back[name]]


def writes_arguments(module: Module, function: Function) -> bool:
    """Whether a function may store into an array among its parameters."""
    arrays = {p for p in function.params if isinstance(p.type, Array)}
    return bool(arrays) and Callees(module).stores(function, arrays)


def _compared(function: Function) -> list[tuple[Value, Value]]:
    """The pairs of arrays of which derivatives in a function ask whether they are one that is written."""
    return [(i.args[0], i.args[1]) for i in function.instrs() if i.op == "same" and i.attrs.get("private")]


def _comes_from(memory: Memory, array: Value, roots: set[Value]) -> bool:
    found = memory.roots.get(array)
    return found is None or UNKNOWN in found or not roots.isdisjoint(found)


def captured_arrays(module: Module, name: str) -> dict[int, tuple[Instr, bool]]:
    """The captured arrays that a function and its callees read, by number, and whether they may write them."""
    found: dict[int, tuple[Instr, bool]] = {}
    callees = Callees(module)
    for function in reachable(module, name):
        inputs: dict[int, list[Instr]] = {}
        for instr in function.instrs():
            if instr.op == "input" and isinstance(instr.result.type, Array):
                inputs.setdefault(instr.attrs["index"], []).append(instr)
        for index, instrs in inputs.items():
            stored = callees.stores(function, {i.result for i in instrs})
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


def refuse_overlap(build: Builder, array: Value, place: str | None, captured: Value) -> None:
    """A guard that an array and a captured one are apart. place: what the first is called; None: it is captured as well."""
    apart = build.op("not", build.op("overlap", array, captured))
    other = f"`{captured.name}`, which the function captured," if captured.name else "one that the function captured"
    both = f"the arrays {place} and {other}" if place else "two arrays that the function captured"
    what = f"{both} overlap and the function writes them"
    build.do("guard", apart, exc="ValueError", msg=f"{what}: pass copies")
