"""The commands and their options. What a command does is imported when it runs, so that `info` is quick."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable

ARGS_HELP = "argument types or values: \"float, float64[:, :], 3, 'c'\" (default: the annotations)"
TARGET_HELP = "file.py:name or package.module:name"


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(prog="irad", description="Gradients of plain Python at native speed.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("demo", help="fit a predator-prey model through an adaptive solver", add_help=False)
    _add_show(commands)
    _add_check(commands)

    opt = commands.add_parser("opt", help="run passes over IR text: IR in, IR out")
    opt.add_argument("file", metavar="FILE.ir", help="- reads standard input")
    opt.add_argument("--passes", required=True, metavar="A,B,...", help="names from `irad.ir.passes()`, in order")
    opt.add_argument("--no-locations", action="store_true", help="leave out the source places")
    opt.set_defaults(run=_later("irfiles", "opt"))

    run = commands.add_parser("run", help="interpret a function of an IR file")
    run.add_argument("file", metavar="FILE.ir", help="- reads standard input")
    run.add_argument("name", metavar="NAME", help="a function of the file")
    run.add_argument("values", metavar="ARGS", nargs="*", help="Python literals; a list is an array")
    run.set_defaults(run=_later("irfiles", "run"))

    ops = commands.add_parser("ops", help="the op table with its derivatives")
    ops.add_argument("name", metavar="NAME", nargs="?", help="one op in full")
    ops.set_defaults(run=_later("optable", "ops"))

    commands.add_parser("info", help="versions, machine and settings").set_defaults(run=_later("about", "info"))
    cache = commands.add_parser("cache", help="the disk cache")
    cache.add_argument("action", choices=["info", "clear"])
    cache.set_defaults(run=_later("about", "cache"))
    return parser


def _add_show(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = commands.add_parser("show", help="what irad makes of a function")
    _add_target(show)
    show.add_argument("--grad", nargs="?", const="0", metavar="ARGNUMS", help="the gradient (default: by argument 0)")
    what = show.add_mutually_exclusive_group()
    what.add_argument("--stage", metavar="S", default="loops", help="py, typed, loops (default) or low")
    what.add_argument("--llvm", action="store_true", help="LLVM IR after its optimiser")
    what.add_argument("--asm", action="store_true", help="machine code")
    what.add_argument("--cfg", action="store_true", help="the flow graph, in the language of graphviz")
    what.add_argument("--explain", action="store_true", help="what the reverse pass keeps, and why")
    show.add_argument("--mode", default="auto", metavar="M", help="auto (default), forward or reverse")
    show.add_argument("--notes", action="store_true", help="what the analyses found, behind each line of IR")
    show.add_argument("--no-locations", action="store_true", help="leave out the source places")
    show.set_defaults(run=_later("show", "show"))


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser("check", help="compile a function and its gradient, report, run nothing")
    _add_target(check)
    check.add_argument("--json", action="store_true", help="the report as JSON")
    check.set_defaults(run=_later("check", "check"))


def _add_target(command: argparse.ArgumentParser) -> None:
    command.add_argument("target", metavar="TARGET", nargs="?", help=TARGET_HELP)
    command.add_argument("--args", metavar="TYPES", help=ARGS_HELP)


def _later(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """The function that carries a command out, imported when it is called."""

    def run(options: argparse.Namespace) -> int:
        status: int = getattr(importlib.import_module(f"irad.cli.{module}"), name)(options)
        return status

    return run
