"""`irad check`: does a function compile, and does its gradient? Nothing of it is run."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

from irad.cli.show import require_types
from irad.cli.target import load_target, parse_args
from irad.errors import IradError


def check(options: argparse.Namespace) -> int:
    """Compile and report; 1 if the function itself does not compile."""
    import irad

    function = load_target(options.target)
    args = parse_args(options.args)
    compiled = irad.compile(function)
    require_types(compiled, args)
    report: dict[str, Any] = {"target": options.target, "function": _attempt(lambda: compiled.precompile(*args))}
    if report["function"]["ok"]:
        gradient = irad.grad(function)
        report["gradient"] = _attempt(lambda: gradient.precompile(*args))
        if report["gradient"]["ok"]:
            report["notes"] = list(irad.explain(compiled, *args).notes)
    print(json.dumps(report, indent=2) if options.json else _as_text(report))
    return 0 if report["function"]["ok"] else 1


def _attempt(run: Callable[[], object]) -> dict[str, Any]:
    """Whether something compiles: how long it takes, or what is wrong and where."""
    start = time.perf_counter()
    try:
        run()
    except IradError as error:
        return {
            "ok": False, "class": type(error).__name__, "kind": error.kind, "what": error.what, "hint": error.hint,
            "filename": error.filename, "lineno": error.lineno, "col_offset": error.col_offset, "message": str(error),
        }
    except (TypeError, ValueError) as error:  # for example: the result is not one real number
        return {"ok": False, "class": type(error).__name__, "kind": None, "what": str(error), "message": str(error)}
    return {"ok": True, "seconds": round(time.perf_counter() - start, 4)}


def _as_text(report: dict[str, Any]) -> str:
    lines = [report["target"]]
    for part in ("function", "gradient"):
        found = report.get(part)
        if found is None:
            continue
        if found["ok"]:
            lines.append(f"  {part:9} compiles ({found['seconds'] * 1e3:.0f} ms)")
        else:
            lines.append(f"  {part:9} does not compile: {found['class']}")
            lines += ["    " + line for line in found["message"].splitlines()]
    lines += [f"  note      {note}" for note in report.get("notes", ())]
    return "\n".join(lines)
