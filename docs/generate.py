"""Writes the parts of the documentation that the code itself says: `python docs/generate.py`.

Three things are generated, in every .md file of this folder and in README.md:

- what stands between `<!-- irad WORDS -->` and `<!-- end -->`: the output of that command line, in a code block;
- what stands between `<!-- make NAME -->` and `<!-- end -->`: what the function NAME of this file returns;
- a ```text block that follows a ```python block: what that block prints. The python blocks of a file are run in turn,
  in one namespace; one with `<!-- not run -->` on the line before is for other libraries and is skipped.

`check` compares instead of writing (tests/unit/test_docs.py).
"""

from __future__ import annotations

import contextlib
import difflib
import io
import linecache
import os
import re
import shlex
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
_PIECE = re.compile(
    r"<!-- (?P<verb>irad|make) (?P<words>.*?) -->\n.*?<!-- end -->"
    r"|(?P<skip><!-- not run -->\n)?^```python\n(?P<code>.*?)^```\n(?:\n^```text\n(?P<output>.*?)^```\n)?",
    re.DOTALL | re.MULTILINE,
)
_SECTION = re.compile(r"^### `([\w-]+)`\n(.*?)(?=^##|\Z)", re.DOTALL | re.MULTILINE)


def documents() -> list[Path]:
    """The files with generated parts; last the one whose examples change irad's tables."""
    return [ROOT / "README.md", *sorted(FOLDER.glob("*.md"), key=lambda path: (path.name == "howto.md", path.name))]


def regenerate(path: Path) -> str:
    """The file as it should be."""
    text = path.read_text(encoding="utf-8")
    namespace: dict[str, Any] = {"__name__": path.stem.lower()}
    count = 0

    def piece(found: re.Match[str]) -> str:
        nonlocal count
        if found["verb"]:
            return _marked(found)
        if found["skip"]:
            return found[0]
        count += 1
        printed = run_block(found["code"], f"{path.stem.lower()}_{count}.py", namespace)
        if found["output"] is None and not printed:
            return found[0]
        return f"```python\n{found['code']}```\n\n```text\n{printed}```\n"

    return _PIECE.sub(piece, text)


def run_block(code: str, name: str, namespace: dict[str, Any]) -> str:
    """What a block of Python prints; errors can show its lines."""
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, name, "exec", dont_inherit=True), namespace)
    printed = out.getvalue().rstrip("\n")
    return "".join(line.rstrip() + "\n" for line in printed.split("\n")) if printed else ""


def _marked(found: re.Match[str]) -> str:
    verb, words = found["verb"], found["words"]
    body = _command(shlex.split(words)) if verb == "irad" else MAKERS[words]()
    return f"<!-- {verb} {words} -->\n{body}<!-- end -->"


def _command(words: list[str]) -> str:
    from irad.cli import main

    out = io.StringIO()
    here = os.getcwd()
    os.chdir(FOLDER)
    try:
        with contextlib.redirect_stdout(out):
            status = main(words)
    finally:
        os.chdir(here)
    if status != 0:
        raise RuntimeError(f"irad {' '.join(words)}: exit status {status}")
    return "```text\n" + "".join(line.rstrip() + "\n" for line in out.getvalue().strip("\n").split("\n")) + "```\n"


# -- makers ------------------------------------------------------------------------------------------------------------


def passes() -> str:
    """The pass table."""
    import irad

    rows = [
        f"| `{name}` | {row.doc} | {', '.join(row.needs)} | {row.leaves or 'the same'} |"
        for name, row in irad.ir.passes().items()
    ]
    return "| pass | what it does | takes form | leaves form |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"


def emitted() -> str:
    """The body of `my_pow` as irad hands it to LLVM, before LLVM's optimiser."""
    sys.path.insert(0, str(FOLDER))
    try:
        import sample
    finally:
        sys.path.pop(0)
    import irad

    text = str(irad.compile(sample.my_pow).llvm(float, int, optimized=False))
    start = text.index("@my_pow(")
    start = text.rindex("define", 0, start)
    return "```llvm\n" + text[start : text.index("\n}", start) + 3] + "```\n"


def invariants() -> str:
    """What the verifier checks, from its own words."""
    from irad.ir import verify

    assert verify.__doc__ is not None
    body = verify.__doc__.split("\n\n", 1)[1].rsplit("\n\nWhat else", 1)[0]
    return re.sub(r"^(Flow|Values|Instructions)$", r"\n**\1**\n", body, flags=re.MULTILINE).lstrip("\n") + "\n"


def kinds() -> str:
    """The kinds of errors in a list of links."""
    from irad.errors import KINDS

    return "\n".join(f"- [`{kind}`](#{kind}): {text}" for kind, text in KINDS.items()) + "\n"


def _public(module: str, name: str) -> str:
    """Where users import it from."""
    return f"{module.partition('._')[0]}.{name}"


