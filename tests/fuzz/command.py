"""The command line: `python -m tests.fuzz --minutes 10 --seed 1`."""

from __future__ import annotations

import argparse
import signal
import time
from collections import Counter

from fuzz.features import PROFILES
from fuzz.isolated import isolated
from fuzz.runner import TIER_2, Result, Tally, jobs_from, run, shrink_all

MOST_TOLD = 3  # of the same words


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Compare generated programs with independent oracles.")
    p.add_argument("--minutes", type=float, default=1.0, help="how long to run")
    p.add_argument("--programs", type=int, help="how many programs to run, instead of --minutes")
    p.add_argument("--seed", type=int, default=0, help="of the first program; the others follow")
    p.add_argument("--profile", choices=list(PROFILES), help="one profile instead of all in turn")
    p.add_argument("--jobs", type=int, default=2, help="processes")
    p.add_argument("--tier-2", type=int, default=TIER_2, help="every how many programs tier 2 runs as well (0: never)")
    p.add_argument("--feature", action="append", default=[], help="use a feature that is not ready yet")
    p.add_argument("--shrink", type=float, default=120.0, help="seconds for each finding that is shrunk (0: not at all)")
    p.add_argument("--keep", action="store_true", help="write what is shrunk to tests/fuzz/found")
    p.add_argument("--first", action="store_true", help="end with the first finding")
    p.add_argument("--show", action="store_true", help="print the program of this seed and profile, and what becomes of it")
    return p


def main(argv: list[str] | None = None) -> int:
    """Run the fuzzer; 1 if it found anything."""
    options = parser().parse_args(argv)
    source = jobs_from(options.seed, options.profile, options.tier_2, tuple(options.feature))
    if options.show:
        job = next(source)
        program = job.program()
        print(program.source, *program.calls, sep="\n")
        report = isolated(program, 2)
        print(report.outcome, report.reason, report.finding or "", dict(report.counts))
        return int(report.finding is not None)
    until = time.monotonic() + options.minutes * 60

    ended: list[int] = []  # signals: a run that is ended tells what it has done
    signal.signal(signal.SIGTERM, lambda number, frame: ended.append(number))

    def more(tally: Tally) -> bool:
        if ended or (options.first and tally.findings):
            return False
        return bool(tally.total < options.programs if options.programs else time.monotonic() < until)

    told: Counter[str] = Counter()

    def tell(result: Result) -> None:
        finding, job = str(result.report.finding), result.job
        told[finding] += 1
        if told[finding] <= MOST_TOLD:
            print(f"{job.profile} {job.seed} (tier {job.tier}): {finding[:300]}", flush=True)

    tally = run(source, options.jobs, more, tell)
    print(tally)
    if options.shrink:
        shrink_all(tally.findings, options.shrink, lambda text: print(text, flush=True), options.keep)
    return bool(tally.findings)
