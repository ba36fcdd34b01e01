"""The command: see `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import calls, first, guards, pelts, products, report, run, solvers, tape, vectors
from benchmarks.workloads import NAMES, load

OTHERS = ("calls", "first", "guards", "pelts", "products", "solvers", "tape", "vectors")
README = Path(__file__).resolve().parents[1] / "README.md"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="irad and its peers, side by side.")
    parser.add_argument("--only", help=f"comma-separated names, of {', '.join((*NAMES, *OTHERS))}")
    parser.add_argument("--quick", action="store_true", help="small sizes and few passes")
    parser.add_argument("--passes", type=int, help="interleaved passes (default: 20, quick: 5)")
    parser.add_argument("--no-peers", action="store_true", help="irad alone")
    parser.add_argument("--markdown", action="store_true", help="print the tables only")
    parser.add_argument("--json", type=Path, default=Path("benchmarks.json"), help="default: %(default)s")
    parser.add_argument("--readme", action="store_true", help="put the tables into README.md, between its markers")
    options = parser.parse_args(argv)
    names = options.only.split(",") if options.only else [*OTHERS, *NAMES]
    unknown = [n for n in names if n not in (*NAMES, *OTHERS)]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}")
    passes = options.passes or (5 if options.quick else 20)
    results = measure(names, passes, options.quick, not options.no_peers, options.markdown)
    options.json.write_text(report.as_json(results), encoding="utf-8")
    table = report.markdown(results)
    print(table)
    if options.readme:
        report.put_between(README, table)
    return 0


def measure(names: Sequence[str], passes: int, quick: bool, peers: bool, silent: bool) -> dict[str, Any]:
    """All that was asked for, told as it comes in."""
    results: dict[str, Any] = {"machine": report.machine(), "workloads": []} | {part: [] for part in OTHERS}

    def tell(rows: list[report.Row]) -> list[report.Row]:
        for row in () if silent else rows:
            print(report.line(row), file=sys.stderr, flush=True)
        return rows

    if "tape" in names:
        results["tape"] = tape.rows()
    for part in (calls, first, guards, pelts, products, solvers, vectors):
        name = part.__name__.rpartition(".")[2]
        if name in names:
            results[name] = tell(part.run(passes, peers))
    for name in names:
        if name in NAMES:
            workload = load(name)
            for size in workload.quick if quick else workload.sizes:
                results["workloads"] += tell(run.run(workload, size, passes, peers))
    return results


if __name__ == "__main__":
    sys.exit(main())
