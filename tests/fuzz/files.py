"""Findings as files: `found/NAME.py` is a program that failed, with its arguments; `test_found.py` runs them all."""

from __future__ import annotations

import re
from pathlib import Path

from fuzz.observe import defined
from fuzz.oracles import Finding
from fuzz.programs import Program

FOLDER = Path(__file__).parent / "found"


def text_of(program: Program, finding: Finding) -> str:
    """The file of a finding."""
    calls = "\n".join(f"    {c!r}," for c in program.calls)
    what = " ".join(f"{finding.kind}: {finding.detail}".split())[:110].replace("\\", "/").replace('"', "'")
    head = f'"""{program.profile} {program.seed}: {what}"""\n\n'
    return f"{head}{program.source.strip()}\n\n\nCALLS = (\n{calls}\n)\nSEED = {program.seed}\nPROFILE = {program.profile!r}\n"


def save(program: Program, finding: Finding, folder: Path = FOLDER) -> Path:
    """Write a finding as a file; its name says what failed, and the seed."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"\W+", "_", finding.kind).strip("_").lower()
    path = folder / f"{stem}_{program.profile}_{program.seed}.py"
    path.write_text(text_of(program, finding), encoding="utf-8")
    return path


def load(path: Path) -> Program:
    """The program of a file."""
    source = path.read_text(encoding="utf-8")
    space = defined(source, str(path))
    return Program(source, tuple(space["CALLS"]), space.get("SEED", 0), space.get("PROFILE", "raw"))
