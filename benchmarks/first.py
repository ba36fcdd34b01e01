"""What the first call costs: fresh processes, wall time and CPU time, the best of several.

CPU time is that of the main thread, which does all of the work: the threads that numpy starts for its BLAS spin for some
tens of milliseconds after the import of numpy, on a machine that is idle, and would be counted with irad's import.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from benchmarks.report import Row

FUNCTION = """
def f(x, n):
    total = 0.0
    y = x
    for i in range(n):
        if y > 2.0:
            y = y / 3.0
        else:
            y = y * x + 0.5
        total = total + sin(y) * y
    return total / n
"""
PROBE = """
import json, time, sys
marks = []
def mark(name):
    marks.append((name, time.perf_counter(), time.thread_time()))
import numpy
from math import sin
import linecache
exec(compile(SOURCE, "f.py", "exec"))
linecache.cache["f.py"] = (len(SOURCE), None, SOURCE.splitlines(True), "f.py")
mark("")
BODY
out = {}
for (_, w0, c0), (name, w1, c1) in zip(marks, marks[1:]):
    out[name] = (w1 - w0, c1 - c0)
print(json.dumps(out))
"""
IRAD = """
import irad
mark("import irad, beyond numpy")
irad.compile(f)(1.1, 20)
mark("irad.compile: a ten-line loop")
g = irad.grad(f)
g(1.1, 20)
mark("irad.grad: its gradient")
assert abs(g(1.1, 20) - (f(1.1 + 1e-6, 20) - f(1.1 - 1e-6, 20)) / 2e-6) < 1e-5
"""
NUMBA = """
import numba
mark("import numba")
numba.njit(f)(1.1, 20)
mark("numba.njit: the same loop")
"""
LIMITS = {"import irad, beyond numpy": 0.15, "irad, both": 0.15}


def probe(body: str, bytecode: str) -> dict[str, list[float]]:
    """Wall and CPU seconds of each part, in a fresh process; `bytecode`: a folder for it (installed packages have it)."""
    code = f"SOURCE = {FUNCTION!r}\n" + PROBE.replace("BODY", body)
    root = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    env = {**os.environ, "PYTHONPATH": path, "PYTHONPYCACHEPREFIX": bytecode}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    times: dict[str, list[float]] = json.loads(done.stdout)
    return times


def run(passes: int, peers: bool = True) -> list[Row]:
    """Rows of this table: CPU time, with the wall time in the note (they differ on a machine that is busy)."""
    bodies = [IRAD, NUMBA] if peers and find_spec("numba") else [IRAD]
    best: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as bytecode:
        for body in bodies:
            probe(body, bytecode)
        for _ in range(passes):
            for body in bodies:
                times = probe(body, bytecode)
                if body is IRAD:
                    parts = [times[k] for k in times if k.startswith("irad.")]
                    times["irad, both"] = [sum(p[i] for p in parts) for i in (0, 1)]
                for name, (wall, cpu) in times.items():
                    old = best.get(name, [wall, cpu])
                    best[name] = [min(old[0], wall), min(old[1], cpu)]
    rows = []
    for name, (wall, cpu) in best.items():
        limit = LIMITS.get(name)
        goal = f"{limit * 1000:g} ms" if limit else ""
        rows.append(Row("first", goal, name, cpu, note=f"CPU time; wall {wall * 1000:.0f} ms"))
    return rows
