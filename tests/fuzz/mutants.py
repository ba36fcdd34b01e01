"""The fuzzer is shown to fail: irad with one thing wrong in it, at places and by operators that are listed, must be found.

    python -m tests.fuzz.mutants --draw 100 --seed 1 --out FILE         # prints found or not for each (`screen.py` hunts)
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
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "IRAD_MUTANT"  # "module:number" in the environment of the process that is to be wrong

# module -> the functions that are mutated in it ("": all)
PLACES: dict[str, tuple[str, ...]] = {
    # derivative rules
    "irad.ops.arith": ("<rules>", "_plain", "_power_before", "_tie", "scaled"),
    "irad.ops.math": ("<rules>",),
    "irad.ad.forward": ("",),
    "irad.ad.reverse": ("",),
    "irad.ad.shadow": ("",),
    "irad.ad.preaccumulate": ("",),
    "irad.ad.tidy": ("",),
    "irad.ad.rules": ("",),
    "irad.ad.infinite": ("",),
    # activity
    "irad.ad.activity": ("",),
    "irad.ad.seeds": ("",),
    # tapes and their indices
    "irad.ad.needs": ("",),
    "irad.ad.recompute": ("",),
    "irad.ad.plan": ("",),
    "irad.ad.mincut": ("",),
    "irad.ad.tape": ("",),
    "irad.ad.growth": ("",),
    "irad.ad.skeleton": ("",),
    "irad.ad.primal": ("",),
    "irad.ad.calls": ("",),
    # overwritten
    "irad.ad.overwrites": ("",),
    "irad.ad.elements": ("",),
    "irad.analysis.memory": ("",),
    # guards
    "irad.infer.numbers": ("",),
    "irad.infer.indices": ("",),
    "irad.analysis.ranges": ("",),
    "irad.analysis.contexts": ("",),
    "irad.passes.guards": ("",),
    "irad.passes.rangeguards": ("",),
    "irad.passes.versions": ("",),
    "irad.passes.strips": ("",),
    "irad.passes.split": ("",),
    "irad.passes.extremes": ("",),
    "irad.passes.lower": ("",),
    "irad.passes.private": ("",),
    "irad.passes.stack": ("",),
    "irad.passes.exclusive": ("",),
    "irad.codegen.structure": ("guard",),
    "irad.codegen.arrays": (  # indices and views; not allocation and counting
        "grow", "dim", "stride", "_sum", "_offset", "address", "load", "store", "_derived", "view", "permute", "reshape",
        "spread", "_bounds", "overlap", "same", "locate",
    ),
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
    parts: list[ast.AST]
    names = PLACES[module]
    parts = [n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and (names == ("",) or n.name in names)]
    if "<rules>" in names:
        parts += [n for n in ast.walk(tree) if isinstance(n, ast.Lambda) and n.args.args and n.args.args[0].arg == "g"]
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


def spans(module: str) -> list[tuple[int, int]]:
    """For each mutant of a module: the lines one of which runs if the place is reached."""
    tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
    parts = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.stmt, ast.Lambda)):
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if isinstance(body, list) else node.end_lineno or node.lineno
            parts.append((last - node.lineno, node.lineno, last))
    parts.sort()
    return [next((a, b) for _, a, b in parts if a <= line <= b) for line, _, _ in changes(module, tree)]


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


def drawn(seed: int) -> list[Mutant]:
    """All mutants, in an order that the seed decides."""
    every = mutants()
    random.Random(seed).shuffle(every)
    return every


def hunted(mutant: Mutant, options: argparse.Namespace) -> dict[str, Any]:
    """What became of a mutant: the verdict of `screen.py`, or that irad could not even be imported."""
    name = f"{mutant.module}:{mutant.number}"
    env = {**os.environ, VARIABLE: name, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "tests.fuzz.screen", "--mutant", name, "--cache", str(options.cache)]
    command += ["--programs", str(options.programs), "--seconds", str(options.seconds), "--most", str(options.most)]
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=1200, check=False)
    except subprocess.TimeoutExpired:
        return {"verdict": "late"}
    for line in done.stdout.splitlines():
        if line.startswith("SAID "):
            said: dict[str, Any] = json.loads(line[5:])
            return said
    return {"verdict": "import", "told": "irad cannot be imported: " + (done.stderr.strip().splitlines() or [""])[-1][:160]}


def main(argv: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(prog="python -m tests.fuzz.mutants", description="Does the fuzzer find irad with a bug in it?")
    p.add_argument("--draw", type=int, default=100, help="how many, in the order of the seed")
    p.add_argument("--skip", type=int, default=0, help="of the first ones")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--only", action="append", help="MODULE:NUMBER, instead of drawing")
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--cache", type=Path, default=ROOT / ".fuzz-baseline", help="file of the baseline (`screen.py`)")
    p.add_argument("--programs", type=int, default=1500, help="of the baseline")
    p.add_argument("--seconds", type=float, default=40.0, help="of processor time to compile programs for a mutant")
    p.add_argument("--most", type=int, default=60, help="programs that a mutant changes, to be examined")
    p.add_argument("--list", action="store_true")
    p.add_argument("--out", type=Path, help="a file of one JSON line for each mutant")
    options = p.parse_args(argv)
    every = drawn(options.seed)
    if options.list:
        print(*mutants(), f"{len(every)} mutants", sep="\n")
        return 0
    chosen = every[options.skip:options.skip + options.draw]
    if options.only:
        chosen = [m for m in every if f"{m.module}:{m.number}" in options.only]
    counts: Counter[str] = Counter()
    making = [sys.executable, "-m", "tests.fuzz.screen", "--cache", str(options.cache), "--programs", str(options.programs)]
    subprocess.run(making, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}, check=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        for mutant, said in zip(chosen, pool.map(lambda m: hunted(m, options), chosen), strict=True):
            counts[said["verdict"]] += 1
            print(f"{said['verdict']:9} {mutant}\n    {said}", flush=True)
            if options.out:
                with options.out.open("a", encoding="utf-8") as out:
                    out.write(json.dumps({"mutant": str(mutant), "order": every.index(mutant), **said}) + "\n")
    print(dict(counts))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
