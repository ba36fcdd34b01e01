"""What `explain` answers: how a derivative is computed, what it keeps, how much that is, and why."""

from __future__ import annotations

import html
import linecache
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from irad.ad.findings import Findings, find
from irad.analysis.loops import Loop, find_loops
from irad.api.formula import Symbol, value_text
from irad.errors import IradError
from irad.ir.core import Const, Function, Instr, Loc, Module, Raise, Value
from irad.ir.print import block_labels
from irad.ops.table import OPS
from irad.pipeline import Build, infer, wanted

WIDTHS = (22, 10, 3, 34)


@dataclass(frozen=True)
class Decision:
    """One needed value: "taped" or "recomputed", bytes of tape per iteration, why it is needed, where it is made."""

    name: str
    decision: str
    nbytes: int
    reason: str
    filename: str | None
    lineno: int | None
    source: str


@dataclass(frozen=True)
class LoopPlan:
    """A loop (the empty label: outside of loops). `iterations`: for all runs of it together, as a formula in the
    parameters; `count` is its value where the arguments say it."""

    label: str
    lineno: int | None
    iterations: str
    count: int | None
    decisions: tuple[Decision, ...]

    @property
    def bytes_per_iteration(self) -> int:
        return sum(d.nbytes for d in self.decisions)


