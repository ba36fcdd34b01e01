"""`irad opt` and `irad run`: IR text through passes, and through the interpreter."""

from __future__ import annotations

import argparse
import ast
import sys
from pathlib import Path
from typing import Any

from irad.cli.usage import UsageError
from irad.ir.core import Module


def read_module(name: str) -> Module:
    """The module in a file; `-` is standard input."""
    from irad.api.irtools import parse

    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}") from None
    return parse(text)


def opt(options: argparse.Namespace) -> int:
    """Print the module after the passes; it is verified before the first and after each."""
    from irad.ir.print import print_module
    from irad.passes.manager import PassError, run_passes

    module = read_module(options.file)
    try:
        run_passes(module, options.passes.split(","), verify=True)
    except PassError as error:
        raise UsageError(str(error)) from None
    print(print_module(module, not options.no_locations), end="")
    return 0


def run(options: argparse.Namespace) -> int:
    """Interpret a function and print its result; what the program raises is printed, with exit status 1."""
    module = read_module(options.file)
    if options.name not in module.functions:
        raise UsageError(f"{options.file} has no function {options.name!r}; it has {', '.join(module.functions)}")
    args = parse_values(", ".join(value.rstrip(",") for value in options.values))
    wanted = len(module.functions[options.name].params)
    if len(args) != wanted:
        raise UsageError(f"@{options.name} takes {wanted} arguments, not {len(args)}")
    from irad.api.irtools import run as interpret

    try:
        result = interpret(module, options.name, *args)
    except Exception as error:
        if not getattr(error, "__irad_user__", False):
            raise
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(result)
    return 0


def parse_values(text: str) -> tuple[Any, ...]:
    """Python literals; lists become arrays."""
    import numpy as np

    try:
        values = ast.literal_eval(f"({text},)") if text else ()
    except (SyntaxError, ValueError):
        raise UsageError(f"not Python literals: {text}") from None
    return tuple(np.array(v) if isinstance(v, list) else v for v in values)
