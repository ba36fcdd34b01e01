"""The fuzzer is shown to fail: irad with one thing wrong in it, at places and by operators that are listed, must be found.

    python -m tests.fuzz.mutants --draw 100 --seed 1 --seconds 300      # prints found or not for each
    python -m tests.fuzz.mutants --list                                 # all sites

A mutant is the syntax tree of one module of irad with one change. The tree is not touched: a process that runs the
fuzzer puts the changed module in place of the real one when it is imported.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "IRAD_MUTANT"  # "module:number" in the environment of the process that is to be wrong

# module -> the functions that are mutated in it ("": all)
PLACES: dict[str, tuple[str, ...]] = {
    "irad.ops.arith": ("<rules>",),
    "irad.ops.math": ("<rules>",),
    "irad.ad.activity": ("",),
    "irad.ad.overwrites": ("",),
    "irad.ad.needs": ("",),
    "irad.ad.recompute": ("",),
    "irad.ad.tape": ("",),
    "irad.ad.skeleton": ("",),
    "irad.ad.reverse": ("",),
    "irad.ad.shadow": ("",),
    "irad.passes.guards": ("",),
    "irad.passes.rangeguards": ("",),
    "irad.analysis.ranges": ("",),
    "irad.infer.indices": ("",),
}
SWAPS: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
}


@dataclass(frozen=True)
class Mutant:
    """A place and what is done there. `number`: of the mutants of its module."""

    module: str
    number: int
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.module}:{self.number} (line {self.line}): {self.what}"


Change = tuple[int, str, Callable[[], None]]


def path_of(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


# -- what can be changed -----------------------------------------------------------------------------------------------


def changes(module: str, tree: ast.Module) -> Iterator[Change]:
    """All changes of a module, each as its line, its name and what makes it."""
    parts: Sequence[ast.AST]
    if PLACES[module] == ("<rules>",):
        parts = [n for n in ast.walk(tree) if isinstance(n, ast.Lambda) and n.args.args and n.args.args[0].arg == "g"]
    else:
        parts = [n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
    for part in parts:
        for node in ast.walk(part):
            yield from changes_of(node)


def changes_of(node: ast.AST) -> Iterator[Change]:
    """The listed operators: another operator, operands swapped, a term dropped, a sign, off by one, a condition, a guard."""
    line = getattr(node, "lineno", 0)
    if isinstance(node, ast.BinOp):
        yield from binary_changes(node, line)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPS:
        new = SWAPS[type(node.ops[0])]()
        yield line, f"{type(node.ops[0]).__name__} to {type(new).__name__}", field_setter(node, "ops", [new])
    elif isinstance(node, ast.BoolOp):
        new_op = SWAPS[type(node.op)]()
        yield line, f"{type(node.op).__name__} to {type(new_op).__name__}", field_setter(node, "op", new_op)
        yield line, "first condition dropped", field_setter(node, "values", node.values[1:] * 2)
        yield line, "last condition dropped", field_setter(node, "values", node.values[:-1] * 2)
    elif isinstance(node, (ast.If, ast.IfExp)):
        for value in (True, False):
            yield line, f"condition {value}", field_setter(node, "test", ast.Constant(value))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        plain = ast.UAdd() if isinstance(node.op, ast.USub) else None
        yield line, "sign or not dropped", field_setter(node, "op", plain) if plain else become(node, node.operand)
    elif isinstance(node, ast.Lambda):
        negated = ast.UnaryOp(ast.USub(), node.body)
        yield line, "sign of the rule", field_setter(node, "body", negated)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value in (0, 1, 2, 0.5, 1.0, 2.0):
        yield line, f"{node.value} off by one", field_setter(node, "value", node.value + 1)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 3:
        if isinstance(node.args[0], ast.Constant) and node.args[0].value in ("sub", "lt", "le", "div"):
            yield line, "operands swapped", field_setter(node, "args", [node.args[0], node.args[2], node.args[1]])
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and is_step(node.value):
        yield line, f"`{ast.unparse(node)[:40]}` dropped", become(node, ast.Pass())


def binary_changes(node: ast.BinOp, line: int) -> Iterator[Change]:
    if type(node.op) in SWAPS:
        new = SWAPS[type(node.op)]()
        yield line, f"{type(node.op).__name__} to {type(new).__name__}", field_setter(node, "op", new)
    if isinstance(node.op, (ast.Sub, ast.Div)):
        left, right = node.left, node.right
        yield line, "operands swapped", field_setter(node, "left", right, "right", left)
    if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)):
        yield line, "right operand dropped", become(node, node.left)
        if isinstance(node.op, (ast.Add, ast.Mult)):
            yield line, "left operand dropped", become(node, node.right)


def is_step(call: ast.Call) -> bool:
    """A statement that is there for its effect on what is built or found."""
    names = ("add", "guard", "do", "write", "increase", "update", "throw", "append", "store")
    return isinstance(call.func, ast.Attribute) and call.func.attr in names


def field_setter(node: ast.AST, *pairs: Any) -> Callable[[], None]:
    def change() -> None:
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            setattr(node, name, value)

    return change


def become(node: ast.AST, other: ast.AST) -> Callable[[], None]:
    """The node turns into another one, where it stands."""
    def change() -> None:
        node.__class__ = other.__class__
        node.__dict__.update(other.__dict__)

    return change


def mutants() -> list[Mutant]:
    """All of them, by module and place."""
    found = []
    for module in PLACES:
        tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
        found += [Mutant(module, i, line, what) for i, (line, what, _) in enumerate(changes(module, tree))]
    return found


def mutated(module: str, number: int) -> ast.Module:
    """The module's tree with one change."""
    tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
    for i, (_, _, change) in enumerate(changes(module, tree)):
        if i == number:
            change()
            break
    return ast.fix_missing_locations(tree)


