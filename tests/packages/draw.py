"""Draws packages and functions by a seed and runs irad over them: `draw`, then `run`, then `report` (docs/packages.md).

Works in a virtual environment of its own, which has numpy, scipy and numba, with the checkout and its `tests` on PYTHONPATH:
    python -m packages.draw draw second      # installs candidates in drawn order until fifteen have three functions
    python -m packages.draw run second       # every drawn function in a process of its own
    python -m packages.draw report           # of all sets
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from packages import feed

PACKAGES, FUNCTIONS = 15, 3
PINNED = ("numpy==2.3.5", "scipy==1.16.3", "numba==0.62.1", "setuptools")
ANSWER = "irad.packages: "  # begins the line that a child process answers with: packages print, too
CPU = 60  # seconds for the first gradient
TOLERANCE = 1e-6  # relative, beside the error that the extrapolation estimates of itself

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SETS = {  # folder and seed
    "first": (HERE, 20261128),
    "second": (HERE / "second", 20261129),
    "third": (HERE / "third", 20261130),
    "fourth": (HERE / "fourth", 20261201),
    "fifth": (HERE / "fifth", 20261202),
    "sixth": (HERE / "sixth", 20261203),
}
CANDIDATES, DRAWN, FIRST, NOW = "candidates.txt", "drawn.json", "first.json", "now.json"
REPORT, TEXT = ROOT / "docs" / "packages.md", HERE / "report.md"


def main(command: str, *rest: str) -> None:
    """One of the commands of the docstring; `find` and `one` are what they start for themselves."""
    {"draw": draw, "run": run, "report": report, "find": find, "one": one}[command](*rest)


def draw(which: str) -> None:
    """Write `drawn.json`."""
    folder, seed = SETS[which]
    chance = random.Random(seed)
    names = [line for line in (folder / CANDIDATES).read_text().split("\n") if line and not line.startswith("#")]
    chance.shuffle(names)
    drawn: list[dict[str, Any]] = []
    for name in names:
        if sum("functions" in d for d in drawn) == PACKAGES:
            break
        drawn.append(_draw_from(name, random.Random(chance.random())))
        print(name, drawn[-1].get("why") or [f[0] for f in drawn[-1]["functions"]], flush=True)
    (folder / DRAWN).write_text(json.dumps(drawn, indent=1) + "\n")


def _draw_from(name: str, chance: random.Random) -> dict[str, Any]:
    try:
        install = [sys.executable, "-m", "pip", "install", "-q", "--prefer-binary", *PINNED, name]
        installed = subprocess.run(install, capture_output=True, timeout=300)
        if installed.returncode:
            return {"package": name, "why": "cannot be installed here"}
        found = _child("find", name, timeout=400)
    except subprocess.TimeoutExpired:
        return {"package": name, "why": "installing or searching it takes too long"}
    if found.returncode:
        return {"package": name, "why": "cannot be searched: the interpreter died"}
    functions = json.loads(next(line for line in found.stdout.splitlines() if line.startswith(ANSWER)).removeprefix(ANSWER))
    if len(functions) < FUNCTIONS:
        return {"package": name, "why": f"{len(functions)} functions pass the filter"}
    importlib.invalidate_caches()
    chosen = sorted(chance.sample(functions, FUNCTIONS))
    return {"package": name, "version": importlib.metadata.version(name), "passed": len(functions), "functions": chosen}


def find(name: str) -> None:
    """Print the functions that pass."""
    print("\n" + ANSWER + json.dumps(feed.feedable(name)), flush=True)


def _child(*command: str, timeout: float) -> subprocess.CompletedProcess[str]:
    """This module's command in a process and a folder of its own: what is called there is anybody's code."""
    program = [sys.executable, "-m", "packages.draw", *command]
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(program, capture_output=True, text=True, timeout=timeout, cwd=folder, stdin=subprocess.DEVNULL,
                              env={**os.environ, "IRAD_CACHE": "0", "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE.parent}"})


def run(which: str, only: str = "") -> None:
    """Write `now.json`, and `first.json` if there is none."""
    folder, _ = SETS[which]
    first, now = folder / FIRST, folder / NOW
    outcomes: dict[str, Any] = json.loads(now.read_text()) if now.exists() and only else {}
    for package in json.loads((folder / DRAWN).read_text()):
        for address, *way in package.get("functions", ()):
            if only in address:
                outcomes[address] = outcome(address, *map(str, way))
                print(address, outcomes[address], flush=True)
    described = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=ROOT)
    outcomes["commit"] = described.stdout.strip()
    for path in (now, *(() if first.exists() else (first,))):
        path.write_text(json.dumps(outcomes, indent=1) + "\n")


def outcome(*case: str) -> list[str]:
    """[outcome, why] of one function."""
    try:
        done = _child("one", *case, timeout=900)
    except subprocess.TimeoutExpired:
        return ["slow", "no end in sight"]
    if -done.returncode in (signal.SIGXCPU, signal.SIGKILL):
        return ["slow", f"over {CPU} s"]
    if done.returncode:
        return ["crashed", done.stderr.strip().split("\n")[-1][:300] or f"signal {-done.returncode}"]
    found: list[str] = json.loads(next(line for line in done.stdout.splitlines() if line.startswith(ANSWER)).removeprefix(ANSWER))
    return found


def one(address: str, kind: str, scale: str) -> None:
    """Print [outcome, why], computed in this process."""
    import irad

    f = feed.find(address)
    with contextlib.suppress(Exception):
        f(*feed.arguments(feed.required(f), (kind, float(scale))))  # with no limit of time: another compiler may be at work
    args = feed.arguments(feed.required(f), (kind, float(scale)))
    reference, errors = differences(f, args)
    isarray = isinstance(f(*(np.copy(a) for a in args) if kind == "array" else args), np.ndarray)
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + CPU, int(used) + CPU + 5))
    started = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            gradient = irad.grad(_summed(f, len(args)) if isarray else f, argnums=tuple(range(len(args))))(*args)
        except irad.InternalError as e:
            return _answer(["internal error", _line(e)])
        except irad.IradError as e:
            return _answer(["refused", _line(e)])
        except Exception as e:
            return _answer(["wrong", "raises " + _line(e)])
    took = time.process_time() - started
    got = np.concatenate([np.atleast_1d(np.asarray(g, float)) for g in gradient])
    if got.shape != reference.shape:
        return _answer(["wrong", f"shape {got.shape} in place of {reference.shape}"])
    bad = ~(np.abs(got - reference) <= errors)
    if bad.any():
        i = int(np.argmax(bad))
        return _answer(["wrong", f"{got[i]!r} in place of {reference[i]!r} (item {i})"])
    return _answer(["right", f"{took:.1f} s"])


def _answer(found: list[str]) -> None:
    print("\n" + ANSWER + json.dumps(found), flush=True)


def _summed(f: Any, count: int) -> Any:
    """`lambda a0, a1: np.sum(f(a0, a1))`, with as many parameters as are fed."""
    names = ", ".join(f"a{i}" for i in range(count))
    return eval(f"lambda {names}: np.sum(f({names}))", {"f": f, "np": np})


def _line(e: BaseException) -> str:
    """A message in one line, with paths from `site-packages` on."""
    text = re.sub(r"\S*/(?:site-packages|dist-packages)/", "", str(e))
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return " | ".join([f"{type(e).__name__}: {lines[0] if lines else ''}", *lines[1:]])[:600]


def differences(f: Any, args: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Central differences, extrapolated (Ridders), and the errors to allow."""
    value = feed.call(f, args) or 0.0
    found = [_ridders(f, args, number, item, at, value) for number, item, at in feed.leaves(args)]
    best = np.array([b for b, _ in found])
    weight = np.abs(best).max()
    return best, np.array([10 * e for _, e in found]) + TOLERANCE * np.abs(best) + 1e-9 * weight


