"""Runs many programs in worker processes, collects what became of them, shrinks what was found.

A worker says which program it starts and what became of it; if it dies in between, that program is the finding, and
another worker goes on after it.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fuzz.features import PROFILES
from fuzz.files import save
from fuzz.isolated import isolated
from fuzz.observe import limited
from fuzz.oracles import Finding, Report, examine
from fuzz.programs import Program, generate
from fuzz.shrink import shrunk

TIER_2 = 20  # every 20th program
SECONDS = {1: 60, 2: 180}  # of processor time for one program, by tier
GENERATION = 20  # programs that one worker process runs
GARBAGE = 1_000_000  # objects that a worker makes before Python looks for garbage among them: 8 % of its time else
MOST_SHRUNK = 12
MOST_REFUSALS = 20  # that are told


@dataclass
class Job:
    """A program to run: what it is made of, and how it is examined."""

    seed: int
    profile: str
    tier: int = 1
    extra: tuple[str, ...] = ()

    def program(self) -> Program:
        return generate(self.seed, self.profile, self.extra)


@dataclass
class Result:
    """What became of a job, and the processor time that it took."""

    job: Job
    report: Report
    seconds: float = 0.0


@dataclass
class Tally:
    """Counts of a whole run."""

    programs: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    oracles: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    seconds: Counter[int] = field(default_factory=Counter)
    findings: list[Result] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def add(self, result: Result) -> None:
        report = result.report
        self.programs[result.job.profile] += 1
        self.outcomes[f"{report.outcome} ({report.reason})" if report.reason else report.outcome] += 1
        self.oracles.update(report.counts)
        self.refusals.update(set(report.refusals))
        self.seconds[result.job.tier] += result.seconds  # type: ignore[assignment]
        self.programs[f"tier {result.job.tier}"] += 1
        if report.finding is not None:
            self.findings.append(result)

    @property
    def total(self) -> int:
        return self.programs["tier 1"] + self.programs["tier 2"]

    def __str__(self) -> str:
        wall = time.monotonic() - self.started
        lines = [f"{self.total} programs in {wall:.0f} s ({self.total / wall * 3600:.0f} an hour): " + listed(self.programs)]
        for tier, seconds in sorted(self.seconds.items()):
            each = seconds / max(1, self.programs[f"tier {tier}"])
            lines.append(f"tier {tier}: {each:.3f} s of processor time each, {7200 / max(each, 1e-9):.0f} an hour on 2 cores")
        lines += [f"refused {n} times: {words}" for words, n in self.refusals.most_common(MOST_REFUSALS)]
        return "\n".join([*lines, "outcomes: " + listed(self.outcomes), "oracles: " + listed(self.oracles)])


def listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.most_common())


def jobs_from(seed: int, profile: str | None, tier_2: int = TIER_2, extra: tuple[str, ...] = ()) -> Iterator[Job]:
    """Programs without end: the profiles in turn, every 20th in tier 2."""
    names = [profile] if profile else list(PROFILES)
    number = 0
    while True:
        yield Job(seed + number, names[number % len(names)], 2 if tier_2 and number % tier_2 == tier_2 - 1 else 1, extra)
        number += 1


class Worker:
    """A process that runs jobs, and the pipe on which it tells about them."""

    def __init__(self, batch: list[Job]) -> None:
        self.batch = batch
        self.done = 0
        self.data = b""
        read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(read)
            try:
                work(batch, write)
            finally:
                os._exit(0)
        os.close(write)
        self.pipe = read

    def results(self) -> list[Result]:
        """What has arrived; a result for the job that killed the worker, once the pipe is closed."""
        chunk = os.read(self.pipe, 1 << 16)
        self.data += chunk
        found = []
        while len(self.data) >= 8 and len(self.data) >= (end := 8 + int.from_bytes(self.data[:8], "little")):
            report, seconds = pickle.loads(self.data[8:end])
            self.data = self.data[end:]
            found.append(Result(self.batch[self.done], unpacked(report), seconds))
            self.done += 1
        if not chunk:
            os.close(self.pipe)
            _, status = os.waitpid(self.pid, 0)
            if self.done < len(self.batch):
                how = f"killed by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "worker ended"
                job = self.batch[self.done]
                found.append(Result(job, Report("finding", "", Finding(how, f"within {SECONDS[job.tier]} s"))))
                self.done += 1
            self.pipe = -1
        return found


    def stop(self) -> None:
        """End it in the midst of its batch."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.pipe)


def packed(report: Report) -> Any:
    finding = (report.finding.kind, report.finding.detail) if report.finding else None
    return report.outcome, report.reason, finding, dict(report.counts), dict(report.refusals)


def unpacked(data: Any) -> Report:
    outcome, reason, finding, counts, refusals = data
    return Report(outcome, reason, Finding(*finding) if finding else None, Counter(counts), Counter(refusals))


def work(batch: list[Job], write: int) -> None:
    """What a worker does."""
    gc.set_threshold(GARBAGE)
    for job in batch:
        start = time.process_time()
        with limited(SECONDS[job.tier]):
            report = examine(job.program(), job.tier)
        data = pickle.dumps((packed(report), time.process_time() - start))
        os.write(write, len(data).to_bytes(8, "little") + data)


def run(source: Iterator[Job], workers: int, more: Callable[[Tally], bool], tell: Callable[[Result], None]) -> Tally:
    """Run jobs in several processes as long as `more` says so; `tell` hears of findings."""
    tally = Tally()
    pending: list[list[Job]] = []
    active: list[Worker] = []

    def refill() -> None:
        while len(active) < workers and (pending or more(tally)):
            batch = pending.pop() if pending else [job for _, job in zip(range(GENERATION), source, strict=False)]
            if not batch:
                return
            active.append(Worker(batch))

    refill()
    while active:
        ready, _, _ = select.select([w.pipe for w in active], [], [], 1.0)
        for worker in [w for w in active if w.pipe in ready]:
            for result in worker.results():
                tally.add(result)
                if result.report.finding is not None:
                    tell(result)
            if worker.pipe < 0:
                active.remove(worker)
                if worker.done < len(worker.batch):
                    pending.append(worker.batch[worker.done:])
        if not more(tally):
            break
        refill()
    for worker in active:
        worker.stop()
    return tally


def shrink_all(findings: list[Result], seconds: float, tell: Callable[[str], None], keep: bool = True) -> None:
    """The smallest program for each kind of finding, saved as a file test."""
    seen: Counter[str] = Counter()
    for result in findings:
        finding = result.report.finding
        assert finding is not None
        key = finding.kind if not finding.kind.startswith("internal") else str(finding)
        seen[key] += 1
        if seen[key] > 2 or sum(seen.values()) > MOST_SHRUNK:
            continue
        program, tier = result.job.program(), result.job.tier
        for level in (1, 3):
            again = isolated(program, tier, level)
            if again.finding is not None:
                small = shrunk(program, again.finding.kind, partial(isolated, tier=tier, level=level, seconds=15), seconds)
                last = isolated(small, tier, level).finding or again.finding
                where = save(small, last) if keep else None
                tell(f"--- {where or 'shrunk'}: {last}\n{small.source}\n" + "\n".join(small.calls))
                break
        else:
            tell(f"--- {result.job.profile} {result.job.seed}: {finding} did not come again")
