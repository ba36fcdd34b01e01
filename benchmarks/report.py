"""Rows of the table, as markdown and JSON."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- benchmarks:begin -->", "<!-- benchmarks:end -->"
PACKAGES = ("numpy", "numba", "llvmlite", "jax", "torch", "torchdiffeq", "enzyme-ad")


@dataclass
class Row:
    """One time. `ratio`: to the reference of its group; `error`: of the gradient; `note`: a flaw, or why no time."""

    group: str
    size: str
    who: str
    seconds: float | None
    ratio: float | None = None
    target: float | None = None
    error: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None if there is none, or no time."""
        return None if self.target is None or self.ratio is None else self.ratio <= self.target


def duration(seconds: float | None) -> str:
    """A time with three digits."""
    if seconds is None:
        return ""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def multiple(ratio: float) -> str:
    """A ratio with three digits, at most two of them behind the point; two digits of a small one."""
    if 0.0 < ratio < 0.095:
        return f"{ratio:.2g}"
    return f"{ratio:.2f}" if ratio < 9.995 else f"{ratio:.1f}" if ratio < 99.95 else f"{ratio:,.0f}"


def line(row: Row) -> str:
    """A row for the terminal."""
    ratio = f"{multiple(row.ratio):>8s} x" if row.ratio is not None else " " * 10
    goal = "" if row.met is None else "met" if row.met else f"MISSED {row.target:g} x"
    return f"{row.group[:28]:28s} {row.size:20s} {row.who:34s} {duration(row.seconds):>9s} {ratio}  {goal}  {row.note}"


def cell(row: Row | None) -> str:
    """Time and ratio, or why there is none."""
    if row is None:
        return ""
    if row.seconds is None:
        return f"({row.note})" if row.note else ""
    ratio = f" ({multiple(row.ratio)} x)" if row.ratio is not None else ""
    wrong = " **wrong**" if row.note.startswith("wrong") else ""
    return f"{duration(row.seconds)}{ratio}{wrong}"


COLUMNS = ("workload", "primal, numba", "irad", "target", "by hand, numba", "Enzyme", "JAX", "torch")


def gradients_table(rows: list[Row]) -> list[str]:
    """Value and gradient of each workload, a column for each contestant."""
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        found.setdefault((row.group, row.size), {})[row.who] = row
    lines = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for (group, size), cells in found.items():
        mine = cells.get("irad")
        goal = f"{mine.target:g} x" if mine and mine.target else ""
        hand = best_of(cells.get("hand"), cells.get("hand, taped"))
        torch = cells.get("torchdiffeq") or cells.get("torch")
        others = map(cell, (hand, cells.get("enzyme"), cells.get("jax"), torch))
        shown = [f"{group}{', ' if size else ''}{size}", cell(cells.get("numba")), f"**{cell(mine)}**", goal, *others]
        lines.append(f"| {' | '.join(shown)} |")
    return lines


def best_of(*rows: Row | None) -> Row | None:
    """The fastest of several."""
    timed = [r for r in rows if r is not None and r.seconds is not None]
    return min(timed, key=lambda r: r.seconds or 0.0) if timed else next((r for r in rows if r is not None), None)


def list_table(title: str, rows: list[Row]) -> list[str]:
    """One line for each row."""
    lines = [f"| {title} | time | ratio | target |", "|---|---|---|---|"]
    for row in rows:
        ratio = f"{multiple(row.ratio)} x" if row.ratio is not None else ""
        of_size = row.group in ("solvers", "products", "vectors")
        target = f"{row.target:g} x" if row.target is not None else "" if of_size else row.size
        who = f"{row.size}: {row.who}" if of_size else row.who
        lines.append(f"| {who}{f' ({row.note})' if row.note else ''} | {duration(row.seconds)} | {ratio} | {target} |")
    return lines


def tape_table(rows: list[dict[str, Any]]) -> list[str]:
    """Bytes of tape an iteration."""
    lines = ["| tape | bytes an iteration, reverse mode | at most | by default |", "|---|---|---|---|"]
    return lines + [f"| {r['name']} | {r['bytes']} | {r['at_most']} | {r['default']} |" for r in rows]


def guards_table(rows: list[Row]) -> list[str]:
    """One line for each kernel and size: times without checks, and what is paid for them."""
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        found.setdefault((row.group, row.size), {})[row.who] = row
    lines = ["| checks | without | with | gradient, with | numba without |", "|---|---|---|---|---|"]
    for (group, size), cells in found.items():
        ratios = [cells[who].ratio if who in cells else None for who in ("checked", "checked gradient", "numba")]
        shown = [f"{multiple(r)} x" if r is not None else "" for r in ratios]
        without = cells["unchecked"].seconds if "unchecked" in cells else None
        lines.append(f"| {group}, {size} | {duration(without)} | {' | '.join(shown)} |")
    return lines


def markdown(results: dict[str, Any]) -> str:
    """All tables."""
    parts: list[list[str]] = []
    if results["workloads"]:
        head = "Value and gradient; in parentheses, the multiple of the primal compiled by numba:"
        parts.append([head, "", *gradients_table(results["workloads"])])
    titles = {
        "calls": "a call", "first": "the first call", "pelts": "the pelts", "products": "products of matrices, exchanged arrays",
        "vectors": "small vectors", "solvers": "solvers of scipy",
    }
    for key, title in titles.items():
        if results[key]:
            parts.append(list_table(title, results[key]))
    if results["guards"]:
        parts.append(guards_table(results["guards"]))
    if results["tape"]:
        parts.append(tape_table(results["tape"]))
    where = results["machine"]
    packages = ", ".join(f"{k} {v}" for k, v in where["packages"].items())
    parts.append([f"{where['processor']}, {where['cores']} cores, CPython {where['python']}, {packages}."])
    return "\n\n".join("\n".join(p) for p in parts) + "\n"


def machine() -> dict[str, Any]:
    """Where this was measured."""
    packages = {}
    for name in PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor() or platform.machine()
    return {
        "processor": processor, "cores": os.cpu_count(), "python": platform.python_version(), "packages": packages,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def as_json(results: dict[str, Any]) -> str:
    return json.dumps(results, default=asdict, indent=1) + "\n"


def put_between(path: Path, table: str) -> None:
    """Replace what is between the markers in a file."""
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n{table}{END}{after}", encoding="utf-8")
