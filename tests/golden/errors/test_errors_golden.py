"""Wrong programs and what irad says to them: the whole message, at most 12 lines, without a frame or word of irad's own.

A section `compile` holds what compiled functions of the source say, `grad` what their gradients say, `run` what they say
when they are simply called (wrong uses of irad itself). A section for a later CPython holds only what differs there.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden.golden import OLDEST, Sections, find_section, functions_of, read_golden, run_source, write_golden

import irad

FILES = sorted(Path(__file__).parent.glob("*.test"))
EXAMPLES: dict[str, Any] = {
    "x": 2.0, "y": 3.0, "n": 4, "s": "text", "a": np.arange(3.0), "b": np.arange(6.0).reshape(2, 3), "k": 7,
    "i": np.arange(3), "t": (1.0, 2.0), "z": 1 + 2j, "v": np.float64(2.0), "flag": True, "nothing": None, "c": np.arange(4.0),
}
HOW: dict[str, Callable[[Any], Any]] = {"compile": irad.compile, "grad": irad.grad, "run": lambda function: function}
SHOWN = 4  # frames
LIBRARY = re.compile(r"  (called from )?\S*/(?:site-packages|python3\.\d+)/(?!irad/)(?:\S+/)?(\S+\.py):\d+(?::\d+)?")  # lines vary

# What belongs to irad's inside: its IR (values, blocks, forms, types), its classes and helpers, its files, its passes.
OWN = re.compile(
    r"/irad/|irad\.(infer|lift|ir|passes|ad|codegen|runtime|pipeline|analysis|ops|lib)\b|site-packages"
    r"|(?<![\w%'\"])%[a-z]\w*\b(?! of)|(?<!\w)\^[a-z]\w*|\bpy\.[a-z]+|@[a-z_]+:"
    r"|\b(AV|Known|Num|Seq|Arr|Record|Shape|Choice|Unit|Spec|Terminated|NotNative|phi|SSA|CFG|IR|LLVM|alloca?|noalias|i64|ptr"
    r"|abstract value|block argument|specialis\w+|fixpoint|py_callable|record|bytecode|opcode|[A-Z]+_[A-Z_]+(?<!__))\b"
)
ALLOWED = {"NUMPY"}
_QUOTED = re.compile(r"    |  \S+, line \d+: ")  # the program's own lines


def said(path: Path, function: Any, how: str) -> str:
    """The class and message of what a call raises, its notes, and for errors of the program the user's lines."""
    code = function.__code__
    args = [EXAMPLES[name] for name in code.co_varnames[: code.co_argcount]]
    try:
        result = HOW[how](function)(*args)
    except Exception as error:
        lines = "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]).split("\n")
        assert len(lines) <= 12
        if not isinstance(error, irad.IradError):
            lines += shown_frames(path, error)
        text = LIBRARY.sub(lambda m: f"  {m[1] or ''}{m[2]}", "\n".join(lines).replace(str(path), path.name))
        return re.sub(r"of the \S+ \w+ that memory=", "of the ... that memory=", text)
    return f"no error: {result!r}"


def shown_frames(path: Path, error: Exception) -> list[str]:
    """The user's frames; of many the ends. Those of the standard library and numpy may be below them."""
    entries = [e for e in traceback.extract_tb(error.__traceback__) if e.filename != __file__]
    entries = [e for e in entries if not LIBRARY.match(f"  {e.filename}:1")]
    assert all(Path(e.filename).stem == path.stem for e in entries), entries
    lines = [f"  {entry.name}, line {entry.lineno}: {entry.line}" for entry in entries]
    if len(lines) > SHOWN:
        lines[2:-1] = ["  ..."]
    return lines


def items(text: str) -> dict[str, str]:
    """`[name]` and the text behind it."""
    parts = re.split(r"^\[(\w+)\]$", text, flags=re.MULTILINE)
    return {name: body.strip("\n") for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def expected(sections: Sections, how: str) -> dict[str, str]:
    """What holds for this CPython: the texts of the latest section not beyond it that has the name."""
    found: dict[str, str] = {}
    for version in sorted(sections[how]):
        if version <= sys.version_info[:2]:
            found.update(items(sections[how][version]))
    return found


def bless_items(sections: Sections, how: str, now: dict[str, str]) -> None:
    """Enter what is said now, where it differs from what holds for an earlier version."""
    version = sys.version_info[:2]
    sections[how].pop(version, None)
    if version == OLDEST:
        later = {v: {n: t for n, t in items(text).items() if n in now} for v, text in sections[how].items() if v > OLDEST}
        sections[how] = {OLDEST: as_text(now), **{v: as_text(t) for v, t in later.items() if t}}
        return
    held = expected(sections, how)
    different = {name: text for name, text in now.items() if held.get(name) != text}
    if different:
        sections[how][version] = as_text(different)


def as_text(texts: dict[str, str]) -> str:
    return "\n\n".join(f"[{name}]\n{text}" for name, text in texts.items())


def defined(path: Path, sections: Sections) -> list[Any]:
    source = find_section(sections, "source", OLDEST)
    assert source is not None
    return [f for f in functions_of(path, run_source(path, source)) if not f.__name__.startswith("_")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_errors(path: Path, bless: bool) -> None:
    comment, sections = read_golden(path)
    functions = defined(path, sections)
    for how in sections.keys() - {"source"}:
        now = {f.__name__: said(path, f, how) for f in functions}
        if bless:
            bless_items(sections, how, now)
        assert now == expected(sections, how)
    if bless:
        write_golden(path, comment, sections)


def all_messages() -> list[tuple[str, str, str]]:
    """(file, function, text) of every message in every version."""
    found = []
    for path in FILES:
        _, sections = read_golden(path)
        for how in sections.keys() - {"source"}:
            for text in sections[how].values():
                found += [(path.stem, name, body) for name, body in items(text).items()]
    return found


MESSAGES = [pytest.param(*m, id=f"{m[0]}-{m[1]}") for m in all_messages()]


def test_there_are_many() -> None:
    assert len({(file, name) for file, name, _ in all_messages()}) >= 100
    what = {re.sub(r"`[^`]*`|\d+", "", body.split("\n")[0]) for _, _, body in all_messages()}
    assert len(what) >= 80, "different kinds of messages"


@pytest.mark.parametrize(("file", "name", "text"), MESSAGES)
def test_no_word_of_irads_own(file: str, name: str, text: str) -> None:
    lines = text.split("\n")
    own = [m[0] for line in lines for m in OWN.finditer(line) if m[0] not in ALLOWED and not _QUOTED.match(line)]
    assert not own
    assert not text.startswith(("no error", "InternalError", "AssertionError: \n", "AttributeError: '_"))


@pytest.mark.parametrize(("file", "name", "text"), MESSAGES)
def test_irads_own_errors_show_the_place(file: str, name: str, text: str) -> None:
    if re.match(r"\w*(Unsupported|Typing|Differentiation)Error", text):
        assert re.search(rf"^  (called from )?{file}\.py:\d+(:\d+)? in ", text, re.MULTILINE)
        assert re.search(r"^  docs/errors\.md#[a-z-]+$", text, re.MULTILINE)
        assert re.search(r"^  (fix|why): ", text, re.MULTILINE), "says what to do, or why not"
