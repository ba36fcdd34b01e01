"""Golden files: a Python program, and what each stage makes of it, side by side in one file.

    a comment in front of the first section
    --- source ---
    def f(x):
        return x + 1
    --- lift ---
    func @f(%x: any) -> any {
    ...
    --- lift 3.12 ---
    the text under CPython 3.12 and later, where it differs

A section's name may carry a version of CPython: it then holds for that version and all later ones (up to the next).
The source is executed once, and the functions that it defines are what the stages get.

`pytest --bless` rewrites what differs (under each CPython in turn, the oldest first).
"""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Callable, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Any

OLDEST = (3, 11)
_HEADING = re.compile(r"^--- ([\w.-]+)(?: (3\.\d+))? ---$", re.MULTILINE)
Version = tuple[int, int]
Sections = dict[str, dict[Version, str]]  # by name, then by the version of CPython from which the text holds
Producer = Callable[[dict[str, Any]], str]


def read_golden(path: Path) -> tuple[str, Sections]:
    """The comment in front, and the sections."""
    parts = _HEADING.split(path.read_text(encoding="utf-8"))
    sections: Sections = {}
    for name, version, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        major, minor = map(int, version.split(".")) if version else OLDEST
        sections.setdefault(name, {})[major, minor] = body.strip("\n")
    return parts[0], sections


def write_golden(path: Path, comment: str, sections: Sections) -> None:
    text = comment
    for name, versions in sections.items():
        for version, body in sorted(versions.items()):
            suffix = "" if version == OLDEST else f" {version[0]}.{version[1]}"
            text += f"--- {name}{suffix} ---\n{body}\n"
    path.write_text(text, encoding="utf-8")


def find_section(sections: Sections, name: str, version: Version) -> str | None:
    """The text that holds for a version of CPython."""
    versions = sections.get(name, {})
    known = [v for v in versions if v <= version]
    return versions[max(known)] if known else None


def bless_section(sections: Sections, name: str, version: Version, text: str) -> None:
    """Enter a text; a version gets one of its own only where it says something new."""
    versions = sections.setdefault(name, {})
    versions.pop(version, None)
    if find_section(sections, name, version) != text:
        versions[version if versions else OLDEST] = text


def run_source(path: Path, source: str) -> dict[str, Any]:
    """Execute the program; its file name is that of the golden with `.py`, and errors can show its lines."""
    filename = path.with_suffix(".py").name
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": path.stem}
    exec(compile(source + "\n", filename, "exec", dont_inherit=True), namespace)
    return namespace


def functions_of(path: Path, namespace: Mapping[str, Any]) -> list[Any]:
    """The functions that the program itself defines at its top level, in order."""
    filename = path.with_suffix(".py").name
    return [v for v in namespace.values() if getattr(getattr(v, "__code__", None), "co_filename", None) == filename]


def check_sections(path: Path, produce: Mapping[str, Producer], bless: bool = False) -> None:
    """Compare what producers make of the program's namespace with the sections of their names, or rewrite these.

    A file says by its headings (they may stand there without text) which sections it wants; one at least.

    Raises
    ------
    AssertionError
        With a diff of the sections that differ.
    """
    version = sys.version_info[:2]
    comment, sections = read_golden(path)
    source = find_section(sections, "source", version)
    assert source is not None, f"{path} has no source"
    namespace = run_source(path, source)
    differences = []
    wanted = [name for name in produce if name in sections]
    assert wanted, f"{path} has none of the sections {', '.join(produce)}"
    for name in wanted:
        producer = produce[name]
        actual = "\n".join(line.rstrip() for line in producer(namespace).strip("\n").splitlines())
        expected = find_section(sections, name, version)
        if bless:
            bless_section(sections, name, version, actual)
        elif expected is None:
            differences.append(f"{path.name} has no section {name} for this version: run pytest --bless")
        elif expected != actual:
            before, now = expected.splitlines(), actual.splitlines()
            differences.append("\n".join(unified_diff(before, now, f"{path.name} {name}", "now", lineterm="")))
    if bless:
        write_golden(path, comment, sections)
    assert not differences, "\n\n".join(differences)
