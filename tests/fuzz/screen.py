"""Hunting a mutant without running the fuzzer for long: most of its programs say nothing about one line of irad.

    baseline     once, without a mutant: for each program the lines of irad that it runs (of the modules that are mutated),
                 and a fingerprint of the compiled text: gradient by a random plan, forward mode, LLVM before optimisation
    marked       a program whose fingerprint is another one with the mutant, or that fails to compile
    found        the fuzzer's oracles say so of a marked program: nothing else counts

    python -m tests.fuzz.screen --programs 1500 --cache FILE                 # the baseline
    python -m tests.fuzz.screen --mutant irad.ad.tape:17 --cache FILE        # one mutant, one line of JSON
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import pickle
import random
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from fuzz.mutants import PLACES, VARIABLE, install, path_of, spans  # noqa: E402

if __name__ == "__main__":
    install()

from fuzz.claims import Claims  # noqa: E402
from fuzz.features import PROFILES  # noqa: E402
from fuzz.isolated import isolated  # noqa: E402
from fuzz.observe import Long, in_time  # noqa: E402
from fuzz.oracles import Report, started  # noqa: E402
from fuzz.programs import Program, generate  # noqa: E402
from fuzz.subject import lowered, policies  # noqa: E402
from irad.codegen import emit_module  # noqa: E402
from irad.ir.clone import clone_function  # noqa: E402

BATCH = 50
COMPILE_SECONDS = 10
LEAST = 5  # programs that are compiled whatever the lines say: some of irad's answers are kept from one program to the next
Key = tuple[str, int]


class Row:
    """What the baseline knows of a program: its fingerprint, the seconds that this took, the lines as bits of an int."""

    __slots__ = ("lines", "print", "seconds")

    def __init__(self, text: str, seconds: float, lines: int) -> None:
        self.print, self.seconds, self.lines = text, seconds, lines


# -- one program -------------------------------------------------------------------------------------------------------


def keys(programs: int) -> list[Key]:
    names = list(PROFILES)
    return [(names[seed % len(names)], seed) for seed in range(programs)]


def fingerprint(program: Program) -> str:
    """What irad makes of a program, short of machine code; or how that ends."""
    texts: list[str] = []

    def derivatives(thunk: Any) -> None:
        for function in (thunk.met, thunk.function):
            texts.append("\n".join(Claims(clone_function(function, thunk.name)).texts))
        for module, _ in (thunk.vjp(policies(program.seed)["random"]), thunk.jvp()):
            texts.append(str(module))

    try:
        with in_time(COMPILE_SECONDS):
            case = started(program, Report())
            low = lowered(case.f, case.argnums, case.calls[0], 1, case.has_aux, while_loops=derivatives, general=case.has_single)
            emitted = emit_module(low.builds[0].module, *(b.entry.name for b in low.builds))
            texts += [emitted.text, *map(repr, emitted.sites), str(low.refused)]
    except (Exception, Long) as error:
        texts.append(f"{type(error).__name__}: {error}")
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


# -- the baseline ------------------------------------------------------------------------------------------------------


class Lines:
    """The lines that run in the modules that are mutated: each is one bit."""

    def __init__(self) -> None:
        self.places = {str(path_of(m)): i for i, m in enumerate(PLACES)}
        self.hit = 0
        if sys.version_info >= (3, 12):
            monitoring = sys.monitoring
            monitoring.use_tool_id(4, "fuzz")
            monitoring.register_callback(4, monitoring.events.LINE, self.monitored)
            monitoring.set_events(4, monitoring.events.LINE)

    def monitored(self, code: Any, line: int) -> Any:
        module = self.places.get(code.co_filename)
        if module is not None:
            self.hit |= bit(module, line)
        return sys.monitoring.DISABLE  # type: ignore[attr-defined,unused-ignore]

    def traced(self, frame: Any, event: str, arg: Any) -> Any:
        module = self.places.get(frame.f_code.co_filename)
        if module is None:
            return None
        self.hit |= bit(module, frame.f_lineno)
        return self.traced

    def of(self, program: Program) -> tuple[str, int]:
        """A program's fingerprint and its lines."""
        self.hit = 0
        if sys.version_info >= (3, 12):
            sys.monitoring.restart_events()
            return fingerprint(program), self.hit
        sys.settrace(self.traced)
        try:
            return fingerprint(program), self.hit
        finally:
            sys.settrace(None)


MOST_LINES = 1000  # of a module


def bit(module: int, line: int) -> int:
    return 1 << (module * MOST_LINES + line)


def baseline(programs: int, jobs: int = 2) -> dict[Key, Row]:
    """All rows, made in processes of `BATCH` programs."""
    rows: dict[Key, Row] = {}
    every = keys(programs)
    batches = [every[i:i + BATCH] for i in range(0, len(every), BATCH)]
    pipes: list[int] = []
    while batches or pipes:
        while batches and len(pipes) < jobs:
            pipes.append(started_batch(batches.pop(0)))
        with os.fdopen(pipes.pop(0), "rb") as pipe:
            rows |= {k: Row(*r) for k, r in pickle.loads(pipe.read()).items()}
        print(f"{len(rows)} programs", file=sys.stderr, flush=True)
    return rows