def _ridders(f: Any, args: list[Any], number: int, item: int, at: float, value: float) -> tuple[float, float]:
    rows: list[list[float]] = []
    best, error = 0.0, float("inf")
    for k in range(8):
        step = 1e-2 * at / 1.6**k
        row = [feed.central(f, args, number, item, step)]
        for j in range(k):
            factor = 1.6 ** (2 * (j + 1))
            row.append((factor * row[j] - rows[-1][j]) / (factor - 1))
        if k:
            e = max(abs(row[-1] - row[-2]), abs(row[-1] - rows[-1][-1]))
            if e < error:
                best, error = row[-1], e
        rows.append(row)
    return best, error + 4e-16 * abs(value / (1e-3 * at))


def report() -> None:
    """Write docs/packages.md."""
    parts = {which: _of_set(*SETS[which]) for which in SETS}
    REPORT.write_text(TEXT.read_text().format(**{f"{which}_{k}": v for which, part in parts.items() for k, v in part.items()}))


def _of_set(folder: Path, seed: int) -> dict[str, Any]:
    """What the text says of one set."""
    drawn, first, now = (json.loads((folder / name).read_text()) for name in (DRAWN, FIRST, NOW))
    rows, passed = [], [o for a, o in now.items() if a != "commit"]
    for package in drawn:
        for address, kind, _ in package.get("functions", ()):
            state, why = now[address]
            why = why.replace("|", "/")
            cells = [f"{package['package']} {package['version']}", f"`{address}`", kind, first[address][0], state, why]
            rows.append("| " + " | ".join(cells) + " |")
    left = [f"- {d['package']}: {d['why']}" for d in drawn if "why" in d]
    return {
        "good": sum(state == "right" for state, _ in passed), "count": len(passed), "seed": seed,
        "before": sum(o[0] == "right" for a, o in first.items() if a != "commit"),
        "first": first["commit"], "now": now["commit"], "rows": "\n".join(rows), "left": "\n".join(left) or "None.",
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
