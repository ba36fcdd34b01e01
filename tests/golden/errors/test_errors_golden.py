"""Wrong programs and what irad says to them: the whole message, at most 12 lines, without a frame or word of irad's own."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden.golden import check_sections, functions_of

import irad

FILES = sorted(Path(__file__).parent.glob("*.test"))
EXAMPLES: dict[str, Any] = {"x": 2.0, "y": 3.0, "n": 4, "s": "text", "a": np.arange(3.0), "b": np.arange(6.0).reshape(2, 3), "k": 7}


def said(path: Path, function: Any, derivative: bool) -> str:
    """The class and message of what a call raises, and for run-time errors the user's lines."""
    code = function.__code__
    args = [EXAMPLES[name] for name in code.co_varnames[: code.co_argcount]]
    try:
        (irad.grad if derivative else irad.compile)(function)(*args)
    except Exception as error:
        message = str(error)
        assert len(message.splitlines()) <= 12
        assert "/irad/" not in message
        lines = [
            f"  {entry.name}, line {entry.lineno}: {entry.line}"
            for entry in traceback.extract_tb(error.__traceback__) if Path(entry.filename).stem == path.stem
        ]
        if len(lines) > 4:
            lines[2:-1] = ["  ..."]
        kind = "" if isinstance(error, irad.IradError) else "\n".join(["", *lines])
        return f"{type(error).__name__}: {message}{kind}".replace(str(path), path.name)
    return "no error"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_errors(path: Path, bless: bool) -> None:
    def listed(namespace: dict[str, Any], derivative: bool) -> str:
        functions = [f for f in functions_of(path, namespace) if not f.__name__.startswith("_")]
        return "\n\n".join(f"[{f.__name__}]\n{said(path, f, derivative)}" for f in functions)

    check_sections(
        path,
        {"compile": lambda space: listed(space, False), "grad": lambda space: listed(space, True)},
        bless,
    )
