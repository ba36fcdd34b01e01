"""Examining a program in a process of its own: native code may crash or never end."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections import Counter

from fuzz.observe import timed
from fuzz.oracles import Finding, Report, examine
from fuzz.programs import Program

SECONDS = {1: 30, 2: 90}  # of processor time, by tier


def isolated(program: Program, tier: int = 1, level: int | None = None, seconds: int = 0) -> Report:
    """`examine` in a child; a finding "killed by SIGSEGV" or the like if it does not come back."""
    seconds = seconds or SECONDS[tier]
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _answer(program, tier, level, seconds, write)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if answer.endswith(b"."):  # a complete pickle
        outcome, reason, finding, counts = pickle.loads(answer)
        return Report(outcome, reason, Finding(*finding) if finding else None, Counter(counts))
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    kind = f"killed by {signal.Signals(number).name}" if number else f"exit status {os.waitstatus_to_exitcode(status)}"
    return Report("finding", "", Finding(kind, f"after at most {seconds} s"))


def _answer(program: Program, tier: int, level: int | None, seconds: int, write: int) -> None:
    """What the child does: never returns."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        timed(seconds)
        report = examine(program, tier, level)
        finding = (report.finding.kind, report.finding.detail) if report.finding else None
        os.write(write, pickle.dumps((report.outcome, report.reason, finding, dict(report.counts))))
    except BaseException as error:
        print(error, file=sys.stderr)
    finally:
        os._exit(0)
