"""`irad show`: the forms of a function, or of its gradient."""

from __future__ import annotations

import argparse
from typing import Any

from irad.cli.target import load_target, parse_argnums, parse_args
from irad.cli.usage import UsageError


def show(options: argparse.Namespace) -> int:
    """Print what was asked for."""
    import irad

    if options.target is None and options.grad is not None and ":" in options.grad:
        options.target, options.grad = options.grad, "0"  # show --grad TARGET
    function = load_target(options.target)
    args = parse_args(options.args)
    shown = function if options.mode == "auto" else irad.compile(function, mode=options.mode)
    shown = irad.compile(shown) if options.grad is None else irad.grad(shown, parse_argnums(options.grad))
    if options.stage != "py":
        require_types(shown, args)
    print(_text(shown, args, options), end="")
    return 0


def _text(shown: Any, args: tuple[Any, ...], options: argparse.Namespace) -> str:
    import irad

    if options.llvm:
        text = str(shown.llvm(*args))
    elif options.asm:
        text = str(shown.asm(*args))
    elif options.cfg:
        text = shown.cfg(*args).dot
    elif options.explain:
        text = str(irad.explain(shown, *args))
    else:
        text = str(shown.ir(*args, stage=options.stage, locations=not options.no_locations, notes=options.notes))
    return text if text.endswith("\n") else text + "\n"


def require_types(compiled: Any, args: tuple[Any, ...]) -> None:
    """Make sure that argument types are known: given, or annotated."""
    from irad.api.inspection import annotated_types

    if args:
        return
    try:
        annotated_types(compiled)
    except TypeError:
        what = f"the argument types of {compiled.__name__} are not known"
        raise UsageError(f'{what}: annotate them or give --args "float, float64[:]"') from None
