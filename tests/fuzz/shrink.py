"""Shrinking: the smallest program that still fails in the same way.

Works on Python's syntax tree, whoever wrote the program: statements go (many at a time first), blocks take the place of
what is around them, expressions become constants or their own parts, unused parameters go. A change stays if the
finding is of the same kind.
"""

from __future__ import annotations

import ast
import copy
import time
from collections.abc import Callable, Iterator
from typing import Any

from fuzz.programs import Program

MOST_SECONDS = 150.0
CONSTANTS = ("0.5", "1.0", "1", "0", "True", "x", "n", "a")
Edit = Callable[[], None]


class Shrinker:
    """One program on its way down. `fails` says whether a program still has the finding."""

    def __init__(self, program: Program, fails: Callable[[Program], bool], seconds: float = MOST_SECONDS) -> None:
        self.program = program
        self.fails = fails
        self.until = time.monotonic() + seconds
        self.tree = ast.parse(program.source)
        self.calls = [ast.parse(c, mode="eval") for c in program.calls]
        self.tried: set[tuple[str, ...]] = set()

    def run(self) -> Program:
        self.try_calls()
        steps = (self.drop_statements, self.unwrap, self.drop_statements, self.drop_parameters, self.simplify, self.shorten)
        while time.monotonic() < self.until:
            before = self.text()
            for step in steps:
                step()
            if self.text() == before:
                break
        source, *calls = self.text()
        return Program(source, tuple(calls), self.program.seed, self.program.profile)

    # -- trying ----------------------------------------------------------------------------------------------------

    def text(self) -> tuple[str, ...]:
        return ast.unparse(self.tree) + "\n", *(ast.unparse(c) for c in self.calls)

    def attempt(self, edit: Edit, undo: Edit) -> bool:
        """Keep an edit if the program still fails."""
        if time.monotonic() > self.until:
            return False
        edit()
        source, *calls = text = self.text()
        if text not in self.tried and any(isinstance(n, ast.FunctionDef) and n.name == "f" for n in self.tree.body):
            self.tried.add(text)
            try:
                compile(source, "<shrinking>", "exec")
                if self.fails(Program(source, tuple(calls), self.program.seed, self.program.profile)):
                    return True
            except SyntaxError:
                pass
        undo()
        return False

    def swap(self, owner: Any, name: str, new: Any, index: int | None = None) -> bool:
        """Try another value of a field, or of an item of it."""
        if index is None:
            old = getattr(owner, name)
            return self.attempt(lambda: setattr(owner, name, new), lambda: setattr(owner, name, old))
        items = getattr(owner, name)
        old = items[index]
        return self.attempt(lambda: items.__setitem__(index, new), lambda: items.__setitem__(index, old))

    # -- steps -----------------------------------------------------------------------------------------------------

    def try_calls(self) -> None:
        """One call is enough, mostly."""
        for call in list(self.calls):
            if len(self.calls) > 1 and self.swap(self, "calls", [call]):
                return

    def bodies(self) -> Iterator[tuple[Any, str]]:
        """All lists of statements, the outer ones first."""
        for node in ast.walk(self.tree):
            for name in ("body", "orelse", "finalbody", "handlers"):
                if isinstance(getattr(node, name, None), list):
                    yield node, name

    def drop_statements(self) -> None:
        for node, name in list(self.bodies()):
            size = max(1, len(getattr(node, name)) // 2)
            while size:
                at = 0
                while at < len(getattr(node, name)):
                    items = getattr(node, name)
                    rest = items[:at] + items[at + size:]
                    if not rest and name == "body":
                        rest = [ast.Pass()]
                    if ast.dump(ast.Module(rest, [])) == ast.dump(ast.Module(items, [])) or not self.swap(node, name, rest):
                        at += size
                size //= 2

    def unwrap(self) -> None:
        """A block instead of the statement around it."""
        for node, name in list(self.bodies()):
            at = 0
            while at < len(items := getattr(node, name)):
                statement = items[at]
                inner = [getattr(statement, part, []) for part in ("body", "orelse", "finalbody")]
                inner += [h.body for h in getattr(statement, "handlers", [])]
                wraps = not isinstance(statement, (ast.FunctionDef, ast.ClassDef))
                if not wraps or not any(block and self.swap(node, name, items[:at] + block + items[at + 1:]) for block in inner):
                    at += 1

    def simplify(self) -> None:
        """Smaller expressions, the large ones first."""
        for tree in (self.tree, *self.calls):
            work: list[Any] = [tree]
            while work:
                node = work.pop(0)
                for name, index, value in list(expressions(node)):
                    done = False
                    for new in replacements(value):
                        if self.swap(node, name, new, index):
                            done = True
                            break
                    if done:
                        work.insert(0, node)
                        break
                else:
                    work += list(ast.iter_child_nodes(node))

    def drop_parameters(self) -> None:
        """Parameters of `f` that are not needed, with their arguments."""
        f = next(n for n in self.tree.body if isinstance(n, ast.FunctionDef) and n.name == "f")
        lists = [argument_tuple(c) for c in self.calls]
        for at in reversed(range(len(f.args.args))):
            if any(t is None for t in lists):
                return
            old = f.args.args, [list(t.elts) for t in lists if t is not None]

            def edit(at: int = at) -> None:
                f.args.args = f.args.args[:at] + f.args.args[at + 1:]
                for t in lists:
                    if t is not None:
                        t.elts = t.elts[:at] + t.elts[at + 1:]

            def undo(old: Any = old) -> None:
                f.args.args = old[0]
                for t, elts in zip(lists, old[1], strict=True):
                    if t is not None:
                        t.elts = elts

            self.attempt(edit, undo)

    def shorten(self) -> None:
        """Chains of operands, tuples and comparisons."""
        for node in list(ast.walk(self.tree)):
            if isinstance(node, ast.BoolOp) and len(node.values) > 2:
                self.swap(node, "values", node.values[:2])
        for call in self.calls:
            for node in list(ast.walk(call)):
                if isinstance(node, ast.List):
                    while len(node.elts) > 1 and self.swap(node, "elts", node.elts[:-1]):
                        pass


def argument_tuple(call: ast.Expression) -> ast.Tuple | None:
    """The tuple of arguments in the text of a call."""
    body = call.body
    if isinstance(body, ast.Call) and isinstance(body.func, ast.Lambda):
        body = body.func.body
    return body if isinstance(body, ast.Tuple) else None


def expressions(node: Any) -> Iterator[tuple[str, int | None, ast.expr]]:
    """The expressions right under a node that are read."""
    for name, value in ast.iter_fields(node):
        if name in ("targets", "target", "keywords", "ops", "func", "optional_vars") or isinstance(node, ast.arguments):
            continue
        items = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for index, item in items:
            if isinstance(item, ast.expr) and not isinstance(getattr(item, "ctx", None), ast.Store):
                yield name, index, item


def replacements(value: ast.expr) -> Iterator[ast.expr]:
    """What may take the place of an expression: its parts, then constants."""
    if isinstance(value, (ast.Constant, ast.Name)):
        if isinstance(value, ast.Name) or value.value in (0, 1, 0.5, True) or isinstance(value.value, str):
            return
        if isinstance(value.value, float):
            yield from (ast.Constant(c) for c in (1.0, 0.5) if len(repr(value.value)) > 3)
        return
    for child in ast.walk(value):
        if child is not value and isinstance(child, ast.expr) and not isinstance(child, (ast.Constant, ast.Slice)):
            yield copy.deepcopy(child)
    if not isinstance(value, (ast.Lambda, ast.Tuple)):
        yield from (ast.parse(c, mode="eval").body for c in CONSTANTS)


def shrunk(program: Program, kind: str, examine: Callable[[Program], Any], seconds: float = MOST_SECONDS) -> Program:
    """The smallest program with a finding of this kind that `examine` still finds."""
    def fails(candidate: Program) -> bool:
        report = examine(candidate)
        return report.finding is not None and report.finding.kind == kind

    return Shrinker(program, fails, seconds).run()