@dataclass(frozen=True)
class ForwardLoop:
    """A loop that is differentiated forward inside of a reverse pass, with tangents by `inputs`: it keeps nothing."""

    label: str
    lineno: int | None
    iterations: str
    count: int | None
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One differentiated function. `mode`: "reverse" or "forward" (which keeps nothing)."""

    function: str
    mode: str
    wrt: tuple[str, ...]
    loops: tuple[LoopPlan, ...] = ()
    forward: tuple[ForwardLoop, ...] = ()

    @property
    def formula(self) -> str:
        """The tape in bytes."""
        terms = [f"{p.bytes_per_iteration} * {_factor(p.iterations)}" for p in self.loops if p.bytes_per_iteration]
        return " + ".join(terms) or "0"

    @property
    def nbytes(self) -> int | None:
        """The tape in bytes where the arguments say it."""
        used = [p for p in self.loops if p.bytes_per_iteration]
        if any(p.count is None for p in used):
            return None
        return sum(p.bytes_per_iteration * (p.count or 0) for p in used)


@dataclass(frozen=True)
class Plan:
    """The answer of `explain`; prints as text, shows itself as HTML in notebooks, `to_dict` gives plain data.

    `notes`: inputs without influence, calls with tapes of their own, code that raises irad's error if it is reached.
    """

    name: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...]

    @property
    def nbytes(self) -> int | None:
        """Bytes of tape in all; None if they depend on values that were not given, or on what a `while` loop does."""
        sizes = [part.nbytes for part in self.parts]
        return None if None in sizes else sum(size or 0 for size in sizes)

    def to_dict(self) -> dict[str, Any]:
        """Plain data: dicts, lists, str, int and None."""
        data = asdict(self)
        for part, given in zip(data["parts"], self.parts, strict=True):
            part.update(formula=given.formula, nbytes=given.nbytes)
            for loop, plan in zip(part["loops"], given.loops, strict=True):
                loop["bytes_per_iteration"] = plan.bytes_per_iteration
        data["nbytes"] = self.nbytes
        return data

    def __str__(self) -> str:
        lines = [line for part in self.parts for line in _part_lines(part)]
        lines = lines or [f"{self.name}: no derivative is taken here"]
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(map(_part_html, self.parts)) + "".join(f"<p>note: {html.escape(n)}</p>" for n in self.notes)


def _part_lines(part: Part) -> Iterator[str]:
    yield f"{part.function} with respect to {', '.join(part.wrt) or 'nothing'}: {part.mode} mode"
    if part.mode == "forward":
        yield "  keeps nothing"
        return
    for each in part.forward:
        place = f" (line {each.lineno})" if each.lineno else ""
        by = " and ".join(each.inputs)
        yield f"  loop ^{each.label}{place}, {each.iterations} iterations: run forward, with tangents by {by}; keeps nothing"
    for plan in part.loops:
        place = f" (line {plan.lineno})" if plan.lineno else ""
        head = f"loop ^{plan.label}{place}, {plan.iterations} iterations" if plan.label else "outside of loops"
        yield f"  {head}: {plan.bytes_per_iteration} bytes each"
        again = [d for d in plan.decisions if d.decision != "taped"]
        for d in plan.decisions:
            if d.decision == "taped" or len(again) <= 8:
                cells = (d.name, d.decision, f"{d.nbytes:3d}" if d.nbytes else "", f"needed {d.reason}")
                text = " ".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True))
                yield f"    {text} {d.lineno or ''}: {d.source}".rstrip(": ")
        if len(again) > 8:
            yield f"    and {len(again)} values recomputed"
    exact = f" = {part.nbytes:,} bytes" if part.nbytes is not None and part.formula != "0" else " bytes"
    yield f"  tape: {part.formula}{exact}"


def _part_html(part: Part) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in _cells(plan, d)) + "</tr>"
        for plan in part.loops for d in plan.decisions
    )
    head = "".join(f"<th>{h}</th>" for h in ("loop", "value", "", "bytes", "needed", "line", "source"))
    title = html.escape(f"{part.function} with respect to {', '.join(part.wrt)}: {part.mode} mode")
    rows += "".join(
        f"<tr><td>^{each.label}</td><td>{html.escape(' and '.join(each.inputs))}</td><td>forward</td>"
        f"<td></td><td></td><td>{each.lineno or ''}</td><td></td></tr>"
        for each in part.forward
    )
    size = "" if part.mode == "forward" else f"<p>tape: {html.escape(part.formula)} bytes</p>"
    return f"<p><b>{title}</b></p><table><tr>{head}</tr>{rows}</table>{size}"


def _cells(plan: LoopPlan, d: Decision) -> tuple[object, ...]:
    label = f"^{plan.label}" if plan.label else ""
    return label, d.name, d.decision, d.nbytes or "", d.reason, d.lineno or "", d.source


def _factor(formula: str) -> str:
    """A formula as a factor: sums and conditions in parentheses."""
    depth = 0
    for at, char in enumerate(formula):
        depth += (char in "([") - (char in ")]")
        if depth == 0 and formula.startswith((" + ", " - ", " if "), at):
            return f"({formula})"
    return formula


# -- making it ---------------------------------------------------------------------------------------------------------


def explain_request(compiled: Any, args: tuple[Any, ...]) -> Plan:
    """The plan of every derivative that a compiled function takes."""
    build = infer(compiled._typed_request(args))
    notes = list(_deferred(build.module))
    parts: list[Part] = []
    done: set[str] = set()
    for spec in list(derivative_calls(build)):
        found = wanted(build.module, spec, done)
        name, mask = found.name, found.active
        function = build.module.functions[name]
        label = spec.split(":")[1].removesuffix(".1")
        if found.kind == "jvp":
            parts.append(Part(label, "forward", _names(function, mask)))
            continue
        findings = find(build.module, name, mask)
        parts.append(_reverse_part(label, mask, findings, leaves_of(args)))
        idle = [p.name or "an argument" for p in findings.idle]
        notes += [f"{label}: no result depends on {name}: its derivative is 0" for name in idle]
        notes += _kept_calls(label, function)
    return Plan(compiled.__name__, tuple(parts), tuple(dict.fromkeys(notes)))


def derivative_calls(build: Build) -> Iterator[str]:
    """The names of the derivatives in a call graph (see `pipeline.wanted`), each once."""
    functions, work, seen = build.module.functions, [build.entry.name], {build.entry.name}
    while work:
        for instr in functions[work.pop()].instrs():
            callee = instr.attrs.get("callee") if instr.op == "call" else None
            if callee is None or callee in seen:
                continue
            seen.add(callee)
            mode, _, rest = callee.partition(":")
            name = callee
            if mode in ("vjp", "jvp"):
                name = rest.split(":")[0]
                yield callee
            if name in functions and (name == callee or name not in seen):
                seen.add(name)
                work.append(name)


def _deferred(module: Module) -> Iterator[str]:
    for function in module.functions.values():
        for block in function.blocks:
            if isinstance(block.term, Raise) and block.term.exc.startswith("@"):
                error = module.symbols.get(block.term.exc[1:])
                if isinstance(error, IradError):
                    yield f"line {error.lineno or '?'}: raises if reached: {error.what}"


def _kept_calls(label: str, function: Function) -> Iterator[str]:
    for callee in dict.fromkeys(i.attrs["callee"] for i in function.instrs() if i.op == "call"):
        yield f"{label} calls @{callee}, which is not inlined: each call keeps a tape of its own"


def _names(function: Function, mask: tuple[bool, ...]) -> tuple[str, ...]:
    return tuple(p.name or f"argument {i}" for i, (p, on) in enumerate(zip(function.params, mask, strict=True)) if on)


def _reverse_part(label: str, mask: tuple[bool, ...], findings: Findings, leaves: list[Any]) -> Part:
    function = findings.function
    trips = Trips(function, leaves)
    groups: dict[Loop | None, list[Decision]] = {}
    for entry, loop in findings.plan:
        groups.setdefault(loop, []).append(_decision(entry.value, entry))
    loops = []
    for loop, decisions in groups.items():
        loc = _first_loc(loop)
        name = "" if loop is None else trips.labels[loop.header]
        line = loc.line if loc else None
        loops.append(LoopPlan(name, line, trips.formula(loop), trips.count(loop), tuple(decisions)))
    return Part(label, "reverse", _names(function, mask), tuple(loops), tuple(_forward_loops(function, trips)))


def _forward_loops(function: Function, trips: Trips) -> Iterator[ForwardLoop]:
    """The loops that `ad.preaccumulate` chose: those that values come out of with a derivative linked to them."""
    for loop in find_loops(function):
        links = [i for _, edge in loop.exits for i in edge.target.instrs if i.op == "linked" and "kept" not in i.attrs]
        if links:
            by = dict.fromkeys(i.args[1].name or "an intermediate value" for i in links)
            loc = _first_loc(loop)
            line = loc.line if loc else None
            yield ForwardLoop(trips.labels[loop.header], line, trips.formula(loop), trips.count(loop), tuple(by))


def _decision(value: Value, entry: Any) -> Decision:
    loc: Loc | None = entry.loc
    source = linecache.getline(loc.file, loc.line) if loc else ""
    name = value.name
    if name is None and loc is not None and loc.end_line in (0, loc.line):  # then the expression says what it is
        name = source.encode()[loc.col : loc.end_col].decode(errors="replace")
    return Decision(name or "(unnamed)", entry.decision, entry.nbytes, entry.reason,
                    loc.file if loc else None, loc.line if loc else None, source.strip())


def _first_loc(loop: Loop | None) -> Loc | None:
    if loop is None:
        return None
    return next((i.loc for i in loop.header.instrs if i.loc), loop.header.term.loc)


class Trips:
    """How often the loops of a function run: as formulas in its parameters, and as numbers for given arguments."""

    def __init__(self, function: Function, leaves: list[Any]) -> None:
        self.labels = block_labels(function)
        self.makers: dict[Value, Instr] = {r: i for i in function.instrs() for r in i.results}
        self.names: dict[Value, str] = {p: p.name for p in function.params if p.name}
        self.given = dict(zip(function.params, leaves, strict=True)) if len(leaves) == len(function.params) else {}

    def formula(self, loop: Loop | None) -> str:
        """The number of iterations of a loop in all, a product over the loops around it."""
        factors = []
        for each in reversed(loop.nest() if loop else []):
            text = value_text(each.trip, self.makers, self.names) if each.trip is not None else None
            factors.append(text or Symbol(f"n(^{self.labels[each.header]})"))
        return str(factors[0]) if len(factors) == 1 else " * ".join(f.within(3) for f in factors) or "1"

    def count(self, loop: Loop | None) -> int | None:
        """That number; None if the arguments do not say it."""
        total = 1
        for each in loop.nest() if loop else []:
            n = evaluate(each.trip, self.makers, self.given) if each.trip is not None else None
            if not isinstance(n, int):
                return None
            total *= max(n, 0)
        return total


def evaluate(value: Value, makers: Mapping[Value, Instr], given: Mapping[Value, Any], depth: int = 12) -> Any:
    """A value computed from given parameters by a few pure ops; None if it is not."""
    if isinstance(value, Const):
        return value.value
    known = given.get(value)
    if known is not None:
        return known if not isinstance(known, (type, np.ndarray)) else None
    instr = makers.get(value)
    if instr is None or depth == 0:
        return None
    if instr.op == "dim":
        base = given.get(instr.args[0])
        return int(base.shape[instr.attrs["axis"]]) if isinstance(base, np.ndarray) else None
    row = OPS[instr.op]
    args = [evaluate(a, makers, given, depth - 1) for a in instr.args]
    if row.eval is None or not row.pure or not args or any(a is None for a in args):
        return None
    return row.eval(*args)


def leaves_of(value: Any) -> list[Any]:
    """The run-time leaves of arguments, in the order of the IR's parameters (tuples and lists are opened)."""
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in leaves_of(item)]
    return [] if value is None or isinstance(value, str) else [value]