def started_batch(batch: list[Key]) -> int:
    """A process that makes some rows; the pipe on which they come."""
    read, write = os.pipe()
    if os.fork() == 0:
        lines, found = Lines(), {}
        for key in batch:
            begin = time.process_time()
            text, hit = lines.of(generate(key[1], key[0]))
            found[key] = (text, time.process_time() - begin, hit)
        with os.fdopen(write, "wb") as pipe:
            pipe.write(pickle.dumps(found))
        os._exit(0)
    os.close(write)
    return read


def state() -> str:
    """What the baseline holds for: Python, the sources of irad and of the generator."""
    files = sorted([*(ROOT / "irad").rglob("*.py"), *(ROOT / "tests/fuzz").glob("*.py")])
    keep = [f for f in files if f.name not in ("mutants.py", "screen.py", "runner.py", "command.py", "shrink.py")]
    text = sys.version.encode() + b"".join(f.read_bytes() for f in keep)
    return hashlib.sha256(text + repr(list(PLACES)).encode()).hexdigest()


def load(cache: Path, programs: int) -> dict[Key, Row]:
    """The baseline from its file, or made now."""
    if cache.exists():
        made, rows = pickle.loads(cache.read_bytes())
        if made == state() and len(rows) >= programs:
            return {k: Row(*rows[k]) for k in keys(programs)}
    found = baseline(programs)
    cache.write_bytes(pickle.dumps((state(), {k: (r.print, r.seconds, r.lines) for k, r in found.items()})))
    return found


# -- one mutant --------------------------------------------------------------------------------------------------------


class Hunt:
    """Programs for one mutant: the ones that reach it, the marked ones among them, and what the oracles say of these."""

    def __init__(self, mutant: str, rows: dict[Key, Row], seconds: float, most: int) -> None:
        module, _, number = mutant.partition(":")
        self.rows = rows
        self.seconds, self.most = seconds, most
        place = list(PLACES).index(module)
        span = spans(module)[int(number)]
        self.mask = sum(bit(place, line) for line in range(span[0], span[1] + 1))
        self.reached = self.tried = self.marked = self.examined = 0
        self.told, self.seed, self.tier = "", "", 0

    def candidates(self) -> list[Key]:
        """Programs that run the line, the cheap ones rather first."""
        rng = random.Random(0)
        known = [k for k, r in self.rows.items() if r.lines & self.mask]
        self.reached = len(known)
        known.sort(key=lambda k: self.rows[k].seconds * rng.uniform(0.2, 4.0))
        rest = [k for k in self.rows if not self.rows[k].lines & self.mask]
        return known + rest[:LEAST] if len(known) < LEAST else known

    def run(self) -> str:
        """"found"; "same" if nothing compiles otherwise; "silent" if the oracles say nothing; "unreached"."""
        start = time.process_time()
        for key in self.candidates():
            program = generate(key[1], key[0])
            self.tried += 1
            if fingerprint(program) != self.rows[key].print:
                self.marked += 1
                tiers = (1, 2) if self.marked in (2, 4) or self.marked % 8 == 0 else (1,)
                if self.examine(program, tiers):
                    return "found"
            if self.marked >= self.most or time.process_time() - start > self.seconds:
                break
        return "silent" if self.marked else "same" if self.reached else "unreached"

    def examine(self, program: Program, tiers: tuple[int, ...]) -> bool:
        for tier in tiers:
            self.examined += 1
            report = isolated(program, tier)
            if report.finding is not None:
                self.told, self.seed, self.tier = str(report.finding)[:200], f"{program.profile} {program.seed}", tier
                return True
        return False


def main(argv: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(prog="python -m tests.fuzz.screen", description="Hunt one mutant.")
    p.add_argument("--cache", type=Path, required=True, help="the file of the baseline")
    p.add_argument("--programs", type=int, default=1500)
    p.add_argument("--mutant", help="MODULE:NUMBER")
    p.add_argument("--seconds", type=float, default=40.0, help="of processor time to compile programs in")
    p.add_argument("--most", type=int, default=60, help="marked programs to examine")
    options = p.parse_args(argv)
    if not options.mutant:
        load(options.cache, options.programs)
        return 0
    assert os.environ.get(VARIABLE) == options.mutant
    rows = load(options.cache, options.programs)
    hunt = Hunt(options.mutant, rows, options.seconds, options.most)
    verdict = hunt.run()
    facts = ("reached", "tried", "marked", "examined", "told", "seed", "tier")
    print("SAID " + json.dumps({"verdict": verdict, **{name: getattr(hunt, name) for name in facts}}), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