# -- putting one in place ----------------------------------------------------------------------------------------------


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module with a change in it."""

    def __init__(self, module: str, number: int) -> None:
        self.module, self.number = module, number

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != self.module:
            return None
        return importlib.machinery.ModuleSpec(name, self, origin=str(path_of(name)))

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(path_of(self.module))
        exec(compile(mutated(self.module, self.number), module.__file__, "exec"), module.__dict__)


def install() -> None:
    """Make this process wrong as the environment says."""
    wanted = os.environ.get(VARIABLE)
    if wanted:
        module, _, number = wanted.partition(":")
        sys.meta_path.insert(0, Finder(module, int(number)))


# -- the experiment ----------------------------------------------------------------------------------------------------


def hunted(mutant: Mutant, seconds: float, jobs: int) -> tuple[bool, float, str]:
    """Whether the fuzzer finds a mutant, how long it took, and what it said."""
    start = time.monotonic()
    env = {**os.environ, VARIABLE: f"{mutant.module}:{mutant.number}", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.fuzz", "--minutes", str(seconds / 60), "--jobs", str(jobs)]
    command += ["--shrink", "0", "--first"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=seconds + 240, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines() or [""]
    told = next((line for line in lines if "(tier" in line), lines[-1])
    return done.returncode != 0, time.monotonic() - start, told[:160]


def main(argv: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(prog="python -m tests.fuzz.mutants", description="Does the fuzzer find irad with a bug in it?")
    p.add_argument("--draw", type=int, default=100)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--seconds", type=float, default=300.0, help="for each mutant")
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--list", action="store_true")
    p.add_argument("--out", type=Path, help="a file of one JSON line for each mutant")
    options = p.parse_args(argv)
    every = mutants()
    if options.list:
        print(*every, f"{len(every)} mutants", sep="\n")
        return 0
    found = 0
    drawn = random.Random(options.seed).sample(every, min(options.draw, len(every)))
    for i, mutant in enumerate(drawn, 1):
        caught, took, told = hunted(mutant, options.seconds, options.jobs)
        found += caught
        print(f"{'found    ' if caught else 'NOT FOUND'} {took:4.0f} s  {mutant}\n    {told}", flush=True)
        print(f"{found} of {i}", flush=True)
        if options.out:
            with options.out.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"mutant": str(mutant), "found": caught, "seconds": round(took), "told": told}) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
