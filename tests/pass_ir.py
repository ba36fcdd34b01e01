"""Running one optimising pass on IR text, and what a test wants to know about the outcome."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent, indent

from irad.ir.core import Function
from irad.ir.parse import parse_function
from irad.ir.print import print_function
from irad.passes.tools import verify_function

Pass = Callable[[Function], bool]


def body(text: str, params: str = "%x: float, %y: float, %i: int, %n: int, %b: bool", results: str = "none") -> str:
    """A function `f` around the blocks in `text` (an entry block is put before instructions without a label)."""
    text = dedent(text).strip()
    if not text.startswith("^"):
        text = "^entry:\n" + indent(text, "  ")
    return f"func @f({params}) -> {results} {{\n{text}\n}}\n"


def after(run: Pass, text: str) -> str:
    """The text of the function after the pass, which says whether it changed anything, and leaves valid IR."""
    function = parse_function(text)
    verify_function(function)
    before = print_function(function)
    changed = run(function)
    verify_function(function)
    printed = print_function(function)
    assert changed or printed == before
    return printed


def returned(run: Pass, instrs: str, value: str, type: str = "float", **fields: str) -> str:
    """What `return value` has become after the pass on straight code."""
    printed = after(run, body(f"{dedent(instrs).strip()}\nreturn {value}", results=type, **fields))
    return next(line.split("return", 1)[1].strip() for line in printed.splitlines() if "return" in line)


def ops(printed: str) -> list[str]:
    """The names of the instructions of a printed function, in order."""
    names = []
    for line in printed.splitlines():
        if line.startswith("  ") and not line.lstrip().startswith(("br ", "return", "raise", "unreachable")):
            names.append(line.split(" = ")[-1].split()[0])
    return names
