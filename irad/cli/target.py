"""TARGET and --args: from text to a function and to types or values of its arguments."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from irad.cli.usage import UsageError


def load_target(text: str | None) -> Any:
    """The callable that `file.py:name` or `package.module:name` names.

    Raises
    ------
    UsageError
        If there is none. What the file itself raises on import goes through.
    """
    place, colon, name = (text or "").rpartition(":")
    if not (place and colon and name):
        raise UsageError("give a TARGET: file.py:name or package.module:name")
    found: Any = _load_file(Path(place)) if place.endswith(".py") else _load_module(place)
    for part in name.split("."):
        if not hasattr(found, part):
            raise UsageError(f"{place} has no {name!r}{_similar(found)}")
        found = getattr(found, part)
    if not callable(found):
        raise UsageError(f"{text} is not a function but {type(found).__name__}")
    return found


def _similar(module: Any) -> str:
    names = [n for n, v in vars(module).items() if callable(v) and getattr(v, "__module__", None) == module.__name__]
    return f"; it defines {', '.join(names[:8])}" if names else ""


def _load_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    sys.path.insert(0, str(path.resolve().parent))  # as if the file were run
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    return module


def _load_module(name: str) -> ModuleType:
    sys.path.insert(0, "")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            raise UsageError(f"there is no module {name!r}") from None
        raise


def parse_args(text: str | None) -> tuple[Any, ...]:
    """`float, float64[:, :], 3, 'c'`: types for run-time arguments, literals for values.

    Raises
    ------
    UsageError
        If the text is neither.
    """
    if not text:
        return ()
    try:
        body = ast.parse(f"({text},)", mode="eval").body
        assert isinstance(body, ast.Tuple)
        return tuple(_argument(node) for node in body.elts)
    except SyntaxError:
        raise UsageError(f"--args cannot be read: {text!r}") from None


def _argument(node: ast.expr) -> Any:
    import irad

    if isinstance(node, ast.Name):
        return _scalar(node)
    if isinstance(node, ast.Subscript):
        axes = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if isinstance(node.value, ast.Name) and all(isinstance(a, ast.Slice) for a in axes):
            return irad.ArrayType(_scalar(node.value), ndim=len(axes))
    if isinstance(node, ast.Tuple):
        return tuple(_argument(item) for item in node.elts)
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise UsageError(f"not a type or a literal: {ast.unparse(node)}") from None


def _scalar(node: ast.Name) -> Any:
    import numpy as np

    python = {"float": float, "int": int, "bool": bool, "complex": complex}
    found = python.get(node.id) or getattr(np, node.id, None)
    if not (isinstance(found, type) and (node.id in python or issubclass(found, np.generic))):
        raise UsageError(f"not a type: {node.id} (float, int, bool, float64, float32, int64, float64[:], ...)")
    return found


def parse_argnums(text: str) -> int | tuple[int, ...]:
    """`0` or `0,2`."""
    try:
        numbers = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--grad takes argument numbers, as in --grad 0,2, not {text!r}") from None
    return numbers[0] if len(numbers) == 1 else numbers
