"""The command line: `python -m irad` and `irad`.

    demo                       fit a model through an adaptive solver
    show TARGET ...            IR, LLVM, assembly, flow graph or tape plan of a function
    check TARGET               compile and report, run nothing
    opt FILE.ir --passes a,b   IR in, IR out
    run FILE.ir NAME ARGS      interpret IR
    ops [NAME]                 the op table with its derivatives
    info, cache                what irad runs on; the disk cache

Exit status: 0; 1 for a program that irad refuses or that raises; 2 for wrong use.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from irad.cli.parser import build_parser
from irad.cli.usage import UsageError
from irad.errors import IradError

OK, FAILED, USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["demo"]:  # it has options of its own
        from irad.demo import run

        return run(words[1:])
    parser = build_parser()
    try:
        options = parser.parse_args(words)
    except SystemExit as stop:  # argparse has printed help or what is wrong
        return stop.code if isinstance(stop.code, int) else USAGE
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except UsageError as error:
        return _fail(f"irad {options.command}: {error}", USAGE)
    except IradError as error:
        return _fail(f"{type(error).__name__}: {error}", FAILED)
    except (TypeError, ValueError) as error:
        if not getattr(error, "__irad_user__", False):
            raise
        return _fail(f"irad {options.command}: {error}", USAGE)
    except BrokenPipeError:  # `irad ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return status


def _fail(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status