def functions() -> str:
    """The builtins and the functions of `math` and numpy that compiled code can call, from the tables of `infer`."""
    import numpy as np

    import irad  # noqa: F401  (fills the tables)
    from irad.infer.meanings import HANDLERS, LIBRARY, METHODS, STANDINS, UFUNC_METHODS
    from irad.infer.subscripted import SUBSCRIPTED
    from irad.ops import OPS
    from irad.ops.special import PREFIX

    names: dict[str, set[str]] = {"builtins": set(), "math": set(), "numpy": set()}
    for obj, meaning in [*HANDLERS.values(), *LIBRARY.values()]:
        found = LIBRARY.get(id(obj), (obj, meaning))[1]
        if getattr(getattr(found, "__code__", None), "co_names", ()) == ("refuse",) or hasattr(obj, "__objclass__"):
            continue  # only there to say what to write instead, or a method
        place = "numpy" if type(obj).__name__ == "ufunc" else getattr(obj, "__module__", None) or "builtins"
        module, _, inner = place.partition(".")
        name = getattr(obj, "__name__", "")
        if isinstance(obj, np.ufunc) and getattr(np, name, None) is not obj:
            continue  # of scipy.special: there once a program has called it
        if module == "numpy" and not hasattr(np.linalg if inner == "linalg" else np, name):
            inner, name = "", f"lib.{inner.removeprefix('lib.')}.{name}" if inner == "lib.stride_tricks" else ""
        if module in names and name.replace(".", "").isidentifier() and not name.startswith("_"):
            names[module].add(f"{inner}.{name}" if inner == "linalg" else name)
    lines = [f"- {'Python' if m == 'builtins' else m}: {', '.join(sorted(found))}" for m, found in names.items()]
    known = [name for name in dir(np) if any(getattr(np, name) is obj for obj, _ in SUBSCRIPTED.values())]
    lines.append(f"- subscripts of numpy: {', '.join(sorted(known))}")
    special = sorted({row.foreign.removeprefix(PREFIX) for row in OPS.values() if row.foreign})
    lines.append(f"- scipy.special (the ufuncs; without a derivative by some of their shapes and orders): {', '.join(special)}")
    called = [place for place, found in STANDINS.items() if found.arrays_first is not None and not place[1].startswith("_")]
    whole = sorted(_public(*place) for place in called if not place[0].startswith("scipy._lib"))
    lines.append(f"- other functions of scipy that are not written in Python all the way: {', '.join(whole)}")
    lines.append(f"- methods of ufuncs: {', '.join(sorted(UFUNC_METHODS))}")
    return "\n".join([*lines, f"- methods of arrays and numbers: {', '.join(sorted(METHODS))}"]) + "\n"


def language() -> str:
    """Every feature of the language that docs/features.py has a program for, and what becomes of it."""
    sys.path.insert(0, str(FOLDER))
    try:
        from features import FEATURES
    finally:
        sys.path.pop(0)
    text = ""
    for section, programs in FEATURES.items():
        rows = [f"| {name} | {_state(source.lstrip())} |" for name, source in programs.items()]
        text += f"## {section}\n| feature | state |\n|---|---|\n" + "\n".join(rows) + "\n\n"
    return text.rstrip("\n") + "\n"


def _state(source: str) -> str:
    """Whether a program does what it does in CPython, or what irad says to it."""
    import irad

    space: dict[str, Any] = {"__name__": "feature"}
    sys.modules["feature"] = types.ModuleType("feature")  # dataclasses look their module up
    linecache.cache["feature.py"] = (len(source), None, source.splitlines(keepends=True), "feature.py")
    exec(compile(source, "feature.py", "exec", dont_inherit=True), space)
    outcomes = []
    for function in (irad.compile(space["f"]), space["f"]):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                outcomes.append(repr(function(2.0)))
        except irad.IradError as error:
            what = str(error).split("\n", 1)[0].replace("|", "\\|")
            found = re.search(r"^  fix: (.*)$", str(error), re.MULTILINE)
            hint = found[1].replace("|", "\\|") if found else "not at all"
            return f"refused: {what}; instead: {hint}"
        except Exception as error:
            outcomes.append(f"{type(error).__name__}: {error}")
    if outcomes[0] != outcomes[1]:
        raise RuntimeError(f"{outcomes[0]}, by CPython {outcomes[1]}, of:\n{source}")
    return "works"


MAKERS: dict[str, Callable[[], str]] = {f.__name__: f for f in (passes, emitted, invariants, kinds, functions, language)}


def check(path: Path) -> str:
    """A diff of the file and what it should be; empty if it is current."""
    before, now = path.read_text(encoding="utf-8").splitlines(), regenerate(path).splitlines()
    return "\n".join(difflib.unified_diff(before, now, path.name, "now", lineterm=""))


def sections(path: Path) -> Iterator[str]:
    """The slugs of the `### `slug`` headings of a file that say something."""
    for found in _SECTION.finditer(path.read_text(encoding="utf-8")):
        if len(found[2].split()) >= 8:
            yield found[1]


def main() -> None:
    """Rewrite what is not current."""
    sys.path.insert(0, str(ROOT))
    for path in documents():
        text = regenerate(path)
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(ROOT)} rewritten")


if __name__ == "__main__":
    main()
